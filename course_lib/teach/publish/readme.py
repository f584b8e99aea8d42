"""Writes what README.md shows of the course from the course itself: the lessons, the ledger of claims, two pictures;
and the ledger's own page, solutions/ledger/README.md.

`python -m course_lib.teach.publish.readme --write` refreshes the marked parts; a test fails where they are stale.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import sys
from pathlib import Path

from course_lib.contracts import DataError
from course_lib.teach import cards
from course_lib.teach.ledger import claims, replicates
from course_lib.teach.ledger.further_runs import survived
from course_lib.teach.ledger.ledger_page import page, table_markdown
from course_lib.teach.lessons import ROOT

FUNNEL, LEDGER = "solutions/figures/funnel.png", "solutions/figures/claims.png"
PAGE = "solutions/ledger/README.md"


def _cells(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def _text(cell: dict) -> str:
    return "".join(cell["source"])


def lesson_row(notebook: Path) -> str:
    """One row of the lessons' table: title, minutes, exercises, the two notebooks."""
    prose = [_text(cell) for cell in _cells(notebook) if cell["cell_type"] == "markdown"]
    title = re.search(r"^# (.+)$", prose[0], re.MULTILINE)
    if title is None:
        raise DataError(f"{notebook.name} does not begin with a heading '# NN Title'; its source has to.")
    minutes = re.search(r"^\| Minutes \| (\d+)", prose[0], re.MULTILINE)
    if minutes is None:
        raise DataError(f"{notebook.name} has no row '| Minutes | N' in its first cell; its source has to.")
    exercises = len(cards.exercises_of(notebook.stem[:2]))
    return (f"| [{title[1]}](notebooks/{notebook.name}) | {minutes[1]} | {exercises} | "
            f"[read](solutions/{notebook.name}) |")


def lessons_markdown(root: Path = ROOT) -> str:
    """The lessons as a table."""
    head = ["| Lesson | Minutes | Exercises | Solved |", "|---|---:|---:|---|"]
    return "\n".join(head + [lesson_row(path) for path in sorted((root / "notebooks").glob("[0-9][0-9]_*.ipynb"))])


def claims_markdown(root: Path = ROOT) -> str:
    """How the statements came out, in one sentence; the picture and the whole ledger folded below it."""
    entries = [entry for entry in claims.gather(root / "solutions") if entry.rows or entry.replicates]
    shown, changed = sum(claims.counts(entries).values()), sum(bool(entry.claim.history) for entry in entries)
    return "\n".join([
        f"{shown} statements: {claims.in_words(entries)}. A verdict is computed over replicates (the same cells "
        "under other seeds: `course replicate`) and a band that puts the statement into numbers; what fails stays in "
        "the table, and what was run once has no verdict. Bands were to be written blind: for some, a prototype's "
        f"numbers were known, and {changed} were changed, most with their sentence, after an earlier measurement. "
        f"[The ledger]({PAGE}) has a paragraph for each, with every run, and keeps the bands that were given up, with "
        "their dates and the reason.", "",
        "<details><summary>The ledger as a picture</summary>", "", f"![The ledger of claims]({LEDGER})", "",
        "</details>", "",
        "<details><summary>The ledger as a table</summary>", "", table_markdown(entries), "", "</details>"])


def ledger_markdown(root: Path = ROOT) -> str:
    """The ledger's page."""
    folder = root / "solutions" / "ledger"
    table, further = (replicates.read(folder / held.name) for held in (replicates.TABLE, replicates.FURTHER))
    entries = [entry for entry in claims.gather(root / "solutions") if entry.rows or entry.replicates]
    return page(entries, survived=survived(claims.entries_of(table), table, further))


def first_figure(notebook: Path, tag: str) -> bytes:
    """The first PNG stored in the executed cell tagged `tag`. Raises DataError if there is none."""
    for cell in _cells(notebook):
        if tag in cell.get("metadata", {}).get("tags", []):
            for output in cell.get("outputs", []):
                if "image/png" in output.get("data", {}):
                    return base64.b64decode("".join(output["data"]["image/png"]))
    raise DataError(f"{notebook.name} stores no figure in a cell tagged {tag!r}. Run: course build {notebook.stem}")


def filled(text: str, root: Path = ROOT) -> str:
    """README's text with its marked parts made anew. Raises DataError where a marker is missing."""
    for name, make in (("lessons", lessons_markdown), ("claims", claims_markdown)):
        pattern = re.compile(rf"(<!-- {name} -->\n)(?:.*?\n)?(<!-- /{name} -->)", re.DOTALL)
        if not pattern.search(text):
            raise DataError(f"README.md lacks <!-- {name} --> or <!-- /{name} -->; put both markers back.")
        made = make(root)
        text = pattern.sub(lambda match, made=made: match[1] + made + "\n" + match[2], text)
    return text


def write(root: Path = ROOT) -> None:
    """Refresh README.md, its two pictures and the ledger's page from the executed solutions and the replicates."""
    import matplotlib

    matplotlib.use("agg")
    (root / "solutions" / "figures").mkdir(exist_ok=True)
    (root / FUNNEL).write_bytes(first_figure(root / "solutions" / "00_start_here.ipynb", "journey"))
    claims.picture(claims.gather(root / "solutions"), root / LEDGER)
    (root / PAGE).parent.mkdir(exist_ok=True)
    (root / PAGE).write_text(ledger_markdown(root), encoding="utf-8")
    front = root / "README.md"
    front.write_text(filled(front.read_text(encoding="utf-8"), root), encoding="utf-8")


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="course_lib.teach.publish.readme", description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="refresh README.md and its pictures")
    if parser.parse_args(argv).write:
        write()
        return 0
    front, ledger = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", PAGE))
    stale = filled(front) != front or ledger_markdown() != ledger
    print("README.md or the ledger's page is stale; refresh both with --write" if stale else
          "README.md and the ledger's page agree with the course")
    return int(stale)


if __name__ == "__main__":
    sys.exit(main())
