"""The kinds of mistake that come back from lesson to lesson, a closed set, and the kind of each general slip.

Told apart by what has to be thought of next time, not by the line that was wrong: a future purchase in a label and a
whole log's count in a feature are both a leak.
"""

from __future__ import annotations

LEAK, UNIT, POPULARITY = "leak", "wrong unit or scale", "popularity ignored"
BOUNDARY, DIRECTION, AXIS = "boundary", "direction or sign", "axis or order"
MEAN, BASE, IGNORED, OTHER = "mean for sum", "who is counted", "something left out", "other"

KINDS = {
    LEAK: "something that nobody could know at that moment was used. Ask of every number: when was it known?",
    UNIT: "a unit or scale was mixed up: milliseconds, shares and counts, logs, squares and roots. Write the unit "
          "behind each name.",
    POPULARITY: "exposure or popularity was taken for preference. Ask how often each item had the chance at all.",
    BOUNDARY: "an end was off: at or before, first or last, ties, nothing at all. Try the case that lies on the "
              "border.",
    DIRECTION: "a sign, a ratio or an order was the wrong way round. Ask what must happen to the answer when the "
               "input grows.",
    AXIS: "rows and columns, groups or places were exchanged. Write the shape on each line.",
    MEAN: "a mean, a sum or a mean of means stood where another belongs. Ask what one unit of the average is.",
    BASE: "the wrong things were counted, or divided by. Ask who belongs into the denominator.",
    IGNORED: "an input or a term that matters had no effect. Change each argument alone and look whether the answer "
             "moves.",
    OTHER: "mistakes of their own kind",
}

SLIPS = {
    DIRECTION: ("wrong sign", "order reversed", "complement", "inverse", "absolute value", "cut at zero",
                "turned over", "swapped", "exchanged", "upside down"),
    AXIS: ("transposed", "wrong axis", "extra axis", "not reduced", "reduced too far", "wrong shape", "shape",
           "unordered", "not sorted"),
    UNIT: ("constant factor", "root forgotten", "root too many", "log forgotten", "log too many", "root of n",
           "wrong dtype", "rounded to"),
    BOUNDARY: ("off by one", "one short", "one long", "shifted by one", "boundary", "ties", "NaN", "empty"),
    MEAN: ("mean for sum", "sum for mean", "n for n − 1", "n − 1 for n"),
    IGNORED: ("ignored argument", "argument ignored", "unread argument", "not read", "unused"),
}


def kind_of_slip(name: str) -> str:
    """The kind of a general slip, from its name ("wrong axis", "rounded to 3"); OTHER where none is known.

    Names are compared by their beginnings, so that "ignored argument `k`" is found too; a leading argument in
    backquotes ("`k` is never read") does not hide "never read".
    """
    for kind, begins in SLIPS.items():
        if name.startswith(begins):
            return kind
    return IGNORED if "never read" in name or "ignore" in name else OTHER
