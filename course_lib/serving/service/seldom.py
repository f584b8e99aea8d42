"""What whoever runs the service should read, once in a while: what fails once fails a thousand times a minute."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable


class Seldom:
    """A log that prints one of its lines and is silent for every_s seconds then. clock: seconds, rising."""

    def __init__(self, name: str, every_s: float = 10.0, clock: Callable[[], float] = time.monotonic):
        self._log, self.every_s, self._clock, self._from = logging.getLogger(name), every_s, clock, -float("inf")

    def warning(self, text: str, *parts, exc_info=None) -> None:
        """Print text % parts, and the traceback of exc_info, to standard error or wherever the process logs."""
        now = self._clock()
        if now >= self._from:
            self._from = now + self.every_s
            self._log.warning(f"{text} The next such line comes in {self.every_s:g} s at the earliest.", *parts,
                              exc_info=exc_info)
