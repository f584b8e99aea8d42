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
        DIRECTION: "log q added | times the temperature",
        POPULARITY: "no correction",
        UNIT: "divided by the temperature too | q instead of log q | unit length | score divided by q",
        IGNORED: "own item not corrected | only the own item corrected | taken off outside the softmax",
        MEAN: "summed over rows",
    },
    "negatives.2": {
        DIRECTION: "alpha on the old gap | sign of the newest gap",
        IGNORED: "the newest gap only | old gap not lowered",
        UNIT: "a chance instead of a gap | steps since the start",
        MEAN: "chances averaged",
        BOUNDARY: "both counted | steps in between",
    },
    "negatives.3": {
        POPULARITY: "uniform rows forgotten",
        UNIT: "sum of logs | expected count | no log | at least once | uniform chance not divided",
        MEAN: "plain average | chances added",
        DIRECTION: "weights exchanged",
        BASE: "over the in-batch rows",
    },
    "negatives.4": {
        BASE: "positives kept | positives dropped after ranking | band moved down",
        BOUNDARY: (
            "counted from 0 | upper end left out | positives set to 0 | positives set to a large negative number | "
            "from the top"
        ),
        DIRECTION: "worst first | worst first, positives before them",
        AXIS: "in order of rank | places among the rest",
    },
    "negatives.5": {
        BASE: (
            "the positive masked too | same user only | same item only | anybody's positives | "
            "users and items apart | the own item's repeats left"
        ),
        AXIS: "turned over",
        OTHER: "pairs that collide",
        DIRECTION: "turned to its opposite",
    },
    "negatives.6": {
        POPULARITY: "share of items",
        AXIS: "in sorted order",
        DIRECTION: "tail first | ascending",
        BOUNDARY: "own events counted | the edge to the upper stratum | ties to the later id | equal counts together",
        IGNORED: "own share | edges left out",
    },
    "negatives.7": {
        IGNORED: "not centred | mean not added back | no penalty | new items not centred | content not centred",
        OTHER: "nearest item's vector",
        MEAN: "mean of squares",
        UNIT: "l2 squared",
        BASE: "new items centred on themselves",
    },
}
