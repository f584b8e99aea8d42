"""The kind of every known mistake of the lesson `objective`: {card: {kind: "name | name"}}."""

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
    "objective.1": {
        MEAN: (
            "mean of events | mean, empty ones unknown | mean, empty ones dropped | share of a request | largest event"
        ),
        BASE: "requests without events dropped",
        UNIT: "counts | counts, empty ones dropped | whether, not how much | whole numbers",
        IGNORED: "last event wins | first event wins",
        BOUNDARY: "ends at the last request with an event | requests without events unknown | counted from 1",
        DIRECTION: "gains only | amounts without their sign",
        AXIS: "rows sorted without their amounts | running total | one sum for all | one mean for all",
    },
    "objective.2": {
        IGNORED: (
            "revenue | no handling cost | returns ignored | revenue, no handling cost | whole price given back | "
            "whole price given back, no handling cost | handling only | rate of the cost, price of a return forgotten"
        ),
        BASE: "cost on everything | price given back, margin kept",
        DIRECTION: (
            "negated twice | negated twice, no handling cost | the other share at purchases | "
            "return as a gain less handling | cost added | cost of purchases | the other share"
        ),
        AXIS: "all returns on each event",
        UNIT: "rate subtracted | rate of the cost | multiplied by the cost",
        MEAN: "one rate for all",
        BOUNDARY: "return known by its sign",
    },
    "objective.3": {
        LEAK: (
            "unknown is no | unknown is no, same day counts | unknown is no, no window | unknown is no, one day short"
        ),
        BOUNDARY: (
            "same day counts | one day short | unknown on the last day | judged a day too soon | one day long | "
            "only the last of the days | one day short, unknown on the last day | "
            "stopped by a visit on the same day | the next row, same day counts"
        ),
        BASE: (
            "anyone | an early yes | early yes, same day counts | unknown is -1 | the next row, an early yes | "
            "the next row, same day counts, an early yes | an early yes, one day short | an early yes, no window | "
            "an early yes, unknown on the last day | everybody's last visit unknown | unknown ones dropped"
        ),
        IGNORED: "no window | the latest visit for last_day",
        DIRECTION: "any other day up to the last | looks back | before or after",
        UNIT: "how often",
        AXIS: (
            "the next row as it comes | left in sorted order | sorted order, the next row | "
            "sorted order, the next row, same day counts"
        ),
    },
    "objective.4": {
        UNIT: (
            "values, not ranks | ranks of a only | ranks of b only | logs, not ranks | covariance | covariance by n | "
            "6 forgotten | n forgotten | n cubed | squared distance"
        ),
        AXIS: (
            "argsort taken for ranks | argsort on the left | argsort on the right | each sorted by itself | "
            "the whole matrix"
        ),
        DIRECTION: "sign of the distance | multiplied by n² − 1",
        OTHER: "Kendall | share of equal places",
        IGNORED: "cosine of ranks from 0 | cosine of ranks from 1",
    },
    "objective.5": {
        UNIT: (
            "units | not rounded | cost cut to whole microseconds | cut to whole milliseconds | "
            "cut to whole milliseconds, negative | rounded before the unit | each part rounded | seconds | "
            "units the wrong way | fixed part in microseconds | budget in milliseconds | fixed part off the items | "
            "units, fixed part forgotten"
        ),
        IGNORED: "fixed part forgotten",
        BOUNDARY: (
            "negative | rounded up | one too many | rounded to the nearest | rounded up, negative | "
            "rounded to the nearest, negative | not rounded, negative | None where none fits | one too few | "
            "a full budget refused | at least one"
        ),
        BASE: "fixed part in the cost of an item | fixed part on each item",
        DIRECTION: "budget's sign lost | fixed part added",
    },
    "objective.6": {
        OTHER: (
            "not significant means safe | never undecided | never undecided, exact loss passes | "
            "capital first letters | capitals"
        ),
        IGNORED: (
            "any sure loss fails | centre only | fails only if sure | compared with zero | asks for a gain | "
            "asks for a gain, exact loss fails | asks for a gain, fails by the worse end | never fails | "
            "a sure loss fails where not passed | asks for no sign of a loss | "
            "any sure loss fails, exact loss passes | no sure loss passes | width"
        ),
        BOUNDARY: "a loss of exactly margin passes | a loss of exactly margin fails | both ends not counted",
        DIRECTION: (
            "sign of the margin | margin added for the pass | less is better | the better end passes | "
            "gains refused | fail and undecided swapped | pass and fail swapped"
        ),
    },
    "objective.12": {
        IGNORED: (
            "no margin | no risk | margin and risk apart | no guardrail | no business metric | no decision | "
            "no objective | only an objective | only a decision | one framing for both"
        ),
        OTHER: "a proxy as objective | clicks as objective | engagement as objective | key words",
        AXIS: "a component first | the other one's framing",
    },
    "objective.7": {
        IGNORED: (
            "no guardrail | no decision | no objective | only a decision | only an objective | only a guardrail | "
            "nothing of the three | over a minute, no guardrail | over a minute, no decision | "
            "over a minute, no objective | the stack, no objective | the stack and a decision | "
            "the stack and a guardrail | nothing but the stack"
        ),
        AXIS: (
            "the stack first | the stack first, no guardrail | the stack first, no decision | "
            "the stack and an objective | the stack first, over a minute"
        ),
        UNIT: "over a minute",
    },
}
