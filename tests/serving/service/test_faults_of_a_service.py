"""Every mode of every fault, switched over HTTP on a service that runs: what people then see, and what comes after.

Retrieval is by taste, and the filter leaves out what the store says was clicked last; so a slate tells what was known.
"""

import asyncio
import threading

import numpy as np
import pytest
from toy_parts import Held, go, release, served
from toy_stages import Ban, N

from course_lib.serving.service.fault_switches import MODES, PARTS
from course_lib.serving.service.feature_store import SqliteStore

TOKEN = {"token": "open"}


class NotAgain:
    """A hard filter: nothing of this session."""

    reason = "of this session"

    def keep(self, requests, item):
        if requests.session_items is None:
            return np.ones(item.shape, bool)
        return ~(item[:, :, None] == requests.session_items[:, None, :]).any(axis=2)


class Office:
    """Who has the token, and who asks."""

    def __init__(self, client):
        self.client = client

    async def switch_on(self, **fault):
        answer = await self.client.post("/admin/faults", json=[fault], headers=TOKEN)
        assert answer.status_code == 200 and len(answer.json()["faults"]) == 1

    async def switch_off(self):
        assert (await self.client.delete("/admin/faults", headers=TOKEN)).json() == {"faults": []}

    async def put(self, recent):
        answer = await self.client.post("/admin/features", json=recent, headers=TOKEN)
        assert answer.status_code == 200

    async def ask(self, user=2, **more):
        answer = await self.client.post("/recommend", json={"user": user, "k": 6, **more})
        assert answer.status_code == 200
        return answer.json()


def served_with_store(tmp_path, **more):
    parts = {key: more.pop(key) for key in ("retriever", "ranker") if key in more}
    return served(release(filters=[NotAgain()], **parts), SqliteStore(tmp_path / "features"), **more)


def test_a_stale_store_shows_again_what_was_clicked_since_and_nothing_else_tells(tmp_path):
    async def test():
        async with served_with_store(tmp_path) as (_, client):
            office = Office(client)
            a, b, *_ = (await office.ask())["slate"]
            await office.put({2: [a]})                      # yesterday
            await office.put({2: [a, b]})                   # now
            assert not {a, b} & set((await office.ask())["slate"])
            await office.switch_on(part="store", mode="stale")
            stale = await office.ask()
            assert stale["rung"] == "full" and b in stale["slate"] and a not in stale["slate"]
            await office.switch_off()
            assert not {a, b} & set((await office.ask())["slate"])
    go(test())


def test_while_the_feature_job_is_stopped_what_is_clicked_does_not_arrive(tmp_path):
    async def test():
        async with served_with_store(tmp_path) as (_, client):
            office = Office(client)
            a, b, *_ = (await office.ask())["slate"]
            await office.put({2: [a]})
            await office.switch_on(part="store", mode="stopped")
            await office.put({2: [a, b]})                   # nobody is told that it is not kept
            stopped = await office.ask()
            assert stopped["rung"] == "full" and b in stopped["slate"] and a not in stopped["slate"]
            await office.switch_off()
            assert b in (await office.ask())["slate"]       # what was not written stays lost
            await office.put({2: [a, b]})
            assert not {a, b} & set((await office.ask())["slate"])
    go(test())


def test_a_stale_cache_answers_with_what_was_right_once_and_a_hard_filter_would_not_let_it(tmp_path):
    async def test():
        async with served_with_store(tmp_path, fresh_s=1e-6, keep_s=1000) as (service, client):
            office = Office(client)
            first = await office.ask()
            await office.put({2: first["slate"][:2]})
            await office.switch_on(part="cache", mode="stale")
            stale = await office.ask()
            assert stale["slate"] == first["slate"] and stale["rung"] == "full" and stale["trace"] != first["trace"]
            assert service.responder.cache.outcomes["fresh"] == 1
            assert set((await office.ask(5))["slate"]) and service.responder.cache.outcomes["fresh"] == 1   # nobody's
            await office.switch_off()
            assert not set(first["slate"][:2]) & set((await office.ask())["slate"])
    go(test())


def test_an_index_that_lost_half_answers_with_the_other_half(tmp_path):
    async def test():
        async with served_with_store(tmp_path) as (_, client):
            office = Office(client)
            well = {user: (await office.ask(user))["slate"] for user in range(6)}
            await office.switch_on(part="index", mode="partial", kept=0.5, seed=1)
            few = {user: await office.ask(user) for user in range(6)}
            assert {said["rung"] for said in few.values()} == {"full"}
            lost = {item for user in well for item in well[user]} - {i for s in few.values() for i in s["slate"]}
            assert lost and any(few[user]["slate"] != well[user] for user in well)
            again = {user: (await office.ask(user))["slate"] for user in range(6)}
            assert again == {user: said["slate"] for user, said in few.items()}         # the same half every time
            await office.switch_off()
            assert {user: (await office.ask(user))["slate"] for user in range(6)} == well
    go(test())


def test_an_index_that_lost_everything_leaves_it_to_the_ladder(tmp_path):
    async def test():
        async with served_with_store(tmp_path) as (_, client):
            office = Office(client)
            await office.switch_on(part="index", mode="partial", kept=0.0)
            assert (await office.ask(8))["rung"] == "segment"
    go(test())


def test_a_late_ranker_costs_nobody_more_than_the_deadline_and_its_slate_is_kept(tmp_path):
    async def test():
        async with served_with_store(tmp_path, budget_ms=100, fresh_s=1000, runners=1,
                                     late_ms=60_000) as (service, client):
            office = Office(client)
            await office.switch_on(part="ranker", delay_ms=1500)
            late = await office.ask(8)
            assert late["rung"] == "segment"
            told = (await client.get(f"/trace/{late['trace']}")).json()
            assert "the chain was late" in told["notes"] and told["ms"] < 1400
            await office.switch_off()
            await service.responder.flights.drain(30)
            before = service.responder.cache.outcomes["fresh"]
            assert (await office.ask(8))["rung"] == "full"  # what came late, out of the cache
            assert service.responder.cache.outcomes["fresh"] == before + 1
    go(test())


def test_control_every_mode_there_is_is_driven_through_a_running_service():
    here = open(__file__, encoding="utf-8").read()
    elsewhere = {("store", "partial"), ("cache", "cold")}   # test_responder, test_service_process
    for part in PARTS:
        for mode in MODES[part]:
            assert (part, mode) in elsewhere or f'part="{part}", mode="{mode}"' in here


@pytest.mark.parametrize("fault", [None, {"part": "store", "delay_ms": 5, "spread": 1.0, "errors": 0.2},
                                   {"part": "index", "errors": 0.3}, {"part": "ranker", "delay_ms": 3, "spread": 1.0}])
def test_thirty_people_at_once_each_get_their_own(fault, tmp_path):
    """Each has clicked items of their own, as the store says; one of the thirty gets NaN by the ranker (user 7).

    A slate of the full chain must be the one that the recommender gives this person alone, with or without what the
    store has of them; never another's.
    """
    people, rng = list(range(30)), np.random.default_rng(0)
    recent = {user: rng.choice(N, 3, replace=False).tolist() for user in people}
    first = release(filters=[NotAgain(), Ban([10])])

    def alone(user, session, k):
        return first.system.slates(first.requests([user], [session], k)).item[0].tolist()

    async def test():
        async with served(first, SqliteStore(tmp_path / "features"), queue=1000, breaker_reset_s=0.01,
                          batch_wait_ms=5) as (service, client):
            office = Office(client)
            await office.put(recent)
            if fault:
                await office.switch_on(**fault)
            for turn in range(4):
                asks = [(user, [] if turn % 2 else [(user * 7) % N], 5 + user % 3) for user in people]
                said = await asyncio.gather(*(office.ask(user, session=session, k=k) for user, session, k in asks))
                for (user, session, k), answer in zip(asks, said, strict=True):
                    slate, trace = answer["slate"], answer["trace"]
                    assert service.responder.traces[trace].item.tolist() == slate
                    assert len(slate) <= k and not {10, *session} & set(slate)
                    if answer["rung"] == "full":
                        own = [alone(user, told + session, k) for told in (recent[user], [])]
                        assert slate in (own if fault else own[:1])
                    elif answer["rung"] == "cached":        # of an earlier turn, with less or more of the session
                        may = [alone(user, told + old, 12) for told in (recent[user], [])
                               for old in ([], [(user * 7) % N])]
                        assert fault and set(slate) <= set(sum(may, []))
                    else:
                        assert fault or user == 7
                assert fault or [row["rung"] for row in said].count("full") == 29
            assert len({answer["trace"] for answer in said}) == 30
    go(test())


def test_people_who_ask_while_others_are_held_up_get_nothing_of_theirs(tmp_path):
    """All are in one batch, or in the queue behind it, when the index hangs; late slates are kept for their owners."""
    async def test():
        index = Held()
        async with served(release(retriever=index, filters=[]), budget_ms=150, fresh_s=1000, queue=1000, runners=1,
                          breaker_reset_s=0.01) as (service, client):
            office, opened = Office(client), threading.Timer(0.4, index.go.set)
            service.responder.cache.clear()
            index.go.clear()
            opened.start()
            said = await asyncio.gather(*(office.ask(user) for user in range(30)))
            assert {answer["rung"] for answer in said} <= {"segment", "static"}
            await service.responder.flights.drain(30)
            first = service.releases.current
            for user in range(30):
                kept = service.responder.cache.of_person(user, first.numbering)
                if kept is not None:
                    own = first.system.slates(first.requests([user], [[]], 6)).item[0]
                    assert kept.item.tolist() == own[own >= 0].tolist()
    go(test())
