"""The kind of every known mistake of the lesson `launch`: {card: {kind: "name | name"}}."""

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
    "launch.1": {
        IGNORED: (
            "service times | waiting alone | only the neighbour | pauses forgotten | "
            "pauses forgotten, from the first | each begun on arrival | the last one's end alone"
        ),
        BOUNDARY: "never idle | never idle, from 0 | waits below zero kept out once | gap counted from free",
        UNIT: "finish times | start times | arrival for the gap | from the first arrival",
        DIRECTION: "later of two ends | the earlier of the two",
        BASE: (
            "worker's pauses counted | whole service of the neighbour | whole queue without what is done | "
            "service as the clock of arrivals"
        ),
        AXIS: "own service for the neighbour's",
    },
    "launch.2": {
        UNIT: (
            "one-sided | one-sided and no power | margin not relative | mean not in it, but σ | not squared | "
            "2 squared as well | z not squared | deviation not squared | loss not squared | mean not squared | "
            "margin not squared | not squared, root of 2 | half of the power | half the margin | margin in percent | "
            "power two-sided | α shared out | the power itself | each z squared | one-sided, margin not relative | "
            "one-sided, one arm's variance | one-sided, both arms together | "
            "one-sided and no power, margin not relative | one-sided and no power, one arm's variance | "
            "one-sided and no power, both arms together | one-sided, rounded down | one-sided, not rounded | "
            "one-sided and no power, rounded down | one-sided and no power, not rounded | "
            "margin not relative, rounded down | margin not relative, not rounded | "
            "mean not in it, but σ, rounded down | mean not in it, but σ, not rounded"
        ),
        IGNORED: (
            "no power | alpha not read | power not read | neither is read | 1.96 + 0.84 | rule of thumb | "
            "no power, margin not relative | no power, one arm's variance | no power, both arms together | "
            "no power, rounded down | no power, not rounded"
        ),
        DIRECTION: (
            "power taken away | divided and multiplied | divided, then multiplied | what is left | "
            "in deviations of both | power taken away, margin not relative | power taken away, one arm's variance | "
            "power taken away, both arms together | power taken away, rounded down | power taken away, not rounded"
        ),
        BASE: (
            "one arm's variance | both arms together | both arms, each rounded up | one arm's variance, rounded down | "
            "one arm's variance, not rounded | both arms together, rounded down | both arms together, not rounded"
        ),
        BOUNDARY: "rounded down | rounded to the nearest | not rounded | one more",
    },
    "launch.3": {
        IGNORED: (
            "the split is not read | decide_at not read | no primary | an undecided primary passes | "
            "the primary's harm is not read | a worse primary goes on | only the primary's harm | no harm rolls back | "
            "the first guardrail alone | the last guardrail alone | two guardrails by name | inside the loop | no gate | no gate, hold below | "
            "a broken split goes on | the split is not read, gate too late | the split is not read, undecided passes | "
            "the split is not read, an undecided primary passes | "
            "the split is not read, the primary's harm is not read | the split is not read, proof at every step"
        ),
        AXIS: (
            "harm before the split | harm first, split from the gate on | split from the gate on | "
            "gate first, split last | harm from the gate on"
        ),
        OTHER: (
            "undecided passes | undecided fails | undecided primary fails | all undecided fails | "
            "undecided at the gate rolls back | harm holds | a broken split rolls back | rollback | roll_back | "
            "roll-back | capitals"
        ),
        BOUNDARY: (
            "proof at every step | hold below the gate | decide_at not read, too late | gate too late | "
            "the alarm itself | guardrails are needed | gate too late, undecided passes | "
            "gate too late, an undecided primary passes | gate too late, the primary's harm is not read"
        ),
        DIRECTION: "proof below the gate | proof below the gate, beyond it | split upside down",
        BASE: (
            "harm of all guardrails | harm of guardrail and primary | one guardrail is enough | "
            "one guardrail is enough, and needed | guardrails or primary | most guardrails are enough"
        ),
        UNIT: (
            "split alarm at 5% | split alarm at 1% | split alarm at 0.5% | split alarm at 0.1% | "
            "split alarm at 0.005% | split alarm at 5%, gate too late | split alarm at 5%, undecided passes | "
            "split alarm at 5%, an undecided primary passes | split alarm at 5%, the primary's harm is not read | "
            "split alarm at 5%, proof at every step | split alarm at 1%, gate too late | "
            "split alarm at 1%, undecided passes | split alarm at 1%, an undecided primary passes | "
            "split alarm at 1%, the primary's harm is not read | split alarm at 1%, proof at every step"
        ),
    },
    "launch.4": {
        IGNORED: (
            "before and after | now alone | before and after, no minus 1 | control's growth | "
            "control's growth, no minus 1 | now alone, sums | before alone"
        ),
        UNIT: (
            "difference of growths | no minus 1 | changes divided | changes divided, minus 1 | logarithm | "
            "difference of differences, sums | difference of differences, means | "
            "difference of differences, relative | difference of differences, relative to control | "
            "difference of differences, relative to now"
        ),
        DIRECTION: (
            "upside down | difference over the treated's growth | growths multiplied | upside down, no minus 1 | "
            "1 less the factor"
        ),
        MEAN: (
            "a mean of ratios | sums for one arm, means for the other | sums now, means before | "
            "a mean of ratios, subtracted | a mean of ratios, no minus 1 | a median of ratios"
        ),
        BASE: "growth of everybody | newcomers left out | those who left are left out | only who has both",
        AXIS: "people for columns",
    },
    "launch.5": {
        UNIT: "clicks | sum not squared | squares of counts | root | spread out | the busiest person's clicks",
        MEAN: (
            "distinct people | clicks a person | the busiest alone | share of the busiest | squares by clicks | "
            "means for sums | variance by n less 1"
        ),
        DIRECTION: "concentration",
        BASE: (
            "counts of all creators | clicks by squares of people | clicks by people, squared on top | "
            "all creators together | creators without clicks left out"
        ),
        AXIS: "stretches of one person | digits glued together",
        BOUNDARY: "one where nobody clicked | NaN where nobody clicked | up to the last creator with clicks",
        OTHER: "entropy",
    },
}
