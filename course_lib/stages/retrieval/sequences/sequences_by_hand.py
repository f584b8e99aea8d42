"""The two ideas of sequence models small enough to write by hand: who may look at whom, and which beams go on.

What a learner writes is handed in where the functions here take `weights` or `keep`.
"""

from __future__ import annotations

import numpy as np
import torch

from course_lib.contracts import ArgumentError, check_shape


def causal_weights(score) -> np.ndarray:
    """What each token of a history takes from each: softmax over itself and what came before it.

    score: float (T, T), how well token t (row) and token s (column) fit, the oldest first. Returns float (T, T): rows
    sum to 1, and what stands right of the diagonal is 0. Raises ShapeError where score is not square.
    """
    score = np.asarray(score, float)
    check_shape(score=(score, "TT"))
    later = np.triu(np.ones(score.shape, bool), 1)
    masked = np.where(later, -np.inf, score)
    raised = np.exp(masked - masked.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def best_beams(chance, step, width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which beams go on with which code: (beam int (V,), code int (V,), log chance float (V,)), best first.

    chance: float (W,), log chance of each beam so far. step: float (W, S), log chance of each code behind it, −inf
    where no item goes on so. V is width, or fewer where fewer exist; of equals the earlier beam, then the lower code.
    Raises ShapeError where W differs, ArgumentError where width is below 1.
    """
    chance, step = np.asarray(chance, float), np.asarray(step, float)
    check_shape(chance=(chance, "W"), step=(step, "WS"))
    if width < 1:
        raise ArgumentError(f"width is {width}; expected at least 1.")
    total = (chance[:, None] + step).ravel()
    order = np.argsort(-total, kind="stable")[:width]
    order = order[total[order] > -np.inf]
    return order // step.shape[1], order % step.shape[1], total[order]


def attend(vectors, weights=causal_weights) -> np.ndarray:
    """float (T, d): each token's weighted mean of what it may see, where queries, keys and values are the vectors.

    vectors: float (T, d). weights: function of scores, float (T, T), such as causal_weights.
    """
    vectors = np.asarray(vectors, float)
    return weights(vectors @ vectors.T / vectors.shape[1] ** 0.5) @ vectors


@torch.no_grad()
def written_ids(model, user, width: int, keep=best_beams) -> tuple[np.ndarray, np.ndarray]:
    """The items that one user gets, with log chances, best first: beam search with `keep` at each level.

    model: a fitted GenerativeRetriever. user: an id. width: beams. keep: as best_beams.
    Raises UnknownIdError for a user who is not known.
    """
    net = model.net
    state = model.vectors_of([user])                                            # (W, d), one beam at first
    node, chance = np.zeros(1, int), np.zeros(1)
    for level in range(len(net.sizes)):
        step = net.log_chance(level, state, torch.as_tensor(node)).numpy()
        beam, code, chance = keep(chance, step, width)
        node = net.tree.children[level][node[beam], code]
        if level < len(net.written):
            state = net.after(level, state[torch.as_tensor(beam)], torch.as_tensor(code))
    return model.item_vocabulary.ids[net.tree.item[node]], chance
