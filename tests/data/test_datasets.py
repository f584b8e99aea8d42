import ast
import errno
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import (
    IMPRESSION_COLUMNS,
    INTERACTION_COLUMNS,
    ArgumentError,
    CorruptError,
    DataError,
)
from course_lib.data import cache, committed, datasets, parsers, sources


@pytest.fixture(scope="module")
def load():
    """A loader, or a skip that says why: only a network or mirror that is not there may skip."""

    def loader(name):
        try:
            return getattr(datasets, name)()
        except CorruptError:
            raise
        except DataError as error:
            pytest.skip(str(error))

    return loader


@pytest.mark.parametrize("name, users, items", [("ml100k", 943, 1682), ("movietweetings", 16554, 10506)])
def test_film_sets_have_dense_ids_and_the_published_counts(load, name, users, items):
    data = load(name)
    assert (data.n_users, data.n_items, len(data.interactions)) == (users, items, 100_000)
    assert data.interactions[list(INTERACTION_COLUMNS)].dtypes.astype(str).to_dict() == INTERACTION_COLUMNS
    assert data.interactions.time.is_monotonic_increasing
    for column, count in (("user", users), ("item", items)):
        assert np.array_equal(np.unique(data.interactions[column]), np.arange(count))
    assert not data.interactions.duplicated(["user", "item"]).any()
    assert data.catalog.items.raw_id.is_unique and data.users.raw_id.is_unique
    assert data.catalog.content.shape[0] == items and np.isfinite(data.catalog.content).all()
    assert {"creator", "category", "price", "born_day", "policy_score"} <= set(data.catalog.items)
    assert (data.catalog.content[:, :-1].sum(1) == data.catalog.items.genres.str.split("|").map(
        lambda genres: len([genre for genre in genres if genre]))).all()


def test_ml100k_s_raw_rows_survive(load):
    data = load("ml100k")
    items = data.catalog.items.set_index("raw_id")
    assert items.title[[1, 12, 1412]].tolist() == [
        "Toy Story", "The Usual Suspects", "Land Before Time III: The Time of the Great Giving"]
    assert items.year[[1, 1412]].tolist() == [1995, 1995] and pd.isna(items.year[267])
    assert items.genres[1] == "Animation|Children's|Comedy"
    rows = data.interactions.assign(raw_user=data.users.raw_id.to_numpy()[data.interactions.user],
                                    raw_item=data.catalog.items.raw_id.to_numpy()[data.interactions["item"]])
    row = rows[(rows.raw_user == 196) & (rows.raw_item == 242)]  # the first line of the published file
    assert row[["value", "time"]].to_numpy().tolist() == [[3.0, 881250949.0]]


def test_open_bandit_keeps_propensities_positions_and_clicks(load):
    logged = load("open_bandit").impressions
    assert {name: str(logged[name].dtype) for name in IMPRESSION_COLUMNS} == IMPRESSION_COLUMNS
    counts = logged.groupby(["campaign", "policy"], observed=True).size()
    assert len(counts) == 6 and (counts == 10_000).all()
    assert logged.click.sum() == 287 and set(logged.position) == {1, 2, 3}
    size = {"all": 80, "men": 34, "women": 46}
    uniform = logged[logged.policy == "random"]
    assert np.allclose(uniform.propensity, 1 / uniform.campaign.map(size).astype(float), rtol=1e-6)
    assert logged.groupby("campaign", observed=True)["item"].nunique().to_dict() == size


def test_upworthy_marks_the_weeks_whose_randomisation_was_broken(load):
    from scipy.stats import chisquare

    arms = load("upworthy")
    assert len(arms) == 22_666 and arms.test_id.nunique() == 4_873
    assert arms.impressions.sum() == 81_024_151 and arms.clicks.sum() == 1_231_208
    tests = arms.groupby(["test_id", "broken_randomisation"]).impressions.apply(
        lambda shown: chisquare(shown).pvalue < 0.001)
    broken = tests.groupby("broken_randomisation").mean()
    assert broken[True] > 0.5 and broken[False] < 0.05


def test_what_is_cached_needs_neither_mirror_nor_network(load, monkeypatch, tmp_path):
    before = load("ml100k")
    monkeypatch.delenv("COURSE_DATA_MIRROR", raising=False)
    monkeypatch.setattr(sources, "_download", lambda *args: pytest.fail("went to the network"))
    assert datasets.available("ml100k") and datasets.ml100k().interactions.equals(before.interactions)


def test_where_ml100k_cannot_be_had_films_gives_films_like_it_under_their_own_name(monkeypatch, capsys):
    def gone():
        raise DataError("not here")

    monkeypatch.setattr(datasets, "ml100k", gone)
    films = datasets.films()
    said = capsys.readouterr().out
    assert said.count("\n") == 1 and "MovieTweetings" in said and "course data ml100k" in said
    assert (films.name, films.n_users, films.n_items, len(films.interactions)) == ("movietweetings", 895, 1_674, 32_738)
    events, everything = films.interactions, datasets.movietweetings()
    assert events.dtypes[list(INTERACTION_COLUMNS)].astype(str).to_dict() == INTERACTION_COLUMNS
    assert events.time.is_monotonic_increasing and not events.duplicated(["user", "item"]).any()
    assert events.groupby("user").size().min() >= 20 and events.groupby("item").size().min() >= 5
    raw = [set(zip(data.users.raw_id.iloc[data.interactions.user], data.catalog.items.raw_id.iloc[
        data.interactions["item"]], data.interactions.time, strict=True)) for data in (films, everything)]
    assert raw[0] < raw[1] and len(raw[0]) == len(events)
    genres = sorted({name for row in films.catalog.items.genres for name in row.split("|")} - {""})
    assert films.catalog.content.shape == (1_674, len(genres) + 1)
    for column, name in enumerate(genres):
        assert (films.catalog.content[:, column] == films.catalog.items.genres.str.split("|").map(
            lambda row, name=name: name in row)).all()


def test_films_is_ml100k_where_it_can_be_had_and_never_hides_damage(load, monkeypatch, capsys):
    load("ml100k")
    assert datasets.films().name == "ml100k" and capsys.readouterr().out == ""

    def damaged():
        raise CorruptError("damaged")

    monkeypatch.setattr(datasets, "ml100k", damaged)
    with pytest.raises(CorruptError):
        datasets.films()


# --- bad input ------------------------------------------------------------------------------------------------------
@pytest.fixture
def empty(tmp_path, monkeypatch):
    """An empty cache, no mirror, and an index that does not answer: a first set-up without a network."""
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("COURSE_DATA_MIRROR", raising=False)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    return tmp_path


def nothing_kept(folder) -> bool:
    return not [f for f in (folder / "cache").rglob("*") if f.is_file() and f.suffix != ".lock"]


@pytest.mark.parametrize("name", ["ml100k", "open_bandit", "upworthy"])
def test_no_network_at_first_set_up_says_what_is_missing_and_how_to_get_it(empty, name):
    assert not datasets.available(name)
    with pytest.raises(DataError, match="Could not get .*course_lib data.*COURSE_DATA_MIRROR"):
        getattr(datasets, name)()
    assert nothing_kept(empty)


def test_fetch_goes_on_after_one_that_fails_and_refuses_an_unknown_name(empty, capsys):
    result = datasets.fetch(["ml100k", "upworthy"])
    assert all("Could not get" in word for word in result.values()) and len(result) == 2
    assert capsys.readouterr().out.count("\n") == 2
    with pytest.raises(ArgumentError, match="ml100k, movietweetings, online_retail, open_bandit"):
        datasets.fetch(["netflix"])
    with pytest.raises(ArgumentError, match="netflix"):
        datasets.available("netflix")


@pytest.mark.parametrize("name", committed.FILES)
def test_what_stands_in_the_clone_needs_no_network_and_no_cache(empty, name, monkeypatch, capsys):
    monkeypatch.setattr(cache, "root", lambda: pytest.fail("asked for a cache"))
    assert datasets.available(name) and datasets.fetch([name]) == {name: "ok"}
    assert "in the clone" in capsys.readouterr().out
    assert len(getattr(datasets, name)().interactions) >= 100_000


def test_without_a_clone_movietweetings_asks_its_public_home_with_a_word(empty, monkeypatch, capsys):
    monkeypatch.setattr(committed, "CLONE", empty)
    assert not datasets.available("movietweetings")
    with pytest.raises(DataError, match="Could not get movietweetings.*course_lib data.*COURSE_DATA_MIRROR"):
        datasets.movietweetings()
    assert "clone" in capsys.readouterr().out and nothing_kept(empty)


def test_without_a_clone_the_published_files_in_a_mirror_give_the_same_movietweetings(empty, monkeypatch):
    ratings, films = (committed.read("movietweetings")[name] for name in ("ratings", "films"))
    mirror = empty / "movietweetings-100k"
    mirror.mkdir()
    lines = (ratings[name].astype(str) for name in ("user", "film", "rating", "time"))
    (mirror / "ratings.dat").write_text("\n".join("::".join(row) for row in zip(*lines, strict=True)) + "\n")
    lines = (films[name].astype(str) for name in ("film", "title", "genres"))
    (mirror / "movies.dat").write_text("\n".join("::".join(row) for row in zip(*lines, strict=True)), "utf-8")
    found = {file.name: sources.sha256(file) for file in mirror.iterdir()}
    monkeypatch.setitem(sources.SOURCES, "movietweetings", replace(sources.SOURCES["movietweetings"], files=found))
    copy = datasets.movietweetings()
    monkeypatch.setattr(committed, "CLONE", empty)
    monkeypatch.setenv("COURSE_DATA_MIRROR", str(empty))
    assert datasets.available("movietweetings")
    assert_same(copy, datasets.movietweetings())


def test_without_a_clone_online_retail_says_where_it_stands(empty, monkeypatch):
    clone, name = committed.CLONE, "online_retail"
    monkeypatch.setattr(committed, "CLONE", empty)
    assert not datasets.available(name)
    with pytest.raises(DataError, match="no clone.*COURSE_DATA_MIRROR"):
        datasets.online_retail()
    assert "no clone" in datasets.fetch([name], progress=False)[name]
    monkeypatch.setenv("COURSE_DATA_MIRROR", str(clone / "data"))
    assert datasets.available(name) and datasets.online_retail().n_items == 3_863


def assert_same(one, other):
    pd.testing.assert_frame_equal(one.interactions, other.interactions)
    pd.testing.assert_frame_equal(one.catalog.items, other.catalog.items)
    pd.testing.assert_frame_equal(one.users, other.users)
    assert np.array_equal(one.catalog.content, other.catalog.content)


@pytest.mark.parametrize("name", ["ml100k", "open_bandit"])
def test_a_truncated_wheel_in_the_mirror_is_named_and_nothing_is_kept(empty, name, monkeypatch):
    source = sources.SOURCES[name]
    (empty / source.folder).mkdir()
    wheel = empty / source.folder / next(iter(source.files))
    wheel.write_bytes(b"PK\x03\x04 cut short")
    monkeypatch.setenv("COURSE_DATA_MIRROR", str(empty))
    assert datasets.available(name)
    with pytest.raises(CorruptError, match="14 bytes.*damaged or cut short"):
        getattr(datasets, name)()
    assert nothing_kept(empty)


def test_a_mirror_that_is_not_a_folder_is_named(empty, monkeypatch):
    monkeypatch.setenv("COURSE_DATA_MIRROR", str(empty / "nowhere"))
    with pytest.raises(DataError, match="nowhere.*not a folder"):
        datasets.upworthy()


def test_a_wheel_without_the_member_is_named(tmp_path):
    import zipfile

    wheel = tmp_path / "x.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("a", "b")
    assert sources.read_member(wheel, "a") == b"b"
    with pytest.raises(CorruptError, match="no readable c"):
        sources.read_member(wheel, "c")
    wheel.write_bytes(wheel.read_bytes()[:20])
    with pytest.raises(CorruptError, match="x.whl"):
        sources.read_member(wheel, "a")


def test_a_disk_that_fills_while_tables_are_written_says_so_and_leaves_nothing(empty, monkeypatch):
    _mirrored(empty, monkeypatch, b"published")
    monkeypatch.setitem(datasets._PARSERS, "upworthy", lambda files, folder: _full(folder))
    with pytest.raises(DataError, match="disk is full: could not write the tables of upworthy") as caught:
        datasets.upworthy()
    assert "download" not in str(caught.value)
    assert nothing_kept(empty) and not cache.artifact_path(*datasets._key("upworthy")).exists()


def test_a_disk_that_fills_during_a_download_says_so(empty, monkeypatch):
    monkeypatch.setattr(sources, "_download", lambda source, name, folder: _full(folder))
    with pytest.raises(DataError, match="disk is full: could not download upworthy"):
        datasets.upworthy()
    assert nothing_kept(empty)


def test_a_file_of_the_mirror_that_cannot_be_read_is_named(empty, monkeypatch):
    _mirrored(empty, monkeypatch, b"published")
    monkeypatch.setattr(sources, "sha256", lambda path: open(empty))  # a folder: reading it is an OSError
    with pytest.raises(DataError, match="upworthy_clean.parquet cannot be read.*Make it readable"):
        datasets.upworthy()


def _mirrored(folder, monkeypatch, content: bytes):
    """A mirror whose Upworthy file holds `content`, and a source that expects just that."""
    source = sources.SOURCES["upworthy"]
    file = folder / source.folder / next(iter(source.files))
    file.parent.mkdir()
    file.write_bytes(content)
    monkeypatch.setenv("COURSE_DATA_MIRROR", str(folder))
    monkeypatch.setitem(sources.SOURCES, "upworthy", replace(source, files={file.name: sources.sha256(file)}))


def _full(folder):
    (folder / "half").write_text("half")
    raise OSError(errno.ENOSPC, "No space left on device")


# --- times ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Kolkata"])
def test_seconds_do_not_depend_on_the_unit_of_pandas_or_on_the_zone(unit, zone):
    moments = pd.Series(pd.to_datetime(["1970-01-02 00:00:00", "2019-11-24 00:00:30"])).dt.tz_localize("UTC")
    moments = moments.dt.tz_localize(None) if zone is None else moments.dt.tz_convert(zone)
    assert parsers.unix_seconds(moments.dt.as_unit(unit)).tolist() == [86_400.0, 1_574_553_630.0]


def test_parsed_times_do_not_depend_on_this_machine_s_zone():
    """Every conversion of the parsers, in a process of its own whose clock is 5½ hours off."""
    program = """
import time
import pandas as pd
from course_lib.data import datasets, parsers
assert time.timezone == -19_800
stamps = ["2019-11-24 00:00:30+00:00", "1970-01-02 00:00:00.5+00:00"]
rows = pd.DataFrame({"timestamp": stamps, "position": 1, "item": 0, "propensity_score": 0.5, "click": 0,
                     "policy": "bts", "campaign": "all",
                     **{f"user_feature_{i}": "a" for i in range(4)}})
logged, _ = parsers._bandit_impressions(rows)
print(logged.time.tolist(), logged.day.tolist())
items, _ = parsers._film_catalog([1], ["x (1971)"], pd.Series(["1971"]), pd.Series([["Drama"]]))
print(items.born_day.tolist(), datasets.online_retail().interactions.time.min())
"""
    done = subprocess.run([sys.executable, "-c", program], env={**os.environ, "TZ": "Asia/Kolkata"}, check=True,
                          capture_output=True, text=True)
    assert done.stdout.split("\n")[:2] == ["[86400.5, 1574553630.0] [1, 18224]", "[365] 1259653500.0"]


# --- the lessons ----------------------------------------------------------------------------------------------------
LESSONS = sorted((Path(__file__).resolve().parents[2] / "solutions" / "source").glob("*.py"))
MAY_BE_MISSING = {"ml100k", "open_bandit", "upworthy"}


def unguarded(source: str) -> list[str]:
    """Loaders of data that may be missing which a lesson calls outside `try` and outside `if datasets.available(…)`."""
    found, tree = [], ast.parse(source)
    known = {node.targets[0].id for node in ast.walk(tree) if isinstance(node, ast.Assign)
             and isinstance(node.targets[0], ast.Name) and ast.unparse(node.value).startswith("datasets.available(")}

    def visit(node, guarded):
        if isinstance(node, ast.Try) or isinstance(node, ast.If) and "datasets.available" in ast.unparse(node.test):
            guarded = True
        if isinstance(node, ast.IfExp) and (ast.unparse(node.test).startswith("datasets.available")
                                            or ast.unparse(node.test) in known):
            visit(node.body, True)
            visit(node.orelse, guarded)
            return
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not guarded:
            if node.func.attr in MAY_BE_MISSING and ast.unparse(node.func.value) == "datasets":
                found.append(node.func.attr)
        for child in ast.iter_child_nodes(node):
            visit(child, guarded)

    visit(tree, False)
    return found


def test_an_unguarded_loader_is_found():
    assert unguarded("x = datasets.upworthy()") == ["upworthy"]
    assert unguarded("try:\n    datasets.ml100k()\nexcept DataError: pass\ndatasets.films()") == []
    assert unguarded("if datasets.available('open_bandit'):\n    b = datasets.open_bandit().impressions") == []
    assert unguarded("x = datasets.ml100k() if datasets.available('ml100k') else other()") == []
    assert unguarded("x = other() if datasets.available('ml100k') else datasets.ml100k()") == ["ml100k"]
    assert unguarded("has = datasets.available('ml100k')\nx = datasets.ml100k() if has else None") == []
    assert unguarded("has = something()\nx = datasets.ml100k() if has else None") == ["ml100k"]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_no_lesson_stops_where_data_that_may_be_missing_is_missing(lesson):
    assert unguarded(lesson.read_text("utf-8")) == []
