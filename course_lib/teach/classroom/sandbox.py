"""Runs other people's answers: one process each, confined, watched from outside; each ends as a row whatever it does.

Started by the class page as a process of its own (`python -m course_lib.teach.classroom.sandbox JOBS`). The answers'
processes are not made from this one, which knows all jobs, but from a clean one that was started by exec and knows
none. One JSON line goes out for each answer, in any order. Whether an answer is right is decided here, by comparing
the values that its process sent.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from pathlib import Path

from course_lib.teach import cards
from course_lib.teach.checking.guard import PATIENCE, ExerciseTimeout
from course_lib.teach.classroom.answer_folders import overfull, remove
from course_lib.teach.classroom.answer_process import answer, try_limits
from course_lib.teach.classroom.answer_replay import agrees_with
from course_lib.teach.classroom.endings import Stopped, end_with_page, leave
from course_lib.teach.classroom.judge import EARLIER_CELLS_S
from course_lib.teach.classroom.messages import MOST_BYTES, row_of
from course_lib.teach.classroom.wrong_outcomes import Outcomes

GRACE_S = 4.0
LONG_S = 2.0                           # an honest answer is judged in less
LOOK_S = 0.25                          # how often what an answer has written is looked at
LOST_S = 200.0                         # what answers without end may cost one person before the others are left out
WITHOUT_END = ("never ends", "no answer in time", "process died", "wrote too much")
USED_UP = {"status": "wrong", "stage": "runs", "mistake": "not judged", "says": "Other answers of this person found no "
           f"end, wrote too much or took long to be compared, and used up {LOST_S:g} s, so this one was not run. Take "
           "those out and compare again."}
FILLED = {"status": "wrong", "stage": "runs", "mistake": "wrote too much"}
REFUSED = {"status": "wrong", "stage": "runs", "mistake": "message refused"}


@dataclass
class Running:
    """One process at work: its job, our end of the pipe and what came through it, its folder, when it will be ended."""

    job: dict
    process: multiprocessing.Process
    pipe: object
    folder: Path
    deadline: float
    started: float
    outcomes: Outcomes
    partial: dict | None = None
    came: bytearray = field(default_factory=bytearray)
    ended: bool = False
    looked: float = 0.0
    judged: float = 0.0                # seconds that all others have waited for this one so far


def main(argv: list[str] | None = None) -> int:
    """Read the jobs' file, run all, print one JSON line each. First line: what the system enforces."""
    file = Path((argv or sys.argv[1:])[0])
    try:
        end_with_page(file.parent)                 # the page may have gone already: Stopped then strikes in here
        return _main(file)
    except Stopped:
        leave(file.parent)


def _main(file: Path) -> int:
    plan = json.loads(file.read_text(encoding="utf-8"))
    file.unlink()                                                  # it holds everybody's answers
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    names = plan["preload"] + [f"course_lib.teach.cards.{lesson}" for lesson in plan["lessons"]]
    os.environ["COURSE_CLASS_PRELOAD"] = ",".join(names)
    os.environ["COURSE_CLASS_EFFECTS"] = str(int(any(job["effect"] for job in plan["jobs"])))
    multiprocessing.set_forkserver_preload(["course_lib.teach.classroom.libraries",
                                            "course_lib.teach.classroom.answer_process"])
    out.write(json.dumps({"enforced": limits_held(plan["memory_bytes"])}) + "\n")
    settings = (plan[name] for name in ("jobs", "workers", "memory_bytes", "effect_seconds", "effect_total"))
    with contextlib.closing(run_all(*settings)) as rows:
        for row in rows:
            out.write(json.dumps(row) + "\n")
            out.flush()
    out.close()
    return 0


def fresh_context():
    names = multiprocessing.get_all_start_methods()
    return multiprocessing.get_context("forkserver" if "forkserver" in names else "spawn")


def run_all(jobs: list[dict], workers: int, memory_bytes: int, effect_seconds: float, effect_total: float):
    """Yield a row for each job, as they end. After effect_total seconds no further effects are measured.

    A job names the people who gave this answer; it is left out where all of them have lost too much time already.
    """
    running: list[Running] = []
    try:
        yield from _rows(jobs, running, workers, memory_bytes, effect_seconds, effect_total)
    finally:                                                       # where we are stopped, some are still at work
        for held in running:
            _clear(held)


def _rows(jobs, running, workers, memory_bytes, effect_seconds, effect_total):
    waiting, outcomes, began, lost = list(jobs), Outcomes(), time.monotonic(), Counter()
    while waiting or running:
        while waiting and len(running) < workers:
            people = waiting[0].get("people", ())
            if people and all(lost[person] > LOST_S for person in people):
                yield {**USED_UP, "key": waiting.pop(0)["key"]}
                continue
            late = time.monotonic() - began > effect_total
            running.append(_start(waiting.pop(0), memory_bytes, 0.0 if late else effect_seconds, outcomes))
        if not running:
            continue
        soonest = min(held.deadline for held in running)
        wait([held.pipe for held in running], timeout=min(max(soonest - time.monotonic(), 0.01), LOOK_S))
        for held in list(running):
            looked = time.monotonic()
            row = _row(held, effect_seconds)
            judging = time.monotonic() - looked
            held.judged += judging                # also of a row that says `more` and is not the last
            for other in running:                 # who had to wait while this one was judged gets that time back
                other.deadline += judging
            if row is not None:
                running.remove(held)
                _clear(held)
                if row.get("mistake") in WITHOUT_END:
                    lost.update(dict.fromkeys(held.job.get("people", ()), time.monotonic() - held.started))
                elif held.judged > LONG_S:        # while one is judged, all others wait
                    lost.update(dict.fromkeys(held.job.get("people", ()), held.judged))
                yield {**row, "key": held.job["key"], "wall": time.monotonic() - held.started}


def _start(job, memory_bytes, effect_seconds, outcomes) -> Running:
    context = fresh_context()
    ours, theirs = context.Pipe(duplex=False)
    folder = Path(tempfile.mkdtemp(prefix="answer-"))
    limit = 2 * PATIENCE * cards.card(job["card_id"]).seconds + EARLIER_CELLS_S + GRACE_S
    cpu_seconds = int(limit + PATIENCE * effect_seconds) + 1
    told = {name: value for name, value in job.items() if name != "people"}
    process = context.Process(target=answer, args=(told, theirs, str(folder), memory_bytes, cpu_seconds,
                                                   effect_seconds))
    process.start()
    theirs.close()
    os.set_blocking(ours.fileno(), False)
    now = time.monotonic()
    return Running(job, process, ours, folder, now + limit, now, outcomes)


def _row(held: Running, effect_seconds: float) -> dict | None:
    """The row of a process that has ended or must be; None while it may go on.

    A row that says `more` comes before the effect is measured: it stands if the process then dies or takes too long.
    """
    _read(held)
    line, found, rest = bytes(held.came).partition(b"\n")
    if found:
        held.came = bytearray(rest)
        return _told(held, line, effect_seconds)
    if len(held.came) > MOST_BYTES:
        return _ends(held, REFUSED | {"says": "Its process sent more than an answer can hold."}, "it said too much")
    if held.ended:
        held.process.join(1)
        return _ends(held, how_it_died(held.process.exitcode), "it ended the process")
    if held.looked + LOOK_S < time.monotonic():
        held.looked = time.monotonic()
        why = overfull(held.folder, held.process.pid)
        if why:
            return _ends(held, FILLED | {"says": f"It was ended from outside: {why}."}, why)
    if time.monotonic() < held.deadline:
        return None
    says = ("It did not stop when its time was up, and was ended from outside after "
            f"{time.monotonic() - held.started:.0f} s.")
    return _ends(held, {"status": "wrong", "stage": "runs", "mistake": "never ends", "says": says}, "it did not stop")


def _read(held: Running) -> None:
    """Take what is in the pipe, without waiting; one message and a little at most."""
    while not held.ended and len(held.came) <= MOST_BYTES:
        try:
            part = os.read(held.pipe.fileno(), 1 << 16)
        except BlockingIOError:
            return
        except OSError:
            part = b""
        held.came += part
        held.ended = not part
        if b"\n" in part:
            return


def _ends(held, row, why) -> dict:
    return row if held.partial is None else held.partial | {"effect": f"not measured: {why}"}


def _told(held, line, effect_seconds) -> dict | None:
    """The row that a message makes, or None where the effect is still to come."""
    try:
        message = json.loads(line)
        if held.partial is not None:
            effect = message.get("effect") if isinstance(message, dict) else None
            return held.partial | {"effect": effect[:200] if isinstance(effect, str) else "not measured"}
        row = row_of(message)
        if row["status"] == "right" and not agrees_with(cards.card(held.job["card_id"]), message.get("values")):
            return REFUSED | {"mistake": "values do not agree", "says": "Its process called it right, but the values "
                              "that it sent are not."}
    except (Exception, ExerciseTimeout) as error:  # noqa: BLE001 - what is wrong with it costs this answer alone
        return REFUSED | {"says": f"Its process sent what is no row: {str(error)[:200]}."}
    if row["status"] == "wrong" and not row["known"]:
        row["acts"] = _acts(held, message.get("values"))
    if message.get("more") is not True:
        return row
    held.partial, held.deadline = row, time.monotonic() + PATIENCE * effect_seconds + GRACE_S
    return None


def _acts(held, values) -> dict | None:
    """What a wrong answer is grouped by, or None; its row stands whatever is wrong with its values."""
    try:
        return held.outcomes.of(cards.card(held.job["card_id"]), values) if values else None
    except (Exception, ExerciseTimeout):  # noqa: BLE001
        return None


def _clear(held):
    """End whatever is left of a process and its session, and remove its folder."""
    if held.process.is_alive():
        try:
            os.killpg(held.process.pid, signal.SIGKILL)
        except (OSError, AttributeError):
            held.process.kill()
    held.process.join(5)
    held.pipe.close()
    remove(held.folder)


def how_it_died(code: int | None) -> dict:
    if code is not None and code < 0:
        name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
        why = {"SIGXCPU": "it used up its CPU time", "SIGKILL": "the system ended it, most likely for memory",
               "SIGXFSZ": "it wrote too much to a file", "SIGSEGV": "it crashed the interpreter"}.get(name, name)
        return {"status": "wrong", "stage": "runs", "mistake": "process died", "says": f"The process died: {why}."}
    return {"status": "wrong", "stage": "runs", "mistake": "ended the process",
            "says": f"The code ended its own process (exit code {code}) before it gave an answer."}


def limits_held(memory_bytes) -> dict[str, bool]:
    """What the system enforces, from a confined process that tries it; {} where that cannot be found out."""
    if os.name != "posix":
        return {}
    context = fresh_context()
    ours, theirs = context.Pipe(duplex=False)
    folder = Path(tempfile.mkdtemp(prefix="probe-"))
    process = context.Process(target=try_limits, args=(theirs, str(folder), memory_bytes))
    process.start()
    theirs.close()
    os.set_blocking(ours.fileno(), False)
    held = Running({}, process, ours, folder, time.monotonic() + 60.0, time.monotonic(), Outcomes())
    while not held.ended and b"\n" not in held.came and time.monotonic() < held.deadline:
        wait([ours], timeout=1.0)
        _read(held)
    _clear(held)
    try:
        return {str(name): value is True for name, value in json.loads(bytes(held.came)).items()}
    except ValueError:
        return {}


if __name__ == "__main__":
    raise SystemExit(main())
