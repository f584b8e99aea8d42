"""Solutions of lesson 01, written blind: from the notebook's text alone."""

import bisect

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong
from scipy import stats


@wrong("objective.3", "Visits of the same day count as coming back.")
def came_back(user, day, last_day, within_days):
    gap = day[None, :] - day[:, None]
    same = (user[None, :] == user[:, None]) & ~np.eye(len(user), dtype=bool)
    back = (same & (gap >= 0) & (gap <= within_days)).any(1).astype(float)
    return np.where(day + within_days > last_day, np.nan, back)


@wrong("objective.3", "The last of the next within_days days is not counted.")
def came_back(user, day, last_day, within_days):
    gap = day[None, :] - day[:, None]
    back = ((user[None, :] == user[:, None]) & (gap > 0) & (gap < within_days)).any(1).astype(float)
    back[day + within_days > last_day] = np.nan
    return back


@wrong("objective.3", "Somebody who is back already is counted as 1 although the window is still open.")
def came_back(user, day, last_day, within_days):
    gap = day[None, :] - day[:, None]
    back = ((user[None, :] == user[:, None]) & (gap > 0) & (gap <= within_days)).any(1)
    return np.where(back, 1.0, np.where(day + within_days > last_day, np.nan, 0.0))


@wrong("objective.3", "A window that ends on the last day itself is taken for open.")
def came_back(user, day, last_day, within_days):
    out = np.full(len(user), np.nan)
    for v in range(len(user)):
        if day[v] + within_days < last_day:
            later = day[user == user[v]] - day[v]
            out[v] = float(((later > 0) & (later <= within_days)).any())
    return out


@wrong("objective.3", "Compares each visit with the person's next row of the table, which stands in any order.")
def came_back(user, day, last_day, within_days):
    frame = pd.DataFrame({"user": user, "day": day})
    gap = frame.groupby("user")["day"].shift(-1) - frame["day"]
    back = gap.between(1, within_days).astype(float)
    return back.mask(frame["day"] + within_days > last_day).to_numpy()


@wrong("objective.3", "Looks at the next visit only: where that is one more of the same day, a later return is missed.")
def came_back(user, day, last_day, within_days):
    frame = pd.DataFrame({"user": user, "day": day}).sort_values(["user", "day"], kind="stable")
    gap = frame.groupby("user")["day"].shift(-1) - frame["day"]
    back = gap.between(1, within_days).astype(float).mask(frame["day"] + within_days > last_day)
    return back.sort_index().to_numpy()


@wrong("objective.3", "Does not ask who came back: anybody's visit counts.")
def came_back(user, day, last_day, within_days):
    days = set(np.asarray(day).tolist())
    return np.array([np.nan if d + within_days > last_day
                     else float(any(d + step in days for step in range(1, within_days + 1))) for d in day])


@wrong("objective.3", "Visits before count as well: the distance is taken without its sign.")
def came_back(user, day, last_day, within_days):
    gap = np.abs(day[None, :] - day[:, None])
    back = ((user[None, :] == user[:, None]) & (gap >= 1) & (gap <= within_days)).any(1).astype(float)
    return np.where(day + within_days <= last_day, back, np.nan)


@wrong("objective.3", "The end of the log is taken from the visits, not from last_day.")
def came_back(user, day, last_day, within_days):
    gap = day[None, :] - day[:, None]
    back = ((user[None, :] == user[:, None]) & (gap > 0) & (gap <= within_days)).any(1).astype(float)
    return np.where(day + within_days > day.max(), np.nan, back)


@wrong("objective.3", "The answers come back sorted by person and day, not in the order of the visits.")
def came_back(user, day, last_day, within_days):
    order = np.lexsort((day, user))
    u, d = user[order], day[order]
    out = []
    for v in range(len(u)):
        gap = d[u == u[v]] - d[v]
        out.append(np.nan if d[v] + within_days > last_day else float(((gap > 0) & (gap <= within_days)).any()))
    return np.array(out)


@wrong("objective.3", "Only a visit exactly within_days later counts.")
def came_back(user, day, last_day, within_days):
    visits = set(zip(np.asarray(user).tolist(), np.asarray(day).tolist(), strict=True))
    return np.array([np.nan if d + within_days > last_day else float((u, d + within_days) in visits)
                     for u, d in zip(user.tolist(), day.tolist(), strict=True)])


@wrong("objective.3", "What is not known yet is written as 0.")
def came_back(user, day, last_day, within_days):
    gap = day[None, :] - day[:, None]
    back = ((user[None, :] == user[:, None]) & (gap > 0) & (gap <= within_days)).any(1)
    return (back & (day + within_days <= last_day)).astype(float)


@right("objective.3", "A set of (person, day) pairs and a plain loop; a list is returned.")
def came_back(user, day, last_day, within_days):
    visits = {(int(u), int(d)) for u, d in zip(user, day, strict=True)}
    return [float("nan") if d + within_days > last_day
            else 1.0 if any((int(u), int(d) + n) in visits for n in range(1, within_days + 1)) else 0.0
            for u, d in zip(user, day, strict=True)]


@right("objective.3", "Bisection in each person's sorted days.")
def came_back(user, day, last_day, within_days):
    days = {}
    for u, d in sorted(zip(np.asarray(user).tolist(), np.asarray(day).tolist(), strict=True)):
        days.setdefault(u, []).append(d)
    out = np.empty(len(user))
    for v, (u, d) in enumerate(zip(np.asarray(user).tolist(), np.asarray(day).tolist(), strict=True)):
        following = bisect.bisect_right(days[u], d)
        is_back = following < len(days[u]) and days[u][following] - d <= within_days
        out[v] = np.nan if d + within_days > last_day else is_back
    return out


@right("objective.3", "pandas: each person's distinct days, the next one joined back by merge.")
def came_back(user, day, last_day, within_days):
    seen = pd.DataFrame({"user": user, "day": day})
    days = seen.drop_duplicates().sort_values(["user", "day"])
    days["next"] = days.groupby("user")["day"].shift(-1)
    joined = seen.merge(days, on=["user", "day"], how="left")
    back = (joined["next"] - joined["day"] <= within_days).astype(float)
    return back.where(joined["day"] + within_days <= last_day).to_numpy()


@right("objective.3", "torch, all pairs at once, float32.")
def came_back(user, day, last_day, within_days):
    u, d = torch.as_tensor(np.asarray(user)), torch.as_tensor(np.asarray(day))
    gap = d[None] - d[:, None]
    back = ((u[None] == u[:, None]) & (gap > 0) & (gap <= within_days)).any(1).float()
    back[d + within_days > last_day] = float("nan")
    return back.numpy()


@wrong("objective.4", "Correlation of the values (Pearson), not of the ranks.")
def rank_agreement(a, b):
    return np.corrcoef(a, b)[0, 1]


@wrong("objective.4", "One argsort gives the order of the places, not the rank of each policy.")
def rank_agreement(a, b):
    return np.corrcoef(np.argsort(a), np.argsort(b))[0, 1]


@wrong("objective.4", "Kendall's tau, another rank correlation.")
def rank_agreement(a, b):
    return float(stats.kendalltau(a, b)[0])


@wrong("objective.4", "In the formula n³ − 1 stands where n³ − n belongs.")
def rank_agreement(a, b):
    gap = stats.rankdata(a) - stats.rankdata(b)
    return 1 - 6 * np.sum(gap**2) / (len(a)**3 - 1)


@wrong("objective.4", "Only one of the two objectives is turned into ranks.")
def rank_agreement(a, b):
    return np.corrcoef(np.argsort(np.argsort(a)), b)[0, 1]


@wrong("objective.4", "The sign is dropped, so reversed orders agree fully.")
def rank_agreement(a, b):
    return abs(pd.Series(a).rank().corr(pd.Series(b).rank()))


@wrong("objective.4", "A covariance over n − 1 is divided by spreads over n.")
def rank_agreement(a, b):
    x, y = np.argsort(np.argsort(a)), np.argsort(np.argsort(b))
    return np.cov(x, y)[0, 1] / (x.std() * y.std())


@wrong("objective.4", "The share of policies that have the same place.")
def rank_agreement(a, b):
    return float(np.mean(stats.rankdata(a) == stats.rankdata(b)))


@wrong("objective.4", "One objective is ranked from the highest, the other from the lowest, so the sign is turned.")
def rank_agreement(a, b):
    return pd.Series(a).rank(ascending=False).corr(pd.Series(b).rank())


@wrong("objective.4", "The differences of the ranks are not squared.")
def rank_agreement(a, b):
    gap = np.abs(stats.rankdata(a) - stats.rankdata(b))
    return 1 - 6 * gap.sum() / (len(a) * (len(a)**2 - 1))


@wrong("objective.4", "Whole-number division turns all that lies between into 0 or more.")
def rank_agreement(a, b):
    x, y = (sorted(range(len(v)), key=lambda i, v=v: v[i]) for v in (a, b))
    gap = sum((x.index(i) - y.index(i))**2 for i in range(len(a)))
    return 1 - 6 * gap // (len(a) * (len(a)**2 - 1))


@right("objective.4", "The textbook formula, ranks by counting, no numpy.")
def rank_agreement(a, b):
    a, b, n = list(a), list(b), len(a)
    gap = sum((sum(y < x for y in a) - sum(w < z for w in b))**2 for x, z in zip(a, b, strict=True))
    return 1 - 6 * gap / (n * n * n - n)


@right("objective.4", "scipy's spearmanr; a numpy scalar.")
def rank_agreement(a, b):
    return stats.spearmanr(a, b).statistic


@right("objective.4", "pandas ranks, from the highest, both.")
def rank_agreement(a, b):
    return pd.DataFrame({"a": a, "b": b}).rank(ascending=False).corr().iloc[0, 1]


@right("objective.4", "torch's corrcoef of double argsorts, a Python float.")
def rank_agreement(a, b):
    ranks = torch.stack([torch.as_tensor(np.array(v, dtype=float)).argsort().argsort().double() for v in (a, b)])
    return float(torch.corrcoef(ranks)[0, 1])
