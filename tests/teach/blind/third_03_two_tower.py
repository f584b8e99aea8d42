"""Solutions of lesson 03, written blind."""

import math

import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from blind_book import right, wrong


# ---------------------------------------------------------------- 3.4 recall_at_k


@wrong("two_tower.4", "Divides by k always, which is precision@k.")
def recall_at_k(top, relevant, k):
    out = np.full(len(relevant), np.nan)
    for u, mine in enumerate(relevant):
        if len(mine):
            out[u] = np.isin(top[u, :k], mine).sum() / k
    return out


@wrong("two_tower.4", "The classic recall: divides by all that was held out, so a perfect list of k may score below 1.")
def recall_at_k(top, relevant, k):
    out = np.full(len(relevant), np.nan)
    for u, mine in enumerate(relevant):
        if len(mine):
            out[u] = np.isin(top[u, :k], mine).sum() / len(mine)
    return out


@wrong("two_tower.4", "A user with nothing held out gets 0 instead of NaN.")
def recall_at_k(top, relevant, k):
    out = []
    for row, mine in zip(top, relevant):
        hits = len(set(row[:k].tolist()) & set(np.asarray(mine).tolist()))
        out.append(hits / max(min(k, len(mine)), 1))
    return np.array(out)


@wrong("two_tower.4", "Looks at the whole row instead of its first k.")
def recall_at_k(top, relevant, k):
    out = np.full(len(relevant), np.nan)
    for u, mine in enumerate(relevant):
        most = min(k, len(mine))
        if most:
            out[u] = min(np.isin(top[u], mine).sum() / most, 1.0)
    return out


@wrong("two_tower.4", "R-precision: looks only at as many places as items were held out.")
def recall_at_k(top, relevant, k):
    out = np.full(len(relevant), np.nan)
    for u, mine in enumerate(relevant):
        most = min(k, len(mine))
        if most:
            out[u] = np.isin(top[u, :most], mine).sum() / most
    return out


@wrong("two_tower.4", "Looks the list up in a table of flags, where the pad −1 reads the flag of the last item.")
def recall_at_k(top, relevant, k):
    top = np.asarray(top)
    n_items = 1 + max([int(top.max())] + [int(np.max(mine)) for mine in relevant if len(mine)])
    out = np.full(len(relevant), np.nan)
    for u, mine in enumerate(relevant):
        if len(mine) == 0:
            continue
        flags = np.zeros(n_items, bool)
        flags[mine] = True
        out[u] = flags[top[u, :k]].sum() / min(k, len(mine))
    return out


@wrong("two_tower.4", "Divides by the places that are filled, so a short list is forgiven its shortness.")
def recall_at_k(top, relevant, k):
    out = np.full(len(relevant), np.nan)
    for u, mine in enumerate(relevant):
        if len(mine):
            shown = top[u, :k]
            shown = shown[shown >= 0]
            out[u] = np.isin(shown, mine).sum() / max(min(len(shown), len(mine)), 1)
    return out


@wrong("two_tower.4", "Keeps only the first k of the held-out items, and so misses hits on the others.")
def recall_at_k(top, relevant, k):
    out = np.full(len(relevant), np.nan)
    for u, mine in enumerate(relevant):
        mine = np.asarray(mine)[:k]
        if len(mine):
            out[u] = np.isin(top[u, :k], mine).sum() / len(mine)
    return out


@right("two_tower.4", "Plain Python with sets; a list of floats.")
def recall_at_k(top, relevant, k):
    out = []
    for row, mine in zip(top, relevant):
        wanted = {int(item) for item in mine}
        if not wanted:
            out.append(float("nan"))
            continue
        found = sum(1 for item in list(row)[:k] if int(item) >= 0 and int(item) in wanted)
        out.append(found / min(k, len(wanted)))
    return out


@right("two_tower.4", "Vectorised: each pair of user and item becomes one number.")
def recall_at_k(top, relevant, k):
    top = np.asarray(top)[:, :k].astype(np.int64)
    n = np.array([len(mine) for mine in relevant], dtype=np.int64)
    flat = np.concatenate([np.asarray(mine, dtype=np.int64) for mine in relevant] + [np.zeros(0, np.int64)])
    width = 1 + max(int(top.max(initial=0)), int(flat.max(initial=0)))
    owner = np.repeat(np.arange(len(n)), n)
    pairs = np.arange(len(n))[:, None] * width + top
    hit = np.isin(pairs, owner * width + flat) & (top >= 0)
    most = np.minimum(n, k).astype(float)
    return np.divide(hit.sum(axis=1), most, out=np.full(len(n), np.nan), where=most > 0)


@right("two_tower.4", "pandas: a join of what was shown with what was held out; a Series.")
def recall_at_k(top, relevant, k):
    top = np.asarray(top)[:, :k]
    users = len(relevant)
    shown = pd.DataFrame({"user": np.repeat(np.arange(users), top.shape[1]),
                          "item": top.ravel().astype(np.int64)})
    held = pd.DataFrame({"user": np.repeat(np.arange(users), [len(mine) for mine in relevant]),
                         "item": np.concatenate([np.asarray(mine, dtype=np.int64) for mine in relevant]
                                                + [np.zeros(0, np.int64)])})
    hits = shown[shown["item"] >= 0].merge(held, on=["user", "item"]).groupby("user").size()
    hits = hits.reindex(range(users), fill_value=0).astype(float)
    most = held.groupby("user").size().reindex(range(users), fill_value=0).clip(upper=k)
    return hits / most.where(most > 0)


# ---------------------------------------------------------------- 3.6 user_vectors


@wrong("two_tower.6", "The mean of the history: divides by the count, not by its square root.")
def user_vectors(table, constant, history):
    real = (history >= 0).to(table.dtype)
    total = (table[history.clamp(min=0)] * real[:, :, None]).sum(1)
    return total / real.sum(1, keepdim=True).clamp(min=1) + constant


@wrong("two_tower.6", "Divides by the square root of the padded width.")
def user_vectors(table, constant, history):
    real = (history >= 0).to(table.dtype)
    total = (table[history.clamp(min=0)] * real[:, :, None]).sum(1)
    return total / math.sqrt(max(history.shape[1], 1)) + constant


@wrong("two_tower.6", "Pads are counted out but not masked: −1 adds the last item's vector.")
def user_vectors(table, constant, history):
    n = (history >= 0).sum(1, keepdim=True).clamp(min=1)
    return table[history].sum(1) / n.to(table.dtype).sqrt() + constant


@wrong("two_tower.6", "The constant is divided by the square root of the count, too.")
def user_vectors(table, constant, history):
    real = (history >= 0).to(table.dtype)
    total = (table[history.clamp(min=0)] * real[:, :, None]).sum(1)
    return (total + constant) / real.sum(1, keepdim=True).clamp(min=1).sqrt()


@wrong("two_tower.6", "Reads the history as a set: an item that stands twice counts once.")
def user_vectors(table, constant, history):
    rows = []
    for line in history:
        took = torch.unique(line[line >= 0])
        rows.append(table[took].sum(0) / max(len(took), 1) ** 0.5 + constant)
    return torch.stack(rows)


@wrong("two_tower.6", "Divides zero by zero where there is no history: NaN instead of the constant.")
def user_vectors(table, constant, history):
    real = (history >= 0).to(table.dtype)
    total = (table[history.clamp(min=0)] * real[:, :, None]).sum(1)
    return total / real.sum(1, keepdim=True).sqrt() + constant


@wrong("two_tower.6", "Takes item 0 for a pad.")
def user_vectors(table, constant, history):
    real = (history > 0).to(table.dtype)
    total = (table[history.clamp(min=0)] * real[:, :, None]).sum(1)
    return total / real.sum(1, keepdim=True).clamp(min=1).sqrt() + constant


@wrong("two_tower.6", "The constant is cut out of the graph, so it is never learnt.")
def user_vectors(table, constant, history):
    real = (history >= 0).to(table.dtype)
    total = (table[history.clamp(min=0)] * real[:, :, None]).sum(1)
    return total / real.sum(1, keepdim=True).clamp(min=1).sqrt() + constant.detach()


@right("two_tower.6", "Embedding bags over the flattened history; empty bags are zero.")
def user_vectors(table, constant, history):
    real = history >= 0
    count = real.sum(1)
    offsets = torch.cumsum(count, 0) - count
    if not bool(real.any()):
        return table.sum() * 0 + constant.expand(len(history), -1)
    total = F.embedding_bag(history[real].long(), table, offsets.long(), mode="sum")
    return total * count.clamp(min=1).to(table.dtype).rsqrt()[:, None] + constant


@right("two_tower.6", "A row of zeros in front of the table, to which the pads point.")
def user_vectors(table, constant, history):
    padded = torch.cat([table.new_zeros(1, table.shape[1]), table])
    total = padded[history.long() + 1].sum(dim=1)
    count = torch.count_nonzero(history + 1, dim=1)
    return constant + total / torch.sqrt(torch.maximum(count, torch.ones_like(count)).to(table.dtype))[:, None]


@right("two_tower.6", "A plain loop over users and their items.")
def user_vectors(table, constant, history):
    rows = []
    for line in history.tolist():
        took = [item for item in line if item != -1]
        row = constant
        for item in took:
            row = row + table[item] / len(took) ** 0.5
        rows.append(row)
    return torch.stack(rows)


# ---------------------------------------------------------------- 3.8 item_vectors


@wrong("two_tower.8", "Every item gets its row of the table, also one without events, whose row is still its random start.")
def item_vectors(table, weight, features, known, item):
    return table[item] + features[item] @ weight


@wrong("two_tower.8", "An unknown item gets nothing at all, not even its features.")
def item_vectors(table, weight, features, known, item):
    return (table[item] + features[item] @ weight) * known[item].to(table.dtype)[:, None]


@wrong("two_tower.8", "Each id is answered once, sorted, though an id may stand twice.")
def item_vectors(table, weight, features, known, item):
    item = torch.unique(item)
    return table[item] * known[item].to(table.dtype)[:, None] + features[item] @ weight


@wrong("two_tower.8", "Asks only whether an item has a feature, and ignores the feature's value.")
def item_vectors(table, weight, features, known, item):
    has = (features[item] != 0).to(weight.dtype)
    return table[item] * known[item].to(table.dtype)[:, None] + has @ weight


@wrong("two_tower.8", "Averages the features of an item instead of adding them.")
def item_vectors(table, weight, features, known, item):
    x = features[item]
    share = x / (x != 0).sum(1, keepdim=True).clamp(min=1)
    return table[item] * known[item].to(table.dtype)[:, None] + share @ weight


@wrong("two_tower.8", "What the features say is made without gradients, so `weight` is not trained.")
def item_vectors(table, weight, features, known, item):
    with torch.no_grad():
        content = features[item] @ weight
    return table[item] * known[item].to(table.dtype)[:, None] + content


@wrong("two_tower.8", "An unknown item's row is only kept from the gradient; its random numbers are still added.")
def item_vectors(table, weight, features, known, item):
    own = table[item]
    own = torch.where(known[item][:, None], own, own.detach())
    return own + features[item] @ weight


@wrong("two_tower.8", "Features as a fall-back alone: a known item is its row and nothing else.")
def item_vectors(table, weight, features, known, item):
    return torch.where(known[item][:, None], table[item], features[item] @ weight)


@right("two_tower.8", "The vectors of the whole catalogue, of which rows are picked.")
def item_vectors(table, weight, features, known, item):
    everything = torch.where(known[:, None], table, torch.zeros_like(table)) + features.to(weight.dtype) @ weight
    return everything[item.long()]


@right("two_tower.8", "F.embedding and einsum; the row of an unknown item is filled with zeros.")
def item_vectors(table, weight, features, known, item):
    item = item.long()
    own = F.embedding(item, table).masked_fill(~known[item].unsqueeze(1), 0.0)
    return torch.einsum("bf,fd->bd", features[item].to(weight.dtype), weight) + own


@right("two_tower.8", "A plain loop over the ids and their features.")
def item_vectors(table, weight, features, known, item):
    rows = []
    for i in item.tolist():
        row = (features[i].to(weight.dtype)[:, None] * weight).sum(0)
        if bool(known[i]):
            row = row + table[i]
        rows.append(row)
    return torch.stack(rows)


# ---------------------------------------------------------------- 3.2 in_batch_softmax


@wrong("two_tower.2", "The softmax runs over the users of each item instead of over the items of each user.")
def in_batch_softmax(query, item):
    return -torch.log_softmax(query @ item.T, dim=0).diagonal().mean()


@wrong("two_tower.2", "The mean of both directions, as CLIP has it.")
def in_batch_softmax(query, item):
    scores = query @ item.T
    own = torch.arange(len(scores), device=scores.device)
    return (F.cross_entropy(scores, own) + F.cross_entropy(scores.T, own)) / 2


@wrong("two_tower.2", "The own item is left out of the denominator.")
def in_batch_softmax(query, item):
    scores = query @ item.T
    own = torch.eye(len(scores), dtype=torch.bool, device=scores.device)
    return (scores.masked_fill(own, -torch.inf).logsumexp(1) - scores.diagonal()).mean()


@wrong("two_tower.2", "Takes exponentials of raw scores, which overflow for long vectors.")
def in_batch_softmax(query, item):
    weight = torch.exp(query @ item.T)
    return -torch.log(weight.diagonal() / weight.sum(1)).mean()


@wrong("two_tower.2", "A softmax inside a softmax: hands probabilities to a function that wants logits.")
def in_batch_softmax(query, item):
    chance = torch.softmax(query @ item.T, dim=1)
    return F.cross_entropy(chance, torch.arange(len(query), device=query.device))


@wrong("two_tower.2", "In bits, not in nats.")
def in_batch_softmax(query, item):
    scores = query @ item.T
    return F.cross_entropy(scores, torch.arange(len(query), device=query.device)) / math.log(2)


@wrong("two_tower.2", "Divides scores by the root of the width, as attention does.")
def in_batch_softmax(query, item):
    scores = query @ item.T / math.sqrt(query.shape[1])
    return F.cross_entropy(scores, torch.arange(len(query), device=query.device))


@wrong("two_tower.2", "Items serve as fixed targets: no gradient reaches them.")
def in_batch_softmax(query, item):
    scores = query @ item.detach().T
    return F.cross_entropy(scores, torch.arange(len(query), device=query.device))


@right("two_tower.2", "By logsumexp less the own score.")
def in_batch_softmax(query, item):
    scores = torch.einsum("bd,cd->bc", query, item)
    return torch.logsumexp(scores, dim=1).mean() - (query * item).sum(1).mean()


@right("two_tower.2", "A loop over the users, each with its own log softmax.")
def in_batch_softmax(query, item):
    total = 0.0
    for b in range(len(query)):
        total = total - F.log_softmax((item * query[b]).sum(dim=1), dim=0)[b]
    return total / len(query)


@right("two_tower.2", "By hand in double precision: less the largest score of the row, then exponentials.")
def in_batch_softmax(query, item):
    scores = query.double() @ item.double().T
    scores = scores - scores.detach().max(dim=1, keepdim=True).values
    denominator = torch.log(torch.exp(scores).sum(dim=1))
    return (denominator - torch.diagonal(scores)).sum() / scores.shape[0]
