"""Exercises and claims on the metric stack: NDCG, doubly robust estimates, team-draft interleaving, what to choose by."""

import numpy as np

from course_lib.teach.cards.metric_stack.asked_of_metrics import QUIZZES
from course_lib.teach.cards.metric_stack.chosen_by import CHOSEN
from course_lib.teach.cards.metric_stack.corrected_model import DOUBLY_ROBUST
from course_lib.teach.cards.metric_stack.draft import DRAFT
from course_lib.teach.cards.metric_stack.ndcg import NDCG
from course_lib.teach.cards.metric_stack.self_normalised import SNIPS
from course_lib.teach.cards.metric_stack.slates_from_the_top import SLATES
from course_lib.teach.cards.metric_stack.spent_on_evidence import SPENT
from course_lib.teach.definitions.claim import AMOUNT, CORRELATION, DIAL, SHARE, Band, Claim

__all__ = ["CARDS", "CLAIMS", "DECISIONS", "QUIZZES", "REFEREED", "RETIRED"]

CARDS = [NDCG, SNIPS, DOUBLY_ROBUST, DRAFT]
DECISIONS = (CHOSEN, SPENT)
REFEREED = (SLATES,)
RETIRED = ["metric_stack.2"]                                                    # asked by the first edition

# What a measurement of this lesson can contradict, and the sentences whose outcome one of our own dials decides: those are
# measured at several strengths. That the error of IPS falls as one over the root of the log is arithmetic, and stands in
# tests/evidence/test_identities.py.
CLAIMS = [
    Claim("metric_stack.correlation", "Among rival policies, recall on held-out clicks correlates at 0.3 to 0.5 with the clicks "
          "that users would really give", "folklore, no source found; here Pearson's r over 27 rivals, recall on two days of the "
          "usual log", (0.3, 0.5), written="2026-11-22",
          limits="At one power of the log's popularity. Worlds differ by more than the band is wide, so that "
                 "holding was out of reach.", bounds=CORRELATION),
    Claim("metric_stack.satisfaction", "The policy that is best on held-out clicks loses at most a fiftieth of satisfaction",
          "own conjecture of what is assumed wherever clicks are the only label; here the share of the best rival's satisfied "
          "clicks that is lost, by strength of clickbait", (0.0, 0.02),
          kind=DIAL, dial="strength of clickbait",
          history=(Band(0.5, 1.0, "2026-11-22", "the sentence was another: What is best for held-out clicks is best for satisfaction."),), written="2026-11-28",
          limits="Until 2026-12-01 the sentence said next to nothing, and only the band said how much.", bounds=SHARE),
    Claim("metric_stack.uniform_log", "At equal traffic, held-out clicks from random slots order rivals better than the usual log's",
          "own conjecture after Schnabel et al. 2016, who take random ratings for their yardstick; here the difference of the two "
          "rank correlations with the truth, by how steeply the log was sorted", (0.0, np.inf),
          kind=DIAL, dial="power of clicks by which the log was sorted",
          history=(Band(0.0, 2.0, "2026-11-22", "the sentence was another: Held-out clicks from random slots predict the truth better than clicks from the usual log."),), written="2026-11-28",
          limits="What random slots cost in clicks is not counted."),
    Claim("metric_stack.snips", "Self-normalising takes at least a tenth off the error of IPS, over logs of 3,000 decisions", "own conjecture; Swaminathan and "
          "Joachims 2015 say lower variance, of learning; here the root mean squared error of SNIPS over that of IPS, by click rate",
          (0.0, 0.9), "×", kind=DIAL, dial="click rate under the logger", public=(("Open Bandit", 0.0048),),
          no_zero="without a click neither estimator errs, and there is no ratio",
          history=(Band(0.0, 1.0, "2026-11-22", "the sentence was another: Self-normalising makes the error smaller."),), written="2026-11-28",
          bounds=AMOUNT,
          limits="The axis is the click rate of the logger, while the ratio should depend on the "
                 "target's, so that Open Bandit's place supposes this world's lift of the target over the"
                 " logger. The worlds fall into two heaps: four of ten hold at 0.05 already, the six "
                 "others do not, and means and turns are over both. What parts them was not looked for. "
                 "Tried: logs of 10,000 and of 300 decisions, under three seeds. At 10,000 the ratio is much as "
                 "published: 0.963, 0.883 and 0.717 at click rates of 0.005, 0.05 and 0.2, where these seeds gave "
                 "0.952, 0.869 and 0.712. At 300 it is lower, 0.832, 0.766 and 0.657: on short logs a tenth is "
                 "taken off at lower click rates already. Not tried: the target's click rate as the axis. Until 2026-11-30 "
                 "the sentence was: Self-normalising takes at least a tenth off the error of IPS."),
    Claim("metric_stack.catalogue", "The error of IPS grows with the number of actions", "Saito and Joachims 2022", (1.5, np.inf), "×",
          place="abstract: where actions are many, estimators by importance weights “degrade severely”; here the relative error "
                "at 1,000 actions over that at 10, the log being as long, by the target's distance from the logger",
          kind=DIAL, dial="distance of the target from the logger", written="2026-11-22", bounds=AMOUNT,
          limits="A referee who had seen no result would have asked for any growth, at least 1. The 1.5 was written "
                 "before and stays: it is the harder to reach, and says at no distance that it does not hold, where "
                 "with 1 it could not be said."),
    Claim("metric_stack.mips", "Weights by group of items (MIPS) keep the error from growing with the catalogue",
          "Saito and Joachims 2022", (0.0, 1.3), "×",
          place="abstract: where groups give structure, reliable “even when existing estimators collapse due to a large number of "
                "actions”; here the relative error of MIPS at 1,000 actions over that at 10, the log being as long; the 1.3 is ours",
          kind=DIAL, dial="share of the click chance that is the item's own", written="2026-11-22", bounds=AMOUNT,
          limits="A referee who had seen no result would have taken 0.8 to 1.5. Less than 0.8 is no growth either, and "
                 "1.3 is the harder to keep."),
    Claim("metric_stack.open_bandit", "To judge a policy from another's log takes more than twice the decisions that running it takes",
          "own conjecture; here the variance of IPS from the random log over that of the policy's own clicks, a decision",
          (2.0, np.inf), "×",
          history=(Band(0.0, 0.1, "2026-11-22", "the sentence was another: Ten thousand logged decisions are enough to tell two policies' click rates apart."),), written="2026-11-28",
          limits="One log gave all runs: seeds move the bootstrap alone. The policy's chances are shares of its "
                 "own log.", bounds=AMOUNT),
    # The sentence speaks of two rankers and one service; how much it saves there depends on how much each person uses it.
    Claim("metric_stack.interleaving", "Interleaving needs a tenth to a hundredth of the users of an A/B test that does not know its "
          "users",
          "Knapik and Sajin 2024 (DoorDash)", (10.0, 100.0), "× fewer users",
          place="table 1: Netflix, Airbnb, Thumbtack, Amazon, Wikimedia and Etsy report 10 to 100 times the sensitivity, DoorDash "
                "100 to 500; here the median over 36 pairs of rankers, against an A/B test of clicks a user, by how often a "
                "person comes", written="2026-11-22", kind=DIAL, dial="requests that a person makes during the test",
          limits="Against an A/B test that adjusts for what it knew of its users before (CUPED), which the "
                 "lesson's figure shows for one run, interleaving saves less, and the less the more often people "
                 "come. The recorded worlds lie closer together than others do: in ten further ones the factor averaged "
                 "12 (10 to 16) where nobody comes twice and 44 (29 to 74) at fifty requests, so whether it holds at "
                 "the bottom of the scale hangs on the worlds drawn. Until 2026-11-29 the sentence was: Interleaving "
                 "needs a tenth to a hundredth of the users of an A/B test.", bounds=AMOUNT),
]
