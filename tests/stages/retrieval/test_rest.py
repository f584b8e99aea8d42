"""Training comes to rest where the derivation says: at log p − log q without a correction, at log p with it."""

import numpy as np
import pytest

from course_lib.stages.retrieval.losses import in_batch_softmax
from course_lib.stages.retrieval.rest import made_up_chances, train_a_table


def far(chance, scores, says):
    """Root mean square over events, in nats, both centred for each user."""
    says = says - (chance * says).sum(axis=1, keepdims=True)
    return np.sqrt((chance * (scores - says) ** 2).sum(axis=1).mean())


def test_chances_are_chances_and_differ_by_user():
    chance = made_up_chances(seed=3)
    assert np.allclose(chance.sum(axis=1), 1) and (chance > 0).all() and np.ptp(chance, axis=0).min() > 0


@pytest.mark.parametrize("corrected", [False, True])
def test_each_loss_rests_at_its_own_optimum_and_not_at_the_other(corrected):
    chance = made_up_chances()
    scores = train_a_table(chance, lambda query, item, log_q: in_batch_softmax(
        query, item, log_q=log_q if corrected else None))
    log_p, lift = np.log(chance), np.log(chance / chance.mean(axis=0))
    own, other = (log_p, lift) if corrected else (lift, log_p)
    assert far(chance, scores, own) < 0.25 < 0.5 < far(chance, scores, other)
