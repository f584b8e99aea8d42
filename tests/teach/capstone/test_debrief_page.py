"""Tables of a result, and the page that a learner keeps."""

import json

import numpy as np
import pytest

from course_lib.teach.capstone import debrief_page
from course_lib.teach.capstone.handed_in import read
from course_lib.teach.capstone.submit_command import NEEDED
from course_lib.teach.capstone.verdicts import Standing


def standing(name, claims, truths, stages):
    rows = [{"claim": [claim, claim - 1, claim + 1], "true_primary": true, "stages": stages}
            for claim, true in zip(claims, truths, strict=True)]
    return Standing(name, rows)


@pytest.fixture
def made(monkeypatch):
    def result(*standings):
        monkeypatch.setattr(debrief_page, "standings", lambda result: list(standings))
        return {"worlds": [{}] * len(standings[0].rows)}
    return result


ALL_CHOICE = {"retrieval": 0.0, "choice": 0.4, "order": 0.0, "kept": 0.6}


def test_a_test_that_says_what_twins_say_is_off_by_nothing_and_one_that_doubles_by_all(made):
    right = made(standing("a", [0.2, 0.4, 0.1], [0.2, 0.4, 0.1], ALL_CHOICE))
    assert debrief_page.error_of_tests(right).value == pytest.approx(0)
    double = made(standing("a", [1.0, 3.0], [0.0, 1.0], ALL_CHOICE))
    assert debrief_page.error_of_tests(double).value == pytest.approx(1.5)


def test_noise_of_the_claims_alone_is_no_error(made):
    """The mean of their logs would say that tests claim too little."""
    rng = np.random.default_rng(0)
    noisy = rng.normal(0.3, 0.5, 4000)
    found = debrief_page.error_of_tests(made(standing("a", noisy, np.full(4000, 0.3), ALL_CHOICE)))
    assert found.low < 0 < found.high and np.log1p(noisy.clip(-0.99)).mean() < np.log(1.3) - 0.05


def test_the_page_escapes_what_was_written(monkeypatch):
    monkeypatch.setattr(debrief_page, "report", lambda result: "<script>alert(1)</script>")
    page = debrief_page.debrief_page({"<b>": {"began": "now"}}, {"why": "<img src=x>", "next": ""})
    assert "<script" not in page and "<img" not in page and "nothing was written" in page


def test_without_a_record_nothing_is_kept_and_that_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_PROGRESS", "off")
    assert "not kept" in debrief_page.keep("x.html", "x")
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.sqlite"))
    assert "kept in" in debrief_page.keep("x.html", "x") and (tmp_path / "x.html").read_text() == "x"


def test_a_result_beside_the_record_is_found_and_what_is_missing_is_said(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.sqlite"))
    monkeypatch.setattr(debrief_page, "stored", lambda path: {"path": path.name})
    (tmp_path / "a.submit.json").write_text("{}")
    assert debrief_page.kept_results({"A": "a.py", "B": "b.py"}) == {"A": {"path": "a.submit.json"}}
    assert "b.py has not been played" in capsys.readouterr().out


def test_a_result_that_cannot_be_read_is_said_and_hides_no_other(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.sqlite"))
    whole = {name: 1 for name in NEEDED} | {"worlds": [{}]}
    for name, text in {"half": json.dumps(whole)[:40], "old": json.dumps(whole | {"form": 0}),
                       "none": json.dumps(whole | {"worlds": []}), "whole": json.dumps(whole)}.items():
        (tmp_path / f"{name}.submit.json").write_text(text)
    files = {name: f"{name}.py" for name in ("half", "old", "none", "whole")}
    assert list(debrief_page.kept_results(files)) == ["whole"]
    said = capsys.readouterr().out
    assert "half: " in said and "old: " in said and "none: " in said


def test_a_result_of_an_earlier_text_is_said_to_be_one(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.sqlite"))
    file = tmp_path / "mine.py"
    file.write_text("def policy(request):\n    return [1]\n")
    result = {name: 1 for name in NEEDED} | {"worlds": [{}], "digests": {"mine": read(file).digest}}
    (tmp_path / "mine.submit.json").write_text(json.dumps(result))
    assert debrief_page.kept_results({"Mine": "mine.py"}) and capsys.readouterr().out == ""
    file.write_text("def policy(request):\n    return [2]\n")
    assert debrief_page.kept_results({"Mine": "mine.py"})
    assert "mine.py was changed since it was played" in capsys.readouterr().out
