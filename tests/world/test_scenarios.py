"""Launches with hidden causes: each cause comes from its mechanism, and nothing that a plan sees leads to it."""

from copy import deepcopy
from dataclasses import is_dataclass

import numpy as np
import pytest

from course_lib.contracts import ArgumentError
from course_lib.evidence.experiment import SRM_ALARM, srm
from course_lib.world import planted, scenarios
from course_lib.world.planted import BASE, Made, Seen, treatment_of, world_of
from course_lib.world.policies import Familiar
from course_lib.world.scenarios import Secret, draw

SMALL = {"people": 400, "items": 200, "requests_per_day": 1200}


def small(cause, seed=0, **more):
    return draw(seed, cause=cause, size=1.0, **SMALL | more)


def asked(days):
    return [len(day.requests) for day in days]


def test_a_seed_gives_one_launch(assert_same_days):
    (one, hidden), (two, also) = (draw(5, **SMALL) for _ in range(2))
    assert (hidden.cause, hidden.size) == (also.cause, also.size)
    assert_same_days(one.environment.run(one.split(0.5), 2), two.environment.run(two.split(0.5), 2))


def test_another_seed_gives_another_launch():
    days = [launch.environment.run(launch.split(0.5), 1)[0] for launch, _ in (small("null", 0), small("null", 1))]
    assert days[0].impressions["item"].tolist() != days[1].impressions["item"].tolist()


def test_every_cause_is_drawn(monkeypatch):
    """The world is left out: only the draw is looked at."""
    met = set()
    monkeypatch.setattr(scenarios, "world_of", lambda kind, cause, *a, **k: met.add((kind, cause)) or 1 / 0)
    for kind in ("feed", "marketplace"):
        for seed in range(120):
            with pytest.raises(ZeroDivisionError):
                draw(seed, kind)
    assert met == {("feed", cause) for cause in scenarios.OF_FEED} | {
        ("marketplace", cause) for cause in scenarios.OF_SHOP}


@pytest.mark.parametrize("wrong", [{"kind": "cinema"}, {"cause": "bad luck"}, {"cause": "stock"}, {"seed": -1}])
def test_what_there_is_not_is_refused(wrong):
    with pytest.raises(ArgumentError, match="expected"):
        draw(**{"seed": 0} | SMALL | wrong)


def reachable(thing, seen=None):
    """All that public attributes lead to, from an object of the course."""
    seen = {} if seen is None else seen
    if id(thing) in seen:
        return seen
    seen[id(thing)] = thing
    for name in dir(thing) if type(thing).__module__.startswith("course_lib") else ():
        if not name.startswith("_"):
            reachable(getattr(thing, name), seen)
    return seen


@pytest.mark.parametrize("cause", ["broken split", "spam"])
def test_nothing_that_a_plan_sees_leads_to_cause_or_truth(cause):
    launch, hidden = small(cause)
    found = list(reachable(launch).values())
    assert len(found) > 20
    assert not any(isinstance(thing, (Secret, type(hidden.start), type(hidden.start.params))) for thing in found)
    assert not any(hasattr(thing, "truth") or hasattr(thing, "cause") for thing in found)
    assert not any(isinstance(thing, str) and thing in scenarios.CAUSES for thing in found)
    with pytest.raises(AttributeError):
        launch.environment.truth()
    assert is_dataclass(launch)


def test_all_causes_look_alike_from_outside():
    kinds = {(type(launch.environment), type(launch.treatment), launch.treatment.name)
             for launch, _ in map(small, ("null", "broken split", "stale job"))}
    assert len(kinds) == 1


def test_a_launch_and_its_secret_do_not_move_each_other():
    launch, hidden = small("better")
    before = hidden.effects(2)
    launch.environment.run(launch.split(0.5), 2)
    assert hidden.effects(2).tolist() == before.tolist() and hidden.start.day == launch.environment.day - 2


def test_a_treatment_that_is_the_control_is_worth_nothing():
    _, hidden = small("null")
    same = Secret("null", 1.0, hidden.start, hidden.control, deepcopy(hidden.control))
    assert same.effects(3).tolist() == [0, 0, 0] and same.truth(3) == 0


def test_the_truth_is_the_ratio_of_what_the_days_are_worth():
    _, hidden = small("better")
    control, treatment = hidden.values(4)
    assert hidden.truth(4, first=1) == pytest.approx(treatment[1:].sum() / control[1:].sum() - 1)
    assert hidden.effects(4).mean() == pytest.approx(hidden.truth(4))
    assert hidden.values(2, dice=2).tolist() != hidden.values(2).tolist()


def test_without_a_cause_a_made_policy_is_a_familiar_one():
    world = world_of("feed", "null", 0, 12, **SMALL)
    plain, made = Familiar(world.catalog(), **BASE, seed=1), Made(world.catalog(), **BASE, seed=1)
    past = world.run(plain, 2)
    for day in past:
        made.observe(day)
    days = [world.fork().run(policy, 1)[0].impressions["item"].tolist() for policy in (plain, made)]
    assert days[0] == days[1]


@pytest.mark.parametrize(("cause", "wants"), [("better", 1), ("harmful", -1), ("null", 0)])
def test_size_moves_the_boost(cause, wants):
    world = world_of("feed", cause, 0, 12, **SMALL)
    assert np.sign(treatment_of(cause, 1.0, 12, world, 0).boost - BASE["boost"]) == wants


def test_a_stale_job_learns_until_its_day():
    launch, hidden = small("stale job")
    stops, policy = hidden.treatment._stops_on, deepcopy(hidden.treatment)
    learnt = {}
    for day in launch.environment.run(launch.control, 10):
        policy.observe(day)
        learnt[day.day] = policy.counts.total.sum()
    assert learnt[stops - 1] > learnt[stops - 2] and learnt[stops + 1] == learnt[stops] == learnt[stops - 1]
    assert hidden.control.__class__ is Familiar and small("better")[1].treatment._stops_on == planted.NEVER


def young(days, catalog):
    born = catalog.items["born_day"].to_numpy()
    return sum(int((day.day - born[day.impressions["item"].to_numpy()] < planted.RIPE_DAYS).sum()) for day in days)


def test_births_are_starved_by_the_treatment_alone():
    launch, _ = small("births")
    shown = {}
    for name, policy in (("control", launch.control), ("treatment", launch.treatment)):
        environment = launch.environment.fork()
        days = environment.run(deepcopy(policy), 3)
        shown[name] = young(days, environment.catalog())
    assert shown["treatment"] < 0.05 * shown["control"] and shown["control"] > 100


def test_late_harm_shows_more_clickbait():
    _, hidden = small("late harm")
    appeal = hidden.start._items.appeal
    seen = {}
    for name, policy in (("tilted", hidden.treatment), ("level", deepcopy(hidden.treatment))):
        if name == "level":
            policy._tilt = np.zeros(0)
        day = hidden.start.fork().run(deepcopy(policy), 1)[0]
        seen[name] = appeal[day.impressions["item"].to_numpy()].mean()
    assert seen["tilted"] > seen["level"]


def test_a_holiday_brings_visits_from_its_day_only():
    launch, _ = small("holiday")
    calm, _ = small("null")
    moved, still = asked(launch.environment.run(launch.control, 10)), asked(calm.environment.run(calm.control, 10))
    assert moved[:3] == still[:3] and max(np.array(moved) / still) > 1.25


def test_spam_has_bots_and_nothing_else_has():
    assert (small("spam", people=2000)[1].start._people.bot_of >= 0).any()
    assert not (small("null", people=2000)[1].start._people.bot_of >= 0).any()


def test_people_share_where_interference_is_the_cause():
    shares = {}
    for cause in ("interference", "better"):
        launch, _ = small(cause)
        shares[cause] = sum(int((day.outcomes["kind"] == "share").sum()) for day in launch.environment.run(
            launch.split(0.5), 2))
    assert shares["interference"] > 50 and shares["better"] == 0


def test_novelty_lifts_a_null_treatment_at_first():
    first = {}
    for cause in ("novelty", "null"):
        world = world_of("feed", cause, 3, 12, people=1000, items=200, requests_per_day=4000)
        control = Familiar(world.catalog(), **BASE, seed=1)
        changed = Made(world.catalog(), **BASE, seed=1, name="treatment")
        for day in world.run(control, 2):
            changed.observe(day)
        first[cause] = Secret(cause, 1.0, world, control, changed).truth(2)
    assert first["null"] == 0 and first["novelty"] > 0.03


def test_a_broken_split_is_seen_and_a_whole_one_is_not():
    p = {}
    for cause in ("broken split", "null"):
        launch, _ = small(cause, people=2000, requests_per_day=6000)
        days = launch.environment.run(launch.split(0.5), 3)
        arm = {user: arm for day in days for user, arm in zip(day.requests["user"], day.requests["arm"], strict=True)}
        p[cause] = srm([sum(a == name for a in arm.values()) for name in planted.ARMS])
    assert p["broken split"] < SRM_ALARM < p["null"]


def test_nothing_is_lost_where_the_split_is_whole(assert_same_days):
    _, hidden = small("null")
    assert_same_days(*(
        world.run(deepcopy(hidden.control), 2) for world in (Seen(hidden.start.fork()), hidden.start.fork())))


def test_what_is_seen_goes_to_a_log(list_log):
    launch, _ = small("broken split")
    log = list_log()
    log.last_day = launch.environment.day - 1
    assert launch.environment.run(launch.split(0.5), 2, log) == [] and len(log.days) == 2


def test_a_shop_that_runs_out_has_less_to_show():
    left = {}
    for cause in ("stock", "better"):
        launch, hidden = draw(0, "marketplace", cause=cause, size=1.0, **SMALL)
        launch.environment.run(launch.control, 3)
        left[cause] = len(launch.environment.eligible())
        assert np.isfinite(hidden.values(2)).all()
    assert left["stock"] < left["better"]
