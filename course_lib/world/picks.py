"""From scores or weights along the eligible items to slates; what does not fit the requests is refused."""

from __future__ import annotations

import numpy as np

from ..contracts import ArgumentError, Requests, ShapeError, Slates
from . import draws


def blank(requests: Requests, slots: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """(item, propensity) to be filled, (B, slots); slots: the slate's size if not given."""
    shape = (len(requests), requests.slate_size if slots is None else slots)
    return np.empty(shape, np.int32), np.empty(shape, np.float32)


def top(score, requests: Requests) -> Slates:
    """Slates of the highest scores; ties go to the lower id.

    score: float (N,) or (B, N) along requests.eligible; -inf for what comes last. Raises ShapeError or ArgumentError
    for scores that do not fit the requests or are NaN.
    """
    score = np.asarray(score, np.float64)
    shapes = [(len(requests.eligible),), (len(requests), len(requests.eligible)), (1, len(requests.eligible))]
    if score.shape not in shapes:
        raise ShapeError(f"scores have shape {score.shape}; expected {shapes[0]} or {shapes[1]}: one for each eligible "
                         f"item.")
    if np.isnan(score).any():
        raise ArgumentError(f"{int(np.isnan(score).sum())} scores are NaN, first at "
                            f"{tuple(np.argwhere(np.isnan(score))[0].tolist())}; expected numbers. Leave items out by "
                            f"a low score.")
    width = min(requests.slate_size, len(requests.eligible))
    item = requests.eligible[_best_places(-score, width)]
    return Slates.certain(np.broadcast_to(item, (len(requests), width)))


def _best_places(cost, width):
    """Places of the `width` smallest of cost, (N,) or (B, N), ascending; ties by place wherever they matter."""
    n = cost.shape[-1]
    if cost.ndim == 1 or width * 4 >= n:
        return np.argsort(cost, axis=-1, kind="stable")[..., :width]
    edge = np.partition(cost, width - 1, axis=1)[:, width - 1:width]
    out = np.empty((len(cost), width), np.int64)
    for b, row in enumerate(cost <= edge):
        place = np.flatnonzero(row)
        out[b] = place[np.argsort(cost[b, place], kind="stable")[:width]]
    return out


def raced(seed: int, requests: Requests, weight) -> Slates:
    """Plackett–Luce by weight, positive float (N,) or (B, N) along requests.eligible."""
    shared = np.ndim(weight) == 1
    weight = np.atleast_2d(weight)
    if weight.shape[1] != len(requests.eligible) or weight.shape[0] not in (1 if shared else -1, len(requests)):
        raise ArgumentError(f"weights have shape {weight.shape}; expected ({len(requests.eligible)},) or "
                            f"({len(requests)}, {len(requests.eligible)}): one for each eligible item.")
    item, propensity = blank(requests)
    sample, weight = (draws.by_weight, weight[0]) if shared else (draws.race, weight)
    sample(seed, requests.request_id, requests.eligible, weight, requests.slate_size, item, propensity)
    return Slates(item, propensity)
