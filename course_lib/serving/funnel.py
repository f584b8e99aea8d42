"""The funnel for any table: sources → blended candidates → features → trees, refitted on all that is known.

Letters: B users, N items, C candidates, K slots.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from course_lib.contracts import (
    DAY_S,
    ArgumentError,
    BudgetError,
    Candidates,
    DataError,
    Dataset,
    Requests,
    as_count,
    as_ids,
    best_k,
)
from course_lib.stages.ranking.candidate_features import CandidateFeatures
from course_lib.stages.ranking.out_of_fold import parts_of_users, sets_needed, windows
from course_lib.stages.ranking.ranker import GBDTRanker
from course_lib.stages.retrieval.baselines import user_item_matrix
from course_lib.stages.retrieval.best_rank import BestRank, batches, choose_shares
from course_lib.stages.retrieval.candidate_sources import choose_l2, default_sources, fit_all

TREES = {"trees": 200, "leaves": 15, "learning_rate": 0.06, "min_rows": 100, "lambda_l2": 5.0, "feature_fraction": 0.5}
JUDGES = 600  # users by whom shares are chosen


@dataclass(frozen=True)
class FunnelSettings:
    """n_candidates: C, that the ranker orders. n_labels: positives to learn from, about. n_rows: of the ranker's table,
    about. n_windows: of time, at most. n_users: asked for one out-of-fold set, at most. l2_grid: of EASE, to choose
    from. trees: of GBDTRanker. valid_alone: whether the ranker's only labels are split.valid, instead of out-of-fold
    ones: cheaper, and what these are compared with."""

    n_candidates: int = 150
    n_labels: int = 80_000
    n_rows: int = 400_000
    n_windows: int = 6
    n_users: int = 6_000
    l2_grid: tuple = (100.0, 200.0, 400.0)
    trees: dict = field(default_factory=lambda: dict(TREES))
    valid_alone: bool = False


class Funnel:
    """Several candidate sources, blended, and a ranker that is trained on the candidates it will meet.

    settings: FunnelSettings. seed: of all that is drawn; the same data and seed give the same answers.
    make_sources: function as `default_sources` that returns {name: source that is not fitted}; a source "popular" with
    `counts` (N,) must be among them, and "recent" may be: newcomers get these.
    After fit: shares {source: share}, fit_report, ranker, retriever (its sources are fitted on all that is known).
    """

    def __init__(self, settings: FunnelSettings | None = None, seed: int = 0, make_sources: Callable = default_sources):
        self.settings, self.seed, self.make_sources = settings or FunnelSettings(), seed, make_sources
        self.fit_report: dict = {}

    def fit(self, dataset: Dataset, split, *, l2: float | None = None, seconds: float | None = None) -> Funnel:
        """Learn from split.train and split.valid. Returns self.

        dataset: its numbers of users and items and its catalogue are used, its events are not. split: has train, valid
        and kind, such as a Split; where kind is "time", labels are windows as long as valid, sources age, and ages are
        features. l2: of EASE, in events; None: chosen on valid. seconds: what fitting may take, about: fewer
        out-of-fold sets are made where they would take longer; which ones then depends on the clock.
        fit_report holds l2, shares, sources, sets, rows and positives of the ranker's table, and seconds of each part.
        Raises DataError where train or valid is empty, or where no candidate of an out-of-fold set was taken;
        BudgetError where the seconds do not suffice for one set and the last fit.

        Steps: EASE's l2 is chosen on valid. Then, for each out-of-fold set, all sources are fitted without its labels;
        shares are chosen by the labels of the first set; its candidates, with whether they were taken, are rows of
        the ranker's table. The trees learn, and last the sources are fitted on train and valid together.
        """
        for name in ("train", "valid"):
            if not len(getattr(split, name)):
                raise DataError(f"split.{name} is empty; the funnel learns from train and chooses on valid. Split with "
                                f"a share for each.")
        self._start(dataset, split)
        started = time.perf_counter()
        self._l2 = l2 if l2 is not None else choose_l2(split.train, split.valid, dataset.n_users, dataset.n_items,
                                                       self.settings.l2_grid, seed=self.seed)
        self._took("l2", started)
        tables, labels = self._tables(split, started, seconds)
        self._fit_ranker(tables, labels)
        self.retriever, self.features = self._stages(self._known)
        self.retriever = self.retriever.with_shares(self.shares)
        sources = self.retriever.sources
        self._newcomer = np.asarray(sources["popular"].counts, np.float64)
        if "recent" in sources:                           # all-time counts are made so small that they break ties only
            self._newcomer = sources["recent"].counts + self._newcomer / (1e6 * (1 + self._newcomer.max()))
        self._newcomer = np.where(self.retriever.alive, self._newcomer, -np.inf)
        self.fit_report |= {"l2": self._l2, "shares": dict(self.shares), "sources": list(sources), "sets": len(labels)}
        return self

    def candidates(self, users, n: int) -> np.ndarray:
        """int32 (B, n): the blended retrieval alone, best first, what a user took left out, -1 pads.

        A newcomer (an id beyond those of fit, or without a past) gets what is popular. Raises ArgumentError before fit
        and for users that are no ids.
        """
        return self._in_batches(users, n, lambda part, k: self.retriever.candidates(*self.retriever.scores(part), k)[0])

    def retrieve(self, requests: Requests, n: int) -> Candidates:
        """As `candidates`, of requests.eligible alone; the score is 1 / weighted best rank. user -1 is a newcomer."""
        self._fitted()
        users, n_items = as_ids("user of requests", requests.user, padding=True), len(self._newcomer)
        allowed = np.zeros(n_items, bool)
        allowed[requests.eligible[requests.eligible < n_items]] = True
        item, score = np.full((len(users), n), -1, np.int32), np.full((len(users), n), -np.inf, np.float32)
        known = self._is_known(users)
        popular = best_k(np.where(allowed, self._newcomer, -np.inf)[None], n)
        item[~known], score[~known] = popular, np.where(popular >= 0, 1 / np.arange(1, n + 1), -np.inf)
        for rows in batches(np.flatnonzero(known), n_items):
            scores, free = self.retriever.scores(users[rows])
            found, key = self.retriever.candidates(scores, free & allowed, n)
            item[rows, :found.shape[1]] = found
            score[rows, :found.shape[1]] = np.where(found >= 0, 1 / key, -np.inf)
        return Candidates(item, score)

    def recommend(self, users, k: int = 10) -> np.ndarray:
        """int32 (B, k): the whole chain, best first, what a user took left out, -1 pads; ties by blended rank.

        Newcomers and errors as `candidates`.
        """
        return self._in_batches(users, k, self._ranked)

    def score(self, users) -> np.ndarray:
        """float32 (B, N): the ranker's chance for each candidate, -inf for all other items; for newcomers the counts
        that they are answered by. So `evidence.offline` can judge the chain. Errors as `candidates`."""
        self._fitted()
        users = as_ids("users", np.atleast_1d(users))
        out = np.full((len(users), len(self._newcomer)), -np.inf, np.float32)
        known = self._is_known(users)
        out[~known] = self._newcomer
        for rows in batches(np.flatnonzero(known), out.shape[1]):
            item, chance = self._judged(users[rows])
            row, place = np.nonzero(item >= 0)
            out[rows[row], item[row, place]] = chance[row, place]
        return out

    # --- fitting ----------------------------------------------------------------------------------------------------
    def _start(self, dataset: Dataset, split) -> None:
        known = pd.concat([split.train, split.valid], ignore_index=True)
        self._known = known.sort_values("time", kind="stable", ignore_index=True)
        self._size, self._catalog = (dataset.n_users, dataset.n_items), dataset.catalog
        self._timed = split.kind == "time"
        self._horizon_s = max(float(split.valid["time"].max() - split.valid["time"].min()), 1.0)
        self.shares, self.fit_report = None, {"seconds": {}}

    def _sets(self, split) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
        if self.settings.valid_alone:
            yield split.train, split.valid
            return
        if not self._timed:
            yield from parts_of_users(self._known, sets_needed(len(self._known), self.settings.n_labels), self.seed)
            return
        found = list(windows(self._known, self.settings.n_windows, self._horizon_s))
        yield from found or [(split.train, split.valid)]

    def _tables(self, split, started: float, seconds: float | None) -> tuple[list[pd.DataFrame], list[np.ndarray]]:
        """The ranker's rows and labels, set by set; no more sets than the seconds suffice for."""
        sets, tables, labels = list(self._sets(split)), [], []
        began = time.perf_counter()
        for number, (past, label) in enumerate(sets, 1):
            table, taken = self._labelled(past, label, len(sets))
            if len(taken):
                tables.append(table)
                labels.append(taken)
            now = time.perf_counter()
            each, spent = (now - began) / number, now - started
            if seconds is None or spent + 2.5 * each <= seconds:       # one more set, the trees, the last fit
                continue
            if number == 1 and spent + each > seconds:
                raise BudgetError(f"one set of labels took {spent:.0f} s and as long is needed for the last fit; "
                                  f"{seconds:.0f} s were given. Give more time, or fewer sources by make_sources.")
            break
        return tables, labels

    def _stages(self, past: pd.DataFrame) -> tuple[BestRank, CandidateFeatures]:
        """Retrieval, with the first source's candidates alone, and features, both of this past."""
        started = time.perf_counter()
        sources = self.make_sources(self._known, self._catalog.content, l2=self._l2, seed=self.seed,
                                    horizon_days=self._horizon_s / DAY_S if self._timed else None)
        if "popular" not in sources:
            raise ArgumentError(f"make_sources gives {list(sources)}; expected a source 'popular' among them.")
        fit_all(sources, past, *self._size)
        first = next(iter(sources))
        seen = sources[first].seen
        features = CandidateFeatures(past, self._size[0], self._catalog, timed=self._timed)
        self._took("sources", started)
        return BestRank(sources, {first: 1.0}, seen, np.asarray(seen.sum(0)).ravel() > 0), features

    def _labelled(self, past: pd.DataFrame, label: pd.DataFrame, n_sets: int) -> tuple[pd.DataFrame, np.ndarray]:
        """Features and labels of the candidates of one out-of-fold set; the first set also chooses the shares.

        All candidates that were taken, and as many others, drawn at random, as the budget of rows allows.
        """
        rng = np.random.default_rng(self.seed)
        users = np.intersect1d(label["user"], past["user"])
        if not len(users):
            return pd.DataFrame(), np.empty(0)
        users = rng.permutation(users)[:self.settings.n_users]
        retriever, features = self._stages(past)
        started, n = time.perf_counter(), self.settings.n_candidates
        wanted = user_item_matrix(label, *self._size)
        if self.shares is None:
            self.shares = choose_shares(retriever, users[:JUDGES], wanted, n)
        retriever = retriever.with_shares(self.shares)
        rate = min(1.0, self.settings.n_rows / n_sets / (len(users) * n))
        rows, hits = [], []
        for part in batches(users, self._size[1]):
            scores, free = retriever.scores(part)
            item, key = retriever.candidates(scores, free, n)
            hit = np.take_along_axis(wanted[part].toarray() > 0, np.maximum(item, 0), 1)
            pick = (item >= 0) & (hit | (rng.random(item.shape) < rate))
            rows.append(features(part, item, key, scores, free, pick))
            hits.append(hit[pick])
        self._took("tables", started)
        return pd.DataFrame(np.concatenate(rows), columns=features.names(scores)), np.concatenate(hits).astype(float)

    def _fit_ranker(self, tables: list[pd.DataFrame], labels: list[np.ndarray]) -> None:
        started = time.perf_counter()
        label = np.concatenate([np.empty(0), *labels])
        self.fit_report |= {"rows": len(label), "positives": int(label.sum())}
        if not 0 < label.sum() < len(label):
            raise DataError(f"{int(label.sum())} of {len(label)} candidates in {len(labels)} out-of-fold sets were "
                            f"taken; the ranker needs some of both kinds. Give a longer table.")
        self.ranker = GBDTRanker("binary", seed=self.seed, **{"num_threads": 1, **self.settings.trees})
        self.ranker.fit(pd.concat(tables, ignore_index=True), label)
        self._took("trees", started)

    def _took(self, what: str, started: float) -> None:
        seconds = self.fit_report["seconds"]
        seconds[what] = seconds.get(what, 0.0) + time.perf_counter() - started

    # --- serving ----------------------------------------------------------------------------------------------------
    def _fitted(self) -> None:
        if not hasattr(self, "_newcomer"):
            raise ArgumentError("this Funnel has not been fitted. Call fit(dataset, split) first.")

    def _is_known(self, users: np.ndarray) -> np.ndarray:
        """bool (B,): which of users, int (B,), had a past when the funnel was fitted."""
        inside = (users >= 0) & (users < self._size[0])
        return inside & (np.diff(self.retriever.seen.indptr)[np.where(inside, users, 0)] > 0)

    def _in_batches(self, users, k: int, answer: Callable) -> np.ndarray:
        self._fitted()
        users, k = as_ids("users", np.atleast_1d(users)), as_count("k", k, 1)
        out, known = np.full((len(users), k), -1, np.int32), self._is_known(users)
        out[~known] = best_k(self._newcomer[None], k)
        for rows in batches(np.flatnonzero(known), len(self._newcomer)):
            item = answer(users[rows], k)
            out[rows, :item.shape[1]] = item
        return out

    def _judged(self, users: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(item int (B, C) in the order of retrieval, -1 pads; the ranker's chance float (B, C), -inf where padded)."""
        scores, free = self.retriever.scores(users)
        item, key = self.retriever.candidates(scores, free, self.settings.n_candidates)
        pick, chance = item >= 0, np.full(item.shape, -np.inf)
        chance[pick] = self.ranker.predict_rows(self.features(users, item, key, scores, free, pick))
        return item, chance

    def _ranked(self, users: np.ndarray, k: int) -> np.ndarray:
        item, chance = self._judged(users)
        place = best_k(chance, k)
        return np.where(place >= 0, np.take_along_axis(item, np.maximum(place, 0), 1), -1)
