"""What a fitted model takes in later: newcomers, new items, unknown ids, each event once; alone and behind others."""

import json
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from tower_logs import fashions, two_tastes

from course_lib.contracts import DAY_S, Catalog, DataError, DayLog, Requests
from course_lib.serving.recommender import Recommender
from course_lib.stages.ann.retriever import ANNRetriever
from course_lib.stages.retrieval.towers.model import TwoTower
from course_lib.stages.retrieval.towers.recency import RecencyClock, bring_forward

SMALL = {"dim": 16, "max_epochs": 6, "batch_size": 256, "learning_rate": 0.02}
NEVER = 100 * DAY_S                                                       # later than all that was trained on


def likes(user, items, time=NEVER):
    return pd.DataFrame({"user": user, "item": items, "time": time + np.arange(len(items))})


@pytest.fixture
def model():
    """Users and items of two tastes; content says which; every tenth item has had no event."""
    content = pd.DataFrame({"taste": np.where(np.arange(40) % 2, "odd", "even")})
    return TwoTower(**SMALL, id_dropout=0.3).fit(two_tastes(), content, progress=False)


# --- events ----------------------------------------------------------------------------------------------------------
def test_a_newcomer_gets_a_history_and_an_answer_of_their_taste(model):
    model.observe(likes(9000, [1, 3, 5, 7]))
    assert model.observed_ == {"taken": 4, "repeated": 0, "unknown_item": 0, "newcomers": 1}
    top = model.recommend([9000], 5)[0]
    assert (top % 2 == 1).all() and not set(top) & {1, 3, 5, 7}
    assert model.embed_users([9000])[0] == pytest.approx(model.embed_history([1, 3, 5, 7]), abs=1e-5)


def test_an_event_counts_once_however_often_it_comes(model):
    events = likes(3, [0, 2, 4])
    model.observe(pd.concat([events, events]))
    assert model.observed_["taken"] == 3 and model.observed_["repeated"] == 3
    once = model.counts.copy()
    model.observe(events)
    assert model.observed_ == {"taken": 0, "repeated": 3, "unknown_item": 0, "newcomers": 0}
    assert (model.counts == once).all() and len(model.past[0]) == 2403
    model.observe(two_tastes())                                             # what it was trained on
    assert model.observed_["taken"] == 0 and (model.counts == once).all()


def test_a_time_far_ahead_is_taken_with_a_word(model):
    with pytest.warns(UserWarning, match="1 of 1 events lies further behind the last one known than the whole"):
        model.observe(likes(3, [8], 1e11))
    assert model.observed_["taken"] == 1 and model.past[2][-1] == 1e11


def test_unknown_items_are_left_out_one_by_one_and_the_rest_is_taken(model):
    model.observe(likes([3, 3, 9001], [8, 777, 10]))
    assert model.observed_ == {"taken": 2, "repeated": 0, "unknown_item": 1, "newcomers": 1}
    with pytest.raises(DataError, match="empty"):
        model.observe(likes(3, []))


def test_observing_in_parts_equals_observing_at_once():
    events = fashions()
    early, late = events[events["time"] < 60 * DAY_S], events[events["time"] >= 60 * DAY_S]
    fit = {"dim": 8, "max_epochs": 1, "batch_size": 64, "time": True}
    whole, parts = (TwoTower(**fit).fit(early, progress=False) for _ in range(2))
    whole.observe(late)
    for day in range(60, 80):
        parts.observe(late[(late["time"] // DAY_S) == day])
    assert parts.counts == pytest.approx(whole.counts, rel=1e-6)
    assert parts.score([3, 4]) == pytest.approx(whole.score([3, 4]), abs=1e-5)


# --- items -----------------------------------------------------------------------------------------------------------
def test_a_new_item_is_placed_by_its_content_and_can_then_be_taken(model):
    new = pd.DataFrame({"taste": ["even", "odd"]}, index=[40, 41])
    model.observe(likes(5, [41]), new)
    assert model.n_items == 42 and model.observed_["taken"] == 1
    even, odd = model.score(np.arange(0, 200, 2)), model.score(np.arange(1, 200, 2))
    assert even[:, 40].mean() > even[:, 41].mean() and odd[:, 41].mean() > odd[:, 40].mean()
    assert model.embed_items()[40:] == pytest.approx(model.embed_new_items(new), abs=1e-6)
    assert 41 not in model.recommend([5], 40) and 40 in model.recommend([4], 40)


def test_a_model_without_content_leaves_new_items_out_and_says_so():
    model = TwoTower(**SMALL | {"max_epochs": 1}).fit(two_tastes(), progress=False)
    with pytest.warns(UserWarning, match="1 new items are left out"):
        model.observe(likes(5, [3, 40]), pd.DataFrame({"taste": ["odd"]}, index=[40]))
    assert model.n_items == 40 and model.observed_["unknown_item"] == 1


# --- behind others ---------------------------------------------------------------------------------------------------
def day_log(clicks, born=None):
    """A DayLog in which every click was shown, and as many items that nobody clicked."""
    shown = pd.concat([clicks.assign(click=1), clicks.assign(click=0, item=0)])
    return DayLog(0, None, shown, None, born)


def born(tastes, first=40):
    items = pd.DataFrame({"creator": 0, "category": 0, "price": 0.0, "born_day": 0, "policy_score": 0.0},
                         index=range(first, first + len(tastes)))
    return Catalog(items, np.eye(2, dtype=np.float32)[tastes])


@pytest.fixture
def by_content():
    return TwoTower(**SMALL, id_dropout=0.3).fit(two_tastes(), np.eye(2, dtype=np.float32)[np.arange(40) % 2],
                                                 progress=False)


def test_a_recommender_hands_its_day_on_and_serves_newcomer_and_new_item(by_content):
    system = Recommender(by_content, n_retrieve=42)
    system.observe(day_log(likes(9000, [1, 3, 5]), born([0, 1])))
    system.observe(day_log(likes(9000, [1, 3, 5]), born([0, 1])))               # the same day again
    assert by_content.observed_["taken"] == 0 and by_content.n_items == 42
    asked = Requests.of([9000], eligible=np.arange(42), slate_size=20)
    assert 41 in system.slates(asked).item[0]


@pytest.mark.parametrize("kind", ["flat", "hnsw"])
def test_an_index_grows_with_the_model(by_content, kind):
    retriever = ANNRetriever(by_content, kind=kind)
    asked = Requests.of([9000], eligible=np.arange(42))
    assert retriever.missing(asked) == 2
    Recommender(retriever).observe(day_log(likes(9000, [1, 3, 5]), born([0, 1])))
    assert retriever.missing(asked) == 0 and retriever.index.n == 42
    assert set(retriever.retrieve(asked, 10).item[0]) == set(by_content.retrieve(asked, 10).item[0])


def test_an_index_is_built_anew_where_recency_moves_the_vectors():
    events = fashions()
    early, late = events[events["time"] < 72 * DAY_S], events[events["time"] >= 72 * DAY_S]
    model = TwoTower(dim=16, max_epochs=3, batch_size=64, learning_rate=0.01, time=True).fit(early, progress=False)
    retriever = ANNRetriever(model, kind="flat")
    retriever.observe(day_log(late))
    asked = Requests.of(np.arange(9), eligible=np.arange(24))
    assert (retriever.retrieve(asked, 5).item == model.retrieve(asked, 5).item).all()


# --- keeping ---------------------------------------------------------------------------------------------------------
LATER = """
import json, sys
import numpy as np, pandas as pd
sys.path.insert(0, {here!r})
from test_observing import likes, NEVER
from course_lib.stages.retrieval.towers.model import TwoTower
model = TwoTower.load({folder!r})
before = model.score([3, 9000]).tolist()
model.observe(likes([9000, 9002], [9, 5], NEVER + 50), pd.DataFrame({{"taste": ["odd"]}}, index=[43]))
print(json.dumps([before, model.score([3, 9000, 9002]).tolist(), model.observed_, len(model.fit_report())]))
"""


def test_another_process_answers_the_same_and_goes_on_observing(tmp_path):
    content = pd.DataFrame({"taste": np.where(np.arange(40) % 2, "odd", "even")})
    events = two_tastes()
    late = events["time"] > 50 * DAY_S
    model = TwoTower(dim=16, batch_size=256, learning_rate=0.02, budget=4, user_id=True).fit(
        events[~late], content, valid=events[late], progress=False)
    model.added = (1, 0.3, 0.1)                             # whatever was chosen: the added column has to travel too
    model.observe(likes(9000, [1, 3]), pd.DataFrame({"taste": ["even"]}, index=[42]))
    before = model.score([3, 9000])
    script = tmp_path / "later.py"
    script.write_text(LATER.format(here=os.path.dirname(__file__), folder=str(model.save(tmp_path / "m"))))
    run = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=240,
                         env=os.environ | {"PYTHONPATH": os.getcwd()})
    assert run.returncode == 0, run.stderr
    there, later, observed, rows = json.loads(run.stdout.splitlines()[-1])
    assert np.array(there) == pytest.approx(before, abs=1e-6)
    model.observe(likes([9000, 9002], [9, 5], NEVER + 50), pd.DataFrame({"taste": ["odd"]}, index=[43]))
    assert np.array(later) == pytest.approx(model.score([3, 9000, 9002]), abs=1e-6)
    assert observed == model.observed_ and observed["taken"] == 2 and rows >= 2


# --- the clock -------------------------------------------------------------------------------------------------------
def test_counts_searched_by_item_equal_a_table_brought_forward():
    rng = np.random.default_rng(0)
    time, item = np.sort(rng.uniform(0, 200 * DAY_S, 3000)), rng.integers(0, 70, 3000) ** 2 // 70
    edges = np.linspace(time[0], time[-1] + 1, 21)
    clock = RecencyClock(time, item, 72, edges)
    state, last, start = np.zeros((72, 5)), edges[0], 0
    for edge in edges:
        stop = np.searchsorted(time, edge, "left")
        state = bring_forward(state, last, edge, time[start:stop], item[start:stop], clock.half_lives)
        last, start = edge, stop
        assert clock.counts(edge) == pytest.approx(state, rel=1e-9, abs=1e-12)
    some = np.array([5, 71, 5, 0])
    assert clock.counts(edges[7], some) == pytest.approx(clock.counts(edges[7])[some])
    assert clock.features(edges[7], some).dtype == np.float32


def test_a_clock_without_events_counts_nothing():
    clock = RecencyClock([], [], 3, [0.0])
    assert (clock.counts(5.0) == 0).all() and clock.counts(5.0).shape == (3, 5)
