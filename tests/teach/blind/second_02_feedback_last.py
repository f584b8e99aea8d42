"""Solutions of lesson 02, written blind: from the notebook's text alone."""

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@wrong("feedback.7", "No prior: the bare counts of clicks and silences.")
def posterior(clicks, showings):
    return clicks.astype(float), (showings - clicks).astype(float)


@wrong("feedback.7", "All showings are counted against the item, its clicks too.")
def posterior(clicks, showings):
    return clicks + 1.0, showings + 1.0


@wrong("feedback.7", "The prior is added to the clicks only.")
def posterior(clicks, showings):
    return 1.0 + clicks, 1.0 * (showings - clicks)


@wrong("feedback.7", "The two parameters are exchanged.")
def posterior(clicks, showings):
    alpha, beta = 1.0 + clicks, 1.0 + showings - clicks
    return beta, alpha


@wrong("feedback.7", "Jeffreys' prior, half a click and half a silence, in place of the uniform one.")
def posterior(clicks, showings):
    return clicks + 0.5, showings - clicks + 0.5


@wrong("feedback.7", "Mean and variance of the distribution, not its parameters.")
def posterior(clicks, showings):
    alpha, beta = clicks + 1, showings - clicks + 1
    total = alpha + beta
    return alpha / total, alpha * beta / (total**2 * (total + 1))


@wrong("feedback.7", "Two are added to the silences, as in the mean (c + 1) / (n + 2).")
def posterior(clicks, showings):
    return clicks + 1.0, showings - clicks + 2.0


@wrong("feedback.7", "The prior is added only where an item was never shown.")
def posterior(clicks, showings):
    new = showings == 0
    return np.where(new, 1.0, clicks), np.where(new, 1.0, showings - clicks)


@wrong("feedback.7", "The counts of all items are pooled, so each gets the same distribution.")
def posterior(clicks, showings):
    ones = np.ones(len(clicks))
    return ones * (clicks.sum() + 1), ones * ((showings - clicks).sum() + 1)


@wrong("feedback.7", "At least 1 in place of 1 more.")
def posterior(clicks, showings):
    return np.maximum(clicks, 1).astype(float), np.maximum(showings - clicks, 1).astype(float)


@wrong("feedback.7", "The prior is drawn to the items' average rate instead of being flat.")
def posterior(clicks, showings):
    rate = clicks.sum() / max(showings.sum(), 1)
    return clicks + 2 * rate, showings - clicks + 2 * (1 - rate)


@wrong("feedback.7", "Takes the clicks off twice.")
def posterior(clicks, showings):
    silent = np.maximum(showings - 2 * clicks, 0)
    return clicks + 1.0, silent + 1.0


@right("feedback.7", "Lists of floats, item by item.")
def posterior(clicks, showings):
    alpha = [float(c) + 1.0 for c in clicks]
    return alpha, [float(n) + 2.0 - a for n, a in zip(showings, alpha, strict=True)]


@right("feedback.7", "Two pandas Series.")
def posterior(clicks, showings):
    frame = pd.DataFrame({"alpha": np.asarray(clicks), "n": np.asarray(showings)}, dtype=float)
    return frame["alpha"] + 1, frame["n"].sub(frame["alpha"]).add(1)


@right("feedback.7", "torch in float32, both unpacked from one stack.")
def posterior(clicks, showings):
    c, n = (torch.as_tensor(np.array(x)).float() for x in (clicks, showings))
    alpha, beta = torch.stack([c, n - c]).add(1).unbind(0)
    return alpha.numpy(), beta.numpy()


@right("feedback.7", "One matrix product from (1, clicks, showings) to both parameters; rows of it as a tuple.")
def posterior(clicks, showings):
    given = np.stack([np.ones(len(clicks)), np.asarray(clicks, float), np.asarray(showings, float)])
    return tuple(np.array([[1.0, 1.0, 0.0], [1.0, -1.0, 1.0]]) @ given)
