"""The rungs, and the ladder that tries them in order under the hard filters."""

import numpy as np
import pandas as pd
import pytest
from toy_stages import POPULAR, STATIC, Altered, Ban, N, ask, build, raising

from course_lib.contracts import ArgumentError, Candidates, DayLog
from course_lib.serving.ladder import Ladder, PopularFallback, StaticFallback
from course_lib.serving.trace import NoTrace, Trace


class OnlyFor:
    """A rung that has something for some users only."""

    name, vetted = "personal", False

    def __init__(self, users):
        self.users = users

    def retrieve(self, requests, n):
        item = np.where(np.isin(requests.user, self.users)[:, None], [[20, 21, 22]], -1)
        return Candidates(item, np.zeros(item.shape))


def test_each_request_gets_the_first_rung_that_has_something_for_it():
    answer = Ladder([OnlyFor([1, 3]), POPULAR], [Ban([21, 9])]).answer(ask([1, 2, 3], k=2), NoTrace())
    assert answer.slates.item.tolist() == [[20, 22], [8, 3], [20, 22]] and (answer.slates.propensity == 1).all()
    assert answer.served == {"personal": 2, "popular": 1} and answer.notes == []


def test_where_no_rung_has_anything_the_slate_is_empty():
    answer = Ladder([OnlyFor([]), STATIC], [Ban([50, 51, 52])]).answer(ask([1, 2]), NoTrace())
    assert (answer.slates.item == -1).all() and answer.served["nothing"] == 2


def test_a_trace_holds_every_rung_that_was_tried():
    trace = Trace(ask([4]), 50)
    Ladder([OnlyFor([]), POPULAR], []).answer(ask([4], k=3), trace)
    assert [(stage.name, stage.n_in, stage.n_out) for stage in trace.stages] == [
        ("fallback personal", N, 0), ("fallback popular", N, 3)]


@pytest.mark.parametrize(("change", "words"), [
    (raising(OSError("down")), "OSError: down"),
    (lambda found: None, "AttributeError"),
    (lambda found: Candidates(found.item[:-1], found.score[:-1]), "popular answered 1 of 2 requests"),
    (lambda found: Candidates(found.item[:, [0, 0]], found.score[:, :2]), "returns item 9 twice"),
    (lambda found: Candidates(found.item - 100, found.score), "expected ids from 0"),
])
def test_a_rung_that_fails_is_noted_and_the_next_one_answers(change, words):
    answer = Ladder([Altered(POPULAR, change), STATIC], []).answer(ask([1, 2]), NoTrace())
    assert answer.slates.item.tolist() == [[50, 51, 52, -1, -1]] * 2 and answer.served["static"] == 2
    assert len(answer.notes) == 1 and answer.notes[0].startswith("fallback popular: ") and words in answer.notes[0]


@pytest.mark.parametrize("change", [
    raising(OSError("down")), lambda keep: True, lambda keep: keep[:, :1], lambda keep: keep[0], lambda keep: None,
    lambda keep: np.where(keep, 1.0, np.nan)])
def test_a_filter_that_is_down_lets_only_the_vetted_list_through_and_is_noted(change):
    rule = Altered(Ban([9, 51]), change)
    answer = Ladder([POPULAR, STATIC], [rule]).answer(ask([1, 2]), NoTrace())
    assert answer.slates.item.tolist() == [[50, 51, 52, -1, -1]] * 2
    assert [note.split(" (")[0] for note in answer.notes] == [
        "fallback popular: the filter 'banned by the learner' is down",
        "fallback static: shown although the filter 'banned by the learner' is down"]


def test_a_rung_that_does_not_say_it_is_vetted_is_not():
    class Own:
        name = "own"

        def retrieve(self, requests, n):
            return POPULAR.retrieve(requests, n)

    answer = Ladder([Own()], [Altered(Ban([9]), raising(OSError("down")))]).answer(ask([1]), NoTrace())
    assert (answer.slates.item == -1).all()


@pytest.mark.parametrize("rung", [Ban([1]), "popular", [POPULAR, 3]])
def test_what_is_no_rung_is_refused_before_it_is_needed(rung):
    with pytest.raises(ArgumentError, match="expected rungs with `name`"):
        build(fallback=rung)


def test_one_rung_a_list_or_none_will_do():
    assert build(fallback=POPULAR).fallback == build(fallback=(POPULAR, None)).fallback == [POPULAR]
    assert build(fallback=None).fallback == []


def test_the_static_list_shows_an_item_that_was_listed_twice_once():
    rung = StaticFallback([5, 3, 5, 9, 3])
    assert rung.retrieve(ask([0, 1]), 10).item.tolist() == [[5, 3, 9]] * 2


def test_popular_decays_and_grows_by_newborn_items():
    rung = PopularFallback(pd.DataFrame({"item": [0, 0, 0, 1]}), 2, half_life_days=1)
    day = DayLog(0, None, pd.DataFrame({"item": [2, 2, 1], "click": [1, 1, 0]}), None)
    rung.observe(day)
    assert rung.count.tolist() == [1.5, 0.5, 2.0]
    assert rung.retrieve(ask([0, 1], eligible=range(4)), 3).item.tolist() == [[2, 0, 1]] * 2
