"""A cache that is never half-written: built aside, locked, checksummed, renamed; discarded when it is not whole."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import tempfile
import warnings
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

from course_lib.contracts import ArgumentError, CorruptError, DataError

MANIFEST = "MANIFEST.json"
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NOT_OURS = {errno.EACCES, errno.EPERM, errno.EROFS}
_seen: dict[Path, float] = {}  # artifacts whose checksums this process has held against their files: path -> mtime


def root() -> Path:
    """Folder of everything that can be fetched or built again; made if absent.

    COURSE_CACHE if set, else data/cache of the checkout, else ~/.cache/recsys-course.
    Raises DataError where it cannot be made.
    """
    checkout = Path(__file__).resolve().parents[2]
    if os.environ.get("COURSE_CACHE"):
        path = Path(os.environ["COURSE_CACHE"]).expanduser()
    elif (checkout / "pyproject.toml").exists() and (checkout / "data").is_dir():
        path = checkout / "data" / "cache"
    else:
        path = Path.home() / ".cache" / "recsys-course"
    with disk_errors(f"make the cache folder {path}"):
        path.mkdir(parents=True, exist_ok=True)
    return path


@contextmanager
def disk_errors(doing: str):
    """Turn a full or unwritable disk into a DataError that says what was being done and what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise DataError(f"The disk is full: could not {doing}. Nothing half-written was kept. Free some space, or "
                            f"set COURSE_CACHE to a folder on another disk, and run this again.") from error
        if error.errno in _NOT_OURS:
            raise DataError(f"No permission to {doing} ({error.strerror}). Set COURSE_CACHE to a folder you may "
                            f"write to.") from error
        raise


def sha256(path) -> str:
    """SHA-256 of a file, 64 hex digits; of an empty file e3b0c442…"""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_atomic(path, data: bytes | str) -> Path:
    """Write data to path so that a reader sees the old file or the whole new one, never a part.

    path: its folder is made if absent. data: bytes, or str as UTF-8. Returns path.
    Raises DataError where the disk is full or read-only; what stood at path before then still stands.
    """
    path = Path(path)
    data = data.encode() if isinstance(data, str) else data
    with disk_errors(f"write {path}"):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    return path


def artifact(name: str, key: dict, build: Callable[[Path], None]) -> Path:
    """Folder of what build makes for this key: built once, by one process at a time, and checked before it is used.

    name: letters, digits, ".", "_", "-"; what it is ("towers"). key: all that the content depends on (code version,
    data checksum, seed), JSON-able: another key is another artifact. build(folder): writes files into an empty folder.
    Returns the folder. A process that is killed leaves nothing that is ever returned; one that waits for another's
    build gets that build. A corrupt artifact is thrown away with a warning and built again.
    Raises ArgumentError for a bad name; DataError where the disk is full; whatever build raises, after cleaning up.
    """
    from filelock import FileLock

    path = artifact_path(name, key)
    with disk_errors(f"open the cache folder {path.parent}"):
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_name(f".{path.name}.lock")):
            if not _whole(path):
                _build(path, name, key, build)
    return path


def artifact_path(name: str, key: dict) -> Path:
    """Where the artifact of this name and key stands or would stand; it exists only when it is whole."""
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", name):
        raise ArgumentError(f"artifact name is {name!r}; expected letters, digits, '.', '_', '-'.")
    digest = hashlib.sha256(json.dumps([name, key], sort_keys=True, default=str).encode()).hexdigest()
    return root() / name / digest[:16]


def _whole(path: Path) -> bool:
    """Whether the artifact is there and every file is as its manifest says; a damaged one is removed."""
    if not path.exists():
        return False
    if _seen.get(path) == path.stat().st_mtime and (path / MANIFEST).exists():
        return True
    try:
        check_manifest(path)
    except CorruptError as error:
        warnings.warn(f"{error} It is discarded and built again.", stacklevel=4)
        shutil.rmtree(path)
        return False
    _seen[path] = path.stat().st_mtime
    return True


def check_manifest(path: Path) -> dict:
    """Hold an artifact's files against its manifest and return the manifest.

    Raises CorruptError naming the first file that is missing, or whose SHA-256 differs.
    """
    try:
        manifest = json.loads((path / MANIFEST).read_text())
        expected = dict(manifest["files"])
    except (OSError, ValueError, KeyError) as error:
        raise CorruptError(f"{path} has no readable {MANIFEST} ({error}).") from error
    for name, digest in expected.items():
        file = path / name
        if not file.is_file():
            raise CorruptError(f"{file} is missing, though the manifest lists it.")
        got = sha256(file)
        if got != digest:
            raise CorruptError(f"{file} is damaged: expected SHA-256 {digest[:12]}…, got {got[:12]}….")
    return manifest


def _build(path: Path, name: str, key: dict, build: Callable[[Path], None]) -> None:
    """Build aside and rename into place. The caller holds the lock, so a folder left aside is a dead process's."""
    aside = path.with_name(f".{path.name}.building")
    with disk_errors(f"build {name} in {path.parent}"):
        try:
            if aside.exists():
                shutil.rmtree(aside)
            aside.mkdir()
            build(aside)
            files = {str(f.relative_to(aside)): sha256(f) for f in sorted(aside.rglob("*")) if f.is_file()}
            manifest = {"name": name, "key": key, "files": files}
            write_atomic(aside / MANIFEST, json.dumps(manifest, indent=1, sort_keys=True, default=str))
            os.replace(aside, path)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise
    _seen[path] = path.stat().st_mtime
