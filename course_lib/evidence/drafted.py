"""How many times fewer users interleaving needs than an A/B test, computed from the truth for endless repetition."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np

DRAFTS = 8                         # slates that are drafted for each person and pair


def users_saved(lists: dict, chance, look, visits, requests, draft: Callable, *, seed: int = 0) -> dict:
    """{requests a person: float (pairs, 3)}: × fewer users than a plain A/B test, than one with CUPED, same sign?

    lists: {ranker: int (U, 10)}, at least two. chance: float (U, N), click chances. look: float (10,), by position.
    visits: float (U,), how often each person came before; their mean is set to each of `requests`, 0 standing for so
    few that nobody comes twice. draft(a, b, slate_size, coin) -> item, team: the exercise. All pairs are compared.
    """
    coins = np.random.default_rng(seed).random((len(chance), DRAFTS, 5))
    pairs = list(combinations(lists, 2))
    credit = {pair: _credit(*(lists[name] for name in pair), chance, look, coins, draft) for pair in pairs}
    clicks = {name: _moments(items, chance, look) for name, items in lists.items()}
    return {mean: np.array([_saved(*(clicks[name] for name in pair), credit[pair], visits / visits.mean() *
                                   max(mean, 1e-3)) for pair in pairs]) for mean in requests}


def _moments(items, chance, look):
    """Mean and variance of the clicks on one slate, float (U,) each."""
    p = np.take_along_axis(chance, items, 1) * look
    return p.sum(1), (p * (1 - p)).sum(1)


def _credit(a, b, chance, look, coins, draft):
    """Mean and variance, for one request, of b's clicks less a's on the drafted slate, float (U,) each."""
    signed, noise = [], []
    for one in range(DRAFTS):
        item, team = (np.asarray(part) for part in draft(a, b, 10, coins[:, one]))
        p = np.take_along_axis(chance, item, 1) * look
        signed.append((p * (2 * team - 1)).sum(1))
        noise.append((p * (1 - p)).sum(1))
    return np.mean(signed, 0), np.mean(noise, 0) + np.var(signed, 0)


def _by_person(requests, mean, variance):
    """(mean, variance) over people of a sum over a random number of requests, `requests` (U,) on average."""
    between = (requests * mean).var()
    within = (requests * (variance + mean**2)).mean()
    return (requests * mean).mean(), between + within


def _saved(a, b, credit, requests):
    (mean_a, noise_a), (mean_b, noise_b) = a, b
    effect = (requests * (mean_b - mean_a)).mean()
    variances = _by_person(requests, mean_a, noise_a)[1], _by_person(requests, mean_b, noise_b)[1]
    net, net_variance = _by_person(requests, *credit)
    factor = (net**2 / net_variance) / (effect**2 / (2 * sum(variances)))
    known = np.cov(requests * mean_a, requests * mean_b)[0, 1]           # what the week before tells of the test
    return factor, factor * (1 - known**2 / np.prod(variances)), np.sign(net) == np.sign(effect)
