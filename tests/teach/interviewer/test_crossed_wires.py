"""Games that join true-sounding phrases wrongly, and strong answers in unusual words, all by the author of the engine.

The first five games and the five strong ones were written before the first mend and run once; 11 and 12 after it, to
try it, and they had 90 points. 13 to 20 were written before the second mend: `BEFORE` says what each had then. No
phrase of the table of reasons was changed for them; the limits were set with their figures in view. 21 to 24 were
written after that, to try it; the last, with the table open, had 80.7.

25 to 29 are neighbours of that one, and 30 to 32 strong answers in which nearly every reason is a picture. They were
written before the third mend, the words that hint at a reason's point; `PICTURES` says what the three had. 33 to 35
were written after it. The first of them joins right reasons in the table's words to wrong ones in plain words; it had
87.4 until the reasons in a speaker's own words were weighed by themselves (test_handed_out). 35 led up to each reason
of 24 with words of the right one, and had 83.0 until a reason was read without what leads up to it.

All this has one author. So the last tests take other people's transcripts, and hand each reason to another point.
"""

import functools
import re
import statistics
import tomllib
from pathlib import Path

import pytest
from test_second_fresh import of_kind as of_second

from course_lib.teach.interviewer import belonging_reasons as belonging
from course_lib.teach.interviewer.coherence import CROSSED, ECHO, ELSEWHERE, FOREIGN, LIMITS, MISPLACED, UNPLACED
from course_lib.teach.interviewer.crossed import crossed
from course_lib.teach.interviewer.foreign_reasons import FEWEST_WORDS, echoing_reasons, foreign_reasons
from course_lib.teach.interviewer.given_reasons import given
from course_lib.teach.interviewer.phrases import load
from course_lib.teach.interviewer.propositions import listener_of, read
from course_lib.teach.interviewer.talk_score import HANDED, score
from course_lib.teach.interviewer.talk_text import Sentence, plain

FOLDER = Path(__file__).parent / "crossed_wires"
HELD = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))}
BEFORE = {
    "wires_01_game": 0.0, "wires_02_game": 29.4, "wires_03_game": 20.1, "wires_04_game": 90.5, "wires_05_game": 0.0,
    "wires_06_strong": 69.8, "wires_07_strong": 71.3, "wires_08_strong": 84.5, "wires_09_strong": 80.8,
    "wires_10_strong": 46.4, "wires_11_game": 89.8, "wires_12_game": 89.9, "wires_13_game": 88.2, "wires_14_game": 51.8,
    "wires_15_game": 68.9, "wires_16_game": 88.8, "wires_17_strong": 73.7, "wires_18_strong": 72.3,
    "wires_19_strong": 81.4, "wires_20_strong": 63.8, "wires_25_game": 0.0, "wires_26_game": 0.0,
    "wires_27_game": 16.8, "wires_28_game": 0.0, "wires_29_game": 19.1,
}
PICTURES = {"wires_30_strong": 0.0, "wires_31_strong": 0.0, "wires_32_strong": 0.0}
TRIES = ["wires_21_game", "wires_22_game", "wires_23_game", "wires_24_game", "wires_33_game", "wires_34_game",
         "wires_35_game"]
GAMES = [name for name in BEFORE if HELD[name]["kind"] == "game"]
STRONG = [name for name in BEFORE if HELD[name]["kind"] == "strong"]
PART = {"wires_11_game"}            # loses more than half of what it had, and keeps more than the others
WHYS = {CROSSED, FOREIGN, MISPLACED, ELSEWHERE, ECHO, UNPLACED, HANDED}


@functools.cache
def points_of(name):
    return score(read(HELD[name]["answers"], HELD[name]["brief"]))


def test_every_text_is_told_of_and_both_briefs_are_there():
    assert set(HELD) == {*BEFORE, *PICTURES, *TRIES}
    assert all({HELD[name]["brief"] for name in held} == {"feed", "marketplace"} for held in (GAMES, STRONG))


@pytest.mark.parametrize("name", [name for name in GAMES if name not in PART])
def test_no_game_reaches_half_of_the_median_of_the_strong(name):
    assert points_of(name).total < statistics.median(of_second("strong")) / 2


@pytest.mark.parametrize("name", [*sorted(PART), *TRIES])
def test_games_written_to_try_a_mend_stand_below_the_median_of_the_strong(name):
    assert points_of(name).total < statistics.median(of_second("strong"))


@pytest.mark.parametrize("name", STRONG)
def test_strong_answers_in_unusual_words_lose_nothing_to_what_finds_the_games(name):
    """The ship's engineer had lost 29 points before, and still does: to words that belong to no part of the subject."""
    assert not WHYS & set(points_of(name).off)
    assert points_of(name).total >= BEFORE[name] - 1


@pytest.mark.parametrize("name", PICTURES)
def test_strong_answers_whose_reasons_are_pictures_are_hard_to_follow_and_no_fraud(name):
    """They had nothing, since each reason stands in words of another trade. They stay far below plain strong answers:
    nonsense that begins with a word of its point looks the same."""
    assert PICTURES[name] == 0 and points_of(name).total > 50 > max(of_second("weak"))
    assert not {UNPLACED, HANDED} & set(points_of(name).off)


RIGHT_ORDER = {             # of wires_24: which of its phase's reasons belongs to each point, as far as one does
    "frame": (2, 4, 3, 1, 0), "scale": (1, 2, 0, 3), "data": (1, 2, 0, 3), "retrieve": (2, 0, 1, 4, 3),
    "rank": (4, 2, 0, 1, 3), "evaluate": (2, 3, 4, 0, 1), "launch": (2, 3, 1, 0, 4), "close": (2, 1, 0),
}


def put_right(answers):
    """wires_24 with each reason at the point that it belongs to."""
    out = {}
    for phase, order in RIGHT_ORDER.items():
        said = [re.split(r", (?:because|since) ", part.rstrip(".")) for part in re.split(r"(?<=\.) ", answers[phase])]
        out[phase] = " ".join(f"{point}, because {said[at][1]}." for (point, _), at in zip(said, order, strict=True))
    return out


def sentences_in(answers, brief="feed"):
    listener = listener_of(brief)
    return [s for phase, text in answers.items() for s in listener.hear(text, phase).sentences]


def test_reasons_put_back_to_their_points_are_placed_and_at_other_points_they_are_not():
    """The game that was not told before, put right: what it says is then no fraud, in the words that it has."""
    game = HELD["wires_24_game"]["answers"]
    right = put_right(game)
    assert belonging.unplaced_reasons(sentences_in(game)) > LIMITS[UNPLACED][1]
    assert belonging.unplaced_reasons(sentences_in(right)) < LIMITS[UNPLACED][0]


@pytest.mark.parametrize(("sentence", "cannot"), [
    ("The swap is afraid of the peak.", True), ("The swap is done before the peak.", False),
    ("We wait until the margin has slept.", True), ("Novelty wears off.", False),
    ("Power is computed and poured over a month.", True), ("The effect is washed out by novelty.", False),
    ("The recall was repainted.", True), ("The recall was measured again.", False),
    ("It weighs 2 GB per opinion.", True), ("It weighs 2 GB per copy.", False),
    ("It is 3 percent of a buyer.", True), ("It is 3 percent of a buyer's orders.", False),
    ("After two months of gigabytes we look.", True), ("After two months of logs we look.", False),
    ("Popularity is baked into the logs.", False), ("The item features sit with the ranker.", False),
    ("Headroom buys us time.", False), ("The ramp finishes on Friday.", False),
    ("The previous model stays warm two weeks.", False), ("If the guardrail is red, we stop.", False),
])
def test_what_does_not_live_has_no_body_or_another_unit_is_told_from_what_people_say(sentence, cannot):
    assert bool(crossed(plain(sentence))[0]) == cannot


def said(point, reason):
    text = " ".join(f"{point}, because {reason}." for _ in range(FEWEST_WORDS // 4))
    return read({"scale": text}, "feed").talks["scale"].sentences


def test_reasons_are_held_against_the_speakers_own_points():
    subject, picture = "the index is read at the peak of requests", "the umbrella and the soup are knitted by birds"
    assert foreign_reasons(said(subject, picture)) > 0.3
    assert foreign_reasons(said(picture, picture)) == foreign_reasons(said(subject, subject)) == 0
    assert foreign_reasons(said(picture, subject)) == 0
    assert foreign_reasons(said(subject, picture)[:2]) == 0


def sentences_of(path):
    held = tomllib.loads(path.read_text(encoding="utf-8"))
    listener = listener_of(held["brief"])
    return [s for phase, text in held["answers"].items() for s in listener.hear(text, phase).sentences]


HONEST = ("strong", "middle", "middling", "other_words", "non_native")
OTHERS = {path.stem: sentences_of(path) for folder in ("transcripts", "fresh", "fresh_second")
          for path in sorted((FOLDER.parent / folder).glob("*.toml")) if path.stem.split("_", 1)[1].endswith(HONEST)}


def test_honest_people_have_reasons_that_hint_at_their_points():
    assert max(belonging.unplaced_reasons(said) for said in OTHERS.values()) < LIMITS[UNPLACED][0] - 0.2


@pytest.mark.parametrize(("sentence", "may"), [
    ("We log the propensity, because every exhibit had a chance of its own.", True),
    ("We log the propensity, because the evening is the busiest hour for all machines.", False),
    ("Since every exhibit had a chance of its own, we log the propensity.", True),
    ("We log the propensity, because grandmother said so.", False),
])
def test_a_word_of_its_point_lets_a_reason_pass(sentence, may):
    assert [belonging.may_belong(reason) for reason in given([Sentence(sentence, plain(sentence))])] == [may]


@pytest.mark.parametrize(("sentence", "reason"), [
    ("The index is held twice, because, with both copies in mind, the evening is the peak.", "the evening is the peak"),
    ("The index is held twice, because at the swap, both copies are in memory.", "both copies are in memory"),
    ("The index is held twice, because both copies are in memory, and that takes room.",
     "both copies are in memory, and that takes room"),
])
def test_a_reason_is_read_without_what_leads_up_to_it(sentence, reason):
    assert [one.reason for one in given([Sentence(sentence, plain(sentence))])] == [reason]


def test_the_words_that_hint_stand_under_things_that_there_are():
    things = {thing["id"] for thing in load("reasons")["thing"]}
    assert set(load("reason_words")) == things
    assert all(len(set(words)) == len(words) >= 10 for words in load("reason_words").values())


def told(reasons):
    """How many reasons the table knows to belong, and how many to belong to something else."""
    kinds = [belonging.judged(reason) for reason in reasons]
    return kinds.count(belonging.OWN), kinds.count(belonging.FOREIGN)


def test_honest_people_lose_nothing_for_their_reasons():
    assert len(OTHERS) >= 50
    assert max(belonging.misplaced_reasons(said) for said in OTHERS.values()) < LIMITS[ELSEWHERE][0] / 2
    assert max(echoing_reasons(said) for said in OTHERS.values()) < LIMITS[ECHO][0]


def test_reasons_that_are_handed_to_the_next_point_are_told_in_the_words_of_other_people():
    """Most of their reasons the table does not know; of those it knows, it has to tell one's own apart."""
    own, foreign, own_moved, foreign_moved = 0, 0, 0, 0
    for said in OTHERS.values():
        reasons = given(said)
        a, b = told(reasons)
        c, d = told([one._replace(reason=other.reason) for one, other in zip(reasons, reasons[1:] + reasons[:1],
                                                                             strict=True)])
        own, foreign, own_moved, foreign_moved = own + a, foreign + b, own_moved + c, foreign_moved + d
    assert own / (own + foreign) > 0.8
    assert foreign_moved / (own_moved + foreign_moved) > 0.6


@pytest.mark.parametrize(("sentence", "verdict"), [
    ("The margins are agreed before the test, because a margin chosen afterwards would fit anything.", "own"),
    ("The margins are agreed before the test, because the same person would be in both arms.", "foreign"),
    ("Since the first slot gets clicked anyway, position is an input in training.", "own"),
    ("Since no board meets at night, position is an input in training.", "foreign"),
    ("We ramp by 1, 5 and 25 percent, because my grandmother would have done so.", "unknown"),
])
def test_a_reason_that_is_known_belongs_or_not(sentence, verdict):
    assert [belonging.judged(reason) for reason in given([Sentence(sentence, plain(sentence))])] == [verdict]


def test_a_reason_in_a_sentence_of_its_own_is_held_against_the_sentence_before():
    said = [Sentence(text, plain(text)) for text in ("A cached page is shown when the ranker fails.",
                                                     "Otherwise the page would be empty.")]
    assert [belonging.judged(reason) for reason in given(said)] == [belonging.OWN]


def test_the_table_names_only_things_that_it_has():
    things = load("reasons")["thing"]
    ids = [thing["id"] for thing in things]
    assert len(ids) == len(set(ids)) and all(thing["says"] and thing["because"] for thing in things)
    assert {other for thing in things for other in thing.get("also", ())} <= set(ids)


def test_reasons_made_of_their_points_words_give_none():
    turned, new = "the objective is served by next month", "nobody trusts a page that shouts"
    assert echoing_reasons(said("next month is the objective that is served", turned)) > LIMITS[ECHO][1]
    assert echoing_reasons(said("next month is the objective that is served", new)) == 0
