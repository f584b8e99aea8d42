"""The account of one request, and what stands in its place where nobody reads one."""

import inspect

import numpy as np
import pytest
from toy_stages import Clock, ask

from course_lib.serving.trace import NoTrace, Trace, lost_at


def test_an_item_is_lost_at_the_first_stage_that_it_does_not_leave():
    left = [("retrieve", np.array([4, 2, 9])), ("filter", np.array([4, 9])), ("rank", np.array([9]))]
    assert [lost_at(item, left) for item in (4, 7, 2, 9)] == ["rank", "retrieve", "filter", "shown"]


def test_a_stage_is_timed_and_stands_in_the_trace_also_when_it_raises():
    clock = Clock()
    trace = Trace(ask([3]), 50, clock)
    with pytest.raises(KeyboardInterrupt), trace.stage("rank", 8) as record:
        clock.now += 0.004
        record.leave([5, 6], [0.2, 0.1])
        raise KeyboardInterrupt
    assert [(s.name, s.n_in, s.n_out) for s in trace.stages] == [("rank", 8, 2)]
    assert trace["rank"].ms == pytest.approx(4) and trace["rank"].score.tolist() == [0.2, 0.1]


@pytest.mark.parametrize(("total_ms", "notes"), [(50, []), (52.5, ["answered 2.5 ms after the budget"])])
def test_closing_keeps_the_slate_without_padding_and_says_when_it_was_late(total_ms, notes):
    trace = Trace(ask([3]), 50)
    trace.close(np.array([7, 2, -1]), total_ms, None)
    assert trace.slate.tolist() == [7, 2] and trace.total_ms == total_ms and trace.notes == notes


def test_no_trace_takes_what_a_trace_takes():
    for name, method in inspect.getmembers(NoTrace, inspect.isfunction):
        there = inspect.signature(getattr(Trace, name)).parameters
        assert list(inspect.signature(method).parameters) == list(there), name
    nothing = NoTrace()
    with nothing.stage("rank", 3) as record:
        assert record is None
    nothing.note("slow")
    nothing.answered_by("popular")
    assert vars(nothing) == {} and not nothing.stages
