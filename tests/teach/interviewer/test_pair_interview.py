"""The interview for two: what the listener types, the clock, what is asked back, the debrief, and its place."""

import json
import random
import statistics
import tomllib
from pathlib import Path

import pytest
from scipy.stats import spearmanr

from course_lib.contracts import ArgumentError
from course_lib.teach.interview.mock_texts import BRIEFS, KEYS, PHASES
from course_lib.teach.interviewer import interview_command, kept_debriefs
from course_lib.teach.interviewer.coherence import tied_share
from course_lib.teach.interviewer.interview_tape import Held, Tape
from course_lib.teach.interviewer.listener_notes import Note, listed, notes, red_flags
from course_lib.teach.interviewer.pair_command import pair
from course_lib.teach.interviewer.pair_run import PairRun
from course_lib.teach.interviewer.pair_score import listened
from course_lib.teach.interviewer.propositions import read
from course_lib.teach.interviewer.talk_score import score

FRAME = ["a+ ten stories at each visit", "b+ still here next month", "c finished reads stand in",
         "d+ reports at most 1 percent", "", "y"]


def typed(lines):
    """Something to ask that answers with lines, and ends as an input does."""
    held = iter(lines)

    def ask(_=""):
        try:
            return next(held)
        except StopIteration:
            raise EOFError from None
    return ask


def taken(lines, brief="feed", minutes=45, step=0.0, **more):
    """(a run that took lines, `step` seconds apart; what the listener was told)."""
    now = [0.0]
    run, told = PairRun(brief, minutes, now=lambda: now[0], **more), []
    for line in lines:
        now[0] += step
        told.append(run.take(line))
    return run, "\n".join(told)


def to_the_end(run, answer="they said so, because"):
    """Ticks everything of every phase with a reason, answers all that is asked back. Returns the kinds of it."""
    kinds = []
    while run.phase is not None:
        if run.asked_back is not None:
            question = run.asked_back
            kinds.append(question.kind)
            lines = [f"{chr(97 + n)} {answer}" for n in range(len(question.changes))] + [""] * bool(question.changes)
            for line in lines or [answer]:
                run.take(line)
        elif run.stage == "order":
            run.take("y")
        else:
            for letter in listed(run.brief.name, run.phase.key):
                run.take(f"{letter}+ {answer} {letter}{run.phase.key}")
            run.take("")
    return kinds


@pytest.mark.parametrize("name", BRIEFS)
@pytest.mark.parametrize("key", KEYS)
def test_each_phase_has_letters_to_tick_and_red_flags(name, key):
    points, flags = listed(name, key), red_flags(name, key)
    assert 2 <= len(points) <= 12 and all(point.phase == key for point in points.values())
    assert len(flags) >= 2 and list(flags)[0] == "1"
    assert not any(flag.id.startswith("wrong_") for flag in flags.values())


def test_a_line_is_read_into_notes():
    assert notes("b+ still here next month", "feed", "frame") == [Note("point", "objective", "still here next month",
                                                                       True)]
    assert notes("scale.a 50 ms", "feed", "frame") == [Note("point", "latency", "50 ms")]
    assert [note.id for note in notes("abA", "feed", "frame")] == ["decision", "objective"]
    assert notes("1: the more clicks", "feed", "frame") == [Note("flag", "clicks_goal", "the more clicks")]
    assert notes("!c proxies are the goal", "feed", "frame") == [Note("flag", "wrong_proxy", "proxies are the goal")]
    assert notes("= 10,400 a second", "feed", "scale") == [Note("number", words="10,400 a second")]
    assert notes("-b", "feed", "frame") == [Note("back", "objective")]


@pytest.mark.parametrize(("line", "said"), [
    ("77", "There is no red flag 77 here; expected 1 to"), ("z next month", "none of the letters a to"),
    ("abz", "none of the letters"), ("hall.a words", "'hall' is no phase"), ("= fast", "with its unit"),
    ("!1 words", "before the letter of a point"), ("%&", "none of the letters"), ("q" * 5000, "…"),
    ("!f the risk", "no known false statement"),
])
def test_a_line_that_is_on_no_list_is_told_in_a_sentence(line, said):
    with pytest.raises(ArgumentError, match=said.replace("(", r"\(")):
        notes(line, "feed", "frame")
    run, told = taken([line])
    assert said in told and len(told) < 400 and not run.reading.talks


def test_letters_alone_are_asked_for_their_words_one_after_the_other():
    run, told = taken(["ab", "ten stories", ""])
    assert told.count("Which words said") == 2 and "is not noted" in told
    assert set(run.reading.ticks) == {"decision"}


def test_a_tick_is_taken_back_with_its_words():
    run, told = taken(["a ten stories", "= 31,000 requests a second", "-a", "-b", "1 clicks", "-1"])
    assert not run.reading.ticks and not run.reading.flags and told.count("Taken back") == 2
    assert "nothing to take back" in told and [s.said for s in run.reading.sentences()] == ["31,000 requests a second"]


def test_an_empty_line_is_told_before_a_phase_goes_by_without_a_tick():
    run, told = taken(["", "a ten stories"])
    assert "Nothing is noted in “Frame the decision”" in told and run.phase.key == "frame"
    run, told = taken(["", ""])
    assert run.asked_back.kind == "gap" and run.stage == "back"         # who says nothing is asked for all of it
    assert not kept_debriefs.keep(run.debrief())


def test_what_is_missing_and_what_was_wrong_is_asked_back():
    run, _ = taken([*FRAME[:3], "2 no limits at all", "", "y"])
    assert run.asked_back.kind == "against" and "no limits at all" in run.screen
    assert "Type the words that answered it, or -" in run.take("")
    run.take("-")
    assert run.replies[-1].share == 0


def test_a_gap_that_is_answered_is_a_tick():
    run, _ = taken(["a ten stories", "", "n"])
    while run.asked_back.id != "objective":
        run.take("-")
    run.take("+ that they are here next month")
    assert "objective" in run.reading.ticks and "objective" in run.reasoned and run.replies[-1].share == 1
    assert run.order is False


def test_a_number_is_held_against_the_brief_and_its_correction_too():
    run, _ = taken([*FRAME, "they said why", "= 31,000 requests a second at the peak", "", "10,400 a second"])
    assert "off by 3.0×" in run.replies[-1].question.text and run.replies[-1].share == 1
    wrong, _ = taken([*FRAME, "they said why", "= 31,000 requests a second at the peak", "", "31,000 a second"])
    assert wrong.replies[-1].share == 0


def test_the_numbers_of_the_brief_are_told_when_they_are_asked_for():
    run, told = taken(["? how many people, at the peak", "? the colour of the logo"])
    assert "20 million people a day" in told and "a peak of 3 times" in told and "says nothing of that" in told
    assert run.reading.asked == {"people", "peak"}


def test_every_changed_constraint_is_asked_with_what_follows_and_parts_are_ticked():
    run = PairRun("marketplace", now=lambda: 0.0, seed=1)
    kinds = to_the_end(run)
    assert kinds.count("change") == kinds.count("then") == 4
    assert all(reply.share == 1 for reply in run.replies if reply.question.kind == "change")


def test_a_change_wants_letters_with_words():
    run, _ = taken([*FRAME, "they said why", *(f"{letter} words {letter}" for letter in "abcdef"), ""])
    while run.asked_back.kind != "change":
        run.take("it was answered")
    assert "is no letter of these" in run.take("z more") and "needs the words" in run.take("a")
    assert "or - where nothing was named" in run.take("")
    run.take("a fewer candidates")
    run.take("")
    assert run.replies[-1].share == 0.5 and run.asked_back.kind == "then"


def test_the_clock_tells_what_is_left_and_says_once_that_a_phase_is_over_its_time():
    run, told = taken(["a ten stories", "b next month", "c reads", "/time"], step=120.0)
    assert told.count("is over its 5.0 minutes") == 1 and "37 left" in told and "(over its time)" in told
    run.take("")
    run.take("y")
    assert run.asked_back is None and run.phase.key == "scale"          # as late as that, nothing is asked back


def test_what_is_typed_after_the_time_is_not_counted():
    run, told = taken(["a ten stories", "b next month"], minutes=2, step=100.0)
    assert run.phase is None and "2 minutes are over" in told and set(run.reading.ticks) == {"decision"}
    assert any("was over" in note for note in run.debrief().notice.says) and run.take("c") == ""


def test_the_debrief_shows_the_words_of_every_tick_and_the_flags():
    run, _ = taken([*FRAME[:4], "2 no limits at all", "", "y"])
    done = run.debrief(mine=70)
    text = repr(done)
    assert "✓ an objective slower than a click: “still here next month”" in text and "Your own estimate: 70" in text
    assert "− no constraint on what is maximised: “no limits at all”" in text and "ticks with a reason" in text
    run.reading.flags.clear()
    assert run.debrief().points.total > done.points.total + 6 and done.points.off
    assert "guardrail" not in done.kept["heard"] and done.kept["by"] == "listener"      # taken away by the flag


def test_who_says_everything_is_near_the_top_and_who_says_nothing_at_the_bottom():
    full = PairRun("feed", now=lambda: 0.0)
    to_the_end(full)
    assert full.debrief().points.total > 80
    assert PairRun("feed", now=lambda: 0.0).debrief().points.total == 0
    bare, _ = taken([*(line.replace("+", "") for line in FRAME), *["it was said"] * 2, "a 50 ms", ""])
    assert bare.debrief().points.reasons == 0


PEOPLE = [tomllib.loads(path.read_text(encoding="utf-8"))
          for path in sorted((Path(__file__).parent / "transcripts").glob("*.toml"))[::7]]


def test_a_listener_who_ticks_what_the_rules_hear_scores_as_they_do():
    """Everybody but those who game it: what only the full text shows takes nothing off where a person ticks."""
    people = [person for person in PEOPLE if person["kind"] != "gamed"]
    readings = [read(person["answers"], person["brief"]) for person in people]
    rules = [score(reading) for reading in readings]
    by_ear = [listened(reading, {id for id, tick in reading.ticks.items() if tied_share([tick.sentence])},
                       rule.order == 1).total for reading, rule in zip(readings, rules, strict=True)]
    assert spearmanr([rule.total for rule in rules], by_ear).statistic >= 0.9
    apart = [abs(a.total - b) for a, b in zip(rules, by_ear, strict=True)]
    assert statistics.median(apart) <= 5


def test_no_line_whatsoever_ends_it_with_an_error():
    rng = random.Random(0)
    pieces = ["a", "b+", "abc", "-a", "1", "!a", "= 50 ms", "?", "? peak", "frame.b", "~", "-", "", "/", "/list", "y",
              "İ", "ß words", "\x00", "²", "٣ words", "a 31,000 requests a second", "+ because", "z" * 3000, "(.*)+$"]
    seen = set()
    for seed in range(3):
        now = [0.0]
        run = PairRun(rng.choice(list(BRIEFS)), seed=seed, now=lambda now=now: now[0])
        for _ in range(150):
            now[0] += rng.random() * 15
            seen.add(run.stage)
            assert len(run.take(" ".join(rng.choices(pieces, k=rng.choice((1, 1, 2)))))) < 3000
            assert run.screen or run.phase is None
        assert 0 <= run.debrief().points.total <= 100
    assert seen == {"listen", "order", "back"}


def played(lines, brief="feed", who="", seed=0):
    with Tape(Held("pair", brief, 45, seed, who), typed(lines)) as tape:
        return pair(tape)


def test_it_is_kept_beside_the_others_and_compared_with_the_last_of_the_same_name(capsys):
    assert played([*FRAME, "/end"], who="Ana") == 0
    assert played(["a ten stories", "/end"], who="Ben") == 0
    first = capsys.readouterr().out
    assert PHASES[0].asks["feed"] in first and "a) the decision" in first and "Last time" not in first
    assert played(["a+ ten stories", "/end"], who="Ana") == 0
    assert "Last time" in capsys.readouterr().out
    rows = json.loads(kept_debriefs.path().read_text())
    assert [row["who"] for row in rows] == ["Ana", "Ben", "Ana"] and {row["by"] for row in rows} == {"listener"}


def test_a_comparison_with_one_that_rules_read_says_so(capsys):
    with Tape(Held("alone", "feed", 45, 0), typed(["We decide which ten stories a person sees.", "", "/end"])) as tape:
        interview_command.alone(tape)
    played([*FRAME, "/end"])
    assert "Last time (read by rules)" in capsys.readouterr().out


def test_the_command_takes_it_up_again(capsys, monkeypatch):
    monkeypatch.setattr("builtins.input", typed([*FRAME, "they said why"]))
    assert interview_command.main(["--pair", "--brief", "marketplace", "--name", "Ana", "--seed", "3"]) == 0
    assert "course interview --pair --resume" in capsys.readouterr().out
    monkeypatch.setattr("builtins.input", typed(["/end"]))
    assert interview_command.main(["--pair", "--resume"]) == 0
    out = capsys.readouterr().out
    assert "taken up; lines so far: 7" in out and "Debrief, marketplace" in out
    rows = json.loads(kept_debriefs.path().read_text())
    assert len(rows) == 1 and rows[0]["who"] == "Ana" and "still here next month" in rows[0]["said"]["frame"]
    assert interview_command.main(["--pair", "--resume"]) == 2
    assert "none to take up" in capsys.readouterr().out
