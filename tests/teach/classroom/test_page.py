"""A class of thirty: right, wrong, hostile, empty, renamed, broken. Each ends as a row that says so, all escaped."""

import csv
import re
import shutil

import made_class
import pytest

from course_lib.teach.classroom import page as classpage
from course_lib.teach.classroom.page_html import LAYERS, esc, page


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    """The class, compared once: (results, kinds, victim, page)."""
    folder = tmp_path_factory.mktemp("class")
    victim = folder / "victim.txt"
    victim.write_text("still here")
    victim.chmod(0o666)
    kinds = made_class.build(folder / "class", victim)
    results = classpage.compare_class([folder / "class"], workers=2)
    return results, kinds, victim, page(results)


def row(compared, person):
    return compared[0].rows[person, "1.1"]


def test_thirty_people_are_all_there(compared):
    results, kinds, _, _ = compared
    assert len(kinds) == 30 and set(results.reading.people) == set(kinds)


def test_each_has_the_outcome_it_should(compared):
    results, kinds, _, _ = compared
    got = {person: next((held["status"] for (who, _), held in results.rows.items() if who == person), "none")
           for person in kinds}
    assert got == kinds


@pytest.mark.parametrize(("person", "says"), [
    ("endless loop", "ended from outside"), ("signals", "ended from outside"), ("fork", "starting a process"),
    ("os._exit", "ended its own process"), ("deleted file", "not allowed"), ("huge allocation", "MemoryError|allocate"),
    ("flood", "No answer after"), ("network", "network is not available"), ("kill parent", "not allowed"),
    ("segfault", "crashed the interpreter"), ("recursion", "RecursionError"), ("exit", "SystemExit"),
    ("input", r"input\(\) cannot"), ("syntax", "does not parse"),
    ("sign", "You subtract the amounts"), ("prints", "return it"), ("crash", "line 3 of your cell"),
    ("html in output", "text where an array belongs")])
def test_each_row_says_what_happened(compared, person, says):
    assert re.search(says, row(compared, person)["says"])


def test_what_the_system_enforces_stops_code_that_goes_round_python(compared):
    results, _, victim, _ = compared
    assert victim.read_text() == "still here" or not results.enforced.get("files")
    for person, layer in (("fork hidden", "processes"), ("deleted file hidden", "files")):
        if results.enforced.get(layer):
            assert "the system refused" in row(compared, person)["says"]


def test_files_that_are_no_notebooks_are_named(compared):
    why = {person: text for person, _, text in compared[0].reading.problems}
    assert why["empty"] == "holds no exercises" and "broken JSON" in why["broken json"]
    assert why["not a notebook"] == "JSON, but not a notebook"
    assert why["unknown id"] == "no exercise of this course has the id 99.1" in compared[3]
    assert compared[0].card_ids == ["1.1"]                   # it is nobody's column


def test_names_of_functions_files_and_imports_play_no_part(compared):
    assert row(compared, "renamed")["status"] == row(compared, "helper")["status"] == "right"
    assert row(compared, "renamed")["notebook"] in ("meine lösung (2).ipynb", "01_objective.ipynb")


def test_speed_is_told_for_the_right_only(compared):
    assert row(compared, "right")["ratio"] > 0 and row(compared, "sign")["ratio"] is None


def test_nothing_of_others_becomes_markup(compared):
    text = compared[3]
    assert "<script" not in text and "<img" not in text and "alert(1)" in text and "&lt;script&gt;" in text
    assert "onerror=alert(3)&gt;" in text and "default-src 'none'" in text
    assert esc("<\x1b[31m\x00'\">") == "&lt;�[31m�&#x27;&quot;&gt;"


def test_the_page_is_whole_and_says_what_was_enforced(compared):
    results, kinds, _, text = compared
    assert text.count("<th scope=row>") == 30 and "http" not in text.replace("http-equiv", "")
    for layer, words in LAYERS.items():
        assert (esc(words[0]) in text or words[0] in text) == results.enforced.get(layer, False)
    anchors = set(re.findall(r'href="#(p\d+-e\d+)"', text))
    assert anchors == set(re.findall(r'id="(p\d+-e\d+)"', text)) and len(anchors) == len(results.rows)
    assert "What most got wrong" in text and "not for marks" in text


def test_the_command_writes_the_page(tmp_path, capsys):
    folder = tmp_path / "class" / "ann"
    folder.mkdir(parents=True)
    text = f"!ls\nx = !pwd\n{made_class.REWARD}    {made_class.RIGHT}"
    (folder / "a.ipynb").write_text(made_class.notebook(made_class.HEAD, text))
    out, grades = tmp_path / "page.html", tmp_path / "grades.csv"
    assert classpage.main([str(tmp_path / "class"), "-o", str(out), "--csv", str(grades), "--effect-seconds", "0"]) == 0
    told = capsys.readouterr().out
    assert "1 people, 1 exercises" in told and f"{out}, {grades}" in told and "not read" not in told
    assert "ann" in out.read_text()
    assert "2 lines for IPython left out: !ls; x = !pwd" in out.read_text()
    assert not list(tmp_path.glob("*.part"))
    (held,) = csv.DictReader(grades.read_text(encoding="utf-8-sig").splitlines())
    assert (held["person"], held["exercise"], held["status"], held["file"]) == ("ann", "1.1", "right", "a.ipynb")
    assert classpage.main([str(tmp_path / "class"), "-o", str(out), "--lesson", "2"]) == 0
    assert classpage.main([str(tmp_path / "none")]) == 2 and classpage.main([str(grades)]) == 2
    shutil.make_archive(str(tmp_path / "whole"), "zip", tmp_path / "class")
    assert classpage.main([str(tmp_path / "whole.zip"), "-o", str(out), "--effect-seconds", "0"]) == 0
    assert "1 people, 1 exercises" in capsys.readouterr().out
    (folder / "b.ipynb").write_text("{")
    assert classpage.main([str(tmp_path / "class"), "-o", str(out), "--effect-seconds", "0"]) == 0
    assert "1 of them handed in something that was not read" in capsys.readouterr().out
    (tmp_path / "broken.zip").write_text("x")
    assert classpage.main([str(tmp_path / "broken.zip")]) == 1 and "Get it again" in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    assert classpage.main([str(tmp_path / "empty")]) == 1
