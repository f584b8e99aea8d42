"""Latency under open-loop load: people do not wait for the answer before the next of them arrives."""

from __future__ import annotations

import numpy as np

from course_lib.contracts import ArgumentError, ShapeError, check_finite


def open_loop_latency(arrival_ms, service_ms) -> np.ndarray:
    """What each request waits and is served for, at one worker that takes them in order of arrival.

    arrival_ms: float (n,), ascending. service_ms: float (n,), time each takes once it is begun. Returns float (n,),
    ms from arrival to answer; equal to service_ms where nobody has to wait. open_loop_latency([0, 1], [10, 10]) is
    [10, 19]. Raises ArgumentError on arrivals out of order or times below 0.

    Source: Lindley 1952, doi:10.1017/S0305004100027638.
    """
    arrival, service = np.asarray(arrival_ms, float), np.asarray(service_ms, float)
    if arrival.shape != service.shape or arrival.ndim != 1:
        raise ShapeError(f"arrival_ms has shape {arrival.shape}, service_ms {service.shape}; expected one "
                         f"of each a request.")
    check_finite(arrival_ms=arrival, service_ms=service)
    if (np.diff(arrival) < 0).any() or (service < 0).any():
        raise ArgumentError("arrival_ms must ascend and service_ms be at least 0. Sort requests by arrival.")
    if not len(arrival):
        return arrival
    work = np.cumsum(service)
    finish = work + np.maximum.accumulate(arrival - (work - service))
    return finish - arrival


def poisson_arrivals(rng, n: int, per_second: float) -> np.ndarray:
    """Arrival times in ms, float (n,), of n requests that come independently, `per_second` of them on average."""
    if not per_second > 0 or n < 0:
        raise ArgumentError(f"per_second is {per_second}, n {n}; expected a rate above 0 and n at least 0.")
    return np.cumsum(rng.exponential(1000 / per_second, n))
