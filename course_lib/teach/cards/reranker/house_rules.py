"""Exercise on the re-ranker: a slate under three rules of unequal rank, and what is written in its place."""

import numpy as np

from course_lib.stages.reranking.contract import by_contract
from course_lib.teach.cards.reranker import far_slates, house_slips
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake
from course_lib.teach.definitions.mistake_kinds import AXIS, BASE, BOUNDARY, DIRECTION, IGNORED


def _request(rng, n, k, most, makers, closed=0.2):
    order = rng.permutation(n)
    status = np.where(rng.random(n) < closed, rng.integers(-1, 1, n), 1)
    left = rng.choice([-1, 0, 1, 2, 40], n)
    return order, status, left, rng.integers(-1, makers, n), most, k


def _cases(rng):
    makers = np.array([7, 7, 7, 7, 2, 2, 2])
    free, many = np.ones(7, int), np.full(7, 9)
    cases = [Case(f"{n} items, {k} slots, at most {most} of one of {who} creators", _request(rng, n, k, most, who))
             for n, k, most, who in ((12, 5, 2, 3), (20, 10, 2, 4), (30, 8, 1, 12), (9, 9, 3, 2), (60, 10, 2, 5))]
    part = np.array([5, 1, 3])
    return [*cases,
            Case("candidates that are not all items", (part, free, many, makers, 1, 2)),
            Case("slots enough for all", (np.arange(7), free, many, makers, 2, 7)),
            Case("a limit of 0", (np.arange(7), free, many, np.array([7, -1, 7, 0, -1, 2, 0]), 0, 4)),
            Case("no limit that matters", (np.arange(7)[::-1], free, many, makers, 99, 5)),
            Case("nothing is cleared", (np.arange(7), np.array([0, -1, 0, -1, 0, 0, -1]), many, makers, 2, 3)),
            Case("nothing is left", (np.arange(7), free, np.zeros(7, int), makers, 2, 3)),
            Case("stock is unknown everywhere", (np.arange(7), free, np.full(7, -1), makers, 1, 2)),
            Case("one piece left", (np.arange(7), free, np.ones(7, int), makers, 1, 5)),
            Case("creator 0, and items without a creator", (np.array([6, 5, 4, 3, 2, 1, 0]), free, many,
                                                           np.array([0, 0, 0, -1, -1, -1, -1]), 1, 6)),
            Case("what is closed is the creator's best", (np.arange(7), np.array([0, 1, 1, 1, 1, 1, 1]),
                                                          np.array([9, 0, 9, 9, 9, 9, 9]), makers, 1, 2)),
            Case("fewer candidates than slots", (np.array([2, 0]), free, many, makers, 1, 5)),
            Case("no candidates", (np.array([], int), free, many, makers, 1, 2)),
            Case("all by one creator", (np.array([3, 0, 2, 1]), np.ones(4, int), np.full(4, 5), np.full(4, 1), 1, 3)),
            Case("two creators are held back in turns", (np.arange(6), np.ones(6, int), np.full(6, 3),
                                                        np.array([4, 4, 5, 5, 4, 5]), 1, 5)),
            Case("large numbers", (np.array([1, 3, 0, 2]), np.ones(4, int), np.array([10**9, 2, 10**9, 0]),
                                   np.array([10**9, 10**9, 10**9, 3]), 1, 2)),
            Case("one slot", (np.array([4, 1, 6]), np.array([1, 1, 0, 1, -1, 1, 1]), many, makers, 1, 1)),
            *far_slates.contract_cases()]


def _rules(cleared=lambda s: s == 1, there=lambda n: n != 0, exempt=lambda c: c < 0, room=lambda n, most: n < most,
           second=lambda held, order: held, closed_count=False, candidates=lambda order, k: order):
    """The slate by steps, each right unless another is given, not yet padded: list."""
    def rule(order, status, left, creator, most, k):
        inside, held, used = [], [], {}
        order = candidates(np.asarray(order, int), k).tolist()
        for item in order:
            open_ = bool(cleared(status[item])) and bool(there(left[item]))
            maker = int(creator[item])
            if not open_:
                used[maker] = used.get(maker, 0) + closed_count
                continue
            (inside if exempt(maker) or room(used.get(maker, 0), most) else held).append(item)
            used[maker] = used.get(maker, 0) + 1
        return (inside + list(second(held, order)))[:k]
    return rule


def _padded(rule, empty=-1):
    def wrong(order, status, left, creator, most, k):
        slate = rule(order, status, left, creator, most, k)
        return np.pad(np.array(slate, np.int64), (0, k - len(slate)), constant_values=empty)
    return wrong


def _wrong(**steps):
    return _padded(_rules(**steps))


def _counted(order, status, left, creator, most, k):
    """Right, written otherwise: how many open items of the same creator stand above each."""
    order = np.array(order, int)
    order = order[[status[item] == 1 and left[item] != 0 for item in order]]
    maker = np.asarray(creator)[order]
    above = np.array([(maker[:place] == maker[place]).sum() for place in range(len(order))], int)
    late = (above >= most) & (maker >= 0)
    slate = np.concatenate([order[~late], order[late]])[:k]
    out = np.full(k, -1)
    out[:len(slate)] = slate
    return out


def _by_order(order, status, left, creator, most, k):
    slate = by_contract(order, status, left, creator, most, k)
    place = {int(item): at for at, item in enumerate(order)}
    return np.array(sorted(slate.tolist(), key=lambda item: place.get(item, len(place))), int)


def _with_blocked(order, status, left, creator, most, k):
    slate = [int(item) for item in by_contract(order, status, left, creator, most, k) if item >= 0]
    rest = [int(item) for item in order if int(item) not in slate and left[int(item)] != 0]
    slate = (slate + rest)[:k]
    return np.pad(np.array(slate, np.int64), (0, k - len(slate)), constant_values=-1)


def _raised(order, status, left, creator, most, k):
    """The limit is raised for all until the slate is full."""
    slate = np.full(k, -1)
    for limit in range(most, len(order) + 1):
        slate = _wrong(second=lambda held, order: [])(order, status, left, creator, limit, k)
        if (slate >= 0).all():
            break
    return slate


def _holes(order, status, left, creator, most, k):
    slate, used = np.full(k, -1), {}
    for slot, item in enumerate(np.asarray(order, int)[:k]):
        maker = int(creator[item])
        if status[item] == 1 and left[item] != 0 and (maker < 0 or used.get(maker, 0) < most):
            slate[slot] = item
            used[maker] = used.get(maker, 0) + 1
    return slate


def _places(order, status, left, creator, most, k):
    place = {int(item): at for at, item in enumerate(order)}
    return np.array([place.get(int(item), -1) for item in by_contract(order, status, left, creator, most, k)], int)


def _nothing(held, order):
    return []


SLATE = (np.arange(5), np.array([1, -1, 1, 1, 1]), np.array([4, 4, 0, -1, 4]), np.array([6, 6, 8, 6, -1]))
FULL = (np.array([3, 0, 2, 1]), np.array([1, 1, 1, 0]), np.array([2, 2, 2, 2]), np.array([9, 9, 9, 5]))

CONTRACT = Card(
    id="reranker.8", title="A slate under three rules", minutes=14, difficulty=3, used_in=("this lesson",),
    task="Three departments wrote. **Policy:** “What we have not cleared is not shown.” **Stock:** “Nothing that is sold out. Our feed has gaps; "
         "the till counts again, so a gap hides nothing.” **Partners:** “No creator has more than `most` of a page. Before slots stay empty, "
         "rather as many more of theirs as are needed: below all others, the best first.” Fill the page, best first. What nothing may fill is −1.",
    shapes="`order`: items, best first, each once; `status`: 1 cleared, 0 blocked, −1 not looked at yet; `left`: pieces, −1 unknown; "
           "`creator`: −1 is nobody and not limited.",
    why="Missing is a state of its own, and each rule has to say what it does with it. Policy fails *closed*: what nobody has looked at may be "
        "harmful. Stock fails *open*: the purchase checks again, and that check fails closed. The partners' rule bends, and your caller has to "
        "log that; −1 at the end is a message, not a fault. A limit costs one whole number an item, so it holds even where the vectors for diversity "
        "did not arrive.",
    reference=by_contract, alternative=_counted, cases=_cases,
    by_hand=(Case("one not looked at, one sold out, one of unknown stock", (*SLATE, 2, 4), expected=np.array([0, 3, 4, -1])),
             Case("the limit holds while others are left", (*SLATE, 1, 2), expected=np.array([0, 4])),
             Case("and bends before a slot stays empty", (*SLATE, 1, 3), expected=np.array([0, 4, 3])),
             Case("a blocked item does not come back", (*FULL, 1, 4), expected=np.array([0, 2, 1, -1]))),
    invariants=(Invariant("a page of cleared, unlimited items is the order itself", lambda fn, rng: list(
        fn(np.array([2, 0, 1]), np.ones(3, int), np.full(3, -1), np.full(3, -1), 1, 3)) == [2, 0, 1]),),
    mistakes=(
        Mistake("not looked at is shown", _wrong(cleared=lambda s: s != 0), "You show what policy has not looked at yet. Only what is cleared, 1, may "
                "be shown: this rule fails closed.", BOUNDARY),
        Mistake("only what is not looked at is hidden", _wrong(cleared=lambda s: s >= 0), "You show what policy has blocked: 0 is blocked. Only 1 is cleared.",
                BOUNDARY),
        Mistake("policy left out", _wrong(cleared=lambda s: True), "`status` has no effect: what is blocked or not looked at stands on your page.", IGNORED),
        Mistake("policy turned over", _wrong(cleared=lambda s: s == 0), "You show what is blocked. 1 is cleared, 0 is blocked.", DIRECTION),
        Mistake("blocked items fill the page", _with_blocked, "You fill empty slots with what policy has not cleared. That rule never bends: leave them "
                "empty, −1.", BASE),
        Mistake("a gap hides an article", _wrong(there=lambda n: n > 0), "You hide articles whose stock is unknown. A gap is no reason to hide: only 0 is "
                "sold out.", BOUNDARY),
        Mistake("the last piece is hidden", _wrong(there=lambda n: n > 1 or n < 0), "You hide the last piece. One is enough to sell.", BOUNDARY),
        Mistake("stock left out", _wrong(there=lambda n: True), "`left` has no effect: sold out articles stand on your page.", IGNORED),
        Mistake("the limit never bends", _wrong(second=_nothing), "You leave slots empty that one more of a creator could fill. That limit bends, "
                "where nothing else is left.", BASE),
        Mistake("no limit", _wrong(room=lambda n, most: True), "You limit nobody: `most` has no effect. The limit bends only where slots would stay "
                "empty.", IGNORED),
        Mistake("one too many", _wrong(room=lambda n, most: n <= most), "You let one item too many of a creator through: count those above it, and "
                "compare with <.", BOUNDARY),
        Mistake("one too few", _wrong(room=lambda n, most: n < most - 1), "You let one item too few of a creator through. `most` of them may stand.", BOUNDARY),
        Mistake("let in at their old places", _by_order, "What the limit held back stands among the others, by its score. It comes below "
                "all others.", AXIS),
        Mistake("the worst first", _wrong(second=lambda held, order: held[::-1]), "You let the worst of those held back in first. The best of them "
                "comes first.", DIRECTION),
        Mistake("the limit raised for all", _raised, "You raise the limit for everybody until the page is full. What was held back then stands "
                "among the others; it has to come below them.", AXIS),
        Mistake("nobody is one creator", _wrong(exempt=lambda c: False), "You count items without a creator as if one creator had made them all. They are "
                "not limited.", BOUNDARY),
        Mistake("creator 0 is nobody", _wrong(exempt=lambda c: c <= 0), "Creator 0 is a creator like any other in the data. Only −1 is none.", BOUNDARY),
        Mistake("nobody is one creator, and what is closed counts", _wrong(exempt=lambda c: False,
                                                                        closed_count=True),
                "You count items without a creator as one creator's, and what is closed as if it stood on the page.", BASE),
        Mistake("what is closed counts", _wrong(closed_count=True), "Items that are closed or sold out count towards their creator's limit. Only "
                "what stands on the page counts.", BASE),
        Mistake("cut first", _wrong(candidates=lambda order, k: order[:k]), "You look at the first k candidates only. What stands further down fills the "
                "slots that the rules free.", BASE),
        Mistake("holes", _holes, "You leave a slot empty wherever a rule hits. The next item moves up; −1 stands at the end.", BOUNDARY),
        Mistake("short slate", lambda *a: np.array(_rules()(*a), np.int64), "Your page is shorter than k where too little is left. Fill it up "
                "with −1.", BOUNDARY),
        Mistake("empty is 0", _padded(_rules(), 0), "Your empty slots hold 0, which is an item. An empty slot is −1.", BOUNDARY),
        Mistake("places returned", _places, "You return places in `order`. Return the items that stand there.", AXIS),
        Mistake("in order of id", lambda *a: np.sort(by_contract(*a))[::-1], "Your page is sorted by item. Keep the order, best first.", AXIS),
        *house_slips.MISTAKES,
    ),
    hints=("Which of the three rules may bend, and what does each do where nothing is known?",
           "One pass: an item that is closed is skipped, one within the limit goes on the page, one beyond it on a waiting list. The waiting "
           "list comes after the page.",
           "`open = (status[order] == 1) & (left[order] != 0)`; count `creator` in a dict, skip the limit for −1; `(page + waiting)[:k]`; then "
           "np.pad with −1."),
)
