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
    ({"examination": {"eta": float("nan")}}, "eta is nan"), ({"people": 0}, "people is 0"),
    ({"people": 100.5}, r"people is 100.5; expected a whole number, 32"), ({"people": "100"}, "people is '100'"),
    ({"requests_per_day": float("nan")}, "requests_per_day is nan"), ({"novelty": 3}, "novelty is 3; expected a dict"),
    ({"quality": {"click": float("nan")}}, "Quality.click is nan"), ({"kind": "shop"}, "'kind' is no parameter block"),
    ({"social_proof": {"click": float("inf")}}, "click is inf"), ({"novelty": {"on": 1}}, "on is 1; expected True"),
    ({"repeats": {"logits": "x"}}, "logits is 'x'"), ({"calendar": {"weekend": -1.0}}, "weekend is -1.0"),
    ({"arrival": {"mean_hours": -1}}, "mean_hours is -1"), ({"reading": {"pace_s": -1}}, "pace_s is -1"),
    ({"without": "novelty"}, "without is 'novelty'; expected a tuple"), ({"without": None}, "without is None"),
    ({"seed": -1}, "seed is -1"), ({"seed": 1.5}, "seed is 1.5"), ({"seed": None}, "seed is None"),
    ({"seed": 2**70}, "seed is 11805"), ({"workers": 1.5}, "workers is 1.5"),
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


class Returns:
    """The first two eligible items, in whatever dress `make(item, propensity)` gives them."""

    name = "odd"

    def __init__(self, make):
        self.make = make

    def slates(self, requests):
        item = np.tile(requests.eligible[:2], (len(requests), 1))
        return self.make(item, np.ones(item.shape))


@pytest.mark.parametrize("policy, error, says", [
    (Answer([1, 2, 1]), contracts.SlateError, "twice"),
    (Answer([1, 10**6]), contracts.SlateError, "not eligible"),
    (Answer([1, 2], [1.0, 0.0]), contracts.SlateError, "outside"),
    (Answer([1, 2], [1.0, np.nan]), contracts.SlateError, "outside"),
    (Answer(np.arange(11)), contracts.ShapeError, "at most 10"),
    (Answer([1, -5]), contracts.SlateError, "'answer' returned item -5"),
    (Answer([1, 2], [1.0, np.inf]), contracts.SlateError, "'answer'.*propensity inf"),
    (Returns(lambda item, chance: None), contracts.ArgumentError, "'odd' returned NoneType; expected Slates"),
    (Returns(lambda item, chance: item), contracts.ArgumentError, "'odd' returned ndarray; expected Slates"),
    (Returns(lambda item, chance: Slates(item + 0.5, chance)), contracts.SlateError, "item of dtype float64"),
    (Returns(lambda item, chance: Slates(item.astype(object), chance)), contracts.SlateError, "item of dtype object"),
    (Returns(lambda item, chance: Slates(item, chance.astype(str))), contracts.SlateError, "propensity of dtype <U"),
    (Returns(lambda item, chance: Slates(item[:, 0], chance[:, 0])), contracts.ShapeError, "'odd' returned item"),
    (Returns(lambda item, chance: Slates(item.astype(np.int64) + 2**40, chance)), contracts.SlateError, "not eligible"),
])
def test_impossible_slates_are_refused_and_the_world_stays(policy, error, says):
    world = feed(100, 50, without=("births",))
    with pytest.raises(error, match=says):
        world.run(policy, 1)
    whole = world.run(P.Uniform(), 1)[0].impressions
    assert whole.equals(feed(100, 50, without=("births",)).run(P.Uniform(), 1)[0].impressions)


@pytest.mark.parametrize("change", [
    lambda item, chance: Slates(item.tolist(), chance.tolist()), lambda item, chance: Slates(item, chance.astype(int)),
    lambda item, chance: Slates(item.astype(np.uint8), chance.astype(np.float16)),
    lambda item, chance: Slates(item.astype(np.int64), chance.astype(np.float32)),
])
def test_slates_of_other_kinds_of_whole_numbers_are_taken(change):
    day, plain = (feed(100, 50).run(Returns(f), 1)[0].impressions for f in (change, Slates))
    assert {name: str(kind) for name, kind in day.dtypes.items()} == contracts.IMPRESSION_COLUMNS
    assert day.equals(plain)


def test_dead_items_are_refused():
    world = feed(100, 400)
    world.run(P.Uniform(), 3)
    dead = np.setdiff1d(np.arange(400), world.eligible())
    with pytest.raises(contracts.SlateError, match="not eligible"):
        world.run(Answer(dead[:1]), 1)


def test_what_is_no_policy_cannot_serve():
    with pytest.raises(contracts.ArgumentError, match="slates"):
        feed(100, 50).run("popularity", 1)
    with pytest.raises(contracts.ArgumentError, match=r"the class Uniform; expected an object of it: Uniform\(...\)"):
        feed(100, 50).run(P.Uniform, 1)
    with pytest.raises(contracts.ArgumentError, match="a string"):
        feed(100, 50).run(P.Uniform(name=3), 1)


@pytest.mark.parametrize("days", [-1, 1.5, float("nan"), "1", None, True])
def test_days_are_whole(days):
    with pytest.raises(contracts.ArgumentError, match=f"days is {days!r}; expected a whole number"):
        feed(100, 50).run(P.Uniform(), days)


def test_no_days_are_no_days():
    world = feed(100, 50)
    assert world.run(P.Uniform(), 0) == [] and world.day == 0 and len(world.run(P.Uniform(), np.int64(2))) == 2


def test_what_is_no_log_is_named():
    from course_lib.world import resume

    for use in (lambda: feed(100, 50).run(P.Uniform(), 1, "log"), lambda: resume(feed(100, 50), "log")):
        with pytest.raises(contracts.ArgumentError, match="log is 'log'"):
            use()


def test_days_on_which_nobody_comes_are_empty_and_whole():
    days = feed(32, 50, 1.0).run(P.Uniform(), 8)
    assert 0 in [len(day.requests) for day in days]
    for day in days:
        assert {name: str(kind) for name, kind in day.impressions.dtypes.items()} == contracts.IMPRESSION_COLUMNS
        assert {name: str(kind) for name, kind in day.requests.dtypes.items()} == contracts.REQUEST_COLUMNS


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
