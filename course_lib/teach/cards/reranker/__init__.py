"""Exercises and claims on the re-ranker; the exercises stand in the modules beside this one, as do their mistakes."""

import numpy as np

from course_lib.teach.cards.reranker.asked_of_reranker import QUIZZES
from course_lib.teach.cards.reranker.exploring import LOT
from course_lib.teach.cards.reranker.house_rules import CONTRACT
from course_lib.teach.cards.reranker.in_proportion import CALIBRATED
from course_lib.teach.cards.reranker.looked_at import PAUSE
from course_lib.teach.cards.reranker.marginal import MMR
from course_lib.teach.cards.reranker.slots import CAP
from course_lib.teach.cards.reranker.suspects_hidden import HIDDEN
from course_lib.teach.cards.reranker.unequal_price import UNEQUAL
from course_lib.teach.cards.reranker.volume import DPP
from course_lib.teach.cards.reranker.worth import FRESH, WORTH
from course_lib.teach.definitions.claim import AMOUNT, CHANGE, DIAL, DIFFERENCE, IDENTITY, LOSS, SHARE, Band, Claim

__all__ = ["CARDS", "CLAIMS", "DECISIONS", "QUIZZES", "REFEREED", "RETIRED"]

CARDS = [MMR, CALIBRATED, DPP, CAP, LOT, FRESH, WORTH, CONTRACT]
DECISIONS = (HIDDEN, PAUSE)
REFEREED = (UNEQUAL,)
RETIRED = ["reranker.2", "reranker.3", "reranker.4", "reranker.6"]          # asked by the first edition

FIRST, NOW, LATER = "2026-11-22", "2026-11-28", "2026-11-29"     # when bands were written


def _was(low, high, why):
    """The first edition's band, and why another took its place."""
    return (Band(low, high, FIRST, why),)


CLAIMS = [
    Claim("reranker.mmr_price", "Lists that MMR makes a tenth more diverse lose at most a twentieth of NDCG@10",
          "folklore, no source found: common advice that diversity is cheap", (-np.inf, 0.05), "of NDCG@10 lost",
          varies="the set of films", written=NOW,
          history=_was(-0.02, 0.1, "the sentence was another, at a fixed λ, which is another strength on every scale of scores"),
          bounds=LOSS),
    Claim("reranker.goals", "For the same loss of NDCG@10, calibrated lists gain less than half of the diversity that MMR gains",
          "own conjecture; Steck 2018 sets calibration apart from diversity", (-np.inf, 0.5),
          "of MMR's gain, each losing five percent of NDCG@10", varies="the set of films", written=NOW,
          history=_was(0.7, 1.5, "nobody holds that the two are equal, and the methods were compared at unequal loss"),
          limits="MMR chooses by the distances between genres in which diversity is read, and calibration does not: that it gains more was to be expected, "
                 "how much more was asked. One loss, five percent."),
    Claim("reranker.gap", "For the same loss of NDCG@10, MMR closes less than half of the gap to a person's mix that calibration closes",
          "own conjecture; Steck 2018 sets calibration apart from diversity", (-np.inf, 0.5),
          "of what calibration closes, each losing five percent of NDCG@10", varies="the set of films", written=NOW,
          limits="Calibration chooses by the gap that is read, and MMR does not: that it closes more was to be expected, how much more was asked. One loss, "
                 "five percent."),
    Claim("reranker.coverage", "Lists a tenth more diverse let at least a tenth more films reach ten people or more",
          "folklore, no source found: a common motive for diverse lists", (1.1, np.inf), "× as many as plain lists",
          varies="the set of films", written=NOW,
          history=_was(1.5, 100.0, "the sentence was another: any showing to anybody counted, at whatever diversity λ = 0.7 gave"),
          limits="The nearest of ten weights stands for a tenth more diverse.", bounds=AMOUNT),
    Claim("reranker.counting", "For five percent of NDCG@10, a re-ranker that counts its showings lets at least half as many films again "
          "reach ten people or more",
          "own conjecture, from Biega et al. 2018, who amortise exposure over many rankings; here a discount by the log of showings so far",
          (1.5, np.inf), "× as many as plain lists", varies="the set of films", written=LATER, bounds=AMOUNT),
    Claim("reranker.cap", "Slates that MMR makes diverse keep a creator cap by themselves, but for one in twenty",
          "own conjecture of who leaves the cap away; here MMR at λ = 0.7 by content, at most two of one creator", (0.0, 0.05),
          "of slates with over two of one creator", kind=DIAL, dial="share of the catalogue that one creator makes", written=NOW,
          history=_was(0.0, 0.01, "how much a creator makes is an input of our world, and one slate in a hundred is no slack"),
          limits="The creator's items are drawn at random from all, so that content cannot know them: MMR keeps "
                 "the cap as often as a lottery does.", bounds=SHARE),
    Claim("reranker.clickbait", "MMR at λ = 0.7 takes at least a twentieth off clickbait's share of the slots",
          "own conjecture of who hopes that diversity mends clicks; here over plain ranking by true click chances", (-np.inf, 0.95),
          "× plain ranking's share", kind=DIAL, dial="what all clickbait has in common, in lengths of its content", written=NOW,
          history=_was(0.0, 0.7, "how alike clickbait is decides, which is an input; nobody named a third"),
          bounds=AMOUNT,
          limits="With another λ it would turn elsewhere, and what it costs is not in the number. Until 2026-12-01 the sentence named no λ."),
    Claim("reranker.propensity", "The chance that is logged for the first slot is the one with which it was drawn.",
          "by construction: who draws also logs", (0.0, 3.5),
          "standard errors, the largest gap of twelve items", kind=IDENTITY, place="tests/teach/ledger/test_identities.py", written=NOW,
          history=_was(0.0, 0.03, "it is a test of our code; the largest raw gap follows from how many draws were made"),
          bounds=AMOUNT),
    Claim("reranker.dpp", "At the same diversity a greedy determinant keeps more NDCG@10 than MMR",
          "Chen, Zhang, Zhou 2018, on several public data sets and in an A/B test", (0.0, np.inf),
          "NDCG@10, DPP less MMR, mean over the diversity that both reach", place="abstract",
          varies="how diversity is counted, and the set of films", written=NOW,
          history=_was(0.005, 1.0, "the source says better, without a size; one point of two curves was compared"),
          bounds=DIFFERENCE,
          limits="The leads are of some thousandths of 0.27. Runs share people, so that the interval is "
                 "over splits: by their own intervals over people, all ten runs on ML-100K hold 0 where "
                 "the mean distance counts. Ten further runs, by an older state of the code, have means "
                 "of 0.0004 [-0.0016, 0.0024] there and of 0.0012 [-0.0005, 0.0028] on MovieTweetings, by"
                 " which neither could be said. The diversity that both reach is what our grid of weights"
                 " gave, and films are alike by their genres."),
    Claim("reranker.fresh_found", "Once a boost of 0.6 that ends after a hundred showings is over, the best quarter of new items "
          "is shown at least half as often again as without it",
          "own conjecture: the reason for a boost", (1.5, np.inf), "× the showings in four later days without any boost", written=NOW,
          history=_was(1.2, 100.0, "showings while the boost lasts are what a boost is, so the sentence could not fail"),
          bounds=AMOUNT,
          limits="One run tells little: seven of ten runs' own intervals hold 1. Of ten further runs, by "
                 "an older state of the code, two found fewer showings than without a boost. Until "
                 "2026-11-30 the sentence was: Once a boost for new items is over, the best quarter of "
                 "them is shown at least half as often again as without it."),
    Claim("reranker.fresh_cost", "Room for new items costs people's time in an ordinary A/B test", "own conjecture after "
          "Su et al. 2024, abstract, whose tests of exploration often measured neutral or negative; here a boost for new items",
          (-np.inf, 0.0), "change in people's time", written=NOW,
          history=_was(-0.1, 0.02, "twin worlds were compared, which is no ordinary test; neutral or worse has no lower end"),
          limits="In all ten runs the test's own interval holds 0 or lies below it: neutral or worse, as the "
                 "source says of its tests. With 1,000 people hardly any could come out otherwise. Until "
                 "2026-11-29 the sentence was: An ordinary A/B test shows room for new items as neutral or worse. "
                 "Until 2026-12-01 it went on: or leaves it as it is. Where nothing changes, about half of the runs lie above 0, so that this could not hold. The "
                 "test is run twice with the halves exchanged, which no service can do: everybody is compared with themselves.",
          bounds=CHANGE),
    Claim("reranker.fresh_stop", "Of all showings, boosted or not, those beside a boost that stops hold fewer of poor new items,"
          " for each of a good one, than those beside a boost that only ages",
          "own conjecture: the reason for stopping it", (0.0, 0.95), "× as many showings of the poorer half for one of the best quarter",
          written=NOW, history=_was(0.0, 0.8, "it was not judged at equal showings of good items, so spending less in all sufficed"),
          bounds=AMOUNT,
          limits="The ratio counts all showings, and most showings of poor new items need no boost: in "
                 "the run shown the ratio is worst without any boost. So whoever boosts less looks "
                 "wasteful, and the verdict says nothing of what a boost adds. In eight of ten runs the "
                 "run's own interval holds 1. Tried: showings beyond those without a boost, poor over good, "
                 "under four seeds. The boost of 0.6 that stops then stands at 1.02 of the one that ages, from "
                 "0.671 to 1.33: no difference is seen. One of 1.2 that stops adds more for the poor, 2.82 times as much, so "
                 "that the statement gains nothing by it. The two add 0.828 and 0.791 times as many showings of good "
                 "items as the one that ages. Not tried: equal room for good items. Until 2026-11-30 the sentence was: A boost that "
                 "stops wastes less on poor new items than one that only ages, for each showing of a good"
                 " one."),
    Claim("reranker.net", "With the truth known, ranking by the money that a showing is expected to keep keeps at least "
          "2% more than ranking by expected revenue",
          "folklore, no source found: every shop's business case; here with perfect models of both", (0.02, np.inf), "more money kept",
          kind=DIAL, dial="share of sales that come back, at average quality", written=NOW,
          history=_was(0.05, 10.0, "clicks were the rival, which no shop would choose; how much comes back is an input"),
          limits="The rule ranks by the truth and is judged by the truth, so that no rival can beat it "
                 "but by rounding: the sign is construction, and its size alone was measured. More than "
                 "half of the gain is there already where nothing comes back: it comes from margins, "
                 "which were not turned. Not tried: a rival that knows margins and not returns, which "
                 "alone would tell what returns are worth; models in place of the truth. Where models "
                 "have to learn it, see `reranker.real_net`. Until 2026-11-30 the sentence was: Ranking "
                 "by money kept, net of returns, keeps at least 2% more than ranking by revenue.",
          public=(("Online Retail II, purchases that come back", 0.019),)),
    Claim("reranker.stock", "A rule that ranks by the money a showing should keep does keep at least 1% more where it knows the stock",
          "folklore, no source found: common design answer", (0.01, np.inf), "more money kept", exact_at=(0,), kind=DIAL,
          dial="scarcity: one over the pieces on a full shelf, 0 where none ever sells out", written=NOW,
          history=_was(0.02, 10.0, "scarcity is an input, so one point of it is no finding"),
          limits="At 0 both rules are one, so that nothing can differ. Worlds differ by some hundredths where stock is short, so that ten of them do not "
                 "settle one percent. Until 2026-12-01 the sentence did not say what is kept: Knowing the stock keeps at least 1% more than the same "
                 "rule without it."),
    Claim("reranker.real_net", "In a gift shop to which one purchase in fifty comes back, a shelf chosen by what sales keep after returns keeps at least 2% more "
          "than one chosen by revenue",
          "folklore, no source found: every shop's business case; here fifty articles for all, at one margin for all articles", (0.02, np.inf),
          "more money kept", written=LATER,
          limits="So few purchases come back that both shelves are nearly the same: 2% could hardly come out, and of a shop with many returns this says "
                 "nothing. Until 2026-12-01 the sentence was of a real shop and did not say how much comes back."),
]
