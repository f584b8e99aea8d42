"""Over HTTP: the contract, sentences in place of tracebacks, metrics, readiness, and what a token opens."""

import asyncio

import httpx
import pytest
from starlette.requests import Request
from toy_parts import Held, ask, go, release, running, served
from toy_stages import Altered, raising

from course_lib.serving.service import asgi
from course_lib.serving.service.asgi import Service
from course_lib.serving.service.ask_schema import Refused
from course_lib.serving.service.feature_store import SqliteStore
from course_lib.serving.service.settings import ServiceSettings

TOKEN = {"token": "open"}


def test_the_contract_of_recommend():
    async def test():
        async with served() as (service, client):
            answer = await client.post("/recommend", json={"user": 2, "session": [], "k": 4})
            said = answer.json()
            assert answer.status_code == 200 and set(said) == {"slate", "propensities", "rung", "trace"}
            assert len(said["slate"]) == len(said["propensities"]) == 4 and said["rung"] == "full"
            assert all(isinstance(item, int) for item in said["slate"])
            told = (await client.get(f"/trace/{said['trace']}")).json()
            assert told["slate"] == said["slate"] and told["release"] == "first"
    go(test())


@pytest.mark.parametrize(("method", "path", "body", "status", "says"), [
    ("POST", "/recommend", b"{", 422, "Invalid JSON"), ("POST", "/recommend", b'{"user": 99}', 404, "user 99"),
    ("POST", "/recommend", b" " * 20_000, 413, "16,384 bytes"), ("GET", "/recommend", None, 405, "Method Not Allowed"),
    ("GET", "/nowhere", None, 404, "GET /nowhere: Not Found"), ("GET", "/trace/abc", None, 404, "no such trace"),
    ("POST", "/admin/faults", b"[]", 404, "there is nothing here"),
])
def test_what_is_wrong_is_said_in_one_sentence(method, path, body, status, says):
    async def test():
        async with served() as (service, client):
            answer = await client.request(method, path, content=body)
            assert answer.status_code == status and says in answer.json()["error"]
            assert "Traceback" not in answer.text and "\n" not in answer.json()["error"]
    go(test())


def test_a_body_without_end_is_not_read_to_its_end():
    async def test():
        async with running(body_bytes=1000) as service:
            read = []

            async def receive():
                read.append(1)
                return {"type": "http.request", "body": b" " * 300, "more_body": len(read) < 1000}

            scope = {"type": "http", "method": "POST", "path": "/recommend", "headers": [], "client": ("here", 1)}
            with pytest.raises(Refused, match="more than 1,000 bytes") as refused:
                await service.recommend(Request(scope, receive))
            assert refused.value.status == 413 and len(read) == 4
    go(test())


@pytest.mark.parametrize("path", ["/recommend", "/admin/faults", "/admin/features", "/admin/release"])
@pytest.mark.parametrize(("message", "status", "says"), [
    ({"type": "http.disconnect"}, 499, "has gone"), (None, 408, "did not come within 0.05 s")])
def test_who_goes_away_or_sends_slowly_is_no_mistake_of_the_house_and_holds_no_place(path, message, status, says):
    async def test():
        async with running(body_s=0.05) as service:
            waiting, sent = [], []

            async def receive():
                waiting.append(service.admission.waiting)
                return message or await asyncio.sleep(1000)

            async def send(part):
                sent.append(part)

            scope = {"type": "http", "method": "POST", "path": path, "headers": [(b"token", b"open")],
                     "query_string": b"", "client": ("here", 1)}
            await service.app()(scope, receive, send)
            assert sent[0]["status"] == status and says in sent[1]["body"].decode() and set(waiting) == {0}
            assert 'part="service"' not in service.metrics.page().decode()
    go(test())


@pytest.mark.parametrize("token", [None, ""])
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_without_a_token_of_its_own_nobody_is_let_into_the_office(token, method):
    async def test():
        service = Service(release(), ServiceSettings(), token=token)
        async with service.running():
            transport = httpx.ASGITransport(app=service.app())
            async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
                for headers in ({}, {"token": ""}, {"token": "None"}):
                    answer = await client.request(method, "/admin/faults", content=b"[]", headers=headers)
                    assert (answer.status_code, answer.json()) == (404, {"error": "there is nothing here"})
    go(test())


@pytest.mark.parametrize(("path", "body"), [
    ("faults", b'[{"part": "store", "end_s": NaN}]'), ("faults", b'[{"part": "store", "start_s": Infinity}]'),
    ("faults", b'[{"part": "store", "delay_ms": NaN}]'), ("faults", b'[{"part": "store", "seed": 1%s}]' % (b"0" * 40)),
    ("features", b'{"-5": [1]}'), ("features", b'{"3": [-1]}'), ("features", b'{"3": [1%s]}' % (b"0" * 40)),
    ("features", b'{"3": ["a"]}'), ("features", b"[]"), ("release", b'{"name": "second"}'),
    ("release", b'{"name": "second", "role": "king"}'), ("release", b'{"name": ""}'),
    ("release", b'{"name": "second", "path": "none.recommender"}'),
    ("release", b'{"name": "second", "path": "x", "share": NaN}'),
    ("release", b'{"name": "second", "path": "x", "share": 7}'),
    ("release", b'{"name": "second", "path": "x", "withdrawn": [1%s]}' % (b"0" * 30)),
])
def test_what_the_office_cannot_mean_is_one_sentence_and_changes_nothing(path, body, tmp_path):
    async def test():
        async with served(store=SqliteStore(tmp_path / "s")) as (service, client):
            answer = await client.post(f"/admin/{path}", content=body, headers=TOKEN)
            assert answer.status_code == 422 and 0 < len(answer.json()["error"]) < 300
            assert service.switches.active() == [] and service.releases.current.name == "first"
    go(test())


def test_a_store_that_does_not_take_it_is_said(tmp_path):
    async def test():
        def fails(values, ttl_s=None):
            raise OSError("the disk is full")

        async with served(store=SqliteStore(tmp_path / "s")) as (service, client):
            service.chain.store.inner.put_many = fails
            answer = await client.post("/admin/features", json={"2": [21]}, headers=TOKEN)
            assert answer.status_code == 503 and "the disk is full" in answer.json()["error"]
    go(test())


def test_a_release_under_a_name_that_is_taken_leaves_the_slates_of_that_name_alone(monkeypatch):
    async def test():
        async with served(fresh_s=1000) as (service, client):
            before = (await client.post("/recommend", json={"user": 5, "k": 10})).json()["slate"]
            other = release("first", eligible=[n for n in range(60) if n not in before[:3]])
            monkeypatch.setattr(asgi, "_loaded", lambda change: other)
            change = await client.post("/admin/release", json={"name": "first", "path": "x"}, headers=TOKEN)
            assert change.status_code == 422 and "'first' already" in change.json()["error"]
            assert (await client.post("/recommend", json={"user": 5, "k": 10})).json()["slate"] == before
    go(test())


def test_nobody_gets_what_was_computed_for_another_person_session_or_length():
    async def test():
        async with running(fresh_s=1000) as service:
            asks = [ask(user, session, k) for user in (2, 3, 5) for session in ((), (20,), (20, 30), (30, 20))
                    for k in (3, 5)]
            for one in asks + asks:                         # the second time out of the cache
                answer, first = await service.responder.answer(one), service.releases.current
                same = first.system.recommend(first.requests([one.user], [one.session], one.k))
                assert answer.item.tolist() == same.item.tolist()
            assert service.responder.cache.outcomes["fresh"] >= len(asks)
    go(test())


def test_a_mistake_of_the_house_is_a_sentence_too_and_whoever_runs_it_reads_where_it_arose(monkeypatch, caplog):
    async def test():
        async with served() as (service, client):
            monkeypatch.setattr(service.responder, "answer", lambda ask: 1 / 0)
            answer = await client.post("/recommend", json={"user": 2})
            assert answer.status_code == 500 and answer.json()["error"] == "the service failed (ZeroDivisionError)"
            assert "The service failed at POST '/recommend'." in caplog.text and "Traceback" in caplog.text
    go(test())


def test_a_full_house_says_503_and_when_to_come_again():
    async def test():
        index = Held()
        async with served(release(retriever=index), shed_at=2) as (service, client):
            index.go.clear()
            waiting = [asyncio.ensure_future(client.post("/recommend", json={"user": user})) for user in (2, 3)]
            while service.admission.waiting < 2:
                await asyncio.sleep(0.001)
            refused = await client.post("/recommend", json={"user": 4})
            assert service.metrics.shares()["refused"] == 1         # the alert counts them
            assert refused.status_code == 503 and refused.headers["Retry-After"] == "1"
            index.go.set()
            assert [(await answer).status_code for answer in waiting] == [200, 200]
            assert (await client.post("/recommend", json={"user": 4})).status_code == 200
    go(test())


def test_a_client_over_its_rate_gets_429():
    async def test():
        async with served(per_second=0.001, burst=2) as (service, client):
            codes = [(await client.post("/recommend", json={"user": 2})).status_code for _ in range(3)]
            assert codes == [200, 200, 429]
    go(test())


def test_it_is_ready_once_it_is_warm_and_no_longer_when_it_stops():
    async def test():
        async with served() as (service, client):
            assert (await client.get("/ready")).status_code == 200
            service.ready = False
            assert (await client.get("/ready")).status_code == 503
            assert (await client.get("/health")).json()["lives"]
        assert not service.ready
    go(test())


def test_looks_into_the_cache_are_counted_anew_after_a_fresh_start():
    async def test():
        async with served(fresh_s=1000) as (service, client):
            async def looks():
                page = (await client.get("/metrics")).text
                return {outcome: float(page.split(f'course_cache_lookups{{outcome="{outcome}"}} ')[1].split()[0])
                        for outcome in ("fresh", "renewing", "miss")}

            for _ in range(3):
                await client.post("/recommend", json={"user": 2})
            assert await looks() == {"fresh": 2, "renewing": 0, "miss": 1}
            assert (await client.post("/admin/afresh", headers=TOKEN)).status_code == 200
            assert await looks() == {"fresh": 0, "renewing": 0, "miss": 0}
    go(test())


def test_before_it_is_warm_it_gives_no_answer_and_after_it_stops_it_is_not_ready():
    """Which is what is written about /ready: its 503 is of a service that stops."""
    async def test():
        index = Held()
        index.go.clear()
        service = Service(release(retriever=index), ServiceSettings(budget_ms=60_000), token="open", warm=[5])
        messages = asyncio.Queue()
        sent = []

        async def send(message):
            sent.append(message["type"])

        messages.put_nowait({"type": "lifespan.startup"})
        life = asyncio.ensure_future(service.app()({"type": "lifespan", "app": service}, messages.get, send))
        await asyncio.sleep(0.1)
        assert sent == [] and not service.ready             # a server answers nobody until this is complete
        index.go.set()
        while not sent:
            await asyncio.sleep(0.01)
        assert sent == ["lifespan.startup.complete"] and service.ready
        messages.put_nowait({"type": "lifespan.shutdown"})
        await life
        assert not service.ready
    go(test())


def test_metrics_count_and_an_alert_comes_when_the_ladder_answers_too_much():
    async def test():
        async with served(release(retriever=Altered(Held(), raising(OSError("gone"))))) as (service, client):
            for _ in range(service.metrics.enough - 1):
                await client.post("/recommend", json={"user": 2})
            assert (await client.get("/health")).json()["alerts"] == []
            await client.post("/recommend", json={"user": 2})
            assert "the full chain gave 0.0% of the last 100" in (await client.get("/health")).json()["alerts"][0]
            page = (await client.get("/metrics")).text
            for line in ('course_requests_total{status="200"}', 'course_rungs_total{rung="segment"} 100.0',
                         'course_rung_share{rung="segment"} 1.0', "course_rung_alert 1.0",
                         'course_breaker_open{part="chain"} 1.0'):
                assert line in page
            timed = [line for line in page.splitlines() if line.startswith("course_request_seconds")]
            assert any(line.startswith("course_request_seconds_count ") for line in timed), timed
    go(test())


def test_faults_are_switched_over_http_by_who_has_the_token():
    async def test():
        async with served() as (service, client):
            down = [{"part": "index", "errors": 1.0}]
            assert (await client.post("/admin/faults", json=down, headers={"token": "wrong"})).status_code == 404
            assert (await client.delete("/admin/faults")).status_code == 404
            assert (await client.post("/admin/faults", json=down, headers=TOKEN)).json()["faults"][0]["errors"] == 1
            assert (await client.post("/recommend", json={"user": 3})).json()["rung"] == "segment"
            odd = await client.post("/admin/faults", json=[{"part": "moon"}], headers=TOKEN)
            assert odd.status_code == 422 and "\n" not in odd.json()["error"]
            assert (await client.delete("/admin/faults", headers=TOKEN)).json() == {"faults": []}
            assert (await client.post("/recommend", json={"user": 3})).json()["rung"] == "full"
    go(test())


def test_features_are_written_as_a_job_writes_them(tmp_path):
    async def test():
        async with served(store=SqliteStore(tmp_path / "s")) as (service, client):
            held = await client.post("/admin/features", json={"2": [21, 30]}, headers=TOKEN)
            assert held.json() == {"held": 1}
            assert await service.chain.recent([2, 3], 60, 1e12) == {2: [21, 30]}
    go(test())


def test_a_release_under_load_fails_nothing_and_mixes_nothing():
    async def test():
        async with served() as (service, client):
            asked = [asyncio.ensure_future(client.post("/recommend", json={"user": 2})) for _ in range(150)]
            for number in range(10):
                half = range(30) if number % 2 else range(30, 60)
                service.releases.change(release(str(number), eligible=half, filters=[]))
                asked += [asyncio.ensure_future(client.post("/recommend", json={"user": 2})) for _ in range(15)]
                await asyncio.sleep(0.005)
            found = [await answer for answer in asked]
            assert {answer.status_code for answer in found} == {200}
            assert {answer.json()["rung"] for answer in found} == {"full"}
            traces = service.responder.traces
            by = [(traces[said["trace"]].release, said["slate"]) for said in (answer.json() for answer in found)]
            assert len({name for name, _ in by}) > 5
            for name, slate in by:
                if name != "first":
                    assert all((item < 30) == bool(int(name) % 2) for item in slate)
    go(test())


def test_what_is_under_way_is_answered_before_it_stops():
    async def test():
        index = Held()
        async with running(release(retriever=index)) as service:
            index.go.clear()
            task = asyncio.ensure_future(service.responder.answer(ask(2)))
            await asyncio.sleep(0.02)
            asyncio.get_running_loop().call_later(0.05, index.go.set)
        assert (await task).rung == "full"
    go(test())
