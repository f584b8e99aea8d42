"""Solutions of lesson 00, written blind: from the notebook's text alone."""

import numpy as np
import pandas as pd
from blind_book import right, wrong


@wrong("start_here.1", "Names the last stage that the item still left, not the first that it did not leave.")
def lost_at(item, left):
    last = left[0][0]
    for name, out in left:
        if item in out:
            last = name
        else:
            return last
    return "shown"


@wrong("start_here.1", "Walks the stages from the end, so it names the last stage that lacks the item.")
def lost_at(item, left):
    for name, out in reversed(left):
        if item not in out:
            return name
    return "shown"


@wrong("start_here.1", "Looks the item up by bisection, but what leaves a stage is not sorted by id.")
def lost_at(item, left):
    for name, out in left:
        place = np.searchsorted(out, item)
        if place == len(out) or out[place] != item:
            return name
    return "shown"


@wrong("start_here.1", "argmax is 0 where the item stands first, and that is taken for not found.")
def lost_at(item, left):
    for name, out in left:
        if not np.argmax(np.append(out, -1) == item):
            return name
    return "shown"


@wrong("start_here.1", "A stage that let nothing through is skipped, so an item that it lost counts as shown.")
def lost_at(item, left):
    for name, out in left:
        if len(out) == 0:
            continue
        if not np.isin(item, out):
            return name
    return "shown"


@wrong("start_here.1", "Returns the name of the last stage for an item that left them all.")
def lost_at(item, left):
    name = ""
    for name, out in left:
        if item not in out:
            break
    return name


@wrong("start_here.1", "Stage names are hard-coded in the order of this system instead of read from the list.")
def lost_at(item, left):
    names = ["retrieve", "filter", "rank", "rerank"]
    for name, (_, out) in zip(names, left, strict=False):
        if item not in out:
            return name
    return "shown"


@wrong("start_here.1", "Only the first ten of each stage are looked at, though ten is the size of one service's slate.")
def lost_at(item, left):
    return next((name for name, out in left if item not in list(out)[:10]), "shown")


@wrong("start_here.1", "Counts the stages that hold the item and is one too far: names the stage after the loser.")
def lost_at(item, left):
    names = [name for name, _ in left] + ["shown"]
    through = sum(int(item in out) for _, out in left)
    return names[min(through + (0 < through < len(left)), len(left))]


@wrong("start_here.1", "Gives the number of the stage, not its name.")
def lost_at(item, left):
    for number, (_, out) in enumerate(left):
        if item not in out:
            return number
    return "shown"


@wrong("start_here.1", "The list of places is empty or not, but item 0 at place 0 sums to 0 and counts as missing.")
def lost_at(item, left):
    for name, out in left:
        if not sum(x for x in out if x == item):
            return name
    return "shown"


@right("start_here.1", "A generator with a default.")
def lost_at(item, left):
    return next((name for name, out in left if not (np.asarray(out) == item).any()), "shown")


@right("start_here.1", "Recursion over the stages.")
def lost_at(item, left):
    if not left:
        return "shown"
    (name, out), *rest = left
    return lost_recursively(item, rest) if item in set(np.asarray(out).tolist()) else name


def lost_recursively(item, left):
    if not left:
        return "shown"
    (name, out), *rest = left
    return lost_recursively(item, rest) if item in set(np.asarray(out).tolist()) else name


@right("start_here.1", "Counts the stages that hold the item: as no stage adds any, that number points to the loser.")
def lost_at(item, left):
    through = sum(item in np.asarray(out).tolist() for _, out in left)
    return [*(name for name, _ in left), "shown"][through]


@right("start_here.1", "A pandas Series of which stages lack the item, and its idxmax.")
def lost_at(item, left):
    lacks = pd.Series([item not in set(out) for _, out in left], dtype=bool)
    return left[int(lacks.idxmax())][0] if lacks.any() else "shown"
