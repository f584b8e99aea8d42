"""Refereed on rankers: “LambdaRank orders worse”, where position stood among the columns."""

import numpy as np

from course_lib.evidence.estimate import paired
from course_lib.stages.ranking.listwise import worth_of_both
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.refereed import Reading, Refereed


def measure(part) -> Reading:
    """Worth of LambdaRank minus worth of log loss, paired by request."""
    gain = paired(*worth_of_both(part))
    says = "LambdaRank orders better" if gain.low > 0 else "LambdaRank orders worse" if gain.high < 0 else "no difference"
    return Reading(says, gain)


def with_position(features, position):
    """As published: position is one more column, held at 1 when serving."""
    return np.column_stack([features, position])


def without_position(features, position):
    """The features alone."""
    return features


def _residual(features, position):
    line = np.column_stack([np.ones(len(position)), position])
    return features - line @ np.linalg.lstsq(line, features, rcond=None)[0]


LISTWISE = Refereed(
    id="ranker.8", title="“LambdaRank is not for us”", minutes=10, difficulty=3, used_in=("interview",),
    task="A team trained the same trees on the same log by log loss and by LambdaRank, both with position as a column that is held at 1 when "
         "serving. Judged by what 600 new requests would earn: *LambdaRank loses more than a tenth of what the best order earns; it does not suit "
         "our data.* A footnote: the log was sorted by a strong ranker.",
    signature="`columns(features, position)`: float (n, 4) and int (n,), from 1 → float (n, any), what both objectives are trained on. When serving "
              "it is called with position 1 in every row. Published: both side by side.",
    measure=measure, rigged=with_position, reference=without_position,
    explanations={
        "Position explains most of each request's order, and LambdaRank leans on it.": "Inside a request position differs in each row and, in this "
        "log, goes with taste. A loss that compares those rows leans on it first; held at 1, it tells nobody apart, and much of what the features should have said is missing. Without it the two order alike.",
        "600 requests are too few to judge by.": "The interval lies far from 0. More requests would narrow it around the same loss.",
        "LambdaRank's scores are no probabilities.": "True, and no matter here: only their order is judged.",
        "Requests without a click teach LambdaRank nothing.": "True: log loss learns from those rows as well. That holds in the mended comparison too, and there the two are level.",
        "LambdaRank needs more trees.": "It has as many, on the same rows. More of them lean on position as these do."},
    right="Position explains most of each request's order, and LambdaRank leans on it.",
    why="The remedy for position is not neutral between losses. Log loss needs the features to tell requests and levels apart as well; LambdaRank compares rows of one request only, and there position "
        "explains most in a log that was sorted by taste. So the comparison was one of a remedy, not of two losses. On equal terms they are level here: then log loss is the better buy, since its scores are probabilities. Position as weights, or random slots, would serve both.",
    wrong_mends=(
        Mistake("only the top marked", lambda features, position: np.column_stack([features, position == 1]),
                "You keep a mark for the top position. It still goes with taste in this log, and is the same for all when serving."),
        Mistake("position in two halves", lambda features, position: np.column_stack([features, position > 5]),
                "You keep position, coarser: both halves of a slate still differ by taste, and not when serving."),
        Mistake("a column for each position", lambda features, position: np.column_stack([features, np.asarray(position)[:, None] == np.arange(1, 11)]),
                "You give each position a column of its own. It is the same knowledge, and it goes with taste just as before."),
        Mistake("the first three kept apart", lambda features, position: np.column_stack([features, np.minimum(position, 3)]),
                "You keep the position down to the third. Just there it goes with taste, and is the same for all when serving."),
        Mistake("taken out by a line", lambda features, position: _residual(features, position),
                "You take out of each feature what position explains by a straight line. In a log sorted by taste that is taste itself."),
        Mistake("features, and the same by position", lambda features, position: np.column_stack(
            [features, features * np.asarray(position)[:, None]]),
                "Beside the features you keep them times the position, or over it. These columns still hold it, and mean something else when serving."),
        Mistake("position alone", lambda features, position: np.asarray(position)[:, None],
                "You dropped the features. Held at 1, position alone gives all candidates one score."),
        Mistake("features over position", lambda features, position: features / np.asarray(position)[:, None],
                "You divide the features by the position: they no longer mean what they mean when serving."),
        Mistake("features times position", lambda features, position: features * np.asarray(position)[:, None],
                "You multiply the features by the position: they no longer mean what they mean when serving."),
        Mistake("the first feature alone", lambda features, position: features[:, :1],
                "You dropped features with the position. Only the position is in the way."),
    ))
