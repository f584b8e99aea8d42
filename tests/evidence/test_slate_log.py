"""Slates read from the top: the prefix is right, the slot's own chances are not, and both follow from exact sums."""

from itertools import permutations

import numpy as np
import pytest

from course_lib.evidence import slate_log
from course_lib.evidence.slates import plackett_luce_propensity

EVERY = np.array(list(permutations(range(6), 3)))


def exactly(weight_of=None):
    """What TARGET earns over LOGGER less 1, summed over all slates; with weights, what is estimated of it."""
    logged, target = (plackett_luce_propensity(weight, EVERY) for weight in (slate_log.LOGGER, slate_log.TARGET))
    appeal = slate_log.APPEAL[EVERY]
    read = np.cumprod(np.c_[np.ones(len(EVERY)), 1 - 0.8 * appeal[:, :-1]], axis=1)
    clicks = read * appeal
    own = logged.prod(1) @ clicks.sum(1)
    if weight_of is None:
        return target.prod(1) @ clicks.sum(1) / own - 1
    return logged.prod(1) @ (weight_of(logged, target) * clicks).sum(1) / own - 1


def slot_by_slot(logged, target):
    return target / logged


def prefix(logged, target):
    return np.cumprod(target / logged, axis=1)


def whole(logged, target):
    return np.ones_like(logged) * np.prod(target / logged, axis=1, keepdims=True)


def test_the_prefix_and_the_whole_slate_are_unbiased_and_the_slots_own_chances_are_not():
    truth = exactly()
    assert exactly(prefix) == pytest.approx(truth) and exactly(whole) == pytest.approx(truth)
    assert exactly(slot_by_slot) > truth + 0.15


def test_the_made_up_log_says_what_the_exact_sums_say():
    assert slate_log.true_lift(200_000) == pytest.approx(exactly(), abs=0.01)
    log = slate_log.made_up_log()
    for weights in (prefix, slot_by_slot):
        found = slate_log.estimated_lift(log, weights)
        assert found.value == pytest.approx(exactly(weights), abs=0.05)


def test_the_whole_slate_is_noisier_than_the_prefix():
    log = slate_log.made_up_log()
    width = {fn: slate_log.estimated_lift(log, fn).width for fn in (prefix, whole)}
    assert width[whole] > 1.1 * width[prefix]


def test_who_leaves_after_a_click_clicks_nothing_below():
    rng = np.random.default_rng(0)
    click = slate_log.clicks_from_the_top(EVERY, rng, appeal=np.ones(6), leave=1.0)
    assert (click[:, 0] == 1).all() and (click[:, 1:] == 0).all()
