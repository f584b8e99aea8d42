"""What a sequence model is trained on: stretches of histories, each token with the item that came next."""

from __future__ import annotations

import numpy as np
import torch


def windows(history, length: int, rng) -> np.ndarray:
    """int (W, 3): user, first and last token of each stretch, where token n is a user's n-th item and 0 comes before.

    history: a towers' History. Every item is predicted in exactly one stretch of at most `length` tokens. Where a
    history is longer, the cuts are drawn, so that they fall elsewhere in each epoch.
    """
    count = np.diff(history.start)
    rows = []
    for user in np.flatnonzero(count):
        first_cut = count[user] if count[user] <= length else rng.integers(1, length + 1)
        cuts = np.r_[0, np.arange(first_cut, count[user], length), count[user]]
        rows.append(np.stack([np.full(len(cuts) - 1, user), cuts[:-1], cuts[1:]], axis=1))
    return np.concatenate(rows)


def epoch(history, length: int, batch_size: int, start: int, rng):
    """Yield (token, target), int (B, T) each, over all items once; −1 in target where there is nothing to predict.

    start: the token before a first item. A stretch that begins later begins with the item before it. Stretches of
    about one length go together, so that little is padded; which of them meet, and which batch comes first, is drawn.
    """
    stretch = windows(history, length, rng)
    near = (stretch[:, 2] - stretch[:, 1]) * rng.uniform(0.8, 1.2, len(stretch))
    batches = np.split(stretch[np.argsort(near)], np.arange(batch_size, len(stretch), batch_size))
    for number in rng.permutation(len(batches)):
        user, first, last = batches[number].T
        place = np.arange((last - first).max())
        inside = place < (last - first)[:, None]
        row = np.where(inside, (history.start[user] + first)[:, None] + place, 0)
        target = np.where(inside, history.item[row], -1)
        before = history.item[np.maximum(row - 1, 0)]
        token = np.where(inside & ((first[:, None] + place) > 0), before, start)
        yield torch.as_tensor(token), torch.as_tensor(target)
