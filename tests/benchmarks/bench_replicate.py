"""`course replicate` with 1, 2 and 4 workers: a lesson under four seeds, its time and speed-up, and what 100 would do.

python tests/benchmarks/bench_replicate.py                  about six minutes on two cores
python tests/benchmarks/bench_replicate.py day15            a lesson of seconds: what starting costs
python tests/benchmarks/bench_replicate.py feedback --workers 1 2 --seeds 2

Nothing else should run beside it. Tasks share nothing but the start of the cluster and the table, which is written
whole after each. Every task starts an interpreter of its own and imports the course, as often as there are tasks, so
that this part speeds up with the workers as the work does. What is left for 100 workers is Amdahl's shared part, and
the longest single task, which no two workers can share.
"""

from __future__ import annotations

import argparse
import heapq
import os
import tempfile
import time
from pathlib import Path

from course_lib.teach.ledger import replicates
from course_lib.teach.ledger.replicates import Replicates
from course_lib.teach.publish.lesson_source import sources
from course_lib.teach.replication import farm
from course_lib.teach.replication.replicate import run_of, tasks_of

MANY = (1, 2, 4, 10, 40, 100)
ENOUGH_S = 60.0                 # CPU seconds of all tasks, below which starting things is all that is timed


def one_after_another(tasks, workers: int, table_file: Path) -> dict[str, float]:
    """Seconds of a whole run of `course replicate`: all, of starting and ending the cluster, of writing the table."""
    begun, writing, cpu, table = time.perf_counter(), 0.0, [], Replicates()
    for task, result in farm.results(tasks, jobs=workers):
        run = run_of(task, result)
        if run.why and task.cells:
            raise SystemExit(f"{task.lesson}, replicate {task.replicate} failed: {run.why}")
        before = time.perf_counter()
        table.add(run)
        replicates.write(table, table_file)
        writing += time.perf_counter() - before
        cpu.append(result["seconds"])
    return {"all": time.perf_counter() - begun, "writing": writing, "cpu": sum(cpu)}


def empty(task: farm.Task) -> farm.Task:
    """The task without a cell: an interpreter starts, imports the course, and ends."""
    return farm.Task(task.lesson, task.replicate, task.code, task.library, ())


def started_and_ended(workers: int) -> None:
    """A local cluster that has nothing to do."""
    with farm._client(workers, None):
        pass


def seconds_of(call) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def spread_over(seconds: list[float], workers: int) -> float:
    """How long tasks take on so many workers, each taking the next task as soon as it is free."""
    free = [0.0] * workers
    for length in seconds:
        heapq.heappush(free, heapq.heappop(free) + length)
    return max(free)


def whole_course(seeds: int, stretch: float, start_up: float) -> list[float]:
    """Wall seconds of every task of the whole course, in the order in which they are sent: stored CPU seconds of its
    replicates, as many times longer as a task here was than its CPU seconds, and the start of an interpreter."""
    runs = [run for run in replicates.read().in_order() if not run.why and 1 <= run.replicate <= seeds]
    return [start_up + stretch * run.seconds for run in sorted(runs, key=lambda run: run.replicate)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lesson", nargs="?", default="feedback")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--seeds", type=int, default=4)
    args = parser.parse_args()
    tasks = tasks_of(sources([args.lesson]), range(1, args.seeds + 1))
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    print(f"{tasks[0].lesson} under {len(tasks)} seeds; {cores} cores, load {os.getloadavg()[0]:.1f} before")

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "table.csv"
        start_up = min(seconds_of(lambda: farm.run_task(empty(tasks[0]))) for _ in range(3))
        found = {}
        for workers in args.workers:
            cluster = seconds_of(lambda w=workers: started_and_ended(w))
            found[workers] = one_after_another(tasks, workers, file) | {"cluster": cluster}

    alone = found[args.workers[0]]["all"] * args.workers[0]
    print(f"\nstarting an interpreter with the course: {start_up:.1f} s a task\n"
          f"{'workers':>8}{'seconds':>9}{'speed-up':>10}{'cluster':>9}{'writing':>9}{'CPU s':>8}")
    for workers, row in found.items():
        print(f"{workers:8}{row['all']:9.1f}{alone / row['all']:10.2f}{row['cluster']:9.1f}{row['writing']:9.2f}"
              f"{row['cpu']:8.0f}")

    one = found[args.workers[0]]
    shared = one["cluster"] + one["writing"]
    share = shared / one["all"]
    stretch = max((one["all"] - shared - len(tasks) * start_up) / max(one["cpu"], 1e-9), 1.0)
    print(f"\nAmdahl: {shared:.1f} s of {one['all']:.0f} are shared ({share:.1%}), so 100 workers do at most "
          f"{1 / (share + (1 - share) / 100):.0f} times as much, if there were 100 tasks or more of one length.")
    print(f"Beyond {cores} workers this machine has no core for them; the rest is arithmetic, for those that have.")
    if one["cpu"] < ENOUGH_S:
        print(f"{one['cpu']:.0f} CPU seconds are too few to tell how long the course's own tasks would take.")
        return
    course = whole_course(10, stretch, start_up)
    if not course:
        print("There is no stored table of replicates, so nothing is said of the whole course.")
        return
    print(f"\nthe whole course, {len(course)} tasks of the stored table, {sum(course) / 60:.0f} minutes of work, the "
          f"longest {max(course):.0f} s:\n{'workers':>8}{'minutes':>9}{'speed-up':>10}")
    for workers in MANY:
        took = spread_over(course, workers) + one["cluster"]
        print(f"{workers:8}{took / 60:9.1f}{(sum(course) + one['cluster']) / took:10.1f}")


if __name__ == "__main__":
    main()
