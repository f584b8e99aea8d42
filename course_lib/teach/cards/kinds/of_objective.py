"""The kind of every known mistake of the lesson `objective`: {card: {kind: "name | name"}}."""

from course_lib.teach.definitions.mistake_kinds import (
    AXIS,
    BASE,
    BOUNDARY,
    DIRECTION,
    IGNORED,
    LEAK,
    MEAN,
    OTHER,
    UNIT,
)

TABLE = {
    "objective.1": {
        MEAN: "mean of events",
        BASE: "requests without events dropped",
        UNIT: "counts",
        IGNORED: "last event wins",
    },
    "objective.2": {
        IGNORED: "revenue | no handling cost | returns ignored",
        BASE: "cost on everything",
        DIRECTION: "negated twice",
    },
    "objective.3": {
        LEAK: "unknown is no",
        BOUNDARY: "same day counts | one day short",
        BASE: "anyone",
    },
    "objective.4": {
        UNIT: "values, not ranks",
        AXIS: "argsort taken for ranks",
        DIRECTION: "sign of the distance",
    },
    "objective.5": {
        UNIT: "units",
        IGNORED: "fixed part forgotten",
        BOUNDARY: "negative | rounded up",
    },
    "objective.6": {
        OTHER: "not significant means safe | never undecided",
        IGNORED: "any sure loss fails | centre only",
    },
    "objective.7": {
        IGNORED: "no guardrail | no decision",
        AXIS: "the stack first",
        UNIT: "over a minute",
    },
}
