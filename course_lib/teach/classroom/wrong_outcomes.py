"""What a wrong answer does on a card's cases, told apart from what others do, and a key that names it.

The judge's process calls this with the values that an answer's process sent; no code of the class runs here.
"""

from __future__ import annotations

import hashlib

import numpy as np

from course_lib.teach.checking.case_runs import Run, agrees, raises
from course_lib.teach.checking.diagnose import alike
from course_lib.teach.checking.equality import first_difference, kind, numeric, plain, short
from course_lib.teach.checking.guard import time_limit
from course_lib.teach.checking.probing import named
from course_lib.teach.checking.taking import Sealed, count_of
from course_lib.teach.classroom.answer_replay import replayed

KEY_LENGTH = 10
MOST_FIRSTS = 60                 # kinds of wrong answers to one exercise that are held for comparison
LARGEST = 200_000                # values of an answer that is held
LOOKING_S = 10.0                 # for the comparison with the kinds that are held
ODD = 0.7310585786               # so that no number that people write lies on the border between two steps of the grid
STEPS = 2**14


class Outcomes:
    """The kinds of wrong answers that one class has shown so far; `of` adds one."""

    def __init__(self):
        self.firsts: dict[str, list[tuple[str, list[Run]]]] = {}

    def of(self, card, values) -> dict | None:
        """What the group of this answer is known by, or None where its values do not tell it from a right one.

        Keys: key, of these values alone. like: the key of the first answer that agreed with it. case, where, shows:
        the first case on which it is wrong. Raises BadMessageError for values that break the format.
        """
        runs, whole = replayed(card, values, card.seconds)
        if not whole or all(run.got.error is not None for run in runs):
            return None
        with time_limit(LOOKING_S):
            wrong = next((run for run in runs if not agrees(card, run)), None)
            if wrong is None:
                return None
            key = key_of(card, runs)
            return {"key": key, "like": self._like(card, key, runs), **_told(card, wrong)}

    def _like(self, card, key: str, runs: list[Run]) -> str:
        held = self.firsts.setdefault(card.id, [])
        for other, theirs in held:
            if other == key or all(alike(card, a, b) for a, b in zip(runs, theirs, strict=True)):
                return other
        size = sum(count_of(run.got.value) for run in runs if run.got.error is None)
        if len(held) < MOST_FIRSTS and size <= LARGEST:
            held.append((key, runs))
        return key


def _told(card, run: Run) -> dict:
    """The first case on which an answer is wrong, as texts."""
    shows = [(name, short(value)) for name, value in named(card, run.case).items()]
    got = f"raises {type(run.got.error).__name__}" if run.got.error is not None else short(run.got.value)
    want = f"raises {_name(run.want)}" if raises(run.want) else short(run.want)
    where = "" if run.got.error is not None else first_difference(run.got.value, run.want, card.rtol, card.atol)
    return {"case": run.case.name, "where": where, "shows": [*shows, ("theirs", got), ("right", want)]}


def _name(error) -> str:
    return (error if isinstance(error, type) else type(error)).__name__


def key_of(card, runs: list[Run]) -> str:
    """Ten signs that stand for what an answer gives on the cases: the same on every machine, blind to rounding."""
    made = hashlib.sha256(card.id.encode())
    for run in runs:
        error = run.got.error
        part = f"raises {type(error).__name__}" if error is not None else _seen(run.got.value, card.atol)
        made.update(repr(part).encode("utf-8", "replace"))
    return made.hexdigest()[:KEY_LENGTH]


def _seen(value, atol: float):
    """A value as text and nests of text, in which equal values look equal."""
    numbers = None if isinstance(value, (dict, Sealed)) else numeric(value)
    if numbers is not None:
        return "numbers", numbers.shape, _steps(numbers, atol)
    value = plain(value)
    if isinstance(value, dict):
        return "dict", sorted((repr(key), _seen(part, atol)) for key, part in value.items())
    if kind(value) == "table":
        return "table", sorted((str(name), _seen(value[name].to_numpy(), atol)) for name in value.columns)
    if isinstance(value, (set, frozenset)):
        return "set", sorted(map(repr, value))
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return "list", [_seen(part, atol) for part in value]
    return repr(vars(value) if isinstance(value, Sealed) else value)


def _steps(numbers: np.ndarray, atol: float) -> str:
    """Numbers as steps of a grid: whole ones as they are, others to four digits."""
    if numbers.dtype.kind == "c":
        return _steps(numbers.real, atol) + _steps(numbers.imag, atol)
    numbers = numbers.astype(float).ravel()
    with np.errstate(all="ignore"):
        whole = np.abs(numbers - np.rint(numbers)) <= max(3 * atol, 1e-9)
        part, power = np.frexp(np.abs(numbers) * ODD)
        step = np.sign(numbers) * (power * STEPS + np.floor(part * STEPS))
        told = np.where(whole, np.rint(numbers), step)
    return hashlib.sha256(whole.tobytes() + (told + 0.0).tobytes()).hexdigest()

