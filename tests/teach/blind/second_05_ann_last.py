"""Solutions of lesson 05, written blind: from the notebook's text alone."""

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@wrong("ann.7", "−1 asks whether the last item is allowed, so holes are kept where it is.")
def post_filter(ids, allowed, k):
    out = np.full((len(ids), k), -1)
    for b, row in enumerate(ids):
        kept = row[allowed[row]][:k]
        out[b, :len(kept)] = kept
    return out


@wrong("ann.7", "Cuts after k first and filters then, so fewer are left than could be had.")
def post_filter(ids, allowed, k):
    out = np.full((len(ids), k), -1)
    for b, row in enumerate(ids[:, :k]):
        kept = [i for i in row if i >= 0 and allowed[i]]
        out[b, :len(kept)] = kept
    return out


@wrong("ann.7", "Forbidden ids become −1 in their place and are not closed up.")
def post_filter(ids, allowed, k):
    return np.where((ids >= 0) & allowed[ids], ids, -1)[:, :k]


@wrong("ann.7", "Reading ends at the first −1, although −1 may stand at any place.")
def post_filter(ids, allowed, k):
    out = np.full((len(ids), k), -1)
    for b, row in enumerate(ids):
        n = 0
        for i in row:
            if i < 0 or n == k:
                break
            if allowed[i]:
                out[b, n] = i
                n += 1
    return out


@wrong("ann.7", "What is kept is sorted by id.")
def post_filter(ids, allowed, k):
    out = np.full((len(ids), k), -1)
    for b, row in enumerate(ids):
        kept = np.sort(row[(row >= 0) & allowed[row]][:k])
        out[b, :len(kept)] = kept
    return out


@wrong("ann.7", "Empty places are filled with 0, which is an item.")
def post_filter(ids, allowed, k):
    out = np.zeros((len(ids), k), int)
    for b, row in enumerate(ids):
        kept = row[(row >= 0) & allowed[row]][:k]
        out[b, :len(kept)] = kept
    return out


@wrong("ann.7", "Item 0 is dropped with the pads.")
def post_filter(ids, allowed, k):
    out = np.full((len(ids), k), -1)
    for b, row in enumerate(ids):
        kept = [i for i in row.tolist() if i > 0 and allowed[i]][:k]
        out[b, :len(kept)] = kept
    return out


@wrong("ann.7", "Keeps what is forbidden.")
def post_filter(ids, allowed, k):
    out = np.full((len(ids), k), -1)
    for b, row in enumerate(ids):
        kept = row[(row >= 0) & ~allowed[row]][:k]
        out[b, :len(kept)] = kept
    return out


@wrong("ann.7", "Takes the last k allowed, the worst of them.")
def post_filter(ids, allowed, k):
    out = np.full((len(ids), k), -1)
    for b, row in enumerate(ids):
        kept = row[(row >= 0) & allowed[row]]
        kept = kept[max(0, len(kept) - k):]
        out[b, :len(kept)] = kept
    return out


@wrong("ann.7", "All kept ids are poured into the answer one after another, over the ends of the rows.")
def post_filter(ids, allowed, k):
    flat = np.asarray(ids).ravel()
    kept = flat[(flat >= 0) & allowed[flat]]
    out = np.full(len(ids) * k, -1)
    out[:min(len(kept), len(out))] = kept[:len(out)]
    return out.reshape(len(ids), k)


@wrong("ann.7", "The answer is as narrow as the longest row that is left, not k wide.")
def post_filter(ids, allowed, k):
    rows = [[i for i in row if i >= 0 and allowed[i]][:k] for row in np.asarray(ids).tolist()]
    width = max(map(len, rows))
    return np.array([row + [-1] * (width - len(row)) for row in rows], int).reshape(len(rows), width)


@wrong("ann.7", "An item that was forbidden ends the row: what stands below it is lost.")
def post_filter(ids, allowed, k):
    fine = (ids < 0) | allowed[ids]
    alive = np.logical_and.accumulate(fine, axis=1) & (ids >= 0)
    order = np.argsort(~alive, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(np.where(alive, ids, -1), order, 1)


@wrong("ann.7", "Kept ids are sorted by their number, highest first, so that the pads come last.")
def post_filter(ids, allowed, k):
    masked = np.where((ids >= 0) & allowed[ids], ids, -1)
    return -np.sort(-masked, axis=1)[:, :k]


@right("ann.7", "List comprehensions and a list of lists.")
def post_filter(ids, allowed, k):
    fine = set(np.flatnonzero(allowed).tolist())
    return [([i for i in row if i in fine] + [-1] * k)[:k] for row in np.asarray(ids).tolist()]


@right("ann.7", "A stable argsort that moves what may not stay to the end.")
def post_filter(ids, allowed, k):
    ids = np.asarray(ids)
    masked = np.where((ids != -1) & np.append(allowed, False)[ids], ids, -1)
    return np.take_along_axis(masked, np.argsort(masked == -1, axis=1, kind="stable"), axis=1)[:, :k]


@right("ann.7", "torch: each kept id is written to the place that a cumulative count gives it.")
def post_filter(ids, allowed, k):
    rows = torch.as_tensor(np.array(ids)).long()
    fine = torch.cat([torch.as_tensor(np.array(allowed, dtype=bool)), torch.tensor([False])])[rows]
    place = torch.where(fine, fine.long().cumsum(1) - 1, rows.shape[1]).clamp(max=rows.shape[1])
    out = torch.full((rows.shape[0], rows.shape[1] + 1), -1).scatter_(1, place, torch.where(fine, rows, -1))
    return out[:, :k].numpy()


@right("ann.7", "pandas: long table, filter, count within the query, back to a wide one.")
def post_filter(ids, allowed, k):
    ids = np.asarray(ids)
    long = pd.DataFrame({"query": np.repeat(np.arange(len(ids)), ids.shape[1]), "id": ids.ravel()})
    long = long[long["id"].isin(np.flatnonzero(allowed))]
    long = long.assign(place=long.groupby("query").cumcount())
    wide = long.pivot(index="query", columns="place", values="id")
    return wide.reindex(index=range(len(ids)), columns=range(k)).fillna(-1).astype(int).to_numpy()
