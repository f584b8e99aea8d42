"""Losses that teach two towers to retrieve: pairs (BPR), a batch's own items (sampled softmax, InfoNCE), all items.

Axis letters: B rows of a batch, M sampled items, N items of the catalogue, d width. All return a scalar in mean nats.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F

from course_lib.contracts import ArgumentError, check_shape


def bpr(positive: torch.Tensor, negative: torch.Tensor) -> torch.Tensor:
    """Bayesian personalised ranking: −log σ(positive − negative), the chance of ordering each pair right.

    positive, negative: float (B,), scores of an item taken and of one not taken by the same user.
    Returns float (), mean nats; log 2 = 0.693 where the two are equal.
    Raises ShapeError if B differs.

    Source: Rendle et al. 2009, arXiv:1205.2618.
    Departs: no regulariser; weight decay belongs to the optimiser.
    """
    check_shape(positive=(positive, "B"), negative=(negative, "B"))
    return F.softplus(negative - positive).mean()


def in_batch_softmax(query, item, item_id=None, log_q=None, *, taken=None, temperature: float = 1.0) -> torch.Tensor:
    """Cross-entropy of each row's own item against the other items of the batch.

    query: float (B, d). item: float (M, d), M ≥ B; row b's own item is item b, rows from B on are extra negatives.
    item_id: int (M,); an item that stands twice is not its own negative. log_q: float (M,), log of how often each
    item is sampled (any constant may be added); None leaves the popularity of the batch in the scores. taken: bool
    (B, M), what is no negative of a row since its user took it at another time; its own item is not marked.
    Returns float (), mean nats; log M when scores and log_q are constant and ids differ.
    Raises ShapeError if shapes disagree, ArgumentError if temperature is not above 0.

    Source: Yi et al. 2019, doi:10.1145/3298689.3346996.
    Departs: log_q is passed in, not estimated from the stream; extra negatives may follow the batch's own items.
    """
    size = check_shape(query=(query, "Bd"), item=(item, "Md"))
    _check_batch(size, item_id, log_q, temperature)
    bias = query.new_zeros(size["M"]) if log_q is None else -log_q.to(query.dtype)
    logits = torch.addmm(bias[None, :], query / temperature, item.T)  # (B, M)
    own = torch.arange(size["B"], device=logits.device)
    if item_id is not None:
        row, column = (item_id[: size["B"], None] == item_id[None, :]).nonzero(as_tuple=True)
        twice = row != column  # few pairs: setting them costs less than a mask over all
        logits = logits.index_put((row[twice], column[twice]), logits.new_tensor(-torch.inf))
    if taken is not None:
        check_shape(query=(query, "Bd"), item=(item, "Md"), taken=(taken, "BM"))
        logits = logits.masked_fill(taken, -torch.inf)
    return F.cross_entropy(logits, own)


def info_nce(query, item, temperature: float = 0.1) -> torch.Tensor:
    """In-batch softmax of cosines: only the direction of a vector counts, so temperature sets the scale.

    query, item: float (B, d), any length; row b of each belong together.
    Returns float (), mean nats; log B when all cosines are equal; near 0 when pairs align and others oppose.
    Raises as in_batch_softmax.

    Source: van den Oord et al. 2018, arXiv:1807.03748.
    """
    check_shape(query=(query, "Bd"), item=(item, "Bd"))
    return in_batch_softmax(F.normalize(query, dim=-1), F.normalize(item, dim=-1), temperature=temperature)


def full_softmax(query, table, target, *, temperature: float = 1.0) -> torch.Tensor:
    """Cross-entropy over the whole catalogue: what the sampled losses approximate.

    query: float (B, d). table: float (N, d), every item. target: int (B,), rows of table.
    Returns float (), mean nats; log N when all scores are equal. Costs B·N·d, so for small catalogues only.
    Raises ShapeError if shapes disagree.
    """
    check_shape(query=(query, "Bd"), table=(table, "Nd"), target=(target, "B"))
    return F.cross_entropy(query @ table.T / temperature, target)


def gbce(positive, negative, n_items: int, *, t: float = 0.75) -> torch.Tensor:
    """Binary cross-entropy with sampled negatives and a weight β on the positive, so that chances are not overstated.

    positive: float (B,). negative: float (B, k), scores of k items drawn uniformly from the N − 1 others. n_items: N.
    t: 0 is plain binary cross-entropy, whose chances come out too high because few negatives are drawn; at 1 they come
    out right. With α = k / (N − 1), β = α·(t·(1 − 1/α) + 1/α).
    Returns float (), mean nats over the k + 1 scores; log 2 where t is 0 and all scores are 0.
    Raises ShapeError if B differs, ArgumentError if t is outside 0 to 1 or N below 2.

    Source: Petrov & Macdonald 2023, arXiv:2308.07192.
    """
    check_shape(positive=(positive, "B"), negative=(negative, "Bk"))
    if not 0 <= t <= 1 or n_items < 2:
        raise ArgumentError(f"t is {t}, n_items {n_items}; expected 0 to 1, and at least 2.")
    alpha = negative.shape[1] / (n_items - 1)
    beta = alpha * (t * (1 - 1 / alpha) + 1 / alpha)
    each = beta * F.softplus(-positive) + F.softplus(negative).sum(1)
    return each.mean() / (negative.shape[1] + 1)


def _check_batch(size, item_id, log_q, temperature) -> None:
    for name, array in (("item_id", item_id), ("log_q", log_q)):
        if array is not None and tuple(array.shape) != (size["M"],):
            check_shape(**{"item": (torch.empty(size["M"]), "M"), name: (array, "M")})
    if size["M"] < size["B"]:
        check_shape(query=(torch.empty(size["B"]), "B"), item=(torch.empty(size["M"]), "B"))
    if not temperature > 0:
        raise ArgumentError(f"temperature is {temperature}; expected above 0 (dot products: 1; cosines: 0.05 to 0.3).")
