"""@exercise("3.1"), hint("3.1"), solution("3.1"): checked as it is defined; the reference stands in where it must."""

from __future__ import annotations

import os
from dataclasses import dataclass

from course_lib.teach import progress
from course_lib.teach.cards import card as find_card
from course_lib.teach.checking.check import STAGES, Result, check
from course_lib.teach.checking.guard import source
from course_lib.teach.show.notices import Notice, code_html, show


@dataclass
class Held:
    """The learner's latest function for an exercise in this kernel, its text, and how the check went."""

    fn: object
    text: str
    result: Result


LATEST: dict[str, Held] = {}
_hints_shown: dict[str, int] = {}


def exercise(card_id: str):
    """Check the decorated function at once; the name is bound to it if right, else to the reference.

    card_id: e.g. "3.1". So a notebook runs from top to bottom whether everything was solved or nothing.
    Raises UnknownIdError for an id that no card has.
    """
    card = find_card(card_id)
    card_id = card.id

    def wrap(fn):
        text = source(fn)
        result = check(card, fn, text)
        LATEST[card_id] = Held(fn, text, result)
        progress.record("attempt", card_id, result.status, result.seconds, stage=result.stage, mistake=result.mistake,
                        known=result.known, ratio=result.ratio, source=text[:20_000])
        show(notice(result))
        return result.fn if result.status == "right" else card.reference
    return wrap


def notice(result: Result) -> Notice:
    """What the learner sees of a Result."""
    about = f"Exercise {result.card_id}"
    call = f'("{result.card_id}")'
    if result.status == "todo":
        return Notice("todo", about, ("The reference stands in, so the notebook runs on. Replace the line that raises "
                                      f"NotImplementedError with your own; `hint{call}` helps to begin.",))
    if result.status == "right":
        return Notice("right", about, (_right(result), f"Next: `compare{call}` puts it beside the reference."),
                      _printed(result))
    count = f"({result.passed[0]} of {result.passed[1]} cases right)"
    blocks = [(label, text) for label, text in result.shows] + _printed(result)
    if result.line and result.code:
        blocks.insert(0, (f"line {result.line}", result.code))
    return Notice("wrong", about, (result.says, f"{_strip(result)} {count}",
                                   f"The reference stands in below. `hint{call}` gives a hint."), blocks)


def _printed(result) -> list[tuple[str, str]]:
    text = result.printed.strip("\n")
    return [("you printed", text if len(text) <= 600 else text[:600] + "\n…")] if text.strip() else []


def _strip(result) -> str:
    """"runs ✓ · shape ✓ · by hand ✗"."""
    done = STAGES.index(result.stage) if result.stage in STAGES else 0
    return " · ".join([f"{name} ✓" for name in STAGES[:done]] + [f"{STAGES[done]} ✗"])


def _right(result) -> str:
    said = f"All {result.passed[1]} cases agree."
    if result.ratio is None or os.environ.get("COURSE_STABLE_OUTPUT"):      # a built notebook shows no times
        return said
    return f"{said} Your function took {result.ratio:.1f}× the reference's time on them."


def hint(card_id: str, number: int | None = None) -> None:
    """Show the next hint of an exercise, or the one with this number (from 1)."""
    card = find_card(card_id)
    card_id, held = card.id, card.hints
    count = _hints_shown.get(card_id, 0) + 1 if number is None else number
    if not 1 <= count <= len(held):
        show(Notice("note", f"Exercise {card_id}", (f"There are {len(held)} hints and you have seen the last. "
                                                    f"`solution(\"{card_id}\")` shows the reference and why it is "
                                                    f"so.",)))
        return
    _hints_shown[card_id] = max(count, _hints_shown.get(card_id, 0))
    progress.record("hint", card_id, number=count)
    more = f"`hint(\"{card_id}\")` again for the next." if count < len(held) else "That was the last one."
    show(Notice("note", f"Exercise {card_id}: hint {count} of {len(held)}", (held[count - 1], more)))


def solution(card_id: str) -> None:
    """Show the reference with its why, and the mistakes that are often made."""
    card = find_card(card_id)
    card_id = card.id
    text = source(card.reference) or "(the source is not available)"
    progress.record("solution", card_id)
    mistakes = "\n".join(f"{mistake.name}: {mistake.says}" for mistake in card.mistakes)
    listed = "".join(f"<li>{Notice('note', m.name, (m.says,))._repr_html_()}</li>" for m in card.mistakes)
    show(Notice("note", f"Exercise {card_id}: the reference", (card.why.strip(),), folded=[
        ("The code", code_html(text), text),
        ("Mistakes that are often made here", f'<ul style="list-style:none;padding:0">{listed}</ul>', mistakes)]))
