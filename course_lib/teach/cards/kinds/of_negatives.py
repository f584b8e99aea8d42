"""The kind of every known mistake of the lesson `negatives`: {card: {kind: "name | name"}}."""

from course_lib.teach.definitions.mistake_kinds import (
    AXIS,
    BASE,
    BOUNDARY,
    DIRECTION,
    IGNORED,
    MEAN,
    OTHER,
    POPULARITY,
    UNIT,
)

TABLE = {
    "negatives.1": {
        DIRECTION: "log q added",
        POPULARITY: "no correction",
        UNIT: "divided by the temperature too | q instead of log q",
    },
    "negatives.2": {
        DIRECTION: "alpha on the old gap",
        IGNORED: "the newest gap only",
        UNIT: "a chance instead of a gap | steps since the start",
    },
    "negatives.3": {
        POPULARITY: "uniform rows forgotten",
        UNIT: "sum of logs | expected count | no log",
        MEAN: "plain average",
    },
    "negatives.4": {
        BASE: "positives kept | positives dropped after ranking",
        BOUNDARY: "counted from 0 | upper end left out",
        DIRECTION: "worst first",
    },
    "negatives.5": {
        BASE: "the positive masked too | same user only | same item only | anybody's positives",
        AXIS: "turned over",
    },
    "negatives.6": {
        POPULARITY: "share of items",
        AXIS: "in sorted order",
        DIRECTION: "tail first",
        BOUNDARY: "own events counted",
    },
    "negatives.7": {
        IGNORED: "not centred | mean not added back | no penalty",
        OTHER: "nearest item's vector",
    },
}
