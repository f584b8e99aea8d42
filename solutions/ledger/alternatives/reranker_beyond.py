"""What does a boost that stops waste, if only the showings count that it adds? All showings hold what needs no boost.

From the showings of each item those in the twin without any boost are taken off. The sizes 0.6 and 1.2 give good items
different room; the lesson's comparison with a boost that ages stands between them.
"""

from course_lib.evidence import boost_worth
from course_lib.evidence.estimate import bootstrap
from course_lib.teach.ledger.alternatives import Tried
from course_lib.teach.replication.alternative_runs import main

BEYOND = Tried("reranker.fresh_stop", "showings beyond those without a boost, the boost of 0.6 that stops")
LARGER = Tried("reranker.fresh_stop", "showings beyond those without a boost, the boost of 1.2 that stops")
ROOM = Tried("reranker.fresh_stop", "room for good items, the boost of 0.6 that stops ÷ the one that ages",
             unit="× their showings beyond those without a boost")
LARGER_ROOM = Tried("reranker.fresh_stop", "room for good items, the boost of 1.2 that stops ÷ the one that ages",
                    unit="× their showings beyond those without a boost")


def measure(lesson):
    part = lesson.part("twins", "good", "poor")
    ages = part.twins["ages, 0.6"]
    plain = boost_worth.on_poor_and_good(part.twins["none"], part.twins["none"], part.poor, part.good)
    for name, tried, room in (("stops, 0.6", BEYOND, ROOM), ("stops, 1.2", LARGER, LARGER_ROOM)):
        added = boost_worth.on_poor_and_good(part.twins[name], ages, part.poor, part.good)
        added[:, 1:] -= plain[:, 1:]
        good = added[added[:, 0] == 0]
        yield room, "world", boost_worth.over(good[:, 1:])
        yield tried, "world", bootstrap(added, boost_worth.waste)


if __name__ == "__main__":
    raise SystemExit(main(__file__, measure))
