"""Refereed 10.10: the share of treatment rose in the middle of the test, and all days were pooled."""

from functools import cache

import numpy as np

from course_lib.evidence.estimate import Estimate
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.refereed import Reading, Refereed

PEOPLE = 20_000                                    # new visitors each day
SHARE = np.array([0.1] * 5 + [0.5] * 2)            # of treatment, Monday to Sunday
LEVEL = np.array([3.0, 3.1, 3.0, 3.1, 2.9, 1.6, 1.5])          # clicks of a visitor in control
LIFT = 0.1


@cache
def visitors():
    """(clicks float (n,), day int (n,), arm int (n,)) of a week; arms drawn with the share of the day."""
    rng = np.random.default_rng(0)
    day = np.repeat(np.arange(7), PEOPLE)
    arm = (rng.random(len(day)) < SHARE[day]).astype(int)
    return rng.poisson(LEVEL[day] * (1 + LIFT * arm)).astype(float), day, arm


def measure(part) -> Reading:
    """Weighted mean of treatment over that of control, less 1, with an interval over visitors."""
    clicks, day, arm = visitors()
    weight = np.broadcast_to(np.asarray(part(day.copy(), arm.copy()), float), day.shape)
    means, errors = [], []
    for side in (0, 1):
        own, y = weight[arm == side], clicks[arm == side]
        mean = (own * y).sum() / own.sum()
        means.append(mean)
        errors.append(np.sqrt((own**2 * (y - mean) ** 2).sum()) / own.sum() / mean)
    change, reach = means[1] / means[0] - 1, 1.96 * np.hypot(*errors)
    gain = Estimate(change, change - reach, change + reach, len(day))
    says = "treatment is better" if gain.low > 0 else "treatment is worse" if gain.high < 0 else "no difference"
    return Reading(says, gain)


def all_alike(day, arm):
    """As published: every visitor counts once."""
    return np.ones(len(day))


def _count(day, arm):
    """How many visitors of the same day and arm there are, int (n,)."""
    table = np.zeros((day.max() + 1, 2))
    np.add.at(table, (day, arm), 1)
    return table[day, arm]


def days_alike(day, arm):
    """Each day weighs the same in both arms."""
    return 1 / _count(day, arm)


SHARES = Refereed(
    id="experiments.10", title="“Better on every day, worse in all”", minutes=10, difficulty=3, used_in=("this lesson", "interview"),
    task="A team gives its change to a tenth of visitors from Monday to Friday and to half at the weekend. On Sunday evening it "
         "divides all of treatment's clicks by its visitors and does the same for control. The report: *treatment is worse by almost a "
         "fifth, and the interval is far from 0; we stop.* A footnote: on each of the seven days treatment was ahead.",
    signature="`weight(day, arm)`: `day` int (n,), 0 to 6; `arm` int (n,), 0 or 1; a row a visitor → float (n,), how much the "
              "visitor counts in the mean of their arm. Published: 1 for all.",
    measure=measure, rigged=all_alike, reference=days_alike,
    explanations={
        "The arms' visitors came on different days.": "Weekend visitors click less, and treatment has most of its visitors there: "
        "the two means are of different days. Compare within days, or let each day weigh the same in both arms.",
        "The split is broken: a tenth is not a half.": "Both shares were drawn as planned, and a check of each day passes. A check of the "
        "whole week against one planned share would ring, for no share holds for the whole week.",
        "Clicks of one visitor are alike.": "Visitors are the rows here and were what was randomised, so the error is about them.",
        "Seven days are too few to see novelty fade.": "That would change how large the lift is. It does not turn the sign of a lift that is "
        "there on every day.",
        "A few visitors have most of the clicks.": "Nobody here has more than fifteen, so capping changes nothing."},
    right="The arms' visitors came on different days.",
    why="Simpson's paradox: treatment's mean is mostly a mean of the weekend, control's one of the week. Weights that give a day the "
        "same share in both arms (one over the visitors of that day and arm, or one over the day's planned share of the arm) "
        "compare like with like. The same happens to a bandit that moves traffic while days differ, and to a ramp whose steps are "
        "pooled. So compare within steps, or keep the last step alone. A ramp is a procedure: each step has its question (1%: crashes, the split, "
        "latency; 5% to 25%: proven harm, load; half: the gain; then a holdback), its fewest days and its owner. Below half only proven harm or a broken "
        "split stops it, for gains cannot be seen there. One hash of the person and a limit that only rises keep in treatment who is in (Xu, Duan and Huang 2018).",
    close=0.8,
    wrong_mends=(
        Mistake("inverse weights turned over", lambda day, arm: _count(day, arm),
                "You weigh by the number of visitors of a day and arm: what was too heavy becomes heavier. Divide by it."),
        Mistake("by the day's visitors alone", lambda day, arm: np.where(day < 5, 5.0, 2.0),
                "Your weights differ by day and not by arm, so treatment's mean is still one of other days than control's."),
        Mistake("treatment alone weighed", lambda day, arm: np.where(arm == 1, 1 / _count(day, arm), 1.0),
                "You give treatment equal days and leave control as it came, so the arms' days still differ. Weigh both."),
        Mistake("by the root", lambda day, arm: 1 / np.sqrt(_count(day, arm)),
                "You divide by the root of a day's visitors in the arm. That takes away half of the fault: divide by their number."),
        Mistake("Monday to Friday, the weekend at a tenth", lambda day, arm: np.where((day >= 5) & (arm == 1), 0.05, 1.0),
                "You shrink the weekend in treatment further than its share rose, so now treatment has too much of the week."),
        Mistake("the weekend left out of treatment", lambda day, arm: ((day < 5) | (arm == 0)).astype(float),
                "You drop the weekend of treatment alone. Drop it in both arms, or in neither."),
    ))
