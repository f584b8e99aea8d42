"""Exercises and claims on feedback; functions to write stand in `looks`, `skips`, `waits_for_labels`, `still_to_come` and
`known_of_an_item`, decisions in `label_choice`, `late_choice` and `random_slots`, the refereed experiment in `twice`."""

import numpy as np

from course_lib.teach.cards.feedback.known_of_an_item import BETA
from course_lib.teach.cards.feedback.label_choice import LABEL
from course_lib.teach.cards.feedback.late_choice import LATE
from course_lib.teach.cards.feedback.looks import BAYES, LOOK
from course_lib.teach.cards.feedback.questions import QUIZZES
from course_lib.teach.cards.feedback.random_slots import SLOTS
from course_lib.teach.cards.feedback.skips import RATE, SKIP
from course_lib.teach.cards.feedback.still_to_come import DELAY
from course_lib.teach.cards.feedback.twice import REFEREE
from course_lib.teach.cards.feedback.waits_for_labels import WINDOW
from course_lib.teach.definitions.claim import CHANGE, DIAL, DIFFERENCE, LOSS, SHARE, Band, Claim

__all__ = ["CARDS", "CLAIMS", "DECISIONS", "QUIZZES", "REFEREED"]

CARDS = [LOOK, BAYES, SKIP, RATE, WINDOW, DELAY, BETA]
RETIRED = ["feedback.3", "feedback.4", "feedback.7"]            # asked by the first edition
DECISIONS = [LABEL, LATE, SLOTS]
REFEREED = [REFEREE]

ETA = "η, how steeply looking falls with the position: 1 / position^η"
PRICE = ("Clicks are counted while a tenth of the slots is random, so the price of these slots is in the number: by the fall of Thompson sampling in the "
         "lesson's figure it is about as large as all that the slots change for counts. Not tried: the ranked slots alone, or a few last nights without "
         "random ones.")

CLAIMS = [
    Claim("feedback.unseen", "Most items that were shown and ignored were never looked at.",
          "own conjecture; Richardson et al. 2007 factor a click into a look and a liking, and say nothing of a majority",
          (0.5, 1.0), "of ignored impressions, ten slots", kind=DIAL, dial=ETA, written="2026-11-22", bounds=SHARE),
    Claim("feedback.disliked", "Of a clicked and an ignored item of one slate, the clicked one is the better liked in at least 8 of 10 pairs.",
          "own conjecture after Joachims et al. 2005, who call such preferences reasonably accurate on average, of items above the click in web search",
          (0.8, 1.0), "of pairs", varies="whether the ignored item stood above or below the click",
          history=(Band(0.5, 1.0, "2026-11-22", "the sentence was another: An item that was shown and ignored is one the person does not like. "
                        "Nobody who trains on silence needs that; what is shown lies above the middle of the catalogue by selection"),),
          written="2026-11-28", bounds=SHARE,
          limits="How closely a click follows liking is put into this world, so that the shares say nothing of another feed. Slates are drawn by "
                 "popularity. One run's own interval is over its people and does not hold other worlds."),
    Claim("feedback.naive", "On a log sorted without regard to merit, weighing clicks by one over the chance of a look "
          "earns more clicks than counting them plainly.",
          "Joachims, Swaminathan, Schnabel 2017", (0.0, np.inf), "change in clicks per request, share",
          place="abstract: using click data directly yields sub-optimal results, weighing them by propensity improves them; here by item, on a log sorted by a feature that nobody cares about",
          kind=DIAL, dial=ETA,
          history=(Band(0.02, np.inf, "2026-11-22", "the sentence was another: Weighing silence by the chance of a look gives a better ranker than "
                        "taking it for dislike. The source weighs clicks and leaves silence alone"),),
          written="2026-11-28",
          limits="Weighing also reads five days of random slots, for its curve of looks, and plain "
                 "counting does not. Sorted by title length, the log is the worst case for plain counts. "
                 "At 1.4 two of ten runs lie below 0. No public data have a place on this axis. Not "
                 "tried: a log whose ranker has merit, which is the source's case; the random days' own "
                 "counts, alone or added to the plain ones, as the rival. Until 2026-11-30 the sentence "
                 "was: Weighing clicks by one over the chance of a look earns more clicks than counting "
                 "them plainly.", bounds=CHANGE),
    Claim("feedback.silence", "On a log sorted without regard to merit, weighing silence by an estimated chance of a look earns more clicks than taking "
          "it for dislike.",
          "own conjecture", (0.0, np.inf), "change in clicks per request, share", kind=DIAL, dial=ETA, written="2026-11-28",
          limits="Weighing also reads five days of random slots, for its curve of looks, and the rival does not. Sorted by title length, the log is the "
                 "worst case for the rival. No public data have a place on this axis. Until 2026-12-01 the sentence was: Weighing silence by the chance "
                 "of a look earns more clicks than taking it for dislike.", bounds=CHANGE),
    Claim("feedback.window", "A same-day label misses at least a fifth of the purchases.", "own conjecture after Chapelle 2014, figure 1, of "
          "conversions after display ads at Criteo: half within a day, a third within an hour", (0.2, 1.0),
          "of the purchases of a two-week window", kind=DIAL, dial="days from click to purchase, on average",
          public=(("Criteo's display ads, half within a day, as an exponential law", 1.44),),
          history=(Band(0.2, 0.9, "2026-11-22", "the sentence has no upper end; and how long buyers take is an input of the simulator, so it is a dial now"),),
          written="2026-11-28", bounds=SHARE,
          limits="Delays are drawn from one exponential law, so that the curve follows from that law and the hours at which people click: it shows what "
                 "such a delay does to a label, and finds nothing about buyers. The label closes at midnight, while Criteo's half within a day counts "
                 "from the click."),
    Claim("feedback.corrected", "Weights by the delays of old purchases bring the rate of last week's clicks to within 5% of what waiting would show.",
          "own conjecture; weights by delay are Ktena et al. 2019's and Yasui et al. 2020's, while Chapelle 2014 fits a joint likelihood",
          (-0.05, 0.05), "error of the corrected rate, share", kind=DIAL, dial="how much longer buyers take than in the old log",
          history=(Band(-0.15, 0.15, "2026-11-22", "the sentence was another: Weights by delay recover the rate that waiting would show. "
                        "With the log's own delays that is so by construction; what can fail is that they have changed"),),
          written="2026-11-28", bounds=CHANGE),
    Claim("feedback.random_slots", "Among fixed items, shown to people who are all alike, one random slot in ten closes, while it runs, less than a tenth of the gap "
          "between a ranker of its own click counts and the best possible.",
          "own conjecture", (-np.inf, 0.1), "of the gap in late clicks",
          history=(Band(-1.0, 0.05, "2026-11-22", "the sentence was another: A few random slots alone do not rescue a ranker that trains on its own "
                        "click counts. It said neither how few nor what a rescue is"),),
          written="2026-11-28", limits=PRICE + " Below 0 in all ten runs: while they run the slots widen the gap. Raw counts are a weak "
          "rival; `feedback.random_rates` asks the same of rates. Until 2026-11-30 the sentence was: One random slot in ten closes less than a tenth of the gap "
          "between a ranker of its own click counts and the best possible.", bounds=LOSS),
    Claim("feedback.random_rates", "One random slot in ten closes more than half of the gap between a ranker of its own "
          "click rates and the best possible.",
          "own conjecture", (0.5, 1.0), "of the gap in late clicks", written="2026-11-28", limits=PRICE, bounds=LOSS),
    Claim("feedback.thompson", "Thompson sampling earns more clicks than ranking by click rates with a share of random slots that was tuned where items stay, once both train on "
          "their own logs.",
          "own conjecture after Chapelle & Li 2011, who call it highly competitive and compare it with greedy and ε-greedy rankers, not with counts",
          (0.0, np.inf), "change in clicks while learning, share", varies="whether the items stay",
          history=(Band(0.1, 1.0, "2026-11-22", "the sentence was another: Thompson sampling beats ranking by click counts once both train on their own logs. "
                        "Nobody in the source ranks by counts"),),
          written="2026-11-28", bounds=CHANGE,
          limits="Thompson sampling differs twice: it draws, and it starts unknown items at one half, where rates start at 0. Where items are born and die "
                 "the rival keeps the share that was best where they stay, or 5% if that was none, so that it is tuned for another case; eight of "
                 "the ten runs lie above 0 there. Where items stay the value is a difference in shares of the best "
                 "possible clicks, where they do not a part of the rival's clicks, so that the two sizes do not compare. Until 2026-12-01 the sentence "
                 "was: Thompson sampling earns more clicks than ranking by click rates with a tuned share of random slots, once both train on their own "
                 "logs."),
    Claim("feedback.discovery", "Ranking by rates with random slots gives fewer of the best items a fair trial than Thompson sampling.", "own conjecture", (-np.inf, 0.0),
          "difference in the share of the best tenth that was shown 100 times",
          history=(Band(-1.0, -0.1, "2026-11-22", "the sentence was another: Ranking by counts finds fewer of the best items than Thompson sampling. "
                        "That follows from the two algorithms"),),
          written="2026-11-28", bounds=DIFFERENCE,
          limits="Items come and go here, and the rival's share of random slots was tuned where they stay; where none was best there, it has 5%."),
]
