"""Calibration: does a predicted 10% come true one time in ten, and what to do when it does not."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd

from course_lib.contracts import ArgumentError, DataError, ShapeError, as_count, as_numbers, check_labels
from course_lib.data import stored

FORMAT = 1


def _checked(p, y) -> tuple[np.ndarray, np.ndarray]:
    """p and y as float (n,), or an error that names what is wrong with them."""
    p, y = as_numbers("p", p).ravel(), check_labels("y", y).ravel()
    if p.shape != y.shape:
        raise ShapeError(f"p has {p.size} values and y has {y.size}; expected one label a prediction.")
    if not p.size:
        raise DataError("p is empty; calibration needs at least one prediction.")
    if p.min() < 0 or p.max() > 1:
        raise ArgumentError(f"p runs from {p.min():.3g} to {p.max():.3g}; expected probabilities in [0, 1]. Ranking "
                            f"scores (LambdaRank's, say) are not probabilities: pass them through Isotonic first.")
    return p, y


def reliability(p, y, bins: int = 10, by: str = "width") -> pd.DataFrame:
    """The reliability curve: predicted against observed, a row a bin that holds anything.

    p: float (n,), predicted probabilities. y: 0/1 (n,). by: "width" cuts [0, 1] into equal widths, "count" into bins
    of equal numbers (better where most p are small).
    Returns columns low, high (edges), n, predicted (mean p), observed (mean y), observed_low, observed_high (the
    exact 95% interval of rows that are independent; where people have several rows, it is rather too narrow). A
    calibrated model has predicted inside the interval in 95% of the bins or more.
    Raises ArgumentError where p is no probability or y not 0 or 1, ShapeError where the lengths differ, DataError where
    there are none.

    Source: Clopper & Pearson 1934, doi:10.1093/biomet/26.4.404; Niculescu-Mizil & Caruana 2005.
    """
    from statsmodels.stats.proportion import proportion_confint

    p, y = _checked(p, y)
    bins = as_count("bins", bins, 1)
    if by == "count":
        edges = np.unique(np.quantile(p, np.linspace(0, 1, bins + 1)))
    elif by == "width":
        edges = np.linspace(0, 1, bins + 1)
    else:
        raise ArgumentError(f"by is {by!r}; expected 'width' or 'count'.")
    edges = edges if len(edges) > 1 else np.array([edges[0], edges[0] + 1e-12])
    place = np.clip(np.searchsorted(edges, p, side="right") - 1, 0, len(edges) - 2)
    n = np.bincount(place, minlength=len(edges) - 1)
    mean = [np.bincount(place, v, minlength=len(edges) - 1) / np.maximum(n, 1) for v in (p, y)]
    table = pd.DataFrame({"low": edges[:-1], "high": edges[1:], "n": n, "predicted": mean[0], "observed": mean[1]})
    held = n > 0
    low, high = proportion_confint(np.bincount(place, y, minlength=len(edges) - 1)[held], n[held], method="beta")
    return table[held].reset_index(drop=True).assign(observed_low=low, observed_high=high)


def ece(p, y, bins: int = 10, by: str = "width") -> float:
    """Expected calibration error: mean |predicted − observed| over bins, weighted by their size.

    Arguments as for `reliability`. Returns a share in [0, 1]; 0 for a calibrated p in each bin, 0.5 for p = 1 on a
    fair coin. It grows with noise: a perfect model on few rows has an ECE above 0.

    Source: Naeini et al. 2015, AAAI.
    """
    table = reliability(p, y, bins, by)
    return float(((table["predicted"] - table["observed"]).abs() * table["n"]).sum() / table["n"].sum())


class Isotonic:
    """A monotone map from scores to probabilities. Fit it on rows the model was not trained on.

    Source: Zadrozny & Elkan 2002, doi:10.1145/775047.775151; scikit-learn's IsotonicRegression does the fitting.
    """

    def fit(self, score, y) -> Isotonic:
        """score: float (n,), any scale. y: 0/1 (n,). Needs both labels; raises DataError otherwise, ArgumentError for
        other labels or NaN, ShapeError. Where all scores are one, so are all probabilities: the share of positives."""
        from sklearn.isotonic import IsotonicRegression

        score, y = as_numbers("score", score).ravel(), check_labels("y", y, both=True).ravel()
        if score.shape != y.shape:
            raise ShapeError(f"score has {score.size} values and y has {y.size}; expected one label a score.")
        fitted = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(score, y)
        self.score_, self.probability_ = fitted.X_thresholds_, fitted.y_thresholds_
        return self

    def predict(self, score) -> np.ndarray:
        """Probabilities, float, of the shape of score; constant outside the range seen in fit. Raises ArgumentError for
        scores that are NaN."""
        if not hasattr(self, "score_"):
            raise ArgumentError("Isotonic has not been fitted. Call fit(score, y) on held-out rows first.")
        return np.interp(as_numbers("score", score, infinite=True), self.score_, self.probability_)

    def save(self, path) -> None:
        """Write the map's corners to one file with a checksum, whole or not at all."""
        if not hasattr(self, "score_"):
            raise ArgumentError("Isotonic has not been fitted: there is nothing to save. Call fit(score, y) first.")
        held = io.BytesIO()
        np.savez(held, score=self.score_, probability=self.probability_)
        stored.save(path, "calibrator", FORMAT, {}, {"corners": held.getvalue()})

    @classmethod
    def load(cls, path) -> Isotonic:
        """Read what `save` wrote. Raises DataError if it is not there, CorruptError if damaged or no calibrator."""
        fitted = cls()
        with stored.opened(path, "calibrator", FORMAT, "Fit the calibrator and save it again.") as (_, parts):
            held = np.load(io.BytesIO(parts["corners"]), allow_pickle=False)
            fitted.score_, fitted.probability_ = held["score"], held["probability"]
        return fitted


def undo_negative_sampling(p, keep_rate: float) -> np.ndarray:
    """Probabilities of a model trained on a share of the negatives, put back on the scale of the whole data.

    p: float, any shape, as the model says it. keep_rate: w in (0, 1], share of negatives kept in training.
    Returns p / (p + (1 − p) / w): p itself at w = 1; .5 becomes 1/11 at w = .1. Raises ArgumentError.

    Source: He et al. 2014, doi:10.1145/2648584.2648589, §6.3.
    """
    p = as_numbers("p", p)
    if not 0 < keep_rate <= 1:
        raise ArgumentError(f"keep_rate is {keep_rate}; expected the share of negatives kept, in (0, 1].")
    if p.size and (p.min() < 0 or p.max() > 1):
        raise ArgumentError(f"p runs from {p.min():.3g} to {p.max():.3g}; expected probabilities in [0, 1].")
    return p / (p + (1 - p) / keep_rate)
