"""Faults as switches: a part becomes slow, fails, gives old or few answers, for a set time and by a set seed.

The parts call `Switchboard.strike` where they work; with no fault switched on, that costs a look at an empty list.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from course_lib.contracts import ArgumentError, Candidates
from course_lib.serving.service.ask_schema import MOST_ID, one_sentence
from course_lib.serving.service.feature_store import FeatureStore

PARTS = ("store", "index", "ranker", "cache")
MODES = {"store": ("stale", "partial", "stopped"), "index": ("partial",), "ranker": (), "cache": ("stale", "cold")}


class PartDown(Exception):
    """A part fails because a switch says so."""


class Fault(BaseModel):
    """What happens to one part, from start_s to end_s after it was switched on (None: until it is switched off).

    delay_ms: the median of the delay. spread: sigma of its logarithm; 0: always the median. share: of calls that are
    late. errors: share of calls that fail. mode: "stale": the store gives the value before the last, the cache takes
    any age for fresh; "partial": `kept` of what was asked comes back; "cold": the cache holds nothing; "stopped": the
    job that writes features does not run. seed: of all that is drawn.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    part: Literal["store", "index", "ranker", "cache"]
    delay_ms: float = Field(0.0, ge=0, le=60_000)
    spread: float = Field(0.0, ge=0, le=5)
    share: float = Field(1.0, ge=0, le=1)
    errors: float = Field(0.0, ge=0, le=1)
    mode: Literal["stale", "partial", "cold", "stopped"] | None = None
    kept: float = Field(0.5, ge=0, le=1)
    seed: int = Field(0, ge=0, le=MOST_ID)
    start_s: float = Field(0.0, ge=0)
    end_s: float | None = None

    @model_validator(mode="after")
    def _fits(self):
        if self.mode is not None and self.mode not in MODES[self.part]:
            raise ValueError(f"{self.part} has no mode {self.mode!r}; it has {list(MODES[self.part]) or 'none'}")
        if self.end_s is not None and self.end_s <= self.start_s:
            raise ValueError(f"end_s is {self.end_s}, which is not after start_s {self.start_s}")
        return self

    @classmethod
    def of(cls, **facts) -> Fault:
        """A fault, or ArgumentError with one sentence."""
        try:
            return cls(**facts)
        except ValidationError as error:
            raise ArgumentError(f"fault: {one_sentence(error)}") from None


class Switchboard:
    """All faults that are switched on. clock: seconds, rising. struck: {part: calls that were made late or failed}."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock, self._on, self._lock = clock, [], threading.Lock()
        self.struck = dict.fromkeys(PARTS, 0)

    def switch_on(self, *faults: Fault) -> None:
        """Add faults; their time begins now."""
        now = self._clock()
        with self._lock:
            self._on = self._on + [(fault, now, np.random.default_rng(fault.seed)) for fault in faults]

    def switch_off(self, part: str | None = None) -> None:
        """Take away the faults of part, or all."""
        with self._lock:
            self._on = [one for one in self._on if part is not None and one[0].part != part]

    def active(self, part: str | None = None) -> list[Fault]:
        """The faults that act now."""
        return [fault for fault, _ in self._acting(part)]

    def mode(self, part: str, mode: str) -> Fault | None:
        """The fault by which part is in mode now, or None."""
        return next((fault for fault in self.active(part) if fault.mode == mode), None) if self._on else None

    def strike(self, part: str) -> None:
        """Sleep, or raise PartDown, as the faults of part say. For a thread that may be blocked."""
        delay_s, down = self._drawn(part)
        if delay_s:
            time.sleep(delay_s)
        if down:
            raise PartDown(f"the {part} is down")

    async def strike_async(self, part: str) -> None:
        """The same within an event loop."""
        delay_s, down = self._drawn(part)
        if delay_s:
            await asyncio.sleep(delay_s)
        if down:
            raise PartDown(f"the {part} is down")

    def partial(self, found: Candidates) -> Candidates:
        """Of what the index found, the share that comes back, the same items for everybody at a time."""
        fault = self.mode("index", "partial")
        if fault is None:
            return found
        lost = np.random.default_rng(fault.seed).random(int(found.item.max(initial=0)) + 1) >= fault.kept
        keep = (found.item >= 0) & ~lost[np.maximum(found.item, 0)]
        return Candidates(np.where(keep, found.item, -1).astype(np.int32), np.where(keep, found.score, -np.inf))

    def _acting(self, part: str | None) -> list[tuple[Fault, np.random.Generator]]:
        now = self._clock()
        return [(fault, rng) for fault, since, rng in self._on if (part is None or fault.part == part)
                and fault.start_s <= now - since and (fault.end_s is None or now - since < fault.end_s)]

    def _drawn(self, part: str) -> tuple[float, bool]:
        """(seconds of delay, whether the call fails)."""
        if not self._on:
            return 0.0, False
        delay_ms, down = 0.0, False
        with self._lock:
            for fault, rng in self._acting(part):
                if fault.delay_ms and rng.random() < fault.share:
                    delay_ms += fault.delay_ms * float(np.exp(fault.spread * rng.standard_normal()))
                down |= bool(fault.errors and rng.random() < fault.errors)
            self.struck[part] += bool(delay_ms or down)
        return delay_ms / 1e3, down


class SwitchedStore:
    """A store behind the switches of "store". It remembers the value before the last of each key, to be stale."""

    def __init__(self, inner: FeatureStore, switches: Switchboard):
        self.inner, self.switches = inner, switches
        self._before: dict[str, bytes | None] = {}

    def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
        self.switches.strike("store")
        keys = list(keys)
        found = self.inner.get_many(keys)
        if self.switches.mode("store", "stale"):
            old = {key: self._before[key] for key in keys if key in self._before}
            found = {key: value for key, value in (found | old).items() if value is not None}
        partial = self.switches.mode("store", "partial")
        if partial:
            found = dict(list(found.items())[:round(partial.kept * len(found))])
        return found

    def put_many(self, values: Mapping[str, bytes], ttl_s: float | None = None) -> None:
        if self.switches.mode("store", "stopped"):
            return
        held = self.inner.get_many(values)
        self._before.update({key: held.get(key) for key in values})
        self.inner.put_many(values, ttl_s)

    def expire(self, keys: Iterable[str]) -> int:
        keys = list(keys)
        for key in keys:
            self._before.pop(key, None)
        return self.inner.expire(keys)

    def close(self) -> None:
        self.inner.close()
