"""Every statement with a verdict or a curve has its controls, or stands in controls.toml with the reason."""

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

from course_lib.teach import cards, lessons
from course_lib.teach.definitions.claim import DIAL

TESTS = Path(__file__).resolve().parents[1]
HELD = tomllib.loads(Path(__file__).with_name("controls.toml").read_text(encoding="utf-8"))
NEED = sorted(lessons.kept(claim.id) for claim in cards.claims() if claim.judged or claim.kind == DIAL)
SAID = re.compile(r"said\(\"([a-z0-9_]+\.[a-z0-9_]+)\"")


@cache
def sources_in(path: str) -> dict[str, str]:
    """{test: its source, decorators and all} of a file below tests/; {} where there is no such file."""
    file = TESTS / path
    if not file.exists():
        return {}
    text = file.read_text(encoding="utf-8")
    return {node.name: ast.get_source_segment(text, node) for node in ast.parse(text).body
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_every_statement_has_controls_or_a_reason_and_nothing_else_is_listed():
    listed = [*HELD["controls"], *HELD["none"]]
    assert sorted(set(NEED) - set(listed)) == [], "name the tests in controls.toml, or say why there are none"
    assert sorted(set(listed) - set(NEED)) == [] and len(listed) == len(set(listed))


@pytest.mark.parametrize("name", sorted(HELD["controls"]))
def test_the_controls_that_are_named_are_there(name):
    for place in HELD["controls"][name].split(" and "):
        path, test = place.split("::")
        assert test in sources_in(path), f"{path} has no {test}"


def test_who_has_none_has_a_reason_and_they_are_few():
    assert all(len(why) > 20 for why in HELD["none"].values()) and len(HELD["none"]) <= 3


def test_where_tests_say_what_comes_of_a_statement_one_of_them_is_its_control():
    saying: dict[str, list[str]] = {}
    for file in sorted(TESTS.rglob("test_controls*.py")):
        path = str(file.relative_to(TESTS))
        for test, source in sources_in(path).items():
            for found in SAID.findall(source):
                saying.setdefault(lessons.kept(cards.claim(found).id), []).append(f"{path}::{test}")
    assert len(saying) > 15
    for name, places in saying.items():
        assert any(place in HELD["controls"].get(name, "") for place in places), (name, places)
