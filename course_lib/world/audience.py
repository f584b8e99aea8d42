"""The audience: people as pure functions of (seed, person id), who joins when, who is whose friend, who visits today.

Ids stand in clusters of 32 (friends who joined together and like similar things), 8 clusters to a neighbourhood that
shares a region. Six friends are neighbours on a ring within the cluster, two live in other clusters of the same
neighbourhood; all friendships are mutual. So who is a friend of whom needs no table.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from ..contracts import DAY_S, keyed_uniform
from . import catalog, dice
from .dice import exp, exponential, stir, unit
from .params import WorldParams

CLUSTER, NEIGHBOURHOOD, FRIENDS, PATIENCE_LEVELS, MAX_SESSIONS, MAX_STEPS = 32, 8, 8, 9, 7, 8
MEAN_STEPS = 2.7  # requests a session, measured on the default feed
GAP_S, GAP_SPREAD_S = 30.0, 120.0  # between two requests of a session: the least, and how much longer it may be
LAST_START_S = DAY_S - MAX_STEPS * 180
HOURS = np.array([2, 1, 1, 1, 1, 2, 4, 6, 6, 5, 5, 5, 6, 6, 5, 5, 6, 7, 8, 9, 10, 9, 7, 4], np.float64)


class People(NamedTuple):
    """One row a person; P rows, those still to join included."""

    taste: np.ndarray  # float64 (P, width), length 1
    visits: np.ndarray  # float64, sessions a day at usual satisfaction
    patience: np.ndarray  # int8, 0..8: row of the examination table; 4 is the middle
    thrift: np.ndarray  # float64, price sensitivity, mean 1
    stay: np.ndarray  # float64, chance to go on to another request when nothing happened
    bot_of: np.ndarray  # int32, creator whose items a bot clicks, -1 for people
    joined_day: np.ndarray  # int32
    device: np.ndarray  # int8, 0 phone, 1 desktop, 2 tablet


def people_by(day: int, params: WorldParams) -> int:
    """How many people have joined by the start of a day; whole clusters join."""
    rate = params.joining.per_day * params.size.people if params.joining.on else 0.0
    return params.size.people + int(day * rate / CLUSTER) * CLUSTER


def region_of(seed: int, params: WorldParams, person: np.ndarray) -> np.ndarray:
    """Region of each person, int (P,)."""
    u = keyed_uniform(seed, dice.CLUSTER_TRAIT, np.asarray(person) // (CLUSTER * NEIGHBOURHOOD), 0)
    return (u * params.size.regions).astype(np.int32)


def _tastes(seed, params, person):
    weight = np.cumsum(catalog.category_weights(params))
    centres = catalog.category_centres(seed, params)
    taste = np.zeros((len(person), params.size.width))
    for draw, strength in enumerate((1.0, 0.7, 0.5)):
        own = keyed_uniform(seed, dice.PERSON_TRAIT, person, 20 + draw)
        shared = keyed_uniform(seed, dice.CLUSTER_TRAIT, person // CLUSTER, 20 + draw)
        u = np.where(keyed_uniform(seed, dice.PERSON_TRAIT, person, 30 + draw) < 0.5, shared, own)
        taste += strength * centres[np.minimum(np.searchsorted(weight, u), len(weight) - 1)]
    noise = dice.normals(keyed_uniform(seed, dice.PERSON_TRAIT, person[:, None], 40, np.arange(params.size.width)))
    return dice.unit_rows(taste + params.taste.person_noise / params.size.width**0.5 * noise)


def _bots(seed, params, person):
    spammers = catalog.spam_creators(seed, params)
    if not len(spammers):
        return np.full(len(person), -1, np.int32)
    whose = spammers[(keyed_uniform(seed, dice.PERSON_TRAIT, person, 51) * len(spammers)).astype(int)]
    is_bot = keyed_uniform(seed, dice.PERSON_TRAIT, person, 50) < params.spam.bots
    return np.where(is_bot, whose, -1).astype(np.int32)


def make_people(seed: int, params: WorldParams, person: np.ndarray) -> People:
    """The people of these ids."""
    def u(key):
        return keyed_uniform(seed, dice.PERSON_TRAIT, person, key)

    sigma, size = params.taste.activity_sigma, params.size
    mean_visits = size.requests_per_day / size.people / MEAN_STEPS
    visits = mean_visits * dice.exps(sigma * dice.normals(u(1)) - sigma**2 / 2)
    level = np.clip(np.round(4 + 2 * dice.normals(u(2))), 0, PATIENCE_LEVELS - 1).astype(np.int8)
    rate = params.joining.per_day * size.people if params.joining.on else 0.0
    later = (person - size.people) // CLUSTER + 1
    joined = np.where(person < size.people, 0, np.ceil(later * CLUSTER / rate) if rate else 2**31 - 1)
    bot = _bots(seed, params, person)
    return People(_tastes(seed, params, person), np.where(bot >= 0, 2.0, visits), level,
                  dice.exps(0.4 * dice.normals(u(3))), 0.5 + 0.3 * u(4), bot, joined.astype(np.int32),
                  np.searchsorted([0.7, 0.92], u(5), side="right").astype(np.int8))


def examination_table(params: WorldParams, slate_size: int | None = None) -> np.ndarray:
    """P(examined), float64 (patience level, position): k^-eta, eta smaller for the patient; all 1 when off."""
    positions = np.arange(1, (slate_size or params.size.slate_size) + 1)
    spread = 1 - params.examination.patience_sigma * (np.arange(PATIENCE_LEVELS) - 4) / 2
    eta = params.examination.eta * np.maximum(spread, 0) * params.examination.on
    return dice.exps(-eta[:, None] * dice.logs(positions)[None, :])


@njit(cache=True)
def friend_of(person, k, n_people):
    """The k-th friend of a person, 0 <= k < 8; -1 where that place is empty."""
    if k < 6:
        step = (k // 2 + 1) * (1 if k % 2 else -1)
        friend = person - person % CLUSTER + (person + step) % CLUSTER
    else:
        friend = person ^ (CLUSTER * (1 + (person % CLUSTER + 3 * (k - 6)) % (NEIGHBOURHOOD - 1)))
    return friend if friend < n_people else -1


@njit(cache=True)
def _poisson(u, rate, most):
    chance = exp(-rate)
    total, n = chance, 0
    while u > total and n < most:
        n += 1
        chance *= rate / n
        total += chance
    return n


@njit(cache=True)
def sessions_today(seed, day, n_people, visits, multiplier, gone, bot_of, factor, bots_awake):
    """(person, nth) of every session that begins today, by person. Dice: (seed, day, person, 0, SESSIONS)."""
    person, nth = np.empty(n_people * MAX_SESSIONS, np.int32), np.empty(n_people * MAX_SESSIONS, np.int8)
    count = 0
    today = stir(np.uint64(seed), day)
    for p in range(n_people):
        if gone[p] or (bot_of[p] >= 0 and not bots_awake):
            continue
        rate = visits[p] * factor * (multiplier[p] if bot_of[p] < 0 else 1.0)
        n = _poisson(unit(stir(stir(stir(today, p), 0), dice.SESSIONS)), min(rate, 6.0), MAX_SESSIONS)
        for s in range(n):
            person[count], nth[count] = p, s
            count += 1
    return person[:count].copy(), nth[:count].copy()


def start_times(seed: int, day: int, person: np.ndarray, nth: np.ndarray) -> np.ndarray:
    """When each session begins, seconds into the day, float64 (S,): hours by HOURS."""
    cumulative = np.concatenate([[0.0], np.cumsum(HOURS) / HOURS.sum()])
    u = keyed_uniform(seed, day, person, nth, dice.START)
    hour = np.clip(np.searchsorted(cumulative, u, side="right") - 1, 0, 23)
    within = (u - cumulative[hour]) / (cumulative[hour + 1] - cumulative[hour])
    return np.minimum((hour + within) * 3600.0, LAST_START_S)


def moods(seed: int, params: WorldParams, day: int, person: np.ndarray, nth: np.ndarray, pull: np.ndarray):
    """The category a session is after, int8 (S,), -1 where it has no intent. pull: float64 (categories,) weights."""
    if not params.mood.on or not len(person):
        return np.full(len(person), -1, np.int8)
    cumulative = np.cumsum(pull) / pull.sum()
    drawn = np.searchsorted(cumulative, keyed_uniform(seed, day, person, nth, dice.MOOD_CATEGORY), side="right")
    has = keyed_uniform(seed, day, person, nth, dice.MOOD) < params.mood.share
    return np.where(has, np.minimum(drawn, len(pull) - 1), -1).astype(np.int8)


@njit(cache=True)
def tell_friends(seed, day, person, item, n_people, accept, inbox_item, inbox_day):
    """Deliver today's shares in order: each friend takes note with chance `accept` and has the item in mind."""
    today = stir(np.uint64(seed), day)
    slots = inbox_item.shape[1]
    for j in range(len(person)):
        for k in range(FRIENDS):
            friend = friend_of(person[j], k, n_people)
            if friend < 0 or unit(stir(stir(stir(today, friend), item[j]), dice.ACCEPT)) >= accept:
                continue
            for s in range(slots - 1):
                inbox_item[friend, s], inbox_day[friend, s] = inbox_item[friend, s + 1], inbox_day[friend, s + 1]
            inbox_item[friend, slots - 1], inbox_day[friend, slots - 1] = item[j], day


__all__ = ["People", "exponential", "friend_of", "make_people", "people_by", "sessions_today", "tell_friends"]
