"""Twenty milliseconds buy what is said of them."""

import numpy as np
import pytest

from course_lib.stages.ranking.spending import milliseconds, worth_of


def test_milliseconds_by_hand():
    assert milliseconds(1000, 80, False) == pytest.approx(20.0)
    assert milliseconds(500, 80, True) == pytest.approx(20.0)
    assert milliseconds(10, 1, False) == pytest.approx(0.121)


def test_too_late_is_the_order_of_retrieval():
    assert worth_of(3, 1000, 300, True) == worth_of(3, 2000, 300, True) < worth_of(3, 500, 20, True)


def test_the_session_adds_and_so_do_candidates():
    plain, told = (np.mean([worth_of(seed, 300, 40, session) for seed in (3, 4, 5)]) for session in (False, True))
    few = np.mean([worth_of(seed, 30, 40, True) for seed in (3, 4, 5)])
    assert told > plain + 0.05 and told > few + 0.03 and told < 1
