"""Games that join true-sounding phrases wrongly, and strong answers in unusual words, all by the author of the engine.

The first five games and the five strong ones were written before the mend and run once: `BEFORE` says what they had.
Two more games were written after it, to try it, and are not told from strong answers; tests that have to fail say so.
"""

import functools
import statistics
import tomllib
from pathlib import Path

import pytest
from test_second_fresh import of_kind as of_second

from course_lib.teach.interviewer.coherence import CROSSED, FOREIGN, MISPLACED
from course_lib.teach.interviewer.crossed import crossed
from course_lib.teach.interviewer.foreign_reasons import FEWEST_WORDS, foreign_reasons
from course_lib.teach.interviewer.propositions import read
from course_lib.teach.interviewer.talk_score import score
from course_lib.teach.interviewer.talk_text import plain

FOLDER = Path(__file__).parent / "crossed_wires"
HELD = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))}
BEFORE = {
    "wires_01_game": 0.0, "wires_02_game": 29.4, "wires_03_game": 20.1, "wires_04_game": 90.5, "wires_05_game": 0.0,
    "wires_06_strong": 69.8, "wires_07_strong": 71.3, "wires_08_strong": 84.5, "wires_09_strong": 80.8,
    "wires_10_strong": 46.4,
}
GAMES = [name for name in BEFORE if HELD[name]["kind"] == "game"]
STRONG = [name for name in BEFORE if HELD[name]["kind"] == "strong"]
NOT_TOLD = {
    "wires_11_game": "impossible ends in the subject's own words: no table of what cannot be holds every verb",
    "wires_12_game": "each point has the reason of its neighbour: every half is true, and of the same stage",
}


@functools.cache
def points_of(name):
    return score(read(HELD[name]["answers"], HELD[name]["brief"]))


def test_there_are_five_of_each_from_before_the_mend_and_both_briefs():
    assert len(GAMES) == len(STRONG) == 5 and set(HELD) == set(BEFORE) | set(NOT_TOLD)
    assert all({HELD[name]["brief"] for name in held} == {"feed", "marketplace"} for held in (GAMES, STRONG))


@pytest.mark.parametrize("name", GAMES)
def test_no_game_reaches_half_of_the_median_of_the_strong(name):
    assert points_of(name).total < statistics.median(of_second("strong")) / 2


@pytest.mark.parametrize("name", STRONG)
def test_strong_answers_in_unusual_words_lose_nothing_to_what_finds_the_games(name):
    """The ship's engineer had lost 29 points before, and still does: to words that belong to no part of the subject."""
    assert not {CROSSED, FOREIGN, MISPLACED} & set(points_of(name).off)
    assert points_of(name).total >= BEFORE[name] - 1


@pytest.mark.parametrize("name", [
    pytest.param(name, marks=pytest.mark.xfail(strict=True, reason=why)) for name, why in NOT_TOLD.items()])
def test_games_written_to_try_the_mend(name):
    assert points_of(name).total < statistics.median(of_second("strong"))


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
