"""The question bank: about 25 questions a lesson with the points of a full answer, and which of them are asked next."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from course_lib.contracts import ArgumentError, UnknownIdError
from course_lib.teach import lessons

FOLDER = Path(__file__).parent / "bank"
KINDS = ("why", "estimate", "choose", "flaw", "measure", "day 7")


@dataclass(frozen=True)
class BankPoint:
    """One point of a full answer. says: a sentence. source: where it is known from. met: where the course holds it,
    with lessons as {{name}}; "" where it does not yet."""

    says: str
    source: str
    met: str

    @property
    def where(self) -> str:
        """Where it is met, in words with the numbers of today."""
        return f"met in {lessons.expand(self.met)}" if self.met else "not met in the lessons"


@dataclass(frozen=True)
class BankQuestion:
    """One question of a lesson's bank. kind: one of KINDS."""

    id: str
    lesson: str
    kind: str
    asks: str
    points: tuple[BankPoint, ...]


def banked() -> tuple[str, ...]:
    """The lessons that have a bank, by name, in the order of the course; a lesson that is still to come is last."""
    held = {path.stem for path in FOLDER.glob("*.toml")}
    known = [name for name in lessons.numbers() if name in held]
    return (*known, *sorted(held.difference(known)))


@cache
def bank(lesson: str | int) -> tuple[BankQuestion, ...]:
    """The questions of a lesson, by name or number. Raises UnknownIdError where there is no bank, ArgumentError where a
    file is no bank: a question without points, a point without a source, a kind that is none."""
    name = str(lesson)
    if name not in banked():
        name = lessons.name(lesson)
    if name not in banked():
        raise UnknownIdError(f"there are no questions on lesson {name!r}. There are on {', '.join(banked())}.")
    path = FOLDER / f"{name}.toml"
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))["question"]
        found = tuple(BankQuestion(row["id"], name, row["kind"], row["asks"],
                                   tuple(BankPoint(**point) for point in row["points"])) for row in rows)
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise ArgumentError(f"{path.name} is no question bank: {error!r}") from error
    for question in found:
        _check(question)
    return found


def _check(question: BankQuestion) -> None:
    """Raise ArgumentError for a question that cannot be asked."""
    if question.kind not in KINDS:
        raise ArgumentError(f"question {question.id}: kind is {question.kind!r}; expected one of {', '.join(KINDS)}.")
    if not question.asks or not question.points:
        raise ArgumentError(f"question {question.id} asks nothing, or has no points.")
    for point in question.points:
        if not point.says or not point.source:
            raise ArgumentError(f"question {question.id}: a point needs its sentence and its source.")
        named = set(re.findall(r"\{\{(\w+)", point.met))
        if point.met and not named or named.difference(lessons.numbers()):
            raise ArgumentError(f"question {question.id}: {point.met!r} names no lesson that there is.")


def draw(lesson: str | int, n: int, asked: Mapping[str, float] | None = None, seed: int | None = None
         ) -> tuple[BankQuestion, ...]:
    """n questions of a lesson at random: first those not asked yet, then those of which least was known.

    asked: question id -> share of its points that was named the last time, 0 to 1. Fewer than n where there are fewer.
    Errors as bank; ArgumentError for n below 1.
    """
    if not isinstance(n, (int, np.integer)) or isinstance(n, bool) or n < 1:
        raise ArgumentError(f"n is {n!r}; expected how many questions to ask, at least 1.")
    asked, rng = asked or {}, np.random.default_rng(seed)
    questions = bank(lesson)
    lots = rng.random(len(questions))
    order = sorted(range(len(questions)), key=lambda k: (asked.get(questions[k].id, -1.0), lots[k]))
    return tuple(questions[k] for k in order[:n])
