"""Work copies of the lessons: new ones are copied, untouched ones updated, edited ones kept; then JupyterLab opens."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import tempfile
from pathlib import Path

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


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".copying-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def copy_lessons(source: Path, work: Path) -> dict[str, str]:
    """Bring `work` up to date with `source`, folders of notebooks; returns name → what was done.

    "new": copied. "updated": the course changed and the copy was as it had been handed out. "kept": edited, nothing
    done. "kept, course changed": edited, and the course has a newer one. "same": nothing to do. Nothing a learner
    wrote is ever overwritten; deleting a copy brings a fresh one.
    """
    manifest = work / MANIFEST
    handed_out: dict[str, str] = {}
    with contextlib.suppress(OSError, ValueError):
        handed_out = dict(json.loads(manifest.read_text(encoding="utf-8")))
    done = {}
    for lesson in sorted(source.glob("*.ipynb")):
        copy, shipped = work / lesson.name, cells_digest(lesson)
        mine = cells_digest(copy) if copy.exists() else None
        before = handed_out.get(lesson.name)
        if mine in (None, before) and mine != shipped:
            _write(copy, lesson.read_bytes())
            done[lesson.name] = "updated" if mine else "new"
        elif mine == shipped:
            done[lesson.name] = "same"
        else:
            done[lesson.name] = "kept" if shipped == before else "kept, course changed"
            continue
        handed_out[lesson.name] = shipped
    _write(manifest, json.dumps(handed_out, indent=1, sort_keys=True).encode())
    return done


def tell(done: dict[str, str]) -> list[str]:
    """What was done, in lines to print."""
    lines = []
    for what, words in (("new", "copied to work/"), ("updated", "updated in work/"), ("kept", "yours, kept")):
        names = [name.removesuffix(".ipynb") for name, how in done.items() if how == what]
        if names:
            lines.append(f"{words}: {', '.join(names)}")
    lines += [f"{name.removesuffix('.ipynb')}: the course has a newer version; yours is kept. To take the new one, "
              f"rename work/{name} and run this again." for name, how in done.items() if how == "kept, course changed"]
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
    except OSError as error:
        from course_lib.contracts import DataError

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
