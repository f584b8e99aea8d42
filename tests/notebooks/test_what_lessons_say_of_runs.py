"""Sentences of lessons about the recorded runs, held to the replicates that they speak of.

A number in prose would age unseen: where replicates are measured again, the sentence has to be looked at. Each row is a
lesson, words of its text, and what has to be true of the runs for them to be said. The later lessons' sentences are
held in test_what_recorded_runs_say.py.
"""

import math
import re
from functools import cache

import numpy as np
import pytest
from scipy import stats

from course_lib.teach import lessons
from course_lib.teach.ledger import replicates

TABLE = replicates.read()


@cache
def text_of(lesson: str) -> str:
    """A lesson's markdown in one line."""
    source = next(lessons.SOURCES.glob(f"[0-9][0-9]_{lesson}.py")).read_text(encoding="utf-8")
    cells = re.split(r"^# %%", source, flags=re.MULTILINE)
    told = [re.sub(r"^# ?", "", cell.partition("\n")[2], flags=re.MULTILINE) for cell in cells
            if cell.startswith(" [markdown]")]
    return " ".join(" ".join(told).split())


def runs(claim: str, on: str = "", at: float = math.nan) -> np.ndarray:
    """The value of each recorded run, in order, float (runs,). on: how its place begins. at: of a dial, the strength.
    """
    rows = [row for run in TABLE.of(claim) for row in run if row.on.startswith(on) and str(row.at) == str(at)]
    assert len({row.on for row in rows}) == 1 and len(rows) >= 5, (claim, on, at, len(rows))
    return np.array([row.value for row in rows])


def further(claim: str) -> np.ndarray:
    """The value of each of ten runs beside the recorded ones, the first ten of those that are kept."""
    kept = replicates.read(replicates.FURTHER).between(11, 20)
    values = np.array([row.value for run in kept.of(claim) for row in run])
    assert len(values) == 10
    return values


def interval(values) -> np.ndarray:
    """Both ends of the 95% interval of the mean over runs."""
    return values.mean() + stats.t.ppf([0.025, 0.975], len(values) - 1) * stats.sem(values)


def means(claim: str, *strengths: float, on: str = "") -> np.ndarray:
    """The mean over runs at each strength of a dial."""
    return np.array([runs(claim, on, at).mean() for at in strengths])


def both_sides(values, edge: float = 0.0) -> bool:
    return values.min() < edge < values.max()


def rises(values) -> bool:
    return bool((np.diff(values) > 0).all())


SHOP = "online_retail"
SAID = [
    ("start_here", "the four stages find a little more than EASE: in all ten recorded runs, and in eight of ten "
     "further ones. On unequal terms (second line) neither wins over such runs",
     lambda: 0 < runs("start_here.ruled").min() and runs("start_here.ruled").max() < 0.015
     and (further("start_here.ruled") > 0).sum() == 8
     and interval(runs("start_here.simplest"))[0] < 0 < interval(runs("start_here.simplest"))[1]),
    ("objective", "ten other worlds lie on both sides of it", lambda: both_sides(runs("objective.reorder"))),
    ("objective", "In ten other worlds the click ranker loses more return, on average, the stronger the clickbait. "
     "At 0 it "
     "loses a little too", lambda: rises(-means("objective.turn", 0.0, 0.5, 1.0, 2.0))
     and means("objective.turn", 0.0)[0] < 0),
    ("objective", "At strength 0, the control, a few people are lost too, on average",
     lambda: -0.03 < means("objective.retention", 0.0)[0] < 0),
    ("feedback", "in nearly all runs with other seeds more often so where the ignored item stood *above* the click",
     lambda: (runs("feedback.disliked", "world, ignored above")
              > runs("feedback.disliked", "world, ignored below")).sum() >= 8),
    ("feedback", "both weighings gain more the steeper looks fall; at the steepest, weighed clicks lose in some runs",
     lambda: all(rises(means(f"feedback.{one}", 0.0, 0.35, 0.7, 1.4)) for one in ("naive", "silence"))
     and 0 < (runs("feedback.naive", at=1.4) < 0).sum() <= 3),
    ("feedback", "For `counts` the gap grew in every run.", lambda: (runs("feedback.random_slots") < 0).all()),
    ("feedback", "price included, less than half of the gap closes on average",
     lambda: 0 < runs("feedback.random_rates").mean() < 0.5),
    ("feedback", "Where items stay, Thompson sampling earned more in every run. Where they come and go, runs "
     "disagree; on "
     "average it gives more of the best items a fair trial", lambda: (runs("feedback.thompson", "world, items "
     "that") > 0).all()
     and both_sides(runs("feedback.thompson", "world, items born")) and runs("feedback.discovery").mean() < 0),
    ("two_tower", "over runs with other seeds they lie on average a little behind a tuned ALS",
     lambda: -0.02 < runs("two_tower.als").mean() < 0),
    ("two_tower", "some lose nothing, some a tenth",
     lambda: runs("two_tower.temperature").min() <= 0 and runs("two_tower.temperature").max() >= 0.09),
    ("two_tower", "In every run so far width finds more in the shop, and next to nothing on the films",
     lambda: (runs("two_tower.width", SHOP) > 0).all() and (np.abs(runs("two_tower.width", "ml100k")) < 0.005).all()),
    ("two_tower", "In no run so far did a model without time reach the films' chart.",
     lambda: (runs("two_tower.time", "movietweetings") < 1).all()),
    ("two_tower", "Towers with recency come close, and on average stay below. In the shop runs differ.",
     lambda: 0.85 < runs("two_tower.recency").mean() < 1 and both_sides(runs("two_tower.time", SHOP), 1.0)),
    ("negatives", "Over the recorded runs the median item shown without log q is about a third as popular, and less "
     "of the log is found",
     lambda: all(0.25 < runs("negatives.suppress", on).mean() < 0.42 and (runs("negatives.logq_log", on) > 0).all()
                 for on in ("ml100k", "world"))),
    ("negatives", "over the recorded worlds it falls in most at powers 1 and 2, and in some but not all at 0 and 0.4.",
     lambda: all(both_sides(runs("negatives.logq_truth", at=at)) for at in (0.0, 0.4))
     and max((runs("negatives.logq_truth", at=at) > 0).sum() for at in (1.0, 2.0)) < 5),
    ("negatives", "On average over the recorded runs both gain, a hundredth of recall or less.",
     lambda: all(0 < runs(f"negatives.{one}").mean() < 0.01 for one in ("mixed", "mixed_cold"))),
    ("negatives", "Over the recorded runs a person's own order finds "
     "more.", lambda: (runs("negatives.cold") > 0).all()),
    ("negatives", "On the films the recorded runs cannot tell the bands "
     "apart", lambda: both_sides(runs("negatives.hard"))),
    ("negatives", "Over the recorded runs masking gains, by under a hundredth of recall.",
     lambda: (runs("negatives.masking") > 0).all() and runs("negatives.masking").mean() < 0.01),
    ("ann", "Over the recorded runs the exponent averages 0.08, and ten further ones could not tell it from 0.1.",
     lambda: round(runs("ann.hnsw_growth").mean(), 2) == 0.08
     and both_sides(interval(further("ann.hnsw_growth")), 0.1)),
    ("ann", "A shortlist of 1,000 was too short in all recorded runs.", lambda: (runs("ann.refine") < 0.95).all()),
    ("ann", "it is exact, and was faster in all recorded runs", lambda: (runs("ann.brute") > 1).all()),
    ("ann", "The coarsest code lies close to the line, once in ten recorded runs above it.",
     lambda: [int((runs("ann.relevance", f"ml100k, {m} ") > 0.5).sum()) for m in (2, 4, 8, 16)] == [1, 0, 0, 0]),
    ("feedback", "In all recorded runs it misses over two thirds at 1.2 days, and over a third at 0.3.",
     lambda: runs("feedback.window", at=1.2).min() > 2 / 3 and runs("feedback.window", at=0.3).min() > 1 / 3),
    ("two_tower", "In the recorded runs that was under 2 ms", lambda: runs("two_tower.p99").max() < 2),
    ("ann", "In the recorded runs the codes were 8 to 11 times as fast as exact search.",
     lambda: round(runs("ann.speed").min()) == 8 and round(runs("ann.speed").max()) == 11),
]


@pytest.mark.parametrize(("lesson", "words", "holds"), SAID,
                         ids=[f"{lesson}: {words[:50]}" for lesson, words, _ in SAID])
def test_what_is_said_of_the_recorded_runs_is_what_they_show(lesson, words, holds):
    assert " ".join(words.split()) in text_of(lesson), "the sentence has changed: see whether it still has to be held"
    assert holds(), "the replicates say otherwise by now: mend the sentence"


ELSEWHERE = {"ranker", "reranker", "feature_audit", "metric_stack", "experiments"}   # test_what_recorded_runs_say.py


def test_no_other_sentence_speaks_of_recorded_runs():
    """A sentence that names recorded runs or worlds has a row above; the words of the rows are counted off."""
    left = {}
    for path in sorted(lessons.SOURCES.glob("[0-9][0-9]_*.py")):
        lesson = path.stem[3:]
        if lesson in ELSEWHERE:
            continue
        text = text_of(lesson)
        for _, words, _ in (row for row in SAID if row[0] == lesson):
            text = text.replace(" ".join(words.split()), "")
        found = [sentence.strip() for sentence in re.split(r"(?<=[.:;?!])\s", text)
                 if re.search(r"\brecorded (runs?|worlds?)\b", sentence)]
        if found:
            left[lesson] = found
    assert left == {}
