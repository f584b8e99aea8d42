"""What lies between recall on a log and the truth: parts that are taken away one by one, and the share of each.

A share depends on what was taken away before, so each is averaged over all orders (Shapley 1953). One order is fixed:
noise goes before the population, since somebody without a click has no recall.
"""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
from scipy.stats import rankdata

from course_lib.evidence.estimate import Estimate
from course_lib.evidence.held_days import HeldDays, true_worth
from course_lib.evidence.resampling import cut

PARTS = {"noise": "few clicks", "popularity": "hits are shown more often", "novelty": "some are hardly shown",
         "drift": "a week passes", "population": "only who clicked counts"}
DRAWS = 6               # logs that are drawn where noise is left in


def possible() -> list[frozenset]:
    """Sets of parts that may be missing together: the population goes after the noise."""
    every = [frozenset(some) for n in range(len(PARTS) + 1) for some in combinations(PARTS, n)]
    return [some for some in every if "population" not in some or "noise" in some]


def recall_without(held: HeldDays, lists: dict, seed: int = 0) -> dict[frozenset, np.ndarray]:
    """Mean recall of each rival with some parts of the gap taken away, {parts: float (draws, R)}.

    noise: clicks as they are expected, not as they came. popularity: among items that the log showed often, all are
    shown alike. novelty: the half that it showed least is shown as often as those. drift: clicks of a week later.
    population: everybody counts, not only those who clicked in the days held out.
    """
    rng, shown = np.random.default_rng(seed), held.usual[held.usual["item"] < held.n_items]
    look = np.bincount(shown["item"], held.truth.examination(shown["position"].to_numpy()), held.n_items)
    alive = held.truth.eligible(held.day)
    often = held.showings() > np.median(held.showings()[alive])
    share = np.bincount(shown["user"], minlength=held.people.max() + 1)[held.people] / len(shown)
    level = look[alive][often[alive]].mean()
    came = np.array([len(items) > 0 for items in held.clicked(held.usual)])
    chance = {later: np.where(held.off_limits, 0, held.truth.scores(
        held.people, np.arange(held.n_items), held.day + 7 * later, "click")) for later in (False, True)}
    out = {}
    for gone in possible():
        looks = np.where(often, level if "popularity" in gone else look, level if "novelty" in gone else look)
        want = chance["drift" in gone] * looks
        if "noise" in gone:
            out[gone] = _share_held(want, lists, None if "population" in gone else came)[None]
        else:
            clicked = -np.expm1(-want * share[:, None])
            out[gone] = np.array([_share_held(rng.random(want.shape) < clicked, lists, most=10) for _ in range(DRAWS)])
    return out


def _share_held(want, lists, who=None, most: float = np.inf) -> np.ndarray:
    """Mean over people of the share of what they want that ten items hold, float (R,). want: (U, N).

    most: more than this many wanted items count as so many, as in recall@10.
    """
    total = want.sum(1)
    who = total > 0 if who is None else (total > 0) & who
    held = np.array([np.take_along_axis(want, items, 1).sum(1)[who] for items in lists.values()])
    return (held / np.minimum(total[who], most)).mean(1)


def shares(without: dict, truth, models, *, seed: int = 0, n_boot: int = 150) -> dict[str, Estimate]:
    """What each part takes from the rank correlation with the truth, and what the metric itself does.

    without: from recall_without. truth: float (R,), what rivals are worth. models: (R,), whole models are resampled.
    Returns {"left": the correlation with all parts in, part: its Shapley share, "the metric itself": 1 − the
    correlation with all of them gone}; they add up to 1. Intervals resample whole models: of a dozen they show the
    spread and promise no cover.
    """
    rng, models = np.random.default_rng(seed), np.asarray(models)
    rows = [np.flatnonzero(models == name) for name in np.unique(models)]
    drawn = [np.concatenate([rows[i] for i in rng.integers(0, len(rows), len(rows))]) for _ in range(n_boot)]
    point, runs = _shares(without, truth, np.arange(len(models))), [_shares(without, truth, some) for some in drawn]
    draws = {name: np.array([run[name] for run in runs]) for name in point}
    ends = {name: cut(value, draws[name], 0.0, len(rows), 0.95) for name, value in point.items()}
    return {name: Estimate(value, min(value, ends[name][0]), max(value, ends[name][1]), len(rows))
            for name, value in point.items()}


def _shares(without, truth, some) -> dict[str, float]:
    agree = {gone: _agreement(values[:, some], truth[some]) for gone, values in without.items()}
    orders = [order for order in permutations(PARTS) if order.index("noise") < order.index("population")]
    out = dict.fromkeys(PARTS, 0.0)
    for order in orders:
        for at, part in enumerate(order):
            step = agree[frozenset(order[:at + 1])] - agree[frozenset(order[:at])]
            out[part] += step / len(orders)
    return {"left": agree[frozenset()]} | out | {"the metric itself": 1 - agree[frozenset(PARTS)]}


def _agreement(values, truth) -> float:
    """Mean over draws of the rank correlation over rivals. values: (draws, R). truth: (R,)."""
    rank = rankdata(np.vstack([values, truth]), axis=1)
    with np.errstate(invalid="ignore"):                                  # rivals that are all alike say nothing
        return float(np.nanmean(np.corrcoef(rank)[-1, :-1]))


def true_clicks_later(held: HeldDays, lists: dict) -> np.ndarray:
    """float (R,): what the rivals' lists earn a week later, in clicks a person."""
    return true_worth(held, lists, days_later=7)["clicks"].mean(1)
