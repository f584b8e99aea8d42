"""Solutions of lesson 04, written blind: from the notebook's text alone."""

import math

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@wrong("negatives.3", "The log of the expected number of rows, not of the share of all rows.")
def mixed_log_q(p, n_batch, n_uniform, n_items):
    return np.log(n_batch * p + n_uniform / n_items)


@wrong("negatives.3", "Half and half, whatever the numbers of rows.")
def mixed_log_q(p, n_batch, n_uniform, n_items):
    return np.log(0.5 * p + 0.5 / n_items)


@wrong("negatives.3", "Mixes the logs instead of the shares.")
def mixed_log_q(p, n_batch, n_uniform, n_items):
    share = n_batch / (n_batch + n_uniform)
    return share * np.log(p) + (1 - share) * np.log(1 / n_items)


@wrong("negatives.3", "The uniform rows are given to each item in full, not spread over the catalogue.")
def mixed_log_q(p, n_batch, n_uniform, n_items):
    return np.log((n_batch * p + n_uniform) / (n_batch + n_uniform))


@wrong("negatives.3", "Without the log.")
def mixed_log_q(p, n_batch, n_uniform, n_items):
    return (n_batch * p + n_uniform / n_items) / (n_batch + n_uniform)


@wrong("negatives.3", "Whole-number division leaves no uniform rows for an item as soon as items are more than rows.")
def mixed_log_q(p, n_batch, n_uniform, n_items):
    return np.log((n_batch * p + n_uniform // n_items) / (n_batch + n_uniform))


@wrong("negatives.3", "The chance to be in at least one row, not the expected share of rows.")
def mixed_log_q(p, n_batch, n_uniform, n_items):
    missing = (1 - p)**n_batch * (1 - 1 / n_items)**n_uniform
    return np.log(1 - missing)


@wrong("negatives.3", "The two numbers of rows are exchanged.")
def mixed_log_q(p, n_batch, n_uniform, n_items):
    return np.log((n_uniform * p + n_batch / n_items) / (n_batch + n_uniform))


@wrong("negatives.3", "Uniform rows are spread over items ever taken, not over the whole catalogue.")
def mixed_log_q(p, n_batch, n_uniform, n_items):
    floor = np.where(p > 0, n_uniform / max((p > 0).sum(), 1), 0)
    with np.errstate(divide="ignore"):
        return np.log((n_batch * p + floor) / (n_batch + n_uniform))


@wrong("negatives.3", "The uniform rows are missing from the number of all rows.")
def mixed_log_q(p, n_batch, n_uniform, n_items):
    return np.log(p + n_uniform / n_items / n_batch)


@wrong("negatives.3", "The logarithm to base 10.")
def mixed_log_q(p, n_batch, n_uniform, n_items):
    return np.log10((n_batch * p + n_uniform / n_items) / (n_batch + n_uniform))


@wrong("negatives.3", "The larger of the two shares, not their sum.")
def mixed_log_q(p, n_batch, n_uniform, n_items):
    return np.log(np.maximum(n_batch * p, n_uniform / n_items) / (n_batch + n_uniform))


@right("negatives.3", "math.log in a list comprehension.")
def mixed_log_q(p, n_batch, n_uniform, n_items):
    rows = n_batch + n_uniform
    return [math.log((n_batch * float(x) + n_uniform / n_items) / rows) for x in p]


@right("negatives.3", "A weighted average of p and the uniform chance.")
def mixed_log_q(p, n_batch, n_uniform, n_items):
    both = np.stack([np.asarray(p, float), np.full(n_items, 1 / n_items)])
    return np.log(np.average(both, axis=0, weights=[n_batch, n_uniform]))


@right("negatives.3", "logaddexp of the two parts, with −inf for an item nobody took.")
def mixed_log_q(p, n_batch, n_uniform, n_items):
    with np.errstate(divide="ignore"):
        parts = np.log(np.asarray(p) * n_batch), np.log(np.float64(n_uniform)) - np.log(n_items)
    return np.logaddexp(*parts) - np.log(n_batch + n_uniform)


@right("negatives.3", "torch in double.")
def mixed_log_q(p, n_batch, n_uniform, n_items):
    expected = torch.as_tensor(np.array(p, dtype=float)) * n_batch + n_uniform / n_items
    return (expected / (n_batch + n_uniform)).log().numpy()


@wrong("negatives.4", "Ranks are counted from 0, so the band lies one too low.")
def band(scores, positive, low, high):
    order = np.argsort(-np.where(positive, -np.inf, scores), axis=1)
    return np.sort(order[:, low:high + 1], axis=1)


@wrong("negatives.4", "In order of rank, not of id.")
def band(scores, positive, low, high):
    order = np.argsort(-np.where(positive, -np.inf, scores), axis=1)
    return order[:, low - 1:high]


@wrong("negatives.4", "The rank high is left out, and the answer is one column short.")
def band(scores, positive, low, high):
    order = np.argsort(-np.where(positive, -np.inf, scores), axis=1)
    return np.sort(order[:, low - 1:high - 1], axis=1)


@wrong("negatives.4", "Positives keep their place in the ranking and can be returned.")
def band(scores, positive, low, high):
    return np.sort(np.argsort(-scores, axis=1)[:, low - 1:high], axis=1)


@wrong("negatives.4", "Positives get the score 0, which is above negatives with a score below 0.")
def band(scores, positive, low, high):
    order = np.argsort(-(scores * ~positive), axis=1, kind="stable")
    return np.sort(order[:, low - 1:high], axis=1)


@wrong("negatives.4", "Worst first: ranks are counted from the lowest score.")
def band(scores, positive, low, high):
    order = np.argsort(np.where(positive, np.inf, scores), axis=1)
    return np.sort(order[:, low - 1:high], axis=1)


@wrong("negatives.4", "Places among the items that are not positive, not ids.")
def band(scores, positive, low, high):
    out = []
    for row, mine in zip(scores, positive, strict=True):
        out.append(np.sort(np.argsort(-row[~mine])[low - 1:high]))
    return np.array(out)


@wrong("negatives.4", "Ranks by the size of the score, without its sign.")
def band(scores, positive, low, high):
    order = np.argsort(-np.where(positive, -1, np.abs(scores)), axis=1)
    return np.sort(order[:, low - 1:high], axis=1)


@wrong("negatives.4", "An item that is positive for any user of the batch is left out for all.")
def band(scores, positive, low, high):
    anybody = positive.any(axis=0)
    order = np.argsort(-np.where(anybody[None], -np.inf, scores), axis=1)
    return np.sort(order[:, low - 1:high], axis=1)


@wrong("negatives.4", "Two argpartitions: the part below high is cut by id before it is cut by rank.")
def band(scores, positive, low, high):
    masked = np.where(positive, -np.inf, scores)
    best = np.sort(np.argsort(-masked, axis=1)[:, :high], axis=1)
    return best[:, low - 1:]


@wrong("negatives.4", "The ids of the last user's band are written for every user.")
def band(scores, positive, low, high):
    out = np.zeros((len(scores), high - low + 1), int)
    for row, mine in zip(scores, positive, strict=True):
        order = np.argsort(-np.where(mine, -np.inf, row))
        out[:] = np.sort(order[low - 1:high])
    return out


@wrong("negatives.4", "The columns are sorted instead of the rows.")
def band(scores, positive, low, high):
    order = np.argsort(-np.where(positive, -np.inf, scores), axis=1)
    return np.sort(order[:, low - 1:high], axis=0)


@right("negatives.4", "Python's sorted, twice, lists of lists.")
def band(scores, positive, low, high):
    out = []
    for row, mine in zip(np.asarray(scores).tolist(), np.asarray(positive).tolist(), strict=True):
        free = [i for i, taken in enumerate(mine) if not taken]
        out.append(sorted(sorted(free, key=lambda i, row=row: -row[i])[low - 1:high]))
    return out


@right("negatives.4", "Ranks by counting the better ones, then nonzero, which is in order of id.")
def band(scores, positive, low, high):
    free = ~np.asarray(positive, bool)
    better = (np.asarray(scores)[:, None, :] > np.asarray(scores)[:, :, None]) & free[:, None, :]
    rank = better.sum(axis=2) + 1
    return np.nonzero(free & (rank >= low) & (rank <= high))[1].reshape(len(free), -1)


@right("negatives.4", "torch.topk down to high, the first low − 1 cut off, then sorted.")
def band(scores, positive, low, high):
    masked = torch.as_tensor(np.array(scores)).masked_fill(torch.as_tensor(np.array(positive)), -torch.inf)
    return masked.topk(high, dim=1).indices[:, low - 1:].sort(dim=1).values.numpy()


@right("negatives.4", "pandas rank along the rows, of scores with NaN for positives.")
def band(scores, positive, low, high):
    rank = pd.DataFrame(np.array(scores)).mask(np.array(positive, bool)).rank(axis=1, ascending=False)
    return np.stack([np.flatnonzero(row.between(low, high)) for _, row in rank.iterrows()])
