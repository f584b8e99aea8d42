"""Solutions of lesson 09, written blind: from the notebook's text alone. Second part."""

from itertools import chain

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@wrong("metric_stack.3", "The correction is divided by the sum of the weights, not by n.")
def robust_self_normalised(reward, logged, target, predicted, predicted_target):
    weight = target / logged
    correction = (weight * (reward - predicted)).sum() / max(weight.sum(), 1e-12)
    return float(predicted_target.mean() + correction)


@wrong("metric_stack.3", "The error has the wrong sign: predicted less reward.")
def robust_sign(reward, logged, target, predicted, predicted_target):
    return float(np.mean(predicted_target + target / logged * (predicted - reward)))


@wrong("metric_stack.3", "Starts from the model's answer for the logged decisions, not for the target policy.")
def robust_wrong_start(reward, logged, target, predicted, predicted_target):
    return float(predicted.mean() + np.mean(target / logged * (reward - predicted)))


@wrong("metric_stack.3", "The error is taken against the mean under the target, not the logged decision's prediction.")
def robust_wrong_error(reward, logged, target, predicted, predicted_target):
    return float(np.mean(predicted_target + target / logged * (reward - predicted_target)))


@wrong("metric_stack.3", "The importance weight is upside down.")
def robust_inverted(reward, logged, target, predicted, predicted_target):
    with np.errstate(divide="ignore"):
        return float(np.mean(predicted_target + logged / target * (reward - predicted)))


@wrong("metric_stack.3", "The errors are not weighted.")
def robust_unweighted(reward, logged, target, predicted, predicted_target):
    return np.mean(predicted_target) + np.mean(reward - predicted)


@wrong("metric_stack.3", "The weight is at the reward only, and the prediction is taken off unweighted.")
def robust_half_weighted(reward, logged, target, predicted, predicted_target):
    return float(np.mean(predicted_target + target / logged * reward - predicted))


@wrong("metric_stack.3", "The sum of the weighted errors is added, not their mean.")
def robust_sum(reward, logged, target, predicted, predicted_target):
    total = float(np.mean(predicted_target))
    for r, p, q, g in zip(reward, logged, target, predicted):
        total += q / p * (r - g)
    return total


@wrong("metric_stack.3", "Mean weight times mean error in place of the mean of their products.")
def robust_product_of_means(reward, logged, target, predicted, predicted_target):
    return float(np.mean(predicted_target) + np.mean(target / logged) * np.mean(reward - predicted))


@wrong("metric_stack.3", "The mean is over decisions that the target would take; the text divides by all n.")
def robust_matched(reward, logged, target, predicted, predicted_target):
    rows = pd.DataFrame({"w": target / logged, "error": reward - predicted}).query("w > 0")
    return float(np.mean(predicted_target) + (rows["w"] * rows["error"]).mean())


@wrong("metric_stack.3", "The model's answer is weighted as well.")
def robust_weighted_start(reward, logged, target, predicted, predicted_target):
    weight = target / logged
    return float(np.mean(weight * (predicted_target + reward - predicted)))


@wrong("metric_stack.3", "Weights are cut at 1, so decisions that the target likes more than the log count too little.")
def robust_clipped(reward, logged, target, predicted, predicted_target):
    return float(np.mean(predicted_target + np.clip(target / logged, 0, 1) * (reward - predicted)))


@right("metric_stack.3", "Pure Python, one running mean.")
def robust_python(reward, logged, target, predicted, predicted_target):
    mean = 0.0
    for n, (r, p, q, g, m) in enumerate(zip(reward, logged, target, predicted, predicted_target), start=1):
        mean += (float(m) + float(q) / float(p) * (float(r) - float(g)) - mean) / n
    return mean


@right("metric_stack.3", "IPS of the rewards, less IPS of the predictions, plus the model.")
def robust_three_terms(reward, logged, target, predicted, predicted_target):
    weight = np.asarray(target) / np.asarray(logged) / len(reward)
    return weight @ np.asarray(reward) - weight @ np.asarray(predicted) + np.mean(predicted_target)


@right("metric_stack.3", "torch, a zero-dimensional array comes back.")
def robust_torch(reward, logged, target, predicted, predicted_target):
    r, p, q, g, m = (torch.tensor(np.asarray(x, dtype=float))
                     for x in (reward, logged, target, predicted, predicted_target))
    return torch.addcdiv(m, q * (r - g), p).mean().numpy()


def draft_one(a, b, size, coin, below=0.5):
    """One slate by the text: two captains, a coin a round."""
    slate, team = [], []
    for c in coin:
        for captain in ((0, 1) if c < below else (1, 0)):
            if len(slate) < size:
                slate.append(next(item for item in (a, b)[captain] if item not in slate))
                team.append(captain)
    return slate, team


def all_rows(one, a, b, slate_size, coin):
    drafted = [one([int(i) for i in x], [int(i) for i in y], slate_size, list(c)) for x, y, c in zip(a, b, coin)]
    return tuple(np.array(part, dtype=int).reshape(len(a), slate_size) for part in zip(*drafted))


@wrong("metric_stack.4", "The first coin decides for all rounds.")
def draft_first_coin(a, b, slate_size, coin):
    return all_rows(draft_one, a, b, slate_size, np.repeat(coin[:, :1], coin.shape[1], axis=1))


@wrong("metric_stack.4", "A coin of exactly 0.5 lets a pick first: <= where the text says below.")
def draft_half(a, b, slate_size, coin):
    return all_rows(lambda x, y, size, c: draft_one(x, y, size, c, below=np.nextafter(0.5, 1)), a, b, slate_size, coin)


@wrong("metric_stack.4", "The coin is read the wrong way round: below 0.5 b picks first.")
def draft_flipped(a, b, slate_size, coin):
    item, team = [], []
    for x, y, c in zip(a, b, coin):
        slate, side = draft_one(list(y), list(x), slate_size, c)
        item.append(slate)
        team.append([1 - s for s in side])
    return np.array(item), np.array(team)


@wrong("metric_stack.4", "A coin for each slot, not for each round: one captain may pick twice in a round.")
def draft_coin_a_slot(a, b, slate_size, coin):
    def one(x, y, size, c):
        slate, team = [], []
        for slot in range(size):
            captain = int(c[slot % len(c)] >= 0.5)
            slate.append(next(item for item in (x, y)[captain] if item not in slate))
            team.append(captain)
        return slate, team
    return all_rows(one, a, b, slate_size, coin)


@wrong("metric_stack.4", "Each takes the r-th of the own list in round r, also where it is in the slate already.")
def draft_duplicates(a, b, slate_size, coin):
    item, team = np.zeros((len(a), slate_size), int), np.zeros((len(a), slate_size), int)
    for slot in range(slate_size):
        r = slot // 2
        side = (coin[:, r] >= 0.5).astype(int) ^ (slot % 2)
        item[:, slot] = np.where(side == 0, a[:, r], b[:, r])
        team[:, slot] = side
    return item, team


@wrong("metric_stack.4", "Both choose before either has picked: the second may take the item that the first just took.")
def draft_at_once(a, b, slate_size, coin):
    def one(x, y, size, c):
        slate, team = [], []
        for r in range((size + 1) // 2):
            picks = [next(item for item in own if item not in slate) for own in (x, y)]
            sides = (0, 1) if c[r] < 0.5 else (1, 0)
            slate += [picks[s] for s in sides]
            team += sides
        return slate[:size], team[:size]
    return all_rows(one, a, b, slate_size, coin)


@wrong("metric_stack.4", "With an odd number of slots the last pick goes to a, whatever the coin says.")
def draft_odd_to_a(a, b, slate_size, coin):
    item, team = all_rows(draft_one, a, b, slate_size, coin)
    if slate_size % 2:
        for row in range(len(a)):
            item[row, -1] = next(x for x in a[row] if x not in item[row, :-1])
            team[row, -1] = 0
    return item, team


@wrong("metric_stack.4", "The last round is not cut: with an odd number of slots the slate is one too long.")
def draft_too_long(a, b, slate_size, coin):
    even = slate_size + slate_size % 2
    drafted = [draft_one([*x, -1], [*y, -1], even, c) for x, y, c in zip(a.tolist(), b.tolist(), coin)]
    return np.array([d[0] for d in drafted]), np.array([d[1] for d in drafted])


@wrong("metric_stack.4", "One coin for all: the first row's coins decide for everybody.")
def draft_one_coin(a, b, slate_size, coin):
    return all_rows(draft_one, a, b, slate_size, [coin[0]] * len(a))


@wrong("metric_stack.4", "The team is that of the list which ranks the item higher, not of who picked it.")
def draft_team_by_rank(a, b, slate_size, coin):
    item, team = all_rows(draft_one, a, b, slate_size, coin)
    for row, slot in np.ndindex(item.shape):
        places = [np.flatnonzero(own[row] == item[row, slot]) for own in (a, b)]
        rank = [place[0] if len(place) else own.shape[1] for place, own in zip(places, (a, b))]
        team[row, slot] = int(rank[1] < rank[0])
    return item, team


@wrong("metric_stack.4", "The pointer passes one item that is in the slate already, and not a second one behind it.")
def draft_skips_once(a, b, slate_size, coin):
    def one(x, y, size, c):
        slate, team, place = [], [], [0, 0]
        for slot in range(size):
            side = int(c[slot // 2] >= 0.5) ^ (slot % 2)
            own = (x, y)[side]
            if own[min(place[side], len(own) - 1)] in slate:
                place[side] += 1
            slate.append(own[min(place[side], len(own) - 1)])
            place[side] += 1
            team.append(side)
        return slate, team
    return all_rows(one, a, b, slate_size, coin)


@wrong("metric_stack.4", "Teams are swapped round by round without a coin: a, b, a, b.")
def draft_no_coin(a, b, slate_size, coin):
    return all_rows(draft_one, a, b, slate_size, np.zeros_like(coin))


@right("metric_stack.4", "Pure Python, nested lists come back.")
def draft_python(a, b, slate_size, coin):
    rows = [draft_one(list(x), list(y), slate_size, c) for x, y, c in zip(a, b, coin)]
    return [row[0] for row in rows], [row[1] for row in rows]


@right("metric_stack.4", "numpy, all rows at once: a slot at a time, the first unused item by argmin of `used`.")
def draft_vectorised(a, b, slate_size, coin):
    lists = np.stack([np.asarray(a), np.asarray(b)])                    # (2, B, C)
    rows = np.arange(lists.shape[1])
    item, team = np.empty((len(rows), 0), dtype=int), np.empty((len(rows), 0), dtype=int)
    for slot in range(slate_size):
        side = ((np.asarray(coin)[:, slot // 2] >= 0.5) + slot) % 2
        own = lists[side, rows]
        used = (own[:, :, None] == item[:, None, :]).any(axis=2)
        item = np.column_stack([item, own[rows, used.argmin(axis=1)]])
        team = np.column_stack([team, side])
    return item, team


@right("metric_stack.4", "Recursion over rounds: what is taken is struck from copies of both lists.")
def draft_recursive(a, b, slate_size, coin):
    def go(lists, left, coins):
        if left == 0:
            return []
        first = 0 if coins[0] < 0.5 else 1
        picks = []
        for side in (first, 1 - first)[:left]:
            pick = lists[side][0]
            picks.append((pick, side))
            lists = [[item for item in own if item != pick] for own in lists]
        return picks + go(lists, left - len(picks), coins[1:])
    rows = [go([list(x), list(y)], slate_size, list(c)) for x, y, c in zip(a, b, coin)]
    flat = np.array(list(chain.from_iterable(rows)), dtype=np.int64).reshape(len(rows), slate_size, 2)
    return flat[..., 0], flat[..., 1]


@right("metric_stack.4", "pandas: order of wishes of both as one Series, dropped where taken; int32.")
def draft_pandas(a, b, slate_size, coin):
    item, team = (np.zeros((len(a), slate_size), dtype=np.int32) for _ in range(2))
    for row in range(len(a)):
        wishes = [pd.Series(a[row]), pd.Series(b[row])]
        for slot in range(slate_size):
            side = (slot + (not coin[row][slot // 2] < 0.5)) % 2
            item[row, slot], team[row, slot] = wishes[side].iloc[0], side
            wishes = [wish[wish != item[row, slot]] for wish in wishes]
    return item, team
