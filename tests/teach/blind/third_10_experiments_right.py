"""Right solutions of lesson 10, written blind."""

import math
import statistics

import numpy as np
import pandas as pd
import torch
from blind_book import right
from scipy import stats
from sklearn.linear_model import LinearRegression


# ---------------------------------------------------------------- 10.2


@right("experiments.2", "One number a user: clicks less r times impressions.")
def ratio_delta(numerator, denominator):
    x, y = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    r = x.sum() / y.sum()
    influence = (x - r * y) / y.mean()
    return r, influence.std(ddof=1) / np.sqrt(len(x))


@right("experiments.2", "The delta method from a covariance matrix.")
def ratio_delta(numerator, denominator):
    x, y = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    n, mean = len(x), y.mean()
    ratio = x.mean() / mean
    c = np.cov(x, y, ddof=1)
    variance = (c[0, 0] - 2 * ratio * c[0, 1] + ratio**2 * c[1, 1]) / (n * mean**2)
    return float(ratio), float(np.sqrt(max(variance, 0.0)))


@right("experiments.2", "The standard library alone.")
def ratio_delta(numerator, denominator):
    pairs = [(float(a), float(b)) for a, b in zip(numerator, denominator, strict=True)]
    total = math.fsum(b for _, b in pairs)
    r = math.fsum(a for a, _ in pairs) / total
    left = [a - r * b for a, b in pairs]
    return r, statistics.stdev(left) * math.sqrt(len(pairs)) / total


@right("experiments.2", "pandas: the standard error of the mean of the linearised metric.")
def ratio_delta(numerator, denominator):
    t = pd.DataFrame({"x": np.asarray(numerator, float), "y": np.asarray(denominator, float)})
    r = t["x"].sum() / t["y"].sum()
    return r, (t["x"] - r * t["y"]).sem() / t["y"].mean()


# ---------------------------------------------------------------- 10.3


@right("experiments.3", "Covariance over variance, the covariate centred.")
def cuped_adjusted(y, x):
    y, x = np.asarray(y, dtype=float), np.asarray(x, dtype=float)
    c = np.cov(x, y)
    return y - c[0, 1] / c[0, 0] * (x - x.mean())


@right("experiments.3", "scipy's line.")
def cuped_adjusted(y, x):
    y, x = np.asarray(y, dtype=float), np.asarray(x, dtype=float)
    slope = stats.linregress(x, y).slope
    return y - slope * x + slope * np.mean(x)


@right("experiments.3", "sklearn: the residual of a regression, plus the mean.")
def cuped_adjusted(y, x):
    y, x = np.array(y, dtype=float), np.array(x, dtype=float)[:, None]
    return y - LinearRegression().fit(x, y).predict(x) + y.mean()


@right("experiments.3", "Plain sums.")
def cuped_adjusted(y, x):
    n = len(y)
    mean_x, mean_y = sum(map(float, x)) / n, sum(map(float, y)) / n
    together = alone = 0.0
    for a, b in zip(x, y, strict=True):
        together += (a - mean_x) * (b - mean_y)
        alone += (a - mean_x) ** 2
    theta = together / alone
    return [float(b - theta * (a - mean_x)) for a, b in zip(x, y, strict=True)]


# ---------------------------------------------------------------- 10.7


@right("experiments.7", "The touched alone, times their share.")
def effect_of_touched(y, arm, touched):
    y, arm, touched = np.asarray(y, dtype=float), np.asarray(arm).astype(int), np.asarray(touched, dtype=bool)
    new, old = y[touched & (arm == 1)], y[touched & (arm == 0)]
    share = touched.mean()
    error = np.sqrt(new.var(ddof=1) / len(new) + old.var(ddof=1) / len(old))
    return share * (new.mean() - old.mean()), share * error


@right("experiments.7", "pandas: mean, variance and count by arm.")
def effect_of_touched(y, arm, touched):
    people = pd.DataFrame({"y": np.asarray(y, float), "arm": np.asarray(arm).astype(int), "touched": np.asarray(touched, bool)})
    by = people[people["touched"]].groupby("arm")["y"].agg(["mean", "var", "count"])
    share = people["touched"].mean()
    effect = by.loc[1, "mean"] - by.loc[0, "mean"]
    return share * effect, share * math.sqrt((by["var"] / by["count"]).sum())


@right("experiments.7", "Loops and the statistics module.")
def effect_of_touched(y, arm, touched):
    groups = {0: [], 1: []}
    n = 0
    for value, which, hit in zip(y, arm, touched, strict=True):
        n += 1
        if hit:
            groups[int(which)].append(float(value))
    control, treatment = groups[0], groups[1]
    share = (len(control) + len(treatment)) / n
    variance = sum(statistics.variance(g) / len(g) for g in (control, treatment))
    return share * (statistics.fmean(treatment) - statistics.fmean(control)), share * math.sqrt(variance)


@right("experiments.7", "torch: a regression on the arm among the touched, with HC2 errors.")
def effect_of_touched(y, arm, touched):
    who = torch.tensor(np.array(touched, dtype=bool))
    outcome = torch.tensor(np.array(y, dtype=np.float64))[who]
    treated = torch.tensor(np.array(arm, dtype=np.float64))[who]
    design = torch.stack([torch.ones_like(treated), treated], dim=1)
    inverse = torch.linalg.inv(design.T @ design)
    slope = inverse @ design.T @ outcome
    left = outcome - design @ slope
    leverage = ((design @ inverse) * design).sum(dim=1)
    covariance = inverse @ (design.T * (left**2 / (1 - leverage))) @ design @ inverse
    share = who.double().mean()
    return share * slope[1], share * torch.sqrt(covariance[1, 1])
