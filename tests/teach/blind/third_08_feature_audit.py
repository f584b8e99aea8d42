"""Solutions of lesson 08, written blind."""

import math
from bisect import bisect_left

import numpy as np
import pandas as pd
from blind_book import right, wrong

# ---------------------------------------------------------------- 8.1


@wrong("feature_audit.1", "merge_asof as it comes: a fact of the very same moment counts.")
def as_of_join(events, facts, by):
    left = events.reset_index(drop=True).assign(_row=np.arange(len(events)))
    got = pd.merge_asof(left.sort_values("time", kind="stable"), facts.sort_values("time"),
                        on="time", by=by)
    return got.sort_values("_row").drop(columns="_row").reset_index(drop=True)


@wrong("feature_audit.1", "Sorts the caller's tables in place and returns the rows in order of time.")
def as_of_join(events, facts, by):
    events.sort_values("time", inplace=True, kind="stable")
    facts.sort_values("time", inplace=True)
    return pd.merge_asof(events, facts, on="time", by=by, allow_exact_matches=False)


@wrong("feature_audit.1", "An event without an earlier fact gets 0 in place of NaN.")
def as_of_join(events, facts, by):
    left = events.reset_index(drop=True).assign(_row=np.arange(len(events)))
    got = pd.merge_asof(left.sort_values("time", kind="stable"), facts.sort_values("time"),
                        on="time", by=by, allow_exact_matches=False)
    got = got.sort_values("_row").drop(columns="_row").reset_index(drop=True)
    return got.assign(value=got["value"].fillna(0.0))


@wrong("feature_audit.1", "Assigns the values back by label: right for a fresh RangeIndex only.")
def as_of_join(events, facts, by):
    order = np.argsort(events["time"].to_numpy(), kind="stable")
    got = pd.merge_asof(events.iloc[order].reset_index(drop=True), facts.sort_values("time"),
                        on="time", by=by, allow_exact_matches=False)
    got.index = order
    return events.assign(value=got["value"])


@wrong("feature_audit.1", "Takes the last earlier fact in the table's order, which need not be the latest.")
def as_of_join(events, facts, by):
    value = []
    for key, moment in zip(events[by], events["time"]):
        known = facts[(facts[by] == key) & (facts["time"] < moment)]
        value.append(known["value"].iloc[-1] if len(known) else np.nan)
    return events.assign(value=np.array(value, dtype=float))


@wrong("feature_audit.1", "Sorts by item and time and fills forward over the border between items.")
def as_of_join(events, facts, by):
    e = events.reset_index(drop=True)
    both = pd.concat([e[[by, "time"]].assign(value=np.nan, _kind=0, _row=np.arange(len(e))),
                      facts[[by, "time", "value"]].assign(_kind=1, _row=-1)], ignore_index=True)
    both = both.sort_values([by, "time", "_kind"], kind="stable")
    both["value"] = both["value"].ffill()
    mine = both[both["_kind"] == 0].sort_values("_row")
    return e.assign(value=mine["value"].to_numpy())


@wrong("feature_audit.1", "Takes the largest earlier value, as if every fact were a count that only grows.")
def as_of_join(events, facts, by):
    value = np.full(len(events), np.nan)
    keys, moments = events[by].to_numpy(), events["time"].to_numpy()
    for i in range(len(events)):
        known = facts.loc[(facts[by] == keys[i]) & (facts["time"] < moments[i]), "value"]
        if len(known):
            value[i] = known.max()
    return events.assign(value=value)


@wrong("feature_audit.1", "If the latest fact is of the very same moment the event gets NaN, not the one before.")
def as_of_join(events, facts, by):
    left = events.reset_index(drop=True).assign(_row=np.arange(len(events)))
    right_side = facts.sort_values("time").assign(_at=lambda t: t["time"])
    got = pd.merge_asof(left.sort_values("time", kind="stable"), right_side, on="time", by=by)
    got["value"] = got["value"].where(got["_at"] < got["time"])
    return got.sort_values("_row").drop(columns=["_row", "_at"]).reset_index(drop=True)


@right("feature_audit.1", "merge_asof without exact matches; keys and times brought to one type, order restored.")
def as_of_join(events, facts, by):
    codes, _ = pd.factorize(pd.concat([events[by], facts[by]], ignore_index=True))
    n = len(events)
    left = pd.DataFrame({"_k": codes[:n], "_t": events["time"].to_numpy(dtype=float),
                         "_row": np.arange(n)}).sort_values("_t", kind="stable")
    known = pd.DataFrame({"_k": codes[n:], "_t": facts["time"].to_numpy(dtype=float),
                          "value": facts["value"].to_numpy(dtype=float)})
    got = pd.merge_asof(left, known.sort_values("_t", kind="stable"), on="_t", by="_k",
                        allow_exact_matches=False).sort_values("_row")
    return events.reset_index(drop=True).assign(value=got["value"].to_numpy())


@right("feature_audit.1", "Numpy: searchsorted, left side, within each key; the caller's index stays.")
def as_of_join(events, facts, by):
    out = events.copy()
    value = np.full(len(events), np.nan)
    ek, et = events[by].to_numpy(), events["time"].to_numpy(dtype=float)
    fk, ft = facts[by].to_numpy(), facts["time"].to_numpy(dtype=float)
    fv = facts["value"].to_numpy(dtype=float)
    for key in pd.unique(ek):
        mine, known = np.flatnonzero(ek == key), np.flatnonzero(fk == key)
        known = known[np.argsort(ft[known], kind="stable")]
        at = np.searchsorted(ft[known], et[mine], side="left") - 1
        found = at >= 0
        value[mine[found]] = fv[known[at[found]]]
    out["value"] = value
    return out


@right("feature_audit.1", "Plain Python: a sorted list of moments per key, and bisect_left.")
def as_of_join(events, facts, by):
    held = {}
    rows = zip(facts[by].tolist(), facts["time"].tolist(), facts["value"].tolist())
    for key, moment, value in sorted(rows, key=lambda row: row[1]):
        moments, values = held.setdefault(key, ([], []))
        moments.append(moment)
        values.append(value)
    answer = []
    for key, moment in zip(events[by].tolist(), events["time"].tolist()):
        moments, values = held.get(key, ([], []))
        at = bisect_left(moments, moment)
        answer.append(float(values[at - 1]) if at else float("nan"))
    return events.reset_index(drop=True).assign(value=np.array(answer, dtype=float))


# ---------------------------------------------------------------- 8.2


@wrong("feature_audit.2", "Exact comparison: rounding in the ninth digit counts as a difference.")
def mismatch(trained, recomputed):
    a, b = trained.to_numpy(dtype=float), recomputed.to_numpy(dtype=float)
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    return pd.Series((~same).mean(axis=0), index=trained.columns)


@wrong("feature_audit.2", "np.isclose as it comes: its absolute tolerance makes all tiny numbers equal.")
def mismatch(trained, recomputed):
    a, b = trained.to_numpy(dtype=float), recomputed.to_numpy(dtype=float)
    return pd.Series((~np.isclose(a, b, equal_nan=True)).mean(axis=0), index=trained.columns)


@wrong("feature_audit.2", "A missing value against a number is no difference: NaN > limit is False.")
def mismatch(trained, recomputed):
    a, b = trained.to_numpy(dtype=float), recomputed.to_numpy(dtype=float)
    differ = np.abs(a - b) > 1e-6 * np.maximum(np.abs(a), np.abs(b))
    return pd.Series(differ.mean(axis=0), index=trained.columns)


@wrong("feature_audit.2", "Divides by the rows in which at least one table has a number, not by all rows.")
def mismatch(trained, recomputed):
    out = {}
    for name in trained.columns:
        a = trained[name].to_numpy(dtype=float)
        b = recomputed[name].to_numpy(dtype=float)
        some = ~(np.isnan(a) & np.isnan(b))
        differ = ~np.isclose(a[some], b[some], rtol=1e-6, atol=0)
        out[name] = differ.mean() if some.any() else 0.0
    return pd.Series(out)


@wrong("feature_audit.2", "Fills missing values with 0 first, so that NaN and 0 are equal.")
def mismatch(trained, recomputed):
    a = np.nan_to_num(trained.to_numpy(dtype=float))
    b = np.nan_to_num(recomputed.to_numpy(dtype=float))
    return pd.Series((~np.isclose(a, b, rtol=1e-6, atol=0)).mean(axis=0), index=trained.columns)


@wrong("feature_audit.2", "A tolerance of one percent: a difference in the third or fourth digit goes unseen.")
def mismatch(trained, recomputed):
    a, b = trained.to_numpy(dtype=float), recomputed.to_numpy(dtype=float)
    same = np.isclose(a, b, rtol=1e-2, atol=0, equal_nan=True)
    return pd.Series(1 - same.mean(axis=0), index=trained.columns)


@wrong("feature_audit.2", "An absolute tolerance for all: large numbers with rounding differ, tiny ones never do.")
def mismatch(trained, recomputed):
    a, b = trained.to_numpy(dtype=float), recomputed.to_numpy(dtype=float)
    differ = (np.abs(a - b) > 1e-4) | (np.isnan(a) != np.isnan(b))
    return pd.Series(differ.mean(axis=0), index=trained.columns)


@wrong("feature_audit.2", "The relative limit takes the sign of the number, so equal negative numbers differ.")
def mismatch(trained, recomputed):
    a, b = trained.to_numpy(dtype=float), recomputed.to_numpy(dtype=float)
    differ = (np.abs(a - b) > 1e-6 * b) | (np.isnan(a) != np.isnan(b))
    return pd.Series(differ.mean(axis=0), index=trained.columns)


@right("feature_audit.2", "np.isclose with a relative tolerance alone.")
def mismatch(trained, recomputed):
    a, b = trained.to_numpy(dtype=float), recomputed.to_numpy(dtype=float)
    same = np.isclose(a, b, rtol=1e-6, atol=0.0, equal_nan=True)
    return pd.Series((~same).sum(axis=0) / len(a), index=trained.columns)


@right("feature_audit.2", "Column by column, the tolerance relative to the larger of the two.")
def mismatch(trained, recomputed):
    share = []
    for j in range(trained.shape[1]):
        x, y = trained.iloc[:, j].to_numpy(dtype=float), recomputed.iloc[:, j].to_numpy(dtype=float)
        one_missing = np.isnan(x) ^ np.isnan(y)
        far = (x != y) & (np.abs(x - y) > 2e-6 * np.maximum(np.abs(x), np.abs(y)))
        share.append(np.mean(one_missing | far))
    return pd.Series(share, index=list(trained.columns))


@right("feature_audit.2", "A plain loop over cells with math.isclose.")
def mismatch(trained, recomputed):
    out = {}
    for j, name in enumerate(trained.columns):
        pairs = list(zip(trained.iloc[:, j].tolist(), recomputed.iloc[:, j].tolist()))
        differ = 0
        for x, y in pairs:
            if math.isnan(x) or math.isnan(y):
                differ += math.isnan(x) != math.isnan(y)
            else:
                differ += not math.isclose(x, y, rel_tol=1e-6, abs_tol=0.0)
        out[name] = differ / len(pairs)
    return pd.Series(out)


# ---------------------------------------------------------------- 8.3


@wrong("feature_audit.3", "Ignores the delay: the newest multiple is read at once.")
def snapshot_time(time, every_s, delay_s):
    time = np.asarray(time, float)
    return np.floor(time / every_s) * every_s


@wrong("feature_audit.3", "Subtracts the delay after rounding, which is no multiple at which the job ran.")
def snapshot_time(time, every_s, delay_s):
    time = np.asarray(time, float)
    return np.floor(time / every_s) * every_s - delay_s


@wrong("feature_audit.3", "At the very second of arrival the old value is still read.")
def snapshot_time(time, every_s, delay_s):
    time = np.asarray(time, float)
    return (np.ceil((time - delay_s) / every_s) - 1) * every_s


@wrong("feature_audit.3", "Rounds towards 0, so before moment 0 the value comes from the future.")
def snapshot_time(time, every_s, delay_s):
    time = np.asarray(time, float)
    return np.trunc((time - delay_s) / every_s) * every_s


@wrong("feature_audit.3", "The job is taken to have begun at 0: earlier moments are cut off.")
def snapshot_time(time, every_s, delay_s):
    time = np.asarray(time, float)
    return np.maximum(np.floor((time - delay_s) / every_s), 0) * every_s


@wrong("feature_audit.3", "Returns when the value reached the servers, not up to when it knows the log.")
def snapshot_time(time, every_s, delay_s):
    time = np.asarray(time, float)
    return np.floor((time - delay_s) / every_s) * every_s + delay_s


@wrong("feature_audit.3", "Goes back one run at most: wrong where the delay is longer than the interval.")
def snapshot_time(time, every_s, delay_s):
    time = np.asarray(time, float)
    last = np.floor(time / every_s) * every_s
    return np.where(last + delay_s <= time, last, last - every_s)


@wrong("feature_audit.3", "Returns how old the value is in place of the moment.")
def snapshot_time(time, every_s, delay_s):
    time = np.asarray(time, float)
    return time - np.floor((time - delay_s) / every_s) * every_s


@right("feature_audit.3", "Numpy: the last multiple that has arrived, by floor.")
def snapshot_time(time, every_s, delay_s):
    time = np.asarray(time, float)
    return every_s * np.floor((time - delay_s) / every_s)


@right("feature_audit.3", "A plain loop with math.floor; a list of floats.")
def snapshot_time(time, every_s, delay_s):
    return [math.floor((float(t) - delay_s) / every_s) * float(every_s) for t in time]


@right("feature_audit.3", "Guesses the nearest run and steps back where that one has not arrived yet; a Series.")
def snapshot_time(time, every_s, delay_s):
    time = np.asarray(time, float)
    run = np.rint((time - delay_s) / every_s)
    run = run - (run * every_s + delay_s > time)
    return pd.Series(run * every_s)


# ---------------------------------------------------------------- 8.6


@wrong("feature_audit.6", "Takes from the stream what happened since the batch; late arrivals are lost.")
def decayed_counts(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    user, event_time, arrival_time = map(np.asarray, (user, event_time, arrival_time))
    out = np.asarray(batch, float) * 0.5 ** ((now - batch_at) / half_life_s)
    new = (event_time >= batch_at) & (arrival_time < now)
    np.add.at(out, user[new], 0.5 ** ((now - event_time[new]) / half_life_s))
    return out


@wrong("feature_audit.6", "Adds the whole stream: what the batch has counted already is counted twice.")
def decayed_counts(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    user, event_time, arrival_time = map(np.asarray, (user, event_time, arrival_time))
    out = np.asarray(batch, float) * 0.5 ** ((now - batch_at) / half_life_s)
    new = arrival_time < now
    np.add.at(out, user[new], 0.5 ** ((now - event_time[new]) / half_life_s))
    return out


@wrong("feature_audit.6", "Ages an event from its arrival, not from when it happened.")
def decayed_counts(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    user, event_time, arrival_time = map(np.asarray, (user, event_time, arrival_time))
    out = np.asarray(batch, float) * 0.5 ** ((now - batch_at) / half_life_s)
    new = (arrival_time >= batch_at) & (arrival_time < now)
    np.add.at(out, user[new], 0.5 ** ((now - arrival_time[new]) / half_life_s))
    return out


@wrong("feature_audit.6", "Adds by fancy index, which keeps only one of a user's several events.")
def decayed_counts(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    user, event_time, arrival_time = map(np.asarray, (user, event_time, arrival_time))
    out = np.asarray(batch, float) * 0.5 ** ((now - batch_at) / half_life_s)
    new = (arrival_time >= batch_at) & (arrival_time < now)
    out[user[new]] += 0.5 ** ((now - event_time[new]) / half_life_s)
    return out


@wrong("feature_audit.6", "An event that arrived at the very moment of the batch falls between the layers.")
def decayed_counts(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    user, event_time, arrival_time = map(np.asarray, (user, event_time, arrival_time))
    out = np.asarray(batch, float) * 0.5 ** ((now - batch_at) / half_life_s)
    new = (arrival_time > batch_at) & (arrival_time < now)
    np.add.at(out, user[new], 0.5 ** ((now - event_time[new]) / half_life_s))
    return out


@wrong("feature_audit.6", "Decays by exp(−age / half-life), which is 1/e after one half-life.")
def decayed_counts(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    user, event_time, arrival_time = map(np.asarray, (user, event_time, arrival_time))
    out = np.asarray(batch, float) * np.exp(-(now - batch_at) / half_life_s)
    new = (arrival_time >= batch_at) & (arrival_time < now)
    np.add.at(out, user[new], np.exp(-(now - event_time[new]) / half_life_s))
    return out


@wrong("feature_audit.6", "Sums 2^(time / half-life) from moment 0 on, which overflows at ordinary clock times.")
def decayed_counts(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    user, event_time, arrival_time = map(np.asarray, (user, event_time, arrival_time))
    with np.errstate(all="ignore"):
        total = np.asarray(batch, float) * np.exp2(np.float64(batch_at) / half_life_s)
        new = (arrival_time >= batch_at) & (arrival_time < now)
        np.add.at(total, user[new], np.exp2(event_time[new] / half_life_s))
        return total * np.exp2(-np.float64(now) / half_life_s)


@wrong("feature_audit.6", "Asks whether an event happened before now, not whether it had arrived.")
def decayed_counts(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    user, event_time, arrival_time = map(np.asarray, (user, event_time, arrival_time))
    new = (arrival_time >= batch_at) & (event_time < now)
    weight = np.exp2(-(now - event_time[new]) / half_life_s)
    fresh = np.bincount(user[new], weight, minlength=len(batch))
    return np.asarray(batch, float) * np.exp2(-(now - batch_at) / half_life_s) + fresh


@right("feature_audit.6", "Numpy: bincount of the weights of what arrived in [batch_at, now).")
def decayed_counts(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    batch = np.asarray(batch, float)
    user = np.asarray(user, dtype=np.int64)
    event_time, arrival_time = np.asarray(event_time, float), np.asarray(arrival_time, float)
    new = (arrival_time >= batch_at) & (arrival_time < now)
    weight = np.exp2((event_time[new] - now) / half_life_s)
    fresh = np.bincount(user[new], weights=weight, minlength=len(batch))
    return batch * np.exp2((batch_at - now) / half_life_s) + fresh


@right("feature_audit.6", "A plain loop over events; a list of floats.")
def decayed_counts(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    shrink = 0.5 ** ((now - batch_at) / half_life_s)
    out = [float(b) * shrink for b in batch]
    for u, happened, came in zip(user, event_time, arrival_time):
        if batch_at <= came < now:
            out[int(u)] += float(0.5 ** ((now - happened) / half_life_s))
    return out


@right("feature_audit.6", "Pandas: group the new events by user, reindex to all users; a Series.")
def decayed_counts(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    stream = pd.DataFrame({"user": np.asarray(user, dtype=np.int64),
                           "age": now - np.asarray(event_time, float),
                           "came": np.asarray(arrival_time, float)})
    stream = stream[(stream["came"] < now) & ~(stream["came"] < batch_at)]
    worth = np.exp(-np.log(2) * stream["age"] / half_life_s).groupby(stream["user"]).sum()
    old = pd.Series(np.asarray(batch, float)) * np.exp(-np.log(2) * (now - batch_at) / half_life_s)
    return old + worth.reindex(range(len(old)), fill_value=0.0)
