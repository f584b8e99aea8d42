"""Solutions of lesson 10, written blind: from the notebook's text alone."""

import math
from statistics import NormalDist

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong
from scipy.optimize import brentq
from scipy.stats import chi2, norm
from scipy.stats import t as student


@wrong("experiments.1", "The error of one mean in place of that of a difference: the factor of √2 is left out.")
def mde_one_mean(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    return (norm.ppf(1 - alpha / 2) + norm.ppf(power)) * standard_deviation / np.sqrt(n_per_arm)


@wrong("experiments.1", "One-sided: z(1 - alpha) where the text says z(1 - alpha / 2).")
def mde_one_sided(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    z = NormalDist().inv_cdf
    return (z(1 - alpha) + z(power)) * standard_deviation * math.sqrt(2 / n_per_arm)


@wrong("experiments.1", "The power is left out: this is what is significant, found half of the time.")
def mde_no_power(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    return norm.ppf(1 - alpha / 2) * standard_deviation * np.sqrt(2 / n_per_arm)


@wrong("experiments.1", "n is taken for the users of both arms together, so each arm gets half of them.")
def mde_total(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    each = n_per_arm / 2
    return (norm.ppf(1 - alpha / 2) + norm.ppf(power)) * standard_deviation * np.sqrt(2 / each)


@wrong("experiments.1", "1.96 is written down, whatever alpha is.")
def mde_fixed_alpha(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    return (1.959964 + norm.ppf(power)) * standard_deviation * (2 / n_per_arm) ** 0.5


@wrong("experiments.1", "0.84 is written down, whatever the power is.")
def mde_fixed_power(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    return (norm.isf(alpha / 2) + 0.8416212) * standard_deviation * (2 / n_per_arm) ** 0.5


@wrong("experiments.1", "z(1 - power) is below 0, so more power makes the effect smaller.")
def mde_power_sign(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    return (norm.ppf(1 - alpha / 2) + norm.ppf(1 - power)) * standard_deviation * np.sqrt(2 / n_per_arm)


@wrong("experiments.1", "The standard deviation is taken for a variance and its root is drawn.")
def mde_variance(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    return (norm.ppf(1 - alpha / 2) + norm.ppf(power)) * np.sqrt(2 * standard_deviation / n_per_arm)


@wrong("experiments.1", "Student's quantiles in place of the normal law's: too large where n is small.")
def mde_student(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    free = 2 * n_per_arm - 2
    return (student.ppf(1 - alpha / 2, free) + student.ppf(power, free)) * standard_deviation * np.sqrt(2 / n_per_arm)


@wrong("experiments.1", "Divided by the standard deviation: an effect size, not in the metric's unit.")
def mde_standardised(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    return (norm.ppf(1 - alpha / 2) + norm.ppf(power)) * np.sqrt(2 / n_per_arm) / standard_deviation


@wrong("experiments.1", "Both tails of the power too: z(1 - (1 - power) / 2).")
def mde_power_two_sided(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    z = norm.ppf([1 - alpha / 2, 1 - (1 - power) / 2]).sum()
    return float(z * math.hypot(standard_deviation, standard_deviation) / math.sqrt(n_per_arm))


@wrong("experiments.1", "Rounded to four places behind the point: a rare event's effect becomes 0.")
def mde_rounded(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    z = norm.ppf(1 - alpha / 2) + norm.ppf(power)
    return round(float(z * standard_deviation * (2 / n_per_arm) ** 0.5), 4)


@right("experiments.1", "statistics.NormalDist and hypot of two equal errors.")
def mde_stdlib(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    error = standard_deviation / math.sqrt(n_per_arm)
    law = NormalDist(sigma=math.hypot(error, error))
    return -law.inv_cdf(alpha / 2) - law.inv_cdf(1 - power)


@right("experiments.1", "Solved by a root: the effect at which the chance beyond the limit is the power.")
def mde_root(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    error = standard_deviation * math.sqrt(2 / n_per_arm)
    limit = norm.isf(alpha / 2)
    return error * brentq(lambda effect: norm.sf(limit - effect) - power, -20, 20, xtol=1e-13, rtol=1e-13)


@right("experiments.1", "torch's inverse error function in double precision.")
def mde_torch(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    p = torch.tensor([1 - alpha / 2, power], dtype=torch.float64)
    z = math.sqrt(2) * torch.erfinv(2 * p - 1)
    return float(z.sum()) * standard_deviation * math.sqrt(2 / n_per_arm)


@wrong("experiments.2", "The mean of each user's own rate, not the ratio of the sums.")
def ratio_of_users(numerator, denominator):
    rate = np.divide(numerator, denominator, out=np.zeros(len(numerator)), where=denominator > 0)
    return rate.mean(), rate.std(ddof=1) / np.sqrt(len(rate))


@wrong("experiments.2", "The standard deviation has ddof 0.")
def ratio_ddof(numerator, denominator):
    r = numerator.sum() / denominator.sum()
    rest = numerator - r * denominator
    return r, rest.std() / np.sqrt(len(rest)) / denominator.mean()


@wrong("experiments.2", "Not divided by the mean denominator: the error is in clicks a user.")
def ratio_no_mean(numerator, denominator):
    r = numerator.sum() / denominator.sum()
    return r, np.std(numerator - r * denominator, ddof=1) / np.sqrt(len(numerator))


@wrong("experiments.2", "A binomial error: every impression an independent coin.")
def ratio_binomial(numerator, denominator):
    r = numerator.sum() / denominator.sum()
    return r, math.sqrt(max(r * (1 - r), 0) / denominator.sum())


@wrong("experiments.2", "Divided by the root of the number of impressions, not of users.")
def ratio_root_impressions(numerator, denominator):
    r = numerator.sum() / denominator.sum()
    rest = numerator - r * denominator
    return r, rest.std(ddof=1) / np.sqrt(denominator.sum()) / denominator.mean()


@wrong("experiments.2", "Only the numerator's spread counts; that the denominator moves along is left out.")
def ratio_numerator_only(numerator, denominator):
    r = numerator.sum() / denominator.sum()
    return r, numerator.std(ddof=1) / np.sqrt(len(numerator)) / denominator.mean()


@wrong("experiments.2", "The covariance term is left out of the delta method.")
def ratio_no_covariance(numerator, denominator):
    r = numerator.sum() / denominator.sum()
    variance = numerator.var(ddof=1) + r**2 * denominator.var(ddof=1)
    return r, np.sqrt(variance / len(numerator)) / denominator.mean()


@wrong("experiments.2", "Users without impressions are dropped: fewer users and another mean denominator.")
def ratio_active_only(numerator, denominator):
    table = pd.DataFrame({"c": numerator, "n": denominator}).query("n > 0")
    r = table["c"].sum() / table["n"].sum()
    rest = table["c"] - r * table["n"]
    return r, rest.std() / np.sqrt(len(table)) / table["n"].mean()


@wrong("experiments.2", "The variance of the mean is returned, its root is not drawn.")
def ratio_variance(numerator, denominator):
    r = numerator.sum() / denominator.sum()
    return r, np.var(numerator - r * denominator, ddof=1) / len(numerator) / denominator.mean() ** 2


@wrong("experiments.2", "The spread of one user, not divided by the root of the number of users.")
def ratio_spread(numerator, denominator):
    r = numerator.sum() / denominator.sum()
    return r, np.std(numerator - r * denominator, ddof=1) / denominator.mean()


@wrong("experiments.2", "A user's rate less r in place of clicks less r times impressions: all users weigh the same.")
def ratio_less_r(numerator, denominator):
    r = numerator.sum() / denominator.sum()
    rates = numerator / np.maximum(denominator, 1) - r
    return r, rates.std(ddof=1) / np.sqrt(len(rates))


@wrong("experiments.2", "Error first, ratio second.")
def ratio_swapped(numerator, denominator):
    r = numerator.mean() / denominator.mean()
    rest = numerator - r * denominator
    return np.sqrt((rest**2).sum() / (len(rest) - 1) / len(rest)) / denominator.mean(), r


@right("experiments.2", "By variances and a covariance, the long form of the delta method.")
def ratio_long(numerator, denominator):
    cov = np.cov(numerator, denominator)
    r = np.mean(numerator) / np.mean(denominator)
    weight = np.array([1, -r])
    return r, np.sqrt(max(weight @ cov @ weight, 0) / len(numerator)) / np.mean(denominator)


@right("experiments.2", "Pure Python, the sum of squares itself: the rests have mean 0.")
def ratio_python(numerator, denominator):
    n, below = len(numerator), math.fsum(denominator)
    r = math.fsum(numerator) / below
    squares = math.fsum((float(c) - r * float(d)) ** 2 for c, d in zip(numerator, denominator))
    return r, math.sqrt(squares * n / (n - 1)) / below


@right("experiments.2", "torch in double precision; std has ddof 1 as it is.")
def ratio_torch(numerator, denominator):
    c, d = (torch.tensor(np.asarray(x, dtype=float)) for x in (numerator, denominator))
    r = c.sum() / d.sum()
    return r.item(), ((c - r * d).std() / len(c) ** 0.5 / d.mean()).item()


@right("experiments.2", "pandas: sem() of the rests over the mean denominator.")
def ratio_sem(numerator, denominator):
    table = pd.DataFrame({"c": numerator, "d": denominator})
    total = table.sum()
    r = total["c"] / total["d"]
    return r, table.eval("c - @r * d").sem() / table["d"].mean()


@wrong("experiments.4", "As many degrees of freedom as there are arms.")
def srm_df(counts, shares):
    expected = np.sum(counts) * np.asarray(shares)
    return chi2.sf(((counts - expected) ** 2 / expected).sum(), len(counts))


@wrong("experiments.4", "Equal shares are taken, whatever the plan says.")
def srm_equal(counts, shares):
    expected = np.mean(counts)
    return float(chi2.sf(((np.asarray(counts) - expected) ** 2 / expected).sum(), len(counts) - 1))


@wrong("experiments.4", "Divided by the observed counts, not by the expected ones.")
def srm_observed(counts, shares):
    expected = np.sum(counts) * np.asarray(shares)
    return float(chi2.sf(((counts - expected) ** 2 / np.maximum(counts, 1)).sum(), len(counts) - 1))


@wrong("experiments.4", "The lower tail: an even split gets a p near 0.")
def srm_lower(counts, shares):
    expected = np.sum(counts) * np.asarray(shares)
    return float(chi2.cdf(((counts - expected) ** 2 / expected).sum(), len(counts) - 1))
