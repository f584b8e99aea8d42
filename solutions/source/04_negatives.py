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

# %% [markdown]
# ## Predict
#
# 1. How many times as often does a top-10 hit serve as an in-batch negative as an item of the lower half? 2×, 20×, 200×?
# 2. Training on in-batch negatives *without* correction: does the median recommended item become more popular (above 1) or
#    less (below 1), against training with the correction? By what factor?
# 3. The correction raises recall on the log. By how much does it change what people *truly* get, as a share of the best
#    possible? (The world will tell.)

# %%
predict("negatives.hits", ...)
predict("negatives.suppress", ...)
predict("negatives.logq_truth", ...)

# %% [markdown]
# ## Two logs
#
# **ML-100K**, where people sought out films, and a **world** whose log was written by a policy that prefers what was clicked
# before. In the world we can look up the truth: how satisfied each person would be with each item, shown or not.

# %%
ml = datasets.films()
films = splits.by_user(ml.interactions, seed=0)
world, log = feed(people=2500, items=1200, seed=0), MemoryLog()
world.run(PopularityPolicy(power=0.4), 14, log)
clicks = splits.by_user(splits.first_only(interactions(log.impressions())), seed=0)
n_items, catalog = len(world.catalog().items), world.catalog()
print("films: ", films, "\nclicks:", clicks)

# %%
ranked = {name: np.sort(np.bincount(part.train["item"]))[::-1] for name, part in ((ml.name, films), ("world", clicks))}
share = ranked["world"] / ranked["world"].sum()
rng = np.random.default_rng(0)
batches = rng.choice(len(share), size=(2000, 256), p=share)             # (batch, row): which item each row brings
as_negative = np.bincount(batches.ravel(), minlength=len(share))
ratio = as_negative[:10].mean() / as_negative[len(share) // 2:].mean()
ax = plots.by_rank(as_negative, f"A top-10 hit is a negative {ratio:.0f} × as often as a tail item",
                   ylabel="times a negative in 2,000 batches", name="no_logq")
ax.set_ylim(bottom=0)
measured("negatives.hits", ratio)
measured("negatives.hits", ranked[ml.name][:10].mean() / ranked[ml.name][len(ranked[ml.name]) // 2:].mean(), on=ml.name)

# %% [markdown]
# Each time an item serves as a negative, its score is pushed down for a user who did not take it in that row. A hit is
# pushed down constantly. So in-batch negatives work *against* popular items; that they "favour popular items" stands in
# many texts and is the wrong way round.
#
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
# The log of an item's share of the training events is the log q of a batch drawn from them. Three versions of the same
# towers follow, which differ in their loss alone. `TwoTower` takes a function as its loss: yours.

# %%
def fit(part, loss="in_batch_softmax", **settings):
    """Small towers on one of the two logs; all else equal."""
    settings = {"dim": 32, "max_epochs": 3, "batch_size": 512, "learning_rate": 0.01, "time": False} | settings
    return TwoTower(loss=loss, **settings).fit(part.train, valid=part.valid, progress=False)

def plain(query, item, item_id, log_q):
    return logq_softmax(query, item, torch.zeros(len(item)), 1.0)

def corrected(query, item, item_id, log_q):
    return logq_softmax(query, item, log_q, 1.0)

on_films = {"no_logq": fit(films, plain), "logq": fit(films, corrected)}

# %%
on_clicks = {"no_logq": fit(clicks, plain), "logq": fit(clicks, corrected)}

# %%
def recall(model, part):
    return offline.evaluate(model, part, metrics=["recall"])["recall"]

def typical(model, part):
    """Median training count of the items the model shows to test users."""
    shown = offline.top_items(model, np.unique(part.test["user"]), 20, part.train)
    return float(np.median(np.bincount(part.train["item"], minlength=shown.max() + 1)[shown]))

for name, models, part in ((ml.name, on_films, films), ("world", on_clicks, clicks)):
    values = {key: typical(model, part) for key, model in models.items()}
    measured("negatives.suppress", values["no_logq"] / values["logq"], on=name)
    gain = offline.paired(*(offline.per_user(models[key], part, metrics=["recall"])[0]["recall"] for key in ("logq", "no_logq")))
    measured("negatives.logq_log", gain, on=name)

# %% [markdown]
# ## The log is not the truth
#
# Both numbers so far are agreement with a log. Recall on a log rewards showing what that log's *policy* showed, since what
# was never shown could never be taken. In the world we can ask the people themselves, all at once, and about every item.

# %%
truth, panel = world.truth(), np.unique(clicks.test["user"])[:500]
able = truth.eligible()
worth = truth.scores(panel, able)                                       # (people, items), true satisfaction
best = -np.sort(-worth, axis=1)[:, :20].mean(axis=1)
closed = np.full(n_items, -np.inf)
closed[able] = 0

def true_value(model):
    """Per person: true satisfaction of the 20 items shown, as a share of the best 20 there are."""
    shown = offline.top_items(lambda users: model.score(users)[:, :n_items] + closed[: model.n_items], panel, 20, clicks.train)
    return np.take_along_axis(worth, np.searchsorted(able, shown), 1).mean(1) / best

# %%
import matplotlib.pyplot as plt

values = {name: true_value(model) for name, model in on_clicks.items()}
said = {name: recall(model, clicks) for name, model in on_clicks.items()}
fig, axes = plt.subplots(1, 2, figsize=(8.4, 2.3), sharey=True)
plots.bars(said, f"The log says: {said['logq'].value / said['no_logq'].value:.2f} × as good", "recall@20", ax=axes[0])
plots.bars({name: offline.bootstrap(value) for name, value in values.items()},
           f"The people: {values['logq'].mean() / values['no_logq'].mean():.2f} ×", "satisfaction, share of the best", ax=axes[1])
axes[0].locator_params(axis="x", nbins=4)
measured("negatives.logq_truth", offline.paired(values["logq"], values["no_logq"]))

# %% [markdown]
# Were you right? The correction is right for what it claims: the model then estimates the chance that an item is *taken in
# this log*. If the log was written by a policy that shows hits, hits are taken more, and a well-corrected model says so. It
# cannot know that they were taken because they were shown. What the true-value panel says is the price or the profit of
# that, here; the claims table keeps it whichever way it falls.
#
# How much correction is best, then? Take the model trained without, and add s times the log of popularity when serving.
# Move s: the log and the people answer differently.

# %%
counts = np.bincount(clicks.train["item"], minlength=n_items)
log_popularity = log_q_from_counts(counts)
strengths = np.round(np.arange(0, 1.61, 0.2), 1)

class Tilted:
    """A model whose scores get s times the log of popularity added."""

    def __init__(self, model, s):
        self.model, self.s, self.n_items = model, s, model.n_items

    def score(self, users):
        return self.model.score(users) + self.s * log_popularity[: self.n_items]

tilted = [Tilted(on_clicks["no_logq"], s) for s in strengths]
answers = {"log": [recall(m, clicks).value for m in tilted], "truth": [true_value(m).mean() for m in tilted],
           "median": [typical(m, clicks) for m in tilted]}

# %%
def how_much(s=0.8):
    """What the log and the people say when s times log popularity is added to the scores."""
    at = int(np.argmin(abs(strengths - s)))
    fig, ax = plt.subplots(figsize=(7.2, 3.4))
    for name, label in (("log", "recall@20 on the log"), ("truth", "true satisfaction")):
        line = np.array(answers[name]) / max(answers[name])
        plots.figure(f"At s = {strengths[at]:g} the median item shown had {answers['median'][at]:.0f} clicks",
                     "s, weight of log popularity", "relative to its own best", ax=ax)
        ax.plot(strengths, line, marker="o", color=plots.color(name),
                label=f"{label}, best at {strengths[line.argmax()]:g}")
        ax.plot(strengths[at], line[at], "o", ms=13, mfc="none", color=plots.color(name))
    ax.legend()
    return fig

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
frequency = StreamingFrequency(n_items, alpha=0.02, start=1000)
stream = clicks.train.sort_values("time")["item"].to_numpy()
for step in range(3000):
    batch = rng.choice(stream, 128)
    seen = np.unique(batch)
    frequency.step = step + 1
    frequency.gap[seen] = streaming_gap(frequency.gap[seen], frequency.last_step[seen], step + 1, 0.02)
    frequency.last_step[seen] = step + 1

# %%
often = counts >= 3
estimate = frequency.log_q(np.arange(n_items))[often]
exact = np.log(1 - (1 - counts[often] / counts.sum()) ** 128)           # chance that a batch of 128 holds the item
correlation = np.corrcoef(estimate, exact)[0, 1]
ax = plots.figure(f"A stream's gaps give back the chances (correlation {correlation:.2f})", "log chance, by counting",
                  "log chance, from the gaps", height=3.4)
ax.plot(exact, estimate, ".", ms=3, color=plots.color("logq"))
ax.plot(exact, exact, color=plots.color("truth"), linewidth=1)
measured("negatives.streaming", correlation)

# %% [markdown]
# Where the cloud leaves the line, items are rare: one that came a few times still carries the gap it was started with. For
# the hits, where the correction does its work, the estimate is good.
#
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
# For the next measurement a tenth of the world's items is hidden from training altogether: they stand for what will be born
# tomorrow. Their id vectors stay untrained, so only content can place them. First by hand, from a finished model.
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
taken = np.flatnonzero(counts >= 5)
cold = rng.choice(taken, len(taken) // 10, replace=False)
hidden = clicks.train["item"].isin(cold)
warm_train, cold_test = clicks.train[~hidden], clicks.train[hidden]
valid = clicks.valid[~clicks.valid["item"].isin(cold)]
def with_content(uniform):
    """Towers with content, trained without the cold items; half of the time an item has to do without its id."""
    model = TwoTower(dim=32, max_epochs=3, batch_size=512, learning_rate=0.01, time=False, id_dropout=0.5,
                     uniform_negatives=uniform)
    return model.fit(warm_train, catalog, valid=valid, progress=False)

in_batch_only, mixed = with_content(0), with_content(512)

# %%
people, relevant = offline.held_out(cold_test)

def cold_recall(vectors, model):
    """Recall@20 among the cold items alone, for people who took at least one of them."""
    scores = model.embed_users(people) @ vectors.T
    return offline.recall_at_k(cold[np.argsort(-scores, axis=1)[:, :20]], relevant, 20)

warm = np.setdiff1d(taken, cold)
by_hand = content_to_vector(catalog.content[warm], mixed.embed_items()[warm], catalog.content[cold], 10.0)
ways = {"random vectors": cold_recall(rng.normal(size=by_hand.shape), mixed), "your ridge": cold_recall(by_hand, mixed),
        "content tower, in-batch": cold_recall(in_batch_only.embed_items()[cold], in_batch_only),
        "content tower, mixed": cold_recall(mixed.embed_items()[cold], mixed)}
gain = ways["your ridge"].mean() / ways["random vectors"].mean()
plots.bars({k: offline.bootstrap(v) for k, v in ways.items()},
           f"Content places {len(cold)} items nobody took {gain:.1f} × as well as chance", "recall@20 among the cold items",
           colors={k: plots.color("control" if "random" in k else "mixed" if "mixed" in k else "logq") for k in ways})
measured("negatives.cold", gain)

# %% [markdown]
# Among themselves, cold items are ordered by how near their content lies to a user. In production they compete with
# *everything else*, and there a second thing counts: how high a score an untried item deserves. In mixed training every item
# is a negative now and then. That is said to help. But an item that is *only* ever a negative, as these are, also learns that
# nobody wants it: its content is pushed down. Which of the two wins?

# %%
def cold_share(model):
    """Recall@20 of cold items when all items compete, per person."""
    top = offline.top_items(model, people, 20, warm_train)
    return offline.recall_at_k(top, relevant, 20)

everywhere = {name: cold_share(model) for name, model in (("in-batch", in_batch_only), ("mixed", mixed))}
print({name: str(offline.bootstrap(value)) for name, value in everywhere.items()})
measured("negatives.mixed", offline.paired(everywhere["mixed"], everywhere["in-batch"]))

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
def with_hard(low, high, weight=0.3):
    """In-batch softmax, plus a softmax against the ranks low…high of 512 items drawn uniformly."""
    def loss(query, item, item_id, log_q):
        size = len(query)
        pool, drawn = item[size:], item_id[size:]
        scores = query @ pool.T
        picked = band(scores.detach().numpy(), (item_id[:size, None] == drawn[None]).numpy(), low, high)
        own = (query * item[:size]).sum(1, keepdim=True)
        logits = torch.cat([own, scores.gather(1, torch.as_tensor(picked))], 1)
        hard = F.cross_entropy(logits, torch.zeros(size, dtype=torch.long))
        return logq_softmax(query, item[:size], log_q[:size], 1.0) + weight * hard
    return loss

bands = {"ranks 1–10": (1, 10), "ranks 60–69": (60, 69)}
hard = {name: fit(films, with_hard(*ranks), uniform_negatives=512, max_epochs=1) for name, ranks in bands.items()}

# %%
hard["none"] = fit(films, corrected, max_epochs=1)
per_user = {name: offline.per_user(model, films, metrics=["recall"])[0]["recall"] for name, model in hard.items()}
cost = per_user["ranks 1–10"].mean() - per_user["none"].mean()
plots.bars({name: offline.bootstrap(values) for name, values in per_user.items()},
           f"Negatives from the top ranks: {cost:+.3f} recall against none", f"recall@20 on {ml.name}",
           colors={name: plots.color("logq" if name == "none" else "hard") for name in hard})
measured("negatives.hard", offline.paired(per_user["ranks 1–10"], per_user["ranks 60–69"]), on=ml.name)

# %% [markdown]
# The ranks are of 512 drawn films, so rank 10 here is about rank 33 of the catalogue. What stands at the very top and was not
# taken is often simply not taken *yet*: a false negative. A band below the top is the usual answer; whether any hard
# negatives help depends on the data, and on 1,700 films with hundreds of in-batch negatives a step, little is left to find.
#
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

def masked(query, item, item_id, log_q, batch):
    mask = false_negatives(batch["user"].numpy(), item_id.numpy(), *known)
    logits = (query @ item.T - log_q).masked_fill(torch.as_tensor(mask), -torch.inf)
    return F.cross_entropy(logits, torch.arange(len(query)))

per_user["masked"] = offline.per_user(fit(films, masked, max_epochs=1), films, metrics=["recall"])[0]["recall"]
measured("negatives.masking", offline.paired(per_user["masked"], per_user["none"]), on=ml.name)

# %% [markdown]
# It sounds obviously right; look at the interval before you believe it. Against it speaks that in a softmax over the *next*
# item a user's other items are competitors too: masked, a heavy user's items are never weighed against each other.
#
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
film_counts = np.bincount(films.train["item"], minlength=ml.n_items).astype(float)
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
# Whatever retrieval leaves out, no ranker brings back. How much is that, at the number of candidates a ranker can afford?

# %%
ks = np.array([10, 20, 50, 100, 200, 300, 500])
lines = {}
for name, model in on_films.items():
    top = offline.top_items(model, users, int(ks.max()), films.train)
    found = [offline.hits(top[:, :k], held).sum() / sum(map(len, held)) for k in ks]
    lines[name] = found
ax = plots.lines(ks, lines, "What is above the line, no ranker can recover", "candidates handed to the ranker",
                 "share of held-out items among them", logx=True)
ax.set_ylim(0, 1)
measured("negatives.ceiling", lines["logq"][list(ks).index(300)], on=f"{ml.name}, of {ml.n_items:,} films")

# %% [markdown]
# That is with 300 of 1,682 films, nearly a fifth of the catalogue. With 300 of a million the curve is steeper and the
# ceiling lower. Two ways up: better negatives, and several retrievers with different faults (recent, similar, followed).
#
# ## What can lie to you
#
# Compare the two panels and the widget once more: same models, same day, and the log and the people do not give the same
# *sizes*, nor the same best strength of correction. The log was written by a policy that likes hits, so whoever likes hits
# agrees with it. Three ways to hear about it in production, where there is
# no truth to look up: recall by stratum; a small share of traffic served at random, whose log is not the policy's opinion
# (lesson {{feedback}}); and in the end an experiment (lesson {{experiments}}).
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
# > "In-batch negatives are drawn by popularity, so uncorrected they punish hits. I subtract log q and the model then predicts
# > what is taken in this log. Content gives new items a vector; whether uniform negatives help or bury them I measure on held-out
# > items. Masks and hard negatives, from a band below the top, stay only if they pay. I report recall by
# > popularity stratum, and I do not believe recall on a log whose policy I know to love hits."
#
# **Red flag:** "We use every impression that was not clicked as a negative." Ignored is not rejected; most were never seen.

# %%
quiz("negatives.q1", "After adding logQ, recall on the log triples, and the A/B test shows no change in satisfaction. What happened?",
     {"The test had too little power.": "Possible, and you would know: the interval says so. But there is a simpler reason.",
      "The log shares the old policy's taste for hits, and the model now predicts that log.":
          "Yes. Agreement with a log is not satisfaction; the world in this lesson shows both.",
      "logQ was implemented with the wrong sign.": "Then recall on the log would have fallen."},
     answer="The log shares the old policy's taste for hits, and the model now predicts that log.")

# %% [markdown]
# **You have now** a loss whose negatives are accounted for; chances of items from counts or from a stream; a vector and a fair
# score for an item nobody took; recall by stratum; and a ceiling to hold your ranker against. Next: finding the best 300 of
# a million in milliseconds, lesson {{ann}}. `compare("{{negatives.1}}")` shows your loss beside the reference, `hint("{{negatives.4}}")` and
# `solution("{{negatives.7}}")` are there for what you skipped.
