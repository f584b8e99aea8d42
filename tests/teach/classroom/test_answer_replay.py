"""Right is what the judge finds right in the values; calling it so is not enough."""

import json

import numpy as np
import pytest

from course_lib.teach import cards
from course_lib.teach.checking.guard import ExerciseTimeout
from course_lib.teach.classroom import answer_replay
from course_lib.teach.classroom.answer_replay import agrees_with, recorded
from course_lib.teach.classroom.messages import BadMessageError

CARD = cards.card("1.1")
NAMES = [name for name in cards.lessons()]


def sent(card, fn):
    """What fn returned, as it comes out of the pipe."""
    return json.loads(json.dumps(recorded(card, fn, card.seconds)))


def all_cards():
    return [held for held in cards.all_cards() if hasattr(held, "alternative")]


@pytest.mark.parametrize("lesson", NAMES)
def test_right_answers_of_every_card_are_found_right(lesson):
    mine = [card for card in all_cards() if card.lesson == lesson]
    wrong = [(card.id, name) for card in mine for name, fn in (("reference", card.reference), ("alternative",
             card.alternative)) if not agrees_with(card, sent(card, fn))]
    assert wrong == []


def test_wrong_values_are_found_wrong():
    for fn in (lambda row, amount, n: -np.bincount(row, amount, n), lambda *a: None, lambda *a: 1 / 0):
        assert not agrees_with(CARD, sent(CARD, fn))


class Equal:
    def __eq__(self, other):
        return True

    def __array__(self, *args, **kwargs):
        raise RuntimeError

    __hash__ = None


def test_an_answer_that_equals_everything_is_found_wrong():
    assert not agrees_with(CARD, sent(CARD, lambda *a: Equal()))


def test_too_few_and_too_many_values_are_found_wrong():
    values = sent(CARD, CARD.reference)
    assert agrees_with(CARD, values)
    assert not agrees_with(CARD, values[:-1]) and not agrees_with(CARD, values + values[:1])


@pytest.mark.parametrize("values", [None, [], "right", {"a": 1}, [1], [["returned"]], [["returned", ["x"]]],
                                    [["raised", 3]], [["returned", 1]] * 6000], ids=lambda held: str(held)[:30])
def test_values_that_break_the_format_are_refused(values):
    with pytest.raises(BadMessageError):
        agrees_with(CARD, values)


def test_values_made_to_take_long_are_given_up(monkeypatch):
    monkeypatch.setattr(answer_replay, "DECODING_S", 0.3)
    keys_of_one_hash = [[["int", str(i * (2**61 - 1))], None] for i in range(60_000)]
    with pytest.raises(ExerciseTimeout):
        agrees_with(CARD, [["returned", ["dict", keys_of_one_hash]]])


def test_an_answer_that_takes_too_long_sends_nothing():
    def slow(*args):
        while True:
            pass
    assert recorded(CARD, slow, 0.2) == []


def test_an_error_in_one_case_does_not_end_the_others():
    calls = []

    def fails_at_first(*args):
        calls.append(args)
        return 1 / 0 if len(calls) == 1 else CARD.reference(*args)
    kinds = [kind for kind, _ in recorded(CARD, fails_at_first, 2.0)]
    assert kinds[0] == "raised" and set(kinds[1:]) == {"returned"} and len(kinds) == len(calls) > 2
