"""The kind of every known mistake of the lesson `launch`: {card: {kind: "name | name"}}."""

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
    "launch.1": {
        IGNORED: "service times | waiting alone | only the neighbour",
        BOUNDARY: "never idle",
        UNIT: "finish times",
    },
    "launch.2": {
        UNIT: "margin not relative | not squared",
        BASE: "one arm's variance | both arms together",
        IGNORED: "no power",
    },
    "launch.3": {
        IGNORED: "the split is not read | no primary | a worse primary goes on",
        AXIS: "harm before the split",
        OTHER: "undecided passes | undecided fails",
        BOUNDARY: "proof at every step | gate too late",
    },
    "launch.4": {
        IGNORED: "before and after | now alone",
        UNIT: "difference of growths | no minus 1",
        DIRECTION: "upside down",
        MEAN: "a mean of ratios",
    },
    "launch.5": {
        UNIT: "clicks",
        MEAN: "distinct people | clicks a person | the busiest alone",
        DIRECTION: "concentration",
        BASE: "counts of all creators",
    },
}
