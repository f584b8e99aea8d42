"""Exercises and claims on ANN: settings worth having, and a hard filter after the search."""

import numpy as np

from course_lib.stages.ann.filter import post_filter
from course_lib.stages.ann.measure import pareto_front
from course_lib.teach.cards import effects_lists, sizes
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


# --- 5.6 Pareto front ----------------------------------------------------------------------------------------------
def _front_cases(rng):
    return [Case("ten settings", (rng.random(10), rng.random(10))),
            Case("with ties", (rng.integers(0, 4, 12) / 4, rng.integers(0, 4, 12).astype(float))),
            Case("two settings, the same", (np.array([0.5, 0.5]), np.array([1.0, 1.0])))]


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
            Case("few pass", (ids, rng.random(40) < 0.1, 4)), Case("none pass", (ids[:2], np.zeros(40, bool), 3))]


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


FILTER = Card(
    id="ann.7", title="Filter after the search", minutes=8, difficulty=2, used_in=("this lesson", "serving"),
    effect=effects_lists.allowed_items_shown,
    realistic=sizes.ids_and_mask,
    task="A search fetched C ids for each query, best first, without knowing of the filter. Keep the first k that are allowed, "
         "in their order; fill with −1 where fewer are left. Fetched rows may hold −1 themselves.",
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
    ),
    hints=("Which of the fetched may stay? Then: the first k of those.", "`keep = (ids >= 0) & allowed[ids]`",
           "A stable argsort of `~keep` moves the kept ones to the front without changing their order."),
)
