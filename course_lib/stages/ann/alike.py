"""Vectors that are alike, as new items of one category are: made on purpose, and what a graph finds of them."""

from __future__ import annotations

import faiss
import numpy as np
import pandas as pd

from course_lib.stages.ann.index import build_index


def among_others(others, middles, size: int, spread: float, seed: int = 0, same_length: bool = True):
    """Groups of alike vectors among others, in no order, and one query near the middle of each group.

    others: float32 (N, d). middles: float32 (G, d). size: vectors in a group. spread: how far they lie from the middle,
    0 for identical ones. Returns the table, float32 (N + G · size, d), and the queries, float32 (G, d).
    """
    rng, width = np.random.default_rng(seed), middles.shape[1] ** 0.5
    alike = np.repeat(middles, size, axis=0)
    alike = alike + spread / width * rng.standard_normal(alike.shape)
    if same_length:
        alike /= np.linalg.norm(alike, axis=1, keepdims=True)
    table = rng.permutation(np.concatenate([others, alike])).astype(np.float32)
    return table, (middles + 0.1 / width * rng.standard_normal(middles.shape)).astype(np.float32)


def found_of_the_best(table, queries, k: int = 100, ef: int = 200) -> dict:
    """Share of the k best that a graph finds for each query: {"faiss": float (B,), "course": float (B,)}.

    "faiss" links every vector; "course", the `Index` of this room, links one of each kind of identical vectors. What
    ties with the k-th best counts as found.
    """
    least = np.sort(queries @ table.T, axis=1)[:, -k][:, None] - 1e-6
    ours = build_index("hnsw", table, M=16)
    plain = faiss.IndexHNSWFlat(table.shape[1], 16, faiss.METRIC_INNER_PRODUCT)
    plain.hnsw.efConstruction, plain.hnsw.efSearch = ours.params["ef_construction"], ef
    plain.add(table)
    scores = {"faiss": plain.search(queries, k)[0], "course": ours.search(queries, k, ef_search=ef)[1]}
    return {name: (score >= least).mean(axis=1) for name, score in scores.items()}


def worst_and_mean(others, middles, groups: dict, seed: int = 0) -> pd.DataFrame:
    """For each {name: (number of groups, size, spread, same_length)}: what two graphs find, worst query and mean."""
    rows = {}
    for name, (number, size, spread, same_length) in groups.items():
        table, queries = among_others(others, middles[-number:], size, spread, seed, same_length)
        found = found_of_the_best(table, queries)
        rows[name] = {f"{graph}, {word}": how(share) for graph, share in found.items()
                      for word, how in (("worst", np.min), ("mean", np.mean))}
    return pd.DataFrame(rows).T
