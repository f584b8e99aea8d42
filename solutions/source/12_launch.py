# %% [markdown]
# # {{launch}} Launch: a plan, and what it is worth
#
# **The decision.** A change is ready that may help a little or harm a little. Do all people get
# it, who decides that and on which day, and what takes it back?
#
# | | |
# |---|---|
# | Budget | two weeks of a test; one person in twenty at risk on the first days |
# | Failure this stage owns | *It was better in the test, and it hurt us in production.* |
# | Minutes | 95, of which 60 on exercises (their numbers are names, not an order) |
# | Needs | tests and their errors ({{experiments}}); the ladder of fallbacks ({{serving}}) |
# | Leaves behind | a plan that was played over many launches, and alarms whose price you know |

# %%
import numpy as np
import pandas as pd

from course_lib.evidence.units import unit_table
from course_lib.launch import alarms, bought_clicks, drawn_launches, incidents, situation, twins
from course_lib.launch.late_money import known_after
from course_lib.launch.launch_arena import against, play, scores, stored
from course_lib.launch.launch_plan import RIVALS
from course_lib.launch.launch_readings import by_person, readings
from course_lib.launch.written_rule import plan_by
from course_lib.teach import decide, exercise, measured, plots, predict, quiz, referee
from course_lib.teach.show import launch_pictures as pictures
from course_lib.world import feed, marketplace, policies, scenarios

SEED = 0                              # every world, split and draw of this lesson starts from it

# %% [markdown]
# ## Predict
#
# 1. Half of all people have the new system. By how much do the clicks of the *other* half change
#    because of it? (0.01 is one percent up.)
# 2. People who join after the launch have no history. What part of the gain of those who were here
#    before do they get?
# 3. Launches' true effects spread by 3% around zero. Those on which your rule cannot decide you
#    roll back. What share of people's time does that cost, on average?
# 4. Your rule decides 200 launches: a third good, a third bad, a third neither. In what share does
#    it choose rightly?

# %%
predict("launch.spillover", ...)
predict("launch.newcomers", ...)
predict("launch.rollback", ...)
predict("launch.rule", ...)

# %% [markdown]
# ## The plan comes first
#
# A launch plan is written before anybody sees a number, because afterwards every rule can be bent
# to what one hopes. It says:
#
# | Line | Here |
# |---|---|
# | Primary metric, one | clicks a user |
# | Guardrails, each with a margin | dwell a user, requests a user, dwell a click: 5% |
# | Steps | 5% and 25% of people for two days each, then half |
# | Length | the decision falls on day 14 |
# | Stopping | a certain loss, on any day, without a meeting; a broken split never ships |
# | Who decides | a named person, by the rule below |
# | What comes back | model, index, features and settings, as one version that is kept warm |
#
# Three things come before the test. In **shadow**, the new system answers real requests and nobody
# sees the answers; that finds errors, latency and missing features. A **canary** gives a few
# servers the new version for minutes and compares them with fresh ones of the old. An alarm watches
# the **share of fallbacks**, since a ladder that works hides a dead part, and it stops the launch
# by itself. Only then does a test compare people. They are hashed, so that whoever has the new
# system keeps it as the share rises.

# %%
quiz("launch.q2")
quiz("launch.q3")
quiz("launch.q4")

# %% [markdown]
# ## Guardrails that can be proved
#
# A guardrail is a metric that must not be lost by more than a **margin**. “No significant harm” is
# not enough, for a test too small to see anything never sees harm. The interval has to *exclude*
# the loss (**non-inferiority**, lesson {{experiments}}).
#
# {{card launch.2}}

# %%
@exercise("launch.2")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    """Numbers → users an arm needed to prove that no more than `margin` of the mean was lost."""
    ### BEGIN SOLUTION
    from scipy.stats import norm

    z = norm.ppf(1 - alpha / 2) + norm.ppf(power)
    return int(np.ceil(2 * (z * standard_deviation / (margin * mean)) ** 2))
    ### END SOLUTION


# %% [markdown]
# Here is a service of four thousand people, a feed that sorts by last week's popularity. What can
# it prove in three days?

# %%
town = feed(people=4000, items=800, requests_per_day=10_000, seed=SEED)
usual = policies.Popularity(power=0.7, window_days=7, name="popularity")
calm_week = list(town.run(usual, 7))
residents = town.users().index
people = unit_table(calm_week[-3:]).reindex(residents, fill_value=0)
rows = {}
for metric in ("clicks", "dwell_s", "requests", "reports"):
    mean, spread = people[metric].mean(), people[metric].std()
    rows[metric] = {f"{margin:.0%}": users_to_prove(mean, spread, margin)
                    for margin in (0.01, 0.02, 0.05, 0.1)}
needed = pd.DataFrame(rows).T.rename_axis("users an arm, by margin")
print(f"there are {len(people):,} people, so at most {len(people) // 2:,} an arm")
needed

# %% [markdown]
# Compare every row with the people there are: three days prove hardly any margin here, not even the
# plan's 5%. That is why a plan takes two weeks. These are the users if the change does nothing; a
# better one needs fewer, since its interval lies further from the loss. More days and CUPED help as
# well. A margin that cannot be proved ends in one of two ways: the ramp never ends, or somebody
# gives up on the guardrail. And a margin is what you can live with, so it does not widen when the
# data ask for it.
#
# ## A rule that can be read
#
# The rule reads the day's numbers and says what is done. It reads the **split** first: a tiny p
# means that people got lost on the way to one arm. Yours will decide every launch of this lesson.
#
# {{card launch.3}}

# %%
@exercise("launch.3")
def ramp_rule(share, srm_p, guardrails, primary, *, decide_at=0.5):
    """Share, p of the split, {name: state}, state of the primary → "ramp", "hold", "roll back"."""
    ### BEGIN SOLUTION
    if srm_p < 0.0005:
        return "hold"
    if primary == "fail" or "fail" in guardrails.values():
        return "roll back"
    if share < decide_at:
        return "ramp"
    proved = primary == "pass" and all(state == "pass" for state in guardrails.values())
    return "ramp" if proved else "hold"
    ### END SOLUTION


# %%
quiz("launch.q1")

# %% [markdown]
# ## A launch at the margin
#
# The incumbent is strong: it knows what is popular and which categories a person clicks. The change
# is a few percent better or worse, for a reason that nobody tells you. One such launch runs here.
# Before day 14, `plan_by` hands your rule wider intervals that hold at every look; “ramp” and
# “hold” both go on with the steps. On day 14 it reads the ordinary 95%, “ramp” ships and “hold”
# stops.

# %%
plan = plan_by(ramp_rule)
launch, secret = scenarios.draw(SEED + 21, people=2500, items=400, requests_per_day=7500)
seen = readings(launch)
_ = pictures.readings_by_day(seen, plan)

# %%
effect = 100 * secret.effects(28)
truths = pd.DataFrame([{"cause": secret.cause} | dict(enumerate(effect / 100))], index=[0])
one = play(plan, seen.assign(launch=0), truths).loc[0]
print(f"your rule: {one['action']} on day {one['days']}; value {one['value']:+.1f} percent-days")
print(f"the cause was: {secret.cause}; shipping on day 0 would be worth {one['worth']:+.1f}")
print(f"true effect: week 1 {effect[:7].mean():+.1f}%, weeks 2 to 4 {effect[7:].mean():+.1f}%")

# %% [markdown]
# The truth comes from **twins**: the same people and dice with the old system for all, and with
# the new. What counts as worth is long clicks, of thirty seconds and more. Everyone treated for a
# day at +1% is worth one **percent-day**. Compare the width of the intervals with the effect: that
# is what launching at the margin is like.
#
# ## Many launches, many plans
#
# One launch says nothing about a plan. The course therefore stores launches of this kind, of 5,000
# people each, with eleven causes in turn, and any plan can play them. The rivals: always ship;
# never; compare with the days before; p < .05 at day 7; “canary”, here three days at 5% and 25% of
# people, shipped unless a loss is certain; ship whatever is more likely better than not. Three
# plans ask for proof. **Risk-aware** wants clicks up, every guardrail proved, and a second week
# that does not say the opposite, after two weeks. **Risk-aware, gets out** differs in one thing:
# from day 4 on it stops where clicks are *probably* worse, where their 50% interval lies below 0,
# so three to one. The **reference** gets out as well, goes by dwell and decides on day 10. It was
# chosen on 44 launches, and you see the others. The oracle knows the truth.

# %%
table, stored_truths = stored("feed")
plans = RIVALS | {"your rule": plan, "oracle": "oracle"}
played = {name: play(held, table, stored_truths) for name, held in plans.items()}
scored = {name: scores(part).loc["all"] for name, part in played.items()}
print(f"{len(stored_truths)} launches, percent-days a launch (95% intervals over launches)")
pictures.score_table(scored)

# %%
others = [name for name in plans if name not in ("reference", "oracle")]
gaps = {name: against(played["reference"], played[name]) for name in others}
_ = pictures.gap_to_others(gaps, "reference")
for name, gap in gaps.items():
    told = "more" if gap.low > 0 else "less" if gap.high < 0 else "not to be told apart"
    print(f"reference against {name}: {told}")
sound = (stored_truths["cause"] != "broken split").to_numpy()
gap = against(played["reference"][sound], played["p < .05 at day 7"][sound])
print(f"where the split holds, against p < .05 at day 7: {gap:+.1f}")

# %% [markdown]
# *Harm* is what bad days took from those who had the change; *value* is what good days gave, less
# that harm. “Never ship” has no value and hardly any harm; its regret is what the good launches
# would have given. Most changes here are not good, so few plans do better, and even the reference
# cannot be told apart from it. The reference's lead over p < .05 comes mostly from launches with a
# broken split, which p < .05 does not check; on the others the two cannot be told apart.
#
# Now compare risk-aware with the plan that differs only in getting out: the harm falls by nearly
# half. Whoever waits for certainty keeps half of all people on what is probably worse until the
# last day, so with effects of the size of the test's error **the test itself is dear**. The mix of
# causes is even here; in your company it is not. So look at the causes.

# %%
some = {name: played[name] for name in ("always ship", "p < .05 at day 7", "canary", "reference")}
_ = pictures.value_by_cause(some)

# %% [markdown]
# Each point is the mean of five launches. *Interference*: friends pass on what they find. *Stale
# job*: a gain whose feature job stops. *Births*: new items are not shown. *Spam*: bought clicks are
# followed. *Holiday* and *broken split*: a loss beside a holiday, and a loss where the log lacks
# people of control. The canary's three days see little even of steady harm. A split that loses
# people can look like a gain, and p < .05 does not check it. At the top, plans that test first give
# up much of the gain. Now write your own.
#
# {{card launch.6}}

# %%
### BEGIN SOLUTION: choice = decide("launch.6", ...)
choice = {"primary": "dwell per user", "margin": 5, "steps": "a day at 5%", "days": 10,
          "ships if": "won", "second week": "asked", "out when in doubt": "from day 4"}
choice = decide("launch.6", choice)
### END SOLUTION
quiz("launch.q6")

# %% [markdown]
# ## Two hundred launches
#
# How good is the rule if the test is larger? Here each arm draws 20,000 of the town's people, and
# the treated's time is multiplied by a known effect; clicks follow with an error of three points,
# and one split in ten is broken. A third of launches are good, a third bad, by 1 to 8 percent, and
# a third do nothing. A choice is **right** if it loses less than .2% of people's time.

# %%
rng = np.random.default_rng(SEED + 13)
effects = rng.choice([1, -1, 0], 200) * rng.uniform(0.01, 0.08, 200)
says = {"your rule": drawn_launches.said_of(people, rng, effects, ramp_rule, broken=0.1),
        "always ramp": ["ramp"] * 200, "never launch": ["roll back"] * 200}
lost = drawn_launches.losses(says, effects)
right = {who: drawn_launches.share_of((each < 0.002).sum(), 200) for who, each in lost.items()}
measured("launch.rule", right["your rule"])
measured("launch.regret", drawn_launches.regret_ratio(np.column_stack(list(lost.values()))))
kind = pd.Series(np.sign(effects)).map({1: "good", -1: "bad", 0: "flat"}).rename("launch")
pd.crosstab(kind, pd.Series(says["your rule"], name="your rule says"))

# %% [markdown]
# Always ramping is right wherever a launch is good or flat, and never launching wherever it is bad
# or flat, so each in about two thirds: compare. “Hold” counts as wrong unless the launch is flat.
# It means doubt, and two pieces of advice for it are common: roll back, or hold. What either costs
# depends on how large effects are. So draw effects with four spreads, and look only at the launches
# on which the rule could not decide.

# %%
SPREADS = [0.0, 0.01, 0.03, 0.1]
rng, doubts = np.random.default_rng(SEED + 7), {}
for spread in SPREADS:
    doubts[spread] = drawn_launches.in_doubt(people, rng, spread, ramp_rule)
    measured("launch.rollback", doubts[spread]["roll back"], at=spread)
    measured("launch.hold", doubts[spread]["hold"], at=spread)
_ = pictures.in_doubt(SPREADS, doubts)

# %% [markdown]
# The two cost about the same: a hold loses half of the effect every time, a rollback all of it,
# half of the time. Dotted: the .3% that either is held to. Ask how large your launches' effects
# have been; where they were large, buy more people or days. A hold needs a last day, or it becomes
# a launch at half. Complexity costs upkeep, so a tie goes to the old system.
#
# ## Does the control arm stay what it was?
#
# A test assumes that control lives as if there were no treatment. Here friends share what they
# find, and control's popularity counts everybody's clicks. The change adds what a person's
# categories say. Four shares of people get it, beside a twin without a launch.

# %%
personal = policies.Familiar(town.catalog(), power=2.0, boost=8.0)
for day_log in calm_week:
    personal.observe(day_log)
no_launch, twin = twins.run_twin(town, usual, 10)
SHARES = [0.0, 0.1, 0.25, 0.5]
four_days, spills = twins.clicks_of(no_launch[:4], residents), []
for share in SHARES:
    spills.append(twins.change_for_control(town, usual, personal, share, 4, four_days))
    measured("launch.spillover", spills[-1], at=share)
_ = pictures.against_zero(SHARES, spills, "What does a launch do to those who do not have it?",
                          "share of people on the new system", "control's clicks", band=0.01)

# %% [markdown]
# Outside the grey band of one percent, what control gains is taken from the effect that the test
# reports. A test at half does not tell what full share does, in another way too: the new system
# learns from what control shows. If it shows nothing new by itself, new items live on control's
# slots, and die when everybody has it.
#
# ## Cold start
#
# Those who join after the launch bring no history, and items that are born bring no clicks. Give
# the change to everybody for ten days, and compare each group with itself in the twin.

# %%
launched, live = twins.run_twin(town, personal, 10)
joined = live.users()["joined_day"]
gains, part = twins.gains_of_old_and_new(launched, no_launch, joined, town.day)
measured("launch.newcomers", part)
for name, days, world in (("new system", launched, live), ("old system", no_launch, twin)):
    young = twins.slots_on_young_items(days, world.catalog())
    print(f"{name}: {young:.1%} of slots on items under a week old")
_ = plots.bars(gains, "Who gains from what knows people's past?", "true gain in clicks",
               fmt="{:+.0%}")

# %% [markdown]
# Newcomers are few, and over further runs it cannot be said that they get less than half. So report
# them as a slice of their own, with its interval, and give them what is popular where they live
# until some clicks are in. For items, a share of slots is the launch's own to spend (lesson
# {{reranker}}), and the share on young items belongs on the dashboard.
#
# ## Before and after
#
# The first chart that anyone will show you compares the days since the launch with those before.
#
# {{card launch.4}}

# %%
@exercise("launch.4")
def net_change(treated, control):
    """treated, control float [U, 2], before and now → relative change, net of control's."""
    ### BEGIN SOLUTION
    growth = [np.asarray(part, float).sum(axis=0) for part in (treated, control)]
    return growth[0][1] / growth[0][0] / (growth[1][1] / growth[1][0]) - 1
    ### END SOLUTION


# %% [markdown]
# In four services a holiday of growing strength ends on the eve of the launch, and all else that
# could make days differ is switched off. How far is the chart from your net change?

# %%
STILL = ("births", "freshness", "trends", "social_proof", "repeats", "sharing", "retention",
         "joining", "spam")

def holiday_ends(strength):
    """A launch on the day after a holiday of this strength, at half of 1,500 people."""
    holiday = {"weekend": 1.0, "holiday_start_day": 8, "holiday_days": 6,
               "holiday_visits": 1 + 0.5 * strength, "holiday_logits": strength}
    place = feed(people=1500, items=800, requests_per_day=3750, seed=SEED + 13,
                 calendar=holiday, without=STILL)
    change = policies.Familiar(place.catalog(), power=0.7, boost=2.0)
    old = policies.Popularity(power=0.7, window_days=7, name="popularity")
    return situation.stage(place, old, change, warm_up=8, before=6)

# %%
HOLIDAYS, off = [0.0, 0.25, 0.5, 1.0], []
for strength in HOLIDAYS:
    off.append(holiday_ends(strength).chart_error("clicks", rule=net_change))
    measured("launch.calendar", off[-1], at=strength)
_ = pictures.against_zero(HOLIDAYS, off, "What does the chart of before and after get wrong?",
                          "strength of the holiday that ends", "chart less net change", band=0.1,
                          name="treatment")

# %% [markdown]
# A holdback, a few people who keep the old system, lives through the same holidays. It assumes that
# both would have moved alike (check on weeks before), and cannot see what reaches both.
#
# ## Alarms, and what they cost
#
# After the launch nobody looks every hour, so alarms do. Each has two prices: false alarms, and
# faults found late. The **operating curve** sets false alarms against faults found within a week, a
# point a threshold. The table below gives the median days; `inf` means that half or more were not
# found in the fourteen days watched. Here 20,000 people are drawn from the town, a tenth is held
# back, and from day 14 on a fault takes 2% of the others' dwell, then 4%, up to 10%. One alarm
# reads today alone, in standard errors. The other adds up what lies below (CUSUM).

# %%
dwell = by_person(calm_week, len(residents))["dwell_s"].T
fall = np.clip(0.02 * (np.arange(28) - 13), 0, 0.1)
calm = alarms.daily_scores(dwell, 20_000, 0.1, 28, services=60, seed=SEED)
faulty = alarms.daily_scores(dwell, 20_000, 0.1, 28, fall, services=60, seed=SEED + 1)
curves = {
    "today alone": alarms.operating_curve(
        calm, faulty, 14, [1, 1.5, 2, 2.5, 3], alarms.today_alone),
    "adding up": alarms.operating_curve(calm, faulty, 14, [1, 2, 3, 4, 6], alarms.adding_up)}
_ = pictures.operating_curves(curves)
pd.concat({name: curve["median days"] for name, curve in curves.items()}, names=["alarm"])

# %% [markdown]
# Go straight up from the false alarms that people will bear: which alarm finds more there? One that
# rings each week for nothing is switched off by hand. Both wait for people to react. What precedes
# the loss is quicker: the age of the newest event that a feature has read, missing features, the
# share of fallbacks. Two more watch what dwell does not show. The **loop**, what is shown is learnt
# and shown again, moves the share of slots on the top tenth of items against the holdback. And
# **abuse** moves who clicks.
#
# ### Who clicks?
#
# {{card launch.5}}

# %%
@exercise("launch.5")
def effective_clickers(user, owner, n_owners):
    """user, owner int [E], who clicked, whose item → float [n_owners]: (Σ c)² / Σ c² of each."""
    ### BEGIN SOLUTION
    pairs, count = np.unique(np.stack([owner, user]), axis=1, return_counts=True)
    total = np.bincount(pairs[0], count, n_owners)
    return total**2 / np.maximum(np.bincount(pairs[0], count**2, n_owners), 1)
    ### END SOLUTION


# %% [markdown]
# Take the town's honest clicks, let five creators buy as many clicks as they have, and name the
# five with the fewest effective clickers for their clicks. The dial is how the bought clicks are
# spread: from one account to an account for every click.

# %%
SPREAD_OUT, ATTACKS, caught = [0.0, 0.1, 0.25, 0.5, 1.0], 20, []
rows = pd.concat([day.impressions for day in calm_week[-3:]]).query("click > 0")
spam = town.truth().hidden_items()["spam"].to_numpy()
rows = rows[~spam[rows["item"]]]
user, owner = rows["user"].to_numpy(), town.catalog().items["creator"].to_numpy()[rows["item"]]
rng = np.random.default_rng(SEED + 5)
for spread in SPREAD_OUT:
    found = [bought_clicks.buyers_found(rng, user, owner, owner.max() + 1, spread,
                                        effective_clickers) for _ in range(ATTACKS)]
    caught.append(drawn_launches.share_of(round(sum(found) * 5), 5 * ATTACKS))
    measured("launch.abuse", caught[-1], at=spread)
_ = pictures.found_by_spread(SPREAD_OUT, caught)

# %% [markdown]
# Where every click has its own account, buyers look *more* honest than the honest: then ask for the
# age of accounts, what else they do, and when they click. A suspicion is no proof, since a small
# creator with faithful readers looks alike.
#
# ## After day 7: the drill
#
# Day 14 of a launch at half. No error was logged and the p99 is as ever; somebody says that
# something is wrong. This is the dashboard, treatment against control, for the first days and the
# last. Write down which line moved, and what you would do first.

# %%
service, hidden = scenarios.draw(SEED + 50, people=2500, items=400, requests_per_day=7500)
week_2 = list(service.environment.run(service.split(0.5), 14))
stretches = {"days 0 to 4": week_2[:5], "days 10 to 13": week_2[10:]}
board = {}
for name, days in stretches.items():
    morning = situation.Situation(service.environment, service.control, service.treatment,
                                  service.before, days, 0.5)
    board[name] = morning.evidence()["treatment to control"]
pd.DataFrame(board).map("{:+.1%}".format)

# %% [markdown]
# Three first steps are possible: keep serving and search; everybody back, then search; or back for
# all but a tenth, which is kept as evidence. The second and third are called **mitigate first**.
#
# {{card launch.7}}

# %%
### BEGIN SOLUTION: first = decide("launch.7", ...)
first = {"first": "old system, a tenth stays", "act above": 3, "give up after": 10}
first = decide("launch.7", first)
### END SOLUTION
DAYS = [1, 2, 3, 5, 8]
_ = pictures.price_of_searching(DAYS, incidents.price_by_search(DAYS))

# %% [markdown]
# Only the step that keeps a tenth is ahead throughout. With the old system for all, the search
# takes twice as long, and that eats up what was saved. How much each step slows the search is our
# assumption: put in your own. And what was it that morning?

# %%
true = 100 * hidden.effects(14)
print(f"the cause: {hidden.cause}")
print(f"true effect for all: days 0 to 4 {true[:5].mean():+.1f}%, "
      f"days 10 to 13 {true[10:].mean():+.1f}%")

# %% [markdown]
# Each cause has a line of its own, and clicks are seldom it: their interval is as wide as what is
# lost. A feature job that has stopped answers as fast as ever, from counters that know nothing born
# since: between the two columns young items lose their slots. The repair then reads the backlog in
# the order of events. Clickbait shows in dwell per click, from the first days on. Requests that are
# far up in one arm are a broken split, and then no other line means anything. A gain of the first
# days that is gone, with no other line moved, may be novelty, and nothing can be repaired. Repair
# if the fault has a name; roll back if it has none and grows.
#
# ## The marketplace launches too
#
# Steps, rule and alarms are the same in a shop. What differs is when the metric is known. Orders
# come days after the click, and returns days after the order. Here are the requests of one week.

# %%
shop = marketplace(people=1500, items=300, requests_per_day=4500, seed=SEED,
                   shop={"buy": -1.5})
shelf = policies.Popularity(power=0.7, window_days=7, name="popularity")
shop.run(shelf, 3)
shown = known_after(list(shop.run(shelf, 28)), 7, seed=SEED)
_ = pictures.money_that_comes_in(shown, 7)
quiz("launch.q5")

# %% [markdown]
# On the evening of day 7 the log knows neither all orders nor the returns. So a shop's plan closes
# the week and waits its window out, or it launches on a proxy with a date to look again. Steps by
# region or by day keep arms off each other's stock (lesson {{experiments}}). Cancelled orders and
# stock-outs come at once: they guard.
#
# ## What can lie to you
#
# {{card launch.8}}

# %%
### BEGIN SOLUTION: found_in_time = referee("launch.8", because=..., mended=...)
def found_in_time(days):
    """Faults that were never found count, and were not found in time."""
    return days <= 5

found_in_time = referee("launch.8", mended=found_in_time,
                        because="Faults that were never found are left out.")
### END SOLUTION

# %% [markdown]
# Other ways to be fooled: the gains of launched tests added up (they were chosen for being large);
# a ramp whose steps are pooled; a guardrail that “passed” because nothing was significant; a
# dashboard that compares those who stayed.
#
# ## After day 7
#
# Read the effect by days since first exposure against a holdback, and net of it. Read slices:
# newcomers, young items, sellers. Ask what the new system learns from control, and give a small
# share of slots to exploration before the last step. Keep the old version warm until the returns
# are in and the first month is over; then delete it, on a date with a name.
#
# ## Say it in a minute
#
# > “Before it starts I write one primary metric, guardrails with margins checked against the people
# > we have, the steps, the day, and who decides. Shadow finds errors, an alarm stops the canary,
# > and the split is read first. To ship, every guardrail has to be proved and the primary has to
# > win; to stop, a loss need only be probable, since people bear it while I wait. Over many
# > simulated launches such a plan beat p < .05, mostly by checking the split, and was not told
# > apart from never shipping. Afterwards a holdback takes out the calendar, alarms stand at a rate
# > of false ones that we can bear, and if a number turns I mitigate first, keep a tenth as
# > evidence, repair what has a name and roll back what has none. In a shop I wait for returns.”
#
# **Red flag.** “We ship to everyone and monitor the dashboards.”
#
# ## You have now
#
# - a rule and a plan of your own, with the value and the harm that they ship;
# - two alarms with their false alarms, a chart net of the calendar, a look at who clicks, and a first
#   step for the morning on which a number turns.
