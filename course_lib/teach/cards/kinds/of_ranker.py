"""The kind of every known mistake of the lesson `ranker`: {card: {kind: "name | name"}}."""

from course_lib.teach.definitions.mistake_kinds import (
    AXIS,
    BASE,
    BOUNDARY,
    DIRECTION,
    IGNORED,
    MEAN,
    OTHER,
    UNIT,
)

TABLE = {
    "ranker.1": {
        BASE: (
            "weights on non-clicks too | non-clicks dropped | non-clicks dropped, not clipped | "
            "weights on non-clicks too, not clipped | non-clicks discounted | rows dropped"
        ),
        DIRECTION: "multiplied instead of divided | clicks and the others exchanged | at least the clip",
        IGNORED: "not clipped | the position itself | a logarithm of the position",
        BOUNDARY: "position from 0 | position from 0, past the end | too heavy set to 1 | too heavy set to 0",
        OTHER: "one added",
        UNIT: "normalised to mean 1 | normalised to sum 1 | chances over that of the top",
    },
    "ranker.2": {
        AXIS: "pooled | neighbours only | not averaged",
        BOUNDARY: (
            "ties win | ties lose | one-sided requests as NaN | requests with clicks only as NaN | ties left out | "
            "ties by their place"
        ),
        MEAN: "weighted by rows | pairs pooled | weighted by clicks | median",
        BASE: "one-sided requests as 0.5 | one-sided requests as 0 | one-sided requests as 1 | all pairs of rows",
        IGNORED: "top row clicked",
    },
    "ranker.3": {
        MEAN: "bins weigh the same | error of each row | largest bin error | Brier score | sum over bins",
        DIRECTION: "signed | signed, sign kept | confidence",
        UNIT: "squared | root of the squares | counts, not shares",
        OTHER: "bin centres",
        BASE: "empty bins counted | share above a half",
        BOUNDARY: (
            "upper ends | upper ends, zero lost | nearest edge | one bin too few | one bin too many | "
            "bins of equal numbers | quantile edges | bins of the data's own range"
        ),
        AXIS: "per bin, not averaged",
    },
    "ranker.4": {
        UNIT: (
            "multiplied by the rate | odds returned | log-odds returned | rate added to the log-odds | "
            "corrected twice | scaled to the same mean"
        ),
        DIRECTION: (
            "the wrong way round | divided by the rate | divided by the rate, cut at 1 | "
            "multiplied by the share dropped | share dropped"
        ),
        BASE: "not normalised | 1 in the denominator | both classes reweighted | negatives scaled alone",
        BOUNDARY: "certain becomes NaN",
        IGNORED: "nothing changed",
    },
    "ranker.5": {
        MEAN: (
            "a weighted sum | clicks plus weight times satisfaction | a weighted geometric mean | a blend with 1 | "
            "a bonus"
        ),
        UNIT: "weight as a factor | the logarithm",
        DIRECTION: "the power on the click | the power turned over | weight as a base",
        BASE: "the power on both",
        IGNORED: "clicks left out | weight left out",
        BOUNDARY: (
            "one weight too many | at most one weight | by way of the logarithm | a chance of 0 raised a little"
        ),
        AXIS: "the order",
    },
}
