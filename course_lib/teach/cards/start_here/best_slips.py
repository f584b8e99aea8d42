"""Slips in the steps of what perfect last stages could show: what is counted, the limit of the slots, what it is a share of."""

import numpy as np

from course_lib.teach.cards.two_slips import Slip, mistakes_of
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.mistake_kinds import BASE, BOUNDARY, DIRECTION, IGNORED, UNIT


def _reach(fate, mended):
    return sum(stage == "shown" or stage in mended for stage in fate)


def _build(counted=_reach, limit=min, over=lambda films, slots, count: films):
    """The count, its limit, and what it is divided by; 0 where that is 0."""
    def wrong(fate, mended, slots):
        count = counted(fate, mended)
        below = over(len(fate), slots, count)
        return limit(slots, count) / below if below else 0.0
    return wrong


STEPS = {
    "counted": (
        Slip("shown ones left out", lambda fate, mended: sum(stage in mended for stage in fate),
             "You count what the mended stages lose today and leave out what is shown today. That reached them too.", BASE),
        Slip("all hidden films", lambda fate, mended: len(fate),
             "You let all hidden films reach the mended stages. What an earlier stage lost does not come back.", BASE),
        Slip("shown ones only", lambda fate, mended: fate.count("shown"),
             "You count what is shown today. A perfect stage also shows what it loses today.", IGNORED, paired=False),
        Slip("lost before", lambda fate, mended: len(fate) - _reach(fate, mended),
             "You count the films that are lost before the mended stages. Asked for are those that reach them.", DIRECTION, paired=False),
        Slip("all that are lost", lambda fate, mended: len(fate) - fate.count("shown"),
             "You count every film that is lost, wherever. Of these only the ones that reach the mended stages can be won, and what is shown "
             "today counts as well.", BASE, paired=False),
        Slip("the first of the mended", lambda fate, mended: _reach(fate, mended[:1]),
             "Of the mended stages you ask the first alone. What any of them loses today has reached them.", IGNORED, paired=False),
        Slip("the last of the mended", lambda fate, mended: _reach(fate, mended[-1:]),
             "Of the mended stages you ask the last alone. What any of them loses today has reached them.", IGNORED, paired=False),
        Slip("each fate once", lambda fate, mended: _reach(set(fate), mended),
             "You count each fate once. Two films with the same fate are two films.", BASE, paired=False),
        Slip("names of this system", lambda fate, mended: sum(stage in ("rank", "rerank", "shown") for stage in fate),
             "You count by the names `rank` and `rerank`, whatever `mended` holds. Read the names from there.", IGNORED, paired=False),
        Slip("all but two names", lambda fate, mended: sum(stage not in ("retrieve", "filter") for stage in fate),
             "You leave out the names `retrieve` and `filter` and count all others. Which stages are mended, `mended` says.", IGNORED,
             paired=False),
    ),
    "limit": (
        Slip("no limit", lambda slots, count: count, "You forget that only so many films have room in the slots.", IGNORED),
        Slip("at most ten", lambda slots, count: min(10, count), "Your number of slots is always 10. It is given as `slots`.", IGNORED,
             paired=False),
        Slip("the larger", max, "You take the larger of the slots and the films that reach them. More than there are of either cannot be "
             "shown.", DIRECTION, paired=False),
        Slip("one slot fewer", lambda slots, count: min(slots - 1, count), "Your slots hold one film fewer than there are slots.", BOUNDARY,
             paired=False),
        Slip("only the slots", lambda slots, count: slots, "You fill every slot, even where fewer films reach the mended stages.", IGNORED,
             paired=False),
    ),
    "over": (
        Slip("of those that reach them", lambda films, slots, count: count,
             "You divide by the films that reach the mended stages. The share is of all of the person's hidden films.", BASE),
        Slip("of what the slots hold", lambda films, slots, count: min(films, slots),
             "You divide by what the slots could hold, as recall@10 does. The share is of all of the person's hidden films.", BASE),
        Slip("of the slots", lambda films, slots, count: slots,
             "You divide by the number of slots. The share is of all of the person's hidden films.", BASE),
        Slip("a number", lambda films, slots, count: 1, "You return how many films are shown. Their share is asked for.", UNIT),
        Slip("in per cent", lambda films, slots, count: films / 100, "You return per cent. A share lies between 0 and 1.", UNIT),
        Slip("one film more", lambda films, slots, count: films + 1, "You divide by one film more than the person has.", BOUNDARY,
             paired=False),
    ),
}
WITHOUT = (             # a pair that comes to the same as another mistake
    "all hidden films + of those that reach them | no limit + of those that reach them | all hidden films + of what the slots hold")


def _unguarded(fate, mended, slots):
    reach = _reach(fate, mended)
    return min(slots, reach) / reach


def _not_a_number(fate, mended, slots):
    reach = _reach(fate, mended)
    return min(slots, reach) / reach if reach else np.nan


def _cut_first(fate, mended, slots):
    return _reach(fate[:slots], mended) / len(fate)


def _beside_what_is_shown(fate, mended, slots):
    lost = sum(stage in mended for stage in fate)
    return (fate.count("shown") + min(slots, lost)) / len(fate)


def _gained(fate, mended, slots):
    return (min(slots, _reach(fate, mended)) - fate.count("shown")) / len(fate)


def _still_lost(fate, mended, slots):
    return 1 - min(slots, _reach(fate, mended)) / len(fate)


def _room_for_each(fate, mended, slots):
    return min(1.0, slots / max(_reach(fate, mended), 1))


def _each_alone(fate, mended, slots):
    return [float(stage == "shown" or stage in mended) for stage in fate]


ALL = (
    *mistakes_of(_build, STEPS, WITHOUT),
    Mistake("what is gained", _gained,
            "You give what would be shown beyond what is shown today. Asked for is all that would be shown."),
    Mistake("what is still lost", _still_lost, "You give the share that is not shown even then. Asked for is the share that is."),
    Mistake("the slots a second time", _beside_what_is_shown,
            "You keep what is shown today and fill all the slots once more. Both share the same slots."),
    Mistake("cut, then counted", _cut_first,
            "You look at the first films of the list alone, as many as there are slots. The slots limit how many are shown, and the list is in "
            "no order."),
    Mistake("of those that reach them, error where none does", _unguarded,
            "You divide by the films that reach the mended stages, and where none does that is an error. The share is of all of the person's "
            "hidden films."),
    Mistake("of those that reach them, missing where none does", _not_a_number,
            "You divide by the films that reach the mended stages, and have no answer where none does. The share is of all of the person's "
            "hidden films, and none of them is shown."),
    Mistake("room for each", _room_for_each,
            "You give the chance that a film which reaches the slots has room there, and 1 where none comes. Asked for is the share of all "
            "hidden films that is shown.", BASE),
    Mistake("film by film", _each_alone, "You say of each film whether it reaches the mended stages. Asked for is one number, a share."),
)
OFTEN_MADE = ("shown ones left out", "all hidden films", "no limit", "of what the slots hold", "of those that reach them", "what is gained")
MISTAKES = tuple(sorted(ALL, key=lambda held: OFTEN_MADE.index(held.name) if held.name in OFTEN_MADE else len(OFTEN_MADE)))
