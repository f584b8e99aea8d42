"""A table of what people see while one part of a running service is slow, stale or down."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from course_lib.contracts import ArgumentError, as_numbers
from course_lib.serving.loadgen.arrivals import poisson_due
from course_lib.serving.loadgen.load_client import closed_loop, open_loop
from course_lib.serving.loadgen.load_result import LoadResult
from course_lib.serving.loadgen.percentiles import mean_interval

FAULTS = {
    "none": [],
    "index sleeps 1 s": [{"part": "index", "delay_ms": 1000}],
    "index dead": [{"part": "index", "errors": 1.0}],
    "index partial": [{"part": "index", "mode": "partial", "kept": 0.5}],
    "ranker late (median 30 ms)": [{"part": "ranker", "delay_ms": 30, "spread": 1.0}],
    "store late (200 ms)": [{"part": "store", "delay_ms": 200}],
    "store dead": [{"part": "store", "errors": 1.0}],
    "store stale": [{"part": "store", "mode": "stale"}],
    "cache late (200 ms)": [{"part": "cache", "delay_ms": 200}],
    "index dead, cache cold": [{"part": "index", "errors": 1.0}, {"part": "cache", "mode": "cold"}],
}
WARM_S = 0.4        # of load before the first row, that does not count: a process is slow at what it does first
RUNGS = ("full", "cached", "segment", "static")


def other_work() -> str:
    """How busy this machine has been in the last minute, with all that runs on it, where that can be told."""
    if not hasattr(os, "getloadavg"):
        return f"{os.cpu_count()} processors; how busy they are cannot be told on this system"
    return f"work on this machine in the last minute: {os.getloadavg()[0]:.1f} of {os.cpu_count()} processors"


def violated(result: LoadResult, bodies: Sequence[dict], taken: Mapping[int, set]) -> int:
    """Slates that show what the person had taken, or looked at in this session: a hard filter that failed.

    bodies: as they were sent, in turn. taken: {user: items}.
    """
    wrong = 0
    for place, answer in enumerate(result.answers):
        body = bodies[place % len(bodies)]
        forbidden = taken.get(body["user"], set()) | set(body["session"])
        wrong += bool(forbidden & set(answer.get("slate", [])))
    return wrong


def fault_table(service, bodies: Sequence[dict], taken: Mapping[int, set], *, rate: float, seconds: float,
                names: Sequence[str] = tuple(FAULTS), worth: Callable | None = None,
                full: Callable | None = None, since: Mapping[int, Sequence] | None = None, person_ms: float = 60.0,
                settings: Mapping | None = None, seed: int = 0):
    """A row a fault: requests, in_time (share within person_ms), p50, p99 with its interval, not_200, violated, rungs.

    Before each row the service starts afresh (`ServiceProcess.start_afresh`), since what a fault leaves behind would be
    taken for the next one's: stages that still sleep, an open breaker, slates that were kept without what the store
    has. At the end it starts afresh once more, as it was made but with no slates kept. All rows meet the same arrivals.
    So a row depends neither on its place nor on the others, and a name may come more than once.

    service: a ServiceProcess. names: of FAULTS. rate: requests a second, for `seconds` each; a share of a knee that was
    measured on this machine a moment ago (`live_knee.full_knee`), or the row "none" is about the machine. settings: of
    the service, such as the budget with which that knee was found; person_ms: what is in time then. worth: function of
    users, int (n,), and their slates, int (n, K), -1 pads, that returns what each slate is worth, float (n,); full:
    function of users that returns the slates of a chain to which nothing happens; then the columns worth, worth_low and
    worth_high are shares of what these are worth. since: {user: items clicked since the service learnt}; then again is
    the share of requests whose slate shows one of these. seed: of the arrivals. An interval whose upper end is infinite
    says that the run was too short for that percentile. Raises ArgumentError for one of worth and full without the
    other.
    """
    import pandas as pd

    if (worth is None) != (full is None):
        raise ArgumentError("worth and full belong together: one says what slates are worth, the other which slates "
                            "they are shares of; give both or neither.")
    rows, whole, settings = [], None, dict(settings or {})
    due = poisson_due(np.random.default_rng(seed), rate, seconds)
    open_loop(service.url, due[:max(1, int((due < WARM_S).sum()))], list(bodies))
    for name in names:
        service.start_afresh(**settings)
        try:
            if FAULTS[name]:
                service.switch_on(*FAULTS[name])
            result = open_loop(service.url, due, list(bodies))
        finally:                                    # whoever interrupts the cell does not leave the service broken
            service.switch_off()
        row = {"requests": len(result), "in_time": result.within(person_ms)} | _tail(result)
        row |= {"not_200": (result.status != 200).sum(), "violated": violated(result, bodies, taken)}
        users, slates = _shown(result.answers, bodies)
        if worth is not None:
            if whole is None:                       # the same people in every row
                whole = worth(users, full(users))
            share = share_of(worth(users, slates), whole) if len(result) > 1 else (np.nan,) * 3
            row |= dict(zip(("worth", "worth_low", "worth_high"), share, strict=True))
        if since is not None:
            row["again"] = _again(users, slates, since)
        rows.append(row | {rung: (result.rung == rung).mean() for rung in RUNGS})
    service.start_afresh(warm=0)
    return pd.DataFrame(rows, index=list(names), dtype=float)


def share_of(values, first, level: float = 0.95) -> tuple[float, float, float]:
    """(the total of values as a share of the total of first, low, high), pair by pair.

    values, first: float (n,), of the same requests; n at least 2. The interval is of a ratio of means (linearised), so
    that what people differ in does not widen it. Covers .93 or more from about 300 requests on; of thirty, of which
    some lose all, it covers .84, for the few that were lost may have been worth little. Raises
    ArgumentError on others, and where first is worth nothing.
    """
    values, first = as_numbers("values", values), as_numbers("first", first)
    if values.ndim != 1 or values.shape != first.shape or len(values) < 2 or not first.mean() > 0:
        raise ArgumentError(f"values has shape {values.shape}, first {first.shape}; expected a number of each for each "
                            f"of at least 2 requests, of which first is worth something.")
    share = values.mean() / first.mean()
    return mean_interval(share + (values - share * first) / first.mean(), level)


def load_steps(runs: Mapping[str, LoadResult]):
    """A row a run: sent_per_s, slates_per_s, full (share answered by the full chain), p50, p99 with its interval."""
    import pandas as pd

    rows = {}
    for name, result in runs.items():
        said = result.summary()
        rows[name] = {"sent_per_s": said["offered_per_s"], "slates_per_s": said["slates_per_s"],
                      "full": (result.rung == "full").mean()} | _tail(result)
    return pd.DataFrame(rows).T


def released_under_load(service, system, bodies: Sequence[dict], *, rate: float, seconds: float,
                        seed: int = 0) -> dict[str, float]:
    """Put one release after the other into service while requests come; how many there were, and what failed.

    system: a FunnelRecommender. Returns releases, at least 1, requests, not_200 and in_time (share within 60 ms).
    It may be run again on the same service: its names are new each time. Raises what a release raised, after the load.
    """
    over, names, failed, mark = threading.Event(), [], [], secrets.token_hex(3)

    def change() -> None:
        try:
            while not names or not over.is_set() and len(names) < 100:
                names.append(service.release(system, f"release {mark} {len(names)}")["current"])
        except Exception as error:              # nobody hears it in this thread
            failed.append(error)

    other = threading.Thread(target=change, daemon=True)
    other.start()
    try:
        result = open_loop(service.url, poisson_due(np.random.default_rng(seed), rate, seconds), list(bodies))
    finally:
        over.set()
        other.join()
    if failed:
        raise failed[0]
    return {"releases": len(names), "requests": len(result), "not_200": int((result.status != 200).sum()),
            "in_time": result.within(60.0)}


def _tail(result: LoadResult) -> dict[str, float]:
    middle, tail = result.percentiles((50, 99)).itertuples()
    return {"p50": middle.ms, "p99": tail.ms, "p99_low": tail.low, "p99_high": tail.high}


def _shown(answers: Sequence[dict], bodies: Sequence[dict]) -> tuple[np.ndarray, np.ndarray]:
    """(users int (n,), slates int (n, K), -1 pads; a row of these where there was no slate)."""
    slates = [answer.get("slate", []) for answer in answers]
    padded = np.full((len(slates), max(1, *map(len, slates))), -1)
    for row, slate in enumerate(slates):
        padded[row, :len(slate)] = slate
    return np.array([bodies[place % len(bodies)]["user"] for place in range(len(slates))], int), padded


def _again(users: np.ndarray, slates: np.ndarray, since: Mapping[int, Sequence]) -> float:
    return float(np.mean([bool(set(since.get(user, ())) & set(slate))
                          for user, slate in zip(users.tolist(), slates.tolist(), strict=True)]))


def side_by_side(service, ways: Mapping[str, Mapping], bodies: Sequence[dict], *, clients: int, seconds: float,
                 rounds: int):
    """Slates a second of one service in several ways, in closed loop: a table, a row a round.

    ways: {name: settings of ServiceSettings}. They take turns in each round, so that a neighbour that takes the machine
    for a while weighs on all of them; before each turn the service starts afresh with that way's settings.
    """
    import pandas as pd

    def turn(settings: Mapping) -> float:
        service.start_afresh(**settings)
        return closed_loop(service.url, list(bodies), seconds=seconds, clients=clients).summary()["slates_per_s"]

    return pd.DataFrame([{name: turn(settings) for name, settings in ways.items()} for _ in range(rounds)])


def times_as_many(one, other, level: float = 0.95) -> tuple[float, float, float]:
    """By what factor `one` is above `other`: (factor, low, high), by t on the logarithms of the rounds' ratios.

    one, other: float (n,), above 0, n at least 2. Raises ArgumentError on others.
    """
    one, other = as_numbers("one", one, 1e-300), as_numbers("other", other, 1e-300)
    if one.shape != other.shape:
        raise ArgumentError(f"one has shape {one.shape}, other {other.shape}; expected a number of each a round.")
    return tuple(np.exp(mean_interval(np.log(one / other), level)).tolist())
