"""Solutions of lesson 04, written blind: from the notebook's text alone."""

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@wrong("negatives.5", "The diagonal is left True where the own pair is known.")
def false_negatives(user_id, item_id, known_user, known_item):
    known = set(zip(known_user.tolist(), known_item.tolist(), strict=True))
    return np.array([[(u, i) in known for i in item_id.tolist()] for u in user_id.tolist()])


@wrong("negatives.5", "The user's own item is unmarked in other rows as well.")
def false_negatives(user_id, item_id, known_user, known_item):
    known = set(zip(known_user.tolist(), known_item.tolist(), strict=True))
    mask = np.array([[(u, i) in known for i in item_id.tolist()] for u in user_id.tolist()])
    return mask & (item_id[:, None] != item_id[None, :])


@wrong("negatives.5", "Users and items are looked up apart, so any known user with any known item is marked.")
def false_negatives(user_id, item_id, known_user, known_item):
    mask = np.isin(user_id, known_user)[:, None] & np.isin(item_id, known_item)[None, :]
    return mask & ~np.eye(len(user_id), dtype=bool)


@wrong("negatives.5", "Only pairs that stand in the batch itself are marked; what is known beside it is not used.")
def false_negatives(user_id, item_id, known_user, known_item):
    batch = set(zip(user_id.tolist(), item_id.tolist(), strict=True))
    mask = np.array([[(u, i) in batch for i in item_id.tolist()] for u in user_id.tolist()])
    np.fill_diagonal(mask, False)
    return mask


@wrong("negatives.5", "Transposed: rows are items, columns users.")
def false_negatives(user_id, item_id, known_user, known_item):
    known = set(zip(known_user.tolist(), known_item.tolist(), strict=True))
    mask = np.array([[(u, i) in known for u in user_id.tolist()] for i in item_id.tolist()])
    np.fill_diagonal(mask, False)
    return mask


@wrong("negatives.5", "A dictionary from user to item keeps only the last item of each user.")
def false_negatives(user_id, item_id, known_user, known_item):
    took = dict(zip(known_user.tolist(), known_item.tolist(), strict=True))
    mask = np.array([[took.get(u) == i for i in item_id.tolist()] for u in user_id.tolist()])
    return mask & ~np.eye(len(user_id), dtype=bool)


@wrong("negatives.5", "The key of a pair has room for known ids only: a larger id runs into the next user.")
def false_negatives(user_id, item_id, known_user, known_item):
    room = known_item.max(initial=0) + 1
    mask = np.isin(user_id[:, None] * room + item_id[None, :], known_user * room + known_item)
    np.fill_diagonal(mask, False)
    return mask


@wrong("negatives.5", "The key of a pair holds a hard-coded thousand items, so larger ids collide.")
def false_negatives(user_id, item_id, known_user, known_item):
    mask = np.isin(user_id[:, None] * 1000 + item_id[None, :], known_user * 1000 + known_item)
    np.fill_diagonal(mask, False)
    return mask


@wrong("negatives.5", "Another row of the same user is never marked.")
def false_negatives(user_id, item_id, known_user, known_item):
    known = set(zip(known_user.tolist(), known_item.tolist(), strict=True))
    mask = np.array([[(u, i) in known for i in item_id.tolist()] for u in user_id.tolist()])
    return mask & (user_id[:, None] != user_id[None, :])


@wrong("negatives.5", "Marks what is not known: the true negatives.")
def false_negatives(user_id, item_id, known_user, known_item):
    known = set(zip(known_user.tolist(), known_item.tolist(), strict=True))
    mask = np.array([[(u, i) not in known for i in item_id.tolist()] for u in user_id.tolist()])
    np.fill_diagonal(mask, False)
    return mask


@wrong("negatives.5", "Each item is asked for its own row's user, so a whole column is marked or none of it.")
def false_negatives(user_id, item_id, known_user, known_item):
    known = set(zip(known_user.tolist(), known_item.tolist(), strict=True))
    column = np.array([(u, i) in known for u, i in zip(user_id.tolist(), item_id.tolist(), strict=True)])
    mask = np.repeat(column[None], len(user_id), axis=0)
    np.fill_diagonal(mask, False)
    return mask


@right("negatives.5", "A dictionary of sets, nested lists.")
def false_negatives(user_id, item_id, known_user, known_item):
    took = {}
    for u, i in zip(known_user, known_item, strict=True):
        took.setdefault(int(u), set()).add(int(i))
    return [[b != m and int(i) in took.get(int(u), ()) for m, i in enumerate(item_id)]
            for b, u in enumerate(user_id)]


@right("negatives.5", "A matrix product: rows by known pairs, known pairs by columns.")
def false_negatives(user_id, item_id, known_user, known_item):
    by_user = np.asarray(user_id)[:, None] == np.asarray(known_user)[None]
    by_item = np.asarray(known_item)[:, None] == np.asarray(item_id)[None]
    return (by_user.astype(int) @ by_item.astype(int) > 0) & ~np.eye(len(user_id), dtype=bool)


@right("negatives.5", "Pairs as text, looked up with isin.")
def false_negatives(user_id, item_id, known_user, known_item):
    known = {f"{u}-{i}" for u, i in zip(known_user, known_item, strict=True)}
    pairs = pd.DataFrame([[f"{u}-{i}" for i in item_id] for u in user_id])
    mask = pairs.isin(known).to_numpy().copy()
    np.fill_diagonal(mask, False)
    return mask


@right("negatives.5", "Complex numbers as pairs.")
def false_negatives(user_id, item_id, known_user, known_item):
    pairs = np.asarray(user_id)[:, None] + 1j * np.asarray(item_id)[None, :]
    mask = np.isin(pairs.ravel(), np.asarray(known_user) + 1j * np.asarray(known_item)).reshape(pairs.shape)
    mask[np.diag_indices(len(mask))] = False
    return mask


@wrong("negatives.6", "The item's own events count as lying before it.")
def stratum(counts, edges):
    order = np.argsort(-counts, kind="stable")
    out = np.empty(len(counts), int)
    out[order] = np.digitize(np.cumsum(counts[order]) / counts.sum(), edges)
    return out


@wrong("negatives.6", "Cuts at shares of the items, not of the events.")
def stratum(counts, edges):
    order = np.argsort(-counts, kind="stable")
    out = np.empty(len(counts), int)
    out[order] = np.digitize(np.arange(len(counts)) / len(counts), edges)
    return out


@wrong("negatives.6", "Sorted from the lowest count, so head and tail change places.")
def stratum(counts, edges):
    order = np.argsort(counts, kind="stable")
    before = np.cumsum(counts[order]) - counts[order]
    out = np.empty(len(counts), int)
    out[order] = np.digitize(before / counts.sum(), edges)
    return out


@wrong("negatives.6", "Reversing an ascending order puts ties at the higher id first.")
def stratum(counts, edges):
    order = np.argsort(counts, kind="stable")[::-1]
    before = np.cumsum(counts[order]) - counts[order]
    out = np.empty(len(counts), int)
    out[order] = np.digitize(before / counts.sum(), edges)
    return out


@wrong("negatives.6", "Strata in the order of popularity, not of id.")
def stratum(counts, edges):
    ordered = np.sort(counts)[::-1]
    before = (np.cumsum(ordered) - ordered) / counts.sum()
    return (before >= edges[0]).astype(int) + (before >= edges[1]).astype(int)


@wrong("negatives.6", "At an edge itself an item stays in the upper stratum: before is compared with more than.")
def stratum(counts, edges):
    order = np.argsort(-counts, kind="stable")
    before = (np.cumsum(counts[order]) - counts[order]) / counts.sum()
    out = np.empty(len(counts), int)
    out[order] = (before > edges[0]).astype(int) + (before > edges[1]).astype(int)
    return out


@wrong("negatives.6", "Where exactly four fifths lie before, the item is kept in the middle.")
def stratum(counts, edges):
    order = np.argsort(-counts, kind="stable")
    before = (np.cumsum(counts[order]) - counts[order]) / counts.sum()
    out = np.ones(len(counts), int)
    out[order[before < edges[0]]] = 0
    out[order[before > edges[1]]] = 2
    return out


@wrong("negatives.6", "Items of equal count are kept together: all share the events before the first of them.")
def stratum(counts, edges):
    before = np.array([counts[counts > c].sum() for c in counts]) / counts.sum()
    return np.digitize(before, edges)


@wrong("negatives.6", "Cuts at quantiles of the counts.")
def stratum(counts, edges):
    high, low = np.quantile(counts, [1 - edges[0], 1 - edges[1]])
    return np.where(counts >= high, 0, np.where(counts >= low, 1, 2))


@wrong("negatives.6", "The order is applied where its inverse belongs.")
def stratum(counts, edges):
    order = np.argsort(-counts, kind="stable")
    before = (np.cumsum(counts[order]) - counts[order]) / counts.sum()
    return np.digitize(before, edges)[order]


@wrong("negatives.6", "Edges are read as the sizes of head and middle: the tail begins after their sum.")
def stratum(counts, edges):
    order = np.argsort(-counts, kind="stable")
    before = (np.cumsum(counts[order]) - counts[order]) / counts.sum()
    out = np.empty(len(counts), int)
    out[order] = np.digitize(before, [edges[0], edges[0] + edges[1]])
    return out


@wrong("negatives.6", "Shares of the largest count decide, not the events before the item.")
def stratum(counts, edges):
    return np.digitize(1 - counts / counts.max(), edges)


@right("negatives.6", "One walk down a sorted list of (−count, id).")
def stratum(counts, edges):
    total, so_far, out = float(sum(counts)), 0.0, [0] * len(counts)
    for minus, i in sorted((-float(c), i) for i, c in enumerate(counts)):
        share = so_far / total
        out[i] = 0 if share < edges[0] else 2 if share >= edges[1] else 1
        so_far -= minus
    return out


@right("negatives.6", "For each item the sum of those that stand before it, by comparing all pairs.")
def stratum(counts, edges):
    counts, ids = np.asarray(counts, float), np.arange(len(counts))
    ahead = (counts[None] > counts[:, None]) | ((counts[None] == counts[:, None]) & (ids[None] < ids[:, None]))
    before = ahead @ counts / counts.sum()
    return (before >= edges[0]).astype(int) + (before >= edges[1])


@right("negatives.6", "pandas: sorted stably, cumsum shifted by one, back in the order of the index.")
def stratum(counts, edges):
    ordered = pd.Series(np.asarray(counts, float)).sort_values(ascending=False, kind="stable")
    before = ordered.cumsum().shift(fill_value=0.0) / ordered.sum()
    return before.ge(edges[0]).astype(int).add(before.ge(edges[1]).astype(int)).sort_index().to_numpy()


@right("negatives.6", "torch: a stable sort, cumsum, bucketize.")
def stratum(counts, edges):
    ordered, order = torch.sort(torch.as_tensor(np.array(counts, dtype=float)), descending=True, stable=True)
    before = (ordered.cumsum(0) - ordered) / ordered.sum()
    cut = torch.bucketize(before, torch.tensor(list(edges), dtype=torch.float64), right=True)
    return torch.empty_like(cut).scatter_(0, order, cut).numpy()
