"""The whole recommender from a funnel: its lists, newcomers, later days, caps, faults, and the file it is kept in."""

import datetime
import decimal
import subprocess
import sys
import uuid
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import ArgumentError, CorruptError, DataError, Dataset, DayLog, Requests, Vocabulary
from course_lib.data import splits, stored
from course_lib.data.log import MemoryLog, interactions
from course_lib.serving.funnel import Funnel, FunnelSettings
from course_lib.serving.funnel_recommender import FunnelRecommender
from course_lib.serving.funnel_training import TREES
from course_lib.serving.raw_ids import RawIds
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
    rows = pd.DataFrame({"user": [3, 3, NEW, NEW], "item": [*first, 1, 5], "time": 1.3015e9, "click": 1})
    system.observe(DayLog(1, pd.DataFrame(), rows, pd.DataFrame()))
    assert len(calls) == 1
    assert not np.isin(first, system.recommend(asked(3)).item).any()
    assert np.mean(system.recommend(asked(NEW)).item % TASTES == 1) > 0.6


def test_what_was_scored_for_a_request_is_forgotten_when_something_is_observed(funnel):
    requests = asked(3)
    before = funnel.retrieve(requests, 10).item[0]
    assert (funnel.retrieve(requests, 10).item[0] == before).all()
    funnel.observe(pd.DataFrame({"user": 3, "item": [before[0]], "time": 1.3015e9}))
    assert before[0] not in funnel.retrieve(requests, 10).item[0]


def test_what_another_thread_asks_at_the_same_moment_is_not_mixed_in(funnel):
    class Interrupted(Funnel):
        def __setattr__(self, name, value):
            super().__setattr__(name, value)
            if name == "_kept" and value is not None:
                object.__setattr__(self, "_kept", (object(), ["somebody else's"]))

    want = [one.rows.tolist() for one in funnel.asked(asked([3, 5]))]
    funnel.__class__ = Interrupted
    assert [one.rows.tolist() for one in funnel.asked(asked([3, 5]))] == want


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
    system.funnel.observe(pd.DataFrame({"user": [3, 230], "item": [8, 9], "time": 1.3015e9}))
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


NAMES = {
    "text": lambda n: f"no. {n:03d} – é", "number": lambda n: 7 * n - 100, "uuid": lambda n: uuid.UUID(int=n),
    "large": lambda n: 2**70 + n, "day": lambda n: datetime.date(2020, 1, 1) + datetime.timedelta(n),
    "decimal": lambda n: decimal.Decimal(n) / 4,
}
ASK = """
import sys
from course_lib.serving.funnel_recommender import FunnelRecommender
print(FunnelRecommender.load(sys.argv[1]).recommend_ids(["anna", "nobody"], k=4, session=[[], ["i1", "i5"]]).tolist())
"""


def named(films, who, what):
    """The films under other names, as a table of raw ids."""
    rows = films.interactions
    return Dataset.from_frames(pd.DataFrame({"user": [who(int(user)) for user in rows["user"]],
                                             "item": [what(int(item)) for item in rows["item"]],
                                             "time": rows["time"]}), time_unit="s")


@pytest.mark.parametrize("kind", NAMES)
def test_raw_ids_of_any_type_lead_there_and_back_out_of_a_file(funnel, films, tmp_path, kind):
    data = named(films, NAMES[kind], NAMES[kind])
    system = FunnelRecommender(funnel, ids=RawIds.of(data))
    system = FunnelRecommender.load(system.save(tmp_path / "named"))
    assert system.ids.users.ids.dtype == data.user_ids.ids.dtype
    users = [NAMES[kind](n) for n in (3, 17, USERS + 5)]                                # the last is nobody known
    mine = system.recommend_ids(users, k=5)
    dense = funnel.recommend(np.append(data.user_ids.encode(users[:2]), -1), 5)
    assert mine.tolist() == data.item_ids.decode(dense).tolist() and type(mine[0, 0]) is type(mine.tolist()[0][0]) or (
        kind == "number" and mine.dtype == np.int64)
    assert system.recommend_ids(users[0], k=5).tolist() == mine[:1].tolist()
    one = system.recommend_ids(users[2], k=5, session=[[NAMES[kind](n) for n in (1, 5, 9, ITEMS + 1)]])
    number = data.item_ids.encode(one[0])
    assert np.mean(number % TASTES == 1) > 0.5


def test_another_process_answers_by_raw_ids_without_the_table(funnel, films, tmp_path):
    names = ["anna", *(f"u{n}" for n in range(1, USERS))]
    data = named(films, lambda n: names[n], lambda n: f"i{n}")
    own = Funnel(SMALL).fit(data, splits.by_user(data.interactions))
    system = FunnelRecommender(own, ids=RawIds.of(data))
    mine = system.recommend_ids(["anna", "nobody"], k=4, session=[[], ["i1", "i5"]])
    path = system.save(tmp_path / "named")
    said = subprocess.run([sys.executable, "-c", ASK, path], check=True, capture_output=True, text=True)
    assert said.stdout.strip() == str(mine.tolist())
    known = data.interactions.loc[data.interactions["user"] == data.user_ids.encode(["anna"])[0], "item"]
    held = own.fitted.past.events.query("user == @data.user_ids.encode(['anna'])[0]")["item"]
    assert set(held) <= set(known) and not set(mine[0]) & set(data.item_ids.decode(held))


def test_raw_ids_that_cannot_be_meant_are_refused(funnel, films, tmp_path):
    data = named(films, lambda n: f"u{n}", lambda n: f"i{n:02d}")
    system = FunnelRecommender(funnel, ids=RawIds.of(data))
    few = system.recommend_ids(["u3", None], k=5, among=["i01", "i02", "i03", "zz"])
    assert set(few.ravel().tolist()) <= {"i01", "i02", "i03", None} and few[1, 3] is None and few[1, 0] is not None
    with pytest.raises(DataError, match="no key would match"):
        system.recommend_ids([3], k=5)
    with pytest.raises(ArgumentError, match="k is 51; expected a whole number, 1 to 40"):
        system.recommend_ids(["u3"], k=51)
    with pytest.raises(ArgumentError, match="session has 1 rows for 2 users"):
        system.recommend_ids(["u3", "u4"], session=[["i01"]])
    with pytest.raises(ArgumentError, match="knows no raw ids. Make it with ids=RawIds.of"):
        FunnelRecommender(funnel).recommend_ids(["u3"])
    with pytest.raises(ArgumentError, match="ids hold 80 users and 80 items, but the funnel was fitted on 200 and 80"):
        FunnelRecommender(funnel, ids=RawIds(data.item_ids, data.item_ids))
    odd = Vocabulary(np.array([frozenset([n]) for n in range(USERS)], object), "user")
    with pytest.raises(ArgumentError, match="user ids are of type frozenset, .* cannot be written"):
        FunnelRecommender(funnel, ids=RawIds(odd, data.item_ids)).save(tmp_path / "odd")
    assert not (tmp_path / "odd").exists()


def test_a_file_of_before_there_were_raw_ids_is_told(funnel, tmp_path):
    path = stored.save(tmp_path / "old", "recommender", 3, {}, {})
    with pytest.raises(CorruptError, match="old holds format 3 of a recommender; this .* reads 4. Make the recom"):
        FunnelRecommender.load(path)
    assert FunnelRecommender.load(FunnelRecommender(funnel).save(tmp_path / "bare")).ids is None


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
