"""An arm in which nobody paid is bounded as a count of none: differences, shares, ratios, clusters, guardrails."""

import numpy as np
import pytest
from scipy.stats import chi2

from course_lib.evidence import no_event
from course_lib.evidence.differences import cluster_interval, difference, ratio_difference, relative_difference
from course_lib.evidence.estimate import ratio
from course_lib.launch.guardrails import Guardrail

RNG = np.random.default_rng(0)
PAID = (RNG.random(400) < 0.2) * RNG.lognormal(3, 0.8, 400)
NONE = np.zeros(400)
MOST = chi2.ppf(0.975, 2) / 2 * PAID.max() / 400                 # 3.69 sales of the largest size


def test_a_difference_knows_no_more_of_nobody_than_that_fewer_than_four_may_have_come():
    fell, rose = difference(PAID, NONE), difference(NONE, PAID)
    assert (fell.value, fell.low, fell.high) == pytest.approx((-rose.value, -rose.high, -rose.low))
    low = ratio(PAID, np.ones(400)).low
    assert fell.high == pytest.approx(np.hypot(PAID.mean() - low, MOST) - PAID.mean())
    welch = PAID.mean() - 1.97 * PAID.std(ddof=1) / 20
    assert 0 < -fell.high < welch, "zeros have no variance, and Welch took them for known"


def test_a_share_ends_where_three_or_four_sales_would_put_it():
    told = relative_difference(PAID, NONE)
    low = ratio(PAID, np.ones(400)).low
    assert (told.value, told.low) == (-1, -1)
    assert told.high == pytest.approx(MOST / np.sqrt(low * (2 * PAID.mean() - low)) - 1)
    once = np.r_[PAID.max(), np.zeros(399)]
    assert relative_difference(once, NONE).high == np.inf        # a single sale proves nothing of the rest


def test_a_ratio_and_clusters_are_bounded_alike():
    visits = np.full(400, 2.5)
    assert ratio_difference((PAID, visits), (NONE, visits)).high == pytest.approx(difference(PAID, NONE).high / 2.5)
    told = ratio_difference((PAID, visits), (NONE, visits), relative=True)
    assert told.high == pytest.approx(relative_difference(PAID, NONE).high)
    arm = np.repeat([0, 1], 400)
    by_one = cluster_interval(np.r_[PAID, NONE], np.arange(800), arm)
    assert (by_one.low, by_one.high) == pytest.approx((difference(PAID, NONE).low, difference(PAID, NONE).high))
    shops = cluster_interval(np.r_[PAID, NONE], np.arange(800) // 40, arm)
    assert shops.low < shops.value < 0 and shops.width > by_one.width


def test_money_lost_and_two_arms_of_none_are_no_counts():
    assert not no_event.beside_amounts((PAID - 1, NONE + 1), (NONE, NONE + 1))
    assert not no_event.beside_amounts((NONE, NONE + 1), (NONE, NONE + 1))
    assert relative_difference(PAID - 0.5, NONE).low == -np.inf


def test_nothing_over_seconds_is_no_certainty():
    none = ratio(np.zeros(50), np.full(50, 2.5))
    assert none.low == none.value == 0 and none.high == pytest.approx(chi2.ppf(0.975, 2) / 2 / 125)


def test_a_guardrail_sees_that_nobody_pays_any_more():
    assert Guardrail("spend", 0.1).check(PAID, NONE).state == "fail"
    assert Guardrail("spend", 0.1).check(PAID[:60], NONE[:60]).state in ("fail", "undecided")
    assert Guardrail("spend", 0.1, "down").check(PAID, NONE).state == "pass"
