"""Mutation test of a card: one-change mutants of its right solutions, put to its checks. What is accepted is a hole.

`python -m course_lib.teach.checking.mutants 07 08.2` prints what the checks of lesson 07 and of exercise 8.2 accept, each
with the entry to paste into the list of equivalent mutants, should it be one. That list is for mutants that are right:
whatever else survives needs a case in the card.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
import time
import tomllib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from course_lib.teach import cards, lessons
from course_lib.teach.checking import check as checking
from course_lib.teach.checking.case_runs import Run, agrees, collect
from course_lib.teach.checking.equality import clone
from course_lib.teach.checking.guard import attempt, source
from course_lib.teach.checking.mutations import Mutant, function_of, mutants_of, spread
from course_lib.teach.definitions.card import Card, Case

SECONDS = 0.6                   # a mutant may loop without end
LIMIT = 150                     # mutants of one text; what is left out is counted
REASONS = ("same value", "left open", "only speed")
LISTED = lessons.ROOT / "tests" / "teach" / "cards" / "equivalent_mutants.toml"
LIBRARY = "import math\nimport numpy as np\nimport pandas as pd\n"


@dataclass
class Text:
    """A right answer to an exercise: which of the card's ("solution", "reference", "alternative"), its text and names."""

    of: str
    name: str
    text: str
    names: dict


@dataclass(frozen=True)
class Survivor:
    """A mutant that the card's checks accept. of: which right answer it was made from."""

    exercise: str
    of: str
    mutant: Mutant

    @property
    def key(self) -> tuple[str, ...]:
        return (self.exercise, self.of, *self.mutant.key)

    def entry(self) -> str:
        """The lines to paste into the list, with the reason still to write."""
        said = dict(zip(("exercise", "of", "at", "was", "now"), self.key, strict=True))
        lines = [f"{name} = {_quoted(value)}" for name, value in said.items()]
        return "\n".join(["[[mutant]]", *lines, f'reason = "{" | ".join(REASONS)}"', 'because = ""', ""])


@dataclass
class Tally:
    """What became of the mutants of one card. left_out: those above the limit. seconds: of the processor."""

    exercise: str
    tried: int
    left_out: int
    survivors: list[Survivor]
    seconds: float


def _quoted(value: str) -> str:
    return "'" + value + "'" if "'" not in value else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


# --- the right answers of a card ---------------------------------------------------------------------------------------
@cache
def _solutions(lesson: str) -> dict[str, tuple[str, str]]:
    """{"5.1": (name, text)} of the exercises of a lesson's source, with all that they may use under "" as text."""
    path = lessons.SOURCES / f"{lesson}_{lessons.name(lesson)}.py"
    whole = path.read_text(encoding="utf-8")
    found = {}
    for node in ast.parse(whole).body:
        marks = [mark for mark in getattr(node, "decorator_list", []) if getattr(getattr(mark, "func", 0), "id", "") == "exercise"]
        if marks:
            text = ast.get_source_segment(whole, node)
            found[lessons.shown(marks[0].args[0].value)] = node.name, text
    imports = [line for line in whole.splitlines() if re.match(r"(import|from) [^_]", line)]
    found[""] = "", "\n".join(imports)
    return found


def _names_for(lesson: str, text: str) -> dict:
    """The names of a lesson's imports and exercises that a text uses, as its cells would find them."""
    held = _solutions(lesson)
    names = {"__name__": "__main__"}
    exec(LIBRARY, names)                                                # noqa: S102
    for statement in ast.parse(held[""][1]).body:
        bound = {(part.asname or part.name).split(".")[0] for part in statement.names}
        if bound & set(re.findall(r"\w+", text)):
            exec(ast.unparse(statement), names)                         # noqa: S102
    for other, (name, theirs) in held.items():
        if name and name in re.findall(r"\w+", text) and theirs != text:
            names[name] = cards.card(other).reference
    return names


def texts_of(card: Card) -> list[Text]:
    """The right answers that are mutated: the lesson's solution, then reference and alternative where they differ."""
    found = []
    name, text = _solutions(card.lesson).get(card.id, ("", ""))
    if name:
        found.append(Text("solution", name, text, _names_for(card.lesson, text)))
    for of, fn in (("reference", card.reference), ("alternative", card.alternative)):
        found += _text_of(of, fn)
    seen, kept = set(), []
    for held in found:
        body = re.sub(rf"\b{held.name}\b", "f", ast.unparse(function_of(held.text)))
        if body not in seen:
            kept.append(held)
        seen.add(body)
    return kept


def _text_of(of: str, fn) -> list[Text]:
    """Its text, where it has one that stands alone: not a lambda, nothing from a function around it."""
    fn = inspect.unwrap(fn)
    if not (inspect.isfunction(fn) or inspect.isclass(fn)) or getattr(fn, "__closure__", None):
        return []
    text = source(fn)
    if not text.startswith(("def ", "class ", "@")):
        return []
    names = vars(sys.modules[fn.__module__])
    return [Text(of, fn.__name__, text, dict(names))]


def build(held: Text, text: str):
    """The function that a changed text defines, among the names of the text that was changed."""
    names = dict(held.names)
    exec(compile(text, f"<mutant of {held.name}>", "exec"), names)      # noqa: S102
    return names[held.name]


# --- putting them to the checks ----------------------------------------------------------------------------------------
class Trial:
    """A card's cases with the right answers, worked out once, to put many wrong functions to."""

    def __init__(self, card: Card):
        self.card = card
        self.runs = collect(card, card.reference, card.seconds)

    def refuted(self, fn) -> bool:
        """Does fn answer some case wrong? Stops at the first."""
        left = SECONDS
        for run in self.runs:
            got = answer(self.card, fn, run.case, left)
            left = max(left - got.seconds, 0.05)
            if not agrees(self.card, Run(run.case, got, run.want, (), run.by_hand)):
                return True
        return False

    def accepted(self, fn, text: str) -> bool:
        """Would the check call fn right?"""
        return not self.refuted(fn) and checking.check(self.card, fn, text).status == "right"


def answer(card: Card, fn, case: Case, seconds: float):
    """What fn gives to a copy of the case's arguments, with the guards on."""
    given = Case(case.name, clone(case.args), clone(case.kwargs))
    return attempt(lambda: card.run(fn, given), fn, seconds)


def tally(card: Card, limit: int = LIMIT) -> Tally:
    """Put the mutants of a card's right answers to its check; at most `limit` of each text."""
    started, trial, exercise = time.process_time(), Trial(card), lessons.kept(card.id)
    tried, left_out, survivors = 0, 0, {}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for held in texts_of(card):
            whole = mutants_of(held.text)
            chosen = spread(whole, limit)
            tried, left_out = tried + len(chosen), left_out + len(whole) - len(chosen)
            for mutant in chosen:
                if _is_accepted(trial, held, mutant):
                    survivor = Survivor(exercise, held.of, mutant)
                    survivors[survivor.key] = survivor
    return Tally(exercise, tried, left_out, list(survivors.values()), time.process_time() - started)


def _is_accepted(trial, held, mutant) -> bool:
    try:
        fn = build(held, mutant.text)
    except Exception:  # noqa: BLE001 - a text that cannot be run is no answer
        return False
    return trial.accepted(fn, mutant.text)


# --- the list of equivalent ones ---------------------------------------------------------------------------------------
def listed(path=LISTED) -> dict[tuple[str, ...], dict]:
    """The equivalent mutants by their keys. Raises ValueError for an entry without a reason of the set or a sentence."""
    held = {}
    for entry in tomllib.loads(path.read_text(encoding="utf-8")).get("mutant", []):
        key = tuple(entry[name] for name in ("exercise", "of", "at", "was", "now"))
        if entry["reason"] not in REASONS or len(entry["because"].split()) < 4 or key in held:
            raise ValueError(f"{path.name}: {key} needs one of the reasons {REASONS}, a sentence, and to stand once.")
        held[key] = entry
    return held


def _wanted(words: list[str]) -> Iterator[Card]:
    for word in words or cards.lessons():
        yield from [cards.card(word)] if "." in word else cards.cards_of(word)


def main(words: list[str]) -> None:
    """Print the survivors of lessons and exercises that are not listed, each as an entry to paste."""
    checking.speed_ratio = lambda card, fn: None        # takes most of the time and says nothing about right and wrong
    known = listed()
    total = [0, 0, 0, 0.0]
    for card in _wanted(words):
        held = tally(card)
        fresh = [survivor for survivor in held.survivors if survivor.key not in known]
        print(f"## {card.id} {held.exercise}: {held.tried} mutants, {held.left_out} left out, {len(held.survivors)} "
              f"accepted, {len(fresh)} of them not listed, {held.seconds:.1f} s", flush=True)
        for survivor in fresh:
            print(f"# line {survivor.mutant.line}: {survivor.mutant.kind}\n{survivor.entry()}", flush=True)
        for key in known:
            if key[0] == held.exercise and key not in {survivor.key for survivor in held.survivors}:
                print(f"# listed, but refused: {key}", flush=True)
        total = [a + b for a, b in zip(total, (held.tried, held.left_out, len(fresh), held.seconds), strict=True)]
    print(f"All: {total[0]} mutants, {total[1]} left out, {total[2]} accepted and not listed, {total[3]:.0f} s; "
          f"{len(known)} listed")


if __name__ == "__main__":
    main(sys.argv[1:])
