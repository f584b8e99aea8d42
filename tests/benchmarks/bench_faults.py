"""What becomes of stored things when bits flip, files go, disks fill, and processes are killed or interrupted?

python tests/benchmarks/bench_faults.py               800 faults, a table: stored thing × fault → what came of it
python tests/benchmarks/bench_faults.py --trials 200  a quick look

Each trial harms a copy of its own and reads it in a process of its own, so that a crash of the interpreter is seen as
one. told: an error or warning of the course that names the file, or the full disk; after a write that was broken off,
the old content or the new is there besides. harmless: the content is what it was. whole: as told, where there was
nothing to tell. raw: an error that is not the course's, or names no file. silent: other content without a word. crash:
the interpreter ended, or hung. lost: what was good cannot be read any more. litter: files that the next whole write
does not sweep away. The last five should be 0.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np

from course_lib.contracts import CourseError

sys.path.insert(0, str(Path(__file__).parent))
from stored_things import THINGS  # noqa: E402

FORK = multiprocessing.get_context("fork")
OUTCOMES = ("told", "harmless", "whole", "raw", "silent", "crash", "lost", "litter")
BAD = OUTCOMES[3:]
OTHER_JSON = ("[]", "7", "null", '"text"', '{"format": 1}', "[1, 2, 3]", "{}")


def apart(function, *arguments, timeout_s: float = 90.0):
    """function(*arguments) in a forked process; its JSON-able result, or "crash" where the process ended without."""
    here, there = FORK.Pipe(duplex=False)

    def work():
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
            there.send(function(*arguments))

    process = FORK.Process(target=work)
    process.start()
    there.close()
    try:
        return here.recv() if here.poll(timeout_s) else "crash"
    except EOFError:
        return "crash"
    finally:
        process.kill()
        process.join()


def reading(thing, folder: Path, words: bool = True) -> dict:
    """What reading gives: content, warnings and errors; parts: what can still be read of it where the whole cannot."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        content, error, ours, parts = None, "", True, None
        try:
            content = thing.read(folder)
        except CourseError as held:
            error = str(held)
        except Exception as held:
            error, ours = repr(held), False
        if content is None and ours:
            parts = thing.rescue(folder)
    said = [str(one.message) for one in told] + ([error] if error else [])
    return {"content": content, "said": " ".join(said) if words else "", "error": bool(error), "ours": ours,
            "parts": parts}


def judged(thing, before, file: str, after) -> str:
    """The outcome of a trial at rest, `file` having been harmed."""
    if after == "crash":
        return "crash"
    if not after["ours"]:
        return "raw"
    if after["said"] and Path(file).name.split(".damaged")[0] not in after["said"]:
        return "raw"
    if after["content"] == before:
        return "told" if after["said"] else "harmless"
    if not after["said"]:
        return "silent"
    kept = after["content"] if after["content"] is not None else after["parts"]
    return "told" if thing.enough(before, kept, file) else "lost"


# --- faults at rest ------------------------------------------------------------------------------------------------
def flip(folder, name, other, rng):
    file = folder / name
    held = bytearray(file.read_bytes())
    held[rng.integers(len(held))] ^= 1 << int(rng.integers(8))
    file.write_bytes(held)


def truncate(folder, name, other, rng):
    with open(folder / name, "r+b") as file:
        file.truncate(int(rng.integers((folder / name).stat().st_size)))


def delete(folder, name, other, rng):
    (folder / name).unlink()


def swap(folder, name, other, rng):
    """Another file of this thing, or another thing's, in this one's place."""
    others = [file for file in folder.rglob("*") if file.is_file() and file.name != Path(name).name]
    others = [file for file in others if file.suffix == Path(name).suffix] or [other]
    shutil.copy(others[rng.integers(len(others))], folder / name)


def other_json(folder, name, other, rng):
    (folder / name).write_text(OTHER_JSON[rng.integers(len(OTHER_JSON))])


AT_REST = {"bit flipped": flip, "cut short": truncate, "deleted": delete, "swapped": swap, "other JSON": other_json}


def at_rest(thing, pristine: Path, place: Path, other: Path, harm, before, rng) -> str:
    shutil.copytree(pristine, place)
    names = thing.files(place)
    name = names[rng.integers(len(names))]
    harm(place, name, other, rng)
    return judged(thing, before, name, apart(reading, thing, place))


# --- faults while writing ------------------------------------------------------------------------------------------
def after_a_broken_write(thing, place: Path, states: list, said: str = "") -> str:
    """Old or new content, readable now; then a whole write, after which nothing is left lying about."""
    copy = place.with_name(place.name + "-seen")
    shutil.copytree(place, copy)
    after = apart(reading, thing, copy)
    if after == "crash":
        return "crash"
    if after["content"] not in states:
        return "raw" if not after["ours"] else "lost" if after["said"] else "silent"
    expected = apart(thing.last, place)
    if apart(reading, thing, place) == "crash" or expected == "crash":
        return "crash"
    left = [name for name in thing.all_files(place) if not thing.belongs(name)]
    return "litter" if left else "told" if said else "whole"


def write_for_ever(thing, place, pipe):
    pipe.send("ready")
    for state in thing.writes(place):
        pipe.send(state)


def killed(thing, pristine, place, states, rng) -> str:
    shutil.copytree(pristine, place)
    here, there = FORK.Pipe()
    process = FORK.Process(target=write_for_ever, args=(thing, place, there))
    process.start()
    here.recv()
    time.sleep(float(rng.uniform(0, thing.kill_within_s)))
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    return after_a_broken_write(thing, place, states)


def _interrupt(thing, place, at: int):
    """Write under a trace that raises KeyboardInterrupt at the at-th line, and write again, as one who runs the cell
    again; the first error is kept, as a notebook keeps it, with all that its frames hold. Returns the lines seen."""
    seen, kept = 0, None

    def trace(frame, event, argument):
        nonlocal seen
        if not frame.f_code.co_filename.startswith(str(thing.code)):
            return trace if event == "call" else None
        if event == "line":
            seen += 1
            if seen == at:
                sys.settrace(None)
                raise KeyboardInterrupt
        return trace

    write = thing.writer(place)
    sys.settrace(trace)
    try:
        write()
    except KeyboardInterrupt as error:
        kept = error
    finally:
        sys.settrace(None)
    if kept:
        with contextlib.suppress(CourseError):      # what was interrupted may have been done, and is refused twice
            write()
    return seen


def interrupted(thing, pristine, place, states, rng) -> str:
    shutil.copytree(pristine, place.with_name("dry"))
    lines = apart(_interrupt, thing, place.with_name("dry"), 0)
    shutil.rmtree(place.with_name("dry"))
    shutil.copytree(pristine, place)
    if apart(_interrupt, thing, place, int(rng.integers(1, max(lines, 1) + 1))) == "crash":
        return "crash"
    return after_a_broken_write(thing, place, states)


def _write_once(thing, place) -> str:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            thing.writer(place)()
        except CourseError as error:
            return str(error)
        except Exception as error:
            return f"raw {error!r}"
    return " ".join(str(one.message) for one in told)


def full(thing, pristine, place, states, rng) -> str:
    """A file system of its own with room for what is there and a random part of what is to be written."""
    place.mkdir()
    sizes = [-(-file.stat().st_size // 4096) for file in pristine.rglob("*") if file.is_file()]
    pages = sum(sizes) + int(rng.integers(0, max(sizes) + 1))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={4 * pages}k", "none", str(place)], check=True)
    inner = place / "in"
    try:
        shutil.copytree(pristine, inner)
        said = apart(_write_once, thing, inner)
        if said == "crash" or said.startswith("raw") or (said and "disk is full" not in said):
            return said if said == "crash" else "raw"
        saved = place.with_name(place.name + "-saved")
        shutil.copytree(inner, saved)
        return after_a_broken_write(thing, saved, states, said)
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def can_mount() -> bool:
    """Whether a small file system can be made here, which takes root and Linux."""
    with tempfile.TemporaryDirectory() as place:
        if not shutil.which("mount") or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", place],
                                                       capture_output=True).returncode:
            return False
        subprocess.run(["umount", place], check=True)
    return True


WRITING = {"killed": killed, "interrupted": interrupted, "disk full": full}


def run(trials: int, seed: int = 0, things=None, faults=None, say=print) -> list[dict]:
    """Rows of the table: thing, fault, trials and the outcomes."""
    rng, rows = np.random.default_rng(seed), []
    things = {name: THINGS[name]() for name in things or THINGS}
    faults = list(faults or [*AT_REST, *WRITING])
    each = max(1, round(trials / (len(things) * len(faults))))
    preload()
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        folder = Path(folder)
        for name, thing in things.items():
            made = apart(thing.make, folder / name, timeout_s=600)
            if made == "crash":
                raise RuntimeError(f"{name} could not be made")
        foreign = {name: folder / next(two for two in things if two != name) for name in things}
        for name, thing in things.items():
            other = next(file for file in sorted(foreign[name].rglob("*")) if file.is_file())
            states = apart(thing.states, folder / name, True)
            for fault in faults:
                if fault in thing.leaves_out:
                    continue
                row = {"thing": name, "fault": fault, "trials": each, **dict.fromkeys(OUTCOMES, 0)}
                for trial in range(each):
                    place = folder / "trial" / f"{trial}" / "at"
                    place.parent.mkdir(parents=True)
                    if fault in AT_REST:
                        outcome = at_rest(thing, folder / name, place, other, AT_REST[fault], states[0], rng)
                    else:
                        outcome = WRITING[fault](thing, folder / name, place, states, rng)
                    row[outcome] += 1
                    shutil.rmtree(folder / "trial", ignore_errors=True)
                rows.append(row)
                say(line(row))
    return rows


def preload() -> None:
    """Load the libraries once, before the trials' processes are made; nothing is computed here."""
    import duckdb  # noqa: F401
    import implicit.als  # noqa: F401
    import lightgbm  # noqa: F401
    import pyarrow.parquet  # noqa: F401

    from course_lib import lab  # noqa: F401
    from course_lib.data import log  # noqa: F401
    from course_lib.teach import progress  # noqa: F401


def line(row: dict) -> str:
    return f"{row['thing']:12}{row['fault']:14}{row['trials']:>7}" + "".join(f"{row[name]:>10}" for name in OUTCOMES)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=800)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--things", nargs="*")
    parser.add_argument("--faults", nargs="*")
    args = parser.parse_args()
    args.faults = args.faults or [*AT_REST, *WRITING]
    if "disk full" in args.faults and not can_mount():
        args.faults.remove("disk full")
        print("No small file system can be mounted here (it takes root): full disks are left out.")
    print(f"{'stored thing':12}{'fault':14}{'trials':>7}" + "".join(f"{name:>10}" for name in OUTCOMES))
    started = time.perf_counter()
    rows = run(args.trials, args.seed, args.things, args.faults, say=lambda text: print(text, flush=True))
    total = {"thing": "all", "fault": "", "trials": sum(row["trials"] for row in rows),
             **{name: sum(row[name] for row in rows) for name in OUTCOMES}}
    print(line(total))
    print(f"{time.perf_counter() - started:.0f} s; seed {args.seed}; {json.dumps({n: total[n] for n in BAD})}")
    return int(any(total[name] for name in BAD))


if __name__ == "__main__":
    sys.exit(main())
