"""Rivals that know the last item alone."""

import numpy as np
import pandas as pd
import pytest
from chains import rings

from course_lib.contracts import ArgumentError
from course_lib.stages.retrieval.baselines import ItemKNN
from course_lib.stages.retrieval.sequences.last_item import Followers, LastItemKNN, latest


def test_neighbours_of_the_last_item_are_those_item_knn_has_for_it():
    events = rings()
    knn, last = ItemKNN(k=5).fit(events), LastItemKNN(k=5).fit(events)
    mine = events[events["user"] == 3].sort_values("time")["item"].iloc[-1]
    assert last.score([3])[0] == pytest.approx(knn.similarity[mine].toarray()[0])


def test_followers_know_which_way_the_ring_goes_and_neighbours_do_not():
    events = rings()
    last = events.groupby("user")["item"].last().to_numpy()
    way = Followers(steps=1).fit(events).score(np.arange(120)).argmax(1)
    assert (way == (last + 1) % 24).all()
    both = LastItemKNN().fit(events).score(np.arange(120))
    row = np.arange(120)
    assert both[row, (last + 1) % 24].mean() == pytest.approx(both[row, (last - 1) % 24].mean(), rel=0.3)


def test_a_step_further_counts_half_and_rows_do_not_reach_the_next_user():
    events = pd.DataFrame({"user": [0, 0, 0, 1, 1], "item": [0, 1, 2, 3, 0], "time": [0.0, 1, 2, 0, 1]})
    model = Followers(steps=2, shrink=0).fit(events)
    assert model.followed.toarray().tolist() == [[0, 0.5, 0.25, 0], [0, 0, 1, 0], [0, 0, 0, 0], [1, 0, 0, 0]]
    assert model.score([1])[0].tolist() == [0, 0.5, 0.25, 0]


def test_latest_is_one_item_a_user_and_none_for_a_stranger():
    events = pd.DataFrame({"user": [0, 0, 2], "item": [1, 2, 0], "time": [5.0, 5.0, 1.0]})
    assert latest(events, (4, 3)).toarray().tolist() == [[0, 0, 1], [0, 0, 0], [1, 0, 0], [0, 0, 0]]


def test_impossible_settings_are_refused():
    with pytest.raises(ArgumentError, match="shrink is -1"):
        Followers(shrink=-1)
    with pytest.raises(ArgumentError, match="steps"):
        Followers(steps=0)
