"""A launch in steps: 1, 5, 25, 50, 100% of users, each step earned by the guardrails of the one before.

The log is the whole state of a ramp. Every decision follows from the days logged so far, so a ramp that was killed is
resumed by running it again with the same log: the days it holds are judged once more, the rest are run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from course_lib.contracts import DAY_S, ArgumentError, Arm, Assignment, DataError, DayLog, LogMismatchError
from course_lib.evidence.estimate import Estimate
from course_lib.evidence.experiment import SRM_ALARM, metric_difference, srm
from course_lib.evidence.units import METRICS, Metric, unit_table
from course_lib.launch.guardrails import MIN_UNITS, TAIL_GROWTH, Guardrail, Verdict, metric_columns, tail_growth


@dataclass(frozen=True)
class Decision:
    """What was decided at the end of a day: action "ramp", "hold" or "roll back", at which share, and why."""

    day: int
    share: float
    action: str
    reason: str
    verdicts: tuple[Verdict, ...] = ()

    def __str__(self) -> str:
        return f"day {self.day}, {self.share:.0%}: {self.action} ({self.reason})"


def decide(share: float, srm_p: float, guardrails: Mapping[str, str], primary: str, *, decide_at: float = 0.5) -> str:
    """"ramp", "hold" or "roll back" at the end of a step.

    share: of users on the treatment, 0 to 1. srm_p: p-value of the split. guardrails: name -> "pass", "fail" or
    "undecided". primary: the same, "pass" where it is better and "fail" where it is worse. decide_at: the share from
    which on every guardrail must be proved and the primary won; below it few are at risk and few can prove anything,
    so that only a proven loss stops the ramp, of a guardrail or of the primary. A broken split holds: nothing measured
    on it counts, not even harm.

    Source: Xu, Duan, Huang 2018 (SQR), arXiv 1801.08532.
    """
    if srm_p < SRM_ALARM:
        return "hold"
    if primary == "fail" or "fail" in guardrails.values():
        return "roll back"
    if share < decide_at:
        return "ramp"
    proved = primary == "pass" and all(state == "pass" for state in guardrails.values())
    return "ramp" if proved else "hold"


@dataclass
class RampReport:
    """What a ramp did. days: a table, one row a day. decisions: one a day while a comparison was possible.

    outcome: "launched" (the last step was reached), "rolled back", or "held" (waiting when the days ran out).
    """

    days: pd.DataFrame
    decisions: list[Decision]
    outcome: str

    def __str__(self) -> str:
        return "\n".join([*map(str, self.decisions), f"outcome: {self.outcome}"])


@dataclass(frozen=True)
class Facts:
    """What a decision rests on: the action, people who came by arm, p of the split, the guardrails' verdicts, and the
    primary metric's state with its change."""

    action: str
    came: list[int]
    split_p: float
    verdicts: tuple[Verdict, ...]
    primary: str
    change: Estimate


@dataclass(frozen=True)
class Ramp:
    """The plan of a launch, written down before the first user sees anything.

    guardrails: what must not be lost. primary: the one metric the launch is for; it must be better from `decide_at`
    on. steps: shares of users, ascending, the last usually 1. days_per_step: days before a step may be left.
    alpha: chance that the whole ramp errs, shared out evenly over `max_checks` days of checks of every guardrail and
    the primary, since a ramp that looks every day peeks. salt: which users go first. rule: decides, as `decide` does.
    """

    guardrails: tuple[Guardrail, ...]
    primary: str | Metric
    steps: tuple[float, ...] = (0.01, 0.05, 0.25, 0.5, 1.0)
    days_per_step: int = 1
    decide_at: float = 0.5
    alpha: float = 0.05
    max_checks: int = 10
    salt: int = 0
    rule: Callable[..., str] = decide

    def __post_init__(self):
        steps = np.asarray(self.steps, float)
        if not len(steps) or steps.min() <= 0 or steps.max() > 1 or (np.diff(steps) <= 0).any():
            raise ArgumentError(f"steps are {self.steps}; expected shares that rise from above 0 to at most 1.")
        if self.days_per_step < 1 or not self.guardrails:
            raise ArgumentError(f"days_per_step is {self.days_per_step} with {len(self.guardrails)} guardrails; "
                                f"expected at least a day and at least one guardrail.")

    @property
    def level(self) -> float:
        """Level of one check's interval, so that the ramp as a whole errs with probability at most alpha."""
        return 1 - self.alpha / (self.max_checks * (len(self.guardrails) + 1))

    @property
    def metrics(self) -> list[Metric]:
        """The primary metric, then those that the guardrails guard."""
        named = [self.primary, *(guardrail.metric for guardrail in self.guardrails)]
        return list(dict.fromkeys(METRICS[m] if isinstance(m, str) else m for m in named))

    def judge(self, control, treatment, share: float) -> Facts:
        """What the rule says of two unit tables (evidence.units), one an arm, those who stayed away included."""
        came = [int((part["requests"] > 0).sum()) for part in (control, treatment)]
        p = srm(came, [1 - share, share])
        verdicts = tuple(g.check(control, treatment, level=self.level) for g in self.guardrails)
        primary, change = self._primary(control, treatment)
        action = self.rule(share, p, {v.metric: v.state for v in verdicts}, primary, decide_at=self.decide_at)
        return Facts(action, came, p, verdicts, primary, change)

    def _primary(self, control, treatment) -> tuple[str, Estimate]:
        """The primary's state, from its relative change by the interval that guardrails use, and its change as it is.

        Few units, and units too skewed for their number, leave it undecided: their intervals are too narrow to act on.
        """
        metric = self.metrics[0]
        if min(len(control), len(treatment)) < MIN_UNITS:
            return "undecided", Estimate(float("nan"), -np.inf, np.inf, 0)
        try:
            change = metric_difference(metric, control, treatment, level=self.level)
            relative = metric_difference(metric, control, treatment, relative=True, level=self.level)
        except DataError:  # nothing to compare with: control's mean is 0
            return "undecided", Estimate(float("nan"), -np.inf, np.inf, 0)
        growth = tail_growth(metric_columns(metric, control), metric_columns(metric, treatment), self.level)
        if not relative.excludes(0) or growth[relative.value > 0] > TAIL_GROWTH:
            return "undecided", change
        return "pass" if (relative.value > 0) == (metric.good == "up") else "fail", change

    def assignment(self, control, treatment, share: float) -> Assignment:
        """The split at a share: a user once treated stays treated as the share grows."""
        return Assignment((Arm("control", control, 1 - share), Arm("treatment", treatment, share)), salt=self.salt)

    def run(self, environment, control, treatment, days: int, log=None, start: int | None = None) -> RampReport:
        """Run a ramp of `days` days from day `start` (default: the environment's next); days go to `log` if given.

        environment: contracts.Environment. control, treatment: policies. log: a data.log.Log or MemoryLog. Days of the
        ramp that the log already holds are judged again and not run again; policies that learn must then be restored
        by the caller. Raises LogMismatchError where log and environment do not meet, or the log was split otherwise.
        """
        start = environment.day if start is None else start
        state = _State(self, control, treatment)
        for day in range(start, start + days):
            split = self.assignment(control, treatment, state.share)
            held = _day(environment, log, day, split)
            users = environment.users()  # those who join later must not count when old days are judged again
            state.take(held, split, users[users["joined_day"] <= day] if "joined_day" in users else users)
        return RampReport(pd.DataFrame(state.rows), state.decisions, state.outcome)


def _day(environment, log, day: int, split: Assignment) -> DayLog:
    if log is not None and log.last_day >= day:
        held = DayLog(day, log.requests([day]), log.impressions([day]), log.outcomes([day]))
        names = np.array([arm.name for arm in split.arms])
        wrong = held.requests["arm"].astype(str).to_numpy() != names[split.arm_of(held.requests["user"])]
        if wrong.any():
            raise LogMismatchError(f"day {day}: {int(wrong.sum())} of {len(wrong)} requests in the log were served by "
                                   f"another arm than this ramp gives them. Resume with the same steps and salt.")
        return held
    if environment.day != day:
        raise LogMismatchError(f"the environment is at day {environment.day}, the ramp at day {day}. Pass the log that "
                               f"ends the day before the environment's, or none.")
    done = environment.run(split, 1)[0]
    if log is not None:
        log.append(done)
    return done


@dataclass
class _State:
    """Where a ramp stands; only `take` moves it."""

    plan: Ramp
    control: object
    treatment: object
    step: int = 0
    outcome: str = "held"
    kept: list[DayLog] = field(default_factory=list)
    rows: list[dict] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)

    @property
    def share(self) -> float:
        return 0.0 if self.outcome == "rolled back" else float(self.plan.steps[self.step])

    def take(self, day_log: DayLog, split: Assignment, users) -> None:
        """Judge one more day: pooled with the days of the same step, act where the step's days are over."""
        self.kept.append(day_log)
        share, until = self.share, (day_log.day + 1) * DAY_S
        today = unit_table([day_log], until=until)
        row = {"day": day_log.day, "share": share, **_levels(today, self.plan.metrics)}
        if 0 < share < 1:
            table = unit_table(self.kept, assignment=split, users=users, until=until)
            decision, facts = self._judge(day_log.day, share, table)
            self.decisions.append(decision)
            row |= facts
            self._act(decision)
        else:
            row |= {"action": "watch" if share else "rolled back", "reason": "one policy serves all: no comparison"}
            self.kept.clear()
        self.rows.append(row)

    def _judge(self, day, share, table) -> tuple[Decision, dict]:
        plan = self.plan
        facts = plan.judge(*(table[table["arm"] == arm] for arm in ("control", "treatment")), share)
        verdicts, primary, change = facts.verdicts, facts.primary, facts.change
        action, reason = facts.action, _reason(facts, share, plan)
        if action == "ramp" and len(self.kept) < plan.days_per_step:
            action, reason = "hold", f"day {len(self.kept)} of {plan.days_per_step} at this step"
        row = {"action": action, "reason": reason, "users control": facts.came[0], "users treatment": facts.came[1],
               "split p": facts.split_p, "primary": primary, "primary change": change,
               **{f"{v.metric}: verdict": v.state for v in verdicts},
               **{f"{v.metric}: change": v.change for v in verdicts}}
        return Decision(day, share, action, reason, verdicts), row

    def _act(self, decision: Decision) -> None:
        if decision.action == "roll back":
            self.outcome = "rolled back"
        elif decision.action == "ramp":
            last = len(self.plan.steps) - 1
            self.step = min(self.step + 1, last)
            self.outcome = "launched" if self.step == last else "held"
        if decision.action != "hold":
            self.kept.clear()


def _levels(table: pd.DataFrame, metrics) -> dict:
    """Each metric's level by arm on one day, for those arms that served anybody."""
    levels = {}
    for arm, part in table.groupby("arm"):
        for metric in metrics:
            below = len(part) if metric.denominator is None else part[metric.denominator].sum()
            levels[f"{metric.name}, {arm}"] = part[metric.numerator].sum() / below if below else np.nan
    return levels


def _reason(facts: Facts, share: float, plan: Ramp) -> str:
    if facts.split_p < SRM_ALARM:
        return (f"split broken: p = {facts.split_p:.1g} for {1 - share:.0%} to {share:.0%}; find out why before "
                f"reading anything")
    if facts.action == "roll back":
        failed = [str(v) for v in facts.verdicts if v.state == "fail"]
        return "; ".join(failed) or f"primary worse: {facts.change}"
    if share < plan.decide_at:
        return "no proven loss, and few users at risk"
    waiting = [v.metric for v in facts.verdicts if v.state == "undecided"]
    waiting += ["primary"] * (facts.primary == "undecided")
    if waiting:
        return "not yet proved: " + ", ".join(waiting)
    return f"all guardrails proved, primary better: {facts.change}"
