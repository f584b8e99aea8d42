"""The plain twins of lesson 03 against what the course uses at scale."""

import numpy as np
import pandas as pd
import pytest
import torch

from course_lib.data import splits
from course_lib.stages.retrieval.by_hand import cut_by_time, nearest_unseen, user_vectors
from course_lib.stages.retrieval.towers.network import Towers


def test_cut_by_time_is_the_split_by_time():
    rng = np.random.default_rng(0)
    time = rng.integers(0, 90, 200).astype(float)
    events = pd.DataFrame({"user": np.arange(200), "item": np.arange(200), "time": time})
    part, split = cut_by_time(events["time"].to_numpy()), splits.by_time(events)
    for number, table in enumerate((split.train, split.valid, split.test)):
        assert set(events["user"][part == number]) == set(table["user"])


def test_user_vectors_are_what_the_towers_make():
    torch.manual_seed(0)
    net = Towers(3, 6, 4).eval()
    padded = torch.tensor([[-1, 2, 5], [-1, -1, 0], [-1, -1, -1]])
    with torch.no_grad():
        ragged = net.embed_user(torch.arange(3), torch.tensor([2, 5, 0]), torch.tensor([0, 2, 3]),
                                torch.tensor([2.0, 1, 0]))
        plain = user_vectors(net.item_id.weight, net.constant, padded)
    assert plain.numpy() == pytest.approx(ragged.numpy(), abs=1e-6)


def test_nearest_unseen_equals_a_sort():
    rng = np.random.default_rng(0)
    query, items, seen = rng.normal(size=3), rng.normal(size=(30, 3)), np.array([4, 7])
    expected = [i for i in np.argsort(-(items @ query)) if i not in seen][:5]
    assert nearest_unseen(query, items, seen, 5).tolist() == expected
    assert len(nearest_unseen(query, items, np.arange(28), 5)) == 2
