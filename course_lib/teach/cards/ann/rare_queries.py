"""Queries, codes and shortlists that are rare and allowed: one row, as many rows as columns, the last id, nothing at all.

A tuple `..._BY_HAND` says what is to come out; the others join the random cases of their exercise.
"""

import numpy as np

from course_lib.teach.definitions.card import Case, Invariant

FOUND = (
    Case("true neighbours of different number, −1 at any place",
         (np.array([[0, -1, 9, 4, 2], [7, 3, -1, -1, 5], [-1, -1, -1, -1, -1], [12, 0, 1, 70_012, 3]]),
          np.array([[-1, 2, 0, -1, -1], [5, -1, -1, 7, 8], [3, -1, 6, 1, 2], [70_012, -1, 1, 0, 11]]))),
    Case("ids that differ by hundreds and thousands from row to row",
         (np.array([[100, 5, 6], [1_000_007, 3, 0]]), np.array([[5, 0, 7], [3, 1_000, 9]]))),
    Case("one query", (np.array([[3, 1, 2]]), np.array([[2, 9, 3]]))),
)

BYTES_BY_HAND = (
    Case("hnsw, the defaults", ("hnsw", 50), expected=200 + 256 + 128 / 31 + 12),
    Case("hnsw, two links", ("hnsw", 3), {"M": 2}, expected=12 + 16 + 8 + 12.0),
    Case("hnsw, many links", ("hnsw", 3), {"M": 128}, expected=12 + 1_024 + 512 / 127 + 12),
    Case("ivf_pq, the defaults", ("ivf_pq", 50), expected=16 + 8.0),
    Case("ivf_pq, a long code", ("ivf_pq", 770), {"M": 8, "m": 96}, expected=96 + 8.0),
    Case("ivf_pq_refine, an odd width, one byte", ("ivf_pq_refine", 7), {"m": 1}, expected=1 + 8 + 28.0),
    Case("ivf_flat, an odd width", ("ivf_flat", 7), expected=28 + 8.0),
    Case("flat, an odd width", ("flat", 51), expected=204.0),
)


def vectors_to_code(rng):
    """Vectors and codebooks for 5.3."""
    return [Case("three slices of three, and one vector", (rng.normal(size=(1, 9)), rng.normal(size=(3, 4, 3)))),
            Case("slices of one, words of one", (rng.normal(size=(40, 4)), rng.normal(size=(4, 1, 1))))]


def codes_to_score(rng):
    """Queries, codes and codebooks for 5.4."""
    few = rng.integers(0, 4, (3, 3)).astype(np.uint8)
    twice = np.array([[1, 0], [2, 2], [1, 0], [2, 2], [0, 0], [1, 0], [2, 1]], np.uint8)
    last = np.array([[255, 254], [251, 252], [128, 127]], np.uint8)
    return [Case("as many vectors as slices, and as wide", (rng.normal(size=9), few, rng.normal(size=(3, 4, 3)))),
            Case("one vector", (rng.normal(size=4), np.array([[1, 0]], np.uint8), rng.normal(size=(2, 3, 2)))),
            Case("codes that come twice", (rng.normal(size=4), twice, rng.normal(size=(2, 3, 2)))),
            Case("words up to the last of 256", (rng.normal(size=2), last, rng.normal(size=(2, 256, 1))))]


SHORTLISTS_BY_HAND = (
    Case("as many vectors as they are wide",
         (np.array([1.0, 2, -1]), np.array([2, 0, 1]), np.array([[0.0, 3, 1], [4, 0, 0.5], [1, 5, 2]]), 3),
         expected=np.array([2, 0, 1])),
    Case("the best alone", (np.array([1.0, 2]), np.array([2, 0, 1]), np.array([[0.0, 3], [4, 0.5], [1, -2]]), 1),
         expected=np.array([0])),
    Case("a score of 0, k beyond the shortlist",
         (np.array([1.0, 0.0]), np.array([2, 0, 1, 3]), np.array([[0.0, 4.0], [-1.0, 0.0], [0.5, 1.0], [2.0, 2.0]]), 6),
         expected=np.array([3, 2, 0, 1, -1, -1])),
    Case("the last id, no padding, all of them",
         (np.array([1.0, -1.0]), np.array([3, 1, 0, 2]), np.array([[0.5, 4.0], [-1.0, 0.0], [0.5, 1.0], [2.0, 0.0]]), 4),
         expected=np.array([3, 2, 1, 0])),
    Case("vectors that lie close together",
         (np.array([1.0, 1.0]), np.array([0, 1, 2]), np.array([[1.00001, 1.0], [1.00003, 1.0], [1.00002, 1.0]]), 2),
         expected=np.array([1, 2])),
)


def _keeps_equal_scores(fn, rng):
    """In which order the two come is free, so no case can ask for them."""
    ids = fn(np.array([1.0, 0.0]), np.array([0, 1, 2]), np.array([[2.0, 1.0], [2.0, 5.0], [1.0, 3.0]]), 3)
    return sorted(np.asarray(ids).tolist()) == [0, 1, 2]


EQUAL_SCORES = Invariant("equal scores lose no id", _keeps_equal_scores)

SETTINGS = (
    Case("three the same, recall 0 for nothing, recall 1 at two prices",
         (np.array([0.5, 0.0, 1.0, 0.5, 1.0, 0.5]), np.array([2.0, 0.0, 9.0, 2.0, 12.0, 2.0]))),
    Case("settings a hair apart",
         (np.array([0.90004, 0.90002, 0.9, 0.90005]), np.array([3.00001, 3.00002, 3.0, 3.00003]))),
)


def fetched(rng):
    """What an index fetched, and what is allowed of it, for 5.7."""
    many = np.array([rng.permutation(300)[:200] for _ in range(2)])
    return [Case("all are allowed, −1 between, and a row of nothing",
                 (np.array([[5, -1, 2, 0, 7], [-1, -1, -1, -1, -1], [-1, 7, 6, -1, 1]]), np.ones(8, bool), 3)),
            Case("one query, one kept, the last id", (np.array([[3, 7, 0, 1, 2]]), np.arange(8) == 7, 1)),
            Case("two hundred fetched", (many, np.arange(300) % 3 > 0, 40)),
            Case("the item 0 is the only one", (np.array([[4, 0, 3], [0, 1, 2]]), np.arange(5) == 0, 2))]

WALKS_BY_HAND = (
    Case("a beam of 1 never sees the second nearest",
         (np.array([2.9]), np.array([[0.0], [1.0], [0.5], [3.0]]), np.array([[1, 2], [0, -1], [0, 3], [2, -1]]), 0, 1),
         expected=np.array([1])),
    Case("one node, and no link", (np.array([1.0, 2.0]), np.array([[3.0, 3.0]]), np.array([[-1]]), 0, 3),
         expected=np.array([0])),
    Case("whole numbers, from the last node, a beam as wide as there are nodes",
         (np.array([1, 4]), np.array([[1, 0], [1, 5], [0, 2], [9, 9]]), np.array([[2, -1], [-1, 2], [0, 1], [-1, 1]]), 3, 4),
         expected=np.array([1, 2, 0, 3])),
)


def walks(rng):
    """Queries, vectors, links, entries and widths for 5.8."""
    order = np.append(rng.permutation(300), 300 + rng.permutation(20))
    line, chain = np.empty((320, 1)), np.empty((320, 2), int)
    line[order, 0] = np.arange(320)
    chain[order] = np.stack([np.append(-1, order[:-1]), np.append(order[1:], -1)], axis=1)
    vectors = rng.normal(size=(80, 12))
    near = ((vectors[:, None] - vectors) ** 2).sum(axis=2).argsort(axis=1)
    late = np.append(np.full((80, 18), -1), near[:, [6, 1]], axis=1)
    return [Case("a long chain", (np.array([317.2]), line, chain, int(order[2]), 3)),
            Case("twelve wide, a beam of forty", (rng.normal(size=12), vectors, near[:, 1:9], 79, 40)),
            Case("all links behind eighteen times −1", (rng.normal(size=12), vectors, late, 5, 6)),
            Case("vectors of a thousandth", (rng.normal(size=12) / 1_000, vectors / 1_000, near[:, 1:5], 30, 8))]


def _meets_equal_distances(fn, rng):
    """In which order the four come is free, so no case can ask for them."""
    corners = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    beam = fn(np.zeros(2), corners, np.array([[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]]), 2, 4)
    return sorted(np.asarray(beam).tolist()) == [0, 1, 2, 3]


EQUAL_DISTANCES = Invariant("equal distances lose no node", _meets_equal_distances)
