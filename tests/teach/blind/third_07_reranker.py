"""Solutions of lesson 07, written blind."""

import heapq

import numpy as np
import pandas as pd
from blind_book import right, wrong

# ---------------------------------------------------------------- 7.1


@wrong("reranker.1", "Takes the mean likeness to what stands above instead of the largest.")
def mmr(relevance, similarity, k, trade_off=0.7):
    relevance, similarity = np.asarray(relevance, float), np.asarray(similarity, float)
    chosen = []
    for _ in range(min(k, len(relevance))):
        like = similarity[:, chosen].mean(axis=1) if chosen else np.zeros(len(relevance))
        score = trade_off * relevance - (1 - trade_off) * like
        score[chosen] = -np.inf
        chosen.append(int(np.argmax(score)))
    return np.array(chosen, dtype=int)


@wrong("reranker.1", "Compares a candidate with the item directly above only, not with everything above.")
def mmr(relevance, similarity, k, trade_off=0.7):
    relevance, similarity = np.asarray(relevance, float), np.asarray(similarity, float)
    chosen = []
    like = np.zeros(len(relevance))
    for _ in range(min(k, len(relevance))):
        score = trade_off * relevance - (1 - trade_off) * like
        score[chosen] = -np.inf
        best = int(np.argmax(score))
        chosen.append(best)
        like = similarity[best]
    return np.array(chosen, dtype=int)


@wrong("reranker.1", "The two weights are exchanged: λ weighs the likeness, 1 − λ the relevance.")
def mmr(relevance, similarity, k, trade_off=0.7):
    relevance, similarity = np.asarray(relevance, float), np.asarray(similarity, float)
    like = np.zeros(len(relevance))
    free = np.ones(len(relevance), bool)
    chosen = []
    for _ in range(min(k, len(relevance))):
        score = np.where(free, (1 - trade_off) * relevance - trade_off * like, -np.inf)
        best = int(np.argmax(score))
        chosen.append(best)
        free[best] = False
        like = np.maximum(like, similarity[best])
    return np.array(chosen, dtype=int)


@wrong("reranker.1", "Ties go to the last candidate: the scan replaces the best at >=.")
def mmr(relevance, similarity, k, trade_off=0.7):
    n = len(relevance)
    chosen = []
    for _ in range(min(k, n)):
        best, best_score = -1, -np.inf
        for i in range(n):
            if i in chosen:
                continue
            like = max((similarity[i][j] for j in chosen), default=0.0)
            score = trade_off * relevance[i] - (1 - trade_off) * like
            if score >= best_score:
                best, best_score = i, score
        chosen.append(best)
    return np.array(chosen, dtype=int)


@wrong("reranker.1", "Starts with place 0, as if `relevance` came sorted.")
def mmr(relevance, similarity, k, trade_off=0.7):
    relevance, similarity = np.asarray(relevance, float), np.asarray(similarity, float)
    chosen = [0]
    like = similarity[0].copy()
    while len(chosen) < min(k, len(relevance)):
        score = trade_off * relevance - (1 - trade_off) * like
        score[chosen] = -np.inf
        best = int(np.argmax(score))
        chosen.append(best)
        like = np.maximum(like, similarity[best])
    return np.array(chosen, dtype=int)


@wrong("reranker.1", "Taken items get the score 0, so one of them wins again when all others are below 0.")
def mmr(relevance, similarity, k, trade_off=0.7):
    relevance, similarity = np.asarray(relevance, float), np.asarray(similarity, float)
    free = np.ones(len(relevance))
    like = np.zeros(len(relevance))
    chosen = []
    for _ in range(min(k, len(relevance))):
        score = (trade_off * relevance - (1 - trade_off) * like) * free
        best = int(np.argmax(score))
        chosen.append(best)
        free[best] = 0.0
        like = np.maximum(like, similarity[best])
    return np.array(chosen, dtype=int)


@wrong("reranker.1", "Fills k slots even where there are fewer candidates, so place 0 repeats.")
def mmr(relevance, similarity, k, trade_off=0.7):
    relevance, similarity = np.asarray(relevance, float), np.asarray(similarity, float)
    score = trade_off * relevance
    like = np.zeros(len(relevance))
    out = np.zeros(k, dtype=int)
    for slot in range(k):
        best = np.argmax(score - (1 - trade_off) * like)
        out[slot] = best
        score[best] = -np.inf
        like = np.maximum(like, similarity[best])
    return out


@wrong("reranker.1", "The penalties of all chosen items add up, so being a little like many counts.")
def mmr(relevance, similarity, k, trade_off=0.7):
    score = trade_off * np.asarray(relevance, float)
    similarity = np.asarray(similarity, float)
    chosen = []
    for _ in range(min(k, len(score))):
        best = int(np.argmax(score))
        chosen.append(best)
        score = score - (1 - trade_off) * similarity[best]
        score[chosen] = -np.inf
    return np.array(chosen, dtype=int)


@right("reranker.1", "Numpy, the largest likeness so far kept in a running vector.")
def mmr(relevance, similarity, k, trade_off=0.7):
    relevance, similarity = np.asarray(relevance, float), np.asarray(similarity, float)
    n = len(relevance)
    like = np.zeros(n)
    free = np.ones(n, bool)
    out = np.empty(min(k, n), dtype=np.int64)
    for slot in range(len(out)):
        score = np.where(free, trade_off * relevance - (1 - trade_off) * like, -np.inf)
        places = np.flatnonzero(free)
        out[slot] = places[np.argmax(score[places])]
        free[out[slot]] = False
        like = np.maximum(like, similarity[:, out[slot]])
    return out


@right("reranker.1", "Plain loops; the answer is a list of Python ints.")
def mmr(relevance, similarity, k, trade_off=0.7):
    chosen, left = [], list(range(len(relevance)))
    while left and len(chosen) < k:
        best, best_score = None, None
        for i in left:
            against = max([float(similarity[i][j]) for j in chosen]) if chosen else 0.0
            score = trade_off * float(relevance[i]) - (1 - trade_off) * against
            if best is None or score > best_score:
                best, best_score = i, score
        chosen.append(best)
        left.remove(best)
    return chosen


@right("reranker.1", "Lazy greedy: scores only fall as the slate grows, so a heap with stale bounds will do.")
def mmr(relevance, similarity, k, trade_off=0.7):
    relevance, similarity = np.asarray(relevance, float), np.asarray(similarity, float)
    heap = [(-(trade_off * r), i, 0) for i, r in enumerate(relevance)]
    heapq.heapify(heap)
    chosen = []
    while heap and len(chosen) < k:
        _, i, seen = heapq.heappop(heap)
        if seen == len(chosen):
            chosen.append(i)
            continue
        like = similarity[i, chosen].max()
        score = trade_off * relevance[i] - (1 - trade_off) * like
        heapq.heappush(heap, (-score, i, len(chosen)))
    return np.array(chosen, dtype=np.int32)


# ---------------------------------------------------------------- 7.5


@wrong("reranker.5", "The lottery runs over all candidates, the forbidden ones too.")
def slot_propensities(gain, allowed, explore):
    gain, allowed = np.asarray(gain, float), np.asarray(allowed, bool)
    chance = np.full(len(gain), explore / len(gain))
    chance[np.argmax(np.where(allowed, gain, -np.inf))] += 1 - explore
    return chance


@wrong("reranker.5", "The best one is kept out of the lottery: the others share `explore`.")
def slot_propensities(gain, allowed, explore):
    gain, allowed = np.asarray(gain, float), np.asarray(allowed, bool)
    best = np.argmax(np.where(allowed, gain, -np.inf))
    n = allowed.sum()
    if n == 1:
        return allowed.astype(float)
    chance = np.where(allowed, explore / (n - 1), 0.0)
    chance[best] = 1 - explore
    return chance


@wrong("reranker.5", "The best is sought among all candidates, so a forbidden one can get the slot.")
def slot_propensities(gain, allowed, explore):
    gain, allowed = np.asarray(gain, float), np.asarray(allowed, bool)
    chance = explore * allowed / allowed.sum()
    chance[np.argmax(gain)] += 1 - explore
    return chance


@wrong("reranker.5", "Sets the best one's chance instead of adding to its share of the lottery.")
def slot_propensities(gain, allowed, explore):
    gain, allowed = np.asarray(gain, float), np.asarray(allowed, bool)
    chance = explore * allowed / allowed.sum()
    chance[np.argmax(np.where(allowed, gain, -np.inf))] = 1 - explore
    return chance


@wrong("reranker.5", "Equals at the top share the greedy part; the first should take all of it.")
def slot_propensities(gain, allowed, explore):
    gain, allowed = np.asarray(gain, float), np.asarray(allowed, bool)
    top = allowed & (gain == gain[allowed].max())
    return explore * allowed / allowed.sum() + (1 - explore) * top / top.sum()


@wrong("reranker.5", "Masks by multiplying with 0, so among negative gains a forbidden candidate is best.")
def slot_propensities(gain, allowed, explore):
    gain, allowed = np.asarray(gain, float), np.asarray(allowed, bool)
    chance = np.where(allowed, explore / allowed.sum(), 0.0)
    chance[np.argmax(gain * allowed)] += 1 - explore
    return chance


@wrong("reranker.5", "Uses the place within the allowed ones as a place among all.")
def slot_propensities(gain, allowed, explore):
    gain, allowed = np.asarray(gain, float), np.asarray(allowed, bool)
    chance = np.zeros(len(gain))
    chance[allowed] = explore / allowed.sum()
    chance[np.argmax(gain[allowed])] += 1 - explore
    return chance


@wrong("reranker.5", "Explores by softmax of the gain (Boltzmann) in place of a uniform draw.")
def slot_propensities(gain, allowed, explore):
    gain, allowed = np.asarray(gain, float), np.asarray(allowed, bool)
    top = gain[allowed].max()
    weight = np.where(allowed, np.exp(np.minimum(gain - top, 0)), 0.0)
    chance = explore * weight / weight.sum()
    chance[np.flatnonzero(allowed & (gain == top))[0]] += 1 - explore
    return chance


@right("reranker.5", "Numpy: a lottery over the allowed, the rest to the first best of them.")
def slot_propensities(gain, allowed, explore):
    gain, allowed = np.asarray(gain, float), np.asarray(allowed, bool)
    places = np.flatnonzero(allowed)
    chance = np.zeros(len(gain))
    chance[places] = explore / len(places)
    chance[places[np.argmax(gain[places])]] += 1 - explore
    return chance


@right("reranker.5", "A plain loop that returns a list.")
def slot_propensities(gain, allowed, explore):
    best, n = None, 0
    for i, ok in enumerate(allowed):
        if ok:
            n += 1
            if best is None or gain[i] > gain[best]:
                best = i
    out = []
    for i, ok in enumerate(allowed):
        share = explore / n if ok else 0.0
        out.append(share + (1 - explore if i == best else 0.0))
    return out


@right("reranker.5", "Pandas: a mixture of two distributions, returned as a Series.")
def slot_propensities(gain, allowed, explore):
    table = pd.DataFrame({"gain": np.asarray(gain, float), "ok": np.asarray(allowed, bool)})
    ranked = table[table["ok"]].sort_values("gain", ascending=False, kind="stable")
    greedy = pd.Series(0.0, index=table.index)
    greedy[ranked.index[0]] = 1.0
    lottery = table["ok"].astype(float) / table["ok"].sum()
    return greedy + explore * (lottery - greedy)


# ---------------------------------------------------------------- 7.7


@wrong("reranker.7", "A sale that comes back still keeps its margin; only the cost is taken off.")
def slot_worth(p_sale, margin, p_return, return_cost, stock, demand):
    p_sale, margin, p_return, stock, demand = (
        np.asarray(x, float) for x in (p_sale, margin, p_return, stock, demand))
    gets = np.minimum(1, stock / np.maximum(demand, 1))
    return p_sale * gets * (margin - p_return * return_cost)


@wrong("reranker.7", "The chance to find a piece is stock/demand without a limit of 1.")
def slot_worth(p_sale, margin, p_return, return_cost, stock, demand):
    p_sale, margin, p_return, stock, demand = (
        np.asarray(x, float) for x in (p_sale, margin, p_return, stock, demand))
    gets = np.where(demand > 0, stock / np.where(demand > 0, demand, 1), stock > 0)
    return p_sale * gets * ((1 - p_return) * margin - p_return * return_cost)


@wrong("reranker.7", "Where no buyer is expected the worth is 0, though a piece may lie there.")
def slot_worth(p_sale, margin, p_return, return_cost, stock, demand):
    p_sale, margin, p_return, stock, demand = (
        np.asarray(x, float) for x in (p_sale, margin, p_return, stock, demand))
    gets = np.divide(stock, demand, out=np.zeros_like(stock), where=demand > 0)
    return p_sale * np.minimum(gets, 1) * ((1 - p_return) * margin - p_return * return_cost)


@wrong("reranker.7", "Where no buyer is expected a piece is always found, even on an empty shelf.")
def slot_worth(p_sale, margin, p_return, return_cost, stock, demand):
    p_sale, margin, p_return, stock, demand = (
        np.asarray(x, float) for x in (p_sale, margin, p_return, stock, demand))
    gets = np.divide(stock, demand, out=np.ones_like(stock), where=demand > 0)
    return p_sale * np.minimum(gets, 1) * ((1 - p_return) * margin - p_return * return_cost)


@wrong("reranker.7", "Losses are cut off at 0, so an item that costs money looks like an empty slot.")
def slot_worth(p_sale, margin, p_return, return_cost, stock, demand):
    p_sale, margin, p_return, stock, demand = (
        np.asarray(x, float) for x in (p_sale, margin, p_return, stock, demand))
    gets = np.minimum(1, stock / np.maximum(demand, 1))
    kept = (1 - p_return) * margin - p_return * return_cost
    return np.maximum(p_sale * gets * kept, 0)


@wrong("reranker.7", "The cost of a return is paid at each showing, not only when something was sold.")
def slot_worth(p_sale, margin, p_return, return_cost, stock, demand):
    p_sale, margin, p_return, stock, demand = (
        np.asarray(x, float) for x in (p_sale, margin, p_return, stock, demand))
    gets = np.minimum(1, stock / np.maximum(demand, 1))
    return gets * p_sale * (1 - p_return) * margin - p_return * return_cost


@wrong("reranker.7", "Scarce stock lowers the margin part only; returns of pieces nobody got are paid too.")
def slot_worth(p_sale, margin, p_return, return_cost, stock, demand):
    p_sale, margin, p_return, stock, demand = (
        np.asarray(x, float) for x in (p_sale, margin, p_return, stock, demand))
    gets = np.minimum(1, stock / np.maximum(demand, 1))
    return p_sale * (gets * (1 - p_return) * margin - p_return * return_cost)


@wrong("reranker.7", "All or nothing: stock counts only where it covers the whole demand.")
def slot_worth(p_sale, margin, p_return, return_cost, stock, demand):
    p_sale, margin, p_return, stock, demand = (
        np.asarray(x, float) for x in (p_sale, margin, p_return, stock, demand))
    gets = ((stock >= demand) & (stock > 0)).astype(float)
    return p_sale * gets * ((1 - p_return) * margin - p_return * return_cost)


@right("reranker.7", "Numpy with a guarded division; where nobody is expected, is there a piece?")
def slot_worth(p_sale, margin, p_return, return_cost, stock, demand):
    p_sale, margin, p_return, stock, demand = (
        np.asarray(x, float) for x in (p_sale, margin, p_return, stock, demand))
    gets = (stock > 0).astype(float)
    short = demand > stock
    gets[short] = stock[short] / demand[short]
    return p_sale * gets * (margin - p_return * (margin + return_cost))


@right("reranker.7", "A plain loop; a list of floats.")
def slot_worth(p_sale, margin, p_return, return_cost, stock, demand):
    out = []
    for sale, keeps, back, pieces, buyers in zip(p_sale, margin, p_return, stock, demand):
        if buyers == 0:
            finds = 1.0 if pieces > 0 else 0.0
        else:
            finds = min(1.0, pieces / buyers)
        out.append(float(sale * finds * (1 - back) * keeps - sale * finds * back * return_cost))
    return out


@right("reranker.7", "Pandas, returned as a Series.")
def slot_worth(p_sale, margin, p_return, return_cost, stock, demand):
    t = pd.DataFrame({"s": np.asarray(p_sale, float), "m": np.asarray(margin, float),
                      "r": np.asarray(p_return, float), "n": np.asarray(stock, float),
                      "d": np.asarray(demand, float)})
    finds = (t["n"] / t["d"].where(t["d"] > 0)).clip(upper=1)
    finds = finds.where(t["d"] > 0, (t["n"] > 0).astype(float))
    return t["s"] * finds * (t["m"] * (1 - t["r"]) - t["r"] * return_cost)


# ---------------------------------------------------------------- 7.8


@wrong("reranker.8", "Shows what has not been looked at yet: only status 0 is hidden.")
def contract(order, status, left, creator, most, k):
    page, over, count = [], [], {}
    for item in order:
        if status[item] == 0 or left[item] == 0:
            continue
        c = creator[item]
        if c >= 0 and count.get(c, 0) >= most:
            over.append(item)
        else:
            count[c] = count.get(c, 0) + 1
            page.append(item)
    page = (page[:k] + over)[:k]
    return np.array(page + [-1] * (k - len(page)), dtype=int)


@wrong("reranker.8", "Hides items whose stock is unknown (left > 0).")
def contract(order, status, left, creator, most, k):
    page, over, count = [], [], {}
    for item in order:
        if status[item] != 1 or left[item] <= 0:
            continue
        c = creator[item]
        if c >= 0 and count.get(c, 0) >= most:
            over.append(item)
        else:
            count[c] = count.get(c, 0) + 1
            page.append(item)
    page = (page[:k] + over)[:k]
    return np.array(page + [-1] * (k - len(page)), dtype=int)


@wrong("reranker.8", "The cap is hard: slots stay empty though more items of a creator could fill them.")
def contract(order, status, left, creator, most, k):
    out = np.full(k, -1)
    count, at = {}, 0
    for item in order:
        if at == k:
            break
        c = int(creator[item])
        if status[item] == 1 and left[item] != 0 and (c == -1 or count.get(c, 0) < most):
            out[at] = item
            at += 1
            count[c] = count.get(c, 0) + 1
    return out


@wrong("reranker.8", "Items over the cap that come in go back to their old place, not below all others.")
def contract(order, status, left, creator, most, k):
    page, over, count = [], [], {}
    for place, item in enumerate(order):
        if status[item] != 1 or left[item] == 0:
            continue
        c = creator[item]
        if c >= 0 and count.get(c, 0) >= most:
            over.append((place, item))
        else:
            count[c] = count.get(c, 0) + 1
            page.append((place, item))
    page = sorted((page[:k] + over)[:k])
    page = [item for _, item in page]
    return np.array(page + [-1] * (k - len(page)), dtype=int)


@wrong("reranker.8", "Items that policy or stock hides use up their creator's places.")
def contract(order, status, left, creator, most, k):
    page, over, count = [], [], {}
    for item in order:
        c = creator[item]
        count[c] = count.get(c, 0) + 1
        if status[item] != 1 or left[item] == 0:
            continue
        if c != -1 and count[c] > most:
            over.append(item)
        else:
            page.append(item)
    page = (page[:k] + over)[:k]
    return np.array(page + [-1] * (k - len(page)), dtype=int)


@wrong("reranker.8", "Cuts to the best k candidates before the rules, so nothing moves up into the gaps.")
def contract(order, status, left, creator, most, k):
    page, over, count = [], [], {}
    for item in order[:k]:
        if status[item] != 1 or left[item] == 0:
            continue
        c = creator[item]
        if c >= 0 and count.get(c, 0) >= most:
            over.append(item)
        else:
            count[c] = count.get(c, 0) + 1
            page.append(item)
    page = page + over
    return np.array(page + [-1] * (k - len(page)), dtype=int)


@wrong("reranker.8", "Creator −1 wraps round in the array of counts, so nobody's items use up the places "
              "of the creator with the largest id.")
def contract(order, status, left, creator, most, k):
    count = np.zeros(max(int(np.max(creator)) + 1, 1), int)
    page, over = [], []
    for item in order:
        if status[item] != 1 or left[item] == 0:
            continue
        c = creator[item]
        if c != -1 and count[c] >= most:
            over.append(item)
            continue
        count[c] += 1
        page.append(item)
    page = (page[:k] + over)[:k]
    return np.array(page + [-1] * (k - len(page)), dtype=int)


@wrong("reranker.8", "Reads status, stock and creator by the place in `order`, not by the item's number.")
def contract(order, status, left, creator, most, k):
    page, over, count = [], [], {}
    for place, item in enumerate(order):
        if status[place] != 1 or left[place] == 0:
            continue
        c = creator[place]
        if c >= 0 and count.get(c, 0) >= most:
            over.append(item)
        else:
            count[c] = count.get(c, 0) + 1
            page.append(item)
    page = (page[:k] + over)[:k]
    return np.array(page + [-1] * (k - len(page)), dtype=int)


@right("reranker.8", "Two passes in plain Python; a list of ints.")
def contract(order, status, left, creator, most, k):
    usable = [int(i) for i in order if status[i] == 1 and left[i] != 0]
    page, count = [], {}
    for i in usable:
        c = int(creator[i])
        if c == -1 or count.get(c, 0) < most:
            page.append(i)
            count[c] = count.get(c, 0) + 1
    within = set(page)
    page = page[:k]
    page += [i for i in usable if i not in within][: k - len(page)]
    return page + [-1] * (k - len(page))


@right("reranker.8", "Pandas: the running number within each creator, then a stable sort.")
def contract(order, status, left, creator, most, k):
    items = pd.Series(np.asarray(order, dtype=int))
    status, left, creator = (np.asarray(x) for x in (status, left, creator))
    items = items[(status[items] == 1) & (left[items] != 0)].reset_index(drop=True)
    who = pd.Series(creator[items.to_numpy()], dtype=int)
    number = items.groupby(who).cumcount()
    over = ((number >= most) & (who != -1)).to_numpy()
    ranked = items.to_numpy()[np.argsort(over, kind="stable")][:k]
    return pd.Series(np.concatenate([ranked, np.full(k - len(ranked), -1)]).astype(int))


@right("reranker.8", "Numpy without a loop over items: rank within the creator by a stable sort.")
def contract(order, status, left, creator, most, k):
    order, status, left, creator = (np.asarray(x) for x in (order, status, left, creator))
    out = np.full(k, -1, dtype=np.int64)
    items = order[(status[order] > 0) & (left[order] != 0)]
    if len(items) == 0:
        return out
    who = creator[items]
    by_maker = np.argsort(who, kind="stable")
    sorted_who = who[by_maker]
    starts = np.searchsorted(sorted_who, sorted_who, side="left")
    rank = np.empty(len(items), int)
    rank[by_maker] = np.arange(len(items)) - starts
    over = (rank >= most) & (who != -1)
    page = np.concatenate([items[~over], items[over]])[:k]
    out[: len(page)] = page
    return out
