"""Twenty attempts that were written before the engine was mended: ten games with full knowledge of it, ten candidates
who are wrong. Half of them ("unseen") was not scored until the mending was done; `FIRST` says what those scored then.

Both halves and the patterns have one author, who knew all the texts while writing the patterns: some phrases of
wrong.toml and stance.toml stand in the unseen half. It shows no more than that the kinds are covered; what another
author's candidates score is not measured here.
"""

import functools
import statistics
import tomllib
from pathlib import Path

import pytest
from scipy.stats import spearmanr
from test_talk_scores import GOT, PEOPLE, READ, TUNED

from course_lib.teach.interviewer.asserted import CIRCULAR, COULD, QUESTION, REPORTED, is_circular, not_asserted
from course_lib.teach.interviewer.number_ranges import ranges
from course_lib.teach.interviewer.propositions import read
from course_lib.teach.interviewer.talk_score import heard, score
from course_lib.teach.interviewer.talk_text import plain

FOLDER = Path(__file__).parent / "adversaries"
HELD = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))}
SEEN = {name: held for name, held in HELD.items() if name.startswith("seen")}
FIRST = {                   # the unseen half: points before the mends, points at the first run after them
    "unseen_game_could": (88, 0), "unseen_game_disowned": (80, 0), "unseen_game_either": (67, 0),
    "unseen_game_later": (89, 0), "unseen_game_swapped": (94, 0), "unseen_wrong_plain": (49, 0),
    "unseen_wrong_second_language": (39, 0), "unseen_wrong_seller_side": (46, 0), "unseen_wrong_then_false": (79, 0),
    "unseen_wrong_units": (67, 10),
}
NEAR = 10.0                 # points above the weak ones' median that still count as near


@functools.cache
def total(name):
    return score(read(HELD[name]["answers"], HELD[name]["brief"])).total


def median(kind):
    return statistics.median(got for person, got in zip(PEOPLE, GOT, strict=True) if person["kind"] == kind)


def names(held, *kinds):
    return [name for name, one in held.items() if one["kind"] in kinds]


def test_there_are_ten_of_each_and_half_of_them_is_kept_aside():
    assert len(names(HELD, "game")) == 10 == len(names(HELD, "wrong", "half"))
    assert len(SEEN) == 10 == 2 * len(names(SEEN, "game"))


@pytest.mark.parametrize("name", names(HELD, "game"))
def test_no_game_stands_above_the_median_of_the_strong(name):
    assert total(name) < median("strong")


@pytest.mark.parametrize("name", names(SEEN, "wrong", "half"))
def test_who_is_wrong_and_was_seen_stands_near_the_weak(name):
    assert total(name) <= median("weak") + NEAR


@pytest.mark.parametrize("name", FIRST)
def test_the_half_kept_aside_scores_no_more_than_when_it_was_first_run(name):
    assert name not in SEEN and total(name) <= FIRST[name][1] + NEAR


def test_ranks_hold_with_the_mends():
    assert spearmanr(READ[:TUNED], GOT[:TUNED]).statistic >= 0.8
    assert spearmanr(READ[TUNED:], GOT[TUNED:]).statistic >= 0.7


@pytest.mark.parametrize(("sentence", "why"), [
    ("Should reports rise by at most one percent?", QUESTION),
    ("I check it like this: of what people read tomorrow, how much was in the pile?", ""),
    ("Some say that retention is the objective.", REPORTED), ("They have to mean what they say.", ""),
    ("One could keep a holdback of ten percent.", COULD), ("A few random slots, one percent perhaps.", ""),
    ("Propensities are logged because logging is what propensities need.", CIRCULAR),
    ("We decide which stories are shown because the stories shown have to be decided.", CIRCULAR),
])
def test_what_is_not_asserted_is_told_from_what_is(sentence, why):
    assert not_asserted(sentence, plain(sentence)) == why


def test_a_reason_that_brings_something_new_is_none_that_repeats():
    assert not is_circular("reports may rise by 1 percent, because trust is what we would lose")


@pytest.mark.parametrize(("phase", "wrong", "right"), [
    ("launch", "A holdback of 95 percent stays on the old system.", "A holdback of 5 percent stays on the old system."),
    ("retrieve", "Recall should be above 140 percent.", "Recall should be above 40 percent."),
    ("scale", "At p99 it is 30 seconds to retrieve.", "At p99 it is 30 ms to retrieve."),
])
def test_a_number_that_no_design_has_is_told(phase, wrong, right):
    known = {kind.id for kind in ranges()}
    assert known & {tick.id for tick in read({phase: wrong}, "feed").flags}
    assert not known & {tick.id for tick in read({phase: right}, "feed").flags}


def test_a_false_statement_takes_its_point_and_many_cap_the_score():
    strong = PEOPLE[[person["kind"] for person in PEOPLE].index("strong")]
    false = ["Random negatives need no correction.", "The A/B test can stop as soon as p is below 0.05.",
             "Accuracy offline equals worth online.", "After the win everybody gets it in one step.",
             "Each machine runs at 98 percent so that none is wasted."]
    phases = ["retrieve", "evaluate", "evaluate", "launch", "scale"]
    answers = dict(strong["answers"])
    for phase, sentence in zip(phases, false, strict=True):
        answers[phase] += " " + sentence
    reading = read(answers, strong["brief"])
    assert not {"logq", "peek", "offline", "ramp"} & heard(reading)
    assert score(reading).total <= 60 < score(read(strong["answers"], strong["brief"])).total
