# %% [markdown]
# # {{day15}} Day 15: hand in a system and see what it was truly worth
#
# **The decision.** Fourteen days ago you were given a service. Today you hand in the system that is
# to run it, and the plan by which it would be launched. What do you hand in, what do you say it is
# worth, and what do you mend first once you have seen the truth?
#
# | | |
# |---|---|
# | Budget | an hour for you; for the system the p99, memory and seconds of the brief below |
# | Failure this stage owns | *Every number we had said it was good.* |
# | Minutes | 60, of which 25 on exercises (their numbers are names, not an order) |
# | Needs | lessons {{start_here}} to {{launch}}; above all {{metric_stack}} and {{launch}} |
# | Leaves behind | a system as a file, what it was truly worth, and a page that you keep |

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
# Commit to an answer before anything runs; a range such as `(0, 0.2)` counts as well.
#
# 1. EASE, a linear model, knows which items are clicked by the same people. The course's reference
#    learns from clicks that people stayed with, and adds what items are about and how often each is
#    stayed with by everybody. By what share is the reference worth more than EASE? (0.1 is a tenth
#    more, −0.1 a tenth less.)
# 2. Each system is tested against the old one for up to two weeks, by one metric. How much more
#    change of that metric does the test claim than is true? (0.1 if it claims +40% where +30% is
#    true, 0 if it is right, below 0 if it claims too little.)
# 3. A system brings candidates, chooses ten of them and puts those in order. Of all that is lost
#    beside somebody who knows the truth, what share is lost by choosing?
# 4. You mend one stage after reading the report. By what share are the system's slates worth more
#    than before, in worlds that you have not seen? (0.1 is a tenth more.)

# %%
predict("day15.reference", ...)
predict("day15.test", ...)
predict("day15.choice", ...)
predict("day15.mend", ...)

# %% [markdown]
# ## Two briefs
#
# You may work for a **feed** or for a **marketplace**. Either has an incumbent, which sorts by what
# is popular and by the categories that a person clicks, and hands you the log of its last days. The
# table says what counts as *worth*, how many *days* are played and how many *warm days* the log
# has. The other rows are limits. *p99_ms* is what the slowest answer in a hundred may take, asked
# one at a time; *memory_mb* is beyond what the libraries take; *fit_s* and *answer_s* are seconds
# for a night's learning and for one batch of requests. *Guardrails* are those of a submission
# without a plan of its own: metrics, each with the part of it that may be lost. (The table cuts
# that row off; `BRIEFS["feed"].guardrails` shows it whole.)

# %%
about = pd.DataFrame({name: asdict(held) for name, held in BRIEFS.items()})
about.loc[["worth", "days", "warm_days", "p99_ms", "memory_mb", "fit_s", "answer_s", "guardrails"]]

# %% [markdown]
# The two disagree. In the feed a click counts if the person stays with it for half a minute or
# longer; in the marketplace what counts is money of orders that are not sent back. So the same
# system may be good for one and poor for the other, and a test of the shop reads money that is not
# yet known.
#
# Your system is played in **hidden worlds**. Each lives in a process of its own. Your system runs
# in another one, which holds its text, the log and the requests, and neither network nor the truth.
# In every world the same people with the same dice live through the fourteen days several times:
# with the incumbent, with an **oracle** that knows what each person would enjoy, with your system,
# and with three rivals. *Popularity* shows everybody what was clicked most, *EASE* knows which
# items are clicked by the same people, and the *reference* is the course's own blend. Copies of a
# world that differ only in who chooses the slates are **twins**. What one twin's fourteen days are
# worth beside the incumbent's twin is the **true lift**, without the noise of a test. Worlds differ
# from one another, though, so what is reported is the typical lift, with an interval for it that
# comes from how worlds vary. One more world may well lie outside that interval.
#
# ## What a submission looks like
#
# This is EASE, one of the rivals, as somebody would hand it in. `fit` gets the log and is called
# again every night; `slates` answers a batch of requests with the items to show, best first;
# `candidates` says what the first stage brings. It may be left out, but without it the report
# cannot tell retrieval from choice.

# %%
by_name = {one.name: one for one in rivals()}
print(by_name["EASE"].text)

# %% [markdown]
# ## Write yours
#
# You write functions here, and `system_of` puts their text into one file. Only that text travels:
# a variable of this notebook that a function leans on would be missing there, except `SETTINGS`,
# which is written into the file. (`np`, `pd`, `EASE`, `best` and `best_of` are there as well.) The
# pieces come from earlier lessons, and each of the functions may be rewritten. Three places are
# left to you: `taste`, the weights and the plan. Until you fill them in, the file shows everybody
# the same chart of rates; it can be handed in, and it is what you have to beat.
#
# First, what is a good outcome? Lesson {{objective}} chose the proxy: a click alone is not it. So a
# **good row** is a click that was stayed with for half a minute, or, in the shop, an order or a
# return with its money.

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
# Next, what does a person like? A **taste** is a vector in the space of what items are about.
# `content` holds a row for each item, already less the mean of all items; `liked` holds a row for
# each good row of a person with an item. Add up the content of a person's good rows, and divide by
# their number plus three: somebody with one good row is hardly known, and the three pull short
# histories towards zero. So a person with two good rows gets the sum of two rows of `content` over
# five, and one with none gets zeros. A taste can be compared with items that nobody has clicked
# yet, which EASE cannot do (lesson {{two_tower}}). Fill in `taste`.

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
# `learn` runs every night on the whole log so far. Beside tastes it holds EASE and a **rate** for
# each item: what a showing of it brings. An item that was shown five times has no rate worth
# believing, so two hundred showings at the usual rate are added to each. (In lesson {{feedback}}
# one click and one silence were added for the same reason.)

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
# That makes three signals for each person and item: what goes together (EASE), what it is about
# (taste), how it does with everybody (rate). They come in different units, so each is divided by
# its spread over items. That has a side effect: it is done person by person, so a taste from one
# good row is made as loud as one from a hundred, and the plus three above no longer shows. To let
# it count, divide by one spread for all people; that is a change you may try. Who joined after the
# last night has no history, so for them only the rate says anything, and a stage that gives the
# rate no weight takes items for them without any reason.

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
# A funnel of three stages uses them, each with weights of its own. `retrieve` brings sixty
# candidates that may be shown (`best` takes the highest of all items); `rank` chooses as many of
# them as the slate has slots, and arranges those (`best_of` takes the highest of some).

# %%
def retrieve(known, requests):
    """int (B, 60): candidates."""
    return best(blend(known, requests, SETTINGS["retrieve"]), requests, 60)


def rank(known, requests, candidates):
    """int (B, K): the slate, best first."""
    chosen = best_of(blend(known, requests, SETTINGS["choose"]), candidates, requests.slate_size)
    return best_of(blend(known, requests, SETTINGS["order"]), chosen, requests.slate_size)


# %% [markdown]
# Now choose the weights: for each stage three numbers, in the order EASE, taste, rate. You cannot
# try them on the truth. Decide from what the earlier lessons found, and write the reason into a
# comment above them. The solved notebook starts without the taste on purpose, so that there is
# something left to mend; you need not.

# %%
### BEGIN SOLUTION: WEIGHTS = {"retrieve": (0, 0, 1), "choose": (0, 0, 1), "order": (0, 0, 1)}
WEIGHTS = {"retrieve": (1, 0, 0), "choose": (1, 0, 0.5), "order": (0, 0, 1)}
### END SOLUTION
SETTINGS = {"counts": "long clicks"} | WEIGHTS

# %% [markdown]
# ## The plan is handed in as well
#
# The system will be judged by twins. *You*, in life, would have had a split test and a rule. So a
# submission holds a `PLAN` as in lesson {{launch}}: primary metric, guardrails, steps (the share of
# people on your system, and for how many days), and `doubts_from`, the day from which it stops
# where the primary is probably worse. It is carried out in a test inside the hidden world, with at
# most half of the people on your system, and may take up to the fourteen days of the brief.
# `RIVALS["risk-aware"]` will do to begin with; what a plan of your own may hold stands in
# `LaunchPlan?`.

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
# A run of `course submit` plays fourteen days and takes minutes. What takes seconds is one morning:
# in four small worlds each system learns from six days of log, is asked for some hundreds of
# slates, and these are graded by the truth. A small world has fewer people and items than the brief
# gives. The worlds' seeds follow from `SEED`, so you and your neighbour see the same ones. That
# makes them **practice**: a run counts as hidden only if its seeds are drawn when it starts.

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
# On this scale one is what the best slate of each request by the truth is worth. The lines are 95%
# intervals over worlds, by Student's t, which for four worlds takes more than three standard errors
# of the mean to either side. They know nothing of what is possible: an end below zero only means
# that four worlds say little. Do not compare two bars by the ends of their lines either. All
# systems got the *same* worlds, so take the difference within each world first. We do that below,
# once there is a second version of `mine`.
#
# ## Which stage lost how much?
#
# Let $W(\cdot)$ be what slates are worth on average by the truth of that morning: the chance that a
# place is looked at, times the chance that its item is clicked and satisfies, added up over the
# places of a slate. Let $S$ be the slate that is shown, $S^*$ the same items in the best order,
# $C^*$ the best slate out of your candidates, and $O$ the oracle's. Then
#
# $$\underbrace{W(O) - W(C^*)}_{\text{retrieval}} + \underbrace{W(C^*) - W(S^*)}_{\text{choice}} +
# \underbrace{W(S^*) - W(S)}_{\text{order}} + \underbrace{W(S)}_{\text{kept}} = W(O),$$
#
# and each is given in parts of $W(O)$. So the four add up to one by construction (up to rounding),
# and that says nothing about the systems. A dash means that no candidates were offered; what
# retrieval lost then stands in choice. The claim above the table is the mean over those systems
# that do offer some.

# %%
measured("day15.choice", morning.share_of_choice(first))
morning.account(first)

# %% [markdown]
# The account has three limits. It is taken on one morning, so what a system would learn by
# exploring later does not show. A stage's loss supposes that all *later* stages are perfect:
# candidates that an oracle could use may be of no use to your ranker. And where retrieval ends is
# the system's own affair. EASE and the reference offer a hundred candidates, `mine` offers sixty,
# and a small world has hardly more than a hundred items. Who offers nearly everything loses nearly
# nothing by retrieval, and all the more by choice. So the mean in the claim says who was asked;
# only `mine` has a real cut. So compare rows by what is *kept*, and the stages within a row.
#
# ## Change one thing
#
# You have time for one change. Which stage comes first? Practise on a team for which everything can
# be computed. Its funnel is made of drawn numbers, and this is its report, a row a stage.

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
# What you chose to mend first is now mended in *your* system: that stage gets weights for all three
# signals, and nothing else changes. (Your own account may have said another stage; then choose that
# in the decision and run on from there. If your stage has these weights already, nothing changes
# and the gain is zero: put others into `ALL_THREE`.) Change one thing at a time, or you will not
# know which of two helped and which harmed. Both versions are handed in together, in worlds that
# had no part in the choice, so that their difference is taken within each world.

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
# The gain is in parts of what `mine` keeps, world by world, so it is usually further from zero than
# the difference of the two bars. A signal was left out on purpose, so a gain says nothing of what
# it is worth to read an account. Now compare the two rows of the table. The mended stage may lose
# less and the next one more: what a better retrieval brings, a choice that stayed as it was can
# lose again. That is why a loss by stage is an account and no forecast. If the gain's interval
# contains zero, then that is your finding, and a tie goes to the simpler system.
#
# ## Fourteen days, and what your own test would have said
#
# A morning's slates are not yet worth. People come back or do not, items are born, each night's log
# is what the system itself chose to show, and in life nobody shows you the truth: you read a test.
# This run is **stored**, since it takes minutes. It played the solved notebook's `mine`, before the
# mend, with its plan, beside the rivals, for fourteen days in ten small worlds. It is called
# “three signals” after its code; its weights use two of them. Yours is not in it: for that there is
# `course submit`, below. (`python -m course_lib.teach.capstone.stored_plays feed` plays the stored
# run again and writes the course's file anew.)

# %%
run = stored_play("feed")
_ = plots.bars(debrief.lifts(run), "What is each system truly worth over fourteen days?",
               "lift beside the incumbent, over ten small worlds (stored)", fmt="{:+.0%}")

# %% [markdown]
# Zero is the incumbent. The oracle takes the best slate for each request by the truth of that
# morning, which bounds what one slate can bring, and not what a month can. Worlds differ by
# factors, so compare two systems within each world first: by what share is one worth more than the
# other? The lines below give the typical share over worlds.

# %%
who = debrief.played(run)
for name, one in who.items():
    if name != "reference":
        print(f"reference beside {name}: {difference(who['reference'], one):+.0%}")
measured("day15.reference", difference(who["reference"], who["EASE"]))

# %% [markdown]
# An interval that contains zero leaves open which of the two is better, whatever the bars look
# like.
#
# The table sets beside each other, for each system, what its test *claims* of the metric that its
# plan reads, what twins say of that same metric (*in truth*), and what it was worth (*true worth*,
# the lift of the figure). *Ships*: in how many worlds the plan shipped it. *Launch lost*: what the
# plan's decision cost beside a decision with hindsight on the first day, in parts of the
# incumbent's worth. (A plan that takes all fourteen days, as the rivals' do, decides when the play
# ends. So as many days after the play count too; nobody plays those, and each is taken to be worth
# what a day of the second week was.) The claim above the table says how
# much too much the tests claimed: the claimed change less the change by twins, on average over the
# systems of a world.

# %%
measured("day15.test", debrief.error_of_tests(run))
debrief.claims_beside_truth(run)

# %% [markdown]
# Read the table in three steps. *Claims* against *in truth*: the test and the twins speak of the
# same metric and days, so what parts them is noise, and what one arm does to the other. Both arms
# share friends and one log, and each learns from what the other shows (lesson {{experiments}}).
# Each system's test splits a world's people anew, so that no two rows share the luck of one split.
# Still do not count the rows as so many witnesses: all are tests in the same few worlds, with the
# same people and days, and what is special to those enters every row. The interval of the claim
# above the table takes worlds as its unit, and says whether these worlds show any error at all. Where
# tests claim too little, one reason is at hand, which was not switched off here: in a test a system
# learns from a log of which half is not its own. *In truth* against *true worth*: the metric that the plan reads is a proxy, and it ends on the day of
# the plan's decision; this is what it misses. (The first two columns are plain means over worlds
# and the third is the typical lift, so small gaps mean nothing.) *True worth* against *ships*: a
# good system that does not ship is worth nothing. In worlds as small as these a plan that wants
# proof seldom gets it.
#
# The last column says who was **fooled**, and by what. *Log*: on the log's last two days the system
# found more than another that is certainly better. *Test*: its test claimed more than twins show.
# *Novelty*: what it won in the first week was gone, or less, in the second. *Sold short*: its test
# claimed less than twins show, so that a good change may be thrown away. A dash
# means that these worlds cannot tell, and not that nobody was fooled.

# %%
quiz("day15.q1")

# %% [markdown]
# Now the whole report, as `course submit` prints it. Read the lines on guardrails and on cost as
# well: a system beyond the brief's p99 would not be launched, whatever it is worth. A guardrail is
# *undecided* where the margin lies inside its interval; *reports* are complaints that people send.
# (The times here are those of a busy machine with two cores; measure on yours.)

# %%
print(report(run))

# %% [markdown]
# ## How many worlds, how many changes?
#
# You saw four worlds and tried one change. A class that plays all evening tries forty and keeps
# what looked best. What is that worth? The decision asks how many changes to try, in how many
# worlds each, and when to keep one.
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
# In the shop, money counts. `good_rows` reads orders and returns instead of long clicks, so the
# rate of an item is money a showing, and EASE learns from orders, of which there are fewer than
# clicks. The plan reads spend, with the shop's guardrails. The file holds your system after the
# mend, and is yours to hand in.

# %%
in_money = changed | {"counts": "money"}
shop_plan = replace(PLAN, primary="spend per user", guardrails=dict(SHOP_GUARDRAILS))
shop = system_of("for the shop", *PARTS, settings=in_money, plan=shop_plan)
print(debrief.keep("my_shop.py", shop.text))

# %% [markdown]
# Is that better than learning from long clicks here as well? This run is stored as well: both
# played fourteen days in ten small shops
# (`python -m course_lib.teach.capstone.stored_plays marketplace` plays it again).

# %%
in_shop = debrief.played(stored_play("marketplace"))
in_clicks = in_shop.pop("learns from long clicks")
for name, one in in_shop.items():
    print(f"learning from long clicks beside {name}: {difference(in_clicks, one):+.0%}")

# %% [markdown]
# Where an interval contains zero, ten shops cannot tell. For yours, hand in both: run the cell
# before without the `"counts"`, and keep the text under another name. Two
# things pull against each other. Money is what counts, and it is rare: with few orders of an item,
# its rate is mostly luck, and a dear item that was sold once can look splendid. Long clicks say
# more often what a person likes, and do not know the price. Which wins depends on how many orders
# the log holds, so in a shop of your own ask that first. A blend (a rate of long clicks times the
# price, say) is a change that you may hand in next. And mind what your test *claims* here: orders
# of its last days are not all known when the plan decides, and what will be sent back still counts
# as sold.

# %%
quiz("day15.q3")

# %% [markdown]
# ## The hidden run
#
# What you have seen was practice. The run that counts draws its worlds when it starts, in the
# brief's full size, and takes minutes. `my_system.py` is your system *before* the mend. If the mend
# convinced you, first run `debrief.keep("my_system.py", mended.text)` in a cell of its own. Then,
# in a terminal, with the paths that were printed above:
#
# ```
# course submit my_system.py --brief feed
# course submit my_shop.py --brief marketplace
# ```
#
# It stores its result beside the file, and the cell below finds it there. A result belongs to the
# file as it was then: after another change, submit again. `--again RESULT` plays the worlds of a
# stored result once more, for finding a fault; its report says that the seeds were given. With
# others, put the files into one folder, and `course league DIR` plays all of them in the same
# worlds, drawn then, and orders them by truth. Places that cannot be told apart are shown as a
# range.

# %%
mine_played = debrief.kept_results({"My system, feed": "my_system.py", "My shop": "my_shop.py"})
for heading, result in mine_played.items():
    print(heading, report(result), sep="\n")

# %% [markdown]
# What happens if somebody leaves the ranges of a league's places out?
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
# - **This simulator.** It has a few hundred people, tastes that content describes well, and an
#   incumbent that we wrote. What carries over is the way of asking: same people twice, intervals
#   over worlds, an account by stage. What does not carry over is the size of any number here.
#
# ## After day 7
#
# The report ends on day fourteen, and your system does not. Its log is now its own choice, so the
# next model learns from what this one showed: keep a holdback on the old system, and a small share
# of slots that somebody else chooses. Look at the second week's lift on its own. If it is below the
# first, ask whether novelty wears off or the catalogue has moved on; a rate that adds up all days
# since the start forgets nothing, and that is a fault after a month. In the shop wait for the
# returns of the first week before you believe the first week. Then hand in again, with one change.
#
# ## Your debrief
#
# Write four sentences while you remember: which number fooled you or nearly did, which stage lost
# most, what you changed and what came of it, and what you would do next. They go onto a page with
# the reports of the runs, yours first, which is kept beside your record on this machine.

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
# Say the part on true lift once you have had your hidden run.
#
# > “I handed in a funnel: candidates, choice and order, each a blend of what goes together in
# > clicks, content and shrunken rates; and a plan with one metric, guardrails and a last day. It
# > was played in simulated worlds drawn afterwards, with the same people under the old system and
# > under mine, so I know its true lift with an interval over worlds, and beside it what my own test
# > claimed. I do not promise what the log said, because the log is the old system's choice. The
# > account by stage told me where worth was lost; I mended one stage, for what work on it could win
# > back, and judged that in worlds that had no part in the choice. Where two systems cannot be told
# > apart I say so and keep the simpler one. Next I would watch week two, net of a holdback; in a
# > shop I would wait for the returns.”
#
# **Red flag.** “We are first on the leaderboard, so we ship it.”
#
# ## You have now
#
# - a system and a launch plan as a file that can be handed in, and an account by stage of what it
#   lost;
# - one change, decided before it was played, and judged where nobody had tuned;
# - a page that says what fooled you, to read again before the interview of lesson {{interview}}.
