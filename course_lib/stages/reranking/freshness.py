"""Room for what is new: a boost that stops by itself, and a ranker that learns each night from what it showed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course_lib.contracts import (
    ArgumentError,
    Catalog,
    DayLog,
    Requests,
    Slates,
    as_ids,
    as_numbers,
    best_k,
    check_finite,
)

EXAMINATION = 0.7  # chance of a look at position k is k to minus this; the lesson on feedback measures it


def fresh_boost(age_days, showings, *, size: float = 1.0, half_life_days: float = 3.0, enough: float = 100.0):
    """What is added to the score of each item because it is new and has hardly been shown.

    age_days: float (N,). showings: float (N,), so far. size: boost at birth, in the unit of the scores.
    half_life_days: age at which half of it is left. enough: showings after which the item has had its chance.
    Returns float (N,): size · 2^(−age / half_life) · (1 − showings / enough), never below 0; `size` for an item just
    born, 0 for any shown `enough` times, however young. Raises ArgumentError for half_life_days or enough not
    above 0, or NaN.
    """
    if not (half_life_days > 0 and enough > 0):
        raise ArgumentError(f"half_life_days is {half_life_days}, enough {enough}; expected both above 0.")
    age, showings = np.maximum(as_numbers("age_days", age_days), 0), as_numbers("showings", showings)
    return size * 2 ** (-age / half_life_days) * np.maximum(0, 1 - showings / enough)


class Nightly:
    """Ranks by a rate learnt each night from the log, plus nearness to what the person read, plus a boost.

    catalog: items born so far. boost: function of (age_days, showings), float (N,) each, that returns float (N,) in
    units of log rate; None for no boost. A rate counts reads of at least `read_s` seconds against looks, a look being a
    showing times its chance of being seen; rates are drawn to the mean of all by `prior` looks. near: units of log rate
    that the cosine of an item and a person's reads is worth.
    """

    def __init__(self, catalog: Catalog, boost: Callable | None = None, *, near: float = 4.0, read_s: float = 30.0,
                 prior: float = 30.0, name: str = "nightly"):
        check_finite(content=catalog.content)
        self.boost, self.near, self.read_s, self.prior, self.name = boost, near, read_s, prior, name
        self.born, self.content = catalog.items["born_day"].to_numpy(float), np.asarray(catalog.content, np.float32)
        self.showings, self.looks, self.reads = np.zeros((3, len(self.born)))
        self.profile = np.zeros((0, self.content.shape[1]), np.float32)

    def scores(self, requests: Requests) -> np.ndarray:
        """float (B, N) along requests.eligible: log rate + nearness + boost."""
        item = requests.eligible
        mean = self.reads.sum() / max(self.looks.sum(), 1)
        rate = np.log((self.reads[item] + self.prior * max(mean, 1e-4)) / (self.looks[item] + self.prior))
        if self.boost is not None:
            rate = rate + self.boost(requests.day - self.born[item], self.showings[item])
        self._room(int(requests.user.max(initial=-1)) + 1)
        liked = self.profile[requests.user]
        liked = liked / np.maximum(np.linalg.norm(liked, axis=1, keepdims=True), 1e-9)
        shelf, score = self.content[item], np.empty((len(requests), len(item)), np.float32)
        for row, taste in enumerate(liked):  # row by row: threads that start for a product this small cost more
            np.dot(shelf, taste, out=score[row])
        return self.near * score + rate.astype(np.float32)

    def slates(self, requests: Requests) -> Slates:
        """The best of the eligible items, as many as the slate holds."""
        k = min(requests.slate_size, len(requests.eligible))
        return Slates.certain(requests.eligible[best_k(self.scores(requests), k)])

    def observe(self, day_log: DayLog) -> None:
        """Count the day's showings, looks and reads (a dwell that is missing is none); meet the items born that day.

        Raises UnknownIdError for an item that is not in the catalogue, ArgumentError for a position below 1."""
        shown = day_log.impressions
        item, read = as_ids("item", shown["item"], len(self.born)), (shown["dwell_s"] >= self.read_s).to_numpy()
        look = as_numbers("position", shown["position"], low=1) ** -EXAMINATION
        n = len(self.born)
        for total, weight in ((self.showings, None), (self.looks, look), (self.reads, read)):
            total += np.bincount(item, weight, n)
        user = as_ids("user", shown["user"])[read]
        self._room(int(user.max(initial=-1)) + 1)
        np.add.at(self.profile, user, self.content[item[read]])
        if day_log.new_items is not None and len(day_log.new_items.items):
            self.born = np.concatenate([self.born, day_log.new_items.items["born_day"].to_numpy(float)])
            self.content = np.concatenate([self.content, np.asarray(day_log.new_items.content, np.float32)])
            more = len(self.born) - n
            self.showings, self.looks, self.reads = (np.pad(a, (0, more))
                                                     for a in (self.showings, self.looks, self.reads))

    def _room(self, people: int) -> None:
        self.profile = np.pad(self.profile, ((0, max(0, people - len(self.profile))), (0, 0)))
