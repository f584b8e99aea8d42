"""Calls to a part that may be dead, with a circuit breaker before it, in virtual time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course_lib.contracts import ArgumentError, as_numbers
from course_lib.serving.service.breaker import CircuitBreaker


def let_through(at_s, ok, window: int = 20, least: int = 10, share: float = 0.5, reset_s: float = 1.0) -> np.ndarray:
    """Which calls a circuit breaker lets through, bool (n,); how each of them went is known at once.

    at_s: float (n,), seconds, ascending. ok: bool (n,), whether the part would answer. window, least, share, reset_s:
    as CircuitBreaker. Raises ArgumentError on times that are no numbers or out of order.
    """
    at = as_numbers("at_s", at_s)
    if at.ndim != 1 or (np.diff(at) < 0).any() or len(at) != len(ok):
        raise ArgumentError(f"at_s has shape {at.shape} beside {len(ok)} outcomes; expected a row, ascending.")
    now = [0.0]
    breaker = CircuitBreaker(window, least, share, reset_s, clock=lambda: now[0])
    passed = np.zeros(len(at), bool)
    for call, went_well in enumerate(ok):
        now[0] = at[call]
        passed[call] = breaker.allow()
        if passed[call]:
            breaker.record(bool(went_well))
    return passed


def no_breaker(at_s, ok, **setting) -> np.ndarray:
    """Every call is made."""
    return np.ones(len(at_s), bool)


def dead_part(seed: int, breaker: Callable, *, per_second: float = 100, timeout_ms: float = 40, dead_s=(5.0, 10.0),
              seconds: float = 20.0, errors: float = 0.02, **setting) -> dict[str, float]:
    """A part is dead for a while; each call that reaches it then costs a person the time-out.

    breaker: as let_through. errors: share of calls that fail on ordinary days. setting: of the breaker. Returns
    waited_ms (a request, while the part is dead), reached (share of calls that were made then), and refused_well
    (share of calls refused although the part was well).
    """
    rng = np.random.default_rng(seed)
    at = np.sort(rng.uniform(0, seconds, int(per_second * seconds)))
    dead = (dead_s[0] <= at) & (at < dead_s[1])
    ok = ~dead & (rng.random(len(at)) >= errors)
    passed = np.asarray(breaker(at, ok, **setting), bool)
    return {"waited_ms": float(timeout_ms * passed[dead].mean()), "reached": float(passed[dead].mean()),
            "refused_well": float((~passed[~dead]).mean())}
