# %% [markdown]
# # {{negatives}} Negatives: where popularity gets in
#
# **The decision.** Against what does a model learn that an item was right? The log holds what was taken. What was *not*
# wanted has to be made up, and how you make it up decides who is shown what.
#
# | | |
# |---|---|
# | Budget | no time at all when serving; up to a few times the cost of a training step |
# | Failure this stage owns | *The same hits for everybody, or no hits for anybody; new items never shown.* |
# | Minutes | 75, of which 56 on exercises |
# | Needs | {{two_tower}} |
# | Leaves behind | a loss with an honest correction, recall by popularity, a vector for an item nobody took |

# %%
import warnings

import numpy as np
import pandas as pd

from course_lib.data import datasets, splits
from course_lib.data.log import MemoryLog, interactions
from course_lib.evidence import offline
from course_lib.stages.retrieval.negatives import StreamingFrequency, log_q_from_counts
from course_lib.stages.retrieval.towers.model import TwoTower
from course_lib.teach import compare, exercise, explore, hint, measured, plots, predict, quiz, solution
from course_lib.world import feed
from course_lib.world.policies import Popularity as PopularityPolicy

warnings.simplefilter("ignore")
plots.style()

import torch  # after course_lib, which has idle threads of OpenMP sleep instead of spin
import torch.nn.functional as F

# %%
SEED = 0                                            # every split, world, model and draw below starts from it

# %% [markdown]
# ## Predict
#
# 1. Training on in-batch negatives *without* correction: does the median recommended item become more popular (above 1) or
#    less (below 1), against training with the correction? By what factor?
# 2. A stream's gaps are used to estimate how often each item enters a batch. After one pass over the data, how far off is
#    log q, in nats, for items seen ten times or more? (0.7 nats are a factor of two.)
# 3. What share of the catalogue must retrieval hand on, so that nine tenths of what people will take is among it?

# %%
predict("negatives.suppress", ...)
predict("negatives.streaming", ...)
predict("negatives.ceiling", ...)

# %% [markdown]
# ## Two logs
#
# **ML-100K**, where people rated films they had sought out, and a **world** whose log was written by a policy that draws an
# item with a chance proportional to (1 + its clicks) to some *power*. At power 0 the policy does not look at clicks; at power
# 1 it follows them. In the world we can look up the truth: how satisfied each person would be with each item, shown or not.

# %%
ml = datasets.films()
films = splits.by_user(ml.interactions, seed=SEED)

def served_by(power):
    """Two weeks of a feed whose policy follows clicks with this power: the world, and who clicked what, split."""
    world, log = feed(people=1500, items=800, seed=SEED), MemoryLog()
    world.run(PopularityPolicy(power=power, seed=SEED), 14, log)
    return world, splits.by_user(splits.first_only(interactions(log.impressions())), seed=SEED)

world, clicks = served_by(0.4)
catalog = world.catalog()
n_items = len(catalog.items)
print("films: ", films, "\nclicks:", clicks)

# %%
ranked = np.sort(np.bincount(clicks.train["item"]))[::-1]
rng = np.random.default_rng(SEED)
batches = rng.choice(len(ranked), size=(2000, 256), p=ranked / ranked.sum())    # (batch, row): the item of each row
as_negative = np.bincount(batches.ravel(), minlength=len(ranked))
tail = slice(len(ranked) // 2, None)
ratio, events = (x[:10].mean() / x[tail].mean() for x in (as_negative, ranked))
ax = plots.by_rank(as_negative, f"{events:.0f} × the clicks, {ratio:.0f} × as often a negative: top ten against lower half",
                   ylabel="times a negative in 2,000 batches", name="no_logq")
ax.set_ylim(bottom=0)

# %% [markdown]
# This needs no experiment. An epoch uses each event in one batch, so an item with r times the events stands in r times as many
# rows, and in each of them it is a negative for all other rows. How large r is depends on the log alone.
#
# Each time an item serves as a negative, its score is pushed down for a user who did not take it in that row. But a popular
# item is also a *positive* more often. Do the two not cancel? Work out where training comes to rest. Row b holds a user u and
# the item that u took, drawn from p(i | u); its negatives are drawn from q(i), the popularity in the log. Cross-entropy over
# one positive and many negatives is least where
#
# $$ s(u, i) = \log p(i \mid u) - \log q(i) + c(u), $$
#
# with c(u) any number that is the same for all items. Both effects are in it: p(i | u) counts how often i is a positive for u,
# q(i) how often it is a negative. They cancel exactly for an item that u takes as often as everybody does. So the uncorrected
# model ranks by how much *more* than others a user takes an item, and its popularity is divided out. Training with scores
# s(u, i) − log q(i) in place of s(u, i) puts it back: then s(u, i) comes to rest at log p(i | u).

# %% [markdown]
# ## Build: the correction
#
# {{card negatives.1}}

# %%
@exercise("negatives.1")
def logq_softmax(query, item, log_q, temperature):
    """query, item float [B, d], log_q float [B] → scalar: in-batch softmax, corrected for how often items are drawn."""
    ### BEGIN SOLUTION
    logits = query @ item.T / temperature - log_q
    return F.cross_entropy(logits, torch.arange(len(query)))
    ### END SOLUTION


# %% [markdown]
# The log of an item's share of the training events is the log q of a batch drawn from them. Two versions of the same towers
# follow. They have the same seed, the same batches, the same number of epochs and the same rule for stopping, and differ in
# log q alone. `TwoTower` takes a function as its loss: yours.

# %%
def fit(part, loss="in_batch_softmax", **settings):
    """Small towers on one of the two logs; all else equal."""
    settings = {"dim": 32, "max_epochs": 3, "batch_size": 512, "learning_rate": 0.01, "time": False} | settings
    return TwoTower(loss=loss, **settings).fit(part.train, valid=part.valid, seed=SEED, progress=False)

def plain(query, item, item_id, log_q):
    return logq_softmax(query, item, torch.zeros(len(item)), 1.0)

def corrected(query, item, item_id, log_q):
    return logq_softmax(query, item, log_q, 1.0)

on_films = {"no_logq": fit(films, plain), "logq": fit(films, corrected)}

# %%
on_clicks = {"no_logq": fit(clicks, plain), "logq": fit(clicks, corrected)}

# %%
def recall_each(model, part):
    """Recall@20 of each test user, float (U,)."""
    return offline.per_user(model, part, metrics=["recall"])[0]["recall"]

def counts_shown(model, part):
    """float (U, 20): how many training events the items have that each test user is shown."""
    shown = offline.top_items(model, np.unique(part.test["user"]), 20, part.train)
    return np.bincount(part.train["item"], minlength=model.n_items)[shown]

def median_ratio(both):
    """Median of the first 20 columns over median of the others."""
    return np.median(both[:, :20]) / np.median(both[:, 20:])

# %%
for name, models, part in ((ml.name, on_films, films), ("world", on_clicks, clicks)):
    both = np.hstack([counts_shown(models[key], part) for key in ("no_logq", "logq")])
    measured("negatives.suppress", offline.bootstrap(both, median_ratio, n_boot=200), on=name)
    gain = offline.paired(recall_each(models["logq"], part), recall_each(models["no_logq"], part))
    measured("negatives.logq_log", gain, on=name)

# %% [markdown]
# ## The log is not the truth
#
# Both numbers so far are agreement with a log. Recall on a log rewards showing what that log's *policy* showed, since what
# was never shown could never be taken. In the world we can ask the people themselves, all at once, and about every item. The
# answer depends on who wrote the log. So we let four policies write one each, which follow clicks with power 0, 0.4, 1 and 2,
# and train both versions of the towers on each.

# %%
def true_value(model, world, part):
    """Per person: true satisfaction of the 20 items shown, as a share of the best 20 there are."""
    truth, panel = world.truth(), np.unique(part.test["user"])[:500]
    able = truth.eligible()
    worth = truth.scores(panel, able)                                   # (people, items), true satisfaction
    closed = np.where(np.isin(np.arange(model.n_items), able), 0, -np.inf)
    shown = offline.top_items(lambda users: model.score(users) + closed, panel, 20, part.train)
    best = np.sort(worth, axis=1)[:, -20:].mean(axis=1)
    got = np.take_along_axis(worth, np.searchsorted(able, shown), 1).mean(axis=1)
    return got[best > 0] / best[best > 0]                               # somebody who has left gets nothing from anything

# %%
def both_answers(world, part, models):
    """What the correction adds: to recall on the log, and to what people truly get."""
    log_says = offline.paired(recall_each(models["logq"], part), recall_each(models["no_logq"], part))
    return log_says, offline.paired(*(true_value(models[key], world, part) for key in ("logq", "no_logq")))

answers = {0.4: both_answers(world, clicks, on_clicks)}

# %%
for power in (0.0, 2.0):
    there, part = served_by(power)
    answers[power] = both_answers(there, part, {"no_logq": fit(part, plain), "logq": fit(part, corrected)})

# %%
hit_world, hit_clicks = served_by(1.0)
on_hits = {"no_logq": fit(hit_clicks, plain), "logq": fit(hit_clicks, corrected)}
answers[1.0] = both_answers(hit_world, hit_clicks, on_hits)

# %%
powers = sorted(answers)
log_says, truth_says = zip(*(answers[power] for power in powers), strict=True)
ax = plots.lines(powers, {"log": log_says, "truth": truth_says}, "What does logQ add, where the policy follows clicks this much?",
                 "power with which the log's policy follows clicks", "gain from logQ, with 95% interval")
ax.axhline(0, color=plots.GREY, lw=1)
ax.legend(ax.lines[:2], ["recall@20 on the log", "true satisfaction, share of the best"])
for power, estimate in zip(powers, truth_says, strict=True):
    measured("negatives.logq_truth", estimate, at=power)

# %% [markdown]
# The correction is right for what it claims: the model then estimates the chance that an item is *taken in this log*. Follow the
# two lines. Recall on the log gains more and more as the policy follows clicks, because such a log is full of hits, and a
# corrected model says so. What people get does not follow. At the right end an item is taken often because it was shown often,
# and the model cannot know that. At the left end the policy is out of the picture, but a click is still not satisfaction. What the
# correction is worth there differs from world to world: put another SEED at the top, and it may cost people something there too.
#
# Where do real logs lie on this axis? The power of a policy cannot be read off its log. What can be seen is how much of all
# events the most taken tenth of the items holds, and that mixes the policy's taste with the people's.

# %%
def held_by_top_tenth(part):
    """Share of training events on the most taken tenth of the items that were taken at all."""
    counts = np.sort(np.bincount(part.train["item"]))[::-1]
    counts = counts[counts > 0]
    return counts[: len(counts) // 10].sum() / counts.sum()

for name, part in (("power 0.4", clicks), ("power 1", hit_clicks), (ml.name, films)):
    print(f"{name}: the top tenth of the items holds {held_by_top_tenth(part):.0%} of the events")

# %% [markdown]
# How much correction is best, then? Take the log of power 1. Take the model trained without correction, and add s times the
# log of popularity when serving. Move s and compare where the log and the people have their best.

# %%
strengths = np.round(np.arange(0, 1.61, 0.2), 1)

class Tilted:
    """A model whose scores get s times the log of popularity added."""

    def __init__(self, model, s):
        counts = np.bincount(hit_clicks.train["item"], minlength=model.n_items)
        self.model, self.n_items, self.extra = model, model.n_items, s * log_q_from_counts(counts)

    def score(self, users):
        return self.model.score(users) + self.extra

tilted = [Tilted(on_hits["no_logq"], s) for s in strengths]
at_strength = {"log": [np.nanmean(recall_each(model, hit_clicks)) for model in tilted],
               "truth": [true_value(model, hit_world, hit_clicks).mean() for model in tilted],
               "median": [np.median(counts_shown(model, hit_clicks)) for model in tilted]}

# %%
def how_much(s=0.8):
    """What the log and the people say when s times log popularity is added to the scores."""
    at = int(np.argmin(abs(strengths - s)))
    title = f"At s = {strengths[at]:g} the median item shown had {at_strength['median'][at]:.0f} clicks"
    ax = plots.figure(title, "s, weight of log popularity", "relative to its own best", height=3.4)
    for name, label in (("log", "recall@20 on the log"), ("truth", "true satisfaction")):
        line = np.array(at_strength[name]) / max(at_strength[name])
        best = strengths[line.argmax()]
        ax.plot(strengths, line, marker="o", color=plots.color(name), label=f"{label}, best at {best:g}")
        ax.plot(strengths[at], line[at], "o", ms=13, mfc="none", color=plots.color(name))
    ax.legend()
    return ax.figure

explore(how_much, s=(0.0, 1.6, 0.2))

# %% [markdown]
# ## Build: the chances, from a stream
#
# {{card negatives.2}}

# %%
@exercise("negatives.2")
def streaming_gap(gap, last_step, step, alpha):
    """gap float [n], last_step int [n], step int → float [n]: gaps moved a share alpha towards the newest."""
    ### BEGIN SOLUTION
    return (1 - alpha) * gap + alpha * (step - last_step)
    ### END SOLUTION


# %%
counts = np.bincount(clicks.train["item"], minlength=n_items)
events = clicks.train["item"].to_numpy()
often = np.flatnonzero(counts >= 10)
exact = np.log(1 - (1 - counts[often] / counts.sum()) ** 128)           # log chance that a batch of 128 holds the item

# %%
def stream_error(passes, start, alpha=0.05):
    """Error of log q in nats, a common offset removed, of the items seen ten times or more in a pass."""
    frequency, draw = StreamingFrequency(n_items, alpha, start), np.random.default_rng(SEED)
    for _ in range(passes):
        for batch in np.array_split(draw.permutation(events), len(events) // 128):
            seen = np.unique(batch)
            frequency.step += 1
            gaps, last = frequency.gap[seen], frequency.last_step[seen]
            frequency.gap[seen] = streaming_gap(gaps, last, frequency.step, alpha)
            frequency.last_step[seen] = frequency.step
    error = frequency.log_q(often) - exact
    return error - error.mean()

def root_mean_square(error):
    return np.sqrt(np.mean(error**2))

# %% [markdown]
# Every item starts with a gap, before anything is known of it. What should it be? A large number says "rare until seen". The
# other choice here is the gap of an item that is as frequent as the average one: N / B batches, for N items and B rows a batch.

# %%
starts = {"1,000 batches": 1000.0, "N / B batches": n_items / 128}
errors = {name: stream_error(1, start) for name, start in starts.items()}
ax = plots.figure("One pass: how far is log q from the count?", "events of the item (log)", "error, nats")
for (name, error), color in zip(errors.items(), (plots.ORANGE, plots.BLUE), strict=True):
    ax.plot(counts[often], error, ".", ms=4, color=color, label=f"start {name}: {root_mean_square(error):.2f} nats")
ax.axhline(0, color=plots.GREY, lw=1)
ax.set_xscale("log")
ax.legend(title="root mean square")
measured("negatives.streaming", offline.bootstrap(errors["N / B batches"], root_mean_square))
later = {name: root_mean_square(stream_error(8, start)) for name, start in starts.items()}
print("after eight passes, nats:", {name: round(float(value), 2) for name, value in later.items()})
print("correlation with log q after one pass:",
      {name: round(float(np.corrcoef(error + exact, exact)[0, 1]), 2) for name, error in errors.items()})

# %% [markdown]
# The two clouds come from the same stream and the same alpha. An item that came ten times still carries most of the gap it was
# started with, so the start decides, and only more passes wash it out. Correlation would not have told: it forgives any offset
# and any stretch, and the wide range of popularity keeps it near 1. What reaches the loss is the error in nats: it is added to
# the item's score, and one unit of it counts as much as one unit of taste.

# %% [markdown]
# ## Build: mixed negatives
#
# {{card negatives.3}}

# %%
@exercise("negatives.3")
def mixed_log_q(p, n_batch, n_uniform, n_items):
    """p float [N], chance per in-batch row → float [N]: log of an item's share of all rows."""
    ### BEGIN SOLUTION
    return np.log((n_batch * p + n_uniform / n_items) / (n_batch + n_uniform))
    ### END SOLUTION


# %%
p = np.sort(counts / counts.sum())[::-1]
ax = plots.figure("Uniform rows put a floor under the tail", "item, by popularity rank", "share of negatives")
for uniform, name in ((0, "no_logq"), (64, "mixed"), (512, "hard")):
    ax.plot(np.arange(1, len(p) + 1), np.exp(mixed_log_q(np.maximum(p, 1e-9), 512, uniform, n_items)), color=plots.color(name),
            label=f"512 in-batch + {uniform} uniform")
ax.set(xscale="log", yscale="log", ylim=(1e-6, None))
ax.legend();

# %% [markdown]
# ## Build: an item that nobody took
#
# Hide a tenth of the films from training altogether: they stand for what will be released tomorrow. Only their content, here
# their genres, can place them.
#
# {{card negatives.7}}

# %%
@exercise("negatives.7")
def content_to_vector(content, vectors, new_content, l2):
    """content float [N, c], vectors float [N, d], new_content float [M, c] → float [M, d], by centred ridge regression."""
    ### BEGIN SOLUTION
    middle, mean = content.mean(0), vectors.mean(0)
    centred = content - middle
    weight = np.linalg.solve(centred.T @ centred + l2 * np.eye(content.shape[1]), centred.T @ (vectors - mean))
    return (new_content - middle) @ weight + mean
    ### END SOLUTION


# %%
film_counts = np.bincount(films.train["item"], minlength=ml.n_items).astype(float)
often_rated = np.flatnonzero(film_counts >= 5)
unreleased = np.sort(rng.choice(often_rated, len(often_rated) // 10, replace=False))
released = np.setdiff1d(often_rated, unreleased)
before = splits.Split(*(part[~part["item"].isin(unreleased)] for part in (films.train, films.valid, films.test)))
without_them = fit(before, corrected)
genres, vectors = ml.catalog.content, without_them.embed_items()
placed = content_to_vector(genres[released], vectors[released], genres[unreleased], 10.0)
for_all = content_to_vector(genres[released], np.log(film_counts[released])[:, None], genres[unreleased], 10.0)

# %%
viewers, took = offline.held_out(films.test[films.test["item"].isin(unreleased)])
seen_films = np.zeros((ml.n_users, ml.n_items), bool)
seen_films[films.train["user"], films.train["item"]] = True

def among_unreleased(scores):
    """Recall@10 among the hidden films alone, for each person who took one of them in the test part."""
    scores = np.where(seen_films[np.ix_(viewers, unreleased)], -np.inf, scores)
    return offline.recall_at_k(unreleased[np.argsort(-scores, axis=1)[:, :10]], took, 10)

# %%
users = without_them.embed_users(viewers)
ways = {"random vectors": among_unreleased(users @ rng.normal(size=placed.shape).T),
        "one order for all, from genres": among_unreleased(np.repeat(for_all.T, len(viewers), axis=0)),
        "your vectors, from genres": among_unreleased(users @ placed.T),
        "once taken (a warm model)": among_unreleased(on_films["logq"].score(viewers)[:, unreleased])}
paint = dict(zip(ways, (plots.GREY, plots.ORANGE, plots.BLUE, plots.BLACK), strict=True))
plots.bars({name: offline.bootstrap(value) for name, value in ways.items()},
           f"How well do genres place {len(unreleased)} films nobody took?", "recall@10 among them", colors=paint)
gain = offline.paired(ways["your vectors, from genres"], ways["one order for all, from genres"])
measured("negatives.cold", gain, on=ml.name)

# %% [markdown]
# Chance is a weak rival. The rival to beat is one order for everybody: the films whose genres are popular. Genres are a coarse
# description; text, pictures or a maker's earlier films say more. The last bar is what the same films reach once people have
# taken them, and how far the content still is from that.
#
# ## Do uniform negatives help what is new?
#
# Among themselves, new items are ordered by content. In production they compete with *everything else*, and there a second
# thing counts: how high a score an untried item deserves. Mixed negatives are said to mend the selection of an implicit log:
# what nobody took is never a negative in a batch, so nothing holds its score down. Two questions follow: does the whole list
# get better, and what happens to items that nobody has taken yet?
#
# Take care with the second. An item that will be born tomorrow cannot be drawn as a negative today. So the towers are fitted
# on a catalogue without the hidden items, and `embed_new_items` places them afterwards, from content alone.

# %%
taken = np.flatnonzero(counts >= 5)
unborn = np.sort(rng.choice(taken, len(taken) // 10, replace=False))
born = np.setdiff1d(np.arange(n_items), unborn)
hidden = clicks.train["item"].isin(unborn)
warm_train, valid = clicks.train[~hidden], clicks.valid[~clicks.valid["item"].isin(unborn)]

# %%
def with_content(uniform, known):
    """Towers with content, fitted on the items `known`; half of the time an item has to do without its id."""
    content = pd.DataFrame(catalog.content).loc[known]
    model = TwoTower(dim=32, max_epochs=3, batch_size=512, learning_rate=0.01, time=False, id_dropout=0.5,
                     uniform_negatives=uniform)
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
measured("negatives.mixed_cold", offline.paired(recall_unborn(mixed), recall_unborn(in_batch)))

# %% [markdown]
# **A fault that is easy to make.** Leave the hidden items *in* the catalogue that uniform negatives are drawn from: nobody took
# them, so nothing complains. Measure the second question again.

# %%
everything = np.arange(n_items)
faulty = {name: with_content(uniform, everything) for name, uniform in (("in-batch", 0), ("mixed", 512))}
cost = {"fitted on what was born": offline.paired(recall_unborn(mixed), recall_unborn(in_batch)),
        "tomorrow's items drawn today": offline.paired(recall_unborn(faulty["mixed"]), recall_unborn(faulty["in-batch"]))}
plots.bars(cost, "Tomorrow's items, drawn today, are buried", "recall@20 of new items, mixed − in-batch",
           colors={"fitted on what was born": plots.color("mixed"), "tomorrow's items drawn today": plots.RED})

# %% [markdown]
# With the fault, an item that is *only* ever a negative learns that nobody wants it. Without it, a new item inherits what the
# towers know of content like its own. On a catalogue of a thousand items each is drawn every other batch. At twenty million
# an item is drawn almost never, and both effects are far smaller; what stays is the rule that nothing may enter training that
# was not there yet.

# %% [markdown]
# ## Build: hard negatives
#
# Most negatives are easy: a cartoon for somebody who watches thrillers. After a while they teach nothing. **Hard**
# negatives are items that the model itself ranks high for this user and that were not taken.
#
# {{card negatives.4}}

# %%
@exercise("negatives.4")
def band(scores, positive, low, high):
    """scores float [B, N], positive bool [B, N] → int [B, high − low + 1]: ids of ranks low…high, ascending."""
    ### BEGIN SOLUTION
    order = np.argsort(-np.where(positive, -np.inf, scores), axis=1, kind="stable")
    return np.sort(order[:, low - 1:high], axis=1)
    ### END SOLUTION


# %%
film_log_q = torch.as_tensor(log_q_from_counts(film_counts), dtype=torch.float32)
share_taken = []                    # of each step's hard negatives, the share that the same person had taken

def pick(scores, item_id, user, drawn, known, low, high):
    """Your band among the drawn films, without each row's own film and without what is `known`, bool (users, films)."""
    own_film = item_id[:, None] == drawn
    picked = band(scores, own_film | known[user][:, drawn], low, high)
    share_taken.append(np.take_along_axis(seen_films[user][:, drawn], picked, 1).mean())
    return torch.as_tensor(picked)

# %%
def with_hard(low, high, known, weight=0.3):
    """In-batch softmax, plus a softmax against the ranks low…high of 256 films drawn uniformly."""
    def loss(query, item, item_id, log_q, batch):
        size = len(query)
        pool, drawn = item[size:size + 256], item_id[size:size + 256].numpy()
        scores = query @ pool.T
        picked = pick(scores.detach().numpy(), item_id[:size].numpy(), batch["user"].numpy(), drawn, known, low, high)
        own = (query * item[:size]).sum(1, keepdim=True)
        logits = torch.cat([own, scores.gather(1, picked)], 1)
        hard = F.cross_entropy(logits, torch.zeros(size, dtype=torch.long))
        return logq_softmax(query, item[:size], film_log_q[item_id[:size]], 1.0) + weight * hard
    return loss

# %%
nothing_known = np.zeros_like(seen_films)
per_user = {"none": recall_each(fit(films, corrected, max_epochs=1), films)}

def recall_with(low, high, known):
    """Recall of each user after an epoch with hard negatives from these ranks."""
    share_taken.clear()
    return recall_each(fit(films, with_hard(low, high, known), uniform_negatives=512, max_epochs=1), films)

per_user["ranks 30–34"] = recall_with(30, 34, nothing_known)
per_user["ranks 1–5"] = recall_with(1, 5, nothing_known)
print("ranks 1–5 against ranks 30–34:", offline.paired(per_user["ranks 1–5"], per_user["ranks 30–34"]))

# %% [markdown]
# Below zero, the top ranks are the worse ones, as the paper of Facebook's search team says, and the usual explanation stands
# ready: what stands at the very top and was not taken is often simply not taken *yet*. Is that what happens here? `share_taken`
# holds, step by step, which share of these "negatives" the same person had rated, in the very log that the model is trained on.

# %%
print(f"{np.mean(share_taken):.0%} of the hard negatives from ranks 1–5 are films that this person took")

# %% [markdown]
# The card asked you to leave out what is positive. This cell left out the film of the row alone. Hand `band` all that each
# person is known to have taken, and measure again.

# %%
per_user["ranks 30–34, cleaned"] = recall_with(30, 34, seen_films)
per_user["ranks 1–5, cleaned"] = recall_with(1, 5, seen_films)
top, below = (per_user[f"ranks {ranks}, cleaned"] for ranks in ("1–5", "30–34"))
measured("negatives.hard", offline.paired(top, below), on=ml.name)

# %%
against_none = {name: offline.paired(values, per_user["none"]) for name, values in per_user.items() if name != "none"}
paint = {name: plots.color("logq" if "cleaned" in name else "hard") for name in against_none}
ax = plots.bars(against_none, "They hurt where known films are among them", "recall@20, difference to no hard negatives",
                colors=paint, fmt="{:+.3f}")
ax.locator_params(axis="x", nbins=5)

# %% [markdown]
# The ranks are of 256 drawn films, so rank 5 here is about rank 33 of the catalogue, and rank 30 about 200. With the fault, the
# measurement says what the paper says, for another reason: half of what it punishes was right. What is left, once known films are gone, are the
# films that a person would have liked and has not met; how many those are cannot be seen in this log. On 1,700 films with
# hundreds of in-batch negatives a step, little is left for hard ones to teach. In the paper there are billions of documents.

# %% [markdown]
# ## Build: negatives that are none
#
# {{card negatives.5}}

# %%
@exercise("negatives.5")
def false_negatives(user_id, item_id, known_user, known_item):
    """→ bool [B, B]: True where user b is known to have taken item m; the diagonal is False."""
    ### BEGIN SOLUTION
    base = max(item_id.max(), known_item.max()) + 1
    mask = np.isin(user_id[:, None] * base + item_id, known_user * base + known_item)
    mask[np.diag_indices(len(user_id))] = False
    return mask
    ### END SOLUTION


# %%
known = films.train[["user", "item"]].to_numpy(np.int64).T
share_known = []

def masked(query, item, item_id, log_q, batch):
    mask = false_negatives(batch["user"].numpy(), item_id.numpy(), *known)
    share_known.append(mask.mean())
    logits = (query @ item.T - log_q).masked_fill(torch.as_tensor(mask), -torch.inf)
    return F.cross_entropy(logits, torch.arange(len(query)))

per_user["masked"] = recall_each(fit(films, masked, max_epochs=1), films)
print(f"{np.mean(share_known):.0%} of the in-batch negatives were known positives")
measured("negatives.masking", offline.paired(per_user["masked"], per_user["none"]), on=ml.name)

# %% [markdown]
# It sounds obviously right; look at the interval before you believe it. Heavy users bring most rows, and hits are most of what
# a batch holds, so on this log a large share of the negatives is masked. One thing speaks against masking: in a softmax over
# the *next* item a user's other items are competitors too, and masked, a heavy user's items are never weighed against each
# other. With a batch drawn from millions of items such pairs are rare, and the question is not worth asking.

# %% [markdown]
# ## Build: recall by popularity
#
# {{card negatives.6}}

# %%
@exercise("negatives.6")
def stratum(counts, edges):
    """counts float [N] → int [N]: 0 head, 1 middle, 2 tail, cut at shares of all events."""
    ### BEGIN SOLUTION
    order = np.argsort(-counts, kind="stable")
    before = np.empty(len(counts))
    before[order] = np.cumsum(counts[order]) - counts[order]
    return np.searchsorted(np.asarray(edges), before / counts.sum(), side="right")
    ### END SOLUTION


# %%
where = stratum(film_counts, (0.2, 0.8))
print("items in head, middle, tail:", np.bincount(where))
users, held = offline.held_out(films.test)
table = {}
for name, model in on_films.items():
    top = offline.top_items(model, users, 20, films.train)
    for s, label in enumerate(("head", "middle", "tail")):
        values = offline.recall_at_k(top, [mine[where[mine] == s] for mine in held], 20)
        table[f"{label}, {'with' if name == 'logq' else 'without'} logQ"] = offline.bootstrap(values[~np.isnan(values)])
gained = {label: table[f"{label}, with logQ"].value - table[f"{label}, without logQ"].value for label in ("head", "tail")}
plots.bars(dict(sorted(table.items())), f"logQ: {gained['head']:+.2f} recall in the head, {gained['tail']:+.2f} in the tail",
           "recall@20 within the stratum", colors={key: plots.color("logq" if "with logQ" in key else "no_logq") for key in table});

# %% [markdown]
# One average hides two services. Look at the tail before you call a model better: an item in the tail has few events each,
# and together they are a fifth of what people do.
#
# ## The ceiling
#
# Whatever retrieval leaves out, no ranker brings back. Funnels are drawn with "a few hundred" candidates. How many does it take
# to hold nine tenths of what people will take? For each held-out event, look up the rank at which the model has it.

# %%
def ranks(model, part):
    """For each held-out event: its rank as a share of the catalogue, and whose event it is."""
    users, held = offline.held_out(part.test)
    everything = offline.top_items(model, users, model.n_items, part.train)
    who, rank = np.nonzero(offline.hits(everything, held))
    return (rank + 1) / model.n_items, who

# %%
shares = np.geomspace(0.005, 1, 40)
ax = plots.figure("What lies above the line, no ranker can recover", "candidates, as a share of the catalogue (log)",
                  "share of held-out events among them")
for name, model, part in ((ml.name, on_films["logq"], films), ("world", on_clicks["logq"], clicks)):
    reached, who = ranks(model, part)
    needed = offline.bootstrap(reached, lambda share: np.quantile(share, 0.9), groups=who, n_boot=200)
    ax.plot(shares, [(reached <= share).mean() for share in shares], color=plots.color(name), label=name)
    ax.plot([needed.low, needed.high], [0.9, 0.9], color=plots.color(name), lw=5, alpha=0.4)
    measured("negatives.ceiling", needed, on=name)
ax.axhline(0.9, color=plots.GREY, lw=1, ls="--")
ax.set(xscale="log", ylim=(0, 1.02))
ax.legend();

# %% [markdown]
# A share of the catalogue is what decides, so "a few hundred" means something else for two thousand items than for ten million.
# Both splits here are random: by time, what people will take is harder to foresee, and the curve lies lower. Two ways up:
# better negatives, and several retrievers with different faults (recent, similar, followed).

# %% [markdown]
# ## What can lie to you
#
# Look at the curve over the four policies once more. Where the log's policy follows clicks, recall on its log rises steeply with
# a change that people get little or nothing from, because whoever likes hits agrees with such a log. And two measurements of this lesson
# came out wrong while nothing crashed: hard negatives that were positives, and new items that were drawn before they existed.
# Both looked like findings. Ask of every training set what its negatives *are*.
#
# Three ways to hear in production, where there is no truth to look up, that the log only echoes its policy: recall by stratum; a
# small share of traffic served at random, whose log is not the policy's opinion (lesson {{feedback}}); and in the end an
# experiment (lesson {{experiments}}).
#
# ## After day 7
#
# The model has been retrained on a log that it wrote. log q now describes *its own* hits, and the correction makes it predict
# them better still. Chances drift by the day, so q must follow (streaming, or per stretch of time as in lesson {{two_tower}}), or
# yesterday's hit stays corrected for a popularity it no longer has. And somebody has bought clicks: a spam item that is suddenly frequent gets a
# large q, hence a high score. Watch the share of impressions of the top items, and of items younger than a day.
#
# ## Say it in a minute
#
# > "In-batch negatives are drawn by popularity, so uncorrected training divides popularity out. I subtract log q, and the model
# > then predicts what is taken in this log; how much of that is the old policy's taste, the log cannot say. Content gives new
# > items a vector, and they must not be in the catalogue that negatives are drawn from before they exist. Hard negatives I
# > take from a band below the top, without what the user is known to have taken, and I keep them only if they pay. I report
# > recall by popularity stratum."
#
# **Red flag:** "We use every impression that was not clicked as a negative." Ignored is not rejected; most were never seen.

# %%
quiz("negatives.q1", "After adding logQ, recall on the log triples, and the A/B test shows no change in satisfaction. What happened?",
     {"The test had too little power.": "Possible, and you would know: the interval says so. But there is a simpler reason.",
      "The log shares the old policy's taste for hits, and the model now predicts that log.":
          "Yes. Agreement with a log is not satisfaction: compare the two lines at power 1 and 2 in this lesson.",
      "logQ was implemented with the wrong sign.": "Then recall on the log would have fallen."},
     answer="The log shares the old policy's taste for hits, and the model now predicts that log.")

# %% [markdown]
# **You have now** a loss whose negatives are accounted for; chances of items from counts or from a stream; a vector and a fair
# score for an item nobody took; recall by stratum; and a ceiling to hold your ranker against. Next: finding the best 300 of
# a million in milliseconds, lesson {{ann}}. `compare("{{negatives.1}}")` shows your loss beside the reference, `hint("{{negatives.4}}")` and
# `solution("{{negatives.7}}")` are there for what you skipped.
