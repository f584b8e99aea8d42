"""Right solutions of lesson 08, written blind."""

import bisect
import math
from collections import defaultdict
from fractions import Fraction

import numpy as np
import pandas as pd
import torch
from blind_book import right


# ---------------------------------------------------------------- 8.1


@right("feature_audit.1", "merge_asof on sorted copies, then back into the order of the events.")
def as_of_join(events, facts, by):
    left = events.drop(columns="value", errors="ignore").reset_index(drop=True)
    left["_row"] = np.arange(len(left))
    right_side = facts[[by, "time", "value"]].copy()
    left["_t"], right_side["_t"] = left["time"].astype(float), right_side["time"].astype(float)
    right_side[by] = right_side[by].astype(left[by].dtype)
    found = pd.merge_asof(left.sort_values("_t", kind="stable"), right_side.drop(columns="time").sort_values("_t"),
                          on="_t", by=by, allow_exact_matches=False)
    return found.sort_values("_row").drop(columns=["_row", "_t"]).reset_index(drop=True)


@right("feature_audit.1", "A dictionary of sorted times, bisect for each event.")
def as_of_join(events, facts, by):
    known = defaultdict(list)
    for key, time, value in zip(facts[by].tolist(), facts["time"].tolist(), facts["value"].tolist(), strict=True):
        known[key].append((time, value))
    times, values = {}, {}
    for key, pairs in known.items():
        pairs.sort(key=lambda pair: pair[0])
        times[key], values[key] = [t for t, _ in pairs], [v for _, v in pairs]
    column = []
    for key, time in zip(events[by].tolist(), events["time"].tolist(), strict=True):
        n = bisect.bisect_left(times.get(key, []), time)
        column.append(float(values[key][n - 1]) if n else math.nan)
    out = events.copy()
    out["value"] = np.array(column, dtype=float)
    return out


@right("feature_audit.1", "searchsorted inside each key.")
def as_of_join(events, facts, by):
    value = np.full(len(events), np.nan)
    keys, time = events[by].to_numpy(), events["time"].to_numpy()
    ordered = facts.sort_values("time")
    for key, part in ordered.groupby(by, sort=False):
        rows = np.flatnonzero(keys == key)
        if len(rows) == 0:
            continue
        at = np.searchsorted(part["time"].to_numpy(), time[rows], side="left") - 1
        seen = at >= 0
        value[rows[seen]] = part["value"].to_numpy(dtype=float)[at[seen]]
    return events.assign(value=value)


@right("feature_audit.1", "One merged line of time; events come before facts of the same moment.")
def as_of_join(events, facts, by):
    line = [(t, 0, n, key, None) for n, (key, t) in enumerate(zip(events[by], events["time"], strict=True))]
    line += [(t, 1, n, key, v) for n, (key, t, v) in enumerate(zip(facts[by], facts["time"], facts["value"], strict=True))]
    line.sort(key=lambda entry: entry[:3])
    latest, column = {}, [float("nan")] * len(events)
    for _, is_fact, n, key, v in line:
        if is_fact:
            latest[key] = v
        else:
            column[n] = latest.get(key, float("nan"))
    result = events.reset_index(drop=True)
    result["value"] = pd.Series(column, dtype=float)
    return result


# ---------------------------------------------------------------- 8.2


@right("feature_audit.2", "np.isclose with a relative tolerance alone.")
def mismatch(trained, recomputed):
    same = np.isclose(trained.to_numpy(dtype=float), recomputed.to_numpy(dtype=float), rtol=1e-6, atol=0, equal_nan=True)
    return pd.Series((~same).mean(axis=0), index=trained.columns)


@right("feature_audit.2", "Loops with math.isclose.")
def mismatch(trained, recomputed):
    shares = {}
    for column in trained.columns:
        differ = 0
        for a, b in zip(trained[column].tolist(), recomputed[column].tolist(), strict=True):
            if math.isnan(a) or math.isnan(b):
                differ += math.isnan(a) != math.isnan(b)
            elif not math.isclose(a, b, rel_tol=1e-7):
                differ += 1
        shares[column] = differ / len(trained)
    return pd.Series(shares, dtype=float)


@right("feature_audit.2", "pandas: missing in one only, or further apart than a share of the larger.")
def mismatch(trained, recomputed):
    a = trained.reset_index(drop=True).astype(float)
    b = recomputed.reset_index(drop=True).astype(float)
    one_missing = a.isna() != b.isna()
    larger = np.maximum(a.abs(), b.abs())
    apart = (a - b).abs() > 1e-6 * larger
    return (one_missing | apart).mean()


@right("feature_audit.2", "torch.isclose, column by column.")
def mismatch(trained, recomputed):
    result = []
    for j in range(trained.shape[1]):
        a = torch.tensor(trained.iloc[:, j].to_numpy(dtype=np.float64, copy=True))
        b = torch.tensor(recomputed.iloc[:, j].to_numpy(dtype=np.float64, copy=True))
        result.append(1.0 - torch.isclose(a, b, rtol=1e-7, atol=0.0, equal_nan=True).double().mean().item())
    return pd.Series(result, index=trained.columns, dtype=float)


# ---------------------------------------------------------------- 8.3


@right("feature_audit.3", "The floor of the time less the delay.")
def snapshot_time(time, every_s, delay_s):
    return np.floor((np.asarray(time, dtype=float) - delay_s) / every_s) * every_s


@right("feature_audit.3", "The remainder taken off.")
def snapshot_time(time, every_s, delay_s):
    ready = np.asarray(time, dtype=float) - delay_s
    return ready - np.mod(ready, every_s)


@right("feature_audit.3", "A guess, moved until it is the last that has arrived.")
def snapshot_time(time, every_s, delay_s):
    answer = []
    for t in np.asarray(time, dtype=float).tolist():
        k = math.floor((t - delay_s) / every_s)
        while (k + 1) * every_s + delay_s <= t:
            k += 1
        while k * every_s + delay_s > t:
            k -= 1
        answer.append(float(k * every_s))
    return answer


@right("feature_audit.3", "Exact fractions.")
def snapshot_time(time, every_s, delay_s):
    every, delay = Fraction(float(every_s)), Fraction(float(delay_s))
    runs = [(Fraction(float(t)) - delay) // every for t in time]
    return np.array([float(run * every) for run in runs], dtype=float)


# ---------------------------------------------------------------- 8.6


@right("feature_audit.6", "Batch aged as a whole, the stream by bincount.")
def decayed_counts(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    batch = np.asarray(batch, dtype=float)
    user, event_time, arrival_time = np.asarray(user, int), np.asarray(event_time, float), np.asarray(arrival_time, float)
    fresh = (arrival_time >= batch_at) & (arrival_time < now)
    worth = 0.5 ** ((now - event_time[fresh]) / half_life_s)
    speed = np.bincount(user[fresh], weights=worth, minlength=len(batch))
    return batch * 0.5 ** ((now - batch_at) / half_life_s) + speed


@right("feature_audit.6", "A loop over the events.")
def decayed_counts(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    faded = 2.0 ** (-(now - batch_at) / half_life_s)
    total = [float(b) * faded for b in batch]
    for u, happened, came in zip(user, event_time, arrival_time, strict=True):
        if came < batch_at or came >= now:
            continue
        total[int(u)] += 2.0 ** (-(float(now) - float(happened)) / half_life_s)
    return total


@right("feature_audit.6", "pandas: filter, weigh, sum by user.")
def decayed_counts(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    rate = math.log(2) / half_life_s
    stream = pd.DataFrame({"user": np.asarray(user), "at": np.asarray(event_time, float), "came": np.asarray(arrival_time, float)})
    stream = stream[stream["came"].ge(batch_at) & stream["came"].lt(now)]
    worth = np.exp(-rate * (now - stream["at"]))
    extra = worth.groupby(stream["user"]).sum().reindex(np.arange(len(batch)), fill_value=0.0)
    return np.asarray(batch, float) * math.exp(-rate * (now - batch_at)) + extra.to_numpy(dtype=float)


@right("feature_audit.6", "torch: the stream is summed as of batch_at, and all is aged together.")
def decayed_counts(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    total = torch.tensor(np.array(batch, dtype=np.float64))
    who = torch.tensor(np.array(user, dtype=np.int64))
    at = torch.tensor(np.array(event_time, dtype=np.float64))
    came = torch.tensor(np.array(arrival_time, dtype=np.float64))
    counts = ((came >= batch_at) & (came < now)).double()
    total = total * 2.0 ** (-(now - batch_at) / half_life_s)
    return total.index_add(0, who, counts * torch.exp2(-(now - at) / half_life_s))
