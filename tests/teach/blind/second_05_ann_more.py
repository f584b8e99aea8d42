"""Solutions of lesson 05, written blind: from the notebook's text alone."""

import numpy as np
import torch
from blind_book import right, wrong


@wrong("ann.3", "The largest dot product, not the smallest distance.")
def pq_encode(vectors, codebooks):
    m, _, width = codebooks.shape
    parts = vectors.reshape(len(vectors), m, width)
    return np.einsum("nmd,mwd->nmw", parts, codebooks).argmax(2).astype(np.uint8)


@wrong("ann.3", "Slices are interleaved: every m-th number instead of neighbours.")
def pq_encode(vectors, codebooks):
    m = len(codebooks)
    return np.stack([((vectors[:, None, j::m] - codebooks[j][None])**2).sum(2).argmin(1) for j in range(m)],
                    axis=1).astype(np.uint8)


@wrong("ann.3", "Sum of absolute differences in place of squared ones.")
def pq_encode(vectors, codebooks):
    parts = vectors.reshape(len(vectors), len(codebooks), -1)
    away = np.abs(parts[:, :, None] - codebooks[None]).sum(-1)
    return away.argmin(-1).astype(np.uint8)


@wrong("ann.3", "All slices are looked up in the first codebook.")
def pq_encode(vectors, codebooks):
    parts = vectors.reshape(len(vectors), len(codebooks), -1)
    away = ((parts[:, :, None] - codebooks[0][None, None])**2).sum(-1)
    return away.argmin(-1).astype(np.uint8)


@wrong("ann.3", "The farthest word.")
def pq_encode(vectors, codebooks):
    parts = vectors.reshape(len(vectors), len(codebooks), -1)
    return ((parts[:, :, None] - codebooks[None])**2).sum(-1).argmax(-1).astype(np.uint8)


@wrong("ann.3", "The words' own lengths enter with the wrong sign in the expanded square.")
def pq_encode(vectors, codebooks):
    m, _, width = codebooks.shape
    parts = vectors.reshape(len(vectors), m, width)
    away = -2 * np.einsum("nmd,mwd->nmw", parts, codebooks) - (codebooks**2).sum(2)[None]
    return away.argmin(2).astype(np.uint8)


@wrong("ann.3", "Compares by angle: both sides are brought to length 1.")
def pq_encode(vectors, codebooks):
    parts = vectors.reshape(len(vectors), len(codebooks), -1)
    parts = parts / np.maximum(np.linalg.norm(parts, axis=2, keepdims=True), 1e-12)
    words = codebooks / np.maximum(np.linalg.norm(codebooks, axis=2, keepdims=True), 1e-12)
    return np.einsum("nmd,mwd->nmw", parts, words).argmax(2).astype(np.uint8)


@wrong("ann.3", "Each word goes to its nearest vector: argmin runs over vectors.")
def pq_encode(vectors, codebooks):
    parts = vectors.reshape(len(vectors), len(codebooks), -1)
    away = ((parts[:, :, None] - codebooks[None])**2).sum(-1)
    nearest = away.argmin(0)
    return np.resize(nearest.T, (len(vectors), len(codebooks))).astype(np.uint8)


@wrong("ann.3", "The slices are reshaped in the wrong order, so numbers of different vectors meet.")
def pq_encode(vectors, codebooks):
    m, _, width = codebooks.shape
    parts = vectors.reshape(m, len(vectors), width).transpose(1, 0, 2)
    return ((parts[:, :, None] - codebooks[None])**2).sum(-1).argmin(-1).astype(np.uint8)


@wrong("ann.3", "The first word that is nearer than the mean distance, not the nearest.")
def pq_encode(vectors, codebooks):
    parts = vectors.reshape(len(vectors), len(codebooks), -1)
    away = ((parts[:, :, None] - codebooks[None])**2).sum(-1)
    return (away <= away.mean(-1, keepdims=True)).argmax(-1).astype(np.uint8)


@wrong("ann.3", "Only the first number of each slice is compared.")
def pq_encode(vectors, codebooks):
    parts = vectors.reshape(len(vectors), len(codebooks), -1)
    return np.abs(parts[:, :, None, 0] - codebooks[None, :, :, 0]).argmin(-1).astype(np.uint8)


@wrong("ann.3", "Codes are cut at 127, as if a byte had a sign.")
def pq_encode(vectors, codebooks):
    parts = vectors.reshape(len(vectors), len(codebooks), -1)
    away = ((parts[:, :, None] - codebooks[None])**2).sum(-1)
    return np.minimum(away.argmin(-1), 127).astype(np.uint8)


@right("ann.3", "A double loop in Python and min with a key.")
def pq_encode(vectors, codebooks):
    m, n_words, width = codebooks.shape
    out = np.zeros((len(vectors), m), np.uint8)
    for n, vector in enumerate(np.asarray(vectors, float)):
        for j in range(m):
            piece = vector[j * width:(j + 1) * width]
            out[n, j] = min(range(n_words), key=lambda w, j=j, piece=piece: float(((piece - codebooks[j, w])**2).sum()))
    return out


@right("ann.3", "torch.cdist slice by slice.")
def pq_encode(vectors, codebooks):
    books = torch.as_tensor(np.array(codebooks, dtype=float))
    parts = torch.as_tensor(np.array(vectors, dtype=float)).chunk(len(books), dim=1)
    codes = [torch.cdist(part, book, compute_mode="donot_use_mm_for_euclid_dist").argmin(1)
             for part, book in zip(parts, books, strict=True)]
    return torch.stack(codes, 1).to(torch.uint8).numpy()


@right("ann.3", "The expanded square in double, without the vector's own length.")
def pq_encode(vectors, codebooks):
    books = np.asarray(codebooks, float)
    parts = np.stack(np.split(np.asarray(vectors, float), len(books), axis=1))
    away = (books**2).sum(2)[:, None, :] - 2 * parts @ books.transpose(0, 2, 1)
    return away.argmin(2).T.astype(np.uint8)


@right("ann.3", "Of words equally near the last one: the codebook is searched backwards.")
def pq_encode(vectors, codebooks):
    m, n_words, width = codebooks.shape
    parts = np.reshape(vectors, (-1, m, 1, width))
    away = np.linalg.norm(parts - codebooks[None, :, ::-1], axis=-1)
    return (n_words - 1 - away.argmin(-1)).astype(np.uint8)


@wrong("ann.4", "The query is coded first, so the table holds products of words.")
def adc_scores(query, codes, codebooks):
    m, _, width = codebooks.shape
    parts = query.reshape(m, 1, width)
    own = ((parts - codebooks)**2).sum(2).argmin(1)
    table = (codebooks * codebooks[np.arange(m), own][:, None]).sum(2)
    return table[np.arange(m), codes].sum(1)


@wrong("ann.4", "Adds up squared distances instead of products.")
def adc_scores(query, codes, codebooks):
    m, _, width = codebooks.shape
    table = ((query.reshape(m, 1, width) - codebooks)**2).sum(2)
    return -table[np.arange(m), codes].sum(1)


@wrong("ann.4", "The mean of the table entries, not their sum.")
def adc_scores(query, codes, codebooks):
    m = len(codebooks)
    table = np.einsum("md,mwd->mw", query.reshape(m, -1), codebooks)
    return table[np.arange(m), codes].mean(1)


@wrong("ann.4", "Places in the flat table are counted in uint8 and run over beyond 255.")
def adc_scores(query, codes, codebooks):
    m, n_words, width = codebooks.shape
    table = np.einsum("md,mwd->mw", query.reshape(m, width), codebooks).ravel()
    begin = (np.arange(m) * n_words).astype(np.uint8)
    return table[codes + begin].sum(1)


@wrong("ann.4", "The flat table is read as if every codebook had 256 words.")
def adc_scores(query, codes, codebooks):
    m, _, width = codebooks.shape
    table = np.einsum("md,mwd->mw", query.reshape(m, width), codebooks).ravel()
    return np.take(table, codes + 256 * np.arange(m), mode="clip").sum(1)


@wrong("ann.4", "All slices are looked up in the first slice's row of the table.")
def adc_scores(query, codes, codebooks):
    m = len(codebooks)
    table = np.einsum("md,mwd->mw", query.reshape(m, -1), codebooks)
    return table[0][codes].sum(1)


@wrong("ann.4", "The query is cut into interleaved slices.")
def adc_scores(query, codes, codebooks):
    m, _, width = codebooks.shape
    table = np.einsum("md,mwd->mw", query.reshape(width, m).T, codebooks)
    return table[np.arange(m), codes].sum(1)


@wrong("ann.4", "The last slice is left out.")
def adc_scores(query, codes, codebooks):
    m, _, width = codebooks.shape
    out = np.zeros(len(codes))
    for j in range(m - 1):
        out += (codebooks[j] @ query[j * width:(j + 1) * width])[codes[:, j]]
    return out


@wrong("ann.4", "Codes are read as signed bytes: from 128 on they count from the end of a codebook that may be short.")
def adc_scores(query, codes, codebooks):
    m = len(codebooks)
    table = np.einsum("md,mwd->mw", query.reshape(m, -1), codebooks)
    return table[np.arange(m), np.clip(codes.astype(np.int8).astype(int), -table.shape[1], None)].sum(1)


@wrong("ann.4", "A cosine: the query is brought to length 1 first.")
def adc_scores(query, codes, codebooks):
    m = len(codebooks)
    query = query / max(np.linalg.norm(query), 1e-12)
    table = np.einsum("md,mwd->mw", query.reshape(m, -1), codebooks)
    return sum(table[j, codes[:, j]] for j in range(m))


@wrong("ann.4", "The best word's product of each slice, whatever the codes say.")
def adc_scores(query, codes, codebooks):
    m = len(codebooks)
    table = np.einsum("md,mwd->mw", query.reshape(m, -1), codebooks)
    return np.full(len(codes), table.max(1).sum())


@wrong("ann.4", "Adds up all slices in whole numbers, so fractions are lost.")
def adc_scores(query, codes, codebooks):
    m = len(codebooks)
    table = np.einsum("md,mwd->mw", query.reshape(m, -1), codebooks).astype(int)
    return table[np.arange(m), codes].sum(1).astype(float)


@right("ann.4", "A dictionary for each slice, Python sums, a list.")
def adc_scores(query, codes, codebooks):
    m, n_words, width = codebooks.shape
    tables = [{w: float(np.dot(query[j * width:(j + 1) * width], codebooks[j, w])) for w in range(n_words)}
              for j in range(m)]
    return [sum(tables[j][int(c)] for j, c in enumerate(row)) for row in codes]


@right("ann.4", "torch.gather in the transposed table.")
def adc_scores(query, codes, codebooks):
    books = torch.as_tensor(np.array(codebooks, dtype=float))
    table = (books * torch.as_tensor(np.array(query, dtype=float)).reshape(len(books), 1, -1)).sum(2)
    return table.gather(1, torch.as_tensor(np.array(codes)).long().T).sum(0).numpy()


@right("ann.4", "A flat table with places in int64.")
def adc_scores(query, codes, codebooks):
    m, n_words, _ = codebooks.shape
    table = np.matmul(codebooks, query.reshape(m, -1, 1)).ravel()
    return np.take(table, codes.astype(np.int64) + n_words * np.arange(m)).sum(axis=1)


@right("ann.4", "Slice after slice is added in place.")
def adc_scores(query, codes, codebooks):
    total = np.zeros(len(codes))
    pieces = np.split(np.asarray(query), len(codebooks))
    for piece, book, column in zip(pieces, codebooks, np.transpose(codes), strict=True):
        total += (book @ piece)[column]
    return total
