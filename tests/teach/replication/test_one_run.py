"""One run of a lesson, in a process of its own: rows, or why there are none."""

import pytest
from toy_lessons import MEASURES, task

from course_lib.teach.replication import farm

LINES = MEASURES.count("\n")


def test_a_run_gives_its_rows_and_other_seeds_give_other_values():
    first, again, other = (farm.run_task(task(replicate=replicate)) for replicate in (1, 1, 2))
    assert (first["why"], len(first["rows"])) == ("", 1) and first["seconds"] > 0
    assert first["rows"][0]["claim"] == "start_here.ceiling" and first["rows"][0]["on"] == "ml100k"
    assert first["rows"] == again["rows"] != other["rows"]


@pytest.mark.parametrize(("code", "why"), [
    ("x = 1\nx / 0", f"cell 2, line {LINES + 2}: ZeroDivisionError"),
    ("import os\nos._exit(7)", "exit code 7"),
    ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "signal 9"),
    ("raise SystemExit(3)", "ended the interpreter"),
    (MEASURES.replace("value - 0.01", "value + 0.01"), "expected low <= value <= high"),
    ("from course_lib.teach import measured\nmeasured('start_here.nothing', 1)", "start_here.nothing")])
def test_a_run_that_fails_says_why_and_keeps_nothing(code, why):
    result = farm.run_task(task(MEASURES + code if "measured(" not in code else code))
    assert why in result["why"] and result["rows"] == []


def test_a_run_that_takes_too_long_is_stopped():
    result = farm.run_task(task("import time\ntime.sleep(60)"), limit_s=1.0)
    assert "longer than 1 s" in result["why"]


def test_a_worker_with_another_version_of_the_course_measures_nothing():
    assert "another version" in farm.run_task(task(library="0" * 12))["why"]


def test_a_lesson_may_define_classes_and_look_at_its_own_source():
    code = ("from dataclasses import dataclass\nimport inspect, pickle\nfrom course_lib.teach import measured\n"
            "@dataclass\nclass Pair:\n    a: int = 2\n"
            "def two():\n    return Pair().a\n"
            "assert pickle.loads(pickle.dumps(Pair())).a == two() and 'Pair' in inspect.getsource(two)\n"
            "display(Pair())\nmeasured('start_here.order', 0.7)")
    assert farm.run_task(task(code))["why"] == ""


def test_a_decision_hands_on_its_choice_and_is_not_played_out():
    code = ("from course_lib.teach import decide, measured\nwidth = decide('start_here.2', 300)\n"
            "assert width == 300\nmeasured('start_here.order', 0.7)")
    assert farm.run_task(task(code))["why"] == ""
