"""Wrong answers to the lessons on towers, negatives and search, as a reader wrote them from the notebook alone.

Each is written otherwise than the card's own known mistake, and is told the cause all the same.
"""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from course_lib.teach import cards
from course_lib.teach.cards.ann import unequal
from course_lib.teach.cards.negatives import positives_inside
from course_lib.teach.cards.two_tower import conditions
from course_lib.teach.checking.check import check
from course_lib.teach.played.referee import judge_part


@pytest.fixture(autouse=True)
def without_timing(monkeypatch):
    monkeypatch.setattr("course_lib.teach.checking.check.speed_ratio", lambda card, fn: 1.0)


# --- 3.2, 3.4, 3.6, 3.8 ----------------------------------------------------------------------------------------------
def mean_chance(query, item):
    return -torch.log(torch.softmax(query @ item.T, 1).diagonal().mean())


def far_is_bad(query, item):
    return F.cross_entropy(-torch.cdist(query, item) ** 2, torch.arange(len(query)))


def share_of_both(top, relevant, k):
    out = []
    for row, mine in zip(top, relevant, strict=True):
        first, held = {i for i in row[:k].tolist() if i >= 0}, set(np.asarray(mine).tolist())
        out.append(len(first & held) / len(first | held) if held else np.nan)
    return np.array(out)


def nan_without_hits(top, relevant, k):
    hit = [np.isin(row[:k], mine).sum() for row, mine in zip(top, relevant, strict=True)]
    return np.array([h / min(k, len(mine)) if h else np.nan for h, mine in zip(hit, relevant, strict=True)])


def constant_is_an_item(table, constant, history):
    real = (history >= 0).float()
    total = (table[history.clamp(min=0)] * real[..., None]).sum(1)
    return total / (1 + real.sum(1, keepdim=True)).sqrt() + constant


def unit_sum(table, constant, history):
    real = (history >= 0).float()
    total = (table[history.clamp(min=0)] * real[..., None]).sum(1)
    return total / total.norm(dim=1, keepdim=True).clamp(min=1e-9) + constant


def features_of_known_alone(table, weight, features, known, item):
    return table[item] + torch.where(known[item][:, None], features[item] @ weight, 0.0)


# --- 4.1, 4.4 --------------------------------------------------------------------------------------------------------
def propensity_of_rows(query, item, log_q, temperature):
    loss = F.cross_entropy(query @ item.T / temperature, torch.arange(len(query)), reduction="none")
    weight = 1 / log_q.exp()
    return (weight * loss).sum() / weight.sum()


def ever_in_the_batch(query, item, log_q, temperature):
    ever = 1 - (1 - log_q.exp()) ** len(query)
    return F.cross_entropy(query @ item.T / temperature - ever.log(), torch.arange(len(query)))


def order_is_rank(scores, positive, low, high):
    rank = 1 + np.argsort(-np.where(positive, -np.inf, scores), axis=1)
    return np.array([np.flatnonzero((row >= low) & (row <= high)) for row in rank])


def dropped_and_refilled(scores, positive, low, high):
    out = []
    for row, mine in zip(scores, positive, strict=True):
        rest = [i for i in np.argsort(-row)[low - 1:] if not mine[i]]
        out.append(sorted(rest[:high - low + 1]))
    return np.array(out)


# --- 5.3, 5.4, 5.8 ---------------------------------------------------------------------------------------------------
def one_word_for_all(vectors, codebooks):
    words = np.concatenate(list(codebooks), axis=1)                    # word w of every codebook, side by side
    best = ((vectors[:, None] - words) ** 2).sum(2).argmin(1)
    return np.tile(best, (len(codebooks), 1)).T.astype(np.uint8)


def same_numbers(query, codes, codebooks):
    parts = query.reshape(len(codebooks), -1)
    own = np.array([((book - part) ** 2).sum(1).argmin() for book, part in zip(codebooks, parts, strict=True)])
    return (codes == own).sum(axis=1).astype(float)


def enough_met(query, vectors, links, entry, ef):
    met, waiting = [entry], [entry]
    far = ((vectors - query) ** 2).sum(1)
    while waiting and len(met) < ef:
        node = min(waiting, key=far.__getitem__)
        waiting.remove(node)
        fresh = [i for i in dict.fromkeys(links[node].tolist()) if i >= 0 and i not in met]
        met, waiting = met + fresh, waiting + fresh
    return np.array(sorted(met, key=far.__getitem__)[:ef])


@pytest.mark.parametrize(("card", "answer", "mistake"), [
    ("3.2", mean_chance, "log of the mean chance"), ("3.2", far_is_bad, "scores by distance"),
    ("3.4", share_of_both, "over the union"), ("3.4", nan_without_hits, "nothing found is NaN"),
    ("3.6", constant_is_an_item, "the constant counted"), ("3.6", unit_sum, "sums of length 1"),
    ("3.8", features_of_known_alone, "features masked instead"),
    ("4.1", propensity_of_rows, "rows weighed by 1/q, to a sum of 1"),
    ("4.1", ever_in_the_batch, "chance to be in the batch"),
    ("4.4", order_is_rank, "argsort read as ranks"), ("4.4", dropped_and_refilled, "ranks counted with the positives"),
    ("5.3", one_word_for_all, "one number for all slices"), ("5.4", same_numbers, "equal codes counted"),
    ("5.8", enough_met, "stops when the beam is full"),
], ids=lambda value: getattr(value, "__name__", None))
def test_a_wrong_answer_as_it_was_written_is_told_its_cause(card, answer, mistake):
    result = check(cards.card(card), answer)
    assert (result.status, result.mistake) == ("wrong", mistake)


@pytest.mark.parametrize(("held", "part", "mistake"), [
    (conditions.CONDITIONS, lambda version: {"log_q": True, "epochs": 3}, "three epochs for both"),
    (conditions.CONDITIONS, lambda version: {"log_q": True, "epochs": 8 if version == "cosine" else 4},
     "the slower one trains longer"),
    (positives_inside.INSIDE, lambda own, taken, later: own | taken.any(axis=0)[None], "taken by anybody"),
    (unequal.UNEQUAL, lambda recall, cost: sorted(range(len(recall)), key=lambda s: abs(recall[s] - 0.95))[0],
     "nearest to 0.95"),
    (unequal.UNEQUAL, lambda recall, cost: [s for s, found in enumerate(recall) if found >= 0.99][0],
     "a higher recall"),
], ids=["three epochs", "longer", "anybody", "nearest", "0.99"])
def test_a_wrong_mend_as_it_was_written_is_told_its_cause(held, part, mistake):
    assert judge_part(held, part, {}).mistake == mistake


def test_the_setting_of_the_cells_that_is_nearest_to_the_target_misses_it():
    recall = unequal.curves()[0].recall.mean(axis=1)
    assert recall[np.abs(recall - 0.95).argmin()] < 0.95
