"""Non-inferiority: what passes was not lost; what is unknown is not passed."""

import numpy as np
import pytest

from course_lib.contracts import ArgumentError
from course_lib.launch.guardrails import Guardrail, users_to_prove


def arms(loss, n, seed=0):
    rng = np.random.default_rng(seed)
    return rng.gamma(4, 0.25, n), rng.gamma(4, 0.25 * (1 - loss), n)


def test_much_data_and_no_loss_passes_and_little_data_is_undecided():
    guardrail = Guardrail("clicks", 0.05)
    assert guardrail.check(*arms(0, 20_000)).state == "pass"
    verdict = guardrail.check(*arms(0, 200))
    assert verdict.state == "undecided" and "times the units" in verdict.reason


def test_a_loss_beyond_the_margin_fails_and_one_within_it_passes():
    assert Guardrail("clicks", 0.05).check(*arms(0.10, 20_000)).state == "fail"
    assert Guardrail("clicks", 0.05).check(*arms(0.02, 20_000)).state == "pass"


def test_a_loss_of_just_the_margin_passes_hardly_ever():
    """The test of "p > .05, so it is safe" passes this loss two times in three at this size."""
    ours, folklore = [], []
    for seed in range(300):
        verdict = Guardrail("clicks", 0.05).check(*arms(0.05, 300, seed))
        ours.append(verdict.state == "pass")
        folklore.append(not verdict.change.excludes(0))
    assert np.mean(ours) < 0.05 and np.mean(folklore) > 0.6


def test_the_units_it_asks_for_settle_it():
    guardrail = Guardrail("clicks", 0.05)
    verdict = guardrail.check(*arms(0, 300))
    factor = float(verdict.reason.split("about ")[1].split()[0])
    settled = [guardrail.check(*arms(0, int(300 * factor), s)).state == "pass" for s in range(200)]
    assert 0.7 < np.mean(settled) < 0.9


def test_where_less_is_better_more_is_the_loss():
    few, many = np.random.default_rng(0).poisson([[1.0], [1.3]], (2, 20_000)).astype(float)
    assert Guardrail("x", 0.1, "down").check(few, many).state == "fail"
    assert Guardrail("x", 0.1, "down").check(many, few).state == "pass"
    assert Guardrail("reports per impression", 0.1).direction == "down"


def test_a_ratio_is_judged_over_units():
    rng = np.random.default_rng(0)
    shown = rng.poisson(50, (2, 3000)) + 1
    clicks = rng.binomial(shown, 0.1)
    verdict = Guardrail("click rate", 0.05).check((clicks[0], shown[0]), (clicks[1], shown[1]))
    assert verdict.state == "pass" and verdict.change.n == 6000


def test_nothing_to_go_by_is_undecided():
    guardrail = Guardrail("clicks", 0.05)
    assert guardrail.check(np.zeros(500), np.zeros(500)).state == "undecided"  # nobody clicked
    assert guardrail.check(np.ones(500), np.ones(500)).state == "undecided"  # nothing varies
    assert "least an interval" in guardrail.check(*arms(0.5, 10)).reason


def test_the_users_asked_for_beforehand_prove_it_as_often_as_planned():
    n = users_to_prove(1, 0.5, 0.05)  # arms() has mean 1 and standard deviation .5
    proved = [Guardrail("clicks", 0.05).check(*arms(0, n, s)).state == "pass" for s in range(300)]
    assert 0.74 < np.mean(proved) < 0.87
    assert users_to_prove(1, 0.5, 0.025) == pytest.approx(4 * n, rel=0.01)


def test_bad_input_is_named():
    with pytest.raises(ArgumentError, match="above 0"):
        users_to_prove(0, 1, 0.1)
    with pytest.raises(ArgumentError, match="margin"):
        Guardrail("clicks", 0)
    with pytest.raises(ArgumentError, match="'up' or 'down'"):
        Guardrail("clicks", 0.1, "sideways")
    with pytest.raises(ArgumentError, match="NaN"):
        Guardrail("clicks", 0.1).check(np.full(60, np.nan), np.ones(60))
