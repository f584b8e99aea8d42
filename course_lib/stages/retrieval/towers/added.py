"""Recency added to the scores: one number an item, its weight chosen on a validation part; no training.

score + weight · log(1 + recent) − fade · log(1 + all): what was taken lately goes up, what was taken long ago down. It
stands in the vectors as one more column (users: 1), so that an index finds what the sum would.
"""

from __future__ import annotations

import itertools

import numpy as np
import torch

from course_lib.stages.retrieval.towers.judging import ValidationBatches, recall_of

WEIGHTS, FADES = (0.1, 0.3, 0.6, 1.0, 1.7), (0.0, 0.15, 0.3, 0.6)


def column(counts, all_time, choice) -> np.ndarray:
    """float32 (N,): what `choice` (half-life's number, weight, fade) adds to each item's score.

    counts: float (N, H), decayed counts now. all_time: float (N,), events ever.
    """
    half_life, weight, fade = choice
    recent = weight * np.log1p(counts[:, half_life]) if weight else 0.0
    return (recent - fade * np.log1p(all_time)).astype(np.float32)


def choices(n_half_lives: int) -> list[tuple | None]:
    """What to try: nothing; fades alone; and, with half-lives, every weight and fade at each but the shortest."""
    alone = [(0, 0.0, fade) for fade in FADES[1:]]
    return [None, *alone, *itertools.product(range(1, n_half_lives), WEIGHTS, FADES)]


@torch.no_grad()
def choose_added(model, valid, counts, seed: int = 0) -> tuple[tuple | None, dict]:
    """The choice of the best recall@20 on valid, None where nothing added is best; and the recall of every choice.

    counts: float (N, H), decayed counts as of the end of train; (N, 0) where recency is not to be tried.
    """
    grid = choices(counts.shape[1])
    bonus = [torch.zeros(1) if c is None else torch.as_tensor(column(counts, model.all_time, c)) for c in grid]
    batches, found = ValidationBatches(model, valid, seed), [[] for _ in grid]
    items = torch.as_tensor(model.plain_items())
    for batch in (batches[number] for number in range(len(batches))):
        score = model.net.embed_user(batch["user"], batch["history"], batch["offset"], batch["length"]) @ items.T
        for values, extra in zip(found, bonus, strict=True):
            values.append(recall_of(score + extra, batch))
    recall = {choice: float(torch.cat(values).mean()) for choice, values in zip(grid, found, strict=True)}
    return max(recall, key=recall.get), recall
