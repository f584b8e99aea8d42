"""Solutions of lesson 12, written blind: from the notebook's text alone. Third part."""

import math
from collections import Counter, defaultdict

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@wrong("launch.4", "Difference in differences over the treated's start: control's change is not taken as a growth.")
def net_did(treated, control):
    t, c = treated.mean(axis=0), control.mean(axis=0)
    return float(((t[1] - t[0]) - (c[1] - c[0])) / t[0])


@right("launch.4", "Means over people: their number cancels.")
def net_means(treated, control):
    (before, now), (other_before, other_now) = np.mean(treated, axis=0), np.mean(control, axis=0)
    return (now * other_before) / (before * other_now) - 1


@right("launch.4", "Pure Python: what would have been now, had the treated grown as control did.")
def net_expected(treated, control):
    sums = [[math.fsum(float(row[k]) for row in rows) for k in (0, 1)] for rows in (treated, control)]
    expected = sums[0][0] * sums[1][1] / sums[1][0]
    return (sums[0][1] - expected) / expected


@right("launch.4", "pandas frames and DataFrame.sum; a numpy scalar.")
def net_pandas(treated, control):
    total = pd.DataFrame({name: pd.DataFrame(np.asarray(rows)).sum() for name, rows in
                          (("treated", treated), ("control", control))})
    growth = total.loc[1] / total.loc[0]
    return growth["treated"] / growth["control"] - 1


@wrong("launch.5", "The number of different people, whatever they clicked.")
def clickers_unique(user, owner, n_owners):
    pairs = pd.DataFrame({"u": user, "o": owner}).drop_duplicates()
    return np.bincount(pairs["o"], minlength=n_owners).astype(float)


@wrong("launch.5", "A creator without clicks is 0 / 0, NaN.")
def clickers_nan(user, owner, n_owners):
    c = pd.DataFrame({"u": user, "o": owner}).groupby(["o", "u"]).size()
    table = pd.DataFrame({"sum": c.groupby("o").sum(), "square": (c**2).groupby("o").sum()}).reindex(range(n_owners))
    return (table["sum"] ** 2 / table["square"]).to_numpy(float)


@wrong("launch.5", "Only creators with clicks come back, so the answer is too short.")
def clickers_short(user, owner, n_owners):
    out = []
    for o in np.unique(owner):
        c = np.unique(np.asarray(user)[np.asarray(owner) == o], return_counts=True)[1].astype(float)
        out.append(c.sum() ** 2 / (c**2).sum())
    return np.array(out)


@wrong("launch.5", "The sum is not squared: Σ c / Σ c².")
def clickers_not_squared(user, owner, n_owners):
    out = np.zeros(n_owners)
    for o in range(n_owners):
        c = np.array(list(Counter(np.asarray(user)[np.asarray(owner) == o].tolist()).values()), dtype=float)
        out[o] = c.sum() / (c**2).sum() if len(c) else 0.0
    return out


@wrong("launch.5", "The share of a pair is taken of all clicks, not of the creator's own.")
def clickers_of_all(user, owner, n_owners):
    c = Counter(zip(np.asarray(owner).tolist(), np.asarray(user).tolist()))
    square = np.zeros(n_owners)
    for (o, _), n in c.items():
        square[o] += n**2
    return np.divide(float(len(user)) ** 2, square, out=np.zeros(n_owners), where=square > 0)


@wrong("launch.5", "Pairs are numbered owner · user.max() + user, which gives two pairs one number.")
def clickers_collide(user, owner, n_owners):
    user, owner = np.asarray(user), np.asarray(owner)
    if len(user) == 0:
        return np.zeros(n_owners)
    width = max(int(user.max()), 1)
    key, c = np.unique(owner * width + user, return_counts=True)
    whose = np.minimum(key // width, n_owners - 1)
    total, square = np.bincount(whose, c, n_owners), np.bincount(whose, c.astype(float) ** 2, n_owners)
    return np.divide(total**2, square, out=np.zeros(n_owners), where=square > 0)


@wrong("launch.5", "Each click counts once a person: c is always 1, so it is the number of clicks.")
def clickers_of_clicks(user, owner, n_owners):
    total = np.bincount(owner, minlength=n_owners).astype(float)
    return np.divide(total**2, total, out=np.zeros(n_owners), where=total > 0)


@wrong("launch.5", "The exponential of the entropy: another effective number than the one asked for.")
def clickers_entropy(user, owner, n_owners):
    out = np.zeros(n_owners)
    for o, held in pd.Series(np.asarray(user)).groupby(np.asarray(owner)):
        p = held.value_counts(normalize=True)
        out[o] = np.exp(-(p * np.log(p)).sum())
    return out


@wrong("launch.5", "One over the largest share.")
def clickers_largest(user, owner, n_owners):
    c = defaultdict(Counter)
    for u, o in zip(user, owner):
        c[int(o)][int(u)] += 1
    return np.array([sum(c[o].values()) / max(c[o].values()) if c[o] else 0.0 for o in range(n_owners)])


@wrong("launch.5", "User and owner are exchanged: creators are counted for each person.")
def clickers_exchanged(user, owner, n_owners):
    table = np.zeros((n_owners, max([n_owners - 1, *user]) + 1))
    np.add.at(table, (owner, user), 1)
    table = table.T[:n_owners]
    square = (table**2).sum(axis=1)
    return np.divide(table.sum(axis=1) ** 2, square, out=np.zeros(len(table)), where=square > 0)


@wrong("launch.5", "table[owner, user] += 1 adds one for each different pair only: repeated clicks are lost.")
def clickers_fancy(user, owner, n_owners):
    table = np.zeros((n_owners, max([0, *user]) + 1))
    table[owner, user] += 1
    return table.sum(axis=1) ** 2 / np.maximum((table**2).sum(axis=1), 1)


@wrong("launch.5", "Whole-number division: 1.8 people become 1.")
def clickers_whole(user, owner, n_owners):
    table = np.zeros((n_owners, max([0, *user]) + 1), dtype=int)
    np.add.at(table, (owner, user), 1)
    return (table.sum(axis=1) ** 2 // np.maximum((table**2).sum(axis=1), 1)).astype(float)


@wrong("launch.5", "Creators without clicks get 1, as a stand-in for no answer.")
def clickers_one(user, owner, n_owners):
    out = np.ones(n_owners)
    for o, held in pd.Series(np.asarray(user)).groupby(np.asarray(owner)):
        c = held.value_counts().to_numpy()
        out[o] = c.sum() ** 2 / (c @ c)
    return out


@wrong("launch.5", "With no clicks at all the largest user is asked for: an error.")
def clickers_empty(user, owner, n_owners):
    width = np.max(user) + 1
    c = np.bincount(owner * width + user, minlength=n_owners * width).reshape(n_owners, width).astype(float)
    return c.sum(axis=1) ** 2 / np.maximum((c**2).sum(axis=1), 1)


@right("launch.5", "Pure Python with Counters; a list of floats.")
def clickers_python(user, owner, n_owners):
    c = [Counter() for _ in range(n_owners)]
    for u, o in zip(user, owner):
        c[int(o)][int(u)] += 1
    return [sum(n.values()) ** 2 / sum(v * v for v in n.values()) if n else 0.0 for n in c]


@right("launch.5", "pandas: one over the sum of the squared shares, and 0 for who is not there.")
def clickers_pandas(user, owner, n_owners):
    rows = pd.DataFrame({"u": np.asarray(user, dtype=int), "o": np.asarray(owner, dtype=int)})
    c = rows.value_counts(["o", "u"]).astype(float)
    share = c / c.groupby("o").transform("sum")
    return (1 / (share**2).groupby("o").sum()).reindex(range(n_owners), fill_value=0.0)


@right("launch.5", "All pairs of clicks: n² over the pairs of clicks of one creator that come from one person.")
def clickers_pairs(user, owner, n_owners):
    user, owner = np.asarray(user, dtype=int), np.asarray(owner, dtype=int)
    alike = (user[:, None] == user[None, :]) & (owner[:, None] == owner[None, :])
    square = np.bincount(owner, alike.sum(axis=1), n_owners)              # Σ c² is the sum of c over the clicks
    return np.bincount(owner, minlength=n_owners) ** 2 / np.where(square > 0, square, 1)


@right("launch.5", "torch: unique pairs with counts, scattered onto the creators; float32.")
def clickers_torch(user, owner, n_owners):
    pairs = torch.tensor(np.column_stack([owner, user]).astype(np.int64))
    if len(pairs) == 0:
        return np.zeros(n_owners)
    names, c = torch.unique(pairs, dim=0, return_counts=True)
    total, square = (torch.zeros(n_owners).index_add(0, names[:, 0], v.float()) for v in (c, c**2))
    return (total**2 / square.clamp(min=1)).numpy()
