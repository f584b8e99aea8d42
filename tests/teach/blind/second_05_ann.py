"""Solutions of lesson 05, written blind: from the notebook's text alone."""

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@wrong("ann.1", "Divides by k, also where exact search found fewer.")
def index_recall(found, exact):
    return np.array([len(np.intersect1d(f[f >= 0], e[e >= 0])) for f, e in zip(found, exact, strict=True)]) \
        / exact.shape[1]


@wrong("ann.1", "A pad found beside a pad counts as a hit.")
def index_recall(found, exact):
    return np.array([len(set(f) & set(e)) / len(set(e)) for f, e in zip(found.tolist(), exact.tolist(), strict=True)])


@wrong("ann.1", "Compares place by place, although the order does not matter.")
def index_recall(found, exact):
    real = exact >= 0
    return ((found == exact) & real).sum(1) / np.maximum(real.sum(1), 1)


@wrong("ann.1", "The share of what was found that is true: precision.")
def index_recall(found, exact):
    out = []
    for f, e in zip(found, exact, strict=True):
        f, e = f[f >= 0], e[e >= 0]
        out.append(np.isin(f, e).sum() / max(len(f), 1))
    return np.array(out)


@wrong("ann.1", "A query without a true neighbour gets NaN, not 0.")
def index_recall(found, exact):
    out = []
    for f, e in zip(found, exact, strict=True):
        e = e[e >= 0]
        out.append(np.isin(e, f).mean() if len(e) else np.nan)
    return np.array(out)


@wrong("ann.1", "A query without a true neighbour gets 1: nothing was missed.")
def index_recall(found, exact):
    out = []
    for f, e in zip(found, exact, strict=True):
        true = {int(x) for x in e if x != -1}
        out.append(len(true & {int(x) for x in f}) / len(true) if true else 1.0)
    return np.array(out)


@wrong("ann.1", "One number for all queries.")
def index_recall(found, exact):
    hit = sum(len(set(f[f >= 0]) & set(e)) for f, e in zip(found, exact, strict=True))
    return np.full(len(found), hit / max((exact >= 0).sum(), 1))


@wrong("ann.1", "An id counts as found when any query found it.")
def index_recall(found, exact):
    real = exact >= 0
    return (np.isin(exact, found[found >= 0]) & real).sum(1) / np.maximum(real.sum(1), 1)


@wrong("ann.1", "Item 0 is taken for a pad.")
def index_recall(found, exact):
    return np.array([np.isin(e[e > 0], f).sum() / max((e > 0).sum(), 1) for f, e in zip(found, exact, strict=True)])


@wrong("ann.1", "Stops at the first place where the index found nothing.")
def index_recall(found, exact):
    out = np.zeros(len(found))
    for b, (f, e) in enumerate(zip(found.tolist(), exact.tolist(), strict=True)):
        f = f[:f.index(-1)] if -1 in f else f
        true = [x for x in e if x >= 0]
        out[b] = sum(x in f for x in true) / max(len(true), 1)
    return out


@wrong("ann.1", "The union is in the denominator (Jaccard).")
def index_recall(found, exact):
    out = []
    for f, e in zip(found, exact, strict=True):
        f, e = set(f[f >= 0].tolist()), set(e[e >= 0].tolist())
        out.append(len(f & e) / max(len(f | e), 1))
    return np.array(out)


@right("ann.1", "Sets of Python ints; a list.")
def index_recall(found, exact):
    out = []
    for f, e in zip(np.asarray(found).tolist(), np.asarray(exact).tolist(), strict=True):
        true = set(e) - {-1}
        out.append(len(true.intersection(f)) / len(true) if true else 0.0)
    return out


@right("ann.1", "All pairs of a row at once by broadcasting.")
def index_recall(found, exact):
    real = exact >= 0
    hit = (exact[:, :, None] == found[:, None, :]).any(2) & real
    return hit.sum(1) / np.maximum(real.sum(1), 1)


@right("ann.1", "torch in float32; 0 / 0 is turned into 0.")
def index_recall(found, exact):
    f, e = (torch.as_tensor(np.array(x)) for x in (found, exact))
    real = e.ge(0)
    hit = (e.unsqueeze(2) == f.unsqueeze(1)).any(-1).logical_and(real)
    return (hit.sum(1).float() / real.sum(1).float()).nan_to_num(0.0).numpy()


@right("ann.1", "pandas: (query, id) pairs as indexes and their intersection.")
def index_recall(found, exact):
    def pairs(ids):
        long = pd.DataFrame(np.array(ids)).stack().droplevel(1)
        return long[long >= 0].rename_axis("query").rename("id").reset_index()
    hit = pairs(found).merge(pairs(exact)).groupby("query").size()
    per_query = pairs(exact).groupby("query").size()
    return (hit / per_query).reindex(range(len(exact))).fillna(0.0).to_numpy()


@wrong("ann.2", "Whole-number division: the share of vectors on upper floors becomes 0.")
def bytes_per_vector(kind, d, M=32, m=16):
    return float({"flat": 4 * d, "hnsw": 4 * d + 8 * M + 4 * M * (1 // (M - 1)) + 12,
                  "ivf_flat": 4 * d + 8, "ivf_pq": m + 8, "ivf_pq_refine": m + 8 + 4 * d}[kind])


@wrong("ann.2", "The upper floors of the graph are left out.")
def bytes_per_vector(kind, d, M=32, m=16):
    if kind == "hnsw":
        return 4.0 * d + 8 * M + 12
    return {"flat": 4.0 * d, "ivf_flat": 4.0 * d + 8, "ivf_pq": m + 8.0, "ivf_pq_refine": m + 8.0 + 4 * d}[kind]


@wrong("ann.2", "The ground floor has M links instead of 2M.")
def bytes_per_vector(kind, d, M=32, m=16):
    graph = 4 * M + 4 * M / (M - 1) + 12
    return 1.0 * {"flat": 4 * d, "hnsw": 4 * d + graph, "ivf_flat": 4 * d + 8, "ivf_pq": m + 8,
                  "ivf_pq_refine": m + 8 + 4 * d}[kind]


@wrong("ann.2", "The bookkeeping of the graph is forgotten.")
def bytes_per_vector(kind, d, M=32, m=16):
    graph = 8 * M + 4 * M / (M - 1)
    return 1.0 * {"flat": 4 * d, "hnsw": 4 * d + graph, "ivf_flat": 4 * d + 8, "ivf_pq": m + 8,
                  "ivf_pq_refine": m + 8 + 4 * d}[kind]


@wrong("ann.2", "Ids are counted with 4 bytes.")
def bytes_per_vector(kind, d, M=32, m=16):
    graph = 8 * M + 4 * M / (M - 1) + 12
    return 1.0 * {"flat": 4 * d, "hnsw": 4 * d + graph, "ivf_flat": 4 * d + 4, "ivf_pq": m + 4,
                  "ivf_pq_refine": m + 4 + 4 * d}[kind]


@wrong("ann.2", "The re-rank index is counted like the codes alone, without the vector beside them.")
def bytes_per_vector(kind, d, M=32, m=16):
    if kind.startswith("ivf_pq"):
        return float(m + 8)
    return 4.0 * d + {"flat": 0, "ivf_flat": 8, "hnsw": 8 * M + 4 * M / (M - 1) + 12}[kind]


@wrong("ann.2", "Codes come on top of the vector in plain ivf_pq too.")
def bytes_per_vector(kind, d, M=32, m=16):
    total = 4.0 * d
    if kind == "hnsw":
        total += 8 * M + 4 * M / (M - 1) + 12
    if kind.startswith("ivf"):
        total += 8
    if "pq" in kind:
        total += m
    return total


@wrong("ann.2", "Each upper floor is counted as standing on 1 / M of the vectors.")
def bytes_per_vector(kind, d, M=32, m=16):
    graph = 8 * M + 4 * M * (1 / M) + 12
    return 1.0 * {"flat": 4 * d, "hnsw": 4 * d + graph, "ivf_flat": 4 * d + 8, "ivf_pq": m + 8,
                  "ivf_pq_refine": m + 8 + 4 * d}[kind]


@wrong("ann.2", "Vectors are counted with 8 bytes a number, as float64.")
def bytes_per_vector(kind, d, M=32, m=16):
    graph = 8 * M + 4 * M / (M - 1) + 12
    return 1.0 * {"flat": 8 * d, "hnsw": 8 * d + graph, "ivf_flat": 8 * d + 8, "ivf_pq": m + 8,
                  "ivf_pq_refine": m + 8 + 8 * d}[kind]


@wrong("ann.2", "The refined index has no id.")
def bytes_per_vector(kind, d, M=32, m=16):
    graph = 8 * M + 4 * M / (M - 1) + 12
    return 1.0 * {"flat": 4 * d, "hnsw": 4 * d + graph, "ivf_flat": 4 * d + 8, "ivf_pq": m + 8,
                  "ivf_pq_refine": m + 4 * d}[kind]


@wrong("ann.2", "The links are computed once for M = 32, whatever M is.")
def bytes_per_vector(kind, d, M=32, m=16):
    return {"flat": 4.0 * d, "hnsw": 4.0 * d + 256 + 128 / 31 + 12, "ivf_flat": 4.0 * d + 8, "ivf_pq": m + 8.0,
            "ivf_pq_refine": 4.0 * d + m + 8}[kind]


@right("ann.2", "A sum of parts that each kind has or has not.")
def bytes_per_vector(kind, d, M=32, m=16):
    has = {"flat": "v", "hnsw": "vg", "ivf_flat": "vi", "ivf_pq": "ci", "ivf_pq_refine": "civ"}[kind]
    part = {"v": 4 * d, "g": 4 * (2 * M + M / (M - 1)) + 12, "i": 8, "c": m}
    return float(sum(part[letter] for letter in has))


@right("ann.2", "match, with numpy's sizes of the types.")
def bytes_per_vector(kind, d, M=32, m=16):
    vector = np.dtype(np.float32).itemsize * d
    match kind:
        case "flat":
            return float(vector)
        case "hnsw":
            return vector + 8.0 * M + 4.0 * M / (M - 1) + 12
        case "ivf_flat":
            return vector + 8.0
        case "ivf_pq":
            return m + 8.0
        case _:
            return vector + m + 8.0


@right("ann.2", "Recursion: a refined index is its codes and a flat one.")
def bytes_per_vector(kind, d, M=32, m=16):
    return np.float64(weight_of(kind, d, M, m))


def weight_of(kind, d, M, m):
    if kind == "ivf_pq_refine":
        return weight_of("ivf_pq", d, M, m) + weight_of("flat", d, M, m)
    if kind == "ivf_flat":
        return weight_of("flat", d, M, m) + 8
    if kind == "hnsw":
        return weight_of("flat", d, M, m) + 2 * M * 4 + M * 4 / (M - 1) + 12
    return m + 8 if kind == "ivf_pq" else 4 * d


@right("ann.2", "A product of a row of counts with the bytes of each.")
def bytes_per_vector(kind, d, M=32, m=16):
    counts = {"flat": [d, 0, 0, 0], "hnsw": [d, 2 * M + M / (M - 1), 0, 12], "ivf_flat": [d, 0, 1, 0],
              "ivf_pq": [0, 0, 1, m], "ivf_pq_refine": [d, 0, 1, m]}
    return float(np.dot(counts[kind], [4, 4, 8, 1]))
