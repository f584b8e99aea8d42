"""The world itself: days in which a policy, or the arms of an experiment, serve people.

A day has six blocks of four hours. In a block, the first requests of all its sessions form a wave, their second
requests the next one, and so on. Shared state (stock, click counters, memory) changes between waves and blocks only,
in and always for a whole wave in the order of its requests, however it is cut into batches or threads.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from ..contracts import DAY_S, ArgumentError, Catalog, DayLog, LogMismatchError, Requests, keyed_uniform
from . import arms, audience, behaviour, catalog, dice, outcomes, weather
from .params import WorldParams
from .records import DayRecord
from .state import HISTORY, new_state

VERSION = 1  # changes whenever the same seed would give another log
BLOCKS = 6
BLOCK_S = DAY_S / BLOCKS


class World:
    """A service in which policies run; implements contracts.Environment.

    seed: int. params: WorldParams. batch: the most requests a policy is asked at once. workers: threads for
    behaviour. Neither batch nor workers changes a byte of the log.
    """

    def __init__(self, seed: int = 0, params: WorldParams | None = None, *, batch: int = 1024, workers: int = 1):
        if batch < 1 or workers < 1:
            raise ArgumentError(f"batch is {batch}, workers {workers}; expected both to be at least 1.")
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
        each day where the policy has it. Raises LogMismatchError if `log` ends on another day than the world does or
        was written by another world; SlateError or ShapeError for slates that cannot be shown.
        """
        if days < 0:
            raise ArgumentError(f"days is {days}; expected 0 or more.")
        plan = arms.plan_of(policy)
        if log is not None:
            self._check_log(log)
        kept = []
        for _ in range(days):
            day_log = self._one_day(*plan)
            if log is None:
                kept.append(day_log)
            else:
                log.append(day_log)
            for each in {id(p): p for p in plan[1]}.values():
                if hasattr(each, "observe"):
                    each.observe(day_log)
        return kept

    def fork(self) -> World:
        """A twin: same people, same dice, same state, from here on alone."""
        twin = object.__new__(World)
        twin.__dict__.update(self.__dict__)
        twin._state = self._state.copy()
        return twin

    def truth(self):
        """What no policy and no log can see, as of now: see Truth."""
        from .truth import Truth

        return Truth(self.fork())

    def _check_log(self, log):
        if log.last_day not in (-1, self.day - 1):  # an empty log may begin on any day
            raise LogMismatchError(f"the log ends with day {log.last_day}, the world is about to begin day {self.day}; "
                                   f"expected the day before. Resume with course_lib.world.resume(world, log).")
        theirs, mine = getattr(log, "manifest", None) or {}, self.manifest()
        for key in mine:
            if key in theirs and theirs[key] != mine[key]:
                raise LogMismatchError(f"the log's manifest says {key} = {str(theirs[key])[:80]}, this world has "
                                       f"{str(mine[key])[:80]}. Append to the log of the same world, or start one.")

    def _make_room(self, people):
        have = len(self._people.visits)
        self._state.grow_people(people, self.params)
        room = len(self._state.gone)
        if room > have:
            more = audience.make_people(self.seed, self.params, np.arange(have, room))
            self._people = audience.People(*(np.concatenate(pair) for pair in zip(self._people, more, strict=True)))
            self._region = audience.region_of(self.seed, self.params, np.arange(room))

    def _one_day(self, assignment, policies, names, replay=None) -> DayLog:
        n_people = audience.people_by(self.day, self.params)
        self._make_room(n_people)
        self._restock()
        today = _Today(self, n_people, assignment, policies, names, replay)
        for block in range(BLOCKS):
            today.run_block(block)
        day_log = today.close()
        day_log = replace(day_log, new_items=self._bear())
        self.day += 1
        return day_log

    def _restock(self):
        items, shop = self._items, self.params.shop
        if shop.on and shop.stock:
            due = (self.day - np.maximum(items.born_day, 0)) % shop.restock_days == 0
            self._state.stock = np.where(due, np.maximum(self._state.stock, items.stock0), self._state.stock)

    def _bear(self) -> Catalog:
        """Items born during the day: in the day's log, and eligible from the next day."""
        have = len(self._items.quality)
        ids = np.arange(have, have + catalog.births_on(self.day, self.params))
        newborn = catalog.make_items(self.seed, self.params, ids, self.day)
        if len(ids):
            self._items = catalog.Items(*(np.concatenate(pair) for pair in zip(self._items, newborn, strict=True)))
            self._state.grow_items(newborn.stock0)
        return catalog.public_catalog(self.seed, self.params, newborn, ids)


class _Today:
    """One day's work."""

    def __init__(self, world: World, n_people, assignment, policies, names, replay=None):
        self.world, self.plan = world, (assignment, policies)
        state, params, seed, day = world._state, world.params, world.seed, world.day
        self.n_people = n_people
        self.crowd = weather.crowd_of(world._people, state)
        self.shelf = weather.shelf_of(seed, params, world._items, state.counter, day)
        people = world._people
        awake = params.spam.on and day >= params.spam.attack_day
        self.person, self.nth = audience.sessions_today(
            seed, day, n_people, people.visits, weather.visit_multiplier(params, state, n_people, day), state.gone,
            people.bot_of, weather.visits_factor(params, day), awake)
        self.start = audience.start_times(seed, day, self.person, self.nth)
        self.mood = audience.moods(seed, params, day, self.person, self.nth, weather.mood_weights(seed, params, day))
        self.shares = [(np.zeros(0, np.int32), np.zeros(0, np.int32))]
        self.asked, self.joys, self.regrets = (np.zeros(n_people, np.int32) for _ in range(3))
        # replay: (policy names, function of requests that says which of them served), out of a log
        served_by, self.who = replay or ([p.name for p in policies], None)
        self.codes = np.array([state.code_of(name) for name in served_by], np.int16)
        self.record = DayRecord(day, names, [p.name for p in policies])

    def run_block(self, block):
        """All sessions that begin in these four hours, wave by wave; then purchases that fall due."""
        world, state = self.world, self.world._state
        begin = np.flatnonzero((self.start >= block * BLOCK_S) & (self.start < (block + 1) * BLOCK_S))
        open_ = begin[np.lexsort((self.nth[begin], self.person[begin], self.start[begin]))]
        clock = self.start[open_]
        history = np.full((len(open_), HISTORY), -1, np.int32)
        row, eligible = np.arange(len(open_)), world.eligible()
        for step in range(audience.MAX_STEPS):
            if not len(row):
                break
            row = row[self.run_wave(open_[row], clock[row], step, eligible, history, row)]
            session = open_[row]
            gap = keyed_uniform(world.seed, world.day, self.person[session], self.nth[session] * 8 + step, dice.GAP)
            clock[row] += 30.0 + 120.0 * gap
        until = world.day * DAY_S + (block + 1) * BLOCK_S
        state.plans, mail = outcomes.settle(world.seed, world.params, state.plans, until, state.stock, world._items)
        state.mail = np.concatenate([state.mail, mail])

    def requests(self, session, clock, step, eligible, history):
        """The requests of these sessions at this step. Ids: (day, user, nth session, step), so twins agree on them."""
        world, user = self.world, self.person[session]
        ids = ((world.day << 24 | user.astype(np.int64)) << 3 | self.nth[session]) << 3
        return Requests(user, world.day * DAY_S + clock, ids | step, world.day, eligible, world.slate_size, history,
                        ids >> 3, world._people.device[user])

    def run_wave(self, session, clock, step, eligible, history, rows):
        """Serve a wave in batches, let people respond, apply it; returns bool (B,), who goes on."""
        world, state = self.world, self.world._state
        requests = self.requests(session, clock, step, eligible, history[rows])
        n_items = len(world._items.quality)
        served = arms.join([arms.serve(*self.plan, part, world._region, n_items, world.seed)
                            for part in arms.cut(requests, world.batch)])
        self._meet_policy(requests.user, self.codes[served.arm if self.who is None else self.who(requests)])
        click, dwell, outcome = self._respond(requests.user, self.mood[session], served.item)
        behaviour.remember(requests.user, rows, served.item, click, outcome, state.memory, state.memory_at,
                           state.counter, history, self.asked, self.joys, self.regrets)
        plans, mail = outcomes.after_clicks(world.seed, world.params, requests.request_id, requests.user,
                                            requests.time, served.item, dwell, outcome)
        state.plans, state.mail = np.concatenate([state.plans, plans]), np.concatenate([state.mail, mail])
        told = np.nonzero(outcome & behaviour.SHARED)
        self.shares.append((requests.user[told[0]], served.item[told]))
        self.record.add(requests, served, click, dwell)
        return behaviour.goes_on(world.seed, world.day, requests.user, self.nth[session], step, outcome,
                                 world._people.stay, float(world.params.satisfaction.stays),
                                 float(world.params.satisfaction.goes))

    def _meet_policy(self, user, code):
        state, last = self.world._state, self.world._state.policy[user]
        other = (last >= 0) & (last != code)
        state.changed_day[user[other]] = self.world.day
        state.policy[user] = code

    def _respond(self, user, mood, item):
        world = self.world
        lift = weather.novelty_lift(world.params, world._state, user, world.day)
        click, outcome = np.empty(item.shape, np.int8), np.empty(item.shape, np.int8)
        dwell = np.empty(item.shape, np.float32)
        item = np.ascontiguousarray(item, np.int32)

        def part(rows):
            behaviour.respond(world.seed, world.day, user[rows], mood[rows], lift[rows], item[rows], world._examine,
                              world._centre, self.crowd, self.shelf, world._rates, click[rows], dwell[rows],
                              outcome[rows])

        edges = np.linspace(0, len(user), world.workers + 1).astype(int)
        parts = [slice(a, b) for a, b in zip(edges, edges[1:], strict=False)]
        if world.workers == 1:
            part(parts[0])
        else:
            with ThreadPoolExecutor(world.workers) as pool:
                list(pool.map(part, parts))
        return click, dwell, outcome

    def close(self) -> DayLog:
        """The day's end: feelings, leaving, friends' inboxes, what reached the log."""
        world, state, params = self.world, self.world._state, self.world.params
        retention = params.retention
        if retention.on:
            behaviour.feel(world.seed, world.day, self.asked, self.joys, self.regrets, world._people.bot_of,
                           state.glow, state.gone, retention.smoothing, retention.disappointment, retention.usual,
                           retention.leave, retention.leave_slope)
        person, item = (np.concatenate(column) for column in zip(*self.shares, strict=True))
        audience.tell_friends(world.seed, world.day, person, item, self.n_people, params.sharing.accept,
                              state.inbox_item, state.inbox_day)
        happened, state.mail = outcomes.deliver(state.mail, (world.day + 1) * DAY_S)
        return self.record.table(happened)
