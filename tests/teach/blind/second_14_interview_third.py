"""Solutions of lesson 14, written blind: from the notebook's text alone. Third part."""

from collections import deque

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


def window_sum(values, minutes):
    return pd.Series(np.asarray(values, dtype=float)).rolling(minutes, min_periods=1).sum().to_numpy()


def window_share(bad, total, minutes):
    return window_sum(bad, minutes) / np.maximum(window_sum(total, minutes), 1)


@wrong("interview.5", "The mean of the minutes' shares: a quiet minute weighs as much as a busy one.")
def page_mean_share(bad, total, promise, long, short, burn):
    share = pd.Series(bad / np.maximum(total, 1))
    limit = burn * (1 - promise)
    return ((share.rolling(long, min_periods=1).mean() > limit)
            & (share.rolling(short, min_periods=1).mean() > limit)).to_numpy()


@wrong("interview.5", "One window is enough: or in place of and.")
def page_or(bad, total, promise, long, short, burn):
    limit = burn * (1 - promise)
    return (window_share(bad, total, long) > limit) | (window_share(bad, total, short) > limit)


@wrong("interview.5", "Nothing rings until a whole long window has passed.")
def page_full_windows(bad, total, promise, long, short, burn):
    rows = pd.DataFrame({"bad": bad, "total": total})
    rings = np.ones(len(rows), dtype=bool)
    for minutes in (long, short):
        held = rows.rolling(minutes).sum()
        rings &= (held["bad"] / held["total"] > burn * (1 - promise)).to_numpy()
    return rings


@wrong("interview.5", "The window ends with the minute before.")
def page_minute_before(bad, total, promise, long, short, burn):
    out = np.zeros(len(bad), dtype=bool)
    for t in range(1, len(bad)):
        out[t] = all(bad[max(0, t - m):t].sum() > burn * (1 - promise) * max(total[max(0, t - m):t].sum(), 1)
                     for m in (long, short))
    return out


@wrong("interview.5", "Windows are one minute too long.")
def page_one_more(bad, total, promise, long, short, burn):
    out = []
    for t in range(len(bad)):
        shares = [bad[max(0, t - m):t + 1].sum() / max(total[max(0, t - m):t + 1].sum(), 1) for m in (long, short)]
        out.append(min(shares) > burn * (1 - promise))
    return np.array(out)


@wrong("interview.5", "At the start the slice begins at a negative place, which counts from the end of the day.")
def page_negative_slice(bad, total, promise, long, short, burn):
    def share(t, minutes):
        held = slice(t - minutes + 1, t + 1)
        return bad[held].sum() / max(total[held].sum(), 1)
    return np.array([min(share(t, long), share(t, short)) > burn * (1 - promise) for t in range(len(bad))])


@wrong("interview.5", "The limit is burn times the promise, not times what may fail.")
def page_promise(bad, total, promise, long, short, burn):
    limit = burn * promise
    return (window_share(bad, total, long) > limit) & (window_share(bad, total, short) > limit)


@wrong("interview.5", "The burn rate is left out: rings as soon as more than the budget fails.")
def page_no_burn(bad, total, promise, long, short, burn):
    limit = 1 - promise
    return (window_share(bad, total, long) > limit) & (window_share(bad, total, short) > limit)


@wrong("interview.5", "The short window is left out, so it rings on long after it is over.")
def page_long_only(bad, total, promise, long, short, burn):
    return window_share(bad, total, long) > burn * (1 - promise)


@wrong("interview.5", "Windows look forward from the minute.")
def page_forward(bad, total, promise, long, short, burn):
    backwards = page_deque(bad[::-1], total[::-1], promise, long, short, burn)
    return backwards[::-1]


@wrong("interview.5", "Windows are centred on the minute: np.convolve with mode `same`.")
def page_centred(bad, total, promise, long, short, burn):
    rings = np.ones(len(bad), dtype=bool)
    for minutes in (long, short):
        failed, asked = (np.convolve(x, np.ones(minutes), "same")[:len(bad)] for x in (bad, total))
        rings &= failed / np.maximum(asked, 1) > burn * (1 - promise)
    return rings


@wrong("interview.5", "The start wraps round: np.roll brings the day's last minutes to the front.")
def page_roll(bad, total, promise, long, short, burn):
    rings = np.ones(len(bad), dtype=bool)
    for minutes in (long, short):
        failed, asked = (sum(np.roll(x, k) for k in range(minutes)) for x in (bad, total))
        rings &= failed / np.maximum(asked, 1) > burn * (1 - promise)
    return rings


@wrong("interview.5", "Windows begin anew every `long` and every `short` minutes instead of sliding.")
def page_blocks(bad, total, promise, long, short, burn):
    minute, rings = np.arange(len(bad)), np.ones(len(bad), dtype=bool)
    for minutes in (long, short):
        sums = pd.DataFrame({"bad": bad, "total": total}).groupby(minute // minutes).cumsum()
        rings &= (sums["bad"] / sums["total"].clip(lower=1) > burn * (1 - promise)).to_numpy()
    return rings


@wrong("interview.5", "At the start the failures are divided by the requests of a whole window of mean size.")
def page_start_diluted(bad, total, promise, long, short, burn):
    rings = np.ones(len(bad), dtype=bool)
    for minutes in (long, short):
        held = np.minimum(np.arange(len(bad)) + 1, minutes)
        asked = np.maximum(window_sum(total, minutes), 1) * minutes / held
        rings &= window_sum(bad, minutes) / asked > burn * (1 - promise)
    return rings


@wrong("interview.5", "Where a window has no requests its share is 1, so silence rings.")
def page_silence(bad, total, promise, long, short, burn):
    rings = np.ones(len(bad), dtype=bool)
    for minutes in (long, short):
        asked = window_sum(total, minutes)
        share = np.divide(window_sum(bad, minutes), asked, out=np.ones(len(bad)), where=asked > 0)
        rings &= share > burn * (1 - promise)
    return rings


@right("interview.5", "Two queues of minutes in pure Python, whole-number sums.")
def page_deque(bad, total, promise, long, short, burn):
    windows, out = [deque(maxlen=long), deque(maxlen=short)], []
    for b, n in zip(bad, total):
        rings = True
        for window in windows:
            window.append((int(b), int(n)))
            asked = sum(m for _, m in window)
            rings = rings and asked > 0 and sum(f for f, _ in window) / asked > burn * (1 - promise)
        out.append(rings)
    return np.array(out, dtype=bool)


@right("interview.5", "Differences of cumulative sums; the share is multiplied out, so nothing is divided.")
def page_cumulative(bad, total, promise, long, short, burn):
    failed, asked = (np.concatenate([[0], np.cumsum(x)]) for x in (bad, total))
    end = np.arange(1, len(bad) + 1)
    begins = [np.maximum(end - minutes, 0) for minutes in (long, short)]
    return np.all([failed[end] - failed[b] > burn * (1 - promise) * (asked[end] - asked[b]) for b in begins], axis=0)


@right("interview.5", "np.convolve in full, cut at the length of the day; 0 / 0 is NaN and never rings.")
def page_convolve(bad, total, promise, long, short, burn):
    with np.errstate(invalid="ignore"):
        share = [np.divide(*(np.convolve(x, np.ones(m, dtype=int))[:len(bad)] for x in (bad, total)))
                 for m in (long, short)]
    return np.logical_and(*(s > burn * (1 - promise) for s in share))


@right("interview.5", "torch: a day padded in front and unfolded into windows; a list of bools.")
def page_unfold(bad, total, promise, long, short, burn):
    rows = torch.tensor(np.stack([bad, total]).astype(float))
    rings = torch.ones(rows.shape[1], dtype=torch.bool)
    for minutes in (long, short):
        padded = torch.nn.functional.pad(rows, (minutes - 1, 0))
        failed, asked = padded.unfold(1, minutes, 1).sum(2)
        rings &= failed > burn * (1 - promise) * asked
    return rings.tolist()
