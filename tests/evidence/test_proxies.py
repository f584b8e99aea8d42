"""Proxies: counted as they say, learned where the log holds them, and nothing of tomorrow in them."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from course_lib.data.log import MemoryLog
from course_lib.evidence import growth, margins, objectives, proxies, shop_rivals
from course_lib.world import feed, policies


class Table:
    """A log made of two tables."""

    def __init__(self, requests, impressions=None):
        self.tables = {"requests": pd.DataFrame(requests), "impressions": pd.DataFrame(impressions or {})}

    def requests(self, days=None, columns=None):
        return self.tables["requests"][columns] if columns else self.tables["requests"]

    def impressions(self, days=None, columns=None):
        return self.tables["impressions"][columns] if columns else self.tables["impressions"]


@pytest.fixture(scope="module")
def week():
    world, log = feed(people=60, items=60, seed=2), MemoryLog()
    world.run(policies.Uniform(), 3, log)
    return log


def test_a_long_click_is_one_a_bounce_costs_half_and_what_was_not_clicked_is_nothing():
    worth = proxies.meaningful([1, 1, 1, 0, 1], [30.0, 9.9, 10.0, np.nan, np.nan])
    assert worth.tolist() == [1.0, -0.5, 0.0, 0.0, -0.5]


def test_depth_counts_what_follows_in_the_same_session():
    log = Table({"request_id": [1, 2, 3, 4], "session": [7, 7, 8, 7], "time": [0.0, 9.0, 1.0, 5.0]})
    assert proxies.session_depth(log).to_dict() == {1: 2.0, 4: 1.0, 2: 0.0, 3: 0.0}


def test_meaningful_engagement_of_requests_is_the_sum_of_their_showings(week):
    shown = week.impressions()
    worth = proxies.meaningful(shown["click"], shown["dwell_s"])
    assert proxies.meaningful_engagement(week).sum() == pytest.approx(worth.sum())


def test_back_tomorrow_is_that_of_objectives_and_uses_the_function_that_is_given(week):
    ours = objectives.next_week_return(week, within_days=1)
    assert proxies.back_tomorrow(week).sort_index().equals(ours.sort_index())
    never = proxies.back_tomorrow(week, lambda user, day, last, within: np.zeros(len(user)))
    assert (never == 0).all() and len(never) == len(week.requests())


def test_scores_are_standard_and_one_for_each_item(week):
    scores = proxies.item_scores(week, 60 + 30)
    assert tuple(scores) == proxies.PROXIES
    for score in scores.values():
        assert score.shape == (90,) and abs(score.mean()) < 1e-9 and score.std() == pytest.approx(1)


def test_items_born_since_count_as_average():
    score = proxies.scorer(np.array([1.0, -1.0]))(SimpleNamespace(eligible=np.array([0, 1, 5])))
    assert score.tolist() == [1.0, -1.0, 0.0]


def test_requests_a_day_count_those_who_left_too():
    log = Table({"day": [0] * 5 + [9] * 14})
    assert proxies.requests_a_day(log, people=2) == 1.0


def test_a_week_of_a_person_who_stayed_away_is_zero():
    assert proxies.weekly_totals([1.0, 2.0, 4.0], [5, 5, 9], [1, 5, 9]).tolist() == [0.0, 3.0, 4.0]


def test_requests_are_lost_by_asking_less_while_nobody_leaves():
    day = np.repeat(np.arange(28), 50)
    user = np.tile(np.arange(50), 28)
    often, seldom = {"day": np.r_[day, day], "user": np.r_[user, user]}, {"day": day, "user": user}
    logs = {"clicks": Table(seldom), "satisfaction": Table(often)}
    assert proxies.requests_lost(logs).value == pytest.approx(-0.5)
    assert proxies.people_lost(logs).value == 0.0


def test_the_table_has_a_row_a_log_and_a_column_a_proxy(week):
    world, better = feed(people=60, items=60, seed=2), MemoryLog()
    world.run(policies.Oracle(world.truth(), "click"), 3, better)
    table = proxies.proxy_table({"random": week, "clicks": better})
    assert tuple(table.columns) == proxies.PROXIES and list(table.index) == ["random", "clicks"]
    asked = week.requests()["user"].to_numpy()
    clicks = objectives.clicks(week).reindex(week.requests()["request_id"]).to_numpy()
    assert table.loc["random", "clicks"] == pytest.approx(pd.Series(clicks).groupby(asked).mean().mean())
    assert table.loc["clicks", "clicks"] > 1.5 * table.loc["random", "clicks"]


def test_a_margin_has_a_best_width_between_all_kept_back_and_all_let_through():
    worth = [np.mean([margins.worth_of_margin(m, seed) for seed in range(5)]) for m in (0.001, 0.018, 0.09)]
    assert worth[1] > worth[0] + 1 and worth[1] > worth[2] + 1
    assert margins.reach(4 * margins.PEOPLE) == pytest.approx(margins.reach() / 2)


def test_more_people_make_a_narrow_margin_worth_more():
    few, many = (np.mean([margins.worth_of_margin(0.005, seed, people) for seed in range(5)])
                 for people in (20_000, 200_000))
    assert many > few + 1


def test_a_shop_where_all_keep_alike_loses_nothing_by_revenue():
    rng = np.random.default_rng(0)
    took, kept = shop_rivals.earnings(rng.uniform(0, 0.1, (50, 30)), rng.uniform(5, 50, 30), np.full(30, 0.3),
                                      1 / np.arange(1, 6))
    assert took.shape == kept.shape == (24, 50) and np.allclose(kept, 0.3 * took)


def test_times_are_of_every_call_and_in_order():
    calls = []
    assert growth.times_ms(lambda: calls.append(1), 4).shape == (4,) and len(calls) == 4
