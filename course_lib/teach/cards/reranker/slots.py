"""Exercise on the re-ranker: a cap that may leave a slot empty, and what is written in its place."""

import numpy as np

from course_lib.stages.reranking.constraints import capped_slate
from course_lib.teach.cards import effects_lists
from course_lib.teach.cards.reranker import cap_slips, far_slates
from course_lib.teach.definitions.card import Card, Case, Mistake


def _cap_cases(rng):
    return [Case("twenty of five creators, two each", (rng.permutation(30)[:20], rng.integers(0, 5, 30), 2, 8)),
            Case("cannot be filled", (rng.permutation(30)[:12], rng.integers(0, 3, 30), 1, 6)),
            Case("some have no creator", (rng.permutation(30)[:15], rng.integers(-1, 3, 30), 2, 9)),
            Case("fewer candidates than slots", (rng.permutation(30)[:3], np.arange(30), 1, 5)),
            Case("three of one creator", (rng.permutation(60)[:40], rng.integers(-1, 6, 60), 3, 12)),
            Case("seven of one creator", (rng.permutation(80)[:60], rng.integers(0, 3, 80), 7, 24)),
            Case("creators with large numbers", (np.arange(6), np.array([5, 261, 37, 5, 65_541, 1_000_005]), 1, 5)),
            Case("one slot", (np.array([2, 0, 1]), np.array([4, 4, 7]), 1, 1)),
            Case("twelve of one creator", (np.arange(20), np.zeros(20, int), 12, 15)),
            Case("nobody made them", (np.arange(12), np.full(12, -1), 1, 10))]


def _cap_count(order, value, most, k):
    value, order, out = np.asarray(value), np.asarray(order), []
    for item in order:
        if len(out) < k and (value[item] < 0 or sum(value[i] == value[item] for i in out) < most):
            out.append(int(item))
    return np.array(out + [-1] * (k - len(out)))


def _cap_in_a_row(order, value, most, k):
    out = []
    for item in np.asarray(order).tolist():
        if len(out) < k and not (len(out) >= most and all(value[i] == value[item] >= 0 for i in out[len(out) - most:])):
            out.append(item)
    return np.array(out + [-1] * (k - len(out)))


def _capped(order, value, most, k):
    """The slate without its empty slots, as a list."""
    return [i for i in capped_slate(order, value, most, k).tolist() if i >= 0]


def _filled(out, k, with_=-1):
    return np.array(out + [with_] * (k - len(out)), np.int64)


def _cap_relaxed(order, value, most, k):
    out = _capped(order, value, most, k)
    out += [i for i in np.asarray(order).tolist() if i not in out][:k - len(out)]
    return _filled(out, k)


def _cap_off_by_one(order, value, most, k):
    return capped_slate(order, value, most + 1, k)


def _cap_below(order, value, most, k):
    return capped_slate(order, value, max(most - 1, 0), k)


def _cap_one_each(order, value, most, k):
    return capped_slate(order, value, 1, k)


def _cap_exempt(order, value, most, k):
    return capped_slate(order, np.where(np.asarray(value) < 0, 10**6, value), most, k)


def _exempt_left_out(order, value, most, k):
    return capped_slate(order[np.asarray(value)[order] >= 0], value, most, k)


def _cut_first(order, value, most, k):
    return capped_slate(np.asarray(order)[:k], value, most, k)


def _holes(order, value, most, k):
    kept = set(capped_slate(order, value, most, len(order)).tolist())
    out = [i if i in kept else -1 for i in np.asarray(order).tolist()[:k]]
    return _filled(out, k)


def _stops(order, value, most, k):
    out, used = [], {}
    for item in order.tolist():
        name = int(value[item])
        if len(out) == k or (name >= 0 and used.get(name, 0) >= most):
            break
        out.append(item)
        used[name] = used.get(name, 0) + 1
    return _filled(out, k)


def _by_place(order, value, most, k):
    places = capped_slate(np.arange(len(order)), value[:len(order)], most, k)
    return np.where(places < 0, -1, order[places])


def _places(order, value, most, k):
    places = capped_slate(np.arange(len(order)), value[order], most, k)
    return places


def _creators(order, value, most, k):
    return _filled(value[np.array(_capped(order, value, most, k), np.int64)].tolist(), k)


def _in_order_of_item(order, value, most, k):
    return capped_slate(np.sort(order), value, most, k)


def _by_creator(order, value, most, k):
    out = _capped(order, value, most, k)
    first = {}
    for place, item in enumerate(out):
        first.setdefault(int(value[item]), place)
    return _filled(sorted(out, key=lambda item: first[int(value[item])]), k)


def _none_under_cap(order, value, most, k):
    """Items without a creator are not counted, but held to the cap of 0."""
    return _filled([], k) if most == 0 else capped_slate(order, value, most, k)


def _cut_at_twice(order, value, most, k):
    return capped_slate(order[:2 * k], value, most, k)


def _nan_where_empty(order, value, most, k):
    slate = capped_slate(order, value, most, k)
    return np.where(slate < 0, np.nan, slate)


def _just_order(order, value, most, k):
    return _filled(order[:k].tolist(), k)


CAP = Card(
    id="reranker.4", title="A cap, and an answer when it cannot be met", minutes=10, difficulty=2, used_in=("MMRReranker", "11"),
    effect=effects_lists.worth_within_the_cap,
    task="Go down the candidates, best first, and show at most `most` of one creator, until k slots are full. `value[item]` is the "
         "creator; −1 means none, and is not limited. If the candidates run out, leave the last slots empty: −1.",
    shapes="`order` int [C], items, best first, each once; `value` int [N]; `most`, `k` int, at least 0 and 1; returns int [k].",
    why="A hard rule is a rule about what may be shown, so the honest result is a short slate and a reason. Filling up "
        "regardless turns the rule into a wish; a penalty in the score does the same, only less visibly.",
    reference=capped_slate, alternative=_cap_count, cases=lambda rng: [*_cap_cases(rng), *far_slates.cap_cases()],
    by_hand=(Case("the second of one creator is passed over", (np.array([4, 2, 0]), np.array([1, 8, 3, 9, 3]), 1, 2),
                  expected=np.array([4, 0])),
             Case("one slot stays empty", (np.array([0, 1]), np.array([5, 5]), 1, 2), expected=np.array([0, -1])),
             Case("a cap of 0 leaves those without a creator", (np.array([0, 1, 2]), np.array([5, -1, 5]), 0, 2),
                  expected=np.array([1, -1])),
             Case("a long run of one creator", (np.arange(130), np.array([3] * 129 + [6]), 1, 2), expected=np.array([0, 129])),
             Case("no candidates", (np.array([], int), np.array([5, 5]), 1, 2), expected=np.array([-1, -1]))),
    mistakes=(
        Mistake("filled regardless", _cap_relaxed, "You fill up with items that break the cap. Leave the slot empty and say so: "
                "−1."),
        Mistake("no cap", _just_order, "You show the first k as they come: the cap does nothing."),
        Mistake("in a row", _cap_in_a_row, "You forbid runs of one creator. The cap counts the whole slate."),
        Mistake("one too many", _cap_off_by_one, "You show one more than the cap: compare with < most before you add."),
        Mistake("one too few", _cap_below, "You show one fewer than the cap allows: `most` itself is allowed."),
        Mistake("one of each", _cap_one_each, "You show one item of each creator. Up to `most` are allowed."),
        Mistake("nobody's items are limited", _cap_exempt, "Items without a creator (−1) are counted as if one creator had "
                "made them all. They are exempt."),
        Mistake("nobody's items left out", _exempt_left_out, "You leave out items without a creator (−1). They may be shown, "
                "as many as come."),
        Mistake("cut, then capped", _cut_first, "You cut to k candidates before the cap. Those below could fill the slots."),
        Mistake("cut at twice k", _cut_at_twice, "You look at the first 2·k candidates only. One creator may fill them all: go "
                "on until the slate is full."),
        Mistake("holes", _holes, "What breaks the cap leaves a hole in your slate. Close up; only the end may be empty."),
        Mistake("ends at the first", _stops, "Your slate ends at the first item that breaks the cap. Pass it over and go on."),
        Mistake("value by place", _by_place, "You look the creator up by the place in `order`. `value` goes by item: "
                "value[item]."),
        Mistake("places returned", _places, "You return places in `order`. Return the items that stand there."),
        Mistake("creators returned", _creators, "You return the creators. Return the items."),
        Mistake("short slate", lambda order, value, most, k: np.array(_capped(order, value, most, k), np.int64), "Your slate "
                "is shorter than k where the candidates run out. Fill up with −1."),
        Mistake("empty is 0", lambda order, value, most, k: _filled(_capped(order, value, most, k), k, 0), "Your empty slots "
                "hold 0, which is an item. Write −1."),
        Mistake("empty is NaN", _nan_where_empty, "Your empty slots hold NaN, and all items become floats. Write −1."),
        Mistake("a cap of 0 closes all", _none_under_cap, "With a cap of 0 you show nothing. Items without a creator are exempt from "
                "any cap."),
        Mistake("longer than k", lambda order, value, most, k: _filled(_capped(order, value, most, len(order)), k), "You keep "
                "all that the cap allows. Stop at k."),
        Mistake("order of items", _in_order_of_item, "You go through the items by their number. Go down `order`: the best comes "
                "first."),
        Mistake("creator by creator", _by_creator, "Your slate stands creator by creator. Keep the order of the candidates."),
        *cap_slips.MISTAKES,
    ),
    hints=("One pass, from the top, with a count for each creator.", "A dict of counts; skip the item if its count is `most`.",
           "Pad at the end: `np.pad(out, (0, k - len(out)), constant_values=-1)`."),
)
