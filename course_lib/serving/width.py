"""How many candidates a funnel may hand on within its time limit: a model with stated numbers, not a measurement.

Letters: R requests, N films, n candidates.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from course_lib.contracts import as_count


@dataclass(frozen=True)
class Service:
    """A service in numbers. films: on offer. requests: of a day. loved: films that a person would love, of all.

    slots: films shown. budget_ms: a request that takes longer is answered by the list of what is popular, of which
    `popular` films are loved on average. fixed_ms, each_ms: on a quiet machine a request takes fixed_ms and each_ms
    for every candidate; busy: standard deviation of the logarithm by which a request takes longer or shorter.
    cheap, close: correlation of the first stage's score, and of the ranker's, with what a person likes.
    """

    films: int = 4_000
    requests: int = 400
    loved: int = 40
    slots: int = 10
    budget_ms: float = 50.0
    fixed_ms: float = 12.0
    each_ms: float = 0.05
    busy: float = 0.35
    popular: float = 2.0
    cheap: float = 0.5
    close: float = 0.85


SERVICE = Service()


@dataclass(frozen=True)
class Day:
    """What one choice of n came to on one day. worth: loved films among those shown, mean over requests.

    late: share of requests answered too late, by the popular list. left_out: share of the loved films that were not
    among the candidates. in_time: loved films among those shown, had no request been late.
    """

    worth: float
    late: float
    left_out: float
    in_time: float


@lru_cache(maxsize=8)
def _requests(service: Service, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The ranker's score and whether it is loved, both (R, N) in the first stage's order, and the factors (R,)."""
    rng, shape = np.random.default_rng(seed), (service.requests, service.films)
    liking = rng.standard_normal(shape, dtype=np.float32)

    def seen_with(correlation: float) -> np.ndarray:
        noise = rng.standard_normal(shape, dtype=np.float32)
        return correlation * liking + np.sqrt(1 - correlation**2).astype(np.float32) * noise

    order = np.argsort(-seen_with(service.cheap), axis=1)
    close = np.take_along_axis(seen_with(service.close), order, axis=1)
    limit = np.sort(liking, axis=1)[:, -service.loved]
    loved = np.take_along_axis(liking >= limit[:, None], order, axis=1)
    return close, loved, np.exp(rng.normal(0, service.busy, service.requests))


def day_with(n: int, seed: int, service: Service = SERVICE) -> Day:
    """A day on which the first stage hands n candidates on. The same n and seed give the same day.

    Raises ArgumentError for an n that is no whole number from `slots` to `films`.
    """
    n = as_count("n", n, service.slots, service.films)
    close, loved, factor = _requests(service, seed)
    best = np.argsort(-close[:, :n], axis=1)[:, : service.slots]
    hits = np.take_along_axis(loved[:, :n], best, axis=1).sum(axis=1)
    late = (service.fixed_ms + service.each_ms * n) * factor > service.budget_ms
    kept = loved[:, :n].sum(axis=1).mean() / service.loved
    return Day(float(np.where(late, service.popular, hits).mean()), float(late.mean()), float(1 - kept),
               float(hits.mean()))
