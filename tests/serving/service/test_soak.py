"""Two minutes of load: a service ends them with the memory that it had in the middle, and failed nobody."""

import sys
from pathlib import Path

import numpy as np
import pytest
from small_served import ITEMS, USERS, saved_small

from course_lib.serving.loadgen.arrivals import asked, poisson_due
from course_lib.serving.loadgen.load_client import open_loop
from course_lib.serving.service.service_process import ServiceProcess

PARTS, SECONDS, RATE = 12, 120, 20
MORE_MB = 6                        # that the second minute may add; a kept megabyte a second would be sixty


def resident_mb(pid: int) -> float:
    """Memory that a process holds (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_two_minutes_of_load_leave_no_memory_behind(tmp_path):
    held, status = [], []
    bodies = asked(np.random.default_rng(0), RATE * SECONDS, USERS, ITEMS, session=2)
    with ServiceProcess(saved_small(tmp_path), budget_ms=5_000) as service:
        for part in range(PARTS):
            due = poisson_due(np.random.default_rng([4, part]), RATE, SECONDS / PARTS)
            begin = part * len(bodies) // PARTS
            status.append(open_loop(service.url, due, bodies[begin:] + bodies[:begin]).status)
            held.append(resident_mb(service.pid))
    print(f"MB held after each part: {np.round(held, 1)}")
    assert (np.concatenate(status) == 200).all()
    assert held[-1] - held[PARTS // 2 - 1] < MORE_MB, held
