"""The kind of every known mistake of the lesson `interview`: {card: {kind: "name | name"}}."""

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
    "interview.1": {
        MEAN: "the mean rate",
        UNIT: "milliseconds as seconds | an hour's requests",
        IGNORED: "busy all the time",
        DIRECTION: "times busy",
        BOUNDARY: "rounded down",
    },
    "interview.2": {
        IGNORED: "no swap | all the memory | no copies",
        AXIS: "copies before shards",
        BOUNDARY: "rounded down",
        BASE: "copies counted as shards",
    },
    "interview.3": {
        MEAN: "percentiles added | parallel parts added | the mean part | the mean",
        AXIS: "largest percentile of each step",
        BASE: "the first answer | the slowest step alone",
    },
    "interview.4": {
        OTHER: "each alone | one after the other | from the end",
        UNIT: "log ratios | shares of the change | differences",
        DIRECTION: "the wrong way round",
    },
    "interview.5": {
        IGNORED: "the long window alone | the short window alone | no burn rate",
        OTHER: "either window",
        MEAN: "mean of shares",
        DIRECTION: "times the promise",
        BOUNDARY: "without this minute",
    },
}
