"""Exercises and claims on ANN: settings worth having, and a hard filter after the search."""

import numpy as np

from course_lib.stages.ann.filter import post_filter
from course_lib.stages.ann.measure import pareto_front
from course_lib.teach.cards import effects_lists, sizes
from course_lib.teach.cards.ann import rare_queries
from course_lib.teach.cards.ann.found_slips import FILTERED
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


# --- 5.6 Pareto front ----------------------------------------------------------------------------------------------
def _front_cases(rng):
    return [Case("ten settings", (rng.random(10), rng.random(10))),
            Case("with ties", (rng.integers(0, 4, 12) / 4, rng.integers(0, 4, 12).astype(float))),
            Case("two settings, the same", (np.array([0.5, 0.5]), np.array([1.0, 1.0]))),
            Case("one setting", (np.array([0.5]), np.array([1.0]))),
            Case("equal cost, the worse first", (np.array([0.2, 0.6, 0.5, 0.8, 0.8]), np.array([1.0, 1.0, 2.0, 3.0, 4.0]))),
            Case("a price between, and a dent in the front", (np.array([0.5, 0.52, 0.9, 0.4, 0.55]),
                                                              np.array([1.0, 2.0, 3.0, 2.5, 2.8]))),
            *rare_queries.SETTINGS]


def _front_loop(recall, cost):
    out = []
    for r, c in zip(recall, cost, strict=True):
        out.append(not any(a >= r and b <= c and (a > r or b < c) for a, b in zip(recall, cost, strict=True)))
    return np.array(out)


def _strict(recall, cost):
    return ~((recall[:, None] > recall) & (cost[:, None] < cost)).any(0)


def _no_ties(recall, cost):
    beats = (recall[:, None] >= recall) & (cost[:, None] <= cost)
    return ~(beats & ~np.eye(len(recall), dtype=bool)).any(0)


def _dear(recall, cost):
    return pareto_front(recall, -cost)


def _beats_none(recall, cost):
    return pareto_front(-recall, -cost)


def _against_all(beaten):
    """Keeps what no row of the S × S table beats; beaten(recall, its challengers', cost, its challengers')."""
    def wrong(recall, cost):
        return ~beaten(recall[:, None], recall, cost[:, None], cost).any(0)
    return wrong


def _rises(recall, cost, order, against_last=False):
    """Walk in this order and keep what finds more than the best so far (or than the one just before)."""
    kept, best = np.zeros(len(recall), bool), -np.inf
    for place in order:
        kept[place] = recall[place] > best
        best = recall[place] if against_last else max(best, recall[place])
    return kept


def _best_per_cost(recall, cost):
    worth = recall / cost
    return worth == worth.max()


FRONT = Card(
    id="ann.6", title="Which settings are worth having", minutes=8, difficulty=2, used_in=("this lesson", "07"),
    effect=effects_lists.price_of_a_setting,
    task="Each setting of an index has a recall (higher is better) and a cost (lower is better). Mark the settings that no "
         "other beats. One setting beats another if it is at least as good in both and better in one.",
    shapes="`recall` float [S], `cost` float [S]; returns bool [S].",
    why="Below the front there is nothing to discuss. On the front the choice is one of price, which belongs to whoever owns "
        "the latency budget.",
    reference=pareto_front, alternative=_front_loop, cases=_front_cases,
    by_hand=(Case("the second is beaten by the first", (np.array([0.9, 0.8, 0.99]), np.array([1.0, 2.0, 5.0])),
                  expected=np.array([True, False, True])),
             Case("same recall, dearer", (np.array([0.9, 0.9]), np.array([1.0, 2.0])), expected=np.array([True, False]))),
    invariants=(Invariant("measuring cost in microseconds changes nothing", lambda fn, rng: np.array_equal(
        fn(np.array([0.2, 0.4, 0.3]), np.array([1.0, 3.0, 4.0])), fn(np.array([0.2, 0.4, 0.3]), np.array([1e3, 3e3, 4e3])))),),
    mistakes=(
        Mistake("better in both", _strict, "You ask for better in both. Equal recall for less money also beats."),
        Mistake("equals beat each other", _no_ties, "Two equal settings throw each other out. To beat, one must be better in at "
                "least one of the two."),
        Mistake("dear is good", _dear, "You keep the expensive ones: cost is better when lower."),
        Mistake("the worst settings", _beats_none, "You keep the settings that beat no other. Keep those that no other beats."),
        Mistake("the beaten", lambda recall, cost: ~pareto_front(recall, cost), "You mark the settings that are beaten. Mark the "
                "others."),
        Mistake("better in one", _against_all(lambda a, r, b, c: (a > r) | (b < c)), "You let a setting be beaten by any that is "
                "better in one of the two. It must also be at least as good in the other."),
        Mistake("beaten by itself", _against_all(lambda a, r, b, c: (a >= r) & (b <= c)), "Every setting is at least as good as "
                "itself, so each beats itself. To beat, one must be better in at least one of the two."),
        Mistake("recall must be better", _against_all(lambda a, r, b, c: (a > r) & (b <= c)), "You ask for strictly more recall. "
                "Equal recall for less cost also beats."),
        Mistake("cost must be lower", _against_all(lambda a, r, b, c: (a >= r) & (b < c)), "You ask for strictly lower cost. More "
                "recall at equal cost also beats."),
        Mistake("first of equals", lambda recall, cost: _rises(recall, cost, np.lexsort((-recall, cost))), "Of settings that are "
                "equal in both you keep only the first. None beats the other, so all stay."),
        Mistake("sorted by cost alone", lambda recall, cost: _rises(recall, cost, np.argsort(cost, kind="stable")), "You walk by "
                "rising cost and keep what finds more than before. At equal cost the worse may come first and stay; and of two "
                "equal settings the second is lost."),
        Mistake("only the one before", lambda recall, cost: _rises(recall, cost, np.lexsort((-recall, cost)), True), "You compare "
                "each setting with the next cheaper one alone. Any cheaper setting may beat it: keep the best recall so far."),
        Mistake("best bargain", _best_per_cost, "You keep what has the most recall for its cost. A dearer setting that finds more "
                "is worth having too, if no other beats it."),
        Mistake("most recall", lambda recall, cost: recall == recall.max(), "You keep the highest recall. A cheaper setting that "
                "finds less stays too, if no other beats it."),
        Mistake("places", lambda recall, cost: np.flatnonzero(pareto_front(recall, cost)), "You return the places of the settings. "
                "Return a mask, bool [S]."),
    ),
    hints=("Compare every setting with every other: an S × S table.", "`recall[:, None] >= recall` puts the challenger in the "
           "row and the challenged in the column.", "beaten = ((no worse in both) & (better in one)).any(axis=0)"),
)


# --- 5.7 post-filter -----------------------------------------------------------------------------------------------
def _filter_cases(rng):
    ids = np.array([rng.permutation(40)[:12] for _ in range(5)])
    padded = np.where(np.arange(12) < 9, ids, -1)
    return [Case("half pass", (ids, rng.random(40) < 0.5, 4)),
            Case("padding, and the last item allowed", (padded, np.arange(40) >= 20, 8)),
            Case("few pass", (ids, rng.random(40) < 0.1, 4)), Case("none pass", (ids[:2], np.zeros(40, bool), 3)),
            Case("−1 in the middle, the last item allowed", (np.where(ids % 5 == 0, -1, ids), np.arange(40) % 3 == 0, 6)),
            Case("−1 in the middle, the last item blocked", (np.where(ids % 5 == 0, -1, ids), np.arange(40) % 2 == 0, 6)),
            Case("all of what was fetched", (ids[:, :4], np.arange(40) >= 20, 4)), *rare_queries.fetched(rng)]


def _filter_loop(ids, allowed, k):
    out = np.full((len(ids), k), -1)
    for row, line in enumerate(ids):
        kept = [i for i in line if i >= 0 and allowed[i]][:k]
        out[row, :len(kept)] = kept
    return out


def _cut_then_filter(ids, allowed, k):
    return post_filter(np.asarray(ids)[:, :k], allowed, k)


def _holes(ids, allowed, k):
    ids = np.asarray(ids)
    return np.where((ids >= 0) & allowed[ids], ids, -1)[:, :k]


def _sorted_ids(ids, allowed, k):
    out = [sorted(i for i in row if i >= 0 and allowed[i])[:k] for row in np.asarray(ids).tolist()]
    return np.array([row + [-1] * (k - len(row)) for row in out]).reshape(len(ids), k)


def _blocked(ids, allowed, k):
    return post_filter(ids, ~np.asarray(allowed), k)


def _repeat_last(ids, allowed, k):
    out = post_filter(ids, allowed, k)
    for row in out:
        row[row < 0] = row[row >= 0][-1] if (row >= 0).any() else -1
    return out


def _rows(choose):
    """Each row as choose(its kept ids, the row, allowed, k) gives it, filled with −1."""
    def wrong(ids, allowed, k):
        out = np.full((len(ids), k), -1)
        for row, line in enumerate(ids):
            chosen = np.asarray(choose(line[(line >= 0) & allowed[line]], line, allowed, k), int)[:k]
            out[row, :len(chosen)] = chosen
        return out
    return wrong


def _filled_up(kept, line, allowed, k):
    return [*kept, *(i for i in line if i >= 0 and not allowed[i])]


def _from_elsewhere(kept, line, allowed, k):
    return [*kept, *np.setdiff1d(np.flatnonzero(allowed), kept)]


def _places(ids, allowed, k):
    keep = (ids >= 0) & allowed[ids]
    order = np.argsort(~keep, axis=1, kind="stable")[:, :k]
    return np.where(np.take_along_axis(keep, order, 1), order, -1)


def _unmarked(ids, allowed, k):
    order = np.argsort(~((ids >= 0) & allowed[ids]), axis=1, kind="stable")
    return np.take_along_axis(ids, order, 1)[:, :k]


FILTER = Card(
    id="ann.7", title="Filter after the search", minutes=8, difficulty=2, used_in=("this lesson", "serving"),
    effect=effects_lists.allowed_items_shown,
    realistic=sizes.ids_and_mask,
    task="A search fetched C ids for each query, best first, without knowing of the filter. Keep the first k that are allowed, "
         "in their order; fill with −1 where fewer are left. Fetched rows may hold −1 themselves, at any place: it "
         "is no item.",
    shapes="`ids` int [B, C], `allowed` bool [N], `k` int ≤ C; returns int [B, k].",
    why="The honest part is the −1: at a pass rate of 1% a hundred fetched leave about one. A function that hides this, by "
        "repeating or by letting the blocked through, hides the failure that the next measurement is about.",
    reference=post_filter, alternative=_filter_loop, cases=_filter_cases,
    by_hand=(Case("two of four pass", (np.array([[3, 0, 2, 1]]), np.array([True, False, True, False]), 2),
                  expected=np.array([[0, 2]])),
             Case("only one is left", (np.array([[3, 0, 1]]), np.array([True, False, False, False]), 2),
                  expected=np.array([[0, -1]]))),
    mistakes=(
        Mistake("cut, then filter", _cut_then_filter, "You cut to k and then filter. Filter all that was fetched, then cut."),
        Mistake("holes", _holes, "Blocked ids leave holes, and k slots are cut with the holes in them. Close the ranks first."),
        Mistake("sorted by id", _sorted_ids, "The result is sorted by id. Keep the order of the search: best first."),
        Mistake("blocked kept", _blocked, "You keep what is blocked. `allowed` is True for what may stay."),
        Mistake("filled with repeats", _repeat_last, "Empty slots repeat the last id. Say −1: the caller must know that the list "
                "is short."),
        Mistake("filled with 0", lambda ids, allowed, k: np.maximum(post_filter(ids, allowed, k), 0), "Empty slots hold 0, which "
                "is the id of an item. Fill with −1."),
        Mistake("filled with the blocked", _rows(_filled_up), "Where too few are left you fill up with blocked ids. A hard filter "
                "lets none through: fill with −1."),
        Mistake("blocked ids left behind", _unmarked, "You move the kept ids to the front, but behind them the blocked ones still "
                "stand. Set those places to −1."),
        Mistake("filled from the catalogue", _rows(_from_elsewhere), "You fill up with allowed items that the search did not "
                "fetch. Nothing says that they fit the query: fill with −1."),
        Mistake("short rows emptied", _rows(lambda kept, line, allowed, k: kept if len(kept) >= k else []), "A row with fewer than "
                "k is thrown away whole. Keep what is left and fill with −1."),
        Mistake("last k", _rows(lambda kept, line, allowed, k: kept[-k:]), "You keep the last k of the allowed. The best stand in "
                "front: keep the first k."),
        Mistake("worst first", _rows(lambda kept, line, allowed, k: kept[::-1]), "The kept ids come out in reverse. Keep the order "
                "of the search: best first."),
        Mistake("−1 as the last item", _rows(lambda kept, line, allowed, k: line[allowed[line]]), "`allowed[-1]` is the last item's "
                "entry, so a −1 passes wherever that item may. Ask for `ids >= 0` too."),
        Mistake("−1 takes a slot", _rows(lambda kept, line, allowed, k: line[(line < 0) | allowed[line]]), "A −1 among the fetched "
                "takes up one of the k slots. It is no item: drop it like the blocked."),
        Mistake("item 0 dropped", _rows(lambda kept, line, allowed, k: kept[kept > 0]), "You drop id 0 with the −1. 0 is an item; "
                "only −1 is none: `>= 0`."),
        Mistake("rows of unequal length", lambda ids, allowed, k: [row[row >= 0].tolist() for row in post_filter(ids, allowed, k)],
                "Your rows are as long as what is left. Fill each with −1 up to k, so that they make an array."),
        Mistake("places", _places, "You return places in the fetched row. Return the ids that stand there."),
        Mistake("not cut", lambda ids, allowed, k: post_filter(ids, allowed, ids.shape[1]), "You return all C columns. Cut to the "
                "first k."),
        *FILTERED,
    ),
    hints=("Which of the fetched may stay? Then: the first k of those.", "`keep = (ids >= 0) & allowed[ids]`",
           "A stable argsort of `~keep` moves the kept ones to the front without changing their order."),
)
