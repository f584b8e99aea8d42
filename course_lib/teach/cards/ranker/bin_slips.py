"""Slips in the steps of a calibration error: into which bin a row goes, how far a bin is off, how bins are joined."""

import numpy as np

from course_lib.teach.cards.two_slips import Slip, mistakes_of
from course_lib.teach.definitions.mistake_kinds import BASE, BOUNDARY, DIRECTION, IGNORED, MEAN, OTHER, UNIT

RARE = {"paired": False}


def _floor(p, bins):
    return np.minimum((p * bins).astype(int), bins - 1)


def _by_rank(p, bins):
    return (np.argsort(np.argsort(p, kind="stable"), kind="stable") * bins) // len(p)


def _own_range(p, bins):
    return _floor((p - p.min()) / (np.ptp(p) or 1.0), bins)


def _build(place=_floor, far=lambda p, y, low, bins: abs(p.mean() - y.mean()), join=lambda far, n, bins: np.average(
        far, weights=n), which=lambda b, bins: True):
    """far(p, y, lower end, bins) → distance of one bin. which(bin, bins) → whether it counts."""
    def wrong(p, y, bins=10):
        p, y = np.asarray(p, float), np.asarray(y)
        places = place(p, bins)
        held = np.unique(places)
        each = [far(p[places == b], y[places == b], b / bins, bins) if which(b, bins) else 0.0 for b in held]
        return float(join(np.array(each), np.array([(places == b).sum() for b in held]), bins))
    return wrong


STEPS = {
    "place": (
        Slip("upper ends", lambda p, bins: np.maximum(np.ceil(p * bins).astype(int) - 1, 0),
             "Your bins hold their upper end; they hold the lower.", BOUNDARY, False),
        Slip("bins of equal numbers", _by_rank, "Your bins hold equal numbers of predictions; they have equal widths.",
             BOUNDARY, False),
        Slip("nearest edge", lambda p, bins: np.round(p * bins).astype(int), "You round p · bins; cut it down.", BOUNDARY,
             False),
        Slip("one bin too few", lambda p, bins: np.minimum((p * (bins - 1)).astype(int), bins - 2),
             "There is one bin too few: n bins have n + 1 edges.", BOUNDARY, False),
        Slip("bins of the data's own range", _own_range,
             "Your bins divide the predictions' own range; they divide [0, 1].", BOUNDARY, False),
        Slip("ten bins always", lambda p, bins: _floor(p, 10), "You cut into ten bins, whatever `bins` is.", IGNORED, **RARE),
        Slip("rounded to one place", lambda p, bins: np.round(p * 10).astype(int),
             "You group by p rounded to one decimal. There are `bins` bins, and each holds its lower end.", BOUNDARY, **RARE),
    ),
    "far": (
        Slip("squared", lambda p, y, low, bins: (p.mean() - y.mean()) ** 2, "The distances are squared.", UNIT, False),
        Slip("signed, sign kept", lambda p, y, low, bins: p.mean() - y.mean(),
             "The distances keep their sign, so that bins cancel; take the absolute value in each.", DIRECTION, False),
        Slip("signed the other way", lambda p, y, low, bins: y.mean() - p.mean(),
             "Your distances are share less prediction, sign and all, so that bins cancel; take the absolute value in each.",
             DIRECTION, **RARE),
        Slip("bin centres", lambda p, y, low, bins: abs(low + 0.5 / bins - y.mean()),
             "You compare with the middle of a bin; compare with the mean prediction in it.", OTHER, False),
        Slip("lower ends of bins", lambda p, y, low, bins: abs(low - y.mean()),
             "You compare the share with the lower end of a bin; compare it with the mean prediction there.", OTHER, **RARE),
        Slip("upper ends of bins", lambda p, y, low, bins: abs(low + 1 / bins - y.mean()),
             "You compare the share with the upper end of a bin; compare it with the mean prediction there.", OTHER, **RARE),
        Slip("median prediction", lambda p, y, low, bins: abs(np.median(p) - y.mean()),
             "You take the median prediction of a bin; take its mean.", MEAN, **RARE),
        Slip("rows against the share", lambda p, y, low, bins: np.abs(p - y.mean()).mean(),
             "You average |p − share| over the rows of a bin. Take the mean prediction first, then one distance.", MEAN, **RARE),
        Slip("labels against the mean", lambda p, y, low, bins: np.abs(p.mean() - y).mean(),
             "You average |mean prediction − y| over the rows of a bin. Take the share that came true first, then one "
             "distance.", MEAN, **RARE),
        Slip("row errors", lambda p, y, low, bins: np.abs(p - y).mean(),
             "You average |p − y| over the rows of a bin. Take both means first, then one distance.", MEAN, False, **RARE),
        Slip("row squares", lambda p, y, low, bins: ((p - y) ** 2).mean(),
             "You average (p − y)² over the rows of a bin. Take both means first, then one distance.", MEAN, False, **RARE),
        Slip("sums of a bin", lambda p, y, low, bins: abs(p.sum() - y.sum()),
             "You compare sums of a bin, and weigh them by its size once more. Compare means.", MEAN, **RARE),
        Slip("share that did not", lambda p, y, low, bins: abs(p.mean() - (1 - y).mean()),
             "You compare with the share that did not come true.", DIRECTION, **RARE),
        Slip("share of a half and more", lambda p, y, low, bins: abs(p.mean() - (p >= 0.5).mean()),
             "You compare with the share of predictions of a half and more, so `y` has no say.", BASE, **RARE),
        Slip("over the mean", lambda p, y, low, bins: abs(p.mean() - y.mean()) / max(p.mean(), 1e-12),
             "You divide each distance by the mean prediction. The distance itself is averaged.", UNIT, **RARE),
    ),
    "join": (
        Slip("bins weigh the same", lambda far, n, bins: far.mean(), "All bins weigh the same; weigh by their predictions.",
             MEAN, False),
        Slip("sum over bins", lambda far, n, bins: far.sum(), "The bins are added up without weights.", MEAN, False),
        Slip("empty bins counted", lambda far, n, bins: far.sum() / bins,
             "You divide by the number of bins, empty ones too; weigh by their predictions.", BASE, False),
        Slip("largest bin error", lambda far, n, bins: far.max(), "You take the largest bin; average them.", MEAN, False),
        Slip("counts, not shares", lambda far, n, bins: (far * n).sum(),
             "You weigh by the predictions of a bin and do not divide by all of them.", UNIT, False),
        Slip("divided by bins too", lambda far, n, bins: np.average(far, weights=n) / bins,
             "You divide the weighted mean by the number of bins. The weights are shares already.", MEAN, **RARE),
        Slip("divided by held bins too", lambda far, n, bins: np.average(far, weights=n) / len(n),
             "You divide the weighted mean by the number of bins that hold anything. The weights are shares already.", MEAN, **RARE),
        Slip("root in the end", lambda far, n, bins: np.sqrt(abs(np.average(far, weights=n))),
             "You take a root in the end.", UNIT, **RARE),
        Slip("shares squared", lambda far, n, bins: (far * (n / n.sum()) ** 2).sum(),
             "The share of a bin stands in the mean twice.", MEAN, **RARE),
        Slip("median bin", lambda far, n, bins: np.median(far), "You take the median of the bins; take their weighted mean.",
             MEAN, **RARE),
        Slip("roots of the counts", lambda far, n, bins: np.average(far, weights=np.sqrt(n)),
             "You weigh by the root of a bin's count. Weigh by the count.", UNIT, **RARE),
    ),
    "which": (
        Slip("first bin lost", lambda b, bins: b > 0, "The first bin is left out.", BOUNDARY, **RARE),
        Slip("last bin lost", lambda b, bins: b < bins - 1, "The last bin is left out.", BOUNDARY, **RARE),
    ),
}
WITHOUT = (             # these come to the same as the distances with their sign in any bins
    "upper ends + signed, sign kept | bins of equal numbers + signed, sign kept | nearest edge + signed, sign kept | "
    "bins of the data's own range + signed, sign kept | one bin too few + signed, sign kept")


def _whole(measure):
    """measure(p, y, bins) → float, taken whole."""
    return lambda p, y, bins=10: float(measure(np.asarray(p, float), np.asarray(y), bins))


def _log_loss(p, y, bins):
    held = np.clip(p, 1e-12, 1 - 1e-12)
    return -np.mean(y * np.log(held) + (1 - y) * np.log(1 - held))


def _by_clicks(p, y, bins):
    place = _floor(p, bins)
    return sum(y[place == b].sum() * abs(p[place == b].mean() - y[place == b].mean()) for b in np.unique(place)) / max(
        1, y.sum())


def _two_or_more(p, y, bins):
    place = _floor(p, bins)
    return sum((place == b).mean() * abs(p[place == b].mean() - y[place == b].mean()) for b in np.unique(place)
               if (place == b).sum() > 1)


WHOLE = {
    "measure": (
        Slip("log loss", _log_loss, "That is the log loss, which no perfect calibration brings to 0. Compare means in a bin.",
             OTHER),
        Slip("weighted by what came true", _by_clicks, "You weigh a bin by how many of its predictions came true. Weigh it by "
             "all predictions that it holds.", BASE),
        Slip("bins of one left out", _two_or_more, "You leave out bins that hold a single prediction. Every bin that holds "
             "anything counts.", BOUNDARY),
    ),
}


def _edges(lower, upper, join=lambda total, bins: total):
    """Bins by their edges, where lower and upper say which predictions a bin holds; a row may be in two bins or none."""
    def wrong(p, y, bins=10):
        total = 0.0
        for low, high in zip(np.arange(bins) / bins, np.arange(1, bins + 1) / bins, strict=True):
            held = lower(p, low) & upper(p, high)
            if held.any():
                total += held.mean() * abs(p[held].mean() - y[held].mean())
        return total
    return wrong


def _ends(ends):
    return _edges(*ends)


EDGES = {
    "ends": (
        Slip("both ends", (np.greater_equal, np.less_equal),
             "Your bins hold both their ends, so a prediction on an edge counts in two. A bin holds its lower end alone.",
             BOUNDARY),
        Slip("neither end", (np.greater, np.less),
             "Your bins hold neither end, so a prediction on an edge counts nowhere. A bin holds its lower end.", BOUNDARY),
        Slip("upper ends, 0 lost, share of all", (np.greater, np.less_equal),
             "Your bins hold their upper end, so that 0 falls into none. A bin holds its lower end, not its upper.", BOUNDARY,
             False),
    ),
}
MISTAKES = (*mistakes_of(_build, STEPS, WITHOUT), *mistakes_of(_whole, WHOLE), *mistakes_of(_ends, EDGES))
