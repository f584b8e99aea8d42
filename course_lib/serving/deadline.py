"""The time one request has, and how many items a stage can score in such a time."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from course_lib.contracts import ArgumentError, BudgetError


class Deadline:
    """budget_ms milliseconds from the moment this is made; without an argument, all the time there is.

    clock: seconds, rising. `check` looks at it between stages. Whether somebody can also stop waiting in the middle of
    one is told by `can_wait`: by a clock that is made up, nobody can.
    """

    def __init__(self, budget_ms: float = math.inf, clock: Callable[[], float] = time.perf_counter):
        self.budget_ms, self._clock, self._start = budget_ms, clock, clock()

    def spent_ms(self) -> float:
        """Milliseconds since the request came in."""
        return (self._clock() - self._start) * 1e3

    @property
    def can_wait(self) -> bool:
        """Whether there is an end that comes by itself, so that waiting until then makes sense."""
        return self._clock is time.perf_counter and math.isfinite(self.budget_ms)

    def left_s(self) -> float:
        """Seconds that are left, 0 where none are."""
        return max(0.0, self.budget_ms - self.spent_ms()) / 1e3

    def check(self, before: str) -> None:
        """Raise BudgetError where nothing is left for the stage called `before`."""
        spent = self.spent_ms()
        if spent >= self.budget_ms:
            raise BudgetError(f"{spent:.1f} of {self.budget_ms:g} ms were gone before {before}")


def affordable_items(budget_ms: float, fixed_ms: float, per_item_us: float) -> int:
    """The most items that can be scored within a budget.

    budget_ms: what the stage may take, ms. fixed_ms: what it takes before the first item, ms. per_item_us: what each
    further item takes, **micro**seconds. Returns whole items, 0 where the fixed part alone is too much:
    affordable_items(20, 2, 10) is 1800.
    Raises ArgumentError for a per-item cost that is not positive.
    """
    if per_item_us <= 0:
        raise ArgumentError(f"per_item_us is {per_item_us:g}; expected a positive time in microseconds.")
    return max(0, int((budget_ms - fixed_ms) * 1000 / per_item_us + 1e-9))
