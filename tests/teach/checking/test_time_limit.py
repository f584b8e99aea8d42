"""A limit that runs out just as the function ends takes itself away all the same, and strikes nobody later."""

import signal

import pytest

from course_lib.teach.checking import guard

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timers that signal")


def test_a_limit_that_strikes_at_any_moment_leaves_no_timer_and_no_handler(monkeypatch):
    monkeypatch.setattr(guard, "AGAIN_S", 5e-4)
    before, late = signal.getsignal(signal.SIGALRM), 0
    for attempt in range(300):
        def count(n=100 + attempt * 7919 % 40_000):
            return sum(i for i in range(n))

        late += guard.attempt(count, count, 0.001).timed_out
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
        assert signal.getsignal(signal.SIGALRM) is before
    assert late, "no limit ever struck, so nothing was tried"


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
