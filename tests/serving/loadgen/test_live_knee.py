"""Where the knee lies, found on services that are made up: what they hold is known, and no machine decides."""

import json

import numpy as np
import pytest

from course_lib.contracts import ArgumentError, DataError
from course_lib.serving.loadgen import live_knee
from course_lib.serving.loadgen.load_result import LoadResult

BODIES = [{"user": 0, "session": [], "k": 2}]


def result(n, rung, ms, seconds=1.0):
    due = np.linspace(0, seconds, n, endpoint=False)
    said = [json.dumps({"slate": [1], "rung": one}).encode() for one in np.broadcast_to(rung, n)]
    return LoadResult(due, due, due + np.broadcast_to(ms, n) / 1000, np.full(n, 200), np.array(said, object), 5.0)


class Machine:
    """It gives full slates at up to `holds` a second, each in takes_ms; above that and past its budget: the segment's.
    Everything is late by late_ms besides."""

    url = "http://127.0.0.1:9"

    def __init__(self, holds=100.0, takes_ms=10.0, late_ms=0.0):
        self.holds, self.takes_ms, self.late_ms, self.settings, self.rates = holds, takes_ms, late_ms, [], []

    def start_afresh(self, **settings):
        self.settings.append(settings)

    def closed(self, url, bodies, *, seconds, clients):
        rung = "full" if self.takes_ms <= self.settings[-1].get("budget_ms", 50) else "segment"
        return result(max(2, int(1.9 * self.holds * seconds)), rung, self.takes_ms, seconds)

    def opened(self, url, due, bodies):
        seconds = max(float(due[-1]), 1e-3)
        rate = len(due) / seconds
        self.rates.append(rate)
        fits = rate <= 1.15 * self.holds and self.takes_ms <= self.settings[-1].get("budget_ms", 50)
        return result(len(due), "full" if fits else "segment", self.takes_ms + self.late_ms, seconds)


def on(machine, monkeypatch):
    monkeypatch.setattr(live_knee, "closed_loop", machine.closed)
    monkeypatch.setattr(live_knee, "open_loop", machine.opened)
    return machine


@pytest.mark.parametrize("holds", [12.0, 100.0, 1000.0])
def test_the_knee_is_near_what_a_machine_holds_whether_slow_or_fast(holds, monkeypatch):
    machine = on(Machine(holds), monkeypatch)
    knee = live_knee.full_knee(machine, BODIES)
    assert 0.5 * holds <= knee.per_second <= 1.3 * holds and knee.share == 1.0
    assert knee.budget_ms == 50 and knee.in_time_ms == 60
    assert machine.settings[-1] == {"warm": 0} and all(one["warm"] == 0 for one in machine.settings)


@pytest.mark.parametrize(("takes_ms", "budget_ms"), [(20.0, 50), (40.0, 100), (80.0, 200), (250.0, 400)])
def test_a_machine_on_which_a_slate_takes_long_gets_a_longer_budget(takes_ms, budget_ms, monkeypatch):
    knee = live_knee.full_knee(on(Machine(takes_ms=takes_ms), monkeypatch), BODIES)
    assert knee.budget_ms == budget_ms and knee.in_time_ms == budget_ms + 10 and knee.share == 1.0


def test_a_machine_that_holds_no_rate_is_told_by_the_share(monkeypatch):
    machine = on(Machine(late_ms=400.0), monkeypatch)
    knee = live_knee.full_knee(machine, BODIES)
    assert knee.share == 0.0 and knee.per_second == pytest.approx(0.15 * 190, rel=0.02)
    assert machine.settings[-1] == {"warm": 0}


def test_a_machine_that_is_fast_for_one_and_answers_no_crowd_gets_a_longer_budget(monkeypatch):
    machine = on(Machine(takes_ms=10.0), monkeypatch)

    def closed(url, bodies, *, seconds, clients):
        crowded = clients > 1 and machine.settings[-1]["budget_ms"] < 200
        return result(40, "segment" if crowded else "full", 10.0, seconds)

    monkeypatch.setattr(live_knee, "closed_loop", closed)
    knee = live_knee.full_knee(machine, BODIES)
    assert knee.budget_ms == 200 and knee.share == 1.0


def test_a_machine_whose_full_chain_answers_nothing_is_said(monkeypatch):
    with pytest.raises(DataError, match="the full chain answers nothing in 400 ms"):
        live_knee.full_knee(on(Machine(takes_ms=900.0), monkeypatch), BODIES)


def test_a_knee_is_told_in_a_line():
    assert str(live_knee.Knee(106.6, 0.964, 100.0)) == ("107 requests a second, of which the full chain answers 96% in "
                                                        "time, with a budget of 100 ms")


def test_good_is_the_full_chain_s_and_in_time():
    mixed = result(4, ["full", "full", "cached", "full"], [10, 70, 10, 59])
    assert live_knee.good(mixed, 60.0) == 0.5


def test_tails_are_at_shares_of_each_way_s_own_knee_and_ways_take_turns(monkeypatch):
    machine, ways = Machine(), {"alone": {"batch": 1}, "shared": {"batch": 32}}

    def opened(url, due, bodies):                           # late above what this way holds
        rate, holds = len(due) / due[-1], {1: 100, 32: 300}[machine.settings[-1]["batch"]]
        machine.rates.append(rate)
        return result(len(due), "full", 10.0 if rate < 1.02 * holds else 400.0, due[-1])

    def closed(url, bodies, *, seconds, clients):
        per_second = {1: 120, 32: 360}[machine.settings[-1].get("batch", 1)]
        return result(int(per_second * seconds), "full", 20.0, seconds)

    monkeypatch.setattr(live_knee, "closed_loop", closed)
    monkeypatch.setattr(live_knee, "open_loop", opened)
    table = live_knee.tails(machine, BODIES, ways, seconds=20.0)
    assert table["way"].tolist() == ["alone", "shared"] * 3 and table["share"].tolist() == [.25, .25, .5, .5, .8, .8]
    assert [one.get("batch") for one in machine.settings] == [None, 1, 32] + [1, 32] * 3
    knees = (table["per_second"] / table["share"]).round(6)
    assert knees[::2].nunique() == knees[1::2].nunique() == 1 and knees[1] == pytest.approx(3 * knees[0], rel=0.01)
    assert 80 <= knees[0] <= 102 and (table["p99.9"].round(6) == 10.0).all()
    assert np.isinf(table["p99.9_high"][0]) and table["p50_high"][0] == pytest.approx(10.0)


@pytest.mark.parametrize(("late_ms", "budget_ms"), [(30.0, 100), (130.0, 200), (300.0, 400)])
def test_a_way_whose_p99_is_above_the_first_budget_gets_a_longer_one_as_all_others_do(late_ms, budget_ms, monkeypatch):
    """A slate alone may take 40 ms where a crowd's p99 is above 100 even at a fifth of the closed loop."""
    machine = on(Machine(takes_ms=40.0), monkeypatch)

    def opened(url, due, bodies):
        late = late_ms if machine.settings[-1].get("batch") == 32 else 0.0
        return result(len(due), "full", machine.takes_ms + late, max(float(due[-1]), 1e-3))

    monkeypatch.setattr(live_knee, "open_loop", opened)
    table = live_knee.tails(machine, BODIES, {"alone": {"batch": 1}, "shared": {"batch": 32}}, seconds=1.0)
    assert table["budget_ms"].tolist() == [budget_ms] * 6 and (table["per_second"] > 0).all()


def test_a_way_without_a_knee_and_no_ways_at_all_are_refused(monkeypatch):
    with pytest.raises(DataError, match="one at .* requests a second: the p99 is above 400 ms even there"):
        live_knee.tails(on(Machine(takes_ms=40, late_ms=500.0), monkeypatch), BODIES, {"one": {}}, seconds=1.0)
    with pytest.raises(ArgumentError, match="0 ways"):
        live_knee.tails(Machine(), BODIES, {})
