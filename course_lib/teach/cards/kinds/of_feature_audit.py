"""The kind of every known mistake of the lesson `feature_audit`: {card: {kind: "name | name"}}."""

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
    "feature_audit.1": {
        LEAK: (
            "the latest there is | the next fact | the next fact or that moment's | the nearest fact | "
            "the nearest fact, that moment's too | missing is the mean | missing is the first to come"
        ),
        BOUNDARY: (
            "at or before | at or before, in order of time | at or before, in order of time, ties as they fall |"
            " at or before, missing is zero | a second before | "
            "the same moment | one fact too far back | a moment before | a moment that rounding loses"
        ),
        BASE: (
            "any item's fact | any item's fact, ties as they fall | missing is carried over | unknown events dropped | "
            "every earlier fact | every fact"
        ),
        AXIS: (
            "rows in order of time | rows in order of time, ties as they fall | rows by item and time | "
            "put back by index | put back by index, ties as they fall | merged back by key and time | "
            "tables not sorted | "
            "last in the table | first in the table | last in the table, that moment too | the time of the fact"
        ),
        DIRECTION: "the oldest fact | the first known fact",
        MEAN: "the largest | the mean so far | the sum so far",
        IGNORED: "item written out",
        OTHER: "missing is zero",
    },
    "feature_audit.2": {
        BOUNDARY: (
            "missing is never equal | missing is never equal, absolute | missing is never equal, to the last digit | "
            "missing is always equal | missing is always equal, absolute | missing is zero | "
            "missing is zero, absolute | missing is zero, to the last digit | missing is minus one | "
            "missing is minus one, to the last digit | to the last digit"
        ),
        IGNORED: "only missing counts",
        BASE: (
            "rows without gaps only | rows with a value only | rows with a trained value | "
            "rows with a trained value only | rows without any gap | shares of all differences"
        ),
        UNIT: (
            "the same tolerance for all | a thousandth | rounded to two places | the mean difference | "
            "the mean relative difference | counts"
        ),
        DIRECTION: "tolerance of the wrong sign | difference without its sign | the share that agrees",
        AXIS: "one share for all | one share for any | by row",
    },
    "feature_audit.3": {
        IGNORED: "the delay forgotten | one job back at most | always the job before | no grid",
        AXIS: (
            "the delay taken off last | the delay taken off last, cut at 0 | the delay added last | the delay rounded"
        ),
        UNIT: (
            "the arrival returned | twice the delay | the delay in whole jobs | the next job after the last | "
            "the age | number of the job"
        ),
        LEAK: "rounded up | rounded to the nearest",
        BOUNDARY: (
            "rounded towards zero | nothing before 0 | one job too old | arrived strictly before | a whole period old"
        ),
        DIRECTION: "delay added",
    },
    "feature_audit.4": {
        DIRECTION: "one direction only | the other direction only | wrong sign",
        MEAN: "mean of both directions | mean of the bins",
        UNIT: (
            "bits | decades | log of one more | one event | counts, not shares | half added to the shares | "
            "half added to the shares, summing to 1 | squared difference"
        ),
        IGNORED: "logarithm alone | absolute logarithms",
        BOUNDARY: "no half event | a tiny share | a tinier share | a share of 1e-4 | shares held up",
        BASE: (
            "empty bins left out | bins without any event left out | half in empty bins only | half on one side | half an event in all | "
            "one total event | total not grown | total grown by bins | one total for both"
        ),
        OTHER: "Jensen–Shannon | absolute difference | chi-square",
    },
    "feature_audit.5": {
        OTHER: "a fixed window | never over | never over, latest first | never over, knows what is on its way",
        LEAK: "knows what is on its way | the server's clock | known at now",
        AXIS: "in order of arrival | sorted by item | right events, order of arrival",
        BOUNDARY: (
            "the first pause | one event too many | over at the gap | known at now, over at the gap | "
            "one event too many, in order of arrival | over the pauses | one event too few | within a gap of the last"
        ),
        IGNORED: "no pauses | last arrival to now",
        BASE: "each item once | each item once, sorted",
        UNIT: "times returned | length returned",
        DIRECTION: "latest first",
    },
    "feature_audit.6": {
        BASE: "layers split by event time",
        LEAK: "the whole stream | not yet arrived | no cut, no arrival | event time throughout",
        BOUNDARY: "known at now | both borders | too few users | the border in neither",
        IGNORED: (
            "the batch does not age | no ageing | the stream does not age | whole stream alone | half-life forgotten | "
            "batch only | speed only"
        ),
        UNIT: "late events as of the job | aged twice | weighed by lateness | in steps | a straight line | base e",
        AXIS: "split by event time, weighed by arrival | the wrong layer aged | last event wins | one number",
        DIRECTION: "grows with age",
        OTHER: "weighed by arrival",
    },
    "feature_audit.7": {
        DIRECTION: (
            "first in, first out | the newest dropped | first in, first out, front first | "
            "first in, first out, last of warm | the most valuable go first | misses | all of warm, front first"
        ),
        IGNORED: "nothing enters | cold",
        BOUNDARY: (
            "all of warm | all of warm, for good | one too many | one too few | no limit | the last of warm | "
            "the last of warm, front first"
        ),
        LEAK: "looked up after entering",
        BASE: "warm counted as requests | users found | seen before",
        AXIS: "drops although found",
        OTHER: "emptied when full | least often used",
        UNIT: "a count",
    },
}
