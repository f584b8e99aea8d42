"""Solutions of lesson 09, exercises 3 and 4, written from the notebook alone."""

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@wrong("metric_stack.3", "The weighted errors are subtracted: model less reward.")
def doubly_robust(reward, logged, target, predicted, predicted_target):
    return float(np.mean(predicted_target + target / logged * (predicted - reward)))


@wrong("metric_stack.3", "Starts from the model's answer for the logged decisions, not for the target policy.")
def doubly_robust(reward, logged, target, predicted, predicted_target):
    return float(np.mean(predicted + target / logged * (reward - predicted)))


@wrong("metric_stack.3", "The error is that of the model's mean under the target, not of the logged decision.")
def doubly_robust(reward, logged, target, predicted, predicted_target):
    return float(np.mean(predicted_target + target / logged * (reward - predicted_target)))


@wrong("metric_stack.3", "The errors are not weighted, so they are those of the logger's decisions.")
def doubly_robust(reward, logged, target, predicted, predicted_target):
    return float(np.mean(predicted_target) + np.mean(reward - predicted))


@wrong("metric_stack.3", "The weights are upside down: logger over target.")
def doubly_robust(reward, logged, target, predicted, predicted_target):
    weight = np.divide(logged, target, out=np.zeros(len(target)), where=target > 0)
    return float(np.mean(predicted_target + weight * (reward - predicted)))


@wrong("metric_stack.3", "Adds the weighted reward and not the weighted error: the model's part counts twice.")
def doubly_robust(reward, logged, target, predicted, predicted_target):
    return float(np.mean(predicted_target) + np.mean(target / logged * reward))


@wrong("metric_stack.3", "The mean error is over decisions that the target could take, a smaller denominator.")
def doubly_robust(reward, logged, target, predicted, predicted_target):
    able = target > 0
    error = (target / logged * (reward - predicted))[able]
    return float(np.mean(predicted_target) + (error.mean() if able.any() else 0))


@wrong("metric_stack.3", "The errors' weights are clipped at 5, so the correction falls short.")
def doubly_robust(reward, logged, target, predicted, predicted_target):
    return float(np.mean(predicted_target + np.minimum(target / logged, 5) * (reward - predicted)))


@wrong("metric_stack.3", "The model's answer is weighted as well.")
def doubly_robust(reward, logged, target, predicted, predicted_target):
    return float(np.mean(target / logged * (predicted_target + reward - predicted)))


@right("metric_stack.3", "A comprehension over rows and a division by their number; returns a Python float.")
def doubly_robust(reward, logged, target, predicted, predicted_target):
    terms = [m + q / p * (r - g)
             for r, p, q, g, m in zip(reward, logged, target, predicted, predicted_target, strict=True)]
    return float(sum(terms) / len(terms))


@right("metric_stack.3", "As IPS plus a control variate with mean zero, in torch; a numpy scalar.")
def doubly_robust(reward, logged, target, predicted, predicted_target):
    r, p, q, g, m = (torch.as_tensor(np.asarray(x, float))
                     for x in (reward, logged, target, predicted, predicted_target))
    return ((q / p * r).mean() - ((q / p * g) - m).mean()).numpy()[()]


@right("metric_stack.3", "A table of columns, two means.")
def doubly_robust(reward, logged, target, predicted, predicted_target):
    t = pd.DataFrame({"r": reward, "p": logged, "q": target, "g": predicted, "m": predicted_target})
    return t["m"].mean() + t.eval("q / p * (r - g)").mean()


@wrong("metric_stack.4", "A coin of exactly 0.5 lets a begin, though only below 0.5 is a.")
def team_draft(a, b, slate_size, coin):
    item, team = np.empty((len(a), slate_size), int), np.empty((len(a), slate_size), int)
    for row in range(len(a)):
        taken = []
        while len(taken) < slate_size:
            first = 0 if coin[row, len(taken) // 2] <= 0.5 else 1
            for side in (first, 1 - first):
                if len(taken) < slate_size:
                    pick = next(i for i in (a, b)[side][row] if i not in taken)
                    item[row, len(taken)], team[row, len(taken)] = pick, side
                    taken.append(pick)
    return item, team


@wrong("metric_stack.4", "Below 0.5 it is b who begins.")
def team_draft(a, b, slate_size, coin):
    item, team = np.empty((len(a), slate_size), int), np.empty((len(a), slate_size), int)
    for row in range(len(a)):
        taken = []
        while len(taken) < slate_size:
            first = 1 if coin[row, len(taken) // 2] < 0.5 else 0
            for side in (first, 1 - first):
                if len(taken) < slate_size:
                    pick = next(i for i in (a, b)[side][row] if i not in taken)
                    item[row, len(taken)], team[row, len(taken)] = pick, side
                    taken.append(pick)
    return item, team


@wrong("metric_stack.4", "The first round's coin is used in every round.")
def team_draft(a, b, slate_size, coin):
    item, team = np.empty((len(a), slate_size), int), np.empty((len(a), slate_size), int)
    for row in range(len(a)):
        taken, first = [], int(coin[row, 0] >= 0.5)
        for slot in range(slate_size):
            side = first if slot % 2 == 0 else 1 - first
            pick = next(i for i in (a, b)[side][row] if i not in taken)
            item[row, slot], team[row, slot] = pick, side
            taken.append(pick)
    return item, team


@wrong("metric_stack.4", "The coins are flipped for slots and not for rounds: one ranker may pick twice in a round.")
def team_draft(a, b, slate_size, coin):
    item, team = np.empty((len(a), slate_size), int), np.empty((len(a), slate_size), int)
    for row in range(len(a)):
        taken = []
        for slot in range(slate_size):
            side = int(coin[row, slot % coin.shape[1]] >= 0.5)
            pick = next(i for i in (a, b)[side][row] if i not in taken)
            item[row, slot], team[row, slot] = pick, side
            taken.append(pick)
    return item, team


@wrong("metric_stack.4", "Each skips only what it has picked itself, so an item can stand in the slate twice.")
def team_draft(a, b, slate_size, coin):
    item, team = np.empty((len(a), slate_size), int), np.empty((len(a), slate_size), int)
    for row in range(len(a)):
        own = ([], [])
        for slot in range(slate_size):
            side = int(coin[row, slot // 2] >= 0.5) ^ (slot % 2)
            pick = next(i for i in (a, b)[side][row] if i not in own[side])
            item[row, slot], team[row, slot] = pick, side
            own[side].append(pick)
    return item, team


@wrong("metric_stack.4", "Teams say who begins in the round, for both slots of it, not whose pick each slot was.")
def team_draft(a, b, slate_size, coin):
    item, team = np.empty((len(a), slate_size), int), np.empty((len(a), slate_size), int)
    for row in range(len(a)):
        taken = []
        for slot in range(slate_size):
            first = int(coin[row, slot // 2] >= 0.5)
            side = first ^ (slot % 2)
            pick = next(i for i in (a, b)[side][row] if i not in taken)
            item[row, slot], team[row, slot] = pick, first
            taken.append(pick)
    return item, team


@wrong("metric_stack.4", "The one pick of the last round of an odd slate is always a's, whatever the coin.")
def team_draft(a, b, slate_size, coin):
    item, team = np.empty((len(a), slate_size), int), np.empty((len(a), slate_size), int)
    for row in range(len(a)):
        taken = []
        for slot in range(slate_size):
            side = int(coin[row, slot // 2] >= 0.5) ^ (slot % 2)
            if slot == slate_size - 1 and slate_size % 2:
                side = 0
            pick = next(i for i in (a, b)[side][row] if i not in taken)
            item[row, slot], team[row, slot] = pick, side
            taken.append(pick)
    return item, team


@wrong("metric_stack.4", "Looks from the slot's rank on, and so skips better items that are not in the slate.")
def team_draft(a, b, slate_size, coin):
    item, team = np.empty((len(a), slate_size), int), np.empty((len(a), slate_size), int)
    for row in range(len(a)):
        taken = []
        for slot in range(slate_size):
            side = int(coin[row, slot // 2] >= 0.5) ^ (slot % 2)
            own = (a, b)[side][row]
            pick = next(i for i in [*own[slot:], *own[:slot]] if i not in taken)
            item[row, slot], team[row, slot] = pick, side
            taken.append(pick)
    return item, team


@wrong("metric_stack.4", "Returns the teams first and the items second.")
def team_draft(a, b, slate_size, coin):
    item, team = np.empty((len(a), slate_size), int), np.empty((len(a), slate_size), int)
    for row in range(len(a)):
        taken = []
        for slot in range(slate_size):
            side = int(coin[row, slot // 2] >= 0.5) ^ (slot % 2)
            pick = next(i for i in (a, b)[side][row] if i not in taken)
            item[row, slot], team[row, slot] = pick, side
            taken.append(pick)
    return team, item


@right("metric_stack.4", "Loops that pop from copies of the lists; returns two lists of lists.")
def team_draft(a, b, slate_size, coin):
    items, teams = [], []
    for left, right_, flips in zip(np.asarray(a).tolist(), np.asarray(b).tolist(), coin, strict=True):
        slate, who, lists = [], [], {0: left, 1: right_}
        for flip in flips:
            for side in (0, 1) if flip < 0.5 else (1, 0):
                if len(slate) == slate_size:
                    break
                pick = lists[side][0]
                slate.append(pick)
                who.append(side)
                lists = {s: [i for i in own if i != pick] for s, own in lists.items()}
        items.append(slate)
        teams.append(who)
    return items, teams


@right("metric_stack.4", "All slates at once, slot by slot, with a mask of the places that are taken; int32 arrays.")
def team_draft(a, b, slate_size, coin):
    both = np.stack([np.asarray(a), np.asarray(b)])                       # (2, B, C)
    free, rows = np.ones(both.shape, bool), np.arange(both.shape[1])
    item, team = np.zeros((2, len(rows), slate_size), np.int32)
    for slot in range(slate_size):
        side = (np.asarray(coin)[:, slot // 2] >= 0.5).astype(int)
        side = side if slot % 2 == 0 else 1 - side
        place = free[side, rows].argmax(axis=1)
        item[:, slot], team[:, slot] = both[side, rows, place], side
        free &= both != item[:, slot][None, :, None]
    return item, team


@right("metric_stack.4", "The order of captains of all slots first, then one walk down each list.")
def team_draft(a, b, slate_size, coin):
    first = np.repeat(np.where(np.asarray(coin) < 0.5, 0, 1), 2, axis=1)
    team = (first ^ (np.arange(first.shape[1]) % 2))[:, :slate_size]
    item = np.full(team.shape, -1)
    for row, captains in enumerate(team):
        queues = [iter(a[row]), iter(b[row])]
        for slot, captain in enumerate(captains):
            item[row, slot] = next(i for i in queues[captain] if i not in item[row, :slot])
    return item, team


@wrong("metric_stack.4", "Who wins the coin takes both picks of the round.")
def team_draft(a, b, slate_size, coin):
    item, team = np.empty((len(a), slate_size), int), np.empty((len(a), slate_size), int)
    for row in range(len(a)):
        taken = []
        for slot in range(slate_size):
            side = 0 if coin[row, slot // 2] < 0.5 else 1
            pick = next(i for i in (a, b)[side][row] if i not in taken)
            item[row, slot], team[row, slot] = pick, side
            taken.append(pick)
    return item, team
