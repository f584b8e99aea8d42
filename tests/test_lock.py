"""The lock installs, from wheels alone, on every Python that the course names: resolved for each, nothing installed."""

import os
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from course_lib import doctor

ROOT = Path(__file__).resolve().parents[1]
LINES = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
PINS = {canonicalize_name(line.split("==")[0]): line.split("==")[1] for line in LINES if "==" in line}
DEBIAN_12 = "3.11.2"
PYTHONS = [f"3.{minor}.0" for minor in range(doctor.OLDEST[1], doctor.TOO_NEW[1])] + [DEBIAN_12]
LINUX = ("x86_64-manylinux_2_28", "aarch64-manylinux_2_28")
MACOS = "aarch64-apple-darwin"
CUDA = re.compile(r"nvidia-|cuda-|triton$")     # what PyPI's torch brings on Linux; its own metadata pins them
UNLOCKED = {"setuptools", "appnope"}            # torch asks for some setuptools; appnope is for macOS alone


def registry_of_pip() -> dict[str, str]:
    """Registry, certificates and proxy that pip uses here, by uv's names: uv does not read pip's settings."""
    out = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True).stdout
    found = dict(re.findall(r"^[\w:]+\.(index-url|cert|proxy)='(.*)'$", out, re.M))
    names = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE", "proxy": "ALL_PROXY"}
    return {names[key]: value for key, value in found.items() if names[key] not in os.environ}


def resolve(wanted: str, python: str, platform: str, lock="constraints.txt", **environment):
    """Names and versions of all that is `wanted` there within the lock, on stdout; nothing is built or installed."""
    from uv import find_uv_bin

    command = [find_uv_bin(), "pip", "compile", "--no-python-downloads", "--python", sys.executable,
               "--python-version", python, "--python-platform", platform, "--only-binary=:all:", "--no-annotate",
               "--no-header", "--color=never", "--constraints", str(lock), *wanted.split()]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, input="six",
                          env={**os.environ, **registry_of_pip(), "UV_HTTP_TIMEOUT": "30", **environment})


@pytest.fixture(scope="module")
def registry():
    """Skips, saying why, where no package registry answers: what resolves cannot be seen then."""
    out = resolve("-", PYTHONS[0], LINUX[0], UV_HTTP_RETRIES="1")
    if out.returncode:
        pytest.skip(f"no package registry answers, so the lock was not resolved: {out.stderr.strip()[:300]}")


def test_the_lock_resolves_from_wheels_for_every_python_and_holds_all_of_it(registry):
    failed, used = {}, set()
    for platform in LINUX:
        for python in PYTHONS:
            out = resolve("pyproject.toml --all-extras", python, platform)
            if out.returncode:
                failed[python, platform] = out.stderr[-600:]
            used |= {canonicalize_name(name) for name in re.findall(r"^([\w.-]+)==", out.stdout, re.M)}
    assert failed == {}
    assert {name for name in used - set(PINS) if not CUDA.match(name)} - UNLOCKED == set()
    assert set(PINS) - used == set()        # no pin that nothing needs any more


@pytest.mark.parametrize("python", [PYTHONS[0], PYTHONS[-2]])
def test_the_lock_resolves_from_wheels_on_apple_silicon(registry, python):
    """macOS 14 or newer: faiss has no wheel for older ones, and numba none for Intel."""
    out = resolve("pyproject.toml --all-extras", python, MACOS, MACOSX_DEPLOYMENT_TARGET="14.0")
    assert out.returncode == 0, out.stderr[-600:]


def test_a_pin_that_an_old_python_cannot_have_is_found(registry, tmp_path):
    """The lock once held this version, which asks for 3.11.5."""
    lock = tmp_path / "constraints.txt"
    lock.write_text("\n".join(re.sub(r"^soupsieve==.*", "soupsieve==4.1.2", line) for line in LINES), encoding="utf-8")
    refused = resolve("pyproject.toml --all-extras", DEBIAN_12, LINUX[0], lock=lock)
    assert refused.returncode == 1 and "soupsieve==4.1.2" in refused.stderr
    assert resolve("pyproject.toml --all-extras", "3.11.5", LINUX[0], lock=lock).returncode == 0


def test_every_locked_package_that_is_installed_admits_every_python():
    """The same without a network, as far as the packages themselves say which Python they want."""
    refused = {f"{dist.name} {dist.version} wants Python {wants}": python
               for dist in metadata.distributions() if canonicalize_name(dist.name or "") in PINS
               if (wants := dist.metadata.get("Requires-Python"))     # some name none, and [..] may raise then
               for python in PYTHONS if python not in SpecifierSet(wants)}
    assert refused == {}
