"""Solutions of lesson 05, exercises 5 to 7, written from the notebook alone."""

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@right("ann.5", "Python's sorted and a list, padded by multiplication.")
def exact_rerank(query, shortlist, vectors, k):
    real = [int(i) for i in shortlist if i != -1]
    best = sorted(real, key=lambda i: float(np.dot(vectors[i], query)), reverse=True)[:k]
    return best + [-1] * (k - len(best))


@right("ann.5", "torch.topk of as many as there are, written into an array full of −1.")
def exact_rerank(query, shortlist, vectors, k):
    shortlist = np.asarray(shortlist)
    real = shortlist[shortlist >= 0]
    answer = np.full(k, -1, dtype=np.int64)
    if len(real) == 0:
        return answer
    scores = torch.as_tensor(np.asarray(vectors)[real]) @ torch.as_tensor(np.asarray(query, dtype=vectors.dtype))
    top = scores.topk(min(k, len(real))).indices.numpy()
    answer[:len(top)] = real[top]
    return answer


@right("ann.5", "A pandas Series of scores, and reindexing for the pads.")
def exact_rerank(query, shortlist, vectors, k):
    real = pd.Series(shortlist)
    real = real[real >= 0].to_numpy(dtype=int)
    scores = pd.Series(vectors[real] @ query, index=real).sort_values(ascending=False)
    return pd.Series(scores.index[:k]).reindex(range(k), fill_value=-1)


@wrong("ann.5", "Takes the pad −1 for an id: it scores the last vector, and −1 may stand before real items.")
def exact_rerank(query, shortlist, vectors, k):
    best = shortlist[np.argsort(-(vectors[shortlist] @ query))][:k]
    return np.concatenate([best, np.full(k - len(best), -1)]).astype(int)


@wrong("ann.5", "Returns places in the shortlist, not ids.")
def exact_rerank(query, shortlist, vectors, k):
    scores = np.where(shortlist < 0, -np.inf, vectors[shortlist] @ query)
    best = np.argsort(-scores)[:min(k, int((shortlist >= 0).sum()))]
    return np.concatenate([best, np.full(k - len(best), -1)]).astype(int)


@wrong("ann.5", "Returns fewer than k ids where the shortlist runs out: no pads.")
def exact_rerank(query, shortlist, vectors, k):
    real = shortlist[shortlist >= 0]
    return real[np.argsort(-(vectors[real] @ query))[:k]]


@wrong("ann.5", "Gives pads the score 0, so that they stand before items with a negative product.")
def exact_rerank(query, shortlist, vectors, k):
    padded = np.concatenate([shortlist, np.full(k, -1)]).astype(int)
    scores = np.where(padded >= 0, vectors[padded] @ query, 0.0)
    return padded[np.argsort(-scores, kind="stable")[:k]]


@wrong("ann.5", "Keeps the first k of the shortlist and only then compares, so nothing further down can come up.")
def exact_rerank(query, shortlist, vectors, k):
    real = shortlist[shortlist >= 0][:k]
    best = real[np.argsort(-(vectors[real] @ query))]
    return np.concatenate([best, np.full(k - len(best), -1)]).astype(int)


@wrong("ann.5", "Ranks by cosine: the lengths of the items' vectors are divided out.")
def exact_rerank(query, shortlist, vectors, k):
    real = shortlist[shortlist >= 0]
    scores = vectors[real] @ query / np.linalg.norm(vectors[real], axis=1)
    best = real[np.argsort(-scores)[:k]]
    return np.concatenate([best, np.full(k - len(best), -1)]).astype(int)


@wrong("ann.5", "Ranks by Euclidean distance, not by dot product.")
def exact_rerank(query, shortlist, vectors, k):
    real = shortlist[shortlist >= 0]
    best = real[np.argsort(((vectors[real] - query) ** 2).sum(axis=1))[:k]]
    return np.concatenate([best, np.full(k - len(best), -1)]).astype(int)


@wrong("ann.5", "Throws the item with id 0 away together with the pads.")
def exact_rerank(query, shortlist, vectors, k):
    real = shortlist[shortlist > 0]
    best = real[np.argsort(-(vectors[real] @ query))[:k]]
    return np.concatenate([best, np.full(k - len(best), -1)]).astype(int)


@right("ann.6", "Two loops; a list of bool.")
def pareto_front(recall, cost):
    settings = list(zip(recall, cost))

    def beats(a, b):
        return a[0] >= b[0] and a[1] <= b[1] and (a[0] > b[0] or a[1] < b[1])
    return [not any(beats(a, b) for a in settings) for b in settings]


@right("ann.6", "One sweep over groups of equal cost, cheapest first, with the best recall so far.")
def pareto_front(recall, cost):
    table = pd.DataFrame({"r": np.asarray(recall, float), "c": np.asarray(cost, float)})
    keep, best = pd.Series(False, index=table.index), -np.inf
    for _, group in table.groupby("c", sort=True):
        top = group["r"].max()
        if top > best:
            keep[group.index[group["r"] == top]] = True
            best = top
    return keep


@right("ann.6", "All pairs at once, as integers of what is better.")
def pareto_front(recall, cost):
    up = np.sign(np.subtract.outer(recall, recall)).astype(int)
    down = np.sign(np.subtract.outer(cost, cost)).astype(int)
    beaten = (up >= 0) & (down <= 0) & ((up - down) > 0)
    return np.logical_not(beaten.any(axis=0))


@wrong("ann.6", "One beats another only if it is better in both.")
def pareto_front(recall, cost):
    beats = (recall[:, None] > recall[None, :]) & (cost[:, None] < cost[None, :])
    return ~beats.any(axis=0)


@wrong("ann.6", "At least as good in both is enough to beat, so that two equal settings throw each other out.")
def pareto_front(recall, cost):
    beats = (recall[:, None] >= recall[None, :]) & (cost[:, None] <= cost[None, :])
    np.fill_diagonal(beats, False)
    return ~beats.any(axis=0)


@wrong("ann.6", "Takes a high cost for better.")
def pareto_front(recall, cost):
    as_good = (recall[:, None] >= recall) & (cost[:, None] >= cost)
    better = (recall[:, None] > recall) | (cost[:, None] > cost)
    return ~(as_good & better).any(axis=0)


@wrong("ann.6", "A sweep that asks for strictly more recall: the second of two equal settings is dropped.")
def pareto_front(recall, cost):
    keep, best = np.zeros(len(recall), bool), -np.inf
    for i in np.lexsort((-recall, cost)):
        if recall[i] > best:
            keep[i], best = True, recall[i]
    return keep


@wrong("ann.6", "A sweep by cost alone that keeps equal recall, so a dearer setting with the same recall stays.")
def pareto_front(recall, cost):
    keep, best = np.zeros(len(recall), bool), -np.inf
    for i in np.lexsort((-recall, cost)):
        if recall[i] >= best:
            keep[i], best = True, recall[i]
    return keep


@wrong("ann.6", "Compares each with the next cheaper one only, not with all cheaper ones.")
def pareto_front(recall, cost):
    order = np.lexsort((-recall, cost))
    keep = np.ones(len(recall), bool)
    for before, here in zip(order[:-1], order[1:]):
        same = recall[here] == recall[before] and cost[here] == cost[before]
        keep[here] = recall[here] > recall[before] or (same and keep[before])
    return keep


@wrong("ann.6", "Returns the marks in the order of cost, not in the order of the settings.")
def pareto_front(recall, cost):
    order = np.argsort(cost, kind="stable")
    r, c = recall[order], cost[order]
    beats = (r[:, None] >= r) & (c[:, None] <= c) & ((r[:, None] > r) | (c[:, None] < c))
    return ~beats.any(axis=0)


@right("ann.7", "Row by row in plain Python; a list of lists.")
def post_filter(ids, allowed, k):
    answer = []
    for row in ids:
        kept = [int(i) for i in row if i >= 0 and allowed[int(i)]][:k]
        answer.append(kept + [-1] * (k - len(kept)))
    return answer


@right("ann.7", "Each kept id is written to the place that a running count gives it.")
def post_filter(ids, allowed, k):
    ids = np.asarray(ids)
    ok = (ids >= 0) & np.asarray(allowed, bool)[np.maximum(ids, 0)]
    place = np.cumsum(ok, axis=1) - 1
    rows, columns = np.nonzero(ok & (place < k))
    answer = np.full((len(ids), k), -1, dtype=ids.dtype)
    answer[rows, place[rows, columns]] = ids[rows, columns]
    return answer


@right("ann.7", "torch: −1 where dropped, a stable sort by that, and a cut.")
def post_filter(ids, allowed, k):
    ids = torch.as_tensor(np.array(ids, dtype=np.int64))
    longer = torch.cat([torch.as_tensor(np.asarray(allowed, bool)), torch.tensor([False])])
    masked = torch.where(longer[ids.clamp(min=-1) % len(longer)], ids, -1)
    order = torch.sort((masked < 0).to(torch.int8), dim=1, stable=True).indices
    return masked.gather(1, order)[:, :k].numpy()


@wrong("ann.7", "Cuts to the first k before the filter, so allowed ids further down never come up.")
def post_filter(ids, allowed, k):
    out = np.full((len(ids), k), -1)
    for b, row in enumerate(ids[:, :k]):
        kept = [i for i in row if i >= 0 and allowed[i]]
        out[b, :len(kept)] = kept
    return out


@wrong("ann.7", "Looks −1 up as the last item: where that is allowed, a −1 in the middle takes up a place.")
def post_filter(ids, allowed, k):
    out = np.full((len(ids), k), -1)
    for b, row in enumerate(ids):
        kept = row[allowed[row]][:k]
        out[b, :len(kept)] = kept
    return out


@wrong("ann.7", "Leaves holes: a forbidden id becomes −1 where it stood, and the rest does not move up.")
def post_filter(ids, allowed, k):
    ok = (ids >= 0) & allowed[ids]
    return np.where(ok, ids, -1)[:, :k]


@wrong("ann.7", "Sorts what is left by id, and loses the order of the search.")
def post_filter(ids, allowed, k):
    out = np.full((len(ids), k), -1)
    for b, row in enumerate(ids):
        kept = sorted(i for i in row if i >= 0 and allowed[i])[:k]
        out[b, :len(kept)] = kept
    return out


@wrong("ann.7", "Fills with 0, which is an item, not with −1.")
def post_filter(ids, allowed, k):
    out = np.zeros((len(ids), k), dtype=int)
    for b, row in enumerate(ids):
        row = row[row >= 0]
        kept = row[allowed[row]][:k]
        out[b, :len(kept)] = kept
    return out


@wrong("ann.7", "Puts the pads first and the ids behind them.")
def post_filter(ids, allowed, k):
    out = np.full((len(ids), k), -1)
    for b, row in enumerate(ids):
        row = row[row >= 0]
        kept = row[allowed[row]][:k]
        out[b, k - len(kept):] = kept
    return out


@wrong("ann.7", "Uses the mask the wrong way round: keeps what is forbidden.")
def post_filter(ids, allowed, k):
    out = np.full((len(ids), k), -1)
    for b, row in enumerate(ids):
        kept = [i for i in row if i >= 0 and not allowed[i]][:k]
        out[b, :len(kept)] = kept
    return out
