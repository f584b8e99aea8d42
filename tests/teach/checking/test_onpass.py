"""What a learner sees of a right function: the why, another right solution, the speed at a realistic size."""

from dataclasses import replace

import numpy as np
import pytest

from course_lib.teach import cards, progress
from course_lib.teach.checking import comparison, exercises
from course_lib.teach.checking.check import check
from course_lib.teach.checking.speed import realistic_speed, size_of
from course_lib.teach.checking.texts import function_text, how_written, same_code
from course_lib.teach.definitions.card import Case
from tests.teach.toys import SUMS, TOP_K

LARGE = replace(TOP_K, realistic=lambda rng: (rng.normal(size=(200, 300)), 10))


@pytest.fixture(autouse=True)
def no_record(monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", "off")
    monkeypatch.delenv("COURSE_STABLE_OUTPUT", raising=False)


def mine(scores, k):
    return (-scores).argsort(axis=1)[:, :k]


def notice_of(card, fn, text):
    return exercises.passed(card, check(card, fn, text), fn, text)


def test_a_pass_shows_the_why_and_another_solution_folded():
    shown = notice_of(TOP_K, mine, function_text(mine))
    assert [label for label, _, _ in shown.folded] == ["Why it is so", "Another right solution"]
    assert TOP_K.why in shown.folded[0][2]
    assert "_top_k_by_partition" in shown.folded[1][2]
    assert "one by one, where yours works on whole arrays" in shown.folded[1][2]
    assert shown._repr_html_().count("<details") == 2


def test_whoever_wrote_the_alternative_sees_the_reference():
    text = function_text(TOP_K.alternative).replace("_top_k_by_partition", "best")
    shown = exercises.another_solution(TOP_K, text)
    assert "def top_k(" in shown[0][2] and "_top_k_by_partition" not in shown[0][2]


def test_a_lambda_is_shown_without_the_call_around_it():
    assert function_text(SUMS.alternative) == "lambda x: np.einsum('ij->i', x)"


def test_every_alternative_can_be_shown_or_the_reference_can():
    hidden = [card.id for card in cards.all_cards() if not exercises.another_solution(card, "def f(): return None")]
    assert hidden == []


def test_names_and_docstrings_make_no_other_solution():
    assert same_code('def f(x):\n    """Mine."""\n    return x', "def g(x):\n    return x")
    assert not same_code("def f(x):\n    return x", "def f(x):\n    return -x")
    assert how_written("lambda x: x", "def f(x):\n    for y in x: pass")
    assert how_written("lambda x: x", "lambda x: x") == ""


def test_the_speed_is_measured_at_a_realistic_size():
    def slow(scores, k):
        return np.array([sorted(range(len(row)), key=lambda i: -row[i])[:k] for row in scores])

    told = realistic_speed(LARGE, slow)
    assert told.ratio > 2 and "`scores` 200 × 300, `k` 10" in str(told)
    assert realistic_speed(TOP_K, slow) is None


def test_a_function_that_does_not_come_back_is_stopped_and_said():
    def endless(scores, k):
        while scores.shape[0] > 100:
            pass
        return mine(scores, k)

    told = realistic_speed(LARGE, endless, 0.1)
    assert told.stopped and "was stopped at over" in str(told)


def test_a_function_that_fails_at_that_size_is_told_so():
    def small_only(scores, k):
        if len(scores) > 100:
            raise MemoryError
        return mine(scores, k)

    assert "could not be timed: it raises MemoryError" in str(realistic_speed(LARGE, small_only))
    assert notice_of(LARGE, small_only, "").status == "right"


def test_a_built_notebook_shows_no_times(monkeypatch):
    monkeypatch.setenv("COURSE_STABLE_OUTPUT", "1")
    assert realistic_speed(LARGE, mine) is None
    assert "×" not in " ".join(notice_of(LARGE, mine, "").says)
    assert "×" not in comparison.speed_text(LARGE, mine, True)


def test_the_effect_is_not_measured_at_a_pass():
    def never(fn):
        raise AssertionError("measured at the pass")

    assert notice_of(replace(TOP_K, effect=never), mine, "").status == "right"


WITH_SIZE = [card for card in cards.all_cards() if card.realistic]


@pytest.mark.parametrize("card", WITH_SIZE, ids=lambda card: card.id)
def test_the_reference_answers_realistic_arguments_the_same_each_time(card):
    case = Case("realistic", card.realistic(np.random.default_rng(0)))
    again = Case("realistic", card.realistic(np.random.default_rng(0)))
    assert size_of(card, case) and size_of(card, case) == size_of(card, again)
    assert realistic_speed(card, card.reference, 0.05).problem == ""


def test_many_exercises_have_a_realistic_size():
    assert len(WITH_SIZE) >= 20
    assert progress.path() is None
