"""The ranker: order the few hundred with features that retrieval cannot afford. LightGBM does the learning.

Position enters training as a feature that serving holds at one value, or as weights; it is never a live feature.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from course_lib.contracts import (
    ArgumentError,
    Candidates,
    DataError,
    DayLog,
    Requests,
    ShapeError,
    as_count,
    as_ids,
    as_numbers,
    check_labels,
    check_shape,
)
from course_lib.data import stored
from course_lib.stages.ranking.feature_table import check_table, group_sizes, numbers_of

OBJECTIVES = ("binary", "lambdarank")
GRADES = 30  # LightGBM knows gains of 2^grade − 1 up to this one
FORMAT = 3
DRAWN = {"feature_fraction", "feature_fraction_bynode", "bagging_fraction", "extra_trees"}  # what another seed changes
SEED_STEP = 1000  # between models, so that rankers of neighbouring seeds have no model in common


class GBDTRanker:
    """Gradient-boosted trees over a feature table.

    objective: "binary" learns P(label = 1), and predict returns probabilities; "lambdarank" learns the order inside a
    group, and predict returns scores without a scale: no probabilities. position: name of the column that holds the
    position (from 1) at which a row was shown; used in training, held at `serve_position` in predict.
    n_models: so many forests learn from the same rows by different seeds, and their answers are averaged; that takes
    away some of what chance put into each. They need something to be drawn by seed, such as feature_fraction=0.5.
    The same data and seed give the same trees for any number of threads up to 2. Raises ArgumentError for a setting
    that grows no tree, and for several models that would all be alike.

    Source: Ke et al. 2017 (LightGBM); Burges 2010, MSR-TR-2010-82 (LambdaMART).
    """

    def __init__(self, objective: str = "binary", *, trees: int = 120, leaves: int = 31, learning_rate: float = 0.08,
                 min_rows: int = 40, n_models: int = 1, position: str | None = None, serve_position: int = 1,
                 seed: int = 0, **params):
        if objective not in OBJECTIVES:
            raise ArgumentError(f"objective is {objective!r}; expected one of {OBJECTIVES}.")
        trees, leaves = as_count("trees", trees, 1), as_count("leaves", leaves, 2)
        min_rows = as_count("min_rows", min_rows)
        if not 0 < learning_rate < np.inf:
            raise ArgumentError(f"learning_rate is {learning_rate}; expected above 0, such as 0.08.")
        self.n_models = as_count("n_models", n_models, 1)
        if self.n_models > 1 and not DRAWN & set(params):
            raise ArgumentError(f"n_models is {n_models}, but nothing is drawn, so that all would be alike. Pass also "
                                f"one of {sorted(DRAWN)}, such as feature_fraction=0.5.")
        self.objective, self.trees, self.position, self.serve_position = objective, trees, position, serve_position
        self.params = {"objective": objective, "num_leaves": leaves, "learning_rate": learning_rate,
                       "min_data_in_leaf": min_rows, "seed": seed, "num_threads": 2, "deterministic": True,
                       "force_row_wise": True, "verbosity": -1, "lambda_l2": 1.0, **params}
        self.columns: list[str] = []

    def fit(self, features: pd.DataFrame, label, group=None, *, weight=None,
            seconds: float | None = None) -> GBDTRanker:
        """features: a row an example, numbers only; NaN is a value that is missing. label: (n,), 0/1 (lambdarank:
        whole grades 0…30). group: (n,), the request of each row, rows of a request together (lambdarank needs it).
        weight: float (n,), at least 0, e.g. from `position_weights`. Columns may have any names, each once.
        seconds: no model after the first is begun that would end later than this; n_fitted says how many there are.
        Returns self. Raises ShapeError, DataError (one label only, columns that are no numbers), ArgumentError (other
        labels: ratings of 1 to 5 are all "1" to LightGBM)."""
        import lightgbm as lgb

        check_table(features)
        if len(features) != np.size(label):
            raise ShapeError(f"features have {len(features)} rows and label {np.size(label)}; expected one each.")
        label = check_labels("label", label, GRADES if self.objective == "lambdarank" else 1, both=True).ravel()
        if weight is not None:
            weight = as_numbers("weight", weight, low=0)
            check_shape(label=(label, "n"), weight=(weight, "n"))
            if not weight.any():
                raise ArgumentError("weight is 0 in every row; expected some above 0. Leave it out to weigh all alike.")
        self.columns = list(features.columns)
        if self.position and self.position not in self.columns:
            raise DataError(f"no column {self.position!r} in features; they have {self.columns}.")
        sizes = None
        if self.objective == "lambdarank":
            sizes = group_sizes(group, len(label))
        data = lgb.Dataset(numbers_of(features, self.columns), label, group=sizes, weight=weight, free_raw_data=True,
                           feature_name=[f"feature_{i}" for i in range(len(self.columns))])  # it refuses "genre: a, b"
        self._boosters, started = [], time.perf_counter()
        for number, seed in enumerate(self._seeds(), 1):
            self._boosters.append(lgb.train({**self.params, "seed": seed}, data, num_boost_round=self.trees))
            spent = time.perf_counter() - started
            if seconds is not None and spent * (number + 1) / number > seconds:
                break
        return self

    @property
    def n_fitted(self) -> int:
        """How many models were fitted; fewer than n_models where the seconds of fit did not suffice, 0 before it."""
        return len(getattr(self, "_boosters", ()))

    def _seeds(self) -> list[int]:
        """One for each model; the first is the ranker's own."""
        return [self.params["seed"] + SEED_STEP * model for model in range(self.n_models)]

    def predict(self, features: pd.DataFrame) -> np.ndarray:
        """float (n,): probabilities ("binary") or scores ("lambdarank"). The position column is not needed; if it is
        there, it is overwritten. Raises DataError naming missing columns or those that are no numbers."""
        self._fitted()
        check_table(features)
        missing = [c for c in self.columns if c not in features.columns and c != self.position]
        if missing:
            raise DataError(f"features lack the columns {missing} the ranker was trained on. If they cannot be had at "
                            f"serving, train without them.")
        if not len(features):
            return np.empty(0)
        if self.position:
            features = features.assign(**{self.position: float(self.serve_position)})
        return self._answer(numbers_of(features, self.columns))

    def predict_rows(self, rows: np.ndarray) -> np.ndarray:
        """float (n,): what `predict` returns for a table with these values, without the time that a table costs.

        rows: float (n, F), columns in the order of `columns`, position included. Raises ShapeError for another F.
        """
        self._fitted()
        rows = np.asarray(rows)
        if rows.ndim != 2 or rows.shape[1] != len(self.columns):
            raise ShapeError(f"rows have shape {rows.shape}; expected (n, {len(self.columns)}), a column for each of "
                             f"{self.columns}.")
        if self.position:
            rows = rows.copy()
            rows[:, self.columns.index(self.position)] = self.serve_position
        return self._answer(rows) if len(rows) else np.empty(0)

    def _answer(self, rows: np.ndarray) -> np.ndarray:
        threads = 1 if len(rows) < 5000 else self.params["num_threads"]  # a thread woken for one request costs time
        answers = [booster.predict(rows, num_threads=threads) for booster in self._boosters]
        return np.mean(answers, axis=0)

    def importance(self) -> pd.Series:
        """Total gain by feature over all models, as shares that sum to 1, largest first."""
        self._fitted()
        total = np.sum([booster.feature_importance("gain") for booster in self._boosters], axis=0)
        gain = pd.Series(total, index=self.columns, dtype=float)
        return (gain / max(gain.sum(), 1e-12)).sort_values(ascending=False)

    def _fitted(self) -> None:
        if not hasattr(self, "_boosters"):
            raise ArgumentError("the ranker has not been fitted. Call fit(features, label) first.")

    def save(self, path: Path | str) -> None:
        """Write the trees and what belongs to them to one file with a checksum, whole or not at all."""
        stored.save(path, "ranker", FORMAT, *self.packed())

    def packed(self) -> tuple[dict, dict[str, bytes]]:
        """(facts, JSON-able; named bytes): what a file holds, for whoever keeps a ranker within a larger one."""
        if not hasattr(self, "_boosters"):
            raise ArgumentError("the ranker has not been fitted: there is nothing to save. Call fit(features, label).")
        about = {"objective": self.objective, "position": self.position, "columns": self.columns, "trees": self.trees,
                 "serve_position": self.serve_position, "params": self.params, "n_models": self.n_models,
                 "n_fitted": self.n_fitted}
        return about, {f"trees {model}": booster.model_to_string().encode()
                       for model, booster in enumerate(self._boosters)}

    @classmethod
    def load(cls, path: Path | str) -> GBDTRanker:
        """Read what `save` wrote. Raises DataError if it is not there, CorruptError if it is damaged or no ranker."""
        with stored.opened(path, "ranker", FORMAT, "Fit the ranker and save it again.") as (about, parts):
            return cls.unpacked(about, parts)

    @classmethod
    def unpacked(cls, about: dict, parts: dict[str, bytes]) -> GBDTRanker:
        """The ranker that `packed` took apart."""
        import lightgbm as lgb

        ranker = cls(about["objective"], trees=about["trees"], position=about["position"],
                     serve_position=about["serve_position"])
        ranker.params, ranker.columns, ranker.n_models = about["params"], list(about["columns"]), about["n_models"]
        ranker._boosters = [lgb.Booster(model_str=parts[f"trees {model}"].decode())
                            for model in range(about["n_fitted"])]
        return ranker


def position_weights(position, click, examination, clip: float = 20.0) -> np.ndarray:
    """Weights that undo examination: a click at position k counts 1 / examination[k], a non-click 1.

    position: int (n,), from 1. click: 0/1 (n,). examination: float (K,), P(examined) by position, from randomised
    slots. clip: largest weight. Returns float (n,); all 1 where examination is 1. Raises ArgumentError for a position
    without an examination, a chance outside (0, 1], clicks that are not 0 or 1, or a clip below 1; ShapeError.

    Source: Joachims, Swaminathan, Schnabel 2017, doi:10.1145/3018661.3018699.
    Departs: clipped; non-clicks keep weight 1, as their examination is not known.
    """
    position, examination = as_ids("position", position), as_numbers("examination", examination)
    click = check_labels("click", click)
    check_shape(position=(position, "n"), click=(click, "n"), examination=(examination, "K"))
    if not clip >= 1:
        raise ArgumentError(f"clip is {clip}; expected the largest weight, at least 1.")
    if position.size and (position.min() < 1 or position.max() > len(examination)):
        raise ArgumentError(f"position runs from {position.min()} to {position.max()}, but examination has "
                            f"{len(examination)} values, for positions 1 to {len(examination)}.")
    if (examination <= 0).any() or (examination > 1).any():
        raise ArgumentError(f"examination is {examination.tolist()}; expected probabilities in (0, 1].")
    weight = np.minimum(1 / examination[position - 1], clip)
    return np.where(click == 1, weight, 1.0)


def weighted_value(p_click, p_satisfied, weight: float) -> np.ndarray:
    """One score out of two chances: P(click) · P(satisfied | click) ** weight.

    p_click, p_satisfied: float of one shape, in [0, 1]; the second given a click. weight: 0 ranks by clicks, 1 by the
    chance of a satisfied click, more leans further. Returns float of that shape. A product, for a click that
    disappoints is no half success: at weight 1 it is a probability. Raises ArgumentError for chances outside [0, 1] or
    a weight below 0, ShapeError.

    Source: Zhao et al. 2019, doi:10.1145/3298689.3346997, combine engagement and satisfaction by such weights.
    """
    p_click, p_satisfied = as_numbers("p_click", p_click, 0, 1), as_numbers("p_satisfied", p_satisfied, 0, 1)
    if p_click.shape != p_satisfied.shape:
        raise ShapeError(f"p_click has shape {p_click.shape}, p_satisfied {p_satisfied.shape}; expected one shape.")
    if not weight >= 0:
        raise ArgumentError(f"weight is {weight}; expected at least 0. Below 0 it would reward disappointment.")
    return p_click * p_satisfied**weight


class RankerStage:
    """A model and its features as a stage of the recommender (contracts.Ranker).

    model: anything with predict(features) -> (n,). feature_fn(requests, candidates) -> table of B·C rows, request by
    request, candidate by candidate. calibrator: anything with predict(score); the stage's scores are then
    probabilities, with ties on its steps broken by the model's score (by less than 1e-6).
    `observe` is passed on to feature_fn and model where they have it.
    """

    def __init__(self, model, feature_fn: Callable[[Requests, Candidates], pd.DataFrame], calibrator=None):
        self.model, self.feature_fn, self.calibrator = model, feature_fn, calibrator

    def score(self, requests: Requests, candidates: Candidates) -> np.ndarray:
        """float (B, C); -inf where padded. Raises ShapeError if features or predictions have another number of rows."""
        item = np.asarray(candidates.item)
        table = self.feature_fn(requests, candidates)
        if len(table) != item.size:
            raise ShapeError(f"feature_fn returned {len(table)} rows for {item.shape[0]} × {item.shape[1]} candidates; "
                             f"expected {item.size}, padding included.")
        raw = np.asarray(self.model.predict(table), float)
        if raw.size != item.size:
            raise ShapeError(f"model.predict returned {raw.shape} for {len(table)} rows; expected one score a row.")
        raw = raw.reshape(item.shape)
        score = raw
        if self.calibrator is not None:
            score = (1 - 1e-6) * self.calibrator.predict(raw) + 1e-6 / (1 + np.exp(-np.clip(raw, -30, 30)))
        return np.where(item >= 0, score, -np.inf)

    def observe(self, day_log: DayLog) -> None:
        """Pass the day on to the features and the model."""
        for part in (self.feature_fn, self.model):
            if hasattr(part, "observe"):
                part.observe(day_log)
