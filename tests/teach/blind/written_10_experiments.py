"""Solutions of exercises 10.1 to 10.3, written blind."""

import math
from statistics import NormalDist

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong
from scipy.optimize import brentq
from scipy.stats import linregress, norm


@wrong("experiments.1", "Takes the standard error of one arm's mean, not that of a difference of two.")
def mde(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    return (norm.ppf(1 - alpha / 2) + norm.ppf(power)) * standard_deviation / np.sqrt(n_per_arm)


@wrong("experiments.1", "One-sided: takes z(1 − α) where the test has two sides.")
def mde(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    return (norm.ppf(1 - alpha) + norm.ppf(power)) * standard_deviation * np.sqrt(2 / n_per_arm)


@wrong("experiments.1", "Adds the errors of the two arms as they are, not as squares.")
def mde(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    arm = standard_deviation / np.sqrt(n_per_arm)
    return (norm.ppf(1 - alpha / 2) + norm.ppf(power)) * (arm + arm)


@wrong("experiments.1", "Takes n_per_arm for the users of both arms together, half of them in each.")
def mde(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    n = n_per_arm / 2
    return (norm.ppf(1 - alpha / 2) + norm.ppf(power)) * standard_deviation * np.sqrt(2 / n)


@wrong("experiments.1", "z(1 − power) in place of z(power): the second part is subtracted.")
def mde(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    beta = 1 - power
    return (norm.ppf(1 - alpha / 2) + norm.ppf(beta)) * standard_deviation * np.sqrt(2 / n_per_arm)


@wrong("experiments.1", "Has 2.8 for the two quantiles whatever alpha and power are.")
def mde(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    return 2.8 * standard_deviation * np.sqrt(2 / n_per_arm)


@wrong("experiments.1", "Ignores alpha: 1.96 is written into it.")
def mde(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    return (1.959963984540054 + norm.ppf(power)) * math.sqrt(2 * standard_deviation**2 / n_per_arm)


@wrong("experiments.1", "Splits the missed part of the power over two sides as it does alpha.")
def mde(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    z = norm.isf(alpha / 2) + norm.isf((1 - power) / 2)
    return z * standard_deviation * np.sqrt(2 / n_per_arm)


@wrong("experiments.1", "Takes the standard deviation for a variance: it stays under the root unsquared.")
def mde(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    return (norm.ppf(1 - alpha / 2) + norm.ppf(power)) * np.sqrt(2 * standard_deviation / n_per_arm)


@wrong("experiments.1", "Stops at the critical value: the power is left out.")
def mde(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    return norm.ppf(1 - alpha / 2) * standard_deviation * np.sqrt(2 / n_per_arm)


@wrong("experiments.1", "Gives the variance of the difference for its standard error: no root.")
def mde(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    variance = standard_deviation**2 / n_per_arm + standard_deviation**2 / n_per_arm
    return (norm.ppf(1 - alpha / 2) + norm.ppf(power)) * variance


@wrong("experiments.1", "Rounds to two places, so that small metrics have an effect of 0.")
def mde(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    return round(float((norm.ppf(1 - alpha / 2) + norm.ppf(power)) * standard_deviation * np.sqrt(2 / n_per_arm)), 2)


@right("experiments.1", "With the standard library alone; a Python float.")
def mde(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    z = NormalDist().inv_cdf
    return (z(1 - alpha / 2) + z(power)) * math.sqrt(2.0) * standard_deviation / math.sqrt(n_per_arm)


@right("experiments.1", "Upper tails and np.hypot of two equal arms; a numpy scalar.")
def mde(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    arm = standard_deviation / np.sqrt(n_per_arm)
    return np.hypot(arm, arm) * (norm.isf(alpha / 2) - norm.isf(power))


@right("experiments.1", "Finds the effect whose chance is the power by a root search.")
def mde(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    edge = norm.ppf(1 - alpha / 2)
    steps = brentq(lambda d: norm.cdf(d - edge) - power, -20, 20, xtol=1e-13)
    return steps * standard_deviation * (2 / n_per_arm) ** 0.5


@right("experiments.1", "Quantiles from torch in double precision; .item() at the end.")
def mde(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    z = torch.special.ndtri(torch.tensor([1 - alpha / 2, power], dtype=torch.float64)).sum().item()
    return z * (2 * standard_deviation**2 / n_per_arm) ** 0.5


@wrong("experiments.2", "The mean of each user's own rate in place of the ratio of the sums.")
def ratio_delta(numerator, denominator):
    r = np.mean(numerator / np.maximum(denominator, 1))
    e = numerator - r * denominator
    return r, e.std(ddof=1) / np.sqrt(len(e)) / denominator.mean()


@wrong("experiments.2", "ddof=0 in the standard deviation over users.")
def ratio_delta(numerator, denominator):
    r = numerator.sum() / denominator.sum()
    return r, np.std(numerator - r * denominator) / np.sqrt(len(numerator)) / denominator.mean()


@wrong("experiments.2", "Divides by the sum of the denominators, not by their mean.")
def ratio_delta(numerator, denominator):
    r = numerator.sum() / denominator.sum()
    return r, np.std(numerator - r * denominator, ddof=1) / np.sqrt(len(numerator)) / denominator.sum()


@wrong("experiments.2", "Divides by the number of users, not by its root.")
def ratio_delta(numerator, denominator):
    r = numerator.sum() / denominator.sum()
    return r, np.std(numerator - r * denominator, ddof=1) / len(numerator) / denominator.mean()


@wrong("experiments.2", "Error of independent impressions: r (1 − r) over their number, not over users.")
def ratio_delta(numerator, denominator):
    r = numerator.sum() / denominator.sum()
    return r, np.sqrt(r * (1 - r) / denominator.sum())


@wrong("experiments.2", "Drops users without impressions, so n and the mean denominator are those of the others.")
def ratio_delta(numerator, denominator):
    there = denominator > 0
    c, n = numerator[there], denominator[there]
    r = c.sum() / n.sum()
    return r, (c - r * n).std(ddof=1) / np.sqrt(len(c)) / n.mean()


@wrong("experiments.2", "Takes the denominator for a constant: only the spread of the numerator counts.")
def ratio_delta(numerator, denominator):
    r = numerator.sum() / denominator.sum()
    return r, numerator.std(ddof=1) / np.sqrt(len(numerator)) / denominator.mean()


@wrong("experiments.2", "Returns the variance in place of the standard error.")
def ratio_delta(numerator, denominator):
    r = numerator.sum() / denominator.sum()
    return r, (numerator - r * denominator).var(ddof=1) / len(numerator) / denominator.mean() ** 2


@wrong("experiments.2", "Takes numerator and denominator for independent: no covariance between them.")
def ratio_delta(numerator, denominator):
    n, r = len(numerator), numerator.mean() / denominator.mean()
    variance = numerator.var(ddof=1) + r**2 * denominator.var(ddof=1)
    return r, np.sqrt(variance / n) / denominator.mean()


@wrong("experiments.2", "The sign of the covariance is wrong: it is added.")
def ratio_delta(numerator, denominator):
    n, r = len(numerator), numerator.mean() / denominator.mean()
    both = np.cov(numerator, denominator)
    return r, np.sqrt((both[0, 0] + 2 * r * both[0, 1] + r**2 * both[1, 1]) / n) / denominator.mean()


@wrong("experiments.2", "Standard error first, ratio second.")
def ratio_delta(numerator, denominator):
    r = numerator.sum() / denominator.sum()
    return np.std(numerator - r * denominator, ddof=1) / np.sqrt(len(numerator)) / denominator.mean(), r


@wrong("experiments.2", "Leaves out the division by the mean denominator: the error is in clicks a user.")
def ratio_delta(numerator, denominator):
    r = numerator.sum() / denominator.sum()
    return r, np.std(numerator - r * denominator, ddof=1) / np.sqrt(len(numerator))


@right("experiments.2", "By the variances and the covariance; a list.")
def ratio_delta(numerator, denominator):
    both = np.cov(np.asarray(numerator, float), np.asarray(denominator, float))
    r = np.sum(numerator) / np.sum(denominator)
    weights = np.array([1.0, -r])
    return [r, np.sqrt(weights @ both @ weights / len(numerator)) / np.mean(denominator)]


@right("experiments.2", "In loops; Python floats.")
def ratio_delta(numerator, denominator):
    n, total, whole = 0, 0.0, 0.0
    for a, b in zip(numerator, denominator, strict=True):
        n, total, whole = n + 1, total + float(a), whole + float(b)
    r = total / whole
    beyond = [float(a) - r * float(b) for a, b in zip(numerator, denominator, strict=True)]
    mean = sum(beyond) / n
    spread = math.sqrt(sum((e - mean) ** 2 for e in beyond) / (n - 1))
    return r, spread / math.sqrt(n) / (whole / n)


@right("experiments.2", "pandas: its standard error of the mean is what is asked for.")
def ratio_delta(numerator, denominator):
    users = pd.DataFrame({"a": np.array(numerator, float), "b": np.array(denominator, float)})
    r = users["a"].sum() / users["b"].sum()
    return r, users.eval("a - @r * b").sem() / users["b"].mean()


@right("experiments.2", "torch in double precision, floats at the end.")
def ratio_delta(numerator, denominator):
    a, b = (torch.as_tensor(np.array(v, dtype=float)) for v in (numerator, denominator))
    r = a.sum() / b.sum()
    return float(r), float((a - r * b).std() / len(a) ** 0.5 / b.mean())


@wrong("experiments.3", "ddof 1 in the covariance and 0 in the variance.")
def cuped_adjusted(y, x):
    theta = np.cov(x, y)[0, 1] / np.var(x)
    return y - theta * (x - x.mean())


@wrong("experiments.3", "Does not centre the covariate, so the mean of the outcomes changes.")
def cuped_adjusted(y, x):
    theta = np.cov(x, y)[0, 1] / np.var(x, ddof=1)
    return y - theta * x


@wrong("experiments.3", "Takes the correlation for the slope.")
def cuped_adjusted(y, x):
    theta = np.corrcoef(x, y)[0, 1]
    return y - theta * (x - x.mean())


@wrong("experiments.3", "Slope of x on y: divides by the variance of the outcome.")
def cuped_adjusted(y, x):
    both = np.cov(x, y)
    return y - both[0, 1] / both[1, 1] * (x - x.mean())


@wrong("experiments.3", "Adds what x explains.")
def cuped_adjusted(y, x):
    both = np.cov(x, y)
    return y + both[0, 1] / both[0, 0] * (x - x.mean())


@wrong("experiments.3", "Returns the residuals of the regression, whose mean is 0.")
def cuped_adjusted(y, x):
    slope, intercept = np.polyfit(x, y, 1)
    return y - (intercept + slope * x)


@wrong("experiments.3", "Slope through the origin: Σxy / Σx².")
def cuped_adjusted(y, x):
    theta = (x @ y) / (x @ x)
    return y - theta * (x - x.mean())


@wrong("experiments.3", "θ = 1: subtracts the whole covariate's distance from its mean.")
def cuped_adjusted(y, x):
    return y - (x - x.mean())


@wrong("experiments.3", "Cuts the result at 0, as clicks cannot be negative; the mean changes.")
def cuped_adjusted(y, x):
    theta = np.cov(x, y)[0, 1] / np.var(x, ddof=1)
    return np.maximum(y - theta * (x - x.mean()), 0)


@wrong("experiments.3", "Centres the covariate on its median.")
def cuped_adjusted(y, x):
    theta = np.cov(x, y, ddof=0)[0, 1] / np.var(x)
    return y - theta * (x - np.median(x))


@right("experiments.3", "Residuals of a fitted line plus the mean of the outcomes.")
def cuped_adjusted(y, x):
    fit = linregress(x, y)
    return y - fit.intercept - fit.slope * x + np.mean(y)


@right("experiments.3", "In loops with a guard for a covariate that does not vary; a list.")
def cuped_adjusted(y, x):
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    both = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    spread = sum((a - mean_x) ** 2 for a in x)
    theta = both / spread if spread > 0 else 0.0
    return [float(b - theta * (a - mean_x)) for a, b in zip(x, y, strict=True)]
