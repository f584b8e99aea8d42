"""Offline metrics with intervals: the whole catalogue ranked, one value a user, uncertainty by resampling users.

What ends in a number for a system returns an Estimate; what ends in a number for a user returns an array (U,), NaN
where the user has nothing held out, so that two systems can be compared user by user. Lists that show an item twice
are refused: each repeat would count as another hit. Equal scores are ordered by id, lowest first; `top_items` can also
order them at random, which is what a model that cannot tell items apart is worth.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from course_lib.contracts import (
    ArgumentError,
    ShapeError,
    as_count,
    as_ids,
    as_numbers,
    check_labels,
    check_unique_rows,
    ndcg_of_hits,
)
from course_lib.evidence.estimate import Estimate, bootstrap, normal_estimate, paired
from course_lib.evidence.ranked import held_out, top_items

__all__ = [
    "METRICS", "Estimate", "average_precision", "bootstrap", "calibration_error", "compare_models", "coverage",
    "evaluate", "held_out", "hits", "mean_popularity", "ndcg_at_k", "normal_estimate", "paired", "per_user",
    "recall_at_k", "recall_by_popularity", "top_items",
]
METRICS = ("recall", "ndcg", "average_precision", "coverage", "popularity")

# --- one value a user -----------------------------------------------------------------------------------------------
def hits(top, relevant: Sequence) -> np.ndarray:
    """bool (U, K): which of the recommended items, top int (U, K) with -1 pads, are among the user's relevant ones.

    relevant: U int arrays, of any lengths. Raises ShapeError where the numbers of users differ, ArgumentError naming
    row and item where a list shows an item twice, or where ids are none.
    """
    top = _lists(top)
    if len(top) != len(relevant):
        raise ShapeError(f"top has shape {top.shape} and relevant {len(relevant)} users; expected (U, K) and U.")
    length = np.array([len(items) for items in relevant], int)
    if length.sum() == 0:
        return np.zeros(top.shape, bool)
    item = as_ids("relevant", np.concatenate([np.asarray(items) for items in relevant if len(items)]))
    if max(int(item.max()), int(top.max(initial=0))) > 2**62 // max(len(top), 1):  # too large to be keyed by user
        _, code = np.unique(np.concatenate([[-1], item, top.ravel()]), return_inverse=True)
        item, top = code[1: 1 + len(item)] - 1, (code[1 + len(item):] - 1).reshape(top.shape)
    base = max(int(item.max()), int(top.max(initial=0))) + 2
    key = np.repeat(np.arange(len(top)), length) * base + item
    return np.isin(np.arange(len(top))[:, None] * base + top, key) & (top >= 0)


def _lists(top) -> np.ndarray:
    """top as int64 (U, K) of ids and -1 pads, no id twice in a row."""
    top = np.asarray(top)
    if top.ndim != 2:
        raise ShapeError(f"top has shape {top.shape}; expected (U, K), a list a user.")
    top = as_ids("top", top, padding=True)
    check_unique_rows(top=top)
    return top


def _cut(top, relevant, k) -> tuple[np.ndarray, np.ndarray]:
    top = np.asarray(top)
    if top.ndim != 2 or not 1 <= k <= top.shape[1]:
        raise ArgumentError(f"k is {k} and top has shape {top.shape}; expected (U, K) and 1 ≤ k ≤ K.")
    hit = hits(top[:, :as_count("k", k)], relevant)
    size = np.array([len(np.unique(np.asarray(items))) for items in relevant], float)
    return hit, np.where(size > 0, size, np.nan)


def recall_at_k(top, relevant, k: int) -> np.ndarray:
    """float (U,): hits among the first k, over min(k, number relevant), so that a perfect list scores 1.

    top: int (U, ≥k), best first, -1 pads. relevant: U int arrays. NaN where a user has none. Raises as `hits`.
    """
    hit, size = _cut(top, relevant, k)
    return hit.sum(1) / np.minimum(size, k)


def ndcg_at_k(top, relevant, k: int) -> np.ndarray:
    """float (U,): gain 1/log2(position + 1) of each hit, over that of a perfect list; 1 where all hits come first.

    Source: Järvelin & Kekäläinen 2002, doi:10.1145/582415.582418 (binary relevance).
    """
    hit, size = _cut(top, relevant, k)
    return ndcg_of_hits(hit, size)


def average_precision(top, relevant, k: int) -> np.ndarray:
    """float (U,): mean of the precision at each hit, over min(k, number relevant).

    Departs: MAP has five variants in use (Tamm 2021, doi:10.1145/3460231.3478848); this one gives 1 to a perfect list.
    """
    hit, size = _cut(top, relevant, k)
    precision = np.cumsum(hit, 1) / np.arange(1, k + 1)
    return (precision * hit).sum(1) / np.minimum(size, k)


def mean_popularity(top, counts) -> np.ndarray:
    """float (U,): mean training count of the items shown; counts: float (N,). NaN where a list is empty.

    Raises UnknownIdError for an item without a count, ArgumentError for NaN counts or an item twice in a list.
    """
    top, counts = as_ids("top", _lists(top), len(counts), padding=True), as_numbers("counts", counts)
    shown = top >= 0
    total = np.where(shown, counts[np.where(shown, top, 0)], 0).sum(1)
    return np.divide(total, shown.sum(1), out=np.full(len(top), np.nan), where=shown.any(1))


def recall_by_popularity(top, relevant, counts, k: int, edges=(0.2, 0.8)) -> pd.DataFrame:
    """float (U, S) table: recall within popularity strata of the held-out items, columns "head", "middle", "tail".

    counts: float (N,), training counts. edges: shares of all training events at which the strata part: the default
    calls head the items that together make the first fifth of events, tail those that make the last fifth. Raises as
    `recall_at_k`; UnknownIdError for a held-out item without a count.
    """
    counts = as_numbers("counts", counts, low=0)
    order = np.argsort(-counts, kind="stable")
    share = np.empty(len(counts))
    share[order] = (np.cumsum(counts[order]) - counts[order]) / max(counts.sum(), 1)
    stratum = np.searchsorted(np.asarray(edges), share, side="right")
    names = ("head", "middle", "tail") if len(edges) == 2 else tuple(f"stratum {s}" for s in range(len(edges) + 1))
    relevant = [as_ids("relevant", items, len(counts)) for items in relevant]
    return pd.DataFrame({name: recall_at_k(top, [items[stratum[items] == s] for items in relevant], k)
                         for s, name in enumerate(names)})


# --- one value a system ---------------------------------------------------------------------------------------------
def coverage(top, n_items: int) -> Estimate:
    """Share of the catalogue that at least one user is shown, with a jackknife interval over users.

    The interval lies within 0 and 1. One user alone says nothing of others, and gets [0, 1].

    Raises ArgumentError for no lists, an item outside the catalogue, or one that stands twice in a list.
    Departs: a bootstrap would hold 63% of the users and so report too little; leaving out one user at a time does not.
    """
    top = _lists(top)
    if n_items < 1 or top.size == 0 or top.max() >= n_items:
        raise ArgumentError(f"coverage over {n_items} items got lists of shape {top.shape} with highest item "
                            f"{top.max(initial=-1)}; expected item ids below n_items.")
    seen = np.bincount(top[top >= 0], minlength=n_items)
    only_here = ((seen[top] == 1) & (top >= 0)).sum(1) / n_items
    n = len(top)
    error = np.sqrt((n - 1) / n * ((only_here - only_here.mean()) ** 2).sum())
    share = float((seen > 0).mean())
    if n < 2:
        return Estimate(share, 0.0, 1.0, n)
    told = normal_estimate(share, error, n)
    return Estimate(share, max(told.low, 0.0), min(told.high, 1.0), n)


def calibration_error(probability, outcome, bins: int = 10) -> float:
    """Expected calibration error: mean gap between predicted and observed rate, over bins of equal size.

    probability: float (n,) in [0, 1]. outcome: 0/1 (n,). Returns 0 for a forecast that is right in every bin.
    Source: Naeini et al. 2015. Departs: bins hold equal numbers, as click probabilities crowd near 0.
    """
    probability, outcome = as_numbers("probability", probability), check_labels("outcome", outcome)
    if probability.shape != outcome.shape or probability.size == 0:
        raise ShapeError(f"probability {probability.shape}, outcome {outcome.shape}; expected the same, not empty.")
    if probability.min() < 0 or probability.max() > 1:
        raise ArgumentError(f"probabilities run from {probability.min():.3g} to {probability.max():.3g}; expected "
                            f"[0, 1]. Ranking scores are not probabilities: calibrate them first.")
    _, tied = np.unique(probability, return_inverse=True)  # ties share their mean outcome: their order says nothing
    outcome = (np.bincount(tied, outcome) / np.bincount(tied))[tied]
    parts = np.array_split(np.argsort(probability, kind="stable"), min(as_count("bins", bins, 1), len(probability)))
    gap = [len(p) * abs(probability[p].mean() - outcome[p].mean()) for p in parts]
    return float(np.sum(gap) / len(probability))


# --- a model on a split ---------------------------------------------------------------------------------------------
def per_user(model, split, k: int = 20, metrics: Iterable[str] = METRICS,
             ties: str = "id") -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Each metric's value a user, {name: float (U,)} (coverage apart), and the lists behind them, int (U, k).

    ties: as in `top_items`."""
    users, relevant = held_out(split.test)
    top = top_items(model, users, k, split.train, ties=ties)
    taken = as_ids("item of train", split.train["item"])
    n_items = 1 + max(int(taken.max(initial=-1)), max(int(items.max()) for items in relevant), int(top.max(initial=-1)))
    counts = np.bincount(taken, minlength=n_items)
    known = {"recall": recall_at_k, "ndcg": ndcg_at_k, "average_precision": average_precision}
    unknown = set(metrics) - set(METRICS)
    if unknown:
        raise ArgumentError(f"metrics {sorted(unknown)} are unknown; expected some of {', '.join(METRICS)}.")
    values = {name: known[name](top, relevant, k) for name in metrics if name in known}
    if "popularity" in metrics:
        values["popularity"] = mean_popularity(top, counts)
    return values, top


def evaluate(model, split, k: int = 20, metrics: Iterable[str] = METRICS, n_items: int | None = None,
             seed: int = 0, ties: str = "id") -> pd.Series:
    """Estimates of a model on a split's test part, by metric name; train items are masked, all others ranked.

    model: has score(users) → float (B, N). split: has .train and .test tables with user, item. n_items: size of the
    catalogue for coverage (default: as many as the model scores). ties: who comes first among equal scores, the lowest
    "id" or one drawn at "random", see `top_items`. evaluate(model, split)["recall"] is an Estimate.
    """
    metrics = tuple(metrics)
    values, top = per_user(model, split, k, metrics, ties)
    return _estimates(values, top, metrics, n_items or _width(model, split), seed)


def _width(model, split) -> int:
    first = np.asarray(split.test["user"].to_numpy()[:1])
    return int(np.shape(getattr(model, "score", model)(first))[1])


def _estimates(values, top, metrics, n_items, seed) -> pd.Series:
    answer = {}
    for name in metrics:
        if name == "coverage":
            answer[name] = coverage(top, n_items)
        else:
            answer[name] = bootstrap(values[name][~np.isnan(values[name])], seed=seed)
    return pd.Series(answer, dtype=object)


def compare_models(models: dict, split, k: int = 20, metrics: Iterable[str] = METRICS, against: str | None = None,
                   n_items: int | None = None, seed: int = 0) -> pd.DataFrame:
    """Table of Estimates, one row a model, one column a metric; with `against` also the paired difference in recall.

    models: {name: model}. against: a name of models; adds the column "recall − name", paired by user.
    """
    if against is not None and against not in models:
        raise ArgumentError(f"against is {against!r}; expected one of {', '.join(models)}.")
    metrics = tuple(metrics)
    if against is not None and not set(metrics) - {"coverage"}:
        raise ArgumentError(f"metrics are {metrics}: none has a value for each user, so nothing can be paired; add "
                            f"one, such as recall.")
    kept, rows = {}, {}
    for name, model in models.items():
        values, top = per_user(model, split, k, metrics)
        kept[name] = values
        rows[name] = _estimates(values, top, metrics, n_items or _width(model, split), seed)
    table = pd.DataFrame(rows, dtype=object).T
    if against is not None:
        first = next(name for name in metrics if name in kept[against])
        table[f"{first} − {against}"] = [paired(kept[name][first], kept[against][first]) for name in models]
    return table
