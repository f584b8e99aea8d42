"""Where training on a batch's own items comes to rest: scores that are free, trained until they hardly move."""

from __future__ import annotations

import numpy as np
import torch


def made_up_chances(n_users: int = 30, n_items: int = 40, seed: int = 0) -> np.ndarray:
    """p(i | u), float (U, N), rows that sum to 1: users have tastes of their own, and some items are liked by all."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(0, 1, (n_users, n_items)) + rng.normal(0, 1, n_items)
    weight = np.exp(scores)
    return weight / weight.sum(axis=1, keepdims=True)


def train_a_table(chance, loss, steps: int = 400, rows: int = 512, seed: int = 0) -> np.ndarray:
    """Scores s(u, i), float (U, N), one free number for each pair, after training with `loss` on drawn batches.

    chance: float (U, N), p(i | u); users are equally frequent. loss(query, item, log_q) -> scalar of float (B, N),
    (B, N), (B,): the dot product of a row of query and one of item is s(u, i). Each row comes back with mean 0 by its
    own chances, since a softmax leaves a constant for each user open.
    """
    rng = np.random.default_rng(seed)
    n_users, n_items = chance.shape
    log_q = torch.as_tensor(np.log(chance.mean(axis=0)), dtype=torch.float32)
    above = chance.cumsum(axis=1)
    table, one_hot = torch.nn.Parameter(torch.zeros(n_users, n_items)), torch.eye(n_items)
    optimiser = torch.optim.Adam([table], lr=0.1)
    slower = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for _ in range(steps):
        user = rng.integers(n_users, size=rows)
        item = np.minimum((rng.random((rows, 1)) > above[user]).sum(axis=1), n_items - 1)
        optimiser.zero_grad()
        loss(table[user], one_hot[item], log_q[item]).backward()
        optimiser.step()
        slower.step()
    scores = table.detach().numpy().astype(float)
    return scores - (chance * scores).sum(axis=1, keepdims=True)
