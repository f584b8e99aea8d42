"""Solutions of lesson 05, written blind."""

import bisect
import heapq

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


# ---------------------------------------------------------------- 5.8 beam_search


@wrong("ann.8", "Stops as soon as the next node is farther than the best one, that is at the first local minimum.")
def beam_search(query, vectors, links, entry, ef):
    def far(i):
        return float(((vectors[i] - query) ** 2).sum())
    met = {int(entry)}
    todo = [(far(entry), int(entry))]
    beam = [(todo[0][0], int(entry))]
    while todo:
        d, node = heapq.heappop(todo)
        if d > beam[0][0]:
            break
        for other in links[node]:
            other = int(other)
            if other < 0 or other in met:
                continue
            met.add(other)
            d = far(other)
            if len(beam) < ef or d < beam[-1][0]:
                heapq.heappush(todo, (d, other))
                beam = sorted(beam + [(d, other)])[:ef]
    return np.array([i for _, i in beam], dtype=int)


@wrong("ann.8", "Does not test for −1, which numpy reads as the last vector.")
def beam_search(query, vectors, links, entry, ef):
    def far(i):
        return float(((vectors[i] - query) ** 2).sum())
    met = {int(entry)}
    todo = [(far(entry), int(entry))]
    beam = list(todo)
    while todo:
        d, node = heapq.heappop(todo)
        if len(beam) == ef and d > beam[-1][0]:
            break
        for other in links[node]:
            other = int(other)
            if other in met:
                continue
            met.add(other)
            d = far(other)
            if len(beam) < ef or d < beam[-1][0]:
                heapq.heappush(todo, (d, other))
                beam = sorted(beam + [(d, other)])[:ef]
    return np.array([i for _, i in beam], dtype=int)


@wrong("ann.8", "Takes the first −1 for the end of the links, though it may stand at any place.")
def beam_search(query, vectors, links, entry, ef):
    def far(i):
        return float(((vectors[i] - query) ** 2).sum())
    met = {int(entry)}
    todo = [(far(entry), int(entry))]
    beam = list(todo)
    while todo:
        d, node = heapq.heappop(todo)
        if len(beam) == ef and d > beam[-1][0]:
            break
        for other in links[node]:
            other = int(other)
            if other < 0:
                break
            if other in met:
                continue
            met.add(other)
            d = far(other)
            if len(beam) < ef or d < beam[-1][0]:
                heapq.heappush(todo, (d, other))
                beam = sorted(beam + [(d, other)])[:ef]
    return np.array([i for _, i in beam], dtype=int)


@wrong("ann.8", "Compares with the worst of the beam also while the beam is not full, and so turns back too early.")
def beam_search(query, vectors, links, entry, ef):
    def far(i):
        return float(((vectors[i] - query) ** 2).sum())
    met = {int(entry)}
    todo = [(far(entry), int(entry))]
    beam = list(todo)
    while todo:
        d, node = heapq.heappop(todo)
        if d > beam[-1][0]:
            break
        new = []
        for other in links[node]:
            other = int(other)
            if other < 0 or other in met:
                continue
            met.add(other)
            d = far(other)
            if d < beam[-1][0]:
                heapq.heappush(todo, (d, other))
                new.append((d, other))
        beam = sorted(beam + new)[:ef]
    return np.array([i for _, i in beam], dtype=int)


@wrong("ann.8", "Near is the largest dot product here, whatever the lengths of the vectors.")
def beam_search(query, vectors, links, entry, ef):
    def far(i):
        return -float(vectors[i] @ query)
    met = {int(entry)}
    todo = [(far(entry), int(entry))]
    beam = list(todo)
    while todo:
        d, node = heapq.heappop(todo)
        if len(beam) == ef and d > beam[-1][0]:
            break
        for other in links[node]:
            other = int(other)
            if other < 0 or other in met:
                continue
            met.add(other)
            d = far(other)
            if len(beam) < ef or d < beam[-1][0]:
                heapq.heappush(todo, (d, other))
                beam = sorted(beam + [(d, other)])[:ef]
    return np.array([i for _, i in beam], dtype=int)


@wrong("ann.8", "Remembers the nodes that it followed, not those that it met: a node enters the beam twice.")
def beam_search(query, vectors, links, entry, ef):
    def far(i):
        return float(((vectors[i] - query) ** 2).sum())
    followed = set()
    todo = [(far(entry), int(entry))]
    beam = list(todo)
    while todo:
        d, node = heapq.heappop(todo)
        if node in followed:
            continue
        if len(beam) == ef and d > beam[-1][0]:
            break
        followed.add(node)
        for other in links[node]:
            other = int(other)
            if other < 0 or other in followed:
                continue
            d = far(other)
            if len(beam) < ef or d < beam[-1][0]:
                heapq.heappush(todo, (d, other))
                beam = sorted(beam + [(d, other)])[:ef]
    return np.array([i for _, i in beam], dtype=int)


@wrong("ann.8", "The node to start from can never be part of the answer.")
def beam_search(query, vectors, links, entry, ef):
    def far(i):
        return float(((vectors[i] - query) ** 2).sum())
    met = {int(entry)}
    todo = [(far(entry), int(entry))]
    beam = []
    while todo:
        d, node = heapq.heappop(todo)
        if len(beam) == ef and d > beam[-1][0]:
            break
        for other in links[node]:
            other = int(other)
            if other < 0 or other in met:
                continue
            met.add(other)
            d = far(other)
            if len(beam) < ef or d < beam[-1][0]:
                heapq.heappush(todo, (d, other))
                beam = sorted(beam + [(d, other)])[:ef]
    return np.array([i for _, i in beam], dtype=int)


@wrong("ann.8", "Never stops: walks over all that can be reached, so `ef` only cuts the answer.")
def beam_search(query, vectors, links, entry, ef):
    met, todo = {int(entry)}, [int(entry)]
    while todo:
        node = todo.pop()
        for other in links[node]:
            other = int(other)
            if other >= 0 and other not in met:
                met.add(other)
                todo.append(other)
    ids = np.array(sorted(met))
    far = ((vectors[ids] - query) ** 2).sum(axis=1)
    return ids[np.argsort(far, kind="stable")[:ef]]


@right("ann.8", "Two heaps: what is to be followed, and the beam with its worst on top.")
def beam_search(query, vectors, links, entry, ef):
    entry = int(entry)
    start = float(np.sum(np.square(vectors[entry] - query)))
    todo, beam, met = [(start, entry)], [(-start, -entry)], {entry}
    while todo:
        d, node = heapq.heappop(todo)
        if len(beam) >= ef and d > -beam[0][0]:
            break
        for other in links[node]:
            other = int(other)
            if other == -1 or other in met:
                continue
            met.add(other)
            d = float(np.sum(np.square(vectors[other] - query)))
            if len(beam) < ef:
                heapq.heappush(beam, (-d, -other))
                heapq.heappush(todo, (d, other))
            elif d < -beam[0][0]:
                heapq.heapreplace(beam, (-d, -other))
                heapq.heappush(todo, (d, other))
    return np.array([-node for _, node in sorted(beam, reverse=True)], dtype=np.int64)


@right("ann.8", "One sorted list by bisection, in which the followed ones are marked; a list of ints.")
def beam_search(query, vectors, links, entry, ef):
    entry = int(entry)
    gap = np.asarray(vectors[entry], dtype=float) - np.asarray(query, dtype=float)
    beam, met, followed = [(float(gap @ gap), entry)], {entry}, set()
    while True:
        node = next((i for _, i in beam if i not in followed), None)
        if node is None:
            return [i for _, i in beam]
        followed.add(node)
        for other in map(int, links[node]):
            if other < 0 or other in met:
                continue
            met.add(other)
            gap = np.asarray(vectors[other], dtype=float) - np.asarray(query, dtype=float)
            bisect.insort(beam, (float(gap @ gap), other))
            del beam[ef:]


@right("ann.8", "Arrays: all new links of a node at once, and flags for what was met and followed.")
def beam_search(query, vectors, links, entry, ef):
    met = np.zeros(len(vectors), bool)
    met[entry] = True
    ids = np.array([entry], dtype=np.int64)
    far = ((vectors[ids] - query) ** 2).sum(axis=1)
    done = np.zeros(1, bool)
    while not done.all():
        now = int(np.argmin(done))                     # sorted: the first that is not followed
        done[now] = True
        new = np.unique(links[ids[now]])
        new = new[new >= 0]
        new = new[~met[new]]
        met[new] = True
        ids = np.concatenate([ids, new])
        far = np.concatenate([far, ((vectors[new] - query) ** 2).sum(axis=1)])
        done = np.concatenate([done, np.zeros(len(new), bool)])
        keep = np.argsort(far, kind="stable")[:ef]
        ids, far, done = ids[keep], far[keep], done[keep]
    return ids


# ---------------------------------------------------------------- 5.3 pq_encode


@wrong("ann.3", "Takes the word with the largest dot product, which is not the nearest if lengths differ.")
def pq_encode(vectors, codebooks):
    m, W, w = codebooks.shape
    slices = np.asarray(vectors).reshape(len(vectors), m, w)
    return np.stack([(slices[:, j] @ codebooks[j].T).argmax(1) for j in range(m)], axis=1).astype(np.uint8)


@wrong("ann.3", "The expanded square has lost its factor of two.")
def pq_encode(vectors, codebooks):
    m, W, w = codebooks.shape
    slices = np.asarray(vectors).reshape(len(vectors), m, w)
    codes = [((codebooks[j] ** 2).sum(1) - slices[:, j] @ codebooks[j].T).argmin(1) for j in range(m)]
    return np.stack(codes, axis=1).astype(np.uint8)


@wrong("ann.3", "Slices are every m-th number, not pieces that lie side by side.")
def pq_encode(vectors, codebooks):
    m = len(codebooks)
    codes = np.empty((len(vectors), m), np.uint8)
    for j in range(m):
        far = ((vectors[:, None, j::m] - codebooks[j][None]) ** 2).sum(-1)
        codes[:, j] = far.argmin(1)
    return codes


@wrong("ann.3", "All slices are looked up in the first codebook.")
def pq_encode(vectors, codebooks):
    m, W, w = codebooks.shape
    codes = np.empty((len(vectors), m), np.uint8)
    for j in range(m):
        far = ((vectors[:, None, j * w:(j + 1) * w] - codebooks[0][None]) ** 2).sum(-1)
        codes[:, j] = far.argmin(1)
    return codes


@wrong("ann.3", "The least sum of absolute errors, not of squared ones.")
def pq_encode(vectors, codebooks):
    m, W, w = codebooks.shape
    codes = np.empty((len(vectors), m), np.uint8)
    for j in range(m):
        far = np.abs(vectors[:, None, j * w:(j + 1) * w] - codebooks[j][None]).sum(-1)
        codes[:, j] = far.argmin(1)
    return codes


@wrong("ann.3", "Keeps the codes in signed bytes: words from 128 on turn negative.")
def pq_encode(vectors, codebooks):
    m, W, w = codebooks.shape
    codes = []
    for j in range(m):
        far = ((vectors[:, None, j * w:(j + 1) * w] - codebooks[j][None]) ** 2).sum(-1)
        codes.append(far.argmin(1))
    return np.stack(codes, axis=1).astype(np.int8)


@wrong("ann.3", "Looks for the one word number that fits best in all slices together.")
def pq_encode(vectors, codebooks):
    m, W, w = codebooks.shape
    far = np.zeros((len(vectors), W))
    for j in range(m):
        far += ((vectors[:, None, j * w:(j + 1) * w] - codebooks[j][None]) ** 2).sum(-1)
    return np.repeat(far.argmin(1)[:, None], m, axis=1).astype(np.uint8)


@wrong("ann.3", "Adds the errors of a slice up before it squares them, so they cancel.")
def pq_encode(vectors, codebooks):
    m, W, w = codebooks.shape
    codes = np.empty((len(vectors), m), np.uint8)
    for j in range(m):
        error = (vectors[:, None, j * w:(j + 1) * w] - codebooks[j][None]).sum(-1)
        codes[:, j] = (error ** 2).argmin(1)
    return codes


@right("ann.3", "The expanded square in double precision, around the mean word.")
def pq_encode(vectors, codebooks):
    vectors, codebooks = np.asarray(vectors, dtype=float), np.asarray(codebooks, dtype=float)
    m, W, w = codebooks.shape
    codes = np.zeros((vectors.shape[0], m), dtype=np.uint8)
    for j in range(m):
        middle = codebooks[j].mean(axis=0)
        words = codebooks[j] - middle
        piece = vectors[:, j * w:(j + 1) * w] - middle
        codes[:, j] = np.argmin((words ** 2).sum(axis=1)[None, :] - 2 * piece @ words.T, axis=1)
    return codes


@right("ann.3", "Goes through the words and keeps the best one so far: little memory.")
def pq_encode(vectors, codebooks):
    vectors, codebooks = np.asarray(vectors), np.asarray(codebooks)
    m, W, w = codebooks.shape
    pieces = vectors.reshape(vectors.shape[0], m, w)
    best = np.full((vectors.shape[0], m), np.inf)
    codes = np.zeros((vectors.shape[0], m), dtype=np.uint8)
    for word in range(W):
        error = np.square(pieces - codebooks[None, :, word, :]).sum(axis=2)
        better = error < best
        codes[better] = word
        best = np.where(better, error, best)
    return codes


@right("ann.3", "torch: distances of pairs, without the short-cut by matrix products.")
def pq_encode(vectors, codebooks):
    x = torch.as_tensor(np.asarray(vectors, dtype=np.float64))
    books = torch.as_tensor(np.asarray(codebooks, dtype=np.float64))
    pieces = torch.split(x, books.shape[2], dim=1)
    codes = [torch.cdist(piece.contiguous(), book, compute_mode="donot_use_mm_for_euclid_dist").argmin(dim=1)
             for piece, book in zip(pieces, books)]
    return torch.stack(codes, dim=1).to(torch.uint8).numpy()


# ---------------------------------------------------------------- 5.4 adc_scores


@wrong("ann.4", "The table holds squared distances, not products.")
def adc_scores(query, codes, codebooks):
    m, W, w = codebooks.shape
    table = ((codebooks - query.reshape(m, 1, w)) ** 2).sum(-1)
    return table[np.arange(m), codes].sum(axis=1)


@wrong("ann.4", "Cuts the query into every m-th number instead of pieces side by side.")
def adc_scores(query, codes, codebooks):
    m, W, w = codebooks.shape
    table = np.einsum("mwk,mk->mw", codebooks, query.reshape(w, m).T)
    return table[np.arange(m), codes].sum(axis=1)


@wrong("ann.4", "Every slice is looked up in the first slice's row of the table.")
def adc_scores(query, codes, codebooks):
    m, W, w = codebooks.shape
    table = np.einsum("mwk,mk->mw", codebooks, query.reshape(m, w))
    return table[0][codes].sum(axis=1)


@wrong("ann.4", "Keeps places in the flattened table in one byte, where they wrap around at 256.")
def adc_scores(query, codes, codebooks):
    m, W, w = codebooks.shape
    table = np.einsum("mwk,mk->mw", codebooks, query.reshape(m, w)).ravel()
    place = (codes + W * np.arange(m)).astype(np.uint8)
    return table[place].sum(axis=1)


@wrong("ann.4", "Codes the query, too: the symmetric kind.")
def adc_scores(query, codes, codebooks):
    m, W, w = codebooks.shape
    pieces = query.reshape(m, 1, w)
    nearest = ((codebooks - pieces) ** 2).sum(-1).argmin(1)
    coded = codebooks[np.arange(m), nearest]
    table = np.einsum("mwk,mk->mw", codebooks, coded)
    return table[np.arange(m), codes].sum(axis=1)


@wrong("ann.4", "The mean over the slices, where a dot product is their sum.")
def adc_scores(query, codes, codebooks):
    m, W, w = codebooks.shape
    table = np.einsum("mwk,mk->mw", codebooks, query.reshape(m, w))
    return table[np.arange(m), codes].mean(axis=1)


@wrong("ann.4", "Divides by the lengths of the rebuilt vectors: cosines instead of products.")
def adc_scores(query, codes, codebooks):
    m, W, w = codebooks.shape
    table = np.einsum("mwk,mk->mw", codebooks, query.reshape(m, w))
    square = (codebooks ** 2).sum(-1)
    slot = np.arange(m)
    length = np.sqrt(square[slot, codes].sum(axis=1))
    return table[slot, codes].sum(axis=1) / np.maximum(length, 1e-12)


@wrong("ann.4", "The result inherits the bytes of the codes, which cut every score to a whole number.")
def adc_scores(query, codes, codebooks):
    m, W, w = codebooks.shape
    table = np.einsum("mwk,mk->mw", codebooks, query.reshape(m, w))
    out = np.zeros_like(codes[:, 0])
    out[:] = table[np.arange(m), codes].sum(axis=1)
    return out.astype(float)


@right("ann.4", "take_along_axis on a table made by matmul.")
def adc_scores(query, codes, codebooks):
    m, W, w = codebooks.shape
    table = np.matmul(codebooks, np.asarray(query).reshape(m, w, 1))[:, :, 0]
    return np.take_along_axis(table, np.asarray(codes).T.astype(np.int64), axis=1).sum(axis=0)


@right("ann.4", "Plain loops over look-ups; a list of floats.")
def adc_scores(query, codes, codebooks):
    m, W, w = codebooks.shape
    table = [[float(np.dot(query[j * w:(j + 1) * w], codebooks[j, word])) for word in range(W)]
             for j in range(m)]
    return [sum(row[c] for row, c in zip(table, code)) for code in np.asarray(codes).tolist()]


@right("ann.4", "torch in double precision: an outer gather over the slices.")
def adc_scores(query, codes, codebooks):
    books = torch.as_tensor(np.asarray(codebooks, dtype=np.float64))
    m, W, w = books.shape
    q = torch.as_tensor(np.asarray(query, dtype=np.float64)).reshape(m, w)
    table = (books * q[:, None, :]).sum(dim=2)
    where = torch.as_tensor(np.asarray(codes, dtype=np.int64)).T.contiguous()
    return torch.gather(table, 1, where).sum(dim=0).numpy()
