"""Solutions of lesson 03, written blind: from the notebook's text alone."""

import torch
import torch.nn.functional as F
from blind_book import right, wrong


@wrong("two_tower.6", "Divides by the number of items, not by its square root.")
def user_vectors(table, constant, history):
    real = (history >= 0).unsqueeze(-1)
    n = real.sum(1).clamp(min=1)
    return (table[history.clamp(min=0)] * real).sum(1) / n + constant


@wrong("two_tower.6", "−1 reads the last row of the table, and pads are added like items.")
def user_vectors(table, constant, history):
    n = (history >= 0).sum(1, keepdim=True).clamp(min=1)
    return table[history].sum(1) / n.sqrt() + constant


@wrong("two_tower.6", "Divides by the root of the padded length.")
def user_vectors(table, constant, history):
    real = (history >= 0).unsqueeze(-1)
    return (table[history.clamp(min=0)] * real).sum(1) / history.shape[1]**0.5 + constant


@wrong("two_tower.6", "An empty history is 0 divided by 0: NaN instead of the constant.")
def user_vectors(table, constant, history):
    real = (history >= 0).unsqueeze(-1)
    return (table[history.clamp(min=0)] * real).sum(1) / real.sum(1).sqrt() + constant


@wrong("two_tower.6", "An item that stands twice is counted once.")
def user_vectors(table, constant, history):
    counts = torch.zeros(len(history), len(table) + 1, dtype=table.dtype).scatter_(1, history + 1, 1.0)[:, 1:]
    n = counts.sum(1, keepdim=True).clamp(min=1)
    return counts @ table / n.sqrt() + constant


@wrong("two_tower.6", "Adds an item that stands twice twice, but divides by the number of different items.")
def user_vectors(table, constant, history):
    out = []
    for row in history:
        mine = row[row >= 0]
        out.append(table[mine].sum(0) / max(len(mine.unique()), 1)**0.5 + constant)
    return torch.stack(out)


@wrong("two_tower.6", "The constant is given to users without history only.")
def user_vectors(table, constant, history):
    real = (history >= 0).unsqueeze(-1)
    n = real.sum(1)
    own = (table[history.clamp(min=0)] * real).sum(1) / n.clamp(min=1).sqrt()
    return torch.where(n > 0, own, constant)


@wrong("two_tower.6", "The constant is divided by the root as well.")
def user_vectors(table, constant, history):
    real = (history >= 0).unsqueeze(-1)
    n = real.sum(1).clamp(min=1)
    return ((table[history.clamp(min=0)] * real).sum(1) + constant) / n.sqrt()


@wrong("two_tower.6", "Item 0 is taken for a pad.")
def user_vectors(table, constant, history):
    real = (history > 0).unsqueeze(-1)
    n = real.sum(1).clamp(min=1)
    return (table[history.clamp(min=0)] * real).sum(1) / n.sqrt() + constant


@wrong("two_tower.6", "Pads are clamped to item 0 and not masked, so each adds that item's vector.")
def user_vectors(table, constant, history):
    n = (history >= 0).sum(1, keepdim=True).clamp(min=1)
    return table[history.clamp(min=0)].sum(1) / n.sqrt() + constant


@wrong("two_tower.6", "One is added to the number of items under the root.")
def user_vectors(table, constant, history):
    real = (history >= 0).unsqueeze(-1)
    return (table[history.clamp(min=0)] * real).sum(1) / (real.sum(1) + 1).sqrt() + constant


@wrong("two_tower.6", "The sum is brought to length 1.")
def user_vectors(table, constant, history):
    real = (history >= 0).unsqueeze(-1)
    return F.normalize((table[history.clamp(min=0)] * real).sum(1), dim=1) + constant


@right("two_tower.6", "A row of zeros behind the table, which −1 then reads.")
def user_vectors(table, constant, history):
    longer = torch.cat([table, table.new_zeros(1, table.shape[1])])
    n = history.ge(0).sum(1, keepdim=True).clamp(min=1).to(table.dtype)
    return longer[history.long()].sum(1) * n.rsqrt() + constant


@right("two_tower.6", "A matrix of counts of each item, times the table.")
def user_vectors(table, constant, history):
    counts = (history[:, :, None] == torch.arange(len(table))).sum(1).to(table.dtype)
    n = counts.sum(1, keepdim=True)
    return (counts @ table) / torch.where(n > 0, n, torch.ones_like(n)).sqrt() + constant


@right("two_tower.6", "User by user in a loop.")
def user_vectors(table, constant, history):
    rows = []
    for row in history.tolist():
        mine = [i for i in row if i != -1]
        rows.append(constant + sum((table[i] for i in mine), torch.zeros_like(constant)) / max(1, len(mine))**0.5)
    return torch.stack(rows)


@right("two_tower.6", "embedding_bag over the flat list of real items, a weight for each.")
def user_vectors(table, constant, history):
    real = history >= 0
    n = real.sum(1)
    offsets = torch.cumsum(n, 0) - n
    summed = F.embedding_bag(history[real].long(), table, offsets, mode="sum")
    return summed / n.clamp(min=1).sqrt()[:, None] + constant
