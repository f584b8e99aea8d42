"""Solutions of lesson 08, written blind: from the notebook's text alone."""

import math
from bisect import bisect_left

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


def sorted_merge(events, facts, by, **how):
    """merge_asof in time order, and back to the order in which the events came."""
    left = events.reset_index(drop=True).rename_axis("row").reset_index()
    left["at"], right_side = left["time"].astype(float), facts.rename(columns={"time": "at"}).astype({"at": float})
    out = pd.merge_asof(left.sort_values("at"), right_side.sort_values("at"), on="at", by=by, **how)
    return out.sort_values("row").drop(columns=["row", "at"])


@wrong("feature_audit.1", "A fact of the event's own moment counts: merge_asof allows exact matches.")
def join_at_or_before(events, facts, by):
    return sorted_merge(events, facts, by)


@wrong("feature_audit.1", "Rows come back in the order of time, not in the order in which the events came.")
def join_in_time_order(events, facts, by):
    return pd.merge_asof(events.sort_values("time", kind="stable"), facts.sort_values("time"), on="time", by=by,
                         allow_exact_matches=False)


@wrong("feature_audit.1", "Events without an earlier fact are dropped.")
def join_inner(events, facts, by):
    return sorted_merge(events, facts, by, allow_exact_matches=False).dropna(subset=["value"])


@wrong("feature_audit.1", "Events without an earlier fact get 0 in place of NaN.")
def join_zero(events, facts, by):
    out = sorted_merge(events, facts, by, allow_exact_matches=False)
    return out.assign(value=out["value"].fillna(0))


@wrong("feature_audit.1", "The item is not looked at: the latest fact of any item is taken.")
def join_any_item(events, facts, by):
    facts = facts.sort_values("time")
    place = np.searchsorted(facts["time"].to_numpy(), events["time"].to_numpy()) - 1
    value = facts["value"].to_numpy(float)
    return events.assign(value=np.where(place >= 0, value[np.maximum(place, 0)], np.nan))


@wrong("feature_audit.1", "Facts are taken to be in the order of time, which they need not be.")
def join_unsorted(events, facts, by):
    values = []
    for key, moment in zip(events[by], events["time"]):
        known = facts[(facts[by] == key) & (facts["time"] < moment)]
        values.append(known["value"].iloc[-1] if len(known) else np.nan)
    return events.assign(value=values)


@wrong("feature_audit.1", "The largest value known before is taken, as if a count only grew, and not the latest.")
def join_max(events, facts, by):
    values = [facts.loc[(facts[by] == key) & (facts["time"] < moment), "value"].max()
              for key, moment in zip(events[by], events["time"])]
    return events.assign(value=np.array(values, dtype=float))


@wrong("feature_audit.1", "Strictly before is written as `a second or more before`: a fact half a second old is lost.")
def join_a_second(events, facts, by):
    earlier = facts.assign(time=facts["time"] + 1)
    return sorted_merge(events, earlier, by)


@wrong("feature_audit.1", "Brought back into order by sort_index, but the events' index may be in any order.")
def join_sort_index(events, facts, by):
    held = events.sort_values("time")
    out = pd.merge_asof(held, facts.sort_values("time"), on="time", by=by, allow_exact_matches=False)
    return out.set_axis(held.index).sort_index(kind="stable")


@wrong("feature_audit.1", "Rows are reduced to one per (item, time): two alike events become one row.")
def join_dedup(events, facts, by):
    pairs = events.merge(facts, on=by, how="left", suffixes=("", "_fact"))
    pairs.loc[~(pairs["time_fact"] < pairs["time"]), ["time_fact", "value"]] = np.nan
    last = pairs.sort_values("time_fact", na_position="first", kind="stable").drop_duplicates([by, "time"], keep="last")
    return (last.set_index([by, "time"]).reindex(pd.MultiIndex.from_frame(events[[by, "time"]].drop_duplicates()))
            .reset_index().drop(columns="time_fact"))


@wrong("feature_audit.1", "The nearest fact in time is taken, also one that comes after the event.")
def join_nearest(events, facts, by):
    return sorted_merge(events, facts, by, direction="nearest", allow_exact_matches=False)


@wrong("feature_audit.1", "An event without an earlier fact is handed the item's first fact, from the future.")
def join_backfill(events, facts, by):
    out = sorted_merge(events, facts, by, allow_exact_matches=False)
    first = facts.sort_values("time").groupby(by)["value"].first()
    return out.assign(value=out["value"].fillna(out[by].map(first)))


@right("feature_audit.1", "Pure Python with bisect, a list of times and values for each item.")
def join_bisect(events, facts, by):
    known = {}
    for key, moment, value in sorted(zip(facts[by], facts["time"], facts["value"]), key=lambda fact: fact[1]):
        times, values = known.setdefault(key, ([], []))
        times.append(moment)
        values.append(value)
    out = []
    for key, moment in zip(events[by], events["time"]):
        times, values = known.get(key, ([], []))
        place = bisect_left(times, moment)
        out.append(values[place - 1] if place else math.nan)
    return events.assign(value=np.array(out, dtype=float))


@right("feature_audit.1", "Facts and events in one table, events first at equal times, filled forward within the item.")
def join_ffill(events, facts, by):
    asks = pd.DataFrame({"key": events[by].to_numpy(), "time": events["time"].to_numpy(float), "kind": 0})
    told = pd.DataFrame({"key": facts[by].to_numpy(), "time": facts["time"].to_numpy(float), "kind": 1,
                         "value": facts["value"].to_numpy(float)})
    both = pd.concat([asks.assign(value=np.nan), told], ignore_index=True).sort_values(["time", "kind"], kind="stable")
    both["value"] = both.groupby("key")["value"].ffill()
    return events.reset_index(drop=True).assign(value=both["value"].reindex(range(len(events))))


@right("feature_audit.1", "Every event against every fact in a numpy matrix; the latest by argmax over times.")
def join_matrix(events, facts, by):
    if len(facts) == 0:
        return events.assign(value=np.nan)
    moment, when = events["time"].to_numpy(float), facts["time"].to_numpy(float)
    known = (events[by].to_numpy()[:, None] == facts[by].to_numpy()[None, :]) & (when[None, :] < moment[:, None])
    best = np.where(known, when[None, :], -np.inf).argmax(axis=1)
    value = facts["value"].to_numpy(float)[best]
    return events.assign(value=np.where(known.any(axis=1), value, np.nan))


@right("feature_audit.1", "merge_asof on tables sorted by time, put back by a row number; a fresh index.")
def join_merge_asof(events, facts, by):
    return sorted_merge(events, facts, by, allow_exact_matches=False).reset_index(drop=True)


@wrong("feature_audit.2", "Plain !=: two missing values differ, and rounding in the ninth digit does too.")
def differ_plain(trained, recomputed):
    return (trained.to_numpy() != recomputed).mean()


@wrong("feature_audit.2", "Missing values are treated rightly, but rounding counts as a difference.")
def differ_exact(trained, recomputed):
    a, b = trained.to_numpy(), recomputed.to_numpy()
    return pd.Series(((a != b) & ~(np.isnan(a) & np.isnan(b))).mean(axis=0), index=trained.columns)


@wrong("feature_audit.2", "np.isclose without equal_nan: two missing values count as different.")
def differ_nan(trained, recomputed):
    return pd.Series(1 - np.isclose(trained, recomputed, rtol=1e-6, atol=0).mean(axis=0), index=trained.columns)


@wrong("feature_audit.2", "The default atol of 1e-8 makes all small numbers equal, such as very low rates.")
def differ_atol(trained, recomputed):
    return pd.Series((~np.isclose(trained, recomputed, equal_nan=True)).mean(axis=0), trained.columns)


@wrong("feature_audit.2", "Missing values become 0, so a missing value equals a zero.")
def differ_fill(trained, recomputed):
    same = np.isclose(trained.fillna(0), recomputed.fillna(0), rtol=1e-6, atol=0)
    return pd.Series(1 - same.mean(axis=0), index=trained.columns)


@wrong("feature_audit.2", "An absolute difference of a millionth: rounding of large numbers is called a difference.")
def differ_absolute(trained, recomputed):
    out = {}
    for name in trained:
        a, b = trained[name].to_numpy(), recomputed[name].to_numpy()
        out[name] = np.mean((np.abs(a - b) > 1e-6) | (np.isnan(a) != np.isnan(b)))
    return pd.Series(out)


@wrong("feature_audit.2", "The share is of the rows where both are known, not of all rows.")
def differ_known_only(trained, recomputed):
    shares = []
    for name in trained.columns:
        both = (trained[name].notna() & recomputed[name].notna()).to_numpy()
        a, b = trained[name].to_numpy()[both], recomputed[name].to_numpy()[both]
        shares.append(np.mean(~np.isclose(a, b, rtol=1e-6, atol=0)) if both.any() else 0.0)
    return pd.Series(shares, index=trained.columns)


@wrong("feature_audit.2", "A missing value against a number is no difference: NaN > tolerance is False.")
def differ_nan_compare(trained, recomputed):
    a, b = trained.to_numpy(), recomputed.to_numpy()
    return pd.Series((np.abs(a - b) > 1e-6 * np.abs(b)).mean(axis=0), index=trained.columns)


@wrong("feature_audit.2", "Rounds to four places behind the point, not to leading digits: small features never differ.")
def differ_rounded(trained, recomputed):
    a, b = trained.round(4).to_numpy(), recomputed.round(4).to_numpy()
    return pd.Series(((a != b) & ~((a != a) & (b != b))).mean(axis=0), index=trained.columns)


@wrong("feature_audit.2", "The tolerance is one in a thousand: 1.234 and 1.235 pass for equal.")
def differ_coarse(trained, recomputed):
    same = [[math.isclose(x, y, rel_tol=1e-3) or (math.isnan(x) and math.isnan(y)) for x, y in zip(*rows)]
            for rows in zip(trained.to_numpy().tolist(), recomputed.to_numpy().tolist())]
    return pd.Series(1 - np.mean(same, axis=0), index=trained.columns)


@wrong("feature_audit.2", "The mean is over the columns: a share for each row instead of each feature.")
def differ_by_row(trained, recomputed):
    same = np.isclose(trained, recomputed, rtol=1e-6, atol=0, equal_nan=True)
    return pd.DataFrame(~same, columns=trained.columns).mean(axis=1)


@wrong("feature_audit.2", "Sorted by share, not in the order of the columns.")
def differ_sorted(trained, recomputed):
    same = np.isclose(trained, recomputed, rtol=1e-6, atol=0, equal_nan=True)
    return pd.Series((~same).mean(axis=0), index=trained.columns).sort_values(ascending=False, kind="stable")


@wrong("feature_audit.2", "Counts the rows that differ instead of giving their share.")
def differ_count(trained, recomputed):
    same = np.isclose(trained, recomputed, rtol=1e-6, atol=0, equal_nan=True)
    return pd.Series((~same).sum(axis=0), index=trained.columns)


@right("feature_audit.2", "Pure Python with math.isclose, a number at a time.")
def differ_python(trained, recomputed):
    def alike(x, y):
        return (x != x and y != y) or math.isclose(x, y, rel_tol=1e-6)
    return pd.Series({name: sum(not alike(x, y) for x, y in zip(trained[name].tolist(), recomputed[name].tolist()))
                      / len(trained) for name in trained})


@right("feature_audit.2", "torch.isclose in double precision, no absolute tolerance.")
def differ_torch(trained, recomputed):
    a, b = (torch.tensor(table.to_numpy(dtype=float)) for table in (trained, recomputed))
    same = torch.isclose(a, b, rtol=1e-7, atol=0.0, equal_nan=True)
    return pd.Series(1 - same.double().mean(dim=0).numpy(), index=list(trained.columns))


@right("feature_audit.2", "Missingness apart from numbers: relative difference to the larger of the two.")
def differ_two_parts(trained, recomputed):
    a, b = trained.to_numpy(float), recomputed.to_numpy(float)
    gone = np.isnan(a) ^ np.isnan(b)
    off = np.abs(np.nan_to_num(a) - np.nan_to_num(b)) > 3e-6 * np.fmax(np.abs(a), np.abs(b))
    return pd.Series((gone | (off & ~np.isnan(a) & ~np.isnan(b))).sum(0) / a.shape[0], index=trained.columns)
