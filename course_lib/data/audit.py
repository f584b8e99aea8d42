"""The feature audit: can it be served, is it fresh, does it leak, has it moved? One row a feature, one verdict."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from course_lib.contracts import ArgumentError, DataError, ShapeError, as_count, as_numbers, check_labels

ROUNDING = 1e-12    # what sums in another order may leave where a feature is 0


# --- drift ----------------------------------------------------------------------------------------------------------
def psi(reference, actual, bins: int = 10) -> float:
    """Population stability index of `actual` against `reference`: Σ (a − r)·ln(a / r) over quantile bins, nats.

    reference (N,), actual (n,): numbers; NaN is a bin of its own. bins: at the reference's quantiles. Half an event is
    added to every bin, so that an empty one does not give infinity. Returns 0 for equal shares; about
    (bins − 1)·(1/N + 1/n) for two samples of the same thing: it is never 0 in practice.
    Raises DataError where either is empty, ArgumentError for text or infinity (bins have no place for it).
    """
    edges, has_missing = _edges(reference, actual, bins)
    return float(psi_of_counts(_counts(reference, edges, has_missing), _counts(actual, edges, has_missing)))


def null_psi_threshold(reference, n: int, *, bins: int = 10, quantile: float = 0.95, n_boot: int = 500,
                       seed: int = 0) -> float:
    """The PSI that a sample of n from the reference itself exceeds by luck in 5% of the draws.

    reference (N,): the training values. n: size of the sample to be judged. quantile: 1 − the false alarm rate.
    n_boot: bootstrap draws of both samples. Returns PSI in nats; near chi²(bins − 1) quantile · (1/N + 1/n).
    Raises ArgumentError for n < 1 or a quantile outside (0, 1).
    """
    if not n >= 1 or n % 1 or not 0 < quantile < 1:
        raise ArgumentError(f"n is {n}, quantile is {quantile}; expected a whole n ≥ 1 and 0 < quantile < 1.")
    as_count("n_boot", n_boot, 1)
    edges, has_missing = _edges(reference, reference, bins)
    counts = _counts(reference, edges, has_missing)
    rng, share = np.random.default_rng(seed), counts / counts.sum()
    draws = psi_of_counts(rng.multinomial(int(counts.sum()), share, n_boot), rng.multinomial(n, share, n_boot))
    return float(np.quantile(draws, quantile))


def _edges(reference, actual, bins: int) -> tuple[np.ndarray, bool]:
    reference, actual = (as_numbers(name, values, missing=True)
                         for name, values in (("reference", reference), ("actual", actual)))
    for name, values in (("reference", reference), ("actual", actual)):
        if values.ndim != 1 or not len(values):
            raise DataError(f"{name} has shape {values.shape}; expected at least one number, (n,).")
    as_count("bins", bins, 2)
    known = reference[~np.isnan(reference)]
    inner = np.unique(np.quantile(known, np.linspace(0, 1, bins + 1)[1:-1])) if len(known) else np.empty(0)
    return inner, bool(np.isnan(reference).any() or np.isnan(actual).any())


def _counts(values, edges: np.ndarray, has_missing: bool) -> np.ndarray:
    """Events a bin, [−∞, e1), [e1, e2), …, [ek, ∞), and the missing ones last."""
    values = as_numbers("values", values, missing=True)
    missing = np.isnan(values)
    counts = np.bincount(np.searchsorted(edges, values[~missing], side="right"), minlength=len(edges) + 1)
    return np.append(counts, missing.sum()) if has_missing else counts


def psi_of_counts(reference: np.ndarray, actual: np.ndarray) -> np.ndarray:
    """PSI of two histograms, nats: Σ (a − r)·ln(a / r) with shares (count + ½) / (total + ½·bins).

    reference, actual: counts (…, bins). Returns (…): 0 for equal shares; swapping the two changes nothing.
    Raises ArgumentError for a count that is NaN or below 0.
    """
    reference, actual = as_numbers("reference", reference, low=0), as_numbers("actual", actual, low=0)
    share = [(c + 0.5) / (c.sum(-1, keepdims=True) + 0.5 * c.shape[-1]) for c in (reference, actual)]
    return ((share[1] - share[0]) * np.log(share[1] / share[0])).sum(-1)


# --- leakage and skew -----------------------------------------------------------------------------------------------
def mismatch(one: pd.DataFrame, other: pd.DataFrame, rtol: float = 1e-6) -> pd.Series:
    """Share of rows in which each feature differs between two tables of the same rows; two NaN are equal.

    rtol: relative difference up to which two numbers are equal; a difference of up to 1e-12 is none for any.

    Training values against those recomputed as of their moment: leakage. The vector that was served and logged against
    the recomputed one: skew. Raises ShapeError where the rows differ in number; DataError without rows or shared
    columns, or where both have the same index in another order: they are compared row by row.
    """
    if len(one) != len(other):
        raise ShapeError(f"the tables have {len(one)} and {len(other)} rows; expected the same rows in both.")
    shared = [name for name in one if name in other]
    if not len(one) or not shared:
        raise DataError(f"tables of {len(one)} rows share {len(shared)} columns ({list(one)[:5]}, {list(other)[:5]}); "
                        f"expected rows and columns to compare.")
    shuffled = one.index.is_unique and not one.index.equals(other.index)
    if shuffled and not len(one.index.symmetric_difference(other.index)):
        raise DataError("the tables have the same index in another order, and rows are compared by place. Put them in "
                        "one order first: other.loc[one.index].")
    return pd.Series({name: 1 - np.isclose(*(as_numbers(name, table[name], missing=True, infinite=True)
                                             for table in (one, other)), rtol=rtol, atol=ROUNDING,
                                             equal_nan=True).mean()
                      for name in shared}, dtype=float)


def auc(label, score) -> float:
    """Chance that a positive scores above a negative, ties a half; 0.5 where score says nothing, NaN with one class.

    label: 0/1 (N,). score: (N,), NaN ranks last. Raises ArgumentError for other labels, ShapeError.
    """
    from scipy.stats import rankdata

    label, score = check_labels("label", label) == 1, as_numbers("score", score, missing=True, infinite=True)
    if label.shape != score.shape or label.ndim != 1:
        raise ShapeError(f"label has shape {label.shape}, score {score.shape}; expected (N,), one label a score.")
    positives = int(label.sum())
    if positives in (0, len(label)):
        return float("nan")
    score = np.where(np.isnan(score), -np.inf, score)  # missing ranks last
    won = rankdata(score)[label].sum() - positives * (positives + 1) / 2
    return float(won / (positives * (len(label) - positives)))


# --- the table ------------------------------------------------------------------------------------------------------
def audit(train: pd.DataFrame, served: pd.DataFrame, *, as_of: pd.DataFrame | None = None, label=None,
          age_s: Mapping | None = None, sla_s: Mapping | None = None, tolerance: float = 0.01, alpha: float = 0.05,
          n_boot: int = 500, seed: int = 0) -> pd.DataFrame:
    """One row a training feature: exists at inference? leaks? stale? moved? and what to do.

    train: (N, features) the model's training values. served: the vectors logged at serving; a column that is not there
    cannot be had at inference. as_of: train recomputed point in time, same rows. label: 0/1 (N,).
    age_s: feature -> ages (s) of its served values, NaN where none was served (`missing` counts those, `late` does
    not); sla_s: feature -> the oldest it may be. tolerance: share of rows that may differ or be too old before it
    counts. alpha: false alarm rate of a drift test; with F features F·alpha.
    Returns columns at_inference, differs (share of rows unlike as_of), auc, auc_as_of (of the feature alone, direction
    removed), late (share older than its SLA), missing (share served as NaN), psi, psi_null (its threshold), verdict:
    "keep", "drop: not at inference", "rebuild: leaks", "refresh: stale", "watch: moved", the worst first.
    Raises ShapeError where as_of or label have other rows than train, DataError for a name that stands twice or an
    empty train, ArgumentError for values that are no numbers or labels other than 0 and 1.
    """
    for what, table in (("train", train), ("served", served), ("as_of", as_of)):
        if table is not None and not table.columns.is_unique:
            raise DataError(f"{what} has column {table.columns[table.columns.duplicated()][0]!r} twice; expected each "
                            f"feature once. Rename one.")
    if not len(train):
        raise DataError("train has no rows; expected the model's training values.")
    differs = mismatch(train, as_of) if as_of is not None else pd.Series(dtype=float)
    if label is not None and len(label) != len(train):
        raise ShapeError(f"label has {len(label)} rows, train has {len(train)}; expected one label a row.")
    rows = {}
    for name in train:
        row = {"at_inference": name in served, "differs": differs.get(name, np.nan),
               "auc": _strength(label, train[name]), "auc_as_of": np.nan, "late": np.nan, "missing": np.nan,
               "psi": np.nan, "psi_null": np.nan}
        if as_of is not None and name in as_of:
            row["auc_as_of"] = _strength(label, as_of[name])
        if name in served and len(served):
            row |= _served(train[name], served[name], alpha, n_boot, seed)
        if age_s is not None and sla_s is not None and name in age_s and name in sla_s:
            row["late"] = float(np.mean(np.asarray(age_s[name], float) > sla_s[name]))
        rows[name] = row | {"verdict": _verdict(row, tolerance)}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("feature")


def _served(train: pd.Series, served: pd.Series, alpha: float, n_boot: int, seed: int) -> dict:
    return {"missing": float(served.isna().mean()), "psi": psi(train, served),
            "psi_null": null_psi_threshold(train, len(served), quantile=1 - alpha, n_boot=n_boot, seed=seed)}


def _strength(label, values) -> float:
    if label is None:
        return float("nan")
    value = auc(label, values)
    return max(value, 1 - value)


def _verdict(row: dict, tolerance: float) -> str:
    if not row["at_inference"]:
        return "drop: not at inference"
    if row["differs"] > tolerance:
        return "rebuild: leaks"
    if row["late"] > tolerance:
        return "refresh: stale"
    return "watch: moved" if row["psi"] > row["psi_null"] else "keep"
