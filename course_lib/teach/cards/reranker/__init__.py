"""Exercises and claims on the re-ranker: MMR and calibrated lists; more stand in `slots` and `worth`."""

import numpy as np

from course_lib.stages.reranking.diversity import calibrated, mmr
from course_lib.teach.cards.reranker.slots import CAP, LOT
from course_lib.teach.cards.reranker.worth import DPP, FRESH, WORTH
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake
from course_lib.teach.definitions.claim import Claim


# --- 7.1 MMR -------------------------------------------------------------------------------------------------------
def _unit(rng, n, d=4):
    x = np.abs(rng.normal(size=(n, d)))
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def _mmr_cases(rng):
    cases = []
    for n, k, weight in ((8, 4, 0.7), (12, 12, 0.5), (10, 5, 0.3), (6, 9, 0.8)):
        x = _unit(rng, n)
        cases.append(Case(f"{n} candidates, {k} slots, λ = {weight}", (rng.random(n), x @ x.T, k), {"trade_off": weight}))
    return cases


def _mmr_loop(relevance, similarity, k, trade_off=0.7):
    chosen, left = [], list(range(len(relevance)))
    while left and len(chosen) < k:
        best = max(left, key=lambda i: trade_off * relevance[i] - (1 - trade_off) * max(
            (similarity[i][j] for j in chosen), default=0.0))
        chosen.append(best)
        left.remove(best)
    return np.array(chosen)


def _greedy(gain):
    """MMR with another rule: gain(relevance, similarity, chosen, trade_off) → float (C,)."""
    def rule(relevance, similarity, k, trade_off=0.7):
        relevance, similarity, chosen = np.asarray(relevance, float), np.asarray(similarity, float), []
        for _ in range(min(k, len(relevance))):
            value = np.array(gain(relevance, similarity, chosen, trade_off), float)
            value[chosen] = -np.inf
            chosen.append(int(np.argmax(value)))
        return np.array(chosen, np.int64)
    return rule


_sum_like = _greedy(lambda r, s, c, w: w * r - (1 - w) * s[:, c].sum(1))
_mean_like = _greedy(lambda r, s, c, w: w * r - (1 - w) * (s[:, c].mean(1) if c else 0))
_last_only = _greedy(lambda r, s, c, w: w * r - (1 - w) * (s[:, c[-1]] if c else 0))
_swapped = _greedy(lambda r, s, c, w: (1 - w) * r - w * (s[:, c].max(1) if c else 0))
_attracted = _greedy(lambda r, s, c, w: w * r + (1 - w) * (s[:, c].max(1) if c else 0))


def _by_relevance(relevance, similarity, k, trade_off=0.7):
    return np.argsort(-np.asarray(relevance), kind="stable")[:k]


def _again(relevance, similarity, k, trade_off=0.7):
    chosen, nearest = [], np.zeros(len(relevance))
    for _ in range(min(k, len(relevance))):
        chosen.append(int(np.argmax(trade_off * relevance - (1 - trade_off) * nearest)))
        nearest = np.maximum(nearest, similarity[chosen[-1]])
    return np.array(chosen)


THREE = (np.array([1.0, 0.95, 0.5]), np.array([[1.0, 0.9, 0.0], [0.9, 1.0, 0.1], [0.0, 0.1, 1.0]]), 2)

MMR = Card(
    id="reranker.1", title="Maximal marginal relevance", minutes=10, difficulty=2, used_in=("MMRReranker", "11"),
    task="Fill k slots from the top. Each slot takes the candidate with the largest λ·relevance − (1 − λ)·likeness, where "
         "likeness is its *largest* similarity to anything already chosen, and 0 while nothing is. Nothing is chosen twice; "
         "ties go to the first.",
    shapes="`relevance` float [C], `similarity` float [C, C], `k` int; returns int [min(k, C)], places in `relevance`.",
    why="The maximum, not the sum: one near-copy above is enough to make an item superfluous, and a sum would punish later "
        "slots for standing later. Keep the largest similarity so far in an array and update it after each choice.",
    reference=mmr, alternative=_mmr_loop, cases=_mmr_cases,
    by_hand=(Case("a near-copy gives way", THREE, {"trade_off": 0.5}, expected=np.array([0, 2])),
             Case("not if relevance weighs enough", THREE, {"trade_off": 0.9}, expected=np.array([0, 1]))),
    invariants=(Invariant("λ = 1 sorts by relevance", lambda fn, rng: list(fn(np.array([0.2, 0.9, 0.5]), np.ones((3, 3)), 3,
                                                                             trade_off=1.0)) == [1, 2, 0]),),
    mistakes=(
        Mistake("sum of likenesses", _sum_like, "You add up the similarities to all that is chosen, so later slots are "
                "punished more. Take the largest."),
        Mistake("mean of likenesses", _mean_like, "You take the mean similarity. A copy of one chosen item hides behind the "
                "others: take the largest."),
        Mistake("last slot only", _last_only, "You compare with the slot just above only. Compare with all that is chosen."),
        Mistake("λ swapped", _swapped, "Your λ weighs likeness. It weighs relevance: λ = 1 must sort by relevance."),
        Mistake("plus sign", _attracted, "Likeness is added: your slate seeks copies. Subtract it."),
        Mistake("relevance alone", _by_relevance, "You sort by relevance. The gain of a candidate changes after each choice."),
        Mistake("chosen twice", _again, "An item can be chosen again. Close what has been taken, e.g. with −inf."),
    ),
    hints=("It is a loop over slots; what changes from slot to slot is only the likeness to what has been chosen.",
           "`nearest = np.maximum(nearest, similarity[best])` after each choice; it starts at zeros.",
           "`gain = trade_off * relevance - (1 - trade_off) * nearest`; set `gain[chosen] = -np.inf` before argmax."),
)


# --- 7.2 calibrated ------------------------------------------------------------------------------------------------
def _calibrated_cases(rng):
    cases = []
    for n, k, weight in ((8, 4, 0.5), (10, 6, 0.8), (9, 5, 0.3)):
        cases.append(Case(f"{n} candidates, {k} slots, λ = {weight}",
                          (rng.random(n), rng.dirichlet(np.ones(4) * 0.4, n), rng.dirichlet(np.ones(4)), k),
                          {"trade_off": weight}))
    few = (rng.random(6), np.eye(3)[rng.integers(0, 3, 6)], np.array([0.7, 0.3, 0.0]), 4)
    return [*cases, Case("a genre never watched", few, {"trade_off": 0.6})]


def _calibrated_loop(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    chosen = []
    for _ in range(min(k, len(relevance))):
        scores = {}
        for i in range(len(relevance)):
            if i not in chosen:
                mean = np.mean([genre[j] for j in [*chosen, i]], axis=0)
                mix = (1 - alpha) * mean + alpha * np.asarray(target)
                gap = sum(p * np.log(p / q) for p, q in zip(target, mix, strict=True) if p > 0)
                scores[i] = (1 - trade_off) * relevance[i] - trade_off * gap
        chosen.append(max(scores, key=scores.get))
    return np.array(chosen)


def _steck(gap):
    """A calibrated list with another idea of the gap: gap(mean genre (C, G), target, alpha) → float (C,)."""
    def rule(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
        relevance, genre, target = (np.asarray(a, float) for a in (relevance, genre, target))
        total, chosen = np.zeros(len(target)), []
        for slot in range(min(k, len(relevance))):
            value = (1 - trade_off) * relevance - trade_off * gap(total, genre, slot, target, alpha)
            value[chosen] = -np.inf
            chosen.append(int(np.argmax(value)))
            total = total + genre[chosen[-1]]
        return np.array(chosen, np.int64)
    return rule


def _kl(p, q):
    p = np.broadcast_to(p, np.broadcast(p, q).shape)
    return np.where(p > 0, p * np.log(np.maximum(p, 1e-300) / np.maximum(q, 1e-300)), 0).sum(-1)


def _mixed(total, genre, slot, target, alpha):
    return (1 - alpha) * (total + genre) / (slot + 1) + alpha * target


_reverse_kl = _steck(lambda total, genre, slot, target, alpha: _kl(_mixed(total, genre, slot, target, alpha), target + 1e-12))
_item_alone = _steck(lambda total, genre, slot, target, alpha: _kl(target, (1 - alpha) * genre + alpha * target))
_even = _steck(lambda total, genre, slot, target, alpha: _kl(np.full(len(target), 1 / len(target)),
                                                              _mixed(total, genre, slot, target, alpha) + 1e-12))
_wrong_sign = _steck(lambda total, genre, slot, target, alpha: -_kl(target, _mixed(total, genre, slot, target, alpha)))


def _weights_swapped(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    return calibrated(relevance, genre, target, k, 1 - trade_off, alpha)


TWO = (np.array([1.0, 0.9, 0.4]), np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]), np.array([0.5, 0.5]), 2)

CALIBRATED = Card(
    id="reranker.2", title="A list in the proportions of the person", minutes=12, difficulty=3, used_in=("this lesson",),
    task="Someone whose history is 70% drama and 30% comedy should not get ten dramas. Fill k slots greedily: each takes the "
         "candidate with the largest (1 − λ)·relevance − λ·KL(p ‖ q̃). p is the person's genre mix (`target`). q is the mean "
         "genre mix of the slate *with that candidate in it*, and q̃ = (1 − α)·q + α·p keeps it off zero. "
         "KL(p ‖ q̃) = Σ p·log(p / q̃) over the genres with p > 0.",
    shapes="`relevance` float [C], `genre` float [C, G] with rows that sum to 1, `target` float [G]; returns int [min(k, C)].",
    why="KL(p ‖ q) asks: how badly does the slate serve what this person likes? It is large where a liked genre is missing. The "
        "reverse would punish genres that are there without being asked for, and is infinite at the first new genre.",
    reference=calibrated, alternative=_calibrated_loop, cases=_calibrated_cases,
    by_hand=(Case("half and half", TWO, {"trade_off": 0.7}, expected=np.array([0, 2])),
             Case("λ = 0 sorts by relevance", TWO, {"trade_off": 0.0}, expected=np.array([0, 1]))),
    mistakes=(
        Mistake("KL the other way round", _reverse_kl, "You measure KL(q̃ ‖ p). It is the person's mix p that weighs: "
                "Σ p·log(p / q̃)."),
        Mistake("candidate alone", _item_alone, "You compare the candidate's own genres with the person's. Compare the slate "
                "with the candidate in it: no single film is 70% drama."),
        Mistake("even mix", _even, "Your target is an even mix of genres. That is diversity; calibration aims at the person's own "
                "proportions."),
        Mistake("gap rewarded", _wrong_sign, "The gap is added to the gain, so the slate runs away from the person's mix."),
        Mistake("λ swapped", _weights_swapped, "λ and 1 − λ are swapped: λ = 0 must sort by relevance."),
    ),
    hints=("For each candidate ask: if it were taken next, what would the slate's mix be?",
           "Keep `total`, the sum of genres chosen so far. `(total + genre) / (slot + 1)` is q for all candidates at once, "
           "shape (C, G).",
           "`has = target > 0`; `gap = (target[has] * np.log(target[has] / mix[:, has])).sum(1)`."),
)


CARDS = [MMR, CALIBRATED, DPP, CAP, LOT, FRESH, WORTH]

CLAIMS = [
    Claim("reranker.mmr_price", "MMR at λ = 0.7 costs little: share of NDCG@10 lost", "folklore, no source found: common advice", (-0.02, 0.1), written="2026-11-22"),
    Claim("reranker.goals", "A list calibrated to the person is a diverse list (share of MMR's gain in diversity)",
          "the two are often used as one word", (0.7, 1.5), written="2026-11-22"),
    Claim("reranker.coverage", "Diverse lists open up the catalogue (items ever shown, MMR over plain)", "folklore, no source found: common motivation",
          (1.5, 100), "×", written="2026-11-22"),
    Claim("reranker.cap", "A diverse list needs no creator cap (share of MMR slates with over two of one creator)",
          "folklore, no source found: common design answer", (0.0, 0.01), written="2026-11-22"),
    Claim("reranker.clickbait", "Diversity keeps clickbait down (share of slots, MMR over plain)", "folklore, no source found: common hope", (0.0, 0.7), "×", written="2026-11-22"),
    Claim("reranker.propensity", "Logged chances are those with which items were shown (largest gap)", "own conjecture", (0.0, 0.03), written="2026-11-22"),
    Claim("reranker.dpp", "A determinant buys diversity cheaper than MMR (NDCG@10 at the same diversity, DPP less MMR)",
          "Chen et al. 2018 report a better trade-off", (0.005, 1.0), written="2026-11-22"),
    Claim("reranker.fresh_found", "Without help good new items stay unseen (those with a hundred showings, boost over none)",
          "the usual reason for a boost; the best quarter of the newborn, by the truth", (1.2, 100), "×", written="2026-11-22"),
    Claim("reranker.fresh_cost", "Room for new items looks neutral or worse in an ordinary test (change in people's time)",
          "Su et al. 2023, on exploration", (-0.1, 0.02), written="2026-11-22"),
    Claim("reranker.fresh_stop", "A boost that stops by itself spends fewer slots on poor new items than one that only ages",
          "the reason for stopping it; slots on the poorer half of the newborn, ratio", (0.0, 0.8), "×", written="2026-11-22"),
    Claim("reranker.net", "Ranking by money kept, net of returns, keeps more than ranking by clicks (relative gain)",
          "folklore, no source found: every shop's business case", (0.05, 10.0), written="2026-11-22"),
    Claim("reranker.stock", "Knowing the stock keeps more still (relative gain over the same rule without it)",
          "folklore, no source found: common design answer", (0.02, 10.0), written="2026-11-22"),
]
