"""Twins: same people, same dice; the effect of a known change equals the one worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from course_lib import contracts
from course_lib.contracts import Slates
from course_lib.world import feed
from course_lib.world import policies as P
from course_lib.world.experiments import true_effect, twins
from course_lib.world.params import WorldParams

ALL = WorldParams().switches()


class FirstItems:
    """The first `slots` eligible items, for everyone."""

    def __init__(self, slots, name="first"):
        self.slots, self.name = slots, name

    def slates(self, requests):
        return Slates.certain(np.tile(requests.eligible[:self.slots], (len(requests), 1)))


def bare(*keep, **options):
    return feed(640, 100, seed=11, without=tuple(set(ALL) - set(keep)), **options)


def test_twins_do_the_same_under_the_same_policy():
    world = feed(300, 200, seed=2)
    world.run(P.Uniform(), 2)
    table = twins(world, {"a": P.Uniform(), "b": P.Uniform()}, 3)
    assert world.day == 2
    a, b = (table[table["twin"] == name].drop(columns="twin").reset_index(drop=True) for name in "ab")
    pd.testing.assert_frame_equal(a, b)


def test_a_person_shown_the_same_item_on_the_same_day_does_the_same():
    days = [bare("examination", taste={"base": -1.0}).run(FirstItems(slots), 1)[0] for slots in (4, 10)]
    short, long = (day.impressions.set_index(["user", "request_id", "position"])["click"] for day in days)
    both = pd.concat([short, long], axis=1, join="inner").to_numpy()
    assert len(both) and (both[:, 0] == both[:, 1]).all()


def test_effect_of_longer_slates_when_everything_is_seen_and_clicked():
    world = bare(taste={"base": 60.0, "click": 0.0}, retention={"usual": 0.08})
    table = twins(world, {"four": FirstItems(4), "ten": FirstItems(10)}, 2).groupby("twin").sum(numeric_only=True)
    assert table.loc["four", "clicks"] == 4 * table.loc["four", "requests"]
    assert table.loc["ten", "clicks"] == 10 * table.loc["ten", "requests"]


def test_effect_of_longer_slates_under_examination():
    """With every look a click, slots 5 to 10 add the sum of k^-eta over 5..10 clicks a request."""
    world = bare("examination", taste={"base": 60.0, "click": 0.0}, examination={"patience_sigma": 0.0},
                 satisfaction={"stays": 0.0, "goes": 0.0})  # so that clicks do not choose who asks again
    table = twins(world, {"four": FirstItems(4), "ten": FirstItems(10)}, 30).groupby("twin").sum(numeric_only=True)
    rate = table["clicks"] / table["requests"]
    chance = np.arange(5, 11) ** -0.7
    n_dice = 30 * 640 * 0.5  # a person-day's requests share their dice, as they show the same items
    margin = 4 * np.sqrt((chance * (1 - chance)).sum() / n_dice)
    assert abs(rate["ten"] - rate["four"] - chance.sum()) < margin


def test_effect_of_novelty_at_a_known_click_rate():
    """Base logit -1, lift 1: the click rate of what is seen goes from s(-1) to s(0) on the day of the change."""
    world = bare("novelty", taste={"base": -1.0, "click": 0.0}, novelty={"logits": 1.0})
    world.run(P.Uniform(name="old"), 2)
    rate = [w.run(P.Uniform(name=name), 1)[0].impressions for w, name in ((world.fork(), "old"), (world.fork(), "new"))]
    met = world._state.policy[rate[1]["user"]] >= 0  # who has never been served finds nothing new
    assert abs(rate[0]["click"].mean() - 1 / (1 + np.e)) < 0.01
    assert abs(rate[1]["click"][met].mean() - 0.5) < 0.01


def test_the_number_of_processes_does_not_matter():
    world = feed(200, 100, seed=2)
    policies = {"uniform": P.Uniform(), "popular": P.Popularity(power=1.0)}
    pd.testing.assert_frame_equal(twins(world, policies, 2), twins(world, policies, 2, processes=2))


def test_no_days_have_no_effect_and_policies_need_names():
    assert true_effect(feed(100, 50), P.Uniform(), P.Uniform(), 0) == 0
    with pytest.raises(contracts.ArgumentError, match="policies is .* expected a dict"):
        twins(feed(100, 50), [P.Uniform()], 1)


def test_true_effect_names_an_unknown_metric():
    with pytest.raises(contracts.ArgumentError, match="metric"):
        true_effect(feed(100, 50), P.Uniform(), P.Uniform(), 1, metric="joy")
