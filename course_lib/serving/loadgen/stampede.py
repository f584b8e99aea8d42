"""A stampede in virtual time: many people miss the same key at once, and somebody decides who computes it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course_lib.contracts import ArgumentError, as_numbers
from course_lib.serving.loadgen.virtual_experiments import over_seeds


def who_computes(at_ms, key, takes_ms, fails, keep_ms: float) -> np.ndarray:
    """For each request the number of the request whose computation answers it; its own where it has to compute.

    at_ms: float (n,), ascending. key: (n,), what is asked. takes_ms: float (n,), what a computation takes that request
    i begins. fails: bool (n,), whether that computation fails. keep_ms: how long a result is kept after it is there.
    Whoever asks while a computation of their key runs shares its outcome, an error too. An error is not kept.
    Returns int (n,). Raises ArgumentError on times that are no numbers or out of order.
    """
    at, takes = as_numbers("at_ms", at_ms, 0), as_numbers("takes_ms", takes_ms, 0)
    if at.ndim != 1 or (np.diff(at) < 0).any() or not len(at) == len(takes) == len(key) == len(fails):
        raise ArgumentError(f"at_ms has shape {at.shape}, beside {len(takes)} times, {len(key)} keys and {len(fails)} "
                            f"outcomes; expected as many of each, at_ms ascending.")
    latest, answers = {}, np.arange(len(at))
    for request, (now, name) in enumerate(zip(at, key, strict=True)):
        leader = latest.get(name)
        if leader is not None:
            ends = at[leader] + takes[leader]
            running, kept = now < ends, not fails[leader] and now < ends + keep_ms
            if running or kept:
                answers[request] = leader
                continue
        latest[name] = request
    return answers


def everybody_computes(at_ms, key, takes_ms, fails, keep_ms: float) -> np.ndarray:
    """As who_computes, without single flight: only a result that is there already spares a computation."""
    at, ready, answers = as_numbers("at_ms", at_ms, 0), {}, np.arange(len(at_ms))
    for request, (now, name) in enumerate(zip(at, key, strict=True)):
        done = [one for one in ready.get(name, ()) if at[one] + takes_ms[one] <= now < at[one] + takes_ms[one] + keep_ms
                and not fails[one]]
        if done:
            answers[request] = done[0]
        else:
            ready.setdefault(name, []).append(request)
    return answers


def cold_restart(seed: int, who: Callable, *, per_second: float = 500, keys: int = 50, takes_ms: float = 400,
                 keep_ms: float = 60_000, seconds: float = 4.0, warm: int = 0) -> dict[str, float]:
    """An empty cache meets people: how much is computed in the first second, and how much at once.

    who: as who_computes. per_second: requests. keys: what they ask, the k-th as often as 1/k. takes_ms: a computation.
    warm: so many of the most popular keys were computed before. Returns computed (computations that begin within the
    first second) and at_once (how many run at the same time, at most).
    """
    rng = np.random.default_rng(seed)
    n = int(per_second * seconds)
    popularity = 1 / np.arange(1, keys + 1)
    at = np.sort(rng.uniform(0, 1000 * seconds, n))
    key = rng.choice(keys, n, p=popularity / popularity.sum())
    at = np.concatenate([np.zeros(warm), at + takes_ms])
    key = np.concatenate([np.arange(warm), key])
    answers = np.asarray(who(at, key, np.full(len(at), takes_ms), np.zeros(len(at), bool), keep_ms))
    began = at[(answers == np.arange(len(at))) & (np.arange(len(at)) >= warm)]
    running = [((began <= now) & (now < began + takes_ms)).sum() for now in began]
    return {"computed": float((began < takes_ms + 1000).sum()), "at_once": float(max(running, default=0))}


def restarts(who: Callable, seeds=range(10), **setting):
    """cold_restart under several seeds: a table with name, mean, low, high."""
    return over_seeds(lambda seed: cold_restart(seed, who, **setting), seeds)
