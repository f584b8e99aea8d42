"""The interviewer's rubric: three things to be heard in each phase, ticked by the learner, held beside the reference.

First on a candidate's transcript, where the course's ticks are known; then on the learner's own answer.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass

from course_lib.contracts import ArgumentError
from course_lib.evidence.framing import framing_problems
from course_lib.teach.interview.mock import brief, phase
from course_lib.teach.interview.mock_texts import CANDIDATE, KEYS, PHASES
from course_lib.teach.show.notices import Notice

LETTERS = "abc"


def ticks(heard: Mapping[str, str]) -> dict[str, set[str]]:
    """phase -> set of letters, from {"frame": "ab"}; phases left out have none.

    Raises ArgumentError for another phase, or for letters other than a, b, c.
    """
    out = {key: set() for key in KEYS}
    for key, letters in heard.items():
        phase(key)
        letters = "" if letters is ... else letters
        if not isinstance(letters, str) or set(letters.replace(" ", "")) - set(LETTERS):
            raise ArgumentError(f"phase {key!r} has {letters!r}; expected letters out of \"abc\", such as \"ac\".")
        out[key] = set(letters.replace(" ", ""))
    return out


def empty(heard) -> bool:
    """Has nothing been ticked or written yet?"""
    return heard is ... or not heard or all(value is ... for value in heard.values())


@dataclass(frozen=True)
class Agreement:
    """Two sets of ticks compared: how many of all boxes agree, what only one of them ticked. Shows itself."""

    agree: int
    boxes: int
    generous: tuple[str, ...]
    strict: tuple[str, ...]
    notice: Notice

    def __repr__(self) -> str:
        return repr(self.notice)

    def _repr_html_(self) -> str:
        return self.notice._repr_html_()


def calibrate(heard, system: str = "feed") -> Agreement:
    """Your ticks of the candidate's transcript against the course's, phase by phase, with a reason for each phase.

    heard: {"frame": "a", …}, or ... for none yet.
    """
    brief(system)
    mine = ticks({} if empty(heard) else heard)
    ours = {key: set(letters) for key, (_, letters, _) in CANDIDATE.items()}
    generous = tuple(f"{key} {letter}" for key in KEYS for letter in sorted(mine[key] - ours[key]))
    strict = tuple(f"{key} {letter}" for key in KEYS for letter in sorted(ours[key] - mine[key]))
    boxes = len(KEYS) * len(LETTERS)
    agree = boxes - len(generous) - len(strict)
    rows = [(phase(key).name, f"you {_letters(mine[key])}, course {_letters(ours[key])}. {CANDIDATE[key][2]}")
            for key in KEYS]
    if empty(heard):
        return Agreement(agree, boxes, generous, strict, Notice("todo", "Rubric, the candidate", (
            "Tick what you heard, phase by phase; then run the cell.",), word="not ticked yet"))
    says = [f"{agree} of {boxes} boxes agree."]
    says += [f"You heard what was not said: {', '.join(generous)}."] * bool(generous)
    says += [f"You missed what was said: {', '.join(strict)}."] * bool(strict)
    return Agreement(agree, boxes, generous, strict, Notice("note", "Rubric, the candidate", tuple(says), rows))


def _letters(found: set[str]) -> str:
    return "".join(sorted(found)) or "–"


def transcript(system: str = "feed") -> Notice:
    """What the candidate said, phase by phase, with the three things to listen for."""
    rows = [(phase(key).name, f"“{CANDIDATE[key][0]}”\n" + _things(key, system)) for key in KEYS]
    return Notice("note", "A candidate, on the feed", ("Tick what was really said, not what was surely meant.",), rows)


def _things(key, system) -> str:
    return "\n".join(f"   {letter}) {text}" for letter, text in zip(LETTERS, phase(key).listens[system], strict=True))


@dataclass(frozen=True)
class Score:
    """Your own answer by the rubric. total: boxes ticked, of `boxes`. weakest: phases with the fewest, as
    (name, lessons to go back to). framing: what a listener misses in the first minute. Shows itself."""

    total: int
    boxes: int
    weakest: tuple[tuple[str, str], ...]
    framing: tuple[str, ...]
    notice: Notice

    def __repr__(self) -> str:
        return repr(self.notice)

    def _repr_html_(self) -> str:
        return self.notice._repr_html_()


def beside(answer, heard, system: str = "marketplace", at_hand=None) -> Score:
    """Your answer beside the reference, phase by phase, with the measurements that could be quoted.

    answer: {phase: your words}; heard: {phase: letters of what was in them}; ... or a missing phase for none. at_hand:
    at_hand.AtHand, for the numbers. The first phase is also read by the framing check of the lesson on objectives.
    """
    brief(system)
    words = {key: "" if empty(answer) or answer.get(key, ...) is ... else str(answer[key]).strip() for key in KEYS}
    strange = [] if empty(answer) else [key for key in answer if key not in KEYS]
    if strange:
        phase(strange[0])
    mine = ticks({} if empty(heard) else heard)
    counted = {key: len(mine[key]) if words[key] else 0 for key in KEYS}
    least = min(counted.values())
    weakest = tuple((p.name, p.lessons) for p in PHASES if counted[p.key] == least and least < len(LETTERS))
    framing = framing_problems(words["frame"]) if words["frame"] else ()
    total, boxes = sum(counted.values()), len(KEYS) * len(LETTERS)
    folded = [_page(p, words[p.key], mine[p.key], counted[p.key], system, at_hand) for p in PHASES]
    about = f"Rubric, your answer on the {system}"
    if not any(words.values()):
        says = ("Nothing written yet: the reference stands below, folded. Answer first; it is worth more.",)
        return Score(0, boxes, weakest, (), Notice("todo", about, says, folded=folded, word="not answered yet"))
    says = [f"{total} of {boxes} things heard."]
    says += ["Go back to " + "; ".join(f"lessons {lessons} for “{name}”" for name,
             lessons in weakest) + "."] * bool(weakest)
    says += ["In your first minute: " + "; ".join(framing) + "."] * bool(framing)
    unheard = [p.name for p in PHASES if mine[p.key] and not words[p.key]]
    says += [f"Ticked without a word written, so not counted: {', '.join(unheard)}."] * bool(unheard)
    return Score(total, boxes, weakest, framing, Notice("note", about, tuple(says), folded=folded))


def _page(held, words, ticked, count, system, at_hand) -> tuple[str, str, str]:
    """One phase, folded: yours, what to listen for, the reference, the numbers."""
    listens = [f"{'✓' if letter in ticked else '·'} {text}" for letter, text in zip(LETTERS, held.listens[system],
                                                                                    strict=True)]
    numbers = at_hand.lines(held.cites) if at_hand is not None else ()
    lines = [f"yours: {words or '–'}", *listens, f"reference: {held.reference[system]}",
             *(f"quote {n}" for n in numbers)]
    from course_lib.teach.show.notices import code_marks

    body = (f'<div style="margin-left:1.2em"><p><b>Yours.</b> {html.escape(words) or "–"}</p>'
            f'<p>{"<br>".join(html.escape(text) for text in listens)}</p>'
            f'<p><b>Reference.</b> {html.escape(held.reference[system])}</p>'
            + "".join(f"<p>{code_marks(n)}</p>" for n in numbers) + "</div>")
    return f"{held.name}: {count} of {len(LETTERS)}", body, "\n".join(lines)
