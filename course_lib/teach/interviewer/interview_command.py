"""`course interview`: the interview in a terminal, or read aloud by one person to another."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable

from course_lib.contracts.errors import CourseError
from course_lib.teach.interview.mock import TOTAL
from course_lib.teach.interview.mock_texts import BRIEFS, PHASES
from course_lib.teach.interviewer import bank_round, follow_ups, kept_debriefs
from course_lib.teach.interviewer.interview_run import Interview
from course_lib.teach.interviewer.propositions import points

HELP = ("Answer in as many lines as you like; an empty line ends an answer. /skip skips a question, /time shows the "
        "clock, /brief the brief with the numbers that you asked for, /end ends the interview. Ask for the numbers "
        "that you need: they are told.")


def parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    made = argparse.ArgumentParser(prog="course interview", description="A design interview that asks back.")
    made.add_argument("--brief", choices=sorted(BRIEFS), default="feed", help="the system to design (feed)")
    made.add_argument("--minutes", type=float, default=TOTAL, help=f"for the whole interview ({TOTAL})")
    made.add_argument("--pair", action="store_true", help="for two people: one reads the questions and ticks")
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


def main(argv: list[str] | None = None) -> int:
    """Run it. Ends at the end of the input or at Ctrl-C with the debrief so far, which is kept."""
    args = parser().parse_args(argv)
    for stream in (sys.stdin, sys.stdout):          # what a terminal's coding cannot hold must not lose the debrief
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    if args.bank is not None:
        try:
            return bank_round.terminal(args.bank, args.questions)
        except CourseError as error:
            print(error)
            return 2
    return pair(args.brief) if args.pair else alone(args.brief, args.minutes, args.mine)


def alone(brief: str, minutes: float, mine: float | None = None, ask: Callable[[str], str] = input) -> int:
    """The interview, its answers from `ask`."""
    run = begin(brief, minutes)
    print(HELP)
    try:
        while run.phase is not None:
            print(f"\n[{run.pace()}]\n{run.question}")
            said = _answer(run, ask)
            if said == "/end":
                break
            if not said:
                continue
            if said == "/skip":
                run.skip()
            else:
                run.say(said)
    except (EOFError, KeyboardInterrupt):
        print()
    done, before = run.debrief(mine), kept_debriefs.attempts(brief)
    kept = kept_debriefs.keep(done)                 # first of all: 45 minutes must not be lost to what comes after
    print(f"\n{done}")
    if told := kept_debriefs.compared(done, before):
        print(told)
    if kept:
        print(f"Kept in {kept_debriefs.path()}, on this machine only.")
    return 0


def _answer(run: Interview, ask) -> str:
    """Lines up to an empty one. What was typed before the input ended is still an answer."""
    told = {"/time": lambda: f"[{run.pace()}]", "/brief": lambda: run.brief_so_far, "/help": lambda: HELP}
    lines: list[str] = []
    while True:
        try:
            line = ask("> " if sys.stdin is not None and sys.stdin.isatty() else "")
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
            print(f"{command} is no command. {HELP}")
            continue
        if line.strip() in told:
            print(told[line.strip()]())
        elif line.strip():
            lines.append(line)
        elif lines:
            return "\n".join(lines)


def pair(brief: str, ask: Callable[[str], str] = input) -> int:
    """For two: one reads a question aloud, listens and types the letters of what was heard; the rest is asked next."""
    print(f"One of you reads this screen, the other answers. {BRIEFS[brief].says}")
    got = total = 0.0
    try:
        for phase in PHASES:
            listened = [p for p in points(brief) if p.phase == phase.key]
            letters = {chr(ord("a") + n): p for n, p in enumerate(listened)}
            print(f"\n{phase.name}, {phase.minutes} minutes. Read: “{phase.asks[brief]}”\nListen for:")
            print("\n".join(f"  {letter}) {p.label}" for letter, p in letters.items()))
            heard = set(ask("Heard (letters): ").lower())
            total += sum(p.weight for p in listened)
            got += sum(p.weight for letter, p in letters.items() if letter in heard)
            back = [p.ask for letter, p in letters.items() if p.ask and letter not in heard][:2]
            back += [q.text for q in follow_ups.too_strong(phase.key, brief)] * (not back)
            back += [q.text for q in follow_ups.changes(phase.key, brief)] * (phase.key == "retrieve")
            print("\n".join(f"  Ask back: “{text}”" for text in back))
    except (EOFError, KeyboardInterrupt):
        print()
    print(f"\nHeard {got:g} of {total:g} points in the phases that were asked." if total else "\nNothing was asked.")
    return 0


def begin(brief: str, minutes: float) -> Interview:
    """An interview that knows of the attempts before and of the learner's own measurements. Errors as Interview."""
    return Interview(brief, minutes, seed=len(kept_debriefs.attempts(brief)), at_hand=own_measurements())


def own_measurements():
    """The learner's own measurements, None where they have none or where they cannot be read."""
    from course_lib.teach import progress

    if not progress.events("measured"):
        return None
    from course_lib.teach.interviewer.at_hand import AtHand

    return AtHand()
