"""How a funnel learns: sources fitted without some labels, candidates of these, trees on what was taken, the last fit.

Letters: U users, N items, C candidates.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from course_lib.contracts import DAY_S, ArgumentError, BudgetError, Catalog, DataError, Dataset, blas_threads
from course_lib.serving.fitted_funnel import FittedFunnel
from course_lib.stages.ranking.candidate_features import FACTS, MOST_CONTENT, CandidateFeatures
from course_lib.stages.ranking.out_of_fold import parts_of_users, sets_needed, windows
from course_lib.stages.ranking.ranker import GBDTRanker
from course_lib.stages.ranking.table_columns import columns_as_numbers
from course_lib.stages.retrieval.baselines import user_item_matrix
from course_lib.stages.retrieval.best_rank import BestRank, batches, choose_shares
from course_lib.stages.retrieval.candidate_sources import choose_l2, fit_all, own_eases
from course_lib.stages.retrieval.past import Past

TREES = {"trees": 200, "leaves": 15, "learning_rate": 0.06, "min_rows": 100, "lambda_l2": 5.0, "feature_fraction": 0.5,
         "n_models": 3}
JUDGES = 600  # users by whom shares are chosen


@dataclass(frozen=True)
class FunnelSettings:
    """n_candidates: C, that the ranker orders. n_shares: length of the lists by whose recall shares are chosen.
    n_labels: positives to learn from, about. n_rows: of the ranker's table, about. n_windows: of time, at most.
    n_users: asked for one out-of-fold set, at most. l2_grid: of EASE, to choose from. trees: of GBDTRanker.
    valid_alone: whether the ranker's only labels are split.valid, instead of out-of-fold ones: cheaper, and what these
    are compared with."""

    n_candidates: int = 150
    n_shares: int = 300
    n_labels: int = 80_000
    n_rows: int = 400_000
    n_windows: int = 6
    n_users: int = 6_000
    l2_grid: tuple = (100.0, 200.0, 400.0)
    trees: dict = field(default_factory=lambda: dict(TREES))
    valid_alone: bool = False


class Training:
    """One fit of a funnel; `run` returns FittedFunnel and leaves what it found in `report`.

    dataset, split, l2, seconds, progress: as Funnel.fit takes them. settings: FunnelSettings. make_sources: as Funnel
    has it.
    """

    def __init__(self, dataset: Dataset, split, settings: FunnelSettings, seed: int, make_sources: Callable,
                 l2: float | None, seconds: float | None, progress: bool = False):
        for name in ("train", "valid"):
            if not len(getattr(split, name)):
                raise DataError(f"split.{name} is empty; the funnel learns from train and chooses on valid. Split with "
                                f"a share for each.")
        self.settings, self.seed, self.make_sources = settings, seed, make_sources
        self.split, self.l2, self.seconds = split, l2, seconds
        self.progress = progress and not os.environ.get("COURSE_STABLE_OUTPUT")         # a built notebook shows no bar
        known = pd.concat([split.train, split.valid], ignore_index=True)
        if known["user"].nunique() < 2:
            raise DataError(f"train and valid hold events of one user, {known['user'].iloc[0]}; the funnel recommends "
                            f"what others took, so it needs at least two. Give the events of more users.")
        self.known = known.sort_values("time", kind="stable", ignore_index=True)
        self.size, self.timed = (dataset.n_users, dataset.n_items), split.kind == "time"
        items = dataset.catalog.items
        self.catalog = Catalog(items[[name for name in FACTS if name in items]], dataset.catalog.content)
        self.columns, left_out = columns_as_numbers(dataset.users)
        self.left_out = {f"users.{name}": why for name, why in left_out.items()}
        if np.shape(dataset.catalog.content)[1] > MOST_CONTENT:
            self.left_out["content"] = f"more than {MOST_CONTENT} columns; sources have its similarity"
        self.horizon_s = max(float(split.valid["time"].max() - split.valid["time"].min()), 1.0)
        self.shares, self.report, self._rates = None, {"seconds": {}}, []

    def run(self) -> FittedFunnel:
        """Raises as Funnel.fit."""
        with blas_threads(self.size[1]):
            return self._run()

    def _run(self) -> FittedFunnel:
        self.started = time.perf_counter()
        with tqdm(total=4, unit="step", leave=False, disable=not self.progress) as bar:
            bar.set_description("the funnel: l2 of EASE")
            if self.l2 is None:
                self.l2 = choose_l2(self.split.train, self.split.valid, *self.size, self.settings.l2_grid,
                                    seed=self.seed, goes_on=self._one_more_l2)
            self._took("l2", self.started)
            bar.update()
            tables, labels = self._tables(bar)
            bar.set_description("the funnel: trees")
            ranker, self.learnt_from = self._trees(tables, labels), (tables, labels)
            bar.update()
            bar.set_description("the funnel: the last fit")
            past = Past(self.known, self.size[1])
            retriever = self._retriever(self.known).with_shares(self.shares)
            bar.update()
        self.report |= {"l2": self.l2, "shares": dict(self.shares), "sources": list(retriever.sources),
                        "sets": len(labels), "user_columns": list(self.columns), "left_out": self.left_out}
        return FittedFunnel(past, retriever, ranker, self.catalog, timed=self.timed, columns=self.columns)

    def told_nothing_by_sources(self, fitted: FittedFunnel) -> FittedFunnel:
        """After run: the same funnel with trees that learn neither scores nor ranks of sources, on the same rows."""
        tables, labels = self.learnt_from
        said = fitted.features.names_of_sources(fitted.retriever.sources)
        constant = dict.fromkeys(said, np.float32(0))                     # on which no tree splits
        silent = [table.assign(**constant) for table in tables]
        return FittedFunnel(fitted.past, fitted.retriever, self._trees(silent, labels), self.catalog,
                            timed=self.timed, columns=self.columns)

    def _sets(self) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
        """(past, label) of each out-of-fold set."""
        if self.settings.valid_alone:
            yield self.split.train, self.split.valid
            return
        if not self.timed:
            yield from parts_of_users(self.known, sets_needed(len(self.known), self.settings.n_labels), self.seed)
            return
        found = list(windows(self.known, self.settings.n_windows, self.horizon_s))
        yield from found or [(self.split.train, self.split.valid)]

    def _tables(self, bar: tqdm) -> tuple[list[pd.DataFrame], list[np.ndarray]]:
        """The ranker's rows and labels, set by set; no more sets than the seconds suffice for. bar: moves by each."""
        sets, tables, labels = list(self._sets()), [], []
        began, seconds = time.perf_counter(), self.seconds
        bar.total = len(sets) + 3                                                       # l2, trees, the last fit
        for number, (past, label) in enumerate(sets, 1):
            bar.set_description(f"the funnel: labels {number} of {len(sets)}")
            table, taken = self._labelled(past, label, len(sets))
            bar.update()
            if len(taken):
                tables.append(table)
                labels.append(taken)
            now = time.perf_counter()
            each, spent = (now - began) / number, now - self.started
            if seconds is None or spent + 2.5 * each <= seconds:       # one more set, the trees, the last fit
                continue
            if number == 1:
                self._check_time("one set of labels was made", each)
            break
        return tables, labels

    def _retriever(self, past: pd.DataFrame) -> BestRank:
        """The sources fitted on this past; the first alone brings candidates."""
        started = time.perf_counter()
        sources = self._sources(self.l2)
        if "popular" not in sources:
            raise ArgumentError(f"make_sources gives {list(sources)}; expected a source 'popular' among them.")
        first_fit = "sources" not in self.report["seconds"]
        fit_all(sources, past, *self.size, after=partial(self._once_more, started) if first_fit else None)
        first = next(iter(sources))
        seen = sources["popular"].seen
        self._took("sources", started)
        return BestRank(sources, {first: 1.0}, seen, np.asarray(seen.sum(0)).ravel() > 0)

    def _sources(self, l2: float) -> dict:
        return self.make_sources(self.known, self.catalog.content, l2=l2, seed=self.seed,
                                 horizon_days=self.horizon_s / DAY_S if self.timed else None)

    # --- time: what is sure not to suffice is said as soon as that is sure ------------------------------------------
    def _one_more_l2(self, taken: float) -> bool:
        """Whether there is time to try another l2. taken: seconds of one fit of EASE, of which one set of labels needs
        as many as there are sources of its kind, and the last fit too."""
        if self.seconds is None:
            return True
        least = 2 * taken * own_eases(self._sources(self.settings.l2_grid[0]))
        self._check_time("one model of EASE was fitted", least)
        return time.perf_counter() - self.started + taken + least <= self.seconds

    def _once_more(self, started: float) -> None:
        """Those sources that are fitted for the first set of labels have to be fitted a last time."""
        self._check_time("the first sources were fitted", time.perf_counter() - started)

    def _check_time(self, until: str, least: float) -> None:
        """Raise BudgetError where less than `least` seconds are left. until: what was done up to now."""
        spent = time.perf_counter() - self.started
        if self.seconds is not None and spent + least > self.seconds:
            raise BudgetError(f"{spent:.1f} s passed until {until}, and at least {least:.1f} s more are needed up to "
                              f"the last fit; {self.seconds:.1f} s were given. Give more time, or fewer sources by "
                              f"make_sources.")

    def _labelled(self, past: pd.DataFrame, label: pd.DataFrame, n_sets: int) -> tuple[pd.DataFrame, np.ndarray]:
        """Features and labels of the candidates of one out-of-fold set; the first set also chooses the shares.

        All candidates that were taken, and as many others, drawn at random, as the budget of rows allows.
        """
        rng = np.random.default_rng(self.seed)
        users = np.intersect1d(label["user"], past["user"])
        if not len(users):
            return pd.DataFrame(), np.empty(0)
        users = rng.permutation(users)[:self.settings.n_users]
        retriever = self._retriever(past)
        started, n = time.perf_counter(), self.settings.n_candidates
        features = CandidateFeatures(past, self.size[0], self.catalog, timed=self.timed, columns=self.columns)
        wanted = user_item_matrix(label, *self.size)
        if self.shares is None:
            self.shares = choose_shares(retriever, users[:JUDGES], wanted, self.settings.n_shares)
        retriever = retriever.with_shares(self.shares)
        rate = min(1.0, self.settings.n_rows / n_sets / (len(users) * n))
        rows, hits = [], []
        self._rates.append(rate)
        for part in batches(users, self.size[1]):
            scores, free = retriever.scores(part)
            item, key = retriever.candidates(scores, free, n)
            hit = np.take_along_axis(wanted[part].toarray() > 0, np.maximum(item, 0), 1)
            pick = (item >= 0) & (hit | (rng.random(item.shape) < rate))
            rows.append(features(part, item, key, scores, free, pick))
            hits.append(hit[pick])
        self._took("tables", started)
        return pd.DataFrame(np.concatenate(rows), columns=features.names(scores)), np.concatenate(hits).astype(float)

    def _trees(self, tables: list[pd.DataFrame], labels: list[np.ndarray]) -> GBDTRanker:
        started = time.perf_counter()
        label = np.concatenate([np.empty(0), *labels])
        self.report |= {"rows": len(label), "positives": int(label.sum()), "kept": float(np.mean(self._rates or [1.0]))}
        if not 0 < label.sum() < len(label):
            raise DataError(f"{int(label.sum())} of {len(label)} candidates in {len(labels)} out-of-fold sets were "
                            f"taken; the ranker needs some of both kinds. Give a longer table.")
        ranker = GBDTRanker("binary", seed=self.seed, **{"num_threads": 1, **self.settings.trees})
        ranker.fit(pd.concat(tables, ignore_index=True), label, seconds=self._left())
        self.report["models"] = ranker.n_fitted
        self._took("trees", started)
        return ranker

    def _left(self) -> float | None:
        """Seconds for the trees, with as much kept for the last fit as the sources took on average."""
        if self.seconds is None:
            return None
        last_fit = self.report["seconds"].get("sources", 0.0) / max(len(self._rates), 1)
        return self.seconds - (time.perf_counter() - self.started) - last_fit

    def _took(self, what: str, started: float) -> None:
        seconds = self.report["seconds"]
        seconds[what] = seconds.get(what, 0.0) + time.perf_counter() - started
