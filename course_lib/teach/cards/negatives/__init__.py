"""Exercises and claims on negatives: logQ, streaming frequency, mixed and hard negatives, masks, strata, a cold item."""

import numpy as np
import torch
import torch.nn.functional as F

from course_lib.stages.retrieval.losses import in_batch_softmax
from course_lib.stages.retrieval.negatives import (
    content_to_vector,
    false_negatives,
    hard_band,
    mixed_log_q,
    popularity_stratum,
    streaming_gap,
)
from course_lib.teach.cards import effects_lists, effects_truth, sizes
from course_lib.teach.cards.effects import recall_trained_with
from course_lib.teach.cards.negatives import far_scores
from course_lib.teach.cards.negatives.asked_of_negatives import QUIZZES
from course_lib.teach.cards.negatives.divided_out import DIVIDED
from course_lib.teach.cards.negatives.memory_of_q import MEMORY
from course_lib.teach.cards.negatives.positives_inside import INSIDE
from course_lib.teach.cards.negatives.rank_slips import BANDS, CORRECTED
from course_lib.teach.cards.two_tower import gradient_is_the_slope
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake
from course_lib.teach.definitions.claim import AMOUNT, DIAL, DIFFERENCE, SHARE, Band, Claim

__all__ = ["CARDS", "CLAIMS", "DECISIONS", "QUIZZES", "REFEREED", "RETIRED"]


def _tensor(rng, *shape):
    return torch.as_tensor(rng.normal(size=shape).astype(np.float32))


# --- 4.1 -----------------------------------------------------------------------------------------------------------
def logq_reference(query, item, log_q, temperature):
    """in_batch_softmax with log_q and temperature by position, as the exercise writes them."""
    return in_batch_softmax(query, item, log_q=log_q, temperature=temperature)


def _logq(query, item, log_q, temperature, sign=-1.0, inside=False, use=True):
    score = query @ item.T
    shift = sign * log_q * use
    return F.cross_entropy((score + shift) / temperature if inside else score / temperature + shift,
                           torch.arange(len(query)))


def _logq_by_hand(query, item, log_q, temperature):
    logits = torch.einsum("bd,md->bm", query, item).div(temperature).sub(log_q)
    return (torch.logsumexp(logits, 1) - torch.diagonal(logits)).mean()


def _logq_probability(query, item, log_q, temperature):
    return _logq(query, item, log_q.exp(), temperature)


def _logq_effect(fn):
    """Recall of a small model trained with this loss, always the same way."""
    return recall_trained_with(lambda user, item, other, log_q: fn(user, item, log_q, 1.0))


def _logq_others_only(query, item, log_q, temperature):
    score = query @ item.T / temperature - log_q
    return F.cross_entropy(score + torch.diag(log_q), torch.arange(len(query)))


def _logq_own_only(query, item, log_q, temperature):
    score = query @ item.T / temperature
    return F.cross_entropy(score - torch.diag(log_q), torch.arange(len(query)))


def _logq_outside(query, item, log_q, temperature):
    return _logq(query, item, log_q, temperature, use=False) + log_q.mean()


def _logq_score_divided(query, item, log_q, temperature):
    return F.cross_entropy(query @ item.T / temperature / log_q.exp(), torch.arange(len(query)))


_EYE = torch.eye(2)
LOGQ = Card(
    id="negatives.1", title="Take the popularity back: logQ", minutes=8, difficulty=2, used_in=("{{negatives}}", "{{metric_stack}}",),
    task="The plain in-batch softmax rests at log p(i | u) − log q(i). Change it so that s(u, i), the dot product *divided by the temperature*, rests at "
         "log p(i | u). Which columns have to be changed, the own item's too? Before the division or after it? Row b's own item is item b; return the mean "
         "over the rows, as a tensor to train on, and leave the vectors' length as it is.",
    why="A softmax over a *sample* of items estimates the softmax over all of them if each sampled term is divided by its chance of being "
        "sampled: exp(s) / q = exp(s − log q). The popular item's column is lowered as a competitor, so the model has to score it higher to "
        "win as a positive. The subtraction comes after the temperature: q is a chance, not a score. With a q of 0 an item would win every "
        "softmax, so count half an event at least. Where training comes to rest is right; on the way the gradient is not quite that of the "
        "full softmax, since the own item is in its row for certain. And the log of a sum over a sample is too low on average (Jensen's "
        "inequality), by less the larger the batch.",
    reference=logq_reference, alternative=_logq_by_hand, effect=_logq_effect,
    cases=lambda rng: [Case(f"{b} rows at temperature {t}", (_tensor(rng, b, 3), _tensor(rng, b, 3),
                                                             torch.log(torch.as_tensor(rng.dirichlet(np.ones(b))).float()), t))
                       for b, t in ((4, 1.0), (6, 0.2), (5, 20.0))] + [
        Case("scores in the thousands", (30 * _tensor(rng, 4, 3), 30 * _tensor(rng, 4, 3),
                                         torch.log(torch.tensor([0.4, 0.3, 0.2, 0.1])), 0.5)),
        Case("9 rows, an item drawn once in a million", (
            _tensor(rng, 9, 3), _tensor(rng, 9, 3), torch.log(torch.tensor([0.2, 1e-6, 0.3, 0.2, 0.1, 0.1, 0.04, 0.03, 0.03])), 1.0)),
        Case("an item taken by two users", (_tensor(rng, 3, 2), _tensor(rng, 2, 2)[[0, 1, 0]], torch.log(torch.tensor([0.4, 0.2, 0.4])), 2.0)),
        *far_scores.log_q_cases(),
        Case("one row", (_tensor(rng, 1, 3), _tensor(rng, 1, 3), torch.tensor([-2.0]), 0.5)),
        Case("as many rows as the width, temperature 0.05", (_tensor(rng, 4, 4), _tensor(rng, 4, 4), torch.log(torch.tensor([0.6, 0.1, 0.1, 0.2])), 0.05))],
    by_hand=(Case("equal scores, q of 3/4 and 1/4", (torch.zeros(2, 2), torch.zeros(2, 2), torch.log(torch.tensor([0.75, 0.25])), 1.0),
                  expected=(np.log(4) + np.log(4 / 3)) / 2),),
    invariants=(Invariant("adding a constant to all log q changes nothing", lambda fn, rng: bool(torch.isclose(
        fn(_EYE, 2 * _EYE, torch.tensor([-1.0, -3.0]), 0.5), fn(_EYE, 2 * _EYE, torch.tensor([4.0, 2.0]), 0.5)))),
                Invariant("the gradient says how the loss moves with the users and with the items: neither is detached",
                          lambda fn, rng: gradient_is_the_slope(lambda q, v: fn(q, v, torch.tensor([-1.0, -2.0]), 0.5), _EYE, _EYE + 0.3))),
    mistakes=(
        Mistake("log q added", lambda q, v, lq, t: _logq(q, v, lq, t, sign=1.0),
                "Your loss equals the one with log q added; it has to be subtracted. Added, it punishes popular items twice."),
        Mistake("no correction", lambda q, v, lq, t: _logq(q, v, lq, t, use=False), "log_q has no effect on your loss: it is left out, or subtracted along the rows, the users, where a softmax "
                "does not notice it. It belongs to the items: columns."),
        Mistake("divided by the temperature too", lambda q, v, lq, t: _logq(q, v, lq, t, inside=True),
                "You divide log q by the temperature as well. It is the log of a chance: subtract it after the division."),
        Mistake("q instead of log q", _logq_probability, "You subtract q itself. The scores are logs, so subtract its log."),
        Mistake("own item not corrected", _logq_others_only,
                "You correct only the competitors. The own item's score is lowered by its log q too."),
        Mistake("only the own item corrected", _logq_own_only,
                "You correct only the own item. Each competitor's column is lowered by its log q too."),
        Mistake("taken off outside the softmax", _logq_outside,
                "You take log q off the own item's score behind the softmax, not inside its sum. That adds a constant to the loss and moves no "
                "gradient: lower every column before the softmax."),
        Mistake("summed over rows", lambda q, v, lq, t: _logq(q, v, lq, t) * len(q),
                "You add the rows up. The loss is their mean."),
        Mistake("unit length", lambda q, v, lq, t: _logq(F.normalize(q, dim=1), F.normalize(v, dim=1), lq, t),
                "You made the vectors unit length. Here the dot product counts."),
        Mistake("score divided by q", _logq_score_divided,
                "You divide the scores themselves by q. It is exp(score) that is divided by the chance, and that subtracts log q from the score."),
        Mistake("times the temperature", lambda q, v, lq, t: _logq(q, v, lq, 1 / t),
                "You multiply the scores by the temperature. Divide by it."),
        *CORRECTED,
    ),
    hints=("If an item is drawn ten times as often as another, how much too often is it counted as a competitor?",
           "Divide every exp(score) of the sum, the own item's too, by the chance of its item. What does that take off the score?",
           "`F.cross_entropy(query @ item.T / temperature - log_q, torch.arange(len(query)))`."),
)


# --- 4.2 -----------------------------------------------------------------------------------------------------------
def _gap_step(gap, last_step, step, alpha):
    return gap + alpha * ((step - last_step) - gap)


STREAM = Card(
    id="negatives.2", title="How often? Ask the stream", minutes=6, difficulty=1, used_in=("{{negatives}}",),
    effect=effects_truth.log_q_of_a_stream,
    task="Counts over the whole log are out of date in a stream. Keep for each item the *gap*: how many steps pass between two batches "
         "that hold it. When it appears, move the gap a share alpha of the way to the newest one. Return the new gaps; an item's chance, 1 / gap, is taken from them later.",
    shapes="`gap` float [n] and `last_step` int [n] of the items in this batch, `step` int, `alpha` float; returns float [n], the new gaps.",
    why="One number and one date an item, updated only when it appears: this works with millions of items on many machines, and follows "
        "an item that becomes popular. A small alpha averages over long and is late; a large one is noisy.",
    reference=streaming_gap, alternative=_gap_step,
    cases=lambda rng: [Case(f"{n} items", (rng.uniform(1, 50, n), rng.integers(0, 90, n), 100, a)) for n, a in ((3, 0.1), (5, 0.4))] + [
        Case("gaps near 0", (np.array([0.0, 0.01234]), np.array([249, 250]), 250, 0.03)),
        Case("7 items, one last seen at step 0", (np.array([1.0, 40_000.0, 8.0, 3.0, 2e-4, 5.5, 700.0]),
                                                  np.array([0, 2, 7_999, 6_000, 8_000, 7_994, 8_000]), 8_000, 0.004)),
        Case("alpha 1: all of the way", (np.array([5.0, 90.0]), np.array([3, 38]), 40, 1.0)),
        Case("alpha 0.8", (np.array([5.0, 2500.0]), np.array([3000, 30]), 4000, 0.8))],
    by_hand=(Case("gap 10, seen 20 steps ago, alpha 0.5", (np.array([10.0]), np.array([80]), 100, 0.5), expected=np.array([15.0])),),
    invariants=(Invariant("a steady gap stays what it is",
                          lambda fn, rng: np.allclose(fn(np.array([7.0]), np.array([13]), 20, 0.3), 7.0)),),
    mistakes=(
        Mistake("alpha on the old gap", lambda gap, last, step, alpha: alpha * gap + (1 - alpha) * (step - last),
                "alpha and 1 − alpha have changed places: alpha is the weight of the newest gap."),
        Mistake("the newest gap only", lambda gap, last, step, alpha: (step - last) * np.ones_like(gap),
                "You forget the past: one early reappearance would double an item's chance."),
        Mistake("a chance instead of a gap", lambda gap, last, step, alpha: 1 / ((1 - alpha) * gap + alpha * (step - last)),
                "You return the chance. Return the new gap: its inverse is taken where it is used."),
        Mistake("steps since the start", lambda gap, last, step, alpha: (1 - alpha) * gap + alpha * step,
                "You average with the step itself. The gap is the number of steps since the item was last seen."),
        Mistake("sign of the newest gap", lambda gap, last, step, alpha: (1 - alpha) * gap + alpha * (last - step),
                "Your newest gap is negative: it is step − last_step."),
        Mistake("old gap not lowered", lambda gap, last, step, alpha: gap + alpha * (step - last),
                "You add the newest gap without taking a share of the old one away, so gaps only grow."),
        Mistake("chances averaged", lambda gap, last, step, alpha: 1 / ((1 - alpha) / gap + alpha / (step - last)),
                "You average the chances and turn the result over. Average the gaps themselves."),
        Mistake("both counted", lambda gap, last, step, alpha: (1 - alpha) * gap + alpha * (step - last + 1),
                "Your newest gap is one step too long: from step 80 to step 100 it is 20."),
        Mistake("steps in between", lambda gap, last, step, alpha: (1 - alpha) * gap + alpha * (step - last - 1),
                "Your newest gap is one step too short: from step 80 to step 100 it is 20."),
    ),
    hints=("An item comes every tenth batch. What is its gap, and what its chance?",
           "An exponential moving average: (1 − alpha) · old + alpha · new, where new = step − last_step.",
           "`(1 - alpha) * gap + alpha * (step - last_step)`."),
)


# --- 4.3 -----------------------------------------------------------------------------------------------------------
def _mixed_plain(p, n_batch, n_uniform, n_items):
    share = n_batch / (n_batch + n_uniform)
    return np.log(share * p + (1 - share) / n_items)


MIXED = Card(
    id="negatives.3", title="Mixed negatives", minutes=6, difficulty=2, used_in=("{{negatives}}",),
    effect=effects_truth.log_q_of_a_mixture,
    realistic=sizes.shares_of_items,
    task="A batch of n_batch in-batch rows gets n_uniform more items, drawn uniformly from the catalogue. What is now the log of an item's "
         "expected share of all n_batch + n_uniform rows?",
    shapes="`p` float [N], chance that one in-batch row brings the item; three ints, n_items = N; returns float [N].",
    why="In-batch negatives never contain an item that nobody took, so nothing keeps its score down: an untrained vector may win by luck. A "
        "few uniform rows make every item a negative now and then, and log q has to know about both sources.",
    reference=mixed_log_q, alternative=_mixed_plain,
    cases=lambda rng: [Case(f"{n} items", (rng.dirichlet(np.ones(n)), b, u, n)) for n, b, u in ((4, 8, 4), (6, 32, 96), (25, 9, 30))] + [
        Case("60 items of which 50 were never taken, one uniform row", (np.append(rng.dirichlet(np.ones(10)), np.zeros(50)), 8000, 1, 60)),
        Case("40 items, some taken once in a million rows", (np.append([0.9998, 1.9e-4], np.full(38, 1e-5 / 38)), 5000, 7, 40))],
    by_hand=(Case("half and half of two items", (np.array([1.0, 0.0]), 10, 10, 2), expected=np.log([0.75, 0.25])),),
    invariants=(Invariant("the shares add up to 1", lambda fn, rng: np.isclose(np.exp(fn(rng.dirichlet(np.ones(5)), 7, 3, 5)).sum(), 1)),),
    mistakes=(
        Mistake("uniform rows forgotten", lambda p, b, u, n: np.log(np.maximum(p, 1e-12)) + 0 * u,
                "The uniform rows are missing: an item nobody took has a chance of 1/N in each of them."),
        Mistake("sum of logs", lambda p, b, u, n: (b * np.log(np.maximum(p, 1e-12)) + u * np.log(1 / n)) / (b + u),
                "You average the logs. Average the chances, then take the log of that."),
        Mistake("plain average", lambda p, b, u, n: np.log((p + 1 / n) / 2),
                "Both sources weigh the same in yours. Weigh them by how many rows each brings."),
        Mistake("expected count", lambda p, b, u, n: np.log(b * p + u / n),
                "You give the expected number of appearances. Divide by all rows: a share is asked for."),
        Mistake("no log", lambda p, b, u, n: (b * p + u / n) / (b + u), "You return the share. The loss subtracts its log."),
        Mistake("weights exchanged", lambda p, b, u, n: np.log((u * p + b / n) / (b + u)),
                "The weights have changed places: p belongs to the in-batch rows, 1/N to the uniform ones."),
        Mistake("chances added", lambda p, b, u, n: np.log(p + 1 / n),
                "You add the two chances as they are. Weigh each by its share of the rows."),
        Mistake("over the in-batch rows", lambda p, b, u, n: np.log((b * p + u / n) / b),
                "You divide by the in-batch rows alone. Divide by all rows."),
        Mistake("at least once", lambda p, b, u, n: np.log(1 - (1 - p) ** b * (1 - 1 / n) ** u),
                "You give the chance to appear at least once in the batch. The expected share of the rows is asked for."),
        Mistake("uniform chance not divided", lambda p, b, u, n: np.log((b * p + u) / (b + u)),
                "You give each item all of the uniform rows. Each of them brings an item with chance 1/N."),
    ),
    hints=("In 10 in-batch rows and 10 uniform rows of a catalogue of two, how often is each item expected?",
           "(n_batch · p + n_uniform / n_items), over how many rows in all?",
           "`np.log((n_batch * p + n_uniform / n_items) / (n_batch + n_uniform))`."),
)


# --- 4.4 -----------------------------------------------------------------------------------------------------------
def band_reference(scores, positive, low, high):
    """hard_band with the whole band drawn, in ascending id, so that no chance is left to check."""
    return np.sort(hard_band(scores, positive, low, high, high - low + 1, np.random.default_rng(0)), axis=1)


def _band_loop(scores, positive, low, high):
    out = []
    for row, mine in zip(scores, positive, strict=True):
        ranked = [i for i in sorted(range(len(row)), key=lambda i: -row[i]) if not mine[i]]
        out.append(sorted(ranked[low - 1:high]))
    return np.array(out)


def _band_cases(rng):
    out = []
    for n, low, high in ((8, 2, 4), (12, 3, 7), (30, 4, 15)):
        scores = rng.permutation(3 * n).reshape(3, n).astype(float)
        top = np.argsort(-scores, axis=1)
        positive = np.zeros((3, n), bool)
        np.put_along_axis(positive, top[:, [0, low]], True, axis=1)
        out.append(Case(f"ranks {low} to {high} of {n}", (scores, positive, low, high)))
    return [*out, *_uneven_bands(rng)]


def _uneven_bands(rng):
    """Rows with other numbers of positives than their neighbours, anywhere in the order; bands that start at the top or end at the foot."""
    positive = np.zeros((4, 9), bool)
    positive[1, [2, 7]] = positive[2, [0, 3, 4, 5]] = positive[3, 8] = True
    scores = rng.permutation(np.r_[-18:0, 1:19]).reshape(4, 9)
    return [Case("0, 2, 4 and 1 positives, all ranks", (1e11 * scores, positive, 1, 5)),
            Case("0, 2, 4 and 1 positives, scores in ten-thousandths", (scores / 2e4, positive, 3, 5)),
            Case("one row, rank 1 alone", (1.0 * scores[1:2], positive[1:2], 1, 1)),
            Case("one row, a positive near the foot", (np.array([[-4e9, -1e9, -8e9, -2e9, -6e9, -9e9]]),
                                                     np.array([[False, False, True, False, False, False]]), 4, 5)),
            Case("ranks 400 to 420 of 900", (rng.permutation(900)[None] / 7, rng.random((1, 900)) < 0.2, 400, 420))]


BAND = Card(
    id="negatives.4", title="Hard negatives from a band of ranks", minutes=10, difficulty=3, used_in=("{{negatives}}",),
    effect=effects_truth.negatives_that_people_took,
    task="For each user, rank the items that are *not* positive by the model's own score, best first. Return the ids of the ranks low to "
         "high, both included, counted from 1, in ascending order of id. No scores tie, and enough items are left.",
    why="The items a model ranks just too high are what it can learn most from, and the very first ranks may hold items that the user would have "
        "liked but was never shown: hence a band below the top. The positives leave the ranking before the ranks are counted; were they taken out "
        "afterwards, places in the band would stay empty. A hard negative teaches the order near the top and little of the rest of the "
        "catalogue, from which retrieval has to pick: so most negatives stay easy.",
    reference=band_reference, alternative=_band_loop, cases=lambda rng: [*_band_cases(rng), *far_scores.band_cases()],
    by_hand=(Case("ranks 2 to 3; the best is positive", (np.array([[9.0, 5, 7, 1, 3]]), np.array([[True, False, False, False, False]]), 2, 3),
                  expected=np.array([[1, 4]])),
             Case("scores below zero", (np.array([[-1.0, -5, -2, -3, -4]]), np.array([[True, False, False, False, False]]), 2, 3),
                  expected=np.array([[3, 4]]))),
    mistakes=(
        Mistake("positives kept", lambda s, p, low, high: np.sort(np.argsort(-s, axis=1, kind="stable")[:, low - 1:high], axis=1),
                "Positives can be in your band: you would teach the model to push down what the user took."),
        Mistake("counted from 0", lambda s, p, low, high: np.sort(np.argsort(-np.where(p, -np.inf, s), axis=1)[:, low:high + 1], axis=1),
                "Your band starts one rank too low: rank 1 is the first, and stands at index 0."),
        Mistake("upper end left out", lambda s, p, low, high: np.sort(np.argsort(-np.where(p, -np.inf, s), axis=1)[:, low - 1:high - 1], axis=1),
                "The last rank of the band is missing: both ends belong to it."),
        Mistake("worst first", lambda s, p, low, high: np.sort(np.argsort(np.where(p, np.inf, s), axis=1)[:, low - 1:high], axis=1),
                "You rank ascending: these are the easiest negatives of all."),
        Mistake("worst first, positives before them", lambda s, p, low, high: np.sort(
            np.argsort(np.where(p, -np.inf, s), axis=1)[:, low - 1:high], axis=1),
                "You sort ascending, so the positives, at −inf, come first and the easiest negatives after them. Sort −scores: best first."),
        Mistake("positives dropped after ranking", lambda s, p, low, high: np.array([
            np.sort(np.r_[[i for i in np.argsort(-r)[low - 1:high] if not m[i]], np.full(m[np.argsort(-r)[low - 1:high]].sum(), -1)])
            for r, m in zip(s, p, strict=True)]).astype(int),
                "You cut the band first and drop positives afterwards, so places stay empty. Take the positives out before counting ranks."),
        Mistake("positives set to 0", lambda s, p, low, high: np.sort(np.argsort(-np.where(p, 0, s), axis=1)[:, low - 1:high], axis=1),
                "You give positives the score 0. Among scores below zero that is a high rank: use −inf."),
        Mistake("positives set to a large negative number", lambda s, p, low, high: np.sort(np.argsort(-np.where(p, -1e9, s), axis=1, kind="stable")[:, low - 1:high], axis=1),
                "You give positives a large negative score. Scores can lie below it: use −inf."),
        Mistake("band moved down", lambda s, p, low, high: np.array([np.sort(np.argsort(-r)[low - 1 + n:high + n]) for r, n in zip(s, p.sum(1), strict=True)]),
                "You move the band down by the number of positives. That is right only where all of them rank above it: take them out first."),
        Mistake("from the top", lambda s, p, low, high: np.sort(np.argsort(-np.where(p, -np.inf, s), axis=1)[:, :high], axis=1),
                "You return everything down to the rank high. The ranks above low do not belong to the band."),
        Mistake("in order of rank", lambda s, p, low, high: np.argsort(-np.where(p, -np.inf, s), axis=1)[:, low - 1:high],
                "Your ids stand in the order of their rank. Sort them by id."),
        Mistake("places among the rest", lambda s, p, low, high: np.array([np.sort(np.argsort(-r[~m])[low - 1:high]) for r, m in zip(s, p, strict=True)]),
                "You return places among the items that are left. Translate them back to item ids."),
        *BANDS,
    ),
    hints=("Which ranks do the positives have, and what should happen to the items below them?",
           "Set positives to −inf, sort descending, take the slice of ranks.",
           "`order = np.argsort(-np.where(positive, -np.inf, scores), axis=1)[:, low - 1:high]`, then `np.sort(order, axis=1)`."),
)


# --- 4.5 -----------------------------------------------------------------------------------------------------------
def _mask_loop(user_id, item_id, known_user, known_item):
    known = set(zip(np.asarray(known_user).tolist(), np.asarray(known_item).tolist(), strict=True))
    return np.array([[b != m and (int(u), int(i)) in known for m, i in enumerate(item_id)] for b, u in enumerate(user_id)])


def _mask_own_too(user_id, item_id, known_user, known_item):
    mask = _mask_loop(user_id, item_id, known_user, known_item)
    known = set(zip(known_user.tolist(), known_item.tolist(), strict=True))
    mask[np.diag_indices(len(user_id))] = [(u, i) in known for u, i in zip(user_id.tolist(), item_id.tolist(), strict=True)]
    return mask


def _mask_same_user(user_id, item_id, known_user, known_item):
    return (user_id[:, None] == user_id[None, :]) & ~np.eye(len(user_id), dtype=bool)


def _mask_same_item(user_id, item_id, known_user, known_item):
    return (item_id[:, None] == item_id[None, :]) & ~np.eye(len(user_id), dtype=bool)


def _mask_any_user(user_id, item_id, known_user, known_item):
    return np.isin(item_id, known_item)[None, :] & ~np.eye(len(user_id), dtype=bool)


def _mask_cases(rng):
    out = []
    for b in (5, 7, 9):
        user, item = rng.integers(0, 3, b), rng.integers(0, 5, b)
        user[1], item[2] = user[0], item[0]
        ku, ki = np.r_[user, rng.integers(0, 3, 4), 99], np.r_[item, rng.integers(0, 5, 4), item[0]]
        out.append(Case(f"batch of {b}", (user, item, ku, ki)))
    return [*out, Case("pairs that look alike", (
        np.array([12, 1, 4, 2]), np.array([5, 3, 23, 7]), np.array([0, 0, 0, 0, 0, 0, 0, 12, 4, 4, 2, 2]),
        np.array([15, 105, 1_005, 10_005, 100_005, 1_000_005, 36, 3, 23, 6, 7, 5]))),
        Case("batch of one", (np.array([3]), np.array([4]), np.array([3, 3]), np.array([4, 5])))]


MASK = Card(
    id="negatives.5", title="Negatives that are none", minutes=8, difficulty=3, used_in=("{{negatives}}",),
    effect=effects_truth.negatives_left_that_people_took,
    task="In a batch, another row's item may be one that *this* user took too. Mark those: True at (b, m) where user b is known to have taken item m. "
         "The diagonal, each row's own positive, is False; the same item in another row is marked like any other.",
    shapes="`user_id`, `item_id` int [B]; `known_user`, `known_item` int [E], all pairs known; returns bool [B, B].",
    why="A pair is one number, user · (largest item + 1) + item, so `np.isin` can look up B² pairs at once. The diagonal stays: "
        "mask the positive and nothing is left to learn. Whether masking *helps* is another question, and measured below.",
    reference=false_negatives, alternative=_mask_loop, cases=_mask_cases,
    by_hand=(Case("user 0 took items 5 and 6", (np.array([0, 1]), np.array([5, 6]), np.array([0, 0, 1]), np.array([5, 6, 6])),
                  expected=np.array([[False, True], [False, False]])),
             Case("a known item above those of the batch",
                  (np.array([1, 1, 2, 3]), np.array([0, 1, 2, 3]), np.array([0, 0]), np.array([7, 0])), expected=np.zeros((4, 4), bool)),
             Case("an item of the batch above the known ones",
                  (np.array([5, 0, 0]), np.array([7, 1, 2]), np.array([1, 1, 1, 0]), np.array([3, 0, 1, 2])),
                  expected=np.array([[False, False, False], [False, False, True], [False, False, False]]))),
    mistakes=(
        Mistake("the positive masked too", _mask_own_too, "Your diagonal is True: the positives themselves are masked, and nothing is left to learn."),
        Mistake("same user only", _mask_same_user,
                "You mask rows of the same user. Their items are positives too, but so are items that come with *other* users' rows."),
        Mistake("same item only", _mask_same_item, "You mask repeats of the own item. The user's other items are missed."),
        Mistake("anybody's positives", _mask_any_user,
                "You mask whatever anybody took: that is every item of the batch. The pair (user, item) has to be known."),
        Mistake("turned over", lambda u, i, ku, ki: _mask_loop(u, i, ku, ki).T,
                "Rows are users and columns items; yours is the transpose."),
        Mistake("pairs that collide", lambda u, i, ku, ki: np.isin(u[:, None] * ki.max() + i, ku * ki.max() + ki) & ~np.eye(len(u), dtype=bool),
                "Two different pairs get the same number in yours: multiply the user by more than the largest item of both lists."),
        Mistake("users and items apart", lambda u, i, ku, ki: np.isin(u, ku)[:, None] & np.isin(i, ki)[None, :] & ~np.eye(len(u), dtype=bool),
                "You look users and items up apart. The pair has to be known: this user with this item."),
        Mistake("the own item's repeats left", lambda u, i, ku, ki: _mask_loop(u, i, ku, ki) & (i[:, None] != i[None, :]),
                "You leave the own item unmarked in other rows too. There it is a negative like any other, and none for this user."),
        Mistake("turned to its opposite", lambda u, i, ku, ki: ~_mask_loop(u, i, ku, ki),
                "Yours is True where the item may stay a negative. True marks those that are none."),
    ),
    hints=("What has to be looked up: users, items, or pairs?",
           "Give each pair one number; compare the B × B numbers of the batch with those of the known pairs.",
           "`key = user * base + item`; `np.isin(user_id[:, None] * base + item_id, known_user * base + known_item)`; then clear the diagonal."),
)


# --- 4.6 -----------------------------------------------------------------------------------------------------------
def _stratum_loop(counts, edges):
    out, before, total = np.zeros(len(counts), int), 0.0, sum(counts)
    for i in sorted(range(len(counts)), key=lambda i: (-counts[i], i)):
        out[i] = sum(before / total >= edge for edge in edges)
        before += counts[i]
    return out


def _stratum_by_items(counts, edges):
    rank = np.empty(len(counts))
    rank[np.argsort(-counts, kind="stable")] = np.arange(len(counts)) / len(counts)
    return np.searchsorted(edges, rank, side="right")


def _stratum_sorted(counts, edges):
    order = np.argsort(-counts, kind="stable")
    return _stratum_loop(counts, edges)[order]


def _stratum_reversed(counts, edges):
    return len(edges) - _stratum_loop(counts, edges)


def _stratum_after(counts, edges):
    order = np.argsort(-counts, kind="stable")
    share = np.empty(len(counts))
    share[order] = np.cumsum(counts[order]) / counts.sum()
    return np.searchsorted(edges, share, side="right")


STRATA = Card(
    id="negatives.6", title="Head, middle, tail", minutes=8, difficulty=2, used_in=("{{negatives}}", "{{metric_stack}}",),
    realistic=sizes.events_of_items,
    task="Sort items by count, highest first. The head (0) are the items before which less than a fifth of all *events* lie, the tail (2) those "
         "before which at least four fifths lie, the middle (1) the rest. Ties go by id. (These are `edges` (0.2, 0.8).)",
    shapes="`counts` float [N]; `edges` two shares; returns int [N], the stratum of each item in the order of its id.",
    why="A head by share of *items* would hold the hits and many items nobody knows. By share of events each stratum carries its weight, and the head "
        "is a few dozen items. One average over all held-out items hides how differently the three can fare: that is why they are looked at apart.",
    reference=popularity_stratum, alternative=_stratum_loop,
    cases=lambda rng: [Case(f"{n} items", (rng.permutation((1000 / np.arange(1, n + 1) ** 1.3).astype(int) + 1).astype(float), (0.2, 0.8)))
                       for n in (9, 25)] + [Case("60 items, many of equal count", (np.tile([5.0, 1, 3, 1, 5], 12), (0.2, 0.8))),
                                        *(Case(f"edges {low} and {high}", (rng.permutation(np.arange(1.0, 24) ** 2), (low, high)))
                                          for low, high in ((0.5, 0.9), (0.1, 0.3))),
                                        Case("a hair before the edge", (1e5 * np.array([1.0040, 4.0, 1.0, 1.9961, 1.9999]), (0.2, 0.8))),
                                        Case("one item with nearly all events", (np.array([1, 2, 950, 1.5, 1.25, 0, 0]), (0.2, 0.8))),
                                        Case("counts with fractions", (np.array([0.9, 1.5, 1.75, 0.6, 1.25]), (0.3, 0.7))),
                                        Case("one item", (np.array([3.0]), (0.2, 0.8)))],
    by_hand=(Case("counts 1, 50, 9, 40", (np.array([1.0, 50, 9, 40]), (0.2, 0.8)), expected=np.array([2, 0, 2, 1])),
             Case("20 equal counts", (np.ones(20), (0.2, 0.8)), expected=np.repeat([0, 1, 2], [4, 12, 4])),
             Case("one event, two items", (np.array([1.0, 0.0]), (0.2, 0.8)), expected=np.array([0, 2]))),
    mistakes=(
        Mistake("share of items", _stratum_by_items, "You cut at shares of the *items*. Cut at shares of the events."),
        Mistake("edges left out", lambda c, e: _stratum_loop(c, (0.2, 0.8)),
                "You cut at 0.2 and 0.8, whatever `edges` says. Use the two shares that are passed in."),
        Mistake("in sorted order", _stratum_sorted, "Your strata stand in the order of popularity. Put them back in the order of ids."),
        Mistake("tail first", _stratum_reversed, "Head and tail have changed places: 0 is the head."),
        Mistake("own events counted", _stratum_after,
                "You count an item's own events as lying before it, so one huge hit can fall out of the head. Count the items above it."),
        Mistake("the edge to the upper stratum", lambda c, e: np.array([sum(b / c.sum() > x for x in e) for b in [c[(c > v) | ((c == v) & (np.arange(len(c)) < j))].sum() for j, v in enumerate(c)]]),
                "An item before which exactly a fifth of the events lie is in your head. The head is *less than* a fifth, the tail *at least* four fifths."),
        Mistake("ties to the later id", lambda c, e: _stratum_loop(c[::-1], e)[::-1],
                "Among equal counts the later id comes first in yours. Ties go by id: sort −counts with kind='stable'."),
        Mistake("ascending", lambda c, e: _stratum_loop(-c, e),
                "You start from the least popular item. Sort by count, highest first."),
        Mistake("own share", lambda c, e: len(e) - np.searchsorted(e, c / c.sum(), side='right'),
                "You compare an item's own share of the events with the edges. What counts is the share of all items above it."),
        Mistake("equal counts together", lambda c, e: np.searchsorted(e, [c[c > v].sum() / c.sum() for v in c], side='right'),
                "Items of equal count all stand at the same place in yours. Ties go by id, so the earlier ones lie before the later."),
    ),
    hints=("How many events lie above an item, when items are sorted by count?",
           "Cumulated sum of the sorted counts, minus the own count, over the total; then compare with the edges.",
           "`before[order] = np.cumsum(counts[order]) - counts[order]`; `np.searchsorted(edges, before / counts.sum(), side=\"right\")`."),
)


# --- 4.7 -----------------------------------------------------------------------------------------------------------
def _ridge_solver(content, vectors, new_content, l2):
    middle, mean = content.mean(0), vectors.mean(0)
    stacked = np.vstack([content - middle, np.sqrt(l2) * np.eye(content.shape[1])])
    target = np.vstack([vectors - mean, np.zeros((content.shape[1], vectors.shape[1]))])
    return mean + (new_content - middle) @ np.linalg.lstsq(stacked, target, rcond=None)[0]


def _ridge(content, vectors, new_content, l2, centre=True, penalty=True, back=True):
    middle = content.mean(0) if centre else 0
    mean = vectors.mean(0) if centre else 0
    c = content - middle
    w = np.linalg.pinv(c.T @ c + (l2 if penalty else 0) * np.eye(c.shape[1])) @ c.T @ (vectors - mean)
    return (new_content - middle) @ w + (mean if back else 0)


def _nearest_content(content, vectors, new_content, l2):
    return vectors[((new_content[:, None] - content[None]) ** 2).sum(2).argmin(1)]


def _ridge_own_middle(content, vectors, new_content, l2):
    return _ridge(content, vectors, new_content - new_content.mean(0) + content.mean(0), l2)


def _ridge_new_not_centred(content, vectors, new_content, l2):
    return _ridge(content, vectors, new_content + content.mean(0), l2)


def _ridge_vectors_only(content, vectors, new_content, l2):
    mean = vectors.mean(0)
    return mean + _ridge(content, vectors - mean, new_content, l2, centre=False)


COLD = Card(
    id="negatives.7", title="An item that nobody took yet", minutes=10, difficulty=3, used_in=("{{launch}}",),
    effect=effects_lists.recall_of_new_items,
    task="A new item has content and no vector. Learn a linear map from content to the vectors of known items by ridge regression, with both "
         "centred on their means, and apply it to the new item. The penalty, l2 times the sum of squared weights, stands beside the *sum* of "
         "squared errors.",
    shapes="`content` float [N, c], `vectors` float [N, d], `new_content` float [M, c], `l2` float; returns float [M, d].",
    why="Centred, the map shrinks towards the *mean item* when content says little. Not centred, it shrinks towards the zero vector, whose score is 0 "
        "whatever the user: new items would then win or lose together.",
    reference=content_to_vector, alternative=_ridge_solver,
    cases=lambda rng: [Case(f"{n} items", (rng.normal(size=(n, 3)) + 1, rng.normal(size=(n, 2)) + 0.5, rng.normal(size=(2, 3)), l2))
                       for n, l2 in ((8, 1.0), (12, 5.0))] + [
        Case("large values", (12 * rng.normal(size=(9, 3)), 300 * rng.normal(size=(9, 2)), 15 * rng.normal(size=(3, 3)), 30.0)),
        Case("more features than items", (rng.normal(size=(4, 6)), rng.normal(size=(4, 3)), rng.normal(size=(4, 6)), 2.0)),
        Case("one new item, far from all others, l2 0.05", (rng.normal(size=(10, 2)), rng.normal(size=(10, 1)), 3000 + rng.normal(size=(1, 2)), 0.05)),
        Case("two features, l2 500", (20 * rng.normal(size=(7, 2)), rng.normal(size=(7, 2)), 9 * rng.normal(size=(5, 2)), 500.0))],
    by_hand=(Case("content says nothing: the mean item", (np.zeros((2, 1)), np.array([[1.0], [3.0]]), np.array([[9.0]]), 1.0),
                  expected=np.array([[2.0]])),
             Case("one feature, two items", (np.array([[-1.0], [1.0]]), np.array([[-1.0], [1.0]]), np.array([[2.0]]), 2.0),
                  expected=np.array([[1.0]]))),
    rtol=1e-4,
    mistakes=(
        Mistake("not centred", lambda *a: _ridge(*a, centre=False), "Nothing is centred, so a new item shrinks to the zero vector, not to the mean item."),
        Mistake("mean not added back", lambda *a: _ridge(*a, back=False), "The mean vector is missing: the vectors were not centred, or their mean was not added back after the map."),
        Mistake("no penalty", lambda *a: _ridge(*a, penalty=False), "l2 has no effect: add l2 · I to contentᵀ·content before solving."),
        Mistake("nearest item's vector", _nearest_content,
                "You copy the vector of the item with the closest content. Use all items: a ridge regression."),
        Mistake("mean of squares", lambda c, v, n, l2: _ridge(c, v, n, l2 * len(c)),
                "You take the mean of the squared errors, so l2 weighs N times as much. Take their sum."),
        Mistake("l2 squared", lambda c, v, n, l2: _ridge(c, v, n, l2 ** 2),
                "You add l2² to the diagonal. Add l2 itself."),
        Mistake("new items centred on themselves", _ridge_own_middle,
                "You centre new items on their own mean. Use the mean content of the *known* items, on which the map was learnt."),
        Mistake("new items not centred", _ridge_new_not_centred,
                "You apply the map to raw new content. It was learnt on centred content: subtract the mean of the known items."),
        Mistake("content not centred", _ridge_vectors_only,
                "You centre the vectors and not the content. Both are centred."),
    ),
    hints=("What vector should an item get when its content tells nothing?",
           "Centre content and vectors; solve (CᵀC + l2·I) W = CᵀV; apply W to the centred new content; add the mean vector.",
           "`W = np.linalg.solve(c.T @ c + l2 * np.eye(c.shape[1]), c.T @ (vectors - vectors.mean(0)))`."),
)

CARDS = [LOGQ, STREAM, MIXED, BAND, MASK, STRATA, COLD]
DECISIONS = (DIVIDED, MEMORY)
REFEREED = (INSIDE,)
RETIRED = ["negatives.2", "negatives.3", "negatives.5", "negatives.6", "negatives.7"]          # asked by the first edition

CLAIMS = [
    Claim("negatives.suppress", "Trained alike, towers without logQ show less popular items than towers with it.",
          "Yi et al. 2019", (0.0, 1.0), "median popularity shown, without ÷ with logQ",
          place="section 3, below equation 3: in-batch items come from a power law, so “popular items are overly penalized as "
                "negatives”, against the full softmax",
          history=(Band(0.0, 0.5, "2026-11-22", "the sentence was another: Without correction, in-batch negatives suppress popular items."),), written="2026-11-28",
          limits="Only the direction is asked, and the lesson derives it before it measures. Both arms have one temperature, not tuned for either. The "
                 "interval of one run is over people; training and world change the ratio more, as the runs show. Tried: a third arm with the full softmax, which "
                 "needs no log q, over three seeds. Towers without logQ show items 0.337 times as popular as it does on the films and 0.277 times in the world, "
                 "towers with logQ 1 and 1.12 times: so without it popular items are shown too little, as the source has it, and in the world a little too much with it.",
          bounds=AMOUNT),
    Claim("negatives.logq_log", "logQ raises recall on a held-out part of the log it was trained on.",
          "Yi et al. 2019", (0.0, np.inf), "difference in recall@20",
          place="table 1, recall of links among 5.3 million Wikipedia pages, and table 2, of clicks among 10 million YouTube "
                "videos; against the same softmax without the correction, temperature by temperature",
          history=(Band(0.05, np.inf, "2026-11-22", "the sentence was another: logQ raises recall on the log."),), written="2026-11-28",
          bounds=DIFFERENCE),
    # A dial: its strength is the power with which the policy that wrote the log follows clicks; 0 is not at all.
    Claim("negatives.logq_truth", "logQ raises how satisfied people truly are with the 20 items that a model ranks first.", "own conjecture",
          (0.0, np.inf), "difference in true satisfaction, share of the best possible",
          kind=DIAL, dial="power with which the policy that wrote the log follows clicks", written="2026-11-22",
          limits="At power 1 it does not hold, and so not for whoever wrote the log. A run's own interval is over the people of one world and does not hold "
                 "other worlds: in the run that the lesson shows it lies above 0 at 0 and 0.4, where the ten runs lie on both sides. Until 2026-12-01 the "
                 "sentence was: logQ also raises what people truly get, whoever wrote the log.", bounds=DIFFERENCE),
    # 0.3 nats, a factor of 1.35: about the scatter of a count of ten, which is what any estimate of such items has.
    Claim("negatives.streaming", "After one pass, a stream's gaps give log q of items seen ten times or more to 0.3 nats.",
          "own conjecture; Yi et al. 2019, section 6.1 and figure 4, show the error over 1,000 items settle within 10,000 "
          "batches of 128, and name no bound", (0.0, 0.3),
          "nats, root mean square, a common offset removed",
          history=(Band(0.9, 1.0, "2026-11-22", "the sentence was another: A stream's own gaps estimate the chances well enough."),), written="2026-11-28",
          bounds=AMOUNT),
    Claim("negatives.mixed", "In a feed, uniform negatives beside in-batch ones raise recall over the whole catalogue.",
          "Yang et al. 2020", (0.0, np.inf), "difference in recall@20",
          place="abstract: on the log of an app store, a mixture of batch and uniform negatives “outperforms other baseline "
                "sampling methods”", written="2026-11-22", bounds=DIFFERENCE,
          limits="By less than a hundredth: the mean's interval begins at 0.0001, eight of ten runs lie "
                 "above 0, the fewest that count, and a further run may well show a loss. The source has "
                 "an app store's catalogue, most of which is in no batch; here a batch draws half of all "
                 "items. The mixed batch has twice as many negatives. Tried: as many more negatives "
                 "for the rival, drawn from the log as its batch is, under all ten seeds. Uniform ones still "
                 "lead, by 0.00456 on average and in nine of ten. Not tried: a real log. Until 2026-11-30 the sentence was: Uniform negatives beside"
                 " in-batch ones raise recall over the whole catalogue."),
    Claim("negatives.mixed_cold", "Uniform negatives beside in-batch ones, twice as many in all, raise the recall of items that were "
          "hidden in training and are placed by content.", "folklore, no source found",
          (0.0, np.inf), "difference in recall@20 of the hidden items", written="2026-11-28",
          bounds=DIFFERENCE,
          limits="A tenth of ordinary items is hidden, out of the catalogue while training, in which an "
                 "item lacks its id half of the time; they compete with all items. Items that nobody took"
                 " are mostly in the catalogue and are drawn as negatives, which did harm in the run "
                 "shown. The mixed batch has twice as many negatives. That run lies outside of where a "
                 "further one was to fall. Tried: as many more negatives for the rival, drawn from the log "
                 "as its batch is, under all ten seeds. The lead is gone: −0.00136 on average, from −0.00998 "
                 "to 0.00301. So what helps is that they are more, and not that they are uniform. Until "
                 "2026-12-01 the sentence was: Uniform negatives raise the recall of items that were hidden in "
                 "training and are placed by content. Until 2026-11-30: Uniform negatives help the items that "
                 "nobody has taken yet."),
    Claim("negatives.hard", "Hard negatives from the first five of 256 drawn films are worse than ones from ranks 30 to 34.",
          "Huang et al. 2020", (-np.inf, 0.0), "difference in recall@20, known positives left out",
          place="section 6.1.1, on search at Facebook with a triplet loss: the hardest examples are not the best, ranks 101 to "
                "500 gave the best recall", written="2026-11-22", bounds=DIFFERENCE,
          limits="One epoch from the start, with a weight of 0.3 beside the softmax over the batch. Rank 5 of 256 is about rank 33 of all 1,682 films, rank 30 "
                 "about rank 200: in so small a catalogue neither band is the source's, and a softmax is not its triplet loss. Until 2026-12-01 the "
                 "sentence was: Hard negatives from the top ranks are worse than ones from a band below."),
    Claim("negatives.masking", "Masking known positives among the negatives raises recall.", "folklore, no source found",
          (0.0, np.inf), "difference in recall@20",
          history=(Band(0.005, np.inf, "2026-11-22", "the sentence was another: Masking known positives among the negatives helps."),), written="2026-11-28",
          limits="Under the first band, at least 0.005, it could not be said. One epoch, on a log in which a "
                 "quarter of a batch's negatives are known positives; at ten million items hardly any is.",
          bounds=DIFFERENCE),
    Claim("negatives.ceiling", "Of a catalogue of about one or two thousand items, a two-tower hands on over a tenth to hold nine tenths of what people will take.",
          "own conjecture, against funnels drawn with a few hundred candidates", (0.1, 1.0), "of the catalogue",
          history=(Band(0.9, 1.0, "2026-11-22", "the sentence was another: A few hundred candidates hold nearly all that people will take."),), written="2026-11-28", bounds=SHARE,
          limits="Of 1,682 films the share is some 385, which are a few hundred: that these hold what people will take is not refuted, only that they are a "
                 "small part here. A share of so small a catalogue says nothing of ten million items. One retriever. Until 2026-12-01 the sentence "
                 "was: To hold nine tenths of what people will take, retrieval hands on over a tenth of the catalogue."),
    Claim("negatives.cold", "Among new items alone, content orders them for each person better than the popularity that "
          "content predicts.",
          "own conjecture; Gantner et al. 2010 map attributes to factors", (0.0, np.inf),
          "difference in recall@10 to the order by the popularity that content predicts",
          history=(Band(2.0, np.inf, "2026-11-22", "the sentence was another: Content alone places a new item far better than chance."),), written="2026-11-28",
          limits="New items are ordered among themselves, and the rival is one order. By age alone, which the "
                 "lesson on two-towers calls the rival to beat, is not in this race. Until 2026-11-29 the sentence was: Content "
                 "places a new item for each person better than one order for all.", bounds=DIFFERENCE),
]
