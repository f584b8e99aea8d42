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
        MEAN: "sum of likenesses | mean of likenesses | sum over k",
        IGNORED: (
            "starts with candidate 0 | last slot only | first slot only | relevance without λ | "
            "likeness without its weight | no weights | a product without λ | relevance alone"
        ),
        DIRECTION: "least likeness | λ swapped | plus sign",
        BASE: "likeness to the open | likeness to all | mean likeness to all | cut first | chosen twice",
        UNIT: "λ on likeness alone | a product | likeness times relevance | likeness squared | relevance rescaled",
        BOUNDARY: (
            "chosen twice, k times | closed with 0 | closed with −1 | ties to the last | one too many | padded | "
            "place 0 repeated | sorted before | starts with the most relevant"
        ),
        AXIS: "in order of place | sorted again | values returned",
    },
    "reranker.2": {
        DIRECTION: (
            "KL the other way round | KL the other way round, liked genres | gap rewarded | λ swapped | α swapped"
        ),
        IGNORED: (
            "candidate alone | even mix | even mix throughout | relevance whole | gap whole | no λ | gap alone | "
            "relevance alone | α written out | p left out"
        ),
        MEAN: "mean relevance | sum for mean | mean over genres",
        BASE: "mean over one too few | mean over k | α on the candidate only | cut first | chosen twice",
        UNIT: "α added only | α a constant | α times even | bits | absolute difference | squared difference",
        BOUNDARY: "no α | no α, with 1e-9 | NaN where p is 0 | infinite gap | ties to the last",
        OTHER: "Jensen–Shannon",
    },
    "reranker.3": {
        IGNORED: "no relevance | weight forgotten | relevance alone | the last alone | the first alone | pair by pair",
        UNIT: (
            "q on one side | q twice too often | q not exponential | largest not taken off | rows not divided | "
            "whole volume"
        ),
        DIRECTION: "least relevant longest",
        BASE: "overlap taken away twice | cut first",
        BOUNDARY: "filled up | filled up by relevance | filled up by rounding | padded | ties to the last",
        AXIS: "in order of place",
        OTHER: "MMR",
    },
    "reranker.4": {
        IGNORED: "filled regardless | no cap",
        BASE: "in a row | one of each | nobody's items are limited | nobody's items left out | a cap of 0 closes all",
        BOUNDARY: (
            "one too many | one too few | holes | ends at the first | short slate | empty is 0 | empty is NaN | "
            "longer than k"
        ),
        AXIS: (
            "cut, then capped | cut at twice k | value by place | places returned | creators returned | "
            "order of items | creator by creator"
        ),
    },
    "reranker.5": {
        BASE: (
            "best cannot be drawn | lot among the others | lot over one too few | lot among all | "
            "lot among all, without the best | lot among all, scaled | best with a lot of all | lot divided by all | "
            "best of all | best of all, lot among all | best of all, closed after | best gain, whosesoever | "
            "only the allowed returned"
        ),
        IGNORED: "not scaled by explore | best always | lot alone | uniform | best alone",
        DIRECTION: "explore swapped | least gain",
        BOUNDARY: "closed with 0 | closed with −1 | closed with NaN | equals share | ties to the last",
        AXIS: "place among the allowed",
        OTHER: "softmax | softmax for the best | lot in proportion to gain | softmax for the lot",
    },
    "reranker.6": {
        IGNORED: (
            "age alone | showings alone | showings alone, below zero | half-life of a day | size forgotten | "
            "enough written out"
        ),
        UNIT: (
            "e in place of 2 | e in place of 2, below zero | in steps | a straight line | "
            "a straight line, below zero | a line to the half-life | halved in proportion | number to come"
        ),
        DIRECTION: "grows with age | times the half-life | share had | share had, uncut",
        BOUNDARY: (
            "whole until enough | whole to the end | below zero | penalty turned round | never stops | "
            "showings halve it | showings by e"
        ),
        MEAN: "a mean | a sum | the smaller",
        OTHER: "all or nothing | all for a half-life | fades after a half-life",
    },
    "reranker.7": {
        IGNORED: "returns forgotten | handling forgotten | sale forgotten | stock forgotten",
        BASE: (
            "handling on every sale | handling on kept sales | margin kept on return | margin kept, handling on all | "
            "handling outside the sale | handling outside, with stock | handling without the sale | "
            "handling of sales not made"
        ),
        DIRECTION: (
            "handling earned | branches exchanged | margin on returns | chance of no sale | share upside down | "
            "the larger"
        ),
        UNIT: "margin lost twice | margin lost, kept whole | number of sales",
        MEAN: "the smaller chance",
        BOUNDARY: (
            "loss cut to zero | loss of a sale cut | more than all | more than all, infinite | in stock or not | "
            "enough or not | 0 over 0 | nothing left, all served | nobody expected, worth nothing | one more buyer"
        ),
    },
}
