"""Tables of a result, controls of the claims of lesson "day15", and the page that a learner keeps."""

import pytest

from course_lib.teach.capstone import debrief_page
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
NO_CHOICE = {"retrieval": 0.3, "choice": 0.0, "order": 0.1, "kept": 0.6}
UNTOLD = {"retrieval": None, "choice": 0.4, "order": 0.0, "kept": 0.6}


def test_a_test_that_says_what_twins_say_is_off_by_nothing_and_one_that_doubles_by_all(made):
    right = made(standing("a", [0.2, 0.4, 0.1], [0.2, 0.4, 0.1], ALL_CHOICE))
    assert debrief_page.error_of_tests(right).value == pytest.approx(0)
    double = made(standing("a", [1.0, 3.0], [0.0, 1.0], ALL_CHOICE))
    assert debrief_page.error_of_tests(double).value == pytest.approx(1)


def test_who_failed_and_who_brings_no_candidates_is_left_out_of_the_share_of_choice(made):
    lost = [[0.1, 0.2], [0.1, 0.2]]
    held = made(standing("a", *lost, ALL_CHOICE), standing("b", *lost, UNTOLD), Standing("c", [], "It ended."))
    assert debrief_page.share_of_choice(held).value == pytest.approx(1)
    assert debrief_page.share_of_choice(made(standing("a", *lost, NO_CHOICE))).value == pytest.approx(0)


def test_a_stage_that_is_not_told_has_a_dash(made):
    table = debrief_page.lost_by_stage(made(standing("a", [0.1], [0.1], ALL_CHOICE),
                                            standing("b", [0.1], [0.1], UNTOLD)))
    assert table.loc["a"].tolist() == ["0%", "40%", "0%", "60%"] and table.loc["b", "retrieval"] == "–"


def test_the_page_escapes_what_was_written(monkeypatch):
    monkeypatch.setattr(debrief_page, "report", lambda result: "<script>alert(1)</script>")
    page = debrief_page.debrief_page({"<b>": {"began": "now"}}, {"why": "<img src=x>", "next": ""})
    assert "<script" not in page and "<img" not in page and "nothing was written" in page


def test_without_a_record_nothing_is_kept_and_that_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_PROGRESS", "off")
    assert "not kept" in debrief_page.keep("x.html", "x")
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.sqlite"))
    assert "kept in" in debrief_page.keep("x.html", "x") and (tmp_path / "x.html").read_text() == "x"
