"""For every exercise and argument: some case tells a function that reads the argument from one that does not."""

import ast
import inspect
import tomllib
from pathlib import Path

import numpy as np
import pytest
from toys import card_of

from course_lib.teach import cards, lessons
from course_lib.teach.checking.case_runs import Run, agrees, collect
from course_lib.teach.checking.equality import kind
from course_lib.teach.checking.right_answers import answer, texts_of
from course_lib.teach.definitions.card import Card, Case

LISTED = tomllib.loads(Path(__file__).with_name("unread_arguments.toml").read_text(encoding="utf-8"))


def arguments(case: Case) -> dict:
    """What a case gives, by place or by name."""
    return dict(enumerate(case.args)) | case.kwargs


def unread(card: Card) -> list[str]:
    """Arguments that could be fixed at one value, a case's or their default, without one case noticing.

    Only numbers and texts: an array that does not change from case to case has no one value to be fixed at.
    """
    runs = collect(card, card.reference, card.seconds)
    given = [arguments(run.case) for run in runs]
    parameters = list(inspect.signature(card.reference).parameters.values())
    found = []
    for place in dict.fromkeys(place for held in given for place in held):
        values = [held[place] for held in given if place in held]
        if not all(kind(value) in ("number", "text", "None") for value in values):
            continue
        known = [p for i, p in enumerate(parameters) if place in (i, p.name)]
        values += [p.default for p in known if p.default is not inspect.Parameter.empty]
        if any(_unnoticed(card, runs, place, value) for value in {repr(value): value for value in values}.values()):
            found.append(known[0].name if known else str(place))
    return found


def _unnoticed(card, runs, place, value) -> bool:
    """Is the reference right on all cases when the argument is `value` whatever the case says?"""
    for run in runs:
        held = arguments(run.case)
        if place in held:
            held[place] = value
        args = tuple(held[i] for i in range(len(run.case.args)))
        kwargs = {name: held[name] for name in run.case.kwargs}
        got = answer(card, card.reference, Case(run.case.name, args, kwargs), card.seconds)
        if not agrees(card, Run(run.case, got, run.want, (), run.by_hand)):
            return False
    return True


def never_given(card: Card) -> list[str]:
    """Arguments of the function that a learner writes which no case gives a value."""
    node = ast.parse(texts_of(card)[0].text).body[0]
    if not isinstance(node, ast.FunctionDef) or card.call is not None:
        return []
    given = set().union(*(arguments(run.case) for run in collect(card, card.reference, card.seconds)))
    places = list(enumerate(arg.arg for arg in node.args.args))
    return [name for place, name in places if place not in given and name not in given] + [
        arg.arg for arg in node.args.kwonlyargs if arg.arg not in given]


def test_an_argument_that_no_case_varies_is_found():
    def scaled(x, by, shift):
        return x * by + shift

    card = card_of(scaled, [(np.arange(3.0) + i, 1 + i, 2) for i in range(3)])
    assert unread(card) == ["shift"]


@pytest.mark.parametrize("card", [pytest.param(card, id=card.id) for card in cards.all_cards()])
def test_every_argument_makes_a_difference_in_some_case(card):
    listed = LISTED.get(lessons.kept(card.id), {})
    found = {*unread(card), *never_given(card)}
    assert found - set(listed) == set(), "no case notices when a function does not read these arguments"
    assert set(listed) - found == set(), "cases vary these by now: take them from the list"
    assert all(len(why.split()) > 3 for why in listed.values())
