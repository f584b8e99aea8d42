"""Sampling slates without replacement, with the exact probability of each slot given the slots above it.

Dice are keyed by (seed, request id, item), so a slate does not depend on the batch its request came in.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from . import dice
from .dice import exp, log, stir, unit


@njit(inline="always", cache=True)
def _push(best, place, n, time, at):
    """Insert into the n earliest arrivals, kept sorted; returns how many there are now."""
    k = min(n, len(best) - 1)
    while k > 0 and best[k - 1] > time:
        best[k], place[k] = best[k - 1], place[k - 1]
        k -= 1
    best[k], place[k] = time, at
    return min(n + 1, len(best))


@njit(cache=True, nogil=True)
def weights_of(score, temperature, weight):
    """Fill weight with exp((score - the row's best) / temperature), (B, N); returns the first row that holds what is
    not finite, or -1."""
    for b in range(score.shape[0]):
        best = -np.inf
        for j in range(score.shape[1]):
            if not -np.inf < score[b, j] < np.inf:
                return b
            best = max(best, score[b, j])
        for j in range(score.shape[1]):
            weight[b, j] = exp((score[b, j] - best) / temperature)
    return -1


@njit(cache=True, nogil=True)
def race(seed, request_id, eligible, weight, slots, item, propensity):
    """Plackett–Luce by exponential races: items arrive after -log(u) / weight, the first `slots` make the slate.

    weight: float64 (B, N), positive, along eligible, int32 (N,). Fills item, propensity, (B, slots): weight over the
    sum of the weights not yet shown. -log(u) >= 1 - u, so most logs need not be taken.

    Source: Efraimidis, Spirakis 2006, doi:10.1016/j.ipl.2005.11.003.
    """
    best, place, size = np.empty(slots), np.empty(slots, np.int64), len(eligible)
    step, early = stir(np.uint64(seed), dice.POLICY), np.empty(size)
    for b in range(len(request_id)):
        w, base = weight[b], stir(stir(step, request_id[b]), dice.RACE)
        total, n, last = 0.0, 0, np.inf
        for j in range(size):
            early[j] = unit(stir(base, eligible[j]))  # 1 - u
            total += w[j]
        for j in range(size):
            if n < slots or early[j] < last * w[j]:
                time = -log(1.0 - early[j]) / w[j]
                if n < slots or time < last:
                    n = _push(best, place, n, time, j)
                    last = best[n - 1]
        left = total
        for k in range(slots):
            if k >= n:
                item[b, k], propensity[b, k] = -1, 1.0
                continue
            item[b, k] = eligible[place[k]]
            propensity[b, k] = min(w[place[k]] / left, 1.0) if left > 0.0 and k < size - 1 else 1.0
            left -= w[place[k]]


@njit(cache=True)
def _find(cumulative, target):
    low, high = 0, len(cumulative) - 1
    while low < high:
        middle = (low + high) // 2
        if cumulative[middle] > target:
            high = middle
        else:
            low = middle + 1
    return low


@njit(cache=True)
def _among_rest(weight, shown, k, u):
    """Place drawn by weight among those not in shown[:k]: the slow way, for when few weights hold nearly all mass."""
    left = 0.0
    for j in range(len(weight)):
        left += 0.0 if (shown[:k] == j).any() else weight[j]
    last = -1
    for j in range(len(weight)):
        if not (shown[:k] == j).any():
            last = j
            u -= weight[j] / left
            if u < 0.0:
                break
    return last


@njit(cache=True, nogil=True)
def by_weight(seed, request_id, eligible, weight, slots, item, propensity):
    """Plackett–Luce when all requests share their weights, float64 (N,): draw, and draw again what is shown already.

    Fills item, propensity, (B, slots), with the same distribution as `race`, in time that hardly depends on N.
    """
    cumulative, n, shown = np.cumsum(weight), len(eligible), np.empty(slots, np.int64)
    for b in range(len(request_id)):
        base = stir(stir(stir(np.uint64(seed), dice.POLICY), request_id[b]), 3)
        left, draw = cumulative[-1], 0
        for k in range(slots):
            if k >= n:
                item[b, k], propensity[b, k] = -1, 1.0
                continue
            place, tries = -1, 0
            while place < 0:
                draw, tries = draw + 1, tries + 1
                u = unit(stir(base, draw))
                place = _find(cumulative, u * cumulative[-1]) if tries < 50 else _among_rest(weight, shown, k, u)
                for j in range(k):
                    place = -1 if shown[j] == place else place
            shown[k], item[b, k] = place, eligible[place]
            propensity[b, k] = min(weight[place] / left, 1.0) if k < n - 1 else 1.0
            left = max(left - weight[place], 1e-300)


@njit(cache=True, nogil=True)
def by_group(seed, request_id, eligible, weight, edge, times, slots, item, propensity):
    """Plackett–Luce with weight[j] × times[b, group of j]: first a group, then one of its items.

    eligible, weight: (N,), sorted by group; group g stands at edge[g]:edge[g + 1]. times: float64 (B, groups).
    """
    before, n, shown = np.concatenate((np.zeros(1), np.cumsum(weight))), len(eligible), np.empty(slots, np.int64)
    groups = len(edge) - 1
    reach = np.empty(groups)
    for b in range(len(request_id)):
        base = stir(stir(stir(np.uint64(seed), dice.POLICY), request_id[b]), 4)
        total, draw = 0.0, 0
        for g in range(groups):
            total += times[b, g] * (before[edge[g + 1]] - before[edge[g]])
            reach[g] = total
        left = total
        for k in range(slots):
            if k >= n:
                item[b, k], propensity[b, k] = -1, 1.0
                continue
            place, g = -1, 0
            while place < 0:
                draw += 1
                u = unit(stir(base, draw)) * total
                g = _find(reach, u)
                inside = (u - (reach[g - 1] if g > 0 else 0.0)) / times[b, g]
                part = before[edge[g] + 1:edge[g + 1] + 1]
                place = edge[g] + _find(part, before[edge[g]] + inside)
                for j in range(k):
                    place = -1 if shown[j] == place else place
            shown[k], item[b, k] = place, eligible[place]
            mass = weight[place] * times[b, g]
            propensity[b, k] = min(mass / left, 1.0) if k < n - 1 else 1.0
            left = max(left - mass, 1e-300)


@njit(cache=True, nogil=True)
def uniform(seed, request_id, eligible, slots, item, propensity):
    """Slates uniform over eligible, without replacement. Fills item, propensity, (B, slots): 1 / (N - k)."""
    n = len(eligible)
    for b in range(len(request_id)):
        base = stir(stir(stir(np.uint64(seed), dice.POLICY), request_id[b]), 0)
        draw = 0
        for k in range(slots):
            if k >= n:
                item[b, k], propensity[b, k] = -1, 1.0
                continue
            again = True
            while again:
                i = eligible[int(unit(stir(base, draw)) * n)]
                draw += 1
                again = False
                for j in range(k):
                    again = again or item[b, j] == i
            item[b, k], propensity[b, k] = i, 1.0 / (n - k)


@njit(cache=True, nogil=True)
def epsilon(seed, request_id, eligible, ranked, rate, item, propensity):
    """Each slot: with chance `rate` uniform over what is eligible and not shown yet, else the best of `ranked` not
    shown yet. ranked: int32 (B, K), -1 where empty. Fills item, propensity, (B, K)."""
    n, slots = len(eligible), ranked.shape[1]
    for b in range(len(request_id)):
        base = stir(stir(stir(np.uint64(seed), dice.POLICY), request_id[b]), 1)
        draw = 0
        for k in range(slots):
            lead = -1
            for r in range(slots):
                if lead < 0 and ranked[b, r] >= 0:
                    shown = False
                    for j in range(k):
                        shown = shown or item[b, j] == ranked[b, r]
                    lead = lead if shown else ranked[b, r]
            if k >= n:
                item[b, k], propensity[b, k] = -1, 1.0
                continue
            pick = lead
            draw += 1
            if lead < 0 or unit(stir(base, draw)) < rate:
                again = True
                while again:
                    draw += 1
                    pick = eligible[int(unit(stir(base, draw)) * n)]
                    again = False
                    for j in range(k):
                        again = again or item[b, j] == pick
            item[b, k] = pick
            chance = (rate if lead >= 0 else 1.0) / (n - k)
            propensity[b, k] = chance + (1.0 - rate if pick == lead else 0.0)


@njit(cache=True, nogil=True)
def sorted_subset(rank, slots, item, propensity, eligible):
    """A uniform subset put in the order of `rank`, and the chance of each slot.

    rank: int64 (N,), place of each of eligible in the order, 0 first; item: (B, slots) holds *places in eligible* of a
    uniform subset, and the items afterwards. With m slots left over the n items that rank after the one above, the
    chance that the first of them has b items after it is C(b, m-1) / C(n, m).
    """
    n_all = len(rank)
    for b in range(item.shape[0]):
        order = np.argsort(rank[item[b]])
        chosen = item[b][order].copy()
        n = n_all
        for k in range(slots):
            m, behind = slots - k, n_all - 1 - rank[chosen[k]]
            chance = m / n
            for j in range(m - 1):
                chance *= (behind - j) / (n - 1 - j)
            item[b, k], propensity[b, k] = eligible[chosen[k]], chance
            n = behind
