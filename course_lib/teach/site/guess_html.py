"""A prediction on a page: a field for the reader's guess, and what the stored run measured, which guess.js compares."""

from __future__ import annotations

import html
import json
import math
import re

from course_lib.teach.cards import claim as find_claim
from course_lib.teach.ledger.guesses import scale_of
from course_lib.teach.ledger.verdict import MIME, Row

ABOUT = re.compile(r'class="course-notice" data-about="Prediction (\d+\.\w+)" data-status="todo"')
DOTS = re.compile(r"<div[^>]*>Replace the dots[^<]*</div>")          # for whoever has a cell to run
HINT = "A number, or a range you are 80% sure of, such as 5 to 50."


def measured_rows(outputs) -> dict[str, list[Row]]:
    """{"4.suppress": rows} of what a notebook's outputs measured, in order; a row measured again counts once, last."""
    found: dict[str, dict] = {}
    for output in outputs:
        held = output.get("data", {}).get(MIME)
        if held is None:
            continue
        row = Row.of(json.loads("".join(held)) if isinstance(held, str | list) else held)
        found.setdefault(row.claim, {})[row.on, str(row.at)] = row
    return {claim: list(rows.values()) for claim, rows in found.items()}


def guess_form(markup: str, rows: dict[str, list[Row]]) -> str:
    """The form that follows a stored "no guess yet"; "" after any other output, or where nothing was measured for it.

    markup: the output's HTML. rows: as `measured_rows` gives them. The form stays hidden where no script shows it.
    """
    about = ABOUT.search(markup)
    if about is None or not rows.get(about[1]):
        return ""
    claim = find_claim(about[1])
    name = f"guess-{about[1].replace('.', '-')}"
    held = {"claim": claim.id, "scale": scale_of(claim), "ends": [_finite(end) for end in claim.expected],
            "rows": [_kept(row, len(rows[about[1]]) > 1) for row in rows[about[1]]]}
    unit = f" ({claim.unit})" if claim.unit else ""
    return (f'<form class="guess" hidden data-held="{html.escape(json.dumps(held))}">'
            f'<label for="{name}">Your guess for {claim.id}{html.escape(unit)}</label> '
            f'<input id="{name}" type="text" autocomplete="off" aria-describedby="{name}-hint"> '
            f'<button type="submit">Compare with the run</button> <span class="quiet" id="{name}-hint">{HINT}</span>'
            '<div role="status"></div></form>')


def _kept(row: Row, several: bool) -> dict:
    """What the page keeps of a row. where: what tells it from the claim's other rows, "" where it is the only one."""
    at = "" if math.isnan(row.at) else f", at {row.at:g}"
    return {"where": f"On {row.on}{at}: " if several else "", "value": row.value, "low": _finite(row.low),
            "high": _finite(row.high)}


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
