"""An interview that was broken off: its lines are kept one by one, and played again to where it stood."""

import json

import pytest
from attempts import STRONG

from course_lib.contracts import DataError
from course_lib.teach.interviewer import interview_command, interview_tape, kept_debriefs
from course_lib.teach.interviewer.interview_tape import Held, Tape, broken_off
from course_lib.teach.interviewer.pair_command import pair

LINES = ["a+ ten stories at each visit", "b still here next month", "", "y", "-", "they said why"]


def asked(lines, end=KeyboardInterrupt):
    held = iter(lines)

    def ask(_=""):
        try:
            return next(held)
        except StopIteration:
            raise end from None
    return ask


def play(held, lines, run=pair, end=KeyboardInterrupt, now=lambda: 0.0):
    """Everything that was told."""
    told = []
    with Tape(held, asked(lines, end), told.append, now) as tape:
        assert run(tape) == 0
    return "\n".join(told)


def rows():
    return json.loads(kept_debriefs.path().read_text())


@pytest.mark.parametrize("cut", range(1, len(LINES)))
@pytest.mark.parametrize("end", [KeyboardInterrupt, EOFError])
def test_wherever_it_is_broken_off_it_ends_as_if_it_had_not_been(cut, end):
    play(Held("pair", "feed", 45, 0, run="whole"), [*LINES, "/end"])
    told = play(Held("pair", "feed", 45, 0), LINES[:cut], end=end)
    assert "Broken off; nothing is lost" in told
    play(broken_off("pair"), [*LINES[cut:], "/end"])
    whole, parted = ({k: v for k, v in row.items() if k not in ("at", "run")} for row in rows())
    assert whole == parted and broken_off("pair") is None


def test_a_closed_terminal_loses_no_line():
    """The process is gone without a word: what is left is the file."""
    told = []
    held = Held("pair", "feed", 45, 0)
    with Tape(held, asked(LINES[:2], SystemExit), told.append) as tape, pytest.raises(SystemExit):
        pair(tape)
    assert [text for _, text in broken_off("pair").lines] == LINES[:2] and kept_debriefs.attempts() == []
    again = play(broken_off("pair"), ["", "n", "/end"])
    assert rows()[0]["said"]["frame"] == "ten stories at each visit still here next month" and "Kept in" in again


def test_alone_an_answer_that_was_half_typed_is_gone_on_with():
    first, second = STRONG["frame"].split(". ", 1)
    play(Held("alone", "feed", 45, 0), [first + "."], run=interview_command.alone)
    assert f"(so far) {first}" in play(broken_off("alone"), [second, "", "/end"], run=interview_command.alone)
    assert len(rows()) == 1 and len(rows()[0]["heard"]) >= 4
    assert first in rows()[0]["said"]["frame"] and second[:40] in rows()[0]["said"]["frame"]


def test_what_was_told_before_is_not_told_again_but_where_it_stands():
    play(Held("pair", "feed", 45, 0), LINES[:5])
    told = play(broken_off("pair"), [])
    assert "Frame the decision. Read" not in told and "Listen for" not in told and "Ask back" in told
    play(Held("pair", "marketplace", 45, 0), LINES[:1])
    assert "Listen for" in play(broken_off("pair"), [])
    play(Held("alone", "feed", 45, 0), [STRONG["frame"]], run=interview_command.alone)
    assert "what are we deciding" in play(broken_off("alone"), [], run=interview_command.alone)


def test_the_clock_goes_on_where_the_last_line_stood_and_the_break_does_not_count():
    now = [1000.0]

    def ask(_=""):
        now[0] += 60
        if now[0] > 1200:
            raise KeyboardInterrupt
        return "a ten stories"
    with Tape(Held("pair", "feed", 45, 0), ask, lambda _: None, lambda: now[0]) as tape:
        pair(tape)
    now[0] = 99_000.0

    def end(_=""):
        now[0] += 60
        return "/end"
    with Tape(broken_off("pair"), end, lambda _: None, lambda: now[0]) as tape:
        pair(tape)
    assert rows()[-1]["spent"]["frame"] == pytest.approx(4.0)


def test_one_window_at_a_time():
    play(Held("pair", "feed", 45, 0), LINES[:1])
    held = broken_off("pair")
    with Tape(held, asked([])), pytest.raises(DataError, match="another window"), Tape(broken_off("pair"), asked([])):
        pass


@pytest.mark.parametrize("text", ["{not json", "[]", "{}", '{"lines": 3}', "null", "",
                                  '{"brief": "shop", "minutes": 45, "seed": 0, "who": "", "run": "x", "lines": []}',
                                  '{"brief": "feed", "minutes": NaN, "seed": 0, "who": "", "run": "x", "lines": []}',
                                  '{"brief": "feed", "minutes": 45, "seed": 0, "who": "", "run": "x", '
                                  '"lines": [[2, 3]]}',
                                  '{"brief": "feed", "minutes": 45, "seed": 0, "who": "", "run": "x", '
                                  '"lines": [[9, "a"], [3, "b"]]}'])
def test_a_file_that_is_damaged_is_told_and_left_alone(text, capsys, monkeypatch):
    file = interview_tape.folder() / "pair-x.json"
    file.parent.mkdir()
    file.write_text(text)
    assert interview_command.main(["--pair", "--resume"]) == 2
    assert f"cannot be read: {file}" in capsys.readouterr().out
    monkeypatch.setattr("builtins.input", asked(["a ten stories", "/end"], EOFError))
    assert interview_command.main(["--pair"]) == 0          # another one can be begun, and is kept
    assert "cannot be read" in capsys.readouterr().out and file.read_text() == text and len(rows()) == 1


def test_without_a_record_it_runs_and_nothing_is_kept(monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", "off")
    told = play(Held("pair", "feed", 45, 0), LINES)
    assert "Debrief, feed" in told and "Take it up" not in told and broken_off("pair") is None


def test_a_folder_that_cannot_be_written_is_told_once(tmp_path, monkeypatch):
    (tmp_path / "interviews_open").write_text("a file where the folder should be")
    told = play(Held("pair", "feed", 45, 0), LINES)
    assert told.count("cannot be taken up again") == 1 and "Debrief, feed" in told


def through_to_the_end():
    """Lines that end an interview alone without /end."""
    return [STRONG["frame"], "", *["/skip"] * 40]


@pytest.mark.parametrize(("kind", "run", "lines"), [("pair", pair, [*LINES, "/end"]),
                                                    ("alone", interview_command.alone, [STRONG["frame"], "/end"]),
                                                    ("alone", interview_command.alone, through_to_the_end())])
def test_the_lines_stay_until_the_debrief_is_kept(kind, run, lines):
    kept_debriefs.path().write_text("{not json")
    again = f"course interview {'--pair ' * (kind == 'pair')}--resume shows it again"
    with pytest.warns(UserWarning, match="cannot be read"):
        told = play(Held(kind, "feed", 45, 0), lines, run=run)
    assert f"The debrief was not kept: {kept_debriefs.path()}" in told and again in told and "Broken off" not in told
    with pytest.warns(UserWarning, match="cannot be read"):
        assert again in play(broken_off(kind), [], run=run)                # shown again, as often as it takes
    kept_debriefs.path().unlink()
    told = play(broken_off(kind), [], run=run)
    assert "Debrief, feed" in told and "Kept in" in told and "not kept" not in told
    assert len(rows()) == 1 and broken_off(kind) is None


def test_where_nothing_can_be_written_the_debrief_is_to_be_copied(tmp_path):
    (tmp_path / "interviews_open").write_text("a file where the folder should be")
    kept_debriefs.path().mkdir()
    with pytest.warns(UserWarning):
        told = play(Held("pair", "feed", 45, 0), [*LINES, "/end"])
    assert "Debrief, feed" in told and "The debrief was not kept" in told and "Copy it from here" in told
    assert "shows it again" not in told


def test_where_nothing_was_said_no_lines_stay():
    kept_debriefs.path().write_text("{not json")
    with pytest.warns(UserWarning, match="cannot be read"):
        told = play(Held("pair", "feed", 45, 0), ["/end"])
    assert "not kept" not in told and broken_off("pair") is None
