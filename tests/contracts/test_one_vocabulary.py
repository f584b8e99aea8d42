"""Every layer speaks dense ids, and says so to whoever comes with names; Dataset.from_frames leads there and back."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import ArgumentError, BudgetError, DataError, Dataset, Requests
from course_lib.data import splits
from course_lib.evidence import offline
from course_lib.stages.retrieval import baselines

RNG = np.random.default_rng(0)
RAW = splits.first_only(pd.DataFrame({"user": [f"u{n}" for n in RNG.integers(0, 30, 600)],
                                      "item": [f"i{n}" for n in RNG.integers(0, 40, 600)], "time": np.arange(600.0)}))
DATA = Dataset.from_frames(RAW)
SPLIT = splits.by_user(DATA.interactions)
SAYS = r"'\w+' \(str\) at .*; expected dense ids, 0 … .*Make a Dataset with Dataset.from_frames"
PEERS = (baselines.Popularity, baselines.RecentPopularity, baselines.ItemKNN, baselines.EASE, baselines.ALS)
ASKED = Requests.of([0], eligible=[0])


@pytest.mark.parametrize("kind", PEERS)
def test_peers_say_what_ids_they_expect_and_answer_in_those(kind):
    with pytest.raises(ArgumentError, match=SAYS):
        kind().fit(RAW)
    model = kind().fit(SPLIT.train, DATA.n_users, DATA.n_items)
    with pytest.raises(ArgumentError, match=SAYS):
        model.recommend(["u1"], 3)
    taken = set(DATA.item_ids.decode(SPLIT.train.loc[SPLIT.train["user"] == DATA.user_ids.encode("u1"), "item"]))
    answer = DATA.recommended(model.recommend(DATA.user_ids.encode(["u1"]), 3))[0]
    assert len(set(answer) & set(RAW["item"])) == 3 and not set(answer) & taken


@pytest.mark.parametrize("call", [
    lambda: Requests.of(["u1"], eligible=[0]), lambda: Requests.of([0], eligible=["i1"]),
    lambda: Requests.of([0], eligible=[0], session_items=[["i1"]]), lambda: offline.held_out(RAW),
    lambda: offline.hits([["i1"]], [["i1"]]), lambda: offline.top_items(MODEL, ["u1"], 3),
    lambda: offline.evaluate(MODEL, splits.by_user(RAW)),
    lambda: replace(ASKED, user=np.array(["u1"], object)), lambda: replace(ASKED, eligible=np.array(["i1"]))])
def test_requests_and_metrics_say_what_ids_they_expect(call):
    with pytest.raises(ArgumentError, match=SAYS):
        call()


MODEL = baselines.Popularity().fit(SPLIT.train, DATA.n_users, DATA.n_items)


def test_splits_are_the_same_of_names_and_of_dense_ids():
    for split in (splits.by_user, splits.by_time, splits.leave_last_out):
        named, dense = split(RAW), split(DATA.interactions.sort_values("time", ignore_index=True))
        assert named.test["item"].tolist() == DATA.item_ids.decode(dense.test["item"]).tolist()


def test_without_times_only_random_splits_are_made():
    data = Dataset.from_frames(RAW[["user", "item"]], time=None)
    assert len(splits.by_user(data.interactions).test)
    for split in (splits.by_time, splits.leave_last_out):
        with pytest.raises(DataError, match="one moment.*by_user"):
            split(data.interactions)


def test_raw_numbers_are_not_taken_for_dense_ids_and_memory_is_asked_for_only_where_it_is():
    raw = pd.DataFrame({"user": [5, 4_000_000_000], "item": [1, 2], "time": [1.0, 2.0]})
    with pytest.raises(ArgumentError, match="user of interactions runs to 4000000000 in 2 rows; expected dense ids"):
        baselines.Popularity().fit(raw)
    with pytest.raises(ArgumentError, match="user holds 4000000000; expected dense ids, which stay below 2"):
        Requests.of(raw["user"], eligible=[0])
    wide = pd.DataFrame({"user": [0, 1], "item": [1, 900_000], "time": [1.0, 2.0]})
    with pytest.raises(BudgetError, match=r"EASE on 900,001 items would take .* use ItemKNN or ALS"):
        baselines.EASE().fit(wide)
    with pytest.raises(BudgetError, match="Ask for fewer users at a time"):
        baselines.Popularity().fit(wide).score(np.zeros(10**7, int))


def test_a_stranger_gets_the_mean_users_answer():
    everything = Requests.of([-1, 10**6], eligible=np.arange(DATA.n_items))
    assert (MODEL.retrieve(everything, 3).item == baselines.best_k(MODEL.counts[None], 3)).all()
