"""Cases of lesson {{two_tower}} at the ends of what the tasks allow: long batches and lists, large tables, tiny features."""

import numpy as np
import torch

from course_lib.teach.definitions.card import Case


def _tensor(rng, *shape):
    return torch.as_tensor(rng.normal(size=shape)).float()


def _whole(rng, *shape):
    """Small whole numbers, whose sums are the same in every order."""
    return torch.as_tensor(rng.integers(-3, 4, shape)).float()


def batch_cases():
    """A batch of 130 rows."""
    rng = np.random.default_rng(53)
    return [Case("130 rows", (_tensor(rng, 130, 120), _tensor(rng, 130, 120) / 9))]


def recall_cases():
    """Long lists, many users, ids that differ by 65,536 and by 1,000."""
    rng = np.random.default_rng(59)
    top = np.array([rng.permutation(1100) for _ in range(2)])
    return [Case("the first 1,001 of 1,100", (top, [rng.permutation(1100)[:1050], np.array([top[1, 3]])], 1001)),
            Case("the first 200 of 1,100", (top, [rng.permutation(1100)[:300], np.r_[top[1, 150], 5000 + np.arange(299)]], 200)),
            Case("130 users", (np.array([rng.permutation(9)[:4] for _ in range(130)]), [rng.permutation(9)[:3] for _ in range(130)], 4)),
            Case("ids far apart", (np.array([[4_465, 7], [1, 2]]), [np.array([70_001, 9]), np.array([1_001, 3])], 2))]


def history_cases():
    """A table of 1,300 items, 120 users, and vectors of 120 numbers."""
    rng = np.random.default_rng(61)
    history = torch.as_tensor(rng.choice([-1, 0, 7, 263, 300, 1_007, 1_299], (120, 3)))
    return [Case("1,300 items, 120 users", (_tensor(rng, 1_300, 1), _tensor(rng, 1), history)),
            Case("vectors of 120 numbers", (_tensor(rng, 3, 120), _tensor(rng, 120), torch.tensor([[0, 2], [1, -1]])))]


def item_cases():
    """A table of 1,300 items, a batch of 120, 120 features, and tiny features beside large weights."""
    rng = np.random.default_rng(67)
    asked = torch.as_tensor(rng.choice([0, 7, 263, 300, 1_007, 1_299], 120))
    tiny = torch.tensor([[3e-9, 8e-9], [5e-9, 0.0], [8e-9, 2e-9]])
    return [Case("1,300 items, a batch of 120", (_tensor(rng, 1_300, 1), _tensor(rng, 1, 1), _tensor(rng, 1_300, 1),
                                                 torch.as_tensor(np.arange(1_300) % 3 > 0), asked)),
            Case("120 features", (_whole(rng, 2, 120), _whole(rng, 120, 120), _whole(rng, 2, 120), torch.tensor([True, False]),
                                  torch.tensor([1, 0]))),
            Case("tiny features, large weights", (torch.zeros(3, 2), 2e8 * torch.tensor([[1.0, 2.0], [3.0, -1.0]]), tiny,
                                                  torch.tensor([True, True, True]), torch.tensor([0, 1, 2])))]
