"""Families of wrong answers about who comes back: any two or three of the rules about days, persons and what is open."""

import numpy as np

from course_lib.teach.cards.two_slips import in_one, mistakes_of, names, slips
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.mistake_kinds import AXIS, BASE, BOUNDARY


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


def _told_where(known, back):
    """A wrong answer: 1 or 0 by `back`, NaN where not `known`; both are (gap [V, V], own [V, V], day, last_day, within_days) → bool [V]."""
    def wrong(user, day, last_day, within_days):
        user, day = np.asarray(user), np.asarray(day)
        seen = day[None, :] - day[:, None], user[None, :] == user[:, None], day, last_day, within_days
        return np.where(known(*seen), back(*seen).astype(float), np.nan)
    return wrong


def _over(gap, own, day, last_day, within_days):
    return day + within_days <= last_day


def _within_own_days(gap, own, day, last_day, within_days):
    return np.max(np.where(own, gap, 0), axis=1, initial=0) >= within_days


def _ever_again(gap, own, day, last_day, within_days):
    return (own & (gap > 0)).any(1) & _over(gap, own, day, last_day, within_days)


def _in_time(gap, own, day, last_day, within_days):
    return (own & (gap > 0) & (gap <= within_days)).any(1)


def _on_every_day(gap, own, day, last_day, within_days):
    come = [(own & (gap == later)).any(1) for later in range(1, within_days + 1)]
    return np.all(come, axis=0) if come else np.ones(len(day), bool)


def _in_the_first_days(gap, own, day, last_day, within_days):
    since_first = day - np.min(np.where(own, day[None, :], np.max(day, initial=0)), axis=1, initial=np.max(day, initial=0))
    return (own & (gap > 0) & (gap + since_first[:, None] <= within_days)).any(1)


def _before_the_last_day(user, day, last_day, within_days):
    user, day = np.asarray(user), np.asarray(day)
    gap = np.where(day[None, :] < last_day, day[None, :] - day[:, None], 0)
    seen = gap, user[None, :] == user[:, None], day, last_day, within_days
    return np.where(_over(*seen), _in_time(*seen).astype(float), np.nan)


def _first_visits_alone(gap, own, day, last_day, within_days):
    return _over(gap, own, day, last_day, within_days) & ~(own & (gap < 0)).any(1)


def _one_answer_a_person(gap, own, day, last_day, within_days):
    near = (own & (gap > 0) & (gap <= within_days)).any(1)
    return (own & near[None, :]).any(1)


def _in_the_next_block(gap, own, day, last_day, within_days):
    block = day // max(within_days, 1)
    return (own & (block[None, :] == block[:, None] + 1)).any(1)


def _row_below(user, day, last_day, within_days):
    rows = np.lexsort((day, user))
    gap = np.append(day[rows][1:] - day[rows][:-1], 0)
    answer = np.where(day[rows] + within_days > last_day, np.nan, ((gap > 0) & (gap <= within_days)).astype(float))
    return answer[np.argsort(rows)]


MISTAKES = (
    *mistakes_of(visited, STEPS, WITHOUT, never=NEVER, most=3, named=names(alone="rule: {name}"), told=in_one()),
    Mistake("each person's last day for last_day", _told_where(_within_own_days, _in_time),
            "You judge a visit by the person's own last day. Whoever stays away is then never a 0: the log reaches to `last_day` for all.", BASE),
    Mistake("never again is unknown", _told_where(_ever_again, _in_time),
            "Your answer is NaN where the person never visits again. Once the days are over that is known: 0.", BASE),
    Mistake("on each of the days", _told_where(_over, _on_every_day),
            "You ask for a visit on every one of the days. One visit on any of them is enough.", BOUNDARY),
    Mistake("days after the first visit", _told_where(_over, _in_the_first_days),
            "Your days begin at the person's first visit. Each visit has days of its own, which begin after it.", BASE),
    Mistake("visits on the last day left out", _before_the_last_day,
            "A return on `last_day` itself does not count in your answer. The log covers that day, so who came on it is back.", BOUNDARY),
    Mistake("first visits alone", _told_where(_first_visits_alone, _in_time),
            "You answer for each person's first visit alone, and all others are NaN. Each visit asks anew whether the person comes back.", BASE),
    Mistake("one answer a person", _told_where(_over, _one_answer_a_person),
            "All visits of a person get the same answer: whether any of them was followed by a return. Each visit has days of its own.", AXIS),
    Mistake("blocks of days in place of days since the visit", _told_where(_over, _in_the_next_block),
            "You cut the calendar into blocks of within_days and look into the next block. The days are counted from each visit.", BOUNDARY),
    Mistake("the next person's visit", _row_below,
            "After sorting you look at the next row, whoever it belongs to. Where a person's visits end, the next person's begin.", AXIS),
)
