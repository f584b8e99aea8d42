"""A rule of the ramp, written as "ramp", "hold" or "roll back", as the rule of a plan that plays many launches."""

from __future__ import annotations

from collections.abc import Callable

from course_lib.evidence.estimate import Estimate
from course_lib.evidence.noninferiority import non_inferiority
from course_lib.launch.launch_plan import LaunchPlan, Reading


def states(reading: Reading, plan: LaunchPlan) -> tuple[dict[str, str], str]:
    """({guardrail: "pass", "fail" or "undecided"}, the primary's state) of a day.

    Before the plan's last day by intervals that hold at every look; on the last day by the ordinary interval.
    """
    peeking = reading.day < plan.length

    def change(name) -> Estimate:
        return reading.change(name, level=plan.level, peeking=peeking)

    held = {}
    for name, margin in plan.guardrails.items():
        seen = change(name)
        held[name] = non_inferiority(seen.low, seen.high, margin)
    primary = change(plan.primary)
    return held, "pass" if primary.low > 0 else "fail" if primary.high < 0 else "undecided"


def plan_by(rule: Callable[..., str], name: str = "your rule", **settings) -> LaunchPlan:
    """A LaunchPlan that asks `rule(share, srm_p, guardrails, primary)` every day.

    rule: as launch.ramp.decide. Its "roll back" stops at once. Its "ramp" ships on the plan's last day and goes on
    before; its "hold" goes on while there are days left and stops on the last. settings: of LaunchPlan.
    """
    def daily(reading: Reading, plan: LaunchPlan) -> str:
        said = rule(reading.share, reading.split_p, *states(reading, plan))
        if said == "roll back":
            return "stop"
        if reading.day < plan.length:
            return "go on"
        return "ship" if said == "ramp" else "stop"

    return LaunchPlan(name, rule=daily, **settings)
