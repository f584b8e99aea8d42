"""Solutions of lesson 07, written blind: from the notebook's text alone. Fifth part."""

from functools import reduce

import numpy as np
import pandas as pd
from blind_book import right, wrong


def greedy(n, k, score_of):
    out = []
    while len(out) < min(n, k):
        score = np.array(score_of(out), dtype=float)
        score[out] = -np.inf
        out.append(int(score.argmax()))
    return np.array(out, dtype=int)


@wrong("reranker.1", "Likeness to the last three chosen only: it looks away from what stands further up.")
def mmr_window(relevance, similarity, k, trade_off=0.7):
    def score(out):
        like = similarity[:, out[-3:]].max(axis=1) if out else 0
        return trade_off * relevance - (1 - trade_off) * like
    return greedy(len(relevance), k, score)


@wrong("reranker.1", "Stops as soon as the best score is below 0, so slots stay empty.")
def mmr_stops(relevance, similarity, k, trade_off=0.7):
    out, left = [], list(range(len(relevance)))
    while left and len(out) < k:
        scores = [trade_off * relevance[c] - (1 - trade_off) * max(similarity[c, out], default=0) for c in left]
        if max(scores) < 0 and out:
            break
        out.append(left.pop(int(np.argmax(scores))))
    return np.array(out, dtype=int)


@wrong("reranker.2", "Genres with a share below 5% of the history are left out of the sum.")
def calibrated_main_genres(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    held = target >= 0.05

    def score(out):
        q = [(1 - alpha) * genre[[*out, c]].mean(axis=0)[held] + alpha * target[held] for c in range(len(relevance))]
        return (1 - trade_off) * relevance - trade_off * (target[held] * np.log(target[held] / q)).sum(axis=1)
    return greedy(len(relevance), k, score)


@wrong("reranker.2", "q is kept off zero by a floor of 1e-6, not by the mixture with p.")
def calibrated_floor(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    held = target > 0

    def score(out):
        q = np.array([np.maximum(genre[[*out, c]].mean(axis=0)[held], 1e-6) for c in range(len(relevance))])
        return (1 - trade_off) * relevance - trade_off * (target[held] * np.log(target[held] / q)).sum(axis=1)
    return greedy(len(relevance), k, score)


@right("reranker.2", "Cross entropy alone: p ln p is the same for all candidates and is left out.")
def calibrated_cross(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    held = np.flatnonzero(np.asarray(target) > 0)
    p, rows = np.asarray(target)[held], np.asarray(genre)[:, held]

    def score(out):
        total = reduce(np.add, [rows[c] for c in out], np.zeros(len(held)))
        q = (1 - alpha) * (rows + total) / (len(out) + 1) + alpha * p
        return (1 - trade_off) * np.asarray(relevance) + trade_off * (p * np.log(q)).sum(axis=1)
    return greedy(len(rows), k, score).astype(np.int32)


@wrong("reranker.3", "A little is added to the diagonal, so a copy of a chosen item still adds some volume.")
def dpp_jitter(relevance, similarity, k, weight=1.0):
    q = np.exp(weight * (relevance - relevance.max()))
    kernel = q[:, None] * similarity * q[None, :] + 1e-6 * np.eye(len(q))
    out, old = [], 1.0
    while len(out) < min(k, len(q)):
        sets = [[*out, c] for c in range(len(q))]
        det = np.array([-1.0 if c[-1] in out else np.linalg.det(kernel[np.ix_(c, c)]) for c in sets])
        if det.max() / old < 1e-9:
            break
        out.append(int(det.argmax()))
        old = det.max()
    return np.array(out, dtype=int)


@wrong("reranker.3", "Stops below 1e-5, where the text says 1e-9.")
def dpp_early_stop(relevance, similarity, k, weight=1.0):
    return pivoted(relevance, similarity, k, weight, lambda rest, q2: rest < 1e-5)


@wrong("reranker.3", "The stop looks at the direction only, not at the factor with its q².")
def dpp_stop_direction(relevance, similarity, k, weight=1.0):
    return pivoted(relevance, similarity, k, weight, lambda rest, q2: rest / max(q2, 1e-300) < 1e-9)


def pivoted(relevance, similarity, k, weight, stops):
    """Cholesky with the largest pivot first, until `stops`."""
    q = np.exp(weight * (np.asarray(relevance, dtype=float) - np.max(relevance)))
    kernel = np.outer(q, q) * similarity
    rest, rows, out = q**2, [], []
    while len(out) < min(k, len(q)):
        j = int(rest.argmax())
        if stops(rest[j], q[j] ** 2):
            break
        row = (kernel[j] - sum(r[j] * r for r in rows)) / np.sqrt(rest[j])
        rows.append(row)
        rest = rest - row**2
        out.append(j)
        rest[out] = -np.inf
    return np.array(out, dtype=int)


@right("reranker.3", "An incremental Cholesky factor, the largest pivot first.")
def dpp_cholesky(relevance, similarity, k, weight=1.0):
    return pivoted(relevance, similarity, k, weight, lambda rest, q2: rest < 1e-9)


@right("reranker.3", "The arrows themselves, from the eigenvectors, and Gram-Schmidt; a list.")
def dpp_arrows(relevance, similarity, k, weight=1.0):
    value, vector = np.linalg.eigh(np.asarray(similarity, dtype=float))
    q = np.exp(weight * (np.asarray(relevance) - np.max(relevance)))
    arrows, out = q[:, None] * vector * np.sqrt(np.maximum(value, 0)), []
    left = list(range(len(q)))
    while left and len(out) < k:
        square = (arrows[left] ** 2).sum(axis=1)
        if square.max() < 1e-9:
            break
        best = left.pop(int(np.argmax(square >= square.max() * (1 - 1e-7))))      # equal but for rounding
        out.append(best)
        unit = arrows[best] / np.linalg.norm(arrows[best])
        arrows = arrows - (arrows @ unit)[:, None] * unit
    return out


@wrong("reranker.4", "Creators with more than `most` candidates lose all of them, not only those over the cap.")
def capped_creators_out(order, value, most, k):
    creators = np.asarray(value)[order]
    name, size = np.unique(creators, return_counts=True)
    flooding = set(name[(size > most) & (name != -1)].tolist())
    out = [item for item, creator in zip(order, creators) if creator not in flooding][:k]
    return np.array(out + [-1] * (k - len(out)), dtype=int)


@wrong("reranker.4", "One of a creator, by a set, whatever `most` is.")
def capped_once(order, value, most, k):
    out, seen = [], set()
    for item in order:
        if len(out) < k and value[item] not in seen:
            out.append(item)
            if value[item] != -1:
                seen.add(value[item])
    return np.array(out + [-1] * (k - len(out)), dtype=int)


@right("reranker.5", "A pandas Series: idxmax among the allowed.")
def chances_pandas(gain, allowed, explore):
    gains, held = pd.Series(gain, dtype=float), pd.Series(allowed, dtype=bool)
    out = held / held.sum() * explore
    out.loc[gains[held].idxmax()] += 1 - explore
    return out


@wrong("reranker.6", "Items without a single showing get the whole size, however old they are.")
def boost_unseen(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
    left = np.maximum(0, 1 - showings / enough)
    return np.where(showings == 0, size, size * 0.5 ** (age_days / half_life_days) * left)


@right("reranker.6", "A function of one item, by np.vectorize; half-lives by a root of a power.")
def boost_vectorize(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
    fade = 0.5 ** (1 / half_life_days)

    def one(age, shown):
        return 0.0 if shown >= enough else size * fade**age * (enough - shown) / enough
    return np.vectorize(one, otypes=[float])(age_days, showings)
