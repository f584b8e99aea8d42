"""Right solutions of lesson 08, written blind."""

import math
from bisect import bisect_left
from collections import defaultdict

import numpy as np
import pandas as pd
import torch
from blind_book import right

# ---------------------------------------------------------------- 8.1


@right("feature_audit.1", "A dict of sorted facts and bisect, event by event.")
def as_of_join(events, facts, by):
    known = defaultdict(list)
    for key, time, value in zip(facts[by], facts["time"], facts["value"]):
        known[key].append((time, value))
    times, values = {}, {}
    for key, held in known.items():
        held.sort(key=lambda fact: fact[0])
        times[key] = [time for time, _ in held]
        values[key] = [value for _, value in held]
    found = []
    for key, time in zip(events[by], events["time"]):
        before = bisect_left(times.get(key, []), time)
        found.append(float(values[key][before - 1]) if before > 0 else float("nan"))
    out = events.copy()
    out["value"] = np.array(found, dtype=float)
    return out


@right("feature_audit.1", "merge_asof without exact matches, keys made codes first, order restored.")
def as_of_join(events, facts, by):
    out = events.copy()
    if len(events) == 0 or len(facts) == 0:
        out["value"] = np.full(len(events), np.nan)
        return out
    both = pd.concat([events[by], facts[by]], ignore_index=True)
    codes = pd.factorize(both)[0]
    left = pd.DataFrame({"key": codes[:len(events)],
                         "time": events["time"].to_numpy(dtype=float),
                         "row": np.arange(len(events))}).sort_values("time", kind="stable")
    right_ = pd.DataFrame({"key": codes[len(events):],
                           "time": facts["time"].to_numpy(dtype=float),
                           "value": facts["value"].to_numpy(dtype=float)}).sort_values("time")
    joined = pd.merge_asof(left, right_, on="time", by="key", allow_exact_matches=False,
                           direction="backward")
    out["value"] = joined.sort_values("row")["value"].to_numpy()
    return out


@right("feature_audit.1", "np.searchsorted, group by group; the index is reset.")
def as_of_join(events, facts, by):
    out = events.reset_index(drop=True)
    facts = facts.reset_index(drop=True)
    fact_time = facts["time"].to_numpy(dtype=float)
    fact_value = facts["value"].to_numpy(dtype=float)
    event_time = out["time"].to_numpy(dtype=float)
    value = np.full(len(out), np.nan)
    facts_of = facts.groupby(by).indices
    for key, rows in out.groupby(by).indices.items():
        held = facts_of.get(key)
        if held is None:
            continue
        held = held[np.argsort(fact_time[held], kind="stable")]
        last = np.searchsorted(fact_time[held], event_time[rows], side="left") - 1
        there = last >= 0
        value[rows[there]] = fact_value[held[last[there]]]
    out["value"] = value
    return out


@right("feature_audit.1", "Events and facts in one sorted table, the place of the last fact filled forward.")
def as_of_join(events, facts, by):
    n, m = len(events), len(facts)
    table = pd.DataFrame({
        "key": pd.concat([events[by], facts[by]], ignore_index=True),
        "time": np.concatenate([events["time"].to_numpy(float), facts["time"].to_numpy(float)]),
        "is_fact": np.repeat([0, 1], [n, m]),           # at one moment the event comes first
        "place": np.concatenate([np.full(n, np.nan), np.arange(m, dtype=float)])})
    table = table.sort_values(["key", "time", "is_fact"], kind="stable")
    table["place"] = table.groupby("key", sort=False)["place"].ffill()
    place = table["place"].sort_index().to_numpy()[:n]
    found = ~np.isnan(place)
    value = np.full(n, np.nan)
    value[found] = facts["value"].to_numpy(dtype=float)[place[found].astype(int)]
    return events.assign(value=value)


# ---------------------------------------------------------------- 8.2


@right("feature_audit.2", "np.isclose, relative alone, NaN like NaN.")
def mismatch(trained, recomputed):
    same = np.isclose(trained.to_numpy(dtype=float), recomputed.to_numpy(dtype=float),
                      rtol=1e-6, atol=0.0, equal_nan=True)
    return pd.Series((~same).mean(axis=0), index=trained.columns)


def _equal(a, b):
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    return math.isclose(a, b, rel_tol=1e-6)


@right("feature_audit.2", "Row by row with math.isclose.")
def mismatch(trained, recomputed):
    assert len(trained) == len(recomputed)
    shares = {}
    for name in trained.columns:
        pairs = list(zip(trained[name].tolist(), recomputed[name].tolist()))
        shares[name] = sum(not _equal(float(a), float(b)) for a, b in pairs) / len(pairs)
    return pd.Series(shares, dtype=float)


@right("feature_audit.2", "pandas: missing in one, or apart by more than a millionth of the larger.")
def mismatch(trained, recomputed):
    a = trained.reset_index(drop=True).astype(float)
    b = recomputed.reset_index(drop=True).astype(float)
    one_missing = a.isna() != b.isna()
    larger = np.maximum(a.abs(), b.abs())
    apart = (a - b).abs() > 1e-6 * larger            # False where a NaN is in it
    endless = (np.isinf(a) | np.isinf(b)) & (a != b)
    return (one_missing | apart | endless).mean()


@right("feature_audit.2", "torch.isclose, column by column.")
def mismatch(trained, recomputed):
    share = []
    for place in range(trained.shape[1]):
        a = torch.tensor(trained.iloc[:, place].to_numpy(dtype=np.float64).copy())
        b = torch.tensor(recomputed.iloc[:, place].to_numpy(dtype=np.float64).copy())
        same = torch.isclose(a, b, rtol=1e-5, atol=0.0, equal_nan=True)
        share.append(1.0 - same.double().mean().item())
    return pd.Series(share, index=list(trained.columns), dtype=float)


# ---------------------------------------------------------------- 8.3


@right("feature_audit.3", "Floor of the shifted time.")
def snapshot_time(time, every_s, delay_s):
    return np.floor((np.asarray(time, dtype=float) - delay_s) / every_s) * every_s


@right("feature_audit.3", "Floor division, one request after the other; a list as answer.")
def snapshot_time(time, every_s, delay_s):
    return [float((float(t) - delay_s) // every_s * every_s) for t in time]


@right("feature_audit.3", "Number of the run, put right by one where rounding misplaced it.")
def snapshot_time(time, every_s, delay_s):
    time = np.array(time, dtype=float)
    assert every_s > 0 and delay_s >= 0
    run = np.floor((time - delay_s) / every_s)
    run = np.where((run + 1) * every_s + delay_s <= time, run + 1, run)
    run = np.where(run * every_s + delay_s > time, run - 1, run)
    return run * every_s


@right("feature_audit.3", "torch: take away what has passed since the last run that arrived.")
def snapshot_time(time, every_s, delay_s):
    reached = torch.as_tensor(np.array(time, dtype=np.float64)) - delay_s
    return reached - torch.remainder(reached, every_s)


# ---------------------------------------------------------------- 8.6


@right("feature_audit.6", "A loop over the stream.")
def decayed_counts(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    faded = 0.5 ** ((now - batch_at) / half_life_s)
    out = [float(count) * faded for count in batch]
    for who, happened, arrived in zip(user, event_time, arrival_time):
        if arrived < batch_at or arrived >= now:
            continue
        out[int(who)] += 0.5 ** ((now - happened) / half_life_s)
    return np.array(out, dtype=float)


@right("feature_audit.6", "numpy: a mask by arrival, weights by age, bincount.")
def decayed_counts(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    batch = np.asarray(batch, dtype=float)
    arrival_time = np.asarray(arrival_time, dtype=float)
    new = (arrival_time >= batch_at) & (arrival_time < now)
    weight = np.exp2(-(now - np.asarray(event_time, dtype=float)[new]) / half_life_s)
    speed = np.bincount(np.asarray(user, dtype=int)[new], weights=weight, minlength=len(batch))
    return batch * np.exp2(-(now - batch_at) / half_life_s) + speed


@right("feature_audit.6", "pandas: groupby of the stream, aligned with the users; a Series as answer.")
def decayed_counts(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    stream = pd.DataFrame({"user": np.array(user, dtype=int),
                           "happened": np.array(event_time, dtype=float),
                           "arrived": np.array(arrival_time, dtype=float)})
    stream = stream[stream["arrived"].between(batch_at, now, inclusive="left")]
    worth = np.exp(-np.log(2) * (now - stream["happened"]) / half_life_s)
    speed = worth.groupby(stream["user"]).sum()
    layer = pd.Series(np.array(batch, dtype=float)) * 2.0 ** (-(now - batch_at) / half_life_s)
    return layer + speed.reindex(layer.index, fill_value=0.0)


@right("feature_audit.6", "torch: index_add on a faded copy of the batch layer.")
def decayed_counts(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    total = torch.tensor(np.array(batch, dtype=np.float64)) * 2.0 ** ((batch_at - now) / half_life_s)
    who = torch.tensor(np.array(user, dtype=np.int64))
    happened = torch.tensor(np.array(event_time, dtype=np.float64))
    arrived = torch.tensor(np.array(arrival_time, dtype=np.float64))
    counts = (arrived >= batch_at) & (arrived < now)
    worth = torch.pow(2.0, (happened[counts] - now) / half_life_s)
    return total.index_add(0, who[counts], worth)
