"""A file as a table: encoding and delimiter found out, lines that do not fit left out and named by their numbers."""

from __future__ import annotations

import codecs
import csv
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from course_lib.contracts import DataError

SAMPLE = 1 << 20        # bytes that are looked at to find encoding and delimiter
DELIMITERS = ",;\t|"
LONGEST = 50            # lines that one quoted text may run over before its opening quote is taken for a stray one
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@dataclass
class Broken:
    """Lines that were left out: why → their numbers, the first in the file being 1."""

    lines: dict[str, list[int]] = field(default_factory=dict)

    def add(self, why: str, line: int) -> None:
        self.lines.setdefault(why, []).append(line)

    def sentences(self) -> list[str]:
        return [f"{len(numbers):,} line{'s' * (len(numbers) > 1)} {why}: left out (first: "
                f"{', '.join(map(str, numbers[:3]))})." for why, numbers in self.lines.items()]


def read_table(path, columns: list[str] | None = None) -> tuple[pd.DataFrame, list[str]]:
    """(table, sentences on how the file was read and what was left out).

    path: CSV, TSV or other delimited text (also .gz), whose first line names its columns; or Parquet. columns: those
    that are wanted; None: all. Values of text files stay text, and their index "line" is the number of the line.
    Raises DataError, saying what to do, where the file is missing, empty, of another kind or without a column.
    """
    path = Path(path)
    if path.is_dir() or not path.exists():
        raise DataError(f"{path} is {'a folder' if path.is_dir() else 'not there'}; expected a CSV, TSV or Parquet "
                        f"file. Check the path.")
    kind = Path(path.stem).suffix.lower() if path.suffix.lower() == ".gz" else path.suffix.lower()
    try:
        if kind in (".parquet", ".pq"):
            return _parquet(path, columns)
        if kind in (".xlsx", ".xls", ".zip", ".json", ".jsonl", ".feather", ".sqlite", ".db"):
            raise DataError(f"{path.name} is a {kind} file; expected CSV, TSV or Parquet. Save it as one of these.")
        return _delimited(path, columns)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} cannot be read ({getattr(error, 'strerror', None) or error}). Check the file and that "
                        f"you may read it.") from error


def _parquet(path: Path, columns) -> tuple[pd.DataFrame, list[str]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        names = pq.read_schema(path).names
        _check_names(path, names, columns)
        with_gaps = {kind(): whole() for kind, whole in (
            (pa.int64, pd.Int64Dtype), (pa.uint64, pd.UInt64Dtype))}   # as floats, large ids would be rounded
        return pq.read_table(path, columns=columns).to_pandas(types_mapper=with_gaps.get), []
    except (pa.ArrowException, ValueError) as error:
        raise DataError(f"{path.name} is no whole Parquet file ({str(error).splitlines()[0]:.120}). Write it again, or "
                        f"save the table as CSV.") from error


# --- delimited text -------------------------------------------------------------------------------------------------
def _delimited(path: Path, columns) -> tuple[pd.DataFrame, list[str]]:
    opened = gzip.open if path.suffix.lower() == ".gz" else open
    with opened(path, "rb") as file:
        sample = file.read(SAMPLE)
        encoding, notes = _encoding(path, sample)
        telling = sample
        while telling.isascii() and (more := file.read(SAMPLE)):    # plain so far, which says nothing of what follows
            telling = more
        if telling is not sample and not telling.isascii():
            encoding, notes = _encoding(path, telling)
    delimiter = _delimiter(sample.decode(encoding, "replace"))
    broken = Broken()
    with opened(path, "rt", encoding=encoding, errors="replace", newline="") as file:
        rows = _rows(file, delimiter, broken)
        _, names = next(rows, (1, []))
        names = [name.strip() for name in names]
        _check_names(path, names, columns)
        wanted = [names.index(name) for name in (columns or names)]
        lines, values = [], [[] for _ in wanted]
        for line, row in rows:
            if len(row) != len(names):
                broken.add(f"with another number of fields than the {len(names)} of the first line", line)
                continue
            lines.append(line)
            for column, place in zip(values, wanted, strict=True):
                column.append(row[place])
    table = pd.DataFrame(dict(zip(columns or names, values, strict=True)), index=pd.Index(lines, name="line"),
                         dtype=object)
    if not len(table):
        raise DataError(f"{path.name} has a first line and no row that fits it; expected at least one. "
                        f"{' '.join(broken.sentences())}".strip())
    unreadable = table.map(lambda text: "�" in text).any(axis=1)
    for line in table.index[unreadable]:
        broken.add(f"with characters that are no {encoding.removesuffix('-sig')}", int(line))
    return table[~unreadable], [*notes, *broken.sentences()]


def _rows(file, delimiter: str, broken: Broken) -> Iterator[tuple[int, list[str]]]:
    """(number of the line it begins on, fields) of each row that is not blank; a stray quote costs its line alone."""
    waiting: list[tuple[int, str]] = []                 # lines read ahead for a quoted text
    source = enumerate(file, 1)
    while (entry := waiting.pop(0) if waiting else next(source, None)) is not None:
        number, text = entry
        if not text.strip():
            continue
        if '"' not in text:
            yield number, [field.strip() for field in text.split(delimiter)]
            continue
        held = [entry]
        while text.count('"') % 2 and len(held) < LONGEST:
            following = waiting.pop(0) if waiting else next(source, None)
            if following is None:
                break
            held.append(following)
            text += following[1]
        if text.count('"') % 2:
            broken.add("with a quote that nothing closes", number)
            waiting = held[1:] + waiting
            continue
        try:
            yield number, [field.strip() for field in next(csv.reader(
                [line for _, line in held], delimiter=delimiter, skipinitialspace=True))]
        except (csv.Error, StopIteration):
            broken.add("that cannot be parsed", number)


def _encoding(path: Path, sample: bytes) -> tuple[str, list[str]]:
    """The encoding of text: by its mark, else UTF-8, else Windows' western one where no character is valid UTF-8."""
    if not sample.strip():
        raise DataError(f"{path.name} is empty; expected a first line with the names of columns, and rows.")
    for mark, encoding in MARKS.items():
        if sample.startswith(mark):
            return encoding, []
    if b"\0" in sample[:4096]:
        raise DataError(f"{path.name} is no text; expected CSV, TSV or Parquet. Save it as one of these.")
    foreign = [line for line in sample.split(b"\n")[:-1] or [sample] if not line.isascii()]
    valid = sum(_is_utf8(line) for line in foreign)
    if foreign and not valid:
        return "cp1252", ["The file is no UTF-8: it is read as Windows-1252."]
    return "utf-8", []


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(sample: str) -> str:
    """The one of DELIMITERS that the first line has most of, where most lines have as many; else its most frequent."""
    lines = [line for line in sample.splitlines()[:200] if line.strip()]
    agree = {mark: sum(line.count(mark) == lines[0].count(mark) for line in lines) * bool(lines[0].count(mark))
             for mark in DELIMITERS}
    return max(DELIMITERS, key=lambda mark: (agree[mark], lines[0].count(mark)))


def _check_names(path: Path, names: list[str], columns) -> None:
    for name in columns or names:
        if name not in names:
            near = next((other for other in names if other.lower() == name.lower()), None)
            raise DataError(f"{path.name} has no column {name!r}; it has {', '.join(names)}."
                            + (f" Did you mean {near!r}?" if near else " Name one of these."))
        if names.count(name) > 1:
            raise DataError(f"{path.name} has {names.count(name)} columns {name!r}; expected each name once. Rename "
                            f"one.")
