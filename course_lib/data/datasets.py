"""Real data in the course's words: dense ids, one schema, kept as Parquet, read offline ever after.

`ml100k()` is the one every lesson uses; `movietweetings()` has time and fresh films; `open_bandit()` has logged
propensities; `upworthy()` has thousands of real A/B tests. Each fetches what it needs the first time.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from course_lib.contracts import DAY_S, ArgumentError, Catalog, CourseError, Dataset
from course_lib.data import cache
from course_lib.data.sources import SOURCES, Source, files_of, in_mirror, read_member

_SCHEMA = 1  # raise it when a parser changes what it writes: cached tables are then built again
_BROKEN_WEEKS = (201326, 201402)  # Upworthy's own notice of June 2024: randomisation was broken in these weeks


# --- the four loaders -----------------------------------------------------------------------------------------------
def ml100k() -> Dataset:
    """MovieLens 100K: 100,000 ratings (`value`, 1–5) of 943 users on 1,682 films, 1997–98.

    catalog.items: raw_id, title, year, genres ("Action|Drama"); content float32 (1682, 20): genres, then the year.
    users: raw_id, age, gender, occupation. Time is Unix seconds. Terms: research use, no redistribution.
    Raises DataError, saying how to get it, where neither cache, mirror nor network has it.
    """
    return _read_dataset("ml100k")


def movietweetings() -> Dataset:
    """MovieTweetings 100K: 100,000 ratings (`value`, 0–10) of 16,554 users on 10,506 films, March–September 2013.

    catalog.items and content as in ml100k; users: raw_id. A third of the ratings are on films of that year.
    Raises DataError, saying how to get it, where neither cache, mirror nor network has it.
    """
    return _read_dataset("movietweetings")


def open_bandit() -> Dataset:
    """Open Bandit sample: 60,000 logged impressions, 10,000 a campaign and policy; 287 clicks in all.

    impressions: IMPRESSION_COLUMNS plus campaign (all, men, women) and user_feature_0…3. policy: random or bts
    (Bernoulli Thompson sampling). Every row is a request of its own, with one logged slot, position 1–3; dwell_s is
    NaN. A `user` is a distinct profile of the four hashed features, not a person. Item ids run over the campaigns.
    interactions: the clicked rows. Terms: Apache-2.0.
    Raises DataError, saying how to get it, where neither cache, mirror nor network has it.
    """
    return _read_dataset("open_bandit")


def upworthy() -> pd.DataFrame:
    """Upworthy archive, exploratory part: one row an arm, 22,666 arms of 4,873 headline tests, 2013–15.

    Columns: test_id (dense int), arm (0…), headline, lede, eyecatcher_id, impressions, clicks, week (201446 is week
    46 of 2014), winner (bool), broken_randomisation (bool: the weeks the archive's authors warn of), raw_id.
    Raises DataError, saying how to get it, where neither cache, mirror nor network has it.
    """
    return pd.read_parquet(_tables("upworthy") / "arms.parquet")


def available(name: str) -> bool:
    """Whether a data set can be loaded here and now: from the cache or the mirror; a network is not tried."""
    return cache.artifact_path(*_key(name)).exists() or in_mirror(_spec(name).source)


def fetch(names: Iterable[str] | None = None, progress: bool = True) -> dict[str, str]:
    """Get data sets into the cache: {name: "ok" or why not}. One that fails does not stop the others.

    names: of DATASETS, all of them if None. progress: print a line for each.
    """
    result = {}
    for name in DATASETS if names is None else names:
        try:
            _tables(name)
            result[name] = "ok"
        except CourseError as error:
            if isinstance(error, ArgumentError):
                raise
            result[name] = str(error)
        if progress:
            print(f"{name:15s} {result[name]}", flush=True)
    return result


# --- kept as Parquet ------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Spec:
    """A data set: its source and the parser that writes its tables into a folder."""

    source: Source
    parse: Callable[[dict[str, Path], Path], None]


def _spec(name: str) -> Spec:
    if name not in DATASETS:
        raise ArgumentError(f"data set is {name!r}; expected one of {', '.join(DATASETS)}.")
    return DATASETS[name]


def _key(name: str) -> tuple[str, dict]:
    return f"data-{name}", {"schema": _SCHEMA, "files": _spec(name).source.files}


def _tables(name: str) -> Path:
    """Folder with the data set's tables; fetched, checked and parsed the first time."""
    spec = _spec(name)

    def build(folder: Path) -> None:
        with files_of(spec.source) as files:
            spec.parse(files, folder)

    return cache.artifact(*_key(name), build)


def _read_dataset(name: str) -> Dataset:
    folder = _tables(name)
    items = pd.read_parquet(folder / "items.parquet")
    catalog = Catalog(items, np.load(folder / "content.npy"))
    logged = folder / "impressions.parquet"
    return Dataset(name, pd.read_parquet(folder / "interactions.parquet"), catalog,
                   pd.read_parquet(folder / "users.parquet"), pd.read_parquet(logged) if logged.exists() else None)


def _write_dataset(folder: Path, interactions, items, content, users, impressions=None) -> None:
    interactions = interactions.sort_values(["time", "user", "item"], kind="stable", ignore_index=True)
    kinds = {"user": "int32", "item": "int32", "time": "float64"}
    interactions.astype(kinds).to_parquet(folder / "interactions.parquet", index=False)
    items.rename_axis("item").to_parquet(folder / "items.parquet")
    users.rename_axis("user").to_parquet(folder / "users.parquet")
    np.save(folder / "content.npy", np.asarray(content, np.float32))
    if impressions is not None:
        impressions.to_parquet(folder / "impressions.parquet", index=False)


# --- parsers: raw files → tables with dense ids ---------------------------------------------------------------------
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


def _parse_ml100k(files: dict[str, Path], folder: Path) -> None:
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
    _write_dataset(folder, interactions, items, content, users)


def _parse_movietweetings(files: dict[str, Path], folder: Path) -> None:
    ratings = pd.DataFrame([line.split("::") for line in files["ratings.dat"].read_text().split()],
                           columns=["user", "item", "value", "time"]).astype(int)
    films = pd.DataFrame([line.split("::") for line in files["movies.dat"].read_text("utf-8").split("\n") if line],
                         columns=["raw_id", "title", "genres"]).astype({"raw_id": int})
    films = films[films.raw_id.isin(ratings.item)].sort_values("raw_id", ignore_index=True)
    genres = films.genres.str.split("|").map(lambda row: [genre for genre in row if genre])
    items, content = _film_catalog(films.raw_id, films.title, films.title.str.extract(r"\((\d{4})\)$")[0], genres)
    people = np.unique(ratings.user)
    interactions = pd.DataFrame({
        "user": np.searchsorted(people, ratings.user), "item": np.searchsorted(films.raw_id, ratings.item),
        "time": ratings.time.astype(float), "value": ratings.value.astype("float32")})
    _write_dataset(folder, interactions, items, content, pd.DataFrame({"raw_id": people}))


def _parse_open_bandit(files: dict[str, Path], folder: Path) -> None:
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
    _write_dataset(folder, clicked, items, np.column_stack([context.item_feature_0, hashed]), users, impressions)


def _bandit_impressions(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    features = [f"user_feature_{i}" for i in range(4)]
    rows["time"] = pd.to_datetime(rows.timestamp, format="ISO8601").astype("int64") / 1e9
    rows = rows.sort_values("time", kind="stable", ignore_index=True)
    profiles = rows[features].drop_duplicates().sort_values(features, ignore_index=True)
    rows = rows.merge(profiles.assign(user=np.arange(len(profiles), dtype=np.int32)), on=features, how="left")
    table = pd.DataFrame({
        "request_id": np.arange(len(rows)), "day": (rows.time // DAY_S).astype("int32"), "time": rows.time,
        "user": rows.user.astype("int32"), "position": rows.position.astype("int16"),
        "item": rows["item"].astype("int32"), "propensity": rows.propensity_score.astype("float32"),
        "click": rows.click.astype("int8"), "dwell_s": np.float32("nan"), "policy": rows.policy.astype("category"),
        "arm": rows.policy.astype("category"), "campaign": rows.campaign.astype("category")})
    return table.join(rows[features].astype("category")), profiles


def _parse_upworthy(files: dict[str, Path], folder: Path) -> None:
    raw = pd.read_parquet(next(iter(files.values())))
    test = pd.factorize(raw.clickability_test_id, sort=True)[0]
    arms = pd.DataFrame({
        "test_id": test.astype("int32"), "arm": raw.groupby(test).cumcount().astype("int16"),
        "headline": raw.headline, "lede": raw.lede, "eyecatcher_id": raw.eyecatcher_id,
        "impressions": raw.impressions, "clicks": raw.clicks, "week": raw.test_week.astype("int32"),
        "winner": raw.winner, "broken_randomisation": raw.test_week.between(*_BROKEN_WEEKS),
        "raw_id": raw.clickability_test_id})
    arms.sort_values(["test_id", "arm"], ignore_index=True).to_parquet(folder / "arms.parquet", index=False)


_PARSERS = {"ml100k": _parse_ml100k, "movietweetings": _parse_movietweetings, "open_bandit": _parse_open_bandit,
            "upworthy": _parse_upworthy}
DATASETS = {name: Spec(source, _PARSERS[name]) for name, source in SOURCES.items()}
