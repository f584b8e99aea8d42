"""Ctrl-C ends `course try` wherever it comes.

Lightning answers it with sys.exit(1), without a word, and from then on ignores it; and Python drops it where it comes
while an object is being destroyed. So what was pressed is also written down, and looked at between the steps.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

AGAIN_S = 0.05


class Stop:
    """pressed: whether Ctrl-C was."""

    def __init__(self):
        self.pressed, self._again = False, None

    def press(self, signum=None, frame=None) -> None:
        """The signal's handler. Raises KeyboardInterrupt, a moment later where an object is being destroyed."""
        self.pressed = True
        if _destroys(frame):
            self._again = threading.Timer(AGAIN_S, os.kill, (os.getpid(), signal.SIGINT))
            self._again.daemon = True
            self._again.start()
            return
        raise KeyboardInterrupt

    def close(self) -> None:
        """Nothing is to come any more."""
        if self._again is not None:
            self._again.cancel()

    def check(self) -> None:
        """Raise KeyboardInterrupt where Ctrl-C was pressed earlier."""
        if self.pressed:
            raise KeyboardInterrupt


def _destroys(frame) -> bool:
    """Whether a destructor stands among the callers of frame: Python prints what is raised there, and drops it."""
    while frame is not None:
        if frame.f_code.co_name == "__del__":
            return True
        frame = frame.f_back
    return False


@contextmanager
def stoppable() -> Iterator[Stop]:
    """with stoppable() as stop: Ctrl-C inside, whatever became of it, leaves as KeyboardInterrupt; stop.check() between
    steps finds one that got lost. Outside of the main thread, where no signal arrives, nothing is changed."""
    stop, before = Stop(), None
    if threading.current_thread() is threading.main_thread():
        before = signal.signal(signal.SIGINT, stop.press)
    try:
        yield stop
        stop.check()
    except BaseException:
        if stop.pressed:
            raise KeyboardInterrupt from None
        raise
    finally:
        stop.close()
        if before is not None:
            signal.signal(signal.SIGINT, before)
