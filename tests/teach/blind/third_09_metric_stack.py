"""Solutions of lesson 09, written blind."""

import math

import numpy as np
import pandas as pd
from blind_book import right, wrong

# ---------------------------------------------------------------- 9.1


@wrong("metric_stack.1", "Divides by the gains of k hits for everybody, also for people with fewer relevant items.")
def ndcg_at_k(top, relevant, k):
    gain = 1 / np.log2(np.arange(2, k + 2))
    out = np.full(len(relevant), np.nan)
    for u, mine in enumerate(relevant):
        if len(mine):
            out[u] = (np.isin(top[u][:k], mine) * gain).sum() / gain.sum()
    return out


@wrong("metric_stack.1", "The ideal holds all relevant items, more than the k that a list can hold.")
def ndcg_at_k(top, relevant, k):
    gain = 1 / np.log2(np.arange(2, k + 2))
    out = np.full(len(relevant), np.nan)
    for u, mine in enumerate(relevant):
        if len(mine):
            ideal = (1 / np.log2(np.arange(2, len(mine) + 2))).sum()
            out[u] = (np.isin(top[u][:k], mine) * gain).sum() / ideal
    return out


@wrong("metric_stack.1", "Somebody with nothing relevant gets 0 in place of NaN.")
def ndcg_at_k(top, relevant, k):
    gain = 1 / np.log2(np.arange(2, k + 2))
    out = np.zeros(len(relevant))
    for u, mine in enumerate(relevant):
        if len(mine):
            out[u] = (np.isin(top[u][:k], mine) * gain).sum() / gain[: len(mine)].sum()
    return out


@wrong("metric_stack.1", "The ideal only re-sorts the hits that were found; relevant items missed cost nothing.")
def ndcg_at_k(top, relevant, k):
    gain = 1 / np.log2(np.arange(2, k + 2))
    out = np.full(len(relevant), np.nan)
    for u, mine in enumerate(relevant):
        if len(mine):
            hit = np.isin(top[u][:k], mine)
            ideal = gain[: hit.sum()].sum()
            out[u] = (hit * gain).sum() / ideal if ideal else 0.0
    return out


@wrong("metric_stack.1", "Cuts the relevant items to k as well, though they are in no order.")
def ndcg_at_k(top, relevant, k):
    gain = 1 / np.log2(np.arange(2, k + 2))
    out = np.full(len(relevant), np.nan)
    for u, mine in enumerate(relevant):
        mine = np.asarray(mine)[:k]
        if len(mine):
            out[u] = (np.isin(top[u][:k], mine) * gain).sum() / gain[: len(mine)].sum()
    return out


@wrong("metric_stack.1", "The older DCG: positions 1 and 2 both count 1, later ones 1/log2(p).")
def ndcg_at_k(top, relevant, k):
    gain = 1 / np.maximum(np.log2(np.arange(1, k + 1)), 1)
    out = np.full(len(relevant), np.nan)
    for u, mine in enumerate(relevant):
        if len(mine):
            out[u] = (np.isin(top[u][:k], mine) * gain).sum() / gain[: len(mine)].sum()
    return out


@wrong("metric_stack.1", "Counts hits in the whole list of K, not in the first k.")
def ndcg_at_k(top, relevant, k):
    top = np.asarray(top)
    gain = 1 / np.log2(np.arange(2, top.shape[1] + 2))
    out = np.full(len(relevant), np.nan)
    for u, mine in enumerate(relevant):
        if len(mine):
            out[u] = (np.isin(top[u], mine) * gain).sum() / gain[: min(k, len(mine))].sum()
    return out


@wrong("metric_stack.1", "Looks for hits among the relevant items of all people together.")
def ndcg_at_k(top, relevant, k):
    top = np.asarray(top)[:, :k]
    gain = 1 / np.log2(np.arange(2, k + 2))
    if not len(relevant):
        return np.array([])
    hit = np.isin(top, np.concatenate([np.asarray(mine, dtype=int) for mine in relevant]))
    many = np.array([min(len(mine), k) for mine in relevant])
    ideal = np.concatenate([[np.nan], np.cumsum(gain)])[many]
    return (hit * gain).sum(axis=1) / ideal


@right("metric_stack.1", "Numpy: cumulated gains give the ideal of any number of relevant items.")
def ndcg_at_k(top, relevant, k):
    top = np.asarray(top)[:, :k]
    gain = 1 / np.log2(np.arange(k) + 2)
    ideal = np.concatenate([[np.nan], np.cumsum(gain)])
    many = np.array([min(len(mine), k) for mine in relevant], dtype=int)
    hit = np.array([np.isin(row, np.asarray(mine, dtype=int)) for row, mine in zip(top, relevant)])
    return (hit.reshape(len(many), k) @ gain) / ideal[many]


@right("metric_stack.1", "Sets and loops; natural logs, since the base cancels; a list.")
def ndcg_at_k(top, relevant, k):
    out = []
    for row, mine in zip(top, relevant):
        wanted = {int(i) for i in mine}
        if not wanted:
            out.append(float("nan"))
            continue
        got = math.fsum(1 / math.log(p + 1) for p, i in enumerate(row[:k], 1) if int(i) in wanted)
        best = math.fsum(1 / math.log(p + 1) for p in range(1, min(k, len(wanted)) + 1))
        out.append(got / best)
    return out


@right("metric_stack.1", "Pandas: join the list and the relevant pairs, sum the gains by user; a Series.")
def ndcg_at_k(top, relevant, k):
    top = np.asarray(top)[:, :k]
    n = len(relevant)
    shown = pd.DataFrame({"user": np.repeat(np.arange(n), k), "item": top.ravel().astype(np.int64),
                          "gain": np.tile(1 / np.log2(np.arange(2, k + 2)), n)})
    many = np.array([len(mine) for mine in relevant], dtype=int)
    items = [int(i) for mine in relevant for i in mine]
    wanted = pd.DataFrame({"user": np.repeat(np.arange(n), many),
                           "item": np.array(items, dtype=np.int64)})
    got = shown.merge(wanted, on=["user", "item"]).groupby("user")["gain"].sum()
    got = got.reindex(range(n), fill_value=0.0)
    best = [sum(1 / np.log2(p + 2) for p in range(min(m, k))) if m else np.nan for m in many]
    return got / pd.Series(best, index=got.index, dtype=float)


# ---------------------------------------------------------------- 9.3


@wrong("metric_stack.3", "The weight is upside down: logged over target.")
def doubly_robust(reward, logged, target, predicted, predicted_target):
    reward, logged, target, predicted, predicted_target = (
        np.asarray(x, float) for x in (reward, logged, target, predicted, predicted_target))
    weight = np.divide(logged, target, out=np.zeros_like(logged), where=target > 0)
    return np.mean(predicted_target) + np.mean(weight * (reward - predicted))


@wrong("metric_stack.3", "Self-normalises: divides the correction by the sum of the weights, not by n.")
def doubly_robust(reward, logged, target, predicted, predicted_target):
    weight = np.asarray(target, float) / np.asarray(logged, float)
    residual = np.asarray(reward, float) - np.asarray(predicted, float)
    total = weight.sum()
    return np.mean(predicted_target) + (np.sum(weight * residual) / total if total else 0.0)


@wrong("metric_stack.3", "Compares the reward with the model's mean under the target, not with the logged decision's.")
def doubly_robust(reward, logged, target, predicted, predicted_target):
    weight = np.asarray(target, float) / np.asarray(logged, float)
    residual = np.asarray(reward, float) - np.asarray(predicted_target, float)
    return np.mean(predicted_target) + np.mean(weight * residual)


@wrong("metric_stack.3", "The correction has no weights, so it corrects for the logger's choices.")
def doubly_robust(reward, logged, target, predicted, predicted_target):
    residual = np.asarray(reward, float) - np.asarray(predicted, float)
    return float(np.mean(predicted_target) + np.mean(residual))


@wrong("metric_stack.3", "Adds all of IPS to the model's answer, without taking the prediction off the reward.")
def doubly_robust(reward, logged, target, predicted, predicted_target):
    weight = np.asarray(target, float) / np.asarray(logged, float)
    return np.mean(predicted_target) + np.mean(weight * np.asarray(reward, float))


@wrong("metric_stack.3", "Clips the weights at 5, so the sum is no longer right on average.")
def doubly_robust(reward, logged, target, predicted, predicted_target):
    weight = np.minimum(np.asarray(target, float) / np.asarray(logged, float), 5)
    residual = np.asarray(reward, float) - np.asarray(predicted, float)
    return np.mean(predicted_target) + np.mean(weight * residual)


@wrong("metric_stack.3", "Starts from the model's mean for the logged decisions, not for the target.")
def doubly_robust(reward, logged, target, predicted, predicted_target):
    weight = np.asarray(target, float) / np.asarray(logged, float)
    residual = np.asarray(reward, float) - np.asarray(predicted, float)
    return np.mean(predicted) + np.mean(weight * residual)


@wrong("metric_stack.3", "Averages the correction over the decisions that the target could take, not over all n.")
def doubly_robust(reward, logged, target, predicted, predicted_target):
    reward, logged, target, predicted = (
        np.asarray(x, float) for x in (reward, logged, target, predicted))
    able = target > 0
    if not able.any():
        return float(np.mean(predicted_target))
    weight = target[able] / logged[able]
    return np.mean(predicted_target) + np.mean(weight * (reward[able] - predicted[able]))


@right("metric_stack.3", "Numpy in one line; a numpy scalar.")
def doubly_robust(reward, logged, target, predicted, predicted_target):
    reward, logged, target, predicted, predicted_target = (
        np.asarray(x, float) for x in (reward, logged, target, predicted, predicted_target))
    return np.mean(predicted_target + target / logged * (reward - predicted))


@right("metric_stack.3", "Plain Python with exact sums; a float.")
def doubly_robust(reward, logged, target, predicted, predicted_target):
    n = len(reward)
    model = math.fsum(float(m) for m in predicted_target)
    term = math.fsum(float(q) / float(p) * (float(r) - float(m))
                     for r, p, q, m in zip(reward, logged, target, predicted))
    return model / n + term / n


@right("metric_stack.3", "As IPS plus a control variate, by dot products; a 0-d array.")
def doubly_robust(reward, logged, target, predicted, predicted_target):
    weight = np.asarray(target, float) / np.asarray(logged, float)
    n = len(weight)
    ips = weight @ np.asarray(reward, float) / n
    model_by_ips = weight @ np.asarray(predicted, float) / n
    return np.array(ips - model_by_ips + np.asarray(predicted_target, float).sum() / n)


# ---------------------------------------------------------------- 9.4


def _best_free(ranked, used):
    return next(int(i) for i in ranked if int(i) not in used)


@wrong("metric_stack.4", "A coin of exactly 0.5 goes to a: the comparison is <=.")
def team_draft(a, b, slate_size, coin):
    item = np.zeros((len(a), slate_size), int)
    team = np.zeros((len(a), slate_size), int)
    for u in range(len(a)):
        used = set()
        for slot in range(slate_size):
            first = 0 if coin[u][slot // 2] <= 0.5 else 1
            who = first if slot % 2 == 0 else 1 - first
            item[u, slot] = _best_free((a, b)[who][u], used)
            team[u, slot] = who
            used.add(int(item[u, slot]))
    return item, team


@wrong("metric_stack.4", "A coin for each slot instead of one for each round, so a captain may pick in a row.")
def team_draft(a, b, slate_size, coin):
    coin = np.asarray(coin)
    item = np.zeros((len(a), slate_size), int)
    team = np.zeros((len(a), slate_size), int)
    for u in range(len(a)):
        used = set()
        for slot in range(slate_size):
            who = 0 if coin[u, slot % coin.shape[1]] < 0.5 else 1
            item[u, slot] = _best_free((a, b)[who][u], used)
            team[u, slot] = who
            used.add(int(item[u, slot]))
    return item, team


@wrong("metric_stack.4", "One coin for the slate: after it the captains alternate, later coins are ignored.")
def team_draft(a, b, slate_size, coin):
    item = np.zeros((len(a), slate_size), int)
    team = np.zeros((len(a), slate_size), int)
    for u in range(len(a)):
        used = set()
        who = 0 if coin[u][0] < 0.5 else 1
        for slot in range(slate_size):
            item[u, slot] = _best_free((a, b)[who][u], used)
            team[u, slot] = who
            used.add(int(item[u, slot]))
            who = 1 - who
    return item, team


@wrong("metric_stack.4", "Each captain goes down their own list without looking at the slate: items stand twice.")
def team_draft(a, b, slate_size, coin):
    a, b, coin = np.asarray(a), np.asarray(b), np.asarray(coin)
    slot = np.arange(slate_size)
    first = (coin[:, : (slate_size + 1) // 2] >= 0.5).astype(int)
    team = np.where(slot % 2 == 0, first[:, slot // 2], 1 - first[:, slot // 2])
    item = np.where(team == 0, a[:, slot // 2], b[:, slot // 2])
    return item, team


@wrong("metric_stack.4", "Credits an item to the ranker that has it higher up, not to the one that picked it.")
def team_draft(a, b, slate_size, coin):
    item = np.zeros((len(a), slate_size), int)
    team = np.zeros((len(a), slate_size), int)
    for u in range(len(a)):
        used = set()
        place = [{int(i): p for p, i in enumerate(ranked[u])} for ranked in (a, b)]
        for slot in range(slate_size):
            first = 0 if coin[u][slot // 2] < 0.5 else 1
            who = first if slot % 2 == 0 else 1 - first
            pick = _best_free((a, b)[who][u], used)
            used.add(pick)
            item[u, slot] = pick
            in_a, in_b = (place[t].get(pick, np.inf) for t in (0, 1))
            team[u, slot] = who if in_a == in_b else int(in_b < in_a)
    return item, team


@wrong("metric_stack.4", "With an odd number of slots the last pick is always a's; its coin is not looked at.")
def team_draft(a, b, slate_size, coin):
    item = np.zeros((len(a), slate_size), int)
    team = np.zeros((len(a), slate_size), int)
    for u in range(len(a)):
        used = set()
        for slot in range(slate_size):
            if slot == slate_size - 1 and slate_size % 2:
                who = 0
            else:
                first = 0 if coin[u][slot // 2] < 0.5 else 1
                who = first if slot % 2 == 0 else 1 - first
            item[u, slot] = _best_free((a, b)[who][u], used)
            team[u, slot] = who
            used.add(int(item[u, slot]))
    return item, team


@wrong("metric_stack.4", "Uses the first slate's coins for all slates of the batch.")
def team_draft(a, b, slate_size, coin):
    coin = np.asarray(coin)
    item = np.zeros((len(a), slate_size), int)
    team = np.zeros((len(a), slate_size), int)
    for u in range(len(a)):
        used = set()
        for slot in range(slate_size):
            first = int(coin[0, slot // 2] >= 0.5)
            who = (first + slot) % 2
            item[u, slot] = _best_free((a, b)[who][u], used)
            team[u, slot] = who
            used.add(int(item[u, slot]))
    return item, team


@wrong("metric_stack.4", "Balanced interleaving, the older method: pointers into both lists and a single coin.")
def team_draft(a, b, slate_size, coin):
    item = np.full((len(a), slate_size), -1)
    team = np.zeros((len(a), slate_size), int)
    for u in range(len(a)):
        at, used, slot = [0, 0], set(), 0
        first = 0 if coin[u][0] < 0.5 else 1
        while slot < slate_size:
            who = first if at[first] <= at[1 - first] else 1 - first
            pick = int((a, b)[who][u][at[who]])
            at[who] += 1
            if pick not in used:
                used.add(pick)
                item[u, slot], team[u, slot] = pick, who
                slot += 1
    return item, team


@right("metric_stack.4", "Plain loops over slates and rounds.")
def team_draft(a, b, slate_size, coin):
    item = np.empty((len(a), slate_size), dtype=np.int64)
    team = np.empty((len(a), slate_size), dtype=np.int64)
    for u in range(len(a)):
        slate, whose, r = [], [], 0
        while len(slate) < slate_size:
            for who in ((0, 1) if coin[u][r] < 0.5 else (1, 0)):
                if len(slate) < slate_size:
                    slate.append(next(int(i) for i in (a, b)[who][u] if int(i) not in slate))
                    whose.append(who)
            r += 1
        item[u], team[u] = slate, whose
    return item, team


@right("metric_stack.4", "As the paper writes it: the smaller team picks, a coin where they are equal; lists.")
def team_draft(a, b, slate_size, coin):
    items, teams = [], []
    for row_a, row_b, toss in zip(a, b, coin):
        rows, at, size = ([int(i) for i in row_a], [int(i) for i in row_b]), [0, 0], [0, 0]
        slate, whose, tosses = {}, [], iter(toss)
        while len(slate) < slate_size:
            if size[0] == size[1]:
                who = 0 if next(tosses) < 0.5 else 1
            else:
                who = int(size[1] < size[0])
            while rows[who][at[who]] in slate:
                at[who] += 1
            slate[rows[who][at[who]]] = who
            size[who] += 1
            whose.append(who)
        items.append(list(slate))
        teams.append(whose)
    return items, teams


@right("metric_stack.4", "Vectorised over slates: slot by slot, the first item of the picker's list that is free.")
def team_draft(a, b, slate_size, coin):
    both = np.stack([np.asarray(a), np.asarray(b)])
    n = both.shape[1]
    rounds = np.arange(slate_size) // 2
    team = ((np.asarray(coin)[:, rounds] >= 0.5) + np.arange(slate_size)) % 2
    item = np.zeros((n, slate_size), dtype=both.dtype)
    rows = np.arange(n)
    for slot in range(slate_size):
        own = both[team[:, slot], rows]
        taken = (own[:, :, None] == item[:, None, :slot]).any(axis=2)
        item[:, slot] = own[rows, np.argmin(taken, axis=1)]
    return item, team
