"""What a contender costs: seconds, memory while it is fitted, milliseconds for one request."""

from __future__ import annotations

import gc
import os
import platform
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

EVERY_S = 0.02


def machine() -> str:
    """This machine in a few words: cores, threads of numerical libraries, its load, processor, system, Python."""
    threads = os.environ.get("OMP_NUM_THREADS", "all")
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (f"{os.cpu_count()} cores, {threads} threads{load}, {platform.machine()}, {platform.system()}, "
            f"Python {platform.python_version()}")


@dataclass
class Cost:
    """seconds: of the wall. bytes: the most that the process held above what it held before; NaN where the system does
    not say."""

    seconds: float = 0.0
    bytes: float = float("nan")


@contextmanager
def cost():
    """with cost() as spent: …; afterwards spent.seconds and spent.bytes hold what the block took."""
    spent, done, peak = Cost(), threading.Event(), [0.0]
    gc.collect()
    before, started = resident(), time.perf_counter()

    def watch():
        while not done.wait(EVERY_S):
            peak[0] = max(peak[0], resident())

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield spent
    finally:
        spent.seconds = time.perf_counter() - started
        done.set()
        watcher.join()
        spent.bytes = max(peak[0], resident()) - before


def resident() -> float:
    """Bytes of memory that this process holds; NaN where the system does not say."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return float(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError, IndexError):
        return float("nan")


def request_ms(model, users: np.ndarray, k: int, warm_up: int = 5) -> np.ndarray:
    """float (B,): milliseconds for each user's k best, asked for one by one, the way one worker of a service is asked:
    one thread."""
    from threadpoolctl import threadpool_limits

    taken = []
    with threadpool_limits(1):
        for user in [*users[:warm_up], *users]:
            started = time.perf_counter()
            model.recommend(np.array([user]), k)
            taken.append(1000 * (time.perf_counter() - started))
    return np.array(taken[min(warm_up, len(users)):])
