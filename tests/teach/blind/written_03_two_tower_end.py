"""Solutions of lesson 03, exercises 5 and 7, written blind: from the notebook's text alone."""

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@wrong("two_tower.5", "Boundary: events that tie across a cutoff all go to the earlier part.")
def cut_by_time(time, fractions):
    shares = [fractions[0], fractions[0] + fractions[1]]
    first, second = np.quantile(time, shares, method="inverted_cdf")
    return (time > first).astype(int) + (time > second).astype(int)


@wrong("two_tower.5", "Takes > where the cutoff is the first event of the later part: it stays in the earlier one.")
def cut_by_time(time, fractions):
    ordered, n = np.sort(time), len(time)
    first, second = (ordered[int(round(f * n, 6))] for f in np.cumsum(fractions)[:2])
    return (time > first).astype(int) + (time > second).astype(int)


@wrong("two_tower.5", "Cuts by rank: events of one moment are torn apart into two parts.")
def cut_by_time(time, fractions):
    n = len(time)
    rank = np.argsort(np.argsort(time, kind="stable"), kind="stable")
    edges = np.round(np.cumsum(fractions)[:2] * n).astype(int)
    return np.digitize(rank, edges)


@wrong("two_tower.5", "Takes the events to be in order of time and cuts by their place in the log.")
def cut_by_time(time, fractions):
    n = len(time)
    part = np.zeros(n, int)
    part[int(round(fractions[0] * n)):] = 1
    part[int(round((fractions[0] + fractions[1]) * n)):] = 2
    return part


@wrong("two_tower.5", "Cuts the span of time in shares, not the events.")
def cut_by_time(time, fractions):
    low, high = time.min(), time.max()
    edges = low + (high - low) * np.cumsum(fractions)[:2]
    return (time >= edges[0]).astype(int) + (time >= edges[1])


@wrong("two_tower.5", "The fractions are not added up: the second cutoff lies at 10% instead of 90%.")
def cut_by_time(time, fractions):
    first, second = np.quantile(time, fractions[0]), np.quantile(time, fractions[1])
    return np.where(time >= second, 2, np.where(time >= first, 1, 0))


@wrong("two_tower.5", "Always 80/10/10: the fractions that are asked for are ignored.")
def cut_by_time(time, fractions):
    first, second = np.quantile(time, [0.8, 0.9])
    return (time >= first).astype(int) + (time >= second)


@wrong("two_tower.5", "The latest events train and the earliest judge.")
def cut_by_time(time, fractions):
    first, second = np.quantile(-time, [fractions[0], fractions[0] + fractions[1]])
    return (-time >= first).astype(int) + (-time >= second)


@wrong("two_tower.5", "Shares of the distinct moments, so that a busy moment counts once.")
def cut_by_time(time, fractions):
    first, second = np.quantile(np.unique(time), [fractions[0], fractions[0] + fractions[1]])
    return (time >= first).astype(int) + (time >= second)


@wrong("two_tower.5", "Returns the parts in order of time, not in the order of the events given.")
def cut_by_time(time, fractions):
    ordered = np.sort(time)
    first, second = np.quantile(ordered, [fractions[0], fractions[0] + fractions[1]])
    return (ordered >= first).astype(int) + (ordered >= second)


@right("two_tower.5", "np.quantile and two comparisons.")
def cut_by_time(time, fractions):
    cutoffs = np.quantile(time, [fractions[0], fractions[0] + fractions[1]])
    return (time >= cutoffs[0]).astype(np.int64) + (time >= cutoffs[1])


@right("two_tower.5", "Sorted list, the first event of each later part as the cutoff; returns a list of ints.")
def cut_by_time(time, fractions):
    ordered = sorted(float(t) for t in time)
    n, cutoffs, share = len(ordered), [], 0.0
    for fraction in list(fractions)[:2]:
        share += fraction
        place = int(share * n + 1e-9)
        cutoffs.append(ordered[place] if place < n else float("inf"))
    return [sum(t >= cutoff for cutoff in cutoffs) for t in time]


@right("two_tower.5", "pandas: Series.quantile and np.select; returns a Series.")
def cut_by_time(time, fractions):
    series = pd.Series(np.asarray(time))
    late = series.quantile(fractions[0] + fractions[1])
    middle = series.quantile(fractions[0])
    return pd.Series(np.select([series >= late, series >= middle], [2, 1], default=0))


@right("two_tower.5", "searchsorted of each event in the two cutoffs, from the right.")
def cut_by_time(time, fractions):
    ordered = np.append(np.sort(time), np.inf)
    places = np.floor(np.cumsum(fractions)[:2] * len(time) + 1e-9).astype(int)
    return np.searchsorted(ordered[places], time, side="right")


@wrong("two_tower.7", "Does not leave out what the user has seen.")
def nearest_unseen(query, items, seen, k):
    return np.argsort(-(items @ query), kind="stable")[:k]


@wrong("two_tower.7", "Worst first: sorts the scores from low to high.")
def nearest_unseen(query, items, seen, k):
    score = items @ query
    score[seen] = np.inf
    return np.argsort(score, kind="stable")[:k]


@wrong("two_tower.7", "Reverses an ascending sort: ties go to the higher id.")
def nearest_unseen(query, items, seen, k):
    score = (items @ query).astype(float)
    score[seen] = -np.inf
    return np.argsort(score, kind="stable")[::-1][:k]


@wrong("two_tower.7", "Seen items get score 0 instead of −∞: they come before unseen ones with a negative score.")
def nearest_unseen(query, items, seen, k):
    score = items @ query
    score[seen] = 0
    return np.argsort(-score, kind="stable")[:k]


@wrong("two_tower.7", "Takes the best k first and drops the seen ones then: fewer than k are left.")
def nearest_unseen(query, items, seen, k):
    best = np.argsort(-(items @ query), kind="stable")[:k]
    return best[~np.isin(best, seen)]


@wrong("two_tower.7", "argpartition without sorting: the k best, but not best first.")
def nearest_unseen(query, items, seen, k):
    score = (items @ query).astype(float)
    score[seen] = -np.inf
    return np.argpartition(-score, k - 1)[:k]


@wrong("two_tower.7", "argpartition picks any of the items that tie for the last place, not the lower id.")
def nearest_unseen(query, items, seen, k):
    score = (items @ query).astype(float)
    score[seen] = -np.inf
    best = np.argpartition(-score, k - 1)[:k]
    return best[np.lexsort((best, -score[best]))]


@wrong("two_tower.7", "Positions among the unseen items are returned as if they were ids.")
def nearest_unseen(query, items, seen, k):
    left = np.delete(items, seen, axis=0)
    return np.argsort(-(left @ query), kind="stable")[:k]


@wrong("two_tower.7", "Cosine instead of dot product: the length of the item vectors is lost.")
def nearest_unseen(query, items, seen, k):
    score = (items @ query) / np.maximum(np.linalg.norm(items, axis=1), 1e-12)
    score[seen] = -np.inf
    return np.argsort(-score, kind="stable")[:k]


@wrong("two_tower.7", "Nearest by Euclidean distance, not by dot product.")
def nearest_unseen(query, items, seen, k):
    distance = ((items - query) ** 2).sum(1)
    distance[seen] = np.inf
    return np.argsort(distance, kind="stable")[:k]


@wrong("two_tower.7", "Multiplies the item vectors in place: the table is changed for the next request.")
def nearest_unseen(query, items, seen, k):
    items *= query
    score = items.sum(axis=1)
    score[seen] = -np.inf
    return np.argsort(-score, kind="stable")[:k]


@wrong("two_tower.7", "Skips the best item, as if the first were the query itself.")
def nearest_unseen(query, items, seen, k):
    score = (items @ query).astype(float)
    score[seen] = -np.inf
    return np.argsort(-score, kind="stable")[1:k + 1]


@right("two_tower.7", "Stable argsort of negated scores with infinity for the seen.")
def nearest_unseen(query, items, seen, k):
    loss = -(np.asarray(items) @ np.asarray(query)).astype(float)
    loss[np.asarray(seen, dtype=int)] = np.inf
    return loss.argsort(kind="stable")[:k]


@right("two_tower.7", "Python's sorted with a (score, id) key over the unseen; returns a list of ints.")
def nearest_unseen(query, items, seen, k):
    score = items @ query
    gone = {int(s) for s in seen}
    ids = [i for i in range(len(items)) if i not in gone]
    return sorted(ids, key=lambda i: (-score[i], i))[:k]


@right("two_tower.7", "pandas nlargest, which keeps the first of ties, on the unseen rows; an Index.")
def nearest_unseen(query, items, seen, k):
    score = pd.Series(items @ query).drop(index=np.unique(np.asarray(seen, dtype=int)))
    return score.nlargest(k, keep="first").index


@right("two_tower.7", "Unseen ids first, lexsort by score and id.")
def nearest_unseen(query, items, seen, k):
    free = np.setdiff1d(np.arange(len(items)), seen)
    score = np.einsum("nd,d->n", items, query)[free]
    return free[np.lexsort((free, -score))][:k]


@right("two_tower.7", "torch sort, descending and stable, on a copy.")
def nearest_unseen(query, items, seen, k):
    score = torch.tensor(np.asarray(items @ query, dtype=np.float64))
    score[torch.as_tensor(np.asarray(seen, dtype=np.int64))] = -torch.inf
    return torch.sort(score, descending=True, stable=True).indices[:k].numpy()
