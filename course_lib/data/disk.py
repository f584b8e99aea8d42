"""Writing that is whole or not at all, one writer at a time, and a full disk said in one sentence.

What a killed process leaves (`.part` files, lock files) is told from a living one's by a lock that the system holds on
the file and drops when its process ends: nothing is guessed from ages or process numbers.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from course_lib.contracts import CourseError, DataError

try:
    import fcntl
except ImportError:     # Windows
    fcntl = None

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NOT_OURS = {errno.EACCES, errno.EPERM, errno.EROFS}
# How libraries that keep no errno (numpy, torch, DuckDB, SQLite) say that the disk is full.
_FULL_WORDS = re.compile(r"no space left|disk (is )?full|quota exceeded|file too large|requested and \d+ written|"
                         r"failed writing file|iostream error", re.IGNORECASE)
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}
ELSEWHERE = "choose a folder on another disk"


class Busy(CourseError):
    """Another living process holds the lock."""


def is_full(error: BaseException | None) -> bool:
    """Whether an error, or what it came from, says that there is no room on the disk."""
    for _ in range(20):
        if error is None:
            return False
        if getattr(error, "errno", None) in _NO_ROOM or _FULL_WORDS.search(str(error)):
            return True
        error = error.__cause__ or error.__context__
    return False


def not_ours(error: BaseException) -> bool:
    """Whether an error says that a file or disk may be read but not written."""
    return isinstance(error, OSError) and error.errno in _NOT_OURS


@contextmanager
def disk_errors(doing: str, elsewhere: str = ELSEWHERE) -> Iterator[None]:
    """Turn a full or unwritable disk into a DataError that says what was being done and what to do.

    doing: completes "could not …". elsewhere: the remedy besides making room, completes "or …".
    Whatever else goes wrong inside is passed on as it is.
    """
    try:
        yield
    except Exception as error:
        if isinstance(error, CourseError) and "disk is full" in str(error):
            raise
        if is_full(error):
            raise DataError(f"The disk is full: could not {doing}. Nothing half-written was kept. Free some space, or "
                            f"{elsewhere}, and run this again.") from error
        if not_ours(error):
            raise DataError(f"No permission to {doing} ({error.strerror}). Make the place writable, or "
                            f"{elsewhere}.") from error
        raise


def sha256(path) -> str:
    """SHA-256 of a file, 64 hex digits; of an empty file e3b0c442…"""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def locked(path, timeout_s: float | None = None) -> Iterator[None]:
    """Hold the lock that the file at path stands for: one process, and one thread, at a time.

    timeout_s: how long to wait for another holder; for ever if None. The file is made, and removed at the end; one
    that a killed process left locks nobody out. Raises Busy after timeout_s; OSError where the folder cannot be
    written to.
    """
    if fcntl is None:
        with _locked_by_filelock(path, timeout_s):
            yield
        return
    deadline = None if timeout_s is None else time.monotonic() + timeout_s
    while (file := _take(Path(path), wait=deadline is None)) is None:
        if time.monotonic() >= deadline:
            raise Busy(f"another process holds {path}. Wait until it is done, and run this again.")
        time.sleep(0.02)
    try:
        yield
    finally:
        with suppress(OSError):
            if _is_named(file, path):
                os.unlink(path)      # while it is held; who waits for it sees that its name is gone and starts again
        file.close()


def _take(path: Path, wait: bool):
    """The lock's open file, or None where another holds it."""
    while True:
        file = open(path, "ab")  # noqa: SIM115 (closed by who holds it)
        if not _lock(file, wait):
            file.close()
            return None
        if _is_named(file, path):
            return file
        file.close()


def _is_named(file, path) -> bool:
    """Whether path still names this open file, which another may have removed or replaced."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), os.stat(path))
    except FileNotFoundError:
        return False


def _lock(file, wait: bool = False) -> bool:
    """Lock an open file until it is closed; whether that worked. True where the file system has no locks."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
    return True


@contextmanager
def _locked_by_filelock(path, timeout_s):
    from filelock import FileLock, Timeout

    lock = FileLock(path, timeout=-1 if timeout_s is None else timeout_s)
    try:
        lock.acquire()
    except Timeout as error:
        raise Busy(f"another process holds {path}. Wait until it is done, and run this again.") from error
    try:
        yield
    finally:
        lock.release()


def write_atomic(path, data: bytes | str) -> Path:
    """Write data to path so that a reader sees the old file or the whole new one, never a part.

    path: its folder is made if absent; a link is followed. data: bytes, or str as UTF-8. Returns path, without links.
    What a killed writer of the same path left beside it is removed. Raises DataError where the disk is full or
    read-only, path is a folder or a device, or no file can be made there; what stood at path before then still stands.
    """
    path = Path(os.path.realpath(path)) if os.path.islink(path) else Path(path)
    data = data.encode() if isinstance(data, str) else data
    _check_kind(path)
    with disk_errors(f"write {path}"), _named(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        sweep_parts(path.parent, f".{path.name}.")
        written = False
        while not written:
            part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
            try:
                written = _write_and_rename(part, path, data)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
    return path


def check_writable(path) -> None:
    """Raise DataError now, as `write_atomic` would later, where no file can be written to path.

    For what takes minutes before it has something to write. The folder of path is made if absent, and nothing else.
    """
    path = Path(os.path.realpath(path)) if os.path.islink(path) else Path(path)
    _check_kind(path)
    with disk_errors(f"write {path}"), _named(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
        open(part, "xb").close()
        part.unlink()


def _check_kind(path: Path) -> None:
    if os.path.isdir(path):
        raise DataError(f"{path} is a folder; expected the name of a file to write.")
    if os.path.exists(path) and not os.path.isfile(path):  # a rename would replace /dev/null, for everybody
        raise DataError(f"{path} is a device or a pipe; expected the name of a file to write.")


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Turn what the system says of a place where no file can be made, such as /proc, into a DataError that names path.

    A full or unwritable disk is passed on: `disk_errors` has words for it.
    """
    try:
        yield
    except OSError as error:
        if is_full(error) or not_ours(error):
            raise
        raise DataError(f"{path} cannot be written: no file can be made there ({error.strerror or error}). Name a file "
                        f"in an ordinary folder.") from error


def _write_and_rename(part: Path, path: Path, data: bytes) -> bool:
    """Whether that was done: not where another writer of path swept the part away before it could be locked."""
    with open(part, "xb") as file:       # with the rights that the user's umask gives, unlike a temporary file's
        if fcntl is not None:
            _lock(file, wait=True)       # one that sweeps may hold it for a moment
            if not _is_named(file, part):
                return False
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
        if fcntl is not None:
            os.replace(part, path)       # while the lock is held, so that no other sweeps it as a dead one's
            return True
    os.replace(part, path)
    return True


def sweep_parts(folder, prefix: str = ".") -> None:
    """Remove the `.part` files of dead writers whose name begins with prefix; a living writer's is locked."""
    with suppress(OSError):
        found = [entry.path for entry in os.scandir(folder)
                 if entry.name.startswith(prefix) and entry.name.endswith(".part")]
        for name in found:
            with suppress(OSError), open(name, "r+b") as file:
                if fcntl is not None and _lock(file):
                    os.unlink(name)
                elif fcntl is None and time.time() - os.stat(name).st_mtime > 3600:
                    file.close()
                    os.unlink(name)
