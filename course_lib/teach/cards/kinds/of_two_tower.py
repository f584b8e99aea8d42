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
        DIRECTION: "wrong way round | sign of the loss",
        MEAN: "sum over the batch | log of the mean",
        UNIT: "no logarithm | log of a sigmoid | σ of each score first | bits",
        OTHER: "each score through σ | hinge",
    },
    "two_tower.2": {
        AXIS: "users compete for an item | both directions",
        UNIT: "vectors normalised | softmax before cross-entropy | divided by the root of the width",
        BASE: "own item not in the denominator | yes or no for each pair",
        MEAN: "summed over users",
        DIRECTION: "sign of the softmax loss",
        IGNORED: "only the own score",
    },
    "two_tower.3": {
        UNIT: (
            "no unit length | one side only | divided by the squared length | users only | "
            "loss divided by the temperature"
        ),
        DIRECTION: "multiplied by the temperature",
        AXIS: "unit length over the batch | users compete for each item | two directions",
        IGNORED: "temperature unused",
        MEAN: "summed rows",
    },
    "two_tower.4": {
        BASE: (
            "precision | all held out in the denominator | nothing held out counts as 0 | users left out | "
            "nothing held out counts as 1 | pads read the last item | over what was recommended"
        ),
        BOUNDARY: "the whole list | one too many",
        MEAN: "pooled over users | one mean",
        UNIT: "hit or no hit | hits counted",
    },
    "two_tower.5": {
        LEAK: "by row | ties to the earlier part",
        BASE: "share of the span",
        DIRECTION: "newest first",
        BOUNDARY: "one event early",
        AXIS: "parts in order of time",
        UNIT: "parts from 1",
    },
    "two_tower.6": {
        BASE: (
            "pads counted | each item once | pads in the number | pads are item 0 | pads looked for in front | "
            "pads looked for behind | pads added, not counted"
        ),
        MEAN: "mean | sum",
        IGNORED: "no constant | constant only without history | latest item only",
        BOUNDARY: "division by zero",
        UNIT: "constant divided too",
    },
    "two_tower.7": {
        DIRECTION: "worst first",
        BOUNDARY: "seen scored 0 | seen scored a large negative number | ties to the higher id",
        BASE: "seen items shown | cut before the mask",
        UNIT: "cosine at serving | distance",
        AXIS: "places among the unseen | ordered by id",
    },
    "two_tower.8": {
        IGNORED: "features left out | own row left out | new items are zero",
        LEAK: "untrained rows kept | mean row for new items",
        DIRECTION: "the other way round | subtracted",
        UNIT: "halved | mean over features | root of the features | unit length | features as yes or no",
        AXIS: "known by place in the batch | features by place in the batch | the whole catalogue | side by side",
        OTHER: "either row or features | multiplied",
    },
}
