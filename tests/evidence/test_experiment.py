"""Experiments against statsmodels, scipy and tea-tasting, and against hand-made logs."""

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import ArgumentError, Arm, Assignment, DataError, DayLog
from course_lib.evidence import experiment
from course_lib.evidence.experiment import (
    analyse,
    cluster_difference,
    cluster_interval,
    cuped,
    cuped_adjusted,
    difference,
    mde,
    ratio_cuped,
    ratio_difference,
    sample_size,
    srm,
)
from course_lib.evidence.units import METRICS, Metric, unit_table


# --- power ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("effect", [0.02, 0.1, 0.5])
@pytest.mark.parametrize("power", [0.5, 0.8, 0.95])
def test_sample_size_is_that_of_statsmodels(effect, power):
    from statsmodels.stats.power import NormalIndPower

    theirs = NormalIndPower().solve_power(effect_size=effect, alpha=0.025, power=power, alternative="larger")
    assert sample_size(3.0, 3.0 * effect, power=power) == np.ceil(theirs - 1e-6)     # its search ends near a whole one
    assert mde(3.0, theirs, power=power) == pytest.approx(3.0 * effect, rel=1e-6)


def test_mde_undoes_sample_size_and_halves_with_four_times_the_users():
    assert mde(2.0, sample_size(2.0, 0.05)) == pytest.approx(0.05, rel=1e-3)
    assert mde(2.0, 4000) == pytest.approx(mde(2.0, 1000) / 2)


def test_a_test_of_that_size_finds_the_effect_as_often_as_planned():
    n, rng = sample_size(1.0, 0.3), np.random.default_rng(0)
    found = [difference(rng.normal(0, 1, n), rng.normal(0.3, 1, n)).excludes(0) for _ in range(600)]
    assert 0.75 < np.mean(found) < 0.85


# --- differences ------------------------------------------------------------------------------------------------------
def test_difference_agrees_with_statsmodels_and_changes_sign_with_the_arms():
    from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

    rng = np.random.default_rng(0)
    c, t = rng.gamma(1, 2, 3000), rng.gamma(1, 2.1, 900)
    low, high = CompareMeans(DescrStatsW(t), DescrStatsW(c)).tconfint_diff(usevar="unequal")
    ours, swapped = difference(c, t), difference(t, c)
    assert (ours.low, ours.high) == pytest.approx((low, high), abs=1e-9)
    assert (swapped.value, swapped.low) == pytest.approx((-ours.value, -ours.high))


def table_of_users(seed=0, n=2000, effect=0.0):
    rng = np.random.default_rng(seed)
    taste = rng.gamma(2, 1, n)
    arm = rng.integers(0, 2, n)
    impressions = 1 + rng.poisson(5 * taste)
    before_impressions = 1 + rng.poisson(5 * taste)
    before = rng.binomial(before_impressions, np.clip(taste / 10, 0, 1))
    clicks = rng.binomial(impressions, np.clip(taste / 10 * (1 + effect * arm), 0, 1))
    return pd.DataFrame({"variant": arm, "clicks": clicks, "impressions": impressions, "before": before,
                         "before_impressions": before_impressions})


@pytest.fixture(scope="module")
def tea():
    import tea_tasting as tt

    users, welch = table_of_users(effect=0.1), {"use_t": True, "equal_var": False}
    result = tt.Experiment(
        mean=tt.Mean("clicks", **welch), ratio=tt.RatioOfMeans("clicks", "impressions", **welch),
        cuped=tt.Mean("clicks", covariate="before", **welch),
        ratio_cuped=tt.RatioOfMeans("clicks", "impressions", "before", "before_impressions", **welch),
    ).analyze(users)
    return users, result


def arms(users, *columns):
    return [tuple(users.loc[users.variant == v, list(columns)].to_numpy(float).T) for v in (0, 1)]


def test_means_ratios_and_cuped_are_those_of_tea_tasting(tea):
    users, theirs = tea
    (c,), (t,) = arms(users, "clicks")
    ratios, ratios_before = arms(users, "clicks", "impressions"), arms(users, "before", "before_impressions")
    for ours, name in ((difference(c, t), "mean"), (ratio_difference(*ratios), "ratio"),
                       (cuped(users.clicks, users.before, users.variant), "cuped"),
                       (ratio_cuped(*ratios, *ratios_before), "ratio_cuped")):
        held = theirs[name]
        assert (ours.value, ours.low, ours.high) == pytest.approx(
            (held.effect_size, held.effect_size_ci_lower, held.effect_size_ci_upper), abs=1e-9)
    for ours, name in ((experiment.relative_difference(c, t), "mean"),
                       (ratio_difference(*ratios, relative=True), "ratio")):
        held = theirs[name]
        assert (ours.value, ours.low, ours.high) == pytest.approx(
            (held.rel_effect_size, held.rel_effect_size_ci_lower, held.rel_effect_size_ci_upper), abs=1e-9)


def test_a_ratio_adjusted_in_both_its_parts_is_narrower_and_keeps_the_effect():
    """Adjusting the numerator alone gives a difference of sums, in another unit than the metric."""
    gaps, plain = [], []
    for seed in range(200):
        users = table_of_users(seed, n=600, effect=0.2)
        ratios, before = arms(users, "clicks", "impressions"), arms(users, "before", "before_impressions")
        gaps.append(ratio_cuped(*ratios, *before))
        plain.append(ratio_difference(*ratios))
    assert np.mean([e.value for e in gaps]) == pytest.approx(np.mean([e.value for e in plain]), abs=0.003)
    assert np.std([e.value for e in gaps]) < 0.8 * np.std([e.value for e in plain])
    assert np.mean([e.width for e in gaps]) / 3.92 == pytest.approx(np.std([e.value for e in gaps]), rel=0.15)


def test_small_shares_get_newcombes_interval():
    from statsmodels.stats.proportion import confint_proportions_2indep

    c, t = np.r_[np.ones(2), np.zeros(98)], np.r_[np.ones(7), np.zeros(83)]
    theirs = confint_proportions_2indep(7, 90, 2, 100, method="newcomb", compare="diff")
    ours = difference(c, t)
    assert (ours.low, ours.high) == pytest.approx(theirs, abs=1e-9)


def test_a_treatment_without_any_is_less_by_as_much_as_anything():
    found = experiment.relative_difference([3.0, 0, 1, 2], [0.0, 0, 0])
    assert (found.value, found.low, found.high) == (-1, -1, np.inf)
    lost = experiment.relative_difference([3.0, 2, 1, 2], [-1.0, -2, -3])  # money may be lost: no logarithm
    assert lost.value == -2 and -3 < lost.low < -2 < lost.high < -1


def split_by_tea_tasting(counts, shares, method):
    import tea_tasting as tt

    rows = pd.DataFrame({"variant": np.repeat([0, 1], counts)})
    check = tt.SampleRatio(shares[1] / shares[0], method=method, correction=False)
    return tt.Experiment(split=check).analyze(rows)["split"].pvalue


@pytest.mark.parametrize(("counts", "shares", "method"), [
    ((1003, 997), (0.5, 0.5), "norm"), ((5100, 4900), (0.5, 0.5), "norm"), ((9100, 900), (0.9, 0.1), "norm"),
    ((95, 5), (0.99, 0.01), "binom"), ((38, 22), (0.5, 0.5), "binom"), ((2, 28), (0.5, 0.5), "binom")])
def test_split_check_is_that_of_tea_tasting(counts, shares, method):
    assert srm(counts, shares) == pytest.approx(split_by_tea_tasting(counts, shares, method), rel=1e-9)


def test_split_check_agrees_with_scipys_binomial():
    from scipy.stats import binomtest

    assert srm([7, 993], [0.001, 0.999]) == pytest.approx(binomtest(7, 1000, 0.001).pvalue, abs=1e-9)
    assert srm([5000, 5000]) == 1 and srm([50_000, 51_500]) < experiment.SRM_ALARM
    assert srm([9000, 1000], [0.9, 0.1]) == 1 and srm([9000, 1000]) < 1e-100


def test_the_split_of_few_units_is_checked_exactly():
    """One unit expected, five counted: chi-squared says 6e-5, the binomial 4e-3. A launch at 1% of a hundred is so."""
    from scipy.stats import binom

    assert srm([5, 95], [0.01, 0.99]) == pytest.approx(binom.sf(4, 100, 0.01), abs=1e-9)
    assert srm([1, 99], [0.01, 0.99]) == 1
    rng = np.random.default_rng(0)
    for shares in ([0.01, 0.99], [0.02, 0.03, 0.95]):
        alarms = [srm(counts, shares) < 0.01 for counts in rng.multinomial(120, shares, 4000)]
        assert np.mean(alarms) < 0.01 + 3 * np.sqrt(0.01 * 0.99 / 4000)
    assert srm([24, 33, 943], [0.02, 0.03, 0.95]) > 0.05 > srm([60, 40, 900], [0.02, 0.03, 0.95])


def test_cuped_shrinks_variance_by_one_minus_rho_squared_and_leaves_the_effect():
    rng = np.random.default_rng(0)
    x = rng.normal(size=40_000)
    arm = rng.integers(0, 2, 40_000)
    y = 0.8 * x + 0.6 * rng.normal(size=40_000) + 0.5 * arm
    plain, adjusted = difference(y[arm == 0], y[arm == 1]), cuped(y, x, arm)
    rho2 = np.corrcoef(x, y - 0.5 * arm)[0, 1] ** 2
    assert (adjusted.width / plain.width) ** 2 == pytest.approx(1 - rho2, rel=0.1)
    assert not adjusted.excludes(0.5) and adjusted.width < plain.width
    after = cuped(y, y + 0.1 * rng.normal(size=40_000), arm)  # a covariate measured after: the effect is taken out
    assert after.excludes(0.5) and abs(after.value) < 0.1
    assert cuped(y, np.ones_like(y), arm) == plain


def test_impressions_as_units_cry_wolf_and_the_delta_method_does_not():
    naive, delta = [], []
    for seed in range(200):
        users = table_of_users(seed, n=400)
        c, t = arms(users, "clicks", "impressions")
        delta.append(ratio_difference(c, t).excludes(0))
        rows = [np.repeat([1.0, 0.0], [int(k.sum()), int((n - k).sum())]) for k, n in (c, t)]
        naive.append(difference(*rows).excludes(0))
    assert np.mean(delta) < 0.1 < np.mean(naive)


def test_cuped_leaves_the_mean_and_nothing_that_the_covariate_explains():
    rng = np.random.default_rng(1)
    x = rng.gamma(2, 1, 500)
    y = 3 * x + rng.normal(size=500)
    adjusted = cuped_adjusted(y, x)
    assert adjusted.mean() == pytest.approx(y.mean())
    assert np.corrcoef(adjusted, x)[0, 1] == pytest.approx(0, abs=1e-9)
    np.testing.assert_array_equal(cuped_adjusted(y, np.ones(500)), y)


# --- clusters ---------------------------------------------------------------------------------------------------------
def village(seed, clusters=80, alike=1.0):
    """People of a cluster share a level; clusters differ in size; half of the clusters are treated, with no effect."""
    rng = np.random.default_rng(seed)
    size = rng.integers(1, 25, clusters)
    cluster = np.repeat(np.arange(clusters), size)
    y = 10 + alike * np.repeat(rng.normal(size=clusters), size) + rng.normal(size=len(cluster))
    return y, cluster, np.repeat(rng.permutation(clusters) % 2, size)


def test_cluster_error_is_that_of_a_regression_with_clustered_errors():
    import statsmodels.api as sm

    y, cluster, arm = village(0)
    fit = sm.OLS(y, sm.add_constant(arm.astype(float))).fit(
        cov_type="cluster", cov_kwds={"groups": cluster, "use_correction": False})
    value, error = cluster_difference(y, cluster, arm)
    assert value == pytest.approx(fit.params[1], abs=1e-9)
    assert error == pytest.approx(fit.bse[1] * np.sqrt(40 / 39), abs=1e-9)      # forty clusters an arm, one mean each


def test_people_as_units_cry_wolf_where_clusters_were_randomised():
    naive, clustered = [], []
    for seed in range(300):
        y, cluster, arm = village(seed)
        naive.append(difference(y[arm == 0], y[arm == 1]).excludes(0))
        value, error = cluster_difference(y, cluster, arm)
        clustered.append(abs(value) > 1.96 * error)
    assert np.mean(clustered) < 0.1 < 0.3 < np.mean(naive)


def test_clusters_of_one_are_users_and_a_cluster_in_both_arms_is_refused():
    rng = np.random.default_rng(2)
    y, arm = rng.normal(size=60), np.arange(60) % 2
    value, error = cluster_difference(y, np.arange(60), arm)
    plain = difference(y[arm == 0], y[arm == 1])
    assert value == pytest.approx(plain.value) and 2 * 2.001760 * error == pytest.approx(plain.width, rel=1e-4)
    with pytest.raises(ArgumentError, match="cluster 0 has people in both arms"):
        cluster_difference(y, np.arange(60) // 2, arm)
    with pytest.raises(DataError, match="at least 2 units"):
        cluster_difference([1.0, 2, 3], [0, 1, 2], [0, 1, 1])


def test_few_clusters_get_students_interval_and_keep_the_promise():
    """With 1.96 standard errors six clusters find an effect that is not there one time in five."""
    naive, student = [], []
    for seed in range(2000):
        y, cluster, arm = village(seed, clusters=6)
        value, error = cluster_difference(y, cluster, arm)
        naive.append(abs(value) > 1.96 * error)
        student.append(cluster_interval(y, cluster, arm).excludes(0))
    assert np.mean(student) < 0.07 and np.mean(naive) > 0.15


def test_nothing_varying_says_nothing():
    flat = difference(np.full(100, 2.0), np.full(100, 2.0))     # of zeros and ones something is known: test_one_unit
    assert flat.value == 0 and flat.low == -np.inf and flat.high == np.inf


def test_bad_input_is_named():
    with pytest.raises(DataError, match="at least 2 units"):
        difference([1.0], [1.0, 2.0])
    with pytest.raises(ArgumentError, match="treatment holds 1 values"):
        difference([1.0, 2.0], [1.0, np.nan])
    with pytest.raises(DataError, match="above 0"):
        experiment.relative_difference([0.0, 0.0], [1.0, 2.0])
    with pytest.raises(DataError, match="denominators"):
        experiment.ratio_delta([0, 0], [0, 0])
    with pytest.raises(ArgumentError, match="0 for control"):
        cuped([1, 2, 3, 4], [1, 2, 3, 4], ["a", "b", "a", "b"])
    with pytest.raises(DataError, match="no unit"):
        srm([0, 0])
    with pytest.raises(ArgumentError, match="whole numbers"):
        srm([1.5, 2])
    with pytest.raises(ArgumentError, match="σ > 0"):
        sample_size(0, 0.1)


# --- a log ------------------------------------------------------------------------------------------------------------
class Named:
    def __init__(self, name):
        self.name = name


SPLIT = Assignment((Arm("control", Named("c"), 0.5), Arm("treatment", Named("t"), 0.5)), salt=4)


def day_log(day, seed=0, users=400, lift=0.0, slots=4):
    """Every user asks once; treatment clicks `lift` more often; one purchase in five clicks, arriving a day later."""
    rng = np.random.default_rng([seed, day])
    user = np.arange(users)
    arm = np.array(["control", "treatment"])[SPLIT.arm_of(user)]
    request = day * 10_000 + user
    requests = pd.DataFrame({"request_id": request, "day": day, "time": day * 86400.0 + user, "user": user, "arm": arm})
    click = rng.random((users, slots)) < (0.2 + lift * (arm == "treatment"))[:, None]
    impressions = pd.DataFrame({"request_id": np.repeat(request, slots), "user": np.repeat(user, slots),
                                "click": click.ravel().astype("int8"), "dwell_s": click.ravel() * 30.0})
    bought = np.flatnonzero(click[:, 0] & (rng.random(users) < 0.5))
    outcomes = pd.DataFrame({"request_id": request[bought], "user": bought, "kind": "purchase", "value": 10.0,
                             "event_time": day * 86400.0, "arrival_time": (day + 1.5) * 86400.0})
    return DayLog(day, requests, impressions, outcomes)


def test_the_unit_table_counts_what_each_user_did():
    days = [day_log(0), day_log(1)]
    table = unit_table(days)
    assert (table["requests"] == 2).all() and (table["days"] == 2).all() and (table["impressions"] == 8).all()
    clicks = sum(d.impressions.groupby("user")["click"].sum().astype(int) for d in days)
    assert (table["clicks"] == clicks).all() and (table["dwell_s"] == 30 * clicks).all()
    assert table["value"].sum() == 10 * table["purchases"].sum() == 10 * sum(len(d.outcomes) for d in days)


def test_outcomes_that_have_not_arrived_yet_are_not_known():
    days = [day_log(0), day_log(1)]
    known = unit_table(days, until=2 * 86400.0)
    assert known["purchases"].sum() == len(days[0].outcomes)


def test_an_a_a_test_finds_nothing_and_a_lift_is_found():
    null = analyse([day_log(0), day_log(1)], "click rate", SPLIT)
    assert not null.difference.excludes(0) and null.trustworthy and sum(null.counts.values()) == 400
    lifted = analyse([day_log(0, lift=0.1), day_log(1, lift=0.1)], "click rate", SPLIT)
    assert lifted.difference.excludes(0) and not lifted.difference.excludes(0.1)
    assert lifted.relative.value == pytest.approx(lifted.treatment.value / lifted.control.value - 1)


def test_users_who_never_came_count_as_zero_in_the_arm_they_would_have_had():
    users = pd.DataFrame(index=range(1000))
    table = unit_table([day_log(0)], assignment=SPLIT, users=users)
    assert len(table) == 1000 and table.loc[400:, "requests"].sum() == 0
    assert (table["arm"] == np.array(["control", "treatment"])[SPLIT.arm_of(np.arange(1000))]).all()
    result = analyse([day_log(0)], "clicks per user", SPLIT, users=users)
    assert sum(result.counts.values()) == 400  # the split is checked on who came


def test_a_lost_arm_is_reported_as_a_broken_split():
    day = day_log(0, users=4000)
    keep = (day.requests["arm"] == "control") | (day.requests.index % 5 > 0)
    lost = DayLog(0, day.requests[keep], day.impressions, day.outcomes)
    result = analyse([lost], "clicks per user", SPLIT)
    assert not result.trustworthy and "SPLIT BROKEN" in str(result)


def test_clusters_need_users_and_widen_the_interval():
    days = [day_log(0), day_log(1)]
    users = pd.DataFrame({"cluster": np.arange(400) // 10}, index=range(400))
    with pytest.raises(ArgumentError, match="users"):
        unit_table(days, unit="cluster")
    assert len(unit_table(days, unit="cluster", users=users)) == 40


def test_a_covariate_from_before_keeps_the_effect():
    days = [day_log(0), day_log(1, lift=0.1)]
    result = analyse(days, "clicks per user", SPLIT, days=[1], before=[0])
    assert result.adjusted.value == pytest.approx(result.difference.value, abs=0.05)


def test_a_ratio_is_adjusted_by_the_ratio_before():
    days = [day_log(0), day_log(1, lift=0.1)]
    result = analyse(days, "click rate", SPLIT, days=[1], before=[0])
    assert result.adjusted.value == pytest.approx(result.difference.value, abs=0.02)  # a rate, not clicks a user
    assert result.adjusted.width == pytest.approx(result.difference.width, rel=0.05)  # these users have no habits


def test_metrics_are_named_with_their_direction_and_bad_ones_refused():
    assert METRICS["reports per impression"].good == "down" and all(m.risk for m in METRICS.values())
    with pytest.raises(ArgumentError, match="column"):
        Metric("x", "likes")
    with pytest.raises(DataError, match="none of the days"):
        analyse([day_log(0)], "click rate", days=[7])
