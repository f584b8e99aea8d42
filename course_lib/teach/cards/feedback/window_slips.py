"""Families of wrong labels at a moment: any two or three of the rules about windows, ends and what is known, broken."""

import numpy as np

from course_lib.teach.cards.two_slips import in_one, mistakes_of, slips
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.mistake_kinds import BOUNDARY


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
    "censor": slips(BOUNDARY, ("censor", False, "what is open is a 0, but it should be NaN"), alone=()),
    "future": slips(BOUNDARY, ("future", True, "purchases after `as_of` count, and nobody knows of them"), alone=()),
    "late": slips(BOUNDARY, ("late", True, "purchases after their window count"), alone=()),
    "wait": slips(BOUNDARY, ("wait", True, "a 1 is told only when the window is over, and a purchase is known at once"), alone=()),
    "known": slips(BOUNDARY, ("known", np.less, "a purchase exactly at `as_of` does not count"), alone=()),
    "within": slips(BOUNDARY, ("within", np.less, "a purchase exactly at the end of its window does not count"), alone=()),
    "over_by": slips(BOUNDARY, ("over_by", np.less, "a window that ends exactly at `as_of` is open"), alone=()),
    "told": slips(BOUNDARY, ("told", -1.0, "what is unknown is −1, but it should be NaN"), alone=()),
}
NEVER = "future + known | late + within | censor + over_by | censor + told | censor + wait"
WITHOUT = ("censor + future", "censor + late", "censor + within", "future + late", "future + wait", "future + within",
           "future + over_by", "late + wait", "late + over_by", "wait + known", "wait + within", "wait + over_by",
           "known + within", "known + over_by", "within + over_by", "censor + future + late", "future + late + wait",
           "future + wait + within", "future + wait + over_by", "future + wait + told", "late + wait + known",
           "wait + known + within", "wait + known + over_by", "wait + known + told", "known + within + over_by")
MISTAKES = (
    *mistakes_of(labelled, STEPS, WITHOUT, never=NEVER, most=3, told=in_one()),
    Mistake("told", labelled(told=-1.0), "What is unknown is −1 in your labels, which a mean would count. It is NaN.", BOUNDARY),
)
