"""Solutions of lesson 08, written blind: from the notebook's text alone. Fifth part."""

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@wrong("feature_audit.1", "Joined item by item and stuck together: rows come in the order of the items.")
def join_by_groups(events, facts, by):
    parts = []
    for key, rows in events.groupby(by):
        known = facts[facts[by] == key].sort_values("time")
        place = np.searchsorted(known["time"].to_numpy(), rows["time"].to_numpy(), side="left")
        value = np.concatenate([[np.nan], known["value"].to_numpy(float)])
        parts.append(rows.assign(value=value[place]))
    return pd.concat(parts)


@wrong("feature_audit.1", "The second latest fact: the strict comparison and a shift as well.")
def join_shifted(events, facts, by):
    value = []
    for key, moment in zip(events[by], events["time"]):
        known = facts[(facts[by] == key) & (facts["time"] < moment)].sort_values("time")["value"]
        value.append(known.shift(1).iloc[-1] if len(known) else np.nan)
    return events.assign(value=value)


@wrong("feature_audit.2", "The tolerance is a millionth of the column's largest value: small values never differ.")
def differ_column_scale(trained, recomputed):
    a, b = trained.to_numpy(), recomputed.to_numpy()
    scale = np.nan_to_num(np.abs(a)).max(axis=0)
    off = np.abs(np.nan_to_num(a) - np.nan_to_num(b)) > 1e-6 * scale
    return pd.Series((off | (np.isnan(a) != np.isnan(b))).mean(axis=0), index=trained.columns)


@wrong("feature_audit.2", "Missing values become -1 on both sides, so a feature that is -1 equals a missing one.")
def differ_minus_one(trained, recomputed):
    same = np.isclose(trained.fillna(-1), recomputed.fillna(-1), rtol=1e-6, atol=0)
    return pd.Series(1 - same.mean(axis=0), trained.columns)


@right("feature_audit.2", "Column by column with DataFrame.apply.")
def differ_apply(trained, recomputed):
    def of(column):
        a, b = column.to_numpy(float), recomputed[column.name].to_numpy(float)
        alike = np.abs(a - b) <= 2e-7 * (np.abs(a) + np.abs(b))
        return 1 - (alike | (np.isnan(a) & np.isnan(b))).mean()
    return trained.apply(of)


@wrong("feature_audit.3", "The period is cut to whole seconds: a job every 2.5 s is taken for one every 2 s.")
def snapshot_whole_period(time, every_s, delay_s):
    every = max(int(every_s), 1)
    return np.floor((time - delay_s) / every) * every


@wrong("feature_audit.5", "Whether the session is still going on is told by the arrival of its last event.")
def session_alive_by_arrival(event_time, arrival_time, item, now, gap_s):
    known = pd.DataFrame({"t": event_time, "a": arrival_time, "i": item})
    known = known[known["a"] < now].sort_values("t")
    if len(known) == 0 or now - known["a"].iloc[-1] > gap_s:
        return np.array([], dtype=int)
    number = (known["t"].diff() > gap_s).cumsum()
    return known.loc[number == number.iloc[-1], "i"].to_numpy()


@wrong("feature_audit.5", "An item that follows itself is written once.")
def session_no_repeats(event_time, arrival_time, item, now, gap_s):
    out, later = [], now
    for moment, what in sorted(((e, i) for e, a, i in zip(event_time, arrival_time, item) if a < now), reverse=True):
        if later - moment > gap_s:
            break
        later = moment
        if not out or out[-1] != what:
            out.append(what)
    return np.array(out[::-1], dtype=int)


@right("feature_audit.5", "torch: backwards from now, a running product says how far the run without a gap reaches.")
def session_torch(event_time, arrival_time, item, now, gap_s):
    times = torch.tensor(np.asarray(event_time, dtype=float))
    known = torch.tensor(np.asarray(arrival_time, dtype=float)) < now
    times, order = times[known].sort(descending=True)
    later = torch.cat([torch.tensor([float(now)], dtype=torch.float64), times])[:len(times)]
    held = torch.cumprod((later - times <= gap_s).long(), 0).sum()
    return torch.tensor(np.asarray(item, dtype=np.int64))[known][order][:held].flip(0).numpy()


@wrong("feature_audit.6", "Ages are counted in whole half-lives.")
def counts_whole_half_lives(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    new = (arrival_time >= batch_at) & (arrival_time < now)
    weight = 0.5 ** ((now - event_time[new]) // half_life_s)
    return batch * 0.5 ** ((now - batch_at) // half_life_s) + np.bincount(user[new], weight, len(batch))


@wrong("feature_audit.7", "Warm users are counted as requests that missed: they stand in the number below.")
def rate_warm_requests(requested, capacity, warm=()):
    cache, hits = list(warm)[:capacity][::-1], 0
    asked = len(cache)
    for user in requested:
        asked += 1
        hits += user in cache
        cache = ([u for u in cache if u != user] + [user])[-capacity:]
    return hits / asked


@right("feature_audit.7", "An array of the moment of last use; who is among the latest `capacity` is in the cache.")
def rate_array(requested, capacity, warm=()):
    requested, warm = np.asarray(requested), list(warm)[:capacity]
    names = np.unique(np.concatenate([requested, np.array(warm, dtype=requested.dtype)]))
    last = np.full(len(names), -np.inf)
    for place, user in enumerate(warm):
        last[np.searchsorted(names, user)] = -place - 1
    found = []
    for moment, user in enumerate(np.searchsorted(names, requested)):
        found.append(np.isfinite(last[user]) and (last > last[user]).sum() < capacity)
        last[user] = moment
    return np.float64(np.mean(found))
