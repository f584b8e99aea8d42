"""What the listener reads in an interview for two."""

from __future__ import annotations

from course_lib.teach.interview.mock_texts import Brief, Phase
from course_lib.teach.interviewer.brief_answers import TOPICS, tell
from course_lib.teach.interviewer.brief_numbers import readable
from course_lib.teach.interviewer.follow_ups import Question
from course_lib.teach.interviewer.listener_notes import listed, red_flags

HELP = """Type while you listen, a line each:
  a next month        point a was said, in these words (a few are enough)
  a+ next month       … with a reason, a number, an owner or a failure
  frame.a next month  … a point of another phase
  abd                 points a, b and d; their words are then asked for
  1 the more clicks   red flag 1, and its words
  !a clicks are it    something false was said about point a
  = 10,400 a second   a number that belongs to no point; numbers are held against the brief
  ? how many people   they ask for a number: you are told what to tell them
  -a or -1            take it back
An empty line ends the list: then you get what to ask back. /time /list /brief /help; /end ends the interview;
Ctrl-C breaks it off, and `course interview --pair --resume` takes it up.
Tick what was said, not what was surely meant."""
ORDER = "Did the decision and what it is for come before any component (a model, a store, a queue)? (y or n)"


def opening(brief: Brief) -> str:
    """What both are told at first."""
    return f"One of you reads this screen, the other answers and does not see it. Begin with: “{brief.says}”\n{HELP}"


def to_listen(brief: Brief, phase: Phase) -> str:
    """A phase: its question, what to listen for by letter with its weight, red flags by number."""
    lines = [f"{phase.name}. Read: “{phase.asks[brief.name]}”", "Listen for (points):"]
    lines += [f"  {letter}) {held.label} ({held.weight:g})" for letter, held in listed(brief.name, phase.key).items()]
    lines += ["Red flags:"]
    lines += [f"  {number}) {flag.label}" for number, flag in red_flags(brief.name, phase.key).items()]
    lines += [f"If they ask, tell: “{numbers(brief)}”"] * (phase.key == "scale")
    return "\n".join(lines)


def numbers(brief: Brief) -> str:
    """All that the brief gives when asked."""
    return tell(brief.name, set(TOPICS))


def to_ask_back(question: Question) -> str:
    """A question back, and how its answer is noted."""
    text = f"Ask back: “{question.text}”"
    if question.number is not None:
        given = readable("ms" if question.number.kind == "budget" else question.number.kind, question.number.given)
        return f"{text}\n  (the brief gives {given}) Type the number that they come to, with its unit, or -"
    if question.changes:
        parts = "\n".join(f"  {chr(97 + n)}) {label}" for n, (label, _) in enumerate(question.changes))
        return (f"{text}\nAt least {question.need} of these have to change; a letter and the words, a line each; an "
                f"empty line ends it, - where nothing was named:\n{parts}")
    return f"{text}\nType the words that answered it, ~ before them where only in part, or - where nothing did"
