"""What a computation needs is compared with what the machine has: memory before it is asked for, threads of BLAS."""

from __future__ import annotations

import os
import threading
import time

from course_lib.contracts.errors import BudgetError
from course_lib.threads import for_large_matrices

ONE_THREAD = 5000  # rows of a matrix


HELD_S = 1.0      # how long an answer of the system stands; a request asks about ten times in a few milliseconds
SMALL = 0.1       # of the free memory: a held answer will do for what needs less; what needs more gets a new one


class _Answer:
    """The system's last answer: (bytes, seconds of a clock that nobody sets); one thread asks, the others wait."""

    def __init__(self):
        self._lock, self._held = threading.Lock(), None

    def free(self, held_s: float) -> float:
        """Bytes that were free at most held_s seconds ago."""
        with self._lock:
            now = time.monotonic()
            if self._held is None or not now - self._held[1] < held_s:
                self._held = _read_free(), now
            return self._held[0]


_answer = _Answer()


def free_memory() -> float:
    """Bytes that this machine could still give, as of at most HELD_S ago; infinity where it cannot be told."""
    return _answer.free(HELD_S)


def _read_free() -> float:
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:
            return next(1024.0 * int(line.split()[1]) for line in lines if line.startswith("MemAvailable"))
    except (OSError, StopIteration, ValueError, IndexError):
        pass
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, OSError, ValueError):
        return float("inf")


def check_memory(what: str, need: float, instead: str) -> None:
    """Raise BudgetError where `what` would take `need` bytes and fewer are free. instead: what to do, a sentence."""
    free = free_memory()
    if need > SMALL * free:
        free = _answer.free(held_s=0.0)
    if need > free:
        raise BudgetError(f"{what} would take {need / 2**30:,.1f} GiB of memory, and {free / 2**30:,.1f} GiB are free. "
                          f"{instead}")


def blas_threads(size: int):
    """Within `with blas_threads(n):` BLAS takes one thread for matrices of up to ONE_THREAD rows, else all.

    Two threads halve the time at best, some seconds at ONE_THREAD rows. On busy cores they wait for each other, and it
    takes ten times as long. Where a variable asks for a number of threads, large matrices take that many.
    """
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1 if size <= ONE_THREAD else for_large_matrices(), "blas")
