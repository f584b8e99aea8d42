"""The notices of measurements in executed notebooks, kept in step with the ledger.

A notice shows one run among the replicates. The run stays as it was executed; what is said of the others changes with
their table, with a statement's words and with the rules of judging, so it is written again from the row that the
notebook keeps. `python -m course_lib.teach.publish.measured_notices` says which are behind; --write mends them.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import nbformat

from course_lib.teach.ledger import replicates
from course_lib.teach.ledger.predictions import kept, notice_of
from course_lib.teach.ledger.replicates import Replicates
from course_lib.teach.ledger.verdict import MIME, Row
from course_lib.teach.lessons import ROOT
from course_lib.teach.publish.build import dumps, write


def renew(notebook: nbformat.NotebookNode, table: Replicates) -> int:
    """Write each notice of a measurement again, in place. Returns how many now say something else.

    Raises DataError for a row that is none, UnknownIdError for a statement that no lesson has.
    """
    rows, changed = {}, 0
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if MIME in data:
                held = data[MIME]
                row = Row.of(json.loads(held) if isinstance(held, str) else dict(held))
                notice = notice_of(row, kept(rows, row), table.of(row.claim))
                said = {"text/plain": repr(notice), "text/html": notice._repr_html_()}
                changed += any(data.get(kind) != text for kind, text in said.items())
                data.update(said)
    return changed


def behind(folder: Path = ROOT / "solutions", mend: bool = False) -> dict[str, int]:
    """{notebook: notices that say something else than the ledger}, of the executed notebooks in a folder. mend: also
    write them again."""
    table, found = replicates.read(folder / "ledger" / replicates.TABLE.name), {}
    for path in sorted(folder.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        changed = renew(notebook, table)
        if changed:
            found[path.name] = changed
        if changed and mend:
            write(path, dumps(notebook))
    return found


def main(argv: list[str] | None = None) -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m course_lib.teach.publish.measured_notices",
                                     description="Hold the notices of executed notebooks against the ledger.")
    parser.add_argument("--write", action="store_true", help="write them again where they differ")
    wanted = parser.parse_args(argv).write
    found = behind(mend=wanted)
    for name, changed in found.items():
        print(f"{name}: {changed} notices {'written again' if wanted else 'say something else than the ledger'}")
    return 0 if wanted or not found else 1


if __name__ == "__main__":
    raise SystemExit(main())
