"""Solutions of lesson 04, exercises 5 to 7, written from the notebook alone."""

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@right("negatives.5", "A set of pairs and two loops; a list of lists of bool.")
def false_negatives(user_id, item_id, known_user, known_item):
    known = {(int(u), int(i)) for u, i in zip(known_user, known_item)}
    return [[b != m and (int(u), int(i)) in known for m, i in enumerate(item_id)] for b, u in enumerate(user_id)]


@right("negatives.5", "A dense table of users by items, looked up at once.")
def false_negatives(user_id, item_id, known_user, known_item):
    n_users = 1 + max([*map(int, user_id), *map(int, known_user)], default=0)
    n_items = 1 + max([*map(int, item_id), *map(int, known_item)], default=0)
    took = np.zeros((n_users, n_items), dtype=bool)
    took[known_user, known_item] = True
    answer = took[np.ix_(user_id, item_id)]
    answer[np.diag_indices(len(user_id))] = False
    return answer


@right("negatives.5", "Keys of user and item, wide enough for both, through pd.Series.isin.")
def false_negatives(user_id, item_id, known_user, known_item):
    user_id, item_id = np.asarray(user_id, np.int64), np.asarray(item_id, np.int64)
    known_user, known_item = np.asarray(known_user, np.int64), np.asarray(known_item, np.int64)
    width = 1 + np.concatenate([item_id, known_item, [0]]).max()
    keys = pd.Series((user_id[:, None] * width + item_id[None, :]).ravel())
    hit = keys.isin(known_user * width + known_item).to_numpy().reshape(len(user_id), len(item_id))
    return hit & ~np.eye(len(user_id), dtype=bool)


@wrong("negatives.5", "Leaves the diagonal, each row's own positive, True.")
def false_negatives(user_id, item_id, known_user, known_item):
    known = set(zip(known_user.tolist(), known_item.tolist()))
    return np.array([[(u, i) in known for i in item_id.tolist()] for u in user_id.tolist()])


@wrong("negatives.5", "Transposed: marks (b, m) where the user of row m took the item of row b.")
def false_negatives(user_id, item_id, known_user, known_item):
    known = set(zip(known_user.tolist(), known_item.tolist()))
    mask = np.array([[(u, i) in known for u in user_id.tolist()] for i in item_id.tolist()])
    np.fill_diagonal(mask, False)
    return mask


@wrong("negatives.5", "Asks whether the user is known and whether the item is known, not whether the pair is.")
def false_negatives(user_id, item_id, known_user, known_item):
    mask = np.isin(user_id, known_user)[:, None] & np.isin(item_id, known_item)[None, :]
    np.fill_diagonal(mask, False)
    return mask


@wrong("negatives.5", "Keys built with the largest known item as width, without + 1: two pairs can share a key.")
def false_negatives(user_id, item_id, known_user, known_item):
    width = known_item.max(initial=1)
    mask = np.isin(user_id[:, None] * width + item_id, known_user * width + known_item)
    np.fill_diagonal(mask, False)
    return mask


@wrong("negatives.5", "Clears every column that holds the row's own item again, not the diagonal alone.")
def false_negatives(user_id, item_id, known_user, known_item):
    known = set(zip(known_user.tolist(), known_item.tolist()))
    mask = np.array([[(u, i) in known for i in item_id.tolist()] for u in user_id.tolist()])
    return mask & (item_id[:, None] != item_id[None, :])


@wrong("negatives.5", "Looks only at what the user took in this batch, and ignores the known pairs.")
def false_negatives(user_id, item_id, known_user, known_item):
    pairs = set(zip(user_id.tolist(), item_id.tolist()))
    mask = np.array([[(u, i) in pairs for i in item_id.tolist()] for u in user_id.tolist()])
    np.fill_diagonal(mask, False)
    return mask


@wrong("negatives.5", "Marks the mirrored place too: also where the other row's user took this row's item.")
def false_negatives(user_id, item_id, known_user, known_item):
    known = set(zip(known_user.tolist(), known_item.tolist()))
    mask = np.array([[(u, i) in known for i in item_id.tolist()] for u in user_id.tolist()])
    np.fill_diagonal(mask, False)
    return mask | mask.T


@wrong("negatives.5", "Marks a row with the same item as the own one, whether that pair is known or not.")
def false_negatives(user_id, item_id, known_user, known_item):
    known = set(zip(known_user.tolist(), known_item.tolist()))
    mask = np.array([[(u, i) in known for i in item_id.tolist()] for u in user_id.tolist()])
    mask |= item_id[:, None] == item_id[None, :]
    np.fill_diagonal(mask, False)
    return mask


@right("negatives.6", "One pass over the sorted ids; a list of ints.")
def stratum(counts, edges):
    total, before, answer = float(np.sum(counts)), 0.0, [0] * len(counts)
    for i in sorted(range(len(counts)), key=lambda i: (-counts[i], i)):
        share = before / total
        answer[i] = 0 if share < edges[0] else 2 if share >= edges[1] else 1
        before += counts[i]
    return answer


@right("negatives.6", "np.digitize of the shares before, as a pandas Series sorted back by id.")
def stratum(counts, edges):
    ordered = pd.Series(np.asarray(counts, float)).sort_values(ascending=False, kind="stable")
    before = ordered.cumsum().shift(fill_value=0.0) / ordered.sum()
    return pd.Series(np.digitize(before, list(edges)), index=ordered.index).sort_index()


@wrong("negatives.6", "Counts the item's own events among those before it.")
def stratum(counts, edges):
    order = np.argsort(-counts, kind="stable")
    share = np.cumsum(counts[order]) / counts.sum()
    out = np.empty(len(counts), int)
    out[order] = np.where(share < edges[0], 0, np.where(share >= edges[1], 2, 1))
    return out


@wrong("negatives.6", "Cuts at shares of the items, not of the events.")
def stratum(counts, edges):
    order = np.argsort(-counts, kind="stable")
    share = np.arange(len(counts)) / len(counts)
    out = np.empty(len(counts), int)
    out[order] = (share >= edges[0]).astype(int) + (share >= edges[1])
    return out


@wrong("negatives.6", "Returns the strata in the order of popularity, not of id.")
def stratum(counts, edges):
    ordered = np.sort(counts)[::-1]
    before = (np.cumsum(ordered) - ordered) / counts.sum()
    return np.digitize(before, edges)


@wrong("negatives.6", "Ties go by the higher id first, since an ascending order is turned round.")
def stratum(counts, edges):
    order = np.argsort(counts, kind="stable")[::-1]
    before = (np.cumsum(counts[order]) - counts[order]) / counts.sum()
    out = np.empty(len(counts), int)
    out[order] = np.digitize(before, edges)
    return out


@wrong("negatives.6", "An item with exactly the lower edge before it is counted to the head.")
def stratum(counts, edges):
    order = np.argsort(-counts, kind="stable")
    before = (np.cumsum(counts[order]) - counts[order]) / counts.sum()
    out = np.ones(len(counts), int)
    out[order[before <= edges[0]]] = 0
    out[order[before >= edges[1]]] = 2
    return out


@wrong("negatives.6", "An item with exactly the upper edge before it stays in the middle.")
def stratum(counts, edges):
    order = np.argsort(-counts, kind="stable")
    before = (np.cumsum(counts[order]) - counts[order]) / counts.sum()
    out = np.ones(len(counts), int)
    out[order[before < edges[0]]] = 0
    out[order[before > edges[1]]] = 2
    return out


@wrong("negatives.6", "Ignores edges: a fifth and four fifths are written into the code.")
def stratum(counts, edges):
    order = np.argsort(-counts, kind="stable")
    before = (np.cumsum(counts[order]) - counts[order]) / counts.sum()
    out = np.empty(len(counts), int)
    out[order] = (before >= 0.2).astype(int) + (before >= 0.8).astype(int)
    return out


@wrong("negatives.6", "Items with the same count always share a stratum: only events of larger counts lie before them.")
def stratum(counts, edges):
    before = np.array([counts[counts > c].sum() for c in counts]) / counts.sum()
    return np.digitize(before, edges)


@right("negatives.6", "lexsort by count and then id; starts from the middle; small integers.")
def stratum(counts, edges):
    counts = np.asarray(counts, dtype=float)
    order = np.lexsort((np.arange(len(counts)), -counts))
    before = np.concatenate([[0.0], np.cumsum(counts[order])[:-1]]) / counts.sum()
    place = np.empty(len(counts), dtype=np.int8)
    place[order] = 1 - (before < edges[0]) + (before >= edges[1])
    return place


@right("negatives.7", "As least squares with rows of sqrt(l2) added below.")
def content_to_vector(content, vectors, new_content, l2):
    mx, my = content.mean(axis=0), vectors.mean(axis=0)
    c = content.shape[1]
    a = np.vstack([content - mx, np.sqrt(l2) * np.eye(c)])
    b = np.vstack([vectors - my, np.zeros((c, vectors.shape[1]))])
    return (new_content - mx) @ np.linalg.lstsq(a, b, rcond=None)[0] + my


@right("negatives.7", "In torch, double precision, one intercept worked out from the means.")
def content_to_vector(content, vectors, new_content, l2):
    x, y, z = (torch.as_tensor(np.asarray(t), dtype=torch.float64) for t in (content, vectors, new_content))
    xc, yc = x - x.mean(0, keepdim=True), y - y.mean(0, keepdim=True)
    w = torch.linalg.pinv(xc.T @ xc + l2 * torch.eye(x.shape[1], dtype=torch.float64)) @ xc.T @ yc
    return (z @ w + (y.mean(0) - x.mean(0) @ w)).numpy()


@right("negatives.7", "The dual form: weights on the known items, and not on what their content holds.")
def content_to_vector(content, vectors, new_content, l2):
    mean = content.mean(0, keepdims=True)
    x, z = content - mean, np.asarray(new_content) - mean
    kernel = x @ x.T + l2 * np.eye(len(x))
    return z @ x.T @ np.linalg.pinv(kernel) @ (vectors - vectors.mean(0)) + vectors.mean(0)


def _ridge(x, y, l2):
    return np.linalg.solve(x.T @ x + l2 * np.eye(x.shape[1]), x.T @ y)


@wrong("negatives.7", "Does not centre the new content before the map is applied.")
def content_to_vector(content, vectors, new_content, l2):
    w = _ridge(content - content.mean(0), vectors - vectors.mean(0), l2)
    return new_content @ w + vectors.mean(0)


@wrong("negatives.7", "Centres the new content on its own mean, not on that of the known items.")
def content_to_vector(content, vectors, new_content, l2):
    w = _ridge(content - content.mean(0), vectors - vectors.mean(0), l2)
    return (new_content - new_content.mean(0)) @ w + vectors.mean(0)


@wrong("negatives.7", "Never adds the mean vector back.")
def content_to_vector(content, vectors, new_content, l2):
    mean = content.mean(0)
    return (new_content - mean) @ _ridge(content - mean, vectors - vectors.mean(0), l2)


@wrong("negatives.7", "Centres nothing: the regression runs through the origin.")
def content_to_vector(content, vectors, new_content, l2):
    return new_content @ _ridge(content, vectors, l2)


@wrong("negatives.7", "A column of ones in place of centring, so the penalty also shrinks the intercept.")
def content_to_vector(content, vectors, new_content, l2):
    x = np.column_stack([content, np.ones(len(content))])
    return np.column_stack([new_content, np.ones(len(new_content))]) @ _ridge(x, vectors, l2)


@wrong("negatives.7", "Adds l2 to every entry of the matrix, not to its diagonal.")
def content_to_vector(content, vectors, new_content, l2):
    mx, my = content.mean(0), vectors.mean(0)
    x = content - mx
    return (new_content - mx) @ np.linalg.solve(x.T @ x + l2, x.T @ (vectors - my)) + my


@wrong("negatives.7", "Takes the mean of content over the known and the new items together.")
def content_to_vector(content, vectors, new_content, l2):
    mean = np.vstack([content, new_content]).mean(0)
    return (new_content - mean) @ _ridge(content - mean, vectors - vectors.mean(0), l2) + vectors.mean(0)


@wrong("negatives.7", "Ignores l2: plain least squares.")
def content_to_vector(content, vectors, new_content, l2):
    mx, my = content.mean(0), vectors.mean(0)
    return (new_content - mx) @ np.linalg.pinv(content - mx) @ (vectors - my) + my
