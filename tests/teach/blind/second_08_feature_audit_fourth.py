"""Solutions of lesson 08, written blind: from the notebook's text alone. Fourth part."""

import math
from functools import lru_cache

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@wrong("feature_audit.7", "The share of misses, not of hits.")
def rate_misses(requested, capacity, warm=()):
    cache, misses = list(warm)[:capacity][::-1], 0
    for user in requested:
        if user in cache:
            cache.remove(user)
        else:
            misses += 1
        cache.append(user)
        del cache[:-capacity]
    return misses / len(requested)


@wrong("feature_audit.7", "Divides by the number of people who asked, not by the number of requests.")
def rate_by_people(requested, capacity, warm=()):
    cache, hits = list(warm)[:capacity][::-1], 0
    for user in requested:
        if user in cache:
            hits += 1
            cache.remove(user)
        cache.append(user)
        cache = cache[-capacity:]
    return hits / len(np.unique(requested))


@wrong("feature_audit.7", "Warm users are never dropped; only what is left of the capacity is a cache.")
def rate_pinned(requested, capacity, warm=()):
    pinned, cache, hits = set(list(warm)[:capacity]), [], 0
    room = capacity - len(pinned)
    for user in requested:
        if user in pinned or user in cache:
            hits += 1
        if user in pinned:
            continue
        cache = [u for u in cache if u != user] + [user]
        cache = cache[-room:] if room else []
    return hits / len(requested)


@right("feature_audit.7", "The moment of last use in a dict; warm users have moments before 0.")
def rate_moments(requested, capacity, warm=()):
    used = {int(user): -1 - place for place, user in enumerate(list(warm)[:capacity])}
    hits = 0
    for moment, user in enumerate(map(int, requested)):
        hits += user in used
        used[user] = moment
        if len(used) > capacity:
            del used[min(used, key=used.get)]
    return hits / len(requested)


@right("feature_audit.7", "functools.lru_cache does it: warmed with the least valuable first, then its count of hits.")
def rate_functools(requested, capacity, warm=()):
    @lru_cache(maxsize=int(capacity))
    def features(user):
        return user
    for user in list(warm)[::-1]:
        features(int(user))
    before = features.cache_info().hits
    for user in requested:
        features(int(user))
    return (features.cache_info().hits - before) / len(requested)


@right("feature_audit.7", "No cache at all: found if fewer than `capacity` others were used since the last use.")
def rate_stack_distance(requested, capacity, warm=()):
    history = [int(u) for u in list(warm)[:capacity][::-1]]
    found = []
    for user in (int(u) for u in requested):
        since = set()
        for other in reversed(history):
            if other == user or len(since) >= capacity:
                break
            since.add(other)
        else:
            other = None
        found.append(other == user and len(since) < capacity)
        history.append(user)
    return np.mean(found)


def fresh(batch_at, arrival_time, now):
    return (arrival_time >= batch_at) & (arrival_time < now)


@wrong("feature_audit.6", "Takes what happened since batch_at: late events that happened before it are lost.")
def counts_by_event_time(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    new = (event_time >= batch_at) & (arrival_time < now)
    weight = 0.5 ** ((now - event_time[new]) / half_life_s)
    return batch * 0.5 ** ((now - batch_at) / half_life_s) + np.bincount(user[new], weight, len(batch))


@wrong("feature_audit.6", "An event that arrived exactly at batch_at is in neither layer.")
def counts_after_batch(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    new = (arrival_time > batch_at) & (arrival_time < now)
    weight = 0.5 ** ((now - event_time[new]) / half_life_s)
    return batch * 0.5 ** ((now - batch_at) / half_life_s) + np.bincount(user[new], weight, len(batch))


@wrong("feature_audit.6", "An event that arrives at this very moment is counted.")
def counts_at_now(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    out = np.asarray(batch) * 0.5 ** ((now - batch_at) / half_life_s)
    for u, e, a in zip(user, event_time, arrival_time):
        if batch_at <= a <= now:
            out[u] += 0.5 ** ((now - e) / half_life_s)
    return out


@wrong("feature_audit.6", "The batch's counts do not fade between batch_at and now.")
def counts_batch_kept(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    new = fresh(batch_at, arrival_time, now)
    return batch + np.bincount(user[new], 0.5 ** ((now - event_time[new]) / half_life_s), len(batch))


@wrong("feature_audit.6", "The whole stream is added: what had arrived before batch_at counts twice.")
def counts_twice(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    new = arrival_time < now
    speed = np.bincount(user[new], 0.5 ** ((now - event_time[new]) / half_life_s), minlength=len(batch))
    return batch * 0.5 ** ((now - batch_at) / half_life_s) + speed


@wrong("feature_audit.6", "Events age from their arrival, not from when they happened.")
def counts_age_of_arrival(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    new = fresh(batch_at, arrival_time, now)
    speed = np.bincount(user[new], 0.5 ** ((now - arrival_time[new]) / half_life_s), minlength=len(batch))
    return batch * 0.5 ** ((now - batch_at) / half_life_s) + speed


@wrong("feature_audit.6", "out[user] += weight: of several events of one user only the last is added.")
def counts_fancy(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    new = fresh(batch_at, arrival_time, now)
    out = batch * 0.5 ** ((now - batch_at) / half_life_s)
    out[user[new]] += 0.5 ** ((now - event_time[new]) / half_life_s)
    return out


@wrong("feature_audit.6", "exp(-age / half-life) fades too fast: 37% after one half-life.")
def counts_exp(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    new = fresh(batch_at, arrival_time, now)
    out = batch * np.exp(-(now - batch_at) / half_life_s)
    np.add.at(out, user[new], np.exp(-(now - event_time[new]) / half_life_s))
    return out


@wrong("feature_audit.6", "New events count one each, however old they are.")
def counts_whole(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    new = fresh(batch_at, arrival_time, now)
    return batch * 2 ** (-(now - batch_at) / half_life_s) + np.bincount(user[new], minlength=len(batch))


@wrong("feature_audit.6", "Only what happened before now is asked, not what arrived: events still on their way count.")
def counts_on_their_way(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    new = (arrival_time >= batch_at) & (event_time < now)
    out = np.array(batch, dtype=float) * 0.5 ** ((now - batch_at) / half_life_s)
    np.add.at(out, user[new], 0.5 ** ((now - event_time[new]) / half_life_s))
    return out


@wrong("feature_audit.6", "Only users with new events come back, and the others are NaN.")
def counts_reindexed(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    rows = pd.DataFrame({"user": user, "w": 0.5 ** ((now - event_time) / half_life_s)})
    speed = rows[fresh(batch_at, arrival_time, now)].groupby("user")["w"].sum()
    return (pd.Series(batch) * 0.5 ** ((now - batch_at) / half_life_s) + speed).to_numpy()


@wrong("feature_audit.6", "The batch is decayed in place: the caller's array changes with every call.")
def counts_in_place(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    batch *= 0.5 ** ((now - batch_at) / half_life_s)
    for place in np.flatnonzero(fresh(batch_at, arrival_time, now)):
        batch[user[place]] += 0.5 ** ((now - event_time[place]) / half_life_s)
    return batch


@wrong("feature_audit.6", "Late events age from batch_at only, also those that happened before it.")
def counts_clipped_age(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    new = fresh(batch_at, arrival_time, now)
    moment = np.maximum(event_time[new], batch_at)
    speed = np.bincount(user[new], 0.5 ** ((now - moment) / half_life_s), len(batch))
    return batch * 0.5 ** ((now - batch_at) / half_life_s) + speed


@right("feature_audit.6", "Pure Python, a list of floats; each event is told by its two times.")
def counts_python(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    out = [float(b) * math.exp2((batch_at - now) / half_life_s) for b in batch]
    for u, e, a in zip(user, event_time, arrival_time):
        if not a < batch_at and a < now:
            out[int(u)] += math.exp2((float(e) - now) / half_life_s)
    return out


@right("feature_audit.6", "All as of batch_at first, late or not, then one decay from there to now.")
def counts_one_decay(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    new = fresh(batch_at, np.asarray(arrival_time), now)
    weight = 2.0 ** ((np.asarray(event_time)[new] - batch_at) / half_life_s)
    then = np.bincount(np.asarray(user)[new], weight, len(batch))
    return (np.asarray(batch) + then) * 2.0 ** (-(now - batch_at) / half_life_s)


@right("feature_audit.6", "pandas: weights by user, reindexed with zeros for who did nothing; a Series.")
def counts_pandas(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    rows = pd.DataFrame({"user": user, "event": event_time, "arrival": arrival_time})
    rows = rows[rows["arrival"].ge(batch_at) & rows["arrival"].lt(now)]
    weight = 0.5 ** ((now - rows["event"].astype(float)) / half_life_s)
    speed = weight.groupby(rows["user"]).sum().reindex(range(len(batch)), fill_value=0.0)
    return pd.Series(np.asarray(batch)) * 0.5 ** ((now - batch_at) / half_life_s) + speed


@right("feature_audit.6", "torch index_add in double precision.")
def counts_torch(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    e, a = (torch.tensor(np.asarray(x, dtype=float)) for x in (event_time, arrival_time))
    who = torch.tensor(np.asarray(user, dtype=np.int64))
    weight = torch.exp2(-(now - e) / half_life_s) * ((a >= batch_at) & (a < now))
    faded = torch.tensor(np.asarray(batch, dtype=float)) * 2.0 ** ((batch_at - now) / half_life_s)
    return faded.index_add(0, who, weight).numpy()
