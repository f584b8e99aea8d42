"""A tilted model is the model at 0, and follows popularity as its weight grows."""

from types import SimpleNamespace

import numpy as np

from course_lib.stages.retrieval.tilted import WithPopularity


def test_weight_0_changes_nothing_and_a_large_one_ranks_by_counts():
    scores = np.array([[0.0, 1.0, 2.0], [2.0, 0.0, 1.0]])
    model, item = SimpleNamespace(n_items=3, score=lambda users: scores[users]), np.array([0, 0, 0, 0, 1, 1, 2])
    assert np.array_equal(WithPopularity(model, item, 0.0).score(np.array([1, 0])), scores[[1, 0]])
    assert (WithPopularity(model, item, 50.0).score(np.array([0, 1])).argsort(axis=1) == [2, 1, 0]).all()
