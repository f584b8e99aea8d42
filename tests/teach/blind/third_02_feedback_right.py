"""Right solutions of lesson 02, written blind."""

import bisect
from collections import defaultdict

import numpy as np
import pandas as pd
import torch
from blind_book import right
from scipy import stats


# ---------------------------------------------------------------- 2.1


@right("feedback.1", "Two bincounts and a division with errstate.")
def relative_examination(position, click, n_positions):
    position = np.asarray(position).astype(int)
    click = np.asarray(click, dtype=float)
    shown = np.bincount(position, minlength=n_positions + 1)[1:n_positions + 1].astype(float)
    clicks = np.bincount(position, weights=click, minlength=n_positions + 1)[1:n_positions + 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = clicks / shown
    return rate / rate[0]


@right("feedback.1", "pandas groupby mean, reindexed over all positions.")
def relative_examination(position, click, n_positions):
    table = pd.DataFrame({"k": np.asarray(position), "c": np.asarray(click, dtype=float)})
    rate = table.groupby("k")["c"].mean().reindex(range(1, n_positions + 1))
    return (rate / rate.loc[1]).to_numpy(dtype=float)


@right("feedback.1", "Counting in dictionaries with a plain loop; a list of floats made an array.")
def relative_examination(position, click, n_positions):
    shown, clicked = defaultdict(int), defaultdict(int)
    for k, c in zip(np.asarray(position).tolist(), np.asarray(click).tolist()):
        shown[k] += 1
        clicked[k] += int(c)
    first = clicked[1] / shown[1]
    curve = []
    for k in range(1, n_positions + 1):
        if shown[k] == 0:
            curve.append(float("nan"))
        else:
            curve.append(clicked[k] / shown[k] / first)
    return np.array(curve)


@right("feedback.1", "A boolean mask for each position, empty ones early NaN, with asserts.")
def relative_examination(position, click, n_positions):
    position, click = np.array(position), np.array(click, dtype=float)
    assert position.shape == click.shape
    top = click[position == 1]
    assert top.sum() > 0, "position 1 needs a click"
    result = np.full(n_positions, np.nan)
    for k in range(n_positions):
        here = position == k + 1
        if here.any():
            result[k] = click[here].mean() / top.mean()
    return result


# ---------------------------------------------------------------- 2.2


@right("feedback.2", "Bayes in one line.")
def seen_given_ignored(examination, click_rate):
    e, c = np.asarray(examination, dtype=float), np.asarray(click_rate, dtype=float)
    return (e - c) / (1 - c)


@right("feedback.2", "Bayes written out: P(ignored | looked) P(looked) / P(ignored), guarded where e is 0.")
def seen_given_ignored(examination, click_rate):
    e = np.asarray(examination, dtype=float)
    c = np.asarray(click_rate, dtype=float)
    like = np.divide(c, e, out=np.zeros(np.broadcast(e, c).shape), where=e > 0)
    looked_and_ignored = e * (1 - like)
    never_looked = 1 - e
    return looked_and_ignored / (looked_and_ignored + never_looked)


@right("feedback.2", "A list comprehension; the answer is a list turned into an array.")
def seen_given_ignored(examination, click_rate):
    out = []
    for e, c in zip(examination, click_rate, strict=True):
        assert c <= e + 1e-12 and c < 1
        out.append(1.0 - (1.0 - float(e)) / (1.0 - float(c)))
    return np.array(out, dtype=float)


@right("feedback.2", "The complement, as a pandas Series.")
def seen_given_ignored(examination, click_rate):
    unseen = pd.Series(1 - np.asarray(examination, dtype=float))
    silent = pd.Series(1 - np.asarray(click_rate, dtype=float))
    return 1 - unseen.div(silent)


# ---------------------------------------------------------------- 2.5


@right("feedback.5", "np.select, known yes before known no.")
def window_label(click_time, event_time, as_of, window_s):
    click_time = np.asarray(click_time, dtype=float)
    event_time = np.asarray(event_time, dtype=float)
    end = click_time + window_s
    bought = (event_time <= end) & (event_time <= as_of)         # NaN compares False
    return np.select([bought, end <= as_of], [1.0, 0.0], default=np.nan)


@right("feedback.5", "A plain loop with early decisions.")
def window_label(click_time, event_time, as_of, window_s):
    def one(clicked, happened):
        end = clicked + window_s
        if not np.isnan(happened) and happened <= min(end, as_of):
            return 1.0
        if end <= as_of:
            return 0.0
        return np.nan

    return np.array([one(c, e) for c, e in zip(click_time, event_time)], dtype=float)


@right("feedback.5", "pandas: fill step by step.")
def window_label(click_time, event_time, as_of, window_s):
    rows = pd.DataFrame({"click": np.asarray(click_time, dtype=float),
                         "event": np.asarray(event_time, dtype=float)})
    rows["end"] = rows["click"] + window_s
    rows["label"] = np.nan
    rows.loc[rows["end"] <= as_of, "label"] = 0.0
    known = rows["event"].notna() & (rows["event"] <= as_of)
    rows.loc[known & (rows["event"] <= rows["end"]), "label"] = 1.0
    return rows["label"].to_numpy()


@right("feedback.5", "A missing event is at infinity; the earlier of two ends decides; a microsecond of slack.")
def window_label(click_time, event_time, as_of, window_s):
    slack = 1e-6
    click = np.array(click_time, dtype=float)
    event = np.nan_to_num(np.array(event_time, dtype=float), nan=np.inf)
    last_known = np.minimum(click + window_s, as_of)
    label = np.where(click + window_s <= as_of + slack, 0.0, np.nan)
    label[event <= last_known + slack] = 1.0
    return label


# ---------------------------------------------------------------- 2.6


@right("feedback.6", "searchsorted on the sorted delays, mean of label / F.")
def rate_corrected_for_delay(label, age_s, delays_s):
    label, age = np.asarray(label, dtype=float), np.asarray(age_s, dtype=float)
    delays = np.sort(np.asarray(delays_s, dtype=float))
    come = np.searchsorted(delays, age, side="right") / len(delays)
    use = come > 0
    return np.mean(label[use] / come[use])


@right("feedback.6", "bisect in a plain loop; a Python float.")
def rate_corrected_for_delay(label, age_s, delays_s):
    delays = sorted(float(d) for d in delays_s)
    total, n = 0.0, 0
    for bought, age in zip(label, age_s):
        arrived = bisect.bisect_right(delays, float(age))
        if arrived == 0:
            continue                       # too young: no purchase could have come
        total += float(bought) * len(delays) / arrived
        n += 1
    return total / n


@right("feedback.6", "The empirical distribution from scipy.")
def rate_corrected_for_delay(label, age_s, delays_s):
    F = stats.ecdf(np.asarray(delays_s, dtype=float)).cdf
    share = F.evaluate(np.asarray(age_s, dtype=float))
    frame = pd.DataFrame({"label": np.asarray(label, dtype=float), "share": share})
    frame = frame[frame["share"] > 0]
    return float((frame["label"] / frame["share"]).mean())


@right("feedback.6", "torch, every age compared with every distinct delay.")
def rate_corrected_for_delay(label, age_s, delays_s):
    y = torch.as_tensor(np.array(label, dtype=np.float64))
    age = torch.as_tensor(np.array(age_s, dtype=np.float64))
    value, count = np.unique(np.asarray(delays_s, dtype=np.float64), return_counts=True)
    below = torch.as_tensor(value)[None, :] <= age[:, None]
    F = (below.double() @ torch.as_tensor(count).double()) / count.sum()
    keep = age >= value.min()
    assert keep.any()
    return (y[keep] / F[keep]).mean().item()
