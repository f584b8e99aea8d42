"""Refereed 14.8: how soon a team knows of its faults, counted over those for which an alarm rang."""

from functools import cache

import numpy as np

from course_lib.evidence.estimate import t_estimate
from course_lib.launch import months
from course_lib.launch.whiteboard import should_page
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.refereed import Reading, Refereed

MONTHS, REQUESTS, LONG, BURN = 36, 2_000.0, 60, 14.4
PROMISED = 60.0                                        # minutes


@cache
def faults(first: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(began, rang, seen), int (n,), minutes: slow burns and outages of all months. rang: −1 where no alarm did. seen:
    when somebody came upon it in the morning, or when it had gone by itself. first: the first month's seed."""
    rows = []
    for seed in range(first, first + MONTHS):
        month = months.month(REQUESTS, seed)
        rings = months.pages(should_page(month.bad(), month.total, months.PROMISE, LONG, LONG // 12, BURN))
        for event in month.events:
            if event.kind in ("slow burn", "outage"):
                own = rings[(rings >= event.start) & (rings < event.end)]
                seen = min(months.seen_in_the_morning(event), event.end)
                rows.append((event.start, int(own[0]) if len(own) and own[0] < seen else -1, seen))
    return tuple(np.array(rows).T)


def measure(part, first: int = 0) -> Reading:
    """Mean of the minutes that `part` makes of the faults, with an interval over faults, against what was promised."""
    minutes = np.asarray(part(*(column.copy() for column in faults(first))), float).ravel()
    n = len(minutes)
    found = t_estimate(minutes.mean(), minutes.std(ddof=1) / np.sqrt(n), n, n - 1)
    says = ("within the hour" if found.high <= PROMISED else "not within the hour" if found.low > PROMISED
            else "it cannot be said")
    return Reading(says, found)


def of_those_that_rang(began, rang, seen):
    """As published: from the beginning to the alarm, where one rang."""
    return (rang - began)[rang >= 0]


def of_all(began, rang, seen):
    """From the beginning until somebody knew, or until it was over."""
    return np.where(rang >= 0, rang, seen) - began


FOUND = Refereed(
    id="interview.8", title="“We know of a fault within the hour”", minutes=10, difficulty=3, used_in=("this lesson",),
    task="A team looks back on three years. For each fault that lasted it has the minute at which it began, the one at which an alarm "
         "rang (−1 where none did), and the one at which somebody came upon it in the morning or it had gone by itself. The report to the "
         "board: *on average we know of a fault within the hour, and the interval ends below the hour; the alarms do their work.*",
    signature="`minutes(began, rang, seen)`: int (n,) each → float, the minutes that are averaged. "
              "Published: `(rang - began)[rang >= 0]`.",
    measure=measure, rigged=of_those_that_rang, reference=of_all,
    explanations={
        "Faults for which no alarm rang are not in the mean.": "The mean is taken over the faults that the alarms found, so an alarm that "
        "finds only what is easy looks quick. The others went on until the morning, or until they were over.",
        "The watch starts at the first failure, not at the change that caused it.": "Nobody is harmed before the first failure. An "
        "earlier start would add to every row and leave out the same ones.",
        "The mean is wrong, since such times are skewed; the median is needed.": "A median would be of the same rows: what is left out "
        "stays left out. And whoever pays for the minutes pays for their mean.",
        "Pages in vain are left out.": "They are, and they cost sleep. But they say how many of the pages were right, not how long "
        "a fault waited.",
        "There are too few faults for a mean.": "The interval says how few they are, and it ends below the promise. It lies "
        "around the wrong number."},
    right="Faults for which no alarm rang are not in the mean.",
    why="What was never detected has no time to detection, so a mean over what was detected gets *better* as the alarms get worse: raise "
        "the threshold, and only the loud faults are left. Count every fault, from its beginning until somebody knew or it was over, "
        "however it came to light: complaints, a morning's dashboard, a weekly count. (What was over before anybody knew waited at least "
        "so long: the figure is still too low.) The same happens to every report that begins with what was found: bugs found in review, "
        "fraud that was reported, items that the index returned.",
    wrong_mends=(
        Mistake("as if known at once", lambda began, rang, seen: np.where(rang >= 0, rang - began, 0),
                "You count what no alarm told of as known at once. It was known last of all."),
        Mistake("a day for each", lambda began, rang, seen: np.where(rang >= 0, rang - began, 1440),
                "You count a day where no alarm rang. The third column says when it was seen or over: use that."),
        Mistake("without the alarms", lambda began, rang, seen: seen - began,
                "You count all faults until the morning. Where an alarm rang, it was known from then on."),
        Mistake("the silent ones alone", lambda began, rang, seen: (seen - began)[rang < 0],
                "You average the faults without an alarm alone. Those with one belong to the mean too."),
        Mistake("minus one as a time", lambda began, rang, seen: rang - began,
                "You subtract from −1 as if it were a minute: where no alarm rang, there is no such time."),
    ))
