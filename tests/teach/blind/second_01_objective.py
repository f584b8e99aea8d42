"""Solutions of lesson 01, written blind: from the notebook's text alone."""

from collections import defaultdict

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@wrong("objective.1", "Fancy indexing with += adds only one event of each request.")
def per_request(row, amount, n_requests):
    total = np.zeros(n_requests)
    total[row] += amount
    return total


@wrong("objective.1", "Without minlength the requests after the last one with an event are missing.")
def per_request(row, amount, n_requests):
    return np.bincount(row, weights=amount)


@wrong("objective.1", "The groups of pandas hold only requests with events; those worth 0 are dropped.")
def per_request(row, amount, n_requests):
    return pd.Series(amount).groupby(row).sum().to_numpy()


@wrong("objective.1", "Requests without an event come out as NaN, not 0.")
def per_request(row, amount, n_requests):
    return pd.Series(amount).groupby(row).sum().reindex(range(n_requests)).to_numpy()


@wrong("objective.1", "The mean of a request's events in place of their sum.")
def per_request(row, amount, n_requests):
    count = np.bincount(row, minlength=n_requests)
    return np.bincount(row, amount, n_requests) / np.maximum(count, 1)


@wrong("objective.1", "Counts the events; their amounts are not used.")
def per_request(row, amount, n_requests):
    return np.bincount(row, minlength=n_requests).astype(float)


@wrong("objective.1", "Adds up runs of equal rows and writes each run over the one before, so it needs sorted events.")
def per_request(row, amount, n_requests):
    total, begun = np.zeros(n_requests), 0
    for end in range(1, len(row) + 1):
        if end == len(row) or row[end] != row[begun]:
            total[row[begun]] = np.sum(amount[begun:end])
            begun = end
    return total


@wrong("objective.1", "Amounts are cut to whole numbers by the int array they are added to.")
def per_request(row, amount, n_requests):
    total = np.zeros(n_requests, dtype=int)
    for r, a in zip(row, amount, strict=True):
        total[r] += int(a)
    return total.astype(float)


@wrong("objective.1", "Repeated (request, amount) pairs are dropped as if they were duplicates.")
def per_request(row, amount, n_requests):
    total = np.zeros(n_requests)
    for r, a in set(zip(np.asarray(row).tolist(), np.asarray(amount).tolist(), strict=True)):
        total[r] += a
    return total


@wrong("objective.1", "A request whose events sum to less than nothing is lifted to 0, though amounts may be negative.")
def per_request(row, amount, n_requests):
    return np.maximum(np.bincount(row, amount, n_requests), 0.0)


@wrong("objective.1", "The largest row stands for the number of requests, so a quiet tail is cut.")
def per_request(row, amount, n_requests):
    total = np.zeros(row.max() + 1)
    np.add.at(total, row, amount)
    return total[:n_requests]


@right("objective.1", "A dictionary of sums; a plain list is returned.")
def per_request(row, amount, n_requests):
    earned = defaultdict(float)
    for r, a in zip(row, amount, strict=True):
        earned[int(r)] += float(a)
    return [earned[r] for r in range(n_requests)]


@right("objective.1", "torch's index_add, handed back as numpy.")
def per_request(row, amount, n_requests):
    total = torch.zeros(n_requests, dtype=torch.float64)
    rows = torch.as_tensor(np.asarray(row), dtype=torch.long)
    return total.index_add(0, rows, torch.as_tensor(np.asarray(amount, dtype=float))).numpy()


@right("objective.1", "A weighted histogram with a bin for each request.")
def per_request(row, amount, n_requests):
    return np.histogram(row, bins=np.arange(n_requests + 1) - 0.5, weights=amount)[0].astype(float)


@right("objective.1", "A pandas Series, reindexed with 0.")
def per_request(row, amount, n_requests):
    return pd.Series(amount, dtype=float).groupby(np.asarray(row)).sum().reindex(range(n_requests), fill_value=0.0)


@wrong("objective.2", "The handling cost of a return is added, not taken off.")
def kept_money(value, is_return, margin_rate, return_cost):
    return value * margin_rate + return_cost * is_return


@wrong("objective.2", "The cost of a return is left out.")
def kept_money(value, is_return, margin_rate, return_cost):
    return value * margin_rate


@wrong("objective.2", "Every event pays the handling cost, purchases too.")
def kept_money(value, is_return, margin_rate, return_cost):
    return value * margin_rate - return_cost


@wrong("objective.2", "A return gives the whole price back instead of the shop's share of it.")
def kept_money(value, is_return, margin_rate, return_cost):
    return np.where(is_return, value - return_cost, value * margin_rate)


@wrong("objective.2", "The sign of a return is turned a second time, so it earns the share.")
def kept_money(value, is_return, margin_rate, return_cost):
    return np.where(is_return, -value * margin_rate - return_cost, value * margin_rate)


@wrong("objective.2", "A return costs only its handling; the share is not given back.")
def kept_money(value, is_return, margin_rate, return_cost):
    return np.where(is_return, -return_cost, value * margin_rate)


@wrong("objective.2", "The margin rate is applied to the handling cost as well.")
def kept_money(value, is_return, margin_rate, return_cost):
    return (value - return_cost * is_return) * margin_rate


@wrong("objective.2", "A loss is cut off at 0.")
def kept_money(value, is_return, margin_rate, return_cost):
    return np.maximum(value * margin_rate - np.where(is_return, return_cost, 0), 0)


@wrong("objective.2", "Adds all up to one number instead of one for each event.")
def kept_money(value, is_return, margin_rate, return_cost):
    return float(np.sum(value * margin_rate) - return_cost * np.sum(is_return))


@wrong("objective.2", "The average margin rate of all events stands in for each event's own.")
def kept_money(value, is_return, margin_rate, return_cost):
    return [v * np.mean(margin_rate) - (return_cost if r else 0.0) for v, r in zip(value, is_return, strict=True)]


@wrong("objective.2", "Takes off what the seller of the item gets, 1 minus the rate, instead of keeping the rate.")
def kept_money(value, is_return, margin_rate, return_cost):
    kept = value - value * margin_rate
    kept[is_return] -= return_cost
    return kept


@right("objective.2", "A loop over events, a list of floats.")
def kept_money(value, is_return, margin_rate, return_cost):
    out = []
    for v, back, rate in zip(value, is_return, margin_rate, strict=True):
        out.append(float(v) * float(rate) - (float(return_cost) if back else 0.0))
    return out


@right("objective.2", "A pandas frame, a Series comes back.")
def kept_money(value, is_return, margin_rate, return_cost):
    frame = pd.DataFrame({"v": value, "back": is_return, "rate": margin_rate})
    return frame["v"].mul(frame["rate"]).sub(frame["back"].astype(float) * return_cost)


@right("objective.2", "Written with absolute prices, one case a line.")
def kept_money(value, is_return, margin_rate, return_cost):
    share = np.abs(value) * margin_rate
    return np.select([np.asarray(is_return, bool)], [-(share + return_cost)], share)


@right("objective.2", "A product of two small matrices by einsum.")
def kept_money(value, is_return, margin_rate, return_cost):
    parts = np.stack([np.asarray(value, float) * margin_rate, np.asarray(is_return, float)])
    return np.einsum("pe,p->e", parts, np.array([1.0, -return_cost]))
