"""Functions of a notebook as a submission: their text, settings and plan; nothing that leans on this room."""

import numpy as np
import pytest

from course_lib.contracts import ArgumentError
from course_lib.launch.launch_plan import RIVALS, LaunchPlan
from course_lib.teach.capstone.written_system import FIELDS, best, best_of, system_of


class Asked:
    eligible = np.array([0, 2, 3, 9])


def learn(log):
    return SETTINGS["count"]  # noqa: F821


def retrieve(known, requests):
    return best(np.zeros((len(requests), 4)), requests, known)


def rank(known, requests, candidates):
    return best_of(np.zeros((len(requests), 4)), candidates, known)


def run(text):
    held = {}
    exec(text, held)  # noqa: S102
    return held


def test_the_text_runs_by_itself_with_settings_and_plan():
    made = system_of("mine", learn, retrieve, rank, settings={"count": 2}, plan=LaunchPlan("p", steps=((0.5, 3),)))
    assert "course_lib.teach" not in made.text
    held = run(made.text)
    system = held["System"]()
    system.fit(None)
    assert system.known == 2 and held["PLAN"] == LaunchPlan("p", steps=((0.5, 3),))
    assert {name for name in FIELDS} == {name for name in vars(held["PLAN"]) if name != "rule"}


def test_best_shows_what_may_be_shown_and_best_of_keeps_to_the_candidates():
    score = np.array([[1.0, 9, 3, 2]])
    assert best(score, Asked, 5).tolist() == [[2, 3, 0, -1, -1]]
    assert best_of(score, np.array([[0, 3, -1]]), 3).tolist() == [[3, 0, -1]]
    assert score.tolist() == [[1.0, 9, 3, 2]]


def test_what_is_missing_or_cannot_be_written_down_is_told():
    with pytest.raises(ArgumentError, match="Missing: rank"):
        system_of("mine", learn, retrieve)
    with pytest.raises(ArgumentError, match="rule of its own"):
        system_of("mine", learn, retrieve, rank, plan=RIVALS["never ship"])
    lost = eval("lambda log: log")
    lost.__name__ = "learn"
    with pytest.raises(ArgumentError, match="text of learn"):
        system_of("mine", lost, retrieve, rank)
