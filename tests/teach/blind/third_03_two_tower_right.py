"""Right solutions of lesson 03, written blind."""

import math

import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from blind_book import right


# ---------------------------------------------------------------- 3.4


@right("two_tower.4", "Sets in a loop; a list of floats as the answer.")
def recall_at_k(top, relevant, k):
    answer = []
    for row, held in zip(np.asarray(top).tolist(), relevant, strict=True):
        wanted = {int(i) for i in held}
        if not wanted:
            answer.append(math.nan)
            continue
        hits = len(wanted.intersection(row[:k]))
        answer.append(hits / min(k, len(wanted)))
    return answer


@right("two_tower.4", "np.isin row by row.")
def recall_at_k(top, relevant, k):
    top = np.asarray(top)[:, :k]
    out = np.full(len(top), np.nan)
    for u, held in enumerate(relevant):
        held = np.asarray(held)
        if held.size:
            out[u] = np.isin(top[u], held).sum() / min(k, held.size)
    return out


@right("two_tower.4", "pandas: both sides long, an inner merge, hits counted by user.")
def recall_at_k(top, relevant, k):
    n = len(relevant)
    if n == 0:
        return np.empty(0)
    lists = pd.DataFrame(np.asarray(top)[:, :k]).stack().rename("item").reset_index(level=0)
    lists = lists.rename(columns={"level_0": "user"})
    lists = lists[lists["item"] >= 0]
    sizes = np.array([len(held) for held in relevant])
    truth = pd.DataFrame({"user": np.repeat(np.arange(n), sizes),
                          "item": np.concatenate([np.asarray(h, dtype=np.int64) for h in relevant])})
    hits = lists.astype(np.int64).merge(truth, on=["user", "item"]).groupby("user").size()
    hits = hits.reindex(range(n), fill_value=0).to_numpy()
    return np.where(sizes > 0, hits / np.maximum(np.minimum(k, sizes), 1), np.nan)


@right("two_tower.4", "One indicator matrix of what was held out, looked up at the recommended ids.")
def recall_at_k(top, relevant, k):
    top = np.array(top, dtype=np.int64)[:, :k]
    sizes = np.array([len(r) for r in relevant], dtype=float)
    biggest = max([int(top.max(initial=-1))] + [int(np.max(r)) for r in relevant if len(r)])
    held = np.zeros((len(top), biggest + 2), dtype=bool)      # the last column stays False: pads
    for u, r in enumerate(relevant):
        held[u, np.asarray(r, dtype=np.int64)] = True
    hits = np.take_along_axis(held, np.where(top < 0, biggest + 1, top), axis=1).sum(axis=1)
    most = np.minimum(sizes, k)
    most[sizes == 0] = np.nan
    return hits / most


# ---------------------------------------------------------------- 3.6


@right("two_tower.6", "Masked sum with clamped ids.")
def user_vectors(table, constant, history):
    real = history >= 0
    vectors = table[history.clamp(min=0).long()] * real.unsqueeze(-1).to(table.dtype)
    count = real.sum(dim=1, keepdim=True).clamp(min=1).to(table.dtype)
    return vectors.sum(dim=1) / count.sqrt() + constant


@right("two_tower.6", "A row of zeros at the end, which the id −1 picks by itself.")
def user_vectors(table, constant, history):
    history = torch.as_tensor(history).long()
    padded = torch.cat([table, table.new_zeros(1, table.shape[1])])
    total = padded[history].sum(1)
    n = (history != -1).sum(1)
    return total * torch.rsqrt(torch.clamp(n, min=1).to(total.dtype))[:, None] + constant


@right("two_tower.6", "A plain loop over users, torch.stack; an early exit for the empty history.")
def user_vectors(table, constant, history):
    rows = []
    for one in torch.as_tensor(history):
        taken = one[one >= 0].long()
        if len(taken) == 0:
            rows.append(constant)
            continue
        rows.append(table.index_select(0, taken).sum(dim=0) / math.sqrt(len(taken)) + constant)
    return torch.stack(rows)


@right("two_tower.6", "F.embedding_bag over the flat real ids, with offsets.")
def user_vectors(table, constant, history):
    real = history >= 0
    lengths = real.sum(dim=1)
    offsets = torch.cumsum(lengths, 0) - lengths
    bags = F.embedding_bag(history[real].long(), table, offsets, mode="sum")
    return constant + bags / lengths.clamp(min=1).to(bags.dtype).sqrt()[:, None]


# ---------------------------------------------------------------- 3.8


@right("two_tower.8", "torch.where on the own row, plus features times weight.")
def item_vectors(table, weight, features, known, item):
    item = torch.as_tensor(item).long()
    own = torch.where(known[item][:, None], table[item], torch.zeros_like(table[item]))
    return own + features[item].to(weight.dtype) @ weight


@right("two_tower.8", "Own row times 0 or 1.")
def item_vectors(table, weight, features, known, item):
    gate = known[item].to(table.dtype).unsqueeze(1)
    return gate * table[item] + torch.einsum("bf,fd->bd", features[item], weight)


@right("two_tower.8", "A loop over the items asked for.")
def item_vectors(table, weight, features, known, item):
    out = []
    for i in item.tolist():
        v = features[i].to(weight.dtype) @ weight
        if bool(known[i]):
            v = v + table[i]
        out.append(v)
    return torch.stack(out)


@right("two_tower.8", "Linear and masked_fill from torch, with embedding look-ups.")
def item_vectors(table, weight, features, known, item):
    from_features = F.linear(features.index_select(0, item).to(weight.dtype), weight.t())
    from_id = F.embedding(item, table).masked_fill(~known.bool()[item, None], 0.0)
    return from_features + from_id


# ---------------------------------------------------------------- 3.2


@right("two_tower.2", "F.cross_entropy against the diagonal.")
def in_batch_softmax(query, item):
    return F.cross_entropy(query @ item.T, torch.arange(len(query), device=query.device))


@right("two_tower.2", "logsumexp minus the own score.")
def in_batch_softmax(query, item):
    scores = torch.matmul(query, item.t())
    own = (query * item).sum(dim=1)
    return (torch.logsumexp(scores, dim=1) - own).mean()


@right("two_tower.2", "log_softmax, its trace over B.")
def in_batch_softmax(query, item):
    assert query.shape == item.shape
    log_p = torch.log_softmax(torch.einsum("bd,cd->bc", query, item), dim=-1)
    return -log_p.diagonal().mean()


@right("two_tower.2", "A loop over rows, the maximum taken off by hand.")
def in_batch_softmax(query, item):
    losses = []
    for b in range(query.shape[0]):
        s = item @ query[b]
        m = s.max().detach()
        losses.append(m + torch.log(torch.exp(s - m).sum()) - s[b])
    return torch.stack(losses).mean()
