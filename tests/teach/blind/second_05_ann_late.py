"""Solutions of lesson 05, written blind: from the notebook's text alone."""

import heapq

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@wrong("ann.5", "−1 reads the last vector, so pads compete and come back as −1 in the middle of the answer.")
def exact_rerank(query, shortlist, vectors, k):
    order = np.argsort(-(vectors[shortlist] @ query), kind="stable")[:k]
    best = shortlist[order]
    return np.append(best, np.full(k - len(best), -1))


@wrong("ann.5", "Places on the shortlist are returned, not ids.")
def exact_rerank(query, shortlist, vectors, k):
    ids = shortlist[shortlist >= 0]
    order = np.argsort(-(vectors[ids] @ query), kind="stable")[:k]
    return np.append(order, np.full(k - len(order), -1)).astype(int)


@wrong("ann.5", "The answer is shorter than k where the shortlist runs out.")
def exact_rerank(query, shortlist, vectors, k):
    ids = shortlist[shortlist >= 0]
    return ids[np.argsort(-(vectors[ids] @ query))[:k]]


@wrong("ann.5", "Worst first.")
def exact_rerank(query, shortlist, vectors, k):
    ids = shortlist[shortlist >= 0]
    best = ids[np.argsort(vectors[ids] @ query)[::-1][:k]][::-1]
    return np.append(best, np.full(k - len(best), -1)).astype(int)


@wrong("ann.5", "Ranks by distance, not by dot product.")
def exact_rerank(query, shortlist, vectors, k):
    ids = shortlist[shortlist >= 0]
    best = ids[np.argsort(((vectors[ids] - query)**2).sum(1))[:k]]
    return np.append(best, np.full(k - len(best), -1)).astype(int)


@wrong("ann.5", "Ranks by cosine, the lengths of the vectors divided out.")
def exact_rerank(query, shortlist, vectors, k):
    ids = shortlist[shortlist >= 0]
    real = vectors[ids]
    cosine = real @ query / np.maximum(np.linalg.norm(real, axis=1), 1e-12)
    best = ids[np.argsort(-cosine)[:k]]
    return np.append(best, np.full(k - len(best), -1)).astype(int)


@wrong("ann.5", "Keeps the shortlist's own order and only cuts it after k.")
def exact_rerank(query, shortlist, vectors, k):
    ids = shortlist[shortlist >= 0][:k]
    return np.append(ids, np.full(k - len(ids), -1)).astype(int)


@wrong("ann.5", "Re-ranks the first k of the shortlist only; a better one further down is lost.")
def exact_rerank(query, shortlist, vectors, k):
    ids = shortlist[:k]
    ids = ids[ids >= 0]
    best = ids[np.argsort(-(vectors[ids] @ query))]
    return np.append(best, np.full(k - len(best), -1)).astype(int)


@wrong("ann.5", "Searches all vectors, not the shortlist.")
def exact_rerank(query, shortlist, vectors, k):
    best = np.argsort(-(vectors @ query))[:k]
    return np.append(best, np.full(k - len(best), -1)).astype(int)


@wrong("ann.5", "Item 0 is dropped with the pads.")
def exact_rerank(query, shortlist, vectors, k):
    ids = shortlist[shortlist > 0]
    best = ids[np.argsort(-(vectors[ids] @ query))[:k]]
    return np.append(best, np.full(k - len(best), -1)).astype(int)


@wrong("ann.5", "A pad is given the score 0, which beats real items below 0.")
def exact_rerank(query, shortlist, vectors, k):
    score = np.where(shortlist >= 0, vectors[shortlist] @ query, 0.0)
    best = shortlist[np.argsort(-score, kind="stable")[:k]]
    return np.append(best, np.full(k - len(best), -1)).astype(int)


@wrong("ann.5", "The k best are found by argpartition and left in no order.")
def exact_rerank(query, shortlist, vectors, k):
    ids = shortlist[shortlist >= 0]
    if len(ids) > k:
        ids = np.sort(ids[np.argpartition(-(vectors[ids] @ query), k - 1)[:k]])
    return np.append(ids, np.full(k - len(ids), -1)).astype(int)


@wrong("ann.5", "The pads stand in front.")
def exact_rerank(query, shortlist, vectors, k):
    ids = shortlist[shortlist >= 0]
    best = ids[np.argsort(-(vectors[ids] @ query))[:k]]
    out = np.full(k, -1)
    out[k - len(best):] = best
    return out


@right("ann.5", "heapq.nlargest with ids, a list padded by −1.")
def exact_rerank(query, shortlist, vectors, k):
    ids = [int(i) for i in shortlist if i != -1]
    best = heapq.nlargest(k, ids, key=lambda i: float(np.dot(vectors[i], query)))
    return best + [-1] * (k - len(best))


@right("ann.5", "A pandas Series by id, sorted; reindexed to k places.")
def exact_rerank(query, shortlist, vectors, k):
    ids = pd.Index(np.asarray(shortlist)[np.asarray(shortlist) != -1])
    score = pd.Series(np.asarray(vectors)[ids] @ query, index=ids).sort_values(ascending=False)
    return pd.Series(score.index).reindex(range(k), fill_value=-1).to_numpy(dtype=int)


@right("ann.5", "Pads get −∞; the shortlist is lengthened by k pads before it is sorted. Later ids first on ties.")
def exact_rerank(query, shortlist, vectors, k):
    longer = np.concatenate([shortlist, np.full(k, -1, dtype=np.int64)])[::-1]
    score = np.where(longer < 0, -np.inf, vectors[longer] @ query)
    return longer[np.argsort(-score, kind="stable")][:k]


@right("ann.5", "torch.topk in double.")
def exact_rerank(query, shortlist, vectors, k):
    ids = torch.as_tensor(np.array(shortlist)).long()
    ids = ids[ids >= 0]
    score = torch.as_tensor(np.array(vectors, dtype=float))[ids] @ torch.as_tensor(np.array(query, dtype=float))
    out = torch.full((k,), -1)
    n = min(k, len(ids))
    out[:n] = ids[score.topk(n).indices]
    return out.numpy()


@wrong("ann.6", "Beaten only by what is strictly better in both, so a costlier setting of equal recall stays.")
def pareto_front(recall, cost):
    beats = (recall[None] > recall[:, None]) & (cost[None] < cost[:, None])
    return ~beats.any(1)


@wrong("ann.6", "At least as good in both is enough to beat, so every setting is beaten by itself.")
def pareto_front(recall, cost):
    beats = (recall[None] >= recall[:, None]) & (cost[None] <= cost[:, None])
    return ~beats.any(1)


@wrong("ann.6", "Of two equal settings only the first is kept, though neither beats the other.")
def pareto_front(recall, cost):
    front, best = np.zeros(len(recall), bool), -np.inf
    for i in np.lexsort((-recall, cost)):
        if recall[i] > best:
            front[i], best = True, recall[i]
    return front


@wrong("ann.6", "Of equal cost the lower recall may come first and stays on the front.")
def pareto_front(recall, cost):
    front, best = np.zeros(len(recall), bool), -np.inf
    for i in np.lexsort((recall, cost)):
        if recall[i] > best:
            front[i], best = True, recall[i]
    return front


@wrong("ann.6", "Running maximum with at least: a costlier setting of equal recall stays.")
def pareto_front(recall, cost):
    order = np.lexsort((-recall, cost))
    front = np.zeros(len(recall), bool)
    front[order] = recall[order] >= np.maximum.accumulate(recall[order])
    return front


@wrong("ann.6", "The marks come back in the order of cost.")
def pareto_front(recall, cost):
    order = np.lexsort((-recall, cost))
    r, c = recall[order], cost[order]
    return np.array([not any(r[j] >= r[i] and c[j] <= c[i] and (r[j] > r[i] or c[j] < c[i]) for j in range(len(r)))
                     for i in range(len(r))])


@wrong("ann.6", "Higher cost counts as better.")
def pareto_front(recall, cost):
    good = (recall[None] >= recall[:, None]) & (cost[None] >= cost[:, None])
    better = (recall[None] > recall[:, None]) | (cost[None] > cost[:, None])
    return ~(good & better).any(1)


@wrong("ann.6", "Only the setting of best recall per cost is marked.")
def pareto_front(recall, cost):
    ratio = recall / np.maximum(cost, 1e-12)
    return ratio == ratio.max()


@wrong("ann.6", "Each setting is compared only with its neighbour in the order of cost.")
def pareto_front(recall, cost):
    order = np.lexsort((-recall, cost))
    front = np.ones(len(recall), bool)
    for before, i in zip(order[:-1], order[1:], strict=True):
        if recall[before] >= recall[i] and (recall[before] > recall[i] or cost[before] < cost[i]):
            front[i] = False
    return front


@wrong("ann.6", "Better in one is enough to beat, however much worse in the other.")
def pareto_front(recall, cost):
    beats = (recall[None] > recall[:, None]) | (cost[None] < cost[:, None])
    return ~beats.any(1)


@wrong("ann.6", "Convex hull: a setting below the straight line between two others is not marked.")
def pareto_front(recall, cost):
    front = ~((recall[None] >= recall[:, None]) & (cost[None] <= cost[:, None])
              & ((recall[None] > recall[:, None]) | (cost[None] < cost[:, None]))).any(1)
    for i in np.flatnonzero(front):
        for a in np.flatnonzero(front):
            for b in np.flatnonzero(front):
                if cost[a] < cost[i] < cost[b]:
                    line = recall[a] + (recall[b] - recall[a]) * (cost[i] - cost[a]) / (cost[b] - cost[a])
                    front[i] &= recall[i] >= line
    return front


@right("ann.6", "Python's any and all over pairs; a list of bools.")
def pareto_front(recall, cost):
    both = list(zip(map(float, recall), map(float, cost), strict=True))
    return [not any(r >= x and c <= y and (r, c) != (x, y) for r, c in both) for x, y in both]


@right("ann.6", "For each cost the best recall, kept if above all that is cheaper; then equal pairs are looked up.")
def pareto_front(recall, cost):
    best = pd.Series(np.asarray(recall)).groupby(np.asarray(cost)).max().sort_index()
    on = best[best > best.cummax().shift(fill_value=-np.inf)]
    return np.array([c in on.index and on[c] == r for r, c in zip(recall, cost, strict=True)], bool)


@right("ann.6", "numpy, with cost turned into its negative and one table of comparisons.")
def pareto_front(recall, cost):
    good = np.stack([recall, np.negative(cost)])
    gap = good[:, None, :] - good[:, :, None]
    return ~((gap >= 0).all(0) & (gap > 0).any(0)).any(axis=1)


@right("ann.6", "torch, asked for each setting: nothing cheaper is as good, nothing as cheap is better.")
def pareto_front(recall, cost):
    r, c = (torch.as_tensor(np.array(x, dtype=float)) for x in (recall, cost))
    stays = [not bool(((c < c[i]) & (r >= r[i])).any() or ((c <= c[i]) & (r > r[i])).any()) for i in range(len(r))]
    return torch.tensor(stays, dtype=torch.bool).numpy()
