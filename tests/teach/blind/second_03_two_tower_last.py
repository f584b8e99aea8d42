"""Solutions of lesson 03, written blind: from the notebook's text alone."""

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@wrong("two_tower.5", "Cuts by place in the sorted order, so events of one moment land in two parts.")
def cut_by_time(time, fractions):
    place = np.argsort(np.argsort(time, kind="stable"))
    edges = np.cumsum(fractions)[:2] * len(time)
    return np.digitize(place, edges.round(6))


@wrong("two_tower.5", "Events at a cutoff stay in the earlier part.")
def cut_by_time(time, fractions):
    ordered, n = np.sort(time), len(time)
    first, second = (ordered[int(round(share * n, 6))] for share in np.cumsum(fractions)[:2])
    return (time > first).astype(int) + (time > second).astype(int)


@wrong("two_tower.5", "Shares of the time span, not of the events.")
def cut_by_time(time, fractions):
    low, span = time.min(), np.ptp(time)
    first, second = (low + share * span for share in np.cumsum(fractions)[:2])
    return (time >= first).astype(int) + (time >= second).astype(int)


@wrong("two_tower.5", "Takes the table for sorted by time and cuts it by rows.")
def cut_by_time(time, fractions):
    n = len(time)
    out = np.zeros(n, int)
    out[int(fractions[0] * n):] = 1
    out[int((fractions[0] + fractions[1]) * n):] = 2
    return out


@wrong("two_tower.5", "The parts come back in the order of time, not in the order of the events.")
def cut_by_time(time, fractions):
    ordered, n = np.sort(time), len(time)
    first, second = (ordered[int(round(share * n, 6))] for share in np.cumsum(fractions)[:2])
    return (ordered >= first).astype(int) + (ordered >= second).astype(int)


@wrong("two_tower.5", "Cuts the distinct moments, so a crowded moment counts like a quiet one.")
def cut_by_time(time, fractions):
    moments = np.unique(time)
    first, second = (moments[int(round(share * len(moments), 6))] for share in np.cumsum(fractions)[:2])
    return np.where(time < first, 0, np.where(time < second, 1, 2))


@wrong("two_tower.5", "The place is counted from 1, so each cutoff is one event too early.")
def cut_by_time(time, fractions):
    ordered, n = np.sort(time), len(time)
    first, second = (ordered[int(round(share * n, 6)) - 1] for share in np.cumsum(fractions)[:2])
    return (time >= first).astype(int) + (time >= second).astype(int)


@wrong("two_tower.5", "Ties go to the later part at the first cutoff, to the earlier one at the second.")
def cut_by_time(time, fractions):
    ordered, n = np.sort(time), len(time)
    first, second = (ordered[int(round(share * n, 6))] for share in np.cumsum(fractions)[:2])
    return np.array([0 if t < first else 1 if t <= second else 2 for t in time])


@wrong("two_tower.5", "Validation gets the last tenth and test the tenth before.")
def cut_by_time(time, fractions):
    ordered, n = np.sort(time), len(time)
    first, second = (ordered[int(round(share * n, 6))] for share in np.cumsum(fractions)[:2])
    return np.select([time < first, time >= second], [0, 1], 2)


@wrong("two_tower.5", "The second cutoff uses the second fraction alone instead of the sum of both.")
def cut_by_time(time, fractions):
    ordered, n = np.sort(time), len(time)
    first, second = (ordered[int(fractions[0] * n)], ordered[int(fractions[1] * n)])
    return np.where(time >= second, 2, np.where(time >= first, 1, 0))


@wrong("two_tower.5", "Parts are numbered from 1.")
def cut_by_time(time, fractions):
    ordered, n = np.sort(time), len(time)
    cuts = [ordered[int(round(share * n, 6))] for share in np.cumsum(fractions)[:2]]
    return 1 + np.searchsorted(cuts, time, side="right")


@wrong("two_tower.5", "Draws the parts at random in the right shares.")
def cut_by_time(time, fractions):
    n = len(time)
    place = np.random.default_rng(0).permutation(n)
    return np.digitize(place, np.round(np.cumsum(fractions)[:2] * n, 6))


@right("two_tower.5", "searchsorted of the times in the two cutoffs, side right.")
def cut_by_time(time, fractions):
    ordered, n = np.sort(time), len(time)
    cuts = [ordered[int(round(share * n, 6))] for share in (fractions[0], fractions[0] + fractions[1])]
    return np.searchsorted(cuts, time, side="right")


@right("two_tower.5", "Plain Python: sorted, two comparisons, a list of ints.")
def cut_by_time(time, fractions):
    ordered = sorted(float(t) for t in time)
    first = ordered[int(fractions[0] * len(ordered) + 1e-6)]
    second = ordered[int((fractions[0] + fractions[1]) * len(ordered) + 1e-6)]
    return [int(t >= first) + int(t >= second) for t in time]


@right("two_tower.5", "pandas: cutoffs by iloc of the sorted Series, a Series of parts.")
def cut_by_time(time, fractions):
    ordered = pd.Series(np.asarray(time)).sort_values().reset_index(drop=True)
    cuts = ordered.iloc[[int(round(share * len(ordered), 6)) for share in np.cumsum(fractions)[:2]]]
    return pd.Series(time).ge(cuts.iloc[0]).astype(int) + pd.Series(time).ge(cuts.iloc[1]).astype(int)


@right("two_tower.5", "torch: kthvalue (counted from 1) for each cutoff.")
def cut_by_time(time, fractions):
    t = torch.as_tensor(np.array(time, dtype=float))
    cuts = torch.stack([t.kthvalue(int(round(share * len(t), 6)) + 1).values for share in np.cumsum(fractions)[:2]])
    return (t[:, None] >= cuts[None]).sum(1).numpy()
