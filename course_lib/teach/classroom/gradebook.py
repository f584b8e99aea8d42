"""`course compare … --csv FILE`: a line for each person and exercise, as a spreadsheet or a gradebook reads it."""

from __future__ import annotations

import csv
import io
import re

COLUMNS = ("person", "exercise", "status", "mistake", "seconds", "file")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
# Where the decimal sign is a comma, a spreadsheet divides at semicolons: what follows one there begins a cell.
DIVIDED = re.compile(r"""([;,|]["'\s]*)(?=[=+\-@|%＝＋－＠])""")


def gradebook(results) -> str:
    """The CSV text of ClassResults: RFC 4180, UTF-8 with a byte-order mark so that spreadsheets know it.

    status is right, wrong, todo, "not in the notebook", or "left out" for a file that was not read, whose reason then
    stands under mistake. seconds: of the check, as its own process tells it.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    left_out = by_person(results.reading.problems)
    for person in results.reading.people:
        for card_id in results.card_ids:
            row = results.rows.get((person, card_id), {"status": "not in the notebook"})
            seconds = f"{row['seconds']:.2f}" if row.get("seconds") else ""
            _write(writer, person, card_id, row["status"], row.get("mistake", ""), seconds, row.get("notebook", ""))
        for file, why in left_out.get(person, ()):
            _write(writer, person, "", "left out", why, "", file)
    return "\ufeff" + out.getvalue()


def by_person(told: list[tuple[str, str, str]]) -> dict[str, list[tuple[str, str]]]:
    """person -> (file, word) of a reading's problems or notes, in their order."""
    found: dict[str, list[tuple[str, str]]] = {}
    for person, file, word in told:
        found.setdefault(person, []).append((file, word))
    return found


def _write(writer, *cells) -> None:
    writer.writerow([safe(cell) for cell in cells])


def safe(cell) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe before what would begin one; controls made visible.

    >>> safe("=cmd()"), safe("ann;=cmd()")
    ("'=cmd()", "ann;'=cmd()")
    """
    text = "".join(sign if sign.isprintable() else "�" for sign in str(cell)[:500])
    text = DIVIDED.sub(r"\1'", text)
    return f"'{text}" if text.lstrip().startswith(FORMULA) or str(cell).startswith(FORMULA) else text
