"""Can return order the rivals at all? Its order in one half of the people against its order in the other half.

Where a measure does not agree with itself, no other can agree with it. Clicks get the same test.
"""

import numpy as np

from course_lib.evidence import objectives, proxies
from course_lib.teach.ledger.alternatives import Tried
from course_lib.teach.replication.alternative_runs import main

RETURN = Tried("objective.reorder", "return within a week against itself, in two halves of the people",
               unit="rank correlation over the 21 rivals, mean of 50 halvings")
CLICKS = Tried("objective.reorder", "clicks per request against themselves, in two halves of the people",
               unit="rank correlation over the 21 rivals, mean of 50 halvings")


def between_halves(table, rng):
    """table: a row a person, a column a rival. Mean rank correlation of the two halves of the people."""
    found = []
    for _ in range(50):
        first = rng.permutation(len(table)) < len(table) // 2
        found.append(objectives.rank_agreement(table[first].mean().to_numpy(), table[~first].mean().to_numpy()))
    return float(np.nanmean(found))


def measure(lesson):
    part = lesson.part("rivals", "came_back")
    rng = np.random.default_rng(lesson.seed())
    by_week = objectives.by_policy(part.rivals, lambda log: proxies.back_within(log, 7, part.came_back))
    yield RETURN, "world", between_halves(by_week, rng)
    yield CLICKS, "world", between_halves(objectives.by_policy(part.rivals, objectives.clicks), rng)


if __name__ == "__main__":
    raise SystemExit(main(__file__, measure))
