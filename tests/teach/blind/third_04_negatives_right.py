"""Right solutions of lesson 04, written blind."""

import heapq

import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from blind_book import right


# ---------------------------------------------------------------- 4.1


@right("negatives.1", "cross_entropy of the corrected logits.")
def logq_softmax(query, item, log_q, temperature):
    logits = query @ item.T / temperature - log_q[None, :]
    return F.cross_entropy(logits, torch.arange(len(query), device=query.device))


@right("negatives.1", "logsumexp minus the diagonal; log_q made a tensor of the right type.")
def logq_softmax(query, item, log_q, temperature):
    log_q = torch.as_tensor(log_q).to(query)
    s = torch.mm(query, item.t()).div(temperature).sub(log_q)
    return (s.logsumexp(dim=1) - s.diagonal()).mean()


@right("negatives.1", "Append a column: one more dimension of each vector carries the correction.")
def logq_softmax(query, item, log_q, temperature):
    longer_query = torch.cat([query / temperature, torch.ones_like(query[:, :1])], dim=1)
    longer_item = torch.cat([item, -log_q.to(item.dtype).unsqueeze(1)], dim=1)
    log_p = F.log_softmax(longer_query @ longer_item.T, dim=1)
    return F.nll_loss(log_p, torch.arange(log_p.shape[0], device=log_p.device))


@right("negatives.1", "A row at a time.")
def logq_softmax(query, item, log_q, temperature):
    total = query.new_zeros(())
    for b in range(len(query)):
        corrected = (item * query[b]).sum(dim=1) / temperature - log_q
        total = total - torch.log_softmax(corrected, dim=0)[b]
    return total / len(query)


# ---------------------------------------------------------------- 4.4


@right("negatives.4", "lexsort: positives last, then by falling score.")
def band(scores, positive, low, high):
    scores, positive = np.asarray(scores, dtype=float), np.asarray(positive, dtype=bool)
    order = np.lexsort((-scores, positive), axis=1)
    return np.sort(order[:, low - 1:high], axis=1)


@right("negatives.4", "A loop over users with Python's sorted.")
def band(scores, positive, low, high):
    out = np.empty((len(scores), high - low + 1), dtype=np.int64)
    for b in range(len(scores)):
        free = [i for i in range(len(scores[b])) if not positive[b][i]]
        free.sort(key=lambda i, b=b: scores[b][i], reverse=True)
        out[b] = sorted(free[low - 1:high])
    return out


@right("negatives.4", "torch.topk of the masked scores; a tensor as the answer.")
def band(scores, positive, low, high):
    s = torch.as_tensor(np.array(scores, dtype=np.float64))
    s = s.masked_fill(torch.as_tensor(np.array(positive, dtype=bool)), -torch.inf)
    best = torch.topk(s, high, dim=1).indices
    return best[:, low - 1:].sort(dim=1).values


@right("negatives.4", "heapq.nlargest of the allowed ids; a copy of nothing, a list of lists made an array.")
def band(scores, positive, low, high):
    assert 1 <= low <= high
    rows = []
    for s, p in zip(scores, positive):
        allowed = np.flatnonzero(~np.asarray(p, dtype=bool))
        best = heapq.nlargest(high, allowed.tolist(), key=pd.Series(np.asarray(s)).to_dict().get)
        rows.append(sorted(best[low - 1:]))
    return np.array(rows, dtype=int).reshape(len(rows), high - low + 1)
