"""The end of an interview in a terminal: the debrief is kept, shown beside the last one, or can be gone on with."""

from __future__ import annotations

from course_lib.teach.interviewer import kept_debriefs
from course_lib.teach.interviewer.debrief import Debrief
from course_lib.teach.interviewer.interview_tape import Tape


def finish(tape: Tape, done: Debrief, broken: bool, again: str) -> None:
    """Keep a debrief, show it beside the last one, and say how an interview that was broken off is taken up again.

    again: what has to be typed after `course interview`.
    """
    held = tape.held
    before = kept_debriefs.earlier(held.brief, held.who, held.run)
    kept = kept_debriefs.keep(done, held.who, held.run)     # first of all: what comes after must not lose 45 minutes
    tape.tell(f"\n{done}")
    if told := kept_debriefs.compared(done, before):
        tape.tell(told)
    if kept:
        tape.tell(f"Kept in {kept_debriefs.path()}, on this machine only.")
    if not broken:
        tape.done()
    elif tape.is_kept:
        tape.tell(f"Broken off; nothing is lost. Take it up where it stood: course interview {again}")
