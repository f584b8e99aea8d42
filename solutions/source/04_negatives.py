# %% [markdown]
# # {{negatives}} Negatives: where popularity gets in
#
# **The decision.** A model learns which item was right by comparing it with others. The log holds what people took;
# what they did *not* want has to be made up. Which items serve as negatives? That choice decides what is shown.
#
# | | |
# |---|---|
# | Budget | no time at all when serving; up to a few times the cost of a training step |
# | Failure this stage owns | *The same hits for everybody, or no hits for anybody; new items never shown.* |
# | Minutes | 90, of which 48 on exercises |
# | Needs | the towers of lesson {{two_tower}} |

# %%
import numpy as np
import pandas as pd

from course_lib.data import datasets, splits
from course_lib.data.log import MemoryLog, interactions
from course_lib.evidence import offline
from course_lib.stages.retrieval import drift, negatives, rest, tilted
from course_lib.stages.retrieval.towers.model import TwoTower
from course_lib.teach import decide, exercise, explore, measured, plots, predict, quiz, referee
from course_lib.teach.show import negatives_pictures as pictures
from course_lib.world import feed, policies

SEED = 0                              # every split, world, model and draw starts from it

import torch  # after course_lib, which has idle threads of OpenMP sleep instead of spin
import torch.nn.functional as F

# %% [markdown]
# ## Predict
#
# 1. Train with the batch's other items as negatives, without the correction that this lesson derives. How popular is
#    the median item shown, as a multiple of the median item shown *with* it?
# 2. The gaps between an item's appearances tell how often it enters a batch. After one pass, how far off is the log
#    of that chance, in nats? (0.7 nats are a factor of two.)
# 3. What share of the catalogue must retrieval hand on to hold nine tenths of what people take?

# %%
predict("negatives.suppress", ...)
predict("negatives.streaming", ...)
predict("negatives.ceiling", ...)

# %% [markdown]
# ## Two logs
#
# In **ML-100K** people rated films that they sought out. In a **world**, a feed that we simulate, a policy wrote the
# log: it draws an item with a chance proportional to (1 + its clicks) to some *power*; at 0 it ignores clicks. There we
# can look up how satisfied each person would be with each item, shown or not.

# %%
ml = datasets.films()
films = splits.by_user(ml.interactions, seed=SEED)

def served_by(power):
    """Two weeks of a feed whose policy follows clicks with this power: world, and who clicked."""
    world, log = feed(people=1500, items=800, seed=SEED), MemoryLog()
    world.run(policies.Popularity(power=power, seed=SEED), 14, log)
    first_clicks = splits.first_only(interactions(log.impressions()))
    return world, splits.by_user(first_clicks, seed=SEED)

world, clicks = served_by(0.4)
catalog = world.catalog()
n_items = len(catalog.items)

# %% [markdown]
# ## Where training comes to rest
#
# A batch has B rows, each a user u and the item that u took. The other rows' items serve as negatives (**in-batch
# negatives**), which costs nothing. An item with a hundred times the events is pushed down a hundred times as often.
# Does that suppress hits, although a popular item is a positive more often too?
#
# Let p(i | u) be the chance that a row of u holds item i, q(i) the chance that a row drawn from the whole log does,
# and s(u, i) the score. With B rows, B large, the mean loss L of user u is
#
# $$ L = -\sum_i p(i \mid u)\, s(u, i) + \log \sum_j q(j)\, e^{s(u, j)} + \log B. $$
#
# Its slope in s(u, i) is $-p(i \mid u) + q(i)\,e^{s(u,i)} / \sum_j q(j)\,e^{s(u,j)}$: the pull as a positive and the
# push as a negative. They are equal where
#
# $$ s(u, i) = \log p(i \mid u) - \log q(i) + c(u), $$
#
# with c(u) the same for all of u's items. Where u takes an item as often as everybody does, the two logs cancel. So an
# uncorrected model ranks by how much *more* than others u takes an item (pointwise mutual information): popularity is
# divided out. A hit in 20% of u's rows and 10% of all scores log 2; a rare item in 0.2% and 0.02% scores log 10.
#
# ## Build: the correction, logQ
#
# {{card negatives.1}}

# %%
@exercise("negatives.1")
def logq_softmax(query, item, log_q, temperature):
    """query, item float [B, d], log_q float [B] → scalar: in-batch softmax, corrected."""
    ### BEGIN SOLUTION
    logits = query @ item.T / temperature - log_q
    return F.cross_entropy(logits, torch.arange(len(query)))
    ### END SOLUTION


# %% [markdown]
# Give 30 users free scores for 40 items, train on batches of known chances, and compare.

# %%
chance = rest.made_up_chances(seed=SEED)                         # p(i | u), float (30, 40)
uncorrected = rest.train_a_table(
    chance, lambda query, item, log_q: logq_softmax(query, item, torch.zeros(len(item)), 1.0))
yours = rest.train_a_table(chance, lambda query, item, log_q: logq_softmax(query, item, log_q, 1.0))
_ = pictures.at_rest(chance, uncorrected, yours)

# %% [markdown]
# Both lie along the dashed line, where the derivation puts them.
#
# - **Log q is not subtracted when serving**: the index holds plain vectors. Scores compare within one user only,
#   since c(u) is free.
# - The score needs room. With vectors of length 1 and temperature 1, two scores differ by at most 2 nats, a factor of
#   7, where popularities differ by a factor of a thousand (6.9 nats). Lower the temperature (the hardest negatives then
#   carry the gradient), or free the lengths. Tune that together with log q.
# - The positive is in its row for certain: the resting place stays, but gradients differ from the full softmax's (arXiv
#   2507.09331).
#
# What does a step cost? To the figures printed below, the backward pass adds twice the FLOP and as many logits again.
# Sparse Adam touches only the batch's rows.

# %%
B, d, N = 4_096, 64, 20_000_000
print(f"item table {N * d * 4 / 1e9:.1f} GB, with Adam's two moments {3 * N * d * 4 / 1e9:.1f} GB")
for name, columns in (("in-batch softmax", B), ("softmax over all items", N)):
    logits, forward = B * columns, 2 * B * columns * d
    print(f"{name}: {logits * 4 / 1e9:,.2f} GB of logits, {forward / 1e9:,.1f} GFLOP forward")
quiz("negatives.q7")
quiz("negatives.q8")
quiz("negatives.q2")

# %% [markdown]
# ### Measure it
#
# Train the same towers twice, by your loss: same seed, batches, epochs and rule for stopping; log q alone differs.

# %%
def fit(part, loss="in_batch_softmax", **settings):
    """Small towers on one of the two logs; all else equal."""
    fixed = {"dim": 32, "max_epochs": 3, "batch_size": 512, "learning_rate": 0.01, "time": False}
    model = TwoTower(loss=loss, **(fixed | settings))
    return model.fit(part.train, valid=part.valid, seed=SEED, progress=False)

def plain(query, item, item_id, log_q):
    return logq_softmax(query, item, torch.zeros(len(item)), 1.0)

def corrected(query, item, item_id, log_q):
    return logq_softmax(query, item, log_q, 1.0)

def both_ways(part):
    return {"no_logq": fit(part, plain), "logq": fit(part, corrected)}

on_films, on_clicks = both_ways(films), both_ways(clicks)

# %%
def recall_each(model, part):
    """Recall@20 of each test user over the whole catalogue, float (U,)."""
    return offline.per_user(model, part, metrics=["recall"])[0]["recall"]

def counts_shown(model, part):
    """float (U, 20): how many training events the items have that each test user is shown."""
    shown = offline.top_items(model, np.unique(part.test["user"]), 20, part.train)
    return np.bincount(part.train["item"], minlength=model.n_items)[shown]

def median_ratio(both):
    """Median of the first 20 columns over median of the others."""
    return np.median(both[:, :20]) / np.median(both[:, 20:])

for name, models, part in ((ml.name, on_films, films), ("world", on_clicks, clicks)):
    both = np.hstack([counts_shown(models[key], part) for key in ("no_logq", "logq")])
    measured("negatives.suppress", offline.bootstrap(both, median_ratio, n_boot=200), on=name)
    gain = offline.paired(recall_each(models["logq"], part), recall_each(models["no_logq"], part))
    measured("negatives.logq_log", gain, on=name)

# %% [markdown]
# Over the recorded runs the median item shown without log q is about a third as popular, and less of the log is found.
# Both rank the whole catalogue. The ratio's interval is over people; another training moves it more. Popular items are
# shown *too* little: the full softmax (three seeds) shows them about as much as log q does.
#
# One average hides who gains. Sort items by popularity and cut by *events*: the **head** has the first fifth, the
# **tail** the last.

# %%
users, held = offline.held_out(films.test)
film_counts = np.bincount(films.train["item"], minlength=ml.n_items).astype(float)
recalled = {}
for name, model in (("with logQ", on_films["logq"]), ("without logQ", on_films["no_logq"])):
    top = offline.top_items(model, users, 20, films.train)
    recalled[name] = offline.recall_by_popularity(top, held, film_counts, 20)
_ = pictures.strata(recalled)

# %% [markdown]
# In the run stored in `solutions/` the correction helps the head most, and the tail, a fifth of what people do,
# *loses*.
#
# ## The log is not the truth
#
# Recall on a log rewards what that log's *policy* showed: what was never shown could not be taken. The world's people
# can be asked. Four policies write a log each.

# %%
def true_value(model, world, part):
    """Per person: true satisfaction of the 20 items shown, as a share of the best 20 there are."""
    truth, panel = world.truth(), np.unique(part.test["user"])[:500]
    able = truth.eligible()
    worth = truth.scores(panel, able)                            # (people, items), satisfaction
    closed = np.where(np.isin(np.arange(model.n_items), able), 0, -np.inf)
    shown = offline.top_items(lambda users: model.score(users) + closed, panel, 20, part.train)
    best = np.sort(worth, axis=1)[:, -20:].mean(axis=1)
    got = np.take_along_axis(worth, np.searchsorted(able, shown), 1).mean(axis=1)
    return got[best > 0] / best[best > 0]          # who has left gets nothing from anything

def both_answers(world, part, models):
    """What the correction adds: to recall on the log, and to what people truly get."""
    recall = [recall_each(models[key], part) for key in ("logq", "no_logq")]
    value = [true_value(models[key], world, part) for key in ("logq", "no_logq")]
    return offline.paired(*recall), offline.paired(*value)

# %%
answers = {0.4: both_answers(world, clicks, on_clicks)}
for power in (0.0, 2.0):
    there, part = served_by(power)
    answers[power] = both_answers(there, part, both_ways(part))

# %%
hit_world, hit_clicks = served_by(1.0)
on_hits = both_ways(hit_clicks)
answers[1.0] = both_answers(hit_world, hit_clicks, on_hits)
powers = sorted(answers)
log_says, people_say = zip(*(answers[power] for power in powers), strict=True)
for power, estimate in zip(powers, people_say, strict=True):
    measured("negatives.logq_truth", estimate, at=power)
_ = pictures.log_and_people(powers, log_says, people_say)

# %% [markdown]
# In the run stored here recall gains at every power. What people get does not follow: over the recorded worlds it
# falls in most at powers 1 and 2, and in some but not all at 0 and 0.4. Worlds differ by more than the intervals over
# people show.
#
# Where does the conflict lie? An item is taken when it was shown *and* liked: $p(i \mid u) \propto e(i)\,t(u, i)$, with
# e the **exposure** (how often it was shown, here to all alike) and t the taste. So $q(i) \propto e(i)$ times the mean
# taste for i. Up to c(u), the uncorrected score is log t(u, i) minus the log of that mean: exposure is gone, and so is
# what *everybody* likes. The corrected one is log e(i) + log t(u, i): taste is whole, and the old policy is in it.
# People want log t alone. Nor is a click satisfaction, which matters even at power 0.
#
# Move a dial on the log of power 1: add a number, s, times the log of popularity to the uncorrected scores. Where
# training has come to rest, s = 1 is logQ. (word2vec draws negatives by $\text{count}^{0.75}$, which rests at s =
# 0.25.) At which s is the log served best, and at which are people?

# %%
strengths = np.round(np.arange(0, 1.61, 0.2), 1)
says = {"log": [], "truth": [], "median": []}
for s in strengths:
    model = tilted.WithPopularity(on_hits["no_logq"], hit_clicks.train["item"], s)
    says["log"].append(np.nanmean(recall_each(model, hit_clicks)))
    says["truth"].append(true_value(model, hit_world, hit_clicks).mean())
    says["median"].append(np.median(counts_shown(model, hit_clicks)))

def how_much(s=0.8):
    return pictures.strength(strengths, says, s).figure

explore(how_much, s=(0.0, 1.6, 0.2))

# %% [markdown]
# Here recall is best at a larger s than satisfaction. This is one world, without an interval. The log cannot choose s;
# random slots or an experiment can. Such a dial needs an owner, a guardrail (the top items' share of impressions) and a
# date for its review.
#
# {{card negatives.8}}

# %%
### BEGIN SOLUTION: served = decide("negatives.8", ...)
served = decide("negatives.8", {"feed": "per showing", "shop": "per day offered"})
### END SOLUTION
quiz("negatives.q1")
quiz("negatives.q4")

# %% [markdown]
# ## How often? Ask the stream
#
# A stream is never counted whole. Yi et al. (2019) keep two numbers for each of the N items (160 MB for twenty
# million): the step (batch) at which it last came, and its **gap**, the steps between appearances. When it comes, its
# gap moves a share α of the way to the newest one. Its chance to be in a batch is 1 / gap. For a rare item that is
# $B\,q(i)$, and B cancels in the softmax. With which gap should an item start?

# %%
counts = np.bincount(clicks.train["item"], minlength=n_items)
events, often = clicks.train["item"].to_numpy(), np.flatnonzero(counts >= 10)
exact = np.log(1 - (1 - counts[often] / counts.sum()) ** 128)  # log chance to be in a batch

def stream_error(start, alpha=0.05):
    """Error of log q in nats after one pass, a common offset removed."""
    frequency = negatives.StreamingFrequency(n_items, alpha, start)
    shuffled = np.random.default_rng(SEED).permutation(events)
    for batch in np.array_split(shuffled, len(events) // 128):
        frequency.update(batch)
    error = frequency.log_q(often) - exact
    return error - error.mean()

# %%
errors = {"1,000 batches": stream_error(1000.0), "N / B batches": stream_error(n_items / 128)}
far = offline.bootstrap(errors["N / B batches"], lambda error: np.sqrt(np.mean(error**2)))
measured("negatives.streaming", far)
for name, error in errors.items():
    print(f"start {name}: correlation with log q {np.corrcoef(error + exact, exact)[0, 1]:.2f}")
_ = pictures.by_start(counts[often], errors)

# %% [markdown]
# An item that came ten times still carries most of its start, a frequent one does not. So a start of 1,000 makes rare
# items look far too rare. Begin with the average item's gap, N / B batches. The correlation does not show the fault,
# since it forgives offset and stretch; but a nat of error weighs like a nat of taste. The gap remembers about 1/α
# *appearances*. Gaps scatter by about their own mean, so it keeps noise of $\sqrt{\alpha / (2 - \alpha)}$: 0.16 nats at
# α = 0.05.
#
# That stream was shuffled. Here is one that **drifts**: two years of Online Retail II, a shop, in order of time. On
# eleven dates, compare log q as known then with sales of the four weeks *to come*.

# %%
shop = datasets.online_retail()
windows = (np.inf, 365, 90, 28, 7)
ways = drift.errors_through_time(shop.interactions, shop.n_items, windows, alpha=0.01)
_ = pictures.drifting(ways)

# %% [markdown]
# The longer a count reaches back, the further off it is, though it has more events; the gaps follow the drift. This
# is one shop and one α; dates share some past, so the intervals are too narrow.
#
# {{card negatives.9}}

# %%
### BEGIN SOLUTION: memory = decide("negatives.9", ...)
memory = decide("negatives.9", {"feed_days": 0.15, "shop_days": 50})
### END SOLUTION
quiz("negatives.q3")

# %% [markdown]
# ## What nobody took: uniform negatives and new items
#
# In-batch negatives never hold an item that nobody took, so nothing keeps its score down. **Mixed negatives** (Yang et
# al. 2020) add B′ rows drawn uniformly from all N items. For an item with a share p of the events,
# $\log q = \log \frac{B\,p + B'/N}{B + B'}$, which puts a floor under the tail. Uniform rows *alone* need no log q, but
# are mostly easy. Does the whole list gain? Do new items?
#
# An item that will be born tomorrow cannot be drawn today. So hide a tenth of the items, fit without them, and place
# them afterwards by content; for that, training drops an item's id half of the time (`id_dropout`).

# %%
rng = np.random.default_rng(SEED)
taken = np.flatnonzero(counts >= 5)
unborn = np.sort(rng.choice(taken, len(taken) // 10, replace=False))
born = np.setdiff1d(np.arange(n_items), unborn)
hidden = clicks.train["item"].isin(unborn)
warm_train, valid = clicks.train[~hidden], clicks.valid[~clicks.valid["item"].isin(unborn)]

# %%
def with_content(uniform, known):
    """Towers with content, fitted on the items `known`; half of the time an item lacks its id."""
    content = pd.DataFrame(catalog.content).loc[known]
    model = TwoTower(dim=32, max_epochs=3, batch_size=512, learning_rate=0.01, time=False,
                     id_dropout=0.5, uniform_negatives=uniform)
    model.fit(warm_train, content, valid=valid, seed=SEED, progress=False)
    vectors = np.empty((n_items, 32), np.float32)
    vectors[known] = model.embed_items()
    if len(known) < n_items:
        vectors[unborn] = model.embed_new_items(catalog.content[unborn])
    return lambda users: model.embed_users(users) @ vectors.T

in_batch, mixed = with_content(0, born), with_content(512, born)

# %%
people, relevant = offline.held_out(clicks.train[hidden])

def recall_unborn(score):
    """Recall@20 of the hidden items when all items compete, per person who took one."""
    return offline.recall_at_k(offline.top_items(score, people, 20, warm_train), relevant, 20)

measured("negatives.mixed", offline.paired(recall_each(mixed, clicks), recall_each(in_batch, clicks)))
new_gain = offline.paired(recall_unborn(mixed), recall_unborn(in_batch))
measured("negatives.mixed_cold", new_gain)

# %% [markdown]
# On average over the recorded runs both gain, a hundredth of recall or less. A mixed batch has twice as many negatives:
# against as many more from the log the first gain stays, the second is gone (ten seeds). An **easy fault**: draw
# negatives from the catalogue *with* the hidden items.

# %%
faulty = with_content(512, np.arange(n_items))
faulty_gain = offline.paired(recall_unborn(faulty), recall_unborn(in_batch))
cost = {"fitted on what was born": new_gain, "tomorrow's items drawn today": faulty_gain}
_ = plots.bars(cost, "What do uniform negatives do to new items?",
               "recall@20 of new items, mixed − in-batch", fmt="{:+.3f}",
               colors=dict(zip(cost, (plots.color("mixed"), plots.RED), strict=True)))

# %% [markdown]
# In the run stored here it costs new items recall. Of an item that is *only* ever a negative the model learns that
# nobody wants it. Among a thousand items, 512 uniform rows draw each in every other batch; among twenty million, once
# in 39,000, so its id learns next to nothing.
# Still, nothing should enter training before it exists: let the loader refuse it.
#
# How well does content place a new item for a *person*? The rival is one order for all: films whose genres are popular.
# `content_to_vector` maps genres to vectors by ridge regression around the mean item. Fill missing content with the
# average, which lands on that mean; zeros do not. Log “content missing” and “never taken” apart.

# %%
often_rated = np.flatnonzero(film_counts >= 5)
unreleased = np.sort(rng.choice(often_rated, len(often_rated) // 10, replace=False))
released = np.setdiff1d(often_rated, unreleased)
parts = (films.train, films.valid, films.test)
before = splits.Split(*(part[~part["item"].isin(unreleased)] for part in parts))
without_them, genres = fit(before, corrected), ml.catalog.content

def placed(values):
    """What genres say of the hidden films, from the `values` of the others, float (M, d)."""
    return negatives.content_to_vector(genres[released], values[released], genres[unreleased], 10.0)

# %%
viewers, took = offline.held_out(films.test[films.test["item"].isin(unreleased)])
seen_films = np.zeros((ml.n_users, ml.n_items), bool)
seen_films[films.train["user"], films.train["item"]] = True

def among_unreleased(scores):
    """Recall@10 among the hidden films alone, for each person who took one in the test part."""
    scores = np.where(seen_films[np.ix_(viewers, unreleased)], -np.inf, scores)
    return offline.recall_at_k(unreleased[np.argsort(-scores, axis=1)[:, :10]], took, 10)

personal = without_them.embed_users(viewers) @ placed(without_them.embed_items()).T
one_order = placed(np.log(np.maximum(film_counts, 1))[:, None]).T
for_all = among_unreleased(np.repeat(one_order, len(viewers), axis=0))
measured("negatives.cold", offline.paired(among_unreleased(personal), for_all), on=ml.name)

# %% [markdown]
# Over the recorded runs a person's own order finds more.
#
# ## Build: hard negatives
#
# Most negatives are easy: a cartoon for somebody who watches thrillers. **Hard** ones are items that the model ranks
# high for this user and that were not taken. A softmax weighs each negative by its probability, so it finds those of
# its batch by itself; a triplet loss (one positive, one negative) does not. Huang et al. (2020) add some from below the
# top, one for a hundred easy ones.
#
# {{card negatives.4}}

# %%
@exercise("negatives.4")
def band(scores, positive, low, high):
    """scores float [B, N], positive bool [B, N] → int [B, high − low + 1]: ids."""
    ### BEGIN SOLUTION
    order = np.argsort(-np.where(positive, -np.inf, scores), axis=1, kind="stable")
    return np.sort(order[:, low - 1:high], axis=1)
    ### END SOLUTION


# %% [markdown]
# {{card negatives.10}}

# %%
def excluded(own, taken, later):
    """bool (B, N) each → bool (B, N): what may not be a hard negative of each row."""
    ### BEGIN SOLUTION
    return own | taken
    ### END SOLUTION

### BEGIN SOLUTION: _ = referee("negatives.10", because=..., mended=excluded)
why = "The hard negatives hold items that the person took."
_ = referee("negatives.10", because=why, mended=excluded)
### END SOLUTION
quiz("negatives.q5")
quiz("negatives.q6")

# %% [markdown]
# Now with real towers, one epoch each. Ranking twenty million items at each step would cost as much as the full
# softmax. Teams use an index that is refreshed now and then (stale in between; ANCE, Xiong et al. 2021), or a random
# pool: rank 5 of 256 films is about rank 33 of all. No q is known for negatives found so; their loss gets a weight.

# %%
film_log_q = torch.as_tensor(negatives.log_q_from_counts(film_counts)).float()

def with_hard(low, high, weight=0.3):
    """In-batch softmax, plus a softmax against the ranks low…high of 256 films drawn uniformly."""
    def loss(query, item, item_id, log_q, batch):
        size = len(query)
        own_item, pool, drawn = item[:size], item[size:size + 256], item_id[size:size + 256].numpy()
        scores = query @ pool.T
        out = (item_id[:size, None].numpy() == drawn) | seen_films[batch["user"]][:, drawn]
        picked = torch.as_tensor(band(scores.detach().numpy(), out, low, high))
        own = (query * own_item).sum(1, keepdim=True)
        hard = F.cross_entropy(torch.cat([own, scores.gather(1, picked)], 1),
                               torch.zeros(size, dtype=torch.long))
        return logq_softmax(query, own_item, film_log_q[item_id[:size]], 1.0) + weight * hard
    return loss

# %%
per_user = {"none": recall_each(fit(films, corrected, max_epochs=1), films)}
for low, high in ((1, 5), (30, 34)):
    model = fit(films, with_hard(low, high), uniform_negatives=512, max_epochs=1)
    per_user[f"ranks {low}–{high}"] = recall_each(model, films)
measured("negatives.hard", offline.paired(per_user["ranks 1–5"], per_user["ranks 30–34"]), on=ml.name)

# %% [markdown]
# On the films the recorded runs cannot tell the bands apart; on the made-up log above the top was worse. Log and recipe
# differ, so measure on yours. Start from a trained model, as ANCE does: the top of an untrained one is noise.
#
# Another row's item in the batch may be one that *this* user took. `false_negatives` marks such pairs, but never a
# row's own column. Should they be masked?

# %%
known, share_known = films.train[["user", "item"]].to_numpy(np.int64).T, []

def masked(query, item, item_id, log_q, batch):
    mask = negatives.false_negatives(batch["user"].numpy(), item_id.numpy(), *known)
    share_known.append(mask.mean())
    logits = (query @ item.T - log_q).masked_fill(torch.as_tensor(mask), -torch.inf)
    return F.cross_entropy(logits, torch.arange(len(query)))

per_user["masked"] = recall_each(fit(films, masked, max_epochs=1), films)
print(f"{np.mean(share_known):.0%} of the in-batch negatives were known positives")
measured("negatives.masking", offline.paired(per_user["masked"], per_user["none"]), on=ml.name)

# %%
against_none = {name: offline.paired(per_user[name], per_user["none"])
                for name in ("ranks 1–5", "ranks 30–34", "masked")}
ax = plots.bars(against_none, "Do hard or masked negatives pay on the films?",
                "recall@20, difference to plain in-batch negatives", fmt="{:+.3f}",
                colors=dict.fromkeys(against_none, plots.color("hard")) | {"masked": plots.BLUE})
ax.locator_params(axis="x", nbins=5)

# %% [markdown]
# Over the recorded runs masking gains, by under a hundredth of recall. Its price: a user's own items are never
# weighed against each other. Of B rows, B times the summed share of what a user took are masked: with ten million
# equally popular items and a hundred taken, 0.04 of 4,096; here the share printed above. Mask by the training part
# alone.
#
# ## The ceiling
#
# No ranker brings back what retrieval leaves out. Look up each held-out event's rank.

# %%
def ranks(model, part):
    """For each held-out event: its rank as a share of the catalogue, and whose event it is."""
    users, held = offline.held_out(part.test)
    everything = offline.top_items(model, users, model.n_items, part.train)
    who, rank = np.nonzero(offline.hits(everything, held))
    return (rank + 1) / model.n_items, who

reached, needed = {}, {}
for name, model, part in ((ml.name, on_films["logq"], films), ("world", on_clicks["logq"], clicks)):
    reached[name], who = ranks(model, part)
    needed[name] = offline.bootstrap(reached[name], lambda share: np.quantile(share, 0.9),
                                     groups=who, n_boot=200)
    measured("negatives.ceiling", needed[name], on=name)
_ = pictures.ceiling(reached, needed)

# %% [markdown]
# “A few hundred” is a large share of these catalogues and next to nothing of ten million items. Draw the curve at
# your size, and by time. Several retrievers with different faults can lift it.
#
# ## What can lie to you
#
# - recall on a log, for a change that suits the policy that wrote it; a few random slots write another log;
# - negatives that were positives, or did not exist yet: nothing crashed, and both looked like findings;
# - a mean over head and tail, or over rows, most of which heavy users bring.
#
# ## After day 7
#
# The model has been retrained on a log that it wrote. Log q now describes *its own* hits, and the correction makes it
# predict them better still; a stale q corrects for yesterday's. If somebody buys clicks, a model of what is taken
# follows. Watch the top items' share of impressions, that of items younger than a day, and new users apart from heavy
# ones.
#
# ## Say it in a minute
#
# > In-batch negatives are drawn by popularity, so uncorrected training rests at log p − log q: popularity is divided
# > out. I subtract log q, in training only, and take it from counts whose memory fits the drift. What the policy showed
# > I divide out; what people asked for I keep. Nothing is a negative before it exists. Hard ones leave out what their
# > user took, and stay if they pay. I report recall by popularity and of new items; an experiment decides.
#
# **Red flag.** “Impressions without a click are our negatives.” Ignored is not rejected, and only the old system's
# finds were shown at all.
#
# ## You have now
#
# A corrected loss, a memory for its log q, hard negatives that are negatives, and a ceiling for your ranker. Next:
# search ({{ann}}).
