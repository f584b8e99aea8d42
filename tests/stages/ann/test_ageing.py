"""A week of changes: what is stale grows day by day, and a rebuild takes it away."""

import numpy as np

from course_lib.stages.ann.ageing import a_week
from course_lib.stages.ann.measure import clustered_vectors


def test_staleness_grows_by_the_day_and_ends_with_a_rebuild():
    vectors = clustered_vectors(1_300, 16, clusters=20, seed=0)
    week = a_week(vectors[:1_250], vectors[1_250:], 1_000, gone=100, come=50, days=3, k=10, M=8)
    assert list(week.index) == ["0", "1", "2", "3", "rebuilt"]
    np.testing.assert_allclose(week["stale"], [0, 0.15, 0.3, 0.45, 0])
    assert week["items"].tolist() == [1_000, 950, 900, 850, 850]
