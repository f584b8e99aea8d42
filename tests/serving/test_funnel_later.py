"""A funnel after its fit: newcomers and their sessions, later events, and the same answers out of a file."""

import copy
import functools
import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import (
    ArgumentError,
    CorruptError,
    DataError,
    Dataset,
    DayLog,
    Requests,
)
from course_lib.data import splits
from course_lib.serving import funnel_training
from course_lib.serving.funnel import Funnel, FunnelSettings
from course_lib.serving.funnel_recommender import FunnelRecommender
from course_lib.stages.retrieval.candidate_sources import RecentCounts, default_sources

DAY, USERS, ITEMS, TASTES = 86_400.0, 150, 60, 3
NEW = 10_000                                                                            # an id beyond the fit
SMALL = FunnelSettings(n_candidates=25, n_shares=25, l2_grid=(20.0,),
                       trees=funnel_training.TREES | {"trees": 30, "min_rows": 20})


def table(seed=0):
    """150 people of three tastes take 14 of 60 items over 100 days and grade them; content is the item's kind."""
    rng, rows = np.random.default_rng(seed), []
    for user in range(USERS):
        taste = np.where(np.arange(ITEMS) % TASTES == user % TASTES, 1.0, 0.03)
        for item in rng.choice(ITEMS, 14, replace=False, p=taste / taste.sum()):
            rows.append((user, item, 1.3e9 + rng.uniform(0, 100) * DAY, rng.integers(1, 6)))
    return pd.DataFrame(rows, columns=["user", "item", "time", "value"])


@functools.cache
def fitted(kind):
    items = pd.DataFrame({"item": np.arange(ITEMS), "kind": np.arange(ITEMS) % TASTES, "price": 1.0 + np.arange(ITEMS)})
    data = Dataset.from_frames(table(), items.astype({"kind": str}), value="value", time_unit="s")
    split = splits.by_time(data.interactions) if kind == "time" else splits.by_user(data.interactions)
    return Funnel(SMALL).fit(data, split), split


def made(kind="user"):
    """(a funnel of one's own, its split)."""
    return copy.deepcopy(fitted(kind))


@pytest.fixture(params=["user", "time"])
def chain(request):
    return made(request.param)[0]


def asked(users, session=None, eligible=None):
    return Requests.of(np.atleast_1d(users), eligible=np.arange(ITEMS) if eligible is None else eligible,
                       session_items=session)


def events(user, items, days=150.0, **more):
    return pd.DataFrame({"user": user, "item": items, "time": 1.3e9 + days * DAY, **more})


def share_of_taste(items, taste):
    return np.mean(np.asarray(items) % TASTES == taste)


# --- people of whom nothing was known -------------------------------------------------------------------------------
def test_a_newcomer_is_answered_from_the_session(chain):
    session = np.array([[0, 3, 6, 9], [-1, 1, 4, 7], [-1, -1, -1, -1]])
    found = chain.retrieve(asked([NEW, NEW + 1, NEW + 2], session), 8)
    popular = chain.retrieve(asked(NEW), 8)
    for taste in (0, 1):
        assert share_of_taste(found.item[taste], taste) > 0.5 > share_of_taste(popular.item[0], taste)
    assert not np.isin(found.item[0], session[0]).any() and not np.isin(found.item[1], session[1]).any()
    assert (found.item[2] == popular.item[0]).all() and (popular.item[0] == chain.candidates([NEW], 8)[0]).all()


def test_a_session_is_only_looked_at_as_far_as_its_items_are_known(chain):
    strange = chain.retrieve(asked(NEW, np.array([[ITEMS + 3, 10**6]])), 8)
    assert (strange.item == chain.retrieve(asked(NEW), 8).item).all()
    mixed = chain.retrieve(asked(NEW, np.array([[ITEMS + 3, 0, 3]])), 8)
    assert (mixed.item == chain.retrieve(asked(NEW, np.array([[0, 3]])), 8).item).all()


def test_a_session_of_somebody_known_stands_beside_their_past(chain):
    plain, moved = chain.retrieve(asked(5), 20), chain.retrieve(asked(5, np.array([[0, 3, 6, 9, 12]])), 20)
    assert not np.isin([0, 3, 6, 9, 12], moved.item[0]).any() and (plain.item != moved.item).any()
    held = chain.fitted.past.events
    assert not np.isin(held.loc[held["user"] == 5, "item"], moved.item[0]).any()


def test_who_is_asked_by_history_gets_what_is_got_by_id(chain):
    """So a newcomer with somebody's past is answered as they are."""
    users = np.array([3, 70, 11])
    by_id, free = chain.retriever.scores(users)
    by_past, free_again = chain.retriever.scores_of(chain.fitted.past.histories(users), 3)
    assert (free == free_again).all()
    for name, score in by_id.items():
        if name != "users_alike":                                                      # own row is a neighbour there
            assert by_past[name] == pytest.approx(score, abs=1e-4), name
    features = chain.fitted.features
    again = features.people_of(chain.fitted.past.histories(users), 3)
    for name, value in (features.people.facts | features.people.tastes).items():
        assert (again.facts | again.tastes)[name] == pytest.approx(value[users], abs=1e-5), name


def test_nobody_known_is_a_newcomer_everywhere(chain):
    for answer in (lambda who: chain.recommend(who, 8), lambda who: chain.candidates(who, 8), chain.score):
        assert np.array_equal(answer([-1, 3]), answer([NEW, 3]))
    session = np.array([[0, 3, 6, 9]])
    assert (chain.retrieve(asked(-1, session), 8).item == chain.retrieve(asked(NEW, session), 8).item).all()
    system = FunnelRecommender(chain, budget_ms=np.inf)
    for told in (None, session):
        assert (system.recommend(asked(-1, told)).item == system.recommend(asked(NEW, told)).item).all()
    with pytest.raises(ArgumentError, match="negative ids, first -2"):
        chain.recommend([-2])


# --- what happens later ---------------------------------------------------------------------------------------------
def test_what_was_taken_later_is_not_shown_and_moves_the_answer(chain):
    before = chain.recommend(np.arange(20), 10)
    first = before[4, 0]
    chain.observe(events(4, [first]))
    after = chain.recommend(np.arange(20), 10)
    assert first not in after[4] and (after[4] >= 0).all()
    assert first not in chain.candidates([4], ITEMS) and np.isneginf(chain.score([4])[0, first])


def test_a_newcomer_becomes_known_by_what_they_take(chain):
    stranger = chain.recommend([NEW], 8)[0]
    chain.observe(events(NEW, [2, 5, 8, 11]))
    known = chain.recommend([NEW], 8)[0]
    assert share_of_taste(known, 2) > 0.7 > share_of_taste(stranger, 2)
    assert not np.isin([2, 5, 8, 11], known).any() and (chain.recommend([NEW + 1], 8) >= 0).all()
    assert (chain.recommend([NEW, 3], 8)[1] == chain.recommend([3], 8)[0]).all()


def test_counts_move_and_an_item_that_nobody_had_taken_can_be_shown(chain):
    sources, item = chain.retriever.sources, 7
    before = sources["popular"].counts.copy()
    chain.observe(events(np.arange(NEW, NEW + 400), item))
    grown = np.expm1(sources["popular"].counts) - np.expm1(before)
    assert grown == pytest.approx(400.0 * (np.arange(ITEMS) == item), abs=1e-2)
    assert chain.recommend([NEW + 999], 1) == item
    assert chain.fitted.features.by_item["popularity"] == pytest.approx(sources["popular"].counts, abs=1e-5)
    chain.retriever.alive[9] = False
    chain.observe(events(NEW, [9]))
    assert chain.retriever.alive[9]


def test_recency_moves_with_the_clock():
    chain, _ = made("time")
    hot = chain.retriever.sources["hot"].counts
    assert (hot > 0).sum() > 1
    chain.observe(events(NEW, [7], days=900.0))
    hot = chain.retriever.sources["hot"].counts
    assert np.flatnonzero(hot).tolist() == [7]
    since = chain.fitted.features.by_item["since_last"]
    assert since[7] == 0 and since[8] > np.log(700)
    assert chain.recommend([NEW + 1], 1) == 7                                           # what is recent


def test_an_event_counts_once_however_often_it_comes(chain):
    more = events(np.array([4, 4, NEW]), [7, 7, 8])
    old = chain.fitted.past.events.head(40)
    chain.observe(more)
    once, counts = chain.score([4, NEW]), chain.retriever.sources["popular"].counts.copy()
    n = len(chain.fitted.past.events)
    for again in (more, more[::-1], old, pd.concat([old, more])):
        chain.observe(again)
    assert len(chain.fitted.past.events) == n and np.array_equal(chain.score([4, NEW]), once)
    assert np.array_equal(chain.retriever.sources["popular"].counts, counts)


def test_one_table_or_row_by_row_is_the_same():
    later = events(np.array([4, NEW, 9, NEW, 4]), [7, 8, 9, 10, 11], days=np.arange(150.0, 155.0), value=4.0)
    (one, _), (other, _) = made("time"), made("time")
    one.observe(later)
    for row in range(len(later)):
        other.observe(later.iloc[[row]])
    users = np.array([4, 9, NEW, 50, NEW + 1])
    assert np.array_equal(one.score(users), other.score(users))


def test_items_that_are_not_known_are_told_and_left_out(chain):
    with pytest.warns(UserWarning, match="2 of 3 events are of items that are not known, first 77"):
        chain.observe(events(NEW, [77, 7, 10**6]))
    assert chain.fitted.past.events.query("user == @NEW")["item"].tolist() == [7]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        chain.observe(events(NEW, [8]))


def test_a_time_far_ahead_is_taken_with_a_word(chain):
    with pytest.warns(UserWarning, match="1 of 2 events lies further behind the last one known than the whole"):
        chain.observe(pd.DataFrame({"user": [4, 5], "item": [7, 8], "time": [1.31e9, 1e11]}))
    assert chain.fitted.past.events["time"].max() == 1e11
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        chain.observe(events(NEW, [8], days=150.0))


def test_a_days_clicks_are_events(chain):
    rows = pd.DataFrame({"user": [4, 4, NEW], "item": [7, 8, 9], "time": 1.31e9, "click": [1, 0, 1]})
    chain.observe(DayLog(1, pd.DataFrame(), rows, pd.DataFrame()))
    assert chain.fitted.past.changed.tolist() == [4, NEW]
    assert 7 not in chain.candidates([4], ITEMS) and 9 not in chain.candidates([NEW], ITEMS)


@pytest.mark.parametrize("impressions", [None, pd.DataFrame(), pd.DataFrame({"user": [4], "item": [7], "time": [1.31e9],
                                                                             "click": [0]})])
def test_a_day_without_a_click_changes_nothing(chain, impressions):
    before, n = chain.score([4, NEW]), len(chain.fitted.past.events)
    day = DayLog(1, pd.DataFrame(), impressions, pd.DataFrame())
    assert chain.observe(day) is chain and len(chain.fitted.past.events) == n
    assert np.array_equal(chain.score([4, NEW]), before) and not len(chain.fitted.past.changed)
    with pytest.raises(ArgumentError, match="has not been fitted"):
        Funnel().observe(day)


def test_events_that_are_none_are_refused_and_change_nothing(chain):
    before = chain.score([4])
    for wrong in (events([-2], [3]), events(["a"], [3]), events([1], [0.5]), events([1], [3], days=np.nan)):
        with pytest.raises(ArgumentError):
            chain.observe(wrong)
    with pytest.raises(DataError, match="events lack time"):
        chain.observe(events(1, [3]).drop(columns="time"))
    with pytest.raises(ArgumentError, match="has not been fitted"):
        Funnel().observe(events(1, [3]))
    chain.observe(events(1, [3]).head(0))
    assert np.array_equal(chain.score([4]), before)


# --- kept in a file -------------------------------------------------------------------------------------------------
READ = """
import sys, numpy as np, pandas as pd
from course_lib.contracts import Requests
from course_lib.serving.funnel import Funnel
chain = Funnel.load(sys.argv[1])
session = np.array([[0, 3, 6], [-1, 1, 4], [-1, -1, -1]])
requests = Requests.of(np.array([10_000, 5, 10_001]), eligible=np.arange(60), session_items=session)
np.savez(sys.argv[2], score=chain.score(np.arange(150)), found=chain.retrieve(requests, 9).item,
         later=chain.observe(pd.DataFrame({"user": [7, 9], "item": [1, 2], "time": 1.32e9})).score([7]))
"""


@pytest.mark.parametrize("kind", ["user", "time"])
def test_another_process_gives_the_same_answers(kind, tmp_path):
    chain, _ = made(kind)
    chain.observe(events(np.array([4, NEW]), [7, 8]))
    chain.save(tmp_path / "chain.funnel")
    subprocess.run([sys.executable, "-c", READ, tmp_path / "chain.funnel", tmp_path / "answers.npz"], check=True)
    theirs = np.load(tmp_path / "answers.npz")
    assert np.array_equal(theirs["score"], chain.score(np.arange(USERS)))
    session = np.array([[0, 3, 6], [-1, 1, 4], [-1, -1, -1]])
    assert np.array_equal(theirs["found"], chain.retrieve(asked([NEW, 5, NEW + 1], session), 9).item)
    chain.observe(pd.DataFrame({"user": [7, 9], "item": [1, 2], "time": 1.32e9}))
    assert np.array_equal(theirs["later"], chain.score([7]))


def test_what_is_read_is_what_was_written(tmp_path):
    chain, _ = made("time")
    again = Funnel.load(chain.save(tmp_path / "chain.funnel"))
    assert again.settings == chain.settings and again.seed == chain.seed and again.shares == chain.shares
    assert again.fit_report == chain.fit_report
    again.save(tmp_path / "again.funnel")
    assert (tmp_path / "again.funnel").read_bytes() == (tmp_path / "chain.funnel").read_bytes()


def test_arrays_that_are_shared_are_written_once_and_read_as_one(tmp_path):
    chain, _ = made("time")
    again = Funnel.load(chain.save(tmp_path / "chain.funnel"))
    sources = again.retriever.sources
    assert sources["ease_recent"].shared is sources["ease"] and sources["ease_recent"].weight is sources["ease"].weight


def test_a_damaged_file_is_refused(tmp_path):
    chain, _ = made()
    path = chain.save(tmp_path / "chain.funnel")
    whole = path.read_bytes()
    for place in (3, len(whole) // 2, len(whole) - 2):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1:])
        with pytest.raises(CorruptError, match="chain.funnel"):
            Funnel.load(path)
    chain.ranker.save(path)
    with pytest.raises(CorruptError, match="holds a ranker; expected a funnel"):
        Funnel.load(path)
    with pytest.raises(DataError, match="is missing"):
        Funnel.load(tmp_path / "nowhere")


def test_what_cannot_be_kept_is_said(tmp_path):
    with pytest.raises(ArgumentError, match="has not been fitted"):
        Funnel().save(tmp_path / "x")

    class Named(RecentCounts):
        def _train(self, interactions):
            super()._train(interactions)
            self.friend = object()

    class Foreign:
        """Not a Source: it cannot be asked by history, nor kept."""

        def fit(self, interactions, n_users, n_items):
            self.inner = RecentCounts().fit(interactions, n_users, n_items)

        def score(self, users):
            return self.inner.score(users)

    for other, named in ((Named(), "odd friend is a object|friend is a object"), (Foreign(), "odd is a Foreign")):
        chain, split = made()
        data = Dataset.from_frames(table(), time_unit="s")
        chain = Funnel(SMALL, make_sources=lambda *a, o=other, **s: default_sources(*a, **s) | {"odd": o})
        chain.fit(data, split)
        assert (chain.retrieve(asked(NEW, np.array([[0, 3]])), 5).item >= 0).all()
        with pytest.raises(ArgumentError, match=named):
            chain.save(tmp_path / "x")
