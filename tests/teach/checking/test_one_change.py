"""The last hint: the one change of a right solution that gives the learner's answers; silence where there is none."""

import numpy as np
import pytest
from toys import SUMS, TOP_K, card_of

from course_lib.teach import cards, progress
from course_lib.teach.checking import exercises
from course_lib.teach.checking.case_runs import collect
from course_lib.teach.checking.one_change import one_change


def said(card, fn, seconds=20.0, **kwargs):
    """What is said must not depend on how busy a machine is."""
    return one_change(card, fn, collect(card, fn, card.seconds), seconds=seconds, **kwargs)


def test_the_change_is_named_with_its_line():
    sentence = said(TOP_K, lambda scores, k: np.array([np.argsort(row)[:k] for row in scores]))
    assert sentence == "Your answers are those of the reference without `-` in its line " \
                       "`return np.argsort(-scores, axis=1)[:, :k]`."


def test_a_function_in_place_of_another_is_named():
    sentence = said(SUMS, lambda x: np.array([sum(row) / len(row) for row in x]))
    assert "with `mean` in place of `sum` in its line" in sentence


@pytest.mark.parametrize(("why", "fn"), [
    ("right", lambda x: x.sum(axis=1)),
    ("more than one change", lambda x: 3 * x.mean(axis=1) + 1),
    ("no answer", lambda x: x.nothing),
    ("always the same", lambda x: np.zeros(len(x)))])
def test_nothing_is_said_where_nothing_is_known(why, fn):
    assert said(SUMS, fn) is None


def two_parts(x):
    """Its two lines take off one each: which of them is missing, the answers do not tell."""
    y = 2 * x + 4 - 1
    return y - 1


def test_nothing_is_said_where_changes_on_two_lines_give_the_same_answers():
    card = card_of(two_parts, [(np.arange(6.0) + i,) for i in range(3)])
    assert said(card, lambda x: 2 * x + 3) is None              # without `- 1` here or there
    assert "`2`" in said(card, lambda x: 3 * x + 2)


def test_a_wrong_answer_that_no_case_but_an_invariant_finds_is_not_explained():
    def wrong_for_large(scores, k):
        return np.argsort(-np.abs(scores) if scores.max() > 9 else -scores, axis=1)[:, :k]

    assert said(TOP_K, wrong_for_large) is None


def test_no_time_no_sentence():
    assert said(TOP_K, lambda scores, k: np.argsort(scores, axis=1)[:, :k], seconds=0.0) is None


@pytest.mark.parametrize("card", [pytest.param(card, id=card.id) for card in cards.all_cards()])
def test_no_right_answer_is_called_one_change_away(card):
    assert said(card, card.alternative) is None


@pytest.fixture
def toy_exercise(monkeypatch, tmp_path):
    monkeypatch.setattr(exercises, "find_card", {"99.1": TOP_K}.__getitem__)
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.sqlite"))
    exercises.LATEST.clear()
    exercises._hints_shown.clear()


def test_the_hint_after_the_last_names_the_change(toy_exercise, capsys):
    @exercises.exercise("99.1")
    def smallest(scores, k):
        return np.argsort(scores, axis=1)[:, :k]

    for _ in range(4):
        exercises.hint("99.1")
    out = capsys.readouterr().out
    assert "again looks whether your latest answer" in out
    assert out.count("without `-` in its line") == 1
    assert [event["detail"]["number"] for event in progress.events("hint")] == [1, 2, 3, 4]


def test_without_a_wrong_answer_the_hints_end_as_they_did(toy_exercise, capsys):
    for _ in range(5):
        exercises.hint("99.1")
    assert "one change" not in capsys.readouterr().out
    assert [event["detail"]["number"] for event in progress.events("hint")] == [1, 2, 3]
