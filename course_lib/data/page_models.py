"""Made-up pages of several layouts with random slots: who looks where, and who clicks because of the place alone."""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.contracts import ArgumentError, as_count, as_numbers

LAYOUTS = {
    "list": tuple(1 / k**0.7 for k in range(1, 11)),
    "two rows of five": (1.0, 0.8, 0.65, 0.55, 0.45, 0.6, 0.5, 0.42, 0.36, 0.33),
    "carousel, four in view": (1.0, 0.95, 0.9, 0.85, 0.3, 0.26, 0.22, 0.18, 0.15, 0.12),
}


def page_clicks(rates: np.ndarray, examination: np.ndarray, *, trust: float = 0.0, requests: int = 20_000,
                seed: int = 0) -> pd.DataFrame:
    """Impressions of random slots on a page whose readers trust its top.

    rates: float (N,), share of those who look at an item and like it. examination: float (K,), chance of a look at each
    position. trust: chance that a reader who looks at the first position clicks an item that they do not like; it falls
    with 1 / position. 0: clicks are looks times liking. Returns request_id, item, position, click: K rows a request.
    Raises ArgumentError for chances outside [0, 1] or fewer items than positions.

    Source: the trust bias of Agarwal et al. 2019, doi:10.1145/3308558.3313697.
    """
    rates, examination = as_numbers("rates", rates, 0, 1), as_numbers("examination", examination, 0, 1)
    requests, width = as_count("requests", requests, 1), len(examination)
    if not 0 <= trust <= 1 or not 1 <= width <= len(rates):
        raise ArgumentError(f"trust is {trust}, with {len(rates)} items and {width} positions; expected trust from 0 "
                            f"to 1 and at least as many items as positions.")
    rng = np.random.default_rng(seed)
    item = rng.random((requests, len(rates))).argsort(axis=1)[:, :width]
    looked = rng.random(item.shape) < examination
    by_mistake = rng.random(item.shape) < trust / np.arange(1, width + 1)
    click = looked & ((rng.random(item.shape) < rates[item]) | by_mistake)
    return pd.DataFrame({"request_id": np.repeat(np.arange(requests), width), "item": item.ravel(),
                         "position": np.tile(np.arange(1, width + 1), requests), "click": click.ravel().astype(int)})


def layout_curves(curve_of, rates: np.ndarray) -> dict[str, np.ndarray]:
    """What curve_of(position, click, K) makes of the random slots of each layout: {layout: float (K,)}."""
    curves = {}
    for layout, looks in LAYOUTS.items():
        slots = page_clicks(rates, np.array(looks))
        curves[layout] = curve_of(slots["position"].to_numpy(), slots["click"].to_numpy(), len(looks))
    return curves


def halves_curves(curve_of, rates: np.ndarray, trusts=(0.0, 0.3)) -> dict[str, np.ndarray]:
    """The same of a list, for the better and the worse half of the items alone, without and with trust bias."""
    curves, looks = {}, np.array(LAYOUTS["list"])
    for trust in trusts:
        slots = page_clicks(rates, looks, trust=trust)
        better = rates[slots["item"]] > np.median(rates)
        for half, rows in (("better items", slots[better]), ("worse items", slots[~better])):
            curves[f"{'trust bias' if trust else 'no trust bias'}, {half}"] = curve_of(
                rows["position"].to_numpy(), rows["click"].to_numpy(), len(looks))
    return curves
