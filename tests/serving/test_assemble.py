"""Whole systems from data: on films without the towers, and in the world, learnt from its log."""

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import Catalog, Dataset, Requests
from course_lib.data import splits
from course_lib.data.log import MemoryLog
from course_lib.serving import assemble
from course_lib.serving.assemble import feed_recommender, film_recommender, table_recommender
from course_lib.stages.filters import AlreadySeen
from course_lib.stages.ranking.calibrate import ece
from course_lib.world import feed
from course_lib.world.policies import Uniform

USERS, ITEMS, GROUPS = 300, 120, 4


class Known:
    """A retrieval model that knows each user's and item's group, and the popular items within it."""

    def embed_users(self, users):
        return np.eye(GROUPS, dtype=np.float32)[np.asarray(users) % GROUPS]

    def embed_items(self):
        vectors = np.eye(GROUPS, dtype=np.float32)[np.arange(ITEMS) % GROUPS]
        return vectors * (1 + np.linspace(0, 0.1, ITEMS, dtype=np.float32)[:, None])


@pytest.fixture(scope="module")
def films():
    rng = np.random.default_rng(0)
    rows = []
    for user in range(USERS):
        own = np.arange(user % GROUPS, ITEMS, GROUPS)
        take = np.unique(np.concatenate([rng.choice(own, 14, replace=False), rng.choice(ITEMS, 3, replace=False)]))
        rows.append(pd.DataFrame({"user": user, "item": take, "time": rng.random(len(take)) * 1e6, "value": 4.0}))
    items = pd.DataFrame({"title": [f"Film {i}" for i in range(ITEMS)], "category": np.arange(ITEMS) % 3,
                          "policy_score": 0.0, "creator": -1, "price": 0.0, "born_day": 0, "year": 1990.0 + np.arange(
                              ITEMS) % 9})
    content = np.eye(GROUPS, dtype=np.float32)[np.arange(ITEMS) % GROUPS] + 0.1
    table = pd.concat(rows).astype({"user": "int32", "item": "int32"}).sort_values("time", ignore_index=True)
    return Dataset("toy films", table, Catalog(items, content), pd.DataFrame(index=np.arange(USERS)))


@pytest.fixture
def system(films, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    split = splits.by_user(films.interactions)
    return film_recommender(films, split, model=Known(), n_retrieve=60), split


def test_films_are_found_never_repeated_and_capped(films, system):
    recommender, split = system
    requests = Requests.of(np.arange(USERS), eligible=np.arange(ITEMS))
    slates = recommender.slates(requests).check(requests)
    assert recommender.rungs["full"] == USERS and not recommender.incidents
    taken = set(zip(*(pd.concat([split.train, split.valid])[c] for c in ("user", "item")), strict=True))
    category = films.catalog.items["category"].to_numpy()
    for user, row in enumerate(slates.item):
        row = row[row >= 0]
        assert not {(user, int(i)) for i in row} & taken
        assert np.bincount(category[row]).max() <= 4
    test = split.test.groupby("user")["item"].apply(set)
    hits = [len(set(slates.item[user]) & held) for user, held in test.items()]
    chance = np.mean([10 * len(held) / 100 for held in test])
    assert np.mean(hits) > 2.5 * chance


def test_the_rankers_scores_are_probabilities(films, system):
    recommender, split = system
    requests = Requests.of(np.arange(USERS), eligible=np.arange(ITEMS))
    found = recommender.retriever.retrieve(requests, 60)
    fresh = (found.item >= 0) & recommender.filters[1].keep(requests, found.item)
    came = ~AlreadySeen(split.test).keep(requests, found.item)
    score = recommender.ranker.score(requests, found)[fresh]
    assert score.min() >= 0 and score.max() <= 1 and ece(score, came[fresh]) < 0.06


def test_the_second_time_it_comes_out_of_the_cache(films, system, monkeypatch):
    recommender, split = system
    monkeypatch.setattr(assemble.Funnel, "fit", lambda *a, **k: pytest.fail("trained again"))
    again = film_recommender(films, split, model=Known(), n_retrieve=60)
    requests = Requests.of(np.arange(20), eligible=np.arange(ITEMS))
    assert (again.slates(requests).item == recommender.slates(requests).item).all()


def test_one_builder_serves_any_table_out_of_the_cache(films, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    split = splits.by_user(films.interactions)
    system = table_recommender(films, split, settings=assemble.FILM_SETTINGS, caps={"category": 4}, name="table")
    monkeypatch.setattr(assemble.Funnel, "fit", lambda *a, **k: pytest.fail("trained again"))
    again = table_recommender(films, split, settings=assemble.FILM_SETTINGS, caps={"category": 4})
    requests = Requests.of(np.arange(40), eligible=np.arange(ITEMS))
    assert (again.slates(requests).item == system.slates(requests).item).all() and system.name == "table"
    category = films.catalog.items["category"].to_numpy()
    assert max(np.bincount(category[row]).max() for row in system.slates(requests).item) <= 4
    path = system.save(tmp_path / "table.recommender")
    asked_by_id = type(system).load(path).recommend_ids(np.arange(40), k=10)
    assert (asked_by_id == films.recommended(system.slates(requests))).all()


def test_films_are_asked_for_by_raw_ids_too(films, system):
    recommender, _ = system
    requests = Requests.of([3, 4], eligible=np.arange(ITEMS))
    assert (recommender.recommend_ids([3, 4]) == recommender.slates(requests).item).all()


def test_keys_move_with_code_and_data(films):
    one = films.interactions
    assert assemble.digest(one) != assemble.digest(one.assign(item=one["item"] + 1))
    assert assemble.digest(one) == assemble.digest(one.copy())
    assert assemble.code_digest("ranking/ranker.py") != assemble.code_digest("ranking/*.py")


def test_a_feed_learns_from_its_log_and_beats_chance_in_the_world():
    world, log = feed(people=300, items=200, requests_per_day=1500, seed=3), MemoryLog()
    world.run(Uniform(), 5, log)
    system = feed_recommender(log, world.catalog(), explore=0.1, explore_slots=(9, 10))
    rates = {}
    for policy in (Uniform(seed=7), system):
        twin, days = world.fork(), MemoryLog()
        twin.run(policy, 2, days)
        rates[policy.name] = days.impressions()["click"].mean()
        shown = days.impressions()
    assert rates["system"] > 1.5 * rates["uniform"]
    assert system.rungs["full"] == len(shown["request_id"].unique()) and not system.incidents
    assert (shown.loc[shown["position"] < 9, "propensity"] == 1).all()
    assert (shown.loc[shown["position"] >= 9, "propensity"] < 1).all()
    creators = world.catalog().items["creator"].to_numpy()
    first = shown[shown["item"] < len(creators)]
    most = first.assign(creator=creators[first["item"]]).groupby(["request_id", "creator"]).size().max()
    assert most <= 2


def test_a_stranger_and_a_newborn_are_served():
    world, log = feed(people=200, items=150, requests_per_day=600, seed=4), MemoryLog()
    world.run(Uniform(), 3, log)
    system = feed_recommender(log, world.catalog())
    stranger = Requests.of(10**6, eligible=world.eligible(), day=world.day)
    answer = system.recommend(stranger)
    assert answer.trace.rung == "full" and (answer.item >= 0).all()
    twin = world.fork()
    twin.run(system, 3)
    born = np.setdiff1d(twin.eligible(), np.arange(len(world.catalog().items)))
    assert len(born)
    later = Requests.of(np.arange(100), eligible=twin.eligible(), day=twin.day)
    found = system.retriever.retrieve(later, 120).item
    assert np.isin(found, born).any()
