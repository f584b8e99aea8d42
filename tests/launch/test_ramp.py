"""Ramps over a service whose truth is known: good launches land, harm is stopped, a kill changes nothing."""

import itertools

import numpy as np
import pytest
from toy_service import Rate, Service

from course_lib.contracts import ArgumentError, LogMismatchError
from course_lib.data.log import MemoryLog
from course_lib.evidence.units import unit_table
from course_lib.launch.guardrails import Guardrail
from course_lib.launch.ramp import Ramp, decide

PLAN = Ramp((Guardrail("clicks per user", 0.1), Guardrail("reports per impression", 0.9)), "click rate")
OLD, BETTER, WORSE = Rate("old", 0.2), Rate("better", 0.24), Rate("worse", 0.12)


def test_a_better_system_is_launched_step_by_step():
    report = PLAN.run(Service(), OLD, BETTER, 10)
    assert report.outcome == "launched"
    shares = report.days["share"].tolist()
    assert shares == sorted(shares) and set(shares) == {0.01, 0.05, 0.25, 0.5, 1.0}
    last = report.decisions[-1]
    assert last.share == 0.5 and last.action == "ramp" and all(v.state == "pass" for v in last.verdicts)


def test_a_harmful_one_is_rolled_back_before_half_the_users_see_it_and_stays_back():
    report = PLAN.run(Service(), OLD, WORSE, 10)
    assert report.outcome == "rolled back" and "loss is more than" in report.decisions[-1].reason
    assert report.days["share"].max() <= 0.25
    assert report.days.loc[report.days["day"] > report.decisions[-1].day, "share"].eq(0).all()


def test_more_clicks_with_more_reports_are_rolled_back():
    report = PLAN.run(Service(), OLD, Rate("clickbait", 0.3, report=0.08), 10)
    assert report.outcome == "rolled back" and "reports" in report.decisions[-1].reason


def test_no_difference_is_held_at_half_and_hardly_ever_rolled_back():
    outcomes = [PLAN.run(Service(1000, seed), OLD, Rate("same", 0.2), 7).outcome for seed in range(30)]
    assert outcomes.count("rolled back") <= 1 and outcomes.count("launched") <= 2


def test_a_broken_split_holds_whatever_the_metrics_say():
    report = PLAN.run(Service(20_000), OLD, Rate("crashes", 0.5, lost=0.4), 3)
    assert report.outcome == "held"
    assert any("split broken" in decision.reason for decision in report.decisions)
    assert report.days["share"].iloc[-1] < 0.5


def test_users_once_treated_stay_treated():
    user, before = np.arange(5000), np.zeros(5000, bool)
    for share in PLAN.steps:
        now = PLAN.assignment(OLD, BETTER, share).arm_of(user) == 1
        assert (now >= before).all() and now.mean() == pytest.approx(share, abs=0.02)
        before = now


def test_a_killed_ramp_resumes_from_its_log_and_ends_the_same():
    whole = PLAN.run(Service(), OLD, BETTER, 9)
    log, service = MemoryLog(), Service()
    PLAN.run(service, OLD, BETTER, 4, log=log)  # killed after four days
    resumed = PLAN.run(service, OLD, BETTER, 9, log=log, start=0)
    assert str(resumed) == str(whole) and log.last_day == 8
    assert resumed.days.astype(str).equals(whole.days.astype(str))


def test_a_log_of_another_ramp_or_day_is_refused():
    log, service = MemoryLog(), Service()
    PLAN.run(service, OLD, BETTER, 2, log=log)
    other = Ramp(PLAN.guardrails, PLAN.primary, salt=9)
    with pytest.raises(LogMismatchError, match="same steps and salt"):
        other.run(service, OLD, BETTER, 4, log=log, start=0)
    with pytest.raises(LogMismatchError, match="environment is at day 2"):
        PLAN.run(service, OLD, BETTER, 4, start=0)


def test_decisions_over_every_combination_of_facts():
    states = ("pass", "undecided", "fail")
    for share, p, one, two, primary in itertools.product((0.01, 0.5), (0.5, 1e-9), states, states, states):
        action = decide(share, p, {"one": one, "two": two}, primary)
        if p < 1e-3:
            assert action == "hold"
        elif "fail" in (one, two, primary):
            assert action == "roll back"
        elif share == 0.5 and "undecided" in (one, two, primary):
            assert action == "hold"
        else:
            assert action == "ramp"


def test_a_primary_that_is_proven_worse_goes_on_to_nobody():
    """No guardrail sees it: only the metric that the launch is for is worse, at a quarter of the users."""
    assert decide(0.25, 0.5, {"dwell": "pass"}, "fail") == "roll back"
    assert decide(0.25, 1e-9, {"dwell": "pass"}, "fail") == "hold"  # on a broken split nothing is proven
    plan = Ramp((Guardrail("reports per impression", 0.9),), "click rate")
    report = plan.run(Service(), OLD, WORSE, 10)
    assert report.outcome == "rolled back" and report.days["share"].max() <= 0.25
    assert report.decisions[-1].reason.startswith("primary worse")


def test_a_step_lasts_as_long_as_planned():
    plan = Ramp(PLAN.guardrails, PLAN.primary, days_per_step=2)
    assert plan.run(Service(12_000), OLD, BETTER, 9).days["share"].tolist() == [0.01] * 2 + [0.05] * 2 + [0.25] * 2 + [
        0.5] * 2 + [1.0]


def test_a_holdback_keeps_watching():
    plan = Ramp(PLAN.guardrails, PLAN.primary, steps=(0.5, 0.9))
    report = plan.run(Service(), OLD, BETTER, 6)
    assert report.outcome == "launched" and report.days["share"].tolist()[-1] == 0.9
    assert len(report.decisions) == 6


def test_another_rule_can_decide():
    plan = Ramp(PLAN.guardrails, PLAN.primary, rule=lambda *facts, **gate: "roll back")
    assert plan.run(Service(), OLD, BETTER, 2).days["share"].tolist() == [0.01, 0.0]


def test_people_who_join_later_change_no_earlier_decision():
    log, service = MemoryLog(), Service()
    first = PLAN.run(service, OLD, BETTER, 3, log=log)
    service.people = 6000
    again = PLAN.run(service, OLD, BETTER, 3, log=log, start=0)
    assert str(again) == str(first)


def test_bad_plans_are_refused():
    with pytest.raises(ArgumentError, match="rise"):
        Ramp(PLAN.guardrails, PLAN.primary, steps=(0.5, 0.25))
    with pytest.raises(ArgumentError, match="at least one guardrail"):
        Ramp((), PLAN.primary)


def test_one_look_at_two_arms_says_what_the_ramp_would():
    service = Service(4000)
    plan = Ramp((Guardrail("clicks per user", 0.1),), "click rate", steps=(0.5, 1.0))
    split = plan.assignment(Rate("old"), Rate("new", 0.3), 0.5)
    table = unit_table(service.run(split, 1), assignment=split, users=service.users().query("joined_day <= 0"))
    facts = plan.judge(table[table["arm"] == "control"], table[table["arm"] == "treatment"], 0.5)
    report = plan.run(Service(4000), Rate("old"), Rate("new", 0.3), 1)
    assert facts.action == report.decisions[0].action == "ramp" and facts.primary == "pass"
    assert facts.verdicts == report.decisions[0].verdicts
