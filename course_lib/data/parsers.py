"""Published files → tables with dense ids: one parser a data set, and what film sets share.

Each parser takes {file name: path} of checked files and a folder, and writes the tables that `read_dataset` reads.
"""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
import pandas as pd

from course_lib.contracts import DAY_S, IMPRESSION_COLUMNS, Catalog, Dataset
from course_lib.data.sources import read_member

_BROKEN_WEEKS = (201326, 201402)  # Upworthy's own notice of June 2024: randomisation was broken in these weeks


def unix_seconds(times: pd.Series) -> pd.Series:
    """Datetimes as float64 seconds since 1970, whatever their unit, their zone or this machine's; a time without a zone
    is read as UTC. 1970-01-02 00:00 is 86400.0."""
    if times.dt.tz is not None:
        times = times.dt.tz_convert("UTC").dt.tz_localize(None)
    return (times - pd.Timestamp(0)) / pd.Timedelta(seconds=1)


def read_dataset(name: str, folder: Path) -> Dataset:
    """The Dataset that a parser wrote into `folder`."""
    catalog = Catalog(pd.read_parquet(folder / "items.parquet"), np.load(folder / "content.npy"))
    logged = folder / "impressions.parquet"
    return Dataset(name, pd.read_parquet(folder / "interactions.parquet"), catalog,
                   pd.read_parquet(folder / "users.parquet"), pd.read_parquet(logged) if logged.exists() else None)


def _write_dataset(folder: Path, data: Dataset) -> None:
    data.interactions.to_parquet(folder / "interactions.parquet", index=False)
    data.catalog.items.to_parquet(folder / "items.parquet")
    data.users.to_parquet(folder / "users.parquet")
    np.save(folder / "content.npy", data.catalog.content)
    if data.impressions is not None:
        data.impressions.to_parquet(folder / "impressions.parquet", index=False)


def _dataset(name: str, interactions, items, content, users, impressions=None) -> Dataset:
    """Tables as a Dataset: events by time, ids as int32, the index of items and users named."""
    interactions = interactions.sort_values(["time", "user", "item"], kind="stable", ignore_index=True)
    return Dataset(name, interactions.astype({"user": "int32", "item": "int32", "time": "float64"}),
                   Catalog(items.rename_axis("item"), np.asarray(content, np.float32)), users.rename_axis("user"),
                   impressions)


def _film_catalog(raw_id, title, year, genres: pd.Series) -> tuple[pd.DataFrame, np.ndarray]:
    """Items and content of a film set. genres: lists of words. creator and price are unknown: -1 and 0."""
    names = sorted({genre for row in genres for genre in row})
    flags = np.array([[name in row for name in names] for row in genres], np.float32)
    year = pd.to_numeric(year, errors="coerce")
    known = year.fillna(year.median())
    born = (pd.to_datetime(known.astype(int).astype(str) + "-01-01") - pd.Timestamp(0)).dt.days
    items = pd.DataFrame({
        "raw_id": raw_id, "title": [_readable(name) for name in title], "year": year.astype("Int32"),
        "genres": ["|".join(sorted(row)) for row in genres], "creator": -1, "price": 0.0, "policy_score": 0.0,
        "category": [names.index(sorted(row)[0]) if len(row) else -1 for row in genres], "born_day": born})
    kinds = {"creator": "int32", "category": "int32", "born_day": "int32", "price": "float32",
             "policy_score": "float32"}
    content = np.column_stack([flags, (known.to_numpy() - 1980) / 20]).astype(np.float32)
    return items.astype(kinds).reset_index(drop=True), content


def _readable(title: str) -> str:
    """"Usual Suspects, The" → "The Usual Suspects"; a year in brackets at the end goes."""
    title = re.sub(r"\s*\(\d{4}\)$", "", title)
    moved = re.fullmatch(r"(.*), (The|A|An|Les|La|Le|L'|Il|El|Das|Der|Die)( \(.*\))?", title)
    return f"{moved[2]} {moved[1]}{moved[3] or ''}" if moved else title


def ml100k(files: dict[str, Path], folder: Path) -> None:
    wheel = next(iter(files.values()))
    inter, item, user = (pd.read_csv(io.BytesIO(read_member(wheel, f"recbole/dataset_example/ml-100k/ml-100k.{part}")),
                                     sep="\t", dtype=str, keep_default_na=False) for part in ("inter", "item", "user"))
    for table in (inter, item, user):
        table.columns = [column.split(":")[0] for column in table.columns]
    item, user = (table.assign(raw=table[key].astype(int)).sort_values("raw", ignore_index=True)
                  for table, key in ((item, "item_id"), (user, "user_id")))
    year = item.release_year.where(item.release_year.str.fullmatch(r"\d{4}"),
                                   item.movie_title.str.extract(r"\((\d{4})\)$")[0])
    items, content = _film_catalog(item.raw, item.movie_title, year, item["class"].str.split())
    users = pd.DataFrame({"raw_id": user.raw, "age": user.age.astype("int16"), "gender": user.gender,
                          "occupation": user.occupation})
    interactions = pd.DataFrame({
        "user": np.searchsorted(user.raw, inter.user_id.astype(int)),
        "item": np.searchsorted(item.raw, inter.item_id.astype(int)),
        "time": inter.timestamp.astype(float), "value": inter.rating.astype("float32")})
    _write_dataset(folder, _dataset("ml100k", interactions, items, content, users))


def movietweetings(files: dict[str, Path], folder: Path) -> None:
    """ratings.dat and movies.dat as they are published; `tweetings` makes the Dataset of them."""
    _write_dataset(folder, tweetings(*tweeted(files["ratings.dat"], files["movies.dat"])))


def tweeted(ratings: Path, films: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The published files as tables, rows in their order: user, film, rating, time; and film, title, genres."""
    rows = [line.split("::") for line in Path(ratings).read_text("utf-8").split()]
    named = [line.split("::") for line in Path(films).read_text("utf-8").split("\n") if line]
    kinds = {"user": "int32", "film": "int32", "rating": "int8", "time": "int32"}
    return (pd.DataFrame(rows, columns=list(kinds)).astype(int).astype(kinds),
            pd.DataFrame(named, columns=["film", "title", "genres"]).astype({"film": int}).astype({"film": "int32"}))


def tweetings(ratings: pd.DataFrame, films: pd.DataFrame) -> Dataset:
    """The two tables of `tweeted` as a Dataset; films that nobody rated are left out."""
    films = films[films["film"].isin(ratings["film"])].sort_values("film", ignore_index=True)
    genres = films["genres"].str.split("|").map(lambda row: [genre for genre in row if genre])
    year = films["title"].str.extract(r"\((\d{4})\)$")[0]
    items, content = _film_catalog(films["film"].astype("int64"), films["title"], year, genres)
    people = np.unique(ratings["user"]).astype("int64")
    interactions = pd.DataFrame({
        "user": np.searchsorted(people, ratings["user"]), "item": np.searchsorted(films["film"], ratings["film"]),
        "time": ratings["time"].astype(float), "value": ratings["rating"].astype("float32")})
    return _dataset("movietweetings", interactions, items, content, pd.DataFrame({"raw_id": people}))


def dense_part(data: Dataset, per_user: int, per_item: int) -> Dataset:
    """The events whose users have at least `per_user` of them and whose items at least `per_item`, ids dense again.

    Content columns that are 0 for every item left (a genre that nobody has) go. Returns a Dataset of the same name.
    """
    events, before = data.interactions, -1
    while len(events) != before:  # a user who goes takes events from items, and the other way round
        before = len(events)
        events = events[events.groupby("user")["user"].transform("size") >= per_user]
        events = events[events.groupby("item")["item"].transform("size") >= per_item]
    people, kept = np.unique(events["user"]), np.unique(events["item"])
    events = events.assign(user=np.searchsorted(people, events["user"]), item=np.searchsorted(kept, events["item"]))
    content = data.catalog.content[kept]
    return _dataset(data.name, events, data.catalog.items.iloc[kept].reset_index(drop=True),
                    content[:, content.any(axis=0)], data.users.iloc[people].reset_index(drop=True))


def open_bandit(files: dict[str, Path], folder: Path) -> None:
    wheel = next(iter(files.values()))
    rows, films, first = [], [], 0  # item ids of a campaign start at `first`
    for campaign in ("all", "men", "women"):
        for policy in ("random", "bts"):
            table = pd.read_csv(io.BytesIO(read_member(wheel, f"obp/dataset/obd/{policy}/{campaign}/{campaign}.csv")))
            rows.append(table.assign(campaign=campaign, policy=policy, item=table.item_id + first))
        context = pd.read_csv(io.BytesIO(read_member(wheel, f"obp/dataset/obd/random/{campaign}/item_context.csv")))
        films.append(context.assign(campaign=campaign))
        first += len(context)
    impressions, users = _bandit_impressions(pd.concat(rows, ignore_index=True))
    context = pd.concat(films, ignore_index=True)
    hashed = pd.get_dummies(context[["item_feature_1", "item_feature_2", "item_feature_3"]])
    items = context.rename(columns={"item_id": "raw_id"})[["raw_id", "campaign"]].assign(
        title=context.campaign + " " + context.item_id.astype(str), creator=np.int32(-1),
        category=pd.factorize(context.item_feature_3, sort=True)[0].astype("int32"), price=np.float32(0),
        born_day=np.int32(impressions.day.min()), policy_score=np.float32(0))
    clicked = impressions.loc[impressions.click == 1, ["user", "item", "time"]]
    content = np.column_stack([context.item_feature_0, hashed])
    _write_dataset(folder, _dataset("open_bandit", clicked, items, content, users, impressions))


def _bandit_impressions(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    features = [f"user_feature_{i}" for i in range(4)]
    rows["time"] = unix_seconds(pd.to_datetime(rows.timestamp, format="ISO8601", utc=True))
    rows = rows.sort_values("time", kind="stable", ignore_index=True)
    profiles = rows[features].drop_duplicates().sort_values(features, ignore_index=True)
    rows = rows.merge(profiles.assign(user=np.arange(len(profiles), dtype=np.int32)), on=features, how="left")
    table = pd.DataFrame({
        "request_id": np.arange(len(rows)), "day": (rows.time // DAY_S).astype("int32"), "time": rows.time,
        "user": rows.user.astype("int32"), "position": rows.position.astype("int16"),
        "item": rows["item"].astype("int32"), "propensity": rows.propensity_score.astype("float32"),
        "click": rows.click.astype("int8"), "dwell_s": np.float32("nan"), "policy": rows.policy.astype("category"),
        "arm": rows.policy.astype("category"), "campaign": rows.campaign.astype("category")})
    for name, kind in IMPRESSION_COLUMNS.items():
        if name not in table:  # what this log does not hold, such as the time of a click
            table[name] = np.array(np.nan, kind)
    return table[[*IMPRESSION_COLUMNS, "campaign"]].join(rows[features].astype("category")), profiles


def upworthy(files: dict[str, Path], folder: Path) -> None:
    raw = pd.read_parquet(next(iter(files.values())))
    test = pd.factorize(raw.clickability_test_id, sort=True)[0]
    arms = pd.DataFrame({
        "test_id": test.astype("int32"), "arm": raw.groupby(test).cumcount().astype("int16"),
        "headline": raw.headline, "lede": raw.lede, "eyecatcher_id": raw.eyecatcher_id,
        "impressions": raw.impressions, "clicks": raw.clicks, "week": raw.test_week.astype("int32"),
        "winner": raw.winner, "broken_randomisation": raw.test_week.between(*_BROKEN_WEEKS),
        "raw_id": raw.clickability_test_id})
    arms.sort_values(["test_id", "arm"], ignore_index=True).to_parquet(folder / "arms.parquet", index=False)
