"""Running many answers: what finds no end costs its own people, and nobody else's verdict."""

import pytest

from course_lib.teach.classroom import sandbox
from course_lib.teach.classroom.sandbox import USED_UP, Running, run_all


def job(key, people, card_id="1.1"):
    return {"key": key, "people": people, "card_id": card_id}


@pytest.fixture
def pretended(monkeypatch):
    """No process is started: a job whose key begins with "loop" never ends after 150 s, one that "fills" is
    waited for so long and has then written too much, one that is "slow to judge" costs 30 s and says that there is more
    to come, once; others are right at once."""
    clock, ran, started, more = [0.0], [], [], set()

    class Pipe:
        def fileno(self):
            return -1

    def start(held, memory_bytes, effect_seconds, outcomes):
        started.append(held["key"])
        ran.append(Running(held, None, Pipe(), None, 1000.0, clock[0], outcomes))
        return ran[-1]

    def row(held, effect_seconds):
        key = held.job["key"]
        if key.startswith("slow to judge"):
            if key not in more:
                more.add(key)
                clock[0] += 30
                return None
            return {"status": "wrong", "mistake": "message refused"}
        if key.startswith("loop"):
            clock[0] += 150
            return {"status": "wrong", "mistake": "never ends"}
        if key.startswith("fills"):
            return {"status": "wrong", "mistake": "wrote too much"}
        return {"status": "right", "mistake": ""}

    def wait(pipes, timeout):
        clock[0] += 150 if ran[-1].job["key"].startswith("fills") else 0
    monkeypatch.setattr(sandbox, "_start", start)
    monkeypatch.setattr(sandbox, "_row", row)
    monkeypatch.setattr(sandbox, "_clear", lambda held: None)
    monkeypatch.setattr(sandbox, "wait", wait)
    monkeypatch.setattr(sandbox.time, "monotonic", lambda: clock[0])
    return started, ran


def told(jobs, workers=1):
    return {row["key"]: row for row in run_all(jobs, workers, 10**9, 0, 90.0)}


def test_who_hands_in_loops_alone_is_left_out_after_a_while(pretended):
    rows = told([job(f"loop {n}", ["eve"]) for n in range(50)] + [job("right", ["ann"])])
    assert pretended[0] == ["loop 0", "loop 1", "right"]
    assert rows["right"]["status"] == "right" and len(rows) == 51
    assert rows["loop 2"]["says"] == USED_UP["says"] and rows["loop 0"]["mistake"] == "never ends"


def test_who_hands_in_what_writes_too_much_is_left_out_after_a_while(pretended):
    rows = told([job(f"fills {n}", ["eve"]) for n in range(50)] + [job("right", ["ann"])])
    assert pretended[0] == ["fills 0", "fills 1", "right"] and rows["fills 2"]["mistake"] == "not judged"


def test_who_hands_in_what_takes_long_to_be_compared_is_left_out_after_a_while(pretended):
    """While one is compared all others wait, so that this time is counted too, also where more is to come."""
    rows = told([job(f"slow to judge {n}", ["eve"]) for n in range(50)] + [job("right", ["ann"])])
    assert pretended[0] == [f"slow to judge {n}" for n in range(7)] + ["right"]
    assert rows["slow to judge 7"]["mistake"] == "not judged" and rows["right"]["status"] == "right"


def test_an_answer_that_another_gave_too_is_still_judged(pretended):
    loops = [job(f"loop {n}", ["eve"]) for n in range(5)]
    rows = told([*loops, job("of both", ["eve", "ann"]), job("of eve", ["eve"]), job("reference", [])])
    assert rows["of both"]["status"] == "right" and rows["of eve"]["mistake"] == "not judged"
    assert rows["reference"]["status"] == "right"


def test_two_loops_of_one_class_in_one_answer_each_cost_nobody_else(pretended):
    rows = told([job("loop a", ["ann"]), job("loop b", ["bob"]), job("loop c", ["cem"]), job("x", ["ann"])])
    assert rows["x"]["status"] == "right"


def test_who_waits_while_another_is_judged_gets_the_time_back(pretended):
    told([job("loop", ["eve"]), job("right", ["ann"])], workers=2)
    _, ann = pretended[1]
    assert ann.deadline == 1150.0
