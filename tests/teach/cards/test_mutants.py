"""For every exercise: a right answer with one change is refused, unless a list says why it is right all the same."""

import pytest

from course_lib.teach import cards
from course_lib.teach.checking import mutants
from course_lib.teach.checking.check import check
from course_lib.teach.checking.right_answers import build, texts_of

EQUIVALENT = mutants.listed()


@pytest.fixture(autouse=True)
def without_timing(monkeypatch):
    """No speed ratio is measured here: it would take most of the time and says nothing about right or wrong."""
    monkeypatch.setattr("course_lib.teach.checking.check.speed_ratio", lambda card, fn: 1.0)


EVERY = [pytest.param(card, id=card.id) for card in cards.all_cards()]


@pytest.mark.parametrize("card", EVERY)
def test_what_is_mutated_is_right(card):
    texts = texts_of(card)
    assert texts, "an exercise without a text to mutate"
    for held in texts:
        assert check(card, build(held, held.text), held.text).status == "right", held.of


@pytest.mark.parametrize("card", EVERY)
def test_one_change_makes_an_answer_wrong_or_the_list_says_why_not(card):
    held = mutants.tally(card)
    accepted = [survivor.entry(times) for survivor, times in mutants.unlisted(held, EQUIVALENT).items()]
    assert not accepted, "\n".join([f"{len(accepted)} wrong answers pass; they need a case that tells them apart, or "
                                    "(if they are right on every input) an entry in the list:", *accepted])
    assert not mutants.stale(held, EQUIVALENT), "these are refused by now; take them from the list"
