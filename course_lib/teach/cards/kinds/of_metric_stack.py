"""The kind of every known mistake of the lesson `metric_stack`: {card: {kind: "name | name"}}."""

from course_lib.teach.definitions.mistake_kinds import (
    AXIS,
    BASE,
    BOUNDARY,
    DIRECTION,
    IGNORED,
    MEAN,
    OTHER,
    POPULARITY,
    UNIT,
)

TABLE = {
    "metric_stack.1": {
        UNIT: "DCG | discount 1 / position | root as the discount",
        BASE: (
            "ideal of k hits | ideal of all relevant | 0 for users without relevant items | "
            "0 and an ideal of what was found | ideal of what was found | "
            "ideal of what was found, 0 without a hit | over min(k, number) | "
            "over the number relevant | over k | recall over all relevant | precision | anybody's relevant items | "
            "users left out | NaN where nothing was found"
        ),
        BOUNDARY: (
            "discount off by one | log2 of the position | late in both | not cut at k | hits not cut at k | "
            "one slot short | divided by nothing"
        ),
        IGNORED: "no discount | the first hit alone",
        AXIS: "place by place",
        DIRECTION: "positions from the end",
        MEAN: "one mean, with 0 | one mean",
    },
    "metric_stack.2": {
        BASE: (
            "IPS | mean of the matches | divided twice | the number of matches | the rewards below | "
            "weights of the rewarded | largest weight below | n − 1 | ratio of rewarded sums | the rewarded alone"
        ),
        DIRECTION: "weights upside down | both chances multiplied",
        IGNORED: "the target's chance forgotten | no weights",
        POPULARITY: "the logging chance forgotten | the logger's own share",
        MEAN: (
            "the sum of the rewards' weights | ratio of sums | one weight for all | the means multiplied | "
            "a value a decision"
        ),
        UNIT: (
            "root of the sum of squares | weights cut at 1 | weights cut at 2 | differences as weights | "
            "weights squared | root of the weights | logs of the weights | weights cut at 10"
        ),
    },
    "metric_stack.3": {
        BASE: (
            "IPS on top of the model | base of the logging policy | self-normalised | divided by the matches | "
            "errors against the target's mean | everything weighted, self-normalised | SNIPS on top of the model"
        ),
        DIRECTION: "wrong sign | predictions exchanged | weights upside down | absolute errors",
        POPULARITY: "unweighted errors | the logging chance forgotten",
        IGNORED: "the model alone | the correction alone | IPS | SNIPS | the target's chance forgotten",
        MEAN: "sum for mean | the errors' sum | the model's sum | means multiplied | a value a decision",
        UNIT: (
            "weights cut at 1 | everything weighted | squared errors | one less than the weight | weights cut at 2 | "
            "weights cut at 10 | root of the weights | the model's answer weighted, too"
        ),
        OTHER: "half model, half IPS",
    },
    "metric_stack.4": {
        POPULARITY: "a always first | b always first",
        IGNORED: "one coin for all rounds | the first request's coins | the coin unread",
        DIRECTION: "coin upside down | the coins backwards | teams exchanged | from the worst",
        OTHER: "snake draft",
        BASE: (
            "team by list | an item twice | a turn lost | merged, then duplicates dropped | the round's winner | "
            "team by rank | team by rank, ties to b | team by b's list | no credit for shared items"
        ),
        BOUNDARY: "at one half a is first | odd slot empty",
        AXIS: "both picks | a coin a slot | team before item",
    },
}
