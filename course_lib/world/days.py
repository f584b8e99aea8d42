"""The world itself: days in which a policy, or the arms of an experiment, serve people.

A day is a transaction. It is worked out on a fork (`today.py`), handed to the log, and only then does the fork's state
become the world's, in one assignment. Whatever stops a day leaves the world where that day began.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..contracts import ArgumentError, Catalog, DayLog, LogMismatchError
from . import arms, audience, catalog, cells, observers, weather
from .blocks import check_whole
from .params import WorldParams
from .state import new_state
from .today import BLOCKS, Today

VERSION = 2  # changes whenever the same seed would give another log


class World:
    """A service in which policies run; implements contracts.Environment.

    seed: int. params: WorldParams. batch: the most requests a policy is asked at once. workers: threads for
    behaviour. Neither batch nor workers changes a byte of the log.
    """

    def __init__(self, seed: int = 0, params: WorldParams | None = None, *, batch: int = 1024, workers: int = 1):
        check_whole("seed", seed, 0, 2**63 - 1)
        check_whole("batch", batch, 1)
        check_whole("workers", workers, 1)
        self.seed, self.params, self.batch, self.workers = int(seed), params or WorldParams(), batch, workers
        self.day = 0
        self.slate_size = self.params.size.slate_size
        self._items = catalog.make_items(self.seed, self.params, np.arange(self.params.size.items), -1)
        self._state = new_state(self.params, self._items)
        self._people = audience.make_people(self.seed, self.params, np.arange(self.params.size.people))
        self._centre = catalog.category_centres(self.seed, self.params)
        self._rates = weather.rates_of(self.params)
        self._examine = audience.examination_table(self.params)
        self._region = audience.region_of(self.seed, self.params, np.arange(self.params.size.people))
        self._lessons = ()  # days that policies have still to observe: see observers.py
        self._moves = {}  # which cell has moved this world: see cells.py
        self._in_flight = None  # (the world after the day, the log), while that day is handed to the log
        self._spare = None  # (the state of the morning before, who came since): arrays for the next day's fork

    # --- what anyone may see --------------------------------------------------------------------------------------
    def catalog(self) -> Catalog:
        """Public facts of every item born so far."""
        return catalog.public_catalog(self.seed, self.params, self._items, np.arange(len(self._items.quality)))

    def users(self):
        """Public facts of every person who has joined: index = user id; region, cluster, joined_day."""
        import pandas as pd

        person = np.arange(audience.people_by(self.day, self.params))
        self._make_room(len(person))
        return pd.DataFrame({"region": self._region[person], "cluster": person // audience.CLUSTER,
                             "joined_day": self._people.joined_day[person]}, index=pd.Index(person, name="user"))

    def eligible(self) -> np.ndarray:
        """Items that may be shown now: alive and in stock. int32 (N,), ascending."""
        items = self._items
        alive = (items.born_day < self.day) & (items.death_day > self.day) & (self._state.stock > 0)
        return np.flatnonzero(alive).astype(np.int32)

    def manifest(self) -> dict:
        """What a log needs to know of the world that wrote it: kind, seed, version, parameters."""
        return {"kind": self.params.kind, "seed": self.seed, "version": VERSION, "params": self.params.as_dict()}

    # --- running --------------------------------------------------------------------------------------------------
    def run(self, policy, days: int, log=None) -> list[DayLog]:
        """Simulate `days` days under a policy or an Assignment.

        Each DayLog goes to `log`, if given, and the list returned is then empty. Calls policy.observe(day_log) after
        each day where the policy has it. A cell of a notebook that moves the same world a second time gets a
        MovedAgainWarning.

        Stopped at any point (Ctrl-C, an error of the policy, a full disk), world and log both stand at the start of a
        day, and the next run gives that day as an unbroken run would have. What a stop means for a policy:
        it may be asked again for the day's slates, so `slates` must not learn; it observes a day once, after world and
        log hold it, and a day it had not yet been given, it gets at the start of the next run. A policy stopped inside
        its own `observe` may know any part of that day: this world refuses it from then on.

        Raises LogMismatchError if `log` ends on another day than the world does or was written by another world;
        SlateError or ShapeError for slates that cannot be shown; ArgumentError for what cannot serve.
        """
        check_whole("days", days, 0)
        plan = arms.plan_of(policy)
        self._settle()
        self._teach(plan[1])
        if log is not None:
            self._check_log(log)
        cell = cells.running()
        cells.warn_of_second_move(self._moves, cell, self.day, days)
        kept = []
        for _ in range(days):
            draft, day_log = self._draw_up(*plan)
            draft._lessons += observers.lessons_of(plan[1], day_log)
            draft._moves = cells.noted(self._moves, cell, self.day)
            self._commit(draft, day_log, log)
            if log is None:
                kept.append(day_log)
            self._teach(plan[1])
        return kept

    def fork(self) -> World:
        """A twin: same people, same dice, same state, from here on alone."""
        self._settle()
        return self._forked(len(self._people.visits), None)

    def truth(self):
        """What no policy and no log can see, as of now: see Truth."""
        from .truth import Truth

        return Truth(self.fork())

    def __getstate__(self):
        self._settle()
        return {**vars(self), "_lessons": (), "_spare": None}  # lessons are about policies of this process

    def _check_log(self, log):
        if not hasattr(log, "last_day"):
            raise ArgumentError(f"log is {log!r}; expected an object with last_day and append, such as "
                                f"Log.create(path, world.manifest()).")
        if log.last_day not in (-1, self.day - 1):  # an empty log may begin on any day
            raise LogMismatchError(f"the log ends with day {log.last_day}, the world is about to begin day {self.day}; "
                                   f"expected the day before. Resume with course_lib.world.resume(world, log).")
        theirs, mine = getattr(log, "manifest", None) or {}, self.manifest()
        for key in mine:
            if key in theirs and theirs[key] != mine[key]:
                raise LogMismatchError(f"the log's manifest says {key} = {str(theirs[key])[:80]}, this world has "
                                       f"{str(mine[key])[:80]}. Append to the log of the same world, or start one.")

    # --- a day as a transaction -----------------------------------------------------------------------------------
    def _draw_up(self, assignment, policies, names, replay=None) -> tuple[World, DayLog]:
        """The next day worked out: (the world after it, its log). This world stays as it is."""
        n_people = audience.people_by(self.day, self.params)
        spare, self._spare = self._spare, None
        draft = self._forked(n_people, spare)
        draft._restock()
        today = Today(draft, n_people, assignment, policies, names, replay)
        for block in range(BLOCKS):
            today.run_block(block)
        day_log = replace(today.close(), new_items=draft._bear())
        draft.day += 1
        few_came = len(today.person) * 4 < len(self._state.gone)  # otherwise a new copy is quicker
        draft._spare = (self._state, today.person) if few_came else None
        return draft, day_log

    def _commit(self, draft, day_log, log=None):
        """Hand the day to the log, then become `draft`."""
        if self.day != day_log.day:
            raise ArgumentError(f"the world moved from day {day_log.day} to day {self.day} while that day was worked "
                                f"out: a policy or another thread runs it too. Let them run a fork().")
        if log is None:
            self._become(draft)
            return
        self._in_flight = draft, log
        try:
            try:
                log.append(day_log)
            finally:
                self._settle()
        finally:
            self._settle()  # for an interrupt that fell into the line above

    def _settle(self):
        """Decide a day that was being handed to the log: it has happened if the log holds it."""
        if self._in_flight is not None:
            draft, log = self._in_flight
            if log.last_day >= draft.day - 1:
                self._become(draft)
            else:
                self._in_flight = None

    def _become(self, draft):
        """Take over all of `draft`, whose day is then over: one call into C, inside which no interrupt can fall."""
        vars(self).update(vars(draft))

    def _teach(self, policies):
        """Let these policies observe the days that they are owed."""
        observers.refuse_torn(self._lessons, policies)
        self._lessons = observers.give_all(self._lessons, policies)

    # --- what happens to people and items whatever the policy -----------------------------------------------------
    def _forked(self, people, spare):
        """A twin with room for so many people, its state in the arrays of `spare` where those fit."""
        twin = object.__new__(World)
        vars(twin).update(vars(self), _spare=None)
        twin._make_room(people)
        if spare is not None and len(spare[0].gone) == len(twin._state.gone):
            twin._state = twin._state.copy_into(*spare)
        else:
            twin._state = twin._state.apart_from(self._state)
        return twin

    def _make_room(self, people):
        have = len(self._people.visits)
        state = self._state.with_room(people, self.params)
        room = len(state.gone)
        if room == have:
            return
        more = audience.make_people(self.seed, self.params, np.arange(have, room))
        grown = audience.People(*(np.concatenate(pair) for pair in zip(self._people, more, strict=True)))
        region = audience.region_of(self.seed, self.params, np.arange(room))
        vars(self).update(_state=state, _people=grown, _region=region)

    def _restock(self):
        items, shop = self._items, self.params.shop
        if shop.on and shop.stock:
            due = (self.day - np.maximum(items.born_day, 0)) % shop.restock_days == 0
            self._state.stock = np.where(due, np.maximum(self._state.stock, items.stock0), self._state.stock)

    def _bear(self) -> Catalog:
        """Items born during the day: in the day's log, and eligible from the next day."""
        have = len(self._items.quality)
        newborn, ids = self._take_in(np.arange(have, have + catalog.births_on(self.day, self.params)), self.day)
        return catalog.public_catalog(self.seed, self.params, newborn, ids)

    def _take_in(self, ids, day):
        """Put the items of these ids, born on `day`, on the shelf; returns (items, ids)."""
        newborn = catalog.make_items(self.seed, self.params, ids, day)
        if len(ids):
            items = catalog.Items(*(np.concatenate(pair) for pair in zip(self._items, newborn, strict=True)))
            vars(self).update(_items=items, _state=self._state.with_items(newborn.stock0))
        return newborn, ids
