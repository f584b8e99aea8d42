"""Solutions of lesson 06, written blind: from the notebook's text alone."""

import math

import numpy as np
import torch
from blind_book import right, wrong


@wrong("ranker.4", "Multiplies the probability by the share kept; right for small chances only.")
def undo_negative_sampling(p, keep_rate):
    return p * keep_rate


@wrong("ranker.4", "Corrects in the wrong direction: odds are divided by the share kept.")
def undo_negative_sampling(p, keep_rate):
    return p / (p + keep_rate * (1 - p))


@wrong("ranker.4", "Divides the probability by the share kept.")
def undo_negative_sampling(p, keep_rate):
    return np.minimum(p / keep_rate, 1.0)


@wrong("ranker.4", "Corrected odds are returned, not the probability.")
def undo_negative_sampling(p, keep_rate):
    return keep_rate * p / np.maximum(1 - p, 1e-12)


@wrong("ranker.4", "Through the odds, which are infinite at p = 1, so infinity over infinity gives NaN.")
def undo_negative_sampling(p, keep_rate):
    with np.errstate(all="ignore"):
        odds = np.asarray(p, float) / (1 - np.asarray(p, float)) * keep_rate
        return odds / (1 + odds)


@wrong("ranker.4", "The share dropped is used in place of the share kept.")
def undo_negative_sampling(p, keep_rate):
    w = 1 - keep_rate
    return p * w / np.maximum(p * w + 1 - p, 1e-12)


@wrong("ranker.4", "The logit is moved by the share itself, not by its log.")
def undo_negative_sampling(p, keep_rate):
    p = np.clip(p, 1e-12, 1 - 1e-12)
    return 1 / (1 + np.exp(-(np.log(p / (1 - p)) - keep_rate)))


@wrong("ranker.4", "The denominator keeps all of the positives: p is not multiplied in it.")
def undo_negative_sampling(p, keep_rate):
    return p * keep_rate / (p + 1 - p + p * keep_rate)


@wrong("ranker.4", "Chances are cut to [0.01, 0.99] before the logit, so small and sure ones are bent.")
def undo_negative_sampling(p, keep_rate):
    p = np.clip(p, 0.01, 0.99)
    return p * keep_rate / (p * keep_rate + 1 - p)


@wrong("ranker.4", "All are shifted to the right mean by one factor, so single chances stay on the wrong scale.")
def undo_negative_sampling(p, keep_rate):
    p = np.asarray(p, float)
    mean = p.mean()
    return p * (mean * keep_rate / (mean * keep_rate + 1 - mean)) / max(mean, 1e-12)


@wrong("ranker.4", "The answer is flattened to one dimension.")
def undo_negative_sampling(p, keep_rate):
    p = np.ravel(p)
    return p * keep_rate / (p * keep_rate + 1 - p)


@wrong("ranker.4", "The logarithm to base 10 moves the logit too little.")
def undo_negative_sampling(p, keep_rate):
    p = np.clip(p, 1e-15, 1 - 1e-15)
    return 1 / (1 + np.exp(-(np.log(p / (1 - p)) + np.log10(keep_rate))))


@right("ranker.4", "Counts of a table: p clicks to (1 − p) / keep_rate silences.")
def undo_negative_sampling(p, keep_rate):
    return p / (p + (1 - p) / keep_rate)


@right("ranker.4", "1 minus the silent share.")
def undo_negative_sampling(p, keep_rate):
    silent = 1 - np.asarray(p, dtype=float)
    return 1 - silent / (silent + keep_rate * (1 - silent))


@right("ranker.4", "torch.logit and sigmoid, where ±∞ come back as 1 and 0.")
def undo_negative_sampling(p, keep_rate):
    chance = torch.as_tensor(np.array(p, dtype=float))
    return torch.sigmoid(torch.logit(chance) + math.log(keep_rate)).numpy()


@right("ranker.4", "np.vectorize of a scalar function with two branches.")
def undo_negative_sampling(p, keep_rate):
    def one(chance):
        return 1.0 if chance == 1 else 1 / (1 + (1 / chance - 1) / keep_rate) if chance > 0 else 0.0
    return np.vectorize(one, otypes=[float])(p)


@wrong("ranker.5", "The weight is put on the product, not on the second factor alone.")
def weighted_value(p_click, p_satisfied, weight):
    return (p_click * p_satisfied)**weight


@wrong("ranker.5", "The weight is put on the chance of a click.")
def weighted_value(p_click, p_satisfied, weight):
    return p_click**weight * p_satisfied


@wrong("ranker.5", "Multiplies by the weight instead of raising to it.")
def weighted_value(p_click, p_satisfied, weight):
    return p_click * p_satisfied * weight


@wrong("ranker.5", "A weighted sum of the two.")
def weighted_value(p_click, p_satisfied, weight):
    return p_click + weight * p_satisfied


@wrong("ranker.5", "The weight is left out: always the chance of a satisfied click.")
def weighted_value(p_click, p_satisfied, weight):
    return p_click * p_satisfied


@wrong("ranker.5", "By logs: a satisfaction of 0 at weight 0 gives 0 times −∞, which is NaN.")
def weighted_value(p_click, p_satisfied, weight):
    with np.errstate(all="ignore"):
        return p_click * np.exp(weight * np.log(p_satisfied))


@wrong("ranker.5", "The log of the score, not the score.")
def weighted_value(p_click, p_satisfied, weight):
    return np.log(np.maximum(p_click, 1e-12)) + weight * np.log(np.maximum(p_satisfied, 1e-12))


@wrong("ranker.5", "A weight above 1 is cut to 1.")
def weighted_value(p_click, p_satisfied, weight):
    return p_click * p_satisfied**min(weight, 1)


@wrong("ranker.5", "The weight is shared out: what one factor gains the other loses.")
def weighted_value(p_click, p_satisfied, weight):
    return np.power(p_click, 1 - weight, where=p_click > 0, out=np.zeros(np.shape(p_click))) * p_satisfied**weight


@wrong("ranker.5", "Fractions of a weight are cut off.")
def weighted_value(p_click, p_satisfied, weight):
    return p_click * p_satisfied**int(weight)


@wrong("ranker.5", "A satisfaction of 0 gives 0 also at weight 0, where the score is the chance of a click.")
def weighted_value(p_click, p_satisfied, weight):
    return np.where(p_satisfied == 0, 0.0, p_click * p_satisfied**weight)


@wrong("ranker.5", "A mix of the two ends: between 0 and 1 it is a line, not a power.")
def weighted_value(p_click, p_satisfied, weight):
    return (1 - weight) * p_click + weight * p_click * p_satisfied


@right("ranker.5", "np.multiply and np.power.")
def weighted_value(p_click, p_satisfied, weight):
    return np.multiply(p_click, np.power(np.asarray(p_satisfied, dtype=float), weight))


@right("ranker.5", "torch.pow in double.")
def weighted_value(p_click, p_satisfied, weight):
    click, joy = (torch.as_tensor(np.array(x, dtype=float)) for x in (p_click, p_satisfied))
    return (click * joy.pow(float(weight))).numpy()


@right("ranker.5", "Python's own power, number by number, by np.frompyfunc.")
def weighted_value(p_click, p_satisfied, weight):
    one = np.frompyfunc(lambda click, joy: float(click) * math.pow(joy, weight), 2, 1)
    return np.asarray(one(p_click, p_satisfied), dtype=float)


@right("ranker.5", "An early return for weight 0, logs with −∞ for the rest.")
def weighted_value(p_click, p_satisfied, weight):
    if weight == 0:
        return np.array(p_click, dtype=float)
    with np.errstate(divide="ignore"):
        return p_click * np.exp(weight * np.log(p_satisfied))
