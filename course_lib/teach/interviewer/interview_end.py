"""The end of an interview in a terminal: the debrief is kept, shown beside the last one, or can be gone on with."""

from __future__ import annotations

from course_lib.teach.interviewer import kept_debriefs
from course_lib.teach.interviewer.debrief import Debrief
from course_lib.teach.interviewer.interview_tape import Tape


def finish(tape: Tape, done: Debrief, broken: bool, again: str) -> None:
    """Keep a debrief, show it beside the last one, and say how an interview that was broken off is taken up again.

    again: what has to be typed after `course interview`. The lines stay until the debrief is kept.
    """
    held = tape.held
    before = kept_debriefs.earlier(held.brief, held.who, held.run)
    kept = kept_debriefs.keep(done, held.who, held.run)     # first of all: what comes after must not lose 45 minutes
    tape.tell(f"\n{done}")
    if told := kept_debriefs.compared(done, before):
        tape.tell(told)
    if kept:
        tape.tell(f"Kept in {kept_debriefs.path()}, on this machine only.")
    lost = not kept and kept_debriefs.is_to_be_kept(done)
    if lost:
        tape.tell(_not_kept(tape, again))
    if not broken and not lost:
        tape.done()
    elif broken and tape.is_kept and not tape.problem:
        tape.tell(f"Broken off; nothing is lost. Take it up where it stood: course interview {again}")


def _not_kept(tape: Tape, again: str) -> str:
    """What is told of a debrief that could not be kept, and what is left of its interview."""
    told = f"The debrief was not kept: {kept_debriefs.path()} cannot be read or written."
    if not tape.is_kept or tape.problem:
        return f"{told} Copy it from here: the lines of this interview could not all be kept either."
    return f"{told} The lines of this interview are: course interview {again} shows it again, and keeps it if it can."
