"""Decisions, a refereed table, claims and questions on handing a system in: what it was truly worth, and who was fooled."""

import numpy as np

from course_lib.teach.cards.day15.asked_of_day15 import QUIZZES
from course_lib.teach.cards.day15.how_many_worlds import TUNING
from course_lib.teach.cards.day15.league_table import RANKING
from course_lib.teach.cards.day15.which_stage import STAGE
from course_lib.teach.definitions.claim import CHANGE, SHARE, Band, Claim

__all__ = ["CLAIMS", "DECISIONS", "QUIZZES", "REFEREED"]

DECISIONS = [STAGE, TUNING]
REFEREED = [RANKING]

NOW = "2026-11-29"
CLAIMS = [
    Claim("day15.reference", "What people stayed with, in clicks and in content, beats a linear model of clicks alone",
          "own conjecture: why a system blends sources; here the true worth of the course's reference beside EASE's, both "
          "refitted every night, over hidden worlds of a feed", (0.0, np.inf), "change in what a system is worth, share",
          written=NOW, stored=10, limits="Its worlds are small.", bounds=CHANGE),
    Claim("day15.test", "A test of up to two weeks tells a system's effect on the metric that it reads, to within a tenth",
          "own conjecture of what every launch by a test assumes; here the claimed change less the change by twins, the mean "
          "over the systems of a world, over worlds", (-0.1, 0.1), "too much, in parts of the metric under the incumbent", written="2026-11-30",
          history=(Band(-0.1, 0.1, NOW, "it was for the mean of logs of levels, which noise alone makes too small; never replicated."),),
          stored=10, limits="A world has a few hundred people, both arms learn "
          "from one log, and a plan that stops early is read on that day."),
    Claim("day15.choice", "Where two of three systems hand on nearly all items, most of what the three lose to the oracle"
          " is lost by choosing among candidates",
          "own conjecture; here choice over choice, retrieval and order together, on the first morning, the mean over the "
          "systems of a world that bring candidates, over worlds", (0.5, 1.0), "of what is lost to the oracle",
          written=NOW, bounds=SHARE, limits="Two of the three systems hand on a hundred of some hundred and twenty items, cannot "
                 "lose by retrieval, and in the run shown lose 72% and 73% by choice. The one with a real"
                 " cut, sixty, loses 46%, which is not most. So the mean says which systems were asked. "
                 "With a larger catalogue more is lost before. Not tried: turning the share of items that"
                 " are candidates. Until 2026-11-30 the sentence was: Of what is lost to the oracle, most"
                 " is lost by choosing among candidates."),
    Claim("day15.mend", "One signal that this lesson's system had left out of its choice makes its slates worth more "
          "once it is put back, in worlds that had no part in that",
          "own conjecture; here one change of this lesson's system beside itself, by the truth of one "
          "morning, in worlds that were not used to choose it", (0.0, np.inf), "change in what slates are worth, share", written=NOW,
          limits="The lesson's author left the signal out, so that there is something to mend: a gain was"
                 " to be expected. No stage that the report does not name was mended in the same way, so "
                 "this says nothing of what a report by stage is worth. The worlds follow from the "
                 "lesson's seed, so they are practice worlds. In three of ten runs the run's own "
                 "interval, over four worlds, holds 0. No day is played. Until 2026-11-30 the sentence "
                 "was: A stage that is mended after reading the report makes slates worth more in worlds "
                 "that nobody has seen.", bounds=CHANGE),
]
