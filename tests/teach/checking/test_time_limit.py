"""A limit that runs out just as the function ends takes itself away all the same, and strikes nobody later."""

import _thread
import signal
import sys
import time

import pytest

from course_lib.teach.checking import guard

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timers that signal")


def test_a_limit_that_strikes_at_any_moment_leaves_no_timer_and_no_handler(monkeypatch):
    monkeypatch.setattr(guard, "AGAIN_S", 5e-4)
    before, late = signal.getsignal(signal.SIGALRM), 0
    for attempt in range(120):
        def count(n=100 + attempt * 7919 % 40_000):
            return sum(i for i in range(n))

        late += guard.attempt(count, count, 0.001).timed_out
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
        assert signal.getsignal(signal.SIGALRM) is before
    assert late, "no limit ever struck, so nothing was tried"


class Closing:
    def __del__(self):
        sum(i for i in range(3_000))                # a limit that strikes here is lost: Python only tells of it


def test_a_limit_that_is_lost_in_a_clean_up_strikes_again_and_nobody_is_told(monkeypatch):
    monkeypatch.setattr(guard, "AGAIN_S", 5e-4)
    told = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)
    before = sys.unraisablehook

    def clean_ups():
        while True:
            Closing()

    for _ in range(20):
        assert guard.attempt(clean_ups, clean_ups, 0.002).timed_out
        assert sys.unraisablehook is before
    assert not told


def test_a_limit_does_not_strike_in_the_telling_of_another_error(monkeypatch):
    monkeypatch.setattr(guard, "AGAIN_S", 5e-4)
    begun, ended = [], []

    def slow_teller(lost):
        begun.append(lost.exc_type)
        sum(i for i in range(20_000))
        ended.append(lost.exc_type)

    class Fails:
        def __del__(self):
            raise ValueError("lost")

    def failing():
        while True:
            Fails()

    monkeypatch.setattr(sys, "unraisablehook", slow_teller)
    for _ in range(20):
        assert guard.attempt(failing, failing, 0.002).timed_out
    assert begun == ended != []


def test_an_endless_loop_that_swallows_all_is_ended_all_the_same():
    def stubborn():
        for _ in range(3):
            try:
                while True:
                    pass
            except BaseException:  # noqa: BLE001 - as a learner would write it
                continue

    assert guard.attempt(stubborn, stubborn, 0.05).seconds < 30
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_a_limit_that_runs_out_before_its_own_thread_has_started_ends_with_the_call(monkeypatch):
    start, before = _thread.start_new_thread, _thread._count()

    def slowly(watch, given):
        start(watch, given)
        time.sleep(0.3)                     # a machine on which somebody else always comes first

    monkeypatch.setattr(_thread, "start_new_thread", slowly)
    monkeypatch.setattr(guard, "AGAIN_S", 0.02)
    attempt = guard.attempt(lambda: 1, lambda: 1, 0.01)
    assert attempt.timed_out or attempt.value == 1
    time.sleep(0.3)                         # whoever is still waiting to strike would do it here
    assert _thread._count() <= before


def test_a_case_for_which_a_busy_machine_made_wait_leaves_time_for_the_others(monkeypatch):
    """What was waited counts by a part: else the next cases have nothing left, and a right answer is stopped."""
    from toys import SUMS

    from course_lib.teach.checking import case_runs

    limits = []
    whole = case_runs.attempt

    def noted(call, fn, seconds, *more, **named):
        limits.append(seconds)
        return whole(call, fn, seconds, *more, **named)
    monkeypatch.setattr(case_runs.one_run, "__defaults__", (noted,))

    def slow(x):
        time.sleep(0.3)                     # somebody else's turn
        return x.sum(axis=1)
    case_runs.collect(SUMS, slow, 1.0)
    assert len(limits) == 4 and limits[-1] > 0.4
