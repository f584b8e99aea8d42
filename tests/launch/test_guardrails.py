"""Non-inferiority: what passes was not lost; what is unknown is not passed."""

import numpy as np
import pytest

from course_lib.contracts import ArgumentError
from course_lib.evidence.differences import relative_difference
from course_lib.launch.guardrails import Guardrail, tail_growth, users_to_prove


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


def heavy(rng, n, level=1.0):
    """Seconds of the three in ten who came; a long tail."""
    return level * rng.lognormal(0, 1, n) * (rng.random(n) < 0.3)


def test_heavy_tails_in_a_small_arm_fail_no_more_often_than_planned():
    """A loss of just the margin must fail at most one time in a thousand; with Welch's interval of the change in
    percent it was one time in thirty, and a minimum of 50 units did not help."""
    rng, guardrail, level = np.random.default_rng(0), Guardrail("dwell", 0.2), 0.998
    for units, share in ((60, 0.01), (300, 0.05)):
        failed = 0
        for _ in range(800):
            control, treatment = heavy(rng, min(round(units / share), 5000)), heavy(rng, units, 0.8)
            failed += guardrail.check(control, treatment, level=level).state == "fail"
        assert failed <= 4  # 0.8 planned; it was 20
    said = guardrail.check(heavy(rng, 5000), heavy(rng, 60, 0.1), level=level)
    assert said.state in ("undecided", "fail") and np.isfinite(said.change.value)


def clicks(rng, n):
    return rng.poisson(rng.gamma(0.5, 4, n)).astype(float)


def test_the_growth_of_a_tail_is_what_simulation_finds():
    """The formula is a first term: it says which tail grows, and reaches at least half of the growth that is found, up
    to two standard errors of what 1,500 draws count."""
    rng, n, m, planned = np.random.default_rng(1), 50, 3000, 1500 * 0.025
    for values in (clicks, heavy):
        low = high = 0
        for _ in range(1500):
            change = relative_difference(values(rng, m), values(rng, n))
            low, high = low + (change.high < 0), high + (change.low > 0)
        told = tail_growth(*((values(rng, size), np.ones(size)) for size in (m, n)))
        found, noise = low / planned, 2 * np.sqrt(low) / planned
        assert low > 1.3 * high and told[0] > 1.2 > 1 > told[1]
        assert told[0] - noise < found < 2 * told[0] + noise
    even = [(heavy(rng, 2000), np.ones(2000)) for _ in range(2)]
    assert tail_growth(*even) == pytest.approx((1, 1), abs=1e-9)  # what is skewed in both cancels
    assert tail_growth((np.zeros(9), np.ones(9)), (np.ones(9), np.ones(9))) == (1, 1)


def test_an_arm_where_nothing_happened_yet_has_not_failed():
    rng = np.random.default_rng(2)
    control = (rng.random(5000) < 0.01).astype(float)
    assert Guardrail("shares", 0.2).check(control, np.zeros(60)).state == "undecided"
    assert Guardrail("reports", 0.2, "down").check(control, np.zeros(60)).state == "undecided"


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
