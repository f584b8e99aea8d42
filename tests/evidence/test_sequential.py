"""Always-valid inference: false calls under A/A at every look, power, and its closed form."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from course_lib.contracts import ArgumentError, ShapeError
from course_lib.evidence.sequential import FIRST_LOOK, always_valid, always_valid_p, looks, peeking


def test_peeking_cries_wolf_and_the_always_valid_test_does_not():
    rates = peeking(np.random.default_rng(0), n_looks=14, trials=4000)
    assert 0.035 < rates["once"] < 0.065
    assert 0.17 < rates["every look"] < 0.26  # five to six times what it says
    assert rates["always valid"] < 0.05


def test_the_error_stays_below_alpha_however_often_one_looks_and_whatever_the_scale():
    rng = np.random.default_rng(1)
    c, t = rng.exponential(1, (2, 300, 2000))  # skewed, not normal
    at = np.arange(50, 2001, 10)
    for scale in (0.02, 0.2):
        called = [always_valid_p(*looks(a, b, at), scale)[-1] < 0.05 for a, b in zip(c, t, strict=True)]
        assert np.mean(called) < 0.07  # alpha, and two standard errors of 300 trials


def test_ten_units_are_enough_to_look_at_and_two_are_not():
    """Looked at after every unit, of skewed data, under no effect: what each first look costs."""
    rng, at = np.random.default_rng(5), np.arange(2, 301)
    errs = {2: 0, FIRST_LOOK: 0}
    for _ in range(1500):
        c, t = rng.exponential(1, (2, 300))
        value, error = looks(c, t, at)
        assert np.isinf(error[at < FIRST_LOOK]).all() and np.isfinite(error[at >= FIRST_LOOK]).all()
        early = np.sqrt([c[:n].var(ddof=1) / n + t[:n].var(ddof=1) / n for n in range(2, FIRST_LOOK)])
        errs[FIRST_LOOK] += always_valid_p(value, error, 1.0)[-1] < 0.05
        errs[2] += always_valid_p(value, np.r_[early, error[at >= FIRST_LOOK]], 1.0)[-1] < 0.05
    assert errs[FIRST_LOOK] / 1500 < 0.05 < 0.1 < errs[2] / 1500


def test_a_large_level_does_not_drown_the_spread():
    values = np.random.default_rng(6).normal(0, 1, (2, 40))
    plain, lifted = looks(*values, [20, 40]), looks(*(values + 1e9), [20, 40])
    np.testing.assert_allclose(lifted[1], plain[1], rtol=1e-5)


def test_an_effect_is_found_though_later_than_by_the_planned_test():
    rates = peeking(np.random.default_rng(2), effect=0.15, trials=2000)
    assert 0.6 < rates["always valid"] < rates["once"] <= rates["every look"]


def test_the_interval_is_the_mixture_of_likelihood_ratios_integrated_by_hand():
    value, error, scale = 0.31, 0.12, 0.2

    def ratio(d):
        return norm.pdf(value, d, error) / norm.pdf(value, 0, error) * norm.pdf(d, 0, scale)

    mixture = quad(ratio, -3, 3)[0]
    assert always_valid_p([value], [error], scale)[0] == pytest.approx(1 / mixture)
    estimate = always_valid(value, error, scale, alpha=1 / mixture)  # at this alpha, 0 is just on the edge
    assert estimate.low == pytest.approx(0, abs=1e-9)


def test_p_values_never_rise_and_agree_with_the_interval():
    rng = np.random.default_rng(3)
    value, error = looks(rng.normal(0, 1, 3000), rng.normal(0.15, 1, 3000), np.arange(100, 3001, 100))
    p = always_valid_p(value, error, 0.1)
    assert (np.diff(p) <= 0).all()
    excluded = np.maximum.accumulate([always_valid(v, e, 0.1).excludes(0) for v, e in zip(value, error, strict=True)])
    assert ((p < 0.05) == excluded).all()


def test_looks_equal_means_of_the_first_units():
    rng = np.random.default_rng(4)
    c, t = rng.normal(size=(2, 50))
    value, error = looks(c, t, [10, 50])
    assert value[0] == pytest.approx(t[:10].mean() - c[:10].mean())
    assert error[1] == pytest.approx(np.sqrt(c.var(ddof=1) / 50 + t.var(ddof=1) / 50))


def test_no_variance_gives_no_verdict_and_bad_input_is_named():
    assert always_valid(0.0, 0.0, 0.1).low == -np.inf
    assert always_valid_p([0.5], [np.inf], 0.1)[0] == 1
    with pytest.raises(ArgumentError, match="scale"):
        always_valid(0.1, 0.1, 0)
    with pytest.raises(ShapeError):
        always_valid_p([0.1], [0.1, 0.2], 0.1)
    with pytest.raises(ArgumentError, match="looks"):
        looks([1.0, 2.0], [1.0, 2.0], [3])
