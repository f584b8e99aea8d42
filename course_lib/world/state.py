"""What changes from day to day: people's memory and feelings, stock, counters, queues of outcomes."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace

import numpy as np

from . import audience, catalog, outcomes
from .params import WorldParams

INBOX = 3
HISTORY = 8  # clicks of a session that a policy sees
PEOPLE = ("gone", "glow", "policy", "changed_day", "memory", "memory_at", "inbox_item", "inbox_day")  # a row a person


@dataclass
class State:
    """Rows: P people (room for those to come), N items born so far."""

    gone: np.ndarray  # bool (P,), left for good
    glow: np.ndarray  # float64 (P,), smoothed satisfaction
    policy: np.ndarray  # int16 (P,), who served them last, -1 before the first time
    changed_day: np.ndarray  # int32 (P,), when that changed
    memory: np.ndarray  # int32 (P, M)
    memory_at: np.ndarray  # int32 (P,)
    inbox_item: np.ndarray  # int32 (P, INBOX)
    inbox_day: np.ndarray  # int32 (P, INBOX)
    stock: np.ndarray  # int64 (N,)
    counter: np.ndarray  # int64 (N,), clicks so far, visible to all
    plans: np.ndarray = field(default_factory=lambda: np.zeros(0, outcomes.EVENT))
    mail: np.ndarray = field(default_factory=lambda: np.zeros(0, outcomes.EVENT))
    names: list = field(default_factory=list)  # of policies, in order of appearance

    def copy(self) -> State:
        """A state that shares nothing with this one."""
        return self.apart_from(self)

    def copy_into(self, spare: State, rows: np.ndarray) -> State:
        """A copy made in the arrays of `spare`, which is lost, and whose memory differs from this one's in `rows` only.

        It saves a big world from allocating and filling its people's memories anew each day.
        """
        for name in PEOPLE:
            if name != "memory":
                np.copyto(getattr(spare, name), getattr(self, name))
        spare.memory[rows] = self.memory[rows]
        return replace(self, **{name: getattr(spare, name) for name in PEOPLE}).apart_from(self)

    def apart_from(self, other: State) -> State:
        """This state with copies of what it shares with another."""
        mine = {f.name: getattr(self, f.name) for f in fields(self)}
        return State(**{name: part.copy() if part is getattr(other, name) else part for name, part in mine.items()})

    def code_of(self, name: str) -> int:
        """Code of a policy's name, given out in order of appearance."""
        if name not in self.names:
            self.names.append(name)
        return self.names.index(name)

    def with_room(self, people: int, params: WorldParams) -> State:
        """This state with room for `people`, and half as much again where it must grow, so that growing is rare."""
        have = len(self.gone)
        if people <= have:
            return self
        room = people + max(people // 8, audience.CLUSTER)
        fresh = new_people(room - have, params)
        return replace(self, **{name: np.concatenate([getattr(self, name), more]) for name, more in fresh.items()})

    def with_items(self, stock0: np.ndarray) -> State:
        """This state with newborn items on the shelf, stock0: int (n,)."""
        return replace(self, stock=np.concatenate([self.stock, stock0.astype(np.int64)]),
                       counter=np.concatenate([self.counter, np.zeros(len(stock0), np.int64)]))


def new_people(count: int, params: WorldParams) -> dict:
    """Arrays of State for people who have not visited yet."""
    keep = params.repeats.memory if params.repeats.on else 1
    return {
        "gone": np.zeros(count, np.bool_), "glow": np.full(count, params.retention.usual),
        "policy": np.full(count, -1, np.int16), "changed_day": np.full(count, -1_000_000, np.int32),
        "memory": np.full((count, keep), -1, np.int32), "memory_at": np.zeros(count, np.int32),
        "inbox_item": np.full((count, INBOX), -1, np.int32),
        "inbox_day": np.full((count, INBOX), -1_000_000, np.int32),
    }


def new_state(params: WorldParams, items: catalog.Items) -> State:
    """The state before day 0."""
    stock = items.stock0.astype(np.int64)
    return State(**new_people(params.size.people, params), stock=stock, counter=np.zeros(len(stock), np.int64))
