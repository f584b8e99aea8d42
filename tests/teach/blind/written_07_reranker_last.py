"""Solutions of lesson 07, exercises 5 to 7 and one more of 4, written from the notebook alone."""

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@wrong("reranker.5", "Spreads the exploration over all candidates, also those that are not allowed.")
def slot_propensities(gain, allowed, explore):
    p = np.full(len(gain), explore / len(gain))
    p[np.where(allowed, gain, -np.inf).argmax()] += 1 - explore
    return p


@wrong("reranker.5", "The best one is left out of the draw: the others share the exploration.")
def slot_propensities(gain, allowed, explore):
    best = np.where(allowed, gain, -np.inf).argmax()
    p = np.where(allowed, explore / max(allowed.sum() - 1, 1), 0.0)
    p[best] = 1 - explore if allowed.sum() > 1 else 1.0
    return p


@wrong("reranker.5", "The best one gets only 1 - explore: its share of the draw is forgotten and the sum is below 1.")
def slot_propensities(gain, allowed, explore):
    p = allowed / allowed.sum() * explore
    p[np.argmax(np.where(allowed, gain, -np.inf))] = 1 - explore
    return p


@wrong("reranker.5", "The best of all takes the slot, allowed or not.")
def slot_propensities(gain, allowed, explore):
    p = explore * allowed / allowed.sum()
    p[np.argmax(gain)] += 1 - explore
    return p


@wrong("reranker.5", "The chances of drawing and of taking the best are exchanged.")
def slot_propensities(gain, allowed, explore):
    p = (1 - explore) * allowed / allowed.sum()
    p[np.where(allowed, gain, -np.inf).argmax()] += explore
    return p


@wrong("reranker.5", "Hides what is not allowed by a gain of 0, which wins where all allowed gains are negative.")
def slot_propensities(gain, allowed, explore):
    p = np.where(allowed, explore / allowed.sum(), 0.0)
    p[(gain * allowed).argmax()] += 1 - explore
    return p


@wrong("reranker.5", "Draws in proportion to the gain (a softmax) and not uniformly.")
def slot_propensities(gain, allowed, explore):
    hidden = np.where(allowed, gain, -np.inf)
    soft = np.exp(hidden - hidden.max())
    p = explore * soft / soft.sum()
    p[hidden.argmax()] += 1 - explore
    return p


@wrong("reranker.5", "Returns chances of the allowed candidates only, so that places no longer fit.")
def slot_propensities(gain, allowed, explore):
    gain = gain[allowed]
    p = np.full(len(gain), explore / len(gain))
    p[gain.argmax()] += 1 - explore
    return p


@right("reranker.5", "By a loop; returns a list of floats.")
def slot_propensities(gain, allowed, explore):
    open_ = [i for i in range(len(gain)) if allowed[i]]
    best = max(open_, key=lambda i: gain[i])
    return [(explore / len(open_) if i in open_ else 0.0) + (1 - explore if i == best else 0.0)
            for i in range(len(gain))]


@right("reranker.5", "With a Series, whose idxmax among the allowed finds the best; returns the Series.")
def slot_propensities(gain, allowed, explore):
    allowed = np.asarray(allowed, bool)
    gain = pd.Series(np.asarray(gain, float))
    p = pd.Series(0.0, gain.index)
    p[allowed] = explore / allowed.sum()
    p[gain[allowed].idxmax()] += 1 - explore
    return p


@right("reranker.5", "As a mixture of a one-hot vector and an even one, in torch; float64 array.")
def slot_propensities(gain, allowed, explore):
    ok = torch.as_tensor(np.asarray(allowed, bool))
    best = torch.as_tensor(np.asarray(gain, float)).masked_fill(~ok, -torch.inf).argmax()
    one_hot = torch.nn.functional.one_hot(best, len(ok)).double()
    return ((1 - explore) * one_hot + explore * ok.double() / ok.sum()).numpy()


@wrong("reranker.6", "Decays with exp(-age / half_life), which is 37% and not a half after one half-life.")
def fresh_boost(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
    return size * np.exp(-age_days / half_life_days) * np.clip(1 - showings / enough, 0, 1)


@wrong("reranker.6", "The share that is to come is not cut at 0: much shown items are pushed down.")
def fresh_boost(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
    return size * 0.5 ** (age_days / half_life_days) * (1 - showings / enough)


@wrong("reranker.6", "The boost stays whole until enough showings and then ends at once.")
def fresh_boost(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
    return size * 0.5 ** (age_days / half_life_days) * (showings < enough)


@wrong("reranker.6", "Uses the share of showings that it has had, not the share still to come.")
def fresh_boost(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
    return size * 2 ** (-age_days / half_life_days) * np.minimum(showings / enough, 1)


@wrong("reranker.6", "The exponent is upside down: half-life over age.")
def fresh_boost(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
    with np.errstate(all="ignore"):
        return size * 0.5 ** (half_life_days / np.asarray(age_days, float)) * np.maximum(1 - showings / enough, 0)


@wrong("reranker.6", "Takes the absolute value, so the boost comes back after enough showings.")
def fresh_boost(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
    return size * 0.5 ** (age_days / half_life_days) * np.abs(1 - showings / enough)


@wrong("reranker.6", "Decay and remaining share are averaged, not multiplied.")
def fresh_boost(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
    left = np.clip(1 - showings / enough, 0, 1)
    return np.where(left > 0, size * (0.5 ** (age_days / half_life_days) + left) / 2, 0.0)


@wrong("reranker.6", "Fades as 1 / (1 + age / half-life): right at one half-life, too slow after it.")
def fresh_boost(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
    return size / (1 + age_days / half_life_days) * np.clip(1 - showings / enough, 0, 1)


@right("reranker.6", "A comprehension over pairs; returns a list of floats.")
def fresh_boost(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
    return [size * 0.5 ** (age / half_life_days) * max(0.0, (enough - shown) / enough)
            for age, shown in zip(age_days, showings, strict=True)]


@right("reranker.6", "Fills only what has showings to come, on a new array; halving by exp2.")
def fresh_boost(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
    age, shown = np.asarray(age_days, float), np.asarray(showings, float)
    out, few = np.zeros(age.shape), shown < enough
    out[few] = size * np.exp2(-age[few] / half_life_days) * (enough - shown[few]) / enough
    return out


@right("reranker.6", "With pandas, clipped; returns a Series.")
def fresh_boost(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
    table = pd.DataFrame({"age": np.asarray(age_days, float), "shown": np.asarray(showings, float)})
    left = 1 - table["shown"].clip(upper=enough) / enough
    return np.exp(-np.log(2) * table["age"] / half_life_days) * left * size


def _share(stock, demand):
    """Right: the share of buyers who find a piece."""
    stock, demand = np.asarray(stock, float), np.asarray(demand, float)
    share = np.where(stock > 0, 1.0, 0.0)
    return np.minimum(share, np.divide(stock, demand, out=share.copy(), where=demand > 0))


@wrong("reranker.7", "A return costs nothing: return_cost is not used.")
def slot_worth(p_sale, margin, p_return, return_cost, stock, demand):
    return p_sale * (1 - p_return) * margin * _share(stock, demand)


@wrong("reranker.7", "The cost of a return is taken off every sale, not only off those that come back.")
def slot_worth(p_sale, margin, p_return, return_cost, stock, demand):
    return p_sale * ((1 - p_return) * margin - return_cost) * _share(stock, demand)


@wrong("reranker.7", "A sale that comes back loses its margin on top of not keeping it.")
def slot_worth(p_sale, margin, p_return, return_cost, stock, demand):
    return p_sale * ((1 - p_return) * margin - p_return * (margin + return_cost)) * _share(stock, demand)


@wrong("reranker.7", "The margin is kept by all sales; a return takes off its cost only.")
def slot_worth(p_sale, margin, p_return, return_cost, stock, demand):
    return p_sale * (margin - p_return * return_cost) * _share(stock, demand)


@wrong("reranker.7", "The share of buyers is demand over stock, upside down.")
def slot_worth(p_sale, margin, p_return, return_cost, stock, demand):
    share = np.minimum(1, np.divide(demand, stock, out=np.zeros(len(stock)), where=stock > 0))
    return p_sale * ((1 - p_return) * margin - p_return * return_cost) * share


@wrong("reranker.7", "The share is not capped at 1: plenty of stock multiplies the worth.")
def slot_worth(p_sale, margin, p_return, return_cost, stock, demand):
    share = np.divide(stock, demand, out=(stock > 0).astype(float), where=demand > 0)
    return p_sale * ((1 - p_return) * margin - p_return * return_cost) * share


@wrong("reranker.7", "Where no buyer is expected the share is set to 0, though all pieces are there.")
def slot_worth(p_sale, margin, p_return, return_cost, stock, demand):
    share = np.minimum(1, np.divide(stock, demand, out=np.zeros(len(stock)), where=demand > 0))
    return p_sale * ((1 - p_return) * margin - p_return * return_cost) * share


@wrong("reranker.7", "Where no buyer is expected the share is 1 even if nothing is left.")
def slot_worth(p_sale, margin, p_return, return_cost, stock, demand):
    share = np.minimum(1, np.divide(stock, demand, out=np.ones(len(stock)), where=demand > 0))
    return p_sale * ((1 - p_return) * margin - p_return * return_cost) * share


@wrong("reranker.7", "Only the kept margin is multiplied by the share who find a piece, not the cost of returns.")
def slot_worth(p_sale, margin, p_return, return_cost, stock, demand):
    return p_sale * (1 - p_return) * margin * _share(stock, demand) - p_sale * p_return * return_cost


@wrong("reranker.7", "A worth below zero is raised to zero, so items that lose money look harmless.")
def slot_worth(p_sale, margin, p_return, return_cost, stock, demand):
    kept = np.maximum((1 - p_return) * margin - p_return * return_cost, 0)
    return p_sale * kept * _share(stock, demand)


@right("reranker.7", "A loop with the cases spelled out; returns a list.")
def slot_worth(p_sale, margin, p_return, return_cost, stock, demand):
    out = []
    for p, m, back, left, want in zip(p_sale, margin, p_return, stock, demand, strict=True):
        if left <= 0:
            share = 0.0
        elif want <= left:
            share = 1.0
        else:
            share = left / want
        out.append(p * share * (m * (1 - back) - back * return_cost))
    return out


@right("reranker.7", "Divides by the larger of stock and demand, so that no case is needed but that of both at zero.")
def slot_worth(p_sale, margin, p_return, return_cost, stock, demand):
    most = np.maximum(stock, demand)
    share = stock / np.where(most > 0, most, 1.0)
    return p_sale * (margin - p_return * (margin + return_cost)) * share


@right("reranker.7", "With pandas and where; returns a Series.")
def slot_worth(p_sale, margin, p_return, return_cost, stock, demand):
    t = pd.DataFrame({"p": p_sale, "m": margin, "r": p_return, "s": stock, "d": demand}).astype(float)
    share = (t.s / t.d.where(t.d > 0, 1e-12)).clip(0, 1)
    return t.p * (t.m * (1 - t.r) - return_cost * t.r) * share


@right("reranker.4", "A dict of counts with get, written into an array of -1; int32 array.")
def capped_slate(order, value, most, k):
    page, count, slot = np.full(k, -1, np.int32), {}, 0
    for item in order:
        maker = int(value[item])
        free = maker == -1 or count.get(maker, 0) < most
        if free and slot < k:
            page[slot], slot, count[maker] = item, slot + 1, count.get(maker, 0) + 1
    return page


@wrong("reranker.4", "A cap of 0 is taken for no cap.")
def capped_slate(order, value, most, k):
    page, count = [], {}
    for item in order:
        maker = value[item]
        if len(page) < k and (maker == -1 or not most or count.get(maker, 0) < most):
            count[maker] = count.get(maker, 0) + 1
            page.append(item)
    return np.array(page + [-1] * (k - len(page)), int)
