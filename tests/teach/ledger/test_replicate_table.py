"""The table of replicates comes back as it was written; what is malformed is named with its line."""

import math

import pytest

from course_lib.contracts import DataError
from course_lib.teach.ledger import replicates
from course_lib.teach.ledger.replicates import Replicates, Run
from course_lib.teach.ledger.verdict import Row


@pytest.fixture
def written(tmp_path):
    table = Replicates()
    rows = (Row("5.compression", "world", 19.3, 18, 20), Row("5.compression", 'log, "odd"', math.nan),
            Row("5.speed", "world", 7.0, at=0.5, beside="1 thread"))
    table.add(Run("ann", 2, "c1", "l1", 12.3, rows=rows))
    table.add(Run("ann", 0, "c1", "l1", 1.0, rows=rows[:1]))
    table.add(Run("feedback", 1, "c2", "l1", 3.0, why="cell 2,\nline 1: it broke"))
    return replicates.write(table, tmp_path / "ledger" / "replicates.csv")


def test_what_is_written_is_read_again(written):
    table = replicates.read(written)
    assert list(table.runs) == [("feedback", 1), ("ann", 0), ("ann", 2)]       # by the lesson's number
    run = table.runs["ann", 2]
    assert (run.seconds, run.code, run.library, run.why) == (12.3, "c1", "l1", "")
    assert run.rows[0] == Row("5.compression", "world", 19.3, 18, 20) and math.isnan(run.rows[1].value)
    assert (run.rows[2].at, run.rows[2].beside, run.rows[1].on) == (0.5, "1 thread", 'log, "odd"')
    text = written.read_text(encoding="utf-8")
    replicates.write(table, written)
    assert written.read_text(encoding="utf-8") == text


def test_the_published_run_is_not_among_the_replicates(written):
    table = replicates.read(written)
    assert [[row.value for row in run] for run in table.of("ann.speed")] == [[7.0]]
    assert len(table.of("5.compression")) == 1
    assert [run.why for run in table.failed("02")] == ["cell 2, line 1: it broke"] and table.failed("ann") == []


def test_a_run_takes_the_place_of_the_one_before(written):
    table = replicates.read(written)
    table.add(Run("ann", 2, "c9", "l1", 1.0))
    assert len(table.runs) == 3 and table.of("5.compression") == []


def test_where_there_is_no_table_there_are_no_runs(tmp_path):
    assert replicates.read(tmp_path / "none.csv").runs == {}


@pytest.mark.parametrize(("old", "new", "fault"), [
    ("lesson,replicate", "lesson,run", "has the columns"), ("19.3,18,20", "19.3,20,18", "line .*low <= value"),
    ("19.3,18,20", "19.3,18,", "line .*low <= value"), ("19.3,18,20", "many,18,20", "line .*many"),
    ("feedback,1,,", "ann,2,,", "stands twice"), ("ann,2,,", "ann,3,,", "without the line of its run"),
    ("ann.speed", "nothing.speed", "line "), ("ann,2,ann.speed,world", "ann,2,ann.speed,", "and a place"),
    ("ann,2,ann.speed,", "ann,2,feedback.speed,", "the lesson's own"), ("ann,2,,", "ann,-2,,", "is no run"),
    ("ann,2,ann.speed,world,0.5,7", "ann,2,ann.compression,world,,7", "stands twice in one run"),
    (",12.3,", ",nan,", "is no run"), (",12.3,", ",-1,", "is no run"), (",12.3,", ",inf,", "is no run")])
def test_what_is_malformed_is_named_with_its_line(written, old, new, fault):
    text = written.read_text(encoding="utf-8")
    assert old in text
    written.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(DataError, match=fault):
        replicates.read(written)


@pytest.mark.parametrize(("line", "fault"), [
    ("feedback,1,feedback.unseen,world,inf,0.6,0.5,0.7,,,,,", "finite strength"),
    ("feedback,1,feedback.unseen,world,nan,0.6,0.5,0.7,,,,,", "finite strength"),
    ("feedback,1,feedback.unseen,world,0.7,0.6,0.5,0.7,,,,,,more", "more or fewer fields"),
    ("feedback,1,feedback.unseen,world,0.7,0.6,0.5,0.7", "more or fewer fields")])
def test_a_line_with_a_strength_that_is_none_or_of_another_length_is_refused(tmp_path, line, fault):
    file = tmp_path / "table.csv"
    file.write_text(f"{','.join(replicates.COLUMNS)}\nfeedback,1,,,,,,,,1.0,a,b,\n{line}\n", encoding="utf-8")
    with pytest.raises(DataError, match=f"line 3: .*{fault}"):
        replicates.read(file)
