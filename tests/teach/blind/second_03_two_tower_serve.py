"""Solutions of lesson 03, written blind: from the notebook's text alone."""

import heapq

import numpy as np
import pandas as pd
from blind_book import right, wrong


@wrong("two_tower.7", "Reversing an ascending order puts ties at the higher id first.")
def nearest_unseen(query, items, seen, k):
    score = items @ query
    score[seen] = -np.inf
    return np.argsort(score, kind="stable")[::-1][:k]


@wrong("two_tower.7", "Seen items are not taken out.")
def nearest_unseen(query, items, seen, k):
    return np.argsort(-(items @ query), kind="stable")[:k]


@wrong("two_tower.7", "Seen items get the score 0, which beats unseen ones below 0.")
def nearest_unseen(query, items, seen, k):
    score = items @ query
    score[seen] = 0
    return np.argsort(-score, kind="stable")[:k]


@wrong("two_tower.7", "Overwrites the vectors of seen items in the caller's table.")
def nearest_unseen(query, items, seen, k):
    score = items @ query
    items[seen] = 0
    score[seen] = -np.inf
    return np.argsort(-score, kind="stable")[:k]


@wrong("two_tower.7", "argpartition finds the k best and leaves them in no order.")
def nearest_unseen(query, items, seen, k):
    score = items @ query
    score[seen] = -np.inf
    return np.sort(np.argpartition(-score, k - 1)[:k])


@wrong("two_tower.7", "Drops seen items after the best k were taken, so fewer than k are left.")
def nearest_unseen(query, items, seen, k):
    best = np.argsort(-(items @ query), kind="stable")[:k]
    return best[~np.isin(best, seen)]


@wrong("two_tower.7", "Places in the shortened table are returned as if they were ids.")
def nearest_unseen(query, items, seen, k):
    left = np.delete(items, seen, axis=0)
    return np.argsort(-(left @ query), kind="stable")[:k]


@wrong("two_tower.7", "Ranks by the angle: lengths of the item vectors are divided out.")
def nearest_unseen(query, items, seen, k):
    score = items @ query / np.maximum(np.linalg.norm(items, axis=1), 1e-12)
    score[seen] = -np.inf
    return np.argsort(-score, kind="stable")[:k]


@wrong("two_tower.7", "Ranks by distance between the vectors, not by their product.")
def nearest_unseen(query, items, seen, k):
    away = np.linalg.norm(items - query, axis=1)
    away[seen] = np.inf
    return np.argsort(away, kind="stable")[:k]


@wrong("two_tower.7", "Worst first among the k best.")
def nearest_unseen(query, items, seen, k):
    score = items @ query
    score[seen] = -np.inf
    return np.argsort(-score, kind="stable")[:k][::-1]


@wrong("two_tower.7", "The smallest products come first: the sign is missing.")
def nearest_unseen(query, items, seen, k):
    score = pd.Series(items @ query).drop(np.unique(seen))
    return score.sort_values(kind="stable").index.to_numpy()[:k]


@wrong("two_tower.7", "Looks in the k + 10 best only, so a user who has seen more than ten of these gets too few.")
def nearest_unseen(query, items, seen, k):
    best = np.argsort(-(items @ query), kind="stable")[:k + 10]
    return best[~np.isin(best, seen)][:k]


@right("two_tower.7", "heapq.nsmallest of (−score, id) over the unseen.")
def nearest_unseen(query, items, seen, k):
    score, gone = (np.asarray(items) @ np.asarray(query)).tolist(), set(np.asarray(seen).tolist())
    return [i for _, i in heapq.nsmallest(k, ((-s, i) for i, s in enumerate(score) if i not in gone))]


@right("two_tower.7", "lexsort by score, then id, of the unseen ids.")
def nearest_unseen(query, items, seen, k):
    free = np.setdiff1d(np.arange(len(items)), np.asarray(seen, dtype=int))
    score = (items @ query)[free]
    return free[np.lexsort((free, -score))[:k]]


@right("two_tower.7", "pandas nlargest, which keeps the first of ties.")
def nearest_unseen(query, items, seen, k):
    score = pd.Series(items @ query)
    return score[~score.index.isin(np.asarray(seen))].nlargest(k, keep="first").index.to_numpy()


@right("two_tower.7", "argmax k times on a copy of the scores.")
def nearest_unseen(query, items, seen, k):
    score = np.array(items @ query, dtype=float)
    score[np.asarray(seen, dtype=int)] = -np.inf
    out = []
    for _ in range(k):
        out.append(int(score.argmax()))
        score[out[-1]] = -np.inf
    return out
