"""Exercises and claims on the metric stack: NDCG, self-normalised and doubly robust estimates, team-draft interleaving."""

import numpy as np

from course_lib.evidence.counterfactual import doubly_robust, snips
from course_lib.evidence.interleave import team_draft
from course_lib.evidence.offline import hits, ndcg_at_k
from course_lib.teach.cards import effects_decisions, effects_truth, sizes
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake
from course_lib.teach.definitions.claim import DIAL, Band, Claim


# --- 9.1 -----------------------------------------------------------------------------------------------------------
def _lists(rng, users, items, width, most):
    top = np.array([rng.permutation(items)[:width] for _ in range(users)])
    return top, [rng.permutation(items)[:n] for n in rng.integers(0, most + 1, users)]


def _ndcg_cases(rng):
    return [Case("six users", (*_lists(rng, 6, 12, 5, 4), 5)),
            Case("lists longer than k, and users with more than k relevant", (*_lists(rng, 5, 9, 8, 8), 3)),
            Case("a user without anything relevant", (np.array([[1, 2], [3, 4]]), [np.array([2]), np.array([], int)], 2))]


def _gains(top, relevant, k):
    hit = hits(np.asarray(top)[:, :k], relevant)
    size = np.array([len(items) for items in relevant], float)
    return hit, np.where(size > 0, size, np.nan), 1 / np.log2(np.arange(2, k + 2))


def _ndcg_loop(top, relevant, k):
    out = []
    for row, items in zip(top, relevant, strict=True):
        wanted = set(int(i) for i in items)
        dcg = sum(1 / np.log(p + 1) for p, item in enumerate(row[:k], 1) if int(item) in wanted)
        best = sum(1 / np.log(p + 1) for p in range(1, min(k, len(wanted)) + 1))
        out.append(dcg / best if wanted else np.nan)
    return np.array(out)


def _dcg(top, relevant, k):
    hit, size, discount = _gains(top, relevant, k)
    return np.where(np.isnan(size), np.nan, hit @ discount)


def _ideal_of_k(top, relevant, k):
    return _dcg(top, relevant, k) / (1 / np.log2(np.arange(2, k + 2))).sum()


def _ideal_of_all(top, relevant, k):
    _, size, _ = _gains(top, relevant, k)
    ideal = [np.nan if np.isnan(n) else (1 / np.log2(np.arange(2, int(n) + 2))).sum() for n in size]
    return _dcg(top, relevant, k) / np.array(ideal)


def _discount_late(top, relevant, k):
    hit, size, discount = _gains(top, relevant, k)
    late, out = 1 / np.log2(np.arange(3, k + 3)), []
    for row, n in zip(hit, size, strict=True):
        out.append(np.nan if np.isnan(n) else row @ late / discount[:int(min(n, k))].sum())
    return np.array(out)


def _no_discount(top, relevant, k):
    hit, size, _ = _gains(top, relevant, k)
    return hit.sum(1) / np.minimum(size, k)


def _empty_is_zero(top, relevant, k):
    return np.nan_to_num(ndcg_at_k(top, relevant, k))


NDCG = Card(
    id="metric_stack.1", title="NDCG at k, one value a user", minutes=10, difficulty=2, used_in=("{{interview}}",),
    realistic=sizes.lists_and_relevant,
    task="Recall asks whether the held-out items are in the list. NDCG also asks how high. A hit at position p (from 1) "
         "gains 1/log2(p + 1). Divide the sum by that of the best list possible: all of the user's relevant items on top, "
         "as far as k slots allow. A user with nothing relevant has no answer: NaN.",
    shapes="`top` int [U, K], best first, K ≥ k; `relevant` U int arrays of any length; returns float [U].",
    why="The ideal list is what makes users comparable: someone with one held-out item can reach 1 as well as someone with "
        "thirty. It has min(k, number relevant) hits, so it depends on the user on one side and on k on the other. "
        "Libraries differ here: say which NDCG you report.",
    reference=ndcg_at_k, alternative=_ndcg_loop, cases=_ndcg_cases,
    by_hand=(Case("one of two relevant items, at position 2", (np.array([[7, 3, 9]]), [np.array([3, 4])], 3),
                  expected=np.array([0.6309297535714575 / 1.6309297535714575])),
             Case("both, on top", (np.array([[4, 3, 9]]), [np.array([3, 4])], 3), expected=np.array([1.0]))),
    invariants=(Invariant("a list that starts with everything relevant scores 1",
                          lambda fn, rng: np.allclose(fn(np.array([[5, 1, 2, 8]]), [np.array([1, 5])], 4), 1)),
                Invariant("renaming the items changes nothing", lambda fn, rng: np.allclose(
                    fn(np.array([[5, 1, 2, 8]]), [np.array([2, 9])], 4),
                    fn(np.array([[15, 11, 12, 18]]), [np.array([12, 19])], 4)))),
    mistakes=(
        Mistake("DCG", _dcg, "This is DCG: it is not divided by the best list's, so users with more to find score more."),
        Mistake("ideal of k hits", _ideal_of_k,
                "Your ideal list has k hits for everyone. A user with two relevant items can't have k: use min(k, number)."),
        Mistake("ideal of all relevant", _ideal_of_all,
                "Your ideal list counts every relevant item, more than the k slots can hold. Stop the ideal at k."),
        Mistake("discount off by one", _discount_late,
                "Your top position gains 1/log2(3). Positions count from 1: the top gains 1/log2(1 + 1) = 1."),
        Mistake("no discount", _no_discount,
                "Every hit counts the same wherever it stands: this is recall. Discount by 1/log2(position + 1)."),
        Mistake("0 for users without relevant items", _empty_is_zero,
                "Users with nothing relevant get 0. No list could do better for them: return NaN, so that they are left out."),
    ),
    hints=("Two sums of the same discounts: one over your hits, one over the hits of a perfect list.",
           "`1 / np.log2(np.arange(2, k + 2))` are the discounts of positions 1 to k. `np.cumsum` of them holds the ideal "
           "for 1, 2, … k relevant items.",
           "For each user: `dcg / ideal[min(k, len(relevant)) - 1]`, and NaN where `len(relevant) == 0`."),
)


# --- 9.2 and 9.3 ---------------------------------------------------------------------------------------------------
def _as_number(fn, *args, **kwargs):
    return float(fn(*args, **kwargs))


def _log(rng, n, actions=4):
    logging, target = rng.dirichlet(np.ones(actions) * 2), rng.dirichlet(np.ones(actions))
    action = rng.choice(actions, n, p=logging)
    return rng.integers(0, 2, n).astype(float), logging[action], target[action]


def _snips_cases(rng):
    cases = [Case(f"{n} decisions", _log(rng, n)) for n in (6, 40)]
    reward, logged, target = _log(rng, 12)
    target[:9] = 0
    return [*cases, Case("a target that would rarely do the same", (reward * 3, logged, target))]


def _weights(logged, target):
    return np.asarray(target) / np.asarray(logged)


def _snips_loop(reward, logged, target):
    above = below = 0.0
    for r, p, q in zip(reward, logged, target, strict=True):
        above, below = above + r * q / p, below + q / p
    return above / below


SNIPS = Card(
    id="metric_stack.2", title="Another policy's reward, self-normalised", minutes=8, difficulty=2, used_in=("{{interview}}",),
    effect=effects_truth.value_of_another_policy,
    task="A log holds decisions: the reward each brought, and the chance with which the logging policy took it. Estimate "
         "the mean reward of a *target* policy, of which you know the chance of taking the same decisions. Weight each "
         "reward by how much more often the target would take that decision, and divide by the sum of the weights.",
    shapes="`reward`, `logged`, `target` float [n]; returns a number.",
    why="IPS divides by n and is unbiased, if the log gave a chance to everything that the target would do; SNIPS divides by "
        "the weights that really came, which is what n is only on average. That removes the part of the error that comes "
        "from the weights alone, and keeps the answer within the range of the rewards. The price is a small bias that fades "
        "with n. Where clicks are rare there is little to remove.",
    reference=snips, alternative=_snips_loop, cases=_snips_cases, call=_as_number,
    by_hand=(Case("weights 2 and 0.5", (np.array([1.0, 0.0]), np.array([0.25, 0.5]), np.array([0.5, 0.25])),
                  expected=0.8),),
    invariants=(Invariant("rewards that are all 3 give 3, whatever the weights", lambda fn, rng: np.isclose(
        float(fn(np.full(5, 3.0), rng.uniform(0.1, 1, 5), rng.uniform(0, 1, 5))), 3)),),
    mistakes=(
        Mistake("IPS", lambda reward, logged, target: np.mean(_weights(logged, target) * reward),
                "This is IPS: you divide by the number of decisions. SNIPS divides by the sum of the weights."),
        Mistake("weights upside down", lambda reward, logged, target:
                np.sum(reward / np.maximum(_weights(logged, target), 1e-12)) / np.sum(
                    1 / np.maximum(_weights(logged, target), 1e-12)),
                "Your weights are logged / target. What the target does more often has to count more: target / logged."),
        Mistake("the target's chance forgotten", lambda reward, logged, target: np.sum(reward / logged) / np.sum(
            1 / np.asarray(logged)),
                "You weight by 1 / logged alone: that is the estimate for a uniform policy, not for the target."),
        Mistake("no weights", lambda reward, logged, target: np.mean(reward),
                "This is the plain mean: what the logging policy earned, not what the target would."),
        Mistake("the logging chance forgotten", lambda reward, logged, target: np.sum(reward * target) / np.sum(target),
                "You weight by the target's chance alone. Decisions the logger took often then count too often."),
        Mistake("mean of the matches", lambda reward, logged, target: np.mean(np.asarray(reward)[np.asarray(target) > 0]),
                "You average the decisions the target could take, each the same. That is right only for a uniform log."),
    ),
    hints=("How many times as often would the target take this decision? That factor is the weight.",
           "`weight = target / logged`. In SNIPS the weights appear twice: above and below the line.",
           "`(weight * reward).sum() / weight.sum()`"),
)


def _dr_cases(rng):
    out = []
    for n in (5, 30):
        reward, logged, target = _log(rng, n)
        out.append(Case(f"{n} decisions", (reward, logged, target, rng.random(n), rng.random(n))))
    return out


def _dr_loop(reward, logged, target, predicted, predicted_target):
    return sum(m + q / p * (r - g) for r, p, q, g, m in
               zip(reward, logged, target, predicted, predicted_target, strict=True)) / len(reward)


DOUBLY_ROBUST = Card(
    id="metric_stack.3", title="A model, corrected by what it gets wrong", minutes=10, difficulty=3, used_in=("{{interview}}",),
    effect=effects_truth.value_with_a_model,
    task="A model predicts rewards. On its own it is biased wherever it errs; IPS on its own is noisy. Start from the "
         "model's answer for the target policy, and add the importance-weighted mean of the model's *errors* on the "
         "logged decisions.",
    shapes="`reward`, `logged`, `target` float [n]; `predicted` float [n], the model's reward for the logged decision; "
           "`predicted_target` float [n], the model's mean reward under the target in the same context; returns a number.",
    why="If the model is right, the errors average to 0 and only the model is left. If the propensities are right, the "
        "weighted errors cancel whatever the model gets wrong. Either is enough, for what the log could show: where the target "
        "goes and the log never went, only a right model helps. And only the *error* carries weights, so a "
        "model that explains most of the reward takes most of the noise away.",
    reference=doubly_robust, alternative=_dr_loop, cases=_dr_cases, call=_as_number,
    by_hand=(Case("one decision of weight 2, predicted .5, clicked",
                  (np.array([1.0]), np.array([0.25]), np.array([0.5]), np.array([0.5]), np.array([0.4])), expected=1.4),),
    invariants=(Invariant("with a model that says 0 throughout it is IPS", lambda fn, rng: np.isclose(
        float(fn(np.array([1.0, 0.0]), np.array([0.5, 0.5]), np.array([0.25, 0.75]), np.zeros(2), np.zeros(2))), 0.25)),),
    mistakes=(
        Mistake("IPS on top of the model", lambda reward, logged, target, predicted, predicted_target:
                np.mean(predicted_target + _weights(logged, target) * reward),
                "You add the weighted rewards to the model's answer, so they are counted twice. Weight the *errors*: reward "
                "− predicted."),
        Mistake("wrong sign", lambda reward, logged, target, predicted, predicted_target:
                np.mean(predicted_target - _weights(logged, target) * (reward - predicted)),
                "The correction has the wrong sign: where the model promised too little, the estimate must rise."),
        Mistake("unweighted errors", lambda reward, logged, target, predicted, predicted_target:
                np.mean(predicted_target + reward - predicted),
                "Your errors are not weighted: they are the model's errors under the logging policy, not the target's."),
        Mistake("the model alone", lambda reward, logged, target, predicted, predicted_target: np.mean(predicted_target),
                "This is the model's answer alone; whatever it gets wrong stays. Add the weighted mean of its errors."),
        Mistake("base of the logging policy", lambda reward, logged, target, predicted, predicted_target:
                np.mean(predicted + _weights(logged, target) * (reward - predicted)),
                "You start from the prediction for what was *logged*. Start from predicted_target."),
        Mistake("self-normalised", lambda reward, logged, target, predicted, predicted_target:
                np.mean(predicted_target) + np.sum(_weights(logged, target) * (reward - predicted)) / np.sum(
                    _weights(logged, target)),
                "You divide the errors by the sum of the weights. That is a variant of its own; here divide by n."),
    ),
    hints=("What would you say if you trusted the model? And what do you see that it got wrong?",
           "The model's answer is the mean of `predicted_target`; its errors are `reward - predicted`.",
           "`np.mean(predicted_target + target / logged * (reward - predicted))`"),
)


# --- 9.4 -----------------------------------------------------------------------------------------------------------
def _draft_cases(rng):
    def lists(b, c):
        return np.array([rng.permutation(20)[:c] for _ in range(b)])

    near = lists(3, 6)
    return [Case("eight requests", (lists(8, 6), lists(8, 6), 6, rng.random((8, 3)))),
            Case("lists that overlap", (near, near[:, [1, 0, 2, 4, 3, 5]], 4, rng.random((3, 2)))),
            Case("an odd number of slots", (lists(4, 5), lists(4, 5), 5, rng.random((4, 3))))]


def _draft(a, b, slate_size, coin, *, order=lambda flip, r: (flip, 1 - flip), fresh=True, coins=lambda c, r: c[r]):
    item, team = (np.full((len(a), slate_size), -1) for _ in range(2))
    for row in range(len(a)):
        slate, whose, r = [], [], 0
        while len(slate) < slate_size and r < 2 * slate_size:
            flip = int(coins(coin[row], min(r, coin.shape[1] - 1)) >= 0.5)
            for t in order(flip, r):
                left = [i for i in (a, b)[t][row] if i not in slate] if fresh else \
                    [i for i in (a, b)[t][row][sum(w == t for w in whose):] if i not in slate]
                if left and len(slate) < slate_size:
                    slate.append(int(left[0]))
                    whose.append(t)
            r += 1
        item[row, :len(slate)], team[row, :len(slate)] = slate, whose
    return item, team


def _a_first(a, b, slate_size, coin):
    return _draft(a, b, slate_size, coin, order=lambda flip, r: (0, 1))


def _one_coin(a, b, slate_size, coin):
    return _draft(a, b, slate_size, coin, coins=lambda c, r: c[0])


def _coin_upside_down(a, b, slate_size, coin):
    return _draft(a, b, slate_size, coin, order=lambda flip, r: (1 - flip, flip))


def _snake(a, b, slate_size, coin):
    return _draft(a, b, slate_size, coin, order=lambda flip, r: (flip, 1 - flip) if r % 2 == 0 else (1 - flip, flip))


def _team_by_list(a, b, slate_size, coin):
    item, _ = team_draft(a, b, slate_size, coin)
    in_a = (item[:, :, None] == np.asarray(a)[:, None, :]).any(2)
    return item, np.where(item < 0, -1, np.where(in_a, 0, 1))


DRAFT = Card(
    id="metric_stack.4", title="Draft one slate from two rankers", minutes=15, difficulty=3, used_in=("this lesson",),
    effect=effects_decisions.winner_of_equals,
    task="Fill a slate from two ranked lists as two captains pick teams. In each round a coin says who picks first: below "
         "0.5 it is a. Each picks the best item of their own list that is not in the slate yet. Return the slates and whose "
         "pick each slot was (0 for a, 1 for b).",
    shapes="`a`, `b` int [B, C], best first; `coin` float [B, R], one a round; returns item int [B, slate_size] and team "
           "int [B, slate_size]. With an odd number of slots the last round is one pick.",
    why="The coin is thrown anew in every round, so that neither ranker owns the upper slots, whose clicks are cheaper. An "
        "item both would have picked goes to whoever's turn it is; over many slates those clicks cancel. What is left is "
        "the difference between the rankers, measured within each reader.",
    reference=team_draft, alternative=_draft, cases=_draft_cases,
    by_hand=(Case("a first, then b first", (np.array([[1, 2, 3, 4]]), np.array([[3, 1, 5, 6]]), 4, np.array([[0.1, 0.9]])),
                  expected=(np.array([[1, 3, 5, 2]]), np.array([[0, 1, 1, 0]]))),),
    invariants=(Invariant("no item stands in a slate twice", lambda fn, rng: all(
        len(set(row)) == 4 for row in np.asarray(fn(*[np.array([rng.permutation(6) for _ in range(5)]) for _ in range(2)],
                                                    4, rng.random((5, 2)))[0]).tolist())),),
    mistakes=(
        Mistake("a always first", _a_first,
                "Ranker a picks first in every round, so it owns the better slots and wins by position. Throw the coin."),
        Mistake("one coin for all rounds", _one_coin,
                "You use the first coin for every round. Then one ranker is first throughout a slate: use each round's own."),
        Mistake("coin upside down", _coin_upside_down, "Your coin is the other way round: below 0.5, a picks first."),
        Mistake("snake draft", _snake,
                "You swap the order in every second round as well as by the coin. The coin alone decides each round."),
        Mistake("team by list", _team_by_list,
                "You credit a with every item that is in its list. The credit goes to whoever picked it."),
    ),
    hints=("Two captains, one pool. Write it for a single request with a loop first.",
           "For each round: `first = 0 if coin < 0.5 else 1`; then let `first` and the other pick, in that order.",
           "A pick: the first item of the captain's list that is not in the slate so far. Stop at slate_size."),
)

CARDS = [NDCG, SNIPS, DOUBLY_ROBUST, DRAFT]

# What a measurement of this lesson can contradict, and the sentences whose outcome one of our own dials decides: those are
# measured at several strengths. That the error of IPS falls as one over the root of the log is arithmetic, and stands in
# tests/evidence/test_identities.py.
CLAIMS = [
    Claim("metric_stack.correlation", "Among rival policies, recall on held-out clicks correlates at 0.3 to 0.5 with the clicks "
          "that users would really give", "folklore, no source found; here Pearson's r over 27 rivals, recall on two days of the "
          "usual log", (0.3, 0.5), written="2026-11-22"),
    Claim("metric_stack.satisfaction", "The policy that is best on held-out clicks loses next to nothing of satisfaction",
          "own conjecture of what is assumed wherever clicks are the only label; here the share of the best rival's satisfied "
          "clicks that is lost, by strength of clickbait", (0.0, 0.02),
          kind=DIAL, dial="strength of clickbait",
          history=(Band(0.5, 1.0, "2026-11-22", "the sentence was another: What is best for held-out clicks is best for satisfaction."),), written="2026-11-28"),
    Claim("metric_stack.uniform_log", "At equal traffic, held-out clicks from random slots order rivals better than the usual log's",
          "own conjecture after Schnabel et al. 2016, who take random ratings for their yardstick; here the difference of the two "
          "rank correlations with the truth, by how steeply the log was sorted", (0.0, np.inf),
          kind=DIAL, dial="power of clicks by which the log was sorted",
          history=(Band(0.0, 2.0, "2026-11-22", "the sentence was another: Held-out clicks from random slots predict the truth better than clicks from the usual log."),), written="2026-11-28"),
    Claim("metric_stack.snips", "Self-normalising takes at least a tenth off the error of IPS", "own conjecture; Swaminathan and "
          "Joachims 2015 say lower variance, of learning; here the root mean squared error of SNIPS over that of IPS, by click rate",
          (0.0, 0.9), "×", kind=DIAL, dial="click rate under the logger", public=(("Open Bandit", 0.0048),),
          no_zero="without a click neither estimator errs, and there is no ratio",
          history=(Band(0.0, 1.0, "2026-11-22", "the sentence was another: Self-normalising makes the error smaller."),), written="2026-11-28"),
    Claim("metric_stack.catalogue", "The error of IPS grows with the number of actions", "Saito and Joachims 2022", (1.5, np.inf), "×",
          place="abstract: where actions are many, estimators by importance weights “degrade severely”; here the relative error "
                "at 1,000 actions over that at 10, the log being as long, by the target's distance from the logger",
          kind=DIAL, dial="distance of the target from the logger", written="2026-11-22"),
    Claim("metric_stack.mips", "Weights by group of items (MIPS) keep the error from growing with the catalogue",
          "Saito and Joachims 2022", (0.0, 1.3), "×",
          place="abstract: where groups give structure, reliable “even when existing estimators collapse due to a large number of "
                "actions”; here the relative error of MIPS at 1,000 actions over that at 10, the log being as long; the 1.3 is ours",
          kind=DIAL, dial="share of the click chance that is the item's own", written="2026-11-22"),
    Claim("metric_stack.open_bandit", "To judge a policy from another's log takes more than twice the decisions that running it takes",
          "own conjecture; here the variance of IPS from the random log over that of the policy's own clicks, a decision",
          (2.0, np.inf), "×",
          history=(Band(0.0, 0.1, "2026-11-22", "the sentence was another: Ten thousand logged decisions are enough to tell two policies' click rates apart."),), written="2026-11-28"),
    # The sentence speaks of two rankers and one service; how much it saves there depends on how much each person uses it.
    Claim("metric_stack.interleaving", "Interleaving needs a tenth to a hundredth of the users of an A/B test",
          "Knapik and Sajin 2024 (DoorDash)", (10.0, 100.0), "× fewer users",
          place="table 1: Netflix, Airbnb, Thumbtack, Amazon, Wikimedia and Etsy report 10 to 100 times the sensitivity, DoorDash "
                "100 to 500; here the median over 36 pairs of rankers, against an A/B test of clicks a user, by how often a "
                "person comes", written="2026-11-22", kind=DIAL, dial="requests that a person makes during the test"),
]
