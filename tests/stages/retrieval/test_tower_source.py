"""Two towers among a blend's sources: off by default, alike for a user and a newcomer with the same past."""

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import ArgumentError
from course_lib.stages.retrieval import candidate_sources as cs
from course_lib.stages.retrieval.tower_source import TowerSource

PEOPLE, ITEMS = 120, 30
QUICK = {"dim": 8, "max_epochs": 8, "batch_size": 128, "learning_rate": 0.03}


@pytest.fixture(scope="module")
def events():
    """Even people take even items, odd people odd ones."""
    rng = np.random.default_rng(0)
    rows = []
    for user in range(PEOPLE):
        rows += [(user, item) for item in rng.choice(np.arange(user % 2, ITEMS, 2), 9, replace=False)]
    made = pd.DataFrame(rows, columns=["user", "item"])
    return made.assign(time=rng.uniform(0, 1e6, len(made)))


@pytest.fixture(scope="module")
def fitted(events):
    return TowerSource(**QUICK).fit(events, PEOPLE + 2, ITEMS + 3)


def test_towers_are_a_source_only_where_they_are_asked_for(events):
    assert "towers" not in cs.default_sources(events)
    asked = cs.default_sources(events, towers={"dim": 8}, seed=3)
    assert list(asked)[-1] == "towers" and asked["towers"].seed == 3
    with pytest.raises(ArgumentError, match="dim"):
        cs.default_sources(events, towers={"dim": 0})


def test_the_source_has_learnt_who_takes_what(fitted):
    score = fitted.score(np.arange(PEOPLE))[:, :ITEMS]
    own = np.arange(ITEMS) % 2 == (np.arange(PEOPLE) % 2)[:, None]
    assert score[own].mean() > score[~own].mean() + 1


def test_a_newcomer_with_the_same_past_gets_the_same_scores_in_whatever_order_rows_come(events, fitted):
    past = events[events["user"] == 7].sample(frac=1, random_state=0)
    twice = pd.concat([past, past.iloc[:3]])
    newcomer = fitted.score_histories(twice.assign(user=1), 2)
    assert np.allclose(newcomer[1], fitted.score([7])[0], atol=1e-5)
    assert np.allclose(newcomer[0], fitted.score([PEOPLE])[0], atol=1e-5)     # nobody's past


def test_items_without_events_stand_last_and_scores_cover_the_catalogue(fitted):
    score = fitted.score([0, 1])
    assert score.shape == (2, ITEMS + 3)
    assert np.array_equal(score[:, ITEMS:], np.repeat(score[:, :ITEMS].min(1, keepdims=True), 3, axis=1))


def test_the_latest_of_a_long_history_count(events, fitted, monkeypatch):
    monkeypatch.setattr("course_lib.stages.retrieval.tower_source.MOST_OF_HISTORY", 2)
    past = events[events["user"] == 4].sort_values("time")
    assert np.allclose(fitted.score_histories(past.assign(user=0), 1),
                       fitted.score_histories(past.tail(2).assign(user=0), 1))
