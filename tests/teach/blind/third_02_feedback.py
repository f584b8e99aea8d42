"""Solutions of lesson 02, written blind."""

import numpy as np
import pandas as pd
from blind_book import right, wrong

# ---------------------------------------------------------------- 2.1


@wrong("feedback.1", "Compares numbers of clicks and not click rates, though positions may be shown unequally often.")
def relative_examination(position, click, n_positions):
    position, click = np.asarray(position), np.asarray(click, float)
    clicks = np.bincount(position, click, n_positions + 1)[1:n_positions + 1]
    shown = np.bincount(position, minlength=n_positions + 1)[1:n_positions + 1]
    return np.where(shown > 0, clicks / clicks[0], np.nan)


@wrong("feedback.1", "Cuts the estimate off at 1.")
def relative_examination(position, click, n_positions):
    position, click = np.asarray(position), np.asarray(click, float)
    rate = np.full(n_positions, np.nan)
    for k in range(n_positions):
        if (position == k + 1).any():
            rate[k] = click[position == k + 1].mean()
    return np.minimum(rate / rate[0], 1.0)


@wrong("feedback.1", "Forces the curve to fall from position to position.")
def relative_examination(position, click, n_positions):
    position, click = np.asarray(position), np.asarray(click, float)
    rate = np.full(n_positions, np.nan)
    for k in range(n_positions):
        if (position == k + 1).any():
            rate[k] = click[position == k + 1].mean()
    relative = rate / rate[0]
    return np.where(np.isnan(relative), np.nan, np.fmin.accumulate(relative))


@wrong("feedback.1", "Divides by the largest rate instead of the first position's.")
def relative_examination(position, click, n_positions):
    rate = pd.Series(np.asarray(click, float)).groupby(np.asarray(position)).mean()
    rate = rate.reindex(range(1, n_positions + 1)).to_numpy()
    return rate / np.nanmax(rate)


@wrong("feedback.1", "Gives 0 where a position was never shown.")
def relative_examination(position, click, n_positions):
    position, click = np.asarray(position), np.asarray(click, float)
    clicks = np.bincount(position, click, n_positions + 1)[1:n_positions + 1]
    shown = np.bincount(position, minlength=n_positions + 1)[1:n_positions + 1]
    rate = clicks / np.maximum(shown, 1)
    return rate / rate[0]


@wrong("feedback.1", "Takes a position without a click for one that was never shown, and answers NaN.")
def relative_examination(position, click, n_positions):
    position, click = np.asarray(position), np.asarray(click, float)
    clicks = np.bincount(position, click, n_positions + 1)[1:n_positions + 1]
    shown = np.bincount(position, minlength=n_positions + 1)[1:n_positions + 1]
    rate = np.where(clicks > 0, clicks / np.maximum(shown, 1), np.nan)
    return rate / rate[0]


@wrong("feedback.1", "Smooths each rate by one click and one silence.")
def relative_examination(position, click, n_positions):
    position, click = np.asarray(position), np.asarray(click, float)
    clicks = np.bincount(position, click, n_positions + 1)[1:n_positions + 1]
    shown = np.bincount(position, minlength=n_positions + 1)[1:n_positions + 1]
    rate = np.where(shown > 0, (clicks + 1) / (shown + 2), np.nan)
    return rate / rate[0]


@wrong("feedback.1", "Leaves a never shown position out, so that later ones move up, and fills NaN in at the end.")
def relative_examination(position, click, n_positions):
    rate = pd.Series(np.asarray(click, float)).groupby(np.asarray(position)).mean().to_numpy()
    out = np.full(n_positions, np.nan)
    out[:len(rate)] = rate[:n_positions] / rate[0]
    return out


@right("feedback.1", "Two bincounts.")
def relative_examination(position, click, n_positions):
    position, click = np.asarray(position), np.asarray(click, float)
    clicks = np.bincount(position, click, n_positions + 1)[1:n_positions + 1]
    shown = np.bincount(position, minlength=n_positions + 1)[1:n_positions + 1]
    with np.errstate(invalid="ignore"):
        rate = clicks / shown
    return rate / rate[0]


@right("feedback.1", "Counts in a plain loop; a list.")
def relative_examination(position, click, n_positions):
    shown, clicked = {}, {}
    for k, c in zip(np.asarray(position).tolist(), np.asarray(click).tolist()):
        shown[k] = shown.get(k, 0) + 1
        clicked[k] = clicked.get(k, 0) + int(c)
    return [clicked[k] * shown[1] / (shown[k] * clicked[1]) if k in shown else float("nan")
            for k in range(1, n_positions + 1)]


@right("feedback.1", "groupby, reindex, divide; a Series.")
def relative_examination(position, click, n_positions):
    frame = pd.DataFrame({"position": np.asarray(position), "click": np.asarray(click, float)})
    rate = frame.groupby("position")["click"].mean().reindex(range(1, n_positions + 1))
    return rate.div(rate.loc[1]).reset_index(drop=True)


# ---------------------------------------------------------------- 2.2


@wrong("feedback.2", "The chance that somebody who looked does not click, the condition the wrong way round.")
def seen_given_ignored(examination, click_rate):
    examination, click_rate = np.asarray(examination, float), np.asarray(click_rate, float)
    safe = np.where(examination > 0, examination, 1.0)
    return np.where(examination > 0, (examination - click_rate) / safe, 0.0)


@wrong("feedback.2", "The chance of both, looked and not clicked, without dividing by that of the silence.")
def seen_given_ignored(examination, click_rate):
    return np.asarray(examination, float) - np.asarray(click_rate, float)


@wrong("feedback.2", "A silence says nothing of the look: the chance of a look as it was.")
def seen_given_ignored(examination, click_rate):
    return np.asarray(examination, float) + 0 * np.asarray(click_rate, float)


@wrong("feedback.2", "Takes the click rate for the chance of a click after a look.")
def seen_given_ignored(examination, click_rate):
    e, r = np.asarray(examination, float), np.asarray(click_rate, float)
    return e * (1 - r) / (1 - e * r)


@wrong("feedback.2", "The complement: how likely it is that nobody looked.")
def seen_given_ignored(examination, click_rate):
    e, c = np.asarray(examination, float), np.asarray(click_rate, float)
    return (1 - e) / (1 - c)


@wrong("feedback.2", "Without clicks nothing is known, so it answers 0 there instead of the chance of a look.")
def seen_given_ignored(examination, click_rate):
    e, c = np.asarray(examination, float), np.asarray(click_rate, float)
    return np.where(c > 0, (e - c) / (1 - c), 0.0)


@wrong("feedback.2", "A formula of first order that holds for rare clicks only.")
def seen_given_ignored(examination, click_rate):
    e, c = np.asarray(examination, float), np.asarray(click_rate, float)
    return e - c * (1 - e)


@wrong("feedback.2", "Goes by the like rate c/e, which is NaN where nobody looks; the answer there is 0.")
def seen_given_ignored(examination, click_rate):
    e, c = np.asarray(examination, float), np.asarray(click_rate, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        like = c / e
    return e * (1 - like) / (1 - e * like)


@right("feedback.2", "Bayes from the two kinds of silence.")
def seen_given_ignored(examination, click_rate):
    e, c = np.asarray(examination, float), np.asarray(click_rate, float)
    looked, unseen = e - c, 1 - e
    return looked / (looked + unseen)


@right("feedback.2", "One less the unseen share of the silences; a list.")
def seen_given_ignored(examination, click_rate):
    return [1 - (1 - float(e)) / (1 - float(c)) for e, c in zip(examination, click_rate)]


@right("feedback.2", "In pandas, a Series.")
def seen_given_ignored(examination, click_rate):
    both = pd.DataFrame({"e": np.asarray(examination, float), "c": np.asarray(click_rate, float)})
    return (both["e"] - both["c"]).div(1 - both["c"])


# ---------------------------------------------------------------- 2.5


@wrong("feedback.5", "Uses purchases that come after as_of: the future leaks into the label.")
def window_label(click_time, event_time, as_of, window_s):
    click_time, event_time = np.asarray(click_time, float), np.asarray(event_time, float)
    end = click_time + window_s
    return np.where(event_time <= end, 1.0, np.where(end <= as_of, 0.0, np.nan))


@wrong("feedback.5", "NaN for every open window, even where the purchase is known already.")
def window_label(click_time, event_time, as_of, window_s):
    click_time, event_time = np.asarray(click_time, float), np.asarray(event_time, float)
    end = click_time + window_s
    return np.where(end > as_of, np.nan, (event_time <= end).astype(float))


@wrong("feedback.5", "An open window without a purchase so far counts as no.")
def window_label(click_time, event_time, as_of, window_s):
    click_time, event_time = np.asarray(click_time, float), np.asarray(event_time, float)
    return ((event_time <= as_of) & (event_time <= click_time + window_s)).astype(float)


@wrong("feedback.5", "A purchase exactly at as_of is not known.")
def window_label(click_time, event_time, as_of, window_s):
    click_time, event_time = np.asarray(click_time, float), np.asarray(event_time, float)
    end = click_time + window_s
    yes = (event_time < as_of) & (event_time <= end)
    return np.where(yes, 1.0, np.where(end <= as_of, 0.0, np.nan))


@wrong("feedback.5", "A window that ends exactly at as_of counts as open.")
def window_label(click_time, event_time, as_of, window_s):
    click_time, event_time = np.asarray(click_time, float), np.asarray(event_time, float)
    end = click_time + window_s
    yes = (event_time <= as_of) & (event_time <= end)
    return np.where(yes, 1.0, np.where(end < as_of, 0.0, np.nan))


@wrong("feedback.5", "A purchase exactly at the end of its window is out.")
def window_label(click_time, event_time, as_of, window_s):
    click_time, event_time = np.asarray(click_time, float), np.asarray(event_time, float)
    end = click_time + window_s
    yes = (event_time <= as_of) & (event_time < end)
    return np.where(yes, 1.0, np.where(end <= as_of, 0.0, np.nan))


@wrong("feedback.5", "Any known purchase is a yes, also one that came after its window.")
def window_label(click_time, event_time, as_of, window_s):
    click_time, event_time = np.asarray(click_time, float), np.asarray(event_time, float)
    over = click_time + window_s <= as_of
    return np.where(event_time <= as_of, 1.0, np.where(over, 0.0, np.nan))


@wrong("feedback.5", "Answers no at once where nothing will ever happen, which nobody knows while the window is open.")
def window_label(click_time, event_time, as_of, window_s):
    click_time, event_time = np.asarray(click_time, float), np.asarray(event_time, float)
    end = click_time + window_s
    yes = (event_time <= as_of) & (event_time <= end)
    no = (end <= as_of) | np.isnan(event_time)
    return np.where(yes, 1.0, np.where(no, 0.0, np.nan))


@right("feedback.5", "np.select with NaN as the default.")
def window_label(click_time, event_time, as_of, window_s):
    click_time, event_time = np.asarray(click_time, float), np.asarray(event_time, float)
    end = click_time + window_s
    bought = event_time <= np.minimum(end, as_of)
    return np.select([bought, end <= as_of], [1.0, 0.0], default=np.nan)


@right("feedback.5", "A plain loop with cases; a list.")
def window_label(click_time, event_time, as_of, window_s):
    out = []
    for click, event in zip(np.asarray(click_time, float).tolist(), np.asarray(event_time, float).tolist()):
        end = click + window_s
        if event == event and event <= as_of and event <= end:
            out.append(1)
        elif as_of >= end:
            out.append(0)
        else:
            out.append(float("nan"))
    return out


@right("feedback.5", "Hides what comes after as_of first, then labels, then blanks the open ones; a Series.")
def window_label(click_time, event_time, as_of, window_s):
    frame = pd.DataFrame({"click": np.asarray(click_time, float), "event": np.asarray(event_time, float)})
    known = frame["event"].where(frame["event"] <= as_of)
    end = frame["click"] + window_s
    label = known.le(end).astype(float)
    return label.mask(label.eq(0) & end.gt(as_of))


# ---------------------------------------------------------------- 2.6


@wrong("feedback.6", "Sum of the labels over the sum of the shares, instead of each click by its own age.")
def rate_corrected_for_delay(label, age_s, delays_s):
    come = np.searchsorted(np.sort(delays_s), age_s, side="right") / len(delays_s)
    keep = come > 0
    return np.asarray(label, float)[keep].sum() / come[keep].sum()


@wrong("feedback.6", "A delay equal to the age has not come.")
def rate_corrected_for_delay(label, age_s, delays_s):
    come = np.searchsorted(np.sort(delays_s), age_s, side="left") / len(delays_s)
    keep = come > 0
    return np.mean(np.asarray(label, float)[keep] / come[keep]) if keep.any() else 0.0


@wrong("feedback.6", "Clicks too young to say anything stay in the mean as zeros.")
def rate_corrected_for_delay(label, age_s, delays_s):
    come = np.searchsorted(np.sort(delays_s), age_s, side="right") / len(delays_s)
    label = np.asarray(label, float)
    return np.sum(np.where(come > 0, label / np.where(come > 0, come, 1.0), 0.0)) / len(label)


@wrong("feedback.6", "Cuts the rate off at 1.")
def rate_corrected_for_delay(label, age_s, delays_s):
    come = np.searchsorted(np.sort(delays_s), age_s, side="right") / len(delays_s)
    keep = come > 0
    return min(1.0, float(np.mean(np.asarray(label, float)[keep] / come[keep])))


@wrong("feedback.6", "Searches in the delays as they come, without sorting them.")
def rate_corrected_for_delay(label, age_s, delays_s):
    come = np.searchsorted(np.asarray(delays_s), age_s, side="right") / len(delays_s)
    keep = come > 0
    return float(np.mean(np.asarray(label, float)[keep] / come[keep])) if keep.any() else 0.0


@wrong("feedback.6", "An exponential law with the mean delay in place of the delays themselves.")
def rate_corrected_for_delay(label, age_s, delays_s):
    come = 1 - np.exp(-np.asarray(age_s, float) / max(np.mean(delays_s), 1e-9))
    keep = come > 0
    return np.mean(np.asarray(label, float)[keep] / come[keep]) if keep.any() else 0.0


@wrong("feedback.6", "Leaves clicks out by their label too: a bought one that is too young counts as 1.")
def rate_corrected_for_delay(label, age_s, delays_s):
    come = np.searchsorted(np.sort(delays_s), age_s, side="right") / len(delays_s)
    label = np.asarray(label, float)
    keep = (come > 0) | (label == 1)
    share = np.where(come > 0, come, 1.0)
    return np.mean(label[keep] / share[keep])


@wrong("feedback.6", "Leaves out the young clicks that have not bought, because their label is still open.")
def rate_corrected_for_delay(label, age_s, delays_s):
    come = np.searchsorted(np.sort(delays_s), age_s, side="right") / len(delays_s)
    label = np.asarray(label, float)
    keep = (come == 1) | ((come > 0) & (label == 1))
    return np.mean(label[keep] / come[keep]) if keep.any() else 0.0


@right("feedback.6", "Sorted delays, searchsorted, mean over those with a positive share.")
def rate_corrected_for_delay(label, age_s, delays_s):
    label, age = np.asarray(label, float), np.asarray(age_s, float)
    delays = np.sort(np.asarray(delays_s, float))
    arrived = np.searchsorted(delays, age, side="right")
    tells = arrived > 0
    return (label[tells] * len(delays) / arrived[tells]).mean()


@right("feedback.6", "A plain loop over clicks.")
def rate_corrected_for_delay(label, age_s, delays_s):
    delays = [float(d) for d in delays_s]
    total, count = 0.0, 0
    for bought, age in zip(label, age_s):
        come = sum(d <= float(age) for d in delays)
        if come == 0:
            continue
        total += float(bought) / (come / len(delays))
        count += 1
    return total / count


@right("feedback.6", "A pandas table of clicks whose share comes from a comparison of all with all.")
def rate_corrected_for_delay(label, age_s, delays_s):
    share = (np.asarray(delays_s, float)[None, :] <= np.asarray(age_s, float)[:, None]).mean(axis=1)
    clicks = pd.DataFrame({"label": np.asarray(label, float), "share": share})
    clicks = clicks[clicks["share"] > 0]
    return float(clicks["label"].div(clicks["share"]).mean())
