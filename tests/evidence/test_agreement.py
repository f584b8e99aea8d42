"""Agreement over rivals: a metric that is the truth agrees with it fully, and choosing by it loses nothing."""

import numpy as np
import pandas as pd
import pytest

from course_lib.evidence import agreement

MODELS = np.repeat(np.arange(6), 3)


@pytest.fixture
def people():
    rng = np.random.default_rng(0)
    return rng.normal(size=(18, 1)) + 0.3 * rng.normal(size=(18, 50)) + 5


def test_a_metric_that_is_the_truth_correlates_at_one_and_its_opposite_at_minus_one(people):
    index = pd.MultiIndex.from_arrays([MODELS, np.tile(np.arange(3), 6)], names=["model", "variant"])
    mean = people.mean(1)
    table = pd.DataFrame({"metric": mean, "truth": mean**3, "opposite": -mean}, index=index)
    found = agreement.with_each(table, "metric", ["truth", "opposite"])
    assert found["truth"].value == pytest.approx(1) and found["opposite"].value == pytest.approx(-1)
    assert agreement.correlation(table, "metric", "truth", rank=False).value < 1


def test_the_difference_of_two_logs_is_that_of_their_correlations(people):
    noise = np.random.default_rng(1).normal(size=people.shape) + 30 * np.random.default_rng(2).normal(size=(18, 1))
    own, random, more = agreement.of_both_logs(people + noise, people, people, MODELS)
    assert random.value == pytest.approx(1) and more.value == pytest.approx(random.value - own.value)


def test_choosing_by_the_worth_itself_loses_nothing_and_by_its_opposite_loses_what_the_worst_lacks(people):
    assert agreement.lost_by(people, people).value == 0
    mean = people.mean(1)
    assert agreement.lost_by(-people, people).value == pytest.approx(1 - mean.min() / mean.max())
