"""The lessons and their numbers. A lesson's number stands in one place: the name of its source, NN_name.py.

Everything else (cards, claims, questions, progress, cross-references) hangs on the lesson's name, so that a lesson can
be put in between without touching the others. `negatives.1` is the first exercise of the lesson on negatives; while
that lesson has the number 04, learners read and type `4.1`.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path

from course_lib.contracts import ArgumentError, UnknownIdError

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "solutions" / "source"
LEARNERS = ROOT / "notebooks"          # made from the sources, with their names: what there is where those are withheld
ID = re.compile(r"\d{1,2}\.[a-z0-9_]+")
PLACEHOLDER = re.compile(r"\{\{([a-z][a-z0-9_]*)(?:\.([a-z0-9_]+)|( file))?\}\}")


@cache
def numbers(folder: Path = SOURCES) -> dict[str, str]:
    """{"start_here": "00", …}: the number of every lesson that has a source in the folder, in order.

    Where no solutions are, as in the image of a class that withholds them, the learners' notebooks have the names.
    """
    folder, kind = (folder, "py") if folder != SOURCES or folder.is_dir() else (LEARNERS, "ipynb")
    paths = sorted(folder.glob(f"[0-9][0-9]_*.{kind}"))
    found = (re.fullmatch(rf"(\d\d)_(\w+)\.{kind}", path.name) for path in paths)
    return {match[2]: match[1] for match in found if match}


def number(lesson: str | int) -> str:
    """Two digits: "04" for "negatives", "04", "4" or 4. Raises UnknownIdError for a name that no source has."""
    text = str(lesson)
    if text.isdecimal() and len(text) <= 2:
        return f"{int(text):02d}"
    if text not in numbers():
        raise UnknownIdError(f"there is no lesson {text!r}. There are {', '.join(numbers())}.")
    return numbers()[text]


def name(lesson: str | int) -> str:
    """The name of a lesson: "negatives" for "negatives", "04", "4" or 4. Raises UnknownIdError where there is none."""
    wanted = number(lesson)
    found = [name for name, held in numbers().items() if held == wanted]
    if not found:
        raise UnknownIdError(f"there is no lesson {wanted}. There are {', '.join(numbers().values())}.")
    return found[0]


@cache
def title(lesson: str | int) -> str:
    """The first words of the lesson's heading, such as "Feature audit". Raises UnknownIdError where there is none."""
    path, before = SOURCES / f"{number(lesson)}_{name(lesson)}.py", r"^# # \{\{\w+\}\} "
    if not SOURCES.is_dir():
        path, before = LEARNERS / f"{path.stem}.ipynb", r'^ *"# \d\d '
    heading = re.search(before + r'([^:\n\\"]+)', path.read_text(encoding="utf-8"), re.MULTILINE)
    return heading[1].strip() if heading else name(lesson)


def shown(ref: str) -> str:
    """What learners read for an exercise, claim or question: "4.1" for "negatives.1"; "4.1" stays."""
    lesson, dot, rest = ref.partition(".")
    return f"{int(number(lesson))}{dot}{rest}" if dot else number(lesson)


def kept(ref: str) -> str:
    """What records and files keep, since a number may change: "negatives.1" for "4.1". What is no such id stays."""
    lesson, dot, rest = ref.partition(".")
    try:
        return f"{name(lesson)}{dot}{rest}" if dot else ref
    except UnknownIdError:
        return ref


def expand(text: str) -> str:
    """Fill in numbers: {{negatives}} → 04, {{negatives.1}} → 4.1, {{negatives file}} → 04_negatives.

    Other double braces, and names that no lesson has, stay as they are.
    """
    def filled(match: re.Match) -> str:
        if match[1] not in numbers():
            return match[0]
        if match[3]:
            return f"{number(match[1])}_{match[1]}"
        return shown(f"{match[1]}.{match[2]}") if match[2] else number(match[1])

    return PLACEHOLDER.sub(filled, text)


def fill(thing, kind: str) -> None:
    """Give a frozen card, claim or question its number: its id as learners read it, its texts with numbers filled in.

    Raises ArgumentError for an id that is not lesson.name.
    """
    try:
        ref = shown(thing.id)
    except (UnknownIdError, AttributeError) as error:
        raise ArgumentError(f"{kind} id is {thing.id!r}; expected lesson.name such as \"two_tower.1\" or "
                            f"\"ann.nprobe\". {error}") from error
    if not ID.fullmatch(ref):
        raise ArgumentError(f"{kind} id is {thing.id!r}; expected lesson.name such as \"two_tower.1\" or "
                            f"\"ann.nprobe\".")
    fill_texts(thing)
    object.__setattr__(thing, "id", ref)


def fill_texts(thing) -> None:
    """Fill numbers into all texts of a frozen dataclass, also inside its tuples, dicts and dataclasses."""
    for held in fields(thing):
        object.__setattr__(thing, held.name, _filled(getattr(thing, held.name)))


def _filled(value):
    if isinstance(value, str):
        return expand(value)
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return tuple(_filled(part) for part in value)
    if isinstance(value, dict):
        return {_filled(key): _filled(part) for key, part in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        for held in fields(value):
            if isinstance(getattr(value, held.name), str):
                object.__setattr__(value, held.name, expand(getattr(value, held.name)))
    return value
