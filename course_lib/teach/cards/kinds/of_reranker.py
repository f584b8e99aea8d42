"""The kind of every known mistake of the lesson `reranker`: {card: {kind: "name | name"}}."""

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
    "reranker.1": {
        MEAN: "sum of likenesses | mean of likenesses",
        IGNORED: "last slot only | relevance alone",
        DIRECTION: "λ swapped | plus sign",
        BASE: "chosen twice",
    },
    "reranker.2": {
        DIRECTION: "KL the other way round | gap rewarded | λ swapped",
        IGNORED: "candidate alone | even mix",
    },
    "reranker.3": {
        IGNORED: "no relevance | relevance alone | the last alone",
        UNIT: "q on one side | q not exponential",
        BOUNDARY: "filled up",
    },
    "reranker.4": {
        IGNORED: "filled regardless",
        BASE: "in a row | nobody's items are limited",
        BOUNDARY: "one too many | holes",
        AXIS: "cut, then capped",
    },
    "reranker.5": {
        BASE: "best cannot be drawn | lot among the others | lot among all | best of all",
        OTHER: "softmax",
    },
    "reranker.6": {
        IGNORED: "age alone | showings alone",
        UNIT: "e in place of 2",
        BOUNDARY: "below zero | never stops",
        MEAN: "a sum",
        OTHER: "all or nothing",
    },
    "reranker.7": {
        IGNORED: "returns forgotten | handling forgotten | stock forgotten",
        BASE: "handling on every sale",
        UNIT: "margin lost twice",
        BOUNDARY: "more than all | in stock or not",
    },
}
