"""How often every kind of interval that the course prints holds the truth, for data as logs have them.

One row of COVERS is one promise: an interval, data, a number of units. Where a docstring names a number of units from
which on it holds, a row with fewer is in FALLS_SHORT: if such a row does hold, the docstring warns of nothing. Trials
are many and seeds fixed; the tolerance is two standard errors of a share of .93.
"""

import numpy as np
import pytest
from coverage_trials import P99, check_held, check_short, rows_of

from course_lib.evidence.counterfactual import doubly_robust, ips, replay, snips
from course_lib.evidence.differences import (
    cluster_interval,
    difference,
    ratio_difference,
    relative_difference,
)
from course_lib.evidence.estimate import bootstrap, paired, ratio
from course_lib.evidence.interleave import preference
from course_lib.evidence.paired_gain import relative_gain

SEED, TRIALS = 7, {30: 1200, 300: 700, 3000: 300}


# --- data: (values, truth) --------------------------------------------------------------------------------------------
def symmetric(rng, n):
    return rng.normal(3, 1, n), 3.0


def exponential(rng, n):
    return rng.exponential(1, n), 1.0


def dwell(rng, n):
    """Seconds of those who came, three in ten; a long tail."""
    return rng.lognormal(0, 0.8, n) * (rng.random(n) < 0.3), 0.3 * np.exp(0.32)


def counts(rng, n):
    """Clicks a person: some hardly ever, some all the time."""
    return rng.poisson(rng.gamma(0.5, 4, n)).astype(float), 2.0


def recall(rng, n):
    """Recall of a weak recommender: three users in four have none."""
    return (rng.random(n) < 0.25) * rng.choice([0.1, 0.2, 0.5, 1.0], n), 0.25 * 0.45


def lognormal(rng, n):
    return rng.lognormal(0, 1, n), float(np.exp(0.5))


def rate(p):
    def of(rng, n):
        return (rng.random(n) < p).astype(float), p
    return of


def heavy_people(p, spread=0.5):
    """(clicks, impressions) of n people who see different amounts and click at rates of their own."""
    def of(rng, n):
        shown = 1 + rng.poisson(rng.gamma(1, 10, n))
        own = np.minimum(p * rng.gamma(1 / spread, spread, n), 1)
        return rng.binomial(shown, own).astype(float), shown.astype(float), p
    return of


def logged(p, n_actions=20, sharp=1.0):
    """(reward, logged, target, truth) of n decisions of a logger; the target policy likes other things."""
    def of(rng, n):
        fixed = np.random.default_rng(5)
        log = np.exp(0.6 * sharp * fixed.normal(size=n_actions))
        target = np.exp(1.2 * sharp * fixed.normal(size=n_actions))
        log, target = log / log.sum(), target / target.sum()
        chance = np.clip(p * np.exp(0.5 * fixed.normal(size=n_actions)), 0, 0.9)
        action = rng.choice(n_actions, n, p=log)
        reward = (rng.random(n) < chance[action]).astype(float)
        return reward, log[action], target[action], float(target @ chance)
    return of


# --- intervals: an Estimate and the truth, from data ------------------------------------------------------------------
def mean(data):
    def made(rng, n):
        values, truth = data(rng, n)
        return bootstrap(values), truth
    return made


def mean_by_user(data):
    """n users with 1 to 9 rows each; a user's rows are alike."""
    def made(rng, n):
        user = np.repeat(np.arange(n), rng.integers(1, 10, n))
        values, truth = data(rng, n)
        return bootstrap(values[user] * rng.gamma(20, 1 / 20, len(user)), groups=user), truth
    return made


def rate_by_user(p):
    """Clicks of impressions, a row an impression."""
    def made(rng, n):
        click, shown, truth = heavy_people(p)(rng, n)
        return ratio(click, shown), truth
    return made


def drawn(statistic, data, truth):
    def made(rng, n):
        return bootstrap(data(rng, n), statistic, n_boot=300, seed=int(rng.integers(1e9))), truth
    return made


def two_columns(rng, n):
    taste = rng.gamma(0.7, 1, n)
    return np.c_[rng.poisson(3 * taste), rng.poisson(3.3 * taste)].astype(float)


def correlated(rng, n):
    x = rng.normal(size=n)
    return np.c_[x, 0.6 * x + 0.8 * rng.normal(size=n)]


def lift(rows):
    return rows[:, 1].sum() / max(rows[:, 0].sum(), 1) - 1


def correlation(rows):
    x, y = (rows - rows.mean(0)).T
    return x @ y / np.sqrt((x @ x) * (y @ y))


def root_mean_square(values):
    return np.sqrt((values**2).mean())


def arms(data, function, effect=1.0, share=0.5):
    """n units in the smaller arm."""
    def made(rng, n):
        c, truth = data(rng, round(n * (1 - share) / share))
        t = data(rng, n)[0] * effect
        relative = function is relative_difference
        return function(c, t), effect - 1 if relative else truth * (effect - 1)
    return made


def rates_of_arms(p, q, relative=False):
    """Clicks of impressions, n people an arm."""
    def made(rng, n):
        (c, i, _), (d, j, _) = heavy_people(p)(rng, n), heavy_people(q)(rng, n)
        return ratio_difference((c, i), (d, j), relative=relative), q / p - 1 if relative else q - p
    return made


def shares_of_arms(p, q):
    def made(rng, n):
        return difference(rate(p)(rng, n)[0], rate(q)(rng, n)[0]), q - p
    return made


def pairs_of(p, q):
    """Two systems that a user is a hit for or not; what one finds the other mostly finds too."""
    def made(rng, n):
        u = rng.random(n)
        return paired(u < p, u < q) if n % 2 else paired((u < p) * 1.0, (u < q) * 1.0), p - q
    return made


def of_log(function, data):
    def made(rng, n):
        reward, log, target, truth = data(rng, n)
        return function(reward, log, target), truth
    return made


def by_people(function, data):
    """As of_log, with n people who made 5 decisions each, in which they are alike."""
    def made(rng, n):
        reward, log, target, truth = data(rng, 5 * n)
        return function(reward, log, target, groups=np.repeat(np.arange(n), 5)), truth
    return made


def with_model(data):
    def made(rng, n):
        reward, log, target, truth = data(rng, n)
        return doubly_robust(reward, log, target, np.full(n, reward.mean()), np.full(n, reward.mean())), truth
    return made


def matches(p):
    def made(rng, n):
        shown = rng.integers(0, 4, 4 * n)
        return replay(rng.random(4 * n) < p, shown, np.zeros(4 * n, int)), p
    return made


def some_differ(share, steps=(0.1, 0.2, 0.5, -0.1, -0.2), function=paired):
    """Recall of two systems that differ for a share of users alone."""
    def made(rng, n):
        a = rng.choice([0, 0, 0, 0.1, 0.2, 0.5, 1], n)
        step = (rng.random(n) < share) * rng.choice(steps, n)
        return function(a + step, a), share * np.mean(steps)
    return made


def gained(a, b):
    """The gain as a share, told on the scale of the difference, so that its truth is known."""
    told = relative_gain(a, b)
    return None, told.low * b.mean(), told.high * b.mean()


def clusters(data_of_sizes, treated=0.5):
    """People in n clusters, half of them treated or another share, with no effect."""
    def made(rng, n):
        size = data_of_sizes(rng, n)
        cluster = np.repeat(np.arange(n), size)
        y = 10 + np.repeat(rng.normal(size=n), size) + rng.normal(size=len(cluster))
        return cluster_interval(y, cluster, np.repeat(rng.permutation(n) < treated * n, size)), 0.0
    return made


def money(buyers):
    """What people pay, of whom few do."""
    def of(rng, n):
        return (rng.random(n) < buyers) * rng.lognormal(3, 0.8, n), buyers * float(np.exp(3.32))
    return of


def alike(rng, n):
    return rng.integers(10, 20, n)


def unlike(rng, n):
    return rng.integers(1, 25, n)


def drafted(rng, n):
    """n people who click on two rankers' items, more on b's."""
    clicks = rng.poisson(rng.gamma(1, 3, n))
    for_b = rng.binomial(clicks, 0.55)
    team = np.concatenate([np.repeat([1, 0], [b, c - b]) for b, c in zip(for_b, clicks, strict=True)])
    return preference(team, np.ones(len(team)), np.repeat(np.arange(n), clicks)), 0.1


EVERY = (30, 300, 3000)
COVERS = {
    "mean, symmetric": (mean(symmetric), EVERY), "mean, exponential": (mean(exponential), EVERY),
    "mean, dwell": (mean(dwell), EVERY), "mean, clicks a person": (mean(counts), EVERY),
    "mean, recall": (mean(recall), EVERY), "mean, lognormal": (mean(lognormal), (100, 300, 3000)),
    "mean, rate 30%": (mean(rate(0.3)), EVERY), "mean, rate 2%": (mean(rate(0.02)), EVERY),
    "mean, rate .4%": (mean(rate(0.004)), (30, 300, 1000, 3000)),
    "mean by user, symmetric": (mean_by_user(symmetric), EVERY),
    "mean by user, exponential": (mean_by_user(exponential), (300, 3000)),
    "rate by user, 30%": (rate_by_user(0.3), EVERY), "rate by user, 2%": (rate_by_user(0.02), EVERY),
    "rate by user, .4%": (rate_by_user(0.004), EVERY),
    "drawn, ratio of sums": (drawn(lift, two_columns, 0.1), (30, 300)),
    "drawn, correlation": (drawn(correlation, correlated, 0.6), (30, 300)),
    "drawn, median": (drawn(np.median, lambda rng, n: rng.lognormal(0, 1, n), 1.0), (30, 300)),
    "drawn, 99th percentile": (drawn(lambda v: np.quantile(v, 0.99), lambda rng, n: rng.lognormal(0, 0.5, n),
                                     float(np.exp(0.5 * P99))), (3000,)),
    "difference, symmetric": (arms(symmetric, difference, 1.2), EVERY),
    "difference, exponential": (arms(exponential, difference, 1.2), EVERY),
    "difference, clicks a person": (arms(counts, difference, 1.2), EVERY),
    "difference, dwell": (arms(dwell, difference, 1.2), EVERY),
    "difference, dwell, a tenth treated": (arms(dwell, difference, 1.2, share=0.1), (300, 3000)),
    "difference, rates 2% and 3%": (shares_of_arms(0.02, 0.03), EVERY),
    "difference, rates 30% and 40%": (shares_of_arms(0.3, 0.4), EVERY),
    "relative, exponential": (arms(exponential, relative_difference, 1.2), EVERY),
    "relative, dwell": (arms(dwell, relative_difference, 1.2), EVERY),
    "relative, clicks, a tenth treated": (arms(counts, relative_difference, 1.2, share=0.1), EVERY),
    "ratio difference, 30% and 36%": (rates_of_arms(0.3, 0.36), EVERY),
    "ratio difference, 2% and 2.4%": (rates_of_arms(0.02, 0.024), EVERY),
    "ratio difference, relative, 30% and 36%": (rates_of_arms(0.3, 0.36, relative=True), EVERY),
    "ratio difference, relative, 2% and 2.4%": (rates_of_arms(0.02, 0.024, relative=True), (300, 3000)),
    "mean, money of one in 20": (mean(money(0.05)), (100, 300)), "mean, money of 2%": (mean(money(0.02)), (300, 3000)),
    "mean, lognormal with 1.5": (mean(lambda rng, n: (rng.lognormal(0, 1.5, n), float(np.exp(1.125)))), (1000, 3000)),
    "paired recall, 2% differ": (some_differ(0.02), EVERY), "paired recall, 10% differ": (some_differ(0.1), EVERY),
    "paired recall, 5% rise": (some_differ(0.05, (0.1, 0.2, 0.5, 1.0)), EVERY),
    "gain of recall, 2% differ": (some_differ(0.02, function=gained), EVERY),
    "paired hits": (pairs_of(0.3, 0.25), EVERY), "paired hits, rare": (pairs_of(0.03, 0.02), EVERY),
    "IPS, rewards 30%": (of_log(ips, logged(0.3)), EVERY),
    "IPS, rewards 2%": (of_log(ips, logged(0.02)), EVERY),
    "IPS, rewards .4%": (of_log(ips, logged(0.004)), (30, 300, 1000, 2000)),
    "IPS by user, rewards 2%": (by_people(ips, logged(0.02)), (30, 300)),
    "IPS, sharp weights": (of_log(ips, logged(0.3, sharp=2.5)), (300,)),
    "SNIPS, sharp weights": (of_log(snips, logged(0.3, sharp=2.5)), (30, 300)),
    "SNIPS, rewards 30%": (of_log(snips, logged(0.3)), EVERY),
    "SNIPS, rewards 2%": (of_log(snips, logged(0.02)), EVERY),
    "SNIPS, rewards .4%": (of_log(snips, logged(0.004)), (30, 300, 1000, 2000)),
    "SNIPS by user, rewards 2%": (by_people(snips, logged(0.02)), (30, 300)),
    "doubly robust, rewards 30%": (with_model(logged(0.3)), (300, 3000)),
    "doubly robust, rewards 2%": (with_model(logged(0.02)), (3000,)),
    "replay, rewards 2%": (matches(0.02), EVERY), "replay, rewards .4%": (matches(0.004), (30, 300, 1000)),
    "clusters alike": (clusters(alike), (6, 12, 30)), "clusters unlike": (clusters(unlike), (6, 12, 30)),
    "interleaving": (drafted, (30, 300)),
}
FALLS_SHORT = {  # what docstrings warn of: too few units for such data
    "mean, money of 2%": (mean(money(0.02)), 100), "clusters, 2 of 12": (clusters(alike, 1 / 6), 12),
    "mean, lognormal with 1.5": (mean(lambda rng, n: (rng.lognormal(0, 1.5, n), float(np.exp(1.125)))), 100),
    "mean, lognormal": (mean(lognormal), 30), "mean by user, exponential": (mean_by_user(exponential), 30),
    "drawn, root mean square": (drawn(root_mean_square, lambda rng, n: rng.standard_t(5, n), np.sqrt(5 / 3)), 30),
    "IPS, sharp weights": (of_log(ips, logged(0.3, sharp=2.5)), 30),
    "doubly robust, rewards .4%": (with_model(logged(0.004)), 1000),
    "drawn, 99th percentile": (drawn(lambda v: np.quantile(v, 0.99), lambda rng, n: rng.lognormal(0, 0.5, n),
                                     float(np.exp(0.5 * P99))), 100),
    "difference, dwell, a hundredth treated": (arms(dwell, difference, 1.2, share=0.01), 30),
}


def trials_of(name, n):
    trials = next(trials for most, trials in TRIALS.items() if n <= most)
    return trials // 4 if name.startswith("drawn") else trials


@pytest.mark.parametrize(("name", "n"), rows_of(COVERS))
def test_a_95_percent_interval_holds_the_truth(name, n):
    check_held(COVERS[name][0], n, trials_of(name, n), SEED)


@pytest.mark.parametrize("name", FALLS_SHORT)
def test_where_a_docstring_warns_the_interval_does_fall_short(name):
    made, n = FALLS_SHORT[name]
    check_short(made, n, trials_of(name, n), SEED)
