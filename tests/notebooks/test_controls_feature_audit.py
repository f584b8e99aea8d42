"""Controls of the statements of lesson 08 through its own functions: where each must hold, and where it must not.

What the lesson calls from the library has its controls beside the library's tests: leaks and age in
`tests/stages/ranking/test_leak_study.py`, Feast in `tests/data/test_feast_checks.py`, visits in
`tests/data/test_visits.py`.
"""

import numpy as np
import pandas as pd
import pytest
from lesson_functions import functions_of


@pytest.fixture(scope="module")
def lesson():
    return functions_of("feature_audit")


# --- leaks and age ---------------------------------------------------------------------------------------------------
def test_the_lesson_s_naive_table_leaks_and_the_honest_one_does_not(lesson):
    log = pd.DataFrame({"user": 0, "item": 0, "time": np.arange(20.0), "click": np.arange(20) % 2})
    group = np.zeros(1, int)
    naive = lesson["whole_log"](log, log, group)
    honest = lesson["leak_study"].features(log, log, group)
    assert (naive["affinity_clicks"] == 10).all()
    assert honest["affinity_clicks"].tolist() == (np.arange(20) // 2).tolist()


def test_people_gain_nothing_between_equal_lists_and_all_where_the_other_sorts_at_random(lesson):
    rng = np.random.default_rng(0)
    good = rng.uniform(0.2, 0.4, 300)
    lesson["value"] = {"honest": good, "same": good.copy(), "worse": good / 3}
    assert lesson["preferred_to"]("same").value == 0 and lesson["preferred_to"]("same").high == 0
    assert lesson["preferred_to"]("worse").low > 1.5


def test_age_against_a_look_ahead_goes_either_way(lesson):
    rng = np.random.default_rng(1)
    click = (rng.random(2000) < 0.3).astype(float)
    live, noise, people = click + rng.normal(size=2000), rng.normal(size=2000), rng.integers(0, 99, 2000)

    def less(old, ahead):
        return lesson["auc_by_people"](click, [live, old, ahead], people, weights=(2, -1, -1)).value

    assert less(noise, live) > 0.1 and less(live, click) < -0.1 and less(live, live) == 0


def test_a_score_against_itself_loses_nothing(lesson):
    rows = pd.DataFrame({"click": [0, 1, 0, 1], "user": [0, 0, 1, 1]})
    score = np.array([0.1, 0.4, 0.2, 0.3])
    assert lesson["auc_of"](rows, score, score).value == 0 and lesson["auc_of"](rows, score).value == 1


# --- drift -----------------------------------------------------------------------------------------------------------
def test_the_null_of_psi_is_its_chi_square_above_a_tenth_for_few_values_and_below_for_many(lesson):
    from scipy.stats import chi2

    few, many = (lesson["limit_of"](n) for n in (100, 10_000))
    assert few.low > 0.1 > many.high
    assert [few.value, many.value] == pytest.approx([chi2.ppf(0.95, 9) * 2 / n for n in (100, 10_000)], rel=0.15)


def test_significance_alone_flags_few_features_that_are_alike_and_all_of_many_rows_that_moved_a_little(lesson):
    rng = np.random.default_rng(2)
    train = pd.DataFrame(rng.normal(size=(20_000, 20)))
    alike, moved = (pd.DataFrame(rng.normal(shift, 1, (20_000, 20))) for shift in (0, 0.1))

    def flagged(served):
        table = lesson["audit"].audit(train, served, n_boot=100)
        return (table["psi"] > table["psi_null"]).mean(), (table["psi"] > 0.1).mean()

    assert flagged(alike)[0] <= 0.2 and flagged(moved) == (1.0, 0.0)
