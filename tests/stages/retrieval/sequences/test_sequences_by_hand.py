"""What learners write, against torch's softmax, and in the places where the library takes it."""

import numpy as np
import pytest
import torch
from chains import rings

from course_lib.contracts import ArgumentError, ShapeError, UnknownIdError
from course_lib.stages.retrieval.sequences.generative import GenerativeRetriever
from course_lib.stages.retrieval.sequences.sequences_by_hand import attend, best_beams, causal_weights, written_ids


def test_causal_weights_are_torchs_softmax_of_masked_scores():
    score = 30 * np.random.default_rng(0).normal(size=(6, 6))
    masked = torch.as_tensor(score).masked_fill(torch.ones(6, 6, dtype=torch.bool).triu(1), -torch.inf)
    assert causal_weights(score) == pytest.approx(masked.softmax(1).numpy())
    assert causal_weights(np.full((2, 2), 1e9)).tolist() == [[1, 0], [0.5, 0.5]]
    with pytest.raises(ShapeError):
        causal_weights(np.zeros((2, 3)))


def test_attend_takes_the_weights_it_is_given():
    vectors = np.random.default_rng(0).normal(size=(4, 3))
    assert attend(vectors)[0] == pytest.approx(vectors[0])
    assert attend(vectors, lambda score: np.full((4, 4), 0.25)) == pytest.approx(np.tile(vectors.mean(0), (4, 1)))


def test_beams_compete_with_one_another_and_dead_ends_are_dropped():
    chance, step = np.log([0.6, 0.4]), np.log([[0.5, 0.3, 0.2], [0.9, 0.1, 1e-300]])
    step[1, 2] = -np.inf
    beam, code, total = best_beams(chance, step, 3)
    assert beam.tolist() == [1, 0, 0] and code.tolist() == [0, 0, 1]
    assert np.exp(total) == pytest.approx([0.36, 0.30, 0.18])
    assert len(best_beams(chance, step, 9)[0]) == 5
    assert best_beams([0.0, 0.0], np.zeros((2, 2)), 3)[0].tolist() == [0, 0, 1]
    with pytest.raises(ArgumentError, match="width is 0"):
        best_beams(chance, step, 0)


@torch.no_grad()
def test_written_by_hand_as_the_library_writes():
    content = np.random.default_rng(1).normal(size=(24, 5))
    with torch.enable_grad():
        model = GenerativeRetriever(2, 4, dim=8, max_length=6, blocks=1, max_epochs=2).fit(rings(), content)
    for width in (1, 3, 24):
        item, chance = written_ids(model, 5, width)
        found, theirs = model.net.beam(model.vectors_of([5]), width)
        assert item.tolist() == found[0].tolist() and chance == pytest.approx(theirs[0].numpy(), abs=1e-5)
    with pytest.raises(UnknownIdError):
        written_ids(model, 999, 3)
