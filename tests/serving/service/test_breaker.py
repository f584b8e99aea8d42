"""The breaker opens when too much failed, stays open for its time, and lets one call decide."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.contracts import ArgumentError
from course_lib.serving.service.breaker import CircuitBreaker


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def made(**change):
    clock = Clock()
    return CircuitBreaker(**({"window": 4, "least": 2, "share": 0.5, "reset_s": 10, "clock": clock} | change)), clock


def test_it_opens_when_the_share_of_failures_is_reached_and_not_before_enough_calls():
    breaker, _ = made()
    breaker.record(False)
    assert breaker.state == "closed"
    breaker.record(True)
    assert breaker.state == "open" and not breaker.allow()


def test_old_calls_leave_the_window():
    breaker, _ = made(share=0.75)
    for ok in (False, True, True, True, False, False):
        breaker.record(ok)
    assert breaker.state == "closed"                # the last four: two failed
    breaker.record(False)
    assert breaker.state == "open"


def test_after_its_time_one_call_alone_decides():
    breaker, clock = made()
    breaker.record(False), breaker.record(False)
    clock.now = 9.9
    assert not breaker.allow()
    clock.now = 10
    assert breaker.allow() and breaker.state == "half open" and not breaker.allow()
    breaker.record(False)
    assert breaker.state == "open" and not breaker.allow()
    clock.now = 20
    assert breaker.allow()
    breaker.record(True)
    assert breaker.state == "closed" and breaker.allow()
    breaker.record(False)
    assert breaker.state == "closed"                # what failed before is forgotten


def test_a_trial_that_is_never_recorded_bars_nobody_for_ever():
    breaker, clock = made()
    breaker.record(False), breaker.record(False)
    clock.now = 10
    assert breaker.allow()
    clock.now = 20
    assert breaker.allow()


@given(st.lists(st.tuples(st.sampled_from(["ok", "bad", "ask"]), st.floats(0, 12)), max_size=60))
def test_in_whatever_order_things_happen_an_open_breaker_lets_one_call_through_per_time(steps):
    breaker, clock = made()
    last_allowed = None
    for what, passes in steps:
        clock.now += passes
        state = breaker.state
        if what != "ask":
            breaker.record(what == "ok")
            if state == "open":
                assert breaker.state == "open"
            last_allowed = None if breaker.state == "closed" else last_allowed
        elif breaker.allow() and state != "closed":
            assert last_allowed is None or clock.now - last_allowed >= 10
            last_allowed = clock.now


@pytest.mark.parametrize("wrong", [{"least": 5}, {"least": 0}, {"share": 0}, {"share": 1.1}, {"reset_s": 0}])
def test_what_cannot_be_meant_is_refused(wrong):
    with pytest.raises(ArgumentError, match="expected 1 ≤ least ≤ window"):
        made(**wrong)
