"""Families of wrong sums and money: another sum a request together with another order or end; any value, any cost."""

import numpy as np

from course_lib.teach.cards.two_slips import in_one, mistakes_of, slips
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.mistake_kinds import BASE, IGNORED, MEAN


# --- 1.1 -------------------------------------------------------------------------------------------------------------
def _each(one):
    """one(amounts of a request) for each request with events, 0 for the others, and how many events each has."""
    def sums(row, amount, n):
        counts = np.bincount(row, minlength=n)
        return np.array([one(amount[row == request]) if counts[request] else 0.0 for request in range(n)], float), counts
    return sums


SUM = _each(np.sum)


def _summed(sums=SUM, end=lambda total, counts: total):
    def wrong(row, amount, n_requests):
        return end(*sums(np.asarray(row), np.asarray(amount, float), n_requests))
    return wrong


SUM_STEPS = {
    "sums": slips(
        BASE,
        ("you average the events of a request", _each(np.mean)),
        ("you count events", _each(len)),
        ("you keep the last event of a request", _each(lambda a: a[-1])),
        ("you keep the first event of a request", _each(lambda a: a[0])),
        ("you keep the largest event of a request", _each(np.max)),
        ("you keep the least event of a request", _each(np.min)),
        ("you say whether there was an event", _each(lambda a: 1.0)),
        ("you take the median of the events of a request", _each(np.median)),
        ("you multiply the events of a request", _each(np.prod)),
        ("you add amounts without their sign", _each(lambda a: np.abs(a).sum())),
        ("you leave out losses", _each(lambda a: np.maximum(a, 0).sum())),
        ("you cut amounts to whole numbers", _each(lambda a: np.trunc(a).sum())),
        ("you add squares", _each(lambda a: (a**2).sum())),
        ("you subtract the amounts", _each(lambda a: -a.sum())),
    ),
    "end": slips(
        BASE,
        ("requests without events are missing", lambda total, counts: total[counts > 0]),
        ("requests without events are NaN", lambda total, counts: np.where(counts > 0, total, np.nan)),
        ("your result ends at the last request with an event", lambda total, counts: total[:len(np.trim_zeros(counts, "b"))]),
        ("you add up over requests as well", lambda total, counts: np.cumsum(total)),
        ("you divide by the number of requests", lambda total, counts: total / len(total)),
        ("you divide by the number of events", lambda total, counts: total / max(counts.sum(), 1)),
        ("you divide by the sum of all", lambda total, counts: total / total.sum() if total.sum() else total),
        ("your sums stand one place too early", lambda total, counts: np.roll(total, -1)),
        ("your sums stand one place too late", lambda total, counts: np.roll(total, 1)),
        ("you sort the sums", lambda total, counts: np.sort(total)),
        ("you return one sum for all", lambda total, counts: float(total.sum())),
        ("you return one mean for all", lambda total, counts: float(total.mean())),
        ("you return the mean of the requests with events", lambda total, counts: float(total[counts > 0].mean()) if counts.any() else 0.0),
        ("you cut negative sums to 0", lambda total, counts: np.maximum(total, 0)),
    ),
}
SUM_WITHOUT = ("requests without events are missing", "requests without events are NaN",
               "your result ends at the last request with an event", "you add up over requests as well",
               "you divide by the number of requests", "your sums stand one place too early",
               "you return one sum for all", "you return one mean for all", "you average the events of a request",
               "you average the events of a request + requests without events are missing",
               "you average the events of a request + requests without events are NaN", "you count events",
               "you count events + requests without events are missing",
               "you count events + you divide by the sum of all", "you count events + you cut negative sums to 0",
               "you keep the last event of a request", "you keep the first event of a request",
               "you keep the largest event of a request + you cut negative sums to 0",
               "you say whether there was an event", "you say whether there was an event + you cut negative sums to 0",
               "you add amounts without their sign", "you add amounts without their sign + you cut negative sums to 0",
               "you leave out losses", "you leave out losses + you cut negative sums to 0",
               "you cut amounts to whole numbers", "you add squares + you cut negative sums to 0",
               "you subtract the amounts + you divide by the sum of all")
SUMMED = tuple(mistakes_of(_summed, SUM_STEPS, SUM_WITHOUT, told=in_one(
    "Asked for is the sum of each request's amounts, one for each of n_requests, 0 where there is no event.")))

# --- 1.2 -------------------------------------------------------------------------------------------------------------


def _kept(value=lambda v, r, m: v * m, cost=lambda v, r, m, c: c * r, last=lambda kept: kept):
    def wrong(value_, is_return, margin_rate, return_cost):
        v, m, r = np.asarray(value_, float), np.asarray(margin_rate, float), np.asarray(is_return, bool)
        return last(value(v, r, m) - cost(v, r, m, return_cost))
    return lambda value, is_return, margin_rate, return_cost: wrong(value, is_return, margin_rate, return_cost)


KEPT_STEPS = {
    "value": slips(
        IGNORED,
        ("you count whole prices", lambda v, r, m: v),
        ("you count the share that is passed on", lambda v, r, m: v * (1 - m)),
        ("you count a return as a gain", lambda v, r, m: np.abs(v) * m),
        ("you count whole prices, and returns as gains", lambda v, r, m: np.abs(v)),
        ("you take the mean margin rate", lambda v, r, m: v * m.mean()),
        ("you count nothing for a return's price", lambda v, r, m: np.where(r, 0, v * m)),
        ("you give the whole price of a return back", lambda v, r, m: np.where(r, v, v * m)),
        ("you count whole prices of purchases", lambda v, r, m: np.where(r, v * m, v)),
        ("you subtract the rate", lambda v, r, m: v - m),
        ("you divide by the rate", lambda v, r, m: v / np.where(m == 0, np.inf, m)),
        ("you add the rate to 1", lambda v, r, m: v * (1 + m)),
        ("you take the rate twice", lambda v, r, m: v * m**2),
        ("you count nothing for a return's price and whole prices of purchases", lambda v, r, m: np.where(r, 0, v)),
        ("you take every price off", lambda v, r, m: -np.abs(v) * m),
        ("you count a return's price twice", lambda v, r, m: np.where(r, 2 * v, v) * m),
    ),
    "cost": slips(
        IGNORED,
        ("handling costs nothing", lambda v, r, m, c: 0.0 * v),
        ("handling is charged for every event", lambda v, r, m, c: c + 0 * v),
        ("handling is charged for purchases", lambda v, r, m, c: c * ~r),
        ("handling is added", lambda v, r, m, c: -c * r),
        ("the margin rate of handling is charged", lambda v, r, m, c: c * r * m),
        ("handling is charged for negative prices", lambda v, r, m, c: c * (v < 0)),
        ("the handling of all returns is charged for every event", lambda v, r, m, c: c * r.sum() + 0 * v),
        ("handling is a share of the price", lambda v, r, m, c: c * r * np.abs(v)),
        ("handling is charged twice", lambda v, r, m, c: 2 * c * r),
        ("the mean handling is charged for every event", lambda v, r, m, c: c * r.mean() + 0 * v),
        ("the rest of handling, without the margin rate, is charged", lambda v, r, m, c: c * r * (1 - m)),
    ),
    "last": slips(
        IGNORED,
        ("you cut losses to 0", lambda kept: np.maximum(kept, 0)),
        ("you return one sum", lambda kept: float(kept.sum())),
        ("you add up from event to event", np.cumsum),
        ("you return one mean", lambda kept: float(kept.mean())),
    ),
}
KEPT_WITHOUT = ("you cut losses to 0", "handling costs nothing", "handling costs nothing + you cut losses to 0",
                "handling is charged for every event", "handling is charged for purchases",
                "handling is charged for purchases + you cut losses to 0", "handling is added",
                "the margin rate of handling is charged",
                "the margin rate of handling is charged + you cut losses to 0",
                "handling is charged for negative prices",
                "handling is charged for negative prices + you cut losses to 0",
                "the handling of all returns is charged for every event",
                "handling is a share of the price + you cut losses to 0",
                "handling is charged twice + you cut losses to 0",
                "the mean handling is charged for every event + you return one sum",
                "the mean handling is charged for every event + you return one mean",
                "the rest of handling, without the margin rate, is charged + you cut losses to 0",
                "you count whole prices", "you count whole prices + handling costs nothing",
                "you count the share that is passed on", "you count a return as a gain",
                "you count a return as a gain + handling costs nothing",
                "you count a return as a gain + the margin rate of handling is charged",
                "you take the mean margin rate", "you count nothing for a return's price",
                "you count nothing for a return's price + you cut losses to 0",
                "you count nothing for a return's price + handling costs nothing",
                "you count nothing for a return's price + the margin rate of handling is charged",
                "you give the whole price of a return back",
                "you give the whole price of a return back + you cut losses to 0",
                "you give the whole price of a return back + handling costs nothing",
                "you count whole prices of purchases + you cut losses to 0", "you subtract the rate",
                "you count nothing for a return's price and whole prices of purchases + you cut losses to 0",
                "you count nothing for a return's price and whole prices of purchases + handling costs nothing",
                "you count a return's price twice + you cut losses to 0",
                "handling is charged for every event + you cut losses to 0")


def _expected(value, is_return, margin_rate, return_cost):
    """What a sale keeps on average if as many come back as in this log: m − ρ(m + h)."""
    margin = np.abs(value) * margin_rate
    return margin - np.mean(is_return) * (margin + return_cost) if len(margin) else margin


KEPT = (
    *mistakes_of(_kept, KEPT_STEPS, KEPT_WITHOUT, told=in_one(
        "The shop keeps price × margin rate, of a return as well, whose price is negative; a return also costs its handling.")),
    Mistake("expected, not happened", _expected,
            "You charge every event its expected return, by the share of returns. The log says which came back: those give the kept share "
            "back and cost the handling, the others neither.", MEAN),
)
