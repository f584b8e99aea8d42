"""One change of the learner's own text that makes everything right: its place is told, the change itself is not."""

import numpy as np
import pytest
from toys import SUMS, TOP_K, card_of

from course_lib.teach.checking.case_runs import collect
from course_lib.teach.checking.repair import repair
from course_lib.teach.checking.texts import source


def said(card, fn, seconds=30.0):
    """What is said, with more time than a check has: what is found must not depend on how busy the machine is."""
    slip = repair(card, fn, source(fn), collect(card, fn, card.seconds), seconds)
    return slip.says if slip else None


def capped(x):
    total = np.minimum(x.sum(axis=1), 1.5)
    return total


def test_what_is_too_much_is_named_with_its_line():
    assert said(SUMS, capped) == (
        "Every case comes right with one change in your line `total = np.minimum(x.sum(axis=1), 1.5)`: there is "
        "something too much in `np.minimum(x.sum(axis=1), 1.5)`; `x.sum(axis=1)` would do.")


def above(x, least):
    return [value > least for value in x]


def at_least(x, least):
    return [value >= least for value in x]


AT_LEAST = card_of(at_least, [([0, 1, 2, 1, 0, 2], 1), ([3, 4, 2, 0, 1, 2], 2)])


def test_a_boundary_is_told_as_what_is_exactly_equal():
    assert said(AT_LEAST, above) == (
        "Every case comes right with one change in your line `return [value > least for value in x]`: what is exactly "
        "equal in `value > least` is left out there and belongs in.")


def along_the_users(scores, k):
    order = np.argsort(-scores, axis=0)
    return order[:, :k]


def test_the_line_is_named():
    sentence = said(TOP_K, along_the_users)
    assert "your line `order = np.argsort(-scores, axis=0)`" in sentence and "axis=1" not in sentence


def on_two_lines(x):
    """One less on either line would do."""
    total = x.sum(axis=1) + 2
    return total - 1


def by_a_name_from_outside(offset):
    def inner(x):
        return x.sum(axis=1) + offset
    return inner


@pytest.mark.parametrize(("why", "fn"), [
    ("right", lambda x: x.sum(axis=1)),
    ("two changes", lambda x: 3 * x.mean(axis=1) + 1),
    ("two lines would do", on_two_lines),
    ("no text that stands alone", by_a_name_from_outside(1)),
    ("no function", 3)])
def test_nothing_is_said_where_it_would_be_a_guess(why, fn):
    runs = collect(SUMS, fn if callable(fn) else (lambda x: fn), SUMS.seconds)
    slip = repair(SUMS, fn, source(fn), runs)
    assert slip is None, why


def with_room(x):
    """Room for three rows and one more, where the last case has five: any larger number would do, and none is right."""
    held = np.zeros(3 + 1)
    for row in range(min(len(x), len(held))):
        held[row] = x[row].sum()
    return held[:len(x)]


def test_a_number_that_only_makes_room_is_not_called_the_cause():
    assert said(SUMS, with_room) is None


def test_no_time_no_sentence():
    assert said(SUMS, capped, seconds=0.0) is None


@pytest.mark.parametrize("text", ["", "def", "x = 3", "class A: pass"])
def test_a_text_that_is_no_function_is_left_alone(text):
    assert repair(SUMS, capped, text, collect(SUMS, capped, SUMS.seconds)) is None
