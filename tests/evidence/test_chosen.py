"""What is chosen by held-out recall, what one step off costs, and metrics against a sample."""

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import ArgumentError, ShapeError
from course_lib.evidence.chosen import best_on, one_step_off, recall_among
from course_lib.evidence.sampled import draw_rivals, sampled_recall, turned


def events(pairs):
    return pd.DataFrame(pairs, columns=["user", "item"])


def always(order):
    """A model that scores items in this order, the first best, for everybody."""
    score = np.empty(len(order))
    score[list(order)] = -np.arange(len(order))
    return lambda users: np.tile(score, (len(users), 1))


def test_the_model_that_finds_most_is_chosen_and_the_first_of_equals():
    valid, seen = events([(0, 3), (1, 3)]), events([(0, 0), (1, 1)])
    good, bad = always([3, 2, 1, 0]), always([0, 1, 2, 3])
    assert best_on(valid, [bad, good], seen, k=1) is good
    twin = always([3, 2, 1, 0])
    assert best_on(valid, [good, twin], seen, k=1) is good
    with pytest.raises(ArgumentError):
        best_on(valid, [], seen)


def test_one_step_off_is_the_worse_neighbours_loss_and_shapes_are_checked():
    assert one_step_off([0.1, 0.4, 0.2], np.ones((30, 3)) * [0.1, 0.4, 0.2]).value == pytest.approx(0.75)
    with pytest.raises(ShapeError):
        one_step_off([0.1, 0.2], np.ones((30, 3)))


def test_a_list_of_some_items_holds_no_other_and_people_without_any_count_for_nothing():
    shown, seen = np.array([False, True, True, False]), events([(5, 0)])
    found = recall_among(always([0, 3, 2, 1]), shown, np.array([0, 1]), [np.array([0, 2]), np.array([3])], seen, k=1)
    assert found[0] == 1.0 and np.isnan(found[1])


def test_rivals_are_none_of_what_was_taken_and_fewer_rivals_never_lower_recall():
    rng = np.random.default_rng(0)
    taken = [rng.choice(50, 5, replace=False) for _ in range(20)]
    rivals = draw_rivals(taken, 50, n=20, seed=1)
    assert not any(np.isin(one, mine).any() for one, mine in zip(rivals, taken, strict=True))
    scores, wanted = rng.normal(size=(20, 50)), [mine[:2] for mine in taken]
    few, many = sampled_recall(scores, rivals[:, :10], wanted, k=3), sampled_recall(scores, rivals, wanted, k=3)
    assert (few >= many).all() and (few > many).any()


def test_a_pair_turns_by_the_smaller_of_two_opposite_leads():
    whole = {"a": np.array([0.5, 0.5]), "b": np.array([0.4, 0.4])}
    how = turned(whole, {"a": np.array([0.7, 0.7]), "b": np.array([0.9, 0.9])})
    assert how["a", "b"] == pytest.approx(0.1) and how["b", "a"] == pytest.approx(-0.2)
