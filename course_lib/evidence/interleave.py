"""Team-draft interleaving: two rankers share one slate, and the reader's clicks say whose items were wanted.

Each reader compares both rankers on the same visit, so differences among readers cancel: that is why it needs far
fewer of them than an A/B test. It says which ranker's items are clicked more, and nothing about retention.
"""

from __future__ import annotations

import numpy as np

from course_lib.contracts import (
    ArgumentError,
    DataError,
    Requests,
    ShapeError,
    Slates,
    as_count,
    as_ids,
    as_numbers,
    check_labels,
    check_same_keys,
    keyed_uniform,
)
from course_lib.evidence.estimate import Estimate, per_group, ratio


def team_draft(a, b, slate_size: int, coin) -> tuple[np.ndarray, np.ndarray]:
    """Slates drafted from two ranked lists: in each round a coin says who picks first, each picks its best left.

    a, b: int (B, C), best first, -1 pads. coin: float (B, R) in [0, 1), R ≥ slate_size / 2 rounds; below 0.5 a picks
    first. Returns item (B, slate_size), -1 where both lists are spent, and team (B, slate_size): 0 for a, 1 for b,
    -1 where empty. Equal lists give that list, whatever the coins. An item that a list holds twice is drafted once.
    Raises ShapeError, ArgumentError for ids or coins that are none.

    Source: Radlinski, Kurup, Joachims 2008, doi:10.1145/1458082.1458092.
    """
    a, b, coin = as_ids("a", a, padding=True), as_ids("b", b, padding=True), as_numbers("coin", coin, 0, 1)
    item, team, _ = _draft(a, b, as_count("slate_size", slate_size), coin)
    return item, team


def _draft(a, b, slate_size, coin):
    if not a.ndim == b.ndim == coin.ndim == 2 or not len(a) == len(b) == len(coin):
        raise ShapeError(f"a {a.shape}, b {b.shape}, coin {coin.shape}; expected (B, C), (B, C) and (B, R), of the "
                         f"same number of requests.")
    if coin.shape[1] * 2 < slate_size:
        raise ArgumentError(f"coin has {coin.shape[1]} rounds; {slate_size} slots need {-(-slate_size // 2)}.")
    item, team = np.full((2, len(a), slate_size), -1, np.int64)
    chance = np.ones((len(a), slate_size))
    row, secret = np.arange(len(a)), np.ones(len(a), bool)
    for slot in range(slate_size):
        first = (coin[:, slot // 2] >= 0.5).astype(int)
        turn = first if slot % 2 == 0 else 1 - first
        pick = np.stack([_best_left(a, item[:, :slot]), _best_left(b, item[:, :slot])], axis=1)
        pick = np.where(pick < 0, pick[:, ::-1], pick)  # a spent list passes
        same = pick[:, 0] == pick[:, 1]
        secret = np.ones(len(a), bool) if slot % 2 == 0 else secret  # can the slots above tell the round's coin?
        chance[:, slot] = np.where(secret & ~same, 0.5, 1.0)
        secret = same
        item[:, slot] = pick[row, turn]
        team[:, slot] = np.where(item[:, slot] < 0, -1, turn)
    return item, team, chance


def _best_left(ranked: np.ndarray, taken: np.ndarray) -> np.ndarray:
    if not ranked.shape[1]:
        return np.full(len(ranked), -1)
    free = (ranked >= 0) & ~(ranked[:, :, None] == taken[:, None, :]).any(2)
    return np.where(free.any(1), ranked[np.arange(len(ranked)), free.argmax(1)], -1)


def preference(team, click, groups=None) -> Estimate:
    """Clicks for b less clicks for a, over all clicks, −1 … 1, with the interval over users; 0 says no difference.

    team: int (B, K) or (n,), 0, 1 or -1. click: same shape, 0/1. groups: the user of each request (B,) or row (n,).
    Raises ArgumentError for other teams or clicks, ShapeError, DataError where all is one user's.
    """
    team, click = as_ids("team", team, 2, padding=True), check_labels("click", click)
    if team.shape != click.shape:
        raise ShapeError(f"team has shape {team.shape}, click {click.shape}; expected the same.")
    for_a, for_b = (np.where(team == t, click, 0).reshape(len(team), -1).sum(1) for t in (0, 1))
    for_a, for_b = per_group(np.arange(len(team)) if groups is None else groups, for_a, for_b)
    if (for_a + for_b).sum() == 0:
        return Estimate(0.0, -1.0, 1.0, 0)  # no clicks: nothing is known
    if len(for_a) < 2:
        raise DataError("all clicks are one user's; expected at least 2. How far others lie from one cannot be known.")
    share = ratio(for_b, for_a + for_b)
    return Estimate(2 * share.value - 1, 2 * share.low - 1, 2 * share.high - 1, share.n)


class Interleaved:
    """A policy that drafts its slates from two others and remembers which slot was whose.

    a, b: policies. depth: how many items of each are drafted from, at least the slate size. Coins depend on
    (seed, request) alone. Propensities are those of the draft, 1 or 0.5, where a and b themselves draw nothing.
    """

    def __init__(self, a, b, seed: int = 0, name: str | None = None):
        self.a, self.b, self.seed = a, b, seed
        self.name = name or f"interleave {a.name} | {b.name}"
        self._request, self._team, self._item = [], [], []

    def slates(self, requests: Requests) -> Slates:
        k = requests.slate_size
        coin = keyed_uniform(self.seed, requests.request_id[:, None], np.arange(-(-k // 2)))
        item, team, chance = _draft(self.a.slates(requests).item, self.b.slates(requests).item, k, coin)
        self._request.append(np.repeat(requests.request_id, k))
        self._team.append(team.ravel())
        self._item.append(item.ravel())
        return Slates(item.astype(np.int32), chance.astype(np.float32))

    def observe(self, day_log) -> None:
        for policy in (self.a, self.b):
            if hasattr(policy, "observe"):
                policy.observe(day_log)

    def credit(self, impressions):
        """The impressions (a table with request_id, item, click, user) of this policy, with a column `team`.

        Raises DataError where it has served nothing, or request ids or items are of another type. Where a request was
        asked again (a day that was interrupted), its last draft counts.
        """
        import pandas as pd

        if not self._request:
            raise DataError(f"{self.name} has served no request, so no slot is anybody's. Run it first.")
        teams = pd.DataFrame({"request_id": np.concatenate(self._request), "item": np.concatenate(self._item),
                              "team": np.concatenate(self._team)})
        teams = teams.drop_duplicates(["request_id", "item"], keep="last")
        check_same_keys(**{"request_id of impressions": impressions["request_id"], "those served": teams["request_id"]})
        check_same_keys(**{"item of impressions": impressions["item"], "those served": teams["item"]})
        return impressions.merge(teams[teams["team"] >= 0], on=["request_id", "item"], how="inner")
