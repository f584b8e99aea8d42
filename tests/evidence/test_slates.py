"""Slates whose every draw can be enumerated: which chances estimate them rightly, and how far the logged ones miss."""

import itertools

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import ArgumentError, DataError, ShapeError, UnknownIdError
from course_lib.evidence.counterfactual import doubly_robust, ips, snips
from course_lib.evidence.slates import (
    chances_beside,
    plackett_luce_propensity,
    position_propensity,
    prefix_propensity,
    slates_of,
)

ITEMS, SLOTS = 5, 3
LOGGER, TARGET = np.array([4.0, 2.0, 1.0, 0.5, 0.5]), np.array([0.5, 1.0, 1.0, 2.0, 4.0])
APPEAL, EXAMINED = np.array([0.1, 0.2, 0.3, 0.6, 0.8]), np.array([1.0, 0.6, 0.3])
SLATES = np.array(list(itertools.permutations(range(ITEMS), SLOTS)))      # all 60 of them
LOGGED, WANTED = (plackett_luce_propensity(weight, SLATES) for weight in (LOGGER, TARGET))
CLICK = APPEAL[SLATES] * EXAMINED                                          # position model: item times position
TRUTH = (WANTED.prod(1)[:, None] * CLICK).sum(0)                           # clicks of the target, by slot


def expected(logged, target, click=CLICK):
    """What IPS says of each slot on average over every log, exactly: float (K,)."""
    return (LOGGED.prod(1)[:, None] * target / logged * click).sum(0)


def at_positions(weight):
    return position_propensity(weight, SLOTS)[SLATES, np.arange(SLOTS)]


def test_every_slate_has_its_chance_and_the_chances_sum_to_one():
    for chance in (LOGGED, WANTED):
        assert chance.prod(1).sum() == pytest.approx(1, abs=1e-12)
    np.testing.assert_allclose(prefix_propensity(LOGGED)[:, -1], LOGGED.prod(1))


def test_marginal_chances_are_those_of_every_slate_added_up():
    for weight, chance in ((LOGGER, LOGGED), (TARGET, WANTED)):
        by_hand = np.zeros((ITEMS, SLOTS))
        for slate, likely in zip(SLATES, chance.prod(1), strict=True):
            by_hand[slate, np.arange(SLOTS)] += likely
        np.testing.assert_allclose(position_propensity(weight, SLOTS), by_hand, atol=1e-10)


def test_marginals_of_many_items_sum_to_one_and_equal_weights_share_evenly():
    weight = np.exp(np.random.default_rng(0).normal(0, 2, 300))
    chance = position_propensity(weight, 10)
    np.testing.assert_allclose(chance.sum(0), 1, atol=1e-9)
    np.testing.assert_allclose(chance[:, 0], weight / weight.sum(), atol=1e-10)
    np.testing.assert_allclose(position_propensity(np.full(7, 3.0), 7), 1 / 7, atol=1e-10)


def test_the_chances_that_a_log_holds_estimate_slates_wrongly():
    """The first slot is right; below it the item's chance leaves out how likely the slots above were."""
    told = expected(LOGGED, WANTED)
    assert told[0] == pytest.approx(TRUTH[0], abs=1e-12)
    off = told / TRUTH - 1
    assert np.abs(off[1:]).max() > 0.08
    assert abs(told.sum() / TRUTH.sum() - 1) > 0.03


def test_prefix_and_marginal_chances_are_unbiased_in_every_slot():
    np.testing.assert_allclose(expected(prefix_propensity(LOGGED), prefix_propensity(WANTED)), TRUTH, atol=1e-12)
    np.testing.assert_allclose(expected(at_positions(LOGGER), at_positions(TARGET)), TRUTH, atol=1e-9)


def test_what_depends_on_the_slots_above_needs_the_prefix():
    """Who clicked above looks no further (a cascade): the item-position model does not hold."""
    looked = np.cumprod(np.c_[np.ones(len(SLATES)), 1 - APPEAL[SLATES][:, :-1]], axis=1)
    cascade = APPEAL[SLATES] * looked
    truth = (WANTED.prod(1)[:, None] * cascade).sum(0)
    prefix = expected(prefix_propensity(LOGGED), prefix_propensity(WANTED), cascade)
    marginal = expected(at_positions(LOGGER), at_positions(TARGET), cascade)
    np.testing.assert_allclose(prefix, truth, atol=1e-12)
    assert np.abs(marginal / truth - 1)[1:].max() > 0.05


def simulated(seed, n=4000):
    rng = np.random.default_rng(seed)
    pick = rng.choice(len(SLATES), n, p=LOGGED.prod(1) / LOGGED.prod(1).sum())
    return pick, (rng.random((n, SLOTS)) < CLICK[pick]).astype(float)


def test_a_simulated_log_finds_the_truth_with_right_chances_and_misses_it_with_the_logged_ones():
    n, truth = 4000, TRUTH.sum() / SLOTS
    held = {"logged": (LOGGED, WANTED), "prefix": (prefix_propensity(LOGGED), prefix_propensity(WANTED)),
            "marginal": (at_positions(LOGGER), at_positions(TARGET))}
    found = {name: [] for name in held}
    for seed in range(60):
        pick, click = simulated(seed, n)
        slate = np.repeat(np.arange(n), SLOTS)
        for name, (logged, target) in held.items():
            found[name].append(ips(click.ravel(), logged[pick].ravel(), target[pick].ravel(), groups=slate))
    inside = {name: np.mean([not e.excludes(truth) for e in each]) for name, each in found.items()}
    width = {name: np.mean([e.width for e in each]) for name, each in found.items()}
    assert min(inside["prefix"], inside["marginal"]) >= 0.9 > 0.7 > inside["logged"]
    assert width["marginal"] < width["prefix"]


def test_the_other_estimators_take_the_same_chances():
    pick, click = simulated(1, 20_000)
    chances = [at_positions(weight)[pick].ravel() for weight in (LOGGER, TARGET)]
    groups, truth = np.repeat(np.arange(20_000), SLOTS), TRUTH.sum() / SLOTS
    flat = np.full(click.size, 0.2)
    assert not snips(click.ravel(), *chances, groups=groups).excludes(truth)
    assert not doubly_robust(click.ravel(), *chances, flat, flat, groups=groups).excludes(truth)


def table_of(item, propensity, click):
    b, k = item.shape
    return pd.DataFrame({"request_id": np.repeat(np.arange(b) + 50, k), "user": np.repeat(np.arange(b) % 3, k),
                         "position": np.tile(np.arange(k) + 1, b), "item": item.ravel(), "click": click.ravel(),
                         "propensity": propensity.ravel()})


def test_a_table_of_impressions_becomes_slates_whatever_the_order_of_its_rows():
    table = table_of(SLATES[:6], LOGGED[:6], np.eye(6, 3)).drop(index=[2])  # the first slate has two slots
    held = slates_of(table.sample(frac=1, random_state=0))
    assert held["item"][0].tolist() == [0, 1, -1] and held["propensity"][0, 2] == 1 and held["click"][0].sum() == 1
    np.testing.assert_array_equal(held["item"][1:], SLATES[1:6])
    np.testing.assert_allclose(held["propensity"][1:], LOGGED[1:6])
    assert held["request_id"].tolist() == list(range(50, 56)) and held["user"].tolist() == [0, 1, 2, 0, 1, 2]


def test_the_chances_stand_beside_the_logged_one_and_the_rows_stay_as_they_came():
    table = table_of(SLATES, LOGGED, np.zeros(SLATES.shape)).sample(frac=1, random_state=0)
    held = chances_beside(table, LOGGER)
    assert held[table.columns].equals(table) and list(held.columns[-2:]) == ["prefix", "marginal"]
    assert "marginal" not in chances_beside(table)
    back = held.sort_values(["request_id", "position"])
    np.testing.assert_allclose(back["prefix"].to_numpy().reshape(SLATES.shape), prefix_propensity(LOGGED), rtol=1e-12)
    np.testing.assert_allclose(back["marginal"].to_numpy().reshape(SLATES.shape), at_positions(LOGGER), rtol=1e-12)
    with pytest.raises(UnknownIdError):
        chances_beside(table, LOGGER[:4])


def test_a_log_with_its_chances_beside_is_all_that_a_right_estimate_needs():
    pick, click = simulated(3, 20_000)
    table = chances_beside(table_of(SLATES[pick], LOGGED[pick], click), LOGGER)
    truth, rows = TRUTH.sum() / SLOTS, [table[name] for name in ("click", "request_id")]
    targets = {"prefix": prefix_propensity(WANTED[pick]).ravel(), "marginal": at_positions(TARGET)[pick].ravel(),
               "propensity": WANTED[pick].ravel()}
    told = {name: ips(rows[0], table[name], target, groups=rows[1]) for name, target in targets.items()}
    assert not told["prefix"].excludes(truth) and not told["marginal"].excludes(truth)
    assert told["propensity"].excludes(truth)


def test_the_worlds_own_slates_carry_the_chances_that_weights_say():
    from course_lib.contracts import Requests
    from course_lib.world.policies import PlackettLuce, Uniform

    requests = Requests.of(np.zeros(500, int), eligible=np.arange(8), slate_size=3)
    score = np.random.default_rng(0).normal(size=8)
    for policy, weight in ((Uniform(), np.ones(8)), (PlackettLuce(lambda r: score), np.exp(score))):
        slates = policy.slates(requests)
        np.testing.assert_allclose(plackett_luce_propensity(weight, slates.item), slates.propensity, rtol=1e-5)


def test_bad_input_is_named():
    with pytest.raises(ShapeError, match="a row a slate"):
        prefix_propensity([0.5, 0.5])
    with pytest.raises(ArgumentError, match="not above 0"):
        position_propensity([1.0, 0.0], 1)
    with pytest.raises(ArgumentError, match="3 slots and 2 items"):
        position_propensity([1.0, 2.0], 3)
    with pytest.raises(ArgumentError, match="twice"):
        plackett_luce_propensity([1.0, 2.0], [[1, 1]])
    with pytest.raises(ShapeError, match="one of each a slate"):
        plackett_luce_propensity(np.ones((2, 5)), SLATES)
    table = table_of(SLATES[:2], LOGGED[:2], np.zeros((2, 3)))
    with pytest.raises(DataError, match="propensity"):
        slates_of(table.drop(columns="propensity"))
    with pytest.raises(DataError, match="empty position"):
        slates_of(table.drop(index=[1]))
    with pytest.raises(DataError, match="twice"):
        slates_of(pd.concat([table, table.head(1)]))
