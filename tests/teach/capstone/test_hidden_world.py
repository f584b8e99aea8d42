"""A hidden world in its own process: the same for all who play it, and silent about itself."""

from dataclasses import replace

import numpy as np
import pytest

from course_lib.contracts import Slates
from course_lib.launch.launch_readings import by_person
from course_lib.teach.capstone.briefs import BRIEFS, brief_of
from course_lib.teach.capstone.hidden_world import HiddenWorld, HiddenWorldError
from course_lib.world.hidden_host import Hidden

SMALL = {"days": 2, "warm_days": 3, "people": 60, "items": 60, "requests_per_day": 150.0}


class Fixed:
    """The same slots of what may be shown, for everybody."""

    def __init__(self):
        self.nights, self.times = [], []

    def slates(self, requests):
        self.times.append(requests.time)
        return Slates.certain(np.tile(requests.eligible[:requests.slate_size], (len(requests), 1)))

    def observe(self, day_log):
        self.nights.append(day_log)


@pytest.fixture(scope="module", params=sorted(BRIEFS))
def world(request):
    with HiddenWorld(replace(BRIEFS[request.param], **SMALL), 5) as held:
        held.kind = request.param
        yield held


def test_a_play_is_the_same_each_time_and_leaves_the_world_where_it_was(world):
    first, again = world.play(Fixed(), 2), world.play(Fixed(), 2)
    assert first["worth"].tolist() == again["worth"].tolist() and len(first["rows"]) == 2
    assert [day.day for day in first["days"]] == [3, 4] and first["people"] >= 60
    control = world.play("incumbent", 2)
    for played in (first, control):          # what a test's arms are counted by counts whole twins too
        table = by_person(played["days"], played["people"])
        assert table["clicks"].sum() == sum(row["clicks"] for row in played["rows"]) > 0
        assert table["requests"].sum() == sum(row["requests"] for row in played["rows"])
    assert world.play("oracle", 2)["days"] == []
    assert world.play("oracle", 2)["worth"].sum() > world.play("incumbent", 2)["worth"].sum() > 0


def test_a_policy_sees_every_day_and_times_tell_whole_seconds_alone(world):
    policy = Fixed()
    world.play(policy, 2)
    assert [day.day for day in policy.nights] == [3, 4]
    times = [*policy.times, policy.nights[0].impressions["time"], world.before[0].requests["time"],
             world.before[0].impressions["click_time"].dropna()]
    assert all((np.floor(part) == part).all() for part in times)


def test_a_test_is_a_split_of_one_world(world):
    policy = Fixed()
    test = world.test(policy, salt=3)
    days = test.environment.run(test.split(0.5), 2)
    arms = days[0].requests.groupby("arm", observed=True)["user"].nunique()
    assert arms["control"] > 10 and arms["treatment"] > 10
    assert len(test.environment.users()) >= 60 and [day.day for day in policy.nights] == [3, 4]


def test_what_stages_are_worth_is_in_order(world):
    requests = world.sample(30, seed=0)
    slates = Fixed().slates(requests).item
    wide = np.tile(requests.eligible[:25], (len(requests), 1))
    worth = {name: part.mean() for name, part in world.grade(slates, wide).items()}
    assert worth["oracle"] >= worth["candidates"] >= worth["order"] >= worth["shown"] > 0
    assert set(world.grade(slates, None)) == {"oracle", "order", "shown"}
    everything = np.tile(requests.eligible, (len(requests), 1))
    assert world.grade(slates, everything)["candidates"].mean() == pytest.approx(worth["oracle"])


def test_what_is_refused_says_so():
    with pytest.raises(HiddenWorldError, match="refused to make"):
        HiddenWorld(replace(BRIEFS["feed"], kind="shop", **SMALL), 5)
    with pytest.raises(ValueError, match="one of feed, marketplace"):
        brief_of("shop")


def test_seeds_that_share_what_a_short_hunt_would_find_have_other_incumbents():
    """The log shows the incumbent's dice; from its seed, whatever of it is found, no bit of the world's follows."""
    made = []
    for seed in (7, 7 + 2**31, 7 + 1_000_003):
        hidden = Hidden(None, None)
        hidden.make("feed", seed, warm_days=1, people=60, items=60, requests_per_day=60.0)
        made.append(hidden.incumbent.seed)
    assert len(set(made)) == 3 and not {7, 7 + 2**31} & set(made) and min(made) >= 2**31
    assert len({one % 2**31 for one in made}) == 3
