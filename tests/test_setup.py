"""make's set-up, with a stand-in for Python and pip: made once, mended where half done, refused in words."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
STAND_IN = f"""#!/bin/sh
case "$1 $2" in
  "-c "*) exec {sys.executable} -c '
import sys
sys.version_info = tuple(map(int, sys.argv[1].split(".")))
exec(sys.argv[2])' "${{VERSION:-3.11.2}}" "$2" ;;
  "-V "*) echo "Python ${{VERSION:-3.11.2}}" ;;
  "-m venv") mkdir -p "$4/bin" "$4/lib/python3.11/site-packages" && cp "$0" "$4/bin/python" && echo venv >> calls ;;
  "-m pip") [ "$3" = --version ] || {{ echo "pip $*" >> calls; exit "${{PIP_EXIT:-0}}"; }} ;;
  *) echo "course $*" >> calls ;;
esac
"""


@pytest.fixture
def clone(tmp_path):
    """A folder with the Makefile alone; `clone(target, ...)` runs make there and returns what it said and called."""
    folder = tmp_path / "clone"
    folder.mkdir()
    shutil.copy(ROOT / "Makefile", folder)
    for name in ("pyproject.toml", "constraints.txt"):
        (folder / name).touch()
    python = tmp_path / "python"
    python.write_text(STAND_IN, encoding="utf-8")
    python.chmod(0o755)

    def make(*arguments, where=folder, **environment):
        (where / "calls").unlink(missing_ok=True)
        ours = {name: value for name, value in os.environ.items() if "MAKE" not in name and name != "MFLAGS"}
        done = subprocess.run(["make", "--no-print-directory", *arguments, f"PYTHON={python}", "VENV=.venv"], cwd=where,
                              capture_output=True, text=True, encoding="utf-8", env={**ours, **environment})
        calls = where / "calls"
        did = calls.read_text(encoding="utf-8").splitlines() if calls.exists() else []
        return done, [line.split()[0] for line in did]

    make.folder, make.packages = folder, folder / ".venv" / "lib" / "python3.11" / "site-packages"
    return make


def test_set_up_is_done_once(clone):
    done, did = clone("lab")
    assert done.returncode == 0 and did == ["venv", "pip", "course", "course"], done.stderr
    assert clone("lab")[1] == ["course", "course"]
    assert clone("test")[1] == ["pip", "course", "course"]      # the test tools, the first data, pytest
    assert clone("test")[1] == ["course", "course"]


def test_a_new_lock_is_installed_over_the_old(clone):
    clone("lab")
    os.utime(clone.folder / "constraints.txt", (4e9, 4e9))
    assert clone("lab")[1] == ["pip", "course", "course"]


def test_a_set_up_that_failed_says_what_to_do_and_goes_on_where_it_was(clone):
    done, did = clone("lab", PIP_EXIT="1")
    assert done.returncode and did == ["venv", "pip"]
    assert "Set-up did not finish" in done.stdout and "same command again" in done.stdout
    assert clone("lab")[1] == ["pip", "course", "course"]


def test_a_package_at_which_pip_was_killed_is_installed_again(clone):
    clone("lab", PIP_EXIT="1")
    whole, half = clone.packages / "whole-1.dist-info", clone.packages / "half-1.dist-info"
    whole.mkdir()
    half.mkdir()
    (whole / "RECORD").touch()
    (half / "METADATA").touch()
    clone("lab")
    assert whole.exists() and not half.exists()


def test_a_folder_that_was_moved_is_set_up_again(clone, tmp_path):
    """Kernels would look for the package where it was, and programs for their Python."""
    clone("lab")
    moved = clone.folder.rename(tmp_path / "elsewhere")
    assert clone("lab", where=moved)[1] == ["venv", "pip", "course", "course"]
    assert clone("lab", where=moved)[1] == ["course", "course"]


def test_an_environment_that_two_folders_share_is_left_alone(clone, tmp_path):
    clone("lab")
    other = shutil.copytree(clone.folder, tmp_path / "other", ignore=shutil.ignore_patterns(".venv"))
    (other / ".venv").symlink_to(clone.folder / ".venv")
    assert clone("lab", where=other)[1] == ["course", "course"]


def test_an_environment_whose_python_is_gone_is_made_anew(clone):
    clone("lab")
    (clone.folder / ".venv" / "bin" / "python").unlink()
    assert clone("lab")[1] == ["venv", "pip", "course", "course"]


@pytest.mark.parametrize("version", ["3.10.13", "3.15.0"])
def test_a_python_that_will_not_do_is_named_and_nothing_is_made(clone, version):
    done, did = clone("lab", VERSION=version)
    assert done.returncode and did == []
    assert "needs Python 3.11 to 3.14" in done.stdout and f"is Python {version}" in done.stdout
    assert not (clone.folder / ".venv").exists()


def test_where_no_python_is_found_one_that_will_do_is_named(clone, tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python3.13").symlink_to(sys.executable)
    done, _ = clone("lab", VERSION="3.9.1", PATH=f"{tmp_path / 'bin'}:/usr/bin:/bin")
    assert "make lab PYTHON=python3.1" in done.stdout


def test_the_browsers_tests_are_found_by_themselves_and_ci_runs_them_so():
    """Beside tests pytest drops tests/browser, without a word: for a while nobody noticed that they did not import."""
    found = subprocess.run([sys.executable, "-m", "pytest", "--collect-only", "-q", "tests/browser"], cwd=ROOT,
                           capture_output=True, text=True, timeout=120)
    assert found.returncode == 0 and "tests/browser/test_lab.py::" in found.stdout, found.stdout[-2000:]
    assert "make test-browser" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_files_that_begin_are_there(pytestconfig):
    """A file that was renamed would fall back among the others without a word."""
    plugins = [held for held in pytestconfig.pluginmanager.get_plugins() if hasattr(held, "LONG")]
    assert len(plugins) == 1
    assert [name for name in plugins[0].LONG if not list((ROOT / "tests").rglob(name))] == []
