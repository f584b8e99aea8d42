"""Feast, an open-source feature store, held against what the as-of join gives: ties, late writes, old and new rows."""

from __future__ import annotations

import contextlib
import tempfile

import numpy as np
import pandas as pd

from course_lib.contracts import DAY_S
from course_lib.data.features import as_of_join

TTL_S = 3 * DAY_S


def version() -> str:
    """Feast's version, "" where it is not installed."""
    try:
        import feast
    except ImportError:
        return ""
    return feast.__version__


def stamp(seconds):
    """Seconds of the world as timestamps, which Feast asks for."""
    return pd.Timestamp("2026-01-01", tz="UTC") + pd.to_timedelta(np.round(seconds, 3), unit="s")


def counted(clicks: pd.DataFrame) -> pd.DataFrame:
    """Clicks so far of each user, a row a moment: user, time, clicks, arrival. clicks: user, time, arrival."""
    ordered = clicks.sort_values("time", kind="stable")
    counts = ordered.assign(clicks=ordered.groupby("user").cumcount() + 1)
    return counts.drop_duplicates(["user", "time"], keep="last")[["user", "time", "clicks", "arrival"]]


class FeastStore:
    """A Feast store that serves `taste:clicks` by user, from a file and SQLite, in a folder of its own.

    facts: user, time, clicks, arrival (s), as of `counted`. ttl_s: how long a value holds. `close` removes the folder.
    """

    def __init__(self, facts: pd.DataFrame, ttl_s: float = TTL_S):
        from feast import Entity, FeatureStore, FeatureView, Field, FileSource, RepoConfig, ValueType
        from feast.types import Int64

        self._folder = tempfile.TemporaryDirectory()
        folder = self._folder.name
        table = facts.assign(at=stamp(facts["time"]), written=stamp(facts["arrival"]))
        table.to_parquet(f"{folder}/clicks.parquet")
        user = Entity(name="user", join_keys=["user"], value_type=ValueType.INT64)
        file = FileSource(path=f"{folder}/clicks.parquet", timestamp_field="at", created_timestamp_column="written")
        view = FeatureView(name="taste", entities=[user], source=file, schema=[Field(name="clicks", dtype=Int64)],
                           ttl=pd.Timedelta(seconds=ttl_s).to_pytimedelta())
        self.feast = FeatureStore(config=RepoConfig(
            project="course", provider="local", registry=f"{folder}/registry.db", entity_key_serialization_version=3,
            online_store={"type": "sqlite", "path": f"{folder}/online.db"}, offline_store={"type": "file"}))
        self.feast.apply([user, view])

    def ask(self, rows: pd.DataFrame, **how) -> tuple[np.ndarray, np.ndarray]:
        """Feast's answer for each row (user, time), NaN where no row came back, float (R,); and which came back."""
        asked = rows[["user"]].assign(row=range(len(rows)), event_timestamp=stamp(rows["time"]))
        got = self.feast.get_historical_features(asked, features=["taste:clicks"], **how).to_df()
        got = got.set_index("row")["clicks"]
        return got.reindex(range(len(rows))).to_numpy(float), np.isin(range(len(rows)), got.index)

    def load_online(self, until_s: float) -> None:
        """Write all values up to a moment, s, into the online store."""
        with contextlib.redirect_stdout(None):
            self.feast.materialize(stamp(0).to_pydatetime(), stamp(until_s).to_pydatetime())

    def online(self, users) -> list:
        """What the online store serves these users now, None where nothing."""
        rows = [{"user": int(user)} for user in np.ravel(users)]
        return self.feast.get_online_features(features=["taste:clicks"], entity_rows=rows).to_dict()["clicks"]

    def close(self) -> None:
        """Remove the folder."""
        self._folder.cleanup()


def unlike(answer, oracle) -> np.ndarray:
    """Rows on which two answers differ, bool (R,); two missing values agree."""
    return ~np.isclose(answer, oracle, equal_nan=True)


def oracle(facts: pd.DataFrame, asks: pd.DataFrame, join=as_of_join, known_at: str | None = None) -> np.ndarray:
    """Clicks known strictly before each row of `asks` (user, time), NaN where older than the TTL, float (R,).

    facts: as of `counted`. join(events, facts, by): adds to events the latest `value` of their key. known_at: "arrival"
    where a fact counts from its arrival on; the course's own join does that.
    """
    if known_at:
        return as_of_join(asks, facts, "user", ttl_s=TTL_S, known_at=known_at)["clicks"].to_numpy(float)
    numbered = facts[["user", "time"]].assign(value=np.arange(len(facts), dtype=float))
    place = np.asarray(join(asks, numbered, "user")["value"], float)
    found = np.isfinite(place)
    row = np.where(found, place, 0).astype(int)
    age = asks["time"].to_numpy(float) - facts["time"].to_numpy(float)[row]
    return np.where(found & (age <= TTL_S), facts["clicks"].to_numpy(float)[row], np.nan)


def like_the_oracle(clicks: pd.DataFrame, asks: pd.DataFrame, delay_s: float, join=as_of_join) -> np.ndarray:
    """Rows of `asks` on which plain Feast and the join agree where a click comes so long after its request, bool (R,).

    clicks: user and time of each click's request. join: as in `oracle`.
    """
    time = clicks["time"] + delay_s
    facts = counted(clicks.assign(time=time, arrival=time))
    store = FeastStore(facts)
    answer, _ = store.ask(asks)
    store.close()
    return ~unlike(answer, oracle(facts, asks, join))


def three_rows() -> tuple[pd.DataFrame, np.ndarray]:
    """A fresh, a stale and an unknown row put to Feast: what it says of each, and which came back, bool (3,)."""
    facts = pd.DataFrame({"user": [1], "time": [0.0], "clicks": [5], "arrival": [0.0]})
    rows = pd.DataFrame({"user": [1, 1, 2], "time": [1.0 * DAY_S, 10.0 * DAY_S, 1.0 * DAY_S]})
    store = FeastStore(facts)
    values, back = store.ask(rows)
    store.close()
    held = ["a value of a day ago", "a value of ten days ago", "never seen"]
    return pd.DataFrame({"the store holds": held, "row comes back": back, "value": values}), back


def backfill(store: FeastStore, clicks: pd.DataFrame, asks: pd.DataFrame) -> tuple[dict[str, float], float]:
    """What Feast's join makes of values written late: {switch: share answered otherwise than what had arrived}, of the
    requests where lateness matters, and the share of those among all. clicks: user, time, arrival; asks: user, time."""
    facts = counted(clicks)
    arrived = oracle(facts, asks, known_at="arrival")
    matters = unlike(oracle(facts, asks), arrived)
    switches = {"as it comes": {}, "filter_by_created_timestamp": {"filter_by_created_timestamp": True}}
    answers = {name: store.ask(asks, **how)[0] for name, how in switches.items()}
    return {name: float(unlike(answer, arrived)[matters].mean()) for name, answer in answers.items()}, matters.mean()
