"""`course load URL`: send load to a service on this machine and print what people would have felt."""

from __future__ import annotations

import argparse

import numpy as np

from course_lib.contracts import ArgumentError, as_count, as_numbers
from course_lib.data.disk import check_writable, write_atomic
from course_lib.serving.loadgen.arrivals import (
    MOST_REQUESTS,
    MOST_SECONDS,
    asked,
    poisson_due,
    replayed_due,
    steady_due,
)
from course_lib.serving.loadgen.load_client import closed_loop, local_address, open_loop
from course_lib.serving.loadgen.load_result import LoadResult


def parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    command = argparse.ArgumentParser(
        prog="course load", epilog="for example: course load http://127.0.0.1:8000 --rate 100 --seconds 20",
        description="Send requests to a service on this machine and print latency percentiles with intervals, counted "
        "from the moment each request should have been sent, and which rung of the ladder answered. It stops by "
        f"itself: it sends for {MOST_SECONDS:g} s at most.")
    command.add_argument("url", metavar="URL", help="of a service on this machine, such as the one of course serve")
    command.add_argument("--rate", type=float, default=20, metavar="N", help="requests a second (20)")
    command.add_argument("--seconds", type=float, default=10, help="how long (10)")
    command.add_argument("--steady", action="store_true", help="at even distances instead of independent arrivals")
    command.add_argument("--replay", metavar="FILE", help="at the moments of a log, in seconds, one on a line, played "
                         "so fast that --rate come on average; --seconds does not count")
    command.add_argument("--clients", type=int, metavar="N", help="closed loop instead: N clients that each wait for "
                         "their answer before they ask again; --rate does not count")
    command.add_argument("--users", type=int, default=100, metavar="N", help="users 0 to N-1 ask (100)")
    command.add_argument("--items", type=int, default=0, metavar="N", help="sessions hold items 0 to N-1 (0: none)")
    command.add_argument("--k", type=int, default=10, help="length of a slate (10)")
    command.add_argument("--budget-ms", type=float, default=50, metavar="MS", help="what an answer may take (50)")
    command.add_argument("--timeout-ms", type=float, default=5000, metavar="MS", help="how long is waited (5000)")
    command.add_argument("--seed", type=int, default=0, help="of arrivals and of what is asked (0)")
    command.add_argument("--out", metavar="FILE.csv", help="write a row a request there")
    return command


def main(argv: list[str] | None = None) -> int:
    """Run it; returns 0 where every request was answered, without a server error and some with a slate, else 1."""
    args = parser().parse_args(argv)
    local_address(args.url)
    as_count("--seed", args.seed)
    as_numbers("--budget-ms", args.budget_ms, 0)
    as_count("--users", args.users, 1, MOST_REQUESTS)
    if args.out:
        check_writable(args.out)
    rng = np.random.default_rng(args.seed)
    bodies = asked(rng, 1000, args.users, args.items, k=args.k)
    if args.clients is not None and (args.replay is not None or args.steady):
        raise ArgumentError("--clients is a closed loop, in which each client sends when it has its answer; it takes "
                            "neither --replay nor --steady.")
    if args.clients is not None:
        result = closed_loop(args.url, bodies, seconds=args.seconds, clients=args.clients,
                             timeout_s=args.timeout_ms / 1000)
    else:
        due = _due(args, rng)
        if not len(due):
            raise ArgumentError("no request fell into that time. Raise --rate or --seconds.")
        result = open_loop(args.url, due, bodies, timeout_s=args.timeout_ms / 1000)
    print(report(result, args.budget_ms))
    if args.out:
        write(result, args.out)
    numbers = result.summary(args.budget_ms)
    return int(numbers["unanswered"] > 0 or numbers["server_errors"] > 0 or numbers["slates"] == 0)


def _due(args, rng) -> np.ndarray:
    """When to send, float (n,), seconds."""
    if args.replay is None:
        return steady_due(args.rate, args.seconds) if args.steady else poisson_due(rng, args.rate, args.seconds)
    try:
        with open(args.replay, encoding="utf-8") as file:
            moments = [float(line) for line in file if line.strip()]
    except (OSError, ValueError) as error:
        raise ArgumentError(f"--replay {args.replay!r} cannot be read: {error}. Expected a file with a moment, in "
                            f"seconds, on each line.") from None
    return replayed_due(moments, args.rate)


def report(result: LoadResult, budget_ms: float) -> str:
    """The printed page: rates, percentiles with 95% intervals, rungs, statuses, and a word where the test is unfit."""
    numbers = result.summary(budget_ms)
    table = result.percentiles()
    upper = [f"{high:.1f}" if np.isfinite(high) else "?" for high in table.high]
    lines = [f"{len(result)} requests, {numbers['offered_per_s']:.1f} a second; {numbers['slates_per_s']:.1f} slates "
             f"a second; {numbers['within_budget']:.1%} within {budget_ms:g} ms.", "",
             "from when a request should have been sent to its slate, 95% interval (?: too few requests to know)"]
    for row, high in zip(table.itertuples(), upper, strict=True):
        lines.append(f"  p{row.percent:<5g} {row.ms:9.1f} ms   {row.low:.1f} to {high}")
    if numbers["slates"] < 1:
        lines.append(f"{1 - numbers['slates']:.1%} of all requests got no slate; they count as infinitely late.")
    for name, found in (("rung", result.by_rung()), ("status", result.by_status())):
        lines += ["", f"{name:<40} requests   share   median"]
        lines += [f"  {row[1]:<38} {row.requests:8}  {row.share:6.2%}  {row.median_ms:7.1f} ms"
                  for row in found.itertuples()]
    if numbers["sent_late_p99_ms"] > budget_ms / 5:
        lines += ["", f"One request in a hundred went out {numbers['sent_late_p99_ms']:.0f} ms late or more: this "
                      f"machine is too busy to send at that rate, and part of the latency is the test's own."]
    return "\n".join(lines)


def write(result: LoadResult, path: str) -> None:
    """A row a request: due_s, sent_s, latency_ms (inf: no answer), status, rung."""
    import pandas as pd

    frame = pd.DataFrame({"due_s": result.due_s, "sent_s": result.sent_s, "latency_ms": result.latency_ms,
                          "status": result.status, "rung": result.rung})
    write_atomic(path, frame.to_csv(index=False))
