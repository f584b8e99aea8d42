"""Who serves a request: one policy, or the arms of an experiment in one world.

Units user, cluster, region and time pick an arm for a request. With unit "item" every request is served by all arms:
each arm's policy ranks the items that belong to it, and each slot is given to an arm by keyed dice.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..contracts import ArgumentError, Assignment, Policy, Requests, ShapeError, SlateError, Slates, keyed_uniform
from . import dice
from .audience import CLUSTER
from .behaviour import bad_slate


class Served:
    """What a wave of requests got: item int32 (B, K), propensity float32 (B, K), arm and policy codes int8 (B,), and
    with unit "item" the arm of each slot, int8 (B, K)."""

    def __init__(self, size, width, by_slot):
        self.item = np.full((size, width), -1, np.int32)
        self.propensity = np.ones((size, width), np.float32)
        self.arm = np.zeros(size, np.int8)
        self.slot_arm = np.zeros((size, width), np.int8) if by_slot else None


def plan_of(policy) -> tuple[Assignment | None, list, list[str]]:
    """(assignment or None, policies in arm order, arm names). Raises ArgumentError for what cannot serve."""
    if isinstance(policy, Assignment):
        policies, names = [arm.policy for arm in policy.arms], [arm.name for arm in policy.arms]
        if len(set(names)) < len(names):
            raise ArgumentError(f"arm names are {names}; expected names that differ.")
    else:
        policies, names = [policy], ["all"]
    for each in policies:
        if isinstance(each, type):
            raise ArgumentError(f"policy is the class {each.__name__}; expected an object of it: {each.__name__}(...).")
        if not isinstance(each, Policy) or not isinstance(each.name, str):
            raise ArgumentError(f"policy is {each!r}; expected an object with a `name`, a string, and a method "
                                f"`slates(requests)`, or an Assignment of such.")
    return (policy if isinstance(policy, Assignment) else None), policies, names


def unit_ids(assignment: Assignment, requests: Requests, region: np.ndarray) -> np.ndarray:
    """Unit id of each request, int (B,). region: int (P,), of every person."""
    if assignment.unit == "user":
        return requests.user
    if assignment.unit == "cluster":
        return requests.user // CLUSTER
    if assignment.unit == "region":
        return region[requests.user]
    return np.floor(requests.time / assignment.block_s).astype(np.int64)


def answer(policy, requests: Requests, may_show: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """A policy's slates, checked: item, int32 (B, K), and propensity, float (B, K).

    may_show: bool (N,), what is eligible; made from the requests if not given. Raises ArgumentError for what are no
    slates; ShapeError or SlateError, naming the policy, as `Slates.check` does.
    """
    slates, width = policy.slates(requests), requests.slate_size
    if not (hasattr(slates, "item") and hasattr(slates, "propensity")):
        raise ArgumentError(f"policy {policy.name!r} returned {type(slates).__name__}; expected Slates(item, "
                            f"propensity).")
    item, propensity = np.asarray(slates.item), np.asarray(slates.propensity)
    if item.ndim != 2 or len(item) != len(requests) or item.shape != propensity.shape or item.shape[1] > width:
        raise ShapeError(f"policy {policy.name!r} returned item {item.shape}, propensity {propensity.shape}; expected "
                         f"both ({len(requests)}, K) with K at most {width}.")
    if item.dtype.kind not in "iu" or propensity.dtype.kind not in "iuf":
        raise SlateError(f"policy {policy.name!r} returned item of dtype {item.dtype}, propensity of dtype "
                         f"{propensity.dtype}; expected whole numbers, such as int32, and numbers, such as float32.")
    if propensity.dtype not in (np.float32, np.float64):
        propensity = propensity.astype(np.float32)
    if may_show is None:
        may_show = _mask(requests.eligible, int(requests.eligible.max(initial=0)) + 1)
    if item.dtype not in (np.int32, np.int64):
        item = item.astype(np.int64)
    if bad_slate(item, propensity, may_show) >= 0:
        _refuse(policy, requests, item, propensity)
    return item.astype(np.int32, copy=False), propensity


def _refuse(policy, requests, item, propensity):
    if item.min() < -1:
        raise SlateError(f"policy {policy.name!r} returned item {item.min()}; expected ids, and -1 for empty slots.")
    try:
        Slates(item, propensity).check(requests)
    except ArgumentError as error:
        raise type(error)(f"policy {policy.name!r}: {error}") from None


def _mask(ids, size):
    out = np.zeros(size, np.bool_)
    out[ids] = True
    return out


def ask(policy, requests: Requests, may_show: np.ndarray):
    """`answer`, padded to the slate's size: both (B, slate_size)."""
    item, propensity = answer(policy, requests, may_show)
    missing = requests.slate_size - item.shape[1]
    if missing:
        gap = (0, 0), (0, missing)
        item, propensity = np.pad(item, gap, constant_values=-1), np.pad(propensity, gap, constant_values=1)
    return item, propensity


def serve(assignment, policies, requests: Requests, region, n_items: int, seed: int) -> Served:
    """Serve a batch by the plan."""
    may_show = _mask(requests.eligible, n_items)
    by_slot = assignment is not None and assignment.unit == "item"
    served = Served(len(requests), requests.slate_size, by_slot)
    if by_slot:
        _serve_items(assignment, policies, requests, may_show, seed, served)
    elif assignment is None:
        served.item, served.propensity = ask(policies[0], requests, may_show)
    else:
        served.arm = assignment.arm_of(unit_ids(assignment, requests, region)).astype(np.int8)
        for arm, policy in enumerate(policies):
            rows = np.flatnonzero(served.arm == arm)
            if len(rows):
                served.item[rows], served.propensity[rows] = ask(policy, requests.take(rows), may_show)
    return served


def _serve_items(assignment, policies, requests, may_show, seed, served):
    owner = assignment.arm_of(requests.eligible)
    width, rows = requests.slate_size, np.arange(len(requests))
    slots = np.arange(width)
    u = keyed_uniform(seed, requests.request_id[:, None], slots, dice.SLOT_ARM)
    upper = np.cumsum([arm.share for arm in assignment.arms])
    slot_arm = np.searchsorted(upper[:-1], u, side="right")
    for arm, policy in enumerate(policies):
        mine = requests.eligible[owner == arm]
        if not len(mine):
            continue
        item, propensity = ask(policy, replace(requests, eligible=mine), _mask(mine, len(may_show)))
        turn = np.cumsum(slot_arm == arm, axis=1) - 1  # which of the arm's own items stands in this slot
        here = slot_arm == arm
        picked = np.maximum(turn, 0)
        served.item[here] = item[rows[:, None], picked][here]
        share = np.float32(assignment.arms[arm].share)
        served.propensity[here] = (propensity[rows[:, None], picked] * share)[here]
    served.slot_arm = slot_arm.astype(np.int8)


def cut(requests: Requests, batch: int) -> list[Requests]:
    """Requests in parts of at most `batch`."""
    if len(requests) <= batch:
        return [requests]
    return [requests.take(slice(at, at + batch)) for at in range(0, len(requests), batch)]


def join(parts: list[Served]) -> Served:
    """Served parts as one."""
    if len(parts) == 1:
        return parts[0]
    whole = Served(0, parts[0].item.shape[1], False)
    for name in ("item", "propensity", "arm"):
        setattr(whole, name, np.concatenate([getattr(part, name) for part in parts]))
    if parts[0].slot_arm is not None:
        whole.slot_arm = np.concatenate([part.slot_arm for part in parts])
    return whole
