"""The kind of every known mistake of the lesson `interview`: {card: {kind: "name | name"}}."""

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
    "interview.1": {
        MEAN: "the mean rate | workers for the mean | mean rate returned",
        UNIT: (
            "milliseconds as seconds | an hour's requests | requests a minute | an hour's rate throughout | "
            "the peak's day in one hour | rate over busy | rate and workers divided"
        ),
        IGNORED: "busy all the time",
        DIRECTION: "times busy | divided by the peak | the idle share | the idle share added",
        BOUNDARY: (
            "rounded down | peak after rounding | workers unrounded | rounded to the nearest | cut, and one more | one to spare | "
            "rounded up twice | rate rounded up | rate rounded | rate cut | whole requests a worker"
        ),
        BASE: "one request each",
        AXIS: "workers before rate | workers alone",
    },
    "interview.2": {
        IGNORED: "no swap | all the memory | no copies | no swap, all the memory",
        AXIS: "copies before shards | each index rounded | machines before shards | machines alone",
        BOUNDARY: (
            "rounded down | rounded to the nearest | rounded to the nearest, without a least | "
            "rounded down, without a least | cut, and one more | one to spare | not rounded"
        ),
        BASE: (
            "copies counted as shards | three indexes | swap on other machines | swap as one more copy | "
            "copies on top"
        ),
        UNIT: "binary gigabytes | usable twice | bits",
        DIRECTION: "usable upside down | the unusable share | swap halves the bytes",
    },
    "interview.3": {
        MEAN: (
            "percentiles added | parallel parts added | the mean part | the mean | parts' percentiles added | "
            "mean of percentiles | median of the parts | mean of the steps | means added"
        ),
        AXIS: "largest percentile of each step | the slowest of any request | steps pooled | the times themselves",
        BASE: (
            "the first answer | the slowest step alone | largest percentile | all that was measured | "
            "the slowest measured part | first part of each step | last named of each step | each part once | each step once"
        ),
        BOUNDARY: "upper neighbour | lower neighbour | nearest neighbour",
        UNIT: "percent for share",
        IGNORED: "q unread | the median always | the largest",
        DIRECTION: "the other end",
    },
    "interview.4": {
        OTHER: "each alone | one after the other | from the end | last first | mean of both ends | all orders",
        UNIT: (
            "log ratios | shares of the change | differences | times the start | times the end | times the mean | "
            "times the geometric mean | times the change | relative to before | shares of differences | "
            "shares of relative changes | log2 | log10"
        ),
        DIRECTION: "the wrong way round | shares of sizes",
        BOUNDARY: (
            "nothing where it stands still | log ratios where it stands still | NaN where it stands still | "
            "alone where it stands still | divided by no change | exactly equal | small changes stand still | a small metric stands still"
        ),
        IGNORED: "equal shares",
        AXIS: "paired by place",
        MEAN: "a sum of factors",
    },
    "interview.5": {
        IGNORED: (
            "the long window alone | the short window alone | no burn rate | burn for the long alone | "
            "burn for the short alone | any failure in the short | one over burn alone"
        ),
        OTHER: "either window",
        MEAN: "mean of shares | mean of the asked minutes",
        DIRECTION: (
            "times the promise | divided by burn | the promise as the limit | good for bad | silence for the page"
        ),
        BOUNDARY: (
            "without this minute | nobody is a failure | windows too long | windows too short | "
            "this minute for the short window | whole windows alone | it rings once | no 0 in front of the sums"
        ),
        BASE: "failures over successes | failures added to all | failures a minute | since the start | it never stops",
        LEAK: "windows that begin here",
        AXIS: "fixed blocks | the minutes' numbers | any minute | the last minute",
    },
}
