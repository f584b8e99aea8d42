"""A family of mistakes: which slips stand alone, in pairs and in threes, what they are called, and what is left out."""

import pytest

from course_lib.contracts import ArgumentError
from course_lib.teach.cards.two_slips import Slip, in_one, mistakes_of, names, slips
from course_lib.teach.definitions.mistake_kinds import BASE, UNIT


def _build(first=1, second=10, third=100):
    return lambda: first + second + third


STEPS = {
    "first": slips(UNIT, ("two", 2, "you take two"), ("three", 3, "you take three"), alone=("two",)),
    "second": slips(BASE, ("twenty", 20, "you take twenty"), ("you take thirty", 30), unpaired=("you take thirty",)),
    "third": (Slip("none", 0, "you take none", BASE, in_threes=False),),
}


def _answers(**more):
    return {mistake.name: mistake.wrong() for mistake in mistakes_of(_build, STEPS, **more)}


def test_slips_stand_alone_and_in_pairs_of_different_steps():
    assert _answers() == {
        "two": 112, "twenty": 121, "you take thirty": 131, "none": 11,
        "two + twenty": 122, "three + twenty": 123, "two + none": 12, "three + none": 13, "twenty + none": 21}


def test_three_at_once_where_each_may():
    steps = {**STEPS, "third": slips(BASE, ("five", 5))}
    threes = [mistake.name for mistake in mistakes_of(_build, steps, most=3) if mistake.name.count("+") == 2]
    assert threes == ["two + twenty + five", "three + twenty + five"]
    assert not [name for name in _answers(most=3) if name.count("+") == 2]


def test_what_is_left_out_is_left_out_and_must_be_there():
    assert set(_answers()) - set(_answers(without="two | three + none")) == {"two", "three + none"}
    steps = {**STEPS, "third": slips(BASE, ("five", 5))}
    gone = {mistake.name for mistake in mistakes_of(_build, steps, most=3)} - {
        mistake.name for mistake in mistakes_of(_build, steps, never=("two + twenty",), most=3)}
    assert gone == {"two + twenty", "two + twenty + five"}
    with pytest.raises(ArgumentError, match="twice"):
        _answers(without="two + twenty | twice")


def test_the_sentence_holds_all_slips_and_the_kind_is_the_firsts():
    held = {mistake.name: mistake for mistake in mistakes_of(
        _build, STEPS, named=names("; ", "{step}: {name}"), told=in_one("Asked for is one."))}
    assert held["second: you take thirty"].says == "You take thirty. Asked for is one."
    assert held["two; twenty"].says == "Two things: you take two; and you take twenty. Asked for is one."
    assert (held["two; twenty"].kind, held["twenty; none"].kind) == (UNIT, BASE)
