"""A launch's plan, written before anyone sees anything, and the named plans that it is held against.

A plan reads rows of `launch_readings` and says each day: "go on", "ship" or "stop". It never sees a truth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from course_lib.contracts import ArgumentError
from course_lib.evidence.estimate import Estimate, normal_estimate
from course_lib.evidence.experiment import SRM_ALARM
from course_lib.evidence.noninferiority import non_inferiority
from course_lib.evidence.sequential import always_valid

ACTIONS = ("go on", "ship", "stop")
GUARDRAILS = {"dwell per user": 0.05, "requests per user": 0.05, "dwell per click": 0.05}
SHOP_GUARDRAILS = {"requests per user": 0.05, "spend per user": 0.1}
PROBABLY = 0.5          # the level of the interval that lies below 0 where a loss is probable, three to one
EFFECT = 0.03           # the size of effects expected, for intervals that hold at every look


@dataclass(frozen=True)
class Reading:
    """One row of the table, of the second week too where there is one. day: days so far. row, late: dicts or None."""

    day: int
    share: float
    row: dict
    late: dict | None = None

    @property
    def split_p(self) -> float:
        return float(self.row["split p"])

    def change(self, metric: str, *, level: float = 0.95, late: bool = False, peeking: bool = False) -> Estimate:
        """A metric's relative change with its interval; late: of the second week; peeking: one that holds each day.

        Raises ArgumentError for a metric that the table does not hold, or a second week that has not begun.
        """
        row = self.late if late else self.row
        if row is None or f"{metric}: error" not in row:          # "share" stands there too, and is no metric
            raise ArgumentError(f"metric is {metric!r} on day {self.day}; expected one of the table's"
                                f"{', from day 8 on' if late else ''}.")
        value, error = float(row[metric]), float(row[f"{metric}: error"])
        people = int(row["people control"] + row["people treatment"])
        if peeking:
            return always_valid(value, error, EFFECT, alpha=1 - level, n=people)
        return normal_estimate(value, error, people, level)

    def since_before(self, metric: str) -> float:
        """The treated against their own days before the launch, relative: no control is asked."""
        return float(self.row[f"{metric}: before"])


def decide(reading: Reading, plan: LaunchPlan) -> str:
    """The plan's own rule: "go on", "ship" or "stop".

    A broken split stops, if the plan checks it. A guardrail that has certainly lost its margin stops, and so does a
    primary that is certainly worse, where `canary` is on. From the day `doubts_from` on, a primary that is probably
    worse stops too: three to one, its 50% interval lies below 0. On the last day it ships if the primary has won (or
    need not), every guardrail is proved (or need not be), and the second week does not say the opposite (or is not
    asked).
    """
    if plan.split_check and reading.split_p < SRM_ALARM:
        return "stop"
    if plan.canary and _hurts(reading, plan):
        return "stop"
    doubts = plan.doubts_from is not None and reading.day >= plan.doubts_from
    if doubts and reading.change(plan.primary, level=PROBABLY).high < 0:
        return "stop"
    if reading.day < plan.length:
        return "go on"
    if plan.must_win and not reading.change(plan.primary, level=plan.level).low > 0:
        return "stop"
    if plan.must_prove and not _proved(reading, plan):
        return "stop"
    if plan.second_week and reading.late is not None and reading.change(plan.primary, late=True).value <= 0:
        return "stop"
    return "ship"


def _hurts(reading: Reading, plan: LaunchPlan) -> bool:
    """Is a loss certain, by intervals that hold at every look?"""
    lost = [non_inferiority(change.low, change.high, margin) == "fail" for change, margin in (
        (reading.change(name, level=plan.level, peeking=True), margin) for name, margin in plan.guardrails.items())]
    return any(lost) or reading.change(plan.primary, level=plan.level, peeking=True).high < 0


def _proved(reading: Reading, plan: LaunchPlan) -> bool:
    changes = {name: reading.change(name, level=plan.level) for name in plan.guardrails}
    return all(non_inferiority(changes[name].low, changes[name].high, margin) == "pass"
               for name, margin in plan.guardrails.items())


@dataclass(frozen=True)
class LaunchPlan:
    """What is written down first. A step is (share, days); the last step's end is the day of the decision.

    primary: the metric it is for. guardrails: metric -> margin, a share of control. split_check, canary, must_win,
    must_prove, second_week, doubts_from (a day, or None for never): what `decide` asks. level: of its intervals. rule:
    (reading, plan) -> one of ACTIONS, the plan's own where a learner writes one. A plan without steps ships on day 0.
    Raises ArgumentError for shares that do not rise from above 0 to at most a half, or steps without days.
    """

    name: str
    steps: tuple[tuple[float, int], ...] = ((0.05, 2), (0.25, 2), (0.5, 10))
    primary: str = "clicks per user"
    guardrails: dict[str, float] = field(default_factory=lambda: dict(GUARDRAILS))
    split_check: bool = True
    canary: bool = True
    must_win: bool = True
    must_prove: bool = True
    second_week: bool = True
    doubts_from: int | None = None
    level: float = 0.95
    rule: Callable[[Reading, LaunchPlan], str] = decide

    def __post_init__(self):
        shares, days = [share for share, _ in self.steps], [length for _, length in self.steps]
        if self.steps and (min(shares) <= 0 or max(shares) > 0.5 or (np.diff(shares) < 0).any() or min(days) < 1):
            raise ArgumentError(f"steps of plan {self.name!r} are {self.steps}; expected (share, days) with shares "
                                f"that rise from above 0 to at most 0.5, and at least a day each.")
        bad = {name: margin for name, margin in self.guardrails.items() if not 0 < margin < 1}
        if bad or not 0 < self.level < 1:
            raise ArgumentError(f"plan {self.name!r} has margins {self.guardrails}, level {self.level}; expected "
                                f"shares between 0 and 1.")

    @property
    def length(self) -> int:
        """The day of the decision: 0 where the plan ships at once."""
        return sum(days for _, days in self.steps)

    def share_on(self, day: int) -> float:
        """The share of people on the treatment on a day of the test, from 0."""
        ends = np.cumsum([days for _, days in self.steps])
        return float(self.steps[int(np.searchsorted(ends, day, side="right"))][0])


def before_and_after(reading: Reading, plan: LaunchPlan) -> str:
    """Ships if the treated click more, a day, than they did before the launch."""
    if reading.day < plan.length:
        return "go on"
    return "ship" if reading.since_before(plan.primary) > 0 else "stop"


RIVALS = {plan.name: plan for plan in (
    LaunchPlan("always ship", steps=()),
    LaunchPlan("never ship", steps=((0.05, 1),), rule=lambda reading, plan: "stop"),
    LaunchPlan("before and after", steps=((0.5, 7),), rule=before_and_after),
    LaunchPlan("p < .05 at day 7", steps=((0.5, 7),), guardrails={}, split_check=False, canary=False,
               must_prove=False, second_week=False),
    LaunchPlan("canary", steps=((0.05, 1), (0.25, 2)), split_check=False, must_win=False, must_prove=False,
               second_week=False),
    LaunchPlan("likely better", must_win=False, must_prove=False),
    LaunchPlan("risk-aware"),
    LaunchPlan("risk-aware, gets out", doubts_from=4),
    LaunchPlan("reference", steps=((0.05, 1), (0.5, 9)), primary="dwell per user", doubts_from=4),
)}
# In a shop nobody is held by reading, so the reference goes by clicks there, as the others do.
RIVALS_OF = {"feed": RIVALS, "marketplace": {
    name: replace(plan, primary="clicks per user", guardrails=SHOP_GUARDRAILS if plan.guardrails else {})
    for name, plan in RIVALS.items()}}
