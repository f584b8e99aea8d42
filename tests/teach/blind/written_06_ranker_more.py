"""Solutions of lesson 06, exercises 3 to 5, written from the notebook alone."""

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@wrong("ranker.3", "Squares the distances.")
def ece(p, y, bins=10):
    d = pd.DataFrame({"p": p, "y": y, "bin": (p * bins).astype(int)}).groupby("bin")
    t = d.mean()
    return float(np.average((t["p"] - t["y"]) ** 2, weights=d.size()))


@wrong("ranker.3", "Always cuts into ten bins, whatever bins says.")
def ece(p, y, bins=10):
    at = np.floor(p * 10).astype(int)
    return float(np.abs(np.bincount(at, weights=p - y)).sum() / len(p))


@wrong("ranker.3", "Predictions of exactly 0 fall out of the lowest bin, because pd.cut leaves its left end open.")
def ece(p, y, bins=10):
    d = pd.DataFrame({"p": p, "y": y, "bin": pd.cut(p, np.linspace(0, 1, bins + 1))}).groupby("bin", observed=True)
    t = d[["p", "y"]].mean()
    return float(((t["p"] - t["y"]).abs() * d.size()).sum() / len(p))


@right("ranker.4", "In odds, with p = 1 set apart; any shape.")
def undo_negative_sampling(p, keep_rate):
    p = np.asarray(p, dtype=float)
    sure = p >= 1
    odds = keep_rate * p / np.where(sure, 1.0, 1 - p)
    return np.where(sure, 1.0, odds / (1 + odds))


@right("ranker.4", "Counts: of p clicks and 1 − p others, each other stands for 1 / keep_rate rows.")
def undo_negative_sampling(p, keep_rate):
    others = (1 - np.asarray(p, dtype=float)) / keep_rate
    return p / (p + others)


@right("ranker.4", "Through the logit in torch, shifted by log keep_rate; back to numpy.")
def undo_negative_sampling(p, keep_rate):
    t = torch.as_tensor(np.array(p, dtype=np.float64))
    return torch.sigmoid(torch.logit(t) + np.log(keep_rate)).numpy()


@right("ranker.4", "Number by number with np.vectorize and a helper.")
def undo_negative_sampling(p, keep_rate):
    def one(x):
        return keep_rate * x / (keep_rate * x + 1 - x)
    return np.vectorize(one, otypes=[float])(p)


@wrong("ranker.4", "Multiplies the probability by keep_rate, where the odds have to be multiplied.")
def undo_negative_sampling(p, keep_rate):
    return np.asarray(p) * keep_rate


@wrong("ranker.4", "The wrong way round: makes the odds larger by 1 / keep_rate.")
def undo_negative_sampling(p, keep_rate):
    p = np.asarray(p)
    return p / (p + (1 - p) * keep_rate)


@wrong("ranker.4", "Returns the corrected odds, not a probability.")
def undo_negative_sampling(p, keep_rate):
    p = np.asarray(p)
    return keep_rate * p / np.maximum(1 - p, 1e-12)


@wrong("ranker.4", "Goes through odds without care: for p = 1 it returns NaN.")
def undo_negative_sampling(p, keep_rate):
    with np.errstate(all="ignore"):
        odds = keep_rate * np.divide(p, 1 - np.asarray(p, float))
        return odds / (1 + odds)


@wrong("ranker.4", "Flattens its input, so the shape is lost.")
def undo_negative_sampling(p, keep_rate):
    p = np.asarray(p, float).reshape(-1)
    return p * keep_rate / (p * keep_rate + 1 - p)


@wrong("ranker.4", "Divides the odds by 1 + keep_rate · p in place of 1 + the corrected odds, a slip of algebra.")
def undo_negative_sampling(p, keep_rate):
    p = np.asarray(p, float)
    return keep_rate * p / (1 + keep_rate * p)


@wrong("ranker.4", "Scales the mean: multiplies the clicks by keep_rate and leaves the rest of the table as it was.")
def undo_negative_sampling(p, keep_rate):
    p = np.asarray(p, float)
    share = p.mean()
    true_share = keep_rate * share / (keep_rate * share + 1 - share) if share > 0 else 0.0
    return p * (true_share / share if share > 0 else 1.0)


@wrong("ranker.4", "Clips p to 0.01 to 0.99 before the logit, which changes sure and rare predictions.")
def undo_negative_sampling(p, keep_rate):
    p = np.clip(p, 0.01, 0.99)
    return 1 / (1 + np.exp(-(np.log(p / (1 - p)) + np.log(keep_rate))))


@right("ranker.5", "np.multiply and np.power on double arrays.")
def weighted_value(p_click, p_satisfied, weight):
    return np.multiply(p_click, np.power(np.asarray(p_satisfied, dtype=float), weight))


@right("ranker.5", "In logs, with what is 0 and the weight 0 set apart.")
def weighted_value(p_click, p_satisfied, weight):
    p_click, p_satisfied = np.asarray(p_click, float), np.asarray(p_satisfied, float)
    if weight == 0:
        return p_click.copy()
    safe = np.where(p_satisfied > 0, p_satisfied, 1.0)
    return np.where(p_satisfied > 0, p_click * np.exp(weight * np.log(safe)), 0.0)


@right("ranker.5", "torch.pow, back to numpy.")
def weighted_value(p_click, p_satisfied, weight):
    click, joy = (torch.as_tensor(np.array(x, dtype=np.float64)) for x in (p_click, p_satisfied))
    return (click * joy.pow(float(weight))).numpy()


@wrong("ranker.5", "Takes the whole product to the power, also the chance of a click.")
def weighted_value(p_click, p_satisfied, weight):
    return (p_click * p_satisfied) ** weight


@wrong("ranker.5", "The power stands on the chance of a click, not on that of satisfaction.")
def weighted_value(p_click, p_satisfied, weight):
    return p_click ** weight * p_satisfied


@wrong("ranker.5", "Multiplies by the weight in place of taking its power.")
def weighted_value(p_click, p_satisfied, weight):
    return p_click * p_satisfied * weight


@wrong("ranker.5", "Adds a weighted chance of satisfaction in place of multiplying by a power of it.")
def weighted_value(p_click, p_satisfied, weight):
    return p_click + weight * p_satisfied


@wrong("ranker.5", "Blends in a straight line between P(click) and the product; right at 0 and 1 only.")
def weighted_value(p_click, p_satisfied, weight):
    return p_click * (1 - weight + weight * p_satisfied)


@wrong("ranker.5", "Caps the weight at 1, though any weight from 0 up is allowed.")
def weighted_value(p_click, p_satisfied, weight):
    return p_click * p_satisfied ** min(weight, 1.0)


@wrong("ranker.5", "Through logs without care: where p_satisfied is 0 and the weight 0 it gives NaN, not P(click).")
def weighted_value(p_click, p_satisfied, weight):
    with np.errstate(all="ignore"):
        return p_click * np.exp(weight * np.log(p_satisfied))


@wrong("ranker.5", "Returns the logarithm of the score, which has the right order and the wrong values.")
def weighted_value(p_click, p_satisfied, weight):
    with np.errstate(all="ignore"):
        return np.log(p_click) + weight * np.log(np.maximum(p_satisfied, 1e-12))


@wrong("ranker.5", "Gives 0 to whatever cannot satisfy, also at weight 0, where clicks alone should count.")
def weighted_value(p_click, p_satisfied, weight):
    p_satisfied = np.asarray(p_satisfied)
    return np.where(p_satisfied > 0, p_click * p_satisfied ** weight, 0.0)
