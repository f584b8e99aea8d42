"""Policies: logged propensities are the true ones, whatever the batch."""

from collections import Counter
from itertools import permutations

import numpy as np
import pytest
from scipy.stats import chisquare

from course_lib import contracts
from course_lib.contracts import Requests
from course_lib.world import feed
from course_lib.world import policies as P

ITEMS = np.array([2, 3, 5, 7, 11], np.int32)
WEIGHTS = np.array([1.0, 2.0, 4.0, 0.5, 0.1])


def ask(n=20_000, slate_size=3, **more):
    return Requests.of(np.zeros(n, int), eligible=ITEMS, slate_size=slate_size, **more)


def observed(policy):
    policy.counts.total = np.zeros(12)
    policy.counts.total[ITEMS] = WEIGHTS * 10 - 1
    return policy


class Ranked:
    name = "ranked"

    def slates(self, requests):
        return contracts.Slates.certain(np.tile(ITEMS[[4, 1, 0]], (len(requests), 1)))


class Column:
    def __init__(self):
        import pandas as pd
        self.items = pd.DataFrame({"title_length": np.array([0, 0, 9, 4, 0, 7, 0, 4, 0, 0, 0, 1]),
                                   "category": np.array([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0])})


def familiar(seed):
    """Items 3 and 7 are of the liked category: their weights count double."""
    policy = observed(P.Familiar(Column(), power=1.0, boost=1.0, seed=seed))
    policy.liked = np.array([[0.0, 8.0]])
    policy.counts.total[[3, 7]] = WEIGHTS[[1, 3]] * 5 - 1
    return policy


def policies(seed):
    return {
        "uniform": P.Uniform(seed),
        "shared weights": observed(P.Popularity(power=1.0, seed=seed)),
        "own weights": P.PlackettLuce(lambda r: np.tile(np.log(WEIGHTS), (len(r), 1)), seed=seed),
        "temperature": P.PlackettLuce(lambda r: 2 * np.log(WEIGHTS), temperature=2.0, seed=seed),
        "groups": familiar(seed),
        "epsilon": P.EpsilonMix(Ranked(), 0.3, seed),
        "swap": P.SwapTop(Ranked(), seed),
        "sorter": P.FeatureSorter(Column(), seed=seed),
    }


def plackett_luce(slate):
    chance, left = 1.0, WEIGHTS.sum()
    for item in slate:
        w = WEIGHTS[ITEMS == item][0]
        chance, left = chance * w / left, left - w
    return chance


@pytest.mark.parametrize("name", policies(0))
def test_slates_are_as_frequent_as_their_propensities_say(name):
    p_values = []
    for seed in range(5):
        slates = policies(seed)[name].slates(ask()).check(ask())
        drawn = [tuple(row) for row in slates.item.tolist()]
        said = dict(zip(drawn, slates.propensity.astype(float).prod(axis=1), strict=True))
        assert abs(sum(said.values()) - 1) < 0.01  # every slate that can come has come, or nearly
        count = Counter(drawn)
        often = [s for s in said if said[s] * 20_000 > 10]
        expected = np.array([said[s] for s in often]) * 20_000
        seen = np.array([count[s] for s in often])
        p_values.append(chisquare(seen, expected * seen.sum() / expected.sum()).pvalue)
    assert min(p_values) > 1e-4 and np.median(p_values) > 0.02


@pytest.mark.parametrize("name", ["shared weights", "own weights", "temperature", "groups"])
def test_plackett_luce_propensities_are_the_formula(name):
    slates = policies(1)[name].slates(ask(2000))
    for row, chance in zip(slates.item[:200], slates.propensity[:200].astype(float).prod(axis=1), strict=True):
        assert chance == pytest.approx(plackett_luce(row), rel=1e-5)
    assert sum(map(plackett_luce, permutations(ITEMS, 3))) == pytest.approx(1)


@pytest.mark.parametrize("name", policies(0))
def test_a_slate_does_not_depend_on_its_batch(name):
    policy, whole = policies(3)[name], ask(50)
    together = policy.slates(whole)
    alone = np.concatenate([policy.slates(whole.take([b])).item for b in range(50)])
    assert (together.item == alone).all()


def test_weights_that_hold_nearly_all_mass_still_end():
    weights = np.array([1.0, 1e-30, 1e-30, 1e-30, 1e-30])
    slates = P.PlackettLuce(lambda r: np.log(weights)).slates(ask(10, 5)).check(ask(10, 5))
    assert (slates.item[:, 0] == 2).all() and (np.sort(slates.item, axis=1) == ITEMS).all()


def test_fewer_items_than_slots_leaves_slots_empty():
    requests = Requests.of([0, 1], eligible=ITEMS[:2], slate_size=4)
    for policy in (P.Uniform(), P.PlackettLuce(lambda r: np.zeros((len(r), 2)))):
        assert ((policy.slates(requests).check(requests).item >= 0).sum(axis=1) == 2).all()


def test_popularity_counts_a_window_and_recency_knows_the_newborn():
    world = feed(300, 200, seed=1)
    popular, recent = P.Popularity(window_days=2), P.Recency(world.catalog())
    days = world.run(P.Uniform(), 4)
    for day in days:
        popular.observe(day)
        recent.observe(day)
    clicks = sum(np.bincount(d.impressions["item"][d.impressions["click"] > 0], minlength=400) for d in days[2:])
    requests = Requests.of(0, eligible=world.eligible(), day=4)
    assert popular.slates(requests).item[0, 0] == np.argmax(clicks)
    born = world.catalog().items["born_day"].to_numpy()
    assert born[recent.slates(requests).item[0]].min() >= np.sort(born[world.eligible()])[-10]


def test_the_oracle_is_above_all_others():
    world = feed(300, 200, seed=1)
    truth, requests = world.truth(), []

    class Spy(P.Uniform):
        def slates(self, r):
            requests.append(r)
            return super().slates(r)

    world.fork().run(Spy(), 1)
    for by in ("click", "satisfaction"):
        oracle = sum(truth.expected_reward(P.Oracle(truth, by), r, by).sum() for r in requests)
        for other in (P.Uniform(), P.Recency(world.catalog())):
            assert oracle > 1.5 * sum(truth.expected_reward(other, r, by).sum() for r in requests)


@pytest.mark.parametrize("make", [
    lambda: P.EpsilonMix(Ranked(), 1.5), lambda: P.PlackettLuce(len, temperature=0.0),
    lambda: P.FeatureSorter(Column(), "colour"),
    lambda: P.PlackettLuce(lambda r: np.full(5, np.nan)).slates(ask(3)),
    lambda: P.PlackettLuce(lambda r: np.zeros(4)).slates(ask(3)),
    lambda: P.Popularity(power=float("nan")), lambda: P.Popularity(window_days=0),
    lambda: P.Popularity(window_days=1.5), lambda: P.Familiar(Column(), boost=-1.0),
    lambda: P.TopScore(lambda r: np.full(5, np.nan)).slates(ask(3)),
    lambda: P.TopScore(lambda r: np.zeros(12)).slates(ask(3)), lambda: P.TopScore(lambda r: None).slates(ask(3)),
])
def test_bad_arguments_are_named(make):
    with pytest.raises(contracts.ArgumentError, match="expected"):
        make()


@pytest.mark.parametrize("make", [
    P.Uniform, P.Popularity, lambda: P.Popularity(power=1.0), lambda: familiar(0), lambda: P.FeatureSorter(Column()),
    lambda: P.PlackettLuce(lambda r: np.zeros((len(r), 0))), lambda: P.TopScore(lambda r: np.zeros(0)),
    lambda: P.EpsilonMix(P.Popularity()), lambda: P.SwapTop(P.Popularity()),
])
def test_where_nothing_is_eligible_slates_are_empty(make):
    requests = Requests.of([0, 1], eligible=ITEMS[:0])
    assert (make().slates(requests).check(requests).item == -1).all()


def test_randomising_twice_is_refused():
    with pytest.raises(contracts.ConstraintError):
        P.EpsilonMix(P.Uniform()).slates(ask(3))
