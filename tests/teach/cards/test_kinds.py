"""Every known mistake has a kind, and the table of kinds names no mistake that is gone."""

import pytest

from course_lib.contracts import ArgumentError
from course_lib.teach import cards, lessons
from course_lib.teach.cards import kinds
from course_lib.teach.checking import near_misses
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.mistake_kinds import KINDS, LEAK, OTHER, UNIT, kind_of_slip


def test_every_known_mistake_has_one_kind():
    """A new mistake states `kind=` itself, or stands in the table."""
    missing = [(card.id, mistake.name) for card in cards.all_cards() for mistake in card.mistakes
               if not mistake.kind and mistake.name not in kinds.named_in(card.id)]
    assert missing == []


def test_no_entry_of_the_table_is_stale_or_stands_twice():
    held = {lessons.kept(card.id): {mistake.name for mistake in card.mistakes if not mistake.kind}
            for card in cards.all_cards()}
    for card_id, by_kind in kinds.TABLE.items():
        names = [name for text in by_kind.values() for name in text.split(" | ")]
        assert set(names) <= held[card_id] and len(set(names)) == len(names), card_id
        assert set(by_kind) <= set(KINDS)


def test_most_mistakes_are_of_a_kind_that_comes_back():
    all_kinds = [kind for card_id in kinds.TABLE for kind in kinds.named_in(card_id).values()]
    assert all_kinds.count(OTHER) < 0.1 * len(all_kinds)
    lessons_with = {kind: {card_id.split(".")[0] for card_id in kinds.TABLE if kind in kinds.TABLE[card_id]}
                    for kind in KINDS}
    assert all(len(held) >= 3 for held in lessons_with.values())


def test_the_kind_of_a_slip_is_told_from_its_name():
    assert kind_of_slip("wrong sign") == "direction or sign" and kind_of_slip("rounded to 3") == UNIT
    assert kind_of_slip("off by one") == "boundary" and kind_of_slip("mean for sum") == "mean for sum"
    assert kind_of_slip("`k` is never read") == "something left out" and kind_of_slip("KeyError") == OTHER


def test_most_general_slips_have_a_kind():
    names = {name for name, _, _ in near_misses.TRANSFORMS}
    assert {name for name in names if kind_of_slip(name) == OTHER} == set()


def test_a_known_mistake_goes_before_a_slip_of_the_same_name():
    assert kinds.kind_of("8.1", "the nearest fact", True) == LEAK
    assert kinds.kind_of("8.1", "wrong sign", False) == "direction or sign"
    assert kinds.kind_of("no such.1", "anything", True) == OTHER


def test_a_kind_that_does_not_exist_is_refused():
    with pytest.raises(ArgumentError, match="expected one of"):
        Mistake("made", len, "A sentence that is long enough.", kind="carelessness")
    assert Mistake("made", len, "A sentence that is long enough.", kind=LEAK).kind == LEAK
