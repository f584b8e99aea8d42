"""Hostile answers beside honest ones, in one class: none gets a verdict it did not earn, none changes another's."""

import os

import made_class
import pytest
from hostile_answers import SIMPLE

from course_lib.teach.classroom import page as classpage
from course_lib.teach.classroom.page_html import page

HONEST = 3


@pytest.fixture(scope="module")
def attacked(tmp_path_factory):
    """The class, compared once: (results, page). Three honest people, and the attackers."""
    folder = tmp_path_factory.mktemp("hostile")
    texts = {f"honest {n}": made_class.answer(f"# another secret {n}\n{made_class.RIGHT}") for n in range(HONEST)}
    other, solutions = folder / "class" / "honest 0" / "a.ipynb", str(classpage.ROOT / "solutions")
    for name, body in SIMPLE.items():
        body = body.replace("{other!r}", repr(str(other))).replace("{solutions!r}", repr(solutions))
        texts[name] = made_class.answer(body)
    for name, text in texts.items():
        (folder / "class" / name).mkdir(parents=True)
        (folder / "class" / name / "a.ipynb").write_text(text)
    os.environ["SECRET_TOKEN"] = "hunter2"
    try:
        results = classpage.compare_class([folder / "class"], workers=2, effect_seconds=0)
    finally:
        del os.environ["SECRET_TOKEN"]
    return results, page(results)


def test_the_honest_are_right(attacked):
    rows = attacked[0].rows
    assert [rows[f"honest {n}", "1.1"]["status"] for n in range(HONEST)] == ["right"] * HONEST


@pytest.mark.parametrize("name", SIMPLE)
def test_no_attack_is_right(attacked, name):
    row = attacked[0].rows[name, "1.1"]
    assert row["status"] == "wrong" and row["says"] and row["mistake"] != "not run"


def test_nothing_of_the_instructor_is_read(attacked):
    results, text = attacked
    assert "hunter2" not in text and "LOOKED" not in str(results.rows["looks for the values", "1.1"]["says"])
    if results.enforced.get("reading"):
        for name, word in (("reads the solutions", "SOLUTIONS ["), ("reads the users", "root:x:0"),
                           ("reads another's notebook", "another secret")):
            assert word not in results.rows[name, "1.1"]["says"]


def test_nothing_hostile_becomes_markup(attacked):
    assert "<script" not in attacked[1] and "<img" not in attacked[1]


def test_linux_with_landlock_holds_reading_and_signals(attacked):
    if attacked[0].enforced.get("files"):
        assert attacked[0].enforced["reading"]
