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
from course_lib.data import cache, datasets, sources


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


@pytest.mark.parametrize("name", list(datasets.DATASETS))
def test_no_network_at_first_set_up_says_what_is_missing_and_how_to_get_it(empty, name):
    assert not datasets.available(name)
    with pytest.raises(DataError, match="Could not get .*course_lib data.*COURSE_DATA_MIRROR"):
        getattr(datasets, name)()
    assert nothing_kept(empty)


def test_fetch_goes_on_after_one_that_fails_and_refuses_an_unknown_name(empty, capsys):
    result = datasets.fetch(["ml100k", "upworthy"])
    assert all("Could not get" in word for word in result.values()) and len(result) == 2
    assert capsys.readouterr().out.count("\n") == 2
    with pytest.raises(ArgumentError, match="ml100k, open_bandit"):
        datasets.fetch(["netflix"])


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
        datasets.movietweetings()


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


def test_a_disk_that_fills_while_tables_are_written_leaves_nothing(load, empty, monkeypatch):
    import errno

    source = sources.SOURCES["upworthy"]
    monkeypatch.setattr(datasets, "files_of", lambda s: _given({next(iter(source.files)): empty / "none"}))
    spec = datasets.Spec(source, lambda files, folder: _full(folder, errno.ENOSPC))
    monkeypatch.setitem(datasets.DATASETS, "upworthy", spec)
    with pytest.raises(DataError, match="disk is full"):
        datasets.upworthy()
    assert nothing_kept(empty) and not cache.artifact_path(*datasets._key("upworthy")).exists()


def _full(folder, code):
    (folder / "half").write_text("half")
    raise OSError(code, "No space left on device")


def _given(files):
    from contextlib import nullcontext

    return nullcontext(files)
