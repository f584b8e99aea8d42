"""Incidents: what is done first is worth what was planted."""

import numpy as np
import pytest

from course_lib.launch.incidents import (
    FIRST,
    HORIZON,
    NOISE,
    SEARCH_COST,
    Mornings,
    draw_mornings,
    price_by_search,
    worth_of,
)


def one(kind=1, gain=2.0, lost=6.0, search=3.0, shown=6.0):
    return Mornings(np.array([kind]), np.array([gain]), np.full((1, HORIZON), lost), np.full((1, HORIZON), shown),
                    np.array([search]))


@pytest.mark.parametrize(("first", "act", "give_up", "worth"), [
    ("keep serving", 3, 10, 3 * -4 + 25 * 2 - 3 * SEARCH_COST), ("keep serving", 7, 10, 28 * -4),
    ("old system for all", 3, 10, 22 * 2 - 6 * SEARCH_COST), ("old system for all", 3, 0, 0.0),
    ("old system, a tenth stays", 3, 10, 4 * -0.4 + 24 * 2 - 4 * SEARCH_COST)])
def test_worth_by_hand(first, act, give_up, worth):
    assert worth_of(one(), first, act, give_up)[0] == pytest.approx(worth)


def test_what_has_no_cause_ends_with_the_old_system():
    assert worth_of(one(search=np.inf), "keep serving", 3, 5)[0] == pytest.approx(5 * -4 - 5 * SEARCH_COST)


def test_what_the_task_says_is_what_is_drawn():
    mornings = draw_mornings(0, 20_000)
    shares = np.bincount(mornings.kind) / 20_000
    assert shares == pytest.approx([0.35, 0.3, 0.15, 0.2], abs=0.01)
    assert mornings.gain.mean() == pytest.approx(2.4, abs=0.05)
    growth = np.diff(mornings.lost[mornings.kind == 1], axis=1).mean()
    assert growth == pytest.approx(0.8, abs=0.05)
    assert (mornings.shown - mornings.lost).std() == pytest.approx(NOISE, abs=0.05)
    assert mornings.search[mornings.kind == 1].mean() == pytest.approx(3, abs=0.15)
    assert mornings.search[mornings.kind == 2].mean() == pytest.approx(5, abs=0.3)
    assert np.isinf(mornings.search[mornings.kind == 3]).all()


def test_the_longer_the_search_the_less_an_incident_is_worth():
    worth = price_by_search([1, 3, 8], seeds=range(3))
    assert set(worth) == set(FIRST)
    for row in worth.values():
        assert [float(e) for e in row] == sorted((float(e) for e in row), reverse=True)
