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
# | Leaves behind | MMR, calibrated lists, caps with an answer, logged chances, room for what is new, what a slot is worth to a shop |

# %%
import copy
import time
from types import SimpleNamespace

import numpy as np
import pandas as pd

from course_lib.contracts import Arm, Assignment, ConstraintError, DataError, Requests
from course_lib.data import datasets, parsers, splits
from course_lib.evidence import offline
from course_lib.evidence.estimate import bootstrap, normal_estimate
from course_lib.evidence.units import unit_table
from course_lib.stages.reranking import Cap, MMRReranker, diversity, freshness
from course_lib.stages.retrieval.baselines import EASE
from course_lib.teach import compare, exercise, explore, hint, measured, plots, predict, quiz, solution  # noqa: F401
from course_lib.world import feed, marketplace, policies

plots.style()

# %% [markdown]
# ## Predict
#
# 1. You re-rank until lists are a tenth more diverse. What share of their NDCG@10 on held-out films is lost?
# 2. A *calibrated* list holds genres in the proportions of the person's history. Let it lose as much NDCG@10 as a method that
#    aims at diversity. How much of that method's gain in diversity does it reach? (1: all of it, 0: none.)
# 3. Everybody's list becomes a tenth more diverse. How many times as many films are then shown to ten people or more?
# 4. In an ordinary A/B test, half of the people get lists with a boost for new items. By what share do they spend more time
#    than the other half? (−0.05: five percent less.)
#
# (NDCG@10 says whether held-out films are among the ten, and how high up; diversity is how unlike each other the ten are. Both
# are defined below.)

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
# stretched to 0…1. What you will do to them can be done to the scores of any ranker.
#
# Likeness of two films is the cosine of their genres. That is crude, and it is what decides what “diverse” will mean: a
# re-ranker sees differences only in the features you give it.

# %%
def names_of(films):
    """The genres of a set of films, in the order of the columns of its content."""
    return sorted({word for words in films.catalog.items["genres"] for word in words.split("|")} - {""})


# %%
def desk(films, seed=0):
    """All that a re-ranker needs of a set of films: 400 people, their candidates with scores, and what is like what."""
    split = splits.by_user(films.interactions, seed=seed)
    users, wanted = (part[:400] for part in offline.held_out(split.test))
    model = EASE().fit(split.train, films.n_users, films.n_items)
    candidates = model.recommend(users, 100)                          # int (400, 100), unseen films, best first
    score = np.take_along_axis(model.score(users), candidates, axis=1)
    multi_hot = films.catalog.content[:, :len(names_of(films))]       # a column a genre
    direction = multi_hot / np.maximum(np.linalg.norm(multi_hot, axis=1, keepdims=True), 1e-9)
    genre = multi_hot / np.maximum(multi_hot.sum(1, keepdims=True), 1e-9)         # rows sum to 1: shares of one film
    history = split.train.groupby("user")["item"].agg(list)
    target = np.array([genre[history[u]].mean(axis=0) for u in users])            # each person's mix
    target /= np.maximum(target.sum(axis=1, keepdims=True), 1e-9)
    return SimpleNamespace(users=users, wanted=wanted, candidates=candidates, relevance=diversity.normalised(score),
                           multi_hot=multi_hot, direction=direction, genre=genre, target=target, n_items=films.n_items)


# %%
films = datasets.films()
ml = desk(films)
candidates, relevance, names = ml.candidates, ml.relevance, names_of(films)
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
# Four numbers describe a slate of ten. **NDCG@10**: are held-out films in it, and high up? **Diversity** (intra-list
# distance): one minus the mean cosine between two films of it. **Gap** (KL divergence): how far is its genre mix from the
# person's own? 0 is the same mix. **Smallest distance**: one minus the largest cosine between two of its films. A small gap
# is good; of the other three, more is better.

# %%
def slates(rule, on):
    """int (people, 10): items of every person's slate, by rule(row, on) → places among the candidates."""
    return np.array([on.candidates[row][rule(row, on)] for row in range(len(on.users))])


def judge(shown, on):
    """Per-person NDCG@10, diversity, gap and smallest distance of slates, float (people, 4)."""
    likeness = np.einsum("ukg,ujg->ukj", on.direction[shown], on.direction[shown])
    others = ~np.eye(10, dtype=bool)
    distance = 1 - likeness[:, others]                                # (people, 90)
    mix = 0.99 * on.genre[shown].mean(axis=1) + 0.01 * on.target
    gap = (on.target * np.log(np.maximum(on.target, 1e-12) / np.maximum(mix, 1e-12))).sum(axis=1)
    return np.column_stack([offline.ndcg_at_k(shown, on.wanted, 10), distance.mean(1), gap, distance.min(1)])


# %%
def likeness(row, on):
    return on.direction[on.candidates[row]] @ on.direction[on.candidates[row]].T


def unlike(row, on, weight):
    """The slate of MMR for one person."""
    return mmr(on.relevance[row], likeness(row, on), 10, trade_off=weight)


weights = [1.0, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.1]
by_weight = {w: slates(lambda row, on, w=w: unlike(row, on, w), ml) for w in weights}
scores = {w: judge(shown, ml) for w, shown in by_weight.items()}

# %% [markdown]
# λ by itself has no meaning: 0.7 on scores stretched to 0…1 is another trade than 0.7 on logits. So choose λ by its effect. The
# curve below shows what each step of diversity costs, and we ask for the price of lists that are **a tenth more diverse**. The
# same is done on a second set of films, MovieTweetings, because a price that holds for one log need not hold for another.

# %%
def front_of(points):
    """A front as one table, a row a person, for the bootstrap: float (people, weights · 4), the mildest weight first."""
    return np.hstack(points)


def means(rows):
    """The mean of each weight's four numbers, float (weights, 4)."""
    return rows.mean(axis=0).reshape(-1, 4)


def price(rows, more=0.1):
    """Share of NDCG lost where a front is `more` more diverse than its first point, on a straight line between two."""
    held = means(rows)
    wider = np.maximum.accumulate(held[:, 1] / held[0, 1] - 1)
    return np.interp(more, wider, 1 - held[:, 0] / held[0, 0], right=np.nan)


# %%
sets = {films.name: ml}
try:
    if films.name == "ml100k":                                        # else the films above are already the second set
        tweets = parsers.dense_part(datasets.movietweetings(), per_user=20, per_item=5)
        sets[tweets.name] = desk(tweets)
except DataError as why:
    print(f"MovieTweetings is left out: {why}")
mmr_front = {name: front_of([judge(slates(lambda row, on, w=w: unlike(row, on, w), on), on) for w in weights])
             for name, on in sets.items()}
for name, rows in mmr_front.items():
    measured("reranker.mmr_price", bootstrap(rows, price, n_boot=300), on=name)

# %%
ax = plots.figure("What does each step of diversity cost?", "diversity of the slate", "NDCG@10", height=4.0)
points = {w: [bootstrap(s[:, c]) for c in (1, 0)] for w, s in scores.items()}
ax.plot([d.value for d, _ in points.values()], [q.value for _, q in points.values()], "-", lw=1, color=plots.GREY)
for place, (w, (d, q)) in enumerate(points.items()):
    ax.errorbar(d.value, q.value, xerr=[[d.value - d.low], [d.high - d.value]], yerr=[[q.value - q.low], [q.high - q.value]],
                fmt="o", color=plots.BLUE, elinewidth=0.8)
    ax.annotate(f"λ = {w}", (d.value, q.value), xytext=(5, 8 if place % 2 else -16), textcoords="offset points")

# %% [markdown]
# The error bars show how much people differ. The claim above compares the same people under both rules, so that this difference
# cancels. The curve offers the choices and does not make one: a λ is justified when somebody can say what the lost relevance
# buys. One λ for everyone is a choice as well: someone who watches nothing but horror may not want variety.
#
# ### Look at one slate
#
# Move λ and watch films enter and leave. At which λ would you be embarrassed to show the list?

# %%
def diversity_of(shown):
    near = ml.direction[shown] @ ml.direction[shown].T
    return 1 - (near.sum() - len(shown)) / (len(shown) * (len(shown) - 1))


def slate_of(trade_off=0.7, person=3):
    """One person's slate as a picture: films down, genres across."""
    shown = candidates[person][unlike(person, ml, trade_off)]
    ax = plots.figure(f"λ = {trade_off}: diversity {diversity_of(shown):.2f}", "", "", height=4.6)
    place, column = np.nonzero(ml.multi_hot[shown])
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
# Each weight of each method is a point: what it costs and what it buys, for the same candidates and the same people. (A little
# is added to the diagonal of the kernel. Without it the volume can reach zero before ten slots are full, as there are few
# genres.)

# %%
def wide(row, on, weight):
    """The slate of the DPP for one person."""
    return greedy_dpp(on.relevance[row], likeness(row, on) + 0.01 * np.eye(100), 10, weight=weight)


def mixed(row, on, trade_off):
    """The calibrated slate of one person."""
    return calibrated(on.relevance[row], on.genre[on.candidates[row]], on.target[row], 10, trade_off=trade_off)


def ahead(rows, column=1):
    """Mean NDCG by which the second front lies above the first, over the range of diversity that both reach."""
    first, second = (part[np.argsort(part[:, column])] for part in np.split(means(rows), 2))
    low, high = max(first[0, column], second[0, column]), min(first[-1, column], second[-1, column])
    grid = np.linspace(low, high, 21)
    return np.mean(np.interp(grid, second[:, column], second[:, 0]) - np.interp(grid, first[:, column], first[:, 0]))


# %%
strengths = (8, 7, 6, 5, 4.5, 4, 3.5, 3, 2.5, 2)                      # as many as MMR has weights
dpp_front = {name: front_of([judge(slates(lambda row, on, w=w: wide(row, on, w), on), on) for w in strengths])
             for name, on in sets.items()}
trade_offs = (0.0, 0.1, 0.2, 0.4, 0.6, 0.8)
own_front = {name: front_of([judge(slates(lambda row, on, w=w: mixed(row, on, w), on), on) for w in trade_offs])
             for name, on in sets.items()}

# %%
ax = plots.figure("What does diversity cost by each method?", "diversity of the slate", "NDCG@10", height=4)
fronts = {"MMR": mmr_front, "DPP": dpp_front, "calibrated": own_front}
for colour, (name, front) in zip(plots.CYCLE, fronts.items(), strict=False):
    each = front[films.name].reshape(len(ml.users), -1, 4)            # (people, weights, 4)
    d, q = ([bootstrap(column) for column in each[:, :, c].T] for c in (1, 0))
    ax.errorbar([e.value for e in d], [e.value for e in q], yerr=[e.width / 2 for e in q], fmt="o-", label=name,
                color=colour, elinewidth=0.6, lw=1)
ax.legend()
for name in sets:
    both = np.hstack([mmr_front[name], dpp_front[name]])
    for what, column in (("mean distance", 1), ("smallest distance", 3)):
        found = bootstrap(both, lambda rows, column=column: ahead(rows, column), n_boot=300)
        measured("reranker.dpp", found, on=f"{name}, {what}")

# %% [markdown]
# Put the size of these differences beside the step from one weight to the next: does it matter more which method you take, or
# which weight? And diversity can be counted by the mean distance or by the smallest, which need not agree. So say which one
# you mean before you choose.
#
# Then ask another question of the same methods: how near is each slate to the person's own mix? Two methods can only be compared
# **at the same price**. To hold a strong calibration that loses a quarter of the NDCG against an MMR that loses a twentieth
# tells you nothing. So both may lose five percent.

# %%
def bought(rows, column, lost=0.05):
    """What a front gains in a column for this share of NDCG, over its first point; on a straight line between two."""
    held = means(rows)
    paid = np.maximum.accumulate(1 - held[:, 0] / held[0, 0])
    return np.interp(lost, paid, held[:, column] - held[0, column])


def share_bought(rows, column, first):
    """What the second front buys in a column, as a share of what the first does; first: its number of weights."""
    return bought(rows[:, 4 * first:], column) / bought(rows[:, :4 * first], column)


# %%
bill = {}
for name in sets:
    both = np.hstack([mmr_front[name], own_front[name]])
    turned = np.hstack([own_front[name], mmr_front[name]])
    measured("reranker.goals", bootstrap(both, lambda rows: share_bought(rows, 1, len(weights)), n_boot=300), on=name)
    measured("reranker.gap", bootstrap(turned, lambda rows: share_bought(rows, 2, len(trade_offs)), n_boot=300), on=name)
    for method, front in (("MMR", mmr_front[name]), ("calibrated", own_front[name])):
        bill[f"{name}, {method}"] = {"gain in diversity": bought(front, 1), "change of the gap": bought(front, 2)}
pd.DataFrame(bill).T.rename_axis("for five percent of NDCG@10").round(3)

# %%
ax = plots.figure("Diverse, or in the person's own proportions?", "diversity of the slate (more →)",
                  "gap to the person's mix (less ↓)", height=4.0)
for colour, (name, front) in zip(plots.CYCLE, fronts.items(), strict=False):
    each = front[films.name].reshape(len(ml.users), -1, 4)
    d, g = ([bootstrap(column) for column in each[:, :, c].T] for c in (1, 2))
    ax.errorbar([e.value for e in d], [e.value for e in g], xerr=[e.width / 2 for e in d], yerr=[e.width / 2 for e in g],
                fmt="o-", label=name, color=colour, elinewidth=0.6, lw=1)
_ = ax.legend()

# %% [markdown]
# **Were you right?** If someone asks for “diversity”, ask which of two things is meant: films that are unlike each other, or a
# list that covers all of a person's tastes. The picture shows how far each method goes in each direction, and the table above
# what it buys of either for five percent of NDCG. Of the two ratios, one near 1 says that on these films a method does the
# other's work as well; one near 0, that it does not.
#
# ### And the catalogue?
#
# A common motive for diverse lists is that more of the catalogue gets a chance. Lists can each become more varied and still
# be varied in the same way. So count the films that reach at least ten of the 400 people, with plain lists and with
# lists about a tenth more diverse. The table then gives the share of all films that reach anybody, and the share that is among
# anybody's hundred candidates.

# %%
def widened(shown, plain, least=10):
    """How many films reach `least` people or more, over as many with the plain lists; jackknife interval over people."""
    n, value, without = len(plain), [], []
    for slate in (shown, plain):
        seen = np.bincount(slate.ravel(), minlength=slate.max() + 1)
        value.append((seen >= least).sum())
        without.append(value[-1] - (seen[slate] == least).sum(axis=1))  # films that need this person
    left = without[0] / without[1]
    return normal_estimate(value[0] / value[1], np.sqrt((n - 1) / n * ((left - left.mean()) ** 2).sum()), n)


# %%
shares = {}
for name, on in sets.items():
    wider = means(mmr_front[name])[:, 1] / means(mmr_front[name])[0, 1] - 1
    weight = weights[int(np.argmin(np.abs(wider - 0.1)))]             # about a tenth more diverse
    plain, diverse = on.candidates[:, :10], slates(lambda row, on, w=weight: unlike(row, on, w), on)
    measured("reranker.coverage", widened(diverse, plain), on=name)
    lists = {"plain lists": plain, "MMR": diverse, "all candidates": on.candidates}
    shares[name] = {"λ": weight} | {kind: offline.coverage(items, on.n_items) for kind, items in lists.items()}
pd.DataFrame(shares).T.rename_axis("share of films that anybody gets")

# %% [markdown]
# The last column is the most that any re-ranker could show; compare it with the two before. As far as they fall short of it, it
# is not the candidates that keep films from people, and a re-ranker that counts how often each film has been shown could
# bring in more of them. MMR does not count that. It asks only whether the films of *one* list are unlike each other. What was
# never retrieved is a matter for retrieval (lesson {{negatives}}) and for exploration, below.
#
# ## Rules that may not bend
#
# Now a simulated feed, where items have creators and people's true tastes can be looked up. Suppose a perfect ranker for
# clicks: it sorts by the true chance of a click. On top of it, a rule: at most two items of one creator. A *hard* rule is not
# a weight. If it cannot be met, whoever reads the log must learn that, and why. The world also holds **clickbait**: items
# that attract clicks and then disappoint.
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
creator, appeal = catalog.items["creator"].to_numpy(), truth.hidden_items()["appeal"].to_numpy()
requests = Requests.of(np.arange(800), eligible=truth.eligible(), day=0)
click, joy = (truth.request_scores(requests, by=by) for by in ("click", "satisfaction"))    # float (800, N)


def served(click, content, **settings):
    """The slates of a click ranker's hundred best after the re-ranker, int (800, 10)."""
    best = np.argsort(-click, axis=1)[:, :100].astype(np.int32)
    stage = MMRReranker(content, **settings)
    return stage.rerank(requests, best, np.take_along_axis(click, best, axis=1), 10).item


# %%
def over_cap(page, creator, most=2):
    """Which slates hold more than `most` items of one creator, float (requests,)."""
    return np.array([np.bincount(creator[slate]).max() > most for slate in page], float)


stages = {"plain": {"trade_off": 1.0}, "MMR": {"trade_off": 0.7},
          "MMR and cap": {"trade_off": 0.7, "creator": creator, "creator_cap": 2}}
rows, feeds = {}, {name: served(click, catalog.content, **settings) for name, settings in stages.items()}
for name, page in feeds.items():
    rows[name] = {"slates over the cap": bootstrap(over_cap(page, creator)),
                  "clickbait slots": bootstrap((appeal > 0)[page].mean(axis=1)),
                  "click if seen": bootstrap(np.take_along_axis(click, page, 1).mean(axis=1)),
                  "satisfied": bootstrap(np.take_along_axis(joy, page, 1).mean(axis=1))}
pd.DataFrame(rows).T

# %% [markdown]
# Whether diverse slates keep the cap by themselves depends on how much one creator makes, and that is an input of our world.
# So it is a dial: one creator makes a share of all items, whatever they are about, and every other item has a creator of its
# own. The slates stay as they are; only who made the items changes.

# %%
def flooded(n_items, share, seed=0):
    """Creators of items where one makes this share of the catalogue, at random, and all others one item each."""
    out = np.arange(n_items)
    out[np.random.default_rng(seed).permutation(n_items)[:int(round(share * n_items))]] = n_items
    return out


# %%
floods = [0, 0.05, 0.1, 0.15, 0.2, 0.4]
broken = {name: [bootstrap(over_cap(page, flooded(len(creator), share))) for share in floods] for name, page in feeds.items()
          if name != "MMR and cap"}
ax = plots.lines(floods, broken, "Do diverse slates keep a creator cap by themselves?", "share of the catalogue by one creator",
                 "slates with over two of one creator")
ax.axhline(0.05, color="#333333", ls=":", lw=1)
for axis in (ax.xaxis, ax.yaxis):
    axis.set_major_formatter(lambda v, _: f"{v:.0%}")
for share, value in zip(floods, broken["MMR"], strict=True):
    measured("reranker.cap", value, at=share)

# %% [markdown]
# Now clickbait. MMR knows nothing of quality. It can push bait down only as far as bait items *look alike* in the features it
# is given: the same loud titles, the same pictures. How alike they look is an input of our world too, so it is the next dial.
# At 0 bait looks like anything else, which is how this world is made; to the right, all bait has more and more in common in
# its content, whatever its topic.

# %%
def marked(content, bait, strength, seed=0):
    """Content of unit length; that of bait moved towards one common direction by `strength` of its length."""
    mark = np.random.default_rng(seed).normal(size=content.shape[1])
    unit = content / np.linalg.norm(content, axis=1, keepdims=True)
    return unit + strength * bait[:, None] * mark / np.linalg.norm(mark)


def bait_slots(strength):
    """Share of slots that hold bait, per request: with MMR, and plain; float (800, 2)."""
    bait = appeal > 0
    pages = [served(click, marked(catalog.content, bait, strength), trade_off=weight) for weight in (0.7, 1.0)]
    return np.column_stack([bait[page].mean(axis=1) for page in pages])


# %%
alike = [0, 0.25, 0.5, 1, 2]
ratio = [bootstrap(bait_slots(strength), lambda rows: rows[:, 0].mean() / rows[:, 1].mean()) for strength in alike]
ax = plots.lines(alike, {"MMR": ratio}, "Does diversity keep clickbait down?", "what all clickbait has in common, in lengths of its content",
                 "slots with clickbait, MMR over plain")
ax.axhline(0.95, color="#333333", ls=":", lw=1)
for strength, value in zip(alike, ratio, strict=True):
    measured("reranker.clickbait", value, at=strength)

# %% [markdown]
# Diversity does not stand in for a rule, because two items of one creator need not look alike. And it does not mend an
# objective: the ranker was told to find clicks, and clickbait gets clicks. In the table above, compare the last two columns:
# what is clicked and what satisfies are not the same. That is repaired where it arose, in the
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
# Nothing is learnt about an item that is never shown. So some slots are drawn by lot. That costs something now. It pays later
# only if the *chance* of each choice is logged with it, for without the chance nobody can correct for how items were chosen.
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
# Logged chances can be checked like any other claim: fill the same slot twenty thousand times and count.

# %%
ranked = np.argsort(-click[0])[:12].astype(np.int32)
score = click[0, ranked]
many = Requests.of(np.zeros(20_000, int), eligible=truth.eligible(), day=0, request_id=np.arange(20_000))
item, value = np.tile(ranked, (20_000, 1)), np.tile(score, (20_000, 1))
lottery = MMRReranker(catalog.content, trade_off=1.0, explore=0.3, explore_slots=(1,)).rerank(many, item, value, 1)
counted = np.array([(lottery.item[:, 0] == i).mean() for i in ranked])
chances = slot_propensities(score, np.ones(12, bool), 0.3)
logged = np.array([lottery.propensity[lottery.item[:, 0] == i, 0].mean() for i in ranked])

# %%
far = np.abs(counted - logged) / np.sqrt(logged * (1 - logged) / 20_000)
measured("reranker.propensity", far.max(), on="world, 20,000 requests")
ax = plots.figure("Do counted shares lie on the logged chances?", "candidate, by rank", "chance of filling slot 1 (log)")
ax.errorbar(np.arange(1, 13), counted, yerr=1.96 * np.sqrt(counted * (1 - counted) / 20_000), fmt="o", color=plots.BLUE, label="counted")
ax.plot(np.arange(1, 13), chances, "_", ms=22, color=plots.ORANGE, label="your function")
ax.set(yscale="log", ylim=(0.015, 1))
ax.set_yticks([0.02, 0.05, 0.1, 0.2, 0.5, 1], ["0.02", "0.05", "0.1", "0.2", "0.5", "1"])
ax.minorticks_off()
_ = ax.legend()

# %% [markdown]
# ## Room for what is new
#
# New items have another trouble: nobody knows them yet. The ranker below learns each night how often an item was read for
# half a minute when it was looked at. An item without showings is given the mean rate, and waits behind all that did better.
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
# Four twins of one feed, with the same people and the same random numbers, live for nine days and differ in the boost alone.
# One has none. Two have your boost, at a size of 0.6 and of 1.2. The last has a boost of 0.6 that only ages and does not look
# at showings.

# %%
town = feed(people=1000, items=800, requests_per_day=2000, seed=0, births={"life_days": 30.0})
ranker = freshness.Nightly(town.catalog(), near=2.0)
for day_log in town.run(policies.Popularity(power=0.7, window_days=7), 5):
    ranker.observe(day_log)
warm_up = town.run(ranker, 4)

# %%
boosts = {"none": None} | {f"stops, {size}": lambda age, shown, size=size: fresh_boost(
    age, shown, size=size, half_life_days=4, enough=100) for size in (0.6, 1.2)} | {
        "ages, 0.6": lambda age, shown: 0.6 * 2 ** (-age / 4)}


def boosted(boost):
    """A copy of the ranker with this boost."""
    twin = copy.deepcopy(ranker)
    twin.boost = boost
    return twin


towns, rankers, lived = {}, {}, {}
for name, boost in boosts.items():
    towns[name], rankers[name] = town.fork(), boosted(boost)
    lived[name] = towns[name].run(rankers[name], 9)

# %%
born = towns["none"].catalog().items["born_day"].to_numpy()
young = np.flatnonzero((born >= town.day - 1) & (born < town.day + 5))         # they have four days or more to be seen
joys = towns["none"].truth().scores(np.arange(0, 1000, 4), young).mean(axis=0)  # true chance to please whoever looks
good, poor = young[joys >= np.quantile(joys, 0.75)], young[joys < np.median(joys)]


def showings(days):
    """How often each item was shown, int (N,)."""
    return sum(np.bincount(day.impressions["item"], minlength=len(born) + 1000) for day in days)


# %%
rows = {}
for name, days in lived.items():
    page = pd.concat([day.impressions for day in days])
    look, new = page["position"].to_numpy() ** -0.7, (page["day"] - born[page["item"].to_numpy()] < 7).to_numpy()
    read, times = page["dwell_s"].to_numpy() >= 30, showings(days)
    rows[name] = {"slots on the week's items": new.mean(), "reads per look, week's items": read[new].sum() / look[new].sum(),
                  "reads per look, others": read[~new].sum() / look[~new].sum(), "slots on good": times[good].sum() / len(page),
                  "slots on poor": times[poor].sum() / len(page)}
pd.DataFrame(rows).T

# %% [markdown]
# A boost hands out showings, so it is no finding that new items then *have* showings. What matters comes after: do the good ones
# keep a place **once the boost is over**? So the boost is switched off in all twins, for four more days, and we count what
# the best quarter of the newborn still gets.
#
# The second question is about waste. A boost that stops after a hundred showings moves on to the next new item. Does it spend less
# on the poorer half of the newborn than one that only ages, *for each showing that the best quarter gets*?

# %%
def over(rows):
    """Total of the first column over that of the second."""
    return rows[:, 0].sum() / rows[:, 1].sum()


later = {}
for name in ("none", "stops, 0.6"):
    rankers[name].boost = None
    later[name] = showings(towns[name].fork().run(rankers[name], 4))
measured("reranker.fresh_found", bootstrap(np.column_stack([later["stops, 0.6"][good], later["none"][good]]), over), on="world")

# %%
def waste(rows):
    """Showings of poor items for each of a good one, the first boost's over the second's; columns poor, first, second."""
    first, second = (rows[rows[:, 0] == 1, k].sum() / rows[rows[:, 0] == 0, k].sum() for k in (1, 2))
    return first / second


both = np.concatenate([good, poor])
stops, ages = (showings(lived[name])[both] for name in ("stops, 0.6", "ages, 0.6"))
measured("reranker.fresh_stop", bootstrap(np.column_stack([np.isin(both, poor), stops, ages]), waste), on="world")

# %% [markdown]
# And what does an **ordinary A/B test** say of the boost? Half of the people get it, the other half do not, both halves share one
# catalogue, and both rankers learn from all that happens. Chance decides who is in which half, so the test is run twice,
# with the halves exchanged: then everybody has been in both arms once, and each is compared with themselves.

# %%
def time_in_arms(first, second):
    """Seconds of each person in a test of nine days, and whether they were in its second arm."""
    halves = Assignment((Arm("first", first, 0.5), Arm("second", second, 0.5)), salt=0)
    spent = unit_table(town.fork().run(halves, 9))["dwell_s"].reindex(town.users().index, fill_value=0.0)
    return spent.to_numpy(), halves.arm_of(town.users().index.to_numpy()) == 1


def gain(rows):
    """Relative gain of the first column's total over the second's."""
    return rows[:, 0].sum() / rows[:, 1].sum() - 1


boost = boosts["stops, 0.6"]
one, in_second = time_in_arms(boosted(None), boosted(boost))
other, _ = time_in_arms(boosted(boost), boosted(None))
lift = bootstrap(np.column_stack([np.where(in_second, one, other), np.where(in_second, other, one)]), gain)
measured("reranker.fresh_cost", lift, on="world")

# %%
seen_later = {f"{name}, after it": bootstrap(times[good].astype(float)) for name, times in later.items()}
_ = plots.bars(seen_later, "What is left of a boost once it is over?", "showings of a good new item in four later days")

# %% [markdown]
# **Were you right?** The test compares people. Both arms read the same catalogue and both rankers learn from both arms, so what
# the boost finds is used in the control arm as well. An ordinary test is made to see what the slots cost, and misses much of
# what they bring. Read the interval before you read the sign: it says how much nine days of one town can tell. Lesson
# {{experiments}} takes such tests apart.
#
# And waste? A boost that stops hands what it saves to the *next* new item, good or poor, because it looks at showings and not
# at reads. It limits what is spent on one item; how much is spent in all is set by `size`. So whether it wastes less for each
# good showing is not settled by its design, and had to be measured.
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
# Again the model of people is perfect, so that only the rules differ: with a real model, errors in the chance of a sale come on
# top. Margins come from the shop's own books and stock is counted each morning. Expected demand is what sold a day lately, times
# the five days that it takes on average until the shelf is filled again. The rival is a rule that a shop would name first:
# expected **revenue**.
#
# How much comes back and how many pieces there are is decided by us, who made this world. So both are dials: at zero of the one
# nothing comes back, at zero of the other nothing ever runs out.

# %%
FEE = 3.0                                                             # what handling a return costs


def market_of(return_rate=0.25, scarcity=0.0):
    """A shop: share of sales that come back, and one over the pieces that an article has when the shelf is filled."""
    stock = {"stock_median": 1 / scarcity} if scarcity else {"stock": False}
    return marketplace(people=1500, items=300, requests_per_day=2000, seed=0, without=("births", "joining"),
                       shop={"return_rate": return_rate} | stock)


def books(market):
    """What the shop knows of its articles: price, margin, chance of a return, and what a sale keeps on average."""
    goods, hidden = market.catalog().items, market.truth().hidden_items()
    margin, p_return = goods["margin"].to_numpy(), hidden["return_chance"].to_numpy()
    return SimpleNamespace(price=goods["price"].to_numpy(), margin=margin, p_return=p_return,
                           kept=(1 - p_return) * margin - p_return * FEE)


# %%
PLENTY = 1e9
RULES = {"revenue": lambda p, i, book, stock, sold: p * book.price[i],
         "kept": lambda p, i, book, stock, sold: slot_worth(p, book.margin[i], book.p_return[i], FEE, PLENTY + 0 * p, 0 * p),
         "kept, in stock": lambda p, i, book, stock, sold: slot_worth(p, book.margin[i], book.p_return[i], FEE, stock[i],
                                                                      5 * sold[i])}


def scorer(rule, book, truth, stock, sold):
    """How a rule scores the items of a request, on one morning."""
    def score(requests):
        i = requests.eligible
        p_sale = truth.request_scores(requests, by="value") / (book.margin * (1 - book.p_return))[i]
        return rule(np.clip(p_sale, 0, 1), i, book, stock, sold)
    return policies.TopScore(score, name="shop")


# %%
def morning_to_night(shop, rule, book, scarce, sold):
    """One day by a rule: what it sold, and what its showings were expected to keep, each as money of every person."""
    truth = shop.truth()
    stock = truth.hidden_items()["stock"].to_numpy() if scarce else np.full(len(sold), PLENTY)
    day = shop.run(scorer(RULES[rule], book, truth, stock, sold), 1)[0]
    done, shown = day.outcomes.query("kind == 'purchase'"), day.impressions
    item, people = shown["item"].to_numpy(), len(shop.users())
    p_sale = truth.expected_of_day(day, by="value") / (book.margin * (1 - book.p_return))[item]
    expected = np.bincount(shown["user"], p_sale * book.kept[item], people)
    return np.bincount(done["user"], book.kept[done["item"]], people), expected, done["item"].to_numpy()


# %%
def trade(market, rule, scarce, days=5):
    """Run the shop by a rule: money kept of each person, as it came and as it was expected, float (people, 2)."""
    shop, book, money = market.fork(), books(market), np.zeros((len(market.users()), 2))
    sold = np.zeros(len(book.price))
    for _ in range(days):
        came, expected, items = morning_to_night(shop, rule, book, scarce, sold)
        sold = (sold + np.bincount(items, minlength=len(sold))) / 2
        money += np.column_stack([came, expected])
    return money


# %% [markdown]
# Where nothing runs out, the money that showings are *expected* to keep can be read from the truth. It is less noisy than the
# sales that happened, for sales are few. Where stock is short a sale may be lost during the day, which no expectation made in
# the morning contains, so there we count the sales that happened, at the price of more noise.

# %%
rates, by_rate = [0, 0.1, 0.25, 0.4], []
for rate in rates:
    market = market_of(return_rate=rate)
    kept, revenue = (trade(market, rule, scarce=False)[:, 1] for rule in ("kept", "revenue"))
    by_rate.append(bootstrap(np.column_stack([kept, revenue]), gain))
    measured("reranker.net", by_rate[-1], on="world, marketplace", at=rate)

# %%
scarcities, by_stock = [0, 1 / 6, 1 / 3, 1], []
for scarcity in scarcities:
    market = market_of(scarcity=scarcity)
    aware, blind = (trade(market, rule, scarcity > 0)[:, 0] for rule in ("kept, in stock", "kept"))
    by_stock.append(bootstrap(np.column_stack([aware, blind]), gain))
    measured("reranker.stock", by_stock[-1], on="world, marketplace", at=scarcity)

# %%
ax = plots.lines(rates, {"feed": by_rate}, "Rank by money kept, not by revenue: how much more is kept?",
                 "share of sales that come back (at average quality)", "more money kept")
ax.yaxis.set_major_formatter(lambda v, _: f"{v:.0%}")
ax = plots.lines(scarcities, {"marketplace": by_stock}, "Know the stock: how much more is kept?",
                 "one over the pieces on a full shelf (0: never sold out)", "more money kept")
ax.axhline(0, color="#333333", ls=":", lw=1)
ax.yaxis.set_major_formatter(lambda v, _: f"{v:.0%}")

# %% [markdown]
# Even where nothing comes back the two rules differ, because the price of an article does not say what it earns. And the stock?
# If all pieces of an article are sold before the shelf is filled again, it matters little to whom: to hold it back sells nothing
# more. Stock matters where a sale is *lost*, because a person comes to buy what has just gone, or because the slot
# could have sold something else. The second curve and its intervals say at which scarcity, if at any, that can be seen here.
#
# ## What can lie to you
#
# NDCG on held-out films may be unfair to diverse lists. What people took before depends on what they were offered, so what a
# diverse list adds may never have been on offer, and then counts as a miss. The price you measured above may be too high for
# that reason. And the benefit (people who come back because the page is not the same film ten times) is not in that number at
# all. Only an experiment shows it.
#
# ## After day 7
#
# A week later the ranker has been retrained on slates that you composed. Items that MMR always puts in slot nine have few
# clicks because of where they stood, not of what they are worth. Keep the position and the logged chance with every
# impression, or the next model will learn your rules as if they were taste. And look at the notes: a cap that fires on few
# slates at launch may fire on many once a creator has found out what the ranker likes.

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
# > The re-ranker holds what is true of a slate only as a whole. For variety I use MMR on scores that have the scale of the
# > likeness, and take λ from a measured curve, by the diversity that it buys; if the aim is to serve all of a person's tastes
# > I calibrate to their history, and compare the two at one price. Caps and policy are hard rules: they hold, or the slate
# > comes back short with a reason. That more of the catalogue is shown does not follow from any of this: a re-ranker that is
# > to see to it has to count what it has shown. A few slots are drawn by lot with logged chances, and new items get a boost
# > that ends when they have been seen enough, so that we also learn about what we did not already believe in. In a shop I
# > rank by what a slot keeps: chance of a sale, margin, returns, and whether there is a piece.
#
# **Red flag.** “We add a diversity penalty to the loss, so we don't need rules.” Which diversity, at what price, and what happens
# when a creator floods the candidates?
#
# ## You have now
#
# - MMR and calibrated lists that you wrote, and the curve that says what they cost;
# - the difference between diverse, calibrated and covering, in numbers;
# - caps that say so when they cannot be met, and exploration whose logged chances you have checked;
# - a boost for new items, with a measurement of what it leaves and what it costs, and the worth of a slot to a shop;
# - the last stage of `Recommender`. Lesson {{feature_audit}} asks whether its features can be served at all.
