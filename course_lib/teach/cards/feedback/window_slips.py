"""Families of wrong labels at a moment: any two or three of the rules about windows, ends and what is known, broken."""

import numpy as np

from course_lib.teach.cards.two_slips import in_one, mistakes_of, slips
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.mistake_kinds import BOUNDARY, LEAK, UNIT


def labelled(*, censor=True, future=False, late=False, wait=False, known=np.less_equal, within=np.less_equal,
             over_by=np.less_equal, told=np.nan):
    def wrong(click_time, event_time, as_of, window_s):
        click_time, event_time = np.asarray(click_time, float), np.asarray(event_time, float)
        with np.errstate(invalid="ignore"):
            bought = ~np.isnan(event_time) & (future | known(event_time, as_of)) & (late | within(event_time - click_time, window_s))
        over = over_by(click_time + window_s, as_of) | (not censor)
        if wait:
            return np.where(over, bought.astype(float), told)
        return np.where(bought, 1.0, np.where(over, 0.0, told))
    return wrong


STEPS = {
    "censor": slips(BOUNDARY, ("open is no", False, "what is open is a 0, but it should be NaN"), alone=()),
    "future": slips(BOUNDARY, ("purchases to come", True, "purchases after `as_of` count, and nobody knows of them"), alone=()),
    "late": slips(BOUNDARY, ("late purchases", True, "purchases after their window count"), alone=()),
    "wait": slips(BOUNDARY, ("a yes waits", True, "a 1 is told only when the window is over, and a purchase is known at once"), alone=()),
    "known": slips(BOUNDARY, ("bought just now is unknown", np.less, "a purchase exactly at `as_of` does not count"), alone=()),
    "within": slips(BOUNDARY, ("bought in the last second is late", np.less, "a purchase exactly at the end of its window does not count"), alone=()),
    "over_by": slips(BOUNDARY, ("just over is open", np.less, "a window that ends exactly at `as_of` is open"), alone=()),
    "told": slips(BOUNDARY, ("unknown is −1", -1.0, "what is unknown is −1, but it should be NaN"), alone=()),
}
NEVER = ("purchases to come + bought just now is unknown | late purchases + bought in the last second is late | "
         "open is no + just over is open | open is no + unknown is −1 | "
         "open is no + a yes waits")
WITHOUT = ("open is no + purchases to come", "open is no + late purchases",
           "open is no + bought in the last second is late", "purchases to come + late purchases",
           "purchases to come + a yes waits", "purchases to come + bought in the last second is late",
           "purchases to come + just over is open", "late purchases + a yes waits",
           "late purchases + just over is open", "a yes waits + bought just now is unknown",
           "a yes waits + bought in the last second is late", "a yes waits + just over is open",
           "bought just now is unknown + bought in the last second is late",
           "bought just now is unknown + just over is open", "bought in the last second is late + just over is open",
           "open is no + purchases to come + late purchases", "purchases to come + late purchases + a yes waits",
           "purchases to come + a yes waits + bought in the last second is late",
           "purchases to come + a yes waits + just over is open", "purchases to come + a yes waits + unknown is −1",
           "late purchases + a yes waits + bought just now is unknown",
           "a yes waits + bought just now is unknown + bought in the last second is late",
           "a yes waits + bought just now is unknown + just over is open",
           "a yes waits + bought just now is unknown + unknown is −1",
           "bought just now is unknown + bought in the last second is late + just over is open")


def _told(yes, no):
    """A wrong answer: 1 where yes(click, event, as_of, window), else 0 where no(click, event, as_of, window), else NaN."""
    def wrong(click_time, event_time, as_of, window_s):
        times = np.asarray(click_time, float), np.asarray(event_time, float), as_of, window_s
        with np.errstate(invalid="ignore"):
            return np.where(yes(*times), 1.0, np.where(no(*times), 0.0, np.nan))
    return wrong


def _in_time(click, event, as_of, window):
    return (event <= as_of) & (event - click <= window)


def _over(click, event, as_of, window):
    return click + window <= as_of


def _over_or_silent(click, event, as_of, window):
    return np.isnan(event) | _over(click, event, as_of, window)


MISTAKES = (
    Mistake("silence is a no at once", _told(_in_time, _over_or_silent),
            "Where `event_time` is NaN your label is 0 at once. At `as_of` nobody can tell such a click from one whose purchase is still to "
            "come: while the window is open, both are NaN.", LEAK),
    Mistake("silence is a no at once, no window", _told(lambda click, event, as_of, window: event <= as_of,
                                                        lambda click, event, as_of, window: np.isnan(event)),
            "Your label is 0 where no purchase ever comes, NaN where it comes after `as_of`, and the window is not asked. The first is not "
            "known while the window is open; and only purchases within it count.", LEAK),
    Mistake("a purchase to come is unknown", _told(_in_time, lambda click, event, as_of, window: (
                _over(click, event, as_of, window) & ~(event > as_of))),
            "Where a purchase comes after `as_of` your label is NaN, though the window is over. It is over without a purchase: 0, whatever "
            "comes later.", LEAK),
    Mistake("a late purchase to come is no", _told(_in_time, lambda click, event, as_of, window: (
                _over(click, event, as_of, window) | (event - click > window))),
            "Where the purchase comes after its window your label is 0 at once. While the window is open nobody knows that: NaN.", LEAK),
    Mistake("moment taken for a delay", _told(lambda click, event, as_of, window: (event <= window) & (click + event <= as_of), _over),
            "You take `event_time` for the delay since the click. It is a moment: the delay is `event_time - click_time`.", UNIT),
    *mistakes_of(labelled, STEPS, WITHOUT, never=NEVER, most=3, told=in_one()),
    Mistake("unknown is −1", labelled(told=-1.0), "What is unknown is −1 in your labels, which a mean would count. It is NaN.", BOUNDARY),
)
