"""Runs other people's answers: one process each, confined, watched from outside; each ends as a row whatever it does.

Started by the class page as a process of its own (`python -m course_lib.teach.classroom.sandbox JOBS`), because forks
are made from it: it loads the libraries once and starts no threads. One JSON line goes out for each answer, in any
order.
"""

from __future__ import annotations

import importlib
import json
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path

from course_lib.teach import cards
from course_lib.teach.checking.guard import PATIENCE
from course_lib.teach.classroom.confinement import confine, probe
from course_lib.teach.classroom.judge import run_answer

GRACE_S = 4.0
RESULT_BYTES = 400_000
TOO_LARGE = {"status": "wrong", "mistake": "result too large", "says": "The result was too large to be handed over."}


@dataclass
class Running:
    """One process at work: its job, its end of the pipe, its folder, and when it will be ended."""

    job: dict
    process: multiprocessing.Process
    pipe: object
    folder: Path
    deadline: float
    started: float
    partial: dict | None = None


def main(argv: list[str] | None = None) -> int:
    """Read the jobs' file, run all, print one JSON line each. First line: what the system enforces."""
    plan = json.loads(Path((argv or sys.argv[1:])[0]).read_text(encoding="utf-8"))
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    for name in plan["preload"]:
        _load(name)
    for lesson in plan["lessons"]:
        _load(f"course_lib.teach.cards.{lesson}")
    if any(job["effect"] for job in plan["jobs"]):
        from course_lib.teach.cards import effects

        effects.prepare()
    out.write(json.dumps({"enforced": _probed(plan["memory_bytes"])}) + "\n")
    for row in run_all(*(plan[name] for name in ("jobs", "workers", "memory_bytes", "effect_seconds", "effect_total"))):
        out.write(json.dumps(row) + "\n")
        out.flush()
    out.close()
    return 0


def _load(name):
    try:
        importlib.import_module(name)
    except Exception:  # noqa: BLE001 - a library that is not there is the answer's own affair
        traceback.print_exc(limit=1)


def run_all(jobs: list[dict], workers: int, memory_bytes: int, effect_seconds: float, effect_total: float):
    """Yield a row for each job, as they end. After effect_total seconds no further effects are measured."""
    waiting, running, began = list(jobs), [], time.monotonic()
    while waiting or running:
        while waiting and len(running) < workers:
            late = time.monotonic() - began > effect_total
            running.append(_start(waiting.pop(0), memory_bytes, 0.0 if late else effect_seconds))
        soonest = min(held.deadline for held in running)
        wait([held.pipe for held in running], timeout=max(soonest - time.monotonic(), 0.01))
        for held in list(running):
            row = _row(held, effect_seconds)
            if row is not None:
                running.remove(held)
                yield {"key": held.job["key"], **row, "wall": time.monotonic() - held.started}


def _start(job, memory_bytes, effect_seconds) -> Running:
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() and os.name == "posix" else "spawn"
    context = multiprocessing.get_context(method)
    ours, theirs = context.Pipe(duplex=False)
    folder = Path(tempfile.mkdtemp(prefix="answer-"))
    limit = PATIENCE * cards.card(job["card_id"]).seconds + GRACE_S
    cpu_seconds = int(limit + PATIENCE * effect_seconds) + 1
    process = context.Process(target=_child, args=(job, theirs, folder, memory_bytes, cpu_seconds, effect_seconds))
    process.start()
    theirs.close()
    now = time.monotonic()
    return Running(job, process, ours, folder, now + limit, now)


def _child(job, pipe, folder, memory_bytes, cpu_seconds, effect_seconds):
    confine(folder, memory_bytes, cpu_seconds)
    for row in run_answer(job, effect_seconds):
        text = json.dumps(row).encode()
        pipe.send_bytes(text if len(text) < RESULT_BYTES else json.dumps(TOO_LARGE).encode())
    pipe.close()
    os._exit(0)


def _row(held: Running, effect_seconds: float) -> dict | None:
    """The row of a process that has ended or must be; None while it may go on.

    A row that says `more` comes before the effect is measured: it stands if the process then dies or takes too long.
    """
    row = None
    if held.pipe.poll():
        try:
            row = json.loads(held.pipe.recv_bytes(RESULT_BYTES))
        except (EOFError, OSError, ValueError):
            held.process.join(1)
            row = _died(held.process.exitcode)
        if row.pop("more", False):
            held.partial, row = row, None
            held.deadline = time.monotonic() + PATIENCE * effect_seconds + GRACE_S
        elif held.partial is not None:
            row = held.partial | {"effect": row.get("effect", "not measured: it ended the process")}
    elif time.monotonic() >= held.deadline and held.partial is not None:
        row = held.partial | {"effect": "not measured: it did not stop"}
    elif time.monotonic() >= held.deadline:
        row = {"status": "wrong", "stage": "runs", "mistake": "never ends", "says": "It did not stop when its time "
                                                                                    "was up, "
               f"and was ended from outside after {time.monotonic() - held.started:.0f} s."}
    if row is not None:
        _clear(held)
    return row


def _clear(held):
    """End whatever is left of a process and its session, and remove its folder."""
    if held.process.is_alive():
        try:
            os.killpg(held.process.pid, signal.SIGKILL)
        except (OSError, AttributeError):
            held.process.kill()
    held.process.join(5)
    held.pipe.close()
    shutil.rmtree(held.folder, ignore_errors=True)


def _died(code: int | None) -> dict:
    if code is not None and code < 0:
        name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
        why = {"SIGXCPU": "it used up its CPU time", "SIGKILL": "the system ended it, most likely for memory",
               "SIGXFSZ": "it wrote too much to a file", "SIGSEGV": "it crashed the interpreter"}.get(name, name)
        return {"status": "wrong", "stage": "runs", "mistake": "process died", "says": f"The process died: {why}."}
    return {"status": "wrong", "stage": "runs", "mistake": "ended the process",
            "says": f"The code ended its own process (exit code {code}) before it gave an answer."}


def _probe_child(pipe, folder, memory_bytes):
    pipe.send(probe(folder, memory_bytes))
    os._exit(0)


def _probed(memory_bytes) -> dict[str, bool]:
    if os.name != "posix":
        return {}
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    folder = Path(tempfile.mkdtemp(prefix="probe-"))
    process = context.Process(target=_probe_child, args=(theirs, folder, memory_bytes))
    process.start()
    theirs.close()
    try:
        return ours.recv() if ours.poll(20) else {}
    except EOFError:
        return {}
    finally:
        process.kill()
        process.join()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    raise SystemExit(main())
