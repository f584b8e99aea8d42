"""A build that fails leaves the old site as it was, and no folder that is not a site is ever replaced."""

import json

import pytest

from course_lib.contracts import DataError
from course_lib.data.disk import Busy, locked
from course_lib.teach.site import site_build


def fails_with(clone, out, match):
    """A build of `clone` over an old site fails with words that match; the old site is whole, and nothing beside it."""
    out.mkdir()
    (out / site_build.MARK).write_text("")
    (out / "index.html").write_text("the old site")
    with pytest.raises(DataError, match=match):
        site_build.build(out, clone)
    assert (out / "index.html").read_text() == "the old site"
    assert [path.name for path in out.parent.iterdir() if path.name not in ("clone", out.name)] == []


def change(clone, edit):
    path = clone / "solutions" / "04_negatives.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    edit(notebook)
    path.write_text(json.dumps(notebook), encoding="utf-8")


def test_half_a_notebook_is_named_and_the_old_site_stays(clone, tmp_path):
    path = clone / "solutions" / "04_negatives.ipynb"
    path.write_text(path.read_text(encoding="utf-8")[:2000], encoding="utf-8")
    fails_with(clone, tmp_path / "out", r"04_negatives\.ipynb is not a whole notebook.*course build negatives")


def test_a_notebook_that_is_not_there_is_named(clone, tmp_path):
    (clone / "solutions" / "04_negatives.ipynb").unlink()
    fails_with(clone, tmp_path / "out", "never executed: 04_negatives")


def test_a_notebook_without_outputs_is_named(clone, tmp_path):
    def clear(notebook):
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell.update(execution_count=None, outputs=[])

    change(clone, clear)
    fails_with(clone, tmp_path / "out", r"04_negatives\.ipynb: no cell was executed")


def test_a_cell_that_shows_an_error_is_named(clone, tmp_path):
    def break_second(notebook):
        notebook["cells"][1]["outputs"] = [{"output_type": "error", "ename": "ValueError", "evalue": "no rows",
                                            "traceback": []}]

    change(clone, break_second)
    fails_with(clone, tmp_path / "out", "cell 2: a cell shows an error: ValueError: no rows")


def test_a_formula_that_cannot_be_drawn_is_named(clone, tmp_path):
    def add_formula(notebook):
        notebook["cells"].append({"cell_type": "markdown", "metadata": {}, "source": "then $\\mystery{x}$"})

    change(clone, add_formula)
    fails_with(clone, tmp_path / "out", r"04_negatives\.ipynb: the formula .*mystery")


def test_a_head_without_minutes_is_named(clone, tmp_path):
    change(clone, lambda notebook: notebook["cells"][0].update(source="# 04 N\n\n**The decision.** What?"))
    fails_with(clone, tmp_path / "out", r"lacks a row '\| Minutes")


def test_a_picture_that_is_none_is_named(clone, tmp_path):
    def add_picture(notebook):
        notebook["cells"][1]["outputs"] = [{"output_type": "display_data", "metadata": {},
                                            "data": {"image/png": "bm90IGEgcGljdHVyZSBhdCBhbGw="}}]

    change(clone, add_picture)
    fails_with(clone, tmp_path / "out", "kept as PNG is none")


def test_a_folder_of_other_things_is_not_replaced(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(DataError, match="no site of this course"):
        site_build.build(tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"
    (tmp_path / "file").write_text("a file")
    with pytest.raises(DataError, match="no site of this course"):
        site_build.build(tmp_path / "file")


def test_a_new_site_replaces_the_old_one_as_a_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(site_build, "files", lambda root: {site_build.MARK: "", "index.html": "new"})
    out = tmp_path / "out"
    site_build.build(out)
    (out / "gone.html").write_text("of an older build")
    assert [path.name for path in site_build.build(out)] == ["index.html"]
    assert sorted(path.name for path in out.iterdir()) == [site_build.MARK, "index.html"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_two_builds_do_not_write_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(site_build, "files", lambda root: {site_build.MARK: ""})
    with locked(tmp_path / ".out.lock"), pytest.raises(Busy):
        site_build.build(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_a_killed_build_left_is_swept_away(tmp_path, monkeypatch):
    monkeypatch.setattr(site_build, "files", lambda root: {site_build.MARK: "", "index.html": "new"})
    (tmp_path / ".building-out-abc").mkdir()
    site_build.build(tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
