"""What lessons 09 and 10 state as arithmetic, and give no verdict on: true by construction, held here once."""

import numpy as np
import pytest
from scipy.stats import norm

from course_lib.evidence.counterfactual import ips
from course_lib.evidence.experiment import SRM_ALARM, cuped_adjusted, mde, ratio_delta, sample_size, srm
from course_lib.evidence.sequential import peeking


def rms_of_means(terms):
    """Root mean squared error of the mean of each row, for terms of mean 0, float (logs, n)."""
    return np.sqrt((terms.mean(1) ** 2).mean())


def test_ips_is_the_mean_of_weight_times_reward():
    rng = np.random.default_rng(0)
    reward, logged, target = rng.integers(0, 2, 50), rng.uniform(0.1, 1, 50), rng.uniform(0, 1, 50)
    assert ips(reward, logged, target).value == pytest.approx((target / logged * reward).mean(), abs=1e-15)


def test_ten_times_the_log_divides_the_error_of_ips_by_the_root_of_ten():
    rng = np.random.default_rng(1)
    weight = rng.choice([0.2, 1.0, 4.0], (4000, 1000), p=[0.6, 0.25, 0.15])
    terms = weight * (rng.random(weight.shape) < 0.3) - 0.3 * (0.6 * 0.2 + 0.25 + 0.15 * 4)
    assert rms_of_means(terms[:, :100]) / rms_of_means(terms) == pytest.approx(np.sqrt(10), rel=0.06)


def test_where_weights_have_no_variance_the_root_of_the_log_does_not_hold():
    rng = np.random.default_rng(2)
    terms = rng.pareto(1.3, (2000, 1000)) - 1 / 0.3  # mean 1 / (1.3 − 1), variance infinite
    middle = [np.median(np.abs(part.mean(1))) for part in (terms[:, :100], terms)]
    assert middle[0] / middle[1] < 2.4  # 10 to the power 1 − 1/1.3 is 1.7


@pytest.mark.parametrize("seed", range(3))
def test_cuped_leaves_one_less_rho_squared_on_the_data_that_theta_came_from(seed):
    x = np.random.default_rng(seed).gamma(1, 3, 400)
    y = np.random.default_rng([seed, 1]).poisson(x) + 0.5 * x
    left = cuped_adjusted(y, x).var() / y.var()
    assert left == pytest.approx(1 - np.corrcoef(x, y)[0, 1] ** 2, abs=1e-12)


@pytest.mark.parametrize(("n_looks", "alarms"), [(1, 0.05), (2, 0.083), (5, 0.142), (10, 0.193), (20, 0.248)])
def test_looking_at_new_users_every_time_raises_alarms_as_armitage_mcpherson_and_rowe_tabulate(n_looks, alarms):
    rate = peeking(np.random.default_rng(3), n_looks=n_looks, trials=60_000)["every look"]
    assert rate == pytest.approx(alarms, abs=0.005)


def test_impressions_as_units_raise_alarms_by_the_design_effect_alone():
    rng = np.random.default_rng(4)
    users, shown, trials = 400, 20.0, 4000
    alarms, effect = [], []
    for _ in range(trials):
        clicks = rng.binomial(int(shown), rng.beta(2, 8, users))
        arm = rng.random(users) < 0.5
        rate = clicks.sum() / users / shown
        error = np.sqrt(rate * (1 - rate) / shown * (1 / arm.sum() + 1 / (~arm).sum()))
        alarms.append(abs(clicks[arm].mean() - clicks[~arm].mean()) / shown / error > 1.96)
        effect.append(ratio_delta(clicks, np.full(users, shown))[1] ** 2 / (rate * (1 - rate) / users / shown))
    expected = 2 * norm.sf(1.96 / np.sqrt(np.mean(effect)))
    assert np.mean(effect) > 2 and np.mean(alarms) == pytest.approx(expected, abs=0.03)


def test_the_split_check_rings_as_rarely_as_its_level_says_and_finds_what_its_size_allows():
    rng = np.random.default_rng(5)

    def rings(users, lost):
        split = np.stack([rng.binomial(users // 2, 1.0, 3000), rng.binomial(users // 2, 1 - lost, 3000)], 1)
        return np.mean([srm(row) < SRM_ALARM for row in split])

    sound = rng.binomial(100_000, 0.5, 4000)
    assert np.mean([srm([n, 100_000 - n]) < SRM_ALARM for n in sound]) < 0.002
    assert rings(10_000, 0.01) < 0.05 and rings(10_000, 0.2) > 0.99


def test_half_the_effect_takes_four_times_the_users():
    assert mde(3.0, 400) == pytest.approx(2 * mde(3.0, 1600))
    assert sample_size(1, 0.05) == pytest.approx(4 * sample_size(1, 0.1), rel=0.001)
