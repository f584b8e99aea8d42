"""The ledger for a page on which it is filtered and sorted: an item a statement, its drawings, its paragraph."""

from __future__ import annotations

from dataclasses import dataclass

from course_lib.teach import lessons
from course_lib.teach.definitions.claim import DIAL, IDENTITY
from course_lib.teach.ledger.dials import curve
from course_lib.teach.ledger.ledger_page import paragraph, place_text
from course_lib.teach.ledger.verdict import band_text, without_numbers
from course_lib.teach.site.prose_html import to_html
from course_lib.teach.site.replicate_svg import curve_svg, strip_svg

SIGNS = {"holds": "✓", "does not hold": "✗", "turns …": "↷", "depends on …": "±", "depends": "±"}


@dataclass
class LedgerItem:
    """One statement. anchor: its name, such as "negatives.masking". sort: a verdict's word alone, for filters; verdict:
    as it is shown. places: (where, what came out, drawing as SVG or ""). more: the ledger's paragraph as HTML."""

    anchor: str
    lesson: str
    says: str
    kind: str
    verdict: str
    sort: str
    sign: str
    expected: str
    places: list[tuple[str, str, str]]
    more: str


def items(entries) -> list[LedgerItem]:
    """All statements that were measured, and those that are true by construction, in the order of the lessons."""
    shown = [entry for entry in entries if entry.rows or entry.replicates or entry.claim.kind == IDENTITY]
    return [_item(entry) for entry in sorted(shown, key=lambda entry: entry.claim.lesson)]


def _item(entry) -> LedgerItem:
    claim, said = entry.claim, entry.verdict
    sort = verdict_word(said.text)
    measured = claim.kind != IDENTITY
    return LedgerItem(lessons.kept(claim.id), claim.lesson, claim.says, claim.kind, said.text, sort, _sign(sort),
                      band_text(claim), _places(entry) if measured else [],
                      to_html(paragraph(entry).partition("\n\n")[2]) if measured else "")


def verdict_word(text: str) -> str:
    """A verdict without its numbers: "turns …" for "turns between 0.2 and 0.4", "not yet replicated" for "3 of 10
    runs, …"."""
    text = without_numbers(text)
    return "not yet replicated" if text.endswith("not yet replicated") else text


def _sign(sort: str) -> str:
    return next((sign for word, sign in SIGNS.items() if sort.startswith(word)), "·")


def _places(entry) -> list[tuple[str, str, str]]:
    """What came out at every place, in words and drawn."""
    claim, found = entry.claim, []
    for on, rows in entry.places.items():
        own = [row for row in entry.rows if row.on == on]
        told = place_text(entry, on)
        words = f"{claim.says} On {on}: {told}. Expected: {band_text(claim)}."
        if claim.kind == DIAL:
            drawn = curve_svg(claim, curve(rows or own), words)
        else:
            drawn = strip_svg(claim, rows, own[-1].value if own else None, words)
        found.append((on, told, drawn))
    return found
