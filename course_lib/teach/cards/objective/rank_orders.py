"""Exercise 1.4: whether two objectives agree."""

import numpy as np

from course_lib.evidence.objectives import rank_agreement
from course_lib.teach.cards.objective import rare_requests
from course_lib.teach.cards.objective.rank_slips import AGREED
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


def _rank_cases(rng):
    random = [Case(f"{n} policies", tuple(np.exp(rng.normal(size=(2, n)) * 2))) for n in (4, 6, 9)]
    signs = Case("values of both signs, and 0", (np.array([40.0, 25.0, 12.0, 0.0, -7.0, -30.0]),
                                                 np.array([30.0, 14.0, 11.0, -20.0, 0.0, -3.0])))
    return [*random, signs, *rare_requests.ORDERS]


def _ranks(x):
    return np.argsort(np.argsort(x))


def _pearson(x, y):
    return float(np.corrcoef(x, y)[0, 1])


def _kendall(a, b):
    order = np.sign(a[:, None] - a) * np.sign(b[:, None] - b)
    return float(order.sum() / (len(a) * (len(a) - 1)))


def _cosine_of_ranks(first):
    def wrong(a, b):
        x, y = _ranks(a) + first, _ranks(b) + first
        return float(x @ y / np.sqrt((x @ x) * (y @ y)))
    return wrong


def _by_squares(factor, divisor):
    """Spearman by squared differences of the ranks, with another factor or divisor than the right ones."""
    def wrong(a, b):
        n = len(a)
        return float(1 - factor * np.sum((_ranks(a) - _ranks(b)) ** 2) / divisor(n))
    return wrong


def _spearman_by_hand(a, b):
    place = np.stack([np.argsort(np.argsort(x)) for x in (a, b)]).astype(float)
    n = place.shape[1]
    return 1 - 6 * np.sum((place[0] - place[1]) ** 2) / (n * (n * n - 1))


AGREE = Card(
    id="objective.4", title="Do two objectives agree?", minutes=6, difficulty=2, used_in=(),
    task="Given the values of the same policies by two objectives, say how far they put them in the same order: the "
         "correlation of their *ranks* (Spearman). 1 is the same order, −1 the reverse. There are no ties.",
    shapes="`a`, `b` float [P]; returns a number in [−1, 1].",
    why="A launch decision picks an order, not a size: clicks and margin have different units, and one extreme policy would rule a "
        "correlation of values. With few policies the interval is wide; lesson {{metric_stack}} says how wide.",
    reference=rank_agreement, alternative=_spearman_by_hand, cases=_rank_cases,
    by_hand=(Case("the same order", (np.array([1.0, 2.0, 50.0]), np.array([0.1, 0.2, 0.3])), expected=1.0),
             Case("the last two swapped", (np.array([1.0, 2.0, 3.0]), np.array([10.0, 30.0, 20.0])), expected=0.5),
             *rare_requests.ORDERS_BY_HAND),
    invariants=(Invariant("stretching one objective without changing its order changes nothing", lambda fn, rng: np.all(np.isclose(
        fn(np.array([1.0, 5.0, 2.0, 9.0]), np.array([3.0, 1.0, 2.0, 4.0])),
        fn(np.exp(np.array([1.0, 5.0, 2.0, 9.0])), np.array([3.0, 1.0, 2.0, 4.0]))))),),
    mistakes=(
        Mistake("values, not ranks", lambda a, b: np.corrcoef(a, b)[0, 1],
                "You correlate the values. One extreme policy rules that; take the ranks first."),
        Mistake("argsort taken for ranks", lambda a, b: np.corrcoef(np.argsort(a), np.argsort(b))[0, 1],
                "`argsort` gives which policy stands at each place; the rank is the inverse, argsort of argsort."),
        Mistake("sign of the distance", lambda a, b: -rank_agreement(a, b),
                "Your result is the reverse: the same order has to give 1."),
        Mistake("ranks of a only", lambda a, b: _pearson(_ranks(a), b),
                "You rank a and correlate with the values of b. Rank both."),
        Mistake("ranks of b only", lambda a, b: _pearson(a, _ranks(b)),
                "You rank b and correlate with the values of a. Rank both."),
        Mistake("logs, not ranks", lambda a, b: _pearson(np.log(a), np.log(b)),
                "You correlate the logarithms. They tame extreme values, but sizes still count: take ranks."),
        Mistake("argsort on the left", lambda a, b: _pearson(np.argsort(a), _ranks(b)),
                "Of a you take argsort, which gives the policy at each place. Its inverse is the rank: argsort of argsort."),
        Mistake("argsort on the right", lambda a, b: _pearson(_ranks(a), np.argsort(b)),
                "Of b you take argsort, which gives the policy at each place. Its inverse is the rank: argsort of argsort."),
        Mistake("each sorted by itself", lambda a, b: _pearson(np.sort(a), np.sort(b)),
                "You sort each list by itself, so the values no longer belong to the same policy. Replace each value by its rank, in place."),
        Mistake("Kendall", _kendall,
                "You count pairs of policies in the same and in the other order (Kendall's tau). Asked for is the correlation of the ranks."),
        Mistake("covariance", lambda a, b: float(np.cov(_ranks(a), _ranks(b))[0, 1]),
                "This is the covariance of the ranks. Divide by both standard deviations: the correlation."),
        Mistake("covariance by n", lambda a, b: float(np.cov(_ranks(a), _ranks(b), ddof=0)[0, 1]),
                "This is the covariance of the ranks (over n). Divide by both standard deviations: the correlation."),
        Mistake("cosine of ranks from 0", _cosine_of_ranks(0),
                "You take the cosine of the ranks. A correlation takes the mean off first."),
        Mistake("cosine of ranks from 1", _cosine_of_ranks(1),
                "You take the cosine of the ranks (from 1). A correlation takes the mean off first."),
        Mistake("6 forgotten", _by_squares(1, lambda n: n * (n * n - 1)),
                "In the formula by squared differences of ranks a factor of 6 is missing: 1 − 6 Σd² / (n (n² − 1))."),
        Mistake("n forgotten", _by_squares(6, lambda n: n * n - 1),
                "In the formula by squared differences of ranks the divisor is n (n² − 1); yours lacks the n in front."),
        Mistake("n cubed", _by_squares(6, lambda n: n ** 3),
                "In the formula by squared differences of ranks the divisor is n (n² − 1); yours is n³."),
        Mistake("multiplied by n² − 1", _by_squares(6, lambda n: n / (n * n - 1)),
                "In the formula by squared differences of ranks you multiply by n² − 1. It belongs to the divisor: put n (n² − 1) in brackets."),
        Mistake("squared distance", lambda a, b: float(np.sum((_ranks(a) - _ranks(b)) ** 2)),
                "You add up the squared differences of the ranks: a distance. The correlation is 1 − 6 Σd² / (n (n² − 1))."),
        Mistake("share of equal places", lambda a, b: float(np.mean(_ranks(a) == _ranks(b))),
                "You count the policies that stand at the same place. One that moves by one place is not as bad as one that moves by "
                "five: correlate the ranks."),
        Mistake("the whole matrix", lambda a, b: np.corrcoef(_ranks(a), _ranks(b)),
                "You return the whole matrix of correlations. The number asked for stands at [0, 1]."),
        *AGREED,
    ),
    hints=("What is left of a list of values if only its order may count?",
           "Ranks of a, ranks of b, then the ordinary correlation.",
           "`np.argsort(np.argsort(a))` are the ranks from 0; `np.corrcoef(x, y)[0, 1]` the correlation."),
)
