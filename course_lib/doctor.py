"""What this machine lacks for the course, one line each with its remedy. Needs nothing but Python itself to run."""

from __future__ import annotations

import ctypes.util
import os
import platform
import re
import shutil
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OK, NOTE, LACKS = "ok", "note", "LACKS"
OLDEST, TOO_NEW = (3, 11), (3, 15)  # as pyproject.toml and the Makefile say: for these the locked packages have wheels
FREE_GB, MEMORY_GB = 2, 4


@dataclass(frozen=True)
class Finding:
    """state: "ok", "note" (the course runs, less well) or "LACKS" (it does not). remedy: '' where ok."""

    what: str
    state: str
    says: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.state:5}  {self.what:9} {self.says}" + (f". Remedy: {self.remedy}" if self.remedy else "")


def python_version(version: tuple[int, ...] = sys.version_info[:3]) -> Finding:
    """Neither too old nor too new for the locked packages; the lock was tested with 3.11."""
    says, newest = ".".join(map(str, version)), f"{TOO_NEW[0]}.{TOO_NEW[1] - 1}"
    if not OLDEST <= version[:2] < TOO_NEW:
        why = "too old" if version[:2] < OLDEST else "too new: some locked packages have no wheel for it"
        return Finding("python", LACKS, f"{says} is {why}. 3.11 to {newest} will do",
                       "install one of them, then: make clean; make lab PYTHON=python3.11")
    return Finding("python", OK, says + ("" if version[:2] == (3, 11) else " (the versions were tested with 3.11)"))


def locked(path: Path = ROOT / "constraints.txt") -> dict[str, str]:
    """Package → version of the lock; {} where there is none (installed without the checkout)."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return dict(line.split("==") for line in lines if "==" in line and not line.startswith("#"))


def required() -> list[str]:
    """Names of the packages that the course itself asks for."""
    try:
        wanted = metadata.requires("recsys-course") or []
    except metadata.PackageNotFoundError:
        import tomllib

        project = ROOT / "pyproject.toml"
        text = project.read_text(encoding="utf-8") if project.exists() else "project.dependencies = []"
        wanted = tomllib.loads(text)["project"]["dependencies"]
    return [re.match(r"[\w.-]+", line)[0] for line in wanted if "extra ==" not in line]


def packages(pins: dict[str, str], names: list[str]) -> Finding:
    """Every required package is there, and every locked one has the locked version ('+cpu' and the like aside)."""
    have = {re.sub(r"[-_.]+", "-", d.name).lower(): d.version.split("+")[0]
            for d in metadata.distributions() if d.name}
    key = {name: re.sub(r"[-_.]+", "-", name).lower() for name in [*pins, *names]}
    gone = [name for name in names if key[name] not in have]
    if gone:
        return Finding("packages", LACKS, f"{len(gone)} not installed ({', '.join(gone[:5])})", "make lab")
    other = [f"{name} {have[key[name]]}, locked {pin}" for name, pin in pins.items()
             if have.get(key[name], pin) != pin]
    if other:
        return Finding("packages", NOTE, f"{len(other)} differ from the lock ({'; '.join(other[:3])})",
                       "rm -f .venv/.lab; make lab")
    return Finding("packages", OK, f"{len(names)} required, {len(pins)} locked")


def data() -> list[Finding]:
    """One line a data set. None is a must: a lesson without its real data runs on the world and says so."""
    try:
        from course_lib.data import datasets

        missing = [name for name in datasets.DATASETS if not datasets.available(name)]
    except ImportError as error:
        return [Finding("data", NOTE, f"cannot be looked at ({error})", "make lab")]
    if not missing:
        return [Finding("data", OK, ", ".join(datasets.DATASETS))]
    return [Finding("data", NOTE, f"{name} is not here; its lessons run without it",
                    f"course data {name}, or set COURSE_DATA_MIRROR") for name in missing]


def machine(folder: Path = ROOT) -> list[Finding]:
    """Free disk and memory."""
    free = shutil.disk_usage(folder).free / 1e9
    found = [Finding("disk", OK, f"{free:.0f} GB free") if free >= FREE_GB else
             Finding("disk", LACKS, f"{free:.1f} GB free; {FREE_GB} GB are needed for data and models",
                     "free some, or put the cache elsewhere with COURSE_CACHE=DIR")]
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
        found.append(Finding("memory", OK if memory >= MEMORY_GB else NOTE, f"{memory:.0f} GB",
                             "" if memory >= MEMORY_GB else "close other notebooks before a long lesson"))
    return found


def jupyter() -> Finding:
    """JupyterLab and a kernel that can draw from a slider."""
    try:
        lab, kernel = metadata.version("jupyterlab"), metadata.version("ipykernel")
    except metadata.PackageNotFoundError as error:
        return Finding("jupyter", LACKS, f"{error.name} is not installed", "make lab")
    if int(kernel.split(".")[0]) >= 7:
        return Finding("jupyter", NOTE, f"ipykernel {kernel} may draw a slider's picture in the wrong place",
                       "pip install 'ipykernel<7'")
    return Finding("jupyter", OK, f"JupyterLab {lab}, ipykernel {kernel}")


def openmp(system: str = platform.system()) -> list[Finding]:
    """LightGBM's runtime, and threads that sleep while they wait."""
    found = []
    if system == "Linux" and not ctypes.util.find_library("gomp"):
        found.append(Finding("libgomp", NOTE, "not found; LightGBM needs it unless torch is imported first",
                             "sudo apt-get install libgomp1"))
    if system == "Darwin" and os.environ.get("OMP_NUM_THREADS") != "1":
        found.append(Finding("OpenMP", NOTE, "torch beside LightGBM may crash on macOS with more than one thread",
                             "export OMP_NUM_THREADS=1"))
    if os.environ.get("OMP_WAIT_POLICY", "").lower() != "passive":
        found.append(Finding("OpenMP", NOTE, "idle threads spin and starve busy ones",
                             "export OMP_WAIT_POLICY=passive"))
    return found or [Finding("OpenMP", OK, "idle threads sleep")]


def findings() -> list[Finding]:
    """All that is looked at, in the order in which to mend it."""
    return [python_version(), packages(locked(), required()), jupyter(), *machine(), *openmp(), *data()]


def main(quiet: bool = False) -> int:
    """Print the findings; 1 where something is lacking without which the course does not run."""
    found = findings()
    print("\n".join(str(f) for f in found if not quiet or f.state != OK) or "nothing is missing")
    return int(any(f.state == LACKS for f in found))
