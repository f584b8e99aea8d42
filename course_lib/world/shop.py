"""What makes a marketplace out of a feed's parameters."""

from __future__ import annotations

from dataclasses import replace

from .mechanisms import Shop
from .params import WorldParams


def marketplace_params(params: WorldParams) -> WorldParams:
    """Slower turnover, weaker buzz, and a shop with stock."""
    return replace(params, kind="marketplace", shop=replace(Shop(), on=True),
                   births=replace(params.births, life_days=120.0),
                   freshness=replace(params.freshness, fresh=0.2, buzz=0.6))
