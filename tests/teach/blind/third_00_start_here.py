"""Solutions of lesson 00, written blind."""

from bisect import bisect_left

import numpy as np
import pandas as pd
from blind_book import right, wrong


@wrong("start_here.1", "Names the last stage that still had the item, instead of the next one, which dropped it.")
def lost_at(item, left):
    holder = left[0][0] if left else "shown"
    for name, kept in left:
        if item in kept:
            holder = name
    if not left or item in left[-1][1]:
        return "shown"
    return holder


@wrong("start_here.1", "Does not stop at the first stage that lacks the item, so the last one gets the blame.")
def lost_at(item, left):
    fate = "shown"
    for name, kept in left:
        if item not in kept:
            fate = name
    return fate


@wrong("start_here.1", "Compares neighbouring stages only, so what the first stage never found counts as shown.")
def lost_at(item, left):
    for (_, before), (name, after) in zip(left, left[1:]):
        if item in before and item not in after:
            return name
    return "shown"


@wrong("start_here.1", "Answers with this lesson's four stage names by their place and ignores the given names.")
def lost_at(item, left):
    stages = ["retrieve", "filter", "rank", "rerank"]
    for place, (_, kept) in enumerate(left):
        if item not in kept:
            return stages[min(place, 3)]
    return "shown"


@wrong("start_here.1", "Tests the found index for truth, so an item in the very first place counts as missing.")
def lost_at(item, left):
    for name, kept in left:
        if not np.where(np.asarray(kept) == item)[0].any():
            return name
    return "shown"


@wrong("start_here.1", "Looks the item up by binary search although a stage's items are in no sorted order.")
def lost_at(item, left):
    for name, kept in left:
        kept = np.asarray(kept)
        at = np.searchsorted(kept, item)
        if at == len(kept) or kept[at] != item:
            return name
    return "shown"


@wrong("start_here.1", "Counts only the first ten of the last stage's items as having left it.")
def lost_at(item, left):
    for place, (name, kept) in enumerate(left):
        out = kept[:10] if place == len(left) - 1 else kept
        if item not in out:
            return name
    return "shown"


@wrong("start_here.1", "Skips a stage that passed nothing on, as if it had not run.")
def lost_at(item, left):
    for name, kept in left:
        if len(kept) and item not in kept:
            return name
    return "shown"


@right("start_here.1", "Generator with a default, over sets.")
def lost_at(item, left):
    return next((name for name, kept in left if item not in set(np.asarray(kept).tolist())), "shown")


@right("start_here.1", "Stages are nested, so the number of stages that have it is the place of the culprit.")
def lost_at(item, left):
    survived = sum(bool((np.asarray(kept) == item).any()) for _, kept in left)
    names = [name for name, _ in left] + ["shown"]
    return names[survived]


@right("start_here.1", "Walks back from the end; sorted copies and bisection.")
def lost_at(item, left):
    answer = "shown"
    for name, kept in reversed(left):
        ordered = sorted(np.asarray(kept).tolist())
        at = bisect_left(ordered, item)
        if at < len(ordered) and ordered[at] == item:
            continue
        answer = name
    return answer
