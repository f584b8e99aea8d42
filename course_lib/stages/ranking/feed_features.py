"""What the ranker of a running service knows: counters and profiles that move with each day's log.

The table a ranker is trained on is made by replaying the log: features as they stood in the morning, then the day's
rows, then the day is learnt. The same object serves afterwards, so training and serving cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from course_lib.contracts import (
    ArgumentError,
    Candidates,
    Catalog,
    DataError,
    DayLog,
    Requests,
    as_ids,
    as_numbers,
    check_labels,
    keyed_uniform,
    unit_rows,
)

COLUMNS = ("item_rate", "item_recent", "age_days", "creator_rate", "category_rate", "category_share", "profile_match",
           "session_match", "user_rate", "user_clicks", "policy_score", "price")


class FeedFeatures:
    """feature_fn of a RankerStage that learns through `observe`.

    catalog: public facts of the items born so far; later ones arrive with the day logs. half_life_days: how fast
    rates, recent counts and profiles forget. prior: showings at the mean rate that every rate starts with.
    Raises ArgumentError for a half-life or prior not above 0, or facts or content that are NaN.
    """

    def __init__(self, catalog: Catalog, half_life_days: float = 4.0, prior: float = 50.0):
        if not (half_life_days > 0 and 0 < prior < np.inf):
            raise ArgumentError(f"half_life_days is {half_life_days}, prior {prior}; expected both above 0.")
        self.keep, self.prior = 0.5 ** (1 / half_life_days), prior
        self.unit, self.facts = np.empty((0, catalog.content.shape[1]), np.float32), {}
        for name in ("creator", "category", "born_day", "policy_score", "price"):
            self.facts[name] = np.empty(0)
        self._grow_items(catalog)
        self.n_categories = int(self.facts["category"].max()) + 1
        self.n_creators = int(self.facts["creator"].max()) + 1
        self.shown, self.clicked = (np.zeros(len(self.unit)) for _ in range(2))
        self.user_shown, self.user_clicked = np.zeros(0), np.zeros(0)
        self.profile = np.zeros((0, self.unit.shape[1]), np.float32)
        self.taste = np.zeros((0, self.n_categories), np.float32)

    def __call__(self, requests: Requests, candidates: Candidates) -> pd.DataFrame:
        """A row a candidate (B·C), columns COLUMNS, float32. Unknown people have no history; padding is item 0."""
        item, user = np.maximum(candidates.item, 0), requests.user
        mean = self.clicked.sum() / max(self.shown.sum(), 1)
        category, creator = self.facts["category"][item].astype(int), self.facts["creator"][item].astype(int)
        vectors = self.unit[item]                                                          # (B, C, d)
        across, rates = np.broadcast_to, self._rate(_of(self.user_clicked, user), _of(self.user_shown, user), mean)
        table = {
            "item_rate": self._rate(self.clicked, self.shown, mean)[item],
            "item_recent": np.log1p(self.clicked)[item],
            "age_days": requests.day - self.facts["born_day"][item],
            "creator_rate": self._grouped("creator", self.n_creators, mean)[creator],
            "category_rate": self._grouped("category", self.n_categories, mean)[category],
            "category_share": np.take_along_axis(_shares(_of(self.taste, user)), category, axis=1),
            "profile_match": np.einsum("bcd,bd->bc", vectors, unit_rows(_of(self.profile, user))),
            "session_match": np.einsum("bcd,bd->bc", vectors, self._session(requests)),
            "user_rate": across(rates[:, None], item.shape),
            "user_clicks": across(np.log1p(_of(self.user_clicked, user))[:, None], item.shape),
            "policy_score": self.facts["policy_score"][item],
            "price": self.facts["price"][item],
        }
        return pd.DataFrame({name: np.asarray(table[name], np.float32).ravel() for name in COLUMNS})

    def observe(self, day_log: DayLog) -> None:
        """Forget a little, then learn a day: newborn items first, then showings and clicks. Raises UnknownIdError for
        an item that is not in the catalogue, ArgumentError for a click that is not 0 or 1."""
        if day_log.new_items is not None:
            self._grow_items(day_log.new_items)
        rows = day_log.impressions
        user, item = as_ids("user of impressions", rows["user"]), as_ids("item", rows["item"], len(self.unit))
        click = check_labels("click of impressions", rows["click"]) == 1
        self._grow_users(int(user.max(initial=-1)) + 1)
        size, people = len(self.unit), len(self.user_shown)
        for held in (self.shown, self.clicked, self.user_shown, self.user_clicked, self.profile, self.taste):
            held *= self.keep
        self.shown += np.bincount(item, minlength=size)
        self.clicked += np.bincount(item[click], minlength=size)
        self.user_shown += np.bincount(user, minlength=people)
        self.user_clicked += np.bincount(user[click], minlength=people)
        np.add.at(self.profile, user[click], self.unit[item[click]])
        np.add.at(self.taste, (user[click], self.facts["category"][item[click]].astype(int)), 1)

    def directions(self, requests: Requests, session: float = 0.5) -> np.ndarray:
        """float32 (B, d): where each request points, the person's profile plus `session` times the session."""
        return unit_rows(_of(self.profile, requests.user)) + session * self._session(requests)

    # --- the parts ---------------------------------------------------------------------------------------------
    def _rate(self, clicks, shown, mean) -> np.ndarray:
        return (clicks + self.prior * mean) / (shown + self.prior)

    def _grouped(self, name, size, mean) -> np.ndarray:
        group = self.facts[name].astype(int)
        return self._rate(*(np.bincount(group, v, minlength=size) for v in (self.clicked, self.shown)), mean)

    def _session(self, requests: Requests) -> np.ndarray:
        """float32 (B, d): mean direction of what was clicked earlier in the session, 0 where nothing was."""
        held = requests.session_items
        if not held.size:
            return np.zeros((len(requests), self.unit.shape[1]), np.float32)
        known = (held >= 0) & (held < len(self.unit))
        return unit_rows((self.unit[np.where(known, held, 0)] * known[:, :, None]).sum(axis=1))

    def _grow_items(self, catalog: Catalog) -> None:
        fresh = catalog.items.index.to_numpy() >= len(self.unit)
        if not fresh.any():
            return
        if catalog.items.index[fresh][0] != len(self.unit):
            raise DataError(f"newborn items start at id {catalog.items.index[fresh][0]}; expected {len(self.unit)}, "
                            f"the next after those known. Build the features from the log's last catalogue.")
        content = as_numbers("content", catalog.content).astype(np.float32)
        facts = {name: as_ids(f"{name} of items", catalog.items[name]) if name in ("creator", "category") else
                 as_numbers(f"{name} of items", catalog.items[name], missing=True) for name in self.facts}
        self.unit = np.vstack([self.unit, unit_rows(content[fresh])])
        for name, held in self.facts.items():
            self.facts[name] = np.concatenate([held, facts[name][fresh]])
        if hasattr(self, "shown"):
            self.shown, self.clicked = (np.concatenate([v, np.zeros(fresh.sum())]) for v in (self.shown, self.clicked))

    def _grow_users(self, n: int) -> None:
        more = n - len(self.user_shown)
        if more > 0:
            for name in ("user_shown", "user_clicked", "profile", "taste"):
                held = getattr(self, name)
                setattr(self, name, np.concatenate([held, np.zeros((more, *held.shape[1:]), held.dtype)]))


def _of(held: np.ndarray, user: np.ndarray) -> np.ndarray:
    """Rows of held, (U, …), for each user; zeros for those beyond U."""
    known = (user >= 0) & (user < len(held))
    if not len(held):
        return np.zeros((len(user), *held.shape[1:]), held.dtype)
    rows = held[np.where(known, user, 0)]
    rows[~known] = 0
    return rows


def _shares(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(rows.sum(axis=1, keepdims=True), 1.0)


def day_of(log, day: int) -> DayLog:
    """One day of a log as a DayLog (without newborn items: the catalogue holds them)."""
    return DayLog(day, log.requests([day]), log.impressions([day]), log.outcomes([day]))


def shown_requests(impressions: pd.DataFrame, requests: pd.DataFrame, past: pd.DataFrame | None = None):
    """A day's impressions as Requests and the slates they were shown: (Requests, item int (B, K), click 0/1 (B, K)).

    past: all impressions of the day where `impressions` is a part of them. session_items are what was clicked earlier
    in the same session, at most five, as the policy saw it; -1 pads. Raises ArgumentError for positions below 1 or
    clicks that are not 0 or 1, DataError for a slot that is filled twice.
    """
    click_at, position = check_labels("click", impressions["click"]), as_ids("position", impressions["position"])
    if not len(position) or position.min() < 1:
        raise ArgumentError(f"position {position.min(initial=0)} stands in {len(position)} impressions; expected some, "
                            f"from 1 at the top.")
    if impressions.duplicated(["request_id", "position"]).any():
        raise DataError("a request fills a position twice; expected each once. Do not add a day twice.")
    ids, place = np.unique(impressions["request_id"], return_inverse=True)
    slots, slot = int(position.max()), position - 1
    item, click = np.full((len(ids), slots), -1, np.int32), np.zeros((len(ids), slots), np.int8)
    item[place, slot], click[place, slot] = impressions["item"], click_at
    facts = requests.set_index("request_id")
    session = _earlier_clicks(facts.loc[ids], impressions if past is None else past, facts["session"])
    facts = facts.loc[ids]
    made = Requests(facts["user"].to_numpy(np.int32), facts["time"].to_numpy(), ids, int(facts["day"].iloc[0]),
                    np.empty(0, np.int32), slots, session, facts["session"].to_numpy(), facts["device"].to_numpy())
    return made, item, click


def _earlier_clicks(facts, impressions, session_of, history: int = 5) -> np.ndarray:
    """int32 (B, history): for each request of facts, the session's clicks before its time, latest last."""
    clicks = impressions[impressions["click"] == 1].sort_values(["time", "position"], kind="stable")
    key = session_of.loc[clicks["request_id"]].to_numpy()
    asked = np.isin(key, facts["session"].to_numpy())
    order = np.argsort(key[asked], kind="stable")
    keys, begin = np.unique(key[asked][order], return_index=True)
    times, items = (np.split(clicks[name].to_numpy()[asked][order], begin[1:]) for name in ("time", "item"))
    held = dict(zip(keys.tolist(), zip(times, items, strict=True), strict=True)) if len(keys) else {}
    out = np.full((len(facts), history), -1, np.int32)
    for row, (key, time) in enumerate(zip(facts["session"], facts["time"], strict=True)):
        if key in held:
            past = held[key][1][held[key][0] < time][-history:]
            out[row, history - len(past):] = past
    return out


def replay(features: FeedFeatures, log, days=None, share: float = 1.0, seed: int = 0) -> Iterator[pd.DataFrame]:
    """The ranker's training table, a day at a time, as features stood before each day; then the day is learnt.

    days: of the log, all if None. share: of requests to keep, drawn by request id. Yields the columns of `features`
    with position, click, request_id, user, item, day.
    """
    for day in log.days if days is None else days:
        held = day_of(log, day)
        kept = held.impressions[keyed_uniform(seed, held.impressions["request_id"].to_numpy()) < share]
        if len(kept):
            requests, item, click = shown_requests(kept, held.requests, held.impressions)
            row, slot = np.nonzero(item >= 0)
            table = features(requests, Candidates(item, np.zeros(item.shape)))[(item >= 0).ravel()]
            yield table.assign(position=(slot + 1).astype(np.float32), click=click[row, slot], item=item[row, slot],
                               request_id=requests.request_id[row], user=requests.user[row], day=day)
        features.observe(held)
