"""The kind of every known mistake of the lesson `experiments`: {card: {kind: "name | name"}}."""

from course_lib.teach.definitions.mistake_kinds import (
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
    "experiments.1": {
        BASE: "one arm's noise | n of both arms",
        IGNORED: "no power",
        DIRECTION: "one-sided",
        UNIT: "no root | variance",
    },
    "experiments.2": {
        BASE: "impressions as units",
        MEAN: "mean of the users' rates",
        IGNORED: "denominator taken as fixed",
        DIRECTION: "covariance added",
        UNIT: "deviation, not error | not divided by the mean denominator",
        BOUNDARY: "variance by n",
    },
    "experiments.3": {
        UNIT: "correlation for θ",
        DIRECTION: "divided by the variance of y | added",
        IGNORED: "not centred | mean lost | line through the origin",
        BOUNDARY: "two kinds of variance",
    },
    "experiments.4": {
        UNIT: "shares of the total",
        IGNORED: "equal arms | not divided by what was expected | first arm only",
        BOUNDARY: "degrees of freedom",
        BASE: "divided by what was observed",
        DIRECTION: "lower tail",
    },
    "experiments.5": {
        LEAK: "the usual p-value | the usual p-value, the least so far",
        OTHER: "Bonferroni",
        IGNORED: "no memory | no shrinking in front",
        DIRECTION: "ratio upside down",
        UNIT: "error not squared | scale not squared",
    },
    "experiments.6": {
        BASE: "people as units | divided by people",
        MEAN: "mean of cluster means | errors added",
        IGNORED: "size taken as fixed",
        UNIT: "not per person",
        DIRECTION: "control less treatment",
    },
}
