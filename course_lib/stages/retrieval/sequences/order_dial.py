"""A made-up log with a dial: how often the next item follows from the last, and how often from taste alone.

No simulator of people: items have followers, people have a group they like. What each kind of user tower would find is
then a matter of what it knows and of how much there was to learn from.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from course_lib.contracts import ArgumentError

ITEMS, GROUPS, FOLLOWERS = 400, 10, 3
TOWERS = ("pooled", "last item", "sequence", "sequence of last night")


@dataclass(frozen=True)
class Chain:
    """last, before: chance that the next item follows the last, or the one before it; else it is one of the person's
    group. seen: training transitions an item, from which followers are learnt. requests: of a session."""

    last: float = 0.3
    before: float = 0.0
    seen: float = 20.0
    requests: int = 5

    def __post_init__(self):
        if not 0 <= self.last or not 0 <= self.before or self.last + self.before > 1 or not self.seen > 0 \
                or self.requests < 1:
            raise ArgumentError(f"last is {self.last}, before {self.before}, seen {self.seen}, requests "
                                f"{self.requests}; expected two chances that sum to 1 at most, above 0, at least 1.")


def made_sequences(chain: Chain, seed: int = 0, people: int = 400, each: int = 12) -> pd.DataFrame:
    """user, item, time: `each` events of every person, an hour apart, by the dial. Items may come again."""
    rng = np.random.default_rng(seed)
    follower = _followers(rng)
    group, item = rng.integers(0, GROUPS, people), np.empty((people, each), int)
    for step in range(each):
        item[:, step] = rng.integers(0, ITEMS // GROUPS, people) * GROUPS + group
        turn = rng.random(people)
        for back, low, high in ((1, 0, chain.last), (2, chain.last, chain.last + chain.before)):
            if step >= back:
                follows = (low <= turn) & (turn < high)
                which = rng.integers(0, FOLLOWERS, follows.sum())
                item[follows, step] = follower[back - 1, item[follows, step - back], which]
    return pd.DataFrame({"user": np.repeat(np.arange(people), each), "item": item.ravel(),
                         "time": np.tile(np.arange(each) * 3600.0, people)})


def _followers(rng) -> np.ndarray:
    """int (2, ITEMS, FOLLOWERS): what may come next, and next but one, of any group."""
    return rng.integers(0, ITEMS, (2, ITEMS, FOLLOWERS))


def found(tower: str, chain: Chain, seed: int = 0, people: int = 4000, k: int = 20) -> float:
    """Share of next items that stand in the k of a user tower that knows as much as it can.

    tower: one of TOWERS. "pooled" knows a person's group alone; "last item" also learnt what follows an item;
    "sequence" also what follows the one before; "sequence of last night" knows the items that were last when the
    session began, which are of use to its first request alone. Followers are learnt from `seen` transitions an item:
    those that never occurred are not known, and chance pairs take their places. Followers stand among the k only where
    one is likelier to come than an item of the group. Raises ArgumentError for another tower.
    """
    if tower not in TOWERS:
        raise ArgumentError(f"tower is {tower!r}; expected one of {', '.join(TOWERS)}.")
    rng = np.random.default_rng(seed)
    reads = {"pooled": 0, "last item": 1, "sequence": 2, "sequence of last night": 2}[tower]
    useful, of_group = np.ones(people, bool), rng.random(people)               # drawn first, so that towers share it
    if tower == "sequence of last night":
        useful = np.random.default_rng([seed, 1]).random(people) < 1 / chain.requests
    turn = rng.random(people)
    follows_last, follows_before = turn < chain.last, (turn >= chain.last) & (turn < chain.last + chain.before)
    known = 1 / chain.requests if tower == "sequence of last night" else 1.0
    hit, shown = np.zeros(people, bool), _shown(chain, (known, known))[:reads]
    for back, (follows, chance) in enumerate(((follows_last, chain.last), (follows_before, chain.before)), start=1):
        if back in shown:
            occurred = rng.poisson(chain.seen * chance / FOLLOWERS, people) > 0
            hit |= follows & useful & occurred
    taste = ~(follows_last | follows_before)
    slots = k - FOLLOWERS * len(shown)                                          # what followers leave to the group
    hit |= taste & (of_group < slots / (ITEMS // GROUPS))
    return float(hit.mean())


def _shown(chain: Chain, known) -> list[int]:
    """How far back, 1 or 2, are the items whose followers are each likelier than an item of the person's group.

    known: for one and for two back, how often that item has reached the tower.
    """
    of_group = (1 - chain.last - chain.before) / (ITEMS // GROUPS)
    chances = np.multiply(known, (chain.last, chain.before)) / FOLLOWERS
    return [back for back, chance in enumerate(chances, start=1) if chance > of_group]


def found_late(chain: Chain, missing, seed: int = 0, k: int = 20) -> float:
    """As found("sequence", …), where the latest `missing` items of each history have not reached the tower.

    missing: int (people,). Without the last item the one before it still tells what it told; without two, taste alone
    is left, and the places for followers are taken all the same.
    """
    missing = np.asarray(missing)
    rng, people = np.random.default_rng(seed), len(missing)
    turn, of_group = rng.random(people), rng.random(people)
    follows_last, taste = turn < chain.last, turn >= chain.last + chain.before
    shown = _shown(chain, (1.0, 1.0))                       # it does not know that something is missing
    hit = taste & (of_group < (k - FOLLOWERS * len(shown)) / (ITEMS // GROUPS))
    for back, (follows, chance) in enumerate(((follows_last, chain.last), (~follows_last & ~taste, chain.before)), 1):
        hit |= follows & (missing < back) & (back in shown) & (rng.poisson(chain.seen * chance / FOLLOWERS, people) > 0)
    return float(hit.mean())
