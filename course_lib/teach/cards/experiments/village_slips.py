"""Families of wrong cluster errors: another value, spread, root, size or way to add the arms, and any two of these."""

import numpy as np

from course_lib.teach.cards.two_slips import in_one, mistakes_of, names, slips
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.mistake_kinds import BASE, BOUNDARY, DIRECTION, MEAN, UNIT


def _right_spread(total, size, arm_mean, mean):
    return total - arm_mean * size


def _clusters(y, cluster):
    code = np.unique(cluster, return_inverse=True)[1]
    return np.bincount(code, y), np.bincount(code).astype(float)


def slipped(value=lambda arms: arms[1][0].sum() / arms[1][1].sum() - arms[0][0].sum() / arms[0][1].sum(), spread=_right_spread, ddof=1,
            root=lambda size: np.sqrt(len(size)), below=lambda size: size.mean(), both=np.hypot,
            result=lambda value, error: (value, error)):
    """(difference, standard error) with one or more parts exchanged; arms: [(totals, sizes)] of control and treatment."""
    def wrong(y, cluster, arm):
        y, cluster, arm = np.asarray(y, float), np.asarray(cluster), np.asarray(arm)
        arms = [_clusters(y[arm == k], cluster[arm == k]) for k in (0, 1)]
        errors = [spread(total, size, total.sum() / size.sum(), y.mean()).std(ddof=ddof) / root(size) / below(size)
                  for total, size in arms]
        return result(value(arms), float(both(*errors)))
    return wrong


def _means(arms):
    return (arms[1][0] / arms[1][1]).mean() - (arms[0][0] / arms[0][1]).mean()


NEW = ("median size", "largest size", "the larger error", "sums", "spread of means", "by the clusters", "root of n − 1", "the control's", "squares averaged", "error first")
STEPS = {
    "value": slips(
        MEAN,
        ("mean of cluster means", _means, "your difference is one of cluster means, but it should be one of means a person"),
        ("control less treatment", lambda arms: arms[0][0].sum() / arms[0][1].sum() - arms[1][0].sum() / arms[1][1].sum(),
         "your difference is control less treatment"),
        ("totals a cluster", lambda arms: arms[1][0].mean() - arms[0][0].mean(), "you compare totals a cluster, but it should be means a person"),
        ("sums", lambda arms: arms[1][0].sum() - arms[0][0].sum(), "you subtract sums, but it should be means a person"),
        alone=NEW,
    ),
    "spread": slips(
        BASE,
        ("size as fixed", lambda total, size, arm_mean, mean: total,
         "you take the spread of the clusters' totals, but it should be that of total − mean · size"),
        ("spread of means", lambda total, size, arm_mean, mean: total / size,
         "you take the spread of the clusters' means, but it should be that of total − mean · size"),
        ("one mean", lambda total, size, arm_mean, mean: total - mean * size, "you take residuals about the mean of both arms, and each has its own"),
        alone=NEW,
    ),
    "ddof": slips(BOUNDARY, ("by n", 0, "you divide the squares by the number of clusters, and `ddof=1` is meant"), alone=NEW),
    "root": slips(
        UNIT,
        ("no root of clusters", lambda size: 1.0, "you do not divide by the root of the number of clusters"),
        ("by the clusters", len, "you divide by the number of clusters and their mean size (or by the number of people, which is the same), and the root of the "
         "number of clusters is meant"),
        ("root of the people", lambda size: np.sqrt(size.sum()), "you divide by the root of the number of people, and clusters are the units"),
        ("root of n − 1", lambda size: np.sqrt(len(size) - 1), "you divide by the root of the clusters less 1"),
        alone=NEW,
    ),
    "below": slips(
        UNIT,
        ("not per person", lambda size: 1.0, "you do not divide by the mean size of a cluster"),
        ("median size", np.median, "you divide by the median size of a cluster, and the mean is meant"),
        ("largest size", np.max, "you divide by the largest size of a cluster, and the mean is meant"),
        ("by an arm's people", lambda size: size.sum(), "you divide by the number of people, and the mean size of a cluster is meant"),
        alone=NEW,
    ),
    "both": slips(
        DIRECTION,
        ("errors added", lambda a, b: a + b, "you add the two errors, and their squares add"),
        ("errors averaged", lambda a, b: (a + b) / 2, "you average the two errors, and their squares add"),
        ("errors subtracted", lambda a, b: abs(b - a), "you subtract the errors, and their squares add"),
        ("no root of both", lambda a, b: a * a + b * b, "you return the variance, and its root is the error"),
        ("root of the sum", lambda a, b: np.sqrt(a + b), "you take the root of the errors' sum without squaring them"),
        ("the treatment's", lambda a, b: b, "you return the treatment's error alone, and both arms are unsure"),
        ("the control's", lambda a, b: a, "you return the control's error alone, and both arms are unsure"),
        ("the larger error", max, "you return the larger of the two errors, and their squares add"),
        ("squares averaged", lambda a, b: np.sqrt((a * a + b * b) / 2), "you average the two variances, and they add"),
        alone=NEW,
    ),
    "result": slips(
        UNIT,
        ("error first", lambda value, error: (error, value), "you return the error first"),
        alone=NEW,
    ),
}
# Pairs that are right, or have a sentence of their own in villages.py or above.
WITHOUT = ("size as fixed; by n", "size as fixed; not per person", "spread of means; not per person", "by n; root of n − 1",
           "no root of clusters; by an arm's people", "root of the people; not per person")


def _in_place(value=None, error=None):
    """The right answer with another value (of y, arm) or another error (of y, cluster, arm)."""
    def wrong(y, cluster, arm):
        y, arm = np.asarray(y, float), np.asarray(arm)
        right = slipped()(y, cluster, arm)
        return value(y, arm) if value else right[0], error(y, np.asarray(cluster), arm) if error else right[1]
    return wrong


def _per_arm(one):
    """The root of the sum of one(totals, sizes, people of all, clusters of all) of both arms."""
    def error(y, cluster, arm):
        arms = [_clusters(y[arm == k], cluster[arm == k]) for k in (0, 1)]
        people, clusters = len(y), sum(len(size) for _, size in arms)
        return np.sqrt(sum(one(total - total.sum() / size.sum() * size, size, people, clusters)**2 for total, size in arms))
    return error


def _people(y, cluster, arm):
    return np.sqrt(sum(y[arm == k].var(ddof=1) / (arm == k).sum() for k in (0, 1)))


def _people_of_all(y, cluster, arm):
    return y.std(ddof=1) * np.sqrt(1 / (arm == 1).sum() + 1 / (arm == 0).sum())


MORE = (
    Mistake("mean size of all clusters", _in_place(error=_per_arm(
        lambda left, size, people, clusters: left.std(ddof=1) / np.sqrt(len(size)) / (people / clusters))),
            "You divide by the mean size of all clusters. Each arm has its own.", BASE),
    Mistake("clusters of both arms", _in_place(error=_per_arm(
        lambda left, size, people, clusters: left.std(ddof=1) / np.sqrt(clusters) / size.mean())),
            "You divide by the root of the number of all clusters. An arm's error rests on its own clusters.", BASE),
    Mistake("treatment against all", _in_place(lambda y, arm: y[arm == 1].mean() - y.mean()),
            "You subtract the mean of all people. Subtract control's.", BASE),
    Mistake("quotient of the means", _in_place(lambda y, arm: y[arm == 1].mean() / y[arm == 0].mean()),
            "You divide the means. The task asks for their difference.", UNIT),
    Mistake("difference of medians", _in_place(lambda y, arm: np.median(y[arm == 1]) - np.median(y[arm == 0])),
            "You subtract medians. The task asks for means a person.", MEAN),
    Mistake("people as units, control less treatment", _in_place(lambda y, arm: y[arm == 0].mean() - y[arm == 1].mean(), _people),
            "Two things: your difference is control less treatment; and your error counts every person, where clusters were randomised.", BASE),
    Mistake("people as units, one spread", _in_place(error=_people_of_all),
            "Your error counts every person, with the spread of both arms together. Clusters were randomised: sum by cluster first.", BASE),
)
MISTAKES = (*MORE, *mistakes_of(slipped, STEPS, WITHOUT, named=names("; ", "{step}: {name}"), told=in_one()))
