"""What happens after fit: later events, people who joined, items that are new; taken in one by one, each once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import torch

from course_lib.contracts import ArgumentError, Vocabulary
from course_lib.stages.retrieval.towers.ids import rows
from course_lib.stages.retrieval.towers.interactions import KEY

OF_USERS, OF_ITEMS = ("user_id.weight",), ("item_id.weight", "taken.weight")


def events_of(later, new_items=None) -> tuple[pd.DataFrame, tuple | None]:
    """(user, item, time) of a table or of a DayLog's clicks; and (ids, features) of new items, None without."""
    if hasattr(later, "impressions"):
        shown, born = later.impressions, later.new_items
        clicks = pd.DataFrame({name: [] for name in KEY}) if shown is None else shown.loc[shown["click"] == 1, KEY]
        return clicks, None if born is None else (born.items.index.to_numpy(), born.content)
    if new_items is None:
        return later, None
    if not isinstance(new_items, pd.DataFrame):
        raise ArgumentError(f"new_items is {type(new_items).__name__}; expected a table of features whose index is the "
                            f"new items' ids.")
    return later, (new_items.index.to_numpy(), new_items)


def fresh_rows(table, past, users: Vocabulary, items: Vocabulary) -> tuple[pd.DataFrame, dict]:
    """The events of `table` that are new and whose item is known, by time: user, item (raw ids), time; and a count of
    what became of all: taken, repeated, unknown_item, newcomers.

    past: user, item, time as rows, by time. An event is the same where user, item and second are the same; only the
    part of the past that is as late as the table is looked through.
    """
    table = table[KEY].astype({"time": float})
    if not len(table):
        return table, {"taken": 0, "repeated": 0, "unknown_item": 0, "newcomers": 0}
    item, user = rows(items, table["item"], strict=False), rows(users, table["user"], strict=False)
    known, once = item >= 0, ~table.duplicated(KEY).to_numpy()
    start = np.searchsorted(past[2], table["time"].min(), "left")
    late = pd.MultiIndex.from_arrays([part[start:] for part in past])
    once &= ~pd.MultiIndex.from_arrays([user, item, table["time"].to_numpy()]).isin(late)
    taken = table[known & once].sort_values("time", kind="stable")
    joined = pd.unique(table.loc[known & once & (user < 0), "user"])
    return taken, {"taken": len(taken), "repeated": int((known & ~once).sum()), "unknown_item": int((~known).sum()),
                   "newcomers": len(joined)}


def grown(vocabulary: Vocabulary, ids) -> Vocabulary:
    """The vocabulary and behind it, in order of appearance, the ids that it does not hold."""
    ids = np.asarray(ids)
    new = pd.unique(ids[rows(vocabulary, ids, strict=False) < 0]) if len(ids) else ids
    return Vocabulary(np.concatenate([vocabulary.ids, new]), vocabulary.kind) if len(new) else vocabulary


@torch.no_grad()
def grow_items(net, content, extra: int) -> None:
    """Give the network rows for `extra` new items: no vector of their own, known by content, float (extra, c) or None,
    and by recency."""
    tables = {id(table): table for table in (net.item_id, net.taken)}
    for table in tables.values():
        more = table.weight.new_zeros(extra, table.weight.shape[1])
        table.weight = torch.nn.Parameter(torch.cat([table.weight, more]))
        table.num_embeddings += extra
    net.known = torch.cat([net.known, net.known.new_zeros(extra, 1)])
    if net.item_content is not None:
        net.item_content = torch.cat([net.item_content, content])


@torch.no_grad()
def copy_rows(net, other, users: tuple, items: tuple) -> int:
    """Warm start: give `net` all that `other` has learnt and both have: rows of shared ids, and parts of equal shape.

    users, items: (rows in net, rows in other), int (S,) each. Returns how many numbers were copied.
    """
    copied, learnt = 0, dict(other.named_parameters())
    for name, mine in net.named_parameters():
        theirs = learnt.get(name)
        if theirs is None or theirs.shape[1:] != mine.shape[1:]:
            continue
        if name in OF_USERS + OF_ITEMS:
            here, there = users if name in OF_USERS else items
            mine[here] = theirs[there]
            copied += mine[here].numel()
        elif theirs.shape == mine.shape:
            mine.copy_(theirs)
            copied += mine.numel()
    here, there = items
    net.known[here] = torch.maximum(net.known[here], other.known[there])
    return copied


def shared(mine: Vocabulary, other: Vocabulary) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the ids that both hold: (in mine, in other)."""
    row = rows(other, mine.ids, strict=False)
    return np.flatnonzero(row >= 0), row[row >= 0]
