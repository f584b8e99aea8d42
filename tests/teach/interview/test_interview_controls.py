"""Controls of lesson 14's claims on a small made-up system: a lost shard, and what a count by stage names."""

import numpy as np
import pandas as pd
import pytest
from toy_night import Front, Near, Ranker

from course_lib.contracts import ArgumentError
from course_lib.launch import incident
from course_lib.serving.recommender import Recommender
from course_lib.stages.filters import AlreadySeen

PEOPLE = 40


def night(items, wanted, slate_front=None):
    """A healthy night on which everybody's `wanted` nearest items are held out."""
    rng = np.random.default_rng(0)
    users, vectors = (rng.normal(size=(n, 6)).astype(np.float32) for n in (PEOPLE, items))
    order = np.argsort(-users @ vectors.T, axis=1)
    hidden = {u: order[u, :wanted].astype(np.int32) for u in range(PEOPLE)}
    none_taken = AlreadySeen(pd.DataFrame({"user": [PEOPLE], "item": [0], "time": [0.0]}))
    system = Recommender(Near(users, vectors), [none_taken], Ranker(), slate_front, n_retrieve=60, n_rerank=30)
    return incident.Night(system, hidden, np.arange(PEOPLE), np.arange(items, dtype=np.int32))


def lost_with_a_shard(healthy):
    """Share of recall lost, mean over the five shards, as lesson 14 has it."""
    left = [incident.Night(*incident.lose_shards(healthy, None, 5, (shard,)), healthy.people, healthy.items).recall
            for shard in range(5)]
    return 1 - np.mean(left, axis=0).sum() / healthy.recall.sum()


def test_a_lost_shard_costs_a_fifth_where_nothing_can_move_up_and_nothing_where_all_that_moves_up_is_wanted():
    assert lost_with_a_shard(night(items=10, wanted=10)) == pytest.approx(0.2)   # the slate is the whole catalogue
    assert lost_with_a_shard(night(items=200, wanted=60)) == pytest.approx(0, abs=0.01)


def test_the_batch_counts_as_single_requests_do():
    healthy = night(items=200, wanted=20, slate_front=Front())
    single = dict.fromkeys((*incident.STAGES, "shown"), 0.0)
    for person, answer in healthy.answers.items():
        for item in healthy.hidden[person]:
            at = next((stage.name for stage in answer.trace.stages if item not in stage.item), "shown")
            single[at] += 1 / len(healthy.hidden[person]) / len(healthy.answers)
    assert healthy.lost == pytest.approx(single)


@pytest.mark.parametrize("stage", incident.STAGES)
def test_a_large_fault_is_named_and_none_is_where_nothing_is_wrong(stage):
    healthy = night(items=200, wanted=6, slate_front=Front())
    usual = incident.lost_by_stage(healthy.system, healthy.hidden, healthy.people, healthy.items)
    found = []
    for seed in range(5):
        at_fault, system = incident.drawn_fault(healthy, np.random.default_rng(seed), stage)
        tonight = incident.lost_by_stage(system, healthy.hidden, healthy.people, healthy.items)
        found.append(at_fault == incident.blamed(tonight, usual) and tonight[stage] > usual[stage])
    assert np.mean(found) >= 0.8
    again = incident.lost_by_stage(healthy.system, healthy.hidden, healthy.people, healthy.items)
    assert max(again[name] - usual[name] for name in incident.STAGES) == 0


def test_wrong_labels_are_taken_for_a_fault_of_the_filter():
    healthy = night(items=200, wanted=20, slate_front=Front())
    seen = pd.DataFrame({"user": np.repeat(np.arange(PEOPLE), 5), "item": 0, "time": 0.0})
    seen["item"] = np.concatenate([healthy.hidden[u][:5] for u in range(PEOPLE)])
    healthy.system.filters = [AlreadySeen(seen)]
    usual = incident.lost_by_stage(healthy.system, {u: held[5:] for u, held in healthy.hidden.items()}, healthy.people,
                                   healthy.items)
    tonight = incident.lost_by_stage(healthy.system, healthy.hidden, healthy.people, healthy.items)
    assert incident.blamed(tonight, usual) == "filter"


def test_an_unknown_stage_is_refused():
    with pytest.raises(ArgumentError, match="expected one of retrieve"):
        incident.drawn_fault(night(20, 5), np.random.default_rng(0), "cache")
