"""Exercise on ANN: which share of the true neighbours an index found."""

import numpy as np

from course_lib.stages.ann.measure import index_recall
from course_lib.teach.cards import sizes
from course_lib.teach.cards.ann import rare_queries
from course_lib.teach.cards.ann.found_slips import RECALLS
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


# --- 5.1 recall of an index ----------------------------------------------------------------------------------------
def _lists(rng, queries, k, items=30):
    draw = np.array([rng.permutation(items)[:k] for _ in range(queries)])
    other = np.array([rng.permutation(items)[:k] for _ in range(queries)])
    return draw, other


def _recall_cases(rng):
    found, exact = _lists(rng, 6, 8)
    short = found.copy()
    short[:, -3:] = -1
    far, near = _lists(rng, 4, 25)
    return [Case("twenty-five neighbours", (far, near)), Case("six queries, eight neighbours", (found, exact)), Case("an index that found fewer", (short, exact)),
            Case("fewer true neighbours than slots", (short, np.where(np.arange(8) < 5, exact, -1))),
            Case("fewer true neighbours than were returned", (found, np.where(np.arange(8) < 4, exact, -1))),
            Case("one query found nothing", (np.where(np.arange(6)[:, None] == 2, -1, found), exact)), *rare_queries.FOUND]


def _recall_sets(found, exact):
    out = []
    for f, e in zip(np.asarray(found).tolist(), np.asarray(exact).tolist(), strict=True):
        true = {i for i in e if i >= 0}
        out.append(len(true & {i for i in f if i >= 0}) / max(1, len(true)))
    return np.array(out)


def _by_place(found, exact):
    return (np.asarray(found) == np.asarray(exact)).mean(1)


def _precision(found, exact):
    hits = [len(np.intersect1d(f[f >= 0], e[e >= 0])) for f, e in zip(found, exact, strict=True)]
    return np.array(hits) / np.maximum(1, (np.asarray(found) >= 0).sum(1))


def _any_hit(found, exact):
    return (index_recall(found, exact) > 0).astype(float)


def _padding_counts(found, exact):
    return np.array([np.isin(e, f).mean() for f, e in zip(found, exact, strict=True)])


def _one_number(found, exact):
    return float(index_recall(found, exact).mean())


def _pooled_recall(found, exact):
    hits = index_recall(found, exact) * (exact >= 0).sum(1)
    return float(hits.sum() / (exact >= 0).sum())


def _hits(found, exact):
    return index_recall(found, exact) * (exact >= 0).sum(1)


def _true_without_guard(found, exact):
    with np.errstate(all="ignore"):
        return _hits(found, exact) / (exact >= 0).sum(1)


def _nothing_to_find_is_one(found, exact):
    return np.where((exact >= 0).any(1), index_recall(found, exact), 1.0)


def _over_k(found, exact):
    return _hits(found, exact) / exact.shape[1]


def _padding_hits(found, exact):
    hits = [np.isin(e, f).sum() for f, e in zip(found, exact, strict=True)]
    return np.array(hits) / np.maximum(1, (exact >= 0).sum(1))


def _sets_with_padding(found, exact):
    pairs = [(set(f), set(e)) for f, e in zip(found.tolist(), exact.tolist(), strict=True)]
    return np.array([len(f & e) / len(e) for f, e in pairs])


def _sets_over_k(found, exact):
    return np.array([len(set(f) & set(e)) / len(e) for f, e in zip(found.tolist(), exact.tolist(), strict=True)])


def _jaccard(found, exact):
    hits, either = _hits(found, exact), (exact >= 0).sum(1) + (found >= 0).sum(1)
    return hits / np.maximum(1, either - hits)


def _all_rows_at_once(found, exact):
    return (np.isin(exact, found) & (exact >= 0)).sum(1) / np.maximum(1, (exact >= 0).sum(1))


def _all_rows_with_padding(found, exact):
    return np.isin(exact, found).mean(1)


def _unguarded_loop(found, exact):
    return np.array([h / int((e >= 0).sum()) for h, e in zip(_hits(found, exact).tolist(), exact, strict=True)])


def _found_slots(found, exact):
    hits = [np.isin(f, e).sum() for f, e in zip(found, exact, strict=True)]
    return np.array(hits) / np.maximum(1, (exact >= 0).sum(1))


def _share_of_slots(found, exact):
    return np.array([np.isin(f, e).mean() for f, e in zip(found, exact, strict=True)])


def _item_zero_dropped(found, exact):
    return index_recall(np.where(found > 0, found, -1), np.where(exact > 0, exact, -1))


def _nearest_found(found, exact):
    return np.array([float(e[0] >= 0 and e[0] in f) for f, e in zip(found, exact, strict=True)])


def _bare_precision(found, exact):
    with np.errstate(all="ignore"):
        return _hits(found, exact) / (found >= 0).sum(1)


def _f1(found, exact):
    return 2 * _hits(found, exact) / np.maximum(1, (found >= 0).sum(1) + (exact >= 0).sum(1))


def _by_place_true(found, exact):
    return ((found == exact) & (exact >= 0)).sum(1) / np.maximum(1, (exact >= 0).sum(1))


def _smaller_list(found, exact):
    return _hits(found, exact) / np.maximum(1, np.minimum((found >= 0).sum(1), (exact >= 0).sum(1)))


RECALL = Card(
    id="ann.1", title="Recall of an index", minutes=6, difficulty=1, used_in=("this lesson", "11"),
    realistic=sizes.found_and_exact,
    task="An index answers with k ids for each query; exact search answers with the true k. Say, query by query, which "
         "share of the true neighbours the index found. Order does not matter. −1 stands for “nothing found” and is no id. "
         "A query without a true neighbour gets 0. No row names an id twice.",
    shapes="`found` int [B, k], `exact` int [B, k]; both may hold −1; returns float [B].",
    why="One number a query, so that you can look at the worst queries and put an interval on the mean. This is recall of "
        "the *index* against exact search. It does not say whether users want what lies near.",
    reference=index_recall, alternative=_recall_sets, cases=_recall_cases,
    by_hand=(Case("two of three found, in another order", (np.array([[7, 3, 9]]), np.array([[9, 4, 7]])),
                  expected=np.array([2 / 3])),
             Case("one id and padding, against two true ones", (np.array([[5, -1, -1]]), np.array([[5, 6, -1]])),
                  expected=np.array([0.5])),
             Case("one true neighbour, found", (np.array([[5, 2]]), np.array([[5, -1]])), expected=np.array([1.0])),
             Case("the second query has no true neighbour", (np.array([[5, 2], [-1, -1]]), np.array([[5, 6], [-1, -1]])),
                  expected=np.array([0.5, 0.0]))),
    invariants=(Invariant("reordering what was found changes nothing", lambda fn, rng: np.allclose(
        fn(np.array([[1, 2, 3, 4]]), np.array([[4, 9, 1, 8]])), fn(np.array([[4, 3, 2, 1]]), np.array([[4, 9, 1, 8]])))),
                Invariant("exact search has recall 1",
                          lambda fn, rng: np.allclose(fn(np.array([[5, 1]]), np.array([[1, 5]])), 1))),
    mistakes=(
        Mistake("place by place", _by_place, "You compare place by place. A neighbour found at another rank is found too."),
        Mistake("precision", _precision, "You divide by how many ids the index returned: that is precision. Divide by how "
                "many true neighbours there are."),
        Mistake("any hit", _any_hit, "A query counts as 1 once anything is found. Count the share of neighbours found."),
        Mistake("padding counts", _padding_counts, "−1 counts as a neighbour here. It means “nothing”: leave it out on both "
                "sides."),
        Mistake("one number", _one_number, "You return the mean over queries. Return one value a query, float [B]."),
        Mistake("pooled", _pooled_recall, "You divide all hits by all true neighbours, over all queries at once. Return the "
                "share of each query, float [B]."),
        Mistake("hits not divided", _hits, "These are numbers of hits. Divide each by how many true neighbours its query has."),
        Mistake("no guard against nothing", _true_without_guard, "A query without a true neighbour comes out as 0 / 0 = NaN. "
                "It gets 0: divide by at least 1."),
        Mistake("no guard against nothing, an error", _unguarded_loop, "Your division stops with an error at a query without a "
                "true neighbour. It gets 0: divide by at least 1."),
        Mistake("padding is a hit, by what was found", _found_slots, "Each −1 in `found` counts as a hit wherever `exact` is padded "
                "too, so a share can pass 1. Drop the −1 of both rows first."),
        Mistake("share of what was found, padding too", _share_of_slots, "You take the share of the *found* slots that are true, −1 "
                "included. Take the share of the true neighbours that were found, without the −1."),
        Mistake("precision, not guarded", _bare_precision, "You divide by how many ids the index returned, which is 0 where it "
                "found nothing: NaN. Divide by how many true neighbours there are, or by 1."),
        Mistake("F1", _f1, "That is F1, the mean of precision and recall. Divide the hits by the true neighbours alone."),
        Mistake("place by place, true ones", _by_place_true, "You compare place by place, if only at the true neighbours. One that "
                "was found at another rank is found too."),
        Mistake("item 0 dropped", _item_zero_dropped, "You drop id 0 with the padding. 0 is an item; only −1 is none: `>= 0`."),
        Mistake("the nearest only", _nearest_found, "You ask whether the first true neighbour was found. Take the share of all of "
                "them."),
        Mistake("nothing to find is 1", _nothing_to_find_is_one, "A query without a true neighbour gets 1 from you. The task "
                "gives it 0: nothing was found."),
        Mistake("divided by k", _over_k, "You divide by k, padding included. A row of `exact` may hold fewer true neighbours: "
                "divide by those."),
        Mistake("padding is a hit", _padding_hits, "−1 in both rows counts as a hit, once for each slot that it pads in `exact`, "
                "though you divide by the true ones alone. Leave it out of the hits too."),
        Mistake("padding in the sets", _sets_with_padding, "−1 is a member of your sets: it is found where both rows are padded, "
                "and it counts among the true ones. Drop it before you compare."),
        Mistake("padding in the sets, over k", _sets_over_k, "−1 is a member of both your sets, so it can be a hit, and you "
                "divide by k, padding included. Drop −1 and divide by the true ones."),
        Mistake("union", _jaccard, "You divide by the union of the two lists (Jaccard). Then what was found in excess lowers the "
                "value. Divide by the true neighbours."),
        Mistake("all queries at once", _all_rows_at_once, "You look an id up among what was found for *all* queries. A neighbour "
                "found for another query is not found for this one: go row by row."),
        Mistake("all queries at once, padding too", _all_rows_with_padding, "`np.isin` on whole arrays looks ids up among what "
                "was found for all queries, and counts −1 as well. Go row by row, without the −1."),
        Mistake("shorter list", _smaller_list, "You divide by the shorter of the two lists. Then an index that finds one "
                "neighbour and stops is perfect. Divide by the true neighbours."),
        *RECALLS,
    ),
    hints=("For each row it is a question about two sets.", "`np.isin(exact_row, found_row)` says which true ones were found; "
           "drop negative ids first.", "Divide the number found by `(exact >= 0).sum(1)`."),
)
