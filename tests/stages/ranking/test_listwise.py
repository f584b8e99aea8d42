"""With position among the columns LambdaRank loses on this log, on any of three; without it the two are level."""

import numpy as np

from course_lib.stages.ranking.listwise import worth_of_both


def gain(part, seed):
    listwise, pointwise = worth_of_both(part, seed)
    return listwise.mean() - pointwise.mean()


def test_position_decides_and_not_the_loss():
    for seed in (1, 2, 3):
        assert gain(lambda x, k: np.column_stack([x, k]), seed) < -0.02
        assert abs(gain(lambda x, k: x, seed)) < 0.01


def test_a_constant_column_is_no_column():
    plain = worth_of_both(lambda x, k: x)
    constant = worth_of_both(lambda x, k: np.column_stack([x, np.ones(len(k))]))
    assert np.array_equal(plain[0], constant[0]) and np.array_equal(plain[1], constant[1])
