"""What lesson 04 says of negatives: the identity behind it, and set-ups in which its claims must and must not hold."""

import numpy as np
import pandas as pd
import pytest

from course_lib.stages.retrieval.negatives import StreamingFrequency
from course_lib.stages.retrieval.towers.batches import Batches, History
from course_lib.stages.retrieval.towers.model import TwoTower

PEOPLE, ITEMS = 300, 60


def log_of(popularity, seed=0):
    """Each person takes 15 items, drawn by popularity, float (ITEMS,), and by a taste for one half of the items."""
    rng = np.random.default_rng(seed)
    rows = []
    for user in range(PEOPLE):
        taste = np.where(np.arange(ITEMS) % 2 == user % 2, 3.0, 1.0)
        chance = popularity * taste
        rows += [(user, item) for item in rng.choice(ITEMS, 15, replace=False, p=chance / chance.sum())]
    table = pd.DataFrame(rows, columns=["user", "item"])
    return table.assign(time=rng.permutation(len(table)).astype(float))


def test_an_epoch_uses_an_item_as_a_negative_as_often_as_it_was_taken():
    events = log_of(1 / np.arange(1, ITEMS + 1))
    history = History(events["user"], events["item"], events["time"], PEOPLE)
    batches = list(Batches(history, ITEMS, batch_size=64, n_uniform=0, seed=0))
    stood = np.bincount(np.concatenate([batch["item"].numpy() for batch in batches]), minlength=ITEMS)
    assert np.array_equal(stood, np.bincount(events["item"], minlength=ITEMS))


def popularity_shown(events, log_q):
    """Mean training events of the five items shown to each person by small towers."""
    model = TwoTower(dim=8, max_epochs=15, batch_size=128, learning_rate=0.03, time=False, log_q=log_q, blocks=1)
    model.fit(events, seed=0, progress=False)
    counts = np.bincount(events["item"], minlength=ITEMS)
    return counts[model.recommend(np.arange(PEOPLE), 5, exclude_seen=False)].mean()


@pytest.mark.parametrize(("skew", "low", "high"), [(1.0, 0.0, 0.8), (0.0, 0.9, 1.1)])
def test_leaving_log_q_out_suppresses_what_is_popular_and_changes_nothing_where_all_are_equally_so(skew, low, high):
    events = log_of(np.arange(1, ITEMS + 1.0) ** -skew)
    assert low < popularity_shown(events, log_q=False) / popularity_shown(events, log_q=True) < high


def stream_error(passes, start, shuffled=False):
    """Root mean square error of log q in nats, a common offset removed."""
    rng = np.random.default_rng(0)
    share = np.arange(1, 201.0) ** -0.8
    share /= share.sum()
    frequency = StreamingFrequency(200, alpha=0.05, start=start)
    for _ in range(passes * 100):
        frequency.update(rng.choice(200, 64, p=share))
    said, exact = frequency.log_q(np.arange(200)), np.log(1 - (1 - share) ** 64)
    error = (rng.permutation(said) if shuffled else said) - exact
    return np.std(error)


def test_the_gaps_of_a_long_stream_give_the_chances_and_a_bad_start_or_other_ids_do_not():
    assert stream_error(20, start=3) < 0.2
    assert stream_error(1, start=3) < 0.3
    assert stream_error(1, start=1000) > 0.4
    assert stream_error(20, start=3, shuffled=True) > 0.6


def test_an_item_that_was_not_there_at_fit_is_never_a_negative_and_gets_a_vector_from_content():
    events = log_of(np.ones(ITEMS))
    content = pd.DataFrame(np.random.default_rng(0).normal(size=(ITEMS, 4)).astype(np.float32))
    known = np.arange(ITEMS) != 7
    model = TwoTower(dim=8, max_epochs=1, batch_size=128, time=False, uniform_negatives=64)
    model.fit(events[events["item"] != 7], content[known], seed=0, progress=False)
    assert 7 not in model.item_vocabulary.ids and model.n_items == ITEMS - 1
    assert np.isfinite(model.embed_new_items(content.to_numpy()[[7]])).all()
