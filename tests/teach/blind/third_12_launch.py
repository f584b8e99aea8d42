"""Solutions of lesson 12, written blind."""

import math
from collections import Counter
from statistics import NormalDist

import numpy as np
import pandas as pd
from blind_book import right, wrong


# ---------------------------------------------------------------- 12.1

@wrong("launch.1", "Only the waiting, without being served.")
def open_loop_latency(arrival_ms, service_ms):
    free, out = 0.0, []
    for arrival, service in zip(arrival_ms, service_ms):
        start = max(arrival, free)
        out.append(start - arrival)
        free = start + service
    return np.array(out)


@wrong("launch.1", "The worker never rests: the cumulative sum of the services from 0, whenever requests come.")
def open_loop_latency(arrival_ms, service_ms):
    return np.maximum(np.cumsum(service_ms) - np.asarray(arrival_ms, float), service_ms)


@wrong("launch.1", "Waits for the predecessor as if that one had begun at its own arrival: the queue does not add up.")
def open_loop_latency(arrival_ms, service_ms):
    arrival, service = np.asarray(arrival_ms, float), np.asarray(service_ms, float)
    wait = np.zeros(len(arrival))
    wait[1:] = np.maximum(0, arrival[:-1] + service[:-1] - arrival[1:])
    return wait + service


@wrong("launch.1", "The moment of the answer, not the time since arrival.")
def open_loop_latency(arrival_ms, service_ms):
    free, out = 0.0, []
    for arrival, service in zip(arrival_ms, service_ms):
        free = max(arrival, free) + service
        out.append(free)
    return np.array(out)


@wrong("launch.1", "Lindley's recursion with the request's own service in the wait instead of its predecessor's.")
def open_loop_latency(arrival_ms, service_ms):
    wait, out = 0.0, []
    for i in range(len(arrival_ms)):
        if i:
            wait = max(0.0, wait + service_ms[i] - (arrival_ms[i] - arrival_ms[i - 1]))
        out.append(wait + service_ms[i])
    return np.array(out)


@wrong("launch.1", "Last come, first served: of those that wait, the worker takes the newest.")
def open_loop_latency(arrival_ms, service_ms):
    n, out, waiting, nxt, now = len(arrival_ms), np.zeros(len(arrival_ms)), [], 0, 0.0
    for _ in range(n):
        while nxt < n and arrival_ms[nxt] <= now:
            waiting.append(nxt)
            nxt += 1
        if not waiting:
            now = arrival_ms[nxt]
            waiting.append(nxt)
            nxt += 1
        i = waiting.pop()
        now += service_ms[i]
        out[i] = now - arrival_ms[i]
    return out


@wrong("launch.1", "Two that arrive at once do not wait for each other: only earlier arrivals count as being in front.")
def open_loop_latency(arrival_ms, service_ms):
    arrival, service = np.asarray(arrival_ms, float), np.asarray(service_ms, float)
    out, end = np.zeros(len(arrival)), np.zeros(len(arrival))
    for i in range(len(arrival)):
        before = end[:i][arrival[:i] < arrival[i]]
        start = max(arrival[i], before.max() if len(before) else 0.0)
        end[i] = start + service[i]
        out[i] = end[i] - arrival[i]
    return out


@wrong("launch.1", "Takes the first request to arrive at 0: the worker is free at its service time, not at arrival plus service.")
def open_loop_latency(arrival_ms, service_ms):
    out, free = [float(service_ms[0])], float(service_ms[0])
    for arrival, service in zip(arrival_ms[1:], service_ms[1:]):
        free = max(arrival, free) + service
        out.append(free - arrival)
    return np.array(out)


@right("launch.1", "Vectorised: cumulative sum of services and a running maximum of slack.")
def open_loop_latency(arrival_ms, service_ms):
    arrival, service = np.asarray(arrival_ms, float), np.asarray(service_ms, float)
    done = np.cumsum(service)
    return done + np.maximum.accumulate(arrival - (done - service)) - arrival


@right("launch.1", "Lindley's recursion for the wait; answers a list.")
def open_loop_latency(arrival_ms, service_ms):
    wait, out, last = 0.0, [], None
    for arrival, service in zip(map(float, arrival_ms), map(float, service_ms)):
        if last is not None:
            wait = max(0.0, wait + last[1] - (arrival - last[0]))
        out.append(wait + service)
        last = arrival, service
    return out


@right("launch.1", "pandas: cumsum and cummax; answers a Series.")
def open_loop_latency(arrival_ms, service_ms):
    table = pd.DataFrame({"arrival": np.asarray(arrival_ms, float), "service": np.asarray(service_ms, float)})
    work = table["service"].cumsum()
    begun = work.shift(fill_value=0.0)
    return (table["arrival"] - begun).cummax() + work - table["arrival"]


# ---------------------------------------------------------------- 12.2

@wrong("launch.2", "A one-sided test at alpha where the task says a two-sided interval.")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    z = NormalDist().inv_cdf(1 - alpha) + NormalDist().inv_cdf(power)
    return math.ceil(2 * (z * standard_deviation / (margin * mean)) ** 2)


@wrong("launch.2", "Forgets the power: the interval's half width equals the margin, which passes half of the time.")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    z = NormalDist().inv_cdf(1 - alpha / 2)
    return math.ceil(2 * (z * standard_deviation / (margin * mean)) ** 2)


@wrong("launch.2", "The margin is taken as an absolute loss, not as a share of the mean.")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    z = NormalDist().inv_cdf(1 - alpha / 2) + NormalDist().inv_cdf(power)
    return math.ceil(2 * (z * standard_deviation / margin) ** 2)


@wrong("launch.2", "The variance of one mean, not of the difference of two: half as many.")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    z = NormalDist().inv_cdf(1 - alpha / 2) + NormalDist().inv_cdf(power)
    return math.ceil((z * standard_deviation / (margin * mean)) ** 2)


@wrong("launch.2", "Equivalence on both sides: the power's quantile is that of (1 + power) / 2.")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    z = NormalDist().inv_cdf(1 - alpha / 2) + NormalDist().inv_cdf((1 + power) / 2)
    return math.ceil(2 * (z * standard_deviation / (margin * mean)) ** 2)


@wrong("launch.2", "The rule of thumb 16 sigma squared over delta squared, whatever alpha and power are.")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    return math.ceil(16 * standard_deviation**2 / (margin * mean) ** 2)


@wrong("launch.2", "Adds the squares of the two quantiles instead of squaring their sum.")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    normal = NormalDist()
    z2 = normal.inv_cdf(1 - alpha / 2) ** 2 + normal.inv_cdf(power) ** 2
    return math.ceil(2 * z2 * (standard_deviation / (margin * mean)) ** 2)


@wrong("launch.2", "Rounds down.")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    z = NormalDist().inv_cdf(1 - alpha / 2) + NormalDist().inv_cdf(power)
    return int(2 * (z * standard_deviation / (margin * mean)) ** 2)


@right("launch.2", "The formula with the standard library's normal law; answers a numpy integer.")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    normal = NormalDist()
    loss = margin * mean
    distance = normal.inv_cdf(power) - normal.inv_cdf(alpha / 2)
    return np.int64(np.ceil(2 * standard_deviation**2 * distance**2 / loss**2))


@right("launch.2", "Searches the smallest n whose chance to pass reaches the power.")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    normal = NormalDist()
    edge = normal.inv_cdf(1 - alpha / 2)

    def enough(n):
        error = standard_deviation * math.sqrt(2 / n)
        return normal.cdf(margin * mean / error - edge) >= power

    low, high = 0, 1
    while not enough(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


@right("launch.2", "Quantiles of its own by bisection of erfc; answers a whole float.")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    def above(tail):                                     # the z with this much above it
        low, high = -40.0, 40.0
        for _ in range(200):
            middle = (low + high) / 2
            if math.erfc(middle / math.sqrt(2)) / 2 > tail:
                low = middle
            else:
                high = middle
        return high

    error = margin * mean / (above(alpha / 2) + above(1 - power))       # that two means may have
    return float(math.ceil(2 * (standard_deviation / error) ** 2))


# ---------------------------------------------------------------- 12.3

@wrong("launch.3", "At the share decide_at itself it still ramps without proof (<= where the task says below).")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    if srm_p < 0.0005:
        return "hold"
    states = [*guardrails.values(), primary]
    if "fail" in states:
        return "roll back"
    if share <= decide_at:
        return "ramp"
    return "ramp" if all(state == "pass" for state in states) else "hold"


@wrong("launch.3", "Failures come before the split: rolls back on numbers that a broken split made.")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    states = [*guardrails.values(), primary]
    if "fail" in states:
        return "roll back"
    if srm_p < 0.0005:
        return "hold"
    if share < decide_at:
        return "ramp"
    return "ramp" if all(state == "pass" for state in states) else "hold"


@wrong("launch.3", "Only guardrails can roll back; a primary metric that fails is held.")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    if srm_p < 0.0005:
        return "hold"
    if any(state == "fail" for state in guardrails.values()):
        return "roll back"
    if primary == "fail":
        return "hold"
    if share < decide_at:
        return "ramp"
    return "ramp" if primary == "pass" and all(s == "pass" for s in guardrails.values()) else "hold"


@wrong("launch.3", "From decide_at on it ramps when the guardrails pass, though the primary is undecided.")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    if srm_p < 0.0005:
        return "hold"
    if primary == "fail" or "fail" in guardrails.values():
        return "roll back"
    if share < decide_at or all(state == "pass" for state in guardrails.values()):
        return "ramp"
    return "hold"


@wrong("launch.3", "Failures below decide_at do not roll back, since few are at risk; it ramps on.")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    if srm_p < 0.0005:
        return "hold"
    if share < decide_at:
        return "ramp"
    states = [*guardrails.values(), primary]
    if "fail" in states:
        return "roll back"
    return "ramp" if all(state == "pass" for state in states) else "hold"


@wrong("launch.3", "The gate is written as 0.5: decide_at is ignored.")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    if srm_p < 0.0005:
        return "hold"
    states = [*guardrails.values(), primary]
    if "fail" in states:
        return "roll back"
    if share < 0.5 or all(state == "pass" for state in states):
        return "ramp"
    return "hold"


@wrong("launch.3", "Without guardrails nothing is proved, so it holds; the primary alone should decide.")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    if srm_p < 0.0005:
        return "hold"
    states = set(guardrails.values())
    if "fail" in states or primary == "fail":
        return "roll back"
    if share < decide_at:
        return "ramp"
    return "ramp" if states == {"pass"} and primary == "pass" else "hold"


@wrong("launch.3", "The usual 5% as the alarm of the split, so one healthy day in twenty is held.")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    if srm_p < 0.05:
        return "hold"
    states = [*guardrails.values(), primary]
    if "fail" in states:
        return "roll back"
    if share < decide_at or all(state == "pass" for state in states):
        return "ramp"
    return "hold"


@right("launch.3", "Nested conditional expression over a set of states.")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    states = {primary} | set(guardrails.values())
    return ("hold" if srm_p < 0.0005 else
            "roll back" if "fail" in states else
            "ramp" if share < decide_at or states == {"pass"} else "hold")


@right("launch.3", "np.select over conditions in order; answers a numpy string.")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    states = np.array([primary, *guardrails.values()])
    conditions = [srm_p < 0.0005, (states == "fail").any(), share < decide_at, (states == "pass").all()]
    return np.select(conditions, ["hold", "roll back", "ramp", "ramp"], default="hold")[()]


@right("launch.3", "The worst state as a number, then a walk down the rules.")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    rank = {"fail": 0, "undecided": 1, "pass": 2}
    worst = min([rank[primary]] + [rank[state] for state in guardrails.values()])
    if not srm_p >= 0.0005:
        return "hold"
    if worst == 0:
        return "roll back"
    if share >= decide_at and worst == 1:
        return "hold"
    return "ramp"


# ---------------------------------------------------------------- 12.4

@wrong("launch.4", "The difference of the growths where the task says to divide them.")
def net_change(treated, control):
    (t0, t1), (c0, c1) = np.asarray(treated, float).sum(axis=0), np.asarray(control, float).sum(axis=0)
    return t1 / t0 - c1 / c0


@wrong("launch.4", "The mean of each person's own growth, of those with something before.")
def net_change(treated, control):
    treated, control = np.asarray(treated, float), np.asarray(control, float)

    def growth(rows):
        rows = rows[rows[:, 0] > 0]
        return (rows[:, 1] / rows[:, 0]).mean()

    return growth(treated) / growth(control) - 1


@wrong("launch.4", "Before and now exchanged.")
def net_change(treated, control):
    (t1, t0), (c1, c0) = np.asarray(treated, float).sum(axis=0), np.asarray(control, float).sum(axis=0)
    return (t1 / t0) / (c1 / c0) - 1


@wrong("launch.4", "Classic difference in differences in sums: arms of different size do not cancel.")
def net_change(treated, control):
    (t0, t1), (c0, c1) = np.asarray(treated, float).sum(axis=0), np.asarray(control, float).sum(axis=0)
    return ((t1 - t0) - (c1 - c0)) / t0


@wrong("launch.4", "Compares the arms now only, by their means, and forgets that they differed before.")
def net_change(treated, control):
    return np.mean(np.asarray(treated, float)[:, 1]) / np.mean(np.asarray(control, float)[:, 1]) - 1


@wrong("launch.4", "Against before only; control is ignored.")
def net_change(treated, control):
    before, now = np.asarray(treated, float).sum(axis=0)
    return now / before - 1


@wrong("launch.4", "The difference of the log growths, near the ratio less 1 for small changes only.")
def net_change(treated, control):
    (t0, t1), (c0, c1) = np.asarray(treated, float).sum(axis=0), np.asarray(control, float).sum(axis=0)
    with np.errstate(divide="ignore"):
        return np.log(t1 / t0) - np.log(c1 / c0)


@wrong("launch.4", "Only those who were there before: who came new, or is back, is dropped from both sums.")
def net_change(treated, control):
    treated, control = np.asarray(treated, float), np.asarray(control, float)
    t0, t1 = treated[treated[:, 0] > 0].sum(axis=0)
    c0, c1 = control[control[:, 0] > 0].sum(axis=0)
    return (t1 / t0) / max(c1 / c0, 1e-12) - 1


@right("launch.4", "One product of means over a product of means, less 1.")
def net_change(treated, control):
    t, c = np.mean(np.asarray(treated, float), axis=0), np.mean(np.asarray(control, float), axis=0)
    return (t[1] * c[0] - t[0] * c[1]) / (t[0] * c[1])


@right("launch.4", "Plain loops with fsum.")
def net_change(treated, control):
    growth = []
    for rows in (treated, control):
        before, now = math.fsum(row[0] for row in rows), math.fsum(row[1] for row in rows)
        growth.append(now / before)
    return growth[0] / growth[1] - 1


@right("launch.4", "pandas frames with named columns.")
def net_change(treated, control):
    both = pd.concat({"treated": pd.DataFrame(np.asarray(treated, float), columns=["before", "now"]),
                      "control": pd.DataFrame(np.asarray(control, float), columns=["before", "now"])}, names=["arm"])
    total = both.groupby(level="arm").sum()
    growth = total["now"] / total["before"]
    return growth["treated"] / growth["control"] - 1


# ---------------------------------------------------------------- 12.5

@wrong("launch.5", "The number of different people, however often each clicked.")
def effective_clickers(user, owner, n_owners):
    pairs = set(zip(np.asarray(user).tolist(), np.asarray(owner).tolist()))
    return np.bincount(np.array([o for _, o in pairs], int), minlength=n_owners).astype(float)


@wrong("launch.5", "The exponential of the entropy: another effective number than the one asked for.")
def effective_clickers(user, owner, n_owners):
    counts = [Counter() for _ in range(n_owners)]
    for u, o in zip(user, owner):
        counts[o][u] += 1
    out = np.zeros(n_owners)
    for o, held in enumerate(counts):
        if held:
            p = np.array(list(held.values())) / sum(held.values())
            out[o] = np.exp(-(p * np.log(p)).sum())
    return out


@wrong("launch.5", "A creator without clicks gets NaN (0 / 0), not 0.")
def effective_clickers(user, owner, n_owners):
    first, second = np.zeros(n_owners), np.zeros(n_owners)
    for (_, o), c in Counter(zip(np.asarray(user).tolist(), np.asarray(owner).tolist())).items():
        first[o] += c
        second[o] += c * c
    with np.errstate(invalid="ignore"):
        return first**2 / second


@wrong("launch.5", "User and owner packed into one number with the wrong base: users beyond n_owners run into other owners.")
def effective_clickers(user, owner, n_owners):
    user, owner = np.asarray(user, int), np.asarray(owner, int)
    packed, c = np.unique(owner * n_owners + user, return_counts=True)
    whose = np.minimum(packed // n_owners, n_owners - 1)
    first = np.bincount(whose, c, n_owners)
    second = np.bincount(whose, c.astype(float) ** 2, n_owners)
    return np.divide(first**2, second, out=np.zeros(n_owners), where=second > 0)


@wrong("launch.5", "c counts all of a person's clicks, on any creator's items.")
def effective_clickers(user, owner, n_owners):
    user, owner = np.asarray(user, int), np.asarray(owner, int)
    of_user = Counter(user.tolist())
    first, second = np.zeros(n_owners), np.zeros(n_owners)
    for u, o in set(zip(user.tolist(), owner.tolist())):
        first[o] += of_user[u]
        second[o] += of_user[u] ** 2
    return np.divide(first**2, second, out=np.zeros(n_owners), where=second > 0)


@wrong("launch.5", "The unbiased form of Simpson's index, N (N - 1) / sum of c (c - 1).")
def effective_clickers(user, owner, n_owners):
    first, second = np.zeros(n_owners), np.zeros(n_owners)
    for (_, o), c in Counter(zip(np.asarray(user).tolist(), np.asarray(owner).tolist())).items():
        first[o] += c
        second[o] += c * (c - 1)
    return np.where(second > 0, first * (first - 1) / np.maximum(second, 1), first)


@wrong("launch.5", "Clicks for each click of the biggest clicker: the inverse of the largest share.")
def effective_clickers(user, owner, n_owners):
    first, most = np.zeros(n_owners), np.zeros(n_owners)
    for (_, o), c in Counter(zip(np.asarray(user).tolist(), np.asarray(owner).tolist())).items():
        first[o] += c
        most[o] = max(most[o], c)
    return first / np.maximum(most, 1)


@wrong("launch.5", "Leaves out the creators without clicks, so places shift and the answer is too short.")
def effective_clickers(user, owner, n_owners):
    table = pd.DataFrame({"user": np.asarray(user), "owner": np.asarray(owner)})
    c = table.groupby(["owner", "user"]).size().astype(float)
    grouped = c.groupby(level="owner")
    return (grouped.sum() ** 2 / grouped.agg(lambda v: (v**2).sum())).to_numpy()


@right("launch.5", "Sorts pairs of owner and user and counts the runs.")
def effective_clickers(user, owner, n_owners):
    user, owner = np.asarray(user), np.asarray(owner)
    answer = np.zeros(n_owners)
    if len(user) == 0:
        return answer
    order = np.lexsort((user, owner))
    u, o = user[order], owner[order]
    begins = np.flatnonzero(np.r_[True, (u[1:] != u[:-1]) | (o[1:] != o[:-1])])
    c = np.diff(np.r_[begins, len(u)]).astype(float)
    whose = o[begins].astype(int)
    squares = np.bincount(whose, c * c, n_owners)
    some = squares > 0
    answer[some] = np.bincount(whose, c, n_owners)[some] ** 2 / squares[some]
    return answer


@right("launch.5", "pandas groupby, reindexed to all owners; answers a Series.")
def effective_clickers(user, owner, n_owners):
    table = pd.DataFrame({"owner": np.asarray(owner), "user": np.asarray(user)})
    c = table.value_counts().rename("c").reset_index()
    c["c2"] = c["c"] ** 2
    sums = c.groupby("owner")[["c", "c2"]].sum().reindex(range(n_owners), fill_value=0).astype(float)
    return (sums["c"] ** 2 / sums["c2"].where(sums["c2"] > 0, 1.0)).rename(None)


@right("launch.5", "Counters by owner and the inverse of the sum of squared shares; answers a list.")
def effective_clickers(user, owner, n_owners):
    clicks = [Counter() for _ in range(int(n_owners))]
    for u, o in zip(np.asarray(user).tolist(), np.asarray(owner).tolist()):
        clicks[o][u] += 1
    return [1 / math.fsum((c / sum(held.values())) ** 2 for c in held.values()) if held else 0.0 for held in clicks]
