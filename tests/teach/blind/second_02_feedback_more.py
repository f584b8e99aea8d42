"""Solutions of lesson 02, written blind: from the notebook's text alone."""

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@wrong("feedback.3", "Marks up to the first click from the top, not up to the lowest one.")
def skips_and_clicks(click):
    before = np.cumsum(click, axis=1) - click
    return (before == 0) & (click.sum(1, keepdims=True) > 0) | (click == 1)


@wrong("feedback.3", "The clicks themselves are left out; only skips are marked.")
def skips_and_clicks(click):
    below = np.cumsum(click[:, ::-1], axis=1)[:, ::-1]
    return (below > 0) & (click == 0)


@wrong("feedback.3", "Clicks above the lowest click are left out: only the skips and the lowest click are marked.")
def skips_and_clicks(click):
    below = np.cumsum(click[:, ::-1], axis=1)[:, ::-1]
    return (below > 0) & ((click == 0) | (below == 1))


@wrong("feedback.3", "A slate without a click is marked in full, because argmax of zeros is 0.")
def skips_and_clicks(click):
    lowest = click.shape[1] - 1 - np.argmax(click[:, ::-1], axis=1)
    return np.arange(click.shape[1])[None, :] <= lowest[:, None]


@wrong("feedback.3", "Looks down instead of up: marks the first click and all that stands below it.")
def skips_and_clicks(click):
    return np.cumsum(click, axis=1) > 0


@wrong("feedback.3", "Whole slates with a click are marked, also what stands below the lowest click.")
def skips_and_clicks(click):
    return np.repeat(click.any(axis=1)[:, None], click.shape[1], axis=1)


@wrong("feedback.3", "The sum runs along the slates, not along the positions.")
def skips_and_clicks(click):
    return np.cumsum(click[::-1], axis=0)[::-1] > 0


@wrong("feedback.3", "Only the item directly above a click is taken for a skip.")
def skips_and_clicks(click):
    out = np.array(click, dtype=bool)
    out[:, :-1] |= np.asarray(click[:, 1:], dtype=bool)
    return out


@wrong("feedback.3", "The lowest click is left out of the mark: everything strictly above it only.")
def skips_and_clicks(click):
    out = np.zeros(click.shape, bool)
    for b, row in enumerate(click):
        places = np.flatnonzero(row)
        if len(places):
            out[b, :places[-1]] = True
    return out


@wrong("feedback.3", "One position below the lowest click is marked as well, an index one too far.")
def skips_and_clicks(click):
    out = np.zeros(click.shape, bool)
    for b, row in enumerate(click):
        places = np.flatnonzero(row)
        if len(places):
            out[b, :places[-1] + 2] = True
    return out


@wrong("feedback.3", "The slates are flattened first, so a click in a later slate marks the end of the one before.")
def skips_and_clicks(click):
    flat = np.asarray(click).ravel()
    below = np.cumsum(flat[::-1])[::-1].reshape(click.shape)
    return (below > 0) & click.any(axis=1, keepdims=True)


@wrong("feedback.3", "A click on position 1 has index 0 and is taken for no click.")
def skips_and_clicks(click):
    lowest = (click * np.arange(click.shape[1])).max(axis=1)
    return (np.arange(click.shape[1]) <= lowest[:, None]) & (lowest > 0)[:, None]


@right("feedback.3", "A running maximum from below.")
def skips_and_clicks(click):
    return np.maximum.accumulate(np.asarray(click)[:, ::-1], axis=1)[:, ::-1].astype(bool)


@right("feedback.3", "Nested Python lists and any over the rest of a row.")
def skips_and_clicks(click):
    return [[any(row[place:]) for place in range(len(row))] for row in np.asarray(click).astype(bool).tolist()]


@right("feedback.3", "torch: flip, cummax, flip.")
def skips_and_clicks(click):
    turned = torch.as_tensor(np.array(click)).int().flip(1)
    return turned.cummax(dim=1).values.flip(1).bool().numpy()


@right("feedback.3", "The lowest clicked position (0 if none), compared with the positions from 1.")
def skips_and_clicks(click):
    steps = np.arange(1, np.shape(click)[1] + 1)
    return steps <= (np.asarray(click, dtype=int) * steps).max(axis=1, initial=0)[:, None]


@wrong("feedback.4", "Clicks over expected looks: a ratio of sums, not the mean of weighted clicks.")
def click_rate_per_look(click, examination):
    return np.sum(click) / np.sum(examination)


@wrong("feedback.4", "The average runs over clicks only.")
def click_rate_per_look(click, examination):
    hit = click == 1
    return (1 / examination[hit]).mean() if hit.any() else 0.0


@wrong("feedback.4", "Self-normalised: divides by the sum of the weights instead of the number of showings.")
def click_rate_per_look(click, examination):
    return np.average(click, weights=1 / examination)


@wrong("feedback.4", "Multiplies by the chance of a look.")
def click_rate_per_look(click, examination):
    return float(np.mean(click * examination))


@wrong("feedback.4", "Cut off at 1, though the estimate may exceed it.")
def click_rate_per_look(click, examination):
    return min(1.0, float((click / examination).mean()))


@wrong("feedback.4", "The sum over showings, not the average.")
def click_rate_per_look(click, examination):
    return sum(c / e for c, e in zip(click, examination, strict=True))


@wrong("feedback.4", "Mean of the clicks over the mean look: one weight for all.")
def click_rate_per_look(click, examination):
    return np.mean(click) * np.mean(1 / examination)


@wrong("feedback.4", "Each position counts once, however often it was shown.")
def click_rate_per_look(click, examination):
    return pd.Series(click / examination).groupby(np.asarray(examination)).mean().mean()


@wrong("feedback.4", "Weights are cut at 10, which the text does not ask for.")
def click_rate_per_look(click, examination):
    return np.mean(click * np.minimum(1 / examination, 10))


@wrong("feedback.4", "An unclicked showing gets the weight as well: 1 minus the weighted silence.")
def click_rate_per_look(click, examination):
    return 1 - np.mean((1 - click) / examination)


@wrong("feedback.4", "Divides by the number of positions instead of the number of showings.")
def click_rate_per_look(click, examination):
    return (click / examination).sum() / len(np.unique(examination))


@right("feedback.4", "A dot product with the reciprocals over the length.")
def click_rate_per_look(click, examination):
    return np.dot(np.asarray(click, float), np.reciprocal(np.asarray(examination, float))) / len(click)


@right("feedback.4", "A Python loop over clicked showings.")
def click_rate_per_look(click, examination):
    total = 0.0
    for c, e in zip(click, examination, strict=True):
        if c:
            total += 1 / float(e)
    return total / len(click)


@right("feedback.4", "torch in double, item taken.")
def click_rate_per_look(click, examination):
    c, e = (torch.as_tensor(np.asarray(x)).double() for x in (click, examination))
    return (c / e).mean().item()


@right("feedback.4", "pandas: rate of each chance of a look, weighted by how often it was shown.")
def click_rate_per_look(click, examination):
    grouped = pd.Series(np.asarray(click, float)).groupby(np.asarray(examination)).agg(["mean", "size"])
    return np.average(grouped["mean"] / grouped.index.to_numpy(), weights=grouped["size"])
