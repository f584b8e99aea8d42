"""README shows the course as it is: its tables follow from the notebooks, its links lead somewhere."""

import re
from pathlib import Path

import pytest

from course_lib.contracts import DataError
from course_lib.teach.publish import readme

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "README.md").read_text(encoding="utf-8")


def test_its_lessons_and_claims_are_those_of_the_notebooks():
    assert readme.filled(PAGE) == PAGE, "refresh it: python -m course_lib.teach.publish.readme --write"


def test_the_ledgers_page_is_that_of_the_notebooks_and_replicates():
    now = (ROOT / readme.PAGE).read_text(encoding="utf-8")
    assert readme.ledger_markdown() == now, "refresh it: python -m course_lib.teach.publish.readme --write"


def test_every_link_and_picture_leads_to_a_file():
    targets = [t for t in re.findall(r"\]\(([^)#]+)", PAGE) if "://" not in t]
    assert len(targets) > 10
    assert [t for t in targets if not (ROOT / t).exists()] == []


def test_every_make_target_it_names_exists():
    makefile = (ROOT / "Makefile").read_text()
    for target in set(re.findall(r"(?:`|^)make ([a-z-]+)", PAGE, re.MULTILINE)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_a_page_without_markers_is_refused():
    with pytest.raises(DataError, match="lacks <!-- lessons -->"):
        readme.filled("# A page\n")


def test_its_funnel_is_the_one_that_lesson_00_drew():
    drawn = readme.first_figure(ROOT / "solutions" / "00_start_here.ipynb", "journey")
    assert (ROOT / readme.FUNNEL).read_bytes() == drawn
