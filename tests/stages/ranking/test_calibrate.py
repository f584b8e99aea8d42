"""Calibration: known answers, limiting cases, and what each remedy must undo."""

import numpy as np
import pytest

from course_lib.contracts import ArgumentError, CorruptError, DataError, ShapeError
from course_lib.stages.ranking.calibrate import Isotonic, ece, reliability, undo_negative_sampling


def coin(n, p, seed=0):
    return (np.random.default_rng(seed).random(n) < p).astype(float)


def test_ece_by_hand():
    assert ece([0.05, 0.05, 0.95, 0.95], [0, 1, 1, 1]) == pytest.approx(0.5 * 0.45 + 0.5 * 0.05)
    assert ece(np.ones(10), np.tile([0, 1], 5)) == pytest.approx(0.5)
    assert ece([0.0, 1.0], [0, 1]) == 0


def test_reliability_counts_every_row_once_and_brackets_the_truth():
    p = np.random.default_rng(1).random(20_000)
    for by in ("width", "count"):
        table = reliability(p, coin(len(p), p), by=by)
        assert table["n"].sum() == len(p)
        inside = table["predicted"].between(table["observed_low"], table["observed_high"])
        assert inside.sum() >= 8


@pytest.mark.parametrize("count", [0, 1, 7, 30])
def test_a_bins_interval_is_the_exact_one_at_every_count(count):
    """Wilson's covers .83 where one click is expected, and in a bin of rare clicks one is."""
    from scipy.stats import beta

    row = reliability(np.full(30, 0.25), np.arange(30) < count).iloc[0]
    low = beta.ppf(0.025, count, 31 - count) if count else 0.0
    high = beta.ppf(0.975, count + 1, 30 - count) if count < 30 else 1.0
    assert (row["observed_low"], row["observed_high"]) == pytest.approx((low, high), abs=1e-9)


def test_ece_agrees_with_plain_loops():
    rng = np.random.default_rng(2)
    p, y = rng.random(500), rng.integers(0, 2, 500)
    total = 0
    for low in np.arange(10) / 10:
        rows = (p >= low) & ((p < low + 0.1) | (low == 0.9))
        total += abs(p[rows].sum() - y[rows].sum())
    assert ece(p, y) == pytest.approx(total / 500)


def test_isotonic_is_monotone_and_calibrates_distorted_scores():
    rng = np.random.default_rng(3)
    p = rng.random(20_000)
    y = coin(len(p), p, 4)
    distorted = 6 * p**3 - 2
    fitted = Isotonic().fit(distorted[::2], y[::2])
    after = fitted.predict(distorted[1::2])
    assert ece(after, y[1::2]) < 0.02 < ece(p[1::2] ** 3, y[1::2])
    assert (np.diff(fitted.predict(np.linspace(-5, 9, 200))) >= 0).all()
    assert fitted.predict(np.zeros((3, 4))).shape == (3, 4)


def test_isotonic_agrees_with_scikit_learn_and_survives_a_file(tmp_path):
    from sklearn.isotonic import IsotonicRegression

    rng = np.random.default_rng(6)
    score = rng.standard_normal(500)
    y, probe = coin(500, 1 / (1 + np.exp(-score)), 7), rng.standard_normal(300) * 3
    mine = Isotonic().fit(score, y)
    theirs = IsotonicRegression(out_of_bounds="clip").fit(score, y).predict(probe)
    assert mine.predict(probe) == pytest.approx(theirs)
    mine.save(tmp_path / "map.npz")
    assert (Isotonic.load(tmp_path / "map.npz").predict(probe) == mine.predict(probe)).all()
    file = tmp_path / "map.npz"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(CorruptError, match="map.npz was cut short or changed"):
        Isotonic.load(file)
    np.savez(file, score=[0.0, 1.0], probability=[0.0, 1.0])  # as an earlier version wrote it
    with pytest.raises(CorruptError, match="is no calibrator of this version.*save it again"):
        Isotonic.load(file)


def test_isotonic_needs_both_labels_and_a_fit():
    with pytest.raises(DataError, match="both labels"):
        Isotonic().fit([0.1, 0.2], [0, 0])
    with pytest.raises(ArgumentError, match="fit"):
        Isotonic().predict([0.1])


@pytest.mark.parametrize("keep", [1.0, 0.5, 0.1, 0.01])
def test_undoing_negative_sampling_gives_back_the_base_rate(keep):
    clicks, others = 300, 9_700
    sampled = clicks / (clicks + keep * others)
    assert undo_negative_sampling(sampled, keep) == pytest.approx(clicks / (clicks + others))


def test_undoing_keeps_the_ends_and_the_order():
    p = np.linspace(0, 1, 50)
    undone = undo_negative_sampling(p, 0.1)
    assert undone[0] == 0 and undone[-1] == 1 and (np.diff(undone) > 0).all() and (undone <= p).all()


def test_bad_input_is_named():
    with pytest.raises(ShapeError, match="3 values and y has 2"):
        ece([0.1, 0.2, 0.3], [0, 1])
    with pytest.raises(ArgumentError, match="Isotonic"):
        ece([-2.0, 3.0], [0, 1])
    with pytest.raises(DataError, match="empty"):
        ece([], [])
    with pytest.raises(ArgumentError, match="keep_rate"):
        undo_negative_sampling(0.5, 0)
    with pytest.raises(ArgumentError, match="NaN"):
        ece([np.nan, 0.5], [0, 1])
