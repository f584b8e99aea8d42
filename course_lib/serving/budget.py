"""Arithmetic of a budget: how many items a stage can afford to score."""

from __future__ import annotations

from course_lib.contracts import ArgumentError


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
