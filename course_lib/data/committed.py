"""Data sets that stand in the clone: compact Parquet files below data/, checked by SHA-256 before use.

They need no host, no mirror and no cache, and a checkout that cannot be written to is enough. `data/make_compact.py`
makes them; data/README.md says of what, and under which terms.
"""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path

import pandas as pd

from course_lib.contracts import CorruptError, DataError

CLONE = Path(__file__).resolve().parents[2]
FILES = {
    "movietweetings": {
        "ratings.parquet": "f1076082582201cf574e1a6ccd77d04ec9feeb207899b949383ae4f3fd4778cf",
        "films.parquet": "2373ba74d4405b3dac005d1192816a7a72d09f3f6b0b414d6c8a4df9c6dedb66"},
    "online_retail": {
        "lines.parquet": "a5cdb8ea56a15a65b571c9bc2c8c68d06b59f692415f0285df72c69a1d0774d6",
        "orders.parquet": "f6747166b8d9adb2258ec633cfd4a73b3d7f6cfca2380db06a741d5dcf66f43b",
        "articles.parquet": "9686e593d3db868c8c52f0ecc348548249802017bffbeff8fd303e7289803334"},
}


def in_clone() -> bool:
    """Whether this package runs out of a clone of the course, where every copy has to be."""
    return (CLONE / "pyproject.toml").is_file() and (CLONE / "data").is_dir()


def available(name: str) -> bool:
    """Whether all files of this data set are in the clone or the mirror; their checksums are not looked at."""
    return any(all((folder / file).is_file() for file in FILES[name]) for folder in _places(name))


def read(name: str) -> dict[str, pd.DataFrame]:
    """The tables of a data set of FILES, by file name without its ending.

    Looked for in data/<name>/ of the clone; where there is no clone, in <name>/ of COURSE_DATA_MIRROR.
    Raises DataError where a file is missing or cannot be read, CorruptError where its SHA-256 is another; both name
    the file and how to get it back.
    """
    folder = next(iter(_places(name)), None)
    if folder is None:
        raise DataError(f"{name} stands in the course's clone (data/{name}/), and this installation has no clone. "
                        f"Run the course from a clone, or set COURSE_DATA_MIRROR to the folder data/ of one.")
    return {file.removesuffix(".parquet"): pd.read_parquet(io.BytesIO(_checked(folder / file, digest)))
            for file, digest in FILES[name].items()}


def _places(name: str) -> list[Path]:
    """Folders that may hold the data set: the clone's alone where there is a clone, else the mirror's."""
    if in_clone():
        return [CLONE / "data" / name]
    mirror = os.environ.get("COURSE_DATA_MIRROR")
    return [Path(mirror) / name] if mirror and (Path(mirror) / name).is_dir() else []


def _checked(path: Path, digest: str) -> bytes:
    """The file's bytes, if their SHA-256 is `digest`."""
    remedy = (f"Put it back: git checkout -- {path.relative_to(CLONE).as_posix()} (in {CLONE})."
              if path.is_relative_to(CLONE) else f"Copy it anew from the folder data/{path.parent.name}/ of a clone.")
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise DataError(f"{path} is missing. {remedy}") from error
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}). Make it readable. {remedy}") from error
    got = hashlib.sha256(content).hexdigest()
    if got != digest:
        raise CorruptError(f"{path} ({len(content):,} bytes) is damaged or another version: expected SHA-256 "
                           f"{digest[:12]}…, got {got[:12]}…. Nothing of it was used. {remedy}")
    return content
