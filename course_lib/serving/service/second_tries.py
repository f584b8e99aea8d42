"""Second tries: a retry where a call failed, a hedge where it is late, and one budget that pays for both.

Without a budget, a store that is down is asked several times as often as one that is up, and so stays down.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from course_lib.contracts import ArgumentError

T = TypeVar("T")


class RetryBudget:
    """A purse: each first try puts `share` in, each second try takes 1 out. most: what it holds at most. held: what it
    holds at the beginning; None: as much as it can.

    So second tries are at most that share of first ones, and `held` more. Source: Finagle's RetryBudget; Beyer et al.
    2016, Site Reliability Engineering, ch. 21 (budgets of 10%).
    """

    def __init__(self, share: float = 0.1, most: float = 10.0, held: float | None = None):
        held = most if held is None else held
        if not (0 <= share <= 1 and 0 <= held <= most):
            raise ArgumentError(f"share is {share}, most {most} and held {held}; expected 0 ≤ share ≤ 1 and 0 ≤ held ≤ "
                                f"most.")
        self.share, self.most, self.held = share, most, held

    def first_try(self) -> None:
        """Put a first try's share in."""
        self.held = min(self.most, self.held + self.share)

    def second_try(self) -> bool:
        """Whether there is enough for a second try; if so it is paid."""
        if self.held < 1 - 1e-9:                # ten tenths are one
            return False
        self.held -= 1
        return True


async def hedged(call: Callable[[], Awaitable[T]], after_s: float, budget: RetryBudget,
                 told: Callable[[str], None] = lambda what: None) -> T:
    """The answer of call, which may be made a second time: when it failed, or when after_s passed without an answer.

    The first answer wins; the other call is cancelled where it can be. told: is called with "hedge" or "retry" for each
    second try. Raises what the last call raised.
    """
    budget.first_try()
    first = asyncio.ensure_future(call())
    running = {first}
    try:
        done, _ = await asyncio.wait(running, timeout=after_s)
        if done and first.exception() is None:
            return first.result()
        if not budget.second_try():
            return await first
        told("retry" if done else "hedge")
        running = (running - done) | {asyncio.ensure_future(call())}
        while True:
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            good = next((task for task in done if task.exception() is None), None)
            if good is not None:
                return good.result()
            if not running:
                return done.pop().result()      # raises
    finally:
        for task in running:
            task.cancel()
