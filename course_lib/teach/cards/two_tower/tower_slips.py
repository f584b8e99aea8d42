"""Wrong answers of the lesson on two-towers that come from another idea of the task, as readers wrote them."""

import numpy as np
import torch
import torch.nn.functional as F

from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.mistake_kinds import AXIS, BASE, IGNORED, MEAN, OTHER, UNIT


# --- 3.2 -----------------------------------------------------------------------------------------------------------
def _every_pair(query, item):
    score = query @ item.T
    other = ~torch.eye(len(score), dtype=torch.bool)
    gap = F.softplus(score - score.diagonal()[:, None])
    return gap[other].mean() if len(score) > 1 else 0 * score.sum()


def _one_softmax(query, item):
    score = query @ item.T
    return (score.flatten().logsumexp(0) - score.diagonal()).mean()


def _log_of_mean(query, item):
    own = torch.log_softmax(query @ item.T, 1).diagonal()
    return np.log(len(own)) - torch.logsumexp(own, 0)


def _by_distance(query, item):
    far = ((query[:, None] - item[None]) ** 2).sum(2)
    return F.cross_entropy(-far, torch.arange(len(query)))


def _twins_left_out(query, item):
    score = query @ item.T
    twin = (item[:, None] == item[None]).all(2) & ~torch.eye(len(score), dtype=torch.bool)
    return F.cross_entropy(score.masked_fill(twin, -torch.inf), torch.arange(len(score)))


def _shift_of_chance(query, item):
    return F.cross_entropy(query @ item.T, torch.arange(len(query))) - np.log(len(query))


SOFTMAX = (
    Mistake("pair by pair", _every_pair,
            "You compare the own item with each other one alone, by softplus: that is BPR with all of the batch. Asked for is one softmax in "
            "which all items of the batch stand in the sum.", OTHER),
    Mistake("one softmax for all rows", _one_softmax,
            "Your sum runs over all scores of the batch, those of the other users too. Each user has a softmax of their own.", AXIS),
    Mistake("log of the mean chance", _log_of_mean,
            "You average the chances and take the logarithm afterwards. Take −log of each user's chance, then the mean.", MEAN),
    Mistake("scores by distance", _by_distance,
            "You score by distance. The score is the dot product, in which a long item vector counts for more.", UNIT),
    Mistake("equal vectors left out", _twins_left_out,
            "You leave out other rows whose item vector is the same. Asked for is the plain loss over every item of the batch; ids, by "
            "which a repeat is known, are not given here.", BASE),
    Mistake("less the loss at chance", _shift_of_chance,
            "You take log B off, or average in the sum where the softmax adds. At chance the loss is log B, and not 0.", MEAN),
)


# --- 3.4 -----------------------------------------------------------------------------------------------------------
def _by_user(score):
    """Of each user with something held out: score(the first k, what was held out, k)."""
    def wrong(top, relevant, k):
        return np.array([score(row[:k], mine, k) if len(mine) else np.nan
                         for row, mine in zip(np.asarray(top), relevant, strict=True)], float)
    return wrong


def _nothing_found(row, mine, k):
    hit = np.isin(row, mine).sum()
    return hit / min(k, len(mine)) if hit else np.nan


def _discounted(row, mine, k):
    weight = 1 / np.log2(np.arange(2, 2 + k))
    return (weight[:len(row)] * np.isin(row, mine)).sum() / weight[:min(k, len(mine))].sum()


def _of_the_union(row, mine, k):
    shown, hit = (row >= 0).sum(), np.isin(row, mine).sum()
    return hit / (shown + len(mine) - hit)


def _place_by_place(row, mine, k):
    n = min(k, len(mine))
    return (row[:n] == mine[:n]).sum() / n


def _over_the_best_placed(top, relevant, k):
    most = max(min(k, len(mine)) for mine in relevant)
    return _by_user(lambda row, mine, k: np.isin(row, mine).sum() / max(most, 1))(top, relevant, k)


FOUND = (
    Mistake("nothing found is NaN", _by_user(_nothing_found),
            "A user of whose held-out items none was found gets NaN in yours. That is a 0, and the worst one; NaN is for users with nothing "
            "held out.", BASE),
    Mistake("discounted by rank", _by_user(_discounted),
            "You weigh a hit by its rank, as NDCG does. Retrieval hands the whole list to a ranker, so any place among the first k counts "
            "alike.", OTHER),
    Mistake("over the union", _by_user(_of_the_union),
            "You divide by all items that are recommended or held out (Jaccard). Divide by the most that could have been found.", BASE),
    Mistake("place by place", _by_user(_place_by_place),
            "You compare place by place. What was held out has no order: ask of each recommended item whether it is among it.", AXIS),
    Mistake("one denominator for all", _over_the_best_placed,
            "You divide everybody's hits by the same number. The most that could have been found is each user's own.", BASE),
    Mistake("the larger of the two", _by_user(lambda row, mine, k: np.isin(row, mine).sum() / max(k, len(mine))),
            "You divide by the larger of k and the number held out. The most that could have been found is the smaller.", BASE),
)


# --- 3.6 -----------------------------------------------------------------------------------------------------------
def _summed(table, history):
    """The sum of each history [B, d], and how many real items it has [B, 1]."""
    real = (history >= 0).unsqueeze(-1)
    return (table[history.clamp(min=0)] * real).sum(1), real.sum(1)


def _from_the_sum(scale):
    """scale(total [B, d], number [B, 1], table, history) -> [B, d], to which the constant is added."""
    def wrong(table, constant, history):
        return scale(*_summed(table, history), table, history) + constant
    return wrong


def _mean_length_kept(total, number, table, history):
    lengths = (table[history.clamp(min=0)].norm(dim=2) * (history >= 0)).sum(1, keepdim=True) / number.clamp(min=1)
    return total / total.norm(dim=1, keepdim=True).clamp(min=1e-9) * lengths


def _distinct(total, number, table, history):
    apart = torch.tensor([len({i for i in line if i >= 0}) for line in history.tolist()])
    return total / apart.clamp(min=1).unsqueeze(1) ** 0.5


def _largest(total, number, table, history):
    held = table[history.clamp(min=0)].masked_fill((history < 0).unsqueeze(-1), -torch.inf).max(1).values
    return torch.where(number > 0, held, torch.zeros_like(held))


USERS = (
    Mistake("the constant counted", _from_the_sum(lambda total, number, table, history: total / (number + 1) ** 0.5),
            "You divide by the root of one more than the items. The constant is no item of the history, so it is not counted.", BASE),
    Mistake("sums of length 1", _from_the_sum(lambda total, number, table, history: F.normalize(total, dim=1)),
            "You bring each sum to length 1. Then nothing is left of how far a history agrees with itself; divide by a power of the number "
            "alone.", UNIT),
    Mistake("sums as long as an item", _from_the_sum(_mean_length_kept),
            "You make every sum as long as its items are on average. That holds for *unrelated* vectors alone; vectors that agree add up to "
            "more, and may. Divide by a power of the number.", UNIT),
    Mistake("root of the width", _from_the_sum(lambda total, number, table, history: total / table.shape[1] ** 0.5),
            "You divide by the root of the width d. Divide by that of the number of items in the history.", UNIT),
    Mistake("root of the different items", _from_the_sum(_distinct),
            "You count an item that stands twice once where you divide, and twice in the sum. It counts twice in both.", BASE),
    Mistake("largest entries", _from_the_sum(_largest),
            "You keep the largest number of each dimension. Add the vectors up.", MEAN),
)


# --- 3.8 -----------------------------------------------------------------------------------------------------------
def _row_of_the_likest(table, weight, features, known, item):
    """New items borrow the row of the known item with the nearest features."""
    rows, old = [], torch.where(known)[0]
    for i in item.tolist():
        own = table[i] if known[i] else 0 * table[i]
        if not known[i] and len(old):
            own = table[old[((features[old] - features[i]) ** 2).sum(1).argmin()]]
        rows.append(own + features[i] @ weight)
    return torch.stack(rows)


def _features_masked(table, weight, features, known, item):
    return table[item] + (features[item] @ weight) * known[item].unsqueeze(1)


ITEMS = (
    Mistake("row of the likest item", _row_of_the_likest,
            "You lend a new item the row of the known item that is most like it. That row holds what sets the other item apart from its "
            "features, which nobody knows of this one: add nothing.", BASE),
    Mistake("features masked instead", _features_masked,
            "You keep the untrained row of a new item and take its features away. It is the other way round: `known` masks the row of the "
            "table.", IGNORED),
)
