"""Families of wrong recalls, shortlists and filters: what counts as a hit and what it is divided by, and so on, in any two."""

import numpy as np

from course_lib.teach.cards.two_slips import in_one, mistakes_of, slips
from course_lib.teach.definitions.mistake_kinds import BASE, BOUNDARY, DIRECTION


# --- 5.1 -------------------------------------------------------------------------------------------------------------
def _rows(hit):
    return lambda found, exact: np.array([hit(f, e) for f, e in zip(found, exact, strict=True)], float)


HIT = _rows(lambda f, e: np.isin(e[e >= 0], f).sum())


def _recall(hits=HIT, divisor=lambda f, e, h: np.maximum(1, (e >= 0).sum(1))):
    def wrong(found, exact):
        found, exact = np.asarray(found), np.asarray(exact)
        with np.errstate(all="ignore"):
            hit = hits(found, exact)
            return hit / divisor(found, exact, hit)
    return wrong


RECALL_STEPS = {
    "hits": slips(
        BASE,
        ("−1 counts as a hit", _rows(lambda f, e: np.isin(e, f).sum())),
        ("−1 in `found` counts as a hit", _rows(lambda f, e: np.isin(f, e).sum())),
        ("you compare place by place", _rows(lambda f, e: ((f == e) & (e >= 0)).sum())),
        ("you compare place by place, −1 too", _rows(lambda f, e: (f == e).sum())),
        ("you look an id up among what was found for all queries", lambda found, exact: (np.isin(exact, found) & (exact >= 0)).sum(1).astype(float)),
        ("you look an id up among the true ones of all queries", lambda found, exact: (np.isin(found, exact) & (found >= 0)).sum(1).astype(float)),
        ("id 0 is dropped", _rows(lambda f, e: np.isin(e[e > 0], f).sum())),
        ("you ask whether anything was found", _rows(lambda f, e: np.isin(e[e >= 0], f).any())),
        ("you ask for the first true neighbour alone", _rows(lambda f, e: e[0] >= 0 and e[0] in f)),
        ("you ask for the first found one alone", _rows(lambda f, e: f[0] >= 0 and f[0] in e)),
        ("you count what was missed", _rows(lambda f, e: (~np.isin(e[e >= 0], f)).sum())),
        ("you count what was returned", _rows(lambda f, e: (f >= 0).sum())),
    ),
    "divisor": slips(
        BASE,
        ("you do not divide", lambda f, e, h: np.ones(len(e))),
        ("you divide by k", lambda f, e, h: np.full(len(e), e.shape[1])),
        ("you divide by the number returned", lambda f, e, h: np.maximum(1, (f >= 0).sum(1))),
        ("you divide by the number returned, 0 too", lambda f, e, h: (f >= 0).sum(1)),
        ("you divide by the number of true ones, 0 too", lambda f, e, h: (e >= 0).sum(1)),
        ("you divide by the larger of the two lists", lambda f, e, h: np.maximum(1, np.maximum((f >= 0).sum(1), (e >= 0).sum(1)))),
        ("you divide by the smaller of the two lists", lambda f, e, h: np.maximum(1, np.minimum((f >= 0).sum(1), (e >= 0).sum(1)))),
        ("you divide by the union", lambda f, e, h: np.maximum(1, (f >= 0).sum(1) + (e >= 0).sum(1) - h)),
        ("you divide by both lists together", lambda f, e, h: np.maximum(1, (f >= 0).sum(1) + (e >= 0).sum(1))),
        ("you divide by the mean number of true ones", lambda f, e, h: np.full(len(e), (e >= 0).sum(1).mean())),
        ("you divide by the number of queries", lambda f, e, h: np.full(len(e), len(e))),
        ("id 0 is not counted among the true ones", lambda f, e, h: np.maximum(1, (e > 0).sum(1))),
        ("you divide by the true ones and 1", lambda f, e, h: (e >= 0).sum(1) + 1),
    ),
}
RECALL_WITHOUT = ("you do not divide", "you divide by k", "you divide by the number returned",
                  "you divide by the number returned, 0 too", "you divide by the number of true ones, 0 too",
                  "you divide by the smaller of the two lists", "you divide by the union", "−1 counts as a hit",
                  "−1 counts as a hit + you divide by k", "−1 in `found` counts as a hit",
                  "−1 in `found` counts as a hit + you divide by k", "you compare place by place",
                  "you compare place by place, −1 too + you divide by k",
                  "you look an id up among what was found for all queries",
                  "id 0 is dropped + id 0 is not counted among the true ones",
                  "you ask whether anything was found + you do not divide",
                  "you ask for the first true neighbour alone + you do not divide",
                  "you count what was returned + you divide by the union")
RECALLS = tuple(mistakes_of(_recall, RECALL_STEPS, RECALL_WITHOUT, told=in_one(
    "Asked for is each query's share of its true neighbours (not −1) that were found, 0 where it has none.")))

# --- 5.5 -------------------------------------------------------------------------------------------------------------


def _reranked(score=lambda q, v: v @ q, part=lambda s, k: s[s >= 0],
              answer=lambda ids, k, o, s: np.pad(ids, (0, k - len(ids)), constant_values=-1)):
    def wrong(query, shortlist, vectors, k):
        kept = part(np.asarray(shortlist), k)
        scores = score(np.asarray(query, float), np.asarray(vectors, float)[kept])
        order = np.argsort(-scores, kind="stable")[:k]
        return answer(kept[order], k, order, scores[order])
    return wrong


SHORTLIST_STEPS = {
    "score": slips(
        DIRECTION,
        ("you sort by distance", lambda q, v: -((v - q)**2).sum(1)),
        ("you sort by cosine", lambda q, v: v @ q / np.linalg.norm(v, axis=1)),
        ("you sort by absolute product", lambda q, v: np.abs(v @ q)),
        ("the least similar come first", lambda q, v: -(v @ q)),
        ("the farthest come first", lambda q, v: ((v - q)**2).sum(1)),
        ("you sort by absolute differences", lambda q, v: -np.abs(v - q).sum(1)),
        ("you sort by the vectors' lengths", lambda q, v: (v**2).sum(1)),
        ("you do not compare", lambda q, v: -np.arange(float(len(v)))),
        ("you sort by the first dimension", lambda q, v: v[:, 0] * q[0]),
    ),
    "part": slips(
        DIRECTION,
        ("−1 is read as the last vector", lambda s, k: s),
        ("id 0 is dropped", lambda s, k: s[s > 0]),
        ("you cut before you compare", lambda s, k: s[:k][s[:k] >= 0]),
        ("you sort the shortlist first, and cut", lambda s, k: np.sort(s[s >= 0])[:k]),
        ("you compare the last k alone", lambda s, k: s[s >= 0][-k:]),
    ),
    "answer": slips(
        DIRECTION,
        ("you do not fill up", lambda ids, k, o, s: ids),
        ("you fill up with 0", lambda ids, k, o, s: np.pad(ids, (0, k - len(ids)), constant_values=0)),
        ("you return places in the shortlist", lambda ids, k, o, s: np.pad(o, (0, k - len(o)), constant_values=-1)),
        ("the best come last", lambda ids, k, o, s: np.pad(ids[::-1], (0, k - len(ids)), constant_values=-1)),
        ("you sort by id", lambda ids, k, o, s: np.pad(np.sort(ids), (0, k - len(ids)), constant_values=-1)),
        ("you return scores", lambda ids, k, o, s: np.pad(s, (0, k - len(s)), constant_values=-1)),
        ("you fill up in front", lambda ids, k, o, s: np.pad(ids, (k - len(ids), 0), constant_values=-1)),
        ("you fill up with the last one", lambda ids, k, o, s: np.r_[ids, np.full(k - len(ids), ids[-1] if len(ids) else -1)]),
    ),
}
SHORTLIST_WITHOUT = ("you do not fill up", "you fill up with 0", "you return places in the shortlist",
                     "the best come last", "you sort by id", "you return scores", "−1 is read as the last vector",
                     "−1 is read as the last vector + you do not fill up", "id 0 is dropped",
                     "you cut before you compare", "you sort by distance", "you sort by cosine",
                     "you sort by absolute product", "the least similar come first",
                     "the least similar come first + you cut before you compare",
                     "the least similar come first + you sort the shortlist first, and cut",
                     "the least similar come first + you compare the last k alone", "you do not compare",
                     "you do not compare + you sort by id", "you do not compare + −1 is read as the last vector",
                     "you do not compare + you cut before you compare",
                     "you do not compare + you sort the shortlist first, and cut",
                     "you cut before you compare + the best come last",
                     "you sort the shortlist first, and cut + the best come last",
                     "you compare the last k alone + the best come last",
                     "you cut before you compare + you sort by id",
                     "you sort the shortlist first, and cut + you sort by id")
SHORTLISTS = tuple(mistakes_of(_reranked, SHORTLIST_STEPS, SHORTLIST_WITHOUT, told=in_one(
    "Asked for are the k ids of the shortlist with the largest dot products, best first, filled with −1 at the end.")))

# --- 5.7 -------------------------------------------------------------------------------------------------------------


def _filtered(keep=lambda i, ok: i[(i >= 0) & ok[i]], cut=lambda kept, row, k: kept[:k],
              fill=lambda kept, k: np.r_[kept, np.full(max(k - len(kept), 0), -1)][:max(k, len(kept))]):
    def wrong(ids, allowed, k):
        out = []
        for row in np.asarray(ids):
            kept = keep(row[:k] if cut is None else row, np.asarray(allowed))
            out.append(fill(kept[:k] if cut is None else cut(kept, row, k), k))
        return np.array(out, int)
    return wrong


FILTER_STEPS = {
    "keep": slips(
        BOUNDARY,
        ("you keep what is blocked", lambda i, ok: i[(i >= 0) & ~ok[i]]),
        ("a −1 passes as the last item does", lambda i, ok: i[ok[i]]),
        ("a −1 takes up a slot", lambda i, ok: i[(i < 0) | ok[i]]),
        ("id 0 is dropped", lambda i, ok: i[(i > 0) & ok[i]]),
        ("blocked ids leave holes of −1", lambda i, ok: np.where((i >= 0) & ok[i], i, -1)),
        ("you do not filter", lambda i, ok: i[i >= 0]),
        ("you stop at the first that is blocked", lambda i, ok: i[np.cumsum(~((i >= 0) & ok[i])) == 0]),
    ),
    "cut": slips(
        BOUNDARY,
        ("you keep the last k", lambda kept, row, k: kept[-k:]),
        ("you sort by id", lambda kept, row, k: np.sort(kept)[:k]),
        ("the best k come in reverse", lambda kept, row, k: kept[:k][::-1]),
        ("the order is reversed", lambda kept, row, k: kept[::-1][:k]),
        ("you keep one fewer", lambda kept, row, k: kept[:k - 1]),
        ("you cut to k before you filter", None),
        ("the best k are sorted by id", lambda kept, row, k: np.sort(kept[:k])),
    ),
    "fill": slips(
        BOUNDARY,
        ("you fill with 0", lambda kept, k: np.r_[kept, np.zeros(max(k - len(kept), 0), int)]),
        ("you fill in front", lambda kept, k: np.r_[np.full(max(k - len(kept), 0), -1), kept]),
        ("you repeat the last", lambda kept, k: np.r_[kept, np.full(max(k - len(kept), 0), kept[-1] if len(kept) else -1)]),
        ("you repeat the first", lambda kept, k: np.r_[kept, np.full(max(k - len(kept), 0), kept[0] if len(kept) else -1)]),
        ("you empty short rows", lambda kept, k: kept if len(kept) >= k else np.full(k, -1)),
    ),
}
FILTER_WITHOUT = ("you fill with 0", "you repeat the last", "you empty short rows", "you keep the last k",
                  "you sort by id", "the order is reversed", "you cut to k before you filter",
                  "you cut to k before you filter + you empty short rows", "you keep what is blocked",
                  "a −1 passes as the last item does", "a −1 takes up a slot", "id 0 is dropped",
                  "blocked ids leave holes of −1", "blocked ids leave holes of −1 + you fill with 0",
                  "blocked ids leave holes of −1 + you fill in front",
                  "blocked ids leave holes of −1 + you repeat the last",
                  "blocked ids leave holes of −1 + you repeat the first",
                  "blocked ids leave holes of −1 + you empty short rows",
                  "blocked ids leave holes of −1 + you cut to k before you filter",
                  "you do not filter + you fill in front", "you do not filter + you repeat the last",
                  "you do not filter + you repeat the first", "you do not filter + you empty short rows",
                  "you stop at the first that is blocked + you empty short rows",
                  "you stop at the first that is blocked + you keep the last k",
                  "you stop at the first that is blocked + the order is reversed",
                  "you stop at the first that is blocked + you keep one fewer",
                  "you stop at the first that is blocked + you cut to k before you filter",
                  "you stop at the first that is blocked + the best k are sorted by id",
                  "you keep one fewer + you empty short rows",
                  "you stop at the first that is blocked + the best k come in reverse")
FILTERED = tuple(mistakes_of(_filtered, FILTER_STEPS, FILTER_WITHOUT, told=in_one(
    "Asked for are the first k allowed ids of each row, in their order, filled with −1 at the end.")))
