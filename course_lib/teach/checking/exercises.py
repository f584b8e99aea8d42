"""@exercise("3.1"), hint("3.1"), solution("3.1"): checked as it is defined; the reference stands in where it must."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace

from course_lib.teach import progress
from course_lib.teach.cards import card as find_card
from course_lib.teach.cards.kinds import kind_for
from course_lib.teach.checking.case_runs import collect
from course_lib.teach.checking.check import STAGES, Result, check
from course_lib.teach.checking.one_change import one_change
from course_lib.teach.checking.speed import realistic_speed
from course_lib.teach.checking.texts import function_text, how_written, same_code, source
from course_lib.teach.definitions.card import Card
from course_lib.teach.show.notices import Notice, code_html, code_marks, show


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
        kind = kind_for(card, result.mistake, result.known) if result.mistake else ""
        progress.record("attempt", card_id, result.status, result.seconds, stage=result.stage, mistake=result.mistake,
                        mistake_kind=kind, known=result.known, ratio=result.ratio, source=text[:20_000])
        show(passed(card, result, fn, text) if result.status == "right" else notice(result))
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


def passed(card: Card, result: Result, fn, text: str) -> Notice:
    """What the learner sees of a right function: the speed, and folded the why and another right solution."""
    shown = notice(result)
    speed = realistic_speed(card, fn)
    says = (shown.says[0], str(speed) if speed else "", *shown.says[1:])
    folded = [("Why it is so", code_marks(card.why.strip()), card.why.strip())]
    return replace(shown, says=says, folded=folded + another_solution(card, text))


def another_solution(card: Card, text: str) -> list[tuple[str, str, str]]:
    """The card's alternative, with a line on how it is written; the reference where the learner wrote the alternative.

    Empty where neither text can be had or both are the learner's own.
    """
    for other in (card.alternative, card.reference):
        code = function_text(other)
        if code and not same_code(code, text):
            line = how_written(code, text)
            says = f"<div>{code_marks(line)}</div>" if line else ""
            return [("Another right solution", says + code_html(code), f"{line}\n{code}".strip())]
    return []


WARNED = re.compile(r"^\S.*:\d+: \w*Warning: .*\n?(?:^[ \t]+.*\n?)?", re.MULTILINE)       # "<cell>:5: …\n  the line"


def _printed(result) -> list[tuple[str, str]]:
    """What the learner's function printed, and of what Python warned while it ran, each under its own name."""
    warned = "".join(found.group() for found in WARNED.finditer(result.printed))
    if warned and result.status == "right":                 # such as 0 / 0 where the right answer is NaN
        warned += "Your answers are right all the same."
    told = {"you printed": WARNED.sub("", result.printed), "Python warned": warned}
    texts = {label: text.strip("\n") for label, text in told.items() if text.strip()}
    return [(label, text if len(text) <= 600 else text[:600] + "\n…") for label, text in texts.items()]


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
    """Show the next hint of an exercise, or the one with this number (from 1).

    After the last that is written, a wrong answer is held against right solutions with one change: see one_change.
    """
    card = find_card(card_id)
    card_id, held = card.id, card.hints
    if number is not None and number not in range(1, len(held) + 1):
        no_such = f"There is no hint {str(number)[:40]}: there are {len(held)}, from 1."
        show(Notice("note", f"Exercise {card_id}", (no_such,)))
        return
    count = _hints_shown.get(card_id, 0) + 1 if number is None else int(number)
    if count > len(held):
        then = f"`solution(\"{card_id}\")` shows the reference and why it is so."
        show(Notice("note", f"Exercise {card_id}", (_last_hint(card), then)))
        return
    _hints_shown[card_id] = max(count, _hints_shown.get(card_id, 0))
    progress.record("hint", card_id, number=count)
    more = f"`hint(\"{card_id}\")` again for the next." if count < len(held) else _after_the_last(card_id)
    show(Notice("note", f"Exercise {card_id}: hint {count} of {len(held)}", (held[count - 1], more)))


def _is_wrong(card_id) -> bool:
    return card_id in LATEST and LATEST[card_id].result.status == "wrong"


def _after_the_last(card_id) -> str:
    if _is_wrong(card_id):
        return (f"That was the last one. `hint(\"{card_id}\")` again looks whether your latest answer is one change "
                "away from a right one.")
    return "That was the last one."


def _last_hint(card) -> str:
    """Which one change of a right solution gives the learner's latest answers, where one does."""
    seen = f"There are {len(card.hints)} hints and you have seen the last."
    if not _is_wrong(card.id):
        return seen
    fn = LATEST[card.id].fn
    said = one_change(card, fn, collect(card, fn, card.seconds))
    if said is None:
        return f"{seen} No single change of a right answer was found that gives all of yours."
    progress.record("hint", card.id, number=len(card.hints) + 1)
    return said


def solution(card_id: str) -> None:
    """Show the reference with its why, and the mistakes that are often made."""
    card = find_card(card_id)
    card_id = card.id
    text = source(card.reference) or "(the source is not available)"
    progress.record("solution", card_id)
    mistakes = "\n".join(f"{mistake.name}: {mistake.says}" for mistake in card.often)
    listed = "".join(f"<li>{Notice('note', m.name, (m.says,))._repr_html_()}</li>" for m in card.often)
    show(Notice("note", f"Exercise {card_id}: the reference", (card.why.strip(),), folded=[
        ("The code", code_html(text), text),
        ("Mistakes that are often made here", f'<ul style="list-style:none;padding:0">{listed}</ul>', mistakes)]))
