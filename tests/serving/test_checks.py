"""What a request and a stage's answer are held against: what is right passes unchanged, what is wrong is named."""

from dataclasses import replace

import numpy as np
import pytest
from toy_stages import Ban, ask

from course_lib.contracts import ArgumentError, Candidates, ShapeError, SlateError, Slates
from course_lib.serving.checks import check_candidates, check_requests, check_scores, check_slates, doubts, kept_by


@pytest.mark.parametrize(("change", "words"), [
    ({"slate_size": -1}, "slate_size is -1"), ({"slate_size": 2.5}, "slate_size is 2.5"),
    ({"slate_size": None}, "slate_size is None"), ({"slate_size": "5"}, "slate_size is '5'"),
    ({"user": np.array([-2])}, "user is -2 in request 0"),
    ({"eligible": np.array([1, 3, 2])}, "item 2 behind 3, at 2"), ({"eligible": np.array([1, 1])}, "item 1 behind 1"),
    ({"eligible": np.zeros((2, 2))}, r"eligible has shape \(2, 2\)"), ({"eligible": np.int32(4)}, "eligible has shape"),
])
def test_a_request_that_makes_no_sense_is_named(change, words):
    with pytest.raises(ArgumentError, match=words):
        check_requests(replace(ask([1]), **change))


@pytest.mark.parametrize("requests", [ask([]), ask([1], k=0), ask([1], eligible=[]), ask([1], eligible=[4]), ask([-1]),
                                      replace(ask([1]), slate_size=np.int64(3))])
def test_few_or_none_is_no_mistake(requests):
    check_requests(requests)


@pytest.mark.parametrize(("item", "score", "error", "words"), [
    ([[1, 2]], [[1, 2], [3, 4]], ShapeError, "axis B"),
    ([[1, 2]], [[1]], ShapeError, "axis C"),
    ([1, 2], [1, 2], ShapeError, "2 axes"),
    ([[1], [2]], [[1], [2]], ShapeError, "retriever answered 2 of 1 requests"),
    ([[4, 1, 4]], [[1, 1, 1]], SlateError, "the retriever returns item 4 twice in row 0"),
    ([[1, -2]], [[1, 1]], ArgumentError, r"item -2 at \(0, 1\)"),
    ([[1, 2.5]], [[1, 1]], ArgumentError, r"item 2.5 at \(0, 1\)"),
    ([[np.nan, 2]], [[1, 1]], ArgumentError, r"item nan at \(0, 0\)"),
    ([["a"]], [[1]], ValueError, "a"),
])
def test_candidates_that_cannot_go_on_are_named(item, score, error, words):
    with pytest.raises(error, match=words):
        check_candidates(Candidates(np.array(item), np.array(score)), 1, "retriever")


@pytest.mark.parametrize("item", [[[1, -1, -1]], [[1.0, 2.0, -1.0]], np.empty((1, 0)), np.array([[3]], np.uint16)])
def test_candidates_come_back_as_whole_numbers(item):
    found = check_candidates(Candidates(item, np.zeros(np.shape(item))), 1, "retriever")
    assert found.item.dtype.kind in "iu" and (found.item == item).all()


def test_a_nan_of_the_retriever_is_doubtful_but_that_of_padding_is_not():
    item = np.array([[1, 2], [1, -1], [-1, -1]])
    score = np.array([[1, np.nan], [1, np.nan], [np.nan, np.nan]])
    assert doubts(Candidates(item, score)) == {0: "the retriever's score is NaN"}


@pytest.mark.parametrize("answer", [True, None, [True] * 3, [[True]], [[True] * 4], [[[True]] * 3]])
def test_a_filters_answer_is_never_stretched_to_fit(answer):
    rule = Ban([2])
    rule.keep = lambda requests, item: answer
    with pytest.raises(ShapeError, match=r"filter 'banned by the learner' returned \(.*expected \(1, 3\)"):
        kept_by(rule, ask([1]), np.array([[1, 2, 3]]))


def test_a_filter_may_answer_in_numbers_but_not_in_nan():
    rule = Ban([2])
    for answer in ([[1, 0, 1]], [[0.5, 0.0, 1.0]]):
        rule.keep = lambda requests, item, answer=answer: answer
        assert kept_by(rule, ask([1]), np.array([[1, 2, 3]])).tolist() == [[True, False, True]]
    rule.keep = lambda requests, item: [[1, np.nan, 1]]
    with pytest.raises(ArgumentError, match="NaN"):
        kept_by(rule, ask([1]), np.array([[1, 2, 3]]))


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.int8, bool, object])
def test_scores_may_be_numbers_of_any_kind(kind):
    score = check_scores(np.array([[1, 0]], kind), np.array([[5, 6]]))
    assert score.dtype == float and score.tolist() == [[1, 0]]


def test_scores_of_another_shape_or_that_are_no_numbers_are_refused():
    with pytest.raises(ShapeError, match=r"ranker returned \(2,\); expected \(1, 2\)"):
        check_scores([1, 2], np.array([[5, 6]]))
    with pytest.raises(ValueError):
        check_scores([["a", "b"]], np.array([[5, 6]]))


@pytest.mark.parametrize(("item", "error", "words"), [
    ([[1, 1]], SlateError, "twice"), ([[1, 5]], SlateError, "item 5 at position 2, which it was not given"),
    ([[1, -3]], SlateError, "item -3 at position 2"), ([[1, 2, 3]], ShapeError, "returned 3 slots; expected 2"),
    ([[99, 1]], SlateError, "not eligible"), ([[1, 2]] * 2, ShapeError, "2 requests|1 requests")])
def test_slates_that_cannot_be_shown_are_named(item, error, words):
    with pytest.raises(error, match=words):
        check_slates(Slates.certain(item), ask([1], k=2), np.array([[1, 2, 3, -1]]))


@pytest.mark.parametrize("item", [[[3, 1]], [[3, -1]], [[3]], [[-1, -1]]])
def test_slates_of_what_was_given_pass(item):
    assert check_slates(Slates.certain(item), ask([1], k=2), np.array([[1, 2, 3, -1]])).item.tolist() == item
