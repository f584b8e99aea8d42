# %% [markdown]
# # {{metric_stack}} Metric stack: who vouches for what
#
# **The decision.** A new model is ready. Does it go to users, to a small test, or back to the desk? A *metric stack* is
# the chain of evidence that answers: offline metrics on old clicks, estimates from logged chances, interleaving, and at
# the end an experiment. Each is cheaper than the next and says less.
#
# | | |
# |---|---|
# | Budget | minutes offline, hours of log for an estimate, days for interleaving, weeks for an A/B test |
# | Failure this stage owns | *A number went up, we launched, and people were worse off.* |
# | Minutes | 75, of which 43 on exercises |
# | Needs | recall over the whole catalogue ({{two_tower}}); a log with propensities ({{feedback}}) |
# | Leaves behind | a table of metrics with intervals, three estimators, interleaving: lesson {{experiments}} tests and lesson {{launch}} launches with them |

# %%
import itertools

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit, logit
from scipy.stats import rankdata

# %%
from course_lib.contracts import best_k
from course_lib.data import datasets, splits
from course_lib.data.log import interactions
from course_lib.evidence import counterfactual, interleave, offline
from course_lib.evidence.estimate import bootstrap
from course_lib.evidence.experiment import sample_size
from course_lib.stages.retrieval import baselines
from course_lib.teach import compare, exercise, hint, measured, plots, predict, quiz, solution  # noqa: F401
from course_lib.world import feed
from course_lib.world import policies as world_policies

plots.style()
SEED = 0                                       # every draw of this lesson starts here; another number is another replicate

# %% [markdown]
# ## Predict
#
# 1. Twenty-seven rival recommenders are judged by recall on held-out clicks, and by the clicks that users would really give
#    them. What is the correlation? (1: a straight line, 0: nothing in common.)
# 2. A service without any clickbait. The policy that is best on held-out clicks goes live. What share of the satisfied
#    clicks that the best rival would earn is lost?
# 3. A policy that never ran is judged by IPS from a log of random decisions. How many of them say as much as one decision
#    of the policy itself?
# 4. A service that everybody visits once. How many times fewer users than an A/B test does interleaving need?

# %%
predict("metric_stack.correlation", ...)
predict("metric_stack.satisfaction", ...)
predict("metric_stack.open_bandit", ...)
predict("metric_stack.interleaving", ...)

# %% [markdown]
# ## Which metric protects against what
#
# | Metric | Question it answers | Risk it protects against | What it cannot see |
# |---|---|---|---|
# | recall@k | is what people took in the list? | losing what already works | what they were never shown |
# | NDCG@k | … and how high? | a good list in a bad order | the same |
# | coverage | how much of the catalogue gets shown? | creators and new items starving | whether anyone wanted it |
# | mean popularity | how safe are the choices? | a list of hits for everybody | quality |
# | calibration | are the probabilities probabilities? | wrong trade-offs with price, ads, risk | the order |
# | IPS (inverse propensity) and its kin | what would this policy have earned? | judging by another policy's choices | what the log never showed |
# | interleaving: two rankers share a slate | whose items do readers pick? | small differences missed | retention, anything beyond the slate |
# | A/B test | what happens? | all of the above being wrong | slow effects; people who influence each other |
#
# One number cannot stand for all of them. What you can do is always to show them together, each with its interval.
#
# {{card metric_stack.1}}

# %%
@exercise("metric_stack.1")
def ndcg_at_k(top, relevant, k):
    """top int [U, K], relevant: U int arrays → float [U]: NDCG of the first k, NaN where nothing is relevant."""
    ### BEGIN SOLUTION
    discount = 1 / np.log2(np.arange(2, k + 2))
    ideal = np.cumsum(discount)
    out = []
    for row, items in zip(top, relevant, strict=True):
        hit = np.isin(row[:k], items)
        out.append(discount @ hit / ideal[min(k, len(items)) - 1] if len(items) else np.nan)
    return np.array(out)
    ### END SOLUTION


# %% [markdown]
# ## One table, with intervals
#
# Films of MovieLens 100K, a tenth of each user's ratings held out. Every list is drawn from the whole catalogue, films
# already rated excepted; intervals come from resampling users. The last column compares user by user, which is far
# sharper than comparing two intervals. The models stand at their default settings: this is a table to read, not a contest.

# %%
films = datasets.films()
split = splits.by_user(films.interactions, seed=SEED)
models = {"popularity": baselines.Popularity(), "item_knn": baselines.ItemKNN(), "ease": baselines.EASE(),
          "als": baselines.ALS()}
for model in models.values():
    model.fit(split.train, films.n_users, films.n_items)
table = offline.compare_models(models, split, k=20, against="ease", n_items=films.n_items,
                               seed=SEED)
table

# %% [markdown]
# Your NDCG gives the same numbers as the table's; a metric that two pieces of code compute differently is a metric nobody
# can argue with.

# %%
users, held_out = offline.held_out(split.test)
lists = {name: offline.top_items(model, users, 20, split.train) for name, model in models.items()}
mine = {name: bootstrap(ndcg_at_k(top, held_out, 20), seed=SEED) for name, top in lists.items()}
pd.DataFrame({"mine": mine, "table": table["ndcg"]})

# %% [markdown]
# Averages hide who pays. Split the held-out films by how popular they were in training: the **head** makes up the first
# fifth of all ratings, the **tail** the last fifth.

# %%
counts = np.bincount(split.train["item"], minlength=films.n_items)
strata = {name: offline.recall_by_popularity(top, held_out, counts, 20) for name, top in lists.items()}
ax = plots.figure("Who finds the hits, and who the tail?", "recall@20 within the stratum")
for row, (name, by) in enumerate(strata.items()):
    for place, stratum in enumerate(["head", "middle", "tail"]):
        e = bootstrap(by[stratum].dropna(), seed=SEED)
        y = place + 0.18 * (row - 1.5)
        ax.errorbar(e.value, y, xerr=[[e.value - e.low], [e.high - e.value]], fmt="o", color=plots.color(name),
                    label=name.replace("_", " ") if place == 0 else None)
ax.set_yticks(range(3), ["head", "middle", "tail"])
ax.invert_yaxis()
_ = ax.legend()

# %% [markdown]
# ## Do offline metrics predict what happens online?
#
# No data set can tell: it holds clicks on what *was* shown. The world can. People in it have tastes that we may ask for
# afterwards, and so every policy has a true value.
#
# The usual service sorts by popularity, with some chance in it. Eight days of its log train the recommenders. Then two kinds
# of held-out clicks are gathered over two days: from the usual service, and, on a twin, from slots filled at random. Two
# numbers can be changed: how steeply the service sorts, and how strong clickbait is. Both will be needed.

# %%
def service(power=0.7, bait=1.0):
    """Eight days of a service that sorts by clicks to this power, then two days of it and two of random slots."""
    world = feed(people=1200, items=500, requests_per_day=8000, seed=SEED,
                 clickbait={"click": 0.8 * bait, "satisfy": -1.6 * bait})
    usual = world_policies.Popularity(power=power)
    log = pd.concat([day.impressions for day in world.run(usual, 8)])
    held = {"log": log, "seen": interactions(log), "truth": world.truth(), "cut": world.day}
    for name, twin, policy in (("random", world.fork(), world_policies.Uniform()), ("usual", world, usual)):
        held[name] = pd.concat([day.impressions for day in twin.run(policy, 2)])
    return held


usual_service = service()
{name: len(usual_service[name]) for name in ("log", "seen", "usual", "random")}

# %% [markdown]
# Who is compared decides what comes out. A recommender of pure noise is easily told from the others, and a few such straw
# men would make any metric look good. So here are **rivals** only, such as one would really choose between: three kinds of
# personal model at three settings each, each of them as it is, with the popularity of the last three days added, and with a
# penalty on popularity.

# %%
MODELS = {f"ALS {d}": baselines.ALS(d) for d in (8, 16, 32)}
MODELS |= {f"EASE {l2}": baselines.EASE(l2) for l2 in (30, 100, 300)}
MODELS |= {f"item-kNN {k}": baselines.ItemKNN(k) for k in (10, 30, 100)}
VARIANTS = ("as it is", "plus recent popularity", "less popularity")
PEOPLE = np.arange(1200)


def standard(score):
    """Each user's scores with mean 0 and standard deviation 1, so that two models can be added."""
    return (score - score.mean(1, keepdims=True)) / (score.std(1, keepdims=True) + 1e-9)


def rival_scores(seen, n_users, n_items):
    """Scores of every rival for all people, {(model, variant): float (U, N)}."""
    hot = np.log1p(np.bincount(seen["item"], minlength=n_items))[None].repeat(len(PEOPLE), 0)
    recent = baselines.RecentPopularity(3).fit(seen, n_users, n_items).score(PEOPLE)
    shift = dict(zip(VARIANTS, (0, 0.5 * standard(recent), -0.3 * standard(hot)), strict=True))
    own = {name: standard(model.fit(seen, n_users, n_items).score(PEOPLE)) for name, model in MODELS.items()}
    return {(name, variant): own[name] + more for name in MODELS for variant, more in shift.items()}


# %%
def rival_lists(held):
    """Every rival's ten best items for each person on the morning after the log, {rival: int (U, 10)}."""
    n_users, n_items = (len(held["truth"].hidden_users()), len(held["truth"].hidden_items()))
    closed = np.setdiff1d(np.arange(n_items), held["truth"].eligible(held["cut"]))
    mine = held["seen"][held["seen"]["user"].isin(PEOPLE)]
    lists_of = {}
    for rival, score in rival_scores(held["seen"], n_users, n_items).items():
        score[:, closed] = -np.inf                                       # gone by the time the lists are made
        score[mine["user"], mine["item"]] = -np.inf                      # clicked before
        lists_of[rival] = best_k(score, 10)
    return lists_of

# %%
def clicked_later(held, kind):
    """For each person, the items they clicked in the held-out days and had not clicked before."""
    new = interactions(held[kind]).merge(held["seen"][["user", "item"]], how="left", on=["user", "item"], indicator=True)
    by_user = new[new["_merge"] == "left_only"].groupby("user")["item"].agg(list)
    return [np.array(by_user.get(int(user), []), int) for user in PEOPLE]

# %% [markdown]
# The lists are judged by what a team can compute from the held-out clicks, and by the truth: the chance that this person
# looks at the position, times the chance of a click (or a satisfied click) on this item.

# %%
OUTCOMES = {"clicks": "click", "satisfied clicks": "satisfaction"}


def recalls(held, top):
    """Recall of each rival's list for each person, on both kinds of held-out clicks, {name: float (rivals, U)}."""
    usual, random = clicked_later(held, "usual"), clicked_later(held, "random")
    return {"recall@10, usual log": np.array([offline.recall_at_k(items, usual, 10) for items in top.values()]),
            "recall@10, random slots": np.array([offline.recall_at_k(items, random, 10) for items in top.values()])}


def true_worth(held, top, days_later=0):
    """What each list would bring of each outcome, for each person, {outcome: float (rivals, U)}."""
    truth, every = held["truth"], np.arange(len(held["truth"].hidden_items()))
    look, worth = truth.examination(np.arange(1, 11)), {}
    for outcome, by in OUTCOMES.items():
        chance = truth.scores(PEOPLE, every, held["cut"] + days_later, by)
        worth[outcome] = np.array([(np.take_along_axis(chance, items, 1) * look).sum(1) for items in top.values()])
    return worth


# %%
top = rival_lists(usual_service)
judged = recalls(usual_service, top)
usual_clicks = clicked_later(usual_service, "usual")
popular = np.bincount(usual_service["seen"]["item"], minlength=len(usual_service["truth"].hidden_items()))
judged["NDCG@10, usual log"] = np.array([ndcg_at_k(items, usual_clicks, 10) for items in top.values()])
judged["mean popularity"] = np.array([offline.mean_popularity(items, popular) for items in top.values()])
judged |= true_worth(usual_service, top)
judged["clicks a week later"] = true_worth(usual_service, top, days_later=7)["clicks"]

# %%
means = pd.DataFrame({name: np.nanmean(values, 1) for name, values in judged.items()},
                     index=pd.MultiIndex.from_tuples(top, names=["model", "variant"]))
chosen, best = means["recall@10, usual log"].idxmax(), means["clicks"].idxmax()
ax = plots.figure("Does the log's favourite deserve it?", "recall@10 on held-out clicks of the usual log",
                  "true clicks a user and slate")
for index, variant in enumerate(VARIANTS):
    part = means.xs(variant, level="variant")
    ax.plot(part["recall@10, usual log"], part["clicks"], "o", color=plots.color(variant, index), label=variant)
for label, rival, below in (("chosen by the log", chosen, 1), ("best in truth", best, -1)):
    ax.annotate(f"{label}: {rival[0]}", (means.loc[rival, "recall@10, usual log"], means.loc[rival, "clicks"]),
                xytext=(0, -3 - 12 * below), textcoords="offset points", fontsize=9, ha="right")
ax.margins(0.15)
ax.legend()
lost = 1 - means.loc[chosen, "clicks"] / means["clicks"].max()
print(f"The log chooses {' '.join(chosen)}; in truth {' '.join(best)} is best. Lost by the choice: {lost:.1%} of clicks.")

# %% [markdown]
# A correlation over twenty-seven points has a wide interval of its own. Variants of one model resemble each other, so the
# interval comes from resampling the nine *models*, each with its three variants.

# %%
def agreement(metric, outcome, rank=True):
    """Correlation over rivals of a metric with a true outcome (of ranks, or plain), with a bootstrap interval."""
    pair = means[[metric, outcome]].to_numpy()
    turn = rankdata if rank else np.asarray
    return bootstrap(pair, lambda rows: np.corrcoef(turn(rows[:, 0]), turn(rows[:, 1]))[0, 1], seed=SEED, n_boot=300,
                     groups=means.index.codes[0])

# %%
TRUTHS = {"clicks": plots.color("click"), "satisfied clicks": plots.color("satisfaction"),
          "clicks a week later": plots.color("world")}
metrics = [name for name in means if name not in TRUTHS]
ax = plots.figure("How does each offline metric order the rivals?", "rank correlation with the truth, over rivals",
                  height=4)
for shift, (outcome, paint) in enumerate(TRUTHS.items()):
    for row, metric in enumerate(metrics):
        e = agreement(metric, outcome)
        ax.errorbar(e.value, row + 0.2 * (shift - 1), xerr=[[e.value - e.low], [e.high - e.value]], fmt="o",
                    color=paint, label=f"true {outcome}" if row == 0 else None)
ax.axvline(0, color="#333333", lw=1)
ax.set_yticks(range(len(metrics)), metrics)
ax.invert_yaxis()
_ = ax.legend(fontsize=8.5, loc="upper left", bbox_to_anchor=(0, -0.14), ncols=3)

# %%
measured("metric_stack.correlation", agreement("recall@10, usual log", "clicks", rank=False))

# %% [markdown]
# ### What the gap is made of
#
# Between recall on the usual log and the truth stand several things, and the world lets us take them away one after the
# other. First the **noise**: in place of the clicks that happened to come, the clicks expected of the same people, given what
# the usual service shows them. Then the **exposure**: the clicks expected if all items had been shown alike. Then the
# **population**: everybody, and not only those who clicked in those two days. What remains is the metric itself: a share of a
# person's clicks is not a number of clicks. The steps are taken in this order; in another order their shares would differ.

# %%
def expected_recall(held, top, shown, everybody=False):
    """Share of each person's expected new clicks that a list holds, float (rivals, U). shown: looks by item, (N,)."""
    n_items = len(shown)
    want = held["truth"].scores(PEOPLE, np.arange(n_items), held["cut"], "click") * shown
    want[:, np.setdiff1d(np.arange(n_items), held["truth"].eligible(held["cut"]))] = 0
    mine = held["seen"][held["seen"]["user"].isin(PEOPLE)]
    want[mine["user"], mine["item"]] = 0
    came = np.array([len(items) > 0 for items in usual_clicks])
    total = np.where(want.sum(1) > 0, want.sum(1), np.nan)               # bots want nothing
    share = np.array([np.take_along_axis(want, items, 1).sum(1) for items in top.values()]) / total
    return share if everybody else np.where(came, share, np.nan)

# %%
n_items = len(usual_service["truth"].hidden_items())
later = usual_service["usual"]
later = later[later["item"] < n_items]
looks = np.bincount(later["item"], usual_service["truth"].examination(later["position"].to_numpy()), n_items)
steps = {"noise": expected_recall(usual_service, top, looks),
         "exposure": expected_recall(usual_service, top, np.ones(n_items)),
         "population": expected_recall(usual_service, top, np.ones(n_items), everybody=True)}
means = means.assign(**{name: np.nanmean(values, 1) for name, values in steps.items()})

# %%
ladder = {"recall@10, as a team sees it": agreement("recall@10, usual log", "clicks")}
ladder |= {f"… without {name}": agreement(name, "clicks") for name in steps}
ladder["the truth"] = 1.0
ax = plots.bars(ladder, "What stands between the log's recall and the truth?",
                "rank correlation with true clicks, over rivals", colors=dict.fromkeys(ladder, plots.color("log")))
ax.axvline(0, color="#333333", lw=1)
values = [float(step) for step in ladder.values()]
parts = dict(zip(["noise", "exposure", "population", "the metric itself"], np.diff(values), strict=True))
print("of the gap: " + ", ".join(f"{name} {part / (1 - values[0]):+.0%}" for name, part in parts.items()))

# %% [markdown]
# More held-out clicks cure the first part. Nothing that is computed from the same clicks cures the second, unless it knows the
# chances with which things were shown: people clicked what they were *shown*, and that is what was popular. This is
# **exposure bias**. A part may also be negative: then two faults had cancelled each other, and taking one away made
# matters worse.
#
# Who sorted the log is an input of our world, so it is a dial and not a finding. Turn it: from slots filled at random (0) to
# a service that hardly ever shows anything but hits. At every setting the rivals are trained on that service's log, and
# judged by its clicks or by as much traffic of random slots.

# %%
def rank_agreement(rows):
    """Rank correlation of the first and the second column with the last, and the second's less the first's."""
    rank = np.apply_along_axis(rankdata, 0, rows)
    own, random = np.corrcoef(rank.T)[:2, 2]
    return np.array([own, random, random - own])


def sorted_by(power):
    """[own log, random slots, difference]: rank correlations with true clicks, each with its interval."""
    held = usual_service if power == 0.7 else service(power)
    lists_of = top if power == 0.7 else rival_lists(held)
    values = recalls(held, lists_of) | true_worth(held, lists_of)
    rows = np.array([np.nanmean(values[name], 1) for name in
                     ("recall@10, usual log", "recall@10, random slots", "clicks")]).T
    model = np.repeat(np.arange(len(MODELS)), len(VARIANTS))
    return [bootstrap(rows, lambda r, k=k: rank_agreement(r)[k], seed=SEED, groups=model, n_boot=300) for k in range(3)]

# %%
POWERS = [0.0, 0.35, 0.7, 1.4]
by_power = {power: sorted_by(power) for power in POWERS}

# %%
lines = {"log": [by_power[power][0] for power in POWERS], "truth": [by_power[power][1] for power in POWERS]}
ax = plots.lines(POWERS, lines, "How far can a log be trusted that was sorted by popularity?",
                 "how steeply the service sorts (power of the clicks; 0: at random)", "rank correlation with the truth")
ax.lines[0].set_label("recall on the service's own clicks")
ax.lines[1].set_label("recall on random slots")
ax.axhline(0, color="#333333", lw=1)
ax.legend()
for power in POWERS:
    measured("metric_stack.uniform_log", by_power[power][2], at=power)

# %% [markdown]
# At 0 the two logs are the same kind of log, and the difference has to be zero but for noise. The steeper the sorting, the less
# its clicks say. Random slots cost something too: at the same traffic people click less on them.
#
# ### Clicks and satisfaction
#
# Clickbait is the other dial: how much more an item with a catchy title is clicked than it deserves. The sentence that is
# tested is *the policy that is best on held-out clicks loses next to nothing of satisfaction*. A correlation does not answer
# it. What counts is the **regret**: the best rival's satisfied clicks less those of the chosen one, as a share.

# %%
def regret(values, by, of="satisfied clicks"):
    """Share of an outcome lost by choosing the rival that is best by a metric; its interval resamples people."""
    def lost(person):
        choice = np.nanmean(values[by][:, person], 1).argmax()
        worth = values[of][:, person].mean(1)
        return 1 - worth[choice] / worth.max()
    return bootstrap(PEOPLE, lambda rows: lost(rows.astype(int)), seed=SEED, n_boot=200)


BAITS = [0.0, 0.5, 1.0, 2.0]
by_bait = {}
for bait in BAITS:
    held = usual_service if bait == 1.0 else service(bait=bait)
    lists_of = top if bait == 1.0 else rival_lists(held)
    values = recalls(held, lists_of) | true_worth(held, lists_of)
    by_bait[bait] = regret(values, "recall@10, usual log"), regret(values, "clicks")

# %%
lines = {"log": [by_bait[bait][0] for bait in BAITS], "truth": [by_bait[bait][1] for bait in BAITS]}
ax = plots.lines(BAITS, lines, "What does choosing by clicks cost in satisfaction?",
                 "strength of clickbait (1: as this world usually has it)", "satisfied clicks lost")
ax.lines[0].set_label("chosen by recall on the usual log")
ax.lines[1].set_label("chosen by true clicks")
ax.axhline(0.02, color="#333333", ls=":", lw=1)
ax.yaxis.set_major_formatter(lambda v, _: f"{v:.0%}")
ax.legend()
for bait in BAITS:
    measured("metric_stack.satisfaction", by_bait[bait][0], at=bait)

# %% [markdown]
# The lower line is what the *objective* costs: even somebody who knows all true clicks chooses by clicks. The distance
# between the lines is what the *log* costs. Without any clickbait it is small, and whether it is there at all differs from
# world to world: put another SEED at the top. Which of the two matters more where you work, no public data set can say: it
# would have to hold clicks, satisfaction, and slots filled at random.

# %% [markdown]
# ## Estimators that know the chances
#
# The service now shows one item a request, drawn with known probabilities (softer popularity). What would another policy
# have earned, one that follows a personal model? The log's **propensities** and the other policy's own probabilities
# suffice to say. **IPS**, inverse propensity scoring, weights each logged reward by the target's chance of that decision
# over the logger's, and takes the mean. Two refinements follow.
#
# {{card metric_stack.2}}

# %%
@exercise("metric_stack.2")
def snips(reward, logged, target):
    """reward, logged, target float [n] → number: the target policy's mean reward, self-normalised."""
    ### BEGIN SOLUTION
    weight = target / logged
    return (weight * reward).sum() / weight.sum()
    ### END SOLUTION


# %% [markdown]
# {{card metric_stack.3}}

# %%
@exercise("metric_stack.3")
def doubly_robust(reward, logged, target, predicted, predicted_target):
    """All float [n] → number: the model's answer for the target policy, corrected by its weighted errors."""
    ### BEGIN SOLUTION
    return np.mean(predicted_target + target / logged * (reward - predicted))
    ### END SOLUTION


# %% [markdown]
# One long day of a service with a single slot. Habituation, novelty, sharing and spam are switched off, so that the truth of
# a request depends on nothing but person and item and can be summed exactly. An earlier day of random slots trains the
# target policy, and a reward model that knows nothing but each item's click rate.

# %%
calm = ("repeats", "novelty", "sharing", "social_proof", "spam", "joining", "births", "mood")
one_slot = feed(people=3000, items=300, requests_per_day=50_000, seed=SEED + 1, slate_size=1, without=calm)
trial = one_slot.run(world_policies.Uniform(), 1)[0].impressions
logger = world_policies.Popularity(power=0.6)
logger.observe(type("Day", (), {"impressions": trial}))
exact, eligible = one_slot.truth(), one_slot.truth().eligible()
shown = one_slot.run(logger, 1)[0].impressions

model = baselines.ALS(16).fit(interactions(trial), 3000, 300)
weight = np.exp(0.8 * standard(model.score(np.arange(3000))[:, eligible]))
policy = weight / weight.sum(1, keepdims=True)                    # the target's chances, (people, eligible)
shows, clicks = (np.bincount(trial["item"], w, minlength=300) for w in (np.ones(len(trial)), trial["click"]))
rate = ((clicks + 1) / (shows + 1 / trial["click"].mean()))[eligible]

# %%
row, column = shown["user"].to_numpy(), np.searchsorted(eligible, shown["item"])
reward, logged, target = shown["click"].to_numpy(float), shown["propensity"].to_numpy(float), policy[row, column]
predicted, predicted_target = rate[column], (policy @ rate)[row]
chance = exact.scores(np.arange(3000), eligible, by="click") * exact.examination(1)
true_reward = (policy * chance).sum(1)[row].mean()
print(f"the truth of what was logged: {chance[row, column].mean():.4f}, of the target policy: {true_reward:.4f}")
for name, e in {"the log's own click rate": bootstrap(reward, groups=row),
                "IPS": counterfactual.ips(reward, logged, target, groups=row),
                "SNIPS": counterfactual.snips(reward, logged, target, groups=row),
                "doubly robust": counterfactual.doubly_robust(reward, logged, target, predicted, predicted_target,
                                                              groups=row)}.items():
    print(f"{name:>25}: {e:.4f}")

# %%
size = counterfactual.effective_sample_size(target / logged)
print(f"{len(reward):,} decisions are worth {size:,.0f} of equal weight")

# %% [markdown]
# One log gives one error each, which is luck. Two hundred logs of each size show the estimators themselves. They are drawn
# here straight from the truth: a person, an item by the logger's chances, a click by its true chance. Two more estimators
# join: IPS with clipped weights, and the reward model alone.

# %%
popular = (1 + clicks[eligible]) ** 0.6
popular, sizes, rng = popular / popular.sum(), [300, 1000, 3000, 10_000, 30_000], np.random.default_rng(SEED)
value, mean_rate = (policy * chance).sum(1).mean(), policy @ rate


def estimates(n):
    """The error of each estimator on a fresh log of n decisions."""
    u, a = rng.integers(0, 3000, n), rng.choice(len(popular), n, p=popular)
    r, p, q, g, m = (rng.random(n) < chance[u, a]), popular[a], policy[u, a], rate[a], mean_rate[u]
    clipped = (np.minimum(q / p, 5) * r).mean()
    return np.array([np.mean(q / p * r), snips(r, p, q), doubly_robust(r, p, q, g, m), clipped, m.mean()], float) - value


# %%
names = ["IPS", "SNIPS", "doubly robust", "IPS, clipped weights", "model alone"]
errors = {n: np.array([estimates(n) for _ in range(200)]) for n in sizes}
rmse = pd.DataFrame({n: [bootstrap(e**2, lambda v: np.sqrt(v.mean()), seed=SEED, n_boot=200) for e in part.T]
                     for n, part in errors.items()}, index=names)

# %%
ax = plots.lines(sizes, {name: list(rmse.loc[name]) for name in names}, "More log cures noise; it does not cure bias",
                 "logged decisions", "RMS error, clicks a request", logx=True, logy=True)
ax.set_xticks(sizes, [f"{n:,}" for n in sizes])
ax.set_yticks([0.005, 0.01, 0.02, 0.05, 0.1, 0.2], [0.005, 0.01, 0.02, 0.05, 0.1, 0.2])
ax.minorticks_off()
ax.legend(loc="lower left", ncols=2, fontsize=8.5)
ax.axhline(value, color="#333333", ls=":", lw=1)
_ = ax.annotate("the true value itself", (sizes[0], value), xytext=(0, 4), textcoords="offset points", fontsize=9)

# %% [markdown]
# That the line of IPS falls as one over the root of $n$ is no finding. IPS is the mean of $n$ independent terms $w_i r_i$, and
# the standard deviation of such a mean is $\sqrt{\operatorname{Var}(w r)/n}$: ten times the log divides the error by
# $\sqrt{10} \approx 3.2$, as long as the variance of the terms is finite. A test of this course holds that. Decisions of one
# user are not independent, and there it is the number of *users* that counts.
#
# The *model alone* does not improve with more log: it is wrong in the same way every time. Its interval would still get
# narrower. A narrow interval around a biased estimate is the most convincing way to be wrong.
#
# ### What self-normalising buys
#
# SNIPS takes out the error that comes from the weights alone: where every reward is 1 it has no error left. Clicks are
# rare, and then the error comes from which rewards came. So how much it buys depends on the click rate, and is measured at
# five of them. The same policies and the same weights, with all chances moved up or down on the scale of log-odds.

# %%
def error_ratio(target_rate, logs=400, n=3000):
    """RMS error of SNIPS over that of IPS where the logger's click rate is about target_rate, with its interval."""
    rng = np.random.default_rng(SEED)
    odds = logit(chance)
    shift = brentq(lambda s: (popular * expit(odds + s)).sum(1).mean() - target_rate, -20, 20)
    moved = expit(odds + shift)
    u, a = rng.integers(0, 3000, (logs, n)), rng.choice(len(popular), (logs, n), p=popular)
    weight, reward = policy[u, a] / popular[a], rng.random((logs, n)) < moved[u, a]
    earned, true = (weight * reward).sum(1), (policy * moved).sum(1).mean()
    pair = np.c_[earned / n - true, earned / weight.sum(1) - true]
    return bootstrap(pair**2, lambda rows: np.sqrt(rows[:, 1].mean() / rows[:, 0].mean()), seed=SEED)


RATES = [0.001, 0.005, 0.05, 0.2, 0.6]
ratios = {target_rate: error_ratio(target_rate) for target_rate in RATES}

# %%
ax = plots.lines(RATES, {"treatment": list(ratios.values())}, "Where clicks are rare, self-normalising buys next to nothing",
                 "click rate under the logger, log scale", "RMS error, SNIPS over IPS", logx=True)
ax.axhline(1, color="#333333", lw=1)
ax.axhline(0.9, color="#333333", ls=":", lw=1)
ax.set_xticks(RATES, [f"{target_rate:.1%}" for target_rate in RATES])
ax.minorticks_off()
ax.set_ylim(0)
if datasets.available("open_bandit"):
    real = datasets.open_bandit().impressions["click"].mean()
    ax.axvline(real, color=plots.color("open_bandit"), lw=1)
    ax.annotate("Open Bandit", (real, 0.05), xytext=(4, 0), textcoords="offset points", fontsize=9)
for target_rate, ratio in ratios.items():
    measured("metric_stack.snips", ratio, at=target_rate)

# %% [markdown]
# ### More items to choose from
#
# The other axis is the catalogue. The weight is the target's chance over the logger's, and a recommender gives its chance to
# few items: here five a person, chosen by a noisy guess, out of more and more. The log keeps its size. It is often said that
# the catalogue makes the error grow. What makes it grow is the distance between target and logger, which usually grows
# with the catalogue; so that distance is the dial. At 0 the target *is* the logger, at 1 it plays its five items only.

# %%
wide = feed(people=1000, items=1100, requests_per_day=1000, seed=SEED + 2, slate_size=1, without=calm)
kind = wide.catalog().items["category"].to_numpy()[wide.truth().eligible()] % 5            # five departments
clicked = wide.truth().scores(np.arange(1000), wide.truth().eligible(), by="click") * wide.truth().examination(1)
liked = standard(clicked) + np.random.default_rng(SEED).normal(size=clicked.shape)


def setting(n_actions, seed, distance):
    """A catalogue of n_actions: click chances (U, A), categories (A,), the logger's chances (A,), the target's (U, A)."""
    some = np.random.default_rng([SEED, seed]).choice(len(kind), n_actions, replace=False)
    c, guess = clicked[:, some], liked[:, some]
    p = c.mean(0) ** 0.6 / (c.mean(0) ** 0.6).sum()
    five = (guess >= np.partition(guess, -5, axis=1)[:, [-5]]) / 5
    return c, kind[some], p, (1 - distance) * p + distance * five


# %%
def relative_errors(c, category, p, q, seed, n=5000, logs=10):
    """Relative errors of IPS and of MIPS, weights by category, on logs of n decisions, float (logs, 2)."""
    rng = np.random.default_rng([SEED, seed, 1])
    in_kind = (category[:, None] == np.arange(category.max() + 1)).astype(float)
    by_kind = (q @ in_kind) / np.maximum(p @ in_kind, 1e-12)              # chances of each category, target over logger
    true, out = (q * c).sum(1).mean(), []
    for _ in range(logs):
        u, a = rng.integers(0, len(c), n), rng.choice(len(p), n, p=p)
        reward = rng.random(n) < c[u, a]
        out.append([(q[u, a] / p[a] * reward).mean(), (by_kind[u, category[a]] * reward).mean()])
    return np.array(out) / true - 1


def root_mean_square(errors, subsets):
    """RMS with an interval that resamples whole catalogues."""
    return bootstrap(errors, lambda e: np.sqrt((e**2).mean()), groups=subsets, n_boot=200)


# %%
ACTIONS, DISTANCES, SUBSETS = [10, 100, 1000], [0.0, 0.25, 0.5, 1.0], np.repeat(np.arange(12), 10)
far = {d: {n: np.concatenate([relative_errors(*setting(n, s, d), s)[:, 0] for s in range(12)]) for n in ACTIONS}
       for d in DISTANCES}
ax = plots.lines(ACTIONS, {f"distance {d:g}": [root_mean_square(far[d][n], SUBSETS) for n in ACTIONS] for d in DISTANCES},
                 "The error of IPS grows where the target moves away from the log", "actions to choose from",
                 "RMS error, share of the true value", logx=True, logy=True)
ax.set_xticks(ACTIONS, [f"{n:,}" for n in ACTIONS])
ax.set_yticks([0.05, 0.1, 0.2], ["5%", "10%", "20%"])
ax.minorticks_off()


def growth(at_10, at_1000):
    """RMS error at 1,000 actions over that at 10, with an interval that resamples catalogues."""
    return bootstrap(np.c_[at_10, at_1000] ** 2, lambda e: np.sqrt(e[:, 1].mean() / e[:, 0].mean()), groups=SUBSETS,
                     n_boot=200)


for d in DISTANCES:
    measured("metric_stack.catalogue", growth(far[d][10], far[d][1000]), at=d)

# %% [markdown]
# One more estimator claims to be spared: **MIPS** (marginalised IPS) weighs by the chances of the item's *group* instead of the
# item; here categories are merged into five departments. Its authors assume that nothing but the group matters for the
# click. That is the dial: the share of an item's click chance that is its own, with everything else replaced by the person's
# mean over the department. At 0 the assumption holds, at 1 people and items are as they are in this world. The target plays
# its five items throughout.

# %%
def shared_by_kind(c, category, own):
    """Click chances of which a share `own` is the item's and the rest the person's mean over the category, (U, A)."""
    in_kind = (category[:, None] == np.arange(category.max() + 1)).astype(float)
    mean = (c @ in_kind) / np.maximum(in_kind.sum(0), 1)
    return own * c + (1 - own) * mean[:, category]


def grouped(n_actions, seed, own):
    """Relative errors of IPS and MIPS where a share `own` of the click chance is the item's own."""
    c, category, p, q = setting(n_actions, seed, 1.0)
    return relative_errors(shared_by_kind(c, category, own), category, p, q, seed)


OWN = [0.0, 0.25, 0.5, 1.0]
mips = {own: {n: np.concatenate([grouped(n, s, own) for s in range(12)]) for n in (10, 1000)} for own in OWN}

# %%
lines = {"MIPS": [root_mean_square(mips[own][1000][:, 1], SUBSETS) for own in OWN],
         "IPS": [root_mean_square(mips[own][1000][:, 0], SUBSETS) for own in OWN]}
ax = plots.lines(OWN, lines, "Groups help only as far as they hold what the click depends on",
                 "share of the click chance that is the item's own", "RMS error at 1,000 actions")
ax.set_ylim(0)
ax.yaxis.set_major_formatter(lambda v, _: f"{v:.0%}")
for own in OWN:
    measured("metric_stack.mips", growth(mips[own][10][:, 1], mips[own][1000][:, 1]), at=own)

# %% [markdown]
# Weighing by group makes the weights small again, and pays in bias: within a group people still differ in what they click.
# Beyond the place where the lines cross it is the worse one, and more log helps IPS alone: bias does not fall with $n$.
#
# ## Real logs: Open Bandit
#
# A Japanese fashion shop logged two policies side by side, in three campaigns: uniformly random, and Thompson sampling
# (`bts`), which draws each item with the chance that it is the best one. What can ten thousand decisions of each say?

# %%
if datasets.available("open_bandit"):
    bandit = datasets.open_bandit().impressions
    part = bandit[bandit["campaign"] == "all"]
    rates = {name: bootstrap(held["click"], seed=SEED) for name, held in part.groupby("policy", observed=True)}
    low, high = sorted(float(e) for e in rates.values())
    needed = sample_size(np.sqrt((low + high) / 2), high - low)
    print(f"click rates in 'all': {rates}; clicks in all: {int(part['click'].sum())}")
    print(f"if the true rates were {low:.2%} and {high:.2%}, a test of both would take {needed:,} decisions of each")
else:
    print("Open Bandit is not here, so this part is left out. To get it: course data open_bandit")

# %% [markdown]
# What makes an interval is clicks, not rows, and here there are a few dozen. Both policies were run. What if Thompson sampling
# had *not* been, and its rate had to be estimated by IPS from the random log? For each decision, compare the variance of the
# weighted reward with that of the plain one: so many times the log it takes.

# %%
def off_policy_price(campaign):
    """How many random decisions say as much about bts as one of its own, with an interval over decisions."""
    part = bandit[bandit["campaign"] == campaign]
    random_log, thompson = (part[part["policy"] == name] for name in ("random", "bts"))
    share = thompson.groupby(["position", "item"]).size() / thompson.groupby("position").size()
    target = share.reindex(pd.MultiIndex.from_frame(random_log[["position", "item"]])).fillna(0).to_numpy()
    weighted = target / random_log["propensity"].to_numpy() * random_log["click"].to_numpy()
    size = min(len(weighted), len(thompson))
    pair = np.c_[weighted[:size], thompson["click"].to_numpy()[:size]]
    return bootstrap(pair, lambda rows: rows[:, 0].var() / rows[:, 1].var(), seed=SEED)

# %%
if datasets.available("open_bandit"):
    prices = {campaign: off_policy_price(campaign) for campaign in ("all", "men", "women")}
    for campaign, price in prices.items():
        measured("metric_stack.open_bandit", price, on=f"open_bandit: campaign {campaign}")
    ax = plots.bars(prices, "Estimating a policy from another's log takes more of it",
                    "random decisions for one of the policy's own", fmt="{:.1f}×",
                    colors=dict.fromkeys(prices, plots.color("open_bandit")))
    ax.axvline(1, color="#333333", lw=1)

# %% [markdown]
# ## Interleaving: both rankers in one slate
#
# {{card metric_stack.4}}

# %%
@exercise("metric_stack.4")
def team_draft(a, b, slate_size, coin):
    """a, b int [B, C], coin float [B, R] → item int [B, slate_size], team int [B, slate_size]: 0 for a, 1 for b."""
    ### BEGIN SOLUTION
    item, team = np.full((len(a), slate_size), -1), np.full((len(a), slate_size), -1)
    for row in range(len(a)):
        for slot in range(slate_size):
            first = int(coin[row, slot // 2] >= 0.5)
            turn = first if slot % 2 == 0 else 1 - first
            item[row, slot] = next(i for i in (a, b)[turn][row] if i not in item[row, :slot])
            team[row, slot] = turn
    return item, team
    ### END SOLUTION


# %% [markdown]
# Interleaving is said to need a tenth to a hundredth of the users of an A/B test; services report factors from ten to five
# hundred. Every pair of the nine models above is tested both ways, thirty-six pairs. The truth gives what would come out with endless repetition: for each person the mean
# and the variance of the clicks, under either list and under the drafted slate. The users needed follow from (effect over
# standard deviation)²; the ratio of the two is what interleaving saves. Two things are ours to turn. One is how many requests a
# person makes during the test, with some making many more than others, as in this log; at 0 every request is a
# stranger's. The other is whether the A/B test knows each person's clicks of the week before (CUPED, lesson
# {{experiments}}).

# %%
plain = {model: top[model, "as it is"] for model in MODELS}
visits = usual_service["log"].groupby("user")["request_id"].nunique().reindex(PEOPLE, fill_value=0).to_numpy()
chance = usual_service["truth"].scores(PEOPLE, np.arange(n_items), usual_service["cut"], "click")
look = usual_service["truth"].examination(np.arange(1, 11))
coins = np.random.default_rng(SEED).random((len(PEOPLE), 8, 5))           # eight drafts a person, five rounds each


def clicks_of(items):
    """Mean and variance of the clicks on one slate, float (U,) each."""
    p = np.take_along_axis(chance, items, 1) * look
    return p.sum(1), (p * (1 - p)).sum(1)

# %%
def credit_of(a, b):
    """Mean and variance, for one request, of b's clicks less a's on the drafted slate, float (U,) each."""
    signed, noise = [], []
    for draft in range(coins.shape[1]):
        item, team = interleave.team_draft(a, b, 10, coins[:, draft])
        p = np.take_along_axis(chance, item, 1) * look
        signed.append((p * (2 * team - 1)).sum(1))
        noise.append((p * (1 - p)).sum(1))
    return np.mean(signed, 0), np.mean(noise, 0) + np.var(signed, 0)

# %%
def by_person(requests, mean, variance):
    """(mean, variance) over people of a sum over a random number of requests, `requests` (U,) on average."""
    between = (requests * mean).var()
    within = (requests * (variance + mean**2)).mean()
    return (requests * mean).mean(), between + within


def fewer_users(a, b, credit, requests):
    """How many times fewer users interleaving needs than an A/B test: (plain, with CUPED, do they agree on the sign)."""
    (mean_a, noise_a), (mean_b, noise_b) = clicks_of(a), clicks_of(b)
    effect = (requests * (mean_b - mean_a)).mean()
    variances = by_person(requests, mean_a, noise_a)[1], by_person(requests, mean_b, noise_b)[1]
    net, net_variance = by_person(requests, *credit)
    factor = (net**2 / net_variance) / (effect**2 / (2 * sum(variances)))
    known = np.cov(requests * mean_a, requests * mean_b)[0, 1]           # what the week before tells of the test
    return factor, factor * (1 - known**2 / np.prod(variances)), np.sign(net) == np.sign(effect)


# %%
REQUESTS = [0, 1, 5, 20, 50]
pairs = list(itertools.combinations(plain, 2))
credits = {pair: credit_of(*(plain[name] for name in pair)) for pair in pairs}
saved = {}
for mean_requests in REQUESTS:
    requests = visits / visits.mean() * max(mean_requests, 1e-3)         # 0: so few that nobody comes twice
    saved[mean_requests] = np.array([fewer_users(*(plain[name] for name in pair), credits[pair], requests)
                                     for pair in pairs])

# %%
ax = plots.figure("How many times fewer users does interleaving need?", "requests a person makes during the test",
                  "× fewer users, log scale")
for column, label, paint in ((0, "than a plain A/B test", "bad"), (1, "than one with CUPED", "good")):
    place = np.arange(len(REQUESTS)) + 0.12 * (2 * column - 1)
    middle = [bootstrap(saved[n][:, column], np.median, seed=SEED) for n in REQUESTS]
    for x, n in zip(place, REQUESTS, strict=True):
        ax.plot(np.full(len(pairs), x), saved[n][:, column], ".", ms=4, alpha=0.3, color=plots.color(paint))
    error = np.array([[e.value - e.low, e.high - e.value] for e in middle]).T
    ax.errorbar(place, [e.value for e in middle], yerr=error, fmt="D-", color=plots.color(paint), label=label)
ax.set_yscale("log")
ax.axhspan(10, 100, color="#333333", alpha=0.08, lw=0)
ax.set_xticks(range(len(REQUESTS)), REQUESTS)
ax.legend(title="diamonds: median of 36 pairs", fontsize=9)

# %%
for n in REQUESTS:
    measured("metric_stack.interleaving", bootstrap(saved[n][:, 0], np.median, seed=SEED), at=n)

# %%
taken = films.interactions.groupby("user").size()
print(f"requests a person here: {visits.mean():.0f} in eight days; standard deviation of their logarithm "
      f"{np.log(visits[visits > 0]).std():.2f}; of the films rated by a user of MovieLens: {np.log(taken).std():.2f}")
print(f"the two tests agree on the sign of the effect in {saved[5][:, 2].mean():.0%} of the pairs")

# %% [markdown]
# Each point is a pair. Interleaving compares within a reader, so it gains by all that tells readers apart, and most of
# that is how often they come. Where every request is a stranger's, or where the A/B test knows its users beforehand, much of
# the factor goes. So ask those who quote one number for the pair, the metric and the length of the test. Ask also whether the two
# agreed on the *sign*, which the number drops: a drafted slate asks whose items are picked when both are on the table, the
# A/B test which slate earns more on its own.
#
# ## What can lie to you
#
# Pick the best of many by a noisy metric, and you pick its luck as well. Here are twenty recommenders that are equally good
# and not the same: EASE with a little noise of its own in each. All are measured on the *same* users, as a team would, and
# the winner is then measured on the users that were not used.

# %%
rng = np.random.default_rng(SEED)
score = standard(models["ease"].score(users))
row_of = pd.Series(np.arange(len(users)), users)
twenty = [score + 0.3 * rng.normal(size=score.shape) for _ in range(20)]
equals = [offline.top_items(lambda u, s=s: s[row_of[u]], users, 20, split.train) for s in twenty]
recalls = np.array([offline.recall_at_k(lists_of, held_out, 20) for lists_of in equals])        # (models, users)


def winners_gain(n_measured, trials=200):
    """By how much the best of twenty on n users beats their mean: on those users, and on all others, as shares."""
    gains = []
    for _ in range(trials):
        order = rng.permutation(recalls.shape[1])
        here, elsewhere = recalls[:, order[:n_measured]].mean(1), recalls[:, order[n_measured:]].mean(1)
        gains.append([here.max() / here.mean() - 1, elsewhere[here.argmax()] / elsewhere.mean() - 1])
    return [bootstrap(column, seed=SEED) for column in np.array(gains).T]


# %%
sizes = [50, 100, 200, 400]
there, after = zip(*[winners_gain(n) for n in sizes], strict=True)
ax = plots.lines(sizes, {"bad": list(there), "good": list(after)}, "The best of twenty looks better than it is",
                 "users in the test", "gain over the mean of the twenty", logx=True)
ax.lines[0].set_label("on the users it was chosen by")
ax.lines[1].set_label("on the others")
ax.set_xticks(sizes, [f"{n:,}" for n in sizes])
ax.minorticks_off()
ax.yaxis.set_major_formatter(lambda v, _: f"{v:.0%}")
ax.legend()

# %% [markdown]
# ## After day 7
#
# The recommender that won is live. It now writes the log that the next one is judged by: yesterday's winner has an
# advantage in every offline comparison, since people click what it shows. Keep a share of random slots, log propensities,
# and judge on those; then repeat the table above with fresh truth from an experiment, and drop metrics that stopped
# agreeing with it.

# %%
quiz("metric_stack.q1", "Offline recall is up by five percent with an interval that excludes zero. In the A/B test clicks are flat. "
     "What do you say first?",
     choices={
         "The A/B test is too small.": "Perhaps; its interval tells. But say what it excludes before asking for more users.",
         "The new model fits the log of the old one better; I look at recall on randomly filled slots.":
             "Yes. Held-out clicks were made under the old policy. Clicks from random slots, or weighted by propensity, "
             "answer the question the A/B test asked.",
         "Recall is the wrong metric; use NDCG.": "NDCG on the same clicks has the same bias: see the figure above.",
         "Launch anyway, offline has more data.": "More data of the wrong question is not evidence. Users decided."},
     answer="The new model fits the log of the old one better; I look at recall on randomly filled slots.")

# %% [markdown]
# ## Say it in a minute
#
# > *Offline metrics decide what gets tested, not what gets launched. I report recall, coverage and calibration together,
# > each with an interval over users, on the whole catalogue. I keep a percent of randomised slots with logged propensities:
# > they give an honest hold-out, and IPS or doubly robust estimates whose effective sample size I quote. Interleaving
# > screens rankers in days; an A/B test on users decides; guardrails are proved, not assumed. And every quarter I correlate
# > our offline metrics with the tests we ran.*
#
# **Red flag:** "Offline AUC is up two points, so we launched."
#
# ## You have now
#
# NDCG with its conventions, a table in which every number has an interval, two estimators for policies that never ran, a
# way to compare rankers within a reader, and a measured answer to how far each can be trusted. Next: [10
# Experiments]({{experiments file}}.ipynb).
