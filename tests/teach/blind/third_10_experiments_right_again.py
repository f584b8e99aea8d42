"""Right solutions of lesson 10, written blind."""

import math
import statistics

import numpy as np
import pandas as pd
import torch
from blind_book import right
from scipy import stats


# ---------------------------------------------------------------- 10.2
@right("experiments.2", "Numpy: the residuals clicks - r * impressions, their spread over the mean denominator.")
def ratio_delta(numerator, denominator):
    r = numerator.sum() / denominator.sum()
    influence = (numerator - r * denominator) / denominator.mean()
    return r, influence.std(ddof=1) / np.sqrt(len(numerator))


@right("experiments.2", "The textbook delta method: variances and covariance from np.cov, clipped at 0.")
def ratio_delta(numerator, denominator):
    x = np.asarray(numerator, dtype=float)
    y = np.asarray(denominator, dtype=float)
    assert x.shape == y.shape and len(x) >= 2
    n = len(x)
    mx, my = x.mean(), y.mean()
    r = mx / my
    c = np.cov(x, y, ddof=1)
    variance = (c[0, 0] - 2 * r * c[0, 1] + r * r * c[1, 1]) / (n * my * my)
    return float(r), float(np.sqrt(max(variance, 0.0)))


@right("experiments.2", "Pandas: a table of users, the residual's sem().")
def ratio_delta(numerator, denominator):
    table = pd.DataFrame({"num": np.asarray(numerator, float), "den": np.asarray(denominator, float)})
    total = table.sum()
    ratio = total["num"] / total["den"]
    residual = table["num"] - ratio * table["den"]
    return ratio, residual.sem(ddof=1) / table["den"].mean()


@right("experiments.2", "Plain Python: lists, fsum and statistics.stdev; each user's pull on the ratio.")
def ratio_delta(numerator, denominator):
    num = [float(v) for v in numerator]
    den = [float(v) for v in denominator]
    n = len(num)
    all_num, all_den = math.fsum(num), math.fsum(den)
    ratio = all_num / all_den
    pulls = [(a - ratio * b) * n / all_den for a, b in zip(num, den, strict=True)]
    return ratio, statistics.stdev(pulls) / math.sqrt(n)


# ---------------------------------------------------------------- 10.3
@right("experiments.3", "Numpy: theta is the covariance over the variance; x centred.")
def cuped_adjusted(y, x):
    centred = x - x.mean()
    theta = (centred @ (y - y.mean())) / (centred @ centred)
    return y - theta * centred


@right("experiments.3", "Least squares with an intercept (lstsq): the residuals plus the mean of y.")
def cuped_adjusted(y, x):
    y = np.array(y, dtype=float)
    x = np.array(x, dtype=float)
    design = np.column_stack([np.ones_like(x), x - x.mean()])
    coefficients, *_ = np.linalg.lstsq(design, y, rcond=None)
    return y - design @ coefficients + y.mean()


@right("experiments.3", "Pandas: Series.cov over Series.var; a Series is returned.")
def cuped_adjusted(y, x):
    y, x = pd.Series(np.asarray(y, float)), pd.Series(np.asarray(x, float))
    theta = y.cov(x) / x.var()
    return y.sub(theta * x.sub(x.mean()))


@right("experiments.3", "Torch in double precision, covariance from torch.cov, a tensor is returned.")
def cuped_adjusted(y, x):
    y = torch.tensor(np.asarray(y), dtype=torch.float64)
    x = torch.tensor(np.asarray(x), dtype=torch.float64)
    c = torch.cov(torch.stack([y, x]))
    return y - c[0, 1] / c[1, 1] * (x - x.mean())


# ---------------------------------------------------------------- 10.7
@right("experiments.7", "Numpy: difference of the touched times their share; Welch's error times the share.")
def effect_of_touched(y, arm, touched):
    share = touched.mean()
    one = y[touched & (arm == 1)]
    zero = y[touched & (arm == 0)]
    error = np.sqrt(one.var(ddof=1) / len(one) + zero.var(ddof=1) / len(zero))
    return share * (one.mean() - zero.mean()), share * error


@right("experiments.7", "Pandas: a groupby of the touched by arm, mean and sem.")
def effect_of_touched(y, arm, touched):
    people = pd.DataFrame({"y": np.asarray(y, float), "arm": np.asarray(arm).astype(int),
                           "touched": np.asarray(touched, bool)})
    share = people["touched"].mean()
    by_arm = people[people["touched"]].groupby("arm")["y"].agg(["mean", "sem"])
    effect = by_arm.loc[1, "mean"] - by_arm.loc[0, "mean"]
    return share * effect, share * np.hypot(by_arm.loc[0, "sem"], by_arm.loc[1, "sem"])


@right("experiments.7", "Plain loops: two lists of the touched, statistics.mean and variance.")
def effect_of_touched(y, arm, touched):
    values = {0: [], 1: []}
    people = 0
    for outcome, a, t in zip(y, arm, touched, strict=True):
        people += 1
        if t:
            values[int(a)].append(float(outcome))
    assert min(len(v) for v in values.values()) >= 2, "two touched people an arm are needed"
    share = (len(values[0]) + len(values[1])) / people
    effect = statistics.fmean(values[1]) - statistics.fmean(values[0])
    variance = sum(statistics.variance(v) / len(v) for v in values.values())
    return share * effect, share * math.sqrt(variance)


@right("experiments.7", "scipy.stats.sem on the touched, arms in a helper function.")
def effect_of_touched(y, arm, touched):
    y, arm, touched = np.asarray(y, float), np.asarray(arm), np.asarray(touched).astype(bool)

    def mean_and_error(which):
        part = y[np.flatnonzero(touched & (arm == which))]
        return part.mean(), stats.sem(part)

    (m0, e0), (m1, e1) = mean_and_error(0), mean_and_error(1)
    share = np.count_nonzero(touched) / touched.size
    return float(share * (m1 - m0)), float(share * np.sqrt(e0**2 + e1**2))
