"""A thread for work that may take too long: who asked waits for as long as they have, and no longer."""

from __future__ import annotations

import contextvars
import os
import queue
import threading
import weakref
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class TimeUp(Exception):
    """The work was not done in time."""


class Worker:
    """One thread, begun with the first work, that does one thing after the other; it ends with this object.

    What runs cannot be stopped: it is left to its end, and its result is dropped. What comes meanwhile waits its turn,
    within its own time; so no two things run at once, and at most one thread is left behind. A copy has a thread of its
    own; so has a process that is forked off.
    """

    def __init__(self):
        self._jobs, self._pid, self._lock = None, None, threading.Lock()

    def within(self, seconds: float, work: Callable[[], T]) -> T:
        """What work returns or raises. Raises TimeUp where it has not ended after `seconds`; what had not begun by then
        never begins. Where no thread can be had, work is done here, however long it takes."""
        job = _Job(work)
        try:
            self._queue().put(job)
        except RuntimeError:                            # a sandbox may allow no threads
            return work()
        try:
            in_time = job.done.wait(max(0.0, seconds))
        finally:
            job.given_up = True                         # whoever interrupts the wait wants nothing of it either
        if not in_time:
            raise TimeUp
        if job.error is not None:
            raise job.error
        return job.result

    def _queue(self) -> queue.SimpleQueue:
        with self._lock:
            if self._pid != os.getpid():
                jobs = queue.SimpleQueue()
                threading.Thread(target=_work, args=(jobs,), name="stages of one request", daemon=True).start()
                weakref.finalize(self, jobs.put, None)
                self._jobs, self._pid = jobs, os.getpid()
        return self._jobs

    def __reduce__(self):
        return Worker, ()


class _Job:
    def __init__(self, work: Callable):
        self.work, self.context, self.done = work, contextvars.copy_context(), threading.Event()
        self.given_up, self.result, self.error = False, None, None

    def run(self) -> None:
        if self.given_up:
            return
        try:
            self.result = self.context.run(self.work)
        except BaseException as error:                  # who stops the program stops it, in whichever thread
            self.error = error
        self.work = self.context = None
        self.done.set()


def _work(jobs: queue.SimpleQueue) -> None:
    while True:
        job = jobs.get()
        if job is None:
            return
        job.run()
        del job                                         # a late result is not kept until the next one comes
