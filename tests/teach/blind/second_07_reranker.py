"""Solutions of lesson 07, written blind: from the notebook's text alone."""

import numpy as np
import pandas as pd
from blind_book import right, wrong


@wrong("reranker.1", "Likeness is the mean similarity to the chosen ones, not the largest.")
def mmr_mean(relevance, similarity, k, trade_off=0.7):
    chosen = []
    while len(chosen) < min(k, len(relevance)):
        like = similarity[:, chosen].mean(axis=1) if chosen else np.zeros(len(relevance))
        score = trade_off * relevance - (1 - trade_off) * like
        score[chosen] = -np.inf
        chosen.append(int(np.argmax(score)))
    return np.array(chosen, dtype=int)


@wrong("reranker.1", "Similarities to the chosen ones are added up, so the penalty grows with the slate.")
def mmr_sum(relevance, similarity, k, trade_off=0.7):
    n = len(relevance)
    penalty, free, out = np.zeros(n), np.ones(n, bool), []
    for _ in range(min(k, n)):
        best = np.where(free, trade_off * relevance - (1 - trade_off) * penalty, -np.inf).argmax()
        out.append(best)
        free[best] = False
        penalty += similarity[best]
    return np.array(out, dtype=int)


@wrong("reranker.1", "The two weights are exchanged: lambda stands at the likeness.")
def mmr_swapped(relevance, similarity, k, trade_off=0.7):
    chosen, left = [], list(range(len(relevance)))
    while left and len(chosen) < k:
        best = max(left, key=lambda c: (1 - trade_off) * relevance[c]
                   - trade_off * max((similarity[c][j] for j in chosen), default=0))
        chosen.append(best)
        left.remove(best)
    return np.array(chosen, dtype=int)


@wrong("reranker.1", "Only the likeness to the item just above counts, not to all that were chosen.")
def mmr_last(relevance, similarity, k, trade_off=0.7):
    score, out = trade_off * np.asarray(relevance, float), []
    for _ in range(min(k, len(relevance))):
        value = score - (1 - trade_off) * (similarity[out[-1]] if out else 0)
        value[out] = -np.inf
        out.append(int(value.argmax()))
    return np.array(out, dtype=int)


@wrong("reranker.1", "Fills k slots even when there are fewer candidates: the first place is then repeated.")
def mmr_too_many(relevance, similarity, k, trade_off=0.7):
    like, out = np.zeros(len(relevance)), []
    taken = np.zeros(len(relevance), dtype=bool)
    for _ in range(k):
        score = trade_off * relevance - (1 - trade_off) * like
        score[taken] = -np.inf
        out.append(score.argmax())
        taken[out[-1]] = True
        like = np.maximum(like, similarity[out[-1]])
    return np.array(out, dtype=int)


@wrong("reranker.1", "Of equal candidates the last one is taken, since >= replaces the best so far.")
def mmr_last_of_ties(relevance, similarity, k, trade_off=0.7):
    out = []
    for _ in range(min(k, len(relevance))):
        best, best_score = None, -np.inf
        for c in range(len(relevance)):
            if c in out:
                continue
            like = max([similarity[c, j] for j in out]) if out else 0
            score = trade_off * relevance[c] - (1 - trade_off) * like
            if score >= best_score:
                best, best_score = c, score
        out.append(best)
    return np.array(out)


@wrong("reranker.1", "The first slot takes place 0, which need not be the most relevant: the input is in no order.")
def mmr_sorted_assumed(relevance, similarity, k, trade_off=0.7):
    chosen, rest = [0], list(range(1, len(relevance)))
    while len(chosen) < k and rest:
        scores = [trade_off * relevance[c] - (1 - trade_off) * similarity[c, chosen].max() for c in rest]
        chosen.append(rest.pop(int(np.argmax(scores))))
    return np.array(chosen[:k], dtype=int)


@wrong("reranker.1", "Chosen ones are marked with -1, which beats candidates whose score is below -1.")
def mmr_minus_one(relevance, similarity, k, trade_off=0.7):
    like, out = np.zeros(len(relevance)), []
    for _ in range(min(k, len(relevance))):
        score = trade_off * relevance - (1 - trade_off) * like
        score[out] = -1
        out.append(int(score.argmax()))
        like = np.maximum(like, similarity[:, out[-1]])
    return np.array(out, dtype=int)


@wrong("reranker.1", "Likeness is the largest similarity to any other candidate, whether it was chosen or not.")
def mmr_static(relevance, similarity, k, trade_off=0.7):
    others = similarity - np.diag(np.diag(similarity))
    score = trade_off * relevance - (1 - trade_off) * others.max(axis=1)
    return np.argsort(-score, kind="stable")[:k]


@wrong("reranker.1", "Chosen ones get relevance -inf in the caller's own array, so a second call finds it destroyed.")
def mmr_mutates(relevance, similarity, k, trade_off=0.7):
    like, out = np.zeros(len(relevance)), []
    for _ in range(min(k, len(relevance))):
        best = int(np.argmax(trade_off * relevance - (1 - trade_off) * like))
        out.append(best)
        relevance[best] = -np.inf
        like = np.maximum(like, similarity[best])
    return np.array(out, dtype=int)


@wrong("reranker.1", "Returns the places sorted, not in the order in which the slots were filled.")
def mmr_sorted_out(relevance, similarity, k, trade_off=0.7):
    left, chosen = dict(enumerate(relevance)), []
    while left and len(chosen) < k:
        best = max(left, key=lambda c: trade_off * left[c] - (1 - trade_off) * max(similarity[c, chosen], default=0.0))
        left.pop(best)
        chosen.append(best)
    return np.sort(np.array(chosen, dtype=int))


@right("reranker.1", "Pure Python, a list comes back; max() keeps the first of equals.")
def mmr_python(relevance, similarity, k, trade_off=0.7):
    slate = []
    while len(slate) < min(k, len(relevance)):
        def worth(c):
            return trade_off * relevance[c] - (1 - trade_off) * max((similarity[c][j] for j in slate), default=0.0)
        slate.append(max((c for c in range(len(relevance)) if c not in slate), key=worth))
    return slate


@right("reranker.1", "By recursion: a slate of k is a slate of k - 1 and one more.")
def mmr_recursive(relevance, similarity, k, trade_off=0.7):
    k = min(k, len(relevance))
    if k == 0:
        return np.array([], dtype=int)
    above = mmr_recursive(relevance, similarity, k - 1, trade_off)
    like = np.max(similarity[:, above], axis=1, initial=0.0)
    score = trade_off * relevance - (1 - trade_off) * like
    score[above] = -np.inf
    return np.append(above, np.argmax(score))


@right("reranker.1", "pandas: a Series of the rest, idxmax for the first of the largest, drop what was taken.")
def mmr_pandas(relevance, similarity, k, trade_off=0.7):
    rest, like = pd.Series(relevance), pd.Series(0.0, index=range(len(relevance)))
    table, out = pd.DataFrame(similarity), []
    while len(rest) and len(out) < k:
        best = (trade_off * rest - (1 - trade_off) * like[rest.index]).idxmax()
        out.append(best)
        rest = rest.drop(best)
        like = like.combine(table[best], max)
    return pd.Series(out, dtype="int64")


@right("reranker.1", "numpy, the chosen ones left out by a masked array, int32 places.")
def mmr_masked(relevance, similarity, k, trade_off=0.7):
    score = np.ma.array(trade_off * np.array(relevance), mask=False)
    like, out = np.zeros(len(relevance)), []
    for _ in range(min(k, len(relevance))):
        place = (score - (1 - trade_off) * like).argmax()
        out.append(place)
        score[place] = np.ma.masked
        like = np.maximum(like, similarity[place])
    return np.array(out, dtype=np.int32)


def kl(p, q):
    held = p > 0
    return (p[held] * np.log(p[held] / q[held])).sum()


@wrong("reranker.2", "The divergence is taken the wrong way round: KL(q || p).")
def calibrated_reverse(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    out = []
    for _ in range(min(k, len(relevance))):
        scores = np.full(len(relevance), -np.inf)
        for c in range(len(relevance)):
            if c not in out:
                q = (1 - alpha) * genre[[*out, c]].mean(0) + alpha * target
                held = (target > 0) & (q > 0)
                gap = (q[held] * np.log(q[held] / target[held])).sum()
                scores[c] = (1 - trade_off) * relevance[c] - trade_off * gap
        out.append(int(scores.argmax()))
    return np.array(out, dtype=int)


@wrong("reranker.2", "The weights are exchanged: lambda stands at relevance.")
def calibrated_swapped(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    out, total = [], np.zeros(genre.shape[1])
    while len(out) < min(k, len(relevance)):
        left = [c for c in range(len(relevance)) if c not in out]
        gaps = [kl(target, (1 - alpha) * (total + genre[c]) / (len(out) + 1) + alpha * target) for c in left]
        best = left[int(np.argmax([trade_off * relevance[c] - (1 - trade_off) * g for c, g in zip(left, gaps)]))]
        out.append(best)
        total = total + genre[best]
    return np.array(out, dtype=int)


@wrong("reranker.2", "The mix is that of the slate without the candidate, so all candidates have the same gap.")
def calibrated_before(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    out = []
    for _ in range(min(k, len(relevance))):
        q = genre[out].mean(0) if out else np.zeros(len(target))
        gap = kl(target, (1 - alpha) * q + alpha * target)
        score = (1 - trade_off) * relevance - trade_off * gap
        score[out] = -np.inf
        out.append(int(np.argmax(score)))
    return np.array(out, dtype=int)


@wrong("reranker.2", "Genres with p = 0 give 0 · log(0 / 0) = NaN, and argmax takes a NaN for the largest.")
def calibrated_nan(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    out, total = [], np.zeros(genre.shape[1])
    free = np.ones(len(relevance), bool)
    for _ in range(min(k, len(relevance))):
        q = (1 - alpha) * (total + genre) / (len(out) + 1) + alpha * target
        with np.errstate(all="ignore"):
            gap = (target * np.log(target / q)).sum(axis=1)
        best = int(np.where(free, (1 - trade_off) * relevance - trade_off * gap, -np.inf).argmax())
        out.append(best)
        free[best] = False
        total += genre[best]
    return np.array(out, dtype=int)


@wrong("reranker.2", "Divides the summed genres by k instead of by how many stand in the slate so far.")
def calibrated_by_k(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    out, total = [], 0
    for _ in range(min(k, len(relevance))):
        q = (1 - alpha) * (total + genre) / k + alpha * target
        gap = np.array([kl(target, row) for row in q])
        score = (1 - trade_off) * relevance - trade_off * gap
        score[out] = -np.inf
        out.append(int(score.argmax()))
        total = genre[out].sum(axis=0)
    return np.array(out, dtype=int)
