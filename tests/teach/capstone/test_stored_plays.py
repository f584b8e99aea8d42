"""What is stored was played by what the command would play, and that is what the solved lesson writes."""

import ast

import pytest

from course_lib.contracts import ArgumentError
from course_lib.teach.capstone import stored_plays
from course_lib.teach.capstone.debrief_page import lifts
from course_lib.teach.capstone.run_of_play import EXAMPLES
from course_lib.teach.lessons import ROOT


@pytest.mark.parametrize("name", stored_plays.SEEDS)
def test_a_stored_run_has_everybody_in_every_world_and_nobody_failed(name):
    result = stored_plays.stored_play(name)
    assert result["submissions"] == [one.name for one in stored_plays.handed_in()]
    assert tuple(result["seeds"]) == stored_plays.SEEDS[name] and not result["drawn"]
    assert {"oracle", *result["submissions"]} <= set(lifts(result))


def test_a_name_that_is_not_stored_is_refused():
    with pytest.raises(ArgumentError, match="expected one of feed"):
        stored_plays.stored_play("shop")


def parts(text):
    """{name: what is bound to it, as parsed}, of functions and of plain assignments."""
    found = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = ast.dump(node)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = ast.unparse(node.value)
    return found


def test_the_system_that_was_played_is_the_solved_lessons():
    lines = (ROOT / "solutions" / "source" / "13_day15.py").read_text(encoding="utf-8").splitlines()
    lesson = parts("\n".join(line for line in lines if not line.startswith("# ")))
    played = parts((EXAMPLES / stored_plays.FILE).read_text(encoding="utf-8"))
    for name in ("good_rows", "tastes", "learn", "signals", "blend", "retrieve", "rank"):
        assert played[name] == lesson[name], name
    assert ast.literal_eval(played["SETTINGS"]) == {"counts": "long clicks"} | ast.literal_eval(lesson["WEIGHTS"])
    assert played["PLAN"] == lesson["PLAN"]
