"""The site, built once from the course's own executed lessons, for all tests beside this file."""

import shutil
from pathlib import Path

import pytest

from course_lib.teach.site import site_build

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder that a build wrote."""
    out = tmp_path_factory.mktemp("site") / "pages"
    site_build.build(out)
    return out


@pytest.fixture
def clone(tmp_path):
    """A repository with one lesson, to be broken."""
    for name in ("README.md", "solutions/INSTRUCTOR.md", "solutions/source/04_negatives.py",
                 "solutions/04_negatives.ipynb"):
        (tmp_path / "clone" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / "clone" / name)
    return tmp_path / "clone"
