"""Slips in the steps of a cap: who is counted, how many, what breaks the cap, where one looks, what fills the end."""

import numpy as np

from course_lib.teach.cards.two_slips import Slip, mistakes_of
from course_lib.teach.definitions.mistake_kinds import AXIS, BASE, BOUNDARY, DIRECTION, IGNORED

RARE = {"paired": False}


def _build(maker=lambda item, place, value: int(value[item]), exempt=lambda name: name < 0, most_=lambda most: most, over="skip",
           seen=lambda order, k: order, end=-1, after=lambda out: out):
    """over: "skip", "stop", "hole", or "fill" (skipped, and put back where the slate is not full)."""
    def wrong(order, value, most, k):
        out, count, passed = [], {}, []
        for place, item in enumerate(np.asarray(seen(order, k)).tolist()):
            name = maker(item, place, value)
            if len(out) == k or (over == "stop" and not exempt(name) and count.get(name, 0) >= most_(most)):
                break
            if not exempt(name) and count.get(name, 0) >= most_(most):
                passed.append(item)
                if over == "hole":
                    out.append(-1)
                continue
            count[name] = count.get(name, 0) + 1
            out.append(item)
        if over == "fill":
            out += passed[:k - len(out)]
        return np.array(after(out + ([] if end is None else [end] * (k - len(out)))), np.int64)
    return wrong


STEPS = {
    "maker": (
        Slip("value by place", lambda item, place, value: int(value[place]) if place < len(value) else -1, "You look the creator up "
             "by the place in `order`; `value` goes by item.", AXIS, False),
    ),
    "exempt": (
        Slip("nobody's items are limited", lambda name: False, "Items without a creator (−1) are limited as if one had made them; "
             "they are exempt.", BASE, False),
        Slip("creator 0 exempt", lambda name: name <= 0, "Creator 0 is exempt in your slate; only −1 means none.", BOUNDARY),
    ),
    "most_": (
        Slip("one too many", lambda most: most + 1, "You show one more than the cap.", BOUNDARY, False),
        Slip("one too few", lambda most: max(most - 1, 0), "You show one fewer than the cap allows.", BOUNDARY, False),
        Slip("one of each", lambda most: 1, "You show one item of each creator; up to `most` are allowed.", IGNORED, False),
    ),
    "over": (
        Slip("ends at the first", "stop", "Your slate ends at the first item that breaks the cap; pass it over.", BOUNDARY, False),
        Slip("holes", "hole", "What breaks the cap leaves a hole; close up.", BOUNDARY, False),
        Slip("filled regardless", "fill", "You fill up with items that break the cap; leave the slots empty.", BASE, False),
    ),
    "seen": (
        Slip("cut, then capped", lambda order, k: order[:k], "You cut to k candidates before the cap.", BOUNDARY, False),
        Slip("from the foot", lambda order, k: order[::-1], "You go through the candidates from the worst up.", DIRECTION, **RARE),
        Slip("order of items", lambda order, k: np.sort(order), "You go through the items by their number.", AXIS, False),
    ),
    "end": (
        Slip("short slate", None, "Your slate is shorter than k where the candidates run out; fill up with −1.", BOUNDARY, False),
        Slip("empty is 0", 0, "Your empty slots hold 0, which is an item; write −1.", BOUNDARY, False),
    ),
    "after": (
        Slip("backwards", lambda out: out[::-1], "Your slate stands last first.", AXIS, False, **RARE),
        Slip("sorted in the end", np.sort, "You sort the slate by the items' numbers; keep the order of the candidates.", AXIS, **RARE),
    ),
}
WITHOUT = (             # a pair that comes to the same as one slip, whose sentence is true of it
    "ends at the first + cut, then capped | holes + cut, then capped")


def _of_whole(kept):
    """kept(creator of each candidate, most) → bool (C,): which candidates may be shown, all at once."""
    def wrong(order, value, most, k):
        order = np.asarray(order, np.int64)
        out = order[kept(np.asarray(value)[order], most)].tolist()[:k]
        return np.array(out + [-1] * (k - len(out)), np.int64)
    return wrong


def _number(creator):
    return np.array([(creator == one).sum() for one in creator], int)


WHOLE = {
    "kept": (
        Slip("creators with too many left out", lambda creator, most: (_number(creator) <= most) | (creator < 0), "You leave out every "
             "item of a creator with more than `most` candidates. Show their first `most`.", BASE),
        Slip("all with too many left out", lambda creator, most: _number(creator) <= most, "You leave out every item of a creator with "
             "more than `most` candidates, and those without a creator as well. Show each creator's first `most`, and the others "
             "as they come.", BASE),
    ),
}
MISTAKES = (*mistakes_of(_build, STEPS, WITHOUT), *mistakes_of(_of_whole, WHOLE))
