"""The kind of every known mistake of the lesson `two_tower`: {card: {kind: "name | name"}}."""

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
    "two_tower.1": {
        DIRECTION: "wrong way round",
        MEAN: "sum over the batch",
        UNIT: "no logarithm | log of a sigmoid",
        OTHER: "each score through σ",
    },
    "two_tower.2": {
        AXIS: "users compete for an item",
        UNIT: "vectors normalised | softmax before cross-entropy",
        BASE: "own item not in the denominator",
    },
    "two_tower.3": {
        UNIT: "no unit length | one side only",
        DIRECTION: "multiplied by the temperature",
        AXIS: "unit length over the batch",
        IGNORED: "temperature unused",
    },
    "two_tower.4": {
        BASE: "precision | all held out in the denominator | nothing held out counts as 0",
        BOUNDARY: "the whole list",
        MEAN: "pooled over users",
    },
    "two_tower.5": {
        LEAK: "by row | ties to the earlier part",
        BASE: "share of the span",
        DIRECTION: "newest first",
    },
    "two_tower.6": {
        BASE: "pads counted",
        MEAN: "mean | sum",
        IGNORED: "no constant | latest item only",
        BOUNDARY: "division by zero",
    },
    "two_tower.7": {
        DIRECTION: "worst first",
        BOUNDARY: "seen scored 0",
        BASE: "seen items shown | cut before the mask",
        UNIT: "cosine at serving",
    },
}
