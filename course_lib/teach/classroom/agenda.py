"""Agendas for a class, with minutes from the cards, and the table of where people fail: written into INSTRUCTOR.md.

`python -m course_lib.teach.classroom.agenda --write` refreshes what stands between its markers; a test fails where that
is stale.
"""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass, field

from course_lib.contracts import DataError
from course_lib.teach import cards, lessons
from course_lib.teach.definitions.card import Card
from course_lib.teach.definitions.decision import Decision
from course_lib.teach.definitions.refereed import Refereed
from course_lib.teach.lessons import ROOT

PAGE = ROOT / "solutions" / "INSTRUCTOR.md"
OPENING, DEBRIEF, BREAK, BREAK_AFTER = 8, 7, 15, 75
FORMATS = {  # name: days, minutes a day, lessons (None: all)
    "half a day": (1, 210, ("start_here", "objective", "two_tower", "metric_stack", "launch")),
    "one day": (1, 390, ("start_here", "objective", "two_tower", "ann", "ranker", "metric_stack", "experiments",
                         "launch")),
    "two days": (2, 390, None),
}
Exercise = Card | Decision | Refereed


@dataclass
class Slot:
    """One lesson in an agenda: what is done in class, what is left for later. Minutes include opening and debrief."""

    lesson: str
    done: list[Exercise] = field(default_factory=list)
    later: list[Exercise] = field(default_factory=list)

    @property
    def minutes(self) -> int:
        return OPENING + DEBRIEF + sum(card.minutes for card in self.done)


def plan(minutes: int, taught: tuple[str, ...]) -> list[Slot]:
    """Share `minutes` of teaching among lessons: each opens and is debriefed, then the lessons take turns in adding
    their next exercise as long as it fits. Raises DataError if not even openings and debriefs fit."""
    slots = [Slot(lesson, later=list(cards.exercises_of(lesson))) for lesson in taught]
    left = minutes - sum(slot.minutes for slot in slots)
    if left < 0:
        raise DataError(f"{len(taught)} lessons need {minutes - left} minutes to be opened and debriefed; {minutes} "
                        "are there. Take fewer lessons.")
    full: set[str] = set()
    while len(full) < len(slots):
        for slot in slots:
            if slot.lesson in full:
                continue
            if not slot.later or slot.later[0].minutes > left:
                full.add(slot.lesson)
                continue
            slot.done.append(slot.later.pop(0))
            left -= slot.done[-1].minutes
    return slots


def days(name: str) -> list[list[Slot]]:
    """The agenda of a format ("half a day", "one day", "two days") by day, breaks taken out of the time."""
    count, minutes, names = FORMATS[name]
    taught = cards.lessons() if names is None else [lessons.number(lesson) for lesson in names]
    breaks = BREAK * (minutes // (BREAK_AFTER + BREAK))
    slots, out = plan(count * (minutes - breaks), tuple(taught)), [[]]
    a_day = sum(slot.minutes for slot in slots) / count
    for slot in slots:
        spent = sum(held.minutes for held in out[-1])
        if len(out) < count and out[-1] and spent + slot.minutes / 2 > a_day:
            out.append([])
        out[-1].append(slot)
    return out


def agenda_markdown(name: str) -> str:
    """One format as tables: when, which lesson, which exercises in class, which are left for later."""
    parts = []
    for number, slots in enumerate(days(name), 1):
        head = f"**Day {number}**\n\n" if FORMATS[name][0] > 1 else ""
        rows, clock, since = [], 0, 0
        for slot in slots:
            if since >= BREAK_AFTER:
                rows.append(f"| {_clock(clock)} | break | | {BREAK} | |")
                clock, since = clock + BREAK, 0
            rows.append(f"| {_clock(clock)} | {slot.lesson} {lessons.title(slot.lesson)} | {_ids(slot.done)} | "
                        f"{slot.minutes} | {_ids(slot.later)} |")
            clock, since = clock + slot.minutes, since + slot.minutes
        rows.append(f"| {_clock(clock)} | end | | | |")
        parts.append(head + "| From the start | Lesson | Exercises in class | Minutes | Left for later "
                            "|\n|---|---|---|---|"
                     "---|\n" + "\n".join(rows))
    return "\n\n".join(parts)


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"


def _ids(held: list[Exercise]) -> str:
    return ", ".join(f"{card.id} ({card.minutes})" for card in held) or "–"


def lessons_markdown() -> str:
    """Every lesson with its number of exercises and their minutes."""
    rows = [f"| {lesson} {lessons.title(lesson)} | {len(held)} | {sum(card.minutes for card in held)} |"
            for lesson in cards.lessons() if (held := cards.exercises_of(lesson))]
    return "| Lesson | Exercises | Minutes of exercises |\n|---|---|---|\n" + "\n".join(rows)


def mistakes_markdown() -> str:
    """Where people fail: every exercise with its first known mistakes, in the words the learner is told."""
    lines = []
    for lesson in cards.lessons():
        lines += [f"### {lesson} {lessons.title(lesson)}", ""]
        for held in cards.exercises_of(lesson):
            lines += [f"- **{held.id} {held.title}**", *(f"  - {says}" for says in _what_is_told(held))]
            more = len(held.mistakes) - len(held.often) if isinstance(held, Card) else 0
            lines += [f"  - … and {more} more that the check tells apart"] * (more > 0)
        lines.append("")
    return "\n".join(lines).strip()


def _what_is_told(held: Exercise) -> list[str]:
    """What somebody who goes wrong is told: of mistakes, of the rivals of a decision, of wrong explanations."""
    if isinstance(held, Card):
        return [mistake.says for mistake in held.often]
    if isinstance(held, Decision):
        return [f"*{name}*: {says}" for name, choice in held.policies.items() if (says := held.spoke_against(choice))]
    return [f"*{text}*: {says}" for text, says in held.explanations.items() if text != held.right]


def blocks() -> dict[str, str]:
    """Marker name -> what stands there."""
    return {**{f"agenda {name}": agenda_markdown(name) for name in FORMATS}, "lessons": lessons_markdown(),
            "mistakes": mistakes_markdown()}


def refreshed(page: str) -> str:
    """The page with every block between `<!-- begin NAME -->` and `<!-- end NAME -->` made anew.

    Raises DataError naming a marker that is not there.
    """
    for name, text in blocks().items():
        found = re.compile(f"(<!-- begin {name} -->\n).*?(<!-- end {name} -->)", re.DOTALL)
        if not found.search(page):
            raise DataError(f"the page has no place for {name!r}: put <!-- begin {name} --> and <!-- end {name} --> on "
                            f"lines of their own.")
        page = found.sub(lambda match, text=text: f"{match.group(1)}{text}\n{match.group(2)}", page)
    return page


def main(argv: list[str] | None = None) -> int:
    """Print the agendas, or --write them into INSTRUCTOR.md."""
    parser = argparse.ArgumentParser(prog="python -m course_lib.teach.classroom.agenda", description=main.__doc__)
    parser.add_argument("--write", action="store_true")
    if parser.parse_args(argv).write:
        PAGE.write_text(refreshed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        print("\n\n".join(f"# {name}\n{text}" for name, text in blocks().items()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
