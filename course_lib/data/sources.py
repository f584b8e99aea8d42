"""Where real data comes from: a mirror first, then its public home; checked by SHA-256 before a byte is read."""

from __future__ import annotations

import http.client
import importlib.util
import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from course_lib.contracts import CorruptError, DataError
from course_lib.data.cache import disk_errors, sha256

TIMEOUT_S = 20  # a host that says nothing for so long counts as one that cannot be reached


@dataclass(frozen=True)
class Source:
    """One data set's home: what it holds, its terms, the files it is made of with their SHA-256.

    folder: its folder in a mirror. package: the PyPI requirement whose wheel carries it, if one does.
    urls: file -> public address, if it has one of its own.
    """

    name: str
    holds: str
    terms: str
    folder: str
    files: dict[str, str]
    package: str = ""
    urls: dict[str, str] = field(default_factory=dict)

    def remedy(self) -> str:
        """One sentence: how to get it."""
        files = " and ".join(self.files)
        return (f"Connect to the network once and run `python -m course_lib data {self.name}`, or put {files} into a "
                f"folder {self.folder}/ of any directory and set COURSE_DATA_MIRROR to that directory.")


_TWEETINGS = "https://raw.githubusercontent.com/sidooms/MovieTweetings/master/snapshots/100K/"
_UPWORTHY = "https://github.com/elilk2/Upworthy-Analysis-Project/raw/5ff635b1/data/processed/"
SOURCES = {source.name: source for source in (
    Source("ml100k", "MovieLens 100K: 100,000 timestamped ratings, 943 users, 1,682 films, genres",
           "research use, no redistribution", "ml-100k",
           {"recbole-1.2.1-py3-none-any.whl": "9c9948202011f37eb0a7c6768129313f00d6403ad221ec940d5e2d5d5f33a407"},
           package="recbole==1.2.1"),
    Source("open_bandit", "Open Bandit sample: 60,000 impressions under two policies, with propensities",
           "Apache-2.0 (the package that carries it)", "open-bandit",
           {"obp-0.4.1-py3-none-any.whl": "87dec9caf4283c25ab13036532e0a24566f1c7bdcad1653a8ded43b2f5ef8208"},
           package="obp==0.4.1"),
    Source("movietweetings", "MovieTweetings 100K: 100,000 timestamped ratings, 16,554 users, 10,506 films",
           "MIT", "movietweetings-100k",
           {"ratings.dat": "c0dd868c2632d10002ebc928ddc5345f33adeaa59eca52c2941c26a2c5e36fd6",
            "movies.dat": "e63fb84bc734e3c574f135634a40d3cbafab22b8f94f5fc0b80f80d1d2076efc"},
           urls={"ratings.dat": _TWEETINGS + "ratings.dat", "movies.dat": _TWEETINGS + "movies.dat"}),
    Source("upworthy", "Upworthy archive, exploratory part: 22,666 arms of 4,873 headline tests",
           "research and teaching", "upworthy-exploratory",
           {"upworthy_clean.parquet": "91d1d583e267dbd9b4bb3641eb764245e61013deea99a651bdd129376df24782"},
           urls={"upworthy_clean.parquet": _UPWORTHY + "upworthy_clean.parquet"}),
)}


@contextmanager
def files_of(source: Source) -> Iterator[dict[str, Path]]:
    """The source's files, checked, as {file name: path}; what had to be downloaded is gone when the block ends.

    Raises DataError where neither mirror nor public home answers; CorruptError where a checksum differs.
    """
    with _folder(source) as folder:
        paths = {}
        for name, digest in source.files.items():
            path = _in_mirror(source, name)
            if path is None:
                with disk_errors(f"download {source.name}"):
                    path = _download(source, name, Path(folder))
            paths[name] = check(path, digest, source)
        yield paths


def _folder(source: Source) -> tempfile.TemporaryDirectory:
    with disk_errors(f"make a temporary folder to download {source.name} to"):
        return tempfile.TemporaryDirectory(prefix="course-data-", ignore_cleanup_errors=True)


def check(path: Path, digest: str, source: Source) -> Path:
    """path, if its SHA-256 is digest; else CorruptError with both, its size and the remedy. DataError if unreadable."""
    try:
        got = sha256(path)
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}). Make it readable, or get it again. "
                        f"{source.remedy()}") from error
    if got != digest:
        raise CorruptError(f"{path.name} ({path.stat().st_size:,} bytes, from {path.parent}) is damaged or cut short: "
                           f"expected SHA-256 {digest[:12]}…, got {got[:12]}…. Nothing of it was used. Delete it and "
                           f"get it again. {source.remedy()}")
    return path


def read_member(wheel: Path, member: str) -> bytes:
    """One file out of a wheel, in memory: nothing is installed, nothing unpacked. CorruptError if it is not there."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            return archive.read(member)
    except (zipfile.BadZipFile, KeyError, EOFError) as error:
        raise CorruptError(f"{wheel.name} holds no readable {member} ({error}). Delete the file and get it "
                           f"again.") from error


def in_mirror(source: Source) -> bool:
    """Whether COURSE_DATA_MIRROR holds all files of the source; they are not checked yet."""
    try:
        return all(_in_mirror(source, name) for name in source.files)
    except DataError:
        return False


def _in_mirror(source: Source, name: str) -> Path | None:
    """The file in COURSE_DATA_MIRROR, in the source's folder or at the top; None where it is not there."""
    mirror = os.environ.get("COURSE_DATA_MIRROR")
    if not mirror:
        return None
    if not Path(mirror).is_dir():
        raise DataError(f"COURSE_DATA_MIRROR is {mirror!r}, which is not a folder. Set it to a folder that holds "
                        f"{source.folder}/, or unset it.")
    places = (Path(mirror) / source.folder / name, Path(mirror) / name)
    return next((place for place in places if place.is_file()), None)


def _download(source: Source, name: str, folder: Path) -> Path:
    return _from_pypi(source, name, folder) if source.package else _from_url(source, name, folder)


def _from_pypi(source: Source, name: str, folder: Path) -> Path:
    """The wheel, by pip's own download: it knows the user's index, proxy and certificates."""
    if importlib.util.find_spec("pip") is None:
        raise DataError(f"{source.name} ({source.holds}) comes out of a wheel that pip downloads, and this Python has "
                        f"no pip. Run `python -m ensurepip`. {source.remedy()}")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-color", "--disable-pip-version-check",
               "--no-deps", "--only-binary=:all:", "--retries=1", "--timeout=30", f"--dest={folder}", source.package]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace")
    if done.returncode or not (folder / name).is_file():
        said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines()
        full = "No space left" in done.stderr
        raise DataError(f"Could not get {source.name} ({source.holds}): pip could not download {source.package}"
                        f"{', the disk is full' if full else ''}. pip says: {said[-1] if said else 'nothing'} "
                        f"{'Free some space.' if full else source.remedy()}")
    return folder / name


def _from_url(source: Source, name: str, folder: Path) -> Path:
    url = source.urls[name]
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer, open(folder / name, "wb") as file:
            while block := answer.read(1 << 20):
                file.write(block)
    except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
        raise DataError(f"Could not get {source.name} ({source.holds}) from {url}: {error}. "
                        f"{source.remedy()}") from error
    return folder / name
