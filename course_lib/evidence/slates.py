"""Slates for counterfactual estimates: from chances that a log holds to chances that an estimator may divide by.

A policy that fills a slate from the top logs the chance of each item given the slots above. What a slot earns depends
on more than that chance: the item stands there because of all that was drawn before. Two kinds of chance are right.

* The **prefix**: the chance of everything down to the slot, the product of the logged chances. Right where what a
  slot earns depends on that slot and those above it. It needs the log alone, and its weights grow with every slot.
* The **marginal**: the chance of this item in this slot, whatever stands above. Right where what a slot earns depends
  on item and position alone (item-position model). Its weights stay small, and it needs the policy, not just its log.

Either goes to `counterfactual.ips`, `snips` or `doubly_robust`, slot by slot: `.ravel()`, and `groups` for the users.
B slates, K slots, N items.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.contracts import ArgumentError, DataError, ShapeError, as_count, as_ids, as_numbers, check_unique_rows

STEP = 0.2  # of the integral over the logarithm of time; its error falls like exp(−π² / STEP)


def prefix_propensity(propensity) -> np.ndarray:
    """The chance of everything down to each slot, float (B, K): the product of the chances given the slots above.

    propensity: float (B, K), in [0, 1], best slot first, as in contracts.Slates (1 where a slot is empty). The last
    column is the chance of the whole slate. Raises ShapeError, ArgumentError for chances outside [0, 1].

    Source: McInerney et al. 2020 (sequential reward interaction), doi:10.1145/3394486.3403229.
    """
    propensity = as_numbers("propensity", propensity, 0, 1)
    if propensity.ndim != 2:
        raise ShapeError(f"propensity has shape {propensity.shape}; expected (B, K), a row a slate.")
    return np.cumprod(propensity.astype(float), axis=1)


def plackett_luce_propensity(weight, item) -> np.ndarray:
    """The chance of each item of a slate given the slots above it, float (B, K), under a policy drawing by weight.

    weight: float (N,) for all slates or (B, N), above 0. item: int (B, K), -1 pads, whose chance is 1. It says what a
    target policy would have given the slates of another one. Raises ArgumentError for weights that are not above 0 or
    an item twice in a slate, ShapeError, UnknownIdError.

    Source: Plackett 1975, doi:10.2307/2346567.
    """
    weight = _weights(weight)
    item = np.asarray(item)
    if item.ndim != 2:
        raise ShapeError(f"item has shape {item.shape}; expected (B, K), a row a slate.")
    item = as_ids("item", item, weight.shape[1], padding=True)
    check_unique_rows(item=item)
    if len(weight) not in (1, len(item)):
        raise ShapeError(f"weight has {len(weight)} rows, item {len(item)}; expected one of each a slate, or one "
                         f"weight for all.")
    rows = np.arange(len(item))[:, None] if len(weight) > 1 else np.zeros((len(item), 1), int)
    taken = np.where(item >= 0, weight[rows, np.maximum(item, 0)], 0.0)
    left = weight.sum(1)[rows] - np.cumsum(taken, axis=1) + taken
    return np.where(item >= 0, np.minimum(taken / np.maximum(left, 1e-300), 1), 1.0)


def position_propensity(weight, slots: int) -> np.ndarray:
    """The chance of each item in each slot whatever stands above, float (N, slots), under a policy drawing by weight.

    weight: float (N,), above 0. slots: K, at most N. Columns sum to 1; equal weights give 1 / N throughout. Items are
    thought of as arriving after exponential times with rates `weight`: item i is in slot k if k − 1 others arrive
    before it; the integral over its time is exact to ten digits.

    Raises ArgumentError for weights that are not above 0, or more slots than items; ShapeError.

    Source: for the race, Efraimidis & Spirakis 2006, doi:10.1016/j.ipl.2005.11.003; for the item-position model,
    Li et al. 2018, doi:10.1145/3219819.3220028.
    """
    weight = np.asarray(weight)
    if weight.ndim != 1:
        raise ShapeError(f"weight has shape {weight.shape}; expected (N,). Take one person at a time.")
    weight, slots = _weights(weight)[0], as_count("slots", slots, 1)
    if slots > len(weight):
        raise ArgumentError(f"{slots} slots and {len(weight)} items; expected at least as many items.")
    rate = weight / weight.max()
    log_time = np.arange(np.log(1e-13), np.log(50 / rate.min()) + STEP, STEP)
    out = np.zeros((len(rate), slots))
    for part in np.array_split(log_time, -(-len(log_time) * len(rate) * slots // 5_000_000)):
        arrived = -np.expm1(-rate[:, None] * np.exp(part))                # (N, Q), chance of having arrived
        density = rate[:, None] * np.exp(part) * (1 - arrived) * STEP     # of arriving just now
        out += (density[:, :, None] * _others(arrived, slots)).sum(1)
    return out


def _others(arrived: np.ndarray, most: int) -> np.ndarray:
    """The chance that 0, 1, … most − 1 of the other items have arrived, float (N, Q, most); arrived: float (N, Q)."""
    n, nodes = arrived.shape
    before, after = np.zeros((n, nodes, most)), np.zeros((n, nodes, most))   # counts among items below i, above i
    before[0, :, 0] = after[-1, :, 0] = 1
    for i in range(1, n):
        before[i] = _one_more(before[i - 1], arrived[i - 1])
        after[-1 - i] = _one_more(after[-i], arrived[-i])
    both = np.zeros((n, nodes, most))
    for count in range(most):
        both[:, :, count] = (before[:, :, :count + 1] * after[:, :, count::-1]).sum(2)
    return both


def _one_more(held: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Chances of counts, float (Q, most), after one more event that happens with `chance`, float (Q,)."""
    more = held * (1 - chance[:, None])
    more[:, 1:] += held[:, :-1] * chance[:, None]
    return more


def _weights(weight) -> np.ndarray:
    weight = as_numbers("weight", weight)
    if weight.ndim not in (1, 2) or not weight.size:
        raise ShapeError(f"weight has shape {weight.shape}; expected (N,) or (B, N), not empty.")
    if (weight <= 0).any():
        raise ArgumentError(f"weight holds {(weight <= 0).sum()} values that are not above 0; expected chances up to a "
                            f"factor. What cannot be drawn has no place in the list.")
    return np.atleast_2d(weight)


def slates_of(impressions: pd.DataFrame) -> dict[str, np.ndarray]:
    """A table of impressions as slates, in the order of request ids: request_id (B,), user (B,), item, click and
    propensity (B, K), where empty slots have item -1, click 0 and propensity 1.

    impressions: columns request_id, user, position (from 1), item, click, propensity, in any order of rows. Raises
    DataError for a missing column, no rows, a position below 1 or twice in a request, or a gap above a position that
    was shown: the chances of what stands below it cannot be multiplied up.
    """
    needed = ["request_id", "user", "position", "item", "click", "propensity"]
    missing = [name for name in needed if name not in impressions]
    if missing or not len(impressions):
        raise DataError(f"impressions have {len(impressions)} rows and lack {missing}; expected rows with "
                        f"{', '.join(needed)}.")
    request, row = np.unique(impressions["request_id"].to_numpy(), return_inverse=True)
    place = as_ids("position of impressions", impressions["position"]) - 1
    key = row * (int(place.max()) + 2) + place
    if place.min() < 0 or len(np.unique(key)) < len(key):
        raise DataError("a position of impressions is below 1 or stands twice in a request; expected 1, 2, 3, … once "
                        "each.")
    shape = (len(request), int(place.max()) + 1)
    out = {"request_id": request, "user": np.empty(len(request), impressions["user"].to_numpy().dtype)}
    out["user"][row] = impressions["user"].to_numpy()
    for name, empty in (("item", -1), ("click", 0), ("propensity", 1.0)):
        column = impressions[name].to_numpy()
        out[name] = np.full(shape, empty, np.int64 if name == "item" else float)
        out[name][row, place] = column
    shown = out["item"] >= 0
    if (shown[:, 1:] & ~shown[:, :-1]).any():
        at = int(np.flatnonzero((shown[:, 1:] & ~shown[:, :-1]).any(1))[0])
        raise DataError(f"request {request[at]} shows an item below an empty position; expected all positions above a "
                        f"shown one. Keep the rows that were not clicked.")
    return out


def chances_beside(impressions: pd.DataFrame, weight=None) -> pd.DataFrame:
    """The impressions, rows as they came, with the chances that estimates divide by beside the one that was logged:
    column prefix, of everything down to the slot, and, where the policy is known, column marginal, of the item in its
    slot whatever stands above.

    impressions: as of `slates_of`. weight: float (N,), above 0, by which the policy that wrote the log drew for all of
    these requests alike; without it no marginal, for a log does not tell it. Put it on when serving: weights change
    with the next training, and cannot be had afterwards. Raises as `slates_of` and `position_propensity`;
    UnknownIdError for an item without a weight.
    """
    held = slates_of(impressions)
    row = np.searchsorted(held["request_id"], impressions["request_id"].to_numpy())
    place = as_ids("position of impressions", impressions["position"]) - 1
    out = impressions.assign(prefix=prefix_propensity(held["propensity"])[row, place])
    if weight is None:
        return out
    chance = position_propensity(weight, held["item"].shape[1])
    item = as_ids("item of impressions", impressions["item"], len(chance), padding=True)
    return out.assign(marginal=np.where(item >= 0, chance[item, place], 1.0))
