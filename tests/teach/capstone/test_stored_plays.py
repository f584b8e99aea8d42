"""What is stored was played by what the command would play, and that is what the solved lesson writes."""

import ast
import json
import runpy

import pytest

from course_lib.contracts import ArgumentError
from course_lib.teach.capstone import stored_plays
from course_lib.teach.capstone.debrief_page import lifts
from course_lib.teach.capstone.run_of_play import EXAMPLES, playing_code, rivals
from course_lib.teach.lessons import ROOT


@pytest.mark.parametrize("name", stored_plays.SEEDS)
def test_a_stored_run_has_everybody_in_every_world_and_nobody_failed(name):
    result = stored_plays.stored_play(name)
    assert result["submissions"] == [one.name for one in stored_plays.handed_in(name)]
    assert tuple(result["seeds"]) == stored_plays.SEEDS[name] and not result["drawn"]
    assert {"oracle", *result["submissions"]} <= set(lifts(result))


@pytest.mark.parametrize("name", stored_plays.SEEDS)
def test_a_stored_run_was_played_by_this_code_and_these_texts(name):
    result = stored_plays.stored_play(name)
    again = f"Play it again, where nothing else runs: python -m course_lib.teach.capstone.stored_plays {name}"
    assert result["code"] == playing_code(), again
    assert result["digests"] == {one.name: one.digest for one in [*rivals(), *stored_plays.handed_in(name)]}, again


def test_figures_that_stand_already_are_kept_with_their_times(tmp_path, capsys):
    old = {"code": "a", "digests": {}, "seconds": 3.0, "worlds": [{"rows": {"x": {"lift": 0.5, "p99_ms": 9.0}}}]}
    new = {"code": "b", "digests": {"x": "1"}, "seconds": 7.0,
           "worlds": [{"rows": {"x": {"lift": 0.5, "p99_ms": 1.0}}}]}
    path = tmp_path / "one.json"
    stored_plays.store(old, path)
    stored_plays.store(new, path)
    assert json.loads(path.read_text()) == old | {"code": "b", "digests": {"x": "1"}}
    assert "the same figures" in capsys.readouterr().out
    new["worlds"][0]["rows"]["x"]["lift"] = 0.6
    stored_plays.store(new, path)
    assert json.loads(path.read_text()) == new


def test_a_name_that_is_not_stored_is_refused():
    with pytest.raises(ArgumentError, match="expected one of feed, marketplace"):
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


def test_what_plays_in_the_shop_is_the_lessons_system_after_its_mend(monkeypatch):
    import course_lib.teach.capstone.example_systems.three_signals as mine

    before, found = dict(mine.SETTINGS), {}
    for called, file in stored_plays.FILES["marketplace"].items():
        monkeypatch.setattr(mine, "SETTINGS", dict(before))
        held = runpy.run_path(str(EXAMPLES / file))
        found[called] = mine.SETTINGS
        assert held["PLAN"].primary == "spend per user" and held["PLAN"].steps == mine.PLAN.steps
    assert found == {"learns from money": before | {"counts": "money", "choose": (1, 2, 0.5)},
                     "learns from long clicks": before | {"choose": (1, 2, 0.5)}}
