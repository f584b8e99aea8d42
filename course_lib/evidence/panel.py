"""A panel for rankers: real requests of a next day, candidates for each, and what the world knows of their worth."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from course_lib.contracts import Candidates, Environment, Policy, Requests, Slates
from course_lib.evidence.estimate import Estimate, bootstrap

CANDIDATES, BATCHES, FEWEST = 40, 6, 100


class Listen:
    """Serves as another policy does and keeps the requests it hears."""

    name = "listen"

    def __init__(self, policy: Policy):
        self.policy, self.heard = policy, []

    def slates(self, requests: Requests) -> Slates:
        """What the policy shows."""
        self.heard.append(requests)
        return self.policy.slates(requests)

    def observe(self, day_log) -> None:
        """Pass the day on."""
        if hasattr(self.policy, "observe"):
            self.policy.observe(day_log)


def panel_of(features: Callable, world: Environment, policy: Policy, seed: int = 0) -> dict:
    """Requests of the next day, 40 random candidates each.

    features(requests, candidates) -> table, a row a candidate. policy: serves that day; only its requests are used.
    seed: of the candidates.
    Returns user int (R,); begun bool (R,), whether something was clicked in the session; item int (R, 40); click, joy
    float (R, 40), true chances of a click and of a satisfied one; looks float (10,), chance that each position is
    looked at; rows, the features of all R × 40 candidates with title_length.
    """
    ear, truth, parts = Listen(policy), world.truth(), []
    titles = world.catalog().items["title_length"].to_numpy()
    world.fork().run(ear, 1)
    for requests in [heard for heard in ear.heard if len(heard) > FEWEST][:BATCHES]:
        item = np.stack([np.random.default_rng(seed + int(request)).choice(requests.eligible, CANDIDATES, False)
                         for request in requests.request_id])
        rows = features(requests, Candidates(item, np.zeros(item.shape))).assign(title_length=titles[item.ravel()])
        begun = (requests.session_items >= 0).any(axis=1) if requests.session_items.size else np.zeros(len(item), bool)
        truths = [truth.request_scores(requests, item, by=by) for by in ("click", "satisfaction")]
        parts.append((requests.user, begun, item, *truths, rows))
    *arrays, rows = zip(*parts, strict=True)
    names = ("user", "begun", "item", "click", "joy")
    panel = dict(zip(names, map(np.concatenate, arrays), strict=True))
    looks = truth.examination(np.arange(1, 11))
    return panel | {"looks": looks, "rows": pd.concat(rows, ignore_index=True)}


def earned_by(guess: np.ndarray, value: np.ndarray, looks: np.ndarray) -> np.ndarray:
    """What the best of each request by `guess` earn. guess, value: float (R, C); looks: float (K,). Returns (R,)."""
    best = np.argsort(-guess, axis=1, kind="stable")[:, :len(looks)]
    return (np.take_along_axis(value, best, axis=1) * looks).sum(axis=1)


def worth(score: Callable, panel: dict, goal: str = "click") -> np.ndarray:
    """What the ten best by `score` earn for each request, as a share of what the ten truly best earn on average.

    score(rows) -> float (R × C,). goal: "click" or "joy", satisfied clicks. Returns float (R,), its mean at most 1.
    """
    value = panel[goal]
    guess = np.asarray(score(panel["rows"])).reshape(value.shape)
    return earned_by(guess, value, panel["looks"]) / earned_by(value, value, panel["looks"]).mean()


def over_people(values: np.ndarray, panel: dict) -> Estimate:
    """The mean over requests, with an interval over people: one person asks several times."""
    return bootstrap(values, groups=panel["user"])


def among_first(score: Callable, panel: dict, n: int) -> np.ndarray:
    """As `worth`, when only the first n of the candidates were retrieved, by a retriever that draws at random."""
    value = panel["click"]
    guess = np.asarray(score(panel["rows"])).reshape(value.shape).copy()
    guess[:, n:] = -np.inf
    return earned_by(guess, value, panel["looks"]) / earned_by(value, value, panel["looks"]).mean()
