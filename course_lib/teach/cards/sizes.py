"""Arguments as large as a stage meets them, on which a right function is timed: for a card's `realistic`.

Each takes a generator and returns the arguments of one call. Sizes: a day's impressions of a small service, a
catalogue of some tens of thousands, the few hundred candidates of a request; small enough for a second's twentieth.
"""

from __future__ import annotations

import numpy as np

IMPRESSIONS, ITEMS, CANDIDATES, USERS, WIDTH = 200_000, 20_000, 300, 1_000, 32


def _clicks(rng, n=IMPRESSIONS):
    return (rng.random(n) < 0.1).astype(int)


def rewards_of_requests(rng):
    """(row, amount, n_requests) of a day."""
    return rng.integers(50_000, size=IMPRESSIONS), rng.random(IMPRESSIONS), 50_000


def sales(rng):
    """(value, is_return, margin_rate, return_cost)."""
    back = rng.random(IMPRESSIONS) < 0.2
    return np.where(back, -1.0, 1.0) * rng.uniform(1, 90, IMPRESSIONS), back, rng.uniform(0.1, 0.5, IMPRESSIONS), 5.0


def visits(rng):
    """(user, day, last_day, within_days)."""
    return rng.integers(5_000, size=30_000), rng.integers(60, size=30_000), 60, 7


def clicks_by_position(rng):
    """(position, click, n_positions)."""
    return rng.integers(1, 21, size=IMPRESSIONS), _clicks(rng), 20


def slates_of_clicks(rng):
    """(click,) of a day's slates."""
    return (_clicks(rng, 200_000).reshape(-1, 10),)


def clicks_and_looks(rng):
    """(click, examination)."""
    return _clicks(rng), rng.uniform(0.1, 1.0, IMPRESSIONS)


def outcomes_in_time(rng):
    """(click_time, event_time, as_of, window_s) of two weeks."""
    at = rng.uniform(0, 14 * 86_400, IMPRESSIONS)
    event = np.where(rng.random(IMPRESSIONS) < 0.2, at + rng.exponential(86_400, IMPRESSIONS), np.nan)
    return at, event, 14 * 86_400.0, 3 * 86_400.0


def young_clicks(rng):
    """(label, age_s, delays_s)."""
    return _clicks(rng, 20_000), rng.uniform(3_600, 7 * 86_400, 20_000), rng.exponential(86_400, 5_000)


def counts_of_items(rng):
    """(clicks, showings) of a catalogue."""
    showings = rng.integers(1_000, size=ITEMS)
    return rng.binomial(showings, 0.1), showings


def lists_and_relevant(rng):
    """(top, relevant, k) of a test part."""
    top = np.argsort(rng.random((USERS, 200)), axis=1)[:, :20]
    return top, [rng.choice(200, size=8, replace=False) for _ in range(USERS)], 20


def moments(rng):
    """(time, fractions) of a log."""
    return rng.random(IMPRESSIONS), (0.8, 0.1, 0.1)


def one_request(rng):
    """(query, items, seen, k) of one request against a whole catalogue."""
    return rng.normal(size=WIDTH), rng.normal(size=(ITEMS, WIDTH)), rng.choice(ITEMS, size=300, replace=False), 300


def shares_of_items(rng):
    """(p, n_batch, n_uniform, n_items) of a catalogue."""
    return rng.dirichlet(np.full(ITEMS, 0.5)), 1_024, 512, ITEMS


def events_of_items(rng):
    """(counts, edges) of a catalogue."""
    return np.floor(rng.pareto(1.0, ITEMS) * 10), (0.2, 0.8)


def found_and_exact(rng):
    """(found, exact) of an index."""
    return tuple(np.argsort(rng.random((USERS, 200)), axis=1)[:, :100] for _ in range(2))


def vectors_and_words(rng):
    """(vectors, codebooks) to be coded."""
    return rng.normal(size=(5_000, WIDTH)), rng.normal(size=(8, 64, WIDTH // 8))


def query_and_codes(rng):
    """(query, codes, codebooks) of an index."""
    return rng.normal(size=WIDTH), rng.integers(64, size=(100_000, 8)).astype(np.uint8), rng.normal(
        size=(8, 64, WIDTH // 8))


def ids_and_mask(rng):
    """(ids, allowed, k) of fetched neighbours."""
    return np.argsort(rng.random((USERS, 500)), axis=1)[:, :200], rng.random(500) < 0.3, 20


def logged_clicks(rng):
    """(position, click, examination) of a log to be weighted."""
    return rng.integers(1, 21, size=IMPRESSIONS), _clicks(rng), 1 / np.arange(1, 21)


def scores_in_requests(rng):
    """(score, label, group) of held-out requests."""
    return rng.normal(size=20_000), _clicks(rng, 20_000), np.repeat(np.arange(1_000), 20)


def predictions(rng):
    """(p, y) of held-out rows."""
    p = rng.beta(2, 10, IMPRESSIONS)
    return p, (rng.random(IMPRESSIONS) < p).astype(int)


def candidates_alike(rng):
    """(relevance, similarity, k) of a request's candidates."""
    x = rng.normal(size=(CANDIDATES, 8))
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    return rng.random(CANDIDATES), x @ x.T, 20


def times_of_requests(rng):
    """(time, every_s, delay_s)."""
    return rng.uniform(0, 1e6, IMPRESSIONS), 3_600.0, 120.0


def users_rates(rng):
    """(numerator, denominator) of users."""
    shown = rng.integers(1, 100, size=50_000).astype(float)
    return rng.binomial(shown.astype(int), 0.1).astype(float), shown


def outcome_and_before(rng):
    """(y, x) of users."""
    before = rng.gamma(2.0, size=IMPRESSIONS)
    return before + rng.normal(size=IMPRESSIONS), before


def people_in_clusters(rng):
    """(y, cluster, arm) of a test by clusters."""
    cluster = rng.integers(500, size=50_000)
    return rng.normal(size=50_000), cluster, cluster % 2


def arrivals(rng):
    """(arrival_ms, service_ms) of a load test."""
    return np.cumsum(rng.exponential(10.0, 20_000)), rng.exponential(7.0, 20_000)


def clicks_of_owners(rng):
    """(user, owner, n_owners) of a day."""
    return rng.integers(20_000, size=50_000), rng.integers(1_000, size=50_000), 1_000
