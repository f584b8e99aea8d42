"""Hard negatives on a made-up log: a plain factor model, small enough to be trained in a second."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F

PEOPLE, ITEMS, TASTES, WIDTH = 300, 240, 6, 12


def made_up_log(seed: int, took: int = 36, later: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """(taken, later), bool (U, N) each: what people took in the training part, and in the held-out part.

    Each person takes `took` items, drawn by taste and by what all like; `later` of them, at random, are held out.
    """
    rng = np.random.default_rng(seed)
    taste = 1.6 * rng.normal(size=(PEOPLE, TASTES)) @ rng.normal(size=(TASTES, ITEMS)) / np.sqrt(TASTES)
    wanted = taste + rng.normal(0, 0.8, ITEMS) + rng.gumbel(size=(PEOPLE, ITEMS))
    drawn = rng.permuted(np.argsort(-wanted, axis=1)[:, :took], axis=1)
    parts = np.zeros((2, PEOPLE, ITEMS), bool)
    np.put_along_axis(parts[0], drawn[:, later:], True, axis=1)
    np.put_along_axis(parts[1], drawn[:, :later], True, axis=1)
    return parts[0], parts[1]


def held_out_lists(later) -> list[np.ndarray]:
    """The held-out items of each person, int arrays. later: bool (U, N)."""
    return [np.flatnonzero(row) for row in later]


def train(taken, later, excluded, low: int, high: int, epochs: int = 6, seed: int = 0) -> np.ndarray:
    """Scores, float (U, N), after training with in-batch negatives, corrected, and hard ones of ranks low … high.

    taken, later: bool (U, N). excluded(own, taken, later) -> bool (B, N): what may be no hard negative of a row; it
    gets numpy arrays of its own. Ranks count what is left, from 1.
    """
    draw = torch.Generator().manual_seed(seed)
    user, item = (torch.as_tensor(ids) for ids in np.nonzero(taken))
    counts = np.maximum(taken.sum(axis=0), 0.5)
    log_q = torch.as_tensor(np.log(counts / counts.sum()), dtype=torch.float32)
    people, items = (torch.nn.Parameter(0.1 * torch.randn(n, WIDTH, generator=draw)) for n in taken.shape)
    optimiser = torch.optim.Adam([people, items], lr=0.05)
    for _ in range(epochs):
        for rows in torch.randperm(len(user), generator=draw).split(512):
            query, own = people[user[rows]], item[rows]
            logits = query @ items[own].T - log_q[own]
            loss = F.cross_entropy(logits, torch.arange(len(rows)))
            scores = query @ items.T
            out = _excluded(excluded, own, user[rows], taken, later)
            loss = loss + _against_hard(scores, own, out, low, high)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return (people @ items.T).detach().numpy()


def _excluded(excluded, own, user, taken, later) -> torch.Tensor:
    own_item = F.one_hot(own, taken.shape[1]).bool().numpy()
    answer = np.asarray(excluded(own_item, taken[user], later[user]), bool)
    return torch.as_tensor(np.broadcast_to(answer, own_item.shape).copy())


def _against_hard(scores, own, out, low, high) -> torch.Tensor:
    """Cross-entropy of the own item against the items of ranks low … high among those that may be drawn."""
    picked = scores.detach().masked_fill(out, -torch.inf).topk(high, dim=1).indices[:, low - 1:]
    logits = torch.cat([scores.gather(1, own[:, None]), scores.gather(1, picked)], dim=1)
    return F.cross_entropy(logits, torch.zeros(len(own), dtype=torch.long))
