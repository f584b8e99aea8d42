"""Guards that nobody asked for: which are made, and which a range of values excuses."""

import numpy as np
import pytest

from course_lib.teach.checking import mutants
from course_lib.teach.checking.unasked import does_nothing, kinds_of_arguments, unasked_of
from course_lib.teach.definitions.card import Case

RATIO = "def ratio(a, b):\n    return a / b, len(a)\n"


def ratio(a, b):
    return a / b, len(a)


def _now(text, *more):
    return {(mutant.was, mutant.now) for mutant in unasked_of(text, *more)}


@pytest.mark.parametrize("was, now", [("a / b", "np.maximum(a / b, 0)"), ("a / b", "np.round(a / b, 4)"),
                                      ("len(a)", "np.minimum(len(a), 10)"), ("b", "np.clip(b, 0, 1)"),
                                      ("a", "np.minimum(a, 5)")])
def test_each_part_of_the_answer_and_of_a_division_gets_its_guard(was, now):
    assert (was, now) in _now(RATIO)


def test_arguments_are_guarded_and_rows_with_a_zero_are_dropped():
    found = _now(RATIO, *kinds_of_arguments(ratio, [Case("two", (np.array([1.0, 0.0]), np.array([2, 3])))]))
    assert ("(start)", "a = np.maximum(a, 0)") in found
    assert ("(start)", "b = np.maximum(b, 0)") not in found, "whole numbers are not guarded"
    assert any(was == "(start)" and "_kept = np.asarray(b) != 0" in now for was, now in found)


def test_the_last_of_equal_values_stands_for_the_first():
    assert ("x.argmax()", "len(x) - 1 - np.argmax(np.asarray(x)[::-1])") in _now("def f(x):\n    return x.argmax()\n")


def test_a_mutant_can_be_run():
    names = {"np": np}
    for mutant in unasked_of(RATIO, ("a",), ("a", "b")):
        exec(mutant.text, names)                                    # noqa: S102
        assert len(names["ratio"](np.array([1.0, 2.0]), np.array([4.0, 5.0]))) == 2


@pytest.mark.parametrize("told, excused", [
    ({"low": 0}, {"np.maximum(a / b, 0)", "np.abs(a / b)"}),
    ({"high": 1}, {"np.minimum(a / b, 1)", "np.minimum(a / b, 10)"}),
    ({"whole": True}, {"np.round(a / b, 4)"}), ({"high": 7}, {"np.minimum(a / b, 10)"}), ({}, set())])
def test_a_range_excuses_what_changes_none_of_its_values(told, excused):
    of_answer = [mutant for mutant in unasked_of(RATIO) if mutant.was == "a / b"]
    assert {mutant.now for mutant in of_answer if does_nothing(mutant, {"a / b": told})} == excused


def test_a_range_of_the_answer_excuses_nothing_on_the_way_to_it():
    on_the_way = [mutant for mutant in unasked_of(RATIO) if mutant.was == "b"]
    assert not any(does_nothing(mutant, {"answer": {"low": 0, "high": 1}}) for mutant in on_the_way)


def test_a_zero_is_excused_by_its_own_argument_only():
    dropped = [mutant for mutant in unasked_of(RATIO, (), ("a", "b")) if "_kept" in mutant.now]
    assert [does_nothing(mutant, {"a": {"zeros": "none"}}) for mutant in dropped] == [True, False]


def test_every_range_has_its_reason():
    assert all(len(told["because"].split()) >= 3 for texts in mutants.ranges().values() for told in texts.values())
