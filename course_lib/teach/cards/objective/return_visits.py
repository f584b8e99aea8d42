"""Exercises 1.3 and 1.4: who comes back, and whether two objectives agree."""

import numpy as np

from course_lib.evidence.objectives import came_back, rank_agreement
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


# --- 1.3 -----------------------------------------------------------------------------------------------------------
def _visit_cases(rng):
    return [Case(f"{n} visits", (rng.integers(4, size=n), rng.integers(15, size=n), 14, within))
            for n, within in ((6, 7), (25, 3), (40, 7))]


def _back_loop(user, day, last_day, within_days):
    out = []
    for u, d in zip(user, day, strict=True):
        later = (user == u) & (day > d) & (day <= d + within_days)
        out.append(np.nan if d + within_days > last_day else float(later.any()))
    return np.array(out)


def _back_with(*, first=1, extra=0, censor=True, own=True):
    def wrong(user, day, last_day, within_days):
        out = []
        for i, (u, d) in enumerate(zip(user, day, strict=True)):
            later = (day >= d + first) & (day <= d + within_days + extra) & (np.arange(len(day)) != i)
            later &= (user == u) if own else True
            out.append(np.nan if censor and d + within_days > last_day else float(later.any()))
        return np.array(out)
    return wrong


BACK = Card(
    id="objective.3", title="Who comes back, and who cannot be asked yet", minutes=10, difficulty=3, used_in=("{{launch}}",),
    task="For each visit: 1 if the same person visits again on one of the next `within_days` days, 0 if not. The same day does "
         "not count. Where those days are not over at `last_day`, the answer is not 0 but unknown: NaN.",
    shapes="`user` int [V], `day` int [V], in any order; `last_day`, `within_days` ints; returns float [V] of 1, 0 or NaN.",
    why="The unknown visits are the recent ones. Counting them as 0 makes every policy look worse each day it is watched, and "
        "makes the arm that started later look worst. The reference looks only at the next visit: if that is too late, all "
        "later ones are.",
    reference=came_back, alternative=_back_loop, cases=_visit_cases,
    by_hand=(Case("one person on days 0, 2 and 9; the log ends on day 10; a week",
                  (np.array([5, 5, 5]), np.array([0, 2, 9]), 10, 7), expected=np.array([1.0, 1.0, np.nan])),
             Case("nobody returns; day 0 can be judged, day 3 not", (np.array([1, 2]), np.array([0, 3]), 7, 7),
                  expected=np.array([0.0, np.nan]))),
    mistakes=(
        Mistake("unknown is no", _back_with(censor=False),
                "Visits whose days are not over count as \"did not return\". Nobody can know that yet: they are NaN."),
        Mistake("same day counts", _back_with(first=0),
                "A second visit on the same day counts as a return in your result. Only later days do."),
        Mistake("one day short", _back_with(extra=-1),
                "Your window ends a day early: a return exactly within_days later still counts."),
        Mistake("anyone", _back_with(own=False),
                "You look at everybody's later visits. It has to be the same person."),
    ),
    hints=("For one visit, three things can be true on the last day of the log: yes, no, cannot be said. When is it the third?",
           "Sort by person and day; then only the next row can answer.",
           "`np.where(day + within_days > last_day, np.nan, answer)` around whatever finds the answer."),
)


# --- 1.4 -----------------------------------------------------------------------------------------------------------
def _rank_cases(rng):
    return [Case(f"{n} policies", tuple(np.exp(rng.normal(size=(2, n)) * 2))) for n in (4, 6, 9)]


def _spearman_by_hand(a, b):
    place = np.stack([np.argsort(np.argsort(x)) for x in (a, b)]).astype(float)
    n = place.shape[1]
    return 1 - 6 * np.sum((place[0] - place[1]) ** 2) / (n * (n * n - 1))


AGREE = Card(
    id="objective.4", title="Do two objectives agree?", minutes=6, difficulty=2, used_in=("{{metric_stack}}",),
    task="Given the values of the same policies by two objectives, say how far they put them in the same order: the "
         "correlation of their *ranks* (Spearman). 1 is the same order, −1 the reverse. There are no ties.",
    shapes="`a`, `b` float [P]; returns a number in [−1, 1].",
    why="A launch decision picks an order, not a size: clicks and margin have different units, and one extreme policy would rule a "
        "correlation of values. With few policies the interval is wide; lesson {{metric_stack}} says how wide.",
    reference=rank_agreement, alternative=_spearman_by_hand, cases=_rank_cases,
    by_hand=(Case("the same order", (np.array([1.0, 2.0, 50.0]), np.array([0.1, 0.2, 0.3])), expected=1.0),
             Case("the last two swapped", (np.array([1.0, 2.0, 3.0]), np.array([10.0, 30.0, 20.0])), expected=0.5)),
    invariants=(Invariant("stretching one objective without changing its order changes nothing", lambda fn, rng: np.isclose(
        fn(np.array([1.0, 5.0, 2.0, 9.0]), np.array([3.0, 1.0, 2.0, 4.0])),
        fn(np.exp(np.array([1.0, 5.0, 2.0, 9.0])), np.array([3.0, 1.0, 2.0, 4.0])))),),
    mistakes=(
        Mistake("values, not ranks", lambda a, b: np.corrcoef(a, b)[0, 1],
                "You correlate the values. One extreme policy rules that; take the ranks first."),
        Mistake("argsort taken for ranks", lambda a, b: np.corrcoef(np.argsort(a), np.argsort(b))[0, 1],
                "`argsort` gives which policy stands at each place; the rank is the inverse, argsort of argsort."),
        Mistake("sign of the distance", lambda a, b: -rank_agreement(a, b),
                "Your result is the reverse: the same order has to give 1."),
    ),
    hints=("What is left of a list of values if only its order may count?",
           "Ranks of a, ranks of b, then the ordinary correlation.",
           "`np.argsort(np.argsort(a))` are the ranks from 0; `np.corrcoef(x, y)[0, 1]` the correlation."),
)
