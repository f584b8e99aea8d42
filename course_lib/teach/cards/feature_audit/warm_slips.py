"""Slips in the steps of a cache: what is loaded, how large it is, who is dropped, when one looks, what is counted."""

from course_lib.teach.cards.two_slips import Slip, mistakes_of
from course_lib.teach.definitions.mistake_kinds import AXIS, BASE, BOUNDARY, DIRECTION, IGNORED, UNIT

RARE = {"paired": False}


def _build(load=lambda warm, room: warm[:room][::-1], touch=True, room=0, drop=0, count=lambda hits, asked, warm: hits / len(asked),
           enter=True, look_first=True):
    """Held users stand in the order of their last use; drop: the place of the one who goes."""
    def wrong(requested, capacity, warm=()):
        asked, held, hits = [int(user) for user in requested], list(load(list(warm), capacity)), 0
        for user in asked:
            hits += look_first and user in held
            if enter and (touch or user not in held):
                held = [one for one in held if one != user] + [user]
            if len(held) > max(capacity + room, 0):
                held.pop(drop)
            hits += not look_first and user in held
        return float(count(hits, asked, list(warm)))
    return wrong


STEPS = {
    "load": (
        Slip("the most valuable go first", lambda warm, room: warm[:room], "The most valuable warm users are dropped first; load them "
             "last.", AXIS, False),
        Slip("all of warm", lambda warm, room: warm[::-1], "You load all of `warm`; load the first `capacity`.", BOUNDARY, False),
        Slip("all of warm, front first", lambda warm, room: warm, "You load all of `warm`, in its order; load the first `capacity`, "
             "the most valuable last.", AXIS, False),
        Slip("the last of warm", lambda warm, room: warm[-room:][::-1], "You load the last of `warm`; load the first `capacity`.",
             DIRECTION, False),
        Slip("cold", lambda warm, room: [], "Your cache starts empty; load `warm`.", IGNORED, False),
        Slip("warm sorted", lambda warm, room: sorted(warm)[:room][::-1], "You sort `warm` by the users' numbers. The most valuable "
             "stand first: keep the order.", AXIS, **RARE),
        Slip("one warm user too few", lambda warm, room: warm[:max(room - 1, 0)][::-1], "You load one warm user fewer than fit.",
             BOUNDARY, **RARE),
    ),
    "touch": (
        Slip("first in, first out", False, "Being found is no use in your cache; drop the one not used for longest.", IGNORED, False),
    ),
    "room": (
        Slip("one too many", 1, "Your cache holds one user more than its capacity.", BOUNDARY, False),
        Slip("one too few", -1, "Your cache holds one user less than its capacity.", BOUNDARY, False),
        Slip("no limit", 10**9, "Your cache never drops anybody.", IGNORED, False, **RARE),
    ),
    "drop": (
        Slip("the newest dropped", -1, "You drop the user used last; drop the one not used for longest.", DIRECTION, False, **RARE),
        Slip("the second dropped", -2, "You drop the user used last before the one who enters. Drop the one not used for longest.",
             DIRECTION, **RARE),
    ),
    "count": (
        Slip("misses", lambda hits, asked, warm: 1 - hits / len(asked), "You return the share not found.", DIRECTION, False),
        Slip("a count", lambda hits, asked, warm: hits, "You return a number of requests; divide by their number.", UNIT, False),
        Slip("warm counted as requests", lambda hits, asked, warm: hits / (len(asked) + len(warm)), "You divide by requests and warm "
             "users together.", BASE, False),
        Slip("by users", lambda hits, asked, warm: hits / len(set(asked)), "You divide by the number of users; divide by requests.",
             BASE, **RARE),
        Slip("hits by misses", lambda hits, asked, warm: hits / max(len(asked) - hits, 1), "You divide the requests found by those not "
             "found; divide by all requests.", BASE, **RARE),
        Slip("the first not counted", lambda hits, asked, warm: hits / max(len(asked) - 1, 1), "You divide by one request less than there "
             "are.", BOUNDARY, **RARE),
    ),
    "enter": (Slip("nothing enters", False, "A user who is not found never enters.", IGNORED, False, **RARE),),
    "look_first": (Slip("looked up after entering", False, "You look the user up after they have entered.", BOUNDARY, False, **RARE),),
}
WITHOUT = (             # a pair that comes to the same as another mistake
    "the most valuable go first + first in, first out | all of warm, front first + first in, first out")
MISTAKES = tuple(mistakes_of(_build, STEPS, WITHOUT))
