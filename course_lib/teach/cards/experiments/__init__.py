"""Exercises and claims on experiments: what can be found, whose variance, a broken split, looking early, clusters, and a
change that touches few; the decisions stand in `briefs`, the refereed test in `shares_changed`."""

import numpy as np

from course_lib.teach.cards.experiments.asked_of_experiments import QUIZZES
from course_lib.teach.cards.experiments.before import CUPED
from course_lib.teach.cards.experiments.briefs import FEED_BRIEF, SHOP_BRIEF
from course_lib.teach.cards.experiments.daily import VALID
from course_lib.teach.cards.experiments.ratios import DELTA
from course_lib.teach.cards.experiments.shares_changed import SHARES
from course_lib.teach.cards.experiments.smallest import MDE
from course_lib.teach.cards.experiments.split import SRM
from course_lib.teach.cards.experiments.touched import TOUCHED
from course_lib.teach.cards.experiments.villages import CLUSTERS
from course_lib.teach.definitions.claim import AMOUNT, DIAL, SHARE, Band, Claim

__all__ = ["CARDS", "CLAIMS", "DECISIONS", "QUIZZES", "REFEREED", "RETIRED"]

CARDS = [MDE, DELTA, CUPED, SRM, VALID, CLUSTERS, TOUCHED]
DECISIONS = [FEED_BRIEF, SHOP_BRIEF]
REFEREED = [SHARES]
RETIRED = ["experiments.1", "experiments.4", "experiments.5", "experiments.6"]     # asked by the first edition

# What a measurement of this lesson can contradict, and the sentences whose outcome one of our own dials decides: those are
# measured at several strengths. Two sentences of earlier editions stand here no more. "Six experiments in a hundred have a
# broken split" is a rate of one organisation (Fabijan et al. 2019), which no other's data can confirm or refute. "CUPED
# leaves 1 − ρ² of the variance" and "fourteen looks at new users: 22%" are arithmetic: tests/evidence/test_identities.py.
CLAIMS = [
    Claim("experiments.naive", "Counting impressions as units at least doubles the false alarms of a test by users",
          "own conjecture; Deng, Knoblich, Lu 2018, sections 3.1 and 3.3, give the mechanism; here A/A tests of a click rate, by how many impressions of "
          "each user are counted", (0.1, 1.0),
          kind=DIAL, dial="impressions counted of each user beyond the first",
          history=(Band(0.2, 0.4, "2026-11-22", "the sentence was another: Impressions as units make three A/A tests in ten a false alarm."),), written="2026-11-28", bounds=SHARE),
    Claim("experiments.delta", "With thousands of users the delta method keeps the false alarms of a ratio at 5%",
          "Deng, Knoblich, Lu 2018", (0.04, 0.06),
          place="section 3.2, equation 6: the variance of a ratio whose unit is not the user; that a test with it keeps its level "
                "follows; here 5,000 A/A tests",
          history=(Band(0.03, 0.07, "2026-11-22", "the sentence was another: The delta method keeps the false alarms of a ratio at 5%."),), written="2026-11-28", bounds=SHARE),
    Claim("experiments.cuped", "What CUPED leaves of a week's variance is what the correlation of the two weeks before promised",
          "own conjecture; Deng et al. 2013 show the identity on the test's own data; here θ and ρ from two weeks before, variance "
          "left in the test's first week over 1 − ρ²", (0.95, 1.05),
          history=(Band(0.9, 1.1, "2026-11-22", "the sentence was another: CUPED leaves 1 − ρ² of the variance."),), written="2026-11-28",
          limits="θ and ρ are of one week and the next, both before the test; a plan that had to be made a month ahead was not tried. Until 2026-12-01 the "
                 "sentence spoke of last month's correlation.",
          bounds=AMOUNT),
    Claim("experiments.peeking", "Fourteen looks at 5% make one A/A test in five a winner", "Armitage, McPherson, Rowe 1969",
          (0.18, 0.25), place="pages 235–244, for normal observations that are independent, as ever new users are: 19% at ten "
                              "looks, 25% at twenty; here by the share of users who come back every day",
          kind=DIAL, dial="share of users who come back every day",
          history=(Band(0.17, 0.25, "2026-11-22", "it is set from the source's own figures now, 19% at ten looks and 25% at twenty."),), written="2026-11-28", bounds=SHARE),
    Claim("experiments.always_valid", "An always-valid test keeps its 5% with a look a day for two weeks", "Johari, Pekelis, Walsh 2015",
          (0.0, 0.05), place="abstract: “valid statistical inference whenever they make their decision”; here 5,000 A/A tests with "
                             "a look a day", written="2026-11-22", bounds=SHARE,
          limits="Fourteen looks; the bound is on whether it ever rings, and neither more looks nor a longer test was tried. With new users every day "
                 "it is nearly the theorem itself; the same users every day break its premise, and that is what could have failed. Not tried: few users, "
                 "heavy tails, a τ chosen after a look. Until 2026-11-30 the sentence was: An always-valid test keeps its 5% however often one looks."),
    Claim("experiments.always_valid_price", "An always-valid test needs at most twice the users of one planned look",
          "own conjecture; here the users for 80% power, looking every day for two weeks", (1.0, 2.0), "×", written="2026-11-28",
          bounds=AMOUNT),
    Claim("experiments.interference", "Of a test by users, interference alone moves the expected effect by less than a fifth",
          "own conjecture of what every such test assumes; Holtz et al. 2020 put one fee experiment, by listing, at a fifth or more; "
          "here the share of the true effect that is missed, by how much the arms share", (-0.2, 0.2),
          exact_at=(0,), kind=DIAL, dial="share of satisfied clicks passed on to friends",
          history=(Band(0.2, np.inf, "2026-11-22", "the sentence was another: Interference shifts what an A/B test reports by at least a fifth of the effect."),), written="2026-11-28",
          limits="Each arm is compared with its twin, so that chance is taken out: a real test of 2,048 people "
                 "tells no effect to within a fifth. Until 2026-11-29 the sentence was: A test by users tells the "
                 "effect on everybody to within a fifth."),
    Claim("experiments.interference_stock", "Where stock is short, interference alone moves the effect on sales that a test by users shows by less than a "
          "fifth of it",
          "own conjecture of what every such test assumes; here the share of the true effect that is missed, by scarcity",
          (-0.2, 0.2), exact_at=(0,), kind=DIAL, dial="scarcity: one over the pieces of an article each morning, 0 where none ever sells out", written="2026-11-28",
          limits="Until 2026-11-29 the sentence was: Where stock is short, a test by users tells the effect on "
                 "sales to within a fifth. It is a share of the true effect, which shrinks as shelves empty: in the run that the lesson shows from 72% of "
                 "sales to 19% at 0.25, of which the test shows 42%. A run whose true effect is not clear of 0 has no value; one of ten has none at 0.25, "
                 "where it cannot be said for that reason alone. At 0 nothing is shared, so that nothing can be missed. Each arm is compared with its "
                 "twin, so that chance is taken out. Until 2026-12-01 the sentence was: Where stock is short, interference alone moves what a test by "
                 "users expects of sales by less than a fifth."),
    Claim("experiments.clusters", "With three quarters of friendships inside them, assigning clusters of friends takes away at least half of the bias "
          "that interference gives a test by users",
          "own conjecture; Eckles, Karrer, Ugander 2017, abstract, say less bias, and less error too, Ugander et al. 2013 none for people whose friends are all in "
          "one arm; here with clusters of 32, and half of the satisfied clicks passed on", (0.5, np.inf),
          history=(Band(0.9, 1.1, "2026-11-22", "the sentence was another: Randomising clusters of friends recovers the effect on everybody."),), written="2026-11-28",
          limits="How much goes follows from how many friendships lie inside, which is put in; not tried: other shares, other rates of sharing. "
                 "Clusters pay in variance, which is not counted here: at this size the error of one test, bias and chance together, is larger by clusters "
                 "than by users in the run that the lesson shows. Until 2026-11-29 the sentence was: Assigning clusters of friends takes away at least half of the error of "
                 "a test by users. Until 2026-11-30: Assigning clusters of friends takes away at least half of the bias that interference gives a test by users."),
    Claim("experiments.exploration", "An ordinary A/B test shows less than a fifth of what exploration is worth",
          "own conjecture after Su et al. 2024, who say often neutral or negative; here the share of the true gain that is "
          "reported, by how much of the other arm's log each arm learns from", (-np.inf, 0.2),
          kind=DIAL, dial="share of the other arm's log that each arm learns from",
          history=(Band(-np.inf, 0.25, "2026-11-22", "the sentence was another: An ordinary A/B test shows next to nothing of what exploration is worth."),), written="2026-11-28",
          limits="Where it turns differs much from run to run. At 1 it is the ordinary test. Each arm is compared with its twin, so that chance is taken out: a "
                 "real test of as many people may show anything."),
    Claim("experiments.novelty", "The first week of a change tells what its third will bring, to within a tenth", "own conjecture: what a test of one "
          "week assumes, against Kohavi, Tang, Xu 2020, chapter 3; here lift over lift, by strength of novelty", (0.9, 1.1),
          kind=DIAL, dial="strength of novelty in log-odds",
          history=(Band(0.8, 1.2, "2026-11-22", "the sentence was another: A week of testing tells what a change of looks is worth."),), written="2026-11-28",
          limits="Until 2026-12-01 the tenth stood in the band alone."),
]
