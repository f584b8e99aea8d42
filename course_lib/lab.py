"""Work copies of the lessons: new ones are copied, untouched ones updated, edited ones kept; then JupyterLab opens."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import time
from pathlib import Path

from course_lib.contracts import CorruptError, DataError
from course_lib.data.disk import sweep_parts, write_atomic
from course_lib.data.stored import sealed, unsealed

ROOT = Path(__file__).resolve().parents[1]
MANIFEST = ".course.json"
FIRST = "00_start_here.ipynb"
CONTAINER = ("/.dockerenv", "/run/.containerenv", "/var/run/secrets/kubernetes.io")


def cells_digest(path: Path) -> str:
    """SHA-256 over what a person writes: the cells' kinds and sources. Running a notebook does not change it; a file
    that is no notebook is digested as it stands."""
    raw = path.read_bytes()
    with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
        cells = json.loads(raw)["cells"]
        raw = json.dumps([[cell["cell_type"], "".join(cell["source"])] for cell in cells]).encode()
    return hashlib.sha256(raw).hexdigest()


def _read_manifest(work: Path) -> tuple[dict[str, str], str]:
    """Digests of what was handed out, by name, and what is wrong with that list, "" if nothing is."""
    file = work / MANIFEST
    if not file.exists():
        return {}, "missing" if any(work.glob("*.ipynb")) else ""
    try:
        return unsealed(file, {"handed_out": dict}, "")["handed_out"], ""
    except CorruptError:
        held = {}
        with contextlib.suppress(OSError, ValueError, TypeError):
            held = dict(json.loads(file.read_text(encoding="utf-8")))       # of an earlier version, which had no seal
        if not all(name.endswith(".ipynb") and isinstance(digest, str) for name, digest in held.items()):
            held = {}
    return held, "" if held else "damaged"


def _sweep(work: Path) -> None:
    """Remove what killed runs left half-copied."""
    sweep_parts(work)
    for left in work.glob(".copying-*"):        # as an earlier version named them
        if time.time() - left.stat().st_mtime > 60:
            left.unlink(missing_ok=True)


def copy_lessons(source: Path, work: Path) -> dict[str, str]:
    """Bring `work` up to date with `source`, folders of notebooks; returns name → what was done.

    "new": copied. "updated": the course changed and the copy was as it had been handed out. "kept": edited, nothing
    done. "kept, course changed": edited, and the course has a newer one. "same": nothing to do. Nothing a learner
    wrote is ever overwritten; deleting a copy brings a fresh one. Where the list of what was handed out is gone,
    MANIFEST -> "missing" or "damaged" says so, and every copy that differs is kept.
    Raises DataError where the disk is full or work cannot be written to and something has to be.
    """
    handed_out, wrong = _read_manifest(work)
    written = dict(handed_out)
    done = {MANIFEST: wrong} if wrong else {}
    _sweep(work)
    for lesson in sorted(source.glob("*.ipynb")):
        copy, shipped = work / lesson.name, cells_digest(lesson)
        mine = cells_digest(copy) if copy.exists() else None
        before = handed_out.get(lesson.name)
        if mine in (None, before) and mine != shipped:
            write_atomic(copy, lesson.read_bytes())
            done[lesson.name] = "updated" if mine else "new"
        elif mine == shipped:
            done[lesson.name] = "same"
        else:
            done[lesson.name] = "kept" if shipped == before else "kept, course changed"
            continue
        handed_out[lesson.name] = shipped
    done |= _renumbered(source, work)
    if handed_out != written or wrong or not (work / MANIFEST).exists():
        write_atomic(work / MANIFEST, sealed({"handed_out": handed_out}))
    return done


def _renumbered(source: Path, work: Path) -> dict[str, str]:
    """{name: "now NAME"} for copies of a lesson that has another number today; they are left as they are."""
    today = {path.name[2:]: path.name for path in source.glob("[0-9][0-9]_*.ipynb")}
    return {old.name: f"now {today[old.name[2:]]}" for old in sorted(work.glob("[0-9][0-9]_*.ipynb"))
            if today.get(old.name[2:], old.name) != old.name}


def tell(done: dict[str, str]) -> list[str]:
    """What was done, in lines to print."""
    lines = []
    if MANIFEST in done:
        lines.append(f"work/{MANIFEST} is {done[MANIFEST]}: which lessons you edited is not known, so all that differ "
                     f"from the course's are kept.")
    for what, words in (("new", "copied to work/"), ("updated", "updated in work/"), ("kept", "yours, kept")):
        names = [name.removesuffix(".ipynb") for name, how in done.items() if how == what]
        if names:
            lines.append(f"{words}: {', '.join(names)}")
    lines += [f"{name.removesuffix('.ipynb')}: the course has a newer version; yours is kept. To take the new one, "
              f"rename work/{name} and run this again." for name, how in done.items() if how == "kept, course changed"]
    lines += [f"{name.removesuffix('.ipynb')}: this lesson is {how.removeprefix('now ').removesuffix('.ipynb')} now, "
              f"and its exercises have other numbers. What you wrote is kept; copy it over, then delete work/{name}."
              for name, how in done.items() if how.startswith("now ")]
    return lines


def lab_command(arguments: list[str], root: Path = ROOT) -> tuple[list[str], dict[str, str]]:
    """JupyterLab's command line and environment: opens lesson 00, shows work/ first, asks no outside host."""
    first = f"/lab/tree/work/{FIRST}" if (root / "work" / FIRST).exists() else "/lab"
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={root}",
               f"--ServerApp.preferred_dir={root / 'work'}", f"--LabApp.default_url={first}", *arguments]
    config = os.pathsep.join(filter(None, [str(root / ".jupyter"), os.environ.get("JUPYTER_CONFIG_PATH", "")]))
    environment = {**os.environ, "JUPYTER_CONFIG_PATH": config}
    return command, environment


def as_root(arguments: list[str]) -> tuple[list[str], str]:
    """JupyterLab's arguments for whoever runs it, and a line to print where that is root: JupyterLab refuses root.

    In a container root is as a rule the only user, so there it is allowed; elsewhere the line says how to allow it.
    """
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or any(word.startswith("--allow-root") for word in arguments):
        return arguments, ""
    if any(Path(mark).exists() for mark in CONTAINER):
        return ["--allow-root", *arguments], ("Root in a container: JupyterLab is allowed to run. To reach it from "
                                              'outside: make lab LAB_ARGS="--ip=0.0.0.0 --no-browser"')
    return arguments, ("JupyterLab does not start as root. Use an account of your own; where root is all there is: "
                       "make lab LAB_ARGS=--allow-root")


def main(arguments: list[str], *, start: bool = True, root: Path = ROOT) -> int:
    """Copy lessons and, unless `start` is false, become JupyterLab. Raises DataError where they cannot be copied."""
    try:
        print("\n".join(tell(copy_lessons(root / "notebooks", root / "work"))) or "work/ is up to date")
    except DataError as error:
        raise DataError(f"The lessons could not be copied to {root / 'work'}. {error} What you wrote is "
                        f"untouched.") from error
    except OSError as error:
        raise DataError(f"The lessons could not be copied to {root / 'work'}: {error.strerror or error}. Free some "
                        f"space there, or make the folder writable, and run this again. What you wrote is "
                        f"untouched.") from error
    if not start:
        return 0
    arguments, line = as_root(arguments)
    if line:
        print(line)
    command, environment = lab_command(arguments, root)
    sys.stdout.flush()
    if os.name == "posix":
        os.execve(command[0], command, environment)
    import subprocess

    return subprocess.call(command, env=environment)
