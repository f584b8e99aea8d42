"""Exercises and claims on experiments: what can be found, whose variance, a broken split, looking early, clusters."""

import numpy as np

from course_lib.evidence.experiment import cluster_difference, cuped_adjusted, mde, ratio_delta, srm
from course_lib.evidence.sequential import always_valid_p
from course_lib.teach.cards import effects_decisions, sizes
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake
from course_lib.teach.definitions.claim import DIAL, Band, Claim


def _pair(fn, *args, **kwargs):
    return np.array([float(part) for part in fn(*args, **kwargs)])


# --- 10.1 ----------------------------------------------------------------------------------------------------------
def _z(alpha, power):
    from scipy.stats import norm

    return norm.ppf(1 - alpha / 2) + norm.ppf(power)


def _mde_from_error(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    from scipy.stats import norm

    standard_error = np.hypot(standard_deviation, standard_deviation) / n_per_arm**0.5
    return standard_error * (norm.isf(alpha / 2) + norm.isf(1 - power))


def _mde_cases(rng):
    return [Case(f"deviation {s:g}, {n:,} an arm", (s, n)) for s, n in ((3.0, 500), (25.0, 2000), (0.21, 100_000))] + [
        Case("a stricter level", (4.0, 900), {"alpha": 0.01}), Case("more power", (4.0, 900), {"power": 0.95})]


def _one_sided(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    return mde(standard_deviation, n_per_arm, alpha=2 * alpha, power=power)


MDE = Card(
    id="experiments.1", title="The smallest effect this test can find", minutes=8, difficulty=2, used_in=("{{experiments}}", "{{launch}}", "{{interview}}",),
    effect=effects_decisions.effects_found,
    task="A test compares the means of two arms with n users each. It calls an effect when the difference is more than "
         "z(1 − α/2) standard errors from 0. How large must the true difference be for that to happen with the chance "
         "`power`? The answer is (z(1 − α/2) + z(power)) standard errors of a *difference*: the minimum detectable effect.",
    shapes="`standard_deviation` of the metric over users, in its own unit; `n_per_arm` users; returns a number in the "
           "metric's unit.",
    why="The first z is how far the estimate must be from 0 to count; the second is how far the truth must be beyond that, so "
        "that chance rarely pulls the estimate back. Solved for n it is the rule 16σ²/δ²: half the effect takes four times "
        "the users. Ask it before the test; after, the interval says what was found.",
    reference=mde, alternative=_mde_from_error, cases=_mde_cases,
    by_hand=(Case("deviation 1, two users an arm: the root is 1", (1.0, 2), expected=2.8015852181),
             Case("deviation 10, 200 an arm", (10.0, 200), expected=2.8015852181)),
    invariants=(Invariant("four times the users find half the effect", lambda fn, rng: np.isclose(
        fn(3.0, 400), 2 * fn(3.0, 1600))),),
    mistakes=(
        Mistake("one arm's noise", lambda standard_deviation, n_per_arm, alpha=0.05, power=0.8:
                _z(alpha, power) * standard_deviation / np.sqrt(n_per_arm),
                "You use the standard error of one mean. A difference has the noise of both arms: the variance is 2σ²/n."),
        Mistake("no power", lambda standard_deviation, n_per_arm, alpha=0.05, power=0.8:
                _z(alpha, 0.5) * standard_deviation * np.sqrt(2 / n_per_arm),
                "You leave the power out. An effect of this size is found only every other time: add z of the power."),
        Mistake("one-sided", _one_sided,
                "You take z at 1 − α. The test looks both ways, so each side has α/2."),
        Mistake("n of both arms", lambda standard_deviation, n_per_arm, alpha=0.05, power=0.8:
                _z(alpha, power) * standard_deviation * np.sqrt(4 / n_per_arm),
                "You divide n between two arms. It is already the number in each."),
        Mistake("no root", lambda standard_deviation, n_per_arm, alpha=0.05, power=0.8:
                _z(alpha, power) * standard_deviation * 2 / n_per_arm,
                "Standard errors fall with the root of n: take the root of 2/n."),
        Mistake("variance", lambda standard_deviation, n_per_arm, alpha=0.05, power=0.8:
                _z(alpha, power) * standard_deviation**2 * np.sqrt(2 / n_per_arm),
                "You multiply by the variance. Effect and standard deviation share a unit; the variance does not."),
    ),
    hints=("Two distances lie between 0 and the true effect: to the threshold, and from there to the truth.",
           "Standard error of the difference: σ · sqrt(2 / n). Quantiles: `from scipy.stats import norm`, `norm.ppf`.",
           "`(norm.ppf(1 - alpha / 2) + norm.ppf(power)) * standard_deviation * np.sqrt(2 / n_per_arm)`"),
)


# --- 10.2 ----------------------------------------------------------------------------------------------------------
def _people(rng, n):
    shown = 1 + rng.poisson(5 * rng.gamma(1, 2, n))
    return rng.binomial(shown, rng.beta(2, 12, n)).astype(float), shown.astype(float)


def _ratio_cases(rng):
    return [Case(f"{n} users", _people(rng, n)) for n in (5, 12, 60)]


def _ratio_by_covariance(numerator, denominator):
    n, value = len(numerator), np.mean(numerator) / np.mean(denominator)
    (above, both), (_, below) = np.cov(numerator, denominator)
    variance = (above - 2 * value * both + value**2 * below) / np.mean(denominator)**2
    return value, np.sqrt(variance / n)


def _with_error(error):
    def wrong(numerator, denominator):
        numerator, denominator = np.asarray(numerator, float), np.asarray(denominator, float)
        value = numerator.sum() / denominator.sum()
        return value, error(value, numerator, denominator, numerator - value * denominator)
    return wrong


def _plus_covariance(value, num, den, left):
    (above, both), (_, below) = np.cov(num, den)
    return np.sqrt((above + 2 * value * both + value**2 * below) / len(num)) / den.mean()


def _mean_of_rates(numerator, denominator):
    rate = np.asarray(numerator, float) / denominator
    return rate.mean(), rate.std(ddof=1) / np.sqrt(len(rate))


DELTA = Card(
    id="experiments.2", title="A rate over impressions, its error over users", minutes=10, difficulty=3, used_in=("{{experiments}}", "{{launch}}", "{{interview}}",),
    effect=effects_decisions.false_alarms_of_a_ratio,
    realistic=sizes.users_rates,
    task="Click rate is a sum over a sum: all clicks by all impressions. *Users* were randomised, so users are what the error "
         "must be about. Return the ratio r and its standard error by the delta method: what each user has beyond r, "
         "`numerator − r · denominator`, has a standard deviation over users (`ddof=1`); divide it by the root of the number "
         "of users and by the mean denominator.",
    shapes="`numerator`, `denominator` float [n], one row a user (clicks, impressions); returns (ratio, standard error).",
    why="Impressions of one user are alike: someone who likes the service clicks on many of them. A thousand impressions of ten "
        "users hold little more than ten facts. The delta method replaces the ratio by its tangent, which turns it "
        "into a mean over users: the numerator and denominator of a user move together, and that is accounted for.",
    reference=ratio_delta, alternative=_ratio_by_covariance, cases=_ratio_cases, call=_pair,
    by_hand=(Case("two users, ten impressions each", (np.array([1.0, 3.0]), np.array([10.0, 10.0])),
                  expected=np.array([0.2, 0.1])),
             Case("everyone clicks a fifth: no error at all", (np.array([2.0, 4.0]), np.array([10.0, 20.0])),
                  expected=np.array([0.2, 0.0]))),
    invariants=(Invariant("counting impressions in thousands scales value and error alike", lambda fn, rng: np.allclose(
        _pair(fn, np.array([1.0, 3, 2]), np.array([9.0, 14, 12])),
        _pair(fn, np.array([1.0, 3, 2]), np.array([9.0, 14, 12]) / 1000) / 1000)),),
    mistakes=(
        Mistake("impressions as units", _with_error(lambda r, num, den, left: np.sqrt(max(r * (1 - r), 0) / den.sum())),
                "Your error takes every impression for an independent coin. Users were randomised, and a user's impressions "
                "are alike."),
        Mistake("mean of the users' rates", _mean_of_rates,
                "You average each user's own rate: someone with one impression then counts as much as someone with a hundred. "
                "Divide the sums."),
        Mistake("denominator taken as fixed", _with_error(lambda r, num, den, left: num.std(ddof=1) / np.sqrt(
            len(num)) / den.mean()),
                "You use the spread of the clicks alone. Users with more impressions have more clicks: take the spread of "
                "numerator − r · denominator."),
        Mistake("covariance added", _with_error(_plus_covariance),
                "The covariance of clicks and impressions has the wrong sign: moving together makes a ratio steadier."),
        Mistake("deviation, not error", _with_error(lambda r, num, den, left: left.std(ddof=1) / den.mean()),
                "This is the spread of one user, not the error of the ratio: divide by the root of the number of users."),
        Mistake("not divided by the mean denominator", _with_error(lambda r, num, den, left: left.std(ddof=1) / np.sqrt(
            len(num))),
                "Your error is in clicks a user. The ratio is in clicks an impression: divide by the mean denominator."),
        Mistake("variance by n", _with_error(lambda r, num, den, left: left.std() / np.sqrt(len(num)) / den.mean()),
                "You divide the squares by n. Use `ddof=1`: r was estimated from the same users."),
    ),
    hints=("Make one number for each user whose mean is 0 when the user clicks at exactly the common rate.",
           "`left = numerator - ratio * denominator`; how far does the mean of `left` wander when users are drawn anew?",
           "`left.std(ddof=1) / np.sqrt(len(left)) / denominator.mean()`"),
)


# --- 10.3 ----------------------------------------------------------------------------------------------------------
def _cuped_cases(rng):
    out = []
    for n, strength in ((6, 0.9), (25, -0.6), (80, 0.3)):
        x = rng.gamma(2, 2, n)
        out.append(Case(f"{n} users", (strength * x + rng.normal(0, 1, n) + 5, x)))
    return out


def _by_regression(y, x):
    slope, _ = np.polyfit(x, y, 1)
    return np.asarray(y) - slope * (np.asarray(x) - np.mean(x))


def _with_theta(theta):
    def wrong(y, x):
        y, x = np.asarray(y, float), np.asarray(x, float)
        return y - theta(y, x) * (x - x.mean())
    return wrong


def _slope(y, x):
    return np.cov(x, y)[0, 1] / np.var(x, ddof=1)


CUPED = Card(
    id="experiments.3", title="Take out what was known before", minutes=8, difficulty=2, used_in=("{{experiments}}", "{{interview}}",),
    effect=effects_decisions.error_after_adjusting,
    realistic=sizes.outcome_and_before,
    task="Some users click much, and did so last month. That part of the noise is known before the test begins. Return each "
         "user's outcome less θ times how far the covariate is from its mean, with θ = cov(x, y) / var(x): the slope of y "
         "on x. The mean of the outcomes must not change.",
    shapes="`y` float [n], outcomes of all users of both arms; `x` float [n], the same metric before the test; "
           "returns float [n].",
    why="Randomisation makes x the same in both arms on average, so taking θ(x − x̄) away moves no difference on average; it "
        "takes away the part of the noise that x explains, ρ² of the variance. One θ for both arms, and an x that the "
        "treatment cannot have touched: everything rests on that.",
    reference=cuped_adjusted, alternative=_by_regression, cases=_cuped_cases,
    by_hand=(Case("y is x plus one: nothing is left", (np.array([1.0, 3.0]), np.array([0.0, 2.0])),
                  expected=np.array([2.0, 2.0])),),
    invariants=(
        Invariant("the mean stays", lambda fn, rng: np.isclose(np.mean(fn(np.array([4.0, 1, 7, 2]), np.array(
            [3.0, 0, 5, 5]))), 3.5)),
        Invariant("the covariate's unit does not matter", lambda fn, rng: np.allclose(
            fn(np.array([4.0, 1, 7, 2]), np.array([3.0, 0, 5, 5])),
            fn(np.array([4.0, 1, 7, 2]), 60 * np.array([3.0, 0, 5, 5]) + 7)))),
    mistakes=(
        Mistake("correlation for θ", _with_theta(lambda y, x: np.corrcoef(x, y)[0, 1]),
                "Your θ is the correlation. It has no unit; the slope cov(x, y) / var(x) turns units of x into units of y."),
        Mistake("divided by the variance of y", _with_theta(lambda y, x: np.cov(x, y)[0, 1] / np.var(y, ddof=1)),
                "You divide by the variance of the outcome: that is the slope of x on y. Divide by var(x)."),
        Mistake("not centred", lambda y, x: np.asarray(y) - _slope(y, x) * np.asarray(x),
                "You take θx away without centring x, and with it the level of the metric. Subtract θ(x − mean of x)."),
        Mistake("added", _with_theta(lambda y, x: -_slope(y, x)),
                "You add what the covariate explains; the noise grows. Subtract it."),
        Mistake("two kinds of variance", _with_theta(lambda y, x: np.cov(x, y)[0, 1] / np.var(x)),
                "np.cov divides by n − 1 and np.var by n. Give both the same: np.var(x, ddof=1)."),
        Mistake("mean lost", lambda y, x: np.asarray(y) - np.mean(y) - _slope(y, x) * (np.asarray(x) - np.mean(x)),
                "These are residuals: the mean of the outcomes is gone. Keep y itself and take away θ(x − x̄) alone."),
        Mistake("line through the origin", _with_theta(lambda y, x: np.sum(x * y) / np.sum(x**2)),
                "Your slope belongs to a line through the origin. Use deviations from the means: cov(x, y) / var(x)."),
    ),
    hints=("If you knew nothing but x, how much above or below average would you expect this user to be? Take that away.",
           "The slope: `np.cov(x, y)[0, 1] / np.var(x, ddof=1)`, from all users of both arms together.",
           "`y - theta * (x - x.mean())`"),
)


# --- 10.4 ----------------------------------------------------------------------------------------------------------
def _split_cases(rng):
    return [Case("two arms, a few users too many", (np.array([5080, 4920]), np.array([0.5, 0.5]))),
            Case("a tenth held back", (np.array([1040, 8960]), np.array([0.1, 0.9]))),
            Case("three arms", (np.array([330, 345, 390]), np.array([1, 1, 1]) / 3)),
            Case("three arms of different size", (np.array([95, 205, 670]), np.array([0.1, 0.2, 0.7])))]


def _distance(counts, shares):
    counts = np.asarray(counts, float)
    expected = counts.sum() * np.asarray(shares)
    return counts, expected, ((counts - expected)**2 / expected).sum()


def _tail(distance, dof):
    from scipy.stats import chi2

    return float(chi2.sf(distance, dof))


def _split_loop(counts, shares):
    total = distance = 0
    for count in counts:
        total += count
    for count, share in zip(counts, shares, strict=True):
        distance += count**2 / (total * share)
    return _tail(distance - total, len(counts) - 1)


def _first_arm(counts, shares):
    from scipy.stats import norm

    counts, expected, _ = _distance(counts, shares)
    return 2 * norm.sf(abs(counts[0] - expected[0]) / np.sqrt(expected[0] * (1 - shares[0])))


SRM = Card(
    id="experiments.4", title="Is this the split that was asked for?", minutes=8, difficulty=2, used_in=("{{experiments}}", "{{launch}}", "{{interview}}",),
    effect=effects_decisions.false_alarms_of_the_split,
    task="The plan gave each arm a share of the users. These are the users who were counted. How likely is a split at least "
         "this uneven, if the plan was carried out? Compare observed with expected counts: Σ (observed − expected)² / "
         "expected follows a chi-squared law with one degree of freedom fewer than there are arms. Return its upper tail.",
    shapes="`counts` int [A], users in each arm; `shares` float [A], sum 1; returns a p-value.",
    why="A tiny p does not say who is missing or why, only that the arms are not alike for another reason than the "
        "treatment. Then no metric of the test can be read. It costs nothing, needs no outcome, and "
        "finds redirects, bots, crashes and lost logs. The alarm stands at a very small p, for it runs on every test every "
        "day.",
    reference=srm, alternative=_split_loop, cases=_split_cases,
    by_hand=(Case("exactly as planned", (np.array([50, 50]), np.array([0.5, 0.5])), expected=1.0),
             Case("60 and 40: a distance of 4", (np.array([60, 40]), np.array([0.5, 0.5])), expected=0.0455002639)),
    invariants=(Invariant("the order of the arms does not matter", lambda fn, rng: np.isclose(
        fn(np.array([95, 205, 670]), np.array([0.1, 0.2, 0.7])), fn(np.array([670, 95, 205]), np.array([0.7, 0.1, 0.2])))),),
    mistakes=(
        Mistake("shares of the total", lambda counts, shares: _tail(_distance(np.asarray(counts) / np.sum(counts),
                                                                              shares)[2], len(counts) - 1),
                "You compare shares, not users. The same shares mean nothing with a hundred users and everything with a "
                "million: use counts."),
        Mistake("equal arms", lambda counts, shares: _tail(_distance(counts, np.full(len(counts), 1 / len(counts)))[2],
                                                           len(counts) - 1),
                "You expect equal arms. Expect what the plan asked for: total × share."),
        Mistake("degrees of freedom", lambda counts, shares: _tail(_distance(counts, shares)[2], len(counts)),
                "You use one degree of freedom for each arm. The total is given, so the last arm follows: A − 1."),
        Mistake("not divided by what was expected", lambda counts, shares: _tail(
            ((_distance(counts, shares)[0] - _distance(counts, shares)[1])**2).sum(), len(counts) - 1),
                "You sum the squared gaps as they are. Divide each by its expected count."),
        Mistake("divided by what was observed", lambda counts, shares: _tail(
            ((_distance(counts, shares)[0] - _distance(counts, shares)[1])**2 / _distance(counts, shares)[0]).sum(),
            len(counts) - 1),
                "You divide by the observed counts. Under the plan the variance comes from what was *expected*."),
        Mistake("lower tail", lambda counts, shares: 1 - _tail(_distance(counts, shares)[2], len(counts) - 1),
                "This is the chance of a split *less* uneven. The p-value is the upper tail."),
        Mistake("first arm only", _first_arm,
                "You test the first arm alone. With three arms, two others can be wrong while the first is right."),
    ),
    hints=("How many users should each arm have, out of those that were counted?",
           "`expected = counts.sum() * shares`; then the sum of squared gaps over expected.",
           "`from scipy.stats import chi2`; `chi2.sf(distance, len(counts) - 1)`"),
)


# --- 10.5 ----------------------------------------------------------------------------------------------------------
def _look_cases(rng):
    out = []
    for name, drift, scale in (("no effect", 0.0, 0.3), ("an effect", 0.4, 0.3), ("a wide prior", 0.25, 2.0)):
        at = 30 * np.arange(1, 9)
        value = rng.normal(30 * drift, np.sqrt(60), 8).cumsum() / at
        out.append(Case(name, (value, np.sqrt(2 / at), scale)))
    return out


def _valid_loop(value, standard_error, scale):
    least, out = 1.0, []
    for d, error in zip(value, standard_error, strict=True):
        v = error * error
        log_ratio = 0.5 * np.log(v / (v + scale**2)) + 0.5 * (d * scale)**2 / (v * (v + scale**2))
        least = min(least, np.exp(-log_ratio))
        out.append(least)
    return np.array(out)


def _ratio(value, v, scale2, *, shrink=True):
    value = np.asarray(value, float)
    front = np.sqrt(v / (v + scale2)) if shrink else 1.0
    return front * np.exp(value**2 * scale2 / (2 * v * (v + scale2)))


def _least(p):
    return np.minimum.accumulate(np.minimum(1.0, p))


def _fixed(value, standard_error, scale):
    from scipy.stats import norm

    return 2 * norm.sf(np.abs(np.asarray(value) / standard_error))


VALID = Card(
    id="experiments.5", title="A p-value that may be looked at every day", minutes=12, difficulty=3, used_in=("{{experiments}}", "{{interview}}",),
    effect=effects_decisions.false_alarms_of_looking,
    task="After each look there is a difference d with standard error s. Compare two stories about it: no effect, and effects "
         "of about the size τ either way. With V = s² their likelihood ratio is "
         "Λ = √(V / (V + τ²)) · exp(d² τ² / (2 V (V + τ²))). The p-value after a look is the least of 1/Λ over all looks so "
         "far, and at most 1.",
    shapes="`value`, `standard_error` float [L], after each look in order; `scale` is τ, in the unit of the difference; "
           "returns float [L].",
    why="Under no effect Λ is a fair game: its mean stays 1 however the test goes on. Such a game reaches 20 with a chance of at "
        "most 1/20, *whenever* one stops. That is why p may be read at any look, and why it never rises: what was reached "
        "stays reached. The price is a wider interval on the day that was planned.",
    reference=always_valid_p, alternative=_valid_loop, cases=_look_cases,
    by_hand=(Case("nothing seen", (np.array([0.0]), np.array([1.0]), 1.0), expected=np.array([1.0])),
             Case("two standard errors, then none", (np.array([2.0, 0.0]), np.array([1.0, 1.0]), 1.0),
                  expected=np.array([0.5202600950, 0.5202600950]))),
    invariants=(Invariant("p never rises", lambda fn, rng: bool((np.diff(fn(
        rng.normal(0, 1, 9), 1 / np.sqrt(np.arange(1, 10)), 0.5)) <= 0).all())),
                Invariant("the sign of the effect does not matter", lambda fn, rng: np.allclose(
                    fn(np.array([0.4, 0.7]), np.array([0.3, 0.2]), 0.5), fn(np.array([-0.4, -0.7]), np.array([0.3, 0.2]),
                                                                            0.5)))),
    mistakes=(
        Mistake("the usual p-value", _fixed,
                "This is the p-value of a test looked at once. At every look it gets another chance to fall below 5%."),
        Mistake("the usual p-value, the least so far", lambda value, standard_error, scale: _least(
            _fixed(value, standard_error, scale)),
                "You take the least of the usual p-values: that *is* peeking. The likelihood ratio has to take their place."),
        Mistake("Bonferroni", lambda value, standard_error, scale: np.minimum(1, len(value) * _fixed(
            value, standard_error, scale)),
                "You multiply the usual p-values by the number of looks. That needs the number beforehand; use 1/Λ."),
        Mistake("no memory", lambda value, standard_error, scale: np.minimum(1, 1 / _ratio(
            value, np.asarray(standard_error)**2, scale**2)),
                "Each look forgets the ones before. Take the least so far: `np.minimum.accumulate`."),
        Mistake("ratio upside down", lambda value, standard_error, scale: _least(_ratio(
            value, np.asarray(standard_error)**2, scale**2)),
                "You return Λ itself. A large ratio speaks for an effect: p is 1/Λ."),
        Mistake("error not squared", lambda value, standard_error, scale: _least(1 / _ratio(
            value, np.asarray(standard_error), scale**2)),
                "V is the variance: square the standard error."),
        Mistake("scale not squared", lambda value, standard_error, scale: _least(1 / _ratio(
            value, np.asarray(standard_error)**2, scale)),
                "τ enters as τ²: it is added to a variance."),
        Mistake("no shrinking in front", lambda value, standard_error, scale: _least(1 / _ratio(
            value, np.asarray(standard_error)**2, scale**2, shrink=False)),
                "The factor √(V / (V + τ²)) is missing. It is what one pays for looking."),
    ),
    hints=("The more d lies where effects of size τ would put it and no effect would not, the larger the ratio.",
           "With `v = standard_error**2`, write the formula in one line; it works on whole arrays.",
           "`np.minimum.accumulate(np.minimum(1, 1 / ratio))`"),
)


# --- 10.6 ----------------------------------------------------------------------------------------------------------
def _village(rng, clusters, most):
    size = rng.integers(1, most + 1, clusters)
    cluster = np.repeat(rng.permutation(clusters) + 10, size)
    order = rng.permutation(len(cluster))
    level = np.repeat(rng.normal(10, 2, clusters), size)
    arm = (np.isin(cluster, rng.permutation(np.unique(cluster))[: clusters // 2])).astype(int)
    return (level + rng.normal(0, 1, len(cluster)))[order], cluster[order], arm[order]


def _cluster_cases(rng):
    return [Case(f"{c} clusters of up to {m}", _village(rng, c, m)) for c, m in ((6, 4), (12, 8), (30, 3))]


def _with_pandas(y, cluster, arm):
    import pandas as pd

    out, square = [], 0.0
    for k in (0, 1):
        part = pd.DataFrame({"y": y, "c": cluster})[np.asarray(arm) == k].groupby("c")["y"].agg(["sum", "size"])
        mean = part["sum"].sum() / part["size"].sum()
        spread = ((part["sum"] - mean * part["size"])**2).sum() / (len(part) - 1)
        square += spread / len(part) / part["size"].mean()**2
        out.append(mean)
    return out[1] - out[0], square**0.5


def _arms(y, cluster, arm):
    return [(np.asarray(y, float)[np.asarray(arm) == k], np.asarray(cluster)[np.asarray(arm) == k]) for k in (0, 1)]


def _people_as_units(y, cluster, arm):
    (c, _), (t, _) = _arms(y, cluster, arm)
    return t.mean() - c.mean(), np.sqrt(c.var(ddof=1) / len(c) + t.var(ddof=1) / len(t))


def _sums(values, cluster):
    ids, code = np.unique(cluster, return_inverse=True)
    return np.bincount(code, values), np.bincount(code).astype(float)


def _cluster_means(y, cluster, arm):
    means = [np.divide(*_sums(*part)) for part in _arms(y, cluster, arm)]
    c, t = means
    return t.mean() - c.mean(), np.sqrt(c.var(ddof=1) / len(c) + t.var(ddof=1) / len(t))


def _cluster_error(error):
    def wrong(y, cluster, arm):
        value, square = cluster_difference(y, cluster, arm)[0], 0.0
        for part in _arms(y, cluster, arm):
            total, size = _sums(*part)
            square += error(total, size, total - total.sum() / size.sum() * size)**2
        return value, np.sqrt(square)
    return wrong


CLUSTERS = Card(
    id="experiments.6", title="When whole clusters were randomised", minutes=12, difficulty=3, used_in=("{{experiments}}", "{{interview}}",),
    effect=effects_decisions.false_alarms_of_clusters,
    realistic=sizes.people_in_clusters,
    task="Clusters of friends were put into an arm as a whole. Return the difference in means *a person* (treatment less "
         "control) and its standard error, with clusters as the independent units. Each arm's mean is a sum over clusters "
         "divided by a sum over clusters (outcomes by people): your answer to 10.2 gives its error. The errors of "
         "two independent arms add as squares.",
    shapes="`y` float [n], one row a person; `cluster` int [n]; `arm` int [n], 0 or 1, the same for everyone of a cluster; "
           "returns (difference, standard error).",
    why="People of a cluster are alike, and they were not assigned one by one: thirty friends are not thirty coin flips. The error "
        "must be about what was flipped. Clusters differ in size, so the mean a person is a ratio, and the delta method is "
        "the same as for clicks by impressions.",
    reference=cluster_difference, alternative=_with_pandas, cases=_cluster_cases, call=_pair,
    by_hand=(Case("two clusters of two in each arm", (np.array([1.0, 1, 3, 3, 4, 4, 4, 4]),
                                                      np.array([1, 1, 2, 2, 3, 3, 4, 4]),
                                                      np.array([0, 0, 0, 0, 1, 1, 1, 1])), expected=np.array([2.0, 1.0])),),
    invariants=(Invariant("clusters of one person are ordinary users", lambda fn, rng: np.allclose(
        _pair(fn, np.array([1.0, 4, 2, 7, 5]), np.arange(5), np.array([0, 1, 0, 1, 1])),
        _people_as_units(np.array([1.0, 4, 2, 7, 5]), np.arange(5), np.array([0, 1, 0, 1, 1])))),),
    mistakes=(
        Mistake("people as units", _people_as_units,
                "Your error counts every person. Clusters were randomised, and people of a cluster are alike: sum by cluster "
                "first."),
        Mistake("mean of cluster means", _cluster_means,
                "You average the clusters' means, so that someone in a small cluster counts more. Divide sums by sums."),
        Mistake("size taken as fixed", _cluster_error(lambda total, size, left: total.std(ddof=1) / np.sqrt(len(total))
                                                      / size.mean()),
                "You use the spread of the clusters' totals. Large clusters have large totals: take the spread of total − mean "
                "· size."),
        Mistake("divided by people", _cluster_error(lambda total, size, left: left.std(ddof=1) / np.sqrt(size.sum())
                                                    / size.mean()),
                "You divide by the root of the number of people. The independent units are clusters: use their number."),
        Mistake("not per person", _cluster_error(lambda total, size, left: left.std(ddof=1) / np.sqrt(len(total))),
                "Your error is a cluster's, the difference a person's. Divide by the mean size of a cluster."),
        Mistake("errors added", lambda y, cluster, arm: (cluster_difference(y, cluster, arm)[0], sum(ratio_delta(*_sums(
            *part))[1] for part in _arms(y, cluster, arm))),
                "You add the two errors. Independent errors add as squares: sqrt(a² + b²)."),
        Mistake("control less treatment", lambda y, cluster, arm: (-cluster_difference(y, cluster, arm)[0],
                                                                   cluster_difference(y, cluster, arm)[1]),
                "Your difference is control less treatment: a gain then looks like a loss."),
    ),
    hints=("First make a small table: one row a cluster, with its sum of y and its number of people.",
           "`ids, code = np.unique(cluster, return_inverse=True)`, then `np.bincount(code, y)` and `np.bincount(code)`, for each "
           "arm apart.",
           "`ratio_delta(sums, sizes)` gives an arm's mean and error; the difference has the error `np.hypot(error_c, error_t)`."),
)


CARDS = [MDE, DELTA, CUPED, SRM, VALID, CLUSTERS]

# What a measurement of this lesson can contradict, and the sentences whose outcome one of our own dials decides: those are
# measured at several strengths. Two sentences of earlier editions stand here no more. "Six experiments in a hundred have a
# broken split" is a rate of one organisation (Fabijan et al. 2019), which no other's data can confirm or refute. "CUPED
# leaves 1 − ρ² of the variance" and "fourteen looks at new users: 22%" are arithmetic: tests/evidence/test_identities.py.
CLAIMS = [
    Claim("experiments.naive", "Counting impressions as units at least doubles the false alarms of a test by users",
          "own conjecture; Deng, Knoblich, Lu 2018, sections 3.1 and 3.3, give the mechanism; here A/A tests of a click rate, by how many impressions of "
          "each user are counted", (0.1, 1.0),
          kind=DIAL, dial="impressions counted of each user beyond the first",
          history=(Band(0.2, 0.4, "2026-11-22", "the sentence was another: Impressions as units make three A/A tests in ten a false alarm."),), written="2026-11-28"),
    Claim("experiments.delta", "With thousands of users the delta method keeps the false alarms of a ratio at 5%",
          "Deng, Knoblich, Lu 2018", (0.04, 0.06),
          place="section 3.2, equation 6: the variance of a ratio whose unit is not the user; that a test with it keeps its level "
                "follows; here 5,000 A/A tests",
          history=(Band(0.03, 0.07, "2026-11-22", "the sentence was another: The delta method keeps the false alarms of a ratio at 5%."),), written="2026-11-28"),
    Claim("experiments.cuped", "What CUPED leaves of the variance is what last month's correlation promised",
          "own conjecture; Deng et al. 2013 show the identity on the test's own data; here θ and ρ from two weeks before, variance "
          "left in the test's first week over 1 − ρ²", (0.95, 1.05),
          history=(Band(0.9, 1.1, "2026-11-22", "the sentence was another: CUPED leaves 1 − ρ² of the variance."),), written="2026-11-28"),
    Claim("experiments.peeking", "Fourteen looks at 5% make one A/A test in five a winner", "Armitage, McPherson, Rowe 1969",
          (0.18, 0.25), place="pages 235–244, for normal observations that are independent, as ever new users are: 19% at ten "
                              "looks, 25% at twenty; here by the share of users who come back every day",
          kind=DIAL, dial="share of users who come back every day",
          history=(Band(0.17, 0.25, "2026-11-22", "it is set from the source's own figures now, 19% at ten looks and 25% at twenty."),), written="2026-11-28"),
    Claim("experiments.always_valid", "An always-valid test keeps its 5% however often one looks", "Johari, Pekelis, Walsh 2015",
          (0.0, 0.05), place="abstract: “valid statistical inference whenever they make their decision”; here 5,000 A/A tests with "
                             "a look a day", written="2026-11-22"),
    Claim("experiments.always_valid_price", "An always-valid test needs at most twice the users of one planned look",
          "own conjecture; here the users for 80% power, looking every day for two weeks", (1.0, 2.0), "×", written="2026-11-28"),
    Claim("experiments.interference", "A test by users tells the effect on everybody to within a fifth",
          "own conjecture of what every such test assumes; Holtz et al. 2020 put one fee experiment, by listing, at a fifth or more; "
          "here the share of the true effect that is missed, by how much the arms share", (-0.2, 0.2),
          kind=DIAL, dial="share of satisfied clicks passed on to friends",
          history=(Band(0.2, np.inf, "2026-11-22", "the sentence was another: Interference shifts what an A/B test reports by at least a fifth of the effect."),), written="2026-11-28"),
    Claim("experiments.interference_stock", "Where stock is short, a test by users tells the effect on sales to within a fifth",
          "own conjecture of what every such test assumes; here the share of the true effect that is missed, by scarcity",
          (-0.2, 0.2), kind=DIAL, dial="scarcity: one over the pieces of an article each morning, 0 where none ever sells out", written="2026-11-28"),
    Claim("experiments.clusters", "Assigning clusters of friends takes away at least half of the error of a test by users",
          "own conjecture; Eckles, Karrer, Ugander 2017 say less bias, Ugander et al. 2013 none for people whose friends are all in "
          "one arm; here with three quarters of friendships within clusters", (0.5, np.inf),
          history=(Band(0.9, 1.1, "2026-11-22", "the sentence was another: Randomising clusters of friends recovers the effect on everybody."),), written="2026-11-28"),
    Claim("experiments.exploration", "An ordinary A/B test shows less than a fifth of what exploration is worth",
          "own conjecture after Su et al. 2024, who say often neutral or negative; here the share of the true gain that is "
          "reported, by how much of the other arm's log each arm learns from", (-np.inf, 0.2),
          kind=DIAL, dial="share of the other arm's log that each arm learns from",
          history=(Band(-np.inf, 0.25, "2026-11-22", "the sentence was another: An ordinary A/B test shows next to nothing of what exploration is worth."),), written="2026-11-28"),
    Claim("experiments.novelty", "The first week of a change tells what its third will bring", "own conjecture: what a test of one "
          "week assumes, against Kohavi, Tang, Xu 2020, chapter 3; here lift over lift, by strength of novelty", (0.9, 1.1),
          kind=DIAL, dial="strength of novelty in log-odds",
          history=(Band(0.8, 1.2, "2026-11-22", "the sentence was another: A week of testing tells what a change of looks is worth."),), written="2026-11-28"),
]
