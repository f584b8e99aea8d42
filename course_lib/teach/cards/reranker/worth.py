"""Exercises on the re-ranker: a boost for new items that stops; what a slot is worth to a shop."""

import numpy as np

from course_lib.stages.reranking.freshness import fresh_boost
from course_lib.stages.reranking.value import slot_worth
from course_lib.teach.cards import effects_lists
from course_lib.teach.cards.reranker import boost_slips, far_slates, slot_slips
from course_lib.teach.definitions.card import Card, Case, Mistake


# --- 7.6 fresh -----------------------------------------------------------------------------------------------------
def _fresh_cases(rng):
    return [Case("ten items", (rng.uniform(0, 12, 10), rng.integers(0, 90, 10).astype(float))),
            Case("some have had their chance", (rng.uniform(0, 3, 8), rng.integers(50, 300, 8).astype(float)),
                 {"size": 0.5, "half_life_days": 2.0, "enough": 120.0}),
            Case("a large boost that halves slowly", (np.array([0.0, 15.0, 40.0]), np.array([0.0, 10, 90])),
                 {"size": 40.0, "half_life_days": 25.0}),
            Case("never shown", (rng.uniform(0, 20, 6), np.zeros(6)), {"half_life_days": 5.0}),
            Case("few showings are enough", (rng.uniform(0, 9, 6), np.array([0.0, 5, 19, 20, 21, 60])),
                 {"size": 3.0, "enough": 20.0}),
            Case("many half-lives old", (np.array([33.0, 60.0, 15.0]), np.array([0.0, 20, 99])), {"size": 50.0}),
            Case("half a day, and six showings and a half", (np.array([0.125, 1.5, 0.75]), np.array([0.5, 6.25, 3])),
                 {"half_life_days": 0.5, "enough": 6.5}),
            Case("one showing is enough", (np.array([1.0, 1.0]), np.array([0.0, 1.0])),
                 {"size": 0.5, "half_life_days": 1.0, "enough": 1.0}),
            Case("born today", (np.zeros(3), np.array([0.0, 30, 99.5]))),
            Case("a boost for months", (np.array([30.0, 200.0]), np.array([600.0, 4000])),
                 {"size": 250.0, "half_life_days": 90.0, "enough": 5000.0})]


def _fresh_loop(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
    return np.array([size * 0.5 ** (a / half_life_days) * (1 - s / enough if s < enough else 0)
                     for a, s in zip(age_days, showings, strict=True)])


def _fresh(rule, sized=True):
    """A boost with another rule of a, the age in half-lives, and s, the share of showings had."""
    def boost(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
        age, shown = np.asarray(age_days, float), np.asarray(showings, float)
        return (size if sized else 1.0) * rule(age / half_life_days, shown / enough)
    return boost


def _fresh_days(rule):
    """A boost with another fading: rule(age in days, half-life in days)."""
    def boost(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
        age, shown = np.asarray(age_days, float), np.asarray(showings, float)
        return size * rule(age, half_life_days) * np.maximum(0, 1 - shown / enough)
    return boost


def _fresh_in_place(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
    return size * 2 ** (-age_days / half_life_days) * np.maximum(0, 1 - showings / 100.0)


def _fresh_number(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
    return size * 2 ** (-age_days / half_life_days) * np.maximum(0, enough - showings)


def _left(s):
    return np.maximum(0, 1 - s)


FRESH = Card(
    id="reranker.6", title="A boost for new items that stops by itself", minutes=8, difficulty=2, used_in=("this lesson",),
    effect=effects_lists.clicks_with_new_items,
    task="A new item has no clicks, so it ranks low, so it gets none. Return what to add to its score: `size`, halved by every "
         "`half_life_days` of age, times the share of its first `enough` showings that is still to come, and 0 once it has had "
         "them all. It fades smoothly: after half a half-life 1/√2 is left.",
    shapes="`age_days`, `showings` float [N], at least 0; `size`, `half_life_days`, `enough` numbers; returns float [N].",
    why="Two things end it. Age, because an item that nobody is ever going to see must not wait for its showings for ever. And "
        "showings, because an item that has been seen enough has a rate of its own, and a boost beyond that is a subsidy for "
        "being young. A boost that only ages goes on pushing what everyone has passed over.",
    reference=fresh_boost, alternative=_fresh_loop, cases=lambda rng: [*_fresh_cases(rng), *far_slates.fresh_cases()],
    by_hand=(Case("born now; half-way through its showings; one half-life old; done",
                  (np.array([0.0, 0.0, 3.0, 0.0]), np.array([0.0, 50.0, 0.0, 250.0])), {"size": 2.0},
                  expected=np.array([2.0, 1.0, 1.0, 0.0])),
             Case("two half-lives old; half a half-life old; shown just often enough",
                  (np.array([8.0, 2.0, 0.0]), np.array([0.0, 0.0, 10.0])), {"half_life_days": 4.0, "enough": 10.0},
                  expected=np.array([0.25, 0.5**0.5, 0.0]))),
    mistakes=(
        Mistake("age alone", _fresh(lambda a, s: 2**-a), "Your boost knows no showings: an item that was passed over a "
                "thousand times keeps it as long as it is young."),
        Mistake("showings alone", _fresh(lambda a, s: _left(s)), "Your boost does not age: what nobody comes "
                "across keeps it for ever."),
        Mistake("showings alone, below zero", _fresh(lambda a, s: 1 - s), "Your boost does not age, and turns into a penalty "
                "beyond `enough` showings. Halve it with age, and stop it at 0."),
        Mistake("e in place of 2", _fresh(lambda a, s: np.exp(-a) * _left(s)), "After one half-life a half should "
                "be left. You use exp(−age/half-life), which leaves less: the base is 2."),
        Mistake("e in place of 2, below zero", _fresh(lambda a, s: np.exp(-a) * (1 - s)), "The base of a half-life is 2, not "
                "e; and beyond `enough` showings your boost turns into a penalty: stop at 0."),
        Mistake("in steps", _fresh(lambda a, s: 2**-np.floor(a) * _left(s)), "Your boost halves in steps, at the end of each "
                "half-life. It fades smoothly: 2 ** (-age / half_life_days)."),
        Mistake("a straight line", _fresh(lambda a, s: np.maximum(0, 1 - a / 2) * _left(s)), "Your boost falls in a straight "
                "line and is gone after two half-lives. Each half-life halves what is left."),
        Mistake("a straight line, below zero", _fresh(lambda a, s: (1 - a / 2) * _left(s)), "Your boost falls in a straight line "
                "and below 0 after two half-lives. Each half-life halves what is left."),
        Mistake("a line to the half-life", _fresh(lambda a, s: np.maximum(0, 1 - a) * _left(s)), "Your boost is gone after "
                "one half-life. Half of it should be left then."),
        Mistake("halved in proportion", _fresh(lambda a, s: 1 / (1 + a) * _left(s)), "Your boost falls like "
                "1 / (1 + age/half-life). It is halved by the first half-life, but not by the next: use 2 ** (-age/half-life)."),
        Mistake("grows with age", _fresh(lambda a, s: 2**a * _left(s)), "Your boost doubles with each half-life: the sign of "
                "the exponent is wrong."),
        Mistake("half-life of a day", _fresh_days(lambda age, half: 2**-age), "You halve the boost every day. Divide the age by "
                "`half_life_days`."),
        Mistake("times the half-life", _fresh_days(lambda age, half: 2 ** (-age * half)), "You multiply the age by the "
                "half-life. Divide, to count half-lives."),
        Mistake("size forgotten", _fresh(lambda a, s: 2**-a * _left(s), sized=False), "You leave `size` out: it is what an item "
                "just born gets."),
        Mistake("enough written out", _fresh_in_place, "You count to 100 showings whatever `enough` says."),
        Mistake("share had", _fresh(lambda a, s: 2**-a * np.minimum(1, s)), "You multiply by the share of showings that the "
                "item has *had*. It is the share still to come: 1 − showings / enough."),
        Mistake("share had, uncut", _fresh(lambda a, s: 2**-a * s), "You multiply by showings / enough, so what has been shown "
                "most gets most. It is the share still to come, and not below 0."),
        Mistake("number to come", _fresh_number, "You multiply by the number of showings still to come. It is the share of "
                "`enough`: divide."),
        Mistake("whole until enough", _fresh(lambda a, s: 2**-a * (s < 1)), "Your boost stays whole until `enough` showings and "
                "then falls off. It shrinks with each showing: multiply by the share still to come."),
        Mistake("whole to the end", _fresh(lambda a, s: 2**-a * (s <= 1)), "Your boost stays whole up to and with `enough` "
                "showings. It shrinks with each, and is 0 when all are had."),
        Mistake("below zero", _fresh(lambda a, s: 2**-a * (1 - s)), "Beyond `enough` showings your boost turns into a "
                "penalty. It stops at 0."),
        Mistake("penalty turned round", _fresh(lambda a, s: 2**-a * np.abs(1 - s)), "Beyond `enough` showings your boost grows "
                "again, for you take the absolute value. It stops at 0."),
        Mistake("never stops", _fresh(lambda a, s: 2**-a / (1 + s)), "Your boost shrinks with showings and never ends: "
                "1 / (1 + s) is still a half after `enough`. Use the share still to come."),
        Mistake("showings halve it", _fresh(lambda a, s: 2**-a * 2**-s), "Each `enough` showings halve your boost, so it never "
                "ends. Use the share still to come, which reaches 0."),
        Mistake("showings by e", _fresh(lambda a, s: 2**-a * np.exp(-s)), "Your boost fades with showings by an exponential, so "
                "it never ends. Use the share still to come, which reaches 0."),
        Mistake("a mean", _fresh(lambda a, s: (2**-a + _left(s)) / 2), "You add the two decays, so either keeps it "
                "alive. Each must be able to end it: multiply."),
        Mistake("a sum", _fresh(lambda a, s: 2**-a + _left(s)), "You add the two shares, so either keeps the boost alive, and a "
                "new item gets twice its size. Multiply them."),
        Mistake("the smaller", _fresh(lambda a, s: np.minimum(2**-a, _left(s))), "You take the smaller of the two shares. Both "
                "count at once: multiply them."),
        Mistake("all or nothing", _fresh(lambda a, s: ((a <= 1) & (s < 1)).astype(float)), "Your boost is all or nothing. "
                "Items then fall off a cliff on one day; let it fade."),
        Mistake("all for a half-life", _fresh(lambda a, s: (a <= 1) * _left(s)), "Your boost is whole for one half-life and then "
                "gone. At that age half of it is left: let it fade."),
        Mistake("fades after a half-life", _fresh(lambda a, s: 2**-np.maximum(a - 1, 0) * _left(s)), "Your boost begins to fade "
                "after one half-life only. Half of it is gone by then."),
        *boost_slips.MISTAKES,
    ),
    hints=("Two factors between 0 and 1: one for age, one for showings. What is each at its start and at its end?",
           "`2 ** (-age / half_life)` and `1 - showings / enough`.", "Hold the second at 0 with `np.maximum`."),
)


# --- 7.7 worth -----------------------------------------------------------------------------------------------------
def _worth_cases(rng):
    def draw(n):
        return (rng.uniform(0, 0.2, n), rng.uniform(1, 20, n), rng.uniform(0, 0.8, n), 3.0,
                rng.integers(1, 9, n).astype(float), rng.uniform(0, 12, n))
    gone = list(draw(6))
    gone[4] = np.array([0.0, 0, 1, 2, 5, 9])
    return [Case("eight items", draw(8)), Case("some are sold out", tuple(gone)),
            Case("large sums, much stock, and zeros", (np.array([0.9, 0.0, 0.8, 0.7, 0.5]), np.array([90.0, 8, 0, 70, 20]),
                                                       np.array([0.1, 0.2, 0.3, 0.0, 0.9]), 30.0,
                                                       np.array([14.0, 12, 15, 40, 3]), np.array([30.0, 20, 25, 50, 2]))),
            Case("nobody is expected", (*draw(4)[:5], np.zeros(4))),
            Case("surely sold, surely back", (np.array([1.0, 1, 0.5]), np.array([9.0, 9, 4]), np.array([1.0, 0, 1]), 6.0,
                                              np.array([4.0, 4, 1]), np.array([4.0, 5, 3]))),
            Case("thousands", (np.array([0.002, 0.5]), np.array([5000.0, 8000]), np.array([0.25, 0.5]), 2500.0,
                              np.array([1200.0, 3000]), np.array([1500.0, 2999]))),
            Case("returns that cost nothing", (*draw(4)[:3], 0.0, *draw(4)[4:])),
            Case("dear returns, hundreds of pieces", (*draw(3)[:3], 137.5, np.array([300.0, 500, 200]), np.array([400.0, 450, 990]))),
            Case("sure to sell, and scarce", (rng.uniform(0.5, 1, 5), *draw(5)[1:4], np.ones(5), rng.uniform(3, 40, 5)))]


def _worth_loop(p_sale, margin, p_return, return_cost, stock, demand):
    out = []
    for p, m, r, pieces, wanted in zip(p_sale, margin, p_return, stock, demand, strict=True):
        share = 0 if pieces == 0 else 1 if wanted <= pieces else pieces / wanted
        out.append(p * (m * (1 - r) - return_cost * r) * share)
    return np.array(out)


def _worth(kept, reach, sale=lambda p: p):
    def worth(p_sale, margin, p_return, return_cost, stock, demand):
        p, m, r, pieces, wanted = (np.asarray(a, float) for a in (p_sale, margin, p_return, stock, demand))
        with np.errstate(all="ignore"):
            return sale(p) * kept(m, r, return_cost) * reach(pieces, wanted)
    return worth


def _net(m, r, c):
    return (1 - r) * m - r * c


def _reach(pieces, wanted):
    return np.where(pieces > 0, np.minimum(1, pieces / np.maximum(wanted, 1e-12)), 0)


def _of_kept(kept):
    return _worth(kept, _reach)


def _of_reach(reach):
    return _worth(_net, reach)


def _handling_apart(p_sale, margin, p_return, return_cost, stock, demand):
    return p_sale * (1 - p_return) * margin * _reach(stock, demand) - p_return * return_cost


def _handling_of_all(p_sale, margin, p_return, return_cost, stock, demand):
    return p_sale * ((1 - p_return) * margin * _reach(stock, demand) - p_return * return_cost)


def _handling_with_reach(p_sale, margin, p_return, return_cost, stock, demand):
    return p_sale * (1 - p_return) * margin - p_return * return_cost * _reach(stock, demand)


def _handling_unsold(p_sale, margin, p_return, return_cost, stock, demand):
    return (p_sale * (1 - p_return) * margin - p_return * return_cost) * _reach(stock, demand)


def _smaller_chance(p_sale, margin, p_return, return_cost, stock, demand):
    return np.minimum(p_sale, _reach(stock, demand)) * _net(margin, p_return, return_cost)


def _loss_cut(p_sale, margin, p_return, return_cost, stock, demand):
    return np.maximum(0, slot_worth(p_sale, margin, p_return, return_cost, stock, demand))


BUY = np.array([0.1])
GONE = (np.full(4, 0.5), np.full(4, 10.0), np.full(4, 0.5), 2.0, np.array([0.0, 0, 3, 1]), np.array([0.0, 2, 0, 0.5]))

WORTH = Card(
    id="reranker.7", title="What a slot is worth to a shop", minutes=10, difficulty=3, used_in=("this lesson", "12"),
    effect=effects_lists.money_kept,
    task="How much money is showing each item expected to keep? A sale that stays keeps its margin; one that comes back keeps "
         "nothing and costs `return_cost`. Until the shelf is filled again just `demand` buyers come for `stock` pieces (take the number as "
         "certain), and each is as likely to get one as the next. Where no buyer is expected, one who comes finds a piece, if any is left.",
    why="Each factor is a reason to rank otherwise: clicks are not sales, revenue is not margin, a sale is not kept, and a "
        "piece can be sold once. Where returns eat the margin the worth is negative, and an empty slot is better. If all pieces sell "
        "anyway before the shelf is filled again, it matters little to whom.",
    reference=slot_worth, alternative=_worth_loop, cases=lambda rng: [*_worth_cases(rng), *far_slates.worth_cases()],
    by_hand=(Case("one in ten buys, one sale in five comes back, pieces for half", (
        BUY, np.array([10.0]), np.array([0.2]), 5.0, np.array([3.0]), np.array([6.0])), expected=np.array([0.35])),
        Case("nothing left, nobody expected; nothing left; nobody expected; the last piece, half a buyer", GONE,
             expected=np.array([0.0, 0.0, 2.0, 2.0])),
        Case("returns eat the margin", (BUY, np.array([2.0]), np.array([0.5]), 4.0, np.array([8.0]), np.array([8.0])),
             expected=np.array([-0.1]))),
    mistakes=(
        Mistake("returns forgotten", _of_kept(lambda m, r, c: m), "You count every sale as kept. A share p_return comes "
                "back: no margin, and return_cost on top."),
        Mistake("handling forgotten", _of_kept(lambda m, r, c: (1 - r) * m), "A return costs more than its margin: "
                "take off p_return × return_cost."),
        Mistake("handling on every sale", _of_kept(lambda m, r, c: (1 - r) * m - c), "You charge the handling of a "
                "return to every sale. Only a share p_return comes back."),
        Mistake("handling on kept sales", _of_kept(lambda m, r, c: (1 - r) * (m - c)), "You charge return_cost to the sales "
                "that stay. It is paid for those that come back: p_return × return_cost."),
        Mistake("handling earned", _of_kept(lambda m, r, c: (1 - r) * m + r * c), "You add return_cost. It is a cost: subtract "
                "p_return × return_cost."),
        Mistake("margin kept on return", _of_kept(lambda m, r, c: m - r * c), "You keep the margin of sales that come back. "
                "Only a share 1 − p_return keeps it."),
        Mistake("margin kept, handling on all", _of_kept(lambda m, r, c: m - c), "You subtract return_cost from every margin "
                "and leave p_return out. A share 1 − p_return keeps its margin; a share p_return costs return_cost."),
        Mistake("margin lost twice", _of_kept(lambda m, r, c: (1 - r) * m - r * (m + c)), "You take a returned sale's "
                "margin off twice: it was never earned, so nothing but the handling is to be paid."),
        Mistake("margin lost, kept whole", _of_kept(lambda m, r, c: (1 - r) * m - r * m), "You subtract the margin of returned "
                "sales from that of the kept. It was never earned: what a return costs is return_cost."),
        Mistake("branches exchanged", _of_kept(lambda m, r, c: r * m - (1 - r) * c), "p_return and 1 − p_return are swapped: "
                "a sale keeps its margin if it does *not* come back."),
        Mistake("margin on returns", _of_kept(lambda m, r, c: r * m - r * c), "You multiply the margin by p_return. A sale keeps "
                "its margin if it does *not* come back: 1 − p_return."),
        Mistake("handling outside the sale", _handling_apart, "You subtract p_return·return_cost without p_sale: only what is "
                "sold can come back. Multiply the whole of what is kept by the chance of a sale."),
        Mistake("handling outside, with stock", _handling_with_reach, "p_sale multiplies your margin only and the share who find "
                "a piece your cost only. Both multiply all that is kept of a sale."),
        Mistake("handling without the sale", _handling_unsold, "You subtract p_return·return_cost without p_sale, before the share "
                "who find a piece. Only what is sold can come back: multiply the cost by p_sale too."),
        Mistake("the smaller chance", _smaller_chance, "You take the smaller of p_sale and the share who find a piece (p_sale on "
                "demand as well comes to the same). Both have to happen: multiply, and leave demand as it is."),
        Mistake("handling of sales not made", _handling_of_all, "You multiply only the margin by the share who find a piece. Who "
                "finds none sends none back: multiply the cost by it too."),
        Mistake("loss cut to zero", _loss_cut, "You cut the worth at 0. Where returns eat the margin it is negative, and the "
                "caller has to know."),
        Mistake("loss of a sale cut", _of_kept(lambda m, r, c: np.abs(_net(m, r, c))), "You take the absolute value of what is "
                "kept of a sale. Where returns eat the margin it is negative."),
        Mistake("sale forgotten", _worth(_net, _reach, lambda p: 1.0), "You leave p_sale out: that is the worth of a sale, not "
                "of a showing."),
        Mistake("chance of no sale", _worth(_net, _reach, lambda p: 1 - p), "You multiply by the chance that nobody buys. It is "
                "p_sale."),
        Mistake("stock forgotten", _of_reach(lambda pieces, wanted: 1.0), "You sell pieces that are not there. "
                "Multiply by min(1, stock / demand)."),
        Mistake("more than all", _of_reach(lambda pieces, wanted: np.where(pieces > 0, pieces / np.maximum(wanted, 1e-12), 0)),
                "With more pieces than buyers your share exceeds 1. Everyone finds a piece, no more: cap it."),
        Mistake("more than all, infinite", _of_reach(lambda pieces, wanted: pieces / wanted), "You multiply by stock / demand, "
                "which exceeds 1 where there are pieces enough and is no number where nobody is expected. Cap it at 1; 0 where "
                "nothing is left."),
        Mistake("in stock or not", _of_reach(lambda pieces, wanted: (pieces > 0).astype(float)), "You ask whether there is "
                "a piece, not whether there are enough. Six buyers and three pieces make three sales."),
        Mistake("enough or not", _of_reach(lambda pieces, wanted: ((pieces >= wanted) & (pieces > 0)).astype(float)), "You sell "
                "only where there are pieces for all. Six buyers and three pieces make three sales, not none."),
        Mistake("share upside down", _of_reach(lambda pieces, wanted: np.where(pieces > 0, np.minimum(1, wanted / np.maximum(
            pieces, 1e-12)), 0)), "You take demand / stock: the share of pieces that are sold. It is the share of buyers who "
            "find one: stock / demand."),
        Mistake("number of sales", _of_reach(np.minimum), "You multiply by the number of sales, min(stock, demand). A slot is "
                "one showing: multiply by the share of buyers who find a piece."),
        Mistake("the larger", _of_reach(lambda pieces, wanted: np.where(pieces > 0, np.maximum(1, pieces / np.maximum(
            wanted, 1e-12)), 0)), "You take the larger of 1 and stock / demand. The share is the smaller: min(1, stock / demand)."),
        Mistake("0 over 0", _of_reach(lambda pieces, wanted: np.minimum(1, pieces / wanted)), "Where nothing is left and nobody "
                "is expected you divide 0 by 0 and get NaN. The share is 0 where nothing is left."),
        Mistake("nothing left, all served", _of_reach(lambda pieces, wanted: np.where(wanted > pieces, pieces / np.maximum(
            wanted, 1e-12), 1.0)), "Where nothing is left and nobody is expected your share is 1. Nobody finds a piece where "
            "there is none: 0."),
        Mistake("nobody expected, worth nothing", _of_reach(lambda pieces, wanted: np.where(wanted > 0, np.minimum(
            1, pieces / np.maximum(wanted, 1e-12)), 0)), "Where no buyer is expected your share is 0. The person who is shown the "
            "item would find a piece: 1, if any is left."),
        Mistake("one more buyer", _of_reach(lambda pieces, wanted: np.minimum(1, pieces / (wanted + 1))), "You divide by "
                "demand + 1, so the share is too low wherever stock is short. Divide by demand, and treat 0 apart."),
        *slot_slips.MISTAKES,
    ),
    hints=("Three factors: does it sell, what is kept of a sale, is there a piece.",
           "Kept of a sale: (1 − p_return)·margin − p_return·return_cost. It may be negative.",
           "`np.where(demand > stock, stock / np.maximum(demand, 1e-12), stock > 0)` is the share who find a piece."),
)
