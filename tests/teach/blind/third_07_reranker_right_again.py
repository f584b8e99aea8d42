"""Right solutions of lesson 07, written blind."""

from collections import Counter

import numpy as np
import pandas as pd
import torch
from blind_book import right

# ---------------------------------------------------------------- 7.1


@right("reranker.1", "Plain loops: every candidate against all that stand above.")
def mmr(relevance, similarity, k, trade_off=0.7):
    n = len(relevance)
    chosen = []
    while len(chosen) < min(k, n):
        best, best_value = None, None
        for i in range(n):
            if i in chosen:
                continue
            likeness = max((similarity[i][j] for j in chosen), default=0.0)
            value = trade_off * relevance[i] - (1 - trade_off) * likeness
            if best is None or value > best_value:
                best, best_value = i, value
        chosen.append(best)
    return np.array(chosen, dtype=int)


@right("reranker.1", "numpy: the largest likeness so far is kept.")
def mmr(relevance, similarity, k, trade_off=0.7):
    relevance = np.asarray(relevance, dtype=float)
    similarity = np.asarray(similarity, dtype=float)
    n = len(relevance)
    nearest, free = np.zeros(n), np.ones(n, dtype=bool)
    places = np.empty(min(k, n), dtype=int)
    for slot in range(len(places)):
        value = trade_off * relevance - (1 - trade_off) * nearest
        places[slot] = np.argmax(np.where(free, value, -np.inf))
        free[places[slot]] = False
        nearest = np.maximum(nearest, similarity[:, places[slot]])
    return places


@right("reranker.1", "torch: the same with a running maximum; a tensor as answer.")
def mmr(relevance, similarity, k, trade_off=0.7):
    rel = torch.as_tensor(np.array(relevance, dtype=np.float64))
    sim = torch.as_tensor(np.array(similarity, dtype=np.float64))
    taken = torch.zeros(len(rel), dtype=torch.bool)
    penalty = torch.zeros_like(rel)
    picked = []
    for _ in range(min(int(k), len(rel))):
        value = (trade_off * rel - (1 - trade_off) * penalty).masked_fill(taken, -torch.inf)
        best = int(value.argmax())
        picked.append(best)
        taken[best] = True
        penalty = torch.maximum(penalty, sim[:, best])
    return torch.tensor(picked, dtype=torch.int64)


@right("reranker.1", "Recursion over the slots, equals within rounding count as equals.")
def mmr(relevance, similarity, k, trade_off=0.7):
    relevance = np.array(relevance, dtype=float)
    similarity = np.array(similarity, dtype=float)

    def fill(chosen, left):
        if not left or len(chosen) == k:
            return chosen
        rows = np.array(left)
        gain = trade_off * relevance[rows]
        if chosen:
            gain = gain - (1 - trade_off) * similarity[np.ix_(rows, chosen)].max(axis=1)
        first = int(np.flatnonzero(gain >= gain.max() - 1e-12)[0])
        return fill(chosen + [left[first]], left[:first] + left[first + 1:])

    return np.asarray(fill([], list(range(len(relevance)))), dtype=int)


# ---------------------------------------------------------------- 7.8


@right("reranker.8", "One walk that puts aside who is over the limit, then those put aside.")
def contract(order, status, left, creator, most, k):
    page, aside, count = [], [], Counter()
    for item in order:
        item = int(item)
        if status[item] != 1 or left[item] == 0:
            continue
        who = int(creator[item])
        if who != -1 and count[who] >= most:
            aside.append(item)
            continue
        if who != -1:
            count[who] += 1
        page.append(item)
    page = (page + aside)[:k]
    return np.array(page + [-1] * (k - len(page)), dtype=int)


@right("reranker.8", "numpy: the how-manieth of its creator, then a stable sort by over or not.")
def contract(order, status, left, creator, most, k):
    order = np.asarray(order, dtype=int)
    status, left, creator = np.asarray(status), np.asarray(left), np.asarray(creator)
    order = order[(status[order] == 1) & (left[order] != 0)]
    who = creator[order]
    above = np.tril(who[:, None] == who[None, :], k=-1).sum(axis=1)
    over = (who != -1) & (above >= most)
    filled = order[np.argsort(over, kind="stable")][:k]
    page = np.full(k, -1)
    page[:len(filled)] = filled
    return page


@right("reranker.8", "pandas: cumcount inside the creator.")
def contract(order, status, left, creator, most, k):
    items = np.array(order, dtype=int)
    table = pd.DataFrame({"item": items, "status": np.asarray(status)[items],
                          "left": np.asarray(left)[items], "creator": np.asarray(creator)[items]})
    table = table.query("status == 1 and left != 0")
    nth = table.groupby("creator").cumcount()
    within = (table["creator"] == -1) | (nth < most)
    page = pd.concat([table.loc[within, "item"], table.loc[~within, "item"]]).head(k)
    return page.tolist() + [-1] * (k - len(page))


def _may_show(item, status, left):
    cleared = status[item] == 1          # unknown is hidden
    there = left[item] != 0              # unknown is shown
    return cleared and there


@right("reranker.8", "Two passes, stopping when the page is full; a set remembers what stands.")
def contract(order, status, left, creator, most, k):
    page = np.full(k, -1, dtype=np.int64)
    allowed = [int(i) for i in order if _may_show(i, status, left)]
    filled, stands, of_creator = 0, set(), {}
    for bend in (False, True):
        for item in allowed:
            if filled == k:
                return page
            if item in stands:
                continue
            who = creator[item]
            if not bend and who >= 0 and of_creator.get(who, 0) >= most:
                continue
            of_creator[who] = of_creator.get(who, 0) + 1
            page[filled] = item
            stands.add(item)
            filled += 1
    return page


# ---------------------------------------------------------------- 7.5


@right("reranker.5", "numpy: indices of the allowed, a uniform part and the rest on the best.")
def slot_propensities(gain, allowed, explore):
    gain, allowed = np.asarray(gain, dtype=float), np.asarray(allowed, dtype=bool)
    where = np.flatnonzero(allowed)
    chance = np.zeros(len(gain))
    chance[where] = explore / len(where)
    chance[where[np.argmax(gain[where])]] += 1 - explore
    return chance


@right("reranker.5", "Plain Python with max and a key; a list as answer.")
def slot_propensities(gain, allowed, explore):
    places = [i for i in range(len(gain)) if allowed[i]]
    assert places, "at least one candidate is allowed"
    best = max(places, key=lambda i: gain[i])          # max keeps the first of equals
    chances = []
    for i in range(len(gain)):
        if not allowed[i]:
            chances.append(0.0)
        elif i == best:
            chances.append(1 - explore + explore / len(places))
        else:
            chances.append(explore / len(places))
    return chances


@right("reranker.5", "pandas: idxmax of the allowed; a Series as answer.")
def slot_propensities(gain, allowed, explore):
    values = pd.Series(np.array(gain, dtype=float))
    may = pd.Series(np.array(allowed, dtype=bool))
    uniform = may / may.sum()
    greedy = pd.Series(0.0, index=values.index)
    greedy[values[may].idxmax()] = 1.0
    return explore * uniform + (1 - explore) * greedy


@right("reranker.5", "torch: mixture of a uniform and a one-hot distribution.")
def slot_propensities(gain, allowed, explore):
    gain = torch.as_tensor(np.array(gain, dtype=np.float64))
    allowed = torch.as_tensor(np.array(allowed, dtype=bool))
    places = torch.nonzero(allowed).flatten()
    top = gain[places].max()
    best = places[torch.nonzero(gain[places] == top).flatten()[0]]
    one_hot = torch.zeros(len(gain), dtype=torch.float64)
    one_hot[best] = 1.0
    return explore * allowed.double() / len(places) + (1 - explore) * one_hot


# ---------------------------------------------------------------- 7.7


@right("reranker.7", "numpy: division only where a buyer is expected.")
def slot_worth(p_sale, margin, p_return, return_cost, stock, demand):
    p_sale, margin, p_return, stock, demand = (
        np.asarray(x, dtype=float) for x in (p_sale, margin, p_return, stock, demand))
    served = (stock > 0).astype(float)
    np.divide(stock, demand, out=served, where=demand > 0)
    served = np.minimum(served, 1.0)
    return p_sale * served * ((1 - p_return) * margin - p_return * return_cost)


@right("reranker.7", "A helper for one item's chance of a piece, and a loop.")
def slot_worth(p_sale, margin, p_return, return_cost, stock, demand):
    def gets_one(pieces, buyers):
        if pieces <= 0:
            return 0.0
        if buyers <= pieces:
            return 1.0
        return pieces / buyers

    out = []
    for sale, earns, back, pieces, buyers in zip(p_sale, margin, p_return, stock, demand):
        keeps = (1 - back) * earns - back * return_cost
        out.append(float(sale) * gets_one(float(pieces), float(buyers)) * float(keeps))
    return out


@right("reranker.7", "pandas: columns, and a mask where demand is covered.")
def slot_worth(p_sale, margin, p_return, return_cost, stock, demand):
    t = pd.DataFrame({"sale": np.array(p_sale, dtype=float), "margin": np.array(margin, dtype=float),
                      "back": np.array(p_return, dtype=float),
                      "stock": np.array(stock, dtype=float),
                      "demand": np.array(demand, dtype=float)})
    t["piece"] = (t["stock"] / t["demand"].where(t["demand"] > 0)).clip(upper=1.0)
    t["piece"] = t["piece"].fillna((t["stock"] > 0).astype(float))
    t["kept"] = t["margin"] - t["back"] * (t["margin"] + return_cost)
    return t["sale"] * t["piece"] * t["kept"]


@right("reranker.7", "torch: pieces over the larger of pieces and buyers.")
def slot_worth(p_sale, margin, p_return, return_cost, stock, demand):
    sale, earn, back, pieces, buyers = (
        torch.as_tensor(np.array(x, dtype=np.float64))
        for x in (p_sale, margin, p_return, stock, demand))
    larger = torch.maximum(pieces, buyers)
    share = torch.where(larger > 0, pieces / torch.where(larger > 0, larger, 1.0), 0.0)
    return sale * share * (earn * (1 - back) - return_cost * back)
