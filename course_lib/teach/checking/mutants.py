"""Mutation test of a card: one-change mutants of its right solutions, put to its checks. What is accepted is a hole.

`python -m course_lib.teach.checking.mutants 07 8.2` prints what the checks of lesson 07 and of exercise 8.2 accept,
each with the entry to paste into the list of equivalent mutants, should it be one. That list is for mutants that are
right: whatever else survives needs a case in the card.
"""

from __future__ import annotations

import sys
import time
import tomllib
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from course_lib.teach import cards, lessons
from course_lib.teach.checking import check as checking
from course_lib.teach.checking.case_runs import Run, agrees, collect, package_of, raises
from course_lib.teach.checking.mutations import Mutant, mutants_of, spread
from course_lib.teach.checking.right_answers import answer, build, texts_of
from course_lib.teach.checking.surroundings import names_noted
from course_lib.teach.checking.unasked import does_nothing, kinds_of_arguments, unasked_of
from course_lib.teach.definitions.card import Card

SECONDS = 0.6                   # a mutant may loop without end
LIMIT = 150                     # mutants of one text; what is left out is counted
REASONS = ("same value", "left open", "only speed", "not asked")
RANGES = lessons.ROOT / "tests" / "teach" / "cards" / "ranges_of_values.toml"
LISTED = lessons.ROOT / "tests" / "teach" / "cards" / "equivalent_mutants"      # a file for each lesson: ann.toml


@dataclass(frozen=True)
class Survivor:
    """A mutant that the card's checks accept. of: which right answer it was made from."""

    exercise: str
    of: str
    mutant: Mutant

    @property
    def key(self) -> tuple[str, ...]:
        return (self.exercise, self.of, *self.mutant.key)

    def entry(self, times: int = 1) -> str:
        """The lines to paste into the list, with the reason still to write. times: how many mutants have its key."""
        said = dict(zip(("exercise", "of", "at", "was", "now"), self.key, strict=True))
        lines = [f"{name} = {_quoted(value)}" for name, value in said.items()]
        lines += [f"times = {times}"] if times > 1 else []
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


class Trial:
    """A card's cases with the right answers, worked out once, to put many wrong functions to."""

    def __init__(self, card: Card):
        self.card = card
        self.runs = collect(card, card.reference, card.seconds)
        self.telling: list[Run] = []          # the cases that have refuted a function so far, the last one first

    def refuted(self, fn, runs: list[Run] | None = None) -> bool:
        """Does fn answer some case wrong? Stops at the first. runs: the cases to ask, all where not given."""
        left = SECONDS
        for run in list(self.runs if runs is None else runs):
            got = answer(self.card, fn, run.case, left)
            left = max(left - got.spent, 0.05)
            if not agrees(self.card, Run(run.case, got, run.want, (), run.by_hand)):
                self.telling = [run, *(other for other in self.telling if other is not run)]
                return True
        return False

    def accepted(self, fn) -> bool:
        """Would the check call fn right? The cases that refuted others are asked first."""
        if self.refuted(fn, self.telling):
            return False
        right = checking.is_right(self.card, fn)      # which ends at the first wrong answer
        if not right:
            self.refuted(fn)                  # by which case? The next ones are asked that first
        return right


def tally(card: Card, limit: int = LIMIT) -> Tally:
    """Put the mutants of a card's right answers to its check; at most `limit` of each text."""
    started, trial, exercise = time.process_time(), Trial(card), lessons.kept(card.id)
    doors = any(raises(run.want) for run in trial.runs)
    tried, left_out, survivors, values = 0, 0, [], ranges().get(exercise, {})
    with warnings.catch_warnings(), np.errstate(all="ignore"), names_noted(package_of(card)):
        warnings.simplefilter("ignore")
        for held in texts_of(card):
            whole = mutants_of(held.text, doors)
            chosen = spread(whole, limit)
            left_out += len(whole) - len(chosen)
            chosen += _guarded(trial, held)
            tried += len(chosen)
            for mutant in chosen:
                if not does_nothing(mutant, values) and _is_accepted(trial, held, mutant):
                    survivors.append(Survivor(exercise, held.of, mutant))
    return Tally(exercise, tried, left_out, survivors, time.process_time() - started)


def _guarded(trial, held) -> list[Mutant]:
    """Mutants of the lesson's solution with a guard nobody asked for; none of the other texts."""
    if held.of != "solution":
        return []
    return unasked_of(held.text, *kinds_of_arguments(build(held, held.text), [run.case for run in trial.runs]))


def _is_accepted(trial, held, mutant) -> bool:
    try:
        fn = build(held, mutant.text)
    except Exception:  # noqa: BLE001 - a text that cannot be run is no answer
        return False
    return trial.accepted(fn)


def unlisted(held: Tally, entries: dict) -> dict[Survivor, int]:
    """Survivors that no entry names, each with the number of survivors of its key.

    An entry names the mutants of its key (two may change the same thing in one line: `times = 2`) or those of a line.
    """
    count = Counter(survivor.key for survivor in held.survivors)
    last = {survivor.key: survivor for survivor in held.survivors}
    named = {key: entry.get("times", 1) for key, entry in entries.items()}
    return {survivor: count[key] for key, survivor in last.items()
            if _line_of(key) not in named and count[key] > named.get(key, 0)}


def stale(held: Tally, entries: dict) -> list[tuple[str, ...]]:
    """Entries of this exercise that name more than survives: they have to go, or their `times` to sink."""
    count = Counter(survivor.key for survivor in held.survivors)
    lines = {_line_of(key) for key in count}
    return [key for key, entry in entries.items()
            if key[0] == held.exercise and key not in lines and count[key] < entry.get("times", 1)]


def ranges(path=RANGES) -> dict[str, dict[str, dict]]:
    """{exercise: {text: range}}: which values an argument, an expression or the answer may take, by the task's text.

    A guard that changes none of these is no wrong answer (see `unasked.does_nothing`). Each range has its reason under
    "because". Raises ValueError for a reason of fewer than three words.
    """
    held = {}
    for entry in tomllib.loads(path.read_text(encoding="utf-8")).get("range", []):
        if len(entry["because"].split()) < 3:
            raise ValueError(f"{path.name}: {entry['exercise']} {entry['of']} needs a sentence.")
        for text in entry["of"]:
            held.setdefault(entry["exercise"], {})[text] = entry
    return held


def _line_of(key):
    return (*key[:3], "*", "*")


def listed(folder=LISTED) -> dict[tuple[str, ...], dict]:
    """The equivalent mutants of all lessons by their keys (exercise, of, at, was, now), from <lesson>.toml each.

    reason: "same value" (no input tells the mutant from the right answer), "left open" (by the task), "only speed", or
    "not asked": only for of = "reference", which does more than the exercise; there was = now = "*" stands for all
    mutants of the line. times: how many mutants have this key, where it is not one. Raises ValueError for an entry
    without a reason of these, without a sentence, or that stands twice.
    """
    held = {}
    for path in sorted(folder.glob("*.toml")):
        for entry in tomllib.loads(path.read_text(encoding="utf-8")).get("mutant", []):
            key = tuple(entry[name] for name in ("exercise", "of", "at", "was", "now"))
            if entry["reason"] not in REASONS or len(entry["because"].split()) < 4 or key in held:
                raise ValueError(f"{path.name}: {key} needs one of {REASONS}, a sentence, and to stand once.")
            if ("*" in key or entry["reason"] == "not asked") and entry["of"] != "reference":
                raise ValueError(f"{path.name}: {key}: only a reference does what was not asked.")
            if "*" in key and entry["reason"] != "not asked":
                raise ValueError(f"{path.name}: {key} names a whole line; that is only for what was not asked.")
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
        fresh = unlisted(held, known)
        print(f"## {card.id} {held.exercise}: {held.tried} mutants, {held.left_out} left out, {len(held.survivors)} "
              f"accepted, {len(fresh)} of them not listed, {held.seconds:.1f} s", flush=True)
        for survivor, times in fresh.items():
            print(f"# line {survivor.mutant.line}: {survivor.mutant.kind}\n{survivor.entry(times)}", flush=True)
        for key in stale(held, known):
            print(f"# listed, but refused (or fewer than listed): {key}", flush=True)
        total = [a + b for a, b in zip(total, (held.tried, held.left_out, len(fresh), held.seconds), strict=True)]
    print(f"All: {total[0]} mutants, {total[1]} left out, {total[2]} accepted and not listed, {total[3]:.0f} s; "
          f"{len(known)} listed")


if __name__ == "__main__":
    main(sys.argv[1:])
