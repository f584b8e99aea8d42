"""A day: six blocks of four hours, each of them waves of requests.

In a block, the first requests of all its sessions form a wave, their second requests the next one, and so on. Shared
state (stock, click counters, memory) changes between waves and blocks only, and always for a whole wave in the order of
its requests, however it is cut into batches or threads.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np

from ..contracts import DAY_S, DayLog, Requests, keyed_uniform
from . import arms, audience, behaviour, dice, outcomes, weather
from .reading import click_times
from .records import DayRecord
from .state import HISTORY

BLOCKS = 6
BLOCK_S = DAY_S / BLOCKS


class Today:
    """One day's work on a fork, which becomes the world when the day is whole."""

    def __init__(self, world, n_people, assignment, policies, names, replay=None):
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
            clock[row] += audience.GAP_S + audience.GAP_SPREAD_S * gap
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
        self.record.add(requests, served, click, dwell, outcome)
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
        return self.record.table(happened, partial(click_times, world.seed, params, world.day))
