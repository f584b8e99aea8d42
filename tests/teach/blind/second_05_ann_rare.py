"""Solutions of lesson 05, written blind: from the notebook's text alone."""

import numpy as np
from blind_book import wrong


@wrong("ann.1", "Divides by the largest number of true neighbours of any query, not by each query's own.")
def index_recall(found, exact):
    real = exact >= 0
    hit = np.array([np.isin(e[e >= 0], f).sum() for f, e in zip(found, exact, strict=True)])
    return hit / max(real.sum(1).max(initial=0), 1)


@wrong("ann.3", "Shorter codebooks are padded to 256 by words of zeros, which may be nearest.")
def pq_encode(vectors, codebooks):
    m, n_words, width = codebooks.shape
    full = np.zeros((m, 256, width))
    full[:, :n_words] = codebooks
    parts = vectors.reshape(len(vectors), m, 1, width)
    return ((parts - full[None])**2).sum(-1).argmin(-1).astype(np.uint8)


@wrong("ann.4", "Codes of the same row that are equal are counted once.")
def adc_scores(query, codes, codebooks):
    m = len(codebooks)
    table = np.einsum("md,mwd->mw", query.reshape(m, -1), codebooks)
    out = np.zeros(len(codes))
    for n, row in enumerate(codes.tolist()):
        out[n] = sum(table[row.index(c), c] for c in set(row))
    return out


@wrong("ann.5", "Padded to the length of the shortlist only, so the answer is too short where k is larger.")
def exact_rerank(query, shortlist, vectors, k):
    score = np.where(shortlist >= 0, vectors[shortlist] @ query, -np.inf)
    return shortlist[np.argsort(-score, kind="stable")][:k]


@wrong("ann.5", "The pads are taken to begin at the smallest id: without a pad the list is cut at a real item.")
def exact_rerank(query, shortlist, vectors, k):
    ids = shortlist[:np.argmin(shortlist)]
    best = ids[np.argsort(-(vectors[ids] @ query))[:k]]
    return np.append(best, np.full(k - len(best), -1)).astype(int)


@wrong("ann.6", "A recall less than a hundredth higher counts as equal, so such a costlier setting is dropped.")
def pareto_front(recall, cost):
    as_good = recall[None] >= recall[:, None] - 0.01
    better = (recall[None] > recall[:, None] + 0.01) | (cost[None] < cost[:, None])
    return ~(as_good & (cost[None] <= cost[:, None]) & better).any(1)


@wrong("ann.7", "An id that stands in an earlier query's answer is not given to a later query.")
def post_filter(ids, allowed, k):
    out, free = np.full((len(ids), k), -1), allowed.copy()
    for b, row in enumerate(ids):
        kept = [i for i in row.tolist() if i >= 0 and free[i]][:k]
        out[b, :len(kept)] = kept
        free[kept] = False
    return out
