"""A guess is judged by its direction before its size, a share by points, a count by a factor."""

import math

import pytest

from course_lib.teach import cards, progress
from course_lib.teach.definitions.claim import Claim
from course_lib.teach.ledger import predictions
from course_lib.teach.ledger.guesses import AMOUNT, CHANGE, RATIO, SHARE, SIGNED_SHARE, judge, scale_of


def claim(unit, expected):
    return Claim(id="3.made", says="A statement made for this test.", who="own conjecture", expected=expected,
                 unit=unit)


RISE = claim("change in clicks per request, share", (0.0, math.inf))
FACTOR = claim("× the chart's recall@20", (1.0, math.inf))
PAIRS = claim("of pairs", (0.8, 1.0))
GAP = claim("of the gap in late clicks", (-math.inf, 0.1))
COUNT = claim("candidates", (300.0, math.inf))


def test_a_wrong_direction_is_said_first_and_no_factor_is_given():
    told = judge(RISE, 0.05, -0.04, -0.05, -0.03)
    assert told.direction is False and told.factor is None and not told.held
    assert "The direction was the other one: it came out below zero" in told.says and "factor" not in told.says


def test_a_ratio_turns_at_one():
    assert judge(FACTOR, 1.5, 0.8).direction is False
    assert "less than as much" in judge(FACTOR, 1.5, 0.8).says
    told = judge(FACTOR, 1.5, 6.0)
    assert told.direction and told.factor == pytest.approx(4) and "The direction is right" in told.says


def test_no_difference_is_a_guess_of_its_own():
    assert "You expected no difference, and there is one" in judge(RISE, 0.0, 0.2, 0.1, 0.3).says
    assert judge(RISE, 0.0, 0.01, -0.1, 0.1).held


def test_what_the_measurement_leaves_open_is_not_judged_by_its_direction():
    told = judge(RISE, 0.5, 0.01, -0.02, 0.04)
    assert told.direction is None and "does not settle the direction" in told.says


def test_what_lies_within_the_interval_is_right():
    told = judge(PAIRS, 0.9, 0.87, 0.84, 0.91)
    assert told.held and "right: your guess lies within the measured interval" in told.says
    assert not judge(PAIRS, 0.92, 0.87, 0.84, 0.91).held


def test_a_share_is_judged_in_points_and_never_by_a_factor():
    told = judge(PAIRS, 0.5, 0.9)
    assert told.points == pytest.approx(40) and told.factor is None
    assert "40 points too low" in told.says and "factor" not in told.says
    assert "You said 50%; 90% came out" in told.says
    assert "close: 2 points too high" in judge(PAIRS, 0.92, 0.9).says


def test_for_what_is_rare_the_odds_are_told_beside_the_points():
    assert "In odds it is a factor of 20" in judge(PAIRS, 0.001, 0.02).says
    assert "odds" not in judge(PAIRS, 0.4, 0.45).says


def test_a_percentage_given_for_a_share_is_read_as_one():
    told = judge(PAIRS, 88, 0.9)
    assert "88 was read as 0.88" in told.says and told.points == pytest.approx(2)
    assert "no share can be" in judge(PAIRS, 250, 0.9).says


def test_a_percentage_for_a_share_that_may_be_negative_is_read_as_one_too():
    told = judge(GAP, -30, -0.2, -0.25, -0.15)
    assert "-30 was read as -0.3" in told.says and told.direction and told.points == pytest.approx(10)
    assert "from −1 to 1" in judge(GAP, -250, -0.2).says


def test_a_share_that_may_fall_below_zero_has_a_direction():
    assert scale_of(GAP) == SIGNED_SHARE
    assert judge(GAP, 0.3, -0.2, -0.3, -0.1).direction is False
    assert judge(GAP, 0.3, 0.1).points == pytest.approx(20)


def test_a_count_is_judged_by_its_factor():
    told = judge(COUNT, 50, 500)
    assert told.factor == pytest.approx(10) and told.direction is None and "factor of 10" in told.says
    assert "the right order" in judge(COUNT, 250, 500).says and "close" in judge(COUNT, 480, 500).says
    assert "no factor tells" in judge(COUNT, 0, 500).says


def test_a_range_has_a_direction_where_it_lies_on_one_side():
    assert judge(RISE, [0.01, 0.1], -0.05, -0.06, -0.04).direction is False
    told = judge(RISE, [0.01, 0.1], 0.5, 0.4, 0.6)
    assert told.direction and "lies above your range" in told.says
    assert judge(RISE, [-0.1, 0.1], 0.5).direction is None
    assert judge(RISE, [0.01, 0.1], 0.05).held and "the two intervals meet" in judge(RISE, [0.1, 0.2], 0.09, 0.05,
                                                                                      0.12).says


PREDICTED = {
    "0.ceiling": SHARE, "1.retention": CHANGE, "1.reorder": CHANGE, "1.rank_everything": CHANGE, "2.unseen": SHARE,
    "2.random_slots": SIGNED_SHARE, "3.personal": RATIO, "3.sampled": RATIO, "4.suppress": RATIO,
    "4.streaming": AMOUNT, "4.ceiling": SHARE, "5.refine": SHARE, "5.relevance": RATIO, "6.auc": SHARE,
    "6.sampling": RATIO, "6.candidates": AMOUNT, "7.goals": SIGNED_SHARE, "7.coverage": RATIO, "7.fresh_cost": CHANGE,
    "8.day": CHANGE, "8.psi": AMOUNT, "8.warm": SHARE, "9.interleaving": RATIO, "10.naive": SHARE,
    "12.spillover": SIGNED_SHARE, "14.p99": RATIO, "14.shard": SHARE}


@pytest.mark.parametrize("name", PREDICTED)
def test_the_kind_of_number_is_told_from_the_claim(name):
    assert scale_of(cards.claim(name)) == PREDICTED[name]


def test_the_record_counts_directions_and_points(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.sqlite"))
    monkeypatch.setattr(predictions, "_guesses", {})
    monkeypatch.setattr(predictions, "_measured", set())
    monkeypatch.setattr(predictions, "_rows", {})
    predictions.predict("8.day", -0.1)
    predictions.measured("8.day", 0.02, 0.01, 0.03)
    predictions.predict("2.disliked", 0.5)
    predictions.measured("2.disliked", 0.9)
    assert "The direction was the other one" in capsys.readouterr().out
    told = progress.calibration()
    assert (told["directions"], told["directions_right"]) == (1, 0)
    assert (told["shares"], told["median_points_off"]) == (1, 40.0) and told["points"] == 0
    report = progress.report()
    assert "0 of 1 guesses went the right way" in report and "off by 40 points" in report
