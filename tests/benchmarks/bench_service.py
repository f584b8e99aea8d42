"""What does the service hold: batching's saving, the tail towards the knee, faults, a release, and a soak?

python tests/benchmarks/bench_service.py                 all of it, a few minutes
python tests/benchmarks/bench_service.py --seconds 5     a quick look
python tests/benchmarks/bench_service.py --only tails --store    the tails that the lesson shows, anew
python tests/benchmarks/bench_service.py --only faults           each fault for 60 s at half of a knee found just before

A person's time counts from when their request should have been sent. Load is sent from this machine, whose other work
counts too; so its load is printed, and what the service computes for a request is given in ms of processor time.
"""

from __future__ import annotations

import argparse
import os
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from course_lib.data import datasets, splits
from course_lib.data.disk import write_atomic
from course_lib.serving.assemble import FILM_SETTINGS, table_recommender
from course_lib.serving.loadgen import live_knee, stored_tails
from course_lib.serving.loadgen.arrivals import asked, poisson_due
from course_lib.serving.loadgen.load_client import closed_loop, open_loop
from course_lib.serving.loadgen.load_curve import knee, load_curve
from course_lib.serving.service.service_process import ServiceProcess

PERSON_MS, BUDGET_MS = 60, 50
NO_CACHE = {"fresh_s": 0, "single_flight": False}
FAULTS = {
    "none": [],
    "index late (1 s)": [{"part": "index", "delay_ms": 1000}],
    "index late (1 s), one batch in 20": [{"part": "index", "delay_ms": 1000, "share": 0.05}],
    "index down": [{"part": "index", "errors": 1.0}],
    "index lost half": [{"part": "index", "mode": "partial", "kept": 0.5}],
    "ranker late (median 30 ms)": [{"part": "ranker", "delay_ms": 30, "spread": 1.0}],
    "ranker down, half of its calls": [{"part": "ranker", "errors": 0.5}],
    "store late (200 ms)": [{"part": "store", "delay_ms": 200}],
    "store down": [{"part": "store", "errors": 1.0}],
    "store stale": [{"part": "store", "mode": "stale"}],
    "store partial": [{"part": "store", "mode": "partial"}],
    "feature job stopped": [{"part": "store", "mode": "stopped"}],
    "cache late (200 ms)": [{"part": "cache", "delay_ms": 200}],
    "cache cold": [{"part": "cache", "mode": "cold"}],
}


def cpu_s(pid: int) -> float:
    """Processor seconds of a process up to now (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def batching(path, bodies, seconds: float) -> pd.DataFrame:
    """One by one against batches: processor time of a request, rate that is held, and the knee."""
    rows = []
    for batch in (1, 8, 32):
        with ServiceProcess(path, batch=batch, budget_ms=5000, runners=1, shed_at=10_000, queue=10_000,
                            batch_wait_ms=2 if batch > 1 else 0, **NO_CACHE) as service:
            before = cpu_s(service.pid)
            full = closed_loop(service.url, bodies, seconds=seconds, clients=32)
            cpu_ms = 1e3 * (cpu_s(service.pid) - before) / len(full)
            rate = full.summary()["slates_per_s"]
            curve = load_curve(lambda per_second, url=service.url: open_loop(
                url, poisson_due(np.random.default_rng(0), per_second, seconds), bodies),
                np.array([0.25, 0.4, 0.55, 0.7, 0.85, 1.0]) * rate, budget_ms=BUDGET_MS)
        rows.append({"batch": batch, "cpu_ms_per_request": cpu_ms, "closed_loop_per_s": rate,
                     "knee_per_s": knee(curve, sure=False), "rungs": dict(full.by_rung()[["rung", "share"]].values)})
    return pd.DataFrame(rows)


PATIENT = {"budget_ms": 5000, "runners": 1, "queue": 10_000, "shed_at": 10_000, "warm": 0}
WAYS = {"one by one": PATIENT | {"batch": 1, "batch_wait_ms": 0}, "up to 32 a pass": PATIENT | {"batch": 32}}


def tails(path, bodies, seconds: float, store: bool) -> pd.DataFrame:
    """p50, p99 and p99.9 at shares of the knee, with and without micro-batching; the chain has all the time it wants.

    store: put them where the lesson on serving shows them from, with the date, the command and the machine."""
    busy = os.getloadavg()[0]
    with ServiceProcess(path, **NO_CACHE) as service:
        table = live_knee.tails(service, bodies, WAYS, seconds=seconds, budget_ms=BUDGET_MS)
    if store:
        about = {"date": f"{datetime.now():%Y-%m-%d}",
                 "machine": f"{os.cpu_count()} processors, the load generator beside the service",
                 "command": f"python tests/benchmarks/bench_service.py --only tails --store --seconds {seconds:g}",
                 "other_work": f"when it began, the load average of all other work was {busy:.1f}"}
        write_atomic(stored_tails.STORED, stored_tails.as_text(table, about))
        print(f"stored in {stored_tails.STORED}")
    return table


def resident_mb(pid: int) -> float:
    """Memory that a process holds (Linux)."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def soak(path, bodies, rate: float, seconds: float) -> dict[str, float]:
    """The same load for long, in twelve parts: how much memory is held after the first and after the last of them.

    Every part asks for other people and sessions, so that caches and traces fill up to their bounds.
    """
    held, failed = [], 0
    with ServiceProcess(path, budget_ms=BUDGET_MS) as service:
        for part in range(12):
            due = poisson_due(np.random.default_rng([4, part]), rate, seconds / 12)
            result = open_loop(service.url, due, bodies[part * 37:] + bodies[:part * 37])
            failed += int((result.status != 200).sum())
            held.append(resident_mb(service.pid))
    second_half = np.polyfit(np.linspace(0, seconds, 12)[6:], held[6:], 1)[0] * 60
    return {"mb_first": held[0], "mb_middle": held[6], "mb_last": held[-1], "mb_a_minute_later": float(second_half),
            "not 200": failed}


def broken(result, taken: dict[int, set], bodies: list[dict]) -> int:
    """Slates that show what the person took, or clicked in this session: each would be a hard filter that failed."""
    wrong = 0
    for place, answer in enumerate(result.answers):
        body = bodies[place % len(bodies)]
        bad = taken.get(body["user"], set()) | set(body["session"])
        wrong += bool(bad & set(answer.get("slate", [])))
    return wrong


def half_of_knee(path, bodies, seconds: float) -> tuple[float, float]:
    """(half of the rate that the full chain holds, requests a second; what counts as in time, ms), found now."""
    with ServiceProcess(path, budget_ms=BUDGET_MS) as service:
        found = live_knee.full_knee(service, bodies, budget_ms=BUDGET_MS, seconds=seconds)
    print(f"knee: {found}")
    return found.per_second / 2, found.in_time_ms


def holds(table: pd.DataFrame) -> str:
    """Whether all rows of `faults` are as they must be; if not, which are not, and how many were late in all.

    Below a thousand requests a single late one fails its row: then that fault has to be asked again, for longer.
    """
    well = (table["in_time"] >= 0.999) & (table["5xx"] + table["unanswered"] == 0) & (table["violated"] == 0)
    must = "99.9% in time, no 5xx, nobody unanswered, nothing violated"
    late = int(((1 - table["in_time"]) * table["asked"]).round().sum())
    every = f"{late} of {table['asked'].sum():,} requests late under all faults together"
    return f"{must}: " + ("holds" if well.all() else f"does not hold with {', '.join(table['fault'][~well])}; {every}")


def faults(path, bodies, taken, rate: float, seconds: float, in_time_ms: float = PERSON_MS) -> pd.DataFrame:
    """Each fault under the same load: who was answered in time, by whom, and whether a hard filter failed."""
    rows = []
    for name, switched in FAULTS.items():
        with ServiceProcess(path, budget_ms=in_time_ms - live_knee.SPARE_MS) as service:
            service.put_recent({user: [user % 100] for user in range(200)})
            service.switch_on(*switched)
            due = poisson_due(np.random.default_rng(1), rate, seconds)
            result = open_loop(service.url, due, bodies)
        said = result.summary(in_time_ms)
        rows.append({"fault": name, "asked": int(said["requests"]), "in_time": said["within_budget"],
                     "p50": said["p50_ms"], "p99": said["p99_ms"],
                     "5xx": said["shed"] + said["server_errors"], "unanswered": said["unanswered"],
                     "violated": broken(result, taken, bodies),
                     **dict(result.by_rung()[["rung", "share"]].values)})
    return pd.DataFrame(rows).fillna(0.0)


def release(path, bodies, rate: float, seconds: float) -> dict[str, float]:
    """Releases one after the other under load."""
    import threading

    with ServiceProcess(path, budget_ms=BUDGET_MS) as service:
        done = threading.Event()
        names = []

        def change() -> None:
            while not done.is_set() and len(names) < 1000:
                names.append(service.release(path, f"number {len(names)}")["current"])

        other = threading.Thread(target=change)
        other.start()
        result = open_loop(service.url, poisson_due(np.random.default_rng(2), rate, seconds), bodies)
        done.set()
        other.join()
    return {"releases": len(names), "not 200": int((result.status != 200).sum())} | result.summary(PERSON_MS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0, help="of each load (60)")
    parser.add_argument("--rate", type=float, help="of the faults and releases, per second; else half the knee")
    parser.add_argument("--only", choices=["batching", "tails", "faults", "release", "soak"])
    parser.add_argument("--store", action="store_true", help="put the tails where the lesson shows them from")
    args = parser.parse_args()
    pd.set_option("display.width", 200, "display.max_columns", 20, "display.precision", 4)
    dataset = datasets.ml100k()
    split = splits.by_user(dataset.interactions, seed=0)
    system = table_recommender(dataset, split, settings=FILM_SETTINGS, trade_off=0.8, caps={"category": 4})
    events = system.funnel.fitted.past.events
    taken = events.groupby("user")["item"].agg(set).to_dict()
    bodies = asked(np.random.default_rng(0), 5000, dataset.n_users, dataset.n_items, session=2)
    path, rate = system.save(Path(os.environ.get("TMPDIR", "/tmp")) / "bench_service.recommender"), args.rate
    print(f"load of this machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    if args.only in (None, "batching"):
        table = batching(path, bodies, min(args.seconds, 20))
        print(table.to_string(index=False))
    in_time_ms = PERSON_MS
    if not rate and args.only in (None, "faults", "release", "soak"):
        rate, in_time_ms = half_of_knee(path, bodies, min(args.seconds, 5.0))
    if args.only in (None, "tails"):
        print(tails(path, bodies, args.seconds, args.store).to_string(index=False))
    if args.only in (None, "faults"):
        print(f"\n{rate:.0f} requests per second; in time is within {in_time_ms:.0f} ms")
        table = faults(path, bodies, taken, rate, args.seconds, in_time_ms)
        print(table.to_string(index=False))
        print(holds(table))
    if args.only in (None, "release"):
        print(release(path, bodies, rate, args.seconds))
    if args.only in (None, "soak"):
        print(soak(path, bodies, rate, 2 * args.seconds))
    print(f"load of this machine after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
