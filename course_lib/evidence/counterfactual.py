"""What another policy would have earned, from the log of this one: IPS, SNIPS, doubly robust, replay.

One row is one logged decision: its reward, the probability with which the logging policy took it, and the probability
with which the target policy would. For slates, a row is a slot, and `groups` names the user, so that intervals know
which rows go together. A log holds the chance of each item *given the slots above it*; with these as they are, slates
are estimated wrongly in all slots but the first. `slates` makes them into chances that are right: of everything down
to a slot, or of an item in a slot whatever stands above.
What the logging policy never does cannot be learnt from its log, whatever the estimator.
"""

from __future__ import annotations

import numpy as np

from course_lib.contracts import ArgumentError, DataError, ShapeError, as_numbers, check_same_keys
from course_lib.evidence import intervals
from course_lib.evidence.estimate import Estimate, jackknife_error, per_group, ratio

# Events at which a weighted rate's own variance counts for half. From 5 to 60 events the cover of a nominal .95 was
# measured at .94 to .99 with 20, and at .73 to .95 with the own variance alone; the tests' table of coverage holds it.
STEADY = 20


def importance_weights(logged, target, clip: float | None = None) -> np.ndarray:
    """target / logged, float (n,): how often the target policy takes a logged decision, next to the logging one.

    logged: float (n,), in (0, 1]. target: float (n,), in [0, 1]. clip: largest weight kept (biased, less variable).
    Weights of a log with full support average 1. Raises ArgumentError naming the first impossible probability.
    """
    logged, target = as_numbers("logged", logged), as_numbers("target", target)
    if logged.shape != target.shape:
        raise ShapeError(f"logged has shape {logged.shape}, target {target.shape}; expected one pair a decision.")
    if clip is not None and not clip > 0:
        raise ArgumentError(f"clip is {clip}; expected the largest weight to keep, above 0, or None.")
    if logged.size == 0:
        raise DataError("the log holds no decisions; expected at least one row.")
    for name, value, bad in (("logged", logged, (logged <= 0) | (logged > 1)),
                             ("target", target, (target < 0) | (target > 1 + 1e-9))):
        if bad.any():
            first = int(np.flatnonzero(bad)[0])
            raise ArgumentError(f"{name}[{first}] is {value[first]:g}; expected a probability "
                                f"{'in (0, 1]' if name == 'logged' else 'in [0, 1]'}. Log propensities when serving.")
    weight = target / logged
    return weight if clip is None else np.minimum(weight, clip)


def effective_sample_size(weight) -> float:
    """(Σw)² / Σw²: how many rows of equal weight would say as much; n where all weights are equal, 0 where all are 0.

    Source: Kish 1965.
    """
    weight = as_numbers("weight", weight, low=0)
    square = (weight**2).sum()
    return float(weight.sum() ** 2 / square) if square > 0 else 0.0


def _rows(reward, weight) -> np.ndarray:
    reward = as_numbers("reward", reward)
    if reward.shape != weight.shape or reward.ndim != 1:
        raise ShapeError(f"reward has shape {reward.shape}, the weights {weight.shape}; expected (n,), one a decision. "
                         f"Slates go in slot by slot: .ravel(), and groups for the users.")
    return reward


def ips(reward, logged, target, *, clip: float | None = None, groups=None) -> Estimate:
    """Mean of weight × reward: unbiased where the logging policy could take all that the target takes.

    reward, logged, target: float (n,). groups: any (n,), the user of each row. Estimate of the reward a decision;
    the mean reward itself where target equals logged. Rewards of at least 0 get an interval that reckons with one more
    reward at the largest weight, so that a log without a click is not read as a rate of 0 (where all rewards are 0,
    the one more is 1). It covers .93 or more at any number of rewards once the weights are worth 15 rows
    (`effective_sample_size`); rewards of both signs get that of a mean. Slates: see `slates`.

    Source: Horvitz & Thompson 1952; the interval: Fay & Feuer 1997, see `intervals.weighted_events_interval`.
    """
    weight = importance_weights(logged, target, clip)
    reward, n = _rows(reward, weight), len(weight)
    if (reward < 0).any():
        return ratio(weight * reward, np.ones(n), groups)
    earned, rows = _by_unit(groups, weight * reward, np.ones(n))
    value, units = float(earned.sum() / n), len(rows)
    largest = weight.max() * (reward.max() or 1.0)
    if units < 2 or largest == 0:
        return Estimate(value, -np.inf if units < 2 else 0.0, np.inf, units)
    variance = (jackknife_error(earned, rows) * n) ** 2
    if not np.isfinite(variance):
        return Estimate(value, -np.inf, np.inf, units)
    low, high = intervals.weighted_events_interval(earned.sum(), variance, largest)
    return Estimate(value, low / n, high / n, units)


def _by_unit(groups, *values) -> list[np.ndarray]:
    return list(values) if groups is None else per_group(groups, *values)


def snips(reward, logged, target, *, clip: float | None = None, groups=None) -> Estimate:
    """Weighted mean, Σ w·reward / Σ w: slightly biased, less variable, and never outside the range of rewards.

    Rewards that are all 0 or 1 get an exact interval at the number of rows that they are worth; while clicks are few,
    so that their spread says little, that number is drawn to Kish's (`effective_sample_size`). It covers .93 or more
    at any number of clicks. Other rewards get the interval of a ratio. Raises DataError where the target takes none of
    the logged decisions.

    Source: Swaminathan & Joachims 2015; the interval: Korn & Graubard 1998, see `intervals.rate_interval`.
    """
    weight = importance_weights(logged, target, clip)
    if weight.sum() == 0:
        raise DataError(f"the target policy takes none of the {len(weight)} logged decisions; its reward cannot be "
                        f"estimated from this log. Log a policy that explores.")
    reward = _rows(reward, weight)
    if not intervals.is_binary(reward):
        return ratio(weight * reward, weight, groups)
    earned, held = _by_unit(groups, weight * reward, weight)
    value, units = float(earned.sum() / held.sum()), len(held)
    if units < 2:
        return Estimate(value, -np.inf, np.inf, units)
    variance = _steadied(jackknife_error(earned, held) ** 2, reward, weight)
    low, high = intervals.rate_interval(value, variance, len(weight), effective_sample_size(held), n_units=units)
    return Estimate(value, min(low, value), max(high, value), units)


def _steadied(variance: float, reward: np.ndarray, weight: np.ndarray) -> float:
    """The variance of a weighted rate, drawn up to the one that Kish's size gives where few events speak for it.

    It counts for as many events as the rarer of clicks and no clicks are worth, Kish's for STEADY of them.
    """
    value = (weight * reward).sum() / weight.sum()
    kish = value * (1 - value) / effective_sample_size(weight)
    events = min(effective_sample_size(weight * reward), effective_sample_size(weight * (1 - reward)))
    return variance if variance >= kish else (events * variance + STEADY * kish) / (events + STEADY)


def doubly_robust(reward, logged, target, predicted, predicted_target, *, clip: float | None = None,
                  groups=None) -> Estimate:
    """A reward model's answer for the target, corrected by the weighted error it makes on the logged decisions.

    predicted: float (n,), the model's reward for the decision that was logged. predicted_target: float (n,), the mean
    of its rewards over the decisions of the target policy. IPS where the model says 0 throughout; the model alone
    where it errs nowhere. Unbiased if either the propensities or the model are right. The interval is that of a mean:
    it covers .93 or more from about 50 rewards other than 0 on, and cannot know of rewards that were never seen.

    Source: Dudík, Langford, Li 2011, arXiv 1103.4601.
    """
    weight = importance_weights(logged, target, clip)
    reward, predicted = _rows(reward, weight), _rows(predicted, weight)
    total = _rows(predicted_target, weight) + weight * (reward - predicted)
    return ratio(total, np.ones(len(weight)), groups)


def replay(reward, logged_item, target_item, groups=None) -> Estimate:
    """Mean reward of the rows where the target policy chooses what a uniformly random logger showed.

    logged_item, target_item: int (n,). Unbiased if, and only if, the logging policy chose uniformly; n of the Estimate
    counts units among the matches, and clicks get the exact interval. Raises DataError where nothing matches or items
    are of two types; ShapeError.

    Source: Li, Chu, Langford, Wang 2011, doi:10.1145/1935826.1935878.
    """
    logged_item, target_item = np.asarray(logged_item), np.asarray(target_item)
    if logged_item.shape != target_item.shape or logged_item.ndim != 1:
        raise ShapeError(f"logged_item has shape {logged_item.shape}, target_item {target_item.shape}; expected (n,), "
                         f"one pair a decision.")
    check_same_keys(logged_item=logged_item, target_item=target_item)
    match = logged_item == target_item
    if not match.any():
        raise DataError(f"none of {match.size} logged decisions equals the target's; replay needs matches. Use a log "
                        f"of random slates, or more of it.")
    reward = _rows(reward, match.astype(float))
    return ratio(reward[match], np.ones(int(match.sum())), None if groups is None else np.asarray(groups)[match])
