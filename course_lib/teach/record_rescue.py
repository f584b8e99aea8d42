"""Events out of a damaged SQLite file: every page is searched for rows, whatever tables and trees say of it.

Source: https://www.sqlite.org/fileformat2.html, sections 1.6 (B-tree pages), 1.5 (overflow) and 2.1 (records).
Departs: only leaf pages of the one table are understood; a row counts if its seal is right.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from pathlib import Path

_SIZES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}  # serial type of a whole number -> its bytes
_MOST_CELLS = 600


def rows_of(file: Path, is_row: Callable[[tuple], bool]) -> dict[int, tuple]:
    """All rows that can be found in the file and in its write-ahead log: {rowid: values}, the later winning.

    is_row: of (rowid, *values), whether it is one of ours; everything else is passed over.
    """
    data = file.read_bytes()
    wal = Path(f"{file}-wal")
    frames = wal.read_bytes() if wal.exists() else b""
    best: dict[int, tuple] = {}
    for size in dict.fromkeys([_page_size(data), 4096]):
        found = {}
        pages = [data[start:start + size] for start in range(0, len(data), size)]
        for number, page in enumerate(pages):
            found |= _rows(page, 100 if number == 0 else 0, pages, size, is_row)
        for start in range(32, len(frames), size + 24):
            page = frames[start + 24:start + 24 + size]
            found |= _rows(page, 100 if page.startswith(b"SQLite") else 0, pages, size, is_row)
        best = max(best, found, key=len)
    return best


def _page_size(data: bytes) -> int:
    size = int.from_bytes(data[16:18], "big")
    size = 65536 if size == 1 else size
    return size if size in {2**power for power in range(9, 17)} else 4096


def _rows(page: bytes, at: int, pages, size: int, is_row) -> dict[int, tuple]:
    found = {}
    for slot in range(_MOST_CELLS):
        where = int.from_bytes(page[at + 8 + 2 * slot:at + 10 + 2 * slot], "big")
        if not at + 8 < where < len(page):
            break
        try:
            row = _cell(page, where, pages, size)
        except (IndexError, KeyError, ValueError, struct.error):
            continue
        if is_row(row):
            found[row[0]] = row
    return found


def _cell(page: bytes, where: int, pages, size: int) -> tuple:
    """(rowid, *values) of the cell that begins at `where`."""
    length, where = _varint(page, where)
    rowid, where = _varint(page, where)
    if length > 10_000_000:
        raise ValueError("no such payload")
    most, least = size - 35, (size - 12) * 32 // 255 - 23
    if length <= most:
        return rowid, *_values(page[where:where + length])
    local = least + (length - least) % (size - 4)
    local = local if local <= most else least
    payload, follow = page[where:where + local], page[where + local:where + local + 4]
    for _ in range(length // (size - 4) + 1):
        if len(payload) >= length:
            break
        more = pages[int.from_bytes(follow, "big") - 1]
        payload, follow = payload + more[4:size], more[:4]
    return rowid, *_values(payload[:length])


def _values(payload: bytes) -> Iterator:
    end, at = _varint(payload, 0)
    types = []
    while at < end:
        kind, at = _varint(payload, at)
        types.append(kind)
    for kind in types:
        size = _SIZES.get(kind, 8 if kind == 7 else (kind - 12) // 2 if kind >= 12 else 0)
        raw = payload[at:at + size]
        if len(raw) < size or kind in (10, 11):
            raise ValueError("cut short")
        at += size
        yield (None if kind == 0 else struct.unpack(">d", raw)[0] if kind == 7 else kind - 8 if kind in (8, 9)
               else int.from_bytes(raw, "big", signed=True) if kind < 7
               else raw.decode("utf-8") if kind % 2 else raw)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """The number that begins at `at`, of up to nine bytes, and where the next begins."""
    value = 0
    for number in range(9):
        byte = data[at + number]
        if number == 8:
            return value << 8 | byte, at + 9
        value = value << 7 | byte & 127
        if byte < 128:
            return value, at + number + 1
    raise ValueError
