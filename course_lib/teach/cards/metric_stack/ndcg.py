"""Exercises on the metric stack: NDCG at k."""

import numpy as np

from course_lib.evidence.offline import hits, ndcg_at_k
from course_lib.teach.cards import sizes
from course_lib.teach.cards.metric_stack import far_lists
from course_lib.teach.cards.metric_stack.ndcg_slips import MISTAKES, OTHER_METRICS
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake
from course_lib.teach.definitions.mistake_kinds import BASE, BOUNDARY


# --- 9.1 -----------------------------------------------------------------------------------------------------------
def _lists(rng, users, items, width, most):
    top = np.array([rng.permutation(items)[:width] for _ in range(users)])
    return top, [rng.permutation(items)[:n] for n in rng.integers(0, most + 1, users)]


def _ndcg_cases(rng):
    return [Case("six users", (*_lists(rng, 6, 12, 5, 4), 5)),
            Case("lists longer than k, and users with more than k relevant", (*_lists(rng, 5, 9, 8, 8), 3)),
            Case("a user without anything relevant", (np.array([[1, 2], [3, 4]]), [np.array([2]), np.array([], int)], 2)),
            Case("forty places", (np.array([np.arange(40), np.arange(40)[::-1]]), [np.arange(38), np.array([0, 1, 2])], 40)),
            Case("1,100 places", (np.arange(1_100)[None], [np.array([3, 1_090])], 1_100)),
            Case("k of 1", (*_lists(rng, 7, 6, 4, 4), 1)),
            Case("large numbers, nothing relevant first and last, items that no list holds", (
                70_000 + np.array([[1, 2, 3, 4], [5, 6, 7, 8], [2, 1, 9, 3], [3, 2, 1, 7]]),
                [np.array([], int), np.array([135_541, 99_999, 70_006]), np.array([70_001, 70_003, 70_009, 70_002]),
                 np.array([], int)], 3)),
            Case("130 relevant items, 120 slots", (rng.permutation(400)[None, :150], [rng.permutation(400)[:130]], 120)),
            Case("nothing relevant to anybody", (np.array([[1, 2], [3, 4]]), [np.array([], int)] * 2, 2))]


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


def _ndcg(top, relevant, k, *, discount, slots=None, empty=np.nan, best=lambda hit, size, slots: min(size, slots)):
    """NDCG with any discount, number of slots, answer for nobody's items, and number of hits of the best list."""
    top, slots = np.asarray(top), slots or k
    gain, out = discount(np.arange(1, top.shape[1] + len(max(relevant, key=len)) + 1)), []
    for hit, items in zip(hits(top, relevant)[:, :slots], relevant, strict=True):
        ideal = gain[:best(hit.sum(), len(items), slots)].sum()
        out.append(hit @ gain[:slots] / ideal if len(items) and ideal else empty)
    return np.array(out)


def _log_discount(place):
    return 1 / np.log2(place + 1)


def _first_two_alike(place):
    return 1 / np.maximum(np.log2(place), 1)


def _best_is(best, empty=np.nan):
    return lambda top, relevant, k: _ndcg(top, relevant, k, discount=_log_discount, best=best, empty=empty)


def _discounted(discount):
    return lambda top, relevant, k: _ndcg(top, relevant, k, discount=discount)


def _whole_list(top, relevant, k):
    return _ndcg(top, relevant, k, discount=_log_discount, slots=np.asarray(top).shape[1])


def _hits_of_the_whole_list(top, relevant, k):
    top = np.asarray(top)
    discount = _log_discount(np.arange(1, max(top.shape[1], k) + 1))
    ideal = [discount[:min(len(items), k)].sum() if len(items) else np.nan for items in relevant]
    return hits(top, relevant) @ discount[:top.shape[1]] / np.array(ideal)


def _best_of_what_was_found_or_0(top, relevant, k):
    value = _best_is(lambda hit, size, slots: hit)(top, relevant, k)
    return np.where([len(items) > 0 for items in relevant], np.nan_to_num(value), np.nan)


def _per_item(divisor):
    def wrong(top, relevant, k):
        size = _gains(top, relevant, k)[1]
        return _dcg(top, relevant, k) / divisor(size, k)
    return wrong


def _share_found(divisor):
    def wrong(top, relevant, k):
        hit, size, _ = _gains(top, relevant, k)
        return np.where(np.isnan(size), np.nan, hit.sum(1) / divisor(size, k))
    return wrong


def _anybodys(top, relevant, k):
    everything = np.concatenate([np.asarray(items) for items in relevant])
    _, size, discount = _gains(top, relevant, k)
    ideal = [np.nan if np.isnan(n) else discount[:int(n)].sum() for n in size]
    return np.isin(np.asarray(top)[:, :k], everything) @ discount / np.array(ideal)


def _place_by_place(top, relevant, k):
    _, size, discount = _gains(top, relevant, k)
    out = []
    for row, items, n in zip(np.asarray(top), relevant, size, strict=True):
        both = min(k, len(items))
        ideal = discount[:both].sum()
        out.append(np.nan if np.isnan(n) else (row[:both] == np.asarray(items)[:both]) @ discount[:both] / ideal)
    return np.array(out)


def _from_the_end(top, relevant, k):
    return ndcg_at_k(np.asarray(top)[:, :k][:, ::-1], relevant, k)


def _first_hit_alone(top, relevant, k):
    hit, size, discount = _gains(top, relevant, k)
    return np.where(np.isnan(size), np.nan, (hit * discount).max(1))


def _without_the_empty(top, relevant, k):
    value = ndcg_at_k(top, relevant, k)
    return value[~np.isnan(value)]


def _one_short(top, relevant, k):
    top = np.array(top)
    top[:, k - 1] = -1
    return ndcg_at_k(top, relevant, k)


def _divides_by_nothing(top, relevant, k):
    if any(len(items) == 0 for items in relevant):
        raise ZeroDivisionError
    return ndcg_at_k(top, relevant, k)


NDCG = Card(
    id="metric_stack.1", title="NDCG at k, one value a user", minutes=10, difficulty=2, used_in=("{{interview}}",),
    realistic=sizes.lists_and_relevant,
    task="NDCG asks how high the held-out items stand. A hit at position p (from 1) gains 1/log2(p + 1). "
         "Divide each person's gains by a number of theirs, so that 1 is what the best list of k items could reach for "
         "*them*. For somebody with nothing relevant no list is good or bad: NaN. No item stands twice; the relevant "
         "ones are in no order.",
    shapes="`top` best first, K ≥ k; `relevant` arrays of any length.",
    why="The ideal list is what makes users comparable: someone with one held-out item can reach 1 as well as someone with "
        "thirty. It has min(k, number relevant) hits, so it depends on the user on one side and on k on the other. "
        "Libraries differ here: say which NDCG you report. The division has a price: each person is divided by another number, so NDCG "
        "can order models the other way round from DCG, which, weighted by propensity, follows online reward (Jeunen et al. 2024). And 1/log2 is a "
        "model of attention: put your measured examination curve in its place, and the sum is in clicks. Where scores tie, the list's order is "
        "chance or the item's number: break ties by lot, or a model that says the same of all may look good.",
    reference=ndcg_at_k, alternative=_ndcg_loop, cases=lambda rng: [*_ndcg_cases(rng), *far_lists.ndcg_cases()],
    by_hand=(Case("one of two relevant items, at position 2", (np.array([[7, 3, 9]]), [np.array([3, 4])], 3),
                  expected=np.array([0.6309297535714575 / 1.6309297535714575])),
             Case("somebody else's item, and nothing found", (np.array([[1, 2, 3], [4, 5, 6]]), [np.array([4, 9]),
                                                                                                 np.array([6])], 3),
                  expected=np.array([0.0, 0.5])),
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
        Mistake("0 and an ideal of what was found", _best_is(lambda hit, size, slots: hit, empty=0.0),
                "Your ideal sorts the hits that the list has. A list that misses items is then as good as one that does not: "
                "the ideal needs all relevant items, up to k. And where there is nothing to compare, you say 0."),
        *(Mistake(f"ideal of what was found{nothing}", wrong,
                  "Your ideal sorts the hits that the list has, so what it misses costs nothing. The best list possible holds "
                  "all of the user's relevant items, up to k." + more) for nothing, wrong, more in (
            ("", _best_is(lambda hit, size, slots: hit), ""),
            (", 0 without a hit", _best_of_what_was_found_or_0, " (The 0 without a hit is right.)"))),
        Mistake("discount 1 / position", _discounted(lambda place: 1 / place),
                "Your discount is 1/position, which is that of reciprocal rank. Here it is 1/log2(position + 1)."),
        Mistake("log2 of the position", _discounted(_first_two_alike),
                "You divide by log2(position) and leave position 1 as it is: positions 1 and 2 then gain the same. Add 1 "
                "to the position before you take the log."),
        Mistake("late in both", _discounted(lambda place: 1 / np.log2(place + 2)),
                "Your discounts start at 1/log2(3), above and below the line. Positions count from 1: the top gains "
                "1/log2(2) = 1."),
        Mistake("root as the discount", _discounted(lambda place: 1 / np.sqrt(place)),
                "Your discount is one over the root of the position. Here it is 1/log2(position + 1)."),
        Mistake("not cut at k", _whole_list,
                "You use the whole list. Only its first k items count, and the best list has k slots too."),
        Mistake("hits not cut at k", _hits_of_the_whole_list,
                "Your sum of gains runs over the whole list, your ideal over k slots. Cut the list at k first."),
        Mistake("over min(k, number)", _per_item(np.minimum),
                "You divide the discounted gains by min(k, number relevant). The best list's hits are discounted as well: "
                "divide by the sum of its discounts."),
        Mistake("over the number relevant", _per_item(lambda size, k: size),
                "You divide the discounted gains by the number of relevant items. Divide by the gains of the best list: its "
                "hits are discounted too, and it has k slots."),
        Mistake("over k", _per_item(lambda size, k: k),
                "You divide the discounted gains by k. Divide by what the best list for this user would gain."),
        Mistake("recall over all relevant", _share_found(lambda size, k: size),
                "This is the share of the relevant items that were found: it ignores where they stand."),
        Mistake("precision", _share_found(lambda size, k: k),
                "This is precision, the share of the k slots that are hits: it ignores where they stand, and how many "
                "items there were to find."),
        Mistake("anybody's relevant items", _anybodys,
                "You count items that are relevant to anybody. Look up each user's own relevant items."),
        Mistake("place by place", _place_by_place,
                "You compare `relevant` with the list place by place. It is a set, in no order: ask whether an item is in it."),
        Mistake("positions from the end", _from_the_end,
                "You count positions from the end of the list. `top` has the best first, and the first gains most."),
        Mistake("the first hit alone", _first_hit_alone,
                "You count only each user's first hit. Add up the gains of all hits, and divide by the best list's."),
        Mistake("users left out", _without_the_empty,
                "You leave out the users with nothing relevant, so the values no longer stand at their users' places: NaN."),
        Mistake("one mean, with 0", lambda top, relevant, k: float(np.nan_to_num(ndcg_at_k(top, relevant, k)).mean()),
                "You return one mean, with 0 for users who have nothing relevant. Return one value a user, and NaN for those."),
        Mistake("one mean", lambda top, relevant, k: float(np.nanmean(ndcg_at_k(top, relevant, k))),
                "You return the mean over the users. One value a user is asked for."),
        Mistake("NaN where nothing was found", lambda top, relevant, k: np.where(
            ndcg_at_k(top, relevant, k) > 0, ndcg_at_k(top, relevant, k), np.nan),
                "You return NaN where the list has no hit. That list deserves its 0: NaN is for users with nothing relevant."),
        Mistake("one slot short", _one_short,
                "You leave out position k. The first k items count, the k-th among them."),
        Mistake("divided by nothing", _divides_by_nothing,
                "A user with nothing relevant has an ideal of 0, and you divide by it. Their answer is NaN: ask first."),
        *OTHER_METRICS,
        Mistake("relevant items cut at k", lambda top, relevant, k: ndcg_at_k(top, [items[:k] for items in relevant], k),
                "You keep only the first k of a user's relevant items. They are in no order: a hit on any of them counts. What "
                "is cut at k is the list, and the number of hits of the best one.", BOUNDARY),
        Mistake("1 for users without relevant items", lambda top, relevant, k: np.nan_to_num(
            ndcg_at_k(top, relevant, k), nan=1.0),
                "Users with nothing relevant get 1. No list could do better or worse for them: return NaN.", BASE),
        *MISTAKES,
    ),
    hints=("Two sums of the same discounts: one over your hits, one over the hits of a perfect list.",
           "`1 / np.log2(np.arange(2, k + 2))` are the discounts of positions 1 to k. `np.cumsum` of them holds the ideal "
           "for 1, 2, … k relevant items.",
           "For each user: `dcg / ideal[min(k, len(relevant)) - 1]`, and NaN where `len(relevant) == 0`."),
)
