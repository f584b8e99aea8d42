"""What follows an impression later: purchases against shared stock, returns, reports, shares, and when the log learns.

Two queues: plans (a purchase or return that has not happened yet) and mail (what happened, but has not reached the
log). Plans are settled at the end of each block of hours in order of their time, so that stock is shared fairly and
the result does not depend on batches.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from ..contracts import DAY_S, OUTCOME_KINDS, keyed_uniform
from . import dice
from .behaviour import REPORTED, SHARED, WANTED

PURCHASE, RETURN, REPORT, SHARE = range(4)  # codes of OUTCOME_KINDS
EVENT = np.dtype([("request_id", "i8"), ("user", "i4"), ("item", "i4"), ("kind", "i1"), ("event_time", "f8"),
                  ("arrival_time", "f8"), ("value", "f4")])


def _events(request_id, user, item, time, kind):
    out = np.zeros(len(user), EVENT)
    out["request_id"], out["user"], out["item"], out["kind"] = request_id, user, item, kind
    out["event_time"] = out["arrival_time"] = time
    return out


def _delay(seed, event, purpose, mean_s):
    day = event["request_id"] >> 30  # of the impression: ids are (day, user, session, step)
    u = keyed_uniform(seed, day, event["user"], event["item"], event["kind"], purpose)
    return dice.exponentials(u) * mean_s


def arrive(seed, params, event):
    """Set the time at which the log learns of each event, in place."""
    if params.arrival.on and len(event):
        lag_s = params.arrival.mean_hours * 3600
        event["arrival_time"] = event["event_time"] + _delay(seed, event, dice.ARRIVAL, lag_s)
    return event


def after_clicks(seed, params, request_id, user, time, item, dwell, outcome):
    """(plans, mail) that a batch's clicks start. request_id, user, time: (B,). item, dwell, outcome: (B, K)."""
    b, k = np.nonzero(outcome)
    bits, when = outcome[b, k], time[b] + dwell[b, k]

    def at(bit):
        hit = (bits & bit) > 0
        return request_id[b[hit]], user[b[hit]], item[b[hit], k[hit]], when[hit]

    mail = np.concatenate([_events(*at(SHARED), SHARE), _events(*at(REPORTED), REPORT)])
    plans = _events(*at(WANTED), PURCHASE)
    if len(plans):
        plans["event_time"] += _delay(seed, plans, dice.BUY_DELAY, params.shop.delay_days * DAY_S)
    return plans, arrive(seed, params, mail)


@njit(cache=True)
def _take_stock(kind, item, stock):
    """bool (E,): did it happen? A purchase takes a piece if there is one, a return puts it back."""
    happened = np.ones(len(kind), np.bool_)
    for e in range(len(kind)):
        if kind[e] == RETURN:
            stock[item[e]] += 1
        elif stock[item[e]] > 0:
            stock[item[e]] -= 1
        else:
            happened[e] = False
    return happened


def settle(seed, params, plans, until_s, stock, items):
    """Let the plans due before `until_s` happen; returns (plans left, mail). stock: int64 (N,), changed in place."""
    due = plans["event_time"] < until_s
    now, left = plans[due], plans[~due]
    if not len(now):
        return left, now
    now = now[np.lexsort((now["item"], now["request_id"], now["event_time"]))]
    now = now[_take_stock(now["kind"], now["item"], stock)]
    now["value"] = np.where(now["kind"] == PURCHASE, items.price[now["item"]], -items.price[now["item"]])
    bought = now[now["kind"] == PURCHASE]
    back = bought[keyed_uniform(seed, bought["request_id"] >> 30, bought["user"], bought["item"], dice.RETURN)
                  < return_chance(params, items.quality[bought["item"]])]
    back["kind"] = RETURN
    back["event_time"] += _delay(seed, back, dice.RETURN_DELAY, params.shop.return_days * DAY_S)
    return np.concatenate([left, back]), arrive(seed, params, now)


def return_chance(params, quality):
    """P(returned | bought), float64 like quality: halved by each standard deviation of quality."""
    return np.clip(params.shop.return_rate * dice.exps(-0.6931471805599453 * np.asarray(quality, np.float64)), 0, 0.95)


def deliver(mail, until_s):
    """(table with OUTCOME_COLUMNS of what reached the log before until_s, mail left)."""
    import pandas as pd

    here = mail["arrival_time"] < until_s
    now = mail[here]
    now = now[np.lexsort((now["item"], now["kind"], now["request_id"], now["arrival_time"]))]
    table = {name: np.ascontiguousarray(now[name]) for name in EVENT.names}
    table["kind"] = pd.Categorical.from_codes(now["kind"], categories=list(OUTCOME_KINDS))
    return pd.DataFrame(table), mail[~here]
