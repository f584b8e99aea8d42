"""Failure scripts that play: a recommender with one thing broken overnight, and what each look at it would show.

A night is a system with its held-out items. Each fault changes one part; every probe is computed on the broken system
and on the healthy one, so a wrong guess shows what one would really have seen. Letters: U people, N items.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from course_lib.contracts import ArgumentError, Candidates, Requests
from course_lib.evidence.estimate import Estimate, bootstrap
from course_lib.serving.trace import NoTrace

STAGES = ("retrieve", "filter", "rank", "rerank")


class Night:
    """What was served on one night. system: a Recommender with retriever, ranker and re-ranker. hidden: person ->
    items held out. people: int (U,). items: int (N,), all on offer. singles: how many of the people, from the first on,
    ask one by one, with a trace; all are counted in batches."""

    def __init__(self, system, hidden: dict, people, items, letter: str = "", fault: Fault | None = None,
                 singles: int = 120):
        self.asked = people[:singles]
        self.system, self.hidden, self.people, self.items = copy.copy(system), hidden, people, items
        self.letter, self.fault = letter, fault
        self.promised_ms, self.system.budget_ms = system.budget_ms, np.inf     # counts must not depend on the machine

    @cached_property
    def answers(self) -> dict:
        """person -> Response, one request of each who asks alone."""
        self.system.recommend(Requests.of(self.people[0], eligible=self.items))              # warms the machine up
        return {person: self.system.recommend(Requests.of(person, eligible=self.items)) for person in self.asked}

    @cached_property
    def recall(self) -> np.ndarray:
        """float (U,): recall of the slate against what was held out."""
        slates = self.system.slates(Requests.of(self.people, eligible=self.items)).item
        return np.array([np.isin(self.hidden[person], slate).sum() / min(len(self.hidden[person]), len(slate))
                         for person, slate in zip(self.people, slates, strict=True)])

    @cached_property
    def lost(self) -> dict[str, float]:
        """stage -> share of held-out items that this stage lost, mean over people; with "shown" they add up to 1."""
        shares = lost_by_stage(self.system, self.hidden, self.people, self.items)
        return shares | {"shown": 1 - sum(shares.values())}

    def answered(self) -> Estimate:
        """Share of requests answered by the full chain and in time: what an error budget counts."""
        return bootstrap([a.trace.rung == "full" and a.trace.total_ms <= self.promised_ms
                          for a in self.answers.values()])

    def fell(self, healthy: Night) -> Estimate:
        """By what share recall is below the healthy night's, people paired."""
        return bootstrap(np.c_[self.recall, healthy.recall], lambda rows: 1 - rows[:, 0].sum() / rows[:, 1].sum())


# --- the faults: each returns (system, hidden) with one thing broken ------------------------------------------------
@dataclass(frozen=True)
class Fault:
    """name and says: the cause. stage: whose fault it is. settled_by: the probe that settles it. breaks(night, rng)."""

    name: str
    stage: str
    settled_by: str
    says: str
    breaks: Callable


class LostShards:
    """A retriever whose index has lost whole shards; an item lives in shard id % shards."""

    def __init__(self, inner, shards: int, lost: Sequence[int]):
        self.inner, self.shards, self.lost = inner, shards, lost

    def held(self, items: np.ndarray) -> np.ndarray:
        """The items that are still in the index."""
        return items[~np.isin(items % self.shards, self.lost)]

    def retrieve(self, requests: Requests, n: int):
        """As the inner retriever, from the shards that are left."""
        return self.inner.retrieve(replace(requests, eligible=self.held(requests.eligible)), n)


class BlockList:
    """A filter that removes the items of a list."""

    reason = "on the block list"

    def __init__(self, items):
        self.items = items

    def keep(self, requests, item):
        """bool (B, C): not on the list."""
        return ~np.isin(item, self.items)


def lose_shards(night, rng, shards=5, lost=(1, 4)):
    system = copy.copy(night.system)
    system.retriever = LostShards(system.retriever, shards, lost)
    return system, night.hidden


def wrong_list(night, rng, share=0.5):
    system = copy.copy(night.system)
    system.filters = [*system.filters, BlockList(rng.choice(night.items, int(share * len(night.items)), replace=False))]
    return system, night.hidden


def empty_features(night, rng, names=None):
    system, features = copy.copy(night.system), night.system.ranker.feature_fn
    names = night.system.ranker.from_retrieval if names is None else names
    empty = dict.fromkeys(names, np.float32(0))

    def without(requests, candidates):
        return features(requests, candidates).assign(**empty)
    system.ranker = copy.copy(system.ranker)
    system.ranker.feature_fn = without
    return system, night.hidden


def heavy_hand(night, rng, trade_off=0.2):
    system = copy.copy(night.system)
    system.reranker = copy.copy(system.reranker)
    system.reranker.trade_off = trade_off
    return system, night.hidden


def old_labels(night, rng, share=0.16):
    hidden = {}
    for person in night.people:
        held, before = night.hidden[person].copy(), taken(night, person)
        n = min(int(rng.binomial(len(held), share)), len(before))
        held[:n] = rng.choice(before, n, replace=False)
        hidden[person] = held
    return night.system, hidden


def taken(night, person) -> np.ndarray:
    """Items that some filter holds back from this person because they were taken before, int (n,)."""
    request, every = Requests.of(person, eligible=night.items), night.items[None]
    keep = [rule.keep(request, every)[0] for rule in night.system.filters if "already" in rule.reason]
    return night.items[~np.logical_and.reduce(keep)] if keep else night.items[:0]


FAULTS = (
    Fault("empty features", "rank", "features", "What retrieval hands to the ranker was renamed upstream, and arrives "
          "as 0. Restore the names, and alert on a feature's share of defaults.", empty_features),
    Fault("lost shards", "retrieve", "slices", "Two of five shards came back empty after a restart. Load them, and "
          "alert on the number of items an index holds.", lose_shards),
    Fault("old labels", "evaluation", "labels", "Nothing is wrong with the system: the evaluation job read an old "
          "export, in which a part of the labels was taken long ago. Repair the job, and roll back nothing.",
          old_labels),
    Fault("a heavy hand", "rerank", "slate", "A configuration pushed last night asks the re-ranker for far more "
          "variety. Undo it, and ramp configuration like code.", heavy_hand),
    Fault("the wrong list",
          "filter", "rules", "The block list was joined on the wrong column. Restore yesterday's, and "
          "alert on the share of candidates that each rule drops.", wrong_list),
)


def nights(healthy: Night, seed: int = 0) -> dict[str, Night]:
    """letter -> a night with one fault; the letters say nothing about the cause."""
    rng, out = np.random.default_rng(seed), {}
    for letter, fault in zip("ABCDE", FAULTS, strict=True):
        system, hidden = fault.breaks(healthy, rng)
        out[letter] = Night(system, hidden, healthy.people, healthy.items, letter, fault)
        out[letter].promised_ms = healthy.promised_ms
    return out


# --- many faults, for how often a count names the stage --------------------------------------------------------------
def lost_by_stage(system, hidden: dict, people, items) -> dict[str, float]:
    """stage -> share of held-out items that it lost, mean over people; an item is lost where it first is missing."""
    left = [np.ones(len(people))]
    for item in after_each_stage(system, people, items):
        shares = [np.isin(hidden[person], row).mean() for person, row in zip(people, item, strict=True)]
        left.append(np.array(shares))
    return {stage: float((before - after).mean())
            for stage, before, after in zip(STAGES, left, left[1:], strict=False)}


def after_each_stage(system, people, items) -> tuple[np.ndarray, ...]:
    """What is left of the items after each of the STAGES: four arrays of ids, (U, candidates), -1 where none is."""
    requests = Requests.of(np.asarray(people), eligible=items)
    retrieve, hard_filters, rank, rerank = system.stages
    found = retrieve.run(requests, NoTrace())
    kept, _ = hard_filters.run(requests, found, NoTrace())
    ranked, _ = rank.run(requests, kept, NoTrace())
    some = np.flatnonzero((ranked.item >= 0).any(axis=1))
    shown = np.full((len(requests), requests.slate_size), -1)
    best = Candidates(ranked.item[some], ranked.score[some])
    shown[some] = rerank.run(requests.take(some), best, NoTrace()).item
    return found.item, kept.item, ranked.item, shown


def drawn_fault(healthy: Night, rng, kind: str | None = None) -> tuple[str, object]:
    """(stage at fault, system): a fault inside the pipeline, of a size drawn between hardly there and half of all.

    healthy: Night. rng: numpy Generator. kind: the stage to break, one of STAGES; drawn where it is None. One shard of
    3 to 20 is lost; a list bars 5% to 50% of the items; one or more of the features that come from retrieval are empty;
    the re-ranker trades relevance away at 0.2 to 0.7. Raises ArgumentError for an unknown stage.
    """
    stage = str(rng.choice(STAGES)) if kind is None else kind
    if stage == "retrieve":
        shards = int(rng.integers(3, 21))
        return stage, lose_shards(healthy, rng, shards, (int(rng.integers(shards)),))[0]
    if stage == "filter":
        return stage, wrong_list(healthy, rng, float(rng.uniform(0.05, 0.5)))[0]
    if stage == "rank":
        names = list(healthy.system.ranker.from_retrieval)
        return stage, empty_features(healthy, rng, rng.permutation(names)[:int(rng.integers(1, len(names) + 1))])[0]
    if stage == "rerank":
        return stage, heavy_hand(healthy, rng, float(rng.uniform(0.2, 0.7)))[0]
    raise ArgumentError(f"kind is {kind!r}; expected one of {', '.join(STAGES)}, or None to draw it.")


def blamed(tonight: dict[str, float], usual: dict[str, float]) -> str:
    """The stage whose loss has risen most, of two counts as lost_by_stage gives them."""
    return max(STAGES, key=lambda stage: tonight[stage] - usual[stage])
