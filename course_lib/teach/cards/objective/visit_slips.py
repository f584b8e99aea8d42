"""Families of wrong answers about who comes back: any two or three of the rules about days, persons and what is open."""

import numpy as np

from course_lib.teach.cards.two_slips import in_one, mistakes_of, names, slips
from course_lib.teach.definitions.mistake_kinds import BOUNDARY


def visited(first=1, extra=0, own=True, censor=True, spare=0, early=False, told=np.nan, past=False, turned=False, count=False):
    def wrong(user, day, last_day, within_days):
        user, day = np.asarray(user), np.asarray(day)
        gap = day[None, :] - day[:, None]
        near = (gap >= first) & (gap <= within_days + extra)
        if past:
            near |= (-gap >= max(first, 1)) & (-gap <= within_days + extra)
        back = near & ((user[None, :] == user[:, None]) | (not own)) & ~np.eye(len(day), dtype=bool)
        answer = back.sum(1).astype(float) if count else back.any(1).astype(float)
        answer = 1 - answer if turned else answer
        still_open = (day + within_days > last_day + spare) & censor & ~(early & back.any(1))
        return np.where(still_open, told, answer)
    return wrong


NEW = ("second day", "0 and 1 exchanged")
STEPS = {
    "first": slips(
        BOUNDARY,
        ("same day", 0, "another visit on the same day counts, and only later days do"),
        ("second day", 2, "the next day does not count, but it should be the first of the days"),
        alone=NEW,
    ),
    "extra": slips(
        BOUNDARY,
        ("one day short", -1, "your window ends a day early, and a return exactly within_days later counts"),
        ("one day long", 1, "your window is a day too long"),
        ("no window", 10**6, "any later visit counts, and only the next within_days days do"),
        alone=NEW,
    ),
    "own": slips(BOUNDARY, ("anyone", False, "anybody's visit counts, and it has to be the same person"), alone=NEW),
    "censor": slips(BOUNDARY, ("open is no", False, "what is not over counts as no, but it should be NaN"), alone=NEW),
    "spare": slips(
        BOUNDARY,
        ("last day open", -1, "days that end on last_day are open, but they should be over"),
        ("a day too soon", 1, "days that end one day after last_day are judged"),
        alone=NEW,
    ),
    "early": slips(BOUNDARY, ("early yes", True, "a yes is told before the days are over, but it should be NaN"), alone=NEW),
    "told": slips(BOUNDARY, ("unknown is -1", -1.0, "what is unknown is −1, but it should be NaN"), alone=NEW, in_threes=False),
    "past": slips(BOUNDARY, ("past visits too", True, "earlier visits count as well, and only later days do"), alone=NEW, in_threes=False),
    "turned": slips(BOUNDARY, ("0 and 1 exchanged", True, "1 and 0 are exchanged"), alone=NEW, in_threes=False),
    "count": slips(BOUNDARY, ("each number", True, "you count the returns, and 1 or 0 is asked for"), alone=NEW, in_threes=False),
}
NEVER = ("open is no + last day open | open is no + a day too soon | open is no + early yes | open is no + unknown is -1 | "
         "0 and 1 exchanged + each number")
WITHOUT = ("same day + no window", "same day + open is no", "same day + early yes", "same day + past visits too",
           "one day short + open is no", "one day short + last day open", "one day short + early yes",
           "no window + open is no", "no window + early yes", "last day open + early yes",
           "same day + no window + last day open", "same day + no window + a day too soon",
           "second day + no window + anyone", "anyone + last day open + early yes")
MISTAKES = tuple(mistakes_of(visited, STEPS, WITHOUT, never=NEVER, most=3, named=names(alone="rule: {name}"), told=in_one()))
