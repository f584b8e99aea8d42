"""One request under a deadline: who answers when a part is late, dead or odd, and what is kept for later."""

import asyncio
import sys

import numpy as np
import pytest
from toy_parts import Held, ask, go, release, running
from toy_stages import Altered, raising

from course_lib.serving.service import asgi
from course_lib.serving.service.fault_switches import Fault
from course_lib.serving.service.feature_store import SqliteStore, as_recent, recent_key
from course_lib.serving.service.release import SegmentLists
from course_lib.stages.reranking.reranker import MMRReranker

SHORT = {"budget_ms": 60, "reserve_ms": 10}


def test_the_full_chain_gives_what_the_recommender_gives():
    async def test():
        async with running() as service:
            first = service.releases.current
            for user in range(3):
                answer = await service.responder.answer(ask(user))
                same = first.system.recommend(first.requests([user], [[]], 5))
                assert answer.rung == "full" and answer.item.tolist() == same.item.tolist()
                assert answer.propensity.tolist() == same.propensity.tolist()
    go(test())


def test_an_index_that_hangs_costs_nobody_more_than_the_deadline_and_its_late_answer_is_kept():
    async def test():
        index = Held()
        async with running(release(retriever=index), fresh_s=1000, **SHORT) as service:
            service.responder.cache.clear()
            index.go.clear()
            answer = await service.responder.answer(ask(2))
            assert not index.go.is_set()                       # it hangs still, and yet there is an answer
            assert answer.rung == "segment" and answer.item.tolist()[0] == 21
            assert "the chain was late" in answer.notes
            index.go.set()
            await service.responder.flights.drain(30)
            batches = len(index.asked)
            later = await service.responder.answer(ask(2))
            assert later.rung == "full" and len(index.asked) == batches         # out of the cache
    go(test())


def test_the_last_slate_of_a_person_comes_before_what_is_popular_and_obeys_the_filters():
    async def test():
        index = Held()
        async with running(release(retriever=index)) as service:
            first = await service.responder.answer(ask(2))
            assert first.rung == "full"
            service.switches.switch_on(Fault.of(part="index", errors=1.0))
            again = await service.responder.answer(ask(2))
            assert again.rung == "cached" and again.item.tolist() == first.item.tolist()
            other = await service.responder.answer(ask(3))
            assert other.rung == "segment" and "the index is down" in str(other.notes)
            kept = service.responder.cache.of_person(2)
            gone = release("second", eligible=[n for n in range(60) if n != kept.item[0]])
            service.releases.change(gone)
            last = await service.responder.answer(ask(2))
            assert last.rung == "cached" and last.item.tolist() == first.item.tolist()[1:]
            assert last.release == "first" != gone.name                 # who made it, not who answers now
            service.releases.change(release("renumbered", numbering="other items"))
            assert (await service.responder.answer(ask(2))).rung == "segment"
    go(test())


DRAWN = MMRReranker(np.eye(60), 0.9, explore=0.5, seed=3)


def test_a_slate_of_the_cache_has_the_propensities_with_which_it_was_drawn():
    async def test():
        async with running(release(reranker=DRAWN)) as service:
            first = await service.responder.answer(ask(2))
            assert (first.propensity < 1).any()
            service.switches.switch_on(Fault.of(part="index", errors=1.0))
            again = await service.responder.answer(ask(2))
            assert again.rung == "cached" and again.propensity.tolist() == first.propensity.tolist()
            gone = release("second", eligible=[n for n in range(60) if n != first.item[1]], reranker=DRAWN)
            service.releases.change(gone)
            last = await service.responder.answer(ask(2))
            assert last.propensity.tolist() == np.delete(first.propensity, 1).tolist()
            assert (await service.responder.answer(ask(8))).propensity.tolist() == [1.0] * 4      # nothing is drawn
    go(test())


def test_each_request_is_drawn_for_anew_alone_and_in_a_batch():
    """As often as its propensity says: over 400 draws of user 2, each first item's share is about that."""
    async def test():
        async with running(release(reranker=DRAWN), single_flight=False, queue=1000) as service:
            found = [await service.responder.answer(ask(2)) for _ in range(200)]
            found += await asyncio.gather(*(service.responder.answer(ask(2)) for _ in range(200)))
            for part in (found[:200], found[200:]):
                share = {}
                assert {answer.rung for answer in part} == {"full"}
                for answer in part:
                    share.setdefault((int(answer.item[0]), float(answer.propensity[0])), []).append(answer)
                assert len(share) > 3
                for (_, propensity), those in share.items():
                    noise = (propensity * (1 - propensity) / len(part)) ** 0.5
                    assert abs(len(those) / len(part) - propensity) < 5 * noise + 1e-9
    go(test())


def test_each_person_gets_what_is_popular_in_their_own_segment():
    async def test():
        of_user = np.zeros(30, int)
        of_user[[8, 9]] = 1, 2
        segments = SegmentLists(of_user, np.array([[21, 22], [31, 32], [41, -1]]))
        async with running(release(retriever=Altered(Held(), raising(OSError("gone"))), segments=segments)) as service:
            found = [(await service.responder.answer(ask(user))).item.tolist() for user in (8, 9, 10, -1)]
            assert found == [[31, 32], [41], [21, 22], [21, 22]]
    go(test())


def test_where_a_segment_has_nothing_left_the_static_list_answers_and_where_that_has_nothing_nobody_fails():
    async def test():
        none = SegmentLists(np.zeros(30, int), np.full((1, 3), -1))
        first = release(retriever=Altered(Held(), raising(OSError("gone"))), segments=none)
        async with running(first) as service:
            answer = await service.responder.answer(ask(2))
            assert (answer.rung, answer.item.tolist()) == ("static", [50, 51, 52])
            service.releases.change(release("empty", eligible=[3], segments=none, retriever=first.system.retriever))
            answer = await service.responder.answer(ask(0))
            assert (answer.rung, answer.item.tolist()) == ("nothing", [])
    go(test())


def test_when_a_hard_filter_is_down_only_what_was_chosen_by_hand_is_shown():
    async def test():
        first = release()
        broken = Altered(first.system.filters[1], raising(OSError("no list of who took what")))
        async with running(release(filters=[broken])) as service:
            answer = await service.responder.answer(ask(2))
            assert (answer.rung, answer.item.tolist()) == ("static", [50, 51, 52])
            assert "a hard filter is down" in str(answer.notes)
    go(test())


def test_the_breaker_leaves_a_hanging_chain_alone_and_lets_one_request_try_again():
    async def test():
        index = Held()
        async with running(release(retriever=index), breaker_reset_s=0.2, runners=1, **SHORT) as service:
            index.go.clear()
            rungs = [await service.responder.answer(ask(user)) for user in range(8, 24)]
            assert {answer.rung for answer in rungs} == {"segment"}
            assert service.responder.breaker(service.releases.current).state == "open"
            assert rungs[-1].notes == ["the chain is left alone for a while"]
            index.go.set()
            for _ in range(500):
                if (await service.responder.answer(ask(20))).rung == "full":
                    break
                await asyncio.sleep(0.02)
            assert service.responder.breaker(service.releases.current).state == "closed"
    go(test())


def test_a_canary_that_fails_does_not_take_the_current_release_with_it():
    async def test():
        async with running() as service:
            bad = release("bad", retriever=Altered(Held(), raising(OSError("gone"))))
            service.releases.change(bad, "canary", 0.5)
            answers = [await service.responder.answer(ask(user)) for user in range(8, 30)]
            assert {(answer.release, answer.rung) for answer in answers} == {("first", "full"), ("bad", "segment")}
            assert service.responder.breaker(bad).state == "open"
            assert service.responder.breaker(service.releases.current).state == "closed"
    go(test())


def test_one_odd_request_of_a_batch_fails_alone():
    async def test():
        async with running(batch_wait_ms=20) as service:        # the toy index knows nobody by -1; user 7 gets NaN
            found = await asyncio.gather(*(service.responder.answer(ask(user)) for user in (2, -1, 3, 7, 5)))
            assert [answer.rung for answer in found] == ["full", "segment", "full", "segment", "full"]
    go(test())


def test_a_stampede_for_one_person_is_one_computation():
    async def test():
        for single_flight, most in ((True, 1), (False, 30)):
            index = Held()
            async with running(release(retriever=index), single_flight=single_flight) as service:
                before = sum(index.asked)
                found = await asyncio.gather(*(service.responder.answer(ask(2)) for _ in range(30)))
                assert {answer.rung for answer in found} == {"full"}
                assert sum(index.asked) - before == most
    go(test())


def test_a_stale_slate_answers_at_once_while_it_is_renewed():
    async def test():
        index = Held()
        async with running(release(retriever=index), fresh_s=1e-6, renew_s=1000) as service:
            first = await service.responder.answer(ask(2))
            await service.responder.flights.drain(30)
            index.go.clear()
            before = len(index.asked)
            answer = await service.responder.answer(ask(2))
            assert answer.rung == "full" and answer.item.tolist() == first.item.tolist()
            index.go.set()
            await service.responder.flights.drain(30)
            assert len(index.asked) == before + 1
    go(test())


def test_a_cache_that_is_slow_dead_or_cold_is_no_reason_to_be_late():
    async def test():
        async with running(fresh_s=1000) as service:
            await service.responder.answer(ask(2))
            for fault in ({"delay_ms": 60_000}, {"errors": 1.0}, {"mode": "cold"}):
                service.switches.switch_on(Fault.of(part="cache", **fault))
                assert (await service.responder.answer(ask(2))).rung == "full"
                service.switches.switch_off()
    go(test())


@pytest.fixture
def store(tmp_path):
    made = SqliteStore(tmp_path / "features")
    made.put_many({recent_key(2): as_recent([21, 30, 999])})
    return made


def test_what_was_clicked_last_comes_from_the_store_and_is_of_the_session(store):
    class Session(Held):
        def retrieve(self, requests, n):
            self.seen = requests.session_items.tolist()
            return super().retrieve(requests, n)

    async def test():
        index = Session()
        async with running(release(retriever=index), store) as service:
            assert (await service.responder.answer(ask(2, [5]))).rung == "full"
            assert index.seen == [[21, 30, 5]]
            for fault in ({"errors": 1.0}, {"mode": "partial", "kept": 0}):
                service.switches.switch_on(Fault.of(part="store", **fault))
                assert (await service.responder.answer(ask(2, [5]))).rung == "full"
                assert index.seen == [[5]]
                service.switches.switch_off()
    go(test())


def test_a_store_that_hangs_is_left_behind(store):
    async def test():
        async with running(release(), store, store_ms=5, hedge_ms=2) as service:
            service.switches.switch_on(Fault.of(part="store", delay_ms=300))
            rungs = {(await service.responder.answer(ask(user))).rung for user in range(8, 20)}
            assert rungs == {"full"} and service.chain.breaker.state == "open"
    go(test())


def test_warming_up_fills_the_cache_in_batches():
    async def test():
        index = Held()
        async with running(release(retriever=index), fresh_s=1000, batch=8) as service:
            service.responder.cache.clear()
            index.asked.clear()
            assert await service.responder.warm_up(range(6 + 2), k=5) == 7         # user 7 gets NaN
            assert await service.responder.warm_up([5000, -1]) == 0
            before = len(index.asked)
            assert (await service.responder.answer(ask(3))).rung == "full" and len(index.asked) == before
    go(test())


def test_a_shadow_is_asked_beside_and_its_failure_is_nobodys():
    async def test():
        index = Held()
        async with running() as service:
            service.releases.change(release("second", retriever=index), "shadow", 1.0)
            answer = await service.responder.answer(ask(2))
            await service.responder.flights.drain(30)
            assert answer.release == "first" and index.asked == [1]
            assert "course_shadow_agreement_count 1.0" in service.metrics.page().decode()
            service.releases.change(release("bad", retriever=Altered(index, raising(OSError("x")))), "shadow", 1.0)
            assert (await service.responder.answer(ask(3))).rung == "full"
    go(test())


def test_under_random_faults_there_is_always_an_answer_and_no_hard_filter_is_broken(store):
    async def test():
        rng, taken = np.random.default_rng(0), {0: {3, 4}, 1: {5}}
        async with running(release(eligible=range(1, 60)), store, runners=4, breaker_reset_s=0.05, **SHORT) as service:
            for part in ("store", "index", "ranker", "cache"):
                service.switches.switch_on(Fault.of(part=part, delay_ms=20, spread=1, share=0.3, errors=0.3))
            users, found = rng.integers(0, 6, 200), []
            for few in np.split(users, 50):
                found += await asyncio.gather(*(service.responder.answer(ask(int(user))) for user in few))
            for user, answer in zip(users, found, strict=True):
                shown = answer.item.tolist()
                assert shown and len(set(shown)) == len(shown) and not {0, 10} & set(shown)
                assert not taken.get(int(user), set()) & set(shown)
            assert len({answer.rung for answer in found}) > 1
    go(test())


# --- what was broken before is nobody's business once the service starts afresh --------------------------------------
FAULTS = {"index late": {"part": "index", "delay_ms": 400}, "index down": {"part": "index", "errors": 1.0},
          "ranker late": {"part": "ranker", "delay_ms": 400}, "store down": {"part": "store", "errors": 1.0},
          "store late": {"part": "store", "delay_ms": 400}, "store stale": {"part": "store", "mode": "stale"},
          "cache cold": {"part": "cache", "mode": "cold"}}


@pytest.mark.parametrize("name", FAULTS)
def test_started_afresh_it_answers_as_before_whatever_was_broken_meanwhile(name, store):
    """Retrieval tells what it was given: with the store down it lacks what was clicked last, and its slate is kept."""
    class Session(Held):
        def retrieve(self, requests, n):
            self.seen = None if requests.session_items is None else requests.session_items.tolist()
            return super().retrieve(requests, n)

    async def test():
        index = Session()
        async with running(release(retriever=index), store, budget_ms=150, store_ms=50, runners=1, warm=2,
                           breaker_reset_s=1000) as service:
            service.warm = [2, 3]

            async def state():
                assert await service.start_afresh()
                index.seen = "nothing"
                kept = [service.responder.cache.of_person(user) for user in (2, 3, 8)]
                answer = await service.responder.answer(ask(2, [5], k=4))
                return (answer.rung, answer.item.tolist(), index.seen, [None if one is None else one.item.tolist()
                                                                        for one in kept],
                        service.chain.breaker.state, service.responder.breaker(service.releases.current).state,
                        service.switches.active())

            before = await state()
            assert before[:3] == ("full", before[1], [[21, 30, 5]])
            service.switches.switch_on(Fault.of(**FAULTS[name]))
            for user in (2, 3, 8, 9, 2, 3, 8, 9, 2, 3, 8, 9):
                await service.responder.answer(ask(user))
            assert await state() == before
    go(test())


def test_what_is_under_way_when_it_starts_afresh_is_answered():
    async def test():
        index = Held()
        async with running(release(retriever=index), runners=1) as service:
            index.go.clear()
            waits = [asyncio.ensure_future(service.responder.answer(ask(user))) for user in (8, 9, 10)]
            await asyncio.sleep(0.02)
            asyncio.get_running_loop().call_later(0.1, index.go.set)
            assert not await service.start_afresh(wait_s=0.01)          # they are not done yet
            assert [(await one).rung for one in waits] == ["full"] * 3
    go(test())


def test_who_comes_while_the_new_parts_are_warmed_is_answered_in_full_by_the_old_ones(monkeypatch):
    """The old threads were let go at once; the chain then said "cannot schedule new futures after shutdown"."""
    async def test():
        async with running(runners=1, batch=1, batch_wait_ms=0) as service:
            waits, slow = [], asyncio.Event()
            inner = service.chain.run

            async def run(batch, until, store_ms=None):
                await slow.wait()                           # as where the store is read first
                return await inner(batch, until, store_ms)

            async def warmed(responder, release=None):
                waits.extend(asyncio.ensure_future(service.responder.answer(ask(user))) for user in (8, 9, 10))
                await asyncio.sleep(0.02)

            service.responder.batcher.run = run
            monkeypatch.setattr(service, "_warmed", warmed)
            asyncio.get_running_loop().call_later(0.2, slow.set)
            assert await service.start_afresh()
            assert [(await one).rung for one in waits] == ["full"] * 3
    go(test())


def test_two_fresh_starts_at_once_leave_one_set_of_threads(monkeypatch):
    made = []

    class Chain(asgi.BatchRun):
        def __init__(self, *given):
            super().__init__(*given)
            made.append(self)

    monkeypatch.setattr(asgi, "BatchRun", Chain)

    async def test():
        async with running() as service:
            assert await asyncio.gather(*(service.start_afresh() for _ in range(4))) == [True] * 4
            assert len(made) == 5
            assert [one for one in made if not one._stage_threads._shutdown] == [service.chain] == made[-1:]
    go(test())


def test_as_many_are_warmed_as_is_set_at_each_fresh_start_and_nobody_where_nobody_is():
    """The list was cut at the first start's number, and number 0's slate was kept where none was to be."""
    async def test():
        index = Held()
        async with running(release(retriever=index), warm=2) as service:
            service.warm = [2, 3, 8, 9]

            def kept():
                return [user for user in (0, *service.warm) if service.responder.cache.of_person(user) is not None]

            assert index.asked                              # by somebody, so that the process is no longer slow
            for changes, who in ((None, [2, 3]), ({"warm": 3}, [2, 3, 8]), ({"warm": 0}, []), (None, [2, 3])):
                asked = len(index.asked)
                assert await service.start_afresh(changes=changes)
                assert kept() == who and len(index.asked) > asked
    go(test())


def test_what_is_kept_by_whoever_asks_oddly_is_small_and_sessions_are_told_apart(tmp_path):
    """A hundred thousand slates are kept at most; by sessions of 200 items each their keys alone took 700 MB."""
    async def test():
        async with running(fresh_s=1000) as service:
            sessions = [[(7 * place + turn) % 60 for place in range(200)] for turn in range(20)]
            for session in sessions + [session[::-1] for session in sessions]:
                await service.responder.answer(ask(2, session))
            assert service.responder.cache.outcomes["fresh"] == 0 and len(service.responder.cache) == 40
            await service.responder.answer(ask(2, sessions[0]))
            assert service.responder.cache.outcomes["fresh"] == 1
            for key in service.responder.cache._exact:
                assert sys.getsizeof(key) + sum(map(sys.getsizeof, key)) < 500
                assert not any(isinstance(part, (tuple, list)) for part in key)
    go(test())


def test_what_fails_is_printed_for_whoever_runs_it_but_not_what_was_switched_on(tmp_path, caplog):
    async def test():
        store = SqliteStore(tmp_path / "s")
        async with running(release(retriever=Altered(Held(), raising(OSError("the disk of the index")))), store,
                           breaker_reset_s=0.001) as service:
            for fault in ({"part": "store", "errors": 1.0}, {"part": "ranker", "errors": 1.0}):
                service.switches.switch_on(Fault.of(**fault))
            await service.responder.answer(ask(2))
            assert "the disk of the index" in caplog.text and "Traceback" in caplog.text
            assert "store failed" not in caplog.text
            service.switches.switch_off()
            store.close()
            for user in range(5):
                await service.responder.answer(ask(user))
            assert "The store failed: the store is closed." in caplog.text
    go(test())


def test_a_cache_that_is_late_is_told_as_late():
    async def test():
        async with running() as service:
            service.switches.switch_on(Fault.of(part="cache", delay_ms=60_000))
            assert "cache: late" in (await service.responder.answer(ask(2))).notes
    go(test())
