"""The kind of every known mistake of the lesson `feature_audit`: {card: {kind: "name | name"}}."""

from course_lib.teach.definitions.mistake_kinds import (
    AXIS,
    BASE,
    BOUNDARY,
    DIRECTION,
    IGNORED,
    LEAK,
    OTHER,
    UNIT,
)

TABLE = {
    "feature_audit.1": {
        LEAK: "the latest there is | the next fact | the nearest fact",
        BOUNDARY: "at or before",
        BASE: "any item's fact | unknown events dropped",
        AXIS: "rows in order of time",
        OTHER: "missing is zero",
        DIRECTION: "the oldest fact",
    },
    "feature_audit.2": {
        BOUNDARY: "missing is never equal | missing is always equal | to the last digit",
        DIRECTION: "the share that agrees",
        UNIT: "the mean difference | counts",
    },
    "feature_audit.3": {
        IGNORED: "the delay forgotten | no grid",
        AXIS: "the delay taken off last",
        LEAK: "rounded up | rounded to the nearest",
        DIRECTION: "delay added",
    },
    "feature_audit.4": {
        DIRECTION: "one direction only",
        UNIT: "bits | counts, not shares | half added to the shares",
        BOUNDARY: "no half event",
        OTHER: "absolute difference | chi-square",
    },
    "feature_audit.5": {
        OTHER: "a fixed window | never over",
        LEAK: "knows what is on its way | the server's clock",
        AXIS: "in order of arrival",
        DIRECTION: "latest first",
        BOUNDARY: "the first pause | one event too many | over at the gap",
    },
    "feature_audit.6": {
        BASE: "layers split by event time",
        LEAK: "the whole stream | not yet arrived",
        IGNORED: "the batch does not age | batch only | speed only",
        OTHER: "weighed by arrival",
        UNIT: "base e",
        BOUNDARY: "the border in neither",
    },
    "feature_audit.7": {
        DIRECTION: "first in, first out | the newest dropped | the most valuable go first | misses",
        IGNORED: "nothing enters | cold",
        BOUNDARY: "all of warm | one too many",
        LEAK: "looked up after entering",
        UNIT: "a count",
    },
}
