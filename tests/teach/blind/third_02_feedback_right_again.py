"""Right solutions of lesson 02, written blind."""

import bisect

import numpy as np
import pandas as pd
from blind_book import right


# ---------------------------------------------------------------- 2.1

@right("feedback.1", "Two bincounts, NaN by np.divide's where.")
def relative_examination(position, click, n_positions):
    position = np.asarray(position, dtype=np.int64)
    click = np.asarray(click, dtype=float)
    shown = np.bincount(position, minlength=n_positions + 1)[1:n_positions + 1].astype(float)
    clicked = np.bincount(position, weights=click, minlength=n_positions + 1)[1:n_positions + 1]
    rate = np.full(n_positions, np.nan)
    np.divide(clicked, shown, out=rate, where=shown > 0)
    return rate / rate[0]


@right("feedback.1", "pandas groupby mean, reindexed to all positions.")
def relative_examination(position, click, n_positions):
    frame = pd.DataFrame({"position": np.asarray(position), "click": np.asarray(click, dtype=float)})
    rate = frame.groupby("position")["click"].mean().reindex(range(1, n_positions + 1))
    return (rate / rate.loc[1]).to_numpy()


@right("feedback.1", "Plain loops with counters.")
def relative_examination(position, click, n_positions):
    shown, clicked = [0] * (n_positions + 1), [0.0] * (n_positions + 1)
    for k, c in zip(position, click):
        k = int(k)
        if 1 <= k <= n_positions:
            shown[k] += 1
            clicked[k] += float(c)
    first = clicked[1] / shown[1]
    return np.array([clicked[k] / shown[k] / first if shown[k] else float("nan")
                     for k in range(1, n_positions + 1)])


@right("feedback.1", "A mask for each position.")
def relative_examination(position, click, n_positions):
    position, click = np.asarray(position), np.asarray(click)

    def rate(k):
        here = click[position == k]
        return here.mean() if here.size else np.nan

    base = rate(1)
    assert base > 0
    return np.array([rate(k) / base for k in range(1, n_positions + 1)], dtype=float)


# ---------------------------------------------------------------- 2.2

@right("feedback.2", "Bayes in one line.")
def seen_given_ignored(examination, click_rate):
    e, c = np.asarray(examination, dtype=float), np.asarray(click_rate, dtype=float)
    return (e - c) / (1 - c)


@right("feedback.2", "Through the complement: never looked at, given ignored.")
def seen_given_ignored(examination, click_rate):
    not_looked = 1.0 - np.asarray(examination, dtype=float)
    ignored = 1.0 - np.asarray(click_rate, dtype=float)
    return 1.0 - not_looked / ignored


@right("feedback.2", "A loop with the joint probabilities by name.")
def seen_given_ignored(examination, click_rate):
    answer = []
    for look, clicked in zip(examination, click_rate):
        looked_and_ignored = float(look) - float(clicked)
        never_looked = 1.0 - float(look)
        answer.append(looked_and_ignored / (looked_and_ignored + never_looked))
    return np.array(answer)


# ---------------------------------------------------------------- 2.5

@right("feedback.5", "NaN, then the zeros, then the ones.")
def window_label(click_time, event_time, as_of, window_s):
    click_time = np.asarray(click_time, dtype=float)
    event_time = np.asarray(event_time, dtype=float)
    end = click_time + window_s
    label = np.full(click_time.shape, np.nan)
    label[end <= as_of] = 0.0
    label[(event_time <= end) & (event_time <= as_of)] = 1.0
    return label


@right("feedback.5", "A loop with early decisions.")
def window_label(click_time, event_time, as_of, window_s):
    def one(click, event):
        end = click + window_s
        if not np.isnan(event) and event <= min(end, as_of):
            return 1.0
        return 0.0 if end <= as_of else float("nan")

    return np.array([one(float(c), float(e)) for c, e in zip(click_time, event_time)], dtype=float)


@right("feedback.5", "np.select on the delay, unknown purchases first made infinite, a microsecond of tolerance.")
def window_label(click_time, event_time, as_of, window_s):
    click = np.array(click_time, dtype=float)
    event = np.array(event_time, dtype=float)
    delay = np.where(np.isnan(event), np.inf, event - click)
    age = as_of - click
    tiny = 1e-6
    bought = (delay <= window_s + tiny) & (delay <= age + tiny)
    over = age >= window_s - tiny
    return np.select([bought, over], [1.0, 0.0], default=np.nan)


@right("feedback.5", "pandas, where and mask.")
def window_label(click_time, event_time, as_of, window_s):
    click = pd.Series(np.asarray(click_time, dtype=float))
    event = pd.Series(np.asarray(event_time, dtype=float))
    event = event.where(event <= as_of)                    # what is known at as_of
    in_time = event.le(click + window_s)
    closed = (click + window_s).le(as_of)
    return in_time.astype(float).where(in_time | closed).to_numpy()


# ---------------------------------------------------------------- 2.6

@right("feedback.6", "searchsorted on the right side.")
def rate_corrected_for_delay(label, age_s, delays_s):
    label, age = np.asarray(label, dtype=float), np.asarray(age_s, dtype=float)
    delays = np.sort(np.asarray(delays_s, dtype=float))
    arrived = np.searchsorted(delays, age, side="right") / len(delays)
    use = arrived > 0
    return float(np.mean(label[use] / arrived[use]))


@right("feedback.6", "A loop with bisect.")
def rate_corrected_for_delay(label, age_s, delays_s):
    ordered = sorted(float(x) for x in delays_s)
    total, used = 0.0, 0
    for bought, age in zip(label, age_s):
        come = bisect.bisect_right(ordered, float(age))
        if come == 0:
            continue
        total += float(bought) * len(ordered) / come
        used += 1
    return total / used


@right("feedback.6", "All pairs, each click's share of old delays; nanmean.")
def rate_corrected_for_delay(label, age_s, delays_s):
    age, delays = np.asarray(age_s, dtype=float), np.asarray(delays_s, dtype=float)
    share = np.array([(delays <= a).mean() for a in age])
    share[share == 0] = np.nan
    return np.nanmean(np.asarray(label, dtype=float) / share)


@right("feedback.6", "pandas Series filtered by age.")
def rate_corrected_for_delay(label, age_s, delays_s):
    delays = np.array(delays_s, dtype=float)
    clicks = pd.DataFrame({"label": np.asarray(label, dtype=float), "age": np.asarray(age_s, dtype=float)})
    clicks = clicks[clicks["age"] >= delays.min()]
    share = clicks["age"].map(lambda a: np.count_nonzero(delays <= a) / delays.size)
    return (clicks["label"] / share).mean()
