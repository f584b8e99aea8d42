"""What a check notes of the libraries is noted once, and is what they hold when the check begins."""

import math
import os
import subprocess
import sys

import numpy as np
from toys import SUMS

from course_lib.evidence import estimate
from course_lib.teach.checking import case_runs, surroundings
from course_lib.teach.checking.check import check, is_right


def right(x):
    return x.sum(axis=1)


def test_what_the_notebook_itself_replaced_between_two_checks_stays(monkeypatch):
    assert check(SUMS, right).status == "right"

    def own(x):
        return math.floor(x)
    monkeypatch.setattr(math, "trunc", own)
    monkeypatch.setattr(estimate, "mean_of_runs", own)
    assert check(SUMS, right).status == "right"
    assert math.trunc is own and estimate.mean_of_runs is own


def test_what_an_answer_replaces_after_many_checks_is_put_back():
    for _ in range(3):
        check(SUMS, right)
    before = np.mean

    def vandal(x):
        np.mean = None
        return x.sum(axis=1)
    assert "replaces `numpy.mean`" in check(SUMS, vandal).says
    assert np.mean is before


def test_inside_another_one_nothing_is_noted_again(monkeypatch):
    times = []
    monkeypatch.setattr(surroundings, "_names_now", lambda cards="": times.append(cards) or ())
    with surroundings.names_noted("one"):
        with surroundings.names_noted("one"):
            assert times == ["one"]
        with surroundings.names_noted("another"):
            assert times == ["one", "another"]
        with surroundings.names_noted("one"):
            assert times == ["one", "another"]
    assert not surroundings._noted


def test_whether_an_answer_is_right_is_known_at_its_first_wrong_case():
    calls = []

    def wrong(x):
        calls.append(x)
        return x.sum(axis=1) + 1
    cases = len(case_runs.cases_of(SUMS))
    assert cases > 1 and not is_right(SUMS, wrong)
    assert len(calls) == 1
    assert check(SUMS, wrong).status == "wrong" and len(calls) > cases
    assert is_right(SUMS, right)


def test_the_environment_that_an_answer_changes_is_put_back_for_the_process_too(monkeypatch):
    monkeypatch.setenv("COURSE_TRIED", "before")

    def changes(x):
        os.environ["COURSE_TRIED"] = "after"
        os.environ["COURSE_NEW"] = "1"
        return x.sum(axis=1)
    assert check(SUMS, changes).status == "right"
    code = "import os; print(os.environ['COURSE_TRIED'], 'COURSE_NEW' in os.environ)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).split() == ["before", "False"]
