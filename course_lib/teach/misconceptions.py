"""The kinds of mistake that a learner met in several lessons, and the sections to read again.

An exercise counts once for each kind, however often it was tried: ten tries at one boundary are one misunderstanding.
Nothing is said of a kind before it was met in three exercises of at least two lessons.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from course_lib.contracts import UnknownIdError
from course_lib.teach import lessons
from course_lib.teach.cards.kinds import kind_of
from course_lib.teach.definitions.mistake_kinds import KINDS, OTHER

EXERCISES, LESSONS = 3, 2          # what makes a pattern
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def met(events: Iterable[dict]) -> dict[str, list[str]]:
    """{kind: exercises in which a wrong attempt was of that kind, in the order in which they were met}.

    events: as progress.events gives them. Entries of earlier versions say no kind; theirs follows from the mistake.
    """
    found: dict[str, list[str]] = {}
    for event in events:
        mistake = event["detail"].get("mistake")
        if event["kind"] != "attempt" or event["status"] != "wrong" or not mistake:
            continue
        kind = event["detail"].get("mistake_kind")
        if kind not in KINDS:
            kind = kind_of(event["ref"], str(mistake), bool(event["detail"].get("known")))
        exercises = found.setdefault(kind, [])
        if event["ref"] not in exercises:
            exercises.append(event["ref"])
    return dict(sorted(found.items(), key=lambda pair: -len(pair[1])))


def lines(events: Iterable[dict]) -> list[str]:
    """What `course progress` says: how often each kind was met, and a sentence for each that comes back.

    Empty where fewer than three mistakes were met in all.
    """
    found = met(events)
    if sum(map(len, found.values())) < EXERCISES:
        return []
    counts = ", ".join(f"{kind} {len(refs)}" for kind, refs in found.items())
    return [f"Kinds of mistake, by the number of exercises in which you met them: {counts}."] + [
        sentence(kind, refs) for kind, refs in found.items() if comes_back(kind, refs)]


def comes_back(kind: str, refs: list[str]) -> bool:
    """Whether a kind was met in exercises enough, of lessons enough, to be told of."""
    return kind != OTHER and len(refs) >= EXERCISES and len({_lesson(ref) for ref in refs}) >= LESSONS


def sentence(kind: str, refs: list[str]) -> str:
    """The kind, how often, what to ask next time, and the sections to read again."""
    over = len({_lesson(ref) for ref in refs})
    head = (f"In {_count(len(refs))} exercises of {_count(over)} lessons your mistake was of one kind, “{kind}”: "
            f"{KINDS[kind]}")
    return f"{head} Read again: {'; '.join(where(ref) for ref in refs)}."


def where(ref: str) -> str:
    """The section in which an exercise stands: 'lesson 08, “Join at the right moment” (8.1)'."""
    lesson, section = _lesson(ref), section_of(ref)
    return f"lesson {lesson}, “{section}” ({ref})" if section else f"exercise {ref}"


@cache
def section_of(ref: str) -> str:
    """The heading above an exercise ("8.1") in its lesson's source; "" where the lesson or exercise is gone."""
    try:
        kept = lessons.kept(ref)
        name = lessons.name(ref.split(".")[0])
        text = (lessons.SOURCES / f"{lessons.number(name)}_{name}.py").read_text(encoding="utf-8")
    except (UnknownIdError, OSError):
        return ""
    asked = re.search(rf'(@exercise|\bdecide|\breferee)\("{re.escape(kept)}"', text)
    headings = re.findall(r"^# ## (.+)$", text[:asked.start()] if asked else "", re.MULTILINE)
    return lessons.expand(headings[-1]).strip() if headings else ""


def _lesson(ref: str) -> str:
    head = ref.split(".")[0]
    return f"{int(head):02d}" if head.isdecimal() else head


def _count(number: int) -> str:
    return NUMBERS[number] if number < len(NUMBERS) else str(number)
