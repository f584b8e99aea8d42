"""Attacks on who is shown: sellers buy clicks, spread over few accounts or many; how many of them does a look find?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course_lib.launch.monitors import effective_clickers

BUYERS = 5
FEWEST = 30             # clicks of an owner, below which nobody is suspected


def buyers_found(rng, user, owner, n_owners: int, spread: float, rule: Callable = effective_clickers) -> float:
    """Share of BUYERS who bought as many clicks as they have, among as many with the fewest clickers a click.

    user, owner: int (E,), honest clicks. spread: share of the bought clicks that come from an account of their own; 0
    is one account for all. rule: as monitors.effective_clickers.
    """
    honest = np.bincount(owner, minlength=n_owners)
    buyers = rng.choice(np.flatnonzero(honest >= FEWEST), BUYERS, replace=False)
    accounts = 1 + np.round(spread * (honest[buyers] - 1)).astype(int)
    fresh = user.max() + 1 + 1_000_000 * np.arange(BUYERS)                  # each seller's own block of accounts
    bought = [first + np.arange(honest[b]) % n for first, b, n in zip(fresh, buyers, accounts, strict=True)]
    who = np.concatenate([user, *bought])
    whose = np.concatenate([owner, np.repeat(buyers, honest[buyers])])
    clicks = np.bincount(whose, minlength=n_owners)
    odd = np.where(clicks >= FEWEST, rule(who, whose, n_owners) / np.maximum(clicks, 1), np.inf)
    return float(np.isin(np.argsort(odd)[:BUYERS], buyers).mean())
