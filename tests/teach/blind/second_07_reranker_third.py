"""Solutions of lesson 07, written blind: from the notebook's text alone. Third part."""

from collections import Counter
from itertools import islice

import numpy as np
import pandas as pd
from blind_book import right, wrong


@wrong("reranker.4", "Items without a creator (-1) are capped as if -1 were one creator.")
def capped_all(order, value, most, k):
    shown, seen = [], Counter()
    for item in order:
        if len(shown) == k:
            break
        if seen[value[item]] < most:
            seen[value[item]] += 1
            shown.append(item)
    return np.array(shown + [-1] * (k - len(shown)), dtype=int)


@wrong("reranker.4", "Reads the creator at the place in the order, value[place], not at the item.")
def capped_by_place(order, value, most, k):
    out, seen = [], {}
    for place, item in enumerate(order):
        creator = value[place]
        if creator != -1:
            if seen.get(creator, 0) >= most:
                continue
            seen[creator] = seen.get(creator, 0) + 1
        out.append(item)
    out = out[:k]
    return np.array(out + [-1] * (k - len(out)), dtype=int)


@wrong("reranker.4", "Lets one more than `most` in: <= where < is meant.")
def capped_one_more(order, value, most, k):
    out, seen = np.full(k, -1), Counter()
    n = 0
    for item in order:
        if n < k and (value[item] == -1 or seen[value[item]] <= most):
            seen[value[item]] += 1
            out[n] = item
            n += 1
    return out


@wrong("reranker.4", "No padding: where candidates run out the slate is shorter than k.")
def capped_short(order, value, most, k):
    creators = pd.Series(np.asarray(value)[order])
    keep = (creators == -1) | (creators.groupby(creators).cumcount() < most)
    return np.asarray(order)[keep.to_numpy()][:k]


@wrong("reranker.4", "Empty slots hold 0, which is an item.")
def capped_zeros(order, value, most, k):
    out, n, seen = np.zeros(k, dtype=int), 0, Counter()
    for item in order:
        if n == k:
            break
        if value[item] >= 0:
            seen[value[item]] += 1
            if seen[value[item]] > most:
                continue
        out[n] = item
        n += 1
    return out


@wrong("reranker.4", "Stops at the first item that is over the cap instead of going on below it.")
def capped_break(order, value, most, k):
    out, seen = [], Counter()
    for item in order:
        if len(out) == k or (value[item] != -1 and seen[value[item]] == most):
            break
        seen[value[item]] += 1
        out.append(item)
    return np.array(out + [-1] * (k - len(out)), dtype=int)


@wrong("reranker.4", "Fills the last slots with capped items instead of leaving them empty.")
def capped_backfill(order, value, most, k):
    first, over, seen = [], [], Counter()
    for item in order:
        seen[value[item]] += 1
        (first if value[item] == -1 or seen[value[item]] <= most else over).append(item)
    out = (first + over)[:k]
    return np.array(out + [-1] * (k - len(out)), dtype=int)


@wrong("reranker.4", "Creator 0 is taken for none: everything that is not above 0 is exempt.")
def capped_zero_exempt(order, value, most, k):
    out, seen = [], Counter()
    for item in order:
        if len(out) < k and (value[item] <= 0 or seen[value[item]] < most):
            out.append(item)
            seen[value[item]] += 1
    return np.array(out + [-1] * (k - len(out)), dtype=int)


@wrong("reranker.4", "Looks at the first k candidates only, so capped slots stay empty though others could fill them.")
def capped_head(order, value, most, k):
    head = list(order[:k])
    out = [item for n, item in enumerate(head)
           if value[item] == -1 or sum(value[j] == value[item] for j in head[:n]) < most]
    return np.array(out + [-1] * (k - len(out)), dtype=int)


@wrong("reranker.4", "Caps runs of one creator only: another one in between sets the count back.")
def capped_runs(order, value, most, k):
    out, last, run = [], None, 0
    for item in order:
        if len(out) == k:
            break
        run = run + 1 if value[item] == last else 1
        last = value[item]
        if last == -1 or run <= most:
            out.append(item)
    return np.array(out + [-1] * (k - len(out)), dtype=int)


@wrong("reranker.4", "Counts in an array as long as there are items: a creator with a larger number is an IndexError.")
def capped_array(order, value, most, k):
    count, out = np.zeros(len(value), dtype=int), []
    for item in order:
        if len(out) == k:
            break
        if value[item] != -1:
            if count[value[item]] >= most:
                continue
            count[value[item]] += 1
        out.append(item)
    return np.array(out + [-1] * (k - len(out)), dtype=int)


@wrong("reranker.4", "Capped items leave a hole where they stood; the slots below do not move up.")
def capped_holes(order, value, most, k):
    order = np.array(order)
    creators = pd.Series(np.asarray(value)[order])
    over = (creators.groupby(creators).cumcount() >= most) & (creators != -1)
    order[over.to_numpy()] = -1
    out = np.full(k, -1)
    out[:min(k, len(order))] = order[:k]
    return out


@right("reranker.4", "pandas: cumcount within a creator, -1 let through, padded by reindex.")
def capped_pandas(order, value, most, k):
    creators = pd.Series(np.asarray(value)[np.asarray(order, dtype=int)], dtype=int)
    keep = creators.eq(-1) | creators.groupby(creators).cumcount().lt(most)
    kept = pd.Series(np.asarray(order)[keep.to_numpy()], dtype=int)
    return kept.reindex(range(k), fill_value=-1).to_numpy()


@right("reranker.4", "A generator, cut by islice; a plain list comes back.")
def capped_generator(order, value, most, k):
    def allowed():
        seen = Counter()
        for item in map(int, order):
            creator = int(value[item])
            seen[creator] += 1
            if creator == -1 or seen[creator] <= most:
                yield item
    out = list(islice(allowed(), k))
    return out + [-1] * (k - len(out))


@right("reranker.4", "Recursion down the order; a creator's shown items are counted anew each time.")
def capped_recursive(order, value, most, k):
    def go(place, shown):
        if len(shown) == k or place == len(order):
            return shown
        item = order[place]
        full = value[item] != -1 and sum(value[j] == value[item] for j in shown) >= most
        return go(place + 1, shown if full else [*shown, item])
    return np.pad(np.array(go(0, []), dtype=int), (0, k), constant_values=-1)[:k]


@right("reranker.4", "numpy: rank of each item among those of its creator by comparing all pairs.")
def capped_pairs(order, value, most, k):
    order = np.asarray(order, dtype=int)
    creator = np.asarray(value)[order]
    before = np.tril(creator[:, None] == creator[None, :], -1).sum(axis=1)
    kept = order[(creator < 0) | (before < most)]
    return np.concatenate([kept, np.full(k, -1)])[:k]


@wrong("reranker.5", "The exploring share is spread over all candidates, those that are not allowed too.")
def chances_all(gain, allowed, explore):
    out = np.full(len(gain), explore / len(gain))
    out[np.argmax(np.where(allowed, gain, -np.inf))] += 1 - explore
    return out


@wrong("reranker.5", "The best one gets 1 - explore only and the others share explore among themselves.")
def chances_others(gain, allowed, explore):
    best = int(np.where(allowed, gain, -np.inf).argmax())
    n = int(np.sum(allowed))
    if n == 1:
        return np.where(allowed, 1.0, 0.0)
    out = np.where(allowed, explore / (n - 1), 0.0)
    out[best] = 1 - explore
    return out


@wrong("reranker.5", "The best one's uniform part is overwritten, so the chances do not sum to 1.")
def chances_overwritten(gain, allowed, explore):
    out = allowed * (explore / allowed.sum())
    out[np.argmax(np.where(allowed, gain, -np.inf))] = 1 - explore
    return out


@wrong("reranker.5", "The best of all candidates takes the slot, allowed or not.")
def chances_forbidden(gain, allowed, explore):
    out = np.where(allowed, explore / allowed.sum(), 0.0)
    out[np.argmax(gain)] += 1 - explore
    return out


@wrong("reranker.5", "Equal largest gains share the greedy part; the first of them should have it all.")
def chances_ties(gain, allowed, explore):
    best = allowed & (gain == gain[allowed].max())
    return explore * allowed / allowed.sum() + (1 - explore) * best / best.sum()


@wrong("reranker.5", "gain · allowed makes a forbidden candidate 0, which is larger than allowed gains below 0.")
def chances_product(gain, allowed, explore):
    out = np.zeros(len(gain))
    out[allowed] = explore / np.count_nonzero(allowed)
    out[(gain * allowed).argmax()] += 1 - explore
    return out


@wrong("reranker.5", "Forbidden ones are set to -1, which beats an allowed gain below -1.")
def chances_minus_one(gain, allowed, explore):
    masked = pd.Series(gain).where(pd.Series(allowed), -1.0)
    out = pd.Series(allowed).astype(float) * explore / sum(allowed)
    out[masked.idxmax()] += 1 - explore
    return out.to_numpy()


@wrong("reranker.5", "The place of the best among the allowed is used as a place among all.")
def chances_compressed(gain, allowed, explore):
    out = np.where(allowed, explore / allowed.sum(), 0)
    out[np.argmax(gain[allowed])] += 1 - explore
    return out


@wrong("reranker.5", "Of equal gains the last one is taken.")
def chances_last(gain, allowed, explore):
    places = np.flatnonzero(allowed)
    best = max(places, key=lambda c: (gain[c], c))
    return np.array([(explore / len(places) if c in places else 0) + (1 - explore if c == best else 0)
                     for c in range(len(gain))])


@wrong("reranker.5", "Explores in proportion to a softmax of the gains, not uniformly.")
def chances_softmax(gain, allowed, explore):
    weight = np.exp(gain - gain[allowed].max()) * allowed
    out = explore * weight / weight.sum()
    out[np.argmax(np.where(allowed, gain, -np.inf))] += 1 - explore
    return out


@wrong("reranker.5", "An explore of 0 is taken for `not given` and becomes a tenth.")
def chances_falsy(gain, allowed, explore):
    explore = explore or 0.1
    out = np.where(allowed, explore / allowed.sum(), 0.0)
    out[np.argmax(np.where(allowed, gain, -np.inf))] += 1 - explore
    return out
