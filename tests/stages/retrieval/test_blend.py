"""Sources of candidates: joined without repeats, exact where they claim to be, the same alone and in a batch."""

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import ArgumentError, Candidates, Catalog, DayLog, Requests
from course_lib.stages.ranking.feed_features import FeedFeatures
from course_lib.stages.retrieval.blend import Blend, NearProfile, Newest


def catalog(n=30, seed=0, first=0):
    rng = np.random.default_rng(seed)
    items = pd.DataFrame({"creator": np.arange(n) % 7, "category": np.arange(n) % 4, "price": 0.0,
                          "born_day": np.arange(first, first + n), "policy_score": rng.random(n)},
                         index=np.arange(first, first + n))
    return Catalog(items, rng.standard_normal((n, 5)).astype(np.float32))


class Fixed:
    def __init__(self, rows):
        self.rows, self.days = np.array(rows, np.int32), 0

    def retrieve(self, requests, n):
        return Candidates(self.rows[: len(requests), :n], np.zeros((len(requests), min(n, self.rows.shape[1]))))

    def observe(self, day_log):
        self.days += 1


def ask(users, eligible=range(30)):
    return Requests.of(users, eligible=np.array(list(eligible)))


def test_blend_joins_without_repeats_by_rank_in_the_source():
    one, two = Fixed([[1, 2, 3], [4, 5, 6]]), Fixed([[2, 9, -1], [7, 8, 4]])
    found = Blend({"one": (one, 1), "two": (two, 1)}).retrieve(ask([0, 1]), 6)
    assert [sorted(row[row >= 0].tolist()) for row in found.item] == [[1, 2, 3, 9], [4, 5, 6, 7, 8]]
    assert found.item[0].tolist()[:2] == [1, 2] and np.isneginf(found.score[found.item < 0]).all()
    assert (np.diff(np.where(found.item >= 0, found.score, -1), axis=1) <= 0).all()


def test_blend_shares_and_days():
    one, two = Fixed([[1, 2, 3, 4]]), Fixed([[5, 6, 7, 8]])
    blend = Blend({"one": (one, 3), "two": (two, 1)})
    assert (blend.retrieve(ask([0]), 4).item >= 5).sum() == 1
    blend.observe(None)
    assert one.days == two.days == 1
    with pytest.raises(ArgumentError, match="shares"):
        Blend({"one": (one, 0)})


def test_newest_first_and_newborns_after_observe():
    newest = Newest(catalog())
    assert newest.retrieve(ask([0, 1], range(0, 30, 2)), 3).item.tolist() == [[28, 26, 24]] * 2
    newest.observe(DayLog(0, None, None, None, catalog(2, first=30)))
    assert newest.retrieve(ask([0], range(32)), 2).item.tolist() == [[31, 30]]


@pytest.mark.parametrize("n", [1, 7, 30, 99])
def test_near_profile_is_exact_and_independent_of_the_batch(n):
    features = FeedFeatures(catalog())
    clicks = pd.DataFrame({"user": [0, 0, 1], "item": [3, 4, 9], "click": [1, 1, 1]})
    features.observe(DayLog(0, None, clicks, None))
    source = NearProfile(features)
    found = source.retrieve(ask([0, 1, 2]), n)
    unit = features.unit
    for user, profile in ((0, unit[3] + unit[4]), (1, unit[9])):
        best = np.argsort(-(unit @ profile), kind="stable")[:n]
        assert found.item[user].tolist() == best.tolist()
        assert source.retrieve(ask([user]), n).item[0].tolist() == best.tolist()
    assert found.item[2].tolist() == list(range(30))[:n]
