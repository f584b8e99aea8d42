"""Solutions of lesson 02, written blind: from the notebook's text alone."""

import bisect
import math

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@wrong("feedback.5", "A purchase after as_of is counted, though it is not known then.")
def window_label(click_time, event_time, as_of, window_s):
    bought = event_time - click_time <= window_s
    return np.where(bought, 1.0, np.where(click_time + window_s <= as_of, 0.0, np.nan))


@wrong("feedback.5", "A purchase exactly at the end of its window is left out.")
def window_label(click_time, event_time, as_of, window_s):
    bought = (event_time < click_time + window_s) & (event_time <= as_of)
    return np.where(bought, 1.0, np.where(click_time + window_s <= as_of, 0.0, np.nan))


@wrong("feedback.5", "A purchase exactly at as_of is taken for unknown.")
def window_label(click_time, event_time, as_of, window_s):
    bought = (event_time <= click_time + window_s) & (event_time < as_of)
    return np.where(bought, 1.0, np.where(click_time + window_s <= as_of, 0.0, np.nan))


@wrong("feedback.5", "A window that ends at as_of is taken for open.")
def window_label(click_time, event_time, as_of, window_s):
    out = np.full(len(click_time), np.nan)
    out[click_time + window_s < as_of] = 0
    out[(event_time <= click_time + window_s) & (event_time <= as_of)] = 1
    return out


@wrong("feedback.5", "While the window is open even a purchase that has come stays NaN.")
def window_label(click_time, event_time, as_of, window_s):
    bought = (event_time <= click_time + window_s) & (event_time <= as_of)
    return np.where(click_time + window_s > as_of, np.nan, bought.astype(float))


@wrong("feedback.5", "What is still open and not bought is called 0.")
def window_label(click_time, event_time, as_of, window_s):
    return ((event_time <= np.minimum(click_time + window_s, as_of))).astype(float)


@wrong("feedback.5", "A purchase counts whenever it came, also after its window.")
def window_label(click_time, event_time, as_of, window_s):
    bought = event_time <= as_of
    return np.where(bought, 1.0, np.where(click_time + window_s <= as_of, 0.0, np.nan))


@wrong("feedback.5", "The window is laid back from as_of instead of forward from the click.")
def window_label(click_time, event_time, as_of, window_s):
    bought = (event_time <= as_of) & (event_time >= as_of - window_s)
    return np.where(bought, 1.0, np.where(click_time + window_s <= as_of, 0.0, np.nan))


@wrong("feedback.5", "A click without any purchase stays NaN for ever, since its event time is NaN.")
def window_label(click_time, event_time, as_of, window_s):
    label = (pd.Series(event_time) - click_time).le(window_s).astype(float)
    unknown = np.isnan(event_time) | (event_time > as_of)
    return label.mask(unknown).to_numpy()


@wrong("feedback.5", "A purchase that comes after as_of leaves NaN although the window was over without one.")
def window_label(click_time, event_time, as_of, window_s):
    out = []
    for c, e in zip(click_time, event_time, strict=True):
        if e <= as_of:
            out.append(float(e <= c + window_s))
        elif math.isnan(e) and c + window_s <= as_of:
            out.append(0.0)
        else:
            out.append(math.nan)
    return np.array(out)


@wrong("feedback.5", "A purchase later than its window keeps the label open; it is a 0.")
def window_label(click_time, event_time, as_of, window_s):
    late = (event_time > click_time + window_s) & (event_time <= as_of)
    bought = (event_time <= click_time + window_s) & (event_time <= as_of)
    out = np.where(bought, 1.0, np.where(click_time + window_s <= as_of, 0.0, np.nan))
    out[late] = np.nan
    return out


@right("feedback.5", "A loop with the three cases, a list.")
def window_label(click_time, event_time, as_of, window_s):
    def one(clicked, bought):
        end = clicked + window_s
        if not math.isnan(bought) and bought <= end and bought <= as_of:
            return 1.0
        return 0.0 if end <= as_of else math.nan
    return [one(float(c), float(e)) for c, e in zip(click_time, event_time, strict=True)]


@right("feedback.5", "The earlier of window's end and as_of is the last moment that counts; numpy select.")
def window_label(click_time, event_time, as_of, window_s):
    end = np.asarray(click_time) + window_s
    return np.select([np.asarray(event_time) <= np.minimum(end, as_of), end <= as_of], [1.0, 0.0], np.nan)


@right("feedback.5", "pandas where and mask, a Series.")
def window_label(click_time, event_time, as_of, window_s):
    end = pd.Series(np.asarray(click_time, float)) + window_s
    event = pd.Series(np.asarray(event_time, float)).fillna(np.inf)
    return pd.Series(0.0, index=end.index).where(end <= as_of).mask((event <= end) & (event <= as_of), 1.0)


@right("feedback.5", "torch, NaN comparisons are False.")
def window_label(click_time, event_time, as_of, window_s):
    c, e = (torch.as_tensor(np.array(x, dtype=float)) for x in (click_time, event_time))
    out = torch.full_like(c, float("nan"))
    out[c + window_s <= as_of] = 0
    out[(e <= c + window_s) & (e <= as_of)] = 1
    return out.numpy()


@wrong("feedback.6", "Clicks younger than every delay stay in the average as zeros.")
def rate_corrected_for_delay(label, age_s, delays_s):
    come = (delays_s[None, :] <= age_s[:, None]).mean(1)
    return np.where(come > 0, label / np.maximum(come, 1e-9), 0).mean()


@wrong("feedback.6", "A delay equal to the age is not counted as come.")
def rate_corrected_for_delay(label, age_s, delays_s):
    come = (delays_s[None, :] < age_s[:, None]).mean(1)
    old = come > 0
    return (label[old] / come[old]).mean() if old.any() else 0.0


@wrong("feedback.6", "All purchases over all expected shares: a ratio of sums, not a mean of weighted purchases.")
def rate_corrected_for_delay(label, age_s, delays_s):
    come = (delays_s[None, :] <= age_s[:, None]).mean(1)
    return label[come > 0].sum() / come.sum()


@wrong("feedback.6", "Bisection in delays that were not sorted, though they come in any order.")
def rate_corrected_for_delay(label, age_s, delays_s):
    come = np.searchsorted(delays_s, age_s, side="right") / len(delays_s)
    old = come > 0
    return (label[old] / come[old]).mean() if old.any() else 0.0


@wrong("feedback.6", "Multiplies by the share that has come instead of dividing by it.")
def rate_corrected_for_delay(label, age_s, delays_s):
    come = np.searchsorted(np.sort(delays_s), age_s, side="right") / len(delays_s)
    return np.mean((label * come)[come > 0])


@wrong("feedback.6", "Equal delays are counted once.")
def rate_corrected_for_delay(label, age_s, delays_s):
    delays = np.unique(delays_s)
    come = np.searchsorted(delays, age_s, side="right") / len(delays)
    return (label[come > 0] / come[come > 0]).mean()


@wrong("feedback.6", "Young clicks are left out only where nothing was bought; a young purchase stays, with weight 1.")
def rate_corrected_for_delay(label, age_s, delays_s):
    come = (delays_s[None, :] <= age_s[:, None]).mean(1)
    keep = (come > 0) | (label == 1)
    return (label[keep] / np.where(come > 0, come, 1)[keep]).mean()


@wrong("feedback.6", "The result is cut off at 1.")
def rate_corrected_for_delay(label, age_s, delays_s):
    come = np.array([np.mean(delays_s <= a) for a in age_s])
    return min(1.0, np.mean(label[come > 0] / come[come > 0]))


@wrong("feedback.6", "One share for all: purchases over the share that comes by the mean age.")
def rate_corrected_for_delay(label, age_s, delays_s):
    old = age_s >= delays_s.min()
    come = max(np.mean(delays_s <= age_s[old].mean()), 1 / len(delays_s))
    return label[old].mean() / come


@wrong("feedback.6", "Leaves out every click that is younger than the slowest delay, not those younger than all.")
def rate_corrected_for_delay(label, age_s, delays_s):
    old = age_s >= np.max(delays_s)
    return label[old].mean() if old.any() else 0.0


@wrong("feedback.6", "The delays are replaced by an exponential of the same mean.")
def rate_corrected_for_delay(label, age_s, delays_s):
    old = age_s >= np.min(delays_s)
    come = 1 - np.exp(-age_s[old] / max(np.mean(delays_s), 1e-9))
    return np.mean(label[old] / np.maximum(come, 1e-9))


@wrong("feedback.6", "Averages over purchases only, so it gives the mean weight.")
def rate_corrected_for_delay(label, age_s, delays_s):
    delays, weights = sorted(delays_s), []
    for bought, age in zip(label, age_s, strict=True):
        come = bisect.bisect_right(delays, age)
        if come and bought:
            weights.append(len(delays) / come)
    return float(np.mean(weights)) if weights else 0.0


@right("feedback.6", "bisect in a sorted list, sums by hand.")
def rate_corrected_for_delay(label, age_s, delays_s):
    delays, total, n = sorted(np.asarray(delays_s).tolist()), 0.0, 0
    for bought, age in zip(label, age_s, strict=True):
        come = bisect.bisect_right(delays, float(age))
        if come:
            n += 1
            total += float(bought) * len(delays) / come
    return total / n


@right("feedback.6", "torch: a table of ages by delays.")
def rate_corrected_for_delay(label, age_s, delays_s):
    y, age, delay = (torch.as_tensor(np.array(x, dtype=float)) for x in (label, age_s, delays_s))
    come = (delay[None] <= age[:, None]).double().mean(1)
    return torch.masked_select(y / come, come > 0).mean().item()


@right("feedback.6", "pandas: NaN for the young, which mean leaves out.")
def rate_corrected_for_delay(label, age_s, delays_s):
    come = pd.Series(np.asarray(age_s)).map(lambda age: (np.asarray(delays_s) <= age).mean()).replace(0, np.nan)
    return (pd.Series(np.asarray(label, float)) / come).mean()


@right("feedback.6", "The weighted mean of labels by age: np.average over distinct ages.")
def rate_corrected_for_delay(label, age_s, delays_s):
    label, age_s, delays_s = (np.asarray(x, float) for x in (label, age_s, delays_s))
    ages, which = np.unique(age_s, return_inverse=True)
    come = np.array([np.count_nonzero(delays_s <= a) for a in ages]) / delays_s.size
    clicks, bought = np.bincount(which), np.bincount(which, label)
    old = come > 0
    return np.average(bought[old] / clicks[old] / come[old], weights=clicks[old])
