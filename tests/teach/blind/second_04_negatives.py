"""Solutions of lesson 04, written blind: from the notebook's text alone."""

import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from blind_book import right, wrong


@wrong("negatives.1", "log q is added instead of subtracted.")
def logq_softmax(query, item, log_q, temperature):
    score = query @ item.T / temperature + log_q[None, :]
    return F.cross_entropy(score, torch.arange(len(query)))


@wrong("negatives.1", "Subtracted from the rows, where it is the same for all items and cancels.")
def logq_softmax(query, item, log_q, temperature):
    score = query @ item.T / temperature - log_q[:, None]
    return F.cross_entropy(score, torch.arange(len(query)))


@wrong("negatives.1", "log q is subtracted first and then divided by the temperature as well.")
def logq_softmax(query, item, log_q, temperature):
    return F.cross_entropy((query @ item.T - log_q) / temperature, torch.arange(len(query)))


@wrong("negatives.1", "Vectors are brought to length 1.")
def logq_softmax(query, item, log_q, temperature):
    cosine = F.normalize(query, dim=-1) @ F.normalize(item, dim=-1).T
    return F.cross_entropy(cosine / temperature - log_q, torch.arange(len(query)))


@wrong("negatives.1", "Only the negatives are corrected; the own item's column keeps its score.")
def logq_softmax(query, item, log_q, temperature):
    score = query @ item.T / temperature
    other = 1 - torch.eye(len(query), dtype=score.dtype)
    return F.cross_entropy(score - log_q * other, torch.arange(len(query)))


@wrong("negatives.1", "Only the positive is corrected, the negatives are not.")
def logq_softmax(query, item, log_q, temperature):
    score = query @ item.T / temperature - torch.diag(log_q)
    return F.cross_entropy(score, torch.arange(len(query)))


@wrong("negatives.1", "q itself is subtracted, not its log.")
def logq_softmax(query, item, log_q, temperature):
    return F.cross_entropy(query @ item.T / temperature - log_q.exp(), torch.arange(len(query)))


@wrong("negatives.1", "The temperature is not used.")
def logq_softmax(query, item, log_q, temperature):
    return F.cross_entropy(query @ item.T - log_q[None], torch.arange(len(query)))


@wrong("negatives.1", "Summed over the rows.")
def logq_softmax(query, item, log_q, temperature):
    score = query @ item.T / temperature - log_q
    return (torch.logsumexp(score, 1) - score.diagonal()).sum()


@wrong("negatives.1", "Multiplies the scores by log q.")
def logq_softmax(query, item, log_q, temperature):
    return F.cross_entropy(query @ item.T / temperature * -log_q, torch.arange(len(query)))


@wrong("negatives.1", "The softmax runs over users for each item, so log q cancels and the loss is another one.")
def logq_softmax(query, item, log_q, temperature):
    score = query @ item.T / temperature - log_q
    return -torch.log_softmax(score, dim=0).diagonal().mean()


@wrong("negatives.1", "The corrected scores are detached, so nothing can be trained on them.")
def logq_softmax(query, item, log_q, temperature):
    score = (query @ item.T / temperature - log_q).detach()
    return F.cross_entropy(score, torch.arange(len(query)))


@wrong("negatives.1", "exp of the raw scores overflows where these are large.")
def logq_softmax(query, item, log_q, temperature):
    weight = torch.exp(query @ item.T / temperature) / torch.exp(log_q)[None]
    return -(weight.diagonal() / weight.sum(1)).log().mean()


@right("negatives.1", "log q as one more dimension of the vectors.")
def logq_softmax(query, item, log_q, temperature):
    left = torch.cat([query / temperature, -torch.ones(len(query), 1, dtype=query.dtype)], dim=1)
    right_side = torch.cat([item, log_q.to(item.dtype)[:, None]], dim=1)
    return F.cross_entropy(left @ right_side.T, torch.arange(len(query)))


@right("negatives.1", "Row by row: logsumexp minus the own score.")
def logq_softmax(query, item, log_q, temperature):
    losses = []
    for b, vector in enumerate(query):
        score = (item * vector).sum(1) / temperature - log_q
        losses.append(score.logsumexp(0) - score[b])
    return torch.stack(losses).mean()


@right("negatives.1", "nll_loss of a log-softmax, scores by einsum.")
def logq_softmax(query, item, log_q, temperature):
    score = torch.einsum("bd,md->bm", query, item).div(temperature).sub(log_q.unsqueeze(0))
    return F.nll_loss(score.log_softmax(-1), torch.arange(score.shape[0]))


@right("negatives.1", "Works with the transposed table: items in rows, columns are users.")
def logq_softmax(query, item, log_q, temperature):
    score = item @ query.T / temperature - log_q[:, None]
    return (torch.logsumexp(score, dim=0) - score.diagonal()).mean()


@wrong("negatives.2", "The shares are exchanged: the newest gap gets 1 − alpha.")
def streaming_gap(gap, last_step, step, alpha):
    return alpha * gap + (1 - alpha) * (step - last_step)


@wrong("negatives.2", "Moves towards the step itself instead of the time since the last one.")
def streaming_gap(gap, last_step, step, alpha):
    return (1 - alpha) * gap + alpha * step


@wrong("negatives.2", "The old gap is not reduced before the newest is added.")
def streaming_gap(gap, last_step, step, alpha):
    return gap + alpha * (step - last_step)


@wrong("negatives.2", "Moves away from the newest gap: the sign is wrong.")
def streaming_gap(gap, last_step, step, alpha):
    return gap - alpha * ((step - last_step) - gap)


@wrong("negatives.2", "The newest gap is counted one step short: only the steps between.")
def streaming_gap(gap, last_step, step, alpha):
    return gap + alpha * ((step - last_step - 1) - gap)


@wrong("negatives.2", "Returns the chances, 1 / gap, which are taken later.")
def streaming_gap(gap, last_step, step, alpha):
    return 1 / ((1 - alpha) * gap + alpha * (step - last_step))


@wrong("negatives.2", "The plain mean of old and new, whatever alpha.")
def streaming_gap(gap, last_step, step, alpha):
    return np.mean([gap, step - last_step], axis=0)


@wrong("negatives.2", "The newest gap alone.")
def streaming_gap(gap, last_step, step, alpha):
    return (step - last_step).astype(float)


@wrong("negatives.2", "Moves the logs of the gaps, a geometric mean.")
def streaming_gap(gap, last_step, step, alpha):
    return np.exp((1 - alpha) * np.log(gap) + alpha * np.log(np.maximum(step - last_step, 1e-9)))


@wrong("negatives.2", "The result is rounded to whole steps.")
def streaming_gap(gap, last_step, step, alpha):
    return np.round((1 - alpha) * gap + alpha * (step - last_step))


@wrong("negatives.2", "Averages the chances instead of the gaps.")
def streaming_gap(gap, last_step, step, alpha):
    return 1 / ((1 - alpha) / gap + alpha / np.maximum(step - last_step, 1))


@wrong("negatives.2", "A gap may only grow: a shorter newest one is ignored.")
def streaming_gap(gap, last_step, step, alpha):
    newest = np.maximum(step - last_step, gap)
    return gap + alpha * (newest - gap)


@right("negatives.2", "A list, item by item.")
def streaming_gap(gap, last_step, step, alpha):
    return [float(g) + alpha * (int(step) - int(last) - float(g)) for g, last in zip(gap, last_step, strict=True)]


@right("negatives.2", "torch.lerp.")
def streaming_gap(gap, last_step, step, alpha):
    old = torch.as_tensor(np.array(gap, dtype=float))
    return torch.lerp(old, torch.as_tensor(step - np.array(last_step, dtype=float)), float(alpha)).numpy()


@right("negatives.2", "A weighted average over a stack of two rows.")
def streaming_gap(gap, last_step, step, alpha):
    return np.average(np.stack([gap, step - np.asarray(last_step)]), axis=0, weights=[1 - alpha, alpha])


@right("negatives.2", "pandas: a Series of the old, moved by a Series of the differences.")
def streaming_gap(gap, last_step, step, alpha):
    newest = pd.Series(np.asarray(last_step)).rsub(step)
    return pd.Series(np.asarray(gap, float)).mul(1 - alpha).add(newest.mul(alpha))
