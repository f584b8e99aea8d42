"""Each stage alone: the same with a trace and without, and what it takes for a row that cannot go on."""

import numpy as np
import pytest
from toy_stages import TASTE, Altered, Ban, N, Nearest, Reverse, ask

from course_lib.contracts import Candidates, Slates
from course_lib.serving.pipeline import HardFilters, Rank, Rerank, Retrieve
from course_lib.serving.trace import NoTrace, Trace


def candidates(item, score=None):
    item = np.array(item, np.int32)
    return Candidates(item, np.where(item < 0, -np.inf, 1.0 if score is None else np.array(score, float)))


def test_the_four_stages_one_after_the_other_are_the_same_with_a_trace_and_without():
    requests, answers = ask([4]), []
    for trace in (Trace(requests, 50), NoTrace()):
        found = Retrieve(Nearest(), 20).run(requests, trace)
        kept, bare = HardFilters([Ban(range(0, N, 2))]).run(requests, found, trace)
        ranked, unordered = Rank(Reverse(), 6).run(requests, kept, trace)
        slates = Rerank(None).run(requests, ranked, trace)
        answers.append([*(a.tolist() for a in (found.item, kept.item, ranked.item, slates.item)), bare, unordered])
    assert answers[0] == answers[1]
    top = [i for i in np.argsort(-TASTE[4])[:20] if i % 2]
    assert answers[0][3] == [top[::-1][:5]] and answers[0][4:] == [{}, {}]


def test_filters_take_out_in_order_and_each_answers_for_its_own():
    trace = Trace(ask([4]), 50)
    first, second = Ban([1, 2]), Ban([2, 3])
    second.reason = "second"
    kept, bare = HardFilters([first, second]).run(ask([4]), candidates([[1, 2, 3, 4, -1]]), trace)
    assert kept.item.tolist() == [[-1, -1, -1, 4, -1]] and bare == {}
    assert kept.score.tolist() == [[-np.inf] * 3 + [1, -np.inf]]
    assert {why: items.tolist() for why, items in trace["filter"].gone.items()} == {
        "banned by the learner": [1, 2], "second": [3]}


def test_rows_where_nothing_is_left_are_named():
    kept, bare = HardFilters([Ban([1])]).run(ask([4, 5, 6]), candidates([[1, -1], [1, 2], [-1, -1]]), NoTrace())
    assert bare == dict.fromkeys([0, 2], "no candidate is left after the filters")


@pytest.mark.parametrize("kind", [np.float16, np.float32, int, bool, object])
def test_scores_of_any_kind_order_as_they_stand_and_ties_keep_retrievals_order(kind):
    class Given:
        def score(self, requests, kept):
            return np.array([[0, 1, 1, 0] * 10], kind)

    items = np.arange(40)[::-1]
    ranked, unordered = Rank(Given(), 30).run(ask([4]), candidates([items]), NoTrace())
    first = np.array([0, 1, 1, 0] * 10) == 1
    assert ranked.item.tolist() == [[*items[first], *items[~first]][:30]] and unordered == {}


@pytest.mark.parametrize(("score", "reason"), [
    ([3, np.nan, 1, 2], "the ranker's score is NaN"), ([np.nan] * 4, "the ranker's score is NaN"),
    ([np.inf, np.nan, 1, 1], "the ranker's score is NaN"), ([3, np.inf, 1, 2], "the ranker's score is infinite"),
    ([-np.inf] * 4, "the ranker's score is infinite"), ([3, -np.inf, 1, 2], None), ([3, 2, 1, 2], None)])
def test_scores_that_set_no_order_are_named_wherever_they_stand(score, reason):
    rank = Rank(Altered(Reverse(), lambda old: np.array([[0.0] * 4, score])), 2)
    _, unordered = rank.run(ask([4, 5]), candidates([[6, 7, 8, -1], [6, 7, 8, 9]]), NoTrace())
    assert unordered == ({} if reason is None else {1: reason})


def test_what_the_ranker_says_of_padding_does_not_matter():
    rank = Rank(Altered(Reverse(), lambda old: np.array([[1, 2, np.nan, np.inf]])), 4)
    ranked, unordered = rank.run(ask([4]), candidates([[6, 7, -1, -1]]), NoTrace())
    assert ranked.item.tolist() == [[7, 6, -1, -1]] and unordered == {}


def test_without_a_ranker_the_retrievers_order_stands():
    ranked, _ = Rank(None, 2).run(ask([4]), candidates([[6, 7, -1]], [[0.1, 0.2, 0]]), NoTrace())
    assert ranked.item.tolist() == [[7, 6]] and ranked.score.tolist() == [[0.2, 0.1]]


def test_the_trace_of_the_re_ranker_has_what_gave_way_and_its_note():
    class Second:
        notes = {0: "a cap was relaxed"}

        def rerank(self, requests, item, score, slate_size):
            return Slates.certain(item[:, 1:2])

    trace = Trace(ask([4]), 50)
    Rerank(Second()).run(ask([4]), candidates([[6, 7, 8, -1]], [[0.3, 0.2, 0.1, 0]]), trace)
    record = trace["rerank"]
    assert (record.item.tolist(), record.score.tolist(), record.note) == ([7], [0.2], "a cap was relaxed")
    assert record.gone["gave way in the slate"].tolist() == [6, 8] and (record.n_in, record.n_out) == (3, 1)
