"""A matrix of all pairs of items cut to the width of a dot product: what two towers of that width can hold of it."""

from __future__ import annotations

from course_lib.contracts import ArgumentError


def cut_to_rank(ease, ranks, seed: int = 0) -> dict:
    """{d: score function} of a fitted EASE whose item-item matrix is replaced by the best one of rank d.

    ease: has `seen`, sparse (U, N), and `weight`, float (N, N). ranks: widths, at least one. Each function takes users,
    int (B,), and gives float (B, N): a product of d numbers a user and d numbers an item. Best means nearest in the sum
    of squared differences. Raises ArgumentError without ranks.
    """
    from sklearn.utils.extmath import randomized_svd

    ranks = list(ranks)
    if not ranks or min(ranks) < 1:
        raise ArgumentError(f"ranks are {ranks}; expected at least one, each 1 or more.")
    v, strength, w = randomized_svd(ease.weight, max(ranks), n_iter=4, random_state=seed)
    return {d: _narrow(ease.seen, v[:, :d] * strength[:d], w[:d]) for d in ranks}


def _narrow(seen, history_side, item_side):
    def score(users):
        return (seen[users] @ history_side) @ item_side
    return score
