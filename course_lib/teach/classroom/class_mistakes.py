"""`mistakes.toml` beside a class's notebooks: one sentence of the instructor's for each group of wrong answers.

    [[mistake]]
    exercise = "1.1"
    group = "3f09c1d2a7"            # as the class page shows it
    says = "You count every row once, whatever its amount."
    name = "rows, not amounts"      # may be left out

The file is read and never written: what stands in it is kept.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from dataclasses import dataclass
from pathlib import Path

from course_lib.contracts import DataError
from course_lib.teach.classroom.marks import numbered

FILE = "mistakes.toml"
LARGEST_BYTES = 1_000_000
NEEDED, ALLOWED = ("exercise", "group", "says"), ("exercise", "group", "says", "name")
HEAD = re.compile(r"^\s*\[\[\s*mistake\s*\]\]")
EXAMPLE = ('An entry is four lines: [[mistake]], exercise = "1.1", group = "3f09c1d2a7", says = "One sentence." The '
           "class page shows them ready to be copied.")


@dataclass(frozen=True)
class Sentence:
    """What the instructor wrote about a group of wrong answers, and where."""

    card_id: str
    key: str
    says: str
    name: str = ""
    where: str = ""


def sentences_of(folders: list[Path]) -> list[Sentence]:
    """The sentences of the files beside the notebooks, or beside a zip of them.

    Raises DataError naming the line and what to do.
    """
    found = []
    for folder in map(Path, folders):
        path = (folder.parent if folder.is_file() else folder) / FILE
        if os.path.lexists(path):
            found += read_sentences(path)
    _refuse_doubles(found)
    return found


def read_sentences(path: Path) -> list[Sentence]:
    """The sentences of one file. Raises DataError naming the line and what to do."""
    text = _text(path)
    try:
        held = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DataError(f"{path}, line {_line_of(error, text)}: {error}. Texts stand in quotation marks, one entry a "
                        f"line. {EXAMPLE}") from None
    strange = [name for name in held if name != "mistake"]
    if strange:
        raise DataError(f"{path}, line {_line_with(text, strange[0])}: {strange[0]!r:.40} is unknown here. Put "
                        f"[[mistake]] on a line of its own above each entry. {EXAMPLE}")
    entries = held.get("mistake", [])
    if not isinstance(entries, list):
        raise DataError(f"{path}, line {_line_with(text, 'mistake')}: one pair of brackets too few. Write [[mistake]] "
                        f"with two. {EXAMPLE}")
    lines = [number for number, line in enumerate(text.splitlines(), 1) if HEAD.match(line)]
    lines = lines if len(lines) == len(entries) else [1] * len(entries)
    return [_sentence(entry, f"{path}, line {line}") for entry, line in zip(entries, lines, strict=True)]


def _text(path: Path) -> str:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        with open(os.open(path, flags), "rb") as file:
            held = os.fstat(file.fileno())
            if not stat.S_ISREG(held.st_mode) or held.st_size > LARGEST_BYTES:
                raise DataError(f"{path} is no file of less than 1 MB. Put a plain text file there, or remove it.")
            data = file.read(LARGEST_BYTES)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}. A link is not followed: put the file itself there, "
                        "readable for you, or remove it.") from None
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data[:error.start].count(b"\n") + 1
        raise DataError(f"{path}, line {line}: a sign that is not UTF-8. Save the file as UTF-8.") from None


def _line_of(error, text: str) -> int:
    found = re.search(r"at line (\d+)", str(error))
    return int(found[1]) if found else len(text.splitlines())


def _line_with(text: str, name: str) -> int:
    """The first line on which a name stands."""
    return next((number for number, line in enumerate(text.splitlines(), 1) if name in line), 1)


def _sentence(entry, where: str) -> Sentence:
    if not isinstance(entry, dict):
        raise DataError(f"{where}: an entry is a {type(entry).__name__}. {EXAMPLE}")
    strange = [name for name in entry if name not in ALLOWED]
    if strange:
        raise DataError(f"{where}: {strange[0]!r:.40} is unknown. An entry holds {', '.join(ALLOWED)}. {EXAMPLE}")
    for name in NEEDED:
        if name not in entry:
            raise DataError(f"{where}: {name} is missing. {EXAMPLE}")
    for name, value in entry.items():
        if not isinstance(value, str) or not value.strip():
            raise DataError(f'{where}: {name} is {value!r:.40}; expected text in quotation marks: {name} = "…".')
    return Sentence(numbered(entry["exercise"].strip()), entry["group"].strip(), " ".join(entry["says"].split()),
                    " ".join(entry.get("name", "").split()), where)


def _refuse_doubles(found: list[Sentence]) -> None:
    seen: dict[tuple[str, str], Sentence] = {}
    for one in found:
        first = seen.setdefault((one.card_id, one.key), one)
        if first is not one:
            raise DataError(f"{one.where}: group {one.key:.40} of exercise {one.card_id} has a sentence already "
                            f"({first.where}). Remove one of the two.")
