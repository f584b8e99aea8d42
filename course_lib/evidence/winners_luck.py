"""The best of many equals: how much of its lead is luck, by the number of users that it was chosen on."""

from __future__ import annotations

import numpy as np

from course_lib.evidence import offline
from course_lib.evidence.estimate import bootstrap
from course_lib.evidence.held_days import standard


def equals_of(model, split, n: int = 20, noise: float = 0.3, *, seed: int = 0) -> np.ndarray:
    """Recall@20 of n equally good recommenders for each test user, float (n, U): the model, each with its own noise."""
    users, held = offline.held_out(split.test)
    score, place = standard(model.score(users)), {user: row for row, user in enumerate(users)}
    rng, out = np.random.default_rng(seed), []
    for _ in range(n):
        noisy = score + noise * rng.normal(size=score.shape)
        top = offline.top_items(lambda who, s=noisy: s[[place[user] for user in who]], users, 20, split.train)
        out.append(offline.recall_at_k(top, held, 20))
    return np.array(out)


def winners_gain(recalls, sizes, trials: int = 200, *, seed: int = 0) -> dict[str, list]:
    """By what share the best on some users beats the mean of all: on those users and on all others, by their number.

    recalls: float (models, U). Returns {"bad": [Estimate a size] on those it was chosen by, "good": on the others}.
    """
    rng, found = np.random.default_rng(seed), {"bad": [], "good": []}
    for n in sizes:
        gains = []
        for _ in range(trials):
            order = rng.permutation(recalls.shape[1])
            here, elsewhere = recalls[:, order[:n]].mean(1), recalls[:, order[n:]].mean(1)
            gains.append([here.max() / here.mean() - 1, elsewhere[here.argmax()] / elsewhere.mean() - 1])
        for name, column in zip(found, np.array(gains).T, strict=True):
            found[name].append(bootstrap(column, seed=seed))
    return found
