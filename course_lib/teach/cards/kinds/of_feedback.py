"""The kind of every known mistake of the lesson `feedback`: {card: {kind: "name | name"}}."""

from course_lib.teach.definitions.mistake_kinds import (
    AXIS,
    BASE,
    BOUNDARY,
    DIRECTION,
    IGNORED,
    LEAK,
    MEAN,
    OTHER,
    POPULARITY,
    UNIT,
)

TABLE = {
    "feedback.1": {
        POPULARITY: "clicks, not rates | showings | clicks per showing of any position | share of the clicks",
        BASE: (
            "not relative | relative to the average | relative to the one above | not relative, never shown is 0 | "
            "relative to the best, never shown is 0 | relative to the sum, never shown is 0 | "
            "relative to the average, never shown is 0 | relative to the best | relative to the best, NaN spreads | "
            "relative to the sum | relative to the mean of rates"
        ),
        BOUNDARY: (
            "never shown is 0 | cut at 1, never shown is 0 | never shown is 1 | position counted from 0 | "
            "position asked from 0 | slot 0 kept"
        ),
        AXIS: "never shown is dropped",
        OTHER: "cut at 1 | made to fall | smoothed",
        DIRECTION: "silence | the weight, not the chance",
        IGNORED: "one over the position | one over the logarithm",
    },
    "feedback.2": {
        IGNORED: "the prior",
        BASE: (
            "joint, not conditional | clicks among looks | clicks not taken off | clicks not taken off, cut at 1 | "
            "c taken for clicks per look | silence | divided by those who did not look | divided by 1 − e·c"
        ),
        OTHER: "independent",
        DIRECTION: "the other one | the other way round | nobody looked",
        MEAN: "all positions together",
        UNIT: "complement squared",
    },
    "feedback.3": {
        BOUNDARY: (
            "above the highest click | above the highest click, silent slates kept whole | "
            "the lowest click left out | one position further | "
            "above the highest click, first place of silent slates | above the highest click, and all clicks | "
            "above the highest click, clicks left out | above the highest click, silent slates kept | "
            "the next above | between the clicks"
        ),
        BASE: "without the clicks | silent slates kept | the whole slate | everything | the clicks alone",
        DIRECTION: "from the top | below the lowest click",
        AXIS: "over slates | one depth for all slates",
    },
    "feedback.4": {
        POPULARITY: "plain rate",
        DIRECTION: "multiplied | mean with the chances as weights | the chance of no look",
        BASE: (
            "clicks only | divided by the weights | weighed clicks and plain silence | looks of the clicks only | "
            "divided by the expected looks"
        ),
        MEAN: (
            "ratio of sums | divided by the average weight | chance of the clicked only | one average weight | "
            "positions alike | weights added up"
        ),
        IGNORED: "only the best position",
        OTHER: "cut at 1",
        UNIT: "two minus the chance | silence weighed as dislike | weights squared",
    },
    "feedback.5": {
        LEAK: (
            "open is no | knows the future | open is no, no window | open is no, knows the future | "
            "no window, knows the future | any purchase is yes, all else no | open is no, end left out | "
            "knows the future, end left out | knows the future, over a moment later | "
            "open with a purchase to come is no | open with a purchase to come is no, over a moment later | "
            "silence is unknown, knows the future"
        ),
        IGNORED: "no window | no window, waits | no window, over a moment later",
        OTHER: "waits for ones too",
        BOUNDARY: (
            "the end of the window left out | as_of left out | over a moment later | ends of a purchase left out | "
            "end of the window left out twice | as_of left out twice | ends left out | waits, end left out | "
            "waits, over a moment later"
        ),
        DIRECTION: "window back from as_of | no and unknown swapped | over is unknown",
        BASE: (
            "too late is unknown | too late is unknown, over a moment later | silence is unknown | "
            "silence is never a no | open ones dropped"
        ),
    },
    "feedback.6": {
        LEAK: "as known",
        MEAN: "one factor for all | one factor for those that tell | added up",
        BASE: (
            "clicks that say nothing kept | young ones as known | a least share | only silent young ones left out | "
            "divided by the weights | per purchase"
        ),
        DIRECTION: "multiplied | multiplied, young ones kept | share still on its way",
        BOUNDARY: (
            "a delay equal to the age left out | a delay equal to the age left out, young ones kept | "
            "divided by nothing | only NaN left out"
        ),
        OTHER: "cut at 1",
        UNIT: "adds what is missing | number, not share",
        IGNORED: (
            "exponential delays | exponential delays, age 0 left out | older than the mean delay | only clicks older than every delay | "
            "left out, not corrected"
        ),
        AXIS: "delays not sorted",
    },
    "feedback.7": {
        BASE: (
            "showings as beta | no prior, showings as beta | prior in alpha, showings as beta | "
            "showings with their prior | prior in the showings"
        ),
        IGNORED: "no prior | prior in alpha only | prior in beta only | the mean",
        DIRECTION: "swapped | swapped, no prior",
        UNIT: "half a click | prior of two | mean and its complement | rate and showings | mean and showings",
        BOUNDARY: "prior only where nothing is known",
        AXIS: "all items together",
    },
}
