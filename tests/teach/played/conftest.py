"""Makes toy_exercises.py importable, and gives the toys to decide and referee in place of the lessons' own."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def toys(monkeypatch, tmp_path):
    import toy_exercises

    from course_lib.teach.played import decide, playing, referee

    decisions = (toy_exercises.OPTION, toy_exercises.NUMBER, toy_exercises.FIELDS)
    monkeypatch.setattr(decide, "find_decision", {held.id: held for held in decisions}.__getitem__)
    monkeypatch.setattr(referee, "find_refereed", {"1.99": toy_exercises.REFEREED}.__getitem__)
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.sqlite"))
    playing._worths.clear()
    referee._readings.clear()
    toy_exercises.PLAYED.clear()
    return toy_exercises
