"""Choosing a setting by held-out recall, and what it costs to be one step off."""

from __future__ import annotations

import numpy as np

from course_lib.contracts import ArgumentError, ShapeError
from course_lib.evidence.estimate import Estimate, bootstrap
from course_lib.evidence.offline import recall_at_k
from course_lib.evidence.ranked import held_out, top_items


def best_on(valid, models: list, seen, k: int = 20):
    """The one of the fitted models that finds most of `valid`, by mean recall@k; the first of equals.

    valid, seen: interactions (user, item); what is in `seen` is left out of the lists. Raises ArgumentError for none.
    """
    if not len(models):
        raise ArgumentError("no models were given; expected at least one, fitted.")
    people, items = held_out(valid)
    found = [recall_at_k(top_items(model, people, k, seen), items, k).mean() for model in models]
    return models[int(np.argmax(found))]


def one_step_off(on_valid, on_test) -> Estimate:
    """What share of recall the worse neighbour of the best setting loses, over users.

    on_valid: float (S,), recall at each of the settings, in their order. on_test: float (U, S), each test user's.
    The best is chosen on valid, its worse neighbour by its mean on test. Raises ShapeError where S differs.
    """
    on_valid, on_test = np.asarray(on_valid, float), np.asarray(on_test, float)
    if on_test.ndim != 2 or on_valid.shape != on_test.shape[1:] or len(on_valid) < 2:
        raise ShapeError(f"on_valid has shape {on_valid.shape} and on_test {on_test.shape}; expected (S,) and (U, S), "
                         "with two settings or more.")
    best = int(np.argmax(on_valid))
    near = [n for n in (best - 1, best + 1) if 0 <= n < len(on_valid)]
    worse = min(near, key=lambda n: on_test[:, n].mean())
    return bootstrap(on_test[:, [worse, best]], lambda pair: 1 - pair[:, 0].mean() / pair[:, 1].mean())


def recall_among(model, shown, people, wanted, seen, k: int = 20) -> np.ndarray:
    """Recall@k of each person, float (U,), in lists that hold items of `shown` alone; equal scores in random order.

    model: as top_items takes it. shown: bool (N,). wanted: U int arrays, of which those in `shown` count; NaN for none.
    """
    shown, score = np.asarray(shown, bool), getattr(model, "score", model)
    allowed = np.where(shown, 0.0, -np.inf)
    top = top_items(lambda who: score(who) + allowed, people, k, seen, ties="random")
    return recall_at_k(top, [mine[shown[mine]] for mine in wanted], k)
