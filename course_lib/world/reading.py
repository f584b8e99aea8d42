"""When a click falls: seconds after the request, and always before the session asks again.

A person reads down the page, position by position, then pauses, then clicks. The pause is thrown by the dice of (seed,
day, person, item), so twins agree on it wherever they show the item.
"""

from __future__ import annotations

import numpy as np

from ..contracts import keyed_uniform
from . import dice
from .audience import GAP_S
from .params import WorldParams


def click_times(seed: int, params: WorldParams, day: int, time, user, item, position, followed_s) -> np.ndarray:
    """Time of each click, float64 (C,), later than its request's.

    time, user, item, position: (C,), of the request and the slot. followed_s: float64 (C,), seconds from the request
    to what came of the click (a share, a report, a purchase), inf where nothing did. A wait of w seconds is shortened
    to w·m / (w + m), where m is the smaller of followed_s and the 30 seconds that pass at least before the session's
    next request; so a click comes before both.
    """
    reading = params.reading
    pause = dice.exps(reading.pause_sigma * dice.normals(keyed_uniform(seed, day, user, item, dice.CLICK_TIME)))
    wait = np.maximum(reading.pace_s * (np.asarray(position) - 1) + reading.pause_s * pause, 0.05)
    most = np.minimum(followed_s, GAP_S)
    return time + wait * most / (wait + most)
