"""Solutions of lesson 01, exercises 1 to 3, written blind: from the notebook's text alone."""

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@wrong("objective.1", "Assigns with a fancy index: of several events of a request only the last one counts.")
def per_request(row, amount, n_requests):
    out = np.zeros(n_requests)
    out[row] += amount
    return out


@wrong("objective.1", "No minlength: requests after the last one with an event are missing.")
def per_request(row, amount, n_requests):
    return np.bincount(row, weights=amount)


@wrong("objective.1", "groupby leaves out the requests without events.")
def per_request(row, amount, n_requests):
    return pd.Series(amount).groupby(np.asarray(row)).sum().to_numpy()


@wrong("objective.1", "Mean of a request's events instead of their sum.")
def per_request(row, amount, n_requests):
    total = np.bincount(row, amount, n_requests)
    return total / np.maximum(np.bincount(row, minlength=n_requests), 1)


@wrong("objective.1", "NaN instead of 0 for requests without events.")
def per_request(row, amount, n_requests):
    return pd.Series(amount).groupby(np.asarray(row)).sum().reindex(range(n_requests)).to_numpy()


@wrong("objective.1", "Counts the events, their amounts are ignored.")
def per_request(row, amount, n_requests):
    return np.bincount(row, minlength=n_requests).astype(float)


@wrong("objective.1", "reduceat gives a request without events the amount of the next event instead of 0.")
def per_request(row, amount, n_requests):
    order = np.argsort(row, kind="stable")
    starts = np.searchsorted(row[order], np.arange(n_requests))
    return np.add.reduceat(np.append(amount[order], 0.0), starts)


@wrong("objective.1", "Takes requests as numbered from 1: everything moves one to the left.")
def per_request(row, amount, n_requests):
    out = np.zeros(n_requests)
    np.add.at(out, row - 1, amount)
    return out


@wrong("objective.1", "Cuts a request's sum off at 0, though amounts may be negative.")
def per_request(row, amount, n_requests):
    return np.maximum(np.bincount(row, amount, n_requests), 0)


@wrong("objective.1", "Sums into an int array: cents are lost.")
def per_request(row, amount, n_requests):
    out = np.zeros(n_requests, dtype=int)
    for r, a in zip(row, amount):
        out[r] += int(a)
    return out


@right("objective.1", "A loop over events; returns a list of floats.")
def per_request(row, amount, n_requests):
    out = [0.0] * n_requests
    for r, a in zip(row, amount):
        out[r] += float(a)
    return out


@right("objective.1", "pandas with reindex; returns a Series.")
def per_request(row, amount, n_requests):
    frame = pd.DataFrame({"row": row, "amount": amount})
    return frame.groupby("row")["amount"].sum().reindex(np.arange(n_requests), fill_value=0.0)


@right("objective.1", "torch index_add in double precision, back to numpy.")
def per_request(row, amount, n_requests):
    out = torch.zeros(n_requests, dtype=torch.float64)
    index = torch.as_tensor(np.asarray(row, dtype=np.int64))
    return out.index_add(0, index, torch.as_tensor(np.asarray(amount, dtype=np.float64))).numpy()


@right("objective.1", "A comprehension with a mask for each request.")
def per_request(row, amount, n_requests):
    return np.array([amount[row == request].sum() for request in range(n_requests)], dtype=float)


@wrong("objective.2", "The whole price counts as kept, the margin rate is ignored.")
def kept_money(value, is_return, margin_rate, return_cost):
    return value - is_return * return_cost


@wrong("objective.2", "A return adds its handling cost instead of taking it off.")
def kept_money(value, is_return, margin_rate, return_cost):
    return value * margin_rate + np.where(is_return, return_cost, 0)


@wrong("objective.2", "A return costs only the handling; the margin is not given back.")
def kept_money(value, is_return, margin_rate, return_cost):
    return np.where(is_return, -return_cost, value * margin_rate)


@wrong("objective.2", "The handling cost is forgotten.")
def kept_money(value, is_return, margin_rate, return_cost):
    return value * margin_rate


@wrong("objective.2", "Takes a return's value as positive and turns its sign: the return earns its margin.")
def kept_money(value, is_return, margin_rate, return_cost):
    return np.where(is_return, -value * margin_rate - return_cost, value * margin_rate)


@wrong("objective.2", "A return gives the whole price back instead of the margin.")
def kept_money(value, is_return, margin_rate, return_cost):
    return np.where(is_return, value - return_cost, value * margin_rate)


@wrong("objective.2", "The handling cost is multiplied by the margin rate as well.")
def kept_money(value, is_return, margin_rate, return_cost):
    return (value - is_return * return_cost) * margin_rate


@wrong("objective.2", "One average margin rate for all rows instead of each row's own.")
def kept_money(value, is_return, margin_rate, return_cost):
    return value * np.mean(margin_rate) - is_return * return_cost


@wrong("objective.2", "The handling cost is taken off every row, purchases too.")
def kept_money(value, is_return, margin_rate, return_cost):
    return value * margin_rate - return_cost


@wrong("objective.2", "Keeps one minus the margin rate: the supplier's part.")
def kept_money(value, is_return, margin_rate, return_cost):
    return value * (1 - margin_rate) - is_return * return_cost


@wrong("objective.2", "Cuts the result off at 0, though money is lost on a return.")
def kept_money(value, is_return, margin_rate, return_cost):
    return np.maximum(value * margin_rate - is_return * return_cost, 0)


@right("objective.2", "A loop; returns a list.")
def kept_money(value, is_return, margin_rate, return_cost):
    out = []
    for v, back, m in zip(value, is_return, margin_rate):
        kept = float(v) * float(m)
        if back:
            kept -= return_cost
        out.append(kept)
    return out


@right("objective.2", "pandas; returns a Series.")
def kept_money(value, is_return, margin_rate, return_cost):
    frame = pd.DataFrame({"value": value, "back": is_return, "margin": margin_rate})
    frame["kept"] = frame.value.mul(frame.margin)
    frame.loc[frame.back, "kept"] -= return_cost
    return frame["kept"]


@right("objective.2", "np.where on absolute prices, a branch for each kind.")
def kept_money(value, is_return, margin_rate, return_cost):
    share = np.abs(value) * margin_rate
    return np.where(is_return, -(share + return_cost), share)


@right("objective.2", "In place on a copy, with a boolean mask.")
def kept_money(value, is_return, margin_rate, return_cost):
    out = np.array(value, dtype=float, copy=True)
    out *= margin_rate
    out[np.asarray(is_return, dtype=bool)] -= return_cost
    return out


@wrong("objective.3", "Another visit on the same day counts as coming back.")
def came_back(user, day, last_day, within_days):
    out = np.zeros(len(user))
    for v in range(len(user)):
        gap = np.delete(day - day[v], v)
        out[v] = ((np.delete(user, v) == user[v]) & (gap >= 0) & (gap <= within_days)).any()
    out[day + within_days > last_day] = np.nan
    return out


@wrong("objective.3", "Visits whose days are not over are counted as 0 instead of NaN.")
def came_back(user, day, last_day, within_days):
    gap = day[None, :] - day[:, None]
    back = ((user[None, :] == user[:, None]) & (gap > 0) & (gap <= within_days)).any(axis=1)
    return np.where(day + within_days > last_day, 0.0, back)


@wrong("objective.3", "The last of the within_days days is left out of the window.")
def came_back(user, day, last_day, within_days):
    gap = day[None, :] - day[:, None]
    back = ((user[None, :] == user[:, None]) & (gap > 0) & (gap < within_days)).any(axis=1)
    return np.where(day + within_days > last_day, np.nan, back.astype(float))


@wrong("objective.3", "Anybody's later visit counts, the person is ignored.")
def came_back(user, day, last_day, within_days):
    gap = day[None, :] - day[:, None]
    back = ((gap > 0) & (gap <= within_days)).any(axis=1)
    return np.where(day + within_days > last_day, np.nan, back.astype(float))


@wrong("objective.3", "Compares with the person's next row, so a second visit on the same day hides a later one.")
def came_back(user, day, last_day, within_days):
    visits = pd.DataFrame({"user": user, "day": day}).sort_values(["user", "day"], kind="stable")
    gap = visits.groupby("user")["day"].shift(-1) - visits["day"]
    back = ((gap > 0) & (gap <= within_days)).astype(float)
    back[visits["day"] + within_days > last_day] = np.nan
    return back.sort_index().to_numpy()


@wrong("objective.3", "Takes the rows to be in order of time: looks for the return only among later rows.")
def came_back(user, day, last_day, within_days):
    out = []
    for v in range(len(user)):
        if day[v] + within_days > last_day:
            out.append(np.nan)
            continue
        later = slice(v + 1, None)
        ahead = day[later] - day[v]
        out.append(float(((user[later] == user[v]) & (ahead > 0) & (ahead <= within_days)).any()))
    return np.array(out)


@wrong("objective.3", "Takes the latest day among the visits in place of last_day.")
def came_back(user, day, last_day, within_days):
    gap = day[None, :] - day[:, None]
    back = ((user[None, :] == user[:, None]) & (gap > 0) & (gap <= within_days)).any(axis=1)
    return np.where(day + within_days > day.max(), np.nan, back.astype(float))


@wrong("objective.3", "Sorts the visits by person and day and returns the answers in that order, not in the given one.")
def came_back(user, day, last_day, within_days):
    order = np.lexsort((day, user))
    user, day = user[order], day[order]
    gap = day[None, :] - day[:, None]
    back = ((user[None, :] == user[:, None]) & (gap > 0) & (gap <= within_days)).any(axis=1)
    return np.where(day + within_days > last_day, np.nan, back.astype(float))


@wrong("objective.3", "Looks at the days before the visit as well: an earlier visit counts as coming back.")
def came_back(user, day, last_day, within_days):
    gap = np.abs(day[None, :] - day[:, None])
    back = ((user[None, :] == user[:, None]) & (gap > 0) & (gap <= within_days)).any(axis=1)
    return np.where(day + within_days > last_day, np.nan, back.astype(float))


@wrong("objective.3", "Any later visit counts, however many days later: within_days serves only for the NaN.")
def came_back(user, day, last_day, within_days):
    latest = pd.Series(day).groupby(np.asarray(user)).transform("max").to_numpy()
    return np.where(day + within_days > last_day, np.nan, (latest > day).astype(float))


@wrong("objective.3", "Off by one: NaN also where the last of the days is last_day itself, which is in the log.")
def came_back(user, day, last_day, within_days):
    gap = day[None, :] - day[:, None]
    back = ((user[None, :] == user[:, None]) & (gap > 0) & (gap <= within_days)).any(axis=1)
    return np.where(day + within_days >= last_day, np.nan, back.astype(float))


@right("objective.3", "A set of (person, day) and two loops; returns a list.")
def came_back(user, day, last_day, within_days):
    there = {(int(u), int(d)) for u, d in zip(user, day)}
    out = []
    for u, d in zip(user, day):
        if d + within_days > last_day:
            out.append(float("nan"))
        else:
            out.append(1.0 if any((int(u), int(d) + ahead) in there for ahead in range(1, within_days + 1)) else 0.0)
    return out


@right("objective.3", "pandas: next distinct day of each person, merged back; returns a Series.")
def came_back(user, day, last_day, within_days):
    visits = pd.DataFrame({"user": user, "day": day})
    days = visits.drop_duplicates().sort_values(["user", "day"])
    days["gap"] = days.groupby("user")["day"].shift(-1) - days["day"]
    merged = visits.merge(days, on=["user", "day"], how="left")
    back = (merged["gap"] <= within_days).astype(float)
    return back.mask(merged["day"] + within_days > last_day)


@right("objective.3", "All pairs at once in numpy; float32.")
def came_back(user, day, last_day, within_days):
    user, day = np.asarray(user), np.asarray(day)
    ahead = day[None] - day[:, None]
    again = (user[None] == user[:, None]) & (ahead >= 1) & (ahead <= within_days)
    known = last_day - day >= within_days
    return np.where(known, again.any(1), np.nan).astype(np.float32)
