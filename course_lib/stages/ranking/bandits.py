"""Rankers that are retrained every day on the log they made: by counts, by rates, by Thompson sampling.

Not personal on purpose: what they do to their own training data is all there is to see. Each is a Policy; `observe` is
the nightly retraining.
"""

from __future__ import annotations

import numpy as np

from course_lib.contracts import (
    ArgumentError,
    DayLog,
    Requests,
    ShapeError,
    Slates,
    as_count,
    as_ids,
    as_numbers,
    check_labels,
)

RULES = ("counts", "rates", "thompson")


def posterior(clicks: np.ndarray, showings: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Beta posterior of each item's click rate after a uniform prior.

    clicks, showings: (N,), clicks ≤ showings. Returns (alpha, beta), float (N,) each: 1 + clicks and 1 + showings −
    clicks; the mean is alpha / (alpha + beta), ½ for an item never shown. Raises ArgumentError for counts that are NaN
    or below 0, or more clicks than showings; ShapeError.
    """
    clicks, showings = as_numbers("clicks", clicks, low=0), as_numbers("showings", showings, low=0)
    if clicks.shape != showings.shape:
        raise ShapeError(f"clicks have shape {clicks.shape}, showings {showings.shape}; expected one of each an item.")
    if (clicks > showings).any():
        first = int(np.flatnonzero((clicks > showings).ravel())[0])
        raise ArgumentError(f"item {first} has {clicks.ravel()[first]:g} clicks in {showings.ravel()[first]:g} "
                            f"showings; expected no more clicks than showings. Count both from the same log.")
    return 1 + clicks, 1 + showings - clicks


class Retrained:
    """Shows the items with the highest scores; scores come from the clicks and showings of all days observed.

    rule: "counts" (clicks), "rates" (clicks per showing, no prior) or "thompson" (a draw from each item's posterior, a
    new one every 64 requests). random_slots: share of slots filled uniformly. It knows no positions and no people.
    """

    def __init__(self, rule: str = "counts", *, random_slots: float = 0.0, seed: int = 0, name: str | None = None):
        if rule not in RULES:
            raise ArgumentError(f"rule is {rule!r}; expected one of {', '.join(RULES)}.")
        if not 0 <= random_slots <= 1:
            raise ArgumentError(f"random_slots is {random_slots}; expected a share from 0 to 1.")
        self.rule, self.random_slots = rule, random_slots
        self.name = name or (rule + (" + random slots" if random_slots else ""))
        self.rng, self.clicks, self.showings = np.random.default_rng(seed), np.zeros(0), np.zeros(0)

    def score(self, eligible: np.ndarray, draws: int = 1) -> np.ndarray:
        """float (draws, N): one row of scores for each draw; ties in random order."""
        self._make_room(int(eligible.max(initial=-1)) + 1)
        clicks, showings = self.clicks[eligible], self.showings[eligible]
        if self.rule == "thompson":
            return self.rng.beta(*posterior(clicks, showings), size=(draws, len(eligible)))
        score = clicks if self.rule == "counts" else clicks / np.maximum(showings, 1)
        return score + 1e-9 * self.rng.random((draws, len(eligible)))

    def slates(self, requests: Requests) -> Slates:
        """One draw for each 64 requests, so that a batch is not all one slate; random slots for each request."""
        width = min(requests.slate_size, len(requests.eligible))
        drawn = self.score(requests.eligible, draws=-(-len(requests) // 64))
        best = np.argsort(-drawn, axis=1, kind="stable")[:, :width]
        place = np.repeat(best, 64, axis=0)[:len(requests)]
        item = requests.eligible[place]
        for b, k in np.argwhere(self.rng.random(item.shape) < self.random_slots):
            free = requests.eligible[self.rng.integers(len(requests.eligible))]
            if free not in item[b]:
                item[b, k] = free
        return Slates.certain(item)

    def observe(self, day_log: DayLog) -> None:
        """Count the day's clicks and showings. Raises ArgumentError for a click that is not 0 or 1."""
        shown = day_log.impressions
        item, click = as_ids("item of impressions", shown["item"]), check_labels("click of impressions", shown["click"])
        self._make_room(int(item.max(initial=-1)) + 1)
        self.showings += np.bincount(item, minlength=len(self.showings))
        self.clicks += np.bincount(item, weights=click, minlength=len(self.clicks))

    def _make_room(self, n: int) -> None:
        short = max(0, n - len(self.clicks))
        self.clicks, self.showings = (np.pad(a, (0, short)) for a in (self.clicks, self.showings))


def rehearse(rates: np.ndarray, examination: np.ndarray, rule: str, *, random_slots: float = 0.0, rounds: int = 60,
             requests: int = 2000, groups: int = 20, turnover: float = 0.0, seed: int = 0) -> dict[str, np.ndarray]:
    """The retraining loop and nothing else: fixed click rates, everybody alike.

    rates: float (N,), P(click | looked at). examination: float (K,), P(looked at) by position. Each round serves
    `requests` requests, in `groups` that each see one slate, and retrains on all rounds so far. turnover: share of the
    items that each night replaces by new ones, whose rates are drawn from `rates`; 0: the items stay.
    Returns per round, float (rounds,): "clicks" (per request), "possible" (what the best slate would have earned),
    "top_share" (of the round's clicks, on the tenth of items with the most), "found" (share of the best tenth of items
    that has been shown at least 100 times). Raises ArgumentError for chances outside [0, 1], no rounds or groups, or
    fewer items than positions.
    """
    rates, examination = as_numbers("rates", rates, 0, 1), as_numbers("examination", examination, 0, 1)
    rounds, groups = as_count("rounds", rounds, 1), as_count("groups", groups, 1)
    if not 1 <= len(examination) <= len(rates):
        raise ArgumentError(f"{len(rates)} items and {len(examination)} positions; expected at least one position and "
                            f"as many items.")
    if not 0 <= turnover <= 1:
        raise ArgumentError(f"turnover is {turnover}; expected a share from 0 to 1.")
    n, width, now = len(rates), len(examination), rates.copy()
    policy = Retrained(rule, random_slots=random_slots, seed=seed)
    policy._make_room(n)
    out = {name: np.zeros(rounds) for name in ("clicks", "possible", "top_share", "found")}
    looks = np.broadcast_to(requests / groups * examination, (groups, width))
    for r in range(rounds):
        if turnover:
            _replace_some(policy, now, rates, turnover)
        item = np.argsort(-policy.score(np.arange(n), groups), axis=1)[:, :width]
        swapped = policy.rng.random(item.shape) < random_slots
        item = np.where(swapped, policy.rng.integers(n, size=item.shape), item)
        click = policy.rng.binomial(np.round(looks).astype(int), now[item])
        got = np.bincount(item.ravel(), weights=click.ravel(), minlength=n)
        policy.clicks += got
        policy.showings += np.bincount(item.ravel(), minlength=n) * (requests / groups)
        _note_round(out, r, got, requests, now, examination, policy.showings)
    return out


def _replace_some(policy: Retrained, now: np.ndarray, rates: np.ndarray, turnover: float) -> None:
    """Put new items in the place of some: nothing is known of them. `now` is changed in place."""
    gone = np.flatnonzero(policy.rng.random(len(now)) < turnover)
    now[gone] = policy.rng.choice(rates, len(gone))
    policy.clicks[gone] = policy.showings[gone] = 0


def _note_round(out, r, got, requests, rates, examination, showings) -> None:
    tenth, best = max(1, len(rates) // 10), np.argsort(-rates, kind="stable")
    out["clicks"][r] = got.sum() / requests
    out["possible"][r] = rates[best[:len(examination)]] @ examination
    out["top_share"][r] = np.sort(got)[::-1][:tenth].sum() / max(got.sum(), 1)
    out["found"][r] = np.mean(showings[best[:tenth]] >= 100)
