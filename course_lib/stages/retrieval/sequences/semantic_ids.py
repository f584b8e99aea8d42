"""Items written as a few codes, so that items alike in content begin alike: residual k-means.

Axis letters: N items, c columns of content, L levels of codes.
"""

from __future__ import annotations

import numpy as np

from course_lib.contracts import ArgumentError, ShapeError, as_count, as_numbers


class SemanticIds:
    """The first code is the cluster an item lies in, the next the cluster of what is left, and so on.

    levels: codes that content gives. size: clusters of each level. A number behind the codes tells apart items that
    share them all; up to `size` may, or more where more do at fit.
    Source: Rajput et al. 2023, arXiv:2305.05065, section 3.1.
    Departs: residual k-means in place of a trained RQ-VAE.
    """

    def __init__(self, levels: int = 3, size: int = 16, seed: int = 0):
        self.levels, self.size, self.seed = as_count("levels", levels, 1), as_count("size", size, 2), seed

    def fit(self, content) -> SemanticIds:
        """Learn the clusters of content, float (N, c). self.codes_ holds the items' own, int (N, levels + 1)."""
        from sklearn.cluster import KMeans

        left = self._rows(content).copy()
        self.centres_ = []
        for level in range(self.levels):
            number = min(self.size, len(np.unique(left, axis=0)))
            means = KMeans(number, n_init=3, random_state=self.seed + level).fit(left)
            self.centres_.append(means.cluster_centers_)
            left -= means.cluster_centers_[means.labels_]
        self.codes_ = self.numbered(self.quantise(content))
        self.sizes = [*(len(centre) for centre in self.centres_), max(self.size, 1 + int(self.codes_[:, -1].max()))]
        return self

    def quantise(self, content) -> np.ndarray:
        """int (M, levels): the nearest centre of each level, of items known or new. content: float (M, c)."""
        left, codes = self._rows(content).copy(), []
        for centre in self.centres_:
            far = (centre ** 2).sum(1) - 2 * left @ centre.T                      # (M, size), less a constant
            codes.append(far.argmin(1))
            left -= centre[codes[-1]]
        return np.stack(codes, axis=1)

    def restored(self, codes) -> np.ndarray:
        """float (M, c): content as the codes describe it, the sum of their centres. codes: int (M, ≥ levels)."""
        return sum(centre[codes[:, level]] for level, centre in enumerate(self.centres_))

    @staticmethod
    def numbered(codes, before=()) -> np.ndarray:
        """codes, int (M, levels), with a number behind: 0, 1, … within each group that shares all codes.

        before: int (N, levels + 1), items that are there already and keep their numbers."""
        following: dict[tuple, int] = {}
        for *key, number in np.asarray(before).tolist():
            following[tuple(key)] = max(following.get(tuple(key), 0), number + 1)
        numbers = []
        for key in map(tuple, codes.tolist()):
            numbers.append(following.get(key, 0))
            following[key] = numbers[-1] + 1
        return np.column_stack([codes, np.array(numbers, int)])

    def _rows(self, content) -> np.ndarray:
        content = np.asarray(as_numbers("content", content), float)
        wide = self.centres_[0].shape[1] if getattr(self, "centres_", None) else None
        if content.ndim != 2 or len(content) == 0 or (wide is not None and content.shape[1] != wide):
            raise ShapeError(f"content has shape {content.shape}; expected (items, {wide or 'columns'}), not empty.")
        return content


class PrefixTree:
    """All ids that exist, as a tree: which codes may follow which.

    codes: int (N, L), each item's own. sizes: how many codes a level has. children: for each level a table int
    (nodes, size), the node of the next level or −1; node 0 of the first is the root. path: int (N, L + 1), the nodes of
    an item. item: int (N,), of each leaf. Raises ArgumentError where two items share all codes.
    """

    def __init__(self, codes, sizes):
        codes, self.children, self.edges = np.asarray(codes), [], []
        path, nodes = [np.zeros(len(codes), int)], 1
        for level, size in enumerate(sizes):
            steps = np.stack([path[-1], codes[:, level]], axis=1)
            edge, reached = np.unique(steps, axis=0, return_inverse=True)         # sorted: parents stay together
            table = np.full((nodes, size), -1)
            table[edge[:, 0], edge[:, 1]] = np.arange(len(edge))
            self.children.append(table)
            self.edges.append(edge)
            path.append(reached.ravel())
            nodes = len(edge)
        self.path = np.stack(path, axis=1)
        if nodes < len(codes):
            raise ArgumentError(f"{len(codes)} items have {nodes} ids; expected one each. Number those that share "
                                f"codes: SemanticIds.numbered.")
        self.item = np.argsort(self.path[:, -1])

    def leading_to(self, items) -> list[np.ndarray]:
        """For each level after the root, bool (nodes,): whether one of these items, int (M,), lies below."""
        marked = []
        for level, edge in enumerate(self.edges):
            below = np.zeros(len(edge), bool)
            below[self.path[items, level + 1]] = True
            marked.append(below)
        return marked
