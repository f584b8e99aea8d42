"""Stored things: a fitted part in one file, facts in a sealed JSON file, and files held against their checksums.

    course-stored 1 <kind> <version> <SHA-256 of all that follows, with kind and version>
    {"about": {…}, "parts": {"trees": 18231}}
    …the parts' bytes…

Nothing is handed to a library before its SHA-256 was right: LightGBM, for one, ends the interpreter on damaged text.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from course_lib.contracts import ArgumentError, CorruptError, DataError
from course_lib.data.disk import sha256, write_atomic

MAGIC = "course-stored"
LAYOUT = 1
SEAL = "sha256"
_SETTLED_NS = 2_000_000_000     # a file changed this lately could change again within its time stamp's grain
_sound: dict[str, tuple] = {}   # files found whole in this process: path -> (mtime, ctime, size, inode, digest)


def save(path, kind: str, version: int, about: dict, parts: dict[str, bytes]) -> Path:
    """Write a fitted part to one file, whole or not at all, with a checksum over everything.

    kind: one word, what it is ("ranker"). version: of what stands in about and parts; raise it when that changes.
    about: facts, JSON-able (numpy's numbers are). parts: name -> bytes. Returns path.
    Raises DataError where the disk is full or read-only; ArgumentError where a fact cannot be kept.
    """
    try:
        head = json.dumps({"about": about, "parts": {name: len(data) for name, data in parts.items()}},
                          default=_plain)
    except (TypeError, ValueError) as error:
        raise ArgumentError(f"this {kind} cannot be saved: {error}. Expected facts that JSON can hold (numbers, text, "
                            f"lists, dicts).") from error
    body = head.encode() + b"\n" + b"".join(parts.values())
    line = f"{MAGIC} {LAYOUT} {kind} {version} {_digest(kind, version, body)}\n"
    return write_atomic(path, line.encode() + body)


@contextmanager
def opened(path, kind: str, version: int, remedy: str) -> Iterator[tuple[dict, dict[str, bytes]]]:
    """Open what `save` wrote, once it was found whole: `with opened(…) as (about, parts):`.

    remedy: what to do about a bad file, a sentence. Raises DataError where there is no such file or it cannot be read;
    CorruptError, naming the file, where it is damaged, of another kind or version, or where what stands inside the
    `with` cannot make sense of what was read.
    """
    about, parts = _checked(Path(path), kind, version, remedy)
    try:
        yield about, parts
    except (DataError, MemoryError):
        raise
    except Exception as error:
        raise CorruptError(f"{path} holds no {kind} that this version of the course can use "
                           f"({type(error).__name__}: {error}). {remedy}") from error


def _checked(path: Path, kind: str, version: int, remedy: str) -> tuple[dict, dict[str, bytes]]:
    line, _, body = read_bytes(path, f"a saved {kind}", remedy).partition(b"\n")
    words = line.decode("utf-8", "replace").split(" ")
    if len(words) != 5 or words[:2] != [MAGIC, str(LAYOUT)]:
        raise CorruptError(f"{path} is no {kind} of this version of the course: it begins with {line[:24]!r}, expected "
                           f"'{MAGIC} {LAYOUT} {kind}'. {remedy}")
    got = _digest(words[2], words[3], body)
    if got != words[4]:
        raise CorruptError(f"{path} was cut short or changed: expected SHA-256 {words[4][:12]}…, got {got[:12]}…. "
                           f"Nothing of it was used. {remedy}")
    if words[2] != kind:
        raise CorruptError(f"{path} holds a {words[2]}; expected a {kind}. Name the right file. {remedy}")
    if words[3] != str(version):
        raise CorruptError(f"{path} holds format {words[3]} of a {kind}; this version of the course reads {version}. "
                           f"{remedy}")
    return _unpacked(body)


def _unpacked(body: bytes) -> tuple[dict, dict[str, bytes]]:
    line, _, data = body.partition(b"\n")
    head, parts, start = json.loads(line), {}, 0
    for name, length in head["parts"].items():
        parts[name] = data[start:start + length]
        start += length
    return head["about"], parts


def read_bytes(path, what: str, remedy: str) -> bytes:
    """The file's bytes. Raises DataError that says what was expected where the file is missing or unreadable."""
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise DataError(f"{path} is missing; expected {what}. {remedy}") from None
    except IsADirectoryError:
        raise DataError(f"{path} is a folder; expected a file with {what}. {remedy}") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror or error}); expected {what}. Make it readable. "
                        f"{remedy}") from error


def _digest(kind, version, body: bytes) -> str:
    whole = hashlib.sha256(f"{kind} {version}\n".encode())
    whole.update(body)
    return whole.hexdigest()


def _plain(value):
    """numpy's numbers and arrays as Python's, for JSON."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{value!r} is a {type(value).__name__}")


# --- facts in JSON -------------------------------------------------------------------------------------------------
def sealed(content: dict) -> str:
    """content as JSON text with its own SHA-256 in it, to be written by write_atomic and read by `unsealed`."""
    content = json.loads(json.dumps(content, default=str))
    return json.dumps({**content, SEAL: _seal(content)}, indent=1, sort_keys=True)


def unsealed(path, kinds: dict[str, type], remedy: str) -> dict:
    """The facts of a file that `sealed` made, without the seal.

    kinds: the fields it has, and the type of each. A file with these fields and no seal is an earlier version's and
    is taken. Raises CorruptError that names the file where it is missing, damaged, or is something else.
    """
    try:
        held = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CorruptError(f"{path} is missing. {remedy}") from None
    except (OSError, ValueError, RecursionError) as error:
        raise CorruptError(f"{path} cannot be read ({error}). {remedy}") from error
    fields = ", ".join(kinds)
    if not isinstance(held, dict):
        raise CorruptError(f"{path} holds a JSON {type(held).__name__}; expected an object with {fields}. {remedy}")
    seal = held.pop(SEAL, None)
    if set(held) != set(kinds) or seal is not None and seal != _seal(held):
        raise CorruptError(f"{path} was changed or damaged: its checksum is wrong, or it has other fields than "
                           f"{fields}. {remedy}")
    for name, kind in kinds.items():
        if not isinstance(held[name], kind):
            raise CorruptError(f"{path}: {name} is a {type(held[name]).__name__}; expected a {kind.__name__}. {remedy}")
    return held


def _seal(content: dict) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


# --- files that a manifest lists -----------------------------------------------------------------------------------
def check_file(path, digest: str, remedy: str) -> None:
    """Hold a file against its SHA-256; once a process, for as long as its times and size stay what they are.

    Raises CorruptError that names the file where it is missing or differs; DataError where it may not be read.
    """
    try:
        stamp = _stamp(path)
        if _sound.get(str(path)) == (*stamp, digest):
            return
        got = sha256(path)
    except FileNotFoundError:
        raise CorruptError(f"{path} is missing, though the manifest lists it. {remedy}") from None
    except PermissionError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}). Make it readable. {remedy}") from error
    except OSError as error:
        raise CorruptError(f"{path} cannot be read ({error.strerror or error}). {remedy}") from error
    if got != digest:
        raise CorruptError(f"{path} was changed or damaged: expected SHA-256 {str(digest)[:12]}…, got {got[:12]}…. "
                           f"{remedy}")
    if time.time_ns() - max(stamp[:2]) > _SETTLED_NS:
        if len(_sound) > 20_000:
            _sound.clear()
        _sound[str(path)] = (*stamp, digest)


def _stamp(path) -> tuple[int, int, int, int]:
    held = os.stat(path)
    return held.st_mtime_ns, held.st_ctime_ns, held.st_size, held.st_ino
