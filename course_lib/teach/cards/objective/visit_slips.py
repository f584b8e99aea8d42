"""Families of wrong answers about who comes back: any two or three of the rules about days, persons and what is open."""

from itertools import combinations

import numpy as np

from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.mistake_kinds import BOUNDARY

RULES = (
    ("same day", {"first": 0}, "another visit on the same day counts, and only later days do"),
    ("second day", {"first": 2}, "the next day does not count, but it should be the first of the days"),
    ("one day short", {"extra": -1}, "your window ends a day early, and a return exactly within_days later counts"),
    ("one day long", {"extra": 1}, "your window is a day too long"),
    ("no window", {"extra": 10**6}, "any later visit counts, and only the next within_days days do"),
    ("anyone", {"own": False}, "anybody's visit counts, and it has to be the same person"),
    ("open is no", {"censor": False}, "what is not over counts as no, but it should be NaN"),
    ("last day open", {"spare": -1}, "days that end on last_day are open, but they should be over"),
    ("a day too soon", {"spare": 1}, "days that end one day after last_day are judged"),
    ("early yes", {"early": True}, "a yes is told before the days are over, but it should be NaN"),
    ("unknown is -1", {"told": -1.0}, "what is unknown is −1, but it should be NaN"),
    ("past visits too", {"past": True}, "earlier visits count as well, and only later days do"),
    ("0 and 1 exchanged", {"turned": True}, "1 and 0 are exchanged"),
    ("each number", {"count": True}, "you count the returns, and 1 or 0 is asked for"),
)


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


def _apart(rules):
    """No two rules of one kind, none that another one makes empty."""
    keys = [key for _, change, _ in rules for key in change]
    return len(set(keys)) == len(keys) and not ("censor" in keys and {"spare", "early", "told"} & set(keys)) and not {"turned", "count"} <= set(keys)


def _all(rules):
    return {key: value for _, change, _ in rules for key, value in change.items()}


SAME = ("same day + no window", "same day + open is no", "same day + early yes", "same day + past visits too",
        "one day short + open is no", "one day short + last day open", "one day short + early yes",
        "no window + open is no", "no window + early yes", "last day open + early yes",
        "same day + no window + last day open", "same day + no window + a day too soon",
        "second day + no window + anyone", "anyone + last day open + early yes")
BROKEN = tuple(
    Mistake(" + ".join(name for name, _, _ in rules), visited(**_all(rules)),
            f"{('Two' if len(rules) == 2 else 'Three')} things: {'; and '.join(says for _, _, says in rules)}.", BOUNDARY)
    for many, group in ((2, RULES), (3, RULES[:10])) for rules in combinations(group, many)
    if _apart(rules) and " + ".join(name for name, _, _ in rules) not in SAME)
SINGLES = tuple(Mistake(f"rule: {name}", visited(**change), f"{says[0].upper()}{says[1:]}.", BOUNDARY)
                for name, change, says in RULES if name in ("second day", "0 and 1 exchanged"))
