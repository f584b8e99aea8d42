"""Opening what a class handed in: notebooks, .py files in percent format and zips, as the text of their code cells.

Nothing is executed and no link is followed. What is left out comes back with the reason. What one person's files may
cost is counted (person_bounds), and counted before anything is parsed.
"""

from __future__ import annotations

import io
import json
import os
import re
import stat
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from course_lib.contracts import DataError
from course_lib.teach.classroom.class_mistakes import FILE as MISTAKES
from course_lib.teach.classroom.ipython_lines import without_ipython
from course_lib.teach.classroom.person_bounds import (
    LARGEST_BYTES,
    MOST_PARTS,
    PERSON_BYTES,
    PERSON_FILES,
    TOGETHER,
    Spent,
)
from course_lib.teach.lessons import numbers

LARGEST_ZIP_FILES = 500
KINDS = (".ipynb", ".py", ".zip")
CELL = re.compile(r"^# %%.*$", re.MULTILINE)


@dataclass
class HandedIn:
    """One file: its path below the folder, the cells of code in order, why it was left out ("" where it was read).

    not_python: the lines that are IPython's and were left out of the cells. spent: what its person's files cost so far.
    """

    path: str
    cells: list[str]
    why: str = ""
    not_python: list[str] = field(default_factory=list)
    spent: Spent = field(default_factory=Spent)


def handed_in(folder: Path) -> Iterator[HandedIn]:
    """All files below the folder, by name; hidden files, checkpoints and caches are passed over without a word.

    folder: or a zip of the whole class, such as a learning platform gives out. Of one person so many files as
    person_bounds says; where there are more, one without cells says so. Raises DataError where that zip cannot be read.
    """
    costs: dict[str, Spent] = defaultdict(Spent)
    for below, read in _of_class_zip(folder) if folder.is_file() else _of_folder(folder):
        spent = costs[person_of(below)]
        if below == MISTAKES or spent.files > PERSON_FILES:  # the first is the instructor's own
            continue
        for file in read(spent):
            if spent.no_more_files():
                yield HandedIn(below, [], f"{TOGETHER} {PERSON_FILES:,} files; this and all that follow were left out")
                break
            yield file


def _of_folder(folder: Path) -> Iterator[tuple[str, Callable]]:
    """(path below the folder, what reads it) of all files; a zip holds several."""
    for path in _paths(folder):
        below = str(path.relative_to(folder))
        read = _zipped if path.suffix.lower() == ".zip" else _alone
        yield below, partial(read, path, below)


def _of_class_zip(path: Path) -> Iterator[tuple[str, Callable]]:
    """(path in the zip, what reads it). The zip may be large; nothing of it is unpacked to the disk."""
    try:
        with zipfile.ZipFile(path) as held:
            members = {}
            for one in sorted(held.infolist(), key=lambda one: one.filename):
                below = "/".join(part for part in one.filename.split("/") if part not in ("", ".", ".."))
                if below and not one.is_dir() and not any(map(_not_read, below.split("/"))):
                    members[one] = below
            above = _folder_of_class(members.values(), path.stem)
            for one, below in members.items():
                yield below.removeprefix(above), partial(_in_class_zip, held, one, below.removeprefix(above))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise DataError(f"{path} is no zip that can be read: {error}. Get it again, or unpack it and compare the "
                        "folder.") from None


def _folder_of_class(members: Iterable[str], stem: str) -> str:
    """The folder of the whole class above all that a zip holds, such as "collected/"; "" where people stand on top.

    `zip -r collected.zip collected` and the menus of file managers put it there. One folder above all is the class's
    where it is called as the zip is (stem), or where several folders or files stand in it. It is one person's where
    half of these or more are called as the course's lessons are.
    """
    members = [below for below in members if below != MISTAKES]
    top = members[0].split("/")[0] + "/" if members else ""
    if not all(below.startswith(top) for below in members):
        return ""
    people = {person_of(below.removeprefix(top)) for below in members}
    lessons = {f"{number}_{name}" for name, number in numbers().items()}
    of_class = (len(people) > 1 or top == f"{stem}/") and 2 * len(people & lessons) < len(people)
    return top if of_class else ""


def _in_class_zip(held, one, below: str, spent: Spent) -> Iterator[HandedIn]:
    if not below.lower().endswith(".zip"):
        yield _member(held, one, below, spent)
        return
    data, why = _unpacked(held, one, spent)
    yield from [HandedIn(below, [], why)] if why else _unzipped(data, below, spent)


def _alone(path: Path, below: str, spent: Spent) -> Iterator[HandedIn]:
    yield read_file(path, below, spent)


def person_of(path: str) -> str:
    """Whose a file is: the first folder (or zip) below the class's, else the file's name without its ending."""
    first = Path(path).parts[0]
    return Path(first).stem if len(Path(path).parts) == 1 or first.lower().endswith(".zip") else first


def _paths(folder: Path) -> list[Path]:
    paths = []
    for where, folders, names in os.walk(folder, followlinks=False):
        links = [name for name in folders if os.path.islink(os.path.join(where, name))]
        folders[:] = [name for name in folders if not _hidden(name) and name not in links]
        paths += [Path(where) / name for name in links + names if not _hidden(name)]
    return sorted(paths)


def _hidden(name: str) -> bool:
    return name.startswith(".") or name == "__pycache__"


def read_file(path: Path, below: str = "", spent: Spent | None = None) -> HandedIn:
    """The cells of one notebook or .py file. spent: what its person's other files cost; this one is added."""
    below, spent = below or path.name, spent or Spent()
    data, why = _bytes(path, spent)
    if not why and path.suffix.lower() not in KINDS:
        why = "neither a notebook nor a .py file nor a zip"
    return HandedIn(below, [], why, spent=spent) if why else _cells(below, data, spent)


def _bytes(path: Path, spent: Spent) -> tuple[bytes, str]:
    """(what is in the file, why it cannot be read or ""). Opens no link and waits for no pipe."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        if stat.S_ISLNK(os.lstat(path).st_mode):
            return b"", "a link, not followed"
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return b"", "no regular file (a pipe, a socket or a device)"
        with open(os.open(path, flags), "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                return b"", "no regular file (a pipe, a socket or a device)"
            if found.st_size > LARGEST_BYTES:
                return b"", f"larger than {LARGEST_BYTES // 1_000_000} MB, not read"
            if found.st_size > spent.bytes_left():
                return b"", f"{TOGETHER} {PERSON_BYTES // 1_000_000} MB"
            data = file.read(LARGEST_BYTES)
            spent.bytes += len(data)
            return data, ""
    except OSError as error:
        return b"", f"cannot be read: {error.strerror or error}"


def _zipped(path: Path, below: str, spent: Spent) -> Iterator[HandedIn]:
    data, why = _bytes(path, spent)
    yield from [HandedIn(below, [], why)] if why else _unzipped(data, below, spent)


def _unzipped(data: bytes, below: str, spent: Spent) -> Iterator[HandedIn]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as held:
            members = [one for one in held.infolist() if not one.is_dir()]
            for one in members[:LARGEST_ZIP_FILES]:
                if not any(map(_not_read, one.filename.split("/"))):
                    yield _member(held, one, f"{below}/{one.filename}", spent)
            if len(members) > LARGEST_ZIP_FILES:
                yield HandedIn(below, [], f"more than {LARGEST_ZIP_FILES} files; the rest was not read")
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        yield HandedIn(below, [], f"no zip that can be read: {error}")


def _not_read(part: str) -> bool:
    return _hidden(part) or part == "__MACOSX"


def _member(held, one, name: str, spent: Spent) -> HandedIn:
    if not one.filename.lower().endswith(KINDS[:2]):
        return HandedIn(name, [], "neither a notebook nor a .py file")
    data, why = _unpacked(held, one, spent)
    return HandedIn(name, [], why) if why else _cells(name, data, spent)


def _unpacked(held, one, spent: Spent) -> tuple[bytes, str]:
    """(what a member of a zip holds, why it is not read or "")."""
    left = min(LARGEST_BYTES, spent.bytes_left())
    if stat.S_ISLNK(one.external_attr >> 16):
        return b"", "a link, not followed"
    try:
        with held.open(one) as file:                         # the size that the zip states may be a lie
            data = file.read(left + 1)
    except Exception as error:  # noqa: BLE001 - encrypted, damaged or of an unknown kind: zlib and zipfile raise many
        return b"", f"cannot be unpacked: {type(error).__name__}"
    spent.bytes += len(data)
    if len(data) > LARGEST_BYTES:
        return b"", f"larger than {LARGEST_BYTES // 1_000_000} MB, not read"
    return (b"", f"{TOGETHER} {PERSON_BYTES // 1_000_000} MB") if len(data) > left else (data, "")


def _cells(name: str, data: bytes, spent: Spent) -> HandedIn:
    """The code cells of a file's bytes. A byte-order mark, CRLF and IPython's own lines do not matter.

    How much there is stands before how it is parsed: of the JSON by its signs, of the code by its length.
    """
    try:
        text = data.decode("utf-8-sig")
        if name.lower().endswith(".ipynb"):
            if sum(map(text.count, ",[{")) > MOST_PARTS:
                return HandedIn(name, [], f"more than {MOST_PARTS:,} parts of JSON, not read")
            parts = _of_notebook(json.loads(text))
        else:
            parts = [text]
    except UnicodeDecodeError:
        return HandedIn(name, [], "not UTF-8 text")
    except (RecursionError, MemoryError):
        return HandedIn(name, [], "nested too deeply to be a notebook")
    except ValueError as error:
        return HandedIn(name, [], f"broken JSON: {str(error)[:200]}")
    except (KeyError, TypeError, AttributeError):
        return HandedIn(name, [], "JSON, but not a notebook")
    why = spent.refuse_code(sum(map(len, parts)))
    if why:
        return HandedIn(name, [], why)
    parts = parts if name.lower().endswith(".ipynb") else _of_script(text)
    held = [without_ipython(part) for part in parts]
    return HandedIn(name, [part for part, _ in held], not_python=[line for _, lines in held for line in lines],
                    spent=spent)


def _of_notebook(held: dict) -> list[str]:
    parts = [cell.get("source", "") for cell in held["cells"] if cell.get("cell_type") == "code"]
    return [part if isinstance(part, str) else "".join(part) for part in parts]


def _of_script(text: str) -> list[str]:
    """The cells of a .py file in percent format; one without `# %%` is one cell. Cells of markdown are comments."""
    return CELL.split(text)
