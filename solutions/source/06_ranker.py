# %% [markdown]
# # {{ranker}} Ranker: order the few hundred
#
# **The decision.** Retrieval has left a few hundred candidates. In which order do they go on, and how sure are we of each?
#
# | | |
# |---|---|
# | Budget | 20 ms for ranking and re-ranking together, so tens of microseconds for each of a few hundred candidates |
# | Failure this stage owns | *It was there, and it stood too low.* And: *we said 10% and it was 2%.* |
# | Minutes | 80, of which 37 on exercises |
# | Needs | {{feedback}} for examination; {{two_tower}} for what retrieval hands over |
# | Leaves behind | a calibrated ranker, a weight for two objectives, and a reason to keep random slots |

# %%
import copy
import time

import numpy as np
import pandas as pd

from course_lib.contracts import Candidates, Requests, Slates
from course_lib.data.log import MemoryLog
from course_lib.evidence.auc import auc
from course_lib.evidence.estimate import bootstrap
from course_lib.stages.ranking.calibrate import Isotonic, reliability
from course_lib.stages.ranking.feed_features import COLUMNS, FeedFeatures, replay
from course_lib.stages.ranking.ranker import GBDTRanker, RankerStage
from course_lib.teach import compare, exercise, explore, hint, measured, plots, predict, quiz, solution  # noqa: F401
from course_lib.world import feed
from course_lib.world.policies import Uniform

plots.style()

# %% [markdown]
# ## Predict
#
# 1. Twenty-one rankers, one log. Take any two. In which share of all pairs does the one with the higher AUC on held-out
#    rows (the chance that a clicked row scores above one that was not clicked) earn more clicks in the service?
# 2. Keep a tenth of the rows without a click, train, and put the probabilities back on their scale. By which factor does the
#    mean prediction then differ from that of a model that saw all rows? (1 is not at all.)
# 3. How many candidates can be scored in 20 ms, in ninety-nine requests of a hundred, on this machine?

# %%
predict("ranker.auc", ...)
predict("ranker.sampling", ...)
predict("ranker.candidates", ...)

# %% [markdown]
# ## Who sorted the log?
#
# A ranker learns from what an earlier system showed. Four such systems serve the same people for a week. Each draws ten
# items at random and sorts them. The first sorts by the **length of the title**, which nobody cares about; the last by how
# much the person **likes** them (it looks the truth up, which a very good production ranker would come near to); two stand in
# between. All that differs is what *position* means in the log. Both reasons are standardised within the slate and then mixed,
# so that the number `taste` is the correlation of what the system sorts by with what the person likes.

# %%
def within_slate(values):
    """Each row less its mean, over its spread. values: float (requests, items)."""
    spread = values.std(axis=1, keepdims=True)
    return (values - values.mean(axis=1, keepdims=True)) / np.maximum(spread, 1e-9)


# %%
class Sorter:
    """Ten random items, sorted by taste to the degree `taste` (0 to 1), for the rest by the length of the title."""

    name = "sorter"

    def __init__(self, world, taste):
        self.truth, self.taste, self.base = world.truth(), taste, Uniform()
        self.length = world.catalog().items["title_length"].to_numpy(float)

    def slates(self, requests):
        item = self.base.slates(requests).item
        liked = within_slate(self.truth.request_scores(requests, item, by="click"))
        key = self.taste * liked + np.sqrt(1 - self.taste**2) * within_slate(self.length[item])
        return Slates.certain(np.take_along_axis(item, np.argsort(-key, axis=1), axis=1))

    def observe(self, day_log):
        self.truth.learn_items(day_log)
        if day_log.new_items is not None:
            self.length = np.append(self.length, day_log.new_items.items["title_length"])


# %% [markdown]
# The training table has a row for each item shown. Its features must be **as they stood that morning**: a click count that
# already contains the click to be predicted makes every model look brilliant. `replay` walks through the log a day at a time,
# computes the features, and only then learns the day. The same object serves afterwards.

# %%
def week_of(policy, world, days=7):
    """Run a policy; return what a ranker needs: the training table, the features as of now, the world after it."""
    log = MemoryLog()
    world.run(policy, days, log)
    features = FeedFeatures(world.catalog())
    table = pd.concat(list(replay(features, log, share=0.3)), ignore_index=True)
    dwell = log.impressions(columns=["request_id", "item", "dwell_s"])
    table = table.merge(dwell, on=["request_id", "item"], how="left")
    table["title_length"] = world.catalog().items["title_length"].to_numpy()[table["item"]]
    return table, features, world


start = feed(people=1500, items=1000, seed=0)
weeks = {0.0: week_of(Sorter(start, 0.0), start.fork())}
weeks[0.0][0][["item_rate", "profile_match", "session_match", "title_length", "position", "click"]].sample(4, random_state=0)

# %%
TASTES = [0.0, 0.4, 0.8, 1.0]
for taste in TASTES[1:]:
    weeks[taste] = week_of(Sorter(start, taste), start.fork())
by_title, by_taste = weeks[0.0], weeks[1.0]
rate = {name: week[0].groupby("position")["click"].mean() for name, week in
        (("sorted by title length", by_title), ("sorted by relevance", by_taste))}
looks = start.truth().examination(np.arange(1, 11))
drawn = rate | {"P(looked at), scaled": looks * rate["sorted by title length"].iloc[0]}
axes = plots.lines(np.arange(1, 11), drawn, "Where do clicks fall faster than attention?",
                   "position", "clicks a showing", logy=True)

# %% [markdown]
# Where the log was sorted by title length, what stands lower is no worse, so clicks fall as attention falls. Where it was
# sorted by relevance, what stands lower is also worse, and clicks fall faster. From the second log alone the two reasons
# cannot be told apart.
#
# ## Build: three ways to treat position
#
# **Ignore it** and hope. **Learn it as a feature** and hold it at 1 when serving: all candidates then compete as if each stood
# on top. Or **weight** each click by how unlikely it was to be seen.
#
# {{card ranker.1}}

# %%
@exercise("ranker.1")
def position_weights(position, click, examination, clip=20.0):
    """position int [n] from 1, click 0/1 [n], examination float [K] → weight float [n]."""
    ### BEGIN SOLUTION
    weight = np.minimum(1 / examination[position - 1], clip)
    return np.where(click == 1, weight, 1.0)
    ### END SOLUTION


# %% [markdown]
# To grade a ranker we need what no log has: how much each person would like each candidate. The **panel** below asks the
# world for real requests of the next day, gives each 40 random candidates, and looks the truth up. A ranker's **worth** is the
# clicks that its ten best would earn, as a share of what the ten truly best would.

# %%
class Listen(Uniform):
    """Serves at random and keeps the requests it hears."""

    def slates(self, requests):
        self.heard = [*getattr(self, "heard", []), requests]
        return super().slates(requests)


# %%
def panel_of(table, features, world):
    """Requests of the next day, 40 candidates each: who asks, features, true chances of clicks and satisfied ones."""
    ear, truth, parts = Listen(), world.truth(), []
    titles = world.catalog().items["title_length"].to_numpy()
    world.fork().run(ear, 1)
    for requests in [r for r in ear.heard if len(r) > 100][:6]:
        item = np.stack([np.random.default_rng(i).choice(requests.eligible, 40, False) for i in requests.request_id])
        rows = features(requests, Candidates(item, np.zeros(item.shape))).assign(title_length=titles[item.ravel()])
        begun = (requests.session_items >= 0).any(axis=1) if requests.session_items.size else np.zeros(len(requests), bool)
        truths = [truth.request_scores(requests, item, by=by) for by in ("click", "satisfaction")]
        parts.append((requests.user, begun, item, *truths, rows))
    *arrays, rows = zip(*parts, strict=True)
    names = ("user", "begun", "item", "click", "joy")
    return dict(zip(names, map(np.concatenate, arrays), strict=True)) | {"rows": pd.concat(rows, ignore_index=True)}


# %%
def earned_by(guess, value):
    """What the ten best of each request by `guess` earn. guess, value: float (requests, 40)."""
    ten = np.argsort(-guess, axis=1, kind="stable")[:, :10]
    return (np.take_along_axis(value, ten, axis=1) * looks).sum(axis=1)


def worth(score, panel, goal="click"):
    """For each request, what the ten best by `score` earn, in units of the panel's mean best. goal: click or joy."""
    value = panel[goal]
    guess = np.asarray(score(panel["rows"])).reshape(value.shape)
    return earned_by(guess, value) / earned_by(value, value).mean()


def over_people(values, panel):
    """The mean over requests, with an interval over people: one person asks several times."""
    return bootstrap(values, groups=panel["user"])


panels = {taste: panel_of(*week) for taste, week in weeks.items()}
len(panels[0.0]["user"])

# %%
BASE = [*COLUMNS, "title_length"]


def train(rows, columns, objective="binary", **how):
    """A small forest of boosted trees on the columns given; `how` may hold position=, weight=, trees= or leaves=."""
    weight = how.pop("weight", None)
    size = {"trees": 40, "leaves": 15} | how
    model = GBDTRanker(objective, learning_rate=0.15, min_rows=100, **size)
    return model.fit(rows[columns], rows["click"], rows["request_id"].to_numpy(), weight=weight)


def three_ways(week):
    """The same trees with position ignored, learnt and fixed, or weighted away."""
    rows = week[0][week[0]["day"].between(1, 5)]
    weight = position_weights(rows["position"].to_numpy(int), rows["click"].to_numpy(), looks)
    return {"ignored": train(rows, BASE), "feature, fixed at 1": train(rows, [*BASE, "position"], position="position"),
            "weights": train(rows, BASE, weight=weight)}


# %%
models = {taste: three_ways(week) for taste, week in weeks.items()}

# %%
earned = {taste: {way: worth(model.predict, panels[taste]) for way, model in ways.items()} for taste, ways in models.items()}
gain = {way: [over_people(earned[taste][way] - earned[taste]["ignored"], panels[taste]) for taste in TASTES]
        for way in ("feature, fixed at 1", "weights")}
axes = plots.lines(TASTES, gain, "What is a remedy for position worth, where the log was sorted like this?",
                   "correlation of the log's order with what people like", "worth gained over ignoring position")
axes.axhline(0, color=plots.BLACK, lw=1)
fixed = dict(zip(TASTES, gain["feature, fixed at 1"], strict=True))
measured("ranker.debias_irrelevant", fixed[0.0], on="world, logger by title length")
for taste in TASTES:
    measured("ranker.debias_relevant", fixed[taste], at=taste)

# %% [markdown]
# At the left end, a model that ignores position can mistake the *length of a title* for a reason to click, because it
# decided who stood on top. Given the position, it has no need to. At the right end, position says much about what the
# person likes, so the trees may let it explain what taste should explain, and at serving it is gone. Weights do not show
# the position to the model; they count a click from far down as several, which corrects for attention alone, at the price
# of more noise. Who sorted the log is an input of this world, so the figure is a curve and not a finding about services.
# Where does your log lie on its axis? The log itself cannot tell. Only slots that were **randomised** can: they break the
# tie between position and relevance (lesson {{feedback}}).
#
# ## What can lie to you: AUC
#
# AUC is the number most rankers are chosen by. A single pair of models proves nothing about it, since the pair can be picked.
# So we take a population such as a team would compare: seven sets of features and sizes of trees, each with position ignored,
# learnt and fixed, or weighted away. Which number on the log tells which of two rankers earns more?
#
# {{card ranker.2}}

# %%
@exercise("ranker.2")
def grouped_auc(score, label, group):
    """score float [n], label 0/1 [n], group int [n] → mean AUC of the groups that hold both labels."""
    ### BEGIN SOLUTION
    each = []
    for g in np.unique(group[label == 1]):
        good, bad = score[(group == g) & (label == 1)], score[(group == g) & (label == 0)]
        if len(bad):
            each.append(np.mean((good[:, None] > bad) + 0.5 * (good[:, None] == bad)))
    return float(np.mean(each))
    ### END SOLUTION


# %%
from course_lib.evidence.auc import grouped_auc as sorted_auc

some = by_taste[0][by_taste[0]["day"] == 6].head(3000)
score, click, request = models[1.0]["ignored"].predict(some), some["click"].to_numpy(), some["request_id"].to_numpy()
print(f"yours: {grouped_auc(score, click, request):.4f}; the library's, by sorting: {sorted_auc(score, click, request):.4f}")

# %% [markdown]
# The two should be the same number. The library sorts instead of comparing all pairs, so it is fast enough for all requests of
# a day, as needed below.

# %%
def rivals_of(week, settings=7):
    """21 rankers: features and trees drawn at random, each with the three treatments of position."""
    rng, made = np.random.default_rng(0), {}
    rows = week[0][week[0]["day"].between(1, 5)]
    for number in range(settings):
        columns = [name for name in BASE if rng.random() < 0.7]
        some = rows[rows["request_id"] % 5 < 2 + number % 2]               # and not all from as many rows
        size = {"trees": int(rng.choice([20, 40])), "leaves": int(rng.choice([4, 8, 15]))}
        weight = position_weights(some["position"].to_numpy(int), some["click"].to_numpy(), looks)
        made[number, "ignored"] = train(some, columns, **size)
        made[number, "fixed"] = train(some, [*columns, "position"], position="position", **size)
        made[number, "weights"] = train(some, columns, weight=weight, **size)
    return made


# %%
def random_day(week):
    """The next day, served with all slots at random: a table as for training."""
    _, features, world = week
    log, world = MemoryLog(), world.fork()
    world.run(Uniform(), 1, log)
    table = next(replay(copy.deepcopy(features), log))
    return table.assign(title_length=world.catalog().items["title_length"].to_numpy()[table["item"]])


# %%
NUMBERS = ("AUC", "AUC in a request", "AUC in a request, random slots")


def numbers_of(model, held, random, panel):
    """What a team could read off its logs of a ranker, and last what it is worth in the service."""
    score, shuffled = model.predict(held), model.predict(random)
    return [auc(score, held["click"]),
            sorted_auc(score, held["click"], held["request_id"]),
            sorted_auc(shuffled, random["click"], random["request_id"]), worth(model.predict, panel).mean()]


# %%
def judged(taste):
    """float (21, 4): the numbers of each rival on one log."""
    held = weeks[taste][0][weeks[taste][0]["day"] == 6]
    random = random_day(weeks[taste])
    return np.array([numbers_of(model, held, random, panels[taste]) for model in rivals[taste].values()])


def agreement(rows):
    """Of all pairs of rankers, the share in which the higher number belongs to the better; ties half. rows: (n, 2)."""
    number, value = rows.T
    right = np.sign(number[:, None] - number) * np.sign(value[:, None] - value)
    return ((right + 1) / 2)[value[:, None] != value].mean()


# %%
rivals = {0.0: rivals_of(by_title)}
table = {0.0: judged(0.0)}

# %%
rivals[1.0] = rivals_of(by_taste)
table[1.0] = judged(1.0)

# %%
logs = {0.0: "world, logger by title length", 1.0: "world, logger by relevance"}
drawn_as = np.array([number for number, _ in rivals[0.0]])     # features and trees were drawn seven times, not 21 times
bars = {}
for taste, on in logs.items():
    for k, claim in enumerate(("ranker.auc", "ranker.auc_request", "ranker.auc_random")):
        in_order = bootstrap(table[taste][:, [k, 3]], agreement, n_boot=300, groups=drawn_as)
        bars[f"{NUMBERS[k]}, {on[7:]}"] = in_order
        measured(claim, in_order, on=on)

# %%
axes = plots.bars(bars, "Which number puts rankers in the order of their worth?", fmt="{:.0%}",
                  xlabel="share of pairs in order (95% over the sets of features and trees)",
                  colors={name: plots.BLUE if "random" in name else plots.ORANGE for name in bars})
axes.axvline(0.5, color=plots.BLACK, lw=1)

# %% [markdown]
# Held-out rows come from the same logger as the training rows, so both kinds of AUC reward a ranker for doing what the logger
# did. Where the logger sorted by something people do not care about, whoever copies it looks good. Pooled AUC also pays for
# telling *people* apart, which orders nothing inside a slate; AUC inside a request does not. The blue bars ask the same
# rankers about a day with random slots, where position has nothing to do with the item. Such a day costs a day of
# random slates, or a small share of slots for longer, and the figure says what you get for it. The line at one half is what a
# coin gets right. Where an interval is wide, seven sets of features and trees are too few to tell.
#
# AUC has one more trap, and no population is needed to see it. Give a ranker four features, all about *who* asks and how
# popular the item is, and the logged position as a **live** feature. Beside it stands the ranker with all features that
# ignores position:

# %%
WHO = ["user_rate", "user_clicks", "item_rate", "item_recent"]
train_rows, held = (by_taste[0][by_taste[0]["day"].between(*days)] for days in ((1, 5), (6, 6)))
two = {"four features, live position": train(train_rows, [*WHO, "position"]),
       "all features, position ignored": models[1.0]["ignored"]}
pd.DataFrame({name: {
    "AUC": auc(model.predict(held), held["click"]),
    "AUC in a request": sorted_auc(model.predict(held), held["click"], held["request_id"]),
    "worth": worth(lambda x, m=model: m.predict(x.assign(position=1.0)), panels[1.0]).mean(),
} for name, model in two.items()}).T.round(3)

# %% [markdown]
# In the log every row has its position, so both kinds of AUC reward a model for knowing it. In the service nothing has a
# position before it is ranked, so the worth has to do without: if you can't serve it, it isn't a feature.

# %%
quiz("ranker.q1")

# %% [markdown]
# ## Calibration: does 10% mean 10%?
#
# An order is enough to fill a slate. As soon as the number is *used*, in an auction, in a sum with another objective, or to
# decide whether to interrupt somebody at all, it has to come true. **ECE** says by how much it does not.
#
# {{card ranker.3}}

# %%
@exercise("ranker.3")
def ece(p, y, bins=10):
    """p float [n] in [0, 1), y 0/1 [n] → Σ over bins of share · |mean prediction − share that came true|."""
    ### BEGIN SOLUTION
    place = np.minimum((p * bins).astype(int), bins - 1)
    return sum((place == b).mean() * abs(p[place == b].mean() - y[place == b].mean()) for b in np.unique(place))
    ### END SOLUTION


# %% [markdown]
# Trees with a binary objective state probabilities. **LambdaRank** learns the order only; its scores have no scale, and a
# sigmoid does not give them one. **Isotonic regression** fits the rising staircase that comes nearest to what happened,
# on rows the model was *not* trained on: on its own training rows a model looks better calibrated than it is. We judge at
# the top position, where the served probability claims to hold. The claim is about the mean: by which *factor* does the
# mean prediction miss the share that was clicked? To divide one ECE by another would not do: a small ECE is mostly the
# noise of its bins, so the ratio would grow with the size of the log.

# %%
log = by_title[0]
fit, tune, top = log[log["day"].between(1, 4)], log[(log["day"] == 5) & (log["position"] == 1)], \
    log[(log["day"] == 6) & (log["position"] == 1)]
binary = train(fit, [*COLUMNS, "position"], position="position")
pairs = train(fit, [*COLUMNS, "position"], "lambdarank", position="position")
steps = Isotonic().fit(pairs.predict(tune), tune["click"])
said = {"binary": binary.predict(top), "LambdaRank, sigmoid": 1 / (1 + np.exp(-pairs.predict(top))),
        "LambdaRank, isotonic": steps.predict(pairs.predict(top))}
came, asked = top["click"].to_numpy(), top["user"].to_numpy()
error = {name: float(ece(p, came)) for name, p in said.items()}


# %%
def factor_off(rows):
    """By which factor the mean of the first column misses that of the second, whichever way; 1 is not at all."""
    predicted, happened = rows.mean(axis=0)
    return max(predicted / happened, happened / predicted)


off = {name: bootstrap(np.column_stack([p, came]), factor_off, groups=asked, n_boot=300) for name, p in said.items()}
for name, factor in off.items():
    print(f"{name:<21} mean prediction off by a factor of {factor:.2f}; ECE {error[name]:.3f}")
measured("ranker.lambdarank", off["LambdaRank, sigmoid"], on="world, top position, logger by title length")

# %%
axes = plots.figure("What was predicted, and what came true?", "predicted chance of a click",
                    "share that was clicked", height=4)
axes.plot([0, 0.9], [0, 0.9], color=plots.GREY, lw=1, ls="--")
for index, (name, p) in enumerate(said.items()):
    curve = reliability(p, came, bins=8, by="count")
    spread = [curve["observed"] - curve["observed_low"], curve["observed_high"] - curve["observed"]]
    axes.errorbar(curve["predicted"], curve["observed"], yerr=np.maximum(spread, 0), marker="o", capsize=2,
                  color=plots.CYCLE[index], label=f"{name}: ECE {error[name]:.3f}")
legend = axes.legend(loc="upper left")

# %% [markdown]
# Nobody uses LambdaRank for its probabilities, of course, but for its order. Does it order better? Here it meets the binary
# objective on both logs, with position ignored and with position fixed: the same rows, features and size of trees.

# %%
def less_log_loss(taste, way):
    """Worth of LambdaRank less that of the binary objective, on one log, with position ignored or fixed."""
    rows = weeks[taste][0][weeks[taste][0]["day"].between(1, 5)]
    if way == "ignored":
        listwise, rival = train(rows, BASE, "lambdarank"), earned[taste]["ignored"]
    else:
        listwise = train(rows, [*BASE, "position"], "lambdarank", position="position")
        rival = earned[taste]["feature, fixed at 1"]
    return over_people(worth(listwise.predict, panels[taste]) - rival, panels[taste])


ordered = {f"logger by {label}, position {way}": less_log_loss(taste, way)
           for taste, label in ((0.0, "title length"), (1.0, "relevance")) for way in ("ignored", "fixed")}

# %%
for on, difference in ordered.items():
    measured("ranker.lambdarank_order", difference, on=f"world, {on}")
axes = plots.bars(ordered, "Does LambdaRank order better than log loss?", fmt="{:+.3f}",
                  xlabel="worth, LambdaRank less log loss (95% over people)",
                  colors={name: plots.BLUE if "title" in name else plots.ORANGE for name in ordered})
axes.axvline(0, color=plots.BLACK, lw=1)

# %% [markdown]
# LambdaRank compares the rows of one request, and in one request position differs for every row. So where the logger's
# order says much about the click, it can lean on position, and lacks it when position is fixed. Look at the bars for both
# logs, and at which of their intervals leave 0 out, before you take a ranking objective for granted.
#
# Most rows are negatives, and training on all of them is slow, so they are **sampled**. That multiplies the odds of a click in
# the table, and with them the odds that the model predicts.
#
# {{card ranker.4}}

# %%
@exercise("ranker.4")
def undo_negative_sampling(p, keep_rate):
    """p float, any shape: right for a table with keep_rate of the negatives → right for the whole data."""
    ### BEGIN SOLUTION
    return p / (p + (1 - p) / keep_rate)
    ### END SOLUTION


# %%
kept = fit[(fit["click"] == 1) | (np.random.default_rng(0).random(len(fit)) < 0.1)]
held = log[log["day"] == 6]                                   # all positions, each with its own
live = [*COLUMNS, "position"]
every, thin = (train(rows, live).predict(held) for rows in (fit, kept))
corrected = undo_negative_sampling(thin, 0.1)
means = {name: bootstrap(np.column_stack([p, every]), factor_off, groups=held["user"].to_numpy(), n_boot=300)
         for name, p in {"as trained": thin, "corrected": corrected}.items()}

# %%
was = held["click"].to_numpy()
print(f"{len(kept) / len(fit):.0%} of the rows. Mean prediction off from that of the model with all rows: "
      f"as trained by a factor of {means['as trained']:.3f}, corrected {means['corrected']:.3f}")
print(f"ECE {ece(thin, was):.3f} as trained, {ece(corrected, was):.3f} corrected, {ece(every, was):.3f} with all rows; "
      f"AUC {auc(thin, was):.3f} against {auc(every, was):.3f}")
measured("ranker.sampling", means["corrected"], on="world, logger by title length")

# %% [markdown]
# Dropping negatives at random multiplies the odds in the table by 1/w, and the formula undoes exactly that. What it cannot do
# is make the two models the same: trees that saw a tenth of the negatives are other trees, and what is left of the difference
# is theirs. So check the mean after the correction, instead of assuming that it is right.
#
# ## Two objectives
#
# A click is not yet a success. Some items are clicked and left at once: appealing, and disappointing. The log shows it as
# **dwell**, the seconds until the person came back. A second model learns P(stayed 30 s | click), with one more feature: how
# often earlier clicks on this item led to a stay.
#
# {{card ranker.5}}

# %%
@exercise("ranker.5")
def weighted_value(p_click, p_satisfied, weight):
    """p_click, p_satisfied float of one shape, weight ≥ 0 → P(click) · P(satisfied | click) ** weight."""
    ### BEGIN SOLUTION
    return p_click * p_satisfied**weight
    ### END SOLUTION


# %%
def stays_before(day, size=5000):
    """For each item, the share of clicks before `day` with a stay of 30 s, drawn towards the mean by ten clicks."""
    past = log[(log["click"] == 1) & (log["day"] < day)]
    clicks, stays = (np.bincount(part["item"], minlength=size) for part in (past, past[past["dwell_s"] >= 30]))
    mean = stays.sum() / max(clicks.sum(), 1)
    return (stays + 10 * mean) / (clicks + 10)


clicked = log[(log["click"] == 1) & (log["day"] >= 2)].sort_values("day", kind="stable")
history = np.concatenate([stays_before(day)[part["item"]] for day, part in clicked.groupby("day")])
joy = GBDTRanker(trees=40, leaves=7, learning_rate=0.1, min_rows=60)
joy.fit(clicked[list(COLUMNS)].assign(stays=history), clicked["dwell_s"] >= 30)
joy.importance().head(4).round(2)

# %%
panel = panels[0.0]
shape = panel["click"].shape
stays = stays_before(7)[panel["item"].ravel()]
learnt = binary.predict(panel["rows"]).reshape(shape), joy.predict(panel["rows"].assign(stays=stays)).reshape(shape)
true = panel["click"], panel["joy"] / np.maximum(panel["click"], 1e-12)


def both_goals(weight, chances):
    """(clicks, satisfied clicks) that ranking by weighted_value earns, as shares of the best possible."""
    score = weighted_value(*chances, weight)
    return tuple(earned_by(score, panel[goal]).mean() / earned_by(panel[goal], panel[goal]).mean()
                 for goal in ("click", "joy"))


WEIGHTS = np.array([0, 0.25, 0.5, 1, 2, 4])
FRONT = {name: np.array([both_goals(weight, chances) for weight in WEIGHTS])
         for name, chances in {"learnt": learnt, "true": true}.items()}

# %%
def front(weight=1.0):
    """The fronts of learnt and of true chances, and where on the first a weight stands."""
    here = both_goals(weight, learnt)
    axes = plots.figure(f"Weight {weight:g}: {here[0]:.1%} of the clicks, {here[1]:.1%} of the satisfied ones",
                        "clicks earned, share of best", "satisfied clicks earned, share of best")
    for (name, points), color in zip(FRONT.items(), (plots.BLUE, plots.GREY), strict=True):
        axes.plot(*points.T, "-o", color=color, ms=4, label=f"{name} chances")
        for weight_held, point in zip(WEIGHTS, points, strict=True):
            axes.annotate(f"{weight_held:g}", point, xytext=(5, 4), textcoords="offset points", color=color)
    axes.plot(*here, "o", ms=12, color=plots.BLUE, alpha=0.6)
    axes.legend()
    axes.margins(0.12)
    return axes


explore(front, weight=(0.0, 4.0, 0.25))

# %% [markdown]
# Look at the grey line first. With the true chances, weight 1 earns the most satisfied clicks that can be earned, and no other
# weight can earn more: P(click) · P(satisfied | click) *is* the chance of a satisfied click. More weight than that gives up
# clicks that would have satisfied. This is arithmetic, whatever the world. The learnt chances err, so their best weight may
# lie elsewhere, and it has to be found on held-out data. Below the best weight, less weight trades satisfied clicks for clicks,
# and how far to go is a decision about people (lesson {{objective}}), not a hyper-parameter.
#
# ## What was just clicked, or the long history?
#
# In some sessions, people of this world have an intent: they are after one category, besides what their taste says. The
# share of such sessions is an input of the world, so we turn it, from none to all. In each world two rankers are trained
# besides the full one: one without the feature that looks at the session, one without the two that look at the history.
# Which loses more, for requests that come after a click in their session?

# %%
without = {"session": ["session_match"], "history": ["profile_match", "category_share"]}


def losses(week, panel):
    """{what is missing: worth lost for each request after a click in its session}, and who asked."""
    rows, columns = week[0][week[0]["day"].between(1, 4)], [*COLUMNS, "position"]
    full = worth(train(rows, columns, position="position").predict, panel)
    lost = {}
    for name, gone in without.items():
        blind = train(rows, [column for column in columns if column not in gone], position="position")
        lost[name] = (full - worth(blind.predict, panel))[panel["begun"]]
    return lost, panel["user"][panel["begun"]]


# %%
MOODS = [0.0, 0.3, 0.6, 1.0]
lost = {}
for share in MOODS:
    world = feed(people=1000, items=1000, seed=0, mood={"share": share})
    week = week_of(Sorter(world, 0.0), world.fork(), days=6)
    lost[share] = losses(week, panel_of(*week))

# %%
drawn = {f"without {name}": [bootstrap(lost[share][0][name], groups=lost[share][1]) for share in MOODS]
         for name in without}
axes = plots.lines(MOODS, drawn, "What is lost without the session, or without the history?",
                   "share of sessions with an intent of their own", "worth lost, after a click in the session")
for share in MOODS:
    by_name, asked = lost[share]
    measured("ranker.session", bootstrap(by_name["session"] - by_name["history"], groups=asked), at=share)

# %% [markdown]
# At the left end people want what they always want, and what was just clicked is one more look at the same taste. Further
# to the right, the session can tell something that the history cannot. Where the two lines cross, if they do, belongs to
# this world. Where a real service lies on this axis cannot be read off the figure, and none of the public data that this
# course uses has sessions and histories of the same people. For people who come without a history, the session is all
# there is.
#
# ## How many candidates fit 20 ms?
#
# Means hide what hurts: a page that asks ten services waits for the slowest. So look at the 99th percentile of single
# requests, and count the features too, not the trees alone. Each request is timed once. The clock on the wall also counts what
# other programs do to this machine at the same moment, and a notebook shares its machine; so the claim is about the time the
# processor spends on the request, and the wall is drawn beside it. The number of candidates is doubled until the budget breaks
# or 6,400 are reached. The title names a size that was measured; nothing is read off a line drawn beyond it.

# %%
features, stage = by_title[1], RankerStage(binary, by_title[1])
born = np.arange(1000)


def spent_ms(row, n):
    """Milliseconds of computing n candidates' features and of scoring them, for one request: (processor, wall)."""
    one = Requests.of([int(panel["user"][row])], eligible=born, day=7)
    found = Candidates(np.resize(born, (1, n)).astype(np.int32), np.zeros((1, n)))
    begun = np.array([time.process_time(), time.perf_counter()])
    stage.score(one, found)
    return 1e3 * (np.array([time.process_time(), time.perf_counter()]) - begun)


# %%
spent_ms(0, 100)                                    # the first one warms the machine up
spent, n = {}, 100
while n <= 6400 and all(np.percentile(held[:, 0], 99) <= 20 for held in spent.values()):
    spent[n] = np.array([spent_ms(row, n) for row in range(100)])           # (100 requests, 2 clocks)
    n *= 2
slow = {size: np.percentile(held, 99, axis=0) for size, held in spent.items()}
most = max((size for size, ms in slow.items() if ms[0] <= 20), default=0)

# %%
processor, wall = zip(*slow.values(), strict=True)
axes = plots.lines(list(slow), {"99th percentile, processor": processor, "99th percentile, wall": wall},
                   f"{most:,} candidates fit 20 ms of this processor; tried up to {max(slow):,}",
                   "candidates of one request", "ms", logx=True, logy=True)
axes.axhline(20, color=plots.RED, lw=1, ls="--", label="budget")
axes.set_xticks(list(slow), list(slow))
axes.set_yticks([1, 2, 5, 10, 20, 50], [1, 2, 5, 10, 20, 50])
axes.minorticks_off()
axes.legend()
measured("ranker.candidates", most, on="this machine", beside=f"processor time, p99 of 100 single requests with features, "
         f"{binary.trees} trees, sizes doubled up to {max(slow):,}")

# %% [markdown]
# ## On real data: every stage against the simplest rival
#
# Real film data have no impressions: nobody logged what was *shown*, so position and everything above cannot be asked of
# them. They can say whether a second stage, and the whole system, earns its place. The judge is what a person took and no
# model saw. The rival is **EASE** (lesson {{two_tower}}): one linear model, solved in closed form on the
# same rows that the system gets, the training and the validation part together. A chain of models that does not beat it
# should not be built.
#
# The system is `Funnel`, this course's chain for any table of who took what, when:
#
# * **Sources** score all items: EASE, ALS, similar people, baskets, popularity and content. Which of them there are
#   follows from what the table holds.
# * **The blend** puts an item as far up as its best source does. Each source's share is chosen by what it adds to recall.
#   What a person already took is left out first, and 100 candidates remain.
# * **The ranker** learns from what each source says of a candidate, and from plain facts such as popularity, activity,
#   price or year.
#
# From which labels should the ranker learn? A source scores an event that it was fitted on too well, so a ranker that
# learns from the same events trusts that source too much. Labels therefore come **out of fold**: take a ninth of
# everybody's events away, fit the sources on the rest, label their candidates by that ninth, and repeat with another ninth.
# The plain alternative fits the sources on the training part and labels by the validation part, once. After either, the
# sources are fitted again on all that is known.
#
# Everything is reduced here, so that it fits into a lesson: fewer candidates, labels, rows and trees than by default.
# `make bench` fits the chain as it is on all rows and prints the full table, over three seeds.

# %%
from dataclasses import replace

from course_lib.data import datasets, parsers, retail, splits
from course_lib.evidence.offline import held_out, paired, recall_at_k, top_items
from course_lib.serving.funnel import Funnel, FunnelSettings
from course_lib.stages.retrieval.candidate_sources import HeadEASE

SMALL = FunnelSettings(n_candidates=100, n_labels=20_000, n_rows=100_000, n_windows=2, n_users=1500)
SMALL = replace(SMALL, trees=SMALL.trees | {"trees": 80, "learning_rate": 0.1})

films = datasets.films()
film_split = splits.by_user(films.interactions, seed=0)
film_chain = Funnel(SMALL).fit(films, film_split)
print(f"{films.name}: {len(film_chain.fit_report['sources'])} sources score; shares of the blend: {film_chain.shares}")

# %%
one_label_set = Funnel(replace(SMALL, valid_alone=True)).fit(films, film_split, l2=film_chain.fit_report["l2"])
for name, chain in {"out of fold": film_chain, "validation part alone": one_label_set}.items():
    print(f"labels {name}: {chain.fit_report['positives']:,} candidates that were taken to learn from")

# %%
def by_stage(data, split, chain, others):
    """Recall@10 of each person: EASE, the blended sources, chains that lack something, the whole chain."""
    known = pd.concat([split.train, split.valid])
    people, wanted = held_out(split.test[split.test["user"].isin(known["user"])])
    ease = HeadEASE(chain.fit_report["l2"], most=data.n_items).fit(known, data.n_users, data.n_items)
    lists = {"EASE": top_items(ease, people, 10, known), "sources, blended": chain.candidates(people, 10)}
    lists |= {name: other.recommend(people, 10) for name, other in others.items()}
    lists["the whole chain"] = chain.recommend(people, 10)
    return {name: recall_at_k(top, wanted, 10) for name, top in lists.items()}


# %%
def against_ease(recall, what):
    """A picture of how much more than EASE each stage finds; the chain's gain is in the title."""
    gain = {name: paired(values, recall["EASE"]) for name, values in recall.items() if name != "EASE"}
    whole = gain["the whole chain"]
    colors = dict.fromkeys(gain, plots.SKY) | {"the whole chain": plots.BLUE, "sources, blended": plots.GREY}
    axes = plots.bars(gain, f"{what}: the chain is {whole.side()} EASE", fmt="{:+.3f}", colors=colors,
                      xlabel=f"recall@10 minus EASE's {recall['EASE'].mean():.3f}, paired by people (95%)")
    axes.axvline(0, color=plots.BLACK, lw=1)
    axes.set_xlim(min(0, *(one.low for one in gain.values())) - 0.006, max(one.high for one in gain.values()) + 0.012)
    axes.locator_params(axis="x", nbins=6)


film_recall = by_stage(films, film_split, film_chain, {"chain, labels of validation alone": one_label_set})
against_ease(film_recall, "Films at random")

# %%
added = paired(film_recall["the whole chain"], film_recall["sources, blended"])
measured("ranker.second_stage", added, on=films.name)
measured("ranker.ease", paired(film_recall["the whole chain"], film_recall["EASE"]), on=films.name)
folded = paired(film_recall["the whole chain"], film_recall["chain, labels of validation alone"])
measured("ranker.out_of_fold", folded, on=films.name)

# %% [markdown]
# Look at the width of the intervals before the order of the bars. These films are few and well known, and EASE already
# uses how often each pair of them was taken by the same people. What a whole chain adds to that may be small beside what
# EASE finds, and one stage's share of it may be too small for these people to show. Where an interval holds 0, this run
# does not tell, and more people or more splits are needed; the course's verdict takes five splits or more. Out-of-fold
# labels cost several fits of every source, so a team should buy them only after a figure such as this one has shown a
# gain on its own data.
#
# ### A shop, judged on its future
#
# Films at random are the friendliest case there is: every model may learn from next month, and nothing goes out of season.
# Here the same chain meets Online Retail II, two years of a British gift shop, and is judged by the last tenth of all
# first purchases. Since its split is by time, more sources join: histories in which old purchases count less, and counts
# of the last days, weeks and months, and of the season a year ago. The ranker also learns how long ago an article and a
# customer were last seen, and its labels are windows of time. To save time, half the customers take part, drawn at random,
# with articles that at least 100 of them bought.

# %%
shop = retail.first_purchases(datasets.online_retail())
drawn = np.random.default_rng(0).random(shop.n_users) < 0.5
half = shop.interactions[drawn[shop.interactions["user"]]]
shop = parsers.dense_part(replace(shop, interactions=half), per_user=3, per_item=100)
shop_split = splits.by_time(shop.interactions)
shop_chain = Funnel(SMALL).fit(shop, shop_split)
print(f"{shop.n_users:,} customers, {shop.n_items:,} articles; shares of the blend: {shop_chain.shares}")

# %% [markdown]
# What is time worth? A second chain gets the same rows but is told nothing of their order: its split is declared to be one by
# user, so it builds no windows of time, no ages and no recent counts.

# %%
timeless = splits.Split(shop_split.train, shop_split.valid, shop_split.test, "user")
blind = Funnel(SMALL).fit(shop, timeless, l2=shop_chain.fit_report["l2"])
shop_recall = by_stage(shop, shop_split, shop_chain, {"chain, told nothing of time": blind})
against_ease(shop_recall, "The shop's future")

# %%
where = "online_retail, by time, half of its customers"
added = paired(shop_recall["the whole chain"], shop_recall["sources, blended"])
measured("ranker.second_stage", added, on=where)
measured("ranker.ease", paired(shop_recall["the whole chain"], shop_recall["EASE"]), on=where)
timed = paired(shop_recall["the whole chain"], shop_recall["chain, told nothing of time"])
measured("ranker.time", timed, on=where)
left = paired(shop_recall["chain, told nothing of time"], shop_recall["EASE"])
print(f"Told nothing of time, the chain is {left.side()} EASE: {left}.")

# %% [markdown]
# The chain without time also has several models, and trees on top of them. Compare its bar with that of the whole chain:
# the two differ in *what they are told*, and in the sources that can be built from it. This is one shop. On your own
# data, ask the same three questions before you build a second stage. What does the simplest rival find, given the same
# rows? Which part of the chain earns its upkeep? And is the split the one that production will meet?
#
# ## After day 7
#
# The ranker now trains on slates it ordered itself: position follows *its own* relevance, and the log moves to the right on
# the axis of the first curve. Keep some slots randomised, or the next model cannot tell position from worth. Calibration drifts
# as the mix of people and items does; watch ECE by slice, not only as a whole. And the features it was trained on keep being
# served only as long as somebody owns their freshness (lesson {{feature_audit}}).
#
# ## Say it in a minute
#
# **Strong.** "The ranker scores a few hundred candidates in 20 ms, so I count microseconds a candidate and look at p99. I
# train on point-in-time features, treat position explicitly, and keep randomised slots because no model can separate
# position from relevance without them. On those slots I compare rankers, by AUC inside a request: on the rest of the log,
# a copy of the old order looks good. Close pairs I leave to an experiment. Its probabilities are calibrated on held-out
# rows, because the objective is a product of several."
#
# **Red flag.** "We picked the model with the best AUC; position was the strongest feature."
#
# ## You have now
#
# * click weights by position, and a curve of what a remedy for position is worth, by who sorted the log;
# * AUC inside a request, and how often each offline number tells the better of two rankers;
# * ECE, isotonic regression and the sampling correction;
# * a score for two objectives with its front, and the number of candidates your machine affords;
# * a whole chain, taken apart stage by stage and held against one linear model, at random and by time.
#
# Next: [{{reranker}} Re-ranker]({{reranker file}}.ipynb), for what depends on the rest of the slate.
