"""One interview, from the first question to the kept debrief: by the clock, in a terminal, in a notebook."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from attempts import STRONG, THREE_HOLES

from course_lib.contracts import ArgumentError
from course_lib.teach.interview.mock_texts import BRIEFS, KEYS, PHASES
from course_lib.teach.interviewer import interview_command, interview_widget, kept_debriefs
from course_lib.teach.interviewer.interview_run import Interview
from course_lib.teach.interviewer.interview_tape import Held, Tape
from course_lib.teach.interviewer.phase_clock import pace_share
from course_lib.teach.interviewer.propositions import read
from course_lib.teach.interviewer.talk_score import PACE, score

ROOT = Path(__file__).resolve().parents[3]


def answered(said, minutes=45, step=20.0, **more):
    """An interview in which every answer takes `step` seconds; questions back are left unanswered."""
    now = [0.0]
    run = Interview("feed", minutes, now=lambda: now[0], **more)
    while run.phase is not None:
        now[0] += step
        if run.asked_back is None:
            run.say(said[run.phase.key])
        else:
            run.skip()
    return run


def typed(lines):
    """Something to ask that answers with lines, and ends as an input does."""
    held = iter(lines)

    def ask(_):
        try:
            return next(held)
        except StopIteration:
            raise EOFError from None
    return ask


def alone(lines, brief="feed", ask=None):
    """The interview in a terminal that types lines."""
    with Tape(Held("alone", brief, 45, 0), ask or typed(lines)) as tape:
        return interview_command.alone(tape)


def test_it_asks_every_phase_and_changes_a_constraint_in_each_quarter():
    run, seen, changed = Interview("feed"), [], []
    while run.phase is not None:
        if run.asked_back is None:
            seen.append(run.phase.key)
            run.say(STRONG[run.phase.key])
        else:
            changed += [run.asked_back.id] * (run.asked_back.kind == "change")
            run.skip()
    assert seen == list(KEYS) and changed == ["the budget halves", "the inventory turns over daily",
                                                 "a tenth of the traffic", "half the team"]
    assert run.question == "" and run.say("more") == ""


def test_a_number_that_is_off_is_asked_for_at_once_and_a_right_reply_counts():
    run = Interview("feed")
    run.say(THREE_HOLES["frame"])
    run.skip()
    asked = run.say(THREE_HOLES["scale"])
    assert "off by 3.0×" in asked
    run.say("I multiplied by the peak twice; it is 10,400 requests a second.")
    assert run.replies[-1].share == 1.0


def test_a_gap_that_is_filled_in_the_reply_is_heard():
    run = Interview("feed")
    asked = run.say("We decide which ten stories a person sees. The objective is that they come back next month.")
    while run.asked_back is not None and run.asked_back.id != "guardrail":
        asked = run.skip()
    assert "get worse" in asked
    run.say("Reports must not rise by more than one percent.")
    assert "guardrail" in run.reading.ticks


def test_what_is_said_after_the_time_is_not_heard():
    run = answered(STRONG, minutes=5, step=60.0)
    assert run.phase is None and "launch" not in run.reading.talks
    assert any("was over" in note for note in run.debrief().notice.says)
    assert any("Not reached" in note for note in run.debrief().notice.says)


def test_forty_five_minutes_reach_the_close():
    run = answered(STRONG, minutes=45, step=120.0)
    assert "close" in run.reading.talks and run.debrief().points.total > 70


def test_the_pace_names_a_phase_over_its_time():
    now = [0.0]
    run = Interview("feed", now=lambda: now[0])
    now[0] = 6 * 60
    assert "over its time" in run.pace() and "minute 6 of 45" in run.pace()


def test_phases_that_are_not_reached_or_over_their_time_cost_something():
    plan = {p.key: float(p.minutes) for p in PHASES}
    assert pace_share(plan, 45) == 1 and pace_share(dict.fromkeys(KEYS, 0.0), 45) is None
    assert pace_share(plan | {"frame": 10.0}, 45) == pace_share(plan | {"close": 0.0}, 45) == 7 / 8
    assert pace_share(plan, 30) == 0
    reading = read(STRONG, "feed")
    kept, late = score(reading, None, 1.0), score(reading, None, 0.0)
    assert kept.total == score(reading).total and late.total == pytest.approx((1 - PACE) * kept.total)
    assert any("in their time" in said for said in answered(STRONG).debrief().notice.says)


def test_the_debrief_shows_the_words_a_tick_rests_on_and_two_sentences_that_were_missing():
    done = answered(THREE_HOLES).debrief(mine=80)
    text = repr(done)
    assert "what changes after day 7" in done.gains[0] and len(done.gains) == 2
    assert "“must not rise … one percent … reports” in “Reports must not rise by more than one percent" in text
    assert "Your own estimate: 80." in text


def test_a_page_shows_no_markup_of_the_answer():
    run = Interview("feed")
    run.say("We decide which ten <img src=x onerror=alert(1)> stories to show & why.")
    assert "<img" not in run.debrief()._repr_html_()


def test_a_debrief_is_kept_and_compared_with_the_last_one():
    first = answered(THREE_HOLES).debrief()
    assert kept_debriefs.compared(first) == "" and kept_debriefs.keep(first)
    second = answered(STRONG).debrief()
    told = kept_debriefs.compared(second)
    assert "Last time" in told and "Better: " in told and "Launch" in told
    assert kept_debriefs.keep(second) and len(kept_debriefs.attempts("feed")) == 2
    assert kept_debriefs.attempts("marketplace") == []


def test_a_file_that_is_damaged_is_told_and_left_alone():
    kept_debriefs.path().write_text("{not json")
    with pytest.warns(UserWarning, match="cannot be read"):
        assert not kept_debriefs.keep(answered(STRONG).debrief())
    assert kept_debriefs.path().read_text() == "{not json"


@pytest.mark.parametrize("row", [{"total": 5, "brief": "feed", "by_phase": {"frame": "x"}}, {"total": float("nan")},
                                 {"total": 5, "brief": "feed", "heard": 5}, {"total": 5, "brief": "feed", "heard": [1]},
                                 7])
def test_a_damaged_row_among_sound_ones_is_left_out(row):
    done = answered(STRONG).debrief()
    assert kept_debriefs.keep(done)
    held = json.loads(kept_debriefs.path().read_text())
    kept_debriefs.path().write_text(json.dumps([*held, row]))
    assert len(kept_debriefs.attempts()) == 1
    assert "Last time" in kept_debriefs.compared(done)


@pytest.mark.parametrize("said", ["nan", "500", "-1", "well"])
def test_an_estimate_that_is_no_score_is_refused(said, capsys):
    with pytest.raises(SystemExit):
        interview_command.main(["--mine", said])
    assert "expected a number from 0 to 100" in capsys.readouterr().err


def test_commands_act_within_an_answer_and_an_unknown_one_is_told(capsys):
    lines = ["/wave", "/BRIEF", "We decide which ten stories a person sees.", "/end"]
    assert alone(lines) == 0
    out = capsys.readouterr().out
    assert "/wave is no command" in out and "We run a news and video feed" in out
    assert "/end" not in json.dumps(json.loads(kept_debriefs.path().read_text())[0]["said"])


def test_nothing_is_kept_where_nothing_was_said_or_no_record_is_wanted(monkeypatch):
    assert not kept_debriefs.keep(Interview("feed").debrief())
    monkeypatch.setenv("COURSE_PROGRESS", "off")
    assert not kept_debriefs.keep(answered(STRONG).debrief())


def test_the_terminal_ends_with_its_input_and_keeps_what_there_is(capsys):
    lines = [STRONG["frame"], "", "/time", "/skip", "We get 10,400 requests a second at the peak."]
    assert alone(lines) == 0
    out = capsys.readouterr().out
    assert "Debrief, feed" in out and "Kept in" in out and "minute 0 of 45" in out
    held = json.loads(kept_debriefs.path().read_text())
    assert len(held) == 1 and "10,400" in str(held[0]["said"])


def test_control_c_ends_it_too(capsys):
    def ask(_):
        raise KeyboardInterrupt
    assert alone((), "marketplace", ask) == 0
    assert "Nothing has been said yet" in capsys.readouterr().out


def test_the_command_line_knows_it(tmp_path):
    done = subprocess.run([sys.executable, "-m", "course_lib", "interview", "--brief", "marketplace", "--minutes", "1"],
                          cwd=ROOT, input="We decide which twenty offers are shown "
                                          "first.\n", capture_output=True, text=True)
    assert done.returncode == 0 and "Debrief, marketplace" in done.stdout and not done.stderr


@pytest.mark.parametrize("minutes", [0, -1, float("nan"), "45", True, 1e9])
def test_minutes_that_are_none_are_refused(minutes):
    with pytest.raises(ArgumentError, match="minutes"):
        Interview("feed", minutes)


def test_a_brief_that_is_not_there_is_refused():
    with pytest.raises(ArgumentError, match="brief"):
        Interview("shop")


def test_without_widgets_the_question_is_printed(capsys):
    for name in BRIEFS:
        run = interview_widget.interview(name)
        assert run.question in capsys.readouterr().out
    run.say(STRONG["frame"])
    interview_widget.finish(run)
    assert "Debrief" in capsys.readouterr().out and len(kept_debriefs.attempts()) == 1


def test_with_widgets_there_is_a_box_and_its_buttons_answer(monkeypatch):
    widgets = pytest.importorskip("ipywidgets")
    import IPython.display

    shown = []
    monkeypatch.setattr(interview_widget, "in_notebook", lambda: True)
    monkeypatch.setattr(IPython.display, "display", shown.append)
    run = interview_widget.interview("feed")
    asked, box, buttons, _, _ = shown[0].children
    box.value = STRONG["frame"]
    buttons.children[0].click()
    assert "frame" in run.reading.talks and isinstance(box, widgets.Textarea) and box.value == ""
    buttons.children[1].click()
    monkeypatch.setattr(interview_widget, "in_notebook", lambda: False)
    buttons.children[2].click()
    assert buttons.children[0].disabled


def test_a_press_on_an_empty_box_answers_nothing_and_what_stands_in_it_at_the_end_is_heard(monkeypatch):
    pytest.importorskip("ipywidgets")
    import IPython.display

    shown = []
    monkeypatch.setattr(interview_widget, "in_notebook", lambda: True)
    monkeypatch.setattr(IPython.display, "display", shown.append)
    run = interview_widget.interview("feed")
    asked, box, buttons, tick, _ = shown[0].children
    box.value = "  \n"
    buttons.children[0].click()
    assert run.reading.talks == {} and interview_widget.NOTHING_TYPED in asked.value
    monkeypatch.setattr(interview_widget, "in_notebook", lambda: False)
    box.value = STRONG["frame"]
    buttons.children[2].click()
    assert "frame" in run.reading.talks and len(kept_debriefs.attempts()) == 1
    tick.value = 5
    assert "Thank you." in asked.value and run.question not in asked.value
