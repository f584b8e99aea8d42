"""Solutions of lesson 02, exercises 1 to 4, written blind: from the notebook's text alone."""

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@wrong("feedback.1", "Clicks instead of click rates: positions that were shown less often look less examined.")
def relative_examination(position, click, n_positions):
    clicks = np.bincount(position - 1, click, n_positions)
    return clicks / clicks[0]


@wrong("feedback.1", "Divides by the sum of the rates, so they add up to 1 instead of starting at 1.")
def relative_examination(position, click, n_positions):
    rate = np.array([click[position == k].mean() for k in range(1, n_positions + 1)])
    return rate / rate.sum()


@wrong("feedback.1", "Divides by the highest rate instead of the first position's.")
def relative_examination(position, click, n_positions):
    rate = np.array([click[position == k].mean() for k in range(1, n_positions + 1)])
    return rate / rate.max()


@wrong("feedback.1", "Absolute click rates, not relative to the first position.")
def relative_examination(position, click, n_positions):
    return np.array([click[position == k].mean() for k in range(1, n_positions + 1)])


@wrong("feedback.1", "Assumes 1 / position and never looks at the clicks.")
def relative_examination(position, click, n_positions):
    return 1 / np.arange(1, n_positions + 1)


@wrong("feedback.1", "Forces the curve never to rise, though a later position may have the higher rate.")
def relative_examination(position, click, n_positions):
    rate = np.bincount(position - 1, click, n_positions) / np.bincount(position - 1, minlength=n_positions)
    return np.minimum.accumulate(rate / rate[0])


@wrong("feedback.1", "Cuts the curve off at 1, though a later position may have a higher rate than the first.")
def relative_examination(position, click, n_positions):
    rate = np.bincount(position - 1, click, n_positions) / np.bincount(position - 1, minlength=n_positions)
    return np.clip(rate / rate[0], 0, 1)


@wrong("feedback.1", "Each position relative to the one before it, not to the first.")
def relative_examination(position, click, n_positions):
    rate = pd.Series(np.asarray(click, float)).groupby(np.asarray(position)).mean().to_numpy()
    return np.append(1.0, rate[1:] / rate[:-1])


@wrong("feedback.1", "Share of clicks at this position or above: a cumulative curve.")
def relative_examination(position, click, n_positions):
    rate = np.array([np.mean(click[position <= k]) for k in range(1, n_positions + 1)])
    return rate / rate[0]


@right("feedback.1", "pandas groupby with reindex; returns a Series with the positions as its index.")
def relative_examination(position, click, n_positions):
    frame = pd.DataFrame({"position": np.asarray(position), "click": np.asarray(click)})
    rate = frame.groupby("position").click.mean().reindex(range(1, n_positions + 1))
    return rate / rate.iloc[0]


@right("feedback.1", "Two bincounts with an unused slot 0.")
def relative_examination(position, click, n_positions):
    clicks = np.bincount(position, weights=click, minlength=n_positions + 1)[1:]
    shown = np.bincount(position, minlength=n_positions + 1)[1:]
    return (clicks / shown) / (clicks[0] / shown[0])


@right("feedback.1", "A loop over showings; returns a list.")
def relative_examination(position, click, n_positions):
    shown, clicked = [0] * n_positions, [0.0] * n_positions
    for p, c in zip(position, click):
        shown[p - 1] += 1
        clicked[p - 1] += c
    rate = [c / s for c, s in zip(clicked, shown)]
    return [one / rate[0] for one in rate]


@wrong("feedback.2", "Takes looking and clicking as independent: the answer is just e.")
def seen_given_ignored(examination, click_rate):
    return examination * (1 - click_rate) / (1 - click_rate)


@wrong("feedback.2", "P(looked and no click), not divided by the chance of no click.")
def seen_given_ignored(examination, click_rate):
    return examination - click_rate


@wrong("feedback.2", "The condition is turned around: P(no click | looked).")
def seen_given_ignored(examination, click_rate):
    return (examination - click_rate) / examination


@wrong("feedback.2", "The complement: P(not looked | no click).")
def seen_given_ignored(examination, click_rate):
    return (1 - examination) / (1 - click_rate)


@wrong("feedback.2", "Takes c as the chance of a click for somebody who looks, so that P(no click) is 1 − e·c.")
def seen_given_ignored(examination, click_rate):
    return examination * (1 - click_rate) / (1 - examination * click_rate)


@wrong("feedback.2", "Divides by the average chance of no click over the positions instead of each one's own.")
def seen_given_ignored(examination, click_rate):
    return (examination - click_rate) / (1 - np.mean(click_rate))


@wrong("feedback.2", "The clicks are not taken off in the numerator: e / (1 − c), which may exceed 1.")
def seen_given_ignored(examination, click_rate):
    return examination / (1 - click_rate)


@right("feedback.2", "One minus the chance that nobody looked.")
def seen_given_ignored(examination, click_rate):
    return 1 - (1 - np.asarray(examination)) / (1 - np.asarray(click_rate))


@right("feedback.2", "Comprehension; returns a list.")
def seen_given_ignored(examination, click_rate):
    return [float((e - c) / (1 - c)) for e, c in zip(examination, click_rate)]


@right("feedback.2", "Bayes with the chance of a click given a look; torch.")
def seen_given_ignored(examination, click_rate):
    e = torch.as_tensor(np.asarray(examination, dtype=float))
    c = torch.as_tensor(np.asarray(click_rate, dtype=float))
    both = e - c
    neither = 1 - e
    return (both / (both + neither)).numpy()


@wrong("feedback.3", "Uses the highest click instead of the lowest: what lies between two clicks is lost.")
def skips_and_clicks(click):
    first = np.argmax(click, axis=1)
    keep = np.arange(click.shape[1]) <= first[:, None]
    return keep & click.any(axis=1)[:, None]


@wrong("feedback.3", "The clicks themselves are left out, only skips are marked.")
def skips_and_clicks(click):
    below = np.cumsum(click[:, ::-1], axis=1)[:, ::-1]
    return (below > 0) & (click == 0)


@wrong("feedback.3", "A slate without a click is marked as a whole.")
def skips_and_clicks(click):
    last = click.shape[1] - 1 - np.argmax(click[:, ::-1], axis=1)
    return np.arange(click.shape[1]) <= last[:, None]


@wrong("feedback.3", "The wrong direction: marks everything below the first click.")
def skips_and_clicks(click):
    return np.cumsum(click, axis=1) > 0


@wrong("feedback.3", "Goes down the slates (axis 0) instead of along the positions.")
def skips_and_clicks(click):
    return np.cumsum(click[::-1], axis=0)[::-1] > 0


@wrong("feedback.3", "Marks whole slates that hold a click, also what lies below the lowest one.")
def skips_and_clicks(click):
    return np.repeat(click.any(axis=1)[:, None], click.shape[1], axis=1)


@wrong("feedback.3", "Off by one: the item just below the lowest click is marked too.")
def skips_and_clicks(click):
    out = np.zeros(click.shape, bool)
    for b, row in enumerate(click):
        if row.any():
            out[b, :np.flatnonzero(row)[-1] + 2] = True
    return out


@wrong("feedback.3", "Off by one: the lowest click itself is left out of the mark.")
def skips_and_clicks(click):
    out = np.zeros(click.shape, bool)
    for b, row in enumerate(click):
        if row.any():
            out[b, :np.flatnonzero(row)[-1]] = True
    return out


@wrong("feedback.3", "Only what lies between the first and the last click; skips above the first are lost.")
def skips_and_clicks(click):
    above = np.cumsum(click, axis=1) > 0
    below = np.cumsum(click[:, ::-1], axis=1)[:, ::-1] > 0
    return above & below


@right("feedback.3", "maximum.accumulate from the bottom.")
def skips_and_clicks(click):
    return np.maximum.accumulate(np.asarray(click)[:, ::-1], axis=1)[:, ::-1].astype(bool)


@right("feedback.3", "Nested comprehension; returns a list of lists of bool.")
def skips_and_clicks(click):
    return [[any(bool(c) for c in row[k:]) for k in range(len(row))] for row in click]


@right("feedback.3", "torch: flip, cumsum, flip.")
def skips_and_clicks(click):
    c = torch.as_tensor(np.asarray(click).astype(np.int64))
    return (c.flip(1).cumsum(1).flip(1) > 0).numpy()


@right("feedback.3", "Position of the lowest click, −1 without one, by broadcasting.")
def skips_and_clicks(click):
    click = np.asarray(click)
    at = np.arange(click.shape[1])
    lowest = np.where(click > 0, at, -1).max(axis=1, initial=-1)
    return at[None, :] <= lowest[:, None]


@wrong("feedback.4", "Clicks over the sum of the chances: no click is weighed by its own position.")
def click_rate_per_look(click, examination):
    return np.sum(click) / np.sum(examination)


@wrong("feedback.4", "Averages over the clicks alone instead of all showings.")
def click_rate_per_look(click, examination):
    weights = click / examination
    return weights[click == 1].mean() if (click == 1).any() else 0.0


@wrong("feedback.4", "Multiplies by the chance of a look instead of dividing by it.")
def click_rate_per_look(click, examination):
    return float(np.mean(click * examination))


@wrong("feedback.4", "Weighs the showings too and divides by the sum of weights: a self-normalised average.")
def click_rate_per_look(click, examination):
    return np.average(click, weights=1 / examination)


@wrong("feedback.4", "The sum of the weighed clicks, not divided by the showings.")
def click_rate_per_look(click, examination):
    return (click / examination).sum()


@wrong("feedback.4", "Weights are cut off at 5, so clicks at rarely seen positions count too little.")
def click_rate_per_look(click, examination):
    return np.mean(click * np.minimum(1 / examination, 5))


@wrong("feedback.4", "The raw click rate: the chances are ignored.")
def click_rate_per_look(click, examination):
    return np.mean(click)


@wrong("feedback.4", "Averages over the positions, each counting once, instead of over the showings.")
def click_rate_per_look(click, examination):
    rate = pd.Series(np.asarray(click, float)).groupby(np.asarray(examination)).mean()
    return float((rate / rate.index.to_numpy()).mean())


@right("feedback.4", "A dot product over the number of showings; numpy scalar.")
def click_rate_per_look(click, examination):
    return np.dot(click, np.reciprocal(np.asarray(examination, float))) / len(click)


@right("feedback.4", "A loop over clicks; a Python float.")
def click_rate_per_look(click, examination):
    total = 0.0
    for c, e in zip(click, examination):
        if c:
            total += 1.0 / float(e)
    return total / len(click)


@right("feedback.4", "pandas Series mean.")
def click_rate_per_look(click, examination):
    return pd.Series(np.asarray(click)).div(pd.Series(np.asarray(examination))).mean()
