"""Metrics against a sample of rivals instead of the whole catalogue, and which pairs of models they turn round."""

from __future__ import annotations

import numpy as np

from course_lib.evidence.estimate import Estimate, bootstrap


def draw_rivals(taken, n_items: int, n: int = 100, seed: int = 0) -> np.ndarray:
    """int (U, n): for each user n items drawn from those they did not take. taken: U int arrays."""
    rng = np.random.default_rng(seed)
    free = [np.setdiff1d(np.arange(n_items), mine) for mine in taken]
    return np.stack([rng.choice(items, n, replace=False) for items in free])


def sampled_recall(scores, rivals, wanted, k: int = 10) -> np.ndarray:
    """Recall@k of each user, float (U,), where each held-out item competes with the drawn rivals alone.

    scores: float (U, N). rivals: U int arrays of items that the user did not take. wanted: U int arrays, none empty.
    """
    found = np.empty(len(wanted))
    for row, (score, drawn, mine) in enumerate(zip(scores, rivals, wanted, strict=True)):
        better = (score[drawn] > score[mine][:, None]).sum(axis=1)      # for each held-out item: rivals above it
        found[row] = min((better < k).sum(), k) / min(k, len(mine))
    return found


def turned(whole: dict, sampled: dict) -> dict:
    """{(a, b): float}, by how much each pair of models turns: the smaller of a's lead on all and b's on the sample.

    whole, sampled: {model: float (U,)}, recall of each user.
    """
    lead = {(a, b): (whole[a].mean() - whole[b].mean(), sampled[b].mean() - sampled[a].mean())
            for a in whole for b in whole if a != b}
    return {pair: min(both) for pair, both in lead.items()}


def turned_elsewhere(whole: dict, sampled: dict) -> tuple[tuple, Estimate]:
    """The pair that turns most for every other user, and by how much it turns for the rest: (a, b), Estimate.

    How much is the smaller of two leads. Where these are close, both it and its interval lean down, so that less than
    .95 of the truth may be covered; it then errs towards "does not turn".
    """
    first, rest = slice(0, None, 2), slice(1, None, 2)
    how = turned({name: one[first] for name, one in whole.items()}, {name: one[first] for name, one in sampled.items()})
    a, b = max(how, key=how.get)
    leads = np.column_stack([whole[a] - whole[b], sampled[b] - sampled[a]])[rest]
    return (a, b), bootstrap(leads, lambda rows: rows.mean(axis=0).min())
