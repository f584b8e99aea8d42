"""What the load generator sends and what the service answers are one contract: asked at random, and under load."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course_lib.contracts import Dataset
from course_lib.data import splits
from course_lib.serving.funnel import Funnel, FunnelSettings
from course_lib.serving.funnel_recommender import FunnelRecommender
from course_lib.serving.funnel_training import TREES
from course_lib.serving.loadgen.arrivals import asked, poisson_due
from course_lib.serving.loadgen.load_client import closed_loop, open_loop

service_process = pytest.importorskip("course_lib.serving.service.service_process")

USERS, ITEMS = 60, 40
SMALL = FunnelSettings(n_candidates=30, n_shares=30, l2_grid=(20.0,), n_users=60,
                       trees=TREES | {"trees": 10, "min_rows": 5, "n_models": 1})
RUNGS = {"full", "cached", "segment", "static"}
SLOW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ASKS = st.fixed_dictionaries({"user": st.integers(-1, USERS - 1), "k": st.integers(1, 30),
                              "session": st.lists(st.integers(0, ITEMS - 1), max_size=8)})
JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
                    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
                    max_leaves=10)
ODD = st.one_of(JSON.map(lambda value: json.dumps(value).encode()), st.binary(max_size=60),
                st.fixed_dictionaries({"user": JSON, "session": JSON, "k": JSON}).map(lambda v: json.dumps(v).encode()),
                ASKS.map(lambda ask: json.dumps(ask | {"user": ask["user"] + USERS + 1}).encode()),
                ASKS.map(lambda ask: json.dumps(ask | {"session": [ITEMS]}).encode()),
                st.integers(20_000, 200_000).map(lambda n: b" " * n))


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """A service with a small recommender in a process of its own; its deadline is long, so that no rung is a matter
    of how busy the machine is."""
    rng, rows = np.random.default_rng(0), []
    for user in range(USERS):
        taken = rng.choice(ITEMS, 8, replace=False)
        rows.append(pd.DataFrame({"user": user, "item": taken, "time": 1.3e9 + rng.uniform(0, 1e6, 8)}))
    data = Dataset.from_frames(pd.concat(rows), time_unit="s")
    funnel = Funnel(SMALL).fit(data, splits.by_user(data.interactions), progress=False)
    path = FunnelRecommender(funnel).save(tmp_path_factory.mktemp("served") / "small.recommender")
    with service_process.ServiceProcess(path, budget_ms=20_000, fresh_s=0, store_ms=10_000,
                                        hedge_ms=10_000) as running:
        yield running.url


def sent(url, bodies):
    """A request each, one after the other."""
    return closed_loop(url, bodies, seconds=60, most=len(bodies), timeout_s=30)


@given(st.lists(ASKS, min_size=1, max_size=8))
@SLOW
def test_every_right_request_gets_a_slate_that_keeps_the_contract(url, asks):
    got = sent(url, asks)
    assert got.status.tolist() == [200] * len(asks)
    for ask, answer in zip(asks, got.answers, strict=True):
        assert set(answer) == {"slate", "propensities", "rung", "trace"}
        slate, chance = answer["slate"], answer["propensities"]
        assert all(type(item) is int and 0 <= item < ITEMS for item in slate)
        assert len(set(slate)) == len(slate) == len(chance) <= ask["k"]
        assert all(0 < one <= 1 for one in chance)
        assert not set(slate) & set(ask["session"])
        assert answer["rung"] in RUNGS and answer["trace"]
    assert len({answer["trace"] for answer in got.answers}) == len(asks)


def is_right(body: bytes) -> bool:
    """Whether these bytes happen to be a request that may be asked."""
    try:
        ask = json.loads(body)
    except ValueError:
        return False
    if not isinstance(ask, dict) or not set(ask) <= {"user", "session", "k"}:
        return False
    session = ask.get("session", [])
    whole = [ask.get("user"), ask.get("k", 10), *(session if isinstance(session, list) else [None])]
    return all(type(value) is int for value in whole)


@given(st.lists(ODD, min_size=1, max_size=8))
@SLOW
def test_whatever_is_wrong_is_refused_in_one_sentence_and_the_service_lives_on(url, bodies):
    got = sent(url, [*bodies, json.dumps({"user": 0, "session": [], "k": 3}).encode()])
    for body, status, answer in zip(bodies, got.status, got.answers, strict=False):
        if status == 200:
            assert is_right(body)
            continue
        assert 400 <= status < 500, (status, body)
        says = answer["error"]
        assert 0 < len(says) < 300 and "\n" not in says and "Traceback" not in says
    assert got.status[-1] == 200


def test_under_load_every_request_is_answered_or_turned_away(url):
    rng = np.random.default_rng(0)
    got = open_loop(url, poisson_due(rng, 40, 2), asked(rng, 100, USERS, ITEMS), timeout_s=30)
    assert set(got.status.tolist()) <= {200, 503}
    assert set(got.rung) <= RUNGS | {"no slate"} and got.by_rung().requests.sum() == len(got)


def test_a_crowd_that_comes_at_once_is_answered_or_turned_away(url):
    got = open_loop(url, np.zeros(400), asked(np.random.default_rng(1), 400, USERS, ITEMS), timeout_s=60)
    assert set(got.status.tolist()) <= {200, 503} and (got.status == 200).any()
