"""Which constraints change in an interview, and when: one in each quarter, another one the next time."""

from __future__ import annotations

from course_lib.teach.interview.mock import TOTAL
from course_lib.teach.interviewer.follow_ups import Question, changes

# The phases by quarters of the interview, about eleven minutes each; what is half-way comes first, so that a short
# interview, which has fewer changes, keeps that one.
QUARTERS = (("data", "retrieve"), ("rank", "evaluate"), ("frame", "scale"), ("launch", "close"))


def how_many(minutes: float) -> int:
    """Changed constraints in an interview: one a quarter in 45 minutes, fewer in less time, at least one."""
    return min(max(round(len(QUARTERS) * minutes / TOTAL), 1), len(QUARTERS))


def planned(brief: str, minutes: float = TOTAL, seed: int = 0) -> dict[str, Question]:
    """Phase -> the change that comes in it, in the order of QUARTERS; of each quarter one phase and one of its changes.

    seed: the same one gives the same changes, the next one another in every quarter. After as many seeds as a quarter
    has changes, all of them have come. Raises ArgumentError for another brief.
    """
    plan = {}
    for phases in QUARTERS[:how_many(minutes)]:
        may_come = [question for key in reversed(phases) for question in changes(key, brief)]
        chosen = may_come[int(seed) % len(may_come)]
        plan[chosen.phase] = chosen
    return plan
