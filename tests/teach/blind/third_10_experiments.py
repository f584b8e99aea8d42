"""Solutions of lesson 10, written blind."""

import math
import statistics

import numpy as np
import pandas as pd
from blind_book import right, wrong


# ---------------------------------------------------------------- 10.2

@wrong("experiments.2", "Every impression a coin: the binomial error of a share, over impressions and not over users.")
def ratio_delta(numerator, denominator):
    numerator, denominator = np.asarray(numerator, float), np.asarray(denominator, float)
    shown = denominator.sum()
    rate = numerator.sum() / shown
    return rate, np.sqrt(rate * (1 - rate) / shown)


@wrong("experiments.2", "The mean of each user's own rate and its error, not the ratio of the sums.")
def ratio_delta(numerator, denominator):
    numerator, denominator = np.asarray(numerator, float), np.asarray(denominator, float)
    seen = denominator > 0
    rates = numerator[seen] / denominator[seen]
    return rates.mean(), rates.std(ddof=1) / np.sqrt(len(rates))


@wrong("experiments.2", "Forgets to divide the users' residuals by the mean of the denominator: an error in clicks a user.")
def ratio_delta(numerator, denominator):
    numerator, denominator = np.asarray(numerator, float), np.asarray(denominator, float)
    ratio = numerator.sum() / denominator.sum()
    residual = numerator - ratio * denominator
    return ratio, residual.std(ddof=1) / np.sqrt(len(residual))


@wrong("experiments.2", "Delta method without the covariance of clicks and impressions.")
def ratio_delta(numerator, denominator):
    numerator, denominator = np.asarray(numerator, float), np.asarray(denominator, float)
    n, mean = len(numerator), denominator.mean()
    ratio = numerator.mean() / mean
    variance = (numerator.var(ddof=1) + ratio**2 * denominator.var(ddof=1)) / mean**2
    return ratio, np.sqrt(variance / n)


@wrong("experiments.2", "Treats impressions as a constant: the error of the mean clicks over the mean of the impressions.")
def ratio_delta(numerator, denominator):
    numerator, denominator = np.asarray(numerator, float), np.asarray(denominator, float)
    ratio = numerator.sum() / denominator.sum()
    return ratio, numerator.std(ddof=1) / np.sqrt(len(numerator)) / denominator.mean()


@wrong("experiments.2", "Returns the spread of the users' influence, not divided by the root of n.")
def ratio_delta(numerator, denominator):
    numerator, denominator = np.asarray(numerator, float), np.asarray(denominator, float)
    ratio = numerator.sum() / denominator.sum()
    influence = (numerator - ratio * denominator) / denominator.mean()
    return ratio, influence.std(ddof=1)


@wrong("experiments.2", "numpy's default spread, with ddof=0, where the task asks for ddof=1.")
def ratio_delta(numerator, denominator):
    numerator, denominator = np.asarray(numerator, float), np.asarray(denominator, float)
    ratio = numerator.sum() / denominator.sum()
    influence = (numerator - ratio * denominator) / denominator.mean()
    return ratio, influence.std() / np.sqrt(len(influence))


@wrong("experiments.2", "Divides the residuals by each user's own impressions instead of the mean (users with few weigh too much).")
def ratio_delta(numerator, denominator):
    numerator, denominator = np.asarray(numerator, float), np.asarray(denominator, float)
    ratio = numerator.sum() / denominator.sum()
    influence = (numerator - ratio * denominator) / np.maximum(denominator, 1)
    return ratio, influence.std(ddof=1) / np.sqrt(len(influence))


@right("experiments.2", "pandas: the standard error (sem) of one linearised number a user.")
def ratio_delta(numerator, denominator):
    clicks = pd.Series(np.asarray(numerator, float))
    shown = pd.Series(np.asarray(denominator, float))
    ratio = clicks.sum() / shown.sum()
    return ratio, clicks.sub(ratio * shown).div(shown.mean()).sem()


@right("experiments.2", "Plain Python with fsum and the sum of squares; answers a list.")
def ratio_delta(numerator, denominator):
    clicks, shown = [float(c) for c in numerator], [float(s) for s in denominator]
    n, total = len(clicks), math.fsum(shown)
    ratio = math.fsum(clicks) / total
    squares = math.fsum((c - ratio * s) ** 2 for c, s in zip(clicks, shown))   # these residuals sum to 0
    return [ratio, math.sqrt(squares * n / (n - 1)) / total]


@right("experiments.2", "Gradient of the ratio times the centred data: g' C g, without forming the covariance.")
def ratio_delta(numerator, denominator):
    rows = np.column_stack([numerator, denominator]).astype(float)
    n = len(rows)
    means = rows.mean(axis=0)
    gradient = np.array([1 / means[1], -means[0] / means[1] ** 2])
    moved = (rows - means) @ gradient
    return np.float64(means[0] / means[1]), np.sqrt(moved @ moved / (n - 1) / n)


# ---------------------------------------------------------------- 10.3

@wrong("experiments.3", "Subtracts theta times x without centring x: the mean of the outcomes changes.")
def cuped_adjusted(y, x):
    y, x = np.asarray(y, float), np.asarray(x, float)
    theta = np.cov(y, x)[0, 1] / x.var(ddof=1)
    return y - theta * x


@wrong("experiments.3", "Theta fixed at 1: the change against before, not the least variance.")
def cuped_adjusted(y, x):
    y, x = np.asarray(y, float), np.asarray(x, float)
    return y - (x - x.mean())


@wrong("experiments.3", "Takes the correlation for the slope.")
def cuped_adjusted(y, x):
    y, x = np.asarray(y, float), np.asarray(x, float)
    theta = np.corrcoef(y, x)[0, 1] if y.std() > 0 else 0.0
    return y - theta * (x - x.mean())


@wrong("experiments.3", "np.cov has ddof=1, np.var has ddof=0: the slope is too steep by n/(n-1).")
def cuped_adjusted(y, x):
    y, x = np.asarray(y, float), np.asarray(x, float)
    theta = np.cov(y, x)[0, 1] / np.var(x)
    return y - theta * (x - x.mean())


@wrong("experiments.3", "Slope of a line through the origin.")
def cuped_adjusted(y, x):
    y, x = np.asarray(y, float), np.asarray(x, float)
    theta = (x @ y) / (x @ x)
    return y - theta * (x - x.mean())


@wrong("experiments.3", "Returns the residuals of the regression, whose mean is 0.")
def cuped_adjusted(y, x):
    y, x = np.asarray(y, float), np.asarray(x, float)
    slope, intercept = np.polyfit(x, y, 1)
    return y - (intercept + slope * x)


@wrong("experiments.3", "Theta forced between 0 and 1, as if it were a share.")
def cuped_adjusted(y, x):
    y, x = np.asarray(y, float), np.asarray(x, float)
    d = x - x.mean()
    theta = np.clip((d @ (y - y.mean())) / (d @ d), 0, 1)
    return y - theta * d


@wrong("experiments.3", "Clicks cannot be negative, so the adjusted outcome is cut at 0.")
def cuped_adjusted(y, x):
    y, x = np.asarray(y, float), np.asarray(x, float)
    d = x - x.mean()
    theta = (d @ (y - y.mean())) / (d @ d)
    return np.maximum(y - theta * d, 0.0)


@right("experiments.3", "Least squares of y on 1 and centred x; what x explains is taken out.")
def cuped_adjusted(y, x):
    y, x = np.asarray(y, float), np.asarray(x, float)
    d = x - x.mean()
    design = np.column_stack([np.ones(len(d)), d])
    coefficients = np.linalg.lstsq(design, y, rcond=None)[0]
    return y - design[:, 1] * coefficients[1]


@right("experiments.3", "pandas cov and var (both ddof=1); answers a Series.")
def cuped_adjusted(y, x):
    y, x = pd.Series(np.asarray(y, float)), pd.Series(np.asarray(x, float))
    return y - y.cov(x) / x.var() * (x - x.mean())


@right("experiments.3", "Plain Python with fsum; answers a list.")
def cuped_adjusted(y, x):
    y, x = [float(v) for v in y], [float(v) for v in x]
    mx, my = math.fsum(x) / len(x), math.fsum(y) / len(y)
    theta = (math.fsum((a - mx) * (b - my) for a, b in zip(x, y))
             / math.fsum((a - mx) ** 2 for a in x))
    return [b - theta * (a - mx) for a, b in zip(x, y)]


# ---------------------------------------------------------------- 10.7

@wrong("experiments.7", "Compares everybody, touched or not: right on average, but the error is far from as narrow as it can be.")
def effect_of_touched(y, arm, touched):
    y, arm = np.asarray(y, float), np.asarray(arm)
    one, other = y[arm == 1], y[arm == 0]
    return one.mean() - other.mean(), np.sqrt(one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other))


@wrong("experiments.7", "Reports the effect on the touched, not diluted to all people.")
def effect_of_touched(y, arm, touched):
    y, arm, touched = np.asarray(y, float), np.asarray(arm), np.asarray(touched, bool)
    one, other = y[touched & (arm == 1)], y[touched & (arm == 0)]
    return one.mean() - other.mean(), np.sqrt(one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other))


@wrong("experiments.7", "Dilutes the effect and forgets to dilute its error.")
def effect_of_touched(y, arm, touched):
    y, arm, touched = np.asarray(y, float), np.asarray(arm), np.asarray(touched, bool)
    one, other = y[touched & (arm == 1)], y[touched & (arm == 0)]
    error = np.sqrt(one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other))
    return touched.mean() * (one.mean() - other.mean()), error


@wrong("experiments.7", "Sets the untouched to 0 and compares the arms: each arm is diluted by its own share, which adds noise.")
def effect_of_touched(y, arm, touched):
    y, arm, touched = np.asarray(y, float), np.asarray(arm), np.asarray(touched, bool)
    held = np.where(touched, y, 0.0)
    one, other = held[arm == 1], held[arm == 0]
    return one.mean() - other.mean(), np.sqrt(one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other))


@wrong("experiments.7", "Divides the variances by all people of the arm rather than by its touched ones.")
def effect_of_touched(y, arm, touched):
    y, arm, touched = np.asarray(y, float), np.asarray(arm), np.asarray(touched, bool)
    one, other = y[touched & (arm == 1)], y[touched & (arm == 0)]
    share = touched.mean()
    error = np.sqrt(one.var(ddof=1) / (arm == 1).sum() + other.var(ddof=1) / (arm == 0).sum())
    return share * (one.mean() - other.mean()), share * error


@wrong("experiments.7", "Multiplies the variance by the share and not by its square: the error shrinks with the root only.")
def effect_of_touched(y, arm, touched):
    y, arm, touched = np.asarray(y, float), np.asarray(arm), np.asarray(touched, bool)
    one, other = y[touched & (arm == 1)], y[touched & (arm == 0)]
    share = touched.mean()
    variance = share * (one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other))
    return share * (one.mean() - other.mean()), np.sqrt(variance)


@wrong("experiments.7", "Adds the uncertainty of the share of touched people, which the task takes as known.")
def effect_of_touched(y, arm, touched):
    y, arm, touched = np.asarray(y, float), np.asarray(arm), np.asarray(touched, bool)
    one, other = y[touched & (arm == 1)], y[touched & (arm == 0)]
    share, gap = touched.mean(), one.mean() - other.mean()
    variance = one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other)
    of_share = share * (1 - share) / len(touched)
    return share * gap, np.sqrt(share**2 * variance + gap**2 * of_share)


@wrong("experiments.7", "Dilutes by touched people for each untouched one (odds) instead of their share among all.")
def effect_of_touched(y, arm, touched):
    y, arm, touched = np.asarray(y, float), np.asarray(arm), np.asarray(touched, bool)
    one, other = y[touched & (arm == 1)], y[touched & (arm == 0)]
    share = touched.sum() / max((~touched).sum(), 1)
    error = np.sqrt(one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other))
    return share * (one.mean() - other.mean()), share * error


@right("experiments.7", "pandas groupby over the touched: means and squared standard errors by arm.")
def effect_of_touched(y, arm, touched):
    table = pd.DataFrame({"y": np.asarray(y, float), "arm": np.asarray(arm).astype(int),
                          "touched": np.asarray(touched, bool)})
    by_arm = table[table["touched"]].groupby("arm")["y"].agg(["mean", "sem"])
    share = table["touched"].mean()
    return (share * (by_arm.loc[1, "mean"] - by_arm.loc[0, "mean"]),
            share * np.hypot(by_arm.loc[1, "sem"], by_arm.loc[0, "sem"]))


@right("experiments.7", "Plain Python: two lists, statistics.variance.")
def effect_of_touched(y, arm, touched):
    held, n_touched, n = {0: [], 1: []}, 0, 0
    for value, a, t in zip(y, arm, touched):
        n += 1
        if t:
            n_touched += 1
            held[int(a)].append(float(value))
    share = n_touched / n
    effect = statistics.fmean(held[1]) - statistics.fmean(held[0])
    variance = sum(statistics.variance(values) / len(values) for values in held.values())
    return [share * effect, share * math.sqrt(variance)]


@right("experiments.7", "Regression of the touched people's outcome on the arm with HC2 errors, which are exact for two groups.")
def effect_of_touched(y, arm, touched):
    who = np.flatnonzero(touched)
    outcome, treated = np.asarray(y, float)[who], np.asarray(arm, float)[who]
    design = np.column_stack([np.ones(len(who)), treated])
    bread = np.linalg.inv(design.T @ design)
    beta = bread @ (design.T @ outcome)
    left = outcome - design @ beta
    leverage = np.einsum("ij,jk,ik->i", design, bread, design)
    meat = (design * (left**2 / (1 - leverage))[:, None]).T @ design
    share = len(who) / len(np.asarray(touched))
    return np.float64(share * beta[1]), share * np.sqrt((bread @ meat @ bread)[1, 1])
