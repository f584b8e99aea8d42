"""`course submit`, from a file to a report and a stored result, in worlds as small as they can be."""

import json
import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest

from course_lib.contracts import ArgumentError, DataError
from course_lib.teach.capstone import run_of_play, submit_command, submit_report
from course_lib.teach.capstone.briefs import BRIEFS
from course_lib.teach.capstone.handed_in import HandedIn, read

SMALL = {"days": 2, "warm_days": 4, "people": 60, "items": 60, "requests_per_day": 150.0}
MINE = ("import numpy as np\nfrom course_lib.launch.launch_plan import LaunchPlan\n"
        "PLAN = LaunchPlan('half of people, two days', steps=((0.5, 2),), guardrails={'requests per user': 0.2})\n"
        "def policy(request):\n    return request.eligible[::5][:request.slate_size]\n")
BREAKS = "class System:\n    def slates(self, requests):\n        raise ValueError('<b>\\x1b[31mred\\n')\n"


@pytest.fixture
def small(monkeypatch):
    for name, brief in list(BRIEFS.items()):
        monkeypatch.setitem(BRIEFS, name, replace(brief, **SMALL))


def submit(path, **more):
    args = {"file": str(path), "brief": "feed", "worlds": 2, "jobs": 1, "out": None, "again": None, "go_on": False,
            "beside": []}
    return submit_command.main(SimpleNamespace(**args | more))


def test_a_submission_is_played_reported_and_stored(small, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(run_of_play.secrets, "randbits", lambda bits: 7)          # one world, the same each time
    (tmp_path / "mine.py").write_text(MINE)
    assert submit(tmp_path / "mine.py", brief="marketplace", worlds=1) == 0
    first = json.loads((tmp_path / "mine.submit.json").read_text())
    said = capsys.readouterr().out
    for word in ("true lift", "popularity", "EASE", "reference", "oracle", "half of people, two days", "p99",
                 "Fooled by", "retrieval not told", "Worlds drawn at this run",
                 "Confined: network" if sys.platform == "linux" else ""):
        assert word in said
    row = first["worlds"][0]["rows"]["mine"]
    assert 0 < row["p50_ms"] <= row["p99_ms"] and row["day"] == 2 and row["action"] in ("ship", "stop")
    assert row["stages"]["retrieval"] is None
    assert 0 <= row["stages"]["order"] < 1 and 0 <= row["stages"]["choice"] < 1
    assert not any("failed" in one for one in first["worlds"][0]["rows"].values())


def test_a_stored_result_s_worlds_can_be_played_again_and_give_the_same(small, tmp_path, monkeypatch):
    monkeypatch.setattr(run_of_play, "rivals", lambda: [])
    first = run_of_play.run([HandedIn("mine", MINE)], BRIEFS["feed"], 1)
    (tmp_path / "one.json").write_text(json.dumps(first))
    again = run_of_play.run([HandedIn("mine", MINE)], BRIEFS["feed"],
                            seeds=submit_command.stored(tmp_path / "one.json")["seeds"])
    assert first["drawn"] and not again["drawn"]
    for name in ("worth", "claim", "stages", "log_recall"):
        assert again["worlds"][0]["rows"]["mine"][name] == first["worlds"][0]["rows"]["mine"][name]


def test_one_that_breaks_is_told_and_costs_nobody_else(small, tmp_path):
    held = run_of_play.run([HandedIn("breaks", BREAKS), HandedIn("mine", MINE)], BRIEFS["feed"], 2, jobs=2)
    said = submit_report.report(held)
    assert "did not play to the end" in said and "ValueError, line 3 of your file" in said and "\x1b" not in said
    everyone = {one.name: one for one in run_of_play.standings(held)}
    assert everyone["mine"].lift and everyone["breaks"].lift is None and len(set(held["seeds"])) == 2


def test_one_that_breaks_in_the_middle_of_its_play_costs_nobody_else(small, monkeypatch):
    """Not in its log, where all others fail: the world waits for its answer, and must not take the next one's for it.
    """
    last = SMALL["warm_days"] + SMALL["days"] - 1
    late = MINE.replace("def policy(request):", f"def policy(request):\n    if request.day == {last}:\n"
                        "        raise ValueError('the last day')")
    monkeypatch.setattr(run_of_play, "rivals", lambda: [])
    held = run_of_play.run([HandedIn("late", late), HandedIn("mine", MINE)], BRIEFS["feed"], 1)
    rows = held["worlds"][0]["rows"]
    assert "the last day" in rows["late"]["failed"] and "failed" not in rows["mine"] and len(rows["mine"]["worth"]) == 2


def test_worlds_of_another_brief_are_not_played_again_by_mistake(small, tmp_path, monkeypatch):
    monkeypatch.setattr(run_of_play, "rivals", lambda: [])
    first = run_of_play.run([HandedIn("mine", MINE)], BRIEFS["feed"], 1)
    (tmp_path / "one.json").write_text(json.dumps(first))
    (tmp_path / "mine.py").write_text(MINE)
    with pytest.raises(DataError, match="--brief feed"):
        submit(tmp_path / "mine.py", brief="marketplace", again=tmp_path / "one.json")


def test_names_that_meet_and_files_that_are_no_results_are_refused(tmp_path):
    with pytest.raises(ArgumentError, match="called 'EASE'"):
        run_of_play.run([HandedIn("EASE", MINE)], BRIEFS["feed"])
    (tmp_path / "x.json").write_text("{}")
    for name in ("x.json", "y.json"):
        with pytest.raises(DataError, match="result"):
            submit_command.stored(tmp_path / name)


@pytest.mark.parametrize("name", run_of_play.RIVALS)
def test_examples_are_submissions_and_can_be_printed(name, capsys, tmp_path):
    assert submit_command.main(SimpleNamespace(file=name)) == 0
    (tmp_path / "mine.py").write_text(capsys.readouterr().out)
    assert read(tmp_path / "mine.py").text
