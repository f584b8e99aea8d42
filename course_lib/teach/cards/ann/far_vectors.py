"""Cases of lesson {{ann}} at the ends of what the tasks allow: tiny and shifted vectors, many slices, many nodes."""

import numpy as np

from course_lib.teach.definitions.card import Case


def encode_cases():
    """Tiny vectors, words a hair apart, zeros, 120 vectors and 120 slices."""
    rng = np.random.default_rng(79)
    books, vectors = rng.normal(size=(3, 5, 2)), rng.normal(size=(120, 6))
    hair, slim = np.array([1.0, 1.000004, 1.000008])[None, :, None], np.array([1.0, 1.0006])[None, :, None]
    return [Case("120 vectors", (vectors, books)), Case("vectors of tiny numbers", (vectors[:9] * 2.0**-40, books * 2.0**-40)),
            Case("120 slices", (rng.normal(size=(4, 120)), rng.normal(size=(120, 3, 1)))),
            Case("words a hair apart", (np.array([[1.000001], [1.000004], [1.000009]]), hair)),
            Case("words a thousandth apart", (np.array([[1.0004], [1.0]]), slim)),
            Case("vectors with zeros", (np.array([[0.0, 5.0], [9.0, 0.0], [5.0, 9.0]]), np.array([[[0.0], [5.1]], [[0.2], [8.0]]])))]


def score_cases():
    """Tiny queries and large words, zeros, 120 vectors and 120 slices."""
    rng = np.random.default_rng(83)
    books, codes = rng.normal(size=(3, 5, 2)), rng.integers(0, 5, (130, 3)).astype(np.uint8)
    query = rng.normal(size=6)
    return [Case("130 vectors", (query, codes, books)),
            Case("a tiny query, large words", (query * 2.0**-40, codes[:7], books * 2.0**40)),
            Case("large numbers, tiny words", (query * 2.0**40, codes[:7], books * 2.0**-40)),
            Case("120 slices", (rng.normal(size=120), rng.integers(0, 3, (4, 120)).astype(np.uint8), rng.normal(size=(120, 3, 1)))),
            Case("a query with zeros", (np.array([0.0, 2.0, 0.0, -1.0, 3.0, 1.0]), codes[:5], np.where(np.abs(books) < 0.5, 0, books))),
            Case("a query of zeros", (np.zeros(6), codes[:4], books))]


def walk_cases():
    """Tiny vectors, vectors far from 0, nodes with many links, vectors of many numbers."""
    rng = np.random.default_rng(89)
    vectors = rng.normal(size=(60, 2))
    links = np.argsort(((vectors[:, None] - vectors) ** 2).sum(2), axis=1)[:, 1:6]
    query = np.array([0.0, 0.4])
    many = rng.normal(size=(130, 2))
    hub = np.argsort(-((many[:, None] - many) ** 2).sum(2), axis=1)[:, 5:]            # the nearest stand last
    wide = rng.normal(size=(30, 120))
    near = np.argsort(((wide[:, None] - wide) ** 2).sum(2), axis=1)[:, 1:4]
    return [Case("vectors of tiny numbers", (query * 2.0**-40, vectors * 2.0**-40, links, 7, 6)),
            Case("vectors far from 0", (query + 20_000, vectors + 20_000, links, 7, 6)),
            Case("a beam of 1,005", (query, vectors, links, 7, 1_005)),
            Case("125 links a node", (many[hub[9, -2]], many, hub, 9, 1)),
            Case("vectors of 120 numbers", (wide[4] + 0.1, wide, near, 20, 5))]
