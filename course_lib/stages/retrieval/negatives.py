"""Where negatives come from, and what each source owes to popularity.

A negative drawn in proportion to popularity punishes popular items; log q, the log of how often an item is drawn,
takes the punishment back. These functions say what log q is for each way of drawing.
"""

from __future__ import annotations

import numpy as np

from course_lib.contracts import (
    ArgumentError,
    ShapeError,
    as_count,
    as_ids,
    as_numbers,
    check_labels,
    check_shape,
)


def log_q_from_counts(counts) -> np.ndarray:
    """Log chance that one row of a batch brings each item: log of its share of the training events.

    counts: float (N,), training events an item, at least 0. Returns float64 (N,): exp of it sums to 1; an item that
    was never counted gets the value of half an event, since log 0 would make it win every softmax.
    Raises ArgumentError if a count is negative or all are 0.

    Source: Yi et al. 2019, doi:10.1145/3298689.3346996.
    """
    counts = as_numbers("counts", counts)
    if counts.ndim != 1 or not (counts >= 0).all() or counts.sum() == 0:
        raise ArgumentError(f"counts has shape {counts.shape}, least {counts.min(initial=0):g}, sum {counts.sum():g}; "
                            f"expected (N,), none below 0, some above.")
    smoothed = np.where(counts > 0, counts, 0.5)
    return np.log(smoothed / counts.sum())


class StreamingFrequency:
    """How often each item appears in a batch, learnt from the stream alone by the gap between its appearances.

    n_items: N (ids hash into as many slots; here one each). alpha: weight of the newest gap, in (0, 1).
    start: gap in batches assumed before the first appearance.

    Source: Yi et al. 2019, algorithm 2: A is the last step seen, B ← (1 − alpha)·B + alpha·(t − A), p̂ = 1/B.
    Departs: one slot an item instead of several hash arrays.
    """

    def __init__(self, n_items: int, alpha: float = 0.05, start: float = 100.0):
        if not 0 < alpha < 1 or not 1 <= start < np.inf:
            raise ArgumentError(f"alpha is {alpha}, start {start}; expected 0 < alpha < 1 and start of at least 1.")
        self.alpha = alpha
        self.last_step = np.zeros(as_count("n_items", n_items, 1), np.int64)
        self.gap = np.full(n_items, float(start))
        self.step = 0

    def update(self, item_id) -> np.ndarray:
        """Take one batch, int (B,), and return log p̂ of its rows, float64 (B,), as known after it.

        Raises UnknownIdError for an item outside N, ArgumentError for ids that are none."""
        seen = np.unique(as_ids("item_id", item_id, len(self.gap)))
        self.step += 1
        self.gap[seen] = streaming_gap(self.gap[seen], self.last_step[seen], self.step, self.alpha)
        self.last_step[seen] = self.step
        return self.log_q(item_id)

    def log_q(self, item_id) -> np.ndarray:
        """log p̂ = −log B of each id, float64: log of the share of batches that hold the item, at most 0."""
        return -np.log(self.gap[as_ids("item_id", item_id, len(self.gap))])


def streaming_gap(gap, last_step, step: int, alpha: float) -> np.ndarray:
    """New estimate of the gap between appearances: (1 − alpha)·gap + alpha·(step − last_step).

    gap: float (n,), old estimate in batches. last_step: int (n,). Returns float (n,); a steady gap is a fixed point.
    """
    return (1 - alpha) * np.asarray(gap) + alpha * (step - np.asarray(last_step))


def mixed_log_q(p, n_batch: int, n_uniform: int, n_items: int) -> np.ndarray:
    """Log of the expected share of an item among n_batch in-batch rows and n_uniform rows drawn from the catalogue.

    p: float (...,), chance that one in-batch row brings the item. Returns log((B·p + B'/N) / (B + B')): log p without
    uniform rows, −log N without in-batch rows.
    Raises ArgumentError where no row is drawn, n_items is below 1 or p is outside [0, 1].

    Source: Yang et al. 2020, doi:10.1145/3366424.3386195.
    """
    p = as_numbers("p", p)
    as_count("n_items", n_items, 1)
    if n_batch + n_uniform < 1 or min(n_batch, n_uniform) < 0:
        raise ArgumentError(f"n_batch is {n_batch}, n_uniform {n_uniform}; expected none below 0 and one above.")
    if p.size and not (p.min() >= 0 and p.max() <= 1):
        raise ArgumentError(f"p runs from {p.min():g} to {p.max():g}; expected chances in [0, 1], not logs or counts.")
    with np.errstate(divide="ignore"):
        return np.log((n_batch * p + n_uniform / n_items) / (n_batch + n_uniform))


def hard_band(scores, positive, low: int, high: int, n: int, rng) -> np.ndarray:
    """Hard negatives: n items a row, drawn without repeats from the ranks low … high of the row's own scores.

    scores: float (B, N). positive: bool (B, N), never drawn and not counted in the ranks. Ranks start at 1, and both
    ends belong to the band. Returns int64 (B, n).
    Raises ArgumentError where a row has fewer than `high` items that are not positive, the band has fewer than n, or a
    score is NaN. Equal scores rank by id.

    Source: Huang et al. 2020 (Facebook EBR), arXiv:2006.11632: ranks 101–500 served better than the very top.
    """
    scores, positive = as_numbers("scores", scores), check_labels("positive", positive) == 1
    size = check_shape(scores=(scores, "BN"), positive=(positive, "BN"))
    if not 1 <= low <= high or high - low + 1 < n:
        raise ArgumentError(f"band is ranks {low} to {high} for {n} draws; expected 1 ≤ low ≤ high, n wide or more.")
    free = size["N"] - positive.sum(1).max(initial=0)
    if high > free:
        raise ArgumentError(f"band ends at rank {high}, but a row has {free} that are not positive. Lower `high`.")
    masked = np.where(positive, -np.inf, scores)
    order = np.argsort(-masked, axis=1, kind="stable")[:, low - 1: high]
    pick = np.argsort(rng.random(order.shape), axis=1)[:, :n]
    return np.take_along_axis(order, pick, axis=1)


def false_negatives(user_id, item_id, known_user, known_item) -> np.ndarray:
    """bool (B, M): which in-batch negatives are items that the row's user has in fact taken. The diagonal is False.

    user_id: int (B,). item_id: int (M,), M ≥ B. known_user, known_item: int (E,), all pairs known to be positive.
    Raises ShapeError if known_user and known_item differ in length, or M < B; ArgumentError for ids that are none.
    """
    user_id, item_id = as_ids("user_id", user_id), as_ids("item_id", item_id)
    known_user, known_item = as_ids("known_user", known_user), as_ids("known_item", known_item)
    if known_user.shape != known_item.shape or len(item_id) < len(user_id):
        raise ShapeError(f"known_user {known_user.shape}, known_item {known_item.shape}, user_id {user_id.shape}, "
                         f"item_id {item_id.shape}; expected pairs of one length and at least as many items as users.")
    base = max(int(item_id.max(initial=0)), int(known_item.max(initial=0))) + 1
    if max(int(user_id.max(initial=0)), int(known_user.max(initial=0))) > 2**62 // base:
        raise ArgumentError(f"ids up to {base} are too large to be paired; expected dense ids. Number them 0, 1, 2 ….")
    mask = np.isin(user_id[:, None] * base + item_id, known_user * base + known_item)
    own = np.arange(len(user_id))
    mask[own, own] = False
    return mask


def popularity_stratum(counts, edges=(0.2, 0.8)) -> np.ndarray:
    """int (N,): 0 for the head, 1 for the middle, 2 for the tail, cut at shares of all training *events*.

    counts: float (N,). edges: the items that together make the first fifth of events are the head, those that make
    the last fifth the tail; an item belongs where its first event falls. Ties go by id. Raises ArgumentError for counts
    that are NaN or below 0.
    """
    counts = as_numbers("counts", counts, low=0)
    order = np.argsort(-counts, kind="stable")
    before = np.empty(len(counts))
    before[order] = np.cumsum(counts[order]) - counts[order]
    return np.searchsorted(np.asarray(edges), before / max(counts.sum(), 1), side="right")


def content_to_vector(content, vectors, new_content, l2: float = 10.0) -> np.ndarray:
    """Vectors of items that nobody took yet, float (M, d): ridge regression of known item vectors on their content.

    content: float (N, c). vectors: float (N, d). new_content: float (M, c). l2: pull towards the mean vector, in
    items; without end, every new item gets the mean. Raises ShapeError, ArgumentError for NaN or an l2 not above 0.
    Source: Gantner et al. 2010, doi:10.1109/ICDM.2010.129 (mapping attributes to factors).
    """
    content, vectors = as_numbers("content", content), as_numbers("vectors", vectors)
    new_content = as_numbers("new_content", new_content)
    check_shape(content=(content, "Nc"), vectors=(vectors, "Nd"), new_content=(new_content, "Mc"))
    if not l2 > 0:
        raise ArgumentError(f"l2 is {l2}; expected above 0, or content that is the same for all items has no answer.")
    middle, mean = np.mean(content, 0), np.mean(vectors, 0)
    centred = content - middle
    weight = np.linalg.solve(centred.T @ centred + l2 * np.eye(centred.shape[1]), centred.T @ (vectors - mean))
    return (new_content - middle) @ weight + mean
