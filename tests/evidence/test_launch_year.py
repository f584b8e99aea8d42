"""A year of planted launches: what is seen, that noise is that of A/A tests, and when a launch counts."""

import numpy as np
import pytest

from course_lib.contracts import ArgumentError
from course_lib.evidence import launch_year
from course_lib.evidence.launch_year import LAUNCHES, PAUSE, READY, TEAMS, YEAR, Launches
from course_lib.world import marketplace, policies

N = TEAMS * LAUNCHES


def planted(effect, early=0.0):
    column = {"clicks": np.full(N, effect)}
    return Launches(column, {"clicks": np.full(N, early)}, np.full(N, effect))


def seen(effect, error, days=7):
    return np.full((N, days), effect), np.full((N, days), error)


def test_the_early_part_fades_and_the_lasting_one_stays():
    curve = planted(0.1, 0.2).seen("clicks", 200)[0]
    assert curve[0] == pytest.approx(0.3) and (np.diff(curve) < 0).all() and curve[-1] == pytest.approx(0.1, abs=0.006)
    assert (planted(0.1).seen("clicks", 9) == 0.1).all()


def test_noise_is_that_of_tests_of_nothing_and_falls_with_people():
    daily = np.random.default_rng(0).gamma(1, 1, (300, 7))
    value, error = launch_year.noise(daily, np.arange(300), 7, 30_000)
    assert (value / error)[:, -1].std() == pytest.approx(1, abs=0.05)
    assert error[:, -1].mean() == pytest.approx(2 / np.sqrt(7 * 30_000), rel=0.1)
    clusters = launch_year.noise(daily, np.arange(300) // 10, 7, 30_000)[1]
    assert clusters[:, -1].mean() == pytest.approx(error[:, -1].mean(), rel=0.15)        # people here are independent
    shared = np.repeat(daily[:30], 10, axis=0)
    assert launch_year.noise(shared, np.arange(300) // 10, 7, 30_000)[1][:, -1].mean() > 2.5 * error[:, -1].mean()


def test_days_as_units_are_read_at_the_end_and_have_students_noise():
    value, error = launch_year.of_days(10, 0.05)
    assert np.isinf(error[:, :-1]).all() and value[:, -1].std() == pytest.approx(2 * 0.05 / np.sqrt(10), rel=0.1)
    assert (np.abs(value[:, -1]) > 2.306 * error[:, -1]).mean() == pytest.approx(0.05, abs=0.02)


def test_a_sure_gain_ships_and_counts_for_the_days_that_are_left():
    plan = launch_year.rule_edges("one look", 7)
    got = launch_year.gained(planted(0.01), seen(0.01, 1e-4), plan)
    over = np.arange(LAUNCHES) * READY + 7
    assert got == pytest.approx(0.01 * np.clip(1 - over / YEAR, 0, None).sum())
    assert launch_year.gained(planted(0.01), seen(0.0, 1.0), plan) == 0
    assert launch_year.gained(planted(-0.01), seen(-0.01, 1e-4), plan) == 0


def test_long_tests_make_ideas_wait_and_early_stops_do_not():
    long, early = (launch_year.gained(planted(0.01), seen(0.01, 1e-4, 28), launch_year.rule_edges(rule, 28))
                   for rule in ("one look", "O'Brien-Fleming"))
    waits = np.arange(1, LAUNCHES + 1) * (28 + PAUSE) - PAUSE
    assert long == pytest.approx(0.01 * np.clip(1 - waits / YEAR, 0, None).sum()) and early > 2 * long


def test_a_guardrail_stops_what_does_not_exclude_the_margin():
    plan, launches = launch_year.rule_edges("one look", 7), planted(0.01)
    primary = seen(0.01, 1e-4)
    assert launch_year.gained(launches, primary, plan, seen(0.0, 0.01), 0.02) > 0
    assert launch_year.gained(launches, primary, plan, seen(0.0, 0.01), 0.019) == 0
    with pytest.raises(ArgumentError):
        launch_year.rule_edges("one look", 0)


def test_what_people_and_articles_did_adds_up_to_the_log():
    world = marketplace(people=120, items=50, requests_per_day=300, seed=0, without=("joining",))
    users, days = world.users().index, world.run(policies.Uniform(), 4)
    table, articles = launch_year.daily_table(days, users), launch_year.daily_articles(days, 400)
    assert table["clicks"].sum() == sum(day.impressions["click"].sum() for day in days)
    assert (table["satisfied clicks"] <= table["clicks"]).all() and table["active days"].max() == 1
    assert table["active days"].sum() == sum(day.requests["user"].nunique() for day in days)
    bought = sum((day.outcomes["kind"].astype(str) == "purchase").sum() for day in days)
    assert table["orders"].sum() == articles["orders"].sum() == bought > 0
    assert table["money kept"].sum() == pytest.approx(articles["money kept"].sum())
