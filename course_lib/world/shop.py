"""What makes a marketplace out of a feed's parameters: a shop, and a slower turnover."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .blocks import Block, check_block

if TYPE_CHECKING:
    from .params import WorldParams


@dataclass(frozen=True)
class Shop(Block):
    """Purchase after a delay, price, stock, returns. Source: delayed feedback, Chapelle 2014 (log-normal tail here
    exponential); conversion 2–4% of clicks in e-commerce reports; sizes [C]."""

    on: bool = False
    buy: float = -3.4  # logits, given a satisfied click
    buy_affinity: float = 1.5
    price_sensitivity: float = 0.8  # logits a unit of log(price / the category's median), before click and purchase
    delay_days: float = 1.2  # mean
    return_rate: float = 0.25  # at quality 0
    return_days: float = 6.0
    stock: bool = True  # off: never sold out
    stock_median: float = 12.0  # pieces
    restock_days: int = 10
    margin: float = 0.3  # of the price, mean

    def __post_init__(self):
        check_block(self, delay_days=(0, 1e4), return_rate=(0, 1), return_days=(0, 1e4), stock_median=(1, 1e9),
                    restock_days=(1, 100_000), margin=(0, 1))


def marketplace_params(params: WorldParams) -> WorldParams:
    """Slower turnover, weaker buzz, and a shop with stock."""
    return replace(params, kind="marketplace", shop=replace(Shop(), on=True),
                   births=replace(params.births, life_days=120.0),
                   freshness=replace(params.freshness, fresh=0.2, buzz=0.6))
