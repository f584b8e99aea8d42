"""Features as they were known at a moment: joins and counts that use what came strictly before, nothing later.

Each function has a `naive` twin in spirit: the same numbers taken from the whole log, which is what leaks. Sums run
over all events, so that one click that is NaN would make every count NaN: such a row is refused, and named.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.contracts import (
    DAY_S,
    ArgumentError,
    DataError,
    ShapeError,
    as_ids,
    as_numbers,
    check_labels,
    check_same_keys,
)

_START_CTR, _STRENGTH = 0.1, 20.0  # a click rate before anything was shown, and the impressions it weighs


# --- joins ----------------------------------------------------------------------------------------------------------
def as_of_join(events: pd.DataFrame, facts: pd.DataFrame, by, *, event_time: str = "time", fact_time: str = "time",
               known_at: str | None = None, ttl_s: float = np.inf, age: str | None = None) -> pd.DataFrame:
    """Each event with the latest fact of its key that was known strictly before it.

    events: a row an event, columns `by` and event_time (s). facts: a row a fact, columns `by`, fact_time (s) and the
    values to be joined. by: column name or list of them. known_at: column of facts with the time (s) at which the fact
    reached the store, where that is later than fact_time (late events, backfills): a fact counts from then on, and
    among those known the latest fact_time wins. ttl_s: older facts (event time − fact time) count as missing.
    age: if given, the name of a column for the fact's age in s.
    Returns events, same rows, order and index, plus the facts' value columns; NaN where nothing was known.
    Raises DataError for a missing column, a NaN time, a column that stands in both, or keys of two types (1 and "1");
    ArgumentError for a ttl_s below 0. Keys that are missing are a key of their own.

    Source: kdb+ `aj`; DuckDB ASOF JOIN.  Departs: strictly before, not at or before: a click and the count it
    raises carry the same time.
    """
    by = [by] if isinstance(by, str) else list(by)
    known = known_at or fact_time
    if not ttl_s >= 0:
        raise ArgumentError(f"ttl_s is {ttl_s}; expected seconds of at least 0, or infinity.")
    _check_join(events, facts, by, event_time, {fact_time, known})
    values = [name for name in facts if name not in {*by, fact_time, known}]
    key = pd.concat([events[by], facts[by]]).groupby(by, sort=False, dropna=False).ngroup().to_numpy()  # one int
    facts = _best_known(facts[values].assign(_key=key[len(events):], _fact_time=facts[fact_time].astype("float64"),
                                             _known=facts[known].astype("float64")))
    left = pd.DataFrame({"_key": key[:len(events)], "_known": events[event_time].to_numpy("float64"),
                         "_row": np.arange(len(events))}).sort_values("_known", kind="stable")
    joined = pd.merge_asof(left, facts, on="_known", by="_key", allow_exact_matches=False)
    joined = joined.sort_values("_row", ignore_index=True)
    seconds = joined["_known"] - joined["_fact_time"]
    joined[values] = joined[values].mask(seconds > ttl_s)
    out = events.assign(**{name: joined[name].to_numpy() for name in values})
    return out if age is None else out.assign(**{age: seconds.to_numpy()})


def naive_join(events: pd.DataFrame, facts: pd.DataFrame, by, *, fact_time: str = "time") -> pd.DataFrame:
    """Each event with the latest fact of its key there is, whenever it came: the join that leaks the future.

    Arguments and return as in as_of_join. It is here to be compared with, not to be used.
    """
    by = [by] if isinstance(by, str) else list(by)
    _check_join(events, facts, by, None, {fact_time})
    latest = facts.sort_values(fact_time, kind="stable").drop_duplicates(by, keep="last").drop(columns=fact_time)
    joined = events[by].merge(latest, on=by, how="left")
    return events.assign(**{name: joined[name].to_numpy() for name in latest if name not in by})


def _best_known(facts: pd.DataFrame) -> pd.DataFrame:
    """Facts in order of arrival; one that arrives after a newer one of its key is replaced by the newer."""
    facts = facts.sort_values(["_known", "_fact_time"], kind="stable", ignore_index=True)
    late = facts["_fact_time"] < facts.groupby("_key")["_fact_time"].cummax()
    if not late.any():
        return facts
    newest = pd.Series(facts.index, dtype="float64").where(~late).groupby(facts["_key"]).ffill().astype(int)
    return facts.take(newest.to_numpy()).reset_index(drop=True).assign(_known=facts["_known"])


def _check_join(events, facts, by, event_time, fact_times) -> None:
    for table, frame, needed in (("events", events, {*by, *([event_time] if event_time else [])}),
                                 ("facts", facts, {*by, *fact_times})):
        missing = sorted(needed - set(frame))
        if missing:
            raise DataError(f"{table} have no column {', '.join(missing)}; they have {', '.join(map(str, frame))}.")
        for name in needed - set(by):
            if frame[name].isna().any():
                first = int(np.flatnonzero(frame[name].isna())[0])
                raise DataError(f"{name} of {table} is missing in {frame[name].isna().sum()} rows (first: row "
                                f"{first}); an event without a time cannot be placed. Drop or date them.")
    for name in by:
        check_same_keys(**{f"{name} of events": events[name], f"{name} of facts": facts[name]})
    both = sorted((set(facts) - {*by, *fact_times}) & set(events))
    if both:
        raise DataError(f"column {both[0]} stands in events and in facts. Rename it in facts before joining.")


# --- counts ---------------------------------------------------------------------------------------------------------
class Counter:
    """Events sorted once by key and time, to be counted before any moment, any number of times.

    key: int ≥ 0 (E,). time: s (E,). weight: float (E, W), what to sum; a column of ones counts.
    Raises ShapeError where lengths differ, ArgumentError for a negative key, or a key, time or weight that is NaN.
    """

    def __init__(self, key, time, weight):
        key, time, weight = as_ids("key", key), as_numbers("time", time), as_numbers("weight", weight)
        if not (key.ndim == time.ndim == 1 and weight.ndim == 2 and len(key) == len(time) == len(weight)):
            raise ShapeError(f"key {key.shape}, time {time.shape} and weight {weight.shape} must agree in length: "
                             f"expected (E,), (E,) and (E, W).")
        self._beyond = int(key.max(initial=-1)) + 1
        if self._beyond > 2**62 // (len(time) + 1):
            raise ArgumentError(f"key {key.max()} is too large to be counted; expected dense ids. Number the keys 0, "
                                f"1, 2 … first (pandas.factorize).")
        self._moments = np.unique(time)
        self._width = np.int64(len(self._moments) + 1)
        code = key.astype(np.int64) * self._width + np.searchsorted(self._moments, time)  # (key, rank of time) as one
        order = np.argsort(code, kind="stable")
        self._code = code[order]
        self._total = np.vstack([np.zeros((1, weight.shape[1])), np.cumsum(weight[order], axis=0)])

    def before(self, at_key, at_time, window_s: float = np.inf) -> np.ndarray:
        """Summed weights of each key's events with at − window ≤ time < at, float64 (Q, W); at_key, at_time: (Q,).

        A key without events, -1 among them, has 0. Raises ShapeError, ArgumentError for NaN or a window below 0.
        """
        at_key, at_time = as_ids("at_key", at_key, padding=True), as_numbers("at_time", at_time, infinite=True)
        if at_key.shape != at_time.shape or at_key.ndim != 1:
            raise ShapeError(f"at_key {at_key.shape} and at_time {at_time.shape} must agree: expected (Q,) each.")
        if not window_s >= 0:
            raise ArgumentError(f"window_s is {window_s}; expected seconds of at least 0, or infinity.")
        at_key = np.minimum(at_key, self._beyond) * self._width

        def place(moment):  # of the first event, in order, of this key at or after the moment
            return np.searchsorted(self._code, at_key + np.searchsorted(self._moments, moment))

        start = place(at_time - window_s) if np.isfinite(window_s) else np.searchsorted(self._code, at_key)
        return self._total[place(at_time)] - self._total[start]


def counts_before(key, time, at_key, at_time, weight=None, window_s: float = np.inf) -> np.ndarray:
    """How many events of each key came strictly before each moment (or how much weight), float64 (Q,).

    key, time, weight: (E,) int ≥ 0, s, float: the events. at_key, at_time: (Q,): where to count.
    window_s: only events within this many seconds: at − window ≤ time < at.
    Raises ShapeError where lengths differ, ArgumentError for a negative key, NaN, or a window below 0.
    """
    weight = np.ones(len(np.asarray(key))) if weight is None else as_numbers("weight", weight)
    return Counter(key, time, weight[..., None]).before(at_key, at_time, window_s)[:, 0]


def snapshot_time(time, every_s: float = 0.0, delay_s: float = 0.0) -> np.ndarray:
    """The moment up to which a feature knows the log, for a request at `time` (s), float64.

    every_s: how often the feature is refreshed (0: at every event). delay_s: how long a refresh takes to be served.
    Raises ArgumentError for a time that is NaN, or an every_s or delay_s below 0.
    """
    if not (every_s >= 0 and delay_s >= 0):
        raise ArgumentError(f"every_s is {every_s}, delay_s is {delay_s}; expected both at least 0.")
    known = as_numbers("time", time, infinite=True) - delay_s
    return np.floor(known / every_s) * every_s if every_s else known


def count_features(impressions: pd.DataFrame, key, at_key, at_time, prefix: str, *, window_s=DAY_S, every_s=0.0,
                   delay_s=0.0) -> pd.DataFrame:
    """Impressions, clicks and smoothed click rate of a key, ever and within a window, as known at each moment.

    impressions: the log so far or all of it (what is later is not used). key: int (len(impressions),). at_key, at_time:
    (Q,). prefix: of the columns. window_s, every_s, delay_s: see counts_before and snapshot_time.
    Returns (Q,) rows: {prefix}_shown, _clicks, _ctr, _shown_recent, _clicks_recent, _ctr_recent. The rate is drawn to
    the click rate of the whole log as known then, by the weight of 20 impressions. Raises ArgumentError naming the row
    where a click is not 0 or 1, or a key or a time is NaN; ShapeError.
    """
    at = snapshot_time(at_time, every_s, delay_s)
    time, click = as_numbers("time", impressions["time"]), check_labels("click", impressions["click"])
    weight = np.column_stack([np.ones(len(click)), click])
    everything = np.vstack([np.zeros(2), np.cumsum(weight[np.argsort(time, kind="stable")], axis=0)])
    all_shown, all_clicks = everything[np.searchsorted(np.sort(time), at)].T
    overall = (all_clicks + _START_CTR * _STRENGTH) / (all_shown + _STRENGTH)
    counter, columns = Counter(key, time, weight), {}
    for name, window in (("", np.inf), ("_recent", window_s)):
        shown, clicks = counter.before(at_key, at, window).T
        columns |= {f"{prefix}_shown{name}": shown, f"{prefix}_clicks{name}": clicks,
                    f"{prefix}_ctr{name}": (clicks + overall * _STRENGTH) / (shown + _STRENGTH)}
    return pd.DataFrame(columns)


def item_features(impressions: pd.DataFrame, at: pd.DataFrame, **how) -> pd.DataFrame:
    """Counts and click rates of items as known at each row of `at` (columns item, time); index as `at`.

    impressions: columns item, time, click. how: window_s, every_s, delay_s of count_features.
    Returns item_shown, item_clicks, item_ctr and the three of the last day (_recent).
    """
    return count_features(impressions, impressions["item"], at["item"], at["time"], "item", **how).set_index(at.index)


def user_features(impressions: pd.DataFrame, at: pd.DataFrame, **how) -> pd.DataFrame:
    """Counts and click rates of users as known at each row of `at` (columns user, time), and user_idle_s, the time
    since the user was last shown anything (NaN if never); index as `at`. how: as in item_features."""
    counted = count_features(impressions, impressions["user"], at["user"], at["time"], "user", **how)
    last = impressions[["user", "time"]].drop_duplicates()
    query = pd.DataFrame({"user": at["user"].to_numpy(), "now": at["time"].to_numpy(np.float64),
                          "time": snapshot_time(at["time"], how.get("every_s", 0.0), how.get("delay_s", 0.0))})
    seen = as_of_join(query, last.assign(last=last.time), "user")["last"]
    return counted.assign(user_idle_s=(query.now - seen).to_numpy()).set_index(at.index)


def affinity_features(impressions: pd.DataFrame, at: pd.DataFrame, group, prefix: str = "affinity", **how):
    """A user's counts and click rates within an item's group (category, creator), as known at each row of `at`.

    group: int ≥ 0 (N,), the group of each item. at: columns user, item, time. Returns as count_features, index as `at`.
    Raises as count_features; UnknownIdError for an item without a group.
    """
    group = as_ids("group of items", group)
    n_groups = int(group.max(initial=0)) + 1
    key, at_key = (as_ids("user", table["user"]) * n_groups + group[as_ids("item", table["item"], len(group))]
                   for table in (impressions, at))
    return count_features(impressions, key, at_key, at["time"], prefix, **how).set_index(at.index)


def ranking_features(impressions: pd.DataFrame, at: pd.DataFrame, group, **how) -> pd.DataFrame:
    """Item, user and affinity features side by side, as known at each row of `at` (columns user, item, time); index as
    `at`. group: int ≥ 0 (N,), see affinity_features. how: window_s, every_s, delay_s, the same for all."""
    return pd.concat([item_features(impressions, at, **how), user_features(impressions, at, **how),
                      affinity_features(impressions, at, group, **how)], axis=1)
