"""Controls of the claims of lessons 12 and 14 through their own functions: where a claim must hold, and where not.

The learner's functions are taken from the lessons' sources, as for lessons 09 and 10; the rest stands in the library.
"""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from lesson_functions import functions_of, said

from course_lib.launch import bought_clicks, drawn_launches, twins
from course_lib.launch.situation import ARMS, Situation
from course_lib.world import feed, policies


@pytest.fixture(scope="module")
def launch():
    return functions_of("launch")


@pytest.fixture(scope="module")
def people():
    """People alike enough that a percent can be seen."""
    rng = np.random.default_rng(0)
    visits = rng.poisson(3, 3000) + 1.0
    return pd.DataFrame({"requests": visits, "clicks": visits * rng.uniform(1, 2, 3000),
                         "dwell_s": visits * rng.uniform(50, 100, 3000)})


# --- 12: those who do not have it, those who are new ------------------------------------------------------------------
def test_control_stays_what_it_was_where_nothing_passes_over_and_moves_where_its_ranker_counts_all_clicks():
    town = feed(people=600, items=200, requests_per_day=2500, seed=3, without=("sharing", "social_proof"))
    users, best = town.users().index, policies.Oracle(town.truth(), "click")
    for control, moves in ((policies.Uniform(), False), (policies.Popularity(power=3), True)):
        without = twins.clicks_of(twins.run_twin(town, control, 4)[0], users)
        change = twins.change_for_control(town, control, best, 0.5, 4, without)
        assert (abs(change.value) > 0.01) == moves


def joined(new_live, new_twin, old_live, old_twin):
    """What one person of each kind clicks with the launch and without, as days of two services."""
    def days(new, old):
        shown = pd.DataFrame({"request_id": [0, 1], "user": [0, 1], "clicks": [new, old]})
        return [shown]
    return days(new_live, old_live), days(new_twin, old_twin), pd.Series([9, 0])


@pytest.mark.parametrize(("new_live", "part"), [(150.0, 1.0), (100.0, 0.0)])
def test_newcomers_get_all_of_the_gain_or_none(monkeypatch, new_live, part):
    monkeypatch.setattr(twins, "clicks_of", lambda days, users: days[0]["clicks"].to_numpy()[np.asarray(users)])
    live, twin, day = joined(new_live, 100.0, 300.0, 200.0)
    many = [pd.concat([days[0]] * 50, ignore_index=True) for days in (live, twin)]
    _, gained = twins.gains_of_old_and_new([many[0]], [many[1]], pd.Series([9, 0] * 50), 5)
    assert gained.value == pytest.approx(part)
    assert said("launch.newcomers", gained) == ("does not hold" if part else "holds")


# --- 12: before and after ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("holiday", "wrong"), [(1, 0.0), (2, -0.6)])
def test_before_and_after_is_right_without_a_calendar_and_wrong_by_a_holiday(launch, holiday, wrong):
    """Treated people go from 10 to 12, control stays at 10; a holiday doubles what stood before."""
    table = pd.DataFrame({"before": [10.0 * holiday] * 100, "now": [12.0] * 50 + [10.0] * 50,
                          "arm": [ARMS[1]] * 50 + [ARMS[0]] * 50})
    seen = Situation.chart_error(SimpleNamespace(people=lambda column: table), "clicks", rule=launch["net_change"])
    assert seen.value == pytest.approx(wrong)


# --- 12: the rule ----------------------------------------------------------------------------------------------------
def right(people, rule, effects, seed):
    rng = np.random.default_rng(seed)
    lost = drawn_launches.losses({"rule": drawn_launches.said_of(people, rng, effects, rule)}, effects)["rule"]
    return np.mean(lost < drawn_launches.NEAR)


def test_the_rule_is_right_of_large_effects_and_its_opposite_is_not(launch, people):
    effects = np.tile([0.3, -0.3], 10)
    assert right(people, launch["ramp_rule"], effects, 2) == 1
    turned = {"ramp": "roll back", "roll back": "ramp", "hold": "hold"}
    assert right(people, lambda *facts, **more: turned[launch["ramp_rule"](*facts, **more)], effects, 2) == 0


def test_a_broken_split_is_held_and_a_whole_one_of_a_clear_gain_is_not(launch, people):
    for broken, says in ((1.0, "hold"), (0.0, "ramp")):
        assert set(drawn_launches.said_of(people, np.random.default_rng(3), [0.3] * 10, launch["ramp_rule"],
                                          broken=broken)) == {says}


def test_in_doubt_nothing_is_lost_where_launches_do_nothing_and_much_where_they_do_and_nobody_can_tell(people):
    def doubtful(*facts, **more):
        return "hold"

    nothing = drawn_launches.in_doubt(people, np.random.default_rng(4), 0.0, doubtful, n=10)
    much = drawn_launches.in_doubt(people, np.random.default_rng(5), 0.1, doubtful, n=40)
    for advice in ("roll back", "hold"):
        assert nothing[advice].value == 0 and much[advice].low > 0.003


def test_the_rules_regret_is_none_of_the_rivals_or_all_of_it():
    always, never = np.tile([0.0, 0.1, 0.2], 20), np.tile([0.3, 0.0, 0.1], 20)
    none = drawn_launches.regret_ratio(np.c_[np.zeros(60), always, never])
    whole = drawn_launches.regret_ratio(np.c_[always, always, never])
    assert none.value == 0 and said("launch.regret", none) == "holds"
    assert whole.value == pytest.approx(1) and said("launch.regret", whole) == "does not hold"


# --- 12: who clicks --------------------------------------------------------------------------------------------------
def test_one_account_is_found_and_an_account_for_each_click_is_not(launch):
    rng = np.random.default_rng(6)
    owner, user = rng.integers(0, 30, 6000), rng.zipf(1.6, 6000) % 800
    one, each = (np.mean([bought_clicks.buyers_found(rng, user, owner, 30, spread, launch["effective_clickers"])
                          for _ in range(10)]) for spread in (0.0, 1.0))
    assert one == 1 and each <= 5 / 30


# --- 14: percentiles -------------------------------------------------------------------------------------------------
def test_percentiles_add_up_for_stages_slow_together_are_too_much_apart_and_too_little_where_stages_stall_rarely():
    ratio, rng = functions_of("interview")["sum_over_request"], np.random.default_rng(7)
    slow = rng.lognormal(0, 0.5, 20_000)
    assert ratio(np.c_[slow, 2 * slow, 3 * slow]) == pytest.approx(1)
    assert ratio(rng.lognormal(0, 0.5, (20_000, 5))) > 1.2
    assert ratio(1 + 50 * (rng.random((20_000, 10)) < 0.004)) < 1
