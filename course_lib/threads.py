"""How many threads linear algebra takes: one, unless somebody asked for more.

OpenBLAS splits a product over all cores, and its threads wait for each other by spinning. On cores that have other work
this costs more than it gains: the lesson on two-towers took 151 s and 81 s of CPU beside two busy processes, and 96 s
and 55 s of CPU with one thread of OpenBLAS (one run each).
"""

from __future__ import annotations

import os
import sys

ASKED_BY = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")      # a learner's own choice stands
_asked = [name for name in ASKED_BY if name in os.environ]


def one_blas_thread() -> None:
    """Give OpenBLAS one thread, in this process and in those that it starts, unless a variable of ASKED_BY is set.

    A library that is not loaded yet reads the variable; numpy, where it was imported before the course, is told.
    """
    if _asked:
        return
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    if "numpy" in sys.modules:
        try:
            from threadpoolctl import threadpool_limits
        except ImportError:                                 # `course doctor` says what is missing
            return
        threadpool_limits(1, "blas")


def for_large_matrices() -> int | None:
    """Threads for a matrix that is worth them: all cores, or None (as it is) where somebody asked for a number."""
    return None if _asked else os.cpu_count()
