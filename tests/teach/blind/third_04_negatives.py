"""Solutions of lesson 04, written blind."""

import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from blind_book import right, wrong


# ---------------------------------------------------------------- 4.1 logq_softmax


@wrong("negatives.1", "Adds log q where it has to be taken off.")
def logq_softmax(query, item, log_q, temperature):
    logits = query @ item.T / temperature + log_q
    return F.cross_entropy(logits, torch.arange(len(query)))


@wrong("negatives.1", "Takes log q off before the division, so a temperature of a tenth corrects ten times over.")
def logq_softmax(query, item, log_q, temperature):
    logits = (query @ item.T - log_q) / temperature
    return F.cross_entropy(logits, torch.arange(len(query)))


@wrong("negatives.1", "Corrects the negatives alone and leaves each row's own item as it was.")
def logq_softmax(query, item, log_q, temperature):
    scores = query @ item.T / temperature
    own = torch.eye(len(scores), dtype=torch.bool)
    return F.cross_entropy(torch.where(own, scores, scores - log_q), torch.arange(len(query)))


@wrong("negatives.1", "Takes log q off rows instead of columns, which a softmax over the columns does not see.")
def logq_softmax(query, item, log_q, temperature):
    logits = query @ item.T / temperature - log_q[:, None]
    return F.cross_entropy(logits, torch.arange(len(query)))


@wrong("negatives.1", "Brings all vectors to length 1 first.")
def logq_softmax(query, item, log_q, temperature):
    query, item = F.normalize(query, dim=1), F.normalize(item, dim=1)
    logits = query @ item.T / temperature - log_q
    return F.cross_entropy(logits, torch.arange(len(query)))


@wrong("negatives.1", "Exponentials of raw scores, divided by q: they overflow at a low temperature.")
def logq_softmax(query, item, log_q, temperature):
    weight = torch.exp(query @ item.T / temperature) / torch.exp(log_q)
    return -torch.log(weight.diagonal() / weight.sum(1)).mean()


@wrong("negatives.1", "Multiplies the loss by the temperature, a habit from distillation.")
def logq_softmax(query, item, log_q, temperature):
    logits = query @ item.T / temperature - log_q
    return temperature * F.cross_entropy(logits, torch.arange(len(query)))


@wrong("negatives.1", "Takes off the chance q itself, not its logarithm.")
def logq_softmax(query, item, log_q, temperature):
    logits = query @ item.T / temperature - log_q.exp()
    return F.cross_entropy(logits, torch.arange(len(query)))


@right("negatives.1", "One more number in each vector: a 1 for users, −log q for items.")
def logq_softmax(query, item, log_q, temperature):
    ones = torch.ones_like(query[:, :1])
    longer = torch.cat([query / temperature, ones], dim=1)
    other = torch.cat([item, -log_q.to(item.dtype)[:, None]], dim=1)
    return F.nll_loss(F.log_softmax(longer @ other.T, dim=1), torch.arange(len(query)))


@right("negatives.1", "A loop over rows with logsumexp.")
def logq_softmax(query, item, log_q, temperature):
    losses = []
    for b in range(len(query)):
        corrected = (item * query[b]).sum(1) / temperature - log_q
        losses.append(torch.logsumexp(corrected, 0) - corrected[b])
    return torch.stack(losses).mean()


@right("negatives.1", "Log q off the logarithms of the softmax, which is then normalised anew; double precision.")
def logq_softmax(query, item, log_q, temperature):
    scores = (query.double() @ item.double().T) / temperature
    log_p = scores - scores.logsumexp(dim=1, keepdim=True) - log_q.double()[None, :]
    own = log_p.diagonal() - log_p.logsumexp(dim=1)
    return -own.mean()


# ---------------------------------------------------------------- 4.4 band


@wrong("negatives.4", "Counts ranks from 0.")
def band(scores, positive, low, high):
    order = np.argsort(np.where(positive, np.inf, -np.asarray(scores)), axis=1)
    return np.sort(order[:, low:high + 1], axis=1)


@wrong("negatives.4", "Returns the ids by score, best first, not in ascending order of id.")
def band(scores, positive, low, high):
    order = np.argsort(np.where(positive, np.inf, -np.asarray(scores)), axis=1)
    return order[:, low - 1:high]


@wrong("negatives.4", "Forgets the positives: they are ranked, and returned, like all others.")
def band(scores, positive, low, high):
    order = np.argsort(-np.asarray(scores), axis=1)
    return np.sort(order[:, low - 1:high], axis=1)


@wrong("negatives.4", "Sets the scores of positives to 0 instead of to the bottom: above all negative scores.")
def band(scores, positive, low, high):
    left = np.asarray(scores) * ~np.asarray(positive)
    return np.sort(np.argsort(-left, axis=1)[:, low - 1:high], axis=1)


@wrong("negatives.4", "Leaves out one positive of each row, the first, as if a row had its own item alone.")
def band(scores, positive, low, high):
    left = np.array(scores, dtype=float)
    positive = np.asarray(positive)
    rows = np.flatnonzero(positive.any(axis=1))
    left[rows, positive[rows].argmax(axis=1)] = -np.inf
    return np.sort(np.argsort(-left, axis=1)[:, low - 1:high], axis=1)


@wrong("negatives.4", "Returns places among the items that are left, not their ids.")
def band(scores, positive, low, high):
    out = []
    for s, yes in zip(np.asarray(scores), np.asarray(positive)):
        rest = s[~yes]
        out.append(np.sort(np.argsort(-rest)[low - 1:high]))
    return np.array(out)


@wrong("negatives.4", "Leaves out what is positive for anybody in the batch.")
def band(scores, positive, low, high):
    anyone = np.asarray(positive).any(axis=0)
    order = np.argsort(np.where(anyone[None, :], np.inf, -np.asarray(scores)), axis=1)
    return np.sort(order[:, low - 1:high], axis=1)


@wrong("negatives.4", "Ranks all items, goes to rank `low` and skips positives only from there on.")
def band(scores, positive, low, high):
    out = []
    for s, yes in zip(np.asarray(scores), np.asarray(positive)):
        order = np.argsort(-s)
        from_low = [i for i in order[low - 1:] if not yes[i]]
        from_low += [i for i in order[:low - 1][::-1] if not yes[i]]
        out.append(sorted(from_low[:high - low + 1]))
    return np.array(out)


@right("negatives.4", "Sorts by two keys, and picks by a matrix of ranks: its flags stand in order of id.")
def band(scores, positive, low, high):
    scores, positive = np.asarray(scores), np.asarray(positive, dtype=bool)
    order = np.lexsort((-scores, positive), axis=1)
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(1, scores.shape[1] + 1)[None, :], axis=1)
    inside = (rank >= low) & (rank <= high)
    return np.nonzero(inside)[1].reshape(len(scores), high - low + 1)


@right("negatives.4", "Plain Python: a sorted list for each user; lists of lists.")
def band(scores, positive, low, high):
    answer = []
    for line, yes in zip(np.asarray(scores).tolist(), np.asarray(positive).tolist()):
        left = [i for i in range(len(line)) if not yes[i]]
        left.sort(key=lambda i: line[i], reverse=True)
        answer.append(sorted(left[low - 1:high]))
    return answer


@right("negatives.4", "pandas: ranks of a frame whose positives are missing.")
def band(scores, positive, low, high):
    frame = pd.DataFrame(np.asarray(scores, dtype=float)).mask(np.asarray(positive, dtype=bool))
    rank = frame.rank(axis=1, ascending=False).to_numpy()
    return np.stack([np.flatnonzero((row >= low) & (row <= high)) for row in rank])
