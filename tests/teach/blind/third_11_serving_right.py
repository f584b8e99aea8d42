"""Right solutions of lesson 11, written blind."""

import bisect
import heapq
from collections import deque
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import torch
from blind_book import right


# ---------------------------------------------------------------- 11.1


@right("serving.1", "A dictionary: the last leader of each key and until when it answers.")
def who_computes(at_ms, key, takes_ms, fails, keep_ms):
    last, answer = {}, []
    for i, (t, k) in enumerate(zip(at_ms, key, strict=True)):
        if k in last and t < last[k][1]:
            answer.append(last[k][0])
            continue
        end = t + takes_ms[i]
        last[k] = (i, end if fails[i] else end + keep_ms)
        answer.append(i)
    return answer


@right("serving.1", "Key by key, from leader to leader with searchsorted.")
def who_computes(at_ms, key, takes_ms, fails, keep_ms):
    at, takes, fails = np.asarray(at_ms, float), np.asarray(takes_ms, float), np.asarray(fails, bool)
    code = pd.factorize(np.asarray(key))[0]
    until = at + takes + np.where(fails, 0.0, keep_ms)
    whose = np.arange(len(at))
    for one in range(code.max() + 1 if len(code) else 0):
        mine = np.flatnonzero(code == one)
        start = 0
        while start < len(mine):
            leader = mine[start]
            stop = max(start + 1, int(np.searchsorted(at[mine], until[leader], side="left")))
            whose[mine[start:stop]] = leader
            start = stop
    return whose


@right("serving.1", "A simulation: ends of computations come from a heap.")
def who_computes(at_ms, key, takes_ms, fails, keep_ms):
    running, stored, ends = {}, {}, []
    whose = []
    for i in range(len(at_ms)):
        now, k = float(at_ms[i]), key[i]
        while ends and ends[0][0] <= now:
            end, leader = heapq.heappop(ends)
            its_key = key[leader]
            if running.get(its_key) == leader:
                del running[its_key]
            if not fails[leader]:
                stored[its_key] = (leader, end)
        if k in running:
            whose.append(running[k])
        elif k in stored and now < stored[k][1] + keep_ms:
            whose.append(stored[k][0])
        else:
            running[k] = i
            heapq.heappush(ends, (now + float(takes_ms[i]), i))
            whose.append(i)
    return np.array(whose, dtype=int)


@dataclass
class _Flight:
    leader: int
    ends: float
    failed: bool

    def answers(self, now, keep):
        if now < self.ends:
            return True
        return not self.failed and now < self.ends + keep


@right("serving.1", "pandas groups, an object for each computation.")
def who_computes(at_ms, key, takes_ms, fails, keep_ms):
    rows = pd.DataFrame({"at": np.asarray(at_ms, float), "takes": np.asarray(takes_ms, float), "fails": np.asarray(fails, bool)})
    rows["key"] = list(key)
    out = pd.Series(-1, index=rows.index, dtype=int)
    for _, group in rows.groupby("key", sort=False):
        flight = None
        for row in group.itertuples():
            if flight is None or not flight.answers(row.at, keep_ms):
                flight = _Flight(row.Index, row.at + row.takes, row.fails)
            out.iloc[row.Index] = flight.leader
    return out


# ---------------------------------------------------------------- 11.2


@right("serving.2", "A deque and the moment of opening.")
def let_through(at_s, ok, window=20, least=10, share=0.5, reset_s=1.0):
    recent, opened, through = deque(maxlen=window), None, []
    for t, good in zip(at_s, ok, strict=True):
        if opened is not None:
            if t < opened + reset_s:
                through.append(False)
                continue
            through.append(True)
            if good:
                opened = None
                recent.clear()
            else:
                opened = t
            continue
        through.append(True)
        recent.append(not good)
        if len(recent) >= least and sum(recent) / len(recent) >= share:
            opened = t
    return through


@dataclass
class _Breaker:
    window: int
    least: int
    share: float
    reset_s: float
    state: str = "closed"
    opened_at: float = 0.0
    calls: list = field(default_factory=list)

    def allows(self, t):
        if self.state == "open" and t - self.opened_at >= self.reset_s - 1e-9:
            self.state = "half open"
        return self.state != "open"

    def record(self, t, good):
        if self.state == "half open":
            if good:
                self.state, self.calls = "closed", []
            else:
                self.trip(t)
            return
        self.calls = (self.calls + [bool(good)])[-self.window:]
        failed = self.calls.count(False)
        if len(self.calls) >= self.least and failed / len(self.calls) >= self.share - 1e-12:
            self.trip(t)

    def trip(self, t):
        self.state, self.opened_at, self.calls = "open", t, []


@right("serving.2", "A class with three states; rounding does not decide.")
def let_through(at_s, ok, window=20, least=10, share=0.5, reset_s=1.0):
    breaker = _Breaker(window, least, share, reset_s)
    made = np.zeros(len(at_s), dtype=bool)
    for i, t in enumerate(np.asarray(at_s, dtype=float)):
        made[i] = breaker.allows(t)
        if made[i]:
            breaker.record(t, ok[i])
    return made


@right("serving.2", "numpy: jump from opening to trial, failures by a running sum.")
def let_through(at_s, ok, window=20, least=10, share=0.5, reset_s=1.0):
    at, bad = np.asarray(at_s, dtype=float), ~np.asarray(ok, dtype=bool)
    n = len(at)
    failed = np.concatenate([[0], np.cumsum(bad)])
    through = np.zeros(n, dtype=bool)
    start = 0                                     # the first call since it closed
    while start < n:
        end = np.arange(start, n) + 1
        first = np.maximum(start, end - window)
        held = end - first
        trips = (held >= least) & ((failed[end] - failed[first]) / held >= share)
        if not trips.any():
            through[start:] = True
            break
        opened = start + int(np.argmax(trips))
        through[start : opened + 1] = True
        while True:
            trial = max(opened + 1, int(np.searchsorted(at, at[opened] + reset_s, side="left")))
            if trial >= n:
                return through
            through[trial] = True
            if not bad[trial]:
                break
            opened = trial
        start = trial + 1
    return through


@right("serving.2", "Two small generators of steps, bisect finds the trial, a tensor comes back.")
def let_through(at_s, ok, window=20, least=10, share=0.5, reset_s=1.0):
    times, good = [float(t) for t in at_s], [bool(g) for g in ok]

    def opening(start):
        """The call at which it opens, counting from `start`; None if it never does."""
        for i in range(start, len(times)):
            last = good[max(start, i - window + 1) : i + 1]
            if len(last) >= least and last.count(False) / len(last) >= share:
                return i
        return None

    def trials(opened):
        """Calls let through as trials, up to the first that goes well."""
        while True:
            i = bisect.bisect_left(times, times[opened] + reset_s, lo=opened + 1)
            if i == len(times):
                return
            yield i
            if good[i]:
                return
            opened = i

    through, start = torch.zeros(len(times), dtype=torch.bool), 0
    while start < len(times):
        opened = opening(start)
        if opened is None:
            through[start:] = True
            return through
        through[start : opened + 1] = True
        start = len(times)
        for i in trials(opened):
            through[i] = True
            if good[i]:
                start = i + 1
    return through
