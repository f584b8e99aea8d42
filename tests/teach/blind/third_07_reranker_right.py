"""Right solutions of lesson 07, written blind."""

import heapq
from collections import Counter

import numpy as np
import pandas as pd
import torch
from blind_book import right


# ---------------------------------------------------------------- 7.1


@right("reranker.1", "Plain loops, the first strictly better candidate stays.")
def mmr(relevance, similarity, k, trade_off=0.7):
    relevance = [float(r) for r in relevance]
    chosen = []
    while len(chosen) < min(k, len(relevance)):
        best, best_value = None, None
        for c in range(len(relevance)):
            if c in chosen:
                continue
            likeness = max((float(similarity[c][s]) for s in chosen), default=0.0)
            value = trade_off * relevance[c] - (1 - trade_off) * likeness
            if best is None or value > best_value:
                best, best_value = c, value
        chosen.append(best)
    return chosen


@right("reranker.1", "numpy, the largest likeness so far is kept.")
def mmr(relevance, similarity, k, trade_off=0.7):
    relevance, similarity = np.asarray(relevance, float), np.asarray(similarity, float)
    n = min(k, len(relevance))
    nearest = np.zeros(len(relevance))
    free = np.ones(len(relevance), bool)
    places = np.empty(n, dtype=int)
    for slot in range(n):
        value = np.where(free, trade_off * relevance - (1 - trade_off) * nearest, -np.inf)
        places[slot] = pick = int(np.argmax(value))
        free[pick] = False
        nearest = np.maximum(nearest, similarity[:, pick])
    return places


@right("reranker.1", "Lazy greedy with a heap: a value can only fall, so stale ones are bounds.")
def mmr(relevance, similarity, k, trade_off=0.7):
    near = [0.0] * len(relevance)
    seen = [0] * len(relevance)
    heap = [(-trade_off * float(r), c) for c, r in enumerate(relevance)]
    heapq.heapify(heap)
    chosen = []
    while heap and len(chosen) < k:
        _, c = heapq.heappop(heap)
        if seen[c] == len(chosen):
            chosen.append(c)
            continue
        for s in chosen[seen[c]:]:
            near[c] = max(near[c], float(similarity[s][c]))
        seen[c] = len(chosen)
        heapq.heappush(heap, (-(trade_off * float(relevance[c]) - (1 - trade_off) * near[c]), c))
    return np.array(chosen, dtype=np.int64)


@right("reranker.1", "torch; values that differ by rounding alone are a tie, which the first wins.")
def mmr(relevance, similarity, k, trade_off=0.7):
    r = torch.tensor(np.array(relevance, dtype=np.float64))
    s = torch.tensor(np.array(similarity, dtype=np.float64)).reshape(len(r), len(r))
    rest, picked = list(range(len(r))), []
    while rest and len(picked) < k:
        at = torch.tensor(rest)
        value = trade_off * r[at]
        if picked:
            value = value - (1 - trade_off) * s[at][:, torch.tensor(picked)].max(dim=1).values
        first = int(torch.nonzero(value >= value.max() - 1e-12)[0, 0])
        picked.append(rest.pop(first))
    return torch.tensor(picked, dtype=torch.int64)


# ---------------------------------------------------------------- 7.8


@right("reranker.8", "One pass over the order: the page, and those over the limit set aside.")
def contract(order, status, left, creator, most, k):
    page, over, count = [], [], Counter()
    for item in order:
        item = int(item)
        if status[item] != 1 or left[item] == 0:
            continue
        who = int(creator[item])
        if who == -1:
            page.append(item)
        elif count[who] < most:
            count[who] += 1
            page.append(item)
        else:
            over.append(item)
    page = (page + over)[:k]
    return page + [-1] * (k - len(page))


@right("reranker.8", "pandas: the number of an item among its creator's, then a stable sort.")
def contract(order, status, left, creator, most, k):
    order = np.asarray(order, dtype=int)
    rows = pd.DataFrame({"item": order, "status": np.asarray(status)[order], "left": np.asarray(left)[order],
                         "creator": np.asarray(creator)[order]})
    rows = rows[(rows["status"] == 1) & (rows["left"] != 0)].copy()
    rows["over"] = (rows.groupby("creator").cumcount() >= most) & (rows["creator"] != -1)
    best = rows.sort_values("over", kind="stable")["item"].to_numpy()[:k]
    slate = np.full(k, -1, dtype=int)
    slate[: len(best)] = best
    return slate


@right("reranker.8", "Slot by slot: the best that keeps the rule, else the best that is allowed at all.")
def contract(order, status, left, creator, most, k):
    status, left, creator = (np.asarray(a) for a in (status, left, creator))
    free = [int(i) for i in order if status[i] == 1 and (left[i] > 0 or left[i] == -1)]
    shown = {}
    slate = []
    for _ in range(k):
        within = (i for i in free if creator[i] < 0 or shown.get(int(creator[i]), 0) < most)
        pick = next(within, None)
        if pick is None and free:
            pick = free[0]
        if pick is None:
            slate.append(-1)
            continue
        free.remove(pick)
        shown[int(creator[pick])] = shown.get(int(creator[pick]), 0) + 1
        slate.append(pick)
    return np.array(slate)


@right("reranker.8", "numpy: earlier items of the same creator by comparing all with all.")
def contract(order, status, left, creator, most, k):
    order = np.array(order, dtype=np.int64)
    fine = order[(np.asarray(status)[order] == 1) & (np.asarray(left)[order] != 0)]
    who = np.asarray(creator)[fine]
    before = np.tril(who[:, None] == who[None, :], -1).sum(axis=1)
    over = (before >= most) & (who != -1)
    filled = np.concatenate([fine[~over], fine[over], np.full(k, -1, dtype=np.int64)])
    return filled[:k]


# ---------------------------------------------------------------- 7.5


@right("reranker.5", "numpy, the best among the places of the allowed.")
def slot_propensities(gain, allowed, explore):
    gain, allowed = np.asarray(gain, dtype=float), np.asarray(allowed, dtype=bool)
    places = np.flatnonzero(allowed)
    chance = np.zeros(len(gain))
    chance[places] = explore / len(places)
    chance[places[np.argmax(gain[places])]] += 1 - explore
    return chance


@right("reranker.5", "A plain loop and a list.")
def slot_propensities(gain, allowed, explore):
    best, n = -1, 0
    for c, (g, ok) in enumerate(zip(gain, allowed, strict=True)):
        if not ok:
            continue
        n += 1
        if best < 0 or g > gain[best]:
            best = c
    assert n > 0, "nothing is allowed in this slot"
    return [(explore / n + (1 - explore) * (c == best)) if ok else 0.0 for c, ok in enumerate(allowed)]


@right("reranker.5", "pandas: idxmax of the allowed part.")
def slot_propensities(gain, allowed, explore):
    gain = pd.Series(np.asarray(gain, dtype=float))
    allowed = pd.Series(np.asarray(allowed, dtype=bool))
    chance = allowed.astype(float) * explore / allowed.sum()
    part = gain[allowed]
    first = part.index[int(np.argmax(part.to_numpy()))]
    chance[first] = chance[first] + (1.0 - explore)
    return chance.to_numpy()


@right("reranker.5", "A mixture of two laws: the greedy one and the lottery.")
def slot_propensities(gain, allowed, explore):
    lottery = np.array(allowed, dtype=float)
    lottery /= lottery.sum()
    greedy = np.zeros_like(lottery)
    greedy[min((c for c in range(len(lottery)) if lottery[c] > 0), key=lambda c: (-gain[c], c))] = 1.0
    return (1 - explore) * greedy + explore * lottery


# ---------------------------------------------------------------- 7.7


@right("reranker.7", "numpy, the chance of a piece by a guarded division.")
def slot_worth(p_sale, margin, p_return, return_cost, stock, demand):
    p_sale, margin, p_return, stock, demand = (np.asarray(a, dtype=float) for a in (p_sale, margin, p_return, stock, demand))
    there = np.where(stock > 0, 1.0, 0.0)
    np.divide(stock, demand, out=there, where=demand > 0)
    kept = (1 - p_return) * margin - p_return * return_cost
    return p_sale * np.minimum(there, 1.0) * kept


@right("reranker.7", "A loop with an early answer where nobody is expected.")
def slot_worth(p_sale, margin, p_return, return_cost, stock, demand):
    worth = []
    for p, m, back, pieces, buyers in zip(p_sale, margin, p_return, stock, demand, strict=True):
        if pieces <= 0:
            worth.append(0.0)
            continue
        gets_one = 1.0 if buyers <= pieces else float(pieces) / float(buyers)
        worth.append(float(p) * gets_one * (float(m) * (1 - float(back)) - float(back) * return_cost))
    return worth


@right("reranker.7", "pandas, column by column.")
def slot_worth(p_sale, margin, p_return, return_cost, stock, demand):
    t = pd.DataFrame({"p": np.asarray(p_sale, float), "m": np.asarray(margin, float), "b": np.asarray(p_return, float),
                      "s": np.asarray(stock, float), "d": np.asarray(demand, float)})
    served = (t["s"] / t["d"].where(t["d"] > 0)).clip(upper=1)
    served = served.fillna((t["s"] > 0).astype(float))
    return t["p"] * served * (t["m"] - t["b"] * (t["m"] + return_cost))


@right("reranker.7", "torch: pieces sold over buyers, and a case for none.")
def slot_worth(p_sale, margin, p_return, return_cost, stock, demand):
    p, m, back, s, d = (torch.tensor(np.array(a, dtype=np.float64)) for a in (p_sale, margin, p_return, stock, demand))
    sold = torch.minimum(s, d)
    one = torch.ones_like(d)
    chance = torch.where(d > 0, sold / torch.where(d > 0, d, one), (s > 0).double())
    return p * chance * ((1 - back) * m - back * float(return_cost))
