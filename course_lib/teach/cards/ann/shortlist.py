"""Exercise on ANN: the exact re-rank that mends what the codes of a shortlist got wrong."""

import numpy as np

from course_lib.stages.ann.quantise import exact_rerank
from course_lib.teach.cards.ann import rare_queries
from course_lib.teach.cards.ann.found_slips import SHORTLISTS
from course_lib.teach.cards.effects import clustered, recall_of_neighbours
from course_lib.teach.definitions.card import Card, Case, Mistake


# --- 5.5 exact re-rank ---------------------------------------------------------------------------------------------
def _rerank_cases(rng):
    vectors, query = rng.normal(size=(30, 4)), rng.normal(size=4)
    many = rng.normal(size=(1_500, 4))
    return [Case("ten of thirty, three kept", (query, rng.permutation(30)[:10], vectors, 3)),
            Case("padding at the end", (query, np.append(rng.permutation(29)[:6], [-1, -1]), vectors, 4)),
            Case("a shortlist shorter than k", (query, np.array([4, 9, -1]), vectors, 5)),
            Case("all scores below 0", (query, np.array([7, 3, 1, -1, -1]), -np.abs(vectors) * np.sign(query), 4)),
            # So many that argpartition, which sorts the last few hundred by the way, leaves them unsorted.
            Case("six hundred of a thousand", (query, rng.permutation(1_500)[:1_000], many, 600)),
            Case("large values", (np.array([30.0, -12.0, 7.0, 45.0]), np.arange(12), 30 * vectors, 12)),
            Case("nothing but padding", (query, np.array([-1, -1, -1]), vectors, 2))]


def _rerank_sorted(query, shortlist, vectors, k):
    ids = sorted((i for i in np.asarray(shortlist).tolist() if i >= 0), key=lambda i: -float(vectors[i] @ query))[:k]
    return np.array(ids + [-1] * (k - len(ids)))


def _positions(query, shortlist, vectors, k):
    kept = np.asarray(shortlist)[np.asarray(shortlist) >= 0]
    best = np.argsort(-(vectors[kept] @ query), kind="stable")[:k]
    return np.pad(best, (0, k - len(best)), constant_values=-1)


def _worst(query, shortlist, vectors, k):
    return exact_rerank(-np.asarray(query), shortlist, vectors, k)


def _last_vector(query, shortlist, vectors, k):
    best = np.asarray(shortlist)[np.argsort(-(vectors[shortlist] @ query), kind="stable")[:k]]
    return np.pad(best, (0, k - len(best)), constant_values=-1)


def _cut_first(query, shortlist, vectors, k):
    return exact_rerank(query, np.asarray(shortlist)[:k], vectors, k)


def _unit(x):
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


def _ranked_by(score):
    """The k ids of a shortlist that score(query, their vectors) puts first, the lowest first, padded."""
    def wrong(query, shortlist, vectors, k):
        kept = shortlist[shortlist >= 0]
        best = kept[np.argsort(score(query, vectors[kept]), kind="stable")][:k]
        return np.pad(best, (0, k - len(best)), constant_values=-1)
    return wrong


def _best(query, shortlist, vectors, k):
    """The k best or fewer, not padded."""
    best = exact_rerank(query, shortlist, vectors, k)
    return best[best >= 0]


def _pad(values, k, filling=-1):
    return np.pad(values, (0, k - len(values)), constant_values=filling)


def _best_last(query, shortlist, vectors, k):
    return _pad(_best(query, shortlist, vectors, k)[::-1], k)


def _by_id(query, shortlist, vectors, k):
    return _pad(np.sort(_best(query, shortlist, vectors, k)), k)


def _as_listed(query, shortlist, vectors, k):
    return _pad(shortlist[np.isin(shortlist, _best(query, shortlist, vectors, k))], k)


def _partitioned(query, shortlist, vectors, k):
    kept = shortlist[shortlist >= 0]
    if k >= len(kept):
        return _pad(kept, k)
    return kept[np.argpartition(-(vectors[kept] @ query), k)[:k]]


def _last_vector_short(query, shortlist, vectors, k):
    return shortlist[np.argsort(-(vectors[shortlist] @ query), kind="stable")[:k]]


def _minus_infinity_short(query, shortlist, vectors, k):
    scores = np.where(shortlist >= 0, vectors[shortlist] @ query, -np.inf)
    return shortlist[np.argsort(-scores, kind="stable")[:k]]


def _zero_for_padding(query, shortlist, vectors, k):
    scores = np.where(shortlist >= 0, vectors[shortlist] @ query, 0.0)
    best = shortlist[np.argsort(-scores, kind="stable")][:k]
    return _pad(best, k)


def _whole_catalogue(query, shortlist, vectors, k):
    return np.argsort(-(vectors @ query), kind="stable")[:k]


def _scores(query, shortlist, vectors, k):
    best = _best(query, shortlist, vectors, k)
    return _pad(vectors[best] @ query, k)


def _rerank_effect(fn):
    """Recall@10 after re-ranking shortlists of 50 that rough scores chose."""
    vectors, queries = clustered()
    noise = np.random.default_rng(0).normal(scale=4.0, size=(len(queries), len(vectors)))
    shortlists = np.argsort(-(queries @ vectors.T + noise), axis=1)[:, :50]
    found = [fn(query, shortlist, vectors, 10) for query, shortlist in zip(queries, shortlists, strict=True)]
    return recall_of_neighbours(np.array(found), vectors, queries)


RERANK = Card(
    id="ann.5", title="Exact re-rank of a shortlist", minutes=6, difficulty=2, used_in=("this lesson",),
    task="Codes gave a shortlist of ids. Compare the query with the real vectors of these few, by dot product, and return the k "
         "best ids, best first. −1 pads the shortlist at its end; pad the answer with −1 where it runs out. No id stands "
         "twice, and equal scores may stand in any order.",
    shapes="`query` float [d], `shortlist` int [C], `vectors` float [N, d], `k` int; returns int [k].",
    why="A shortlist only has to *contain* the neighbours; their order is settled here. The real vectors are read for C items a "
        "query, so they may live on disk, where they cost no memory.",
    reference=exact_rerank, alternative=_rerank_sorted, cases=_rerank_cases, effect=_rerank_effect,
    by_hand=(Case("two of three", (np.array([1.0, 0.0]), np.array([2, 0, 1]), np.array([[0.5, 9], [0.7, 0], [0.1, 0]]), 2),
                  expected=np.array([1, 0])),
             *rare_queries.SHORTLISTS_BY_HAND),
    invariants=(rare_queries.EQUAL_SCORES,),
    mistakes=(
        Mistake("positions", _positions, "You return places in the shortlist. Turn them back into ids: shortlist[order]."),
        Mistake("worst first", _worst, "The least similar come first. argsort goes upwards: sort by the negative score."),
        Mistake("padding as the last vector", _last_vector, "−1 is used as an index, which is numpy's last vector. Drop the "
                "padding before you look vectors up."),
        Mistake("cut before sorting", _cut_first, "You cut the shortlist to k before you compare. Compare all of it, then cut."),
        Mistake("best last", _best_last, "The k best are right, the best of them last. Best first."),
        Mistake("sorted by id", _by_id, "The k best are right, but sorted by id. Return them best first."),
        Mistake("order of the codes", _as_listed, "The k best are right, but they stand as in the shortlist. That order came from "
                "the codes; the exact one is asked for."),
        Mistake("not padded", _best, "Where the shortlist runs out your answer is shorter than k. Fill it up with −1."),
        Mistake("not padded beyond the shortlist", _minus_infinity_short, "Padding sorts to the end, but where k is larger than the "
                "shortlist your answer is shorter than k. Fill it up with −1."),
        Mistake("padding as the last vector, not padded", _last_vector_short, "−1 is used as an index, which is numpy's last vector, "
                "and where k is larger than the shortlist your answer is too short. Drop the −1 first, and fill up at the end."),
        Mistake("partitioned, not sorted", _partitioned, "argpartition finds the k best but leaves them in any order. Sort them, "
                "best first."),
        Mistake("not compared", lambda query, shortlist, vectors, k: _pad(shortlist[shortlist >= 0][:k], k), "These are the first k "
                "of the shortlist: the order of the codes. Score them by the real vectors and sort."),
        Mistake("item 0 dropped", lambda query, shortlist, vectors, k: exact_rerank(
            query, shortlist[shortlist > 0], vectors, k), "You drop id 0 with the padding. 0 is an item; only −1 is none: `>= 0`."),
        Mistake("padded with 0", lambda query, shortlist, vectors, k: _pad(_best(query, shortlist, vectors, k), k, 0), "You fill "
                "up with 0, which is the id of an item. Fill up with −1."),
        Mistake("padding scores 0", _zero_for_padding, "The padding gets score 0, so it comes before every item that scores below "
                "0. Drop it before you sort, or score it −inf."),
        Mistake("distance", _ranked_by(lambda query, rows: ((rows - query) ** 2).sum(1)), "You sort by distance. The task compares "
                "by dot product: a long vector may be far away and still win."),
        Mistake("cosine", _ranked_by(lambda query, rows: -(_unit(rows) @ query)), "You divide by the vectors' lengths (cosine). "
                "The task compares by plain dot product."),
        Mistake("absolute scores", _ranked_by(lambda query, rows: -np.abs(rows @ query)), "You sort by absolute value. A large "
                "negative product is the least similar, not the most."),
        Mistake("whole catalogue", _whole_catalogue, "You compare with all vectors. Only those of the shortlist may be read: that "
                "is what makes it cheap."),
        Mistake("scores", _scores, "You return the scores. Return the ids that they belong to."),
        *SHORTLISTS,
    ),
    hints=("Look up, score, sort, cut.", "`shortlist = shortlist[shortlist >= 0]` first.",
           "`shortlist[np.argsort(-(vectors[shortlist] @ query))[:k]]`, then `np.pad(..., constant_values=-1)`."),
)
