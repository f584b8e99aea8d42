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
import numpy as np
import pandas as pd

from course_lib.contracts import Arm, Assignment
from course_lib.data import datasets, splits
from course_lib.data.log import MemoryLog, interactions
from course_lib.evidence import counterfactual, interleave, offline
from course_lib.evidence.estimate import Estimate, bootstrap
from course_lib.evidence.experiment import difference
from course_lib.evidence.units import unit_table
from course_lib.stages.retrieval import baselines
from course_lib.teach import compare, exercise, hint, measured, plots, predict, quiz, solution  # noqa: F401
from course_lib.world import feed
from course_lib.world import policies as world_policies

plots.style()

# %% [markdown]
# ## Predict
#
# 1. Thirty recommenders are ranked by recall on held-out clicks, and by the clicks that users would really give them.
#    What is the correlation? (1: the same order, 0: none.)
# 2. The same, with *satisfied* clicks as the truth.
# 3. From a log of ten thousand random decisions, how wide is the interval of a click rate? Give half its width as a share
#    of the rate itself (0.1 is ten percent either way).
# 4. How many times fewer users than an A/B test does interleaving need?

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
split = splits.by_user(films.interactions)
models = {"popularity": baselines.Popularity(), "item_knn": baselines.ItemKNN(), "ease": baselines.EASE(),
          "als": baselines.ALS()}
for model in models.values():
    model.fit(split.train, films.n_users, films.n_items)
table = offline.compare_models(models, split, k=20, against="ease", n_items=films.n_items)
table

# %% [markdown]
# Your NDCG gives the same numbers as the table's; a metric that two pieces of code compute differently is a metric nobody
# can argue with.

# %%
users, held_out = offline.held_out(split.test)
lists = {name: offline.top_items(model, users, 20, split.train) for name, model in models.items()}
mine = {name: bootstrap(ndcg_at_k(top, held_out, 20)) for name, top in lists.items()}
pd.DataFrame({"mine": mine, "table": table["ndcg"]})

# %% [markdown]
# Averages hide who pays. Split the held-out films by how popular they were in training: the **head** makes up the first
# fifth of all ratings, the **tail** the last fifth.

# %%
counts = np.bincount(split.train["item"], minlength=films.n_items)
strata = {name: offline.recall_by_popularity(top, held_out, counts, 20) for name, top in lists.items()}
ax = plots.figure("Popularity finds hits; nobody finds much of the tail", "recall@20 within the stratum")
for row, (name, by) in enumerate(strata.items()):
    for place, stratum in enumerate(["head", "middle", "tail"]):
        e = bootstrap(by[stratum].dropna())
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
# The usual service: it has been sorting by popularity, with some chance in it, for eighteen days. Its log trains thirty
# recommenders. Then two kinds of held-out clicks are gathered over three days: from the usual service, and, on a twin,
# from slots filled at random.

# %%
world = feed(people=3000, items=1200, seed=9)
usual = world_policies.Popularity(power=0.7)
log = MemoryLog()
world.run(usual, 18, log)
truth, cut = world.truth(), world.day
seen = interactions(log.impressions())
random_days = world.fork().run(world_policies.Uniform(), 3)
usual_days = world.run(usual, 3)
len(seen), sum(len(day.impressions) for day in usual_days)

# %%
n_users, n_items = len(truth.hidden_users()), len(truth.hidden_items())
kinds = {f"popularity {d} d": baselines.RecentPopularity(d) for d in (1, 3, 7, 18)}
kinds |= {f"item knn {k}": baselines.ItemKNN(k) for k in (10, 30, 100)}
kinds |= {f"ease {l2}": baselines.EASE(l2) for l2 in (30, 100, 300, 1000, 3000)}
kinds |= {f"als {d}": baselines.ALS(d) for d in (8, 16, 32)}
people = np.random.default_rng(0).choice(n_users, 1500, replace=False)


def standard(score):
    """Each user's scores with mean 0 and standard deviation 1, so that two models can be added."""
    return (score - score.mean(1, keepdims=True)) / (score.std(1, keepdims=True) + 1e-9)


scores = {name: standard(model.fit(seen, n_users, n_items).score(people)) for name, model in kinds.items()}

# %% [markdown]
# More of them by mixing: personal models with recent popularity, with a penalty on popularity, with noise, and one that
# knows nothing but the public features of items.

# %%
recent, noise = scores["popularity 1 d"], np.random.default_rng(1).normal(size=(1500, n_items))
hot = standard(np.log1p(np.bincount(seen["item"], minlength=n_items))[None].repeat(1500, 0))
scores |= {f"als 16 + {a} recent": standard(scores["als 16"] + a * recent) for a in (0.3, 1, 3)}
scores |= {f"ease 100 + {a} recent": standard(scores["ease 100"] + a * recent) for a in (0.3, 1, 3)}
scores |= {f"als 16 − {a} hot": standard(scores["als 16"] - a * hot) for a in (0.2, 0.5, 1)}
scores |= {f"als 16 + {a} noise": standard(scores["als 16"] + a * noise) for a in (0.5, 1, 2)}
catalog = world.catalog()
taste = baselines.user_item_matrix(seen, n_users, n_items)[people] @ catalog.content[:n_items]
scores |= {"content": standard(taste @ catalog.content[:n_items].T), "noise": noise}
scores["newest"] = catalog.items["born_day"].to_numpy(float)[None, :n_items].repeat(1500, 0)
eligible = truth.eligible(cut)
closed = np.setdiff1d(np.arange(n_items), eligible)
for score in scores.values():
    score[:, closed] = -np.inf

# %% [markdown]
# Each recommender makes its lists once, on day 18. The lists are then judged by every metric we have, and by the truth:
# the chance that this person looks at the position, times the chance of a click (or a satisfied click) on this item.

# %%
place = {int(user): row for row, user in enumerate(people)}
top = {name: offline.top_items(lambda users, s=score: s[[place[int(u)] for u in users]], people, 10,
                               seen[seen["user"].isin(people)]) for name, score in scores.items()}
look = truth.examination(np.arange(1, 11))


def true_value(by, day=cut):
    """For each recommender, the mean reward of its lists a user, by the truth of a day."""
    chance = truth.scores(people, np.arange(n_items), day, by)
    return pd.Series({name: (np.take_along_axis(chance, items, 1) * look).sum(1).mean() for name, items in top.items()})


online = pd.DataFrame({"clicks": true_value("click"), "satisfied clicks": true_value("satisfaction"),
                       "clicks a week later": true_value("click", cut + 7)})


# %%
def clicked_later(days):
    """For each of `people`, the items they clicked in these days and had not clicked before."""
    new = interactions(pd.concat([day.impressions for day in days])).merge(seen[["user", "item"]], how="left",
                                                                         on=["user", "item"], indicator=True)
    by_user = new[new["_merge"] == "left_only"].groupby("user")["item"].agg(list)
    return [np.array(by_user.get(int(user), []), int) for user in people]


later = {"usual": clicked_later(usual_days), "random": clicked_later(random_days)}
judged = pd.DataFrame({name: {
    "recall@10, usual log": np.nanmean(offline.recall_at_k(items, later["usual"], 10)),
    "NDCG@10, usual log": np.nanmean(ndcg_at_k(items, later["usual"], 10)),
    "recall@10, random slots": np.nanmean(offline.recall_at_k(items, later["random"], 10)),
    "coverage": offline.coverage(items, n_items).value,
    "mean popularity": offline.mean_popularity(items, np.bincount(seen["item"], minlength=n_items)).mean(),
} for name, items in top.items()}).T

# %%
best_by_log, best = judged["recall@10, usual log"].idxmax(), online["clicks"].idxmax()
ax = plots.figure(f"The log's favourite is {'not ' * (best_by_log != best)}what people would click most",
                  "recall@10 on held-out clicks of the usual log", "true clicks a user and slate")
ax.plot(judged["recall@10, usual log"], online["clicks"], "o", color=plots.color("world"))
ax.margins(0.12)
for name in dict.fromkeys([best_by_log, best, "content", "newest", "popularity 18 d", "noise"]):
    ax.annotate(name, (judged.loc[name, "recall@10, usual log"], online.loc[name, "clicks"]), xytext=(5, 4),
                textcoords="offset points", fontsize=9)
lost = 1 - online.loc[best_by_log, "clicks"] / online["clicks"].max()
print(f"Chosen by the log: {best_by_log}; best in truth: {best}. Lost by choosing by the log: {lost:.0%} of clicks.")

# %% [markdown]
# A correlation over thirty points has a wide interval of its own. It is drawn here, by resampling the recommenders.

# %%
def correlation(metric, outcome, method="spearman"):
    """Rank correlation over recommenders of an offline metric and a true outcome, with a bootstrap interval."""
    pair = pd.DataFrame({"m": judged[metric], "o": online[outcome]}).to_numpy()
    return bootstrap(pair, lambda rows: pd.DataFrame(rows).corr(method).iloc[0, 1], n_boot=300)


agreement = pd.DataFrame({outcome: {metric: correlation(metric, outcome) for metric in judged} for outcome in online})
agreement

# %%
fig_colors = {"clicks": plots.color("click"), "satisfied clicks": plots.color("satisfaction"),
              "clicks a week later": plots.color("world")}
ax = plots.figure("What a metric says depends on the log",
                  "rank correlation with the truth, over recommenders", height=4.2)
for shift, outcome in enumerate(agreement):
    for row, e in enumerate(agreement[outcome]):
        ax.errorbar(e.value, row + 0.2 * (shift - 1), xerr=[[e.value - e.low], [e.high - e.value]], fmt="o",
                    color=fig_colors[outcome], label=f"true {outcome}" if row == 0 else None)
ax.axvline(0, color="#333333", lw=1)
ax.set_yticks(range(len(agreement)), agreement.index)
ax.invert_yaxis()
_ = ax.legend(fontsize=8.5, loc="upper left", bbox_to_anchor=(0, -0.14), ncols=3)

# %%
measured("metric_stack.correlation", correlation("recall@10, usual log", "clicks", "pearson"))
measured("metric_stack.satisfaction", agreement.loc["recall@10, usual log", "satisfied clicks"])
both = pd.concat([judged, online["clicks"]], axis=1)[["recall@10, random slots", "recall@10, usual log", "clicks"]]
gain = bootstrap(both.to_numpy(), lambda r: -np.diff(pd.DataFrame(r).corr("spearman")[2][:2])[0], n_boot=300)
measured("metric_stack.uniform_log", gain)

# %% [markdown]
# The metric is the same in the first and third row; only the held-out clicks differ. In the usual log people clicked what
# they were *shown*, and what they were shown is what was popular. That is **exposure bias**, and no formula on top of
# such clicks removes it, unless it knows the chances with which things were shown. The size of a correlation also depends
# on who is compared: *noise* and *newest* are easily told from the rest, and lift it. Among the good recommenders, at the
# right of the first figure, recall says less.

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
one_slot = feed(people=3000, items=300, requests_per_day=50_000, seed=2, slate_size=1, without=calm)
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
popular, sizes, rng = popular / popular.sum(), [300, 1000, 3000, 10_000, 30_000], np.random.default_rng(0)
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
rmse = pd.DataFrame({n: [bootstrap(e**2, lambda v: np.sqrt(v.mean()), n_boot=200) for e in part.T]
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

# %%
small, large = errors[1000][:, 0], errors[10_000][:, 0]
ratio = bootstrap(np.c_[small, large], lambda v: np.sqrt((v[:, 0]**2).mean() / (v[:, 1]**2).mean()))
measured("metric_stack.root_n", ratio)
pair = errors[3000][:, :2]
measured("metric_stack.snips", bootstrap(pair, lambda v: np.sqrt((v[:, 1]**2).mean() / (v[:, 0]**2).mean())))

# %% [markdown]
# The *model alone* does not improve with more log: it is wrong in the same way every time. Its interval would still get
# narrower. A narrow interval around a biased estimate is the most convincing way to be wrong.
#
# The other axis is the catalogue. The weight is the target's chance over the logger's, and a recommender gives its chance to
# few items: here five a person, chosen by a noisy guess, out of more and more. The log keeps its size. One more estimator
# joins: MIPS (marginalised IPS) weighs by the chances of the item's *category* instead of the item.

# %%
wide = feed(people=1000, items=1100, requests_per_day=1000, seed=4, slate_size=1, without=calm)
kind = wide.catalog().items["category"].to_numpy()[wide.truth().eligible()]
clicked = wide.truth().scores(np.arange(1000), wide.truth().eligible(), by="click") * wide.truth().examination(1)
liked = standard(clicked) + np.random.default_rng(0).normal(size=clicked.shape)


# %%
def errors_at(n_actions, seed, n=5000, logs=10):
    """Relative errors of IPS, SNIPS, doubly robust and MIPS on logs of n decisions among n_actions, float [logs, 4]."""
    rng = np.random.default_rng(seed)
    some = rng.choice(len(kind), n_actions, replace=False)
    c, k, guess = clicked[:, some], kind[some], liked[:, some]
    rate, p = c.mean(0), c.mean(0) ** 0.6 / (c.mean(0) ** 0.6).sum()
    q = (guess >= np.partition(guess, -5, axis=1)[:, [-5]]) / 5           # the target: five items a person
    in_kind, mean_rate, out = (k[:, None] == np.arange(kind.max() + 1)).astype(float), q @ rate, []
    by_kind = (q @ in_kind) / np.maximum(p @ in_kind, 1e-12)              # chances of each category, target over logger
    for _ in range(logs):
        u, a = rng.integers(0, 1000, n), rng.choice(n_actions, n, p=p)
        log = (rng.random(n) < c[u, a]), p[a], q[u, a]
        out.append([(log[2] / log[1] * log[0]).mean(), snips(*log), doubly_robust(*log, rate[a], mean_rate[u]),
                    (by_kind[u, k[a]] * log[0]).mean()])
    return np.array(out, float) / (q * c).sum(1).mean() - 1


# %%
actions, subsets = [10, 30, 100, 300, 1000], np.repeat(np.arange(20), 10)
relative = {n: np.concatenate([errors_at(n, seed) for seed in range(20)]) for n in actions}
rms = {name: [bootstrap(relative[n][:, k], lambda e: np.sqrt((e**2).mean()), groups=subsets, n_boot=200) for n in actions]
       for k, name in enumerate(["IPS", "SNIPS", "doubly robust", "MIPS, by category"])}
growth = {name: bootstrap(np.c_[relative[10][:, k], relative[1000][:, k]], lambda e: np.sqrt((e**2).mean(0)[1] / (e**2).mean(0)[0]),
                          groups=subsets, n_boot=200) for k, name in enumerate(rms)}
ax = plots.lines(actions, rms, f"A hundred times the catalogue: {growth['IPS'].value:.1f}× the error of IPS",
                 "actions to choose from", "RMS error, share of the true value", logx=True, logy=True)
ax.set_xticks(actions, [f"{n:,}" for n in actions])
ax.set_yticks([0.05, 0.1, 0.2], ["5%", "10%", "20%"])
ax.minorticks_off()
measured("metric_stack.catalogue", growth["IPS"])
measured("metric_stack.mips", growth["MIPS, by category"])

# %% [markdown]
# More items mean smaller chances in the log and larger weights. SNIPS divides by the weights that it happened to draw, and
# loses least. Weighing by category makes the weights small again, and pays in bias: within a category people still differ
# in what they click. A group helps only if it holds what the reward depends on.
#
# ## Real logs: Open Bandit
#
# A Japanese fashion shop logged two policies side by side: uniformly random, and Thompson sampling (`bts`), which
# draws each item with the chance that it is the best one. What can ten thousand
# decisions of each say?

# %%
if datasets.available("open_bandit"):
    bandit = datasets.open_bandit().impressions
    part = bandit[bandit["campaign"] == "all"]
    random_log, thompson = (part[part["policy"] == name] for name in ("random", "bts"))
    share = thompson.groupby(["position", "item"]).size() / thompson.groupby("position").size()
    target = share.reindex(pd.MultiIndex.from_frame(random_log[["position", "item"]])).fillna(0).to_numpy()
    weights = target / random_log["propensity"].to_numpy()
else:
    print("Open Bandit is not here, so this part is left out. To get it: course data open_bandit")

# %%
if datasets.available("open_bandit"):
    rows = {f"{name}, its own log": bootstrap(held["click"]) for name, held in part.groupby("policy", observed=True)}
    rows["bts, IPS from the random log"] = counterfactual.ips(random_log["click"], random_log["propensity"], target)
    rows["bts, SNIPS from the random log"] = counterfactual.snips(random_log["click"], random_log["propensity"], target)
    ax = plots.bars(rows, "Ten thousand decisions are too few", "clicks a decision", fmt="{:.4f}",
                    colors=dict.fromkeys(rows, plots.color("open_bandit")))
    effective = counterfactual.effective_sample_size(weights)
    print(f"{int(random_log['click'].sum())} clicks; effective sample size {effective:,.0f}")

# %%
if datasets.available("open_bandit"):
    own = rows["random, its own log"]
    half = [own.width / 2 / value for value in (own.value, own.high, own.low)]
    measured("metric_stack.open_bandit", Estimate(*half, own.n), on="open_bandit")

# %% [markdown]
# What makes the interval is clicks, not rows: a few dozen of them.
#
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
# Pairs of the recommenders above meet twice on the same two days: in an A/B test, and interleaved. Each answer is held
# against its own noise: what counts is the effect in standard errors, for users needed grow with the inverse square of it.
# Both tests count at most eight clicks a person: a handful of bots click hundreds of times and would drown everybody else.

# %%
def ranker(name):
    """A recommender's best items as a policy of the world; items born since its training come last."""
    def score(requests):
        known, out = requests.eligible < n_items, np.full((len(requests), len(requests.eligible)), -1e9, np.float32)
        out[:, known] = kinds[name].score(np.minimum(requests.user, n_users - 1))[:, requests.eligible[known]]
        return out
    return world_policies.TopScore(score, name)


# %%
def both_tests(a, b, days=2, most=8):
    """The effect of b over a in standard errors: (A/B test, interleaving), each on its own twin of the world."""
    test = Assignment((Arm("control", a, 0.5), Arm("treatment", b, 0.5)))
    people = unit_table(world.fork().run(test, days))
    arms = [people.loc[people["arm"] == arm, "clicks"].clip(upper=most) for arm in ("control", "treatment")]
    ab, drafting = difference(*arms), interleave.Interleaved(a, b)
    credit = drafting.credit(pd.concat([day.impressions for day in world.fork().run(drafting, days)]))
    net = (credit["click"] * (2 * credit["team"] - 1)).groupby(credit["user"]).sum().clip(-most, most)
    return ab.value / (ab.width / 3.92), net.mean() / net.sem()


# %%
pairs = {"popularity and ALS": ("popularity 18 d", "als 8"), "ALS of two sizes": ("als 8", "als 32"),
         "EASE and ALS": ("ease 300", "als 16")}
effects = {pair: both_tests(ranker(a), ranker(b)) for pair, (a, b) in list(pairs.items())[:2]}

# %%
effects |= {pair: both_tests(ranker(a), ranker(b)) for pair, (a, b) in list(pairs.items())[2:]}
pd.DataFrame(effects, index=["A/B test", "interleaving"]).T.round(1).rename_axis("effect in standard errors")

# %%
def fewer_users(ab, interleaved):
    """How many times fewer users interleaving needs, with an interval: each effect has a standard error of 1."""
    rng = np.random.default_rng(0)
    draws = rng.normal(interleaved, 1, 4000) ** 2 / rng.normal(ab, 1, 4000) ** 2
    return Estimate((interleaved / ab) ** 2, *np.quantile(draws, [0.025, 0.975]))


times = {pair: fewer_users(*both) for pair, both in effects.items()}
for pair, estimate in times.items():
    measured("metric_stack.interleaving", estimate, on=f"world: {pair}")
ax = plots.bars(times, "How many times fewer users is no constant of the method", "× fewer users than an A/B test, log")
ax.set_xscale("log")
ax.xaxis.set_major_formatter("{x:g}")

# %% [markdown]
# Three pairs, and no factor that fits all. The ratio drops the sign: see in the table whether the two tests even agree on
# who is better. It depends on how much the two lists differ and on how unequally
# people click; and where the A/B test sees hardly anything, the ratio has an interval that says nothing. That is the
# case in which the method is wanted, so ask those who quote one number for the pair it was measured on.
#
# ## What can lie to you
#
# Pick the best of many by a noisy metric, and you pick its luck as well. Here: forty *identical* recommenders, told apart
# by nothing but the users their recall was measured on.

# %%
def winners_gain(n_users_measured, n_models=40, trials=200):
    """By how much the best of identical models seems better than they all are, as a share."""
    base = offline.recall_at_k(lists["ease"], held_out, 20)
    rng = np.random.default_rng(0)
    seems = [max(rng.choice(base, n_users_measured).mean() for _ in range(n_models)) for _ in range(trials)]
    return np.mean(seems) / base.mean() - 1


sizes = [100, 300, 1000, 3000]
ax = plots.lines(sizes, {"treatment": [winners_gain(n, trials=50) for n in sizes]},
                 "The winner of forty equal models always looks better", "users in the test", "apparent gain of the best",
                 logx=True)
ax.set_xticks(sizes, [f"{n:,}" for n in sizes])
ax.minorticks_off()
ax.yaxis.set_major_formatter(lambda v, _: f"{v:.0%}")

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
