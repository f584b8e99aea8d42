"""Exercise on the re-ranker: maximal marginal relevance, and what is written in its place."""

import numpy as np

from course_lib.stages.reranking.diversity import mmr
from course_lib.teach.cards import effects_lists, sizes
from course_lib.teach.cards.reranker import far_slates, mmr_slips
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


def _unit(rng, n, d=4):
    x = np.abs(rng.normal(size=(n, d)))
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def _mmr_cases(rng):
    cases = []
    for n, k, weight in ((8, 4, 0.7), (12, 12, 0.5), (10, 5, 0.3), (6, 9, 0.8), (60, 12, 0.6)):
        x = _unit(rng, n)
        name = f"{n} candidates, {k} slots, λ = {weight}"
        cases.append(Case(name, (rng.random(n), x @ x.T, k), {"trade_off": weight}))
    x = _unit(rng, 9)
    raw = Case("relevance far from 0 to 1", (rng.normal(size=9) * 2 - 8, x @ x.T, 6), {"trade_off": 0.4})
    x = np.abs(rng.normal(size=(9, 4)))
    large = Case("large values, and similarities beyond 1", (rng.normal(size=9) * 30, 9 * x @ x.T, 6), {"trade_off": 0.6})
    alike = np.zeros((5, 5))
    alike[2, [1, 3]] = alike[[1, 3], 2] = 0.25
    little = np.array([[1.0, 0.05, 0.02], [0.05, 1.0, 0.03], [0.02, 0.03, 1.0]])
    copies = np.ones((70, 70))
    copies[69, :69] = copies[:69, 69] = 0
    x = _unit(rng, 7)
    return [*cases, raw, large, Case("equal gains of unequal relevance", (np.array([0.5, 0.75, 1, 0.75, 0.5]), alike, 5),
                                     {"trade_off": 0.5}),
            Case("relevance weighs nothing", (np.array([0.2, 0.5, 0.9]), little, 3), {"trade_off": 0.0}),
            Case("one slot", (rng.random(7), x @ x.T, 1), {"trade_off": 0.6}),
            Case("one candidate", (np.array([0.3]), np.ones((1, 1)), 3), {"trade_off": 0.6}),
            Case("nothing is relevant", (np.zeros(7), x @ x.T, 5), {"trade_off": 0.5}),
            Case("the best stands last", (np.array([0.5, 0.95, 1.0]), THREE[1][::-1, ::-1], 2), {"trade_off": 0.5}),
            Case("gains and losses in millions", (rng.normal(size=7) * 4e6, 1e6 * x @ x.T, 6), {"trade_off": 0.5}),
            Case("69 copies, and one film unlike them", (np.append(np.linspace(1, 0.9, 69), 0.5), copies, 2), {"trade_off": 0.5})]


def _mmr_loop(relevance, similarity, k, trade_off=0.7):
    chosen, left = [], list(range(len(relevance)))
    while left and len(chosen) < k:
        best = max(left, key=lambda i: trade_off * relevance[i] - (1 - trade_off) * max(
            (similarity[i][j] for j in chosen), default=0.0))
        chosen.append(best)
        left.remove(best)
    return np.array(chosen)


def _greedy(gain, closed=-np.inf, last=False):
    """MMR with another rule: gain(relevance, similarity, chosen, trade_off) → float (C,). last: ties to the last."""
    def rule(relevance, similarity, k, trade_off=0.7):
        relevance, similarity, chosen = np.asarray(relevance, float), np.asarray(similarity, float), []
        for _ in range(min(k, len(relevance))):
            value = np.array(gain(relevance, similarity, chosen, trade_off), float)
            value[chosen] = closed
            best = np.flatnonzero(value == value.max())
            chosen.append(int(best[-1 if last else 0]))
        return np.array(chosen, np.int64)
    return rule


def _nearest(s, chosen):
    return s[:, chosen].max(1) if chosen else np.zeros(len(s))


def _gain(r, s, c, w):
    return w * r - (1 - w) * _nearest(s, c)


def _scaled(r):
    return (r - r.min()) / (r.max() - r.min())


def _to_left(r, s, c, w):
    """Likeness to the candidates that are still open."""
    other = np.where(np.eye(len(s), dtype=bool), -np.inf, s)
    other[:, c] = -np.inf
    return w * r - (1 - w) * np.maximum(other.max(1), 0)


def _to_all(pick):
    """Likeness to all other candidates, the same at each slot."""
    def gain(r, s, c, w):
        return w * r - (1 - w) * np.array([pick(np.delete(row, i)) for i, row in enumerate(s)])
    return _greedy(gain)


_sum_like = _greedy(lambda r, s, c, w: w * r - (1 - w) * s[:, c].sum(1))
_mean_like = _greedy(lambda r, s, c, w: w * r - (1 - w) * (s[:, c].mean(1) if c else 0))
_least_like = _greedy(lambda r, s, c, w: w * r - (1 - w) * (s[:, c].min(1) if c else 0))
_last_only = _greedy(lambda r, s, c, w: w * r - (1 - w) * (s[:, c[-1]] if c else 0))
_first_only = _greedy(lambda r, s, c, w: w * r - (1 - w) * (s[:, c[0]] if c else 0))
_swapped = _greedy(lambda r, s, c, w: (1 - w) * r - w * _nearest(s, c))
_attracted = _greedy(lambda r, s, c, w: w * r + (1 - w) * _nearest(s, c))
_bare_relevance = _greedy(lambda r, s, c, w: r - (1 - w) * _nearest(s, c))
_bare_likeness = _greedy(lambda r, s, c, w: w * r - _nearest(s, c))
_no_weights = _greedy(lambda r, s, c, w: r - _nearest(s, c))
_same_weight = _greedy(lambda r, s, c, w: r - w * _nearest(s, c))
_product = _greedy(lambda r, s, c, w: w * r * (1 - (1 - w) * _nearest(s, c)))
_bare_product = _greedy(lambda r, s, c, w: r * (1 - _nearest(s, c)))
_times = _greedy(lambda r, s, c, w: w * r - (1 - w) * r * _nearest(s, c))
_rescaled = _greedy(lambda r, s, c, w: _gain(_scaled(r), s, c, w))
_closed_with_0 = _greedy(_gain, closed=0.0)
_closed_with_minus_1 = _greedy(_gain, closed=-1.0)
_last_of_equals = _greedy(_gain, last=True)
_squared = _greedy(lambda r, s, c, w: w * r - (1 - w) * _nearest(s, c) ** 2)


def _by_relevance(relevance, similarity, k, trade_off=0.7):
    return np.argsort(-np.asarray(relevance), kind="stable")[:k]


def _presorted(relevance, similarity, k, trade_off=0.7):
    order = np.argsort(-relevance, kind="stable")
    return order[mmr(relevance[order], similarity[np.ix_(order, order)], k, trade_off)]


def _from_the_best(relevance, similarity, k, trade_off=0.7):
    chosen = [int(np.argmax(relevance))]
    while len(chosen) < min(k, len(relevance)):
        value = _gain(relevance, similarity, chosen, trade_off)
        value[chosen] = -np.inf
        chosen.append(int(np.argmax(value)))
    return np.array(chosen)


def _again(relevance, similarity, k, trade_off=0.7):
    chosen, nearest = [], np.zeros(len(relevance))
    for _ in range(min(k, len(relevance))):
        chosen.append(int(np.argmax(trade_off * relevance - (1 - trade_off) * nearest)))
        nearest = np.maximum(nearest, similarity[chosen[-1]])
    return np.array(chosen)


def _sum_over_k(relevance, similarity, k, trade_off=0.7):
    return _greedy(lambda r, s, c, w: w * r - (1 - w) * s[:, c].sum(1) / k)(relevance, similarity, k, trade_off)


def _from_the_first(relevance, similarity, k, trade_off=0.7):
    chosen = [0]
    while len(chosen) < min(k, len(relevance)):
        value = _gain(relevance, similarity, chosen, trade_off)
        value[chosen] = -np.inf
        chosen.append(int(np.argmax(value)))
    return np.array(chosen)


def _again_k(relevance, similarity, k, trade_off=0.7):
    chosen, nearest = [], np.zeros(len(relevance))
    for _ in range(k):
        chosen.append(int(np.argmax(trade_off * relevance - (1 - trade_off) * nearest)))
        nearest = np.maximum(nearest, similarity[chosen[-1]])
    return np.array(chosen)


def _cut_first(relevance, similarity, k, trade_off=0.7):
    top = np.argsort(-relevance, kind="stable")[:k]
    return top[mmr(relevance[top], similarity[np.ix_(top, top)], k, trade_off)]


def _sorted_places(relevance, similarity, k, trade_off=0.7):
    return np.sort(mmr(relevance, similarity, k, trade_off))


def _re_sorted(relevance, similarity, k, trade_off=0.7):
    chosen = mmr(relevance, similarity, k, trade_off)
    return chosen[np.argsort(-relevance[chosen], kind="stable")]


def _padded(relevance, similarity, k, trade_off=0.7):
    chosen = mmr(relevance, similarity, k, trade_off)
    return np.pad(chosen, (0, k - len(chosen)), constant_values=-1)


def _overrun(relevance, similarity, k, trade_off=0.7):
    chosen = mmr(relevance, similarity, k, trade_off)
    return np.pad(chosen, (0, k - len(chosen)))


def _values(relevance, similarity, k, trade_off=0.7):
    return relevance[mmr(relevance, similarity, k, trade_off)]


def _one_left(relevance, similarity, k, trade_off=0.7):
    chosen, left = [int(np.argmax(relevance))], list(range(len(relevance)))
    left.remove(chosen[0])
    for _ in range(min(k, len(left))):
        best = max(left, key=lambda i: trade_off * relevance[i] - (1 - trade_off) * similarity[i, chosen].max())
        chosen.append(best)
        left.remove(best)
    return np.array(chosen)


THREE = (np.array([1.0, 0.95, 0.5]), np.array([[1.0, 0.9, 0.0], [0.9, 1.0, 0.1], [0.0, 0.1, 1.0]]), 2)
TIES = (np.array([0.2, 0.8, 0.8, 0.5, 0.5]), np.eye(5), 4)

MMR = Card(
    id="reranker.1", title="Maximal marginal relevance", minutes=10, difficulty=2, used_in=("MMRReranker", "11"),
    effect=effects_lists.intents_met_by_mmr,
    realistic=sizes.candidates_alike,
    task="Fill k slots from the top. λ·relevance speaks for a candidate, (1 − λ)·likeness (never negative) against it. "
         "Likeness to *what*, and how several become one number, is for you to find: a near-copy anywhere above makes a film "
         "superfluous, being a little like each of nine films does not, and in an empty slate nothing is like anything. No item "
         "twice; ties go to the first in `relevance`.",
    why="The maximum, not the sum: one near-copy above is enough to make an item superfluous, and a sum would punish later "
        "slots for standing later. Keep the largest similarity so far in an array and update it after each choice. In an endless "
        "feed compare with the last ten or so alone (a sliding window): what scrolled away repeats nothing.",
    reference=mmr, alternative=_mmr_loop, cases=lambda rng: [*_mmr_cases(rng), *far_slates.mmr_cases()],
    by_hand=(Case("a near-copy gives way", THREE, {"trade_off": 0.5}, expected=np.array([0, 2])),
             Case("not if relevance weighs enough", THREE, {"trade_off": 0.9}, expected=np.array([0, 1])),
             Case("equals: the first of them", TIES, {"trade_off": 0.5}, expected=np.array([1, 2, 3, 4]))),
    invariants=(Invariant("λ = 1 sorts by relevance", lambda fn, rng: list(fn(np.array([0.2, 0.9, 0.5]), np.ones((3, 3)), 3,
                                                                             trade_off=1.0)) == [1, 2, 0]),),
    mistakes=(
        Mistake("sum of likenesses", _sum_like, "You add up the similarities to all that is chosen, so later slots are "
                "punished more. Take the largest."),
        Mistake("mean of likenesses", _mean_like, "You take the mean similarity. A copy of one chosen item hides behind the "
                "others: take the largest."),
        Mistake("sum over k", _sum_over_k, "You add up the similarities to what is chosen and divide by k. The nearest one "
                "decides: take the largest."),
        Mistake("starts with candidate 0", _from_the_first, "Your first choice is candidate 0, whatever its relevance. Nothing is "
                "chosen yet, so the most relevant comes first."),
        Mistake("least likeness", _least_like, "You take the smallest similarity to what is chosen (or the largest distance). "
                "An item then passes if it is unlike any one of them; the nearest one decides: take the largest similarity."),
        Mistake("last slot only", _last_only, "You compare with the slot just above only. Compare with all that is chosen."),
        Mistake("first slot only", _first_only, "You compare with the first choice only. Compare with all that is chosen."),
        Mistake("likeness to the open", _greedy(_to_left), "Your likeness is to the candidates still open. Those may never be shown: "
                "compare with what has been chosen."),
        Mistake("likeness to all", _to_all(np.max), "Your likeness is to all other candidates, chosen or not, so it never "
                "changes. Compare with what has been chosen, anew at each slot."),
        Mistake("mean likeness to all", _to_all(np.mean), "Your likeness is the mean over all other candidates, chosen or "
                "not. Take the largest over what has been chosen, anew at each slot."),
        Mistake("λ swapped", _swapped, "Your λ weighs likeness. It weighs relevance: λ = 1 must sort by relevance."),
        Mistake("plus sign", _attracted, "Likeness is added, or a distance subtracted: your slate seeks copies. Subtract the likeness."),
        Mistake("relevance without λ", _bare_relevance, "Only likeness has its weight in your gain. Relevance is multiplied "
                "by λ."),
        Mistake("likeness without its weight", _bare_likeness, "Likeness is subtracted whole in your gain. Its weight is "
                "1 − λ, so that λ = 1 leaves relevance alone."),
        Mistake("no weights", _no_weights, "Your gain does not use λ: relevance has the weight λ, likeness 1 − λ."),
        Mistake("λ on likeness alone", _same_weight, "You take relevance − λ·likeness. The weights are λ for relevance and "
                "1 − λ for likeness."),
        Mistake("a product", _product, "You multiply relevance by a factor for likeness. MMR subtracts: "
                "λ·relevance − (1 − λ)·likeness."),
        Mistake("a product without λ", _bare_product, "Your gain is relevance·(1 − likeness), without λ. MMR is a weighted "
                "difference of the two."),
        Mistake("likeness times relevance", _times, "You multiply likeness by relevance before you subtract it, so that "
                "copies of what is hardly relevant go free. Subtract (1 − λ)·likeness itself."),
        Mistake("likeness squared", _squared, "You subtract the square of the likeness. Subtract the likeness itself."),
        Mistake("relevance rescaled", _rescaled, "You stretch relevance to [0, 1] first. Take it as it is given: the caller "
                "has chosen the scale."),
        Mistake("relevance alone", _by_relevance, "You sort by relevance, or your likeness is the same for all, as where each is "
                "compared with itself. The gain of a candidate changes after each choice."),
        Mistake("cut first", _cut_first, "You keep the k most relevant and only put those in order. Something further down "
                "may deserve a slot: choose among all candidates."),
        Mistake("chosen twice", _again, "An item can be chosen again. Close what has been taken, e.g. with −inf."),
        Mistake("chosen twice, k times", _again_k, "An item can be chosen again, and you fill k slots even where there are "
                "fewer candidates. Close what has been taken, and stop when nothing is left."),
        Mistake("closed with 0", _closed_with_0, "You set the gain of what is taken to 0. Gains may be negative, so a taken "
                "item wins again: close with −inf."),
        Mistake("closed with −1", _closed_with_minus_1, "You set the gain of what is taken to −1. Gains may be lower still, so "
                "a taken item wins again: close with −inf."),
        Mistake("ties to the last", _last_of_equals, "Of equal gains you take the last. The first one should win, as with "
                "np.argmax."),
        Mistake("sorted before", _presorted, "You sort by relevance before you begin, so that of equal gains the more relevant "
                "wins. Of equals the first in `relevance` wins: leave the candidates in their places."),
        Mistake("starts with the most relevant", _from_the_best, "Your first choice is the most relevant, also at λ = 0, where "
                "relevance weighs nothing. All gains are 0 there, and of equals the first wins: treat the first slot like the rest."),
        Mistake("in order of place", _sorted_places, "You return the right candidates in the order in which they stand in "
                "`relevance`. Return them in the order in which you chose them: that is the slate."),
        Mistake("sorted again", _re_sorted, "You sort the chosen by relevance in the end. Keep the order in which they were "
                "chosen."),
        Mistake("one too many", _one_left, "You choose the first item and then k more. The first one fills a slot too."),
        Mistake("padded", _padded, "You pad the slate where there are fewer candidates than slots. Return min(k, C) places."),
        Mistake("place 0 repeated", _overrun, "Where there are fewer candidates than slots, your last slots hold candidate 0 "
                "again. Stop when nothing is left."),
        Mistake("values returned", _values, "You return the relevance of the chosen. Return their places."),
        *mmr_slips.MISTAKES,
    ),
    hints=("It is a loop over slots; what changes from slot to slot is only the likeness to what has been chosen.",
           "`nearest = np.maximum(nearest, similarity[best])` after each choice; it starts at zeros.",
           "`gain = trade_off * relevance - (1 - trade_off) * nearest`; set `gain[chosen] = -np.inf` before argmax."),
)
