"""Opening what a class handed in: notebooks, .py files in percent format and zips, as the text of their code cells.

Nothing is executed and no link is followed. What is left out comes back with the reason.
"""

from __future__ import annotations

import ast
import io
import json
import os
import re
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from course_lib.teach.classroom.class_mistakes import FILE as MISTAKES

LARGEST_BYTES = 20_000_000
LARGEST_ZIP_FILES = 500
KINDS = (".ipynb", ".py", ".zip")
MAGIC = re.compile(r"^\s*(?:[%!?]|[\w.]+\?{1,2}\s*$)")
CELL = re.compile(r"^# %%.*$", re.MULTILINE)


@dataclass
class HandedIn:
    """One file: its path below the folder, the cells of code in order, why it was left out ("" where it was read)."""

    path: str
    cells: list[str]
    why: str = ""


def handed_in(folder: Path) -> Iterator[HandedIn]:
    """All files below the folder, by name; hidden files, checkpoints and caches are passed over without a word."""
    paths = []
    for where, folders, names in os.walk(folder, followlinks=False):
        links = [name for name in folders if os.path.islink(os.path.join(where, name))]
        folders[:] = [name for name in folders if not _hidden(name) and name not in links]
        paths += [Path(where) / name for name in links + names if not _hidden(name)]
    for path in sorted(paths):
        below = str(path.relative_to(folder))
        if below == MISTAKES:                                # the instructor's own
            continue
        if path.suffix.lower() == ".zip":
            yield from _zipped(path, below)
        else:
            yield read_file(path, below)


def _hidden(name: str) -> bool:
    return name.startswith(".") or name == "__pycache__"


def read_file(path: Path, below: str = "") -> HandedIn:
    """The cells of one notebook or .py file."""
    below = below or path.name
    data, why = _bytes(path)
    if not why and path.suffix.lower() not in KINDS:
        why = "neither a notebook nor a .py file nor a zip"
    return HandedIn(below, [], why) if why else _cells(below, data)


def _bytes(path: Path) -> tuple[bytes, str]:
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
            return file.read(LARGEST_BYTES), ""
    except OSError as error:
        return b"", f"cannot be read: {error.strerror or error}"


def _zipped(path: Path, below: str) -> Iterator[HandedIn]:
    data, why = _bytes(path)
    if why:
        yield HandedIn(below, [], why)
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as held:
            members = [one for one in held.infolist() if not one.is_dir()]
            for one in members[:LARGEST_ZIP_FILES]:
                if not any(_hidden(part) or part == "__MACOSX" for part in one.filename.split("/")):
                    yield _member(held, one, below)
            if len(members) > LARGEST_ZIP_FILES:
                yield HandedIn(below, [], f"more than {LARGEST_ZIP_FILES} files; the rest was not read")
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        yield HandedIn(below, [], f"no zip that can be read: {error}")


def _member(held, one, below) -> HandedIn:
    name = f"{below}/{one.filename}"
    if not one.filename.lower().endswith(KINDS[:2]):
        return HandedIn(name, [], "neither a notebook nor a .py file")
    if stat.S_ISLNK(one.external_attr >> 16):
        return HandedIn(name, [], "a link, not followed")
    try:
        with held.open(one) as file:                         # the size that the zip states may be a lie
            data = file.read(LARGEST_BYTES + 1)
    except Exception as error:  # noqa: BLE001 - encrypted, damaged or of an unknown kind: zlib and zipfile raise many
        return HandedIn(name, [], f"cannot be unpacked: {type(error).__name__}")
    if len(data) > LARGEST_BYTES:
        return HandedIn(name, [], f"larger than {LARGEST_BYTES // 1_000_000} MB, not read")
    return _cells(name, data)


def _cells(name: str, data: bytes) -> HandedIn:
    """The code cells of a file's bytes. A byte-order mark, CRLF and IPython's own lines do not matter."""
    try:
        text = data.decode("utf-8-sig")
        parts = _of_notebook(json.loads(text)) if name.lower().endswith(".ipynb") else _of_script(text)
    except UnicodeDecodeError:
        return HandedIn(name, [], "not UTF-8 text")
    except (RecursionError, MemoryError):
        return HandedIn(name, [], "nested too deeply to be a notebook")
    except ValueError as error:
        return HandedIn(name, [], f"broken JSON: {str(error)[:200]}")
    except (KeyError, TypeError, AttributeError):
        return HandedIn(name, [], "JSON, but not a notebook")
    return HandedIn(name, [_without_magic(part) for part in parts])


def _of_notebook(held: dict) -> list[str]:
    parts = [cell.get("source", "") for cell in held["cells"] if cell.get("cell_type") == "code"]
    return [part if isinstance(part, str) else "".join(part) for part in parts]


def _of_script(text: str) -> list[str]:
    """The cells of a .py file in percent format; one without `# %%` is one cell. Cells of markdown are comments."""
    return CELL.split(text)


def _without_magic(text: str) -> str:
    """IPython's own lines (`%`, `!`, `?`, `name?`) become empty, so that line numbers stay.

    A cell that is Python as it stands is left alone: there a line may begin with % inside of brackets or of a text.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _is_python(text):
        return text
    return "\n".join("" if MAGIC.match(line) else line for line in text.split("\n"))


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
