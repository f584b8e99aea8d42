"""Solutions of lesson 03, exercises 1 to 4, written blind: from the notebook's text alone."""

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@wrong("two_tower.1", "The difference is turned around: rewards the negative.")
def bpr(positive, negative):
    return -torch.nn.functional.logsigmoid(negative - positive).mean()


@wrong("two_tower.1", "Sum over the batch instead of the mean.")
def bpr(positive, negative):
    return -torch.nn.functional.logsigmoid(positive - negative).sum()


@wrong("two_tower.1", "The minus is forgotten: the mean log-chance, to be maximised.")
def bpr(positive, negative):
    return torch.nn.functional.logsigmoid(positive - negative).mean()


@wrong("two_tower.1", "Log of the mean chance instead of the mean of the logs.")
def bpr(positive, negative):
    return -torch.log(torch.sigmoid(positive - negative).mean())


@wrong("two_tower.1", "The log of a sigmoid that underflows to 0: infinite for a large wrong difference.")
def bpr(positive, negative):
    return -torch.log(torch.sigmoid(positive - negative)).mean()


@wrong("two_tower.1", "Adds 1e-3 inside the log, which bounds the loss of a badly ordered pair.")
def bpr(positive, negative):
    return -torch.log(torch.sigmoid(positive - negative) + 1e-3).mean()


@wrong("two_tower.1", "One minus the chance instead of minus its log.")
def bpr(positive, negative):
    return (1 - torch.sigmoid(positive - negative)).mean()


@wrong("two_tower.1", "Sigmoid of each score by itself: a classification of both items, not of their order.")
def bpr(positive, negative):
    f = torch.nn.functional.logsigmoid
    return -(f(positive) + f(-negative)).mean()


@wrong("two_tower.1", "A hinge with margin 1 instead of the log-sigmoid.")
def bpr(positive, negative):
    return torch.relu(1 - (positive - negative)).mean()


@wrong("two_tower.1", "Compares every positive with every negative of the batch instead of its own.")
def bpr(positive, negative):
    return torch.nn.functional.softplus(negative[None, :] - positive[:, None]).mean()


@right("two_tower.1", "softplus of the negated difference.")
def bpr(positive, negative):
    return torch.nn.functional.softplus(negative - positive).mean()


@right("two_tower.1", "Binary cross-entropy with logits and ones as labels.")
def bpr(positive, negative):
    gap = positive - negative
    return torch.nn.functional.binary_cross_entropy_with_logits(gap, torch.ones_like(gap))


@right("two_tower.1", "Cross-entropy of the first of two columns.")
def bpr(positive, negative):
    pair = torch.stack([positive, negative], dim=1)
    first = torch.zeros(pair.shape[0], dtype=torch.long, device=pair.device)
    return torch.nn.functional.cross_entropy(pair, first)


@right("two_tower.1", "A loop over pairs with logaddexp, stacked and averaged.")
def bpr(positive, negative):
    zero = positive.new_zeros(())
    return torch.stack([torch.logaddexp(zero, n - p) for p, n in zip(positive, negative)]).mean()


@wrong("two_tower.2", "Softmax over the users of each item instead of the items of each user.")
def in_batch_softmax(query, item):
    score = item @ query.T
    return torch.nn.functional.cross_entropy(score, torch.arange(len(score)))


@wrong("two_tower.2", "Sum over the rows instead of the mean.")
def in_batch_softmax(query, item):
    return torch.nn.functional.cross_entropy(query @ item.T, torch.arange(len(query)), reduction="sum")


@wrong("two_tower.2", "A softmax before cross_entropy, which takes one itself.")
def in_batch_softmax(query, item):
    p = torch.softmax(query @ item.T, dim=1)
    return torch.nn.functional.cross_entropy(p, torch.arange(len(query)))


@wrong("two_tower.2", "The user's own item is missing from the denominator.")
def in_batch_softmax(query, item):
    score = query @ item.T
    others = score.masked_fill(torch.eye(len(score), dtype=torch.bool), -torch.inf)
    return (others.logsumexp(1) - score.diagonal()).mean()


@wrong("two_tower.2", "The label of every row is item 0 instead of the row's own.")
def in_batch_softmax(query, item):
    return torch.nn.functional.cross_entropy(query @ item.T, torch.zeros(len(query), dtype=torch.long))


@wrong("two_tower.2", "Scores are divided by the square root of the width, as in attention.")
def in_batch_softmax(query, item):
    score = query @ item.T / query.shape[1] ** 0.5
    return torch.nn.functional.cross_entropy(score, torch.arange(len(score)))


@wrong("two_tower.2", "A sigmoid for each pair, not a softmax over the row.")
def in_batch_softmax(query, item):
    score = query @ item.T
    return torch.nn.functional.binary_cross_entropy_with_logits(score, torch.eye(len(score), dtype=score.dtype))


@wrong("two_tower.2", "The mean of both directions, users over items and items over users.")
def in_batch_softmax(query, item):
    score, own = query @ item.T, torch.arange(len(query))
    f = torch.nn.functional.cross_entropy
    return (f(score, own) + f(score.T, own)) / 2


@wrong("two_tower.2", "exp without taking off the maximum: infinite over infinite for large scores.")
def in_batch_softmax(query, item):
    e = torch.exp(query @ item.T)
    return -torch.log(e.diagonal() / e.sum(1)).mean()


@wrong("two_tower.2", "In bits (log 2) instead of nats.")
def in_batch_softmax(query, item):
    score = query @ item.T
    return torch.nn.functional.cross_entropy(score, torch.arange(len(score))) / np.log(2)


@right("two_tower.2", "logsumexp minus the diagonal.")
def in_batch_softmax(query, item):
    score = torch.einsum("bd,cd->bc", query, item)
    return (torch.logsumexp(score, dim=1) - score.diagonal()).mean()


@right("two_tower.2", "A loop over users with log_softmax.")
def in_batch_softmax(query, item):
    lost = []
    for b, q in enumerate(query):
        lost.append(-torch.log_softmax(item @ q, dim=0)[b])
    return sum(lost) / len(lost)


@right("two_tower.2", "A module, labels as one-hot rows.")
def in_batch_softmax(query, item):
    scores = query.matmul(item.transpose(0, 1))
    return torch.nn.CrossEntropyLoss()(scores, torch.eye(scores.shape[0], dtype=scores.dtype))


@wrong("two_tower.3", "Multiplies by the temperature instead of dividing.")
def info_nce(query, item, temperature):
    q, i = torch.nn.functional.normalize(query, dim=1), torch.nn.functional.normalize(item, dim=1)
    return torch.nn.functional.cross_entropy(q @ i.T * temperature, torch.arange(len(q)))


@wrong("two_tower.3", "Only the users' vectors are brought to unit length; long items still score higher.")
def info_nce(query, item, temperature):
    q = torch.nn.functional.normalize(query, dim=1)
    return torch.nn.functional.cross_entropy(q @ item.T / temperature, torch.arange(len(q)))


@wrong("two_tower.3", "Normalises along the batch (dim 0) instead of along each vector.")
def info_nce(query, item, temperature):
    q, i = torch.nn.functional.normalize(query, dim=0), torch.nn.functional.normalize(item, dim=0)
    return torch.nn.functional.cross_entropy(q @ i.T / temperature, torch.arange(len(q)))


@wrong("two_tower.3", "No unit length at all: dot products over the temperature.")
def info_nce(query, item, temperature):
    return torch.nn.functional.cross_entropy(query @ item.T / temperature, torch.arange(len(query)))


@wrong("two_tower.3", "Divides the finished loss by the temperature instead of the scores.")
def info_nce(query, item, temperature):
    q, i = torch.nn.functional.normalize(query, dim=1), torch.nn.functional.normalize(item, dim=1)
    return torch.nn.functional.cross_entropy(q @ i.T, torch.arange(len(q))) / temperature


@wrong("two_tower.3", "The temperature is ignored.")
def info_nce(query, item, temperature):
    q, i = torch.nn.functional.normalize(query, dim=1), torch.nn.functional.normalize(item, dim=1)
    return torch.nn.functional.cross_entropy(q @ i.T, torch.arange(len(q)))


@wrong("two_tower.3", "Divides by the squared length: vectors are not of length 1.")
def info_nce(query, item, temperature):
    q, i = (x / (x * x).sum(1, keepdim=True) for x in (query, item))
    return torch.nn.functional.cross_entropy(q @ i.T / temperature, torch.arange(len(q)))


@wrong("two_tower.3", "Unit length by the sum of absolute values (p = 1): the products are no cosines.")
def info_nce(query, item, temperature):
    q, i = (torch.nn.functional.normalize(x, p=1, dim=1) for x in (query, item))
    return torch.nn.functional.cross_entropy(q @ i.T / temperature, torch.arange(len(q)))


@wrong("two_tower.3", "Softmax over users instead of items.")
def info_nce(query, item, temperature):
    q, i = torch.nn.functional.normalize(query, dim=1), torch.nn.functional.normalize(item, dim=1)
    return torch.nn.functional.cross_entropy((q @ i.T / temperature).T, torch.arange(len(q)))


@wrong("two_tower.3", "exp without taking off the maximum: overflows at a low temperature such as 0.01.")
def info_nce(query, item, temperature):
    q, i = torch.nn.functional.normalize(query, dim=1), torch.nn.functional.normalize(item, dim=1)
    e = torch.exp((q @ i.T).float() / temperature)
    return -(e.diagonal() / e.sum(1)).log().mean()


@right("two_tower.3", "cosine_similarity of all pairs.")
def info_nce(query, item, temperature):
    cos = torch.nn.functional.cosine_similarity(query[:, None], item[None], dim=2)
    return torch.nn.functional.cross_entropy(cos / temperature, torch.arange(len(cos)))


@right("two_tower.3", "An inner helper, norms by hand, logsumexp; the temperature is put on the users' vectors.")
def info_nce(query, item, temperature):
    def unit(x):
        return x / x.norm(dim=-1, keepdim=True).clamp_min(1e-12)
    score = (unit(query) / temperature) @ unit(item).T
    return (score.logsumexp(dim=-1) - torch.diagonal(score)).mean()


@right("two_tower.3", "Dot products over the outer product of the lengths, rows in a loop.")
def info_nce(query, item, temperature):
    cos = query @ item.T / torch.outer(query.norm(dim=1), item.norm(dim=1)).clamp(min=1e-12)
    rows = torch.log_softmax(cos / temperature, dim=1)
    return torch.stack([-rows[b, b] for b in range(len(rows))]).mean()
