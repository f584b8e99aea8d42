"""Right solutions of lesson 05, written blind."""

import bisect
import heapq

import numpy as np
import torch
from blind_book import right
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist


# ---------------------------------------------------------------- 5.8

@right("ann.8", "Two heaps and a set of met nodes, as in the HNSW paper.")
def beam_search(query, vectors, links, entry, ef):
    query = np.asarray(query)

    def distance(node):
        gap = vectors[node] - query
        return float(np.dot(gap, gap))

    entry = int(entry)
    met = {entry}
    first = distance(entry)
    todo = [(first, entry)]
    beam = [(-first, -entry)]
    while todo:
        near, node = heapq.heappop(todo)
        if len(beam) == ef and near > -beam[0][0]:
            break
        for other in links[node]:
            other = int(other)
            if other < 0 or other in met:
                continue
            met.add(other)
            far = distance(other)
            if len(beam) < ef:
                heapq.heappush(beam, (-far, -other))
                heapq.heappush(todo, (far, other))
            elif far < -beam[0][0]:
                heapq.heapreplace(beam, (-far, -other))
                heapq.heappush(todo, (far, other))
    ranked = sorted((-d, -i) for d, i in beam)
    return np.array([i for _, i in ranked], dtype=np.int64)


@right("ann.8", "One sorted list with bisect; follow its nearest node not yet followed.")
def beam_search(query, vectors, links, entry, ef):
    query = np.asarray(query, dtype=np.float64)

    def squared(node):
        return float(((np.asarray(vectors[node], dtype=np.float64) - query) ** 2).sum())

    beam = [(squared(entry), int(entry))]
    met, followed = {int(entry)}, set()
    while True:
        node = next((i for _, i in beam if i not in followed), None)
        if node is None:
            return np.array([i for _, i in beam], dtype=np.int64)
        followed.add(node)
        for neighbour in np.asarray(links[node]).tolist():
            if neighbour == -1 or neighbour in met:
                continue
            met.add(neighbour)
            bisect.insort(beam, (squared(neighbour), neighbour))
        del beam[ef:]


@right("ann.8", "numpy arrays: ids, distances and open flags, merged and cut each step.")
def beam_search(query, vectors, links, entry, ef):
    vectors, links = np.asarray(vectors), np.asarray(links)
    query = np.asarray(query)
    met = np.zeros(len(vectors), dtype=bool)
    met[entry] = True
    ids = np.array([entry], dtype=np.int64)
    dist = ((vectors[ids] - query) ** 2).sum(axis=1)
    is_open = np.ones(1, dtype=bool)
    while is_open.any():
        at = int(np.argmax(is_open))                   # sorted, so the first open is the nearest
        is_open[at] = False
        new = np.unique(links[ids[at]])
        new = new[new >= 0]
        new = new[~met[new]].astype(np.int64)
        if new.size == 0:
            continue
        met[new] = True
        ids = np.concatenate([ids, new])
        dist = np.concatenate([dist, ((vectors[new] - query) ** 2).sum(axis=1)])
        is_open = np.concatenate([is_open, np.ones(new.size, dtype=bool)])
        keep = np.argsort(dist, kind="stable")[:ef]
        ids, dist, is_open = ids[keep], dist[keep], is_open[keep]
    return ids


# ---------------------------------------------------------------- 5.3

@right("ann.3", "scipy's cdist, slice by slice.")
def pq_encode(vectors, codebooks):
    vectors = np.asarray(vectors)
    m, _, width = codebooks.shape
    codes = np.empty((len(vectors), m), dtype=np.uint8)
    for j in range(m):
        piece = vectors[:, j * width:(j + 1) * width]
        codes[:, j] = cdist(piece, codebooks[j], "sqeuclidean").argmin(axis=1)
    return codes


@right("ann.3", "The square multiplied out, in double precision.")
def pq_encode(vectors, codebooks):
    words = np.asarray(codebooks, dtype=np.float64)
    m, n_words, width = words.shape
    slices = np.asarray(vectors, dtype=np.float64).reshape(-1, m, width)
    best = []
    for j in range(m):
        error = (words[j] ** 2).sum(axis=1) - 2 * slices[:, j] @ words[j].T
        best.append(np.argmin(error, axis=1))
    return np.stack(best, axis=1).astype(np.uint8)


@right("ann.3", "A k-d tree over the words of each codebook.")
def pq_encode(vectors, codebooks):
    vectors = np.asarray(vectors)
    if len(vectors) == 0:
        return np.zeros((0, len(codebooks)), dtype=np.uint8)
    pieces = np.split(vectors, len(codebooks), axis=1)
    columns = [cKDTree(words).query(piece)[1] for words, piece in zip(codebooks, pieces)]
    return np.column_stack(columns).astype(np.uint8)


@right("ann.3", "Plain differences, a block of vectors at a time.")
def pq_encode(vectors, codebooks):
    vectors, codebooks = np.asarray(vectors), np.asarray(codebooks)
    m, _, width = codebooks.shape
    out = np.zeros((len(vectors), m), dtype=np.uint8)
    for start in range(0, len(vectors), 512):
        block = vectors[start:start + 512].reshape(-1, m, 1, width)
        out[start:start + 512] = ((block - codebooks[None]) ** 2).sum(axis=-1).argmin(axis=-1)
    return out


# ---------------------------------------------------------------- 5.4

@right("ann.4", "A table by einsum, then fancy indexing over all slices.")
def adc_scores(query, codes, codebooks):
    m = len(codebooks)
    table = np.einsum("mwk,mk->mw", codebooks, np.reshape(query, (m, -1)))
    return table[np.arange(m), np.asarray(codes)].sum(axis=1)


@right("ann.4", "Slice by slice, the scores added up.")
def adc_scores(query, codes, codebooks):
    query, codes = np.asarray(query, dtype=np.float64), np.asarray(codes)
    total = np.zeros(len(codes))
    for j, (part, words) in enumerate(zip(np.split(query, len(codebooks)), codebooks)):
        total += (words @ part)[codes[:, j]]
    return total


@right("ann.4", "One flat table, codes shifted by their slice.")
def adc_scores(query, codes, codebooks):
    codebooks = np.asarray(codebooks)
    m, n_words, width = codebooks.shape
    flat = np.concatenate([codebooks[j] @ np.asarray(query)[j * width:(j + 1) * width]
                           for j in range(m)])
    return flat.take(np.asarray(codes).astype(np.int64) + n_words * np.arange(m)).sum(axis=1)


@right("ann.4", "torch: bmm for the table, gather for the look-ups.")
def adc_scores(query, codes, codebooks):
    books = torch.as_tensor(np.array(codebooks), dtype=torch.float64)
    pieces = torch.as_tensor(np.array(query), dtype=torch.float64).reshape(len(books), -1, 1)
    table = torch.bmm(books, pieces).squeeze(-1)                        # (m, W)
    places = torch.as_tensor(np.array(codes).astype(np.int64)).T        # (m, N)
    return table.gather(1, places).sum(dim=0).numpy()
