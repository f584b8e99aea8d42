"""Exercises on ANN: product quantisation by hand, codes written and scored."""

import numpy as np

from course_lib.stages.ann.quantise import adc_scores, pq_decode, pq_encode
from course_lib.teach.cards import effects_lists, sizes
from course_lib.teach.cards.ann import far_vectors, rare_queries
from course_lib.teach.cards.ann.code_ideas import LOOKED_UP, WRITTEN
from course_lib.teach.cards.ann.code_slips import CODES, SCORED
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


# --- 5.3 and 5.4 product quantisation ------------------------------------------------------------------------------
def _books(rng, m=3, words=5, width=2, n=7):
    return rng.normal(size=(n, m * width)), rng.normal(size=(m, words, width)) * np.linspace(0.5, 1.5, words)[:, None]


def _encode_cases(rng):
    return [Case("seven vectors, three slices", _books(rng)), Case("one slice", _books(rng, m=1, width=4)),
            Case("sixteen words", _books(rng, m=2, words=16, width=3, n=20)),
            Case("256 words", _books(rng, m=2, words=256, width=2, n=6)), *rare_queries.vectors_to_code(rng)]


def _encode_loop(vectors, codebooks):
    m, _, width = codebooks.shape
    codes = np.zeros((len(vectors), m), np.uint8)
    for row, vector in enumerate(np.asarray(vectors)):
        for part in range(m):
            piece = vector[part * width:(part + 1) * width]
            codes[row, part] = np.argmin([np.sum((piece - word) ** 2) for word in codebooks[part]])
    return codes


def _by_dot(vectors, codebooks):
    slices = np.reshape(vectors, (len(vectors), len(codebooks), -1))
    return np.einsum("nms,mws->nmw", slices, codebooks).argmax(2).astype(np.uint8)


def _interleaved(vectors, codebooks):
    m, _, width = codebooks.shape
    return pq_encode(np.reshape(vectors, (len(vectors), width, m)).swapaxes(1, 2).reshape(len(vectors), -1), codebooks)


def _first_book(vectors, codebooks):
    return pq_encode(vectors, np.repeat(codebooks[:1], len(codebooks), 0))


def _farthest(vectors, codebooks):
    slices = np.reshape(vectors, (len(vectors), len(codebooks), 1, -1))
    return ((slices - codebooks[None]) ** 2).sum(-1).argmax(2).astype(np.uint8)


def _by_score(score):
    """Codes of the smallest score(slice, word), from slices [N, m, 1, d/m] and codebooks [1, m, W, d/m]."""
    def wrong(vectors, codebooks):
        return score(np.reshape(vectors, (len(vectors), len(codebooks), 1, -1)), codebooks[None]).argmin(2).astype(np.uint8)
    return wrong


def _sliding(vectors, codebooks):
    width = codebooks.shape[2]
    slices = [vectors[:, part:part + width] for part in range(len(codebooks))]
    return pq_encode(np.concatenate(slices, 1), codebooks)


def _distances(vectors, codebooks):
    return ((np.reshape(vectors, (len(vectors), len(codebooks), 1, -1)) - codebooks[None]) ** 2).sum(-1).min(2)


def _unit(x):
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


ENCODE = Card(
    id="ann.3", title="Product quantisation: write the codes", minutes=10, difficulty=3, used_in=("this lesson",),
    effect=effects_lists.recall_of_codes,
    realistic=sizes.vectors_and_words,
    task="A code rebuilds a vector from one word of each codebook, side by side in their order. Write for each vector the code "
         "with the least squared error (of equals, any). There are W to the power m of them: why need you not try them all?",
    why="The squared error is a sum over slices, and each word enters one term, so the nearest word of every slice alone gives "
        "the best code. |x − w|² = |x|² − 2x·w + |w|², and |x|² is the same for all words, so one matrix product and a bias find it. "
        "Without the |w|² it would be the word with the largest product, which favours long words.",
    reference=pq_encode, alternative=_encode_loop, cases=lambda rng: [*_encode_cases(rng), *far_vectors.encode_cases()],
    by_hand=(Case("two slices, two words each", (np.array([[0.9, 0.1, 3.0, 3.0]]), np.array(
        [[[0.0, 0.0], [1.0, 0.0]], [[3.0, 3.0], [9.0, 9.0]]])), expected=np.array([[1, 0]], np.uint8)),),
    invariants=(Invariant("a vector made of words comes back as their numbers", lambda fn, rng: np.array_equal(
        fn(pq_decode(np.array([[1, 0], [2, 1]]), np.arange(12.0).reshape(2, 3, 2) ** 2), np.arange(12.0).reshape(2, 3, 2)
           ** 2), [[1, 0], [2, 1]])),),
    mistakes=(
        Mistake("largest product", _by_dot, "You take the word with the largest dot product: long words win. Take the nearest."),
        Mistake("every m-th dimension", _interleaved, "Your slices take every m-th dimension. A slice is d/m neighbours in a "
                "row: reshape to (N, m, d/m)."),
        Mistake("one codebook for all", _first_book, "Every slice is looked up in the first codebook. Slice j has its own."),
        Mistake("farthest word", _farthest, "You store the farthest word: argmax of the distance where argmin belongs."),
        Mistake("absolute differences", _by_score(lambda x, w: np.abs(x - w).sum(-1)), "You add up absolute differences. The "
                "nearest word is meant by squared distance: square before you add."),
        Mistake("cosine", _by_score(lambda x, w: -(x * _unit(w)).sum(-1)), "You compare directions (cosine). A word's length "
                "matters too: take the one at the smallest squared distance."),
        Mistake("product once", _by_score(lambda x, w: (w**2).sum(-1) - (x * w).sum(-1)), "Your product counts once. |x − w|² has "
                "−2 x·w beside |w|²."),
        Mistake("length not squared", _by_score(lambda x, w: np.linalg.norm(w, axis=-1) - 2 * (x * w).sum(-1)),
                "You add |w| where |w|² belongs."),
        Mistake("sign of the product", _by_score(lambda x, w: (w**2).sum(-1) + 2 * (x * w).sum(-1)), "Your product has the wrong "
                "sign: |x − w|² = |x|² − 2x·w + |w|². With a plus it is the word nearest to −x."),
        Mistake("difference summed, then squared", _by_score(lambda x, w: (x - w).sum(-1) ** 2), "You sum the differences before "
                "you square them, so they cancel. Square each, then sum over the slice."),
        Mistake("slices that overlap", _sliding, "Your slices start one dimension apart and overlap. Slice j starts at j · d/m."),
        Mistake("largest difference", _by_score(lambda x, w: np.abs(x - w).max(-1)), "You take the largest difference of a slice. "
                "The nearest word is meant by squared distance: the sum of the squares."),
        Mistake("vectors mixed", lambda vectors, codebooks: pq_encode(np.reshape(
            vectors, (len(codebooks), len(vectors), -1)).swapaxes(0, 1).reshape(len(vectors), -1), codebooks),
                "You reshape to (m, N, d/m), which mixes slices of different vectors. Reshape to (N, m, d/m)."),
        Mistake("distances", _distances, "You store the smallest distance. Store the number of the word: argmin where min is."),
        Mistake("words", lambda vectors, codebooks: pq_decode(pq_encode(vectors, codebooks), codebooks), "You return the words. "
                "A code is their numbers, one for each slice: that is what makes it small."),
        Mistake("signed bytes", lambda vectors, codebooks: pq_encode(vectors, codebooks).astype(np.int8), "Numbers above 127 come "
                "out negative: int8 ends there. uint8 goes up to 255."),
        *CODES, *WRITTEN,
    ),
    hints=("The error of a slice depends on that slice's word alone: m small searches for the nearest word, each among W.",
           "`slices = vectors.reshape(N, m, -1)`; then loop over `part in range(m)`.",
           "`((slices[:, part, None] - codebooks[part]) ** 2).sum(-1).argmin(1)` are the codes of one slice."),
)


def _adc_cases(rng):
    cases = []
    for name, m, words in (("three slices", 3, 5), ("one slice", 1, 4), ("eight slices", 8, 9), ("256 words", 3, 256)):
        vectors, books = _books(rng, m=m, words=words)
        cases.append(Case(name, (rng.normal(size=vectors.shape[1]), rng.integers(0, words, (6, m)).astype(np.uint8), books)))
    vectors, books = _books(rng)
    codes = rng.integers(0, books.shape[1], (6, len(books))).astype(np.uint8)
    return [*cases, Case("large values", (20 * rng.normal(size=vectors.shape[1]), codes, 20 * books)),
            *rare_queries.codes_to_score(rng)]


def _adc_row_by_row(query, codes, codebooks):
    tables = [book @ part for book, part in zip(codebooks, np.split(np.asarray(query), len(codebooks)), strict=True)]
    return np.array([sum(table[code] for table, code in zip(tables, row, strict=True)) for row in codes], float)


def _coded_query(query, codes, codebooks):
    near = pq_decode(pq_encode(np.reshape(query, (1, -1)), codebooks), codebooks)[0]
    return pq_decode(codes, codebooks) @ near


def _squared(query, codes, codebooks):
    return ((pq_decode(codes, codebooks) - query) ** 2).sum(1)


def _one_table(query, codes, codebooks):
    table = np.einsum("mws,ms->mw", codebooks, np.reshape(query, (len(codebooks), -1)))
    return table[0][codes].sum(1)


def _mean(query, codes, codebooks):
    return adc_scores(query, codes, codebooks) / len(codebooks)


def _per_slice(query, codes, codebooks):
    table = np.einsum("mws,ms->mw", codebooks, np.reshape(query, (len(codebooks), -1)))
    return table[np.arange(len(codebooks)), codes]


def _wrapped(query, codes, codebooks):
    table = np.einsum("mws,ms->mw", codebooks, np.reshape(query, (len(codebooks), -1)))
    start = np.arange(len(codebooks)) * codebooks.shape[1]
    return table.ravel()[(codes + start).astype(np.uint8)].sum(1)


def _mixed_query(query, codes, codebooks):
    return adc_scores(np.reshape(query, (-1, len(codebooks))).T.ravel(), codes, codebooks)


def _sliding_query(query, codes, codebooks):
    width = codebooks.shape[2]
    return adc_scores(np.concatenate([query[j:j + width] for j in range(len(codebooks))]), codes, codebooks)


def _every_table(query, codes, codebooks):
    table = np.einsum("mws,ms->mw", codebooks, np.reshape(query, (len(codebooks), -1)))
    return table[:, codes].sum((0, 2))


ADC = Card(
    id="ann.4", title="Score a million codes by looking up", minutes=10, difficulty=3, used_in=("this lesson",),
    effect=effects_lists.recall_of_look_ups,
    realistic=sizes.query_and_codes,
    task="Score one query against coded vectors by dot product. Decoding a vector costs d multiplications; do with a "
         "number of them that does not grow with N (`compare` shows the time). Only the vectors are coded, hence the name "
         "*asymmetric* distance computation (ADC).",
    why="The table costs W·d products once. After that a vector costs m look-ups instead of d multiplications, and m bytes of "
        "memory traffic instead of 4d: this is where the speed of PQ comes from. ScaNN (Guo et al. 2020) trains the codes for "
        "such products: an error parallel to x shifts the score of every query near x, one at right angles hardly does, so the "
        "first weighs more. Its authors report more recall at equal bytes; the lesson does not measure that.",
    reference=adc_scores, alternative=_adc_row_by_row, cases=lambda rng: [*_adc_cases(rng), *far_vectors.score_cases()],
    by_hand=(Case("two slices of one dimension", (np.array([2.0, 10.0]), np.array([[0, 1], [1, 0]]),
                                                  np.array([[[1.0], [3.0]], [[0.5], [-1.0]]])),
                  expected=np.array([2 * 1 - 10.0, 2 * 3 + 5.0])),),
    invariants=(Invariant("twice the query, twice the scores", lambda fn, rng: np.allclose(
        2 * fn(np.ones(4), np.array([[0, 1]]), np.arange(8.0).reshape(2, 2, 2)),
        fn(2 * np.ones(4), np.array([[0, 1]]), np.arange(8.0).reshape(2, 2, 2)))),),
    mistakes=(
        Mistake("query coded too", _coded_query, "You code the query as well and compare words with words. Keep the query as it "
                "is: its rounding error costs recall and saves nothing."),
        Mistake("squared distance", _squared, "These are squared distances. The index here ranks by dot product, higher first."),
        Mistake("one table for all", _one_table, "All slices look into the first slice's table. Code j belongs to table j."),
        Mistake("mean of slices", _mean, "You average over slices. A dot product is the sum of the slices' products."),
        Mistake("distance", lambda query, codes, codebooks: np.sqrt(_squared(query, codes, codebooks)), "These are distances, "
                "lower for what is nearer. The index here ranks by dot product, higher first."),
        Mistake("negative squared distance", lambda query, codes, codebooks: -_squared(query, codes, codebooks), "These are "
                "negative squared distances: they also depend on the vectors' lengths. Asked for is the dot product."),
        Mistake("best slice", lambda query, codes, codebooks: _per_slice(query, codes, codebooks).max(1), "You keep the best "
                "slice. Add up all m entries."),
        Mistake("product of slices", lambda query, codes, codebooks: _per_slice(query, codes, codebooks).prod(1), "You multiply "
                "the m entries. A dot product is a sum over slices: add them."),
        Mistake("first slice only", lambda query, codes, codebooks: _per_slice(query, codes, codebooks)[:, 0], "Only the first "
                "slice is scored. Add up all m entries."),
        Mistake("absolute entries", lambda query, codes, codebooks: np.abs(_per_slice(query, codes, codebooks)).sum(1), "You add "
                "up absolute values. A slice that points the other way lowers the score: keep the sign."),
        Mistake("not added up", _per_slice, "You return the m entries of each vector. Add them up: one score a vector."),
        Mistake("every m-th dimension", _mixed_query, "Your slices of the query take every m-th dimension. A slice is d/m "
                "neighbours in a row: reshape to (m, d/m)."),
        Mistake("slices that overlap", _sliding_query, "Your slices of the query start one dimension apart and overlap. Slice j "
                "starts at j · d/m."),
        Mistake("every table for every code", _every_table, "`table[:, codes]` looks each code up in all m tables. Code j belongs "
                "to table j alone: `table[np.arange(m), codes]`."),
        Mistake("bytes that wrap", _wrapped, "You add an offset to the codes and stay in bytes: past 255 they start again at 0. "
                "Turn the codes into int first, or look up with `table[np.arange(m), codes]`."),
        Mistake("cosine", lambda query, codes, codebooks: pq_decode(codes, codebooks) @ query / np.linalg.norm(pq_decode(
            codes, codebooks), axis=1) / np.linalg.norm(query), "You divide by lengths: that is the cosine. Asked for is the plain "
                "dot product."),
        Mistake("order", lambda query, codes, codebooks: np.argsort(-adc_scores(query, codes, codebooks)), "You return which comes "
                "first. Return the scores, in the order of the codes."),
        *SCORED, *LOOKED_UP,
    ),
    hints=("A dot product is a sum over slices, and each slice of a coded vector is one of W words: which products can ever occur?",
           "First all of them: `table[j, w] = codebooks[j, w] @ query_slices[j]`, shape (m, W).",
           "`table[np.arange(m), codes]` has shape (N, m): entry (n, j) is table[j, codes[n, j]]."),
    atol=1e-5,      # sums near 0 in float32 are right too
)
