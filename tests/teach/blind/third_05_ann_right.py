"""Right solutions of lesson 05, written blind."""

import bisect
import heapq

import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from blind_book import right
from scipy.cluster.vq import vq
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist


# ---------------------------------------------------------------- 5.8


@right("ann.8", "Two heaps, as in the paper.")
def beam_search(query, vectors, links, entry, ef):
    def far(node):
        gap = vectors[node] - query
        return float(gap @ gap)

    entry = int(entry)
    first = far(entry)
    met = {entry}
    to_follow = [(first, entry)]
    beam = [(-first, entry)]                       # the farthest on top
    while to_follow:
        distance, node = heapq.heappop(to_follow)
        if len(beam) >= ef and distance > -beam[0][0]:
            break
        for other in links[node]:
            other = int(other)
            if other < 0 or other in met:
                continue
            met.add(other)
            d = far(other)
            if len(beam) < ef or d < -beam[0][0]:
                heapq.heappush(to_follow, (d, other))
                heapq.heappush(beam, (-d, other))
                if len(beam) > ef:
                    heapq.heappop(beam)
    return np.array([node for _, node in sorted((-d, node) for d, node in beam)], dtype=int)


@right("ann.8", "One sorted list by bisect, cut to ef; the first that was not followed comes next.")
def beam_search(query, vectors, links, entry, ef):
    query = np.asarray(query, dtype=float)

    def squared(node):
        return float(np.sum((np.asarray(vectors[node], dtype=float) - query) ** 2))

    beam = [(squared(int(entry)), int(entry))]
    met, followed = {int(entry)}, set()
    while True:
        node = next((n for _, n in beam if n not in followed), None)
        if node is None:
            return [n for _, n in beam]
        followed.add(node)
        for neighbour in np.asarray(links[node]).tolist():
            if neighbour == -1 or neighbour in met:
                continue
            met.add(neighbour)
            bisect.insort(beam, (squared(neighbour), neighbour))
            del beam[ef:]


@right("ann.8", "numpy: all new neighbours of a node at once, a boolean array of who was met.")
def beam_search(query, vectors, links, entry, ef):
    query = np.asarray(query)
    met = np.zeros(len(vectors), dtype=bool)
    met[entry] = True
    ids = np.array([entry], dtype=np.int64)
    dist = ((vectors[ids] - query) ** 2).sum(axis=1)
    done = np.array([False])
    while not done.all():
        here = np.flatnonzero(~done)[0]
        done[here] = True
        around = np.unique(links[ids[here]])
        around = around[around >= 0]
        around = around[~met[around]]
        if len(around) == 0:
            continue
        met[around] = True
        ids = np.concatenate([ids, around])
        dist = np.concatenate([dist, ((vectors[around] - query) ** 2).sum(axis=1)])
        done = np.concatenate([done, np.zeros(len(around), dtype=bool)])
        order = np.argsort(dist, kind="stable")[:ef]
        ids, dist, done = ids[order], dist[order], done[order]
    return ids


@right("ann.8", "A dictionary of distances of all that were met, the bound found anew at each step.")
def beam_search(query, vectors, links, entry, ef):
    assert ef >= 1
    distance = {}

    def meet(node):
        if node >= 0 and node not in distance:
            distance[node] = float(np.linalg.norm(np.asarray(vectors[node], float) - query) ** 2)
            open_nodes.add(node)

    open_nodes = set()
    meet(int(entry))
    while open_nodes:
        best = heapq.nsmallest(ef, distance, key=distance.get)
        node = min(open_nodes, key=distance.get)
        if len(best) == ef and distance[node] > distance[best[-1]]:
            break
        open_nodes.discard(node)
        for neighbour in links[node]:
            meet(int(neighbour))
    return np.array(heapq.nsmallest(ef, distance, key=distance.get))


# ---------------------------------------------------------------- 5.3


@right("ann.3", "scipy's cdist for each slice.")
def pq_encode(vectors, codebooks):
    m, _, width = codebooks.shape
    codes = np.empty((len(vectors), m), dtype=np.uint8)
    for j in range(m):
        part = vectors[:, j * width:(j + 1) * width]
        codes[:, j] = cdist(part, codebooks[j], "sqeuclidean").argmin(axis=1)
    return codes


@right("ann.3", "Vector quantisation from scipy.cluster, slices by np.split.")
def pq_encode(vectors, codebooks):
    vectors = np.asarray(vectors, dtype=np.float64)
    codebooks = np.asarray(codebooks, dtype=np.float64)
    if len(vectors) == 0:
        return np.zeros((0, len(codebooks)), dtype=np.uint8)
    parts = np.split(vectors, len(codebooks), axis=1)
    words = [vq(np.ascontiguousarray(part), book)[0] for part, book in zip(parts, codebooks)]
    return np.column_stack(words).astype(np.uint8)


@right("ann.3", "A k-d tree of the words of each slice.")
def pq_encode(vectors, codebooks):
    m, words, width = np.shape(codebooks)
    assert words <= 256
    sliced = np.asarray(vectors).reshape(-1, m, width)
    columns = [cKDTree(codebooks[j]).query(sliced[:, j])[1] for j in range(m)]
    return np.stack(columns, axis=1).astype(np.uint8)


@right("ann.3", "Plain numpy in blocks of rows, all slices by broadcasting.")
def pq_encode(vectors, codebooks):
    m, _, width = codebooks.shape
    blocks = [np.zeros((0, m), dtype=np.uint8)]
    for start in range(0, len(vectors), 256):
        block = vectors[start:start + 256].reshape(-1, m, 1, width)
        error = np.square(block - codebooks[None]).sum(axis=-1)          # (rows, m, W)
        blocks.append(np.argmin(error, axis=-1).astype(np.uint8))
    return np.concatenate(blocks)


# ---------------------------------------------------------------- 5.4


@right("ann.4", "A table by einsum, then fancy indexing and a sum.")
def adc_scores(query, codes, codebooks):
    m, _, width = codebooks.shape
    table = np.einsum("jwk,jk->jw", codebooks, np.reshape(query, (m, width)))
    return table[np.arange(m), codes].sum(axis=1)


@right("ann.4", "A loop over slices that adds up one look-up each.")
def adc_scores(query, codes, codebooks):
    query, codes = np.asarray(query), np.asarray(codes)
    total = np.zeros(len(codes), dtype=np.result_type(query, codebooks))
    for j, part in enumerate(np.split(query, len(codebooks))):
        products = codebooks[j] @ part
        total += products[codes[:, j]]
    return total


@right("ann.4", "torch: the flat table summed by embedding_bag.")
def adc_scores(query, codes, codebooks):
    q = torch.as_tensor(np.array(query, dtype=np.float64))
    books = torch.as_tensor(np.array(codebooks, dtype=np.float64))
    m, words, width = books.shape
    table = torch.bmm(books, q.view(m, width, 1)).reshape(-1, 1)         # (m · W, 1)
    flat = torch.as_tensor(np.array(codes, dtype=np.int64)) + words * torch.arange(m)
    return F.embedding_bag(flat, table, mode="sum").squeeze(1).numpy()


@right("ann.4", "pandas: a column of codes mapped through the slice's products.")
def adc_scores(query, codes, codebooks):
    codes = pd.DataFrame(np.asarray(codes))
    width = np.shape(codebooks)[2]
    score = pd.Series(0.0, index=codes.index)
    for j in codes.columns:
        products = pd.Series(np.dot(codebooks[j], query[j * width:(j + 1) * width]))
        score = score + codes[j].map(products)
    return score.to_numpy()
