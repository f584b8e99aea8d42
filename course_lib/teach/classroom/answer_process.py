"""The process of one answer: made from a clean one, holding its own job and one pipe; it says its row and ends."""

from __future__ import annotations

import json
import os
from pathlib import Path

from course_lib.teach.classroom.confinement import confine
from course_lib.teach.classroom.judge import run_answer
from course_lib.teach.classroom.limits_tried import probe
from course_lib.teach.classroom.messages import MOST_BYTES

MAKER = os.getpid()                    # where processes are made by forking, the one that loaded this makes them
TOO_LARGE = {"status": "wrong", "mistake": "result too large", "says": "The result was too large to be handed over."}


def answer(job: dict, pipe, folder: str, memory_bytes: int, cpu_seconds: int, effect_seconds: float) -> None:
    """Run one job in bounds and write its rows, a JSON line each."""
    confine(Path(folder), memory_bytes, cpu_seconds, keep=pipe.fileno(), parent=_maker())
    for row in run_answer(job, effect_seconds):
        text = json.dumps(row).encode()
        _write(pipe.fileno(), text if len(text) < MOST_BYTES - 1000 else json.dumps(TOO_LARGE).encode())
    os._exit(0)


def try_limits(pipe, folder: str, memory_bytes: int) -> None:
    """Find out what the system enforces, by trying it, and write that as a JSON line."""
    _write(pipe.fileno(), json.dumps(probe(Path(folder), memory_bytes, keep=pipe.fileno())).encode())
    os._exit(0)


def _maker() -> int | None:
    """The process that made this one, None where it was started by another program's name (spawn)."""
    return None if os.getpid() == MAKER else MAKER


def _write(pipe: int, text: bytes) -> None:
    left = memoryview(text + b"\n")
    while left:
        left = left[os.write(pipe, left):]
