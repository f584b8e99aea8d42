"""Faults change one thing, probes show it, an order is judged by the minutes it takes: on a small made-up system."""

import numpy as np
import pandas as pd
import pytest
from toy_night import Front, Near, Ranker

from course_lib.contracts import ArgumentError, Requests
from course_lib.launch import incident, probes
from course_lib.serving.recommender import Recommender
from course_lib.stages.filters import AlreadySeen

USERS, ITEMS = 40, 200


@pytest.fixture(scope="module")
def healthy():
    rng = np.random.default_rng(0)
    users, items = rng.normal(size=(USERS, 6)).astype(np.float32), rng.normal(size=(ITEMS, 6)).astype(np.float32)
    order = np.argsort(-users @ items.T, axis=1)
    seen = pd.DataFrame({"user": np.repeat(np.arange(USERS), 8), "item": order[:, :8].ravel(), "time": 0.0})
    hidden = {u: rng.permutation(order[u, 8:20])[:8].astype(np.int32) for u in range(USERS)}
    system = Recommender(Near(users, items), [AlreadySeen(seen)], Ranker(), Front(), n_retrieve=60, n_rerank=30)
    return incident.Night(system, hidden, np.arange(USERS), np.arange(ITEMS, dtype=np.int32))


@pytest.fixture(scope="module")
def nights(healthy):
    return incident.nights(healthy)


def test_recall_agrees_with_the_single_answers(healthy):
    single = [np.isin(healthy.hidden[p], a.item).sum() / 8 for p, a in healthy.answers.items()]
    assert healthy.recall == pytest.approx(single)


def test_what_is_lost_and_what_is_shown_add_up(healthy, nights):
    for night in (healthy, *nights.values()):
        assert sum(night.lost.values()) == pytest.approx(1)


def test_a_broken_night_leaves_the_healthy_system_alone(healthy, nights):
    before = healthy.recall.copy()
    for night in nights.values():
        assert len(night.recall) == USERS
    again = incident.Night(healthy.system, healthy.hidden, healthy.people, healthy.items)
    assert again.recall == pytest.approx(before)


def test_every_fault_costs_recall_and_none_costs_an_answer(healthy, nights):
    for night in nights.values():
        assert night.fell(healthy).value > 0.02, night.fault.name
        assert all(a.trace.rung == "full" for a in night.answers.values())


def test_the_stage_at_fault_loses_more(healthy, nights):
    for night in nights.values():
        if night.fault.stage in incident.STAGES:
            assert night.lost[night.fault.stage] > healthy.lost[night.fault.stage], night.fault.name


def test_old_labels_touch_no_stage_but_fall_at_the_filter(healthy, nights):
    night = next(n for n in nights.values() if n.fault.stage == "evaluation")
    asked = Requests.of(healthy.people, eligible=healthy.items)
    assert (night.system.slates(asked).item == healthy.system.slates(asked).item).all()
    assert max(incident.STAGES, key=lambda s: night.lost[s] - healthy.lost[s]) == "filter"


@pytest.mark.parametrize("letter", "ABCDE")
def test_the_settling_probe_shows_a_change_and_a_healthy_night_none(healthy, nights, letter):
    night = nights[letter]
    look = probes.PROBES[night.fault.settled_by][1]
    assert look(night, healthy) != look(healthy, healthy)


def test_the_index_agrees_with_exact_search_however_few_items_it_holds(healthy, nights):
    night = next(n for n in nights.values() if n.fault.name == "lost shards")
    assert probes.index(night, healthy).endswith("1.000 → 1.000")


def test_an_investigation_ends_where_the_cause_is_settled(healthy, nights):
    night = nights["B"]
    result = probes.investigate(night, healthy, ["stages", "slices", "features"])
    assert result.found and result.minutes == 20 and len(result.seen) == 2 and night.fault.says in str(result)


def test_looks_that_settle_nothing_give_the_cause_not_away(healthy, nights):
    result = probes.investigate(nights["B"], healthy, ["answered", "labels"])
    assert not result.found and result.minutes == 12 and nights["B"].fault.says not in str(result)


@pytest.mark.parametrize("order", [[], ["stages", "horoscope"]])
def test_an_order_of_unknown_looks_is_refused(healthy, nights, order):
    with pytest.raises(ArgumentError, match="stages"):
        probes.investigate(nights["A"], healthy, order)


def test_minutes_count_up_to_the_look_that_settles_it():
    cost = {"a": 5, "b": 10, "c": 20}
    assert probes.minutes_to_cause(["a", "b", "c"], "b", cost) == 15
    assert probes.minutes_to_cause(["a"], "c", cost) == 25


def test_the_menu_names_every_look():
    assert all(name in probes.menu() for name in probes.PROBES)
