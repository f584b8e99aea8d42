"""Two formulas that several floors need: rows of length 1, and the gain of a ranked list."""

from __future__ import annotations

import numpy as np


def unit_rows(rows: np.ndarray) -> np.ndarray:
    """float, shape of rows: each row, along the last axis, divided by its length; a row of zeros stays as it is."""
    return rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-12)


def ndcg_of_hits(hit: np.ndarray, n_relevant: np.ndarray) -> np.ndarray:
    """float (U,): gain 1/log2(position + 1) of each hit, over that of a perfect list; NaN where nothing is relevant.

    hit: bool (U, k), whether what stands at a position is relevant. n_relevant: (U,), NaN or 0 where nothing is.

    Source: Järvelin & Kekäläinen 2002, doi:10.1145/582415.582418 (binary relevance).
    """
    k, n_relevant = hit.shape[1], np.asarray(n_relevant, float)
    n_relevant = np.where(n_relevant > 0, n_relevant, np.nan)
    discount = 1 / np.log2(np.arange(2, k + 2))
    ideal = np.cumsum(discount)[np.nan_to_num(np.minimum(n_relevant, k), nan=1).astype(int) - 1]
    return np.where(np.isnan(n_relevant), np.nan, (hit @ discount) / ideal)
