"""predict() before a measurement, measured() after it."""

from __future__ import annotations

from course_lib.teach.cards import claim

_GUESSES: dict[str, object] = {}


def predict(claim_id: str, guess=...) -> None:
    """Note the learner's guess; Ellipsis means none."""
    if guess is not ...:
        _GUESSES[claim_id] = guess


def measured(claim_id: str, value, low=None, high=None, on: str = "world") -> None:
    """Show what came out beside what was expected, and the learner's guess."""
    held = claim(claim_id)
    print(f"{claim_id}: {held.says} Expected {held.expected} {held.unit}; {on}: {value} {low or ''} {high or ''}. "
          f"Your guess: {_GUESSES.get(claim_id, 'none')}")
