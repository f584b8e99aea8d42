"""A made-up catalogue of a few tastes, and one of sets that are bought together: what each width holds of it."""

from __future__ import annotations

import numpy as np

PEOPLE, ITEMS, TASTES, SET = 500, 400, 8, 4


def taken(kind: str, seed: int) -> np.ndarray:
    """bool (U, N), 24 items each. "tastes": items of two of eight tastes, mostly. "sets": three of each of eight sets
    of four, such as a cup, its saucer, the plate and the jug."""
    rng = np.random.default_rng(seed)
    took = np.zeros((PEOPLE, ITEMS), bool)
    if kind == "tastes":
        taste, appeal = np.arange(ITEMS) % TASTES, rng.gamma(1.0, 1.0, ITEMS)
        for row in took:
            liked = rng.choice(TASTES, 2, replace=False)
            chance = appeal * (0.1 + 6 * np.isin(taste, liked))
            row[rng.choice(ITEMS, 24, replace=False, p=chance / chance.sum())] = True
        return took
    appeal = rng.gamma(1.0, 1.0, ITEMS // SET) + 0.2
    for row in took:
        for one in rng.choice(ITEMS // SET, 8, replace=False, p=appeal / appeal.sum()):
            row[SET * one + rng.choice(SET, 3, replace=False)] = True
    return took


def recall_by_width(kind: str, seed: int, widths=(8, 32, 128), l2: float = 50.0, k: int = 20) -> dict:
    """{width: recall@k, mean over users}, and under "pairs" that of the whole item-item matrix (EASE), uncut.

    A fifth of each user's items is hidden. A width d is the matrix cut to its best rank d: a user vector of d numbers
    times an item vector of d numbers.
    """
    took, rng = taken(kind, seed), np.random.default_rng(seed + 1_000)
    hidden = np.zeros_like(took)
    for row, mine in zip(hidden, took, strict=True):
        held = np.flatnonzero(mine)
        row[rng.choice(held, len(held) // 5, replace=False)] = True
    left = (took & ~hidden).astype(float)
    inverse = np.linalg.inv(left.T @ left + l2 * np.eye(ITEMS))
    weight = -inverse / np.diag(inverse)
    np.fill_diagonal(weight, 0.0)
    u, strength, v = np.linalg.svd(weight)
    scores = {d: left @ (u[:, :d] * strength[:d]) @ v[:d] for d in widths} | {"pairs": left @ weight}
    return {name: _recall(score, left, hidden, k) for name, score in scores.items()}


def _recall(score, seen, hidden, k):
    top = np.argsort(np.where(seen > 0, np.inf, -score), axis=1, kind="stable")[:, :k]
    hits = np.take_along_axis(hidden, top, axis=1).sum(axis=1)
    return float((hits / np.minimum(hidden.sum(axis=1), k)).mean())
