"""The copies in the clone: whole, small, named, made anew byte by byte from the published files."""

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from course_lib.contracts import CorruptError, DataError
from course_lib.data import cache, committed, datasets

DATA = Path(__file__).resolve().parents[2] / "data"
COPIES = [DATA / name / file for name, files in committed.FILES.items() for file in files]


@pytest.fixture(scope="module")
def maker():
    spec = importlib.util.spec_from_file_location("make_compact", DATA / "make_compact.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A clone that may be damaged: the copies and a pyproject.toml."""
    for name in committed.FILES:
        shutil.copytree(DATA / name, tmp_path / "data" / name)
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.setattr(committed, "CLONE", tmp_path)
    return tmp_path


def test_the_copies_are_whole_and_small():
    for name, files in committed.FILES.items():
        for file, digest in files.items():
            assert cache.sha256(DATA / name / file) == digest, file
    assert sum(file.stat().st_size for file in COPIES) < 6e6


def test_git_keeps_the_copies_and_leaves_their_bytes_alone():
    names = [str(file.relative_to(DATA.parent)) for file in COPIES]
    if not (DATA.parent / ".git").exists() or shutil.which("git") is None:
        pytest.skip("not a git clone")
    ask = ["git", "-C", str(DATA.parent)]
    assert subprocess.run([*ask, "check-ignore", *names]).returncode == 1
    said = subprocess.run([*ask, "check-attr", "text", *names], capture_output=True, text=True, check=True).stdout
    assert said.count("text: unset") == len(names)


def test_who_made_the_data_and_under_which_terms_stands_beside_it():
    assert "Copyright (c) 2013 Simon Dooms" in (DATA / "movietweetings" / "LICENSE").read_text("utf-8")
    for name, words in {"movietweetings": ["Dooms", "MIT", "## What was changed"],
                        "online_retail": ["Chen, D. (2012)", "doi:10.24432/C5CG6D", "## What was changed",
                                          "https://creativecommons.org/licenses/by/4.0/"]}.items():
        page = (DATA / name / "README.md").read_text("utf-8")
        assert [word for word in words if word not in page] == []
    terms = (DATA.parent / "LICENSE").read_text("utf-8")
    assert all(word in terms for word in ("data/movietweetings", "data/online_retail", "CC BY 4.0", "Simon Dooms"))


@pytest.mark.parametrize("path", [file.relative_to(DATA).as_posix() for file in COPIES])
@pytest.mark.parametrize("where", [0.01, 0.5, 0.99])
def test_a_flipped_byte_is_an_error_that_names_the_file_and_the_remedy(clone, path, where):
    file = clone / "data" / path
    content = bytearray(file.read_bytes())
    content[int(len(content) * where)] ^= 1
    file.write_bytes(content)
    with pytest.raises(CorruptError, match=f"{path}.*damaged.*git checkout -- data/{path}"):
        getattr(datasets, file.parent.name)()
    assert "git checkout" in datasets.fetch([file.parent.name], progress=False)[file.parent.name]


@pytest.mark.parametrize("path", [file.relative_to(DATA).as_posix() for file in COPIES])
def test_a_missing_or_unfinished_copy_in_a_clone_is_never_replaced_silently(clone, path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA_MIRROR", str(DATA))
    file = clone / "data" / path
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(CorruptError, match="git checkout -- data/"):
        getattr(datasets, file.parent.name)()
    file.unlink()
    assert not datasets.available(file.parent.name)
    with pytest.raises(DataError, match=f"{path} is missing.*git checkout -- data/{path}"):
        getattr(datasets, file.parent.name)()


def test_a_checkout_that_cannot_be_written_to_is_enough(clone, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", "/dev/null/nowhere")
    for file in clone.rglob("*"):
        file.chmod(0o555 if file.is_dir() else 0o444)
    before = sorted(clone.rglob("*"))
    assert datasets.movietweetings().n_items == 10_506 and datasets.online_retail().n_items == 3_863
    assert sorted(clone.rglob("*")) == before


# --- the maker: these need the published files ------------------------------------------------------------------------
@pytest.fixture(scope="module")
def raw(maker):
    mirror = Path(os.environ.get("COURSE_DATA_MIRROR", "/nowhere"))
    missing = [name for name in maker.RAW if not (mirror / name).is_file()]
    if missing:
        pytest.skip(f"COURSE_DATA_MIRROR does not hold {missing[0]}, so the copies cannot be made anew")
    return mirror


def test_the_maker_gives_the_copies_again(maker, raw, tmp_path):
    made = maker.main(raw, tmp_path)
    assert made == maker.main(raw, tmp_path / "twice")
    assert set(made) == {file.relative_to(DATA).as_posix() for file in COPIES}
    for file in COPIES:
        anew = tmp_path / file.relative_to(DATA)
        if pq.read_metadata(file).created_by == pq.read_metadata(anew).created_by:
            assert anew.read_bytes() == file.read_bytes()
        pd.testing.assert_frame_equal(pd.read_parquet(anew), pd.read_parquet(file))
    assert (tmp_path / "movietweetings/LICENSE").read_bytes() == (DATA / "movietweetings/LICENSE").read_bytes()


def test_the_copy_of_online_retail_holds_every_line_of_the_published_table(raw):
    table = pd.read_parquet(raw / "online-retail-ii/online_retail_ii.parquet")
    lines, orders, articles = committed.read("online_retail").values()
    orders, articles = orders.loc[lines["order"]].reset_index(), articles.loc[lines["article"]].reset_index()
    seconds = pd.to_datetime(orders["time"], unit="s")
    assert (seconds == table["time"]).all() and (orders["invoice"] == table["invoice"]).all()
    assert (orders["customer"] == table["customer"].fillna(-1)).all() and (orders["country"] == table["country"]).all()
    assert (articles["code"] == table["stock_code"]).all()
    assert (articles["description"] == table["description"].astype(object).fillna("")).all()
    assert (lines["quantity"] == table["quantity"]).all() and (lines["price"] == table["price"]).all()


def test_the_copy_of_movietweetings_holds_the_published_lines(raw):
    ratings, films = committed.read("movietweetings").values()
    lines = (raw / "movietweetings-100k/ratings.dat").read_text("utf-8").split()
    assert ratings.to_numpy().tolist() == [[int(part) for part in line.split("::")] for line in lines]
    lines = (raw / "movietweetings-100k/movies.dat").read_text("utf-8").strip("\n").split("\n")
    rows = [line.split("::") for line in lines]
    assert films.to_numpy().tolist() == [[int(film), title, genres] for film, title, genres in rows]


def test_the_maker_refuses_other_files(maker, tmp_path):
    with pytest.raises(DataError, match="ratings.dat is missing"):
        maker.main(tmp_path, tmp_path)
    for name in maker.RAW:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("1::2::3::4")
    with pytest.raises(DataError, match="ratings.dat is not the file.*expected SHA-256"):
        maker.main(tmp_path, tmp_path)
