"""Right solutions of lesson 11, written blind."""

import bisect
import heapq
from collections import defaultdict, deque
from dataclasses import dataclass

import numpy as np
import pandas as pd
from blind_book import right


# ---------------------------------------------------------------- 11.1
@right("serving.1", "A dict from key to its last computation, one loop over the requests.")
def who_computes(at_ms, key, takes_ms, fails, keep_ms):
    last = {}                                   # key → (leader, until when it answers)
    answer = np.empty(len(at_ms), dtype=int)
    for i, (now, k) in enumerate(zip(at_ms, key)):
        if k in last and now < last[k][1]:
            answer[i] = last[k][0]
            continue
        end = now + takes_ms[i]
        last[k] = (i, end if fails[i] else end + keep_ms)
        answer[i] = i
    return answer


@right("serving.1", "Key by key: from leader to leader with bisect over the key's sorted arrivals.")
def who_computes(at_ms, key, takes_ms, fails, keep_ms):
    places = defaultdict(list)
    for i, k in enumerate(key):
        places[k].append(i)
    out = np.full(len(at_ms), -1, dtype=np.int64)
    for mine in places.values():
        times = [float(at_ms[i]) for i in mine]
        j = 0
        while j < len(mine):
            leader = mine[j]
            until = times[j] + float(takes_ms[leader])
            if not fails[leader]:
                until += keep_ms
            following = bisect.bisect_left(times, until, lo=j + 1)
            out[mine[j:following]] = leader
            j = following
    assert (out >= 0).all()
    return out


@right("serving.1", "A heap of expiries: what is over is thrown out before each request is looked at.")
def who_computes(at_ms, key, takes_ms, fails, keep_ms):
    at = np.asarray(at_ms, float).tolist()
    takes = np.asarray(takes_ms, float).tolist()
    failed = np.asarray(fails, bool).tolist()
    keys = np.asarray(key).tolist()
    holder, expiries, whose = {}, [], []
    for i, now in enumerate(at):
        while expiries and expiries[0][0] <= now:
            _, leader = heapq.heappop(expiries)
            if holder.get(keys[leader]) == leader:
                del holder[keys[leader]]
        if keys[i] not in holder:
            holder[keys[i]] = i
            heapq.heappush(expiries, (at[i] + takes[i] + (0.0 if failed[i] else keep_ms), i))
        whose.append(holder[keys[i]])
    return whose


@dataclass
class _Flight:
    leader: int
    ends: float
    failed: bool

    def answers(self, now, keep):
        if now < self.ends:                     # still running: joined, whatever comes of it
            return True
        return not self.failed and now < self.ends + keep


@right("serving.1", "Pandas groups of the keys, a small class for a flight, running and kept told apart.")
def who_computes(at_ms, key, takes_ms, fails, keep_ms):
    table = pd.DataFrame({"at": np.asarray(at_ms, float), "takes": np.asarray(takes_ms, float),
                          "fails": np.asarray(fails, bool)})
    codes, _ = pd.factorize(np.asarray(key))
    answer = pd.Series(-1, index=table.index, dtype="int64")
    for _, group in table.groupby(codes):
        flight, found = None, []
        for row in group.itertuples():
            if flight is None or not flight.answers(row.at, keep_ms):
                flight = _Flight(row.Index, row.at + row.takes, row.fails)
            found.append(flight.leader)
        answer.loc[group.index] = found
    return answer.to_numpy()


# ---------------------------------------------------------------- 11.2
@right("serving.2", "A deque of the last outcomes and the moment it opened; None while closed.")
def let_through(at_s, ok, window=20, least=10, share=0.5, reset_s=1.0):
    made = np.zeros(len(at_s), dtype=bool)
    recent, opened = deque(maxlen=int(window)), None
    for i, (now, good) in enumerate(zip(at_s, ok)):
        if opened is not None:
            if now < opened + reset_s:
                continue
            made[i] = True
            if good:
                opened = None
                recent.clear()
            else:
                opened = now
            continue
        made[i] = True
        recent.append(not good)
        if len(recent) >= least and sum(recent) / len(recent) >= share:
            opened = now
    return made


class _Breaker:
    def __init__(self, window, least, share, reset_s):
        self.window, self.least, self.share, self.reset_s = window, least, share, reset_s
        self.close()

    def close(self):
        self.state, self.outcomes = "closed", []

    def open(self, now):
        self.state, self.since = "open", now

    def admits(self, now):
        if self.state == "open" and now - self.since >= self.reset_s - 1e-9:     # ties by rounding
            self.state = "half open"
        return self.state != "open"

    def tell(self, now, good):
        if self.state == "half open":
            self.close() if good else self.open(now)
            return
        self.outcomes = (self.outcomes + [good])[-self.window:]
        failed = self.outcomes.count(False)
        if len(self.outcomes) >= self.least and failed / len(self.outcomes) >= self.share:
            self.open(now)


@right("serving.2", "A class with three named states, a tolerance for rounded moments; returns a list.")
def let_through(at_s, ok, window=20, least=10, share=0.5, reset_s=1.0):
    breaker, made = _Breaker(window, least, share, reset_s), []
    for now, good in zip(np.asarray(at_s, float).tolist(), np.asarray(ok, bool).tolist(), strict=True):
        passes = breaker.admits(now)
        made.append(passes)
        if passes:
            breaker.tell(now, good)
    return made


@right("serving.2", "Phase by phase: prefix sums find where it opens, searchsorted finds each trial.")
def let_through(at_s, ok, window=20, least=10, share=0.5, reset_s=1.0):
    at, ok = np.asarray(at_s, float), np.asarray(ok, bool)
    n = len(at)
    failures = np.concatenate([[0], np.cumsum(~ok)])
    made = np.zeros(n, bool)
    start = 0
    while start < n:
        last = np.arange(start, n)
        first = np.maximum(start, last - window + 1)
        size = last - first + 1
        bad = failures[last + 1] - failures[first]
        opens = np.flatnonzero((size >= least) & (bad / size >= share))
        if len(opens) == 0:
            made[start:] = True
            break
        i = start + int(opens[0])
        made[start:i + 1] = True
        while True:                                         # trials, until one goes well
            trial = max(i + 1, int(np.searchsorted(at, at[i] + reset_s, side="left")))
            if trial >= n:
                return made
            made[trial] = True
            i = trial
            if ok[trial]:
                break
        start = i + 1
    return made


@right("serving.2", "One running count of failures, indices of the calls since it closed, plain while loop.")
def let_through(at_s, ok, window=20, least=10, share=0.5, reset_s=1.0):
    made = np.full(len(at_s), False)
    since_closed, failed, may_try_at = [], 0, -np.inf
    is_open = False
    i = 0
    while i < len(at_s):
        if is_open and at_s[i] < may_try_at:
            i += 1
            continue
        made[i] = True
        if is_open:
            is_open = not ok[i]
            may_try_at = at_s[i] + reset_s
            since_closed, failed = [], 0
        else:
            since_closed.append(i)
            failed += int(not ok[i])
            if len(since_closed) > window:
                failed -= int(not ok[since_closed[-window - 1]])
            held = min(window, len(since_closed))
            if held >= least and failed / held >= share:
                is_open, may_try_at = True, at_s[i] + reset_s
        i += 1
    return made
