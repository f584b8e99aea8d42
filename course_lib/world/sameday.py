"""An item shown to a person twice on a day: how often it is clicked, counting what was clicked earlier that day.

The dice of a person, an item and a day are thrown once: a number e decides about looking, a number c about clicking.
Shown where people look with chance a and click with chance p, an item is clicked if e < a and c < p: a rectangle of
the unit square. Once clicked it is in the person's memory, and p is the smaller chance of a repeat from the next wave
of requests on. So the chance of a click is an area, and no simulation is needed to know it.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from .dice import exps


@njit(cache=True)
def _overlap(look, chance, n, a, p):
    """Area of the rectangle (a, p) that lies in the first n rectangles, which are sorted by look."""
    area, height = 0.0, 0.0
    for k in range(n - 1, -1, -1):
        height = max(height, chance[k])
        left = look[k - 1] if k > 0 else 0.0
        area += (min(look[k], a) - min(left, a)) * min(height, p)
    return area


@njit(cache=True)
def _insert(look, chance, n, a, p):
    k = n
    while k > 0 and look[k - 1] > a:
        look[k], chance[k] = look[k - 1], chance[k - 1]
        k -= 1
    look[k], chance[k] = a, p


@njit(cache=True)
def _fill(pair, wave, look, first, again, out):
    """Fill out, float64 (n,), rows sorted by pair and wave."""
    seen, chance = np.empty(len(pair)), np.empty(len(pair))
    held, at = 0, 0  # rectangles of earlier waves; the first row that is not among them
    for j in range(len(pair)):
        if j == 0 or pair[j] != pair[j - 1]:
            held, at = 0, j
        elif wave[j] != wave[j - 1]:
            while at < j:
                _insert(seen, chance, held, look[at], first[at])
                held, at = held + 1, at + 1
        fresh = look[j] * first[j] - _overlap(seen, chance, held, look[j], first[j])
        out[j] = fresh + _overlap(seen, chance, held, look[j], again[j])


def repeated(pair, wave) -> np.ndarray:
    """Places of those shown in more than one wave or twice in one, sorted by pair and wave; int (n,)."""
    order = np.lexsort((wave, pair))
    same = pair[order][1:] == pair[order][:-1]
    again = np.zeros(len(order), np.bool_)
    again[1:] |= same
    again[:-1] |= same
    return order[again]


def click_chances(pair, wave, look, first, again) -> np.ndarray:
    """P(clicked), float64 (n,), of impressions of one day. All (n,), sorted by pair and wave.

    pair: int, who and what. wave: int, memory takes in what was clicked when a wave is over. look: P(looked at).
    first, again: P(clicked | looked at) by the memory of the morning, and with the item in memory.
    """
    out = np.empty(len(pair))
    _fill(pair, wave, look, first, again, out)
    return out


def lowered(chance, logits) -> np.ndarray:
    """A chance with so many logits added, float64 like chance."""
    odds = exps(np.full(1, logits))[0]
    return chance * odds / (1 - chance + chance * odds)
