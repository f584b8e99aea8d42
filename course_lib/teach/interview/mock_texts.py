"""The two briefs of the mock interview, its phases, and a reference answer to each: words, no measured numbers.

What an answer quotes stands beside it as claim ids, so that the numbers come out of the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass

from course_lib.teach.lessons import fill_texts


@dataclass(frozen=True)
class Brief:
    """What the interviewer says at first, and the numbers given when you ask for them (made up, as in an interview).

    users_a_day, requests_a_user, peak, items: as for whiteboard.capacity and machines. vector_bytes: in the index.
    candidates: ranked a request. feature_bytes: read for each candidate. row_bytes: of a logged showing. slate: slots.
    """

    name: str
    says: str
    users_a_day: float
    requests_a_user: float
    peak: float
    items: float
    vector_bytes: float
    candidates: int
    feature_bytes: float
    row_bytes: float
    slate: int


BRIEFS = {
    "feed": Brief("feed",
    "We run a news and video feed. People open it many times a day. Design what decides the order of "
                          "what they see.", 20e6, 15, 3.0, 30e6, 384, 300, 400, 120, 10),
    "marketplace": Brief("marketplace",
    "We run a marketplace: sellers list things, most of them only once, people buy days later and send some back. "
                                        "Design the first page.", 3e6, 5, 4.0, 40e6, 24, 500, 600,
                         160, 20),
}


@dataclass(frozen=True)
class Phase:
    """One phase of the interview. asks: brief -> what the interviewer asks. listens: brief -> three things that should
    be heard. reference: brief -> an answer. cites: claims an answer may quote. lessons: where to go back to."""

    key: str
    name: str
    minutes: int
    lessons: str
    asks: dict[str, str]
    listens: dict[str, tuple[str, str, str]]
    reference: dict[str, str]
    cites: tuple[str, ...] = ()

    def __post_init__(self):
        fill_texts(self)


def _both(text):
    return {"feed": text, "marketplace": text}


PHASES = (
    Phase("frame", "Frame the decision", 5, "{{objective}}",
          _both("Before you draw: what are we deciding, and for whom?"), {
        "feed": ("the decision and an objective that is slower than a click", "a proxy, named as one",
                 "a guardrail with a margin"),
        "marketplace": ("the decision, and money kept rather than money taken", "both sides: buyers and sellers",
                        "a guardrail with a margin")}, {
        "feed": "Ten stories a visit, for people we want here next month. Retention is the objective; it is too slow "
                "to train on, so satisfied reading is the proxy, and I check each quarter that the two order policies "
                "alike. Reports and next-day return are guardrails, their margins signed beforehand.",
        "marketplace": "Twenty offers on the first page. The objective is margin net of returns over the weeks a "
                       "purchase needs; until then purchases are the proxy. Buyers who come back and the share of "
                       "sellers who sell at all are guardrails with margins."},
          ("objective.retention", "objective.turn", "objective.market")),
    Phase("scale", "Scale and budget", 5, "{{objective}} {{ann}} {{interview}}",
          _both("How big is it, and how long may a request take?"), {
        "feed": ("requests a second at the peak, not the mean", "milliseconds by stage, at the 99th percentile",
                 "bytes of the index, with copies and swap"),
        "marketplace": ("requests a second at the peak, not the mean", "milliseconds by stage, at the 99th percentile",
                        "bytes of the index, and how fast it must take up a new listing")}, {
        "feed": "I ask for people a day and the peak, and say the arithmetic aloud: requests a second, workers at "
                "sixty percent, index bytes twice for the swap and times the copies. Fifty milliseconds at p99: "
                "thirty to retrieve, twenty to rank. That rules out scoring everything, and so there are stages.",
        "marketplace": "The catalogue is larger than the traffic: memory decides, so codes instead of raw vectors "
                       "and an exact re-rank. Listings live for days, so an item has to be searchable minutes after "
                       "it appears. The same fifty milliseconds."},
          ("objective.rank_everything", "ann.refine", "serving.hedge")),
    Phase("data", "Data and labels", 6, "{{feedback}} {{feature_audit}}",
          _both("What do you train on?"), {
        "feed": ("ignored is not disliked; examination", "logged propensities and some random slots",
                 "features as they were at the time"),
        "marketplace": ("purchases arrive late: a window and a correction", "returns belong to the label",
                        "features as they were at the time: price, stock")}, {
        "feed": "Every showing with its position, its propensity and the feature values served. Many ignored items "
                "were never looked at, so silence is weighed by the chance of a look. A few random slots identify "
                "that chance. Features join as of the request; what cannot be served is no feature.",
        "marketplace": "Purchases come days after the click: a same-day label misses most of them, so I wait where I "
                       "can and weigh by delay where I cannot. A return takes its purchase back. Price and stock are "
                       "joined as of the request, or the model learns from the future."},
          ("feedback.unseen", "feedback.disliked", "feedback.window", "feature_audit.offline")),
    Phase("retrieve", "Retrieve", 7, "{{two_tower}} {{negatives}} {{ann}}",
          _both("Millions of items. How do you get to a few hundred?"), {
        "feed": ("several sources, each with its reason", "how negatives are drawn, and logQ",
                 "recall of the retrieval against wanted items, not of the index alone"),
        "marketplace": ("hard filters inside the search: stock, region", "cold items through content",
                        "recall of the retrieval against wanted items, not of the index alone")}, {
        "feed": "Two towers with in-batch negatives and logQ, because otherwise popular items are pushed down; "
                "beside them what is recent and what friends read. Recency goes into the tower. I pick the index by "
                "the budget: at this size HNSW. I measure recall of what people took, over the whole catalogue and "
                "split by time.",
        "marketplace": "Most listings have no history: the item tower reads text and picture. Stock and region "
                       "are filters inside the search, and where few items pass, brute force over the survivors is "
                       "exact and cheap. Codes in memory, raw vectors for the re-rank."},
          ("negatives.suppress", "two_tower.time", "ann.relevance", "ann.filter", "ann.small")),
    Phase("rank", "Rank and re-rank", 7, "{{ranker}} {{reranker}}",
          _both("What does the ranker predict, and what comes after it?"), {
        "feed": ("calibrated probabilities, combined by the objective", "position handled with care",
                 "constraints on the slate as a whole"),
        "marketplace": ("probability times margin, so calibrated", "return and stock in the score or as a limit",
                        "constraints on the slate: sellers, price range")}, {
        "feed": "Trees or a small network on a few hundred candidates: click, long read, report, each calibrated, "
                "then one score with signed weights. Position is a feature fixed at serving only where the logger's "
                "order was not relevance. The re-ranker holds caps and variety, and says what it does when they "
                "cannot all be met.",
        "marketplace": "Chance of purchase times margin minus chance of return times its cost. That is a product, so "
                       "every factor has to be calibrated. The last piece of stock is not shown to a thousand people "
                       "at once. Caps by seller; a few slots explore new listings, their chances logged."},
          ("ranker.lambdarank", "ranker.auc", "ranker.debias_relevant", "reranker.cap", "reranker.goals")),
    Phase("evaluate", "Evaluate", 6, "{{metric_stack}} {{experiments}}",
          _both("Offline it looks better. How do you find out whether it is?"), {
        "feed": ("what each offline metric cannot see", "one primary metric and its power, users as the unit",
                 "interference or novelty"),
        "marketplace": ("what each offline metric cannot see", "one primary metric and its power",
                        "arms that share stock are not independent")}, {
        "feed": "Recall and NDCG with intervals by user, as a gate, not as proof; an estimate from logged "
                "propensities for what the log covers; interleaving for small differences. Then an experiment by "
                "user with one primary metric, its power computed beforehand, CUPED, a split check, and no peeking "
                "without a sequential test.",
        "marketplace": "As for a feed up to the experiment. There, arms take stock from each other, so a gain may be "
                       "a theft: I randomise by region or in time blocks, and where supply is the limit by listing. "
                       "Money is heavy-tailed and late, so the test runs longer than impatience likes."},
          ("metric_stack.correlation", "metric_stack.satisfaction", "metric_stack.interleaving", "launch.spillover")),
    Phase("launch", "Launch and day 7", 6, "{{launch}}",
          _both("It won. Go. And what happens after day 7?"), {
        "feed": ("steps, with who decides what on which number", "a fallback ladder and a rollback",
                 "the model now trains on its own exposure: holdback, random slots"),
        "marketplace": ("steps, with who decides what on which number", "stock and price fresh, or a fallback",
                        "returns arrive after the launch: a date to look again")}, {
        "feed": "One, five, twenty-five, fifty, a hundred percent. Early steps stop for proven harm; from half on, "
                "guardrails must be proved. Full, cached, popular, static when a part dies. After day 7: has novelty "
                "faded, has the feature job run, what has the loop done to concentration? A holdback of a tenth "
                "answers.",
        "marketplace": "The same steps, by region. After day 7 the first returns come in, and the seller who found a "
                       "way to be shown: watch returns and reports by seller. A promotion or a holiday shifts "
                       "prices; last week's model has not seen them. If a number turns and nobody can say why, "
                       "roll back."},
          ("launch.newcomers", "experiments.novelty", "launch.rollback", "feedback.random_slots")),
    Phase("close", "Close", 3, "{{start_here}}",
          _both("We have three minutes. What is the weakest part of your design?"), {
        name: ("one real weakness, with its failure", "what would show it", "what it would cost to mend")
        for name in BRIEFS}, {
        "feed": "The proxy. If satisfied reading and retention part, every stage gets better at the wrong thing, and "
                "no later stage repairs it. A quarterly check on the holdback would show it; it costs that share of "
                "people the newest model.",
        "marketplace": "Cold listings. Retrieval never finds what its content says nothing about, and no ranker "
                       "brings it back. Recall on items of their first day would show it; exploring slots mend it, "
                       "at the price of some clicks."},
          ("negatives.ceiling", "negatives.cold")),
)
KEYS = tuple(phase.key for phase in PHASES)

# What a candidate said on the feed. Heard: which of the three things of the phase were in it, by letter.
CANDIDATE = {
    "frame": ("We recommend stories, and we optimise click-through rate, since that is what we have labels for. "
              "Dwell time would be another option. Complaints should not go up.",
              "", "CTR is taken as the goal, not named as a proxy; \"should not go up\" is a wish without a margin."),
    "scale": ("Twenty million people a day, fifteen requests each, is three hundred million a day, about 3,500 a "
              "second; at the peak three times that. Fifty milliseconds altogether, thirty to retrieve and twenty to "
              "rank, at p99.", "ab",
              "Peak and tail are there. Nobody asked whether the index fits, let alone twice."),
    "data": ("Clicks are positives. For negatives I take everything that was shown and not clicked. We keep one "
             "percent of random slots with their propensities. Features come from the warehouse.", "b",
             "Random slots: good. But ignored is taken for disliked, and the warehouse holds today's values, not "
             "those of then."),
    "retrieve": ("A two-tower with in-batch negatives, corrected for popularity with logQ. Next to it a source for "
                 "recent items and one for followed creators, since the tower knows neither. HNSW; I tune it until "
                 "its recall is 0.99.", "ab",
                 "0.99 of what? Recall of the index says nothing about the items people wanted."),
    "rank": ("LightGBM with a few hundred trees. Three heads: click, long read, report, calibrated by isotonic "
             "regression, then a weighted sum. Position is a feature; at serving it is fixed at one. Then MMR for "
             "variety.", "ac",
             "Calibrated, and a slate is made. But fixing the position helps or hurts, depending on how the logger "
             "sorted."),
    "evaluate": ("NDCG offline. If it goes up by a percent we run an A/B test for two weeks and look at all our "
                 "metrics.", "",
                 "No word on what NDCG cannot see, no primary metric, no power, no novelty."),
    "launch": ("We ramp from one percent to a hundred, and the on-call watches the dashboards. If something breaks, "
               "the cache answers, then the popular list, and we can roll back with a flag.", "b",
               "The ladder and the flag are there. Who decides on which number is not, nor that the model now trains "
               "on itself."),
    "close": ("I would add a transformer over the session, and maybe an LLM re-ranker.", "",
              "That is a feature, not a weakness. It names no failure."),
}
