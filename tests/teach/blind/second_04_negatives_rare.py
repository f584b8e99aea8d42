"""Solutions of lesson 04, written blind: from the notebook's text alone."""

import numpy as np
import torch
import torch.nn.functional as F
from blind_book import wrong


@wrong("negatives.1", "log q is centred and cut at 1 nat, so rare items are corrected too little.")
def logq_softmax(query, item, log_q, temperature):
    centred = (log_q - log_q.mean()).clamp(-1, 1)
    return F.cross_entropy(query @ item.T / temperature - centred, torch.arange(len(query)))


@wrong("negatives.2", "An item last seen at step 0 is taken for one never seen, and its gap stays.")
def streaming_gap(gap, last_step, step, alpha):
    return np.where(last_step == 0, gap, (1 - alpha) * gap + alpha * (step - last_step))


@wrong("negatives.3", "A chance of 0 is lifted to a thousandth, as if such an item came in batches now and then.")
def mixed_log_q(p, n_batch, n_uniform, n_items):
    return np.log((n_batch * np.maximum(p, 1e-3) + n_uniform / n_items) / (n_batch + n_uniform))


@wrong("negatives.4", "Positives get the score −1, which is too high where scores lie lower.")
def band(scores, positive, low, high):
    order = np.argsort(-np.where(positive, -1.0, scores), axis=1, kind="stable")
    return np.sort(order[:, low - 1:high], axis=1)


@wrong("negatives.5", "The table of known pairs ends at the largest known ids; a new user or item of the batch fails.")
def false_negatives(user_id, item_id, known_user, known_item):
    taken = np.zeros((known_user.max() + 1, known_item.max() + 1), bool)
    taken[known_user, known_item] = True
    mask = taken[np.ix_(user_id, item_id)]
    np.fill_diagonal(mask, False)
    return mask


@wrong("negatives.5", "Keys are built with the number of rows of the batch, which is smaller than the ids.")
def false_negatives(user_id, item_id, known_user, known_item):
    room = len(item_id)
    mask = np.isin(user_id[:, None] * room + item_id[None], known_user * room + known_item)
    return mask & ~np.eye(room, dtype=bool)


@wrong("negatives.6", "Items without an event are left in the middle instead of the tail.")
def stratum(counts, edges):
    order = np.argsort(-counts, kind="stable")
    before = (np.cumsum(counts[order]) - counts[order]) / counts.sum()
    out = np.empty(len(counts), int)
    out[order] = (before >= edges[0]).astype(int) + (before >= edges[1])
    return np.where(counts == 0, 1, out)


@wrong("negatives.6", "What matters is where the middle of an item's events lies, half of its own counted.")
def stratum(counts, edges):
    order = np.argsort(-counts, kind="stable")
    middle = (np.cumsum(counts[order]) - counts[order] / 2) / counts.sum()
    out = np.empty(len(counts), int)
    out[order] = (middle >= edges[0]).astype(int) + (middle >= edges[1])
    return out
