"""Solutions of lesson 10, written blind: from the notebook's text alone. Fifth part."""

import numpy as np
import pandas as pd
from blind_book import right, wrong
from scipy.special import ndtri
from scipy.stats import chi2, power_divergence


@right("experiments.1", "scipy.special.ndtri of both at once, the variances of two means added; float32.")
def mde_float32(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    variance = np.var([standard_deviation, -standard_deviation]) / n_per_arm + standard_deviation**2 / n_per_arm
    return np.float32(ndtri([1 - alpha / 2, power]).sum() * variance**0.5)


@wrong("experiments.1", "Each arm has one user fewer than it has: n - 1 below the root.")
def mde_n_less_one(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    return ndtri([1 - alpha / 2, power]).sum() * standard_deviation * np.sqrt(2 / (n_per_arm - 1))


@wrong("experiments.2", "Users without a click are left out of the spread, as if they had not been counted.")
def ratio_clickers_only(numerator, denominator):
    r = numerator.sum() / denominator.sum()
    held = numerator > 0
    if held.sum() < 2:
        held[:] = True
    rest = (numerator - r * denominator)[held]
    return r, rest.std(ddof=1) / np.sqrt(len(rest)) / denominator[held].mean()


@wrong("experiments.4", "Expected counts are rounded to whole users.")
def srm_rounded(counts, shares):
    expected = np.round(np.sum(counts) * np.asarray(shares))
    return float(chi2.sf(((np.asarray(counts) - expected) ** 2 / expected).sum(), len(counts) - 1))


@right("experiments.4", "scipy's power_divergence with lambda 1, on arrays made of lists.")
def srm_power_divergence(counts, shares):
    counts = pd.Series(list(counts), dtype=float)
    expected = pd.Series(list(shares), dtype=float)
    return power_divergence(counts, expected / expected.sum() * counts.sum(), lambda_=1).pvalue


@wrong("experiments.4", "The p-value is rounded to four places, so that every clear imbalance is 0.")
def srm_four_places(counts, shares):
    expected = np.sum(counts) * np.asarray(shares)
    return round(float(chi2.sf(((np.asarray(counts) - expected) ** 2 / expected).sum(), len(counts) - 1)), 4)


@wrong("experiments.3", "θ is found on the users who did something before; those with 0 are left out of the slope.")
def cuped_slope_of_active(y, x):
    held = x != 0
    if held.sum() < 2 or np.ptp(x[held]) == 0:
        held = np.ones(len(x), bool)
    theta = np.cov(x[held], y[held])[0, 1] / np.var(x[held], ddof=1)
    return y - theta * (x - x.mean())


@wrong("experiments.5", "The first look is passed over: with one look there is nothing to compare.")
def always_second_look(value, standard_error, scale):
    v, t2 = standard_error**2, scale**2
    inverse = np.sqrt((v + t2) / v) * np.exp(-(value**2) * t2 / (2 * v * (v + t2)))
    inverse[0] = 1.0
    return np.minimum.accumulate(np.minimum(inverse, 1))


@wrong("experiments.6", "Clusters of one person are left out: they have no spread of their own.")
def cluster_of_two_or_more(y, cluster, arm):
    table = pd.DataFrame({"y": y, "c": cluster, "a": arm})
    sums = table.groupby(["a", "c"])["y"].agg(["sum", "size"])
    if (sums[sums["size"] > 1].groupby("a").size().reindex([0, 1], fill_value=0) > 1).all():
        sums = sums[sums["size"] > 1]
    mean, square = {}, 0.0
    for a, rows in sums.groupby("a"):
        mean[a] = rows["sum"].sum() / rows["size"].sum()
        rest = rows["sum"] - mean[a] * rows["size"]
        square += rest.var() / len(rest) / rows["size"].mean() ** 2
    return mean[1] - mean[0], np.sqrt(square)
