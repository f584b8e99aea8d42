"""What a log holds of taste and what of the way it came about: made-up logs of a feed and of a shop.

Scores are those at which training would rest with endless data for each person; only the counts of an item are noisy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

PEOPLE, ITEMS, TASTES = 200, 400, 6
SUBTRACT = ("plain", "corrected", "per showing", "per day offered")


@dataclass(frozen=True)
class MadeUpLog:
    """lift: float (U, N), how many times as readily a person takes an item as the average one. worth: float (U, N),
    what an item is worth to a person once it is shown. shown, taken: float (N,), counts. offered: float (N,), share of
    the days on which the item could be shown."""

    lift: np.ndarray
    worth: np.ndarray
    shown: np.ndarray
    taken: np.ndarray
    offered: np.ndarray


def _taste(rng) -> np.ndarray:
    """float (U, N): personal taste, a factor above 0."""
    return np.exp(rng.normal(size=(PEOPLE, TASTES)) @ rng.normal(size=(TASTES, ITEMS)) / np.sqrt(TASTES))


def feed_log(seed: int, days: int = 14, shows: int = 3_000) -> MadeUpLog:
    """A feed whose policy draws what it shows with a chance proportional to 1 + clicks so far; items are born daily.

    Two thirds of the items are born after the first day. A click comes with taste alone.
    """
    rng = np.random.default_rng(seed)
    worth = _taste(rng) * np.exp(rng.normal(0, 0.5, ITEMS))
    liked = worth.mean(axis=0)
    rate = np.minimum(0.1 * liked / liked.mean(), 1)
    born = rng.integers(0, days - 2, ITEMS)
    born[: ITEMS // 3] = 0
    shown, taken = np.zeros(ITEMS), np.zeros(ITEMS)
    for day in range(days):
        chance = (1 + taken) * (born <= day)
        today = rng.multinomial(shows, chance / chance.sum())
        shown += today
        taken += rng.binomial(today, rate)
    return MadeUpLog(worth / liked, worth, shown, taken, (days - born) / days)


def shop_log(seed: int, visits: int = 32_000) -> MadeUpLog:
    """A shop in which people see what they search for; two articles in five were out of stock for part of the time.

    Of what was seen about one in eight is bought, nearly the same share of every article.
    """
    rng = np.random.default_rng(seed)
    intent = _taste(rng) * np.exp(rng.normal(0, 0.8, ITEMS))
    offered = np.where(rng.random(ITEMS) < 0.4, rng.uniform(0.1, 0.6, ITEMS), 1.0)
    wanted = intent.mean(axis=0)
    searched = wanted * offered
    place = np.exp(rng.normal(0, 0.3, ITEMS))
    shown = rng.poisson(visits * searched / searched.sum() * place)
    bought = 0.12 * np.exp(rng.normal(0, 0.2, ITEMS))
    return MadeUpLog(intent / wanted, intent * bought, shown.astype(float), rng.binomial(shown, bought).astype(float),
                     offered)


def scores_at_rest(log: MadeUpLog, subtract: str) -> np.ndarray:
    """float (U, N): log of the lift without a correction; with it log p(i | u), less the log of what is divided out.

    subtract: one of SUBTRACT. Counts are smoothed: half an event more for what was taken, five more for showings.
    """
    scores = np.log(log.lift)
    if subtract != "plain":
        scores = scores + np.log(log.taken + 0.5)
    if subtract == "per showing":
        scores = scores - np.log(log.shown + 5)
    if subtract == "per day offered":
        scores = scores - np.log(log.offered)
    return scores


def share_of_best(log: MadeUpLog, subtract: str, k: int = 10) -> float:
    """Mean over people of what their k best-scored items are worth, as a share of the k best that there are."""
    top = np.argsort(-scores_at_rest(log, subtract), axis=1)[:, :k]
    got = np.take_along_axis(log.worth, top, axis=1).mean(axis=1)
    best = np.sort(log.worth, axis=1)[:, -k:].mean(axis=1)
    return float((got / best).mean())
