"""Two towers trained from functions that a learner wrote: a user tower, an item tower and a loss, in one plain loop.

`TwoTower` does the same at scale, and more; here each part is small enough to be read, and to be exchanged.
"""

from __future__ import annotations

import numpy as np
import torch

from course_lib.contracts import as_count, check_shape
from course_lib.stages.retrieval.by_hand import user_vectors
from course_lib.stages.retrieval.losses import in_batch_softmax


def item_vectors(table, weight, features, known, item) -> torch.Tensor:
    """(B, d): what an item's features say together, plus its own row where it has been trained.

    table: float (N, d), a row an item. weight: float (F, d), a row a feature. features: float (N, F). known: bool (N,),
    whether an item has an event in training. item: int (B,).
    """
    check_shape(table=(table, "Nd"), weight=(weight, "Fd"), features=(features, "NF"), known=(known, "N"),
                item=(item, "B"))
    own = table[item] * known[item].unsqueeze(1)
    return own + features[item] @ weight


class HandmadeTowers:
    """Towers of width d from a user tower, an item tower and a loss; score(users) → float (B, N), as any model here.

    user_tower(table, constant, history) and item_tower(table, weight, features, known, item) as in this module and in
    by_hand; loss(query, item) → scalar. features: float (N, F), None for none. log_q: correct for how often an item
    stands in a batch. most: longest history in training, drawn anew of what the user took besides the target.
    """

    def __init__(self, user_tower=user_vectors, item_tower=item_vectors, loss=in_batch_softmax, features=None, *,
                 log_q: bool = False, width: int = 32, epochs: int = 2, learning_rate: float = 0.01,
                 batch_size: int = 512, most: int = 30, seed: int = 0):
        self.user_tower, self.item_tower, self.loss, self.features = user_tower, item_tower, loss, features
        self.width, self.epochs = as_count("width", width, 1), as_count("epochs", epochs, 1)
        self.learning_rate, self.batch_size, self.most, self.seed = learning_rate, batch_size, most, seed
        self.log_q = log_q

    def fit(self, interactions, n_users: int, n_items: int):
        """Learn from interactions: a table with user and item, int from 0. Returns self."""
        generator = torch.Generator().manual_seed(self.seed)
        features = np.zeros((n_items, 1)) if self.features is None else self.features
        self._features = torch.as_tensor(np.asarray(features), dtype=torch.float32)
        self.known = torch.as_tensor(np.bincount(interactions["item"], minlength=n_items) > 0)
        sizes = ((n_items, self.width), (self._features.shape[1], self.width), (self.width,))
        self.table, self.weight, self.constant = (
            torch.nn.Parameter(scale * torch.randn(size, generator=generator))
            for size, scale in zip(sizes, (0.1, 0.02, 0.1), strict=True))
        self.histories = taken_by(interactions, n_users)
        count = np.bincount(interactions["item"], minlength=n_items).clip(min=1)
        self._log_q = torch.as_tensor(np.log(count / count.sum()), dtype=torch.float32)
        self._train(generator)
        return self

    def _train(self, generator):
        optimiser = torch.optim.Adam([self.table, self.weight, self.constant], lr=self.learning_rate)
        for epoch in range(self.epochs):
            history, target = without_the_target(self.histories, self.most, self.seed + epoch)
            order = torch.randperm(len(target), generator=generator)
            for rows in order.split(self.batch_size):
                optimiser.zero_grad()
                query = self.user_tower(self.table, self.constant, history[rows])
                item = self._items(target[rows])
                if self.log_q:
                    query, item = corrected(query, item, self._log_q[target[rows]])
                self.loss(query, item).backward()
                optimiser.step()

    def _items(self, item):
        return self.item_tower(self.table, self.weight, self._features, self.known, item)

    def score(self, users) -> np.ndarray:
        """float32 (B, N), higher is better."""
        with torch.no_grad():
            history = padded([self.histories[user] for user in users])
            query = self.user_tower(self.table, self.constant, history)
            return (query @ self._items(torch.arange(len(self.table))).T).numpy()


def corrected(query, item, log_q):
    """(query (B, d + 1), item (M, d + 1)) whose product is query @ item.T − log_q: one more column carries it.

    query: float (B, d). item: float (M, d). log_q: float (M,), log chance of each item entering the batch, nats.
    """
    one = query.new_ones(len(query), 1)
    return torch.cat([query, one], dim=1), torch.cat([item, -log_q.to(item.dtype).unsqueeze(1)], dim=1)


def taken_by(interactions, n_users: int) -> list[np.ndarray]:
    """What each user took, a list of n_users int arrays, in the order of the rows."""
    order = np.argsort(interactions["user"].to_numpy(), kind="stable")
    user = interactions["user"].to_numpy()[order]
    return np.split(interactions["item"].to_numpy()[order], np.searchsorted(user, np.arange(1, n_users)))


def padded(histories) -> torch.Tensor:
    """int (B, H): histories of different lengths as rows, −1 behind them."""
    longest = max([len(mine) for mine in histories] + [1])
    rows = np.full((len(histories), longest), -1)
    for row, mine in zip(rows, histories, strict=True):
        row[:len(mine)] = mine
    return torch.as_tensor(rows)


def without_the_target(histories, most: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """(history int (E, most), −1 pads; target int (E,)): each event beside up to `most` *others* of its user.

    Were the target left in its own history, a model would learn to copy it.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for mine in histories:
        order = rng.random((len(mine), len(mine)))
        np.fill_diagonal(order, 2.0)                              # the target itself comes last, and is cut off
        chosen = mine[order.argsort(axis=1)[:, :-1][:, :most]] if len(mine) else np.zeros((0, 0), int)
        rows.append(np.pad(chosen, ((0, 0), (0, most - chosen.shape[1])), constant_values=-1))
    return torch.as_tensor(np.concatenate(rows)), torch.as_tensor(np.concatenate(histories))
