"""Solutions of exercises 12.3 (the rest) to 12.5, written blind."""

import math
from collections import Counter

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong
from scipy.sparse import coo_array


@wrong("launch.3", "Ignores decide_at: one half is written into it.")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    states = {*guardrails.values(), primary}
    if srm_p < 0.0005:
        return "hold"
    if "fail" in states:
        return "roll back"
    return "ramp" if share < 0.5 or states == {"pass"} else "hold"


@wrong("launch.3", "Looks for \"fail\" among the guardrails' names, not among their states.")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    if srm_p < 0.0005:
        return "hold"
    if "fail" in guardrails or primary == "fail":
        return "roll back"
    if share < decide_at:
        return "ramp"
    return "ramp" if primary == "pass" and all(s == "pass" for s in guardrails.values()) else "hold"


@wrong("launch.3", "The split is called broken at the usual five percent.")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    states = {*guardrails.values(), primary}
    if srm_p < 0.05:
        return "hold"
    if "fail" in states:
        return "roll back"
    return "ramp" if share < decide_at or states == {"pass"} else "hold"


@wrong("launch.3", "Below `decide_at` it holds as well where something is undecided.")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    states = {*guardrails.values(), primary}
    if srm_p < 0.0005:
        return "hold"
    if "fail" in states:
        return "roll back"
    return "hold" if "undecided" in states else "ramp"


@wrong("launch.3", "From `decide_at` on what is undecided is rolled back, not held.")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    states = {*guardrails.values(), primary}
    if srm_p < 0.0005:
        return "hold"
    if "fail" in states or (share >= decide_at and "undecided" in states):
        return "roll back"
    return "ramp"


@wrong("launch.3", "A broken split is rolled back.")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    states = {*guardrails.values(), primary}
    if srm_p < 0.0005 or "fail" in states:
        return "roll back"
    return "ramp" if share < decide_at or states == {"pass"} else "hold"


@right("launch.3", "A table of rules, the first that holds decides.")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    states = pd.Series([*guardrails.values(), primary])
    rules = [(srm_p < 0.0005, "hold"), ((states == "fail").any(), "roll back"), (share < decide_at, "ramp"),
             ((states == "pass").all(), "ramp"), (True, "hold")]
    return next(action for applies, action in rules if applies)


@right("launch.3", "match over the tuple of what matters.")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    states = {primary} | set(guardrails.values())
    match (bool(srm_p < 5e-4), "fail" in states, bool(share >= decide_at) and states != {"pass"}):
        case (True, _, _):
            return "hold"
        case (_, True, _):
            return "roll back"
        case (_, _, late):
            return "hold" if late else "ramp"


@right("launch.3", "In nested conditions with a loop over the guardrails.")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    action = "ramp"
    if srm_p < 0.0005:
        return "hold"
    for state in list(guardrails.values()) + [primary]:
        if state == "fail":
            return "roll back"
        if state != "pass" and not share < decide_at:
            action = "hold"
    return action


@right("launch.3", "Counts the states; no guardrails is as good as all of them passed.")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    count = Counter(guardrails.values())
    count[primary] += 1
    if srm_p < 0.0005 or (count["fail"] == 0 and share >= decide_at and count["pass"] < count.total()):
        return "hold"
    return "roll back" if count["fail"] else "ramp"


@wrong("launch.4", "Subtracts the growths in place of dividing them.")
def net_change(treated, control):
    (b, n), (b0, n0) = treated.sum(0), control.sum(0)
    return n / b - n0 / b0


@wrong("launch.4", "The mean of each person's growth, not the growth of the sums.")
def net_change(treated, control):
    own = [np.mean(part[part[:, 0] > 0, 1] / part[part[:, 0] > 0, 0]) for part in (treated, control)]
    return own[0] / own[1] - 1


@wrong("launch.4", "Does not subtract 1: a growth, not a change.")
def net_change(treated, control):
    (b, n), (b0, n0) = treated.sum(0), control.sum(0)
    return n / b / (n0 / b0)


@wrong("launch.4", "Before ÷ now: the columns are taken in the wrong order.")
def net_change(treated, control):
    (n, b), (n0, b0) = treated.sum(0), control.sum(0)
    return n / b / (n0 / b0) - 1


@wrong("launch.4", "Compares the arms now and forgets what they were before.")
def net_change(treated, control):
    return treated[:, 1].mean() / control[:, 1].mean() - 1


@wrong("launch.4", "Against before only: control is ignored.")
def net_change(treated, control):
    before, now = treated.sum(axis=0)
    return now / before - 1


@wrong("launch.4", "Only people who had something before, so those who came back with the launch are left out.")
def net_change(treated, control):
    (b, n), (b0, n0) = treated[treated[:, 0] > 0].sum(0), control[control[:, 0] > 0].sum(0)
    return (n / b) / (n0 / b0) - 1


@wrong("launch.4", "Difference in differences of means over the treated's mean before: additive, not a ratio.")
def net_change(treated, control):
    (b, n), (b0, n0) = treated.mean(0), control.mean(0)
    return ((n - b) - (n0 - b0)) / b


@wrong("launch.4", "The difference of the logarithms, which is not the relative change itself.")
def net_change(treated, control):
    (b, n), (b0, n0) = treated.sum(0), control.sum(0)
    return np.log(n / b) - np.log(n0 / b0)


@wrong("launch.4", "Divides by the growth of everyone, the treated among them.")
def net_change(treated, control):
    (b, n), (b0, n0) = treated.sum(0), np.concatenate([treated, control]).sum(0)
    return (n / b) / (n0 / b0) - 1


@right("launch.4", "From the means of pandas frames; a Python float.")
def net_change(treated, control):
    growth = [pd.DataFrame(np.array(part, float), columns=["before", "now"]).mean() for part in (treated, control)]
    t, c = (g["now"] / g["before"] for g in growth)
    return float((t - c) / c)


@right("launch.4", "In a loop over people.")
def net_change(treated, control):
    def growth(rows):
        before = now = 0.0
        for b, n in rows:
            before += float(b)
            now += float(n)
        return now / before
    return growth(treated) / growth(control) - 1


@right("launch.4", "torch in double precision; a numpy scalar.")
def net_change(treated, control):
    t, c = (torch.tensor(np.array(part, dtype=float)).sum(dim=0) for part in (treated, control))
    return np.float64((t[1] * c[0] / (t[0] * c[1])).item() - 1)


@wrong("launch.5", "The number of different clickers, however often each clicked.")
def effective_clickers(user, owner, n_owners):
    pairs = np.unique(np.stack([owner, user]), axis=1)
    return np.bincount(pairs[0], minlength=n_owners).astype(float)


@wrong("launch.5", "Upside down: Σ c² / (Σ c)², a concentration.")
def effective_clickers(user, owner, n_owners):
    pairs, c = np.unique(np.stack([owner, user]), axis=1, return_counts=True)
    total, square = np.bincount(pairs[0], c, n_owners), np.bincount(pairs[0], c**2, n_owners)
    return np.divide(square, total**2, out=np.zeros(n_owners), where=total > 0)


@wrong("launch.5", "NaN for a creator without clicks.")
def effective_clickers(user, owner, n_owners):
    pairs, c = np.unique(np.stack([owner, user]), axis=1, return_counts=True)
    with np.errstate(invalid="ignore"):
        return np.bincount(pairs[0], c, n_owners) ** 2 / np.bincount(pairs[0], c**2, n_owners)


@wrong("launch.5", "A creator without clicks has 1.")
def effective_clickers(user, owner, n_owners):
    out = np.ones(n_owners)
    for who, c in pd.DataFrame({"o": owner, "u": user}).groupby(["o", "u"]).size().groupby("o"):
        out[who] = c.sum() ** 2 / (c**2).sum()
    return out


@wrong("launch.5", "Only creators with clicks have a place: the answer is shorter and shifted.")
def effective_clickers(user, owner, n_owners):
    c = pd.DataFrame({"o": owner, "u": user}).groupby(["o", "u"]).size()
    return (c.groupby("o").sum() ** 2 / (c**2).groupby("o").sum()).to_numpy()


@wrong("launch.5", "Counts a person's clicks over all creators, not for each creator.")
def effective_clickers(user, owner, n_owners):
    rows = pd.DataFrame({"o": owner, "u": user})
    rows["c"] = rows.groupby("u")["o"].transform("size")
    c = rows.drop_duplicates(["o", "u"]).set_index("o")["c"].astype(float)
    out = c.groupby(level=0).sum() ** 2 / (c**2).groupby(level=0).sum()
    return out.reindex(range(n_owners), fill_value=0.0).to_numpy()


@wrong("launch.5", "Clicks over the squares: the sum is not squared.")
def effective_clickers(user, owner, n_owners):
    pairs, c = np.unique(np.stack([owner, user]), axis=1, return_counts=True)
    total, square = np.bincount(pairs[0], c, n_owners), np.bincount(pairs[0], c**2, n_owners)
    return np.divide(total, square, out=np.zeros(n_owners), where=total > 0)


@wrong("launch.5", "Pairs are coded with a factor too small by one: the last person counts for the next creator.")
def effective_clickers(user, owner, n_owners):
    most = max(int(user.max()), 1) if len(user) else 1
    code, c = np.unique(owner.astype(np.int64) * most + user, return_counts=True)
    whose = np.minimum(code // most, n_owners - 1)
    total, square = np.bincount(whose, c, n_owners), np.bincount(whose, c**2, n_owners)
    return np.divide(total**2, square, out=np.zeros(n_owners), where=total > 0)


@wrong("launch.5", "The exponential of the entropy: another effective number.")
def effective_clickers(user, owner, n_owners):
    out = np.zeros(n_owners)
    for who, c in pd.DataFrame({"o": owner, "u": user}).groupby(["o", "u"]).size().groupby("o"):
        part = c.to_numpy() / c.sum()
        out[who] = np.exp(-(part * np.log(part)).sum())
    return out


@right("launch.5", "With Counters; a list.")
def effective_clickers(user, owner, n_owners):
    counts = Counter(zip(map(int, owner), map(int, user), strict=True))
    total, square = [0] * int(n_owners), [0] * int(n_owners)
    for (o, _), c in counts.items():
        total[o] += c
        square[o] += c * c
    return [t * t / s if s else 0.0 for t, s in zip(total, square, strict=True)]


@right("launch.5", "pandas, reindexed to all owners; a Series.")
def effective_clickers(user, owner, n_owners):
    c = pd.DataFrame({"o": np.array(owner), "u": np.array(user)}).groupby(["o", "u"]).size().astype(float)
    found = c.groupby("o").sum().pow(2) / c.pow(2).groupby("o").sum()
    return found.reindex(np.arange(n_owners)).fillna(0.0)


@right("launch.5", "A sparse matrix, owners by people.")
def effective_clickers(user, owner, n_owners):
    names, place = np.unique(np.asarray(user), return_inverse=True)
    table = coo_array((np.ones(len(place)), (np.asarray(owner), place)), shape=(n_owners, max(len(names), 1))).tocsr()
    total, square = np.asarray(table.sum(axis=1)).ravel(), np.asarray(table.power(2).sum(axis=1)).ravel()
    return np.where(square > 0, total**2 / np.maximum(square, 1), 0.0)


@right("launch.5", "A loop over owners, each with its own count.")
def effective_clickers(user, owner, n_owners):
    user, owner, out = np.asarray(user), np.asarray(owner), np.zeros(n_owners)
    for o in range(n_owners):
        c = np.unique(user[owner == o], return_counts=True)[1]
        if c.size:
            out[o] = math.fsum(c) ** 2 / math.fsum(c**2)
    return out
