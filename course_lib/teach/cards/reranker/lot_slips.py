"""Slips in the steps of logged chances: the lot, who is best, the best one's part, how it is put in, the end."""

import numpy as np

from course_lib.teach.cards.two_slips import Slip, mistakes_of
from course_lib.teach.definitions.mistake_kinds import BASE, BOUNDARY, DIRECTION, IGNORED, OTHER, UNIT

RARE = {"paired": False}


def _best(gain, allowed):
    return np.argmax(np.where(allowed, gain, -np.inf))


def _build(lot=lambda allowed, explore: explore * allowed / allowed.sum(), best=_best, part=lambda explore: 1 - explore,
           add=True, after=lambda out, allowed: out):
    def wrong(gain, allowed, explore):
        gain, allowed = np.asarray(gain, float), np.asarray(allowed, bool)
        with np.errstate(all="ignore"):
            out = np.array(lot(allowed, explore), float)
            first = best(gain, allowed)
            out[first] = part(explore) + (out[first] if add else 0)
            return after(out, allowed)
    return wrong


STEPS = {
    "lot": (
        Slip("lot among all", lambda a, e: np.full(len(a), e / len(a)), "The lot includes candidates that are not allowed.", BASE,
             False),
        Slip("lot over one too few", lambda a, e: e * a / max(1, a.sum() - 1), "You divide the lot by one fewer than may be "
             "drawn.", BOUNDARY, False),
        Slip("lot divided by all", lambda a, e: e * a / len(a), "You divide the lot by all candidates; divide by allowed.sum().",
             BASE, False),
        Slip("not scaled by explore", lambda a, e: a / a.sum(), "Your lot is drawn always; it happens with chance `explore`.",
             IGNORED, False),
        Slip("lot by 1 − explore", lambda a, e: (1 - e) * a / a.sum(), "Your lot has the chance 1 − explore; it has `explore`.",
             DIRECTION),
        Slip("explore for each", lambda a, e: e * a, "Each allowed candidate gets `explore`; they share it.", UNIT),
        Slip("explore for each of all", lambda a, e: np.full(len(a), e), "Every candidate gets `explore`; the allowed share it.",
             UNIT, **RARE),
    ),
    "best": (
        Slip("best of all", lambda g, a: np.argmax(g), "The best of all candidates gets the slot; it must be allowed.", BASE, False),
        Slip("least gain", lambda g, a: np.argmin(np.where(a, g, np.inf)), "The candidate with the least gain gets the slot.",
             DIRECTION, False),
        Slip("ties to the last", lambda g, a: len(g) - 1 - _best(g[::-1], a[::-1]), "Of equal gains you take the last; the first "
             "takes the slot.", BOUNDARY, False),
        Slip("ties as np.argsort leaves them", lambda g, a: np.argsort(np.where(a, g, -np.inf))[-1], "You take the last of np.argsort: of "
             "equal gains that is the last or any other. The first takes the slot.", BOUNDARY, **RARE),
        Slip("closed with 0", lambda g, a: np.argmax(g * a), "You set the gain of what is not allowed to 0 before argmax; close "
             "with −inf.", BOUNDARY, False),
        Slip("place among the allowed", lambda g, a: np.argmax(g[a]), "Your argmax runs over the allowed only, and its place is "
             "used in the whole list.", BOUNDARY, False),
        Slip("the first allowed", lambda g, a: np.argmax(a), "The first allowed candidate gets the slot, whatever its gain.",
             IGNORED),
        Slip("the largest in absolute value", lambda g, a: np.argmax(np.where(a, np.abs(g), -np.inf)), "You take the largest gain "
             "in absolute value. A loss is no gain.", DIRECTION, **RARE),
    ),
    "part": (
        Slip("best always", lambda e: 1.0, "The best gets a chance of 1; it takes the slot only where there is no lot: "
             "1 − explore.", IGNORED, False),
        Slip("best with chance explore", lambda e: e, "The best gets `explore`; its part is 1 − explore.", DIRECTION),
        Slip("best with the square", lambda e: (1 - e) ** 2, "The best gets (1 − explore)²; its part is 1 − explore.", UNIT, **RARE),
    ),
    "add": (
        Slip("best cannot be drawn", False, "The best one's own share of the lot is missing.", BASE, False),
    ),
    "after": (
        Slip("scaled to sum 1", lambda out, a: out / out.sum(), "You scale your chances to a sum of 1 in the end, which hides "
             "that they do not add up.", UNIT, False),
    ),
}
WITHOUT = (             # a pair that comes to the same as one slip, whose sentence is true of it
    "lot among all + best of all | lot by 1 − explore + best with chance explore | "
    "lot among all + best cannot be drawn | lot over one too few + best cannot be drawn | "
    "lot among all + scaled to sum 1 | lot divided by all + scaled to sum 1 | best of all + scaled to sum 1 | "
    "least gain + scaled to sum 1 | ties to the last + scaled to sum 1 | closed with 0 + scaled to sum 1 | "
    "place among the allowed + scaled to sum 1 | the first allowed + scaled to sum 1")


def _mixed(rule):
    """rule(gain, allowed, explore) → float (C,), taken whole."""
    return lambda gain, allowed, explore: rule(np.asarray(gain, float), np.asarray(allowed, bool), explore)


def _others_share(gain, allowed, explore):
    out = explore * allowed / max(1, allowed.sum() - 1)
    out[_best(gain, allowed)] = 1 - explore
    return out if allowed.sum() > 1 else allowed.astype(float)


def _each_of_equals(gain, allowed, explore):
    return explore * allowed / allowed.sum() + (1 - explore) * (allowed & (gain == gain[allowed].max()))


def _each_of_equals_whosesoever(gain, allowed, explore):
    return explore * allowed / allowed.sum() + (1 - explore) * (gain == gain[allowed].max())


def _missed_to_the_best(gain, allowed, explore):
    out = explore * allowed / len(allowed)
    out[_best(gain, allowed)] += 1 - out.sum()
    return out


def _by_gain_as_it_is(gain, allowed, explore):
    with np.errstate(all="ignore"):
        out = explore * np.where(allowed, gain, 0) / gain[allowed].sum()
    out[_best(gain, allowed)] += 1 - explore
    return out


def _yes_or_no(gain, allowed, explore):
    out = np.zeros_like(allowed)
    out[allowed] = explore / allowed.sum()
    out[_best(gain, allowed)] += 1 - explore
    return out


def _ranked_allowed(gain, allowed):
    """Places of the allowed, best first."""
    return [i for i in np.argsort(-gain, kind="stable") if allowed[i]]


def _to_the_second(gain, allowed, explore):
    out, order = np.zeros(len(gain)), _ranked_allowed(gain, allowed)
    out[order[0]] += 1 - explore
    out[order[min(1, len(order) - 1)]] += explore
    return out


def _down_the_list(gain, allowed, explore):
    out, order = np.zeros(len(gain)), _ranked_allowed(gain, allowed)
    out[order] = (1 - explore) * explore ** np.arange(len(order))
    out[order[-1]] += 1 - out.sum()
    return out


def _either_or_both(gain, allowed, explore):
    out = explore * allowed / allowed.sum()
    best = _best(gain, allowed)
    out[best] = 1 - explore + out[best] - (1 - explore) * out[best]
    return out


def _among_the_closed(gain, allowed, explore):
    out = explore * ~allowed / max(1, (~allowed).sum())
    out[_best(gain, allowed)] += 1 - explore
    return out


WHOLE = {
    "rule": (
        Slip("the lot to the second best", _to_the_second, "Your second best gets all of `explore`. It is shared by all that are allowed, "
             "the best included.", BASE),
        Slip("down the list", _down_the_list, "You go down the list and stop at each with chance 1 − explore. There is one lot, in which all "
             "that are allowed have the same chance.", OTHER),
        Slip("either or both", _either_or_both, "You take off the chance that the best wins twice. A lot and no lot never happen at once, so "
             "their chances are added: 1 − explore + explore / n.", OTHER),
        Slip("lot among what is not allowed", _among_the_closed, "Your lot is drawn from what is *not* allowed. Nothing closed may ever "
             "fill the slot: draw from the allowed.", DIRECTION),
        Slip("1 − explore to each of equals", _each_of_equals, "Where gains are equal each of them gets 1 − explore, and your chances sum to "
             "more than 1. The first of them takes it: np.argmax.", BOUNDARY),
        Slip("1 − explore to each of equals, whosesoever", _each_of_equals_whosesoever, "All that gain as much as the best get 1 − explore, "
             "allowed or not. The first that is allowed takes it.", BOUNDARY),
        Slip("lots that miss go to the best", _missed_to_the_best, "You let the lot go to all, and where it falls on one that is not allowed "
             "the best takes the slot. It is drawn among the allowed: explore / allowed.sum() each.", BASE),
        Slip("lot in proportion to gain, as it is", _by_gain_as_it_is, "Your lot goes by gain, and a gain below 0 makes a chance below 0. The "
             "lot is uniform among the allowed.", OTHER),
        Slip("an array of True and False", _yes_or_no, "You write chances into an array of True and False, as `np.zeros_like(allowed)` makes "
             "it: all that is not 0 becomes True. Begin with np.zeros(len(gain)).", UNIT),
        Slip("the others, who share explore", _others_share, "The best gets 1 − explore and the others share `explore` among "
             "themselves; alone, it gets 1. The best is among those drawn from.", BASE),
    ),
}
MISTAKES = (*mistakes_of(_build, STEPS, WITHOUT), *mistakes_of(_mixed, WHOLE))
