"""The kind of every known mistake of the lesson `experiments`: {card: {kind: "name | name"}}."""

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
    "experiments.1": {
        IGNORED: (
            "no power | one-sided and no power | alpha not read | power not read | neither is read | 1.96 + 0.84 | "
            "rule of thumb | no power, one arm's noise | no power, twice one arm's noise | no power, no root | "
            "no power, variance | one-sided and no power, one arm's noise | "
            "one-sided and no power, twice one arm's noise | one-sided and no power, no root | "
            "one-sided and no power, variance"
        ),
        DIRECTION: (
            "one-sided | power taken away | 2 outside the root | n and effect exchanged | power two-sided | "
            "level from the lower side | cdf for ppf | one-sided, one arm's noise | "
            "one-sided, twice one arm's noise | one-sided, no root | one-sided, variance | "
            "power taken away, one arm's noise | power taken away, twice one arm's noise | "
            "power taken away, no root | power taken away, variance"
        ),
        BASE: "one arm's noise | twice one arm's noise",
        UNIT: (
            "no root | variance | root of 2 over n | σ under the root | z squared | the effect squared | "
            "the rule of thumb's square | in standard deviations | the power itself | z added as squares"
        ),
        BOUNDARY: "n less 1",
        MEAN: "z multiplied",
        OTHER: "Student's t",
    },
    "experiments.2": {
        BASE: (
            "impressions as units | impressions as units, never below 0 | impressions as units, over users | "
            "impressions as units, over users, never below 0 | root of the impressions | "
            "root of the impressions alone | numerator's mean in place of the denominator's"
        ),
        MEAN: (
            "mean of the users' rates | mean of the users' rates, by n | the error of the mean rate | "
            "the error of the mean rate, by n | mean of rates, right error | residuals about the mean rate | "
            "divided by the summed denominator"
        ),
        IGNORED: (
            "denominator taken as fixed | clicks a user | denominator taken as fixed, by n | covariance left out | "
            "the ratio alone | the error alone"
        ),
        DIRECTION: "covariance added",
        UNIT: (
            "deviation, not error | not divided by the mean denominator | weighted spread of the rates | "
            "covariance once | spread over all impressions | variance, not error | half an interval"
        ),
        BOUNDARY: "variance by n | n less 1 twice",
        AXIS: "error first",
    },
    "experiments.3": {
        UNIT: (
            "correlation for θ | half of it | scaled | all standardised | covariance for θ | covariance by n for θ | "
            "divided by a deviation | divided by a deviation, by n | slope squared | standardised | standardised by n"
        ),
        DIRECTION: (
            "divided by the variance of y | added | two kinds of variance of y | slope upside down | "
            "sign of the slope lost | negative slopes cut | what x explains | correction of the centred | "
            "x adjusted | x adjusted by y's slope"
        ),
        IGNORED: (
            "not centred | mean lost | line through the origin | line through the origin, not centred | θ of 1 | "
            "a plain change | correlation of spreads | the correction alone | intercept alone kept"
        ),
        BOUNDARY: "two kinds of variance | two kinds of variance, the other way",
        AXIS: "a covariance's wrong corner | the mean alone",
        MEAN: "centred on y | centred on the median | centred on the first",
        BASE: "a θ for each half",
    },
    "experiments.4": {
        UNIT: (
            "shares of the total | the distance itself | density | density, a degree more | distance as z | "
            "halved root | root of the distance | gaps not squared | expected squared as well | "
            "divided by the root | expected cut to whole users | expected rounded | percent | shares not multiplied"
        ),
        IGNORED: (
            "equal arms | not divided by what was expected | first arm only | first arm only, exact | "
            "first arm only, no remainder | one degree of freedom | exponential"
        ),
        BOUNDARY: "degrees of freedom | two degrees fewer",
        BASE: "divided by what was observed | degrees from users | divided by the total | binomial variance",
        DIRECTION: (
            "lower tail | lower tail, a degree more | halved | doubled | doubled, at most 1 | gaps with their sign"
        ),
        MEAN: "worst arm only | worst arm only, corrected | mean of the distances | largest distance",
        OTHER: "continuity | likelihood ratio | expected as a second sample",
        AXIS: "both sorted",
    },
    "experiments.5": {
        LEAK: (
            "the usual p-value | the usual p-value, the least so far | later looks too | accumulated from the end | "
            "usual p, one-sided"
        ),
        OTHER: (
            "Bonferroni | V + τ² twice below | Bonferroni, the least so far | Bonferroni, looks so far | "
            "chi-squared of the ratio"
        ),
        UNIT: (
            "error not squared | scale not squared | neither squared | front without root | no half | "
            "d not squared | chance of no effect | chance of no effect, no memory | one less the ratio | logarithm | "
            "no shrinking in front, the ratio itself | no shrinking in front, the worst so far | "
            "no shrinking in front, p halved"
        ),
        IGNORED: (
            "no shrinking in front | front without the sum | V missing below | V + τ² missing below | "
            "V alone below | V twice below | τ² missing above | no memory | neither memory nor cap | "
            "no shrinking in front, no memory"
        ),
        DIRECTION: (
            "front upside down | front with τ² on top | multiplied by what is below | the minus of one law | "
            "ratio upside down | the ratio itself | ratio upside down, no cap | the greatest ratio | "
            "the worst so far | p doubled | p halved"
        ),
        AXIS: "a plus among factors | the last look alone",
        BOUNDARY: "no cap | first look not capped",
        BASE: "looks multiplied",
        MEAN: "looks added | looks averaged | p averaged",
    },
    "experiments.6": {
        BASE: (
            "people as units | divided by people | people as units, by n | people as units, pooled | "
            "clusters that an arm has not | clusters that an arm has not, up to its last | ids as places | "
            "clusters without outcome left out | "
            "people's spread, number of clusters | people everywhere"
        ),
        MEAN: (
            "mean of cluster means | errors added | mean of cluster means, by n | the error of cluster means | "
            "mean of cluster means, right error | divided by an arm's people | residuals about the mean of all | "
            "errors averaged"
        ),
        IGNORED: (
            "size taken as fixed | size taken as fixed, by n | size taken as fixed, not per person | "
            "the treatment's error | the difference alone"
        ),
        UNIT: (
            "not per person | deviation, not error | variance, not error | root of the errors' sum | "
            "difference of totals a cluster | relative | half an interval"
        ),
        DIRECTION: "control less treatment | errors subtracted",
        AXIS: "stretches of equal ids",
        BOUNDARY: "variance by n",
    },
    "experiments.7": {
        BASE: (
            "effect on the touched | everybody compared | touched against all of control | zeros for the others | "
            "the others compared | share of the treated | share of control | share of people treated | "
            "touched and treated | by the arm's people | pooled variance | treatment's error alone"
        ),
        UNIT: (
            "everybody compared, times the share | error not diluted | effect not diluted | divided by the share | "
            "root of the share | errors added | a variance | spread of people | half an interval"
        ),
        BOUNDARY: "squares by n",
        DIRECTION: "control less treatment | error first | less the others' difference",
        MEAN: "medians",
    },
}
