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
from course_lib.evidence.estimate import Estimate, bootstrap, paired
from course_lib.stages.ranking.ranker import GBDTRanker
from course_lib.teach import compare, exercise, explore, hint, measured, plots, predict, quiz, solution
from course_lib.world import feed, marketplace, policies

plots.style()

# %% [markdown]
# ## Predict
#
# Write a number in place of `...` and run the cell. You will see it again beside what was measured. Nobody else does.
# A **feed** is a service of many fresh items that people read; a **policy** is the rule that fills the slots of a slate.
#
# 1. A feed ranks by clicks instead of by satisfaction. By what share does the number of people still active in the last
#    week of a month change? (−0.1 is ten percent fewer.)
# 2. Six policies are ranked by clicks per request and by how many people come back within a week. What is the rank
#    correlation of the two orders? (1: the same order, 0: none, −1: reversed.)
# 3. A million items. How many times as much time does scoring all of them take as first retrieving 300 by a
#    cheap method and scoring those?

# %%
predict("objective.retention", ...)
predict("objective.reorder", ...)
predict("objective.rank_everything", ...)

# %% [markdown]
# ## Build: rewards over a log
#
# An **objective** is what you want: people who are glad they came. A **proxy** is what the log holds: clicks, seconds,
# purchases. A **reward** is a function that turns the log into one number a request, and choosing it is the decision this
# lesson is about. The log stays the same; only the function changes.
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


service = feed(people=400, items=400, seed=0)
first_week = MemoryLog()
service.run(policies.Uniform(), 7, first_week)
shown = first_week.impressions(columns=["item", "click", "dwell_s"])
print(f"{len(shown):,} showings, {shown['click'].sum():,} clicks, {service.catalog().items.shape[0]} items")

# %% [markdown]
# A policy for each reward: items that earned more are drawn more often, everything else alike. Beside them, three that
# every service starts with: random, newest first, most clicked. Items are born every day; those without a past count as
# average.

# %%
def by_score(name, score, spread=0.4):
    """Draws items the more often the higher their score; items born since count as average."""
    z = (score - score.mean()) / score.std()
    pad = lambda requests: np.pad(z, (0, max(0, requests.eligible[-1] + 1 - len(z))))  # noqa: E731
    return policies.PlackettLuce(lambda r: pad(r)[r.eligible], temperature=spread, name=name)


earned = {"click rate": shown["click"], "reading time": shown["dwell_s"], "long clicks": shown["dwell_s"] >= 30}
item, n_items = shown["item"].to_numpy(), len(service.catalog().items)
contenders = {"random": policies.Uniform(), "newest": policies.Recency(service.catalog()),
              "most clicked": policies.Popularity(power=1.0)}
contenders |= {name: by_score(name, objectives.per_showing(item, amount.to_numpy(float), n_items))
               for name, amount in earned.items()}
logs = {name: run(service, policy, 16) for name, policy in contenders.items()}

# %% [markdown]
# Now the four rewards over the six logs: clicks, seconds of reading (*dwell*), clicks that held for half a minute, and
# whether the person came back the next day. Coming back within a week is known for fewer of these visits; it follows below.

# %%
rewards = {"clicks": objectives.clicks, "reading time": objectives.dwell, "long clicks": objectives.long_clicks,
           "back tomorrow": lambda log: objectives.next_week_return(log, within_days=1)}
scores = {name: objectives.by_policy(logs, reward) for name, reward in rewards.items()}
table = pd.DataFrame({name: by_user.mean() for name, by_user in scores.items()})
table.round(3)

# %%
def places(table):
    """Each policy's place (1 is best) by each objective, as lines from objective to objective."""
    ax = plots.figure("The best policy by clicks is not the best by much else", "", "place, 1 is best")
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

# %%
week = objectives.by_policy(logs, objectives.next_week_return)
agreements = {name: objectives.agreement(scores["clicks"], scores[name]) for name in list(scores)[1:]}
agreements["back in a week"] = objectives.agreement(scores["clicks"], week)
plots.bars(agreements, f"Clicks and back tomorrow: rank correlation {agreements['back tomorrow'].value:+.2f}",
           "rank correlation with clicks per request (95% over people)")
measured("objective.reorder", agreements["back in a week"])

# %% [markdown]
# Before you believe it: this is **one** seed, so one catalogue and one crowd, and six policies are few to put in an order.
# The intervals say what other people would change, not what another world would. So take the two policies that differ most
# in what they reward, let both meet three worlds, and ask by how much the click ranker is ahead of the long-click ranker.

# %%
def two_rankers(seed):
    """Logs of the click ranker and of the long-click ranker in the world of this seed."""
    world, week = feed(people=400, items=400, seed=seed), MemoryLog()
    world.run(policies.Uniform(), 7, week)
    seen, n = week.impressions(columns=["item", "click", "dwell_s"]), len(world.catalog().items)
    worth = {"click rate": seen["click"], "long clicks": seen["dwell_s"] >= 30}
    return {name: run(world, by_score(name, objectives.per_showing(seen["item"].to_numpy(), x.to_numpy(float), n)), 16)
            for name, x in worth.items()}


pairs = {0: {name: logs[name] for name in ("click rate", "long clicks")}} | {seed: two_rankers(seed) for seed in (1, 2)}

# %%
def ahead(pair, reward):
    """By what share the click ranker is ahead, over the people who came under both, with an interval."""
    both = objectives.by_policy(pair, reward).dropna()
    gain, scale = paired(both["click rate"], both["long clicks"]), both["long clicks"].mean()
    return Estimate(gain.value / scale, gain.low / scale, gain.high / scale, gain.n)


by_seed = {name: [ahead(pair, rewards[name]) for pair in pairs.values()] for name in ("clicks", "back tomorrow")}
turns = sum(c.low > 0 and b.high < 0 for c, b in zip(*by_seed.values(), strict=True))
plots.bars({f"{name}, seed {seed}": estimate for name, row in by_seed.items() for seed, estimate in zip(pairs, row, strict=True)},
           f"At {turns} of {len(pairs)} seeds the click ranker wins clicks and loses people",
           "click ranker ahead of long-click ranker, share", fmt="{:+.1%}",
           colors={f"{name}, seed {seed}": plots.color("click" if name == "clicks" else "retention")
                   for name in by_seed for seed in pairs})
measured("objective.turn", turns)

# %% [markdown]
# Where does a disagreement come from? Look at what the click ranker likes. The next cell opens the world's **truth**, which
# no log holds: the hidden quality of an item, and its *appeal*, the pull of a title beyond what the item keeps.

# %%
hidden = service.truth().hidden_items().iloc[:n_items]
liked = {name: objectives.per_showing(item, amount.to_numpy(float), n_items) for name, amount in earned.items()}
pull = pd.DataFrame({name: [np.corrcoef(score, hidden[what])[0, 1] for what in ("quality", "appeal")]
                     for name, score in liked.items()}, index=["quality", "appeal (clickbait)"]).T
pull.round(2)

# %% [markdown]
# Nobody wrote "clicks are bad" into the world. Some titles promise more than the item holds; people click, are
# disappointed, and visit less. A reward that only counts clicks cannot tell such an item from a good one.
#
# ## Thirty days later
#
# Suppose prediction were perfect. Two policies that know everybody's true probabilities: one shows what will be clicked,
# the other what will be clicked *and* satisfy. No model error is left; what differs is the objective.

# %%
small = feed(people=300, items=300, seed=1)
small.run(policies.Uniform(), 3)
perfect = {name: run(small, policies.Oracle(small.truth(), by), 30)
           for name, by in (("clicks", "click"), ("satisfaction", "satisfaction"))}
asked = {name: log.requests(columns=["day", "user"]) for name, log in perfect.items()}

# %%
def active_last_week(requests, people):
    """1 for each person who visited in the last seven days, else 0."""
    late = requests.loc[requests["day"] > requests["day"].max() - 7, "user"]
    return np.isin(people, late).astype(float)


people = np.union1d(asked["clicks"]["user"], asked["satisfaction"]["user"])
stayed = {name: active_last_week(requests, people) for name, requests in asked.items()}
change = paired(stayed["clicks"], stayed["satisfaction"])
scale = stayed["satisfaction"].mean()
lost = Estimate(change.value / scale, change.low / scale, change.high / scale, change.n)
measured("objective.retention", lost)

# %%
ax = plots.figure("Use drifts apart, although both policies predict perfectly", "day", "requests a day")
for name, requests in asked.items():
    ax.plot(requests.groupby("day").size(), color=plots.color("click" if name == "clicks" else name), label=name)
ax.legend(title="optimised for")
ax.set_ylim(0);

# %% [markdown]
# Is it the mechanism we blame? The world can switch it off. In a world without clickbait, the same two policies:

# %%
honest = feed(people=300, items=300, seed=1, without=("clickbait",))
honest.run(policies.Uniform(), 3)
gap = {}
for name, twin in (("with clickbait", small), ("without", honest)):
    used = {by: run(twin, policies.Oracle(twin.truth(), by), 10).requests(columns=["user"])["user"].value_counts()
            for by in ("click", "satisfaction")}
    both = pd.DataFrame(used).fillna(0)
    lost = paired(both["click"], both["satisfaction"])
    gap[name] = Estimate(*(part / both["satisfaction"].mean() for part in (lost.value, lost.low, lost.high)), lost.n)
share = 1 - gap["without"].value / gap["with clickbait"].value
plots.bars(gap, f"Without clickbait, {share:.0%} of the damage goes away",
           "requests in ten days: clicks against satisfaction, share", colors={"without": plots.GREY});

# %% [markdown]
# What is left has another source: of an item's quality, only a part shows before the click, and all of it after.
#
# ## What can lie to you
#
# The denominator. A test of one week that reads clicks *per request* sees the click policy win. What the policy does to how
# often people ask, clicks per request never shows, in the first week or the fourth.

# %%
def weekly(week, per="request"):
    """Clicks of both policies in one week, per request or per person, with an interval."""
    out = {}
    for name, log in perfect.items():
        days = range(3 + 7 * (week - 1), 3 + 7 * week)
        ask = log.requests(days)
        clicks = objectives.clicks(log).reindex(ask["request_id"])
        total = np.bincount(ask["user"], weights=clicks, minlength=people.max() + 1)[people]
        out[name] = bootstrap(clicks.to_numpy()) if per == "request" else bootstrap(total)
    unit = "clicks a request" if per == "request" else "clicks a person in the week"
    colors = {"clicks": plots.color("click"), "satisfaction": plots.color("satisfaction")}
    return plots.bars(out, f"Week {week}: {unit}, by what is optimised", unit, colors=colors)


explore(weekly, week=(1, 4), per=["request", "person"])

# %% [markdown]
# Switch to clicks a person, then move the slider to week 4: how much is left of the lead? A metric per request hides a
# policy's effect on the number of requests. Pick a denominator that the policy cannot change: people.

# %%
quiz("objective.q1", "A launch raises clicks per request by ten percent in its first week. Which question comes first?",
     choices={
         "Is the gain significant?": "It may be, and still be the wrong number. Ask what it is a proxy for.",
         "How often did the same people come, and will they in a month?":
             "Yes. Clicks per request has the policy's own effect in its denominator.",
         "Can we get fifteen?": "More of a proxy is not more of what you want; here it was less.",
         "Was the test long enough?": "Length helps only if the metric can show the harm when it comes."},
     answer="How often did the same people come, and will they in a month?")

# %% [markdown]
# ## The same question in a marketplace
#
# A shop has prices, returns and margins, the part of a price that it keeps. Two weeks of random slots, then policies that
# draw items by what a showing was clicked, sold, took in, or kept. `kept_money` of Exercise {{objective.2}} values the items.

# %%
shop = marketplace(people=600, items=300, seed=0)
before = MemoryLog()
shop.run(policies.Uniform(), 14, before)
goods = shop.catalog().items
rate = goods["margin"] / goods["price"]
print(before.outcomes()["kind"].value_counts().to_dict(), f"margin {rate.min():.0%} to {rate.max():.0%} of the price")

# %%
showings = before.impressions(columns=["request_id", "item", "click"])
money = before.outcomes()
money = money[money["kind"].isin(["purchase", "return"])]
bought = money["kind"] == "purchase"
kept = kept_money(money["value"].to_numpy(), ~bought.to_numpy(), money["item"].map(rate).to_numpy(), 2.0)
each = {"clicks": np.bincount(showings["item"], showings["click"], len(goods)),
        "sales": np.bincount(money["item"], bought, len(goods)),
        "revenue": np.bincount(money["item"], money["value"] * bought, len(goods)),
        "money kept": np.bincount(money["item"], kept, len(goods))}
times = np.bincount(showings["item"], minlength=len(goods))
worth = {name: (total + 300 * total.sum() / times.sum()) / (times + 300) for name, total in each.items()}
sellers = {name: run(shop, by_score(name, value), 14) for name, value in worth.items()}

# %%
grown = shop.fork()
grown.run(policies.Uniform(), 14)                       # items are born meanwhile, the same ones in every twin
later_goods = grown.catalog().items
later_rate = later_goods["margin"] / later_goods["price"]


def keeps(log):
    """Money kept per request, returns handled at 2 each."""
    return objectives.margin(log, margin_rate=later_rate, return_cost=2.0)


took, kept_by = objectives.by_policy(sellers, objectives.revenue), objectives.by_policy(sellers, keeps)
plots.bars({name: bootstrap(kept_by[name].dropna().to_numpy()) for name in sellers},
           "What the shop keeps, by what its ranker was told to raise", "money kept per request (95% over people)")
measured("objective.market", objectives.agreement(took, kept_by))

# %% [markdown]
# Read the verdict with its interval. Among four policies, a single swap of neighbours already moves the correlation by a
# fifth. And money kept is made of revenue, so the two have reason to agree. The intervals are wide: a purchase is rare and
# its size varies, so money needs more traffic than clicks do (lesson {{experiments}}). Stock is a limit no reward here knows ({{reranker}}).
#
# ## The budget
#
# The objective says what is best; the budget says what can be looked at. A request has 50 ms. How much does it cost to
# score one item with a real ranker?

# %%
content = service.catalog().content
columns = [f"c{k}" for k in range(content.shape[1])]
sample = pd.DataFrame(content[item[:60_000]], columns=columns)
ranker = GBDTRanker(trees=50).fit(sample, shown["click"].to_numpy()[:60_000])


def median_ms(function, repeats=3):
    """The median time of a call, ms."""
    spent = []
    for _ in range(repeats):
        begun = time.perf_counter()
        function()
        spent.append((time.perf_counter() - begun) * 1000)
    return float(np.median(spent))

# %%
rng = np.random.default_rng(0)
sizes = [10_000, 100_000, 1_000_000]
pool = rng.normal(size=(sizes[-1], content.shape[1])).astype(np.float32)
user = rng.normal(size=content.shape[1]).astype(np.float32)


def retrieve_then_rank(n, keep=300):
    """The `keep` highest dot products of n items, then the ranker on those alone."""
    best = np.argpartition(pool[:n] @ user, -keep)[-keep:]
    return ranker.predict(pd.DataFrame(pool[best], columns=columns))


everything = [median_ms(lambda n=n: ranker.predict(pd.DataFrame(pool[:n], columns=columns)), 1 if n > 1e5 else 3)
              for n in sizes]
funnel = [median_ms(lambda n=n: retrieve_then_rank(n), 5) for n in sizes]

# %%
ax = plots.lines(sizes, {"rank everything": everything, "retrieve, then rank 300": funnel},
                 "Ranking everything leaves the budget long before a million", "items in the catalogue",
                 "ms a request", logx=True, logy=True)
ax.axhline(20, color="black", linestyle="--", linewidth=1)
ax.annotate("budget for ranking, 20 ms", (sizes[0], 22))
measured("objective.rank_everything", everything[-1] / funnel[-1], on="this machine")

# %% [markdown]
# Look at the lower line too. It is far cheaper, but it is not flat, whatever the claim says: one dot product with every item
# is still work for every item. Does it stay below the budget at a million? An index that looks at a few items only is what
# lesson {{ann}} builds.
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
# That is one request, one machine and a small model. Real rankers also read features over a network, for each item; under
# load the machines are shared; and what counts is the slowest request in a hundred, the **p99**, not the median (lesson {{launch}}).
# So the course ranks a few hundred, fewer than the cell above could pay for.
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
# The test for it is one of **non-inferiority**. It does not ask "is it better?" but "is it surely not worse by more than we
# accept?"
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
# `hint("{{objective.7}}")` helps if you are stuck, `solution("{{objective.7}}")` shows ours and why, `compare("{{objective.3}}")` puts your code beside the
# reference with the cases and the speed of both.

# %%
hint("objective.7")
compare("objective.3")

# %% [markdown]
# ## After day 7
#
# By clicks per request the click policy looks best, and nothing in the dashboard is red. By then the next model is being
# trained on what this one showed (lesson {{feedback}}). Three things to have in place *before* launch: the slow metric with a date on which
# it will be read, a share of people who keep the old policy for a month, and a guardrail with a margin that somebody
# signed.
#
# ## Say it in a minute
#
# > "Before any model: we decide ten items a visit, for people we want to keep. The objective is retention, which is slow, so
# > I train on a proxy and say which: satisfied reading, not clicks, because clicks reward titles. I check once that the
# > proxy and the objective order policies alike. Guardrails cover what the proxy cannot see, with margins fixed beforehand.
# > The budget is fifty milliseconds, which rules out scoring everything, and that is why there will be stages."
#
# **Red flag:** "I would use a two-tower model and a transformer ranker, and optimise CTR." A component before an objective,
# and a proxy, CTR (clicks per showing), that nobody has checked.
#
# ## You have now
#
# rewards for a feed and a shop; how far they agree, in one world and with intervals; what your machine can score in 20 ms;
# `non_inferiority`, which lesson {{launch}}'s ramp calls on every step; and your own framing, which lesson {{interview}} will ask for
# under a clock. Next ({{feedback}}): what a click, and its absence, can mean.
