"""Refereed on the feature audit: a return rate that counts returns before anybody knew of them."""

from functools import cache

import numpy as np

from course_lib.contracts import DAY_S
from course_lib.data.bad_lots import articles, return_rates
from course_lib.evidence.auc_by_people import auc_by_people
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.refereed import Reading, Refereed

PAYS = 0.6


@cache
def _shop():
    return articles(seed=0)


def measure(part) -> Reading:
    """AUC of the return rate against whether a purchase comes back, interval over articles."""
    rate, back, article = return_rates(_shop(), part)
    value = auc_by_people(back, rate, article)
    says = "the rate pays" if value.low > PAYS else "the rate does not pay" if value.high < PAYS else "it cannot be said"
    return Reading(says, value)


def bought_before(bought_at, came_back_at, now):
    """As published: every return of a purchase that was made before."""
    return bought_at < now


def back_before(bought_at, came_back_at, now):
    """Returns that had come back by then."""
    return came_back_at < now


def a_day_ago(bought_at, came_back_at, now):
    """Returns that had come back a day before."""
    return came_back_at < now - DAY_S


def by_midnight(bought_at, came_back_at, now):
    """Returns that had come back by the midnight before."""
    return came_back_at // DAY_S < now // DAY_S


UNKNOWN = Refereed(
    id="feature_audit.10", title="“The return rate finds bad lots”", minutes=12, difficulty=3, used_in=("{{objective}}", "interview"),
    task="A shop's articles come in lots of 25 days, one in five bad. A new feature: which share of the article's purchases of the three weeks before was "
         "sent back? It was joined as of each purchase, strictly before: *AUC far above .60, our bar for building a feature. Ship.* A footnote: "
         "today's order table holds a return in the row of its purchase. Goods come back 14 to 28 days after they were bought.",
    signature="`may_count(bought_at, came_back_at, now)`: which returns may be counted at each `now`; came_back_at is infinite where the piece was "
              "kept. Published: `bought_at < now`.",
    measure=measure, rigged=bought_before, reference=back_before,
    explanations={
        "Returns are counted that had not come back yet.": "The join asked when a thing was bought, and the column holds what was known weeks "
        "later. Counted when they were known, they say little: when most of them arrive, their lot is sold.",
        "The row's own return is counted.": "Strictly before excludes the purchase itself. Other pieces of its lot are what tells.",
        "The test should have been split by time.": "It was. A split protects rows, and not the table that was joined to them.",
        "One lot makes many rows, so the interval is too narrow.": "The interval is over articles, and far from .60 on either side.",
        "Return rates of few purchases are noise.": "Noise would lower the AUC. The published one is high, and would not be there when "
        "served."},
    right="Returns are counted that had not come back yet.",
    why="Each fact has two times: when it happened to the purchase, and when the shop learned of it. A table that is updated in place keeps the first alone, "
        "so a join as of the purchase reads the future. The same holds for labels that mature (conversions, reports), for corrected prices and for "
        "every backfill. Keep the arrival, and join by it. The idea may still be saved: a reason given with a complaint arrives sooner.",
    close=0.002,        # an hour too much is told from nothing too much
    also_right=(
        (a_day_ago, "With your part the measurement is sound. It counts what had come back a day ago, as a nightly table would, and knows a little less."),
        (by_midnight, "With your part the measurement is sound. It counts what had come back by midnight, as a nightly table would, and knows a little "
                      "less.")),
    wrong_mends=(
        Mistake("counted where not known", lambda bought_at, came_back_at, now: (bought_at < now) & (came_back_at >= now),
                "You count exactly the returns that nobody knew of, and leave out the known ones."),
        Mistake("nothing counted", lambda bought_at, came_back_at, now: (bought_at < now) & False,
                "You count no return at all, so the rate says only how many were bought. So does a wait as long as the three weeks that are "
                "looked at."),
        Mistake("a fixed wait", lambda bought_at, came_back_at, now: bought_at < now - 16 * DAY_S,
                "You wait sixteen days from each purchase. Some pieces come back later, and are still counted before they do."),
        *(Mistake(f"known {word} ahead", lambda bought_at, came_back_at, now, ahead=ahead: came_back_at < now + ahead,
                  f"You allow {word} after the moment. What arrives then is not known yet.")
          for word, ahead in (("an hour", 3600.0), ("a day", DAY_S), ("a week", 7 * DAY_S))),
        Mistake("known by the end", lambda bought_at, came_back_at, now: (bought_at < now) & (came_back_at < bought_at.max()),
                "You count what had come back by the end of the log. Each row has a moment of its own, `now`, and most of that came later."),
        Mistake("a split", lambda bought_at, came_back_at, now: (bought_at < now) & (bought_at < np.median(bought_at)),
                "You count purchases of the first half alone, as in a split by time. Their returns are still counted before they came."),
        Mistake("a wait for the first", lambda bought_at, came_back_at, now: bought_at < now - 14 * DAY_S,
                "You wait the fourteen days after which the first come back. The others are still counted before they do: ask each return for its "
                "own moment."),
        Mistake("soon returned", lambda bought_at, came_back_at, now: (bought_at < now) & (came_back_at - bought_at < 21 * DAY_S),
                "You ask how long a piece was away. Whether it was back by `now` is another question: hold came_back_at against `now`."),
    ))
