"""The kind of every known mistake of every card, beside the cards: {card: {kind: "name | name"}}.

A mistake that states its own `kind` does not stand here. What is called a leak, a boundary and so on is said in
definitions/mistake_kinds.py; the tests hold this table against the cards, both ways.
"""

from __future__ import annotations

from course_lib.teach import lessons
from course_lib.teach.definitions.card import Card
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
    kind_of_slip,
)

TABLE = {
    "start_here.1": {BOUNDARY: "the last stage without it | the last stage with it | the first stage with it | shown "
                               "items blamed on the last stage"},
    "objective.1": {MEAN: "mean of events", BASE: "requests without events dropped", UNIT: "counts",
                    IGNORED: "last event wins"},
    "objective.2": {IGNORED: "revenue | no handling cost | returns ignored", BASE: "cost on everything",
                    DIRECTION: "negated twice"},
    "objective.3": {LEAK: "unknown is no", BOUNDARY: "same day counts | one day short", BASE: "anyone"},
    "objective.4": {UNIT: "values, not ranks", AXIS: "argsort taken for ranks", DIRECTION: "sign of the distance"},
    "objective.5": {UNIT: "units", IGNORED: "fixed part forgotten", BOUNDARY: "negative | rounded up"},
    "objective.6": {OTHER: "not significant means safe | never undecided", IGNORED: "any sure loss fails | centre only"},
    "objective.7": {IGNORED: "no guardrail | no decision", AXIS: "the stack first", UNIT: "over a minute"},
    "feedback.1": {POPULARITY: "clicks, not rates", BASE: "not relative | relative to the average | relative to the one "
                                                          "above"},
    "feedback.2": {IGNORED: "the prior", BASE: "joint, not conditional", OTHER: "independent", DIRECTION: "the other one"},
    "feedback.3": {BOUNDARY: "above the highest click", BASE: "without the clicks | silent slates kept | the whole slate"},
    "feedback.4": {POPULARITY: "plain rate", DIRECTION: "multiplied", BASE: "clicks only", MEAN: "ratio of sums"},
    "feedback.5": {LEAK: "open is no | knows the future", IGNORED: "no window", OTHER: "waits for ones too"},
    "feedback.6": {LEAK: "as known", MEAN: "one factor for all", BASE: "clicks that say nothing kept",
                   DIRECTION: "multiplied"},
    "feedback.7": {BASE: "showings as beta", IGNORED: "no prior", DIRECTION: "swapped"},
    "two_tower.1": {DIRECTION: "wrong way round", MEAN: "sum over the batch", UNIT: "no logarithm | log of a sigmoid",
                    OTHER: "each score through σ"},
    "two_tower.2": {AXIS: "users compete for an item", UNIT: "vectors normalised | softmax before cross-entropy",
                    BASE: "own item not in the denominator"},
    "two_tower.3": {UNIT: "no unit length | one side only", DIRECTION: "multiplied by the temperature",
                    AXIS: "unit length over the batch", IGNORED: "temperature unused"},
    "two_tower.4": {BASE: "precision | all held out in the denominator | nothing held out counts as 0",
                    BOUNDARY: "the whole list", MEAN: "pooled over users"},
    "two_tower.5": {LEAK: "by row | ties to the earlier part", BASE: "share of the span", DIRECTION: "newest first"},
    "two_tower.6": {BASE: "pads counted", MEAN: "mean | sum", IGNORED: "no constant | latest item only",
                    BOUNDARY: "division by zero"},
    "two_tower.7": {DIRECTION: "worst first", BOUNDARY: "seen scored 0", BASE: "seen items shown | cut before the mask",
                    UNIT: "cosine at serving"},
    "negatives.1": {DIRECTION: "log q added", POPULARITY: "no correction", UNIT: "divided by the temperature too | q "
                                                                                  "instead of log q"},
    "negatives.2": {DIRECTION: "alpha on the old gap", IGNORED: "the newest gap only", UNIT: "a chance instead of a gap "
                                                                                            "| steps since the start"},
    "negatives.3": {POPULARITY: "uniform rows forgotten", UNIT: "sum of logs | expected count | no log",
                    MEAN: "plain average"},
    "negatives.4": {BASE: "positives kept | positives dropped after ranking", BOUNDARY: "counted from 0 | upper end "
                                                                                         "left out",
                    DIRECTION: "worst first"},
    "negatives.5": {BASE: "the positive masked too | same user only | same item only | anybody's positives",
                    AXIS: "turned over"},
    "negatives.6": {POPULARITY: "share of items", AXIS: "in sorted order", DIRECTION: "tail first",
                    BOUNDARY: "own events counted"},
    "negatives.7": {IGNORED: "not centred | mean not added back | no penalty", OTHER: "nearest item's vector"},
    "ann.1": {AXIS: "place by place", BASE: "precision | any hit | padding counts", MEAN: "one number"},
    "ann.2": {IGNORED: "no ids | refined without vectors", UNIT: "M links | two-byte links | four-byte codes",
              BASE: "codes and vector"},
    "ann.3": {DIRECTION: "largest product | farthest word", AXIS: "every m-th dimension | one codebook for all"},
    "ann.4": {OTHER: "query coded too", UNIT: "squared distance", AXIS: "one table for all", MEAN: "mean of slices"},
    "ann.5": {AXIS: "positions | cut before sorting", DIRECTION: "worst first", BASE: "padding as the last vector"},
    "ann.6": {BOUNDARY: "better in both | equals beat each other", DIRECTION: "dear is good | the worst settings"},
    "ann.7": {AXIS: "cut, then filter | sorted by id", BOUNDARY: "holes | filled with repeats", IGNORED: "blocked kept"},
    "ranker.1": {BASE: "weights on non-clicks too | non-clicks dropped", DIRECTION: "multiplied instead of divided",
                 IGNORED: "not clipped", BOUNDARY: "position from 0"},
    "ranker.2": {AXIS: "pooled", BOUNDARY: "ties win | ties lose", MEAN: "weighted by rows",
                 BASE: "one-sided requests as 0.5"},
    "ranker.3": {MEAN: "bins weigh the same | error of each row | largest bin error", DIRECTION: "signed",
                 UNIT: "squared", OTHER: "bin centres"},
    "ranker.4": {UNIT: "multiplied by the rate | odds returned", DIRECTION: "the wrong way round",
                 BASE: "not normalised"},
    "ranker.5": {MEAN: "a weighted sum", UNIT: "weight as a factor", DIRECTION: "the power on the click",
                 BASE: "the power on both"},
    "reranker.1": {MEAN: "sum of likenesses | mean of likenesses", IGNORED: "last slot only | relevance alone",
                   DIRECTION: "λ swapped | plus sign", BASE: "chosen twice"},
    "reranker.2": {DIRECTION: "KL the other way round | gap rewarded | λ swapped", IGNORED: "candidate alone | even mix"},
    "reranker.3": {IGNORED: "no relevance | relevance alone | the last alone", UNIT: "q on one side | q not exponential",
                   BOUNDARY: "filled up"},
    "reranker.4": {IGNORED: "filled regardless", BASE: "in a row | nobody's items are limited", BOUNDARY: "one too many "
                                                                                                          "| holes",
                   AXIS: "cut, then capped"},
    "reranker.5": {BASE: "best cannot be drawn | lot among the others | lot among all | best of all", OTHER: "softmax"},
    "reranker.6": {IGNORED: "age alone | showings alone", UNIT: "e in place of 2", BOUNDARY: "below zero | never stops",
                   MEAN: "a sum", OTHER: "all or nothing"},
    "reranker.7": {IGNORED: "returns forgotten | handling forgotten | stock forgotten", BASE: "handling on every sale",
                   UNIT: "margin lost twice", BOUNDARY: "more than all | in stock or not"},
    "feature_audit.1": {LEAK: "the latest there is | the next fact | the nearest fact", BOUNDARY: "at or before",
                        BASE: "any item's fact | unknown events dropped", AXIS: "rows in order of time",
                        OTHER: "missing is zero", DIRECTION: "the oldest fact"},
    "feature_audit.2": {BOUNDARY: "missing is never equal | missing is always equal | to the last digit",
                        DIRECTION: "the share that agrees", UNIT: "the mean difference | counts"},
    "feature_audit.3": {IGNORED: "the delay forgotten | no grid", AXIS: "the delay taken off last",
                        LEAK: "rounded up | rounded to the nearest", DIRECTION: "delay added"},
    "feature_audit.4": {DIRECTION: "one direction only", UNIT: "bits | counts, not shares | half added to the shares",
                        BOUNDARY: "no half event", OTHER: "absolute difference | chi-square"},
    "feature_audit.5": {OTHER: "a fixed window | never over", LEAK: "knows what is on its way | the server's clock",
                        AXIS: "in order of arrival", DIRECTION: "latest first",
                        BOUNDARY: "the first pause | one event too many | over at the gap"},
    "feature_audit.6": {BASE: "layers split by event time", LEAK: "the whole stream | not yet arrived",
                        IGNORED: "the batch does not age | batch only | speed only", OTHER: "weighed by arrival",
                        UNIT: "base e", BOUNDARY: "the border in neither"},
    "feature_audit.7": {DIRECTION: "first in, first out | the newest dropped | the most valuable go first | misses",
                        IGNORED: "nothing enters | cold", BOUNDARY: "all of warm | one too many",
                        LEAK: "looked up after entering", UNIT: "a count"},
    "metric_stack.1": {UNIT: "DCG", BASE: "ideal of k hits | ideal of all relevant | 0 for users without relevant items",
                       BOUNDARY: "discount off by one", IGNORED: "no discount"},
    "metric_stack.2": {BASE: "IPS | mean of the matches", DIRECTION: "weights upside down",
                       IGNORED: "the target's chance forgotten | no weights", POPULARITY: "the logging chance forgotten"},
    "metric_stack.3": {BASE: "IPS on top of the model | base of the logging policy | self-normalised",
                       DIRECTION: "wrong sign", POPULARITY: "unweighted errors", IGNORED: "the model alone"},
    "metric_stack.4": {POPULARITY: "a always first", IGNORED: "one coin for all rounds", DIRECTION: "coin upside down",
                       OTHER: "snake draft", BASE: "team by list"},
    "experiments.1": {BASE: "one arm's noise | n of both arms", IGNORED: "no power", DIRECTION: "one-sided",
                      UNIT: "no root | variance"},
    "experiments.2": {BASE: "impressions as units", MEAN: "mean of the users' rates", IGNORED: "denominator taken as "
                                                                                              "fixed",
                      DIRECTION: "covariance added", UNIT: "deviation, not error | not divided by the mean denominator",
                      BOUNDARY: "variance by n"},
    "experiments.3": {UNIT: "correlation for θ", DIRECTION: "divided by the variance of y | added",
                      IGNORED: "not centred | mean lost | line through the origin", BOUNDARY: "two kinds of variance"},
    "experiments.4": {UNIT: "shares of the total", IGNORED: "equal arms | not divided by what was expected | first arm "
                                                            "only",
                      BOUNDARY: "degrees of freedom", BASE: "divided by what was observed", DIRECTION: "lower tail"},
    "experiments.5": {LEAK: "the usual p-value | the usual p-value, the least so far", OTHER: "Bonferroni",
                      IGNORED: "no memory | no shrinking in front", DIRECTION: "ratio upside down",
                      UNIT: "error not squared | scale not squared"},
    "experiments.6": {BASE: "people as units | divided by people", MEAN: "mean of cluster means | errors added",
                      IGNORED: "size taken as fixed", UNIT: "not per person", DIRECTION: "control less treatment"},
    "launch.1": {IGNORED: "service times | waiting alone | only the neighbour", BOUNDARY: "never idle",
                 UNIT: "finish times"},
    "launch.2": {UNIT: "margin not relative | not squared", BASE: "one arm's variance | both arms together",
                 IGNORED: "no power"},
    "launch.3": {IGNORED: "the split is not read | no primary | a worse primary goes on", AXIS: "harm before the split",
                 OTHER: "undecided passes | undecided fails", BOUNDARY: "proof at every step | gate too late"},
    "launch.4": {IGNORED: "before and after | now alone", UNIT: "difference of growths | no minus 1",
                 DIRECTION: "upside down", MEAN: "a mean of ratios"},
    "launch.5": {UNIT: "clicks", MEAN: "distinct people | clicks a person | the busiest alone",
                 DIRECTION: "concentration", BASE: "counts of all creators"},
    "interview.1": {MEAN: "the mean rate", UNIT: "milliseconds as seconds | an hour's requests",
                    IGNORED: "busy all the time", DIRECTION: "times busy", BOUNDARY: "rounded down"},
    "interview.2": {IGNORED: "no swap | all the memory | no copies", AXIS: "copies before shards",
                    BOUNDARY: "rounded down", BASE: "copies counted as shards"},
    "interview.3": {MEAN: "percentiles added | parallel parts added | the mean part | the mean",
                    AXIS: "largest percentile of each step", BASE: "the first answer | the slowest step alone"},
    "interview.4": {OTHER: "each alone | one after the other | from the end", UNIT: "log ratios | shares of the change | "
                                                                                   "differences",
                    DIRECTION: "the wrong way round"},
    "interview.5": {IGNORED: "the long window alone | the short window alone | no burn rate", OTHER: "either window",
                    MEAN: "mean of shares", DIRECTION: "times the promise", BOUNDARY: "without this minute"},
}


def named_in(card_id: str) -> dict[str, str]:
    """{name of a known mistake: its kind} as this table has it for a card ("two_tower.1" or "3.1")."""
    return {name: kind for kind, names in TABLE.get(lessons.kept(card_id), {}).items() for name in names.split(" | ")}


def kind_for(card: Card, mistake: str, known: bool) -> str:
    """The kind of what a check found, as it goes into the record: a mistake's own `kind` goes before the table."""
    own = next((held.kind for held in card.mistakes if known and held.name == mistake and held.kind), "")
    return own or kind_of(card.id, mistake, known)


def kind_of(card_id: str, mistake: str, known: bool) -> str:
    """The kind of what a check found: of a card's known mistake, else of a general slip with that name.

    The table is asked before the cards, so that no lesson's libraries are loaded for a report.
    """
    held = named_in(card_id)
    if mistake in held and (known or kind_of_slip(mistake) == OTHER):
        return held[mistake]
    return kind_of_slip(mistake)
