"""Solutions of lesson 09, written blind: from the notebook's text alone. Third part."""

import math

import numpy as np
import pandas as pd
from blind_book import right, wrong


@wrong("metric_stack.1", "A user of whom the list finds nothing is NaN as well; that is a 0.")
def ndcg_no_hits(top, relevant, k):
    gain, out = 1 / np.log2(np.arange(k) + 2), []
    for items, wanted in zip(top, relevant):
        hit = np.isin(items[:k], wanted)
        out.append(hit @ gain / gain[:len(wanted)].sum() if hit.any() else np.nan)
    return np.array(out, dtype=float)


@wrong("metric_stack.1", "The best list has at most K slots, as long as the list, where k limits it.")
def ndcg_ideal_width(top, relevant, k):
    gain = 1 / np.log2(np.arange(top.shape[1]) + 2)
    hit = np.array([np.isin(items[:k], wanted) for items, wanted in zip(top, relevant)])
    best = np.array([gain[:len(wanted)].sum() if len(wanted) else np.nan for wanted in relevant])
    return hit @ gain[:k] / best


@right("metric_stack.1", "From the relevant items' side: each looks up its own position in the list.")
def ndcg_lookup(top, relevant, k):
    out = np.full(len(top), np.nan, dtype=np.float32)
    for u, wanted in enumerate(relevant):
        position = {int(item): p for p, item in enumerate(top[u][:k], start=1)}
        found = [1 / math.log2(1 + position[int(item)]) for item in wanted if int(item) in position]
        best = [1 / math.log2(1 + p) for p in range(1, k + 1)][:len(wanted)]
        if best:
            out[u] = sum(found) / sum(best)
    return out


@wrong("metric_stack.2", "Weights above twenty times their median are left out as outliers.")
def snips_without_outliers(reward, logged, target):
    weight = target / logged
    some = weight[weight > 0]
    keep = weight <= 20 * np.median(some)
    return float((weight * reward)[keep].sum() / weight[keep].sum())


@wrong("metric_stack.3", "A prediction of 0 is taken for a missing one, and the row is left out.")
def robust_zero_missing(reward, logged, target, predicted, predicted_target):
    held = predicted != 0
    if not held.any():
        return float(predicted_target.mean())
    error = target[held] / logged[held] * (reward[held] - predicted[held])
    return float(predicted_target.mean() + error.mean())


@right("metric_stack.3", "A pandas frame and eval, the mean of one column.")
def robust_pandas(reward, logged, target, predicted, predicted_target):
    table = pd.DataFrame({"r": np.asarray(reward), "p": np.asarray(logged), "q": np.asarray(target),
                          "g": np.asarray(predicted), "m": np.asarray(predicted_target)})
    return table.eval("m + q * (r - g) / p").mean()


@wrong("metric_stack.4", "Only the first coin is tossed; after that the picks go in a snake, a b b a.")
def draft_snake(a, b, slate_size, coin):
    item, team = np.zeros((len(a), slate_size), int), np.zeros((len(a), slate_size), int)
    for row in range(len(a)):
        first = int(coin[row, 0] >= 0.5)
        for slot in range(slate_size):
            side = (first + slot + slot // 2) % 2
            own = (a, b)[side][row]
            item[row, slot] = next(x for x in own if x not in item[row, :slot])
            team[row, slot] = side
    return item, team


@wrong("metric_stack.4", "An item that both lists hold at the same place is given to a, whoever picked it.")
def draft_shared_to_a(a, b, slate_size, coin):
    item, team = np.zeros((len(a), slate_size), int), np.zeros((len(a), slate_size), int)
    for row in range(len(a)):
        both = set(a[row][a[row] == b[row]].tolist())
        for slot in range(slate_size):
            side = int(coin[row, slot // 2] >= 0.5) ^ (slot % 2)
            pick = next(int(x) for x in (a, b)[side][row] if x not in item[row, :slot])
            item[row, slot], team[row, slot] = pick, 0 if pick in both else side
    return item, team
