"""The funnel for any table: sources → blended candidates → features → trees, refitted on all that is known.

`funnel_training` has how it learns, `fitted_funnel` what it answers from, `funnel_storage` how it is kept.
Letters: B users, N items, C candidates, K slots.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from course_lib.contracts import ArgumentError, Candidates, Dataset, DayLog, Requests, as_count, as_ids, best_k
from course_lib.data.log import interactions
from course_lib.serving.fitted_funnel import Asked, FittedFunnel
from course_lib.serving.funnel_storage import load_funnel, save_funnel
from course_lib.serving.funnel_training import FunnelSettings, Training
from course_lib.stages.retrieval.best_rank import BATCH_CELLS
from course_lib.stages.retrieval.candidate_sources import default_sources

__all__ = ["Funnel", "FunnelSettings"]


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
        self.fitted: FittedFunnel | None = None
        self._kept: tuple[Requests, list[Asked]] | None = None

    def fit(self, dataset: Dataset, split, *, l2: float | None = None, seconds: float | None = None,
            progress: bool = True) -> Funnel:
        """Learn from split.train and split.valid. Returns self.

        dataset: its tables of users and items are used, its events are not. split: has train, valid
        and kind, such as a Split; where kind is "time", labels are windows as long as valid, sources age, and ages are
        features. l2: of EASE, in events; None: chosen on valid. seconds: what fitting may take, about: fewer values of
        l2 are tried and fewer out-of-fold sets and models of the ranker are made where they would take longer; which
        ones then depends on the clock. progress: whether a bar shows the steps; none is shown where
        COURSE_STABLE_OUTPUT is set.
        fit_report holds l2, shares, sources, sets, models of the ranker, rows and positives of its table, which share
        of the other candidates was kept in it, user_columns that are features, {column left_out: why}, and seconds of
        each part.
        Raises DataError where train or valid is empty, where only one user is known, or where no candidate of an
        out-of-fold set was taken; BudgetError where the seconds do not suffice for one set and the last fit, as soon as
        that is sure: at the earliest when one EASE is fitted.

        Steps: EASE's l2 is chosen on valid. Then, for each out-of-fold set, all sources are fitted without its labels;
        shares are chosen by the labels of the first set; its candidates, with whether they were taken, are rows of
        the ranker's table. The trees learn, and last the sources are fitted on train and valid together.
        """
        training = Training(dataset, split, self.settings, self.seed, self.make_sources, l2, seconds, progress)
        self.fitted, self.fit_report, self._kept = training.run(), training.report, None
        return self

    # --- answers ----------------------------------------------------------------------------------------------------
    def candidates(self, users, n: int) -> np.ndarray:
        """int32 (B, n): the blended retrieval alone, best first, what a user took left out, -1 pads.

        A newcomer (without an event, or an id that nothing is known of, such as -1) gets what is popular. Raises
        ArgumentError before fit and for users that are no ids.
        """
        return self._lists(users, n, lambda asked: self._found(asked, n)[0])

    def recommend(self, users, k: int = 10) -> np.ndarray:
        """int32 (B, k): the whole chain, best first, what a user took left out, -1 pads; ties by blended rank.

        Newcomers and errors as `candidates`.
        """
        return self._lists(users, k, lambda asked: self._ranked(asked, k))

    def score(self, users) -> np.ndarray:
        """float32 (B, N): the ranker's chance for each candidate, -inf for all other items; for newcomers the counts
        that they are answered by. So `evidence.offline` can judge the chain. Errors as `candidates`."""
        fitted, users = self._fitted(), as_ids("users", np.atleast_1d(users), padding=True)
        out = np.full((len(users), fitted.n_items), -np.inf, np.float32)
        out[fitted.is_newcomer(users)] = fitted.newcomer
        for asked in fitted.asked(users):
            item, chance = self._judged(asked)
            row, place = np.nonzero(item >= 0)
            out[asked.rows[row], item[row, place]] = chance[row, place]
        return out

    def retrieve(self, requests: Requests, n: int) -> Candidates:
        """The n best of requests.eligible by blended rank, less what a user took; the score is 1 / weighted best rank.

        What stands in requests.session_items counts as taken just now, so that a newcomer with a session is answered
        by it; one without (such as user -1) gets what is popular. Errors as `candidates`.
        """
        fitted, n, session = self._fitted(), as_count("n", n, 1), self.session_of(requests)
        users, n_items = as_ids("user of requests", requests.user, padding=True), fitted.n_items
        allowed = np.zeros(n_items, bool)
        allowed[requests.eligible[requests.eligible < n_items]] = True
        item, score = np.full((len(users), n), -1, np.int32), np.full((len(users), n), -np.inf, np.float32)
        newcomer = fitted.is_newcomer(users, session)
        popular = best_k(np.where(allowed, fitted.newcomer, -np.inf)[None], n)
        item[newcomer], score[newcomer] = popular, np.where(popular >= 0, 1 / np.arange(1, n + 1), -np.inf)
        for asked in self.asked(requests):
            found, key = fitted.retriever.candidates(asked.scores, asked.free & allowed, n)
            item[asked.rows, :found.shape[1]] = found
            score[asked.rows, :found.shape[1]] = np.where(found >= 0, 1 / key, -np.inf)
        return Candidates(item, score)

    def asked(self, requests: Requests) -> Iterable[Asked]:
        """Those of requests of whom anything is known, with their scores. What the last requests were scored is kept
        until others come, so that the ranker does not score them again; not where they are more than one batch."""
        kept = self._kept
        if kept is not None and kept[0] is requests:
            return kept[1]
        users = as_ids("user of requests", requests.user, padding=True)
        found = self._fitted().asked(users, self.session_of(requests))
        if len(users) * self.fitted.n_items > BATCH_CELLS:
            return found
        kept = requests, list(found)
        self._kept = kept                       # another thread may replace it at once
        return kept[1]

    @staticmethod
    def session_of(requests: Requests) -> np.ndarray | None:
        """int (B, H): items of the session, -1 pads; None where no request has any."""
        session = np.asarray(requests.session_items)
        return session if session.size and len(session) == len(requests) else None

    # --- what happens later -----------------------------------------------------------------------------------------
    def observe(self, events: pd.DataFrame | DayLog) -> Funnel:
        """Take later events in without training. Returns self.

        events: table with user, item, time in s, perhaps value; or a day's log, whose clicked impressions these are
        (none where the day has no impressions).
        What was taken is not shown again at once, counts and ages move on, and who was not known becomes known, by
        their history. An event that is held already counts once. Events of items that the funnel was not fitted with
        are left out with a warning. Times further ahead than the known past is long are taken, with a warning, for
        they age all that was known. Raises ArgumentError before fit and for ids or times that are none; DataError for a
        missing column.
        """
        fitted = self._fitted()
        if isinstance(events, DayLog):
            if events.impressions is None or not len(events.impressions):
                return self
            events = interactions(events.impressions, repeats=True)
        fitted.observe(events)
        self._kept = None
        return self

    def save(self, path):
        """Write the funnel to one file with a checksum, whole or not at all. Returns path.

        Raises ArgumentError before fit, and where a source of make_sources holds what cannot be written.
        """
        self._fitted()
        return save_funnel(self, path)

    @classmethod
    def load(cls, path) -> Funnel:
        """What `save` wrote; it gives the same answers. make_sources, for another fit, is `default_sources`.

        Raises DataError where there is no such file, CorruptError where it is damaged or something else.
        """
        return load_funnel(cls, path)

    @property
    def shares(self) -> dict[str, float]:
        return self._fitted().retriever.shares

    @property
    def retriever(self):
        return self._fitted().retriever

    @property
    def ranker(self):
        return self._fitted().ranker

    # --- parts ------------------------------------------------------------------------------------------------------
    def _fitted(self) -> FittedFunnel:
        if self.fitted is None:
            raise ArgumentError("this Funnel has not been fitted. Call fit(dataset, split) first.")
        return self.fitted

    def _lists(self, users, k: int, answer: Callable[[Asked], np.ndarray]) -> np.ndarray:
        fitted, k = self._fitted(), as_count("k", k, 1)
        users = as_ids("users", np.atleast_1d(users), padding=True)
        out = np.full((len(users), k), -1, np.int32)
        out[fitted.is_newcomer(users)] = best_k(fitted.newcomer[None], k)
        for asked in fitted.asked(users):
            item = answer(asked)
            out[asked.rows, :item.shape[1]] = item
        return out

    def _found(self, asked: Asked, n: int) -> tuple[np.ndarray, np.ndarray]:
        return self.retriever.candidates(asked.scores, asked.free, n)

    def _judged(self, asked: Asked) -> tuple[np.ndarray, np.ndarray]:
        """(item int (B, C) in the order of retrieval, -1 pads; the ranker's chance float (B, C), -inf where padded)."""
        item, key = self._found(asked, self.settings.n_candidates)
        return item, self._fitted().chances(asked, item, key)

    def _ranked(self, asked: Asked, k: int) -> np.ndarray:
        item, chance = self._judged(asked)
        place = best_k(chance, k)
        return np.where(place >= 0, np.take_along_axis(item, np.maximum(place, 0), 1), -1)
