"""Faults act on their part, in their time, by their seed; and a fault that cannot be meant is refused."""

import numpy as np
import pytest

from course_lib.contracts import ArgumentError, Candidates
from course_lib.serving.service import fault_switches
from course_lib.serving.service.fault_switches import Fault, PartDown, Switchboard, SwitchedStore


@pytest.fixture
def board(monkeypatch):
    """A switchboard with a clock that is moved by hand; what it would sleep is written down instead, in ms."""
    now, slept = [0.0], []
    monkeypatch.setattr(fault_switches.time, "sleep", lambda seconds: slept.append(seconds * 1e3))
    made = Switchboard(clock=lambda: now[0])
    made.now, made.slept = now, slept
    return made


def test_nothing_happens_without_a_fault_or_to_another_part(board):
    board.strike("store")
    board.switch_on(Fault.of(part="index", errors=1.0))
    board.strike("store")
    assert board.slept == [] and board.struck["store"] == 0
    with pytest.raises(PartDown, match="the index is down"):
        board.strike("index")


def test_a_fault_begins_and_ends_by_the_clock(board):
    board.switch_on(Fault.of(part="store", errors=1.0, start_s=2, end_s=5))
    down = []
    for board.now[0] in (0, 1.9, 2, 4.9, 5, 9):
        try:
            board.strike("store")
            down.append(False)
        except PartDown:
            down.append(True)
    assert down == [False, False, True, True, False, False]


def test_delays_have_the_median_and_the_spread_that_were_set_and_come_again_by_seed(board):
    drawn = []
    for seed in (3, 3, 4):
        board.slept.clear()
        board.switch_on(Fault.of(part="index", delay_ms=40, spread=0.5, share=0.5, seed=seed))
        for _ in range(4000):
            board.strike("index")
        drawn.append(list(board.slept))
        board.switch_off("index")
    assert drawn[0] == drawn[1] != drawn[2]
    assert abs(len(drawn[0]) / 4000 - 0.5) < 4 * 0.5 / 4000 ** 0.5
    logs = np.log(drawn[0])
    assert abs(logs.mean() - np.log(40)) < 4 * 0.5 / len(logs) ** 0.5
    assert abs(logs.std() - 0.5) < 4 * 0.5 / (2 * len(logs)) ** 0.5


def test_errors_come_at_their_share(board):
    board.switch_on(Fault.of(part="ranker", errors=0.2))
    failed = 0
    for _ in range(2000):
        try:
            board.strike("ranker")
        except PartDown:
            failed += 1
    assert abs(failed - 400) < 4 * (2000 * 0.2 * 0.8) ** 0.5


def test_an_index_that_lost_a_part_finds_none_of_it(board):
    item = np.arange(1000, dtype=np.int32).reshape(10, 100)
    found = Candidates(item, np.ones(item.shape))
    assert board.partial(found) is found
    board.switch_on(Fault.of(part="index", mode="partial", kept=0.7, seed=1))
    once, again = board.partial(found), board.partial(found)
    gone = once.item < 0
    assert (once.item == again.item).all() and np.isneginf(once.score[gone]).all()
    assert (once.item[~gone] == item[~gone]).all() and abs(gone.mean() - 0.3) < 4 * (0.21 / 1000) ** 0.5


class Shelf(dict):
    def get_many(self, keys):
        return {key: self[key] for key in keys if key in self}

    def put_many(self, values, ttl_s=None):
        self.update(values)

    def expire(self, keys):
        return sum(self.pop(key, None) is not None for key in keys)


def test_a_stale_store_gives_the_value_before_the_last(board):
    store = SwitchedStore(Shelf(), board)
    store.put_many({"a": b"1", "new": b"1"})
    store.put_many({"a": b"2"})
    assert store.get_many(["a", "new"]) == {"a": b"2", "new": b"1"}
    board.switch_on(Fault.of(part="store", mode="stale"))
    assert store.get_many(["a", "new"]) == {"a": b"1"}             # of "new" nothing was known before
    board.switch_off()
    assert store.get_many(["a"]) == {"a": b"2"}


def test_a_stopped_job_writes_nothing_and_a_partial_store_leaves_keys_out(board):
    store = SwitchedStore(Shelf(), board)
    store.put_many({"a": b"1", "b": b"1"})
    board.switch_on(Fault.of(part="store", mode="stopped"))
    store.put_many({"a": b"2", "c": b"2"})
    assert store.get_many(["a", "b", "c"]) == {"a": b"1", "b": b"1"}
    board.switch_off()
    board.switch_on(Fault.of(part="store", mode="partial", kept=0.5))
    assert len(store.get_many(["a", "b"])) == 1
    assert store.expire(["a"]) == 1


@pytest.mark.parametrize(("wrong", "says"), [
    ({"part": "moon"}, "part"), ({"part": "store", "delay_ms": -1}, "delay_ms"),
    ({"part": "ranker", "mode": "stale"}, "ranker has no mode 'stale'"), ({"part": "store", "errors": 1.5}, "errors"),
    ({"part": "store", "start_s": 5, "end_s": 5}, "is not after start_s"), ({"part": "store", "colour": 1}, "colour"),
])
def test_a_fault_that_cannot_be_meant_is_refused(wrong, says):
    with pytest.raises(ArgumentError, match=says):
        Fault.of(**wrong)
