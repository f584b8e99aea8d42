"""The kind of every known mistake of the lesson `feedback`: {card: {kind: "name | name"}}."""

from course_lib.teach.definitions.mistake_kinds import (
    BASE,
    BOUNDARY,
    DIRECTION,
    IGNORED,
    LEAK,
    MEAN,
    OTHER,
    POPULARITY,
)

TABLE = {
    "feedback.1": {
        POPULARITY: "clicks, not rates",
        BASE: "not relative | relative to the average | relative to the one above",
    },
    "feedback.2": {
        IGNORED: "the prior",
        BASE: "joint, not conditional",
        OTHER: "independent",
        DIRECTION: "the other one",
    },
    "feedback.3": {
        BOUNDARY: "above the highest click",
        BASE: "without the clicks | silent slates kept | the whole slate",
    },
    "feedback.4": {
        POPULARITY: "plain rate",
        DIRECTION: "multiplied",
        BASE: "clicks only",
        MEAN: "ratio of sums",
    },
    "feedback.5": {
        LEAK: "open is no | knows the future",
        IGNORED: "no window",
        OTHER: "waits for ones too",
    },
    "feedback.6": {
        LEAK: "as known",
        MEAN: "one factor for all",
        BASE: "clicks that say nothing kept",
        DIRECTION: "multiplied",
    },
    "feedback.7": {
        BASE: "showings as beta",
        IGNORED: "no prior",
        DIRECTION: "swapped",
    },
}
