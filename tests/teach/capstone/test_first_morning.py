"""One morning's account: who keeps how much, what a change gains in the same worlds, who failed."""

import pytest

from course_lib.contracts import ArgumentError
from course_lib.teach.capstone import first_morning as first
from course_lib.teach.capstone.first_morning import account, first_morning, gain, kept, share_of_choice
from course_lib.teach.capstone.handed_in import HandedIn, checked
from course_lib.teach.capstone.hidden_world import HiddenWorldError
from course_lib.teach.capstone.run_of_play import rivals
from course_lib.teach.capstone.stored_plays import small

ALL_CHOICE = {"retrieval": 0.0, "choice": 0.4, "order": 0.0, "kept": 0.6}
NO_CHOICE = {"retrieval": 0.3, "choice": 0.0, "order": 0.4, "kept": 0.3}
UNTOLD = {"retrieval": None, "choice": 0.4, "order": 0.0, "kept": 0.6}
FOUND = {"a": [ALL_CHOICE] * 2, "b": [UNTOLD] * 2, "c": [NO_CHOICE] * 2, "d": "It ended."}


def test_who_failed_and_who_brings_no_candidates_is_left_out_of_the_share_of_choice():
    assert share_of_choice({"a": FOUND["a"], "b": FOUND["b"], "d": "It ended."}).value == pytest.approx(1)
    assert share_of_choice({"c": FOUND["c"]}).value == pytest.approx(0)


def test_a_stage_that_is_not_told_has_a_dash_and_who_failed_a_sentence(capsys):
    table = account(FOUND)
    assert table.loc["a"].tolist() == ["0%", "40%", "0%", "60%"] and table.loc["b", "retrieval"] == "–"
    assert "d did not make slates. It ended." in capsys.readouterr().out
    assert list(kept(FOUND)) == ["a", "b", "c"]


def test_a_gain_is_taken_within_each_world_and_none_where_one_failed():
    worlds = {"old": [{"kept": 0.1}, {"kept": 0.4}], "new": [{"kept": 0.2}, {"kept": 0.8}], "out": "It ended."}
    found = gain(worlds, "new", "old")
    assert (found.value, found.low, found.high) == pytest.approx((1, 1, 1))
    assert gain(worlds, "out", "old") is None and gain(worlds, "old", "never") is None


def test_empty_slates_keep_nothing_and_a_gain_over_them_is_a_number():
    found = gain({"empty": [{"kept": 0.0}] * 2, "new": [{"kept": 0.2}] * 2}, "new", "empty")
    assert 0 < found.value < float("inf")


def test_a_share_of_choice_needs_a_system_with_candidates_in_all_worlds():
    sometimes = {"a": [UNTOLD, ALL_CHOICE], "b": [ALL_CHOICE, UNTOLD]}
    for found in ({}, {"d": "It ended."}, {"b": FOUND["b"]}, sometimes):
        with pytest.raises(ArgumentError, match="candidates"):
            share_of_choice(found)


def test_two_of_one_name_are_refused_before_anything_runs():
    with pytest.raises(ArgumentError, match="differ"):
        first_morning([HandedIn("a", ""), HandedIn("a", "")], small("feed"), [1])


def test_a_morning_grades_who_answers_and_says_of_who_does_not_why():
    broken = HandedIn("broken", checked("def policy(request):\n    raise ValueError('no idea')\n", "broken"))
    found = first_morning([rivals()[1], broken], small("feed"), [5], jobs=1)
    parts = found["EASE"][0]
    assert sum(parts.values()) == pytest.approx(1) and all(-1e-9 <= part <= 1 for part in parts.values())
    assert "no idea" in found["broken"]


def test_an_error_that_nobody_foresaw_is_one_submissions_and_a_worlds_end_is_nobodys(monkeypatch):
    def raising(error):
        def system(*_):
            raise error
        monkeypatch.setattr(first, "ConfinedSystem", system)
        return first._graded(HandedIn("a", ""), None, None, None)
    assert "did not foresee" in raising(ZeroDivisionError("by nothing"))
    with pytest.raises(HiddenWorldError):
        raising(HiddenWorldError("It ended."))
