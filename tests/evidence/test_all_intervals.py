"""Every public function that answers an interval is asked the same odd questions; a new one is found by itself.

What is found `interval_functions` tells. Each stands in CALLS, which feeds it with a row of values, or in
intervals_apart.toml with what makes its interval and the reason.
"""

import warnings

import numpy as np
import pandas as pd
import pytest
from interval_functions import all_found, apart, mentioned

from course_lib.contracts import CourseError
from course_lib.data import labels
from course_lib.evidence import (
    aa_tests,
    agreement,
    another_log,
    auc_by_people,
    calibrated_where,
    chosen,
    counterfactual,
    covariates,
    differences,
    estimate,
    growth,
    interference,
    interleave,
    intervals,
    no_event,
    objectives,
    offline,
    paired_gain,
    sampled,
    sequential,
    shop_rivals,
    slate_fronts,
    slate_log,
)
from course_lib.launch import alarms, drawn_launches
from course_lib.launch.guardrails import Guardrail
from course_lib.launch.launch_plan import Reading
from course_lib.serving.loadgen import live_faults, percentiles
from course_lib.stages.ranking import calibrate
from course_lib.teach.capstone import verdicts
from course_lib.trial import order_readings

APART, FOUND = apart(), all_found()
CERTAIN = {name for held in APART["certain"] for name in held["names"] if held["why"]}


# --- how each is fed -------------------------------------------------------------------------------------------------
def halves(values):
    """Two arms of a row of values; of one value, one each."""
    return (values, values) if len(values) < 4 else (values[::2], values[1::2])


def people_of(values):
    return np.arange(len(values)) if len(values) < 4 else np.arange(len(values)) // 2


def once(function, *, clustered: bool = False):
    """A call with the values alone, or with whose they are."""
    return (lambda v, who: function(v, groups=who)) if clustered else (lambda v, who: function(v))


def in_arms(function):
    return lambda v, who: function(*halves(v))


def of_columns(function):
    """Of two arms of (numerator, denominator)."""
    return lambda v, who: function(*((part, np.full(len(part), 2.5)) for part in halves(v)))


def arm_of(v):
    return np.arange(len(v)) % 2


def rivals(v):
    """A table of rivals, whole models of two variants each."""
    index = pd.MultiIndex.from_arrays([people_of(v), np.arange(len(v))])
    return pd.DataFrame({"metric": v, "outcome": v[::-1] * 2.0}, index=index)


def two_logs(v):
    own = pd.DataFrame({"position": 1, "item": np.arange(len(v)) % 3, "click": v, "propensity": 0.5})
    return own, own


def by_policy(v):
    return pd.DataFrame({"a": v, "b": 2 * v, "c": v**2})


def reading(v):
    estimate.as_numbers("v", v)
    error = float(np.std(v, ddof=1) / np.sqrt(len(v))) if len(v) > 1 else np.nan
    row = {"m": float(np.mean(v)), "m: error": error, "people control": len(v), "people treatment": len(v)}
    return Reading(9, 0.5, row).change("m")


def study(v):
    return pd.DataFrame({"model": np.repeat(["a", "b"], len(v)), "seed": np.tile(np.arange(len(v)), 2),
                         "recall": np.r_[v, np.ones(len(v))]})


def clustered_arms(v, who):
    arm = np.unique(who, return_inverse=True)[1] % 2
    return differences.cluster_interval(v, who, arm)


def drawn_lists(v):
    """Lists of one item for each value, whole numbers from 0."""
    return np.asarray(v, float).astype(int)[:, None] if np.isfinite(v).all() else np.asarray(v)[:, None]


def square(v):
    """(rivals, people): three rivals of the people's values."""
    return np.stack([v, v[::-1], v / 2])


def looks(v):
    """The curve of looks from clicks at two positions in turn."""
    at = np.arange(len(v))
    table = pd.DataFrame({"request_id": at // 2, "position": at % 2 + 1, "click": v})
    curve = labels.examination_curve(table, n_boot=50).iloc[1:]
    return [(row.relative, row.low, row.high) for row in curve.itertuples()]


def in_bins(v):
    table = calibrate.reliability(np.full(len(v), SHARE), v)
    return [(row.observed, row.observed_low, row.observed_high) for row in table.itertuples()]


SHARE = 0.25
CALLS = {
    "data.labels.examination_curve": lambda v, who: looks(v),
    "evidence.aa_tests.share_of": lambda v, who: aa_tests.share_of(int((v > 0).sum()), len(v)),
    "evidence.aa_tests.alarms": once(aa_tests.alarms),
    "evidence.aa_tests.cuped_kept": lambda v, who: aa_tests.cuped_kept(np.c_[v, v[::-1] + 1, v**2]),
    "evidence.agreement.correlation": lambda v, who: agreement.correlation(rivals(v), "metric", "outcome"),
    "evidence.agreement.of_both_logs": lambda v, who: agreement.of_both_logs(
        v[:, None], v[::-1, None], v[:, None] ** 2, people_of(v)),
    "evidence.agreement.lost_by": lambda v, who: agreement.lost_by(square(v), square(v)[::-1]),
    "evidence.another_log.decisions_for_one": lambda v, who: another_log.decisions_for_one(*two_logs(v)),
    "evidence.auc_by_people.auc_by_people": lambda v, who: auc_by_people.auc_by_people(
        np.arange(len(v)) % 4 % 3 == 0, v, who),
    "evidence.calibrated_where.predicted_over_observed": lambda v, who: calibrated_where.predicted_over_observed(
        np.full(len(v), SHARE), v, {"all": np.ones(len(v), bool)}, groups=who),
    "evidence.chosen.one_step_off": lambda v, who: chosen.one_step_off([0.1, 0.3], np.c_[v, v[::-1] + 1]),
    "evidence.counterfactual.ips": lambda v, who: counterfactual.ips(
        v, np.full(len(v), 0.5), np.full(len(v), SHARE), groups=who),
    "evidence.counterfactual.snips": lambda v, who: counterfactual.snips(
        v, np.full(len(v), 0.5), np.full(len(v), SHARE), groups=who),
    "evidence.counterfactual.doubly_robust": lambda v, who: counterfactual.doubly_robust(
        v, np.full(len(v), 0.5), np.full(len(v), SHARE), 0 * v, 0 * v, groups=who),
    "evidence.counterfactual.replay": lambda v, who: counterfactual.replay(
        v, np.zeros(len(v), int), np.zeros(len(v), int), groups=who),
    "evidence.covariates.cuped": lambda v, who: covariates.cuped(v, np.arange(len(v)) ** 2.0, arm_of(v)),
    "evidence.covariates.ratio_cuped": lambda v, who: covariates.ratio_cuped(*(
        (part, np.full(len(part), 2.5)) for part in (*halves(v), *halves(v[::-1])))),
    "evidence.differences.difference": in_arms(differences.difference),
    "evidence.differences.relative_difference": in_arms(differences.relative_difference),
    "evidence.differences.ratio_difference": of_columns(differences.ratio_difference),
    "evidence.differences.cluster_interval": clustered_arms,
    "evidence.estimate.normal_estimate": lambda v, who: estimate.normal_estimate(
        np.mean(estimate.as_numbers("v", v)), np.std(v, ddof=1) if len(v) > 1 else np.nan, len(v)),
    "evidence.estimate.t_estimate": lambda v, who: estimate.t_estimate(
        np.mean(estimate.as_numbers("v", v)), np.std(v, ddof=1) if len(v) > 1 else np.nan, len(v), max(len(v) - 1, 1)),
    "evidence.estimate.mean_of_runs": once(estimate.mean_of_runs),
    "evidence.estimate.bootstrap": once(estimate.bootstrap, clustered=True),
    "evidence.estimate.paired": lambda v, who: estimate.paired(v, v[::-1] / 2),
    "evidence.estimate.ratio": lambda v, who: estimate.ratio(v, np.arange(len(v)) + 1.5, groups=who),
    "evidence.growth.growth_power": lambda v, who: growth.growth_power(v, 2 * v[::-1], 10),
    "evidence.interference.over_splits": once(interference.over_splits),
    "evidence.interference.error_removed": lambda v, who: interference.error_removed(v / 3, v),
    "evidence.interleave.preference": lambda v, who: interleave.preference(arm_of(v), v, groups=who),
    "evidence.intervals.proportion_interval": lambda v, who: intervals.proportion_interval((v > 0).sum(), len(v)),
    "evidence.intervals.wilson_interval": lambda v, who: intervals.wilson_interval((v > 0).sum(), len(v)),
    "evidence.intervals.newcombe_interval": lambda v, who: intervals.newcombe_interval(
        *(((part > 0).sum(), len(part)) for part in halves(v))),
    "evidence.intervals.mean_interval": once(intervals.mean_interval),
    "evidence.intervals.differences_interval": lambda v, who: intervals.differences_interval(v, v[::-1] / 2),
    "evidence.intervals.rate_interval": lambda v, who: intervals.rate_interval(
        (v > 0).mean(), np.var(v > 0) / len(v), len(v), len(np.unique(who))),
    "evidence.intervals.weighted_events_interval": lambda v, who: intervals.weighted_events_interval(
        v.sum(), (v**2).sum(), v.max() or 1.0),
    "evidence.no_event.gap": lambda v, who: no_event.gap((0 * v, 0 * v + 1), (v, 0 * v + 1)),
    "evidence.no_event.relative_gap": lambda v, who: no_event.relative_gap((v, 0 * v + 1), (0 * v, 0 * v + 1)),
    "evidence.objectives.agreement": lambda v, who: objectives.agreement(by_policy(v), by_policy(v[::-1] + 1.0)),
    "evidence.offline.coverage": lambda v, who: offline.coverage(drawn_lists(v), 30),
    "evidence.paired_gain.relative_gain": lambda v, who: paired_gain.relative_gain(v, v[::-1] / 2),
    "evidence.paired_gain.gap_closed": lambda v, who: paired_gain.gap_closed(v / 9, v[::-1] / 8),
    "evidence.sampled.turned_elsewhere": lambda v, who: sampled.turned_elsewhere(
        {"a": v, "b": v / 2}, {"a": v / 2, "b": v[::-1]}),
    "evidence.sequential.always_valid": lambda v, who: sequential.always_valid(
        np.mean(v), np.std(v, ddof=1) if len(v) > 1 else np.inf, 1.0, n=len(v)),
    "evidence.shop_rivals.lost_by_revenue": lambda v, who: shop_rivals.lost_by_revenue(square(v), square(v)[::-1]),
    "evidence.slate_fronts.widened": lambda v, who: slate_fronts.widened(
        drawn_lists(v), np.r_[drawn_lists(v)[1:], drawn_lists(v)[:1]], least=1),
    "evidence.slate_log.estimated_lift": lambda v, who: slate_log.estimated_lift(
        slate_log.SlateLog(v[:, None], np.full((len(v), 1), 0.5), np.full((len(v), 1), SHARE)), lambda p, q: q / p),
    "launch.alarms.rings_a_month": lambda v, who: alarms.rings_a_month(np.c_[0 * v, v], 2.0),
    "launch.drawn_launches.regret_ratio": lambda v, who: drawn_launches.regret_ratio(np.c_[v, v[::-1] / 2, v / 3]),
    "launch.guardrails.Guardrail.check": lambda v, who: Guardrail("clicks", 0.05).check(*halves(np.tile(v, 60))).change,
    "launch.launch_plan.Reading.change": lambda v, who: reading(v),
    "serving.loadgen.live_faults.share_of": lambda v, who: live_faults.share_of(v, np.arange(len(v)) + 1.0),
    "serving.loadgen.percentiles.percentile_interval": lambda v, who: percentiles.percentile_interval(v, 50),
    "serving.loadgen.percentiles.mean_interval": once(percentiles.mean_interval),
    "serving.loadgen.percentiles.mean_interval_of_blocks": lambda v, who: percentiles.mean_interval_of_blocks(
        v, blocks=min(len(v), 4)),
    "stages.ranking.calibrate.reliability": lambda v, who: in_bins(v),
    "teach.capstone.verdicts.ratio_of_runs": once(verdicts.ratio_of_runs),
    "trial.order_readings.gap": lambda v, who: order_readings.gap(study(v), "a", "b"),
}


# --- what is asked ---------------------------------------------------------------------------------------------------
FEW = {1: [3.0], 2: [1.0, 3.0], 3: [1.0, 3.0, 2.0]}
MANY = [1.0, 3.0, 2.0, 5.0, 2.5, 1.5, 4.0, 2.0, 3.5, 1.0, 2.0, 6.0]
EVENTS = [0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0]


def ends_of(told) -> list[tuple[float, float, float]]:
    """(low, value, high) of all that a function answered."""
    if hasattr(told, "low"):
        return [(told.low, told.value, told.high)]
    if isinstance(told, dict):
        return [ends for one in told.values() for ends in ends_of(one)]
    if isinstance(told, tuple) and all(isinstance(part, float) for part in told):
        return [(told[-2], told[0], told[-1])]          # ends alone, or the value before them
    if isinstance(told, (list, tuple)):
        return [ends for one in told if not isinstance(one, str) for ends in ends_of(one)]
    return []


def asked(name, values, who=None):
    """What a function answers: [(low, value, high)], or None where it refuses in a sentence."""
    values = np.asarray(values, float)
    who = people_of(values) if who is None else who
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            told = ends_of(CALLS[name](values, who))
    except CourseError as error:
        assert len(str(error)) > 20
        return None
    assert told
    return told


def is_sound(low, value, high) -> bool:
    """An interval that holds its value; or no interval at all; or none for a value that there is not."""
    if np.isnan(value):
        return np.isnan([low, high]).all() or (low, high) == (-np.inf, np.inf)
    return np.isnan([low, high]).all() or low <= value <= high


def certain(told) -> bool:
    return any(low == high for low, _, high in told)


NAMES = sorted(CALLS)


def test_every_function_that_answers_an_interval_is_asked_or_stands_apart_with_a_reason():
    listed = [*CALLS, *APART["not_called"]]
    assert sorted(set(FOUND) - set(listed)) == [], "give each a call in CALLS, or a reason in intervals_apart.toml"
    assert sorted(set(listed) - set(FOUND)) == [] and len(listed) == len(set(listed))


@pytest.mark.parametrize("name", sorted(APART["not_called"]))
def test_who_is_not_asked_has_its_interval_from_who_is(name):
    maker, _, why = APART["not_called"][name].partition(": ")
    assert why and maker in mentioned(FOUND[name]), f"{name} does not use {maker}"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("values", [*FEW.values(), MANY, EVENTS], ids=lambda values: f"{len(values)} values")
def test_an_interval_holds_its_value_or_is_none(name, values):
    told = asked(name, values)
    assert told is None or all(is_sound(*ends) for ends in told), told


@pytest.mark.parametrize("name", NAMES)
def test_one_value_is_never_certain(name):
    told = asked(name, FEW[1])
    assert told is None or not certain(told), told


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("values", [[4.0] * 12, [0.0] * 12, [0.0] * 6 + MANY[:6]], ids=["equal", "zero", "half zero"])
def test_what_never_varies_is_certain_only_where_the_register_says_why(name, values):
    told = asked(name, values)
    assert told is None or all(is_sound(*ends) for ends in told), told
    assert told is None or not certain(told) or name in CERTAIN, told


def test_no_reason_stands_in_the_register_without_need():
    idle = [name for name in CERTAIN if not any(told and certain(told) for told in (
        asked(name, [4.0] * 12), asked(name, [0.0] * 12), asked(name, [0.0] * 6 + MANY[:6])))]
    assert idle == [] and len(CERTAIN) == sum(len(held["names"]) for held in APART["certain"])


@pytest.mark.parametrize("name", NAMES)
def test_one_cluster_is_refused_or_says_nothing(name):
    if asked(name, EVENTS, np.arange(12)) == asked(name, EVENTS, np.arange(12) // 3):
        return                                      # it does not ask whose a row is
    told = asked(name, EVENTS, np.zeros(12, int))
    assert told is None or all(high - low >= 1 or np.isinf([low, high]).any() for low, _, high in told), told


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_no_number_is_refused_or_left_out(name, odd):
    told = asked(name, [*MANY[:-1], odd])
    if told is not None and name in APART["takes_what_is_no_number"]:
        assert all(is_sound(*ends) for ends in told), told
        return
    assert told is None, told
