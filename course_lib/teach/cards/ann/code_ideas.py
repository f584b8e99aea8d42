"""Wrong codes and scores that come from another idea of product quantisation, as readers wrote them."""

import numpy as np

from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.mistake_kinds import AXIS, OTHER, UNIT


def _far(vectors, codebooks) -> np.ndarray:
    """Squared distance of each slice to each word of its codebook, float (N, m, W)."""
    slices = np.reshape(vectors, (len(vectors), len(codebooks), 1, -1))
    return ((slices - np.asarray(codebooks)[None]) ** 2).sum(-1)


def _one_number(vectors, codebooks):
    nearest = _far(vectors, codebooks).sum(1).argmin(1)
    return np.repeat(nearest[:, None], len(codebooks), 1).astype(np.uint8)


def _any_codebook(vectors, codebooks):
    m, words, width = np.shape(codebooks)
    slices = np.reshape(vectors, (len(vectors), m, 1, width))
    far = ((slices - np.reshape(codebooks, (1, 1, m * words, width))) ** 2).sum(-1)
    return (far.argmin(2) % words).astype(np.uint8)


WRITTEN = (
    Mistake("one number for all slices", _one_number,
            "You give all slices of a vector the same number, the best for all of them together. Each slice chooses its own word, which is "
            "what makes W to the power m codes of so few words.", OTHER),
    Mistake("nearest word of any codebook", _any_codebook,
            "You look for the nearest word in all codebooks. The number would not say in which one it stands: slice j may use codebook j alone.",
            AXIS),
)


def _entries(query, codes, codebooks, table) -> np.ndarray:
    """table(slices [m, 1, d/m], codebooks) -> [m, W], looked up by the codes: float (N, m)."""
    held = table(np.reshape(query, (len(codebooks), 1, -1)), np.asarray(codebooks, float))
    return held[np.arange(len(codebooks)), codes]


def _half_distance(query, codes, codebooks):
    return _entries(query, codes, codebooks, lambda q, words: -((words - q) ** 2).sum(2) / 2).sum(1)


def _equal_codes(query, codes, codebooks):
    own = _far(np.reshape(query, (1, -1)), codebooks).argmin(2)
    return (np.asarray(codes) == own).sum(1).astype(float)


LOOKED_UP = (
    Mistake("minus half the squared distance", _half_distance,
            "Your table holds minus half the squared distances. They order vectors of one length like dot products; here words have any "
            "length, and the product itself is asked for.", UNIT),
    Mistake("equal codes counted", _equal_codes,
            "You code the query and count the slices with the same number. Two numbers say nothing of how near their words are: add up "
            "the products of the query's slices with the words.", OTHER),
)
