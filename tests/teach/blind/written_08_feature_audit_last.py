"""Solutions of lesson 08, exercise 7 and further ones of 2 to 6, written from the notebook alone."""

from collections import Counter, OrderedDict, deque

import numpy as np
import pandas as pd
from blind_book import right, wrong


@wrong("feature_audit.7", "First in, first out: a user who is found is not made the most recently used.")
def hit_rate(requested, capacity, warm=()):
    cache, hits = OrderedDict((user, None) for user in list(warm)[:capacity][::-1]), 0
    for user in requested:
        if user in cache:
            hits += 1
            continue
        cache[user] = None
        if len(cache) > capacity:
            cache.popitem(last=False)
    return hits / len(requested)


@wrong("feature_audit.7", "Warm users enter the most valuable first, so those are the first to be dropped.")
def hit_rate(requested, capacity, warm=()):
    cache, hits = OrderedDict((user, None) for user in list(warm)[:capacity]), 0
    for user in requested:
        hits += user in cache
        cache[user] = None
        cache.move_to_end(user)
        if len(cache) > capacity:
            cache.popitem(last=False)
    return hits / len(requested)


@wrong("feature_audit.7", "Of a warm list longer than the cache the end is loaded, the least valuable users.")
def hit_rate(requested, capacity, warm=()):
    cache, hits = OrderedDict((user, None) for user in list(warm)[-capacity:][::-1]), 0
    for user in requested:
        hits += user in cache
        cache[user] = None
        cache.move_to_end(user)
        if len(cache) > capacity:
            cache.popitem(last=False)
    return hits / len(requested)


@wrong("feature_audit.7", "A user who is not found does not enter: the cache keeps what it was warmed with.")
def hit_rate(requested, capacity, warm=()):
    cache = set(list(warm)[:capacity])
    return sum(user in cache for user in requested) / len(requested)


@wrong("feature_audit.7", "The one used least often is dropped, not the one not used for longest.")
def hit_rate(requested, capacity, warm=()):
    cache, uses, hits = list(warm)[:capacity][::-1], Counter(), 0
    for user in requested:
        uses[user] += 1
        if user in cache:
            hits += 1
        else:
            if len(cache) == capacity:
                cache.remove(min(cache, key=lambda who: uses[who]))
            cache.append(user)
    return hits / len(requested)


@wrong("feature_audit.7", "One user too many is held: one is dropped only where capacity was exceeded before entry.")
def hit_rate(requested, capacity, warm=()):
    cache, hits = OrderedDict((user, None) for user in list(warm)[:capacity][::-1]), 0
    for user in requested:
        hits += user in cache
        if user not in cache and len(cache) > capacity:
            cache.popitem(last=False)
        cache[user] = None
        cache.move_to_end(user)
    return hits / len(requested)


@wrong("feature_audit.7", "The share is of different users, not of requests.")
def hit_rate(requested, capacity, warm=()):
    cache, found = OrderedDict((user, None) for user in list(warm)[:capacity][::-1]), set()
    for user in requested:
        if user in cache:
            found.add(user)
        cache[user] = None
        cache.move_to_end(user)
        if len(cache) > capacity:
            cache.popitem(last=False)
    return len(found) / len(set(requested))


@wrong("feature_audit.7", "The whole warm list is loaded, however little fits.")
def hit_rate(requested, capacity, warm=()):
    cache, hits = OrderedDict((user, None) for user in list(warm)[::-1]), 0
    for user in requested:
        hits += user in cache
        cache[user] = None
        cache.move_to_end(user)
        if len(cache) > max(capacity, len(warm)):
            cache.popitem(last=False)
    return hits / len(requested)


@wrong("feature_audit.7", "The warm list is ignored: the cache starts empty.")
def hit_rate(requested, capacity, warm=()):
    cache, hits = OrderedDict(), 0
    for user in requested:
        hits += user in cache
        cache[user] = None
        cache.move_to_end(user)
        if len(cache) > capacity:
            cache.popitem(last=False)
    return hits / len(requested)


@wrong("feature_audit.7", "The user used most recently is dropped where there are too many.")
def hit_rate(requested, capacity, warm=()):
    cache, hits = deque(list(warm)[:capacity][::-1]), 0
    for user in requested:
        if user in cache:
            hits += 1
            cache.remove(user)
        elif len(cache) == capacity:
            cache.pop()
        cache.append(user)
    return hits / len(requested)


@right("feature_audit.7", "A plain list with the most recent in front; returns a numpy scalar.")
def hit_rate(requested, capacity, warm=()):
    cache, found = [int(user) for user in warm][:capacity], []
    for user in np.asarray(requested).tolist():
        found.append(user in cache)
        if found[-1]:
            cache.remove(user)
        cache = [user, *cache][:capacity]
    return np.mean(found) if found else np.float64(0)


@right("feature_audit.7", "With the moment of last use in a dict: warm users have moments before the first request.")
def hit_rate(requested, capacity, warm=()):
    used, hits = {user: -1 - rank for rank, user in enumerate(list(warm)[:capacity])}, 0
    for moment, user in enumerate(requested):
        if user in used:
            hits += 1
        elif len(used) >= capacity:
            del used[min(used, key=used.get)]
        used[user] = moment
    return hits / max(len(requested), 1)


@right("feature_audit.7", "OrderedDict, warmed from the least valuable that fits to the most valuable.")
def hit_rate(requested, capacity, warm=()):
    cache, hits = OrderedDict.fromkeys(reversed(list(warm[:capacity]))), 0
    for user in requested:
        if user in cache:
            hits += 1
            cache.move_to_end(user)
            continue
        cache[user] = True
        while len(cache) > capacity:
            cache.popitem(last=False)
    return hits / len(requested) if len(requested) else 0.0


@right("feature_audit.2", "Whole tables in pandas: equal, or nearly, or both missing; a Series of means.")
def mismatch(trained, recomputed):
    both_missing = trained.isna().to_numpy() & recomputed.isna().to_numpy()
    gap = np.abs(trained.to_numpy() - recomputed.to_numpy())
    scale = np.fmax(np.abs(trained.to_numpy()), np.abs(recomputed.to_numpy()))
    with np.errstate(invalid="ignore"):
        same = pd.DataFrame((gap <= 5e-8 * scale) | both_missing, columns=trained.columns)
    return same.rsub(1.0).mean() if len(same) else same.mean()


@wrong("feature_audit.2", "Each row's share of features that differ: the wrong axis.")
def mismatch(trained, recomputed):
    differ = ~np.isclose(trained.to_numpy(float), recomputed.to_numpy(float), rtol=1e-7, equal_nan=True)
    return pd.Series(differ.mean(axis=1), trained.index)


@wrong("feature_audit.3", "Cuts towards zero: before the first result has come, the moment 0 is taken for known.")
def snapshot_time(time, every_s, delay_s):
    return np.trunc((np.asarray(time, float) - delay_s) / every_s) * every_s


@right("feature_audit.4", "The two histograms as rows of one matrix, the odds of shares from log differences.")
def psi_of_counts(reference, actual):
    counts = np.vstack([reference, actual]).astype(float)
    counts += 0.5
    share = counts / counts.sum(axis=1, keepdims=True)
    return np.dot(np.diff(share, axis=0)[0], np.diff(np.log(share), axis=0)[0])


@right("feature_audit.5", "Times and items sorted, now put at the end, and the last gap that is too long found.")
def live_session(event_time, arrival_time, item, now, gap_s):
    known = np.asarray(arrival_time) < now
    order = np.argsort(np.asarray(event_time)[known], kind="stable")
    time, items = np.asarray(event_time)[known][order], np.asarray(item)[known][order]
    too_long = np.flatnonzero(np.diff(np.append(time, now)) > gap_s)
    return items[too_long[-1] + 1:] if len(too_long) else items


@wrong("feature_audit.5", "The session begins after the first long gap, not after the last.")
def live_session(event_time, arrival_time, item, now, gap_s):
    known = np.asarray(arrival_time) < now
    order = np.argsort(event_time[known], kind="stable")
    time, items = event_time[known][order], item[known][order]
    if len(time) == 0 or now - time[-1] > gap_s:
        return np.empty(0, int)
    breaks = np.flatnonzero(np.diff(time) > gap_s)
    return items[breaks[0] + 1 if len(breaks) else 0:]


@right("feature_audit.6", "With pandas: the new events' worth by user, added to the aged batch; returns a Series.")
def decayed_counts(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    stream = pd.DataFrame({"user": user, "happened": event_time, "came": arrival_time})
    fresh = stream[(stream["came"] >= batch_at) & (stream["came"] < now)]
    worth = np.exp2((fresh["happened"] - now) / half_life_s).groupby(fresh["user"]).sum()
    aged = pd.Series(np.asarray(batch, float)) * np.exp2((batch_at - now) / half_life_s)
    return aged.add(worth, fill_value=0.0)


@wrong("feature_audit.6", "New events get their worth as of batch_at and are not aged from there on.")
def decayed_counts(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    fresh = (arrival_time >= batch_at) & (arrival_time < now)
    worth = 0.5 ** ((batch_at - event_time[fresh]) / half_life_s)
    return batch * 0.5 ** ((now - batch_at) / half_life_s) + np.bincount(user[fresh], worth, len(batch))
