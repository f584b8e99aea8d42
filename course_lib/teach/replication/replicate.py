"""What `course replicate` does: which runs are missing, run them, put each whole into the table as it ends."""

from __future__ import annotations

from pathlib import Path

from tqdm import tqdm

from course_lib.contracts import ArgumentError, DataError
from course_lib.data.disk import Busy, locked
from course_lib.teach import lessons
from course_lib.teach.ledger import claims, replicates
from course_lib.teach.ledger.replicates import Replicates, Run
from course_lib.teach.ledger.survival import survival
from course_lib.teach.ledger.verdict import Row
from course_lib.teach.publish.lesson_source import sources
from course_lib.teach.replication import farm
from course_lib.teach.replication.measuring import code_cells, digest_of, lesson_digest, library_digest
from course_lib.teach.replication.shifted_seeds import MOST

MEASURES = "measured("


def main(args) -> int:
    """args: lessons, seeds, first, jobs, scheduler, out, against, as `course replicate --help` tells. Returns 0 where
    every run succeeded; with `against`, where the ledger survived. Raises CourseError, a sentence."""
    if args.against:
        return _against(args)
    if args.seeds < 1 or args.jobs < 1 or not 0 <= args.first <= args.first + args.seeds - 1 <= MOST:
        raise ArgumentError(f"--seeds {args.seeds} --first {args.first} --jobs {args.jobs}: expected at least one seed "
                            f"and one job, and replicates from 0 to {MOST:,}.")
    paths = [path for path in sources(args.lessons) if MEASURES in path.read_text(encoding="utf-8")]
    wanted = range(args.first, args.first + args.seeds)
    table_file = Path(args.out) if args.out else replicates.TABLE
    lock = _lock_beside(table_file)
    try:
        with locked(lock, timeout_s=0):
            return _replicate(tasks_of(paths, wanted), table_file, args)
    except Busy as error:
        raise DataError(f"another 'course replicate' is writing {table_file}. Wait until it is done.") from error


def _against(args) -> int:
    """Print how the published table (or the one of --out) fares against the fresh one."""
    fresh_file, table_file = Path(args.against), Path(args.out) if args.out else replicates.TABLE
    if not fresh_file.exists():
        raise ArgumentError(f"--against {fresh_file}: there is no such table. Measure one: course replicate --first 11 "
                            f"--out {fresh_file}")
    table, fresh = replicates.read(table_file), replicates.read(fresh_file)
    chosen = {path.stem[3:] for path in sources(args.lessons)}
    both = sorted(chosen & _numbers(table, fresh))
    if both:
        raise ArgumentError(f"{fresh_file} holds runs of {', '.join(both)} that {table_file} holds too; expected other "
                            f"numbers, such as --first 11.")
    held = [entry for entry in claims.entries_of(table) if lessons.name(entry.claim.lesson) in chosen]
    found = survival(held, fresh)
    print(found)
    return int(not found.held)


def _numbers(table: Replicates, fresh: Replicates) -> set[str]:
    """The lessons of which a sound run of one number stands in both tables."""
    sound = [{key for key, run in held.runs.items() if not run.why and run.replicate > 0} for held in (table, fresh)]
    return {lesson for lesson, _ in sound[0] & sound[1]}


def _lock_beside(table_file: Path) -> Path:
    """The table's lock file, in a folder that is made and can be written to; DataError where it cannot."""
    lock = table_file.with_suffix(".lock")
    try:
        table_file.parent.mkdir(parents=True, exist_ok=True)
        lock.touch()
    except OSError as error:
        raise DataError(f"{table_file} cannot be written ({error}). Name another table with --out FILE.csv.") from error
    return lock


def tasks_of(paths: list[Path], wanted) -> list[farm.Task]:
    """Every lesson × replicate, the first replicate of all lessons first."""
    library = library_digest()
    made = []
    for path in paths:
        cells = code_cells(path)
        for replicate in wanted:
            made.append(farm.Task(path.stem[3:], replicate, digest_of(cells), library, tuple(cells)))
    return sorted(made, key=lambda task: task.replicate)


def missing(tasks: list[farm.Task], table: Replicates) -> list[farm.Task]:
    """The tasks that the table has no sound run of, made by the same code of lesson and library."""
    found = []
    for task in tasks:
        run = table.runs.get((task.lesson, task.replicate))
        if run is None or run.why or (run.code, run.library) != (task.code, task.library):
            found.append(task)
    return found


def run_of(task: farm.Task, result: dict) -> Run:
    """A task's result as it goes into the table: whole, or as a failure that says why."""
    rows, why = (), result["why"]
    try:
        rows = tuple(Row.of(row) for row in result["rows"])
    except DataError as error:
        why = str(error)
    if not rows and not why:
        why = "it measured nothing"
    return Run(task.lesson, task.replicate, task.code, task.library, result["seconds"], why, () if why else rows)


def stale(table: Replicates, paths: list[Path]) -> dict[str, list[int]]:
    """{lesson: its replicates that older measuring code made}; lessons without replicates are not in it."""
    found: dict[str, list[int]] = {}
    for path in paths:
        runs = [run for run in table.in_order() if run.lesson == path.stem[3:]]
        old = [run.replicate for run in runs if run.code != lesson_digest(path)]
        if old:
            found[path.stem[3:]] = old
    return found


def _replicate(tasks, table_file: Path, args) -> int:
    table = replicates.read(table_file)
    todo = missing(tasks, table)
    failed = 0
    with tqdm(total=len(tasks), initial=len(tasks) - len(todo), desc="runs in the table", unit="run") as bar:
        for task, result in farm.results(todo, jobs=args.jobs, scheduler=args.scheduler) if todo else ():
            run = run_of(task, result)
            table.add(run)
            replicates.write(table, table_file)
            failed += bool(run.why)
            bar.set_postfix_str(f"{failed} failed; last {run.lesson} {run.replicate}", refresh=False)
            bar.update()
    runs = [table.runs[task.lesson, task.replicate] for task in tasks]
    print(summary(runs))
    print(f"{table_file} holds {len(table.runs)} runs. Refresh README and the ledger's page with: "
          f"python -m course_lib.teach.publish.readme --write")
    return int(any(run.why for run in runs))


def summary(runs: list[Run]) -> str:
    """A line for each lesson: how many runs, their CPU seconds, what failed and why."""
    lines = []
    for name in dict.fromkeys(run.lesson for run in runs):
        held = [run for run in runs if run.lesson == name]
        sound = [run for run in held if not run.why]
        seconds = sum(run.seconds for run in sound) / max(len(sound), 1)
        lines.append(f"{lessons.number(name)} {name}: {len(sound)} of {len(held)} runs, {seconds:.0f} CPU s each, "
                     f"{sum(len(run.rows) for run in sound)} measurements")
        lines += [f"   replicate {run.replicate} failed: {run.why}" for run in held if run.why]
    return "\n".join(lines)
