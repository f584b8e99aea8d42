"""What the towers are fed: histories, and batches whose negatives share one moment."""

from __future__ import annotations

import numpy as np
import pandas as pd
import torch
from torch.utils.data import IterableDataset

from course_lib.contracts import DataError
from course_lib.stages.retrieval.negatives import mixed_log_q


class History:
    """Each user's distinct items in the order of their time, in one line: user u's are item[start[u]:start[u + 1]]."""

    def __init__(self, user, item, time, n_users: int, limit: int = 500):
        order = np.lexsort((time, user))
        user, item, time = np.asarray(user)[order], np.asarray(item)[order], np.asarray(time)[order]
        first = ~pd.DataFrame({"u": user, "i": item}).duplicated().to_numpy()
        self.user, self.item, self.time = user[first].astype(np.int64), item[first].astype(np.int64), time[first]
        self.start = np.searchsorted(self.user, np.arange(n_users + 1))
        self.limit = limit

    def __len__(self) -> int:
        return len(self.item)

    def of(self, users, extra=None) -> dict[str, torch.Tensor]:
        """The latest `limit` items of each user, int (B,), −1 for a stranger. extra: int (B, H) more, −1 pads."""
        known = users >= 0
        stop = np.where(known, self.start[np.where(known, users, 0) + 1], 0)
        start = np.maximum(np.where(known, self.start[np.where(known, users, 0)], 0), stop - self.limit)
        rows, length = _ranges(start, stop)
        items = self.item[rows]
        if extra is not None and extra.size:
            owner = np.r_[np.repeat(np.arange(len(users)), length), np.nonzero(extra >= 0)[0]]
            items, order = np.r_[items, extra[extra >= 0]], np.argsort(owner, kind="stable")
            items, length = items[order], np.bincount(owner, minlength=len(users))
        return _ragged(users, items, length)

    def taken_among(self, users, items) -> torch.Tensor:
        """bool (B, M): whether each user, int (B,), has taken each item, int (M,), at any time of this history.

        Costs the users' histories, not the catalogue."""
        distinct, row = np.unique(users, return_inverse=True)
        asked, column = np.unique(items, return_inverse=True)
        rows, length = _ranges(self.start[distinct], self.start[distinct + 1])
        taken = self.item[rows]
        place = np.searchsorted(asked, taken)
        found = asked[np.minimum(place, len(asked) - 1)] == taken
        table = np.zeros((len(distinct), len(asked)), bool)
        table[np.repeat(np.arange(len(distinct)), length)[found], place[found]] = True
        return torch.as_tensor(table[row][:, column])

    def around(self, events, causal: bool) -> dict[str, torch.Tensor]:
        """For each event (a row of this history): the user's items before it, or if not causal all but it."""
        user = self.user[events]
        if causal:
            rows, length = _ranges(np.maximum(self.start[user], events - self.limit), events)
            return _ragged(user, self.item[rows], length)
        distinct, row = np.unique(user, return_inverse=True)  # one sum a user, not one a row
        length = np.diff(self.start)[distinct]
        rows, _ = _ranges(self.start[distinct], self.start[distinct + 1])
        return _ragged(distinct, self.item[rows], length) | {
            "user": torch.as_tensor(user), "row": torch.as_tensor(row), "minus": torch.as_tensor(self.item[events]),
            "length": torch.as_tensor((length[row] - 1).astype(np.float32))}


def _ranges(start, stop):
    length = np.asarray(stop - start)
    before = np.cumsum(length) - length
    return np.repeat(start - before, length) + np.arange(length.sum()), length


def _ragged(user, items, length) -> dict[str, torch.Tensor]:
    offset = np.cumsum(length) - length
    return {"user": torch.as_tensor(np.asarray(user, np.int64)), "history": torch.as_tensor(items.astype(np.int64)),
            "offset": torch.as_tensor(offset.astype(np.int64)), "length": torch.as_tensor(length.astype(np.float32))}


class Batches(IterableDataset):
    """Training batches, shuffled anew each epoch; with a clock, the events of one batch come from one stretch of time.

    Then all items of a batch are seen as of one moment, and log q is that stretch's own: an item's chance to be
    drawn changes as fast as its popularity does. horizon_s: features are aged by up to this, as they are when served.
    mask_history: say of each row which items of the batch its user has taken, bool (B, M) `taken`. A batch costs what
    is in it: no pass over the events or the catalogue.
    """

    def __init__(self, history: History, n_items: int, batch_size: int, n_uniform: int, seed: int, *, causal=False,
                 clock=None, horizon_s: float = 0.0, log_q=True, every_item=False, mask_history=False,
                 skip_until=-np.inf):
        self.history, self.n_items, self.batch_size, self.n_uniform = history, n_items, batch_size, n_uniform
        self.causal, self.clock, self.horizon_s, self.log_q = causal, clock, horizon_s, log_q
        self.every_item, self.mask_history = every_item, mask_history
        self.seed, self.epoch = seed, 0
        self.events = np.flatnonzero(history.time >= skip_until)
        if len(self.events) < 2:
            raise DataError(f"{len(self.events)} events to train on; expected at least 2 (user, item, time).")
        self.stretch = np.zeros(len(history), int) if clock is None else clock.edge_before(history.time)
        self.plain = np.bincount(history.item, minlength=n_items)
        order = np.lexsort((history.item, self.stretch))  # each stretch's items, sorted: counts by two searches
        self.drawn = history.item[order]
        self.drawn_at = np.searchsorted(self.stretch[order], np.arange(self.stretch.max() + 2))

    def __len__(self) -> int:
        return max(1, len(self._cut(np.sort(self.stretch[self.events]))) // self._world()[1])

    def __iter__(self):
        rank, world = self._world()
        shuffle = np.random.default_rng([self.seed, self.epoch])  # the same in every process
        self.rng, self.epoch = np.random.default_rng([self.seed, self.epoch, rank]), self.epoch + 1
        order = shuffle.permutation(self.events)
        order = order[np.argsort(self.stretch[order], kind="stable")]
        batches = self._cut(self.stretch[order])
        turn = shuffle.permutation(len(batches))[: len(self) * world]
        for number in turn[rank::world]:
            yield self._batch(order[batches[number]])

    def _cut(self, stretch) -> list[np.ndarray]:
        """Rows of an order by stretch, cut into batches that do not cross from one stretch to the next."""
        parts = np.split(np.arange(len(stretch)), np.flatnonzero(np.diff(stretch)) + 1)
        return [part for p in parts for part in np.array_split(p, -(-len(p) // self.batch_size)) if len(part) > 1]

    def _batch(self, events) -> dict[str, torch.Tensor]:
        own = self.history.item[events]
        if self.every_item:
            item = np.arange(self.n_items)
        else:
            item = np.r_[own, self.rng.integers(0, self.n_items, self.n_uniform and max(self.n_uniform, len(own)))]
        batch = self.history.around(events, self.causal) | {"item": torch.as_tensor(item),
                                                            "target": torch.as_tensor(own)}
        if self.log_q:
            batch["log_q"] = torch.as_tensor(self._log_q(events, item).astype(np.float32))
        if self.mask_history:
            taken = self.history.taken_among(self.history.user[events], item)
            own_place = torch.arange(len(own))
            taken[own_place, own_place] = False
            batch["taken"] = taken
        if self.clock is not None:
            aged = self.clock.edges[self.stretch[events[0]]] - self.rng.uniform(0, self.horizon_s)
            moment = max(aged, self.clock.edges[0])
            batch["recency"] = torch.as_tensor(self.clock.features(moment, item))
        return batch

    def _log_q(self, events, item) -> np.ndarray:
        """float (M,): log of the chance that a row of this batch brings each item."""
        n_uniform, counts, total = len(item) - len(events), self.plain[item], len(self.history)
        if self.clock is not None:
            stretch = self.stretch[events[0]]
            here = self.drawn[self.drawn_at[stretch]:self.drawn_at[stretch + 1]]
            counts, total = np.searchsorted(here, item, "right") - np.searchsorted(here, item, "left"), len(here)
        p = np.maximum(counts, 0.5) / total if not n_uniform else counts / total
        return mixed_log_q(np.minimum(p, 1), len(events), max(0, n_uniform), self.n_items)

    @staticmethod
    def _world() -> tuple[int, int]:
        if torch.distributed.is_available() and torch.distributed.is_initialized():
            return torch.distributed.get_rank(), torch.distributed.get_world_size()
        return 0, 1
