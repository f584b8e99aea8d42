"""Feast, with the versions of the lock, on SQLite: the same definitions held against the as-of oracle."""

import numpy as np
import pandas as pd
import pytest

from course_lib.data.features import as_of_join

feast = pytest.importorskip("feast", reason="Feast is in the extra `feast` (pip install -e '.[feast]')")
START = pd.Timestamp("2026-01-01", tz="UTC")


@pytest.fixture(scope="module")
def facts() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    time = np.sort(rng.choice(48 * 3600, 300, replace=False)).astype(float)
    return pd.DataFrame({"item": rng.integers(0, 20, 300), "time": time, "clicks": rng.integers(0, 99, 300)})


@pytest.fixture(scope="module")
def store(tmp_path_factory, facts):
    from datetime import timedelta

    from feast import Entity, FeatureStore, FeatureView, Field, FileSource, RepoConfig, ValueType
    from feast.types import Int64

    folder = tmp_path_factory.mktemp("feast")
    stamped = facts.assign(event_timestamp=START + pd.to_timedelta(facts.time, unit="s")).drop(columns="time")
    stamped.to_parquet(folder / "clicks.parquet")
    item = Entity(name="item", join_keys=["item"], value_type=ValueType.INT64)
    source = FileSource(path=str(folder / "clicks.parquet"), timestamp_field="event_timestamp")
    view = FeatureView(name="popular", entities=[item], ttl=timedelta(hours=1), source=source,
                       schema=[Field(name="clicks", dtype=Int64)])
    config = RepoConfig(project="course", provider="local", registry=str(folder / "registry.db"),
                        online_store={"type": "sqlite", "path": str(folder / "online.db")},
                        offline_store={"type": "file"}, entity_key_serialization_version=3)
    store = FeatureStore(config=config)
    store.apply([item, view])
    return store


def test_feast_s_historical_features_are_the_as_of_join_within_its_ttl(store, facts):
    rng = np.random.default_rng(1)
    events = pd.DataFrame({"item": rng.integers(0, 20, 200), "time": rng.uniform(0, 48 * 3600, 200)})
    expected = as_of_join(events, facts, "item", ttl_s=3600)
    asked = events.assign(event_timestamp=START + pd.to_timedelta(events.time.round(3), unit="s"), row=np.arange(200))
    got = store.get_historical_features(asked[["item", "event_timestamp", "row"]], features=["popular:clicks"]).to_df()
    got = got.set_index("row").clicks.reindex(range(200))
    assert expected.clicks.notna().sum() > 10 and expected.clicks.isna().any()
    assert np.allclose(got.astype(float), expected.clicks, equal_nan=True)


def test_feast_s_online_store_serves_what_its_ttl_should_have_dropped(store, facts):
    store.materialize(START.to_pydatetime(), (START + pd.Timedelta(hours=48)).to_pydatetime())
    served = store.get_online_features(features=["popular:clicks"], entity_rows=[{"item": i} for i in range(20)])
    latest = facts.sort_values("time").drop_duplicates("item", keep="last").set_index("item").clicks
    assert served.to_dict()["clicks"] == [latest.get(i) for i in range(20)]  # months old: TTL is not applied online


# --- the traps that lesson 08 measures ------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    """ask(rows, ttl_h, **how) → values by row number, of rows (item, hour) against two facts of item 1.

    Value 10 happened at hour 1 and was known at once; value 20 happened at hour 2 and was backfilled at hour 50.
    """
    from datetime import timedelta

    from feast import Entity, FeatureStore, FeatureView, Field, FileSource, RepoConfig, ValueType
    from feast.types import Int64

    folder = tmp_path_factory.mktemp("traps")
    pd.DataFrame({"item": [1, 1], "at": START + pd.to_timedelta([1, 2], unit="h"), "value": [10, 20],
                  "written": START + pd.to_timedelta([1, 50], unit="h")}).to_parquet(folder / "f.parquet")
    item = Entity(name="item", join_keys=["item"], value_type=ValueType.INT64)
    source = FileSource(path=str(folder / "f.parquet"), timestamp_field="at", created_timestamp_column="written")
    views = [FeatureView(name=f"ttl_{hours}", entities=[item], ttl=timedelta(hours=hours), source=source,
                         schema=[Field(name="value", dtype=Int64)]) for hours in (5, 500)]
    store = FeatureStore(config=RepoConfig(
        project="traps", provider="local", registry=str(folder / "r.db"), offline_store={"type": "file"},
        online_store={"type": "sqlite", "path": str(folder / "o.db")}, entity_key_serialization_version=3))
    store.apply([item, *views])

    def asked(rows, ttl_h, **how):
        table = pd.DataFrame(rows, columns=["item", "hour"])
        table = table.assign(event_timestamp=START + pd.to_timedelta(table.hour, unit="h"), row=range(len(table)))
        got = store.get_historical_features(table.drop(columns="hour"), features=[f"ttl_{ttl_h}:value"], **how).to_df()
        return got.set_index("row").value.astype(float).to_dict()

    return asked


def test_feast_joins_at_or_before_so_a_fact_of_the_same_moment_counts(ask):
    assert ask([(1, 1.0), (1, 1.5)], 500) == {0: 10.0, 1: 10.0}  # the as-of oracle, strictly before, has nothing at 1.0


def test_feast_s_file_store_drops_expired_rows_and_keeps_those_of_strangers(ask):
    got = ask([(1, 3.0), (1, 30.0), (1, 0.5), (99, 3.0)], 5)
    assert set(got) == {0, 3} and got[0] == 20 and np.isnan(got[3])  # expired: row 1; nothing known yet: row 2


def test_a_backfill_leaks_into_feast_s_training_rows_unless_it_is_told_to_filter(ask):
    rows = [(1, 3.0), (1, 60.0)]
    assert ask(rows, 500) == {0: 20.0, 1: 20.0}
    assert ask(rows, 500, filter_by_created_timestamp=True) == {0: 10.0, 1: 20.0}
