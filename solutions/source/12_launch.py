# %% [markdown]
# # {{launch}} Launch: a plan, and what it is worth
#
# **The decision.** A change may help a little or harm a little. Do all people get it, who decides that and on which
# day, and what takes it back?
#
# | | |
# |---|---|
# | Budget | two weeks of a test; one person in twenty at risk at first |
# | Failure this stage owns | *It was better in the test, and it hurt us in production.* |
# | Minutes | 95, of which 60 on exercises |
# | Needs | {{experiments}}; {{serving}} |

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
# 1. Half of all people have the new system. By how much does that change the clicks of the *other* half, as a share?
# 2. People who join after the launch have no history. What part of the others' gain do they get?
# 3. Launches' true effects spread by 3% around zero. Where your rule cannot decide, you roll back. What share of
#    people's time does that cost?
# 4. Your rule decides 200 launches, a third good, a third bad, a third neither. In what share does it choose rightly?

# %%
predict("launch.spillover", ...)
predict("launch.newcomers", ...)
predict("launch.rollback", ...)
predict("launch.rule", ...)

# %% [markdown]
# ## The plan comes first
#
# The plan is written before anybody sees a number, because afterwards every rule can be bent to one's hopes.
#
# | Line | Here |
# |---|---|
# | One primary metric | clicks a user |
# | Guardrails, margin 5% | dwell a user, requests a user, dwell a click |
# | Steps of the **ramp** | 5% and 25% of people for two days each, then half until day 14 |
# | Stopping | a certain loss, on any day; a broken split never ships |
# | Who decides | a named person, by the rule below |
# | What comes back | model, index, features and settings, as one version kept warm |
#
# In **shadow** the new system first answers real requests and nobody sees the answers: that finds errors, latency and
# missing features. A **canary** is a few servers with the new version for minutes, beside fresh ones of the old; an
# alarm on the **share of fallbacks** stops it by itself. Only then does a test compare people, hashed, so that whoever
# has the new system keeps it.

# %%
quiz("launch.q2")
quiz("launch.q3")
quiz("launch.q4")

# %% [markdown]
# ## Guardrails that can be proved
#
# “No significant harm” is not enough: a test too small to see anything never sees harm. The interval has to *exclude* a
# loss of the guardrail's **margin** (**non-inferiority**).
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
# What can a service of four thousand people prove in three days?

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
# None of these can be proved, not even the plan's 5%, so the plan takes two weeks. A change that helps needs fewer
# people, and CUPED saves some. A margin that cannot be proved ends in a ramp that never ends, or a guardrail given up.
#
# ## A rule that can be read
#
# It reads the **split** first: a tiny p means that people got lost on the way to one arm. Yours will decide every
# launch of this lesson.
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
# The change is a few percent better or worse than a strong incumbent. Before day 14 your rule gets wider intervals that
# hold at every look, and “ramp” and “hold” both go on. On day 14 it reads the ordinary 95%: “ramp” ships, “hold” stops.
#
# The truth comes from **twins**: the same people and dice with the old system for all, and with the new. Worth is long
# clicks, of thirty seconds and more; everyone treated for a day at +1% is one **percent-day**.

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
# ## Many launches, many plans
#
# Any plan can play our stored launches, which have eleven causes in turn. “Canary”, here a plan, is three days at 5%
# and 25% of people, then shipped unless a loss is certain. **Risk-aware** wants clicks up, every guardrail proved, and
# no second week that says the opposite; “likely better” only the last of these. **Risk-aware, gets out** also stops,
# from day 4 on, where clicks are *probably* worse, three to one. The **reference** does so too, goes by dwell and
# decides on day 10; it was chosen on 44 other launches. The **oracle** knows each launch's effect.

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
# *Value* is what good days gave those who had the change, less the *harm* of bad days. Most changes here are not good,
# so even the reference cannot be told apart from “never ship”. Its lead over p < .05 comes mostly from broken splits,
# which p < .05 does not check.
#
# Getting out alone cuts the harm of risk-aware by nearly half. Whoever waits for certainty keeps half of all people on
# what is probably worse: **the test itself is costly**.

# %%
some = {name: played[name] for name in ("always ship", "p < .05 at day 7", "canary", "reference")}
_ = pictures.value_by_cause(some)

# %% [markdown]
# Each point is the mean of five launches. *Interference*: friends pass on what they find. *Stale job*: a feature's job
# stops. *Births*: new items are not shown. *Spam*: bought clicks are followed. *Holiday* and *broken split*: a loss
# beside a holiday, and one where the log lacks people of control. At the top, where changes are good, plans that test
# first give up much of the gain.
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
# Now a larger test: each arm draws 20,000 people, the treated's time is multiplied by a known effect, and one split in
# ten is broken. A third of launches are good, a third bad, by 1 to 8 percent, a third flat. A choice is **right** if it
# loses less than .2% of people's time against the best choice.

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
# Always ramping and never launching are each right in about two thirds: compare. The second notice divides your rule's
# mean loss by the smaller of theirs. “Hold” means doubt. Should one then roll back, or go on holding? Draw effects with
# four spreads, and look only at launches on which the rule could not decide.

# %%
SPREADS = [0.0, 0.01, 0.03, 0.1]
rng, doubts = np.random.default_rng(SEED + 7), {}
for spread in SPREADS:
    doubts[spread] = drawn_launches.in_doubt(people, rng, spread, ramp_rule)
    measured("launch.rollback", doubts[spread]["roll back"], at=spread)
    measured("launch.hold", doubts[spread]["hold"], at=spread)
_ = pictures.in_doubt(SPREADS, doubts)

# %% [markdown]
# The two cost about the same: a hold loses half of the effect every time, a rollback all of it, half of the time. Where
# effects are large, buy more people or days. A hold needs a last day. Complexity costs upkeep, so a tie goes to the old
# system.
#
# ## Does the control arm stay what it was?
#
# A test assumes that control lives as if there were no treatment. Here friends share what they find, and control's
# popularity counts everybody's clicks.

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
# What control gains is taken from the effect that the test reports. A launch to all may differ from half, too: the new
# system learns from what control shows. New items may live on control's slots, and die when everybody has the new
# system.
#
# ## Cold start
#
# Give the change to everybody for ten days. What do those gain who joined since?

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
# Newcomers are few, and over further runs it cannot be said that they get less than half. Report them as a slice of
# their own, and watch the share of slots on young items.
#
# ## Before and after
#
# The first chart of a launch compares the days since with those before.
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
# A holiday of growing strength ends on the eve of the launch. How far is the chart from your net change?

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
# The stronger the holiday, the more the chart takes its end for the launch's harm. A holdback, a few people who keep
# the old system, lives through the same holidays. Check on weeks before that both move alike.
#
# ## Alarms, and what they cost
#
# An alarm has two prices: false alarms, and faults found late. The **operating curve** shows both for each threshold;
# the table has median days, `inf` where half were not found. A tenth of 20,000 people is held back, and from day 14 a
# fault takes 2% of the others' dwell, then 4%, up to 10%. One alarm reads today alone, the other adds up what lies
# below (CUSUM).

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
# Which finds more, at the false alarms that people will bear? What precedes the loss moves sooner: stale features,
# missing features, the share of fallbacks. The **loop**, what is shown is learnt and shown again, moves the share of
# slots on top items. **Abuse** moves who clicks.
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
# Let five creators buy as many clicks as they have, and name the five with the fewest effective clickers a click.

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
# Where every click has its own account, buyers look *more* honest than the honest: then ask for the age of accounts.
#
# ## After day 7: the drill
#
# Day 14 of a launch at half. No error was logged, the p99 is as ever, and somebody says that something is wrong. This
# is the dashboard, treatment against control, for the first days and the last. Which line moved, and what would you do
# first?

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
# To bring the old system back before one searches is called **mitigate first**.
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
# Only “old system, a tenth stays” is ahead at every length of search. How much each step slows the search is our
# assumption. And what was the cause?

# %%
true = 100 * hidden.effects(14)
print(f"the cause: {hidden.cause}")
print(f"true effect for all: days 0 to 4 {true[:5].mean():+.1f}%, "
      f"days 10 to 13 {true[10:].mean():+.1f}%")

# %% [markdown]
# Each cause has a line of its own, and clicks are seldom it: their interval is as wide as what is lost. A stopped
# feature job answers as fast as ever, from counters that know nothing born since: young items lose their slots.
# Clickbait shows in dwell per click, from the first days on. Far more requests in one arm are a broken split, and then
# no other line means anything. A gain of the first days that is gone, with no other line moved, may be novelty, which
# no repair brings back. Repair what has a name; roll back what has none and grows.
#
# ## The marketplace launches too
#
# In a shop the metric is known later: orders come days after the click, returns days after the order.

# %%
shop = marketplace(people=1500, items=300, requests_per_day=4500, seed=SEED,
                   shop={"buy": -1.5})
shelf = policies.Popularity(power=0.7, window_days=7, name="popularity")
shop.run(shelf, 3)
shown = known_after(list(shop.run(shelf, 28)), 7, seed=SEED)
_ = pictures.money_that_comes_in(shown, 7)
quiz("launch.q5")

# %% [markdown]
# So a shop's plan waits its week's window out, or launches on a proxy and looks again. Steps by region or by day keep
# arms off each other's stock. Cancelled orders and stock-outs come at once and can be guardrails.
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
# Added-up gains of launched tests lie too: these tests were chosen for large gains.
#
# ## After day 7
#
# Read the effect by days since first exposure, net of a holdback, and by slice: newcomers, young items, sellers. Before
# the last step, give a share of slots to exploration. Keep the old version warm until returns are in; then delete it,
# on a date with a name.
#
# ## Say it in a minute
#
# > “Before it starts I write one primary metric, guardrails with margins that our people can prove, the steps, the day,
# > and who decides. The split is read first. To ship, every guardrail has to be proved and the primary has to win; to
# > stop, a loss need only be probable. A holdback takes out the calendar. If a number turns I mitigate first, keep a
# > tenth as evidence, and repair what has a name. In a shop I wait for returns.”
#
# **Red flag.** “We ship to everyone and monitor the dashboards.”
#
# ## You have now
#
# A rule, a plan, alarms with their price, and a first step for a bad morning.
