"""predict() before a measurement, measured() after it: the guess, the band expected beforehand, the verdict."""

from __future__ import annotations

import math

from course_lib.contracts import ArgumentError
from course_lib.teach import progress
from course_lib.teach.cards import claim as find_claim
from course_lib.teach.ledger.verdict import MIME, Row, row_text, verdict_of
from course_lib.teach.show.notices import Notice, show

_guesses: dict[str, object] = {}
_measured: set[str] = set()


def predict(claim_id: str, guess=...) -> None:
    """Commit to a guess before the cell that measures.

    guess: a number; or (low, high), a range you are 80% sure of; Ellipsis for none yet. The first guess made before
    the measurement is the one that counts in your record.
    """
    claim_id = find_claim(claim_id).id
    about = f"Prediction {claim_id}"
    if guess is ...:
        show(Notice("todo", about, ("Replace the dots with a number, or with a range you are 80% sure of, such as "
                                    "(5, 50); then run the cell.",), word="no guess yet"))
        return
    guess = _checked(claim_id, guess)
    if claim_id in _measured:
        show(Notice("note", about, ("It has been measured already, so this guess is not counted.",)))
        return
    first = claim_id not in _guesses
    _guesses.setdefault(claim_id, guess)
    if first:
        progress.record("guess", claim_id, guess=guess)
    kept = "" if first else f" Your first guess, {_told(_guesses[claim_id])}, is the one that counts."
    show(Notice("note", about, (f"Noted: {_told(guess)}.{kept}",)))


def _checked(claim_id, guess):
    parts = guess if isinstance(guess, (tuple, list)) else (guess,)
    if not all(isinstance(part, (int, float)) and math.isfinite(part) for part in parts) or len(parts) > 2 or (
            len(parts) == 2 and parts[0] > parts[1]) or not parts:
        raise ArgumentError(f"predict({claim_id!r}, {guess!r}): expected a number or a range (low, high), e.g. 20 or "
                            f"(5, 50).")
    return list(map(float, parts)) if len(parts) == 2 else float(parts[0])


def _told(guess) -> str:
    return f"{guess[0]:g} to {guess[1]:g}" if isinstance(guess, list) else f"{guess:g}"


def measured(claim_id: str, value, low=None, high=None, on: str = "world") -> None:
    """Show what came out: the claim, the band expected beforehand, the value, the verdict, and the learner's guess.

    value: a number, or an Estimate with value, low and high. on: where it was measured: "world", "ml100k", or in more
    words ("world, cold items"). The row goes into the output, from which the build gathers the ledger.
    """
    held = find_claim(claim_id)
    claim_id = held.id
    if hasattr(value, "low") and hasattr(value, "value"):
        value, low, high = value.value, value.low, value.high
    ends = [math.nan if part is None else float(part) for part in (value, low, high)]
    row = Row(claim_id, on, *ends)
    verdict = verdict_of(held, [row])
    guess = _guesses.get(claim_id)
    _measured.add(claim_id)
    progress.record("measured", claim_id, verdict.word, value=row.value, on=on)
    says = [held.says, row_text(held, row)]
    if guess is not None:
        says.append(_outcome(guess, row.value))
    show(Notice("note", f"Claim {claim_id}", tuple(says), [("who says so", held.who)], data={MIME: row.as_dict()},
                word=f"{verdict.word} here"))


def _outcome(guess, value) -> str:
    told = progress.calibration()
    if isinstance(guess, list):
        record = f" Of {told['ranges']} ranges so far, {told['ranges_held']} held the result."
        inside = "inside" if guess[0] <= value <= guess[1] else "outside"
        return f"You said {_told(guess)}: {inside} your range.{record if told['ranges'] > 1 else ''}"
    if guess * value > 0:
        off = max(guess / value, value / guess)
        return f"You said {_told(guess)}: " + ("close." if off < 1.1 else f"off by a factor of {off:.1f}.")
    return f"You said {_told(guess)}."
