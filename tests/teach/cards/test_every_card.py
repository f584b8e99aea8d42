"""For every exercise of every lesson: a stub, right answers, cases and text. Its mistakes: test_every_mistake.py."""

import pytest

from course_lib.teach import cards
from course_lib.teach.checking.case_runs import cases_of, collect
from course_lib.teach.checking.check import check
from course_lib.teach.checking.equality import same
from course_lib.teach.checking.texts import source
from course_lib.teach.definitions.card import card_markdown


@pytest.fixture(autouse=True)
def without_timing(monkeypatch):
    """No speed ratio is measured here: it would take most of the time and says nothing about right or wrong."""
    monkeypatch.setattr("course_lib.teach.checking.check.speed_ratio", lambda card, fn: 1.0)


EVERY = [pytest.param(card, id=card.id) for card in cards.all_cards()]

def stub(*args, **kwargs):
    """What a learner's notebook holds at first."""
    raise NotImplementedError


@pytest.mark.parametrize("card", EVERY)
def test_a_stub_is_not_attempted(card):
    assert check(card, stub).status == "todo"


@pytest.mark.parametrize("card", EVERY)
def test_the_reference_is_right(card):
    result = check(card, card.reference)
    assert (result.status, result.says) == ("right", "")


@pytest.mark.parametrize("card", EVERY)
def test_a_right_solution_written_differently_is_right(card):
    result = check(card, card.alternative)
    assert (result.status, result.says) == ("right", "")
    assert source(card.alternative) != source(card.reference), "the alternative must be written differently"


@pytest.mark.parametrize("card", EVERY)
def test_the_cases_do_not_change_from_check_to_check(card):
    first, second = cases_of(card), cases_of(card)
    assert [case.name for case, _ in first] == [case.name for case, _ in second]
    runs, again = (collect(card, card.reference, card.seconds) for _ in range(2))
    assert all(same(a.got.value, b.got.value, 0, 0) for a, b in zip(runs, again, strict=True))


@pytest.mark.parametrize("card", EVERY)
def test_answers_by_hand_agree_with_the_reference(card):
    for run in collect(card, card.reference, card.seconds):
        if run.by_hand and run.got.error is None:
            assert same(run.got.value, run.case.expected, card.rtol, card.atol), run.case.name


@pytest.mark.parametrize("card", EVERY)
def test_the_card_can_be_shown(card):
    text = card_markdown(card)
    assert card.id in text and card.title in text
    assert not any(mistake.says in text for mistake in card.mistakes), "a card must not give its mistakes away"
