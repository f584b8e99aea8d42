"""compare("3.1"): the learner's code beside the reference: text, cases, speed, and the effect on what matters."""

from __future__ import annotations

import os

from course_lib.teach import progress
from course_lib.teach.cards import card as find_card
from course_lib.teach.checking.case_runs import agrees, collect, dressed, isolated
from course_lib.teach.checking.check import speed_ratio
from course_lib.teach.checking.guard import attempt
from course_lib.teach.checking.speed import realistic_speed
from course_lib.teach.checking.texts import difference, source
from course_lib.teach.definitions.card import Card
from course_lib.teach.show.notices import Notice, code_html, show


def compare(card_id: str) -> None:
    """Put the learner's latest function for an exercise beside the reference.

    Shown are: which cases agree, the time against the reference's on the same cases, the effect on the stage's own
    metric with its interval (same data, same seed, also for a wrong function: what the mistake would have cost), and
    both texts with their difference, once the function is right or `solution` was asked for. Raises UnknownIdError for
    an id that no card has.
    """
    from course_lib.teach.checking.exercises import LATEST

    card = find_card(card_id)
    card_id, held = card.id, LATEST.get(card.id)
    about = f"Exercise {card_id}: yours and the reference"
    if held is None or held.result.status == "todo":
        show(Notice("todo", about, ("There is nothing of yours to compare yet: write the function and run its cell.",)))
        return
    runs = collect(card, held.fn, card.seconds)
    blocks = [("cases", cases_text(card, runs)), ("speed", speed_text(card, held.fn, held.result.status == "right"))]
    blocks += [("effect", effect_text(card, isolated(dressed(held.fn, runs))))] if card.effect else []
    progress.record("compare", card_id, held.result.status)
    if held.result.status != "right" and not progress.events("solution", card_id):
        blocks += [("texts", f"the reference is shown once yours is right, or after solution(\"{card_id}\")")]
        show(Notice("note", about, (), blocks))
        return
    ours = source(card.reference)
    show(Notice("note", about, (), blocks, [
        ("Side by side", side_by_side(held.text, ours), ""),
        ("Difference of the texts", code_html(difference(held.text, ours)), difference(held.text, ours))]))


def cases_text(card: Card, runs) -> str:
    """How many cases agree, and the names of up to eight that do not."""
    failed = [run.case.name for run in runs if not agrees(card, run)]
    listed = failed[:8] + [f"… and {len(failed) - 8} more"] * (len(failed) > 8)
    return "\n".join([f"{len(runs) - len(failed)} of {len(runs)} agree", *(f"✗ {name}" for name in listed)])


def speed_text(card: Card, fn, right: bool) -> str:
    """ "1.3× the reference's time on the check's cases", and at a realistic size where the card has one."""
    if not right:
        return "not timed: only a right function is"
    if os.environ.get("COURSE_STABLE_OUTPUT"):              # a built notebook shows no times
        return "not timed while a notebook is built"
    small = f"{speed_ratio(card, fn):.1f}× the reference's time on the check's cases, which are small"
    large = realistic_speed(card, fn)
    return f"{small}\n{large}" if large else small


def effect_text(card: Card, fn) -> str:
    """The stage's own metric with the learner's function and with the reference."""
    rows = []
    for name, function in (("yours", fn), ("reference", card.reference)):
        got = attempt(lambda function=function: card.effect(function), function, 60.0)
        problem = f"cannot be measured: {type(got.error).__name__}: {got.error}" if got.error else ""
        rows.append((name, got.value, problem))
    what = (card.effect.__doc__ or "").strip().partition("\n")[0]
    lines = [what] * bool(what) + [f"{name}: {problem or value}" for name, value, problem in rows]
    ends = [value for _, value, problem in rows if not problem and hasattr(value, "low")]
    if len(ends) == 2:
        apart = ends[0].high < ends[1].low or ends[1].high < ends[0].low
        same = float(ends[0].value) == float(ends[1].value)
        lines.append("the same" if same else "the intervals lie apart: the difference counts" if apart else
                     "the intervals overlap: no difference that this data can show")
    return "\n".join(lines)


def side_by_side(mine: str, ours: str) -> str:
    """Both texts in two columns, as HTML."""
    cells = "".join(f'<td style="vertical-align:top;text-align:left;width:50%"><b>{label}</b>{code_html(text)}</td>'
                    for label, text in (("yours", mine), ("reference", ours)))
    return f'<table style="width:100%;table-layout:fixed"><tr>{cells}</tr></table>'
