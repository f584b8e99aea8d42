"""Solutions of lesson 08, exercises 4 to 7, written from the notebook alone."""

import math
from collections import Counter, OrderedDict, deque

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@wrong("feature_audit.4", "Sums a·ln(a / r), the divergence in one direction only.")
def psi_of_counts(reference, actual):
    r, a = (np.asarray(x, float) + 0.5 for x in (reference, actual))
    r, a = r / r.sum(), a / a.sum()
    return float((a * np.log(a / r)).sum())


@wrong("feature_audit.4", "Half is added to the shares, not to the counts.")
def psi_of_counts(reference, actual):
    r, a = (np.asarray(x, float) / np.sum(x) + 0.5 for x in (reference, actual))
    r, a = r / r.sum(), a / a.sum()
    return float(((a - r) * np.log(a / r)).sum())


@wrong("feature_audit.4", "Divides by the total before half an event was added, so shares do not sum to 1.")
def psi_of_counts(reference, actual):
    r, a = ((np.asarray(x, float) + 0.5) / np.sum(x) for x in (reference, actual))
    return float(((a - r) * np.log(a / r)).sum())


@wrong("feature_audit.4", "Half an event goes to empty bins only.")
def psi_of_counts(reference, actual):
    r, a = (np.where(np.asarray(x) == 0, 0.5, x) for x in (reference, actual))
    r, a = r / r.sum(), a / a.sum()
    return float(((a - r) * np.log(a / r)).sum())


@wrong("feature_audit.4", "A whole event is added to every bin.")
def psi_of_counts(reference, actual):
    r, a = (np.asarray(x, float) + 1 for x in (reference, actual))
    r, a = r / r.sum(), a / a.sum()
    return float(((a - r) * np.log(a / r)).sum())


@wrong("feature_audit.4", "The mean over bins, not the sum.")
def psi_of_counts(reference, actual):
    r, a = (np.asarray(x, float) + 0.5 for x in (reference, actual))
    r, a = r / r.sum(), a / a.sum()
    return float(((a - r) * np.log(a / r)).mean())


@wrong("feature_audit.4", "In bits: log2 in place of ln.")
def psi_of_counts(reference, actual):
    r, a = (np.asarray(x, float) + 0.5 for x in (reference, actual))
    r, a = r / r.sum(), a / a.sum()
    return float(((a - r) * np.log2(a / r)).sum())


@wrong("feature_audit.4", "Both histograms are divided by the total of the reference.")
def psi_of_counts(reference, actual):
    r, a = (np.asarray(x, float) + 0.5 for x in (reference, actual))
    r, a = r / r.sum(), a / r.sum()
    return float(((a - r) * np.log(a / r)).sum())


@right("feature_audit.4", "A loop with math.log; returns a Python float.")
def psi_of_counts(reference, actual):
    bins = len(reference)
    n_r, n_a, total = float(sum(reference)) + bins / 2, float(sum(actual)) + bins / 2, 0.0
    for x, y in zip(reference, actual, strict=True):
        r, a = (x + 0.5) / n_r, (y + 0.5) / n_a
        total += (a - r) * math.log(a / r)
    return total


@right("feature_audit.4", "As the sum of the two divergences, in torch; a tensor of no dimensions made a numpy scalar.")
def psi_of_counts(reference, actual):
    r, a = (torch.as_tensor(np.asarray(x, float)) + 0.5 for x in (reference, actual))
    r, a = r / r.sum(), a / a.sum()
    there, back = (a * torch.log(a / r)).sum(), (r * torch.log(r / a)).sum()
    return (there + back).numpy()[()]


@wrong("feature_audit.5", "Gaps and order are told by the arrival, not by when an event happened.")
def live_session(event_time, arrival_time, item, now, gap_s):
    known = np.flatnonzero(arrival_time < now)
    known, out, last = known[np.argsort(arrival_time[known], kind="stable")], [], now
    for place in known[::-1]:
        if last - arrival_time[place] > gap_s:
            break
        last = arrival_time[place]
        out.append(item[place])
    return np.array(out[::-1], int)


@wrong("feature_audit.5", "An event that arrives at the very moment now is known.")
def live_session(event_time, arrival_time, item, now, gap_s):
    known = np.flatnonzero(arrival_time <= now)
    known, out, last = known[np.argsort(event_time[known], kind="stable")], [], now
    for place in known[::-1]:
        if last - event_time[place] > gap_s:
            break
        last = event_time[place]
        out.append(item[place])
    return np.array(out[::-1], int)


@wrong("feature_audit.5", "A gap of exactly gap_s ends the session, though that is within.")
def live_session(event_time, arrival_time, item, now, gap_s):
    known = np.flatnonzero(arrival_time < now)
    known, out, last = known[np.argsort(event_time[known], kind="stable")], [], now
    for place in known[::-1]:
        if last - event_time[place] >= gap_s:
            break
        last = event_time[place]
        out.append(item[place])
    return np.array(out[::-1], int)


@wrong("feature_audit.5", "Known is what happened before now, whether it has arrived or not.")
def live_session(event_time, arrival_time, item, now, gap_s):
    known = np.flatnonzero(event_time < now)
    known, out, last = known[np.argsort(event_time[known], kind="stable")], [], now
    for place in known[::-1]:
        if last - event_time[place] > gap_s:
            break
        last = event_time[place]
        out.append(item[place])
    return np.array(out[::-1], int)


@wrong("feature_audit.5", "Late events stay where they arrived: nothing is sorted by when it happened.")
def live_session(event_time, arrival_time, item, now, gap_s):
    out, last = [], now
    for place in np.flatnonzero(arrival_time < now)[::-1]:
        if last - event_time[place] > gap_s:
            break
        last = event_time[place]
        out.append(item[place])
    return np.array(out[::-1], int)


@wrong("feature_audit.5", "Does not ask whether the last session is over by now.")
def live_session(event_time, arrival_time, item, now, gap_s):
    known = arrival_time < now
    order = np.argsort(event_time[known], kind="stable")
    time, items = event_time[known][order], item[known][order]
    breaks = np.flatnonzero(np.diff(time) > gap_s)
    return items[breaks[-1] + 1 if len(breaks) else 0:]


@wrong("feature_audit.5", "Gives the newest first.")
def live_session(event_time, arrival_time, item, now, gap_s):
    known = np.flatnonzero(arrival_time < now)
    known, out, last = known[np.argsort(event_time[known], kind="stable")], [], now
    for place in known[::-1]:
        if last - event_time[place] > gap_s:
            break
        last = event_time[place]
        out.append(item[place])
    return np.array(out, int)


@wrong("feature_audit.5", "A window of gap_s before now, in place of a chain of events.")
def live_session(event_time, arrival_time, item, now, gap_s):
    keep = (arrival_time < now) & (now - event_time <= gap_s)
    return item[keep][np.argsort(event_time[keep], kind="stable")]


@right("feature_audit.5", "Sorted pairs and a walk backwards; returns a list, empty where nothing goes on.")
def live_session(event_time, arrival_time, item, now, gap_s):
    known = sorted((float(t), n) for n, (t, a) in enumerate(zip(event_time, arrival_time, strict=True)) if a < now)
    session = deque()
    upper = now
    while known and upper - known[-1][0] <= gap_s:
        upper, n = known.pop()
        session.appendleft(int(item[n]))
    return list(session)


@right("feature_audit.5", "With pandas: sessions numbered by a running sum of breaks, the last taken if it goes on.")
def live_session(event_time, arrival_time, item, now, gap_s):
    table = pd.DataFrame({"t": np.asarray(event_time), "a": np.asarray(arrival_time), "i": np.asarray(item, int)})
    table = table[table["a"] < now].sort_values("t", kind="stable")
    if table.empty or now - table["t"].iloc[-1] > gap_s:
        return np.empty(0, int)
    number = (table["t"].diff() > gap_s).cumsum()
    return table.loc[number == number.iloc[-1], "i"].to_numpy()


def _speed(value, user, event_time, keep, now, half_life_s):
    """Add the events of `keep` to `value`, by their own age."""
    np.add.at(value, user[keep], 0.5 ** ((now - event_time[keep]) / half_life_s))
    return value


@wrong("feature_audit.6", "The batch's sums are not aged from batch_at to now.")
def decayed_counts(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    return _speed(batch.copy(), user, event_time, (arrival_time >= batch_at) & (arrival_time < now), now, half_life_s)


@wrong("feature_audit.6", "The layers are split by when events happened, so late ones are lost.")
def decayed_counts(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    old = batch * 0.5 ** ((now - batch_at) / half_life_s)
    return _speed(old, user, event_time, (event_time >= batch_at) & (arrival_time < now), now, half_life_s)


@wrong("feature_audit.6", "Events are aged from their arrival.")
def decayed_counts(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    old = batch * 0.5 ** ((now - batch_at) / half_life_s)
    return _speed(old, user, arrival_time, (arrival_time >= batch_at) & (arrival_time < now), now, half_life_s)


@wrong("feature_audit.6", "The whole stream is added, also what the batch holds already.")
def decayed_counts(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    old = batch * 0.5 ** ((now - batch_at) / half_life_s)
    return _speed(old, user, event_time, arrival_time < now, now, half_life_s)


@wrong("feature_audit.6", "An event that arrived exactly at batch_at is in neither layer.")
def decayed_counts(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    old = batch * 0.5 ** ((now - batch_at) / half_life_s)
    return _speed(old, user, event_time, (arrival_time > batch_at) & (arrival_time < now), now, half_life_s)


@wrong("feature_audit.6", "An event that arrives exactly at now counts.")
def decayed_counts(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    old = batch * 0.5 ** ((now - batch_at) / half_life_s)
    return _speed(old, user, event_time, (arrival_time >= batch_at) & (arrival_time <= now), now, half_life_s)


@wrong("feature_audit.6", "Indexed += keeps one event of a user only.")
def decayed_counts(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    out, new = batch * 0.5 ** ((now - batch_at) / half_life_s), (arrival_time >= batch_at) & (arrival_time < now)
    out[user[new]] += 0.5 ** ((now - event_time[new]) / half_life_s)
    return out


@wrong("feature_audit.6", "exp(-age / half-life) in place of halving, in both layers.")
def decayed_counts(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    out, new = batch * np.exp(-(now - batch_at) / half_life_s), (arrival_time >= batch_at) & (arrival_time < now)
    np.add.at(out, user[new], np.exp(-(now - event_time[new]) / half_life_s))
    return out


@right("feature_audit.6", "A loop over events on a list of floats; returns the list.")
def decayed_counts(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    out = [float(b) * 0.5 ** ((now - batch_at) / half_life_s) for b in batch]
    for who, happened, came in zip(user, event_time, arrival_time, strict=True):
        if batch_at <= came < now:
            out[int(who)] += 0.5 ** ((now - happened) / half_life_s)
    return out


@right("feature_audit.6", "The events are valued as of batch_at, added by bincount, and all is aged together.")
def decayed_counts(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    new = (arrival_time >= batch_at) & (arrival_time < now)
    at_batch = 2.0 ** (-(batch_at - event_time[new]) / half_life_s)
    total = batch + np.bincount(user[new].astype(int), weights=at_batch, minlength=len(batch))
    return total * 2.0 ** (-(now - batch_at) / half_life_s)
