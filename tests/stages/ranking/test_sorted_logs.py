"""A week's table holds the morning's features, and random days are at random."""

import numpy as np

from course_lib.stages.ranking.sorted_logs import BASE, Sorter, random_day, week_of, within_slate
from course_lib.world import feed
from course_lib.world.policies import Uniform


def test_within_a_slate_means_are_nothing_and_equal_values_too():
    values = within_slate(np.array([[1.0, 2.0, 3.0], [5.0, 5.0, 5.0]]))
    assert np.allclose(values.mean(axis=1), 0) and np.allclose(values[0].std(), 1) and not values[1].any()


def test_a_week_has_its_days_and_is_always_the_same_and_a_random_day_follows_it():
    world = feed(people=300, items=150, seed=2)
    week, again = (week_of(Sorter(world, 1.0, Uniform()), world.fork(), 3) for _ in range(2))
    assert week.table.equals(again.table) and set(BASE) <= set(week.table)
    assert sorted(week.table["day"].unique()) == [0, 1, 2] and set(week.days(1, 1)["day"]) == {1}
    rate = week.table.groupby("position")["click"].mean()
    assert rate.loc[1] > 2 * rate.loc[8:].mean()
    random = random_day(week, Uniform())
    assert set(random["day"]) == {3} and set(BASE) <= set(random)
    assert abs(np.corrcoef(random["position"], random["title_length"])[0, 1]) < 0.1
    sorted_by_length = week_of(Sorter(world, 0.0, Uniform()), world.fork(), 2).table
    assert np.corrcoef(sorted_by_length["position"], sorted_by_length["title_length"])[0, 1] < -0.5
