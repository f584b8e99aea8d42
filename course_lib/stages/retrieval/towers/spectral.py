"""A start that knows something: the towers as the main directions of who took what, before any training.

The user–item matrix, users weighed down by the length of their history and items by their popularity, is cut to its
d − 1 largest singular directions: the closest thing to an item-to-item model that vectors of this width can hold. One
more number carries popularity. Where baskets say much (a shop) it is worth many epochs; where taste is spread over few
broad directions (films) it is not, so it is one of the candidates that the validation part chooses among.
"""

from __future__ import annotations

import itertools

import numpy as np
import scipy.sparse as sp
import torch

USER_POWER, ITEM_POWER = 0.5, 0.25
SCALES, SHARES = (4.0, 8.0, 16.0, 32.0, 64.0), (0.0, 0.3, 0.6)
POPULARITY = 0.3  # size of the number that carries popularity, beside entries of about that size


def directions(matrix: sp.csr_matrix, width: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """float32 (N, width) twice: what an item adds to a user, and where it is offered; their product ranks items.

    matrix: float (U, N), sparse; fewer than `width` directions are followed by columns of 0. Source: Halko et al. 2011,
    doi:10.1137/090771806, as scikit-learn has it; weights after Paudel et al. 2017 (RP3beta), doi:10.1145/2955101.
    """
    from sklearn.utils.extmath import randomized_svd

    of_user, of_item = (np.maximum(np.asarray(matrix.sum(axis)).ravel(), 1) for axis in (1, 0))
    weighed = sp.diags_array(of_user ** -USER_POWER) @ matrix @ sp.diags_array(of_item ** -ITEM_POWER)
    weighed = sp.csr_array(weighed, dtype=np.float32)
    _, _, found = randomized_svd(weighed, min(width, *matrix.shape), n_oversamples=16, n_iter=4,
                                 power_iteration_normalizer="LU", random_state=seed)
    main = np.zeros((matrix.shape[1], width), np.float32)
    main[:, :len(found)] = found.T
    weight = (of_item ** ITEM_POWER)[:, None]
    return (main / weight).astype(np.float32), (main * weight).astype(np.float32)


@torch.no_grad()
def start_from(task, history, batch, n_users: int, seed: int) -> None:
    """Put the directions into the network of `task`, at the scale and share of popularity of least loss on `batch`.

    For a network that has vectors for "taken" and "offered" apart. Content starts at 0 and learns what is left. Changes
    nothing but weights.
    """
    net = task.net
    n_items, width = net.item_id.weight.shape
    ones = np.ones(len(history), np.float32)
    matrix = sp.csr_matrix((ones, (history.user, history.item)), shape=(n_users, n_items))
    taken, offered = (torch.as_tensor(part) for part in directions(matrix, width - 1, seed))
    balance = (offered.norm() / taken.norm().clamp(min=1e-9)).sqrt()
    counts = np.bincount(history.item, minlength=n_items)
    popular = torch.log(torch.as_tensor(np.maximum(counts, 0.5))).float()
    net.constant.zero_()
    net.item_id.weight[:, -1], net.taken.weight[:, -1] = POPULARITY * (popular - popular.mean()), 0.0
    if net.content is not None:
        net.content.weight.weight.zero_()
    net.eval()

    def put(scale: float, share: float) -> float:
        net.taken.weight[:, :-1] = taken * balance * scale**0.5
        net.item_id.weight[:, :-1] = offered / balance * scale**0.5
        net.constant[-1] = share / POPULARITY
        return float(task.loss_of(batch))

    put(*min(itertools.product(SCALES, SHARES), key=lambda pair: put(*pair)))
    net.train()
