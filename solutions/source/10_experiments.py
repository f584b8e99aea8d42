# %% [markdown]
# # {{experiments}} Experiments: the launch is a test
#
# **The decision.** Is the new system better for the people who use it, by how much, and how sure are you? An **A/B test**
# gives it to some and not to others, and compares. The arithmetic takes an afternoon to learn; most of what goes wrong is
# about who was counted, when you looked, and who influenced whom.
#
# | | |
# |---|---|
# | Budget | as many users as you have, two weeks, one primary metric |
# | Failure this stage owns | *The test said it was better. It was not.* |
# | Minutes | 95, of which 58 on exercises |
# | Needs | guardrails ({{objective}}); clicks and what they mean ({{feedback}}); intervals ({{metric_stack}}) |
# | Leaves behind | an analysis whose false alarms are known, and a design for each way in which users meet: lesson {{launch}} ramps with it |

# %%
import copy
import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.stats import norm
from scipy.stats import t as student
from statsmodels.stats.proportion import proportion_confint

# %%
from course_lib.contracts import Arm, Assignment, keyed_uniform
from course_lib.data import datasets
from course_lib.evidence import designs
from course_lib.evidence.estimate import Estimate, bootstrap
from course_lib.evidence.experiment import difference, relative_difference, sample_size
from course_lib.evidence.noninferiority import non_inferiority
from course_lib.evidence.units import unit_table
from course_lib.stages.ranking.bandits import Retrained
from course_lib.teach import compare, exercise, explore, hint, measured, plots, predict, quiz, solution  # noqa: F401
from course_lib.world import feed, marketplace, policies

# %% [markdown]
# ## Predict
#
# 1. Both arms get the *same* system. You compare their click rates over the first thirty impressions of each user, taking
#    impressions as independent. In what share of such tests does the 95% interval exclude zero?
# 2. The same system in both arms again, clicks a user, and you look every day for two weeks, at other users every day. In
#    what share of tests do you see a "significant" day?
# 3. A test that may be looked at every day finds an effect as surely as one planned look. How many times the users does it
#    need? (1: as many.)
# 4. Clusters of friends are assigned as a whole. What share of the error that a test by users makes is gone?

# %%
plots.style()
SEED = 0                                       # every draw of this lesson starts here; another number is another replicate
predict("experiments.naive", ...)
predict("experiments.peeking", ...)
predict("experiments.always_valid_price", ...)
predict("experiments.clusters", ...)

# %% [markdown]
# ## A service, and a test of nothing
#
# A feed that draws by popularity. Two weeks before the test, two weeks of test. Everybody gets the same system, so *any*
# split of these people into two arms is an **A/A test**: whatever it finds is false. One log holds as many of them as you
# like; only the salt of the hash changes. Here are five thousand.

# %%
world = feed(people=4000, items=500, requests_per_day=12_000, seed=SEED)
usual = policies.Popularity(power=0.7, name="usual")
world.run(usual, 3)
two_weeks_before, week_before = world.run(usual, 7), world.run(usual, 7)
users, start, known = world.users(), world.fork(), copy.deepcopy(usual)     # known: the system as it is on day 17
two_weeks = world.run(usual, 14)


def by_user(days):
    """One row for everyone who was there when the test began; those who did not come have zeros."""
    return unit_table(days).reindex(users.index, fill_value=0)


test = by_user(two_weeks)
clicks, shown = test["clicks"].to_numpy(float), test["impressions"].to_numpy(float)

# %%
def treated(salt, unit="user"):
    """Who would be in the treatment arm, bool [users]: half of the units, by a hash."""
    halves = Assignment((Arm("control", usual, 0.5), Arm("treatment", usual, 0.5)), unit=unit, salt=salt)
    return halves.arm_of(users.index if unit == "user" else users[unit]) == 1


def share_of(count, n):
    """count out of n, with Wilson's interval."""
    low, high = proportion_confint(count, n, method="wilson")
    return Estimate(count / n, min(low, count / n), max(high, count / n), n)


def arm_sums(values):
    """Sums of each column over control and over treatment in every A/A test, two float [tests, columns]."""
    treatment = np.concatenate([part.astype(float) @ values for part in np.array_split(splits, 10)])
    return values.sum(0) - treatment, treatment

# %%
def differences(values):
    """Treatment's mean less control's, and its standard error, in every A/A test, two float [tests, columns]."""
    size = splits.sum(1)[:, None]
    means, variance = [], 0
    for n, total, square in zip((len(users) - size, size), arm_sums(values), arm_sums(values**2), strict=True):
        means.append(total / n)
        variance = variance + (square / n - means[-1] ** 2) / (n - 1)
    return means[1] - means[0], np.sqrt(variance)

# %%
splits = np.stack([treated(SEED * 10_000 + salt) for salt in range(5000)])                # bool [tests, users]
value, error = differences(clicks[:, None])
alarms = {"clicks a user, one look": share_of((np.abs(value / error) > 1.96).sum(), len(splits))}
alarms

# %% [markdown]
# Five in a hundred, as a 95% interval promises. Hold every other way of analysing against this number.
#
# ## How small an effect can be found?
#
# Before the test, not after.
#
# {{card experiments.1}}

# %%
@exercise("experiments.1")
def mde(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    """Numbers → the smallest difference in means that n users an arm find with this power."""
    ### BEGIN SOLUTION
    z = norm.ppf(1 - alpha / 2) + norm.ppf(power)
    return z * standard_deviation * np.sqrt(2 / n_per_arm)
    ### END SOLUTION


# %%
sizes = [1000, 3000, 10_000, 100_000, 1_000_000]
columns = {"clicks": "click", "requests": "retention", "reports": "bad"}
relative = {name: [mde(test[name].std(), n) / test[name].mean() for n in sizes] for name in columns}
here = mde(clicks.std(), len(users) // 2) / clicks.mean()
ax = plots.figure(f"With the users there are, clicks must move by {here:.0%} to be found", "users an arm",
                  "smallest effect found, relative to the mean")
for name, paint in columns.items():
    ax.plot(sizes, relative[name], "o-", color=plots.color(paint), label=f"{name} a user")
ax.axvline(len(users) / 2, color="#333333", ls=":", lw=1)
ax.set(xscale="log", yscale="log")
ax.set_yticks([0.01, 0.1, 1], ["1%", "10%", "100%"])
_ = ax.legend()

# %% [markdown]
# The lines are parallel: a hundred times the users for a tenth of the effect. What sets them apart is spread over mean, and
# rare events are the worst. Two levers need no new users: less noise, and a metric in which people differ less.
#
# ## The unit of the error
#
# Click *rate* seems such a metric. It has far more impressions than users below the line.
#
# {{card experiments.2}}

# %%
@exercise("experiments.2")
def ratio_delta(numerator, denominator):
    """numerator, denominator float [n], one row a user → (ratio of the sums, its standard error over users)."""
    ### BEGIN SOLUTION
    ratio = numerator.sum() / denominator.sum()
    left = numerator - ratio * denominator
    return ratio, left.std(ddof=1) / np.sqrt(len(left)) / denominator.mean()
    ### END SOLUTION


# %%
def counted_by_users(salt):
    """Difference of click rates between the arms, in standard errors by the delta method."""
    t = splits[salt]
    (c, error_c), (value, error) = ratio_delta(clicks[~t], shown[~t]), ratio_delta(clicks[t], shown[t])
    return (value - c) / np.hypot(error_c, error)


def counted_by_impressions(clicks, shown):
    """The same difference in every A/A test, with every impression an independent coin."""
    control, treatment = arm_sums(np.c_[clicks, shown])
    (c, n_c), (t, n_t) = control.T, treatment.T
    common = (c + t) / (n_c + n_t)
    return (t / n_t - c / n_c) / np.sqrt(common * (1 - common) * (1 / n_c + 1 / n_t))


by_users = np.array([counted_by_users(salt) for salt in range(len(splits))])
by_impressions = counted_by_impressions(clicks, shown)

# %%
ax = plots.figure(f"Counted by impressions, differences look {by_impressions.std():.1f}× as sure as they are",
                  f"difference in claimed standard errors, {len(splits):,} A/A tests", "A/A tests")
edges = np.linspace(-10, 10, 81)
for name, z, paint in (("click rate, by impressions", by_impressions, "bad"), ("click rate, delta method", by_users, "good")):
    ax.hist(z.clip(-10, 10), edges, color=plots.color(paint), alpha=0.6, label=name)
    alarms[name] = share_of((np.abs(z) > 1.96).sum(), len(z))
for edge in (-1.96, 1.96):
    ax.axvline(edge, color="#333333", ls=":", lw=1)
_ = ax.legend()
measured("experiments.delta", alarms["click rate, delta method"])

# %% [markdown]
# How bad it gets is set by two things: how many impressions a user has, and how alike they are. Together they make the **design
# effect** $d$, by which the variance is larger than that of independent coins, and the false alarms must be
# $2\,(1 - \Phi(1.96/\sqrt d))$. So the number that others report is theirs. Turn the dial: count only the first impression of
# each user, where there is nothing to be alike, then the first few, then all.

# %%
log = pd.concat([day.impressions for day in two_weeks]).sort_values(["user", "request_id", "position"])
log = log[log["user"].isin(users.index)]
nth = log.groupby("user").cumcount().to_numpy()
FIRST = {"all": 10**9, "30": 30, "10": 10, "3": 3, "1": 1}                        # impressions counted of each user
naive, effect = {}, {}
for name, most in FIRST.items():
    part = log[nth < most].groupby("user")["click"].agg(["sum", "size"]).reindex(users.index, fill_value=0)
    c, n = part["sum"].to_numpy(float), part["size"].to_numpy(float)
    naive[name] = share_of((np.abs(counted_by_impressions(c, n)) > 1.96).sum(), len(splits))
    rate, error = ratio_delta(c, n)
    effect[name] = error**2 / (rate * (1 - rate) / n.sum())

# %%
deff = np.geomspace(1, max(effect.values()) * 1.2, 50)
ax = plots.figure("Alarms follow from how alike the impressions of a user are", "design effect, log scale",
                  "A/A tests with an alarm")
ax.plot(deff, 2 * norm.sf(1.96 / np.sqrt(deff)), color="#333333", lw=1, label="2 (1 − Φ(1.96 / √d))")
for name, e in naive.items():
    ax.errorbar(effect[name], e.value, yerr=[[e.value - e.low], [e.high - e.value]], fmt="o", color=plots.color("bad"))
    if name in ("all", "30", "1"):
        ax.annotate(f"{name} of each user", (effect[name], e.value), xytext=(7, -11), textcoords="offset points", fontsize=9)
    if name != "all":
        measured("experiments.naive", e, at=int(name) - 1)
ax.axhline(0.05, color="#333333", ls=":", lw=1)
ax.set_xscale("log")
ax.margins(x=0.2)
ax.yaxis.set_major_formatter(lambda v, _: f"{v:.0%}")
_ = ax.legend(loc="upper left")

# %% [markdown]
# ## Noise you knew about
#
# {{card experiments.3}}

# %%
@exercise("experiments.3")
def cuped_adjusted(y, x):
    """y float [n] outcomes, x float [n] the covariate from before → float [n], y less what x explains."""
    ### BEGIN SOLUTION
    theta = np.cov(x, y)[0, 1] / np.var(x, ddof=1)
    return y - theta * (x - x.mean())
    ### END SOLUTION


# %%
weeks = [by_user(week)["clicks"].to_numpy(float) for week in (two_weeks_before, week_before, two_weeks[:7])]
earlier, before, first_week = weeks


def promised_and_kept(rows):
    """(1 − ρ² between the two weeks before; what is left of the variance in the test's first week), a number each."""
    earlier, before, during = rows.T
    promised = 1 - np.corrcoef(earlier, before)[0, 1] ** 2
    theta = np.cov(earlier, before)[0, 1] / np.var(earlier, ddof=1)       # fixed before the test begins
    return promised, np.var(during - theta * before) / np.var(during)


rows = np.c_[earlier, before, first_week]
promised, kept = promised_and_kept(rows)
print(f"promised: {promised:.2f} of the variance; left in the test: {kept:.2f}")
measured("experiments.cuped", bootstrap(rows, lambda r: np.divide(*promised_and_kept(r)[::-1]), seed=SEED, n_boot=300))

# %% [markdown]
# On the data that $\theta$ was computed from, CUPED leaves $1 - \rho^2$ of the variance, always: that is what least squares
# does, and a test of this course holds it. What can go wrong is the *promise*. Before a test there is last month: its $\rho$
# says how many users are needed, and its $\theta$ may be written down. A few users click hundreds of times one week and not the
# next, and both numbers hang on them. Where the promise fails, **cap** what one user can add, in both weeks alike.
#
# Now a test of something: a ranker that leans harder on popularity. Both rankers stand still from here on, so that neither
# learns from the other's clicks (that comes later). Twin worlds with the same people and the same dice, one where everyone has
# the old and one where everyone has the new, give the **true effect**.

# %%
class Frozen:
    """A policy that no longer learns."""

    def __init__(self, policy, name):
        self.policy, self.name = policy, name

    def slates(self, requests):
        return self.policy.slates(requests)


steep = copy.deepcopy(known)
steep.power = 0.8
old, new = Frozen(known, "usual"), Frozen(steep, "steeper")
halves = Assignment((Arm("control", old, 0.5), Arm("treatment", new, 0.5)), salt=SEED)
ab = by_user(start.fork().run(halves, 14))
everyone = {name: by_user(start.fork().run(policy, 14)) for name, policy in (("old", old), ("new", new))}
truth = everyone["new"]["clicks"].mean() - everyone["old"]["clicks"].mean()

# %% [markdown]
# One test is one draw, so here are three hundred splits of the same people, each person with what they did in the twin of
# their arm. Two covariates: clicks of the week before, and dwell time *during* the test.

# %%
def with_covariate(t, name):
    """The effect that one split reports, adjusted by a covariate; t: bool [users], who is treated."""
    y = np.where(t, everyone["new"]["clicks"], everyone["old"]["clicks"])
    if name == "no covariate":
        return y[t].mean() - y[~t].mean()
    during = np.where(t, everyone["new"]["dwell_s"], everyone["old"]["dwell_s"])
    adjusted = cuped_adjusted(y, before if name == "clicks of the week before" else during)
    return adjusted[t].mean() - adjusted[~t].mean()

# %%
names = ["no covariate", "clicks of the week before", "dwell time during the test"]
found = {name: np.array([with_covariate(t, name) for t in splits[:300]]) for name in names}
rows = {name: (values.mean(), *np.quantile(values, [0.025, 0.975])) for name, values in found.items()}
ax = plots.bars(rows, "A covariate from during the test takes the effect with it",
                "effect, clicks a user (whiskers: 95% of the splits)",
                colors=dict(zip(found, map(plots.color, ("control", "good", "bad")), strict=True)))
ax.axvline(truth, color="#333333", ls="--", lw=1)
_ = ax.annotate("true effect", (truth, -0.45), xytext=(4, 0), textcoords="offset points", fontsize=9)
print(f"of the true effect, adjusting by dwell leaves {rows['dwell time during the test'][0] / truth:.0%}")

# %% [markdown]
# The narrowest spread is the wrong one. Dwell during the test follows from clicks, the treatment moves both, and taking out
# what dwell explains takes the effect out with it. The rule has no exception: a covariate must be fixed before anyone is
# assigned. The same goes for analysing "users who came back on day two" or "sessions with a click".
#
# ## Who is missing?
#
# {{card experiments.4}}

# %%
@exercise("experiments.4")
def srm(counts, shares):
    """counts int [A], shares float [A] with sum 1 → p-value of the split that was counted."""
    ### BEGIN SOLUTION
    from scipy.stats import chi2

    expected = np.sum(counts) * np.asarray(shares)
    return float(chi2.sf(((counts - expected) ** 2 / expected).sum(), len(counts) - 1))
    ### END SOLUTION


# %% [markdown]
# How often do splits break? Microsoft counts about six of its tests in a hundred (Fabijan et al. 2019). That is a rate of one
# organisation, which no other's data can confirm or refute; yours has its own. What can be known beforehand is what the check
# sees. Where arms are drawn as planned, it rings once in two thousand tests, by the choice of its level. Where a share of
# one arm is lost, the chance that it rings is arithmetic.

# %%
def srm_power(users, lost, alarm=0.0005):
    """Chance that the check rings when half and half are planned and a share of the treatment arm is lost."""
    remaining = users * (1 - lost / 2)
    shift = (0.5 - (1 - lost) / (2 - lost)) / np.sqrt(0.25 / remaining)   # in standard errors of control's share
    edge = norm.ppf(1 - alarm / 2)
    return norm.sf(edge - shift) + norm.cdf(-edge - shift)


LOSSES = [0.05, 0.02, 0.01]
rows = {f"{n:,} users": {f"{lost:.0%} of one arm lost": f"{srm_power(n, lost):.1%}" for lost in LOSSES}
        for n in (10_000, 100_000, 1_000_000)}
pd.DataFrame(rows).T.rename_axis("chance of the alarm")

# %% [markdown]
# A small loss takes a large test to be seen.
#
# Real tests: Upworthy tried its headlines on its readers from 2013 to 2015, several to a test, equal shares. Its archive warns
# of weeks in which the assignment was broken. Forget the warning and ask the counts; the alarm stands at p < .0005. Where the
# archive cannot be had, made-up tests of the same form take its place, and a line says so.

# %%
arms = datasets.headline_tests()
archive = arms.attrs["source"]                                           # "upworthy", or "synthetic" where that is missing
tests = arms.groupby("test_id")
p = tests["impressions"].apply(lambda n: srm(n.to_numpy(), np.full(len(n), 1 / len(n))))
found = pd.DataFrame({"alarm": p < 0.0005, "week": tests["week"].first(), "warned": tests["broken_randomisation"].first()})
weekly = found.groupby("week").agg(share=("alarm", "mean"), tests=("alarm", "size"), warned=("warned", "first"))
weekly = weekly[weekly["tests"] >= 10]
inside = found.loc[found["warned"], "alarm"].mean()

# %%
kind = "real" if archive == "upworthy" else "made-up"
ax = plots.figure(f"{len(found):,} {kind} tests: in the weeks warned of, the alarm rings in {inside:.0%}",
                  "week of the archive", "share of tests with the alarm")
for warned, paint, label in ((False, "control", "other weeks"), (True, "bad", "weeks its authors warn of")):
    place = np.flatnonzero(weekly["warned"] == warned)
    ax.bar(place, weekly["share"].iloc[place], color=plots.color(paint), label=label, width=0.9)
ax.set_xticks(range(0, len(weekly), 20), [f"week {w % 100}\n{w // 100}" for w in weekly.index[::20]])
ax.yaxis.set_major_formatter(lambda v, _: f"{v:.0%}")
_ = ax.legend()

# %%
missed = weekly[(weekly["share"] > 0.2) & ~weekly["warned"]]
print("many tests broken, but not warned of: " + (", ".join(f"{w // 100}, week {w % 100}" for w in missed.index) or "none"))
for warned, weeks in ((False, "weeks not warned of"), (True, "weeks its authors warn of")):
    part = found.loc[found["warned"] == warned, "alarm"]
    broken = share_of(part.sum(), len(part))
    print(f"{weeks}: {broken}")

# %% [markdown]
# Where nothing is broken the alarm is rare, and where something is, it says so without a single click. It cannot say how many
# *small* losses it missed.
#
# ## Looking early
#
# One of the A/A tests from above, as its owner saw it, day by day.
#
# {{card experiments.5}}

# %%
@exercise("experiments.5")
def always_valid_p(value, standard_error, scale):
    """value, standard_error float [L], after each look; scale a number → p-values float [L] that never rise."""
    ### BEGIN SOLUTION
    v, effect = standard_error**2, scale**2
    ratio = np.sqrt(v / (v + effect)) * np.exp(value**2 * effect / (2 * v * (v + effect)))
    return np.minimum.accumulate(np.minimum(1, 1 / ratio))
    ### END SOLUTION


# %%
daily = np.stack([by_user([day])["clicks"].to_numpy(float) for day in two_weeks], axis=1)                  # (users, days)
days = np.arange(1, 15)


def looks(daily):
    """What the owner of each A/A test sees each morning: difference in clicks a user and day so far, standard error."""
    return differences(daily.cumsum(1) / days)


seen = dict(zip(("value", "error"), looks(daily), strict=True))                                    # (tests, days) each
crossed = np.abs(seen["value"]) > 1.96 * seen["error"]


def planned(error):
    """The effect that one look, on the last day, finds in four tests of five."""
    return (norm.ppf(0.975) + norm.ppf(0.8)) * error[:, -1].mean()


# %%
fooled = int(np.flatnonzero(crossed[:, 2:6].any(1) & ~crossed[:, -1])[0])
value, error = seen["value"][fooled], seen["error"][fooled]
ax = plots.lines(days, {"treatment": value}, f"Significant on day {1 + np.argmax(crossed[fooled])}, and nothing was there",
                 "day of the test", "difference, clicks a user and day")
p = always_valid_p(value, error, planned(seen["error"]))
ax.fill_between(days, value - 1.96 * error, value + 1.96 * error, color=plots.color("treatment"), alpha=0.2,
                label="95% interval of one look")
ax.plot(days[crossed[fooled]], value[crossed[fooled]], "o", color=plots.color("bad"), ms=9, label="excludes zero")
ax.axhline(0, color="#333333", lw=1)
ax.lines[0].set_label("difference so far")
ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=3)
print(f"always-valid p on the last day: {p[-1]:.2f}")

# %%
def valid_alarms(value, error):
    """Share of A/A tests in which the always-valid p falls below 5% on any day."""
    p = [always_valid_p(*look, planned(error))[-1] for look in zip(value, error, strict=True)]
    return share_of((np.array(p) < 0.05).sum(), len(p))


def with_newcomers(returning):
    """Clicks by day where this share of the users comes back and every other place is somebody new each day."""
    rng, mixed = np.random.default_rng(SEED), daily.copy()
    new = rng.random(len(daily)) >= returning
    for day in range(daily.shape[1]):
        mixed[new, day] = rng.permutation(daily[new, day])
    return mixed


RETURNING = [0.0, 0.33, 0.67, 1.0]
peeks = {returning: looks(with_newcomers(returning)) for returning in RETURNING}
usual_test = {returning: share_of((np.abs(v) > 1.96 * e).any(1).sum(), len(v)) for returning, (v, e) in peeks.items()}
valid_test = {returning: valid_alarms(*peeks[returning]) for returning in RETURNING}

# %%
ax = plots.lines(RETURNING, {"bad": list(usual_test.values()), "good": list(valid_test.values())},
                 "A look a day finds something in many tests of nothing", "share of users who come back every day",
                 "A/A tests with a significant day")
ax.lines[0].set_label("95% interval of one look")
ax.lines[1].set_label("always valid")
ax.axhline(0.05, color="#333333", ls=":", lw=1)
ax.yaxis.set_major_formatter(lambda v, _: f"{v:.0%}")
ax.legend()
alarms["clicks a user, a look a day"], alarms["a look a day, always valid"] = usual_test[1.0], valid_test[1.0]
for returning in RETURNING:
    measured("experiments.peeking", usual_test[returning], at=returning)
measured("experiments.always_valid", valid_test[0.0], on="world: new users every day")
measured("experiments.always_valid", valid_test[1.0], on="world: the same users every day")

# %% [markdown]
# The textbook number, 22% for fourteen looks, belongs to the left end: every look brings new users. Where the same people come
# back, today's difference resembles yesterday's, and there are fewer independent chances to be fooled. Nowhere are there
# few enough.
#
# A test that never calls anything keeps its 5% as well, so ask what the always-valid one still *finds*. Give every treatment
# arm of these tests the same true lift. It is found once the difference leaves the interval
# $\pm\sqrt{V(V+\tau^2)/\tau^2\,(2\ln 20 + \ln((V+\tau^2)/V))}$ on any day; so for each test there is a smallest lift that is
# found, and four tests in five find the 80% quantile of these. Users needed go with the square of the lift.

# %%
def users_needed(value, error):
    """Users that the always-valid test needs for 80% power, over those of one planned look, with an interval."""
    v, scale = error**2, planned(error)
    reach = np.sqrt(v * (v + scale**2) / scale**2 * (2 * np.log(20) + np.log((v + scale**2) / v)))
    smallest = (reach - value).min(1) / planned(error)
    return bootstrap(smallest, lambda lifts: np.quantile(lifts, 0.8) ** 2, seed=SEED, n_boot=300)


price = users_needed(*peeks[0.0])
print(f"for the power of one planned look, {price:.2f} times the users")
measured("experiments.always_valid_price", price, on="world: new users every day")
measured("experiments.always_valid_price", users_needed(*peeks[1.0]), on="world: the same users every day")

# %% [markdown]
# That is the price of being allowed to look. It buys something too: large effects are found days earlier. If you can wait, plan
# one look.
#
# ## One primary metric
#
# Looking at many metrics is peeking sideways.

# %%
many = test[["clicks", "impressions", "dwell_s", "requests", "days", "shares", "reports"]].to_numpy(float)
value, error = differences(many)
alarms["best of seven metrics"] = share_of((np.abs(value) > 1.96 * error).any(1).sum(), len(splits))
alarms["best of seven metrics"]

# %% [markdown]
# Name the metric that decides before the test begins. The others are guardrails, with a question of their own (below).
#
# ## Whole clusters at once
#
# Friends talk to each other. A test that wants to keep them together assigns **clusters**: thirty-two people here who joined
# together and like similar things.
#
# {{card experiments.6}}

# %%
@exercise("experiments.6")
def cluster_difference(y, cluster, arm):
    """y float [n], cluster int [n], arm int [n] → (difference in means a person, standard error over clusters)."""
    ### BEGIN SOLUTION
    out = []
    for k in (0, 1):
        _, code = np.unique(cluster[arm == k], return_inverse=True)
        out.append(ratio_delta(np.bincount(code, y[arm == k]), np.bincount(code).astype(float)))
    (c, error_c), (t, error_t) = out
    return t - c, np.hypot(error_c, error_t)
    ### END SOLUTION


# %%
cluster = users["cluster"].to_numpy()
by_cluster = np.array([cluster_difference(clicks, cluster, treated(salt, "cluster").astype(int)) for salt in range(1000)])
wrong = [difference(clicks[~t], clicks[t]).excludes(0) for t in (treated(salt, "cluster") for salt in range(1000))]
alarms["clusters split, counted by users"] = share_of(sum(wrong), len(wrong))
edge = student.ppf(0.975, len(np.unique(cluster)) - 2)
alarms["clusters split, by clusters"] = share_of((np.abs(np.divide(*by_cluster.T)) > edge).sum(), len(by_cluster))
ordered = dict(sorted(alarms.items(), key=lambda pair: pair[1].value))
ax = plots.bars(ordered, "Nothing to find, and what each analysis finds", "A/A tests with an alarm", fmt="{:.1%}",
                colors={k: plots.color("good" if e.low <= 0.05 else "bad") for k, e in ordered.items()})
ax.axvline(0.05, color="#333333", ls=":", lw=1)
ax.xaxis.set_major_formatter(lambda v, _: f"{v:.0%}")

# %% [markdown]
# One rule covers the whole picture: *the error is about what was randomised, looked at as often as it will be looked at.*
#
# And by how many there were. With more than a hundred clusters, 1.96 standard errors will do. Geo tests have
# twenty regions, a switchback by day has fourteen days, and then the standard error is itself a guess. The edge comes from
# Student's $t$ with $G - 2$ degrees of freedom for $G$ clusters, not from the normal law. Draw a few of these clusters at
# random, half of them into each arm, five thousand times.

# %%
per_cluster = pd.Series(clicks).groupby(cluster).mean().to_numpy()
FEW, rng = [4, 6, 10, 20, 60], np.random.default_rng(SEED)
rings = {"1.96": [], "t with G − 2": []}
for g in FEW:
    drawn = per_cluster[rng.permuted(np.tile(np.arange(len(per_cluster)), (5000, 1)), axis=1)[:, :g]]
    arms_drawn = drawn.reshape(len(drawn), 2, g // 2)
    spread = np.sqrt(arms_drawn.var(2, ddof=1).sum(1) / (g // 2))
    z = np.diff(arms_drawn.mean(2), axis=1)[:, 0] / spread
    rings["1.96"].append(share_of((np.abs(z) > 1.96).sum(), len(z)))
    rings["t with G − 2"].append(share_of((np.abs(z) > student.ppf(0.975, g - 2)).sum(), len(z)))

# %%
pd.DataFrame({f"edge: {name}": [f"{e:.1%}" for e in alarm] for name, alarm in rings.items()},
             index=pd.Index(FEW, name="clusters in both arms"))

# %% [markdown]
# ## When people influence each other
#
# So far nobody in control noticed that there was a treatment. Every analysis above takes that for granted; the assumption is
# called **SUTVA** (stable unit treatment value: what happens to me depends on my arm alone). In a recommender it fails in
# three ways:
#
# | What is shared | What it does to a test by users | What cuts the tie |
# |---|---|---|
# | friends: treated people share, control people come | control gains too; the effect looks smaller | split clusters, or regions (a geo test) |
# | stock: what treatment sells, control cannot | control loses; the effect looks larger | switchback (all users, arms by time), or split items |
# | training data: both arms' models learn from all clicks | control learns what treatment found | give each arm its own log |
#
# How much is shared is an input of our world. So for each of the three there is a dial and no verdict: from nothing shared, where
# a test by users is right, upwards. Airbnb's experiment on its fees, randomised by listing, was off by at least a fifth
# of its effect (Holtz et al. 2020); that is one service, one change and one unit. Your own place on the dial is yours to find.
#
# Twins tell the truth for each. A design's own report has two errors: noise, which more users cure, and **interference**, which
# they do not. To see the second alone, each unit of a test is held against itself in the twin of its arm: without
# interference the two are equal. Several splits of the same people show how much it matters who was drawn.

# %%
def half_of_interval(table, column):
    """Half the 95% interval of a relative difference, from the number of units there are: Student's t with G − 2."""
    c, t = (table.loc[table["arm"] == name, column] for name in ("control", "treatment"))
    error = np.hypot(t.sem(), t.mean() / c.mean() * c.sem()) / c.mean()
    return student.ppf(0.975, len(table) - 2) * error

# %%
def try_design(world, pair, alone, unit, column="clicks", splits=2, block_s=4 * 3600.0):
    """(reports without noise, one a split; half the interval of one test of this size), relative to control."""
    reports, half, twins, salts = [], [], None, itertools.count(SEED * 100)
    while len(reports) < splits:
        halves = tuple(Arm(name, copy.deepcopy(policy), 0.5) for name, policy in pair.items())
        design = Assignment(halves, unit=unit, salt=next(salts), block_s=block_s)
        if twins is None:
            twins = [designs.design_table(alone[name], design, world.users()) for name in pair]
        if np.bincount(design.arm_of(twins[0].index.to_numpy()), minlength=2).min() < 2:
            continue                                                     # an arm of one day cannot be compared
        mixed = designs.design_table(world.fork().run(design, len(alone["control"])), design, world.users())
        reports.append(designs.expected_report(mixed, *twins, column))
        half.append(half_of_interval(mixed, column))
    return np.array(reports), np.mean(half)

# %%
def over_splits(values):
    """Mean of a few splits with Student's interval over them; of a single one the value alone."""
    if len(values) < 2 or np.ptp(values) == 0:
        return Estimate(np.mean(values), np.mean(values), np.mean(values), len(values))
    reach = student.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values))
    return Estimate(np.mean(values), np.mean(values) - reach, np.mean(values) + reach, len(values))

# %%
def run_alone(world, pair, days):
    """Each policy in a twin of its own, for everyone; their difference is the true effect."""
    return {name: world.fork().run(copy.deepcopy(policy), days) for name, policy in pair.items()}


def true_effect(alone, column="clicks"):
    """Treatment for everyone over control for everyone, less 1, with an interval over the same people in both."""
    both = [unit_table(alone[name])[column] for name in ("control", "treatment")]
    people = pd.concat(both, axis=1).fillna(0).to_numpy(float)
    return bootstrap(people, lambda rows: rows[:, 1].sum() / rows[:, 0].sum() - 1, seed=SEED, n_boot=300)


def share_missed(reports, truth):
    """What a test by users misses of the effect (below 0: it says too much); NaN where the truth is not clear of 0."""
    return over_splits(1 - reports / float(truth)) if truth.excludes(0) else Estimate(np.nan, np.nan, np.nan)

# %%
def by_worth(random_days, n_items, column, temperature=0.5):
    """A ranker that prefers items by their mean `column` an impression on days of random slots; it does not learn."""
    shown = pd.concat([day.impressions for day in random_days])
    worth = np.bincount(shown["item"], shown[column].fillna(0), n_items)
    worth = np.log((worth + worth.mean() / 4) / np.bincount(shown["item"], minlength=n_items).clip(1))
    worth = (worth - worth.mean()) / worth.std()
    return policies.PlackettLuce(lambda requests: worth[requests.eligible] * temperature, name="by worth")

# %% [markdown]
# ### Friends
#
# A service that lives on sharing: who notes a friend's find comes more often. Control shows random items; treatment prefers
# those on which people stay. The dial is how many satisfied clicks are shared.

# %%
calm = ("novelty", "social_proof", "joining", "births", "spam")
random_slots = policies.Uniform(name="random")


def social_service(rate):
    """(world, the two policies, their twins) where this share of satisfied clicks is passed on to friends."""
    world = feed(people=2048, items=300, requests_per_day=6000, seed=SEED, without=calm,
                 sharing={"rate": rate, "accept": 0.2, "visits": 0.5})
    pair = {"control": random_slots, "treatment": by_worth(world.run(random_slots, 3), 300, "dwell_s")}
    return world, pair, run_alone(world, pair, 7)


RATES = [0.0, 0.1, 0.25, 0.5]
services = {rate: social_service(rate) for rate in RATES}

# %%
by_user_tests = {rate: try_design(*services[rate], "user", splits=4 if rate else 1) for rate in RATES}
friends = {rate: (true_effect(services[rate][2]), by_user_tests[rate][0]) for rate in RATES}

# %%
def dial(ax_title, xlabel, ylabel, found, logx=False):
    """The truth and what a test by users reports at each strength."""
    lines = {"truth": [truth for truth, _ in found.values()],
             "treatment": [over_splits(reports) for _, reports in found.values()]}
    ax = plots.lines(list(found), lines, ax_title, xlabel, ylabel, logx=logx)
    ax.lines[1].set_label("a test by users")
    ax.axhline(0, color="#333333", lw=1)
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:+.0%}")
    ax.legend()
    return ax


dial("What a test by users misses grows with what is shared", "share of satisfied clicks passed on to friends",
     "effect on clicks", friends)
for rate, (truth, reports) in friends.items():
    measured("experiments.interference", share_missed(reports, truth), at=rate)

# %% [markdown]
# Where nothing is shared the two lines meet, as they must. What can be done? Larger units: clusters of thirty-two friends who
# joined together. Three quarters of friendships stay within a cluster here. (All of them stay within a region; but there are
# only eight regions, too few for a test of any size.) At the sharing of the last point:

# %%
friends_truth = friends[0.5][0]
by_unit = {"user": by_user_tests[0.5], "cluster": try_design(*services[0.5], "cluster", splits=4)}


def error_removed(smaller, larger):
    """1 − |mean of the one| / |mean of the other|, of a few splits each, with Student's interval."""
    a, b = abs(smaller.mean()), abs(larger.mean())
    error = np.hypot(smaller.std(ddof=1), a / b * larger.std(ddof=1)) / np.sqrt(len(smaller)) / b
    reach = student.ppf(0.975, len(smaller) - 1) * error
    return Estimate(1 - a / b, 1 - a / b - reach, 1 - a / b + reach, len(smaller))


# %%
rows = {"truth": friends_truth} | {f"by {unit}": (reports.mean(), reports.mean() - half, reports.mean() + half)
                                   for unit, (reports, half) in by_unit.items()}
ax = plots.bars(rows, "Larger units miss less, and know less", "effect on clicks a user (whiskers: one test)",
                fmt="{:+.1%}", colors=dict.fromkeys(rows, plots.color("treatment")) | {"truth": plots.color("truth")})
ax.axvline(float(friends_truth), color="#333333", ls="--", lw=1)
ax.xaxis.set_major_formatter(lambda v, _: f"{v:.0%}")
missed = {unit: reports - float(friends_truth) for unit, (reports, _) in by_unit.items()}
measured("experiments.clusters", error_removed(missed["cluster"], missed["user"]))

# %% [markdown]
# The larger the unit, the less leaks, and the fewer there are of them. You choose between an answer that is further off, with
# a narrow interval, and one that is less so, with a wide interval; how much leaks (the share of friendships cut) decides.
# Clusters do not make it right: a quarter of friendships still cross them here. A graph whose friendships do not fall into
# clusters gains nothing from them.
#
# ### Stock
#
# A shop that restocks every night. Control shows random articles, treatment those that get clicked. The same shop with less and
# less in stock. For now people here forget overnight what they saw, so that stock is all that the arms share.

# %%
still = (*calm, "sharing", "arrival", "trends", "calendar")


def shop_with(pieces, without=("repeats", "retention")):
    """(world, the two policies, their twins) of a shop with about this many pieces of an article each morning."""
    shop = marketplace(people=1200, items=150, requests_per_day=4500, seed=SEED, without=still + without, shop={
        "stock_median": pieces, "restock_days": 1, "delay_days": 0.02, "buy": -1.5, "return_rate": 0.0})
    pair = {"control": random_slots, "treatment": by_worth(shop.run(random_slots, 3), 150, "click", 1.0)}
    return shop, pair, run_alone(shop, pair, 6)


PIECES = [1000, 40, 10, 4]
shops = {pieces: shop_with(pieces) for pieces in PIECES}
stock = {pieces: (true_effect(shops[pieces][2], "purchases"),
                  try_design(*shops[pieces], "user", column="purchases", splits=3 if pieces < 1000 else 1)[0])
         for pieces in PIECES}

# %%
ax = dial("The scarcer the stock, the more a test by users overstates",
          "pieces of an article each morning (median), log scale", "effect on sales", stock, logx=True)
ax.invert_xaxis()
ax.set_xticks(PIECES, [f"{pieces:,}" for pieces in PIECES])
ax.minorticks_off()
for pieces, (truth, reports) in stock.items():
    scarcity = 0.0 if pieces == max(PIECES) else 1 / pieces             # of the most pieces, none ever sells out
    measured("experiments.interference_stock", share_missed(reports, truth), at=scarcity)

# %% [markdown]
# With scarce stock little can be gained: what treatment sells in the morning, control lacks in the evening. What else can be
# split? Time in blocks of four hours, whole days, or items, where every slate holds both arms' items. Each is tried where
# stock is scarce and where there is plenty.

# %%
WAYS = {"four hours": {"unit": "time"}, "day": {"unit": "time", "block_s": 86400.0}, "item": {"unit": "item"}}
tried = {pieces: {name: try_design(*shops[pieces], column="purchases", splits=1, **how) for name, how in WAYS.items()}
         for pieces in (1000, 4)}
rows = {}
for pieces, label in ((1000, "ample stock"), (4, "scarce stock")):
    rows[label] = {"truth": f"{stock[pieces][0]:+.0%}", "by user": f"{stock[pieces][1].mean():+.0%}"}
    rows[label] |= {f"by {name}": f"{reports[0]:+.0%}" for name, (reports, _) in tried[pieces].items()}
noise = {name: half for name, (_, half) in tried[4].items()}
print("half the interval of one test, scarce stock: " + ", ".join(f"by {name} ±{half:.0%}" for name, half in noise.items()))
pd.DataFrame(rows).T.rename_axis("effect on sales, free of noise")

# %% [markdown]
# A switch every four hours has part of the fault of the split by users, since stock is carried over from one block to the next.
# A switch every *day* does not, for the shop starts each morning anew: **the block has to outlast the memory of what is
# shared**. Splitting items comes near the truth where supply is the limit, as treated and untreated articles each sell out from
# their own stock. With ample stock users share nothing, and their split is exact; items still compete for the same eyes, and
# theirs is not.
#
# Shelves are not all that remembers. Let people tire of what they clicked yesterday, and come back more or less often by how
# satisfied they were, as they do elsewhere in this world; keep the shelves full.

# %%
with_memory = shop_with(1000, without=())
by_day_switch = try_design(*with_memory, column="purchases", splits=1, **WAYS["day"])[0][0]
print(f"full shelves, people who remember: truth {true_effect(with_memory[2], 'purchases'):+.1%}, by day {by_day_switch:+.1%}; "
      f"who forget: {stock[1000][0]:+.1%} and {tried[1000]['day'][0][0]:+.1%}")

# %% [markdown]
# A switchback carries people's memory over as well, so its blocks must be longer still, or their first hours dropped. What it
# costs is units: six days are six.
#
# ### Training data
#
# Items are born every day. Control ranks by the click rate seen so far; treatment does the same and fills a tenth of its
# slots at random, which finds good newcomers. Both retrain every night. In an ordinary test they retrain on everybody's clicks,
# and what exploration finds is control's as well. The dial is the share of the *other* arm's log that each arm learns from:
# 0 gives each arm a log of its own, 1 is the ordinary test.

# %%
class LearnsFrom:
    """A policy that learns from its own arm's requests and from a share of the other arm's."""

    def __init__(self, policy, arm, share):
        self.policy, self.arm, self.share, self.name = policy, arm, share, policy.name

    def slates(self, requests):
        return self.policy.slates(requests)

    def observe(self, day_log):
        requests, shown = day_log.requests, day_log.impressions
        lot = keyed_uniform(SEED, requests["request_id"].to_numpy()) < self.share
        kept = requests.loc[(requests["arm"].astype(str) == self.arm) | lot, "request_id"]
        self.policy.observe(replace(day_log, impressions=shown[shown["request_id"].isin(kept)]))

# %%
young = feed(people=1200, items=400, requests_per_day=3600, seed=SEED, births={"life_days": 10},
             without=("novelty", "sharing", "social_proof", "joining", "spam", "trends"))
young.run(policies.Uniform(), 2)
greedy = Retrained("rates", seed=SEED, name="greedy")
young.run(greedy, 5)
curious = copy.deepcopy(greedy)
curious.name, curious.random_slots = "curious", 0.1
pair = {"control": greedy, "treatment": curious}
alone = run_alone(young, pair, 10)
worth = true_effect(alone)

# %%
def test_of_exploration(share):
    """(true gain, what three splits by users report) where each arm learns from this share of the other's log."""
    arms_of = {name: LearnsFrom(policy, name, share) for name, policy in pair.items()}
    return worth, try_design(young, arms_of, alone, "user", splits=3)[0]


exploration = {share: test_of_exploration(share) for share in (0.0, 0.33)}

# %%
exploration |= {share: test_of_exploration(share) for share in (0.67, 1.0)}

# %%
ax = dial("The more of the log is shared, the less a test shows",
          "share of the other arm's log that each arm learns from", "effect on clicks", exploration)
for share, (truth, reports) in exploration.items():
    reported = over_splits(reports / float(truth)) if truth.excludes(0) else Estimate(np.nan, np.nan, np.nan)
    measured("experiments.exploration", reported, at=share)

# %% [markdown]
# Treatment pays for the random slots, and both arms get what they find. In the ordinary test exploration is a gift to
# control. Give each arm a log of its own, and more of the benefit can show, at the price of half the data for each. Which
# newcomers are found is luck, and each point is three splits: look at the bands before the order of the points. Every model
# that retrains on a shared log has this problem; popularity counters are such a model. Su et al. (2024) report of their own
# service that ordinary tests of exploration were often neutral or negative; they give each arm users *and* items of its own.

# %%
quiz("experiments.q1", "A new ranker for a grocery delivery with empty shelves by evening. How do you test it?",
     choices={
         "By users, half and half; it has the most units.": "It does, and they share the shelves: treatment's sales come out of "
             "control's. The figure of the shop above shows how much such a test overstates.",
         "By four hours, in turns, so that both arms have all users.": "Better for demand. But the evening block finds the shelves "
             "as the afternoon left them; the carry-over biases it.",
         "By whole days or by separate stores, restocked in between.": "Yes. A unit has to hold what is shared, from restocking to "
             "restocking. There will be few units, so plan for weeks.",
         "By sessions, which are even more numerous than users.": "More units that share the same shelves, and one person in both "
             "arms."},
     answer="By whole days or by separate stores, restocked in between.")

# %% [markdown]
# ## Guardrails: not significant is not safe
#
# The test of the steeper ranker once more. For each guardrail, two questions: is it significantly worse, and is a loss of a
# tenth *excluded*? The second is `non_inferiority`, which you wrote in lesson {{objective}}.

# %%
t, rows = halves.arm_of(users.index) == 1, {}
for name in ("requests", "dwell_s", "days", "reports"):
    sign = -1 if name == "reports" else 1                            # fewer reports are better
    change = relative_difference(ab.loc[~t, name], ab.loc[t, name])
    low, high = sorted((sign * change.low, sign * change.high))
    rows[name] = {"change, up is better": f"{sign * change.value:+.1%} [{low:+.1%}, {high:+.1%}]",
                  "significantly worse": high < 0, "margin 10%": non_inferiority(low, high, 0.10)}
pd.DataFrame(rows).T

# %% [markdown]
# Read row by row: what is not significantly worse may still not be *known* to be safe. Lesson {{launch}} turns the same question into
# users needed.
#
# ## What can lie to you
#
# **Users who vanish quietly.** Back to the A/A test. The new page loads a little slower and people who came only a few times
# give up before anything is logged: treatment loses its lightest users. Nothing else changed.

# %%
light = (test["requests"] > 0) & (test["requests"] <= 3)
came = (test["requests"] > 0).to_numpy()


def lost_light(salt):
    """(apparent gain in clicks a user, p of the split) when treatment's light users never reach the log."""
    t = treated(salt)
    c, v = came & ~t, came & t & ~light.to_numpy()
    return clicks[v].mean() / clicks[c].mean() - 1, srm(np.array([c.sum(), v.sum()]), [0.5, 0.5])


gains, ps = np.array([lost_light(salt) for salt in range(1000)]).T
lost = light[came].mean()
needed = ((norm.ppf(1 - 0.0005 / 2) + norm.ppf(0.8)) / (1 - 2 * (1 - lost) / (2 - lost))) ** 2
print(f"{lost:.1%} of treatment lost; apparent gain {bootstrap(gains, seed=SEED):.1%}; the alarm rang in {np.mean(ps < 0.0005):.0%} "
      f"of tests; with {needed:,.0f} users it would in four of five")

# %%
ax = plots.figure(f"Losing {lost:.0%} of users, the lightest, looks like {gains.mean():+.1%} clicks a user",
                  "apparent gain in clicks a user, 1,000 tests", "tests")
edges = np.linspace(gains.min(), gains.max(), 50)
ax.hist(gains[ps >= 0.0005], edges, color=plots.color("bad"), alpha=0.75, label="no alarm")
ax.hist(gains[ps < 0.0005], edges, color=plots.color("good"), alpha=0.75, label="split called broken")
ax.axvline(0, color="#333333", lw=1)
_ = ax.legend()

# %% [markdown]
# Averages of those who are left are better averages. The test is too small for its own alarm; when something is too good,
# count users before you count clicks, and count them where they were *assigned*, not where they first show up in the log.
#
# ## After day 7
#
# A week of testing is a habit, and people notice when something changes: they click around, and get used to it. How strongly they
# do is an input of this world, so it is a dial. A better ranker that stands still comes to everybody, beside a twin that
# goes on with random slots; the lift of the first week and that of the third, at four strengths of novelty. At 0 nobody
# minds a change, and what else could make the weeks differ is switched off, as far as it has a switch. So the distance of the
# two lines at 0 is not novelty: hold the others against it.

# %%
def clicks_by_week(strength):
    """Clicks of each person in the weeks 1 to 3, without and with the new ranker in turn, float [users, 6]."""
    world = feed(people=1200, items=300, requests_per_day=3000, seed=SEED, novelty={"logits": strength},
                 without=("births", "freshness", "trends", "calendar", "social_proof", "repeats", "sharing", "retention",
                          "joining", "spam"))
    better = by_worth(world.run(random_slots, 4), 300, "click", 0.4)
    logs = [world.fork().run(policy, 21) for policy in (random_slots, better)]
    weeks = [unit_table(log[7 * w:7 * w + 7])["clicks"] for w in range(3) for log in logs]
    return pd.concat(weeks, axis=1).fillna(0).to_numpy(float)


def lift(rows, week):
    """Clicks with the new ranker over clicks without it, less 1."""
    old, new = rows[:, 2 * week:2 * week + 2].sum(0)
    return new / old - 1


NOVELTY = [0.0, 0.12, 0.25, 0.5]
weekly_clicks = {strength: clicks_by_week(strength) for strength in NOVELTY}

# %%
lines = {paint: [bootstrap(rows, lambda r, w=week: lift(r, w), seed=SEED, n_boot=300) for rows in weekly_clicks.values()]
         for paint, week in (("bad", 0), ("good", 2))}
ax = plots.lines(NOVELTY, lines, "The more a change is noticed, the less its first week tells",
                 "strength of novelty on the first day, log-odds of a click", "true lift in clicks")
for line, label in zip(ax.lines, ("first week", "third week"), strict=True):
    line.set_label(label)
ax.axhline(0, color="#333333", lw=1)
ax.yaxis.set_major_formatter(lambda v, _: f"{v:+.0%}")
ax.legend()
for strength, rows in weekly_clicks.items():
    measured("experiments.novelty", bootstrap(rows, lambda r: lift(r, 2) / lift(r, 0), seed=SEED, n_boot=300), at=strength)

# %% [markdown]
# The first week's number is true, and it is not what you will have: it holds what people do when something is new. Plot the
# effect by day *since each person first saw it*, and look at people who joined after the start, for whom nothing changed.
#
# Some effects take longer than any test: trust, habit, creators. So after the launch a **holdback** keeps the old system for
# a tenth of people, for months. How much can it see, and do more weeks help?

# %%
n = len(users)
widths = {"half and half": np.sqrt(2 / (n / 2)), "a tenth held back": np.sqrt(1 / (0.1 * n) + 1 / (0.9 * n))}
z = norm.ppf(0.975) + norm.ppf(0.8)
so_far = daily.cumsum(1)
variation = so_far.std(0, ddof=1) / so_far.mean(0)
ax = plots.lines(days, {name: z * variation * width for name, width in widths.items()},
                 f"More days soon stop helping; a holdback of a tenth sees "
                 f"{widths['a tenth held back'] / widths['half and half']:.1f}× less", "days of data", "smallest effect found, clicks a user")
ax.set_ylim(0)
ax.yaxis.set_major_formatter(lambda v, _: f"{v:.0%}")

# %% [markdown]
# More days of the same people average out their days, not their differences, so the curve flattens. CUPED bends it further:
# their differences are what the weeks before the launch know. Move the sliders: which of the three buys most?

# %%
spread = round(float(clicks.std(ddof=1) / clicks.mean()), 1)


def power(effect=0.05, rho=0.75, spread=spread):
    """Chance of finding a relative effect against users an arm, without and with CUPED."""
    users_an_arm = np.geomspace(300, 300_000, 60)
    need = {name: sample_size(spread * shrink, effect) for name, shrink in
            {"plain": 1.0, f"CUPED, ρ = {rho:.2f}": np.sqrt(1 - rho**2)}.items()}
    plain, less = need.values()
    ax = plots.figure(f"{effect:.0%} more: {plain:,} users an arm, or {less:,} with CUPED", "users an arm", "chance of finding it")
    for (name, n), paint in zip(need.items(), ("control", "good"), strict=True):
        ax.plot(users_an_arm, norm.cdf(z * np.sqrt(users_an_arm / n) - 1.96), color=plots.color(paint), label=name)
    ax.axhline(0.8, color="#333333", ls=":", lw=1)
    ax.set(xscale="log", ylim=(0, 1.02))
    ax.legend(loc="lower right")
    return ax


explore(power, effect=(0.01, 0.3, 0.01), rho=(0.0, 0.95, 0.05), spread=(0.2, 4.0, 0.1))

# %%
quiz("experiments.q2", "Day 4 of 14. The primary metric is up, p = .03. Your director asks to launch. What do you say?",
     choices={
         "Launch: p is below .05.": "At one look it would be. This is one of many looks, and the first days hold the novelty.",
         "We read it on day 14. To stop early we need an always-valid interval; here is what that says today.":
             "Yes: it answers the question with a test that may be asked today, and the plan stands.",
         "Wait until p is below .01.": "A stricter level chosen after looking is a guess. It also does nothing about novelty.",
         "Extend the test to four weeks to be sure.": "Choosing the end by the result is peeking as well, in the other direction."},
     answer="We read it on day 14. To stop early we need an always-valid interval; here is what that says today.")

# %% [markdown]
# ## Say it in a minute
#
# > *Before the test I write down one primary metric, its unit of randomisation, the effect we could act on, and the users and
# > weeks that takes. Ratios get the delta method, a pre-period covariate takes out what we knew. Every day I check the split, and
# > nothing else, unless the test is always-valid. Guardrails pass when their interval excludes the margin. Then I ask what the
# > arms share: friends, stock or training data. For friends I randomise clusters, for stock I switch by a block that outlasts
# > it or split items, and for a model that retrains each arm gets its own log. I read the effect by day since first
# > exposure, and keep a holdback of a tenth for what takes months. The pipeline itself has to pass A/A tests.*
#
# **Red flag:** "We ran it for three days, click rate was up with p below five percent, and no guardrail was significant."
#
# ## You have now
#
# An analysis whose false alarms you measured, one mistake at a time; a way to see how much a design misses when people
# share friends, stock or a model; real tests in which the counts alone found the broken weeks; and six functions for the
# launch. Next: [{{launch}} Launch]({{launch file}}.ipynb).
