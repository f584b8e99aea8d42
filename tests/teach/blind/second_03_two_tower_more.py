"""Solutions of lesson 03, written blind: from the notebook's text alone."""

import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from blind_book import right, wrong


@wrong("two_tower.3", "Vectors keep their length.")
def info_nce(query, item, temperature):
    return F.cross_entropy(query @ item.T / temperature, torch.arange(len(query)))


@wrong("two_tower.3", "Only the user vectors are brought to length 1.")
def info_nce(query, item, temperature):
    return F.cross_entropy(F.normalize(query, dim=1) @ item.T / temperature, torch.arange(len(query)))


@wrong("two_tower.3", "Multiplies by the temperature.")
def info_nce(query, item, temperature):
    cosine = F.normalize(query, dim=1) @ F.normalize(item, dim=1).T
    return F.cross_entropy(cosine * temperature, torch.arange(len(query)))


@wrong("two_tower.3", "Normalises each dimension over the batch, not each vector.")
def info_nce(query, item, temperature):
    cosine = F.normalize(query, dim=0) @ F.normalize(item, dim=0).T
    return F.cross_entropy(cosine / temperature, torch.arange(len(query)))


@wrong("two_tower.3", "Divides by the squared length.")
def info_nce(query, item, temperature):
    query, item = (x / (x**2).sum(1, keepdim=True) for x in (query, item))
    return F.cross_entropy(query @ item.T / temperature, torch.arange(len(query)))


@wrong("two_tower.3", "The loss is divided by the temperature, not the cosines.")
def info_nce(query, item, temperature):
    cosine = F.normalize(query, dim=1) @ F.normalize(item, dim=1).T
    return F.cross_entropy(cosine, torch.arange(len(query))) / temperature


@wrong("two_tower.3", "The temperature is left out.")
def info_nce(query, item, temperature):
    cosine = F.cosine_similarity(query[:, None], item[None], dim=-1)
    return F.cross_entropy(cosine, torch.arange(len(query)))


@wrong("two_tower.3", "A hundredth is added to every length, so short vectors are not brought to length 1.")
def info_nce(query, item, temperature):
    query, item = (x / (x.norm(dim=1, keepdim=True) + 1e-2) for x in (query, item))
    return F.cross_entropy(query @ item.T / temperature, torch.arange(len(query)))


@wrong("two_tower.3", "Each user is a target for each item: the softmax runs over users.")
def info_nce(query, item, temperature):
    cosine = F.normalize(item, dim=1) @ F.normalize(query, dim=1).T
    return F.cross_entropy(cosine / temperature, torch.arange(len(query)))


@wrong("two_tower.3", "Averaged with the softmax over users, as in pictures and texts.")
def info_nce(query, item, temperature):
    cosine = F.normalize(query, dim=1) @ F.normalize(item, dim=1).T / temperature
    own = torch.arange(len(query))
    return (F.cross_entropy(cosine, own) + F.cross_entropy(cosine.T, own)) / 2


@wrong("two_tower.3", "exp of cosines over a very small temperature overflows.")
def info_nce(query, item, temperature):
    score = torch.exp(F.normalize(query, dim=1) @ F.normalize(item, dim=1).T / temperature)
    return -torch.log(score.diag() / score.sum(dim=1)).mean()


@wrong("two_tower.3", "Divides the vectors by the temperature each, so the cosines by its square.")
def info_nce(query, item, temperature):
    query, item = (F.normalize(x, dim=1) / temperature for x in (query, item))
    return F.cross_entropy(query @ item.T, torch.arange(len(query)))


@wrong("two_tower.3", "The lengths are detached, so the gradient also pushes vectors to be longer or shorter.")
def info_nce(query, item, temperature):
    query, item = (x / x.detach().norm(dim=1, keepdim=True) for x in (query, item))
    return F.cross_entropy(query @ item.T / temperature, torch.arange(len(query)))


@right("two_tower.3", "cosine_similarity of all pairs by broadcasting.")
def info_nce(query, item, temperature):
    cosine = F.cosine_similarity(query[:, None, :], item[None, :, :], dim=2, eps=1e-12)
    return F.cross_entropy(cosine / temperature, torch.arange(len(query)))


@right("two_tower.3", "From squared distances between unit vectors: 1 − d² / 2.")
def info_nce(query, item, temperature):
    query, item = (x / torch.linalg.vector_norm(x, dim=1, keepdim=True) for x in (query, item))
    away = ((query[:, None] - item[None])**2).sum(-1)
    score = (1 - away / 2) / temperature
    return (score.logsumexp(1) - score.diagonal()).mean()


@right("two_tower.3", "The products divided by an outer product of the lengths.")
def info_nce(query, item, temperature):
    lengths = torch.outer(query.square().sum(1).sqrt(), item.square().sum(1).sqrt())
    return -torch.log_softmax(query @ item.T / (lengths * temperature), dim=1).diagonal().mean()


@right("two_tower.3", "A loop over users; the average by hand.")
def info_nce(query, item, temperature):
    unit = F.normalize(item, dim=1)
    losses = []
    for b, vector in enumerate(query):
        score = unit @ (vector / vector.norm()) / temperature
        losses.append(torch.logsumexp(score, 0) - score[b])
    return sum(losses) / len(losses)


@wrong("two_tower.4", "Divides by k also where fewer were held out.")
def recall_at_k(top, relevant, k):
    return np.array([np.isin(t[:k], r).sum() / k if len(r) else np.nan for t, r in zip(top, relevant, strict=True)])


@wrong("two_tower.4", "Divides by all held out also where those are more than k.")
def recall_at_k(top, relevant, k):
    return np.array([np.isin(t[:k], r).sum() / len(r) if len(r) else np.nan
                     for t, r in zip(top, relevant, strict=True)])


@wrong("two_tower.4", "The list is not cut after k.")
def recall_at_k(top, relevant, k):
    return np.array([min(len(np.intersect1d(t, r)), k) / min(k, len(r)) if len(r) else np.nan
                     for t, r in zip(top, relevant, strict=True)])


@wrong("two_tower.4", "A user without held-out items gets 0, not NaN.")
def recall_at_k(top, relevant, k):
    return np.array([len(set(t[:k]) & set(r)) / max(min(k, len(r)), 1) for t, r in zip(top, relevant, strict=True)])


@wrong("two_tower.4", "Whether there was any hit, not how many.")
def recall_at_k(top, relevant, k):
    return np.array([float(np.isin(t[:k], r).any()) if len(r) else np.nan for t, r in zip(top, relevant, strict=True)])


@wrong("two_tower.4", "Divides by how many were recommended, so a padded list looks better.")
def recall_at_k(top, relevant, k):
    out = []
    for t, r in zip(top[:, :k], relevant, strict=True):
        t = t[t >= 0]
        out.append(np.isin(t, r).sum() / max(min(len(t), len(r)), 1) if len(r) else np.nan)
    return np.array(out)


@wrong("two_tower.4", "Looks for the items among those held out of anybody.")
def recall_at_k(top, relevant, k):
    everything = np.concatenate(relevant) if len(relevant) else []
    most = np.array([min(k, len(r)) for r in relevant], float)
    return np.minimum(np.isin(top[:, :k], everything).sum(1), most) / np.where(most > 0, most, np.nan)


@wrong("two_tower.4", "The denominator takes the width of the list, not k.")
def recall_at_k(top, relevant, k):
    return [len(set(t[:k].tolist()) & set(r.tolist())) / min(len(t), len(r)) if len(r) else float("nan")
            for t, r in zip(top, relevant, strict=True)]


@wrong("two_tower.4", "A user without any hit gets NaN, as if nothing had been held out.")
def recall_at_k(top, relevant, k):
    hits = np.array([np.isin(t[:k], r).sum() for t, r in zip(top, relevant, strict=True)], float)
    most = np.array([max(min(k, len(r)), 1) for r in relevant])
    return np.where(hits > 0, hits / most, np.nan)


@wrong("two_tower.4", "Only the first k of the held-out items are looked for.")
def recall_at_k(top, relevant, k):
    return np.array([np.isin(t[:k], r[:k]).sum() / min(k, len(r)) if len(r) else np.nan
                     for t, r in zip(top, relevant, strict=True)])


@wrong("two_tower.4", "Users without held-out items are dropped from the answer.")
def recall_at_k(top, relevant, k):
    return np.array([np.isin(t[:k], r).sum() / min(k, len(r)) for t, r in zip(top, relevant, strict=True) if len(r)])


@wrong("two_tower.4", "Item 0 is taken for a pad and never counts as a hit.")
def recall_at_k(top, relevant, k):
    top = np.where(top > 0, top, -1)
    return np.array([np.isin(t[:k], r).sum() / min(k, len(r)) if len(r) else np.nan
                     for t, r in zip(top, relevant, strict=True)])


@right("two_tower.4", "Sets of Python ints; a list with float('nan').")
def recall_at_k(top, relevant, k):
    return [len({int(x) for x in list(t)[:k]} & {int(x) for x in r}) / min(k, len(r)) if len(r) else float("nan")
            for t, r in zip(top, relevant, strict=True)]


@right("two_tower.4", "pandas: both sides as tables of (user, item), merged and counted.")
def recall_at_k(top, relevant, k):
    most = pd.Series([min(k, len(r)) for r in relevant], dtype=float)
    ours = pd.DataFrame(np.asarray(top)[:, :k]).stack().rename("item").reset_index(level=1, drop=True)
    theirs = pd.DataFrame({"user": np.repeat(np.arange(len(relevant)), [len(r) for r in relevant]),
                           "item": np.concatenate([np.asarray(r, int) for r in relevant])})
    both = ours.rename_axis("user").reset_index().merge(theirs, on=["user", "item"])
    return both.groupby("user").size().reindex(most.index, fill_value=0) / most.replace(0, np.nan)


@right("two_tower.4", "float32, with a division of 0 by 0 for the NaN.")
def recall_at_k(top, relevant, k):
    hits = np.array([np.isin(r, t[:k]).sum() for t, r in zip(top, relevant, strict=True)], np.float32)
    most = np.array([min(k, len(r)) for r in relevant], np.float32)
    with np.errstate(invalid="ignore"):
        return hits / most


@right("two_tower.4", "Walks down each list and counts.")
def recall_at_k(top, relevant, k):
    out = np.full(len(relevant), np.nan)
    for user, wanted in enumerate(relevant):
        wanted = np.asarray(wanted).tolist()
        if wanted:
            out[user] = sum(1 for place in range(k) if int(top[user][place]) in wanted) / min(k, len(wanted))
    return out
