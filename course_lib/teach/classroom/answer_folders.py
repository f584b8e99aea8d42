"""The folder of an answer's process: how much was written there, and how it is removed, whatever was made of it.

An answer may put folders into folders until no path names them any more, take away its own right to look into them,
and write file after file. So nothing here calls itself, follows a link, or trusts a name.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

MOST_BYTES, MOST_NAMES = 100_000_000, 2_000      # in the folder at one time
MOST_WRITTEN = 400_000_000                       # over the life of the process, also to files that have no name
FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


@contextlib.contextmanager
def passing_folder(prefix: str) -> Iterator[str]:
    """A new temporary folder, which is removed at the end whatever stands in it."""
    folder = tempfile.mkdtemp(prefix=prefix)
    try:
        yield folder
    finally:
        remove(folder)


def overfull(folder: Path, process: int | None = None) -> str:
    """In words, what is too much of what an answer has written; "" where nothing is.

    process: its id; Linux tells how much it wrote, also to files that it has removed and still holds.
    """
    if process is not None and _written(process) > MOST_WRITTEN:
        return f"it wrote more than {MOST_WRITTEN // 1_000_000} MB to files"
    names = size = 0
    waiting = [str(folder)]
    while waiting:
        place = waiting.pop()
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    names, size = names + 1, size + _bytes_on_disk(entry)
                    if size > MOST_BYTES:
                        return f"its files took more than {MOST_BYTES // 1_000_000} MB"
                    if names > MOST_NAMES:
                        return f"it made more than {MOST_NAMES:,} files and folders"
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except FileNotFoundError:                                  # removed while we looked
            continue
        except OSError:
            if place != str(folder):
                return "it made a folder that cannot be looked into"
    return ""


def _bytes_on_disk(entry) -> int:
    try:
        held = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return 0
    return 512 * held.st_blocks if hasattr(held, "st_blocks") else held.st_size


def _written(process: int) -> int:
    """Bytes that a process has written, 0 where the system does not say."""
    try:
        told = dict(line.split(": ") for line in Path(f"/proc/{process}/io").read_text("ascii").splitlines())
        return max(int(told["wchar"]), int(told["write_bytes"]))
    except (OSError, ValueError, KeyError):
        return 0


def remove(folder: str | Path) -> None:
    """Remove a folder and all that is in it. Where something cannot be removed it stays, without an error.

    Folders are taken out of folders before they are emptied, so that none is deep and two are open at a time.
    """
    if os.open not in os.supports_dir_fd or os.scandir not in os.supports_fd:
        with contextlib.suppress(RecursionError):
            shutil.rmtree(folder, ignore_errors=True)
        return
    with contextlib.suppress(OSError):
        top = _opened(folder)
        try:
            mark, count, waiting = secrets.token_hex(8), 0, _emptied(top)
            while waiting:
                name = waiting.pop()
                with contextlib.suppress(OSError):
                    inner = _opened(name, top)
                    try:
                        for deeper in _emptied(inner):
                            os.close(_opened(deeper, inner))       # to move a folder one has to be allowed to write it
                            count += 1
                            os.rename(deeper, f"{mark}-{count}", src_dir_fd=inner, dst_dir_fd=top)
                            waiting.append(f"{mark}-{count}")
                    finally:
                        os.close(inner)
                    os.rmdir(name, dir_fd=top)
        finally:
            os.close(top)
        os.rmdir(folder)


def _emptied(where: int) -> list[str]:
    """Remove all files in an open folder; the names of the folders in it."""
    with os.scandir(where) as entries:
        held = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    for name, is_folder in held:
        if not is_folder:
            with contextlib.suppress(OSError):
                os.unlink(name, dir_fd=where)
    return [name for name, is_folder in held if is_folder]


def _opened(name, where: int | None = None) -> int:
    """A folder, open, with all rights for its owner. Raises OSError where that is not to be had, or it is a link."""
    try:
        found = os.open(name, FOLDER, dir_fd=where)
    except PermissionError:
        _allow(name, where)
        found = os.open(name, FOLDER, dir_fd=where)
    with contextlib.suppress(OSError):                             # another user's is opened by root all the same
        os.fchmod(found, 0o700)
    return found


def _allow(name, where: int | None) -> None:
    """Give the owner all rights to a folder that cannot be opened; a link is left alone."""
    if os.chmod in os.supports_follow_symlinks:
        os.chmod(name, 0o700, dir_fd=where, follow_symlinks=False)
        return
    held = os.open(name, FOLDER | os.O_PATH, dir_fd=where)
    try:
        os.chmod(f"/proc/self/fd/{held}", 0o700)
    finally:
        os.close(held)
