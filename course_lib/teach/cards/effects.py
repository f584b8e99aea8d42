"""What a learner's function does to the stage's own metric: small experiments for a card's `effect`, seconds each.

The same data, seed and budget for every function, so that two of them differ by what they compute alone. Too small to
quote: the lessons measure at full size.
"""

from __future__ import annotations

import contextlib
from functools import cache

import numpy as np

from course_lib.contracts import CourseError

WIDTH, EPOCHS, BATCH = 32, 5, 512


@cache
def _films():
    """(users, items, split, log share of each item) of ML-100K, split by user. DataError where it is not there."""
    from course_lib.data import datasets, splits

    data = datasets.ml100k()
    split = splits.by_user(data.interactions, seed=0)
    counts = np.bincount(split.train["item"], minlength=data.n_items)
    return data.n_users, data.n_items, split, np.log(np.maximum(counts, 1) / counts.sum())


@cache
def film_content():
    """float (N, F): what is known of each film of ML-100K. DataError where it is not there."""
    from course_lib.data import datasets

    return np.asarray(datasets.ml100k().catalog.content)


def recall_trained_with(loss, *, lr: float = 0.03, unit_length: bool = False, seed: int = 0):
    """Recall@20 on ML-100K of a plain factor model trained with `loss`, as an Estimate over users.

    loss(user, item, negative, log_q): torch, user, item, negative float (B, d) (negative: items drawn uniformly), log_q
    float (B,); returns a scalar. unit_length: rank by cosine.
    """
    import torch
    import torch.nn.functional as F

    from course_lib.evidence import estimate, offline

    n_users, n_items, split, log_share = _films()
    generator = torch.Generator().manual_seed(seed)
    user, item = (torch.nn.Parameter(torch.randn(n, WIDTH, generator=generator) * 0.1) for n in (n_users, n_items))
    u, i = (torch.as_tensor(split.train[name].to_numpy(), dtype=torch.long) for name in ("user", "item"))
    log_q = torch.as_tensor(log_share, dtype=torch.float32)
    optimiser = torch.optim.Adam([user, item], lr=lr)
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(u), generator=generator).split(BATCH):
            other = torch.randint(n_items, (len(rows),), generator=generator)
            optimiser.zero_grad()
            loss(user[u[rows]], item[i[rows]], item[other], log_q[i[rows]]).backward()
            optimiser.step()
    with torch.no_grad():
        score = (F.normalize(user, dim=1) @ F.normalize(item, dim=1).T if unit_length else user @ item.T).numpy()
    score[split.train["user"], split.train["item"]] = -np.inf
    users, relevant = offline.held_out(split.test)
    top = np.argsort(-score[users], axis=1)[:, :20]
    return estimate.bootstrap(offline.recall_at_k(top, relevant, 20), seed=0)


def prepare() -> None:
    """Read what effects need, so that confined processes made from this one find it. Silent where it is not there."""
    with contextlib.suppress(ImportError):
        import torch._dynamo  # noqa: F401 - an optimiser loads it at its first step, which takes seconds
    with contextlib.suppress(CourseError):
        _films()
        film_content()
    clustered()


@cache
def clustered(n: int = 4000, width: int = 32, queries: int = 200, seed: int = 0):
    """(vectors, queries) float32 in clusters, as embeddings are; the same every time."""
    rng = np.random.default_rng(seed)
    centre = rng.normal(size=(60, width)) * 2
    made = centre[rng.integers(60, size=n + queries)] + rng.normal(size=(n + queries, width))
    return made[:n].astype(np.float32), made[n:].astype(np.float32)


def recall_of_neighbours(found: np.ndarray, vectors: np.ndarray, queries: np.ndarray):
    """Recall@10 of found, int (Q, 10 or more), against the exact inner products, as an Estimate over queries."""
    from course_lib.evidence import estimate

    exact = np.argsort(-(queries @ vectors.T), axis=1)[:, :10]
    hits = [len(set(row[:10].tolist()) & set(right.tolist())) / 10 for row, right in zip(found, exact, strict=True)]
    return estimate.bootstrap(np.array(hits), seed=0)


def over(units):
    """The mean over units (requests, tables, trials) as an Estimate, by bootstrap. units: float (n,), NaN counts as 0.

    A NaN is an answer that says nothing where something was asked, so it earns nothing; an error that cannot be told
    has to be given as a number by the caller.
    """
    from course_lib.evidence import estimate

    return estimate.bootstrap(np.nan_to_num(np.asarray(units, float)), seed=0)


def off(answer, truth) -> float:
    """How far an answer lies from the truth, as a share of it; 1 where there is no number at all, never above 10."""
    answer = float(getattr(answer, "value", answer))
    return min(abs(answer - truth) / abs(truth), 10.0) if np.isfinite(answer) else 1.0
