"""Sentences of lessons about the recorded runs, held to the replicates that they speak of.

A number in prose would age unseen: where replicates are measured again, the sentence has to be looked at. Each row is a
lesson, words of its text, and what has to be true of the runs for them to be said.
"""

import math
import re
from functools import cache

import numpy as np
import pytest

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
    """The value of each recorded run, in order, float (runs,). on: how its place begins. at: of a dial, the "
     "strength."""
    rows = [row for run in TABLE.of(claim) for row in run if row.on.startswith(on) and str(row.at) == str(at)]
    assert len({row.on for row in rows}) == 1 and len(rows) >= 5, (claim, on, at, len(rows))
    return np.array([row.value for row in rows])


def means(claim: str, *strengths: float, on: str = "") -> np.ndarray:
    """The mean over runs at each strength of a dial."""
    return np.array([runs(claim, on, at).mean() for at in strengths])


def both_sides(values, edge: float = 0.0) -> bool:
    return values.min() < edge < values.max()


def rises(values) -> bool:
    return bool((np.diff(values) > 0).all())


TITLE, TASTE = "world, logger by title length", "world, logger by relevance"
SHOP = "online_retail"
SAID = [
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
    ("negatives", "over the recorded worlds it rises in most at power 0, in half of them at 0.4, and falls in most "
     "at 1 and 2",
     lambda: [int((runs("negatives.logq_truth", at=at) > 0).sum()) for at in (0.0, 0.4, 1.0, 2.0)][1] == 5
     and (runs("negatives.logq_truth", at=0.0) > 0).sum() > 5
     and max((runs("negatives.logq_truth", at=at) > 0).sum() for at in (1.0, 2.0)) < 5),
    ("negatives", "On average over the recorded runs both gain, by less than a hundredth of recall",
     lambda: all(0 < runs(f"negatives.{one}").mean() < 0.01 for one in ("mixed", "mixed_cold"))),
    ("negatives", "Over the recorded runs a person's own order finds "
     "more.", lambda: (runs("negatives.cold") > 0).all()),
    ("negatives", "On the films the recorded runs cannot tell the bands "
     "apart", lambda: both_sides(runs("negatives.hard"))),
    ("negatives", "Over the recorded runs masking gains, by under a hundredth of recall.",
     lambda: (runs("negatives.masking") > 0).all() and runs("negatives.masking").mean() < 0.01),
    ("ann", "Over the recorded runs the exponent averages 0.08",
     lambda: round(runs("ann.hnsw_growth").mean(), 2) == 0.08 and both_sides(runs("ann.hnsw_growth"), 0.1)),
    ("ann", "A shortlist of 1,000 was too short in all recorded runs.", lambda: (runs("ann.refine") < 0.95).all()),
    ("ann", "it is exact, and was faster in all recorded runs", lambda: (runs("ann.brute") > 1).all()),
    ("ann", "The coarsest code lies close to the line, once in ten recorded runs above it.",
     lambda: [int((runs("ann.relevance", f"ml100k, {m} ") > 0.5).sum()) for m in (2, 4, 8, 16)] == [1, 0, 0, 0]),
    ("ranker", "In all ten recorded worlds the column held at 1 gains there, and in all ten it loses at 0.8 and 1.",
     lambda: (runs("ranker.debias_relevant", at=0.0) > 0).all()
     and all((runs("ranker.debias_relevant", at=at) < 0).all() for at in (0.8, 1.0))),
    ("ranker", "Over the recorded runs AUC puts on average 59% of pairs in order on the log by title, and AUC "
     "inside a request "
     "48%; on the log by taste both about 85%. Random slots give 84% and 91%",
     lambda: [round(100 * runs(f"ranker.{one}", on).mean()) for one, on in (
         ("auc", TITLE), ("auc_request", TITLE), ("auc_random", TITLE), ("auc_random", TASTE))] == [59, 48, 84, 91]
     and all(0.84 < runs(f"ranker.{one}", TASTE).mean() < 0.86 for one in ("auc", "auc_request"))),
    ("ranker", "LambdaRank loses over a twentieth of worth in each of ten recorded runs. With position ignored the "
     "two are "
     "level there, on average. On the log by title LambdaRank loses a little in nine runs of ten or more, either way.",
     lambda: (runs("ranker.lambdarank_order", f"{TASTE}, position fixed") < -0.05).all()
     and abs(runs("ranker.lambdarank_order", f"{TASTE}, position ignored").mean()) < 0.003
     and all((runs("ranker.lambdarank_order", f"{TITLE}, position {way}") < 0).sum() >= 9
             for way in ("fixed", "ignored"))),
    ("ranker", "LambdaRank's scores through a sigmoid are off by a factor of about five in the recorded runs.",
     lambda: 4.5 < runs("ranker.lambdarank").mean() < 5.6),
    ("ranker", "over the recorded runs the mean is 3% off on average",
     lambda: round(100 * (runs("ranker.sampling").mean() - 1)) == 3),
    ("ranker", "Over the recorded worlds the session is clearly worth more only at the right end.",
     lambda: (runs("ranker.session", at=1.0) > 0.05).all() and both_sides(runs("ranker.session", at=0.6))),
    ("ranker", "In nine of ten recorded runs the chain finds more than EASE, on average by less than a hundredth",
     lambda: (runs("ranker.ease", "ml100k") > 0).sum() == 9 and 0 < runs("ranker.ease", "ml100k").mean() < 0.01),
    ("ranker", "Here the chain wins in all recorded runs. On average its lead over EASE (+0.06) goes with timed "
     "sources, ages "
     "and labels together: without them it loses as much.",
     lambda: (runs("ranker.ease", SHOP) > 0).all() and (runs("ranker.second_stage", SHOP) > 0).all()
     and round(runs("ranker.ease", SHOP).mean(), 2) == 0.06 == round(runs("ranker.time", SHOP).mean(), 2)),
    ("reranker", "On average over the recorded runs the first tenth costs two to three percent.",
     lambda: [round(100 * runs("reranker.mmr_price", on).mean()) for on in ("movietweetings", "ml100k")] == [2, 3]),
    ("reranker", "Over the recorded runs the DPP keeps a few thousandths more NDCG where the *smallest* distance "
     "counts; where "
     "the mean counts, the two sets disagree", lambda: all(
         (runs("reranker.dpp", f"{on}, smallest") > 0).all() and 0.002 < runs("reranker.dpp", f"{on}, "
     "smallest").mean() < 0.006
         for on in ("ml100k", "movietweetings"))
     and runs("reranker.dpp", "ml100k, mean").mean() < 0 < runs("reranker.dpp", "movietweetings, mean").mean()),
    ("reranker", "On average over the recorded runs, calibrated lists make a fifth to a quarter of MMR's gain in "
     "diversity; MMR "
     "closes most of the gap that they close.",
     lambda: [round(runs("reranker.goals", on).mean(), 2) for on in ("ml100k", "movietweetings")] == [0.2, 0.25]
     and all(runs("reranker.gap", on).mean() > 0.5 for on in ("ml100k", "movietweetings"))),
    ("reranker", "runs 1.9 times as much as without it, but one run tells little",
     lambda: round(runs("reranker.fresh_found").mean(), 1) == 1.9),
    ("feature_audit", "Over the recorded runs the leaked model, served, is also worse than the honest one.",
     lambda: all((runs("feature_audit.served", on) > 0).all() for on in ("world", "ml100k"))),
    ("feature_audit", "At a tenth or less dropping gains next to nothing",
     lambda: (np.abs(means("feature_audit.drop", 0.0, 0.02, 0.1)) < 0.01).all()),
    ("feature_audit", "Last month's busiest tenth make, on average over the recorded runs, 13% (shop) and 25% (film "
     "ratings) of "
     "next week's visits",
     lambda: [round(100 * runs("feature_audit.warm", on).mean()) for on in (SHOP, "movietweetings")] == [13, 25]),
    ("metric_stack", "Over the recorded worlds the plain correlation (the figure has that of ranks) runs from about "
     "0 to 0.8",
     lambda: abs(runs("metric_stack.correlation").min()) < 0.1
     and round(runs("metric_stack.correlation").max(), 1) == 0.8),
    ("metric_stack", "Random slots do better in nearly all worlds.",
     lambda: (runs("metric_stack.uniform_log", at=0.7) > 0).sum() >= 8),
    ("metric_stack", "At 1.4 random slots were better in every recorded world.",
     lambda: (runs("metric_stack.uniform_log", at=1.4) > 0).all()),
    ("metric_stack", "the recorded worlds lose 0 to 5% without clickbait, 17% to 70% at strength 2",
     lambda: [round(100 * end) for at in (0.0, 2.0) for end in (
         runs("metric_stack.satisfaction", at=at).min(), runs("metric_stack.satisfaction", at=at).max())]
     == [0, 5, 17, 70]),
    ("metric_stack", "at a rate of 0.1% it took off less than 4% in every recorded world",
     lambda: (runs("metric_stack.snips", at=0.001) > 0.96).all()),
    ("metric_stack", "On average over the recorded worlds a larger catalogue costs nothing at distance 0. From 0.25 "
     "on, a "
     "hundred times the items make the error three to five times as large.",
     lambda: abs(means("metric_stack.catalogue", 0.0)[0] - 1) < 0.05
     and (np.abs(means("metric_stack.catalogue", 0.25, 0.5, 1.0) - 4) < 1).all()),
    ("experiments", "On average over the recorded runs a tenth *less* is left than promised.",
     lambda: 0.85 < runs("experiments.cuped").mean() < 0.95),
    ("experiments", "On average over the recorded runs a test by users misses a tenth of the effect where a tenth "
     "is passed on, "
     "and a fifth from a quarter on.",
     lambda: [round(mean, 1) for mean in means("experiments.interference", 0.1, 0.25, 0.5)] == [0.1, 0.2, 0.2]),
    ("experiments", "Clusters of 32 friends take away some two thirds of this *bias*",
     lambda: abs(runs("experiments.clusters").mean() - 2 / 3) < 0.05),
    ("experiments", "O'Brien-Fleming and always-valid tests ring in some 5% and 1% of cases at most",
     lambda: max(runs("experiments.always_valid", f"world: {who}").mean() for who in ("new", "the same")) < 0.0125),
    ("experiments", "in nine of ten recorded runs it shows less than a fifth of the gain. A log for each arm shows "
     "more in all "
     "ten", lambda: (runs("experiments.exploration", at=1.0) < 0.2).sum() == 9
     and (runs("experiments.exploration", at=0.0) > runs("experiments.exploration", at=1.0)).all()),
    ("experiments", "Over the recorded runs, the stronger the novelty, the more the first week overstates the "
     "third, on average.",
     lambda: rises(-means("experiments.novelty", 0.0, 0.12, 0.25, 0.5))),
    ("feedback", "In all recorded runs it misses over two thirds at 1.2 days, and over a third at 0.3.",
     lambda: runs("feedback.window", at=1.2).min() > 2 / 3 and runs("feedback.window", at=0.3).min() > 1 / 3),
    ("two_tower", "In the recorded runs that was under 2 ms", lambda: runs("two_tower.p99").max() < 2),
    ("ann", "In the recorded runs the codes were 8 to 11 times as fast as exact search.",
     lambda: round(runs("ann.speed").min()) == 8 and round(runs("ann.speed").max()) == 11),
    ("reranker", "At 5% of NDCG@10 a sixth more reach ten people on ML-100K, almost three quarters more on "
     "MovieTweetings "
     "(recorded runs, on average)", lambda: abs(runs("reranker.counting", "ml100k").mean() - 7 / 6) < 0.02
     and 1.7 < runs("reranker.counting", "movietweetings").mean() < 1.75),
    ("reranker", "over the recorded runs time falls by 1% on average, not clearly",
     lambda: round(100 * runs("reranker.fresh_cost").mean()) == -1 and both_sides(runs("reranker.fresh_cost"))),
    ("feature_audit", "The honest model's lists win in nine of ten recorded worlds, by 4% on average.",
     lambda: (runs("feature_audit.people") > 0).sum() == 9 and round(100 * runs("feature_audit.people").mean()) == 4),
    ("metric_stack", "The recorded worlds' median factor averages 9 where nobody comes twice, and 28 at fifty "
     "requests a person",
     lambda: [round(mean) for mean in means("metric_stack.interleaving", 0.0, 50.0)] == [9, 28]),
    ("experiments", "At thirty impressions, 11% to 28% ring in the recorded worlds.",
     lambda: [round(100 * end) for end in (runs("experiments.naive", at=29.0).min(),
                                           runs("experiments.naive", at=29.0).max())] == [11, 28]),
]


@pytest.mark.parametrize(("lesson", "words", "holds"), SAID,
                         ids=[f"{lesson}: {words[:50]}" for lesson, words, _ in SAID])
def test_what_is_said_of_the_recorded_runs_is_what_they_show(lesson, words, holds):
    assert " ".join(words.split()) in text_of(lesson), "the sentence has changed: see whether it still has to be held"
    assert holds(), "the replicates say otherwise by now: mend the sentence"


def test_no_other_sentence_speaks_of_recorded_runs():
    """A sentence that names recorded runs or worlds has a row above; the words of the rows are counted off."""
    left = {}
    for path in sorted(lessons.SOURCES.glob("[0-9][0-9]_*.py")):
        lesson = path.stem[3:]
        text = text_of(lesson)
        for _, words, _ in (row for row in SAID if row[0] == lesson):
            text = text.replace(" ".join(words.split()), "")
        found = [sentence.strip() for sentence in re.split(r"(?<=[.:;?!])\s", text)
                 if re.search(r"\brecorded (runs?|worlds?)\b", sentence)]
        if found:
            left[lesson] = found
    assert left == {}
