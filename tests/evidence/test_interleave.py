"""Team-draft against its definition worked by hand, its symmetry, and its exact slot probabilities."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import ArgumentError, Requests, ShapeError, Slates
from course_lib.evidence.interleave import Interleaved, preference, team_draft

A, B = np.array([[1, 2, 3, 4]]), np.array([[3, 1, 5, 6]])


def by_definition(a, b, k, coins):
    """Radlinski et al.'s figure, one request, with sets and loops."""
    slate, team = [], []
    for first in (coins >= 0.5).astype(int):
        for turn in (first, 1 - first):
            left = [i for i in (a, b)[turn] if i not in slate]
            if len(slate) < k and left:
                slate.append(left[0])
                team.append(turn)
    return slate, team


def test_a_picks_first_below_one_half():
    item, team = team_draft(A, B, 4, [[0.1, 0.9]])
    assert item.tolist() == [[1, 3, 5, 2]] and team.tolist() == [[0, 1, 1, 0]]


def test_equals_the_definition_on_random_lists():
    rng = np.random.default_rng(0)
    a, b = (np.array([rng.permutation(30)[:10] for _ in range(50)]) for _ in range(2))
    coin = rng.random((50, 5))
    item, team = team_draft(a, b, 10, coin)
    for r in range(50):
        assert (item[r].tolist(), team[r].tolist()) == by_definition(a[r], b[r], 10, coin[r])


def test_equal_lists_give_that_list_and_teams_are_even():
    coin = np.random.default_rng(0).random((200, 2))
    item, team = team_draft(np.repeat(A, 200, 0), np.repeat(A, 200, 0), 4, coin)
    assert (item == A).all() and (team.sum(1) == 2).all() and 0.4 < team[:, 0].mean() < 0.6


def test_swapping_rankers_and_coins_swaps_teams():
    coin = np.random.default_rng(1).random((1, 2)) * 0.4
    item, team = team_draft(A, B, 4, coin)
    mirror, other = team_draft(B, A, 4, 1 - coin)
    assert (item == mirror).all() and (team == 1 - other).all()


def test_a_spent_list_passes_and_an_empty_slot_stays_empty():
    item, _ = team_draft([[7, -1, -1]], [[8, 9, -1]], 4, [[0.0, 0.0]])
    assert item.tolist() == [[7, 8, 9, -1]]


def test_slot_probabilities_match_frequencies_given_the_slots_above():
    requests = Requests.of(np.zeros(4000, int), eligible=np.arange(10), slate_size=4)
    fixed = [SimpleNamespace(name=n, slates=lambda r, x=x: Slates.certain(np.repeat(x, len(r), 0)))
             for n, x in (("a", A), ("b", B))]
    answer = Interleaved(*fixed, seed=3).slates(requests).check(requests)
    table = pd.DataFrame(answer.item)
    for slot in range(4):
        above = table.groupby(list(range(slot)))[slot] if slot else [((), table[slot])]
        for _, group in above:
            for item, share in group.value_counts(normalize=True).items():
                stated = answer.propensity[group.index[group == item], slot]
                assert (stated == stated[0]).all() and share == pytest.approx(stated[0], abs=0.05)


def test_clicks_for_b_count_for_b_and_no_clicks_say_nothing():
    team = np.array([[0, 1, 1, 0]] * 50)
    assert preference(team, team).value == 1 and preference(team, 1 - team).value == -1
    even = preference(team, np.ones_like(team))
    assert even.value == 0
    silent = preference(team, np.zeros_like(team))
    assert (silent.low, silent.high) == (-1, 1)


def test_a_policy_against_itself_is_even():
    rng = np.random.default_rng(0)
    requests = Requests.of(rng.integers(0, 300, 2000), eligible=np.arange(10), slate_size=4)
    same = SimpleNamespace(name="a", slates=lambda r: Slates.certain(np.repeat(A, len(r), 0)))
    policy = Interleaved(same, same)
    slates = policy.slates(requests)
    log = pd.DataFrame({"request_id": np.repeat(requests.request_id, 4), "user": np.repeat(requests.user, 4),
                        "item": slates.item.ravel(), "click": rng.random(8000) < np.tile([0.4, 0.2, 0.1, 0.1], 2000)})
    credit = policy.credit(log)
    estimate = preference(credit["team"], credit["click"], groups=credit["user"])
    assert len(credit) == 8000 and estimate.low < 0 < estimate.high and estimate.width < 0.2


def test_bad_input_is_named():
    with pytest.raises(ShapeError):
        team_draft(A, np.repeat(B, 2, 0), 4, [[0.1, 0.1]])
    with pytest.raises(ArgumentError, match="rounds"):
        team_draft(A, B, 4, [[0.1]])
    with pytest.raises(ShapeError):
        preference([[0, 1]], [[1]])
