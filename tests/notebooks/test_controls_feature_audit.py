"""Controls of the statements of lesson 08 through its own functions: where each must hold, and where it must not."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from lesson_functions import functions_of

from course_lib.contracts import DAY_S
from course_lib.data.log import MemoryLog
from course_lib.world import feed, policies


@pytest.fixture(scope="module")
def lesson():
    return functions_of("feature_audit")


@pytest.fixture(scope="module")
def small():
    """A log of five days, the category of each item, and where training ends."""
    world, days = feed(people=120, items=80, requests_per_day=250, seed=0), MemoryLog()
    world.run(policies.Popularity(power=0.5), 5, days)
    return days.impressions(), world.catalog().items["category"].to_numpy(), 1 * DAY_S, 4 * DAY_S


# --- leaks -----------------------------------------------------------------------------------------------------------
def test_a_leak_flatters_where_counts_hold_the_label_and_not_where_the_table_is_honest(lesson, small):
    leaky = lesson["study"](*small)
    names = ("leaked, offline", "leaked, served", "point in time")
    offline, served, honest = (lesson["auc"](leaky["test"]["click"], leaky["scores"][name]) for name in names)
    assert offline - served > 0.02 and honest > served
    whole_log, lesson["whole_log"] = lesson["whole_log"], lesson["features"]
    same = lesson["study"](*small)["scores"]
    lesson["whole_log"] = whole_log
    assert np.array_equal(same["leaked, offline"], same["point in time"])
    assert np.array_equal(same["leaked, served"], same["point in time"])


def test_people_gain_nothing_between_equal_lists_and_all_where_the_other_sorts_at_random(lesson):
    rng = np.random.default_rng(0)
    good = rng.uniform(0.2, 0.4, 300)
    lesson["value"] = {"point in time": good, "same": good.copy(), "worse": good / 3}
    assert lesson["preferred_to"]("same").value == 0 and lesson["preferred_to"]("same").high == 0
    assert lesson["preferred_to"]("worse").low > 1.5


def test_age_costs_nothing_where_features_are_live_and_something_where_they_never_move(lesson, small):
    log, group, begin, cutoff = small
    train, test = lesson["split"](log, begin, cutoff)
    model = lesson["GBDTRanker"](trees=40, leaves=15).fit(lesson["features"](log, train, group), train["click"])
    live, again, never = (model.predict(lesson["features"](log, test, group, every_s=every)) for every in (0, 0, 1e9))
    assert lesson["auc_of"](test, live, again).value == 0
    assert lesson["auc_of"](test, live, never).value > 0.01


def test_age_against_a_look_ahead_goes_either_way(lesson):
    rng = np.random.default_rng(1)
    click = (rng.random(2000) < 0.3).astype(float)
    live, noise = click + rng.normal(size=2000), rng.normal(size=2000)
    assert lesson["age_less_leak"](np.column_stack([click, live, noise, live])) > 0.1
    assert lesson["age_less_leak"](np.column_stack([click, live, live, click])) < -0.1
    assert lesson["age_less_leak"](np.column_stack([click, live, live, live])) == 0


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
        table = lesson["audit"](train, served, n_boot=100)
        return (table["psi"] > table["psi_null"]).mean(), (table["psi"] > 0.1).mean()

    assert flagged(alike)[0] <= 0.2 and flagged(moved) == (1.0, 0.0)


# --- the cache -------------------------------------------------------------------------------------------------------
def test_the_top_tenth_makes_most_under_a_steep_law_and_a_tenth_under_none(lesson):
    rng = np.random.default_rng(3)
    time = np.sort(rng.uniform(0, 100 * DAY_S, 40_000))
    steep = rng.pareto(1.16, 1000) + 1
    visits = {name: pd.DataFrame({"time": time, "user": rng.choice(1000, 40_000, p=chance / chance.sum())})
              for name, chance in (("steep", steep), ("flat", np.ones(1000)))}
    assert lesson["top_tenth"](visits["steep"]).value > 0.5
    assert lesson["top_tenth"](visits["flat"]).high < 0.25


# --- Feast -----------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def store(lesson, tmp_path_factory):
    pytest.importorskip("feast", reason="Feast is in the extra `feast` (pip install -e '.[feast]')")
    import tempfile

    lesson |= {"folder": SimpleNamespace(name=str(tmp_path_factory.mktemp("feast"))), "tempfile": tempfile}
    return lesson


def test_feast_is_the_oracle_without_ties_and_not_where_every_row_has_one(store):
    clicks = pd.DataFrame({"user": np.arange(20) % 4, "time": 100.0 * np.arange(1, 21)})
    store |= {"asks": clicks, "asked_then": clicks}
    assert store["like_the_oracle"](5.0).all() and not store["like_the_oracle"](0.0).any()


def test_feast_gives_what_was_written_later_where_something_was_and_every_row_where_all_is_fresh(store):
    facts = pd.DataFrame({"user": [1, 1, 2], "time": [0.0, 3600.0, 0.0], "clicks": [1, 2, 7],
                          "arrival": [1.0, 90_000.0, 1.0]})
    rows, feast = pd.DataFrame({"user": [1, 2], "time": [7200.0, 7200.0]}), store["store_of"](facts)
    plain, back = store["ask_feast"](feast, rows)
    known, _ = store["ask_feast"](feast, rows, filter_by_created_timestamp=True)
    assert plain.tolist() == [2, 7] and known.tolist() == [1, 7] and back.all()
    stale = rows.assign(time=10.0 * DAY_S)
    assert not store["ask_feast"](feast, stale)[1].any()
