"""A change that touches few is read from these: unbiased, narrower, and refused where one arm has no rule."""

import numpy as np
import pytest

from course_lib.contracts import ArgumentError, DataError, ShapeError
from course_lib.evidence.triggered import effect_of_touched


def test_it_is_the_effect_on_all_with_an_error_that_is_narrower_by_the_root_of_the_share():
    rng = np.random.default_rng(0)
    touched, found = rng.random(2000) < 0.1, []
    for _ in range(400):
        arm = rng.permutation(2000) % 2
        y = rng.normal(size=2000) + 0.5 * arm * touched
        found.append((*effect_of_touched(y, arm, touched), *effect_of_touched(y, arm, np.ones(2000, bool))))
    few, error, everybody, wide = np.mean(found, axis=0)
    assert few == pytest.approx(0.5 * touched.mean(), abs=0.005) and everybody == pytest.approx(few, abs=0.01)
    assert error / wide == pytest.approx(np.sqrt(touched.mean()), rel=0.05)
    assert np.std(found, axis=0)[0] == pytest.approx(error, rel=0.15)


def test_a_rule_that_holds_in_one_arm_alone_is_refused_and_so_are_odd_values():
    y, arm = np.arange(8.0), np.arange(8) % 2
    with pytest.raises(DataError, match="both arms"):
        effect_of_touched(y, arm, arm == 1)
    with pytest.raises(ShapeError):
        effect_of_touched(y, arm, np.ones(3, bool))
    with pytest.raises(ArgumentError):
        effect_of_touched(np.r_[y[:-1], np.nan], arm, np.ones(8, bool))
