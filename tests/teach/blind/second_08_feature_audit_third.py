"""Solutions of lesson 08, written blind: from the notebook's text alone. Third part."""

from collections import Counter, OrderedDict, deque

import numpy as np
import pandas as pd
from blind_book import right, wrong


def tail_of(times, items, now, gap_s):
    """The last run of events, in the order given, without a gap; none if `now` is too far from the last."""
    if len(times) == 0 or now - times[-1] > gap_s:
        return np.array([], dtype=int)
    broken = np.flatnonzero(np.diff(times) > gap_s)
    return np.asarray(items)[broken[-1] + 1 if len(broken) else 0:]


@wrong("feature_audit.5", "All events are known, whether or not they have arrived by now.")
def session_all(event_time, arrival_time, item, now, gap_s):
    order = np.argsort(event_time)
    return tail_of(event_time[order], item[order], now, gap_s)


@wrong("feature_audit.5", "An event that arrives at this very moment is taken as known: <= in place of <.")
def session_at_now(event_time, arrival_time, item, now, gap_s):
    known = arrival_time <= now
    order = np.argsort(event_time[known])
    return tail_of(event_time[known][order], item[known][order], now, gap_s)


@wrong("feature_audit.5", "Known means happened before now; when it arrived is not asked.")
def session_happened(event_time, arrival_time, item, now, gap_s):
    known = event_time < now
    order = np.argsort(event_time[known])
    return tail_of(event_time[known][order], item[known][order], now, gap_s)


@wrong("feature_audit.5", "The order of arrival is kept: a late event stands last and its gap is measured from there.")
def session_arrival_order(event_time, arrival_time, item, now, gap_s):
    known = np.asarray(arrival_time) < now
    return tail_of(event_time[known], item[known], now, gap_s)


@wrong("feature_audit.5", "Gaps are those between arrivals, not between the moments at which things happened.")
def session_arrival_gaps(event_time, arrival_time, item, now, gap_s):
    known = arrival_time < now
    order = np.argsort(arrival_time[known], kind="stable")
    return tail_of(arrival_time[known][order], item[known][order], now, gap_s)


@wrong("feature_audit.5", "A gap of exactly gap_s ends the session: < in place of <=.")
def session_strict(event_time, arrival_time, item, now, gap_s):
    events = sorted((e, i) for e, a, i in zip(event_time, arrival_time, item) if a < now)
    out, later = [], now
    for moment, what in reversed(events):
        if later - moment >= gap_s:
            break
        out.append(what)
        later = moment
    return np.array(out[::-1], dtype=int)


@wrong("feature_audit.5", "Everything of the last gap_s seconds: a session that goes on for longer is cut off.")
def session_window(event_time, arrival_time, item, now, gap_s):
    known = (arrival_time < now) & (event_time >= now - gap_s)
    return item[known][np.argsort(event_time[known])]


@wrong("feature_audit.5", "Whether the last session is over by now is not asked: an old one is handed out.")
def session_old(event_time, arrival_time, item, now, gap_s):
    known = pd.DataFrame({"t": event_time, "a": arrival_time, "i": item}).query("a < @now").sort_values("t")
    number = (known["t"].diff() > gap_s).cumsum()
    return known.loc[number == number.max(), "i"].to_numpy()


@wrong("feature_audit.5", "An item that occurs twice stands there once.")
def session_unique(event_time, arrival_time, item, now, gap_s):
    known = arrival_time < now
    order = np.argsort(event_time[known])
    held = tail_of(event_time[known][order], item[known][order], now, gap_s)
    return np.array(list(dict.fromkeys(held.tolist())), dtype=int)


@wrong("feature_audit.5", "Newest first.")
def session_reversed(event_time, arrival_time, item, now, gap_s):
    known = arrival_time < now
    order = np.argsort(event_time[known])
    return tail_of(event_time[known][order], item[known][order], now, gap_s)[::-1]


@wrong("feature_audit.5", "The first event of a session has no event before it within the gap and is left out.")
def session_without_first(event_time, arrival_time, item, now, gap_s):
    known = arrival_time < now
    order = np.argsort(event_time[known])
    return tail_of(event_time[known][order], item[known][order], now, gap_s)[1:]


@wrong("feature_audit.5", "Sessions are cut on all events and filtered afterwards: an unknown event bridges a gap.")
def session_cut_first(event_time, arrival_time, item, now, gap_s):
    order = np.argsort(event_time)
    e, a, i = event_time[order], arrival_time[order], item[order]
    number = np.concatenate([[0], np.cumsum(np.diff(e) > gap_s)]) if len(e) else np.array([], int)
    known = a < now
    if not known.any() or now - e[known][-1] > gap_s:
        return np.array([], dtype=int)
    return i[known & (number == number[known][-1])]


@wrong("feature_audit.5", "Where nothing is known yet it asks for the last of no events: an IndexError.")
def session_crashes(event_time, arrival_time, item, now, gap_s):
    known = arrival_time < now
    order = np.argsort(event_time[known])
    times, items = event_time[known][order], item[known][order]
    if now - times[-1] > gap_s:
        return items[:0]
    starts = np.flatnonzero(np.diff(times, prepend=-np.inf) > gap_s)
    return items[starts[-1]:]


@right("feature_audit.5", "Backwards through a sorted list until a gap is too wide; a list of ints.")
def session_python(event_time, arrival_time, item, now, gap_s):
    out, later = deque(), now
    known = [(e, int(i)) for e, a, i in zip(event_time, arrival_time, item) if a < now]
    for moment, what in sorted(known, reverse=True):
        if later - moment > gap_s:
            break
        out.appendleft(what)
        later = moment
    return list(out)


@right("feature_audit.5", "pandas: now is one more event; sessions numbered by cumsum; the last one less that event.")
def session_pandas(event_time, arrival_time, item, now, gap_s):
    events = pd.Series(np.asarray(item), index=np.asarray(event_time, dtype=float))
    events = events[np.asarray(arrival_time) < now].sort_index()
    moments = pd.Series([*events.index, float(now)])
    number = (moments.diff() > gap_s).cumsum()
    return events[(number == number.iloc[-1]).to_numpy()[:-1]]


@right("feature_audit.5", "Recursion from now: the latest known event within reach, then all that leads to it.")
def session_recursive(event_time, arrival_time, item, now, gap_s):
    known = {float(e): int(i) for e, a, i in zip(event_time, arrival_time, item) if a < now}

    def up_to(moment, left):
        last = max(left, default=None)
        if last is None or moment - last > gap_s:
            return []
        return [*up_to(last, [e for e in left if e != last]), known[last]]
    return np.array(up_to(now, list(known)), dtype=int)


@wrong("feature_audit.7", "First in, first out: a hit does not make a user the latest used.")
def rate_fifo(requested, capacity, warm=()):
    cache, found = list(warm[:capacity])[::-1], 0
    for user in requested:
        if user in cache:
            found += 1
        else:
            cache.append(user)
            cache = cache[-capacity:]
    return found / len(requested)


@wrong("feature_audit.7", "Loaded in the order of warm, so that the most valuable are the first to be dropped.")
def rate_warm_order(requested, capacity, warm=()):
    cache, hits = OrderedDict.fromkeys(list(warm)[:capacity]), 0
    for user in requested:
        hits += user in cache
        cache[user] = None
        cache.move_to_end(user)
        if len(cache) > capacity:
            cache.popitem(last=False)
    return hits / len(requested)


@wrong("feature_audit.7", "Of a warm list that is too long the last ones are loaded, the least valuable.")
def rate_warm_tail(requested, capacity, warm=()):
    cache, hits = [int(u) for u in warm][-capacity:][::-1], 0
    for user in requested:
        if user in cache:
            hits += 1
            cache.remove(user)
        cache = [*cache, user][-capacity:]
    return hits / len(requested)


@wrong("feature_audit.7", "The warm list is not looked at: the cache starts empty.")
def rate_cold(requested, capacity, warm=()):
    cache, hits = OrderedDict(), 0
    for user in requested:
        hits += user in cache
        cache.pop(user, None)
        cache[user] = True
        if len(cache) > capacity:
            cache.popitem(last=False)
    return hits / len(requested)


@wrong("feature_audit.7", "All of warm is loaded, also beyond the capacity; one is dropped for each that enters.")
def rate_overfull(requested, capacity, warm=()):
    cache, hits = OrderedDict.fromkeys(reversed(list(warm))), 0
    for user in requested:
        if user in cache:
            hits += 1
            cache.move_to_end(user)
            continue
        if len(cache) >= capacity:
            cache.popitem(last=False)
        cache[user] = True
    return hits / len(requested)


@wrong("feature_audit.7", "The user used least often is dropped, not the one not used for longest.")
def rate_lfu(requested, capacity, warm=()):
    uses, cache, hits = Counter(), list(warm)[:capacity][::-1], 0
    for user in requested:
        hits += user in cache
        uses[user] += 1
        if user not in cache:
            if len(cache) == capacity:
                cache.remove(min(cache, key=lambda u: uses[u]))
            cache.append(user)
    return hits / len(requested)


@wrong("feature_audit.7", "One too few: the cache drops a user as soon as it is full.")
def rate_one_less(requested, capacity, warm=()):
    cache, hits = OrderedDict.fromkeys(list(warm)[:capacity][::-1]), 0
    for user in requested:
        hits += user in cache
        cache[user] = None
        cache.move_to_end(user)
        if len(cache) >= capacity:
            cache.popitem(last=False)
    return hits / len(requested)


@wrong("feature_audit.7", "A user who was not found does not enter a cache that is full.")
def rate_no_entry(requested, capacity, warm=()):
    cache = set(list(warm)[:capacity])
    hits = 0
    for user in requested:
        if user in cache:
            hits += 1
        elif len(cache) < capacity:
            cache.add(user)
    return hits / len(requested)


@wrong("feature_audit.7", "Drops the longest unused also for a user who is there, whenever the cache is full.")
def rate_drops_on_hit(requested, capacity, warm=()):
    cache, hits = list(warm)[:capacity][::-1], 0
    for user in requested:
        hits += user in cache
        if len(cache) == capacity:
            cache.pop(0)
        if user in cache:
            cache.remove(user)
        cache.append(user)
    return hits / len(requested)
