"""What lists that are good as a whole cost and buy: four numbers a list, fronts of them, and fronts at one price.

A front is a table with a row a person and four columns a weight, the mildest weight first: NDCG@10, diversity (mean
distance), gap to the person's mix, smallest distance. Resample its rows and every number below has its interval.
"""

from __future__ import annotations

import numpy as np

from course_lib.contracts import ArgumentError, as_ids
from course_lib.evidence.estimate import Estimate, bootstrap, normal_estimate
from course_lib.evidence.offline import ndcg_at_k

NDCG, DIVERSITY, GAP, NEAREST = range(4)
COLUMNS = 4
ALPHA = 0.01                    # share of the person's own mix in a list's, so that a missing genre costs a finite gap


def judge(shown, desk) -> np.ndarray:
    """NDCG@10, diversity, gap and smallest distance of each person's list, float (people, 4).

    shown: int (people, 10), items. desk: has `wanted` (a list of held-out items a person), `direction` float (N, G) of
    unit length, `genre` float (N, G), rows that sum to 1, `target` float (people, G), each person's mix.
    """
    likeness = np.einsum("ukg,ujg->ukj", desk.direction[shown], desk.direction[shown])
    others = ~np.eye(shown.shape[1], dtype=bool)
    distance = 1 - likeness[:, others]                                # (people, 90)
    mix = (1 - ALPHA) * desk.genre[shown].mean(axis=1) + ALPHA * desk.target
    gap = (desk.target * np.log(np.maximum(desk.target, 1e-12) / np.maximum(mix, 1e-12))).sum(axis=1)
    ndcg = ndcg_at_k(shown, desk.wanted, shown.shape[1])
    return np.column_stack([ndcg, distance.mean(1), gap, distance.min(1)])


def front_of(shown_by_weight, desk) -> np.ndarray:
    """A front, float (people, weights · 4), of the lists int (people, 10) of each weight."""
    return np.hstack([judge(shown, desk) for shown in shown_by_weight])


def means(rows) -> np.ndarray:
    """The mean of each weight's four numbers, float (weights, 4)."""
    return rows.mean(axis=0).reshape(-1, COLUMNS)


def price(rows, more: float = 0.1) -> float:
    """Share of NDCG lost where a front is `more` more diverse than its first point, on a straight line between two.

    NaN where it never is.
    """
    held = means(rows)
    wider = np.maximum.accumulate(held[:, DIVERSITY] / held[0, DIVERSITY] - 1)
    return np.interp(more, wider, 1 - held[:, NDCG] / held[0, NDCG], right=np.nan)


def bought(rows, column: int, lost: float = 0.05) -> float:
    """What a front gains in a column, over its first point, for this share of NDCG; on a straight line between two."""
    held = means(rows)
    paid = np.maximum.accumulate(1 - held[:, NDCG] / held[0, NDCG])
    return np.interp(lost, paid, held[:, column] - held[0, column])


def share_bought(rows, column: int, first: int) -> float:
    """What the second front buys in a column, as a share of what the first does.

    rows: two fronts side by side. first: how many weights the first one has.
    """
    cut = COLUMNS * first
    return bought(rows[:, cut:], column) / bought(rows[:, :cut], column)


def ahead(rows, column: int = DIVERSITY) -> float:
    """Mean NDCG by which the second of two fronts lies above the first, over the range of a column that both reach.

    rows: two fronts of equally many weights, side by side.
    """
    first, second = (part[np.argsort(part[:, column])] for part in np.split(means(rows), 2))
    low, high = max(first[0, column], second[0, column]), min(first[-1, column], second[-1, column])
    grid = np.linspace(low, high, 21)
    above = np.interp(grid, second[:, column], second[:, NDCG]) - np.interp(grid, first[:, column], first[:, NDCG])
    return np.mean(above)


def lead_of_second(first, second, column: int, seed: int = 0) -> Estimate:
    """`ahead` of two fronts of the same people; the interval resamples people. The range that both reach is drawn anew
    with them, so that it tells a spread and promises no cover.
    """
    return bootstrap(np.hstack([first, second]), lambda rows: ahead(rows, column), seed=seed, n_boot=300)


def second_over_first(first, second, column: int, seed: int = 0) -> Estimate:
    """`share_bought` of two fronts of the same people; the interval resamples people."""
    many = first.shape[1] // COLUMNS
    return bootstrap(np.hstack([first, second]), lambda rows: share_bought(rows, column, many), seed=seed, n_boot=300)


def widened(shown, plain, least: int = 10) -> Estimate:
    """How many items reach `least` people or more, over as many with the plain lists; jackknife interval over people.

    Only an item that exactly `least` people have turns with one of them. Where by chance there is none in lists that
    people differ in, the interval is made as if there were one, so that it is never without width.
    shown, plain: int (people, 10). Raises ArgumentError where no item of the plain lists reaches so many, or an id is
    none.
    """
    shown, plain = as_ids("shown", shown), as_ids("plain", plain)
    n, value, without, unseen = len(plain), [], [], []
    for slate in (shown, plain):
        seen = np.bincount(slate.ravel(), minlength=slate.max() + 1)
        value.append((seen >= least).sum())
        without.append(value[-1] - (seen[slate] == least).sum(axis=1))  # items that need this person
        unseen.append((seen != least).all() and ((0 < seen) & (seen < n)).any())
    if not without[1].min() > 0:
        raise ArgumentError(f"{value[1]} items reach {least} people with the plain lists; expected several, so that a "
                            f"ratio to them is a number. Take more people or a smaller `least`.")
    left = without[0] / without[1]
    ratio, variance = value[0] / value[1], (n - 1) / n * ((left - left.mean()) ** 2).sum()
    variance += sum(least * (ratio / max(count, 1)) ** 2 for count, none in zip(value, unseen, strict=True) if none)
    return normal_estimate(ratio, np.sqrt(variance), n)


def cost_and_reach(shown, desk) -> tuple[float, float, Estimate]:
    """Share of NDCG@10 that lists lose to plain ones, and items that anybody gets, and that ten get, over theirs.

    shown: int (people, 10). desk: as for `judge`; plain lists are the first of its `candidates`, int (people, C).
    """
    plain = desk.candidates[:, :shown.shape[1]]
    before, after = (judge(lists, desk)[:, NDCG].mean() for lists in (plain, shown))
    return 1 - after / before, len(np.unique(shown)) / len(np.unique(plain)), widened(shown, plain)


def over_cap(page, creator, most: int = 2) -> np.ndarray:
    """Which lists hold more than `most` items of one creator, float (requests,) of 0 and 1.

    page: int (requests, K), items, −1 where empty. creator: int (N,), from 0.
    """
    return np.array([np.bincount(creator[slate[slate >= 0]], minlength=1).max() > most for slate in page], float)


def mean_of_filled(page, values) -> np.ndarray:
    """Mean of a value over the filled slots of each list, float (requests,); 0 where all are empty.

    page: int (requests, K), −1 where empty. values: (N,), or (requests, N) where they differ by request.
    """
    filled = page >= 0
    rows = np.broadcast_to(values, (len(page), np.shape(values)[-1]))
    held = np.take_along_axis(rows, np.maximum(page, 0), axis=1) * filled
    return held.sum(axis=1) / np.maximum(filled.sum(axis=1), 1)
