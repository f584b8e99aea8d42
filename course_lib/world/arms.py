"""Who serves a request: one policy, or the arms of an experiment in one world.

Units user, cluster, region and time pick an arm for a request. With unit "item" every request is served by all arms:
each arm's policy ranks the items that belong to it, and each slot is given to an arm by keyed dice.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..contracts import ArgumentError, Assignment, Policy, Requests, ShapeError, keyed_uniform
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
        if not isinstance(each, Policy):
            raise ArgumentError(f"policy is {each!r}; expected an object with a `name` and a method "
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


def ask(policy, requests: Requests, may_show: np.ndarray):
    """A policy's slates, checked: (item, propensity), (B, slate_size). may_show: bool (N,), what is eligible.

    Raises ShapeError or SlateError as `Slates.check` does.
    """
    slates = policy.slates(requests)
    item, propensity = np.asarray(slates.item), np.asarray(slates.propensity)
    width = requests.slate_size
    if item.ndim != 2 or len(item) != len(requests) or item.shape != propensity.shape or item.shape[1] > width:
        raise ShapeError(f"policy {policy.name!r} returned item {item.shape}, propensity {propensity.shape}; expected "
                         f"both ({len(requests)}, K) with K at most {width}.")
    if bad_slate(item, propensity, may_show) >= 0:
        slates.check(requests)
    if item.shape[1] < width:
        gap = ((0, 0), (0, width - item.shape[1]))
        item, propensity = np.pad(item, gap, constant_values=-1), np.pad(propensity, gap, constant_values=1)
    return item, propensity


def serve(assignment, policies, requests: Requests, region, n_items: int, seed: int) -> Served:
    """Serve a batch by the plan."""
    may_show = np.zeros(n_items, np.bool_)
    may_show[requests.eligible] = True
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
        part = np.zeros_like(may_show)
        part[mine] = True
        item, propensity = ask(policy, replace(requests, eligible=mine), part)
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
