"""The lock, pyproject.toml and environment.yml agree, and the lock is one that anybody can install."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from rattler import MatchSpec

from course_lib import doctor

ROOT = Path(__file__).resolve().parents[1]
LOCK = (ROOT / "constraints.txt").read_text(encoding="utf-8")
LINES = [line for line in LOCK.splitlines() if line and not line.startswith("#")]
PINS = {canonicalize_name(line.split("==")[0]): line.split("==")[1] for line in LINES}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DEPENDENCIES = [Requirement(line) for line in PROJECT["dependencies"]]
EXTRAS = [Requirement(line) for lines in PROJECT["optional-dependencies"].values() for line in lines
          if not line.startswith("recsys-course")]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
PYPI_NAME = {"pytorch-cpu": "torch", "python-duckdb": "duckdb"}
CONDA_ONLY = {"python", "pip", "setuptools"}


def conda_name(spec: str) -> str:
    return re.match(r"[\w.-]+", spec)[0]


def test_the_lock_holds_exact_public_versions():
    odd = [line for line in LINES if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][\w.]*", line)]
    assert odd == []        # no '+cpu', no path, no address: what one machine happened to have


def test_the_lock_names_no_host():
    assert not re.search(r"https?:|index|trusted", "\n".join(LINES))


@pytest.mark.parametrize("wanted", DEPENDENCIES + EXTRAS, ids=str)
def test_what_the_project_asks_for_is_locked_within_its_range(wanted):
    assert canonicalize_name(wanted.name) in PINS
    assert wanted.specifier.contains(PINS[canonicalize_name(wanted.name)], prereleases=True)


def test_what_is_installed_here_is_what_is_locked():
    have = {canonicalize_name(d.name): d.version.split("+")[0] for d in metadata.distributions() if d.name}
    assert {name: (have[name], pin) for name, pin in PINS.items() if have.get(name, pin) != pin} == {}


def test_environment_has_only_the_keys_conda_knows():
    assert set(CONDA) <= {"name", "channels", "dependencies", "variables"}
    assert CONDA["channels"] == ["conda-forge", "nodefaults"]
    assert all(isinstance(spec, str) for spec in CONDA["dependencies"])      # nothing by pip: one OpenMP runtime


@pytest.mark.parametrize("spec", CONDA["dependencies"])
def test_conda_can_read_the_spec_and_its_range_holds_the_locked_version(spec):
    read = MatchSpec(spec, strict=True)
    name = conda_name(spec)
    pin = PINS.get(canonicalize_name(PYPI_NAME.get(name, name)))
    assert pin or name in CONDA_ONLY
    if pin and read.version is not None:
        wanted = re.sub(r"(?<![<>=!~])=?([\d.]+)\.\*", r"==\1.*", str(read.version))
        assert pin in SpecifierSet(wanted, prereleases=True)


def test_environment_brings_every_dependency_once():
    names = [canonicalize_name(PYPI_NAME.get(conda_name(s), conda_name(s))) for s in CONDA["dependencies"]]
    assert len(names) == len(set(names))
    assert {canonicalize_name(d.name) for d in DEPENDENCIES} - set(names) == set()


def test_all_that_name_a_python_name_the_same():
    (_, oldest), (_, too_new) = doctor.OLDEST, doctor.TOO_NEW
    assert PROJECT["requires-python"] == f">=3.{oldest},<3.{too_new}"
    assert f"(3, {oldest}) <= sys.version_info < (3, {too_new})" in (ROOT / "Makefile").read_text(encoding="utf-8")
    for name in ("Makefile", "README.md", "SETUP.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert f"3.{oldest} to 3.{too_new - 1}" in text and f"3.{oldest} or newer" not in text, name
    minor = next(s for s in CONDA["dependencies"] if s.startswith("python="))
    assert SpecifierSet(PROJECT["requires-python"]).contains(minor.split("=")[1] + ".0")


def test_binder_uses_the_same_file():
    """Where a folder binder/ exists, Binder reads nothing at the top."""
    assert (ROOT / "binder" / "environment.yml").resolve() == ROOT / "environment.yml"
    assert all((ROOT / "binder" / name).stat().st_mode & 0o111 for name in ("postBuild", "start"))
