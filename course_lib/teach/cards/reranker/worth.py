"""Exercises and claims on the re-ranker: a determinant instead of a maximum; a boost for new items that stops; what a slot is worth to a shop."""

import numpy as np

from course_lib.stages.reranking.diversity import greedy_dpp
from course_lib.stages.reranking.freshness import fresh_boost
from course_lib.stages.reranking.value import slot_worth
from course_lib.teach.cards import effects_lists, sizes
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


# --- 7.3 DPP -------------------------------------------------------------------------------------------------------
def _unit(rng, n, d):
    x = np.abs(rng.normal(size=(n, d)))
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def _dpp_cases(rng):
    cases = []
    for n, d, k, weight in ((8, 6, 4, 1.0), (12, 8, 6, 2.0), (7, 6, 5, 0.3), (10, 8, 5, 4.0)):
        x = _unit(rng, n, d)
        cases.append(Case(f"{n} candidates, {k} slots, weight {weight}", (rng.random(n), x @ x.T, k), {"weight": weight}))
    x = _unit(rng, 7, 3)
    return [*cases, Case("seven arrows in three dimensions", (rng.random(7), x @ x.T, 5), {"weight": 1.0})]


def _kernel(relevance, similarity, weight):
    quality = np.exp(weight * (np.asarray(relevance, float) - np.max(relevance, initial=-np.inf)))
    return quality[:, None] * np.asarray(similarity, float) * quality


def _by_determinant(kernel, k):
    chosen = []
    while len(chosen) < min(k, len(kernel)):
        before = np.linalg.det(kernel[np.ix_(chosen, chosen)]) if chosen else 1.0
        gain = {i: np.linalg.det(kernel[np.ix_([*chosen, i], [*chosen, i])]) / before
                for i in range(len(kernel)) if i not in chosen}
        best = max(gain, key=gain.get)
        if gain[best] < 1e-9:
            break
        chosen.append(best)
    return np.array(chosen, int)


def _dpp_determinants(relevance, similarity, k, weight=1.0):
    return _by_determinant(_kernel(relevance, similarity, weight), k)


def _dpp_no_relevance(relevance, similarity, k, weight=1.0):
    return _by_determinant(np.asarray(similarity, float), k)


def _dpp_one_side(relevance, similarity, k, weight=1.0):
    return _by_determinant(_kernel(relevance, similarity, weight / 2), k)


def _dpp_linear(relevance, similarity, k, weight=1.0):
    relevance = np.asarray(relevance, float)
    return _by_determinant(relevance[:, None] * np.asarray(similarity, float) * relevance, k)


def _dpp_sort(relevance, similarity, k, weight=1.0):
    return np.argsort(-np.asarray(relevance), kind="stable")[:k]


def _dpp_last_alone(relevance, similarity, k, weight=1.0):
    kernel, chosen = _kernel(relevance, similarity, weight), []
    for _ in range(min(k, len(kernel))):
        left = np.diag(kernel) - (kernel[chosen[-1]] ** 2 / kernel[chosen[-1], chosen[-1]] if chosen else 0)
        left[chosen] = -np.inf
        chosen.append(int(np.argmax(left)))
    return np.array(chosen)


def _dpp_filled(relevance, similarity, k, weight=1.0):
    chosen = _dpp_determinants(relevance, similarity, k, weight).tolist()
    return np.array(chosen + [i for i in range(len(relevance)) if i not in chosen][:k - len(chosen)])


DPP = Card(
    id="reranker.3", title="The slate with the largest volume", minutes=12, difficulty=4, used_in=("this lesson",),
    effect=effects_lists.intents_met_by_volume,
    realistic=sizes.candidates_alike,
    task="Give each candidate an arrow: its direction is its content, its length q = exp(weight·(relevance − the largest "
         "relevance)). The kernel L = q_i·S_ij·q_j holds all products of arrows. Fill k slots greedily: each takes the "
         "candidate that leaves det(L) of the chosen largest. Stop early when the best adds no volume (a factor below 1e-9).",
    shapes="`relevance` float [C], `similarity` float [C, C], ones on the diagonal; `k` int, `weight` float; returns "
           "int [≤ k], places in `relevance`.",
    why="A candidate adds the part of its arrow that stands at right angles to *all* that is chosen, so three films that "
        "together cover a fourth leave it nothing, which no pairwise rule sees. Taking away that part after each choice "
        "(a Cholesky row) spares all determinants: C·k² instead of a determinant for each candidate.",
    reference=greedy_dpp, alternative=_dpp_determinants, cases=_dpp_cases,
    by_hand=(Case("a copy adds no volume", (np.array([1.0, 1.0, 0.5]), np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0],
                                                                               [0.0, 0.0, 1.0]]), 3), {"weight": 1.0},
                  expected=np.array([0, 2])),
             Case("all at right angles: by relevance", (np.array([0.2, 0.9, 0.5]), np.eye(3), 3), {"weight": 1.0},
                  expected=np.array([1, 2, 0]))),
    invariants=(Invariant("adding a constant to all relevances changes nothing", lambda fn, rng: list(
        fn(np.array([0.1, 0.7, 0.4]), np.eye(3) * 0.5 + 0.5, 3, weight=2.0)) == list(
            fn(np.array([1.1, 1.7, 1.4]), np.eye(3) * 0.5 + 0.5, 3, weight=2.0))),),
    mistakes=(
        Mistake("no relevance", _dpp_no_relevance, "Your kernel is the similarity alone: the slate is varied, and no longer "
                "relevant. Scale rows and columns by q."),
        Mistake("q on one side", _dpp_one_side, "You scale rows or columns, not both. The product of two arrows has both "
                "lengths in it: q_i·S_ij·q_j."),
        Mistake("q not exponential", _dpp_linear, "You take relevance itself as length. The length is exp(weight·relevance), "
                "so that a constant added to all scores changes nothing."),
        Mistake("relevance alone", _dpp_sort, "You sort by relevance. What an item adds depends on what has been chosen."),
        Mistake("the last alone", _dpp_last_alone, "You take away what lies along the arrow chosen last. Take away what lies "
                "along any of those chosen."),
        Mistake("filled up", _dpp_filled, "You fill the slate after the volume has run out. What is left repeats what is "
                "there: stop."),
    ),
    hints=("The volume spanned by arrows is the root of the determinant of their products. Which candidate adds most of it?",
           "Simplest: `np.linalg.det(L[np.ix_(s, s)])` for s = chosen + [i]. Quicker: keep each candidate's leftover volume, "
           "at first the diagonal of L.",
           "After choosing `best`: `row = (L[best] - rows[:, best] @ rows) / sqrt(volume[best])`; `volume -= row**2`; keep "
           "`row` in `rows`."),
)


# --- 7.6 fresh -----------------------------------------------------------------------------------------------------
def _fresh_cases(rng):
    return [Case("ten items", (rng.uniform(0, 12, 10), rng.integers(0, 90, 10).astype(float))),
            Case("some have had their chance", (rng.uniform(0, 3, 8), rng.integers(50, 300, 8).astype(float)),
                 {"size": 0.5, "half_life_days": 2.0, "enough": 120.0}),
            Case("never shown", (rng.uniform(0, 20, 6), np.zeros(6)), {"half_life_days": 5.0})]


def _fresh_loop(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
    return np.array([size * 0.5 ** (a / half_life_days) * (1 - s / enough if s < enough else 0)
                     for a, s in zip(age_days, showings, strict=True)])


def _fresh(rule):
    def boost(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
        age, shown = np.asarray(age_days, float), np.asarray(showings, float)
        return size * rule(age / half_life_days, shown / enough)
    return boost


FRESH = Card(
    id="reranker.6", title="A boost for new items that stops by itself", minutes=8, difficulty=2, used_in=("this lesson",),
    effect=effects_lists.clicks_with_new_items,
    task="A new item has no clicks, so it ranks low, so it gets none. Return what to add to its score: `size`, halved by every "
         "`half_life_days` of age, times the share of its first `enough` showings that is still to come, and 0 once it has had "
         "them all.",
    shapes="`age_days`, `showings` float [N]; `size`, `half_life_days`, `enough` numbers; returns float [N].",
    why="Two things end it. Age, because an item that nobody is ever going to see must not wait for its showings for ever. And "
        "showings, because an item that has been seen enough has a rate of its own, and a boost beyond that is a subsidy for "
        "being young. A boost that only ages goes on pushing what everyone has passed over.",
    reference=fresh_boost, alternative=_fresh_loop, cases=_fresh_cases,
    by_hand=(Case("born now; half-way through its showings; one half-life old; done",
                  (np.array([0.0, 0.0, 3.0, 0.0]), np.array([0.0, 50.0, 0.0, 250.0])), {"size": 2.0},
                  expected=np.array([2.0, 1.0, 1.0, 0.0])),),
    mistakes=(
        Mistake("age alone", _fresh(lambda a, s: 2**-a), "Your boost knows no showings: an item that was passed over a "
                "thousand times keeps it as long as it is young."),
        Mistake("showings alone", _fresh(lambda a, s: np.maximum(0, 1 - s)), "Your boost does not age: what nobody comes "
                "across keeps it for ever."),
        Mistake("e in place of 2", _fresh(lambda a, s: np.exp(-a) * np.maximum(0, 1 - s)), "After one half-life a half should "
                "be left. You use exp(−age/half-life), which leaves less: the base is 2."),
        Mistake("below zero", _fresh(lambda a, s: 2**-a * (1 - s)), "Beyond `enough` showings your boost turns into a "
                "penalty. It stops at 0."),
        Mistake("never stops", _fresh(lambda a, s: 2**-a / (1 + s)), "Your boost shrinks with showings and never ends: "
                "1 / (1 + s) is still a half after `enough`. Use the share still to come."),
        Mistake("a sum", _fresh(lambda a, s: (2**-a + np.maximum(0, 1 - s)) / 2), "You add the two decays, so either keeps it "
                "alive. Each must be able to end it: multiply."),
        Mistake("all or nothing", _fresh(lambda a, s: ((a <= 1) & (s < 1)).astype(float)), "Your boost is all or nothing. "
                "Items then fall off a cliff on one day; let it fade."),
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
            Case("nobody is expected", (*draw(4)[:5], np.zeros(4)))]


def _worth_loop(p_sale, margin, p_return, return_cost, stock, demand):
    out = []
    for p, m, r, pieces, wanted in zip(p_sale, margin, p_return, stock, demand, strict=True):
        share = 0 if pieces == 0 else 1 if wanted <= pieces else pieces / wanted
        out.append(p * (m * (1 - r) - return_cost * r) * share)
    return np.array(out)


def _worth(kept, reach):
    def worth(p_sale, margin, p_return, return_cost, stock, demand):
        p, m, r, pieces, wanted = (np.asarray(a, float) for a in (p_sale, margin, p_return, stock, demand))
        return p * kept(m, r, return_cost) * reach(pieces, wanted)
    return worth


def _net(m, r, c):
    return (1 - r) * m - r * c


def _reach(pieces, wanted):
    return np.where(pieces > 0, np.minimum(1, pieces / np.maximum(wanted, 1e-12)), 0)


WORTH = Card(
    id="reranker.7", title="What a slot is worth to a shop", minutes=10, difficulty=3, used_in=("this lesson", "12"),
    effect=effects_lists.money_kept,
    task="Return the money that showing each item is expected to keep: the chance of a sale, times what is kept of a sale, "
         "times the share of buyers who still find a piece. A sale that stays keeps its margin; one that comes back keeps "
         "nothing and costs `return_cost`. With `demand` buyers expected for `stock` pieces, min(1, stock / demand) of them "
         "find one; nobody does when nothing is left.",
    shapes="`p_sale`, `margin`, `p_return`, `stock`, `demand` float [C]; `return_cost` a number; returns float [C].",
    why="Each factor is a reason to rank otherwise: clicks are not sales, revenue is not margin, a sale is not kept, and a "
        "piece can be sold once. Where returns eat the margin the worth is negative, and an empty slot is better.",
    reference=slot_worth, alternative=_worth_loop, cases=_worth_cases,
    by_hand=(Case("one in ten buys, one sale in five comes back, pieces for half", (
        np.array([0.1]), np.array([10.0]), np.array([0.2]), 5.0, np.array([3.0]), np.array([6.0])),
        expected=np.array([0.35])),),
    mistakes=(
        Mistake("returns forgotten", _worth(lambda m, r, c: m, _reach), "You count every sale as kept. A share p_return comes "
                "back: no margin, and return_cost on top."),
        Mistake("handling forgotten", _worth(lambda m, r, c: (1 - r) * m, _reach), "A return costs more than its margin: "
                "take off p_return × return_cost."),
        Mistake("handling on every sale", _worth(lambda m, r, c: (1 - r) * m - c, _reach), "You charge the handling of a "
                "return to every sale. Only a share p_return comes back."),
        Mistake("margin lost twice", _worth(lambda m, r, c: (1 - r) * m - r * (m + c), _reach), "You take a returned sale's "
                "margin off twice: it was never earned, so nothing but the handling is to be paid."),
        Mistake("stock forgotten", _worth(_net, lambda pieces, wanted: 1.0), "You sell pieces that are not there. "
                "Multiply by min(1, stock / demand)."),
        Mistake("more than all", _worth(_net, lambda pieces, wanted: np.where(pieces > 0, pieces / np.maximum(
            wanted, 1e-12), 0)), "With more pieces than buyers your share exceeds 1. Everyone finds a piece, no more: cap it."),
        Mistake("in stock or not", _worth(_net, lambda pieces, wanted: (pieces > 0).astype(float)), "You ask whether there is "
                "a piece, not whether there are enough. Six buyers and three pieces make three sales."),
    ),
    hints=("Three factors: does it sell, what is kept of a sale, is there a piece.",
           "Kept of a sale: (1 − p_return)·margin − p_return·return_cost. It may be negative.",
           "`np.where(demand > stock, stock / np.maximum(demand, 1e-12), stock > 0)` is the share who find a piece."),
)
