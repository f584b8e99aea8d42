"""Guardrails by non-inferiority: prove that nothing was lost, instead of failing to see that it was."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from course_lib.contracts import ArgumentError, DataError
from course_lib.evidence.estimate import Estimate
from course_lib.evidence.experiment import metric_difference, ratio_difference, relative_difference, sample_size
from course_lib.evidence.noninferiority import non_inferiority
from course_lib.evidence.units import METRICS, Metric

MIN_UNITS = 50  # an arm; with fewer, no interval of a skewed metric is one to act on
TAIL_GROWTH = 2.0  # the most that skewness may multiply the chance of a false verdict by before none is given


@dataclass(frozen=True)
class Verdict:
    """What a guardrail says: state "pass", "fail" or "undecided"; change, relative to control, up is better; why."""

    metric: str
    state: str
    change: Estimate
    margin: float
    reason: str

    def __str__(self) -> str:
        return f"{self.metric}: {self.state} ({self.reason})"


@dataclass(frozen=True)
class Guardrail:
    """A metric that must not be lost by more than a margin.

    metric: a name in evidence.units.METRICS, a Metric, or any name when arrays are checked. margin: the largest loss
    that can be lived with, as a share of control (0.02 = 2%), chosen before the data are seen. direction: "up" where
    more is better, "down" where less is; default: the metric's own.
    """

    metric: str | Metric
    margin: float
    direction: str | None = None

    def __post_init__(self):
        known = METRICS.get(self.metric) if isinstance(self.metric, str) else self.metric
        object.__setattr__(self, "direction", self.direction or (known.good if known else "up"))
        if not 0 < self.margin < 1 or self.direction not in ("up", "down"):
            raise ArgumentError(f"guardrail {self.name}: margin {self.margin}, direction {self.direction!r}; expected "
                                f"a share of control between 0 and 1, and 'up' or 'down'.")

    @property
    def name(self) -> str:
        return self.metric if isinstance(self.metric, str) else self.metric.name

    def check(self, control, treatment, *, level: float = 0.95) -> Verdict:
        """Verdict on two arms, each a unit table, an array of one value a unit, or a pair (numerator, denominator).

        "pass": a loss of the margin or more is excluded. "fail": nothing but such a loss is left. Otherwise
        "undecided", and the reason says how many units would settle it four times in five, if in truth nothing changed.

        Where the values are so skewed, for units so few, that a verdict would be wrong more than twice as often as
        `level` says, it is "undecided" too.

        Source: Schuirmann 1987 (two one-sided tests); the margin is relative to control, by the interval of the log
        ratio.
        """
        nothing = Estimate(float("nan"), -np.inf, np.inf, 0)
        units = min(_units(control), _units(treatment))
        if units < MIN_UNITS:
            return Verdict(self.name, "undecided", nothing, self.margin,
                           f"{units} units in the smaller arm; {MIN_UNITS} are the least an interval can stand on")
        try:
            change = self._change(control, treatment, level)
        except DataError as error:
            return Verdict(self.name, "undecided", nothing, self.margin, str(error))
        too_low, too_high = tail_growth(*(self._units_of(arm) for arm in (control, treatment)), level)
        if self.direction == "down":
            change = Estimate(-change.value, -change.high, -change.low, change.n)
            too_low, too_high = too_high, too_low
        state = non_inferiority(change.low, change.high, self.margin)
        growth = {"fail": too_low, "pass": too_high}.get(state, 0.0)
        if growth > TAIL_GROWTH:
            return Verdict(self.name, "undecided", change, self.margin,
                           f"change {change:.1%}, but the values are too skewed for {units} units in the smaller arm: "
                           f"\"{state}\" would be wrong {growth:.0f} times as often as planned")
        return Verdict(self.name, state, change, self.margin, self._reason(state, change))

    def _units_of(self, arm) -> tuple[np.ndarray, np.ndarray]:
        """Numerator and denominator of the metric in an arm, float (n,) each."""
        if hasattr(arm, "columns"):
            return metric_columns(METRICS[self.metric] if isinstance(self.metric, str) else self.metric, arm)
        above, below = arm if isinstance(arm, tuple) else (arm, np.ones(len(arm)))
        return np.asarray(above, float), np.asarray(below, float)

    def _change(self, control, treatment, level) -> Estimate:
        if hasattr(control, "columns"):
            metric = METRICS[self.metric] if isinstance(self.metric, str) else self.metric
            return metric_difference(metric, control, treatment, relative=True, level=level)
        if isinstance(control, tuple):
            return ratio_difference(control, treatment, relative=True, level=level)
        return relative_difference(control, treatment, level=level)

    def _reason(self, state, change) -> str:
        if state == "pass":
            return f"change {change:.1%}: a loss of {self.margin:.0%} is excluded"
        if state == "fail":
            return f"change {change:.1%}: the loss is more than {self.margin:.0%}"
        if not np.isfinite(change.width):
            return "too little varies in the two arms for anything to be said"
        factor = 2 * (change.width / 2 / self.margin) ** 2  # as wide as the margin passes every other time
        more = f"about {factor:.1f} times the units would settle it" if factor > 1 else "the truth is near the margin"
        return f"change {change:.1%} holds both a loss of {self.margin:.0%} and no such loss: {more}"


def metric_columns(metric: Metric, table) -> tuple[np.ndarray, np.ndarray]:
    """Numerator and denominator of a metric in a unit table, float (n,) each; ones where it is a mean a unit."""
    above = table[metric.numerator].to_numpy(float)
    return above, np.ones(len(above)) if metric.denominator is None else table[metric.denominator].to_numpy(float)


def tail_growth(control, treatment, level: float = 0.95) -> tuple[float, float]:
    """How many times as often as planned a relative change of 0 comes out too low, and too high, by skewness alone.

    control, treatment: (numerator, denominator) by unit, float (n,) each. level: of the interval. Two arms alike in
    size and shape give (1, 1), since what is skewed in both cancels. A small arm of skewed values mostly misses the
    few large ones, and takes itself for lower than it is and surer than it can be. Skewness is that of both arms
    together, each over its own mean: a small arm does not show its own. A first term: where the skewness is extreme the
    true growth is up to twice as large. (1, 1) where a mean is not above 0.

    Source: the first term of the Edgeworth expansion of a studentised mean, Hall 1987,
    doi:10.1214/aop/1176992073; here for the difference of two log means.
    """
    from scipy.stats import norm

    pulls, ratios = [], []
    for above, below in (control, treatment):
        if not (above.sum() > 0 and below.sum() > 0 and len(above) > 1):
            return 1.0, 1.0
        ratios.append(above.sum() / below.sum())
        pulls.append((above / ratios[-1] - below) / below.mean())
    both = np.concatenate(pulls)
    spread = both.std()
    if not spread > 0:
        return 1.0, 1.0
    skew, sizes = float((both**3).mean() / spread**3), np.array([len(pull) for pull in pulls])
    part = (1 / sizes[::-1]) / (1 / sizes).sum()              # each arm's part of the variance, treatment first
    lean = (part**1.5 / np.sqrt(sizes[::-1])) @ [1, -1]        # what one unit of skewness leaves in the difference
    z = float(norm.ppf(0.5 + level / 2))
    shift = lean * (skew * (2 * z**2 + 1) / 6 - spread * z**2 / 2)
    growth = shift * norm.pdf(z) / norm.sf(z)
    return float(max(1 + growth, 0)), float(max(1 - growth, 0))


def _units(arm) -> int:
    return len(arm[0]) if isinstance(arm, tuple) else len(arm)


def users_to_prove(mean: float, standard_deviation: float, margin: float, *, alpha: float = 0.05,
                   power: float = 0.8) -> int:
    """Users an arm needed to prove, with the power given, that a metric has lost less than a margin when it lost none.

    mean, standard_deviation: of the metric a user, same unit. margin: share of the mean (0.02 = 2%). alpha: 1 − level
    of the interval that must exclude the loss; its lower end alone matters. users_to_prove(1, 1, 0.05) is 6280.

    Source: Blackwelder 1982 (proving the null hypothesis), doi:10.1016/0197-2456(82)90024-1.
    """
    if not (mean > 0 and standard_deviation > 0 and 0 < margin < 1):
        raise ArgumentError(f"mean {mean}, standard_deviation {standard_deviation}, margin {margin}; expected the "
                            f"first two above 0 and a margin between 0 and 1.")
    return sample_size(standard_deviation, margin * mean, alpha=alpha, power=power)
