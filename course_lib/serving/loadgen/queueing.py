"""What theory says about queues with Poisson arrivals: formulas that a measured or simulated queue must agree with.

load is the share of its time that a server works: arrivals a second × seconds a service, a server. Times come back in
the unit of `service`. The wait is the time before service begins; latency is wait + service.
"""

from __future__ import annotations

import math

from course_lib.contracts import ArgumentError, as_count


def mg1_wait(load: float, service: float, variation: float) -> float:
    """Mean wait at one server, whatever the service times are.

    load: below 1. service: their mean. variation: their squared coefficient of variation, variance / mean².
    Returns load / (1 − load) · (1 + variation) / 2 · service. Raises ArgumentError on a load outside 0 ≤ load < 1.

    Source: Pollaczek 1930, Khinchine 1932; Harchol-Balter 2013, Performance Modeling and Design, 23.4.
    """
    _check(load, service)
    if not 0 <= variation < math.inf:
        raise ArgumentError(f"variation is {variation}; expected variance / mean² of the service times, 0 or more.")
    return load / (1 - load) * (1 + variation) / 2 * service


def mm1_wait(load: float, service: float) -> float:
    """Mean wait where service times are exponential: mm1_wait(.5, 10) is 10, at .9 it is 90.

    Raises and source: as mg1_wait, with variation 1.
    """
    return mg1_wait(load, service, 1.0)


def md1_wait(load: float, service: float) -> float:
    """Mean wait where every service takes the same time: half of mm1_wait. md1_wait(.5, 10) is 5.

    Raises and source: as mg1_wait, with variation 0.
    """
    return mg1_wait(load, service, 0.0)


def mm1_latency_percentile(load: float, service: float, percent: float) -> float:
    """The latency that `percent` % stay within in an M/M/1 queue, where it is exponential with mean service/(1 − load).

    mm1_latency_percentile(.5, 10, 99) is 92.1. Source: Harchol-Balter 2013, 13.5. Raises ArgumentError as mg1_wait.
    """
    _check(load, service)
    if not 0 <= percent < 100:
        raise ArgumentError(f"percent is {percent}; expected 0 ≤ percent < 100.")
    return -math.log(1 - percent / 100) * service / (1 - load)


def md1_wait_within(load: float, service: float, wait: float) -> float:
    """The share of requests that wait at most `wait` in an M/D/1 queue: 1 − load at 0.

    Source: Erlang 1909.  Departs: the sum alternates and loses all digits above some 20 services, where it is refused
    (ArgumentError).
    """
    _check(load, service)
    steps = wait / service
    if not 0 <= steps <= 20:
        raise ArgumentError(f"wait is {wait}, service {service}; expected 0 to 20 services.")
    terms = []
    for k in range(int(steps) + 1):
        x = load * (steps - k)
        terms.append((-x) ** k / math.factorial(k) * math.exp(x))
    return min(1.0, max(0.0, (1 - load) * math.fsum(terms)))


def mmc_wait(load: float, service: float, servers: int) -> float:
    """Mean wait at `servers` servers with one queue and exponential service times; mm1_wait where there is one.

    load: of each server. Source: Erlang 1917 (the formula C); Harchol-Balter 2013, 14.3. Raises as mg1_wait.
    """
    _check(load, service)
    return erlang_c(load, servers) * service / (servers * (1 - load))


def erlang_c(load: float, servers: int) -> float:
    """The share of requests that must wait at all: erlang_c(.5, 1) is .5, erlang_c(.5, 2) is .333."""
    _check(load, 1.0)
    servers = as_count("servers", servers, 1, 10_000)
    blocked = 1.0                                          # Erlang's B, by its recursion: no factorial overflows
    for busy in range(1, servers + 1):
        blocked = load * servers * blocked / (busy + load * servers * blocked)
    return blocked / (1 - load * (1 - blocked))


def mm1k_refused(load: float, places: int) -> float:
    """The share of requests that are refused where at most `places` may be in the system, the one in service included.

    load may be above 1 here: mm1k_refused(2, 10) is .5002. Service times are exponential.
    Source: Harchol-Balter 2013, exercise 13.5; Kleinrock 1975, 3.6.
    """
    places = as_count("places", places, 1)
    if not 0 <= load < math.inf:
        raise ArgumentError(f"load is {load}; expected 0 or more.")
    if load == 1:
        return 1 / (places + 1)
    if load > 1:                                           # the same, without powers that overflow
        return (1 - 1 / load) / (1 - load ** -(places + 1.0))
    return (1 - load) * load**places / (1 - load ** (places + 1))


def _check(load: float, service: float) -> None:
    if not 0 <= load < 1:
        raise ArgumentError(f"load is {load}; expected 0 ≤ load < 1. At 1 and above the queue grows without end.")
    if not 0 < service < math.inf:
        raise ArgumentError(f"service is {service}; expected a time above 0.")
