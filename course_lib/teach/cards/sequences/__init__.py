"""Exercises, decisions, a refereed split, claims and questions on order: when is it worth its milliseconds?"""

import numpy as np

from course_lib.teach.cards.sequences.asked_of_sequences import QUIZZES
from course_lib.teach.cards.sequences.beams import BEAMS
from course_lib.teach.cards.sequences.causal import CAUSAL
from course_lib.teach.cards.sequences.eight_ms import WORTH
from course_lib.teach.cards.sequences.future_in_train import FUTURE
from course_lib.teach.cards.sequences.where_made import MADE_WHERE
from course_lib.teach.definitions.claim import AMOUNT, DIAL, DIFFERENCE, MACHINE, Band, Claim

__all__ = ["CARDS", "CLAIMS", "DECISIONS", "QUIZZES", "REFEREED"]

CARDS = [CAUSAL, BEAMS]
DECISIONS = [WORTH, MADE_WHERE]
REFEREED = [FUTURE]

NOW, STORED = "2026-11-30", ("A stored run over five seeds, each of which draws people and, by time, the end of the log. Studies with fewer than a hundred "
                             "people in a seed are shown and not judged. What the seeds draw overlaps, so another log may differ by more than the interval says. Each network "
                             "chose one or two blocks, one of two learning rates and its passes, up to 24, on the first seed's validation part alone.")
FIXED = " In a study named “fixed” that search was not played: networks had one block, one rate and at most 12 passes."
BEST = " The best rival is picked on the test, over all seeds, which favours it a little."
CLAIMS = [
    Claim("sequences.order", "A model that reads the order of a history finds more than the better of two such models on shuffled histories.",
          "own conjecture, which the choice of a sequence model rests on; here gSASRec's recall@20 less that of the same network trained and asked on "
          "histories that were shuffled within the 50 items it reads, by person", (0.0, np.inf), "recall@20", written=NOW, varies="log and split", stored=5,
          limits=STORED + FIXED + " There are two controls: the shuffled network chose its own settings, or had those of the network "
          "in order. Order is told over the one that finds more on the test, which tells a little too little of it; “fixed” studies have the first control alone, and passes "
          "differed there. On the shop by time, validation stopped the network in order after one pass and the shuffled one after eleven: a value below zero is not what order costs. In "
          "training, stretches are cut elsewhere, so of long histories the coarse order stays. A first control left events of one moment in their order and read other items of long histories; it was measured, and thrown away. Until "
          "2026-12-01 the sentence was: A model that reads the order of a history finds more than the same model on shuffled histories.",
          bounds=DIFFERENCE),
    Claim("sequences.rivals", "A small transformer that reads the order, trained briefly, finds more than the best of the models that do not.",
          "own conjecture, which the purchase of a sequence model rests on (Kang & McAuley 2018, arXiv:1808.09781, compare SASRec with popularity, BPR, first-order "
          "chains and networks, and with neither EASE nor charts of the last days); "
          "here gSASRec, which is played on every split, and rivals whose settings were chosen on the same validation part", (0.0, np.inf),
          "recall@20, over the best of them", written=NOW, varies="log and split", stored=5, limits=STORED + FIXED + BEST + " In four of the five studies where it does not hold a mere chart "
          "finds more than the network: that speaks of the network and not of order. At random the network reads what came afterwards, which says nothing of serving, "
          "and pooled towers are not played. With the last item held out the rivals know neither order nor recency, and where it holds `sequences.tables` shows that a table of the last "
          "item finds nearly all of it. Whether recency explains a chart's lead was not tried. Band and studies are of one day, so the date does not show which came first. "
          "Until 2026-11-30 the sentence was: A transformer that reads the order finds more than models that do not.",
          bounds=DIFFERENCE),
    Claim("sequences.tables", "A transformer finds more than a table of what goes with the last item.",
          "own conjecture, which the purchase of a sequence model rests on; here gSASRec's recall@20 less that of the better of two tables, "
          "neighbours and followers of the last item, their settings chosen on the same validation part", (0.0, np.inf), "recall@20", written=NOW,
          varies="log and split", stored=5, limits=STORED + BEST + " It was added when first studies had been seen.",
          bounds=DIFFERENCE),
    Claim("sequences.gbce", "More negatives and gBCE find more than SASRec's own loss.",
          "own conjecture after Petrov & Macdonald 2023, arXiv:2308.07192, who hold gSASRec against BERT4Rec; here one set of negatives serves all "
          "places of a history, and scores start where the loss wants them", (0.0, np.inf), "recall@20", written=NOW, varies="log and split", stored=5,
          limits=STORED + " Negatives and loss are changed together; neither was measured alone.", bounds=DIFFERENCE),
    Claim("sequences.time", "A request to a tower that reads the order takes at least twice as long as one to a pooled tower.",
          "own conjecture; here the medians of one request on one core, one over the other", (2.0, np.inf), "×", kind=MACHINE,
          ratio=True, written=NOW, varies="log", stored=5, history=(Band(2.0, np.inf, NOW, "it was for 99th percentiles, which other work beside the studies had made; "
          "then for their medians; now for medians taken alone."),),
          limits="Five rounds of 400 requests on one machine, each model fitted once and briefly, the whole catalogue scored, which takes "
          "both alike. What it depends on is the depth of the network rather than the log: on ML-100K its study chose one block, on the two others two, and "
          "SASRec with one block on MovieTweetings takes 1.65 times as long as the pooled tower.",
          bounds=AMOUNT),
    Claim("sequences.cold", "A generative retriever over codes of content finds more of the items that nobody had taken than a tower that reads the same content.",
          "Rajput et al. 2023, arXiv:2305.05065", (0.0, np.inf), "recall@20 on such items, over pooled towers'",
          place="abstract: “improved retrieval performance observed for items with no prior interaction history”", written=NOW, varies="log", stored=5,
          history=(Band(0.0, np.inf, NOW, "it was over gSASRec's, which can find no such item, so that it could not fail."),),
          limits=STORED + " Judged by time alone; last one out MovieTweetings has some hundred such people a seed, of whom the generative retriever found one and pooled towers none. Logs with fewer than fifty people in a seed who took one are left out.",
          bounds=DIFFERENCE),
    Claim("sequences.intent", "Followers of the last item find more than EASE, which pools a history.",
          "own conjecture; here recall@20 of followers of the last item less EASE's, each person's last click held out", (0.0, np.inf), "recall@20",
          kind=DIAL, dial="share of sessions with an intent", written=NOW, bounds=DIFFERENCE,
          limits="It holds where every session has an intent, and not at 0.6; between the two nothing was"
                 " measured. EASE weighs a history's items alike, so that what followed is not told from "
                 "what came last. How strong an intent is was not turned, everybody's last click is held "
                 "out, and no public data have a place on this axis. Tried: EASE asked with a history in which "
                 "each event counts half of the one after it, under three seeds. Where every session has an "
                 "intent, followers still find 0.0201 more, over plain EASE 0.0288 under these seeds; where "
                 "it counts a fifth, 0.0341. At 0.6 they find less, −0.0257 and −0.0123. So recency alone is not why "
                 "they lead. Not tried: neighbours that weigh the last items more. Until 2026-11-30 the sentence was: What followed the last "
                 "item finds more than a pooled model where sessions have an intent."),
]
