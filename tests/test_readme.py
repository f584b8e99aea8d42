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


def test_the_lines_that_save_load_and_ask_run_as_they_stand(tmp_path, monkeypatch):
    import numpy as np
    import pandas as pd

    from course_lib.contracts import Dataset
    from course_lib.data import splits
    from course_lib.serving.assemble import table_recommender
    from course_lib.serving.funnel_recommender import FunnelRecommender

    lines = re.search(r"```python\n(events = .*?)```", PAGE, re.DOTALL)[1]
    assert len(lines.splitlines()) <= 8
    rng = np.random.default_rng(0)
    user, item = np.nonzero(rng.random((120, 60)) < 0.2)
    when = pd.Timestamp("2020-01-01T00:00Z") + pd.to_timedelta(rng.integers(0, 8_000_000, len(user)), "s")
    table = pd.DataFrame({"customer": 12_300 + user, "article": [f"{85_123 + one}A" for one in item], "when": when})
    table.to_csv(tmp_path / "online_retail.csv", index=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    *first, last = lines.strip().splitlines()
    known = {"pd": pd, "Dataset": Dataset, "splits": splits, "table_recommender": table_recommender,
             "FunnelRecommender": FunnelRecommender}
    exec("\n".join(first), known)
    lists = known["recommender"].recommend_ids(["12347", "nobody known"], k=10)
    assert lists.shape == (2, 10) and set(lists.ravel()) <= set(table["article"])
    told = eval(last, known)
    assert "85123A" not in told[0] and set(told[0]) <= set(table["article"])
