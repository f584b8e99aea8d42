"""Turns: many beside each other, or one alone; who ran out of time plays again, alone, and is out if it fails twice."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from course_lib.teach.capstone import run_of_play
from course_lib.teach.capstone.confined_system import LATE
from course_lib.teach.capstone.run_of_play import _row, _world
from course_lib.teach.capstone.turns import Turns

TIMED_OUT = {"failed": f"slates on day 3: {LATE} (fit 40 s, a batch 20 s, a whole play 90 s). It was ended."}


def test_turns_beside_each_other_run_at_once():
    turns, both = Turns(), threading.Barrier(2, timeout=5)

    def meets():
        with turns.beside():
            both.wait()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: meets(), range(2)))


def test_who_is_alone_has_nobody_beside_and_lets_the_others_in_afterwards():
    turns, inside, seen = Turns(), [], []

    def works(alone):
        for _ in range(20):
            with turns.alone() if alone else turns.beside():
                inside.append(alone)
                time.sleep(0.001)
                seen.append((alone, len(inside)))
                inside.pop()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(works, [True, False, False, True]))
    assert len(seen) == 80 and all(count == 1 for alone, count in seen if alone)


def test_a_turn_ends_whatever_happens_in_it():
    turns = Turns()
    for turn in (turns.alone, turns.beside, turns.alone):
        with pytest.raises(ZeroDivisionError), turn():
            raise ZeroDivisionError


class Playing:
    """A world in play that gives these rows, one after another."""

    def __init__(self, *rows):
        self.rows, self.played, self.control = list(rows), 0, {"worth": SimpleNamespace(tolist=list)}

    def __call__(self, brief, seed):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def play(self, one):
        self.played += 1
        return self.rows.pop(0)

    def row_of_oracle(self):
        return {}


def test_whoever_ran_out_of_time_once_plays_again_and_keeps_the_place():
    world = Playing(TIMED_OUT, {"lift": 0.5})
    assert _row(world, None, Turns()) == {"lift": 0.5, "late": TIMED_OUT["failed"]}
    assert world.played == 2


def test_whoever_fails_twice_is_out_with_both_reasons_and_is_not_played_in_another_world(monkeypatch):
    one, out = SimpleNamespace(name="slow"), {}
    world = Playing(TIMED_OUT, {"failed": "It broke."})
    monkeypatch.setattr(run_of_play, "WorldInPlay", world)
    row = _world(None, 1, [one], out, Turns())["rows"]["slow"]
    assert TIMED_OUT["failed"] in row["failed"] and "It broke." in row["failed"]
    assert _world(None, 2, [one], out, Turns())["rows"]["slow"]["failed"] == row["failed"] and world.played == 2


def test_an_error_is_no_lateness_and_is_not_played_again():
    world = Playing({"failed": "KeyError, line 3 of your file"}, {"lift": 0.5})
    assert _row(world, None, Turns())["failed"].startswith("KeyError") and world.played == 1


@pytest.mark.parametrize("failed", [
    f"slates on day 3: ValueError, line 2: {LATE} (fit 40 s", f"Its PLAN cannot be carried out: fit: {LATE} (fit 40 s",
    f"{LATE} (fit 40 s", f"fit: KeyError: {LATE} (fit 40 s"])
def test_whoever_writes_of_lateness_in_an_error_is_played_once(failed):
    world = Playing({"failed": failed}, {"lift": 0.5})
    assert _row(world, None, Turns()) == {"failed": failed} and world.played == 1
