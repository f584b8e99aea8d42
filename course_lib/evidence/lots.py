"""Whether chances that were logged are those with which things were shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Counted:
    """Of each item, float (N,): share of the requests that showed it, and the mean chance logged where it was shown."""

    share: np.ndarray
    logged: np.ndarray
    requests: int

    @property
    def farthest(self) -> float:
        """The largest distance of a share from its logged chance, in standard errors."""
        error = np.sqrt(self.logged * (1 - self.logged) / self.requests)
        return float((np.abs(self.share - self.logged) / error).max())


def counted_against_logged(slates, items) -> Counted:
    """Count who filled the first slot of many alike requests.

    slates: item and propensity, (B, K). items: int (N,), each shown at least once.
    """
    shown = [slates.item[:, 0] == item for item in items]
    share = np.array([hit.mean() for hit in shown])
    logged = np.array([slates.propensity[hit, 0].mean() for hit in shown])
    return Counted(share, logged, len(slates.item))
