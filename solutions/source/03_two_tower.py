# %% [markdown]
# # {{two_tower}} Two-tower: learn to retrieve
#
# **The decision.** Of all items, which few hundred deserve a closer look for this request? Whatever is left out here is
# gone: the ranker cannot order what it never receives.
#
# | | |
# |---|---|
# | Budget | 30 ms of the request's 50, of which 5 ms to make the user's vector; 4·d bytes an item |
# | Failure this stage owns | *The right item was never a candidate.* |
# | Minutes | 80, of which 54 on exercises |
# | Needs | {{objective}} (what a proxy is); {{feedback}} helps |
# | Leaves behind | a trained two-tower, honest recall with intervals, item vectors for lesson {{ann}} |

# %%
import time

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from course_lib.data import datasets, retail, splits
from course_lib.data.log import MemoryLog, interactions
from course_lib.evidence import offline
from course_lib.stages.ann import latencies_ms
from course_lib.stages.retrieval.baselines import ALS, EASE, ItemKNN, Popularity, RecentPopularity
from course_lib.stages.retrieval.towers.model import TwoTower
from course_lib.teach import compare, exercise, explore, hint, measured, plots, predict, quiz, solution
from course_lib.world import feed
from course_lib.world.policies import Popularity as PopularityPolicy

# %%
plots.style()

import pytorch_lightning as pl  # after course_lib, which has idle threads of OpenMP sleep instead of spin
import torch

# %% [markdown]
# ## Predict
#
# Write your numbers in place of the `...` before you run anything. You see them again beside what was measured.
#
# 1. On film ratings, split at random: how many times the recall of a popularity list does a two-tower reach?
# 2. The same model is scored against 100 sampled films instead of all 1,682. By what factor does its recall@10 rise?
# 3. Several models without any sense of time are trained on the past and judged on the *future*, as in production. What is
#    the recall of the best of them, as a multiple of what the plainest rule finds: show what was taken most in recent weeks?

# %%
predict("two_tower.personal", ...)
predict("two_tower.sampled", ...)
predict("two_tower.time", ...)

# %% [markdown]
# ## The idea
#
# A **two-tower** model is two functions that never meet until the end. The **user tower** turns what is known of a user
# into a vector; the **item tower** turns an item into a vector of the same width; the score is their dot product. That
# shape is a bargain: no feature may look at user *and* item together, and in return all item vectors can be computed
# beforehand and searched by their geometry.
#
# We start with ML-100K: ratings of films by 943 users. Each row means "took it"; the stars are ignored here. A tenth of
# every user's rows is hidden for testing, a tenth for choosing.

# %%
ml = datasets.films()
split = splits.by_user(ml.interactions, seed=0)
size = {"n_users": ml.n_users, "n_items": ml.n_items}
print(split)
ml.interactions.merge(ml.catalog.items[["title", "year"]], left_on="item", right_index=True).sample(4, random_state=1)

# %% [markdown]
# A model is worth what it adds to the cheapest thing that works, so the opponents come first, and each gets the care that
# the two-tower will get. **Popularity** counts. **Item-kNN** looks for neighbours of what a user took. **EASE** is a linear
# model between all pairs of items, solved in closed form. **ALS** factorises the matrix of who took what. Popularity
# has nothing to set; the settings of Item-kNN and EASE were chosen once on a validation part. ALS is the model with which the
# towers will be compared most closely, so its regularisation is chosen here, before your eyes.

# %%
def best_als(train, valid, size, dim=64, regularisation=(10, 30, 90)):
    """ALS of this width, fitted with the regularisation that finds most of the validation part."""
    people, items = offline.held_out(valid)
    fitted = [ALS(dim=dim, l2=l2, alpha=4, iterations=8).fit(train, **size) for l2 in regularisation]
    found = [offline.recall_at_k(offline.top_items(model, people, 20, train), items, 20) for model in fitted]
    return fitted[int(np.argmax([values.mean() for values in found]))]

# %%
baselines = {"popularity": Popularity(), "item_knn": ItemKNN(k=20, shrink=0), "ease": EASE(l2=300)}
for model in baselines.values():
    model.fit(split.train, **size)
baselines["als"] = best_als(split.train, split.valid, size)
print("ALS, regularisation chosen:", baselines["als"].l2)

# %% [markdown]
# ## Build: three losses
#
# The log holds what was taken, never what would have been refused. So every loss for retrieval compares an item taken with
# some that were not, and they differ in how many and how chosen. The oldest looks at one pair at a time.
#
# {{card two_tower.1}}

# %%
@exercise("two_tower.1")
def bpr(positive, negative):
    """positive, negative float [B] → scalar: mean of −log σ(positive − negative)."""
    ### BEGIN SOLUTION
    return torch.nn.functional.softplus(negative - positive).mean()
    ### END SOLUTION


# %% [markdown]
# One negative a step is slow. A batch already holds B item vectors, each a plausible item, so let every row use all the
# others' items as its negatives. Nothing further has to be sampled or computed.
#
# {{card two_tower.2}}

# %%
@exercise("two_tower.2")
def in_batch_softmax(query, item):
    """query, item float [B, d], row b of each belong together → scalar, mean nats."""
    ### BEGIN SOLUTION
    return torch.nn.functional.cross_entropy(query @ item.T, torch.arange(len(query)))
    ### END SOLUTION


# %% [markdown]
# A dot product grows with the length of the vectors, and training can use that: popular items tend to become long. If
# only directions are to count, vectors are brought to length 1, and the score is a cosine. The scale then has to come
# from a setting, the **temperature**. (In the paper that named it, InfoNCE is the loss that you have just written, on any
# score; with cosines and a temperature it is also called NT-Xent. Most code that says InfoNCE today means the second.)
#
# {{card two_tower.3}}

# %%
@exercise("two_tower.3")
def info_nce(query, item, temperature):
    """query, item float [B, d] → scalar: the last loss on cosines divided by the temperature."""
    ### BEGIN SOLUTION
    query = torch.nn.functional.normalize(query, dim=1)
    item = torch.nn.functional.normalize(item, dim=1)
    return in_batch_softmax(query / temperature, item)
    ### END SOLUTION


# %% [markdown]
# What does the temperature do? Here is one user's row of cosines against 255 negatives, sorted. The gradient on each
# negative is its softmax weight. Move the temperature and watch who gets pushed: at a low one a handful of the hardest
# negatives do all the work, at a high one everybody is pushed alike, whether close or far.

# %%
cosines = np.sort(np.random.default_rng(0).normal(0, 0.25, 255).clip(-1, 1))[::-1]

def who_gets_pushed(temperature=0.1):
    """How much of the gradient falls on the hardest negatives, at one temperature."""
    weight = np.exp((cosines - cosines.max()) / temperature)
    so_far = np.cumsum(weight / weight.sum())
    half = int(np.searchsorted(so_far, 0.5)) + 1
    ax = plots.figure(f"Temperature {temperature:.2f}: {half} of 255 negatives get half of the push",
                      "negatives counted, hardest first", "their share of the gradient")
    ax.fill_between(np.arange(1, 256), so_far, step="mid", color=plots.color("two_tower"), alpha=0.7)
    ax.plot([half, half, 0], [0, 0.5, 0.5], color=plots.color("truth"), linestyle="--", linewidth=1)
    ax.set(xlim=(0, 256), ylim=(0, 1.02))
    return ax

explore(who_gets_pushed, temperature=(0.02, 1.0, 0.02))

# %% [markdown]
# ## Build: a number to trust
#
# {{card two_tower.4}}

# %%
@exercise("two_tower.4")
def recall_at_k(top, relevant, k):
    """top int [U, ≥k], relevant list of U int arrays → float [U]: hits over min(k, held out), NaN without any."""
    ### BEGIN SOLUTION
    out = np.full(len(relevant), np.nan)
    for u, mine in enumerate(relevant):
        if len(mine):
            out[u] = np.isin(np.asarray(top)[u, :k], mine).sum() / min(k, len(mine))
    return out
    ### END SOLUTION


# %%
users, held_out = offline.held_out(split.test)
tops = {name: offline.top_items(model, users, 20, split.train) for name, model in baselines.items()}
recalls = {name: recall_at_k(top, held_out, 20) for name, top in tops.items()}
{name: str(offline.bootstrap(values)) for name, values in recalls.items()}

# %% [markdown]
# The 95% intervals come from drawing *users* again with replacement: they say how far the number could have moved with other
# users of the same kind. Films already taken are left out of every list, for all models alike.
#
# ## Build: the towers
#
# {{card two_tower.6}}

# %%
@exercise("two_tower.6")
def user_vectors(table, constant, history):
    """table float [N, d], constant float [d], history int [B, H], −1 pads → float [B, d]."""
    ### BEGIN SOLUTION
    real = (history >= 0).unsqueeze(-1)
    total = (table[history.clamp(min=0)] * real).sum(1)
    return total / real.sum(1).clamp(min=1) ** 0.5 + constant
    ### END SOLUTION


# %% [markdown]
# That is all of a two-tower that has to be understood; the rest is training. **PyTorch Lightning** asks for three things in
# a class, and brings the loop, the progress bar, checkpoints, and later several machines (`strategy="ddp"`).

# %%
class TinyTowers(pl.LightningModule):
    """Your user tower, your loss, one table of item vectors."""

    def __init__(self, n_items, width=32):
        super().__init__()
        self.table = torch.nn.Parameter(0.1 * torch.randn(n_items, width))
        self.constant = torch.nn.Parameter(torch.zeros(width))

    def training_step(self, batch, index):
        history, item = batch
        return in_batch_softmax(user_vectors(self.table, self.constant, history), self.table[item])

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.01)


# %% [markdown]
# Each training row is an item and up to 30 *others* of the same user. Leave the target in its own history and the
# model learns to copy it: training looks splendid, and serving, where the target is not in the history, does not.

# %%
rng = np.random.default_rng(0)
by_user = split.train.groupby("user")["item"].apply(np.array)
item, others = np.concatenate(list(by_user)), []
for mine in by_user:
    order = rng.random((len(mine), len(mine)))                          # a row for each of the user's items …
    np.fill_diagonal(order, 2)                                          # … that puts the item itself last
    pick = mine[order.argsort(axis=1)[:, :-1][:, :30]]
    others.append(np.pad(pick, ((0, 0), (0, 30 - pick.shape[1])), constant_values=-1))
mixed = torch.as_tensor(rng.permutation(len(item)))
batches = list(zip(torch.as_tensor(np.concatenate(others))[mixed].long().split(512),
                   torch.as_tensor(item)[mixed].long().split(512), strict=True))

# %%
import logging
import warnings

logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)          # Lightning reports GPUs that are not used here
warnings.simplefilter("ignore")
pl.seed_everything(0, verbose=False)
tiny = TinyTowers(ml.n_items)
trainer = pl.Trainer(max_epochs=2, logger=False, enable_checkpointing=False, enable_model_summary=False,
                     enable_progress_bar=False, accelerator="cpu")
trainer.fit(tiny, torch.utils.data.DataLoader(batches, batch_size=None))
with torch.no_grad():
    longest = max(map(len, by_user))
    padded = np.stack([np.pad(by_user[u], (0, longest - len(by_user[u])), constant_values=-1) for u in users])
    scores = user_vectors(tiny.table, tiny.constant, torch.as_tensor(padded)) @ tiny.table.T
top = offline.top_items(lambda part: scores[np.searchsorted(users, part)].numpy(), users, 20, split.train)
print("your towers, recall@20:", offline.bootstrap(recall_at_k(top, held_out, 20)))

# %% [markdown]
# Your towers recommend. Compare their recall with that of popularity above, and look at *what* they recommend before you
# judge them: how often was the median film of their lists taken in training, and how often the median film that users took?

# %%
popularity = np.bincount(split.train["item"], minlength=ml.n_items)
shown = {"popularity": tops["popularity"], "EASE": tops["ease"], "your towers": top, "what users took": None}
middle = {name: np.median(popularity[t]) if t is not None else np.median(popularity[np.concatenate(held_out)])
          for name, t in shown.items()}
plots.bars(middle, f"Your towers' median film was taken {middle['your towers']:.0f} times,\n"
           f"the median film that users took {middle['what users took']:.0f} times",
           "training events of the median film", fmt="{:.0f}",
           colors={"EASE": plots.color("ease"), "your towers": plots.color("two_tower"), "what users took": plots.color("truth")});

# %% [markdown]
# A batch's other items are drawn from the log, so the more popular a film is, the more often it is a negative, and the
# more it is pushed down, for no reason of taste. The correction is called **logQ**; how it works, and what it does to
# people whose taste is not in the log, is lesson {{negatives}}. `TwoTower` of this course has it built in, together with
# what made a difference on real data: dropout; two vectors for each item, one for when it stands in a history and one for
# when it is offered, where your tower has one table for both; the target taken out of the history; weights averaged over
# half an epoch; and an end of training when recall on the validation part no longer rises. Features of users and items
# can be added; so can recency, which comes further down.
#
# ## Measure: the towers beside the opponents
#
# The towers get the width of ALS, 64, and one setting chosen on the validation part, as ALS did: the number of epochs.

# %%
TOWERS = {"dim": 64, "max_epochs": 4, "batch_size": 1024, "learning_rate": 0.01, "time": False}
models = dict(baselines)
models["two_tower"] = TwoTower(**TOWERS).fit(split.train, valid=split.valid, progress=False)

# %%
table = offline.compare_models(models, split, metrics=("recall", "coverage", "popularity"), against="als")
table.map(str)

# %%
def recall_each(model, part):
    """Recall@20 of each test user, float (U,)."""
    return offline.per_user(model, part, metrics=["recall"])[0]["recall"]

def ratio_of_means(pair):
    """Mean of the first column over that of the second."""
    return pair[:, 0].mean() / pair[:, 1].mean()

# %%
each = {name: recall_each(model, split) for name, model in models.items()}
best = max(each, key=lambda name: each[name].mean())
behind = {name: offline.paired(each[best], values) for name, values in each.items() if name != best}
level = [name.replace("_", " ") for name, gap in behind.items() if gap.low <= 0]
plots.bars(dict(table["recall"]), f"{best.replace('_', ' ')} finds most here;\npaired by users, not told apart from it: "
           + (", ".join(level) or "none"), f"recall@20 on {ml.name}, split at random, 95% over users")
both = np.column_stack([each["two_tower"], each["popularity"]])
measured("two_tower.personal", offline.bootstrap(both, ratio_of_means), on=ml.name)
measured("two_tower.als", table.loc["two_tower", "recall − als"], on=ml.name)

# %% [markdown]
# Were you right? The bars' intervals say how far each number would move with other users. Whether two models differ is asked
# user by user, as in the last column of the table: two bars may overlap where the difference leaves 0 out. Coverage, the
# share of the catalogue that somebody is shown, need not follow recall: models of like recall can be different *services*.
#
# ### The losses, all else equal
#
# A fair comparison of losses changes the loss alone. All versions below get the same batches, the same number of epochs and
# the same width, and half of the people, to save time. Each is trained without logQ and with it, which takes log q off every
# score before the loss sees it. BPR compares an item taken with *one* other item of the batch. A further version compares it
# with all of them, pair by pair: if that closes the gap to the softmax, then the number of negatives made the difference, and
# not the form of the loss.

# %%
def bpr_of_one(score):
    """score float [B, B], own items on the diagonal → BPR against the item of the next row."""
    rows = torch.arange(len(score))
    return bpr(score[rows, rows], score[rows, rows.roll(1)])

def bpr_of_all(score):
    """score float [B, B] → BPR against all other items of the batch."""
    other = ~torch.eye(len(score), dtype=torch.bool)
    own = score.diagonal()[:, None].expand_as(score)
    return bpr(own[other], score[other])

def softmax_of_all(score):
    """score float [B, B] → cross-entropy of each row's own item."""
    return torch.nn.functional.cross_entropy(score, torch.arange(len(score)))

# %%
half = splits.Split(*(part[part.user % 2 == 0].reset_index(drop=True) for part in (split.train, split.valid, split.test)))

def train(loss=softmax_of_all, temperature=None, log_q=True, **settings):
    """Towers on half of the people. temperature: of cosines; None for dot products."""
    def of_batch(query, item, item_id, q):
        if temperature is not None:
            query, item = (torch.nn.functional.normalize(part, dim=1) for part in (query, item))
        return loss(query @ item.T / (temperature or 1.0) - q * log_q)
    settings = {"dim": 32, "max_epochs": 2, "batch_size": 512, "learning_rate": 0.02, "time": False,
                "similarity": "dot" if temperature is None else "cosine"} | settings
    return TwoTower(loss=of_batch, **settings).fit(half.train, progress=False)

# %%
LOSSES = {"BPR, one negative": (bpr_of_one, None), "BPR, all of the batch": (bpr_of_all, None),
          "softmax": (softmax_of_all, None), "softmax of cosines at 0.2": (softmax_of_all, 0.2)}
corrected = {name: train(*how) for name, how in LOSSES.items()}

# %%
plain = {name: train(*how, log_q=False) for name, how in LOSSES.items()}

# %%
found = {name: recall_each(model, half) for name, model in corrected.items()}
without = {name: recall_each(model, half) for name, model in plain.items()}
fig, axes = plt.subplots(1, 2, figsize=(8.6, 2.6), sharey=True, sharex=True)
for ax, values, title in zip(axes, (without, found), ("without logQ", "with logQ"), strict=True):
    plots.bars({name: offline.bootstrap(one) for name, one in values.items()}, title, "recall@20", ax=ax,
               colors=dict.fromkeys(values, plots.color("two_tower")))
measured("two_tower.losses", offline.paired(found["softmax"], found["BPR, one negative"]), on=ml.name)
print("softmax − BPR with all:", offline.paired(found["softmax"], found["BPR, all of the batch"]))
print("softmax − BPR with one, both without logQ:", offline.paired(without["softmax"], without["BPR, one negative"]))

# %% [markdown]
# Compare the two panels before you compare the bars of one: whoever holds a loss with logQ against another without it compares
# two things at once, the loss and the correction. The line "softmax − BPR with all" holds the number of negatives fixed, and so
# shows what is left for the form of the loss. All of this holds for equally many epochs; with more of them, a loss that learns
# more slowly might catch up.
#
# ### Where does EASE beat a factorisation?
#
# The bars of all models, further up, set EASE beside ALS and the towers, which give every item 64 numbers. Do they come
# out in the same order elsewhere? Online Retail II holds two years of purchases at a British gift shop. We take the first
# purchase of each customer and article, and split at random as before. All customers teach the models; to save time,
# every fourth is judged.

# %%
from course_lib.stages.retrieval.candidate_sources import HeadEASE

shop = retail.first_purchases(datasets.online_retail())
of_shop = {"n_users": shop.n_users, "n_items": shop.n_items}
bought = splits.by_user(shop.interactions, seed=0)
shop_ease = HeadEASE(l2=100, most=shop.n_items).fit(bought.train, **of_shop)       # EASE, solved in less memory
to_tune = bought.valid[bought.valid.user % 4 == 1]
shop_als = best_als(bought.train, to_tune, of_shop)
customers, basket = offline.held_out(bought.test[bought.test.user % 4 == 0])
shop_recall = {name: recall_at_k(offline.top_items(model, customers, 20, bought.train), basket, 20)
               for name, model in (("ease", shop_ease), ("als", shop_als))}
ahead = offline.paired(shop_recall["ease"], shop_recall["als"])
measured("two_tower.shop", ahead, on="online_retail")

# %% [markdown]
# Why? EASE scores a user by $x^\top B$, where $x$ marks what they took and $B$ holds a number for every *pair* of items.
# Cut $B$ to rank $d$, as $B \approx V W^\top$ with $d$ columns in $V$ and in $W$. The score becomes $(x^\top V)\,W^\top$:
# a sum of $d$ numbers for each item of the history, times $d$ numbers of the candidate. That is a two-tower of width $d$.
# The cut below takes the best matrix of that rank: no other comes nearer to $B$ in the sum of squared differences. So the
# recall that is left at rank $d$ tells how much of the facts between pairs of items a dot product of width $d$ can hold.
# (It is no upper bound on what training could reach at that width: the sum of squares is not recall.)

# %%
from sklearn.utils.extmath import randomized_svd

RANKS = (16, 64, 128, 256)

def recall_by_rank(ease, taken, people, wanted):
    """EASE's recall@20 of each person with its matrix cut to each of RANKS: {rank: float [U]}."""
    v, strength, w = randomized_svd(ease.weight, max(RANKS), n_iter=4, random_state=0)
    found = {}
    for d in RANKS:
        def narrow(who, item_vectors=w[:d], history_vectors=v[:, :d] * strength[:d]):
            return (ease.seen[who] @ history_vectors) @ item_vectors
        found[d] = recall_at_k(offline.top_items(narrow, people, 20, taken), wanted, 20)
    return found

cut = {"films": recall_by_rank(baselines["ease"], split.train, users, held_out),
       "shop": recall_by_rank(shop_ease, bought.train, customers, basket)}

# %%
whole = {"films": recalls["ease"], "shop": shop_recall["ease"]}
paint = {"films": plots.ORANGE, "shop": plots.BLUE}
kept = {where: found[64].mean() / whole[where].mean() for where, found in cut.items()}
ax = plots.figure(f"At rank 64, EASE keeps {kept['films']:.0%} of its recall on films, {kept['shop']:.0%} in the shop",
                  "rank of the item-item matrix, the width of a dot product (log)", "recall@20 minus whole EASE's (95%)")
for where, found in cut.items():
    lost = [offline.paired(values, whole[where]) for values in found.values()]
    ax.plot(RANKS, [e.value for e in lost], "o-", color=paint[where], label=f"{where}: whole EASE {whole[where].mean():.3f}")
    ax.fill_between(RANKS, [e.low for e in lost], [e.high for e in lost], color=paint[where], alpha=0.18, linewidth=0)
ax.axhline(0, color=plots.BLACK, linewidth=1)
ax.set_xscale("log")
ax.set_xticks(RANKS, RANKS)
ax.minorticks_off()
ax.legend(loc="lower right");

# %%
for where, on in (("films", ml.name), ("shop", "online_retail")):
    measured("two_tower.rank", offline.paired(whole[where], cut[where][64]), on=on)

# %% [markdown]
# Where the curve is flat from a small rank on, a few tastes explain what goes together, and a few dozen directions hold
# them. Where it still rises at the right end, what goes together is a long list of separate facts: the cup and its
# saucer, the same lantern in two sizes. Such facts need many directions, and each direction costs bytes for every item
# and time in every search. Towers of width $d$ are bound in the same way as ALS, whatever stands inside them, since a dot
# product is all that they have at the end. A model with a number for each pair is not bound so, but its memory grows with
# the square of the catalogue, and its best items cannot be found by a search among short vectors. So look at your table
# before you widen the towers: fit EASE on its most frequent items, cut it, and see where the curve flattens. If it does
# not flatten at a width that you can serve, let EASE or item neighbours bring candidates *beside* the towers. Lesson
# {{ranker}} blends such sources.
#
# ### Temperature
#
# Cosines lie between −1 and 1, so the temperature sets how far apart scores can be. How exactly must it be set? We train at
# four temperatures, each twice the one before, and choose the best of them on the validation part. Then we go one step away, to
# its worse neighbour, and see what that costs.

# %%
STEPS = (0.1, 0.2, 0.4, 0.8)

def step_off(on_valid, on_test):
    """Recall lost, as a share, by the worse neighbour of the temperature that is best on valid: an Estimate.

    on_valid: recall at each of STEPS. on_test: recall of each test user at each of STEPS, float (U, 4)."""
    best = int(np.argmax(on_valid))
    near = [n for n in (best - 1, best + 1) if 0 <= n < on_test.shape[1]]
    worse = min(near, key=lambda n: on_test[:, n].mean())
    return offline.bootstrap(on_test[:, [worse, best]], lambda pair: 1 - ratio_of_means(pair))

# %%
name = "softmax of cosines at 0.2"
cosine = {t: corrected[name] if t == 0.2 else train(temperature=t) for t in STEPS}
to_choose = splits.Split(half.train, half.test, half.valid)              # judged on valid in place of test
on_valid = [recall_each(model, to_choose).mean() for model in cosine.values()]
on_test = np.column_stack([recall_each(model, half) for model in cosine.values()])
lost = step_off(on_valid, on_test)
ax = plots.lines(STEPS, {"two_tower": [offline.bootstrap(one) for one in on_test.T]},
                 f"A factor of two off the best temperature costs {lost.value:.0%} of recall",
                 "temperature (log)", "recall@20", logx=True)
ax.set_xticks(STEPS, STEPS)
ax.minorticks_off()
measured("two_tower.temperature", lost, on=ml.name)

# %% [markdown]
# The best temperature belongs to a data set, a batch size and a length of training. Dot products find their own scale during
# training, so they have one setting less, and are the default here.
#
# ### Width: recall, bytes, milliseconds
#
# Widen a model without tuning it again, or without training it to its end, and you measure something else: a wider model may
# learn faster at first, and may need another regularisation. ALS is fast enough to be solved and tuned at each width: three
# widths on the films, the two larger ones in the shop.

# %%
WIDTHS = (16, 64, 256)
als_of = {d: baselines["als"] if d == 64 else best_als(split.train, split.valid, size, dim=d) for d in WIDTHS}
on_films = [recall_each(model, split) for model in als_of.values()]

# %%
shop_wide = best_als(bought.train, to_tune, of_shop, dim=256, regularisation=(30, 90))
judged = splits.Split(bought.train, bought.valid, bought.test[bought.test.user % 4 == 0])
in_shop = [recall_each(model, judged) for model in (shop_als, shop_wide)]
gained = {on: offline.paired(values[-1], values[-2]) for on, values in ((ml.name, on_films), ("online_retail", in_shop))}

# %%
vectors = np.random.default_rng(0).normal(size=(50_000, max(WIDTHS))).astype(np.float32)
narrow = {d: np.ascontiguousarray(vectors[:, :d]) for d in WIDTHS}
with threadpool_limits(1):                                              # or other threads' work would not be counted
    ms = [np.median(latencies_ms(lambda q, d=d: narrow[d] @ q[0, :d], vectors[:50], clock=time.thread_time)) for d in WIDTHS]

# %%
fig, axes = plt.subplots(1, 2, figsize=(8.4, 3.4))
for values, name, x in ((on_films, ml.name, WIDTHS), (in_shop, "online_retail", WIDTHS[1:])):
    plots.lines(x, {name: [offline.bootstrap(one) for one in values]}, "ALS: from 64 to 256 numbers an item, recall changes by\n"
                + ", ".join(f"{gap.value:+.3f} ({on})" for on, gap in gained.items()), "width d (log)", "recall@20",
                ax=axes[0], logx=True)
axes[0].legend()
plots.lines([4 * d for d in WIDTHS], {"flat": ms}, f"… and exact search\ntakes {ms[2] / ms[1]:.1f} × the time", "bytes an item (4d)",
            "ms of one core", ax=axes[1])
for on, gap in gained.items():
    measured("two_tower.width", gap, on=on)

# %% [markdown]
# ### Two processes
#
# An epoch that takes hours can be shared out. With `strategy="ddp"` each process trains on its own part of the batches, and the
# gradients are averaged before every step, so that all hold the same weights. Two processes take half as many steps, each of
# them the mean of two batches. A row's negatives are still the items of its *own* batch: plain `ddp` brings no more of them,
# unless the item vectors of all processes are gathered first, which is not done here. And it has a price: one process sends
# the optimiser only the rows of the tables that a batch has touched, several send each other the whole tables, a number for
# each item and dimension, at every step. In a notebook the processes are forked from the kernel, and the weights come back.

# %%
from course_lib.stages.retrieval.towers.processes import can_fork

if can_fork():                                                          # else as a script: see towers/processes.py
    two = {"strategy": "ddp_notebook", "devices": 2}
    one_epoch = {"one process": train(max_epochs=1),
                 "two processes": train(max_epochs=1, trainer=two)}
    plots.bars({name: offline.bootstrap(recall_each(model, half)) for name, model in one_epoch.items()},
               "What do half as many steps cost in recall?", "recall@20 after one epoch",
               colors=dict.fromkeys(one_epoch, plots.color("two_tower")))

# %% [markdown]
# ## What can lie to you, 1: sampled metrics
#
# Ranking a whole catalogue costs time, so many papers rank each held-out item among 100 others drawn at random, and count
# how often it is among the best ten. It looks harmless. All models get the same draws here; films that the user has taken
# are no rivals.

# %%
def sampled_recall(scores, rivals, wanted, k=10):
    """Recall@k of each user, float (U,), where each held-out item competes with the drawn ones alone.

    scores: float (U, N). rivals: int (U, 100), items not taken. wanted: U int arrays."""
    found = np.empty(len(wanted))
    for row, (score, drawn, mine) in enumerate(zip(scores, rivals, wanted, strict=True)):
        better = (score[drawn] > score[mine][:, None]).sum(axis=1)      # for each held-out item: rivals above it
        found[row] = min((better < k).sum(), k) / min(k, len(mine))
    return found

def scores_of(model):
    """float (U, N) for the users of the test part; a film that a model has not met in training comes last."""
    scores = np.full((len(users), ml.n_items), -np.inf)
    known = model.score(users)
    scores[:, :known.shape[1]] = known
    return scores

# %%
draw = np.random.default_rng(0)
taken = split.train.groupby("user")["item"].apply(np.array)
others = [np.setdiff1d(np.arange(ml.n_items), np.append(taken[user], mine)) for user, mine in zip(users, held_out, strict=True)]
rivals = np.stack([draw.choice(free, 100, replace=False) for free in others])
whole = {name: recall_at_k(offline.top_items(model, users, 10, split.train), held_out, 10) for name, model in models.items()}
sampled = {name: sampled_recall(scores_of(model), rivals, held_out) for name, model in models.items()}

# %%
fig, axes = plt.subplots(1, 2, figsize=(8.4, 2.9), sharey=True)
plots.bars({name: offline.bootstrap(one) for name, one in whole.items()}, "All films ranked", "recall@10", ax=axes[0])
plots.bars({name: offline.bootstrap(one) for name, one in sampled.items()}, "Against 100 drawn films", "recall@10", ax=axes[1])
both = np.column_stack([sampled["two_tower"], whole["two_tower"]])
measured("two_tower.sampled", offline.bootstrap(both, ratio_of_means), on=ml.name)
{key: sorted(values, key=lambda name: -values[name].mean()) for key, values in (("whole", whole), ("sampled", sampled))}

# %% [markdown]
# That the number rises is arithmetic and no finding: against fewer rivals an item stands higher. How far it rises is ours to
# choose, by how many rivals are drawn. What is *not* arithmetic is what it does to a comparison. The sampled number mostly
# asks whether an item beats *random* ones, and random items are unpopular: knowing what is popular gets you far. Does a pair
# of these models change places? We look for the pair that turns most for half of the users, and ask the other half by how
# much it turns. A number above 0 says that one model is ahead when all films are ranked, and the other against drawn ones.

# %%
def turned(whole, sampled):
    """By how much each pair of models turns, {(a, b): float}: the smaller of a's lead on all and b's lead on the sample."""
    lead = {(a, b): (whole[a].mean() - whole[b].mean(), sampled[b].mean() - sampled[a].mean())
            for a in whole for b in whole if a != b}
    return {pair: min(both) for pair, both in lead.items()}

def turned_elsewhere(whole, sampled):
    """The pair that turns most for every other user, and by how much it turns for the rest: (a, b), Estimate."""
    first, rest = slice(0, None, 2), slice(1, None, 2)
    how = turned({name: one[first] for name, one in whole.items()}, {name: one[first] for name, one in sampled.items()})
    a, b = max(how, key=how.get)
    leads = np.column_stack([whole[a] - whole[b], sampled[b] - sampled[a]])[rest]
    return (a, b), offline.bootstrap(leads, lambda rows: rows.mean(axis=0).min())

pair, by_how_much = turned_elsewhere(whole, sampled)
print(f"the pair that comes nearest to changing places, or changes them: {pair[0]} and {pair[1]}")
measured("two_tower.order", by_how_much, on=ml.name)

# %% [markdown]
# Whatever came out here, you cannot know it without ranking everything once, and then you do not need the sample. Rank the
# whole catalogue; if it is too large, rank it for fewer users.
#
# ## What can lie to you, 2: the random split
#
# {{card two_tower.5}}

# %%
@exercise("two_tower.5")
def cut_by_time(time, fractions):
    """time float [E] → int [E]: 0 train, 1 valid, 2 test; events at a cutoff go to the later part."""
    ### BEGIN SOLUTION
    edge = np.sort(time)[np.round(np.cumsum(fractions[:2]) * len(time)).astype(int)]
    return np.searchsorted(edge, time, side="right")
    ### END SOLUTION


# %% [markdown]
# A random split lets a model learn from *next* month which films go together, and tests it on *last* month. Production
# never allows that. ML-100K is no good for a split by time (most of its users appear on one day and never again), so this
# part uses MovieTweetings, where films are rated as they come out. We draw a moment in the last fifth of the log and use
# only what had happened by then; another seed draws another moment, so that over several seeds no single season decides. The last tenth
# of these events judges. The tenth before it chooses how long a chart looks back. Then everything is fitted on all that came
# before the judging part, as one would in production. To save time every other user is judged, but each of them over the
# whole catalogue.

# %%
def stand_at(events, until):
    """(train, valid, test) of the first share `until` of the events; test has only users who came before."""
    events = events[events.time <= events.time.quantile(until)]
    part = cut_by_time(events.time.to_numpy(), (0.8, 0.1, 0.1))
    train, valid, test = (events[part == number].reset_index(drop=True) for number in range(3))
    return train, valid, test[test.user.isin(events.user[part < 2])]

def best_chart(train, valid, size, windows=(7, 28)):
    """How many days a chart of the most taken items should look back, by recall on valid."""
    people, items = offline.held_out(valid[valid.user.isin(train.user)])
    charts = [RecentPopularity(window_days=days).fit(train, **size) for days in windows]
    found = [offline.recall_at_k(offline.top_items(chart, people, 20, train), items, 20).mean() for chart in charts]
    return windows[int(np.argmax(found))]

# %%
moment = np.random.default_rng(0).uniform(0.8, 1.0)
films = datasets.movietweetings()
catalog, many = films.catalog, {"n_users": films.n_users, "n_items": films.n_items}
film_train, film_valid, film_test = stand_at(films.interactions, moment)
film_past = pd.concat([film_train, film_valid], ignore_index=True)
print(f"{len(film_past):,} events before, {len(film_test):,} after | users judged: {film_test.user.nunique() // 2:,}")

# %%
in_time = {"popularity": Popularity(), "recent_popularity": RecentPopularity(best_chart(film_train, film_valid, many)),
           "item_knn": ItemKNN(k=20, shrink=10), "als": ALS(dim=32, l2=30, alpha=4, iterations=8)}
for model in in_time.values():
    model.fit(film_past, **many)
in_time["two_tower"] = TwoTower(dim=32, time=False, max_epochs=1, batch_size=512).fit(film_past, catalog, progress=False)

# %% [markdown]
# The last model gets **recency** as an input of the item tower: how often the item was taken lately, in five counts that
# forget at different speeds, with half-lives from a day to a season. In training these counts are as of each event's own
# time, or a little before, since a model that is served for a month sees counts that are up to a month old. The batch's
# events come from one stretch of time, so that negatives are what was *then* on offer, and logQ uses the chances of that
# stretch.

# %%
in_time["with recency"] = TwoTower(dim=32, time=True, max_epochs=1).fit(film_past, catalog, progress=False)

# %%
def against_chart(chart, models):
    """The best of the models as a multiple of the chart, an Estimate over users. chart: float (U,); models: list of such."""
    together = np.column_stack([chart, *models])
    return offline.bootstrap(together, lambda rows: rows[:, 1:].mean(axis=0).max() / rows[:, 0].mean(), n_boot=400)

# %%
judged_users, wanted = offline.held_out(film_test[film_test.user % 2 == 0])
in_time_tops = {name: offline.top_items(model, judged_users, 20, film_past) for name, model in in_time.items()}
later = {name: recall_at_k(top, wanted, 20) for name, top in in_time_tops.items()}
personal = against_chart(later["recent_popularity"], [later[name] for name in ("item_knn", "als", "two_tower")])
plots.bars({name: offline.bootstrap(one) for name, one in later.items()}, "Judged on the future, the best model without time "
           f"finds {personal.value:.2f} × the chart", "recall@20 on MovieTweetings", colors={"with recency": plots.color("hard")})
measured("two_tower.time", personal, on=films.name)
measured("two_tower.recency", against_chart(later["recent_popularity"], [later["with recency"]]), on=films.name)

# %% [markdown]
# A model without time learns how much an item is wanted *on average over the training months*. By the months after, interest
# may have moved. The figure asks where recency makes its difference: among items that had been in the log for less than six
# weeks when training ended, or among older ones.

# %%
first_seen = film_past.groupby("item").time.min().reindex(np.arange(many["n_items"])).to_numpy()
age = (film_past.time.max() - first_seen) / 86_400                    # days; NaN where nobody took it in training
by_age = {}
for name in ("recent_popularity", "two_tower", "with recency"):
    top = in_time_tops[name]
    for label, among in (("young items", age < 42), ("older items", age >= 42)):
        values = offline.recall_at_k(top, [mine[among[mine]] for mine in wanted], 20)
        by_age[f"{label}, {name.replace('_', ' ')}"] = offline.bootstrap(values[~np.isnan(values)])
gain = {age: by_age[f"{age}, with recency"].value - by_age[f"{age}, two tower"].value for age in ("young items", "older items")}
plots.bars(dict(sorted(by_age.items(), reverse=True)), "Recency changes the recall of young items by "
           f"{gain['young items']:+.3f}, of older ones by {gain['older items']:+.3f}", "recall@20 within the group",
           colors={key: plots.color("hard" if "recency" in key else "two_tower" if "tower" in key else "recent_popularity")
                   for key in by_age})
print(f"{np.isnan(age[film_test['item']]).mean():.0%} of test events are on items nobody took in training.")

# %% [markdown]
# The title gives both changes. A list has twenty places, so each place that goes to a young item is taken from an older one.
# The two changes are means over different people, those who took something of the group, and do not add up: whether the trade
# was worth it as a whole is what the figure before this one says.
#
# Is a chart as strong elsewhere? Ask the shop, at the same share of its log. EASE takes part here; on these films, of which
# there are many more, its matrix of all pairs would be too large for a notebook.

# %%
shop_train, shop_valid, shop_test = stand_at(shop.interactions, moment)
shop_past = pd.concat([shop_train, shop_valid], ignore_index=True)
in_shop = {"popularity": Popularity(), "recent_popularity": RecentPopularity(best_chart(shop_train, shop_valid, of_shop)),
           "ease": HeadEASE(l2=100, most=shop.n_items), "als": ALS(dim=64, l2=30, alpha=4, iterations=8)}
customers, basket = offline.held_out(shop_test)
future = {}
for name, model in in_shop.items():
    top = offline.top_items(model.fit(shop_past, **of_shop), customers, 20, shop_past)
    future[name] = recall_at_k(top, basket, 20)

# %%
taste = against_chart(future["recent_popularity"], [future["ease"], future["als"]])
plots.bars({name: offline.bootstrap(one) for name, one in future.items()}, "In the shop, the best model without time finds "
           f"{taste.value:.2f} × the chart", "recall@20 on Online Retail II, judged on the future")
measured("two_tower.time", taste, on="online_retail")
for where, test in (("films", film_test), ("shop", shop_test)):
    top_20 = np.sort(np.bincount(test["item"]))[-20:].sum() / len(test)
    print(f"{where}: {top_20:.0%} of what was taken in the test part was one of its 20 most taken items")

# %% [markdown]
# Compare the two multiples before you say anything of charts in general: each is about one table. A chart shows everybody
# the same twenty items, so it goes as far as people want the same few things at the same time. The two printed lines say
# how far that was: they count what the best possible chart would have held, had it been drawn up afterwards. Many people
# rate films as they come out, and so rate the same ones; many customers of this shop are traders, each with a trade of
# their own. To know which case is yours, split by time and put charts of several lengths among the rivals.
#
# ## Measure: the log against the truth
#
# All numbers so far are agreement with a log. In the world we can also look up how satisfied each person *would be* with
# what a model shows. The log below was written by a policy that favours what was clicked before.

# %%
world, log = feed(people=900, items=600, seed=0), MemoryLog()
world.run(PopularityPolicy(power=0.3), 10, log)
clicked = splits.first_only(interactions(log.impressions()))
in_world = splits.by_user(clicked, seed=0)
here = {"n_users": len(world.users()), "n_items": len(world.catalog().items)}
print(in_world)

# %%
there = {"popularity": Popularity().fit(in_world.train, **here), "ease": EASE(l2=100).fit(in_world.train, **here)}
def with_loss(loss):
    """Towers on the world's log; all else equal."""
    def of_batch(query, item, item_id, log_q):
        return loss(query @ item.T - log_q)
    return TwoTower(dim=32, loss=of_batch, max_epochs=2, learning_rate=0.01, time=False, batch_size=512).fit(
        in_world.train, catalog=world.catalog(), users=world.users()[["region"]], progress=False)

there["bpr"], there["two_tower"] = with_loss(bpr_of_one), with_loss(softmax_of_all)

# %%
truth, panel = world.truth(), np.unique(in_world.test.user)[:300]
able = truth.eligible()
worth = truth.scores(panel, able)                                       # (people, items) true satisfaction
bound = -np.sort(-worth, 1)[:, :20].mean()
points = {}
for name, model in there.items():
    mask = np.full(here["n_items"], -np.inf)
    mask[able] = 0
    shown = offline.top_items(lambda u, m=model, k=mask: np.asarray(m.score(u)) + k, panel, 20, in_world.train)
    value = np.take_along_axis(worth, np.searchsorted(able, shown), 1).mean(1) / bound
    points[name] = (offline.evaluate(model, in_world, metrics=["recall"])["recall"], offline.bootstrap(value))
plots.front(points, "Does the log put the models in the order of the truth?", "recall@20 on the log",
            "true satisfaction, 1: the best");

# %% [markdown]
# If the log were the truth, the points would lie on one rising line. Look for a pair that the log puts far apart and the
# truth close together, or the other way round. The log rewards whoever guesses what the old policy *showed*. Which
# negatives a model gets decides how much of that it copies: lesson {{negatives}}.
#
# ## Build: the serving split
#
# Item vectors change when the model does: they are made in a batch, once. The user's vector changes with each click: it is
# made at request time.
#
# {{card two_tower.7}}

# %%
@exercise("two_tower.7")
def nearest_unseen(query, items, seen, k):
    """query float [d], items float [N, d], seen int [S] → int [k]: best unseen items, best first."""
    ### BEGIN SOLUTION
    score = np.asarray(items @ query, float)
    score[seen] = -np.inf
    return np.argsort(-score, kind="stable")[:k]
    ### END SOLUTION


# %%
model = models["two_tower"]
items = model.embed_items()
user = 300
mine = split.train[split.train.user == user].sort_values("time")["item"].to_numpy()
titles = ml.catalog.items["title"]
print("took last: ", " · ".join(titles[mine[-5:]]))
print("is shown:  ", " · ".join(titles[nearest_unseen(model.embed_users([user])[0], items, mine, 6)]))
print("new user who took one film:", titles[mine[-1]], "→",
      " · ".join(titles[nearest_unseen(model.embed_history([mine[-1]]), items, mine[-1:], 4)]))

# %%
asked = split.test.user.to_numpy()[:300, None]
with threadpool_limits(1):
    ms = latencies_ms(lambda q: model.embed_users(q[:, 0]), asked, clock=time.thread_time)  # other programs do not count
ax = plots.figure(f"A user vector takes {np.percentile(ms, 99):.2f} ms of a core at the 99th percentile",
                  "ms of one core, one user at a time", "users")
ax.hist(ms, bins=np.geomspace(ms.min(), ms.max(), 40), color=plots.color("two_tower"))
ax.axvline(np.percentile(ms, 99), color=plots.color("truth"), linestyle="--")
ax.set_xscale("log")
measured("two_tower.p99", np.percentile(ms, 99), on=f"{ml.name}, this machine",
         beside=f"one user at a time, {len(ms)} users, one thread, time of the thread, histories in memory")

# %% [markdown]
# ## After day 7
#
# Once live, four things change. The log is now written by *your* model, and recall on it rises because it agrees with
# itself, whether or not people are better served. New items have no id vector; they need content (lesson {{negatives}}).
# User vectors are fresh, but counts and item vectors are as old as the last batch job: the split by time gave you an idea
# of what that costs. And a retrained model moves *both* towers: an index built from yesterday's items must never meet
# today's user tower, so the two are released together or not at all.
#
# ## Say it in a minute
#
# > "Retrieval decides what can be recommended at all, so I measure recall over the whole catalogue, per user, with an
# > interval, split by time. Two towers, because item vectors can be precomputed and searched. In-batch softmax with a
# > popularity correction; history instead of user ids so that new users work. I hold it against popularity, *recent*
# > popularity, EASE and ALS. If it does not beat recent popularity on next week, I do not ship it."
#
# **Red flag:** "We use a two-tower with deep MLPs and get 0.9 recall." On which candidates, against what, split how?

# %%
quiz("two_tower.q1", "Offline, a two-tower beats ALS by 8% on a random split. What do you do before an A/B test?",
     {"Launch the test: 8% is large.": "A random split lets both learn from the future; the order may change under time.",
      "Judge both, and recent popularity, on a split by time.": "Yes: production only ever predicts the future.",
      "Train a wider model.": "Width may buy recall, and costs bytes. It does not tell you whether the 8% is real."},
     answer="Judge both, and recent popularity, on a split by time.")

# %% [markdown]
# **You now have** three losses and the mistakes that break them; a recall that does not depend on a draw of rivals; a
# split that keeps the future out; towers, and the time that they take for a user; and a suspicion about negatives.
# `compare("{{two_tower.2}}")` puts your loss beside the reference, `hint("{{two_tower.4}}")` helps with an exercise you
# skipped, `solution("{{two_tower.6}}")` shows the why.
