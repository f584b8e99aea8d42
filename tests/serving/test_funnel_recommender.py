"""The whole recommender from a funnel: its lists, newcomers, later days, caps, faults, and the file it is kept in."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import ArgumentError, CorruptError, Dataset, DayLog, Requests
from course_lib.data import splits
from course_lib.data.log import MemoryLog, interactions
from course_lib.serving.funnel import Funnel, FunnelSettings
from course_lib.serving.funnel_recommender import FunnelRecommender
from course_lib.serving.funnel_training import TREES
from course_lib.stages.ranking.calibrate import ece
from course_lib.world import feed
from course_lib.world.policies import Uniform

USERS, ITEMS, TASTES, NEW = 200, 80, 4, 5000
SMALL = FunnelSettings(n_candidates=40, n_shares=40, l2_grid=(20.0,), n_users=300,
                       trees=TREES | {"trees": 40, "min_rows": 20})


@pytest.fixture(scope="module")
def films():
    rng, rows = np.random.default_rng(0), []
    for user in range(USERS):
        taste = np.where(np.arange(ITEMS) % TASTES == user % TASTES, 1.0, 0.05)
        taken = rng.choice(ITEMS, 12, replace=False, p=taste / taste.sum())
        rows.append(pd.DataFrame({"user": user, "item": taken, "time": 1.3e9 + rng.uniform(0, 1e6, 12)}))
    items = pd.DataFrame({"item": np.arange(ITEMS), "genre": [f"kind {i % TASTES}" for i in range(ITEMS)],
                          "creator": np.arange(ITEMS) % 7})
    return Dataset.from_frames(pd.concat(rows), items, time_unit="s")


@pytest.fixture(scope="module")
def kept(films, tmp_path_factory):
    """A fitted funnel in a file, and the split it was fitted on."""
    split = splits.by_user(films.interactions)
    return Funnel(SMALL).fit(films, split).save(tmp_path_factory.mktemp("kept") / "films.funnel"), split


@pytest.fixture
def funnel(kept):
    return Funnel.load(kept[0])


def asked(users, session=None, **more):
    return Requests.of(np.atleast_1d(users), eligible=np.arange(ITEMS), session_items=session, **more)


def test_without_reranking_it_shows_what_the_funnel_recommends(funnel):
    system, users = FunnelRecommender(funnel, budget_ms=np.inf), np.arange(USERS)
    slates = system.slates(asked(users)).check(asked(users))
    assert (slates.item == funnel.recommend(users, 10)).all()
    assert system.rungs["full"] == USERS and not system.incidents
    one = system.recommend(asked(17))
    assert (one.item == slates.item[17]).all() and [s.name for s in one.trace.stages] == [
        "retrieve", "filter", "rank", "rerank"]


def test_scores_are_probabilities_of_what_was_held_out(funnel, kept):
    system, test = FunnelRecommender(funnel, budget_ms=np.inf), kept[1].test
    requests = asked(np.arange(USERS))
    found = funnel.retrieve(requests, 40)
    score = system.ranker.score(requests, found)
    real = found.item >= 0
    taken = pd.MultiIndex.from_frame(test[["user", "item"]])
    pairs = pd.MultiIndex.from_arrays([np.repeat(np.arange(USERS), 40), found.item.ravel()])
    came = pairs.isin(taken).reshape(found.item.shape)
    assert np.isneginf(score[~real]).all() and 0 <= score[real].min() and score[real].max() <= 1
    assert ece(score[real], came[real].astype(float)) < 0.02
    assert abs(score[real].mean() / came[real].mean() - 1) < 0.3


def test_a_newcomer_is_answered_by_session_else_by_what_is_popular(funnel):
    system = FunnelRecommender(funnel, budget_ms=np.inf)
    session = np.array([[1, 5, 9, 13]])
    by_session, plain = system.recommend(asked(NEW, session)), system.recommend(asked(NEW))
    assert by_session.trace.rung == plain.trace.rung == "full"
    assert np.mean(by_session.item % TASTES == 1) > 0.6 and not np.isin(session, by_session.item).any()
    assert (plain.item == funnel.recommend([NEW], 10)[0]).all()


def test_a_day_is_observed_once_by_all_parts(funnel, monkeypatch):
    system, calls = FunnelRecommender(funnel, budget_ms=np.inf), []
    learn = funnel.observe
    monkeypatch.setattr(funnel, "observe", lambda day: (calls.append(day), learn(day))[1])
    first = system.recommend(asked(3)).item[:2]
    rows = pd.DataFrame({"user": [3, 3, NEW, NEW], "item": [*first, 1, 5], "time": 1.4e9, "click": 1})
    system.observe(DayLog(1, pd.DataFrame(), rows, pd.DataFrame()))
    assert len(calls) == 1
    assert not np.isin(first, system.recommend(asked(3)).item).any()
    assert np.mean(system.recommend(asked(NEW)).item % TASTES == 1) > 0.6


def test_what_was_scored_for_a_request_is_forgotten_when_something_is_observed(funnel):
    requests = asked(3)
    before = funnel.retrieve(requests, 10).item[0]
    assert (funnel.retrieve(requests, 10).item[0] == before).all()
    funnel.observe(pd.DataFrame({"user": 3, "item": [before[0]], "time": 1.4e9}))
    assert before[0] not in funnel.retrieve(requests, 10).item[0]


def test_the_fallback_answers_and_shows_nothing_taken(funnel, kept):
    system = FunnelRecommender(funnel)
    system.ranker = None
    system.retriever = type("Dead", (), {"retrieve": lambda self, requests, n: 1 / 0})()
    with pytest.warns(UserWarning, match="a stage failed"):
        answer = system.recommend(asked(3))
    known = pd.concat([kept[1].train, kept[1].valid]).query("user == 3")["item"]
    assert answer.trace.rung == "popular" and not np.isin(answer.item, known).any() and (answer.item >= 0).all()


def test_caps_hold_and_variety_can_be_had(funnel, films):
    capped = FunnelRecommender(funnel, films.catalog, caps={"genre": 4, "creator": 2})
    varied = FunnelRecommender(funnel, trade_off=0.3)
    users = np.arange(50)
    plain, slates = funnel.recommend(users, 10), capped.slates(asked(users)).item
    for name, most in (("genre", 4), ("creator", 2)):
        code = pd.factorize(films.catalog.items[name])[0]
        assert max(np.bincount(code[row[row >= 0]]).max() for row in slates) == most
        assert max(np.bincount(code[row]).max() for row in plain) > most

    def kinds(lists):
        return np.mean([len(set(row % TASTES)) for row in lists])

    assert kinds(varied.slates(asked(users)).item) > kinds(plain)
    with pytest.raises(ArgumentError, match="caps name 'colour', which is no column"):
        FunnelRecommender(funnel, films.catalog, caps={"colour": 2})
    with pytest.raises(ArgumentError, match="has not been fitted"):
        FunnelRecommender(Funnel())


READ = """
import sys, numpy as np
from course_lib.contracts import Requests
from course_lib.serving.funnel_recommender import FunnelRecommender
system = FunnelRecommender.load(sys.argv[1])
session = np.full((200, 3), -1); session[::2] = [1, 5, 9]
slates = system.slates(Requests.of(np.arange(200) + 60, eligible=np.arange(80), session_items=session))
np.savez(sys.argv[2], item=slates.item, numbers=[system.n_retrieve, system.budget_ms, system.reranker.trade_off])
"""


def test_another_process_gives_the_same_slates(funnel, films, tmp_path):
    system = FunnelRecommender(funnel, films.catalog, trade_off=0.7, caps={"genre": 4}, budget_ms=80, name="shop")
    system.funnel.observe(pd.DataFrame({"user": [3, 230], "item": [8, 9], "time": 1.4e9}))
    system.n_retrieve, system.reranker.trade_off = 30, 0.6
    session = np.full((200, 3), -1)
    session[::2] = [1, 5, 9]
    mine = system.slates(asked(np.arange(200) + 60, session)).item
    path = system.save(tmp_path / "shop.recommender")
    subprocess.run([sys.executable, "-c", READ, path, tmp_path / "slates.npz"], check=True)
    theirs = np.load(tmp_path / "slates.npz")
    assert (theirs["item"] == mine).all() and theirs["numbers"].tolist() == [30, 80, 0.6]
    again = FunnelRecommender.load(path)
    assert again.name == "shop" and again.save(tmp_path / "again").read_bytes() == Path(path).read_bytes()


def test_what_would_not_come_back_is_not_saved_and_damage_is_seen(funnel, tmp_path):
    system = FunnelRecommender(funnel)
    path = system.save(tmp_path / "one.recommender")
    system.filters = []
    with pytest.raises(ArgumentError, match="was replaced"):
        system.save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-3])
    with pytest.raises(CorruptError, match="one.recommender was cut short"):
        FunnelRecommender.load(path)
    funnel.save(path)
    with pytest.raises(CorruptError, match="holds a funnel; expected a recommender"):
        FunnelRecommender.load(path)


def test_a_feed_is_served_by_the_same_builder_and_beats_chance():
    world, log = feed(people=300, items=200, requests_per_day=1500, seed=3), MemoryLog()
    world.run(Uniform(), 6, log)
    data = Dataset("feed", interactions(log.impressions()), world.catalog(), world.users())
    system = FunnelRecommender(Funnel(SMALL).fit(data, splits.by_time(data.interactions)), world.catalog(),
                               caps={"creator": 2})
    rates = {}
    for policy in (Uniform(seed=7), system):
        twin, days = world.fork(), MemoryLog()
        twin.run(policy, 2, days)
        rates[policy.name] = days.impressions()["click"].mean()
    assert rates["funnel"] > 1.5 * rates["uniform"] and not system.incidents
    assert len(system.funnel.fitted.past.changed)                                       # it learnt from its own days
