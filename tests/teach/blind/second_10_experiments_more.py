"""Solutions of lesson 10, written blind: from the notebook's text alone. Second part."""

import math

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong
from scipy.special import gammaincc
from scipy.stats import binomtest, chi2, chisquare, norm


def stat(counts, shares):
    expected = np.sum(counts) * np.asarray(shares, dtype=float)
    return float(((np.asarray(counts) - expected) ** 2 / expected).sum())


@wrong("experiments.4", "A correction for continuity: half a user is taken off each difference.")
def srm_yates(counts, shares):
    expected = np.sum(counts) * np.asarray(shares)
    off = np.maximum(np.abs(counts - expected) - 0.5, 0)
    return float(chi2.sf((off**2 / expected).sum(), len(counts) - 1))


@wrong("experiments.4", "One degree of freedom is written down: right for two arms only.")
def srm_two_arms(counts, shares):
    return float(chi2.sf(stat(counts, shares), 1))


@wrong("experiments.4", "Only the first arm is tested against its share; with three arms the others are not looked at.")
def srm_first_arm(counts, shares):
    n, share = sum(counts), shares[0]
    z = (counts[0] - n * share) / math.sqrt(n * share * (1 - share))
    return float(2 * norm.sf(abs(z)))


@wrong("experiments.4", "The likelihood ratio statistic, not the sum that the text gives.")
def srm_likelihood(counts, shares):
    counts = np.asarray(counts)
    return float(chisquare(counts, counts.sum() * np.asarray(shares)).pvalue) if (counts == 0).any() else float(
        chi2.sf(2 * (counts * np.log(counts / (counts.sum() * np.asarray(shares)))).sum(), len(counts) - 1))


@wrong("experiments.4", "Shares are compared with shares, so the number of users does not matter.")
def srm_shares(counts, shares):
    seen, shares = np.asarray(counts) / np.sum(counts), np.asarray(shares)
    return float(chi2.sf(((seen - shares) ** 2 / shares).sum(), len(counts) - 1))


@wrong("experiments.4", "Differences are not squared.")
def srm_absolute(counts, shares):
    expected = np.sum(counts) * np.asarray(shares)
    return float(chi2.sf((np.abs(counts - expected) / expected).sum(), len(counts) - 1))


@wrong("experiments.4", "Half of the upper tail, as if only one direction counted.")
def srm_one_sided(counts, shares):
    return chi2.sf(stat(counts, shares), len(counts) - 1) / 2


@wrong("experiments.4", "Two arms are tested by the exact binomial law, which gives another p than the one asked for.")
def srm_exact(counts, shares):
    if len(counts) == 2:
        return float(binomtest(int(counts[0]), int(sum(counts)), float(shares[0])).pvalue)
    return float(chi2.sf(stat(counts, shares), len(counts) - 1))


@right("experiments.4", "scipy's chisquare.")
def srm_scipy(counts, shares):
    counts, shares = np.asarray(counts, dtype=float), np.asarray(shares, dtype=float)
    return chisquare(counts, counts.sum() * shares / shares.sum())[1]


@right("experiments.4", "The regularised gamma function, and Σ o²/e - n for the sum.")
def srm_gamma(counts, shares):
    n = float(sum(int(c) for c in counts))
    value = math.fsum((int(c) - n * float(s)) ** 2 / (n * float(s)) for c, s in zip(counts, shares))
    return gammaincc((len(counts) - 1) / 2, value / 2)


@right("experiments.4", "torch for the law, pandas for the sum.")
def srm_torch(counts, shares):
    table = pd.DataFrame({"o": np.asarray(counts), "s": np.asarray(shares)}).assign(e=lambda t: t["o"].sum() * t["s"])
    value = ((table["o"] - table["e"]) ** 2 / table["e"]).sum()
    half = torch.tensor([(len(table) - 1) / 2, value / 2], dtype=torch.float64)
    return torch.special.gammaincc(half[0], half[1]).item()


@wrong("experiments.3", "θ has the variance of the outcome below, not of the covariate.")
def cuped_var_y(y, x):
    theta = np.cov(x, y)[0, 1] / max(np.var(y, ddof=1), 1e-12)
    return y - theta * (x - x.mean())


@wrong("experiments.3", "The covariate is not taken from its mean, so the mean of the outcomes changes.")
def cuped_uncentred(y, x):
    theta = np.cov(x, y)[0, 1] / np.var(x, ddof=1)
    return y - theta * x


@wrong("experiments.3", "cov has ddof 1 and var ddof 0: θ is too large by n / (n - 1).")
def cuped_ddof(y, x):
    theta = np.cov(x, y)[0, 1] / np.var(x)
    return y - theta * (x - np.mean(x))


@wrong("experiments.3", "θ is the correlation, not the slope.")
def cuped_correlation(y, x):
    spread = np.std(x) * np.std(y)
    theta = np.mean((x - x.mean()) * (y - y.mean())) / spread if spread else 0.0
    return y - theta * (x - x.mean())


@wrong("experiments.3", "The sign: what x explains is added on.")
def cuped_sign(y, x):
    away = x - x.mean()
    return y + (away @ y) / (away @ away) * away


@wrong("experiments.3", "θ is 1: the plain difference to the time before.")
def cuped_difference(y, x):
    return y - (x - x.mean())


@wrong("experiments.3", "The slope of a line through the origin.")
def cuped_origin(y, x):
    theta = (x * y).sum() / (x * x).sum()
    return y - theta * (x - x.mean())


@wrong("experiments.3", "What is left of the regression, with mean 0: the mean of the outcomes is gone.")
def cuped_residual(y, x):
    slope, height = np.polyfit(x, y, 1)
    return y - (slope * x + height)


@wrong("experiments.3", "Outcomes below 0 are cut off, which changes the mean.")
def cuped_clipped(y, x):
    theta = np.cov(x, y)[0, 1] / np.var(x, ddof=1)
    return np.maximum(y - theta * (x - x.mean()), 0)


@wrong("experiments.3", "Distance from the median, not from the mean.")
def cuped_median(y, x):
    theta = np.cov(x, y, ddof=0)[0, 1] / np.var(x)
    return y - theta * (x - np.median(x))


@wrong("experiments.3", "Only users who did something before are adjusted; the others stay as they are.")
def cuped_active(y, x):
    theta = np.cov(x, y)[0, 1] / np.var(x, ddof=1)
    return np.where(x > 0, y - theta * (x - x.mean()), y)


@wrong("experiments.3", "The slope of x on y, by exchanged arguments of polyfit.")
def cuped_exchanged(y, x):
    slope = np.polyfit(y, x, 1)[0] if np.ptp(y) else 0.0
    return y - slope * (x - np.mean(x))


@right("experiments.3", "Least squares with a constant; the residual, and the mean of y put back.")
def cuped_lstsq(y, x):
    design = np.column_stack([np.ones(len(x)), x])
    fitted = design @ np.linalg.lstsq(design, np.asarray(y, dtype=float), rcond=None)[0]
    return np.asarray(y) - fitted + np.mean(y)


@right("experiments.3", "Pure Python, a list.")
def cuped_python(y, x):
    middle_x, middle_y = math.fsum(x) / len(x), math.fsum(y) / len(y)
    away = [float(v) - middle_x for v in x]
    theta = math.fsum(a * (float(v) - middle_y) for a, v in zip(away, y)) / math.fsum(a * a for a in away)
    return [float(v) - theta * a for v, a in zip(y, away)]


@right("experiments.3", "pandas: Series.cov over Series.var; a Series comes back.")
def cuped_pandas(y, x):
    y, x = pd.Series(np.asarray(y, dtype=float)), pd.Series(np.asarray(x, dtype=float))
    return y.sub((x - x.mean()).mul(x.cov(y) / x.var()))


@right("experiments.3", "A projection in torch: y less its part along the centred x.")
def cuped_torch(y, x):
    y, x = torch.tensor(np.asarray(y, dtype=float)), torch.tensor(np.asarray(x, dtype=float))
    unit = torch.nn.functional.normalize(x - x.mean(), dim=0)
    return (y - (unit @ y) * unit).numpy()
