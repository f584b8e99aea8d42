"""Solutions of lesson 03, exercises 4 and 6, written blind: from the notebook's text alone."""

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@wrong("two_tower.4", "Divides by all that was held out, also where that is more than k.")
def recall_at_k(top, relevant, k):
    return np.array([np.isin(t[:k], r).sum() / len(r) if len(r) else np.nan for t, r in zip(top, relevant)])


@wrong("two_tower.4", "Divides by k: precision, not recall.")
def recall_at_k(top, relevant, k):
    return np.array([np.isin(t[:k], r).sum() / k if len(r) else np.nan for t, r in zip(top, relevant)])


@wrong("two_tower.4", "0 instead of NaN for users with nothing held out.")
def recall_at_k(top, relevant, k):
    return np.array([np.isin(t[:k], r).sum() / max(1, min(k, len(r))) for t, r in zip(top, relevant)])


@wrong("two_tower.4", "Counts hits in the whole list, not in its first k.")
def recall_at_k(top, relevant, k):
    return np.array([min(k, np.isin(t, r).sum()) / min(k, len(r)) if len(r) else np.nan for t, r in zip(top, relevant)])


@wrong("two_tower.4", "Whether there is any hit, instead of how many.")
def recall_at_k(top, relevant, k):
    return np.array([float(np.isin(t[:k], r).any()) if len(r) else np.nan for t, r in zip(top, relevant)])


@wrong("two_tower.4", "The pad −1 is used as an index and hits the last item of the catalogue.")
def recall_at_k(top, relevant, k):
    n = 1 + max([int(top.max()), 0] + [int(r.max()) for r in relevant if len(r)])
    out = np.full(len(top), np.nan)
    for u, mine in enumerate(relevant):
        if len(mine):
            wanted = np.zeros(n, bool)
            wanted[mine] = True
            out[u] = wanted[top[u, :k]].sum() / min(k, len(mine))
    return out


@wrong("two_tower.4", "Users with nothing held out are dropped: the rows no longer match the users.")
def recall_at_k(top, relevant, k):
    return np.array([np.isin(t[:k], r).sum() / min(k, len(r)) for t, r in zip(top, relevant) if len(r)])


@wrong("two_tower.4", "An item counts as a hit if it was held out for anybody.")
def recall_at_k(top, relevant, k):
    anybody = np.concatenate([np.asarray(r, int) for r in relevant])
    hits = np.isin(top[:, :k], anybody).sum(1)
    most = np.array([min(k, len(r)) for r in relevant], float)
    return np.divide(hits, most, out=np.full(len(top), np.nan), where=most > 0)


@wrong("two_tower.4", "Divides by the number of items that are no pads instead of by k, where lists are short.")
def recall_at_k(top, relevant, k):
    out = []
    for t, r in zip(top, relevant):
        given = (t[:k] >= 0).sum()
        most = max(1, min(given, len(r)))
        out.append(np.isin(t[:k], r).sum() / most if len(r) else np.nan)
    return np.array(out)


@right("two_tower.4", "Sets; returns a list of floats.")
def recall_at_k(top, relevant, k):
    out = []
    for row, mine in zip(top, relevant):
        wanted = {int(one) for one in mine}
        if not wanted:
            out.append(float("nan"))
            continue
        out.append(len(wanted & {int(one) for one in row[:k]}) / min(k, len(wanted)))
    return out


@right("two_tower.4", "pandas: long table of pairs, merged; returns a Series.")
def recall_at_k(top, relevant, k):
    size = pd.Series([len(r) for r in relevant], dtype=float)
    shown = pd.DataFrame(np.asarray(top)[:, :k]).stack().reset_index(level=1, drop=True).rename("item").reset_index()
    shown.columns = ["user", "item"]
    wanted = pd.DataFrame({"user": np.repeat(np.arange(len(relevant)), size.astype(int)),
                           "item": np.concatenate([np.asarray(r, int) for r in relevant] or [np.array([], int)])})
    hits = shown.merge(wanted, on=["user", "item"]).groupby("user").size()
    return hits.reindex(size.index, fill_value=0) / size.clip(upper=k).where(size > 0)


@right("two_tower.4", "numpy, an array of NaN filled in a loop.")
def recall_at_k(top, relevant, k):
    found = np.full(len(relevant), np.nan)
    for u in range(len(relevant)):
        if np.size(relevant[u]) > 0:
            found[u] = np.intersect1d(top[u][:k], relevant[u]).size / min(k, np.size(relevant[u]))
    return found


@wrong("two_tower.6", "The mean of the history: divided by the number, not by its square root.")
def user_vectors(table, constant, history):
    there = (history >= 0).to(table.dtype)[..., None]
    return (table[history.clamp(min=0)] * there).sum(1) / there.sum(1).clamp(min=1) + constant


@wrong("two_tower.6", "The pads are not left out: −1 picks the last item's vector.")
def user_vectors(table, constant, history):
    n = (history >= 0).sum(1, keepdim=True).clamp(min=1)
    return table[history].sum(1) / n.sqrt() + constant


@wrong("two_tower.6", "Pads are clamped to item 0, whose vector is added for each of them.")
def user_vectors(table, constant, history):
    n = (history >= 0).sum(1, keepdim=True).clamp(min=1)
    return table[history.clamp(min=0)].sum(1) / n.sqrt() + constant


@wrong("two_tower.6", "Item 0 is taken for a pad and left out.")
def user_vectors(table, constant, history):
    there = (history > 0).to(table.dtype)[..., None]
    return (table[history.clamp(min=0)] * there).sum(1) / there.sum(1).clamp(min=1).sqrt() + constant


@wrong("two_tower.6", "Divides by the root of the padded length H instead of the number of items.")
def user_vectors(table, constant, history):
    there = (history >= 0).to(table.dtype)[..., None]
    return (table[history.clamp(min=0)] * there).sum(1) / history.shape[1] ** 0.5 + constant


@wrong("two_tower.6", "0 / 0: NaN for a user without history, who should get the constant.")
def user_vectors(table, constant, history):
    there = (history >= 0).to(table.dtype)[..., None]
    return (table[history.clamp(min=0)] * there).sum(1) / there.sum(1).sqrt() + constant


@wrong("two_tower.6", "The constant is added before dividing, so it shrinks with the history.")
def user_vectors(table, constant, history):
    there = (history >= 0).to(table.dtype)[..., None]
    return ((table[history.clamp(min=0)] * there).sum(1) + constant) / there.sum(1).clamp(min=1).sqrt()


@wrong("two_tower.6", "Only users without history get the constant.")
def user_vectors(table, constant, history):
    there = (history >= 0).to(table.dtype)[..., None]
    n = there.sum(1)
    total = (table[history.clamp(min=0)] * there).sum(1) / n.clamp(min=1).sqrt()
    return torch.where(n > 0, total, constant.expand_as(total))


@wrong("two_tower.6", "Divides by the root of n + 1 in order not to divide by 0.")
def user_vectors(table, constant, history):
    there = (history >= 0).to(table.dtype)[..., None]
    return (table[history.clamp(min=0)] * there).sum(1) / (there.sum(1) + 1).sqrt() + constant


@wrong("two_tower.6", "The plain sum, not divided at all.")
def user_vectors(table, constant, history):
    there = (history >= 0).to(table.dtype)[..., None]
    return (table[history.clamp(min=0)] * there).sum(1) + constant


@right("two_tower.6", "A row of zeros at the end of the table, which −1 picks.")
def user_vectors(table, constant, history):
    longer = torch.cat([table, table.new_zeros(1, table.shape[1])])
    n = (history != -1).sum(dim=1).clamp(min=1)
    return longer[history].sum(dim=1) / n[:, None] ** 0.5 + constant


@right("two_tower.6", "A loop over users.")
def user_vectors(table, constant, history):
    rows = []
    for mine in history:
        mine = mine[mine >= 0]
        vector = constant.clone()
        if len(mine) > 0:
            vector = vector + table[mine].sum(0) / len(mine) ** 0.5
        rows.append(vector)
    return torch.stack(rows)


@right("two_tower.6", "A sparse-like count matrix times the table, scaled by rsqrt.")
def user_vectors(table, constant, history):
    there = history.ge(0)
    counts = table.new_zeros(len(history), len(table))
    counts = counts.scatter_add(1, history.clamp(min=0).long(), there.to(table.dtype))
    return constant + (counts @ table) * there.sum(1).clamp(min=1).to(table.dtype).rsqrt().unsqueeze(1)
