"""Who may use the machine: plays side by side, or one alone, so that what ran out of time beside others gets a fair go.

    with turns.beside(): ...      # as many at once as there are threads
    with turns.alone(): ...       # waits until those have ended, and holds back all that come meanwhile
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """The turns of the threads of one run. A thread holds one at a time: `alone` inside of `beside` never comes."""

    def __init__(self):
        self._changed, self._beside, self._alone = threading.Condition(), 0, False

    @contextmanager
    def beside(self) -> Iterator[None]:
        """A turn beside others; waits while somebody is alone, or about to be."""
        with self._changed:
            self._changed.wait_for(lambda: not self._alone)
            self._beside += 1
        try:
            yield
        finally:
            with self._changed:
                self._beside -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """A turn beside nobody."""
        with self._changed:
            self._changed.wait_for(lambda: not self._alone)
            self._alone = True
            try:
                self._changed.wait_for(lambda: not self._beside)
            except BaseException:
                self._leave()
                raise
        try:
            yield
        finally:
            with self._changed:
                self._leave()

    def _leave(self) -> None:
        self._alone = False
        self._changed.notify_all()
