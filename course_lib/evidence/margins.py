"""A year of launches behind a guardrail: what a margin lets through, what it keeps back, and what both are worth.

A model with stated numbers, not the simulated service. The guardrail is the share of people who come back the next day,
tested for non-inferiority.
"""

from __future__ import annotations

import numpy as np

from course_lib.evidence.noninferiority import non_inferiority

LAUNCHES, PEOPLE, SHARE = 400, 20_000, 0.5
HARMFUL, HELPFUL = 0.25, 0.15


def reach(people: int = PEOPLE, share: float = SHARE) -> float:
    """How far the 95% interval of a difference of two shares reaches to each side, for so many people an arm."""
    return 1.96 * float(np.sqrt(2 * share * (1 - share) / people))


def launches(seed: int, n: int = LAUNCHES) -> tuple[np.ndarray, np.ndarray]:
    """(true change in the share back tomorrow, what else the launch is worth in visits a thousand people and day).

    A quarter of the launches lower the share by 0.5 to 3 points, one in seven raises it by up to 0.6, the others move
    it by no more than a tenth of a point. Each brings 1 to 6 visits besides, or nobody would have built it.
    """
    rng = np.random.default_rng(seed)
    kind = rng.random(n)
    change = np.where(kind < HARMFUL, -rng.uniform(0.005, 0.03, n),
                      np.where(kind < HARMFUL + HELPFUL, rng.uniform(0, 0.006, n), rng.uniform(-0.001, 0.001, n)))
    return change, rng.uniform(1.0, 6.0, n)


def worth_of_margin(margin: float, seed: int, people: int = PEOPLE) -> float:
    """Visits a thousand people and day that an average launch brings, where those ship that pass at this margin.

    One who comes back tomorrow makes one visit more: a point of the share is ten visits a thousand people.
    """
    change, besides = launches(seed)
    rng = np.random.default_rng([seed, 1])
    wide = reach(people)
    seen = change + rng.normal(0, wide / 1.96, len(change))
    passes = np.array([non_inferiority(at - wide, at + wide, margin) == "pass" for at in seen])
    return float(np.where(passes, 1000 * change + besides, 0.0).mean())
