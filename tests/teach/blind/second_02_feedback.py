"""Solutions of lesson 02, written blind: from the notebook's text alone."""

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@wrong("feedback.1", "Clicks of a position over clicks of the first: how often each was shown is left out.")
def relative_examination(position, click, n_positions):
    clicks = np.bincount(position - 1, click, n_positions)
    return clicks / clicks[0]


@wrong("feedback.1", "Plain click rates, not relative to the first position.")
def relative_examination(position, click, n_positions):
    shown = np.bincount(position - 1, minlength=n_positions).astype(float)
    return np.bincount(position - 1, click, n_positions) / np.where(shown > 0, shown, np.nan)


@wrong("feedback.1", "Relative to the largest rate, not to that of position 1.")
def relative_examination(position, click, n_positions):
    rate = pd.Series(click, dtype=float).groupby(np.asarray(position)).mean().reindex(range(1, n_positions + 1))
    return (rate / rate.max()).to_numpy()


@wrong("feedback.1", "The curve is forced to fall, though an estimate that rises was to be left so.")
def relative_examination(position, click, n_positions):
    rate = pd.Series(click, dtype=float).groupby(np.asarray(position)).mean().reindex(range(1, n_positions + 1))
    return (rate / rate[1]).cummin().to_numpy()


@wrong("feedback.1", "Cut off at 1.")
def relative_examination(position, click, n_positions):
    out = np.full(n_positions, np.nan)
    for k in range(n_positions):
        rows = position == k + 1
        if rows.any():
            out[k] = click[rows].mean() / click[position == 1].mean()
    return np.minimum(out, 1)


@wrong("feedback.1", "A position that was never shown gets 0 instead of NaN.")
def relative_examination(position, click, n_positions):
    shown = np.bincount(position - 1, minlength=n_positions)
    rate = np.bincount(position - 1, click, n_positions) / np.maximum(shown, 1)
    return rate / rate[0]


@wrong("feedback.1", "Only the positions that occur are returned, so a gap shifts those after it.")
def relative_examination(position, click, n_positions):
    rate = pd.Series(click, dtype=float).groupby(np.asarray(position)).mean()
    return (rate / rate.iloc[0]).to_numpy()


@wrong("feedback.1", "As many positions as the largest that was shown; n_positions is not used.")
def relative_examination(position, click, n_positions):
    shown = np.bincount(position - 1)
    with np.errstate(all="ignore"):
        rate = np.bincount(position - 1, click) / shown
    return rate / rate[0]


@wrong("feedback.1", "A position that was shown and never clicked becomes NaN; its estimate is 0.")
def relative_examination(position, click, n_positions):
    clicks = np.bincount(position - 1, click, n_positions)
    shown = np.bincount(position - 1, minlength=n_positions)
    rate = np.where(clicks > 0, clicks / np.maximum(shown, 1), np.nan)
    return rate / rate[0]


@wrong("feedback.1", "Rates are smoothed by one click and two showings, which bends the ratio.")
def relative_examination(position, click, n_positions):
    shown = np.bincount(position - 1, minlength=n_positions)
    rate = (np.bincount(position - 1, click, n_positions) + 1) / (shown + 2)
    return np.where(shown > 0, rate / rate[0], np.nan)


@wrong("feedback.1", "Positions are counted from 0, so every rate lands one place too far down.")
def relative_examination(position, click, n_positions):
    shown = np.bincount(position, minlength=n_positions + 1)[:n_positions]
    clicks = np.bincount(position, click, n_positions + 1)[:n_positions]
    rate = np.where(shown > 0, clicks / np.maximum(shown, 1), np.nan)
    return rate / rate[1]


@wrong("feedback.1", "Each position relative to the one before it.")
def relative_examination(position, click, n_positions):
    rate = pd.Series(click, dtype=float).groupby(np.asarray(position)).mean().reindex(range(1, n_positions + 1))
    return (rate / rate.shift(1)).fillna({1: 1.0}).to_numpy()


@right("feedback.1", "Two dictionaries and a list of floats.")
def relative_examination(position, click, n_positions):
    shown, clicked = {}, {}
    for k, c in zip(position, click, strict=True):
        shown[int(k)] = shown.get(int(k), 0) + 1
        clicked[int(k)] = clicked.get(int(k), 0) + int(c)
    return [clicked[k] * shown[1] / (shown[k] * clicked[1]) if k in shown else float("nan")
            for k in range(1, n_positions + 1)]


@right("feedback.1", "A one-hot matrix times the clicks; 0 / 0 gives the NaN.")
def relative_examination(position, click, n_positions):
    at = np.asarray(position)[None, :] == np.arange(1, n_positions + 1)[:, None]
    with np.errstate(invalid="ignore"):
        rate = (at @ np.asarray(click, float)) / at.sum(1)
    return rate / rate[0]


@right("feedback.1", "A pandas Series with the positions as its index.")
def relative_examination(position, click, n_positions):
    table = pd.DataFrame({"k": np.asarray(position), "c": np.asarray(click, dtype=float)})
    rate = table.groupby("k")["c"].mean().reindex(np.arange(1, n_positions + 1))
    return rate.div(rate.loc[1])


@right("feedback.1", "torch, float32, boolean masks.")
def relative_examination(position, click, n_positions):
    k, c = torch.as_tensor(np.asarray(position)), torch.as_tensor(np.asarray(click)).float()
    rate = torch.stack([c[k == n].mean() for n in range(1, n_positions + 1)])
    return (rate / rate[0]).numpy()


@wrong("feedback.2", "P(looked and not clicked), not divided by P(not clicked).")
def seen_given_ignored(examination, click_rate):
    return examination - click_rate


@wrong("feedback.2", "P(not clicked | looked): the condition is turned round.")
def seen_given_ignored(examination, click_rate):
    return (examination - click_rate) / np.maximum(examination, 1e-12)


@wrong("feedback.2", "The click is not taken off the looks: e / (1 − c).")
def seen_given_ignored(examination, click_rate):
    return np.clip(examination / (1 - click_rate), 0, 1)


@wrong("feedback.2", "Takes c for the chance of a click given a look.")
def seen_given_ignored(examination, click_rate):
    seen = examination * (1 - click_rate)
    return seen / (seen + 1 - examination)


@wrong("feedback.2", "Divides by the chance that nobody looked.")
def seen_given_ignored(examination, click_rate):
    with np.errstate(all="ignore"):
        return (examination - click_rate) / (1 - examination)


@wrong("feedback.2", "The chance that it was not seen, given that it was ignored.")
def seen_given_ignored(examination, click_rate):
    return (1 - examination) / (1 - click_rate)


@wrong("feedback.2", "Looks and clicks are taken for independent.")
def seen_given_ignored(examination, click_rate):
    return [e * (1 - c) / (1 - c) for e, c in zip(examination, click_rate, strict=True)]


@wrong("feedback.2", "One click rate, the mean of all positions, stands in for each position's own.")
def seen_given_ignored(examination, click_rate):
    c = np.minimum(np.mean(click_rate), examination)
    return (examination - c) / (1 - c)


@wrong("feedback.2", "Where nothing was clicked it answers 1, although the look is still uncertain.")
def seen_given_ignored(examination, click_rate):
    return np.where(click_rate == 0, 1.0, (examination - click_rate) / (1 - click_rate))


@wrong("feedback.2", "Divides by 1 + c.")
def seen_given_ignored(examination, click_rate):
    return pd.Series(examination).sub(click_rate).div(pd.Series(click_rate).add(1)).to_numpy()


@wrong("feedback.2", "The shares are brought to sum 1 over the positions.")
def seen_given_ignored(examination, click_rate):
    seen = (examination - click_rate) / (1 - click_rate)
    return seen / max(seen.sum(), 1e-12)


@right("feedback.2", "One minus the chance that it was not looked at; a list.")
def seen_given_ignored(examination, click_rate):
    return [1.0 - (1.0 - float(e)) / (1.0 - float(c)) for e, c in zip(examination, click_rate, strict=True)]


@right("feedback.2", "Bayes written out, where a position without looks is asked apart.")
def seen_given_ignored(examination, click_rate):
    out = []
    for e, c in zip(examination, click_rate, strict=True):
        given_look = 1 - c / e if e > 0 else 1.0
        out.append(given_look * e / (given_look * e + 1 - e))
    return np.array(out)


@right("feedback.2", "torch in double.")
def seen_given_ignored(examination, click_rate):
    e, c = (torch.as_tensor(np.asarray(x), dtype=torch.float64) for x in (examination, click_rate))
    return torch.div(e - c, 1 - c).numpy()


@right("feedback.2", "A pandas Series.")
def seen_given_ignored(examination, click_rate):
    frame = pd.DataFrame({"e": np.asarray(examination), "c": np.asarray(click_rate)})
    return frame.eval("(e - c) / (1 - c)")
