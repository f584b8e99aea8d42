"""Log q of each way of drawing, against what drawing gives; bands, masks, strata, cold items."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import Ridge

from course_lib.contracts import ArgumentError, ShapeError
from course_lib.evidence.offline import recall_at_k, recall_by_popularity
from course_lib.stages.retrieval import negatives


def test_log_q_from_counts_is_the_log_of_shares():
    log_q = negatives.log_q_from_counts([1, 3, 4])
    assert np.exp(log_q) == pytest.approx([0.125, 0.375, 0.5])
    assert np.isfinite(negatives.log_q_from_counts([0, 5])).all()


def test_counts_that_mean_nothing_are_refused():
    for counts in ([0, 0], [-1, 2], [[1, 2]]):
        with pytest.raises(ArgumentError, match="counts has shape"):
            negatives.log_q_from_counts(counts)


def test_the_stream_finds_the_chance_of_being_in_a_batch():
    rng, p = np.random.default_rng(0), np.array([0.5, 0.3, 0.15, 0.05])
    stream = negatives.StreamingFrequency(4, alpha=0.01, start=5)
    for _ in range(4000):
        stream.update(rng.choice(4, 2, p=p))
    assert np.exp(stream.log_q(np.arange(4))) == pytest.approx(1 - (1 - p) ** 2, rel=0.15)


def test_the_stream_follows_an_item_that_becomes_popular():
    stream = negatives.StreamingFrequency(2, alpha=0.1, start=50)
    for step in range(300):
        stream.update([1] if step < 200 and step % 20 else [0])
    assert stream.log_q([0])[0] == pytest.approx(0, abs=0.05)  # in every batch


@given(st.integers(0, 20), st.integers(0, 20), st.integers(2, 9))
def test_mixed_shares_add_up_to_one(n_batch, n_uniform, n_items):
    if n_batch + n_uniform == 0:
        return
    p = np.random.default_rng(n_items).dirichlet(np.ones(n_items))
    assert np.exp(negatives.mixed_log_q(p, n_batch, n_uniform, n_items)).sum() == pytest.approx(1)


def test_mixed_log_q_in_its_limits():
    p = np.array([0.2, 0.8])
    assert negatives.mixed_log_q(p, 5, 0, 2) == pytest.approx(np.log(p))
    assert negatives.mixed_log_q(p, 0, 5, 2) == pytest.approx(np.log([0.5, 0.5]))
    with pytest.raises(ArgumentError, match="chances"):
        negatives.mixed_log_q(np.array([-3.0]), 5, 5, 2)
    with pytest.raises(ArgumentError, match="n_batch is 0"):
        negatives.mixed_log_q(p, 0, 0, 2)


def test_a_band_holds_its_ranks_without_positives_and_without_repeats():
    rng = np.random.default_rng(0)
    scores, positive = rng.normal(size=(20, 50)), rng.random((20, 50)) < 0.1
    picked = negatives.hard_band(scores, positive, 5, 14, 6, rng)
    for row, mine, p in zip(scores, picked, positive, strict=True):
        ranked = [i for i in np.argsort(-row) if not p[i]]
        assert set(mine) <= set(ranked[4:14]) and len(set(mine)) == 6


def test_bands_that_cannot_be_filled_are_refused():
    scores, positive = np.zeros((1, 5)), np.zeros((1, 5), bool)
    for low, high, n in ((0, 3, 1), (3, 2, 1), (1, 2, 3), (2, 9, 1)):
        with pytest.raises(ArgumentError, match="band"):
            negatives.hard_band(scores, positive, low, high, n, np.random.default_rng(0))


def test_false_negatives_equal_a_loop_over_pairs():
    rng = np.random.default_rng(0)
    user, item = rng.integers(0, 4, 9), rng.integers(0, 6, 12)
    known_user, known_item = rng.integers(0, 4, 15), rng.integers(0, 6, 15)
    mask = negatives.false_negatives(user, item, known_user, known_item)
    known = set(zip(known_user, known_item, strict=True))
    assert all(mask[b, m] == ((user[b], item[m]) in known and b != m) for b in range(9) for m in range(12))
    with pytest.raises(ShapeError):
        negatives.false_negatives(user, item, known_user, known_item[:3])


def test_strata_are_those_of_recall_by_popularity():
    counts = np.random.default_rng(0).permutation((500 / np.arange(1, 61)).astype(int)).astype(float)
    stratum = negatives.popularity_stratum(counts)
    top, relevant = np.arange(60)[None].repeat(3, 0), [np.arange(0, 60, 2), np.arange(30), np.arange(5)]
    table = recall_by_popularity(top, relevant, counts, 20)
    for s, name in enumerate(("head", "middle", "tail")):
        assert table[name].to_numpy() == pytest.approx(
            recall_at_k(top, [mine[stratum[mine] == s] for mine in relevant], 20), nan_ok=True)


def test_content_to_vector_is_ridge_regression():
    rng = np.random.default_rng(0)
    content, vectors, new = rng.normal(size=(30, 4)), rng.normal(size=(30, 3)), rng.normal(size=(5, 4))
    placed = negatives.content_to_vector(content, vectors, new, 2.0)
    assert placed == pytest.approx(Ridge(2.0).fit(content, vectors).predict(new))
    placed = negatives.content_to_vector(content, vectors, new, 1e12)
    assert placed == pytest.approx(np.tile(vectors.mean(0), (5, 1)), abs=1e-6)
