"""The kind of every known mistake of the lesson `ann`: {card: {kind: "name | name"}}."""

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
    "ann.1": {
        AXIS: "place by place",
        BASE: "precision | any hit | padding counts",
        MEAN: "one number",
    },
    "ann.2": {
        IGNORED: "no ids | refined without vectors",
        UNIT: "M links | two-byte links | four-byte codes",
        BASE: "codes and vector",
    },
    "ann.3": {
        DIRECTION: "largest product | farthest word",
        AXIS: "every m-th dimension | one codebook for all",
    },
    "ann.4": {
        OTHER: "query coded too",
        UNIT: "squared distance",
        AXIS: "one table for all",
        MEAN: "mean of slices",
    },
    "ann.5": {
        AXIS: "positions | cut before sorting",
        DIRECTION: "worst first",
        BASE: "padding as the last vector",
    },
    "ann.6": {
        BOUNDARY: "better in both | equals beat each other",
        DIRECTION: "dear is good | the worst settings",
    },
    "ann.7": {
        AXIS: "cut, then filter | sorted by id",
        BOUNDARY: "holes | filled with repeats",
        IGNORED: "blocked kept",
    },
}
