"""Ctrl-C leaves as KeyboardInterrupt, whatever a library makes of it, and the handler of before is back afterwards."""

import os
import signal
import sys
import threading
import time
from contextlib import suppress

import pytest

from course_lib.trial.stopping import stoppable

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals are sent as POSIX knows them")


def press():
    os.kill(os.getpid(), signal.SIGINT)
    for _ in range(1000):                       # the handler runs between two steps of the interpreter
        pass


def exits():
    """As Lightning does."""
    try:
        press()
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        sys.exit(1)


def drops():
    with suppress(KeyboardInterrupt):
        press()


@pytest.mark.parametrize("what_happens", [press, exits, drops])
def test_it_ends_whatever_was_made_of_it(what_happens):
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), stoppable() as stop:
        what_happens()
        assert stop.pressed
    assert signal.getsignal(signal.SIGINT) is before


class Pressed:
    def __del__(self):
        press()


def test_while_an_object_is_destroyed_it_waits_a_moment_and_nothing_is_printed(capsys):
    with pytest.raises(KeyboardInterrupt), stoppable() as stop:
        held = Pressed()
        del held
        assert stop.pressed
        time.sleep(30)
        pytest.fail("went on")
    assert not capsys.readouterr().err


def test_one_that_got_lost_is_found_at_the_next_step():
    with pytest.raises(KeyboardInterrupt), stoppable() as stop:
        stop.check()
        drops()
        stop.check()
        pytest.fail("went on")


def test_without_it_all_stays_as_it_is():
    with stoppable() as stop:
        stop.check()
    with pytest.raises(SystemExit), stoppable():
        sys.exit(3)
    told = []

    def elsewhere():
        with stoppable():
            told.append("done")

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert told == ["done"]
