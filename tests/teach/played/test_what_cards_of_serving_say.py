"""The figures that lesson 11's cards and lesson 14's text name are those of the sums and of the runs behind them."""

import math

import pytest

from course_lib.launch.whiteboard import capacity
from course_lib.teach.cards.serving import doors, load_test
from course_lib.teach.interview.mock import BRIEFS


def busy(brief, workers):
    """The share of time for which each worker is busy on paper."""
    rate, service_ms, _, _ = doors.BRIEFS[brief]
    return rate * service_ms / 1000 / workers


def test_the_feed_is_far_busier_than_the_shop_and_four_fifths_rounded_up_gives_both():
    assert busy("feed", 18) == pytest.approx(0.8) and busy("shop", 2) == pytest.approx(0.45)
    assert {brief: math.ceil(busy(brief, 1) / 0.8) for brief in doors.BRIEFS} == {"feed": 18, "shop": 2}
    assert "85% busy, both" in doors.SIZE.policies                    # rounded up, too
    named = doors.SIZE.policies["85% busy, both"]
    assert named == {brief: math.ceil(busy(brief, 1) / 0.85) for brief in doors.BRIEFS}


def test_twenty_million_requests_a_day_keep_fourteen_cores_busy():
    mean = 20e6 / 86_400
    assert mean == pytest.approx(231, abs=1) and 3 * mean == pytest.approx(700, rel=0.02)
    cores = 3 * mean * 0.020
    assert cores == pytest.approx(14, abs=0.5) and cores / 0.6 == pytest.approx(23, abs=0.5)
    assert 1.5 * cores / 0.6 == pytest.approx(35, abs=0.5)


def test_the_report_of_the_load_test_is_the_one_that_its_title_quotes():
    held = load_test.OMITTED
    published, mended = held.measure(held.rigged), held.measure(held.reference)
    assert f"p99 is {published.value.value:.0f} ms" in held.title
    assert (published.says, mended.says) == ("the p99 is within 50 ms", "the p99 is above 50 ms")


def test_what_the_two_briefs_move_and_need_is_what_lesson_14_says():
    rate, workers = {}, {}
    for name, brief in BRIEFS.items():
        rate[name], workers[name] = capacity(brief.users_a_day, brief.requests_a_user, brief.peak, 20, 0.6)
        read, logged = brief.candidates * brief.feature_bytes, brief.slate * brief.row_bytes
        assert read / logged == pytest.approx(100, rel=0.1)           # “about a hundred times the bytes of the log”
    assert workers["feed"] / workers["marketplace"] == pytest.approx(15, rel=0.1)
    assert BRIEFS["marketplace"].items > BRIEFS["feed"].items
