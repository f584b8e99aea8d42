"""Vectors of people and items straight from who took what, in seconds: enough to try an index and a filter on."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from course_lib.stages.ann.filter import post_filter
from course_lib.stages.ann.measure import index_recall
from course_lib.stages.retrieval.towers.spectral import directions


def factor_vectors(interactions, n_users: int, n_items: int, width: int = 64, seed: int = 0):
    """Vectors of users, float32 (U, width), and of items, float32 (N, width), whose dot products rank items.

    interactions: a table with columns user and item. A user is the sum of what their items add (see `directions`); one
    without any is all 0.
    """
    ones = np.ones(len(interactions), np.float32)
    took = sp.csr_matrix((ones, (interactions["user"], interactions["item"])), (n_users, n_items))
    taken, offered = directions(took, width, seed)
    return np.asarray(took @ taken, np.float32), offered


def recall_after_dropping(index, queries, allowed, k: int = 10, fetch: int = 100) -> np.ndarray:
    """Share of each query's k best allowed vectors that are left when `fetch` are fetched and the others dropped.

    queries: float (B, d). allowed: bool (B, N), a filter for each query. Returns float (B,).
    """
    fetched, shares = index.search(queries, fetch)[0], []
    for query, row, may in zip(queries, fetched, allowed, strict=True):
        truth = index.search(query[None], k, allowed=may, how="brute")[0]
        shares.append(index_recall(post_filter(row[None], may, k), truth)[0])
    return np.array(shares)


def price_bands(shop, share: float, customers: int, at: float, seed: int = 0):
    """Three filters that let `share` of a shop's articles through, for customers with at least 20 purchases.

    at: pounds. Returns the customers, int (C,), and {name: bool (C, N)}: the articles nearest in price to what the
    customer usually pays, those nearest to `at`, and some drawn at random.
    """
    rng, bought = np.random.default_rng(seed), shop.interactions
    price = np.log(shop.catalog.items["price"].to_numpy() + 0.01)
    paid = bought.assign(price=price[bought["item"]]).groupby("user")["price"].agg(["median", "size"])
    usual = paid.loc[paid["size"] >= 20, "median"]
    usual = usual.iloc[rng.choice(len(usual), min(customers, len(usual)), replace=False)]
    from_usual = np.abs(price - usual.to_numpy()[:, None])
    from_at = np.tile(np.abs(price - np.log(at)), (len(usual), 1))
    away = {"the customer's own price band": from_usual, f"a band around £{at:g}": from_at,
            "drawn at random": rng.random(from_usual.shape)}
    passes = {name: far <= np.quantile(far, share, axis=1, keepdims=True) for name, far in away.items()}
    return usual.index.to_numpy(), passes
