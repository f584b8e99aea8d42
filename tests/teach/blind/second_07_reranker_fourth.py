"""Solutions of lesson 07, written blind: from the notebook's text alone. Fourth part."""

import math

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@right("reranker.5", "torch for the chances, the best by numpy; float32 comes back.")
def chances_torch(gain, allowed, explore):
    held = torch.tensor(np.asarray(allowed))
    out = held.float() * explore / held.sum()
    out[int(np.where(allowed, gain, -np.inf).argmax())] += 1 - explore
    return out.numpy()


@right("reranker.5", "Pure Python, a list of floats.")
def chances_python(gain, allowed, explore):
    places = [c for c, is_allowed in enumerate(allowed) if is_allowed]
    best = max(places, key=lambda c: gain[c])
    return [((c in places) / len(places)) * explore + (c == best) * (1 - explore) for c in range(len(gain))]


@right("reranker.5", "A mixture of two vectors, written with np.isin and a stable argsort.")
def chances_mixture(gain, allowed, explore):
    places = np.flatnonzero(allowed)
    best = places[np.argsort(-np.asarray(gain)[places], kind="stable")[0]]
    every = np.arange(len(gain))
    return explore * np.isin(every, places) / places.size + (1 - explore) * (every == best)


@wrong("reranker.6", "The share still to come is not kept at 0, so items with many showings are pushed down.")
def boost_negative(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
    return size * 0.5 ** (age_days / half_life_days) * (1 - showings / enough)


@wrong("reranker.6", "exp(-age / half-life): after one half-life 37% are left, not a half.")
def boost_exp(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
    return size * np.exp(-age_days / half_life_days) * np.clip(1 - showings / enough, 0, 1)


@wrong("reranker.6", "Whole half-lives only (//): it falls in steps and does not fade smoothly.")
def boost_steps(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
    return size / 2 ** (age_days // half_life_days) * np.maximum(0, enough - showings) / enough


@wrong("reranker.6", "Full boost until `enough` showings, then nothing: the share still to come is left out.")
def boost_cut(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
    return np.where(showings >= enough, 0.0, size * 2.0 ** (-age_days / half_life_days))


@wrong("reranker.6", "The share is of the showings that it has had, not of those still to come.")
def boost_had(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
    share = np.minimum(showings / enough, 1)
    return np.where(share < 1, size * 0.5 ** (age_days / half_life_days) * share, 0.0)


@wrong("reranker.6", "The age fades in a straight line to 0 at two half-lives.")
def boost_linear(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
    fade = np.maximum(0, 1 - age_days / (2 * half_life_days))
    return size * fade * np.maximum(0, 1 - showings / enough)


@wrong("reranker.6", "A hundred is written where `enough` is meant.")
def boost_hundred(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
    to_come = np.array([max(0.0, 1 - s / 100) for s in showings])
    return size * np.power(0.5, age_days / half_life_days) * to_come


@wrong("reranker.6", "Ages are rounded down to whole days, so the boost does not fade within a day.")
def boost_days(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
    days = np.asarray(age_days).astype(int)
    return size * 0.5 ** (days / half_life_days) * np.maximum(0, 1 - showings / enough)


@wrong("reranker.6", "The whole boost is clipped to 0…1, which cuts a size above 1.")
def boost_clipped(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
    return np.clip(size * 0.5 ** (age_days / half_life_days) * (1 - showings / enough), 0, 1)


@wrong("reranker.6", "The number of showings still to come stands where their share is meant: not divided by `enough`.")
def boost_count(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
    frame = pd.DataFrame({"age": age_days, "left": (enough - pd.Series(showings)).clip(lower=0)})
    return (size * 0.5 ** (frame["age"] / half_life_days) * frame["left"]).to_numpy()


@wrong("reranker.6", "Showings fade it by halves, 0.5 ** share had, instead of by the share still to come.")
def boost_both(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
    left = np.maximum(0, 1 - showings / enough)
    return size * 0.5 ** (age_days / half_life_days) * 0.5 ** (1 - left) * (left > 0)


@right("reranker.6", "Pure Python, math.exp2 with a minus sign, a list.")
def boost_python(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
    return [size * math.exp2(-a / half_life_days) * max(0.0, enough - s) / enough for a, s in zip(age_days, showings)]


@right("reranker.6", "exp(-ln 2 · age / half-life), the showings capped before they are divided; a pandas Series.")
def boost_series(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
    had = pd.Series(showings, dtype=float).clip(upper=enough) / enough
    return np.exp(-np.log(2) * pd.Series(age_days, dtype=float) / half_life_days) * (1 - had) * size


@right("reranker.6", "torch, double, relu for the share still to come.")
def boost_torch(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
    age, seen = (torch.as_tensor(np.array(x, dtype=float)) for x in (age_days, showings))
    return (size * torch.relu(1 - seen / enough) * torch.pow(2.0, -age / half_life_days)).numpy()


@wrong("reranker.7", "What a return costs is left out.")
def worth_no_cost(p_sale, margin, p_return, return_cost, stock, demand):
    find = np.where(demand > 0, np.minimum(1, stock / np.where(demand > 0, demand, 1)), 1.0) * (stock > 0)
    return p_sale * margin * (1 - p_return) * find


@wrong("reranker.7", "Every sale costs the price of a return, not only those that come back.")
def worth_cost_always(p_sale, margin, p_return, return_cost, stock, demand):
    find = np.where(demand > 0, np.minimum(1, stock / np.maximum(demand, 1e-12)), 1.0) * (stock > 0)
    return p_sale * ((1 - p_return) * margin - return_cost) * find


@wrong("reranker.7", "With no demand and nothing in stock everybody finds a piece: stock 0 is not looked at.")
def worth_empty_shelf(p_sale, margin, p_return, return_cost, stock, demand):
    find = np.ones(len(p_sale))
    some = demand > 0
    find[some] = np.minimum(1, stock[some] / demand[some])
    return p_sale * ((1 - p_return) * margin - p_return * return_cost) * find


@wrong("reranker.7", "Where no buyer is expected the worth is 0; the text says that all find a piece then.")
def worth_no_demand(p_sale, margin, p_return, return_cost, stock, demand):
    find = np.divide(stock, demand, out=np.zeros(len(p_sale)), where=np.asarray(demand) > 0).clip(0, 1)
    return p_sale * ((1 - p_return) * margin - p_return * return_cost) * find


@wrong("reranker.7", "The share of buyers is not kept at 1: plenty of stock multiplies the money.")
def worth_above_one(p_sale, margin, p_return, return_cost, stock, demand):
    find = np.where(demand > 0, stock / np.where(demand > 0, demand, 1), (stock > 0) * 1.0)
    return p_sale * ((1 - p_return) * margin - p_return * return_cost) * find


@wrong("reranker.7", "A sale that comes back loses the margin as well: (1 - 2p) · margin.")
def worth_twice_lost(p_sale, margin, p_return, return_cost, stock, demand):
    out = []
    for p, m, r, s, d in zip(p_sale, margin, p_return, stock, demand):
        kept = m - r * (m + return_cost) - r * m
        find = 0 if s == 0 else 1 if d == 0 else min(1, s / d)
        out.append(p * kept * find)
    return np.array(out)


@wrong("reranker.7", "A worth below 0 is cut off at 0, so articles that lose money look harmless.")
def worth_floor(p_sale, margin, p_return, return_cost, stock, demand):
    find = np.where(stock <= 0, 0, np.minimum(1, stock / np.maximum(demand, 1e-9)))
    return np.maximum(0, p_sale * ((1 - p_return) * margin - p_return * return_cost) * find)


@wrong("reranker.7", "Only whether there is a piece counts, not for what share of buyers.")
def worth_binary(p_sale, margin, p_return, return_cost, stock, demand):
    return np.where(stock > 0, p_sale * ((1 - p_return) * margin - p_return * return_cost), 0.0)


@wrong("reranker.7", "0 pieces by 0 buyers is NaN and stays so.")
def worth_nan(p_sale, margin, p_return, return_cost, stock, demand):
    with np.errstate(divide="ignore", invalid="ignore"):
        find = np.minimum(1, stock / demand)
    return p_sale * ((1 - p_return) * margin - p_return * return_cost) * find


@wrong("reranker.7", "What a return costs is not multiplied by the chance of a sale.")
def worth_cost_outside(p_sale, margin, p_return, return_cost, stock, demand):
    find = np.where(stock <= 0, 0, np.minimum(1, stock / np.maximum(demand, 1e-9)))
    return (p_sale * (1 - p_return) * margin - p_return * return_cost) * find


@wrong("reranker.7", "Demand is multiplied by the chance of a sale once more before it is held against the stock.")
def worth_demand_twice(p_sale, margin, p_return, return_cost, stock, demand):
    buyers = demand * p_sale
    find = np.where(stock <= 0, 0, np.minimum(1, stock / np.maximum(buyers, 1e-9)))
    return p_sale * ((1 - p_return) * margin - p_return * return_cost) * find


@wrong("reranker.7", "Whole-number division: a half-filled demand counts as none.")
def worth_floor_division(p_sale, margin, p_return, return_cost, stock, demand):
    find = np.where(stock <= 0, 0, np.minimum(1, stock // np.maximum(demand, 1e-9)))
    return p_sale * (margin - p_return * (margin + return_cost)) * find


@right("reranker.7", "Demand is raised to one buyer at least, which changes nothing, for stock is in whole pieces.")
def worth_one_buyer(p_sale, margin, p_return, return_cost, stock, demand):
    find = np.minimum(1, stock / np.maximum(demand, 1))
    return p_sale * find * (margin - p_return * (margin + return_cost))


@right("reranker.7", "0 / 0 becomes 0 by nan_to_num, pieces / 0 is infinite and is cut to 1.")
def worth_nan_to_num(p_sale, margin, p_return, return_cost, stock, demand):
    with np.errstate(divide="ignore", invalid="ignore"):
        find = np.clip(np.nan_to_num(np.divide(stock, demand, dtype=float), nan=0.0), 0, 1)
    return find * p_sale * ((1 - p_return) * margin - p_return * return_cost)


@right("reranker.7", "min(stock, demand) / demand in a pandas frame, row by row.")
def worth_pandas(p_sale, margin, p_return, return_cost, stock, demand):
    def of(row):
        if row.stock == 0:
            return 0.0
        found = min(row.stock, row.demand) / row.demand if row.demand else 1.0
        return row.p * found * (row.margin - row.back * row.margin - row.back * return_cost)
    rows = pd.DataFrame({"p": p_sale, "margin": margin, "back": p_return, "stock": stock, "demand": demand})
    return rows.apply(of, axis=1)


@right("reranker.7", "Pure Python, a list, the sale and the return as two branches of a tree.")
def worth_tree(p_sale, margin, p_return, return_cost, stock, demand):
    def found(s, d):
        return 0.0 if s < 1 else s / d if d > s else 1.0
    return [found(s, d) * sum(p * chance * money for chance, money in ((1 - r, m), (r, -return_cost)))
            for p, m, r, s, d in zip(p_sale, margin, p_return, stock, demand)]
