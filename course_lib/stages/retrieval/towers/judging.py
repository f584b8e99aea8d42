"""Recall on a validation part, at a price that is stated: some users, the catalogue embedded once."""

from __future__ import annotations

import numpy as np
import torch

from course_lib.contracts import DataError
from course_lib.stages.retrieval.towers.ids import rows
from course_lib.stages.retrieval.towers.processes import share

PAIRS = 2e8  # users × items that one check scores: a few seconds of one core at 256 dimensions
USERS = 512  # scored at a time


class ValidationBatches(torch.utils.data.Dataset):
    """Users with something in valid and something in train: what recall@20 needs, 512 users at a time.

    Where users × items exceed PAIRS, as many users as fit are drawn with `seed` (1,000 at least), the same at every
    check. users: int (U,), those judged, as rows. Raises DataError where there is none.
    """

    def __init__(self, model, valid, seed: int = 0):
        user = rows(model.user_vocabulary, valid["user"], strict=False)  # −1: first seen after training
        item = rows(model.item_vocabulary, valid["item"], strict=False)
        judged = (user >= 0) & (item >= 0) & (np.diff(model.history.start)[user] > 0)
        if not judged.any():
            raise DataError("No event of valid has a user with history in train and a known item; nothing to stop on. "
                            "Pass a valid part of the same users, or none.")
        users = np.unique(user[judged])
        most = max(1000, int(PAIRS / model.n_items))
        if len(users) > most:
            users = np.sort(np.random.default_rng(seed).choice(users, most, replace=False))
        judged &= np.isin(user, users)
        pairs = np.unique(np.stack([user[judged], item[judged]]), axis=1)
        self.model, self.users, self.item = model, users, pairs[1]
        self.start = np.searchsorted(pairs[0], np.r_[users, users[-1] + 1])
        self.parts = np.array_split(np.arange(len(users)), -(-len(users) // min(USERS, most)))

    def __len__(self) -> int:
        return len(self.parts)

    def __getitem__(self, number):
        place, history = share(self.parts[number]), self.model.history
        users = self.users[place]
        row, item = _pairs(self.start[place], self.start[place + 1], self.item)
        seen_row, seen_item = _pairs(history.start[users], history.start[users + 1], history.item)
        named = {"relevant_row": row, "relevant_item": item, "seen_row": seen_row, "seen_item": seen_item}
        return history.of(users) | {name: torch.as_tensor(value) for name, value in named.items()}


def recall_of(score, batch, k: int = 20) -> torch.Tensor:
    """float (B,): recall@k of score, float (B, N), over min(k, number relevant). Items seen in train are masked, in
    place. batch: one of ValidationBatches."""
    score[batch["seen_row"], batch["seen_item"]] = -torch.inf
    k = min(k, score.shape[1])
    top = score.topk(k, dim=1).indices
    row = batch["relevant_row"]
    hit = (top[row] == batch["relevant_item"][:, None]).any(1)
    none = torch.zeros(len(score))
    found, size = none.index_add(0, row, hit.float()), none.index_add(0, row, torch.ones(len(hit)))
    return found / size.clamp(min=1, max=k)


def _pairs(start, stop, item):
    """(row, item), int (P,) each: what stands between start and stop of each row."""
    length = stop - start
    row = np.repeat(np.arange(len(start)), length)
    before = np.cumsum(length) - length
    return row, item[np.arange(length.sum()) - np.repeat(before - start, length)]
