"""Rival policies of a shop that differ in how much price and margin count, and what choosing by revenue costs."""

from __future__ import annotations

import itertools

import numpy as np

from course_lib.contracts import as_numbers, check_shape
from course_lib.evidence.estimate import Estimate, bootstrap

POWERS = tuple(itertools.product((0.0, 0.25, 0.5, 0.75, 1.0, 1.25), (0.0, 0.25, 0.5, 1.0)))


def earnings(sale_chance, price, share, look, powers=POWERS) -> tuple[np.ndarray, np.ndarray]:
    """Revenue and money kept of each rival for each person, float (rivals, people) each.

    A rival shows the items with the highest sale_chance × price^a × share^b, for each (a, b) of powers. sale_chance:
    float (people, items). price, share: float (items,), share is what stays of a price. look: float (slots,), the
    chance that a slot is looked at.
    """
    took, kept = [], []
    for of_price, of_share in powers:
        score = sale_chance * price**of_price * np.maximum(share, 0.01)**of_share
        best = np.argsort(-score, axis=1)[:, :len(look)]                       # (people, slots)
        sales = np.take_along_axis(sale_chance, best, axis=1) * look
        took.append((sales * price[best]).sum(1))
        kept.append((sales * (price * share)[best]).sum(1))
    return np.array(took), np.array(kept)


def lost_by_revenue(took, kept) -> Estimate:
    """Share of the money kept that is lost by choosing the rival of most revenue; the interval resamples people.

    It is 0 or more and jumps where people change the choice, so that the interval tells a spread and promises no cover.

    took, kept: float (rivals, people), from `earnings`. Raises ShapeError, ArgumentError for NaN.
    """
    took, kept = as_numbers("took", took), as_numbers("kept", kept)
    check_shape(took=(took, "RU"), kept=(kept, "RU"))

    def lost_by(rows):
        person = rows.astype(int)
        choice = took[:, person].mean(1).argmax()
        worth = kept[:, person].mean(1)
        return 1 - worth[choice] / worth.max()
    return bootstrap(np.arange(took.shape[1]), lost_by, n_boot=200)
