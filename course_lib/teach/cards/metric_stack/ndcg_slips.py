"""Families of wrong NDCGs: another discount, another best list, another end of the list, and any two of these."""

import numpy as np

from course_lib.evidence.offline import hits
from course_lib.teach.cards.two_slips import by_arguments, in_one, mistakes_of, names, slips
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.mistake_kinds import BASE, BOUNDARY, UNIT


def _log_discount(place):
    return 1 / np.log2(place + 1)


def _first_k(items, k):
    return items[:, :k]


def _right_best(size, found, k, discount):
    return discount(np.arange(1, min(size, k) + 1.0)).sum()


def slipped(gain=_log_discount, discount=_log_discount, part=_first_k, best=_right_best, empty=np.nan, known=len):
    """NDCG with another gain of a hit, discount of the best list, part of the list, best list or answer for nobody.

    gain and discount: of positions from 1. part(items [U, K], k): the places that are looked at. best(number relevant,
    number found, k, discount): what is divided by. known(relevant items): their number.
    """
    def wrong(top, relevant, k):
        found = hits(part(np.asarray(top), k), relevant)
        gained, out = found @ gain(np.arange(1, found.shape[1] + 1.0)), []
        for total, hit, items in zip(gained, found.sum(1), relevant, strict=True):
            ideal = best(known(items), int(hit), k, discount) if len(items) else 0
            out.append(total / ideal if len(items) and ideal else empty)
        return np.array(out)
    return wrong


def _both(discount):
    return {"gain": discount, "discount": discount}


def _hits(number):
    """A best list with another number of hits."""
    return {"best": lambda size, found, k, discount: discount(np.arange(1, number(size, found, k) + 1.0)).sum()}


def _cut(part):
    return {"part": part}


# Each: name, what is wrong, and the words for it; those that are not in NEW stand alone in ndcg.py.
DISCOUNTS = (
    ("discount 1 / position", _both(lambda place: 1 / place), "your discount is 1/position, but it should be 1/log2(position + 1)"),
    ("no discount", _both(np.ones_like), "every hit counts the same wherever it stands, and it has to be discounted by "
                                         "1/log2(position + 1)"),
    ("log2 of the position", _both(lambda place: 1 / np.maximum(np.log2(place), 1)),
     "your positions 1 and 2 gain the same, as under log2(position), and 1 belongs to the position before the log is taken"),
    ("late in both", _both(lambda place: 1 / np.log2(place + 2)),
     "your discounts start at 1/log2(3), and the top gains 1/log2(2) = 1"),
    ("root as the discount", _both(lambda place: 1 / np.sqrt(place)),
     "your discount is one over the root of the position, but it should be 1/log2(position + 1)"),
    ("discount off by one", {"gain": lambda place: 1 / np.log2(place + 2)},
     "the hits' discounts start at 1/log2(3), the best list's at 1, and both have to start at 1"),
    ("two logarithms", {"gain": lambda place: 1 / np.log(place + 1)},
     "you take the natural logarithm for the hits and log2 for the best list, and both need the same"),
    ("natural logarithm below", {"discount": lambda place: 1 / np.log(place + 1)},
     "you take log2 for the hits and the natural logarithm for the best list, and both need the same"),
    ("log as a factor", _both(lambda place: np.log2(place + 1)),
     "you multiply a hit by log2(position + 1), so that it gains more the lower it stands, but it has to be divided by it"),
    ("log plus 1", _both(lambda place: 1 / (1 + np.log2(place))),
     "your discount is 1/(1 + log2(position)), and the 1 belongs inside: 1/log2(position + 1)"),
    ("natural log plus 1", _both(lambda place: 1 / (1 + np.log(place))),
     "your discount is 1/(1 + ln(position)), and the 1 belongs inside: 1/log2(position + 1)"),
    ("halved from place to place", _both(lambda place: 0.5**place),
     "your discount halves from place to place, but it should be 1/log2(position + 1)"),
    ("no discount above", {"gain": np.ones_like},
     "your hits are not discounted, the best list's are, and each hit gains 1/log2(position + 1)"),
    ("log squared", _both(lambda place: 1 / np.log2(place + 1)**2),
     "your discount is applied twice, 1/log2(position + 1)², and once is right"),
    ("root of the log", _both(lambda place: 1 / np.sqrt(np.log2(place + 1))),
     "you take the root of the logarithm, and the discount is 1/log2(position + 1)"),
)
BESTS = (
    ("ideal of k hits", _hits(lambda size, found, k: k), "your best list has k hits for everyone, and it has min(k, number relevant)"),
    ("ideal of all relevant", _hits(lambda size, found, k: size),
     "your best list counts every relevant item, and it ends at k"),
    ("ideal of what was found", _hits(lambda size, found, k: found),
     "your best list has the hits that were found, and it has all of the user's relevant items, up to k"),
    ("DCG", {"best": lambda size, found, k, discount: 1.0}, "you do not divide by the best list's sum"),
    ("over min(k, number)", {"best": lambda size, found, k, discount: min(size, k)},
     "you divide by min(k, number relevant), and the best list's hits are discounted too"),
    ("over the number found", {"best": lambda size, found, k, discount: found},
     "you divide by the number of hits found, and what is divided by is the best list's sum of discounts"),
    ("ideal one short", _hits(lambda size, found, k: max(min(size, k) - 1, 1)),
     "your best list has one hit too few, and it has min(k, number relevant)"),
    ("ideal one long", _hits(lambda size, found, k: min(size, k) + 1),
     "your best list has one hit too many, and it has min(k, number relevant)"),
    ("ideal one long, up to k", _hits(lambda size, found, k: min(size + 1, k)),
     "your best list has one hit more than there are relevant items where k allows, and it has min(k, number relevant)"),
)
PARTS = (
    ("the hits of the whole list", _cut(lambda items, k: items),
     "your hits are those of the whole list, and only its first k items count"),
    ("one place too many", _cut(lambda items, k: items[:, :k + 1]), "you look at k + 1 places of the list, but it should be cut at k"),
    ("the last k", _cut(lambda items, k: items[:, -k:]), "you look at the last k places, and the best stand first"),
)
NEW = ("two logarithms", "natural logarithm below", "log as a factor", "log plus 1", "natural log plus 1",
       "halved from place to place", "no discount above", "log squared", "root of the log", "over the number found", "ideal one short",
       "ideal one long", "ideal one long, up to k", "one place too many", "the last k")
RARE = ("log plus 1", "natural log plus 1", "halved from place to place", "log squared",
        "root of the log")          # named alone: with a second slip they would be many, and nobody's
STEPS = {"discounts": slips(UNIT, *DISCOUNTS, alone=NEW, unpaired=RARE), "best": slips(BASE, *BESTS, alone=NEW),
         "part": slips(BOUNDARY, *PARTS, alone=NEW)}
# Where hits or the best list are not discounted, or a constant factor is left, two pairs of slips are one.
WITHOUT = ("no discount; ideal of k hits", "no discount; ideal of all relevant", "no discount; over min(k, number)",
           "no discount; over the number found", "discount off by one; DCG", "discount off by one; over min(k, number)",
           "discount off by one; over the number found", "natural logarithm below; DCG",
           "natural logarithm below; over min(k, number)", "natural logarithm below; over the number found",
           "no discount above; DCG", "no discount above; over min(k, number)", "no discount above; over the number found",
           "ideal of all relevant; the hits of the whole list")

MISTAKES = tuple(mistakes_of(by_arguments(slipped), STEPS, WITHOUT, named=names("; "), told=in_one()))


def _precisions(row, items):
    hit = np.isin(row, items)
    return (hit * np.cumsum(hit) / np.arange(1, len(row) + 1)).sum() / min(len(row), len(items))


def _first_place(row, items):
    hit = np.isin(row, items)
    return 1 / (1 + hit.argmax()) if hit.any() else 0.0


def _each(value):
    """Another metric of a user's first k items and relevant ones; NaN for nobody's."""
    return lambda top, relevant, k: np.array([value(row[:k], items) if len(items) else np.nan
                                              for row, items in zip(np.asarray(top), relevant, strict=True)])


def _numbered_by_hits(row, items):
    return _right_best(np.isin(row, items).sum(), 0, len(row), _log_discount) / _right_best(
        len(items), 0, len(row), _log_discount)


def _of_the_first_user(top, relevant, k):
    out = slipped()(top, [relevant[0]] * len(relevant), k)
    return np.where([len(items) > 0 for items in relevant], out, np.nan)


def _as_many_as_users(top, relevant, k):
    return slipped(**_hits(lambda size, found, slots: min(len(relevant), slots)))(top, relevant, k)


def _as_many_as_the_largest(top, relevant, k):
    return slipped(**_hits(lambda size, found, slots: min(max(map(len, relevant)), slots)))(top, relevant, k)


OTHER_METRICS = (
    Mistake("average precision", _each(_precisions),
            "This is average precision. NDCG discounts each hit by 1/log2(position + 1) and divides by the best list's sum.", UNIT),
    Mistake("reciprocal rank", _each(_first_place),
            "This is the reciprocal rank of the first hit. NDCG adds up all hits, each at 1/log2(position + 1), and divides by "
            "the best list's sum.", UNIT),
    Mistake("numbered by hits", _each(_numbered_by_hits),
            "You number the hits among themselves, so that misses above a hit cost nothing. The position is the place in the list.",
            BOUNDARY),
    Mistake("the first user's items", _of_the_first_user,
            "You look up the first user's relevant items for everybody. `relevant[i]` belongs to row i of `top`.", BASE),
    Mistake("as many as users", _as_many_as_users,
            "Your best list has as many hits as there are users: `len(relevant)` counts users. Take each user's own number.", BASE),
    Mistake("as many as the largest", _as_many_as_the_largest,
            "Every best list has the hits of the user with most relevant items. Take each user's own number, up to k.", BASE),
)
