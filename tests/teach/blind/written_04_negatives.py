"""Solutions of lesson 04, exercises 1 to 4, written from the notebook alone."""

import math

import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from blind_book import right, wrong


@right("negatives.1", "Row by row with logsumexp, averaged by stacking.")
def logq_softmax(query, item, log_q, temperature):
    losses = []
    for b in range(len(query)):
        logits = (item @ query[b]) / temperature - log_q
        losses.append(torch.logsumexp(logits, 0) - logits[b])
    return torch.stack(losses).mean()


@right("negatives.1", "einsum and the diagonal of a log-softmax.")
def logq_softmax(query, item, log_q, temperature):
    s = torch.einsum("bd,md->bm", query, item).div(temperature).sub(log_q.unsqueeze(0))
    return -s.log_softmax(dim=1).diagonal().mean()


@right("negatives.1", "Divides the queries by the temperature first, and uses nll_loss.")
def logq_softmax(query, item, log_q, temperature):
    logits = (query / temperature) @ item.t()
    logits = logits - log_q.expand(len(query), -1)
    return F.nll_loss(F.log_softmax(logits, dim=-1), torch.arange(len(query), device=query.device))


@wrong("negatives.1", "Subtracts log q before dividing, so log q is divided by the temperature too.")
def logq_softmax(query, item, log_q, temperature):
    logits = (query @ item.T - log_q) / temperature
    return F.cross_entropy(logits, torch.arange(len(query)))


@wrong("negatives.1", "Adds log q where it has to be subtracted.")
def logq_softmax(query, item, log_q, temperature):
    logits = query @ item.T / temperature + log_q[None, :]
    return F.cross_entropy(logits, torch.arange(len(query)))


@wrong("negatives.1", "Subtracts log q from the rows in place of the columns, where it cancels in the softmax.")
def logq_softmax(query, item, log_q, temperature):
    logits = query @ item.T / temperature - log_q[:, None]
    return F.cross_entropy(logits, torch.arange(len(query)))


@wrong("negatives.1", "Corrects the negatives only: the positive on the diagonal keeps its raw score.")
def logq_softmax(query, item, log_q, temperature):
    scores = query @ item.T / temperature
    eye = torch.eye(len(query), dtype=torch.bool)
    return F.cross_entropy(torch.where(eye, scores, scores - log_q), torch.arange(len(query)))


@wrong("negatives.1", "Corrects the positive only, and leaves the negatives' scores raw.")
def logq_softmax(query, item, log_q, temperature):
    logits = query @ item.T / temperature - torch.diag(log_q)
    return F.cross_entropy(logits, torch.arange(len(query)))


@wrong("negatives.1", "Ignores the temperature.")
def logq_softmax(query, item, log_q, temperature):
    logits = query @ item.T - log_q
    return F.cross_entropy(logits, torch.arange(len(query)))


@wrong("negatives.1", "Takes the softmax over the users of each item instead of over the items of each user.")
def logq_softmax(query, item, log_q, temperature):
    logits = query @ item.T / temperature - log_q
    return F.cross_entropy(logits.T, torch.arange(len(query)))


@wrong("negatives.1", "Subtracts q itself, the exponential of log_q, in place of log q.")
def logq_softmax(query, item, log_q, temperature):
    logits = query @ item.T / temperature - log_q.exp()
    return F.cross_entropy(logits, torch.arange(len(query)))


@wrong("negatives.1", "Leaves the row's own item out of the softmax's denominator.")
def logq_softmax(query, item, log_q, temperature):
    s = query @ item.T / temperature - log_q
    others = s.masked_fill(torch.eye(len(s), dtype=torch.bool), -1e9)
    return (torch.logsumexp(others, dim=1) - s.diagonal()).mean()


@right("negatives.2", "A loop; returns a list of floats.")
def streaming_gap(gap, last_step, step, alpha):
    new = []
    for g, last in zip(gap, last_step):
        new.append(float(g) + alpha * (int(step) - int(last) - float(g)))
    return new


@right("negatives.2", "In place on a copy.")
def streaming_gap(gap, last_step, step, alpha):
    out = np.array(gap, dtype=float)
    out *= 1 - alpha
    out += alpha * (step - np.asarray(last_step))
    return out


@right("negatives.2", "With torch.lerp in double precision, back to numpy.")
def streaming_gap(gap, last_step, step, alpha):
    newest = torch.as_tensor(step - np.asarray(last_step), dtype=torch.float64)
    return torch.lerp(torch.as_tensor(np.asarray(gap), dtype=torch.float64), newest, float(alpha)).numpy()


@wrong("negatives.2", "The shares are swapped: the old gap gets alpha and the newest 1 − alpha.")
def streaming_gap(gap, last_step, step, alpha):
    return alpha * gap + (1 - alpha) * (step - last_step)


@wrong("negatives.2", "Off by one: counts both ends, so that two batches in a row have a gap of 2.")
def streaming_gap(gap, last_step, step, alpha):
    return (1 - alpha) * gap + alpha * (step - last_step + 1)


@wrong("negatives.2", "Off by one the other way: counts the batches strictly in between.")
def streaming_gap(gap, last_step, step, alpha):
    between = np.maximum(step - last_step - 1, 0)
    return gap + alpha * (between - gap)


@wrong("negatives.2", "Returns the chance, 1 / gap, where the new gap is asked for.")
def streaming_gap(gap, last_step, step, alpha):
    return 1 / ((1 - alpha) * gap + alpha * (step - last_step))


@wrong("negatives.2", "Averages the chances in place of the gaps, a harmonic mean.")
def streaming_gap(gap, last_step, step, alpha):
    chance = (1 - alpha) / gap + alpha / (step - last_step)
    return 1 / chance


@wrong("negatives.2", "Takes the last step itself, not the steps since then, as the newest gap.")
def streaming_gap(gap, last_step, step, alpha):
    return (1 - alpha) * gap + alpha * last_step


@wrong("negatives.2", "Adds a share of the newest gap without taking the same share of the old one away.")
def streaming_gap(gap, last_step, step, alpha):
    return gap + alpha * (step - last_step)


@wrong("negatives.2", "Moves every gap towards the batch's mean newest gap instead of towards its own.")
def streaming_gap(gap, last_step, step, alpha):
    newest = np.mean(step - last_step)
    return gap + alpha * (newest - gap)


@wrong("negatives.2", "Rounds the new gaps to whole steps.")
def streaming_gap(gap, last_step, step, alpha):
    return np.round(gap + alpha * (step - last_step - gap))


@right("negatives.3", "Item by item with math.log; a list, with minus infinity where the share is zero.")
def mixed_log_q(p, n_batch, n_uniform, n_items):
    def one(chance):
        share = (n_batch * float(chance) + n_uniform / n_items) / (n_batch + n_uniform)
        return math.log(share) if share > 0 else -math.inf
    return [one(chance) for chance in p]


@right("negatives.3", "As a mixture of two distributions, in pandas; returns a Series.")
def mixed_log_q(p, n_batch, n_uniform, n_items):
    w = n_uniform / (n_uniform + n_batch)
    return np.log(pd.Series(np.asarray(p, dtype=float)) * (1 - w) + w / n_items)


@right("negatives.3", "In logs, with logaddexp.")
def mixed_log_q(p, n_batch, n_uniform, n_items):
    with np.errstate(divide="ignore"):
        a = np.log(n_batch * np.asarray(p, float))
        b = np.log(np.float64(n_uniform)) - np.log(n_items)
    return np.logaddexp(a, b) - np.log(n_batch + n_uniform)


@wrong("negatives.3", "Returns the share, and forgets the log.")
def mixed_log_q(p, n_batch, n_uniform, n_items):
    return (n_batch * p + n_uniform / n_items) / (n_batch + n_uniform)


@wrong("negatives.3", "Divides by the in-batch rows alone, not by all rows.")
def mixed_log_q(p, n_batch, n_uniform, n_items):
    return np.log((n_batch * p + n_uniform / n_items) / n_batch)


@wrong("negatives.3", "Mixes the logs of the two chances in place of the chances.")
def mixed_log_q(p, n_batch, n_uniform, n_items):
    w = n_batch / (n_batch + n_uniform)
    return w * np.log(p) + (1 - w) * np.log(1 / n_items)


@wrong("negatives.3", "The log of the expected number of rows; it is never divided into a share.")
def mixed_log_q(p, n_batch, n_uniform, n_items):
    return np.log(n_batch * p + n_uniform / n_items)


@wrong("negatives.3", "Swaps the two sources' weights.")
def mixed_log_q(p, n_batch, n_uniform, n_items):
    total = n_batch + n_uniform
    return np.log(n_uniform / total * p + n_batch / total / n_items)


@wrong("negatives.3", "Weighs both sources one half, whatever their numbers of rows.")
def mixed_log_q(p, n_batch, n_uniform, n_items):
    return np.log(0.5 * p + 0.5 / n_items)


@wrong("negatives.3", "Takes the chance that the item is among the rows at all, not its share of them.")
def mixed_log_q(p, n_batch, n_uniform, n_items):
    absent = (1 - p) ** n_batch * (1 - 1 / n_items) ** n_uniform
    return np.log(1 - absent)


@wrong("negatives.3", "Gives every item all the uniform rows: the division by n_items is missing.")
def mixed_log_q(p, n_batch, n_uniform, n_items):
    return np.log((n_batch * p + n_uniform) / (n_batch + n_uniform))


@right("negatives.4", "Row by row with sorted(); a list of lists.")
def band(scores, positive, low, high):
    answer = []
    for row, taken in zip(scores, positive):
        free = [i for i in range(len(row)) if not taken[i]]
        free.sort(key=lambda i: row[i], reverse=True)
        answer.append(sorted(free[low - 1:high]))
    return answer


@right("negatives.4", "With torch.topk, then a slice and a sort; returns numpy.")
def band(scores, positive, low, high):
    s = torch.as_tensor(np.array(scores, dtype=float))
    s[torch.as_tensor(np.asarray(positive, dtype=bool))] = -torch.inf
    return s.topk(high, dim=1).indices[:, low - 1:].sort(dim=1).values.numpy()


@right("negatives.4", "pandas sort_values and iloc, row by row.")
def band(scores, positive, low, high):
    rows = []
    for b in range(len(scores)):
        left = pd.Series(scores[b])[~np.asarray(positive[b], bool)].sort_values(ascending=False)
        rows.append(np.sort(left.index[low - 1:high].to_numpy()))
    return np.array(rows).reshape(len(scores), high - low + 1)


@wrong("negatives.4", "Counts ranks from 0, so the band begins one rank too low.")
def band(scores, positive, low, high):
    order = np.argsort(-np.where(positive, -np.inf, scores), axis=1)
    return np.sort(order[:, low:high + 1], axis=1)


@wrong("negatives.4", "Does not leave the positives out of the ranking.")
def band(scores, positive, low, high):
    order = np.argsort(-scores, axis=1)
    return np.sort(order[:, low - 1:high], axis=1)


@wrong("negatives.4", "Leaves the ids in the order of rank, not of id.")
def band(scores, positive, low, high):
    order = np.argsort(-np.where(positive, -np.inf, scores), axis=1)
    return order[:, low - 1:high]


@wrong("negatives.4", "Ranks the worst first: the scores are sorted in ascending order.")
def band(scores, positive, low, high):
    order = np.argsort(np.where(positive, np.inf, scores), axis=1)
    return np.sort(order[:, low - 1:high], axis=1)


@wrong("negatives.4", "Gives positives the score 0 to get rid of them, which beats every item with a score below 0.")
def band(scores, positive, low, high):
    masked = scores * ~positive
    return np.sort(np.argsort(-masked, axis=1)[:, low - 1:high], axis=1)


@wrong("negatives.4", "Returns places in the list of what is not positive, not ids of the catalogue.")
def band(scores, positive, low, high):
    rows = [np.argsort(-s[~p])[low - 1:high] for s, p in zip(scores, positive)]
    return np.sort(np.stack(rows), axis=1)


@wrong("negatives.4", "Leaves out what is positive for anybody in the batch, not for this user alone.")
def band(scores, positive, low, high):
    masked = np.where(positive.any(axis=0)[None, :], -np.inf, scores)
    return np.sort(np.argsort(-masked, axis=1)[:, low - 1:high], axis=1)
