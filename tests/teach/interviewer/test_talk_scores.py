"""Scores: of people, read from transcripts with the range that two readers gave; of games; of hostile input."""

import statistics
import tomllib
from pathlib import Path

import pytest
from attempts import GAMED, STRONG
from scipy.stats import spearmanr

from course_lib.teach.interview.mock_texts import KEYS, PHASES
from course_lib.teach.interviewer.propositions import read
from course_lib.teach.interviewer.talk_score import score, would_gain

FOLDER = Path(__file__).parent / "transcripts"
PEOPLE = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))]
GOT = [score(read(person["answers"], person["brief"])).total for person in PEOPLE]
READ = [sum(person["score"]) + sum(person["second_reader"]) for person in PEOPLE]
TUNED = 40                                    # patterns were tuned on the first forty; the others were written unseen


def of_kind(*kinds):
    return [got for person, got in zip(PEOPLE, GOT, strict=True) if person["kind"] in kinds]


def test_scores_rank_people_as_two_readers_do():
    assert spearmanr(READ[:TUNED], GOT[:TUNED]).statistic >= 0.8


def test_scores_rank_people_whom_no_pattern_was_tuned_on():
    """Counting words alone reaches .86 on these twenty: who knows more says more."""
    assert len(PEOPLE) == TUNED + 20
    assert spearmanr(READ[TUNED:], GOT[TUNED:]).statistic >= 0.7


def test_no_strong_answer_stands_below_a_weak_one():
    assert min(of_kind("strong")) > max(of_kind("weak", "polished_empty", "gamed"))


def test_games_stand_at_the_bottom():
    honest = of_kind("strong", "middling", "other_words", "non_native")
    assert max(of_kind("gamed")) < min(honest)
    assert statistics.median(of_kind("gamed")) <= statistics.median(of_kind("weak"))


def test_right_in_other_words_is_right():
    assert min(of_kind("other_words", "non_native")) > max(of_kind("weak", "polished_empty"))


@pytest.mark.parametrize("name", GAMED)
def test_no_game_reaches_half_of_a_strong_answer(name):
    assert score(read(GAMED[name], "feed")).total < score(read(STRONG, "feed")).total / 2


def test_a_component_before_the_objective_costs_the_order():
    swapped = STRONG | {"frame": "I would start with a transformer and Kafka. " + STRONG["frame"]}
    assert score(read(swapped, "feed")).order == 0 < score(read(STRONG, "feed")).order


def test_follow_ups_that_are_not_survived_lower_the_score():
    reading = read(STRONG, "feed")
    assert score(reading, {"a": 0.0}).total < score(reading, {"a": 1.0}).total


def test_what_would_have_gained_most_is_what_is_missing():
    without = STRONG | {"launch": STRONG["launch"].split(" After day 7")[0]}
    assert [p.id for p in would_gain(read(without, "feed"), 1)] == ["day7"]


HOSTILE = {"words": "guardrail retention margin " * 33_333, "sentences": "We decide which items. " * 25_000,
           "control": "\x00\x1b[31mWe decide\x07 which ten stories to "
                      "show.\u202e" * 50, "empty": "", "spaces": " \n\t ",
           "markup": "<script>alert(1)</script><b>We decide</b> which ten stories to "
                     "show." * 40, "numbers": "1 2 3 " * 9000,
           "commas": "a," * 40_000, "no spaces": "x" * 100_000, "nested": "(" * 20_000 + "<" * 20_000, "none": None,
           "dots": "we ... must not ... fall ... " * 4000}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_is_told(name):
    reading = read({"frame": HOSTILE[name]}, "feed")
    total = score(reading).total
    talk = reading.talks["frame"]
    assert total < 12 and (talk.notes or any(s.idle for s in talk.sentences))


def test_the_phases_add_up_to_an_interview():
    assert set(score(read(STRONG, "feed")).by_phase) == set(KEYS) == {p.key for p in PHASES}
