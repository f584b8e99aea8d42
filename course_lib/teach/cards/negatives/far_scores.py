"""Cases of lesson {{negatives}} at the ends of what the tasks allow: long batches, tiny temperatures, scores a hair apart."""

import numpy as np
import torch

from course_lib.teach.definitions.card import Case


def _tensor(rng, *shape):
    return torch.as_tensor(rng.normal(size=shape)).float()


def log_q_cases():
    """A batch of 130, a temperature of billionths, an item that is always sampled."""
    rng = np.random.default_rng(71)
    return [Case("130 rows", (_tensor(rng, 130, 120), _tensor(rng, 130, 120) / 9, -3 * torch.as_tensor(rng.random(130)).float(), 0.7)),
            Case("tiny vectors at a tiny temperature", (3e-5 * _tensor(rng, 5, 3), 3e-5 * _tensor(rng, 5, 3), _tensor(rng, 5), 2e-9)),
            Case("an item that is always sampled", (_tensor(rng, 3, 2), _tensor(rng, 3, 2), torch.tensor([0.0, -3.0, -1.0]), 1.0))]


def band_cases():
    """Scores a hair apart, around 0 and around 1; more users, and more items, than a screen holds."""
    rng = np.random.default_rng(73)
    order = np.array([rng.permutation(20) for _ in range(3)])
    few, nobody = rng.random((120, 12)) < 0.2, np.zeros((1, 1_200), bool)
    return [Case("scores of billionths, around 0", (1e-9 * (order - 9), np.zeros((3, 20), bool), 8, 13)),
            Case("scores next to 1", (1 + 1e-9 * order, np.zeros((3, 20), bool), 4, 9)),
            Case("120 users", (np.array([rng.permutation(12) for _ in range(120)]).astype(float), few, 2, 3)),
            Case("ranks 1,001 to 1,040 of 1,200", (rng.permutation(1_200)[None].astype(float), nobody, 1_001, 1_040))]
