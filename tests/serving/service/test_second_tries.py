"""A second try comes when the first failed or is late, the first answer wins, and a budget bounds their number."""

import asyncio

import pytest
from toy_parts import go

from course_lib.contracts import ArgumentError
from course_lib.serving.service.second_tries import RetryBudget, hedged

NOW, NEVER = 0.0, 50.0


def script(*steps):
    """A call that goes by the steps in turn: an answer, an exception, or an Event to wait for before "late"."""
    left, calls = list(steps), []

    async def call():
        step = left.pop(0)
        calls.append(step)
        if isinstance(step, asyncio.Event):
            await step.wait()
            return "late"
        if isinstance(step, Exception):
            raise step
        return step
    return call, calls


def test_an_answer_in_time_is_asked_for_once():
    call, calls = script("first", "second")
    assert go(hedged(call, NEVER, RetryBudget())) == "first" and len(calls) == 1


def test_a_late_first_call_loses_against_the_hedge_and_is_cancelled():
    async def test():
        told, never = [], asyncio.Event()
        call, calls = script(never, "second")
        assert await hedged(call, 0.001, RetryBudget(), told.append) == "second"
        assert told == ["hedge"] and len(calls) == 2
        await asyncio.sleep(0)
        assert len(asyncio.all_tasks()) == 2               # this one and the one that times it
    go(test())


def test_a_first_call_that_comes_after_all_wins_over_a_slower_hedge():
    async def test():
        first, second = asyncio.Event(), asyncio.Event()
        call, _ = script(first, second)
        asyncio.get_running_loop().call_later(0.02, first.set)
        assert await hedged(call, 0.001, RetryBudget()) == "late"
    go(test())


def test_a_failure_is_tried_again_once_and_then_raised():
    told = []
    call, _ = script(OSError("one"), "second")
    assert go(hedged(call, NEVER, RetryBudget(), told.append)) == "second" and told == ["retry"]
    call, calls = script(OSError("one"), OSError("two"), "third")
    with pytest.raises(OSError, match="two"):
        go(hedged(call, NEVER, RetryBudget()))
    assert len(calls) == 2


def test_a_hedge_that_fails_leaves_the_first_call_its_chance():
    async def test():
        first = asyncio.Event()
        call, _ = script(first, OSError("the hedge"))
        asyncio.get_running_loop().call_later(0.02, first.set)
        assert await hedged(call, 0.001, RetryBudget()) == "late"
    go(test())


def test_in_an_outage_second_tries_stay_within_the_budget():
    budget, told = RetryBudget(share=0.1, most=10), []

    async def down():
        raise OSError("down")

    async def test():
        for _ in range(1000):
            with pytest.raises(OSError):
                await hedged(down, NEVER, budget, told.append)
    go(test())
    assert 100 <= len(told) <= 110


def test_without_a_budget_nothing_is_tried_again():
    call, calls = script(OSError("one"), "second")
    with pytest.raises(OSError, match="one"):
        go(hedged(call, NEVER, RetryBudget(share=0, most=0)))
    assert len(calls) == 1
    with pytest.raises(ArgumentError, match="share is 2"):
        RetryBudget(share=2)
    with pytest.raises(ArgumentError, match="held 11"):
        RetryBudget(held=11)


def test_ten_tenths_pay_for_one_second_try():
    budget = RetryBudget(share=0.1, held=0)
    for _ in range(10):
        assert not budget.second_try()
        budget.first_try()
    assert budget.second_try() and not budget.second_try()
