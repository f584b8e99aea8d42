"""Bad arguments get an error that names the argument, the value and what would be right."""

import numpy as np
import pytest

from course_lib import contracts
from course_lib.contracts import Slates
from course_lib.world import feed, marketplace
from course_lib.world import policies as P


@pytest.mark.parametrize("arguments, says", [
    ({"people": -5}, "people is -5"), ({"requests_per_day": -1.0}, "requests_per_day is -1"),
    ({"spam": {"bots": 1.5}}, "bots is 1.5"), ({"without": ("gravity",)}, "'gravity' is no mechanism"),
    ({"gravity": {"g": 9.8}}, "'gravity' is no parameter block"), ({"novelty": {"g": 9.8}}, "novelty has no 'g'"),
    ({"retention": {"leave": -0.1}}, "leave is -0.1"), ({"batch": 0}, "batch is 0"),
    ({"examination": {"eta": float("nan")}}, "eta is nan"),
])
def test_bad_parameters_are_named(arguments, says):
    with pytest.raises(contracts.ArgumentError, match=says):
        feed(**{"people": 100, "items": 50, **arguments})


class Answer:
    name = "answer"

    def __init__(self, item, propensity=None):
        self.item = np.asarray(item, np.int32)
        self.propensity = np.ones(len(self.item)) if propensity is None else propensity

    def slates(self, requests):
        def rows(x):
            return np.tile(x, (len(requests), 1))
        return Slates(rows(self.item), rows(self.propensity).astype(np.float32))


@pytest.mark.parametrize("policy, error, says", [
    (Answer([1, 2, 1]), contracts.SlateError, "twice"),
    (Answer([1, 10**6]), contracts.SlateError, "not eligible"),
    (Answer([1, 2], [1.0, 0.0]), contracts.SlateError, "outside"),
    (Answer([1, 2], [1.0, np.nan]), contracts.SlateError, "outside"),
    (Answer(np.arange(11)), contracts.ShapeError, "at most 10"),
])
def test_impossible_slates_are_refused(policy, error, says):
    with pytest.raises(error, match=says):
        feed(100, 50, without=("births",)).run(policy, 1)


def test_dead_items_are_refused():
    world = feed(100, 400)
    world.run(P.Uniform(), 3)
    dead = np.setdiff1d(np.arange(400), world.eligible())
    with pytest.raises(contracts.SlateError, match="not eligible"):
        world.run(Answer(dead[:1]), 1)


def test_what_is_no_policy_cannot_serve():
    with pytest.raises(contracts.ArgumentError, match="slates"):
        feed(100, 50).run("popularity", 1)
    with pytest.raises(contracts.ArgumentError, match="days is -1"):
        feed(100, 50).run(P.Uniform(), -1)


def test_empty_slates_leave_requests_without_impressions():
    day = feed(100, 50).run(Answer([-1, -1]), 1)[0]
    assert len(day.requests) and not len(day.impressions)


def test_the_manifest_is_plain_and_tells_worlds_apart():
    import json
    one, other = feed(100, 50, seed=1).manifest(), marketplace(100, 50, seed=1).manifest()
    assert json.loads(json.dumps(one)) == one and one != other


def test_a_fork_goes_its_own_way():
    world = feed(100, 50)
    twin = world.fork()
    twin.run(P.Uniform(), 3)
    assert world.day == 0 and twin.day == 3 and (world._state.counter == 0).all()
