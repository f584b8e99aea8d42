"""decide: a choice is read, played out beside its rivals, and judged by its regret, whatever was chosen."""

import sys
from dataclasses import replace

import numpy as np
import pytest

from course_lib.contracts import ArgumentError
from course_lib.teach import decide, progress
from course_lib.teach.definitions.choice import Fields, Number, Options
from course_lib.teach.played.playing import play_out

pytestmark = pytest.mark.usefixtures("toys")


def said(capsys, decision_id, choice, **given):
    """(what comes back, what is shown)."""
    back = decide(decision_id, choice, **given)
    return back, capsys.readouterr().out


def test_nothing_is_played_until_something_is_chosen(toys, capsys):
    for untouched in (None, ...):
        back, out = said(capsys, "1.98", untouched)
        assert back == "good" and "nothing chosen yet" in out and "Choose a" in out and "regret" not in out
    assert toys.PLAYED == []
    assert [event["status"] for event in progress.events("attempt")] == ["todo", "todo"]


def test_a_choice_that_costs_is_told_what_it_cost_and_what_spoke_against_it(capsys):
    back, out = said(capsys, "1.98", "bad")
    assert back == "bad", "a choice stands, dear or not"
    assert "costs 1.00 [1.00, 1.00] points" in out and "The week before showed it." in out
    assert progress.events("attempt")[-1]["status"] == "wrong"


def test_the_best_has_no_regret_and_its_twin_none_either(capsys):
    assert "regret 0" in said(capsys, "1.98", "good")[1]
    assert "worth the same" in said(capsys, "1.98", "twin")[1]
    assert progress.events("attempt")[-1]["status"] == "right"


def test_what_cannot_be_told_apart_is_called_a_tie(toys):
    played = play_out(toys.OPTION, "close", {})
    assert played.tied and played.own.value != 0 and played.own.low < 0 < played.own.high


def test_a_tie_is_said_to_be_one(capsys, monkeypatch, toys):
    only = replace(toys.OPTION, id="objective.98", policies={"good": "good", "bad": "bad"})
    monkeypatch.setattr(sys.modules[decide.__module__], "find_decision", {"1.98": only}.__getitem__)
    out = said(capsys, "1.98", "close")[1]
    assert "cannot be told apart" in out and "tie" in out


def test_a_choice_may_beat_every_named_policy(capsys):
    back, out = said(capsys, "1.97", 4, world=lambda seed: 4)
    assert back == 4 and "better than all" in out and "points more than" in out


def test_named_rivals_are_played_under_the_same_seeds(toys):
    played = play_out(toys.OPTION, "bad", {})
    assert played.own.width < 1e-9 < played.worth[""].width, "the noise that both share is no regret"


def test_each_play_happens_once_a_session(toys):
    for choice in ("bad", "good", "bad"):
        play_out(toys.OPTION, choice, {})
    assert len(toys.PLAYED) == len(set(toys.PLAYED)) == 4 * len(toys.OPTION.seeds)


def test_another_world_is_played_anew(toys):
    worths = [play_out(toys.NUMBER, 4, {"world": lambda seed, at=at: at}).worth[""].value for at in (4, 5)]
    assert worths == [0.0, -1.0]


@pytest.mark.parametrize(("decision_id", "choice", "told"), [
    ("1.98", "best", "'best' is none of the options"), ("1.98", 3, "3 is none"), ("1.98", ["good"], "none of"),
    ("1.97", "four", "'four' was given"), ("1.97", 2.5, "2.5 was given"), ("1.97", 11, "from 0 to 10"),
    ("1.97", True, "True was given"), ("1.97", float("nan"), "nan was given"), ("1.97", np.arange(3), "array"),
    ("1.96", 0.1, "expected a dict"), ("1.96", {"margin": 0.1}, "'unit' missing"),
    ("1.96", {"margin": 0.1, "unit": "person", "colour": 1}, "'colour' unknown"),
    ("1.96", {"margin": 2, "unit": "person"}, "'margin': 2 was given"),
])
def test_what_cannot_be_read_is_told_and_the_notebook_runs_on(capsys, decision_id, choice, told):
    given = {"world": lambda seed: 4} if decision_id == "1.97" else {}
    back, out = said(capsys, decision_id, choice, **given)
    assert told in out and "was not played" in out
    assert back == {"1.98": "good", "1.97": 3, "1.96": {"margin": 0.0, "unit": "person"}}[decision_id]


def test_what_was_not_handed_in_is_named(capsys):
    assert "is not given world" in said(capsys, "1.97", 4)[1]


def test_a_play_that_raises_does_not_stop_the_notebook(capsys):
    def broken(seed):
        raise ZeroDivisionError("no world")
    assert "ZeroDivisionError: no world" in said(capsys, "1.97", 4, world=broken)[1]


def test_what_the_learner_wrote_is_escaped(monkeypatch):
    pages = []
    monkeypatch.setattr(sys.modules[decide.__module__], "show", lambda notice: pages.append(notice._repr_html_()))
    for choice in ("<script>alert(1)</script>", ..., "bad"):
        decide("1.98", choice)
    assert "<script>" not in "".join(pages) and "&lt;script&gt;" in pages[0] and "<b>toy</b>" not in pages[1]


def test_what_has_no_text_of_its_own_is_told_by_its_type(capsys):
    class Silent:
        def __repr__(self):
            raise RuntimeError("no text")

    back, out = said(capsys, "1.98", Silent())
    assert back == "good" and "a Silent is none of the options" in out


def test_fields_in_any_order_and_options_in_capitals_are_read():
    assert Fields({"a": Number(0, 1), "b": Options({"x": "1", "y": "2"})}).read({"b": " X", "a": 1}) == {"a": 1.0,
                                                                                                     "b": "x"}


@pytest.mark.parametrize("change", [
    {"seeds": (1, 2, 3, 4)}, {"seeds": (1, 1, 2, 3, 4)}, {"policies": {"good": "good"}}, {"until_chosen": "nobody"},
    {"policies": {"one": "good", "two": "good"}}, {"against": {"good": ""}}, {"task": " "}, {"difficulty": 0},
])
def test_a_decision_that_would_let_a_learner_down_is_refused(toys, change):
    with pytest.raises(ArgumentError, match="1.98"):
        replace(toys.OPTION, **{"id": "objective.98", **change})
