"""Which number to choose a model by: made-up logs of a feed, written by a policy, and of a shop, by searchers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

RIVALS, SHOWN = 12, 10
NUMBERS = ("what came", "weighted", "random slots")


@dataclass(frozen=True)
class Kept:
    """What a system logged of its items, and what they are worth, float (N,) each.

    worth: rewards a showing, were the item recommended. shown, came: showings and rewards of the log. random_came:
    rewards of the same days' random slots, which show all alike. score: (RIVALS, N), the models to choose from.
    """

    worth: np.ndarray
    shown: np.ndarray
    came: np.ndarray
    random_came: np.ndarray
    score: np.ndarray


def _rivals(worth, popular, rng):
    """Models that know the worth less or more, and follow the popularity of the log less or more, (RIVALS, N)."""
    known, follows = rng.uniform(0.3, 1.2, (RIVALS, 1)), rng.uniform(0, 1.5, (RIVALS, 1))
    worth, popular = (_standard(np.log(part)) for part in (worth, popular))
    return known * worth + follows * popular + rng.normal(0, 1, (RIVALS, len(worth)))


def _standard(values):
    return (values - values.mean()) / values.std()


def feed_kept(seed: int) -> Kept:
    """A feed: a policy shows what was clicked before, newer items hardly or never; 1% of 3 million slots are random."""
    rng, n_items = np.random.default_rng([seed, 1]), 400
    worth = 0.05 * np.exp(rng.normal(0, 0.6, n_items))
    head_start = np.exp(rng.normal(0, 1.5, n_items))               # how long it has been there to gather clicks
    share = np.where(rng.random(n_items) < 0.3, 0, worth * head_start)
    shown = rng.multinomial(3_000_000, share / share.sum())
    came, random_came = rng.binomial(shown, worth), rng.binomial(30_000 // n_items, worth)
    return Kept(worth, shown, came, random_came, _rivals(worth, shown + 100.0, rng))


def shop_kept(seed: int) -> Kept:
    """A shop: people see what they search for, and buy two in a hundred; 1% of 200,000 slots are random."""
    rng, n_items = np.random.default_rng([seed, 2]), 400
    wanted, buys = np.exp(rng.normal(0, 1, n_items)), 0.02 * np.exp(rng.normal(0, 0.3, n_items))
    shown = rng.multinomial(200_000, wanted / wanted.sum())
    worth = wanted / wanted.mean() * buys                              # shown to all: who wants it, times who buys
    came, random_came = rng.binomial(shown, buys), rng.binomial(2_000 // n_items, np.minimum(worth, 1))
    return Kept(worth, shown, came, random_came, _rivals(worth, shown + 10.0, rng))


def share_of_best(kept: Kept, number: str) -> float:
    """What the model chosen by a number is worth, as a share of the best model's: the mean worth of its ten items.

    number: "what came" counts the log's rewards on the model's ten items; "weighted" divides each by how often the item
    was shown, 0 where it never was; "random slots" counts those of the random slots.
    """
    top = np.argsort(-kept.score, axis=1)[:, :SHOWN]
    weighted = np.where(kept.shown > 0, kept.came / np.maximum(kept.shown, 1), 0)
    says = {"what came": kept.came, "weighted": weighted, "random slots": kept.random_came}[number]
    truth = kept.worth[top].mean(axis=1)
    return float(truth[says[top].sum(axis=1).argmax()] / truth.max())
