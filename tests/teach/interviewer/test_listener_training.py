"""Training for the listener: two transcripts are ticked blind, then compared with what the rules heard."""

import re
import shlex
from pathlib import Path

import pytest

from course_lib.contracts import DataError
from course_lib.teach.interview.mock_texts import KEYS, PHASES
from course_lib.teach.interviewer import interview_command, listener_training
from course_lib.teach.interviewer.listener_training import compare, load, rules_heard, stored
from course_lib.teach.interviewer.propositions import Reading, Tick

ROOT = Path(__file__).resolve().parents[3]
MIDDLING = Path(__file__).parent / "transcripts" / "11_middling.toml"


def said(lines):
    """(what was told, exit code) of a training in which lines are typed, then nothing more."""
    held, told = iter(lines), []

    def ask(_=""):
        try:
            return next(held)
        except StopIteration:
            raise EOFError from None
    return told, lambda files=(): listener_training.terminal(files, ask, told.append)


def test_the_two_stored_ones_have_all_phases_one_middling_and_one_strong():
    middling, strong = stored()
    assert {middling.brief, strong.brief} == {"feed", "marketplace"}
    assert set(middling.answers) == set(strong.answers) == set(KEYS)
    assert 8 <= len(rules_heard(middling).ticks) < len(rules_heard(strong).ticks)
    assert rules_heard(middling).flags


def test_nothing_of_the_rules_is_shown_before_the_last_phase():
    told, run = said(["b wrong", "", "y", *["", ""] * 6])
    assert run() == 0
    shown = "\n".join(told)
    assert "They say: “We recommend stories" in shown and "Ask back" not in shown and " left]" not in shown
    assert "rules heard" not in shown.replace(listener_training.INTRODUCTION, "")
    assert "0 of 2 transcripts" in shown


def test_after_both_the_differences_are_shown_with_the_words_of_each():
    told, run = said(["b clicks in the long run", "", "y", *["", ""] * 7, *["", ""] * 8])
    assert run() == 0
    shown = "\n".join(told)
    assert shown.count("You and the rules say the same of") == 2
    assert "Only you heard:\n  an objective slower than a click: “clicks in the long run”" in shown
    for head in ("Only the rules heard:", "Red flags that the rules noted:", "Your ticks make"):
        assert head in shown


def test_the_agreement_counts_both_kinds_of_difference():
    transcript = stored()[1]
    theirs = rules_heard(transcript)
    alike = compare(transcript, theirs)
    assert alike.alike == alike.kappa == 1 and not alike.mine and not alike.theirs
    none = compare(transcript, Reading(transcript.brief))
    assert set(none.theirs) == set(theirs.ticks) and none.kappa == 0
    mine = Reading(transcript.brief, ticks=dict(theirs.ticks))
    dropped = mine.ticks.popitem()[0]
    added = next(p for p in ("hygiene", "ope", "workers", "explore", "random") if p not in theirs.ticks)
    mine.ticks[added] = Tick(added, "data", "words", ("words",))
    apart = compare(transcript, mine)
    assert apart.theirs == (dropped,) and apart.mine == (added,)
    assert apart.alike == pytest.approx(1 - 2 / apart.boxes) and 0 < apart.kappa < 1


def test_a_transcript_of_ones_own_is_ticked_with_the_scores_that_readers_gave():
    transcript = load(str(MIDDLING))
    assert transcript.brief == "feed" and len(transcript.readers) == 2 and len(transcript.answers) == len(PHASES)
    told, run = said(["a stories", "", "y", *["", ""] * 7])
    assert run([str(MIDDLING)]) == 0 and "A reader gave 48 to 64. A reader gave 52 to 65." in told[-1]


@pytest.mark.parametrize("text", ["{", 'brief = "feed"', 'brief = "shop"\n[answers]\nframe = "x"',
                                  '[answers]\nframe = "x"',
                                  'brief = "feed"\n[answers]\nhall = "x"', 'brief = "feed"\nanswers = 3',
                                  'brief = "feed"\nscore = [1]\n[answers]\nframe = "x"'])
def test_a_file_that_is_no_transcript_is_told(text, tmp_path, capsys):
    file = tmp_path / "talk.toml"
    file.write_text(text)
    with pytest.raises(DataError, match="expected"):
        load(str(file))
    assert interview_command.main(["--listen", str(file)]) == 2 and "talk.toml" in capsys.readouterr().out
    assert interview_command.main(["--listen", str(tmp_path / "none.toml")]) == 2


def test_every_command_that_the_pages_name_can_be_typed():
    pages = "".join((ROOT / page).read_text(encoding="utf-8") for page in ("README.md", "solutions/INSTRUCTOR.md"))
    commands = re.findall(r"`course interview ([^`]+)`", pages)
    assert len(commands) >= 5
    for command in commands:
        args = interview_command.parser().parse_args(shlex.split(command))
        assert all((ROOT / file).exists() for file in args.listen or ())
