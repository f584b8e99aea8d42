"""`course interview`: alone in a terminal, for two, single questions of the bank, or training for the listener."""

from __future__ import annotations

import argparse
import re
import sys
import time
from contextlib import suppress

from course_lib.contracts.errors import CourseError, DataError
from course_lib.teach.interview.mock import TOTAL
from course_lib.teach.interview.mock_texts import BRIEFS
from course_lib.teach.interviewer import bank_round, kept_debriefs, listener_training
from course_lib.teach.interviewer.interview_end import finish
from course_lib.teach.interviewer.interview_run import Interview
from course_lib.teach.interviewer.interview_tape import Held, Tape, broken_off
from course_lib.teach.interviewer.pair_command import pair
from course_lib.teach.interviewer.phase_clock import PhaseClock

HELP = ("Answer in as many lines as you like; an empty line ends an answer. /skip skips a question, /time shows the "
        "clock, /brief the brief with the numbers that you asked for, /end ends the interview; Ctrl-C breaks it "
        "off, and `course interview --resume` takes it up. Ask for the numbers that you need: they are told.")


def parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    made = argparse.ArgumentParser(prog="course interview", description="A design interview that asks back.")
    made.add_argument("--brief", choices=sorted(BRIEFS), default="feed", help="the system to design (feed)")
    made.add_argument("--minutes", type=float, default=TOTAL, help=f"for the whole interview ({TOTAL})")
    made.add_argument("--pair", action="store_true", help="for two people: one reads the questions and ticks")
    made.add_argument("--resume", action="store_true", help="take up the interview that was broken off last")
    made.add_argument("--name", default="", help="who answers; compared with earlier interviews of the same name")
    made.add_argument("--seed", type=int, help="which constraints change (others than the last time)")
    made.add_argument("--listen", nargs="*", metavar="FILE", help="train the listener: tick two transcripts, or those "
                      "in FILE, then compare with what the rules heard")
    made.add_argument("--mine", type=estimate, metavar="SCORE", help="your own estimate, 0 to 100")
    made.add_argument("--bank", metavar="LESSON", help="single questions on a lesson instead, by name or number")
    made.add_argument("--questions", type=int, default=3, help="how many of them (3)")
    return made


def estimate(text: str) -> float:
    """A score as it is typed, 0 to 100. Raises ArgumentTypeError for another."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} is no score; expected a number from 0 to 100")
    return value


NOTHING_TYPED = "Nothing was typed yet. Type an answer and then an empty line, or /skip to leave the question."


def edit_lines() -> None:
    """Arrow keys, and pastes of any length, at a terminal whose Python has readline; nothing elsewhere. Without it a
    terminal cuts a line after 4,095 bytes, and the first empty line of a paste would end the answer."""
    if sys.stdin is not None and sys.stdin.isatty():
        with suppress(ImportError):
            import readline
            if "libedit" not in (readline.__doc__ or ""):
                readline.parse_and_bind("set enable-bracketed-paste on")


def main(argv: list[str] | None = None) -> int:
    """Run it. Ends at the end of the input or at Ctrl-C with the debrief so far, which is kept."""
    args = parser().parse_args(argv)
    for stream in (sys.stdin, sys.stdout):          # what a terminal's coding cannot hold must not lose the debrief
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    edit_lines()
    try:
        if args.bank is not None:
            return bank_round.terminal(args.bank, args.questions)
        if args.listen is not None:
            return listener_training.terminal(args.listen)
        held = to_run(args)
        with Tape(held) as tape:
            return pair(tape, args.mine) if args.pair else alone(tape, args.mine)
    except CourseError as error:
        print(error)
        return 2


def to_run(args) -> Held:
    """The interview that the arguments name: a new one, or the one that was broken off last. Raises DataError where
    there is none or it cannot be read, ArgumentError for minutes that are none."""
    kind, again = ("pair", "--pair --resume") if args.pair else ("alone", "--resume")
    if not args.resume:
        PhaseClock(args.minutes)
        try:
            if (old := broken_off(kind)) is not None:
                print(f"An interview on the {old.brief} was broken off; course interview {again} takes it up.")
        except DataError as error:
            print(error)
        seed = len(kept_debriefs.attempts(args.brief)) if args.seed is None else args.seed
        return Held(kind, args.brief, args.minutes, seed, args.name)
    old = broken_off(kind)
    if old is None:
        raise DataError("No interview was broken off, so there is none to take up"
                        f"{' for two' * args.pair}. Begin one without --resume.")
    print(f"The interview on the {old.brief}, taken up; lines so far: {len(old.lines)}.")
    return old


def alone(tape: Tape, mine: float | None = None) -> int:
    """The interview in a terminal. tape: asks, tells and keeps the lines. mine: your own estimate, 0 to 100."""
    held = tape.held
    run = begin(held.brief, held.minutes, held.seed, now=tape.now)
    draft: list[str] = []           # the lines of an answer that is not ended yet
    tape.where = lambda: "\n".join((f"[{run.pace()}]\n{run.question}", *(f"(so far) {line}" for line in draft)))
    tape.tell(HELP)
    broken = False
    try:
        while run.phase is not None:
            tape.tell(f"\n[{run.pace()}]\n{run.question}")
            said = _answer(run, tape, draft)
            if said == "/end":
                break
            if not said:
                continue
            if said == "/skip":
                run.skip()
            else:
                run.say(said)
    except (EOFError, KeyboardInterrupt):
        tape.tell("")
        broken = True
    tape.live()
    finish(tape, run.debrief(mine), broken, "--resume")
    return 0


def _answer(run: Interview, tape: Tape, lines: list[str]) -> str:
    """Lines up to an empty one. What was typed before the input ended is still an answer."""
    told = {"/time": lambda: f"[{run.pace()}]", "/brief": lambda: run.brief_so_far, "/help": lambda: HELP}
    lines.clear()
    while True:
        try:
            line = tape.ask("> " if sys.stdin is not None and sys.stdin.isatty() else "")
        except (EOFError, KeyboardInterrupt):
            if not lines:
                raise
            run.say("\n".join(lines))
            raise
        command = line.strip().lower()
        if command in ("/skip", "/end", "/quit"):
            if lines:
                run.say("\n".join(lines))
                return "/end" if command != "/skip" else ""
            return "/end" if command == "/quit" else command
        if re.fullmatch(r"/[a-z]+", command) and command not in told:
            tape.tell(f"{command} is no command. {HELP}")
            continue
        if command in told:
            tape.tell(told[command]())
        elif line.strip():
            lines.append(line)
        elif lines:
            return "\n".join(lines)
        else:
            tape.tell(NOTHING_TYPED)


def begin(brief: str, minutes: float, seed: int | None = None, now=time.monotonic) -> Interview:
    """An interview that knows of the learner's own measurements. seed: which constraints change; None for others than
    in the attempts before. Errors as Interview."""
    seed = len(kept_debriefs.attempts(brief)) if seed is None else seed
    return Interview(brief, minutes, seed=seed, at_hand=own_measurements(), now=now)


def own_measurements():
    """The learner's own measurements, None where they have none or where they cannot be read."""
    from course_lib.teach import progress

    if not progress.events("measured"):
        return None
    from course_lib.teach.interviewer.at_hand import AtHand

    return AtHand()
