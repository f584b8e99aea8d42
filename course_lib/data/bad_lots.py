"""A made-up shop whose articles come in lots, some of them bad: who sends what back, and when the shop learns of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from course_lib.contracts import DAY_S

ARTICLES, DAYS, LOT_DAYS, SALES_A_DAY = 60, 160, 25, 3
BAD, OF_GOOD, OF_BAD = 0.2, 0.05, 0.4      # share of lots that are bad, and chances of a return
BACK_AFTER_DAYS = (14.0, 28.0)             # from purchase to return
WINDOW_S = 21 * DAY_S


@dataclass(frozen=True)
class Article:
    """Purchases of one article in order of time. bought_at: float (E,), s. came_back_at: float (E,), s, infinity where
    the piece was kept."""

    bought_at: np.ndarray
    came_back_at: np.ndarray


def articles(seed: int = 0) -> list[Article]:
    """Half a year of sixty articles."""
    rng, out = np.random.default_rng(seed), []
    for _ in range(ARTICLES):
        bought = np.sort(rng.uniform(0, DAYS, rng.poisson(SALES_A_DAY * DAYS)))
        bad = rng.random(DAYS // LOT_DAYS + 2) < BAD
        lot = ((bought + rng.uniform(0, LOT_DAYS)) // LOT_DAYS).astype(int)
        back = rng.random(len(bought)) < np.where(bad[lot], OF_BAD, OF_GOOD)
        after = rng.uniform(*BACK_AFTER_DAYS, len(bought))
        out.append(Article(bought * DAY_S, np.where(back, bought + after, np.inf) * DAY_S))
    return out


def return_rates(held: list[Article], may_count) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each purchase of the second half: the share of its article's purchases of three weeks before that came back.

    may_count(bought_at (E,), came_back_at (E,), now (R, 1)) → bool (R, E): whose return may be counted at each moment.
    Returns rates, whether the purchase itself came back (0/1), and its article, each (rows,).
    """
    rates, labels, groups = [], [], []
    for number, article in enumerate(held):
        rows = np.flatnonzero(article.bought_at >= DAYS / 2 * DAY_S)
        now = article.bought_at[rows][:, None]
        recent = (article.bought_at < now) & (article.bought_at >= now - WINDOW_S)
        said = np.asarray(may_count(article.bought_at.copy(), article.came_back_at.copy(), now), bool)
        counted = np.broadcast_to(said, recent.shape)
        back = recent & counted & np.isfinite(article.came_back_at)
        rates.append((back.sum(axis=1) + 0.1) / (recent.sum(axis=1) + 1))
        labels.append(np.isfinite(article.came_back_at[rows]))
        groups.append(np.full(len(rows), number))
    return np.concatenate(rates), np.concatenate(labels).astype(float), np.concatenate(groups)
