"""A written rule of the ramp decides for a plan: its words become what the arena understands."""

import pytest

from course_lib.launch.launch_plan import Reading
from course_lib.launch.ramp import decide
from course_lib.launch.written_rule import plan_by, states

METRICS = ("clicks per user", "dwell per user", "requests per user", "dwell per click")


def reading(day, change, error=0.01, share=0.5, split_p=0.5):
    row = {"people control": 900, "people treatment": 900, "split p": split_p}
    for name in METRICS:
        row |= {name: change, f"{name}: error": error}
    return Reading(day, share, row)


@pytest.mark.parametrize(("day", "change", "split_p", "says"), [
    (3, 0.0, 0.5, "go on"), (3, -0.2, 0.5, "stop"), (14, 0.05, 0.5, "ship"), (14, 0.0, 0.5, "stop"),
    (14, 0.05, 1e-9, "stop"), (3, -0.2, 1e-9, "go on")])
def test_words_of_the_ramp_become_actions_of_the_plan(day, change, split_p, says):
    plan = plan_by(decide)
    assert plan.rule(reading(day, change, split_p=split_p), plan) == says


def test_a_look_before_the_last_day_has_the_wider_interval():
    plan, change = plan_by(decide), -0.021
    assert states(reading(14, change), plan)[1] == "fail"
    assert states(reading(13, change), plan)[1] == "undecided"


def test_what_the_rule_is_given_is_what_was_read():
    told = []

    def rule(*given):
        told.append(given)
        return "hold"

    plan = plan_by(rule, guardrails={"dwell per user": 0.05})
    plan.rule(reading(14, 0.05, split_p=0.3), plan)
    assert told == [(0.5, 0.3, {"dwell per user": "pass"}, "pass")]
