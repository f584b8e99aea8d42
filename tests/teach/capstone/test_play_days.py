"""What a play says where a log or a world holds nothing: numbers, none of which is made by dividing by nothing."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import DayLog, Slates
from course_lib.launch.launch_readings import by_person
from course_lib.teach.capstone import play_days
from course_lib.teach.capstone.briefs import BRIEFS
from course_lib.teach.capstone.confined_system import SubmissionError
from course_lib.teach.capstone.hidden_world import HiddenWorldError
from course_lib.teach.capstone.play_days import WorldInPlay, stages_of_system

REQUESTS = pd.DataFrame({"request_id": [0, 1], "user": [0, 1], "time": [1.0, 2.0], "session": [0, 1], "device": [0, 0]})


class FirstTwo:
    """A submission that shows the first two of what may be shown."""

    def __init__(self, *_):
        pass

    def __exit__(self, *error):
        pass

    def __enter__(self):
        return self

    def begin(self, world, days):
        pass

    def observe(self, day):
        pass

    def slates(self, requests):
        assert len(requests)
        return Slates.certain(np.tile(requests.eligible[:2], (len(requests), 1)))


def day(clicks):
    shown = pd.DataFrame({"request_id": [0, 1], "user": [0, 1], "item": [3, 5], "click": clicks})
    return DayLog(0, REQUESTS, shown, pd.DataFrame({"kind": []}))


EMPTY = DayLog(0, REQUESTS.iloc[:0], day([0, 0]).impressions.iloc[:0], pd.DataFrame({"kind": []}))


@pytest.mark.parametrize(("days", "share"), [([day([1, 0]), day([0, 0])], 1.0), ([day([0, 0])] * 2, 0.0),
                                             ([EMPTY] * 2, 0.0)])
def test_days_on_which_nobody_clicked_count_for_nothing(days, share, monkeypatch):
    monkeypatch.setattr(play_days, "ConfinedSystem", FirstTwo)
    at = SimpleNamespace(world=SimpleNamespace(before=days, slate_size=2), brief=None)
    assert WorldInPlay._log(at, None) == {"log_recall": share}


def test_a_morning_on_which_nothing_is_worth_anything_loses_nothing():
    nothing = {name: np.zeros(2) for name in ("oracle", "candidates", "order", "shown")}
    world = SimpleNamespace(grade=lambda slates, candidates: nothing)
    item = np.array([[1, 2]])
    system = SimpleNamespace(slates=lambda requests: SimpleNamespace(item=item), candidates=lambda requests: item)
    assert stages_of_system(system, world, None) == {"retrieval": 0, "choice": 0, "order": 0, "kept": 0}


def raising(error):
    def of(handed_in):
        raise error
    return SimpleNamespace(_log=of)


def test_any_error_of_a_play_is_that_submissions_failure_and_the_worlds_end_is_nobodys():
    assert WorldInPlay.play(raising(SubmissionError("Too long.")), None) == {"failed": "Too long."}
    said = WorldInPlay.play(raising(ZeroDivisionError("by nothing")), None)["failed"]
    assert "did not foresee" in said and "ZeroDivisionError: by nothing" in said
    with pytest.raises(HiddenWorldError):
        WorldInPlay.play(raising(HiddenWorldError("It ended.")), None)


def test_a_claim_that_is_no_number_is_a_failure_with_a_sentence(monkeypatch):
    metrics = {f"{name}{part}": np.nan for name in play_days.FEED for part in ("", ": error")}
    row = {"day": 1, "share": 0.05, "since": 0, "people control": 9, "people treatment": 0, "split p": 1.0} | metrics
    monkeypatch.setattr(play_days, "ConfinedSystem", FirstTwo)
    monkeypatch.setattr(play_days, "readings", lambda *_: pd.DataFrame([row]))
    monkeypatch.setattr(play_days, "run_plan", lambda *_: (np.zeros(1), "stop", 1))
    world = SimpleNamespace(before=[], test=lambda *_: None)
    at = SimpleNamespace(world=world, brief=BRIEFS["feed"], seed=1)
    with pytest.raises(SubmissionError, match="says nothing of clicks per user"):
        WorldInPlay._claim(at, SimpleNamespace(name="one"))


def test_every_submission_has_a_split_of_its_own_in_each_world(monkeypatch):
    salts = []

    def test(system, salt):
        salts.append(salt)
        raise SubmissionError("Enough is known.")
    monkeypatch.setattr(play_days, "ConfinedSystem", FirstTwo)
    for seed, name in ((1, "a"), (1, "b"), (2, "a"), (1, "a"), (1 + 1_000_003, "a")):
        at = SimpleNamespace(world=SimpleNamespace(before=[], test=test), brief=BRIEFS["feed"], seed=seed)
        with pytest.raises(SubmissionError, match="Enough"):
            WorldInPlay._claim(at, SimpleNamespace(name=name))
    assert len(set(salts)) == 4 and salts[0] == salts[3]


def bought(request, value):
    shown = pd.DataFrame({"request_id": [10, 11], "user": [0, 1], "item": [3, 5], "click": [1, 0]}).assign(dwell_s=1.0)
    came = pd.DataFrame({"request_id": request, "kind": "purchase", "value": value})
    return by_person([DayLog(5, REQUESTS.assign(request_id=[10, 11]), shown, came)], 2)


def test_the_truth_of_a_test_counts_money_as_the_test_does():
    """Money of a request before the play is in nobody's test: by 6 and 3 it is a change of 100%, and not of 4%."""
    change = play_days._changed(bought([10, 3], [6.0, 70.0]), bought([11, 3], [3.0, 70.0]), "spend per user", 1)
    assert change == pytest.approx(1.0)


def test_what_is_shown_counts_among_the_candidates_from_wherever_it_came():
    graded = []

    def grade(slates, candidates):
        graded.append(candidates)
        return {name: np.ones(1) for name in ("oracle", "candidates", "order", "shown")}
    system = SimpleNamespace(slates=lambda requests: SimpleNamespace(item=np.array([[9, 4, -1]])),
                             candidates=lambda requests: np.array([[-1, 2, 4]]))
    stages_of_system(system, SimpleNamespace(grade=grade), None)
    system.candidates = lambda requests: None
    stages_of_system(system, SimpleNamespace(grade=grade), None)
    assert sorted(graded[0][0][graded[0][0] >= 0].tolist()) == [2, 4, 9] and graded[1] is None
