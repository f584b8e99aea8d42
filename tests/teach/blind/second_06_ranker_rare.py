"""Solutions of lesson 06, written blind: from the notebook's text alone."""

import numpy as np
from blind_book import wrong


@wrong("ranker.1", "Position 1 always has the weight 1, as if everybody looked there.")
def position_weights(position, click, examination, clip=20.0):
    weight = np.minimum(1 / examination[position - 1], clip)
    return np.where((click == 1) & (position > 1), weight, 1.0)


@wrong("ranker.2", "A request whose AUC is exactly 0 is dropped like one that has none.")
def grouped_auc(score, label, group):
    values = []
    for g in np.unique(group):
        up, down = score[(group == g) & (label == 1)], score[(group == g) & (label == 0)]
        pairs = len(up) * len(down)
        value = ((up[:, None] > down).sum() + (up[:, None] == down).sum() / 2) / max(pairs, 1)
        if value:
            values.append(value)
    return float(np.mean(values)) if values else 0.0


@wrong("ranker.2", "Requests with a single clicked row only: those with several are left out.")
def grouped_auc(score, label, group):
    values = []
    for g in np.unique(group):
        up, down = score[(group == g) & (label == 1)], score[(group == g) & (label == 0)]
        if len(up) == 1 and len(down):
            values.append((up > down).mean() + (up == down).mean() / 2)
    return float(np.mean(values)) if values else 0.5


@wrong("ranker.3", "The bin is rounded to the nearest instead of cut off, so edges lie half a bin too low.")
def ece(p, y, bins=10):
    which = np.rint(p * bins).astype(int)
    return float(np.abs(np.bincount(which, p - y)).sum() / len(p))


@wrong("ranker.3", "Predictions in the lowest bin are left out, as if they said nothing.")
def ece(p, y, bins=10):
    which = (p * bins).astype(int)
    return float(np.abs(np.bincount(which, p - y, bins))[1:].sum() / len(p))


@wrong("ranker.4", "A sure click, p = 1, is set to 0 to avoid a division that never fails.")
def undo_negative_sampling(p, keep_rate):
    p = np.asarray(p, float)
    return np.where(p < 1, p * keep_rate / (p * keep_rate + 1 - p), 0.0)


@wrong("ranker.5", "A weight of 0 is taken for not given, and 1 put in its place.")
def weighted_value(p_click, p_satisfied, weight):
    return p_click * p_satisfied ** (weight or 1.0)
