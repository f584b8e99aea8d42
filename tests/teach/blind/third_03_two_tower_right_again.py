"""Right solutions of lesson 03, written blind."""

import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from blind_book import right


# ---------------------------------------------------------------- 3.4

@right("two_tower.4", "Sets and a loop.")
def recall_at_k(top, relevant, k):
    out = []
    for row, held in zip(np.asarray(top), relevant):
        held = {int(i) for i in held}
        if not held:
            out.append(float("nan"))
            continue
        found = sum(1 for i in row[:k] if int(i) >= 0 and int(i) in held)
        out.append(found / min(k, len(held)))
    return np.array(out, dtype=float)


@right("two_tower.4", "np.isin by row, NaN from the start.")
def recall_at_k(top, relevant, k):
    top = np.asarray(top)[:, :k]
    result = np.full(len(relevant), np.nan)
    for u, held in enumerate(relevant):
        held = np.unique(np.asarray(held, dtype=np.int64))
        if held.size:
            result[u] = np.isin(top[u][top[u] >= 0], held).sum() / min(k, held.size)
    return result


@right("two_tower.4", "pandas: a merge of long tables of shown and held out.")
def recall_at_k(top, relevant, k):
    top = np.asarray(top)[:, :k]
    n = len(relevant)
    shown = pd.DataFrame({"user": np.repeat(np.arange(n), top.shape[1]), "item": top.ravel()})
    shown = shown[shown["item"] >= 0].astype(np.int64)
    sizes = [len(held) for held in relevant]
    items = [np.asarray(held, dtype=np.int64) for held in relevant]
    flat = np.concatenate(items) if items else np.zeros(0, np.int64)
    held_out = pd.DataFrame({"user": np.repeat(np.arange(n), sizes).astype(np.int64), "item": flat})
    held_out = held_out.drop_duplicates()
    hits = shown.merge(held_out, on=["user", "item"]).groupby("user").size()
    hits = hits.reindex(range(n), fill_value=0).to_numpy(dtype=float)
    most = held_out.groupby("user").size().reindex(range(n), fill_value=0).clip(upper=k)
    most = most.to_numpy(dtype=float)
    return hits / np.where(most > 0, most, np.nan)


# ---------------------------------------------------------------- 3.6

@right("two_tower.6", "Clamp the pads, look up, mask with where, divide by the root of the count.")
def user_vectors(table, constant, history):
    history = torch.as_tensor(history).long()
    real = history >= 0
    rows = table[history.clamp(min=0)]                                    # (B, H, d)
    rows = torch.where(real[:, :, None], rows, torch.zeros((), dtype=rows.dtype))
    count = real.sum(dim=1, keepdim=True).clamp(min=1).to(table.dtype)
    return rows.sum(dim=1) / count.sqrt() + constant


@right("two_tower.6", "A zero row at the end of the table stands for the pad.")
def user_vectors(table, constant, history):
    history = torch.as_tensor(history).long()
    padded = torch.cat([table, table.new_zeros(1, table.shape[1])])
    at = history.masked_fill(history < 0, table.shape[0])
    total = F.embedding(at, padded).sum(1)
    length = (history >= 0).sum(1).to(table.dtype)
    return constant + total * length.clamp_min(1.0).rsqrt().unsqueeze(1)


@right("two_tower.6", "A loop over the users, stacked.")
def user_vectors(table, constant, history):
    vectors = []
    for row in torch.as_tensor(history).long():
        items = row[row >= 0]
        if len(items) == 0:
            vectors.append(constant + 0.0)
        else:
            vectors.append(table[items].sum(dim=0) / len(items) ** 0.5 + constant)
    if not vectors:
        return constant.expand(0, len(constant))
    return torch.stack(vectors)


@right("two_tower.6", "A matrix of counts, users by items, times the table.")
def user_vectors(table, constant, history):
    history = torch.as_tensor(history).long()
    here = (history >= 0).to(table.dtype)
    counts = torch.zeros(history.shape[0], table.shape[0], dtype=table.dtype)
    counts = counts.scatter_add(1, history.clamp(min=0), here)
    weights = counts / here.sum(1, keepdim=True).clamp(min=1).sqrt()
    return weights @ table + constant


# ---------------------------------------------------------------- 3.8

@right("two_tower.8", "Look up, zero the rows of unknown items, add the features' rows.")
def item_vectors(table, weight, features, known, item):
    item = torch.as_tensor(item).long()
    known = torch.as_tensor(known).bool()
    features = torch.as_tensor(features).to(weight.dtype)
    own = torch.where(known[item][:, None], table[item], torch.zeros((), dtype=table.dtype))
    return own + features[item] @ weight


@right("two_tower.8", "The vectors of the whole catalogue, then the items asked for.")
def item_vectors(table, weight, features, known, item):
    unknown = ~torch.as_tensor(known).bool()
    everything = table.masked_fill(unknown[:, None], 0.0)
    everything = everything + torch.as_tensor(features).to(weight.dtype).mm(weight)
    return everything.index_select(0, torch.as_tensor(item).long())


@right("two_tower.8", "F.embedding and F.linear, the mask as a factor.")
def item_vectors(table, weight, features, known, item):
    item = torch.as_tensor(item).long()
    mask = torch.as_tensor(known)[item].to(table.dtype).unsqueeze(-1)
    of_id = F.embedding(item, table) * mask
    of_features = F.linear(torch.as_tensor(features)[item].to(weight.dtype), weight.t())
    return of_id + of_features


@right("two_tower.8", "Item by item, feature by feature.")
def item_vectors(table, weight, features, known, item):
    vectors = []
    for i in [int(i) for i in item]:
        vector = torch.zeros(table.shape[1], dtype=table.dtype)
        for f in range(weight.shape[0]):
            vector = vector + float(features[i][f]) * weight[f]
        if bool(known[i]):
            vector = vector + table[i]
        vectors.append(vector)
    return torch.stack(vectors) if vectors else table[:0] + 0.0


# ---------------------------------------------------------------- 3.2

@right("two_tower.2", "F.cross_entropy against the row numbers.")
def in_batch_softmax(query, item):
    scores = query @ item.T
    return F.cross_entropy(scores, torch.arange(len(scores), device=scores.device))


@right("two_tower.2", "logsumexp less the diagonal.")
def in_batch_softmax(query, item):
    scores = torch.einsum("bd,cd->bc", query, item)
    own = (query * item).sum(dim=1)
    return (torch.logsumexp(scores, dim=1) - own).mean()


@right("two_tower.2", "The diagonal of log_softmax.")
def in_batch_softmax(query, item):
    assert query.shape == item.shape
    return -torch.log_softmax(torch.matmul(query, item.t()), dim=-1).diagonal().mean()


@right("two_tower.2", "A loop over the rows, the maximum taken off by hand.")
def in_batch_softmax(query, item):
    losses = []
    for b in range(query.shape[0]):
        s = item @ query[b]
        top = s.max().detach()
        losses.append(torch.log(torch.exp(s - top).sum()) + top - s[b])
    return torch.stack(losses).mean()
