"""Exercise on the re-ranker: a list in the proportions of the person, and what is written in its place."""

import numpy as np

from course_lib.stages.reranking.diversity import calibrated
from course_lib.teach.cards import effects_lists
from course_lib.teach.cards.reranker import far_slates, gap_slips
from course_lib.teach.definitions.card import Card, Case, Mistake


def _calibrated_cases(rng):
    cases = []
    for n, k, weight, alpha in ((8, 4, 0.5, 0.01), (10, 6, 0.8, 0.01), (9, 5, 0.3, 0.01), (40, 10, 0.6, 0.5),
                                (40, 12, 0.9, 0.2)):
        more = {} if alpha == 0.01 else {"alpha": alpha}
        cases.append(Case(f"{n} candidates, {k} slots, λ = {weight}, α = {alpha}",
                          (rng.random(n), rng.dirichlet(np.ones(4) * 0.4, n), rng.dirichlet(np.ones(4)), k),
                          {"trade_off": weight, **more}))
    few = (rng.random(6), np.eye(3)[rng.integers(0, 3, 6)], np.array([0.7, 0.3, 0.0]), 4)
    short = (rng.random(4), rng.dirichlet(np.ones(3), 4), rng.dirichlet(np.ones(3)), 6)
    thin = (rng.random(16), np.eye(4)[rng.integers(0, 4, 16)], np.array([0.4, 0.3, 0.29, 0.01]), 6)
    cases += [Case(f"one genre a film, λ = {weight}", thin, {"trade_off": weight}) for weight in (0.1, 0.3)]
    one = np.eye(3)[np.r_[np.zeros(16, int), [1, 1, 2]]]
    for weight, alpha in ((0.3, 0.01), (0.6, 0.3)):
        cases.append(Case(f"large relevances, sixteen slots, α = {alpha}", (
            np.r_[rng.normal(size=16) * 15, -9.0, -40.0, -2.0], one, np.array([0.8, 0.15, 0.05]), 16),
            {"trade_off": weight, "alpha": alpha}))
    cases.append(Case("thirty slots", (rng.random(60), rng.dirichlet(np.ones(3) * 0.4, 60), np.array([0.7, 0.2, 0.1]), 30),
                      {"trade_off": 0.97, "alpha": 0.3}))
    cases.append(Case("little of what is liked, or nothing", (
        np.array([0.5, 0.499, 0.498]), np.array([[0.0, 1.0], [0.05, 0.95], [0.02, 0.98]]), np.array([0.8, 0.2]), 2),
        {"trade_off": 0.6}))
    return [*cases, Case("a genre never watched", few, {"trade_off": 0.6}),
            Case("fewer candidates than slots", short, {"trade_off": 0.7}), *_odd_people(rng)]


def _odd_people(rng):
    """Who likes one genre alone, or one by a hair; relevance that weighs nothing, that costs, or that hides the other genre."""
    drama = np.array([[1.0, 0.0]] * 39 + [[0.0, 1.0]])
    millions = (rng.normal(size=7) * 4e6 - 4e6, rng.dirichlet(np.ones(3), 7), np.array([0.5, 0.3, 0.2]), 7)
    six = (rng.random(12), rng.dirichlet(np.ones(6) * 0.4, 12), np.array([0.0, 0.0, 0.1, 0.1, 0.3, 0.5]), 5)
    return [Case("the mix alone counts, and all have the same", (np.array([0.5, 0.9, 0.2]), drama[:3], np.array([1.0, 0.0]), 3),
                 {"trade_off": 1.0, "alpha": 0.5}),
            Case("one genre alone is liked", (np.array([0.5, 0.4, 0.45]), np.array([[0.0, 1.0], [0.02, 0.98], [0.01, 0.99]]),
                                              np.array([1.0, 0.0]), 2), {"trade_off": 0.6}),
            Case("a genre that is liked by a hair", (np.array([0.5, 0.499]), np.array([[0.6, 0.4, 0.0], [0.6, 0.3995, 0.0005]]),
                                                     np.array([0.6, 0.3995, 0.0005]), 2), {"trade_off": 0.5}),
            Case("39 dramas before the first comedy", (np.append(np.linspace(0.9, 0.8, 39), 0.4), drama, np.array([0.5, 0.5]), 2),
                 {"trade_off": 0.7}),
            Case("one slot", (rng.random(7), millions[1], millions[2], 1), {"trade_off": 0.8}),
            Case("one candidate", (np.array([0.3]), millions[1][:1], millions[2], 2), {"trade_off": 0.8}),
            Case("nothing is relevant", (np.zeros(7), *millions[1:]), {"trade_off": 0.5}),
            Case("six genres", six, {"trade_off": 0.8}), Case("gains and losses in millions", millions, {"trade_off": 0.5})]


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


def _steck(gap, gain=lambda r, gap, w: (1 - w) * r - w * gap, last=False, closed=True):
    """A calibrated list with another idea of the gap: gap(total (G,), genre (C, G), slot, target, alpha) → float (C,)."""
    def rule(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
        relevance, genre, target = (np.asarray(a, float) for a in (relevance, genre, target))
        total, chosen = np.zeros(len(target)), []
        for slot in range(min(k, len(relevance))):
            with np.errstate(all="ignore"):
                value = gain(relevance, gap(total, genre, slot, target, alpha), trade_off)
            value[chosen if closed else []] = -np.inf
            best = np.flatnonzero(value == value.max())
            chosen.append(int(best[-1 if last else 0]) if len(best) else int(np.argmax(value)))
            total = total + genre[chosen[-1]]
        return np.array(chosen, np.int64)
    return rule


def _kl(p, q):
    p = np.broadcast_to(p, np.broadcast(p, q).shape)
    return np.where(p > 0, p * np.log(np.maximum(p, 1e-300) / np.maximum(q, 1e-300)), 0).sum(-1)


def _mixed(total, genre, slot, target, alpha):
    return (1 - alpha) * (total + genre) / (slot + 1) + alpha * target


def _mean(total, genre, slot):
    return (total + genre) / (slot + 1)


def _of_mix(rule):
    """A gap that is rule(target, q̃)."""
    return lambda total, genre, slot, target, alpha: rule(target, _mixed(total, genre, slot, target, alpha))


def _other_mix(mix):
    """KL(p ‖ another mix)."""
    return lambda total, genre, slot, target, alpha: _kl(target, mix(total, genre, slot, target, alpha))


def _uniform(target):
    return np.full(len(target), 1 / len(target))


def _halfway(p, q):
    middle = (p + q) / 2
    return (_kl(p, middle) + _kl(q, middle)) / 2


_right_gap = _of_mix(_kl)
_reverse_kl = _steck(lambda total, genre, slot, target, alpha: _kl(_mixed(total, genre, slot, target, alpha), target + 1e-12))
_reverse_liked = _steck(_of_mix(lambda p, q: np.where(p > 0, q * np.log(q / np.maximum(p, 1e-300)), 0).sum(-1)))
_item_alone = _steck(lambda total, genre, slot, target, alpha: _kl(target, (1 - alpha) * genre + alpha * target))
_even = _steck(lambda total, genre, slot, target, alpha: _kl(_uniform(target), _mixed(total, genre, slot, target, alpha)
                                                             + 1e-12))
_even_all = _steck(lambda total, genre, slot, target, alpha: _kl(_uniform(target), _mixed(total, genre, slot,
                                                                                         _uniform(target), alpha)))
_wrong_sign = _steck(_right_gap, lambda r, gap, w: (1 - w) * r + w * gap)
_summed = _steck(_other_mix(lambda total, genre, slot, target, alpha: (1 - alpha) * (total + genre) + alpha * target))
_one_short = _steck(_other_mix(lambda total, genre, slot, target, alpha: (1 - alpha) * (total + genre) / max(slot, 1)
                               + alpha * target))
_alpha_swapped = _steck(_other_mix(lambda total, genre, slot, target, alpha: alpha * _mean(total, genre, slot)
                                   + (1 - alpha) * target))
_alpha_added = _steck(_other_mix(lambda total, genre, slot, target, alpha: _mean(total, genre, slot) + alpha * target))
_alpha_constant = _steck(_other_mix(lambda total, genre, slot, target, alpha: _mean(total, genre, slot) + alpha))
_alpha_even = _steck(_other_mix(lambda total, genre, slot, target, alpha: (1 - alpha) * _mean(total, genre, slot)
                                + alpha / len(target)))
_alpha_fixed = _steck(_other_mix(lambda total, genre, slot, target, alpha: _mixed(total, genre, slot, target, 0.01)))
_alpha_each = _steck(_other_mix(lambda total, genre, slot, target, alpha: (total + (1 - alpha) * genre + alpha * target)
                                / (slot + 1)))
_no_alpha = _steck(_other_mix(lambda total, genre, slot, target, alpha: _mean(total, genre, slot) + 1e-12))
_no_alpha_9 = _steck(lambda total, genre, slot, target, alpha: (
    (target + 1e-9) * np.log((target + 1e-9) / (_mean(total, genre, slot) + 1e-9))).sum(-1))
_nan_at_0 = _steck(_of_mix(lambda p, q: (p * np.log(p / q)).sum(-1)))
_bare = _steck(lambda total, genre, slot, target, alpha: np.where(
    target > 0, target * np.log(target / _mean(total, genre, slot)), 0).sum(-1))
_no_weight = _steck(_of_mix(lambda p, q: np.where(p > 0, np.log(np.maximum(p, 1e-300) / q), 0).sum(-1)))
_bits = _steck(_of_mix(lambda p, q: _kl(p, q) / np.log(2)))
_absolute = _steck(_of_mix(lambda p, q: np.abs(p - q).sum(-1)))
_squares = _steck(_of_mix(lambda p, q: ((p - q) ** 2).sum(-1)))
_middle = _steck(_of_mix(_halfway))
_mean_terms = _steck(_of_mix(lambda p, q: _kl(p, q) / len(p)))
_relevance_whole = _steck(_right_gap, lambda r, gap, w: r - w * gap)
_gap_whole = _steck(_right_gap, lambda r, gap, w: (1 - w) * r - gap)
_gap_alone = _steck(_right_gap, lambda r, gap, w: -gap)
_no_lambda = _steck(_right_gap, lambda r, gap, w: r - gap)
_weights_swapped = _steck(_right_gap, lambda r, gap, w: w * r - (1 - w) * gap)
_twice = _steck(_right_gap, closed=False)
_last_of_equals = _steck(_right_gap, last=True)


def _by_k(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    return _steck(_other_mix(lambda total, genre, slot, target, alpha: (1 - alpha) * (total + genre) / k
                             + alpha * target))(relevance, genre, target, k, trade_off, alpha)


def _mean_relevance(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    """The gain of the whole slate with its mean relevance, not the candidate's."""
    total, chosen = np.zeros(len(target)), []
    for slot in range(min(k, len(relevance))):
        mean = (relevance[chosen].sum() + relevance) / (slot + 1)
        value = (1 - trade_off) * mean - trade_off * _right_gap(total, genre, slot, target, alpha)
        value[chosen] = -np.inf
        chosen.append(int(np.argmax(value)))
        total = total + genre[chosen[-1]]
    return np.array(chosen)


def _by_relevance(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    return np.argsort(-np.asarray(relevance), kind="stable")[:k]


def _cut_first(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    top = np.argsort(-relevance, kind="stable")[:k]
    return top[calibrated(relevance[top], genre[top], target, k, trade_off, alpha)]


TWO = (np.array([1.0, 0.9, 0.4]), np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]), np.array([0.5, 0.5]), 2)
EQUAL = (np.array([0.3, 0.6, 0.6, 0.3]), np.full((4, 2), 0.5), np.array([0.5, 0.5]), 3)

CALIBRATED = Card(
    id="reranker.2", title="A list in the proportions of the person", minutes=12, difficulty=3, used_in=("this lesson",),
    effect=effects_lists.gap_to_the_persons_mix,
    task="Someone whose history is 70% drama and 30% comedy should not get ten dramas. Fill k slots greedily: each takes the "
         "candidate with the largest (1 − λ)·relevance − λ·KL(p ‖ q̃), the first of equals, and nothing twice. p is the "
         "person's genre mix (`target`). q is the mean genre mix of the slate *with that candidate in it*, and "
         "q̃ = (1 − α)·q + α·p keeps it off zero. KL(p ‖ q̃) = Σ p·ln(p / q̃) over the genres with p > 0.",
    shapes="`relevance` float [C], `genre` float [C, G] with rows that sum to 1, `target` float [G], `k` int, at least 1, `trade_off` λ, "
           "`alpha` α; returns int [min(k, C)], places in the order of choice.",
    why="KL(p ‖ q) asks: how badly does the slate serve what this person likes? It is large where a liked genre is missing. The "
        "reverse would punish genres that are there without being asked for, and is infinite at the first new genre.",
    reference=calibrated, alternative=_calibrated_loop, cases=lambda rng: [*_calibrated_cases(rng), *far_slates.proportion_cases()],
    by_hand=(Case("half and half", TWO, {"trade_off": 0.7}, expected=np.array([0, 2])),
             Case("λ = 0 sorts by relevance", TWO, {"trade_off": 0.0}, expected=np.array([0, 1])),
             Case("equals: the first of them", EQUAL, {"trade_off": 0.5}, expected=np.array([1, 2, 0]))),
    mistakes=(
        Mistake("KL the other way round", _reverse_kl, "You measure KL(q̃ ‖ p). It is the person's mix p that weighs: "
                "Σ p·log(p / q̃)."),
        Mistake("KL the other way round, liked genres", _reverse_liked, "You sum q̃·log(q̃ / p) over the genres with p > 0. "
                "The person's mix stands in front and above: Σ p·log(p / q̃)."),
        Mistake("candidate alone", _item_alone, "You compare the candidate's own genres with the person's. Compare the slate "
                "with the candidate in it: no single film is 70% drama."),
        Mistake("even mix", _even, "Your target is an even mix of genres. That is diversity; calibration aims at the person's own "
                "proportions."),
        Mistake("even mix throughout", _even_all, "You put an even mix of genres in the place of `target`, in q̃ too. Aim at the "
                "person's own proportions."),
        Mistake("gap rewarded", _wrong_sign, "The gap is added to the gain, so the slate runs away from the person's mix."),
        Mistake("λ swapped", _weights_swapped, "λ and 1 − λ are swapped: λ = 0 must sort by relevance."),
        Mistake("relevance whole", _relevance_whole, "Relevance has no weight in your gain. It is multiplied by 1 − λ."),
        Mistake("gap whole", _gap_whole, "The gap has no weight in your gain. It is multiplied by λ: λ = 0 must sort by "
                "relevance."),
        Mistake("no λ", _no_lambda, "Your gain does not use λ: relevance has the weight 1 − λ, the gap λ."),
        Mistake("mean relevance", _mean_relevance, "You take the mean relevance of the slate with the candidate, in which the "
                "candidate counts less and less. Take the candidate's own relevance."),
        Mistake("gap alone", _gap_alone, "You choose by the gap alone. (1 − λ)·relevance belongs to the gain."),
        Mistake("relevance alone", _by_relevance, "Relevance alone decides in your list: the gap is left out, or is the "
                "same for every candidate because it is that of the slate so far. Measure the slate with each candidate in it."),
        Mistake("sum for mean", _summed, "Your q is the sum of the genres, not their mean: divide by the size of the slate "
                "with the candidate in it, else α·p all but vanishes beside it."),
        Mistake("mean over one too few", _one_short, "You divide by the size of the slate before the candidate. With it there is "
                "one more: slot + 1."),
        Mistake("mean over k", _by_k, "You divide by k at every slot. The slate holds fewer while it is being filled: divide by "
                "its size with the candidate."),
        Mistake("α swapped", _alpha_swapped, "α and 1 − α are swapped: q̃ should be nearly q, with a little of p."),
        Mistake("α added only", _alpha_added, "You add α·p to q without taking (1 − α) of q, so q̃ sums to more than 1."),
        Mistake("α a constant", _alpha_constant, "You add α to every genre. What is mixed in is the person's mix: "
                "(1 − α)·q + α·p."),
        Mistake("α times even", _alpha_even, "You mix in an even share of all genres. Mix in the person's mix: α·p."),
        Mistake("α written out", _alpha_fixed, "You use 0.01 whatever `alpha` says."),
        Mistake("α on the candidate only", _alpha_each, "You mix p into the candidate's genres only, so its part shrinks as the "
                "slate grows. Mix it into the mean of the whole slate."),
        Mistake("no α", _no_alpha, "You do not mix in α·p but hold q off zero by a tiny number. A genre that is still missing "
                "then costs far more than it should: q̃ = (1 − α)·q + α·p."),
        Mistake("no α, with 1e-9", _no_alpha_9, "You add a tiny number to the mixes in place of α·p. A genre that is still missing then "
                "costs far more than it should: q̃ = (1 − α)·q + α·p."),
        Mistake("NaN where p is 0", _nan_at_0, "Where p is 0 your sum holds 0·log 0, which is NaN, and argmax takes it for the "
                "largest. Sum over the genres with p > 0."),
        Mistake("infinite gap", _bare, "You divide by q itself. It is 0 where a liked genre is still missing, and the gap "
                "infinite: use q̃ = (1 − α)·q + α·p."),
        Mistake("p left out", _no_weight, "You sum log(p / q̃) without p in front, so a genre that the person hardly watches "
                "counts as much as the favourite."),
        Mistake("bits", _bits, "Your logarithm has base 2, which makes the gap weigh more. Use the natural logarithm."),
        Mistake("mean over genres", _mean_terms, "You take the mean over genres. KL is the sum."),
        Mistake("absolute difference", _absolute, "You sum |p − q̃|. The gap is a Kullback–Leibler divergence: "
                "Σ p·log(p / q̃)."),
        Mistake("squared difference", _squares, "You sum the squares of p − q̃. The gap is a Kullback–Leibler divergence: "
                "Σ p·log(p / q̃)."),
        Mistake("Jensen–Shannon", _middle, "You use the Jensen–Shannon divergence, which compares both with their middle. Here the "
                "gap is KL(p ‖ q̃)."),
        Mistake("cut first", _cut_first, "You keep the k most relevant and only put those in order. The film that evens out "
                "the mix may stand further down: choose among all."),
        Mistake("chosen twice", _twice, "A film can be chosen again. Close what has been taken, e.g. with −inf."),
        Mistake("ties to the last", _last_of_equals, "Of equal gains you take the last. The first one should win, as with "
                "np.argmax."),
        *gap_slips.MISTAKES,
    ),
    hints=("For each candidate ask: if it were taken next, what would the slate's mix be?",
           "Keep `total`, the sum of genres chosen so far. `(total + genre) / (slot + 1)` is q for all candidates at once, "
           "shape (C, G).",
           "`has = target > 0`; `gap = (target[has] * np.log(target[has] / mix[:, has])).sum(1)`."),
)
