"""Exercise on the re-ranker: a determinant instead of a maximum, and what is written in its place."""

import numpy as np

from course_lib.stages.reranking.diversity import greedy_dpp
from course_lib.teach.cards import effects_lists, sizes
from course_lib.teach.cards.reranker import far_slates, volume_slips
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


def _unit(rng, n, d):
    x = np.abs(rng.normal(size=(n, d)))
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def _dpp_cases(rng):
    cases = []
    for n, d, k, weight in ((8, 6, 4, 1.0), (12, 8, 6, 2.0), (7, 6, 5, 0.3), (10, 8, 5, 4.0)):
        x = _unit(rng, n, d)
        cases.append(Case(f"{n} candidates, {k} slots, weight {weight}", (rng.random(n), x @ x.T, k), {"weight": weight}))
    x, y, z = _unit(rng, 7, 3), _unit(rng, 4, 6), _unit(rng, 12, 10)
    w = _unit(rng, 9, 6) * rng.choice([-1.0, 1.0], (9, 6))
    almost = 1 - 5e-12
    return [*cases, Case("seven arrows in three dimensions", (rng.random(7), x @ x.T, 5), {"weight": 1.0}),
            Case("large relevances", (50 * rng.random(7), x @ x.T, 5), {"weight": 0.05}),
            Case("a large weight", (rng.random(12) / 9, z @ z.T, 9), {"weight": 15.0}),
            Case("arrows that point away from each other", (rng.random(9), w @ w.T, 5), {"weight": 0.2}),
            Case("fewer candidates than slots", (rng.normal(size=4), y @ y.T, 6), {"weight": 0.8}),
            Case("relevance weighs nothing", (np.array([0.5, 0.9, 0.1]), np.array([[1, 0.5, 0.25], [0.5, 1, 0], [0.25, 0, 1]]), 3),
                 {"weight": 0.0}),
            Case("one slot", (rng.random(7), x @ x.T, 1), {"weight": 2.0}),
            Case("one candidate", (np.array([0.3]), np.ones((1, 1)), 2), {"weight": 2.0}),
            Case("all equally relevant", (np.zeros(3), np.array([[1, 0.5, 0.25], [0.5, 1, 0], [0.25, 0, 1]]), 2), {"weight": 2.0}),
            Case("a copy but for rounding", (np.array([1.0, 0.9, 0.5]), np.array([[1, almost, 0], [almost, 1, 0], [0, 0, 1]]), 3),
                 {"weight": 1.0}),
            Case("a small factor that is large enough, after five equals", (np.array([-39.5, *[-30.0] * 5]), np.eye(6), 6), {"weight": 1.0}),
            Case("a small factor that is large enough", (np.array([-39.5, -30.0, -38.0]), np.eye(3), 3), {"weight": 1.0})]


def _kernel(relevance, similarity, weight):
    quality = np.exp(weight * (np.asarray(relevance, float) - np.max(relevance, initial=-np.inf)))
    return quality[:, None] * np.asarray(similarity, float) * quality


def _by_determinant(kernel, k, floor=1e-9, whole=False, last=False):
    """Greedy determinants. whole: stop by the whole volume, not by the factor. last: ties to the last."""
    chosen = []
    while len(chosen) < min(k, len(kernel)):
        before = np.linalg.det(kernel[np.ix_(chosen, chosen)]) if chosen else 1.0
        gain = {i: np.linalg.det(kernel[np.ix_([*chosen, i], [*chosen, i])]) / (1.0 if whole else before)
                for i in range(len(kernel)) if i not in chosen}
        best = max(reversed(gain) if last else gain, key=gain.get)
        if gain[best] < floor:
            break
        chosen.append(best)
    return np.array(chosen, int)


def _dpp_determinants(relevance, similarity, k, weight=1.0):
    return _by_determinant(_kernel(relevance, similarity, weight), k)


def _of_kernel(kernel, **how):
    """The greedy determinant with another kernel: kernel(relevance, similarity, weight) → float (C, C)."""
    def rule(relevance, similarity, k, weight=1.0):
        return _by_determinant(kernel(np.asarray(relevance, float), np.asarray(similarity, float), weight), k, **how)
    return rule


def _lengths(length):
    """A kernel whose arrows have another length: length(relevance, weight) → float (C,)."""
    def kernel(relevance, similarity, weight):
        q = length(relevance, weight)
        return q[:, None] * similarity * q
    return _of_kernel(kernel)


def _leftover(rule):
    """Greedy choice by what is left of each: rule(left, kernel, chosen) → float (C,) after each choice."""
    def dpp(relevance, similarity, k, weight=1.0):
        kernel, chosen = _kernel(relevance, similarity, weight), []
        left = np.diag(kernel).copy()
        for _ in range(min(k, len(kernel))):
            open_ = left.copy()
            open_[chosen] = -np.inf
            best = int(np.argmax(open_))
            if open_[best] < 1e-9:
                break
            chosen.append(best)
            left = rule(left, kernel, chosen)
        return np.array(chosen, int)
    return dpp


def _along(kernel, best):
    return kernel[best] ** 2 / kernel[best, best]


def _pairwise(left, kernel, chosen):
    return np.min([np.diag(kernel) - _along(kernel, i) for i in chosen], axis=0)


_dpp_one_side = _lengths(lambda r, w: np.exp(w / 2 * (r - r.max())))
_dpp_last_alone = _leftover(lambda left, kernel, chosen: np.diag(kernel) - _along(kernel, chosen[-1]))
_dpp_overlap = _leftover(lambda left, kernel, chosen: left - _along(kernel, chosen[-1]))
_dpp_raw_rows = _leftover(lambda left, kernel, chosen: left - kernel[chosen[-1]] ** 2)
_dpp_first_only = _leftover(lambda left, kernel, chosen: np.diag(kernel) - _along(kernel, chosen[0]))


def _dpp_sort(relevance, similarity, k, weight=1.0):
    return np.argsort(-np.asarray(relevance), kind="stable")[:k]


def _dpp_filled(relevance, similarity, k, weight=1.0):
    chosen = _dpp_determinants(relevance, similarity, k, weight).tolist()
    return np.array(chosen + [i for i in range(len(relevance)) if i not in chosen][:k - len(chosen)])


def _dpp_filled_best(relevance, similarity, k, weight=1.0):
    chosen = _dpp_determinants(relevance, similarity, k, weight).tolist()
    rest = [i for i in np.argsort(-relevance, kind="stable").tolist() if i not in chosen]
    return np.array(chosen + rest[:k - len(chosen)])


def _dpp_padded(relevance, similarity, k, weight=1.0):
    chosen = _dpp_determinants(relevance, similarity, k, weight)
    return np.pad(chosen, (0, k - len(chosen)), constant_values=-1)


def _dpp_sorted(relevance, similarity, k, weight=1.0):
    return np.sort(_dpp_determinants(relevance, similarity, k, weight))


def _dpp_cut_first(relevance, similarity, k, weight=1.0):
    top = np.argsort(-relevance, kind="stable")[:k]
    return top[_dpp_determinants(relevance[top], similarity[np.ix_(top, top)], k, weight)]


def _mmr(relevance, similarity, k, weight=1.0):
    chosen, q = [], np.exp(weight * (relevance - relevance.max()))
    for _ in range(min(k, len(q))):
        value = q - (similarity[:, chosen].max(1) if chosen else 0)
        value[chosen] = -np.inf
        chosen.append(int(np.argmax(value)))
    return np.array(chosen, int)


EQUAL = (np.array([0.1, 0.6, 0.6, 0.1]), np.eye(4), 4)
COPIES = (np.array([1.0, 1.0, 0.5]), np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]), 3)

DPP = Card(
    id="reranker.3", title="The slate with the largest volume", minutes=12, difficulty=4, used_in=("this lesson",),
    effect=effects_lists.intents_met_by_volume,
    realistic=sizes.candidates_alike,
    task="Give each candidate an arrow: its direction is its content, its length q = exp(weight·(relevance − the largest "
         "relevance)). The kernel L = q_i·S_ij·q_j holds all products of arrows. Fill k slots greedily: each takes the "
         "candidate that leaves det(L) of the chosen largest, the first of equals. A candidate multiplies det(L) by a factor "
         "(the first one: its own q²). Stop early when nothing left adds volume: the best factor is 0 but for rounding, "
         "below 1e-9.",
    shapes="`relevance` float [C], `similarity` float [C, C], ones on the diagonal; `k` int, at least 1, `weight` float; returns "
           "int [≤ k], places in `relevance`, in the order of choice.",
    why="A candidate adds the part of its arrow that stands at right angles to *all* that is chosen, so three films that "
        "together cover a fourth leave it nothing, which no pairwise rule sees. Taking away that part after each choice "
        "(a Cholesky row) spares all determinants: C·k² instead of a determinant for each candidate.",
    reference=greedy_dpp, alternative=_dpp_determinants, cases=lambda rng: [*_dpp_cases(rng), *far_slates.volume_cases()],
    by_hand=(Case("a copy adds no volume", COPIES, {"weight": 1.0}, expected=np.array([0, 2])),
             Case("all at right angles: by relevance", (np.array([0.2, 0.9, 0.5]), np.eye(3), 3), {"weight": 1.0},
                  expected=np.array([1, 2, 0])),
             Case("equals: the first of them", EQUAL, {"weight": 1.0}, expected=np.array([1, 2, 0, 3])),
             Case("relevance far below zero, and a volume that gets small", (np.array([-37.0, -30.0, -38.0]), np.eye(3), 3),
                  {"weight": 1.0}, expected=np.array([1, 0, 2]))),
    invariants=(Invariant("adding a constant to all relevances changes nothing", lambda fn, rng: list(
        fn(np.array([0.1, 0.7, 0.4]), np.eye(3) * 0.5 + 0.5, 3, weight=2.0)) == list(
            fn(np.array([1.1, 1.7, 1.4]), np.eye(3) * 0.5 + 0.5, 3, weight=2.0))),),
    mistakes=(
        Mistake("no relevance", _of_kernel(lambda r, s, w: s), "Your kernel is the similarity alone: the slate is varied, and "
                "no longer relevant. Scale rows and columns by q."),
        Mistake("q on one side", _dpp_one_side, "You scale rows or columns, not both. The product of two arrows has both "
                "lengths in it: q_i·S_ij·q_j."),
        Mistake("q twice too often", _lengths(lambda r, w: np.exp(2 * w * (r - r.max()))), "You scale by q² on each side. L is "
                "q_i·S_ij·q_j: one q for the row, one for the column."),
        Mistake("q not exponential", _lengths(lambda r, w: r), "You take relevance itself as length, or weight·relevance. The length is "
                "exp(weight·relevance), so that a constant added to all scores changes nothing."),
        Mistake("weight forgotten", _lengths(lambda r, w: np.exp(r - r.max())), "You leave the weight out of the "
                "exponent, where it says how much relevance counts: q = exp(weight·(relevance − the largest))."),
        Mistake("largest not taken off", _lengths(lambda r, w: np.exp(w * r)), "You do not take the largest relevance off, so "
                "q is next to 0 (or infinite) for scores far from zero."),
        Mistake("least relevant longest", _lengths(lambda r, w: np.exp(-w * (r - r.min()))), "The less relevant a candidate, "
                "the longer your arrow: the sign in the exponent is wrong."),
        Mistake("relevance alone", _dpp_sort, "You sort by relevance. What an item adds depends on what has been chosen."),
        Mistake("the last alone", _dpp_last_alone, "You take away what lies along the arrow chosen last. Take away what lies "
                "along any of those chosen."),
        Mistake("the first alone", _dpp_first_only, "You take away what lies along the first arrow only. Take away what lies "
                "along any of those chosen."),
        Mistake("pair by pair", _leftover(_pairwise), "You compare each candidate with the single chosen arrow that it is most "
                "alike. Several together may cover it: the determinant looks at all of them."),
        Mistake("overlap taken away twice", _dpp_overlap, "After each choice you take away all that lies along the new arrow. "
                "Part of that is gone already: first take from the new arrow what the earlier ones cover (a Cholesky row)."),
        Mistake("rows not divided", _dpp_raw_rows, "You take away squared products as they stand. What lies along an arrow is "
                "the product squared over the arrow's own squared length, less what earlier arrows cover."),
        Mistake("MMR", _mmr, "You subtract the largest similarity, as MMR does. Here the determinant of the chosen decides."),
        Mistake("whole volume", _of_kernel(_kernel, whole=True), "You stop by the whole volume, which is small for any long "
                "slate. Stop by the factor that the best candidate adds."),
        Mistake("filled up", _dpp_filled, "You fill the slate after the volume has run out. What is left repeats what is "
                "there: stop."),
        Mistake("filled up by relevance", _dpp_filled_best, "You fill the rest by relevance after the volume has run out. What is "
                "left repeats what is there: stop."),
        Mistake("filled up by rounding", _of_kernel(_kernel, floor=-np.inf), "You go on when all determinants are 0, so that "
                "rounding errors choose. Stop when the best factor is below 1e-9."),
        Mistake("padded", _dpp_padded, "You pad the slate with −1. Return only what was chosen, also if that is less than k."),
        Mistake("in order of place", _dpp_sorted, "You return the right candidates in the order in which they stand in "
                "`relevance`. Return them in the order of choice."),
        Mistake("cut first", _dpp_cut_first, "You keep the k most relevant and only put those in order. Something further down "
                "may add more volume: choose among all."),
        Mistake("ties to the last", _of_kernel(_kernel, last=True), "Of equals you take the last. The first one should win, as "
                "with np.argmax."),
        *volume_slips.MISTAKES,
    ),
    hints=("The volume spanned by arrows is the root of the determinant of their products. Which candidate adds most of it?",
           "Simplest: `np.linalg.det(L[np.ix_(s, s)])` for s = chosen + [i]. Quicker: keep each candidate's leftover volume, "
           "at first the diagonal of L.",
           "After choosing `best`: `row = (L[best] - rows[:, best] @ rows) / sqrt(volume[best])`; `volume -= row**2`; keep "
           "`row` in `rows`."),
)
