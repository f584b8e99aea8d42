"""Slips in the steps of a click's weight: its chance, the weight, the clip, the rows without a click, the scale."""

import numpy as np

from course_lib.teach.cards.two_slips import Slip, mistakes_of
from course_lib.teach.definitions.mistake_kinds import BASE, BOUNDARY, DIRECTION, IGNORED, OTHER, UNIT

RARE = {"paired": False}


def _build(chance=lambda examination, position: examination[position - 1], weight=lambda p: 1 / p, limit=np.minimum,
           others=lambda w, p: 1.0, scale=lambda w, click: w):
    def wrong(position, click, examination, clip=20.0):
        with np.errstate(all="ignore"):
            p = chance(examination, position)
            w = limit(weight(p), clip)
            return scale(np.where(click == 1, w, others(w, p)), click)
    return wrong


STEPS = {
    "chance": (
        Slip("position from 0", lambda e, k: e[np.minimum(k, len(e) - 1)],
             "Positions count from 1 and arrays from 0: yours is the chance of the next position.", BOUNDARY, False),
        Slip("chances over that of the top", lambda e, k: (e / e.max())[k - 1],
             "You divide the chances by the largest first.", UNIT, False),
        Slip("chances over the first", lambda e, k: (e / e[0])[k - 1],
             "You divide the chances by that of position 1. A click there weighs 1 / P(looked at) too.", UNIT, **RARE),
        Slip("chances over their mean", lambda e, k: (e / e.mean())[k - 1],
             "You divide the chances by their mean first. They are chances already: a click weighs 1 / P(looked at).", UNIT, **RARE),
        Slip("chances over their sum", lambda e, k: (e / e.sum())[k - 1],
             "You divide the chances by their sum. Each is a chance of its own, not a share of one whole.", UNIT),
        Slip("chances multiplied up", lambda e, k: np.cumprod(e)[k - 1],
             "You multiply the chances of all positions down to this one. `examination` holds the chance itself.", OTHER, **RARE),
        Slip("positions from the foot", lambda e, k: e[::-1][k - 1],
             "You look the chance up from the wrong end of `examination`: its first is that of position 1.", DIRECTION, **RARE),
    ),
    "weight": (
        Slip("multiplied instead of divided", lambda p: p, "You multiply by the chance of a look; divide by it.",
             DIRECTION, False),
        Slip("root of the weight", lambda p: p ** -0.5,
             "Your weight is the square root of 1 / P(looked at). Take it whole.", UNIT),
        Slip("weight squared", lambda p: p ** -2.0, "Your weight is the square of 1 / P(looked at). Divide once.", UNIT),
        Slip("chance of no look", lambda p: 1 / (1 - p), "You divide by 1 − P(looked at), the chance that nobody looked. "
             "Divide by the chance of a look.", DIRECTION, **RARE),
        Slip("minus the logarithm", lambda p: -np.log(p), "Your weight is −log P(looked at). It is 1 / P(looked at).", UNIT, **RARE),
        Slip("one less the logarithm", lambda p: 1 - np.log(p),
             "Your weight is 1 − log P(looked at). It is 1 / P(looked at).", UNIT, **RARE),
    ),
    "limit": (
        Slip("the chance raised by 1 / clip", lambda w, clip: 1 / (1 / w + 1 / clip),
             "You add 1 / `clip` to every chance, which makes every weight smaller. Cut only those above `clip`.", BOUNDARY, **RARE),
        Slip("not clipped", lambda w, clip: w, "Your weights grow without limit: take at most `clip`.", IGNORED, False),
        Slip("at least the clip", np.maximum, "You take the larger of the weight and `clip`; `clip` is the most.",
             DIRECTION, False),
        Slip("too heavy set to 1", lambda w, clip: np.where(w > clip, 1.0, w),
             "A weight that passes `clip` becomes 1; it should become `clip`.", BOUNDARY, False),
        Slip("too heavy set to 0", lambda w, clip: np.where(w > clip, 0.0, w),
             "A weight that passes `clip` becomes 0; it should become `clip`.", BOUNDARY, False),
        Slip("clipped at 20", lambda w, clip: np.minimum(w, 20.0),
             "You clip at 20, whatever `clip` is. The caller sets it.", IGNORED),
        Slip("clip is the chance's", lambda w, clip: 1 / np.maximum(1 / w, clip),
             "You hold the chance, not the weight, against `clip`. No chance passes 1, so every click gets 1 / `clip`.", UNIT, **RARE),
        Slip("scaled to the clip", lambda w, clip: w * clip / w.max(),
             "You scale all weights so that the largest is `clip`. Leave those below it as they are, and cut the others.", UNIT, **RARE),
        Slip("one below the clip", lambda w, clip: np.minimum(w, clip - 1),
             "Your largest weight is `clip` − 1. It is `clip`.", BOUNDARY, **RARE),
    ),
    "others": (
        Slip("weights on non-clicks too", lambda w, p: w, "Rows without a click are weighted like the others; they keep 1.",
             BASE, False),
        Slip("non-clicks dropped", lambda w, p: 0.0, "Rows without a click get 0; they keep 1.", BASE, False),
        Slip("non-clicks discounted", lambda w, p: p, "Rows without a click get P(looked at); they keep 1.", BASE, False),
        Slip("non-clicks by the chance of no look", lambda w, p: 1 - p,
             "Rows without a click get 1 − P(looked at); they keep 1.", BASE, **RARE),
        Slip("non-clicks over the chance of no look", lambda w, p: 1 / (1 - p),
             "Rows without a click get 1 / (1 − P(looked at)); they keep 1.", BASE, **RARE),
        Slip("non-clicks negative", lambda w, p: -1.0, "Rows without a click get −1: a weight, not a label, is asked for. "
             "They keep 1.", BASE, **RARE),
    ),
    "scale": (
        Slip("normalised to mean 1", lambda w, click: w / w.mean(), "You divide all weights by their mean.", UNIT, False),
        Slip("normalised to sum 1", lambda w, click: w / w.sum(), "You divide all weights by their sum.", UNIT, False),
        Slip("largest made 1", lambda w, click: w / w.max(), "You divide all weights by the largest.", UNIT, False),
        Slip("clicks' mean made 1", lambda w, click: np.where(click == 1, w / w[click == 1].mean(), w),
             "You divide the clicks' weights by their mean. What a click stands for is 1 / P(looked at) itself.", UNIT),
    ),
}
WITHOUT = (             # a pair that comes to the same as one slip, whose sentence is true of it, or as another pair
    "multiplied instead of divided + not clipped | multiplied instead of divided + too heavy set to 1 | "
    "multiplied instead of divided + too heavy set to 0 | multiplied instead of divided + clipped at 20 | "
    "root of the weight + not clipped | root of the weight + at least the clip | "
    "multiplied instead of divided + at least the clip | root of the weight + too heavy set to 1 | "
    "root of the weight + too heavy set to 0 | "
    "multiplied instead of divided + non-clicks discounted | not clipped + weights on non-clicks too | "
    "not clipped + non-clicks dropped")
MISTAKES = tuple(mistakes_of(_build, STEPS, WITHOUT))
