"""What is divided out of a score decides by who made the log's popularity: the policy, or the people."""

import numpy as np
import pytest

from course_lib.stages.retrieval.exposure import SUBTRACT, MadeUpLog, feed_log, scores_at_rest, share_of_best, shop_log


@pytest.mark.parametrize(("made", "best"), [(feed_log, "per showing"), (shop_log, "per day offered")])
def test_each_log_has_its_own_best_way_in_most_worlds(made, best):
    ahead = 0
    for seed in range(10):
        log = made(seed)
        worth = {way: share_of_best(log, way) for way in SUBTRACT}
        ahead += max(worth, key=worth.get) == best
    assert ahead >= 9


@pytest.mark.parametrize("made", [feed_log, shop_log])
def test_a_log_is_whole_and_the_same_for_its_seed(made):
    log, again = made(5), made(5)
    assert np.array_equal(log.taken, again.taken) and (log.taken <= log.shown).all()
    assert (log.lift > 0).all() and log.lift.mean(axis=0) == pytest.approx(np.ones(log.lift.shape[1]))
    assert (0 < log.offered).all() and (log.offered <= 1).all()


def test_with_equal_showings_and_days_every_correction_is_one_and_the_truth_is_found():
    worth = np.array([[1.0, 2.0, 8.0, 4.0]] * 3)
    even = MadeUpLog(np.ones((3, 4)), worth, np.full(4, 1e6), 1e5 * worth[0], np.ones(4))
    for way in SUBTRACT[1:]:
        scores = scores_at_rest(even, way)
        assert np.allclose(scores - scores[:, :1], np.log(worth) - np.log(worth[:, :1]), atol=1e-4)
        assert share_of_best(even, way, k=2) == pytest.approx(1)
