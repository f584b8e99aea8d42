"""Controls of lesson 02's statements through its own functions: where each must hold, and where it must not."""

import numpy as np
import pandas as pd
import pytest
from lesson_functions import functions_of

from course_lib.contracts import DAY_S
from course_lib.data import readings


@pytest.fixture(scope="module")
def lesson():
    return functions_of("feedback")


def random_slots(look, like=0.2, requests=6000, seed=0):
    """Random slots: position k is looked at with chance look[k], and a look is a click with chance `like`."""
    rng = np.random.default_rng(seed)
    width = len(look)
    click = rng.random((requests, width)) < np.asarray(look) * like
    return pd.DataFrame({"request_id": np.repeat(np.arange(requests), width),
                         "position": np.tile(np.arange(1, width + 1), requests), "click": click.ravel().astype(int)})


def test_all_is_seen_where_everybody_looks_and_most_is_not_on_a_long_steep_page(lesson):
    assert lesson["unseen_with_ends"](random_slots(np.ones(10))).value < 0.1
    assert lesson["unseen_with_ends"](random_slots(1 / np.arange(1, 21) ** 1.5)).low > 0.5


def test_the_clicked_item_is_preferred_where_clicks_follow_liking_and_half_the_time_where_they_are_dice():
    rng = np.random.default_rng(1)
    liking = rng.random((2000, 10))
    shown = pd.DataFrame({"request_id": np.repeat(np.arange(2000), 10), "user": np.repeat(np.arange(2000), 10),
                          "item": 0, "position": np.tile(np.arange(1, 11), 2000), "liking": liking.ravel()})
    for above in (True, False):
        _, more = readings.preferred(shown.assign(click=(liking > 0.9).ravel().astype(int)), above)
        assert more.mean() == 1
        _, more = readings.preferred(shown.assign(click=rng.integers(2, size=20_000)), above)
        assert more.mean() == pytest.approx(0.5, abs=0.02)


def sorted_log(eta, seed=2):
    """A log in which item i always stands at position 1 + i // 2 of ten, with likings drawn apart from it."""
    rng = np.random.default_rng(seed)
    like = rng.permutation(np.linspace(0.05, 0.6, 20))
    item = np.tile(np.arange(20), 3000)
    position = 1 + item // 2
    click = (rng.random(len(item)) < like[item] * (1.0 / position) ** eta).astype(int)
    return like, pd.DataFrame({"request_id": np.arange(len(item)) // 2, "user": 0, "item": item, "position": position,
                               "click": click})


def test_both_corrections_find_the_true_order_under_position_bias_and_change_nothing_without(lesson):
    def agreement(eta, reading):
        like, log = sorted_log(eta)
        rates = lesson["like_rates"](log, (1 / np.arange(1, 11)) ** eta, 20)
        return np.corrcoef(rates[reading], like)[0, 1]

    naive = "every ignored is a no"
    for reading in ("silence weighed by the chance of a look", "clicks weighed by one over that chance"):
        assert agreement(1.4, reading) > agreement(1.4, naive) + 0.1
        assert agreement(0.0, reading) == pytest.approx(agreement(0.0, naive), abs=0.01)


def test_a_reading_gains_nothing_over_itself_and_is_told_from_a_worse_one(lesson):
    earned = np.random.default_rng(3).normal(1, 0.1, 300)
    table = pd.DataFrame({"every ignored is a no": earned, "same": earned, "better": earned + 0.2})
    assert lesson["gain_over_naive"](table, "same").value == 0
    assert lesson["gain_over_naive"](table, "better").low > 0.1


@pytest.mark.parametrize(("days", "low", "high"), [(0.0, 0.0, 0.1), (20.0, 0.8, 1.0)])
def test_a_same_day_label_misses_nothing_bought_at_once_and_most_of_what_is_bought_late(lesson, days, low, high):
    lesson.update(WINDOW=14 * DAY_S, TODAY=24 * DAY_S)
    feedback_shop = lesson["marketplace"](people=150, items=80, seed=0, shop={"delay_days": days, "buy": 2.0})
    log = lesson["MemoryLog"]()
    feedback_shop.run(lesson["policies"].Uniform(), 42, log)
    assert low <= lesson["missed_same_day"](log).value <= high


def test_the_correction_is_right_under_its_own_delays_and_wrong_where_buyers_take_three_times_as_long(lesson):
    rng = np.random.default_rng(4)
    delays = rng.exponential(1.2 * DAY_S, 2000)
    assert np.mean([lesson["error_of_week"](delays, 0.0, rng) for _ in range(60)]) == pytest.approx(0, abs=0.05)
    assert np.mean([lesson["error_of_week"](delays, 2.0, rng) for _ in range(30)]) < -0.05


def test_the_gap_is_closed_by_the_best_and_not_by_the_same(lesson):
    without = np.random.default_rng(5).uniform(0.4, 0.6, 20)
    assert lesson["gap_closed"](without, np.ones(20)).low > 0.99
    assert lesson["gap_closed"](without, without).value == 0


def test_thompson_wins_where_few_good_items_hide_among_many_and_draws_where_all_are_equally_good(lesson):
    lesson["looks"] = 1 / np.arange(1, 6)
    for rates, apart in ((np.repeat([0.1, 0.5], [95, 5]), True), (np.full(100, 0.2), False)):
        lesson["rates"] = rates
        lesson["best"] = (np.sort(rates)[::-1][:5] * lesson["looks"]).sum()
        gain = lesson["rehearsals"]("thompson", 0.0, range(8)) - lesson["rehearsals"]("counts", 0.0, range(8))
        assert (gain.mean() > 0.05) == apart and (apart or abs(gain.mean()) < 0.01)


def test_a_fair_trial_is_counted_by_its_showings(lesson):
    class Log:
        def impressions(self, columns):
            return pd.DataFrame({"item": np.repeat([0, 1], [100, 99])})

    lesson["top"] = np.array([0, 1, 2])
    assert lesson["tried"](Log()).tolist() == [1, 0, 0]
