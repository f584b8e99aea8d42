"""Fronts: four numbers of a list worked by hand, prices on a straight line, and what counts as over a cap."""

from types import SimpleNamespace

import numpy as np
import pytest

from course_lib.contracts import ArgumentError
from course_lib.evidence import lots, slate_fronts
from course_lib.evidence.slate_fronts import DIVERSITY, GAP, NDCG, NEAREST, widened


def desk():
    """Twenty films of two genres, half each; everybody likes both alike and wants films 0 to 9."""
    genre = np.repeat(np.eye(2), 10, axis=0)
    return SimpleNamespace(direction=genre, genre=genre, target=np.full((3, 2), 0.5), wanted=[np.arange(10)] * 3,
                           candidates=np.tile(np.arange(20), (3, 1)))


def test_ten_films_alike_and_five_of_each_kind_have_the_numbers_of_their_kind():
    alike, mixed = (slate_fronts.judge(np.tile(films, (3, 1)), desk())[0]
                    for films in (np.arange(10), np.r_[0:5, 10:15]))
    assert alike[[NDCG, DIVERSITY, NEAREST]] == pytest.approx([1, 0, 0])
    assert mixed[DIVERSITY] == pytest.approx(50 / 90) and mixed[GAP] == pytest.approx(0) and mixed[NDCG] < 1
    assert alike[GAP] == pytest.approx(0.5 * np.log(0.5 / 0.995) + 0.5 * np.log(0.5 / 0.005))


def line(lost, gained, gap):
    """A front of three people, all alike, whose weights lose and gain so much."""
    points = [[1 - share, more, less, 0.0] for share, more, less in zip(lost, gained, gap, strict=True)]
    return np.tile(np.concatenate(points), (3, 1))


def test_prices_and_gains_lie_on_straight_lines():
    rows = line([0, 0.02, 0.1], [0.5, 0.54, 0.6], [1, 0.8, 0.4])
    assert slate_fronts.price(rows) == pytest.approx(0.02 + 0.08 / 6)
    assert slate_fronts.bought(rows, GAP) == pytest.approx(-0.2 - 0.4 * 0.03 / 0.08)
    half = line([0, 0.02, 0.1], [0.5, 0.52, 0.55], [1, 0.9, 0.7])
    assert slate_fronts.second_over_first(rows, half, DIVERSITY).value == pytest.approx(0.5)
    assert slate_fronts.lead_of_second(rows, rows, DIVERSITY).value == 0


def test_what_plain_lists_cost_and_reach_is_nothing_and_themselves():
    with pytest.raises(ArgumentError, match="reach 10 people"):        # nothing can reach ten of three people
        slate_fronts.cost_and_reach(np.tile(np.arange(10), (3, 1)), desk())
    many = SimpleNamespace(**vars(desk()) | {"candidates": np.tile(np.arange(20), (30, 1)), "wanted": [[0, 3]] * 30,
                                             "target": np.full((30, 2), 0.5)})
    lost, anybody, ten = slate_fronts.cost_and_reach(np.tile(np.arange(10), (30, 1)), many)
    assert (lost, anybody, ten.value) == (0, 1, 1)


def test_reach_is_never_certain_where_people_have_lists_of_their_own():
    """Two items that twelve of twenty people have, and none that exactly ten have: nobody's leaving turns any."""
    plain = np.array([[0, 1]] * 12 + [[2, 3]] * 8)
    shown = np.array([[0, 1]] * 12 + [[4, 5]] * 8)
    told = widened(shown, plain)
    assert told.value == 1 and told.high - 1 == pytest.approx(1.96 * np.sqrt(10 / 4 + 10 / 4), abs=1e-3)
    everybody = widened(np.array([[0, 1]] * 20), np.array([[2, 3]] * 20))
    assert (everybody.low, everybody.high) == (1, 1), "all have one list, and another person would have it too"


def test_empty_slots_count_for_nothing():
    page, creator = np.array([[3, -1, -1], [0, 1, 2], [-1, -1, -1]]), np.array([5, 5, 5, 0])
    assert slate_fronts.over_cap(page, creator).tolist() == [0, 1, 0]
    assert slate_fronts.mean_of_filled(page, np.array([1.0, 2, 3, 8])).tolist() == [8, 2, 0]


def test_logged_chances_that_are_counted_lie_near_and_false_ones_far():
    rng = np.random.default_rng(0)
    item = rng.choice(3, 20_000, p=[0.7, 0.2, 0.1])[:, None]
    for logged, near in (([0.7, 0.2, 0.1], True), ([0.6, 0.2, 0.2], False)):
        drawn = SimpleNamespace(item=item, propensity=np.array(logged)[item])
        assert (lots.counted_against_logged(drawn, np.arange(3)).farthest < 4) == near
