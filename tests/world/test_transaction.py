"""A day is a transaction: interrupted at any line, the world and its log stand at the start of a day, and go on as if
nothing had been."""

import errno
import shutil
import sys
from copy import deepcopy
from dataclasses import fields

import numpy as np
import pytest

from course_lib import contracts
from course_lib.contracts import Arm, Assignment, Slates
from course_lib.data import log as log_module
from course_lib.data.log import Log, MemoryLog
from course_lib.world import feed, marketplace, resume
from course_lib.world import policies as P

TRACED = ("course_lib/world/", "course_lib/data/")
POINTS = 24  # interrupts in each of six settings, besides those between the day's last lines


class StopAt:
    """A context in which KeyboardInterrupt comes before the n-th line of the course's own code, as Ctrl-C would."""

    def __init__(self, n):
        self.left, self.seen = n, 0

    def __enter__(self):
        sys.settrace(self.frame)
        return self

    def __exit__(self, kind, *_):
        sys.settrace(None)
        return kind is KeyboardInterrupt

    def frame(self, frame, event, arg):
        return self.line if any(part in frame.f_code.co_filename for part in TRACED) else None

    def line(self, frame, event, arg):
        if event == "line":
            self.seen += 1
            if self.seen == self.left:
                raise KeyboardInterrupt
        return self.line


def one(world):
    return P.Popularity(power=0.5)


def arms(world):
    known = P.Familiar(world.catalog(), name="familiar")
    return Assignment((Arm("control", P.Popularity(power=0.5), 0.5), Arm("treatment", known, 0.5)))


class Setting:
    """A marketplace at the start of day 2, with a log that holds two days, and what days 2 and 3 are without a stop."""

    def __init__(self, make_policy, sink, folder):
        self.sink, self.folder, self.trials = sink, folder, 0
        people = 640 if make_policy is arms else 96  # of many only few come: then the next day's fork reuses arrays
        self.world = marketplace(people, 60, 150.0, seed=3, batch=64)
        self.policy = make_policy(self.world)
        self.past = self.world.run(self.policy, 2)
        twin = self.world.fork()
        self.future = twin.run(deepcopy(self.policy), 2)
        self.after = twin
        if sink == "disk":
            log = Log.create(folder / "past", self.world.manifest())
            for day in self.past:
                log.append(day)

    def log(self):
        self.trials += 1
        if self.sink == "disk":
            return Log.open(shutil.copytree(self.folder / "past", self.folder / str(self.trials)))
        return MemoryLog(self.past) if self.sink else None

    def start(self):
        """A world, a policy and a log at the start of day 2."""
        world = self.world.fork()
        if self.world._spare is not None:
            world._spare = self.world._spare[0].copy(), self.world._spare[1]
        return world, deepcopy(self.policy), self.log()


def same_table(one, other):
    assert list(one) == list(other)
    for name in one:
        a, b = one[name], other[name]
        if str(a.dtype) == "category":
            assert a.astype(str).equals(b.astype(str)), name
        else:
            assert a.to_numpy().tobytes() == b.to_numpy().tobytes(), name


def same_day(one, other):
    for table in ("requests", "impressions", "outcomes"):
        same_table(getattr(one, table), getattr(other, table))
    same_table(one.new_items.items, other.new_items.items)


def assert_same_world(world, other):
    assert world.day == other.day
    for f in fields(world._state):
        a, b = getattr(world._state, f.name), getattr(other._state, f.name)
        assert a == b if isinstance(a, list) else a.tobytes() == b.tobytes(), f.name
    for name in ("_items", "_people"):
        for a, b in zip(getattr(world, name), getattr(other, name), strict=True):
            assert a.tobytes() == b.tobytes()
    assert world._region.tobytes() == other._region.tobytes()


def policies_of(plan):
    return [arm.policy for arm in plan.arms] if isinstance(plan, Assignment) else [plan]


def go_on(setting, world, plan, log):
    """Run to the end of day 3; returns the days that came without a log. A policy stopped in its `observe` is refused;
    a new one that observes the same days takes its place."""
    days = []
    while world.day < 4:
        try:
            days += world.run(plan, 1, log)
        except contracts.ArgumentError as refused:
            assert "was stopped while it observed day 2" in str(refused)
            plan = deepcopy(setting.policy)
            for policy in policies_of(plan):
                policy.observe(setting.future[0])
    return days


def interrupted_at(setting, n):
    """One trial; returns where it stopped: the day on which the world then stands."""
    world, plan, log = setting.start()
    with StopAt(n):
        world.run(plan, 1, log)
    stands = world.day
    if log is not None:
        assert log.last_day == stands - 1
        if setting.sink == "disk":
            assert Log.open(log.path).days == log.days and log.verify() == 3 * len(log.days)
    if stands == 2:
        assert_same_world(world, setting.world)
    days = go_on(setting, world, plan, log)
    assert_same_world(world, setting.after)
    for day, whole in zip(days[::-1], setting.future[::-1], strict=False):
        same_day(day, whole)
    for day, whole in zip((2, 3), setting.future, strict=True):
        for table in ("requests", "impressions", "outcomes") if log is not None else ():
            same_table(getattr(log, table)([day]), getattr(whole, table))
    return stands


def lines_of_a_day(setting):
    """(lines of the course's code in one day, the line at which the world has committed it)."""
    world, plan, log = setting.start()
    stop, committed = StopAt(10**12), []
    become = type(world)._become

    def counted(self, draft):
        committed.append(stop.seen)
        become(self, draft)

    type(world)._become = counted
    try:
        with stop:
            world.run(plan, 1, log)
    finally:
        type(world)._become = become
    return stop.seen, committed[0]


@pytest.mark.parametrize("sink", [None, "memory", "disk"])
@pytest.mark.parametrize("make_policy", [one, arms])
def test_interrupted_anywhere_the_world_goes_on_as_if_nothing_had_been(make_policy, sink, tmp_path):
    setting = Setting(make_policy, sink, tmp_path)
    lines, committed = lines_of_a_day(setting)
    points = {*np.linspace(1, lines, POINTS).astype(int).tolist(), *range(committed - 8, lines + 1, 3)}
    stands = [interrupted_at(setting, n) for n in sorted(points)]
    assert {2, 3} == set(stands) and stands == sorted(stands)


class Stumbles:
    """Another policy, which fails in one of its methods on day 2, at the third call of it."""

    name = "popularity"  # as the one of the setting, so that nobody finds it new

    def __init__(self, base, method, error):
        self.base, self.method, self.error, self.calls = base, method, error, 0

    def _stumble(self, method, day):
        self.calls += method == self.method and day == 2
        if method == self.method and self.calls == (1 if method == "observe" else 3):
            raise self.error

    def slates(self, requests):
        self._stumble("slates", requests.day)
        slates = self.base.slates(requests)
        if self.method == "twice" and requests.day == 2:
            self.calls += 1
            if self.calls == 3:
                return Slates(np.repeat(slates.item[:, :1], 2, axis=1), np.repeat(slates.propensity[:, :1], 2, axis=1))
        return slates

    def observe(self, day_log):
        self._stumble("observe", day_log.day)
        self.base.observe(day_log)


@pytest.mark.parametrize("sink", [None, "disk"])
@pytest.mark.parametrize("method, error", [
    ("slates", ZeroDivisionError("of the policy")), ("slates", MemoryError()), ("slates", KeyboardInterrupt()),
    ("twice", contracts.SlateError("twice"))])
def test_a_policy_that_fails_leaves_world_and_log_where_the_day_began(sink, method, error, tmp_path):
    setting = Setting(one, sink, tmp_path)
    world, policy, log = setting.start()
    with pytest.raises(type(error)):
        world.run(Stumbles(policy, method, error), 1, log)
    assert_same_world(world, setting.world)
    assert log is None or (log.last_day == 1 and Log.open(log.path).days == [0, 1])
    go_on(setting, world, policy, log)
    assert_same_world(world, setting.after)


@pytest.mark.parametrize("step", ["to_parquet", "rename", "manifest"])
def test_a_full_disk_leaves_world_and_log_where_the_day_began(step, tmp_path, monkeypatch):
    import pandas as pd

    setting = Setting(one, "disk", tmp_path)
    world, policy, log = setting.start()

    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    target = {"to_parquet": (pd.DataFrame, "to_parquet"), "rename": (log_module.os, "replace"),
              "manifest": (log_module, "write_atomic")}[step]
    with monkeypatch.context() as patch:
        patch.setattr(*target, full)
        with pytest.raises(contracts.DataError, match="disk is full"):
            world.run(policy, 1, log)
    assert_same_world(world, setting.world)
    go_on(setting, world, policy, log)
    same_table(log.impressions([2]), setting.future[0].impressions)
    assert_same_world(world, setting.after)


def test_a_failing_observe_comes_after_the_day_and_is_never_called_twice_for_it(tmp_path):
    setting = Setting(one, "disk", tmp_path)
    world, policy, log = setting.start()
    stumbles = Stumbles(policy, "observe", ZeroDivisionError("of the learner"))
    with pytest.raises(ZeroDivisionError) as failed:
        world.run(stumbles, 2, log)
    assert "Day 2 is over" in failed.value.__notes__[0]
    assert world.day == 3 and log.last_day == 2
    for _ in range(2):
        with pytest.raises(contracts.ArgumentError, match="'popularity' was stopped while it observed day 2"):
            world.run(stumbles, 1, log)
    assert world.day == 3 and stumbles.calls == 1
    policy.observe(setting.future[0])
    world.run(policy, 1, log)
    assert_same_world(world, setting.after)


class Forgetful(MemoryLog):
    """A log that holds the day and is interrupted before it returns."""

    def append(self, day_log):
        super().append(day_log)
        if day_log.day == 2:
            raise KeyboardInterrupt


def test_a_day_that_the_log_holds_has_happened_and_its_policy_is_taught_once(tmp_path):
    setting = Setting(one, None, tmp_path)
    world, policy, _ = setting.start()
    log = Forgetful(setting.past)
    with pytest.raises(KeyboardInterrupt):
        world.run(policy, 1, log)
    assert world.day == 3 and log.last_day == 2
    world.run(P.Uniform(name="popularity"), 0, log)  # not the policy that is owed the day
    twin = world.fork()
    world.run(policy, 1, log)
    assert_same_world(world, setting.after)
    assert policy.counts.total.sum() == sum(d.impressions["click"].sum() for d in setting.past + setting.future)
    twin.run(P.Uniform(), 1)  # the fork holds the same lesson, and it is done
    assert twin._lessons == ()


def test_a_policy_that_runs_its_own_world_is_told_to_fork(tmp_path):
    world = feed(96, 60)

    class Reckless(P.Uniform):
        def slates(self, requests):
            if world.day == 0:
                world.run(P.Uniform(), 1)
            return super().slates(requests)

    with pytest.raises(contracts.ArgumentError, match=r"moved from day 0 to day 1.*fork"):
        world.run(Reckless(), 1)
    assert world.day == 1


def test_resuming_that_is_interrupted_stops_at_the_start_of_a_day(tmp_path):
    setting = Setting(one, None, tmp_path)
    log = MemoryLog([*setting.past, *setting.future])
    fresh = marketplace(96, 60, 150.0, seed=3, batch=64)
    with StopAt(10**12) as whole:
        resume(fresh.fork(), log, P.Popularity(power=0.5))
    for n in np.linspace(1, whole.seen, 12).astype(int):
        world, policy = fresh.fork(), P.Popularity(power=0.5)
        with StopAt(n):
            resume(world, log, policy)
        if world.day == 2:
            assert_same_world(world, setting.world)
        with pytest.raises(contracts.LogMismatchError, match="fresh") if world.day else StopAt(0):
            resume(world, log, policy)


def test_reused_arrays_hold_what_new_ones_would():
    days = {}
    for reuse in (True, False):
        world, policy = feed(4000, 60, 300.0, seed=1, joining={"per_day": 0.03}), P.Popularity(power=0.5)
        days[reuse], used = [], 0
        for _ in range(8):
            used += world._spare is not None
            world._spare = world._spare if reuse else None
            days[reuse] += world.run(policy, 1)
        assert used
    assert_same_world(world, resume_of(days[True]))
    for one, other in zip(days[True], days[False], strict=True):
        same_day(one, other)


def resume_of(days):
    """The world after these days, by replaying them."""
    return resume(feed(4000, 60, 300.0, seed=1, joining={"per_day": 0.03}), MemoryLog(days))


def test_making_room_for_new_people_is_one_step():
    fresh = feed(96, 60, joining={"per_day": 1.0})
    fresh.day = 3
    with StopAt(10**12) as whole:
        fresh.fork().users()
    expected = fresh.fork().users()
    for n in range(1, whole.seen + 1):
        world = fresh.fork()
        with StopAt(n):
            world.users()
        assert len(world._people.visits) == len(world._region) == len(world._state.gone) == len(world._state.memory)
        assert world.users().equals(expected)


def test_a_world_that_ran_a_policy_can_be_copied_without_it():
    import pickle

    world = feed(96, 60)
    world.run(P.PlackettLuce(lambda requests: np.zeros(len(requests.eligible)), learner=P.Popularity()), 1)
    again = pickle.loads(pickle.dumps(world))
    assert_same_world(again, world)
