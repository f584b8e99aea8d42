"""What the ledger calls true by construction is true: a unit test each, and no verdict."""

import numpy as np
import pytest

from course_lib.teach import cards
from course_lib.teach.definitions.claim import IDENTITY

TESTED = {"two_tower.sampled", "launch.ladder"}


def test_every_identity_has_its_test_here():
    from course_lib.teach import lessons
    assert {lessons.kept(claim.id) for claim in cards.claims() if claim.kind == IDENTITY} == TESTED


def test_among_sampled_items_no_rank_is_worse_than_among_all():
    """two_tower.sampled: the sample's better items are a part of the catalogue's better items."""
    rng = np.random.default_rng(0)
    for _ in range(50):
        score, wanted = rng.normal(size=500), int(rng.integers(500))
        others = np.delete(np.arange(500), wanted)
        sample = rng.choice(others, 100, replace=False)
        assert (score[sample] > score[wanted]).sum() <= (score[others] > score[wanted]).sum()


def test_a_batch_of_positives_holds_items_in_proportion_to_their_counts():
    """What lesson 04 says of batches: every event is drawn alike, so an item is expected as often as it has events."""
    counts = np.array([60, 30, 9, 1])
    events = np.repeat(np.arange(4), counts)
    expected = np.bincount(events, minlength=4) / len(events)
    assert np.allclose(expected, counts / counts.sum())


def test_the_least_squares_adjustment_leaves_one_minus_rho_squared():
    """What lesson 10 says of CUPED: on the sample on which the coefficient was fitted."""
    from course_lib.evidence.experiment import cuped_adjusted

    rng = np.random.default_rng(1)
    before = rng.gamma(2.0, size=2000)
    metric = 0.6 * before + rng.normal(size=2000)
    rho = np.corrcoef(before, metric)[0, 1]
    left = np.var(cuped_adjusted(metric, before), ddof=1) / np.var(metric, ddof=1)
    assert np.isclose(left, 1 - rho**2, rtol=1e-3)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_ladder_that_lives_answers_every_request_and_one_without_rungs_none():
    """launch.ladder: where the index is dead, the first rung that has something for a request answers it."""
    from course_lib.contracts import Requests
    from course_lib.serving.ladder import StaticFallback
    from course_lib.serving.recommender import Recommender

    class Dead:
        name, vetted = "dead", False

        def retrieve(self, requests, n):
            raise ConnectionError("no answer")

    requests = Requests.of(np.arange(50), eligible=np.arange(20, dtype=np.int32))
    for rungs, answered in (([Dead(), StaticFallback(np.arange(15))], 1.0), ([Dead()], 0.0)):
        slates = Recommender(Dead(), [], None, None, fallback=rungs).slates(requests)
        assert (slates.item[:, 0] >= 0).mean() == answered
