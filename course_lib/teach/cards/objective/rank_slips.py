"""Families of wrong rank agreements: what stands for the ranks of each list, and what is made of the two, in any two."""

from dataclasses import replace

import numpy as np

from course_lib.teach.cards.two_slips import mistakes_of, slips, spelled
from course_lib.teach.definitions.mistake_kinds import AXIS


def _ranks(x):
    return np.argsort(np.argsort(x))


def _correlation(x, y):
    return np.corrcoef(x, y)[0, 1]


def _agree(left=_ranks, right=_ranks, made=_correlation):
    def wrong(a, b):
        with np.errstate(all="ignore"):
            return float(made(np.asarray(left(np.asarray(a, float)), float), np.asarray(right(np.asarray(b, float)), float)))
    return wrong


def _of_both(both=_ranks, made=_correlation):
    return _agree(both, both, made)


LISTS = slips(
    AXIS,
    ("values", lambda x: x),
    ("argsort", np.argsort),
    ("sorted values", np.sort),
    ("ranks from the best", lambda x: _ranks(-x)),
    ("logarithms", lambda x: np.log(x)),
    ("signs of the distance to the mean", lambda x: np.sign(x - x.mean())),
    ("argsort from the best", lambda x: np.argsort(-x)),
    ("ranks squared", lambda x: _ranks(x)**2),
)
LIST_STEPS = {"left": LISTS, "right": LISTS}
LIST_WITHOUT = ("ranks + values + correlation", "ranks + argsort + correlation",
                "ranks + ranks from the best + correlation", "values + ranks + correlation",
                "values + values + correlation", "argsort + ranks + correlation", "argsort + argsort + correlation",
                "sorted values + sorted values + correlation", "ranks from the best + ranks + correlation",
                "ranks from the best + ranks from the best + correlation", "logarithms + logarithms + correlation",
                "argsort from the best + argsort + correlation",
                "argsort from the best + argsort from the best + correlation")
MADE_STEPS = {
    "both": tuple(replace(slip, alone=False) for slip in LISTS if slip.name in ("values", "argsort", "sorted values", "logarithms")),
    "made": slips(
        AXIS,
        ("the square of the correlation", lambda x, y: _correlation(x, y)**2),
        ("the covariance", lambda x, y: np.cov(x, y)[0, 1]),
        ("the cosine", lambda x, y: x @ y / np.sqrt((x @ x) * (y @ y))),
        ("the share of equal places", lambda x, y: np.mean(x == y)),
        ("1 less the correlation", lambda x, y: 1 - _correlation(x, y)),
        ("the absolute correlation", lambda x, y: abs(_correlation(x, y))),
        ("the slope", lambda x, y: np.cov(x, y)[0, 1] / np.var(x, ddof=1)),
        ("the mean distance", lambda x, y: np.abs(x - y).mean()),
        ("1 − 6 Σ|d| / (n (n² − 1))", lambda x, y: 1 - 6 * np.abs(x - y).sum() / (len(x) * (len(x)**2 - 1))),
        ("1 − Σd² / (n (n² − 1))", lambda x, y: 1 - ((x - y)**2).sum() / (len(x) * (len(x)**2 - 1))),
        ("1 − 6 Σd² / (n² − 1)", lambda x, y: 1 - 6 * ((x - y)**2).sum() / (len(x)**2 - 1)),
        ("1 − 6 Σd² / n³", lambda x, y: 1 - 6 * ((x - y)**2).sum() / len(x)**3),
        ("6 Σd² / (n (n² − 1))", lambda x, y: 6 * ((x - y)**2).sum() / (len(x) * (len(x)**2 - 1))),
        ("the share of pairs in the same order", lambda x, y: np.mean([(x[i] - x[j]) * (y[i] - y[j]) > 0 for i in range(len(x)) for j in range(i)])),
        ("pairs in the same less the other order", lambda x, y: np.mean([np.sign((x[i] - x[j]) * (y[i] - y[j])) for i in range(len(x)) for j in range(i)])),
        ("(1 + the correlation) / 2", lambda x, y: (1 + _correlation(x, y)) / 2),
    ),
}
MADE_WITHOUT = ("ranks + ranks + the covariance", "ranks + ranks + the cosine",
                "ranks + ranks + the share of equal places", "ranks + ranks + the slope",
                "ranks + ranks + 1 − Σd² / (n (n² − 1))", "ranks + ranks + 1 − 6 Σd² / (n² − 1)",
                "ranks + ranks + 1 − 6 Σd² / n³", "ranks + ranks + 6 Σd² / (n (n² − 1))",
                "ranks + ranks + pairs in the same less the other order",
                "values + values + the share of pairs in the same order",
                "values + values + pairs in the same less the other order",
                "argsort + argsort + the share of equal places", "argsort + argsort + the slope",
                "argsort + argsort + 6 Σd² / (n (n² − 1))", "sorted values + sorted values + the absolute correlation",
                "sorted values + sorted values + pairs in the same less the other order",
                "logarithms + logarithms + the share of equal places")
ASKED = "Asked for is the correlation of the ranks of both."
AGREED = (
    *mistakes_of(_agree, LIST_STEPS, LIST_WITHOUT, named=spelled("{left} + {right} + correlation", left="ranks", right="ranks"), told=spelled(
        f"Your answer is that of the correlation, of {{left}} of a and {{right}} of b. {ASKED}", left="ranks", right="ranks")),
    *mistakes_of(_of_both, MADE_STEPS, MADE_WITHOUT, named=spelled("{both} + {both} + {made}", both="ranks"), told=spelled(
        f"Your answer is that of {{made}}, of {{both}} of a and {{both}} of b. {ASKED}", both="ranks")),
)
