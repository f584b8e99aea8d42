"""Slips in the steps of what a slot is worth: what is kept of a sale, who finds a piece, the chance of a sale."""

import numpy as np

from course_lib.teach.cards.two_slips import Slip, mistakes_of
from course_lib.teach.definitions.mistake_kinds import BASE, BOUNDARY, DIRECTION, IGNORED, OTHER, UNIT

RARE = {"paired": False}
TINY = 1e-12


def _build(kept=lambda m, r, c: (1 - r) * m - r * c, reach=lambda s, d: np.where(s > 0, np.minimum(1, s / np.maximum(d, TINY)), 0),
           sale=lambda p: p):
    def wrong(p_sale, margin, p_return, return_cost, stock, demand):
        p, m, r, s, d = (np.asarray(a, float) for a in (p_sale, margin, p_return, stock, demand))
        with np.errstate(all="ignore"):
            return sale(p) * kept(m, r, return_cost) * reach(s, d)
    return wrong


STEPS = {
    "kept": (
        Slip("returns forgotten", lambda m, r, c: m, "Every sale counts as kept.", IGNORED, False),
        Slip("handling forgotten", lambda m, r, c: (1 - r) * m, "p_return × return_cost is not taken off.", IGNORED, False),
        Slip("handling on every sale", lambda m, r, c: (1 - r) * m - c, "return_cost is charged to every sale.", BASE, False),
        Slip("handling on kept sales", lambda m, r, c: (1 - r) * (m - c), "return_cost is charged to the sales that stay.", BASE,
             False),
        Slip("handling earned", lambda m, r, c: (1 - r) * m + r * c, "return_cost is added; it is a cost.", DIRECTION, False),
        Slip("margin kept on return", lambda m, r, c: m - r * c, "You keep the margin of sales that come back.", BASE, False),
        Slip("margin kept, handling on all", lambda m, r, c: m - c, "You subtract return_cost from every margin and leave p_return "
             "out.", IGNORED, False),
        Slip("margin lost twice", lambda m, r, c: (1 - r) * m - r * (m + c), "A returned sale's margin is taken off twice.", BASE,
             False),
        Slip("branches exchanged", lambda m, r, c: r * m - (1 - r) * c, "p_return and 1 − p_return are swapped.", DIRECTION, False),
        Slip("loss of a sale cut at 0", lambda m, r, c: np.maximum(0, (1 - r) * m - r * c), "You cut what is kept of a sale at 0; "
             "it may be negative.", BOUNDARY, False),
        Slip("handling as a share of the margin", lambda m, r, c: (1 - r) * m - r * c * m, "You multiply return_cost by the margin. "
             "It is money, not a share.", UNIT, **RARE),
        Slip("margin left out", lambda m, r, c: 1 - r - r * c, "The margin is left out.", IGNORED, **RARE),
        Slip("handling off the margin first", lambda m, r, c: (1 - r) * (m - r * c), "You take p_return × return_cost off the margin, and "
             "then only 1 − p_return of the rest: the cost of a return stands in full beside the sales that stay.", BASE, **RARE),
        Slip("handling as a share", lambda m, r, c: (1 - r) * m * (1 - c), "You multiply by 1 − return_cost. It is money for each sale that "
             "comes back, not a share.", UNIT, **RARE),
        Slip("handling alone", lambda m, r, c: -r * c, "The margin is left out: what is kept has two parts.", IGNORED, **RARE),
    ),
    "reach": (
        Slip("stock forgotten", lambda s, d: 1.0, "The stock has no say: multiply by min(1, stock / demand).", IGNORED, False),
        Slip("more than all", lambda s, d: np.where(s > 0, s / np.maximum(d, TINY), 0), "With more pieces than buyers your share "
             "passes 1.", BOUNDARY, False),
        Slip("more than all, infinite", lambda s, d: s / d, "Your share is stock / demand, uncut, and no number where nobody is "
             "expected.", BOUNDARY, False),
        Slip("in stock or not", lambda s, d: (s > 0).astype(float), "You ask whether there is a piece, not whether there are "
             "enough.", BASE, False),
        Slip("enough or not", lambda s, d: ((s >= d) & (s > 0)).astype(float), "You sell only where there are pieces for all.", BASE,
             False),
        Slip("share upside down", lambda s, d: np.where(s > 0, np.minimum(1, d / np.maximum(s, TINY)), 0), "Your share is "
             "demand / stock; it is stock / demand.", DIRECTION, False),
        Slip("number of sales", np.minimum, "You multiply by min(stock, demand), a number; it is a share.", UNIT, False),
        Slip("0 over 0", lambda s, d: np.minimum(1, s / d), "Where nothing is left and nobody is expected you divide 0 by 0.",
             BOUNDARY, False),
        Slip("nothing left, all served", lambda s, d: np.where(d > s, s / np.maximum(d, TINY), 1.0), "Where nothing is left and "
             "nobody is expected your share is 1; it is 0.", BOUNDARY, False),
        Slip("nobody expected, worth nothing", lambda s, d: np.where(d > 0, np.minimum(1, s / np.maximum(d, TINY)), 0), "Where no "
             "buyer is expected your share is 0; it is 1, if a piece is left.", BOUNDARY, False),
        Slip("one more buyer", lambda s, d: np.minimum(1, s / (d + 1)), "You divide by demand + 1.", BOUNDARY, False),
        Slip("what is left over", lambda s, d: np.where(s > 0, np.maximum(0, 1 - d / np.maximum(s, TINY)), 0), "Your share is what the buyers "
             "leave of the stock, (stock − demand) / stock. Who comes is one of the buyers: min(1, stock / demand).", BASE, **RARE),
        Slip("pieces for all and one over", lambda s, d: (s > d).astype(float), "You sell only where there are more pieces than buyers. Each "
             "buyer is as likely to get one as the next: min(1, stock / demand).", BASE, **RARE),
        Slip("times the stock", lambda s, d: s * np.where(s > 0, np.minimum(1, s / np.maximum(d, TINY)), 0), "You multiply by the stock as "
             "well. One showing sells one piece at most: the stock stands in the share alone.", UNIT, **RARE),
        Slip("stock over both", lambda s, d: s / (s + d + TINY), "Your share is stock / (stock + demand); it is "
             "min(1, stock / demand).", BASE, **RARE),
        Slip("an exponential", lambda s, d: 1 - np.exp(-s / np.maximum(d, TINY)), "Your share is 1 − exp(−stock / demand); it is "
             "min(1, stock / demand).", OTHER, **RARE),
    ),
    "sale": (
        Slip("sale forgotten", lambda p: 1.0, "p_sale is left out.", IGNORED, False),
        Slip("chance of no sale", lambda p: 1 - p, "You multiply by the chance that nobody buys.", DIRECTION, False),
    ),
}
WITHOUT = ""


def _of_demand(own):
    """Right, but for the buyers: own(demand, p_return) come for the pieces."""
    def wrong(p_sale, margin, p_return, return_cost, stock, demand):
        buyers = own(np.asarray(demand, float), np.asarray(p_return, float))
        return _build()(p_sale, margin, p_return, return_cost, stock, buyers)
    return wrong


DEMANDS = {
    "own": (
        Slip("what came back is sold again", lambda d, r: d * (1 - r), "You take the sales that come back off the demand, as if their pieces "
             "stood on the shelf again. `demand` buyers come for `stock` pieces: divide by demand.", BASE),
        Slip("demand grown by returns", lambda d, r: d / np.maximum(1 - r, TINY), "You divide demand by the share that stays. `demand` buyers "
             "come for `stock` pieces: divide by demand as it is.", BASE),
        Slip("returned pieces added to the stock", lambda d, r: d / (1 + r), "You add the share that comes back to the stock. It counts `stock` "
             "pieces until the shelf is filled again, whatever comes back later.", BASE),
    ),
}
def _whole(worth):
    """worth(p, margin, p_return, cost, share who find a piece by their number) → float (C,), taken whole."""
    def wrong(p_sale, margin, p_return, return_cost, stock, demand):
        p, m, r, s, d = (np.asarray(a, float) for a in (p_sale, margin, p_return, stock, demand))
        with np.errstate(all="ignore"):
            return worth(p, m, r, return_cost, s, d)
    return wrong


def _found(s, d):
    return np.where(s > 0, np.minimum(1, s / np.maximum(d, TINY)), 0)


WHOLE = {
    "worth": (
        Slip("returns of all showings", lambda p, m, r, c, s, d: (p * m - r * (m + c)) * _found(s, d), "You take p_return for a share of the "
             "showings. It is one of the *sales*: p_sale multiplies what comes back too.", BASE),
        Slip("handling by two chances of a sale", lambda p, m, r, c, s, d: p * (m * (1 - r) - r * p * c) * _found(s, d), "p_sale multiplies the cost "
             "of a return twice. Once is enough: it stands before all that is kept of a sale.", UNIT),
        Slip("all that is sold", lambda p, m, r, c, s, d: np.minimum(p * d, s) * ((1 - r) * m - r * c), "You take what all `demand` buyers "
             "bring in, p_sale × demand at most `stock`. One showing is asked for: p_sale × min(1, stock / demand).", UNIT),
        Slip("sale and piece cut together", lambda p, m, r, c, s, d: np.where(s > 0, np.minimum(1, p * s / np.maximum(d, TINY)), 0) * (
            (1 - r) * m - r * c), "You cut p_sale × stock / demand at 1. It is the share who find a piece, stock / demand, that cannot pass 1.",
             BOUNDARY),
        Slip("handling of sales missed", lambda p, m, r, c, s, d: p * (((1 - r) * m - r * c) * _found(s, d) - c * (1 - _found(s, d))),
             "You charge return_cost to those who find no piece. Who finds none buys nothing, and sends nothing back.", BASE),
    ),
}
MISTAKES = (*mistakes_of(_build, STEPS, WITHOUT), *mistakes_of(_of_demand, DEMANDS), *mistakes_of(_whole, WHOLE))
