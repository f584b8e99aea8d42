# %% [markdown]
# # {{objective}} Objective: which decision, for whom, at what cost
#
# **The decision.** Each time somebody arrives, which ten items do we show, and *by what will we say that it was right*?
# The whole course answers the second half of that question.
#
# | | |
# |---|---|
# | Budget | 50 ms for a request: 30 to retrieve, 20 to rank. This lesson measures how many items that pays for. |
# | Failure this stage owns | *The system got very good at the wrong thing.* No later stage can repair it. |
# | Minutes | 95, of which 71 on exercises |
# | Needs | nothing before it |
# | Leaves behind | a proxy that you chose, a margin that you set, a budget, and both services framed |

# %%
import numpy as np
import pandas as pd

from course_lib.data.log import MemoryLog
from course_lib.evidence import objectives, proxies, shop_rivals
from course_lib.evidence.estimate import bootstrap, paired, ratio
from course_lib.evidence.framing_parts import read_framing
from course_lib.evidence.growth import growth_power, times_ms
from course_lib.stages.ranking.ranker import GBDTRanker
from course_lib.teach import decide, exercise, measured, plots, predict, quiz, referee
from course_lib.world import feed, marketplace, policies

# %% [markdown]
# ## Predict
#
# Write a number in place of `...` and run the cell. You will see it again beside what was measured. A **feed** is a
# service of many fresh items to read; a **policy** is the rule that fills the slots of a page; a **ranker** is a policy
# that orders items by a score.
#
# 1. A feed ranks by clicks instead of by satisfaction. By what share does the number of people still active in the
#    fourth week change, at the clickbait this world comes with? (−0.1 is ten percent fewer.)
# 2. Twenty-one rival policies are ranked by clicks per request and by how many people come back within a week. What is
#    the rank correlation of the two orders? (1: the same order, 0: none, −1: reversed.)
# 3. The catalogue grows from ten thousand items to a million. A cheap step goes through all of them and keeps 300; a
#    ranker scores those. With which power of the catalogue's size does the time of a request grow? (1: in proportion.)

# %%
predict("objective.retention", ...)
predict("objective.reorder", ...)
predict("objective.rank_everything", ...)
plots.style()

# %% [markdown]
# ## Objective, proxy, reward
#
# An **objective** is what you want, such as people who are still here next month. It is slow. A **proxy** is what the
# log holds soon and what you hope goes with it. A **reward** turns the log into one number for each request; a model is
# trained to raise it. A **request** is a page of ten slots, a **showing** one item in one slot, a **visit** or
# *session* one person's requests in a row. Six proxies are in common use:
#
# | proxy | what is counted | known after |
# |---|---|---|
# | clicks | clicks | seconds |
# | reading time | seconds on what was opened (*dwell*) | minutes |
# | long clicks | clicks that held for 30 s | minutes |
# | meaningful engagement | long clicks, less half of the *bounces*, clicks left within 10 s | minutes |
# | session depth | requests that follow in the same visit | an hour |
# | back tomorrow (day-one **retention**) | whether the person comes again the next day | a day |
#
# The first four are facts about an item: its score is what one *showing* earned. The last two are facts about a visit,
# credited to each item clicked in it. Their score is a mean over *clicks*, so it does not say how often an item is
# clicked.
#
# Whether somebody *comes back* cannot be known yet for the newest visits.
#
# {{card objective.3}}

# %%
@exercise("objective.3")
def came_back(user, day, last_day, within_days):
    """user, day int [V] → float [V]: 1 came back in time, 0 did not, NaN not known yet."""
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
# ## Six rankers, six logs
#
# To compare proxies fairly, the same people must meet each policy. The **world** of this course is a simulated service,
# and `fork()` gives a twin of it, with the same people and the same dice: twins that differ in the policy alone differ
# by its effect alone.
#
# In this world a click leaves a person **satisfied** or disappointed. The log does not say which; it holds how long
# they stayed, and the satisfied mostly stay longer. Satisfied people come more often. `clickbait` says how much a
# title's *appeal* adds to the click and takes from the satisfaction after it, in logits (the scale on which a logistic
# model adds up). Each item's six scores are learned from a week in which every slot is filled at random.

# %%
def run(world, policy, days):
    """The log of a twin of the world after `days` days under the policy."""
    log = MemoryLog()
    world.fork().run(policy, days, log)
    return log


def feed_with(bait, people=250, seed=0):
    """A feed whose clickbait is `bait` times as strong as usual."""
    clickbait = {"click": 0.8 * bait, "satisfy": -1.6 * bait}
    return feed(people=people, items=people, seed=seed, clickbait=clickbait)

# %%
def random_week(bait):
    """Such a feed after a week of random slots, and each item's scores by the six proxies."""
    world, week = feed_with(bait), MemoryLog()
    world.run(policies.Uniform(), 7, week)
    n_items = len(world.catalog().items)
    return world, proxies.item_scores(week, n_items, came_back)


service, learned = random_week(1.0)

# %% [markdown]
# Each ranker has one score an item, the same for everybody, and draws ten items without repeats, with chances in
# proportion to exp(score / 0.4). Items born since count as average. All six scores have the same spread, so one that is
# mostly noise moves as many slots as a good one.
#
# Random slots are what each ranker has to beat, with one caution: people click more for some days after their policy
# changes (**novelty**), and after a random week only the six are a change.

# %%
def by_score(score, name="by score"):
    """Draws items the more often the higher their score."""
    return policies.PlackettLuce(proxies.scorer(score), temperature=0.4, name=name)


DAYS = 12
logs = {name: run(service, by_score(score, name), DAYS) for name, score in learned.items()}
logs["random slots"] = run(service, policies.Uniform(), DAYS)
table = proxies.proxy_table(logs, came_back)
table["requests a day"] = [proxies.requests_a_day(log, people=250) for log in logs.values()]
table.round(3)

# %% [markdown]
# A row is a ranker, named after the proxy that it learned; a column is what its log says (the last: requests a person
# and day). Does the ranker that learned a proxy also lead in it? Which rankers do worse than random slots, and in which
# columns?

# %%
places = table.drop("random slots").rank(ascending=False)
ax = plots.figure("Is the best ranker by clicks the best by the others?", "", "place, 1 is best",
                  width=8.6)
for index, (name, row) in enumerate(places.iterrows()):
    ax.plot(row.index, row, marker="o", color=plots.CYCLE[index])
    ax.annotate(name, (len(row) - 1, row.iloc[-1]), xytext=(8, -4), textcoords="offset points")
ax.set_xticks(range(len(places.columns)), [name.replace(" ", "\n", 1) for name in places.columns])
ax.invert_yaxis()
ax.set_xlim(-0.4, len(places.columns) + 0.9)

# %% [markdown]
# Places hide distances, and with 250 people another seed can give another order. Your choice is played out in five
# other feeds.
#
# {{card objective.8}}

# %%
### BEGIN SOLUTION: my_proxy = ...
my_proxy = "meaningful engagement"
### END SOLUTION
proxy = decide("objective.8", my_proxy, feed=feed, policies=policies)

# %% [markdown]
# The notebook goes on with your choice: your ranker meets a guardrail further down. The decision does not show whether
# a ranker is worse than random slots, which were not played, nor why session depth or back tomorrow does badly: too
# little data in a week, or credit per click.
#
# ## Among rivals, do clicks and coming back agree?
#
# **Rivals** are policies that a team would really choose between. Here they are twenty-one mixtures of the scores for
# clicks, reading time and long clicks, in steps of a fifth. Do clicks per request and coming back within a week put
# them in the same order? The **rank correlation** is the correlation of the places.

# %%
WEIGHTS = [(i / 5, j / 5, (5 - i - j) / 5) for i in range(6) for j in range(6 - i)]
parts = np.stack([learned[name] for name in ("clicks", "reading time", "long clicks")])
rivals = {}
for weights in WEIGHTS:
    score = proxies.standard(np.array(weights) @ parts)
    rivals[weights] = run(service, by_score(score), DAYS)

# %%
by_clicks = objectives.by_policy(rivals, objectives.clicks)
by_week = objectives.by_policy(rivals, lambda log: proxies.back_within(log, 7, came_back))
agreement = objectives.agreement(by_clicks, by_week)
ax = plots.figure("Do clicks and return put 21 rivals in the same order?", "clicks per request",
                  "share back within a week")
for weights in WEIGHTS:
    ax.plot(by_clicks[weights].mean(), by_week[weights].mean(), "o",
            color=plots.color("retention"), alpha=0.2 + 0.8 * weights[0])
ax.annotate("darker: more weight on clicks", (0.02, 0.04), xycoords="axes fraction")
measured("objective.reorder", agreement)

# %% [markdown]
# The interval says what other people would change; the strip in the notice shows ten other worlds beside the band
# expected beforehand (`░`). (Its range is approximate: no correlation passes −1.)
#
# "Holds" says little here: the band includes 0, and the ten worlds lie on both sides of it. Rivals that are equally
# good would give the same, and on the vertical axis these nearly are. Almost everybody comes back within a week, and
# only the first five of the twelve days can be judged. So the order by clicks is no guide to the order by coming back;
# that it is the reverse is not shown.
#
# ## Why a click pays for the title
#
# Let $c$ be the chance that a person who looks at an item clicks it, and $s$ the chance that a click satisfies. An item
# has an appeal $a$, by which its title promises more than it delivers. In this world appeal adds to one and takes from
# the other:
#
# $$\operatorname{logit} c = q + 0.8\,a, \qquad \operatorname{logit} s = r - 1.6\,a,$$
#
# where $q$ and $r$ hold all else about the pair. A ranker that learned clicks orders by $c$, which grows with $a$: it
# looks for bait. One that learned satisfied clicks orders by $c\,s$. Since the derivative of $\log c$ is $0.8\,(1-c)$
# and that of $\log s$ is $-1.6\,(1-s)$,
#
# $$\frac{\partial \log (c\,s)}{\partial a} = 0.8\,(1-c) - 1.6\,(1-s) < 0 \quad\Longleftrightarrow\quad s < \frac{1+c}{2}.$$
#
# So $c\,s$ punishes bait where fewer than about half of the clicks satisfy, and rewards it where more do. It is itself
# a proxy: visits in this world follow satisfied clicks less disappointed ones, $c\,s - c\,(1-s) = c\,(2s-1)$.
#
# We wrote clickbait into the world ourselves, so it proves nothing about *your* service; it shows what each strength
# would do. The next cells multiply both numbers by a strength from 0 to 2. A claim measured at several strengths is a
# **dial**; it *turns* where it starts or stops holding.

# %%
BAITS = [0.0, 0.5, 1.0, 2.0]
pairs = {}
for bait in BAITS:
    world, scores = random_week(bait)
    pairs[bait] = {name: run(world, by_score(scores[name]), DAYS)
                   for name in ("clicks", "long clicks")}

# %%
def click_ranker_ahead(pair, reward):
    """By what share the click ranker is ahead of the long-click ranker, over the same people."""
    both = objectives.by_policy(pair, reward)
    return proxies.as_share(both["clicks"], both["long clicks"])


in_clicks = [click_ranker_ahead(pairs[bait], objectives.clicks) for bait in BAITS]
in_return = [click_ranker_ahead(pairs[bait], proxies.back_tomorrow) for bait in BAITS]

# %%
ax = plots.lines(BAITS, {"click": in_clicks, "retention": in_return},
                 "A click ranker beside a long-click ranker: clicks and return tomorrow",
                 "strength of clickbait (1: as usual here)", "click ranker ahead by")
ax.axhline(0, color="#333333", lw=1)
ax.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
for bait, change in zip(BAITS, in_return, strict=True):
    measured("objective.turn", change, at=bait)

# %% [markdown]
# A point whose band crosses 0 shows no difference. The line for retention is flat on this axis; its numbers stand in
# the notices.
#
# Strength 0 is the control, where the click ranker should lose nothing. But in the ten other worlds it loses a little
# there too, on average. So "never leaves the band" is no clean result: something besides clickbait costs it people,
# perhaps at every strength. Where clicks lie below 0 at strength 0, it even gets fewer clicks than its rival. We have
# not tested why.
#
# ## Four weeks later
#
# Suppose two policies know everybody's true chances: one shows what will be clicked, the other what will be clicked
# *and* satisfy. Both meet the same people with the same dice for four weeks, at four strengths of clickbait.

# %%
def perfect_at(bait):
    """Logs of four weeks under both perfect policies in a feed with this much clickbait."""
    world = feed_with(bait, people=220)
    world.run(policies.Uniform(), 3)
    truth = world.truth()
    return {"clicks": run(world, policies.Oracle(truth, "click"), 28),
            "satisfaction": run(world, policies.Oracle(truth, "satisfaction"), 28)}


by_bait = {bait: perfect_at(bait) for bait in BAITS[:2]}

# %%
by_bait |= {bait: perfect_at(bait) for bait in BAITS[2:]}
people_lost = [proxies.people_lost(by_bait[bait]) for bait in BAITS]
requests_lost = [proxies.requests_lost(by_bait[bait]) for bait in BAITS]
for bait, lost in zip(BAITS, people_lost, strict=True):
    measured("objective.retention", lost, at=bait)

# %%
curves = {"people active in week 4": people_lost, "requests in week 4": requests_lost}
ax = plots.lines(BAITS, curves, "What does ranking by clicks lose in four weeks?",
                 "strength of clickbait (1: as usual here)", "change against satisfaction")
ax.axhline(0, color="#333333", lw=1)
ax.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
print(f"clickbait as usual: people {people_lost[2]:.0%}, requests {requests_lost[2]:.0%}")

# %% [markdown]
# *People active* counts those who asked at least once in the last seven days. *Requests* also falls when people still
# come but ask less. Where its line lies far below the other, the number of people shows only the smaller part of the
# loss. The policies can differ even at strength 0, because only a part of an item's quality shows before the click.
#
# Ask at each strength whether the interval excludes 0. Where the notice says that your run lies *outside*, it is an
# extreme one: trust the mean of the ten other worlds. The change in requests is no claim; it was measured in this world
# alone.
#
# ## Referee: the chart that said all is well
#
# Would the team have noticed? Here is what it reported.
#
# {{card objective.11}}

# %%
def values(clicks, user, everybody):
    """clicks float [R], user int [R], everybody int [P] → float [...], the values to average."""
    ### BEGIN SOLUTION
    total = pd.Series(clicks).groupby(user).sum()
    return total.reindex(everybody, fill_value=0.0).to_numpy()
    ### END SOLUTION


### BEGIN SOLUTION: because = ...
because = "The unit is a request, and the policy changes how many requests there are."
### END SOLUTION
per_person = referee("objective.11", because=because, mended=values, feed=feed, policies=policies)

# %% [markdown]
# Your function now draws the four weeks of the two policies above, beside clicks for each request. This is another
# world than the referee's, and `everybody` is whoever asked anything under either policy; the people of the first day
# would be cleaner. Each band, over people (lesson {{experiments}}), belongs to one policy. Two that overlap do not rule
# out a difference, and the paired difference is not drawn.

# %%
def week_of(log, week, everybody):
    """Clicks per request and clicks per person in one week, each with an interval over people."""
    asked = log.requests(range(3 + 7 * week, 10 + 7 * week), columns=["request_id", "user"])
    clicks = objectives.clicks(log).reindex(asked["request_id"]).to_numpy()
    user = asked["user"].to_numpy()
    return (ratio(clicks, np.ones(len(clicks)), groups=user),
            bootstrap(per_person(clicks, user, everybody)))


perfect = {"click": by_bait[1.0]["clicks"], "satisfaction": by_bait[1.0]["satisfaction"]}
asking = [log.requests(columns=["user"])["user"] for log in perfect.values()]
everybody = np.unique(np.concatenate(asking))

# %%
weeks = [0, 1, 2, 3]
for place, unit in enumerate(("request", "person and week")):
    series = {name: [week_of(log, week, everybody)[place] for week in weeks]
              for name, log in perfect.items()}
    ax = plots.lines(weeks, series, f"Clicks for each {unit}: who is ahead?", "",
                     f"clicks for each {unit}")
    ax.set_xticks(weeks, [f"week {week + 1}" for week in weeks])
    ax.set_ylim(0)
    ax.legend(title="optimised for")

# %% [markdown]
# By request the click policy looks level or ahead; by person, from the same logs, it falls behind. A metric for each
# request has the policy's effect on the number of requests in its denominator, so it cannot show it. Pick a denominator
# that the policy cannot change: people.

# %%
quiz("objective.q1", "A launch raises clicks per request by ten percent in its first week. "
     "Which question comes first?",
     choices={
         "Is the gain significant?": "It may be, and still be the wrong number: a proxy for what?",
         "How often did the same people come, and will they in a month?":
             "Yes. Clicks per request has the policy's own effect in its denominator.",
         "Can we get fifteen?": "More of a proxy need not be more of what you want.",
         "Was the test long enough?": "Length helps only if the metric can show the harm."},
     answer="How often did the same people come, and will they in a month?")

# %% [markdown]
# ## The same question in a marketplace
#
# A shop has prices, stock, **margins** (here the part of a price that it keeps; a guardrail's margin, further down, is
# another thing) and **returns** (goods sent back). Purchases and returns come days after the click. It can rank by:
#
# | what | leaves out |
# |---|---|
# | clicks | whether anything is bought |
# | the chance of a purchase | the price |
# | revenue, chance × price | what stays of the price: margin, returns, their handling |
# | money kept, the objective | **inventory**: the best items sell out, and an empty shelf earns nothing |
#
# {{card objective.2}}

# %%
@exercise("objective.2")
def kept_money(value, is_return, margin_rate, return_cost):
    """value float [E] (a return's is negative), is_return bool [E], margin_rate [E] → float [E]."""
    ### BEGIN SOLUTION
    return value * margin_rate - return_cost * is_return
    ### END SOLUTION


# %% [markdown]
# Does revenue choose the same policy as the money that is kept? A log has few purchases, of unequal size, and would
# hardly tell. The world's **truth**, which no log holds, knows each person's chance to buy each item.
#
# If a sale keeps $m$, goods come back with chance $\rho$ (`back` in the cell), and handling costs $h$, a sale keeps $m
# - \rho\,(m + h)$ on average. Your function gives $m$ and $-(m + h)$. The truth's *value* is the chance of a sale times
# $m\,(1-\rho)$, so the cell divides to get the chance.

# %%
shop = marketplace(people=600, items=300, seed=0)
truth = shop.truth()
on_sale = truth.eligible()
price, margin = (shop.catalog().items[name].to_numpy()[on_sale] for name in ("price", "margin"))
back = truth.hidden_items()["return_chance"].to_numpy()[on_sale]
none, every = np.zeros(len(on_sale), bool), np.ones(len(on_sale), bool)
sold = kept_money(price, none, margin / price, 2.0)
returned = kept_money(-price, every, margin / price, 2.0)
kept_share = (sold + back * returned) / price          # of a price, what stays on average
sale_chance = truth.scores(np.arange(600), on_sale, by="value") / (margin * (1 - back))
look = truth.examination(np.arange(1, 11))             # the chance that each slot is looked at

# %% [markdown]
# Twenty-four rivals rank by the chance of a sale, times powers of the price and of the share that is kept. We vary how
# much that share differs between items: at 0 it is the same for all, at 1 it is this shop's. What counts is the
# **regret**: how much less the policy that is best by revenue keeps than the one that keeps most, as a share of the
# latter.

# %%
SPREADS = [0.0, 0.5, 1.0, 1.5]
lost_money = {}
for spread in SPREADS:
    share = kept_share.mean() + spread * (kept_share - kept_share.mean())
    took, kept = shop_rivals.earnings(sale_chance, price, share, look)
    lost_money[spread] = shop_rivals.lost_by_revenue(took, kept)
    measured("objective.market", lost_money[spread], at=spread)
ax = plots.lines(SPREADS, {"margin": list(lost_money.values())},
                 "What does choosing by revenue cost?",
                 "how much the kept share differs between items (1: this shop)",
                 "share of the money kept that is lost")
ax.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")

# %% [markdown]
# At 0 nothing can be lost: the two objectives are the same but for a factor.
#
# These rivals never sell out. The next decision is played with stock for eight days. Goods come back six days after the
# purchase on average, so by then the log holds about half of the returns or fewer. Counting the others as "did not
# happen" would flatter what comes back often. So each purchase counts with the expected cost of its return, as in the
# figure.
#
# {{card objective.9}}

# %%
### BEGIN SOLUTION: rank_by = ...
rank_by = "money kept"
### END SOLUTION
rank_by = decide("objective.9", rank_by, marketplace=marketplace, policies=policies)

# %% [markdown]
# Every return is counted, and still revenue and money kept can hardly be told apart here. That is no proof that they
# are equal: ten shops for eight days cannot show a difference of a few percent. The figure compares pages, not sales,
# and there nothing sells out. What the play does show is that clicks lose.
#
# The two decisions are not alike: the feed learned its scores from a week, the shop was given every chance. But the
# worth of a sale stands in the books, and satisfaction stands nowhere. So train on the objective where you can compute
# it, on a checked proxy where you cannot. The chance of a sale still has to be learned, from purchases that are rare
# and late.
#
# ## The budget
#
# If scoring one item takes $t$ µs and every request $f$ ms besides, then $n$ items take $f + n\,t/1000$ ms. Retrieving
# first takes one cheap product for each of $n$ items and $t$ for the 300 that are left.
#
# {{card objective.5}}

# %%
@exercise("objective.5")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    """→ int, the most items that fit the budget."""
    ### BEGIN SOLUTION
    return max(0, int((budget_ms - fixed_ms) * 1000 / per_item_us))
    ### END SOLUTION


# %%
content = service.catalog().content
columns = [f"c{k}" for k in range(content.shape[1])]
rng = np.random.default_rng(0)
click = rng.random(60_000) < 0.1             # what it predicts does not matter for its speed
sample = pd.DataFrame(content[rng.integers(len(content), size=60_000)], columns=columns)
ranker = GBDTRanker(trees=50).fit(sample, click)
sizes = [10_000, 100_000, 1_000_000]
pool = rng.normal(size=(sizes[-1], content.shape[1])).astype(np.float32)
person = rng.normal(size=content.shape[1]).astype(np.float32)

# %%
def rank_all(n):
    """The ranker's scores of n items."""
    return ranker.predict(pd.DataFrame(pool[:n], columns=columns))


def retrieve_then_rank(n, keep=300):
    """The `keep` highest dot products of n items, then the ranker on those alone."""
    best = np.argpartition(pool[:n] @ person, -keep)[-keep:]
    return ranker.predict(pd.DataFrame(pool[best], columns=columns))


all_ms = [times_ms(lambda n=n: rank_all(n), 1 if n > 1e5 else 3) for n in sizes]
funnel_ms = [times_ms(lambda n=n: retrieve_then_rank(n), 9) for n in sizes]

# %%
everything = [float(np.median(times)) for times in all_ms]
funnel = [float(np.median(times)) for times in funnel_ms]
ax = plots.lines(sizes, {"rank everything": everything, "retrieve, then rank 300": funnel},
                 "What one request costs as the catalogue grows", "items in the catalogue",
                 "ms a request", logx=True, logy=True)
ax.axhline(20, color="black", linestyle="--", linewidth=1)
ax.annotate("budget for ranking, 20 ms", (sizes[0], 23))
measured("objective.rank_everything", growth_power(funnel_ms[0], funnel_ms[-1], 100), on="this machine",
         beside="exact search, 300 candidates, 32 numbers an item, 50 trees, batch 1")
fixed_ms = float(np.median(times_ms(lambda: rank_all(1), 9)))
per_item_us = (everything[0] - fixed_ms) * 1000 / sizes[0]
print(f"one item: {per_item_us:.2f} µs, fixed: {fixed_ms:.1f} ms")
for budget_ms in (20, 5, 1):
    print(f"{budget_ms:2d} ms pay for {affordable_items(budget_ms, fixed_ms, per_item_us):,} items")

# %% [markdown]
# It is often said that retrieving and then ranking *hardly grows* with the catalogue: if time grows like the size to
# the **power** $a$, a catalogue a hundred times as large takes $100^a$ times as long, and $a$ would be near 0. Here it
# is not, for this search is exact, with work for every item. Time is again a fixed part plus a part in proportion to
# $n$, and the power rises towards 1 as the search outgrows the 300 scores. Lesson {{ann}} builds an index that looks at
# a few items.
#
# The dashed line is the budget for ranking alone; the lower curve holds retrieval too, and may take 50 ms. The lines of
# text are your function's, for one machine and a small model. Real rankers also read features over a network, and what
# counts is the slowest request in a hundred, the **p99** (lesson {{launch}}). So the course ranks a few hundred.
#
# ## Guardrails
#
# A **guardrail** says what must not fall while the objective rises. It is tied to a risk:
#
# | Risk | Guardrail |
# |---|---|
# | people leave quietly | share who come back the next day |
# | people feel cheated by titles | reports per thousand showings |
# | a few items take all (lesson {{feedback}}) | share of showings outside the top tenth |
# | the shelf is empty | clicks on what is sold out (marketplace) |
# | the service slows down | p99 latency |
#
# This lesson measures the first. The test, of **non-inferiority**, does not ask "is it better?" but "is it surely not
# worse by more than the **margin**?", which is what we accept, fixed before anybody has seen a result.
#
# {{card objective.6}}

# %%
@exercise("objective.6")
def non_inferiority(low, high, margin):
    """low, high: interval of a change, more is better; margin > 0 → "pass", "fail", "undecided"."""
    ### BEGIN SOLUTION
    if low > -margin:
        return "pass"
    return "fail" if high < -margin else "undecided"
    ### END SOLUTION


# %% [markdown]
# {{card objective.10}}

# %%
### BEGIN SOLUTION: my_margin = ...
my_margin = 0.02
### END SOLUTION
accepted = decide("objective.10", my_margin)

scores = objectives.by_policy(logs, lambda log: proxies.back_tomorrow(log, came_back))
for rival in ("random slots", "clicks"):
    moved = paired(scores[proxy], scores[rival])
    verdict = non_inferiority(moved.low, moved.high, accepted)
    print(f"{proxy} against {rival}: {moved} → {verdict} at a margin of {accepted:g}")

# %% [markdown]
# By the prices of the decision, a loss of one point costs more than any launch brings. A wider margin can win there
# only because the number of people is fixed, and a narrower one keeps back what is harmless. Set the margin by what a
# loss costs, then find the people for it.
#
# The printed lines hold the ranker that learned *your* proxy against *your* margin, beside random slots (so novelty
# counts) and the click ranker (itself, if you chose clicks). "Undecided" would ask for more people, not for a wider
# margin. The share back the next day is taken over requests, so days on which somebody stays away do not count: this
# guardrail has the denominator that the referee refused. The share of *all* people of the first day would be sound.
#
# ## Frame both services in a minute
#
# {{card objective.12}}

# %%
@exercise("objective.12")
def framing(system):
    """system "feed" or "marketplace" → a text, or a dict with the four fields."""
    ### BEGIN SOLUTION
    rail = "must not fall by more than one point, because people leave quietly."
    if system == "feed":
        return ("We decide which ten stories to show at each visit. The objective is that readers are still here "
                f"next month. The share who come back the next day {rail} The business reads subscriptions.")
    return ("We decide which ten products fill the page. The aim is the money we keep after returns over a year. "
            f"The share of customers who buy again {rail} Gross profit is what the business watches.")
    ### END SOLUTION

# %%
heard = {system: read_framing(framing(system), system) for system in ("feed", "marketplace")}
for system, held in heard.items():
    print(f"{system}\n  decided: {held.decision}\n  wanted:  {held.objective}")
    for rail in held.guardrails:
        print(f"  guarded: {rail.text} (margin {rail.margin})")

# %% [markdown]
# ## What can lie to you
#
# - **A denominator that the policy moves**: requests, visits, clicks. You mended one chart; the guardrail has it still.
# - **The world agrees with us**: clickbait, and that satisfaction brings people back, were written into it, and nothing
#   here was measured on real data. On your service, rank rivals by the proxy and by the slow metric.
# - **A proxy that was good once**: people who make items learn what is rewarded. Check it again each quarter.
#
# ## After day 7
#
# By clicks per request a click policy looks good, and nothing in the dashboard is red. By then the next model is being
# trained on what this one showed (lesson {{feedback}}). So *before* launch you need a date on which the slow metric
# will be read, a share of people who keep the old policy for a month, and a guardrail with a margin that somebody
# signed.
#
# ## Say it in a minute
#
# > "Before any model: we decide ten items a visit, for people we want to keep. The objective is retention, which is
# > slow and sparse, so I train on a proxy and say which: clicks that held, not clicks, because clicks pay for titles.
# > I check that the proxy and the objective order rivals alike. Guardrails cover what the proxy cannot see; each has
# > a margin, fixed beforehand with the number of people it needs, and a risk. In a shop I would rank by the money
# > kept, which the books let me compute. The budget is fifty milliseconds, and that is why there will be stages."
#
# **Red flag:** "I would use a two-tower model and a transformer ranker, and optimise CTR." A component before an
# objective, and a proxy, CTR (clicks per showing), that nobody has checked.
#
# ## You have now
#
# a proxy, chosen by what it brought; a margin; the rule `non_inferiority`, by which lessons {{experiments}} and
# {{launch}} judge harm; what your machine scores in 20 ms; and both services framed, which lesson {{interview}} asks
# for under a clock. Next ({{feedback}}): what a click, and its absence, can mean.
