"""Exercise on clusters: the error where whole groups of people were put into an arm."""

import numpy as np

from course_lib.evidence.experiment import cluster_difference, ratio_delta
from course_lib.teach.cards.experiments.ratios import pair
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


# --- 10.6 ----------------------------------------------------------------------------------------------------------
def _village(rng, clusters, most):
    size = rng.integers(1, most + 1, clusters)
    cluster = np.repeat(rng.permutation(clusters) + 10, size)
    order = rng.permutation(len(cluster))
    level = np.repeat(rng.normal(10, 2, clusters), size)
    arm = (np.isin(cluster, rng.permutation(np.unique(cluster))[: clusters // 2])).astype(int)
    return (level + rng.normal(0, 1, len(cluster)))[order], cluster[order], arm[order]


def _cluster_cases(rng):
    return [Case(f"{c} clusters of up to {m}", _village(rng, c, m)) for c, m in ((6, 4), (12, 8), (30, 3))]


def _with_pandas(y, cluster, arm):
    import pandas as pd

    out, square = [], 0.0
    for k in (0, 1):
        part = pd.DataFrame({"y": y, "c": cluster})[np.asarray(arm) == k].groupby("c")["y"].agg(["sum", "size"])
        mean = part["sum"].sum() / part["size"].sum()
        spread = ((part["sum"] - mean * part["size"])**2).sum() / (len(part) - 1)
        square += spread / len(part) / part["size"].mean()**2
        out.append(mean)
    return out[1] - out[0], square**0.5


def _arms(y, cluster, arm):
    return [(np.asarray(y, float)[np.asarray(arm) == k], np.asarray(cluster)[np.asarray(arm) == k]) for k in (0, 1)]


def _people_as_units(y, cluster, arm):
    (c, _), (t, _) = _arms(y, cluster, arm)
    return t.mean() - c.mean(), np.sqrt(c.var(ddof=1) / len(c) + t.var(ddof=1) / len(t))


def _sums(values, cluster):
    ids, code = np.unique(cluster, return_inverse=True)
    return np.bincount(code, values), np.bincount(code).astype(float)


def _cluster_means(y, cluster, arm):
    means = [np.divide(*_sums(*part)) for part in _arms(y, cluster, arm)]
    c, t = means
    return t.mean() - c.mean(), np.sqrt(c.var(ddof=1) / len(c) + t.var(ddof=1) / len(t))


def _cluster_error(error):
    def wrong(y, cluster, arm):
        value, square = cluster_difference(y, cluster, arm)[0], 0.0
        for part in _arms(y, cluster, arm):
            total, size = _sums(*part)
            square += error(total, size, total - total.sum() / size.sum() * size)**2
        return value, np.sqrt(square)
    return wrong


CLUSTERS = Card(
    id="experiments.6", title="When whole clusters were randomised", minutes=12, difficulty=3, used_in=("{{experiments}}", "{{interview}}",),
    task="Clusters of friends were put into an arm as a whole. Return the difference in means *a person* (treatment less "
         "control) and its standard error, with clusters as the independent units. Each arm's mean is a sum over clusters "
         "divided by a sum over clusters (outcomes by people): your answer to 10.2 gives its error. The errors of "
         "two independent arms add as squares.",
    shapes="`y` float [n], one row a person; `cluster` int [n]; `arm` int [n], 0 or 1, the same for everyone of a cluster; "
           "returns (difference, standard error).",
    why="People of a cluster are alike, and they were not assigned one by one: thirty friends are not thirty coin flips. The error "
        "must be about what was flipped. Clusters differ in size, so the mean a person is a ratio, and the delta method is "
        "the same as for clicks by impressions.",
    reference=cluster_difference, alternative=_with_pandas, cases=_cluster_cases, call=pair,
    by_hand=(Case("two clusters of two in each arm", (np.array([1.0, 1, 3, 3, 4, 4, 4, 4]),
                                                      np.array([1, 1, 2, 2, 3, 3, 4, 4]),
                                                      np.array([0, 0, 0, 0, 1, 1, 1, 1])), expected=np.array([2.0, 1.0])),),
    invariants=(Invariant("clusters of one person are ordinary users", lambda fn, rng: np.allclose(
        pair(fn, np.array([1.0, 4, 2, 7, 5]), np.arange(5), np.array([0, 1, 0, 1, 1])),
        _people_as_units(np.array([1.0, 4, 2, 7, 5]), np.arange(5), np.array([0, 1, 0, 1, 1])))),),
    mistakes=(
        Mistake("people as units", _people_as_units,
                "Your error counts every person. Clusters were randomised, and people of a cluster are alike: sum by cluster "
                "first."),
        Mistake("mean of cluster means", _cluster_means,
                "You average the clusters' means, so that someone in a small cluster counts more. Divide sums by sums."),
        Mistake("size taken as fixed", _cluster_error(lambda total, size, left: total.std(ddof=1) / np.sqrt(len(total))
                                                      / size.mean()),
                "You use the spread of the clusters' totals. Large clusters have large totals: take the spread of total − mean "
                "· size."),
        Mistake("divided by people", _cluster_error(lambda total, size, left: left.std(ddof=1) / np.sqrt(size.sum())
                                                    / size.mean()),
                "You divide by the root of the number of people. The independent units are clusters: use their number."),
        Mistake("not per person", _cluster_error(lambda total, size, left: left.std(ddof=1) / np.sqrt(len(total))),
                "Your error is a cluster's, the difference a person's. Divide by the mean size of a cluster."),
        Mistake("errors added", lambda y, cluster, arm: (cluster_difference(y, cluster, arm)[0], sum(ratio_delta(*_sums(
            *part))[1] for part in _arms(y, cluster, arm))),
                "You add the two errors. Independent errors add as squares: sqrt(a² + b²)."),
        Mistake("control less treatment", lambda y, cluster, arm: (-cluster_difference(y, cluster, arm)[0],
                                                                   cluster_difference(y, cluster, arm)[1]),
                "Your difference is control less treatment: a gain then looks like a loss."),
    ),
    hints=("First make a small table: one row a cluster, with its sum of y and its number of people.",
           "`ids, code = np.unique(cluster, return_inverse=True)`, then `np.bincount(code, y)` and `np.bincount(code)`, for each "
           "arm apart.",
           "`ratio_delta(sums, sizes)` gives an arm's mean and error; the difference has the error `np.hypot(error_c, error_t)`."),
)
