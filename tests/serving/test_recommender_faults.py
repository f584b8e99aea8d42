"""Odd input at the door, and defects in every stage: none ends the service, none is hidden, none is shown."""

from dataclasses import replace

import numpy as np
import pytest
from toy_stages import POPULAR, STATIC, TASTE, Altered, Ban, N, Nearest, Reverse, ask, build, raising

from course_lib.contracts import ArgumentError, Candidates, Slates
from course_lib.stages.reranking.reranker import MMRReranker

PARTS = {"retrieve": lambda change: {"retriever": Altered(Nearest(), change)},
         "filter": lambda change: {"filters": [Altered(Ban([10]), change)]},
         "rank": lambda change: {"ranker": Altered(Reverse(), change)},
         "rerank": lambda change: {"reranker": Altered(MMRReranker(np.eye(N), 0.9), change)}}


# --- odd requests ---------------------------------------------------------------------------------------------------
def test_people_who_are_not_known_get_the_popular_list_and_the_others_their_own():
    system, requests = build(), ask([2, 999, 3])
    with pytest.warns(UserWarning, match="never seen"):
        slates = system.slates(requests).check(requests)
    assert slates.item[1].tolist() == [9, 8, 3, 7, 0]
    assert slates.item[[0, 2]].tolist() == build().slates(ask([2, 3])).item.tolist()
    assert system.rungs == {"full": 2, "popular": 1}
    assert system.incidents == {"UnknownIdError: user 999 was never seen.": 1}
    assert "retrieve: UnknownIdError: user 999" in system.recommend(ask([999])).trace.notes[0]


def test_a_slate_of_no_slots_and_one_of_more_slots_than_there_are_items():
    none = build().recommend(ask([2], k=0))
    assert none.item.shape == (0,) and none.trace.rung == "full" and none.trace.notes == []
    assert build().slates(ask([2, 3], k=0)).item.shape == (2, 0)
    with pytest.warns(UserWarning, match="never seen"):
        assert build().recommend(ask([999], k=0)).item.shape == (0,)
    many = build().slates(ask([2], k=100)).check(ask([2], k=100)).item
    assert many.shape == (1, 100) and (many >= 0).sum() == 12


@pytest.mark.parametrize("change", [{"slate_size": -1}, {"slate_size": 2.5}, {"eligible": np.array([3, 1, 2])}])
def test_a_request_that_makes_no_sense_is_refused_alone_and_in_a_batch(change):
    system = build()
    for call, users in ((system.recommend, [1]), (system.slates, [1, 2]), (system.slates, [])):
        with pytest.raises(ArgumentError, match="slate_size is|eligible holds"):
            call(replace(ask(users), **change))
    assert not system.rungs


@pytest.mark.parametrize("size", [{"batch": 0}, {"batch": -3}, {"n_retrieve": 0}, {"n_rerank": 0}])
def test_sizes_below_one_are_refused(size):
    with pytest.raises(ArgumentError, match="at least 1 each"):
        build(**size)


def test_the_same_request_twice_gets_the_same_slate_twice():
    requests = replace(ask([2, 2, 3, 2]), request_id=np.array([5, 5, 6, 5]))
    slates = build(reranker=MMRReranker(np.eye(N), explore=0.9, seed=1)).slates(requests)
    assert (slates.item[[1, 3]] == slates.item[0]).all() and (slates.propensity[[1, 3]] == slates.propensity[0]).all()


def test_no_request_at_all_touches_no_stage():
    system = build(**PARTS["retrieve"](raising(RuntimeError("touched"))))
    assert system.slates(ask([], k=7)).item.shape == (0, 7) and not system.rungs
    with pytest.raises(ArgumentError, match="one request, got 0"):
        system.recommend(ask([]))


def test_where_nothing_is_on_offer_nothing_is_shown_and_it_is_said():
    for parts in ({}, {"filters": []}, {"ranker": None, "reranker": None}):
        answer = build(**parts).recommend(ask([1], eligible=[]))
        assert (answer.item == -1).all() and answer.trace.rung == "nothing"
        assert answer.trace.notes == ["no candidate is left after the filters"]


# --- defects of stages ----------------------------------------------------------------------------------------------
def test_ids_outside_the_catalogue_are_never_shown_and_stand_in_the_trace():
    def strange(found):
        item = found.item.astype(np.int64)
        item[:, :3] = [N, 10**6, 2**40]
        return Candidates(item, found.score)

    system = build(**PARTS["retrieve"](strange))
    answer = system.recommend(ask([2]))
    assert ((answer.item >= 0) & (answer.item < N)).all() and answer.trace.rung == "full"
    assert answer.trace["filter"].gone["not on offer today"].tolist() == [N, 10**6, 2**40]
    system.slates(ask([2, 3])).check(ask([2, 3]))


DEFECTS = {
    "retrieve": [raising(OSError("down")), lambda found: None,
                 lambda found: Candidates(found.item[:, :3], found.score),
                 lambda found: Candidates(found.item[:0], found.score[:0]),
                 lambda found: Candidates(found.item[:, [0, 0]], found.score[:, :2]),
                 lambda found: Candidates(found.item - 70, found.score),
                 lambda found: Candidates(found.item + 0.5, found.score)],
    "filter": [raising(OSError("down")), lambda keep: None, lambda keep: True, lambda keep: keep[:, 1:],
               lambda keep: keep[..., None], lambda keep: np.where(keep, np.nan, 0)],
    "rank": [raising(OSError("down")), lambda score: None, lambda score: score[:, 1:], lambda score: score[0],
             lambda score: np.full(score.shape, "high")],
    "rerank": [raising(OSError("down")), lambda slates: None, lambda slates: Slates.certain(slates.item[:, [0, 0]]),
               lambda slates: Slates.certain(np.full_like(slates.item, 10)),
               lambda slates: Slates.certain(slates.item - 100),
               lambda slates: Slates.certain(np.tile(slates.item, 2)),
               lambda slates: Slates(slates.item, slates.propensity * 2),
               lambda slates: Slates(slates.item, slates.propensity * np.nan),
               lambda slates: Slates(slates.item[:, :2], slates.propensity)],
}


@pytest.mark.filterwarnings("ignore:recommender. a stage failed")
@pytest.mark.parametrize(("stage", "change"), [(stage, change) for stage in DEFECTS for change in DEFECTS[stage]])
def test_a_defect_of_a_stage_is_in_the_notes_under_its_name_and_the_ladder_answers(stage, change):
    system = build(**PARTS[stage](change))
    answer = system.recommend(ask([2]))
    assert answer.trace.rung == ("static" if stage == "filter" else "popular") and answer.trace.notes
    assert answer.trace.notes[0].startswith(f"{stage}: ") and answer.trace[stage].name == stage
    assert system.incidents[answer.trace.notes[0]] == 1
    slates = system.slates(ask([2, 3, 4])).check(ask([2, 3, 4]))
    assert (slates.item == answer.item).all() and system.rungs["full"] == 0
    assert sum(n for what, n in system.incidents.items() if "fallback" not in what) == 4


@pytest.mark.filterwarnings("ignore:recommender. a stage failed")
@pytest.mark.parametrize(("stage", "change"), [(stage, change) for stage in DEFECTS for change in DEFECTS[stage]])
def test_without_a_ladder_a_defect_is_an_error(stage, change):
    system = build(fallback=None, **PARTS[stage](change))
    for call, users in ((system.recommend, [2]), (system.slates, [2, 3])):
        with pytest.raises((OSError, ArgumentError, AttributeError, ValueError, TypeError)):
            call(ask(users))


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, GeneratorExit])
@pytest.mark.parametrize("stage", PARTS)
def test_who_stops_the_program_stops_it(stage, stop):
    system = build(**PARTS[stage](raising(stop)))
    for call, users in ((system.recommend, [2]), (system.slates, [2, 3])):
        with pytest.raises(stop):
            call(ask(users))
    assert not system.rungs and not system.incidents


@pytest.mark.filterwarnings("ignore:recommender. a stage failed")
def test_who_stops_the_program_on_the_ladder_stops_it_too():
    for rungs, filters in (([Altered(POPULAR, raising(KeyboardInterrupt)), STATIC], []),
                           ([STATIC], [Altered(Ban([1]), raising(KeyboardInterrupt))])):
        with pytest.raises(KeyboardInterrupt):
            build(fallback=rungs, filters=filters).recommend(ask([999]))


@pytest.mark.parametrize(("change", "reason"), [
    (lambda score: score * np.nan, "the ranker's score is NaN"),
    (lambda score: np.where(score == score.max(axis=1, keepdims=True), np.inf, score),
     "the ranker's score is infinite"),
    (lambda score: np.full(score.shape, 1e6).astype(np.float16), "the ranker's score is infinite"),
    (lambda score: np.full(score.shape, -np.inf), "the ranker's score is infinite"),
])
def test_scores_that_set_no_order_cost_their_own_request_only(change, reason):
    class Odd(Reverse):
        def score(self, requests, candidates):
            score = super().score(requests, candidates)
            mark = requests.user == 3
            with np.errstate(over="ignore"):
                score[mark] = change(score[mark]) if mark.any() else score[mark]
            return score

    system = build(ranker=Odd())
    slates = system.slates(ask([2, 3, 4]))
    assert slates.item[1].tolist() == [9, 8, 3, 7, 0] and system.incidents == {reason: 1}
    assert slates.item[[0, 2]].tolist() == build().slates(ask([2, 4])).item.tolist()
    answer = system.recommend(ask([3]))
    assert answer.trace.rung == "popular" and answer.trace.notes == [reason]
    assert [stage.name for stage in answer.trace.stages] == ["retrieve", "filter", "rank", "fallback popular"]


def test_a_ranker_that_bars_a_candidate_is_obeyed():
    class Bars(Reverse):
        def score(self, requests, candidates):
            return np.where(candidates.item % 2 == 0, -np.inf, super().score(requests, candidates))

    answer = build(ranker=Bars()).recommend(ask([2]))
    assert answer.trace.rung == "full" and (answer.item[answer.item >= 0] % 2 == 1).all()


def test_a_retrievers_nan_is_said_and_the_ranker_may_do_without_it():
    def nan(found):
        score = found.score.copy()
        score[:, 0] = np.nan
        return Candidates(found.item, score)

    class ByTaste:
        def score(self, requests, candidates):
            return TASTE[requests.user[:, None], candidates.item]

    system = build(ranker=ByTaste(), **PARTS["retrieve"](nan))
    answer = system.recommend(ask([2]))
    assert answer.trace.rung == "full" and answer.trace.notes == ["the retriever's score is NaN"]
    system.slates(ask([2, 3]))
    assert system.incidents == {"the retriever's score is NaN": 3}
    system.ranker = None
    assert system.recommend(ask([2])).trace.notes == ["the retriever's score is NaN", "the ranker's score is NaN"]
