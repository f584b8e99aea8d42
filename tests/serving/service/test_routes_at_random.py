"""Every route but /recommend asked at random: one sentence for what cannot be meant, and then nothing has changed."""

import json
from urllib.parse import quote

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from toy_parts import go, served

from course_lib.serving.service import asgi
from course_lib.serving.service.fault_switches import MODES, PARTS
from course_lib.serving.service.feature_store import SqliteStore

TOKEN = {"token": "open"}
ROUTES = {"/recommend": {"POST"}, "/health": {"GET", "HEAD"}, "/ready": {"GET", "HEAD"}, "/metrics": {"GET", "HEAD"},
          "/trace/abc": {"GET", "HEAD"}, "/admin/faults": {"POST", "DELETE"}, "/admin/features": {"POST"},
          "/admin/release": {"POST"}, "/admin/afresh": {"POST"}}
OFTEN = settings(max_examples=40, deadline=None)
TEXT = st.text(max_size=12) | st.sampled_from(["store", "index", "stale", "cold", "current", "canary", "\x00", ""])
NUMBER = st.integers(-2**70, 2**70) | st.floats() | st.integers(-2, 5)
JSON = st.recursive(st.none() | st.booleans() | NUMBER | TEXT, lambda inner: st.lists(inner, max_size=3)
                    | st.dictionaries(TEXT, inner, max_size=3), max_leaves=8)
FAULT = st.fixed_dictionaries({"part": st.sampled_from(PARTS) | JSON}, optional={
    "delay_ms": st.floats(0, 5) | JSON, "errors": st.floats(0, 1) | JSON, "share": st.floats(0, 1) | JSON,
    "mode": st.sampled_from(sorted({mode for modes in MODES.values() for mode in modes})) | JSON,
    "kept": st.floats(0, 1) | JSON, "seed": st.integers(0, 9) | JSON, "start_s": st.just(0) | JSON,
    "end_s": st.floats(1, 9) | JSON, "colour": JSON})
CHANGE = st.fixed_dictionaries({"name": TEXT | JSON}, optional={
    "path": TEXT | st.just("x" * 5000) | st.just("x" * 300) | st.just(".") | JSON,
    "role": st.sampled_from(["current", "canary", "shadow"]) | JSON,
    "share": st.floats(0, 1) | JSON, "withdrawn": st.lists(st.integers(0, 80), max_size=3) | JSON})
RECENT = st.dictionaries(st.integers(-3, 40).map(str) | TEXT, st.lists(st.integers(-2, 70), max_size=4) | JSON,
                         max_size=4)
ASCII = st.characters(min_codepoint=33, max_codepoint=126)


def as_body(value):
    return json.dumps(value).encode()


def said(answer):
    """The one sentence of an answer that is an error, or None; never a traceback."""
    assert answer.status_code in (200, 404, 405, 409, 413, 422), (answer.status_code, answer.text)
    if answer.status_code == 200:
        return None
    sentence = answer.json()["error"]
    assert list(answer.json()) == ["error"] and 0 < len(sentence) < 700        # a path is told
    assert "\n" not in sentence and "Traceback" not in sentence
    return sentence


@given(st.sampled_from(sorted(ROUTES)), st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
       st.binary(max_size=30) | JSON.map(as_body), st.text(ASCII, max_size=8))
@OFTEN
def test_without_the_token_and_by_other_methods_nothing_is_done(path, method, body, token):
    async def test():
        async with served() as (service, client):
            answer = await client.request(method, path, content=body, headers={"token": token + "?"},
                                          params={"q": "1"})
            if method not in ROUTES[path]:
                assert answer.status_code == 405
            elif path.startswith("/admin"):
                assert answer.status_code == 404 and answer.json() == {"error": "there is nothing here"}
            if method != "HEAD" and answer.headers["content-type"] == "application/json":
                said(answer)
            assert service.switches.active() == [] and service.releases.current.name == "first"
    go(test())


@given(st.binary(max_size=40) | JSON.map(as_body) | st.lists(FAULT, max_size=3).map(as_body))
@example(b'[{"part": "cache", "mode": "cold"}]')
@OFTEN
def test_faults_are_switched_on_all_of_them_or_none(body):
    async def test():
        async with served() as (service, client):
            answer = await client.post("/admin/faults", content=body, headers=TOKEN)
            if said(answer) is None:
                asked = json.loads(body)
                assert len(service.switches._on) == len(asked)
                assert all(fault["part"] in PARTS for fault in answer.json()["faults"])
                assert said(await client.post("/recommend", json={"user": 3, "k": 4})) is None
            else:
                assert service.switches._on == []
            assert (await client.delete("/admin/faults", headers=TOKEN, params={"x": "1"})).json() == {"faults": []}
            assert (await client.post("/recommend", json={"user": 3, "k": 4})).status_code == 200
    go(test())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("stores")


@given(body=st.binary(max_size=40) | JSON.map(as_body) | RECENT.map(as_body))
@example(body=b'{"3": [5, 9], "03": [1]}')
@OFTEN
def test_features_that_are_taken_are_read_and_others_change_nothing(folder, body):
    async def test():
        path = folder / f"{np.random.default_rng().integers(2**60)}"
        async with served(store=SqliteStore(path)) as (service, client):
            answer = await client.post("/admin/features", content=body, headers=TOKEN)
            read = await service.chain.recent(list(range(41)), 71, 1e12)
            if said(answer) is None:
                sent = {int(user): items for user, items in json.loads(body).items()}
                assert answer.json() == {"held": len(sent)}
                assert {user for user in read} <= set(sent) and all(set(items) <= set(sent[user])
                                                                    for user, items in read.items())
            else:
                assert read == {}
            assert (await client.post("/recommend", json={"user": 3})).status_code == 200
    go(test())


@given(st.binary(max_size=40) | JSON.map(as_body) | CHANGE.map(as_body))
@example(b'{"name": "a", "path": "\\u0000"}')
@example(b'{"name": "a", "path": ""}')
@example(b'{"name": "a", "path": "."}')
@example(b'{"name": "a", "role": "canary"}')
@example(as_body({"name": "a", "path": "x" * 5000}))
@example(as_body({"name": "a", "path": "x" * 300}))
@example(b'{"name": "a", "path": "\\ud800"}')
@OFTEN
def test_a_release_of_what_is_none_is_a_sentence_and_the_first_goes_on_answering(body):
    async def test():
        async with served() as (service, client):
            before = (await client.post("/recommend", json={"user": 3})).json()["slate"]
            answer = await client.post("/admin/release", content=body, headers=TOKEN)
            if said(answer) is None:                        # a role of nobody has ended
                assert answer.json() == {"current": "first", "canary": None, "shadow": None}
            assert service.releases.current.name == "first" and service.releases.canary is None
            assert (await client.post("/recommend", json={"user": 3})).json()["slate"] == before
    go(test())


@given(st.binary(max_size=40) | JSON.map(as_body) | st.dictionaries(st.sampled_from(
    ["batch", "budget_ms", "reserve_ms", "shed_at", "warm", "colour"]), NUMBER, max_size=2).map(as_body))
@example(b"")
@example(b'{"batch": 1, "budget_ms": 40}')
@OFTEN
def test_a_fresh_start_with_settings_that_cannot_be_is_a_sentence_and_then_nothing_has_changed(body):
    async def test():
        async with served() as (service, client):
            before = service.settings
            answer = await client.post("/admin/afresh", content=body, headers=TOKEN)
            if said(answer) is None:
                assert answer.json() == {"nothing_under_way": True} and service.ready
            else:
                assert answer.status_code == 422 and service.settings is before
            assert (await client.post("/recommend", json={"user": 3})).status_code in (200, 503)
    go(test())


@given(st.text(min_size=1, max_size=20) | st.from_regex(r"[0-9a-f]{16}", fullmatch=True))
@OFTEN
def test_a_trace_is_told_to_who_knows_its_number_and_to_nobody_else(number):
    async def test():
        async with served() as (service, client):
            own = (await client.post("/recommend", json={"user": 3})).json()
            answer = await client.get(f"/trace/{quote(number, safe='', errors='replace')}")
            assert answer.status_code == 404 and said(answer)
            assert (await client.get(f"/trace/{own['trace']}")).json()["slate"] == own["slate"]
    go(test())


@given(st.lists(st.tuples(st.integers(-2, 35), st.integers(0, 60)), max_size=12))
@OFTEN
def test_metrics_and_health_add_up_whatever_was_asked(asks):
    async def test():
        async with served() as (service, client):
            statuses = [(await client.post("/recommend", json={"user": user, "k": k})).status_code for user, k in asks]
            page = (await client.get("/metrics")).text
            counted = {line.split('"')[1]: float(line.split()[-1]) for line in page.splitlines()
                       if line.startswith("course_requests_total{")}
            assert counted == {str(one): float(statuses.count(one)) for one in set(statuses)}
            shares = (await client.get("/health")).json()["shares"]
            assert sum(shares.values()) == pytest.approx(1.0 if 200 in statuses else 0.0)
            rungs = sum(float(line.split()[-1]) for line in page.splitlines() if line.startswith("course_rungs_total{"))
            assert rungs == statuses.count(200) and asgi.GONE not in statuses
    go(test())
