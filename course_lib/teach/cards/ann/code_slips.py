"""Families of wrong codes and scores: how a vector is cut, which codebook, which measure, what comes out, in any two."""

import numpy as np

from course_lib.teach.cards.two_slips import in_one, mistakes_of, slips
from course_lib.teach.definitions.mistake_kinds import AXIS

# How vectors [N, d] are cut into slices [N, m, d/m].
SLICES = slips(
    AXIS,
    ("a slice takes every m-th dimension", lambda x, m, w: x.reshape(len(x), w, m).swapaxes(1, 2)),
    ("slices start one dimension apart and overlap", lambda x, m, w: np.stack([x[:, j:j + w] for j in range(m)], 1)),
    ("slices come last first", lambda x, m, w: x.reshape(len(x), m, w)[:, ::-1]),
    ("each slice is turned round", lambda x, m, w: x.reshape(len(x), m, w)[:, :, ::-1]),
    ("all slices are the first", lambda x, m, w: np.repeat(x[:, None, :w], m, 1)),
)
BOOKS = slips(
    AXIS,
    ("every slice is looked up in the first codebook", lambda books: np.repeat(books[:1], len(books), 0)),
    ("codebooks come last first", lambda books: books[::-1]),
    ("every slice is looked up in the last codebook", lambda books: np.repeat(books[-1:], len(books), 0)),
    ("every slice is looked up in the mean of the codebooks", lambda books: np.repeat(books.mean(0, keepdims=True), len(books), 0)),
)


def _unit(x):
    return x / np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), 1e-300)


def _coded(cut=lambda x, m, w: x.reshape(len(x), m, w), book=lambda books: books,
           measure=lambda x, w: ((x - w)**2).sum(-1), result=lambda codes, words: codes):
    def wrong(vectors, codebooks):
        x, books = np.asarray(vectors, float), book(np.asarray(codebooks, float))
        m, words, width = books.shape
        near = measure(cut(x, m, width)[:, :, None], books[None]).argmin(2)
        return result(near, words).astype(np.uint8)
    return wrong


CODE_STEPS = {
    "cut": SLICES,
    "book": BOOKS,
    "measure": slips(
        AXIS,
        ("you take the largest product", lambda x, w: -(x * w).sum(-1)),
        ("you take the farthest word", lambda x, w: -((x - w)**2).sum(-1)),
        ("you compare absolute differences", lambda x, w: np.abs(x - w).sum(-1)),
        ("you compare directions (cosine)", lambda x, w: -(x * _unit(w)).sum(-1)),
        ("you count the product once", lambda x, w: (w**2).sum(-1) - (x * w).sum(-1)),
        ("you add |w| for |w|²", lambda x, w: np.linalg.norm(w, axis=-1) - 2 * (x * w).sum(-1)),
        ("the product has the wrong sign", lambda x, w: (w**2).sum(-1) + 2 * (x * w).sum(-1)),
        ("you sum differences before you square", lambda x, w: (x - w).sum(-1)**2),
        ("you compare the largest difference", lambda x, w: np.abs(x - w).max(-1)),
        ("you take the smallest product", lambda x, w: (x * w).sum(-1)),
        ("you take the shortest word", lambda x, w: (w**2).sum(-1) + 0 * x.sum(-1)),
        ("you compare the first dimension of a slice", lambda x, w: np.abs(x - w)[..., 0]),
        ("you take the word of the nearest length", lambda x, w: np.abs(np.linalg.norm(x, axis=-1) - np.linalg.norm(w, axis=-1))),
        ("the square of a word is subtracted", lambda x, w: -(w**2).sum(-1) - 2 * (x * w).sum(-1)),
        ("the square of a word counts half", lambda x, w: 0.5 * (w**2).sum(-1) - 2 * (x * w).sum(-1)),
    ),
    "result": slips(
        AXIS,
        ("codes count from 1", lambda codes, words: codes + 1),
        ("you return one byte too few, as of 7 bits", lambda codes, words: codes % 128),
        ("codes count from the last word", lambda codes, words: words - 1 - codes),
        ("codes of all codebooks are numbered on", lambda codes, words: codes + words * np.arange(codes.shape[1])),
        ("codes stand by slice, not by vector", lambda codes, words: codes.T),
        ("a vector's codes come last first", lambda codes, words: codes[:, ::-1]),
    ),
}
CODE_WITHOUT = ("you take the largest product", "you take the farthest word", "you compare absolute differences",
                "you count the product once", "you add |w| for |w|²", "the product has the wrong sign",
                "you sum differences before you square", "you compare the largest difference",
                "you take the shortest word + you return one byte too few, as of 7 bits",
                "every slice is looked up in the first codebook",
                "codebooks come last first + you take the shortest word", "a slice takes every m-th dimension",
                "a slice takes every m-th dimension + you take the shortest word",
                "slices start one dimension apart and overlap",
                "slices start one dimension apart and overlap + you take the shortest word",
                "slices start one dimension apart and overlap + you compare the first dimension of a slice",
                "slices come last first + a vector's codes come last first",
                "slices come last first + you take the shortest word",
                "slices come last first + every slice is looked up in the first codebook",
                "slices come last first + codebooks come last first",
                "slices come last first + every slice is looked up in the last codebook",
                "slices come last first + every slice is looked up in the mean of the codebooks",
                "each slice is turned round + you sum differences before you square",
                "each slice is turned round + you take the shortest word",
                "each slice is turned round + you take the word of the nearest length",
                "all slices are the first + you take the shortest word",
                "all slices are the first + codebooks come last first",
                "codebooks come last first + a vector's codes come last first",
                "a slice takes every m-th dimension + you compare the first dimension of a slice")
CODES = tuple(mistakes_of(_coded, CODE_STEPS, CODE_WITHOUT, told=in_one(
    "Slice j holds d/m dimensions in a row, and its code is the number of the word of codebook j at the smallest squared distance.")))

# --- 5.4 -------------------------------------------------------------------------------------------------------------


def _scored(cut=lambda x, m, w: x.reshape(len(x), m, w), book=lambda books: books, table=lambda q, w: (q * w).sum(-1),
            total=lambda e: e.sum(1)):
    def wrong(query, codes, codebooks):
        q, books, codes_ = np.asarray(query, float)[None], book(np.asarray(codebooks, float)), np.asarray(codes).astype(int)
        m, _, width = books.shape
        entries = table(cut(q, m, width)[0][:, None], books)
        return total(entries[np.arange(m), codes_])
    return wrong


SCORE_STEPS = {
    "cut": SLICES,
    "book": BOOKS[:3],
    "table": slips(
        AXIS,
        ("the table holds squared distances", lambda q, w: ((q - w)**2).sum(-1)),
        ("the table holds negative squared distances", lambda q, w: -((q - w)**2).sum(-1)),
        ("the table holds absolute products", lambda q, w: np.abs((q * w).sum(-1))),
        ("the table holds cosines", lambda q, w: (_unit(q) * _unit(w)).sum(-1)),
        ("the table holds negative products", lambda q, w: -(q * w).sum(-1)),
        ("the table holds products with unit words", lambda q, w: (q * _unit(w)).sum(-1)),
        ("the table holds absolute differences", lambda q, w: np.abs(q - w).sum(-1)),
    ),
    "total": slips(
        AXIS,
        ("you take the mean of the m entries", lambda e: e.mean(1)),
        ("you keep the largest of the m entries", lambda e: e.max(1)),
        ("you multiply the m entries", lambda e: e.prod(1)),
        ("you keep the first of the m entries", lambda e: e[:, 0]),
        ("you keep the last of the m entries", lambda e: e[:, -1]),
        ("you do not add the m entries up", lambda e: e),
        ("you add absolute entries", lambda e: np.abs(e).sum(1)),
        ("you leave the last entry out", lambda e: e[:, :-1].sum(1)),
        ("you add squares of the entries", lambda e: (e**2).sum(1)),
        ("you take the root of the sum", lambda e: np.sqrt(e.sum(1))),
        ("you return the order, not the scores", lambda e: np.argsort(-e.sum(1))),
        ("you return the best score alone", lambda e: float(e.sum(1).max())),
        ("you add over vectors, not over slices", lambda e: e.sum(0)),
        ("you return the best code alone", lambda e: int(e.sum(1).argmax())),
    ),
}
SCORE_WITHOUT = ("you take the mean of the m entries", "you keep the largest of the m entries",
                 "you multiply the m entries", "you keep the first of the m entries",
                 "you do not add the m entries up", "you add absolute entries", "you return the order, not the scores",
                 "the table holds squared distances", "the table holds squared distances + you add absolute entries",
                 "the table holds squared distances + you take the root of the sum",
                 "the table holds negative squared distances",
                 "the table holds negative squared distances + you add absolute entries",
                 "the table holds negative squared distances + you add squares of the entries",
                 "the table holds absolute products", "the table holds absolute products + you add absolute entries",
                 "the table holds absolute products + you add squares of the entries",
                 "the table holds negative products + you add absolute entries",
                 "the table holds negative products + you add squares of the entries",
                 "the table holds absolute differences + you add absolute entries",
                 "every slice is looked up in the first codebook + you keep the first of the m entries",
                 "every slice is looked up in the first codebook + the table holds absolute products",
                 "codebooks come last first + you keep the last of the m entries",
                 "codebooks come last first + the table holds absolute products",
                 "every slice is looked up in the last codebook + you keep the first of the m entries",
                 "every slice is looked up in the last codebook + you keep the last of the m entries",
                 "every slice is looked up in the last codebook + the table holds absolute products",
                 "a slice takes every m-th dimension",
                 "a slice takes every m-th dimension + the table holds absolute products",
                 "slices start one dimension apart and overlap",
                 "slices start one dimension apart and overlap + you keep the first of the m entries",
                 "slices start one dimension apart and overlap + the table holds absolute products",
                 "slices come last first + the table holds absolute products",
                 "each slice is turned round + the table holds absolute products",
                 "all slices are the first + you keep the first of the m entries",
                 "all slices are the first + you keep the last of the m entries",
                 "all slices are the first + the table holds absolute products",
                 "all slices are the first + every slice is looked up in the first codebook",
                 "every slice is looked up in the first codebook + you keep the last of the m entries",
                 "codebooks come last first + you keep the first of the m entries",
                 "slices come last first + you keep the last of the m entries")
SCORED = tuple(mistakes_of(_scored, SCORE_STEPS, SCORE_WITHOUT, told=in_one(
    "The score is the sum over slices of the product of the query's slice j with the word of codebook j that the code names.")))
