# %% [markdown]
# # {{metric_stack}} Metric stack: who vouches for what
#
# **The decision.** Does a new model go to all users, to a test, or back to the desk? A *metric
# stack* is the chain of evidence that answers: offline metrics on old clicks, estimates from
# logged chances, interleaving, an A/B test. Each layer is cheaper than the next and says less.
#
# | | |
# |---|---|
# | Budget | minutes offline, days for interleaving, weeks for an A/B test |
# | Failure this stage owns | *A number went up, we launched, and people were worse off.* |
# | Minutes | 90, of which 63 on exercises |
# | Needs | recall ({{two_tower}}); propensities ({{feedback}}) |

# %%
import numpy as np
import pandas as pd

from course_lib.data import datasets, splits
from course_lib.data.log import interactions
from course_lib.evidence import agreement, drafted, gap_parts, held_days, offline, winners_luck
from course_lib.evidence.estimate import bootstrap, mean_of_runs
from course_lib.evidence.experiment import sample_size
from course_lib.stages.ranking.calibrate import Isotonic
from course_lib.stages.retrieval import baselines
from course_lib.teach import decide, exercise, measured, plots, predict, quiz, referee
from course_lib.teach.show import metric_pictures as pictures
from course_lib.world import feed, policies

SEED = 0                              # every split, world and draw starts from it

# %% [markdown]
# ## Predict
#
# 1. Rival recommenders are judged by recall on held-out clicks. How does that correlate with the
#    clicks that people would really give?
# 2. Without clickbait, the policy that is best on held-out clicks goes live. What share of the
#    best rival's *satisfied* clicks (not regretted) is lost?
# 3. A policy that never ran is judged from a log of random decisions. How many of them say as much
#    as one of its own?
# 4. *Interleaving* fills one slate from two rankers; an *A/B test* gives each to half of the users.
#    Nobody comes twice. How many times fewer users does interleaving need?

# %%
predict("metric_stack.correlation", ...)
predict("metric_stack.satisfaction", ...)
predict("metric_stack.open_bandit", ...)
predict("metric_stack.interleaving", ...)

# %% [markdown]
# ## Which metric protects against what
#
# | Metric | Protects against | Cannot see |
# |---|---|---|
# | recall@k: is what people took in the list? (k: hundreds for retrieval) | losing what works | what was never shown |
# | NDCG@k: and how high? (MRR: how high is the first?) | a bad order | the same |
# | AUC: do clicked rows score above ignored ones? | a ranker that cannot tell | which errors stand on top |
# | coverage: how much of the catalogue is shown? | creators starving | whether anyone wanted it |
# | calibration: is 5% clicked of what is given 5%? | wrong trade-offs with price | the order |
# | IPS (inverse propensity scoring): what would this policy earn? | judging by another policy's choices | what the log never showed |
# | interleaving: two rankers share a slate | missing small differences | retention; returns |
# | A/B test: what happens? | a loss in what it counts | slow effects; influence between people |
#
# NDCG is yours:
#
# {{card metric_stack.1}}

# %%
@exercise("metric_stack.1")
def ndcg_at_k(top, relevant, k):
    """top int [U, K], relevant: U int arrays → float [U]: NDCG of the first k."""
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
# MovieLens 100K, a tenth of each user's ratings held out at random, ranked over the whole
# catalogue. Intervals are over *users*; training seeds move numbers, too. `popularity`: how
# often the listed films were rated. `recall − ease` compares user by user (paired,
# narrower).

# %%
films = datasets.films()
split = splits.by_user(films.interactions, seed=SEED)
models = {"popularity": baselines.Popularity(), "item_knn": baselines.ItemKNN(),
          "ease": baselines.EASE(), "als": baselines.ALS()}
for model in models.values():
    model.fit(split.train, films.n_users, films.n_items)
asked = ["recall", "ndcg", "coverage", "popularity"]
table = offline.compare_models(models, split, k=20, metrics=asked, against="ease",
                               n_items=films.n_items, seed=SEED)
users, held_out = offline.held_out(split.test)
lists = {name: offline.top_items(model, users, 20, split.train) for name, model in models.items()}
table["your NDCG"] = [bootstrap(ndcg_at_k(top, held_out, 20), seed=SEED) for top in lists.values()]
table

# %%
quiz("metric_stack.q3")
quiz("metric_stack.q4")
quiz("metric_stack.q5")
counts = np.bincount(split.train["item"], minlength=films.n_items)
found = {name: offline.recall_by_popularity(top, held_out, counts, 20)
         for name, top in lists.items()}
_ = pictures.strata(found, seed=SEED)

# %% [markdown]
# In the run stored here popularity finds half as much as ALS with a twentieth of the catalogue, and
# next to nothing outside the head: an average hides who pays. (**Head**, **tail**: the most and
# least rated films, with a fifth of all ratings each.)
#
# ## Do offline metrics predict what happens online?
#
# Data hold clicks on what *was* shown. In a **world**, a simulated service, we
# can look up what people would do with any list. The service shows items in proportion to a *power*
# of their clicks. Eight days train the recommenders; two more are held out, with the usual slots
# and, in a copy of the world, with random ones.
#
# Straw men flatter any metric, so compare 27 **rivals**: nine models as they are, with recent
# popularity added or popularity taken off.

# %%
def days_of(world, policy, days):
    return pd.concat([day.impressions for day in world.run(policy, days)])

def service(power=0.7, bait=1.0):
    """Eight days of a service that sorts by clicks to this power; clickbait of this strength."""
    world = feed(people=1200, items=500, requests_per_day=8000, seed=SEED,
                 clickbait={"click": 0.8 * bait, "satisfy": -1.6 * bait})
    usual = policies.Popularity(power=power)
    log, truth, day = days_of(world, usual, 8), world.truth(), world.day
    random = days_of(world.fork(), policies.Uniform(), 2)
    return held_days.HeldDays(log, days_of(world, usual, 2), random, truth, day)

# %%
MODELS = {f"ALS {d}": baselines.ALS(d) for d in (8, 16, 32)}
MODELS |= {f"EASE {l2}": baselines.EASE(l2) for l2 in (30, 100, 300)}
MODELS |= {f"item-kNN {k}": baselines.ItemKNN(k) for k in (10, 30, 100)}

def rivals(held):
    """{(model, variant): int (U, 10)}: each rival's list for each person on the next morning."""
    return held_days.rival_lists(held, MODELS, baselines.RecentPopularity(3))

usual_service = service()
top = rivals(usual_service)
means = held_days.judged(usual_service, top, ndcg_at_k)
_ = pictures.favourite(means, "recall@10, usual log", "clicks")

# %%
truths = list(pictures.TRUTHS)
metrics = [name for name in means if name not in truths]
orders = {metric: agreement.with_each(means, metric, truths, seed=SEED) for metric in metrics}
_ = pictures.orders(orders)
measured("metric_stack.correlation", agreement.correlation(
    means, "recall@10, usual log", "clicks", rank=False, seed=SEED))

# %% [markdown]
# Over the recorded worlds the plain correlation (the figure has that of ranks) runs from about 0
# to 0.8: one service says little of the next. Random slots do better in nearly all worlds.

# %%
quiz("metric_stack.q2")
quiz("metric_stack.q1")
quiz("metric_stack.q11")

# %% [markdown]
# ### What the gap is made of
#
# Let $w(u, i)$ be the chance that person u clicks item i once looked at, and $e(i)$ its **exposure**:
# its showings, each times the chance of a look at its position (**position bias**, {{feedback}}).
# Held-out clicks scatter around $e(i)\,w(u, i)$; the truth is about $w$. Between them lie
#
# - **noise**: the clicks that came, in place of those expected;
# - **popularity**: among items shown often, some have a far larger $e$;
# - **novelty** (of items): the half shown least has hardly a click; if wanted, its items are **false
#   negatives**;
# - **drift**: the launch is judged a week later;
# - **population**: people without a held-out click do not count.
#
# The world can take each away. What that changes depends on the order, so the **Shapley** share
# averages over orders. Let $A(S)$ be the rank correlation with the truth when the parts in
# $S$ are gone, and $O$ the orders with noise before population (without noise everybody has a
# recall):
#
# $$ \text{share of } p = \frac{1}{|O|} \sum_{o \in O} \big[ A(S_{o,p} \cup \{p\}) - A(S_{o,p}) \big], $$
#
# where $S_{o,p}$ holds what goes before $p$ in order $o$. *Left* is $A(\varnothing)$, what recall
# reaches; *the metric itself*, what is missing from 1 when all five are gone.

# %%
services = {0.7: usual_service, 4.0: service(4.0)}
tops = {0.7: top, 4.0: rivals(services[4.0])}
family = np.repeat(np.arange(len(MODELS)), len(held_days.VARIANTS))     # which model each rival is
shares = {}
for power, held in services.items():
    without = gap_parts.recall_without(held, tops[power], seed=SEED)
    later = gap_parts.true_clicks_later(held, tops[power])
    name = f"power {power:g}: a tenth of the items\nhas {held.top_share():.0%} of the showings"
    shares[name] = gap_parts.shares(without, later, family, seed=SEED)
    print(f"power {power:g}: the least shown half has", ", ".join(
        f"{share:.0%} of {of}" for of, share in held.of_the_least_shown(tops[power]).items()))
_ = pictures.gap(shares)

# %% [markdown]
# In the run stored here popularity is by far the largest part; in the steep log (power 4) it
# reverses the rivals' order. There are false negatives (printed), yet they cost *this* comparison
# little. A negative share offsets others.
#
# More clicks cure noise alone. Against popularity, weight each held-out click by one over its
# chance of being shown *and* looked at. What was never shown needs random slots, on which people
# click less. How steeply the log was sorted is our input, a **dial**:

# %%
POWERS = [0.0, 0.35, 0.7, 1.4]

def sorted_by(power):
    """([own log, random slots, difference] of rank correlations, share of the most shown tenth)."""
    held = services.get(power) or service(power)
    lists_of = tops.get(power) or rivals(held)
    own, random = held_days.recalls(held, lists_of).values()
    clicks = held_days.true_worth(held, lists_of)["clicks"]
    return agreement.of_both_logs(own, random, clicks, family, seed=SEED), held.top_share()

by_power = {power: sorted_by(power) for power in (*POWERS, 4.0)}
_ = pictures.sorted_logs(by_power)
for power in POWERS:
    measured("metric_stack.uniform_log", by_power[power][0][2], at=power)

# %% [markdown]
# At 1.4 random slots were better in every recorded world.
#
# ### Clicks and satisfaction
#
# Clickbait is another dial: how much more a catchy title is clicked than it deserves. **Regret**
# is the share of the best rival's satisfied clicks that the rival chosen by clicks loses.

# %%
BAITS = [0.0, 0.5, 1.0, 2.0]

def regrets(bait):
    """Satisfied clicks lost by choosing by the log's recall, and by true clicks."""
    held = usual_service if bait == 1.0 else service(bait=bait)
    lists_of = top if bait == 1.0 else rivals(held)
    recall, worth = held_days.recalls(held, lists_of), held_days.true_worth(held, lists_of)
    return [agreement.lost_by(by, worth["satisfied clicks"], seed=SEED)
            for by in (recall["recall@10, usual log"], worth["clicks"])]

by_bait = {bait: regrets(bait) for bait in BAITS}
_ = pictures.cost_of_clicks(BAITS, by_bait)
for bait in BAITS:
    measured("metric_stack.satisfaction", by_bait[bait][0], at=bait)

# %% [markdown]
# “Chosen by true clicks” is what the *objective* costs; the other line adds what the *log* costs.
# Chosen by the log, the recorded worlds lose 0 to 5% without clickbait, 17% to 70% at strength 2.
#
# {{card metric_stack.5}}

# %%
### BEGIN SOLUTION: chosen = decide("metric_stack.5", ...)
chosen = decide("metric_stack.5", {"feed": "random slots", "shop": "what came"})
### END SOLUTION
quiz("metric_stack.q7")

# %% [markdown]
# ## Estimators that know the chances
#
# A service shows one item a request. Decision k has reward $r_k$ and the logged chance $p_k$, its
# **propensity**; the new (*target*) policy would take it with chance $q_k$. **IPS** is the mean of
# $w_k r_k$ with $w_k = q_k / p_k$. An item $a$ of true reward $\rho(a)$ is logged with chance
# $p(a)$, so
#
# $$ \mathrm{E}[w\,r] = \sum_a p(a)\,\frac{q(a)}{p(a)}\,\rho(a) = \sum_a q(a)\,\rho(a), $$
#
# what the target earns, *if* $p(a) > 0$ wherever $q(a) > 0$ (**support**). Then
# $\mathrm{E}[w] = 1$: a mean weight far off shows false chances. **SNIPS** (self-normalised) divides by
# $\sum w_k$ instead of the number of decisions: a small bias, mostly less noise, never outside the
# range of rewards.
#
# The **effective sample size** $(\sum w)^2 / \sum w^2$ says how much log is left. Of a million
# uniform decisions over 1,000 items, a target that shows one item matches about a thousand, of
# weight 1,000 each: the size is 1,000. At 1% clicks that is ten clicks, ± 32% (one standard
# error). How long a log does ± 5% take?

# %% tags=["widget"]
from course_lib.teach.show import explore, metric_pictures

explore(metric_pictures.decisions_needed, items=[1, 10, 100, 1000], click_rate=[0.001, 0.01, 0.1])

# %% [markdown]
# A third estimator, **doubly robust**, is yours:
#
# {{card metric_stack.3}}

# %%
@exercise("metric_stack.3")
def doubly_robust(reward, logged, target, predicted, predicted_target):
    """All float [n] → number: the model's answer for the target policy, corrected."""
    ### BEGIN SOLUTION
    return np.mean(predicted_target + target / logged * (reward - predicted))
    ### END SOLUTION


# %% [markdown]
# With $\hat\rho$ the model, your term averages $\sum_a q(a)(\rho(a)-\hat\rho(a))$, what its answer
# lacks. A good model leaves little to weight; a bad one can add noise.
#
# Try it where the truth can be summed: one slot, nothing changes. A day of random slots trains the
# target (personal) and the reward model (each item's click rate); the logger follows clicks.

# %%
from course_lib.evidence import another_log, calibrated_where, counterfactual, one_slot, replayed

CALM = ("repeats", "novelty", "sharing", "social_proof", "spam", "joining", "births", "mood")
small = feed(people=3000, items=300, requests_per_day=50_000, seed=SEED + 1,
             slate_size=1, without=CALM)
trial = days_of(small, policies.Uniform(), 1)
exact, people = small.truth(), np.arange(3000)
eligible = exact.eligible()
chance = exact.scores(people, eligible, by="click") * exact.examination(1)
personal = baselines.ALS(16).fit(interactions(trial), 3000, 300).score(people)
slot = one_slot.from_random_slots(trial, personal, chance, eligible)

# %%
def ips(reward, logged, target, **_):
    return np.mean(target / logged * reward)

def snips(reward, logged, target, **_):
    return np.sum(target / logged * reward) / np.sum(target / logged)

def clipped(reward, logged, target, **_):
    return np.mean(np.minimum(target / logged, 5) * reward)

def model_alone(predicted_target, **_):
    return np.mean(predicted_target)

# %%
ESTIMATORS = {"IPS": ips, "SNIPS": snips, "doubly robust": doubly_robust,
              "IPS, clipped at 5": clipped, "model alone": model_alone}
by_size = one_slot.errors_by_size(slot, ESTIMATORS, [300, 1000, 3000, 10_000, 30_000], seed=SEED)
_ = pictures.errors_by_size(by_size, slot.value)
log = slot.drawn(30_000, np.random.default_rng(SEED))
worth = counterfactual.effective_sample_size(log["target"] / log["logged"])
print(f"30,000 decisions are worth {worth:,.0f} of equal weight")

# %% [markdown]
# IPS is a mean of independent terms: ten times the log divides its error by 3.2. The *model alone*
# stays as wrong however long the log, and a narrow interval around a biased value misleads most.
# Clipping can only lower the estimate where rewards are 0 or 1.

# %%
quiz("metric_stack.q6")
RATES = [0.001, 0.005, 0.05, 0.2, 0.6]
ratios = {rate: one_slot.error_ratio(slot, rate, seed=SEED) for rate in RATES}
has_bandit = datasets.available("open_bandit")
bandit = datasets.open_bandit().impressions if has_bandit else None
_ = pictures.self_normalising(ratios, bandit["click"].mean() if has_bandit else None)
for rate, ratio in ratios.items():
    measured("metric_stack.snips", ratio, at=rate)

# %% [markdown]
# Self-normalising removes the error of the weights' sum. Where clicks are rare, most error is in
# *which* clicks came: at a rate of 0.1% it took off less than 4% in every recorded world.
#
# ### More items to choose from
#
# Does the number of items hurt, or the target's **distance** from the logger? At 0 the target *is*
# the logger; at 1 it shows only its five best guesses for each person.

# %%
large = feed(people=1000, items=1100, requests_per_day=1000, seed=SEED + 2,
             slate_size=1, without=CALM)
able = large.truth().eligible()
department = large.catalog().items["category"].to_numpy()[able] % 5
clicked = large.truth().scores(np.arange(1000), able, by="click") * large.truth().examination(1)
guess = held_days.standard(clicked) + np.random.default_rng(SEED).normal(size=clicked.shape)
wide = one_slot.Wide(clicked, guess, department)

DISTANCES, ACTIONS = [0.0, 0.25, 0.5, 1.0], [10, 100, 1000]
far = {distance: wide.by_size(ACTIONS, distance=distance, seed=SEED) for distance in DISTANCES}
_ = pictures.catalogues(far)
for distance, ips_errors in far.items():
    few, many = ips_errors[10][:, 0], ips_errors[1000][:, 0]
    measured("metric_stack.catalogue", one_slot.growth(few, many, seed=SEED), at=distance)

# %% [markdown]
# On average over the recorded worlds a larger catalogue costs nothing at distance 0. From 0.25 on,
# a hundred times the items make the error three to five times as large.
#
# **MIPS** (Saito and Joachims 2022) weights by the chance of the item's *group*, here one of five
# departments, as if the group alone mattered. The dial, at distance 1: the share of a click chance
# that is the item's own.

# %%
OWN = [0.0, 0.25, 0.5, 1.0]
grouped = {own: wide.by_size((10, 1000), own=own, seed=SEED) for own in OWN}
_ = pictures.groups(grouped)
for own in OWN:
    few, many = grouped[own][10][:, 1], grouped[own][1000][:, 1]
    measured("metric_stack.mips", one_slot.growth(few, many, seed=SEED), at=own)

# %% [markdown]
# Groups keep weights small and pay in bias, which more log does not cure: in the run stored here
# they win only where little is the item's own.
#
# ### Slates: which chance belongs in the weight?
#
# {{card metric_stack.7}}

# %%
def weights(logged, target):
    """float (B, K) each → float (B, K): the weight of each slot's click."""
    ### BEGIN SOLUTION
    return np.cumprod(target / logged, axis=1)
    ### END SOLUTION

### BEGIN SOLUTION: _ = referee("metric_stack.7", because=..., mended=weights)
why = "The weight of a slot leaves out what was drawn above it."
_ = referee("metric_stack.7", because=why, mended=weights)
### END SOLUTION

# %% [markdown]
# What stands above a slot decides its draw and its looks: its click weighs the product of the ratios
# down to it. A **whole slate's** total weighs the product of all: right, and mostly noise. If it is a
# sum over items in slots, the **pseudo-inverse** estimator suffices, with the weight
# $1+\sum_k(q_k/p_k-1)$ where slots are drawn independently. Items that affect each other bias it.
#
# ### Replay: a policy that learns
#
# A **bandit** learns from what it shows, so no fixed $q$ describes it. **Replay** (Li et al. 2011)
# goes through a *uniform* log in order of time, keeps the decisions on which bandit and log agree,
# one in $N$ with $N$ items, and lets the bandit learn from those alone. (From other
# logs, first keep a share in proportion to $1/p$.) **Thompson sampling**, our bandit,
# shows each item with the chance that it is the best.

# %%
some = np.random.default_rng(SEED).choice(len(eligible), 20, replace=False)
arms = chance.mean(axis=0)[some]
runs = replayed.replay_and_live(arms, rows=20_000, runs=5, seed=SEED)
clicks_a_step = {name: mean_of_runs(clicks) for name, clicks in runs.items()}
_ = plots.bars(clicks_a_step, "What does replay say of a bandit with 20 items?",
               "clicks a decision; interval over runs", fmt="{:.3f}",
               colors=dict.fromkeys(runs, plots.color("log")))

# %% [markdown]
# Replay keeps about a thousand steps of 20,000 (first bar); in the run stored here a live run of as
# many earns about the same (second). Of what is learnt later (third: all 20,000) it says nothing.
#
# ### Are probabilities probabilities?
#
# Only **calibrated** chances can be multiplied by prices. Isotonic regression ({{ranker}}) makes them
# of scores. Of the random slots a third each trains a model, fits the map and judges: one map for
# all, or one per group of items.

# %%
third = np.random.default_rng(SEED).integers(0, 3, len(trial))
user, item, click = (trial[name].to_numpy() for name in ("user", "item", "click"))
trained = baselines.ALS(16).fit(interactions(trial[third == 0]), 3000, 300)
score, fit, judge = trained.score(people)[user, item], third == 1, third == 2
clicks_of = np.bincount(item[third == 0], click[third == 0], 300)
band = np.digitize(clicks_of[item], np.quantile(clicks_of[eligible], (0.2, 0.8)), right=True)
one, each = Isotonic().fit(score[fit], click[fit]).predict(score), np.empty(len(click))
for group in range(3):
    rows = fit & (band == group)
    each[band == group] = Isotonic().fit(score[rows], click[rows]).predict(score[band == group])
slices = {"all rows": judge} | {name: judge & (band == group) for group, name in enumerate(
    ("items rarely clicked", "items in between", "items often clicked"))}
says = {name: calibrated_where.predicted_over_observed(probability, click, slices, seed=SEED)
        for name, probability in (("one map", one), ("a map for each group", each))}
_ = pictures.calibrated(says)

# %% [markdown]
# In the run stored here one map is about right on average, too high for rarely clicked items, too
# low for the often clicked.

# %%
quiz("metric_stack.q10")
quiz("metric_stack.q12")

# %% [markdown]
# ## Real logs: Open Bandit
#
# A fashion shop ran two policies: uniformly random, and Thompson sampling (`bts`). Had
# `bts` *not* run, how many random decisions would say as much as one of its own? (Its chances: the
# shares in its own log.)

# %%
if has_bandit:
    campaigns = {name: dict(list(held.groupby("policy", observed=True)))
                 for name, held in bandit.groupby("campaign", observed=True)}
    rates = {name: bootstrap(log["click"], seed=SEED) for name, log in campaigns["all"].items()}
    low, high = sorted(float(e) for e in rates.values())
    needed = sample_size(np.sqrt((low + high) / 2), high - low)
    print(f"click rates in 'all': {rates}; to part them takes {needed:,} decisions of each")
    price = {name: another_log.decisions_for_one(log["random"], log["bts"], seed=SEED)
             for name, log in campaigns.items()}
    for name, decisions in price.items():
        measured("metric_stack.open_bandit", decisions, on=f"open_bandit: campaign {name}")
else:
    print("Open Bandit is not here, so this part is left out. To get it: course data open_bandit")

# %% [markdown]
# Clicks set the width of an interval, not rows: fifty are ± 14%, ± 20% for a difference. From the
# random log it takes about three to four times the decisions (the ratio of the variances of a
# weighted and a plain click). Intervals run from 1.4 to 9: not even “more than twice” is
# sure.
#
# Two policies' logs also test an *estimator*: judge `bts` from the random log (Saito et al. 2021).
# With fifty clicks a log, only gross errors show.
#
# ## Interleaving: both rankers in one slate
#
# Interleaving compares within a reader: what tells readers apart, such as how often they come, drops
# out.
#
# {{card metric_stack.4}}

# %%
@exercise("metric_stack.4")
def team_draft(a, b, slate_size, coin):
    """a, b int [B, C], coin float [B, R] → item, team int [B, slate_size]: 0 for a, 1 for b."""
    ### BEGIN SOLUTION
    item, team = np.zeros((2, len(a), slate_size), int)
    for slot in range(slate_size):
        first = np.where(coin[:, slot // 2] < 0.5, 0, 1)
        turn = first if slot % 2 == 0 else 1 - first
        ranked = np.where(turn[:, None] == 1, b, a)
        free = ~(ranked[:, :, None] == item[:, None, :slot]).any(axis=2)
        item[:, slot] = ranked[np.arange(len(a)), free.argmax(axis=1)]
        team[:, slot] = turn
    return item, team
    ### END SOLUTION


# %% [markdown]
# Each click counts for the ranker that picked the item; the test is on one team's clicks less the
# other's, per user. Services report a tenth to a hundredth of an A/B test's users (grey). The 36
# pairs of models overlap, so intervals are too narrow.
# Two dials: requests a person (0: nobody comes twice), and whether the A/B test knows people's clicks
# of the week before (CUPED, {{experiments}}).

# %%
plain = {model: top[model, "as it is"] for model in MODELS}
held = usual_service
visits = held.log.groupby("user")["request_id"].nunique()
visits = visits.reindex(held.people, fill_value=0).to_numpy()
wants = held.truth.scores(held.people, np.arange(held.n_items), held.day, "click")
look = held.truth.examination(np.arange(1, 11))
saved = drafted.users_saved(plain, wants, look, visits, [0, 1, 5, 20, 50], team_draft, seed=SEED)
_ = pictures.saved(saved, seed=SEED)
for requests, pairs in saved.items():
    measured("metric_stack.interleaving", bootstrap(pairs[:, 0], np.median, seed=SEED), at=requests)
print(f"both tests agree on the sign in {saved[5][:, 2].mean():.0%} of the pairs")

# %% [markdown]
# The recorded worlds' median factor averages 9 where nobody comes twice, and 28 at fifty requests a
# person (ten other worlds: 12 and 44); where the A/B test knows its users, much of it goes. Ask about
# the *sign*: interleaving says whose items are picked from both, the A/B test which slate earns more
# alone. (In the run stored here they agree on every pair.)
#
# {{card metric_stack.6}}

# %%
quiz("metric_stack.q8")
### BEGIN SOLUTION: plan = decide("metric_stack.6", ...)
plan = decide("metric_stack.6", {"keep": 14, "share": 0.25, "tests": 2})
### END SOLUTION
quiz("metric_stack.q9")

# %% [markdown]
# ## What can lie to you
#
# Twenty equally good recommenders (EASE plus noise) are measured on the *same* users, the winner
# then on the others.

# %%
recalls = winners_luck.equals_of(models["ease"], split, seed=SEED)
sizes = [50, 100, 200, 400]
_ = pictures.luck(sizes, winners_luck.winners_gain(recalls, sizes, seed=SEED))

# %% [markdown]
# The best of twenty equals is expected 1.9 standard errors above their mean. Choose on one part,
# report on another.
#
# ## After day 7
#
# The winner writes the log that judges the next model. Keep random slots with propensities and
# judge on those. Each quarter compare metrics with the experiments that ran, by week since a
# person's first day in them, and drop those that no longer agree. Each metric needs an owner, a
# versioned definition, a date for its next check.
#
# ## Say it in a minute
#
# > “Offline metrics, with intervals over users, decide what is tested, not what is launched. A
# > percent of random slots with propensities gives an honest hold-out, and doubly robust estimates
# > whose effective sample size I quote. Interleaving screens in days; an A/B test on users
# > decides; a guardrail passes if its interval excludes a loss beyond its margin.”
#
# **Red flag.** “Offline AUC is up two points, so we launched.”
#
# ## You have now
#
# Estimates for policies that never ran, and a draft of two rankers. Next: experiments ({{experiments}}).
