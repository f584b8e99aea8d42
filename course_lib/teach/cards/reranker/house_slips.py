"""Slips in a slate under three rules: what stands below the others, what fills the page, what becomes of nobody's items."""

import numpy as np

from course_lib.teach.cards.two_slips import Slip, mistakes_of
from course_lib.teach.definitions.mistake_kinds import AXIS, BASE, BOUNDARY


def _judged(order, status, left, creator, most):
    """Of each open item, best first: (item, its creator, how many of the creator's open items stand above it)."""
    above, out = {}, []
    for item in np.asarray(order, int).tolist():
        if status[item] == 1 and left[item] != 0:
            maker = int(creator[item])
            out.append((item, maker, above.get(maker, 0)))
            above[maker] = above.get(maker, 0) + 1
    return out


def _page(items, k):
    items = list(items)[:k]
    return np.pad(np.array(items, np.int64), (0, k - len(items)), constant_values=-1)


def _build(rank=None, whole=None):
    """rank(item, maker, above, most, left) → the lower the earlier, None to leave it out; whole(items, late) → items."""
    def wrong(order, status, left, creator, most, k):
        held = _judged(order, status, left, creator, most)
        late = {item: maker >= 0 and above >= most for item, maker, above in held}
        if whole:
            return _page(whole(held, late, order, status, left, k), k)
        ranked = [(rank(maker, above, most, left[item]), place, item) for place, (item, maker, above) in enumerate(held)]
        return _page([item for own, _, item in sorted(r for r in ranked if r[0] is not None)], k)
    return wrong


def _late(maker, above, most):
    return maker >= 0 and above >= most


def _dropped_where_short(held, late, order, status, left, k):
    inside = [item for item, _, _ in held if not late[item]]
    return inside if len(inside) >= k else [item for item, _, _ in held]


def _unseen_at_the_end(held, late, order, status, left, k):
    unseen = [item for item in np.asarray(order, int).tolist() if status[item] == -1 and left[item] != 0]
    return [item for item, _, _ in held if not late[item]] + [item for item, _, _ in held if late[item]] + unseen


def _sold_out_at_the_end(held, late, order, status, left, k):
    gone = [item for item in np.asarray(order, int).tolist() if status[item] == 1 and left[item] == 0]
    return [item for item, _, _ in held if not late[item]] + [item for item, _, _ in held if late[item]] + gone


def _to_the_first_late(held, late, order, status, left, k):
    items = [item for item, _, _ in held]
    return items[:next((at for at, item in enumerate(items) if late[item]), len(items))]


def _one_late(held, late, order, status, left, k):
    return [item for item, _, _ in held if not late[item]][:k] + [item for item, _, _ in held if late[item]][:1]


def _limit_of_the_first(held, late, order, status, left, k):
    items = [item for item, _, _ in held]
    return [item for item in items[:k] if not late[item]] + items[k:]


def _in_a_row(order, status, left, creator, most, k):
    page, waiting = [], []
    for item, maker, _ in _judged(order, status, left, creator, most):
        above = [int(creator[other]) for other in page[len(page) - min(most, len(page)):]]
        (waiting if maker >= 0 and len(above) == most and all(other == maker for other in above) else page).append(item)
    return _page(page + waiting, k)


def _too_many_banned(order, status, left, creator, most, k):
    held = _judged(order, status, left, creator, most)
    made = [maker for _, maker, _ in held]
    return _page([item for item, maker, _ in held if maker < 0 or made.count(maker) <= most], k)


def _by_place(*which):
    """The arrays that are read at the place in `order`, not at the item."""
    def wrong(order, status, left, creator, most, k):
        order = np.asarray(order, int)
        read = {"status": np.array(status), "left": np.array(left), "creator": np.array(creator)}
        for name in which:
            own = read[name].copy()
            own[order] = read[name][:len(order)]
            read[name] = own
        late = [(item, above >= most and maker >= 0)
                for item, maker, above in _judged(order, read["status"], read["left"], read["creator"], most)]
        return _page([item for item, over in late if not over] + [item for item, over in late if over], k)
    return wrong


ITEMS = "`order` holds items, and the other three have a value for each item: read them at the item, `status[order]`."
RULES = {
    "rule": (
        Slip("a limit in a row", _in_a_row, "You hold an item back only where its creator's stand just above it. The limit counts over the "
             "whole page.", AXIS),
        Slip("creators of too many left out", _too_many_banned, "You leave out all of a creator who has more than `most` candidates. The best "
             "`most` of them stay.", BASE),
        *(Slip(f"{name} by place", _by_place(*which), f"You read {said} by the place in the list. {ITEMS}", AXIS)
          for name, which, said in (("all", ("status", "left", "creator"), "all three"), ("status", ("status",), "`status`"),
                                    ("left", ("left",), "`left`"), ("creator", ("creator",), "`creator`"),
                                    ("status and left", ("status", "left"), "`status` and `left`"))),
    ),
}
RANKS = {
    "rank": (
        Slip("held back in turns", lambda maker, above, most, left: above - most + 1 if _late(maker, above, most) else 0,
             "You raise the limit by one at a time, so that those held back come in turns, one of each creator. The best of all of them "
             "comes first.", AXIS),
        Slip("one more of each", lambda maker, above, most, left: None if maker >= 0 and above > most else int(_late(maker, above, most)),
             "You let in one more of each creator at most. As many more as are needed may come before a slot stays empty.", BOUNDARY),
        Slip("nobody's items left out", lambda maker, above, most, left: None if maker < 0 else int(above >= most),
             "You leave out items without a creator. Nobody limits them: they stand where `order` has them.", BASE),
        Slip("nobody's items last", lambda maker, above, most, left: int(maker < 0 or above >= most),
             "Items without a creator come below the others on your page. Nobody limits them: they stand where `order` has them.", BASE),
        Slip("unknown stock last", lambda maker, above, most, left: 2 * _late(maker, above, most) + (left < 0),
             "You put articles of unknown stock below those that are known to be there. A gap hides nothing and moves nothing.", BOUNDARY),
    ),
}
WHOLE = {
    "whole": (
        Slip("limit dropped where short", _dropped_where_short, "Where the limit leaves slots empty you drop it for the whole page. What it "
             "held back comes below all others.", AXIS),
        Slip("not looked at at the end", _unseen_at_the_end, "You fill empty slots with what policy has not looked at yet. Only what is "
             "cleared may be shown: leave them empty, −1.", BASE),
        Slip("sold out at the end", _sold_out_at_the_end, "You fill empty slots with what is sold out. Nobody can buy it: leave them empty, "
             "−1.", BASE),
        Slip("ends at the first held back", _to_the_first_late, "Your page ends at the first item that the limit holds back. Skip it, and go on "
             "with the next.", BOUNDARY),
        Slip("one held back alone", _one_late, "You let in one of those held back. As many as are needed come in, below all others.", BOUNDARY),
        Slip("a limit on the first k", _limit_of_the_first, "You count creators among the first k alone. What fills the slots after them is "
             "under the limit too.", BASE),
    ),
}
MISTAKES = (*mistakes_of(_build, RANKS), *mistakes_of(_build, WHOLE), *mistakes_of(lambda rule: rule, RULES))
