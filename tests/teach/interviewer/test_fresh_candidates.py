"""Sixteen candidates by a writer who had not seen how answers are scored, with the writer's own scores.

`FIRST` holds what the engine gave when it first ran them; nothing was mended before that. The mends tested here (a
number that is said per so many, everyday words, the table of what cannot belong together) were made after these
candidates had been seen, and with them in view. So today's order shows that the kinds are covered, and is no measure
of how well new candidates are ranked; that is the first run: .80 on the twelve honest ones, .81 with the two wrong.
"""

import functools
import re
import statistics
import tomllib
from pathlib import Path

import pytest
from scipy.stats import spearmanr

from course_lib.teach.interviewer.brief_numbers import check
from course_lib.teach.interviewer.crossed import crossed
from course_lib.teach.interviewer.propositions import read
from course_lib.teach.interviewer.strange_words import MOST, strange_share
from course_lib.teach.interviewer.talk_score import score
from course_lib.teach.interviewer.talk_text import Listener, plain

HERE = Path(__file__).parent
HELD = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted((HERE / "fresh").glob("*.toml"))}
FIRST = {                   # points at the first run, before any mend
    "fresh_01_strong": 76.0, "fresh_02_strong": 37.5, "fresh_03_strong": 78.1, "fresh_04_strong": 74.8,
    "fresh_05_middle": 58.2, "fresh_06_middle": 36.7, "fresh_07_middle": 34.0, "fresh_08_middle": 46.3,
    "fresh_09_weak": 3.9, "fresh_10_weak": 8.8, "fresh_11_weak": 0.0, "fresh_12_weak": 0.2,
    "fresh_13_wrong": 0.0, "fresh_14_wrong": 28.1, "fresh_15_game": 80.6, "fresh_16_game": 38.8,
}
WRITER = {name: float(points) for name, points in re.findall(
    r"\| `(\w+)\.toml` \| \w+ \| (\d+) \|", (HERE / "fresh" / "README.md").read_text(encoding="utf-8"))}
HONEST = [name for name in HELD if HELD[name]["kind"] in ("strong", "middle", "weak")]


@functools.cache
def total(name):
    return score(read(HELD[name]["answers"], HELD[name]["brief"])).total


def of_kind(*kinds):
    return [total(name) for name, held in HELD.items() if held["kind"] in kinds]


def agreement(names, got):
    return spearmanr([WRITER[name] for name in names], [got(name) for name in names]).statistic


def test_each_candidate_has_the_writers_score_and_that_of_the_first_run():
    assert list(HELD) == list(FIRST) == list(WRITER)
    assert agreement(HONEST, FIRST.get) == pytest.approx(0.80, abs=0.01)


def test_honest_and_wrong_ones_rank_as_the_writer_ranks_them():
    names = [*HONEST, *(name for name in HELD if HELD[name]["kind"] == "wrong")]
    assert agreement(names, total) >= 0.7


def test_no_strong_one_stands_below_the_median_of_the_middle_and_no_game_above_that_of_the_strong():
    assert min(of_kind("strong")) > statistics.median(of_kind("middle"))
    assert max(of_kind("game")) < statistics.median(of_kind("strong"))
    assert total("fresh_15_game") < statistics.median(of_kind("strong")) / 2


@pytest.mark.parametrize(("sentence", "claims"), [
    ("Every ten million listings cost just under 6 gigs.", False), ("Per 5 million items it is 2 GB.", False),
    ("There are ten million listings.", True),
])
def test_a_number_per_so_many_is_no_claim_about_all(sentence, claims):
    assert bool(check(Listener().hear(sentence, "scale").sentences, "marketplace")) == claims


def test_honest_speech_has_far_fewer_strange_sentences_than_are_allowed():
    people = [HELD[name] for name in HONEST if HELD[name]["kind"] != "weak"]
    paths = sorted((HERE / "transcripts").glob("*.toml"))
    people += [tomllib.loads(path.read_text(encoding="utf-8")) for path in paths]
    kinds = ("strong", "middle", "middling", "other_words", "non_native")
    shares = [strange_share(read(p["answers"], p["brief"]).sentences()) for p in people if p["kind"] in kinds]
    assert len(shares) > 40 and max(shares) < 0.7 * MOST


@pytest.mark.parametrize(("sentence", "cannot"), [
    ("The latency owns the creators.", True), ("The ranker owns a wrong order.", False),
    ("The margins were signed by the index.", True), ("The margins were signed by the product lead.", False),
    ("The owners are cached every hour.", True), ("The answers are cached every hour.", False),
    ("We need three weeks a side.", True), ("We need 154,000 people a side.", False),
    ("The guardrail trains on reads.", True), ("The model trains on reads.", False),
    ("It takes 30 ms of memory.", True), ("It takes 30 ms to fetch.", False),
    ("The holdback never agrees, and no guardrail owns a team.", False),
])
def test_what_cannot_belong_together_is_told_from_what_can(sentence, cannot):
    assert bool(crossed(plain(sentence))[0]) == cannot


def test_crossed_sentences_tick_nothing():
    assert "fallback" in read({"launch": "If the ranker is late, the fallback is a cached page."}, "feed").ticks
    assert not read({"launch": "If the ranker is late, the fallback owns a cached page."}, "feed").ticks
