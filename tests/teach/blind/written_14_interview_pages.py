"""Solutions of exercise 14.5, written blind."""

from collections import deque

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@wrong("interview.5", "The mean of each minute's share, not all failures over all requests.")
def should_page(bad, total, promise, long, short, burn):
    each = pd.Series(bad / np.maximum(total, 1))
    burns = [each.rolling(w, min_periods=1).mean() >= burn * (1 - promise) for w in (long, short)]
    return (burns[0] & burns[1]).to_numpy()


@wrong("interview.5", "Either window is enough: or in place of and.")
def should_page(bad, total, promise, long, short, burn):
    def fast(w):
        b, n = (pd.Series(v).rolling(w, min_periods=1).sum() for v in (bad, total))
        return (b / n.clip(lower=1) >= burn * (1 - promise)).to_numpy()
    return fast(long) | fast(short)


@wrong("interview.5", "Looks at the long window alone: rings on after it is over.")
def should_page(bad, total, promise, long, short, burn):
    b, n = (pd.Series(v).rolling(long, min_periods=1).sum() for v in (bad, total))
    return (b / n.clip(lower=1) >= burn * (1 - promise)).to_numpy()


@wrong("interview.5", "Looks at the short window alone: rings for every blip.")
def should_page(bad, total, promise, long, short, burn):
    b, n = (pd.Series(v).rolling(short, min_periods=1).sum() for v in (bad, total))
    return (b / n.clip(lower=1) >= burn * (1 - promise)).to_numpy()


@wrong("interview.5", "Silent at the start until a window is full.")
def should_page(bad, total, promise, long, short, burn):
    def fast(w):
        b, n = (pd.Series(v).rolling(w).sum() for v in (bad, total))
        return (b / n.clip(lower=1) >= burn * (1 - promise)).to_numpy()
    return fast(long) & fast(short)


@wrong("interview.5", "The window ends with the minute before: the minute itself does not count.")
def should_page(bad, total, promise, long, short, burn):
    def fast(w):
        b, n = (np.r_[0, np.cumsum(v)] for v in (bad, total))
        i = np.arange(len(bad))
        low = np.maximum(i - w, 0)
        return (b[i] - b[low]) / np.maximum(n[i] - n[low], 1) >= burn * (1 - promise)
    return fast(long) & fast(short)


@wrong("interview.5", "Windows are a minute too long.")
def should_page(bad, total, promise, long, short, burn):
    def fast(w):
        b, n = (np.r_[0, np.cumsum(v)] for v in (bad, total))
        i = np.arange(len(bad))
        low = np.maximum(i - w, 0)
        return (b[i + 1] - b[low]) / np.maximum(n[i + 1] - n[low], 1) >= burn * (1 - promise)
    return fast(long) & fast(short)


@wrong("interview.5", "Burns against the promise, not against the error budget 1 − promise.")
def should_page(bad, total, promise, long, short, burn):
    def fast(w):
        b, n = (pd.Series(v).rolling(w, min_periods=1).sum() for v in (bad, total))
        return (b / n.clip(lower=1) >= burn * promise).to_numpy()
    return fast(long) & fast(short)


@wrong("interview.5", "The short window has only to use up the budget, not `burn` times.")
def should_page(bad, total, promise, long, short, burn):
    def share(w):
        b, n = (pd.Series(v).rolling(w, min_periods=1).sum() for v in (bad, total))
        return (b / n.clip(lower=1)).to_numpy()
    budget = 1 - promise
    return (share(long) > burn * budget) & (share(short) > budget)


@wrong("interview.5", "Ignores `burn`: rings as soon as the budget is used up.")
def should_page(bad, total, promise, long, short, burn):
    def fast(w):
        b, n = (pd.Series(v).rolling(w, min_periods=1).sum() for v in (bad, total))
        return (b / n.clip(lower=1) > 1 - promise).to_numpy()
    return fast(long) & fast(short)


@wrong("interview.5", "Where nobody asked the share is 1: silence rings.")
def should_page(bad, total, promise, long, short, burn):
    def fast(w):
        b, n = (pd.Series(v).rolling(w, min_periods=1).sum().to_numpy() for v in (bad, total))
        return np.divide(b, n, out=np.ones(len(b)), where=n > 0) >= burn * (1 - promise)
    return fast(long) & fast(short)


@wrong("interview.5", "Windows are centred on the minute: they look into the future.")
def should_page(bad, total, promise, long, short, burn):
    def fast(w):
        b, n = (pd.Series(v).rolling(w, min_periods=1, center=True).sum() for v in (bad, total))
        return (b / n.clip(lower=1) >= burn * (1 - promise)).to_numpy()
    return fast(long) & fast(short)


@wrong("interview.5", "Windows begin with the minute, and hold those that follow.")
def should_page(bad, total, promise, long, short, burn):
    def fast(w):
        b, n = (pd.Series(v[::-1]).rolling(w, min_periods=1).sum().to_numpy()[::-1] for v in (bad, total))
        return b / np.maximum(n, 1) >= burn * (1 - promise)
    return fast(long) & fast(short)


@wrong("interview.5", "Rings in the first minute only, where the page should stay on as long as it burns.")
def should_page(bad, total, promise, long, short, burn):
    def fast(w):
        b, n = (pd.Series(v).rolling(w, min_periods=1).sum() for v in (bad, total))
        return (b / n.clip(lower=1) >= burn * (1 - promise)).to_numpy()
    on = fast(long) & fast(short)
    return np.diff(on.astype(int), prepend=0) == 1


@wrong("interview.5", "Windows that do not slide: each block of minutes from its beginning.")
def should_page(bad, total, promise, long, short, burn):
    def fast(w):
        block = np.arange(len(bad)) // w
        b, n = (pd.Series(v).groupby(block).cumsum() for v in (bad, total))
        return (b / n.clip(lower=1) >= burn * (1 - promise)).to_numpy()
    return fast(long) & fast(short)


@wrong("interview.5", "Goes round: at the start the window holds the end of the day.")
def should_page(bad, total, promise, long, short, burn):
    def fast(w):
        b, n = (sum(np.roll(v, k) for k in range(w)) for v in (bad, total))
        return b / np.maximum(n, 1) >= burn * (1 - promise)
    return fast(long) & fast(short)


@right("interview.5", "Slices in a loop; a list of bools.")
def should_page(bad, total, promise, long, short, burn):
    out = []
    for i in range(len(bad)):
        rings = True
        for w in (long, short):
            failed, asked = int(sum(bad[max(0, i - w + 1):i + 1])), int(sum(total[max(0, i - w + 1):i + 1]))
            share = failed / asked if asked else 0.0
            rings = rings and share > burn * (1 - promise)
        out.append(rings)
    return out


@right("interview.5", "Cumulated sums with a 0 in front; burn rates compared, at exactly `burn` it rings.")
def should_page(bad, total, promise, long, short, burn):
    b, n = (np.concatenate([[0], np.cumsum(np.asarray(v, dtype=np.int64))]) for v in (bad, total))
    end = np.arange(1, len(b))

    def rate(w):
        begin = np.clip(end - w, 0, None)
        failed, asked = b[end] - b[begin], n[end] - n[begin]
        return np.divide(failed, asked, out=np.zeros(len(end)), where=asked > 0) / (1 - promise)
    return np.minimum(rate(long), rate(short)) >= burn


@right("interview.5", "pandas rolling with min_periods=1, NaN filled by 0; a Series.")
def should_page(bad, total, promise, long, short, burn):
    rows = pd.DataFrame({"bad": np.array(bad), "total": np.array(total)})
    shares = []
    for w in (long, short):
        sums = rows.rolling(int(w), min_periods=1).sum().round()
        shares.append((sums["bad"] / sums["total"]).fillna(0.0))
    return pd.concat(shares, axis=1).gt(burn * (1 - promise)).all(axis=1)


@right("interview.5", "np.convolve, cut to the minutes there are.")
def should_page(bad, total, promise, long, short, burn):
    pages = np.ones(len(bad), dtype=bool)
    for w in (long, short):
        failed, asked = (np.convolve(v, np.ones(w), mode="full")[:len(bad)] for v in (bad, total))
        pages &= np.where(asked > 0, failed / np.maximum(asked, 1), 0) > burn * (1 - promise)
    return pages


@right("interview.5", "Two deques that forget their oldest minute, a torch bool tensor turned into numpy.")
def should_page(bad, total, promise, long, short, burn):
    recent, out = {w: deque(maxlen=int(w)) for w in (long, short)}, []
    for b, n in zip(bad, total, strict=True):
        for minutes in recent.values():
            minutes.append((int(b), int(n)))
        sums = [tuple(map(sum, zip(*minutes, strict=True))) for minutes in recent.values()]
        out.append(all(n > 0 and b / n > burn * (1 - promise) for b, n in sums))
    return torch.tensor(out, dtype=torch.bool).numpy()
