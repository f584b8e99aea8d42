"""The kind of every known mistake of every card: {card: {kind: "name | name"}}, a module a lesson.

A mistake that states its own `kind` does not stand here. What is called a leak, a boundary and so on is said in
definitions/mistake_kinds.py; the tests hold these tables against the cards, both ways.
"""

from __future__ import annotations

from course_lib.teach import lessons
from course_lib.teach.cards.kinds import (
    of_ann,
    of_experiments,
    of_feature_audit,
    of_feedback,
    of_interview,
    of_launch,
    of_metric_stack,
    of_negatives,
    of_objective,
    of_ranker,
    of_reranker,
    of_serving,
    of_start_here,
    of_two_tower,
)
from course_lib.teach.definitions.card import Card
from course_lib.teach.definitions.mistake_kinds import OTHER, kind_of_slip

TABLE = {}
for _module in (of_ann, of_experiments, of_feature_audit, of_feedback, of_interview, of_launch, of_metric_stack, of_negatives, of_objective, of_ranker, of_reranker, of_serving, of_start_here, of_two_tower):
    TABLE |= _module.TABLE


def named_in(card_id: str) -> dict[str, str]:
    """{name of a known mistake: its kind} as this table has it for a card ("two_tower.1" or "3.1")."""
    return {name: kind for kind, names in TABLE.get(lessons.kept(card_id), {}).items() for name in names.split(" | ")}


def kind_for(card: Card, mistake: str, known: bool) -> str:
    """The kind of what a check found, as it goes into the record: a mistake's own `kind` goes before the table."""
    own = next((held.kind for held in card.mistakes if known and held.name == mistake and held.kind), "")
    return own or kind_of(card.id, mistake, known)


def kind_of(card_id: str, mistake: str, known: bool) -> str:
    """The kind of what a check found: of a card's known mistake, else of a general slip with that name.

    The table is asked before the cards, so that no lesson's libraries are loaded for a report.
    """
    held = named_in(card_id)
    if mistake in held and (known or kind_of_slip(mistake) == OTHER):
        return held[mistake]
    return kind_of_slip(mistake)
