"""Collects what one person of a class wrote: a folder's notebooks become a zip, which `course compare` reads.

`python -m course_lib.teach.classroom.collecting FOLDER > ann.zip`. The folder is somebody else's and may hold anything:
no link is followed, no pipe is waited for, nothing that belongs to another user is taken, and what is large is left
out. What is left out is named with its reason on the error stream, the first twenty and how many more there are.
"""

from __future__ import annotations

import argparse
import io
import os
import stat
import sys
import zipfile
import zlib
from pathlib import Path

from course_lib.teach.classroom.files import LARGEST_BYTES, LARGEST_ZIP_FILES

KINDS = (".ipynb", ".py")
DEEPEST, MOST_NAMES, MOST_BYTES = 3, 20_000, 10 * LARGEST_BYTES      # bytes that are read; packed, LARGEST_BYTES
MOST_WORDS = 20                        # lines that one person's folder may write on the instructor's terminal
HEADS_BYTES, END_BYTES = 100, 22       # of a zip: per file, beside its name, which stands there twice; at its end


def collected(folder: Path) -> tuple[bytes, list[tuple[str, str]]]:
    """(a zip of the notebooks and .py files below the folder, what was left out and why).

    Names that begin with a dot are passed over. The folder itself is trusted, nothing below it. Raises OSError where
    the folder cannot be opened.
    """
    root = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    packed, gatherer = io.BytesIO(), _Gatherer(os.fstat(root).st_uid)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        try:
            gatherer.take(root, "", out)
        finally:
            os.close(root)
    return packed.getvalue(), gatherer.left_out


class _Gatherer:
    """Goes through folders by descriptor, so that none can be exchanged for a link on the way."""

    def __init__(self, owner: int):
        self.owner, self.left_out = owner, []
        self.names = self.files = self.size = 0
        self.packed = END_BYTES                              # what the zip takes at most, with its list of names

    def take(self, where: int, path: str, out, depth: int = 0) -> None:
        for name in sorted(os.listdir(where)):
            self.names += 1
            if self.names > MOST_NAMES:
                self.left_out.append((path or ".", f"more than {MOST_NAMES:,} names; the rest was not looked at"))
                return
            if name.startswith(".") or name == "__pycache__":
                continue
            below = f"{path}/{name}" if path else name
            try:
                self._take_one(where, name, below, out, depth)
            except (OSError, ValueError) as error:
                self.left_out.append((below, f"cannot be read: {getattr(error, 'strerror', None) or error}"))

    def _take_one(self, where, name, below, out, depth) -> None:
        kind = os.stat(name, dir_fd=where, follow_symlinks=False).st_mode
        if stat.S_ISDIR(kind):
            if depth == DEEPEST:
                self.left_out.append((below, f"a folder more than {DEEPEST} deep, not looked into"))
                return
            inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=where)
            try:
                self.take(inner, below, out, depth + 1)
            finally:
                os.close(inner)
            return
        data, why = self._bytes(where, name, kind) if name.lower().endswith(KINDS) else (b"", "")
        if why:
            self.left_out.append((below, why))
        elif name.lower().endswith(KINDS):
            self._pack(below, data, out)

    def _pack(self, below: str, data: bytes, out) -> None:
        """Add a file, unless the zip would then be too large to be read."""
        called = below.encode("utf-8", "replace")
        self.size += len(data)
        packed = self.packed + len(zlib.compress(data)) + 2 * len(called) + HEADS_BYTES
        if packed > LARGEST_BYTES:
            self.left_out.append((below, f"with it the zip would be larger than {LARGEST_BYTES // 1_000_000} MB, and "
                                         "would not be read"))
            return
        self.files, self.packed = self.files + 1, packed
        out.writestr(called.decode("utf-8"), data)

    def _bytes(self, where, name, kind) -> tuple[bytes, str]:
        if stat.S_ISLNK(kind):
            return b"", "a link, not followed"
        if not stat.S_ISREG(kind):
            return b"", "no regular file (a pipe, a socket or a device)"
        if self.files == LARGEST_ZIP_FILES or self.size > MOST_BYTES:
            return b"", f"more than {LARGEST_ZIP_FILES} files or {MOST_BYTES // 1_000_000} MB of this person"
        with open(os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=where), "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                return b"", "no regular file (a pipe, a socket or a device)"
            if found.st_uid != self.owner:
                return b"", "belongs to another user"
            if found.st_size > LARGEST_BYTES:
                return b"", f"larger than {LARGEST_BYTES // 1_000_000} MB, not read"
            return file.read(LARGEST_BYTES), ""


def main(argv: list[str] | None = None) -> int:
    """Write the zip of a folder to standard output. Returns 1 where the folder cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m course_lib.teach.classroom.collecting",
                                     description="Pack the notebooks below a person's folder; write a zip to stdout.")
    parser.add_argument("folder", metavar="FOLDER", type=Path)
    folder = parser.parse_args(argv).folder
    try:
        packed, left_out = collected(folder)
    except OSError as error:
        print(f"{folder} cannot be read: {error.strerror or error}", file=sys.stderr)
        return 1
    for path, why in left_out[:MOST_WORDS]:
        print(f"left out {path!r:.200}: {why}", file=sys.stderr)
    if len(left_out) > MOST_WORDS:
        print(f"left out {len(left_out) - MOST_WORDS:,} more", file=sys.stderr)
    sys.stdout.buffer.write(packed)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
