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
    Claim("day15.choice", "Of what is lost to the oracle, most is lost by choosing among candidates",
          "own conjecture; here choice over choice, retrieval and order together, on the first morning, the mean over the "
          "systems of a world that bring candidates, over worlds", (0.5, 1.0), "of what is lost to the oracle",
          written=NOW, bounds=SHARE, limits="Sixty to a hundred candidates out of some hundred and twenty items, so that two of the three systems can hardly lose by retrieval; "
          "the one with a real cut loses about half by choice. A large catalogue loses more before."),
    Claim("day15.mend", "A stage that is mended after reading the report makes slates worth more in worlds that nobody has seen",
          "own conjecture: the reason to read a report by stage; here one change of this lesson's system beside itself, by the truth of "
          "one morning, in worlds that were not used to choose it", (0.0, np.inf), "change in what slates are worth, share", written=NOW,
          limits="It is one change of one system, chosen by the lesson's author, and no day is played.", bounds=CHANGE),
]
