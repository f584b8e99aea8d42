"""Slates as arrays: empty ones, rows written into them, padding moved behind. Letters: B requests, K slots."""

from __future__ import annotations

import numpy as np

from course_lib.contracts import Slates


def filled(item: np.ndarray) -> np.ndarray:
    """bool (B,): which rows of item, int (B, K), hold anything."""
    return (item >= 0).any(axis=1)


def empty(size: int, slots: int) -> Slates:
    """Slates with nothing in them, (size, slots)."""
    return Slates(np.full((size, slots), -1, np.int32), np.ones((size, slots), np.float32))


def put(out: Slates, rows: np.ndarray, part: Slates) -> None:
    """Write part, (len(rows), k ≤ K), into rows of out."""
    out.item[rows], out.propensity[rows] = -1, 1
    out.item[rows, : part.item.shape[1]] = part.item
    out.propensity[rows, : part.item.shape[1]] = part.propensity


def joined(parts: list[Slates]) -> Slates:
    """The slates of several batches one below the other."""
    return Slates(np.concatenate([part.item for part in parts]), np.concatenate([part.propensity for part in parts]))


def compact(item: np.ndarray) -> np.ndarray:
    """Each row's items moved to the front, in order; -1 behind."""
    return np.take_along_axis(item, np.argsort(item < 0, axis=1, kind="stable"), axis=1)
