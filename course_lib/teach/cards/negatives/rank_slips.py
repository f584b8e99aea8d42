"""Wrong answers of the lesson on negatives that come from another idea of the task, as readers wrote them."""

import numpy as np
import torch
import torch.nn.functional as F

from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.mistake_kinds import AXIS, BASE, BOUNDARY, IGNORED, OTHER, UNIT


# --- 4.1 -----------------------------------------------------------------------------------------------------------
def _rows(query, item, temperature):
    """The plain loss of each row, float (B,)."""
    return F.cross_entropy(query @ item.T / temperature, torch.arange(len(query)), reduction="none")


def _weighed(query, item, log_q, temperature):
    return (torch.softmax(-log_q, 0) * _rows(query, item, temperature)).sum()


def _divided(query, item, log_q, temperature):
    return ((-log_q).exp() * _rows(query, item, temperature)).mean()


def _once_in_a_batch(query, item, log_q, temperature):
    often = torch.log(1 - (1 - log_q.exp()) ** len(query))              # in float32, as readers write it
    return F.cross_entropy(query @ item.T / temperature - often, torch.arange(len(query)))


def _off_the_loss(query, item, log_q, temperature):
    return (_rows(query, item, temperature) - log_q).mean()


ROWS = "You weigh the rows of the loss by 1/q of their item. A row is no draw from q that has to be undone: the items it is compared with are. "
CORRECTED = (
    Mistake("rows weighed by 1/q, to a sum of 1", _weighed, f"{ROWS}Their columns are lowered, inside the softmax.", OTHER),
    Mistake("rows weighed by 1/q", _divided, f"{ROWS}Lower their columns inside the softmax, by log q.", OTHER),
    Mistake("chance to be in the batch", _once_in_a_batch,
            "You turn q into the chance to be in the batch at least once. Here each row brings its item, repeats too, and q is the share of "
            "rows: subtract log q as it comes.", UNIT),
    Mistake("log q taken off the loss", _off_the_loss,
            "You take log q off each row's finished loss. That adds a constant and moves no gradient: lower every column before the softmax.",
            IGNORED),
)


# --- 4.4 -----------------------------------------------------------------------------------------------------------
def _each(pick):
    """pick(scores, positive, low, high) of each row -> ids, in ascending order."""
    def wrong(scores, positive, low, high):
        return np.array([np.sort(pick(row, mine, low, high)) for row, mine in zip(scores, positive, strict=True)])
    return wrong


def _refilled(row, mine, low, high):
    below = np.argsort(-row)[low - 1:]
    return below[~mine[below]][:high - low + 1]


def _order_for_ranks(row, mine, low, high):
    order = np.argsort(-np.where(mine, -np.inf, row)) + 1
    return np.flatnonzero((order >= low) & (order <= high))


def _semi_hard(row, mine, low, high):
    ranked = np.argsort(-row)
    ranked = ranked[~mine[ranked]]
    above = row[ranked] > (row[mine].max() if mine.any() else np.inf)
    return np.r_[ranked[~above], ranked[above]][low - 1:high]


def _at_the_foot(scores, positive, low, high):
    level = np.where(positive, scores.min(), scores)
    return np.sort(np.argsort(-level, axis=1, kind="stable")[:, low - 1:high], axis=1)


BANDS = (
    Mistake("ranks counted with the positives", _each(_refilled),
            "You count the ranks with the positives in, go to the rank low, and take from there what is not positive. Take the positives out "
            "first: each that ranks above moves the band down.", BASE),
    Mistake("argsort read as ranks", _each(_order_for_ranks),
            "You read what argsort returns as each item's rank. It is the other way round: entry r is the id of the item with rank r + 1. Cut "
            "that list, or take argsort of argsort for ranks.", AXIS),
    Mistake("none above the positive", _each(_semi_hard),
            "You put items that score above the user's positive behind the others (semi-hard, as with triplets). The band counts all items "
            "that are not positive, by their score alone.", BASE),
    Mistake("positives at the lowest score", _at_the_foot,
            "You give positives the lowest score of all. They then tie with an item that is not positive, and may stand before it: use −inf.",
            BOUNDARY),
)
