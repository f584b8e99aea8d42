"""The five questions of a platform interview: each wrong choice is half true, its feedback says which half and
completes it, and neither length nor place gives the right one away.

A half-true choice is told as one and counts as not right: there is one full answer, and no credit for half of it.
"""

import re
from collections import Counter

import pytest

from course_lib.teach import progress
from course_lib.teach.cards.interview.questions import QUIZZES
from course_lib.teach.show import quizzes

HALF = "Half true: "
WRONG = [(held, choice) for held in QUIZZES for choice in held.choices if choice != held.answer]
NAMES = {"interview.two_tower": ("64 to 256 dimensions", "p99"),
         "interview.ann": ("4d + 8M bytes", "nprobe", "hundred thousand", "tens of millions", "ScaNN",
                           "second look at real vectors"),
         "interview.feature_store": ("Five parts", "registry", "offline store", "online store", "streams", "monitors",
                                     "Parquet", "Redis", "Flink", "Feast", "Tecton", "Hopsworks"),
         "interview.gap": ("Six parts", "power", "split or log", "serving", "old ranker chose", "new or shift",
                       "pays for"),
         "interview.ab": ("Six parts", "primary", "guardrails with margins", "unit", "size and length", "stopping",
                          "holdback")}

AGAINST = re.compile(r"\b(but|not?|cannot|nothing|so (is|can|are)|until|still|before|first|only|the point)\b",
                     re.IGNORECASE)


def half_true(feedback):
    """(what the feedback grants, what it says against it or adds)."""
    granted, _, rest = feedback.removeprefix(HALF).partition(". ")
    return granted, rest


@pytest.mark.parametrize(("held", "choice"), WRONG, ids=[f"{held.id} {choice[:20]}" for held, choice in WRONG])
def test_what_is_said_of_a_wrong_choice_grants_its_half_and_completes_it(held, choice):
    right, feedback = held.feedback(choice)
    granted, rest = half_true(feedback)
    assert not right and feedback.startswith(HALF)
    assert len(granted.split()) >= 2 and len(rest.split()) >= 12
    assert AGAINST.search(rest), rest


def test_only_the_full_answer_is_not_called_half_true():
    for held in QUIZZES:
        right, feedback = held.feedback(held.answer)
        assert right and not feedback.startswith(HALF) and len(feedback.split()) >= 20


@pytest.mark.parametrize("held", QUIZZES, ids=lambda held: held.id)
def test_a_question_and_its_feedback_name_what_belongs_to_a_full_answer(held):
    assert len(QUIZZES) == len(NAMES) == 5
    told = " ".join([held.question, *held.choices, *held.choices.values()])
    assert [name for name in NAMES[f"interview.{held.id.partition('.')[2]}"] if name not in told] == []


def test_neither_place_nor_length_gives_the_right_choice_away():
    """Whoever always takes the longest, the shortest or one place has no more than two of five."""
    places = Counter(list(held.choices).index(held.answer) for held in QUIZZES)
    assert max(places.values()) <= 2 and len(places) >= 3
    ranks = Counter(sorted(map(len, held.choices)).index(len(held.answer)) for held in QUIZZES)
    assert max(ranks[0], ranks[3]) <= 2
    for held in QUIZZES:
        lengths = [len(choice) for choice in held.choices]
        assert len(lengths) == 4 and max(lengths) <= 1.25 * min(lengths)


def test_a_half_true_choice_is_told_and_counts_as_not_right(capsys, monkeypatch):
    monkeypatch.setattr(quizzes, "_right", set())
    held = QUIZZES[0]
    wrong = next(choice for choice in held.choices if choice != held.answer)
    quizzes.answer(held.id, wrong)
    told = capsys.readouterr().out
    assert "Half true" in told and "0 / 5 completed" in told
    quizzes.answer(held.id, held.answer)
    assert "1 / 5 completed" in capsys.readouterr().out
    assert [event["status"] for event in progress.events("quiz")] == ["wrong", "right"]


def test_the_letters_name_the_choices_in_the_order_in_which_they_are_shown():
    for held in QUIZZES:
        for letter, choice in zip("abcd", held.choices, strict=True):
            assert held.feedback(letter) == held.feedback(choice)
