"""Right solutions of lesson 09, written blind."""

import math

import numpy as np
import pandas as pd
import torch
from blind_book import right
from sklearn.metrics import ndcg_score

# ---------------------------------------------------------------- 9.1


@right("metric_stack.1", "Plain loops with a set and math.log2; a list as answer.")
def ndcg_at_k(top, relevant, k):
    out = []
    for row, wanted in zip(top, relevant):
        wanted = {int(item) for item in wanted}
        if not wanted:
            out.append(float("nan"))
            continue
        got = sum(1 / math.log2(p + 1) for p, item in enumerate(row[:k], start=1)
                  if int(item) in wanted)
        best = sum(1 / math.log2(p + 1) for p in range(1, min(k, len(wanted)) + 1))
        out.append(got / best)
    return out


@right("metric_stack.1", "np.isin by user, the ideal from a running sum.")
def ndcg_at_k(top, relevant, k):
    top = np.asarray(top)[:, :k]
    gain = 1 / np.log2(np.arange(2, k + 2))
    ideal = np.cumsum(gain)
    out = np.full(len(top), np.nan)
    for u, wanted in enumerate(relevant):
        if len(wanted):
            hit = np.isin(top[u], wanted)
            out[u] = gain[hit].sum() / ideal[min(k, len(wanted)) - 1]
    return out


@right("metric_stack.1", "pandas: lists and wishes as long tables, merged; a Series as answer.")
def ndcg_at_k(top, relevant, k):
    top = np.asarray(top)[:, :k]
    people = len(top)
    place = np.tile(np.arange(1, top.shape[1] + 1), people)
    shown = pd.DataFrame({"user": np.repeat(np.arange(people), top.shape[1]),
                          "item": top.ravel().astype(np.int64), "gain": 1 / np.log2(place + 1)})
    number = np.array([len(wanted) for wanted in relevant], dtype=int)
    items = [int(item) for wanted in relevant for item in wanted]
    wishes = pd.DataFrame({"user": np.repeat(np.arange(people), number),
                           "item": np.array(items, dtype=np.int64)})
    got = shown.merge(wishes, on=["user", "item"]).groupby("user")["gain"].sum()
    got = got.reindex(range(people), fill_value=0.0)
    ideal = np.concatenate([[np.nan], np.cumsum(1 / np.log2(np.arange(2, k + 2)))])
    return got / ideal[np.minimum(number, k)]


@right("metric_stack.1", "sklearn's ndcg_score over the list and what it missed.")
def ndcg_at_k(top, relevant, k):
    out = []
    for row, wanted in zip(np.asarray(top).tolist(), relevant):
        wanted = set(np.asarray(wanted).tolist())
        if not wanted:
            out.append(np.nan)
            continue
        missed = sorted(wanted - set(row))
        true = [float(item in wanted) for item in row] + [1.0] * len(missed) + [0.0]
        score = list(range(len(row), 0, -1)) + [0] * len(missed) + [0]   # one more: never a single
        out.append(ndcg_score([true], [score], k=k))
    return np.array(out, dtype=float)


# ---------------------------------------------------------------- 9.3


@right("metric_stack.3", "The model's mean plus the weighted mean of its errors.")
def doubly_robust(reward, logged, target, predicted, predicted_target):
    correction = np.mean(target / logged * (reward - predicted))
    return np.mean(predicted_target) + correction


@right("metric_stack.3", "Decision by decision, added up by math.fsum.")
def doubly_robust(reward, logged, target, predicted, predicted_target):
    terms = []
    for r, p, q, says, says_of_target in zip(reward, logged, target, predicted, predicted_target):
        assert p > 0, "what was logged had a chance"
        terms.append(float(says_of_target) + float(q) / float(p) * (float(r) - float(says)))
    return math.fsum(terms) / len(terms)


@right("metric_stack.3", "torch: IPS of the rewards less IPS of the predictions; a tensor as answer.")
def doubly_robust(reward, logged, target, predicted, predicted_target):
    r, p, q, says, of_target = (torch.as_tensor(np.array(x, dtype=np.float64)) for x in
                                (reward, logged, target, predicted, predicted_target))
    weight = q / p
    return of_target.mean() + (weight * r).mean() - (weight * says).mean()


@right("metric_stack.3", "pandas: a column of the corrected answers, and its mean.")
def doubly_robust(reward, logged, target, predicted, predicted_target):
    log = pd.DataFrame({"r": np.asarray(reward, dtype=float), "p": np.asarray(logged, dtype=float),
                        "q": np.asarray(target, dtype=float),
                        "model": np.asarray(predicted, dtype=float),
                        "answer": np.asarray(predicted_target, dtype=float)})
    log["error"] = log["r"] - log["model"]
    return float((log["answer"] + log["error"].mul(log["q"]).div(log["p"])).mean())


# ---------------------------------------------------------------- 9.4


def _best_left(ranking, slate):
    return next(int(item) for item in ranking if int(item) not in slate)


@right("metric_stack.4", "Slate by slate, round by round.")
def team_draft(a, b, slate_size, coin):
    item = np.zeros((len(a), slate_size), dtype=int)
    team = np.zeros((len(a), slate_size), dtype=int)
    for row in range(len(a)):
        slate, whose, turn = [], [], 0
        while len(slate) < slate_size:
            captains = (0, 1) if coin[row][turn] < 0.5 else (1, 0)
            for captain in captains:
                if len(slate) == slate_size:
                    break
                slate.append(_best_left((a, b)[captain][row], slate))
                whose.append(captain)
            turn += 1
        item[row], team[row] = slate, whose
    return item, team


@right("metric_stack.4", "numpy: all requests at once, slot by slot.")
def team_draft(a, b, slate_size, coin):
    a, b, coin = np.asarray(a), np.asarray(b), np.asarray(coin)
    n = len(a)
    item = np.zeros((n, slate_size), dtype=np.int64)
    team = np.zeros((n, slate_size), dtype=np.int64)
    for slot in range(slate_size):
        first = (coin[:, slot // 2] >= 0.5).astype(np.int64)
        team[:, slot] = first if slot % 2 == 0 else 1 - first
        ranking = np.where(team[:, slot, None] == 1, b, a)
        taken = (ranking[:, :, None] == item[:, None, :slot]).any(axis=2)
        item[:, slot] = ranking[np.arange(n), np.argmin(taken, axis=1)]
    return item, team


@right("metric_stack.4", "Recursion over the slots with the two lists as queues without what stands.")
def team_draft(a, b, slate_size, coin):
    def draft(queues, flips, slot):
        if slot == slate_size:
            return []
        first = 0 if flips[slot // 2] < 0.5 else 1
        captain = first if slot % 2 == 0 else 1 - first
        pick = queues[captain][0]
        rest = [[x for x in queue if x != pick] for queue in queues]
        return [(pick, captain)] + draft(rest, flips, slot + 1)

    slates = [draft([list(one), list(other)], flips, 0)
              for one, other, flips in zip(np.asarray(a).tolist(), np.asarray(b).tolist(),
                                           np.asarray(coin).tolist())]
    both = np.array(slates, dtype=int).reshape(len(slates), slate_size, 2)
    return both[:, :, 0], both[:, :, 1]


@right("metric_stack.4", "Teams from the coins first, then two pointers that only move down; tensors as answers.")
def team_draft(a, b, slate_size, coin):
    n = len(a)
    first = (np.asarray(coin, dtype=float) >= 0.5).astype(int)
    team = np.stack([first, 1 - first], axis=2).reshape(n, 2 * first.shape[1])[:, :slate_size]
    item = np.empty((n, slate_size), dtype=np.int64)
    for row in range(n):
        lists, pointer, used = (a[row], b[row]), [0, 0], set()
        for slot in range(slate_size):
            captain = int(team[row, slot])
            while int(lists[captain][pointer[captain]]) in used:
                pointer[captain] += 1
            pick = int(lists[captain][pointer[captain]])
            item[row, slot] = pick
            used.add(pick)
    return torch.from_numpy(item), torch.from_numpy(team.astype(np.int64))
