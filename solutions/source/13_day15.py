# %% [markdown]
# # {{day15}} Day 15: hand in a system and see what it was truly worth
#
# **The decision.** You hand in a system that is to run a service, and the plan by which it would be launched. What do
# you say it is worth, and what do you mend first once you have seen the truth?
#
# | | |
# |---|---|
# | Budget | an hour for you; for the system the p99, memory and seconds of the brief below |
# | Failure this stage owns | *Every number we had said it was good.* |
# | Minutes | 60, of which 25 on exercises |
# | Needs | lessons {{start_here}} to {{launch}} |

# %%
from dataclasses import asdict, replace

import numpy as np
import pandas as pd

from course_lib.launch import drawn_funnel
from course_lib.launch.launch_plan import RIVALS, SHOP_GUARDRAILS, LaunchPlan
from course_lib.stages.retrieval.baselines import EASE
from course_lib.teach import decide, measured, plots, predict, quiz, referee
from course_lib.teach.capstone import debrief_page as debrief
from course_lib.teach.capstone import first_morning as morning
from course_lib.teach.capstone.briefs import BRIEFS
from course_lib.teach.capstone.run_of_play import rivals
from course_lib.teach.capstone.stored_plays import small, stored_play
from course_lib.teach.capstone.submit_report import report
from course_lib.teach.capstone.verdicts import difference
from course_lib.teach.capstone.written_system import best, best_of, system_of

# %% [markdown]
# ## Predict
#
# Answer by a share (−0.1 is a tenth less) or a range such as `(0, 0.2)`.
#
# 1. EASE, a linear model, knows which items are clicked by the same people. The course's reference learns from clicks
#    that people stayed with, and from what items are about. By what share is it worth more?
# 2. Each system is tested against the old one, by one metric. How much more change of it does the test claim than is
#    true?
# 3. A system brings candidates, chooses ten and puts those in order. Of all that is lost beside somebody who knows the
#    truth, what share is lost by choosing?
# 4. You mend one stage. By what share are the slates worth more, in other worlds?

# %%
predict("day15.reference", ...)
predict("day15.test", ...)
predict("day15.choice", ...)
predict("day15.mend", ...)

# %% [markdown]
# ## Two briefs
#
# You may work for a **feed** or a **marketplace**. Either has an incumbent, which sorts by popularity and by the
# categories that a person clicks, and hands you the log of its last, *warm* days. The table says what counts as
# *worth*; the other rows are limits. *p99_ms* is of requests asked one at a time, *fit_s* is for a night's learning, *answer_s* for a batch of requests. *Guardrails* are metrics, each with the part that may be lost; your plan may set
# its own.

# %%
about = pd.DataFrame({name: asdict(held) for name, held in BRIEFS.items()})
about.loc[["worth", "days", "warm_days", "p99_ms", "memory_mb", "fit_s", "answer_s", "guardrails"]]

# %% [markdown]
# In the feed a click counts if the person stays for half a minute; in the marketplace what counts is money of orders
# that are not sent back, which a test reads before all of it is known.
#
# Your system is played in **hidden worlds**, without network or truth. In each the same people with the same dice live
# through the fourteen days several times: with the incumbent, with an **oracle** that knows what each person would
# enjoy, with your system, and with three rivals: *popularity*, *EASE* and the *reference*. Copies of a world that
# differ only in who chooses the slates are **twins**. What your twin is worth beside the incumbent's is the **true
# lift**, without the noise of a test. The typical lift is reported, with a 95% interval over worlds; one more world
# may well lie outside it.
#
# ## What a submission looks like
#
# `fit` gets the log every night; `slates` answers requests with the items to show, best first; `candidates` says what
# the first stage brings, so that the report can tell retrieval from choice. This is EASE:

# %%
by_name = {one.name: one for one in rivals()}
print(by_name["EASE"].text)

# %% [markdown]
# ## Write yours
#
# `system_of` puts the text of your functions into one file. Of this notebook's variables only `SETTINGS` travels,
# beside `np`, `pd`, `EASE`, `best` and `best_of`. Three places are left to you: `taste`, the weights and the plan.
#
# A click alone is no good outcome (lesson {{objective}}). So a **good row** is a click that was stayed with for half a
# minute, or, in the shop, an order or a return with its money.

# %%
def good_rows(log):
    """Table of user, item, value: long clicks, or money that came in and money that went back."""
    if SETTINGS["counts"] == "money":
        money = log.outcomes[log.outcomes["kind"].isin(["purchase", "return"])]
        return money[["user", "item", "value"]]
    shown = log.impressions
    stayed = shown[(shown["click"] > 0) & (shown["dwell_s"] >= 30)]
    return stayed[["user", "item"]].assign(value=1.0)


# %% [markdown]
# A **taste** is a vector in the space of what items are about, so it can be compared with items that nobody has
# clicked yet, as EASE cannot. `content` holds a row for each item, less the mean of all; `liked` holds the good rows.
# Add up the content of a person's good rows, and divide by their number plus three, which pulls short histories
# towards zero: two good rows give their sum over five, none gives zeros. Fill in `taste`.

# %%
def tastes(content, liked, users):
    """content float (N, d), centred; liked: rows of user, item → float (users, d)."""
    ### BEGIN SOLUTION: taste = np.zeros((users, content.shape[1]))
    taste = np.zeros((users, content.shape[1]))
    np.add.at(taste, liked["user"].to_numpy(), content[liked["item"].to_numpy()])
    taste /= 3.0 + np.bincount(liked["user"], minlength=users)[:, None]
    ### END SOLUTION
    return taste


# %% [markdown]
# `learn` runs every night on the whole log so far. It holds EASE, the tastes and a **rate** for each item: what a
# showing of it brings. Five showings say little, so two hundred at the usual rate are added to each item.

# %%
def learn(log):
    """What the log tells: EASE on good rows, a taste a person, a shrunken rate an item."""
    good, shown = good_rows(log), log.impressions
    liked = good[good["value"] > 0]
    users, items = 1 + shown["user"].max(), len(log.catalog.items)
    showings = np.bincount(shown["item"], minlength=items)
    brought = np.bincount(good["item"], good["value"], minlength=items)
    rate = (brought + 200 * brought.sum() / showings.sum()) / (showings + 200)
    content = log.catalog.content - log.catalog.content.mean(axis=0)      # (N, d)
    return {"ease": EASE(l2=100.0).fit(liked, users, items), "rate": rate,
            "content": content, "taste": tastes(content, liked, users)}


# %% [markdown]
# These are three signals for each person and item: what goes together (EASE), what it is about (taste), how it does
# with everybody (rate). To bring them to one unit, each is divided by its spread over items, person by person. (That
# makes a taste from one good row as loud as one from a hundred.) For people who joined after the last night only the
# rate says anything.

# %%
def signals(known, requests):
    """[EASE, taste, rate], each float (B, N), on one scale."""
    user = np.minimum(requests.user, len(known["taste"]) - 1)
    parts = [known["ease"].score(user), known["taste"][user] @ known["content"].T]
    parts.append(np.broadcast_to(known["rate"], parts[0].shape))
    parts = [part / (part.std(axis=1, keepdims=True) + 1e-9) for part in parts]
    stranger = requests.user >= len(known["taste"])
    for part in parts[:2]:
        part[stranger] = 0.0
    return parts


# %%
def blend(known, requests, weights):
    """The signals, weighted and added up: float (B, N)."""
    return sum(w * part for w, part in zip(weights, signals(known, requests), strict=True))


# %% [markdown]
# A funnel uses them in three stages, each with weights of its own. `retrieve` brings the sixty best candidates; `rank`
# *chooses* as many as the slate has slots, and then puts those in *order*.

# %%
def retrieve(known, requests):
    """int (B, 60): candidates."""
    return best(blend(known, requests, SETTINGS["retrieve"]), requests, 60)


def rank(known, requests, candidates):
    """int (B, K): the slate, best first."""
    chosen = best_of(blend(known, requests, SETTINGS["choose"]), candidates, requests.slate_size)
    return best_of(blend(known, requests, SETTINGS["order"]), chosen, requests.slate_size)


# %% [markdown]
# Choose the weights: for each stage three numbers, in the order EASE, taste, rate. You cannot try them on the truth,
# so decide from what earlier lessons found. The solved notebook leaves the taste out on purpose, so that there is
# something to mend; you need not.

# %%
### BEGIN SOLUTION: WEIGHTS = {"retrieve": (0, 0, 1), "choose": (0, 0, 1), "order": (0, 0, 1)}
WEIGHTS = {"retrieve": (1, 0, 0), "choose": (1, 0, 0.5), "order": (0, 0, 1)}
### END SOLUTION
SETTINGS = {"counts": "long clicks"} | WEIGHTS

# %% [markdown]
# ## The plan is handed in as well
#
# In life you have no twins, but a split test and a rule. So a submission holds a `PLAN` as in lesson {{launch}}:
# primary metric, guardrails, steps (the share of people on your system, at most half, and for how many days), and
# `doubts_from`, the day from which it stops where the primary is probably worse. It is carried out inside the hidden
# world. Begin with `RIVALS["risk-aware"]`; see `LaunchPlan?`.

# %%
### BEGIN SOLUTION: PLAN = RIVALS["risk-aware"]
PLAN = LaunchPlan("ten days, by dwell", steps=((0.05, 1), (0.5, 9)), primary="dwell per user",
                  doubts_from=4)
### END SOLUTION
PARTS = (good_rows, tastes, learn, signals, blend, retrieve, rank)
mine = system_of("mine", *PARTS, settings=SETTINGS, plan=PLAN)
print(f"{len(mine.text.splitlines())} lines, {debrief.keep('my_system.py', mine.text)}")

# %% [markdown]
# ## Hand in, for one morning
#
# Fourteen days take minutes to play, one morning seconds: in four smaller worlds each system learns from six days of
# log, and the truth grades its slates. These worlds follow from `SEED`, so they are **practice**; a hidden run draws
# its seeds when it starts.

# %%
SEED = 0                              # every world that is played live starts from it


def one_morning(submissions, first_seed):
    """What each system keeps and loses in four small worlds of a feed."""
    brief = replace(small("feed"), warm_days=6)
    worlds = [first_seed, first_seed + 1, first_seed + 2, first_seed + 3]
    return morning.first_morning(submissions, brief, worlds)


first = one_morning([*rivals(), mine], SEED + 501)
_ = plots.bars(morning.kept(first), "How much of the oracle's worth do a morning's slates keep?",
               "share kept, over four small worlds", fmt="{:.0%}")

# %% [markdown]
# One is the worth of the best slates by the truth. The lines are 95% intervals over four worlds, by Student's t; an
# end below zero, which is impossible, only means that four worlds say little. All systems got the *same* worlds, so do
# not compare them by these lines: take the difference within each world first.
#
# ## Which stage lost how much?
#
# Let $W(\cdot)$ be what slates are worth on average by that morning's truth: the chance that a place is looked at,
# times the chance that its item is clicked and satisfies, added up over the places. Let $S$ be the slate that is
# shown, $S^*$ the same items in the best order, $C^*$ the best slate out of the candidates, and $O$ the oracle's. Then
#
# $$\underbrace{W(O) - W(C^*)}_{\text{retrieval}} + \underbrace{W(C^*) - W(S^*)}_{\text{choice}} +
# \underbrace{W(S^*) - W(S)}_{\text{order}} + \underbrace{W(S)}_{\text{kept}} = W(O).$$
#
# In parts of $W(O)$ they add up to one, whatever the system. Without candidates (a dash), retrieval's loss stands in
# choice. The claim is the mean over the other systems.

# %%
measured("day15.choice", morning.share_of_choice(first))
morning.account(first)

# %% [markdown]
# The account has limits. It is of one morning, so what exploring would teach does not show. A stage's loss supposes
# that all *later* stages are perfect. And each system says itself where retrieval ends: EASE and the reference offer a
# hundred candidates of some hundred and twenty items, so they can lose little before choice; `mine` offers sixty. So
# the claim depends on who was asked. Compare systems by what is *kept*, and stages within a row.
#
# ## Change one thing
#
# Practise on another team, whose funnel is made of drawn numbers. This is its report, a
# row a stage.

# %%
drawn_funnel.report(101)

# %% [markdown]
# {{card day15.1}}

# %%
### BEGIN SOLUTION: mend = decide("day15.1", ...)
mend = decide("day15.1", {"first": "choice", "then": "order"})
### END SOLUTION
quiz("day15.q4")

# %% [markdown]
# Now the stage that you chose first gets weights for all three signals in *your* system, and nothing else changes, so
# that you know what helped. (If it has these weights already, change `ALL_THREE`.) Both versions play the same worlds,
# which had no part in the choice.

# %%
ALL_THREE = (1, 2, 0.5)                       # EASE, taste, rate
MENDS = {"retrieval": {"retrieve": ALL_THREE}, "choice": {"choose": ALL_THREE},
         "order": {"order": ALL_THREE}, "nothing": {}}
what = mend["first"]
changed = SETTINGS | MENDS[what]
mended = system_of("mended", *PARTS, settings=changed, plan=PLAN)
second = one_morning([mine, mended], SEED + 601)
_ = plots.bars(morning.kept(second), "What do the mended system's slates keep, in other worlds?",
               "share kept, over four small worlds", fmt="{:.0%}")

# %%
gain = morning.gain(second, "mended", "mine")
if gain is not None:
    measured("day15.mend", gain)
    print(f"{what} mended: {gain:+.1%}")
morning.account(second)

# %% [markdown]
# The gain is in parts of what `mine` keeps. The solved notebook's signal was left out on purpose, so its gain does not
# show what reading an account is worth. Compare the table's rows: the mended stage may lose less and the next one
# more, because what a better retrieval brings a poor choice can lose again. A loss by stage is an account and no
# forecast. If the gain's interval contains zero, keep the simpler system.
#
# ## Fourteen days, and what your own test would have said
#
# A morning does not show whether people come back, or what a system learns from its own logs. The next run was played
# once, in ten small worlds, and **stored**. “Three signals” is the solved notebook's `mine` before the mend, which
# uses two of them.

# %%
run = stored_play("feed")
_ = plots.bars(debrief.lifts(run), "What is each system truly worth over fourteen days?",
               "lift beside the incumbent, over ten small worlds (stored)", fmt="{:+.0%}")

# %% [markdown]
# Zero is the incumbent. The oracle's slates are the best by the truth of that morning: a bound of a slate, and not of
# a fortnight. By what share is one system typically worth more than another in the same world?

# %%
who = debrief.played(run)
for name, one in who.items():
    if name != "reference":
        print(f"reference beside {name}: {difference(who['reference'], one):+.0%}")
measured("day15.reference", difference(who["reference"], who["EASE"]))

# %% [markdown]
# An interval that contains zero leaves open which is better.
#
# The next table shows for each system:
#
# - *claims*: the change that its test claims of the metric that its plan *reads*;
# - *in truth*: what twins say of that metric over the same days;
# - *true worth*: the lift of the figure;
# - *ships*: in how many worlds the plan shipped it;
# - *launch lost*: what the plan's decision cost beside one with hindsight, in parts of the incumbent's worth.
#
# The claim is *claims* less *in truth*, on average over the systems of a world.

# %%
measured("day15.test", debrief.error_of_tests(run))
debrief.claims_beside_truth(run)

# %% [markdown]
# *Claims* and *in truth* differ by noise, and by what one arm does to the other, for both share friends and one log
# (lesson {{experiments}}). The claim's interval says whether these worlds show any error. A test may claim too little
# because half of the log its system learns from is not its own; that was not tried. *True worth* differs from *in
# truth* by what the proxy misses and what comes after the decision. A good system that does not *ship* is worth nothing.
#
# The last column says who was **fooled**. *Log*: on the log's last days it found more than another that is certainly
# better. *Test*: its test claimed more than twins show; *sold short*: less. *Novelty*: what it won in the first week
# was less in the second. A dash means that these worlds cannot tell.

# %%
quiz("day15.q1")

# %% [markdown]
# Now the whole report. A system beyond the brief's p99 would not be launched, whatever it is worth. A guardrail is
# *undecided* where the margin lies inside its interval; *reports* are people's complaints.

# %%
print(report(run))

# %% [markdown]
# ## How many worlds, how many changes?
#
# You tried one change in four worlds. What is it worth to try forty and keep the best?
#
# {{card day15.2}}

# %%
### BEGIN SOLUTION: tuning = decide("day15.2", ...)
tuning = decide("day15.2", {"changes": 12, "worlds": 4, "keep it if": "best mean"})
### END SOLUTION
quiz("day15.q2")

# %% [markdown]
# ## The same system in the marketplace
#
# In the shop an item's rate is money a showing, and EASE learns from orders, which are fewer than clicks. The plan
# reads spend, with the shop's guardrails.

# %%
in_money = changed | {"counts": "money"}
shop_plan = replace(PLAN, primary="spend per user", guardrails=dict(SHOP_GUARDRAILS))
shop = system_of("for the shop", *PARTS, settings=in_money, plan=shop_plan)
print(debrief.keep("my_shop.py", shop.text))

# %% [markdown]
# Would long clicks teach it more? Both were played in ten small shops, and stored.

# %%
in_shop = debrief.played(stored_play("marketplace"))
in_clicks = in_shop.pop("learns from long clicks")
for name, one in in_shop.items():
    print(f"learning from long clicks beside {name}: {difference(in_clicks, one):+.0%}")

# %% [markdown]
# Two things may pull against each other: money is what counts, but with few orders an item's rate is mostly luck; long
# clicks are more, and do not know the price. With more orders the result may turn round. And mind what your test
# *claims*: orders of its last days are not all known when the plan decides, and what will be sent back still counts as
# sold.

# %%
quiz("day15.q3")

# %% [markdown]
# ## The hidden run
#
# It draws its worlds when it starts, in the brief's full size. `my_system.py` is your system *before* the mend; to
# send the other, first run `debrief.keep("my_system.py", mended.text)`. Then, in a terminal:
#
# ```
# course submit my_system.py --brief feed
# course submit my_shop.py --brief marketplace
# ```
#
# The cell below finds the results. `--again RESULT` plays a stored result's worlds once more, to find a fault; that is
# no hidden run. `course league DIR` plays a folder's files in the same worlds and orders them by truth; places that
# cannot be told apart are shown as a range.

# %%
mine_played = debrief.kept_results({"My system, feed": "my_system.py", "My shop": "my_shop.py"})
for heading, result in mine_played.items():
    print(heading, report(result), sep="\n")

# %% [markdown]
# What happens if somebody leaves those ranges out?
#
# {{card day15.3}}

# %%
### BEGIN SOLUTION: is_better = referee("day15.3", because=..., mended=...)
def is_better(one, other):
    """The paired difference has a 95% interval above 0, by Student's t."""
    gap = one - other                                           # (W,)
    return gap.mean() > 3.182 * gap.std(ddof=1) / np.sqrt(len(gap))

is_better = referee("day15.3", mended=is_better, because="Neighbours differ by less than worlds "
                    "vary by, so their order is no finding.")
### END SOLUTION

# %% [markdown]
# ## What can lie to you
#
# - **The log**, whose clicks the incumbent chose: what looks like it does well on it.
# - **Your test**, which reads a proxy, for two weeks, with one arm that learns from the other.
# - **The first week**, while people look at what is new.
# - **Known worlds**, once you have tuned to them; and a **league**, once somebody sorts it.
# - **This simulator**: the way of asking carries over, and not the size of any number.
#
# ## After day 7
#
# Your system's log is now its own choice, so the next model learns from what this one showed: keep a holdback on the
# old system, and a small share of slots that somebody else chooses. If the second week's lift is below the first, ask
# whether novelty wears off or the catalogue has moved on; a rate that adds up all days forgets nothing. In the shop
# wait for the first week's returns before you believe it.
#
# ## Your debrief
#
# Write four sentences; they are kept on a page with the reports.

# %%
### BEGIN SOLUTION: said = {"fooled by": "", "lost most in": "", "changed": "", "next": ""}
said = {"fooled by": "I ask of each number which policy chose what it was measured on.",
        "lost most in": "Read in the account by stage; I mended one stage and looked again.",
        "changed": "One stage's weights; judged in worlds that had no part in the choice.",
        "next": "The hidden run, before I promise anything."}
### END SOLUTION
runs = mine_played | {"Stored: feed": run}
print(debrief.keep("day15.html", debrief.debrief_page(runs, said)))

# %% [markdown]
# ## Say it in a minute
#
# > “I handed in a funnel of candidates, choice and order, which blends what goes together in clicks, content and
# > shrunken rates; and a plan with one metric, guardrails and a last day. It was played in simulated worlds drawn
# > afterwards, with the same people under the old system and mine, so I know its true lift with an interval over
# > worlds, and what my own test claimed. I promise nothing from the log, which the old system chose. The account by
# > stage told me where worth was lost; I mended one stage, and judged that in other worlds. What cannot be told apart
# > I call a tie. Next I would watch week two, net of a holdback.”
#
# **Red flag.** “We are first on the leaderboard, so we ship it.”
#
# ## You have now
#
# - a system and a launch plan as a file, with an account of what each stage lost;
# - a page that says what fooled you, to read again before lesson {{interview}}.
