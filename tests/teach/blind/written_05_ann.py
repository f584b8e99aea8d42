"""Solutions of lesson 05, exercises 1 to 4, written from the notebook alone."""

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@right("ann.1", "With sets, row by row; a list of floats.")
def index_recall(found, exact):
    answer = []
    for f, e in zip(found, exact):
        true = {int(i) for i in e} - {-1}
        answer.append(len(true & {int(i) for i in f}) / len(true) if true else float("nan"))
    return answer


@right("ann.1", "All pairs compared at once.")
def index_recall(found, exact):
    found, exact = np.asarray(found), np.asarray(exact)
    hit = (exact[:, :, None] == found[:, None, :]).any(axis=2) & (exact != -1)
    return hit.sum(axis=1) / np.maximum((exact != -1).sum(axis=1), 1)


@right("ann.1", "np.intersect1d in a comprehension; a pandas Series.")
def index_recall(found, exact):
    kept = [np.unique(e[e >= 0]) for e in np.asarray(exact)]
    both = [len(np.intersect1d(f, e)) for f, e in zip(np.asarray(found), kept)]
    return pd.Series(both, dtype=float) / pd.Series([max(len(e), 1) for e in kept])


@wrong("ann.1", "Lets −1 match −1, and counts it among the true neighbours.")
def index_recall(found, exact):
    hit = (exact[:, :, None] == found[:, None, :]).any(axis=2)
    return hit.mean(axis=1)


@wrong("ann.1", "Divides by k, also where exact search has fewer than k neighbours.")
def index_recall(found, exact):
    hit = (exact[:, :, None] == found[:, None, :]).any(axis=2) & (exact >= 0)
    return hit.sum(axis=1) / exact.shape[1]


@wrong("ann.1", "Divides by the number found, which is precision.")
def index_recall(found, exact):
    hit = (exact[:, :, None] == found[:, None, :]).any(axis=2) & (exact >= 0)
    return hit.sum(axis=1) / np.maximum((found >= 0).sum(axis=1), 1)


@wrong("ann.1", "Compares place by place, so that the order matters.")
def index_recall(found, exact):
    real = exact >= 0
    return ((found == exact) & real).sum(axis=1) / np.maximum(real.sum(axis=1), 1)


@wrong("ann.1", "Drops the item with id 0 together with the −1, since it asks for ids above 0.")
def index_recall(found, exact):
    real = exact > 0
    hit = (exact[:, :, None] == found[:, None, :]).any(axis=2) & real
    return hit.sum(axis=1) / np.maximum(real.sum(axis=1), 1)


@wrong("ann.1", "Looks for a query's neighbours among what was found for any query.")
def index_recall(found, exact):
    real = exact >= 0
    return (np.isin(exact, found) & real).sum(axis=1) / np.maximum(real.sum(axis=1), 1)


@wrong("ann.1", "One average over all queries, where each query's own share is asked for.")
def index_recall(found, exact):
    pairs = [(set(f) - {-1}, set(e) - {-1}) for f, e in zip(found.tolist(), exact.tolist())]
    shares = [len(f & e) / max(len(e), 1) for f, e in pairs]
    return np.full(len(shares), np.mean(shares))


@right("ann.2", "A dictionary of what each kind costs; ints where nothing is broken.")
def bytes_per_vector(kind, d, M=32, m=16):
    vector, own_id = 4 * d, 8
    return {"flat": vector, "hnsw": vector + 4 * 2 * M + 4 * M / (M - 1) + 12, "ivf_flat": vector + own_id,
            "ivf_pq": m + own_id, "ivf_pq_refine": m + own_id + vector}[kind]


@right("ann.2", "Adds part after part; a numpy float.")
def bytes_per_vector(kind, d, M=32, m=16):
    total = np.float64(0)
    if kind != "ivf_pq":
        total += np.dtype(np.float32).itemsize * d
    if kind.startswith("ivf"):
        total += 8
    if "pq" in kind:
        total += m
    if kind == "hnsw":
        total += 4 * M * (2 + 1 / (M - 1)) + 12
    return total


@wrong("ann.2", "Leaves the upper floors of the graph out.")
def bytes_per_vector(kind, d, M=32, m=16):
    return float({"flat": 4 * d, "hnsw": 4 * d + 8 * M + 12, "ivf_flat": 4 * d + 8, "ivf_pq": m + 8,
                  "ivf_pq_refine": m + 8 + 4 * d}[kind])


@wrong("ann.2", "Counts M links on the ground floor, not 2M.")
def bytes_per_vector(kind, d, M=32, m=16):
    return float({"flat": 4 * d, "hnsw": 4 * d + 4 * M + 4 * M / (M - 1) + 12, "ivf_flat": 4 * d + 8, "ivf_pq": m + 8,
                  "ivf_pq_refine": m + 8 + 4 * d}[kind])


@wrong("ann.2", "Cuts the upper floors' share of bytes to a whole number by integer division.")
def bytes_per_vector(kind, d, M=32, m=16):
    return float({"flat": 4 * d, "hnsw": 4 * d + 8 * M + 4 * M // (M - 1) + 12, "ivf_flat": 4 * d + 8, "ivf_pq": m + 8,
                  "ivf_pq_refine": m + 8 + 4 * d}[kind])


@wrong("ann.2", "Takes a link on an upper floor for one byte, not four.")
def bytes_per_vector(kind, d, M=32, m=16):
    if kind == "hnsw":
        return 4.0 * d + 2 * M * 4 + M / (M - 1) + 12
    return float({"flat": 4 * d, "ivf_flat": 4 * d + 8, "ivf_pq": m + 8, "ivf_pq_refine": m + 8 + 4 * d}[kind])


@wrong("ann.2", "Forgets the vector that refinement keeps beside the code: the name begins with ivf_pq.")
def bytes_per_vector(kind, d, M=32, m=16):
    if kind.startswith("ivf_pq"):
        return m + 8.0
    extra = {"flat": 0, "hnsw": 8 * M + 4 * M / (M - 1) + 12, "ivf_flat": 8}
    return 4.0 * d + extra[kind]


@wrong("ann.2", "Leaves out the id of an item whose vector is only a code.")
def bytes_per_vector(kind, d, M=32, m=16):
    vector = 4.0 * d
    return {"flat": vector, "hnsw": vector + 8 * M + 4 * M / (M - 1) + 12, "ivf_flat": vector + 8, "ivf_pq": float(m),
            "ivf_pq_refine": vector + m + 8}[kind]


@wrong("ann.2", "Takes a code for m floats of four bytes, not for m bytes.")
def bytes_per_vector(kind, d, M=32, m=16):
    vector, code = 4.0 * d, 4.0 * m
    return {"flat": vector, "hnsw": vector + 8 * M + 4 * M / (M - 1) + 12, "ivf_flat": vector + 8, "ivf_pq": code + 8,
            "ivf_pq_refine": vector + code + 8}[kind]


@right("ann.3", "Two loops, vector by vector, in double precision.")
def pq_encode(vectors, codebooks):
    m, _, width = codebooks.shape
    codes = np.zeros((len(vectors), m), dtype=np.uint8)
    for i, vector in enumerate(np.asarray(vectors, dtype=float)):
        for j in range(m):
            gap = codebooks[j] - vector[j * width:(j + 1) * width]
            codes[i, j] = np.argmin((gap ** 2).sum(axis=1))
    return codes


@right("ann.3", "torch.cdist, slice by slice; distances in place of squares, which have the same order.")
def pq_encode(vectors, codebooks):
    x = torch.as_tensor(np.asarray(vectors, dtype=np.float64))
    books = torch.as_tensor(np.asarray(codebooks, dtype=np.float64))
    pieces = x.split(books.shape[2], dim=1)
    best = [torch.cdist(piece, book, compute_mode="donot_use_mm_for_euclid_dist").argmin(1)
            for piece, book in zip(pieces, books)]
    return torch.stack(best, dim=1).to(torch.uint8).numpy()


@right("ann.3", "One einsum over a reshaped table; what is the same for all words is left out.")
def pq_encode(vectors, codebooks):
    m, words, width = codebooks.shape
    x = np.asarray(vectors, float).reshape(-1, m, width)
    books = np.asarray(codebooks, float)
    return ((books ** 2).sum(2) - 2 * np.einsum("njc,jwc->njw", x, books)).argmin(axis=2).astype(np.uint8)


@wrong("ann.3", "Takes the word with the largest dot product, not the nearest one.")
def pq_encode(vectors, codebooks):
    m, _, width = codebooks.shape
    return np.einsum("njc,jwc->njw", vectors.reshape(-1, m, width), codebooks).argmax(2).astype(np.uint8)


@wrong("ann.3", "Measures the sum of absolute differences, not squared distance.")
def pq_encode(vectors, codebooks):
    x = vectors.reshape(len(vectors), len(codebooks), 1, -1)
    return np.abs(x - codebooks[None]).sum(axis=-1).argmin(axis=2).astype(np.uint8)


@wrong("ann.3", "Slice j takes every m-th number from j on, not the j-th block.")
def pq_encode(vectors, codebooks):
    m = len(codebooks)
    near = [((vectors[:, None, j::m] - codebooks[j]) ** 2).sum(2).argmin(1) for j in range(m)]
    return np.stack(near, axis=1).astype(np.uint8)


@wrong("ann.3", "Uses the first slice's codebook for all slices.")
def pq_encode(vectors, codebooks):
    m, _, width = codebooks.shape
    x = vectors.reshape(-1, m, 1, width)
    return ((x - codebooks[0]) ** 2).sum(-1).argmin(-1).astype(np.uint8)


@wrong("ann.3", "Forgets the factor 2 when the square is multiplied out.")
def pq_encode(vectors, codebooks):
    m, _, width = codebooks.shape
    x = vectors.reshape(-1, m, width)
    return ((codebooks ** 2).sum(2) - np.einsum("njc,jwc->njw", x, codebooks)).argmin(2).astype(np.uint8)


@wrong("ann.3", "Stores the last slice first.")
def pq_encode(vectors, codebooks):
    x = vectors.reshape(len(vectors), len(codebooks), 1, -1)
    return ((x - codebooks[None]) ** 2).sum(axis=-1).argmin(axis=2).astype(np.uint8)[:, ::-1]


@wrong("ann.3", "Compares slices and words by cosine, so the length of a piece does not count.")
def pq_encode(vectors, codebooks):
    x = vectors.reshape(len(vectors), len(codebooks), -1)
    words = codebooks / np.maximum(np.linalg.norm(codebooks, axis=2, keepdims=True), 1e-12)
    return np.einsum("njc,jwc->njw", x, words).argmax(axis=2).astype(np.uint8)


@right("ann.4", "A table by loops and a sum by loops; a list.")
def adc_scores(query, codes, codebooks):
    m, words, width = codebooks.shape
    table = [[float(np.dot(query[j * width:(j + 1) * width], codebooks[j, w])) for w in range(words)] for j in range(m)]
    return [sum(table[j][int(code[j])] for j in range(m)) for code in codes]


@right("ann.4", "torch.gather on a table of m rows.")
def adc_scores(query, codes, codebooks):
    books = torch.as_tensor(np.asarray(codebooks, dtype=np.float64))
    q = torch.as_tensor(np.asarray(query, dtype=np.float64)).reshape(books.shape[0], books.shape[2], 1)
    table = torch.bmm(books, q).squeeze(2)
    return table.gather(1, torch.as_tensor(np.asarray(codes).astype(np.int64)).T).sum(0).numpy()


@right("ann.4", "Slice by slice, added up in place.")
def adc_scores(query, codes, codebooks):
    total = np.zeros(len(codes), dtype=np.float64)
    for piece, book, code in zip(np.split(np.asarray(query), len(codebooks)), codebooks, np.asarray(codes).T):
        total += (book @ piece)[code]
    return total


@wrong("ann.4", "Assumes 256 words in every codebook when it looks up in a flat table, so fewer words go wrong.")
def adc_scores(query, codes, codebooks):
    m, _, width = codebooks.shape
    table = np.einsum("jc,jwc->jw", query.reshape(m, width), codebooks).ravel()
    return np.take(table, codes.astype(int) + 256 * np.arange(m), mode="clip").sum(axis=1)


@wrong("ann.4", "Codes the query too, which is the symmetric distance.")
def adc_scores(query, codes, codebooks):
    m, _, width = codebooks.shape
    nearest = ((query.reshape(m, 1, width) - codebooks) ** 2).sum(2).argmin(1)
    table = np.einsum("jc,jwc->jw", codebooks[np.arange(m), nearest], codebooks)
    return table[np.arange(m), codes].sum(axis=1)


@wrong("ann.4", "The table holds squared distances, not products.")
def adc_scores(query, codes, codebooks):
    m, _, width = codebooks.shape
    table = ((query.reshape(m, 1, width) - codebooks) ** 2).sum(axis=2)
    return table[np.arange(m), codes].sum(axis=1)


@wrong("ann.4", "Averages the m entries of the table, where a dot product is their sum.")
def adc_scores(query, codes, codebooks):
    m, _, width = codebooks.shape
    table = np.einsum("jc,jwc->jw", query.reshape(m, width), codebooks)
    return table[np.arange(m), codes].mean(axis=1)


@wrong("ann.4", "Cuts the query into interleaved slices, every m-th number, not into blocks.")
def adc_scores(query, codes, codebooks):
    m, _, width = codebooks.shape
    table = np.einsum("jc,jwc->jw", query.reshape(width, m).T, codebooks)
    return table[np.arange(m), codes].sum(axis=1)


@wrong("ann.4", "Normalises the query to length 1, so it returns cosines up to the items' lengths.")
def adc_scores(query, codes, codebooks):
    m, _, width = codebooks.shape
    table = np.einsum("jc,jwc->jw", (query / np.linalg.norm(query)).reshape(m, width), codebooks)
    return table[np.arange(m), codes].sum(axis=1)
