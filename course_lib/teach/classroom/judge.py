"""Checks one answer inside its confined process: makes the function from its text, checks it, measures its effect."""

from __future__ import annotations

import ast
import json
import linecache
from collections.abc import Iterator
from dataclasses import asdict

from course_lib.teach import cards
from course_lib.teach.checking.case_runs import collect, dressed, isolated
from course_lib.teach.checking.check import check
from course_lib.teach.checking.guard import PATIENCE, attempt
from course_lib.teach.classroom.answer_replay import recorded
from course_lib.teach.classroom.marks import exercise_id

FILE = "<their cell>"
CUT = 4000
MOST_BYTES_TO_GROUP = 2_000_000
NOT_GROUPED = ("no answer in time", "too many values")
EARLIER_CELLS_S = 10.0                 # for what an answer leans on: all of it, and each statement


def run_answer(job: dict, effect_seconds: float) -> Iterator[dict]:
    """The row of one answer, whatever it does (short of ending the process): status, diagnosis, speed.

    job: card_id, name, cell, line, marks, prelude, others, text, effect, as the class page wrote them.
    Where an effect is to be measured, the row says `more`, and a second one follows with the effect
    alone. A right row holds the `values` of all calls, by which it is judged outside; a wrong one that the card does
    not name holds them too, by which it is grouped.
    """
    card = cards.card(job["card_id"])
    made = attempt(lambda: make_function(job), run_answer, EARLIER_CELLS_S)
    if made.timed_out:
        yield _wrong("no answer in time", "What the definition leans on did not end "
                     f"within {EARLIER_CELLS_S:g} s.", made)
        return
    if made.error is not None:
        name = type(made.error).__name__
        yield _wrong(name, f"The definition cannot be run: {name}: {str(made.error)[:300]}", made)
        return
    result = check(card, made.value, job["text"])
    row = asdict(result)
    if result.status == "right":
        row["values"] = recorded(card, made.value, PATIENCE * card.seconds)
    elif result.status == "wrong" and not result.known and result.mistake not in NOT_GROUPED:
        row["values"] = _values_to_group(card, made.value)
    row["says"], row["printed"] = row["says"][:CUT], row["printed"][:CUT]
    row["shows"] = [(label[:80], text[:CUT]) for label, text in row["shows"]]
    measure = job["effect"] and card.effect and result.status != "todo" and result.mistake != "no answer in time"
    if measure and effect_seconds <= 0:
        row["effect"] = "left out: the time for effects was used"
    yield row | {"more": bool(measure and effect_seconds > 0)}
    if measure and effect_seconds > 0:
        runs = collect(card, made.value, card.seconds)
        yield {"effect": _effect(card, isolated(dressed(made.value, runs)), effect_seconds)}


def _values_to_group(card, fn) -> list:
    """What a wrong answer returned, by which it is grouped; [] where that takes too long or is too large."""
    values = recorded(card, fn, card.seconds)
    return values if len(json.dumps(values)) < MOST_BYTES_TO_GROUP else []


def _wrong(mistake: str, says: str, made) -> dict:
    return {"status": "wrong", "stage": "runs", "mistake": mistake, "says": says, "printed": made.printed[:CUT]}


def make_function(job: dict):
    """The learner's function, from the text of its cell and what its notebook imports and defines.

    What the prelude cannot run is left out: an answer that needs it says so by its own NameError.
    """
    space: dict = {"__name__": "__main__"}
    for node in ast.parse(job["prelude"]).body:
        attempt(lambda node=node: exec(compile(ast.Module([node], []), "<notebook>", "exec"), space), run_answer,
                EARLIER_CELLS_S)
    for name, card_id in job["others"].items():
        held = attempt(lambda card_id=card_id: cards.card(card_id).reference, run_answer, EARLIER_CELLS_S)
        if held.error is None:
            space[name] = held.value
    linecache.cache[FILE] = (len(job["cell"]), None, job["cell"].splitlines(keepends=True), FILE)
    if job.get("expression"):
        held = ast.parse(job["expression"], mode="eval")
        return eval(compile(ast.increment_lineno(held, job["line"] - 1), FILE, "eval"), space)
    node = next(node for node in ast.walk(ast.parse(job["cell"]))
                if getattr(node, "name", "") == job["name"] and job.get("line", 0) in (0, node.lineno))
    node.decorator_list = [part for part in node.decorator_list if not _marks_it(part, job)]
    exec(compile(ast.Module([node], []), FILE, "exec"), space)
    return space[job["name"]]


def _marks_it(decorator, job) -> bool:
    """Is it the decorator that makes the definition an answer? Which one that is was found when it was read."""
    return ast.unparse(decorator) in job.get("marks", ()) or bool(exercise_id(ast.FunctionDef(
        name="f", args=None, body=[], decorator_list=[decorator])))


def _effect(card, fn, seconds) -> str:
    got = attempt(lambda: card.effect(fn), fn, seconds)
    if got.timed_out:
        return f"not measured within {seconds:g} s"
    told = f"not measured: {type(got.error).__name__}: {got.error}" if got.error is not None else str(got.value)
    return told[:160]
