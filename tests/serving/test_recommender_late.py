"""A stage that hangs in the middle of a request: nobody waits for it beyond the budget, whichever stage it is."""

import copy
import pickle
import threading
import time

import numpy as np
import pytest
from toy_stages import TASTE, Altered, Ban, N, Nearest, Reverse, ask, build

from course_lib.serving.worker import TimeUp, Worker
from course_lib.stages.reranking.reranker import MMRReranker

LONG_S = 30         # far more than any budget here, and the end of a test that hangs


class Gate:
    """A change of a stage's answer that holds up the first call until it is opened."""

    def __init__(self):
        self.opened, self.passed, self.calls = threading.Event(), threading.Event(), 0

    def __call__(self, answer):
        self.calls += 1
        if self.calls == 1:
            self.opened.wait(LONG_S)
            self.passed.set()
        return answer


def held(stage, gate, **more):
    parts = {"retrieve": {"retriever": Altered(Nearest(), gate)}, "filter": {"filters": [Altered(Ban([10]), gate)]},
             "rank": {"ranker": Altered(Reverse(), gate)},
             "rerank": {"reranker": Altered(MMRReranker(np.eye(N), 0.9), gate)}}
    return build(**({"budget_ms": 300} | parts[stage] | more))


@pytest.mark.parametrize("stage", ["retrieve", "filter", "rank", "rerank"])
def test_a_stage_that_hangs_is_not_waited_for(stage):
    gate = Gate()
    system = held(stage, gate)
    began = time.perf_counter()
    answer = system.recommend(ask([2]))
    assert not gate.opened.is_set() and time.perf_counter() - began < LONG_S / 3        # it hangs still
    trace = answer.trace
    assert trace.rung == "popular" and f"of 300 ms were gone in {stage}" in trace.notes[0]
    assert [one.name for one in trace.stages][-2:] == [stage, "fallback popular"]
    assert trace[stage].ms > 0 and trace[stage].n_out == 0 and system.rungs == {"popular": 1, "full": 0}
    told = trace.table().to_string()
    gate.opened.set()
    assert gate.passed.wait(LONG_S)
    system.budget_ms = 1e3 * LONG_S
    full = system.recommend(ask([2]))                   # in turn: what was late has ended by then
    assert full.trace.rung == "full" and trace.table().to_string() == told and system.rungs["full"] == 1
    assert system.incidents == {trace.notes[0]: 1}


def test_who_comes_while_a_stage_hangs_waits_no_longer_than_their_own_budget():
    gate = Gate()
    system = held("rank", gate)
    system.recommend(ask([2]))
    second = system.recommend(ask([3]))
    assert second.trace.rung == "popular" and "of 300 ms were gone before retrieve" in second.trace.notes[0]
    assert 300 <= second.trace.total_ms < 1e3 * LONG_S / 3
    gate.opened.set()
    system.budget_ms = 1e3 * LONG_S
    third = system.recommend(ask([4]))
    assert third.trace.rung == "full" and third.item.tolist() == build().recommend(ask([4])).item.tolist()
    assert gate.calls == 2                              # the second's stages were never begun


@pytest.mark.parametrize("change", [{"fallback": None}, {"budget_ms": np.inf}])
def test_where_there_is_nobody_else_or_all_the_time_a_slow_stage_is_waited_for(change):
    gate = Gate()
    system = held("rerank", gate, **({"budget_ms": 100} | change))
    threading.Timer(0.3, gate.opened.set).start()
    assert system.recommend(ask([2])).trace.rung == "full"


def test_alone_and_in_a_batch_the_answers_are_the_same_in_whichever_thread():
    system = build(budget_ms=1e3 * LONG_S)
    with np.errstate(all="raise"):                      # what is set here holds in there
        slates = system.slates(ask([2, 3, 4]))
        assert [system.recommend(ask([user])).item.tolist() for user in (2, 3, 4)] == slates.item.tolist()
    names = []

    class Names(Nearest):
        def retrieve(self, requests, n):
            names.append((threading.current_thread().name, np.geterr()["divide"]))
            return super().retrieve(requests, n)

    with np.errstate(divide="raise"):
        build(retriever=Names(), budget_ms=1e3 * LONG_S).recommend(ask([2]))
    assert names == [("stages of one request", "raise")]


def test_a_system_can_be_copied_and_kept_whether_or_not_it_has_answered():
    system = build(budget_ms=1e3 * LONG_S)
    for _ in range(2):
        for twin in (copy.copy(system), copy.deepcopy(system), pickle.loads(pickle.dumps(system))):
            assert twin.recommend(ask([2])).item.tolist() == system.recommend(ask([2])).item.tolist()
    assert (TASTE == Nearest().retrieve(ask([2]), 1).score[0, 0]).sum() == 1


def test_a_worker_s_thread_ends_with_it_and_is_one():
    worker = Worker()
    one, *others = {worker.within(LONG_S, threading.current_thread) for _ in range(5)}
    assert not others and one.is_alive() and one is not threading.current_thread()
    del worker
    one.join(LONG_S)
    assert not one.is_alive()


def test_a_worker_gives_what_is_raised_and_where_there_are_no_threads_does_it_itself(monkeypatch):
    worker, go, done = Worker(), threading.Event(), []
    with pytest.raises(ZeroDivisionError):
        worker.within(LONG_S, lambda: 1 / 0)
    with pytest.raises(TimeUp):
        worker.within(0.01, lambda: go.wait(LONG_S))
    with pytest.raises(TimeUp):
        worker.within(0.01, lambda: done.append("never begun"))
    go.set()
    assert worker.within(LONG_S, lambda: "in turn") == "in turn" and done == []

    def none(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", none)
    assert Worker().within(0.0, lambda: 5) == 5
