"""A trained model whose scores get some share of popularity added when it serves."""

from __future__ import annotations

import numpy as np

from course_lib.stages.retrieval.negatives import log_q_from_counts


class WithPopularity:
    """model with s times the log of popularity added to its scores.

    model: has score(users) -> float (U, N) and n_items. item: int (E,), of each training event. s: 0 leaves the
    model as it is; after training without log q, 1 gives back what that training divided out.
    """

    def __init__(self, model, item, s: float):
        self.model, self.n_items = model, model.n_items
        self.extra = s * log_q_from_counts(np.bincount(item, minlength=model.n_items))

    def score(self, users):
        """float (U, N)."""
        return self.model.score(users) + self.extra
