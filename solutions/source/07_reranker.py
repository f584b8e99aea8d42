# %% [markdown]
# # {{reranker}} Re-ranker: constraints the first two cannot hold
#
# **The decision.** Which ten of the hundred ranked items stand together, and in what order? Retrieval and ranking look at one item
# at a time. Some things are true only of the whole slate: that it holds ten films and not one film ten times, that it matches
# the person's mix of tastes, that no creator takes it over, and that a few slots are spent on learning.
#
# | | |
# |---|---|
# | Budget | a millisecond or two of the 50, for a hundred candidates and ten slots |
# | Failure this stage owns | *Every item was good, and the page was bad.* |
# | Minutes | 95, of which 70 on exercises |
# | Needs | ranked candidates ({{ranker}}); NDCG ({{metric_stack}}) is explained where it is used |
# | Leaves behind | MMR, calibrated lists, caps with an answer, logged chances, room for what is new, a shop's worth of a slot |

# %%
import copy
import time

import numpy as np
import pandas as pd

from course_lib.contracts import ConstraintError, Requests
from course_lib.data import datasets, splits
from course_lib.evidence import offline
from course_lib.evidence.estimate import bootstrap, paired
from course_lib.evidence.units import unit_table
from course_lib.stages.reranking import Cap, MMRReranker, diversity, freshness
from course_lib.stages.retrieval.baselines import EASE
from course_lib.teach import compare, exercise, explore, hint, measured, plots, predict, quiz, solution  # noqa: F401
from course_lib.world import feed, marketplace, policies

plots.style()

# %% [markdown]
# ## Predict
#
# 1. You trade three tenths of the weight from relevance to diversity. What share of the list's quality on held-out films goes?
# 2. A list in the proportions of a person's tastes: how much of the diversity does it bring that a diversity method brings?
#    (1: as much, 0: none.)
# 3. With diverse lists for everyone, how many times as many different films get shown to somebody?
# 4. New items get a boost until they have been seen enough. By what share does the time that people spend change? (−0.05: five
#    percent less.)

# %%
predict("reranker.mmr_price", ...)
predict("reranker.goals", ...)
predict("reranker.coverage", ...)
predict("reranker.fresh_cost", ...)

# %% [markdown]
# ## A hundred candidates, in an order
#
# The films and people are those of ML-100K. A linear item-to-item model (EASE, lesson {{two_tower}}) stands in for retrieval and
# ranking: it is trained in a moment and it is strong here. Each person gets their hundred best unseen films, scores
# stretched to 0…1. What you will do to them holds for any ranker.
#
# Likeness of two films is the cosine of their genres. That is crude, and it is what decides what “diverse” will mean: a
# re-ranker sees differences only in the features you give it.

# %%
films = datasets.films()
split = splits.by_user(films.interactions, seed=0)
users, wanted = (part[:400] for part in offline.held_out(split.test))
model = EASE().fit(split.train, films.n_users, films.n_items)
candidates = model.recommend(users, 100)                              # int (400, 100), unseen films, best first
relevance = diversity.normalised(np.take_along_axis(model.score(users), candidates, axis=1))

# %%
names = sorted({word for words in films.catalog.items["genres"] for word in words.split("|")} - {""})
multi_hot = films.catalog.content[:, :len(names)]                     # a column a genre
direction = multi_hot / np.maximum(np.linalg.norm(multi_hot, axis=1, keepdims=True), 1e-9)
genre = multi_hot / np.maximum(multi_hot.sum(1, keepdims=True), 1e-9)  # rows sum to 1: shares of one film
history = split.train.groupby("user")["item"].agg(list)
target = np.array([genre[history[u]].mean(axis=0) for u in users])     # each person's mix
target /= target.sum(axis=1, keepdims=True)
titles = films.catalog.items["title"]
pd.DataFrame({"film": titles[candidates[0][:5]].to_numpy(), "score": relevance[0][:5].round(2)})

# %% [markdown]
# ## Unlike what stands above
#
# {{card reranker.1}}

# %%
@exercise("reranker.1")
def mmr(relevance, similarity, k, trade_off=0.7):
    """relevance float [C], similarity float [C, C] → int [min(k, C)]: places, in the order of the slate."""
    ### BEGIN SOLUTION
    k, chosen = min(k, len(relevance)), []
    nearest = np.zeros(len(relevance))                                # likeness to the most similar item above
    for _ in range(k):
        gain = trade_off * relevance - (1 - trade_off) * nearest
        gain[chosen] = -np.inf
        chosen.append(int(np.argmax(gain)))
        nearest = np.maximum(nearest, similarity[chosen[-1]])
    return np.array(chosen, dtype=int)
    ### END SOLUTION


# %% [markdown]
# Three numbers describe a slate of ten. **NDCG@10**: are held-out films in it, and high up? **Diversity** (intra-list
# distance): one minus the mean cosine between two films of it. **Gap** (KL divergence): how far is its genre mix from the
# person's own? 0 is the same mix. For the first two, more is better; for the gap, less.

# %%
def slates(rule):
    """int (400, 10): items of every person's slate, by rule(row) → places among the candidates."""
    return np.array([candidates[row][rule(row)] for row in range(len(users))])


def judge(shown):
    """Per-person NDCG@10, diversity and gap of slates, float (400, 3)."""
    likeness = np.einsum("ukg,ujg->ukj", direction[shown], direction[shown])
    diversity = 1 - (likeness.sum(axis=(1, 2)) - 10) / 90
    mix = 0.99 * genre[shown].mean(axis=1) + 0.01 * target
    gap = (target * np.log(np.maximum(target, 1e-12) / np.maximum(mix, 1e-12))).sum(axis=1)
    return np.column_stack([offline.ndcg_at_k(shown, wanted, 10), diversity, gap])


# %%
def likeness(row):
    return direction[candidates[row]] @ direction[candidates[row]].T


weights = [1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.3]
by_weight = {w: slates(lambda row, w=w: mmr(relevance[row], likeness(row), 10, trade_off=w)) for w in weights}
scores = {w: judge(shown) for w, shown in by_weight.items()}
plain, diverse = scores[1.0], scores[0.7]
lost = bootstrap(np.column_stack([plain[:, 0], diverse[:, 0]]), statistic=lambda v: 1 - v[:, 1].mean() / v[:, 0].mean())
measured("reranker.mmr_price", lost, on=films.name)

# %%
ax = plots.figure("The first steps to diversity are cheap, the last are not", "diversity of the slate", "NDCG@10", height=4.0)
points = {w: [bootstrap(s[:, c]) for c in (1, 0)] for w, s in scores.items()}
ax.plot([d.value for d, _ in points.values()], [q.value for _, q in points.values()], "-", lw=1, color=plots.GREY)
for place, (w, (d, q)) in enumerate(points.items()):
    ax.errorbar(d.value, q.value, xerr=[[d.value - d.low], [d.high - d.value]], yerr=[[q.value - q.low], [q.high - q.value]],
                fmt="o", color=plots.BLUE, elinewidth=0.8)
    ax.annotate(f"λ = {w}", (d.value, q.value), xytext=(5, 8 if place % 2 else -16), textcoords="offset points")

# %% [markdown]
# The bars say how much people differ; the claim above compares the same people under both rules and is tighter. The curve
# is the choice. It has a flat part and a steep part, and the place to stand is where somebody can say what the lost
# relevance buys. One λ for everyone is also a choice: someone who watches nothing but horror has told you something.
#
# ### Look at one slate
#
# Move λ and watch films enter and leave. At which λ would you be embarrassed to show the list?

# %%
def diversity_of(shown):
    near = direction[shown] @ direction[shown].T
    return 1 - (near.sum() - len(shown)) / (len(shown) * (len(shown) - 1))


def slate_of(trade_off=0.7, person=3):
    """One person's slate as a picture: films down, genres across."""
    shown = candidates[person][mmr(relevance[person], likeness(person), 10, trade_off=trade_off)]
    ax = plots.figure(f"λ = {trade_off}: diversity {diversity_of(shown):.2f}", "", "", height=4.6)
    place, column = np.nonzero(multi_hot[shown])
    ax.scatter(column, place, s=60, color=plots.BLUE)
    ax.set_yticks(range(10), [f"{titles[item][:34]}  {slot + 1}" for slot, item in enumerate(shown)])
    ax.set_xticks(range(len(names)), names, rotation=60, ha="right", fontsize=8.5)
    ax.invert_yaxis()
    return ax.figure


explore(slate_of, trade_off=[1.0, 0.9, 0.7, 0.5, 0.3, 0.1], person=(0, 20))

# %% [markdown]
# ## In the person's own proportions
#
# {{card reranker.2}}

# %%
@exercise("reranker.2")
def calibrated(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    """relevance float [C], genre float [C, G], target float [G] → int [min(k, C)]: places, in the order of the slate."""
    ### BEGIN SOLUTION
    total, chosen, has = np.zeros(len(target)), [], target > 0
    for slot in range(min(k, len(relevance))):
        mix = (1 - alpha) * (total + genre) / (slot + 1) + alpha * target        # (C, G), had each been taken
        gap = (target[has] * np.log(target[has] / mix[:, has])).sum(axis=1)
        gain = (1 - trade_off) * relevance - trade_off * gap
        gain[chosen] = -np.inf
        chosen.append(int(np.argmax(gain)))
        total = total + genre[chosen[-1]]
    return np.array(chosen, dtype=int)
    ### END SOLUTION


# %% [markdown]
# ## The widest slate
#
# MMR looks at the nearest neighbour only. A *determinantal point process* (DPP) looks at all that is chosen at once: it asks
# for the slate whose films, as arrows in genre space, span the largest volume.
#
# {{card reranker.3}}

# %%
@exercise("reranker.3")
def greedy_dpp(relevance, similarity, k, weight=1.0):
    """relevance float [C], similarity float [C, C] → int [≤ k]: places, in the order of the slate."""
    ### BEGIN SOLUTION
    length = np.exp(weight * (relevance - np.max(relevance)))
    products = length[:, None] * similarity * length
    left, rows, chosen = np.diag(products).copy(), np.zeros((k, len(length))), []
    for slot in range(min(k, len(length))):
        best = int(np.argmax(left))
        if left[best] < 1e-9:
            break
        rows[slot] = (products[best] - rows[:slot, best] @ rows[:slot]) / np.sqrt(left[best])
        left = left - rows[slot] ** 2                                 # what stands at right angles to all that is chosen
        left[best] = -np.inf
        chosen.append(best)
    return np.array(chosen, dtype=int)
    ### END SOLUTION


# %% [markdown]
# Each weight of each method is a point: what it costs and what it buys. Same candidates, same people. (A little is added to
# the diagonal, for a volume of ten films in a space of few genres runs out.)

# %%
def wide(row, weight):
    return greedy_dpp(relevance[row], likeness(row) + 0.01 * np.eye(100), 10, weight=weight)


def mixed(row, trade_off):
    return calibrated(relevance[row], genre[candidates[row]], target[row], 10, trade_off=trade_off)


# %%
fronts = {"MMR": list(scores.values()), "DPP": [judge(slates(lambda row, w=w: wide(row, w))) for w in (8, 6, 5, 4, 3, 2)],
          "calibrated": [judge(slates(lambda row, w=w: mixed(row, w))) for w in (0.1, 0.2, 0.4, 0.6, 0.8)]}
alike = min(fronts["DPP"], key=lambda p: abs(p[:, 1].mean() - diverse[:, 1].mean()))
more = paired(alike[:, 0], diverse[:, 0])
ax = plots.figure(f"At MMR's diversity the DPP brings {more.value:+.3f} NDCG@10", "diversity of the slate", "NDCG@10", height=4)
for colour, (name, points) in zip(plots.CYCLE, fronts.items(), strict=False):
    d, q = ([bootstrap(p[:, c], n_boot=300) for p in points] for c in (1, 0))
    ax.errorbar([e.value for e in d], [e.value for e in q], yerr=[e.width / 2 for e in q], fmt="o-", label=name,
                color=colour, elinewidth=0.6, lw=1)
ax.legend()
measured("reranker.dpp", more, on=films.name)

# %% [markdown]
# Then the same methods by another question: how near is each slate to the person's own mix?

# %%
rules = {"plain": lambda row: np.arange(10),
         "MMR λ = 0.7": lambda row: mmr(relevance[row], likeness(row), 10, trade_off=0.7),
         "DPP": lambda row: wide(row, 5.0), "calibrated 0.2": lambda row: mixed(row, 0.2),
         "calibrated 0.8": lambda row: mixed(row, 0.8)}
shown, result = {}, {}
for name, rule in rules.items():
    start = time.perf_counter()
    shown[name] = slates(rule)
    spent = 1e3 * (time.perf_counter() - start) / len(users)
    result[name] = [*map(bootstrap, judge(shown[name]).T), spent, offline.coverage(shown[name], films.n_items).value]
table = pd.DataFrame(result, index=["NDCG@10", "diversity", "gap (KL)", "ms a request", "share of films shown"]).T

# %%
gain = {name: judge(shown[name])[:, 1] - judge(shown["plain"])[:, 1] for name in rules}
share = bootstrap(np.column_stack([gain["calibrated 0.8"], gain["MMR λ = 0.7"]]),
                  statistic=lambda v: v[:, 0].mean() / v[:, 1].mean())
measured("reranker.goals", share, on=films.name)
measured("reranker.coverage", table.loc["MMR λ = 0.7", "share of films shown"] / table.loc["plain", "share of films shown"], on=films.name)
table

# %%
ax = plots.figure("Calibration and diversity are different goals", "diversity of the slate (more →)",
                  "gap to the person's mix (less ↓)", height=4.0)
for index, name in enumerate(rules):
    gap, diversity = table.loc[name, "gap (KL)"], table.loc[name, "diversity"]
    ax.errorbar(diversity.value, gap.value, xerr=[[diversity.value - diversity.low], [diversity.high - diversity.value]],
                yerr=[[gap.value - gap.low], [gap.high - gap.value]], fmt="o", ms=8, color=plots.CYCLE[index])
    ax.annotate(name, (diversity.value, gap.value), xytext=(8, -16 if name == "DPP" else 6), textcoords="offset points")
ax.margins(0.15)

# %% [markdown]
# **Were you right?** A calibrated slate moves far down and little to the right: it repeats what the person repeats.
# A diverse slate moves
# right, and only part of the way down. If someone asks for “diversity”, ask which of the two: *unlike each other*, or *like
# me, all of me*.
#
# And look at the last column of the table. With MMR the lists became more varied, and the catalogue hardly opened. Each
# list is drawn from the same hundred candidates, and those from the same popular films. Starving creators are a matter for
# retrieval (lesson {{negatives}}) and for exploration, below; no re-ranker reaches an item that was not retrieved.
#
# ## Rules that may not bend
#
# Now a feed, where items have creators and truth is known. Suppose a perfect ranker for clicks: it sorts by the true chance
# of a click. On top of it, a rule: at most two items of one creator. A *hard* rule is not a weight. If it cannot be met,
# the reader of the log must learn that, and why. The world also holds **clickbait**: items that attract clicks and then
# disappoint.
#
# {{card reranker.4}}

# %%
@exercise("reranker.4")
def capped_slate(order, value, most, k):
    """order int [C], value int [N], −1 exempt → int [k]: the first k with at most `most` of one value, −1 where empty."""
    ### BEGIN SOLUTION
    out, used = [], {}
    for item in order.tolist():
        name = int(value[item])
        if len(out) < k and (name < 0 or used.get(name, 0) < most):
            out.append(item)
            used[name] = used.get(name, 0) + 1
    return np.pad(np.array(out, dtype=int), (0, k - len(out)), constant_values=-1)
    ### END SOLUTION


# %%
world = feed(people=2000, items=2000, seed=0)
truth, catalog = world.truth(), world.catalog()
creator, bait = catalog.items["creator"].to_numpy(), truth.hidden_items()["appeal"].to_numpy() > 0
requests = Requests.of(np.arange(800), eligible=truth.eligible(), day=0)
click, joy = (truth.request_scores(requests, by=by) for by in ("click", "satisfaction"))    # float (800, N)
ranked = np.argsort(-click, axis=1)[:, :100].astype(np.int32)
score = np.take_along_axis(click, ranked, axis=1)

# %%
stages = {"plain": {"trade_off": 1.0}, "MMR": {"trade_off": 0.7},
          "MMR and cap": {"trade_off": 0.7, "creator": creator, "creator_cap": 2}}
rows, feeds = {}, {}
for name, settings in stages.items():
    page = feeds[name] = MMRReranker(catalog.content, **settings).rerank(requests, ranked, score, 10).item
    over = np.array([np.bincount(creator[slate]).max() > 2 for slate in page], float)
    rows[name] = {"slates over the cap": bootstrap(over), "clickbait slots": bootstrap(bait[page].mean(axis=1)),
                  "click if seen": bootstrap(np.take_along_axis(click, page, 1).mean(axis=1)),
                  "satisfied": bootstrap(np.take_along_axis(joy, page, 1).mean(axis=1))}
measured("reranker.cap", rows["MMR"]["slates over the cap"], on="world, feed")
measured("reranker.clickbait", rows["MMR"]["clickbait slots"].value / rows["plain"]["clickbait slots"].value, on="world, feed")
pd.DataFrame(rows).T

# %%
_ = plots.bars({name: row["clickbait slots"] for name, row in rows.items()} | {"the whole catalogue": bait.mean()},
               "Diversity does not stop a click ranker's clickbait", "share of slots (of items)")

# %% [markdown]
# Diversity does not stand in for a rule, because two items of one creator need not look alike, and it does not mend an
# objective: the ranker was told to find clicks, clickbait gets clicks, and a varied slate of clickbait is still one.
# Compare the last two columns: what is clicked and what satisfies are not the same. That is repaired where it arose, in the
# objective (lesson {{objective}}) and in the ranker's labels (lesson {{ranker}}).
#
# ### When the rule cannot be met
#
# A page “more from the makers of this”: fourteen candidates by three creators, at most two of each. Ten slots cannot be
# filled.

# %%
makers = np.unique(creator)[:3]
few = np.flatnonzero(np.isin(creator, makers))[:14].astype(np.int32)
page = Requests.of([0], eligible=truth.eligible(), day=0)
values = click[:1, few]
quiet = MMRReranker(catalog.content, creator=creator, creator_cap=2)
print(quiet.rerank(page, few[None], values, 10).item[0], "\n", quiet.notes[0])
soft = MMRReranker(catalog.content, caps=(Cap(creator, 2, "at most 2 of one creator", hard=False),))
print(soft.rerank(page, few[None], values, 10).item[0], "\n", soft.notes[0])
try:
    MMRReranker(catalog.content, creator=creator, creator_cap=2, strict=True).rerank(page, few[None], values, 10)
except ConstraintError as error:
    print("strict:", error)

# %% [markdown]
# Three honest answers: leave slots empty and note why, bend a rule that was declared soft and note that, or refuse. What
# must not happen is the fourth: ten items, no note, and a rule that everyone believes in.
#
# ## Slots that are spent on learning
#
# Whatever is never shown is never learnt about. So some slots are drawn by lot. That costs a little now; what makes it worth
# anything is that the *chance* of each choice is logged with it.
#
# {{card reranker.5}}

# %%
@exercise("reranker.5")
def slot_propensities(gain, allowed, explore):
    """gain float [C], allowed bool [C], explore in [0, 1] → float [C]: with what chance each fills the slot."""
    ### BEGIN SOLUTION
    chance = explore * allowed / max(1, allowed.sum())
    if allowed.any():
        chance[np.argmax(np.where(allowed, gain, -np.inf))] += 1 - explore
    return chance
    ### END SOLUTION


# %% [markdown]
# Chances can be checked like any other claim: show the same page twenty thousand times and count.

# %%
many = Requests.of(np.zeros(20_000, int), eligible=truth.eligible(), day=0, request_id=np.arange(20_000))
item, value = np.tile(ranked[0, :12], (20_000, 1)), np.tile(score[0, :12], (20_000, 1))
lottery = MMRReranker(catalog.content, trade_off=1.0, explore=0.3, explore_slots=(1,)).rerank(many, item, value, 1)
counted = np.array([(lottery.item[:, 0] == i).mean() for i in ranked[0, :12]])
chances = slot_propensities(score[0, :12], np.ones(12, bool), 0.3)
logged = np.array([lottery.propensity[lottery.item[:, 0] == i, 0].mean() for i in ranked[0, :12]])
measured("reranker.propensity", np.abs(counted - logged).max(), on="world, 20,000 requests")
ax = plots.figure("Counted shares lie on the logged chances", "candidate, by rank", "chance of filling slot 1 (log)")
ax.errorbar(np.arange(1, 13), counted, yerr=1.96 * np.sqrt(counted * (1 - counted) / 20_000), fmt="o", color=plots.BLUE, label="counted")
ax.plot(np.arange(1, 13), chances, "_", ms=22, color=plots.ORANGE, label="your function")
ax.set(yscale="log", ylim=(0.015, 1))
ax.set_yticks([0.02, 0.05, 0.1, 0.2, 0.5, 1], ["0.02", "0.05", "0.1", "0.2", "0.5", "1"])
ax.minorticks_off()
_ = ax.legend()

# %% [markdown]
# ## Room for what is new
#
# New items have a claim of their own: nobody knows them yet. The ranker below learns each night how often an item was read for
# half a minute when it was looked at; one without showings gets the mean, and waits.
#
# {{card reranker.6}}

# %%
@exercise("reranker.6")
def fresh_boost(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
    """age_days, showings float [N] → float [N]: what to add to each score."""
    ### BEGIN SOLUTION
    return size * 2 ** (-np.asarray(age_days) / half_life_days) * np.maximum(0, 1 - np.asarray(showings) / enough)
    ### END SOLUTION


# %% [markdown]
# Five twins of one feed, the same people and dice. They differ in the boost alone, for nine days. The last one ages like the
# middle one and does not look at showings.

# %%
town = feed(people=1000, items=800, requests_per_day=2500, seed=0, births={"life_days": 30.0})
ranker = freshness.Nightly(town.catalog(), near=2.0)
for day_log in town.run(policies.Popularity(power=0.7, window_days=7), 5):
    ranker.observe(day_log)
town.run(ranker, 4)

# %%
boosts = {"none": None} | {f"stops, {size}": lambda age, shown, size=size: fresh_boost(
    age, shown, size=size, half_life_days=4, enough=100) for size in (0.3, 0.6, 1.2)} | {
        "ages, 0.6": lambda age, shown: 0.6 * 2 ** (-age / 4)}
towns, lived = {}, {}
for name, boost in boosts.items():
    towns[name], twin = town.fork(), copy.deepcopy(ranker)
    twin.boost = boost
    lived[name] = towns[name].run(twin, 9)

# %%
born = towns["none"].catalog().items["born_day"].to_numpy()
young = np.flatnonzero((born >= town.day - 1) & (born < town.day + 5))         # they have four days or more to be seen
joys = towns["none"].truth().scores(np.arange(0, 1000, 4), young).mean(axis=0)  # true chance to please whoever looks
good, poor = young[joys >= np.quantile(joys, 0.75)], young[joys < np.median(joys)]

# %%
spent, rows = {}, {}
for name, days in lived.items():
    page = pd.concat([day.impressions for day in days])
    item, look = page["item"].to_numpy(), page["position"].to_numpy() ** -0.7
    times, new, read = np.bincount(item, minlength=len(born)), page["day"] - born[item] < 7, page["dwell_s"] >= 30
    spent[name] = unit_table(days)["dwell_s"].reindex(town.users().index, fill_value=0.0)
    rows[name] = {"slots on the week's items": new.mean(), "reads per look, week's items": read[new].sum() / look[new].sum(),
                  "reads per look, others": read[~new].sum() / look[~new].sum(), "slots on poor": times[poor].sum() / len(item),
                  "good, seen 100 times": bootstrap(times[good] >= 100)}
newborn = pd.DataFrame(rows).T
newborn

# %%
def gain(rows):
    """Relative gain of the first column's total over the second's."""
    return rows[:, 0].sum() / rows[:, 1].sum() - 1


change = {name: bootstrap(np.column_stack([time_, spent["none"]]), gain) for name, time_ in spent.items()}
found = newborn["good, seen 100 times"]
measured("reranker.fresh_found", found["stops, 0.6"].value / found["none"].value, on="world")
measured("reranker.fresh_cost", change["stops, 0.6"], on="world")
measured("reranker.fresh_stop", newborn.loc["stops, 0.6", "slots on poor"] / newborn.loc["ages, 0.6", "slots on poor"], on="world")

# %%
ax = plots.figure(f"Of the good new items {found['none'].value:.0%} are seen without a boost, {found['stops, 0.6'].value:.0%} with",
                  "change in people's time", "good new items seen 100 times")
for colour, (name, f) in zip(plots.CYCLE, found.items(), strict=False):
    c = change[name]
    ax.errorbar(c.value, f.value, xerr=[[c.value - c.low], [c.high - c.value]], yerr=[[f.value - f.low], [f.high - f.value]],
                fmt="o", color=colour, label=name)
ax.legend(title="boost", loc="lower right")
for axis in (ax.xaxis, ax.yaxis):
    axis.set_major_formatter(lambda v, _: f"{v:.0%}")

# %% [markdown]
# **Were you right?** Two columns answer what new items truly earn: reads per look on the week's items and on the others. A
# boost spends slots on the former, and its worth comes later, when the ranker knows them. Nine days of one town hardly price
# that, as the interval says. The last verdict deserves thought: a boost that stops hands what it saves to the *next* new
# item, so it shows more of them, good and poor alike. It stops the waste on one item; how much is spent in all is `size`.
#
# ## A shop has other limits
#
# In a marketplace a slot is worth money, some sales come back, and pieces run out.
#
# {{card reranker.7}}

# %%
@exercise("reranker.7")
def slot_worth(p_sale, margin, p_return, return_cost, stock, demand):
    """p_sale, margin, p_return, stock, demand float [C]; a cost → float [C]: money that a showing is expected to keep."""
    ### BEGIN SOLUTION
    kept = (1 - p_return) * margin - p_return * return_cost
    find_one = np.where(demand > stock, stock / np.maximum(demand, 1e-12), stock > 0)
    return p_sale * kept * find_one
    ### END SOLUTION


# %% [markdown]
# Again a perfect model of people, so that only the rule differs; margins and returns are the shop's own books, the stock is
# counted each morning, and demand is what sold lately, for the five days until the shelf is filled on average.

# %%
market = marketplace(people=1000, items=300, requests_per_day=3000, seed=0, shop={"stock_median": 3.0},
                     without=("births", "joining"))
goods, books, fee = market.catalog().items, market.truth().hidden_items(), 3.0
margin, p_return = goods["margin"].to_numpy(), books["return_chance"].to_numpy()
kept = (1 - p_return) * margin - p_return * fee
plenty, nobody = np.full(len(goods), 1e9), np.zeros(len(goods))
rules = {"clicks": None, "revenue": lambda p, i, stock, sold: p * goods["price"].to_numpy()[i],
         "kept": lambda p, i, stock, sold: slot_worth(p, margin[i], p_return[i], fee, plenty[i], nobody[i]),
         "kept, in stock": lambda p, i, stock, sold: slot_worth(p, margin[i], p_return[i], fee, stock[i], 5 * sold[i])}

# %%
def scorer(rule, truth, stock, sold):
    """How a rule scores the items of a request, on one morning."""
    def score(requests):
        if rule is None:
            return truth.request_scores(requests, by="click")
        i = requests.eligible
        p_sale = truth.request_scores(requests, by="value") / (margin * (1 - p_return))[i]
        return rule(p_sale, i, stock, sold)
    return policies.TopScore(score, name="shop")


# %%
def trade(rule, days=7):
    """Run the shop by a rule: its sales, and the share of items sold out, mean of all mornings."""
    shop, sales, empty, sold = market.fork(), [], [], nobody
    for _ in range(days):
        truth = shop.truth()
        stock = truth.hidden_items()["stock"].to_numpy()
        done = shop.run(scorer(rule, truth, stock, sold), 1)[0].outcomes.query("kind == 'purchase'")
        sold, empty = (sold + np.bincount(done["item"], minlength=len(goods))) / 2, [*empty, (stock == 0).mean()]
        sales.append(done)
    return pd.concat(sales), np.mean(empty)


# %%
takings, ledger = {}, {}
for name, rule in rules.items():
    bought, empty = trade(rule)
    money = pd.Series(kept[bought["item"]]).groupby(bought["user"].to_numpy()).sum()
    takings[name] = money.reindex(market.users().index, fill_value=0.0).to_numpy()
    ledger[name] = {"sales": len(bought), "revenue": bought["value"].sum(), "come back": p_return[bought["item"]].mean(),
                    "items sold out": empty}
pd.DataFrame(ledger).T

# %%
best = max(takings, key=lambda name: takings[name].mean())
ax = plots.bars({name: bootstrap(money) for name, money in takings.items()},
                f"Most is kept by ranking by “{best}”", "money kept a person in a week, returns taken off")
measured("reranker.net", bootstrap(np.column_stack([takings["kept"], takings["clicks"]]), gain), on="world, marketplace")
measured("reranker.stock", bootstrap(np.column_stack([takings["kept, in stock"], takings["kept"]]), gain), on="world, marketplace")

# %% [markdown]
# Money kept and the number of sales do not rise together: a good part of the sales that clicks bring come back. And the
# stock? A piece that is not shown to one person is sold to the next; holding it back sells nothing more. Stock matters where a
# sale is *lost*: a person who comes to buy what has just gone. Let the verdict say whether this shop has enough of those.
#
# ## What can lie to you
#
# NDCG on held-out clicks punishes every diverse list. The clicks were made on lists that were not diverse, so what a
# diverse list adds was never on offer and counts as a miss. The price you measured above is therefore an upper bound of a
# kind, and the benefit (people who come back because the page is not the same film ten times) is not in that number at all.
# Only an experiment shows it.
#
# ## After day 7
#
# A week later the ranker has been retrained on slates that you composed. Items that MMR always puts in slot nine have few
# clicks, for position and not for worth. Keep the position and the logged chance with every impression, or the next model
# will learn your rules as if they were taste. And look at the notes: a cap that fires on few slates at launch may fire on
# many once a creator has found out what the ranker likes.

# %%
quiz("reranker.q1", "A creator cap leaves two slots of ten empty in 4% of requests. What do you do first?", {
    "Turn the cap into a penalty in the score": "Then it may be broken at any time and nobody will see it. The empty slots were the "
    "message.",
    "Look at what those requests were retrieving": "Yes. An empty slot says that the candidates came from too few creators: a "
    "retrieval problem that this stage has only made visible.",
    "Raise the cap until no slot is empty": "The cap protected something. Find out what caused the shortage before you pay with it.",
    "Fill the slots with the most popular items": "A fallback can be right, after the cause is known. As a first step it hides it."},
    answer="Look at what those requests were retrieving")

# %% [markdown]
# ## Say it in a minute
#
# > The re-ranker holds what is true of a slate only as a whole. For variety I use MMR on scores scaled to the likeness, with λ taken
# > from a measured curve; if the aim is to serve all of a person's tastes I calibrate to their history, which is a different goal.
# > Caps and policy are hard rules: they hold, or the slate comes back short with a reason. Neither widens the catalogue, because
# > everything here was retrieved first. A few slots are drawn by lot with logged chances, and new items get a boost that ends
# > when they have been seen enough, so that what we learn next is not only what we already believed. In a shop I rank by what a
# > slot keeps: chance of a sale, margin, returns, and whether there is a piece.
#
# **Red flag.** “We add a diversity penalty to the loss, so we don't need rules.” Which diversity, at what price, and what happens
# when a creator floods the candidates?
#
# ## You have now
#
# - MMR and calibrated lists that you wrote, and the curve that says what they cost;
# - the difference between diverse, calibrated and covering, in numbers;
# - caps that answer when they cannot be met, and exploration whose chances are right;
# - a boost for new items with its price, and what a slot is worth to a shop;
# - the last stage of `Recommender`. Lesson {{feature_audit}} asks whether its features can be served at all.
