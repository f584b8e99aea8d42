"""Exercise 15.1: which weights a token of a history gives to which, when it may not see what came later."""

import numpy as np

from course_lib.stages.retrieval.sequences.sequences_by_hand import causal_weights
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake
from course_lib.teach.definitions.mistake_kinds import AXIS, BASE, BOUNDARY, DIRECTION, IGNORED, LEAK, UNIT


def _cases(rng):
    return [Case("five tokens", (rng.normal(0, 1, (5, 5)),)), Case("one token", (rng.normal(0, 1, (1, 1)),)),
            Case("scores far apart", (rng.normal(0, 40, (6, 6)),)), Case("scores in the thousands", (1e3 + rng.normal(0, 1, (4, 4)),)),
            Case("all alike", (np.zeros((4, 4)),)), Case("the latest fit best", (np.triu(rng.uniform(2, 5, (5, 5)), 1),)),
            Case("all below zero", (-rng.uniform(1, 3, (7, 7)),)),
            Case("rows at other heights", (rng.normal(0, 1, (5, 5)) + 1e3 * np.arange(5)[:, None],)),
            Case("scores thousands apart", (rng.normal(0, 1e3, (5, 5)),)), Case("many tokens", (rng.normal(0, 1, (120, 120)),))]


def _softmax(score, axis=-1):
    raised = np.exp(score - score.max(axis=axis, keepdims=True))
    return raised / raised.sum(axis=axis, keepdims=True)


def _row_by_row(score):
    """The same, a row at a time."""
    out = np.zeros(np.shape(score))
    for t, row in enumerate(np.asarray(score, float)):
        past = row[:t + 1]
        raised = np.exp(past - past.max())
        out[t, :t + 1] = raised / raised.sum()
    return out


def _masked(score, which, value=-np.inf):
    return np.where(which(np.ones(np.shape(score), bool)), value, np.asarray(score, float))


def _no_mask(score):
    return _softmax(np.asarray(score, float))


def _turned(score):
    return _softmax(_masked(score, lambda ones: np.tril(ones, -1)))


def _without_itself(score):
    masked = _masked(score, lambda ones: np.triu(ones, 0))
    masked[0, 0] = 0.0
    return _softmax(masked)


def _masked_after(score):
    return np.tril(_softmax(np.asarray(score, float)))


def _masked_with_zero(score):
    return _softmax(np.tril(np.asarray(score, float)))


def _by_column(score):
    return _softmax(_masked(score, lambda ones: np.triu(ones, 1)), axis=0)


def _no_shift(score):
    with np.errstate(over="ignore", invalid="ignore"):
        raised = np.exp(_masked(score, lambda ones: np.triu(ones, 1)))
        return raised / raised.sum(axis=1, keepdims=True)


def _even(score):
    ones = np.tril(np.ones(np.shape(score)))
    return ones / ones.sum(axis=1, keepdims=True)


def _times_infinity(score):
    with np.errstate(invalid="ignore"):
        return _softmax(np.asarray(score, float) + np.triu(np.ones(np.shape(score)), 1) * -np.inf)


def _scaled_again(score):
    return _softmax(_masked(score, lambda ones: np.triu(ones, 1)) / len(score) ** 0.5)


def _later_changes_nothing(fn, rng):
    score = rng.normal(0, 1, (6, 6))
    other = score.copy()
    other[:3, 3:] += rng.normal(0, 5, (3, 3))
    return np.allclose(fn(score)[:3], fn(other)[:3])


CAUSAL = Card(
    id="sequences.1", title="Who may look at whom", minutes=10, difficulty=2, used_in=("this lesson",),
    task="Entry (t, s) of `score` says how well token s fits what token t looks for; the oldest token stands first. Return the "
         "weights with which each token mixes the tokens that it may see: their softmax. In training, token t is used to predict "
         "the item behind it; work out from that what it may see. Scores can be large.",
    shapes="`score` float [T, T]; returns float [T, T], rows that sum to 1.",
    why="One forward pass predicts every next item of a history at once, and that is honest only if no token has seen its own answer. "
        "Setting a score to −∞ *before* the softmax takes the token out and lets the others share its weight; setting a weight to 0 "
        "afterwards leaves rows that no longer sum to 1. Subtracting each row's largest score changes nothing and keeps the "
        "exponentials finite.",
    reference=causal_weights, alternative=_row_by_row, cases=_cases,
    by_hand=(Case("three tokens that all fit alike", (np.zeros((3, 3)),),
                  expected=np.array([[1, 0, 0], [1 / 2, 1 / 2, 0], [1 / 3, 1 / 3, 1 / 3]])),
             Case("the second fits itself three times as well", (np.array([[5.0, 9.0], [0.0, np.log(3)]]),),
                  expected=np.array([[1, 0], [0.25, 0.75]]))),
    mistakes=(
        Mistake("nothing hidden", _no_mask, kind=LEAK, says="Your first token looks at those behind it, which are the answers it is asked for. Hide "
                "what came later."),
        Mistake("the past hidden", _turned, kind=DIRECTION, says="You hide the past and show the future. Row t may see columns 0 to t."),
        Mistake("itself hidden", _without_itself, kind=BOUNDARY, says="Your tokens do not see themselves. Token t is known when the item behind it is "
                "predicted; only what comes later is hidden."),
        Mistake("hidden after the softmax", _masked_after, kind=BASE, says="You set weights to 0 after the softmax, so your rows no longer sum to 1. "
                "Take the later tokens out before they get a share."),
        Mistake("a score of 0", _masked_with_zero, kind=BASE, says="You set hidden scores to 0. exp(0) is 1, so they still get weight; −∞ gives "
                "them none."),
        Mistake("columns", _by_column, kind=AXIS, says="Your columns sum to 1, not your rows. A row is one token and what it takes from the others."),
        Mistake("not shifted", _no_shift, kind=UNIT, says="Where scores are large your exponentials overflow and give NaN. Subtract each row's "
                "largest score first."),
        Mistake("a mask times infinity", _times_infinity, kind=UNIT, says="Your weights are NaN: 0 · −∞ is no number. Choose with `np.where` in place "
                "of multiplying a mask."),
        Mistake("scaled again", _scaled_again, kind=UNIT, says="You divide the scores by a root. They come scaled; what is left is the softmax."),
        Mistake("the plain mean", _even, kind=IGNORED, says="You mix all that came before evenly and never read the scores."),
    ),
    hints=("Token t has to predict item t + 1. Which tokens are known by then?",
           "`np.triu(np.ones((T, T), bool), 1)` marks what lies right of the diagonal.",
           "Set those scores to `-np.inf`, subtract each row's largest, take `np.exp`, and divide by the sums of rows."),
    invariants=(Invariant("What later tokens score changes no earlier row.", _later_changes_nothing),
                Invariant("A constant added to a row of scores changes nothing.",
                          lambda fn, rng: np.allclose(fn(s := rng.normal(0, 1, (5, 5))), fn(s + rng.normal(0, 3, (5, 1))))),),
    realistic=lambda rng: (rng.normal(0, 1, (200, 200)),))
