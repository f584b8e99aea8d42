"""What a class hands in: every kind of file is read or named with a reason; no link is followed, no pipe waited for."""

import json
import os
import zipfile

import made_class
import pytest

from course_lib.contracts import DataError
from course_lib.teach.classroom.files import LARGEST_BYTES, handed_in
from course_lib.teach.classroom.submissions import read_class

CELL = made_class.REWARD + "    return row"


def reasons(folder):
    return {file.path: file.why for file in handed_in(folder)}


def test_links_pipes_and_other_things_are_named_and_not_opened(tmp_path):
    outside = tmp_path / "secret.ipynb"
    outside.write_text(made_class.answer(made_class.RIGHT))
    home = tmp_path / "class" / "ann"
    home.mkdir(parents=True)
    (home / "link.ipynb").symlink_to(outside)
    (home / "folder").symlink_to(tmp_path)
    (home / "loop.ipynb").symlink_to(home / "loop.ipynb")
    os.mkfifo(home / "pipe.ipynb")
    (home / "zero.ipynb").symlink_to("/dev/zero")
    (home / "photo.png").write_bytes(b"\x89PNG")
    (home / "large.ipynb").touch()
    os.truncate(home / "large.ipynb", 10 * LARGEST_BYTES)
    (home / ".hidden.ipynb").write_text("{")
    got = reasons(tmp_path / "class")
    assert {name: why for name, why in got.items() if "link" in why}.keys() == {
        f"ann/{name}" for name in ("link.ipynb", "folder", "loop.ipynb", "zero.ipynb")}
    assert "pipe" in got["ann/pipe.ipynb"] and "neither" in got["ann/photo.png"]
    assert "larger than 20 MB" in got["ann/large.ipynb"] and len(got) == 7
    reading = read_class([tmp_path / "class"])
    assert reading.submissions == [] and len(reading.problems) == 7 and reading.people == ["ann"]


@pytest.mark.parametrize("text", ["\ufeff" + made_class.notebook(made_class.HEAD, CELL),
                                  made_class.notebook(made_class.HEAD, CELL.replace("\n", "\r\n")),
                                  made_class.notebook("!pip install x\n%time\nnp?\nlost_at??", CELL)])
def test_marks_of_other_editors_do_not_matter(tmp_path, text):
    (tmp_path / "ann.ipynb").write_bytes(text.encode())
    reading = read_class([tmp_path])
    assert reading.problems == [] and reading.submissions[0].text.endswith("return row")


def test_a_line_of_python_that_begins_like_a_magic_stays(tmp_path):
    long = CELL.replace("return row", "return (row\n            % 7)")
    (tmp_path / "ann.ipynb").write_text(made_class.notebook(long))
    (held,) = read_class([tmp_path]).submissions
    assert "% 7" in held.text


def test_a_script_in_percent_format_is_read(tmp_path):
    (tmp_path / "ann.py").write_bytes(("# %% [markdown]\r\n# # Title\r\n# %%\r\nK = 2\r\n# %%\r\n" + CELL.replace(
        "return row", "return row * K")).encode())
    (held,) = read_class([tmp_path]).submissions
    assert held.prelude == "K = 2" and held.card_id == "1.1"


def test_zips_are_read_and_their_faults_named(tmp_path):
    with zipfile.ZipFile(tmp_path / "ann.zip", "w", zipfile.ZIP_DEFLATED) as held:
        held.writestr("a/01.ipynb", made_class.answer(made_class.RIGHT))
        held.writestr("../../evil.ipynb", made_class.answer(made_class.RIGHT))
        held.writestr("photo.png", b"x")
        held.writestr("bomb.ipynb", b" " * (LARGEST_BYTES + 10))
        link = zipfile.ZipInfo("link.ipynb")
        link.external_attr = 0o120777 << 16
        held.writestr(link, "/etc/passwd")
    (tmp_path / "bob.zip").write_bytes(b"no zip")
    reading = read_class([tmp_path])
    why = {file: text for _, file, text in reading.problems}
    assert reading.people == ["ann", "bob"] and len(reading.submissions) == 1
    assert "larger" in why["ann.zip/bomb.ipynb"] and "link" in why["ann.zip/link.ipynb"]
    assert "neither" in why["ann.zip/photo.png"] and "no zip" in why["bob.zip"]
    assert not (tmp_path.parent / "evil.ipynb").exists()


@pytest.mark.parametrize("data", [b"[" * 100_000, b'{"cells": [{"cell_type": "code", "source": 3}]}', b"\x00" * 100,
                                  b'{"cells": [' + b"9" * 5000 + b"]}", b"\xff\xfe", b'{"cells": null}', b""])
def test_malformed_notebooks_are_named(tmp_path, data):
    (tmp_path / "ann.ipynb").write_bytes(data)
    reading = read_class([tmp_path])
    assert reading.submissions == [] and len(reading.problems) == 1


@pytest.mark.parametrize("text", ["(" * 5000, "x = " + "-" * 100_000 + "1", "x = " + "1+" * 50_000 + "1", "\x00",
                                  "x" + ".b" * 50_000, "\ud800", "x = " + "[" * 150 + "]" * 150, "@exercise('1.1')"])
def test_code_that_no_parser_likes_costs_that_cell_alone(tmp_path, text):
    (tmp_path / "ann.ipynb").write_text(json.dumps({"cells": [{"cell_type": "code", "source": source} for source in (
        text, CELL)]}))
    assert [held.card_id for held in read_class([tmp_path]).submissions] == ["1.1"]


def class_zip(path, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as held:
        for name, data in members.items():
            held.writestr(name, data)
    return path


def test_a_zip_of_the_whole_class_is_read_as_its_folder_would_be(tmp_path):
    """As a learning platform gives it out: a folder a person, a person's own zip, links, things beside."""
    inner = class_zip(tmp_path / "inner.zip", **{"a.ipynb": made_class.answer(made_class.RIGHT), "b.txt": "x"})
    members = {"ann_12_file/a.ipynb": made_class.answer(made_class.RIGHT), "bob.zip": inner.read_bytes(),
               "cem/mine.zip": inner.read_bytes(), "dan.ipynb": made_class.answer(made_class.RIGHT), "eve/x.png": "x",
               "../fay/a.ipynb": "{", "/gus/a.ipynb": made_class.answer(made_class.RIGHT), "__MACOSX/ann/a.ipynb": "{",
               "ann_12_file/.ipynb_checkpoints/a.ipynb": "{", "mistakes.toml": "says = 1"}
    whole = class_zip(tmp_path / "class.zip", **members)
    with zipfile.ZipFile(whole, "a") as held:
        link = zipfile.ZipInfo("hal/link.ipynb")
        link.external_attr = 0o120777 << 16
        held.writestr(link, "/etc/passwd")
    reading = read_class([whole])
    assert {held.person for held in reading.submissions} == {"ann_12_file", "bob", "cem", "dan", "gus"}
    told = {(who, file): why for who, file, why in reading.problems}
    assert told.pop(("fay", "fay/a.ipynb")).startswith("broken JSON") and told == {
        ("bob", "bob.zip/b.txt"): "neither a notebook nor a .py file",
        ("cem", "cem/mine.zip/b.txt"): "neither a notebook nor a .py file",
        ("eve", "eve/x.png"): "neither a notebook nor a .py file", ("hal", "hal/link.ipynb"): "a link, not followed"}


@pytest.mark.parametrize(("file", "members", "people"), [
    ("collected.zip", ["collected/ann/a.ipynb", "collected/bob.ipynb"], ["ann", "bob"]),          # zip -r
    ("collected.zip", ["collected/ann/a.ipynb", "collected/mistakes.toml", "__MACOSX/collected/._x"], ["ann"]),
    ("abgaben.zip", ["class/ann/a.ipynb", "class/bob/a.ipynb", "__MACOSX/class/ann/._a.ipynb"], ["ann", "bob"]),
    ("abgaben.zip", ["class/ann.ipynb", "class/bob.zip", "class/01_objective.ipynb", "mistakes.toml"],
     ["01_objective", "ann", "bob"]),
    ("abgaben.zip", ["ann/00_start_here.ipynb", "ann/01_objective.ipynb", "ann/mine/a.ipynb"], ["ann"]),
    ("abgaben.zip", ["ann/a.ipynb"], ["ann"]), ("ann.zip", ["ann/01_objective.ipynb"], ["ann"]),
    ("class.zip", ["class/ann/a.ipynb", "bob/a.ipynb"], ["bob", "class"]), ("class.zip", ["ann.ipynb"], ["ann"]),
    ("class.zip", ["bob.zip"], ["bob"]), ("class.zip", [], [])])
def test_a_folder_of_the_whole_class_on_top_of_its_zip_is_no_person(tmp_path, file, members, people):
    text = made_class.answer(made_class.RIGHT)
    inner = class_zip(tmp_path / "inner", **{"a.ipynb": text}).read_bytes()
    whole = class_zip(tmp_path / file, **{name: inner if name.endswith(".zip") else text for name in members})
    reading = read_class([whole])
    assert sorted(reading.people) == people == sorted(held.person for held in reading.submissions)
    assert reading.problems == []


def test_a_person_of_a_class_zip_costs_no_more_than_one_of_a_folder(tmp_path):
    """The size that is read is bounded a person, not for the whole class: 150 MB of two people are read."""
    large = made_class.notebook("# " + "x" * 1000, *["x = 1"]).replace("x = 1", "y" * 15_000_000)
    whole = class_zip(tmp_path / "class.zip", **{f"{who}/{n}.ipynb": large for who in ("ann", "bob") for n in range(8)})
    why = {path: text for path, text in reasons(whole).items() if "hold more than" in text and "MB" in text}
    assert sorted(why) == ["ann/6.ipynb", "ann/7.ipynb", "bob/6.ipynb", "bob/7.ipynb"]


def test_a_zip_of_a_class_that_is_none_is_named_with_what_to_do(tmp_path):
    (tmp_path / "class.zip").write_bytes(b"PK\x03\x04 and so on")
    with pytest.raises(DataError, match="class.zip is no zip that can be read.*Get it again"):
        reasons(tmp_path / "class.zip")
