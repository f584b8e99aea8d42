"""The deck, the numbers at hand, the mock's clock and the rubric: what they say of right, wrong and nothing."""

import json
import re
from pathlib import Path

import pytest

from course_lib.contracts import ArgumentError, UnknownIdError
from course_lib.evidence.framing import framing_problems
from course_lib.launch.whiteboard import capacity
from course_lib.teach import cards, lessons, progress
from course_lib.teach.interview import mock, redflags, rubric
from course_lib.teach.interview.mock_texts import BRIEFS, CANDIDATE, KEYS, PHASES
from course_lib.teach.interviewer.at_hand import SOLUTIONS, AtHand

VERDICTS = json.loads((Path(__file__).parents[1] / "ledger" / "verdicts.json").read_text())
STRONG = "".join(held.letter for held in redflags.DECK if held.strong)


@pytest.fixture(autouse=True)
def own_record(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.sqlite"))


# --- the deck ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("held", [h for h in redflags.DECK if h.leans_on], ids=lambda held: held.letter)
def test_the_ledger_still_says_what_the_deck_leans_on(held):
    assert {claim: VERDICTS.get(claim) for claim in held.leans_on} == held.leans_on


WHY = {held.letter: held.reason for held in redflags.DECK if not held.strong}
HEDGES = re.compile(r"\b(?:may|might|could|perhaps|maybe|i think|i would|although|little|probably|seems?)\b",
                    re.IGNORECASE)

ABSOLUTES = re.compile(r"\b(?:always|never|all|no|none|every|everything|nothing|nobody|any|each|only|"
                       r"must|cannot|exactly)\b", re.IGNORECASE)


def test_every_topic_has_a_strong_answer_and_a_red_flag_of_like_length():
    for pair in {held.pair for held in redflags.DECK}:
        strong, flag = sorted((held for held in redflags.DECK if held.pair == pair), key=lambda held: not held.strong)
        assert strong.strong and not flag.strong
        assert abs(len(strong.text) - len(flag.text)) <= 0.15 * len(strong.text)


def test_hedging_words_alone_sort_no_more_than_three_in_five():
    hedged = [bool(HEDGES.search(held.text)) == held.strong for held in redflags.DECK]
    assert any(HEDGES.search(held.text) for held in redflags.DECK)
    assert 0.4 <= sum(hedged) / len(hedged) <= 0.6


def test_words_without_exception_alone_sort_no_more_than_three_in_five():
    """Whoever takes each "all" and "never" for a red flag, and everything else for a strong answer."""
    absolute = [bool(ABSOLUTES.search(held.text)) != held.strong for held in redflags.DECK]
    assert any(ABSOLUTES.search(held.text) for held in redflags.DECK)
    assert 0.4 <= sum(absolute) / len(absolute) <= 0.6


def test_every_red_flag_has_a_reason_of_its_own_and_no_strong_answer_has_one():
    assert sorted(WHY.values()) == sorted(redflags.REASONS)
    assert all(held.reason == 0 for held in redflags.DECK if held.strong)


def test_the_reasons_count_beside_the_sorting():
    full = redflags.sort_answers(STRONG, why=WHY)
    assert len(full.named) == len(WHY) and full.notice.status == "right"
    bare = redflags.sort_answers(STRONG)
    assert bare.right == len(redflags.DECK) and bare.named == "" and bare.notice.status == "wrong"
    swapped = {letter: number % len(redflags.REASONS) + 1 for letter, number in WHY.items()}
    assert redflags.sort_answers(STRONG, why=swapped).named == ""
    with pytest.raises(ArgumentError, match="not listed"):
        redflags.sort_answers(STRONG, why={"a": 99})
    with pytest.raises(ArgumentError, match="'z'"):
        redflags.sort_answers(STRONG, why={"z": 1})


def test_a_perfect_sorting_is_right_in_any_notation():
    for strong in (STRONG, " ".join(STRONG.upper()), list(STRONG)):
        assert redflags.sort_answers(strong).right == len(redflags.DECK)


def test_both_kinds_of_error_are_told_apart():
    result = redflags.sort_answers(STRONG[1:] + "a")
    assert (result.fell_for, result.missed) == ("a", STRONG[0])
    assert redflags.DECK[0].why in repr(result)


def test_taking_everything_for_strong_falls_for_every_red_flag():
    assert len(redflags.sort_answers(redflags.LETTERS).fell_for) == len(redflags.DECK) - len(STRONG)


def test_an_unsorted_deck_gives_nothing_away():
    assert not any(held.why in repr(redflags.sort_answers(...)) + repr(redflags.deck()) for held in redflags.DECK)


def test_a_letter_that_is_not_there_is_refused():
    with pytest.raises(ArgumentError, match="'z'"):
        redflags.sort_answers("az")


# --- numbers at hand -----------------------------------------------------------------------------------------------
def test_without_a_record_the_solutions_are_quoted_and_named():
    quoted = AtHand().quote("5.speed").text
    assert "in the course's solution" in quoted and "on your machine" not in quoted
    assert "none on your machine" in AtHand().whose()


def test_your_own_measurement_stands_beside_the_solutions():
    progress.record("measured", "5.speed", "holds", value=12.5, on="my vectors")
    at_hand = AtHand()
    assert "on your machine 12.5× (my vectors)" in at_hand.quote("5.speed").text
    assert "1 of them also on your machine" in at_hand.whose()


def test_without_solutions_a_quote_says_where_to_measure(tmp_path):
    assert "not measured yet; lesson 05 does it" in AtHand(tmp_path).quote("5.speed").text


def test_an_unknown_claim_names_those_of_its_lesson():
    with pytest.raises(UnknownIdError, match=r"5\.speed"):
        AtHand().quote("5.sped")


def test_the_stored_lesson_quotes_the_verdicts_of_the_ledger_as_it_is():
    """Where this fails, build the interview after the lessons it quotes: course build interview --force."""
    stored = next(SOLUTIONS.glob("*_interview.ipynb")).read_text(encoding="utf-8")
    quoted = dict(re.findall(r"`(\d+\.\w+)` [^`]*?: \*\*([^*]+)\*\*;", _plain(stored)))
    now = {entry.claim.id: entry.verdict.text for entry in AtHand().entries.values()}
    assert len(quoted) > 10 and quoted == {claim: now[claim] for claim in quoted}


def _plain(stored):
    """The text outputs of a notebook."""
    cells = json.loads(stored)["cells"]
    outputs = [o.get("data", {}).get("text/plain", "") for c in cells for o in c.get("outputs", [])]
    return "\n".join("".join(text) for text in outputs)


def test_every_claim_that_answers_lean_on_is_in_the_ledger():
    known = {claim.id for claim in cards.claims()}
    cited = {c for phase in PHASES for c in phase.cites} | {c for held in redflags.DECK for c in held.leans_on}
    assert {lessons.shown(held) for held in cited} <= known


# --- the mock ------------------------------------------------------------------------------------------------------
def test_the_plan_fills_forty_five_minutes_for_both_systems():
    assert mock.TOTAL == 45 and len(set(KEYS)) == len(PHASES)
    for phase in PHASES:
        assert set(phase.asks) == set(phase.listens) == set(phase.reference) == set(BRIEFS)


def test_every_minute_belongs_to_the_phase_whose_turn_it_is():
    minutes = [mock.phase_at(m)[0].key for m in range(mock.TOTAL)]
    assert [minutes.count(phase.key) for phase in PHASES] == [phase.minutes for phase in PHASES]
    assert mock.phase_at(0) == (PHASES[0], PHASES[0].minutes) and mock.phase_at(99) == (PHASES[-1], 0.0)


def test_the_picture_names_the_question_of_its_minute():
    drawn = mock.picture(44, "marketplace")
    words = " ".join(text.get_text() for ax in drawn.axes for text in ax.texts)
    assert PHASES[-1].asks["marketplace"].split("?")[0] in words.replace("\n", " ")
    assert "marketplace" in drawn.get_suptitle()


def test_a_pace_to_plan_is_over_nowhere():
    assert set(mock.pace({phase.key: phase.minutes for phase in PHASES}).values()) == {0}


def test_what_lies_beyond_the_last_minute_was_never_heard():
    over = mock.pace({"frame": 50, "launch": 6})
    assert over["frame"] == 40 and over["launch"] == -6 and sum(over.values()) == 0


def test_the_clock_counts_each_phase_by_itself():
    now = [0.0]
    run = mock.Mock("feed", now=lambda: now[0])
    assert "Next" in run.says() and sum(run.spent.values()) == 0
    run.next()
    now[0] = 6 * 60
    assert "over its time" in run.says()
    run.next()
    now[0] += 90
    assert run.spent["frame"] == 6 and run.spent["scale"] == 1.5 and run.phase.key == "scale"
    for _ in PHASES:
        run.next()
    now[0] += 600
    assert sum(run.spent.values()) == 7.5 and run.says().startswith("Done")


def test_the_clock_without_widgets_says_the_brief(capsys):
    assert mock.clock("marketplace").phase.key == "frame"
    assert BRIEFS["marketplace"].says in capsys.readouterr().out


@pytest.mark.parametrize("call", [lambda: mock.phase_at(-1), lambda: mock.brief("ads"),
                                  lambda: mock.pace({"lunch": 3})])
def test_nonsense_is_refused_by_name(call):
    with pytest.raises(ArgumentError):
        call()


# --- the rubric ----------------------------------------------------------------------------------------------------
OURS = {key: letters for key, (_, letters, _) in CANDIDATE.items()}


def test_the_candidates_arithmetic_is_that_of_the_brief():
    feed = BRIEFS["feed"]
    rate, _ = capacity(feed.users_a_day, feed.requests_a_user, 1, 20, 0.6)
    assert rate == pytest.approx(3500, rel=0.02) and feed.peak == 3 and "3,500" in CANDIDATE["scale"][0]


def test_agreeing_with_the_course_agrees_everywhere():
    result = rubric.calibrate(OURS)
    assert result.agree == result.boxes == 24 and not result.generous + result.strict


def test_hearing_too_much_and_too_little_are_told_apart():
    result = rubric.calibrate({**OURS, "frame": "a", "scale": "a"})
    assert (result.generous, result.strict, result.agree) == (("frame a",), ("scale b",), 22)


@pytest.mark.parametrize("nothing", [..., {}, dict.fromkeys(KEYS, ...)])
def test_an_empty_rubric_gives_no_tick_away(nothing):
    assert "course" not in repr(rubric.calibrate(nothing))


def test_an_answer_stands_beside_the_reference_with_its_numbers():
    words = {"frame": "We decide what to show. The objective is retention. Complaints must not rise."}
    score = rubric.beside(words, {"frame": "abc"}, "feed", AtHand())
    text = repr(score)
    assert score.total == 3 and score.framing == ()
    assert words["frame"] in text and PHASES[0].reference["feed"] in text and "1.retention" in text
    assert ("Launch and day 7", lessons.number("launch")) in score.weakest


def test_a_tick_without_a_word_does_not_count():
    score = rubric.beside({"scale": "Many."}, {"scale": "a", "rank": "abc"})
    assert score.total == 1 and "Rank and re-rank" in repr(score)


def test_the_first_minute_is_read_by_the_framing_check():
    score = rubric.beside({"frame": "I would use a two-tower model."}, {}, "feed")
    assert set(score.framing) == set(framing_problems("I would use a two-tower model.")) != set()


def test_what_a_learner_writes_is_escaped():
    score = rubric.beside({"frame": "<script>x</script>"}, {}, "feed")
    assert "<script>" not in score._repr_html_()


def test_letters_and_phases_that_are_not_there_are_refused():
    with pytest.raises(ArgumentError, match="abc"):
        rubric.calibrate({"frame": "d"})
    with pytest.raises(ArgumentError, match="phase"):
        rubric.beside({"lunch": "later"}, {})
