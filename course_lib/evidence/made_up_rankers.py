"""Three made-up services, rival rankers of each, what each number of a log says of them and what they are worth.

All that a service knows is drawn here: what people like, who sorted the log, how attention falls. A ranker is a
logistic regression on some of the columns. Letters: R requests, K = 10 slots of the log, C = 40 candidates, F columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from course_lib.evidence.auc import auc
from course_lib.evidence.offline import calibration_error

SERVICES = ("feed by length", "feed by taste", "shop")
SLOTS, CANDIDATES, COLUMNS = 10, 40, 7
LENGTH, PERSON = 5, 6                                # two columns: the title's length, and how much the person clicks
LOOKS = 1 / np.arange(1, SLOTS + 1)
RANDOM_SHARE = 0.04                                  # of requests, where a service keeps random slots
TREATMENTS = ("ignored", "fixed", "weights")
PRICE_POWERS = (0.0, 0.5, 1.0, 1.5)


@dataclass(frozen=True)
class Shown:
    """Requests with what was shown. x: float (R, n, F). chance: (R, n), of a click on looking. margin: (R, n)."""

    x: np.ndarray
    chance: np.ndarray
    margin: np.ndarray


def _draw(rng, weights, requests, n):
    x = rng.normal(size=(requests, n, COLUMNS))
    x[:, :, PERSON] = x[:, :1, PERSON]
    hidden = rng.normal(size=(requests, n))          # liked for reasons that no column holds
    chance = 1 / (1 + np.exp(2.0 - x @ weights - 0.7 * hidden))
    return Shown(x, chance, np.exp(0.8 * rng.normal(size=(requests, n))))


def _sorted_by(shown, key):
    order = np.argsort(-key, axis=1)
    return Shown(np.take_along_axis(shown.x, order[:, :, None], 1), np.take_along_axis(shown.chance, order, 1),
                 np.take_along_axis(shown.margin, order, 1))


def _fit(x, click, weight, ridge=5.0, steps=6):
    """Logistic regression by Newton's steps. x: float (n, F) with a column of ones; returns float (F,)."""
    beta = np.zeros(x.shape[1])
    for _ in range(steps):
        p = 1 / (1 + np.exp(-x @ beta))
        slope = x.T @ (weight * (click - p)) - ridge * beta
        bend = (x * (weight * p * (1 - p))[:, None]).T @ x + ridge * np.eye(len(beta))
        beta = beta + np.linalg.solve(bend, slope)
    return beta


class _Rival:
    """Columns, how position is treated, and to which power the margin enters the score."""

    def __init__(self, columns, treatment, power):
        self.columns, self.treatment, self.power = columns, treatment, power

    def fit(self, log, click):
        weight = np.where(click == 1, 1 / LOOKS, 1.0) if self.treatment == "weights" else np.ones(click.shape)
        x = self._rows(log.x, np.log(np.arange(1, SLOTS + 1)))
        self.beta = _fit(x, click.ravel(), weight.ravel())
        return self

    def _rows(self, x, place):
        rows = [np.ones(x.shape[:2]), *(x[:, :, column] for column in self.columns)]
        if self.treatment == "fixed":
            rows.append(np.broadcast_to(place, x.shape[:2]))
        return np.stack(rows, axis=-1).reshape(-1, len(rows))

    def chance(self, shown):
        """float (R, n), as it is served: at position 1."""
        return (1 / (1 + np.exp(-self._rows(shown.x, 0.0) @ self.beta))).reshape(shown.x.shape[:2])

    def score(self, shown):
        return self.chance(shown) * shown.margin ** self.power


def _numbers(rival, held, held_click, random, random_click):
    score, shuffled = rival.score(held), rival.score(random)
    return {"AUC": auc(score.ravel(), held_click.ravel()),
            "calibration": -calibration_error(rival.chance(held).ravel(), held_click.ravel()),
            "NDCG in a request": _ndcg(score, held_click),
            "AUC in a request": _auc_in(score, held_click),
            "AUC in a request, random slots": _auc_in(shuffled, random_click),
            "money on top, random slots": _sum_on_top(shuffled, random_click * random.margin, LOOKS).mean()}


def _auc_in(score, click):
    """Mean AUC of the rows of (R, K) that hold both labels; no two scores are equal."""
    both = (click.sum(axis=1) > 0) & (click.sum(axis=1) < SLOTS)
    rank = np.argsort(np.argsort(score[both], axis=1), axis=1) + 1
    n = click[both].sum(axis=1)
    return float((((rank * click[both]).sum(axis=1) - n * (n + 1) / 2) / (n * (SLOTS - n))).mean())


def _ndcg(score, click):
    discount = 1 / np.log2(np.arange(2, SLOTS + 2))
    some = click.sum(axis=1) > 0
    return float((_sum_on_top(score, click, discount)[some] / _sum_on_top(click, click, discount)[some]).mean())


def _sum_on_top(score, value, weight):
    """Σ weight × value of what each row of scores puts first, float (R,)."""
    top = np.argsort(-score, axis=1, kind="stable")[:, :SLOTS]
    return (np.take_along_axis(value, top, axis=1) * weight).sum(axis=1)


@cache
def population(service: str, seed: int) -> dict[str, np.ndarray]:
    """{number of the log: float (rivals,), more is better; "worth": of the best ten's; "at random": float ()}.

    service: of SERVICES. "feed by length" sorted its log by the title's length, which nobody cares about; the other
    two by what people like, reasons included that no column holds. The feeds' worth is clicks, the shop's is money.
    """
    rng = np.random.default_rng([seed, SERVICES.index(service)])
    weights = np.append(rng.normal(0, 0.45, LENGTH), [0.0, 0.8])
    parts = {}
    for name, requests in (("train", 1200), ("held", 800), ("random", 1000)):
        shown = _draw(rng, weights, requests, SLOTS)
        if name != "random":
            key = shown.x[:, :, LENGTH] if service == "feed by length" else np.log(shown.chance)
            shown = _sorted_by(shown, key + 0.3 * rng.normal(size=key.shape))
        parts[name] = shown, (rng.random(shown.chance.shape) < LOOKS * shown.chance).astype(int)
    panel, money = _draw(rng, weights, 1000, CANDIDATES), service == "shop"
    value = panel.chance * panel.margin if money else panel.chance
    best = _earned(value, value)
    said, worth = [], []
    for rival in _rivals(rng, money):
        rival.fit(*parts["train"])
        said.append(_numbers(rival, *parts["held"], *parts["random"]))
        worth.append(_earned(rival.score(panel), value) / best)
    table = {name: np.array([row[name] for row in said]) for name in said[0]}
    return table | {"worth": np.array(worth), "at random": np.array(_earned(rng.random(value.shape), value) / best)}


def _rivals(rng, money):
    for number in range(8):
        columns = [column for column in range(COLUMNS) if rng.random() < 0.75] or [0]
        for place, treatment in enumerate(TREATMENTS):
            yield _Rival(columns, treatment, PRICE_POWERS[(number + place) % 4] if money else 0.0)


def _earned(score, value):
    return _sum_on_top(score, value, LOOKS).mean()


def worth_of_choosing(service: str, seed: int, number: str) -> float:
    """What the rival that leads by this number is worth, in units of the best ten; less what random slots cost.

    A number that needs random slots has RANDOM_SHARE of the requests served at random.
    """
    table = population(service, seed)
    chosen = table["worth"][np.argmax(table[number])]
    share = RANDOM_SHARE if "random" in number else 0.0
    return float((1 - share) * chosen + share * table["at random"])
