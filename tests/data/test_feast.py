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
