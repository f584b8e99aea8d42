"""Refereed 12.8: how soon an alarm finds a fault, counted over the faults that it found."""

from functools import cache

import numpy as np

from course_lib.evidence.aa_tests import share_of
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.refereed import Reading, Refereed

FAULTS, WATCHED, WITHIN = 400, 21, 5
SMALL = 0.7             # share of faults that are small


@cache
def found_on():
    """Days until the alarm rang, float (FAULTS,), NaN where it had not within WATCHED days."""
    rng = np.random.default_rng(0)
    a_day = np.where(rng.random(FAULTS) < SMALL, 0.04, 0.45)          # chance to be found on each day
    days = rng.geometric(a_day).astype(float)
    return np.where(days > WATCHED, np.nan, days)


def measure(part) -> Reading:
    """Share of faults found within WITHIN days, with Wilson's interval over the faults that were counted."""
    soon = np.asarray(part(found_on().copy()), bool)
    share = share_of(int(soon.sum()), len(soon))
    says = ("most faults are found within a working week" if share.low > 0.5 else "fewer than half are found in time"
            if share.high < 0.5 else "not shown that most are found in time")
    return Reading(says, share)


def of_those_found(days):
    """As published: among the faults that the alarm found."""
    return days[~np.isnan(days)] <= WITHIN


def of_all(days):
    """Among all faults; what was never found was not found in time."""
    return days <= WITHIN


SILENT = Refereed(
    id="launch.8", title="“Our alarm finds faults within a week”", minutes=8, difficulty=3, used_in=("this lesson", "{{interview}}"),
    task="A team plants 400 faults in its service, one after the other, watches each for three weeks, and keeps a table of the days until "
         "the alarm rang. The report: *most faults are found within five days, and the interval is above a half; the alarm can replace the "
         "holdback.* The table has a column “days to alarm”; rows without an entry were dropped.",
    signature="`found_in_time(days)`: float (n,), days until the alarm rang, NaN where it did not ring in 21 days → bool, one entry for "
              "each fault that counts, whether it was found within 5 days. Published: faults with an entry alone.",
    measure=measure, rigged=of_those_found, reference=of_all,
    explanations={
        "Faults that were never found are left out.": "An alarm that finds only what is large and quick, and nothing else, looks perfect "
        "in such a table. A fault without an entry was not found in time, and it counts.",
        "Twenty-one days are too short to see slow faults.": "Longer watching would fill in some entries, but five days are over after "
        "five days: whether a fault was found by then is known for every fault.",
        "A mean of days is moved by a few slow faults.": "No mean was taken: the report counts faults within five days.",
        "Four hundred faults are too few for the interval.": "The interval is Wilson's over the faults it counts. It is narrow; it is "
        "about the wrong faults.",
        "Some alarms rang before the fault began.": "Days are counted from the start of each fault, and none is below 1."},
    right="Faults that were never found are left out.",
    why="What is missing is missing because of its size, so the rows that are left are not like all rows. The same happens to incident "
        "reviews, which only hold incidents that somebody noticed. Where the time itself is asked for, count a fault that was not found "
        "as longer than the watch (a median can bear that, a mean cannot), or use a survival curve.",
    wrong_mends=(
        Mistake("missing days are the mean", lambda days: np.where(np.isnan(days), np.nanmean(days), days) <= WITHIN + 2,
                "You fill missing days with a middle of the found ones and so count silent faults as found. They were not found within 21 days."),
        Mistake("missing days are 0", lambda days: np.nan_to_num(days) <= WITHIN,
                "You set missing days to 0, which counts every silent fault as found at once. `nan_to_num` does that quietly."),
        Mistake("two days more", lambda days: days <= WITHIN + 2,
                "You count all faults and move the limit: the question is five days, and moving it after a look is peeking."),
        Mistake("the first five alone", lambda days: days < WITHIN,
                "Within five days includes the fifth: `<=`."),
    ))
