"""Solutions of lesson 08, exercises 1 to 3, written from the notebook alone."""

import math

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@wrong("feature_audit.1", "A fact of the very same moment counts: merge_asof as it comes.")
def as_of_join(events, facts, by):
    e = events.assign(row_=np.arange(len(events))).sort_values("time", kind="stable")
    out = pd.merge_asof(e, facts.sort_values("time", kind="stable"), on="time", by=by)
    return out.sort_values("row_").drop(columns="row_").set_index(events.index)


@wrong("feature_audit.1", "Rows come back sorted by time, not in the order of the events.")
def as_of_join(events, facts, by):
    return pd.merge_asof(events.sort_values("time", kind="stable"), facts.sort_values("time", kind="stable"), on="time",
                         by=by, allow_exact_matches=False)


@wrong("feature_audit.1", "Events without an earlier fact are dropped.")
def as_of_join(events, facts, by):
    e = events.assign(row_=np.arange(len(events))).sort_values("time", kind="stable")
    out = pd.merge_asof(e, facts.sort_values("time", kind="stable"), on="time", by=by, allow_exact_matches=False)
    return out.sort_values("row_").drop(columns="row_").dropna(subset=["value"]).reset_index(drop=True)


@wrong("feature_audit.1", "Events without an earlier fact get 0 and not NaN.")
def as_of_join(events, facts, by):
    e = events.assign(row_=np.arange(len(events))).sort_values("time", kind="stable")
    out = pd.merge_asof(e, facts.sort_values("time", kind="stable"), on="time", by=by, allow_exact_matches=False)
    return out.fillna({"value": 0.0}).sort_values("row_").drop(columns="row_").set_index(events.index)


@wrong("feature_audit.1", "Joins at-or-before and blanks a fact of the same moment, though an earlier fact exists.")
def as_of_join(events, facts, by):
    e = events.assign(row_=np.arange(len(events))).sort_values("time", kind="stable")
    f = facts.assign(known_=facts["time"]).sort_values("time", kind="stable")
    out = pd.merge_asof(e, f, on="time", by=by).sort_values("row_")
    out["value"] = out["value"].where(out["known_"] < out["time"])
    return out.drop(columns=["row_", "known_"]).set_index(events.index)


@wrong("feature_audit.1", "Takes the last earlier fact in the table's order, which need not be the latest in time.")
def as_of_join(events, facts, by):
    values = []
    for _, event in events.iterrows():
        known = facts[(facts[by] == event[by]) & (facts["time"] < event["time"])]
        values.append(known["value"].iloc[-1] if len(known) else np.nan)
    return events.assign(value=values)


@wrong("feature_audit.1", "The key is not used: the latest fact of any item is joined.")
def as_of_join(events, facts, by):
    f = facts.sort_values("time", kind="stable")
    place = np.searchsorted(f["time"].to_numpy(), events["time"].to_numpy(), side="left") - 1
    value = np.r_[f["value"].to_numpy(float), np.nan]
    return events.assign(value=value[place])


@wrong("feature_audit.1", "The order is restored by sorting the index, which is not the order the events came in.")
def as_of_join(events, facts, by):
    e = events.rename_axis("index_").reset_index().sort_values("time", kind="stable")
    out = pd.merge_asof(e, facts.sort_values("time", kind="stable"), on="time", by=by, allow_exact_matches=False)
    return out.set_index("index_").sort_index().rename_axis(events.index.name)


@wrong("feature_audit.1", "Every event gets the item's last fact of the whole log.")
def as_of_join(events, facts, by):
    last = facts.sort_values("time", kind="stable").groupby(by)["value"].last()
    return events.assign(value=events[by].map(last))


@right("feature_audit.1", "searchsorted (left) within each key; keeps the index of the events.")
def as_of_join(events, facts, by):
    value = np.full(len(events), np.nan)
    key, time = events[by].to_numpy(), events["time"].to_numpy()
    for name, part in facts.sort_values("time", kind="stable").groupby(by):
        rows = np.flatnonzero(key == name)
        place = np.searchsorted(part["time"].to_numpy(), time[rows], side="left") - 1
        value[rows[place >= 0]] = part["value"].to_numpy()[place[place >= 0]]
    out = events.copy()
    out["value"] = value
    return out


@right("feature_audit.1", "A loop over events with idxmax of the earlier facts.")
def as_of_join(events, facts, by):
    facts, values = facts.reset_index(drop=True), []
    for key, time in zip(events[by], events["time"], strict=True):
        known = facts.loc[(facts[by] == key) & (facts["time"] < time)]
        values.append(float(known.loc[known["time"].idxmax(), "value"]) if len(known) else float("nan"))
    return events.assign(value=pd.Series(values, index=events.index, dtype=float))


@right("feature_audit.1", "merge_asof without exact matches, times as floats, the order restored by a row number.")
def as_of_join(events, facts, by):
    e = events.assign(when_=events["time"].astype(float), row_=range(len(events))).sort_values("when_", kind="stable")
    f = facts.assign(when_=facts["time"].astype(float))[[by, "when_", "value"]].sort_values("when_", kind="stable")
    f[by] = f[by].astype(e[by].dtype)
    out = pd.merge_asof(e, f, on="when_", by=by, allow_exact_matches=False).sort_values("row_")
    out.index = events.index
    return out[[*events.columns, "value"]]


@wrong("feature_audit.2", "Two missing values count as a difference.")
def mismatch(trained, recomputed):
    a, b = trained.to_numpy(float), recomputed.to_numpy(float)
    return pd.Series((~np.isclose(a, b, rtol=1e-7)).mean(axis=0), trained.columns)


@wrong("feature_audit.2", "Compares bit by bit: a difference in the ninth digit counts.")
def mismatch(trained, recomputed):
    a, b = trained.to_numpy(float), recomputed.to_numpy(float)
    return pd.Series(((a != b) & ~(np.isnan(a) & np.isnan(b))).mean(axis=0), trained.columns)


@wrong("feature_audit.2", "A missing value against a number is no difference, since a comparison with NaN is False.")
def mismatch(trained, recomputed):
    a, b = trained.to_numpy(float), recomputed.to_numpy(float)
    return pd.Series((np.abs(a - b) > 1e-7 * np.maximum(np.abs(a), np.abs(b))).mean(axis=0), trained.columns)


@wrong("feature_audit.2", "The tolerance is absolute (1e-9), so large values differ in their last digits.")
def mismatch(trained, recomputed):
    a, b = trained.to_numpy(float), recomputed.to_numpy(float)
    same = (np.abs(a - b) <= 1e-9) | (np.isnan(a) & np.isnan(b))
    return pd.Series((~same).mean(axis=0), trained.columns)


@wrong("feature_audit.2", "The share is of rows where both tables hold a number, not of all rows.")
def mismatch(trained, recomputed):
    a, b = trained.to_numpy(float), recomputed.to_numpy(float)
    differ, both = ~np.isclose(a, b, rtol=1e-7, equal_nan=True), ~np.isnan(a) & ~np.isnan(b)
    return pd.Series((differ & both).sum(axis=0) / np.maximum(both.sum(axis=0), 1), trained.columns)


@wrong("feature_audit.2", "Missing values are filled with 0 first, so a missing value equals a zero.")
def mismatch(trained, recomputed):
    a, b = trained.fillna(0).to_numpy(float), recomputed.fillna(0).to_numpy(float)
    return pd.Series((~np.isclose(a, b, rtol=1e-7)).mean(axis=0), trained.columns)


@wrong("feature_audit.2", "Gives the share of rows that agree.")
def mismatch(trained, recomputed):
    return pd.Series({c: np.isclose(trained[c], recomputed[c], equal_nan=True).mean() for c in trained})


@wrong("feature_audit.2", "Features come back sorted, the worst first, not in the order of the columns.")
def mismatch(trained, recomputed):
    a, b = trained.to_numpy(float), recomputed.to_numpy(float)
    share = pd.Series((~np.isclose(a, b, rtol=1e-7, equal_nan=True)).mean(axis=0), trained.columns)
    return share.sort_values(ascending=False)


@wrong("feature_audit.2", "Gives the number of rows and not their share.")
def mismatch(trained, recomputed):
    a, b = trained.to_numpy(float), recomputed.to_numpy(float)
    return pd.Series((~np.isclose(a, b, rtol=1e-7, equal_nan=True)).sum(axis=0).astype(float), trained.columns)


@right("feature_audit.2", "A dict of columns with isclose, made a Series.")
def mismatch(trained, recomputed):
    shares = {}
    for name in trained.columns:
        same = np.isclose(trained[name].to_numpy(float), recomputed[name].to_numpy(float), 1e-7, 1e-12,
                          equal_nan=True)
        shares[name] = 1.0 - same.mean()
    return pd.Series(shares)


@right("feature_audit.2", "A relative difference and a mask of missing values, written out for whole tables.")
def mismatch(trained, recomputed):
    a, b = trained.to_numpy(float), recomputed.to_numpy(float)
    gap = np.abs(a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-12)
    differ = (np.isnan(a) != np.isnan(b)) | (np.nan_to_num(gap) > 1e-6)
    return pd.Series(differ.mean(axis=0), index=trained.columns, name="differs")


@wrong("feature_audit.3", "The delay is ignored: the last multiple is read at once.")
def snapshot_time(time, every_s, delay_s):
    return np.floor(time / every_s) * every_s


@wrong("feature_audit.3", "The delay is taken off after rounding down, so the moment is no multiple.")
def snapshot_time(time, every_s, delay_s):
    return np.floor(time / every_s) * every_s - delay_s


@wrong("feature_audit.3", "Gives the age of the value and not the moment.")
def snapshot_time(time, every_s, delay_s):
    return time - np.floor((time - delay_s) / every_s) * every_s


@wrong("feature_audit.3", "Goes back one period at most, too few where the delay is longer than a period.")
def snapshot_time(time, every_s, delay_s):
    last = time // every_s * every_s
    return np.where(time - last >= delay_s, last, last - every_s)


@wrong("feature_audit.3", "Adds the delay before rounding down: reads results that are still on their way.")
def snapshot_time(time, every_s, delay_s):
    return (time + delay_s) // every_s * every_s


@wrong("feature_audit.3", "Rounds up to the next multiple, which lies ahead.")
def snapshot_time(time, every_s, delay_s):
    return np.ceil((time - delay_s) / every_s) * every_s


@wrong("feature_audit.3", "Always the worst case: one period and the delay before the request.")
def snapshot_time(time, every_s, delay_s):
    return time - every_s - delay_s


@wrong("feature_audit.3", "Rounds to the nearest multiple in place of down.")
def snapshot_time(time, every_s, delay_s):
    return np.round((np.asarray(time) - delay_s) / every_s) * every_s


@right("feature_audit.3", "A comprehension with math.floor; returns a list.")
def snapshot_time(time, every_s, delay_s):
    return [math.floor((t - delay_s) / every_s) * every_s for t in time]


@right("feature_audit.3", "By torch's floor division; float array.")
def snapshot_time(time, every_s, delay_s):
    ready = torch.as_tensor(np.asarray(time, float)) - delay_s
    return (torch.div(ready, every_s, rounding_mode="floor") * every_s).numpy()


@right("feature_audit.3", "A Series with floor division; returns the Series.")
def snapshot_time(time, every_s, delay_s):
    return pd.Series(np.asarray(time, float)).sub(delay_s).floordiv(every_s).mul(every_s)
