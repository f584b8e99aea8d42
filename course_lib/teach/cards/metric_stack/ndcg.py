"""Exercises on the metric stack: NDCG at k."""

import numpy as np

from course_lib.evidence.offline import hits, ndcg_at_k
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


# --- 9.1 -----------------------------------------------------------------------------------------------------------
def _lists(rng, users, items, width, most):
    top = np.array([rng.permutation(items)[:width] for _ in range(users)])
    return top, [rng.permutation(items)[:n] for n in rng.integers(0, most + 1, users)]


def _ndcg_cases(rng):
    return [Case("six users", (*_lists(rng, 6, 12, 5, 4), 5)),
            Case("lists longer than k, and users with more than k relevant", (*_lists(rng, 5, 9, 8, 8), 3)),
            Case("a user without anything relevant", (np.array([[1, 2], [3, 4]]), [np.array([2]), np.array([], int)], 2))]


def _gains(top, relevant, k):
    hit = hits(np.asarray(top)[:, :k], relevant)
    size = np.array([len(items) for items in relevant], float)
    return hit, np.where(size > 0, size, np.nan), 1 / np.log2(np.arange(2, k + 2))


def _ndcg_loop(top, relevant, k):
    out = []
    for row, items in zip(top, relevant, strict=True):
        wanted = set(int(i) for i in items)
        dcg = sum(1 / np.log(p + 1) for p, item in enumerate(row[:k], 1) if int(item) in wanted)
        best = sum(1 / np.log(p + 1) for p in range(1, min(k, len(wanted)) + 1))
        out.append(dcg / best if wanted else np.nan)
    return np.array(out)


def _dcg(top, relevant, k):
    hit, size, discount = _gains(top, relevant, k)
    return np.where(np.isnan(size), np.nan, hit @ discount)


def _ideal_of_k(top, relevant, k):
    return _dcg(top, relevant, k) / (1 / np.log2(np.arange(2, k + 2))).sum()


def _ideal_of_all(top, relevant, k):
    _, size, _ = _gains(top, relevant, k)
    ideal = [np.nan if np.isnan(n) else (1 / np.log2(np.arange(2, int(n) + 2))).sum() for n in size]
    return _dcg(top, relevant, k) / np.array(ideal)


def _discount_late(top, relevant, k):
    hit, size, discount = _gains(top, relevant, k)
    late, out = 1 / np.log2(np.arange(3, k + 3)), []
    for row, n in zip(hit, size, strict=True):
        out.append(np.nan if np.isnan(n) else row @ late / discount[:int(min(n, k))].sum())
    return np.array(out)


def _no_discount(top, relevant, k):
    hit, size, _ = _gains(top, relevant, k)
    return hit.sum(1) / np.minimum(size, k)


def _empty_is_zero(top, relevant, k):
    return np.nan_to_num(ndcg_at_k(top, relevant, k))


NDCG = Card(
    id="metric_stack.1", title="NDCG at k, one value a user", minutes=10, difficulty=2, used_in=("{{interview}}",),
    task="Recall asks whether the held-out items are in the list. NDCG also asks how high. A hit at position p (from 1) "
         "gains 1/log2(p + 1). Divide the sum by that of the best list possible: all of the user's relevant items on top, "
         "as far as k slots allow. A user with nothing relevant has no answer: NaN.",
    shapes="`top` int [U, K], best first, K ≥ k; `relevant` U int arrays of any length; returns float [U].",
    why="The ideal list is what makes users comparable: someone with one held-out item can reach 1 as well as someone with "
        "thirty. It has min(k, number relevant) hits, so it depends on the user on one side and on k on the other. "
        "Libraries differ here: say which NDCG you report.",
    reference=ndcg_at_k, alternative=_ndcg_loop, cases=_ndcg_cases,
    by_hand=(Case("one of two relevant items, at position 2", (np.array([[7, 3, 9]]), [np.array([3, 4])], 3),
                  expected=np.array([0.6309297535714575 / 1.6309297535714575])),
             Case("both, on top", (np.array([[4, 3, 9]]), [np.array([3, 4])], 3), expected=np.array([1.0]))),
    invariants=(Invariant("a list that starts with everything relevant scores 1",
                          lambda fn, rng: np.allclose(fn(np.array([[5, 1, 2, 8]]), [np.array([1, 5])], 4), 1)),
                Invariant("renaming the items changes nothing", lambda fn, rng: np.allclose(
                    fn(np.array([[5, 1, 2, 8]]), [np.array([2, 9])], 4),
                    fn(np.array([[15, 11, 12, 18]]), [np.array([12, 19])], 4)))),
    mistakes=(
        Mistake("DCG", _dcg, "This is DCG: it is not divided by the best list's, so users with more to find score more."),
        Mistake("ideal of k hits", _ideal_of_k,
                "Your ideal list has k hits for everyone. A user with two relevant items can't have k: use min(k, number)."),
        Mistake("ideal of all relevant", _ideal_of_all,
                "Your ideal list counts every relevant item, more than the k slots can hold. Stop the ideal at k."),
        Mistake("discount off by one", _discount_late,
                "Your top position gains 1/log2(3). Positions count from 1: the top gains 1/log2(1 + 1) = 1."),
        Mistake("no discount", _no_discount,
                "Every hit counts the same wherever it stands: this is recall. Discount by 1/log2(position + 1)."),
        Mistake("0 for users without relevant items", _empty_is_zero,
                "Users with nothing relevant get 0. No list could do better for them: return NaN, so that they are left out."),
    ),
    hints=("Two sums of the same discounts: one over your hits, one over the hits of a perfect list.",
           "`1 / np.log2(np.arange(2, k + 2))` are the discounts of positions 1 to k. `np.cumsum` of them holds the ideal "
           "for 1, 2, … k relevant items.",
           "For each user: `dcg / ideal[min(k, len(relevant)) - 1]`, and NaN where `len(relevant) == 0`."),
)
