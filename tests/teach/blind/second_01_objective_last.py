"""Solutions of lesson 01, written blind: from the notebook's text alone."""

import math
from fractions import Fraction

import numpy as np
from blind_book import right, wrong


@wrong("objective.5", "Milliseconds are divided by microseconds without a conversion.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    return max(0, int((budget_ms - fixed_ms) // per_item_us))


@wrong("objective.5", "Comes out negative where the fixed part is too much.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    return math.floor((budget_ms - fixed_ms) * 1000 / per_item_us)


@wrong("objective.5", "Rounds to the nearest, so an item that does not fit whole is counted.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    return max(0, round((budget_ms - fixed_ms) * 1000 / per_item_us))


@wrong("objective.5", "Rounds up: the last item breaks the budget.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    return max(0, math.ceil((budget_ms - fixed_ms) * 1000 / per_item_us))


@wrong("objective.5", "The fixed part is forgotten.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    return max(int(budget_ms * 1000 / per_item_us), 0)


@wrong("objective.5", "The fixed part is paid again for each item.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    return int(budget_ms * 1000 / (fixed_ms * 1000 + per_item_us))


@wrong("objective.5", "At least one item is promised, even where none fits.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    return max(1, int((budget_ms - fixed_ms) * 1000 / per_item_us))


@wrong("objective.5", "An item that fills the budget exactly is refused.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    left = (budget_ms - fixed_ms) * 1000
    return max(0, math.ceil(left / per_item_us) - 1)


@wrong("objective.5", "The budget and the fixed part are cut to whole items one by one and then subtracted.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    return max(0, int(budget_ms * 1000 // per_item_us) - int(fixed_ms * 1000 // per_item_us))


@wrong("objective.5", "Cuts the time that is left to whole milliseconds before it is spent.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    return max(0, int(int(budget_ms - fixed_ms) * 1000 / per_item_us))


@wrong("objective.5", "Takes the distance of budget and fixed part, so too large a fixed part pays for items.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    return int(abs(budget_ms - fixed_ms) * 1000 / per_item_us)


@wrong("objective.5", "A microsecond is taken for a hundredth of a millisecond.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    return int(max(0.0, budget_ms - fixed_ms) * 100 // per_item_us)


@right("objective.5", "All in microseconds, floor division, max at the front.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    left_us = 1000 * max(budget_ms - fixed_ms, 0)
    return int(left_us / per_item_us)


@right("objective.5", "Doubles and bisects for the largest number whose cost is within what is left.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    left, low, high = (budget_ms - fixed_ms) * 1000 / per_item_us, 0, 1
    while high <= left:
        high *= 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle <= left else (low, middle)
    return low


@right("objective.5", "An early return for a fixed part that is too much; a numpy integer.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    if fixed_ms >= budget_ms:
        return 0
    return np.int64(np.floor((budget_ms - fixed_ms) * 1e3 / per_item_us))


@right("objective.5", "The quotient as a fraction, whose integer part is taken.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    quotient = Fraction((budget_ms - fixed_ms) * 1000 / per_item_us)
    return max(quotient.numerator // quotient.denominator, 0)


@wrong("objective.6", "A lower end of exactly minus the margin passes, though the interval then holds that loss.")
def non_inferiority(low, high, margin):
    return "pass" if low >= -margin else "fail" if high < -margin else "undecided"


@wrong("objective.6", "A better end of exactly minus the margin fails, though it is no larger loss than that.")
def non_inferiority(low, high, margin):
    return "pass" if low > -margin else "fail" if high <= -margin else "undecided"


@wrong("objective.6", "Asks for a gain: the interval has to lie above 0 to pass.")
def non_inferiority(low, high, margin):
    return "pass" if low > 0 else "fail" if high < -margin else "undecided"


@wrong("objective.6", "Fails as soon as any loss is sure, however small beside the margin.")
def non_inferiority(low, high, margin):
    if high < 0:
        return "fail"
    return "pass" if low > -margin else "undecided"


@wrong("objective.6", "Fails where the worse end is beyond the margin, although the better end is not.")
def non_inferiority(low, high, margin):
    return "pass" if low > -margin else "fail"


@wrong("objective.6", "The margin is taken without its minus.")
def non_inferiority(low, high, margin):
    return "pass" if low > margin else "fail" if high < margin else "undecided"


@wrong("objective.6", "Judges by the middle of the interval.")
def non_inferiority(low, high, margin):
    middle = (low + high) / 2
    return "pass" if middle > -margin else "fail" if middle < -margin else "undecided"


@wrong("objective.6", "Passes when the better end is above minus the margin.")
def non_inferiority(low, high, margin):
    if high > -margin:
        return "pass"
    return "fail" if high < -margin else "undecided"


@wrong("objective.6", "Equivalence: a gain beyond the margin is not let pass.")
def non_inferiority(low, high, margin):
    if -margin < low and high < margin:
        return "pass"
    return "fail" if high < -margin else "undecided"


@wrong("objective.6", "Any interval that holds 0 is called undecided.")
def non_inferiority(low, high, margin):
    if low <= 0 <= high:
        return "undecided"
    return "pass" if low > -margin else "fail" if high < -margin else "undecided"


@wrong("objective.6", "Decides by distance from 0, so a large sure gain fails.")
def non_inferiority(low, high, margin):
    if min(abs(low), abs(high)) > margin:
        return "fail"
    return "pass" if low > -margin else "undecided"


@wrong("objective.6", "pass and fail are exchanged.")
def non_inferiority(low, high, margin):
    return "fail" if low > -margin else "pass" if high < -margin else "undecided"


@right("objective.6", "Counts how many of the two ends lie on a sure side and looks the word up.")
def non_inferiority(low, high, margin):
    return {(True, False): "pass", (False, True): "fail"}.get((-low < margin, -high > margin), "undecided")


@right("objective.6", "Losses in place of changes: the worst and the least loss.")
def non_inferiority(low, high, margin):
    worst, least = -low, -high
    if worst < margin:
        return "pass"
    if least > margin:
        return "fail"
    return "undecided"


@right("objective.6", "numpy select; a numpy string.")
def non_inferiority(low, high, margin):
    return np.select([np.float64(low) > -margin, np.float64(high) < -margin], ["pass", "fail"], "undecided").item()


@right("objective.6", "Undecided first: the interval holds minus the margin, ends counted.")
def non_inferiority(low, high, margin):
    if low <= -margin <= high:
        return "undecided"
    return "pass" if low > -margin else "fail"
