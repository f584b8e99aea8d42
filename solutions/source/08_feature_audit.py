# %% [markdown]
# # {{feature_audit}} Feature audit: if you can't serve it, it isn't a feature
#
# **The decision.** Which numbers may the ranker read? A number may be read if it exists at the moment of the request, is
# fresh enough, does not know the answer, and still means what it meant in training.
#
# | | |
# |---|---|
# | Budget | a few of the ranker's 20 ms for reading features; as many features as pass the audit |
# | Failure this stage owns | *Excellent offline, poor live.* The model learned from numbers that serving never has. |
# | Minutes | 85, of which 61 on exercises |
# | Needs | the idea of a ranker ({{ranker}}); nothing of its code |
# | Leaves behind | an as-of join, a leak detector, a drift test that knows its noise, an audit, a session store |

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from course_lib.contracts import DAY_S, DataError
from course_lib.data import datasets, sessions
from course_lib.data import features as point_in_time
from course_lib.data.audit import auc, audit, null_psi_threshold
from course_lib.data.log import MemoryLog
from course_lib.evidence.estimate import bootstrap
from course_lib.stages.ann.measure import latencies_ms
from course_lib.stages.ranking.ranker import GBDTRanker
from course_lib.teach import compare, exercise, explore, hint, measured, plots, predict, quiz, solution  # noqa: F401
from course_lib.world import feed, policies

plots.style()

# %% [markdown]
# ## Predict
#
# **AUC** is the chance that a clicked row gets a higher score than an ignored one: ½ is guessing, 1 is perfect.
#
# 1. A ranker reads click rates that somebody computed over the whole log and joined to every row. How much of the AUC that
#    it has offline, on later days, is gone when it is served?
# 2. On a real log of films: all rates and counts are refreshed once a day instead of at every event. How much AUC does that
#    cost?
# 3. Nothing has changed in the world. You compare 200 values of a feature with 200 earlier ones by PSI, the population
#    stability index that tools hold against 0.1. Which PSI do 5% of such comparisons exceed?
# 4. A cache is loaded with the features of the most active tenth of last month's users. In a public log, what share of the
#    next week's requests is theirs?

# %%
predict("feature_audit.offline", ...)
predict("feature_audit.day", ...)
predict("feature_audit.psi", ...)
predict("feature_audit.warm", ...)

# %% [markdown]
# ## Two logs
#
# The **world** is a simulated feed: we know what its people truly like, and look it up at the end only. **ML-100K** is
# real: people rate films, and a rating of 4 or 5 takes the part of a click. Where it could not be fetched, the lesson
# runs on the world alone.

# %%
world = feed(people=800, items=400, requests_per_day=1500, seed=0)
days = MemoryLog()
world.run(policies.Popularity(power=0.5), 10, days)                 # shows what is popular, with some randomness
feed_log = days.impressions()
logs = {"world": (feed_log, world.catalog().items["category"].to_numpy(), 3 * DAY_S, 8 * DAY_S)}
try:
    films = datasets.ml100k()
    rated = films.interactions.assign(click=(films.interactions["value"] >= 4).astype(int))
    genre = films.catalog.items["category"].to_numpy()
    share = np.random.default_rng(0).uniform(0.7, 0.85)              # where the test begins: another seed, another split
    logs["ml100k"] = (rated, genre, rated["time"].min(), rated["time"].quantile(share))
except DataError as why:
    print(f"ML-100K is left out: {why}")
pd.DataFrame({name: {"rows": len(log), "people": log["user"].nunique(), "click rate": log["click"].mean()}
              for name, (log, *_) in logs.items()}).round(3)

# %% [markdown]
# Each entry holds the log, the group of each item (category or genre), and two times: training rows lie between them,
# test rows after the second.
#
# ## The table that everybody builds first
#
# For each row of the log: how often its item was shown and clicked, how often its user clicked, how often this user
# clicked in this group. One `GROUP BY` over the log, joined on the id. `ranking_features` counts what came before a
# moment; give every row the log's last moment and you get that table.

# %%
def split(log, begin, cutoff):
    """Training rows and test rows: begin ≤ time < cutoff, and from the cutoff on."""
    return log[(log["time"] >= begin) & (log["time"] < cutoff)], log[log["time"] >= cutoff]


def features(log, rows, group, **how):
    return point_in_time.ranking_features(log, rows, group, **how).drop(columns="user_idle_s")


def whole_log(log, rows, group):
    """The naive table: every row sees the log to its end."""
    return features(log, rows.assign(time=log["time"].max() + 1), group)


log, group, begin, cutoff = logs["world"]
train, test = split(log, begin, cutoff)
naive_model = GBDTRanker(trees=40, leaves=15).fit(whole_log(log, train, group), train["click"])
print(f"AUC on later days: {auc(test['click'], naive_model.predict(whole_log(log, test, group))):.3f}")

# %% [markdown]
# Before you are pleased with that number: from which moment is the click rate that a row of the log gets here?
#
# ## Join at the right moment
#
# {{card feature_audit.1}}

# %%
@exercise("feature_audit.1")
def as_of_join(events, facts, by):
    """events (item, time), facts (item, time, value) → events with `value`: the latest known strictly before."""
    ### BEGIN SOLUTION
    left = events.assign(row=np.arange(len(events))).sort_values("time", kind="stable")
    joined = pd.merge_asof(left, facts.sort_values("time"), on="time", by=by, allow_exact_matches=False)
    return joined.sort_values("row").drop(columns="row").set_index(events.index)
    ### END SOLUTION

# %%
totals = log.groupby("item")["click"].agg(["sum", "size"])
item = np.int32(totals.index[totals["sum"].argmax()])
shown = log[log["item"] == item].reset_index(drop=True)
facts = shown[["item", "time"]].assign(value=shown["click"].cumsum() / (shown.index + 1))
moments = pd.DataFrame({"item": item, "time": np.linspace(shown["time"].min() + DAY_S / 2, log["time"].max(), 60)})
rate = as_of_join(moments, facts, "item")["value"].to_numpy()
seen = np.searchsorted(shown["time"].to_numpy(), moments["time"])
half = 1.96 * np.sqrt(np.maximum(rate * (1 - rate), 0) / seen)
naive = facts["value"].iloc[-1]
ax = plots.lines(moments["time"] / DAY_S, {"known then": list(zip(rate, rate - half, rate + half, strict=True))},
                 "The naive join hands the last day's rate to the first", "day", "click rate of one item", marker="")
ax.axhline(naive, color=plots.color("bad"), ls="--", label="naive join")
ax.set_ylim(0)
_ = ax.legend()

# %% [markdown]
# One item's click rate is a fact that changes with every impression: the as-of join reads what was known at each moment.
# With many impressions the two agree in the end. Where counts are small, one click weighs much: a user's clicks in
# one category are a handful, and **the row's own click is one of them**.
#
# ## Find the leak without knowing where it is
#
# {{card feature_audit.2}}

# %%
@exercise("feature_audit.2")
def mismatch(trained, recomputed):
    """Two tables of the same rows → share of rows that differ, a Series by feature."""
    ### BEGIN SOLUTION
    same = np.isclose(trained.to_numpy(), recomputed.to_numpy(), rtol=1e-6, equal_nan=True)
    return pd.Series(1 - same.mean(axis=0), index=trained.columns)
    ### END SOLUTION

# %%
known = features(log, train, group)                                  # each row as of its own moment
differ = mismatch(whole_log(log, train, group), known)
differ.filter(like="clicks").sort_values().to_frame("share of training rows that differ").round(3)

# %%
handed = whole_log(log, train, group)["affinity_clicks"]             # the user's clicks in the item's category, ever
pd.DataFrame({"rows": handed.groupby(handed.clip(upper=3)).size(),
              "clicked": train["click"].groupby(handed.clip(upper=3)).mean()}).rename_axis("clicks handed over (3 or more)").round(3)

# %% [markdown]
# The first line of that table shows the leak at its plainest: whoever has no click in a category up to the end of the log has
# clicked in none of its rows. And the share of rows that differ is not a measure of harm. A user's clicks in one category change
# in fewer rows than an item's clicks do, but each row that was clicked is among them, and its own click is in the difference.
# So a small share can be the worst leak. A training table that was logged while serving would show zeros here. That is the
# safest habit: **log the vector that was served, wait for the label, train on the log** (*log and wait*). Recomputing is for
# features that are new.
#
# ## Measure: offline, served, and point in time
#
# Three numbers on the same test rows. *Leaked, offline*: trained and tested on the naive table. *Leaked, served*: the same
# model, reading what is known at the request. *Point in time*: trained and served on what is known.

# %%
def study(log, group, begin, cutoff):
    """The test rows, their scores by the two models, and the models."""
    train, test = split(log, begin, cutoff)
    leaked = GBDTRanker(trees=40, leaves=15).fit(whole_log(log, train, group), train["click"])
    honest = GBDTRanker(trees=40, leaves=15).fit(features(log, train, group), train["click"])
    live = features(log, test, group)
    scores = {"leaked, offline": leaked.predict(whole_log(log, test, group)),
              "leaked, served": leaked.predict(live), "point in time": honest.predict(live)}
    return {"test": test, "scores": scores, "leaked": leaked, "honest": honest}


def auc_of(rows, score, minus=None):
    """AUC, or the difference of two AUCs on the same rows, with an interval over people."""
    table = np.column_stack([rows["click"], score, np.zeros(len(rows)) if minus is None else minus])
    return bootstrap(table, lambda t: auc(t[:, 0], t[:, 1]) - (minus is not None) * auc(t[:, 0], t[:, 2]),
                     groups=rows["user"], n_boot=40)


results = {name: study(*entry) for name, entry in logs.items()}

# %%
paint = {"leaked, offline": plots.color("bad"), "leaked, served": plots.color("unsure"),
         "point in time": plots.color("good")}
_, axes = plt.subplots(1, len(results), figsize=(plots.WIDTH, 2.6), squeeze=False)
for ax, (name, result) in zip(axes[0], results.items(), strict=True):
    aucs = {kind: auc_of(result["test"], score) for kind, score in result["scores"].items()}
    plots.bars(aucs, name, "AUC on later days", ax=ax, colors=paint, fmt="{:.3f}")
    ax.set_xlim(0.5, 1.02)
    ax.title.set_fontweight("normal")
_ = axes[0][0].figure.suptitle("What does the leak promise, and what does it give?", x=0.01, ha="left", fontweight="bold")
for name, result in results.items():
    s = result["scores"]
    measured("feature_audit.offline", auc_of(result["test"], s["leaked, offline"], s["leaked, served"]), on=name)
    measured("feature_audit.served", auc_of(result["test"], s["point in time"], s["leaked, served"]), on=name)

# %% [markdown]
# The bar *leaked, offline* is a promise that nobody can keep. Compare the other two: is the leaked model, served, worse than the
# one that was trained point in time? There is a reason to expect it: while the leaked model trained, the user's own rate in the
# group held much of the answer, so it had little reason to learn from anything else. At serving that rate no longer holds the
# answer.
#
# AUC is a number about a log. The world lets us ask the people: give each a list by either model, and look up the true
# chance that they would click on what it holds.
#
# More models join: honest features plus **dwell**, the seconds spent after the click. Only a row that was clicked has any, so
# dwell tells the label, and no request has it. How much harm it does depends on how many training rows hold it, so that is a
# dial: from none of them (then the column is empty, and dropping it changes nothing) to all.

# %%
items, people = world.eligible(), np.arange(800)
now = pd.DataFrame({"user": np.repeat(people, len(items)), "item": np.tile(items, len(people)),
                    "time": float(world.day * DAY_S)})
live = features(feed_log, now, group)
truth = world.truth().click_probability(people[:, None], items[None, :], world.day)      # (people, items)


def liked(score):
    top = np.argsort(-score.reshape(truth.shape), axis=1)[:, :10]
    return np.take_along_axis(truth, top, axis=1).mean(axis=1)         # (people,)


# %%
held_by = [0, 0.02, 0.1, 0.5, 1]                                     # share of the training rows that hold dwell


def with_dwell(share):
    """Scores, for today's requests, of a model whose training rows held dwell in this share; at serving none does."""
    logged = np.random.default_rng(0).random(len(train)) < share
    table = known.assign(dwell_s=train["dwell_s"].where(logged))
    model = GBDTRanker(trees=40, leaves=15).fit(table, train["click"])
    return model.predict(live.assign(dwell_s=np.nan))


value = {"leaked": liked(results["world"]["leaked"].predict(live)),
         "point in time": liked(results["world"]["honest"].predict(live))}
value |= {f"dwell in {share:.0%}": liked(with_dwell(share)) for share in held_by}

# %%
def preferred_to(other):
    """Relative gain of the honest model's lists over another model's."""
    pair = np.column_stack([value["point in time"], value[other]])
    return bootstrap(pair, lambda p: p[:, 0].mean() / p[:, 1].mean() - 1)


measured("feature_audit.people", preferred_to("leaked"))
gains = [preferred_to(f"dwell in {share:.0%}") for share in held_by]
for share, gain in zip(held_by, gains, strict=True):
    measured("feature_audit.drop", gain, at=share)
ax = plots.lines(held_by, {"point in time": gains}, "How much is gained by dropping a feature that cannot be served?",
                 "share of training rows that hold it", "gain in the true chance of a click (log)")
ax.set_yscale("symlog", linthresh=0.01)
for axis in (ax.xaxis, ax.yaxis):
    axis.set_major_formatter(lambda v, _: f"{v:.0%}")

# %% [markdown]
# With dwell in every row the trees need nothing else; served without it, they give every item the same score. In the middle of
# the dial they also train on rows that lack dwell, and can learn from those what to do without it: see how far along the curve
# that helps. The simplest rival to dropping is to keep the column and train with what will be *served*, which is nothing. Trees
# cannot split on an empty column, so that is dropping it by another name.
#
# And the leaked model? A list of ten depends only on the top of the order, AUC on all rows: the two need not agree on how much a
# leak costs.
#
# ## What can lie to you
#
# The test rows above came after all training rows, and still the AUC was flattered. **A split by time protects rows, not the
# table they were joined from.** A split at random is fooled in the same way: in both, the test row's own click sits in
# its features. What notices the leak is the mismatch.

# %%
coin = np.random.default_rng(0).random(len(train)) < 0.7
naive_table = whole_log(log, train, group)
at_random = GBDTRanker(trees=40, leaves=15).fit(naive_table[coin], train["click"][coin])
pd.Series({"leaked, random split": auc(train["click"][~coin], at_random.predict(naive_table[~coin])),
           "leaked, split by time": auc(test["click"], results["world"]["scores"]["leaked, offline"]),
           "served": auc(test["click"], results["world"]["scores"]["leaked, served"])}).round(3).to_frame("AUC")

# %% [markdown]
# ## How old is a value when it is read?
#
# A feature that exists and does not leak can still be old. What matters is its age when it is read: a daily job that
# takes two hours serves values up to 26 hours old. After the exercise you measure what age costs: the model trained on live
# features is served older and older ones.
#
# {{card feature_audit.3}}

# %%
@exercise("feature_audit.3")
def snapshot_time(time, every_s, delay_s):
    """time float [Q], s → the moment up to which the feature read at `time` knows the log, float [Q], s."""
    ### BEGIN SOLUTION
    return np.floor((np.asarray(time) - delay_s) / every_s) * every_s
    ### END SOLUTION

# %%
hours = np.array([0, 1, 6, 24, 72, 168])


def served_at_age(name):
    """Scores of the honest model when its features are refreshed every so many hours."""
    log, group, _, _ = logs[name]
    rows, model = results[name]["test"], results[name]["honest"]
    return [model.predict(features(log, rows, group, every_s=h * 3600.0)) for h in hours]


aged = {name: served_at_age(name) for name in logs}

# %%
lost = {name: [auc_of(results[name]["test"], scores[0], score) for score in scores] for name, scores in aged.items()}
ax = plots.lines(np.arange(len(hours)), lost, "What does the age of features cost?",
                 "features refreshed", "AUC lost against live features")
_ = ax.set_xticks(np.arange(len(hours)), ["live", "hourly", "6 h", "daily", "3 days", "weekly"])

# %%
for h, value_lost in zip(hours, lost["world"], strict=True):
    measured("feature_audit.age", value_lost, at=h)
if "ml100k" in lost:
    measured("feature_audit.day", lost["ml100k"][3], on="ml100k")

# %% [markdown]
# Is a leak worse than age? Asked of any one leak and any one age, the question has no answer: either can be made as large as
# one likes. So put both on one axis. To the left of the request lies age: features that are t hours old. To the right lies
# the leak: a model that is trained and tested with features that know t hours *too much*. What does each seem to be worth?

# %%
ahead_by = [0, 1, 24, 72]                                            # hours


def looking_ahead(h):
    """Scores of a model trained and tested on features that know h hours too much."""
    table, later = (features(log, rows.assign(time=rows["time"] + h * 3600.0), group) for rows in (train, test))
    return GBDTRanker(trees=40, leaves=15).fit(table, train["click"]).predict(later)


def age_less_leak(t):
    """AUC lost by age, less the AUC that as much of a look ahead seems to gain; columns click, live, old, ahead."""
    live_auc, old, ahead = (auc(t[:, 0], t[:, k]) for k in (1, 2, 3))
    return (live_auc - old) - (ahead - live_auc)


live_score = results["world"]["scores"]["point in time"]
ahead_scores = {h: looking_ahead(h) for h in ahead_by}

# %%
by_age = dict(zip(hours, aged["world"], strict=True))
cost = dict(zip(hours, lost["world"], strict=True))
gained = []
for h in ahead_by:
    gained.append(auc_of(test, ahead_scores[h], live_score))
    both = np.column_stack([test["click"], live_score, by_age[h], ahead_scores[h]])
    measured("feature_audit.stale_vs_leak", bootstrap(both, age_less_leak, groups=test["user"], n_boot=40), at=h)
curves = {"lost by age": [cost[h] for h in ahead_by], "seemingly gained by looking ahead": gained}
ax = plots.lines(np.arange(len(ahead_by)), curves, "Age, and a look ahead: what does each do to AUC?", "hours", "AUC")
_ = ax.set_xticks(np.arange(len(ahead_by)), ahead_by)

# %% [markdown]
# An hour too much holds the row's own click already, so this leak does not grow from nothing as age does. Look at how much of its
# height it has reached after one hour, and what further hours add.

# %%
def lost_by_family(name):
    """AUC lost when only one family of features is a day old."""
    log, group, _, _ = logs[name]
    rows, model = results[name]["test"], results[name]["honest"]
    live, daily = features(log, rows, group), features(log, rows, group, every_s=DAY_S)
    return {family: auc_of(rows, model.predict(live), model.predict(live.assign(**daily.filter(like=family))))
            for family in ("item_", "user_", "affinity_")}


pd.DataFrame({name: lost_by_family(name) for name in logs}).rename_axis("a day old, the rest live")

# %% [markdown]
# On ML-100K people rate many films in one sitting, and a feature that is an hour old has not seen the sitting. In the world a
# session holds few clicks. So look at *where* each curve rises. The table ages one family of features at a time, because
# **freshness should be bought for a reason that you can name**, feature by feature. "Real-time everything" also pays for families
# for which no cost of age can be shown, those whose interval holds zero.
#
# ## Has it moved?
#
# A feature can also change its meaning: a new client, a unit, a broken job. Monitoring compares its histogram today
# with that of training. Tools call a PSI of 0.1 "moderate" and 0.25 "large", whatever the sample. Below, both samples are
# drawn from the *same* ten bins, many times: nothing has moved.
#
# {{card feature_audit.4}}

# %%
@exercise("feature_audit.4")
def psi_of_counts(reference, actual):
    """reference, actual int [bins] → Σ (a − r)·ln(a / r) over shares, with half an event added to every bin."""
    ### BEGIN SOLUTION
    r = (reference + 0.5) / (reference.sum() + 0.5 * len(reference))
    a = (actual + 0.5) / (actual.sum() + 0.5 * len(actual))
    return np.sum((a - r) * np.log(a / r))
    ### END SOLUTION

# %%
def null_psi(n, draws=400, seed=0):
    """PSI between two samples of n from the same ten equal bins, `draws` times."""
    rng = np.random.default_rng(seed)
    pairs = rng.multinomial(n, np.full(10, 0.1), size=(draws, 2))     # (draws, 2, bins)
    return np.array([psi_of_counts(reference, actual) for reference, actual in pairs])


sizes = np.array([100, 200, 500, 1000, 5000, 20_000, 100_000])
null = [np.quantile(null_psi(n), [0.5, 0.05, 0.95]) for n in sizes]
ax = plots.lines(sizes, {"nothing has moved": [tuple(q) for q in null]},
                 "A fixed PSI limit cries wolf on small samples and sleeps on large ones",
                 "values in each sample", "PSI: median and 90% of draws", logx=True, logy=True)
ax.xaxis.set_major_formatter("{x:,.0f}")
ax.yaxis.set_major_formatter("{x:g}")
for limit, word in ((0.1, "moderate"), (0.25, "large")):
    ax.axhline(limit, color=plots.color("bad"), ls="--", lw=1)
    ax.annotate(f"“{word}”: {limit}", (sizes[-1], limit), xytext=(0, 3), textcoords="offset points", ha="right")

# %%
def limit_of(n):
    """The PSI that 5% of unmoved samples of n exceed, with its interval."""
    return bootstrap(null_psi(n), lambda draws: np.quantile(draws, 0.95), n_boot=300)


endless = psi_of_counts(np.full(10, 1e12), np.full(10, 1e12))         # samples without end: shares are what they are
measured("feature_audit.psi", endless, endless, endless, at=0)
for n in sizes[::-1]:
    measured("feature_audit.psi", limit_of(n), at=1000 / n)

# %%
def drift(n=1000, shift=0.1):
    """PSI of a bell curve moved by `shift` standard deviations, against both thresholds."""
    rng = np.random.default_rng(1)
    training, today = rng.normal(size=50_000), rng.normal(shift, 1, n)
    edges = np.quantile(training, np.linspace(0, 1, 11)[1:-1])
    counts = [np.bincount(np.searchsorted(edges, x), minlength=10) for x in (training, today)]
    own = null_psi_threshold(training, n, n_boot=200)
    ax = plots.figure(f"PSI {psi_of_counts(*counts):.3f}; fixed limit 0.100; own limit {own:.3f}", "feature", "density")
    for name, values in (("training", training), ("today", today)):
        ax.hist(values, np.linspace(-3, 3, 31), density=True, histtype="step", lw=2, label=name)
    ax.legend()
    return ax.figure


explore(drift, n=(200, 20_000, 400), shift=(0.0, 0.6, 0.05))

# %% [markdown]
# The curve is arithmetic: where nothing has moved, PSI is about a chi-square with one degree of freedom less than there are
# bins, times (1/n + 1/m), for samples of n and m values. At 200 values the usual limit often raises the alarm over nothing;
# at 20,000 it stays silent while a shift many times the noise goes by. One bootstrap gives the threshold of *your* sample
# sizes: `null_psi_threshold`. With the sliders, find shifts that only one of the two rules sees.
#
# That is half of the answer. With many rows the noise is tiny, so that even a move that matters to nobody is more than noise. How
# often does a test cry wolf that asks for no more than that? Try it on honest features that nobody touched: training rows
# against later rows.

# %%
untouched = audit(known, features(log, test, group), n_boot=200)
moved = untouched["psi"] > untouched["psi_null"]
measured("feature_audit.wolf", bootstrap(moved.to_numpy(float)))
print(f"{moved.sum()} of {len(moved)} features have moved by more than noise, {(moved & (untouched['psi'] > 0.1)).sum()} of them "
      f"by a PSI above 0.1 as well")

# %% [markdown]
# So an alarm needs both: **more than noise** (a threshold from the null) and **enough to matter** (an effect size; for a
# shift of a bell curve PSI is about the square of the shift in standard deviations, so that 0.1 is a third of one). Whether it
# matters to *you* is asked of the model: by how much do its answers change?
#
# ## The audit: one row a feature, one verdict
#
# Everything above in one table. Two columns were added that every log offers and no request has: dwell, and the
# **position** of the row. The item's counts are those of the naive table; the user's come from a daily job that
# promised at most six hours of age and does not keep it; the rest is honest and live.

# %%
leaky = [name for name in known if name.startswith("item_")]
trained = known.assign(**whole_log(log, train, group)[leaky], position=train["position"], dwell_s=train["dwell_s"])
served, age_s = features(log, test, group), test["time"] - snapshot_time(test["time"], DAY_S, 2 * 3600)
ages = {name: age_s.to_numpy() for name in known if name.startswith("user_")}
table = audit(trained, served, as_of=known, label=train["click"], age_s=ages, sla_s=dict.fromkeys(ages, 6 * 3600),
              n_boot=200)
table[["at_inference", "differs", "auc", "auc_as_of", "late", "psi", "psi_null", "verdict"]].round(3)

# %% [markdown]
# Read `auc` against `auc_as_of`: what the feature alone seemed to be worth, and what it is worth when honest. The title of this
# lesson speaks of what the model *reads* when it serves. What only training needs may be unservable: position, which the ranker
# is trained with and which is held fixed at serving (lesson {{ranker}}), so that it does not learn position in disguise; and
# labels, weights of rows, and the scores of a larger teacher model.
#
# Counts that only grow are larger on later days, so they move against any training sample. The verdict *watch* is therefore a
# question: would the model's answer change?

# %%
quiz("feature_audit.q1", "A feature's AUC alone is 0.97 in training and it is there at serving. What do you do first?",
     {"Ship it; check the A/B test": "The test costs weeks and users; the mismatch costs a query.",
      "Recompute it as of each row's moment and compare": "Yes. If the two differ, you have the leak; if not, the gain.",
      "Drop it: too good to be true": "Often right, and you would never know. Strong honest features exist.",
      "Split by time and measure again": "The leak above passed a split by time. The table is at fault, not the split."},
     answer="Recompute it as of each row's moment and compare")

# %% [markdown]
# ## What serves them
#
# So far every feature was computed afresh. A server *reads* it, from a store that events reach late: a phone in a
# tunnel sends its clicks hours after they happened. The world has no tunnels, so we dig some: on one day in seven a
# user's phone is offline. Each click now has two times.
#
# {{card feature_audit.5}}

# %%
@exercise("feature_audit.5")
def live_session(event_time, arrival_time, item, now, gap_s):
    """event_time, arrival_time float [E], item int [E], now, gap_s → items of the session at `now`, oldest first."""
    ### BEGIN SOLUTION
    known = arrival_time < now
    order = np.argsort(event_time[known], kind="stable")
    time, item = event_time[known][order], item[known][order]
    ends = np.flatnonzero(np.diff(np.append(time, now)) > gap_s)
    return item[ends[-1] + 1:] if len(ends) else item
    ### END SOLUTION

# %%
clicks = log.loc[log["click"] == 1, ["user", "item", "click_time"]].rename(columns={"click_time": "time"})
clicks = clicks.sort_values("time", ignore_index=True)               # a click comes some seconds after its request
u, t, i = (clicks[name].to_numpy() for name in ("user", "time", "item"))
asks = test.drop_duplicates("request_id")[["user", "time"]].sort_values("time", ignore_index=True)


def arrivals(offline, seed=0):
    """When each click arrives, s: a second later, or hours later on the share `offline` of all days of users."""
    rng = np.random.default_rng(seed)
    away = (rng.random(800 * 11) < offline)[u * 11 + (t // DAY_S).astype(int)]
    return t + np.where(away, rng.exponential(4 * 3600, len(t)), 1)


a = clicks["arrival"] = arrivals(1 / 7)
print(f"{len(asks):,} requests in the test days; {np.mean(a - t > 60):.0%} of all clicks arrive more than a minute late")

# %% [markdown]
# The session was the first feature to be served. The second is a count that forgets: clicks, each worth half as much after
# six hours. Three ways lead to it. A **stream** keeps one count and one moment a user. A **session store** (SQLite here,
# Redis where many machines read it) keeps the events and sums them when asked; its time to live, TTL, forgets them after a
# week. **Batch and speed** add what a stream brought since last night to what a job counted then. That one is yours; then all
# three replay the test days.
#
# {{card feature_audit.6}}

# %%
@exercise("feature_audit.6")
def decayed_counts(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    """batch float [U] as of batch_at; user, event_time, arrival_time [E]: the stream → float [U], as of now."""
    ### BEGIN SOLUTION
    fresh = (arrival_time >= batch_at) & (arrival_time < now)
    weight = 0.5 ** ((now - event_time[fresh]) / half_life_s)
    return batch * 0.5 ** ((now - batch_at) / half_life_s) + np.bincount(user[fresh], weight, len(batch))
    ### END SOLUTION

# %%
HALF = 6 * 3600


class Stream:
    """One count and one moment a user; a late event enters with the weight that it has by now."""

    def __init__(self):
        self.count, self.at = np.zeros(800), np.zeros(800)

    def event(self, user, time):
        newest = max(self.at[user], time)
        self.count[user] = self.read(user, newest) + 0.5 ** ((newest - time) / HALF)
        self.at[user] = newest

    def read(self, user, now):
        return self.count[user] * 0.5 ** ((now - self.at[user]) / HALF)


# %%
import tempfile

folder, stream, coming = tempfile.TemporaryDirectory(), Stream(), list(np.argsort(a)[::-1])
store = sessions.SessionStore(f"{folder.name}/sessions.sqlite", ttl_s=7 * DAY_S)
store.append(u, i, t, a)                                             # a read sees only what has arrived
night = {day: decayed_counts(np.zeros(800), 0.0, u, t, a, day * DAY_S, HALF) for day in (8, 9)}
three = []
for user, now in zip(asks["user"], asks["time"], strict=True):
    while coming and a[coming[-1]] < now:
        stream.event(u[coming[-1]], t[coming.pop()])
    stored, day = store.read(user, now)["event_time"], now // DAY_S
    layered = decayed_counts(night[day], day * DAY_S, u, t, a, now, HALF)[user]
    three.append([stream.read(user, now), (0.5 ** ((now - stored) / HALF)).sum(), layered])
print(f"the three disagree on {np.mean(np.ptp(three, axis=1) > 1e-6):.1%} of {len(three):,} requests")

# %%
def misread(offline):
    """Which requests each of three shortcuts reads wrong, bool [R, 3], where this share of phone days is offline."""
    a, wrong = arrivals(offline), []
    for user, now in zip(asks["user"], asks["time"], strict=True):
        e, came, item, me, midnight = t[u == user], a[u == user], i[u == user], u[u == user] * 0, now // DAY_S * DAY_S
        night = decayed_counts(np.zeros(1), 0.0, me, e, came, midnight, HALF)
        right = decayed_counts(night, midnight, me, e, came, now, HALF)
        split = decayed_counts(night, midnight, me, e, np.where(e < midnight, -1, came), now, HALF)
        age = decayed_counts(np.zeros(1), 0.0, me, came, came, now, HALF)
        own, server = (live_session(clock, came, item, now, 1800) for clock in (e, came))
        wrong.append([abs(split - right)[0] > 0.01, abs(age - right)[0] > 0.01, not np.array_equal(own, server)])
    return np.array(wrong, float)

# %%
shares = [0, 0.05, 0.1, 0.2, 0.3]
read_wrong = [misread(share) for share in shares]
shortcuts = ["layers split by event time", "clicks aged from their arrival", "session by arrival"]
lines = {name: [bootstrap(each[:, k], groups=asks["user"], n_boot=200) for each in read_wrong]
         for k, name in enumerate(shortcuts)}
ax = plots.lines(shares, lines, f"Clicks aged from their arrival misread up to {max(e.value for e in lines[shortcuts[1]]):.0%} of requests",
                 "share of phone days offline", "share of requests misread")
for axis in (ax.xaxis, ax.yaxis):
    axis.set_major_formatter(lambda v, _: f"{v:.0%}")

# %% [markdown]
# The three ways have to agree, because in each the arrival of a click decides *whether* it counts, and its own time *how much*; a
# test of this course holds them to it. The shortcuts in the figure are your functions, handed the wrong clock. A **backfill**
# is the extreme case of a late event: a job that writes last month's events today. A training row may read such an event only
# if it had arrived by then; so a store has to keep both times.
#
# ## A real feature store, held against the oracle
#
# **Feast** is an open-source feature store: define a feature once, join it point in time for training, serve it online.
# Here it serves each user's clicks so far, from a file and SQLite. A value holds for three days, its TTL. We know what the right
# answer is, because the as-of join above gives it.
#
# Feast's page on point-in-time joins says that it scans *backward* from a row's time. Does that mean strictly before? It
# matters only where a click and a row carry the same time, as in logs that stamp a click with the time of its request. In
# our log a click has its own time, some seconds after. So the delay is a dial: 0 stands for a log that keeps request times.

# %%
def feast_store(folder, facts, ttl_s):
    """A Feast store in a folder that serves `taste:clicks` by user."""
    from feast import Entity, FeatureStore, FeatureView, Field, FileSource, RepoConfig, ValueType
    from feast.types import Int64
    facts.to_parquet(f"{folder}/clicks.parquet")
    user = Entity(name="user", join_keys=["user"], value_type=ValueType.INT64)
    file = FileSource(path=f"{folder}/clicks.parquet", timestamp_field="at", created_timestamp_column="written")
    view = FeatureView(name="taste", entities=[user], source=file, schema=[Field(name="clicks", dtype=Int64)],
                       ttl=pd.Timedelta(seconds=ttl_s).to_pytimedelta())
    feast = FeatureStore(config=RepoConfig(
        project="course", provider="local", registry=f"{folder}/registry.db", entity_key_serialization_version=3,
        online_store={"type": "sqlite", "path": f"{folder}/online.db"}, offline_store={"type": "file"}))
    feast.apply([user, view])
    return feast


# %%
def stamp(seconds):
    """Seconds of the world as timestamps, which Feast asks for."""
    return pd.Timestamp("2026-01-01", tz="UTC") + pd.to_timedelta(np.round(seconds, 3), unit="s")


# %%
def ask_feast(store, rows, **how):
    """Feast's answer for each row (user, time), NaN where no row came back, float [R]; and which rows came back."""
    asked = rows[["user"]].assign(row=range(len(rows)), event_timestamp=stamp(rows["time"]))
    got = store.get_historical_features(asked, features=["taste:clicks"], **how).to_df().set_index("row")["clicks"]
    return got.reindex(range(len(rows))).to_numpy(float), np.isin(range(len(rows)), got.index)


def unlike(answer, oracle):
    """Requests on which two answers differ, bool [R]; two missing values agree."""
    return ~np.isclose(answer, oracle, equal_nan=True)


# %%
def counted(clicks):
    """Clicks so far of each user, a row a moment: user, time, clicks, arrival."""
    ordered = clicks.sort_values("time", kind="stable")
    counts = ordered.assign(clicks=ordered.groupby("user").cumcount() + 1)
    return counts.drop_duplicates(["user", "time"], keep="last")[["user", "time", "clicks", "arrival"]]


def store_of(facts, ttl_s=3 * DAY_S):
    """A new Feast store that holds these facts."""
    room = tempfile.mkdtemp(dir=folder.name)
    return feast_store(room, facts.assign(at=stamp(facts["time"]), written=stamp(facts["arrival"])), ttl_s)


# %%
def like_the_oracle(delay_s):
    """Requests on which plain Feast and the as-of join agree, where clicks come this long after their request, bool [R]."""
    late = asked_then.assign(time=asked_then["time"] + delay_s, arrival=asked_then["time"] + delay_s)
    facts = counted(late)
    answer, _ = ask_feast(store_of(facts), asks)
    return ~unlike(answer, point_in_time.as_of_join(asks, facts[["user", "time", "clicks"]], "user", ttl_s=3 * DAY_S)["clicks"])


# %%
try:
    import feast as installed
except ImportError:
    installed = None
    print("Feast is left out, for it is not installed: pip install -e '.[feast]'. The rest runs without it.")
asked_then = log.loc[log["click"] == 1, ["user", "time"]]            # the time of each click's request
delays = [0, 0.01, 1, 5]
if installed:
    agree = [bootstrap(like_the_oracle(d).astype(float), groups=asks["user"]) for d in delays]
    ax = plots.lines(np.arange(len(delays)), {"good": agree}, "Does Feast join what was known strictly before?",
                     "seconds from a request to its click", "share of rows like the as-of join")
    ax.set_xticks(np.arange(len(delays)), delays)
    for d, share in zip(delays, agree, strict=True):
        measured("feature_audit.feast_join", share, at=d)
    print(f"in this world the median click comes {np.nanmedian(log['click_time'] - log['time']):.1f} s after its request")

# %% [markdown]
# "Backward" is **at or before**. That costs nothing where clicks have their own times, and puts the label into the feature
# where a log keeps only the time of the request. Check which one you have.
#
# The second trap is a value that was *written* late. Clicks of phones that were offline happened before a request and arrived
# after it. Look at the requests for which that matters: what happened and what was known are not the same.

# %%
so_far = counted(clicks)
happened = point_in_time.as_of_join(asks, so_far[["user", "time", "clicks"]], "user", ttl_s=3 * DAY_S)["clicks"]
arrived = point_in_time.as_of_join(asks, so_far, "user", ttl_s=3 * DAY_S, known_at="arrival")["clicks"]
matters = unlike(happened, arrived)
switches = {"as it comes": {}, "filter_by_created_timestamp": {"filter_by_created_timestamp": True}}
if installed:
    feast = store_of(so_far)
    answers = {name: ask_feast(feast, asks, **how)[0] for name, how in switches.items()}
    for name, answer in answers.items():
        measured("feature_audit.feast_backfill", unlike(answer, arrived)[matters].mean(), on=name)
    print(f"late clicks matter to {matters.mean():.1%} of requests")

# %% [markdown]
# Only with the switch does the join give what was known. Last, rows for which nothing is fresh. A user with a value of a day ago,
# the same user after ten days, and a user whom the store has never seen: which rows come back?

# %%
if installed:
    one_value = pd.DataFrame({"user": [1], "time": [0.0], "clicks": [5], "arrival": [0.0]})
    three_rows = pd.DataFrame({"user": [1, 1, 2], "time": [1.0 * DAY_S, 10.0 * DAY_S, 1.0 * DAY_S]})
    values, came_back = ask_feast(store_of(one_value), three_rows)
    measured("feature_audit.feast_rows", came_back.mean(), on=f"Feast {installed.__version__}, file store")
    print(three_rows.assign(days=three_rows["time"] / DAY_S, came_back=came_back, value=values).to_string())

# %% [markdown]
# The file store *drops* the row whose values are all too old: a training table loses just the people who come back after a
# while. Other stores of Feast need not do so; ask yours.
#
# Now online. The log's days are long past by today's clock: with a TTL of three days nothing in it should be served.

# %%
import contextlib

if installed:
    with contextlib.redirect_stdout(None):
        feast.materialize(stamp(0).to_pydatetime(), stamp(11 * DAY_S).to_pydatetime())
    rows = [{"user": int(user)} for user in np.unique(u)]
    served_now = feast.get_online_features(features=["taste:clicks"], entity_rows=rows).to_dict()["clicks"]
    withheld = np.mean([value is None for value in served_now])
    measured("feature_audit.feast_ttl", withheld, on=f"Feast {installed.__version__}, SQLite")

# %% [markdown]
# A value past its time to live, if it is served, looks like any other. So an age has to travel with each value, and whoever reads
# it has to check.
#
# ## The last millisecond: reads and warm-up
#
# One request reads one user; a night's e-mails read everybody. What does a read cost, one by one and in bulk?

# %%
who, table = np.random.default_rng(0).integers(0, 800, (200, 100)), {}
reads = {"session store": lambda users: store.read(users.ravel(), 10 * DAY_S)}
if installed:
    reads["Feast"] = lambda users: feast.get_online_features(
        features=["taste:clicks"], entity_rows=[{"user": int(user)} for user in users.ravel()])
for name, read in reads.items():
    one, many = latencies_ms(read, who[:, :1]), latencies_ms(read, who[:50])
    table[name] = {"one user, ms p50": np.median(one), "p99": np.percentile(one, 99), "100 users, ms p50": np.median(many),
                   " p99": np.percentile(many, 99), "bulk is × cheaper": 100 * np.median(one) / np.median(many)}
pd.DataFrame(table).T.round(2)

# %% [markdown]
# A bulk read spares the cost of each *call*: little here, where the store is a file that this process reads, and a round
# trip where it is at the other end of a network. There a **cache** of the busiest users spares the call itself. After a
# restart it is empty, just when traffic comes back. So it is loaded first with the users who were busiest so far: *warm-up*.
#
# {{card feature_audit.7}}

# %%
@exercise("feature_audit.7")
def hit_rate(requested, capacity, warm=()):
    """requested int [R], capacity int, warm list → share of requests found in a cache that drops the longest unused."""
    ### BEGIN SOLUTION
    from collections import OrderedDict

    cache, hits = OrderedDict.fromkeys(reversed(list(warm)[:capacity])), 0
    for user in requested:
        hits += user in cache
        cache[user] = None
        cache.move_to_end(user)
        if len(cache) > capacity:
            cache.popitem(last=False)
    return hits / len(requested)
    ### END SOLUTION

# %%
before = log[log["time"] < cutoff].drop_duplicates("request_id")["user"]
top, coming = before.value_counts().index[:80].tolist(), asks["user"].to_numpy()
spans, restarts = [10, 30, 100, 300, 1000], range(0, 2000, 50)
rates = {name: [bootstrap([hit_rate(coming[r:r + n], 80, warm) for r in restarts]) for n in spans]
         for name, warm in (("cold", []), ("warmed", top))}
spared = [warmed.value - cold.value for cold, warmed in zip(*rates.values(), strict=True)]
ax = plots.lines(spans, rates, f"Warm-up spares {spared[0]:.0%} of the first ten reads, {spared[-1]:.0%} of a thousand",
                 "requests since the restart", "share found in the cache", logx=True)
ax.xaxis.set_major_formatter("{x:,.0f}")
ax.yaxis.set_major_formatter(lambda v, _: f"{v:.0%}")
print(f"in this world the top tenth makes {np.isin(coming, top).mean():.0%} of the next days' requests")

# %% [markdown]
# How unequal people are is an input of the world, so ask public logs: the orders of a shop, and the days on which people rated
# films. Take the most active tenth of one month's users, and count their share of the week that follows.

# %%
def top_tenth(visits, seed=0):
    """Share of a week's visits by the most active tenth of the month before, at a moment drawn by seed; columns user, time."""
    now = visits["time"].quantile(np.random.default_rng(seed).uniform(0.4, 0.9))
    month = visits.loc[(visits["time"] < now) & (visits["time"] >= now - 28 * DAY_S), "user"].value_counts()
    week = visits.loc[(visits["time"] >= now) & (visits["time"] < now + 7 * DAY_S), "user"]
    busiest = month.index[:max(1, len(month) // 10)]
    return bootstrap(np.isin(week, busiest).astype(float), groups=week.to_numpy())


# %%
orders = datasets.online_retail().interactions.drop_duplicates("order")[["user", "time"]]
rated_on = datasets.movietweetings().interactions.assign(day=lambda rows: rows["time"] // DAY_S)
rated_on = rated_on.drop_duplicates(["user", "day"])[["user", "time"]]
public = {"online_retail": top_tenth(orders), "movietweetings": top_tenth(rated_on)}
for name, share in public.items():
    measured("feature_audit.warm", share, on=name)

# %% [markdown]
# **Were you right?** The cold curve shows what a cache gets without any warm-up, from people who have just asked and ask again.
# Warm-up is for the minutes after a restart, when the store would get every read at once. How much it spares depends on how
# much last month's activity says about next week, and that differs from log to log: look at your own before you choose whom to
# load.
#
# ## After day 7
#
# The job that counts clicks failed on the evening of the cutoff, and nobody was told: its last result is still served. No value
# is missing, and the model answers. Two days later:

# %%
frozen = features(log, test.assign(time=cutoff), group)
loss = auc_of(test, results["world"]["scores"]["point in time"], results["world"]["honest"].predict(frozen))
stuck = dict.fromkeys(frozen, (test["time"] - cutoff).to_numpy())
alarm = audit(known, frozen, age_s=stuck, sla_s=dict.fromkeys(stuck, 6 * 3600), n_boot=100)
print(f"AUC lost: {loss}")
alarm["verdict"].value_counts().to_frame("features")

# %% [markdown]
# An age beside each value finds the fault as soon as the promised age has passed. A test of drift has to wait until histograms
# have moved, and a drop in clicks has many other explanations. So a feature's contract names an age at serving, the job writes
# the time up to which it has counted, and the reader checks: the store may not do it for you.
#
# ## Say it in a minute
#
# > "A feature has to pass four questions. Does it exist at the request? How old is it when read, against what age costs
# > us? Was every training value known at its moment, which means arrived, not only happened? Does it still look as in
# > training, against a threshold for our sample size? I log the served vector and train on that; what I must recompute, I
# > join as of the event, strictly before. A split by time does not replace that. Each value carries the time up to which
# > it counts, so a dead job shows. Fast features live in a session store by event time, warmed before it takes traffic."
#
# **Red flag:** "We have a feature store, so there is no skew" (training and serving differing). A store keeps two
# definitions the same. It does not stop you from joining the wrong moment, from serving a stale value, or from reading
# what the label wrote.
#
# ## You have now
#
# an as-of join; `mismatch`, which finds leaks and skew; `snapshot_time`, which says how old a feature really is; a
# drift test that knows its own noise; `audit`, which puts them into one table that a launch can be held against ({{launch}});
# and a session store whose numbers agree with stream and batch, late clicks included. The next lesson asks the same of
# metrics ({{metric_stack}}).
