"""What the ledger calls true by construction is true: a unit test each, and no verdict."""

import numpy as np
import pytest

from course_lib.teach import cards
from course_lib.teach.definitions.claim import IDENTITY

TESTED = {"two_tower.sampled", "reranker.propensity", "feature_audit.three_ways"}


def test_every_identity_has_its_test_here():
    from course_lib.teach import lessons
    assert {lessons.kept(claim.id) for claim in cards.claims() if claim.kind == IDENTITY} == TESTED


def test_the_ledger_names_every_identity_with_its_id():
    from course_lib.teach.ledger.claims import Entry
    from course_lib.teach.ledger.ledger_page import page
    told = page([Entry(claim) for claim in cards.claims() if claim.kind == IDENTITY])
    assert [name for name in TESTED if f"(`{name}`)" not in told] == []


def test_among_sampled_items_no_rank_is_worse_than_among_all():
    """two_tower.sampled: the sample's better items are a part of the catalogue's better items."""
    rng = np.random.default_rng(0)
    for _ in range(50):
        score, wanted = rng.normal(size=500), int(rng.integers(500))
        others = np.delete(np.arange(500), wanted)
        sample = rng.choice(others, 100, replace=False)
        assert (score[sample] > score[wanted]).sum() <= (score[others] > score[wanted]).sum()


def test_logged_chances_are_those_with_which_items_are_shown_and_a_cap_laid_over_them_is_found_out():
    """reranker.propensity: twenty thousand drawings lie within sampling error of what was logged."""
    from course_lib.contracts import Requests
    from course_lib.stages.reranking import MMRReranker

    n, rng = 20_000, np.random.default_rng(0)
    content, score = rng.normal(size=(12, 4)), np.sort(rng.random(12))[::-1]
    many = Requests.of(np.zeros(n, int), eligible=np.arange(12), day=0, request_id=np.arange(n))
    drawn = MMRReranker(content, trade_off=1.0, explore=0.3, explore_slots=(1,)).rerank(
        many, np.tile(np.arange(12, dtype=np.int32), (n, 1)), np.tile(score, (n, 1)), 1)

    def furthest(shown):
        logged = np.array([drawn.propensity[drawn.item[:, 0] == i, 0].mean() for i in range(12)])
        counted = np.bincount(shown, minlength=12) / n
        return (np.abs(counted - logged) / np.sqrt(logged * (1 - logged) / n)).max()

    assert furthest(drawn.item[:, 0]) < 3.5
    capped = np.where(drawn.item[:, 0] >= 10, 0, drawn.item[:, 0])   # a later stage takes two items out, unlogged
    assert furthest(capped) > 20


def test_stream_session_store_and_layers_count_alike_and_a_wrong_clock_does_not():
    """feature_audit.three_ways: on events that come late and out of order."""
    from course_lib.teach.cards.feature_audit.store import LAYERS

    count, rng, half = LAYERS.reference, np.random.default_rng(0), 6 * 3600.0
    happened = np.sort(rng.uniform(0, 86_400, 300))
    came, user = happened + rng.exponential(3600, 300), rng.integers(0, 20, 300)
    now, midnight, nothing = 90_000.0, 43_200.0, np.zeros(20)
    stored = np.bincount(user[came < now], 0.5 ** ((now - happened[came < now]) / half), 20)
    batch = count(nothing, 0.0, user, happened, came, midnight, half)
    layers = count(batch, midnight, user, happened, came, now, half)
    stream, at = np.zeros(20), np.zeros(20)
    for place in np.argsort(came)[:(came < now).sum()]:              # one count and one moment a user
        who, newest = user[place], max(at[user[place]], happened[place])
        stream[who] = stream[who] * 0.5 ** ((newest - at[who]) / half) + 0.5 ** ((newest - happened[place]) / half)
        at[who] = newest
    stream = stream * 0.5 ** ((now - at) / half)
    assert np.allclose(layers, stored) and np.allclose(stream, stored)
    wrong = count(batch, midnight, user, came, came, now, half)
    assert not np.allclose(wrong, stored)


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
    """Where the index is dead, the first rung that has something for a request answers it."""
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
