"""Policies that come with the world: uniform, popularity, recency, a sorter by what nobody cares about, wrappers that
randomise with exact propensities, and an oracle for upper bounds.

All but the oracle learn from what a log shows: `observe(day_log)`, and a public catalogue where one is passed.
"""

from __future__ import annotations

import numpy as np

from ..contracts import ArgumentError, Catalog, ConstraintError, DayLog, Requests, Slates, keyed_uniform
from . import dice, draws
from .blocks import check_number, check_whole
from .picks import blank, raced, top


class Uniform:
    """Every slot uniform over what is eligible and not shown above it; propensity 1 / (N - k)."""

    def __init__(self, seed: int = 0, name: str = "uniform"):
        self.seed, self.name = seed, name

    def slates(self, requests: Requests) -> Slates:
        item, propensity = blank(requests)
        draws.uniform(self.seed, requests.request_id, requests.eligible, requests.slate_size, item, propensity)
        return Slates(item, propensity)


class _Counts:
    """Clicks of each item over the latest `window_days` days observed, or over all."""

    def __init__(self, window_days):
        self.window_days, self.days, self.total = window_days, [], np.zeros(0)

    def add(self, day_log: DayLog):
        shown = day_log.impressions
        clicked = shown["item"].to_numpy()[shown["click"].to_numpy() > 0]
        self._sum(np.bincount(clicked, minlength=len(self.total)).astype(float))

    def _sum(self, count):
        if self.window_days is None:
            self.total = count + np.pad(self.total, (0, len(count) - len(self.total)))
            return
        self.days = [*self.days, count][-self.window_days:]
        size = max(map(len, self.days))
        self.total = sum(np.pad(c, (0, size - len(c))) for c in self.days)

    def of(self, item):
        if not len(item):
            return np.zeros(0)
        if item[-1] >= len(self.total):
            self.total = np.pad(self.total, (0, item[-1] + 1 - len(self.total)))
        return self.total[item]


class Popularity:
    """The most clicked, or draws by (1 + clicks)^power where `power` is given (Plackett–Luce).

    window_days: count the latest days only; None counts all. power: 0 is uniform, 1 follows clicks.
    Raises ArgumentError for a power that is no number, or a window without days.
    """

    def __init__(self, power: float | None = None, window_days: int | None = None, seed: int = 0,
                 name: str = "popularity"):
        if power is not None:
            check_number("power", power, -1e3, 1e3)
        if window_days is not None:
            check_whole("window_days", window_days, 1)
        self.power, self.seed, self.name, self.counts = power, seed, name, _Counts(window_days)

    def slates(self, requests: Requests) -> Slates:
        count = self.counts.of(requests.eligible)
        if self.power is None:
            return top(count, requests)
        return raced(self.seed, requests, dice.exps(self.power * dice.logs(1 + count)))

    def observe(self, day_log: DayLog) -> None:
        self.counts.add(day_log)


class Familiar(Popularity):
    """A service's first recommender: popular items, drawn more often from the categories a person clicked before.

    Plackett–Luce with weight (1 + clicks)^power × (1 + boost × the category's share of the person's clicks).
    """

    def __init__(self, catalog: Catalog, power: float = 0.3, boost: float = 8.0, seed: int = 0,
                 name: str = "familiar"):
        super().__init__(power, None, seed, name)
        check_number("boost", boost, 0, 1e9)
        self.boost, self.category = boost, catalog.items["category"].to_numpy()
        self.liked = np.zeros((1, int(self.category.max()) + 1))

    def slates(self, requests: Requests) -> Slates:
        self._room(int(requests.user.max(initial=0)))
        order = np.argsort(self.category[requests.eligible], kind="stable")
        items, liked = requests.eligible[order], self.liked[requests.user]
        edge = np.searchsorted(self.category[items], np.arange(liked.shape[1] + 1))
        weight = self._weight(requests.eligible)[order]
        times = 1 + self.boost * liked / np.maximum(liked.sum(axis=1, keepdims=True), 4)
        item, propensity = blank(requests)
        draws.by_group(self.seed, requests.request_id, items, weight, edge, times, requests.slate_size, item,
                       propensity)
        return Slates(item, propensity)

    def _weight(self, eligible):
        return dice.exps(self.power * dice.logs(1 + self.counts.of(eligible)))

    def observe(self, day_log: DayLog) -> None:
        super().observe(day_log)
        if day_log.new_items is not None:
            self.category = np.concatenate([self.category, day_log.new_items.items["category"].to_numpy()])
        clicked = day_log.impressions[day_log.impressions["click"] > 0]
        self._room(int(clicked["user"].max()) if len(clicked) else 0)
        np.add.at(self.liked, (clicked["user"].to_numpy(), self.category[clicked["item"].to_numpy()]), 1)

    def _room(self, user):
        wide = max(self.liked.shape[1], int(self.category.max()) + 1)
        grow = max(user + 1 - len(self.liked), 0)
        self.liked = np.pad(self.liked, ((0, grow and grow + user // 4), (0, wide - self.liked.shape[1])))


class Recency:
    """The newest first. catalog: public facts of the items born before the policy starts."""

    def __init__(self, catalog: Catalog, name: str = "recency"):
        self.name, self.born = name, catalog.items["born_day"].to_numpy()

    def slates(self, requests: Requests) -> Slates:
        if len(requests.eligible) and requests.eligible[-1] >= len(self.born):
            raise ArgumentError(f"item {requests.eligible[-1]} is newer than the {len(self.born)} items this policy "
                                f"knows. Make it from the catalogue of the day on which it starts.")
        return top(self.born[requests.eligible], requests)

    def observe(self, day_log: DayLog) -> None:
        if day_log.new_items is not None:
            self.born = np.concatenate([self.born, day_log.new_items.items["born_day"].to_numpy()])


class FeatureSorter:
    """A random set, sorted by a feature that people do not care about: position says nothing about relevance.

    Each slate is a uniform subset of what is eligible, the highest `column` of the public catalogue on top; the
    propensity of a slot given the slots above is exact.
    """

    def __init__(self, catalog: Catalog, column: str = "title_length", seed: int = 0, name: str | None = None):
        if column not in catalog.items:
            raise ArgumentError(f"column is {column!r}; expected one of {', '.join(map(str, catalog.items.columns))}.")
        self.column, self.seed, self.name = column, seed, name or f"by_{column}"
        self.value = catalog.items[column].to_numpy()

    def slates(self, requests: Requests) -> Slates:
        eligible = requests.eligible
        slots = min(requests.slate_size, len(eligible))
        item, propensity = blank(requests, slots)
        places = np.arange(len(eligible), dtype=np.int32)
        draws.uniform(self.seed, requests.request_id, places, slots, item, propensity)
        rank = np.empty(len(eligible), np.int64)
        rank[np.argsort(-self.value[eligible], kind="stable")] = places
        draws.sorted_subset(rank, slots, item, propensity, eligible)
        return Slates(item, propensity)

    def observe(self, day_log: DayLog) -> None:
        if day_log.new_items is not None:
            self.value = np.concatenate([self.value, day_log.new_items.items[self.column].to_numpy()])


class EpsilonMix:
    """Another policy's ranking, in which each slot is random with chance `epsilon`.

    base: a policy without randomness. Propensity: epsilon / (N - k), plus 1 - epsilon where the item is the base's
    next. Raises ConstraintError if the base randomises: its chance of the next item would not be known.
    """

    def __init__(self, base, epsilon: float = 0.1, seed: int = 0, name: str | None = None):
        if not 0 <= epsilon <= 1:
            raise ArgumentError(f"epsilon is {epsilon}; expected a probability, 0 to 1.")
        self.base, self.epsilon, self.seed, self.name = base, epsilon, seed, name or f"{base.name}+{epsilon:g}"

    def slates(self, requests: Requests) -> Slates:
        ranked = self.base.slates(requests)
        if (np.asarray(ranked.propensity) != 1).any():
            raise ConstraintError(f"{self.base.name!r} randomises by itself; EpsilonMix needs a policy whose "
                                  f"propensities are all 1. Randomise once.")
        item, propensity = blank(requests, ranked.item.shape[1])
        draws.epsilon(self.seed, requests.request_id, requests.eligible, np.ascontiguousarray(ranked.item, np.int32),
                      self.epsilon, item, propensity)
        return Slates(item, propensity)

    def observe(self, day_log: DayLog) -> None:
        if hasattr(self.base, "observe"):
            self.base.observe(day_log)


class SwapTop(EpsilonMix):
    """Another policy's slate, in which the top item changes places with a slot drawn uniformly (itself included).

    It identifies examination by position at little cost. The top slot's propensity is 1 / K; what follows is then
    certain, so its propensity is 1.
    """

    def __init__(self, base, seed: int = 0, name: str | None = None):
        super().__init__(base, 0.0, seed, name or f"{base.name}+swap")

    def slates(self, requests: Requests) -> Slates:
        ranked = self.base.slates(requests)
        if not ranked.item.shape[1]:
            return ranked
        item, rows = np.array(ranked.item, np.int32), np.arange(len(requests))
        full = (item >= 0).sum(axis=1)
        u = keyed_uniform(self.seed, dice.POLICY, requests.request_id, 2)
        swap = np.minimum((u * full).astype(int), np.maximum(full - 1, 0))
        item[rows, 0], item[rows, swap] = item[rows, swap], item[rows, 0]
        propensity = np.ones(item.shape, np.float32)
        propensity[:, 0] = 1 / np.maximum(full, 1)
        return Slates(item, propensity)


class PlackettLuce:
    """Slates drawn one after the other with chance ∝ exp(score / temperature) among what is not shown yet.

    scorer: function of requests that returns float (N,) or (B, N) along requests.eligible.
    """

    def __init__(self, scorer, temperature: float = 1.0, seed: int = 0, name: str = "plackett_luce", learner=None):
        if not temperature > 0:
            raise ArgumentError(f"temperature is {temperature}; expected a number above 0.")
        self.scorer, self.temperature, self.seed, self.name = scorer, temperature, seed, name
        self.learner = learner

    def slates(self, requests: Requests) -> Slates:
        score = np.ascontiguousarray(self.scorer(requests), np.float64)
        weight = np.empty(np.atleast_2d(score).shape)
        if draws.weights_of(np.atleast_2d(score), float(self.temperature), weight) >= 0:
            bad = ~np.isfinite(score)
            raise ArgumentError(f"scores of {self.name!r} hold {int(bad.sum())} values that are NaN or infinite, first "
                                f"at {tuple(np.argwhere(bad)[0].tolist())}; expected finite numbers. Leave items out "
                                f"by a low score.")
        return raced(self.seed, requests, weight if score.ndim == 2 else weight[0])

    def observe(self, day_log: DayLog) -> None:
        if hasattr(self.learner, "observe"):
            self.learner.observe(day_log)


class TopScore:
    """The highest scores, without randomness. scorer: as for PlackettLuce."""

    def __init__(self, scorer, name: str = "top_score", learner=None):
        self.scorer, self.name, self.learner = scorer, name, learner

    def slates(self, requests: Requests) -> Slates:
        return top(np.asarray(self.scorer(requests)), requests)

    def observe(self, day_log: DayLog) -> None:
        if hasattr(self.learner, "observe"):
            self.learner.observe(day_log)


class Oracle:
    """The best slate by the truth, for upper bounds. by: "click", "satisfaction" or "value"."""

    def __init__(self, truth, by: str = "satisfaction", name: str | None = None):
        self.truth, self.by, self.name = truth, by, name or f"oracle_{by}"

    def slates(self, requests: Requests) -> Slates:
        return top(self.truth.request_scores(requests, by=self.by), requests)

    def observe(self, day_log: DayLog) -> None:
        self.truth.learn_items(day_log)


PopularityPolicy, RecencyPolicy = Popularity, Recency
