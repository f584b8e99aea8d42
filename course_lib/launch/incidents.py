"""Mornings on which a number has turned: what to do first, while nobody knows why, and what that costs.

An incident's worth is counted over HORIZON days in percent-days of the old system: 1% more for everyone for a day is 1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from course_lib.evidence.estimate import Estimate, mean_of_runs

HORIZON = 28
KINDS = ("nothing", "stopped job", "bought clicks", "worn off")
SHARES = (0.35, 0.3, 0.15, 0.2)         # of mornings on which a number has turned
SEARCH_DAYS = (3.0, 3.0, 5.0, np.inf)   # mean time to find the cause; what has worn off has none
NOISE = 1.5                             # standard deviation of the fall that the dashboard shows, in percent
SEARCH_COST = 1.0                       # percent-days that a day of the team's search is worth
FIRST = {"keep serving": (1.0, 1.0), "old system for all": (0.0, 2.0), "old system, a tenth stays": (0.1, 1.2)}


@dataclass(frozen=True)
class Mornings:
    """n incidents. kind: int (n,) of KINDS. gain: % that the launch is worth where all is well. lost: % that the fault
    takes, float (n, HORIZON). shown: % that the dashboard says the metric has fallen, each morning, float (n, HORIZON).
    search: days until the cause is known, by somebody who has the new system in full view; inf where there is none."""

    kind: np.ndarray
    gain: np.ndarray
    lost: np.ndarray
    shown: np.ndarray
    search: np.ndarray


def draw_mornings(seed: int, n: int = 400) -> Mornings:
    """Incidents by chance: in a third nothing happens, else a job stands still, clicks are bought, novelty is over."""
    rng = np.random.default_rng(seed)
    kind = rng.choice(len(KINDS), n, p=SHARES)
    gain = rng.gamma(4.0, 0.6, n)
    growth, size = rng.gamma(4.0, 0.2, n), rng.gamma(4.0, 1.5, n)
    days = np.arange(HORIZON)
    lost = growth[:, None] * (days + 1)
    lost[kind == 2] = size[kind == 2, None]
    lost[kind == 3] = (gain + 1)[kind == 3, None]            # what is left is a percent worse than the old system
    lost[kind == 0] = 0.0
    lost = lost.clip(0, 40)
    shown = lost + rng.normal(0, NOISE, (n, HORIZON))
    search = rng.gamma(2.0, 0.5, n) * np.where(kind == 3, 1.0, np.array(SEARCH_DAYS)[kind])
    return Mornings(kind, gain, lost, shown, np.where(kind == 3, np.inf, search))


def worth_of(mornings: Mornings, first: str, act_above: float, give_up: int) -> np.ndarray:
    """Percent-days of each incident, float (n,).

    first: one of FIRST. act_above: % that the metric must seem to have fallen on a morning before anything is done.
    give_up: days of search after which everybody has the old system for good; found before, it is repaired.
    """
    share, slower = FIRST[first]
    rung = mornings.shown > act_above
    start = np.where(rung.any(axis=1), rung.argmax(axis=1), HORIZON)
    since = np.arange(HORIZON) - start[:, None]
    search = (mornings.search * slower)[:, None]
    now = mornings.gain[:, None] - mornings.lost
    given_up = np.where(search <= give_up, np.inf, give_up)
    searching = (since >= 0) & (since < np.minimum(search, give_up))
    worth = np.where(since < 0, now, share * now)
    worth = np.where(since >= given_up, 0.0, worth)
    worth = np.where((since >= search) & (search <= give_up), mornings.gain[:, None], worth)
    return (worth - SEARCH_COST * searching).sum(axis=1)


def price_by_search(search_days, act_above: float = 3.0, give_up: int = 10,
                    seeds=range(8)) -> dict[str, list[Estimate]]:
    """{what is done first: percent-days of an incident, an Estimate over seeds for each mean time of search}."""
    drawn = [draw_mornings(seed) for seed in seeds]
    worth = {first: [] for first in FIRST}
    for days in search_days:
        slower = [replace(mornings, search=mornings.search * days / SEARCH_DAYS[0]) for mornings in drawn]
        for first, row in worth.items():
            row.append(mean_of_runs([worth_of(m, first, act_above, give_up).mean() for m in slower]))
    return worth
