"""A request is timed at each size until the budget breaks."""

import numpy as np

from course_lib.stages.ranking.spent import p99_by_candidates, spent_ms


class Slow:
    """Works as long as it has candidates."""

    def __init__(self, loops):
        self.loops, self.asked = loops, []

    def score(self, requests, candidates):
        self.asked.append(candidates.item.shape[1])
        for _ in range(self.loops * candidates.item.shape[1]):
            pass
        return np.zeros(candidates.item.shape)


def test_sizes_are_doubled_up_to_the_last_where_the_budget_holds():
    stage = Slow(0)
    slow = p99_by_candidates(stage, np.arange(3), np.arange(50), 1e6, first=10, last=40, requests=3)
    assert list(slow) == [10, 20, 40] and stage.asked == [10, *[10] * 3, *[20] * 3, *[40] * 3]


def test_it_stops_after_the_size_that_breaks_the_budget():
    assert list(p99_by_candidates(Slow(1), np.arange(3), np.arange(50), -1.0, first=10, last=40, requests=3)) == [10]


def test_processor_and_wall_are_both_told():
    spent = spent_ms(Slow(1000), 3, np.arange(7), 20)
    assert spent.shape == (2,) and (spent > 0).all()
