"""The map of the system as words and links: the same boxes that `system_map` draws, each leading to its lessons."""

from __future__ import annotations

from dataclasses import dataclass

from course_lib.teach import lessons
from course_lib.teach.show.system_map import OFFLINE, ONLINE


@dataclass
class Box:
    """One part of the system. links: (page, what is read) of the lessons that build it."""

    name: str
    does: str
    links: list[tuple[str, str]]


def rows() -> list[tuple[str, list[Box]]]:
    """The map's two rows, each with its name."""
    return [("Every request, within 50 ms", [_box(held) for held in ONLINE]),
            ("Every day, from the log", [_box(held) for held in OFFLINE])]


def objective() -> Box:
    """The box above both rows."""
    return _box(("objective", "which decision, for whom, at what cost", "objective"))


def _box(held: tuple[str, str, str]) -> Box:
    name, does, taught = held
    known = [lesson for lesson in taught.split() if lesson in lessons.numbers()]
    links = [(f"{lessons.number(lesson)}_{lesson}.html", f"{lessons.number(lesson)} {lessons.title(lesson)}")
             for lesson in known]
    return Box(name, does.replace("\n", " "), links)
