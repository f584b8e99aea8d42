"""The simplest rivals are given all rows but the judged ones, and answer as a count by hand does."""

import numpy as np
import pandas as pd
import pytest

from course_lib.data.splits import Split, by_time, by_user
from course_lib.serving.simple_rivals import RECENT_DAYS, judged_by, simple_rivals

DAY = 86_400.0
RNG = np.random.default_rng(0)
PAIRS = np.unique(np.stack([RNG.integers(0, 30, 900), RNG.integers(0, 20, 900) ** 2 // 20], axis=1), axis=0)
EVENTS = pd.DataFrame({"user": PAIRS[:, 0], "item": PAIRS[:, 1], "time": RNG.uniform(0, 200 * DAY, len(PAIRS))})


@pytest.fixture(scope="module")
def split():
    return by_time(EVENTS)


def test_both_charts_count_train_and_valid_and_nothing_of_the_test(split):
    known = pd.concat([split.train, split.valid])
    rivals = simple_rivals(split, 30, 20, l2=10.0)
    np.testing.assert_array_equal(rivals["popularity"].counts, np.bincount(known["item"], minlength=20))
    late = known[known["time"] > known["time"].max() - RECENT_DAYS * DAY]
    np.testing.assert_array_equal(np.floor(rivals["recent counts"].counts), np.bincount(late["item"], minlength=20))


def test_nothing_that_a_person_took_is_shown_again(split):
    known = pd.concat([split.train, split.valid])
    taken = set(zip(known["user"], known["item"], strict=True))
    for model in simple_rivals(split, 30, 20, l2=10.0).values():
        shown = model.recommend(np.arange(30), 5)
        assert not any((user, item) in taken for user, row in enumerate(shown) for item in row.tolist() if item >= 0)


def test_what_a_linear_model_explains_it_finds_and_a_chart_does_not():
    """Two groups of people that take two halves of the items: whoever took one of a half takes the others."""
    user, item = np.divmod(np.arange(60 * 20), 20)
    own = (user % 2 == item // 10) & (np.random.default_rng(1).random(len(user)) < 0.7)
    split = by_user(pd.DataFrame({"user": user[own], "item": item[own], "time": 0.0}), seed=0)
    users, wanted = judged_by(split)
    hit = {name: np.mean([np.isin(w, row).mean() for w, row in zip(wanted, model.recommend(users, 5), strict=True)])
           for name, model in simple_rivals(split, 60, 20).items()}
    assert hit["EASE"] > hit["popularity"] + 0.2


def test_only_those_of_whom_something_is_known_are_judged():
    rows = [pd.DataFrame({"user": user, "item": item, "time": time}) for user, item, time in (
        ([0, 1], [0, 1], [0.0, 1.0]), ([2], [1], [2.0]), ([0, 2, 3, 0], [2, 0, 1, 3], [3.0, 4.0, 5.0, 6.0]))]
    users, taken = judged_by(Split(*rows, kind="time"))
    assert users.tolist() == [0, 2] and [items.tolist() for items in taken] == [[2, 3], [0]]
