"""One rate an item as a score."""

import numpy as np
import pytest

from course_lib.contracts import ArgumentError, Requests
from course_lib.stages.ranking.rate_scorer import RateScorer


def test_scores_are_in_standard_units_and_newborn_items_get_the_mean():
    requests = Requests.of([0], eligible=np.array([0, 2, 5]), slate_size=2)
    np.testing.assert_allclose(RateScorer([1.0, 2.0, 3.0])(requests), [-np.sqrt(1.5), np.sqrt(1.5), 0.0])


def test_rates_without_an_order_are_refused():
    with pytest.raises(ArgumentError, match="all 3 rates"):
        RateScorer([0.1, 0.1, 0.1])
