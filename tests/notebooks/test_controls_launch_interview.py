"""Controls of the claims of lessons 12 and 14 through their own functions: where a claim must hold, and where not.

The functions are taken from the lessons' sources, as for lessons 09 and 10.
"""

import numpy as np
import pandas as pd
import pytest
from lesson_functions import functions_of

from course_lib.launch import guardrails, ramp
from course_lib.world import feed, policies


@pytest.fixture
def launch():
    return functions_of("launch")


@pytest.fixture
def many(launch):
    """Lesson 12's functions with people alike enough that a percent can be seen."""
    rng = np.random.default_rng(0)
    visits = rng.poisson(3, 3000) + 1.0
    launch["people"] = pd.DataFrame({"requests": visits, "clicks": visits * rng.uniform(1, 2, 3000),
                                     "dwell_s": visits * rng.uniform(50, 100, 3000)})
    launch["strict"] = plan(launch["decide"])
    return launch


def plan(rule):
    margins = tuple(guardrails.Guardrail(name, 0.05) for name in ("dwell per user", "requests per user"))
    return ramp.Ramp(margins, "clicks per user", max_checks=1, rule=rule)


# --- 12: the queue ---------------------------------------------------------------------------------------------------
def test_exponential_service_at_eighty_percent_is_five_times_slower_and_hardly_slower_when_idle(launch):
    launch["SHAPE"] = 1.0
    busy, idle = (launch["served_and_seen"](load, np.random.default_rng(0)) for load in (0.8, 0.02))
    assert launch["times_slower"](*busy).low > 3 and launch["times_slower"](*busy).value == pytest.approx(5, rel=0.25)
    assert launch["times_slower"](*idle).high < 1.3


def test_a_test_that_waits_for_answers_sees_no_queue_at_any_load(launch):
    launch["open_loop_latency"] = lambda arrival_ms, service_ms: service_ms  # the bug put back
    assert launch["times_slower"](*launch["served_and_seen"](0.9, np.random.default_rng(0))).value == 1


@pytest.mark.parametrize("shape", [0.5, 4.0])
def test_the_mean_wait_is_that_of_theory(launch, shape):
    launch["SHAPE"] = shape
    service, seen = launch["served_and_seen"](0.6, np.random.default_rng(1))
    assert (seen - service).mean() == pytest.approx(0.6 / 0.4 * (1 + 1 / shape) / 2, rel=0.15)


# --- 12: what the launched system is worth ---------------------------------------------------------------------------
def test_the_chain_gains_where_taste_is_personal_and_next_to_nothing_where_it_is_not(launch):
    personal, alike = (launch["more"](launch["earned"](taste, people=200)) for taste in (11, 0))
    assert personal > 0.3 and alike < 0.2


def test_control_stays_what_it_was_where_nothing_passes_over_and_moves_where_its_ranker_counts_all_clicks(launch):
    launch["town"] = feed(people=600, items=200, requests_per_day=2500, seed=3, without=("sharing", "social_proof"))
    launch["residents"] = launch["town"].users().index
    for control, moves in ((policies.Uniform(), False), (policies.Popularity(power=3), True)):
        split = plan(launch["decide"]).assignment(control, policies.Oracle(launch["town"].truth(), "click"), 0.5)
        spared = split.arm_of(launch["residents"]) == 0
        both = np.c_[launch["clicks_of"](split), launch["clicks_of"](control)][spared]
        assert (abs(launch["more"](both)) > 0.01) == moves


def test_newcomers_get_all_of_the_gain_or_none(launch):
    rows = np.array([[150.0, 100, 0, 0], [0, 0, 300, 200]])
    assert launch["part_of_the_gain"](rows) == pytest.approx(1)
    assert launch["part_of_the_gain"](np.array([[100.0, 100, 0, 0], [0, 0, 300, 200]])) == 0


def test_before_and_after_is_right_without_a_calendar_and_wrong_by_a_holiday(launch):
    treated, spared = np.tile([10.0, 12.0, 1.0], (5, 1)), np.tile([10.0, 10.0, 0.0], (5, 1))
    assert launch["misled"](np.concatenate([treated, spared])) == pytest.approx(0)
    holiday = np.concatenate([treated, spared]) * [2, 1, 1]
    assert launch["misled"](holiday) == pytest.approx(-0.4 - 0.2)


# --- 12: the rule ----------------------------------------------------------------------------------------------------
def right(space, effects, rng):
    said = space["judged"](rng, effects)
    lost = [space["lost_by"](action, effect) for action, effect in zip(said, effects, strict=True)]
    return np.mean(np.array(lost) < space["NEAR"])


def test_the_rule_is_right_of_large_effects_and_its_opposite_is_not(many):
    effects = np.tile([0.3, -0.3], 10)
    assert right(many, effects, np.random.default_rng(2)) == 1
    turned = {"ramp": "roll back", "roll back": "ramp", "hold": "hold"}
    many["strict"] = plan(lambda *facts, **more: turned[many["decide"](*facts, **more)])
    assert right(many, effects, np.random.default_rng(2)) == 0


def test_a_broken_split_is_held_and_a_whole_one_of_a_clear_gain_is_not(many):
    rng = np.random.default_rng(3)
    assert set(many["judged"](rng, [0.3] * 10, broken=1.0)) == {"hold"}
    assert set(many["judged"](rng, [0.3] * 10)) == {"ramp"}


def test_in_doubt_nothing_is_lost_where_launches_do_nothing_and_much_where_they_do_and_nobody_can_tell(many):
    nothing = many["in_doubt"](np.random.default_rng(4), 0.0, n=10)
    assert not nothing["hold"].any() and many["mean_of"](nothing["roll back"]).value == 0
    many["strict"] = plan(lambda *facts, **more: "hold")
    much = many["in_doubt"](np.random.default_rng(5), 0.1, n=40)
    assert many["mean_of"](much["roll back"]).low > 0.003 and many["mean_of"](much["hold"]).low > 0.003


def test_the_rules_regret_is_none_of_the_rivals_or_all_of_it(launch):
    always, never = np.array([0.0, 0.1, 0.2]), np.array([0.3, 0.0, 0.1])
    assert launch["regret_ratio"](np.c_[np.zeros(3), always, never]) == 0
    assert launch["regret_ratio"](np.c_[always, always, never]) == pytest.approx(1)


# --- 12: who clicks --------------------------------------------------------------------------------------------------
def test_one_account_is_found_and_an_account_for_each_click_is_not(launch):
    rng = np.random.default_rng(6)
    owner, user = rng.integers(0, 30, 6000), rng.zipf(1.6, 6000) % 800
    one, each = (np.mean([launch["found"](rng, user, owner, 30, spread) for _ in range(10)]) for spread in (0.0, 1.0))
    assert one == 1 and each <= 5 / 30


# --- 14: percentiles -------------------------------------------------------------------------------------------------
def test_percentiles_add_up_for_stages_slow_together_are_too_much_apart_and_too_little_where_stages_stall_rarely():
    ratio, rng = functions_of("interview")["sum_over_request"], np.random.default_rng(7)
    slow = rng.lognormal(0, 0.5, 20_000)
    assert ratio(np.c_[slow, 2 * slow, 3 * slow]) == pytest.approx(1)
    assert ratio(rng.lognormal(0, 0.5, (20_000, 5))) > 1.2
    assert ratio(1 + 50 * (rng.random((20_000, 10)) < 0.004)) < 1
