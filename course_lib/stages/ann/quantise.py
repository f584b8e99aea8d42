"""Product quantisation by hand: a vector becomes m bytes, and a query is scored against bytes by looking up.

Cut a vector into m slices. For each slice a codebook of 256 words is learnt; a vector is stored as the number of the
nearest word, slice by slice. Source: Jégou, Douze, Schmid 2011, doi:10.1109/TPAMI.2010.57.
"""

from __future__ import annotations

import numpy as np

from course_lib.contracts import (
    ArgumentError,
    ShapeError,
    as_count,
    as_ids,
    as_numbers,
    check_finite,
    check_shape,
    check_unique_rows,
)


def train_codebooks(vectors, m, words=256, seed=0) -> np.ndarray:
    """Codebooks float32 (m, words, d / m): k-means of each slice of vectors, float (n, d).

    Raises ArgumentError if m does not divide d, there are more than 256 words, fewer vectors than words, or NaN;
    ShapeError.
    """
    import faiss

    vectors, m, words = np.asarray(vectors, np.float32), as_count("m", m, 1), as_count("words", words)
    check_shape(vectors=(vectors, "nd"))
    check_finite(vectors=vectors)
    n, d = vectors.shape
    if d % m or not 1 <= words <= 256 or n < words:
        raise ArgumentError(f"m = {m}, words = {words} for {n} vectors of width {d}; expected m to divide d, at most "
                            f"256 words (a byte), and at least as many vectors as words.")
    slices = np.ascontiguousarray(vectors, np.float32).reshape(n, m, d // m)
    books = []
    for part in range(m):
        means = faiss.Kmeans(d // m, words, niter=10, seed=seed + 1, min_points_per_centroid=1)
        means.train(np.ascontiguousarray(slices[:, part]))
        books.append(means.centroids)
    return np.stack(books)


def pq_encode(vectors, codebooks) -> np.ndarray:
    """The nearest word of each slice: uint8 (N, m).

    vectors: float (N, d). codebooks: float (m, W, d / m), W at most 256. A vector made of words comes back as their
    numbers. Raises ShapeError if the widths disagree, ArgumentError for NaN.
    """
    m, _, width = codebooks.shape
    if np.ndim(vectors) != 2 or np.shape(vectors)[1] != m * width:
        raise ShapeError(f"vectors has shape {np.shape(vectors)}; expected (N, {m * width}): {m} slices of {width}.")
    check_finite(vectors=vectors, codebooks=codebooks)
    vectors = np.asarray(vectors, None if np.asarray(vectors).dtype.kind == "f" else float)
    slices = np.reshape(vectors, (len(vectors), m, -1))
    check_shape(slices=(slices, "NmS"), codebooks=(codebooks, "mWS"))
    codes = np.empty((len(vectors), m), np.uint8)
    for part in range(m):
        distance = (codebooks[part] ** 2).sum(1) - 2 * slices[:, part] @ codebooks[part].T  # (N, W), up to a constant
        codes[:, part] = distance.argmin(1)
    return codes


def pq_decode(codes, codebooks) -> np.ndarray:
    """The vectors that codes, uint8 (N, m), stand for: float (N, d)."""
    return codebooks[np.arange(codes.shape[1]), codes].reshape(len(codes), -1)


def adc_scores(query, codes, codebooks) -> np.ndarray:
    """Dot product of a query with every coded vector, without decoding one: float (N,).

    query: float (d,), itself not coded: hence "asymmetric". codes: uint8 (N, m). codebooks: float (m, W, d / m).
    Equals pq_decode(codes, codebooks) @ query, at m look-ups and additions a vector. Raises ShapeError.
    """
    m, _, width = codebooks.shape
    check_shape(codes=(codes, "Nm"), codebooks=(codebooks, "mWS"))
    table = np.einsum("mws,ms->mw", codebooks, np.reshape(query, (m, width)))  # score of each word with its slice
    return table[np.arange(m), codes].sum(1)


def exact_rerank(query, shortlist, vectors, k) -> np.ndarray:
    """The k best of a shortlist by exact dot product, best first: int (k,), -1 where the shortlist runs out.

    query: float (d,). shortlist: int (C,), ids, -1 pads. vectors: float (N, d), possibly on disk (a memmap).
    Equal scores keep the order of the shortlist. Raises UnknownIdError for an id outside N, ArgumentError for one that
    stands there twice, or NaN; ShapeError.
    """
    shortlist, k = as_ids("shortlist", shortlist, len(vectors), padding=True), as_count("k", k)
    query, vectors = as_numbers("query", query), np.asanyarray(vectors)
    check_shape(query=(query, "d"), vectors=(vectors, "Nd"), shortlist=(shortlist, "C"))
    check_unique_rows(shortlist=shortlist[None])
    shortlist = shortlist[shortlist >= 0]
    shortlisted = as_numbers("vectors of the shortlist", vectors[shortlist])
    best = shortlist[np.argsort(-(shortlisted @ query), kind="stable")[:k]]
    return np.pad(best, (0, k - len(best)), constant_values=-1)
