"""`course replicate`: what is missing is run, each run stands whole in the table, a failure says why, age is seen."""

from types import SimpleNamespace

import pytest
from toy_lessons import MEASURES

from course_lib.contracts import ArgumentError, DataError
from course_lib.data.disk import locked
from course_lib.teach.ledger import replicates
from course_lib.teach.ledger.spread import WORLD_RUNS
from course_lib.teach.lessons import SOURCES
from course_lib.teach.replication import farm, measuring, replicate


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """A tiny lesson, and runs of it that take no time: replicate 3 fails."""
    path = tmp_path / "00_start_here.py"
    path.write_text("# %%\n" + MEASURES, encoding="utf-8")
    asked = []

    def results(tasks, *, jobs, scheduler):
        for task in tasks:
            asked.append(task.replicate)
            row = {"claim": "start_here.ceiling", "on": "ml100k", "value": task.replicate / 10, "low": "nan",
                   "high": "nan"}
            why = "cell 2, line 1: it broke" if task.replicate == 3 else ""
            yield task, {"rows": [] if why else [row], "seconds": 2.0, "why": why}

    monkeypatch.setattr(replicate, "sources", lambda stems: [path])
    monkeypatch.setattr(farm, "results", results)
    return SimpleNamespace(path=path, asked=asked, table=tmp_path / "replicates.csv")


def arguments(lesson, **changed):
    return SimpleNamespace(**{"lessons": [], "seeds": 3, "first": 1, "jobs": 1, "scheduler": None,
                              "out": str(lesson.table), "against": None} | changed)


def test_every_run_stands_in_the_table_and_a_failed_one_says_why(lesson, capsys):
    assert replicate.main(arguments(lesson)) == 1
    table = replicates.read(lesson.table)
    assert [(run.replicate, run.why, len(run.rows)) for run in table.in_order()] == [
        (1, "", 1), (2, "", 1), (3, "cell 2, line 1: it broke", 0)]
    assert [rows[0].value for rows in table.of("start_here.ceiling")] == [0.1, 0.2]
    said = capsys.readouterr()
    assert "2 of 3 runs" in said.out and "replicate 3 failed: cell 2, line 1" in said.out
    assert "3/3" in said.err and "1 failed" in said.err


def test_a_second_call_runs_only_what_is_missing_or_failed(lesson):
    replicate.main(arguments(lesson, seeds=2))
    assert replicate.main(arguments(lesson, seeds=2)) == 0 and lesson.asked == [1, 2]
    replicate.main(arguments(lesson, seeds=4))
    replicate.main(arguments(lesson, seeds=4))
    assert lesson.asked == [1, 2, 3, 4, 3]


def test_a_stopped_call_has_kept_what_was_done(lesson, monkeypatch):
    whole = farm.results

    def stopped(tasks, **options):
        yield next(whole(tasks, **options))
        raise KeyboardInterrupt
    monkeypatch.setattr(farm, "results", stopped)
    with pytest.raises(KeyboardInterrupt):
        replicate.main(arguments(lesson, seeds=2))
    assert list(replicates.read(lesson.table).runs) == [("start_here", 1)]
    monkeypatch.setattr(farm, "results", whole)
    replicate.main(arguments(lesson, seeds=2))
    assert lesson.asked == [1, 2]


def test_changed_code_is_stale_and_measured_again(lesson):
    replicate.main(arguments(lesson, seeds=2))
    assert replicate.stale(replicates.read(lesson.table), [lesson.path]) == {}
    lesson.path.write_text(lesson.path.read_text(encoding="utf-8").replace("0.2", "0.3"), encoding="utf-8")
    assert replicate.stale(replicates.read(lesson.table), [lesson.path]) == {"start_here": [1, 2]}
    replicate.main(arguments(lesson, seeds=2))
    assert lesson.asked == [1, 2, 1, 2]
    assert replicate.stale(replicates.read(lesson.table), [lesson.path]) == {}


def test_another_library_is_measured_again(lesson, monkeypatch):
    replicate.main(arguments(lesson, seeds=1))
    monkeypatch.setattr(replicate, "library_digest", lambda: "f" * measuring.SHORT)
    replicate.main(arguments(lesson, seeds=1))
    assert lesson.asked == [1, 1]


def test_two_calls_do_not_write_one_table_at_once(lesson):
    with locked(lesson.table.with_suffix(".lock")), pytest.raises(DataError, match="another 'course replicate'"):
        replicate.main(arguments(lesson))


def test_a_table_that_cannot_be_written_is_said_before_anything_runs(lesson, tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(DataError, match="cannot be written"):
        replicate.main(arguments(lesson, out=str(tmp_path / "file" / "replicates.csv")))
    assert lesson.asked == []


def test_the_last_replicate_of_all_can_be_asked_for(lesson):
    assert replicate.main(arguments(lesson, first=1999, seeds=2)) == 0 and lesson.asked == [1999, 2000]


@pytest.mark.parametrize("changed", [{"seeds": 0}, {"jobs": 0}, {"first": -1}, {"first": 1999, "seeds": 5}])
def test_numbers_out_of_range_are_refused(lesson, changed):
    with pytest.raises(ArgumentError, match="expected at least one seed"):
        replicate.main(arguments(lesson, **changed))


def test_a_lesson_that_measures_nothing_is_left_out(lesson):
    lesson.path.write_text("# %%\nx = 1\n", encoding="utf-8")
    assert replicate.main(arguments(lesson)) == 0 and lesson.asked == []


def test_no_lesson_of_the_course_has_replicates_older_than_its_measuring_code():
    """Where this fails: course replicate, with the lessons it names. Lessons without replicates are not judged."""
    assert replicate.stale(replicates.read(), sorted(SOURCES.glob("[0-9][0-9]_*.py"))) == {}


def test_no_lesson_that_measures_is_without_its_ten_runs():
    """A lesson that nobody replicated cannot be stale, so that the test above would pass it over."""
    table, short = replicates.read(), set()
    for path in SOURCES.glob("[0-9][0-9]_*.py"):
        runs = [run for run in table.runs.values() if run.lesson == path.stem[3:] and run.replicate > 0 and not run.why]
        if replicate.MEASURES in path.read_text(encoding="utf-8") and len(runs) < WORLD_RUNS:
            short.add(path.stem[3:])
    assert short == set(), "course replicate, with the lessons it names"


def test_every_replicate_of_the_course_belongs_to_a_lesson_and_a_claim():
    from course_lib.teach import cards
    known = {claim.id for claim in cards.claims()}
    measured = {row.claim for run in replicates.read().in_order() for row in run.rows}
    assert measured - known == set()


# --- --against -----------------------------------------------------------------------------------------------------
def test_the_published_table_is_held_against_further_runs_and_nothing_is_measured(lesson, tmp_path, capsys):
    """Replicate n measures n / 10 in this toy: .1 and .2 foretell values up to 1, where shares end; others are more."""
    fresh = tmp_path / "fresh.csv"
    replicate.main(arguments(lesson, seeds=2))
    replicate.main(arguments(lesson, seeds=10, first=11, out=str(fresh)))
    asked = len(lesson.asked)
    capsys.readouterr()
    assert replicate.main(arguments(lesson, against=str(fresh))) == 1 and len(lesson.asked) == asked
    assert "0 of 0 verdicts changed; 0 of 10 values fell where a further run was to fall." in capsys.readouterr().out


def test_runs_of_the_same_number_are_no_test_of_survival(lesson, tmp_path):
    replicate.main(arguments(lesson, seeds=2))
    fresh = tmp_path / "fresh.csv"
    replicate.main(arguments(lesson, seeds=1, first=2, out=str(fresh)))
    with pytest.raises(ArgumentError, match="start_here.*--first 11"):
        replicate.main(arguments(lesson, against=str(fresh)))
    with pytest.raises(ArgumentError, match="no such table"):
        replicate.main(arguments(lesson, against=str(tmp_path / "none.csv")))
