"""Twelve more candidates by a writer who had not seen how answers are scored.

For the ten honest and wrong ones nothing was mended, so what the engine gives them is a measure. A game of right terms
joined to impossible things had 77.7 points when first run; what cannot belong together was then extended with that
text in view, so that its place today shows only that its kinds are known. New texts of the kind, and what is still not
told from a strong answer, stand in test_crossed_wires.
"""

import functools
import re
import statistics
import tomllib
from pathlib import Path

from scipy.stats import spearmanr

from course_lib.teach.interviewer.propositions import read
from course_lib.teach.interviewer.talk_score import score

FOLDER = Path(__file__).parent / "fresh_second"
HELD = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))}
WRITER = {name: float(points) for name, points in re.findall(
    r"\| (second_\w+) \| \w+ \| \w+ \| (\d+) \|", (FOLDER / "README.md").read_text(encoding="utf-8"))}


@functools.cache
def total(name):
    return score(read(HELD[name]["answers"], HELD[name]["brief"])).total


def of_kind(kind):
    return [total(name) for name, held in HELD.items() if held["kind"] == kind]


def test_honest_and_wrong_ones_rank_as_the_writer_ranks_them():
    names = [name for name, held in HELD.items() if held["kind"] != "game"]
    assert list(HELD) == list(WRITER) and len(names) == 10
    assert spearmanr([WRITER[name] for name in names], [total(name) for name in names]).statistic >= 0.85


def test_the_strong_stand_above_the_middle_and_these_above_the_weak():
    assert min(of_kind("strong")) > max(of_kind("middle")) > min(of_kind("middle")) > max(of_kind("weak"))


def test_no_game_stands_above_the_median_of_the_strong():
    assert max(of_kind("game")) < statistics.median(of_kind("strong"))
