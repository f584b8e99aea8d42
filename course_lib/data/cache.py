"""A cache that is never half-written: built aside, locked, checksummed, renamed; built again when it is not whole.

What is there and whole is used without writing or locking anything, so a shared cache may be read-only.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from course_lib.contracts import ArgumentError, CorruptError, DataError
from course_lib.data import disk
from course_lib.data.disk import Busy, locked, sha256, sweep_parts, write_atomic
from course_lib.data.stored import check_file, sealed, unsealed

__all__ = ["artifact", "artifact_path", "check_manifest", "disk_errors", "root", "sha256", "write_atomic"]

MANIFEST = "MANIFEST.json"


def disk_errors(doing: str):
    """disk.disk_errors for what is written below the cache's folder: the remedy names COURSE_CACHE."""
    return disk.disk_errors(doing, "set COURSE_CACHE to a folder on another disk that you may write to")


def root() -> Path:
    """Folder of everything that can be fetched or built again; made if absent.

    COURSE_CACHE if set, else data/cache of the checkout, else ~/.cache/recsys-course.
    Raises DataError where it cannot be made.
    """
    checkout = Path(__file__).resolve().parents[2]
    if os.environ.get("COURSE_CACHE"):
        path = Path(os.path.expanduser(os.environ["COURSE_CACHE"]))
    elif (checkout / "pyproject.toml").exists() and (checkout / "data").is_dir():
        path = checkout / "data" / "cache"
    else:
        path = Path.home() / ".cache" / "recsys-course"
    try:
        with disk_errors(f"make the cache folder {path}"):
            path.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError, FileNotFoundError) as error:
        raise DataError(f"The cache folder {path} cannot be made ({error.strerror}): a file, or a link to nowhere, "
                        f"stands in its way. Set COURSE_CACHE to a folder.") from error
    return path


def artifact(name: str, key: dict, build: Callable[[Path], None]) -> Path:
    """Folder of what build makes for this key: built once, by one process at a time, and checked before it is used.

    name: letters, digits, ".", "_", "-"; what it is ("towers"). key: all that the content depends on (code version,
    data checksum, seed), JSON-able: another key is another artifact. build(folder): writes files into an empty folder.
    Returns the folder. A process that is killed leaves nothing that is ever returned, and what it left is swept by the
    next that builds; one that waits for another's build gets that build. A corrupt artifact is replaced with a warning.
    Raises ArgumentError for a bad name; DataError where the disk is full, or where something has to be built and the
    cache cannot be written to; whatever build raises, after cleaning up.
    """
    path = artifact_path(name, key)
    fault = _fault(path, name, key)
    if not fault:
        return path
    with disk_errors(f"build {name} in {path.parent} ({fault})"):
        path.parent.mkdir(parents=True, exist_ok=True)
        with locked(path.with_name(f".{path.name}.lock")):
            fault = _fault(path, name, key)  # another process may have built it meanwhile
            if fault:
                if path.exists():
                    warnings.warn(f"{fault} It is discarded and built again.", stacklevel=2)
                _sweep()
                _build(path, name, key, build)
    return path


def artifact_path(name: str, key: dict) -> Path:
    """Where the artifact of this name and key stands or would stand; it exists only when it is whole."""
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", name):
        raise ArgumentError(f"artifact name is {name!r}; expected letters, digits, '.', '_', '-'.")
    digest = hashlib.sha256(json.dumps([name, key], sort_keys=True, default=str).encode()).hexdigest()
    return root() / name / digest[:16]


def _fault(path: Path, name: str, key: dict) -> str:
    """What is wrong with the artifact, "" where it is whole."""
    if not path.exists():
        return "it is not there yet"
    try:
        manifest = check_manifest(path)
    except CorruptError as error:
        return str(error).strip()
    if (manifest["name"], manifest["key"]) != (name, json.loads(json.dumps(key, default=str))):
        return f"{path} holds {manifest['name']} for another key; files were swapped."
    return ""


def check_manifest(path: Path) -> dict:
    """Hold an artifact's files against its manifest and return the manifest.

    A file is read once a process, for as long as its times and size stay what they are.
    Raises CorruptError naming the first file that is missing, or whose SHA-256 differs.
    """
    manifest = unsealed(path / MANIFEST, {"name": str, "key": dict, "files": dict}, "")
    for name, digest in manifest["files"].items():
        check_file(path / name, digest, "")
    return manifest


def _build(path: Path, name: str, key: dict, build: Callable[[Path], None]) -> None:
    """Build aside and rename into place. The caller holds the lock, so a folder left aside is a dead process's.

    What stood at path is damaged; it goes when its successor is whole, for that may need a network.
    """
    aside = path.with_name(f".{path.name}.building")
    try:
        if aside.exists():
            shutil.rmtree(aside)
        aside.mkdir()
        build(aside)
        files = {f.relative_to(aside).as_posix(): sha256(f) for f in sorted(aside.rglob("*")) if f.is_file()}
        write_atomic(aside / MANIFEST, sealed({"name": name, "key": key, "files": files}))
        if path.exists():
            shutil.rmtree(path)
        os.replace(aside, path)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise


def _sweep() -> None:
    """Remove what killed processes left anywhere in the cache; what a living one is building, it holds the lock of."""
    for left in [*root().glob("*/.*.building"), *root().glob("*/.*.lock")]:
        with suppress(Busy, OSError), locked(left.with_suffix(".lock"), timeout_s=0):
            shutil.rmtree(left.with_suffix(".building"), ignore_errors=True)
    for folder in root().iterdir():
        if folder.is_dir():
            sweep_parts(folder)
