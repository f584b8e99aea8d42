"""Solutions of exercises 10.3 (two more right ones) to 10.6, written blind."""

import itertools
import math

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong
from scipy.special import gammaincc
from scipy.stats import chi2, chisquare, norm, power_divergence


@right("experiments.3", "pandas' own cov and var; a Series.")
def cuped_adjusted(y, x):
    y, x = pd.Series(y, dtype=float), pd.Series(x, dtype=float)
    return y - (x - x.mean()) * (y.cov(x) / x.var())


@right("experiments.3", "In place on a copy, θ by least squares of the centred covariate.")
def cuped_adjusted(y, x):
    adjusted, centred = np.array(y, dtype=float), np.asarray(x, float) - np.mean(x)
    theta = np.linalg.lstsq(centred[:, None], adjusted, rcond=None)[0][0]
    adjusted -= theta * centred
    return adjusted


@wrong("experiments.4", "As many degrees of freedom as there are arms.")
def srm(counts, shares):
    expected = counts.sum() * shares
    return chi2.sf(((counts - expected) ** 2 / expected).sum(), len(counts))


@wrong("experiments.4", "The lower tail.")
def srm(counts, shares):
    expected = counts.sum() * shares
    return chi2.cdf(((counts - expected) ** 2 / expected).sum(), len(counts) - 1)


@wrong("experiments.4", "Divides by the observed counts, not by the expected.")
def srm(counts, shares):
    expected = counts.sum() * shares
    return chi2.sf(((counts - expected) ** 2 / counts).sum(), len(counts) - 1)


@wrong("experiments.4", "Compares shares, not counts: the number of users drops out.")
def srm(counts, shares):
    seen = counts / counts.sum()
    return chi2.sf(((seen - shares) ** 2 / shares).sum(), len(counts) - 1)


@wrong("experiments.4", "One degree of freedom, however many arms.")
def srm(counts, shares):
    expected = counts.sum() * shares
    return chi2.sf(((counts - expected) ** 2 / expected).sum(), 1)


@wrong("experiments.4", "Ignores the shares: expects equal arms.")
def srm(counts, shares):
    return chisquare(counts).pvalue


@wrong("experiments.4", "Corrects for continuity: half a user off each distance.")
def srm(counts, shares):
    expected = counts.sum() * shares
    return chi2.sf(((np.abs(counts - expected) - 0.5) ** 2 / expected).sum(), len(counts) - 1)


@wrong("experiments.4", "Tests the first arm alone by the normal law, which is the same for two arms only.")
def srm(counts, shares):
    n = counts.sum()
    z = (counts[0] - n * shares[0]) / np.sqrt(n * shares[0] * (1 - shares[0]))
    return 2 * norm.sf(abs(z))


@wrong("experiments.4", "Returns the statistic, not its tail.")
def srm(counts, shares):
    expected = counts.sum() * shares
    return ((counts - expected) ** 2 / expected).sum()


@wrong("experiments.4", "Rounds the p-value to three places: the alarm level is below that.")
def srm(counts, shares):
    return round(float(chisquare(counts, counts.sum() * np.asarray(shares)).pvalue), 3)


@wrong("experiments.4", "Halves the p-value as for a one-sided test.")
def srm(counts, shares):
    return chisquare(counts, counts.sum() * np.asarray(shares)).pvalue / 2


@wrong("experiments.4", "The likelihood ratio (G) in place of the squares over expected.")
def srm(counts, shares):
    return power_divergence(counts, counts.sum() * np.asarray(shares), lambda_="log-likelihood").pvalue


@right("experiments.4", "scipy's own test.")
def srm(counts, shares):
    counts = np.asarray(counts, float)
    return chisquare(f_obs=counts, f_exp=np.asarray(shares, float) * counts.sum())[1]


@right("experiments.4", "In a loop, the tail by the incomplete gamma function; a Python float.")
def srm(counts, shares):
    total, statistic = sum(int(c) for c in counts), 0.0
    for c, s in zip(counts, shares, strict=True):
        statistic += (int(c) - total * float(s)) ** 2 / (total * float(s))
    return float(gammaincc((len(counts) - 1) / 2, statistic / 2))


@right("experiments.4", "The statistic as Σ o² / e − n.")
def srm(counts, shares):
    observed = pd.Series(np.array(counts, float))
    expected = observed.sum() * pd.Series(np.array(shares, float))
    statistic = (observed**2 / expected).sum() - observed.sum()
    return chi2(df=observed.size - 1).sf(max(statistic, 0.0))


@wrong("experiments.5", "No memory: each look has its own p, which may rise again.")
def always_valid_p(value, standard_error, scale):
    v = standard_error**2
    ratio = np.sqrt(v / (v + scale**2)) * np.exp(value**2 * scale**2 / (2 * v * (v + scale**2)))
    return np.minimum(1, 1 / ratio)


@wrong("experiments.5", "Not capped: a look at nothing gives a p above 1.")
def always_valid_p(value, standard_error, scale):
    v = standard_error**2
    ratio = np.sqrt(v / (v + scale**2)) * np.exp(value**2 * scale**2 / (2 * v * (v + scale**2)))
    return np.minimum.accumulate(1 / ratio)


@wrong("experiments.5", "V is the standard error, not its square.")
def always_valid_p(value, standard_error, scale):
    v = standard_error
    ratio = np.sqrt(v / (v + scale**2)) * np.exp(value**2 * scale**2 / (2 * v * (v + scale**2)))
    return np.minimum.accumulate(np.minimum(1, 1 / ratio))


@wrong("experiments.5", "The 2 in the exponent is missing.")
def always_valid_p(value, standard_error, scale):
    v = standard_error**2
    ratio = np.sqrt(v / (v + scale**2)) * np.exp(value**2 * scale**2 / (v * (v + scale**2)))
    return np.minimum.accumulate(np.minimum(1, 1 / ratio))


@wrong("experiments.5", "Divides by 2 and then multiplies by V (V + τ²): a bracket too few.")
def always_valid_p(value, standard_error, scale):
    v = standard_error**2
    ratio = np.sqrt(v / (v + scale**2)) * np.exp(value**2 * scale**2 / 2 * v * (v + scale**2))
    return np.minimum.accumulate(np.minimum(1, 1 / ratio))


@wrong("experiments.5", "The factor before the exponential has no root.")
def always_valid_p(value, standard_error, scale):
    v = standard_error**2
    ratio = v / (v + scale**2) * np.exp(value**2 * scale**2 / (2 * v * (v + scale**2)))
    return np.minimum.accumulate(np.minimum(1, 1 / ratio))


@wrong("experiments.5", "The root is upside down: (V + τ²) / V.")
def always_valid_p(value, standard_error, scale):
    v, both = standard_error**2, standard_error**2 + scale**2
    ratio = np.sqrt(both / v) * np.exp(value**2 * scale**2 / (2 * v * both))
    return np.minimum.accumulate(np.minimum(1, 1 / ratio))


@wrong("experiments.5", "The least over all looks, also those still to come.")
def always_valid_p(value, standard_error, scale):
    v, tau2 = standard_error**2, scale**2
    ratio = np.sqrt(v / (v + tau2)) * np.exp(value**2 * tau2 / (2 * v * (v + tau2)))
    return np.full(len(value), min(1, (1 / ratio).min()))


@wrong("experiments.5", "Runs from the last look back: the least over the looks from here on.")
def always_valid_p(value, standard_error, scale):
    v, tau2 = standard_error**2, scale**2
    ratio = np.sqrt(v / (v + tau2)) * np.exp(value**2 * tau2 / (2 * v * (v + tau2)))
    return np.minimum.accumulate(np.minimum(1, 1 / ratio)[::-1])[::-1]


@wrong("experiments.5", "Takes scale for τ²: it is not squared.")
def always_valid_p(value, standard_error, scale):
    v, tau2 = standard_error**2, scale
    ratio = np.sqrt(v / (v + tau2)) * np.exp(value**2 * tau2 / (2 * v * (v + tau2)))
    return np.minimum.accumulate(np.minimum(1, 1 / ratio))


@wrong("experiments.5", "Multiplies the likelihood ratios of all looks as if each had data of its own.")
def always_valid_p(value, standard_error, scale):
    v, tau2 = standard_error**2, scale**2
    ratio = np.sqrt(v / (v + tau2)) * np.exp(value**2 * tau2 / (2 * v * (v + tau2)))
    return np.minimum.accumulate(np.minimum(1, 1 / np.cumprod(ratio)))


@wrong("experiments.5", "Takes the difference, not its square, so only positive differences count.")
def always_valid_p(value, standard_error, scale):
    v, tau2 = standard_error**2, scale**2
    ratio = np.sqrt(v / (v + tau2)) * np.exp(value * np.abs(value) * tau2 / (2 * v * (v + tau2)))
    return np.minimum.accumulate(np.minimum(1, 1 / ratio))


@right("experiments.5", "In logarithms; one over the running maximum of the ratio.")
def always_valid_p(value, standard_error, scale):
    d2, v = np.square(np.asarray(value, float)), np.square(np.asarray(standard_error, float))
    log_ratio = 0.5 * (np.log(v) - np.log(v + scale**2)) + d2 * scale**2 / (2 * v * (v + scale**2))
    return np.exp(-np.maximum.accumulate(np.maximum(log_ratio, 0)))


@right("experiments.5", "A loop with the least so far; a list.")
def always_valid_p(value, standard_error, scale):
    least, out = 1.0, []
    for d, s in zip(value, standard_error, strict=True):
        v = float(s) ** 2
        log_ratio = math.log(v / (v + scale**2)) / 2 + float(d) ** 2 * scale**2 / (2 * v * (v + scale**2))
        least = min(least, math.exp(-log_ratio))
        out.append(least)
    return out


@right("experiments.5", "pandas cummin and clip; a Series.")
def always_valid_p(value, standard_error, scale):
    looks = pd.DataFrame({"d": np.array(value, float), "v": np.array(standard_error, float) ** 2})
    wide = looks["v"] + scale**2
    one_over = np.sqrt(wide / looks["v"]) * np.exp(-(looks["d"] ** 2) * scale**2 / (2 * looks["v"] * wide))
    return one_over.cummin().clip(upper=1.0)


@right("experiments.5", "itertools.accumulate from 1; a tuple.")
def always_valid_p(value, standard_error, scale):
    v = np.asarray(standard_error, float) ** 2
    # the same ratio of two normal densities of d: variance V + τ² over variance V
    log_ratio = norm.logpdf(value, scale=np.sqrt(v + scale**2)) - norm.logpdf(value, scale=np.sqrt(v))
    return tuple(itertools.accumulate(np.exp(-log_ratio), min, initial=1.0))[1:]


@right("experiments.5", "torch.cummin in double precision, back to numpy.")
def always_valid_p(value, standard_error, scale):
    d, v = torch.tensor(np.array(value, float)), torch.tensor(np.array(standard_error, float)) ** 2
    p = torch.sqrt((v + scale**2) / v) * torch.exp(-(d**2) * scale**2 / (2 * v * (v + scale**2)))
    return torch.cummin(p.clamp(max=1), dim=0).values.numpy()
