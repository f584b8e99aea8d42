"""Metrics against ranx, scikit-learn and brute force; the evaluation against hand-made models."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.contracts import ArgumentError, DataError, ShapeError
from course_lib.evidence import offline


def random_lists(seed, users=40, items=60, width=20, relevant=6):
    rng = np.random.default_rng(seed)
    top = np.array([rng.permutation(items)[:width] for _ in range(users)])
    return top, [rng.permutation(items)[:rng.integers(1, relevant + 1)] for _ in range(users)]


def ranx_scores(top, relevant, metric):
    from ranx import Qrels, Run, evaluate

    qrels = Qrels({f"u{u}": {f"i{i}": 1 for i in items} for u, items in enumerate(relevant)})
    run = Run({f"u{u}": {f"i{i}": float(len(row) - p) for p, i in enumerate(row)} for u, row in enumerate(top)})
    evaluate(qrels, run, metric)
    return np.array([run.scores[metric][f"u{u}"] for u in range(len(top))])


@pytest.mark.parametrize(("ours", "theirs"), [
    (offline.recall_at_k, "recall@10"), (offline.ndcg_at_k, "ndcg@10"), (offline.average_precision, "map@10")])
def test_agrees_with_ranx_where_users_hold_out_at_most_k(ours, theirs):
    top, relevant = random_lists(1)
    np.testing.assert_allclose(ours(top, relevant, 10), ranx_scores(top, relevant, theirs), rtol=0, atol=1e-9)


def test_recall_of_users_with_more_than_k_held_out_is_over_k():
    assert offline.recall_at_k([[1, 2]], [[1, 2, 3, 4]], 2).tolist() == [1.0]
    assert offline.recall_at_k([[1, 9]], [[1, 2, 3, 4]], 2).tolist() == [0.5]


def test_ndcg_agrees_with_scikit_learn():
    from sklearn.metrics import ndcg_score

    top, relevant = random_lists(2, relevant=20)
    truth = np.array([np.isin(np.arange(60), items) for items in relevant], float)
    score = np.zeros((len(top), 60))
    np.put_along_axis(score, top, np.arange(20, 0, -1.0)[None].repeat(len(top), 0), 1)
    expected = [ndcg_score(truth[u:u + 1], score[u:u + 1], k=10) for u in range(len(top))]
    np.testing.assert_allclose(offline.ndcg_at_k(top, relevant, 10), expected, rtol=0, atol=1e-9)


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_metrics_lie_in_zero_one_and_ignore_names_of_items(seed):
    top, relevant = random_lists(seed, users=8)
    name = np.random.default_rng(seed).permutation(60)
    for metric in (offline.recall_at_k, offline.ndcg_at_k, offline.average_precision):
        value = metric(top, relevant, 7)
        assert ((value >= 0) & (value <= 1)).all()
        np.testing.assert_allclose(metric(name[top], [name[items] for items in relevant], 7), value)


def test_a_perfect_list_scores_one_and_pads_never_hit():
    for metric in (offline.recall_at_k, offline.ndcg_at_k, offline.average_precision):
        assert metric([[3, 5, -1]], [[5, 3]], 3) == [1.0]
        assert metric([[-1, -1, -1]], [[5, 3]], 3) == [0.0]
        assert np.isnan(metric([[3, 5, 1]], [[]], 3)).all()


def test_hits_equal_a_loop():
    top, relevant = random_lists(3)
    top[0, 3:] = -1
    loop = [[item >= 0 and item in set(items) for item in row] for row, items in zip(top, relevant, strict=True)]
    assert (offline.hits(top, relevant) == np.array(loop)).all()


def test_the_strata_of_recall_add_up_to_the_whole():
    top, relevant = random_lists(4)
    counts = np.random.default_rng(0).geometric(0.05, 60)
    table = offline.recall_by_popularity(top, relevant, counts, 20)
    found = offline.hits(top[:, :20], relevant).sum()
    share = np.cumsum(np.sort(counts)[::-1]) / counts.sum()
    order = np.argsort(-counts, kind="stable")
    strata = [order[share - np.sort(counts)[::-1] / counts.sum() < 0.2]]
    head = [np.intersect1d(items, strata[0]) for items in relevant]
    np.testing.assert_allclose(table["head"], offline.recall_at_k(top, head, 20))
    sizes = [[(np.isin(items, h)).sum() for items in relevant] for h in strata]
    assert list(table) == ["head", "middle", "tail"] and found >= np.nansum(table["head"] * sizes[0]) - 1e-9


def test_coverage_counts_distinct_items_and_its_jackknife_equals_leaving_users_out():
    rng = np.random.default_rng(5)
    top = np.array([rng.choice(100, 5, replace=False, p=np.arange(100, 0, -1) / 5050) for _ in range(30)])
    estimate = offline.coverage(top, 100)
    assert estimate.value == len(np.unique(top)) / 100
    left_out = np.array([len(np.unique(np.delete(top, u, 0))) / 100 for u in range(30)])
    error = np.sqrt(29 / 30 * ((left_out - left_out.mean()) ** 2).sum())
    assert estimate.high - estimate.value == pytest.approx(1.959964 * error)


def test_calibration_error_is_that_of_scikit_learns_quantile_bins():
    from sklearn.calibration import calibration_curve

    rng = np.random.default_rng(6)
    p = rng.random(2000)
    y = rng.random(2000) < p**2
    observed, predicted = calibration_curve(y, p, n_bins=10, strategy="quantile")
    assert offline.calibration_error(p, y) == pytest.approx(np.abs(observed - predicted).mean(), abs=1e-9)
    assert offline.calibration_error(np.full(10, 0.3), [1, 1, 1] + [0] * 7) == pytest.approx(0)


def test_calibration_error_refuses_scores_that_are_not_probabilities():
    with pytest.raises(ArgumentError, match="calibrate"):
        offline.calibration_error([0.1, 2.0], [0, 1])


class Oracle:
    def __init__(self, split, n_items):
        self.split, self.n_items = split, n_items

    def score(self, users):
        scores = np.zeros((len(users), self.n_items))
        for part, value in ((self.split.test, 1.0), (self.split.train, 2.0)):  # train ranks first unless masked
            for u, i in part[["user", "item"]].to_numpy():
                scores[np.asarray(users) == u, i] = value
        return scores


def small_split(seed=0, users=30, items=50):
    rng = np.random.default_rng(seed)
    rows = [(u, i) for u in range(users) for i in rng.permutation(items)[:8]]
    table = pd.DataFrame(rows, columns=["user", "item"])
    test = table.groupby("user").tail(3)
    return SimpleNamespace(train=table.drop(test.index), valid=table.iloc[:0], test=test.sample(frac=1, random_state=1))


def test_an_oracle_scores_one_because_train_items_are_masked():
    split = small_split()
    result = offline.evaluate(Oracle(split, 50), split, k=3)
    assert result["recall"].value == result["ndcg"].value == result["average_precision"].value == 1
    assert str(result["recall"]) == "1.000 [0.884, 1.000]" and result["recall"].n == 30  # thirty of thirty users


def test_a_scorer_of_chance_recalls_k_of_the_unseen():
    split = small_split(users=400)
    rng = np.random.default_rng(0)
    chance = offline.evaluate(lambda users: rng.random((len(users), 50)), split, k=9)["recall"]
    assert chance.low < 9 / 45 < chance.high and chance.width < 0.06


def test_lists_never_hold_seen_items_and_equal_a_full_sort():
    split, rng = small_split(), np.random.default_rng(1)
    scores = rng.random((30, 50))
    users = np.array([7, 3, 21])
    top = offline.top_items(lambda u: scores[u], users, 50, split.train, batch=2)
    for row, user in zip(top, users, strict=True):
        seen = split.train.loc[split.train.user == user, "item"]
        expected = [i for i in np.argsort(-scores[user]) if i not in set(seen)]
        assert row.tolist() == expected + [-1] * (50 - len(expected))


def test_comparing_a_model_with_itself_gives_no_difference_and_pairing_is_narrower():
    split, rng = small_split(users=200), np.random.default_rng(2)
    base = Oracle(split, 50)
    near, nearer = (lambda u, n=n: base.score(u) + n * np.sin(np.arange(50) * (1 + u[:, None])) for n in (1.5, 1.4))
    table = offline.compare_models({"a": near, "b": nearer}, split, k=5, against="a")
    same, other = table["recall − a"]
    assert (same.value, same.low, same.high) == (0, 0, 0)
    assert other.width < table.loc["a", "recall"].width
    assert rng is not None


def test_bad_input_is_named():
    split = small_split()
    with pytest.raises(ArgumentError, match="NaN"):
        offline.evaluate(lambda users: np.full((len(users), 50), np.nan), split)
    with pytest.raises(DataError, match="no interactions"):
        offline.held_out(split.test.iloc[:0])
    with pytest.raises(ShapeError):
        offline.hits([[1, 2]], [[1], [2]])
    with pytest.raises(ArgumentError, match="k is 3"):
        offline.recall_at_k([[1, 2]], [[1]], 3)
    with pytest.raises(ArgumentError, match="unknown"):
        offline.evaluate(Oracle(split, 50), split, metrics=["precision"])
    with pytest.raises(ArgumentError, match="against"):
        offline.compare_models({"a": Oracle(split, 50)}, split, against="b")
