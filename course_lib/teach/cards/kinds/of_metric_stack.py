"""The kind of every known mistake of the lesson `metric_stack`: {card: {kind: "name | name"}}."""

from course_lib.teach.definitions.mistake_kinds import (
    BASE,
    BOUNDARY,
    DIRECTION,
    IGNORED,
    OTHER,
    POPULARITY,
    UNIT,
)

TABLE = {
    "metric_stack.1": {
        UNIT: "DCG",
        BASE: "ideal of k hits | ideal of all relevant | 0 for users without relevant items",
        BOUNDARY: "discount off by one",
        IGNORED: "no discount",
    },
    "metric_stack.2": {
        BASE: "IPS | mean of the matches",
        DIRECTION: "weights upside down",
        IGNORED: "the target's chance forgotten | no weights",
        POPULARITY: "the logging chance forgotten",
    },
    "metric_stack.3": {
        BASE: "IPS on top of the model | base of the logging policy | self-normalised",
        DIRECTION: "wrong sign",
        POPULARITY: "unweighted errors",
        IGNORED: "the model alone",
    },
    "metric_stack.4": {
        POPULARITY: "a always first",
        IGNORED: "one coin for all rounds",
        DIRECTION: "coin upside down",
        OTHER: "snake draft",
        BASE: "team by list",
    },
}
