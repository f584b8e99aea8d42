"""The recommender with toy stages: what it serves, what its trace says, and what happens when stages fail."""

import copy
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from toy_stages import STATIC, TASTE, Ban, Clock, N, Reverse, ask, build

from course_lib.contracts import ArgumentError, Candidates, DayLog, Policy, SlateError, Slates, UnknownIdError
from course_lib.serving.ladder import PopularFallback
from course_lib.serving.recommender import Recommender
from course_lib.stages.filters import Eligible
from course_lib.stages.reranking.reranker import MMRReranker


def test_it_is_a_policy_and_serves_what_its_stages_say():
    system = build(reranker=None)
    assert isinstance(system, Policy)
    slates = system.slates(ask([2])).check(ask([2]))
    top = [i for i in np.argsort(-TASTE[2])[:20] if i != 10]
    assert slates.item[0].tolist() == top[::-1][:5]


@pytest.mark.parametrize("batch", [1, 3, 1024])
def test_batch_and_single_agree_whatever_the_batch_size(batch):
    system = build(batch=batch, reranker=MMRReranker(np.eye(N), explore=0.5, seed=3))
    requests = ask([0, 1, 2, 7, 29, 99, 5])            # 7 gets NaN scores, 99 is unknown
    with pytest.warns(UserWarning, match="never seen"):
        slates = system.slates(requests).check(requests)
    for row in range(len(requests)):
        alone = system.recommend(requests.take([row]))
        assert alone.item.tolist() == slates.item[row].tolist()
        assert alone.propensity.tolist() == slates.propensity[row].tolist()
        assert alone.trace.rung == ("popular" if row in (3, 5) else "full")
    assert system.slates(ask([])).item.shape == (0, 5)


def test_nobody_known_is_never_answered_as_the_last_row_of_a_table():
    """As an index of numpy's, -1 would be the last user."""
    system, requests = build(reranker=None), ask([-1, 29, 99])
    with pytest.warns(UserWarning, match="never seen"):
        slates = system.slates(requests).check(requests)
    assert (slates.item[0] == slates.item[2]).all() and (slates.item[0] != slates.item[1]).any()
    answer = system.recommend(ask([-1]))
    assert answer.item.tolist() == slates.item[0].tolist() and answer.trace.user == -1
    with pytest.raises(ArgumentError, match="user is -2 in request 1; expected ids from 0, or -1 for somebody unknown"):
        system.slates(replace(ask([0, 1]), user=np.array([0, -2])))


def test_the_trace_accounts_for_every_item():
    answer = build().recommend(ask([0]))
    stages = answer.trace.stages
    assert [s.name for s in stages] == ["retrieve", "filter", "rank", "rerank"]
    assert stages[0].n_in == N and stages[0].n_out == 20 and stages[-1].n_out == 5
    for before, after in zip(stages[:-1], stages[1:], strict=True):
        assert before.n_out == after.n_in
    for stage in stages:
        assert stage.n_in - sum(stage.dropped.values()) == stage.n_out == len(stage.item) and stage.ms >= 0
    assert answer.trace.table()["n_out"].tolist() == [s.n_out for s in stages]
    assert answer.trace["rank"].n_out == 12
    with pytest.raises(KeyError, match="retrieve"):
        answer.trace["nothing"]


def test_lost_names_the_stage_for_every_item_there_is():
    system = build()
    requests = ask([0], eligible=range(55))
    trace = system.recommend(requests).trace
    order = np.argsort(-TASTE[0])
    for item in range(N):
        words = trace.lost(item)
        if item in trace.slate:
            assert words == f"not lost: item {item} is shown at position {trace.slate.tolist().index(item) + 1}"
        elif item >= 55:
            assert words.startswith("before retrieval")
        elif item not in order[:20]:
            assert words.startswith("retrieval")
        elif item in (3, 4):
            assert words == "filters: already watched"
        elif item == 10:
            assert words == "filters: banned by the learner"
        elif item in trace["rank"].item:
            assert words.startswith("re-ranking: number") and "likeness" in words
        else:
            assert words.startswith("ranking: number")


def test_what_is_not_eligible_is_never_shown_even_without_filters():
    requests = ask([0, 1, 2], eligible=range(0, N, 3))
    assert not (build(filters=[]).slates(requests).check(requests).item % 3 == 1).any()


def test_a_dead_retriever_gives_popular_then_static_and_says_so():
    system = build()
    system.retriever.broken = True
    with pytest.warns(UserWarning, match="index is gone"):
        answer = system.recommend(ask([0]))
    assert answer.item.tolist() == [9, 8, 7, 0, 1]                   # 3 was watched, 10 banned
    assert answer.trace.rung == "popular" and "RuntimeError: the index is gone" in answer.trace.notes[0]
    assert "'popular' list answered" in answer.trace.lost(40)
    assert "by the 'popular' fallback" in answer.trace.lost(9)
    system.fallback = [PopularFallback(pd.DataFrame({"item": []}, dtype=int), 0), STATIC]
    system.fallback[0].retrieve = lambda requests, n: 1 / 0
    answer = system.recommend(ask([0]))
    assert answer.item.tolist() == [50, 51, 52, -1, -1] and answer.trace.rung == "static"
    assert system.rungs == {"popular": 1, "static": 1, "full": 0}


def test_a_dead_filter_lets_only_the_vetted_list_through():
    class Dead:
        reason = "policy"

        def keep(self, requests, item):
            raise OSError("no connection")

    with pytest.warns(UserWarning, match="no connection"):
        answer = build(filters=[Dead()]).recommend(ask([0]))
    assert answer.trace.rung == "static" and "the filter 'policy' is down" in " ".join(answer.trace.notes)


def test_no_candidate_left_and_no_eligible_item_at_all():
    answer = build(filters=[Ban(np.argsort(-TASTE[0])[:20])]).recommend(ask([0]))
    assert answer.trace.rung == "popular" and answer.trace.notes == ["no candidate is left after the filters"]
    answer = build().recommend(ask([0], eligible=[]))
    assert answer.trace.rung == "nothing" and (answer.item == -1).all()


def test_out_of_budget_before_ranking_the_fallback_answers():
    clock = Clock()
    system = build(clock=clock)
    fast = system.recommend(ask([2]))
    assert fast.trace.rung == "full" and not fast.trace.notes
    plain = system.retriever.retrieve

    def slow(requests, n):
        clock.now += 0.060
        return plain(requests, n)

    system.retriever.retrieve = slow
    late = system.recommend(ask([2]))
    assert late.trace.rung == "popular" and "60.0 of 50 ms were gone before rank" in " ".join(late.trace.notes)
    assert late.trace.notes[-1] == "answered 10.0 ms after the budget"
    assert late.trace["retrieve"].ms == pytest.approx(60)
    system.budget_ms = 100
    kept = system.recommend(ask([2]))
    assert kept.trace.rung == "full" and kept.trace.notes == ["retrieval took 60.0 of its 30 ms"]


def test_a_slow_ranker_is_noted_and_beyond_the_budget_the_fallback_answers():
    clock = Clock()

    class Slow(Reverse):
        def score(self, requests, candidates):
            clock.now += 0.030
            return super().score(requests, candidates)

    system = build(ranker=Slow(), clock=clock)
    answer = system.recommend(ask([2]))
    assert answer.trace.rung == "full" and answer.trace.notes == ["ranking took 30.0 of its 20 ms"]
    system.budget_ms = 30 - 1e-6
    answer = system.recommend(ask([2]))
    assert answer.trace.rung == "popular" and answer.trace.notes[0] == "30.0 of 30 ms were gone before rerank"
    assert [s.name for s in answer.trace.stages] == ["retrieve", "filter", "rank", "fallback popular"]
    assert system.slates(ask([2])).item.tolist() == build().slates(ask([2])).item.tolist()      # no budget in a batch


def test_without_a_fallback_errors_come_through():
    system = build(fallback=None)
    with pytest.raises(UnknownIdError, match="user 99"):
        system.slates(ask([0, 99]))
    with pytest.raises(ArgumentError, match="no fallback"):
        system.slates(ask([0, 7]))


def test_a_learners_wrong_stage_is_named():
    class Twice:
        def rerank(self, requests, item, score, slate_size):
            return Slates.certain(np.repeat(item[:, :1], slate_size, axis=1))

    class Outside:
        def rerank(self, requests, item, score, slate_size):
            return Slates.certain(np.full((len(item), 1), 10, np.int32))

    class TwoSources:
        def retrieve(self, requests, n):
            return Candidates(np.array([[1, 2, 1]]), np.zeros((1, 3)))

    for change, words in (({"reranker": Twice()}, "twice"), ({"reranker": Outside()}, "was not given"),
                          ({"retriever": TwoSources()}, "item 1 twice")):
        with pytest.raises(SlateError, match=words):
            build(fallback=None, **change).recommend(ask([0]))
    with pytest.raises(ArgumentError, match="one request, got 2"):
        build().recommend(ask([0, 1]))


def test_a_part_that_is_used_in_two_places_is_told_of_a_day_once():
    """The popular list stands in the blend and on the ladder; told twice, it would forget twice as fast."""
    from course_lib.serving.ladder import PopularFallback
    from course_lib.stages.retrieval.blend import Blend

    first = pd.DataFrame({"user": [0, 1], "item": [3, 4], "time": [0.0, 0.0]})
    shared, alone = (PopularFallback(first, 10, half_life_days=2) for _ in range(2))
    system = Recommender(Blend({"hot": (shared, 1.0)}), [], None, None, n_retrieve=5, fallback=[shared])
    day = DayLog(0, pd.DataFrame(), pd.DataFrame({"item": [3], "click": [1]}), pd.DataFrame())
    system.observe(day)
    alone.observe(day)
    assert shared.count.tolist() == alone.count.tolist() != [0.0] * 10


def test_observe_reaches_every_part_that_listens():
    system = build(fallback=[PopularFallback(pd.DataFrame({"item": [9]}), N), STATIC])
    shown = system.slates(ask([2])).item[0]
    clicks = pd.DataFrame({"user": [2] * 2, "item": shown[:2], "time": [1.0, 2.0], "click": [1, 1]})
    system.observe(DayLog(0, pd.DataFrame(), clicks, pd.DataFrame()))
    assert system.retriever.days == [0]
    assert not np.isin(shown[:2], system.slates(ask([2])).item).any()
    assert system.fallback[0].count[shown[:2]].tolist() == [1, 1]


def test_it_is_made_of_stages_and_inherits_from_none():
    assert Recommender.__mro__ == (Recommender, object)
    system = build()
    assert [type(stage).__name__ for stage in system.stages] == ["Retrieve", "HardFilters", "Rank", "Rerank"]


def test_a_part_that_is_changed_serves_the_next_request():
    system, requests = build(reranker=None), ask([2])
    before = system.slates(requests).item.tolist()
    twin = copy.copy(system)
    twin.ranker, twin.n_retrieve, twin.filters = None, 30, [Ban([11])]
    assert twin.slates(requests).item.tolist() == build(ranker=None, reranker=None, n_retrieve=30, filters=[
        Ban([11])]).slates(requests).item.tolist() != before
    assert system.slates(requests).item.tolist() == before
    twin.retriever, twin.fallback = None, STATIC
    with pytest.warns(UserWarning, match="NoneType"):
        assert twin.slates(requests).item.tolist() == [[50, 51, 52, -1, -1]]


def test_filters_that_are_set_anew_still_keep_what_is_not_eligible_out():
    system, requests = build(reranker=None), ask([0, 1, 2], eligible=range(0, N, 3))
    system.filters = [Eligible(), Ban([0])]
    assert [type(rule).__name__ for rule in system.filters] == ["Eligible", "Ban"]
    system.filters = []
    assert (system.slates(requests).check(requests).item % 3 == 0).any()
