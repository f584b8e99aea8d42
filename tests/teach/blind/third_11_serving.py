"""Solutions of lesson 11, written blind."""

from collections import deque

import numpy as np
import pandas as pd
from blind_book import right, wrong


# ---------------------------------------------------------------- 11.1

@wrong("serving.1", "Ignores the key: one computation answers everybody.")
def who_computes(at_ms, key, takes_ms, fails, keep_ms):
    answer, leader = np.zeros(len(at_ms), int), -1
    for i, now in enumerate(at_ms):
        if leader >= 0:
            end = at_ms[leader] + takes_ms[leader]
            if now < end or (not fails[leader] and now < end + keep_ms):
                answer[i] = leader
                continue
        leader = answer[i] = i
    return answer


@wrong("serving.1", "The result's life is counted from the leader's arrival, not from the end of the computation.")
def who_computes(at_ms, key, takes_ms, fails, keep_ms):
    answer, last = np.zeros(len(at_ms), int), {}
    for i, (now, k) in enumerate(zip(at_ms, key)):
        j = last.get(k)
        if j is not None:
            end = at_ms[j] + takes_ms[j]
            if now < end or (not fails[j] and now < at_ms[j] + keep_ms):
                answer[i] = j
                continue
        last[k] = answer[i] = i
    return answer


@wrong("serving.1", "Keeps errors like results: a failed computation answers until its time is over.")
def who_computes(at_ms, key, takes_ms, fails, keep_ms):
    answer, last = np.zeros(len(at_ms), int), {}
    for i, (now, k) in enumerate(zip(at_ms, key)):
        j = last.get(k)
        if j is not None and now < at_ms[j] + takes_ms[j] + keep_ms:
            answer[i] = j
        else:
            last[k] = answer[i] = i
    return answer


@wrong("serving.1", "Nobody joins a running computation: a cache without single flight.")
def who_computes(at_ms, key, takes_ms, fails, keep_ms):
    answer, begun = np.zeros(len(at_ms), int), {}
    for i, (now, k) in enumerate(zip(at_ms, key)):
        answer[i] = i
        for j in begun.get(k, ()):
            end = at_ms[j] + takes_ms[j]
            if not fails[j] and end <= now < end + keep_ms:
                answer[i] = j
                break
        if answer[i] == i:
            begun.setdefault(k, []).append(i)
    return answer


@wrong("serving.1", "Whoever would share an error computes anew instead of sharing it.")
def who_computes(at_ms, key, takes_ms, fails, keep_ms):
    answer, last = np.zeros(len(at_ms), int), {}
    for i, (now, k) in enumerate(zip(at_ms, key)):
        j = last.get(k)
        if j is not None and not fails[j] and now < at_ms[j] + takes_ms[j] + keep_ms:
            answer[i] = j
        else:
            last[k] = answer[i] = i
    return answer


@wrong("serving.1", "A sliding lifetime: each hit keeps the result for keep_ms more.")
def who_computes(at_ms, key, takes_ms, fails, keep_ms):
    answer, last, until = np.zeros(len(at_ms), int), {}, {}
    for i, (now, k) in enumerate(zip(at_ms, key)):
        if k in last and now < until[k]:
            answer[i] = last[k]
            if not fails[last[k]] and now >= at_ms[last[k]] + takes_ms[last[k]]:
                until[k] = now + keep_ms
            continue
        last[k] = answer[i] = i
        until[k] = now + takes_ms[i] + (0 if fails[i] else keep_ms)
    return answer


@wrong("serving.1", "Both edges inclusive: who asks exactly at the end of an error, or of the life of a result, still gets it.")
def who_computes(at_ms, key, takes_ms, fails, keep_ms):
    answer, last = np.zeros(len(at_ms), int), {}
    for i, (now, k) in enumerate(zip(at_ms, key)):
        j = last.get(k)
        if j is not None:
            end = at_ms[j] + takes_ms[j]
            if now <= end or (not fails[j] and now <= end + keep_ms):
                answer[i] = j
                continue
        last[k] = answer[i] = i
    return answer


@wrong("serving.1", "Takes the duration and the failure of the request that asks, not of the leader.")
def who_computes(at_ms, key, takes_ms, fails, keep_ms):
    answer, last = np.zeros(len(at_ms), int), {}
    for i, (now, k) in enumerate(zip(at_ms, key)):
        j = last.get(k)
        if j is not None:
            end = at_ms[j] + takes_ms[i]
            if now < end or (not fails[i] and now < end + keep_ms):
                answer[i] = j
                continue
        last[k] = answer[i] = i
    return answer


@right("serving.1", "Loop with a dict: key -> (leader, until when it answers).")
def who_computes(at_ms, key, takes_ms, fails, keep_ms):
    answers, held = [], {}
    for i, (now, k, takes, bad) in enumerate(zip(at_ms, key, takes_ms, fails)):
        leader, until = held.get(k, (i, -np.inf))
        if now >= until:
            leader, until = i, now + takes + (0.0 if bad else keep_ms)
            held[k] = leader, until
        answers.append(leader)
    return answers


@right("serving.1", "By key: jump from leader to leader with searchsorted.")
def who_computes(at_ms, key, takes_ms, fails, keep_ms):
    at, takes = np.asarray(at_ms, float), np.asarray(takes_ms, float)
    until = at + takes + np.where(np.asarray(fails, bool), 0.0, keep_ms)
    places = {}
    for i, k in enumerate(key):
        places.setdefault(k, []).append(i)
    answer = np.arange(len(at))
    for rows in places.values():
        rows = np.array(rows)
        times, p = at[rows], 0
        while p < len(rows):
            nxt = max(p + 1, int(np.searchsorted(times, until[rows[p]], side="left")))
            answer[rows[p:nxt]] = rows[p]
            p = nxt
    return answer


@right("serving.1", "Two questions a request, on explicit states: is one running, is a result kept?")
def who_computes(at_ms, key, takes_ms, fails, keep_ms):
    running, kept, out = {}, {}, np.empty(len(at_ms), dtype=np.int64)
    for i in range(len(at_ms)):
        now, k = at_ms[i], key[i]
        if k in running and now >= running[k][1]:                  # ended meanwhile
            leader, end = running.pop(k)
            if not fails[leader]:
                kept[k] = leader, end + keep_ms
        if k in kept and now >= kept[k][1]:
            del kept[k]
        if k in running:
            out[i] = running[k][0]
        elif k in kept:
            out[i] = kept[k][0]
        else:
            out[i], running[k] = i, (i, now + takes_ms[i])
    return pd.Series(out)


# ---------------------------------------------------------------- 11.2

@wrong("serving.2", "Opens only where the share that failed is above `share`, not at it.")
def let_through(at_s, ok, window=20, least=10, share=0.5, reset_s=1.0):
    made, seen, opened = np.zeros(len(at_s), bool), deque(maxlen=window), None
    for i, (now, good) in enumerate(zip(at_s, ok)):
        if opened is not None:
            if now < opened + reset_s:
                continue
            made[i] = True
            opened = None if good else now
            seen.clear()
            continue
        made[i] = True
        seen.append(not good)
        if len(seen) >= least and sum(seen) / len(seen) > share:
            opened = now
    return made


@wrong("serving.2", "The trial that went well counts in the new window.")
def let_through(at_s, ok, window=20, least=10, share=0.5, reset_s=1.0):
    made, seen, opened = np.zeros(len(at_s), bool), deque(maxlen=window), None
    for i, (now, good) in enumerate(zip(at_s, ok)):
        if opened is not None:
            if now < opened + reset_s:
                continue
            made[i] = True
            if not good:
                opened = now
                continue
            opened = None
            seen.clear()
        made[i] = True
        seen.append(not good)
        if len(seen) >= least and sum(seen) / len(seen) >= share:
            opened = now
    return made


@wrong("serving.2", "The window is not emptied when the breaker closes: old failures open it again.")
def let_through(at_s, ok, window=20, least=10, share=0.5, reset_s=1.0):
    made, seen, opened = np.zeros(len(at_s), bool), deque(maxlen=window), None
    for i, (now, good) in enumerate(zip(at_s, ok)):
        if opened is not None:
            if now < opened + reset_s:
                continue
            made[i] = True
            opened = None if good else now
            continue
        made[i] = True
        seen.append(not good)
        if len(seen) >= least and sum(seen) / len(seen) >= share:
            opened = now
    return made


@wrong("serving.2", "A failed trial does not start the wait anew: from then on every call is a trial.")
def let_through(at_s, ok, window=20, least=10, share=0.5, reset_s=1.0):
    made, seen, opened = np.zeros(len(at_s), bool), deque(maxlen=window), None
    for i, (now, good) in enumerate(zip(at_s, ok)):
        if opened is not None:
            if now < opened + reset_s:
                continue
            made[i] = True
            if good:
                opened = None
                seen.clear()
            continue
        made[i] = True
        seen.append(not good)
        if len(seen) >= least and sum(seen) / len(seen) >= share:
            opened = now
    return made


@wrong("serving.2", "Counts all calls since it closed, not the last `window`: a long good past hides an outage.")
def let_through(at_s, ok, window=20, least=10, share=0.5, reset_s=1.0):
    made, calls, failed, opened = np.zeros(len(at_s), bool), 0, 0, None
    for i, (now, good) in enumerate(zip(at_s, ok)):
        if opened is not None:
            if now < opened + reset_s:
                continue
            made[i] = True
            opened = None if good else now
            calls = failed = 0
            continue
        made[i] = True
        calls, failed = calls + 1, failed + (not good)
        if calls >= least and failed / calls >= share:
            opened = now
    return made


@wrong("serving.2", "Looks at the window only after a call that failed; one that goes well can be the `least`-th, too.")
def let_through(at_s, ok, window=20, least=10, share=0.5, reset_s=1.0):
    made, seen, opened = np.zeros(len(at_s), bool), deque(maxlen=window), None
    for i, (now, good) in enumerate(zip(at_s, ok)):
        if opened is not None:
            if now < opened + reset_s:
                continue
            made[i] = True
            opened = None if good else now
            seen.clear()
            continue
        made[i] = True
        seen.append(not good)
        if not good and len(seen) >= least and sum(seen) / len(seen) >= share:
            opened = now
    return made


@wrong("serving.2", "Looks at the window before the next call: it opens when that one comes, so the wait begins late.")
def let_through(at_s, ok, window=20, least=10, share=0.5, reset_s=1.0):
    made, seen, opened = np.zeros(len(at_s), bool), deque(maxlen=window), None
    for i, (now, good) in enumerate(zip(at_s, ok)):
        if opened is None and len(seen) >= least and sum(seen) / len(seen) >= share:
            opened = now
        if opened is not None:
            if now < opened + reset_s:
                continue
            made[i] = True
            opened = None if good else now
            seen.clear()
            continue
        made[i] = True
        seen.append(not good)
    return made


@wrong("serving.2", "The classic: opens after `least` failures in a row.")
def let_through(at_s, ok, window=20, least=10, share=0.5, reset_s=1.0):
    made, in_a_row, opened = np.zeros(len(at_s), bool), 0, None
    for i, (now, good) in enumerate(zip(at_s, ok)):
        if opened is not None:
            if now < opened + reset_s:
                continue
            made[i] = True
            opened = None if good else now
            in_a_row = 0
            continue
        made[i] = True
        in_a_row = 0 if good else in_a_row + 1
        if in_a_row >= least:
            opened = now
    return made


@right("serving.2", "A state machine with a bounded deque; answers a list.")
def let_through(at_s, ok, window=20, least=10, share=0.5, reset_s=1.0):
    out, recent, trial_at = [], deque(maxlen=window), None
    for now, good in zip(at_s, ok):
        if trial_at is None:
            out.append(True)
            recent.append(0 if good else 1)
            if len(recent) >= least and sum(recent) / len(recent) >= share:
                trial_at = now + reset_s
        elif now >= trial_at:
            out.append(True)
            if good:
                trial_at = None
                recent.clear()
            else:
                trial_at = now + reset_s
        else:
            out.append(False)
    return out


@right("serving.2", "Vectorised: rolling failure shares from a cumulative sum find where it opens, searchsorted the trials.")
def let_through(at_s, ok, window=20, least=10, share=0.5, reset_s=1.0):
    at, bad = np.asarray(at_s, float), ~np.asarray(ok, bool)
    n, start = len(at), 0
    made = np.zeros(n, bool)
    total = np.concatenate([[0], np.cumsum(bad)])
    while start < n:
        ends = np.arange(start + 1, n + 1)
        begins = np.maximum(ends - window, start)
        size = ends - begins
        trips = np.flatnonzero((size >= least) & ((total[ends] - total[begins]) / size >= share))
        if not len(trips):
            made[start:] = True
            break
        i = start + trips[0]
        made[start:i + 1] = True
        while True:                                       # open since at[i]
            i = max(i + 1, int(np.searchsorted(at, at[i] + reset_s)))
            if i >= n:
                return made
            made[i] = True
            if not bad[i]:
                break
        start = i + 1
    return made


@right("serving.2", "Keeps the whole list of outcomes since it closed and slices its end; modes by name.")
def let_through(at_s, ok, window=20, least=10, share=0.5, reset_s=1.0):
    mode, history, since = "closed", [], None
    answer = {}
    for i in range(len(at_s)):
        if mode == "open" and at_s[i] >= since + reset_s:
            mode = "half open"
        answer[i] = mode != "open"
        if mode == "half open":
            mode, history, since = ("closed", [], None) if ok[i] else ("open", [], at_s[i])
        elif mode == "closed":
            history.append(bool(ok[i]))
            last = history[-window:]
            if len(last) >= least and last.count(False) / len(last) >= share:
                mode, since = "open", at_s[i]
    return pd.Series(answer, dtype=bool)
