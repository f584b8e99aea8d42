# %% [markdown]
# # {{objective}} Objective: which decision, for whom, at what cost
#
# **The decision.** Each time somebody arrives, which ten items do we show, and *by what will we say that it was right*?
# Everything that follows in this course, from the loss of the first model to the button that rolls a launch back, is an
# answer to the second half of that question.
#
# | | |
# |---|---|
# | Budget | 50 ms for a request: 30 to retrieve, 20 to rank. This lesson measures what that buys. |
# | Failure this stage owns | *The system got very good at the wrong thing.* No later stage can repair it. |
# | Minutes | 75, of which 48 on exercises |
# | Needs | nothing before it |
# | Leaves behind | rewards over a log, a test for guardrails, a budget, and your one-minute framing |

# %%
import time

import numpy as np
import pandas as pd

from course_lib.data.log import MemoryLog
from course_lib.evidence import objectives
from course_lib.evidence.estimate import Estimate, bootstrap, paired, ratio
from course_lib.stages.ranking.ranker import GBDTRanker
from course_lib.teach import compare, exercise, explore, hint, measured, plots, predict, quiz, solution
from course_lib.world import feed, marketplace, policies

# %%
plots.style()

# %% [markdown]
# ## Predict
#
# Write a number in place of `...` and run the cell. You will see it again beside what was measured. Nobody else does.
# A **feed** is a service of many fresh items that people read; a **policy** is the rule that fills the slots of a
# slate.
#
# 1. A feed ranks by clicks instead of by satisfaction. By what share does the number of people still active in the fourth
#    week change, at the clickbait this world comes with? (−0.1 is ten percent fewer.)
# 2. Twenty-one rival policies are ranked by clicks per request and by how many people come back within a week. What is
#    the rank correlation of the two orders? (1: the same order, 0: none, −1: reversed.)
# 3. The catalogue grows from ten thousand items to a million. A cheap step retrieves 300, a ranker scores those. With which
#    power of the catalogue's size does the time of a request grow? (1: in proportion, 0: not at all.)

# %%
predict("objective.retention", ...)
predict("objective.reorder", ...)
predict("objective.rank_everything", ...)

# %% [markdown]
# ## Build: rewards over a log
#
# An **objective** is what you want: people who are glad they came. A **proxy** is what the log holds: clicks,
# seconds, purchases. A **reward** is a function that turns the log into one number a request, and choosing it is the
# decision this lesson is about. The log stays the same; only the function changes.
#
# {{card objective.1}}

# %%
@exercise("objective.1")
def per_request(row, amount, n_requests):
    """row int [E], amount float [E] → float [n_requests]: the sum for each request, 0 where nothing happened."""
    ### BEGIN SOLUTION
    return np.bincount(row, weights=amount, minlength=n_requests)
    ### END SOLUTION


# %% [markdown]
# In a shop the easy number is revenue. What the shop keeps is less, and for some items it is negative.
#
# {{card objective.2}}

# %%
@exercise("objective.2")
def kept_money(value, is_return, margin_rate, return_cost):
    """value float [E] (a return's is negative), is_return bool [E], margin_rate float [E] → float [E], money kept."""
    ### BEGIN SOLUTION
    return value * margin_rate - return_cost * is_return
    ### END SOLUTION


# %% [markdown]
# Clicks and money arrive at once or within days. Whether somebody *comes back* can only be asked later, and for the
# newest visits it cannot be asked at all.
#
# {{card objective.3}}

# %%
@exercise("objective.3")
def came_back(user, day, last_day, within_days):
    """user, day int [V] → float [V]: 1 came back on one of the next within_days days, 0 did not, NaN not known yet."""
    ### BEGIN SOLUTION
    order = np.lexsort((day, user))
    answer = np.zeros(len(day))
    for place, v in enumerate(order):
        for w in order[place + 1:]:
            if user[w] != user[v] or day[w] > day[v]:  # the first later row that is not the same day
                answer[v] = user[w] == user[v] and day[w] - day[v] <= within_days
                break
    return np.where(day + within_days > last_day, np.nan, answer)
    ### END SOLUTION


# %% [markdown]
# ## Measure: do objectives put policies in different orders?
#
# To ask that fairly, the same people must meet each policy. The **world** of this course makes that possible: it is a
# simulated service, and `fork()` gives a twin of it, with the same people and the same dice. Two twins that differ in
# the policy alone differ by the policy's effect alone.
#
# First, a week in which every slot is filled at random. From it we learn one thing about each item: what one showing of
# it earned, on average, by three different objectives.

# %%
def run(world, policy, days):
    """The log of a twin of the world after `days` days under the policy."""
    log = MemoryLog()
    world.fork().run(policy, days, log)
    return log


def feed_with(bait, seed=0):
    """A feed whose clickbait is `bait` times as strong as usual, after a week of random slots, and that week's log."""
    world = feed(people=250, items=250, seed=seed, clickbait={"click": 0.8 * bait, "satisfy": -1.6 * bait})
    first_week = MemoryLog()
    world.run(policies.Uniform(), 7, first_week)
    return world, first_week.impressions(columns=["item", "click", "dwell_s"])


service, shown = feed_with(1.0)
print(f"{len(shown):,} showings, {shown['click'].sum():,} clicks, {service.catalog().items.shape[0]} items")

# %% [markdown]
# A policy for each reward: items that earned more are drawn more often, everything else alike. Beside them, three that
# every service starts with: random, newest first, most clicked. Items are born every day; those without a past count as
# average.

# %%
def standard(score):
    """Scores with mean 0 and standard deviation 1, so that several can be added."""
    return (score - score.mean()) / score.std()


def by_score(name, score, spread=0.4):
    """Draws items the more often the higher their score; items born since count as average."""
    known = standard(score)

    def scores_of(requests):
        newborn = max(0, requests.eligible[-1] + 1 - len(known))
        return np.append(known, np.zeros(newborn))[requests.eligible]

    return policies.PlackettLuce(scores_of, temperature=spread, name=name)

# %%
def item_scores(shown, n_items):
    """What one showing of each item earned by three rewards, {reward: float [n_items]}, standardised."""
    item = shown["item"].to_numpy()
    earned = {"click rate": shown["click"], "reading time": shown["dwell_s"], "long clicks": shown["dwell_s"] >= 30}
    return {name: standard(objectives.per_showing(item, amount.to_numpy(float), n_items))
            for name, amount in earned.items()}


DAYS = 12
n_items = len(service.catalog().items)
liked = item_scores(shown, n_items)
contenders = {"random": policies.Uniform(), "newest": policies.Recency(service.catalog()),
              "most clicked": policies.Popularity(power=1.0)}
contenders |= {name: by_score(name, score) for name, score in liked.items()}
logs = {name: run(service, policy, DAYS) for name, policy in contenders.items()}

# %% [markdown]
# Now the four rewards over the six logs: clicks, seconds of reading (*dwell*), clicks that held for half a minute,
# and whether the person came back the next day. Coming back within a week is known for fewer of these visits; it
# follows below.

# %%
rewards = {"clicks": objectives.clicks, "reading time": objectives.dwell, "long clicks": objectives.long_clicks,
           "back tomorrow": lambda log: objectives.next_week_return(log, within_days=1)}
scores = {name: objectives.by_policy(logs, reward) for name, reward in rewards.items()}
table = pd.DataFrame({name: by_user.mean() for name, by_user in scores.items()})
table.round(3)

# %%
def places(table):
    """Each policy's place (1 is best) by each objective, as lines from objective to objective."""
    ax = plots.figure("Is the best policy by clicks the best by the others?", "", "place, 1 is best")
    for index, (name, row) in enumerate(table.rank(ascending=False).iterrows()):
        ax.plot(row.index, row, marker="o", color=plots.CYCLE[index])
        ax.annotate(name, (len(row) - 1, row.iloc[-1]), xytext=(8, -4), textcoords="offset points")
    ax.invert_yaxis()
    ax.margins(x=0.22)
    return ax


places(table);

# %% [markdown]
# How far do two objectives agree? A number for it:
#
# {{card objective.4}}

# %%
@exercise("objective.4")
def rank_agreement(a, b):
    """a, b float [P] → rank correlation in [−1, 1]."""
    ### BEGIN SOLUTION
    place = [np.argsort(np.argsort(values)) for values in (a, b)]
    return np.corrcoef(*place)[0, 1]
    ### END SOLUTION


print("clicks and back tomorrow, six policies:",
      round(rank_agreement(table["clicks"].to_numpy(), table["back tomorrow"].to_numpy()), 2))

# %% [markdown]
# Six policies are few to put in an order, and half of them are starting points rather than candidates for a launch. A
# fair question takes **rivals**: policies that a team would really choose between. So mix the three rewards, in steps
# of a fifth: twenty-one policies, from all weight on one reward to mixtures of all three.

# %%
WEIGHTS = [(i / 5, j / 5, (5 - i - j) / 5) for i in range(6) for j in range(6 - i)]


def mixture(scores, weights):
    """The policy that draws by a weighted sum of the three rewards' scores."""
    name = " + ".join(f"{weight:.0%} {reward}" for weight, reward in zip(weights, scores, strict=True))
    return by_score(name, sum(weight * score for weight, score in zip(weights, scores.values(), strict=True)))


rivals = {weights: run(service, mixture(liked, weights), DAYS) for weights in WEIGHTS}
by_clicks = objectives.by_policy(rivals, objectives.clicks)
by_week = objectives.by_policy(rivals, objectives.next_week_return)

# %%
agreement = objectives.agreement(by_clicks, by_week)
ax = plots.figure(f"Clicks and return over 21 rivals: rank correlation {agreement.value:+.2f}", "clicks per request",
                  "share back within a week")
for weights in WEIGHTS:
    ax.plot(by_clicks[weights].mean(), by_week[weights].mean(), "o", color=plots.color("retention"),
            alpha=0.2 + 0.8 * weights[0])
ax.annotate("darker: more weight on clicks", (0.02, 0.04), xycoords="axes fraction")
measured("objective.reorder", agreement)

# %% [markdown]
# The interval says what other people would change. What another world would change, only other seeds tell: the course
# ran this lesson under several, and the notice above shows them where they are at hand. A low correlation alone proves
# little, for rivals that are all equally good would give one as well. So look at the size of the difference too, and at
# what it depends on. Clickbait is a number in this world, and the next cell varies it, from none to twice the usual
# strength. At each strength a click ranker and a long-click ranker learn from a week of random slots.

# %%
BAITS = [0.0, 0.5, 1.0, 2.0]


def two_rankers(bait):
    """Logs of the click ranker and of the long-click ranker in a feed with this much clickbait."""
    world, week = feed_with(bait)
    scores = item_scores(week, len(world.catalog().items))
    return {name: run(world, by_score(name, scores[name]), DAYS) for name in ("click rate", "long clicks")}


def ahead(pair, reward):
    """By what share the click ranker is ahead, over the people who came under both, with an interval."""
    both = objectives.by_policy(pair, reward).dropna()
    gain, scale = paired(both["click rate"], both["long clicks"]), both["long clicks"].mean()
    return Estimate(gain.value / scale, gain.low / scale, gain.high / scale, gain.n)


pairs = {bait: two_rankers(bait) for bait in BAITS}

# %%
lead = {name: [ahead(pairs[bait], rewards[name]) for bait in BAITS] for name in ("clicks", "back tomorrow")}
ax = plots.lines(BAITS, {"click": lead["clicks"], "retention": lead["back tomorrow"]},
                 "A click ranker beside a long-click ranker: clicks and return", "strength of clickbait (1: as usual here)",
                 "click ranker ahead of the long-click ranker")
ax.lines[0].set_label("clicks per request")
ax.lines[1].set_label("back tomorrow")
ax.axhline(0, color="#333333", lw=1)
ax.yaxis.set_major_formatter(lambda v, _: f"{v:.0%}")
ax.legend()
for bait, change in zip(BAITS, lead["back tomorrow"], strict=True):
    measured("objective.turn", change, at=bait)

# %% [markdown]
# Where would a disagreement come from? Look at which items each ranker scores highly. The next cell opens the world's
# **truth**, which no log holds: the hidden quality of an item, and its *appeal*, how far its title promises more than
# the item delivers.

# %%
hidden = service.truth().hidden_items().iloc[:n_items]
pull = pd.DataFrame({name: [np.corrcoef(score, hidden[what])[0, 1] for what in ("quality", "appeal")]
                     for name, score in liked.items()}, index=["quality", "appeal (clickbait)"]).T
pull.round(2)

# %% [markdown]
# Some titles promise more than the item delivers; people click, are disappointed, and visit less. A reward that only
# counts clicks cannot tell such an item from a good one. How strong this is, we wrote into the world ourselves. So the
# world does not prove that clicks mislead *your* service; it shows what each strength of clickbait would do, and how
# that looks in a log.
#
# ## Four weeks later
#
# Suppose prediction were perfect. Two policies that know everybody's true probabilities: one shows what will be
# clicked, the other what will be clicked *and* satisfy. No model error is left; what differs is the objective. Again
# the strength of clickbait is varied, and both policies meet the same people with the same dice.

# %%
def perfect_at(bait):
    """Logs of four weeks under both perfect policies in a feed with this much clickbait."""
    world = feed(people=220, items=220, seed=0, clickbait={"click": 0.8 * bait, "satisfy": -1.6 * bait})
    world.run(policies.Uniform(), 3)
    return {name: run(world, policies.Oracle(world.truth(), by), 28)
            for name, by in (("clicks", "click"), ("satisfaction", "satisfaction"))}


def active_last_week(requests, people):
    """1 for each person who visited in the last seven days, else 0."""
    late = requests.loc[requests["day"] > requests["day"].max() - 7, "user"]
    return np.isin(people, late).astype(float)

# %%
def people_lost(logs):
    """Change in people active in the last week, clicks against satisfaction, as a share of the latter."""
    asked = {name: log.requests(columns=["day", "user"]) for name, log in logs.items()}
    people = np.union1d(asked["clicks"]["user"], asked["satisfaction"]["user"])
    stayed = {name: active_last_week(requests, people) for name, requests in asked.items()}
    change, scale = paired(stayed["clicks"], stayed["satisfaction"]), stayed["satisfaction"].mean()
    return Estimate(change.value / scale, change.low / scale, change.high / scale, change.n)


by_bait = {bait: perfect_at(bait) for bait in BAITS[:2]}

# %%
by_bait |= {bait: perfect_at(bait) for bait in BAITS[2:]}
lost = {bait: people_lost(by_bait[bait]) for bait in BAITS}
for bait in BAITS:
    measured("objective.retention", lost[bait], at=bait)

# %%
plots.lines(BAITS, {"retention": [lost[bait] for bait in BAITS]}, "Whom does ranking by clicks lose in four weeks?",
            "strength of clickbait (1: as usual here)", "change in people active in week 4")
perfect = by_bait[1.0]
ax = plots.figure("Requests a day under two perfect policies, clickbait as usual", "day", "requests a day")
for name, log in perfect.items():
    daily = log.requests(columns=["day"]).groupby("day").size()
    ax.plot(daily, color=plots.color("click" if name == "clicks" else name), label=name)
ax.legend(title="optimised for")
ax.set_ylim(0);

# %% [markdown]
# A difference at 0 would not be clickbait's doing. The two policies can differ even there, because only a part of an
# item's quality shows before the click, and all of it after. At every strength, ask first whether the interval
# excludes 0: a world of 220 people shows only large changes.
#
# ## What can lie to you
#
# The denominator. A test that reads clicks *per request* cannot see what a policy does to how often people ask,
# neither in the first week nor in the fourth. Its interval has to come from people as well: one person's requests are
# alike, and counting each as a unit would make the interval far too narrow (lesson {{experiments}}).

# %%
def weekly(week, per="request"):
    """Clicks of both policies in one week, per request or per person, with an interval over people."""
    out = {}
    everybody = np.unique(np.concatenate([log.requests(columns=["user"])["user"] for log in perfect.values()]))
    for name, log in perfect.items():
        ask = log.requests(range(3 + 7 * (week - 1), 3 + 7 * week))
        clicks = objectives.clicks(log).reindex(ask["request_id"]).to_numpy()
        if per == "request":
            out[name] = ratio(clicks, np.ones(len(clicks)), groups=ask["user"])
        else:
            total = pd.Series(clicks).groupby(ask["user"].to_numpy()).sum()
            out[name] = bootstrap(total.reindex(everybody, fill_value=0).to_numpy())
    unit = "clicks a request" if per == "request" else "clicks a person in the week"
    return plots.bars(out, f"Week {week}: {unit}, by what is optimised", unit, colors={"clicks": plots.color("click")})


explore(weekly, week=(1, 4), per=["request", "person"])

# %% [markdown]
# Switch to clicks a person, then move the slider to week 4: which policy is ahead, and is it the one that was ahead per
# request in week 1? A metric per request hides a policy's effect on the number of requests. Pick a denominator that the
# policy cannot change: people.

# %%
quiz("objective.q1", "A launch raises clicks per request by ten percent in its first week. Which question comes first?",
     choices={
         "Is the gain significant?": "It may be, and still be the wrong number. Ask what it is a proxy for.",
         "How often did the same people come, and will they in a month?":
             "Yes. Clicks per request has the policy's own effect in its denominator.",
         "Can we get fifteen?": "More of a proxy need not be more of what you want; where there is clickbait it can be less.",
         "Was the test long enough?": "Length helps only if the metric can show the harm when it comes."},
     answer="How often did the same people come, and will they in a month?")

# %% [markdown]
# ## The same question in a marketplace
#
# A shop has prices, returns and margins, the part of a price that it keeps. Revenue counts the whole price. Does it
# choose the same policy as the money that is kept? Purchases are rare and differ in size, so a log of two weeks could
# not tell (lesson {{experiments}}). The world's truth can: it knows each person's chance to buy each item. `kept_money`
# of Exercise {{objective.2}} says what the shop keeps of a sale, its possible return included.

# %%
shop = marketplace(people=600, items=300, seed=0)
goods, hidden_goods = shop.catalog().items, shop.truth().hidden_items()
on_sale = shop.truth().eligible()
price, margin = (goods[name].to_numpy()[on_sale] for name in ("price", "margin"))
back = hidden_goods["return_chance"].to_numpy()[on_sale]
n = len(on_sale)
sold = kept_money(price, np.zeros(n, bool), margin / price, 2.0)
returned = kept_money(-price, np.ones(n, bool), margin / price, 2.0)
kept_share = (sold + back * returned) / price                        # of a price, what stays on average
sale_chance = shop.truth().scores(np.arange(600), on_sale, by="value") / (margin * (1 - back))
print(f"kept of a price: {np.percentile(kept_share, 10):.0%} to {np.percentile(kept_share, 90):.0%} (middle 80% of items)")

# %% [markdown]
# Twenty-four rival policies rank by the chance of a sale, times the price to some power, times the share that is kept
# to some power. What we vary is how much that share differs between items: at 0 it is the same for all, so money kept
# is a fixed part of revenue; at 1 it is this shop's. What counts is the **regret**: how much less the policy that is
# best by revenue keeps than the one that keeps most.

# %%
POWERS = [(a, b) for a in (0.0, 0.25, 0.5, 0.75, 1.0, 1.25) for b in (0.0, 0.25, 0.5, 1.0)]


def earnings(sale_chance, price, share, look):
    """Revenue and money kept of each rival for each person, float (rivals, people) each."""
    took, kept = [], []
    for of_price, of_share in POWERS:
        score = sale_chance * price**of_price * np.maximum(share, 0.01)**of_share
        best = np.argsort(-score, axis=1)[:, :len(look)]                       # (people, slots)
        sales = np.take_along_axis(sale_chance, best, axis=1) * look
        took.append((sales * price[best]).sum(1))
        kept.append((sales * (price * share)[best]).sum(1))
    return np.array(took), np.array(kept)

# %%
def regret(took, kept):
    """Share of the money kept that is lost by choosing by revenue; the interval resamples people."""
    def lost_by(rows):
        person = rows.astype(int)
        choice = took[:, person].mean(1).argmax()
        worth = kept[:, person].mean(1)
        return 1 - worth[choice] / worth.max()
    return bootstrap(np.arange(took.shape[1]), lost_by, n_boot=200)


SPREADS = [0.0, 0.5, 1.0, 1.5]
look = shop.truth().examination(np.arange(1, 11))
lost_money = {}
for spread in SPREADS:
    share = kept_share.mean() + spread * (kept_share - kept_share.mean())
    lost_money[spread] = regret(*earnings(sale_chance, price, share, look))
    measured("objective.market", lost_money[spread], at=spread)

# %%
ax = plots.lines(SPREADS, {"margin": list(lost_money.values())}, "What does choosing by revenue cost?",
                 "how much the kept share differs between items (1: this shop)", "share of the money kept that is lost")
ax.yaxis.set_major_formatter(lambda v, _: f"{v:.0%}")

# %% [markdown]
# At 0 nothing can be lost: the two objectives are the same but for a factor. How far your own shop is from 0 you can
# look up, for margins and returns are in its books. None of these rewards knows what is in stock; lesson {{reranker}}
# adds that limit.
#
# ## The budget
#
# The objective says what is best; the budget says how many items can be considered. A request has 50 ms. What does it
# cost to score every item with a trained ranker, and what does it cost to retrieve 300 first and score only those?

# %%
content = service.catalog().content
columns = [f"c{k}" for k in range(content.shape[1])]
sample = pd.DataFrame(content[shown["item"].to_numpy()[:60_000]], columns=columns)
ranker = GBDTRanker(trees=50).fit(sample, shown["click"].to_numpy()[:60_000])


def times_ms(function, repeats):
    """The time of each of several calls, ms, float (repeats,)."""
    spent = []
    for _ in range(repeats):
        begun = time.perf_counter()
        function()
        spent.append((time.perf_counter() - begun) * 1000)
    return np.array(spent)

# %%
rng = np.random.default_rng(0)
sizes = [10_000, 100_000, 1_000_000]
pool = rng.normal(size=(sizes[-1], content.shape[1])).astype(np.float32)
user = rng.normal(size=content.shape[1]).astype(np.float32)


def retrieve_then_rank(n, keep=300):
    """The `keep` highest dot products of n items, then the ranker on those alone."""
    best = np.argpartition(pool[:n] @ user, -keep)[-keep:]
    return ranker.predict(pd.DataFrame(pool[best], columns=columns))


all_ms = [times_ms(lambda n=n: ranker.predict(pd.DataFrame(pool[:n], columns=columns)), 1 if n > 1e5 else 3)
          for n in sizes]
funnel_ms = [times_ms(lambda n=n: retrieve_then_rank(n), 9) for n in sizes]
everything, funnel = ([float(np.median(times)) for times in held] for held in (all_ms, funnel_ms))

# %%
ax = plots.lines(sizes, {"rank everything": everything, "retrieve, then rank 300": funnel},
                 "What one request costs as the catalogue grows", "items in the catalogue",
                 "ms a request", logx=True, logy=True)
ax.axhline(20, color="black", linestyle="--", linewidth=1)
_ = ax.annotate("budget for ranking, 20 ms", (sizes[0], 22))

# %% [markdown]
# It is often said that the time of retrieving and then ranking *hardly grows* with the catalogue. That is a statement
# about a **power**: if the time grows like the size of the catalogue to the power a, a catalogue a hundred times as
# large takes 100 to the power a times as long. Growth in proportion is a = 1, no growth is a = 0.

# %%
def growth(small_ms, large_ms, factor):
    """The power with which time grows over a catalogue `factor` times as large; its interval resamples the calls."""
    draw = np.random.default_rng(1)
    medians = [[np.median(draw.choice(times, len(times))) for _ in range(500)] for times in (small_ms, large_ms)]
    powers = np.log(np.divide(medians[1], medians[0])) / np.log(factor)
    value = np.log(np.median(large_ms) / np.median(small_ms)) / np.log(factor)
    low, high = np.percentile(powers, [2.5, 97.5])
    return Estimate(value, min(low, value), max(high, value), len(small_ms))


print(f"ranking everything grows with power {growth(all_ms[0], all_ms[-1], 100).value:.2f}, and at a million items it costs "
      f"{everything[-1] / funnel[-1]:.0f} times as much as retrieving first")
measured("objective.rank_everything", growth(funnel_ms[0], funnel_ms[-1], 100), on="this machine",
         beside="exact search, 300 candidates, 32 numbers an item, 50 trees, batch 1")

# %% [markdown]
# Look at the line of retrieving first. In a small catalogue the 300 scores are most of its cost. But a dot product with
# every item is still work for every item, and in a catalogue large enough that part is most of the cost. Does the line
# stay below the budget at a million on your machine? Lesson {{ann}} builds an index that looks at a few items only.
#
# {{card objective.5}}

# %%
@exercise("objective.5")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    """→ int, the most items that fit the budget."""
    ### BEGIN SOLUTION
    return max(0, int((budget_ms - fixed_ms) * 1000 / per_item_us))
    ### END SOLUTION


per_item_us = (everything[1] - everything[0]) * 1000 / (sizes[1] - sizes[0])
fixed_ms = max(0.0, everything[0] - per_item_us * sizes[0] / 1000)
print(f"one item: {per_item_us:.2f} µs, fixed: {fixed_ms:.1f} ms; "
      f"20 ms pay for {affordable_items(20, fixed_ms, per_item_us):,} items, 1 ms for "
      f"{affordable_items(1, fixed_ms, per_item_us):,}")

# %% [markdown]
# That is one request, one machine and a small model. Real rankers also read features over a network, for each item;
# under load the machines are shared; and what counts is the slowest request in a hundred, the **p99**, not the median
# (lesson {{launch}}). So the course ranks a few hundred, fewer than the cell above could pay for.
#
# ## Guardrails
#
# An objective says what to raise. A **guardrail** says what must not fall while it rises, and is tied to a risk:
#
# | Risk | Guardrail | Trips when |
# |---|---|---|
# | people leave slowly | share who come back the next day | the objective is short-sighted |
# | people feel cheated | reports per thousand showings | titles win over content |
# | a few items take all | share of showings outside the top tenth | the ranker feeds on its own clicks ({{feedback}}) |
# | the service slows down | p99 latency | a stage outgrows its budget |
#
# The test for it is one of **non-inferiority**. It does not ask "is it better?" but "is it surely not worse by more
# than we accept?"
#
# {{card objective.6}}

# %%
@exercise("objective.6")
def non_inferiority(low, high, margin):
    """low, high: interval of a change (more is better); margin > 0 → "pass", "fail" or "undecided"."""
    ### BEGIN SOLUTION
    if low > -margin:
        return "pass"
    return "fail" if high < -margin else "undecided"
    ### END SOLUTION


for name in ("click rate", "reading time", "long clicks"):
    moved = paired(*(scores["back tomorrow"][arm] for arm in (name, "random")))
    print(f"{name:13s} back tomorrow, against random: {moved}  → "
          f"{non_inferiority(moved.low, moved.high, margin=0.01)}")

# %% [markdown]
# ## Frame it in a minute
#
# {{card objective.7}}

# %%
@exercise("objective.7")
def framing():
    """→ a text of at most a minute: decision, objective, guardrails, budget; components last."""
    ### BEGIN SOLUTION
    return ("We decide which ten stories to show when somebody opens the feed. The objective is that they are still here "
            "next month; we maximise satisfied reading and check it against who comes back. Returning the next day must "
            "not fall by more than a hundredth, and reports must not rise. We have fifty milliseconds, so a cheap step "
            "narrows the catalogue and a careful one orders what is left.")
    ### END SOLUTION

# %% [markdown]
# `hint("{{objective.7}}")` helps if you are stuck, `solution("{{objective.7}}")` shows ours and why,
# `compare("{{objective.3}}")` puts your code beside the reference with the cases and the speed of both.

# %%
hint("objective.7")
compare("objective.3")

# %% [markdown]
# ## After day 7
#
# By clicks per request a click policy looks good, and nothing in the dashboard is red. By then the next model is being
# trained on what this one showed (lesson {{feedback}}). Three things to have in place *before* launch: the slow metric
# with a date on which it will be read, a share of people who keep the old policy for a month, and a guardrail with a
# margin that somebody signed.
#
# ## Say it in a minute
#
# > "Before any model: we decide ten items a visit, for people we want to keep. The objective is retention, which is slow, so
# > I train on a proxy and say which: satisfied reading, not clicks, because clicks reward titles. I check once that the
# > proxy and the objective order policies alike. Guardrails cover what the proxy cannot see, with margins fixed beforehand.
# > The budget is fifty milliseconds, too little to score a large catalogue in full, and that is why there will be stages."
#
# **Red flag:** "I would use a two-tower model and a transformer ranker, and optimise CTR." A component before an objective,
# and a proxy, CTR (clicks per showing), that nobody has checked.
#
# ## You have now
#
# rewards for a feed and a shop; what clickbait of each strength does to who comes back; what your machine can score
# in 20 ms; `non_inferiority`, which lesson {{launch}}'s ramp calls on every step; and your own framing, which lesson
# {{interview}} will ask for under a clock. Next ({{feedback}}): what a click, and its absence, can mean.
