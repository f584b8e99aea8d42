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
        BASE: "weights on non-clicks too | non-clicks dropped",
        DIRECTION: "multiplied instead of divided",
        IGNORED: "not clipped",
        BOUNDARY: "position from 0",
    },
    "ranker.2": {
        AXIS: "pooled",
        BOUNDARY: "ties win | ties lose",
        MEAN: "weighted by rows",
        BASE: "one-sided requests as 0.5",
    },
    "ranker.3": {
        MEAN: "bins weigh the same | error of each row | largest bin error",
        DIRECTION: "signed",
        UNIT: "squared",
        OTHER: "bin centres",
    },
    "ranker.4": {
        UNIT: "multiplied by the rate | odds returned",
        DIRECTION: "the wrong way round",
        BASE: "not normalised",
    },
    "ranker.5": {
        MEAN: "a weighted sum",
        UNIT: "weight as a factor",
        DIRECTION: "the power on the click",
        BASE: "the power on both",
    },
}
