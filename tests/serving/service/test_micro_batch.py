"""Who comes together is served together, each with their own answer; nobody is served twice, forgotten or too late."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy_parts import go

from course_lib.contracts import ArgumentError
from course_lib.serving.service.micro_batch import MicroBatcher, TooLate

LATER = 1e12


def recorder(gate=None, answer=lambda what: what * 10):
    batches = []

    async def run(batch, until):
        batches.append(batch)
        if gate is not None:
            await gate.wait()
        return [answer(what) for what in batch]
    return run, batches


def test_those_who_come_within_the_time_share_a_batch():
    async def test():
        run, batches = recorder()
        batcher = MicroBatcher(run, most=8, wait_s=0.01)
        answers = await asyncio.gather(*(batcher.submit("kind", number, LATER) for number in range(5)))
        assert answers == [0, 10, 20, 30, 40] and batches == [[0, 1, 2, 3, 4]]
    go(test())


def test_a_full_batch_does_not_wait():
    async def test():
        run, batches = recorder()
        batcher = MicroBatcher(run, most=2, wait_s=1000)
        assert await asyncio.gather(*(batcher.submit("kind", number, LATER) for number in range(4))) == [0, 10, 20, 30]
        assert batches == [[0, 1], [2, 3]]
    go(test())


def test_while_all_runners_are_busy_a_batch_grows():
    async def test():
        gate = asyncio.Event()
        run, batches = recorder(gate)
        batcher = MicroBatcher(run, most=8, wait_s=0, at_once=1)
        tasks = [asyncio.ensure_future(batcher.submit("kind", number, LATER)) for number in range(6)]
        await asyncio.sleep(0.01)
        assert batches == [[0]] and len(batcher) == 5
        gate.set()
        assert await asyncio.gather(*tasks) == [0, 10, 20, 30, 40, 50] and batches == [[0], [1, 2, 3, 4, 5]]
    go(test())


def test_kinds_do_not_mix_and_keep_their_order():
    async def test():
        run, batches = recorder()
        batcher = MicroBatcher(run, most=8, wait_s=0.01, at_once=1)
        kinds = ["a", "b", "a", "c", "b"]
        await asyncio.gather(*(batcher.submit(kind, number, LATER) for number, kind in enumerate(kinds)))
        assert batches == [[0, 2], [1, 4], [3]]
    go(test())


def test_who_is_too_late_is_told_and_costs_no_work():
    async def test():
        now = [0.0]
        run, batches = recorder()
        batcher = MicroBatcher(run, wait_s=0.01, clock=lambda: now[0])
        early = asyncio.ensure_future(batcher.submit("kind", 1, 5.0))
        await asyncio.sleep(0)
        now[0] = 5.0
        with pytest.raises(TooLate, match="before it was begun"):
            await early
        assert batches == []
        assert await batcher.submit("kind", 2, LATER) == 20
    go(test())


def test_who_would_surely_be_late_is_told_at_once_and_what_was_slow_is_tried_again():
    async def test():
        now, gate = [0.0], asyncio.Event()
        run, batches = recorder(gate)
        batcher = MicroBatcher(run, most=1, wait_s=0, at_once=1, clock=lambda: now[0])
        first = asyncio.ensure_future(batcher.submit("kind", 1, 1.0))
        await asyncio.sleep(0.001)
        now[0] = 10.0                                               # it took ten seconds
        gate.set()
        await first
        gate.clear()
        second = asyncio.ensure_future(batcher.submit("kind", 2, 11.0))     # nobody else is there: tried again
        await asyncio.sleep(0.001)
        assert batches == [[1], [2]] and batcher.expected_s() == 3 * (1 + 0.5)
        with pytest.raises(TooLate, match="too many wait already"):
            await batcher.submit("kind", 3, 14.4)
        third = asyncio.ensure_future(batcher.submit("kind", 4, 14.6))
        await asyncio.sleep(0.001)
        gate.set()
        assert await asyncio.gather(second, third) == [20, 40]
    go(test())


def test_a_full_queue_says_so_and_who_went_away_is_left_out():
    async def test():
        gate = asyncio.Event()
        run, batches = recorder(gate)
        batcher = MicroBatcher(run, wait_s=0, at_once=1, queue=2)
        tasks = [asyncio.ensure_future(batcher.submit("kind", number, LATER)) for number in range(3)]
        await asyncio.sleep(0.01)
        with pytest.raises(TooLate, match="the queue is full"):
            await batcher.submit("kind", 9, LATER)
        tasks[1].cancel()
        gate.set()
        assert await tasks[0] == 0 and await tasks[2] == 20 and batches == [[0], [2]]
    go(test())


def test_an_error_of_one_is_the_ones_and_an_error_of_all_is_everybodys():
    async def test():
        run, _ = recorder(answer=lambda what: ValueError("odd") if what % 2 else what)
        found = await asyncio.gather(*(MicroBatcher(run, wait_s=0).submit("kind", n, LATER) for n in range(2)),
                                     return_exceptions=True)
        assert found[0] == 0 and isinstance(found[1], ValueError)

        async def broken(batch, until):
            raise OSError("all")
        batcher = MicroBatcher(broken, wait_s=0.001)
        found = await asyncio.gather(*(batcher.submit("kind", n, LATER) for n in range(3)), return_exceptions=True)
        assert [str(error) for error in found] == ["all"] * 3
        with pytest.raises(OSError):
            await batcher.submit("kind", 1, LATER)                  # the runner is free again
    go(test())


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 3)), max_size=40), st.integers(1, 5), st.integers(1, 3))
def test_everybody_gets_their_own_answer_once(people, most, at_once):
    async def test():
        run, batches = recorder()
        batcher = MicroBatcher(run, most=most, wait_s=0.0005, at_once=at_once)

        async def come(number, kind, steps):
            for _ in range(steps):
                await asyncio.sleep(0)
            return await batcher.submit(kind, number, LATER)
        answers = await asyncio.gather(*(come(number, *person) for number, person in enumerate(people)))
        assert answers == [number * 10 for number in range(len(people))]
        assert sorted(number for batch in batches for number in batch) == list(range(len(people)))
        assert all(len(batch) <= most and len({people[n][0] for n in batch}) == 1 for batch in batches)
    go(test())


def test_what_cannot_be_meant_is_refused():
    with pytest.raises(ArgumentError, match="most is 0"):
        MicroBatcher(None, most=0)
