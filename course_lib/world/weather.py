"""What a day is like for everyone: the pull of each item, how many visit, what people are after."""

from __future__ import annotations

import numpy as np

from . import catalog, dice
from .behaviour import Crowd, Rates, Shelf
from .params import WorldParams


def rates_of(params: WorldParams) -> Rates:
    """The numbers that `respond` needs, 0 where a mechanism is off."""
    p, shop = params, params.shop
    low, high = dice.logs(np.array([p.satisfaction.dwell_short_s, p.satisfaction.dwell_long_s]))
    return Rates(
        taste=float(p.taste.click), mood_weight=float(p.mood.weight),
        price=float(shop.price_sensitivity if shop.on else 0), repeat=float(p.repeats.logits if p.repeats.on else 0),
        inbox=float(p.sharing.logits if p.sharing.on else 0), inbox_days=int(p.sharing.lasts_days),
        satisfy=float(p.satisfaction.affinity), log_short=float(low), log_long=float(high),
        dwell_sigma=float(p.satisfaction.dwell_sigma), share=float(p.sharing.rate if p.sharing.on else 0),
        report=float(p.spam.report_rate), spam_report=float(p.spam.spam_report_rate),
        buy_affinity=float(shop.buy_affinity), bot_click=float(p.spam.bot_click), shop=bool(shop.on))


def in_holiday(params: WorldParams, day: int) -> bool:
    """Is this day in the holiday?"""
    calendar = params.calendar
    return calendar.on and 0 <= day - calendar.holiday_start_day < calendar.holiday_days


def visits_factor(params: WorldParams, day: int) -> float:
    """Visits against an ordinary weekday; 1 on average over a week without a holiday."""
    calendar = params.calendar
    if not calendar.on:
        return 1.0
    factor = (calendar.weekend if day % 7 >= 5 else 1.0) * 7 / (5 + 2 * calendar.weekend)
    return factor * (calendar.holiday_visits if in_holiday(params, day) else 1.0)


def category_pull(seed: int, params: WorldParams, day: int) -> np.ndarray:
    """Logits that each category gains today, float64 (categories,)."""
    total = catalog.surge(seed, params, float(day))
    if in_holiday(params, day):
        total[params.calendar.holiday_category % len(total)] += params.calendar.holiday_logits
    return total


def mood_weights(seed: int, params: WorldParams, day: int) -> np.ndarray:
    """How often a session's intent is each category, float64 (categories,), not normalised."""
    return catalog.category_weights(params) * dice.exps(category_pull(seed, params, day))


def pull_of(seed: int, params: WorldParams, items: catalog.Items, counter: np.ndarray, day: int) -> np.ndarray:
    """Logits of a click that are the same for everyone, float64 (N,)."""
    pull = np.full(len(items.quality), float(params.taste.base))
    if params.quality.on:
        pull += params.quality.click * items.quality
    if params.clickbait.on:
        pull += params.clickbait.click * items.appeal
    if params.spam.on:
        pull += params.spam.appeal * items.spam
    if params.freshness.on:
        fresh, age = params.freshness, np.maximum(day - items.born_day, 0).astype(np.float64)
        pull += fresh.fresh * dice.exps(-age / fresh.fresh_days)
        pull += fresh.buzz * items.buzz * dice.exps(-age / fresh.buzz_days)
    pull += category_pull(seed, params, day)[items.category]
    pull += catalog.item_surge(seed, params, np.arange(len(pull)), float(day))
    if params.social_proof.on:
        pull += params.social_proof.click * dice.logs(1 + counter / 10.0)
    return pull


def shelf_of(seed: int, params: WorldParams, items: catalog.Items, counter: np.ndarray, day: int) -> Shelf:
    """What `respond` reads of items today."""
    joy = np.full(len(items.quality), float(params.satisfaction.base))
    want = np.full(len(joy), float(params.shop.buy))
    if params.quality.on:
        joy += params.quality.satisfy * items.quality
        want += 0.3 * items.quality
    if params.clickbait.on:
        joy += params.clickbait.satisfy * items.appeal
    if params.spam.on:
        joy -= 2.0 * items.spam
    pull = pull_of(seed, params, items, counter, day)
    return Shelf(items.topic, items.creator, items.spam, items.log_price, pull, joy, want)


def crowd_of(people, state) -> Crowd:
    """What `respond` reads of people today."""
    return Crowd(people.taste, people.patience, people.thrift, people.bot_of, state.memory, state.inbox_item,
                 state.inbox_day)


def novelty_lift(params: WorldParams, state, user: np.ndarray, day: int) -> np.ndarray:
    """Logits that people add because their policy changed lately, float64 (B,)."""
    if not params.novelty.on:
        return np.zeros(len(user))
    since = (day - state.changed_day[user]).astype(np.float64)
    return params.novelty.logits * dice.exps(-since / params.novelty.decay_days) * (since < 1000)


def visit_multiplier(params: WorldParams, state, n_people: int, day: int) -> np.ndarray:
    """What satisfaction and friends' shares do to each person's visits, float64 (n_people,)."""
    multiplier = np.ones(n_people)
    if params.retention.on:
        shift = params.retention.visits * (state.glow[:n_people] - params.retention.usual)
        multiplier *= dice.exps(np.clip(shift, -2.0, 1.0))
    if params.sharing.on:
        noted = (day - state.inbox_day[:n_people] <= params.sharing.lasts_days).sum(axis=1)
        multiplier *= 1 + params.sharing.visits * noted
    return multiplier
