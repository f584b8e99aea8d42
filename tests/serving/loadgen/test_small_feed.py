"""A small feed that is served: what is learnt, what is clicked since, and what a store that is stale then costs."""

import numpy as np
import pytest

from course_lib.contracts import Requests
from course_lib.serving.loadgen import small_feed
from course_lib.world import feed, policies


@pytest.fixture(scope="module")
def made():
    """(world after its last day, recommender, taken, clicks before the last day, clicks at its end)."""
    world = feed(people=150, items=80, requests_per_day=900, seed=1, without=("births", "joining", "spam"))
    system, taken = small_feed.learnt(world, policies.Uniform(seed=1), days=5, seed=1)
    before, now = small_feed.clicked(world, system)
    return world, system, taken, before, now


def worth(world, users, slates):
    truth = world.truth()
    look = truth.examination(np.arange(1, slates.shape[1] + 1), users[:, None])
    return (truth.request_scores(Requests.of(users, eligible=truth.eligible()), slates) * look).sum(axis=1)


def test_the_recommender_stays_as_it_was_served(made):
    world, system, taken, before, now = made
    held = system.funnel.fitted.past.events
    assert world.day == 7 and len(held) == sum(map(len, taken.values()))
    assert all(items[:len(before[user])] == before[user] for user, items in now.items() if user in before)
    assert sum(map(len, before.values())) < sum(map(len, now.values()))


def test_what_was_taken_or_clicked_since_is_not_shown_by_the_full_chain(made):
    _, system, taken, _, now = made
    users = np.array(sorted(now))
    for user, slate in zip(users.tolist(), small_feed.full_slates(system, now, users), strict=True):
        assert not set(slate) & (set(now[user]) | taken.get(user, set()))


def test_a_stale_list_shows_again_what_was_clicked_and_is_worth_less_by_the_truth(made):
    world, system, _, before, now = made
    users = np.array(sorted(set(now) & {user for user in now if now[user] != before.get(user)}))
    stale = small_feed.full_slates(system, before, users)
    again = np.mean([bool(set(now[user]) & set(slate)) for user, slate in zip(users.tolist(), stale, strict=True)])
    fresh = worth(world, users, small_feed.full_slates(system, now, users))
    assert again > 0.2 and worth(world, users, stale).mean() < 0.95 * fresh.mean()


def test_control_for_whom_nothing_happened_since_the_stale_list_is_the_fresh_one(made):
    world, system, _, before, now = made
    users = np.array(sorted(user for user in before if now[user] == before[user]))
    assert len(users)
    np.testing.assert_array_equal(small_feed.full_slates(system, before, users),
                                  small_feed.full_slates(system, now, users))
