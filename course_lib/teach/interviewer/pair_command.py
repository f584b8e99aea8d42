"""`course interview --pair`: the interview for two, in a terminal, by the clock, kept and taken up again."""

from __future__ import annotations

import sys

from course_lib.teach.interviewer import pair_texts
from course_lib.teach.interviewer.interview_end import finish
from course_lib.teach.interviewer.interview_tape import Tape
from course_lib.teach.interviewer.pair_run import PairRun


def pair(tape: Tape, mine: float | None = None) -> int:
    """Run it to its end, or to the end of the input; then the debrief, which is kept. tape: asks, tells and keeps the
    lines. Returns 0."""
    held = tape.held
    run = PairRun(held.brief, held.minutes, seed=held.seed, now=tape.now)
    tape.where = lambda: run.screen
    tape.tell(pair_texts.opening(run.brief))
    shown, broken = None, False
    try:
        while run.phase is not None:
            state = (run.phase.key, run.stage, run.asked_back)
            if state != shown:
                tape.tell(f"\n{run.screen}")
                shown = state
            for line in tape.ask(prompt(run)).splitlines() or [""]:         # a paste may hold several
                if told := run.take(line):
                    tape.tell(told)
    except (EOFError, KeyboardInterrupt):
        broken = True
    tape.live()
    finish(tape, run.debrief(mine), broken, "--pair --resume")
    return 0


def prompt(run: PairRun) -> str:
    """What stands before the cursor; nothing where nobody looks."""
    if sys.stdin is None or not sys.stdin.isatty():
        return ""
    return f"{run.clock.phase.key} {run.clock.here:.1f} of {run.clock.planned(run.clock.phase.key):.1f}> "
