"""Visits by the busiest tenth: most under a steep law, a tenth under none, nobody from after the moment."""

import numpy as np
import pandas as pd

from course_lib.contracts import DAY_S
from course_lib.data.visits import by_top_tenth, days_of_visits


def made(chance, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame({"time": np.sort(rng.uniform(0, 100 * DAY_S, 40_000)),
                         "user": rng.choice(len(chance), 40_000, p=chance / chance.sum())})


def test_the_top_tenth_makes_most_under_a_steep_law_and_a_tenth_under_none():
    steep = np.random.default_rng(3).pareto(1.16, 1000) + 1
    assert by_top_tenth(made(steep))[0].mean() > 0.5
    assert by_top_tenth(made(np.ones(1000)))[0].mean() < 0.25


def test_whose_visits_they_are_comes_back_and_only_a_week_is_looked_at():
    flags, people = by_top_tenth(made(np.ones(50)))
    assert len(flags) == len(people) and 0.06 < len(flags) / 40_000 < 0.08


def test_a_user_counts_once_a_day():
    rows = pd.DataFrame({"user": [1, 1, 1, 2], "time": [5.0, 9.0, DAY_S + 1, 5.0], "item": [1, 2, 3, 4]})
    assert days_of_visits(rows)["time"].tolist() == [5, DAY_S + 1, 5]
