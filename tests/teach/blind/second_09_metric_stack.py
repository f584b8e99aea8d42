"""Solutions of lesson 09, written blind: from the notebook's text alone."""

import math

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


def gains(k):
    return 1 / np.log2(np.arange(2, k + 2))


@wrong("metric_stack.1", "The best list possible always has k hits, also for users with fewer relevant items.")
def ndcg_ideal_k(top, relevant, k):
    out = []
    for items, wanted in zip(top, relevant):
        hit = np.isin(items[:k], wanted)
        out.append((hit * gains(k)).sum() / gains(k).sum() if len(wanted) else np.nan)
    return np.array(out)


@wrong("metric_stack.1", "The best list possible holds all relevant items, also those beyond the k slots.")
def ndcg_ideal_unbounded(top, relevant, k):
    out = np.full(len(top), np.nan)
    for u, wanted in enumerate(relevant):
        if len(wanted):
            out[u] = gains(k)[np.isin(top[u, :k], wanted)].sum() / gains(len(wanted)).sum()
    return out


@wrong("metric_stack.1", "Positions are one too low down: log2(p + 2) with p from 1.")
def ndcg_shifted(top, relevant, k):
    discount = 1 / np.log2(np.arange(1, k + 1) + 2)
    found = [discount[np.isin(items[:k], wanted)].sum() for items, wanted in zip(top, relevant)]
    return np.array([f / discount[:len(wanted)].sum() if len(wanted) else np.nan for f, wanted in zip(found, relevant)])


@wrong("metric_stack.1", "Users with nothing relevant get 0, not NaN.")
def ndcg_zero(top, relevant, k):
    hit = np.array([np.isin(items, wanted) for items, wanted in zip(top[:, :k], relevant)])
    best = np.array([gains(min(k, len(wanted))).sum() for wanted in relevant])
    return np.divide(hit @ gains(k), best, out=np.zeros(len(top)), where=best > 0)


@wrong("metric_stack.1", "The whole list of K is looked at, not the first k.")
def ndcg_whole_list(top, relevant, k):
    out = []
    for items, wanted in zip(top, relevant):
        dcg = sum(1 / math.log2(p + 2) for p, item in enumerate(items) if item in wanted)
        best = sum(1 / math.log2(p + 2) for p in range(min(k, len(wanted))))
        out.append(dcg / best if best else math.nan)
    return np.array(out)


@wrong("metric_stack.1", "One mean over users in place of a value for each.")
def ndcg_mean(top, relevant, k):
    values = []
    for items, wanted in zip(top, relevant):
        if len(wanted):
            values.append(gains(k)[np.isin(items[:k], wanted)].sum() / gains(min(k, len(wanted))).sum())
    return float(np.mean(values)) if values else np.nan


@wrong("metric_stack.1", "The best list holds only the hits of this list, so what it did not find is no loss.")
def ndcg_best_of_hits(top, relevant, k):
    out = []
    for items, wanted in zip(top, relevant):
        hit = np.isin(items[:k], wanted).astype(float)
        best = (np.sort(hit)[::-1] * gains(k)).sum()
        out.append(np.nan if len(wanted) == 0 else (hit * gains(k)).sum() / best if best else 0.0)
    return np.array(out)


@wrong("metric_stack.1", "Users with nothing relevant are dropped: fewer values than users.")
def ndcg_dropped(top, relevant, k):
    return np.array([gains(k)[np.isin(items[:k], wanted)].sum() / gains(min(k, len(wanted))).sum()
                     for items, wanted in zip(top, relevant) if len(wanted)])


@wrong("metric_stack.1", "Only the first k relevant items are looked for, though they are in no order.")
def ndcg_first_relevant(top, relevant, k):
    out = np.full(len(top), np.nan)
    for u, (items, wanted) in enumerate(zip(top, relevant)):
        best = set(np.asarray(wanted)[:k].tolist())
        if best:
            dcg = sum(gain for item, gain in zip(items[:k].tolist(), gains(k)) if item in best)
            out[u] = dcg / gains(len(best)).sum()
    return out


@wrong("metric_stack.1", "Gains are 1/p, not 1/log2(p + 1).")
def ndcg_reciprocal(top, relevant, k):
    gain = 1 / np.arange(1, k + 1)
    return np.array([gain[np.isin(items[:k], wanted)].sum() / gain[:len(wanted)].sum() if len(wanted) else np.nan
                     for items, wanted in zip(top, relevant)])


@wrong("metric_stack.1", "The old form, in which the first two positions gain the same: 1/log2(p), and 1 at the top.")
def ndcg_old(top, relevant, k):
    gain = 1 / np.maximum(1, np.log2(np.arange(1, k + 1)))
    out = []
    for items, wanted in zip(top, relevant):
        hit = pd.Series(items[:k]).isin(list(wanted)).to_numpy()
        out.append(gain[hit].sum() / gain[:len(wanted)].sum() if len(wanted) else np.nan)
    return np.array(out)


@wrong("metric_stack.1", "A hit is an item that is relevant for anybody.")
def ndcg_anybody(top, relevant, k):
    everything = np.concatenate([np.asarray(wanted, dtype=int) for wanted in relevant])
    hit = np.isin(top[:, :k], everything)
    best = np.array([gains(min(k, len(wanted))).sum() if len(wanted) else np.nan for wanted in relevant])
    return hit @ gains(k) / best


@right("metric_stack.1", "Natural logarithms: the base cancels. Pure Python, a list.")
def ndcg_natural(top, relevant, k):
    out = []
    for items, wanted in zip(top, relevant):
        wanted = {int(item) for item in wanted}
        gain = [1 / math.log(p + 1) for p in range(1, k + 1)]
        found = sum(g for g, item in zip(gain, items) if int(item) in wanted)
        out.append(found / sum(gain[:len(wanted)]) if wanted else math.nan)
    return out


@right("metric_stack.1", "One table of (user, item, position) in pandas, joined with the relevant ones.")
def ndcg_pandas(top, relevant, k):
    users = np.arange(len(top))
    items, place = np.asarray(top)[:, :k].ravel(), np.tile(np.arange(k), len(top))
    shown = pd.DataFrame({"u": np.repeat(users, k), "i": items, "p": place})
    size = np.array([len(wanted) for wanted in relevant])
    wanted = np.concatenate([*map(np.asarray, relevant), []]).astype(int)
    held = pd.DataFrame({"u": np.repeat(users, size), "i": wanted})
    both = shown.merge(held, on=["u", "i"])
    found = pd.Series(gains(k)[both["p"]], dtype=float).groupby(both["u"].to_numpy()).sum()
    best = np.concatenate([[np.nan], np.cumsum(gains(k))])[np.minimum(size, k)]
    return found.reindex(users, fill_value=0.0) / best


@right("metric_stack.1", "torch: all users at once, the relevant ones padded with -1 to one width; float32.")
def ndcg_torch(top, relevant, k):
    width = max([1, *(len(wanted) for wanted in relevant)])
    held = torch.tensor([[*map(int, wanted)] + [-1] * (width - len(wanted)) for wanted in relevant])
    hit = (torch.tensor(np.asarray(top)[:, :k].astype(np.int64))[:, :, None] == held[:, None, :]).any(2)
    gain = 1 / torch.log2(torch.arange(2, k + 2).float())
    best = torch.cat([torch.tensor([torch.nan]), gain.cumsum(0)])[(held >= 0).sum(1).clamp(max=k)]
    return ((hit * gain).sum(1) / best).numpy()


@wrong("metric_stack.2", "Divides by the number of decisions: that is IPS, not self-normalised.")
def snips_by_n(reward, logged, target):
    return float(np.mean(reward * target / logged))


@wrong("metric_stack.2", "The weight is upside down: logged over target.")
def snips_inverted(reward, logged, target):
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = logged / target
        return float((weight * reward).sum() / weight.sum())


@wrong("metric_stack.2", "Divides by the sum of the target's chances, not of the weights.")
def snips_by_target(reward, logged, target):
    return (reward * target / logged).sum() / target.sum()


@wrong("metric_stack.2", "The weight is the target's chance alone; how often the log took the decision is left out.")
def snips_target_only(reward, logged, target):
    return np.average(reward, weights=target)


@wrong("metric_stack.2", "Weights are cut at 10, which the text does not ask for.")
def snips_clipped(reward, logged, target):
    weight = np.minimum(target / logged, 10)
    return float(np.dot(weight, reward) / weight.sum())


@wrong("metric_stack.2", "The sum of the rewards stands below: only a ratio of weights to rewards.")
def snips_by_reward(reward, logged, target):
    weight = target / logged
    return float((weight * reward).sum() / max(reward.sum(), 1e-12))


@wrong("metric_stack.2", "Only decisions with a reward are in the sum of the weights.")
def snips_rewarded(reward, logged, target):
    weight = target / logged
    hit = reward != 0
    return float((weight * reward)[hit].sum() / weight[hit].sum()) if weight[hit].sum() > 0 else 0.0


@wrong("metric_stack.2", "The weight is the logging policy's inverse alone, whatever the target would do.")
def snips_inverse(reward, logged, target):
    total = below = 0.0
    for r, p in zip(reward, logged):
        total, below = total + r / p, below + 1 / p
    return total / below


@wrong("metric_stack.2", "The sums come before the ratio: Σ r·q over Σ p.")
def snips_ratio_of_sums(reward, logged, target):
    return float(np.sum(reward * target) / np.sum(logged))


@wrong("metric_stack.2", "The difference of the two chances in place of how many times more often.")
def snips_difference(reward, logged, target):
    weight = np.maximum(target - logged, 0)
    return float((weight * reward).sum() / weight.sum()) if weight.sum() else 0.0


@wrong("metric_stack.2", "The plain mean over the decisions that the target would take at all.")
def snips_matched(reward, logged, target):
    return float(np.asarray(reward)[np.asarray(target) > 0].mean())


@wrong("metric_stack.2", "Weights are made to sum to 1 and then the mean is taken instead of the sum.")
def snips_mean_of_shares(reward, logged, target):
    weight = pd.Series(target) / pd.Series(logged)
    return (weight / weight.sum() * pd.Series(reward)).mean()


@right("metric_stack.2", "np.average with the weights.")
def snips_average(reward, logged, target):
    return np.average(reward, weights=np.divide(target, logged))


@right("metric_stack.2", "Pure Python with fsum over the decisions that the target would take.")
def snips_python(reward, logged, target):
    rows = [(float(q) / float(p), float(r)) for r, p, q in zip(reward, logged, target) if q > 0]
    return math.fsum(w * r for w, r in rows) / math.fsum(w for w, _ in rows)


@right("metric_stack.2", "In logarithms: a softmax of log q - log p over the decisions, in torch.")
def snips_softmax(reward, logged, target):
    r, p, q = (torch.tensor(np.asarray(x, dtype=float)) for x in (reward, logged, target))
    return float(torch.softmax(q.log() - p.log(), dim=0) @ r)


@right("metric_stack.2", "A least-squares fit of a constant with weights: its slope is the weighted mean.")
def snips_least_squares(reward, logged, target):
    root = np.sqrt(np.asarray(target) / np.asarray(logged))
    return np.linalg.lstsq(root[:, None], root * np.asarray(reward), rcond=None)[0][0]
