"""What a play says where a log or a world holds nothing: numbers, none of which is made by dividing by nothing."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import DayLog, Slates
from course_lib.teach.capstone import play_days
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
    system = SimpleNamespace(slates=lambda requests: SimpleNamespace(item=None), candidates=lambda requests: 1)
    assert stages_of_system(system, world, None) == {"retrieval": 0, "choice": 0, "order": 0, "kept": 0}
