"""For every exercise of every lesson: each known mistake gets its own sentence and no other's.

Families of two slips at once make some thousands of mistakes. Of a card that has many, the first twelve are tried here
and some of the others; COURSE_EVERY_MISTAKE=1 tries all of them.
"""

import os

import pytest

from course_lib.teach import cards
from course_lib.teach.checking.check import check


@pytest.fixture(autouse=True)
def without_timing(monkeypatch):
    """No speed ratio is measured here: it would take most of the time and says nothing about right or wrong."""
    monkeypatch.setattr("course_lib.teach.checking.check.speed_ratio", lambda card, fn: 1.0)


FIRST, OTHERS = 12, 6           # of a card's known mistakes


def tried(card) -> tuple:
    """The known mistakes that are tried: all where asked for or where there are few, else some of each part."""
    many = card.mistakes[FIRST:]
    step = 1 if os.environ.get("COURSE_EVERY_MISTAKE") else max(len(many) // OTHERS, 1)
    return (*card.mistakes[:FIRST], *many[int(card.id.split(".")[1]) % step::step])


MISTAKES = [pytest.param(card, mistake, id=f"{card.id}-{mistake.name.replace(' ', '_')}")
            for card in cards.all_cards() for mistake in tried(card)]


@pytest.mark.parametrize(("card", "mistake"), MISTAKES)
def test_a_known_mistake_gets_its_own_sentence(card, mistake):
    result = check(card, mistake.wrong)
    assert (result.status, result.known, result.says) == ("wrong", True, mistake.says)
