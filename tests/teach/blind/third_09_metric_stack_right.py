"""Right solutions of lesson 09, written blind."""

import math

import numpy as np
import pandas as pd
import torch
from blind_book import right


# ---------------------------------------------------------------- 9.1


@right("metric_stack.1", "Plain loops and a set for each person.")
def ndcg_at_k(top, relevant, k):
    values = []
    for row, wanted in zip(top, relevant, strict=True):
        wanted = {int(i) for i in wanted}
        if not wanted:
            values.append(math.nan)
            continue
        gained = sum(1 / math.log2(p + 1) for p, item in enumerate(row[:k], start=1) if int(item) in wanted)
        possible = sum(1 / math.log2(p + 1) for p in range(1, min(k, len(wanted)) + 1))
        values.append(gained / possible)
    return values


@right("metric_stack.1", "np.isin a person, discounts and their running sum once.")
def ndcg_at_k(top, relevant, k):
    top = np.asarray(top)
    discount = 1 / np.log2(np.arange(2, k + 2))
    ideal = np.cumsum(discount)
    out = np.full(len(top), np.nan)
    for u, wanted in enumerate(relevant):
        n = min(len(wanted), k)
        if n:
            out[u] = discount @ np.isin(top[u, :k], wanted) / ideal[n - 1]
    return out


@right("metric_stack.1", "pandas: hits by a merge on person and item.")
def ndcg_at_k(top, relevant, k):
    top = np.asarray(top)[:, :k]
    n_users = len(top)
    shown = pd.DataFrame({"user": np.repeat(np.arange(n_users), top.shape[1]), "item": top.ravel().astype(np.int64),
                          "p": np.tile(np.arange(1, top.shape[1] + 1), n_users)})
    sizes = np.array([len(r) for r in relevant], dtype=int)
    items = np.concatenate([np.asarray(r, dtype=np.int64) for r in relevant] + [np.empty(0, np.int64)])
    wanted = pd.DataFrame({"user": np.repeat(np.arange(n_users), sizes), "item": items})
    hits = shown.merge(wanted, on=["user", "item"])
    gains = (1 / np.log2(hits["p"] + 1)).groupby(hits["user"]).sum().reindex(range(n_users), fill_value=0.0)
    best = np.concatenate([[np.nan], np.cumsum(1 / np.log2(np.arange(1, k + 1) + 1))])
    return gains / best[np.minimum(sizes, k)]


@right("metric_stack.1", "torch: padded relevant items are compared with all places at once.")
def ndcg_at_k(top, relevant, k):
    top = torch.tensor(np.array(top, dtype=np.int64))[:, :k]
    sizes = torch.tensor([len(r) for r in relevant], dtype=torch.int64)
    widest = max([len(r) for r in relevant], default=0)
    padded = torch.zeros((len(top), widest), dtype=torch.int64)
    real = torch.zeros((len(top), widest), dtype=torch.bool)
    for u, r in enumerate(relevant):
        padded[u, : len(r)] = torch.tensor(np.array(r, dtype=np.int64))
        real[u, : len(r)] = True
    hit = ((top[:, :, None] == padded[:, None, :]) & real[:, None, :]).any(dim=2).double()
    discount = 1 / torch.log2(torch.arange(2, k + 2, dtype=torch.float64))
    ideal = ((torch.arange(k)[None, :] < sizes[:, None]).double() * discount).sum(dim=1)
    return ((hit * discount).sum(dim=1) / ideal).numpy()      # 0 / 0 is NaN


# ---------------------------------------------------------------- 9.3


@right("metric_stack.3", "numpy, the model's answer and the weighted residual.")
def doubly_robust(reward, logged, target, predicted, predicted_target):
    reward, logged, target, predicted, predicted_target = (
        np.asarray(a, dtype=float) for a in (reward, logged, target, predicted, predicted_target))
    return np.mean(predicted_target) + np.mean(target / logged * (reward - predicted))


@right("metric_stack.3", "A loop with one running sum.")
def doubly_robust(reward, logged, target, predicted, predicted_target):
    terms = []
    for r, p, q, said, said_target in zip(reward, logged, target, predicted, predicted_target, strict=True):
        terms.append(float(said_target) + float(q) / float(p) * (float(r) - float(said)))
    return math.fsum(terms) / len(terms)


@right("metric_stack.3", "pandas columns.")
def doubly_robust(reward, logged, target, predicted, predicted_target):
    log = pd.DataFrame({"r": np.asarray(reward, float), "p": np.asarray(logged, float), "q": np.asarray(target, float),
                        "said": np.asarray(predicted, float), "dm": np.asarray(predicted_target, float)})
    return log.eval("dm + q / p * (r - said)").mean()


@right("metric_stack.3", "torch, a dot product over n.")
def doubly_robust(reward, logged, target, predicted, predicted_target):
    r, p, q, said, dm = (torch.tensor(np.array(a, dtype=np.float64)) for a in (reward, logged, target, predicted, predicted_target))
    return dm.mean() + torch.dot(q / p, r - said) / len(r)


# ---------------------------------------------------------------- 9.4


@right("metric_stack.4", "A loop over slates; two captains with a pointer each.")
def team_draft(a, b, slate_size, coin):
    items, teams = [], []
    for row_a, row_b, coins in zip(np.asarray(a).tolist(), np.asarray(b).tolist(), np.asarray(coin).tolist(), strict=True):
        lists, at, slate, team = (row_a, row_b), [0, 0], [], []
        turn = 0
        while len(slate) < slate_size:
            first = 0 if coins[turn] < 0.5 else 1
            for captain in (first, 1 - first):
                if len(slate) == slate_size:
                    break
                while lists[captain][at[captain]] in slate:
                    at[captain] += 1
                slate.append(lists[captain][at[captain]])
                team.append(captain)
            turn += 1
        items.append(slate)
        teams.append(team)
    return items, teams


@right("metric_stack.4", "Vectorised over slates: who picks each slot is known beforehand.")
def team_draft(a, b, slate_size, coin):
    both = np.stack([np.asarray(a), np.asarray(b)])
    n = both.shape[1]
    rounds = (slate_size + 1) // 2
    first = (np.asarray(coin)[:, :rounds] >= 0.5).astype(int)
    team = np.stack([first, 1 - first], axis=2).reshape(n, -1)[:, :slate_size]
    item = np.zeros((n, slate_size), dtype=both.dtype)
    rows = np.arange(n)
    for slot in range(slate_size):
        mine = both[team[:, slot], rows]
        taken = (mine[:, :, None] == item[:, None, :slot]).any(axis=2)
        item[:, slot] = mine[rows, np.argmin(taken, axis=1)]
    return item, team


@right("metric_stack.4", "Recursion, a round at a time, with next() over the lists.")
def team_draft(a, b, slate_size, coin):
    def play(slate, team, coins, row):
        if len(slate) >= slate_size:
            return slate[:slate_size], team[:slate_size]
        captains = (0, 1) if coins[0] < 0.5 else (1, 0)
        for captain in captains:
            if len(slate) < slate_size:
                pick = next(int(i) for i in row[captain] if int(i) not in slate)
                slate, team = [*slate, pick], [*team, captain]
        return play(slate, team, coins[1:], row)

    played = [play([], [], list(c), (x, y)) for x, y, c in zip(a, b, coin, strict=True)]
    item = np.array([p[0] for p in played], dtype=int).reshape(len(played), slate_size)
    return item, np.array([p[1] for p in played], dtype=int).reshape(len(played), slate_size)


@right("metric_stack.4", "torch: an item in the slate is crossed out in both lists.")
def team_draft(a, b, slate_size, coin):
    lists = torch.stack([torch.tensor(np.array(a, dtype=np.int64)), torch.tensor(np.array(b, dtype=np.int64))])
    coin = torch.tensor(np.array(coin, dtype=np.float64))
    n, rows = lists.shape[1], torch.arange(lists.shape[1])
    free = torch.ones_like(lists, dtype=torch.bool)
    item, team = (torch.zeros((n, slate_size), dtype=torch.int64) for _ in range(2))
    for slot in range(slate_size):
        b_first = (coin[:, slot // 2] >= 0.5).long()
        captain = b_first if slot % 2 == 0 else 1 - b_first
        place = free[captain, rows].int().argmax(dim=1)
        pick = lists[captain, rows, place]
        free &= lists != pick[None, :, None]
        item[:, slot], team[:, slot] = pick, captain
    return item, team
