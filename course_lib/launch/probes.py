"""What one can look at when a number has fallen, each with the minutes it takes; and an order of looks, played out.

A probe is a function of (tonight's Night, the healthy Night) that answers with a sentence. The minutes are
an assumption about a team with dashboards; what is seen is computed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from course_lib.contracts import ArgumentError, Candidates, Requests
from course_lib.launch.incident import STAGES, Night, taken


def answered(now: Night, before: Night) -> str:
    """Errors and latency: the uptime dashboard."""
    ms = [np.percentile([a.trace.total_ms for a in night.answers.values()], 99) for night in (before, now)]
    shares = [night.answered().value for night in (before, now)]
    return (f"answered in full and in time: {shares[0]:.1%} → {shares[1]:.1%} of requests; "
            f"p99 {ms[0]:.0f} → {ms[1]:.0f} ms")


def stages(now: Night, before: Night) -> str:
    """Which stage loses the held-out items, by the trace."""
    moved = {stage: now.lost[stage] - before.lost[stage] for stage in STAGES}
    worst = max(moved, key=moved.get)
    told = ", ".join(f"{stage} {100 * change:+.1f}" for stage, change in moved.items())
    return f"held-out items lost, change in points: {told}. Most at {worst}"


def labels(now: Night, before: Night) -> str:
    """The evaluation's own input: can these labels be recommended at all?"""
    known = {p: taken(before, p) for p in now.people[:100]}
    shares = [np.mean([np.isin(night.hidden[p], known[p]).mean() for p in known]) for night in (before, now)]
    return f"held-out items that the person had taken before: {shares[0]:.1%} → {shares[1]:.1%}"


def index(now: Night, before: Night) -> str:
    """Recall of the index: its answer against exact search over what it holds."""
    return f"top 10 of the index against exact search over its vectors: {_index(before):.3f} → {_index(now):.3f}"


def _index(night: Night, n: int = 50) -> float:
    retriever = night.system.retriever
    held = retriever.held(night.items) if hasattr(retriever, "held") else night.items
    inner = getattr(retriever, "inner", retriever)
    request = Requests.of(night.people[:n], eligible=night.items)
    users = np.asarray(inner.model.embed_users(request.user), np.float32)
    exact = held[np.argsort(-users @ np.asarray(inner.model.embed_items(), np.float32)[held].T, axis=1)[:, :10]]
    found = retriever.retrieve(request, 10).item
    return float(np.mean([np.isin(a, b).mean() for a, b in zip(exact, found, strict=True)]))


def slices(now: Night, before: Night) -> str:
    """Candidates by slice of the catalogue (here: item id modulo five)."""
    counts = [np.bincount(np.concatenate([a.trace["retrieve"].item for a in night.answers.values()]) % 5, minlength=5)
              for night in (before, now)]
    share = [c / c.sum() for c in counts]
    told = ", ".join(f"{a:.0%} → {b:.0%}" for a, b in zip(*share, strict=True))
    return f"share of candidates in each fifth of the catalogue: {told}"


def rules(now: Night, before: Night) -> str:
    """How many candidates each filter drops, a request."""
    def drops(night):
        gone = [a.trace["filter"].dropped for a in night.answers.values()]
        return {why: np.mean([d.get(why, 0) for d in gone]) for why in dict.fromkeys(w for d in gone for w in d)}
    old, new = drops(before), drops(now)
    return "candidates dropped a request: " + ", ".join(
        f"{why} {old.get(why, 0):.0f} → {new.get(why, 0):.0f}" for why in dict.fromkeys([*old, *new]))


def features(now: Night, before: Night, n: int = 50) -> str:
    """The ranker's features over the same candidates: which has moved most, in its own standard deviations."""
    request = Requests.of(now.people[:n], eligible=now.items)
    found = before.system.retriever.retrieve(request, before.system.n_retrieve)
    old, new = (night.system.ranker.feature_fn(request, Candidates(found.item, found.score)) for night in (before, now))
    moved = ((new.mean() - old.mean()).abs() / old.std().clip(lower=1e-9))
    worst = moved.idxmax()
    return (f"feature moved most: {worst}, by {moved[worst]:.1f} standard deviations (mean {old[worst].mean():.3g} → "
            f"{new[worst].mean():.3g})")


def slate(now: Night, before: Night) -> str:
    """How good the slate is by the ranker's own scores: what the re-ranker gave up."""
    def kept(night):
        best = [(a.trace["rerank"].score.sum(), np.sort(a.trace["rank"].score)[::-1][:len(a.item)].sum())
                for a in night.answers.values() if len(a.trace["rerank"].item)]
        return np.mean([got / top for got, top in best if top > 0])
    return f"score of the slate, as a share of the best ten by the ranker: {kept(before):.0%} → {kept(now):.0%}"


PROBES: dict[str, tuple[int, Callable]] = {     # name -> (minutes it takes, what it shows)
    "answered": (2, answered), "stages": (5, stages), "labels": (10, labels), "rules": (5, rules),
    "slices": (15, slices), "slate": (10, slate), "features": (20, features), "index": (15, index)}


def menu() -> str:
    """The looks there are, with their minutes, a line each."""
    return "\n".join(f"{name:9s} {minutes:3d} min  {look.__doc__.splitlines()[0]}"
                     for name, (minutes, look) in PROBES.items())


@dataclass(frozen=True)
class Investigation:
    """An order of looks, played out. seen: (minutes so far, probe, what it showed). found: whether the cause was
    settled. minutes: until then, or all of them. says: the cause."""

    seen: list[tuple[int, str, str]]
    found: bool
    minutes: int
    says: str

    def __str__(self) -> str:
        lines = [f"{at:4d} min  {name:9s} {text}" for at, name, text in self.seen]
        end = f"settled after {self.minutes} minutes. {self.says}" if self.found else (
            f"{self.minutes} minutes, and nothing is settled: none of these looks shows the cause.")
        return "\n".join([*lines, end])


def investigate(now: Night, before: Night, order: Sequence[str]) -> Investigation:
    """Look in this order until the probe that settles tonight's cause has been taken. Raises ArgumentError for a probe
    that there is not."""
    strange = [name for name in order if name not in PROBES]
    if strange or not len(order):
        raise ArgumentError(f"order holds {strange or 'nothing'}; expected names out of {', '.join(PROBES)}.")
    seen, clock = [], 0
    for name in order:
        clock += PROBES[name][0]
        seen.append((clock, name, PROBES[name][1](now, before)))
        if name == now.fault.settled_by:
            return Investigation(seen, True, clock, now.fault.says)
    return Investigation(seen, False, clock, now.fault.says)


def minutes_to_cause(order: Sequence[str], settled_by: str, minutes: Mapping[str, float]) -> float:
    """Minutes until `settled_by` has been looked at, in this order; all of them and then it, where it is not in it."""
    spent = 0.0
    for name in order:
        spent += minutes[name]
        if name == settled_by:
            return spent
    return spent + minutes[settled_by]


def trace_first(now: Night, before: Night) -> list[str]:
    """The order that the trace suggests: labels in doubt first, then the stage that loses more, then its own probe."""
    own = {"retrieve": "slices", "filter": "rules", "rank": "features", "rerank": "slate"}
    moved = {stage: now.lost[stage] - before.lost[stage] for stage in STAGES}
    by_loss = sorted(moved, key=moved.get, reverse=True)
    return ["stages", *(own[stage] for stage in by_loss[:1]), "labels", *(own[stage] for stage in by_loss[1:])]
