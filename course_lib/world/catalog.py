"""The catalogue: items as pure functions of (seed, item id), born on a schedule that the seed alone decides.

Hidden: topic, quality, appeal beyond quality, spam, buzz. Visible: creator, category, price, born_day, title_length
(which nobody cares about), a policy score with errors, and content, a noisy view of the topic.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..contracts import Catalog, keyed_uniform
from . import dice
from .params import WorldParams


class Items(NamedTuple):
    """One row an item; N rows. Logits and days as in params."""

    topic: np.ndarray  # float64 (N, width), length 1
    category: np.ndarray  # int32
    creator: np.ndarray  # int32
    quality: np.ndarray  # float64, standard normal
    appeal: np.ndarray  # float64, >= 0
    spam: np.ndarray  # bool
    buzz: np.ndarray  # float64, exponential with mean 1
    log_price: np.ndarray  # float64, log(price / the category's median)
    price: np.ndarray  # float64
    margin: np.ndarray  # float64, money kept from a sale
    stock0: np.ndarray  # int32, pieces at birth and after a restock
    born_day: np.ndarray  # int32
    death_day: np.ndarray  # int32
    policy_score: np.ndarray  # float32, 0..1
    title_length: np.ndarray  # int32


def category_centres(seed: int, params: WorldParams) -> np.ndarray:
    """Hidden vectors of the categories, float64 (categories, width), length 1."""
    size = params.size
    u = keyed_uniform(seed, dice.CATEGORY_TRAIT, np.arange(size.categories)[:, None], np.arange(size.width))
    return dice.unit_rows(dice.normals(u))


def category_weights(params: WorldParams) -> np.ndarray:
    """How common each category is, float64 (categories,), sums to 1 (Zipf)."""
    weight = dice.exps(-params.taste.category_skew * dice.logs(np.arange(1, params.size.categories + 1)))
    return weight / weight.sum()


def births_on(day: int, params: WorldParams) -> int:
    """How many items are born on a day: a share of the first catalogue, so that it keeps its size."""
    if not params.births.on or day < 0:
        return 0
    rate = params.size.items / params.births.life_days
    return int((day + 1) * rate) - int(day * rate)


def surge(seed: int, params: WorldParams, day: float) -> np.ndarray:
    """Logits that each category gains on a day from its surges, float64 (categories,)."""
    trends = params.trends
    total = np.zeros(params.size.categories)
    if not trends.on:
        return total
    latest = int(np.floor(day / trends.category_every_days))
    for event in range(latest - 3, latest + 1):
        start, height = (keyed_uniform(seed, dice.TREND, event, np.arange(params.size.categories), k) for k in (0, 1))
        since = day - (event + start) * trends.category_every_days
        total += np.where(since >= 0, trends.category * dice.exponentials(height)
                          * dice.exps(-np.maximum(since, 0) / trends.decay_days), 0)
    return total


def item_surge(seed: int, params: WorldParams, item: np.ndarray, day: float) -> np.ndarray:
    """Logits that single items gain on a day from surges of their own, float64 like item."""
    trends = params.trends
    total = np.zeros(len(item))
    if not trends.on:
        return total
    latest = int(np.floor(day / trends.item_every_days))
    for event in (latest - 1, latest):
        chosen = np.flatnonzero(keyed_uniform(seed, dice.TREND, event, item, 2) < trends.item_share)
        start, height = (keyed_uniform(seed, dice.TREND, event, item[chosen], k) for k in (3, 4))
        since = day - (event + start) * trends.item_every_days
        total[chosen] += np.where(since >= 0, trends.item * dice.exponentials(height)
                                  * dice.exps(-np.maximum(since, 0) / trends.decay_days), 0)
    return total


def _draw_category(seed, params, item, day):
    weight = category_weights(params)
    if day >= 0:
        weight = weight * dice.exps(surge(seed, params, day))
    cumulative = np.cumsum(weight) / weight.sum()
    u = keyed_uniform(seed, dice.ITEM_TRAIT, item, 0)
    return np.minimum(np.searchsorted(cumulative, u, side="right"), len(weight) - 1).astype(np.int32)


def _topics(seed, params, item, category):
    width = params.size.width
    noise = dice.normals(keyed_uniform(seed, dice.ITEM_TRAIT, item[:, None], 1, np.arange(width)))
    return dice.unit_rows(category_centres(seed, params)[category] + params.taste.item_noise / width**0.5 * noise)


def _lives(seed, params, item, day):
    life = dice.exponentials(keyed_uniform(seed, dice.ITEM_TRAIT, item, 2)) * params.births.life_days
    if day >= 0:  # newborn
        born = np.full(len(item), day)
    else:  # the first catalogue has its ages and its rests of life: both exponential
        age = dice.exponentials(keyed_uniform(seed, dice.ITEM_TRAIT, item, 3)) * params.births.life_days
        born = -1 - np.floor(age)
    death = np.maximum(born, 0) + 2 + np.floor(life) if params.births.on else np.full(len(item), 2**31 - 1.0)
    return born.astype(np.int32), death.astype(np.int32)


def _prices(seed, params, item, category):
    if not params.shop.on:
        zero = np.zeros(len(item))
        return zero, zero, zero, np.full(len(item), 2**31 - 1, np.int32)
    median = 15 * dice.exps(dice.normals(keyed_uniform(seed, dice.CATEGORY_TRAIT, np.arange(params.size.categories),
                                                       999)) * 0.7)
    log_price = 0.4 * dice.normals(keyed_uniform(seed, dice.ITEM_TRAIT, item, 4))
    price = np.round(median[category] * dice.exps(log_price), 2)
    kept = np.clip(params.shop.margin * (0.4 + 1.2 * keyed_uniform(seed, dice.ITEM_TRAIT, item, 5)), 0, 1)
    stock = params.shop.stock_median * dice.exps(dice.normals(keyed_uniform(seed, dice.ITEM_TRAIT, item, 6)))
    pieces = np.maximum(1, stock).astype(np.int32) if params.shop.stock else np.full(len(item), 2**31 - 1, np.int32)
    return log_price, price, np.round(price * kept, 2), pieces


def creator_count(params: WorldParams) -> int:
    """How many creators there are: one to ten items of the first catalogue."""
    return max(10, params.size.items // 10)


def spam_creators(seed: int, params: WorldParams) -> np.ndarray:
    """Ids of the creators who spam, int (S,); at least one where spam is on."""
    if not params.spam.on:
        return np.empty(0, np.int64)
    u = keyed_uniform(seed, dice.CREATOR_TRAIT, np.arange(creator_count(params)))
    return np.flatnonzero(u <= max(np.sort(u)[0], params.spam.creators))


def make_items(seed: int, params: WorldParams, item: np.ndarray, day: int) -> Items:
    """The items of these ids, born on `day`, or (day -1) before the world began with ages of their own."""
    def u(key):
        return keyed_uniform(seed, dice.ITEM_TRAIT, item, key)

    category = _draw_category(seed, params, item, day)
    creator = (u(7) ** 2 * creator_count(params)).astype(np.int32)  # squared: few creators make much
    spam = np.isin(creator, spam_creators(seed, params))
    bait = params.clickbait
    appeal = np.where(u(8) < bait.share, dice.exponentials(u(9)), 0) if bait.on else np.zeros(len(item))
    quality = dice.normals(u(10)) if params.quality.on else np.zeros(len(item))
    noise = params.policy_score.noise * dice.normals(u(11)) if params.policy_score.on else 0
    score = np.clip(np.where(spam, 0.75, 0.12 + 0.1 * np.minimum(appeal, 2)) + noise, 0, 1)
    born, death = _lives(seed, params, item, day)
    return Items(_topics(seed, params, item, category), category, creator, np.where(spam, -2.0, quality), appeal, spam,
                 dice.exponentials(u(12)), *_prices(seed, params, item, category), born, death,
                 score.astype(np.float32), (20 + 60 * u(13)).astype(np.int32))


def content_of(seed: int, params: WorldParams, items: Items, item: np.ndarray) -> np.ndarray:
    """Visible content, float32 (N, content_width), length 1: the topic seen from another side, with noise."""
    wide, width = params.size.content_width, params.size.width
    view = dice.normals(keyed_uniform(seed, dice.CATEGORY_TRAIT, 1000, np.arange(wide)[:, None], np.arange(width)))
    noise = dice.normals(keyed_uniform(seed, dice.ITEM_TRAIT, item[:, None], 14, np.arange(wide)))
    seen = dice.products(items.topic, view / width**0.5) + params.taste.content_noise / width**0.5 * noise
    return dice.unit_rows(seen).astype(np.float32)


def public_catalog(seed: int, params: WorldParams, items: Items, item: np.ndarray) -> Catalog:
    """What anyone may know of these items; index = item id."""
    import pandas as pd

    columns = ("creator", "category", "price", "margin", "born_day", "policy_score", "title_length")
    table = pd.DataFrame({name: getattr(items, name) for name in columns}, index=pd.Index(item, name="item"))
    return Catalog(table, content_of(seed, params, items, item))
