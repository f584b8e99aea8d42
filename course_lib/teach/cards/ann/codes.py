"""Exercises and claims on ANN: product quantisation by hand, and the exact re-rank that mends it."""

import numpy as np

from course_lib.stages.ann.quantise import adc_scores, exact_rerank, pq_decode, pq_encode
from course_lib.teach.cards import effects_lists, sizes
from course_lib.teach.cards.effects import clustered, recall_of_neighbours
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


# --- 5.3 and 5.4 product quantisation ------------------------------------------------------------------------------
def _books(rng, m=3, words=5, width=2, n=7):
    return rng.normal(size=(n, m * width)), rng.normal(size=(m, words, width)) * np.linspace(0.5, 1.5, words)[:, None]


def _encode_cases(rng):
    return [Case("seven vectors, three slices", _books(rng)), Case("one slice", _books(rng, m=1, width=4)),
            Case("sixteen words", _books(rng, m=2, words=16, width=3, n=20))]


def _encode_loop(vectors, codebooks):
    m, _, width = codebooks.shape
    codes = np.zeros((len(vectors), m), np.uint8)
    for row, vector in enumerate(np.asarray(vectors)):
        for part in range(m):
            piece = vector[part * width:(part + 1) * width]
            codes[row, part] = np.argmin([np.sum((piece - word) ** 2) for word in codebooks[part]])
    return codes


def _by_dot(vectors, codebooks):
    slices = np.reshape(vectors, (len(vectors), len(codebooks), -1))
    return np.einsum("nms,mws->nmw", slices, codebooks).argmax(2).astype(np.uint8)


def _interleaved(vectors, codebooks):
    m, _, width = codebooks.shape
    return pq_encode(np.reshape(vectors, (len(vectors), width, m)).swapaxes(1, 2).reshape(len(vectors), -1), codebooks)


def _first_book(vectors, codebooks):
    return pq_encode(vectors, np.repeat(codebooks[:1], len(codebooks), 0))


def _farthest(vectors, codebooks):
    slices = np.reshape(vectors, (len(vectors), len(codebooks), 1, -1))
    return ((slices - codebooks[None]) ** 2).sum(-1).argmax(2).astype(np.uint8)


ENCODE = Card(
    id="ann.3", title="Product quantisation: write the codes", minutes=10, difficulty=3, used_in=("ann.4",),
    effect=effects_lists.recall_of_codes,
    realistic=sizes.vectors_and_words,
    task="Cut each vector into m slices of equal width, first slice first. Slice j has codebook j: up to 256 words. Store for "
         "each slice the number of the word nearest to it (squared distance).",
    shapes="`vectors` float [N, d], `codebooks` float [m, W, d/m]; returns uint8 [N, m].",
    why="|x − w|² = |x|² − 2x·w + |w|², and |x|² is the same for all words, so one matrix product and a bias find the nearest. "
        "Without the |w|² it would be the word with the largest product, which favours long words.",
    reference=pq_encode, alternative=_encode_loop, cases=_encode_cases,
    by_hand=(Case("two slices, two words each", (np.array([[0.9, 0.1, 3.0, 3.0]]), np.array(
        [[[0.0, 0.0], [1.0, 0.0]], [[3.0, 3.0], [9.0, 9.0]]])), expected=np.array([[1, 0]], np.uint8)),),
    invariants=(Invariant("a vector made of words comes back as their numbers", lambda fn, rng: np.array_equal(
        fn(pq_decode(np.array([[1, 0], [2, 1]]), np.arange(12.0).reshape(2, 3, 2) ** 2), np.arange(12.0).reshape(2, 3, 2)
           ** 2), [[1, 0], [2, 1]])),),
    mistakes=(
        Mistake("largest product", _by_dot, "You take the word with the largest dot product: long words win. Take the nearest."),
        Mistake("every m-th dimension", _interleaved, "Your slices take every m-th dimension. A slice is d/m neighbours in a "
                "row: reshape to (N, m, d/m)."),
        Mistake("one codebook for all", _first_book, "Every slice is looked up in the first codebook. Slice j has its own."),
        Mistake("farthest word", _farthest, "You store the farthest word: argmax of the distance where argmin belongs."),
    ),
    hints=("m small nearest-neighbour searches, one a slice, each among 256 words.",
           "`slices = vectors.reshape(N, m, -1)`; then loop over `part in range(m)`.",
           "`((slices[:, part, None] - codebooks[part]) ** 2).sum(-1).argmin(1)` are the codes of one slice."),
)


def _adc_cases(rng):
    cases = []
    for name, m, words in (("three slices", 3, 5), ("one slice", 1, 4), ("eight slices", 8, 9)):
        vectors, books = _books(rng, m=m, words=words)
        cases.append(Case(name, (rng.normal(size=vectors.shape[1]), rng.integers(0, words, (6, m)).astype(np.uint8), books)))
    return cases


def _adc_decode(query, codes, codebooks):
    return np.array([np.concatenate([codebooks[j, c] for j, c in enumerate(row)]) @ query for row in codes])


def _coded_query(query, codes, codebooks):
    near = pq_decode(pq_encode(np.reshape(query, (1, -1)), codebooks), codebooks)[0]
    return pq_decode(codes, codebooks) @ near


def _squared(query, codes, codebooks):
    return ((pq_decode(codes, codebooks) - query) ** 2).sum(1)


def _one_table(query, codes, codebooks):
    table = np.einsum("mws,ms->mw", codebooks, np.reshape(query, (len(codebooks), -1)))
    return table[0][codes].sum(1)


def _mean(query, codes, codebooks):
    return adc_scores(query, codes, codebooks) / len(codebooks)


ADC = Card(
    id="ann.4", title="Score a million codes by looking up", minutes=10, difficulty=3, used_in=("ann.5",),
    effect=effects_lists.recall_of_look_ups,
    realistic=sizes.query_and_codes,
    task="Score one query against coded vectors by dot product, without decoding any. First a table: the product of each "
         "slice of the query with each word of that slice's codebook. Then for each vector add up m entries of the table. "
         "The query itself is not coded: that is the *asymmetric* in asymmetric distance computation (ADC).",
    shapes="`query` float [d], `codes` uint8 [N, m], `codebooks` float [m, W, d/m]; returns float [N].",
    why="The table costs W·d products once. After that a vector costs m look-ups instead of d multiplications, and m bytes of "
        "memory traffic instead of 4d: this is where the speed of PQ comes from.",
    reference=adc_scores, alternative=_adc_decode, cases=_adc_cases,
    by_hand=(Case("two slices of one dimension", (np.array([2.0, 10.0]), np.array([[0, 1], [1, 0]]),
                                                  np.array([[[1.0], [3.0]], [[0.5], [-1.0]]])),
                  expected=np.array([2 * 1 - 10.0, 2 * 3 + 5.0])),),
    invariants=(Invariant("twice the query, twice the scores", lambda fn, rng: np.allclose(
        2 * fn(np.ones(4), np.array([[0, 1]]), np.arange(8.0).reshape(2, 2, 2)),
        fn(2 * np.ones(4), np.array([[0, 1]]), np.arange(8.0).reshape(2, 2, 2)))),),
    mistakes=(
        Mistake("query coded too", _coded_query, "You code the query as well and compare words with words. Keep the query as it "
                "is: its rounding error costs recall and saves nothing."),
        Mistake("squared distance", _squared, "These are squared distances. The index here ranks by dot product, higher first."),
        Mistake("one table for all", _one_table, "All slices look into the first slice's table. Code j belongs to table j."),
        Mistake("mean of slices", _mean, "You average over slices. A dot product is the sum of the slices' products."),
    ),
    hints=("A dot product is a sum over slices; each slice of a coded vector is one of W words.",
           "`table[j, w] = codebooks[j, w] @ query_slices[j]`, shape (m, W).",
           "`table[np.arange(m), codes]` has shape (N, m): entry (n, j) is table[j, codes[n, j]]."),
)


# --- 5.5 exact re-rank ---------------------------------------------------------------------------------------------
def _rerank_cases(rng):
    vectors, query = rng.normal(size=(30, 4)), rng.normal(size=4)
    return [Case("ten of thirty, three kept", (query, rng.permutation(30)[:10], vectors, 3)),
            Case("padding at the end", (query, np.append(rng.permutation(29)[:6], [-1, -1]), vectors, 4)),
            Case("a shortlist shorter than k", (query, np.array([4, 9, -1]), vectors, 5))]


def _rerank_sorted(query, shortlist, vectors, k):
    ids = sorted((i for i in np.asarray(shortlist).tolist() if i >= 0), key=lambda i: -float(vectors[i] @ query))[:k]
    return np.array(ids + [-1] * (k - len(ids)))


def _positions(query, shortlist, vectors, k):
    kept = np.asarray(shortlist)[np.asarray(shortlist) >= 0]
    best = np.argsort(-(vectors[kept] @ query), kind="stable")[:k]
    return np.pad(best, (0, k - len(best)), constant_values=-1)


def _worst(query, shortlist, vectors, k):
    return exact_rerank(-np.asarray(query), shortlist, vectors, k)


def _last_vector(query, shortlist, vectors, k):
    best = np.asarray(shortlist)[np.argsort(-(vectors[shortlist] @ query), kind="stable")[:k]]
    return np.pad(best, (0, k - len(best)), constant_values=-1)


def _cut_first(query, shortlist, vectors, k):
    return exact_rerank(query, np.asarray(shortlist)[:k], vectors, k)


def _rerank_effect(fn):
    """Recall@10 after re-ranking shortlists of 50 that rough scores chose."""
    vectors, queries = clustered()
    noise = np.random.default_rng(0).normal(scale=4.0, size=(len(queries), len(vectors)))
    shortlists = np.argsort(-(queries @ vectors.T + noise), axis=1)[:, :50]
    found = [fn(query, shortlist, vectors, 10) for query, shortlist in zip(queries, shortlists, strict=True)]
    return recall_of_neighbours(np.array(found), vectors, queries)


RERANK = Card(
    id="ann.5", title="Exact re-rank of a shortlist", minutes=6, difficulty=2, used_in=("this lesson",),
    task="Codes gave a shortlist of ids. Compare the query with the real vectors of these few, by dot product, and return the k "
         "best ids, best first. −1 pads the shortlist; pad the answer with −1 where it runs out.",
    shapes="`query` float [d], `shortlist` int [C], `vectors` float [N, d], `k` int; returns int [k].",
    why="A shortlist only has to *contain* the neighbours; their order is settled here. The real vectors are read for C items a "
        "query, so they may live on disk, where they cost no memory.",
    reference=exact_rerank, alternative=_rerank_sorted, cases=_rerank_cases, effect=_rerank_effect,
    by_hand=(Case("two of three", (np.array([1.0, 0.0]), np.array([2, 0, 1]), np.array([[0.5, 9], [0.7, 0], [0.1, 0]]), 2),
                  expected=np.array([1, 0])),),
    mistakes=(
        Mistake("positions", _positions, "You return places in the shortlist. Turn them back into ids: shortlist[order]."),
        Mistake("worst first", _worst, "The least similar come first. argsort goes upwards: sort by the negative score."),
        Mistake("padding as the last vector", _last_vector, "−1 is used as an index, which is numpy's last vector. Drop the "
                "padding before you look vectors up."),
        Mistake("cut before sorting", _cut_first, "You cut the shortlist to k before you compare. Compare all of it, then cut."),
    ),
    hints=("Look up, score, sort, cut.", "`shortlist = shortlist[shortlist >= 0]` first.",
           "`shortlist[np.argsort(-(vectors[shortlist] @ query))[:k]]`, then `np.pad(..., constant_values=-1)`."),
)
