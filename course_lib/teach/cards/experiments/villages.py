"""Exercise on clusters: the error where whole groups of people were put into an arm."""

import numpy as np

from course_lib.evidence.experiment import cluster_difference, ratio_delta
from course_lib.teach.cards import effects_decisions, sizes
from course_lib.teach.cards.experiments import far_arms
from course_lib.teach.cards.experiments.ratios import pair
from course_lib.teach.cards.experiments.village_slips import MISTAKES
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
    large = np.array([200.0, 0, 90, -30, -80, 0, 15, -120]), np.array([1, 1, 2, 3, 4, 4, 5, 6]), np.array([1, 1, 1, 1, 0, 0, 0, 0])
    return [Case(f"{c} clusters of up to {m}", _village(rng, c, m)) for c, m in ((6, 4), (12, 8), (30, 3))] + [
        Case("large values of both signs, and 0", large), _uneven_arms()]


def _uneven_arms():
    """Two clusters against five: one of nobody who clicks, one of gains and losses, one of a single person."""
    y = np.array([0.0, 2, 1, 3, -1, 0, 1, 2, 3, 6, 0, 4, 5, 3, 1, 0, 1, 2, 2, 7, 1])
    cluster = np.array([3, 40_000, 103, 7, 0, 3, 103, 40_000, 7, 207, 1003, 103, 40_000, 7, 0, 7, 7, 207, 207, 207, 207])
    return Case("two clusters against five, in which some people click nothing", (y, cluster, (~np.isin(cluster, [3, 103])).astype(int)))


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


def _cluster_means(y, cluster, arm, ddof=1):
    means = [np.divide(*_sums(*part)) for part in _arms(y, cluster, arm)]
    c, t = means
    return t.mean() - c.mean(), np.sqrt(c.var(ddof=ddof) / len(c) + t.var(ddof=ddof) / len(t))


def _pooled(y, cluster, arm):
    """People as units, with one variance for both arms."""
    (c, _), (t, _) = _arms(y, cluster, arm)
    square = (((c - c.mean())**2).sum() + ((t - t.mean())**2).sum()) / (len(c) + len(t) - 2)
    return t.mean() - c.mean(), np.sqrt(square * (1 / len(c) + 1 / len(t)))


def _by_raw_ids(values, cluster):
    return np.bincount(cluster, values), np.bincount(cluster).astype(float)


def _with_empty_clusters(tables):
    """The right formula on tables of (sums, sizes) that hold clusters without anybody."""
    def wrong(y, cluster, arm):
        (c, error_c), (t, error_t) = (ratio_delta(*table) for table in tables(y, cluster, arm))
        return t - c, np.hypot(error_c, error_t)
    return wrong


def _codes_of_all(y, cluster, arm, most=0):
    code = np.unique(cluster, return_inverse=True)[1]
    y, arm = np.asarray(y, float), np.asarray(arm)
    most = most * (code.max() + 1)
    return [(np.bincount(code[arm == k], y[arm == k], most), np.bincount(code[arm == k], minlength=most).astype(float))
            for k in (0, 1)]


def _where_something_happened(y, cluster, arm):
    tables = [_sums(*part) for part in _arms(y, cluster, arm)]
    return [(total[total != 0], size[total != 0]) for total, size in tables]


def _runs(values, cluster):
    """Sums and sizes of stretches of equal ids, as the rows stand."""
    start = np.flatnonzero(np.r_[True, cluster[1:] != cluster[:-1]])
    return np.add.reduceat(values, start), np.diff(np.r_[start, len(values)]).astype(float)


def _one_mean(y, cluster, arm):
    """Residuals of both arms about the mean of all people."""
    square = 0.0
    for part in _arms(y, cluster, arm):
        total, size = _sums(*part)
        square += (total - np.mean(y) * size).var(ddof=1) / len(total) / size.mean()**2
    return cluster_difference(y, cluster, arm)[0], np.sqrt(square)


def _welch(c, t):
    return t.mean() - c.mean(), np.sqrt(c.var(ddof=1) / len(c) + t.var(ddof=1) / len(t))


def _relative(y, arm):
    y, arm = np.asarray(y, float), np.asarray(arm)
    return y[arm == 1].mean() / y[arm == 0].mean() - 1


def _arm_errors(y, cluster, arm):
    return [ratio_delta(*_sums(*part))[1] for part in _arms(y, cluster, arm)]


def _value(y, cluster, arm):
    return cluster_difference(y, cluster, arm)[0]


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
    effect=effects_decisions.false_alarms_of_clusters,
    realistic=sizes.people_in_clusters,
    task="Clusters of friends were put into an arm as a whole. Return the difference in means *a person* (treatment less "
         "control) and its standard error, with clusters as the independent units. Each arm's mean is a sum over clusters "
         "divided by a sum over clusters (outcomes by people): your answer to 10.2 gives its error. The errors of "
         "two independent arms add as squares.",
    shapes="`y` float [n], one row a person; `cluster` int [n]; `arm` int [n], 0 or 1, the same for everyone of a cluster, with at "
           "least two clusters in each arm; returns (difference, standard error).",
    why="People of a cluster are alike, and they were not assigned one by one: thirty friends are not thirty coin flips. The error "
        "must be about what was flipped. Clusters differ in size, so the mean a person is a ratio, and the delta method is "
        "the same as for clicks by impressions.",
    reference=cluster_difference, alternative=_with_pandas, cases=lambda rng: [*_cluster_cases(rng), *far_arms.cluster_cases()], call=pair,
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
        Mistake("people as units, by n", lambda y, cluster, arm: (_value(y, cluster, arm), np.sqrt(sum(
            part.var() / len(part) for part, _ in _arms(y, cluster, arm)))),
                "Your error counts every person, with `ddof=0`. Clusters were randomised: sum by cluster first."),
        Mistake("people as units, pooled", _pooled,
                "Your error counts every person, with one variance for both arms. Clusters were randomised, and people of a "
                "cluster are alike: sum by cluster first."),
        Mistake("mean of cluster means, by n", lambda y, cluster, arm: _cluster_means(y, cluster, arm, 0),
                "You average the clusters' means, so that someone in a small cluster counts more (divide sums by sums), and "
                "you divide the squares by n (`ddof=1`)."),
        Mistake("the error of cluster means", lambda y, cluster, arm: (_value(y, cluster, arm), _cluster_means(
            y, cluster, arm)[1]),
                "Your difference is right; your error is that of a mean of cluster means. Large clusters weigh more: take the "
                "spread of total − mean · size."),
        Mistake("mean of cluster means, right error", lambda y, cluster, arm: (_cluster_means(y, cluster, arm)[0],
                                                                               cluster_difference(y, cluster, arm)[1]),
                "Your error is right, your difference is one of cluster means. It has to be one of means a person: sums by "
                "sums."),
        Mistake("clusters that an arm has not", _with_empty_clusters(lambda y, cluster, arm: _codes_of_all(y, cluster, arm, 1)),
                "Your table of an arm has a row for every cluster, also for those of the other arm, with nobody in it. They "
                "count as clusters in the error: keep an arm's own."),
        Mistake("clusters that an arm has not, up to its last", _with_empty_clusters(_codes_of_all),
                "You number the clusters of both arms together. `bincount` then gives an arm rows of zeros for the other arm's "
                "clusters, which count in the error: number each arm's own."),
        Mistake("ids as places", _with_empty_clusters(lambda y, cluster, arm: [_by_raw_ids(*part) for part in _arms(
            y, cluster, arm)]),
                "You use the ids as places. `bincount` gives a row of zeros for every id that this arm does not have, and each "
                "counts as a cluster: number the arm's own with `np.unique(…, return_inverse=True)`."),
        Mistake("clusters without outcome left out", _with_empty_clusters(_where_something_happened),
                "You leave out the clusters whose outcomes sum to 0. Friends who click nothing were assigned too: they count, in "
                "the mean and as a cluster."),
        Mistake("stretches of equal ids", _with_empty_clusters(lambda y, cluster, arm: [_runs(*part) for part in _arms(
            y, cluster, arm)]),
                "You end a cluster wherever the id changes from row to row. The rows are not sorted by cluster: group by the id "
                "itself."),
        Mistake("size taken as fixed, by n", _cluster_error(lambda total, size, left: total.std() / np.sqrt(len(total))
                                                            / size.mean()),
                "You use the spread of the clusters' totals, with `ddof=0`. Large clusters have large totals: take the spread of "
                "total − mean · size."),
        Mistake("size taken as fixed, not per person", _cluster_error(lambda total, size, left: total.std(ddof=1) / np.sqrt(
            len(total))),
                "Your error is that of a cluster's total. Take the spread of total − mean · size, and divide by the mean size too."),
        Mistake("people's spread, number of clusters", lambda y, cluster, arm: (_value(y, cluster, arm), np.sqrt(sum(
            part.var(ddof=1) / len(np.unique(ids)) for part, ids in _arms(y, cluster, arm)))),
                "You divide the variance between *people* by the number of clusters. Sum the residuals by cluster first: their "
                "spread over clusters is what counts."),
        Mistake("divided by an arm's people", _cluster_error(lambda total, size, left: left.std(ddof=1) / np.sqrt(
            len(total)) / size.sum()),
                "You divide by the number of people of the arm where the mean size of a cluster belongs: the root of the number of "
                "clusters has already made a mean."),
        Mistake("variance by n", _cluster_error(lambda total, size, left: left.std() / np.sqrt(len(total)) / size.mean()),
                "You divide the squares by the number of clusters. Use `ddof=1`: the mean came from the same clusters."),
        Mistake("deviation, not error", _cluster_error(lambda total, size, left: left.std(ddof=1) / size.mean()),
                "This is the spread of one cluster, not the error of a mean: divide by the root of the number of clusters."),
        Mistake("people everywhere", _cluster_error(lambda total, size, left: left.std(ddof=1) / np.sqrt(size.sum())),
                "You divide the spread of clusters by the root of the number of people. Divide by the root of the number of "
                "clusters and by their mean size."),
        Mistake("residuals about the mean of all", _one_mean,
                "You take residuals about one mean for both arms. Each arm has its own, or the effect itself counts as noise."),
        Mistake("variance, not error", lambda y, cluster, arm: (_value(y, cluster, arm), cluster_difference(
            y, cluster, arm)[1]**2),
                "You return the variance of the difference. The standard error is its root."),
        Mistake("root of the errors' sum", lambda y, cluster, arm: (_value(y, cluster, arm), np.sqrt(sum(
            _arm_errors(y, cluster, arm)))),
                "You take the root of the sum of two errors. Square each before you add: sqrt(a² + b²)."),
        Mistake("errors averaged", lambda y, cluster, arm: (_value(y, cluster, arm), np.mean(_arm_errors(y, cluster, arm))),
                "You average the two errors. A difference is less sure than either arm: sqrt(a² + b²)."),
        Mistake("errors subtracted", lambda y, cluster, arm: (_value(y, cluster, arm), np.abs(np.diff(
            _arm_errors(y, cluster, arm)))[0]),
                "You subtract the errors, as you do the means. Noise never cancels: sqrt(a² + b²)."),
        Mistake("the treatment's error", lambda y, cluster, arm: (_value(y, cluster, arm), _arm_errors(y, cluster, arm)[1]),
                "You give the error of the treatment's mean. The control's is unsure too: sqrt(a² + b²)."),
        Mistake("difference of totals a cluster", lambda y, cluster, arm: _welch(*(_sums(*part)[0] for part in _arms(
            y, cluster, arm))),
                "You compare totals a cluster. The task asks for the mean a *person*: divide the sum of totals by the sum of "
                "sizes."),
        Mistake("relative", lambda y, cluster, arm: (_relative(y, arm), cluster_difference(y, cluster, arm)[1]),
                "You divide the difference by control's mean. The task asks for the difference itself."),
        Mistake("half an interval", lambda y, cluster, arm: (_value(y, cluster, arm), 1.96 * cluster_difference(
            y, cluster, arm)[1]),
                "You return half the width of a 95% interval. The task asks for one standard error."),
        Mistake("the difference alone", lambda y, cluster, arm: _value(y, cluster, arm),
                "You return the difference alone. Its standard error belongs beside it: (difference, standard error)."),
        *MISTAKES,
    ),
    hints=("First make a small table: one row a cluster, with its sum of y and its number of people.",
           "`ids, code = np.unique(cluster, return_inverse=True)`, then `np.bincount(code, y)` and `np.bincount(code)`, for each "
           "arm apart.",
           "`ratio_delta(sums, sizes)` gives an arm's mean and error; the difference has the error `np.hypot(error_c, error_t)`."),
)
