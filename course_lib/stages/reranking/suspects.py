"""Two made-up systems with a policy score that errs: what hiding the suspects costs and saves in each.

In both, some items break the rules and draw more clicks for it, and a score says with what chance each one does; it is
right on average, and no more. A feed has a hundred candidates for ten slots, a shop's search has nine.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from course_lib.contracts import ArgumentError
from course_lib.stages.reranking.contract import by_contract

SLOTS, MOST, REQUESTS = 10, 2, 120
APART = 1.8                     # standard deviations between the scores of what breaks the rules and what does not
AGAIN = 0.5                     # what a third item of one maker is worth, as a share of its own worth
SHORT = ("leave empty", "bend the limit", "show what was hidden")


@dataclass(frozen=True)
class Suspects:
    """Requests of one system. order by `click`, float (B, C). worth: float (B, C), negative for what breaks the rules.
    chance: float (B, C), that an item does, as the score says. maker: int (B, C). best: worth of the best slates."""

    click: np.ndarray
    worth: np.ndarray
    chance: np.ndarray
    maker: np.ndarray
    best: float


def _made(seed, candidates, share, harm, least, makers):
    rng = np.random.default_rng(seed)
    shape = (REQUESTS, candidates)
    value, bad = rng.uniform(least, 1, shape), rng.random(shape) < share
    signal = rng.normal(size=shape) + APART * bad
    worth = np.where(bad, -harm, value)
    look = np.arange(1, SLOTS + 1) ** -0.7
    best = np.sort(np.where(bad, 0, value), axis=1)[:, ::-1][:, :SLOTS]
    best = (best * look[:best.shape[1]]).sum()
    maker = rng.integers(0, makers, shape)
    return Suspects(value + 0.15 * bad, worth, _chance(signal, share), maker, best)


def _chance(signal, share):
    """The chance to break the rules that a signal stands for, where a share of all items does."""
    odds = share / (1 - share) * np.exp(APART * signal - APART**2 / 2)
    return odds / (1 + odds)


def policy_score(bad, seed: int = 0) -> np.ndarray:
    """float (N,): the chance that each item breaks the rules, as a calibrated model with errors says it.

    bad: bool (N,), which do.
    """
    bad = np.asarray(bad, bool)
    return _chance(np.random.default_rng(seed).normal(size=len(bad)) + APART * bad, bad.mean())


@cache
def feed_requests(seed: int) -> Suspects:
    """A feed: a hundred candidates of forty makers; a post that breaks the rules does four times the good of a good one
    in harm."""
    return _made(seed, candidates=100, share=0.08, harm=4.0, least=0.5, makers=40)


@cache
def shop_requests(seed: int) -> Suspects:
    """A shop's search: nine candidates of three sellers; a bad offer costs a refund, as much as a good sale brings.
    """
    return _made(seed, candidates=9, share=0.08, harm=0.7, least=0.4, makers=3)


def share_of_best(system: Suspects, hide: float, short: str) -> float:
    """Worth of a system's slates as a share of the best slates', looks counted by position.

    hide: an item whose chance of breaking the rules is at least this is not shown. At most MOST of one maker; short:
    what is done with slots that stay empty, one of SHORT. A third item of one maker is worth AGAIN of its worth.
    """
    if short not in SHORT:
        raise ArgumentError(f"short is {short!r}; expected one of {', '.join(SHORT)}.")
    look = np.arange(1, SLOTS + 1) ** -0.7
    order = np.argsort(-system.click, axis=1)
    total = 0.0
    for row, by_click in enumerate(order):
        hidden = system.chance[row] >= hide
        slate = _slate(by_click, hidden, system.chance[row], system.maker[row], short)
        total += (_worth(slate, system.worth[row], system.maker[row]) * look[:len(slate)]).sum()
    return total / system.best


def _slate(order, hidden, chance, maker, short):
    cleared, endless = np.where(hidden, 0, 1), np.full(len(maker), -1)
    slate = by_contract(order, cleared, endless, maker, MOST, SLOTS)
    slate = slate[slate >= 0]
    if short == "bend the limit":
        return slate
    nth = np.array([(maker[slate[:place]] == maker[item]).sum() for place, item in enumerate(slate)], int)
    slate = slate[nth < MOST]
    if short == "show what was hidden":
        suspects = np.flatnonzero(hidden)
        slate = np.concatenate([slate, suspects[np.argsort(chance[suspects])]])[:SLOTS]
    return slate


def _worth(slate, worth, maker):
    nth = np.array([(maker[slate[:place]] == maker[item]).sum() for place, item in enumerate(slate)], int)
    good = worth[slate] > 0
    return np.where(good & (nth >= MOST), AGAIN * worth[slate], worth[slate])
