"""Sentences on recorded runs, and some on the stored one, in the lessons from the ranker to experiments, held to them.

Each stands here as it stands in its lesson: whoever words it anew, or measures anew, has to look at both.
"""

import json
import re

import numpy as np
import pytest
from scipy import stats

from course_lib.teach import cards, lessons
from course_lib.teach.ledger import replicates

TABLE, FURTHER = replicates.read(), replicates.read(replicates.FURTHER).between(11, 20)   # its first ten
SOURCES = lessons.ROOT / "solutions" / "source"
FILMS, TWEETS, SHOP = "ml100k", "movietweetings", "online_retail"
BOTH, TITLE, TASTE = (FILMS, TWEETS), "title length", "relevance"


def prose(lesson: str) -> str:
    """The Markdown of a lesson's source in one line."""
    source = next(SOURCES.glob(f"*_{lesson}.py")).read_text(encoding="utf-8")
    return " ".join(line.removeprefix("#").strip() for line in source.splitlines() if line.startswith("#"))


def runs(claim: str, on: str = "", at: float | None = None) -> np.ndarray:
    """What each recorded run found for a claim, in the order of the runs, float (runs,)."""
    found = [row.value for rows in TABLE.of(claim) for row in rows if on in row.on and (at is None or row.at == at)]
    assert len(found) >= 9, (claim, on, at)
    return np.array(found)


def further(claim: str, at: float) -> np.ndarray:
    """What ten further runs found at one strength of a dial, float (10,)."""
    found = [row.value for rows in FURTHER.of(claim) for row in rows if row.at == at]
    assert len(found) == 10
    return np.array(found)


def means(claim: str, places=("",), strengths=(None,)) -> list[float]:
    """Means over the recorded runs, one for each place and strength."""
    return [float(runs(claim, on, at).mean()) for on in places for at in strengths]


def mean(claim: str, on: str = "", at: float | None = None) -> float:
    return float(runs(claim, on, at).mean())


def ends(values: np.ndarray) -> tuple[float, float]:
    """The smallest and the largest in percent."""
    return round(100 * values.min()), round(100 * values.max())


def percent(shares) -> list[int]:
    return [round(100 * share) for share in shares]


def unclear(values: np.ndarray) -> bool:
    """Whether the interval of a mean over runs holds 0."""
    return abs(values.mean()) < stats.t.ppf(0.975, len(values) - 1) * stats.sem(values)


def in_runs(count: int, values: np.ndarray) -> bool:
    """Whether so many of ten runs lie above 0."""
    return len(values) == 10 and (values > 0).sum() == count


def chain_less_ease():
    return runs("ranker.ease", FILMS)


def blend_less_ease():
    return chain_less_ease() - runs("ranker.second_stage", FILMS)


RANKER = {
    "In all ten recorded worlds the column held at 1 gains there, and in all ten it loses at 0.8 and 1.": lambda: (
        in_runs(10, runs("ranker.debias_relevant", at=0))
        and all(in_runs(0, runs("ranker.debias_relevant", at=at)) for at in (0.8, 1))),
    "AUC puts on average 59% of pairs in order on the log by title, and AUC inside a request 48%": lambda: (
        percent([mean("ranker.auc", TITLE), mean("ranker.auc_request", TITLE)]) == [59, 48]),
    "on the log by taste both about 85%.": lambda: (
        max(abs(mean(f"ranker.{name}", TASTE) - 0.85) for name in ("auc", "auc_request")) < 0.01),
    "Random slots give 84% and 91%": lambda: percent(means("ranker.auc_random", (TITLE, TASTE))) == [84, 91],
    "LambdaRank loses over a twentieth of worth in each of ten recorded runs.": lambda: (
        in_runs(10, -0.05 - runs("ranker.lambdarank_order", f"{TASTE}, position fixed"))),
    "With position ignored the two are level there, on average.": lambda: (
        unclear(runs("ranker.lambdarank_order", f"{TASTE}, position ignored"))),
    "On the log by title LambdaRank loses a little in nine runs of ten or more, either way.": lambda: (
        min((runs("ranker.lambdarank_order", f"{TITLE}, position {way}") < 0).sum()
            for way in ("ignored", "fixed")) >= 9),
    "off by a factor of about five in the recorded runs.": lambda: 4.5 < mean("ranker.lambdarank") < 5.6,
    "over the recorded runs the mean is 3% off on average.": lambda: percent([mean("ranker.sampling") - 1]) == [3],
    "Over the recorded worlds the session is clearly worth more only at the right end.": lambda: (
        in_runs(10, runs("ranker.session", at=1)) and unclear(runs("ranker.session", at=0.6))
        and max(means("ranker.session", strengths=(0, 0.3))) < 0),
    "In nine of ten recorded runs the chain finds more than EASE, on average by less than a hundredth.": lambda: (
        in_runs(9, chain_less_ease()) and 0 < chain_less_ease().mean() < 0.01),
    "The blend alone is level with EASE on average: the ranker gains it all.": lambda: (
        unclear(blend_less_ease()) and not unclear(runs("ranker.second_stage", FILMS))),
    "cannot be told from the cheap ones.": lambda: unclear(runs("ranker.out_of_fold", FILMS)),
    "Here the chain wins in all recorded runs. On average its lead over EASE (+0.06)": lambda: (
        in_runs(10, runs("ranker.ease", SHOP)) and in_runs(10, runs("ranker.second_stage", SHOP))
        and percent([mean("ranker.ease", SHOP)]) == [6]),
    "without them it loses as much.": lambda: abs(mean("ranker.time", SHOP) - mean("ranker.ease", SHOP)) < 0.005}

RERANKER = {
    "On average over the recorded runs the first tenth costs two to three percent.": lambda: (
        sorted(percent(means("reranker.mmr_price", BOTH))) == [2, 3]),
    "the DPP keeps a few thousandths more NDCG where the *smallest* distance counts;": lambda: (
        all(0.002 < mean("reranker.dpp", f"{on}, smallest") < 0.006 for on in BOTH)),
    "where the mean counts, they differ by less, and either may lead.": lambda: all(
        abs(mean("reranker.dpp", f"{on}, mean")) < mean("reranker.dpp", f"{on}, smallest")
        and 0 < (runs("reranker.dpp", f"{on}, mean") > 0).sum() < 10 for on in BOTH),
    "calibrated lists make a fifth to a quarter of MMR's gain in diversity;": lambda: (
        0.19 < min(means("reranker.goals", BOTH)) < max(means("reranker.goals", BOTH)) < 0.26),
    "MMR closes most of the gap that they close.": lambda: min(means("reranker.gap", BOTH)) > 0.7,
    "MMR brings hardly more films to ten people": lambda: max(means("reranker.coverage", BOTH)) < 1.08,
    "a sixth more reach ten people on ML-100K, almost three quarters more on MovieTweetings": lambda: (
        abs(mean("reranker.counting", FILMS) - 7 / 6) < 0.02 and 1.7 < mean("reranker.counting", TWEETS) < 1.75),
    "On average over the recorded runs 1.9 times as much as without it, but one run tells little.": lambda: (
        round(mean("reranker.fresh_found"), 1) == 1.9 and runs("reranker.fresh_found").min() < 1.2),
    "than beside the one that only ages, in most runs": lambda: (runs("reranker.fresh_stop") > 1).sum() >= 7,
    "over the recorded runs time falls by 1% on average, not clearly.": lambda: (
        percent([mean("reranker.fresh_cost")]) == [-1] and unclear(runs("reranker.fresh_cost"))),
    "Knowing the stock shows no clear gain, at most a little at middling scarcity.": lambda: (
        all(unclear(runs("reranker.stock", at=at)) for at in (0.167, 0.333, 1))
        and mean("reranker.stock", at=0.333) > 0.01)}

AUDIT = {
    "Over the recorded runs the leaked model, served, is also worse than the honest one.": lambda: (
        all(in_runs(10, runs("feature_audit.served", on)) for on in ("world", FILMS))),
    "The honest model's lists win in nine of ten recorded worlds, by 4% on average.": lambda: (
        in_runs(9, runs("feature_audit.people")) and percent([mean("feature_audit.people")]) == [4]),
    "At a tenth or less dropping gains next to nothing": lambda: (
        max(means("feature_audit.drop", strengths=(0.02, 0.1))) < 0.01),
    "Looking ahead seems to gain more than age costs.": lambda: (
        all(in_runs(0, runs("feature_audit.stale_vs_leak", at=at)) for at in (1, 24, 72))),
    "make, on average over the recorded runs, 13% (shop) and 25% (film ratings) of next week's visits.": lambda: (
        percent(means("feature_audit.warm", (SHOP, TWEETS))) == [13, 25])}

METRICS = {
    "the plain correlation (the figure has that of ranks) runs from about 0 to 0.8": lambda: (
        runs("metric_stack.correlation").min() < 0.1 and 0.75 < runs("metric_stack.correlation").max() < 0.85),
    "Random slots do better in nearly all worlds.": lambda: in_runs(9, runs("metric_stack.uniform_log", at=0.7)),
    "At 1.4 random slots were better in every recorded world.": lambda: (
        in_runs(10, runs("metric_stack.uniform_log", at=1.4))),
    "the recorded worlds lose 0 to 5% without clickbait, 17% to 70% at strength 2.": lambda: (
        [ends(runs("metric_stack.satisfaction", at=at)) for at in (0, 2)] == [(0, 5), (17, 70)]),
    "at a rate of 0.1% it took off less than 4% in every recorded world.": lambda: (
        runs("metric_stack.snips", at=0.001).min() > 0.96),
    "On average over the recorded worlds a larger catalogue costs nothing at distance 0.": lambda: (
        abs(mean("metric_stack.catalogue", at=0) - 1) < 0.05),
    "From 0.25 on, a hundred times the items make the error three to five times as large.": lambda: (
        3 < min(means("metric_stack.catalogue", strengths=(0.25, 0.5, 1)))
        and max(means("metric_stack.catalogue", strengths=(0.25, 0.5, 1))) < 5),
    "median factor averages 9 where nobody comes twice, and 28 at fifty requests a person (": lambda: (
        [round(one) for one in means("metric_stack.interleaving", strengths=(0, 50))] == [9, 28]),
    "(ten other worlds: 12 and 44);": lambda: (
        [round(further("metric_stack.interleaving", at).mean()) for at in (0, 50)] == [12, 44])}

EXPERIMENTS = {
    "At thirty impressions, 11% to 28% ring in the recorded worlds.": lambda: (
        ends(runs("experiments.naive", at=29)) == (11, 28)),
    "On average over the recorded runs a tenth *less* is left than promised.": lambda: (
        0.865 < mean("experiments.cuped") < 0.915),
    "false alarms at 1.96 are fewer (12% against 22%, on average), though still too many.": lambda: (
        percent(means("experiments.peeking", strengths=(1, 0))) == [12, 22]),
    "always-valid tests ring in some 5% and 1% of cases at most": lambda: (
        max(percent(means("experiments.always_valid", ("new users", "same users")))) == 1),
    "1.7 times one look's users, on average.": lambda: (
        [round(one, 1) for one in means("experiments.always_valid_price", ("new users", "same users"))] == [1.7, 1.7]),
    "a test by users misses a tenth of the effect where a tenth is passed on, and a fifth from a quarter on.": lambda: (
        [round(one, 1) for one in means("experiments.interference", strengths=(0.1, 0.25, 0.5))] == [0.1, 0.2, 0.2]),
    "Clusters of 32 friends take away some two thirds of this *bias*": lambda: (
        0.63 < mean("experiments.clusters") < 0.71),
    "in nine of ten recorded runs it shows less than a fifth of the gain.": lambda: (
        in_runs(9, 0.2 - runs("experiments.exploration", at=1))),
    "A log for each arm shows more in all ten": lambda: (
        in_runs(10, runs("experiments.exploration", at=0) - runs("experiments.exploration", at=1))),
    "the stronger the novelty, the more the first week overstates the third, on average.": lambda: (
        (np.diff(means("experiments.novelty", strengths=(0, 0.12, 0.25, 0.5))) < 0).all())}

HELD = {"ranker": RANKER, "reranker": RERANKER, "feature_audit": AUDIT, "metric_stack": METRICS,
        "experiments": EXPERIMENTS}
SAID = [(lesson, sentence) for lesson, sentences in HELD.items() for sentence in sentences]


RANKERS = ("clicks", "reading time", "long clicks", "meaningful engagement", "session depth", "back tomorrow",
           "random slots")


def row(name: str, after: int = 0) -> str:
    """A pattern for one number of a printed table: in the row of this name, behind so many others."""
    return rf"\n{name}" + r" +[\d.]+" * after + r" +([\d.]+).*?"


# {(lesson, sentence): (what to look for in the stored outputs, what its numbers have to be)}
STORED = {
    ("objective", "The click ranker has the most clicks, but fewer requests a day and a smaller share back tomorrow "
     "than random slots."): (
        "".join(row(name) for name in RANKERS) + row("clicks", 2) + row("random slots", 2) + "requests a day.*?"
        + row("clicks") + row("random slots"),
        lambda most, *told: most > max(told[:6]) and told[6] < told[7] and told[8] < told[9]),
    ("objective", "The ranker that learned session depth is behind random slots even in session depth."): (
        "engagement +session depth .*?" + row("session depth", 1) + row("random slots", 1),
        lambda ours, chance: ours < chance),
    ("ranker", "In the run stored here the printed rival, fitted on *all* rows, does about as well."): (
        r"the clicks, ([\d.]+)% of the satisfied ones.*?earns ([\d.]+)% of them",
        lambda ours, rival: abs(ours - rival) < 1),
    ("reranker", "in the run stored here, at 0.008, satisfaction rises by a fifth."): (
        r"satisfied.*?plain +([\d.]+) .*?MMR, all rules +([\d.]+) ",
        lambda before, after: 1.15 < after / before < 1.25),
    ("feature_audit", "and in the run stored here a third exceed 0.1."): (
        r"of (\d+) honest features moved by more than noise, (\d+) by a PSI above 0.1", lambda of, far: 3 * far == of),
    ("metric_stack", "In the run stored here popularity finds half as much as ALS with a twentieth of the catalogue"): (
        r"popularity +([\d.]+) \[[^\]]*\] +[\d.]+ \[[^\]]*\] +([\d.]+) \[.*?\nals +([\d.]+) ",
        lambda chart, shown, als: 0.45 < chart / als < 0.55 and 0.04 < shown < 0.06),
    ("metric_stack", "(In the run stored here they agree on every pair.)"): (
        r"both tests agree on the sign in (\d+)% of the pairs", lambda agree: agree == 100),
    ("experiments", "(In the run stored here CUPED then explains less.)"): (
        r"as they are: promised ([\d.]+) .*?left ([\d.]+)\n.*?quantile: promised ([\d.]+) .*?left ([\d.]+)",
        lambda promised, left, then, still: then > promised and still > left)}


def outputs(lesson: str) -> str:
    """The texts that the executed notebook of a lesson stores."""
    notebook = next((lessons.ROOT / "solutions").glob(f"*_{lesson}.ipynb"))
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    shown = [output for cell in cells for output in cell.get("outputs", [])]
    parts = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in shown]
    return "\n".join("".join(part) for part in parts)


@pytest.mark.parametrize(("lesson", "sentence"), STORED)
def test_what_a_lesson_says_of_the_run_stored_in_it_is_what_is_stored(lesson, sentence):
    assert sentence in prose(lesson), "The sentence was worded anew: is it still true of the stored run?"
    pattern, holds = STORED[lesson, sentence]
    found = re.search(pattern, outputs(lesson), re.DOTALL)
    assert found, "The stored outputs no longer tell."
    assert holds(*map(float, found.groups())), f"{found.groups()} is stored: word the sentence anew."


@pytest.mark.parametrize(("lesson", "sentence"), SAID)
def test_what_a_lesson_says_of_its_recorded_runs_is_what_they_found(lesson, sentence):
    assert sentence in prose(lesson), "The sentence was worded anew: is it still true of the recorded runs?"
    assert HELD[lesson][sentence](), "The recorded runs say otherwise: word the sentence anew."


def test_the_limits_of_interleaving_tell_of_ten_other_worlds_what_was_found_there():
    limits = " ".join(cards.claim("metric_stack.interleaving").limits.split())
    others = [further("metric_stack.interleaving", at) for at in (0, 50)]
    never, often = (f"{one.mean():.0f} ({one.min():.0f} to {one.max():.0f})" for one in others)
    assert f"averaged {never} where nobody comes twice and {often} at fifty requests" in limits
    assert "The recorded worlds lie closer together than others do" in limits
    assert all(runs("metric_stack.interleaving", at=at).std() < one.std() / 2 for at, one in zip(
        (0, 50), others, strict=True))


@pytest.mark.parametrize("lesson", HELD)
def test_no_sentence_on_recorded_runs_is_left_out(lesson):
    told = re.findall(r"[^.?!:]*\brecorded (?:runs|worlds?)\b[^.?!:]*", prose(lesson))
    loose = [one for one in told if not any(_overlap(one, said) for said in HELD[lesson])]
    assert told and loose == []


def _overlap(told: str, said: str) -> bool:
    """Whether five words in a row stand in both."""
    words = told.split()
    return any(" ".join(words[start:start + 5]) in said for start in range(max(1, len(words) - 4)))
