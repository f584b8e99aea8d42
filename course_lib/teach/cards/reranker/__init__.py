"""Exercises and claims on the re-ranker; the exercises stand in the modules beside this one, as do their mistakes."""

import numpy as np

<<<<<<< HEAD
from course_lib.stages.reranking.diversity import calibrated, mmr
from course_lib.teach.cards import effects_lists, sizes
from course_lib.teach.cards.reranker.slots import CAP, LOT
from course_lib.teach.cards.reranker.worth import DPP, FRESH, WORTH
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake
from course_lib.teach.definitions.claim import DIAL, IDENTITY, Band, Claim


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
    effect=effects_lists.intents_met_by_mmr,
    realistic=sizes.candidates_alike,
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
    effect=effects_lists.gap_to_the_persons_mix,
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


=======
from course_lib.teach.cards.reranker.exploring import LOT
from course_lib.teach.cards.reranker.in_proportion import CALIBRATED
from course_lib.teach.cards.reranker.marginal import MMR
from course_lib.teach.cards.reranker.slots import CAP
from course_lib.teach.cards.reranker.volume import DPP
from course_lib.teach.cards.reranker.worth import FRESH, WORTH
from course_lib.teach.definitions.claim import DIAL, IDENTITY, Band, Claim

>>>>>>> c0708
CARDS = [MMR, CALIBRATED, DPP, CAP, LOT, FRESH, WORTH]

FIRST, NOW = "2026-11-22", "2026-11-28"     # when the first and the second edition's bands were written


def _was(low, high, why):
    """The first edition's band, and why another took its place."""
    return (Band(low, high, FIRST, why),)


CLAIMS = [
    Claim("reranker.mmr_price", "Lists that MMR makes a tenth more diverse lose at most a twentieth of NDCG@10",
          "folklore, no source found: common advice that diversity is cheap", (-np.inf, 0.05), "of NDCG@10 lost",
          varies="the set of films", written=NOW,
          history=_was(-0.02, 0.1, "the sentence was another, at a fixed λ, which is another strength on every scale of scores")),
    Claim("reranker.goals", "For the same loss of NDCG@10, calibrated lists gain less than half of the diversity that MMR gains",
          "own conjecture; Steck 2018 sets calibration apart from diversity", (-np.inf, 0.5),
          "of MMR's gain, each losing five percent of NDCG@10", varies="the set of films", written=NOW,
          history=_was(0.7, 1.5, "nobody holds that the two are equal, and the methods were compared at unequal loss")),
    Claim("reranker.gap", "For the same loss of NDCG@10, MMR closes less than half of the gap to a person's mix that calibration closes",
          "own conjecture; Steck 2018 sets calibration apart from diversity", (-np.inf, 0.5),
          "of what calibration closes, each losing five percent of NDCG@10", varies="the set of films", written=NOW),
    Claim("reranker.coverage", "Lists a tenth more diverse let at least a tenth more films reach ten people or more",
          "folklore, no source found: a common motive for diverse lists", (1.1, np.inf), "× as many as plain lists",
          varies="the set of films", written=NOW,
          history=_was(1.5, 100.0, "the sentence was another: any showing to anybody counted, at whatever diversity λ = 0.7 gave")),
    Claim("reranker.cap", "Slates that MMR makes diverse keep a creator cap by themselves, but for one in twenty",
          "own conjecture of who leaves the cap away; here MMR at λ = 0.7 by content, at most two of one creator", (0.0, 0.05),
          "of slates with over two of one creator", kind=DIAL, dial="share of the catalogue that one creator makes", written=NOW,
          history=_was(0.0, 0.01, "how much a creator makes is an input of our world, and one slate in a hundred is no slack")),
    Claim("reranker.clickbait", "MMR takes at least a twentieth off clickbait's share of the slots",
          "own conjecture of who hopes that diversity mends clicks; here over plain ranking by true click chances", (-np.inf, 0.95),
          "× plain ranking's share", kind=DIAL, dial="what all clickbait has in common, in lengths of its content", written=NOW,
          history=_was(0.0, 0.7, "how alike clickbait is decides, which is an input; nobody named a third")),
    Claim("reranker.propensity", "Logged chances are those with which items were shown", "own conjecture", (0.0, 3.5),
          "standard errors, the largest gap of twelve items", kind=IDENTITY, written=NOW,
          history=_was(0.0, 0.03, "it is a test of our code; the largest raw gap follows from how many draws were made")),
    Claim("reranker.dpp", "At the same diversity a greedy determinant keeps more NDCG@10 than MMR",
          "Chen, Zhang, Zhou 2018, on several public data sets and in an A/B test", (0.0, np.inf),
          "NDCG@10, DPP less MMR, mean over the diversity that both reach", place="abstract",
          varies="how diversity is counted, and the set of films", written=NOW,
          history=_was(0.005, 1.0, "the source says better, without a size; one point of two curves was compared")),
    Claim("reranker.fresh_found", "Once a boost for new items is over, the best quarter of them is shown at least half as often again as "
          "without it",
          "own conjecture: the reason for a boost", (1.5, np.inf), "× the showings in four later days without any boost", written=NOW,
          history=_was(1.2, 100.0, "showings while the boost lasts are what a boost is, so the sentence could not fail")),
    Claim("reranker.fresh_cost", "An ordinary A/B test shows room for new items as neutral or worse", "Su et al. 2024, of exploration on a "
          "short-video platform; here a boost for new items", (-np.inf, 0.0), "change in people's time", place="abstract", written=NOW,
          history=_was(-0.1, 0.02, "twin worlds were compared, which is no ordinary test; neutral or worse has no lower end")),
    Claim("reranker.fresh_stop", "A boost that stops wastes less on poor new items than one that only ages, for each showing of a good one",
          "own conjecture: the reason for stopping it", (0.0, 0.95), "× as many showings of the poorer half for one of the best quarter",
          written=NOW, history=_was(0.0, 0.8, "it was not judged at equal showings of good items, so spending less in all sufficed")),
    Claim("reranker.net", "Ranking by money kept, net of returns, keeps at least 2% more than ranking by revenue",
          "folklore, no source found: every shop's business case; here with perfect models of both", (0.02, np.inf), "more money kept",
          kind=DIAL, dial="share of sales that come back, at average quality", written=NOW,
          history=_was(0.05, 10.0, "clicks were the rival, which no shop would choose; how much comes back is an input")),
    Claim("reranker.stock", "Knowing the stock keeps at least 1% more than the same rule without it",
          "folklore, no source found: common design answer", (0.01, np.inf), "more money kept", kind=DIAL,
          dial="scarcity: one over the pieces on a full shelf, 0 where none ever sells out", written=NOW,
          history=_was(0.02, 10.0, "scarcity is an input, so one point of it is no finding")),
]
