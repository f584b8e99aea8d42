"""Which policy has still to observe which day. A day is given to a policy once, or it is said that this failed.

The world commits a day before its policies observe it, so an interrupt can fall in between or into `observe` itself.
The first is made good at the next run. The second cannot be: a policy is its owner's object, which the world neither
copies nor rolls back, and to give it the day again might count it twice. So it is not asked again by that world.
"""

from __future__ import annotations

from ..contracts import ArgumentError, DayLog

OWED, BEGUN, DONE = range(3)


class Lesson:
    """A day for a policy to observe. A world and its forks hold the same one, so that it is given once."""

    def __init__(self, policy, day_log: DayLog):
        self.policy, self.day_log, self.state = policy, day_log, OWED

    def give(self) -> None:
        """Let the policy observe the day, unless that was tried before."""
        if self.state != OWED:
            return
        self.state = BEGUN
        try:
            self.policy.observe(self.day_log)
        except BaseException as error:
            error.add_note(f"Day {self.day_log.day} is over and stands in world and log. What policy "
                           f"{self.policy.name!r} has learnt of it is unknown; this world will not run it again.")
            raise
        self.state = DONE


def lessons_of(policies, day_log: DayLog) -> tuple[Lesson, ...]:
    """One lesson for each policy that observes, however many arms it serves."""
    each = {id(policy): policy for policy in policies}.values()
    return tuple(Lesson(policy, day_log) for policy in each if hasattr(policy, "observe"))


def refuse_torn(lessons, policies) -> None:
    """Raise ArgumentError if one of these policies was stopped in the middle of an `observe`."""
    for lesson in lessons:
        if lesson.state == BEGUN and any(lesson.policy is policy for policy in policies):
            raise ArgumentError(
                f"policy {lesson.policy.name!r} was stopped while it observed day {lesson.day_log.day}: it may know "
                f"nothing, some or all of that day, and nobody can tell. Make it anew and let it observe the days so "
                f"far (`for day in days: policy.observe(day)`), or begin anew with world and policy.")


def give_all(lessons, policies) -> tuple[Lesson, ...]:
    """Give these policies what they are owed, oldest day first; returns the lessons that are not done."""
    for lesson in lessons:
        if any(lesson.policy is policy for policy in policies):
            lesson.give()
    return tuple(lesson for lesson in lessons if lesson.state != DONE)
