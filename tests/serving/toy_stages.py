"""Small stages whose answers can be worked out by hand, the recommender that they make, and ways to break them."""

import numpy as np
import pandas as pd

from course_lib.contracts import Candidates, Requests, UnknownIdError
from course_lib.serving.ladder import PopularFallback, StaticFallback
from course_lib.serving.recommender import Recommender
from course_lib.stages.filters import AlreadySeen
from course_lib.stages.reranking.reranker import MMRReranker

N = 60
TASTE = np.random.default_rng(0).random((30, N))
SEEN = pd.DataFrame({"user": [0, 0, 1], "item": [3, 4, 5]})


class Nearest:
    """Retrieves by TASTE; knows 30 users; may be broken or slow from outside."""

    def __init__(self):
        self.days, self.broken = [], False

    def retrieve(self, requests, n):
        if self.broken:
            raise RuntimeError("the index is gone")
        if len(requests) and requests.user.max() >= len(TASTE):
            raise UnknownIdError(f"user {requests.user.max()} was never seen.")
        score = TASTE[requests.user]
        top = np.argsort(-score, axis=1)[:, :n].astype(np.int32)
        return Candidates(top, np.take_along_axis(score, top, axis=1))

    def observe(self, day_log):
        self.days.append(day_log.day)


class Reverse:
    """A ranker that turns retrieval's order around; NaN for user 7."""

    def score(self, requests, candidates):
        score = -candidates.score.astype(float)
        score[requests.user == 7] = np.nan
        return score


class Ban:
    reason = "banned by the learner"

    def __init__(self, items):
        self.items = items

    def keep(self, requests, item):
        return ~np.isin(item, self.items)


class Clock:
    """Seconds that pass only when told to."""

    now = 0.0

    def __call__(self):
        return self.now


class Altered:
    """A stage whose answers go through `change`; what else it has is the inner stage's."""

    def __init__(self, inner, change):
        self.inner, self.change = inner, change

    def retrieve(self, requests, n):
        return self.change(self.inner.retrieve(requests, n))

    def keep(self, requests, item):
        return self.change(self.inner.keep(requests, item))

    def score(self, requests, candidates):
        return self.change(self.inner.score(requests, candidates))

    def rerank(self, requests, item, score, slate_size):
        return self.change(self.inner.rerank(requests, item, score, slate_size))

    def __getattr__(self, name):
        return getattr(self.inner, name)


def raising(error):
    """A change that raises."""
    def change(answer):
        raise error
    return change


POPULAR = PopularFallback(pd.DataFrame({"item": [9, 9, 9, 8, 8, 7, 3]}), N)
STATIC = StaticFallback([50, 51, 52])


def build(**change):
    """By the machine's clock there is time enough, however busy it is, unless a test says otherwise."""
    parts = dict(retriever=Nearest(), filters=[AlreadySeen(SEEN), Ban([10])], ranker=Reverse(),
                 reranker=MMRReranker(np.eye(N), 0.9), n_retrieve=20, n_rerank=12, fallback=[POPULAR, STATIC],
                 **({} if "clock" in change else dict.fromkeys(("budget_ms", "retrieve_ms", "rank_ms"), 60_000)))
    return Recommender(**(parts | change))


def ask(users, eligible=range(N), k=5):
    return Requests.of(users, eligible=np.array(list(eligible), np.int32), slate_size=k)
