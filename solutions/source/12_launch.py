# %% [markdown]
# # {{launch}} Launch: day 0 to day 14
#
# **The decision.** Your system is built and tested. How do real people get it, who decides that more of them do, and
# what makes you take it back? A launch is an experiment with a plan for every outcome, written down before it starts.
#
# | | |
# |---|---|
# | Budget | 50 ms a request at the 99th percentile; one user in a hundred at risk on the first day |
# | Failure this stage owns | *It was better in every test, and it hurt us in production.* |
# | Minutes | 95, of which 53 on exercises |
# | Needs | the recommender ({{two_tower}} to {{reranker}}), intervals ({{metric_stack}}), experiments ({{experiments}}) |
# | Leaves behind | a launched system, its ramp controller, two monitors, and five drills for the day it turns |

# %%
import copy
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from course_lib.contracts import Requests
from course_lib.data.log import MemoryLog
from course_lib.evidence.estimate import Estimate, bootstrap
from course_lib.evidence.intervals import wilson_interval
from course_lib.evidence.units import unit_table
from course_lib.launch import drill, guardrails, ramp, situation
from course_lib.serving import assemble, load
from course_lib.teach import compare, exercise, hint, measured, plots, predict, quiz, solution  # noqa: F401
from course_lib.world import feed, policies

# %%
plots.style()
warnings.simplefilter("ignore")

# %% [markdown]
# ## Predict
#
# 1. A worker is busy 80% of the time. How many times its own 99th percentile is the one that people see?
# 2. Half of all people have the new system. By how much do the clicks of the *other* half change because of it? (0.01 is one
#    percent up.)
# 3. People who join after the launch have no history. What part of the gain of those who were here before do they get?
# 4. Take launches whose true effects have a standard deviation of 3%, and of these the ones on which your rule cannot
#    decide. You roll all of them back. What share of people's time does that cost, on average?
# 5. Your own rule decides 200 launches: a third good, a third bad, a third neither. In what share does it choose rightly?

# %%
predict("launch.queue", ...)
predict("launch.spillover", ...)
predict("launch.newcomers", ...)
predict("launch.rollback", ...)
predict("launch.rule", ...)

# %% [markdown]
# ## The service as it is
#
# It is a feed that sorts by last week's popularity, with some chance in it. Ten days of its log are what your system
# learns from: the whole chain of lessons {{two_tower}} to {{reranker}}, from candidate sources to the re-ranker.

# %%
world = feed(people=1200, items=800, requests_per_day=3500, seed=11)
old, log = policies.Popularity(power=0.7, window_days=7, name="popularity"), MemoryLog()
world.run(old, 10, log)
system = assemble.feed_recommender(log, world.catalog(), n_retrieve=40, share=0.5)
DAY_0 = world.day

# %% [markdown]
# First, one request at a time, as people will send them. The trace says where the milliseconds go.

# %%
requests = [Requests.of(user, eligible=world.eligible(), day=DAY_0, request_id=user) for user in range(500)]
answers = [system.recommend(request) for request in requests]
service_ms = np.array([answer.trace.total_ms for answer in answers])[50:]          # the first ones warm the caches
p99 = bootstrap(service_ms, lambda ms: np.percentile(ms, 99), n_boot=300)
print(f"median {np.median(service_ms):.1f} ms, 99th percentile {p99:.1f} ms")
measured("launch.p99", p99, beside=f"{len(service_ms)} requests, one at a time")
answers[-1].trace.table()

# %% [markdown]
# ## What people wait
#
# That number came from a **closed loop**: the next request is sent when the last is answered. People come in an **open
# loop**, whether or not the server is free.
#
# {{card launch.1}}

# %%
@exercise("launch.1")
def open_loop_latency(arrival_ms, service_ms):
    """arrival_ms float [n], ascending; service_ms float [n] → float [n]: ms from arrival to answer."""
    ### BEGIN SOLUTION
    free, latency = 0.0, np.zeros(len(arrival_ms))
    for i in range(len(arrival_ms)):
        free = max(free, arrival_ms[i]) + service_ms[i]
        latency[i] = free - arrival_ms[i]
    return latency
    ### END SOLUTION


# %% [markdown]
# How long people wait depends on how busy the worker is, and on how much service times vary; both are inputs here.
# Service times are drawn from a gamma law whose mean is the median that you measured, with a standard deviation of
# half of that, so that a single stall of your machine decides nothing. Queueing theory knows what the **mean** wait
# must be (Pollaczek and Khinchine): the check below holds your function against it before anything is read off its
# tail.

# %%
LOADS = [0.0, 0.3, 0.5, 0.7, 0.8, 0.9]
RUNS = 20
REQUESTS = 2500         # of each run that count
WARM = 500              # before them, while the queue fills
SHAPE = 4.0             # of the gamma law; 1 is exponential


def served_and_seen(busy, rng):
    """Service times and latencies in mean services, float [RUNS, REQUESTS] each; the first WARM of a run are dropped."""
    service = rng.gamma(SHAPE, 1 / SHAPE, (RUNS, WARM + REQUESTS))
    seen = np.empty_like(service)
    for row, times in enumerate(service):
        arrivals = load.poisson_arrivals(rng, len(times), 1000 * busy) if busy else 1e3 * np.arange(len(times))
        seen[row] = open_loop_latency(arrivals, times)
    return service[:, WARM:], seen[:, WARM:]


# %%
def at_percentile(rows, q=99):
    """The percentile of all requests, with its interval over runs, for those of one run are not independent."""
    return bootstrap(rows, lambda r: np.percentile(r, q), n_boot=100)


def times_slower(service, seen):
    """p99 of what people see over p99 of the service, with its interval over runs."""
    both = np.concatenate([seen, service], axis=1)
    n = seen.shape[1]
    return bootstrap(both, lambda r: np.percentile(r[:, :n], 99) / np.percentile(r[:, n:], 99), n_boot=200)


# %%
rng, typical = np.random.default_rng(0), np.median(service_ms)
queues = {busy: served_and_seen(busy, rng) for busy in LOADS}
shown = {name: [at_percentile(typical * pair[k]) for pair in queues.values()]
         for k, name in enumerate(("closed loop", "open loop"))}
ax = plots.lines(LOADS, shown, "A test that waits for answers hides the queue", "share of time the worker is busy",
                 "99th percentile, ms", logy=True)
ax.axhline(50, color="#333333", ls=":", lw=1)
_ = ax.annotate("budget", (0, 50), xytext=(0, 4), textcoords="offset points", fontsize=9)
for busy, (service, seen) in queues.items():
    measured("launch.queue", times_slower(service, seen), at=busy)

# %%
wait = [bootstrap((seen - service).mean(1)) for service, seen in queues.values()]
theory = [busy / (1 - busy) * (1 + 1 / SHAPE) / 2 for busy in LOADS]
ax = plots.lines(LOADS, {"your function": wait, "theory": theory}, "The mean wait, by your function and by the formula",
                 "share of time the worker is busy", "mean wait, in mean services")
ax.lines[-1].set_linestyle("--")

# %% [markdown]
# The formula is ρ / (1 − ρ) · (1 + c²) / 2, with ρ the load and c the standard deviation of a service over its mean;
# nothing else about the machine enters. It holds for *one* worker: where many share one queue, people wait far less
# at the same load. So capacity planning pays for idle time, and pooling needs less of it. And a request that needs a
# hundred machines waits for the slowest of them.
#
# ## When a part dies
#
# Kill the candidate sources: every call raises. With a **ladder of fallbacks** the service goes on with what is left,
# and the truth tells what each rung is worth. The static list was made today from the same counts as the popular one,
# so it is as fresh as it will ever be; in service it ages.

# %%
class Dead:
    """A store that does not answer."""

    name = "dead"
    vetted = False

    def retrieve(self, requests, n):
        raise ConnectionError("no answer from the index")


def broken(rungs_lost):
    """The system without its sources and without the first rungs of its ladder."""
    twin = copy.copy(system)
    twin.retriever, twin.fallback = Dead(), [Dead()] * rungs_lost + system.fallback[rungs_lost:]
    return twin


# %%
truth, today = world.truth(), Requests.of(np.arange(900), eligible=world.eligible(), day=DAY_0)
rungs = {"full chain": system, "popular": broken(0), "static list": broken(1), "nothing": broken(2)}
worth, served = {}, {}
for name, policy in rungs.items():
    filled = policy.slates(today).item[:, 0] >= 0
    served[name] = bootstrap(filled)
    worth[name] = bootstrap(truth.expected_reward(policy, today, "satisfaction") if filled.any() else np.zeros(900))
gone = 1 - worth["popular"].value / worth["full chain"].value
ax = plots.bars(worth, f"A dead index costs {gone:.0%} of the worth, not all of it", "satisfied clicks a request, true")
measured("launch.ladder", served["popular"])

# %% [markdown]
# That every request has its answer is how the ladder is built, not a finding. What each rung is *worth* is a finding.
# A part that is **slow** is a different matter from one that is dead: the budget is checked between stages, and a
# stage that runs is not cut short, so a slow index costs its time before any rung is asked.

# %% [markdown]
# ## Guardrails that can be proved
#
# A guardrail is a metric that must not be lost by more than a **margin**. "No significant harm" is not good enough: a
# test too small to see anything never sees harm. The interval has to *exclude* the loss: a test of
# **non-inferiority**.
#
# {{card launch.2}}

# %%
@exercise("launch.2")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    """Numbers → users an arm needed to prove that no more than `margin` (a share of the mean) was lost."""
    ### BEGIN SOLUTION
    from scipy.stats import norm

    z = norm.ppf(1 - alpha / 2) + norm.ppf(power)
    return int(np.ceil(2 * (z * standard_deviation / (margin * mean)) ** 2))
    ### END SOLUTION


# %% [markdown]
# Before the plan is written: what can this service prove at all? The last days of the log give each metric's mean and
# spread over three days. Compare with the number of people there are.

# %%
people = unit_table(log, days=range(7, 10)).reindex(world.users().index, fill_value=0)
rows = {}
for metric in ("clicks", "dwell_s", "requests", "reports"):
    mean, spread = people[metric].mean(), people[metric].std()
    rows[metric] = {f"{margin:.0%}": users_to_prove(mean, spread, margin) for margin in (0.02, 0.05, 0.1, 0.2)}
needed = pd.DataFrame(rows).T.rename_axis("users an arm, by margin")
print(f"there are {len(people):,} people, so at most {len(people) // 2:,} an arm")
needed

# %% [markdown]
# A margin of two percent is a wish here, and reports are so rare that no margin can be proved. A ramp whose
# guardrails cannot be proved goes one of two ways: it never ends, or someone gives up on the guardrails. Compare even
# the widest margin with the people that an arm has: those are the numbers if the new system changes nothing. More
# days help, and so does a system that is really better, for its interval then lies further from the loss that must be
# excluded. So the plan guards two metrics at the widest margin, and watches the rest by eye.
#
# The rule below also reads the **split**: p is the chance that arms as uneven as these come from the shares that were
# planned. A tiny p means that people got lost on the way to one arm. The **primary** metric is the one that the
# launch is to raise. The library holds the same few lines; write them yourself, for it is your rule that runs the
# launch below, and the drills.
#
# {{card launch.3}}

# %%
@exercise("launch.3")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    """Share, p of the split, {name: state}, state of the primary → "ramp", "hold" or "roll back"."""
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


# %% [markdown]
# ## Launch
#
# The plan: one percent of people on the first day, then 5, 25, 50 and 100, with two guardrails and one primary
# metric. Looking every day is peeking, so each check runs at a level that keeps the whole ramp honest. The new system
# learns each night from the day's log, through a **feature job**.

# %%
class FeatureJob:
    """A system behind the nightly job that feeds its counters; while the job is down, days pile up unread."""

    def __init__(self, system):
        self.system, self.name, self.down, self.unread = system, system.name, False, []

    def slates(self, requests):
        return self.system.slates(requests)

    def observe(self, day_log):
        self.unread.append(day_log)
        while self.unread and not self.down:
            self.system.observe(self.unread.pop(0))


# %%
plan = ramp.Ramp(guardrails=(guardrails.Guardrail("dwell per user", 0.2), guardrails.Guardrail("requests per user", 0.2)),
            primary="clicks per user", steps=(0.01, 0.05, 0.25, 0.5, 1.0), rule=decide)
live, launch_log = world.fork(), MemoryLog()
new, control = FeatureJob(copy.deepcopy(system)), copy.deepcopy(old)
print(plan.run(live, control, new, 5, launch_log))

# %% [markdown]
# The machine that ran the ramp restarts here. Nothing is lost: every decision follows from the log, so running the plan
# again with the same log judges the days it holds and goes on with the rest.

# %%
report = plan.run(live, control, new, 10, launch_log, start=DAY_0)
print(report)

# %% [markdown]
# Then, one night, something happens that no alarm tells you about. (You will be asked what it was. Don't read this
# cell's code too closely.)

# %%
new.down = True
report = plan.run(live, control, new, 15, launch_log, start=DAY_0)
report.days[["day", "share", "action", "users control", "users treatment", "split p", "primary change"]].head(6)

# %% [markdown]
# ## What happened, day by day
#
# A twin of the world, with the same people and the same dice, never launched. It shows what each day would have been.

# %%
twin, twin_log = world.fork(), MemoryLog()
twin.run(copy.deepcopy(old), 15, twin_log)
days = np.arange(15)
daily = [unit_table(launch_log, days=[DAY_0 + day]) for day in days]
without = [unit_table(twin_log, days=[DAY_0 + day]) for day in days]


def level(table, arm=None, metric="clicks"):
    """Mean of a metric over those who came, with its interval; nothing where fewer than twenty came."""
    values = (table if arm is None else table[table["arm"] == arm])[metric]
    return bootstrap(values, n_boot=200) if len(values) >= 20 else Estimate(np.nan, np.nan, np.nan)


# %%
full = np.flatnonzero(report.days["share"] == 1)
stands = f"everyone has it from day {full[0]}" if len(full) else f"the ramp stands at {report.days['share'].iloc[-1]:.0%}"
series = {"treatment": [level(t, "treatment") for t in daily], "control": [level(t, "control") for t in daily],
          "truth": [level(t) for t in without]}
ax = plots.lines(days, series, f"Day 0 to day 14: {stands}",
                 "days since launch",
                 "clicks a person who came")
ax.lines[-1].set(linestyle="--", label="twin without launch")
ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=3)
share = ax.twinx()
share.fill_between(days, report.days["share"], step="mid", color=plots.GREY, alpha=0.15, linewidth=0)
share.set(ylim=(0, 1.02), ylabel="share on the new system")
share.grid(False)
share.yaxis.set_major_formatter(lambda v, _: f"{v:.0%}")

# %% [markdown]
# ## Was the test right?
#
# Person by person: the launched world beside the twin. For those who had the new system the difference is the **true
# effect**, day by day, whatever holidays and weather both worlds had. For those who had not, it is **spillover**:
# friends share what they found, and the popularity ranker counts everyone's clicks.

# %%
everyone = world.users().index
in_half = plan.assignment(control, new, 0.5).arm_of(everyone) == 1        # those who had it from 50% on, at the latest


def sums(tables, users, column="clicks"):
    """A column's total over these days for each of the users, float [users]; those who did not come have 0."""
    return sum(t[column].reindex(users, fill_value=0).to_numpy(float) for t in tables)


def gain(rows):
    """Relative gain in click rate from columns clicks, impressions, and the same in the twin."""
    c, i, c0, i0 = rows.sum(0)
    return c / i / (c0 / i0) - 1


def live_and_twin(days, users):
    return np.stack([sums([world_days[d] for d in days], users, column) for world_days in (daily, without)
                     for column in ("clicks", "impressions")], axis=1)


# %%
treated, first_days, second_week = everyone[in_half], range(3, 6), range(8, 12)
by_day = [bootstrap(live_and_twin([day], treated), gain, n_boot=200) for day in range(3, 15)]
first, later = (live_and_twin(when, treated) for when in (first_days, second_week))
ax = plots.lines(range(3, 15), {"treatment": by_day}, f"Click rate: {gain(first):+.0%} in the first days, "
                 f"{gain(later):+.0%} in the second week", "days since launch", "true gain in click rate")
ax.yaxis.set_major_formatter(lambda v, _: f"{v:+.0%}")
lift = bootstrap(np.c_[sums(daily[8:12], treated), sums(without[8:12], treated)], lambda r: r[:, 0].sum() / r[:, 1].sum() - 1)
faded = bootstrap(np.c_[first, later], lambda r: 1 - gain(r[:, 4:]) / gain(r[:, :4]))
print(f"clicks a person in the second week {lift:+.0%}; of the first days' gain in click rate, gone by then: {faded:.0%}")

# %% [markdown]
# Compare the gain in clicks a person with the gain in click rate: where the first is larger, people who find
# something also come back more often, which a test of two days would have missed. How much of a gain is novelty
# depends on how strong novelty is; lesson {{experiments}} varies it. Where the interval of the share that is gone
# holds zero, two weeks of this service have shown no fade.
#
# ### What is that gain worth?
#
# A part of it is owed to a weak rival: the old system was a popularity list with much chance in it. A fairer one is
# the best of several popularity lists. And how *personal* a click is, is an input of this world. So four worlds, from
# one in which everybody likes the same to the usual one, their click rates kept alike; in each we set the chain
# against the best of four popularity lists, from the same log, by the clicks that each would truly earn the next day.

# %%
TASTES = {0: -2.7, 4: -3.2, 8: -5.0, 11: -7.0}          # log-odds a unit of affinity: of a click without affinity
LISTS = [(3, 7), (6, 2), (None, 2), (None, 7)]          # power (None: the most clicked, always) and days that count


# %%
def earned(taste, people=500):
    """Clicks a person would earn next day, float [people, 2]: by the chain and by the best of the lists."""
    market = feed(people=people, items=300, requests_per_day=2.5 * people, seed=11,
                  taste={"click": taste, "base": TASTES[taste]})
    days = list(market.run(policies.Popularity(power=0.7, window_days=7), 8))
    lists = [policies.Popularity(power=power, window_days=window) for power, window in LISTS]
    for rival in lists:
        for day in days:
            rival.observe(day)
    chain = assemble.feed_recommender(MemoryLog(days), market.catalog(), n_retrieve=40, share=0.5)
    asked, judge = Requests.of(np.arange(people), eligible=market.eligible(), day=market.day), market.truth()
    by = [judge.expected_reward(policy, asked, "click") for policy in (chain, *lists)]
    return np.c_[by[0], max(by[1:], key=np.mean)]


# %%
def more(rows):
    """The first column's sum over the second's, less 1."""
    return rows[:, 0].sum() / rows[:, 1].sum() - 1


# %%
lifts = {taste: bootstrap(earned(taste), more, n_boot=300) for taste in TASTES}
ax = plots.lines(list(lifts), {"the chain": list(lifts.values())},
                 f"Against the best list: {lifts[0].value:+.0%} without personal taste,\n{lifts[11].value:+.0%} with",
                 "how personal a click is, log-odds a unit of affinity", "clicks more than the best list")
ax.axhline(0, color="#333333", lw=1)
ax.yaxis.set_major_formatter(lambda v, _: f"{v:+.0%}")
for taste, gained in lifts.items():
    measured("launch.lift", gained, at=taste)

# %% [markdown]
# ### Does the control arm stay what it was?
#
# The comparison of two arms assumes that control lives as if there were no treatment. Here friends share what they
# found, and control's ranker counts everybody's clicks. Your twelve hundred people are too few to see a percent, so
# this is a service of four thousand, and a treatment that is quick to run: popular items, more of them from the
# categories a person clicked. It serves four different shares of people, for four days each, beside a twin without a
# launch; the figure shows the change in the clicks of those who do not have it.

# %%
SHARES = [0.0, 0.1, 0.25, 0.5]
DAYS = 4
town = feed(people=4000, items=800, requests_per_day=10_000, seed=17)
usual = policies.Popularity(power=0.7, window_days=7, name="popularity")
personal = policies.Familiar(town.catalog(), power=2.0, boost=8.0)
for day_log in town.run(usual, 6):
    personal.observe(day_log)
residents = town.users().index


def clicks_of(policy):
    """Each resident's clicks over DAYS days of a fork in which `policy` serves, float [residents]."""
    days = town.fork().run(copy.deepcopy(policy), DAYS)
    return unit_table(list(days))["clicks"].reindex(residents, fill_value=0).to_numpy(float)


# %%
without_launch, spills = clicks_of(usual), {}
for share in SHARES:
    split = plan.assignment(usual, personal, share)
    both = np.c_[clicks_of(split), without_launch]
    spills[share] = bootstrap(both[split.arm_of(residents) == 0], more, n_boot=300)
    measured("launch.spillover", spills[share], at=share)
ax = plots.lines(SHARES, {"control": list(spills.values())}, "What a launch does to those who do not have it",
                 "share of people who have the new system", "change in control's clicks")
ax.axhspan(-0.01, 0.01, color=plots.GREY, alpha=0.2, linewidth=0)
ax.yaxis.set_major_formatter(lambda v, _: f"{v:+.1%}")

# %% [markdown]
# The grey band is one percent. What lies outside it goes into the comparison of the arms as if it were the
# treatment's doing.
#
# And those who are **new here**? Someone who joined after the launch has no history when the new system meets them: a
# *cold start*. Those who were here before stand beside them, over the same days.

# %%
joined_day = live.users()["joined_day"]
since = joined_day.index[joined_day > DAY_0]
both = {name: np.c_[sums(daily[6:], people), sums(without[6:], people)] for name, people in
        (("joined since the launch", since), ("were here before", everyone))}
gains = {name: bootstrap(r, lambda r: r[:, 0].sum() / r[:, 1].sum() - 1) for name, r in both.items()}
ax = plots.bars(gains, f"Newcomers gain {gains['joined since the launch'].value:+.0%}, the others "
                f"{gains['were here before'].value:+.0%}", "true gain in clicks, from day 6 on", fmt="{:+.0%}")


def part_of_the_gain(rows):
    """Gain of the newcomers (clicks live and in the twin, columns 0 and 1) over that of the others (columns 2 and 3)."""
    new_live, new_twin, old_live, old_twin = rows.sum(axis=0)
    return (new_live / new_twin - 1) / (old_live / old_twin - 1)


two = [np.pad(r, ((0, 0), (2 * k, 2 - 2 * k))) for k, r in enumerate(both.values())]
measured("launch.newcomers", bootstrap(np.concatenate(two), part_of_the_gain))

# %% [markdown]
# ## After day 7: the drill
#
# The new system has served for days, be it everyone or the share at which the ramp stands. Here is what the log of
# the last four days shows beside four earlier days; the column on the right is the same change in the twin, which has
# had the same weather.

# %%
early, late = range(DAY_0 + 6, DAY_0 + 10), range(DAY_0 + 11, DAY_0 + 15)
table = drill.symptoms(launch_log, early, late, live.catalog())
calm = drill.symptoms(twin_log, early, late, twin.catalog())
pd.DataFrame({"before": table["early"], "now": table["late"], "change": table["change"],
              "change in the twin": calm["change"]})

# %% [markdown]
# Which line moved here and not in the twin? Three choices are on the table. **Hold**: the new system for all, as it
# is. **Roll back**: everybody gets the popularity ranker again. **Repair**: find the job that stands still and let it
# read what it missed. Write down which you would take, then play all three out: the same people, the same dice, three
# days.

# %%
repaired = copy.deepcopy(new)
repaired.down = False
choices = {"hold": new, "roll back": control, "repair": repaired}
played = drill.play_out(live, choices, days=3, metric="dwell per user")
played.table

# %%
regret = {name: played.regret(name) for name in choices}
near = [name for name, lost in regret.items() if lost.low <= 0]               # not to be told from the best
ax = plots.bars(regret, f"In hindsight: {' or '.join(near)}", "seconds a person lost over three days against the best choice",
                fmt="{:,.0f}", colors=dict.fromkeys(regret, plots.color("bad")))
print(f"rolling back loses {played.share_lost('roll back'):.0%} of people's time, holding {played.share_lost('hold'):.0%}")

# %% [markdown]
# The feature job had stopped on day 10. The system went on answering, as fast as ever, from counters that knew no
# item born since: nothing crashed, so no alarm went off. What the standstill costs is the distance between hold and
# repair, if three days can show it; what a hasty roll-back would have cost is its bar. That is no law of roll-backs:
# it is what the new system is worth over the old one, and the old one was weak. Rolling back is the answer when you
# do *not* know what is wrong and it is getting worse. A decision can be right and turn out badly, and the reverse;
# judge it by what was known.
#
# ## Four more mornings
#
# Four services, each with a launch at half of all people, each on the morning when you decide. **Hold**: the split
# goes on. **Ramp**: everyone gets the new system. **Roll back**: nobody does. The new systems are a livelier
# popularity list, one that prefers the categories a person clicked, and two that rank by a rate which they learn
# every night. (The cell after next gives away what is going on. Don't read it too closely.)

# %%
class Learner:
    """Items with enough showings, drawn by the share of them that was read for `seconds`; learnt from everyone's log."""

    def __init__(self, name, seconds, power, support, keep):
        self.name, self.seconds, self.power, self.support, self.keep = name, seconds, power, support, keep
        self.shown = self.good = np.zeros(0)

    def observe(self, day_log):
        rows = day_log.impressions
        n = max(len(self.shown), rows["item"].max() + 1)
        today = [np.bincount(rows["item"], weight, n) for weight in (None, rows["dwell_s"] >= self.seconds)]
        self.shown, self.good = (self.keep * np.pad(a, (0, n - len(a))) + t
                                 for a, t in zip((self.shown, self.good), today, strict=True))

    def slates(self, requests):
        shown, good = (np.pad(a, (0, requests.eligible.max() + 1))[requests.eligible] for a in (self.shown, self.good))
        score = np.where(shown >= self.support, self.power * np.log((good + 1) / (shown + 20)), -40)
        return policies.PlackettLuce(lambda _: score).slates(requests)


# %%
def service(people=1200, **mechanism):
    return feed(people=people, items=800, requests_per_day=2.5 * people, seed=13, **mechanism)


def popular(name="popularity", power=0.7):
    return policies.Popularity(power=power, window_days=7, name=name)


place = service(calendar={"holiday_start_day": 3, "holiday_days": 7})
drills = {
    "A": situation.stage(service(novelty={"logits": 0.8, "decay_days": 3.0}), popular(), popular("lively", 0.5), since=3),
    "B": situation.stage(place, popular(), policies.Familiar(place.catalog(), power=0.7, boost=2.0), warm_up=4, before=6),
    "C": situation.stage(service(spam={"bots": 0.06, "creators": 0.04, "attack_day": 8}), popular(),
               Learner("click rate", 0.1, power=3, support=20, keep=0.8), since=6),
    "D": situation.stage(service(1500, births={"life_days": 12.0}), popular(),
               Learner("long reads", 30, power=2, support=50, keep=0.9))}

# %% [markdown]
# The first chart that anyone will show you compares the days since the launch with the days before.
#
# {{card launch.4}}

# %%
@exercise("launch.4")
def net_change(treated, control):
    """treated, control float [U, 2], a metric before and now → its relative change, net of control's."""
    ### BEGIN SOLUTION
    growth = [np.asarray(part, float).sum(axis=0) for part in (treated, control)]
    return growth[0][1] / growth[0][0] / (growth[1][1] / growth[1][0]) - 1
    ### END SOLUTION


# %%
naive = {name: drill_.change("clicks") for name, drill_ in drills.items()}
net = {name: drill_.net("clicks", rule=net_change) for name, drill_ in drills.items()}
far = max(drills, key=lambda name: abs(naive[name].value - net[name].value))
ax = plots.figure(f"Drill {far}: {naive[far].value:+.0%} since the launch, {net[far].value:+.0%} net of control",
                  "change in clicks of those who have the new system", "drill", height=3)
for shift, colour, label, values in ((0.12, plots.GREY, "against before", naive), (-0.12, plots.BLUE, "net of control", net)):
    at, v = np.arange(4)[::-1] + shift, list(values.values())
    ax.errorbar([e.value for e in v], at, xerr=[[e.value - e.low for e in v], [e.high - e.value for e in v]], fmt="o",
                color=colour, label=label)
ax.set_yticks(range(4), list("DCBA"))
ax.axvline(0, color="#333333", lw=1)
ax.xaxis.set_major_formatter(lambda v, _: f"{v:+.0%}")
ax.legend()

# %% [markdown]
# One drill can show no more than that the chart *may* mislead; how far depends on what else changed that week. In the
# world that is an input: four holidays, from none to the usual one, each of which ends on the eve of the launch. What
# else could make days differ is switched off, as far as it has a switch, so that the error at 0 shows what the rest
# and chance amount to.

# %%
OTHERS = ("births", "freshness", "trends", "social_proof", "repeats", "sharing", "retention", "joining", "spam")


def holiday_ends(strength, people=1500):
    """People of a launch on the day after a holiday: clicks a day before and now, and whether treated, float [U, 3]."""
    holiday = {"weekend": 1.0, "holiday_start_day": 8, "holiday_days": 6, "holiday_visits": 1 + 0.5 * strength,
               "holiday_logits": strength}
    town = service(people, calendar=holiday, without=OTHERS)
    staged = situation.stage(town, popular(), policies.Familiar(town.catalog(), power=0.7, boost=2.0), warm_up=8, before=6)
    table = staged.people("clicks")
    return np.column_stack([table["before"], table["now"], table["arm"] == "treatment"])


def misled(rows):
    """The change against before of the treated, less their change net of control."""
    treated, spared = rows[rows[:, 2] == 1, :2], rows[rows[:, 2] == 0, :2]
    before, now = treated.sum(axis=0)
    return now / before - 1 - net_change(treated, spared)


# %%
HOLIDAYS = [0.0, 0.25, 0.5, 1.0]
wrong_by = [bootstrap(holiday_ends(strength), misled, n_boot=300) for strength in HOLIDAYS]
ax = plots.lines(HOLIDAYS, {"before and after": wrong_by}, "What the chart of before and after gets wrong",
                 "strength of the holiday that ends, 1 the world's own", "change shown, less the launch's own")
ax.axhline(0, color="#333333", lw=1)
ax.yaxis.set_major_formatter(lambda v, _: f"{v:+.0%}")
for strength, error in zip(HOLIDAYS, wrong_by, strict=True):
    measured("launch.calendar", error, at=strength)

# %% [markdown]
# And here is the rest of what the logs hold. Which would you hold, ramp, roll back, and which line makes you do so?

# %%
evidence = pd.concat({name: drill_.evidence() for name, drill_ in drills.items()}, names=["drill"])
evidence.map(lambda v: f"{v:+.0%}" if isinstance(v, Estimate) else f"{v:,.2f}")

# %% [markdown]
# Write your choices into the first line below. Then each choice is played out from this morning on: the same people,
# the same dice, one to two weeks.

# %%
yours = {"A": ..., "B": ..., "C": ..., "D": ...}      # "hold", "ramp" or "roll back"
horizon = {"A": 9, "B": 6, "C": 7, "D": 10}
outcome = {name: drill_.play_out(horizon[name]) for name, drill_ in drills.items()}
colours = {"hold": plots.ORANGE, "ramp": plots.BLUE, "roll back": plots.GREY}
fig, panels = plt.subplots(2, 2, figsize=(plots.WIDTH, 3.4))
for panel, (name, played) in zip(panels.ravel(), outcome.items(), strict=True):
    for choice, line in played.by_day.items():
        panel.plot(np.arange(1, len(line) + 1), line, color=colours[choice], label=choice)
    panel.set_title(f"{name}: {played.best} is best")
    panel.locator_params(axis="x", integer=True)
fig.legend(*panel.get_legend_handles_labels(), loc="outside upper right", ncols=3, fontsize=9)
fig.supxlabel("days after the decision", fontsize=10.5)
_ = fig.supylabel("seconds a person, a day", fontsize=10.5)

# %%
lost = {name: {choice: played.share_lost(choice) for choice in colours} for name, played in outcome.items()}
best = [played.best for played in outcome.values()]
ax = plots.figure("Best in hindsight: " + ", ".join(f"{c} {best.count(c)}×" for c in colours if c in best),
                  "share of people's time lost against the best choice", "drill", height=4)
for shift, (choice, colour) in zip((0.22, 0, -0.22), colours.items(), strict=True):
    v = [row[choice] for row in lost.values()]
    ax.errorbar([e.value for e in v], np.arange(4)[::-1] + shift, fmt="o", color=colour, label=choice,
                xerr=[[e.value - e.low for e in v], [e.high - e.value for e in v]])
ax.set_yticks(range(4), list("DCBA"))
ax.xaxis.set_major_formatter(lambda v, _: f"{v:.0%}")
ax.legend()

# %% [markdown]
# What it was. **A**: people are curious, and anything new gets clicks for a few days; once that has passed, what is
# left is a livelier list with less of what is popular. **B**: a holiday ended on the eve of the launch, for both arms
# alike; only the change net of control leaves it out. **C**: some sellers' bots click their items. A ranker that
# learns from clicks shows those items to everyone, and gets clicks that are hardly followed by reading. **D**: the
# new system ranks what has been shown often enough, and it is *control* that shows new items. The test measures a
# system that feeds on control's exploration; with everyone on it, nothing new is ever found. Where half and half came
# out best there, it is best until the system explores for itself (lesson {{reranker}}), which is a repair and then a
# ramp.
#
# What decides A happens only later, and what decides D only at full share: neither can be read off the split. What
# would your ramp's rule have said?

# %%
once = ramp.Ramp(plan.guardrails, plan.primary, max_checks=1, rule=decide)
rule_says = {name: once.judge(*drill_.arms(), drill_.share).action for name, drill_ in drills.items()}
pd.DataFrame({"your ramp's rule": rule_says, "best in hindsight": {name: played.best for name, played in outcome.items()}}).T

# %% [markdown]
# The rule of exercise {{launch.3}} answers whether the treatment is better *now*, *at this share*, by *this metric*,
# and whether that is proved. It is a gate, not a judge: it keeps harm out that the split shows, and knows nothing of
# next week. Four stories do not tell how good it is: they were written by those who wrote the rule, and other seeds
# change what is best.
#
# ### Two hundred launches
#
# To judge the rule, draw launches at random, after the rule has been fixed. A world with tens of thousands of people
# is too slow for hundreds of launches, and with a thousand people no rule can prove a few percent. Therefore only the
# *decision* is simulated: each arm draws 20,000 people from this service's three days, so that spread and tails are
# the world's own, and the treated's numbers are multiplied by what the launch does. What it does is known: `effect`,
# on the time people spend. Clicks follow it with an error of three points, for clicks and time do not always agree;
# visits follow with half of it. One launch in ten loses some of its light users, which breaks the split.

# %%
AN_ARM = 20_000
GAP = 0.03              # standard deviation of what clicks gain beyond time
NEAR = 0.002            # a choice that loses less is as good as the best
COLUMNS = ["requests", "clicks", "dwell_s"]


def launched(rng, effect, broken=False):
    """Unit tables of control and treatment: people of this service drawn anew, the treated changed by `effect`."""
    control, treatment = (people[COLUMNS].take(rng.integers(len(people), size=AN_ARM)) for _ in range(2))
    treatment = treatment * [1 + effect / 2, 1 + effect + rng.normal(0, GAP), 1 + effect]
    if broken:
        treatment = treatment[(treatment["requests"] > 3) | (rng.random(AN_ARM) < 0.8)]
    return control, treatment


# %%
def lost_by(action, effect):
    """Share of people's time that an action loses against the best one while it lasts; hold is half on either system."""
    worth = {"ramp": 1 + effect, "hold": 1 + effect / 2, "roll back": 1.0}
    return 1 - worth[action] / max(worth.values())


def so_many_of(count, n):
    """A share with Wilson's interval."""
    low, high = wilson_interval(count, n)
    return Estimate(count / n, min(low, count / n), max(high, count / n), n)


def judged(rng, effects, broken=0.0):
    """What the rule says of one launch each, at half of all people."""
    tests = [launched(rng, effect, rng.random() < broken) for effect in effects]
    return [strict.judge(*arms, 0.5).action for arms in tests]


# %% [markdown]
# With so many people a margin of five percent can be proved. A third of the launches are good, a third bad, by 1 to 8
# percent, and a third do nothing. **Right** is a choice that loses less than 0.2% of people's time against the best
# one; where the launch does nothing, every choice is right. The rivals: always ramp, never launch.

# %%
margins = tuple(guardrails.Guardrail(name, 0.05) for name in ("dwell per user", "requests per user"))
strict = ramp.Ramp(margins, "clicks per user", max_checks=1, rule=decide)
rng = np.random.default_rng(13)
effects = rng.choice([1, -1, 0], 200) * rng.uniform(0.01, 0.08, 200)
says = {"your rule": judged(rng, effects, broken=0.1), "always ramp": ["ramp"] * 200, "never launch": ["roll back"] * 200}
losses = {who: np.array([lost_by(a, e) for a, e in zip(said, effects, strict=True)]) for who, said in says.items()}
right = {who: so_many_of((lost_each < NEAR).sum(), 200) for who, lost_each in losses.items()}
ax = plots.bars(right, f"Your rule chooses rightly in {right['your rule'].value:.0%} of 200 launches",
                "share of launches decided rightly", fmt="{:.0%}")
measured("launch.rule", right["your rule"])

# %%
ax = plots.bars({who: bootstrap(lost_each) for who, lost_each in losses.items()}, "What each way of deciding loses",
                "share of people's time lost against the best choice, mean of 200 launches", fmt="{:.2%}")
ax.xaxis.set_major_formatter(lambda v, _: f"{v:.1%}")


def regret_ratio(rows):
    """Mean loss by the rule over that of the better of always and never, from a column of losses each."""
    rule_lost, *rivals = rows.mean(axis=0)
    return rule_lost / min(rivals)


measured("launch.regret", bootstrap(np.column_stack(list(losses.values())), regret_ratio, n_boot=1000))
pd.crosstab(pd.Series(np.sign(effects)).map({1: "good", -1: "bad", 0: "flat"}).rename("launch"),
            pd.Series(says["your rule"], name="your rule says"))

# %% [markdown]
# The table shows where the wrong ones lie. A launch on which the rule says hold is *in doubt*, and for those there
# are two pieces of common advice: roll back when in doubt, or hold when in doubt. What each costs depends on how
# large effects tend to be, for where they are small little can be lost. So draw effects from a normal law around
# zero, at four spreads, and look at those launches alone on which the rule could not decide.

# %%
SPREADS = [0.0, 0.01, 0.03, 0.1]


def in_doubt(rng, spread, n=100):
    """{advice: share of time lost in each launch on which the rule says hold}, of n launches."""
    true = rng.normal(0, spread, n)
    doubt = true[np.array(judged(rng, true)) == "hold"]
    return {advice: np.array([lost_by(advice, effect) for effect in doubt]) for advice in ("roll back", "hold")}


def mean_of(losses):
    """Their mean with its interval; nothing can be lost where no launch does anything."""
    return bootstrap(losses) if losses.any() else Estimate(0.0, 0.0, 0.0, len(losses))


# %%
rng, doubts = np.random.default_rng(7), {}
for spread in SPREADS:
    doubts[spread] = {advice: mean_of(lost_each) for advice, lost_each in in_doubt(rng, spread).items()}
    measured("launch.rollback", doubts[spread]["roll back"], at=spread)
    measured("launch.hold", doubts[spread]["hold"], at=spread)
ax = plots.lines(SPREADS, {advice: [row[advice] for row in doubts.values()] for advice in ("roll back", "hold")},
                 "In doubt, the price grows with what may be at stake", "standard deviation of the launches' true effects",
                 "share of people's time lost")
ax.yaxis.set_major_formatter(lambda v, _: f"{v:.1%}")
counts = ", ".join(f"{row['hold'].n} at a spread of {spread:.0%}" for spread, row in doubts.items())
print(f"in doubt, of 100 launches each: {counts}")

# %% [markdown]
# Either advice is held to a cost of less than 0.3% of people's time; the verdict says at which spread each line
# passes that. Ask how large your launches' effects have been before you follow either advice, and where they were
# large, ask for more people or more days.
#
# ### Who clicks?
#
# In drill C bots click for a few sellers. What gives them away is that many clicks come from few accounts.
#
# {{card launch.5}}

# %%
@exercise("launch.5")
def effective_clickers(user, owner, n_owners):
    """user, owner int [E], who clicked and whose item → float [n_owners]: (Σ c)² / Σ c² over each owner's clickers."""
    ### BEGIN SOLUTION
    pairs, count = np.unique(np.stack([owner, user]), axis=1, return_counts=True)
    total = np.bincount(pairs[0], count, n_owners)
    return total**2 / np.maximum(np.bincount(pairs[0], count**2, n_owners), 1)
    ### END SOLUTION


# %%
market = drills["C"].environment
maker, spam = market.catalog().items["creator"].to_numpy(), market.truth().hidden_items()["spam"].to_numpy()
rows = pd.concat([day.impressions for day in drills["C"].since]).query("click > 0")
owner, n = maker[rows["item"]], maker.max() + 1
clicks, bad = np.bincount(owner, minlength=n), np.isin(np.arange(n), maker[spam])
clickers, seen = effective_clickers(rows["user"].to_numpy(), owner, n), clicks >= 30
suspects = np.flatnonzero(seen)[np.argsort((clickers / np.maximum(clicks, 1))[seen])][:(bad & seen).sum()]
ax = plots.figure(f"{bad[suspects].sum()} of the {len(suspects)} first suspects are spam sellers", "clicks in six days",
                  "effective clickers")
for name, part, colour in (("creator", seen & ~bad, plots.GREY), ("spam seller, by the truth", seen & bad, plots.RED)):
    ax.plot(clicks[part], clickers[part], "o", color=colour, label=name)
ax.plot(clicks[suspects], clickers[suspects], "o", ms=13, mfc="none", color=plots.BLACK, label="suspects")
ax.set(xscale="log", yscale="log")
ax.legend()

# %% [markdown]
# The suspects are those with the fewest effective clickers for each click. That measure is not fair to size: the more
# clicks a creator has, the more often some faithful reader comes back, so large creators are suspected too easily and
# a small spam seller may be missed. Compare each with others of its size before you accuse anyone.
#
# One attack, by a few bots with many clicks each, is the easy case. What of attacks that hide better? Take the honest
# clicks of the last three days before the launch (clicks on spam sellers' items are left out), let five sellers at a
# time buy as many clicks as they have, and spread what they bought over ever more accounts: from one account that
# does it all to an account of its own for every click. Twenty attacks at each strength, and as many suspects as there
# are buyers, which in truth nobody knows.

# %%
SPREAD_OUT = [0.0, 0.1, 0.25, 0.5, 1.0]
BUYERS = 5
ATTACKS = 20


def found(rng, user, owner, n_owners, spread):
    """Share of the sellers who bought clicks among as many with the fewest effective clickers for their clicks."""
    honest = np.bincount(owner, minlength=n_owners)
    buyers = rng.choice(np.flatnonzero(honest >= 30), BUYERS, replace=False)
    accounts = 1 + np.round(spread * (honest[buyers] - 1)).astype(int)
    fresh = user.max() + 1 + 1_000_000 * np.arange(BUYERS)                  # each seller's own block of accounts
    bought = [first + np.arange(honest[b]) % n for first, b, n in zip(fresh, buyers, accounts, strict=True)]
    who = np.concatenate([user, *bought])
    whose = np.concatenate([owner, np.repeat(buyers, honest[buyers])])
    clicks = np.bincount(whose, minlength=n_owners)
    odd = np.where(clicks >= 30, effective_clickers(who, whose, n_owners) / np.maximum(clicks, 1), np.inf)
    return np.isin(np.argsort(odd)[:BUYERS], buyers).mean()


# %%
of_spam = world.truth().hidden_items()["spam"].to_numpy()
calm = log.impressions(range(7, 10)).query("click > 0")
calm = calm[~of_spam[calm["item"]]]
seller = world.catalog().items["creator"].to_numpy()[calm["item"]]
rng, caught = np.random.default_rng(5), {}
for spread in SPREAD_OUT:
    each = [found(rng, calm["user"].to_numpy(), seller, seller.max() + 1, spread) for _ in range(ATTACKS)]
    caught[spread] = so_many_of(round(sum(each) * BUYERS), BUYERS * ATTACKS)
    measured("launch.abuse", caught[spread], at=spread)
ax = plots.lines(SPREAD_OUT, {"found": list(caught.values())}, "What looking at who clicks finds",
                 "share of the bought clicks that come from an account of their own", "share of the buyers found")
ax.yaxis.set_major_formatter(lambda v, _: f"{v:.0%}")

# %% [markdown]
# Where every bought click has its own account the sellers look *more* honest than the honest. Then other evidence is
# needed: the age of the accounts, what else they do, when they click.
#
# ## What can lie to you
#
# **"The guardrail is not significant, so it is safe."** Suppose the new system loses a tenth of people's visits. How
# often would each of two rules let it through, at different sizes of the test?

# %%
visits = people["requests"].to_numpy(float)
sizes, rng, passed = [100, 300, 1000, 3000], np.random.default_rng(0), {"p above 5%": [], "non-inferiority": []}
rule = guardrails.Guardrail("requests", 0.1)
for n in sizes:
    tests = [rule.check(rng.choice(visits, n), 0.9 * rng.choice(visits, n)) for _ in range(200)]
    passed["p above 5%"].append(np.mean([not test.change.excludes(0) for test in tests]))
    passed["non-inferiority"].append(np.mean([test.state == "pass" for test in tests]))
ax = plots.lines(sizes, passed, "In a small test, \"not significant\" lets harm through", "people an arm", "harmful launches let through",
                 logx=True)
ax.set_xticks(sizes, [f"{n:,}" for n in sizes])
ax.minorticks_off()
ax.yaxis.set_major_formatter(lambda v, _: f"{v:.0%}")

# %%
quiz("launch.q1", "Day 2, five percent of users. A guardrail's interval runs from −12% to +6%, its margin is 5%. What now?",
     choices={
         "Roll back: it may have lost more than the margin.": "It may. So may everything at five percent. A ramp that rolls "
             "back on \"may\" never launches anything.",
         "Go on to 25%: no loss is proved, few are at risk, and more people will tell.":
             "Yes. Early steps look for disasters; the gate at half asks for proof.",
         "Go on to 100%: the interval holds zero.": "Holding zero is not proof of safety; the same interval holds −12%.",
         "Widen the margin to 15% so that it passes.": "The margin says what loss you can live with. It does not know the data."},
     answer="Go on to 25%: no loss is proved, few are at risk, and more people will tell.")

# %% [markdown]
# ## Say it in a minute
#
# > *I launch in steps of 1, 5, 25, 50 and 100 percent, users hashed so that who has it keeps it. Before it starts I write
# > down one primary metric, guardrails with margins I have checked can be proved, and who decides. Early steps stop only
# > for proven harm or a broken split; from half on, every guardrail has to be proved by non-inferiority. A ladder of
# > fallbacks keeps pages full when a part dies, and I watch the p99 under open-loop load. After day 7 I check whether novelty
# > has faded and look at time per click, reports, concentration and new items against a holdback, the few who keep the old
# > system, and net of it, for a holiday moves both. A test at half does not tell what full share does: I ask what the new
# > system learns from control. If it turns: find what moved, repair if it has a name, roll back if it has none.*
#
# **Red flag:** "We will monitor the dashboards after launch."
#
# ## You have now
#
# A system that real people, as far as this world has them, used for two weeks; a ramp that resumes from its log;
# latency as people feel it; a price for every rung of the ladder; a change net of the calendar and a look at who
# clicks; and the habit of asking what each choice would have led to: on five mornings one by one, and over two
# hundred launches at once.
