"""The tables of what people see: counted here on a service that is made up, so that no machine decides."""

import json

import numpy as np
import pytest

from course_lib.contracts import ArgumentError, CourseError
from course_lib.serving.loadgen import live_faults
from course_lib.serving.loadgen.load_result import LoadResult

BODIES = [{"user": 0, "session": [], "k": 2}, {"user": 1, "session": [7], "k": 2}]


def result(slates, rungs, statuses=None, ms=10.0):
    n = len(slates)
    body = [json.dumps({"slate": slate, "rung": rung}).encode() for slate, rung in zip(slates, rungs, strict=True)]
    due = np.arange(n) / 10
    return LoadResult(due, due, due + ms / 1000, np.array(statuses or [200] * n), np.array(body, dtype=object), 5.0)


class Made:
    """A service that notes which faults were switched on."""

    url = "http://127.0.0.1:9"

    def __init__(self):
        self.on, self.seen, self.due, self.set, self.named = [], [], [], [], []

    def switch_on(self, *faults):
        self.on = list(faults)

    def switch_off(self):
        self.on = []

    def start_afresh(self, **settings):
        assert self.on == []
        self.seen.append("afresh")
        self.set.append(settings)

    def release(self, system, name):
        if name in self.named:
            raise CourseError(f"there was a release called {name!r} already")
        self.named.append(name)
        return {"current": name}


def test_a_slate_with_what_was_taken_or_just_looked_at_is_violated():
    given = result([[1, 2], [3, 4], [9, 2], [7, 4]], ["full"] * 4)
    assert live_faults.violated(given, BODIES, {0: {9}, 1: {5}}) == 2


@pytest.fixture
def made(monkeypatch):
    service = Made()

    def load(url, due, bodies):
        service.seen.append(list(service.on))
        rung = "segment" if service.on else "full"
        service.due.append(due.tolist())
        return result([[1, 2]] * 40, [rung] * 40)

    monkeypatch.setattr(live_faults, "open_loop", load)
    return service


def test_each_fault_is_on_for_its_own_load_and_off_afterwards(made):
    table = live_faults.fault_table(made, BODIES, {}, rate=10, seconds=1, names=("none", "index dead", "store stale"),
                                    settings={"budget_ms": 100})
    assert made.seen == [[], "afresh", [], "afresh", live_faults.FAULTS["index dead"], "afresh",
                         live_faults.FAULTS["store stale"], "afresh"] and made.on == []
    assert made.set == [{"budget_ms": 100}] * 3 + [{"warm": 0}]     # what comes after has the service as it was
    assert made.due[1] == made.due[2] == made.due[3]        # the same people at the same moments, whatever is broken
    assert table["full"].tolist() == [1, 0, 0] and table["segment"].tolist() == [0, 1, 1]
    assert (table["in_time"] == 1).all() and (table["violated"] == 0).all() and "worth" not in table


def test_a_name_may_come_twice(made):
    table = live_faults.fault_table(made, BODIES, {}, rate=10, seconds=1, names=("none", "index dead", "none"))
    assert table.index.tolist() == ["none", "index dead", "none"] and table["full"].tolist() == [1, 0, 1]


def test_an_interrupted_table_leaves_no_fault_behind(made, monkeypatch):
    def interrupted(*load):
        raise KeyboardInterrupt

    monkeypatch.setattr(live_faults, "open_loop", interrupted)
    with pytest.raises(KeyboardInterrupt):
        live_faults.fault_table(made, BODIES, {}, rate=10, seconds=1, names=("index dead",))
    assert made.on == []


def test_what_a_fault_costs_is_a_share_of_what_the_same_people_get_when_all_is_well(made):
    def worth(users, slates):                               # of item i to user u: i, twice that to user 1
        return np.maximum(slates, 0).sum(axis=1) * (1 + users)

    table = live_faults.fault_table(made, BODIES, {}, rate=10, seconds=1, names=("none",), worth=worth,
                                    full=lambda users: np.array([[1, 5]] * len(users)), since={1: [2], 0: [9]})
    assert table.loc["none", ["worth", "worth_low", "worth_high"]].tolist() == pytest.approx([0.5] * 3)
    assert table.loc["none", "again"] == 0.5                # only user 1 had clicked item 2


def test_an_answer_without_a_slate_is_worth_nothing(made, monkeypatch):
    failed = result([[1, 2], [1, 2]], ["full"] * 2)
    failed.body[1] = b'{"error": "full house"}'
    monkeypatch.setattr(live_faults, "open_loop", lambda url, due, bodies: failed)
    table = live_faults.fault_table(made, BODIES, {}, rate=10, seconds=1, names=("none",),
                                    worth=lambda users, slates: (slates > 0).sum(axis=1),
                                    full=lambda users: np.ones((len(users), 2)))
    assert table.loc["none", "worth"] == 0.5


def test_a_share_s_interval_covers_the_true_share_and_pairs_make_it_narrow():
    rng, shares = np.random.default_rng(0), []
    for _ in range(300):
        first = rng.lognormal(0, 1, 60)                     # people differ much
        shares.append(live_faults.share_of(0.7 * first + rng.normal(0, 0.2, 60), first))
    covered = np.mean([low <= 0.7 <= high for _, low, high in shares])
    assert 0.9 < covered <= 0.99 and np.median([high - low for _, low, high in shares]) < 0.1
    for wrong in (([1.0], [1.0]), ([1.0, 2.0], [1.0]), ([1.0, 2.0], [0.0, 0.0])):
        with pytest.raises(ArgumentError, match="at least 2 requests"):
            live_faults.share_of(*wrong)


def test_releases_are_made_while_load_goes_on(made):
    for _ in range(2):                                      # a cell may be run again
        got = live_faults.released_under_load(made, None, BODIES, rate=10, seconds=1)
        assert got["requests"] == 40 and got["not_200"] == 0 and got["releases"] >= 1
    assert len(set(made.named)) == len(made.named) >= 2


def test_a_release_that_fails_under_load_is_said_and_not_counted_as_none(made, monkeypatch):
    def fails(system, name):
        raise CourseError("422: path: no recommender can be read there")

    monkeypatch.setattr(made, "release", fails)
    with pytest.raises(CourseError, match="no recommender can be read there"):
        live_faults.released_under_load(made, None, BODIES, rate=10, seconds=1)


def test_load_steps_say_who_answered():
    table = live_faults.load_steps({"one": result([[1]] * 30, ["full"] * 15 + ["cached"] * 15)})
    assert table.loc["one", "full"] == 0.5 and table.loc["one", "p50"] == pytest.approx(10.0)


def test_ways_take_turns_and_each_starts_afresh(monkeypatch):
    service, loads = Made(), []

    def load(url, bodies, *, seconds, clients):
        loads.append(dict(service.set[-1]))
        return result([[1]] * 20, ["full"] * 20)

    monkeypatch.setattr(live_faults, "closed_loop", load)
    ways = {"one": {"batch": 1}, "other": {}}
    table = live_faults.side_by_side(service, ways, BODIES, clients=2, seconds=1, rounds=3)
    assert loads == service.set == [{"batch": 1}, {}] * 3 and table.shape == (3, 2)


def test_a_factor_is_a_ratio_with_its_interval():
    assert live_faults.times_as_many([20.0, 40.0], [10.0, 20.0]) == pytest.approx((2, 2, 2))
    value, low, high = live_faults.times_as_many([10.0, 40.0, 20.0], [10.0, 10.0, 10.0])
    assert low < value < high and value == pytest.approx(2)


def test_control_the_same_service_twice_is_no_faster_than_itself():
    rng = np.random.default_rng(0)
    one, other = rng.lognormal(5, 0.1, 12), rng.lognormal(5, 0.1, 12)
    _, low, high = live_faults.times_as_many(one, other)
    assert low < 1 < high


def test_what_slates_are_worth_without_what_they_are_shares_of_is_refused_before_any_load(monkeypatch):
    monkeypatch.setattr(live_faults, "open_loop", lambda *_: pytest.fail("a load was run"))
    for one in ({"worth": lambda users, slates: users}, {"full": lambda users: users}):
        with pytest.raises(ArgumentError, match="worth and full belong together"):
            live_faults.fault_table(Made(), BODIES, {}, rate=10, seconds=1, names=("none",), **one)
