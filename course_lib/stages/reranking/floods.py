"""Two inputs of a made-up catalogue that decide what diversity can do: who made how much, and how alike bait looks."""

from __future__ import annotations

import numpy as np


def flooded(n_items: int, share: float, seed: int = 0) -> np.ndarray:
    """Creators of items, int (N,), where one makes this share of the catalogue, at random, and all others one each."""
    out = np.arange(n_items)
    out[np.random.default_rng(seed).permutation(n_items)[:int(round(share * n_items))]] = n_items
    return out


def marked(content, bait, strength: float, seed: int = 0) -> np.ndarray:
    """Content of unit length; that of bait moved towards one common direction by `strength` of its length.

    content: float (N, d). bait: bool (N,). Returns float (N, d).
    """
    mark = np.random.default_rng(seed).normal(size=content.shape[1])
    unit = content / np.linalg.norm(content, axis=1, keepdims=True)
    return unit + strength * bait[:, None] * mark / np.linalg.norm(mark)
