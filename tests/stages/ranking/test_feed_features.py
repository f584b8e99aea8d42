"""Features of a running service: as they stood in the morning, the same in replay and in serving, by hand."""

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import Candidates, Catalog, DataError, DayLog, Requests
from course_lib.data.log import MemoryLog
from course_lib.stages.ranking.feed_features import COLUMNS, FeedFeatures, replay, shown_requests
from course_lib.world import feed
from course_lib.world.policies import Uniform


def catalog(n=30, seed=0, first=0):
    rng = np.random.default_rng(seed)
    items = pd.DataFrame({"creator": np.arange(n) % 7, "category": np.arange(n) % 4, "price": 0.0,
                          "born_day": np.arange(first, first + n), "policy_score": rng.random(n)},
                         index=np.arange(first, first + n))
    return Catalog(items, rng.standard_normal((n, 5)).astype(np.float32))


def day(rows, number=0, new_items=None):
    table = pd.DataFrame(rows, columns=["user", "item", "click"])
    return DayLog(number, None, table, None, new_items)


def ask(users, number=40):
    return Requests.of(users, eligible=np.arange(30), day=number)


def test_values_by_hand():
    features = FeedFeatures(catalog(), half_life_days=1, prior=10)
    features.observe(day([(0, 3, 1), (0, 4, 0), (1, 3, 1), (1, 7, 0)]))
    table = features(ask([0]), Candidates(np.array([[3, 4, 29, -1]]), np.zeros((1, 4))))
    mean = 2 / 4
    assert tuple(table.columns) == COLUMNS and len(table) == 4
    assert table["item_rate"].tolist()[:3] == pytest.approx([(2 + 5) / 12, 5 / 11, mean])
    assert table["user_rate"].tolist() == pytest.approx([(1 + 5) / 12] * 4)
    assert table["age_days"].tolist()[:3] == [37, 36, 11]
    assert table["profile_match"].iloc[0] == pytest.approx(1) and table["session_match"].eq(0).all()
    assert table["category_share"].tolist()[:3] == [1, 0, 0]               # item 3 is of category 3; 29 of 1
    features.observe(day([(5, 1, 0)], 1))
    assert features.clicked[3] == pytest.approx(1)                         # halved after a day


def test_strangers_and_newborns_have_features_too():
    features = FeedFeatures(catalog())
    assert np.isfinite(features(ask([77]), Candidates(np.array([[0, 1]]), np.zeros((1, 2)))).to_numpy()).all()
    features.observe(day([(0, 31, 1)], 0, catalog(3, seed=1, first=30)))
    assert len(features.unit) == 33 and features.clicked[31] == 1
    with pytest.raises(DataError, match="start at id 40; expected 33"):
        features.observe(day([(0, 40, 1)], 1, catalog(1, first=40)))


@pytest.fixture(scope="module")
def log():
    world = feed(people=60, items=80, seed=1, requests_per_day=400)
    held = MemoryLog()
    world.run(Uniform(), 3, held)
    return world, held


def test_replay_gives_what_was_known_in_the_morning(log):
    world, held = log
    whole = list(replay(FeedFeatures(world.catalog()), held))
    assert [int(part["day"].iloc[0]) for part in whole] == [0, 1, 2]
    assert (whole[0]["item_recent"] == 0).all()                            # nothing was known on the first morning
    assert sum(map(len, whole)) == len(held.impressions())
    assert sum(part["click"].sum() for part in whole) == held.impressions()["click"].sum()
    again = FeedFeatures(world.catalog())
    for number in (0, 1):
        again.observe(DayLog(number, None, held.impressions([number]), None))
    requests, item, _ = shown_requests(held.impressions([2]), held.requests([2]))
    served = again(requests, Candidates(item, np.zeros(item.shape)))
    assert np.allclose(served.to_numpy(), whole[2][list(COLUMNS)].to_numpy(), atol=1e-6)


def test_a_share_of_requests_keeps_whole_requests_and_their_sessions(log):
    world, held = log
    some = pd.concat(list(replay(FeedFeatures(world.catalog()), held, share=0.3, seed=4)))
    whole = pd.concat(list(replay(FeedFeatures(world.catalog()), held)))
    assert 0.2 < some["request_id"].nunique() / whole["request_id"].nunique() < 0.4
    same = whole[whole["request_id"].isin(some["request_id"])]
    assert np.allclose(same[list(COLUMNS)].to_numpy(), some[list(COLUMNS)].to_numpy())


def test_sessions_are_what_the_policy_saw():
    class Spy:
        name = "spy"

        def __init__(self):
            self.seen, self.base = {}, Uniform()

        def slates(self, requests):
            for row, request in enumerate(requests.request_id):
                held = requests.session_items[row]
                self.seen[int(request)] = held[held >= 0][-5:].tolist()
            return self.base.slates(requests)

    spy, held = Spy(), MemoryLog()
    feed(people=60, items=80, seed=2, requests_per_day=600).run(spy, 1, held)
    requests, _, _ = shown_requests(held.impressions(), held.requests())
    rows = zip(requests.request_id, requests.session_items, strict=True)
    rebuilt = {int(i): row[row >= 0].tolist() for i, row in rows}
    assert any(rebuilt.values()) and rebuilt == {key: spy.seen[key] for key in rebuilt}
