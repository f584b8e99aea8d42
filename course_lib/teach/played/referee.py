"""referee("1.9", because="c", mended=fn): judges what is said to be wrong with a measurement, and mends it."""

from __future__ import annotations

from dataclasses import dataclass

from course_lib.contracts import ArgumentError
from course_lib.teach import progress
from course_lib.teach.cards import refereed as find_refereed
from course_lib.teach.checking.guard import Attempt, attempt
from course_lib.teach.checking.texts import is_stub, source
from course_lib.teach.definitions.choice import shortly
from course_lib.teach.definitions.mistake_kinds import OTHER
from course_lib.teach.definitions.refereed import Reading, Refereed
from course_lib.teach.show.notices import Notice, code_marks, show

_readings: dict[tuple, Reading] = {}        # of this session: a part of the course's own is measured once


@dataclass(frozen=True)
class Judged:
    """One half of an answer. status: "right", "wrong" or "todo". says: the sentence. reading: with the learner's part.

    mistake: the name of the wrong explanation or of the known wrong part, "" where there is none.
    """

    status: str
    says: str
    reading: Reading | None = None
    mistake: str = ""


def referee(refereed_id: str, *, because=..., mended=..., **given):
    """Judge an explanation of what is wrong and a mended part. Returns the part to go on with.

    because: the letter of an explanation, or its text. mended: the part as a function. Either may be left out. given:
    what the card asks the lesson to hand in. Returns `mended` where it is right, else the reference, so that the
    notebook runs on whatever was written.
    Raises UnknownIdError for an id that no refereed experiment has.
    """
    held = find_refereed(refereed_id)
    missing = [name for name in held.needs if name not in given]
    if missing:
        show(Notice("wrong", f"Referee {held.id}", (
            f"referee(\"{held.id}\", …) is not given {', '.join(missing)}; add "
            f"{', '.join(f'{name}={name}' for name in missing)}. The reference stands in.",), word="not run"))
        return held.reference
    explained, repaired = judge_explanation(held, because), judge_part(held, mended, given)
    both = (explained.status, repaired.status)
    status = "right" if both == ("right", "right") else "todo" if both == ("todo", "todo") else "wrong"
    text = source(mended)[:20_000] if callable(mended) else ""
    progress.record("attempt", held.id, status, mistake=explained.mistake or repaired.mistake, mistake_kind=OTHER,
                    because=shortly(because), mended=repaired.status, source=text)
    show(_notice(held, status, explained, repaired, reading_of(held, held.rigged, given)))
    return mended if repaired.status == "right" else held.reference


def judge_explanation(held: Refereed, because) -> Judged:
    """Whether the explanation is the right one, in its own sentence."""
    if because is None or because is ...:
        return Judged("todo", "Say what is wrong: `because=` takes the letter of an explanation.")
    try:
        text = held.read(because)
    except ArgumentError as error:
        return Judged("wrong", str(error))
    if text == held.right:
        return Judged("right", f"The explanation is right. {held.explanations[text]}")
    return Judged("wrong", f"That is not it. {held.explanations[text]}", mistake=text)


def judge_part(held: Refereed, mended, given: dict) -> Judged:
    """The verdict with the learner's part in its place, against the verdict of the reference."""
    if mended is None or mended is ...:
        return _unwritten()
    if not callable(mended):
        return Judged("wrong", f"`mended` is a {type(mended).__name__}; expected a function: {held.signature}")
    if is_stub(source(mended)):
        return _unwritten()
    want = reading_of(held, held.reference, given)          # before the learner's part has seen the data
    got = attempt(lambda: held.measure(mended, **given), mended, held.seconds)
    if got.unwritten:
        return _unwritten()
    if got.error is not None:
        return Judged("wrong", _failed(got))
    if held.agrees(got.value, want):
        return Judged("right", "With your part in its place the measurement is sound.", got.value)
    for part, says in held.also_right:
        if held.agrees(got.value, reading_of(held, part, given)):
            return Judged("right", says, got.value)
    published = reading_of(held, held.rigged, given)
    if held.agrees(got.value, published):
        return Judged("wrong", "With your part the verdict and its figure are still those that were published.",
                      got.value)
    for known in held.wrong_mends:
        if held.agrees(got.value, reading_of(held, known.wrong, given)):
            return Judged("wrong", known.says, got.value, known.name)
    return Judged("wrong", "Your part changes the measurement, but not into a sound one: compare what it computes with "
                  "what the question asks.", got.value)


def reading_of(held: Refereed, part, given: dict) -> Reading:
    """The verdict with a part of the course's own: the reference, the rigged one or a known wrong one.

    Kept for this session where what was handed in can be told apart from anything else.
    """
    try:
        key = (held.id, held.measure, part, tuple(sorted(given.items())))
        if key in _readings:
            return _readings[key]
    except TypeError:                                    # a table or an array was handed in
        return held.measure(part, **given)
    reading = _readings[key] = held.measure(part, **given)
    return reading


def _unwritten() -> Judged:
    return Judged("todo", "The part is not mended yet; the reference stands in, so the notebook runs on.")


def _failed(got: Attempt) -> str:
    if got.timed_out:
        return "Your part gave no answer in time and was stopped."
    where = f" in line {got.line} (`{got.code}`)" if got.line and got.code else ""
    return f"With your part the measurement stops{where}: {type(got.error).__name__}: {got.message}"


def _notice(held, status, explained, repaired, published) -> Notice:
    blocks = [("as published", str(published))]
    if repaired.reading is not None:
        blocks.append(("with your part", str(repaired.reading)))
    if explained.status == "todo":
        blocks += [(f"{letter})", text) for letter, text in held.lettered.items()]
    folded = [("Why it is so", code_marks(held.why.strip()), held.why.strip())] if status == "right" else []
    word = {"right": "right", "wrong": "not right yet", "todo": "not attempted"}[status]
    return Notice(status, f"Referee {held.id}", (explained.says, repaired.says), blocks, folded, word=word)
