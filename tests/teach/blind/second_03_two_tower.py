"""Solutions of lesson 03, written blind: from the notebook's text alone."""

import torch
import torch.nn.functional as F
from blind_book import right, wrong


@wrong("two_tower.1", "The sum over the batch, not the mean.")
def bpr(positive, negative):
    return -F.logsigmoid(positive - negative).sum()


@wrong("two_tower.1", "The order is turned: the negative is pushed above the positive.")
def bpr(positive, negative):
    return F.softplus(positive - negative).mean()


@wrong("two_tower.1", "The sigmoid reaches 0 for a large gap, and its log is infinite.")
def bpr(positive, negative):
    return -torch.log(torch.sigmoid(positive - negative)).mean()


@wrong("two_tower.1", "A small number inside the log bends the loss and flattens it at about 18.")
def bpr(positive, negative):
    return -torch.log(torch.sigmoid(positive - negative) + 1e-8).mean()


@wrong("two_tower.1", "Returns a Python number, on which nothing can be trained.")
def bpr(positive, negative):
    return (-F.logsigmoid(positive - negative)).mean().item()


@wrong("two_tower.1", "The scores are cut off from the graph.")
def bpr(positive, negative):
    return -F.logsigmoid(positive.detach() - negative.detach()).mean()


@wrong("two_tower.1", "The log of the mean chance instead of the mean of the logs.")
def bpr(positive, negative):
    return -torch.log(torch.sigmoid(positive - negative).mean())


@wrong("two_tower.1", "The loss of the mean gap instead of the mean of the losses.")
def bpr(positive, negative):
    return -F.logsigmoid(positive.mean() - negative.mean())


@wrong("two_tower.1", "Without the log: one minus the chance of the right order.")
def bpr(positive, negative):
    return (1 - torch.sigmoid(positive - negative)).mean()


@wrong("two_tower.1", "Two separate logistic losses, one for each score, instead of one for their difference.")
def bpr(positive, negative):
    return -(F.logsigmoid(positive) + F.logsigmoid(-negative)).mean()


@wrong("two_tower.1", "A hinge in place of the log of a sigmoid.")
def bpr(positive, negative):
    return torch.relu(1 - (positive - negative)).mean()


@wrong("two_tower.1", "The negative's gradient is stopped, so half of the training is lost.")
def bpr(positive, negative):
    return F.softplus(negative.detach() - positive).mean()


@right("two_tower.1", "softplus of the gap the other way round.")
def bpr(positive, negative):
    return F.softplus(negative - positive).mean()


@right("two_tower.1", "Cross-entropy of two logits, the positive in column 0.")
def bpr(positive, negative):
    logits = torch.stack([positive, negative], dim=1)
    return F.cross_entropy(logits, torch.zeros(len(positive), dtype=torch.long))


@right("two_tower.1", "logaddexp with 0, row by row, stacked.")
def bpr(positive, negative):
    rows = [torch.logaddexp(torch.zeros_like(p), n - p) for p, n in zip(positive, negative, strict=True)]
    return torch.stack(rows).mean()


@right("two_tower.1", "Binary cross-entropy with logits and a target of ones.")
def bpr(positive, negative):
    gap = positive - negative
    return F.binary_cross_entropy_with_logits(gap, torch.ones_like(gap))


@wrong("two_tower.2", "Each item's own user among all users: the softmax runs over the wrong side.")
def in_batch_softmax(query, item):
    return F.cross_entropy(item @ query.T, torch.arange(len(query)))


@wrong("two_tower.2", "The sum over users, not the average.")
def in_batch_softmax(query, item):
    return F.cross_entropy(query @ item.T, torch.arange(len(query)), reduction="sum")


@wrong("two_tower.2", "Vectors are brought to length 1 first; the score was to be the plain product.")
def in_batch_softmax(query, item):
    query, item = F.normalize(query, dim=1), F.normalize(item, dim=1)
    return F.cross_entropy(query @ item.T, torch.arange(len(query)))


@wrong("two_tower.2", "Scores are divided by the root of the width, as in attention.")
def in_batch_softmax(query, item):
    return F.cross_entropy(query @ item.T / query.shape[1]**0.5, torch.arange(len(query)))


@wrong("two_tower.2", "Both directions are averaged, users over items and items over users.")
def in_batch_softmax(query, item):
    score, own = query @ item.T, torch.arange(len(query))
    return (F.cross_entropy(score, own) + F.cross_entropy(score.T, own)) / 2


@wrong("two_tower.2", "exp without taking the maximum off first: large scores overflow to infinity and NaN.")
def in_batch_softmax(query, item):
    score = torch.exp(query @ item.T)
    return -torch.log(score.diagonal() / score.sum(1)).mean()


@wrong("two_tower.2", "Cross-entropy gets probabilities, so the softmax is applied twice.")
def in_batch_softmax(query, item):
    return F.cross_entropy(torch.softmax(query @ item.T, dim=1), torch.arange(len(query)))


@wrong("two_tower.2", "The own item is missing from the denominator.")
def in_batch_softmax(query, item):
    score = query @ item.T
    others = score.masked_fill(torch.eye(len(score), dtype=torch.bool), -torch.inf)
    return (torch.logsumexp(others, 1) - score.diagonal()).mean()


@wrong("two_tower.2", "The same item in another row is masked, although every item of the batch was to be scored.")
def in_batch_softmax(query, item):
    twin = (item[:, None] == item[None]).all(-1) & ~torch.eye(len(item), dtype=torch.bool)
    return F.cross_entropy((query @ item.T).masked_fill(twin, -torch.inf), torch.arange(len(query)))


@wrong("two_tower.2", "A logistic loss for each cell of the matrix instead of a softmax for each row.")
def in_batch_softmax(query, item):
    score = query @ item.T
    return F.binary_cross_entropy_with_logits(score, torch.eye(len(score), dtype=score.dtype))


@wrong("two_tower.2", "Averages over all cells of the matrix, so it is too small by a factor B.")
def in_batch_softmax(query, item):
    log_p = torch.log_softmax(query @ item.T, dim=1)
    return -(log_p * torch.eye(len(query), dtype=log_p.dtype)).mean()


@wrong("two_tower.2", "Every row's target is item 0.")
def in_batch_softmax(query, item):
    return F.cross_entropy(query @ item.T, torch.zeros(len(query), dtype=torch.long))


@wrong("two_tower.2", "The item vectors are detached, so only the user tower learns.")
def in_batch_softmax(query, item):
    return F.cross_entropy(query @ item.detach().T, torch.arange(len(query)))


@right("two_tower.2", "logsumexp minus the diagonal.")
def in_batch_softmax(query, item):
    score = torch.einsum("bd,md->bm", query, item)
    return (score.logsumexp(dim=1) - torch.diagonal(score)).mean()


@right("two_tower.2", "Row by row in a Python loop.")
def in_batch_softmax(query, item):
    total = query.new_zeros(())
    for b in range(len(query)):
        total = total - torch.log_softmax(item @ query[b], dim=0)[b]
    return total / len(query)


@right("two_tower.2", "Differences to the own item's score, a softplus-like logsumexp with the 0 of the item itself.")
def in_batch_softmax(query, item):
    score = (query[:, None] * item[None]).sum(-1)
    return torch.logsumexp(score - score.diagonal()[:, None], dim=1).mean()


@right("two_tower.2", "Soft targets: the identity matrix, given to cross_entropy.")
def in_batch_softmax(query, item):
    score = torch.matmul(query, item.mT)
    return F.cross_entropy(score, torch.eye(len(score), dtype=score.dtype))
