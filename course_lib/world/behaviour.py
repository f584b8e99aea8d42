"""What happens to an impression: examined → perceived → clicked → satisfied → shared, reported, wanted.

`respond` reads the state of the world and writes outcomes only, so requests may be handled in any batches and threads;
what a click changes is applied afterwards by `remember`, in the order of requests.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from . import dice
from .dice import exp, normal, sigmoid, stir, unit

SATISFIED, DISAPPOINTED, SHARED, REPORTED, WANTED = 1, 2, 4, 8, 16  # bits of an outcome


class Crowd(NamedTuple):
    """What `respond` reads of people; P rows."""

    taste: np.ndarray  # float64 (P, width)
    patience: np.ndarray  # int8
    thrift: np.ndarray  # float64
    bot_of: np.ndarray  # int32
    memory: np.ndarray  # int32 (P, M), items clicked lately, -1 where none
    inbox_item: np.ndarray  # int32 (P, 3), items that friends shared
    inbox_day: np.ndarray  # int32 (P, 3)


class Shelf(NamedTuple):
    """What `respond` reads of items; N rows. Logits."""

    topic: np.ndarray  # float64 (N, width)
    creator: np.ndarray  # int32
    spam: np.ndarray  # bool
    log_price: np.ndarray  # float64
    pull: np.ndarray  # float64, all that moves a click today and is the same for everyone
    joy: np.ndarray  # float64, all that moves satisfaction and is the same for everyone
    want: np.ndarray  # float64, the same for a purchase


class Rates(NamedTuple):
    """Numbers of the mechanisms, 0 where one is switched off."""

    taste: float
    mood_weight: float
    price: float
    repeat: float
    inbox: float
    inbox_days: int
    satisfy: float
    log_short: float
    log_long: float
    dwell_sigma: float
    share: float
    report: float
    spam_report: float
    buy_affinity: float
    bot_click: float
    shop: bool


@njit(inline="always", cache=True)
def affinity_of(crowd, shelf, centre, user, item, mood, weight):
    """Cosine of taste and topic, or in a mood its mean with the mood's category."""
    total, wanted = 0.0, 0.0
    for d in range(shelf.topic.shape[1]):
        total += crowd.taste[user, d] * shelf.topic[item, d]
    if mood < 0:
        return total
    for d in range(shelf.topic.shape[1]):
        wanted += centre[mood, d] * shelf.topic[item, d]
    return (1.0 - weight) * total + weight * wanted


@njit(inline="always", cache=True)
def personal_pull(crowd, shelf, rates, user, item, day):
    """Logits that this person's past and friends add to an item."""
    total = -rates.price * crowd.thrift[user] * shelf.log_price[item]
    if rates.repeat != 0.0:
        seen = 0
        for m in range(crowd.memory.shape[1]):
            seen += crowd.memory[user, m] == item
        if seen > 0:
            total += rates.repeat
    if rates.inbox != 0.0:
        for m in range(crowd.inbox_item.shape[1]):
            if crowd.inbox_item[user, m] == item and day - crowd.inbox_day[user, m] <= rates.inbox_days:
                return total + rates.inbox
    return total


@njit(inline="always", cache=True)
def joy_of(shelf, rates, item, affinity):
    """P(satisfied | clicked)."""
    return sigmoid(shelf.joy[item] + rates.satisfy * affinity)


@njit(inline="always", cache=True)
def want_of(crowd, shelf, rates, user, item, affinity):
    """P(bought | satisfied), in a shop."""
    return sigmoid(shelf.want[item] + rates.buy_affinity * affinity
                   - rates.price * crowd.thrift[user] * shelf.log_price[item])


@njit(inline="always", cache=True)
def _after_click(crowd, shelf, rates, key, user, item, affinity):
    """Dwell in seconds and outcome bits of a click."""
    joy = unit(stir(key, dice.SATISFY)) < joy_of(shelf, rates, item, affinity)
    median = rates.log_long if joy else rates.log_short
    dwell = exp(median + rates.dwell_sigma * normal(unit(stir(key, dice.DWELL))))
    if not joy:
        rate = rates.spam_report if shelf.spam[item] else rates.report
        return dwell, DISAPPOINTED + (REPORTED if unit(stir(key, dice.REPORT)) < rate else 0)
    outcome = SATISFIED + (SHARED if unit(stir(key, dice.SHARE)) < rates.share else 0)
    if rates.shop and unit(stir(key, dice.BUY)) < want_of(crowd, shelf, rates, user, item, affinity):
        outcome += WANTED
    return dwell, outcome


@njit(cache=True, nogil=True)
def respond(seed, day, user, mood, lift, items, examine, centre, crowd, shelf, rates, click, dwell, outcome):
    """Fill click, dwell, outcome, all (B, K), for slates `items`, int32 (B, K), -1 where empty.

    mood: int8 (B,). lift: float64 (B,), logits of novelty. examine: float64 (levels, K). centre: (categories, width).
    """
    today = stir(np.uint64(seed), day)
    for b in range(items.shape[0]):
        u = user[b]
        person = stir(today, u)
        level, bot = crowd.patience[u], crowd.bot_of[u]
        for k in range(items.shape[1]):
            i = items[b, k]
            click[b, k], dwell[b, k], outcome[b, k] = 0, 0.0, 0
            if i < 0:
                continue
            key = stir(person, i)
            if bot >= 0:
                if shelf.creator[i] == bot and unit(stir(key, dice.BOT)) < rates.bot_click:
                    click[b, k], dwell[b, k] = 1, 1.0
                continue
            if unit(stir(key, dice.EXAMINE)) >= examine[level, k]:
                continue
            affinity = affinity_of(crowd, shelf, centre, u, i, mood[b], rates.mood_weight)
            logit = shelf.pull[i] + rates.taste * affinity + lift[b] + personal_pull(crowd, shelf, rates, u, i, day)
            if unit(stir(key, dice.CLICK)) < sigmoid(logit):
                click[b, k] = 1
                dwell[b, k], outcome[b, k] = _after_click(crowd, shelf, rates, key, u, i, affinity)


@njit(cache=True)
def remember(user, session, items, click, outcome, memory, memory_at, counter, history, asked, joys, regrets):
    """Apply what clicks change, in the order of requests: memory, click counters, the session, the day's feelings.

    history: int32 (sessions, H), clicked in the session, latest last. asked, joys, regrets: int32 (P,), of today.
    """
    keep, wide = memory.shape[1], history.shape[1]
    for b in range(items.shape[0]):
        u, s = user[b], session[b]
        asked[u] += 1
        for k in range(items.shape[1]):
            if click[b, k] == 0:
                continue
            i = items[b, k]
            counter[i] += 1
            memory[u, memory_at[u] % keep] = i
            memory_at[u] += 1
            for h in range(wide - 1):
                history[s, h] = history[s, h + 1]
            history[s, wide - 1] = i
            joys[u] += (outcome[b, k] & SATISFIED) != 0
            regrets[u] += (outcome[b, k] & DISAPPOINTED) != 0


@njit(cache=True)
def goes_on(seed, day, user, nth, step, outcome, stay, stays, goes):
    """bool (B,): does the session ask again? The satisfied stay longer, the disappointed less."""
    out = np.zeros(len(user), np.bool_)
    today = stir(np.uint64(seed), day)
    for b in range(len(user)):
        chance = stay[user[b]]
        for k in range(outcome.shape[1]):
            if outcome[b, k] & SATISFIED:
                chance += stays
            elif outcome[b, k] & DISAPPOINTED:
                chance -= goes
        u = unit(stir(stir(stir(today, user[b]), nth[b] * 8 + step), dice.STAY))
        out[b] = u < min(max(chance, 0.02), 0.92)
    return out


@njit(cache=True)
def feel(seed, day, asked, joys, regrets, bot_of, glow, gone, smoothing, disappointment, usual, leave, leave_slope):
    """At the day's end: smooth each visitor's satisfaction, and let some leave for good."""
    today = stir(np.uint64(seed), day)
    for p in range(len(asked)):
        if asked[p] == 0 or bot_of[p] >= 0:
            continue
        felt = (joys[p] - disappointment * regrets[p]) / asked[p]
        glow[p] += smoothing * (min(max(felt, -1.0), 1.0) - glow[p])
        chance = leave * exp(-leave_slope * (glow[p] - usual))
        if unit(stir(stir(stir(today, p), 0), dice.LEAVE)) < chance:
            gone[p] = True


@njit(cache=True)
def bad_slate(items, propensity, eligible):
    """Row of the first slate that repeats, shows what is not eligible, or has a propensity outside (0, 1]; or -1.
    items: int (B, K), -1 where empty."""
    for b in range(items.shape[0]):
        for k in range(items.shape[1]):
            i = items[b, k]
            if i == -1:
                continue
            if i < 0 or i >= len(eligible) or not eligible[i] or not 0.0 < propensity[b, k] <= 1.0:
                return b
            for j in range(k):
                if items[b, j] == i:
                    return b
    return -1
