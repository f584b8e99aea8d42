"""Re-ranking against brute force: definitions in loops, determinants, all subsets; then caps and exploration."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.contracts import ArgumentError, Catalog, ConstraintError, DayLog, Requests, ShapeError
from course_lib.stages.reranking.constraints import Cap, fillable, shortfall
from course_lib.stages.reranking.diversity import calibrated, greedy_dpp, mmr
from course_lib.stages.reranking.reranker import MMRReranker


def draw(seed, n=9, d=4):
    rng = np.random.default_rng(seed)
    unit = rng.standard_normal((n, d))
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    return rng.random(n), unit @ unit.T, unit


def mmr_by_loops(relevance, similarity, k, trade_off):
    chosen = []
    for _ in range(k):
        left = [i for i in range(len(relevance)) if i not in chosen]
        gain = [trade_off * relevance[i] - (1 - trade_off) * max([similarity[i, j] for j in chosen], default=0)
                for i in left]
        chosen.append(left[int(np.argmax(gain))])
    return chosen


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 9), st.floats(0, 1))
def test_mmr_is_its_definition(seed, k, trade_off):
    relevance, similarity, _ = draw(seed)
    assert mmr(relevance, similarity, k, trade_off).tolist() == mmr_by_loops(relevance, similarity, k, trade_off)


def test_mmr_limits():
    relevance, similarity, _ = draw(0)
    assert mmr(relevance, similarity, 9, 1.0).tolist() == np.argsort(-relevance).tolist()
    twins = np.array([[1, 1, 0], [1, 1, 0], [0, 0, 1.0]])
    assert mmr([1.0, 0.9, 0.5], twins, 2, 0.5).tolist() == [0, 2]
    assert mmr([], np.empty((0, 0)), 3).tolist() == []


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_dpp_takes_the_largest_determinant_at_each_step(seed):
    relevance, similarity, _ = draw(seed, n=7, d=5)
    quality = np.exp(relevance)
    kernel, chosen = quality[:, None] * similarity * quality, []
    for _ in range(4):
        left = [i for i in range(7) if i not in chosen]
        chosen.append(left[int(np.argmax([np.linalg.det(kernel[np.ix_(chosen + [i], chosen + [i])]) for i in left]))])
    assert greedy_dpp(relevance, similarity, 4).tolist() == chosen


def test_dpp_stops_where_the_span_is_exhausted_and_ignores_scale():
    relevance, similarity, _ = draw(1, n=8, d=3)
    assert len(greedy_dpp(relevance, similarity, 8)) == 3
    assert greedy_dpp(relevance + 700, similarity, 3).tolist() == greedy_dpp(relevance, similarity, 3).tolist()
    assert greedy_dpp(relevance, np.eye(8), 8).tolist() == np.argsort(-relevance).tolist()
    assert len(greedy_dpp([], np.empty((0, 0)), 3)) == 0


def test_dpp_fills_the_slate_however_far_the_rest_lies_behind():
    """Where the kernel is multiplied out, what lies 11.5 behind the best looks as if it lay in its span."""
    relevance, similarity, _ = draw(2, n=8, d=8)
    behind = relevance - np.where(np.arange(8) == 3, 0, 200)
    assert len(greedy_dpp(behind, similarity, 6)) == 6 and greedy_dpp(behind, similarity, 6)[0] == 3
    assert sorted(greedy_dpp(relevance, similarity, 8, weight=500)) == list(range(8))


def steck(chosen, relevance, genre, target, trade_off, alpha=0.01):
    mix = (1 - alpha) * genre[list(chosen)].mean(axis=0) + alpha * target
    gap = sum(p * np.log(p / q) for p, q in zip(target, mix, strict=True) if p > 0)
    return (1 - trade_off) * relevance[list(chosen)].sum() - trade_off * gap


@pytest.mark.parametrize("trade_off", [0.2, 0.8, 1.0])
def test_calibrated_takes_the_best_step_and_comes_near_the_best_subset(trade_off):
    rng = np.random.default_rng(3)
    relevance, genre, target = rng.random(9), rng.dirichlet([0.3] * 3, 9), np.array([0.6, 0.4, 0.0])
    chosen = []
    for _ in range(4):
        left = [i for i in range(9) if i not in chosen]
        chosen.append(max(left, key=lambda i: steck([*chosen, i], relevance, genre, target, trade_off)))
    got = calibrated(relevance, genre, target, 4, trade_off)
    assert got.tolist() == chosen
    best = max(steck(s, relevance, genre, target, trade_off) for s in itertools.combinations(range(9), 4))
    assert steck(got, relevance, genre, target, trade_off) >= best - 0.15 * abs(best) - 0.05


def test_calibrated_without_calibration_sorts_by_relevance():
    rng = np.random.default_rng(4)
    relevance, genre = rng.random(6), rng.dirichlet([1] * 3, 6)
    assert calibrated(relevance, genre, np.ones(3) / 3, 6, 0.0).tolist() == np.argsort(-relevance).tolist()


def test_bad_input_is_named():
    relevance, similarity, _ = draw(5)
    with pytest.raises(ShapeError, match="similarity"):
        mmr(relevance[:4], similarity, 2)
    with pytest.raises(ArgumentError, match="relevance holds 1 values that are NaN"):
        mmr(np.where(np.arange(9) == 3, np.nan, relevance), similarity, 2)
    with pytest.raises(ArgumentError, match="trade_off is 2"):
        MMRReranker(np.eye(3), trade_off=2)
    rule = MMRReranker(np.eye(3))
    with pytest.raises(ArgumentError, match="score is NaN for item 1"):
        rule.rerank(Requests.of(0, eligible=range(3)), np.array([[0, 1]]), np.array([[0.5, np.nan]]), 2)


def batch(seed, size=6, n=40, c=20):
    rng = np.random.default_rng(seed)
    item = np.stack([rng.choice(n, c, replace=False) for _ in range(size)]).astype(np.int32)
    score = rng.random((size, c))
    item[0, 15:] = -1
    return Requests.of(np.arange(size), eligible=np.arange(n)), item, score, rng.standard_normal((n, 5))


@pytest.mark.parametrize("trade_off", [0.3, 0.7, 1.0])
def test_the_batch_is_mmr_row_by_row(trade_off):
    requests, item, score, content = batch(0)
    unit = content / np.linalg.norm(content, axis=1, keepdims=True)
    slates = MMRReranker(content, trade_off).rerank(requests, item, score, 8).check(requests)
    for row in range(6):
        real = item[row] >= 0
        rel = score[row][real]
        rel = (rel - rel.min()) / (rel.max() - rel.min())
        vectors = unit[item[row][real]]
        assert slates.item[row].tolist() == item[row][real][mmr(rel, vectors @ vectors.T, 8, trade_off)].tolist()
    assert (slates.propensity == 1).all()


def test_scale_and_shift_of_scores_do_not_matter():
    requests, item, score, content = batch(1)
    rule = MMRReranker(content, 0.5)
    same = rule.rerank(requests, item, 1000 * score - 77, 8)
    assert (rule.rerank(requests, item, score, 8).item == same.item).all()


def test_caps_hold_and_empty_slots_are_explained():
    requests, item, score, content = batch(2)
    creator = np.arange(40) % 3
    rule = MMRReranker(content, 0.8, creator=creator, creator_cap=2)
    slates = rule.rerank(requests, item, score, 8).check(requests)
    for row in range(6):
        shown = slates.item[row][slates.item[row] >= 0]
        assert np.bincount(creator[shown]).max() <= 2
        assert len(shown) == fillable(item[row], rule.caps[0]) == 6
        assert "at most 2 of one creator" in rule.notes[row] and "6 of" in rule.notes[row]
    strict = MMRReranker(content, 0.8, creator=creator, creator_cap=2, strict=True)
    with pytest.raises(ConstraintError, match="request 0.*lets only 6"):
        strict.rerank(requests, item, score, 8)
    with pytest.raises(ConstraintError, match="Retrieve more"):
        strict.rerank(requests.take([0]), item[:1, :3], score[:1, :3], 8)


def test_a_soft_cap_gives_way_only_when_nothing_else_is_left():
    requests, item, score, content = batch(3)
    creator = np.arange(40) % 3
    soft = Cap(creator, 2, "two of a creator", hard=False)
    hard = Cap(np.arange(40) % 2, 5, "five of a colour")
    rule = MMRReranker(content, 0.8, caps=(hard, soft))
    slates = rule.rerank(requests, item, score, 8)
    assert (slates.item >= 0).all() and len(rule.notes) == 6 and "relaxed" in rule.notes[0]
    for shown in slates.item:
        assert np.bincount(creator[shown[:6]]).max() <= 2                  # six fit, so the first six obey
        assert np.bincount(shown % 2).max() <= 5


def test_exempt_and_newborn_values():
    cap = Cap(np.array([-1, -1, 5, 5]), 1, column="creator")
    assert fillable(np.array([0, 1, 2, 3, -1]), cap) == 3
    born = Catalog(pd.DataFrame({"creator": [5]}, index=[6]), np.ones((1, 2)))
    cap.observe(DayLog(0, None, None, None, born))
    assert cap.values.tolist() == [-1, -1, 5, 5, -1, -1, 5]
    rule = MMRReranker(np.eye(2), caps=(cap,))
    rule.observe(DayLog(0, None, None, None, born))
    assert rule.rerank(Requests.of(0, eligible=range(7)), np.array([[6, 2, 0]]), np.array([[1, 0.9, 0.1]]),
                       3).item.tolist() == [[6, 0, -1]]
    assert "candidates left" in shortfall(np.array([1, -1]), (), 3)


def test_why_names_the_cap_or_the_twin():
    content = np.array([[1, 0], [1, 0.01], [0, 1.0]])
    assert "item 0" in MMRReranker(content).why(1, np.array([0, 2]))
    assert MMRReranker(content, creator=np.array([7, 7, 8]), creator_cap=1).why(1, np.array([0, 2])) == \
        "at most 1 of one creator"


def test_exploration_matches_its_propensities_and_not_the_batch():
    requests, item, score, content = batch(4, size=1, n=12, c=6)
    many = Requests.of(np.zeros(40_000, int), eligible=np.arange(12))
    rule = MMRReranker(content, 0.7, explore=0.3, explore_slots=(2, 3), seed=5)
    item, score = np.abs(item[:, :6]), score[:, :6]
    item = np.arange(6, dtype=np.int32)[None]
    slates = rule.rerank(many, np.repeat(item, 40_000, 0), np.repeat(score, 40_000, 0), 4)
    slates.check(many)
    assert (slates.propensity[:, [0, 3]] == 1).all() and len(np.unique(slates.item[:, 0])) == 1
    second, count = np.unique(slates.item[:, 1], return_counts=True)
    stated = [slates.propensity[slates.item[:, 1] == i, 1].mean() for i in second]
    assert sum(stated) == pytest.approx(1, abs=1e-5) and count / 40_000 == pytest.approx(stated, abs=0.01)
    above = slates.item[:, 1] == second[0]                                 # given the slot above, again they match
    third, count = np.unique(slates.item[above, 2], return_counts=True)
    stated = [slates.propensity[above & (slates.item[:, 2] == i), 2].mean() for i in third]
    assert count / above.sum() == pytest.approx(stated, abs=0.04) and sum(stated) == pytest.approx(1, abs=1e-5)
    part = rule.rerank(many.take(np.arange(70, 90)), np.repeat(item, 20, 0), np.repeat(score, 20, 0), 4)
    assert (part.item == slates.item[70:90]).all() and (part.propensity == slates.propensity[70:90]).all()


def test_exploration_obeys_caps():
    requests, item, score, content = batch(6)
    creator = np.arange(40) % 5
    rule = MMRReranker(content, 0.7, creator=creator, creator_cap=2, explore=1.0, seed=1)
    slates = rule.rerank(requests, item, score, 8).check(requests)
    assert all(np.bincount(creator[row[row >= 0]]).max() <= 2 for row in slates.item)
