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

import numpy as np
import pandas as pd
from scipy.stats import norm
from statsmodels.stats.proportion import proportion_confint

from course_lib.contracts import Arm, Assignment
from course_lib.data import datasets
from course_lib.evidence import designs, sequential
from course_lib.evidence.estimate import Estimate, bootstrap
from course_lib.evidence.experiment import difference, ratio_difference, relative_difference, sample_size
from course_lib.evidence.noninferiority import non_inferiority
from course_lib.evidence.units import unit_table
from course_lib.stages.ranking.bandits import Retrained
from course_lib.teach import compare, exercise, explore, hint, measured, plots, predict, quiz, solution  # noqa: F401
from course_lib.world import feed, marketplace, policies

# %% [markdown]
# ## Predict
#
# 1. Both arms get the *same* system. You compare their click rates, taking impressions as independent. In what share of such
#    tests does the 95% interval exclude zero?
# 2. The same system in both arms again, clicks a user, and you look every day for two weeks. In what share of tests do you
#    see a "significant" day?
# 3. Users of both arms share friends, stock or training data. By what share of the true effect is a test by users off?
#    (0.2: a fifth too much or too little.)
# 4. A change of looks alone. What share of the first week's lift is left in the third week?

# %%
plots.style()
predict("experiments.naive", ...)
predict("experiments.peeking", ...)
predict("experiments.interference", ...)
predict("experiments.novelty", ...)

# %% [markdown]
# ## A service, and a test of nothing
#
# A feed that draws by popularity. One week before the test, two weeks of test. Everybody gets the same system, so *any*
# split of these people into two arms is an **A/A test**: whatever it finds is false. One log holds as many of them as you
# like; only the salt of the hash changes.

# %%
world = feed(people=6000, items=500, requests_per_day=18_000, seed=10)
usual = policies.Popularity(power=0.7, name="usual")
world.run(usual, 3)
week_before = world.run(usual, 7)
users, start, known = world.users(), world.fork(), copy.deepcopy(usual)     # known: the system as it is on day 10
two_weeks = world.run(usual, 14)


def by_user(days):
    """One row for everyone who was there when the test began; those who did not come have zeros."""
    return unit_table(days).reindex(users.index, fill_value=0)


past, test = by_user(week_before), by_user(two_weeks)
clicks, shown = test["clicks"].to_numpy(float), test["impressions"].to_numpy(float)

# %%
def treated(salt, unit="user"):
    """Who would be in the treatment arm, bool [users]: half of the units, by a hash."""
    halves = Assignment((Arm("control", usual, 0.5), Arm("treatment", usual, 0.5)), unit=unit, salt=salt)
    return halves.arm_of(users.index if unit == "user" else users[unit]) == 1


def share_of(count, n):
    """count out of n, with Wilson's interval."""
    low, high = proportion_confint(count, n, method="wilson")
    return Estimate(count / n, min(low, count / n), high, n)


def false_alarms(alarm, splits=1000):
    """Share of A/A tests in which alarm(salt) is true."""
    return share_of(sum(bool(alarm(salt)) for salt in range(splits)), splits)


alarms = {"clicks a user, one look": false_alarms(
    lambda salt: difference(clicks[~treated(salt)], clicks[treated(salt)]).excludes(0))}
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
def by_impressions(numerator, denominator):
    """The same ratio, every impression an independent coin."""
    ratio = numerator.sum() / denominator.sum()
    return ratio, np.sqrt(ratio * (1 - ratio) / denominator.sum())


def score(estimator, salt):
    """Difference of click rates between the arms, in the standard errors that an estimator claims."""
    t = treated(salt)
    (c, error_c), (value, error) = estimator(clicks[~t], shown[~t]), estimator(clicks[t], shown[t])
    return (value - c) / np.hypot(error_c, error)


estimators = {"click rate, by impressions": by_impressions, "click rate, delta method": ratio_delta}
scores = {name: np.array([score(estimator, salt) for salt in range(1000)]) for name, estimator in estimators.items()}

# %%
ax = plots.figure(f"Counted by impressions, differences look {scores['click rate, by impressions'].std():.1f}× as sure as "
                  "they are", "difference in claimed standard errors, 1,000 A/A tests", "A/A tests")
edges = np.linspace(-10, 10, 81)
for (name, z), paint in zip(scores.items(), ("bad", "good"), strict=True):
    ax.hist(z.clip(-10, 10), edges, color=plots.color(paint), alpha=0.6, label=name)
    alarms[name] = false_alarms(lambda salt, z=z: abs(z[salt]) > 1.96)
for edge in (-1.96, 1.96):
    ax.axvline(edge, color="#333333", ls=":", lw=1)
_ = ax.legend()
measured("experiments.naive", alarms["click rate, by impressions"])
measured("experiments.delta", alarms["click rate, delta method"])

# %% [markdown]
# The more alike the impressions of one user are, and the more unequally users share them, the worse it gets. So the number
# that others report is theirs; run your own A/A tests, they cost nothing.
#
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
before = past["clicks"].to_numpy(float)
rho = np.corrcoef(before, clicks)[0, 1]


def gap(y, salt):
    """Treatment's mean less control's."""
    t = treated(salt)
    return y[t].mean(0) - y[~t].mean(0)


with_and_without = np.c_[clicks, cuped_adjusted(clicks, before)]
gaps = np.array([gap(with_and_without, salt) for salt in range(4000)])
left = bootstrap(gaps, lambda rows: rows[:, 1].var() / rows[:, 0].var())
print(f"ρ = {rho:.2f}: of the variance, {left:.2f} is left; 1 − ρ² = {1 - rho**2:.2f}")
measured("experiments.cuped", Estimate(*(v / (1 - rho**2) for v in (left.value, left.low, left.high)), left.n))

# %% [markdown]
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
halves = Assignment((Arm("control", old, 0.5), Arm("treatment", new, 0.5)), salt=3)
ab = by_user(start.fork().run(halves, 14))
everyone = {name: by_user(start.fork().run(policy, 14)) for name, policy in (("old", old), ("new", new))}
truth = everyone["new"]["clicks"].mean() - everyone["old"]["clicks"].mean()

# %%
t, y = halves.arm_of(users.index) == 1, ab["clicks"].to_numpy(float)
covariates = {"clicks of the week before": before, "dwell time during the test": ab["dwell_s"].to_numpy(float)}
found = {"no covariate": difference(y[~t], y[t])}
for name, x in covariates.items():
    adjusted = cuped_adjusted(y, x)
    found[name] = difference(adjusted[~t], adjusted[t])
wrong = found["dwell time during the test"].value / truth
ax = plots.bars(found, f"Dwell during the test hides {1 - wrong:.0%} of the effect", "effect, clicks a user",
                colors=dict(zip(found, map(plots.color, ("control", "good", "bad")), strict=True)))
ax.axvline(truth, color="#333333", ls="--", lw=1)
_ = ax.annotate("true effect", (truth, -0.45), xytext=(4, 0), textcoords="offset points", fontsize=9)

# %% [markdown]
# The narrowest interval is the wrong one. Dwell during the test follows from clicks, the treatment moves both, and taking out
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
ax = plots.figure(f"{len(found):,} {kind} tests: in the weeks warned of, {inside:.0%} have a broken split",
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
    if archive == "upworthy":                                            # made-up tests measure nothing but our own input
        measured("experiments.broken", broken, on=f"upworthy, {weeks}")

# %% [markdown]
# Where nothing is broken the alarm is rare, and where something is, it says so without a single click. Outside those weeks it is
# rarer than Microsoft reports of its own tests: perhaps because a headline is swapped in one place, and few readers can get
# lost on the way.
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
by_day = np.stack([by_user([day])["clicks"].to_numpy(float) for day in two_weeks], axis=1).cumsum(1)      # (users, days)
days = np.arange(1, 15)


def daily(salt):
    """What the owner sees each morning: the difference in clicks a user and day so far, and its standard error."""
    t = treated(salt)
    c, v = by_day[~t] / days, by_day[t] / days
    return v.mean(0) - c.mean(0), np.sqrt(c.var(0, ddof=1) / len(c) + v.var(0, ddof=1) / len(v))


seen, expected_size = [daily(salt) for salt in range(1000)], 0.05 * by_day[:, -1].mean() / 14   # five percent: worth finding
crossed = np.array([abs(value) > 1.96 * error for value, error in seen])                          # (tests, days)

# %%
fooled = int(np.flatnonzero(crossed[:, 2:6].any(1) & ~crossed[:, -1])[0])
value, error = seen[fooled]
ax = plots.lines(days, {"treatment": value}, f"Significant on day {1 + np.argmax(crossed[fooled])}, and nothing was there",
                 "day of the test", "difference, clicks a user and day")
p = always_valid_p(value, error, expected_size)
ax.fill_between(days, value - 1.96 * error, value + 1.96 * error, color=plots.color("treatment"), alpha=0.2,
                label="95% interval of one look")
ax.plot(days[crossed[fooled]], value[crossed[fooled]], "o", color=plots.color("bad"), ms=9, label="excludes zero")
ax.axhline(0, color="#333333", lw=1)
ax.lines[0].set_label("difference so far")
ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=3)
print(f"always-valid p on the last day: {p[-1]:.2f}")

# %%
alarms["clicks a user, a look a day"] = false_alarms(lambda salt: crossed[salt].any())
alarms["a look a day, always valid"] = false_alarms(lambda salt: always_valid_p(*seen[salt], expected_size)[-1] < 0.05)
textbook = sequential.peeking(np.random.default_rng(0), n_looks=14, trials=20_000)["every look"]
measured("experiments.peeking", alarms["clicks a user, a look a day"])
measured("experiments.peeking", share_of(round(20_000 * textbook), 20_000), on="synthetic: new users at every look")
measured("experiments.always_valid", alarms["a look a day, always valid"])
found = sequential.peeking(np.random.default_rng(1), n_looks=14, trials=20_000, effect=mde(1, 1400))
print(f"an effect that one planned look finds in {found['once']:.0%} of tests, the always-valid test finds in "
      f"{found['always valid']:.0%}")

# %% [markdown]
# The textbook number belongs to tests in which every look brings new users. Here the same people come back, today's
# difference resembles yesterday's, and there are fewer independent chances to be fooled, though still far more than promised.
# The always-valid test pays for its freedom with power. If you can wait, plan one look.
#
# ## One primary metric
#
# Looking at many metrics is peeking sideways.

# %%
many = test[["clicks", "impressions", "dwell_s", "requests", "days", "shares", "reports"]].to_numpy(float)


def any_metric(salt):
    t = treated(salt)
    return any(difference(column[~t], column[t]).excludes(0) for column in many.T)


alarms["best of seven metrics"] = false_alarms(any_metric, 500)
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


def by_cluster(salt):
    return cluster_difference(clicks, cluster, treated(salt, "cluster").astype(int))


alarms["clusters split, counted by users"] = false_alarms(
    lambda salt: difference(clicks[~treated(salt, "cluster")], clicks[treated(salt, "cluster")]).excludes(0))
alarms["clusters split, by clusters"] = false_alarms(lambda salt: abs(np.divide(*by_cluster(salt))) > 1.96)
ordered = dict(sorted(alarms.items(), key=lambda pair: pair[1].value))
ax = plots.bars(ordered, "Nothing to find, and what each analysis finds", "A/A tests with an alarm", fmt="{:.1%}",
                colors={k: plots.color("good" if e.low <= 0.05 else "bad") for k, e in ordered.items()})
ax.axvline(0.05, color="#333333", ls=":", lw=1)
ax.xaxis.set_major_formatter(lambda v, _: f"{v:.0%}")

# %% [markdown]
# One rule covers the whole picture: *the error is about what was randomised, looked at as often as it will be looked at.*
#
# ## When people influence each other
#
# So far nobody in control noticed that there was a treatment. In a recommender they often do, in three ways:
#
# | What is shared | What it does to a test by users | What cuts the tie |
# |---|---|---|
# | friends: treated people share, control people come | control gains too; the effect looks smaller | split clusters, or regions (a geo test) |
# | stock: what treatment sells, control cannot | control loses; the effect looks larger | switchback (all users, arms by time), or split items |
# | training data: both arms' models learn from all clicks | control learns what treatment found | give each arm its own log |
#
# Twins tell the truth for each. A design's own report has two errors: noise, which more users cure, and **interference**, which
# they do not. To see the second alone, each unit of a test is held against itself in the twin of its arm: without
# interference the two are equal.

# %%
def try_design(world, pair, alone, unit, column="clicks", splits=2, block_s=4 * 3600.0):
    """(report without noise, mean and range of the splits; half the interval of one test), relative to control."""
    out, half = [], []
    for salt in range(splits):
        halves = tuple(Arm(name, copy.deepcopy(policy), 0.5) for name, policy in pair.items())
        design = Assignment(halves, unit=unit, salt=salt, block_s=block_s)
        logs = (world.fork().run(design, len(alone["control"])), alone["control"], alone["treatment"])
        mixed, *twins = (designs.design_table(log, design, world.users()) for log in logs)
        out.append(designs.expected_report(mixed, *twins, column))
        half.append(relative_difference(*(mixed.loc[mixed["arm"] == name, column] for name in pair)).width / 2)
    return Estimate(np.mean(out), min(out), max(out)), np.mean(half)


# %%
def run_alone(world, pair, days):
    """Each policy in a twin of its own, for everyone; their difference is the true effect."""
    return {name: world.fork().run(copy.deepcopy(policy), days) for name, policy in pair.items()}


def total(log, column):
    return unit_table(log)[column].sum()


def true_effect(alone, column="clicks"):
    return total(alone["treatment"], column) / total(alone["control"], column) - 1


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
# those on which people stay.

# %%
calm = ("novelty", "social_proof", "joining", "births", "spam")
social = feed(people=4096, items=400, requests_per_day=10_000, seed=10, without=calm,
              sharing={"rate": 0.12, "accept": 0.2, "visits": 0.5})
random_slots = policies.Uniform(name="random")
pair = {"control": random_slots, "treatment": by_worth(social.run(random_slots, 3), 400, "dwell_s")}
alone = run_alone(social, pair, 8)
friends_truth = true_effect(alone)
friends = {unit: try_design(social, pair, alone, unit) for unit in ("user", "cluster", "region")}

# %%
def show(found, truth, title, xlabel="effect on clicks a user (whiskers: one test)"):
    """Reports without noise; whiskers are the interval that one test of this size has around it."""
    rows = {"truth": truth} | {f"by {name}": (e.value, e.value - half, e.value + half)
                               for name, (e, half) in found.items()}
    ax = plots.bars(rows, title, xlabel, fmt="{:+.1%}", colors=dict.fromkeys(rows, plots.color("treatment"))
                    | {"truth": plots.color("truth")})
    ax.axvline(truth, color="#333333", ls="--", lw=1)
    ax.xaxis.set_major_formatter(lambda v, _: f"{v:.0%}")


def against_truth(report, truth):
    """A report over the truth, with the range of the splits."""
    return Estimate(*(v / truth for v in (report.value, report.low, report.high)))


def shift(report, truth):
    """By what share of the effect a report is off."""
    ends = [abs(v / truth - 1) for v in (report.value, report.low, report.high)]
    return Estimate(ends[0], min(ends), max(ends))


# %%
share = friends["user"][0].value / friends_truth
show(friends, friends_truth, f"By users {share:.0%} of the effect; larger units miss less")
measured("experiments.interference", shift(friends["user"][0], friends_truth), on="world: friends")
measured("experiments.clusters", against_truth(friends["cluster"][0], friends_truth))

# %% [markdown]
# The larger the unit, the less leaks, and the fewer there are of them. You choose between a small wrong answer with a narrow
# interval and a right one with a wide interval; how much leaks (the share of friendships cut) decides.
#
# ### Stock
#
# A shop that restocks every night. Control shows random articles, treatment those that get clicked. The same shop with less and
# less in stock, and four designs: by user, by four hours, by day, and by item, where every slate holds both arms' items.
# For now people here forget overnight what they saw, so that stock is all that the arms share.

# %%
four = {"user": {}, "four hours": {"unit": "time"}, "day": {"unit": "time", "block_s": 86400.0}, "item": {}}
still, memory = (*calm, "sharing", "arrival", "trends", "calendar"), ("repeats", "retention")


def shop_with(pieces, ways=four, splits=2, without=memory):
    """The true effect on sales, and what each design reports, where articles have about this many pieces a night."""
    shop = marketplace(people=1500, items=200, requests_per_day=6000, seed=10, without=still + without, shop={
        "stock_median": pieces, "restock_days": 1, "delay_days": 0.02, "buy": -1.5, "return_rate": 0.0})
    pair = {"control": random_slots, "treatment": by_worth(shop.run(random_slots, 3), 200, "click", 1.0)}
    alone = run_alone(shop, pair, 6)
    return true_effect(alone, "purchases"), {
        name: try_design(shop, pair, alone, **{"unit": name} | how, column="purchases", splits=splits)
        for name, how in ways.items()}


stock = [2, 10, 1000]
shops = {pieces: shop_with(pieces, splits=2 if pieces < 1000 else 1) for pieces in stock}

# %%
series = {f"by {name}": [shops[n][1][name][0] for n in stock] for name in four}
series = {"truth": [shops[n][0] for n in stock]} | series
scarce, by_users = shops[2][0], shops[2][1]["user"][0]
ax = plots.lines(stock, series, f"Little stock: sales change by {scarce:+.0%}, a test by users says {by_users.value:+.0%}",
                 "pieces of an article in stock each morning (median)", "effect on sales", logx=True)
ax.set_xticks(stock, [f"{n:,}" for n in stock])
ax.minorticks_off()
ax.yaxis.set_major_formatter(lambda v, _: f"{v:+.0%}")
measured("experiments.interference", shift(by_users, scarce), on="world: scarce stock")
measured("experiments.interference", shift(shops[1000][1]["user"][0], shops[1000][0]), on="world: ample stock")

# %% [markdown]
# With scarce stock little can be gained: what treatment sells in the morning, control lacks in the evening. A switch every four
# hours has the same fault, since stock is carried over from one block to the next. A switch every *day* is nearly right, for
# the shop starts each morning anew: **the block has to outlast the memory of what is shared**. Splitting items works where
# supply is the limit, as treated and untreated articles each sell out from their own stock. With ample stock users share nothing,
# and their split is exact; items still compete for the same eyes, and theirs is not.
#
# Shelves are not all that remembers. Let people tire of what they clicked yesterday, and come back more or less often by how
# satisfied they were, as they do elsewhere in this world; keep the shelves full.

# %%
remembering, by_day_switch = shop_with(1000, {"day": four["day"]}, without=())
print(f"full shelves, people who remember: truth {remembering:+.1%}, by day {by_day_switch['day'][0].value:+.1%}; "
      f"who forget: {shops[1000][0]:+.1%} and {shops[1000][1]['day'][0].value:+.1%}")
noise = {name: half for name, (_, half) in shops[10][1].items()}
print("half the interval of one test, ten pieces: " + ", ".join(f"by {name} ±{half:.0%}" for name, half in noise.items()))

# %% [markdown]
# A switchback carries people's memory over as well, so its blocks must be longer still, or their first hours dropped. What it
# costs is units: six days are six.
#
# ### Training data
#
# Items are born every day. Control ranks by the click rate seen so far; treatment does the same and fills a tenth of its
# slots at random, which finds good newcomers. Both retrain every night, on everybody's clicks.

# %%
young = feed(people=1500, items=500, seed=10, births={"life_days": 20},
             without=("novelty", "sharing", "social_proof", "joining", "spam", "trends"))
young.run(policies.Uniform(), 2)
greedy = Retrained("rates", name="greedy")
young.run(greedy, 5)
curious = copy.deepcopy(greedy)
curious.name, curious.random_slots = "curious", 0.1
pair = {"control": greedy, "treatment": curious}
alone = run_alone(young, pair, 12)
data_truth = true_effect(alone)
own = {name: designs.OwnLog(policy, name) for name, policy in pair.items()}
shared = {"user": try_design(young, pair, alone, "user"), "user, own logs": try_design(young, own, alone, "user")}

# %%
ordinary = shared["user"][0]
show(shared, data_truth, f"Exploration: truly {data_truth:+.0%}, an ordinary test says {ordinary.value:+.0%}")
measured("experiments.exploration", against_truth(ordinary, data_truth))
measured("experiments.interference", shift(ordinary, data_truth), on="world: training data")

# %% [markdown]
# Treatment pays for the random slots, and both arms get what they find. In the ordinary test exploration is a gift to
# control. Give each arm a log of its own, and the benefit shows, at the price of half the data for each. Every model that
# retrains on a shared log has this problem; popularity counters are such a model.

# %%
quiz("experiments.q1", "A new ranker for a grocery delivery with empty shelves by evening. How do you test it?",
     choices={
         "By users, half and half; it has the most units.": "It does, and they share the shelves: treatment's sales come out of "
             "control's. The figure above shows a narrow interval around the wrong number.",
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
rows = {}
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
print(f"{lost:.1%} of treatment lost; apparent gain {bootstrap(gains):.1%}; the alarm rang in {np.mean(ps < 0.0005):.0%} "
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
# A treatment that changes nothing but the looks. People notice, click around, and get used to it.

# %%
fresh_paint = copy.deepcopy(known)
fresh_paint.name = "new paint"                       # people in this world notice that what serves them has changed
paint = Assignment((Arm("control", copy.deepcopy(known), 0.5), Arm("treatment", fresh_paint, 0.5)), salt=5)
painted, plain = start.fork().run(paint, 21), start.fork().run(copy.deepcopy(known), 21)
on = paint.arm_of(users.index) == 1


def of_week(week):
    """Columns clicks, impressions, and the same in the twin without paint, float [users, 4]."""
    part = slice(7 * week, 7 * week + 7)
    return np.hstack([by_user(log[part])[["clicks", "impressions"]].to_numpy(float) for log in (painted, plain)])


def lift(rows):
    c, i, c0, i0 = rows.sum(0)
    return c / i / (c0 / i0) - 1


weeks = [of_week(week) for week in range(3)]
true_lift = [bootstrap(rows[on], lift, n_boot=300) for rows in weeks]
tested = [ratio_difference(rows[~on, :2].T, rows[on, :2].T, relative=True) for rows in weeks]

# %%
ax = plots.lines([1, 2, 3], {"truth": true_lift, "treatment": tested}, f"New paint: {true_lift[0].value:+.1%} in the first week, "
                 f"{true_lift[2].value:+.1%} in the third", "week of the test", "lift in click rate")
ax.lines[0].set_label("true, against the twin")
ax.lines[1].set_label("what the test sees")
ax.legend()
ax.axhline(0, color="#333333", lw=1)
ax.set_xticks([1, 2, 3])
ax.yaxis.set_major_formatter(lambda v, _: f"{v:+.0%}")
measured("experiments.novelty", bootstrap(np.hstack([weeks[0][on], weeks[2][on]]), lambda r: lift(r[:, 4:]) / lift(r[:, :4]), n_boot=300))

# %% [markdown]
# The first week's number is true and useless: it is what people do when something is new. This test is too small to see the
# fade; the twin shows it. Plot the effect by day *since each person first saw it*, and look at people who joined after the
# start, for whom nothing changed.
#
# Some effects take longer than any test: trust, habit, creators. So after the launch a **holdback** keeps the old system for
# a tenth of people, for months. How much can it see, and do more weeks help?

# %%
n = len(users)
widths = {"half and half": np.sqrt(2 / (n / 2)), "a tenth held back": np.sqrt(1 / (0.1 * n) + 1 / (0.9 * n))}
z = norm.ppf(0.975) + norm.ppf(0.8)
variation = by_day.std(0, ddof=1) / by_day.mean(0)
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
