"""Fresh, renewing and old slates; one computation of a key at a time, whose late result is not lost."""

import asyncio

import numpy as np
import pytest
from toy_parts import go

from course_lib.contracts import ArgumentError
from course_lib.serving.service.slate_cache import SingleFlight, SlateCache

ITEM, CHANCE = np.array([3, 4]), np.ones(2)


def made(**change):
    now = [0.0]
    return SlateCache(**({"fresh_s": 5, "renew_s": 10, "keep_s": 100, "clock": lambda: now[0]} | change)), now


def test_a_slate_is_fresh_then_renewed_then_only_a_rung_then_gone():
    cache, now = made()
    cache.put("key", 7, ITEM, CHANCE, "first")
    for now[0], found, renew, rung in ((4.9, True, False, True), (5, True, True, True), (14.9, True, True, True),
                                       (15, False, False, True), (99.9, False, False, True),
                                       (100, False, False, False)):
        kept, must = cache.look("key")
        assert (kept is not None, must, cache.of_person(7) is not None) == (found, renew, rung), now[0]
    assert cache.outcomes == {"fresh": 1, "renewing": 2, "miss": 3}


def test_another_key_is_missed_and_newcomers_have_no_last_slate():
    cache, _ = made()
    cache.put("key", -1, ITEM, CHANCE, "first")
    assert cache.look("other") == (None, False) and cache.of_person(-1) is None
    cache.clear()
    assert cache.look("key")[0] is None and len(cache) == 0


def test_a_cache_that_is_never_fresh_still_is_a_rung():
    cache, _ = made(fresh_s=0, renew_s=0)
    cache.put("key", 7, ITEM, CHANCE, "first")
    assert cache.look("key") == (None, False) and (cache.of_person(7).item == ITEM).all()
    assert cache.look("key", stale_is_fresh=True)[0] is not None


def test_it_holds_no_more_than_it_may():
    cache, _ = made(most=3)
    for user in range(10):
        cache.put(user, user, ITEM, CHANCE, "first")
    assert len(cache) == 3 and cache.look(9)[0] is not None
    with pytest.raises(ArgumentError, match="expected 0 ≤ fresh_s"):
        made(keep_s=1)


@pytest.mark.parametrize(("on", "computed"), [(True, 1), (False, 50)])
def test_a_stampede_computes_once_with_single_flight(on, computed):
    async def test():
        flights, gate, runs = SingleFlight(on), asyncio.Event(), []

        async def compute():
            runs.append(1)
            await gate.wait()
            return "slate"

        waiting = [asyncio.ensure_future(_join(flights, compute)) for _ in range(50)]
        await asyncio.sleep(0.01)
        gate.set()
        assert await asyncio.gather(*waiting) == ["slate"] * 50
        assert len(runs) == computed
        assert await flights.task("key", compute) == "slate" and len(runs) == computed + 1      # it has landed
    go(test())


async def _join(flights, compute):
    return await flights.task("key", compute)


def test_a_computation_outlives_those_who_waited_and_a_failure_is_not_kept():
    async def test():
        flights, gate, done = SingleFlight(), asyncio.Event(), []

        async def compute():
            await gate.wait()
            done.append(1)
            raise OSError("late and broken")

        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(flights.task("key", compute)), 0.01)
        gate.set()
        await flights.drain(10)
        assert done == [1]

        async def well():
            return 5
        assert await flights.task("key", well) == 5
    go(test())


def test_what_does_not_land_in_time_is_cancelled_at_the_end():
    async def test():
        flights = SingleFlight()
        task = flights.task("key", asyncio.Event().wait)
        await flights.drain(0.01)
        await asyncio.sleep(0)
        assert task.cancelled()
    go(test())
