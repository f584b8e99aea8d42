"""What rows of worlds say together: ties, who was fooled, what a launch lost."""

import numpy as np
import pytest

from course_lib.teach.capstone.play_days import launch_loss, relative_change
from course_lib.teach.capstone.verdicts import (
    _beyond_the_truth,
    beyond_brief,
    difference,
    loss_with_days_after,
    places,
    ratio_of_runs,
    standing,
)

CONTROL = [[10.0, 10.0]] * 3


def rows(lifts, claim=None, true=None, recall=0.1, weeks=None):
    claim, true = claim or lifts, true or claim or lifts
    return [{"lift": lift, "claim": [said, said - 0.1, said + 0.1], "true_primary": is_,
             "log_recall": recall + 0.001 * k, "first_week": lift if weeks is None else weeks[0] + 0.01 * k,
             "second_week": lift if weeks is None else weeks[1] + 0.011 * k,
             "worth": [10 * (1 + lift)] * 2, "exposure": [0.5, 1.0], "action": "ship", "stages": {"order": 0.1}}
            for k, (lift, said, is_) in enumerate(zip(lifts, claim, true, strict=True))]


OTHERS = {"popularity": rows([-0.4, -0.5, -0.45], recall=0.2), "out": [{"failed": "It ended."}] * 3}


def stands(name, *args, others=OTHERS, **more):
    return standing(name, rows(*args, **more), CONTROL, others)


def test_the_typical_change_is_a_geometric_mean():
    assert ratio_of_runs([1.0, 0.0]).value == pytest.approx(2**0.5 - 1)
    assert ratio_of_runs([0.1, 0.1, 0.1]).width == pytest.approx(0)
    assert np.isinf(ratio_of_runs([0.5]).high) and ratio_of_runs([0.5]).value == pytest.approx(0.5)
    assert np.isfinite(ratio_of_runs([-1.0, 0.5]).value)


def test_weeks_are_put_together_as_the_lift_is():
    one = stands("x", [1.0, 0.0, 0.0])
    assert one.typical("lift") == pytest.approx(one.lift.value) == pytest.approx(2 ** (1 / 3) - 1)
    assert one.typical("second_week") == pytest.approx(one.lift.value) != pytest.approx(one.mean("second_week"))


def test_places_are_by_truth_and_what_cannot_be_told_apart_shares_them():
    best, twin_a, twin_b = stands("best", [2.0, 2.2, 2.1]), stands("a", [0.5, 0.6, 0.7]), stands("b", [0.6, 0.5, 0.68])
    out = standing("out", [{"failed": "It ended."}] * 3, CONTROL, {})
    table = [(first, last, one.name) for first, last, one in places([out, twin_b, best, twin_a])]
    assert table[0] == (1, 1, "best") and table[-1] == (4, 4, "out")
    assert {row[:2] for row in table[1:3]} == {(2, 3)}
    assert difference(best, twin_a).low > 0 and not difference(twin_a, twin_b).excludes(0)


def test_worlds_that_differ_by_factors_do_not_hide_who_is_better_in_all():
    one, other = stands("one", [0.3, 2.0, 8.0]), stands("other", [0.2, 1.75, 7.2])
    assert [row[:2] for row in places([other, one])] == [(1, 1), (2, 2)]


def test_fooled_by_the_log_means_better_there_and_worse_in_truth():
    assert set(stands("x", [-0.8, -0.82, -0.85], recall=0.4).fooled) == {"log"}
    assert not stands("x", [-0.8, -0.82, -0.85], recall=0.1).fooled
    assert not stands("x", [0.8, 0.82, 0.85], recall=0.4).fooled
    better = {"good": rows([2.0, 2.1, 2.2], recall=0.3), "best": rows([3.0, 3.1, 3.2], recall=0.3)}
    held = stands("x", [0.8, 0.82, 0.85], recall=0.4, others=OTHERS | better)
    assert set(held.fooled) == {"log"} and held.behind == "best"
    assert not stands("good", [0.8, 0.82, 0.85], recall=0.4, others={"good": better["good"]}).fooled   # itself


def test_fooled_by_the_test_is_of_its_own_metric_and_by_novelty_of_weeks():
    assert set(stands("x", [0.1, 0.12, 0.11], claim=[0.3, 0.32, 0.31], true=[0.1, 0.11, 0.12]).fooled) == {"test"}
    assert not stands("x", [0.1, 0.12, 0.11], claim=[0.3, 0.32, 0.31], true=[0.31, 0.3, 0.32]).fooled
    shy = stands("x", [0.1, 0.12, 0.11], claim=[0.1, 0.11, 0.12], true=[0.3, 0.32, 0.31])
    assert not shy.fooled and shy.short.high < 0          # it promised too little: nobody was fooled into a launch
    assert not stands("x", [0.1, 0.12, 0.11], claim=[0.3, 0.32, 0.31], true=[0.31, 0.3, 0.32]).short
    assert set(stands("x", [0.1, 0.12, 0.11], weeks=(0.3, 0.0)).fooled) == {"novelty"}
    assert not stands("x", [0.1, 0.12, 0.11], weeks=(0.3, 0.29)).fooled


def test_claim_and_truth_part_by_a_plain_difference():
    """As debrief_page.error_of_tests: logs of claims around the truth, and below −100%, would lean to "too little"."""
    made = [{"claim": [said, 0, 0], "true_primary": 0.3} for said in (1.0, -0.4, 0.35, 0.25)]
    assert _beyond_the_truth(made).value == pytest.approx(0.0)
    made = [{"claim": [said, 0, 0], "true_primary": 0.3} for said in (-1.4, -1.2, -1.3)]
    assert _beyond_the_truth(made).value == pytest.approx(-1.6)


def test_a_launch_loses_what_it_did_not_ship_and_what_it_shipped_to_harm():
    def row(worth, exposure):
        return {"worth": worth, "exposure": exposure}
    assert launch_loss(row([20, 20], [1, 1]), [10, 10]) == pytest.approx(0)
    assert launch_loss(row([20, 20], [0.5, 1]), [10, 10]) == pytest.approx(0.25)
    assert launch_loss(row([20, 20], [0.5, 0]), [10, 10]) == pytest.approx(0.75)
    assert launch_loss(row([5, 5], [0.5, 0]), [10, 10]) == pytest.approx(0.125)
    assert launch_loss(row([5, 5], [0, 0]), [10, 10]) == pytest.approx(0)


def test_beside_an_incumbent_that_earned_nothing_what_is_told_is_a_number():
    nothing = {"worth": [0, 0], "exposure": [1, 1]}
    assert launch_loss(nothing, [0, 0]) == 0
    assert launch_loss({"worth": [3, 0], "exposure": [0, 0]}, [0, 0]) == pytest.approx(3)
    assert (relative_change(0.0, 0.0), relative_change(3.0, 0.0), relative_change(3.0, 2.0)) == (0, 3, 0.5)


def test_a_plan_that_got_out_in_time_lost_less_than_nothing():
    """Good days, then bad ones: hindsight has to choose for all days, and this plan had the good ones alone."""
    assert launch_loss({"worth": [20, 5], "exposure": [1, 0]}, [10, 10]) == pytest.approx(-0.25)


BRIEF = {"p99_ms": 100.0, "fit_s": 40.0}


def timed(p99, fit=1.0):
    return [{"p99_ms": one, "fit_s": fit} for one in p99]


def test_a_brief_is_broken_by_what_is_so_in_most_worlds_and_not_by_a_busy_moment():
    assert not beyond_brief(timed([3, 100, 99]), BRIEF) and not beyond_brief(timed([3, 900]), BRIEF)
    assert beyond_brief(timed([130, 140, 3]), BRIEF) == "p99 130 ms (brief: 100 ms) in 2 of 3 worlds"
    assert "fit 50 s (brief: 40 s) in 3 of 3 worlds" in beyond_brief(timed([130, 140, 3], 50.0), BRIEF)
    assert not beyond_brief(timed([130]), {})


def test_whoever_is_late_beside_others_in_most_worlds_breaks_the_brief_though_in_time_alone():
    """So that being late on purpose buys no quiet machine to be measured on; a busy moment still costs nothing."""
    def late(times):
        return [row | ({"late": "fit: out of time"} if k < times else {}) for k, row in enumerate(timed([3] * 4))]
    assert not beyond_brief(late(2), BRIEF) and not beyond_brief(late(3), {})
    assert beyond_brief(late(3), BRIEF) == "out of time beside others in 3 of 4 worlds"
    slow = standing("late", [row | {"late": "fit: out of time"} for row in rows([2.0, 2.2, 2.1])], CONTROL, {}, BRIEF)
    assert [one.name for _, _, one in places([slow, stands("good", [0.5, 0.6, 0.7])])] == ["good", "late"]


def test_whoever_breaks_the_brief_stands_below_all_who_hold_it_and_above_those_who_failed():
    slow = [row | {"p99_ms": 250.0} for row in rows([2.0, 2.2, 2.1])]
    best = standing("slow and best", slow, CONTROL, {}, BRIEF)
    next_ = standing("slow", [row | {"p99_ms": 300.0} for row in rows([1.0, 1.1, 1.05])], CONTROL, {}, BRIEF)
    good, poor = stands("good", [0.5, 0.6, 0.7]), stands("poor", [-0.5, -0.52, -0.48])
    out = standing("out", [{"failed": "It ended."}] * 3, CONTROL, {})
    table = [(first, last, one.name) for first, last, one in places([out, next_, best, poor, good])]
    assert table == [(1, 1, "good"), (2, 2, "poor"), (3, 3, "slow and best"), (4, 4, "slow"), (5, 5, "out")]
    assert best.lift.value > 2 and "250 ms" in best.beyond and not good.beyond


def test_a_decision_on_the_last_day_of_a_play_counts_for_the_days_after_it():
    """Days after a play are worth what those of its second half were."""
    def lost(action, worth, exposure):
        return loss_with_days_after({"action": action, "worth": worth, "exposure": exposure}, [10, 10])
    assert lost("ship", [20, 20], [0.5, 0.5]) == pytest.approx(10 / 40)
    assert lost("stop", [20, 20], [0.5, 0.5]) == pytest.approx(30 / 40)
    assert lost("stop", [5, 5], [0.5, 0.5]) == pytest.approx(5 / 40)
    assert lost("ship", [5, 5], [0.5, 0.5]) == pytest.approx(15 / 40)
    assert lost("ship", [40, 5], [1, 1]) == pytest.approx(0.0)             # 30 − 3 × 5 is still a gain
    assert lost("stop", [40, 5], [1, 0]) == pytest.approx(-15 / 40)        # which it took without the days after it


@pytest.mark.parametrize("second_half", [[40.0, 10.0], [10.0, 40.0]])
def test_the_order_of_the_days_of_an_odd_play_does_not_weigh_what_follows_it(second_half):
    """Three days: the second half has two of them, and each of the three days to come is worth their mean, 25."""
    row = {"action": "stop", "worth": [10.0, *second_half], "exposure": [0, 0, 0]}
    assert loss_with_days_after(row, [10.0] * 3) == pytest.approx((30 + 3 * 15) / 60)
