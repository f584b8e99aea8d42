"""Solutions of lesson 02, exercises 5 to 7, written blind: from the notebook's text alone."""

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@wrong("feedback.5", "A leak: purchases after as_of, which is not known yet, count as 1.")
def window_label(click_time, event_time, as_of, window_s):
    end = click_time + window_s
    return np.where(event_time <= end, 1.0, np.where(end <= as_of, 0.0, np.nan))


@wrong("feedback.5", "Clicks whose window is still open count as 0 instead of NaN.")
def window_label(click_time, event_time, as_of, window_s):
    return ((event_time <= click_time + window_s) & (event_time <= as_of)).astype(float)


@wrong("feedback.5", "Boundary: a purchase exactly at the end of its window does not count.")
def window_label(click_time, event_time, as_of, window_s):
    end = click_time + window_s
    bought = (event_time < end) & (event_time <= as_of)
    return np.where(bought, 1.0, np.where(end <= as_of, 0.0, np.nan))


@wrong("feedback.5", "NaN for every open window, even where the purchase has come already.")
def window_label(click_time, event_time, as_of, window_s):
    end = click_time + window_s
    return np.where(end > as_of, np.nan, (event_time <= end).astype(float))


@wrong("feedback.5", "A purchase after the end of its window counts as 1: the window serves only for the 0.")
def window_label(click_time, event_time, as_of, window_s):
    label = np.where(click_time + window_s <= as_of, 0.0, np.nan)
    label[event_time <= as_of] = 1
    return label


@wrong("feedback.5", "NaN wherever no purchase is logged, also where the window is over without one.")
def window_label(click_time, event_time, as_of, window_s):
    end = click_time + window_s
    label = np.where((event_time <= end) & (event_time <= as_of), 1.0, np.where(end <= as_of, 0.0, np.nan))
    return np.where(np.isnan(event_time), np.nan, label)


@wrong("feedback.5", "A leak into the 0: a purchase that comes after the window proves a no while it is still open.")
def window_label(click_time, event_time, as_of, window_s):
    end = click_time + window_s
    label = np.where((event_time <= end) & (event_time <= as_of), 1.0, np.where(end <= as_of, 0.0, np.nan))
    label[event_time > end] = 0.0
    return label


@wrong("feedback.5", "Window counted back from as_of instead of on from the click: old purchases are lost.")
def window_label(click_time, event_time, as_of, window_s):
    bought = (event_time >= as_of - window_s) & (event_time <= as_of) & (event_time <= click_time + window_s)
    return np.where(bought, 1.0, np.where(click_time + window_s <= as_of, 0.0, np.nan))


@wrong("feedback.5", "The window is taken as days and turned into seconds once more.")
def window_label(click_time, event_time, as_of, window_s):
    end = click_time + window_s * 86_400
    bought = (event_time <= end) & (event_time <= as_of)
    return np.where(bought, 1.0, np.where(end <= as_of, 0.0, np.nan))


@wrong("feedback.5", "A purchase that came after its window is over gets NaN instead of 0.")
def window_label(click_time, event_time, as_of, window_s):
    label = np.full(len(click_time), np.nan)
    for e, (c, t) in enumerate(zip(click_time, event_time)):
        if t <= as_of and t <= c + window_s:
            label[e] = 1.0
        elif np.isnan(t) and c + window_s <= as_of:
            label[e] = 0.0
    return label


@wrong("feedback.5", "Boundary: a purchase at as_of itself is treated as unknown, though only what comes after is.")
def window_label(click_time, event_time, as_of, window_s):
    end = click_time + window_s
    bought = (event_time <= end) & (event_time < as_of)
    return np.where(bought, 1.0, np.where(end <= as_of, 0.0, np.nan))


@right("feedback.5", "A loop with branches; returns a list.")
def window_label(click_time, event_time, as_of, window_s):
    def one(clicked, bought):
        over = clicked + window_s
        if bought == bought and bought <= min(over, as_of):
            return 1
        return 0 if over <= as_of else float("nan")
    return [one(float(c), float(b)) for c, b in zip(click_time, event_time)]


@right("feedback.5", "np.select with infinity in place of NaN.")
def window_label(click_time, event_time, as_of, window_s):
    event = np.nan_to_num(event_time, nan=np.inf)
    end = click_time + window_s
    return np.select([event <= np.minimum(end, as_of), as_of >= end], [1.0, 0.0], default=np.nan)


@right("feedback.5", "pandas: mask and where; returns a Series.")
def window_label(click_time, event_time, as_of, window_s):
    frame = pd.DataFrame({"click": click_time, "event": event_time})
    visible = frame["event"].where(frame["event"] <= as_of)
    label = pd.Series(np.nan, index=frame.index)
    label = label.mask(frame["click"] + window_s <= as_of, 0.0)
    return label.mask(visible <= frame["click"] + window_s, 1.0)


@right("feedback.5", "torch.where in double precision, to numpy.")
def window_label(click_time, event_time, as_of, window_s):
    c, t = (torch.tensor(np.asarray(x), dtype=torch.float64) for x in (click_time, event_time))
    end = c + window_s
    label = torch.full_like(c, float("nan"))
    label = torch.where(end <= as_of, torch.zeros_like(c), label)
    return torch.where((t <= end) & (t <= as_of), torch.ones_like(c), label).numpy()


@wrong("feedback.6", "Clicks younger than every delay stay in the denominator.")
def rate_corrected_for_delay(label, age_s, delays_s):
    arrived = np.array([(delays_s <= age).mean() for age in age_s])
    weight = np.divide(label, arrived, out=np.zeros(len(label)), where=arrived > 0)
    return weight.mean()


@wrong("feedback.6", "Divides by the share of purchases that are still to come instead of those that would have come.")
def rate_corrected_for_delay(label, age_s, delays_s):
    late = np.array([(delays_s > age).mean() for age in age_s])
    old = np.array([(delays_s <= age).any() for age in age_s])
    return np.mean(label[old] / np.maximum(late[old], 1 / len(delays_s)))


@wrong("feedback.6", "Multiplies each purchase by the share instead of dividing by it.")
def rate_corrected_for_delay(label, age_s, delays_s):
    arrived = np.array([(delays_s <= age).mean() for age in age_s])
    return np.mean((label * arrived)[arrived > 0])


@wrong("feedback.6", "Purchases over the sum of shares: purchases are not weighed by their own age.")
def rate_corrected_for_delay(label, age_s, delays_s):
    arrived = np.array([(delays_s <= age).mean() for age in age_s])
    return label[arrived > 0].sum() / arrived.sum()


@wrong("feedback.6", "Boundary: a delay of exactly the click's age does not count as arrived.")
def rate_corrected_for_delay(label, age_s, delays_s):
    arrived = np.searchsorted(np.sort(delays_s), age_s, side="left") / len(delays_s)
    use = arrived > 0
    return np.mean(label[use] / arrived[use])


@wrong("feedback.6", "No correction: the plain rate of clicks that are old enough.")
def rate_corrected_for_delay(label, age_s, delays_s):
    return np.mean(label[age_s >= np.min(delays_s)])


@wrong("feedback.6", "searchsorted on delays that are not sorted.")
def rate_corrected_for_delay(label, age_s, delays_s):
    arrived = np.searchsorted(delays_s, age_s, side="right") / len(delays_s)
    use = age_s >= np.min(delays_s)
    return np.mean(label[use] / np.maximum(arrived[use], 1 / len(delays_s)))


@wrong("feedback.6", "Keeps only clicks older than every delay, instead of leaving out those younger than every delay.")
def rate_corrected_for_delay(label, age_s, delays_s):
    old = age_s >= np.max(delays_s)
    return label[old].mean() if old.any() else 0.0


@wrong("feedback.6", "Takes an exponential curve with the mean delay in place of the delays that were observed.")
def rate_corrected_for_delay(label, age_s, delays_s):
    use = age_s >= np.min(delays_s)
    arrived = 1 - np.exp(-age_s[use] / np.mean(delays_s))
    return np.mean(label[use] / arrived)


@wrong("feedback.6", "Weighs clicks without a purchase as well: a weighted average over the sum of weights.")
def rate_corrected_for_delay(label, age_s, delays_s):
    arrived = np.array([(delays_s <= age).mean() for age in age_s])
    use = arrived > 0
    return np.average(label[use], weights=1 / arrived[use])


@right("feedback.6", "A loop over clicks; a Python float.")
def rate_corrected_for_delay(label, age_s, delays_s):
    delays = sorted(float(d) for d in delays_s)
    total, used = 0.0, 0
    for bought, age in zip(label, age_s):
        come = sum(d <= age for d in delays)
        if come == 0:
            continue
        used += 1
        total += bought * len(delays) / come
    return total / used


@right("feedback.6", "Sorted delays, searchsorted from the right, a mask.")
def rate_corrected_for_delay(label, age_s, delays_s):
    ordered = np.sort(delays_s)
    come = np.searchsorted(ordered, age_s, side="right")
    old = come > 0
    return float((np.asarray(label)[old] * len(ordered) / come[old]).mean())


@right("feedback.6", "All pairs at once; NaN for the too young, nanmean; pandas.")
def rate_corrected_for_delay(label, age_s, delays_s):
    arrived = pd.Series((np.asarray(delays_s)[None, :] <= np.asarray(age_s)[:, None]).mean(axis=1))
    return (pd.Series(np.asarray(label, dtype=float)) / arrived.where(arrived > 0)).mean()


@wrong("feedback.7", "beta counts all showings instead of those without a click.")
def posterior(clicks, showings):
    return clicks + 1.0, showings + 1.0


@wrong("feedback.7", "The uniform prior is forgotten.")
def posterior(clicks, showings):
    return clicks.astype(float), (showings - clicks).astype(float)


@wrong("feedback.7", "Jeffreys' prior (a half) instead of the uniform one.")
def posterior(clicks, showings):
    return clicks + 0.5, showings - clicks + 0.5


@wrong("feedback.7", "alpha and beta are exchanged.")
def posterior(clicks, showings):
    return showings - clicks + 1.0, clicks + 1.0


@wrong("feedback.7", "The prior is added to alpha only.")
def posterior(clicks, showings):
    return clicks + 1.0, np.asarray(showings - clicks, dtype=float)


@wrong("feedback.7", "Both imagined showings of the prior go to beta: it is one too large.")
def posterior(clicks, showings):
    return clicks + 1.0, (showings + 2.0) - clicks


@wrong("feedback.7", "Mean and standard deviation of the distribution instead of its parameters.")
def posterior(clicks, showings):
    alpha, beta = clicks + 1.0, showings - clicks + 1.0
    n = alpha + beta
    return alpha / n, np.sqrt(alpha * beta / (n**2 * (n + 1)))


@wrong("feedback.7", "A prior around the average click rate of all items, not the uniform one.")
def posterior(clicks, showings):
    rate = clicks.sum() / max(showings.sum(), 1)
    return clicks + 2 * rate, showings - clicks + 2 * (1 - rate)


@right("feedback.7", "A tuple of lists of ints, in comprehensions.")
def posterior(clicks, showings):
    return [int(c) + 1 for c in clicks], [int(s) - int(c) + 1 for c, s in zip(clicks, showings)]


@right("feedback.7", "A list of two float arrays, prior in named variables.")
def posterior(clicks, showings):
    prior_yes, prior_no = 1.0, 1.0
    clicks = np.asarray(clicks, dtype=np.float64)
    return [prior_yes + clicks, prior_no + np.asarray(showings, dtype=np.float64) - clicks]


@right("feedback.7", "Two pandas Series.")
def posterior(clicks, showings):
    frame = pd.DataFrame({"c": clicks, "s": showings})
    return frame["c"] + 1, frame["s"] - frame["c"] + 1
