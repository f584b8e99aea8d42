"""Solutions of lesson 00, written blind: from the notebook's text alone."""

import numpy as np
import pandas as pd
from blind_book import right, wrong


@wrong("start_here.1", "Names the last stage that the item did leave, not the first that it did not.")
def lost_at(item, left):
    last = "shown"
    for name, items in left:
        if item in items:
            last = name
    return "shown" if left and item in left[-1][1] else last


@wrong("start_here.1", "Goes through the stages from the end, so every lost item is put down to the last stage.")
def lost_at(item, left):
    for name, items in reversed(left):
        if item not in items:
            return name
    return "shown"


@wrong("start_here.1", "Takes the position of the item as a truth value: an item at position 0 counts as missing.")
def lost_at(item, left):
    for name, items in left:
        where = np.where(items == item)[0]
        if not where.any():
            return name
    return "shown"


@wrong("start_here.1", "Returns None instead of 'shown' for an item that left all stages.")
def lost_at(item, left):
    for name, items in left:
        if item not in set(items.tolist()):
            return name


@wrong("start_here.1", "Takes the first stage for the input of the funnel, and never asks it about an item.")
def lost_at(item, left):
    for name, items in left[1:]:
        if not (items == item).any():
            return name
    return "shown"


@wrong("start_here.1", "Returns the stage after the one that lost it: off by one.")
def lost_at(item, left):
    names = [name for name, _ in left] + ["shown"]
    for number, (_, items) in enumerate(left):
        if item not in items:
            return names[number + 1]
    return "shown"


@wrong("start_here.1", "Asks whether the item is the first of each stage's items instead of among them.")
def lost_at(item, left):
    for name, items in left:
        if len(items) == 0 or items[0] != item:
            return name
    return "shown"


@wrong("start_here.1", "Looks only at whether the item is in the final slate; all lost ones go to the first stage.")
def lost_at(item, left):
    if not left or item in left[-1][1]:
        return "shown"
    return left[0][0]


@wrong("start_here.1", "Returns the stage's number instead of its name.")
def lost_at(item, left):
    for number, (name, items) in enumerate(left):
        if item not in items:
            return number
    return "shown"


@wrong("start_here.1", "Uses the item as a position in the array: asks whether the array is long enough.")
def lost_at(item, left):
    for name, items in left:
        if item >= len(items):
            return name
    return "shown"


@right("start_here.1", "One expression: next over a generator, with a default.")
def lost_at(item, left):
    return next((name for name, items in left if item not in items), "shown")


@right("start_here.1", "numpy: a table of who left what, argmin of it; returns a numpy string.")
def lost_at(item, left):
    names = np.array([name for name, _ in left] + ["shown"])
    gone = np.array([not np.isin(item, items) for _, items in left] + [True])
    return names[gone.argmax()]


@right("start_here.1", "Recursive.")
def lost_at(item, left):
    if len(left) == 0:
        return "shown"
    (name, items), *rest = left
    return name if not np.any(np.asarray(items) == item) else lost_at(item, rest)


@right("start_here.1", "pandas: a Series of booleans by position; guards an empty list.")
def lost_at(item, left):
    if not left:
        return "shown"
    kept = pd.Series([bool(np.isin(items, [item]).any()) for _, items in left])
    if kept.all():
        return "shown"
    return left[int(kept.idxmin())][0]


@right("start_here.1", "While loop over sets.")
def lost_at(item, left):
    stage = 0
    while stage < len(left) and int(item) in {int(one) for one in left[stage][1]}:
        stage += 1
    return left[stage][0] if stage < len(left) else "shown"
