# %% [markdown]
# # {{experiments}} Experiments: the launch is a test
#
# **The decision.** Is the new system better, by how much, and how sure are we?
#
# | | |
# |---|---|
# | Budget | the people there are, one or two whole weeks, one primary metric |
# | Failure this stage owns | *The test said it was better. It was not.* |
# | Minutes | 95, of which 60 on exercises |
# | Needs | guardrails ({{objective}}), clicks ({{feedback}}), intervals ({{metric_stack}}) |

# %%
import copy

import numpy as np
import pandas as pd

from course_lib.contracts import Arm, Assignment
from course_lib.data import datasets
from course_lib.evidence import aa_tests, broken_splits, experiment, group_sequential
from course_lib.evidence import interference as between
from course_lib.evidence.noninferiority import non_inferiority
from course_lib.evidence.units import unit_table
from course_lib.stages.ranking.bandits import Retrained
from course_lib.teach import decide, exercise, explore, measured, predict, quiz, referee
from course_lib.teach.show import experiment_pictures as pictures
from course_lib.world import feed, marketplace, policies

SEED = 0                              # every world, split and draw of this lesson starts from it

# %% [markdown]
# ## Predict
#
# 1. Both groups of a test, its *arms*, get the same system. You compare click rates over each
#    user's first thirty impressions as if these were independent. In what share of tests does the
#    95% interval exclude zero?
# 2. Again both get the same. You look at clicks a user every day for two weeks, with new users
#    every day. What share shows a “significant” day?
# 3. How many times the users of one planned look does a test need that may be read any day?

# %%
predict("experiments.naive", ...)
predict("experiments.peeking", ...)
predict("experiments.always_valid_price", ...)

# %% [markdown]
# ## A service, and a test of nothing
#
# An **A/B test** gives a new system to some users, drawn at random (treatment), and compares them
# with the others (control). In an **A/A test** both arms get the same: if its 95% interval
# excludes 0, it *rings*, a false alarm. A hash of the person's id and a number, the **salt**,
# decides the arm. So 5,000 salts make 5,000 A/A tests of one log.

# %%
world = feed(people=4000, items=500, requests_per_day=12_000, seed=SEED)
usual = policies.Popularity(power=0.7, name="usual")
world.run(usual, 3)
two_weeks_before, week_before = world.run(usual, 7), world.run(usual, 7)
users, start, known = world.users(), world.fork(), copy.deepcopy(usual)   # as they are on day 17
two_weeks = world.run(usual, 14)

def by_user(days):
    """One row for everyone who was there when the test began; zeros for those who did not come."""
    return unit_table(days).reindex(users.index, fill_value=0)

test = by_user(two_weeks)
clicks, shown = test["clicks"].to_numpy(float), test["impressions"].to_numpy(float)
splits = aa_tests.split_many(users.index, 5000, seed=SEED)     # bool (tests, users)
value, error = aa_tests.differences(splits, clicks[:, None])
alarms = {"clicks a user, one look": aa_tests.alarms(value / error)}
print(f"false alarms: {alarms['clicks a user, one look']:.1%}")

# %% [markdown]
# ## How small an effect can be found?
#
# Let σ be the metric's standard deviation over users, n the users in each arm, and δ the true
# difference. The difference of two means has the standard error $\sigma\sqrt{2/n}$, and counts if
# it is more than 1.96 of these from 0. For four tests of five to get there, the truth has to lie
# 0.84 beyond, the normal distribution's 80% quantile:
#
# $$ \delta = (1.96 + 0.84)\,\sigma\sqrt{2/n}, \qquad n \approx 16\,\sigma^2/\delta^2. $$
#
# δ is the **minimum detectable effect** (MDE), four in five the **power**. If each user sees one
# item and 5% click, σ² = .05 · .95. To find 2% of that, δ = .001, takes about 750,000 users an
# arm; half the effect takes four times as many.

# %%
sizes = [1000, 3000, 10_000, 100_000, 1_000_000]
relative = {}
for name in ("clicks", "requests", "reports"):
    relative[name] = [experiment.mde(test[name].std(), n) / test[name].mean() for n in sizes]
_ = pictures.smallest_effects(sizes, relative, len(users) // 2)

# %% [markdown]
# The lines differ by σ over the mean, large for rare events. (Dotted: ours.)
#
# ## Build: the unit of the error
#
# Click *rate* seems a way out: impressions outnumber users.
#
# {{card experiments.2}}

# %%
@exercise("experiments.2")
def ratio_delta(numerator, denominator):
    """numerator, denominator float [n], one row a user → (ratio of the sums, its error)."""
    ### BEGIN SOLUTION
    ratio = numerator.sum() / denominator.sum()
    left = numerator - ratio * denominator
    return ratio, left.std(ddof=1) / np.sqrt(len(left)) / denominator.mean()
    ### END SOLUTION


# %%
z = {"every impression a coin": aa_tests.by_impressions(splits, clicks, shown),
     "your error, over users": aa_tests.by_users(splits, clicks, shown, ratio_delta)}
for name, distance in z.items():
    alarms[f"click rate, {name}"] = aa_tests.alarms(distance)
measured("experiments.delta", alarms["click rate, your error, over users"])
_ = pictures.distances(z)

# %% [markdown]
# The rate errs by about $\sum (y - rm) / \sum m$ (y clicks, m impressions, r the rate): one number a
# user. (A **bootstrap** of users says about the same, more slowly.)
#
# In standard errors, differences of A/A tests should spread by 1. With every impression a coin toss
# they spread far wider.
#
# With m impressions of each user and a correlation ρ between any two, the variance is
# $d = 1 + (m - 1)\rho$ times that of coins, the **design effect**; 30 impressions at ρ = .05 make
# 2.45. With Φ the normal distribution function, $2\,(1 - \Phi(1.96/\sqrt d))$ of A/A tests must
# ring:

# %%
log = pd.concat([day.impressions for day in two_weeks])
log = log[log["user"].isin(users.index)].sort_values(["user", "request_id", "position"])
nth = log.groupby("user").cumcount().to_numpy()
effect, naive = {}, {}
for most in (10**9, 30, 10, 3, 1):                       # impressions counted of each user
    part = log[nth < most].groupby("user")["click"].agg(["sum", "size"])
    c, n = part.reindex(users.index, fill_value=0).to_numpy(float).T
    naive[most] = aa_tests.alarms(aa_tests.by_impressions(splits, c, n))
    rate, error = ratio_delta(c, n)
    effect[most] = error**2 / (rate * (1 - rate) / n.sum())
    if most <= 30:
        measured("experiments.naive", naive[most], at=most - 1)
_ = pictures.design_effects(effect, naive)

# %% [markdown]
# The points lie near the line: *your* design effect says how often you are fooled. At thirty
# impressions, 11% to 28% ring in the recorded worlds.
#
# Where whole **clusters** of friends are assigned, each is one unit. Where there are few, the
# error itself is a guess, and 1.96 gives way to Student's t with G − 2 degrees of freedom for G
# clusters. Their sizes differ, so a mean over people is again a ratio: your formula fits, one row
# a cluster.

# %%
cluster = users["cluster"].to_numpy()
alarms |= aa_tests.by_clusters(clicks, cluster, seed=SEED)
metrics = ["clicks", "impressions", "dwell_s", "requests", "days", "shares", "reports"]
value, error = aa_tests.differences(splits, test[metrics].to_numpy(float))
alarms["best of seven metrics"] = aa_tests.usual_alarms(value, error)
few = aa_tests.few_clusters(clicks, cluster, [4, 6, 10, 20, 60], seed=SEED)
print(pd.DataFrame(few).map("{:.1%}".format).rename_axis("clusters"))
_ = pictures.alarms_of(alarms)

# %% [markdown]
# *Compute the error over the units that were randomised.* Seven metrics are seven chances: name
# **one primary metric** beforehand, or divide 5% by seven for the smallest p, six for the next, while
# they pass (**Holm**).
#
# ## Build: noise you knew about
#
# {{card experiments.3}}

# %%
@exercise("experiments.3")
def cuped_adjusted(y, x):
    """y float [n] outcomes, x float [n] from before → float [n], y less what x explains."""
    ### BEGIN SOLUTION
    theta = np.cov(x, y)[0, 1] / np.var(x, ddof=1)
    return y - theta * (x - x.mean())
    ### END SOLUTION


# %% [markdown]
# This is **CUPED** (Deng and others 2013). x is older than the split, so only chance parts its
# means: no bias (newcomers get the mean x).
# $\mathrm{Var}(y) - 2\theta\,\mathrm{Cov}(x,y) + \theta^2\,\mathrm{Var}(x)$ is least at the slope of
# y on x; a share $1 - \rho^2$ is then left, ρ being the correlation: at .7 half the users suffice.
# Plans need that share *before* the test. Do two earlier weeks tell it?

# %%
weeks = [by_user(week)["clicks"] for week in (two_weeks_before, week_before, two_weeks[:7])]
rows = np.column_stack(weeks).astype(float)
for name, held in (("as they are", rows), ("capped at the 99% quantile", aa_tests.capped(rows))):
    promised, kept = aa_tests.promised_and_kept(held)
    print(f"clicks {name}: promised {promised:.2f} of the variance, left {kept:.2f}")
measured("experiments.cuped", aa_tests.cuped_kept(rows, seed=SEED))

# %% [markdown]
# On average over the recorded runs a tenth *less* is left than promised. To **cap** is to cut values
# at a number fixed from earlier data: heavy users weigh less, and effects on them are hidden. (In the
# run stored here CUPED then explains less.)
#
# Now a real change: a ranker leaning harder on popularity. **Twin worlds**, the same people and
# dice with the old ranker for all or the new, show the true effect. *Your* function adjusts 300
# splits, for clicks of the week before or for dwell (seconds) *during* the test.

# %%
steep = copy.deepcopy(known)
steep.power = 0.8
old, new = between.Frozen(known, "usual"), between.Frozen(steep, "steeper")
before = weeks[1].to_numpy(float)
one, other = (by_user(start.fork().run(policy, 14)) for policy in (old, new))
true_effect = other["clicks"].mean() - one["clicks"].mean()

def reported(treated, x=None):
    """Effect on clicks a user that one split reports, after your adjustment for x."""
    y = np.where(treated, other["clicks"], one["clicks"]).astype(float)
    y = y if x is None else cuped_adjusted(y, x)
    return y[treated].mean() - y[~treated].mean()

# %%
found = {"no covariate": [], "clicks of the week before": [], "dwell in the test": []}
for treated in splits[:300]:
    dwell = np.where(treated, other["dwell_s"], one["dwell_s"])
    for name, x in zip(found, (None, before, dwell), strict=True):
        found[name].append(reported(treated, x))
_ = pictures.ways(found, true_effect, "Which covariate may be used?", "effect, clicks a user")

# %% [markdown]
# The narrowest is wrong: treatment moves dwell, so taking out what dwell explains takes out the
# effect too. Fix covariates and segments before anyone is assigned.
#
# ## Build: whom to count
#
# We plant an effect: a tenth of users, the *touched*, click a fifth more in treatment. A
# **trigger** says who is counted: everybody, the touched, or the touched with more than 3 clicks,
# which treatment moves.
#
# {{card experiments.7}}

# %%
@exercise("experiments.7")
def effect_of_touched(y, arm, touched):
    """y float [n], arm int [n], touched bool [n] → (effect on the mean of all, its error)."""
    ### BEGIN SOLUTION
    control, treatment = y[touched & (arm == 0)], y[touched & (arm == 1)]
    error = np.sqrt(control.var(ddof=1) / len(control) + treatment.var(ddof=1) / len(treatment))
    share = touched.mean()
    return share * (treatment.mean() - control.mean()), share * error
    ### END SOLUTION


# %%
touched = np.random.default_rng(SEED).random(len(users)) < 0.1
planted = 0.2 * np.mean(clicks * touched)
everybody = np.ones(len(users), bool)
found = {"everybody": [], "the touched": [], "touched, and more than 3 clicks": []}
for treated in splits[:500]:
    y = clicks * (1 + 0.2 * (treated & touched))
    for name, who in zip(found, (everybody, touched, touched & (y > 3)), strict=True):
        found[name].append(effect_of_touched(y, treated.astype(int), who)[0])
_ = pictures.ways(found, planted, "Who is counted?", "effect, clicks a user", "{:.3f}")

# %% [markdown]
# The mean of all moves by a tenth of the effect on the touched, and takes a hundred times as many
# people to see. The touched are one in ten, so it takes ten times the traffic. The last row is
# off: treatment lifts people over the line, so the arms hold different people. A trigger must mean
# the same in both arms: control logs it too (**counterfactual logging**). Among the rest there must
# be no effect.
#
# ## Who is missing?
#
# Compare the people counted in each arm with those planned:
# $\chi^2 = \sum (\text{counted} - \text{planned})^2 / \text{planned}$. The chi-squared distribution,
# with one degree of freedom fewer than arms, gives p: how often chance goes that far. Below .0005
# we call it a **sample ratio mismatch** (SRM): were 5% of splits broken, half the alarms at .05 would
# be false. Upworthy tested headlines, and warns of weeks with broken assignment. Do the counts alone
# show them?

# %%
arms = datasets.headline_tests()
checked = broken_splits.check_archive(arms)
print(f"{len(checked):,} tests, source: {arms.attrs['source']}")
print(broken_splits.by_warning(checked))
for n in (10_000, 100_000, 1_000_000):
    print(f"{n:,} users, one arm loses 1%: seen in {broken_splits.srm_power(n, 0.01):.1%} of tests")
_ = pictures.broken_weeks(broken_splits.by_week(checked))

# %% [markdown]
# The alarm is rare without a warning, frequent with one. A *small* loss shows in large tests only.
#
# In our A/A tests treatment's page is slow: whoever came three times or fewer leaves before
# being logged.

# %%
came = test["requests"].to_numpy() > 0
light = came & (test["requests"].to_numpy() <= 3)
gains, p = broken_splits.when_some_are_lost(clicks, came, light, splits[:1000])
print(f"{light[came].mean():.1%} of treatment lost; the split rings: {(p < 0.0005).mean():.0%}")
_ = pictures.lost_users(gains, p)
quiz("experiments.q8")
quiz("experiments.q4")

# %% [markdown]
# Those who are left click more on average, though treatment did nothing. Count people where they
# were *assigned*, and read no metric of a broken split. **Twyman's law**: a figure that looks
# interesting is usually wrong.
#
# ## Looking early
#
# Stopping at the first day with p < .05 gives chance fourteen tries.
#
# **Group-sequential** tests spend the 5% over planned looks. O'Brien and Fleming's edge at look k
# of K is $c\sqrt{K/k}$ standard errors, with c such that 5% of tests without an effect cross some
# edge: strict at first, near 1.96 at the end. Pocock's is the same at each look.
#
# **Always-valid** tests need no plan. Let D be the difference so far, V its variance, τ the size
# of effect one expects. The likelihood of D if effects are normal around 0 with spread τ, over
# that without an effect, is
#
# $$ \Lambda = \sqrt{\tfrac{V}{V+\tau^2}}\;\exp\!\Big(\tfrac{D^2\tau^2}{2V(V+\tau^2)}\Big). $$
#
# Without an effect the mean of Λ stays 1 however long one goes on, so at most one test in twenty
# ever reaches 20: stop there. A poor τ costs power, not the 5%.

# %%
daily = np.stack([by_user([day])["clicks"] for day in two_weeks], axis=1).astype(float)
RETURNING = [0.0, 0.33, 0.67, 1.0]
planned = group_sequential.group_bounds(14)              # O'Brien and Fleming's, in errors
ring, seen = {"1.96 each day": [], "O'Brien-Fleming": [], "always valid": []}, {}
for returning in RETURNING:
    mixed = aa_tests.with_newcomers(daily, returning, seed=SEED)
    value, error = seen[returning] = aa_tests.looks(splits, mixed)
    ring["1.96 each day"].append(aa_tests.usual_alarms(value, error))
    ring["O'Brien-Fleming"].append(aa_tests.usual_alarms(value, error, planned))
    ring["always valid"].append(aa_tests.valid_alarms(value, error))
    measured("experiments.peeking", ring["1.96 each day"][-1], at=returning)
_ = pictures.looking(RETURNING, ring)

# %%
for returning, who in ((0.0, "new users every day"), (1.0, "the same users every day")):
    rang = ring["always valid"][RETURNING.index(returning)]
    measured("experiments.always_valid", rang, on=f"world: {who}")
    price = aa_tests.users_needed(*seen[returning], seed=SEED)
    measured("experiments.always_valid_price", price, on=f"world: {who}")
RULES = ["one look", "O'Brien-Fleming", "Pocock", "always valid"]
_ = pictures.power_at_fourteen(RULES)
for rule in RULES:
    found, day, told = group_sequential.what_it_finds(rule, 2.8).values()
    print(f"{rule}: found {found:.0%}, stops on day {day:.1f}, tells {told:.2f} × the truth")

# %% [markdown]
# Where the same people come back, days resemble each other: false alarms at 1.96 are fewer (12%
# against 22%, on average), though still too many. O'Brien-Fleming and always-valid tests ring in
# some 5% and 1% of cases at most, at fourteen looks. O'Brien and Fleming's bounds lose next to no
# power and stop large effects days early; Pocock's stop sooner and lose more; freedom from any plan
# costs most: 1.7 times one look's users, on average. All overstate what they find, since lucky tests
# cross.
#
# ## Guardrails: not significant is not safe
#
# The steeper ranker again. Is a guardrail significantly worse, and does its interval *exclude* a
# loss of a tenth, the **margin** ({{objective}})?

# %%
halves = Assignment((Arm("control", old, 0.5), Arm("treatment", new, 0.5)), salt=SEED)
ab, treated = by_user(start.fork().run(halves, 14)), halves.arm_of(users.index) == 1
for name, sign in (("requests", 1), ("dwell_s", 1), ("days", 1), ("reports", -1)):
    change = experiment.relative_difference(ab.loc[~treated, name], ab.loc[treated, name])
    low, high = sorted((sign * change.low, sign * change.high))          # up is better
    says = "significantly worse" if high < 0 else "not significantly worse"
    print(f"{name}: {low:+.1%} to {high:+.1%}, {says}; {non_inferiority(low, high, 0.1)}")
quiz("experiments.q5")
quiz("experiments.q9")

# %% [markdown]
# “Undecided” is no pass: what is not significantly worse is often not *known* to be safe. A
# certain loss within the margin passes.
#
# {{card experiments.8}}

# %%
### BEGIN SOLUTION: plan = decide("experiments.8", ..., feed=feed, policies=policies)
plan = {"metric": "satisfied clicks", "unit": "user", "margin": 1.5, "days": 10,
        "stopping": "O'Brien-Fleming"}
decide("experiments.8", plan, feed=feed, policies=policies)
### END SOLUTION
quiz("experiments.q2")
quiz("experiments.q3")

# %% [markdown]
# ## When people influence each other
#
# So far, what happened to a user depended on that user's arm alone: the stable unit treatment
# value assumption, **SUTVA**. Where the arms share something, it fails (**interference**):
#
# | Shared | Then control | What cuts the tie |
# |---|---|---|
# | friends | gains; the effect looks smaller | clusters, regions (geo tests) |
# | stock | loses; it looks larger | switchback (all users, arms by time), items |
# | training data | learns what treatment found | a log for each arm |
#
# How much is shared is our world's input: a *dial*, no verdict on your service. Each unit is compared
# with itself in its arm's twin world, so the error left is interference, not chance. Bands: over people
# (truth), splits (test).
#
# ### Friends: the viral case
#
# Satisfied people tell friends, who then come more often. Treatment prefers items on which people
# stay.

# %%
random_slots = policies.Uniform(name="random")
CALM = ("novelty", "social_proof", "joining", "births", "spam")

def by_worth(days, n_items, column, strength=0.5):
    """A ranker that prefers what brought most of `column` in random slots; it does not learn."""
    worth = between.worth_of_items(days, n_items, column) * strength
    return policies.PlackettLuce(lambda requests: worth[requests.eligible], name="by worth")

def social_service(rate):
    """(world, policies, twins) where this share of satisfied clicks is passed on to friends."""
    world = feed(people=2048, items=300, requests_per_day=6000, seed=SEED, without=CALM,
                 sharing={"rate": rate, "accept": 0.2, "visits": 0.5})
    better = by_worth(world.run(random_slots, 3), 300, "dwell_s")
    return between.beside_twins(world, random_slots, better, 7)

# %%
friends, by_unit = {}, {}
for rate in (0.0, 0.1, 0.25, 0.5):
    service = social_service(rate)
    truth = between.true_effect(service[2], seed=SEED)
    by_unit["user"] = between.try_design(*service, "user", splits=4 if rate else 1, seed=SEED)
    friends[rate] = truth, by_unit["user"][0]
    measured("experiments.interference", between.share_missed(by_unit["user"][0], truth), at=rate)
_ = pictures.truth_and_test(friends, "What does a test by users miss?",
                            "share of satisfied clicks passed on to friends", "effect on clicks")
by_unit["cluster"] = between.try_design(*service, "cluster", splits=4, seed=SEED)
missed = {unit: reports - float(truth) for unit, (reports, _) in by_unit.items()}
measured("experiments.clusters", between.error_removed(missed["cluster"], missed["user"]))
_ = pictures.units(truth, by_unit)

# %% [markdown]
# On average over the recorded runs a test by users misses a tenth of the effect where a tenth is
# passed on, and a fifth from a quarter on. Clusters of 32 friends take away some two thirds of this
# *bias*; a quarter of friendships cross them. In the run stored here the whisker grows by more; only
# with many more people would *both* splits, side by side, show interference.
#
# ### Stock: the marketplace
#
# A shop restocks every night. People forget overnight what they saw, so stock is all that the arms
# share. Treatment prefers what gets clicked.

# %%
STILL = (*CALM, "sharing", "arrival", "trends", "calendar", "repeats", "retention")

def shop_with(pieces):
    """(world, policies, twins) of a shop with about so many pieces of an article each morning."""
    shop = marketplace(people=1200, items=150, requests_per_day=4500, seed=SEED, without=STILL,
                       shop={"stock_median": pieces, "restock_days": 1, "delay_days": 0.02,
                             "buy": -1.5, "return_rate": 0.0})
    better = by_worth(shop.run(random_slots, 3), 150, "click", 1.0)
    return between.beside_twins(shop, random_slots, better, 6)

def report(shop, unit, splits=1):
    """What a split by this unit would report of sales, without noise: one number a split."""
    return between.try_design(*shop, unit, column="purchases", splits=splits, seed=SEED)[0]

# %%
stock, tried = {}, {}
for pieces in (1000, 40, 10, 4):
    shop = shop_with(pieces)
    truth = between.true_effect(shop[2], "purchases", seed=SEED)
    stock[pieces] = truth, report(shop, "user", 3 if pieces < 1000 else 1)
    scarcity = 0.0 if pieces == 1000 else 1 / pieces       # of the most pieces, none ever sells out
    missed = between.share_missed(stock[pieces][1], truth)
    measured("experiments.interference_stock", missed, at=scarcity)
    if pieces in (1000, 4):
        tried[pieces] = {"truth": float(truth), "by user": stock[pieces][1].mean()}
        for unit in ("four hours", "day", "item"):
            tried[pieces][f"by {unit}"] = report(shop, unit)[0]
print(pd.DataFrame(tried).T.map("{:+.0%}".format).rename_axis("pieces"))
_ = pictures.truth_and_test(stock, "What does a test by users say where shelves empty?",
                            "pieces of an article (log)", "effect on sales", scarcer=True)

# %% [markdown]
# What treatment sells in the morning, control lacks in the evening: the test errs upwards. A
# **switchback** every four hours hands half-empty shelves from block to block; one by *day* does
# not. **A block has to outlast the memory of what is shared.** Items compete for the same eyes, so
# a split by item can err even with full shelves.
#
# {{card experiments.9}}

# %%
### BEGIN SOLUTION: plan = decide("experiments.9", ..., marketplace=marketplace, policies=policies)
plan = {"metric": "money kept", "unit": "day", "days": 10}
decide("experiments.9", plan, marketplace=marketplace, policies=policies)
### END SOLUTION
quiz("experiments.q1")
quiz("experiments.q12")

# %% [markdown]
# ### Training data
#
# Items are born every day. Control ranks by the click rate so far; treatment also fills a tenth of
# its slots at random, which finds good newcomers. Both retrain every night. The dial is the share
# of the *other* arm's log that each learns from: 1 is the ordinary test.

# %%
young = feed(people=1200, items=400, requests_per_day=3600, seed=SEED, births={"life_days": 10},
             without=("novelty", "sharing", "social_proof", "joining", "spam", "trends"))
young.run(policies.Uniform(), 2)
greedy = Retrained("rates", seed=SEED, name="greedy")
young.run(greedy, 5)
curious = copy.deepcopy(greedy)
curious.name, curious.random_slots = "curious", 0.1

# %%
_, pair, alone = between.beside_twins(young, greedy, curious, 10)
gain, explored = between.true_effect(alone, seed=SEED), {}
for share in (0.0, 0.33, 0.67, 1.0):
    learning = {name: between.LearnsFrom(policy, name, share, seed=SEED)
                for name, policy in pair.items()}
    reports = between.try_design(young, learning, alone, "user", splits=3, seed=SEED)[0]
    explored[share] = gain, reports
    measured("experiments.exploration", between.share_reported(reports, gain), at=share)
_ = pictures.truth_and_test(explored, "What does a test show of exploration?",
                            "share of the other arm's log in use", "effect on clicks")

# %% [markdown]
# In the ordinary test treatment alone pays for the random slots, and both arms learn from them: in
# nine of ten recorded runs it shows less than a fifth of the gain. A log for each arm shows more in
# all ten, from half the data each (at 1% of users, a hundredth). Click counts that both arms use
# leak as models do. New items need time to pay off, so their lives set the test's length.
#
# ## What can lie to you
#
# {{card experiments.10}}

# %%
### BEGIN SOLUTION: weight = referee("experiments.10", because=..., mended=...)
def weight(day, arm):
    """One over the visitors of the same day and arm."""
    counted = np.zeros((7, 2))
    np.add.at(counted, (day, arm), 1)
    return 1 / counted[day, arm]

weight = referee("experiments.10", mended=weight,
                 because="The arms' visitors came on different days.")
### END SOLUTION
quiz("experiments.q10")
quiz("experiments.q11")

# %% [markdown]
# ## After day 7
#
# A **ramp** (1%, 5%, 25%, half) stops early for proven harm only; half measures the gain. Whoever
# changes arm on the way brings along what the other arm did to them: look at newcomers alone. And
# people notice a change, click, and get used to it (**novelty**); how strongly is an input again. Here
# everybody gets a better ranker; a twin world keeps random slots.

# %%
SWITCHED_OFF = ("births", "freshness", "trends", "calendar", "social_proof", "repeats", "sharing",
                "retention", "joining", "spam")

def new_ranker(strength):
    """Clicks of each person in weeks 1 to 3, without and with a better ranker, (users, 6)."""
    world = feed(people=1200, items=300, requests_per_day=3000, seed=SEED,
                 novelty={"logits": strength}, without=SWITCHED_OFF)
    better = by_worth(world.run(random_slots, 4), 300, "click", 0.4)
    return between.clicks_by_week(world, random_slots, better, weeks=3)

# %%
NOVELTY, first, third = [0.0, 0.12, 0.25, 0.5], [], []
for strength in NOVELTY:
    rows = new_ranker(strength)
    first.append(between.lift_of_week(rows, 0, seed=SEED))
    third.append(between.lift_of_week(rows, 2, seed=SEED))
    measured("experiments.novelty", between.lift_kept(rows, 0, 2, seed=SEED), at=strength)
_ = pictures.first_and_third_week(NOVELTY, first, third)
quiz("experiments.q6")

# %% [markdown]
# Over the recorded runs, the stronger the novelty, the more the first week overstates the third, on
# average. What takes months (trust, habits, creators) shows in a **holdback**: a tenth keep the
# old system. Sooner comes a **surrogate**: an early number whose *effects* foretold late
# ones in past experiments. Do more days help?

# %%
_ = pictures.more_days(daily)
moved = {"effect": (0.01, 0.3, 0.01), "rho": (0.0, 0.95, 0.05), "spread": (0.2, 4.0, 0.1)}
explore(pictures.power_of, **moved)              # spread: standard deviation over mean
quiz("experiments.q7")

# %% [markdown]
# More days average out each person's ups and downs, not the differences between people. At 100
# million users nearly everything is significant: write down which size matters. More users cure
# noise, not interference, novelty or a broken split.
#
# ## Say it in a minute
#
# > “I write down one primary metric, the unit, the effect we could act on, the days and the
# > stopping rule. I check the split first. Errors are over users; earlier weeks take out noise.
# > Guardrails pass when their interval excludes the margin. What the arms share decides the unit:
# > clusters for friends, long blocks for stock, a log for each arm's model. I read the effect by
# > day since first exposure, and hold back a tenth.”
#
# **Red flag.** “After three days click rate was up with p < .05, and no guardrail was
# significant.”
#
# ## You have now
#
# Three analyses, two plans. Next: [{{launch}} Launch]({{launch file}}.ipynb).
