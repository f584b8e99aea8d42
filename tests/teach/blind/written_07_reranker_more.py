"""Solutions of lesson 07, exercises 3 and 4, written from the notebook alone."""

from collections import Counter, defaultdict

import numpy as np
import pandas as pd
from blind_book import right, wrong


@wrong("reranker.3", "Never stops early: fills k slots with candidates that add no volume.")
def greedy_dpp(relevance, similarity, k, weight=1.0):
    q = np.exp(weight * (relevance - relevance.max()))
    kernel, out = q[:, None] * similarity * q, []
    for _ in range(min(k, len(q))):
        det = [-np.inf if i in out else np.linalg.det(kernel[np.ix_([*out, i], [*out, i])]) for i in range(len(q))]
        out.append(int(np.argmax(det)))
    return np.array(out, int)


@wrong("reranker.3", "Holds the determinant itself, not the factor by which it changes, against 1e-9.")
def greedy_dpp(relevance, similarity, k, weight=1.0):
    q = np.exp(weight * (relevance - relevance.max()))
    kernel, out = q[:, None] * similarity * q, []
    for _ in range(min(k, len(q))):
        det = [-np.inf if i in out else np.linalg.det(kernel[np.ix_([*out, i], [*out, i])]) for i in range(len(q))]
        if max(det) < 1e-9:
            break
        out.append(int(np.argmax(det)))
    return np.array(out, int)


@wrong("reranker.3", "The kernel has the length of one of the two arrows only, so relevance counts half.")
def greedy_dpp(relevance, similarity, k, weight=1.0):
    q = np.exp(weight * (relevance - relevance.max()))
    kernel, out, volume = q[:, None] * similarity, [], 1.0
    for _ in range(min(k, len(q))):
        det = [-np.inf if i in out else np.linalg.det(kernel[np.ix_([*out, i], [*out, i])]) for i in range(len(q))]
        if max(det) < 1e-9 * volume:
            break
        volume = max(det)
        out.append(int(np.argmax(det)))
    return np.array(out, int)


@wrong("reranker.3", "The largest relevance is not subtracted, so that large scores overflow.")
def greedy_dpp(relevance, similarity, k, weight=1.0):
    with np.errstate(all="ignore"):
        q = np.exp(weight * relevance)
        kernel = q[:, None] * similarity * q
        left, out, rows = np.diag(kernel).copy(), [], np.zeros((0, len(q)))
        while len(out) < min(k, len(q)):
            best = int(left.argmax())
            if not left[best] >= 1e-9:
                break
            e = (kernel[best] - rows[:, best] @ rows) / np.sqrt(left[best])
            rows, left = np.vstack([rows, e]), left - e**2
            out.append(best)
            left[out] = -np.inf
    return np.array(out, int)


@wrong("reranker.3", "The candidate without volume is appended first and the loop stops after it: one too many.")
def greedy_dpp(relevance, similarity, k, weight=1.0):
    q = np.exp(weight * (relevance - relevance.max()))
    kernel, out, volume = q[:, None] * similarity * q, [], 1.0
    for _ in range(min(k, len(q))):
        det = [-np.inf if i in out else np.linalg.det(kernel[np.ix_([*out, i], [*out, i])]) for i in range(len(q))]
        out.append(int(np.argmax(det)))
        if max(det) / volume < 1e-9:
            break
        volume = max(det)
    return np.array(out, int)


@wrong("reranker.3", "In the update the projection is subtracted, not its square.")
def greedy_dpp(relevance, similarity, k, weight=1.0):
    q = np.exp(weight * (relevance - relevance.max()))
    kernel = q[:, None] * similarity * q
    left, out, rows = np.diag(kernel).copy(), [], np.zeros((0, len(q)))
    while len(out) < min(k, len(q)):
        best = int(left.argmax())
        if left[best] < 1e-9:
            break
        e = (kernel[best] - rows[:, best] @ rows) / np.sqrt(left[best])
        rows, left = np.vstack([rows, e]), left - np.abs(e)
        out.append(best)
        left[out] = -np.inf
    return np.array(out, int)


@wrong("reranker.3", "weight is ignored: the length is always exp(relevance - the largest).")
def greedy_dpp(relevance, similarity, k, weight=1.0):
    q = np.exp(relevance - np.max(relevance))
    kernel, out, volume = np.outer(q, q) * similarity, [], 1.0
    for _ in range(min(k, len(q))):
        det = [-np.inf if i in out else np.linalg.det(kernel[np.ix_([*out, i], [*out, i])]) for i in range(len(q))]
        if max(det) < 1e-9 * volume:
            break
        volume = max(det)
        out.append(int(np.argmax(det)))
    return np.array(out, int)


@wrong("reranker.3", "The volume is that of the directions alone: lengths, so relevance, only order ties.")
def greedy_dpp(relevance, similarity, k, weight=1.0):
    q = np.exp(weight * (relevance - relevance.max()))
    out, volume = [], 1.0
    for _ in range(min(k, len(q))):
        det = [-np.inf if i in out else np.linalg.det(similarity[np.ix_([*out, i], [*out, i])]) for i in range(len(q))]
        best = max((i for i in range(len(q)) if i not in out), key=lambda i: (round(det[i], 12), q[i]))
        if det[best] < 1e-9 * volume:
            break
        volume = det[best]
        out.append(best)
    return np.array(out, int)


@right("reranker.3", "By slogdet of each enlarged kernel; the factor is a difference of logarithms; list.")
def greedy_dpp(relevance, similarity, k, weight=1.0):
    q = np.exp(weight * (np.asarray(relevance, float) - np.max(relevance)))
    kernel, out, before = np.outer(q, q) * similarity, [], 0.0

    def log_volume(places):
        sign, size = np.linalg.slogdet(kernel[np.ix_(places, places)])
        return size if sign > 0 else -np.inf

    while len(out) < min(k, len(q)):
        best, size = max(((i, log_volume([*out, i])) for i in range(len(q)) if i not in out), key=lambda pair: pair[1])
        if size - before < np.log(1e-9):
            break
        out, before = [*out, best], size
    return out


@right("reranker.3", "By the usual fast update of what is left of each arrow; int32 array.")
def greedy_dpp(relevance, similarity, k, weight=1.0):
    q = np.exp(weight * (relevance - relevance.max()))
    kernel = q[:, None] * similarity * q
    left, out, rows = np.diag(kernel).astype(float).copy(), [], np.zeros((0, len(q)))
    while len(out) < min(k, len(q)):
        best = int(left.argmax())
        if left[best] < 1e-9:
            break
        e = (kernel[best] - rows[:, best] @ rows) / np.sqrt(left[best])
        rows, left = np.vstack([rows, e]), left - e**2
        out.append(best)
        left[out] = -np.inf
    return np.array(out, np.int32)


@right("reranker.3", "By the Schur complement, solved anew for each slot; ties (left open) go to the last.")
def greedy_dpp(relevance, similarity, k, weight=1.0):
    q = np.exp(weight * (relevance - np.max(relevance)))
    kernel, out = similarity * np.outer(q, q), []
    for _ in range(min(k, len(q))):
        rest = np.setdiff1d(np.arange(len(q)), out)[::-1]
        factor = np.diag(kernel)[rest]
        if out:
            cross = kernel[np.ix_(out, rest)]
            factor = factor - (cross * np.linalg.solve(kernel[np.ix_(out, out)], cross)).sum(axis=0)
        if factor.max() < 1e-9:
            break
        out.append(int(rest[factor.argmax()]))
    return np.array(out, int)


@wrong("reranker.4", "Items without a creator (-1) are capped as if they had one creator together.")
def capped_slate(order, value, most, k):
    seen, out = Counter(), []
    for item in order:
        if len(out) < k and seen[value[item]] < most:
            seen[value[item]] += 1
            out.append(item)
    return np.array(out + [-1] * (k - len(out)), int)


@wrong("reranker.4", "Allows one too many of a creator: the count is held against most with <=.")
def capped_slate(order, value, most, k):
    seen, out = Counter(), []
    for item in order:
        if len(out) == k:
            break
        if value[item] == -1 or seen[value[item]] <= most:
            seen[value[item]] += 1
            out.append(item)
    return np.array(out + [-1] * (k - len(out)), int)


@wrong("reranker.4", "Reads the creator by place in the order and not by item.")
def capped_slate(order, value, most, k):
    seen, out = Counter(), []
    for place, item in enumerate(order):
        maker = value[place]
        if len(out) < k and (maker < 0 or seen[maker] < most):
            seen[maker] += 1
            out.append(item)
    return np.array(out + [-1] * (k - len(out)), int)


@wrong("reranker.4", "Fills slots that would stay empty with items over the cap.")
def capped_slate(order, value, most, k):
    seen, out, over = Counter(), [], []
    for item in order:
        if value[item] == -1 or seen[value[item]] < most:
            seen[value[item]] += 1
            out.append(item)
        else:
            over.append(item)
    out = (out + over)[:k]
    return np.array(out + [-1] * (k - len(out)), int)


@wrong("reranker.4", "Takes the best k first and then strikes out: later candidates never move up.")
def capped_slate(order, value, most, k):
    seen, out = Counter(), []
    for item in order[:k]:
        if value[item] == -1 or seen[value[item]] < most:
            seen[value[item]] += 1
            out.append(item)
    return np.array(out + [-1] * (k - len(out)), int)


@wrong("reranker.4", "Counts only items of a creator that stand one after the other.")
def capped_slate(order, value, most, k):
    out, run, last = [], 0, None
    for item in order:
        if len(out) == k:
            break
        maker = value[item]
        length = run + 1 if maker == last else 1
        if maker != -1 and length > most:
            continue
        out.append(item)
        run, last = length, maker
    return np.array(out + [-1] * (k - len(out)), int)


@wrong("reranker.4", "Creator 0 is exempt as well, because of > 0 in place of >= 0.")
def capped_slate(order, value, most, k):
    seen, page = defaultdict(int), np.full(k, -1)
    slot = 0
    for item in order:
        if slot == k:
            break
        if value[item] > 0 and seen[value[item]] >= most:
            continue
        seen[value[item]] += 1
        page[slot] = item
        slot += 1
    return page


@wrong("reranker.4", "Empty slots hold 0, which is an item.")
def capped_slate(order, value, most, k):
    page, slot, seen = np.zeros(k, int), 0, Counter()
    for item in order:
        if slot < k and (value[item] == -1 or seen[value[item]] < most):
            seen[value[item]] += 1
            page[slot] = item
            slot += 1
    return page


@right("reranker.4", "With pandas: the running number within a creator; padded by np.pad.")
def capped_slate(order, value, most, k):
    order = np.asarray(order)
    maker = pd.Series(np.asarray(value)[order])
    keep = (maker.groupby(maker).cumcount() < most) | (maker == -1)
    page = order[keep.to_numpy()][:k]
    return np.pad(page, (0, k - len(page)), constant_values=-1)


@right("reranker.4", "A loop that counts in what is chosen; returns a list of Python ints.")
def capped_slate(order, value, most, k):
    page = []
    for item in map(int, order):
        if len(page) >= k:
            break
        same = sum(value[other] == value[item] for other in page)
        if value[item] == -1 or same < most:
            page.append(item)
    page.extend([-1] * (k - len(page)))
    return page
