"""From a brief to a plan: what is exact is exact, what grows must grow, and the cheapest plan is the cheapest."""

from dataclasses import replace

import pytest

from course_lib.contracts import ArgumentError
from course_lib.stages.ann import bytes_per_vector, predicted_bytes
from course_lib.stages.ann.design import (
    FILTERS,
    PLANS,
    Brief,
    Machine,
    Plan,
    another_day,
    candidates,
    cost,
    design,
    on_shortlist,
)

FEED = Brief(8e6, qps=300, p99_ms=20, changed=0.02)


def test_memory_is_that_of_the_index_and_is_spread_over_machines():
    held = cost(Brief(1e9, d=128, ram_gb=64), Plan("graph"))
    assert held.ram_gb == pytest.approx(1e9 * bytes_per_vector("hnsw", 128, M=16) / 1e9)
    assert held.machines == -(-held.ram_gb // 64)
    small = predicted_bytes("ivf_pq", 1_000_000, 64, m=8, nlist=1_024, train_size=40_000)
    assert cost(Brief(1e6), Plan("codes", m=8)).ram_gb * 1e9 == pytest.approx(small, rel=0.03)


def test_exact_search_and_survivors_find_everything():
    for index in ("exact", "graph"):
        assert cost(replace(FEED, pass_rate=0.01), Plan(index, "survivors")).recall == 1.0


def test_a_filter_that_follows_taste_is_only_lost_by_dropping():
    narrow = replace(FEED, pass_rate=0.05, by_taste=True)
    plain = replace(narrow, by_taste=False)
    assert cost(narrow, Plan("graph", "after")).recall < cost(plain, Plan("graph", "after")).recall
    for way in ("inside", "survivors"):
        assert cost(narrow, Plan("graph", way)).recall == cost(plain, Plan("graph", way)).recall


@pytest.mark.parametrize("index", PLANS)
def test_more_vectors_cost_more_and_never_find_more(index):
    few, many = (cost(Brief(n), Plan(index)) for n in (1e5, 1e7))
    assert many.ms > few.ms and many.ram_gb > few.ram_gb and many.recall <= few.recall


def test_finer_codes_and_longer_shortlists_find_more():
    assert on_shortlist(8, 1) < on_shortlist(8, 10) < on_shortlist(8, 100)
    assert on_shortlist(8, 3) < on_shortlist(4, 3) < on_shortlist(2, 3)
    assert on_shortlist(4, 1) < on_shortlist(3, 1) < on_shortlist(2, 1)


def test_rarer_rebuilds_of_a_graph_build_less_and_search_more():
    often, rarely = (cost(FEED, Plan("graph", rebuild_days=days)) for days in (1, 30))
    assert rarely.ms > often.ms
    still = replace(FEED, qps=0)
    assert cost(still, Plan("graph", rebuild_days=1)).euros["cores"] > cost(still, Plan("graph")).euros["cores"]


def test_a_broken_limit_is_named_and_paid_for():
    tight = cost(Brief(1e8, machines=1, ram_gb=16, recall=1.0, p99_ms=0.01, breach=7), Plan("refined"))
    assert tight.broken == ("memory", "p99", "recall") and tight.euros["breaches"] == 21
    assert cost(Brief(1e6, ssd=False, recall=0.5), Plan("refined from disk")).broken == ("no disk",)


def test_the_design_is_the_cheapest_of_all_candidates():
    plan, held = design(FEED)
    assert held.total == min(cost(FEED, other).total for other in candidates(FEED)) and not held.broken
    assert design(FEED, "codes")[0].index == "codes"
    narrow = replace(FEED, pass_rate=0.1)
    assert {plan.filter for plan in candidates(narrow)} == set(FILTERS)
    assert design(narrow, way="inside")[0].filter == "inside"
    assert design(FEED, headroom=2.0)[1].total >= held.total


def test_another_day_is_the_same_for_the_same_seed():
    assert another_day(FEED, 3) == another_day(FEED, 3) != another_day(FEED, 4)
    day, machine = another_day(FEED, 3)
    assert day.pass_rate == 1.0 and machine != Machine()


def test_what_is_no_plan_is_refused():
    with pytest.raises(ArgumentError, match="expected one of exact"):
        cost(FEED, Plan("tree"))
    with pytest.raises(ArgumentError):
        cost(FEED, Plan("graph", "before"))
